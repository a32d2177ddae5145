"""Where things go on a chart: ticks, labels that do not overlap, steps of a line.

Nothing here is statistics. Widths of words are estimated from a few widths of letters, a little above
Arial's, since fonts that stand in for it are wider and room to spare costs less than an overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from math import ceil, floor, isfinite, isnan, log10
from statistics import median
from textwrap import wrap

_LETTER, _DIGIT, _CAPITAL = 0.55, 0.6, 0.7
_NARROW, _WIDE = frozenset("fijlrtI .,:;'()|-"), frozenset("mwMW%@−")
"""Letters of Arial are about half their size wide, some a third, some nearly whole; capitals two thirds."""

_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_DAY_STEPS = (1, 2, 7, 14, 28)
DAYS = 100
"""Up to so many days, dates that are not months are labelled by day."""

_YEAR_START = 4
"""April: the NHS year, so that its start is among the ticks."""


@dataclass(frozen=True)
class Scale:
    """A value axis: its ends, its ticks, and the decimals its labels need."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int

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
    rough = (high - low) / ticks
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    decimals = max(0, -floor(log10(step) + 1e-9))
    marks = tuple(round(float(place * step), 10) for place in range(first, last + 1))
    return Scale(marks[0], marks[-1], marks, decimals)


def text_width(text: str, *, size: float = 11) -> float:
    """Return the estimated width of a line of words in pixels.

    Examples
    --------
    >>> round(text_width("Mean 5.4%"))
    58
    """
    return sum(map(_letter_width, text)) * size


@cache
def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.32
    if letter in _WIDE:
        return 0.88
    if letter.isdigit() or letter == "£":
        return _DIGIT
    return _CAPITAL if letter.isupper() else _LETTER


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


def stack_heights(boxes: Sequence[tuple[float, float, float]], *, gap: float = 8) -> list[float]:
    """Return how high each box (left, right, height) must stand to clear all before it.

    Examples
    --------
    >>> stack_heights([(0, 50, 14), (40, 90, 14), (100, 150, 14)])
    [0, 14, 0]
    """
    feet: list[float] = []
    for left, right, _ in boxes:
        before = zip(feet, boxes, strict=False)
        tops = [foot + box[2] for foot, box in before if left < box[1] + gap and box[0] < right + gap]
        feet.append(max(tops, default=0))
    return feet


def date_ticks(first: datetime, last: datetime, *, width: float, period: str) -> list[datetime]:
    """Return the dates to label: months (the NHS year's April among them), or days on a short daily axis.

    Parameters
    ----------
    first, last
        The first and the last observation.
    width
        Of the axis in pixels.
    period
        What observations stand for: month, quarter, year and the like.

    Examples
    --------
    >>> ticks = date_ticks(datetime(2022, 1, 1), datetime(2023, 12, 1), width=680, period="month")
    >>> [f"{tick:%b %Y}" for tick in ticks][:3]
    ['Jan 2022', 'Apr 2022', 'Jul 2022']
    """
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if period in ("day", "week") and (last - first).days <= DAYS:
        many = (last - start).days + 1
        room = max(2, int(width // 86))
        step = next((step for step in _DAY_STEPS if many / step <= room), _DAY_STEPS[-1])
        return [start + timedelta(days=place) for place in range(0, many, step)]
    begin, end = (moment.year * 12 + moment.month - 1 for moment in (first, last))
    months = [datetime(place // 12, place % 12 + 1, 1) for place in range(begin, end + 1)]
    months = [month for month in months if month >= start]
    room = max(2, int(width // 68))
    least = 12 if "year" in period else 3 if "quarter" in period else 1
    steps = [step for step in _MONTH_STEPS if step >= least]
    step = next((step for step in steps if len(months) / step <= room), steps[-1])
    origin = 1 if period in ("year", "calendar quarter") else _YEAR_START
    chosen = [month for month in months if (month.year * 12 + month.month - origin) % step == 0]
    return chosen or months[:1] or [first]


def spans(
    dates: Sequence[datetime], levels: Sequence[float], segments: Sequence[int] | None = None
) -> list[tuple[datetime, datetime, float, int]]:
    """Return a stepping line as its flat pieces: start, end, level, and the stretch they belong to.

    Each observation owns the time half-way to its neighbours. A new segment, or a gap in the line, starts a
    new stretch; pieces of one stretch are joined by a step.

    Examples
    --------
    >>> days = [datetime(2024, 1, day) for day in (1, 3, 5)]
    >>> [(start.day, end.day, level) for start, end, level, _ in spans(days, [4.0, 4.0, 6.0])]
    [(31, 4, 4.0), (4, 6, 6.0)]
    """
    pad = half_step(dates)
    middle = [earlier + (later - earlier) / 2 for earlier, later in pairwise(dates)]
    edges = [dates[0] - pad, *middle, dates[-1] + pad]
    pieces: list[tuple[datetime, datetime, float, int]] = []
    stretch, before = 0, None
    for place, level in enumerate(levels):
        if isnan(level):
            before = None
            continue
        segment = segments[place] if segments else 0
        if before is None or segment != before:
            stretch += 1
        if pieces and pieces[-1][3] == stretch and pieces[-1][2] == level:
            pieces[-1] = (pieces[-1][0], edges[place + 1], level, stretch)
        else:
            pieces.append((edges[place], edges[place + 1], level, stretch))
        before = segment
    return pieces


def half_step(dates: Sequence[datetime]) -> timedelta:
    """Return half the usual time between observations; half a month where there is but one.

    Examples
    --------
    >>> half_step([datetime(2024, 1, 1), datetime(2024, 1, 3)]).days
    1
    """
    gaps = [later - earlier for earlier, later in pairwise(dates) if later > earlier]
    return median(gaps) / 2 if gaps else timedelta(days=15)  # type: ignore[type-var]


def extent(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the least and the largest of the values that are numbers; nothing where none is.

    Examples
    --------
    >>> extent([3.0, float("nan"), 1.0])
    (1.0, 3.0)
    """
    known = [value for value in values if isfinite(value)]
    return (min(known), max(known)) if known else None
