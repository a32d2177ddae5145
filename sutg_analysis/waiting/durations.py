"""Referrals as times: how long each was watched, what ended that, and when watching began.

From dates, times are weeks; what has not happened by the date of the list is not known, and a referral made after
it is left out. From times given as such, they are as given. Rows that cannot be used are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.catalogue.referrals import Days, day_of, to_days
from sutg_analysis.control.observations import check_column
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.waiting.clocks import Rules
from sutg_analysis.waiting.pathways import LEFT_OUT, Names, read_pathways
from sutg_analysis.waiting.survival import CENSORED, OTHER, SEEN

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Durations:
    """Rows used, and their times; ``entry`` is ``-inf`` where a referral was watched from its start."""

    frame: pd.DataFrame
    time: Numbers
    kind: Whole
    entry: Numbers | None
    problems: pd.DataFrame

    def without(self, bad: Flags, fault: str, column: str, referral_id: str | None) -> Durations:
        """Return the rows that are good, the others listed."""
        if not bad.any():
            return self
        rows = self.frame[bad]
        listed = pd.DataFrame(
            {
                "row": rows.index,
                "referral_id": rows[referral_id].to_numpy(dtype=object) if referral_id in rows else None,
                "column": column,
                "value": pd.Series(list(rows[column]) if column in rows else None, dtype=object),
                "fault": fault,
                "action": LEFT_OUT,
            }
        )
        entry = None if self.entry is None else self.entry[~bad]
        tables = [table for table in (self.problems, listed) if len(table)]
        problems = pd.concat(tables, ignore_index=True)
        return Durations(self.frame[~bad], self.time[~bad], self.kind[~bad], entry, problems)


def from_dates(
    frame: pd.DataFrame,
    *,
    start: str,
    end: str | Sequence[str],
    closed: str | None,
    service: str | None,
    outcome: str | None,
    referral_id: str | None,
    entry: Any,
    at: Any,
    latest: Any,
    earliest: Any,
    timezone: str,
    rules: Rules | None,
) -> Durations:
    """Turn dates into weeks.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, or ``entry`` is neither a column nor a date.
    """
    stops = (end,) if isinstance(end, str) else tuple(end)
    names = Names(start, stops, closed, outcome, referral_id, service)
    read = read_pathways(frame, names=names, rules=rules, latest=latest, earliest=earliest, timezone=timezone)
    if read.frame.empty:
        return Durations(read.frame, np.empty(0), np.empty(0, dtype="int64"), None, read.problems)
    day = read.last_day if at is None else day_of(at)
    known = read.stop <= day
    until = np.where(known, read.stop, day)
    kind = np.where(known, np.where(read.seen, SEEN, OTHER), CENSORED)
    since = None if entry is None else _entry_days(read.frame, entry, timezone)
    watched = None if since is None else np.where(since >= read.start, (since - read.start) / 7, -np.inf)
    times = Durations(read.frame, (until - read.start) / 7, kind, watched, read.problems)
    times = times.without(times.time < 0, "referred after the date of the list", start, referral_id)
    return _watched(times, start, referral_id)


def from_times(
    frame: pd.DataFrame, *, duration: str | None, event: str | None, entry: Any, referral_id: str | None
) -> Durations:
    """Take times and what ended them from columns.

    Raises
    ------
    ArgumentError, DataError
        If one of the two columns is missing, or holds anything but times and events.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(
            f"a {type(frame).__name__}", "a pandas DataFrame", "Give the referrals as a frame"
        )
    if duration is None or event is None:
        raise ArgumentError("only one of duration and event", "both", "Name both columns")
    for column in (duration, event, *([entry] if isinstance(entry, str) else [])):
        check_column(frame, column)
    time = _numbers(frame[duration])
    since = None if entry is None else _numbers(frame[entry]) if isinstance(entry, str) else float(entry)
    watched = None if since is None else np.where(np.nan_to_num(since) > 0, since, -np.inf)
    kind = _kinds(frame[event])
    empty = pd.DataFrame(columns=["row", "referral_id", "column", "value", "fault", "action"])
    entries = None if watched is None else np.broadcast_to(watched, time.shape).copy()
    times = Durations(frame, time, kind, entries, empty)
    times = times.without(~(np.isfinite(time) & (time >= 0)), "not a time", duration, referral_id)
    times = times.without(times.kind < 0, "no event", event, referral_id)
    return _watched(times, duration, referral_id)


def _watched(times: Durations, column: str, referral_id: str | None) -> Durations:
    if times.entry is None:
        return times
    return times.without(times.time <= times.entry, "ended before it was watched", column, referral_id)


def _entry_days(frame: pd.DataFrame, entry: Any, timezone: str) -> Days:
    if isinstance(entry, str) and entry in frame.columns:
        days, bad, _ = to_days(frame[entry], timezone=timezone)
        if bad.any():
            row = frame.index[bad][0]
            raise DataError(
                f"{frame[entry].loc[row]!r} in column {entry!r}, row {row}", "a date", "Correct the cell"
            )
        return days
    try:
        return np.full(len(frame), day_of(entry))
    except (ValueError, TypeError):
        known = ", ".join(sorted(map(str, frame.columns)))
        raise ArgumentError(f"entry={entry!r}", f"a date, or one of {known}", "Correct it") from None


def _numbers(cells: pd.Series) -> Numbers:
    return pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _kinds(cells: pd.Series) -> Whole:
    """Return what ended each time, -1 where that is not said."""
    if pd.api.types.is_numeric_dtype(cells.dtype):
        codes = _numbers(cells)
        lacking = np.isnan(codes)
        return np.where(lacking, -1, np.clip(np.nan_to_num(codes), 0, OTHER)).astype("int64")
    words = cells.astype("str").str.strip().str.lower()
    kinds = [cells.isna(), words.isin(["seen", "true"]), words.isin(["waiting", "censored", "false", ""])]
    return np.select(kinds, [-1, SEEN, CENSORED], default=OTHER).astype("int64")
