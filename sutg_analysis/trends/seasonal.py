"""The season of a series and the series without it: ``seasonal``, by STL.

STL (Cleveland and others 1990) splits a series into trend, season and remainder by local regression, robust to
outliers. How strong a season is: 1 - var(remainder) / var(season + remainder), from 0 to 1 (Wang, Smith and
Hyndman 2006). The adjusted series, value - season, is what a control chart should judge where winter comes every
year. Two full cycles at least: with one, every month is its own season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sutg_analysis.errors import ArgumentError, TooFew
from sutg_analysis.result import Result
from sutg_analysis.trends.timeline import Timeline, timeline

CYCLES = 2
_GAPS = 0.1
"""More of the steps than this missing, and the season would be that of the filling."""


@dataclass(frozen=True, eq=False)
class SeasonalResult(Result):
    """A series taken apart.

    Parameters
    ----------
    points
        One row a step: date, value, trend, season, remainder, adjusted (value - season). Where no value was
        reported, value, remainder and adjusted are missing.
    summary
        One row: points, period, cycles, strength (of the season), amplitude (highest less lowest mean season),
        highest, lowest (which part of the season, such as a month's number), p (that the parts differ by chance
        alone), seasonal (whether p is below 0.01), notes.
    profile
        One row a part of the season: part, season (mean of its values).
    step, period
        What a step is and how many make a season.
    """

    _views = "trends:seasonal"

    points: pd.DataFrame
    summary: pd.DataFrame
    profile: pd.DataFrame
    step: str
    period: int

    def __repr__(self) -> str:
        row = self.summary.iloc[0]
        return f"<SeasonalResult: {row['points']} {self.step}s, strength {row['strength']:.2f}>"


def seasonal(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    period: int | None = None,
    per: float = 1,
    robust: bool = True,
) -> SeasonalResult:
    """Split a series into trend, season and remainder.

    Parameters
    ----------
    frame, date, value, numerator, denominator, per
        As for :func:`sutg_analysis.spc`, one series.
    period
        Steps in a season: by default 12 months, 4 quarters, 52 weeks or 7 days.
    robust
        Whether outliers count less.

    Returns
    -------
    SeasonalResult
        Its ``points`` go into ``spc`` with ``value="adjusted"``.

    Raises
    ------
    ArgumentError, DataError
        A calendar without a season, fewer than two cycles, or more than a tenth of the steps missing.

    Examples
    --------
    >>> months = pd.date_range("2020-01-01", periods=36, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [20 + 5 * (day.month in (12, 1, 2)) for day in months]})
    >>> result = seasonal(frame, value="y", date="month")
    >>> result.summary["strength"].round(2).item(), result.points["adjusted"].std().round(1).item() < 1
    (1.0, True)
    """
    line = timeline(frame, date=date, value=value, numerator=numerator, denominator=denominator, per=per)
    season = _period(line, period)
    table = filled(line, purpose="a season")
    if len(table) < CYCLES * season:
        raise TooFew(
            f"{len(table)} {line.calendar.step}s, less than two seasons of {season}",
            f"{CYCLES * season} or more",
            "Wait for two full seasons, or leave the season alone",
        )
    from statsmodels.tsa.seasonal import STL

    parts = STL(table["filled"].to_numpy(), period=season, robust=robust).fit()
    points = table[["date", "value"]].assign(trend=parts.trend, season=parts.seasonal)
    left = points["value"] - points["trend"] - points["season"]
    points = points.assign(remainder=left, adjusted=points["value"] - points["season"])
    place = _places(points["date"], line, season)
    profile = points["season"].groupby(place).mean().rename_axis("part").reset_index()
    return SeasonalResult(
        points=points,
        summary=_summary(points, profile, place, season, line),
        profile=profile,
        step=line.calendar.step,
        period=season,
    )


def _period(line: Timeline, period: int | None) -> int:
    season = line.calendar.season if period is None else period
    if isinstance(season, bool) or not isinstance(season, int | np.integer) or season < 2:
        found = f"dates a {line.calendar.step} apart" if period is None else f"period={period!r}"
        raise ArgumentError(found, "a season of two steps or more", "Give months or quarters, or period=")
    return int(season)


def filled(line: Timeline, *, purpose: str) -> pd.DataFrame:
    """Return one row a step from the first value to the last: date, value, and value with gaps bridged straight.

    Raises
    ------
    DataError
        If dates keep no calendar or more than a tenth of the steps are missing.
    """
    table = pd.DataFrame({"step": line.step, "date": line.readings.date, "value": line.value})[line.known]
    steps = pd.RangeIndex(int(table["step"].min()), int(table["step"].max()) + 1)
    missing = len(steps) - len(table)
    if missing > _GAPS * len(steps):
        raise TooFew(
            f"{missing} of {len(steps)} {line.calendar.step}s without a value",
            f"at most a tenth missing, to see {purpose}",
            "Fill the gaps from the source, or analyse from where the series is whole",
        )
    whole = table.set_index("step").reindex(steps)
    first, offset = table["date"].iloc[0], line.calendar.offset
    dates = pd.Series([first + offset * ahead for ahead in range(len(steps))], index=steps)
    whole["date"] = whole["date"].fillna(dates)
    return whole.assign(filled=whole["value"].interpolate()).reset_index(drop=True)


def _places(date: pd.Series, line: Timeline, season: int) -> pd.Series:
    """Return which part of the season each date is: the month, the quarter, the day of the week."""
    if season == 12 and line.calendar.step == "month":
        return date.dt.month
    if season == 4 and line.calendar.step == "quarter":
        return date.dt.quarter
    if season == 7 and line.calendar.step == "day":
        return date.dt.dayofweek + 1
    return pd.Series(np.arange(len(date)) % season + 1, index=date.index)


def _summary(
    points: pd.DataFrame, profile: pd.DataFrame, place: pd.Series, season: int, line: Timeline
) -> pd.DataFrame:
    both = (points["season"] + points["remainder"]).dropna()
    spread = float(both.var(ddof=0))
    strength = max(0.0, 1 - float(points["remainder"].var(ddof=0)) / spread) if spread > 1e-12 else 0.0
    ordered = profile.set_index("part")["season"]
    p = _chance(points, place)
    cycles = len(points) / season
    marks = {
        "fewer than three cycles: what looks like a season may be chance": cycles < 3,
        f"{line.calendar.step}s without a value were bridged by a straight line": points["value"]
        .isna()
        .any(),
        "no season beyond chance: the adjusted series gains nothing": not p < 0.01,
    }
    row = {
        "points": int(points["value"].notna().sum()),
        "period": season,
        "cycles": cycles,
        "strength": strength,
        "amplitude": float(ordered.max() - ordered.min()),
        "highest": int(ordered.idxmax()),
        "lowest": int(ordered.idxmin()),
        "p": p,
        "seasonal": bool(p < 0.01),
        "notes": "; ".join(text for text, on in marks.items() if on),
    }
    return pd.DataFrame([row])


def _chance(points: pd.DataFrame, place: pd.Series) -> float:
    """Return the p of Kruskal and Wallis's test that the parts of the season, freed of trend, differ."""
    from scipy.stats import kruskal

    free = (points["value"] - points["trend"]).dropna()
    groups = [rows.to_numpy() for _, rows in free.groupby(place[free.index])]
    if len(groups) < 2 or float(free.max() - free.min()) < 1e-12:
        return 1.0
    return float(kruskal(*groups).pvalue)
