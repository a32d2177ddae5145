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

from sutg_analysis.arrays import Numbers, Places
from sutg_analysis.control.limits import find_chart, totals
from sutg_analysis.control.observations import Columns, Readings, read

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
    columns, name = Columns(date, value, numerator, denominator, by), str(value or numerator)
    if denominator is None:
        groups = read(frame, columns, find_chart("xbar"))
        if len(groups.row) < len(frame):
            size, mean = frame[name].notna().sum() / len(groups.row), float(np.nanmean(groups.value))
            because = f"An xbar chart, with an s chart beside it: {name} has several values a date ({size:.1f} on average)."
            return ChartAdvice("xbar", because, len(groups.row), mean, float("nan"))
    return _single(read(frame, columns, find_chart("xmr")), name, denominator)


def _single(readings: Readings, name: str, denominator: str | None) -> ChartAdvice:
    """Advise where a date has one value."""
    known = ~np.isnan(readings.value)
    series = readings.series[known]
    count = (readings.value if readings.numerator is None else readings.numerator)[known]
    exposure = None if readings.denominator is None else readings.denominator[known]
    points = int(np.bincount(series, minlength=1).max())
    mean = float(count.mean()) if points else float("nan")
    whole = points > 0 and bool(((count >= 0) & (count == np.round(count))).all())
    part = exposure is not None and bool(((count <= exposure) & (exposure == np.round(exposure))).all())
    dispersion, excess = _dispersion(series, count, exposure, part=part) if whole else (float("nan"), False)
    chart, basis = "c", " without a denominator"
    if exposure is not None:
        chart, basis = ("p", f" out of {denominator}") if part else ("u", f" over an exposure, {denominator}")
    much = f"{dispersion:.1f} times"
    if points < FEW_POINTS:
        chart = "run"
        because = f"A run chart: {points} values are too few for limits ({FEW_POINTS} are needed)."
    elif not whole and exposure is not None and exposure.max() > UNEVEN * exposure.mean():
        chart = "i_prime"
        because = f"An i_prime chart: {name} is no count, and {denominator} varies from date to date."
    elif not whole:
        chart, because = "xmr", f"An xmr chart: {name} is a measurement, one value a date."
    elif mean < RARE:
        chart = "g"
        because = (
            f"A g chart of the cases between events, or a t chart of the time between them: {name} averages "
            f"{mean:.2g} a date, too rare for limits."
        )
    elif excess:
        because = (
            f"A {chart}' chart (or an xmr chart): {name} is a count{basis}, and varies more than chance would have "
            f"it ({much})."
        )
        chart = f"{chart}_prime"
    else:
        because = f"A {chart} chart: {name} is a count{basis}, and varies no more than chance would have it ({much})."
    return ChartAdvice(chart, because, points, mean, dispersion)


def _dispersion(
    series: Places, count: Numbers, exposure: Numbers | None, *, part: bool
) -> tuple[float, bool]:
    """Return the ratio of the variance to what chance would give, and whether it is surely above one."""
    exposure = np.ones(len(count)) if exposure is None else exposure
    many = int(series.max()) + 1
    rate = (totals(count, series, many) / totals(exposure, series, many))[series]
    expected = rate * exposure
    chance = expected * (1 - rate) if part else expected
    real = chance > 0
    squares = float(((count - expected)[real] ** 2 / chance[real]).sum())
    free = int(real.sum() - len(np.unique(series[real])))
    if free <= 0:
        return float("nan"), False
    return squares / free, bool(chi2.sf(squares, free) < SURELY)
