"""Demand against capacity: is the list too long, and what would bring it down and hold it there.

In a queue that is stable, waits are about exponential, so that with a mean wait of T / k a share exp(-k) waits
longer than T. To see a share p in time takes k = -ln(1 - p): 2.53 for 92 per cent. Fong et al. 2022 (medRxiv
2022.08.23.22279117) use k = 4, which leaves 1.8 per cent, or 6, which leaves 0.25. With demand D and capacity C a
week, their variation cvD and cvC (1 for arrivals at random)::

    load             D / C, stable below 1
    target mean wait T / k
    target list      D T / k                                       (Little)
    too big          list > 2 x target list
    relief capacity  D + (list - target list) / weeks              (to bring it down)
    target capacity  D + (cvD^2 + cvC^2) / 2 x k / T               (Kingman, to hold it there)
    pressure         2 x mean wait / T, all in weeks: above 1 the target is likely to be missed

Rates are taken from a window of whole days. Each referral and each removal falls on one day, and so into one window.
Capacity is what a service removes while there is somebody to remove: days that began with an empty list, and on which
nobody was removed, are no evidence of it. Those who left before the window are not in the list that it opens with.
Variation is that of weekly counts, times between events being too coarse in days: a service with 20 referrals a day
would otherwise look erratic for all of them having the same date.

Fewer removals alone are no loss of capacity: in a service that sees all who come, they follow referrals. So an
episode of capacity lost (or gained) is a run of months whose removals the rules of the control chart call low (or
high), over which the list grew (or shrank) by more than chance moves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sutg_analysis.arrays import Date, Flags, Numbers, Places
from sutg_analysis.catalogue.referrals import Days, date_of, day_of
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Result
from sutg_analysis.waiting.clocks import Rules
from sutg_analysis.waiting.groups import group_numbers, names_of
from sutg_analysis.waiting.pathways import Names, Pathways, read_pathways

_WEEKS_NEEDED = 8
"""Full weeks needed to see how counts vary from week to week."""


@dataclass(frozen=True, eq=False)
class Rates:
    """One row a list: its keys, and its rates (a week, or in weeks) and counts."""

    keys: pd.DataFrame
    frame: pd.DataFrame
    problems: pd.DataFrame
    start: pd.Timestamp
    end: pd.Timestamp


def window_rates(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    start: Date | None = None,
    end: Date | None = None,
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
    names = Names(referred, tuple(names_of(seen)), closed, outcome, referral_id, service)
    read = read_pathways(frame, names=names, rules=rules, **limits)
    if read.frame.empty:
        raise DataError("no referral that can be counted", "at least one", "See the faults of the rows")
    codes, keys = group_numbers(read.frame, names_of(by))
    first, last, days = _window(read, start, end)
    table = _measured(read, codes, len(keys), first, last, days)
    return Rates(keys, table, read.problems, date_of(first), date_of(last))


def _window(read: Pathways, start: Date | None, end: Date | None) -> tuple[int, int, int]:
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


def _daily(day: Days, codes: Days, groups: int, first: int, last: int) -> Places:
    inside = (day >= first) & (day <= last)
    span = last - first + 1
    cells = codes[inside] * span + (day[inside] - first)
    return np.bincount(cells, minlength=groups * span).reshape(groups, span)


def _variation(daily: Places) -> Numbers:
    """Return the variation of the times between events that weekly counts imply: root of variance over mean.

    Missing (then taken as 1) with fewer than eight full weeks or no events.
    """
    weeks = daily.shape[1] // 7
    if weeks < _WEEKS_NEEDED:
        return np.full(len(daily), np.nan)
    counts = daily[:, : weeks * 7].reshape(len(daily), weeks, 7).sum(axis=2)
    mean = counts.mean(axis=1)
    return np.sqrt(counts.var(axis=1, ddof=1) / np.where(mean > 0, mean, np.nan))


TOO_BIG = 2
"""A list is too big when it is more than twice the target list (Fong et al. 2022)."""


class _Only:
    """A column's only value, so that ``result.pressure`` can be read off a single list."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, result: DemandCapacityResult | None, owner: type | None = None) -> Any:
        if result is None:
            return self
        if len(result.frame) != 1:
            raise ArgumentError(f"{len(result.frame)} lists", "one", f"See result.frame[{self.name!r}]")
        value = result.frame[self.name].iloc[0]
        return value.item() if hasattr(value, "item") else value


@dataclass(frozen=True, eq=False)
class DemandCapacityResult(Result):
    """Demand against capacity, one row a list.

    Parameters
    ----------
    frame
        Columns of ``by``, then demand, capacity (a week), load, stable, target_wait (weeks), p, factor (k),
        target_mean_wait (weeks), target_queue_size, queue_size, queue_ratio (to the target), too_big,
        relief_capacity (a week, to reach the target size in ``time_to_target`` weeks), weeks_to_clear (at present
        capacity, infinite if never), cv_demand, cv_capacity, target_capacity (a week), mean_wait (weeks), pressure
        and verdict: relief (bring it down first), raise (capacity below what holds the target), hold, or unknown.
        What was not given and cannot be derived is missing. From referrals also days, referrals, seen, removed,
        waiting_over.
    problems
        Faulty rows of referrals.
    by
        Names of the key columns.
    time_to_target
        In weeks.
    start, end
        The window, first and last day, where referrals were given.
    """

    _views = "waiting:demand_capacity"

    frame: pd.DataFrame
    problems: pd.DataFrame
    by: tuple[str, ...]
    time_to_target: ArrayLike
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None

    def __repr__(self) -> str:
        return f"<DemandCapacityResult: {len(self.frame)} lists>"

    demand = _Only()
    capacity = _Only()
    load = _Only()
    stable = _Only()
    target_wait = _Only()
    p = _Only()
    factor = _Only()
    target_mean_wait = _Only()
    target_queue_size = _Only()
    queue_size = _Only()
    queue_ratio = _Only()
    too_big = _Only()
    relief_capacity = _Only()
    weeks_to_clear = _Only()
    cv_demand = _Only()
    cv_capacity = _Only()
    target_capacity = _Only()
    mean_wait = _Only()
    pressure = _Only()
    verdict = _Only()


def demand_capacity(
    frame: pd.DataFrame | None = None,
    *,
    demand: ArrayLike | None = None,
    capacity: ArrayLike | None = None,
    target_wait: ArrayLike = 18,
    p: ArrayLike | None = None,
    factor: ArrayLike | None = None,
    queue_size: ArrayLike | None = None,
    target_queue_size: ArrayLike | None = None,
    time_to_target: ArrayLike = 26,
    num_referrals: ArrayLike = 0,
    cv_demand: ArrayLike | None = None,
    cv_capacity: ArrayLike | None = None,
    mean_wait: ArrayLike | None = None,
    by: str | Sequence[str] | None = None,
    start: Date | None = None,
    end: Date | None = None,
    rules: Rules | None = None,
    **columns: Any,
) -> DemandCapacityResult:
    """Set demand against capacity, from rates or straight from referrals.

    Parameters
    ----------
    frame
        One row a referral, whose rates are taken from a window; or one row a list, if other arguments name columns of
        it. Not needed where rates are given as numbers.
    demand, capacity
        People a week: numbers, sequences of one length, or column names of ``frame``. So are all others.
    target_wait
        Weeks.
    p
        The share to be seen within ``target_wait``; 0.92 if neither it nor ``factor`` is given.
    factor
        k, instead of p: 4 or 6 as the paper has it.
    queue_size
        How many wait now.
    target_queue_size
        Instead of the one that follows from demand, target wait and k.
    time_to_target
        Weeks in which to bring the list down.
    num_referrals
        How many referrals demand was estimated from: relief capacity then allows for chance in it.
    cv_demand, cv_capacity
        Standard deviation over mean of the times between referrals, and between slots; 1 if not given.
    mean_wait
        Weeks waited so far by those who wait, on average.
    by
        Columns of referrals that make lists, such as the service.
    start, end
        First and last day of the window of referrals; both days count. By default from the first referral to the last
        date there is; the time is then what passed between the two.
    rules
        Clock rules by service.
    **columns
        Where the frame has referrals: names of its columns as for :func:`sutg_analysis.waiting_list` (referred=,
        seen=, closed=, outcome=, referral_id=, service=), and latest, earliest, timezone.

    Returns
    -------
    DemandCapacityResult
        Columns may be read as attributes where there is one list.

    Raises
    ------
    ArgumentError
        If a value cannot be, both p and factor are given, or lengths differ.
    DataError
        If no referral falls into the window.

    Examples
    --------
    >>> result = demand_capacity(demand=30, capacity=27, target_wait=52, factor=4, queue_size=1200)
    >>> round(result.load, 4), result.target_mean_wait, result.target_queue_size, result.too_big
    (1.1111, 13.0, 390.0, True)
    >>> round(result.relief_capacity, 6), round(demand_capacity(demand=30, p=0.92).factor, 3)
    (61.153846, 2.526)
    >>> rows = pd.DataFrame({"referred": ["2024-01-01", "2024-01-04", "2024-01-10", "2024-01-16"],
    ...                      "seen": ["2024-01-08", None, None, None]})
    >>> round(demand_capacity(rows, target_wait=4).pressure, 4)
    0.4286
    """
    given = {
        "demand": demand,
        "capacity": capacity,
        "target_wait": target_wait,
        "p": p,
        "factor": factor,
        "queue_size": queue_size,
        "target_queue_size": target_queue_size,
        "time_to_target": time_to_target,
        "num_referrals": num_referrals,
        "cv_demand": cv_demand,
        "cv_capacity": cv_capacity,
        "mean_wait": mean_wait,
    }
    if frame is not None and demand is None:
        rates = window_rates(frame, by=by, start=start, end=end, rules=rules, **columns)
        known = {
            name: rates.frame[name] for name, value in given.items() if value is None and name in rates.frame
        }
        referrals = rates.frame["referrals"].to_numpy(dtype=float)
        table = _arithmetic(_numbers({**given, **known}, None), referrals=referrals)
        counts = rates.frame[["days", "referrals", "seen", "removed"]]
        whole = pd.concat([rates.keys, table, counts], axis=1)
        keys = tuple(rates.keys.columns)
        return DemandCapacityResult(whole, rates.problems, keys, time_to_target, rates.start, rates.end)
    strange = sorted([*columns, *(["rules"] if rules else [])])
    if strange:
        raise ArgumentError(f"{strange[0]}= without referrals", "rates alone", "Leave it out")
    table = _arithmetic(_numbers(given, frame))
    keys = () if frame is None else tuple(names_of(by))
    if frame is not None and keys:
        table = pd.concat([frame[[*keys]].reset_index(drop=True), table], axis=1)
    return DemandCapacityResult(table, pd.DataFrame(), keys, time_to_target)


def factor_of(p: ArrayLike) -> Numbers:
    """Return k for a share seen in time: -ln(1 - p).

    Examples
    --------
    >>> round(float(factor_of(0.95)), 3)
    2.996
    """
    return -np.log1p(-np.asarray(p, dtype=float))


def _numbers(given: Mapping[str, ArrayLike | None], frame: pd.DataFrame | None) -> dict[str, Numbers]:
    """Return arguments as arrays of one length, checked; missing where not given."""
    values = {}
    for name, value in given.items():
        if isinstance(value, str):
            if frame is None or value not in frame.columns:
                others = "" if frame is None else f", or one of {', '.join(map(str, frame.columns))}"
                raise ArgumentError(f"{name}={value!r}", f"a number{others}", "Correct it")
            value = frame[value]
        values[name] = np.nan if value is None else np.asarray(value, dtype=float)
    if given["p"] is not None and given["factor"] is not None:
        raise ArgumentError("both p and factor", "one of them", "Leave one out: factor is -ln(1 - p)")
    try:
        arrays = np.broadcast_arrays(*(np.atleast_1d(value) for value in values.values()))
    except ValueError:
        sizes = {name: np.size(value) for name, value in values.items() if np.size(value) > 1}
        raise ArgumentError(f"lengths {sizes}", "one length", "Give one value a list") from None
    table = dict(zip(values, arrays, strict=True))
    _check(table)
    usual: dict[str, ArrayLike] = {
        "factor": factor_of(np.nan_to_num(table["p"], nan=0.92)),
        "cv_demand": 1.0,
        "cv_capacity": 1.0,
    }
    for name, cells in usual.items():
        table[name] = np.where(np.isnan(table[name]), cells, table[name])
    table["p"] = -np.expm1(-table["factor"])
    return table


def _check(table: dict[str, Numbers]) -> None:
    above = ("target_wait", "factor", "time_to_target")
    for name, cells in table.items():
        if name == "p":
            bad, wanted = (cells <= 0) | (cells >= 1), "a share between 0 and 1"
        elif name in above:
            bad, wanted = cells <= 0, "more than 0"
        else:
            bad, wanted = cells < 0, "0 or more"
        bad |= np.isinf(cells)
        if bad.any():
            raise ArgumentError(f"{name}={cells[bad][0]:g}", wanted, "Correct it")


def _arithmetic(table: dict[str, Numbers], referrals: Numbers | None = None) -> pd.DataFrame:
    demand, capacity, queue = table["demand"], table["capacity"], table["queue_size"]
    wait, k = table["target_wait"], table["factor"]
    aim = np.where(np.isnan(table["target_queue_size"]), demand * wait / k, table["target_queue_size"])
    spread = (table["cv_demand"] ** 2 + table["cv_capacity"] ** 2) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        load = demand / capacity
        frame = pd.DataFrame(
            {
                "demand": demand,
                "capacity": capacity,
                "load": load,
                "stable": _when(load, load < 1),
                "target_wait": wait,
                "p": table["p"],
                "factor": k,
                "target_mean_wait": wait / k,
                "target_queue_size": aim,
                "queue_size": queue,
                "queue_ratio": queue / aim,
                "too_big": _when(queue + aim, queue > TOO_BIG * aim),
                "relief_capacity": _uncertain(table) + (queue - aim) / table["time_to_target"],
                "weeks_to_clear": _weeks(queue - aim, capacity - demand),
                "cv_demand": table["cv_demand"],
                "cv_capacity": table["cv_capacity"],
                "target_capacity": demand + spread * k / wait,
                "mean_wait": table["mean_wait"],
                "pressure": 2 * table["mean_wait"] / wait,
            }
        )
    many = np.nan_to_num(table["num_referrals"]) if referrals is None else referrals
    chance = 2 * np.sqrt(2 * spread / np.where(many > 0, many, np.inf))
    return frame.assign(verdict=_verdict(frame, chance))


def _when(known: Numbers, answer: Flags) -> Flags | pd.arrays.BooleanArray:
    """Return yes or no, missing where it cannot be known."""
    unknown = np.isnan(known)
    return (
        pd.array(np.where(unknown, pd.NA, answer.astype(object)), dtype="boolean")
        if unknown.any()
        else answer
    )


def _uncertain(table: dict[str, Numbers]) -> Numbers:
    """Return demand, raised for the chance in its estimate where so many referrals allow it."""
    demand, many = table["demand"], np.nan_to_num(table["num_referrals"])
    reach = 2 * demand * table["cv_demand"] / np.sqrt(np.where(many > 0, many, np.inf))
    return np.where(reach < 1, demand / (1 - np.where(reach < 1, reach, 0)), demand)


def _weeks(surplus: Numbers, spare: Numbers) -> Numbers:
    """Return weeks until a surplus is gone: none if there is none, for ever without spare capacity."""
    weeks = np.where(spare > 0, surplus / np.where(spare > 0, spare, 1), np.inf)
    return np.where(np.isnan(surplus + spare), np.nan, np.where(surplus <= 0, 0.0, weeks))


def _verdict(frame: pd.DataFrame, chance: Numbers) -> pd.api.extensions.ExtensionArray:
    """Return what to do; a short list is held unless demand outgrows capacity by more than chance."""
    big = frame["too_big"].fillna(False).astype(bool)
    unknown = frame["capacity"].isna() | frame["target_capacity"].isna()
    fine = (frame["queue_size"] <= frame["target_queue_size"]) & (frame["load"] < 1 + chance)
    short = (frame["capacity"] < frame["target_capacity"]) & ~fine
    return pd.array(
        np.select([big, unknown, short], ["relief", "unknown", "raise"], default="hold"), dtype="str"
    )


_LEAST = 2
"""Months an episode has at least."""

_CHANCE = 2
"""By how many standard deviations of its joint flows, if they come by chance (Poisson), the list must have moved."""


def capacity_episodes(points: pd.DataFrame) -> pd.DataFrame:
    """Find the episodes of capacity lost or gained in one list.

    Parameters
    ----------
    points
        Of :func:`sutg_analysis.waiting_list`, one list: date, opening, additions, seen, removed, list_size; missing months are
        not allowed.

    Returns
    -------
    pandas.DataFrame
        One row an episode, in order: kind (lost or gained), start, end (first days of its first and last month),
        months, left (mean removals a month), usual (the median of the other months), before, after (size of the list
        at its beginning and end), latest (whether it lasts to the end).

    Examples
    --------
    >>> left = [50] * 12 + [20] * 4 + [50] * 8
    >>> size = 100 + np.cumsum(50 - np.array(left))
    >>> rows = pd.DataFrame({"date": pd.date_range("2023-01-01", periods=24, freq="MS"), "seen": left,
    ...                      "removed": 0, "additions": 50, "list_size": size, "opening": np.append(100, size[:-1])})
    >>> found = capacity_episodes(rows).iloc[0]
    >>> found["kind"], f"{found['start']:%b %Y}", f"{found['end']:%b %Y}", f"{found['before']} to {found['after']}"
    ('lost', 'Jan 2024', 'Apr 2024', '100 to 220')
    """
    rows = points.assign(left=points["seen"] + points["removed"]).reset_index(drop=True)
    flagged = spc(rows, value="left", date="date", improvement="increase").points["variation"].astype("str")
    found = [
        _episode(rows, first, last, kind)
        for kind, verdict in (("lost", "concern_low"), ("gained", "improvement_high"))
        for first, last in _runs((flagged == verdict).to_numpy())
    ]
    columns = ["kind", "start", "end", "months", "left", "usual", "before", "after", "latest"]
    table = pd.DataFrame([row for row in found if row], columns=columns)
    return table.sort_values("start", ignore_index=True)


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """Return first and last place of each run that is long enough."""
    places = np.flatnonzero(flags)
    parts = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts if len(part) >= _LEAST]


def _trimmed(left: Numbers, first: int, last: int) -> tuple[int, int]:
    """Return a run without months at its ends that are nearer to the usual level: a trend begins in them."""
    within = np.median(left[first : last + 1])
    usual = np.median(np.delete(left, np.s_[first : last + 1])) if last - first + 1 < len(left) else within
    inside = np.flatnonzero(np.abs(left[first : last + 1] - within) <= np.abs(left[first : last + 1] - usual))
    return first + int(inside[0]), first + int(inside[-1])


def _episode(rows: pd.DataFrame, first: int, last: int, kind: str) -> dict[str, object] | None:
    """Return an episode, or None if the list did not move the other way."""
    first, last = _trimmed(rows["left"].to_numpy(dtype=float), first, last)
    inside = rows.iloc[first : last + 1]
    others = rows.drop(inside.index)
    usual = float(others["left"].median()) if len(others) else np.nan
    left = float(inside["left"].mean())
    before, after = int(inside["opening"].iloc[0]), int(inside["list_size"].iloc[-1])
    moved = after - before if kind == "lost" else before - after
    if moved <= _CHANCE * float(np.sqrt((inside["additions"] + inside["left"]).sum())):
        return None
    return {
        "kind": kind,
        "start": inside["date"].iloc[0],
        "end": inside["date"].iloc[-1],
        "months": len(inside),
        "left": left,
        "usual": usual,
        "before": before,
        "after": after,
        "latest": last == len(rows) - 1,
    }
