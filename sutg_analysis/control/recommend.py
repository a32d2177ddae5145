"""Which chart fits: a sentence that says so and why.

The choice follows what is counted. Counts out of a known number are proportions (p), counts over an exposure are
rates (u), counts alone c; where they vary from one to the next by more than chance, as with large numbers they
nearly always do, the primed charts allow for it. Rare events are better told by the cases or time between them
(g, t). Measurements go on an XmR chart, several measurements a point on Xbar. Making Data Count puts almost
everything on an XmR chart, and that is rarely far wrong; where it is, this says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from sutg_analysis.arrays import Numbers
from sutg_analysis.control.limits import find_chart, totals
from sutg_analysis.control.observations import Readings, key_names, read, subgrouped

FEW_POINTS = 12
RARE = 1.0
"""Below one event a point on average, most points are zero and limits say little."""
SURELY = 0.001
UNEVEN = 1.25
"""Denominators whose largest is so many times the mean need limits that follow them (Montgomery, section 7.3)."""


@dataclass(frozen=True)
class ChartAdvice:
    """Which chart fits and why.

    Parameters
    ----------
    chart
        As ``spc(chart=...)`` takes it.
    because
        One sentence.
    points
        Values in the longest series.
    mean
        Mean count or value of a point.
    dispersion
        How many times more the points vary than chance alone would have them; missing where that has no meaning.
    """

    chart: str
    because: str
    points: int
    mean: float
    dispersion: float

    def __str__(self) -> str:
        return self.because

    def words(self) -> str:
        """Return the advice as a sentence."""
        return self.because


def recommend_chart(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    by: str | Sequence[str] | None = None,
) -> ChartAdvice:
    """Say which chart fits the data, and why.

    Parameters
    ----------
    frame, date, value, numerator, denominator, by
        As for :func:`sutg_analysis.spc`; several series are judged together, each against its own mean.

    Returns
    -------
    ChartAdvice

    Raises
    ------
    ArgumentError, DataError
        As for :func:`sutg_analysis.spc`.

    Examples
    --------
    >>> months = pd.date_range("2022-01-01", periods=24, freq="MS")
    >>> seen = pd.DataFrame({"month": months, "late": [12, 9] * 12, "all": [40, 44] * 12})
    >>> print(recommend_chart(seen, date="month", numerator="late", denominator="all"))
    A p chart: late is a count out of all, and varies no more than chance would have it (0.5 times).
    """
    keys = key_names(by, (date, value, numerator, denominator))
    readings = read(
        frame,
        date=date,
        value=value,
        numerator=numerator,
        denominator=denominator,
        by=keys,
        chart=find_chart("xbar" if denominator is None else "xmr"),
    )
    if denominator is None and _repeated(readings):
        return _several(subgrouped(readings), str(value or numerator))
    return _single(readings, str(value or numerator), denominator)


def _repeated(readings: Readings) -> bool:
    same = (np.diff(readings.series) == 0) & (np.diff(readings.stamp) == 0)
    return bool(same.any())


def _several(readings: Readings, name: str) -> ChartAdvice:
    assert readings.size is not None
    size = float(np.mean(readings.size))
    because = (
        f"An xbar chart, with an s chart beside it: {name} has several values a date ({size:.1f} on average)."
    )
    return ChartAdvice("xbar", because, len(readings.size), float(np.nanmean(readings.value)), float("nan"))


def _single(readings: Readings, name: str, denominator: str | None) -> ChartAdvice:
    known = ~np.isnan(readings.value)
    count = readings.value if readings.numerator is None else readings.numerator
    points = int(np.bincount(readings.series[known], minlength=1).max()) if known.any() else 0
    mean = float(count[known].mean()) if known.any() else float("nan")
    whole = bool(known.any() and (count[known] >= 0).all() and (count[known] == np.round(count[known])).all())
    dispersion, excess = _dispersion(readings, known) if whole else (float("nan"), False)
    chart, because = _choice(readings, known, name, denominator, points, mean, whole, dispersion, excess)
    return ChartAdvice(chart, because, points, mean, dispersion)


def _choice(
    readings: Readings,
    known: np.ndarray,
    name: str,
    denominator: str | None,
    points: int,
    mean: float,
    whole: bool,
    dispersion: float,
    excess: bool,
) -> tuple[str, str]:
    """Return the chart and the sentence."""
    if points < FEW_POINTS:
        return "run", f"A run chart: {points} values are too few for limits ({FEW_POINTS} are needed)."
    if not whole:
        return _measured(readings, known, name, denominator)
    if mean < RARE:
        return "g", (
            f"A g chart of the cases between events, or a t chart of the time between them: {name} averages "
            f"{mean:.2g} a date, too rare for limits."
        )
    basis, chart = _counted(readings, known, denominator)
    much = f"{dispersion:.1f} times"
    if excess:
        return f"{chart}_prime", (
            f"A {chart}' chart (or an xmr chart): {name} is a count{basis}, and varies more than chance would have "
            f"it ({much})."
        )
    return (
        chart,
        f"A {chart} chart: {name} is a count{basis}, and varies no more than chance would have it ({much}).",
    )


def _measured(readings: Readings, known: np.ndarray, name: str, denominator: str | None) -> tuple[str, str]:
    if readings.denominator is not None:
        size = readings.denominator[known]
        if size.max() > UNEVEN * size.mean():
            return (
                "i_prime",
                f"An i_prime chart: {name} is no count, and {denominator} varies from date to date.",
            )
    return "xmr", f"An xmr chart: {name} is a measurement, one value a date."


def _counted(readings: Readings, known: np.ndarray, denominator: str | None) -> tuple[str, str]:
    """Return what the count is of, in words, and its chart."""
    if readings.denominator is None or readings.numerator is None:
        return " without a denominator", "c"
    above, below = readings.numerator[known], readings.denominator[known]
    part = (above <= below).all() and (below == np.round(below)).all()
    return (f" out of {denominator}", "p") if part else (f" over an exposure, {denominator}", "u")


def _dispersion(readings: Readings, known: np.ndarray) -> tuple[float, bool]:
    """Return the ratio of the variance to what chance would give, and whether it is surely above one."""
    series = readings.series[known]
    count = (readings.value if readings.numerator is None else readings.numerator)[known]
    exposure = np.ones(len(count)) if readings.denominator is None else readings.denominator[known]
    rate = _per_series(count, series) / _per_series(exposure, series)
    expected = rate[series] * exposure
    chance = expected * (1 - rate[series]) if _counted(readings, known, "")[1] == "p" else expected
    real = chance > 0
    squares = float(((count - expected)[real] ** 2 / chance[real]).sum())
    free = int(real.sum() - len(np.unique(series[real])))
    if free <= 0:
        return float("nan"), False
    return squares / free, bool(chi2.sf(squares, free) < SURELY)


def _per_series(values: Numbers, series: np.ndarray) -> Numbers:
    return totals(values, series, int(series.max()) + 1)
