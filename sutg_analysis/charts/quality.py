"""Charts of PDSA cycles and of early warning: finished results to drawings, no arithmetic."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from sutg_analysis.charts.control import ControlLooks, spc_spec
from sutg_analysis.charts.plots import grid_spec, interval_spec
from sutg_analysis.charts.theme import LIGHT, Spec
from sutg_analysis.control.rules import verdict_of
from sutg_analysis.quality.early_warning import EarlyWarningResult
from sutg_analysis.quality.harm import SeverityResult
from sutg_analysis.quality.pdsa import CycleResult

LETTERS = {"concern": "!", "improvement": "+", "neutral": "~", "common": "", "too_few": "?"}
KINDS = {
    "concern": "Concern (!)",
    "improvement": "Improvement (+)",
    "neutral": "Change (~)",
    "common": "Usual variation",
    "too_few": "Too few points (?)",
}
_CELL_INKS = {
    "Concern (!)": LIGHT.concern,
    "Improvement (+)": LIGHT.improvement,
    "Change (~)": LIGHT.common,
    "Usual variation": LIGHT.card,
    "Too few points (?)": LIGHT.grid,
}


def cycle_spec(result: CycleResult, **looks: Unpack[ControlLooks]) -> Spec:
    """Return the control chart with the cycle's start and end as events; limits are those before it."""
    row = result.summary.iloc[0]
    name = row["title"] or "Cycle"
    words = [f"{name} starts", f"{name} ends"]
    own = pd.DataFrame({"date": [row["start"], row["end"]], "kind": "pdsa", "label": words})
    events = [own.dropna(subset="date"), looks.get("events")]
    every: ControlLooks = {**looks, "events": pd.concat(events)}
    return spc_spec(result.chart_result, **every)


def warning_spec(
    result: EarlyWarningResult, *, rows: str = "unit", title: str | None = None, width: int = 720
) -> Spec:
    """Return unit by indicator: the worst verdict of the latest months, ranked units first.

    ``rows`` is unit, or indicator, which a phone has more room for.
    """
    return grid_spec(
        warning_cells(result),
        row=rows,
        column="indicator" if rows == "unit" else "unit",
        kind="Shows",
        letter="letter",
        inks=_CELL_INKS,
        hints=("Shows", "Reason"),
        title=title,
        subtitle=f"Signals of the latest {result.recent} of {len(result.dates)} periods; order: score",
        width=width,
    )


def warning_cells(result: EarlyWarningResult) -> pd.DataFrame:
    """Return the cells of the heat map: unit, indicator, Shows, letter, Reason."""
    table = result.cells
    order = {name: place for place, name in enumerate(result.ranking[result.unit])}
    verdict = table["variation"].astype("str")
    kind = verdict.map(verdict_of).where(verdict != "too_few", "too_few")
    # A concern is one that scores: of the latest months, not of long ago.
    kind = kind.mask(kind == "concern", "common").where(table["score"] <= 0, "concern")
    cells = pd.DataFrame(
        {
            "unit": table[result.unit].astype("str"),
            "indicator": table[result.indicator].astype("str"),
            "Shows": kind.map(KINDS).astype("str"),
            "letter": kind.map(LETTERS).astype("str"),
            "Reason": table["reason"].astype("str"),
            "order": table[result.unit].map(order),
        }
    )
    return cells.sort_values(["order", "indicator"], kind="stable").drop(columns="order")


def severity_spec(result: SeverityResult, *, width: int = 720) -> Spec:
    """Return the share of each level of harm with its interval."""
    rows = result.levels.assign(level=result.levels["level"].str.capitalize())
    bounds = {"name": "level", "value": "share", "lower": "lower", "upper": "upper"}
    return interval_spec(rows, **bounds, axis="Percentage of incidents", width=width - 90)
