"""How long people wait, those still waiting included, and how fair that is between groups.

The waits of those already seen leave out everyone who still waits, and make a service look quicker than it is
(Armstrong, *Statistics in Medicine* 2000;19:2037). Here each referral counts for as long as it was watched: until
seen, until it left the list for another reason, or until the date of the list; ``entry`` says from when, for an extract
that began with a list already open. Groups are compared by the difference of their mean waits up to one horizon.

At each time t of a group, n are at risk (entered before t, not gone before it), d are seen and o leave for another
reason. Kaplan and Meier's estimate of still waiting is the product of 1 - d / n, those who leave for another reason
counted as no longer watched. Aalen and Johansen's estimate of having been seen is the sum of S(t-) d / n, where S
falls by d and by o: a person who has left can no longer be seen. Errors are Greenwood's and the delta method's
(Marubini and Valsecchi 1995), intervals on the log(-log) scale. Times that tie are one step: nothing is jittered.
All groups are estimated at once, which statsmodels does not, nor has it incidence where entry is delayed; where it
estimates the same, tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date, Flags, Numbers, Places
from sutg_analysis.catalogue.referrals import EARLIEST, UK, Days, day_of, to_days
from sutg_analysis.control.observations import check_column, check_frame
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Result
from sutg_analysis.waiting.clocks import Rules
from sutg_analysis.waiting.groups import group_label, group_numbers, names_of
from sutg_analysis.waiting.pathways import Names, Pathways, listed, no_problems, read_pathways

CENSORED, SEEN, OTHER = 0, 1, 2
_EVEN = 1e-12


@dataclass(frozen=True)
class Curves:
    """Estimates of every group at every time; arrays of groups by times.

    ``waiting`` is the chance of still waiting were nobody to leave unseen, ``seen`` and ``other`` the chances of having
    been seen and of having left unseen, ``*_error`` standard errors (of ``waiting``, of its logarithm).
    """

    times: Numbers
    at_risk: Places
    events: Places
    others: Places
    censored: Places
    waiting: Numbers
    waiting_error: Numbers
    seen: Numbers
    seen_error: Numbers
    other: Numbers


def curves(
    time: Numbers, kind: Places, group: Places, *, groups: int, entry: Numbers | None = None
) -> Curves:
    """Estimate the curves of all groups.

    ``time`` is when each person was seen, left, or was last known to wait, ``kind`` is ``SEEN``, ``OTHER`` or
    ``CENSORED``; ``entry`` is from when each was watched (``-inf``: the beginning), at risk only after it.

    Examples
    --------
    >>> found = curves(np.array([1.0, 2, 2, 3]), np.array([1, 1, 0, 1]), np.zeros(4, int), groups=1)
    >>> found.waiting[0].round(4).tolist()
    [0.75, 0.5, 0.0]
    """
    times, place = np.unique(time, return_inverse=True)

    def tally(row: Places, column: Places, columns: int = len(times)) -> Places:
        return np.bincount(row * columns + column, minlength=groups * columns).reshape(groups, columns)

    events, others, censored = (
        tally(group[kind == each], place[kind == each]) for each in (SEEN, OTHER, CENSORED)
    )
    at_risk = _from_here_on(events + others + censored)
    if entry is not None:
        joined = tally(group, np.searchsorted(times, entry, side="right"), len(times) + 1)
        at_risk = at_risk - _from_here_on(joined)[:, 1:]
    n = np.where(at_risk > 0, at_risk, 1).astype(float)
    everyone = np.cumprod(1 - (events + others) / n, axis=1)
    before = np.hstack([np.ones((groups, 1)), everyone[:, :-1]])
    seen, leaving = np.cumsum(before * events / n, axis=1), _greenwood(events + others, at_risk)
    return Curves(
        times=times,
        at_risk=at_risk,
        events=events,
        others=others,
        censored=censored,
        waiting=np.cumprod(1 - events / n, axis=1),
        waiting_error=np.sqrt(np.cumsum(_greenwood(events, at_risk), axis=1)),
        seen=seen,
        seen_error=np.sqrt(_incidence_variance(seen, before, events, leaving, n)),
        other=np.cumsum(before * others / n, axis=1),
    )


def _from_here_on(counts: Places) -> Places:
    return counts[:, ::-1].cumsum(axis=1)[:, ::-1]


def _greenwood(events: Places, at_risk: Places) -> Numbers:
    """Return Greenwood's terms d / (n (n - d)); none where nobody is left."""
    left = at_risk - events
    return events / np.where((left > 0) & (at_risk > 0), at_risk * left.astype(float), np.inf)


def _incidence_variance(
    seen: Numbers, before: Numbers, events: Places, leaving: Numbers, n: Numbers
) -> Numbers:
    """Return the delta method's variance of the chance of having been seen, its square opened into sums."""
    once, twice, thrice = (np.cumsum(leaving * seen**power, axis=1) for power in range(3))
    gaps = seen**2 * once - 2 * seen * twice + thrice
    steps = np.cumsum(before**2 * (n - events) * events / n**3, axis=1)
    link = before * events / n**2
    cross = seen * np.cumsum(link, axis=1) - np.cumsum(link * seen, axis=1)
    return np.maximum(gaps + steps - 2 * cross, 0)


def interval(share: Numbers, log_error: Numbers, z: float, people: Numbers) -> tuple[Numbers, Numbers]:
    """Return the interval of a chance of still waiting, given the standard error of its logarithm.

    Of a chance of none or all no error is known: the interval is Wilson's (1927), of as many ``people``.
    """
    inside = (share > 0) & (share < 1)
    logged = np.log(np.where(inside, share, 0.5))
    with np.errstate(over="ignore"):  # so little is known that the reach is endless, and the interval 0 to 1
        reach = np.exp(z * log_error / -logged)
    beyond = z**2 / (people + z**2)
    lower = np.where(inside, np.exp(logged * reach), np.where(share >= 1, 1 - beyond, 0.0))
    upper = np.where(inside, np.exp(logged / reach), np.where(share >= 1, 1.0, beyond))
    return lower, upper


def _people(found: Curves) -> Numbers:
    """Return how many an estimate of none or all seen rests on: those watched so long, or those seen."""
    return np.where(found.events.cumsum(axis=1) > 0, found.events.cumsum(axis=1), found.at_risk).astype(float)


def _incidence_interval(share: Numbers, error: Numbers, z: float, people: Numbers) -> tuple[Numbers, Numbers]:
    rest = 1 - share
    low, high = interval(rest, error / np.where(rest > 0, rest, 1), z, people)
    return 1 - high, 1 - low


def _first_below(times: Numbers, share: Numbers, level: float) -> Numbers:
    """Return when each row first falls to a level, missing where it does not."""
    below = share <= level + _EVEN
    return np.where(below.any(axis=1), times[below.argmax(axis=1)], np.nan)


def restricted_mean(found: Curves, horizon: float) -> tuple[Numbers, Numbers]:
    """Return the mean wait of each group up to a horizon (the area under the curve), and its standard error."""
    inside = found.times < horizon
    times = found.times[inside]
    areas = found.waiting[:, inside] * np.diff(np.append(times, horizon))
    mean = (times[0] if len(times) else horizon) + areas.sum(axis=1)
    later = areas[:, ::-1].cumsum(axis=1)[:, ::-1]
    terms = _greenwood(found.events, found.at_risk)[:, inside]
    return mean, np.sqrt((later**2 * terms).sum(axis=1))


@dataclass(frozen=True, eq=False)
class _Durations:
    """Rows used, and their times; ``entry`` is ``-inf`` where a referral was watched from its start."""

    frame: pd.DataFrame
    time: Numbers
    kind: Places
    entry: Numbers
    problems: pd.DataFrame

    def without(self, bad: Flags, fault: str, column: str, referral_id: str | None) -> _Durations:
        """Return the rows that are good, the others listed."""
        if not bad.any():
            return self
        faults = listed(self.frame, bad, fault=fault, column=column, referral_id=referral_id)
        tables = [table for table in (self.problems, faults) if len(table)]
        problems = pd.concat(tables, ignore_index=True)
        return _Durations(self.frame[~bad], self.time[~bad], self.kind[~bad], self.entry[~bad], problems)


def _from_dates(
    read: Pathways, start: str, referral_id: str | None, *, entry: Date | None, at: Date | None, timezone: str
) -> _Durations:
    """Turn dates into weeks: what has not happened by the date of the list is not known."""
    day = read.last_day if at is None else day_of(at)
    known = read.stop <= day
    kind = np.where(known, np.where(read.seen, SEEN, OTHER), CENSORED)
    time = (np.where(known, read.stop, day) - read.start) / 7
    watched = np.full(len(time), -np.inf)
    if entry is not None:
        since = _entry_days(read.frame, entry, timezone)
        watched = np.where(since >= read.start, (since - read.start) / 7, -np.inf)
    times = _Durations(read.frame, time, kind, watched, read.problems)
    times = times.without(time < 0, "referred after the date of the list", start, referral_id)
    return times.without(times.time <= times.entry, _UNWATCHED, start, referral_id)


_UNWATCHED = "ended before it was watched"


def _from_times(
    frame: pd.DataFrame, duration: str | None, event: str | None, ids: str | None, entry: str | float | None
) -> _Durations:
    """Take times and what ended them from columns."""
    check_frame(frame)
    if duration is None or event is None:
        raise ArgumentError("only one of duration and event", "both", "Name both columns")
    for column in (duration, event, *([entry] if isinstance(entry, str) else [])):
        check_column(frame, column)
    time = _numbers(frame[duration])
    since = _numbers(frame[entry]) if isinstance(entry, str) else np.full(len(time), float(entry or 0))
    watched = np.where(np.nan_to_num(since) > 0, since, -np.inf)
    times = _Durations(frame, time, _kinds(frame[event]), watched, no_problems())
    times = times.without(~(np.isfinite(time) & (time >= 0)), "not a time", duration, ids)
    times = times.without(times.kind < 0, "no event", event, ids)
    return times.without(times.time <= times.entry, _UNWATCHED, duration, ids)


def _entry_days(frame: pd.DataFrame, entry: Date, timezone: str) -> Days:
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


def _kinds(cells: pd.Series) -> Places:
    """Return what ended each time, -1 where that is not said."""
    if pd.api.types.is_numeric_dtype(cells.dtype):
        codes = _numbers(cells)
        return np.where(np.isnan(codes), -1, np.clip(np.nan_to_num(codes), 0, OTHER)).astype("int64")
    words = cells.astype("str").str.strip().str.lower()
    kinds = [cells.isna(), words.isin(["seen", "true"]), words.isin(["waiting", "censored", "false", ""])]
    return np.select(kinds, [-1, SEEN, CENSORED], default=OTHER).astype("int64")


_FEW, _NOBODY = 0.05, 0.005
"""Shares still waiting so small that what is not known of them moves a mean little, or not to speak of."""


@dataclass(frozen=True, eq=False)
class WaitingTimesResult(Result):
    """Waiting times of one group or many.

    Parameters
    ----------
    curve
        One row a group and time: the columns of ``by``, time, at_risk, seen, removed, censored (counts at that
        time), waiting, waiting_lower, waiting_upper (chance of still waiting, were nobody to leave unseen),
        seen_share, seen_lower, seen_upper (chance of having been seen by then, allowing for those who leave unseen),
        removed_share.
    summary
        One row a group: the columns of ``by``, referrals, seen, removed, waiting (counts), median, median_lower,
        median_upper (were nobody to leave unseen), half, half_lower, half_upper (when half of all referred have been
        seen; missing where that does not come), within, within_lower, within_upper (share of all referred who have
        been seen by ``target``; missing where nobody was watched so long and some still wait), restricted_mean,
        mean_lower, mean_upper, too_few (whether the group is too small for estimates, which are missing then), note.
    differences
        One row a group but the reference: the columns of ``by``, reference, difference (of restricted means, more
        is longer), lower, upper, p_value, different (the interval leaves out zero), note.
    problems
        Faulty rows: row, referral_id, column, value, fault, action.
    by
        Names of the key columns; those of ``within`` first.
    compared
        Those of them that are compared.
    unit
        Of all times: weeks where dates were given.
    target, horizon, confidence, minimum
        As the call had them; ``horizon`` is what was used.
    """

    _views = "waiting:waiting_times"

    curve: pd.DataFrame
    summary: pd.DataFrame
    differences: pd.DataFrame
    problems: pd.DataFrame
    by: tuple[str, ...]
    compared: tuple[str, ...]
    unit: str
    target: float
    horizon: float
    confidence: float
    minimum: int

    def __repr__(self) -> str:
        people = int(self.summary["referrals"].sum())
        return f"<WaitingTimesResult: {people:,} referrals, {len(self.summary)} groups, times in {self.unit}>"

    @property
    def points(self) -> pd.DataFrame:
        """Another name for ``curve``."""
        return self.curve

    @property
    def frame(self) -> pd.DataFrame:
        """Another name for ``summary``."""
        return self.summary


def waiting_times(
    frame: pd.DataFrame,
    *,
    start: str = "referred",
    end: str | Sequence[str] = "seen",
    closed: str | None = "closed",
    duration: str | None = None,
    event: str | None = None,
    entry: Date | float | None = None,
    at: Date | None = None,
    by: str | Sequence[str] | None = None,
    within: str | Sequence[str] | None = None,
    reference: object = None,
    target: float = 18,
    horizon: float | None = None,
    confidence: float = 0.95,
    minimum: int = 10,
    unit: str = "weeks",
    rules: Rules | None = None,
    referral_id: str | None = "referral_id",
    service: str | None = "service",
    outcome: str | None = "outcome",
    latest: Date | None = None,
    earliest: Date = EARLIEST,
    timezone: str = UK,
) -> WaitingTimesResult:
    """Estimate how long people wait, by group, with those still waiting and those who left unseen.

    Parameters
    ----------
    frame
        One row a referral.
    start, end, closed
        Columns of dates: the wait begins; it ends by being seen (of several columns, the first); the referral
        closes. Closed without being seen is a removal, a competing event.
    duration, event
        Instead of dates, columns of times in ``unit`` and of what ended them: true or 1 seen, false or 0 still
        waiting, 2 or more removed; or the words seen, waiting, and any other.
    entry
        From when on each referral was watched: a column, or a date for all (the close of the day on which a list was
        counted that the extract begins with). In times since the start where ``duration`` is given. A referral is
        at risk only after it.
    at
        The date of the list: what happened later is not yet known. By default the last date in the data.
    by
        Columns that make the groups.
    within
        Columns within whose groups the others are compared, such as the service.
    reference
        The group that others are compared with; by default the largest.
    target
        In ``unit``: the wait whose chance is estimated.
    horizon
        In ``unit``: how far mean waits are compared. By default as far as every group that is large enough was
        watched.
    confidence
        Of the intervals.
    minimum
        Groups with fewer people, or fewer seen, than this are listed without estimates.
    unit
        What times are in where ``duration`` is given; with dates they are weeks.
    rules, referral_id, service, outcome, latest, earliest, timezone
        As for :func:`sutg_analysis.waiting_list`.

    Returns
    -------
    WaitingTimesResult

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, the reference is no group, or no row can be used.

    Examples
    --------
    >>> weeks = pd.DataFrame({"wait": [2, 4, 4, 6, 8], "event": [1, 1, 0, 1, 0]})
    >>> result = waiting_times(weeks, duration="wait", event="event", minimum=1)
    >>> result.curve["waiting"].round(3).tolist()
    [0.8, 0.6, 0.3, 0.3]
    >>> float(result.summary["median"].iloc[0])
    6.0
    """
    from scipy.special import ndtri

    _check(confidence, target, horizon, minimum)
    if duration is not None or event is not None:
        read = _from_times(frame, duration, event, referral_id, entry)  # type: ignore[arg-type]
    else:
        unit = "weeks"
        names = Names(start, tuple(names_of(end)), closed, outcome, referral_id, service)
        pathways = read_pathways(
            frame, names=names, rules=rules, latest=latest, earliest=earliest, timezone=timezone
        )
        read = _from_dates(pathways, start, referral_id, entry=entry, at=at, timezone=timezone)  # type: ignore[arg-type]
    if read.frame.empty:
        raise DataError("no referral that can be used", "at least one", "See the faults of the rows")
    outer, inner = names_of(within), names_of(by)
    codes, keys = group_numbers(read.frame, [*outer, *inner])
    found = curves(read.time, read.kind, codes, groups=len(keys), entry=read.entry)
    summary = _summary(read, codes, keys, minimum)
    horizon = _horizon(found, summary, minimum) if horizon is None else horizon
    z = float(ndtri((1 + confidence) / 2))
    curve = _curve(found, keys, z)
    summary = _estimates(summary, found, target, horizon, z)
    return WaitingTimesResult(
        curve=curve,
        summary=summary.drop(columns=["mean_error"]),
        differences=_differences(summary, outer, inner, reference, z),
        problems=read.problems,
        by=(*outer, *inner),
        compared=tuple(inner),
        unit=unit,
        target=target,
        horizon=float(horizon),
        confidence=confidence,
        minimum=minimum,
    )


def _check(confidence: float, target: float, horizon: float | None, minimum: int) -> None:
    if not 0 < confidence < 1:
        raise ArgumentError(f"confidence={confidence}", "a share between 0 and 1", "Use 0.95")
    for name, value in (("target", target), ("horizon", horizon)):
        if value is not None and not value > 0:
            raise ArgumentError(f"{name}={value}", "a time above 0", "Give it in weeks")
    if minimum < 1:
        raise ArgumentError(f"minimum={minimum}", "1 or more", "Use 10")


def _summary(read: _Durations, codes: Places, keys: pd.DataFrame, minimum: int) -> pd.DataFrame:
    kinds = {"seen": SEEN, "removed": OTHER, "waiting": CENSORED}
    table = keys.reset_index(drop=True).assign(referrals=np.bincount(codes, minlength=len(keys)))
    for name, kind in kinds.items():
        table[name] = np.bincount(codes[read.kind == kind], minlength=len(keys))
    few = (table["referrals"] < minimum) | (table["seen"] < minimum)
    words = f"too few to estimate: fewer than {minimum} people, or fewer than {minimum} seen"
    return table.assign(too_few=few, note=pd.array(np.where(few, words, ""), dtype="str"))


def _horizon(found: Curves, summary: pd.DataFrame, minimum: int) -> float:
    """Return the last time that every group large enough was watched until.

    A group in which next to nobody (0.5 %) still waits was watched to its end, and sets no limit. Where few (5 %) still
    wait, the last of them sets it; otherwise the last time at which enough people were watched.
    """
    large = ~summary["too_few"].to_numpy()
    limits = [float(found.times[-1]) or 1.0]
    for at_risk, waiting in zip(found.at_risk[large], found.waiting[large], strict=True):
        seen_to = found.times[at_risk > 0][-1:]
        if waiting[-1] > _FEW:
            seen_to = found.times[at_risk >= minimum][-1:]
        if waiting[-1] > _NOBODY and len(seen_to):
            limits.append(float(seen_to[0]))
    return min(limit for limit in limits if limit > 0)


def _estimates(summary: pd.DataFrame, found: Curves, target: float, horizon: float, z: float) -> pd.DataFrame:
    people = _people(found)
    lower, upper = interval(found.waiting, found.waiting_error, z, people)
    least, most = _incidence_interval(found.seen, found.seen_error, z, people)
    watched = np.array([found.times[row > 0].max(initial=0) for row in found.at_risk])
    # A curve ends at its last observation: beyond it nothing is known, unless nobody is left to wait.
    waits = found.seen[:, -1] + found.other[:, -1] < 1 - _EVEN
    unseen = (watched < target * (1 - _EVEN)) & waits
    upto = int(np.searchsorted(found.times, target * (1 + _EVEN), side="right"))
    place = max(upto - 1, 0)
    none = found.seen[:, place] * bool(upto) <= 0
    # Nobody seen by then: it rests on those watched at least so long.
    later = found.at_risk[
        :, min(int(np.searchsorted(found.times, target * (1 - _EVEN))), len(found.times) - 1)
    ]
    inside = np.where(none, 0.0, found.seen[:, place])
    inside_least = np.where(none, 0.0, least[:, place])
    inside_most = np.where(none, z**2 / (later + z**2), most[:, place])
    inside, inside_least, inside_most = (
        np.where(unseen, np.nan, share) for share in (inside, inside_least, inside_most)
    )
    mean, error = restricted_mean(found, horizon)
    # Greenwood's variance is that of a sample over n: of few it is too small, and its own chance needs Student's t.
    known = np.maximum(summary["seen"].to_numpy() - 1, 1)
    error = error * np.sqrt((known + 1) / known)
    reach = _reach(known, z) * error
    table = {
        "median": _first_below(found.times, found.waiting, 0.5),
        "median_lower": _first_below(found.times, lower, 0.5),
        "median_upper": _first_below(found.times, upper, 0.5),
        "half": _first_below(found.times, 1 - found.seen, 0.5),
        "half_lower": _first_below(found.times, 1 - most, 0.5),
        "half_upper": _first_below(found.times, 1 - least, 0.5),
        "within": inside,
        "within_lower": inside_least,
        "within_upper": inside_most,
        "restricted_mean": mean,
        "mean_lower": mean - reach,
        "mean_upper": mean + reach,
        "mean_error": error,
    }
    few = summary["too_few"]
    estimates = pd.DataFrame(table, index=summary.index).mask(few)
    unknown = ~few & (watched < horizon) & (found.waiting[:, -1] > _NOBODY)
    means = ["restricted_mean", "mean_lower", "mean_upper", "mean_error"]
    estimates[means] = estimates[means].mask(unknown)
    note = summary["note"].mask(unknown, f"not watched as long as {horizon:g}: no mean to compare")
    return pd.concat([summary.drop(columns=["too_few", "note"]), estimates], axis=1).assign(
        too_few=few, note=note
    )


def _reach(freedom: Numbers, z: float) -> Numbers:
    """Return how many standard errors Student's t reaches where the normal law reaches ``z``."""
    from scipy.special import ndtr, stdtrit

    return stdtrit(freedom, ndtr(z))


def _differences(
    summary: pd.DataFrame, outer: list[str], inner: list[str], reference: object, z: float
) -> pd.DataFrame:
    """Compare each group with the reference group of the same outer group, by Welch's degrees of freedom."""
    from scipy.special import stdtr

    labels = summary[inner].astype("str").agg(", ".join, axis=1) if inner else pd.Series("", summary.index)
    aim = _reference(summary, labels, reference)
    bases, others = summary[labels == aim], summary[labels != aim].reset_index(drop=True)
    base = others[outer].merge(bases, on=outer, how="left") if outer else bases.iloc[[0] * len(others)]
    base = base.set_axis(others.index)
    gap = others["restricted_mean"] - base["restricted_mean"]
    error = np.hypot(others["mean_error"], base["mean_error"])
    parts = [group["mean_error"] ** 4 / np.maximum(group["seen"] - 1, 1) for group in (others, base)]
    freedom = (error**4 / (parts[0] + parts[1]).where(error > 0)).fillna(1.0)
    reach = _reach(freedom.to_numpy(), z) * error
    table = others[[*outer, *inner]].assign(
        reference=aim, difference=gap, lower=gap - reach, upper=gap + reach
    )
    table["p_value"] = 2 * stdtr(freedom, -(gap / error.where(error > 0)).abs())
    table["different"] = (table["lower"] > 0) | (table["upper"] < 0)
    lacking = base["note"].fillna("no reference group").where(others["note"] == "", others["note"])
    return table.assign(note=lacking.astype("str"))


def _reference(summary: pd.DataFrame, labels: pd.Series, reference: object) -> str:
    if reference is None:
        return str(summary["referrals"].groupby(labels).sum().idxmax())
    parts = reference if isinstance(reference, list | tuple) else [reference]
    name = ", ".join(str(group_label(part)) for part in parts)
    if name not in set(labels):
        known = ", ".join(sorted(set(labels)))
        raise ArgumentError(f"reference={reference!r}", f"one of {known}", "Choose one of the groups")
    return name


def _curve(found: Curves, keys: pd.DataFrame, z: float) -> pd.DataFrame:
    """Return one row a group and time at which something happened."""
    happened = (found.events + found.others + found.censored) > 0
    group, place = np.nonzero(happened)
    people = _people(found)
    lower, upper = interval(found.waiting, found.waiting_error, z, people)
    least, most = _incidence_interval(found.seen, found.seen_error, z, people)
    tables = {
        "at_risk": found.at_risk,
        "seen": found.events,
        "removed": found.others,
        "censored": found.censored,
        "waiting": found.waiting,
        "waiting_lower": lower,
        "waiting_upper": upper,
        "seen_share": found.seen,
        "seen_lower": least,
        "seen_upper": most,
        "removed_share": found.other,
    }
    rows = keys.iloc[group].reset_index(drop=True).assign(time=found.times[place])
    return rows.assign(**{name: table[group, place] for name, table in tables.items()})
