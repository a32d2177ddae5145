"""Tables in, a site of quarterly NHS quality-improvement reports out, every number traceable.

Names are imported when first used, so that ``sutg --help`` need not wait for pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sutg_analysis import views
from sutg_analysis.errors import SutgError
from sutg_analysis.results import SpcResult
from sutg_analysis.spc import spc

if TYPE_CHECKING:
    from sutg_analysis.catalogue import Catalogue, load
    from sutg_analysis.changepoints import ChangePointsResult, change_points
    from sutg_analysis.compare import FunnelResult, funnel
    from sutg_analysis.demand import DemandCapacityResult, demand_capacity
    from sutg_analysis.drifts import DriftResult, cusum, ewma
    from sutg_analysis.earlywarning import EarlyWarningResult, early_warning
    from sutg_analysis.forecasts import ForecastResult, forecast
    from sutg_analysis.harms import days_between, days_since
    from sutg_analysis.interruptions import InterruptedResult, interrupted
    from sutg_analysis.listforecast import ListForecastResult, waiting_list_forecast
    from sutg_analysis.pdsa import CycleResult, evaluate_cycle
    from sutg_analysis.percentiles import BandPercentiles, percentile_from_bands
    from sutg_analysis.rates import RateTrendResult, rate_trend
    from sutg_analysis.rebase import RebaseProposal, propose_rebase
    from sutg_analysis.recommend import ChartAdvice, recommend_chart
    from sutg_analysis.seasons import SeasonalResult, seasonal
    from sutg_analysis.trends import TrendResult, trend
    from sutg_analysis.waitinglist import WaitingListResult, waiting_list
    from sutg_analysis.waittimes import WaitingTimesResult, waiting_times

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
    "BandPercentiles": "percentiles",
    "Catalogue": "catalogue",
    "ChangePointsResult": "changepoints",
    "ChartAdvice": "recommend",
    "CycleResult": "pdsa",
    "DemandCapacityResult": "demand",
    "DriftResult": "drifts",
    "EarlyWarningResult": "earlywarning",
    "ForecastResult": "forecasts",
    "FunnelResult": "compare",
    "InterruptedResult": "interruptions",
    "ListForecastResult": "listforecast",
    "RateTrendResult": "rates",
    "RebaseProposal": "rebase",
    "SeasonalResult": "seasons",
    "TrendResult": "trends",
    "WaitingListResult": "waitinglist",
    "WaitingTimesResult": "waittimes",
    "change_points": "changepoints",
    "cusum": "drifts",
    "days_between": "harms",
    "days_since": "harms",
    "demand_capacity": "demand",
    "early_warning": "earlywarning",
    "evaluate_cycle": "pdsa",
    "ewma": "drifts",
    "forecast": "forecasts",
    "funnel": "compare",
    "interrupted": "interruptions",
    "load": "catalogue",
    "percentile_from_bands": "percentiles",
    "propose_rebase": "rebase",
    "rate_trend": "rates",
    "recommend_chart": "recommend",
    "seasonal": "seasons",
    "trend": "trends",
    "waiting_list": "waitinglist",
    "waiting_list_forecast": "listforecast",
    "waiting_times": "waittimes",
}

views.register(
    {
        "SpcResult.chart": "sutg_analysis.charts:spc_chart",
        "SpcResult.words": "sutg_analysis.words:spc_words",
        "TrendResult.chart": "sutg_analysis.trendcharts:trend_chart",
        "TrendResult.words": "sutg_analysis.trendwords:trend_words",
        "TrendResult.alt_text": "sutg_analysis.trendwords:trend_alt",
        "RateTrendResult.chart": "sutg_analysis.trendcharts:rate_trend_chart",
        "RateTrendResult.words": "sutg_analysis.trendwords:rate_trend_words",
        "RateTrendResult.alt_text": "sutg_analysis.trendwords:rate_trend_alt",
        "SeasonalResult.chart": "sutg_analysis.trendcharts:seasonal_chart",
        "SeasonalResult.words": "sutg_analysis.trendwords:seasonal_words",
        "SeasonalResult.alt_text": "sutg_analysis.trendwords:seasonal_alt",
        "InterruptedResult.chart": "sutg_analysis.trendcharts:interrupted_chart",
        "InterruptedResult.words": "sutg_analysis.trendwords:interrupted_words",
        "InterruptedResult.alt_text": "sutg_analysis.trendwords:interrupted_alt",
        "ForecastResult.chart": "sutg_analysis.trendcharts:forecast_chart",
        "ForecastResult.words": "sutg_analysis.trendwords:forecast_words",
        "ForecastResult.alt_text": "sutg_analysis.trendwords:forecast_alt",
        "DriftResult.chart": "sutg_analysis.trendcharts:drift_chart",
        "DriftResult.words": "sutg_analysis.trendwords:drift_words",
        "DriftResult.alt_text": "sutg_analysis.trendwords:drift_alt",
        "ChangePointsResult.chart": "sutg_analysis.trendcharts:change_points_chart",
        "ChangePointsResult.words": "sutg_analysis.trendwords:change_points_words",
        "ChangePointsResult.alt_text": "sutg_analysis.trendwords:change_points_alt",
        "CycleResult.chart": "sutg_analysis.cyclecharts:cycle_chart",
        "CycleResult.words": "sutg_analysis.cyclewords:cycle_words",
        "CycleResult.alt_text": "sutg_analysis.cyclewords:cycle_alt",
        "EarlyWarningResult.chart": "sutg_analysis.cyclecharts:warning_chart",
        "EarlyWarningResult.words": "sutg_analysis.cyclewords:warning_words",
        "EarlyWarningResult.alt_text": "sutg_analysis.cyclewords:warning_alt",
        "Shown.display": "sutg_analysis.displays:display",
        "SpcResult.spec": "sutg_analysis.charts:spc_spec",
        "SpcResult.table": "sutg_analysis.resulttables:spc_table",
        "FunnelResult.spec": "sutg_analysis.funnelcharts:funnel_spec",
        "SpcResult.alt_text": "sutg_analysis.alttext:spc_alt_text",
        "FunnelResult.chart": "sutg_analysis.funnelcharts:funnel_chart",
        "FunnelResult.words": "sutg_analysis.funnelwords:funnel_words",
        "FunnelResult.alt_text": "sutg_analysis.funnelwords:funnel_alt_text",
        "RebaseProposal.words": "sutg_analysis.proposals:proposal_words",
        "RebaseProposal.accept": "sutg_analysis.acceptance:accept",
        "commands": "sutg_analysis.cli:app",
        "WaitingListResult.chart": "sutg_analysis.waitcharts:waiting_list_chart",
        "WaitingListResult.words": "sutg_analysis.waitwords:waiting_list_words",
        "WaitingListResult.alt_text": "sutg_analysis.waitwords:waiting_list_alt_text",
        "WaitingTimesResult.chart": "sutg_analysis.waitcharts:waiting_times_chart",
        "WaitingTimesResult.words": "sutg_analysis.waitwords:waiting_times_words",
        "WaitingTimesResult.alt_text": "sutg_analysis.waitwords:waiting_times_alt_text",
        "DemandCapacityResult.chart": "sutg_analysis.waitcharts:demand_capacity_chart",
        "DemandCapacityResult.words": "sutg_analysis.waitwords:demand_capacity_words",
        "DemandCapacityResult.alt_text": "sutg_analysis.waitwords:demand_capacity_alt_text",
        "ListForecastResult.chart": "sutg_analysis.waitcharts:forecast_chart",
        "ListForecastResult.words": "sutg_analysis.waitwords:forecast_words",
        "ListForecastResult.alt_text": "sutg_analysis.waitwords:forecast_alt_text",
    }
)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
