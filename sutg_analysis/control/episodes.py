"""What each series' latest point belongs to: the run behind every rule it breaks, since when, and how long.

A flag says that a rule fired at a point; a reader asks since when. An episode is the run of points that ends at
the latest one: the shift's points on one side of the centre, the trend's points that each rise or fall, the points
near a limit among the last three, or the point outside a limit alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Flags, Places
from sutg_analysis.control.limits import RULES
from sutg_analysis.control.result import SpcResult, series_starts


@dataclass(frozen=True)
class _Rows:
    """The points that count, in order: those with a value that are not excluded.

    ``series`` numbers them, ``block`` the stretches between gaps and new segments, ``step`` is the sign of the
    change from the point before (0 where there is none), ``side`` of the distance from the centre.
    """

    place: Places
    series: Places
    block: Places
    step: NDArray[np.int8]
    side: NDArray[np.int8]
    last: Flags


def latest_episodes(result: SpcResult) -> pd.DataFrame:
    """Return the episodes that end at each series' latest point.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.

    Returns
    -------
    pandas.DataFrame
        One row a series and broken rule: series (its row in ``result.summary``), rule, high (whether the signal
        points upwards), start (date of its first point) and points.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 7, 8, 7, 8, 7, 8, 7]})
    >>> found = latest_episodes(spc(frame, value="y", date="month")).iloc[0]
    >>> found["rule"], bool(found["high"]), int(found["points"]), f"{found['start']:%B %Y}"
    ('shift', True, 7, 'August 2023')
    """
    points = result.points
    rows = _useful(result)
    tables = []
    for rule in RULES:
        flag = points[rule].to_numpy()[rows.place]
        ends = np.flatnonzero(rows.last & flag)
        first, high = ends, rows.side[ends] > 0
        if rule == "outside":
            high = (points["value"] > points["upper"]).to_numpy()[rows.place[ends]]
        elif rule == "trend":
            # The point before the first of the equal steps is where the trend begins.
            first, high = _run_start(_new([rows.series, rows.step]))[ends] - 1, rows.step[ends] > 0
        elif rule == "shift":
            first = _run_start(_new([rows.block, rows.side, flag]))[ends]
        many = ends - first + 1
        if rule == "two_of_three":
            first, many = _near(rows, ends, flag)
        tables.append((np.full(len(ends), rule, dtype="object"), rows.series[ends], first, many, high))
    rules, series, first, many, high = map(np.concatenate, zip(*tables, strict=True))
    order = np.argsort(series, kind="stable")
    start = points["date"].to_numpy()[rows.place[first]]
    table = {"series": series, "rule": rules, "high": high, "start": start, "points": many}
    return pd.DataFrame({name: column[order] for name, column in table.items()})


def _useful(result: SpcResult) -> _Rows:
    points = result.points
    known = points["value"].notna().to_numpy()
    counted = ~points["excluded"].to_numpy()
    series, segment = series_numbers(points, result.by), points["segment"].to_numpy()
    # A gap ends every run: what happened in it is unknown.
    gaps = np.cumsum(counted & ~known)
    place = np.flatnonzero(known & counted)
    value, centre = points["value"].to_numpy()[place], points["centre"].to_numpy()[place]
    within = [series[place], gaps[place]]
    together = within if result.profile.trend_crosses_segments else [*within, segment[place]]
    step = np.where(_new(together), 0, np.sign(np.diff(value, prepend=np.nan)))
    return _Rows(
        place=place,
        series=series[place],
        block=np.cumsum(_new([*within, segment[place]])),
        step=np.nan_to_num(step).astype(np.int8),
        side=np.nan_to_num(np.sign(value - centre)).astype(np.int8),
        last=np.append(series[place][1:] != series[place][:-1], True)[: len(place)],
    )


def series_numbers(points: pd.DataFrame, by: Sequence[str]) -> Places:
    """Return the number of each point's series, in points sorted by series.

    Examples
    --------
    >>> series_numbers(pd.DataFrame({"ward": ["A", "A", "B"]}), ("ward",)).tolist()
    [0, 0, 1]
    """
    new = np.zeros(len(points), dtype=np.intp)
    new[series_starts(points, by)] = 1
    return np.cumsum(new) - 1


def _new(columns: Sequence[NDArray[np.generic]]) -> Flags:
    """Say which rows differ from the one before in any column; the first does."""
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return new


def _run_start(new: Flags) -> Places:
    """Return for each row where the run it belongs to begins."""
    return np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))


def _near(rows: _Rows, ends: Places, flag: Flags) -> tuple[Places, Places]:
    """Return the first flagged point among the last three on the same side, and how many are flagged."""
    first, many = ends, np.ones(len(ends), dtype=np.intp)
    for back in (1, 2):
        before = np.maximum(ends - back, 0)
        alike = (rows.block[before] == rows.block[ends]) & (rows.side[before] == rows.side[ends])
        counts = flag[before] & alike & (ends >= back)
        first, many = np.where(counts, before, first), many + counts
    return first, many
