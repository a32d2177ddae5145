"""Does it go up or down, how fast, and could chance explain it: ``trend``.

Sen's slope with its interval and the Mann-Kendall test need no distribution and forgive outliers, but the plain
test takes each month for news, and months resemble the months before them. So the test is chosen by the data:
plain; corrected for autocorrelation; seasonal, where months differ; or both. The result says which and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sutg_analysis.arrays import Flags, Numbers
from sutg_analysis.errors import ArgumentError, DataError, TooFew
from sutg_analysis.result import Result
from sutg_analysis.trends import autocorrelation
from sutg_analysis.trends import mann_kendall as kendall
from sutg_analysis.trends.timeline import (
    MINIMUM,
    Timeline,
    check_confidence,
    check_direction,
    timeline,
    variation,
)

METHODS = ("auto", "plain", "autocorrelation", "seasonal")
METHOD_NAMES = {
    (False, False): "Mann-Kendall",
    (False, True): "Mann-Kendall corrected for autocorrelation",
    (True, False): "seasonal Mann-Kendall",
    (True, True): "seasonal Mann-Kendall corrected for autocorrelation",
}
_MOST = 6000


@dataclass(frozen=True, eq=False)
class TrendResult(Result):
    """The trend of one series or many.

    Parameters
    ----------
    points
        One row an observation, sorted by series and date: key columns, date, value, trend (Sen's line).
    summary
        One row a series: key columns, points, first_date, last_date, slope (a step, such as a month),
        slope_lower, slope_upper, slope_per_year, per_year_lower, per_year_upper, intercept (of Sen's line at the
        first observation), tau, s, variance (of s), z and p_plain (of the Mann-Kendall test that takes points as independent),
        autocorrelation (about the trend), multiplier (of the variance of S), seasonal, method, z_corrected and p
        (of the test chosen), plain_lower, plain_upper (the slope's interval were points independent), direction
        (up, down, none, too_few), variation (improvement, concern, neutral, none, too_few) and notes.
    by
        Names of the key columns.
    step
        What one step is: day, week, month, quarter or year.
    asked, improvement, confidence
        Method, improvement and confidence as the call had them.
    """

    _views = "trends:trend"

    points: pd.DataFrame
    summary: pd.DataFrame
    by: tuple[str, ...]
    step: str
    asked: str
    improvement: str
    confidence: float

    def __repr__(self) -> str:
        found = int(self.summary["direction"].isin(["up", "down"]).sum())
        return f"<TrendResult: {len(self.summary)} series, {found} with a trend, slope a {self.step}>"


def trend(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    by: str | Sequence[str] | None = None,
    method: str = "auto",
    improvement: str = "neutral",
    per: float = 1,
    confidence: float = 0.95,
    minimum_points: int = MINIMUM,
) -> TrendResult:
    """Find the trend of every series: Sen's slope and the Mann-Kendall test.

    Parameters
    ----------
    frame
        One row an observation.
    date, value, numerator, denominator, by, per
        As for :func:`sutg_analysis.spc`; whole years are read as dates.
    method
        ``"auto"`` chooses by the data; ``"plain"``, ``"autocorrelation"`` and ``"seasonal"`` insist.
    improvement
        increase, decrease or neutral: which direction is better.
    confidence
        Of the interval of the slope; a trend is named where p is below one minus this.
    minimum_points
        A series with fewer is too_few.

    Returns
    -------
    TrendResult

    Raises
    ------
    ArgumentError, DataError
        If a column or argument is wrong, or no series has enough points.

    Notes
    -----
    A season is looked for where dates are monthly, quarterly, weekly or daily and three seasons are there.
    Autocorrelation below 0.1 is left uncorrected. Formulas: :mod:`sutg_analysis.trends.mann_kendall`.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": range(2010, 2020), "falls": [31, 30, 28, 29, 27, 25, 26, 24, 22, 23]})
    >>> result = trend(frame, value="falls", date="year", improvement="decrease")
    >>> result.summary[["slope", "s", "direction", "variation"]].values.tolist()
    [[-1.0, -39.0, 'down', 'improvement']]
    """
    if method not in METHODS:
        raise ArgumentError(f"method={method!r}", f"one of {', '.join(METHODS)}", "Choose one of these")
    check_direction(improvement)
    check_confidence(confidence)
    if minimum_points < 4:
        raise ArgumentError(f"minimum_points={minimum_points}", "4 or more", "Use 8")
    line = timeline(
        frame, date=date, value=value, numerator=numerator, denominator=denominator, by=by, per=per
    )
    grid = _grid(line)
    _enough(line, grid, minimum_points)
    summary = _summary(line, grid, method, improvement, confidence, minimum_points)
    return TrendResult(
        points=_points(line, summary),
        summary=summary,
        by=tuple(line.readings.keys.columns),
        step=line.calendar.step,
        asked=method,
        improvement=improvement,
        confidence=confidence,
    )


def _grid(line: Timeline) -> kendall.Grid:
    """Return the series as rows, missing values left out."""
    known = line.known
    series = line.readings.series[known]
    first = np.searchsorted(series, np.arange(len(line.readings.keys)))
    place = np.arange(len(series)) - first[series]
    shape = (len(line.readings.keys), int(place.max()) + 1)
    value, time = np.full(shape, np.nan), np.full(shape, np.nan)
    part = np.zeros(shape, dtype=int)
    value[series, place] = line.value[known]
    time[series, place] = line.step[known]
    part[series, place] = line.step[known] % line.calendar.season
    return kendall.Grid(value, time, part, line.calendar.season)


def _enough(line: Timeline, grid: kendall.Grid, minimum: int) -> None:
    most = int(grid.points.max())
    if most < minimum:
        raise TooFew(
            f"{most} points in the longest series",
            f"{minimum} points or more to test a trend",
            "Wait for more points, or show a run chart",
        )
    if most > _MOST:
        name = line.readings.name(int(grid.points.argmax()))
        raise DataError(
            f"{most} points in {name}", f"{_MOST} at most", "Add the days up to weeks or months first"
        )


def _tested(grid: kendall.Grid, method: str, confidence: float) -> tuple[dict[str, np.ndarray], Flags, Flags]:
    """Return the statistics of every series, and which tests were seasonal and which corrected."""
    plain = kendall.kendall(grid, seasonal=False)
    seasonal = _seasonal(grid, plain.slope, method)
    used = kendall.kendall(grid, seasonal=True) if seasonal.any() else plain
    slope = np.where(seasonal, used.slope, plain.slope)
    r = kendall.likeness(grid, slope, seasonal=False)
    if seasonal.any():
        r = np.where(seasonal, kendall.likeness(grid, slope, seasonal=True), r)
    corrected = (r > autocorrelation.WORTH) & (method in ("auto", "autocorrelation", "seasonal"))
    times = kendall.multiplier(np.where(corrected, r, 0), grid.points)
    # Student's t where the variance itself was estimated, for the interval as for p.
    freedom = np.where(corrected, np.maximum(grid.points / times - 2, 2), np.inf)
    reach = stats.t.ppf(0.5 + confidence / 2, freedom)
    (low, high), within = plain.interval(times, reach), used.interval(times, reach)
    alone = plain.interval(np.ones(len(times)), stats.norm.ppf(0.5 + confidence / 2))
    z = kendall.z_score(plain.s, plain.variance)
    chosen = np.where(seasonal, kendall.z_score(used.s, used.variance), z) / np.sqrt(times)
    columns = {
        "slope": slope,
        "slope_lower": np.where(seasonal, within[0], low),
        "slope_upper": np.where(seasonal, within[1], high),
        "plain_lower": alone[0],
        "plain_upper": alone[1],
        "tau": plain.s / np.maximum(plain.pairs, 1),
        "s": plain.s,
        "variance": plain.variance,
        "z": z,
        "p_plain": 2 * stats.norm.sf(np.abs(z)),
        "autocorrelation": r,
        "multiplier": times,
        "z_corrected": chosen,
        "p": 2 * stats.t.sf(np.abs(chosen), freedom),
    }
    return columns, seasonal, corrected


def _seasonal(grid: kendall.Grid, slope: Numbers, method: str) -> Flags:
    if method == "seasonal":
        if grid.season == 1 or grid.points.max() < 2 * grid.season:
            raise DataError(
                f"{int(grid.points.max())} points of a season of {grid.season}",
                "two full seasons of months, quarters, weeks or days",
                "Use method='auto'",
            )
        return np.ones(len(grid), dtype=bool)
    return kendall.has_season(grid, slope) & (method == "auto")


def _summary(
    line: Timeline, grid: kendall.Grid, method: str, improvement: str, confidence: float, minimum: int
) -> pd.DataFrame:
    found, seasonal, corrected = _tested(grid, method, confidence)
    readings, few = line.readings, grid.points < minimum
    table: dict[str, Any] = {name: column.array for name, column in readings.keys.items()}
    known = pd.DataFrame({"series": readings.series, "date": readings.date})[line.known]
    ends = known.groupby("series")["date"].agg(["min", "max"]).reindex(range(len(grid)))
    table |= {"points": grid.points, "first_date": ends["min"].array, "last_date": ends["max"].array}
    table |= {name: np.where(few, np.nan, column) for name, column in found.items()}
    sources = ("slope", "slope_lower", "slope_upper")
    for name, source in zip(("slope_per_year", "per_year_lower", "per_year_upper"), sources, strict=True):
        table[name] = table[source] * line.calendar.a_year
    # Sen's line goes through the medians of value and time; the intercept is its first value.
    time = np.where(np.isnan(grid.value), np.nan, grid.time - grid.time[:, :1])
    middle = _medians(grid.value)
    table["intercept"] = np.where(few, np.nan, middle - found["slope"] * _medians(time))
    table["seasonal"] = seasonal & ~few
    names = [METHOD_NAMES[pair] for pair in zip(seasonal.tolist(), corrected.tolist(), strict=True)]
    table["method"] = np.where(few, "none", names)
    beyond = found["p"] < 1 - confidence
    # Where most pairs are alike the middle slope is nought: such a series has no pace to give a verdict on.
    moves = beyond & (np.sign(found["slope"]) == np.sign(found["z_corrected"]))
    up = np.where(found["slope"] > 0, "up", "down")
    table["direction"] = np.select([few, moves], ["too_few", up], default="none")
    table["variation"] = variation(pd.Series(table["direction"]), improvement).array
    flat = (found["z"] == 0) & (found["slope_lower"] == found["slope_upper"])
    flat &= _medians(np.abs(grid.value - middle[:, None])) == 0
    last = np.nanmax(np.where(np.isnan(grid.value), -1, grid.time), axis=1)
    gaps = grid.points < last - np.nan_to_num(grid.time[:, 0]) + 1
    season, alike = line.calendar.season, found["autocorrelation"] > 0.6
    marks = {
        f"fewer than {minimum} points: no test of trend": few,
        "every value is the same": ~few & flat,
        "most values are alike, so the middle slope is nought and no trend is called": ~few & beyond & ~moves,
        "fewer than three seasons: a season cannot be told from a trend": ~few
        & (grid.points < 3 * season)
        & (season > 1),
        "some steps of time have no value": ~few & gaps & (line.calendar.step != "day"),
        "strong autocorrelation: the series says less than its number of points": ~few & alike,
    }
    rows = np.column_stack(list(marks.values()))
    table["notes"] = ["; ".join(compress(marks, row)) for row in rows]
    return pd.DataFrame(table)


def _medians(rows: Numbers) -> Numbers:
    """Return the median of each row; missing where all of it is."""
    ordered, count = np.sort(rows, axis=1), (~np.isnan(rows)).sum(axis=1)
    row, middle = np.arange(len(rows)), np.maximum(count - 1, 0)
    return (ordered[row, middle // 2] + ordered[row, (middle + 1) // 2]) / 2


def _points(line: Timeline, summary: pd.DataFrame) -> pd.DataFrame:
    readings = line.readings
    series = readings.series
    keys = {name: column.take(series).array for name, column in readings.keys.items()}
    known = pd.DataFrame({"series": series, "step": line.step})[line.known]
    start = known.groupby("series")["step"].min().reindex(range(len(summary))).to_numpy()
    slope, level = summary["slope"].to_numpy()[series], summary["intercept"].to_numpy()[series]
    fitted = level + slope * (line.step - start[series])
    return pd.DataFrame({**keys, "date": readings.date.array, "value": readings.value, "trend": fitted})
