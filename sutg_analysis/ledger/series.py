"""Series: every dated number of a trust in one long frame, typed or counted from a register.

A measure says in ``from`` where its numbers come from and in ``rule`` what is counted there
(:mod:`sutg_analysis.ledger.rule`). What is counted is never typed again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.as_at import provisional
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.units import membership
from sutg_analysis.errors import DataError
from sutg_analysis.ledger.rule import BED_DAYS, TYPED, Rule
from sutg_analysis.quality.experience import ANSWERS
from sutg_analysis.quality.harm import days_between
from sutg_analysis.waiting.clocks import Rules, rule_of
from sutg_analysis.waiting.waiting_list import waiting_list

KEYS = ["measure_id", "unit_id", "period"]
PARTS = ["numerator", "denominator"]
_ROW = ["unit_id", "period", *PARTS]


def series_of(catalogue: Catalogue) -> pd.DataFrame:
    """Return every dated number of a project in one long frame, rolled up the tree of units.

    Returns
    -------
    pandas.DataFrame
        measure_id, unit_id, period, numerator, denominator, value, status (suppressed, censored, provisional: its month is
        not over; empty), source (observations, a register and its rule, or units below), members (units that owe the
        number) and complete (all of them have reported).

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> sorted(set(load(shipped(), quarter="2023-24-q2").series["source"]))[-1]
    'units below'
    """
    rows = catalogue.rolled_up().observations
    own = pd.MultiIndex.from_frame(rows[KEYS]).isin(pd.MultiIndex.from_frame(catalogue.observations[KEYS]))
    source = rows.get("source", pd.Series(TYPED, rows.index)).where(own, "units below")
    status = rows.get("status", pd.Series("", rows.index)).fillna("").astype("str")
    status = status.mask((status == "") & provisional(rows, catalogue.at), "provisional")
    told = membership(rows, catalogue.units).drop(columns="until")
    found = (
        rows[[*KEYS, *PARTS, "value"]].assign(status=status, source=source).merge(told, on=KEYS, how="left")
    )
    members = found["members"].fillna(1).astype(int)
    return found.assign(members=members, complete=found["reported"].fillna(1) >= members).drop(
        columns="reported"
    )


def counted_series(catalogue: Catalogue, rules: dict[str, Rule], *, clocks: Rules) -> pd.DataFrame:
    """Count measures in registers, for the units that the registers name.

    Returns
    -------
    pandas.DataFrame
        measure_id, unit_id, period, numerator, denominator; no row where nothing is counted.

    Raises
    ------
    DataError
        A denominator is asked for that no table has.
    """
    made = {name: _counted(catalogue, rule, clocks) for name, rule in rules.items() if not _shared(rule)}
    for name, rule in rules.items():
        if _shared(rule):
            made[name] = _incidents(catalogue.incidents, rule, _base(name, rule.per, catalogue, made))
    rows = [frame.assign(measure_id=name)[[*KEYS, *PARTS]] for name, frame in made.items() if len(frame)]
    if not rows:
        return pd.DataFrame(columns=[*KEYS, *PARTS])
    return pd.concat(rows, ignore_index=True).sort_values(KEYS, ignore_index=True)


def _shared(rule: Rule) -> bool:
    """Say whether a rule divides by what another measure counts."""
    return rule.per not in ("", BED_DAYS)


def _counted(catalogue: Catalogue, rule: Rule, clocks: Rules) -> pd.DataFrame:
    register = catalogue.table(rule.register)
    if register.empty:
        return pd.DataFrame(columns=_ROW)
    if rule.register == "incidents":
        per = None if rule.per != BED_DAYS else _bed_days(catalogue.sitrep)
        return _incidents(register, rule, per)
    if rule.register == "pathways":
        return _pathways(register, rule, clocks)
    return _sitrep(register, rule) if rule.register == "sitrep" else _feedback(register, rule)


def _month(days: pd.Series) -> pd.Series:
    return days.dt.to_period("M").dt.to_timestamp()


def _bed_days(sitrep: pd.DataFrame) -> pd.DataFrame:
    """Return occupied bed days by ward and month as denominators."""
    if sitrep.empty:
        raise DataError(
            "no beds occupied to count incidents per",
            "rows in data/sitrep, or a measure whose numerators are the denominators",
            "Write 'per' and a measure_id into the rule, or add the rows",
        )
    return _sitrep(sitrep, Rule("sitrep", "bed days"))[["unit_id", "period", "numerator"]]


def _base(name: str, per: str, catalogue: Catalogue, made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the numerators of another measure, by which a rule divides: typed, or counted."""
    typed = catalogue.observations.loc[catalogue.observations["measure_id"] == per, _ROW[:3]]
    rows = made[per][_ROW[:3]] if per in made and len(made[per]) else typed
    if rows.empty:
        raise DataError(
            f"no number of {per!r} to count {name!r} per",
            "'bed days', or a measure_id whose numerators are the denominators",
            "Correct what stands after 'per' in the rule, or add the rows",
        )
    return rows


def _incidents(log: pd.DataFrame, rule: Rule, base: pd.DataFrame | None) -> pd.DataFrame:
    """Count incidents by ward and month, months of none as 0 from the log's first month to its last."""
    kept = log["ward"].isin(rule.units) if rule.units else pd.Series(True, index=log.index)
    if rule.harms:
        kept &= log["harm"].isin(rule.harms)
    if rule.levels:
        kept &= log["level"].isin(rule.levels)
    if rule.what == "gaps":
        if not log.loc[kept, "ward"].duplicated().any():
            return pd.DataFrame(columns=_ROW)
        gaps = days_between(log[kept], by="ward")
        names = {"ward": "unit_id", "date": "period", "days": "numerator"}
        return gaps.rename(columns=names).assign(denominator=np.nan)[_ROW]
    months = pd.date_range(_month(log["date"]).min(), _month(log["date"]).max(), freq="MS", unit="us")
    if base is None:
        keys = [pd.Index(log["ward"].unique(), name="unit_id"), pd.Index(months, name="period")]
        cells = pd.MultiIndex.from_product(keys).to_frame(index=False).assign(denominator=np.nan)
    else:
        cells = base[base["period"].isin(months)].rename(columns={"numerator": "denominator"})
    if rule.units:
        cells = cells[cells["unit_id"].isin(rule.units)]
    counts = log[kept].groupby([log["ward"].rename("unit_id"), _month(log["date"]).rename("period")]).size()
    rows = cells.merge(counts.rename("numerator").reset_index(), on=["unit_id", "period"], how="left")
    return rows.fillna({"numerator": 0.0})


def _pathways(pathways: pd.DataFrame, rule: Rule, clocks: Rules) -> pd.DataFrame:
    """Count waits by service and month, each service by its own clock."""
    if rule.units:
        pathways = pathways[pathways["service"].isin(rule.units)]
    if pathways.empty:
        return pd.DataFrame(columns=_ROW)
    services = map(str, pathways["service"].unique())
    weeks = rule.weeks if rule.weeks is not None else 18.0
    timed = {name: replace(rule_of(clocks, name), target_weeks=weeks) for name in services}
    ended = pathways[["seen", "closed"]].min().min()
    first = pathways["referred"].min() if pd.isna(ended) else ended
    last = pathways[["referred", "seen", "closed"]].max().max()
    points = waiting_list(pathways, by="service", first=first, last=last, latest=last, rules=timed).points
    part, whole = {
        "seen": ("seen_within" if rule.weeks is not None else "seen", "seen"),
        "waiting": ("within_target", "list_size"),
        "list size": ("list_size", ""),
        "joined": ("additions", ""),
        "left": ("removed", ""),
    }[rule.what]
    numerator = points[part].astype(float)
    if rule.over:
        numerator = points[whole] - numerator
    divided = whole and rule.weeks is not None
    return pd.DataFrame(
        {
            "unit_id": points["service"].array,
            "period": points["date"].array,
            "numerator": numerator.array,
            "denominator": points[whole].astype(float).array if divided else np.nan,
        }
    )


def _sitrep(sitrep: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Add up staff and beds by ward and month; hours planned count where actual ones were reported."""
    rows = sitrep if not rule.shift else sitrep[sitrep["shift"].str.lower() == rule.shift.lower()]
    if rule.what == "fill":
        roles = (rule.role,) if rule.role else ("registered", "unregistered")
        actual = rows[[f"actual_{role}" for role in roles]]
        planned = rows[[f"planned_{role}" for role in roles]].where(actual.notna().to_numpy())
        part, whole = actual.sum(axis=1, min_count=1), planned.sum(axis=1, min_count=1)
    else:
        rows = rows.drop_duplicates(["ward", "date"], keep="last")  # one census a day, that of its last shift
        part = rows["leave" if rule.what == "leave" else "occupied"]
        whole = rows["beds"].where(part.notna() & (rule.what != "bed days"))
    table = pd.DataFrame(
        {"unit_id": rows["ward"], "period": _month(rows["date"]), "numerator": part, "denominator": whole}
    )
    return table.groupby(["unit_id", "period"])[PARTS].sum(min_count=1).reset_index()


def _feedback(feedback: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Add up answers by unit and period, over the groups of that kind by which most were told."""
    keys = ["unit_id", "period", "group_kind"]
    rows = feedback.assign(all=feedback[list(ANSWERS)].sum(axis=1))
    kinds = rows.groupby(keys)["all"].sum().reset_index()
    most = kinds.sort_values("all", ascending=False, kind="stable").drop_duplicates(keys[:2])
    rows = rows.merge(most[keys], on=keys)
    good = {"positive": ["very_good", "good"], "negative": ["poor", "very_poor"]}.get(rule.what, ["all"])
    table = rows.assign(numerator=rows[good].sum(axis=1), denominator=rows["all"]).astype(
        dict.fromkeys(PARTS, float)
    )
    sums = table.groupby(keys[:2])[PARTS].sum().reset_index()
    return sums if rule.what != "responses" else sums.assign(denominator=np.nan)
