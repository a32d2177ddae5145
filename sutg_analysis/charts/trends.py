"""Charts of trends, rates, seasons, interruptions, forecasts and drifts: finished results to drawings, no arithmetic."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from sutg_analysis.charts.plots import DASHED, DOTTED, Curve, Looks, curve_spec
from sutg_analysis.charts.theme import LIGHT, Spec, chart_config
from sutg_analysis.errors import ArgumentError
from sutg_analysis.trends.change_points import ChangePointsResult
from sutg_analysis.trends.drift import DriftResult
from sutg_analysis.trends.forecast import ForecastResult
from sutg_analysis.trends.interrupted import InterruptedResult
from sutg_analysis.trends.rate_trend import RateTrendResult
from sutg_analysis.trends.seasonal import SeasonalResult
from sutg_analysis.trends.trend import TrendResult

_MOST_PANELS = 24


def trend_spec(result: TrendResult, **looks: Unpack[Looks]) -> Spec:
    """Return each series with Sen's line; ``title``, ``unit``, ``width`` and ``height`` as for a control chart."""
    curves = [Curve("trend", "Trend (Sen's line)")]
    if not result.by:
        return curve_spec(result.points, curves, **looks)
    groups = list(result.points.groupby(list(result.by), sort=False, observed=True))
    if len(groups) > _MOST_PANELS:
        raise ArgumentError(
            f"{len(groups)} series in one chart",
            f"{_MOST_PANELS} at most",
            "Draw those that matter, one by one",
        )
    panels = []
    for key, rows in groups:
        own: Looks = {"height": 140, **looks, "title": ", ".join(map(str, key))}
        panel = curve_spec(rows, curves, **own)
        del panel["config"]  # which the whole has
        panels.append(panel)
    whole = {"vconcat": panels, "spacing": 18, "config": chart_config()}
    return {**whole, "title": looks["title"]} if looks.get("title") else whole


def rate_trend_spec(result: RateTrendResult, **looks: Unpack[Looks]) -> Spec:
    """Return rates with the fitted line and its band."""
    looks = {"unit": "rate", "per": result.per, **looks}
    band = ("lower", "upper", f"{result.confidence:.0%} interval of the line")
    return curve_spec(result.points, [Curve("fitted", "Fitted")], band=band, **looks)


def seasonal_spec(result: SeasonalResult, **looks: Unpack[Looks]) -> Spec:
    """Return the series, its trend, and the series without its season."""
    curves = [
        Curve("trend", "Trend"),
        Curve("adjusted", "Without the season", LIGHT.event, DOTTED),
    ]
    return curve_spec(result.points, curves, **looks)


def interrupted_spec(result: InterruptedResult, **looks: Unpack[Looks]) -> Spec:
    """Return the series, the fitted lines, and how it would have gone on."""
    curves = [
        Curve("fitted", "Fitted", split="phase"),
        Curve("counterfactual", "Had nothing changed", LIGHT.target, DASHED),
    ]
    band = ("counterfactual_lower", "counterfactual_upper", f"{result.confidence:.0%} interval of that")
    marks = pd.DataFrame({"date": [result.change], "text": ["Change"]})
    unit = "rate" if result.summary["scale"].iloc[0] == "ratio" else None
    looks = {"unit": unit, "per": result.per, **looks}
    return curve_spec(result.points, curves, band=band, marks=marks, **looks)


def forecast_spec(result: ForecastResult, **looks: Unpack[Looks]) -> Spec:
    """Return the past and the forecast with its interval."""
    curves = [Curve("forecast", "Forecast", LIGHT.centre, DASHED)]
    band = ("lower", "upper", f"{result.confidence:.0%} interval")
    return curve_spec(result.points, curves, band=band, **looks)


def drift_spec(result: DriftResult, **looks: Unpack[Looks]) -> Spec:
    """Return the sums of a CUSUM, or the average of an EWMA, with the limits."""
    signals = result.points["signal"] != "none"
    if result.kind == "ewma":
        curves = [
            Curve("ewma", "Weighted average"),
            Curve("upper", "Upper limit", LIGHT.limit, DASHED),
            Curve("lower", "Lower limit", LIGHT.limit, DOTTED),
        ]
        return curve_spec(result.points, curves, signals=signals, **looks)
    table = result.points.assign(above=result.limit, below=-result.limit)
    curves = [
        Curve("high", "Sum above the level"),
        Curve("low", "Sum below the level", LIGHT.event, DOTTED),
        Curve("above", "Limit above", LIGHT.limit, DASHED),
        Curve("below", "Limit below", LIGHT.target, DASHED),
    ]
    looks = {"axis": "Cumulative sum, in sigma", **looks}
    return curve_spec(table, curves, points=None, **looks)


def change_points_spec(result: ChangePointsResult, **looks: Unpack[Looks]) -> Spec:
    """Return the series with the level of each segment; no limits are drawn."""
    curves = [Curve("level", "Level of the segment", split="segment")]
    marks = pd.DataFrame({"date": result.changes["date"], "text": "?"})
    return curve_spec(result.points, curves, marks=marks, **looks)
