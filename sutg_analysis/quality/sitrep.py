"""The daily situation report of the wards: staff against plan by shift, beds, exceptions by rule, and change.

A fill rate is actual hours / planned hours x 100, of sums, never a mean of rates. Staffing has a weekly pattern, so a
ward's daily rates are judged after each weekday's median has been brought to the median of all days:
adjusted = rate - median of its weekday + median of all days. A median, so that one bad week does not become the pattern.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sutg_analysis.arrays import Date
from sutg_analysis.catalogue.catalogue import window
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.spc import spc
from sutg_analysis.quality.rules import SitrepRules
from sutg_analysis.result import Result

ROLES = ("registered", "unregistered")
_HOURS = [f"{kind}_{role}" for role in ROLES for kind in ("planned", "actual")]


def fill_rates(sitrep: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Return staffing and beds of each group, such as a ward, or a ward and shift.

    Parameters
    ----------
    sitrep
        date, ward, shift, planned and actual hours of each role; beds, occupied and leave may be missing.
    by
        The columns that make a group.

    Returns
    -------
    pandas.DataFrame
        The groups, the sums of hours, registered_fill and unregistered_fill (percent; missing where nothing was
        planned or reported), occupancy (percent of beds, people on leave counted), leave (mean a count).

    Examples
    --------
    >>> rows = pd.DataFrame({"ward": ["A", "A"], "planned_registered": [10.0, 30.0],
    ...     "actual_registered": [5.0, 30.0], "planned_unregistered": 10.0, "actual_unregistered": 10.0,
    ...     "beds": 10.0, "occupied": 9.0, "leave": 1.0})
    >>> fill_rates(rows, by=["ward"])["registered_fill"].item()
    87.5
    """
    whole = sitrep.copy()
    for role in ROLES:  # hours planned count only where the actual ones were reported
        whole[f"planned_{role}"] = whole[f"planned_{role}"].where(whole[f"actual_{role}"].notna())
    counted = whole["occupied"].notna() & whole["beds"].notna()
    whole[["beds", "occupied"]] = whole[["beds", "occupied"]].where(counted)
    groups = whole.groupby(by, sort=False)
    sums = groups[[*_HOURS, "beds", "occupied"]].sum(min_count=1)
    for role in ROLES:
        planned = sums[f"planned_{role}"]
        sums[f"{role}_fill"] = sums[f"actual_{role}"] / planned.where(planned > 0) * 100
    sums["occupancy"] = sums["occupied"] / sums["beds"].where(sums["beds"] > 0) * 100
    sums["leave"] = groups["leave"].mean()
    return sums.reset_index()


@dataclass(frozen=True, eq=False)
class SitrepExceptions(Result):
    """The shifts that broke a rule.

    Parameters
    ----------
    groups
        One row a ward, shift and rule: days, first, last, worst (the value furthest from plan, percent).
    shifts
        One row a shift and rule: date, ward, shift, rule (its words), value (percent), above (whether too much, not
        too little).
    """

    _views = "quality:exceptions"
    _drawn = "no"

    groups: pd.DataFrame
    shifts: pd.DataFrame

    def __repr__(self) -> str:
        return f"<SitrepExceptions: {len(self.shifts)} shifts and rules, {len(self.groups)} groups>"


def sitrep_exceptions(sitrep: pd.DataFrame, *, rules: SitrepRules) -> SitrepExceptions:
    """Find the shifts that break a rule.

    Parameters
    ----------
    sitrep
        As for :func:`fill_rates`.
    rules
        The thresholds.

    Examples
    --------
    >>> rows = pd.DataFrame({"date": [pd.Timestamp("2023-09-30")], "ward": ["Osier ward"], "shift": ["night"],
    ...     "planned_registered": [30.0], "actual_registered": [15.0], "planned_unregistered": [30.0],
    ...     "actual_unregistered": [30.0], "beds": [10.0], "occupied": [10.0], "leave": [0.0]})
    >>> print(sitrep_exceptions(rows, rules=SitrepRules()).words())
    Osier ward, night shift: registered staff below 80% of plan on 1 day, 30 September 2023; at worst 50.0%.
    """
    rates = fill_rates(sitrep, by=["date", "ward", "shift"])
    keys = ["date", "ward", "shift"]
    found = []
    for role in ROLES:
        least, value = getattr(rules, f"{role}_fill_below"), rates[f"{role}_fill"]
        words = f"{role} staff below {least:g}% of plan"
        found.append(rates[keys].assign(rule=words, value=value, above=False)[value < least])
    words = f"more than {rules.occupancy_above:g}% of beds occupied"
    beds = rates[keys].assign(rule=words, value=rates["occupancy"], above=True)
    found.append(beds[rates["occupancy"] > rules.occupancy_above])
    shifts = pd.concat(found).sort_values([*keys, "rule"], ignore_index=True)
    groups = shifts.groupby(["ward", "shift", "rule"], sort=True)
    table = groups.agg(days=("date", "nunique"), first=("date", "min"), last=("date", "max"))
    over = groups["above"].any().astype(bool)
    worst = groups["value"].min().where(~over, groups["value"].max())
    return SitrepExceptions(table.assign(worst=worst).reset_index(), shifts)


def since_last_report(sitrep: pd.DataFrame, *, rules: SitrepRules, end: Date | None = None) -> pd.DataFrame:
    """Compare the days of this report with as many before.

    Parameters
    ----------
    sitrep
        As for :func:`fill_rates`.
    rules
        The thresholds, and how many days a report looks back on.
    end
        The last day of this report; the last with a row if None.

    Returns
    -------
    pandas.DataFrame
        One row a ward, shift and rule broken in either: ward, shift, rule, before and now (days), change (new,
        ended, more, fewer, same).

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> since_last_report(load(shipped(), tables=["sitrep"]).sitrep, rules=SitrepRules())["change"].tolist()
    ['new']
    """
    days, last = rules.report_days, sitrep["date"].max() if end is None else pd.Timestamp(end)
    earlier = last - pd.Timedelta(days=days)
    keys = ["ward", "shift", "rule"]
    counts = {
        name: sitrep_exceptions(window(sitrep, end=until, days=days), rules=rules)
        .shifts.groupby(keys)["date"]
        .nunique()
        for name, until in (("before", earlier), ("now", last))
    }
    table = pd.DataFrame(counts).fillna(0).astype(int)
    step = table["now"] - table["before"]
    change = step.clip(-1, 1).map({-1: "fewer", 0: "same", 1: "more"}).astype("str")
    change = change.mask(table["before"] == 0, "new").mask(table["now"] == 0, "ended")
    return table.assign(change=change).reset_index()


def weekday_adjusted(daily: pd.DataFrame, *, value: str, by: str = "ward") -> pd.Series:
    """Return daily values with each series' weekday pattern taken out.

    Examples
    --------
    >>> days = pd.date_range("2023-09-04", periods=14)
    >>> frame = pd.DataFrame({"date": days, "ward": "A", "fill": [100.0] * 5 + [90.0] * 2 + [100.0] * 5 + [90.0] * 2})
    >>> weekday_adjusted(frame, value="fill").unique().tolist()
    [100.0]
    """
    usual = daily.groupby([daily[by], daily["date"].dt.day_of_week])[value].transform("median")
    return daily[value] - usual + daily.groupby(by)[value].transform("median")


def staffing_spc(sitrep: pd.DataFrame, *, role: str = "registered", target: float | None = None) -> SpcResult:
    """Judge each ward's daily fill rate, all shifts together, its weekday pattern taken out.

    Parameters
    ----------
    sitrep
        As for :func:`fill_rates`.
    role
        ``registered`` or ``unregistered``.
    target
        Percent of plan to be met, if any.

    Returns
    -------
    SpcResult
        XmR charts of ``fill`` (percent) by ward. Above plan is neither better nor worse, so that a change is
        told as lower only where it is below.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> charts = staffing_spc(load(shipped(), tables=["sitrep"]).sitrep)
    >>> charts.summary.loc[charts.summary["variation"] == "concern_low", "ward"].tolist()
    ['osier-ward']
    """
    daily = fill_rates(sitrep, by=["ward", "date"])
    adjusted = weekday_adjusted(daily, value=f"{role}_fill")
    frame = daily[["ward", "date"]].assign(fill=adjusted)
    return spc(frame, value="fill", date="date", by="ward", improvement="increase", target=target)
