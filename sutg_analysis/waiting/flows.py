"""Demand and capacity as a window of referrals shows them.

A window is a number of whole days. Each referral and each removal falls on one day, and so into one window. Capacity
is what a service removes while there is somebody to remove: days that began with an empty list, and on which nobody
was removed, are no evidence of it. Those who left before the window are not in the list that it opens with. Variation is
that of weekly counts, times between events being too coarse in days: a service with 20 referrals a day would
otherwise look erratic for all of them having the same date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.catalogue.referrals import Days, day_of
from sutg_analysis.control.observations import check_column
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.waiting.clocks import Rules
from sutg_analysis.waiting.groups import group_numbers
from sutg_analysis.waiting.pathways import Names, Pathways, read_pathways

Numbers = NDArray[np.float64]
_WEEKS_NEEDED = 8
"""Full weeks needed to see how counts vary from week to week."""


@dataclass(frozen=True, eq=False)
class Rates:
    """One row a list: its keys, what ``MEASURED`` names (a week, or in weeks), and counts."""

    frame: pd.DataFrame
    problems: pd.DataFrame
    by: tuple[str, ...]
    start: pd.Timestamp
    end: pd.Timestamp

    MEASURED: ClassVar[list[str]] = [
        "demand",
        "capacity",
        "queue_size",
        "num_referrals",
        "cv_demand",
        "cv_capacity",
        "mean_wait",
    ]
    COUNTS: ClassVar[list[str]] = ["days", "referrals", "seen", "removed"]


def window_rates(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    start: Any = None,
    end: Any = None,
    rules: Rules | None = None,
    referred: str = "referred",
    seen: str | Sequence[str] = "seen",
    closed: str | None = "closed",
    outcome: str | None = "outcome",
    referral_id: str | None = "referral_id",
    service: str | None = "service",
    **limits: Any,
) -> Rates:
    """Measure demand, capacity and the list in a window of referrals.

    Parameters
    ----------
    frame
        One row a referral.
    by
        Columns that make lists.
    start, end
        First and last day; both count. Without them the window runs from the first referral to the last date there is,
        and lasts as long as lies between.
    rules, referred, seen, closed, outcome, referral_id, service, **limits
        As for :func:`sutg_analysis.waiting_list`.

    Raises
    ------
    ArgumentError, DataError
        If the window ends before it starts, or no referral can be used.

    Examples
    --------
    >>> rows = pd.DataFrame({"referred": pd.date_range("2024-01-01", periods=28), "seen": None})
    >>> float(window_rates(rows, start="2024-01-01", end="2024-01-28").frame["demand"].iloc[0])
    7.0
    """
    names = Names(
        referred, (seen,) if isinstance(seen, str) else tuple(seen), closed, outcome, referral_id, service
    )
    read = read_pathways(frame, names=names, rules=rules, **limits)
    if read.frame.empty:
        raise DataError("no referral that can be counted", "at least one", "See the faults of the rows")
    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    for column in columns:
        check_column(read.frame, column)
    codes, keys = group_numbers(read.frame, columns)
    first, last, days = _window(read, start, end)
    table = _measured(read, codes, len(keys), first, last, days)
    whole = pd.concat([keys.reset_index(drop=True), table], axis=1)
    return Rates(whole, read.problems, tuple(columns), _date(first), _date(last))


def _date(day: int) -> pd.Timestamp:
    return pd.Timestamp(np.datetime64(day, "D"))


def _window(read: Pathways, start: Any, end: Any) -> tuple[int, int, int]:
    first = int(read.start.min()) if start is None else day_of(start)
    last = read.last_day if end is None else day_of(end)
    if last < first:
        raise ArgumentError(f"a window from {start} to {end}", "an end on or after the start", "Swap them")
    both = start is not None and end is not None
    return first, last, max(last - first + both, 1)


def _measured(read: Pathways, codes: Days, groups: int, first: int, last: int, days: int) -> pd.DataFrame:
    joined = _daily(read.start, codes, groups, first, last)
    left = _daily(read.stop, codes, groups, first, last)
    opening = np.bincount(codes[(read.start < first) & (read.stop >= first)], minlength=groups)
    size = opening[:, None] + np.cumsum(joined - left, axis=1)
    before = np.hstack([opening[:, None], size[:, :-1]])
    busy = np.minimum(((before > 0) | (left > 0)).sum(axis=1), days)
    waits = (read.start <= last) & (read.stop > last)
    waited = np.bincount(codes[waits], weights=(last - read.start[waits]) / 7, minlength=groups)
    referrals, removals = joined.sum(axis=1), left.sum(axis=1)
    seen = np.bincount(codes[read.seen & (read.stop >= first) & (read.stop <= last)], minlength=groups)
    return pd.DataFrame(
        {
            "demand": referrals / days * 7,
            "capacity": removals / np.where(busy > 0, busy, np.nan) * 7,
            "queue_size": size[:, -1].astype(float),
            "num_referrals": referrals.astype(float),
            "cv_demand": _variation(joined),
            "cv_capacity": _variation(left),
            "mean_wait": waited / np.where(size[:, -1] > 0, size[:, -1], np.nan),
            "days": days,
            "referrals": referrals,
            "seen": seen,
            "removed": removals - seen,
        }
    )


def _daily(day: Days, codes: Days, groups: int, first: int, last: int) -> NDArray[np.int64]:
    inside = (day >= first) & (day <= last)
    span = last - first + 1
    cells = codes[inside] * span + (day[inside] - first)
    return np.bincount(cells, minlength=groups * span).reshape(groups, span)


def _variation(daily: NDArray[np.int64]) -> Numbers:
    """Return the variation of the times between events that weekly counts imply: root of variance over mean.

    Missing (then taken as 1) with fewer than eight full weeks or no events.
    """
    weeks = daily.shape[1] // 7
    if weeks < _WEEKS_NEEDED:
        return np.full(len(daily), np.nan)
    counts = daily[:, : weeks * 7].reshape(len(daily), weeks, 7).sum(axis=2)
    mean = counts.mean(axis=1)
    return np.sqrt(counts.var(axis=1, ddof=1) / np.where(mean > 0, mean, np.nan))
