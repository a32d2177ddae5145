"""The ledger: one row a measure and unit, every verdict on it made once as at a day.

Beside Making Data Count's icons stands the record: in how many of its last periods the target was met. Signals are those of
the report's whole period and not of its last point alone. Where limits rest on months before a change that has lasted,
the row says so, and new limits are proposed from the day the change began.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.as_at import provisional
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.units import membership
from sutg_analysis.control.episodes import latest_episodes
from sutg_analysis.control.limits import RULES
from sutg_analysis.control.rebase import propose_rebase
from sutg_analysis.control.record import lasting_change, target_record
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT

KEYS = ["measure_id", "unit_id"]
COLUMNS = [
    "measure_id",
    "unit_id",
    "title",
    "unit_name",
    "kind",
    "priority",
    "owner",
    "latest",
    "latest_date",
    "target",
    "variation",
    "assurance",
    "centre",
    "lower",
    "upper",
    "signals",
    "since",
    "met",
    "of",
    "limits_from",
    "limits_predate",
    "rebase_proposed",
    "complete",
    "provisional",
    "chart",
    "caveats",
    "attention",
    "period_variation",
    "streak",
]
"""The ledger's columns. ``period_variation`` is the gravest verdict of the report's period, ``streak`` the periods in a row,
up to the latest, that met the target, negative if they missed it."""
_WITHOUT_REBASE = ("run", "xbar", "s", "g", "t")


def ledger_of(known: Catalogue, summary: pd.DataFrame, results: Mapping[str, SpcResult]) -> pd.DataFrame:
    """Return the ledger of a project as at the day of its catalogue.

    Returns
    -------
    pandas.DataFrame
        One row a measure and unit, in the order of the tables; columns as ``COLUMNS``. ``signals`` are the rules that
        fired in the quarter up to the day, joined by ``", "``; ``since`` the first day of the run behind them; ``met`` of the
        last ``of`` periods met the target; ``limits_from`` the first period that limits rest on; ``rebase_proposed`` the day
        from which new limits are proposed; ``complete`` whether every unit due has reported the latest period;
        ``attention`` ranks rows, 1 is what to read first.
    """
    start = pd.Timestamp(known.at.quarter.start)
    facts = pd.concat([_facts(result, start, chart) for chart, result in results.items()])
    owners = known.measures[["measure_id", "owner"]]
    rows = summary.drop(columns="signals").merge(owners, on="measure_id").join(facts, on=KEYS)
    rows = rows.join(_reported(known), on=KEYS)
    rows["rebase_proposed"] = rows["stable"].fillna(rows["lasting"])
    rows["limits_predate"] = rows["rebase_proposed"] > rows["limits_from"]
    rows["attention"] = attention(rows)
    return rows[COLUMNS]


def _facts(result: SpcResult, start: pd.Timestamp, chart: str) -> pd.DataFrame:
    """Return what the points of charts of one type tell beside their summary, one row a series."""
    facts = pd.concat([result.summary[KEYS], target_record(result), lasting_change(result)], axis=1)
    facts = facts.rename(columns={"since": "lasting"}).set_index(KEYS)
    points = result.points
    useful = points[points["value"].notna() & ~points["excluded"]]
    recent = useful[useful["date"] >= start]
    rules = [rule for rule in RULES if rule in recent]
    fired = recent.groupby(KEYS, sort=False)[rules].any()
    names = [", ".join(np.array(rules)[row]) for row in fired.to_numpy(dtype=bool)]
    facts["signals"] = pd.Series(names, fired.index, dtype="str")
    facts["period_variation"] = _gravest(recent, result.summary)
    facts["since"] = _since(result, useful, start, rules)
    facts["stable"] = _proposed(result) if chart not in _WITHOUT_REBASE else pd.NaT
    facts["caveats"] = _caveats(result).to_numpy()
    texts = {"signals": "", "caveats": ""}
    return facts.fillna(texts).assign(chart=chart)


def _gravest(recent: pd.DataFrame, summary: pd.DataFrame) -> pd.Series:
    """Return the gravest verdict of each series' points in the period: concern, then improvement, then as at its end."""
    now = summary.set_index(KEYS)["variation"]
    for codes in (IMPROVEMENT, CONCERN):
        last = recent[recent["variation"].isin(codes)].groupby(KEYS, sort=False)["variation"].last()
        now = now.mask(now.index.isin(last.index) & ~now.isin(CONCERN), last.reindex(now.index))
    return now


def _since(result: SpcResult, useful: pd.DataFrame, start: pd.Timestamp, rules: list[str]) -> pd.Series:
    """Return since when each series signals: the start of the run at its latest point, or of points that signal one by one.

    Where the latest point breaks none, the first day of the period that did.
    """
    found = latest_episodes(result)
    keys = result.summary.loc[found["series"], KEYS].reset_index(drop=True)
    begun = pd.concat([keys, found["start"].reset_index(drop=True)], axis=1).groupby(KEYS)["start"].min()
    broke = useful[rules].any(axis=1)
    series = [useful[key] for key in KEYS]
    other = useful["variation"] != useful.groupby(KEYS, sort=False)["variation"].transform("last")
    ended = other[::-1].groupby(series).cumsum()[::-1] > 0
    streak = useful[broke & ~ended].groupby(KEYS, sort=False)["date"].min()
    first = useful[broke & (useful["date"] >= start)].groupby(KEYS, sort=False)["date"].min()
    alone = begun.index[begun == useful.groupby(KEYS, sort=False)["date"].last().reindex(begun.index)]
    every = begun.where(~begun.index.isin(alone), streak.reindex(begun.index))
    return every.combine_first(first)


def _proposed(result: SpcResult) -> pd.Series:
    """Return the latest day from which the stable shift algorithm proposes new limits, of the points of the limits in force."""
    points = result.points
    latest = points.groupby(KEYS, sort=False)["segment"].transform("max") == points["segment"]
    frame = points.loc[latest & ~points["excluded"], [*KEYS, "date", "value"]]
    if frame["value"].notna().sum() == 0:
        return pd.Series(dtype="datetime64[us]")
    proposals = propose_rebase(frame, value="value", date="date", by=KEYS).proposals
    return proposals.groupby(KEYS)["date"].max()


def _caveats(result: SpcResult) -> pd.Series:
    """Return the codes of the doubts about each series, joined."""
    codes = pd.Series("", index=range(len(result.summary)))
    for caveat in result.caveats:
        codes.iloc[caveat.series] = codes.iloc[caveat.series].where(
            codes.iloc[caveat.series] == "", codes.iloc[caveat.series] + ", "
        )
        codes.iloc[caveat.series] += caveat.code
    return codes


def _reported(known: Catalogue) -> pd.DataFrame:
    """Return of each series whether all of its units have reported its latest period, and whether that is over."""
    rows = membership(known.observations, known.units)
    gaps = known.measures.loc[known.measures["chart"].isin(["g", "t"]), "measure_id"]
    whole = (rows["reported"] >= rows["members"]) & (rows["period"] >= rows["until"])
    rows = rows.assign(
        provisional=provisional(rows, known.at), complete=whole | rows["measure_id"].isin(gaps)
    )
    over = rows[~rows["provisional"]].groupby(KEYS)["complete"].last()
    found = rows.groupby(KEYS)[["provisional"]].last().join(over)
    return found.assign(complete=found["complete"].eq(True))


def attention(rows: pd.DataFrame) -> pd.Series:
    """Rank rows by how much they call for attention, 1 first; no two share a rank.

    Concern at the latest point comes before concern earlier in the period, then targets missed in half or more of the
    record, most often first; among equals the value further from its mean, in sigmas, comes first.

    Examples
    --------
    >>> rows = pd.DataFrame({"variation": ["common", "concern_high"], "period_variation": ["common", "concern_high"],
    ...     "assurance": "none", "met": 0, "of": 0, "latest": [1.0, 9.0], "centre": 1.0, "lower": 0.0, "upper": 2.0})
    >>> attention(rows).tolist()
    [2, 1]
    """
    now, lately = rows["variation"].isin(CONCERN), rows["period_variation"].isin(CONCERN)
    missed = (1 - rows["met"] / rows["of"].where(rows["of"] > 0)).fillna(0)
    sigma = (rows["upper"] - rows["lower"]) / 6
    far = ((rows["latest"] - rows["centre"]).abs() / sigma.where(sigma > 0)).fillna(0)
    keys = (far, rows["assurance"] == "fail", missed.where(missed >= 0.5, 0), now.astype(int) + lately)
    order = np.lexsort([-key.to_numpy(dtype=float) for key in keys])
    rank = np.empty(len(rows), dtype=int)
    rank[order] = np.arange(1, len(rows) + 1)
    return pd.Series(rank, index=rows.index)
