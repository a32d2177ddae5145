"""Tables in, a site of quarterly NHS quality-improvement reports out, every number traceable.

Names are imported when first used, so that ``sutg --help`` need not wait for pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sutg_analysis import result as views
from sutg_analysis.errors import SutgError

if TYPE_CHECKING:
    from sutg_analysis.catalogue.catalogue import Catalogue
    from sutg_analysis.catalogue.load import load
    from sutg_analysis.control.funnel import FunnelResult, funnel
    from sutg_analysis.control.rebase import RebaseProposal, propose_rebase
    from sutg_analysis.control.recommend import ChartAdvice, recommend_chart
    from sutg_analysis.control.result import SpcResult
    from sutg_analysis.control.spc import spc
    from sutg_analysis.quality.early_warning import EarlyWarningResult, early_warning
    from sutg_analysis.quality.harm import days_between, days_since
    from sutg_analysis.quality.pdsa import CycleResult, evaluate_cycle
    from sutg_analysis.trends.change_points import ChangePointsResult, change_points
    from sutg_analysis.trends.drift import DriftResult, cusum, ewma
    from sutg_analysis.trends.forecast import ForecastResult, forecast
    from sutg_analysis.trends.interrupted import InterruptedResult, interrupted
    from sutg_analysis.trends.rate_trend import RateTrendResult, rate_trend
    from sutg_analysis.trends.seasonal import SeasonalResult, seasonal
    from sutg_analysis.trends.trend import TrendResult, trend
    from sutg_analysis.waiting.demand import DemandCapacityResult, demand_capacity
    from sutg_analysis.waiting.forecast import ListForecastResult, waiting_list_forecast
    from sutg_analysis.waiting.percentiles import BandPercentiles, percentile_from_bands
    from sutg_analysis.waiting.waiting_list import WaitingListResult, waiting_list
    from sutg_analysis.waiting.waiting_times import WaitingTimesResult, waiting_times

__version__ = "0.1.0"

__all__ = [
    "BandPercentiles",
    "Catalogue",
    "ChangePointsResult",
    "ChartAdvice",
    "CycleResult",
    "DemandCapacityResult",
    "DriftResult",
    "EarlyWarningResult",
    "ForecastResult",
    "FunnelResult",
    "InterruptedResult",
    "ListForecastResult",
    "RateTrendResult",
    "RebaseProposal",
    "SeasonalResult",
    "SpcResult",
    "SutgError",
    "TrendResult",
    "WaitingListResult",
    "WaitingTimesResult",
    "change_points",
    "cusum",
    "days_between",
    "days_since",
    "demand_capacity",
    "early_warning",
    "evaluate_cycle",
    "ewma",
    "forecast",
    "funnel",
    "interrupted",
    "load",
    "percentile_from_bands",
    "propose_rebase",
    "rate_trend",
    "recommend_chart",
    "seasonal",
    "spc",
    "trend",
    "waiting_list",
    "waiting_list_forecast",
    "waiting_times",
]

_LATER = {
    "BandPercentiles": "waiting.percentiles",
    "Catalogue": "catalogue.catalogue",
    "ChangePointsResult": "trends.change_points",
    "ChartAdvice": "control.recommend",
    "CycleResult": "quality.pdsa",
    "DemandCapacityResult": "waiting.demand",
    "DriftResult": "trends.drift",
    "EarlyWarningResult": "quality.early_warning",
    "ForecastResult": "trends.forecast",
    "FunnelResult": "control.funnel",
    "InterruptedResult": "trends.interrupted",
    "ListForecastResult": "waiting.forecast",
    "RateTrendResult": "trends.rate_trend",
    "RebaseProposal": "control.rebase",
    "SeasonalResult": "trends.seasonal",
    "SpcResult": "control.result",
    "TrendResult": "trends.trend",
    "WaitingListResult": "waiting.waiting_list",
    "WaitingTimesResult": "waiting.waiting_times",
    "change_points": "trends.change_points",
    "cusum": "trends.drift",
    "days_between": "quality.harm",
    "days_since": "quality.harm",
    "demand_capacity": "waiting.demand",
    "early_warning": "quality.early_warning",
    "evaluate_cycle": "quality.pdsa",
    "ewma": "trends.drift",
    "forecast": "trends.forecast",
    "funnel": "control.funnel",
    "interrupted": "trends.interrupted",
    "load": "catalogue.load",
    "percentile_from_bands": "waiting.percentiles",
    "propose_rebase": "control.rebase",
    "rate_trend": "trends.rate_trend",
    "recommend_chart": "control.recommend",
    "seasonal": "trends.seasonal",
    "spc": "control.spc",
    "trend": "trends.trend",
    "waiting_list": "waiting.waiting_list",
    "waiting_list_forecast": "waiting.forecast",
    "waiting_times": "waiting.waiting_times",
}

views.register(
    {
        "SpcResult.chart": "sutg_analysis.charts.control:spc_chart",
        "SpcResult.words": "sutg_analysis.words.control:spc_words",
        "TrendResult.chart": "sutg_analysis.charts.trends:trend_chart",
        "TrendResult.words": "sutg_analysis.words.trends:trend_words",
        "TrendResult.alt_text": "sutg_analysis.words.trends:trend_alt",
        "RateTrendResult.chart": "sutg_analysis.charts.trends:rate_trend_chart",
        "RateTrendResult.words": "sutg_analysis.words.trends:rate_trend_words",
        "RateTrendResult.alt_text": "sutg_analysis.words.trends:rate_trend_alt",
        "SeasonalResult.chart": "sutg_analysis.charts.trends:seasonal_chart",
        "SeasonalResult.words": "sutg_analysis.words.trends:seasonal_words",
        "SeasonalResult.alt_text": "sutg_analysis.words.trends:seasonal_alt",
        "InterruptedResult.chart": "sutg_analysis.charts.trends:interrupted_chart",
        "InterruptedResult.words": "sutg_analysis.words.trends:interrupted_words",
        "InterruptedResult.alt_text": "sutg_analysis.words.trends:interrupted_alt",
        "ForecastResult.chart": "sutg_analysis.charts.trends:forecast_chart",
        "ForecastResult.words": "sutg_analysis.words.trends:forecast_words",
        "ForecastResult.alt_text": "sutg_analysis.words.trends:forecast_alt",
        "DriftResult.chart": "sutg_analysis.charts.trends:drift_chart",
        "DriftResult.words": "sutg_analysis.words.trends:drift_words",
        "DriftResult.alt_text": "sutg_analysis.words.trends:drift_alt",
        "ChangePointsResult.chart": "sutg_analysis.charts.trends:change_points_chart",
        "ChangePointsResult.words": "sutg_analysis.words.trends:change_points_words",
        "ChangePointsResult.alt_text": "sutg_analysis.words.trends:change_points_alt",
        "CycleResult.chart": "sutg_analysis.charts.quality:cycle_chart",
        "CycleResult.words": "sutg_analysis.words.quality:cycle_words",
        "CycleResult.alt_text": "sutg_analysis.words.quality:cycle_alt",
        "EarlyWarningResult.chart": "sutg_analysis.charts.quality:warning_chart",
        "EarlyWarningResult.words": "sutg_analysis.words.quality:warning_words",
        "EarlyWarningResult.alt_text": "sutg_analysis.words.quality:warning_alt",
        "Result.display": "sutg_analysis.reports.display:display",
        "SpcResult.spec": "sutg_analysis.charts.control:spc_spec",
        "SpcResult.table": "sutg_analysis.reports.tables:spc_table",
        "FunnelResult.spec": "sutg_analysis.charts.funnel:funnel_spec",
        "SpcResult.alt_text": "sutg_analysis.words.control:spc_alt_text",
        "FunnelResult.chart": "sutg_analysis.charts.funnel:funnel_chart",
        "FunnelResult.words": "sutg_analysis.words.funnel:funnel_words",
        "FunnelResult.alt_text": "sutg_analysis.words.funnel:funnel_alt_text",
        "RebaseProposal.words": "sutg_analysis.words.rebase:proposal_words",
        "RebaseProposal.accept": "sutg_analysis.reports.rebase:accept",
        "commands": "sutg_analysis.cli:app",
        "WaitingListResult.chart": "sutg_analysis.charts.waiting:waiting_list_chart",
        "WaitingListResult.words": "sutg_analysis.words.waiting:waiting_list_words",
        "WaitingListResult.alt_text": "sutg_analysis.words.waiting:waiting_list_alt_text",
        "WaitingTimesResult.chart": "sutg_analysis.charts.waiting:waiting_times_chart",
        "WaitingTimesResult.words": "sutg_analysis.words.waiting:waiting_times_words",
        "WaitingTimesResult.alt_text": "sutg_analysis.words.waiting:waiting_times_alt_text",
        "DemandCapacityResult.chart": "sutg_analysis.charts.waiting:demand_capacity_chart",
        "DemandCapacityResult.words": "sutg_analysis.words.waiting:demand_capacity_words",
        "DemandCapacityResult.alt_text": "sutg_analysis.words.waiting:demand_capacity_alt_text",
        "ListForecastResult.chart": "sutg_analysis.charts.waiting:forecast_chart",
        "ListForecastResult.words": "sutg_analysis.words.waiting:forecast_words",
        "ListForecastResult.alt_text": "sutg_analysis.words.waiting:forecast_alt_text",
    }
)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
