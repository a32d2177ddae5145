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
    from sutg_analysis.rebase import RebaseProposal, propose_rebase
    from sutg_analysis.recommend import ChartAdvice, recommend_chart

__version__ = "0.1.0"

__all__ = [
    "Catalogue",
    "ChartAdvice",
    "FunnelResult",
    "RebaseProposal",
    "SpcResult",
    "SutgError",
    "funnel",
    "load",
    "propose_rebase",
    "recommend_chart",
    "spc",
]

_LATER = {
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
    }
)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
