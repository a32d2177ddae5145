"""How a series would go on if nothing changed: ``forecast``, with the proof of how well it would have done.

Several models are tried on the past: from each of several dates the months after it are foretold from those before
(a rolling origin), and the model with the smallest mean absolute error is kept. Its yardstick is the seasonal naive
forecast, the value of the same month a year ago; a model that does not beat it is not used. The error divided by
that of the yardstick is told as ``skill``: 0.8 is a fifth better. Exponential smoothing in state space form
(Hyndman and others 2008) from statsmodels; intervals are its own, widened where past errors were larger than it
thought.
"""

from __future__ import annotations

from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from scipy.stats import norm

from sutg_analysis.arrays import Numbers
from sutg_analysis.errors import ArgumentError, DataError, TooFew
from sutg_analysis.result import Result
from sutg_analysis.trends.seasonal import filled
from sutg_analysis.trends.timeline import Timeline, check_confidence, timeline

FEWEST = 12
ORIGINS = 6
_NAIVE = "seasonal naive"
Form = dict[str, str | bool | int]
"""What exponential smoothing is given."""
_MODELS: dict[str, Form] = {
    "level": {"error": "add"},
    "damped trend": {"error": "add", "trend": "add", "damped_trend": True},
    "level and season": {"error": "add", "seasonal": "add"},
    "damped trend and season": {"error": "add", "trend": "add", "damped_trend": True, "seasonal": "add"},
}

Foretold = tuple[Numbers, Numbers]
"""The centre and the standard deviation of each step ahead."""


@dataclass(frozen=True, eq=False)
class ForecastResult(Result):
    """A forecast and its back-test.

    Parameters
    ----------
    points
        One row a step of past and future: date, value (missing ahead), forecast, lower, upper (missing in the past).
    backtest
        One row a model: model, error (mean absolute), skill (error / that of the seasonal naive), covered (share of
        the past values inside the model's own interval), stretch (how many times the interval was widened, so that
        it fits the errors of the past), chosen.
    model
        The model kept.
    step, horizon, confidence
        As found or as the call had them.
    notes
        What the forecast cannot say, sentences.
    """

    _views = "trends:forecast"

    points: pd.DataFrame
    backtest: pd.DataFrame
    model: str
    step: str
    horizon: int
    confidence: float
    notes: tuple[str, ...]

    @property
    def summary(self) -> pd.DataFrame:
        """The chosen model's row of the back-test."""
        return self.backtest[self.backtest["chosen"]].reset_index(drop=True)

    def __repr__(self) -> str:
        return f"<ForecastResult: {self.model}, {self.horizon} {self.step}s, skill {self.summary['skill'].iloc[0]:.2f}>"


def forecast(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    horizon: int | None = None,
    per: float = 1,
    confidence: float = 0.95,
    floor: float | None = None,
    ceiling: float | None = None,
) -> ForecastResult:
    """Foretell a series by the model that would have foretold its past best.

    Parameters
    ----------
    frame, date, value, numerator, denominator, per
        As for :func:`sutg_analysis.spc`, one series.
    horizon
        Steps ahead: by default half a season, 6 months.
    confidence
        Of the interval.
    floor, ceiling
        What no value can pass: 0 for a count, 100 for a percentage. The forecast and interval stop there. A series
        without a negative value has a floor of 0 unasked.

    Returns
    -------
    ForecastResult

    Raises
    ------
    ArgumentError, DataError
        Fewer than two seasons and a horizon (or 12 points and a horizon without a season), dates without a
        calendar, or more than a tenth of the steps missing.

    Examples
    --------
    >>> months = pd.date_range("2020-01-01", periods=48, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [20.0 + 5 * (day.month in (12, 1, 2)) for day in months]})
    >>> result = forecast(frame, value="y", date="month", horizon=3)
    >>> result.points["forecast"].dropna().round(1).tolist()
    [25.0, 25.0, 20.0]
    """
    check_confidence(confidence)
    line = timeline(frame, date=date, value=value, numerator=numerator, denominator=denominator, per=per)
    past = filled(line, purpose="where a series is going")
    ahead = _horizon(line, horizon, len(past))
    values, season = past["filled"].to_numpy(), line.calendar.season
    if line.calendar.step == "week":
        season = 1 if len(values) < 104 + ahead else season
    tests = _backtest(values, season, ahead, confidence)
    model = str(tests.loc[tests["chosen"], "model"].iloc[0])
    centre, spread = _foretell(model, values, season, ahead)
    stretch = float(tests.loc[tests["chosen"], "stretch"].iloc[0])
    points = _points(line, past, centre, spread * stretch, confidence)
    floor = 0.0 if floor is None and values.min() >= 0 else floor
    names = ["forecast", "lower", "upper"]
    points[names] = points[names].clip(lower=floor, upper=ceiling)
    notes = tuple(_notes(tests, model, past, season, confidence, line.calendar.step))
    return ForecastResult(points, tests, model, line.calendar.step, ahead, confidence, notes)


def _horizon(line: Timeline, horizon: int | None, points: int) -> int:
    season = line.calendar.season
    ahead = max(2, season // 2) if horizon is None else horizon
    if isinstance(ahead, bool) or not isinstance(ahead, int | np.integer) or ahead < 1:
        raise ArgumentError(f"horizon={horizon!r}", "a number of steps, 1 or more", "Use 6")
    least = max(2 * season if season < 52 else 0, FEWEST) + int(ahead)
    if points < least:
        raise TooFew(
            f"{points} {line.calendar.step}s to foretell {ahead}",
            f"{least} or more: two seasons and as many steps again to test the forecast on",
            "Wait for more points, or shorten the horizon",
        )
    return int(ahead)


def _backtest(values: Numbers, season: int, ahead: int, confidence: float) -> pd.DataFrame:
    """Try every model from several dates of the past."""
    least = max(2 * season, FEWEST)
    room = len(values) - least - ahead
    origins = np.unique(np.linspace(least, least + room, min(ORIGINS, room + 1)).round().astype(int))
    names = [_NAIVE, *(name for name in _MODELS if season > 1 or "season" not in name)]
    rows = [(name, *_tried(name, values, season, ahead, origins, confidence)) for name in names]
    table = pd.DataFrame(rows, columns=["model", "error", "covered", "stretch"])
    naive = float(table["error"].iloc[0])
    best = int(table["error"].fillna(np.inf).idxmin())
    skill = table["error"] / naive if naive > 0 else table["error"] * np.nan
    chosen = table.index == best
    return table.assign(skill=skill, chosen=chosen)[
        ["model", "error", "skill", "covered", "stretch", "chosen"]
    ]


def _tried(
    name: str, values: Numbers, season: int, ahead: int, origins: np.ndarray, confidence: float
) -> tuple[float, float, float]:
    """Return the mean absolute error, the share inside the interval, and how many times too narrow it was."""
    missed, spreads = [], []
    for origin in origins:
        truth = values[origin : origin + ahead]
        try:
            centre, spread = _foretell(name, values[:origin], season, ahead)
        except DataError:
            return float("nan"), float("nan"), 1.0
        missed.append(np.abs(truth - centre))
        spreads.append(spread)
    error, spread = np.concatenate(missed), np.concatenate(spreads)
    inside = error <= norm.ppf(0.5 + confidence / 2) * spread + 1e-9
    narrow = np.sqrt(np.mean(error[spread > 0] ** 2 / spread[spread > 0] ** 2)) if (spread > 0).any() else 1.0
    return float(error.mean()), float(inside.mean()), max(1.0, float(narrow))


def _foretell(name: str, values: Numbers, season: int, ahead: int) -> Foretold:
    if name == _NAIVE:
        return _naive(values, season, ahead)
    return _smoothed(values, season, ahead, _MODELS[name])


def _naive(values: Numbers, season: int, ahead: int) -> Foretold:
    """Repeat the last season; errors grow with each whole season ahead (Hyndman and Athanasopoulos 2021)."""
    place = np.arange(ahead)
    centre = values[-season:][place % season]
    step = values[season:] - values[:-season]
    spread = float(np.sqrt(np.mean(step**2))) * np.sqrt(place // season + 1)
    return centre, spread


def _smoothed(values: Numbers, season: int, ahead: int, form: Form) -> Foretold:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    options: Form = form | {"initialization_method": "heuristic"}
    options |= {"seasonal_periods": season} if "seasonal" in form else {}
    middle, size = float(values.mean()), float(values.std())
    if not size > 1e-12 * max(1.0, abs(middle)):
        return np.full(ahead, middle), np.zeros(ahead)
    scaled = pd.Series((values - middle) / size)
    with catch_warnings():
        simplefilter("ignore")
        try:
            fitted = ETSModel(scaled, **options).fit(disp=False, maxiter=300)
        except (ValueError, np.linalg.LinAlgError, FloatingPointError) as fault:
            raise DataError(
                f"a model that cannot be fitted ({fault})", "a longer series", "Use another model"
            ) from fault
        found = fitted.get_prediction(start=len(values), end=len(values) + ahead - 1)
        centre, variance = np.asarray(found.predicted_mean), np.asarray(found.forecast_variance)
    if not (np.isfinite(centre).all() and np.isfinite(variance).all()):
        raise DataError("a model that does not settle", "finite forecasts", "Use another model")
    return centre * size + middle, np.sqrt(np.maximum(variance, 0)) * size


def _points(
    line: Timeline, past: pd.DataFrame, centre: Numbers, spread: Numbers, confidence: float
) -> pd.DataFrame:
    reach = norm.ppf(0.5 + confidence / 2) * spread
    ahead = pd.DataFrame(
        {
            "date": line.dates_after(len(centre)).astype("datetime64[ns]"),
            "value": np.nan,
            "forecast": centre,
            "lower": centre - reach,
            "upper": centre + reach,
        }
    )
    seen = past[["date", "value"]].assign(forecast=np.nan, lower=np.nan, upper=np.nan)
    return pd.concat([seen, ahead], ignore_index=True)


def _notes(
    tests: pd.DataFrame, model: str, past: pd.DataFrame, season: int, confidence: float, step: str
) -> list[str]:
    row = tests[tests["chosen"]].iloc[0]
    naive = "the value of a season ago" if season > 1 else "the last value"
    marks = {
        f"no model foretold the past better than {naive}, so that is what is shown": model == _NAIVE,
        f"the model's own interval held {row['covered']:.0%} of past values, not {confidence:.0%}, so it was "
        f"widened {row['stretch']:.1f} times": bool(row["stretch"] > 1.1),
        f"{step}s without a value were bridged by a straight line": bool(past["value"].isna().any()),
    }
    return [text for text, on in marks.items() if on]
