"""Every public name and its home: the front page imports them from here when they are first used."""

from sutg_analysis.catalogue.catalogue import Catalogue as Catalogue
from sutg_analysis.catalogue.load import load as load
from sutg_analysis.control.funnel import FunnelResult as FunnelResult
from sutg_analysis.control.funnel import funnel as funnel
from sutg_analysis.control.rebase import RebaseProposal as RebaseProposal
from sutg_analysis.control.rebase import propose_rebase as propose_rebase
from sutg_analysis.control.recommend import ChartAdvice as ChartAdvice
from sutg_analysis.control.recommend import recommend_chart as recommend_chart
from sutg_analysis.control.result import SpcResult as SpcResult
from sutg_analysis.control.spc import spc as spc
from sutg_analysis.errors import SutgError as SutgError
from sutg_analysis.quality.early_warning import EarlyWarningResult as EarlyWarningResult
from sutg_analysis.quality.early_warning import early_warning as early_warning
from sutg_analysis.quality.harm import days_between as days_between
from sutg_analysis.quality.harm import days_since as days_since
from sutg_analysis.quality.pdsa import CycleResult as CycleResult
from sutg_analysis.quality.pdsa import evaluate_cycle as evaluate_cycle
from sutg_analysis.trends.change_points import ChangePointsResult as ChangePointsResult
from sutg_analysis.trends.change_points import change_points as change_points
from sutg_analysis.trends.drift import DriftResult as DriftResult
from sutg_analysis.trends.drift import cusum as cusum
from sutg_analysis.trends.drift import ewma as ewma
from sutg_analysis.trends.forecast import ForecastResult as ForecastResult
from sutg_analysis.trends.forecast import forecast as forecast
from sutg_analysis.trends.interrupted import InterruptedResult as InterruptedResult
from sutg_analysis.trends.interrupted import interrupted as interrupted
from sutg_analysis.trends.rate_trend import RateTrendResult as RateTrendResult
from sutg_analysis.trends.rate_trend import rate_trend as rate_trend
from sutg_analysis.trends.seasonal import SeasonalResult as SeasonalResult
from sutg_analysis.trends.seasonal import seasonal as seasonal
from sutg_analysis.trends.trend import TrendResult as TrendResult
from sutg_analysis.trends.trend import trend as trend
from sutg_analysis.waiting.demand import DemandCapacityResult as DemandCapacityResult
from sutg_analysis.waiting.demand import demand_capacity as demand_capacity
from sutg_analysis.waiting.forecast import ListForecastResult as ListForecastResult
from sutg_analysis.waiting.forecast import waiting_list_forecast as waiting_list_forecast
from sutg_analysis.waiting.percentiles import BandPercentiles as BandPercentiles
from sutg_analysis.waiting.percentiles import percentile_from_bands as percentile_from_bands
from sutg_analysis.waiting.waiting_list import WaitingListResult as WaitingListResult
from sutg_analysis.waiting.waiting_list import waiting_list as waiting_list
from sutg_analysis.waiting.waiting_times import WaitingTimesResult as WaitingTimesResult
from sutg_analysis.waiting.waiting_times import waiting_times as waiting_times

__all__: list[str]
__version__: str
