"""Signals weighed and brought together: what a cell, a unit and their ranking score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import ArgumentError

CULTURE = (
    "restraint",
    "seclusion",
    "complaints",
    "sickness",
    "leavers",
    "turnover",
    "incidents-reported",
    "incident-reporting",
)
"""Signs that a ward may be closing in on itself: restraint, complaints and absence rise, people leave, and fewer
incidents are reported (which only counts as worse where the measure's improvement is increase)."""
CULTURE_LEAST = 3
_RULES = ("outside", "shift", "trend", "two_of_three")
RULE_WORDS = {
    "outside": "a point beyond its limits",
    "shift": "a shift",
    "trend": "a trend",
    "two_of_three": "2 of 3 points near a limit",
}


@dataclass(frozen=True)
class Weights:
    """What a signal is worth.

    Parameters
    ----------
    outside, shift, trend, two_of_three
        Of each rule; the strongest of an indicator counts.
    together
        Of each further kind of indicator that signals.
    indicators
        Times an indicator counts, 1 where it is not named.
    least
        Score from which a ward is named.

    Examples
    --------
    >>> Weights(together=2).outside
    3.0
    """

    outside: float = 3.0
    shift: float = 3.0
    trend: float = 2.0
    two_of_three: float = 1.0
    together: float = 1.0
    indicators: Mapping[str, float] = field(default_factory=dict)
    least: float = 4.0

    def rules(self) -> dict[str, float]:
        """Return the weights of the rules."""
        return {name: getattr(self, name) for name in _RULES}


def weights_of(weights: Weights | Mapping[str, Any] | None) -> Weights:
    """Return weights as given, or the usual ones with some fields changed."""
    if weights is None or isinstance(weights, Weights):
        chosen = weights or Weights()
    else:
        strange = sorted(set(weights) - set(asdict(Weights())))
        if strange:
            known = ", ".join(asdict(Weights()))
            raise ArgumentError(f"weights of {', '.join(strange)}", f"some of {known}", "Correct the names")
        chosen = Weights(**weights)
    numbers = [*chosen.rules().values(), chosen.together, chosen.least, *chosen.indicators.values()]
    if not all(isinstance(number, int | float) and 0 <= number < np.inf for number in numbers):
        raise ArgumentError("a weight that is no number of 0 or more", "0 or more", "Correct the weights")
    return chosen


def strongest(points: pd.DataFrame, keys: list[str], latest: set, weights: Weights) -> pd.DataFrame:
    """Return each series' strongest rule that signals for the worse lately, and what it is worth."""
    worse = points["variation"].astype("str").str.startswith("concern") & points["date"].isin(latest)
    rules = points.loc[worse, list(_RULES)].to_numpy(dtype=float) * list(weights.rules().values())
    rows = points.loc[worse, [*keys, "date", "variation"]]
    rows = rows.assign(worth=rules.max(axis=1, initial=0), rule=np.take(_RULES, rules.argmax(axis=1)))
    ordered = rows.sort_values([*keys, "worth", "date"], kind="stable")
    return ordered.drop_duplicates(keys, keep="last")


def cells_of(
    judged: SpcResult,
    keys: list[str],
    latest: set,
    weights: Weights,
    kinds: pd.Series,
    titles: Mapping[str, str],
) -> pd.DataFrame:
    """Return one row a unit and indicator: its strongest rule, score and reason."""
    found = strongest(judged.points, keys, latest, weights)
    side = found["variation"].astype("str").str.rsplit("_", n=1).str[-1]
    found = found.assign(side=side).drop(columns="variation")
    table = judged.summary[[*keys, "variation"]].merge(found, on=keys, how="left")
    name = table[keys[1]]
    factor = name.map(dict(weights.indicators)).astype(float).fillna(1.0)
    table = table.assign(kind=name.map(kinds), score=(table["worth"] * factor).fillna(0.0))
    rule = table["rule"].astype("str").where(table["rule"].notna(), "none")
    side = table["side"].astype("str").where(table["side"].notna(), "none")
    title = name.map(lambda which: str(titles.get(which, which))).astype("str")
    reason = title + ": " + rule.map({**RULE_WORDS, "none": "no signal"}).astype("str") + ", " + side
    table = table.assign(rule=rule, side=side, reason=reason.where(table["score"] > 0, ""))
    return table[[*keys, "kind", "score", "rule", "side", "date", "variation", "reason"]]


def ranking_of(
    cells: pd.DataFrame, unit: list[str], indicator: str, weights: Weights, culture: tuple[str, ...]
) -> pd.DataFrame:
    """Return the units by score; keys before the last name turns that are ranked each on its own."""
    signal = cells[cells["score"] > 0]
    table = cells[unit].drop_duplicates().set_index(unit)
    groups = signal.groupby(unit)
    table["indicators"] = groups.size().reindex(table.index).fillna(0).astype(int)
    table["kinds"] = groups["kind"].nunique().reindex(table.index).fillna(0).astype(int)
    added = groups["score"].sum().reindex(table.index).fillna(0.0)
    table["score"] = added + weights.together * (table["kinds"] - 1).clip(lower=0)
    closing = signal[signal[indicator].astype("str").isin(culture)].groupby(unit)[indicator].nunique()
    table["culture"] = closing.reindex(table.index).fillna(0).astype(int)
    table["closed_culture"] = table["culture"] >= CULTURE_LEAST
    table["named"] = (table["score"] >= weights.least) & (table["kinds"] >= 2)
    table = table.reset_index()
    within = table.groupby(unit[:-1])["score"] if unit[:-1] else table["score"]
    table["rank"] = within.rank(method="min", ascending=False).astype(int)
    order = table.sort_values(["rank", *unit], kind="stable").reset_index(drop=True)
    return order[[*unit, "rank", "score", "indicators", "kinds", "named", "culture", "closed_culture"]]


def moved_cells(
    judged: SpcResult, keys: list[str], latest: set, weights: Weights, kinds: pd.Series
) -> pd.DataFrame:
    """Return the scores of moved readings, one row a turn, unit and indicator."""
    names = ["_turn", *keys]
    found = strongest(judged.points, names, latest, weights)
    table = judged.summary[names].merge(found[[*names, "worth"]], on=names, how="left")
    factor = table[keys[1]].map(dict(weights.indicators)).astype(float).fillna(1.0)
    return table.assign(kind=table[keys[1]].map(kinds), score=(table["worth"] * factor).fillna(0.0))
