"""How long people wait, those still waiting included, and how fair that is between groups.

The waits of those already seen leave out everyone who still waits, and make a service look quicker than it is
(Armstrong, *Statistics in Medicine* 2000;19:2037). Here each referral counts for as long as it was watched: until
seen, until it left the list for another reason, or until the date of the list. An extract that began with a list
already open is told with ``entry``. Groups are compared by the difference of their mean waits up to one horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sutg_analysis.catalogue.referrals import EARLIEST, UK
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Shown
from sutg_analysis.waiting.clocks import Rules
from sutg_analysis.waiting.durations import Durations, from_dates, from_times
from sutg_analysis.waiting.groups import group_label, group_numbers
from sutg_analysis.waiting.survival import (
    CENSORED,
    OTHER,
    SEEN,
    Curves,
    at_time,
    curves,
    first_below,
    incidence_interval,
    interval,
    restricted_mean,
)

Numbers = NDArray[np.float64]


_FEW, _NOBODY = 0.05, 0.005
"""Shares still waiting so small that what is not known of them moves a mean little, or not to speak of."""


@dataclass(frozen=True, eq=False)
class WaitingTimesResult(Shown):
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
        median_upper, within, within_lower, within_upper (chance of being seen within ``target``), restricted_mean,
        mean_lower, mean_upper, note. Estimates of small groups are missing.
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
    entry: Any = None,
    at: Any = None,
    by: str | Sequence[str] | None = None,
    within: str | Sequence[str] | None = None,
    reference: Any = None,
    target: float = 18,
    horizon: float | None = None,
    confidence: float = 0.95,
    minimum: int = 10,
    unit: str = "weeks",
    rules: Rules | None = None,
    referral_id: str | None = "referral_id",
    service: str | None = "service",
    outcome: str | None = "outcome",
    latest: Any = None,
    earliest: Any = EARLIEST,
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
    _check(confidence, target, horizon, minimum)
    common: dict[str, Any] = {"entry": entry, "referral_id": referral_id}
    if duration is not None or event is not None:
        read = from_times(frame, duration=duration, event=event, **common)
    else:
        unit = "weeks"
        columns: dict[str, Any] = {
            "start": start,
            "end": end,
            "closed": closed,
            "service": service,
            "outcome": outcome,
        }
        limits: dict[str, Any] = {
            "at": at,
            "latest": latest,
            "earliest": earliest,
            "timezone": timezone,
            "rules": rules,
        }
        read = from_dates(frame, **columns, **limits, **common)
    if read.frame.empty:
        raise DataError("no referral that can be used", "at least one", "See the faults of the rows")
    outer, inner = _columns(within), _columns(by)
    codes, keys = group_numbers(read.frame, [*outer, *inner])
    found = curves(read.time, read.kind, codes, groups=len(keys), entry=read.entry)
    summary = _summary(read, codes, keys, minimum)
    horizon = _horizon(found, summary, minimum) if horizon is None else horizon
    z = float(ndtri((1 + confidence) / 2))
    summary = _estimates(summary, found, target, horizon, z)
    return WaitingTimesResult(
        curve=_curve(found, keys, z),
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


def _columns(by: str | Sequence[str] | None) -> list[str]:
    return [] if by is None else [by] if isinstance(by, str) else list(by)


def _summary(read: Durations, codes: NDArray[np.int64], keys: pd.DataFrame, minimum: int) -> pd.DataFrame:
    kinds = {"seen": SEEN, "removed": OTHER, "waiting": CENSORED}
    table = keys.reset_index(drop=True).assign(referrals=np.bincount(codes, minlength=len(keys)))
    for name, kind in kinds.items():
        table[name] = np.bincount(codes[read.kind == kind], minlength=len(keys))
    few = (table["referrals"] < minimum) | (table["seen"] < minimum)
    words = f"too few to estimate: fewer than {minimum} people, or fewer than {minimum} seen"
    return table.assign(note=pd.array(np.where(few, words, ""), dtype="str"))


def _horizon(found: Curves, summary: pd.DataFrame, minimum: int) -> float:
    """Return the last time that every group large enough was watched until.

    A group in which next to nobody (0.5 %) still waits was watched to its end, and sets no limit. Where few (5 %) still
    wait, the last of them sets it; otherwise the last time at which enough people were watched.
    """
    large = (summary["note"] == "").to_numpy()
    limits = [float(found.times[-1]) or 1.0]
    for at_risk, waiting in zip(found.at_risk[large], found.waiting[large], strict=True):
        seen_to = found.times[at_risk > 0][-1:]
        if waiting[-1] > _FEW:
            seen_to = found.times[at_risk >= minimum][-1:]
        if waiting[-1] > _NOBODY and len(seen_to):
            limits.append(float(seen_to[0]))
    return min(limit for limit in limits if limit > 0)


def _estimates(summary: pd.DataFrame, found: Curves, target: float, horizon: float, z: float) -> pd.DataFrame:
    lower, upper = interval(found.waiting, found.waiting_error, z)
    least, most = incidence_interval(found.seen, found.seen_error, z)
    mean, error = restricted_mean(found, horizon)
    short = np.array([found.times[row > 0].max(initial=0) for row in found.at_risk]) < horizon
    ended = found.waiting[:, -1] <= _NOBODY
    table = {
        "median": first_below(found.times, found.waiting, 0.5),
        "median_lower": first_below(found.times, lower, 0.5),
        "median_upper": first_below(found.times, upper, 0.5),
        "within": at_time(found.times, found.seen, target, start=0.0),
        "within_lower": at_time(found.times, least, target, start=0.0),
        "within_upper": at_time(found.times, most, target, start=0.0),
        "restricted_mean": mean,
        "mean_lower": mean - z * error,
        "mean_upper": mean + z * error,
        "mean_error": error,
    }
    estimates = pd.DataFrame(table, index=summary.index).mask(summary["note"] != "")
    unknown = pd.Series(short & ~ended, index=summary.index) & (summary["note"] == "")
    means = ["restricted_mean", "mean_lower", "mean_upper", "mean_error"]
    estimates[means] = estimates[means].mask(unknown)
    note = summary["note"].mask(unknown, f"not watched as long as {horizon:g}: no mean to compare")
    return pd.concat([summary.drop(columns="note"), estimates], axis=1).assign(note=note)


def _differences(
    summary: pd.DataFrame, outer: list[str], inner: list[str], reference: Any, z: float
) -> pd.DataFrame:
    """Compare each group with the reference group of the same outer group."""
    labels = summary[inner].astype("str").agg(", ".join, axis=1) if inner else pd.Series("", summary.index)
    aim = _reference(summary, labels, reference)
    base = summary[labels == aim].set_index(outer or pd.Index([0] * int((labels == aim).sum())))
    others = summary[labels != aim].reset_index(drop=True)
    where = pd.MultiIndex.from_frame(others[outer]) if len(outer) > 1 else others[outer[0]] if outer else None
    beside = base.reindex(where if where is not None else [0] * len(others)).reset_index(drop=True)
    gap = others["restricted_mean"] - beside["restricted_mean"]
    error = np.hypot(others["mean_error"], beside["mean_error"])
    table = others[[*outer, *inner]].assign(
        reference=aim, difference=gap, lower=gap - z * error, upper=gap + z * error
    )
    table["p_value"] = 2 * ndtr(-(gap / error.where(error > 0)).abs())
    table["different"] = (table["lower"] > 0) | (table["upper"] < 0)
    lacking = beside["note"].fillna("no reference group").where(others["note"] == "", others["note"])
    return table.assign(note=lacking.astype("str"))


def _reference(summary: pd.DataFrame, labels: pd.Series, reference: Any) -> str:
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
    lower, upper = interval(found.waiting, found.waiting_error, z)
    least, most = incidence_interval(found.seen, found.seen_error, z)
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
