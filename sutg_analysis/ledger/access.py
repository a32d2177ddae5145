"""Access: every standard and every waiting list against target, plan and trend, worst first.

A standard is told by the measure or the service of its own name, or by the one that ``data/clocks.toml`` names, and judged by
its own target. A waiting list is judged by the percentage of people within its service's target.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.control.profiles import MDC
from sutg_analysis.control.rules import ASSURANCES, assurance, verdict_of
from sutg_analysis.control.spc import spc
from sutg_analysis.control.targets import IMPROVEMENTS
from sutg_analysis.ledger.scorecard import Scorecard
from sutg_analysis.result import Result
from sutg_analysis.waiting.clocks import ClockRule, Standard
from sutg_analysis.waiting.project import Lists
from sutg_analysis.waiting.waiting_list import OVER_WEEKS

_FIRST = {"fail": 0, "hit_or_miss": 1, "none": 2, "pass": 3}
_SECOND = {"concern": 0, "neutral": 1, "common": 2, "improvement": 3}
"""Worst first: what will miss its target, then what gets worse; the larger shortfall before the smaller."""
_JUDGED = {"waiting": "within_share", "seen": "seen_within_share"}
"""The column that a standard is judged by, by whose waits it is of."""


@dataclass(frozen=True, eq=False)
class AccessResult(Result):
    """The access standards.

    Parameters
    ----------
    standards
        One row a standard with data, worst first: id, name, kind, measure_id and unit_id (missing where a service tells
        it), title, latest, latest_date, target, unit, per, improvement, variation, assurance, course, plan (its measure's
        own dated target).
    lacking
        One row a standard without data: title, kind, target.
    card
        The ledger's charts, for those of the measures that tell standards; None if no measure does.
    """

    _views = "quality:access"
    _drawn = "no"

    standards: pd.DataFrame
    lacking: pd.DataFrame
    card: Scorecard | None

    def __repr__(self) -> str:
        return f"<AccessResult: {len(self.standards)} standards with data, {len(self.lacking)} without>"


def access_standards(at: Catalogue, lists: Lists) -> AccessResult:
    """Judge every access standard that a measure or a waiting list tells.

    Parameters
    ----------
    at
        A project's tables as at a day.
    lists
        Its waiting lists, from :func:`sutg_analysis.waiting_lists`.

    Examples
    --------
    >>> from sutg_analysis import load, waiting_lists
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), tables=["pathways"], quarter="2023-24-q2")
    >>> result = access_standards(at, waiting_lists(at, project=shipped()))
    >>> result.standards.set_index("id").loc["psychosis-2-weeks", "target"].item()
    60.0
    """
    told = {one.measure or one.id for one in lists.standards} & set(at.observations["measure_id"])
    card = at.card if told else None
    found = [row for one in lists.standards for row in _rows(at, lists, card, one)]
    there = {row["id"] for row in found}
    lacking = [one for one in lists.standards if one.id not in there]
    about = [{"title": one.title, "kind": one.kind, "target": one.target} for one in lacking]
    standards = worst_first(pd.DataFrame(found)) if found else pd.DataFrame()
    return AccessResult(standards, pd.DataFrame(about, columns=["title", "kind", "target"]), card)


def _against(rows: pd.DataFrame, target: float | None) -> pd.DataFrame:
    """Return the ledger's verdicts of a measure with the assurance of its standard's target, its own where that is None."""
    if target is None:
        return rows
    lower, upper = (rows[side].to_numpy(dtype=float) for side in ("lower", "upper"))
    ways = rows["improvement"].map(IMPROVEMENTS.index).to_numpy(dtype=np.intp)
    found = assurance(np.full(len(rows), target), lower, upper, ways, MDC)
    judged = np.where(rows["variation"] == "too_few", "none", np.take(ASSURANCES, found))
    return rows.assign(target=target, assurance=judged)


def _rows(at: Catalogue, lists: Lists, card: Scorecard | None, standard: Standard) -> list[dict[str, Any]]:
    """Return a row for each top unit whose measure tells a standard, or the row of its service."""
    own: dict[str, Any] = {"id": standard.id, "kind": standard.kind}
    if card is not None:
        summary = card.summary.join(card.courses().rename("course"), on=["measure_id", "unit_id"])
        told = summary["measure_id"].eq(standard.measure or standard.id) & summary["unit_id"].isin(
            at.top_units
        )
        several = len(at.top_units) > 1
        if told.any():
            return [
                row
                | own
                | {
                    "name": f"{standard.title}, {row['unit_name']}" if several else standard.title,
                    "plan": _plan(at, row),
                }
                for row in _against(summary[told], standard.target)
                .drop(columns="priority")
                .to_dict("records")
            ]
    service = standard.service or standard.id
    if service not in lists.services:
        return []
    rule = lists.rule(service)
    who = "waiting" if rule.judged == "waiting" else "seen"
    aimed = rule if standard.target is None else replace(rule, standard=standard.target / 100)
    name = f"{standard.title}: {who} {rule.target_weeks:g} weeks or less"
    return [_share(lists.counted(service).points, aimed) | own | {"name": name, "plan": float("nan")}]


def _plan(at: Catalogue, row: Row) -> float:
    """Return a measure's own dated target on the day, missing if it has none."""
    targets, end = at.targets, pd.Timestamp(at.at.day)
    mine = targets["measure_id"].eq(row["measure_id"])
    mine &= targets["unit_id"].isna() | targets["unit_id"].eq(row["unit_id"])
    begun = targets["start"].isna() | (targets["start"] <= end)
    found = targets[mine & begun & ~(targets["end"] < end)].sort_values("start", na_position="first")
    return float(found["target"].iloc[-1]) if len(found) else float("nan")


def _share(points: pd.DataFrame, rule: ClockRule) -> dict[str, Any]:
    """Return the verdicts on the percentage of a list's people within its target."""
    shares = points[_JUDGED[rule.judged]]
    usual = {"unit": "percent", "per": 100, "measure_id": None, "unit_id": None}
    if shares.isna().all():
        empty = {"latest": float("nan"), "latest_date": pd.NaT, "target": rule.standard * 100, "course": []}
        return usual | empty | {"improvement": "increase", "variation": "too_few", "assurance": "none"}
    target = rule.standard * 100
    result = spc(points, value=shares.name, date="date", target=target, provisional="known_to")
    course = shares[points["known_to"].isna()].tail(24).tolist()
    return result.summary.iloc[0].to_dict() | usual | {"course": course}


def list_verdicts(lists: Lists) -> pd.DataFrame:
    """Judge every waiting list of a project.

    Parameters
    ----------
    lists
        From :func:`sutg_analysis.waiting_lists`.

    Returns
    -------
    pandas.DataFrame
        One row a service, worst first: service (its name), name (with its target), the verdicts on the percentage within
        the target, size, size_variation (of the list itself), plan (its planned size, missing if none), over_18 and on.

    Examples
    --------
    >>> from sutg_analysis import load, waiting_lists
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), tables=["pathways"], quarter="2023-24-q2")
    >>> list_verdicts(waiting_lists(at, project=shipped()))["service"].iloc[0]
    'Neurodevelopmental assessment'
    """
    rows = []
    for service in lists.services:
        rule, points = lists.rule(service), lists.counted(service).points
        size = spc(
            points,
            value="list_size",
            date="date",
            improvement="decrease",
            target=lists.planned(service),
            provisional="known_to",
        )
        now = points.iloc[-1][["list_size", *(f"over_{weeks}" for weeks in OVER_WEEKS)]].astype(int).to_dict()
        name = lists.name(service)
        own = {"service": name, "name": f"{name}, {rule.target_weeks:g} weeks", "size": now.pop("list_size")}
        trend = {"size_variation": size.summary["variation"].iloc[0], "plan": lists.plan(service)}
        rows.append(_share(points, rule) | own | trend | now)
    return worst_first(pd.DataFrame(rows)) if rows else pd.DataFrame()


def worst_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Return verdicts worst first: what will miss its target, then what gets worse, then the larger shortfall.

    Parameters
    ----------
    rows
        Columns variation, assurance, latest, target.

    Examples
    --------
    >>> rows = pd.DataFrame({"variation": "common", "assurance": ["pass", "fail"], "latest": [9.0, 8.0], "target": 8.5})
    >>> worst_first(rows)["assurance"].tolist()
    ['fail', 'pass']
    """
    order = pd.DataFrame(
        {
            "assurance": rows["assurance"].map(_FIRST),
            "verdict": rows["variation"].map(verdict_of).map(_SECOND),
            "gap": rows["latest"] - rows["target"],
        }
    ).sort_values(["assurance", "verdict", "gap"], kind="stable")
    return rows.loc[order.index].reset_index(drop=True)
