"""Where things go on a chart: ticks, labels that do not overlap, steps of a line.

Nothing here is statistics. Widths of words are estimated for Arial from a few widths of letters; a little
room to spare costs less than an overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from textwrap import wrap

import numpy as np
import pandas as pd

_LETTER = 0.54
_NARROW, _WIDE = frozenset("fijlrtI .,:;'()|-"), frozenset("mwMW%@")
"""Letters of Arial are about half their size wide, some a third, some nearly whole; capitals two thirds."""

_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_DAY_STEPS = (1, 2, 7, 14, 28)
_YEAR_START = 4
"""April: the NHS year, so that its start is among the ticks."""


@dataclass(frozen=True)
class Scale:
    """A value axis: its ends, its ticks, and the decimals its labels need."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int

    def at(self, pixels: float, *, height: float) -> float:
        """Return the value so many pixels above the foot of a plot of that height."""
        return self.low + pixels * (self.high - self.low) / height

    def pixels(self, value: float, *, height: float) -> float:
        """Return how many pixels above the foot a value stands."""
        return (value - self.low) * height / (self.high - self.low)


def value_scale(low: float, high: float, *, ticks: int = 5) -> Scale:
    """Return a scale of round numbers that holds both values, from zero if that is near.

    Examples
    --------
    >>> value_scale(4.1, 6.4).ticks
    (4.0, 4.5, 5.0, 5.5, 6.0, 6.5)
    >>> value_scale(3, 40).low
    0.0
    """
    if low >= 0 and low <= 0.3 * (high - low):
        low = 0.0
    if not high > low:
        low, high = low - abs(low) * 0.1 - 0.5, high + abs(high) * 0.1 + 0.5
    step = _round_step((high - low) / ticks)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    decimals = max(0, -floor(log10(step) + 1e-9), 1 if _needs_half(step) else 0)
    marks = tuple(round(float(place * step), 10) for place in range(first, last + 1))
    return Scale(marks[0], marks[-1], marks, decimals)


def _round_step(rough: float) -> float:
    power = 10 ** floor(log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))


def _needs_half(step: float) -> bool:
    return abs(step - round(step)) > 1e-9


def text_width(text: str, *, size: float = 11) -> float:
    """Return the estimated width of a line of words in pixels.

    Examples
    --------
    >>> round(text_width("Mean 5.4%"))
    56
    """
    return sum(_letter_width(letter) for letter in text) * size


def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.32
    if letter in _WIDE:
        return 0.88
    return 0.68 if letter.isupper() else _LETTER


def folded(text: str, *, width: float, size: float = 11) -> str:
    r"""Return words broken into lines of at most that width in pixels.

    Examples
    --------
    >>> folded("New falls bundle on all wards", width=100)
    'New falls bundle\non all wards'
    """
    return "\n".join(wrap(text, max(8, int(width / (size * _LETTER)))) or [""])


def spread(places: Sequence[float], *, gap: float) -> list[float]:
    """Return places moved as little as possible so that neighbours are at least ``gap`` apart, order kept.

    Examples
    --------
    >>> spread([10, 12, 50], gap=14)
    [4.0, 18.0, 50]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    clusters: list[list[int]] = []
    for index in order:
        clusters.append([index])
        while len(clusters) > 1 and _overlap(clusters[-2], clusters[-1], places, gap):
            clusters[-2:] = [clusters[-2] + clusters[-1]]
    moved = list(places)
    for cluster in clusters:
        for rank, index in enumerate(cluster):
            moved[index] = _start(cluster, places, gap) + rank * gap if len(cluster) > 1 else places[index]
    return moved


def _start(cluster: Sequence[int], places: Sequence[float], gap: float) -> float:
    middle = sum(places[index] for index in cluster) / len(cluster)
    return middle - gap * (len(cluster) - 1) / 2


def _overlap(lower: Sequence[int], upper: Sequence[int], places: Sequence[float], gap: float) -> bool:
    return _start(upper, places, gap) - (_start(lower, places, gap) + gap * (len(lower) - 1)) < gap


def stacked(boxes: Sequence[tuple[float, float, float]], *, gap: float = 8) -> list[float]:
    """Return how high each box (left, right, height) must stand to clear all before it.

    Examples
    --------
    >>> stacked([(0, 50, 14), (40, 90, 14), (100, 150, 14)])
    [0, 14, 0]
    """
    feet: list[float] = []
    for left, right, _ in boxes:
        before = zip(feet, boxes, strict=False)
        tops = [foot + box[2] for foot, box in before if left < box[1] + gap and box[0] < right + gap]
        feet.append(max(tops, default=0))
    return feet


def date_ticks(first: pd.Timestamp, last: pd.Timestamp, *, width: float, monthly: bool) -> pd.DatetimeIndex:
    """Return the dates to label: months (the NHS year's April among them), or days on a short daily axis.

    Examples
    --------
    >>> ticks = date_ticks(pd.Timestamp("2022-01-01"), pd.Timestamp("2023-12-01"), width=680, monthly=True)
    >>> [f"{tick:%b %Y}" for tick in ticks][:3]
    ['Jan 2022', 'Apr 2022', 'Jul 2022']
    """
    if not monthly and (last - first).days <= 100:
        return _day_ticks(first, last, width)
    every = pd.date_range(first.normalize().replace(day=1), last, freq="MS")
    every = every[every >= first.normalize()]
    room = max(2, int(width // 68))
    step = next((step for step in _MONTH_STEPS if len(every) / step <= room), _MONTH_STEPS[-1])
    months = every.year * 12 + every.month - _YEAR_START
    chosen = every[months % step == 0]
    return chosen if len(chosen) else every[:1]


def _day_ticks(first: pd.Timestamp, last: pd.Timestamp, width: float) -> pd.DatetimeIndex:
    every = pd.date_range(first.normalize(), last, freq="D")
    room = max(2, int(width // 86))
    step = next((step for step in _DAY_STEPS if len(every) / step <= room), _DAY_STEPS[-1])
    return every[::step]


def spans(points: pd.DataFrame, line: str) -> pd.DataFrame:
    """Return a stepping line as its corners: date, level and the stretch they belong to.

    Each observation owns the time half-way to its neighbours. A new segment, or a gap in the line, starts a
    new stretch, except that a target may step within one.
    """
    dates, level = points["date"], points[line].to_numpy(dtype=float)
    known = ~np.isnan(level)
    middle = (dates + (dates.shift(-1) - dates) / 2).to_numpy()[:-1]
    pad = half_step(dates)
    start = np.concatenate([[(dates.iloc[0] - pad).to_numpy()], middle])
    end = np.concatenate([middle, [(dates.iloc[-1] + pad).to_numpy()]])
    segment = points["segment"].to_numpy() if line != "target" else np.zeros(len(points), dtype=int)
    stretch = segment * 10_000 + np.cumsum(~known)
    start, end, level, stretch = start[known], end[known], level[known], stretch[known]
    changed = np.append(True, (np.diff(level) != 0) | (np.diff(stretch) != 0))[: len(level)]
    first = np.flatnonzero(changed)
    last = np.append(first[1:], len(level))[: len(first)] - 1
    corners = np.stack([start[first], end[last]], axis=1).ravel()
    both = {"level": level[first], "stretch": stretch[first], "step": np.arange(1, len(first) + 1)}
    return pd.DataFrame({"date": corners} | {name: np.repeat(each, 2) for name, each in both.items()})


def half_step(dates: pd.Series) -> pd.Timedelta:
    """Return half the usual time between observations; half a month where there is but one."""
    gap = dates.diff().median()
    return pd.Timedelta(days=15) if pd.isna(gap) or not gap else gap / 2
