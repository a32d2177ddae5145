"""Charts of PDSA cycles and of severity: finished results to drawings, no arithmetic."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from sutg_analysis.charts.control import ControlLooks, spc_spec
from sutg_analysis.charts.plots import interval_spec
from sutg_analysis.charts.theme import Spec
from sutg_analysis.quality.harm import SeverityResult
from sutg_analysis.quality.pdsa import CycleResult


def cycle_spec(result: CycleResult, **looks: Unpack[ControlLooks]) -> Spec:
    """Return the control chart with the cycle's start and end as events; limits are those before it."""
    row = result.summary.iloc[0]
    name = row["title"] or "Cycle"
    words = [f"{name} starts", f"{name} ends"]
    own = pd.DataFrame({"date": [row["start"], row["end"]], "kind": "pdsa", "label": words})
    events = [own.dropna(subset="date"), looks.get("events")]
    every: ControlLooks = {**looks, "events": pd.concat(events)}
    return spc_spec(result.chart_result, **every)


def severity_spec(result: SeverityResult, *, width: int = 720) -> Spec:
    """Return the share of each level of harm with its interval."""
    rows = result.levels.assign(level=result.levels["level"].str.capitalize())
    bounds = {"name": "level", "value": "share", "lower": "lower", "upper": "upper"}
    return interval_spec(rows, **bounds, axis="Percentage of incidents", width=width - 90)
