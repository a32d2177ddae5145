"""Referrals made ready for counting: read once, checked by row, each with the day its wait began and ended.

A wait ends on the day of its clock stop, or on the day the referral closed without one. What cannot be true is left
out and listed, row by row; what was read differently from how it was written (a time in another time zone) is kept
and listed. So the rows used and the rows left out always add up to the rows given.

People are referred again while, or soon after, an earlier referral is open. To them it is one wait. So referrals of
one person that overlap, or follow within a tolerance, are joined into a spell where the clock rule says so (the
community mental health four-week wait allows 5 days between the end of one referral and the start of the next).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date, Flags, Places
from sutg_analysis.catalogue.referrals import (
    EARLIEST,
    NO_DAY,
    UK,
    Days,
    day_of,
    faulty,
    known_service,
    to_days,
)
from sutg_analysis.control.observations import check_column, check_frame
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.waiting.clocks import ClockRule, Rules, rule_of
from sutg_analysis.waiting.groups import NOT_RECORDED, names_of

FAR = np.iinfo("int64").max // 4
"""The day of what has not happened."""

LEFT_OUT, KEPT = "left out", "kept"
_PROBLEM_COLUMNS = ["row", "referral_id", "column", "value", "fault", "action"]


def spell_numbers(
    frame: pd.DataFrame,
    *,
    start: str,
    end: str,
    by: str | Sequence[str] = (),
    tolerance_days: int = 5,
) -> pd.Series:
    """Return the number of the spell that each row belongs to.

    Sorted by start, a new spell begins wherever a start lies beyond the latest end so far by more than the tolerance.

    Parameters
    ----------
    frame
        One row an interval.
    start, end
        Columns of dates; an interval without an end is still open.
    by
        Columns whose rows may join: the person and the service.
    tolerance_days
        The longest gap between an end and the next start that still joins.

    Returns
    -------
    pandas.Series
        A number a row, from 0, in the order of ``by`` and start; the index is the frame's.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, a start is missing, an end lies before its start, or the tolerance is negative.

    Examples
    --------
    >>> rows = pd.DataFrame({"person": ["a", "a", "a"], "from": pd.to_datetime(["2024-01-01", "2024-01-15",
    ...     "2024-03-01"]), "to": pd.to_datetime(["2024-01-10", "2024-01-20", None])})
    >>> spell_numbers(rows, start="from", end="to", by="person").tolist()
    [0, 0, 1]
    """
    keys = names_of(by)
    for column in (start, end, *keys):
        check_column(frame, column)
    if tolerance_days < 0:
        raise ArgumentError(f"tolerance_days={tolerance_days}", "0 or more", "Use 5")
    for column, bad, wanted in (
        (start, frame[start].isna(), "a start"),
        (end, frame[end] < frame[start], f"an end on or after {start!r}"),
    ):
        if bad.any():
            row = frame.index[bad][0]
            raise DataError(
                f"{frame.loc[row, column]} in column {column!r}, row {row}", wanted, "Correct or drop the row"
            )
    person = (
        frame.groupby(keys, sort=True, dropna=False).ngroup().to_numpy() if keys else np.zeros(len(frame))
    )
    begins = frame[start].to_numpy("datetime64[D]").astype("int64")
    ends = np.where(frame[end].isna(), FAR, frame[end].to_numpy("datetime64[D]").astype("int64"))
    order = np.lexsort((ends, begins, person))
    latest = pd.Series(ends[order]).groupby(person[order]).cummax().to_numpy()
    new = np.ones(len(frame), dtype=bool)
    new[1:] = (np.diff(person[order]) != 0) | (begins[order][1:] > latest[:-1] + tolerance_days)
    numbers = np.empty(len(frame), dtype="int64")
    numbers[order] = np.cumsum(new) - 1
    return pd.Series(numbers, index=frame.index, name="spell")


@dataclass(frozen=True)
class Names:
    """Names of the columns of referrals; those with None are not there."""

    start: str = "referred"
    stops: tuple[str, ...] = ("seen",)
    end: str | None = "closed"
    outcome: str | None = "outcome"
    referral_id: str | None = "referral_id"
    service: str | None = "service"
    person: str | None = "person_id"

    def within(self, frame: pd.DataFrame) -> Names:
        """Return the names with None for columns of the usual name that the frame lacks."""
        usual = Names()
        lacking = {
            name: None
            for name in ("end", "outcome", "referral_id", "service", "person")
            if getattr(self, name) == getattr(usual, name) and getattr(self, name) not in frame.columns
        }
        return replace(self, **lacking)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Pathways:
    """Referrals that can be counted, and those that cannot.

    Parameters
    ----------
    frame
        The rows used, as given (of joined referrals the first).
    start, stop
        The day each wait began, and ended (``FAR`` while it goes on).
    seen
        Whether the wait ended by being seen.
    outcome
        What ended it: ``"seen"``, the outcome recorded, or ``"not recorded"``; numbers into ``outcomes``.
    outcomes
        Their names.
    target_days
        The longest wait in time.
    problems
        One row a fault: row (the index of the frame given), referral_id, column, value, fault, action (left out or
        kept).
    given
        How many rows were given.
    """

    frame: pd.DataFrame
    start: Days
    stop: Days
    seen: Flags
    outcome: Places
    outcomes: tuple[str, ...]
    target_days: Days
    problems: pd.DataFrame
    given: int

    @property
    def last_day(self) -> int:
        """The last day on which a wait began or ended."""
        ended = self.stop[self.stop < FAR]
        return int(max(self.start.max(initial=NO_DAY), ended.max(initial=NO_DAY)))


def read_pathways(
    frame: pd.DataFrame,
    *,
    names: Names = Names(),
    rules: Rules | None = None,
    services: Collection[str] | None = None,
    latest: Date | None = None,
    earliest: Date = EARLIEST,
    timezone: str = UK,
) -> Pathways:
    """Read referrals, leaving out and listing rows that cannot be true.

    Parameters
    ----------
    frame
        One row a referral.
    names
        Its columns. Columns of the usual names may be absent, but for ``referred`` and ``seen``.
    rules
        Clock rules by service; without them the wait runs from ``names.start`` to the first of ``names.stops``.
    services
        The services there are; any other is a fault.
    latest
        The last day that has come; by default today. Later dates are a fault.
    earliest
        The first date that is no placeholder.
    timezone
        Whose calendar times with a time zone are put into.

    Raises
    ------
    ArgumentError
        If a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"referred": ["2024-01-01", "2024-02-01"], "seen": ["2024-01-08", "2024-01-31"]})
    >>> read = read_pathways(rows)
    >>> len(read.frame), read.problems["fault"].tolist()
    (1, ['seen before referred'])
    """
    check_frame(frame)
    names = names.within(frame)
    clocks = _clocks(frame, names, rules)
    days, unread, problems = _read_days(frame, names, clocks, timezone)
    limits = {
        "latest": day_of(pd.Timestamp.today() if latest is None else latest),
        "earliest": day_of(earliest),
    }
    found = [*unread, *_date_faults(days, clocks, names, limits, unread)]
    found += _name_faults(frame, names, clocks, services)
    good = np.ones(len(frame), dtype=bool)
    for _, _, bad in found:
        good &= ~bad
    problems += [
        listed(frame, bad, fault=fault, column=column, referral_id=names.referral_id)
        for fault, column, bad in found
        if bad.any()
    ]
    faults = pd.concat(problems, ignore_index=True) if problems else no_problems()
    used = frame
    if not good.all():
        used, days = frame[good], {column: cells[good] for column, cells in days.items()}
        clocks = [(rule, which[good]) for rule, which in clocks]
    return _timed(used, days, names, clocks, faults, given=len(frame))


Clocks = list[tuple[ClockRule, Flags]]
"""Each distinct rule with its rows."""
Faults = list[tuple[str, str, Flags]]
"""The fault, the column, and the rows."""


def _clocks(frame: pd.DataFrame, names: Names, rules: Rules | None) -> Clocks:
    rest = np.ones(len(frame), dtype=bool)
    clocks: Clocks = []
    if rules is None:
        spare = ClockRule(start=names.start, stops=names.stops)
    else:
        if names.service is None:
            raise ArgumentError("rules without a service column", "the column 'service'", "Give service=")
        check_column(frame, names.service)
        spare = rule_of(rules, "*")
        by_rule: dict[ClockRule, list[str]] = {}
        for service in map(str, frame[names.service].dropna().unique()):
            by_rule.setdefault(rule_of(rules, service), []).append(service)
        for rule, members in by_rule.items():
            if rule != spare:
                clocks.append((rule, known_service(frame[names.service], members)))
                rest &= ~clocks[-1][1]
    clocks.append((spare, rest))
    clocks = [(rule, which) for rule, which in clocks if which.any() or len(clocks) == 1]
    columns = [column for rule, _ in clocks for column in (rule.start, *rule.stops)]
    for column in [*columns, names.end, names.outcome, names.referral_id, names.service]:
        if column is not None:
            check_column(frame, column)
    return clocks


def _read_days(
    frame: pd.DataFrame, names: Names, clocks: Clocks, timezone: str
) -> tuple[dict[str, Days], Faults, list[pd.DataFrame]]:
    columns = {column for rule, _ in clocks for column in (rule.start, *rule.stops)} & set(frame.columns)
    days: dict[str, Days] = {}
    unread: Faults = []
    moves: list[pd.DataFrame] = []
    for column in sorted(columns | ({names.end} if names.end else set())):
        days[column], bad, moved = to_days(frame[column], timezone=timezone)
        if bad.any():
            unread.append(("not a date", column, bad))
        if moved.any():
            fault = "another day in its time zone"
            moves.append(
                listed(frame, moved, fault=fault, column=column, referral_id=names.referral_id, action=KEPT)
            )
    return days, unread, moves


def _date_faults(
    days: dict[str, Days], clocks: Clocks, names: Names, limits: dict[str, int], unread: Faults
) -> Faults:
    found: Faults = []
    written = {column: bad for _, column, bad in unread}
    for rule, which in clocks:
        for fault, column, bad in faulty(days, start=rule.start, stops=rule.stops, end=names.end, **limits):
            bad = bad & ~written[column] if fault == "no referral date" and column in written else bad
            found.append((fault, column, bad & which))
    return found


def _name_faults(
    frame: pd.DataFrame, names: Names, clocks: Clocks, services: Collection[str] | None
) -> Faults:
    found: Faults = []
    if names.referral_id:
        ids = frame[names.referral_id]
        lacking = ids.isna().to_numpy()
        found.append(("no id", names.referral_id, lacking))
        found.append(("duplicate id", names.referral_id, ids.duplicated().to_numpy() & ~lacking))
    if names.service:
        lacking = frame[names.service].isna().to_numpy()
        found.append(("no service", names.service, lacking))
        if services is not None:
            strange = ~known_service(frame[names.service], services) & ~lacking
            found.append(("unknown service", names.service, strange))
    for rule, which in clocks:
        if rule.join_days is not None:
            if names.person is None or names.end is None:
                lacking_column = "person" if names.person is None else "closing date"
                raise ArgumentError(
                    f"referrals to join without a {lacking_column}",
                    "the columns person_id and closed",
                    "Add it, or join none",
                )
            check_column(frame, names.person)
            found.append(("no person", names.person, frame[names.person].isna().to_numpy() & which))
    return found


def listed(
    frame: pd.DataFrame,
    bad: Flags,
    *,
    fault: str,
    column: str,
    referral_id: str | None,
    action: str = LEFT_OUT,
) -> pd.DataFrame:
    """Return a table of problems: the rows with one fault, and what was done with them."""
    rows = frame[bad]
    values = [None if pd.isna(value) else value for value in rows[column]] if column in rows else None
    table = {
        "row": rows.index,
        "referral_id": rows[referral_id].to_numpy(dtype=object) if referral_id in rows else None,
        "column": column,
        "value": pd.Series(values, dtype=object),
        "fault": fault,
        "action": action,
    }
    return pd.DataFrame(table, columns=_PROBLEM_COLUMNS)


def no_problems() -> pd.DataFrame:
    """Return a table of problems without rows."""
    return pd.DataFrame(columns=_PROBLEM_COLUMNS)


def _timed(
    frame: pd.DataFrame,
    days: dict[str, Days],
    names: Names,
    clocks: Clocks,
    problems: pd.DataFrame,
    *,
    given: int,
) -> Pathways:
    """Give each wait its first and last day."""
    frame, days, clocks = _joined(frame, days, names, clocks)
    start, met, target = (np.empty(len(frame), dtype="int64") for _ in range(3))
    ends = {column: np.where(cells == NO_DAY, FAR, cells) for column, cells in days.items()}
    for rule, which in clocks:
        rows = (
            which if len(clocks) > 1 else slice(None)
        )  # one rule for all is the usual case, and a slice is faster
        start[rows] = days[rule.start][rows]
        first_or_latest = np.minimum if rule.stop_rule == "first" else np.maximum
        met[rows] = first_or_latest.reduce([ends[column][rows] for column in rule.stops])
        target[rows] = rule.target_days
    closed = ends[names.end] if names.end else np.full(len(frame), FAR)
    seen = (met <= closed) & (met < FAR)
    stop = np.where(seen, met, closed)
    codes, outcomes = _outcomes(frame, names, seen)
    return Pathways(
        frame=frame,
        start=start,
        stop=stop,
        seen=seen,
        outcome=codes,
        outcomes=outcomes,
        target_days=target,
        problems=problems,
        given=given,
    )


def _outcomes(frame: pd.DataFrame, names: Names, seen: Flags) -> tuple[Places, tuple[str, ...]]:
    """Return a number for what ended each wait: 0 seen, 1 not recorded, then the outcomes recorded."""
    if names.outcome is None:
        return np.where(seen, 0, 1), ("seen", NOT_RECORDED)
    codes, recorded = pd.factorize(frame[names.outcome], sort=True)
    return np.where(seen, 0, codes + 2), ("seen", NOT_RECORDED, *map(str, recorded))


def _joined(
    frame: pd.DataFrame, days: dict[str, Days], names: Names, clocks: Clocks
) -> tuple[pd.DataFrame, dict[str, Days], Clocks]:
    """Join referrals where a rule says so: first start, first of each stop, last end if none is open."""
    joining = [(rule, rule.join_days, which) for rule, which in clocks if rule.join_days is not None]
    keys = [str(names.service), str(names.person)]
    if not joining or names.end is None:
        return frame, days, clocks
    spell, unused = np.arange(len(frame)), len(frame)
    for rule, tolerance, which in joining:
        begin, finish = (days[column][which].astype("datetime64[D]") for column in (rule.start, names.end))
        of_rule = frame.loc[which, keys].assign(begin=begin, finish=finish).reset_index(drop=True)
        numbers = spell_numbers(of_rule, start="begin", end="finish", by=keys, tolerance_days=tolerance)
        spell[which] = numbers.to_numpy() + unused
        unused += len(of_rule)
    begun = np.select([which for _, which in clocks], [days[rule.start] for rule, _ in clocks])
    order = np.lexsort((begun, spell))
    groups = pd.Series(spell[order])
    first = order[np.flatnonzero(~groups.duplicated())]
    merged = {}
    for column, cells in days.items():
        ordered = np.where(cells == NO_DAY, FAR, cells)[order]
        how = "max" if column == names.end else "min"
        values = pd.Series(ordered).groupby(groups.to_numpy()).agg(how).to_numpy()
        merged[column] = np.where(values == FAR, NO_DAY, values)
    keep = np.argsort(first, kind="stable")
    frame = frame.iloc[first[keep]]
    kept = [(rule, which[first[keep]]) for rule, which in clocks]
    return frame, {column: cells[keep] for column, cells in merged.items()}, kept
