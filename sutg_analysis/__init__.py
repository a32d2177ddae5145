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
    from sutg_analysis.compare import FunnelResult, funnel
    from sutg_analysis.demand import DemandCapacityResult, demand_capacity
    from sutg_analysis.listforecast import ListForecastResult, waiting_list_forecast
    from sutg_analysis.percentiles import BandPercentiles, percentile_from_bands
    from sutg_analysis.rebase import RebaseProposal, propose_rebase
    from sutg_analysis.recommend import ChartAdvice, recommend_chart
    from sutg_analysis.waitinglist import WaitingListResult, waiting_list
    from sutg_analysis.waittimes import WaitingTimesResult, waiting_times

__version__ = "0.1.0"

__all__ = [
    "BandPercentiles",
    "Catalogue",
    "ChartAdvice",
    "DemandCapacityResult",
    "FunnelResult",
    "ListForecastResult",
    "RebaseProposal",
    "SpcResult",
    "SutgError",
    "WaitingListResult",
    "WaitingTimesResult",
    "demand_capacity",
    "funnel",
    "load",
    "percentile_from_bands",
    "propose_rebase",
    "recommend_chart",
    "spc",
    "waiting_list",
    "waiting_list_forecast",
    "waiting_times",
]

_LATER = {
    "BandPercentiles": "percentiles",
    "DemandCapacityResult": "demand",
    "ListForecastResult": "listforecast",
    "WaitingListResult": "waitinglist",
    "WaitingTimesResult": "waittimes",
    "demand_capacity": "demand",
    "percentile_from_bands": "percentiles",
    "waiting_list": "waitinglist",
    "waiting_list_forecast": "listforecast",
    "waiting_times": "waittimes",
    "Catalogue": "catalogue",
    "ChartAdvice": "recommend",
    "FunnelResult": "compare",
    "RebaseProposal": "rebase",
    "funnel": "compare",
    "load": "catalogue",
    "propose_rebase": "rebase",
    "recommend_chart": "recommend",
}

views.register(
    {
        "SpcResult.chart": "sutg_analysis.charts:spc_chart",
        "SpcResult.words": "sutg_analysis.words:spc_words",
        "Shown.display": "sutg_analysis.displays:display",
        "SpcResult.spec": "sutg_analysis.charts:spc_spec",
        "SpcResult.table": "sutg_analysis.resulttables:spc_table",
        "FunnelResult.spec": "sutg_analysis.funnelcharts:funnel_spec",
        "SpcResult.alt_text": "sutg_analysis.alttext:spc_alt_text",
        "FunnelResult.chart": "sutg_analysis.funnelcharts:funnel_chart",
        "FunnelResult.words": "sutg_analysis.funnelwords:funnel_words",
        "FunnelResult.alt_text": "sutg_analysis.funnelwords:funnel_alt_text",
        "RebaseProposal.words": "sutg_analysis.proposals:proposal_words",
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
