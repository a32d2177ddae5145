"""Does it go up or down, how fast, and could chance explain it: ``trend``.

Sen's slope with its interval and the Mann-Kendall test need no distribution and forgive outliers, but the plain
test takes each month for news, and months resemble the months before them. So the test is chosen by the data:
plain; corrected for autocorrelation; seasonal, where months differ; or both. The result says which and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.errors import ArgumentError, DataError
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


@dataclass(frozen=True, eq=False)
class _Test:
    """The test of every series: slope and bounds a step, statistics, and how it was chosen."""

    columns: dict[str, np.ndarray]
    seasonal: Flags
    corrected: Flags


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
    _check(method, improvement, confidence, minimum_points)
    line = timeline(
        frame, date=date, value=value, numerator=numerator, denominator=denominator, by=by, per=per
    )
    grid = _grid(line)
    _enough(line, grid, minimum_points)
    test = _tested(grid, method, confidence)
    summary = _summary(line, grid, test, improvement, 1 - confidence, minimum_points)
    return TrendResult(
        points=_points(line, summary),
        summary=summary,
        by=tuple(line.readings.keys.columns),
        step=line.calendar.step,
        asked=method,
        improvement=improvement,
        confidence=confidence,
    )


def _check(method: str, improvement: str, confidence: float, minimum_points: int) -> None:
    if method not in METHODS:
        raise ArgumentError(f"method={method!r}", f"one of {', '.join(METHODS)}", "Choose one of these")
    check_direction(improvement)
    check_confidence(confidence)
    if minimum_points < 4:
        raise ArgumentError(f"minimum_points={minimum_points}", "4 or more", "Use 8")


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
        raise DataError(
            f"{most} points in the longest series",
            f"{minimum} points or more to test a trend",
            "Wait for more points, or show a run chart",
        )
    if most > _MOST:
        name = line.readings.name(int(grid.points.argmax()))
        raise DataError(
            f"{most} points in {name}", f"{_MOST} at most", "Add the days up to weeks or months first"
        )


def _tested(grid: kendall.Grid, method: str, confidence: float) -> _Test:
    plain = kendall.kendall(grid, seasonal=False)
    seasonal = _seasonal(grid, plain.slope, method)
    used = kendall.kendall(grid, seasonal=True) if seasonal.any() else plain
    slope = np.where(seasonal, used.slope, plain.slope)
    r = kendall.likeness(grid, slope, seasonal=False)
    if seasonal.any():
        r = np.where(seasonal, kendall.likeness(grid, slope, seasonal=True), r)
    corrected = (r > autocorrelation.WORTH) & (method in ("auto", "autocorrelation", "seasonal"))
    times = kendall.multiplier(np.where(corrected, r, 0), grid.points)
    z = kendall.z_score(plain.s, plain.variance)
    chosen = np.where(seasonal, kendall.z_score(used.s, used.variance), z) / np.sqrt(times)
    columns = {
        "slope": slope,
        **_bounds(plain, used, seasonal, times, confidence),
        "tau": plain.s / np.maximum(plain.pairs, 1),
        "s": plain.s,
        "variance": plain.variance,
        "z": z,
        "p_plain": 2 * stats.norm.sf(np.abs(z)),
        "autocorrelation": r,
        "multiplier": times,
        "z_corrected": chosen,
        "p": _chance(chosen, grid.points, times, corrected),
    }
    return _Test(columns, seasonal, corrected)


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


def _bounds(
    plain: kendall.Kendall, used: kendall.Kendall, seasonal: Flags, times: Numbers, confidence: float
) -> dict[str, Numbers]:
    low, high = plain.interval(times, confidence)
    alone = plain.interval(np.ones(len(times)), confidence)
    within = used.interval(times, confidence)
    return {
        "slope_lower": np.where(seasonal, within[0], low),
        "slope_upper": np.where(seasonal, within[1], high),
        "plain_lower": alone[0],
        "plain_upper": alone[1],
    }


def _chance(z: Numbers, points: Places, times: Numbers, corrected: Flags) -> Numbers:
    """Return two-sided p: normal, or Student's t where the variance itself was estimated."""
    freedom = np.maximum(points / times - 2, 2)
    return np.where(corrected, 2 * stats.t.sf(np.abs(z), freedom), 2 * stats.norm.sf(np.abs(z)))


def _summary(
    line: Timeline, grid: kendall.Grid, test: _Test, improvement: str, level: float, minimum: int
) -> pd.DataFrame:
    readings, found = line.readings, test.columns
    few = grid.points < minimum
    table: dict[str, Any] = {name: column.array for name, column in readings.keys.items()}
    known = pd.DataFrame({"series": readings.series, "date": readings.date})[line.known]
    ends = known.groupby("series")["date"].agg(["min", "max"]).reindex(range(len(grid)))
    table |= {"points": grid.points, "first_date": ends["min"].array, "last_date": ends["max"].array}
    table |= {name: np.where(few, np.nan, column) for name, column in found.items()}
    for name, source in (
        ("slope_per_year", "slope"),
        ("per_year_lower", "slope_lower"),
        ("per_year_upper", "slope_upper"),
    ):
        table[name] = table[source] * line.calendar.a_year
    table["intercept"] = np.where(few, np.nan, _intercept(grid, found["slope"]))
    table["seasonal"] = test.seasonal & ~few
    pairs = zip(test.seasonal, test.corrected, strict=True)
    table["method"] = np.where(
        few, "none", [METHOD_NAMES[bool(season), bool(auto)] for season, auto in pairs]
    )
    up = np.where(found["z_corrected"] > 0, "up", "down")
    table["direction"] = np.select([few, found["p"] < level], ["too_few", up], default="none")
    table["variation"] = variation(pd.Series(table["direction"]), improvement).array
    table["notes"] = _notes(line, grid, test, few, minimum)
    return pd.DataFrame(table)


def _intercept(grid: kendall.Grid, slope: Numbers) -> Numbers:
    """Return Sen's line at the first observation: through the medians of value and time."""
    known = np.where(np.isnan(grid.value), np.nan, grid.time - grid.time[:, :1])
    return _medians(grid.value) - slope * _medians(known)


def _medians(rows: Numbers) -> Numbers:
    """Return the median of each row; missing where all of it is."""
    ordered, count = np.sort(rows, axis=1), (~np.isnan(rows)).sum(axis=1)
    row, middle = np.arange(len(rows)), np.maximum(count - 1, 0)
    return (ordered[row, middle // 2] + ordered[row, (middle + 1) // 2]) / 2


def _notes(line: Timeline, grid: kendall.Grid, test: _Test, few: Flags, minimum: int) -> list[str]:
    """Say what limits each series' verdict; sentences joined by "; "."""
    season, points = line.calendar.season, grid.points
    span = (
        np.nanmax(np.where(np.isnan(grid.value), -1, grid.time), axis=1) - np.nan_to_num(grid.time[:, 0]) + 1
    )
    regular = line.calendar.step != "day"
    flat = test.columns["z"] == 0
    flat &= test.columns["slope_lower"] == test.columns["slope_upper"]
    marks = {
        f"fewer than {minimum} points: no test of trend": few,
        "every value is the same": flat
        & ~few
        & (_medians(np.abs(grid.value - _medians(grid.value)[:, None])) == 0),
        "fewer than three seasons: a season cannot be told from a trend": ~few
        & (points < 3 * season)
        & (season > 1),
        "some steps of time have no value": ~few & regular & (points < span),
        "strong autocorrelation: the series says less than its number of points": ~few
        & (test.columns["autocorrelation"] > 0.6),
    }
    every = [[text for text, on in marks.items() if on[row]] for row in range(len(grid))]
    return ["; ".join(texts) for texts in every]


def _points(line: Timeline, summary: pd.DataFrame) -> pd.DataFrame:
    readings = line.readings
    series = readings.series
    keys = {name: column.take(series).array for name, column in readings.keys.items()}
    known = pd.DataFrame({"series": series, "step": line.step})[line.known]
    start = known.groupby("series")["step"].min().reindex(range(len(summary))).to_numpy()
    slope, level = summary["slope"].to_numpy()[series], summary["intercept"].to_numpy()[series]
    fitted = level + slope * (line.step - start[series])
    return pd.DataFrame({**keys, "date": readings.date.array, "value": readings.value, "trend": fitted})
