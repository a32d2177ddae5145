"""How fast a rate of events changes: ``rate_trend``, a rate ratio a year.

Events over exposure (falls over bed days) are counts: a straight line through rates would weigh a quiet month as a
busy one. log E(count) = log exposure + a + b t + season; exp(b x steps a year) is the rate ratio a year. The law of
the counts follows their dispersion, see :mod:`sutg_analysis.trends.regression`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sutg_analysis.errors import ArgumentError, TooFew
from sutg_analysis.result import Result
from sutg_analysis.trends.regression import RATIOS, Fit, Series, fit, law_of, series_of, with_season
from sutg_analysis.trends.timeline import (
    MINIMUM,
    Timeline,
    check_confidence,
    check_direction,
    timeline,
    variation,
)


@dataclass(frozen=True, eq=False)
class RateTrendResult(Result):
    """The trend of a rate.

    Parameters
    ----------
    points
        One row an observation: date, numerator, denominator, value (rate x per), fitted, lower, upper (of the mean).
    summary
        One row: points, events, rate_ratio (a year; missing for proportions), difference (a year, times ``per``; of
        proportions alone), lower, upper (of whichever is given), p, dispersion, model, errors, harmonics,
        autocorrelation, leftover (p of what autocorrelation the errors do not allow for), first_rate, last_rate
        (fitted, season left out), direction, variation, notes.
    fit
        The regression: coefficients and covariance.
    step, per, improvement, confidence
        As found or as the call had them.
    """

    _views = "trends:rate_trend"

    points: pd.DataFrame
    summary: pd.DataFrame
    fit: Fit
    step: str
    per: float
    improvement: str
    confidence: float

    @property
    def rate_ratio(self) -> float:
        """The rate ratio a year; missing where a proportion was fitted."""
        return float(self.summary["rate_ratio"].iloc[0])

    @property
    def dispersion(self) -> float:
        """Pearson's X squared over its degrees of freedom."""
        return self.fit.dispersion

    def __repr__(self) -> str:
        row = self.summary.iloc[0]
        size = row["difference"] if self.fit.family == "binomial" else row["rate_ratio"]
        return f"<RateTrendResult: {size:.3f} a year ({row['lower']:.3f} to {row['upper']:.3f})>"


def rate_trend(
    frame: pd.DataFrame,
    *,
    date: str,
    numerator: str | None = None,
    denominator: str | None = None,
    value: str | None = None,
    exposure: str | None = None,
    model: str = "auto",
    season: int | str | None = "auto",
    errors: str = "auto",
    maxlags: int | None = None,
    per: float = 1,
    improvement: str = "neutral",
    confidence: float = 0.95,
) -> RateTrendResult:
    """Fit a log-linear trend to events over exposure, or a straight one to parts of a whole.

    Parameters
    ----------
    frame, date
        One row a period.
    numerator, denominator
        Columns of events and of their exposure; ``value`` and ``exposure`` are other names for them. Without
        exposure the counts themselves are fitted.
    model
        ``"auto"`` (binomial for parts of a whole, else by dispersion), ``"poisson"``, ``"quasipoisson"``,
        ``"negative_binomial"`` or ``"binomial"``.
    season
        ``"auto"``, ``None`` or a number of harmonics.
    errors, maxlags
        ``"auto"``, ``"model"`` or ``"hac"``; see :func:`sutg_analysis.trends.regression.fit`.
    per
        Multiplies rates: 1000 for a rate per thousand.
    improvement
        increase, decrease or neutral.
    confidence
        Of the intervals.

    Returns
    -------
    RateTrendResult

    Raises
    ------
    ArgumentError, DataError
        Events without exposure, a negative count, no event at all, fewer than eight periods.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": range(2010, 2020), "falls": [100, 90, 81, 73, 66, 59, 53, 48, 43, 39]})
    >>> result = rate_trend(frame, numerator="falls", date="year", improvement="decrease")
    >>> round(result.rate_ratio, 2), result.summary["variation"].item()
    (0.9, 'improvement')
    """
    check_direction(improvement)
    check_confidence(confidence)
    if model == "gaussian":
        raise ArgumentError("model='gaussian' for a rate", "a law of counts", "Use trend() for values")
    line = timeline(
        frame,
        date=date,
        numerator=numerator if numerator is not None else value,
        denominator=denominator,
        exposure=exposure,
    )
    if int(line.known.sum()) < MINIMUM:
        raise TooFew(
            f"{int(line.known.sum())} periods with a count", f"{MINIMUM} or more", "Wait for more periods"
        )
    model = law_of(line, model, per)
    columns = {"level": np.ones(len(line.step)), "time": line.step / line.calendar.a_year}
    series = series_of(line, with_season(line, columns, season, family=model))
    found = fit(series, family=model, errors=errors, maxlags=maxlags)
    return RateTrendResult(
        points=_points(line, series, found, per, confidence),
        summary=_summary(line, series, found, per, improvement, confidence),
        fit=found,
        step=line.calendar.step,
        per=per,
        improvement=improvement,
        confidence=confidence,
    )


def _points(line: Timeline, series: Series, found: Fit, per: float, confidence: float) -> pd.DataFrame:
    readings, known = line.readings, line.known
    back = np.exp if found.family in RATIOS else np.asarray
    bounds = [back(bound) * per for bound in found.line(series.design, confidence)]
    table = pd.DataFrame({"date": readings.date, "numerator": readings.numerator})
    table["denominator"] = readings.denominator if readings.denominator is not None else 1.0
    table["value"] = readings.value * per
    for name, bound in zip(("fitted", "lower", "upper"), bounds, strict=True):
        table.loc[known, name] = bound
    return table


def _summary(
    line: Timeline, series: Series, found: Fit, per: float, improvement: str, confidence: float
) -> pd.DataFrame:
    slope = found.weights(time=1.0)
    ratio = found.family in RATIOS
    back, times = (np.exp, 1.0) if ratio else (np.asarray, per)
    size, lower, upper = (float(back(bound[0])) * times for bound in found.line(slope, confidence))
    p = found.chance(slope)
    direction = "none" if not p < 1 - confidence else "up" if size > float(ratio) else "down"
    years = line.step[line.known] / line.calendar.a_year
    ends = np.array([found.weights(level=1.0, time=float(year))[0] for year in (years.min(), years.max())])
    first_rate, last_rate = (back(found.line(ends, confidence)[0]) * per).tolist()
    row = {
        "points": len(series.response),
        "events": float(series.response.sum()),
        "rate_ratio": size if ratio else float("nan"),
        "difference": float("nan") if ratio else size,
        "lower": lower,
        "upper": upper,
        "p": p,
        "dispersion": found.dispersion,
        "model": found.family,
        "errors": found.errors,
        "harmonics": sum(name.startswith("sin") for name in found.names),
        "autocorrelation": found.likeness,
        "leftover": found.leftover,
        "first_rate": first_rate,
        "last_rate": last_rate,
        "direction": direction,
        "variation": variation(pd.Series([direction]), improvement).iloc[0],
        "notes": "; ".join(notes_of(line, series, found)),
    }
    return pd.DataFrame([row])


def notes_of(line: Timeline, series: Series, found: Fit) -> list[str]:
    """Say what a regression on time cannot."""
    span = int(np.ptp(line.step[line.known])) + 1
    season = line.calendar.season
    marks = {
        "fewer than two seasons: a season cannot be told from a trend": season > 1 and span < 2 * season,
        "the residuals are still alike from one point to the next, so the interval may be too narrow": bool(
            found.leftover < 0.01
        ),
        "fewer than five events a period on average: a g or t chart may tell more": series.counts
        and float(series.response.mean()) < 5,
        "some steps of time have no value": line.calendar.step != "day" and int(line.known.sum()) < span,
    }
    return [text for text, on in marks.items() if on]
