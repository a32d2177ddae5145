"""Small lasting changes: ``cusum`` and ``ewma``.

A control chart's single points miss a drift of one sigma for some 40 points; sums and averages of past points see
it after ten. CUSUM adds up how far points are beyond half the shift looked for: C+ = max(0, C+ + z - k), a signal
beyond h (Page 1954; k = 0.5, h = 5 sigma). EWMA weighs the past down: E = w z + (1 - w) E, limits L sqrt(w / (2 - w)
(1 - (1 - w)^2t)) (Roberts 1959; w = 0.2, L = 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from sutg_analysis.arrays import Date, Numbers
from sutg_analysis.control.limits import RANGE_SIGMA
from sutg_analysis.control.observations import moment_of
from sutg_analysis.errors import ArgumentError, DataError, TooFew
from sutg_analysis.result import Result
from sutg_analysis.trends import autocorrelation
from sutg_analysis.trends.timeline import MINIMUM, Timeline, check_positive, timeline

_LEAST = 5


@dataclass(frozen=True, eq=False)
class DriftResult(Result):
    """A CUSUM or EWMA chart.

    Parameters
    ----------
    points
        One row an observation: date, value; for cusum upper and lower sums (``high``, ``low``, in sigma), for ewma
        ``ewma``, lower, upper (in units of the value); ``signal`` ("high", "low" or "none").
    summary
        One row: points, centre, sigma, first_signal (date), direction (high, low, none), signals, notes.
    kind
        ``"cusum"`` or ``"ewma"``.
    limit
        h of the cusum, L of the ewma, in sigma.
    """

    _views = "trends:drift"

    points: pd.DataFrame
    summary: pd.DataFrame
    kind: str
    limit: float

    def __repr__(self) -> str:
        return f"<DriftResult: {self.kind}, {int(self.summary['signals'].iloc[0])} points beyond its limit>"


def cusum(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    target: float | None = None,
    sigma: float | None = None,
    baseline: int | Date | None = None,
    shift: float = 1.0,
    limit: float = 5.0,
    per: float = 1,
) -> DriftResult:
    """Add up departures from a level, to see a small lasting shift.

    Parameters
    ----------
    frame, date, value, numerator, denominator, per
        As for :func:`sutg_analysis.spc`, one series.
    target
        The level departures are counted from; by default the mean of the baseline.
    sigma
        By default the mean moving range of the baseline / 1.128.
    baseline
        Points (a number) or last date of the baseline; by default all points.
    shift
        The shift looked for, in sigma: k is half of it.
    limit
        h, in sigma.

    Returns
    -------
    DriftResult

    Raises
    ------
    ArgumentError, DataError
        Fewer than eight points, no variation, or an impossible argument.

    Examples
    --------
    >>> months = pd.date_range("2024-01-01", periods=12, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [4, 6] * 4 + [8] * 4})
    >>> result = cusum(frame, value="y", date="month", target=5, sigma=1)
    >>> result.points["high"].tolist()[-4:], result.summary["direction"].item()
    ([3.0, 5.5, 8.0, 10.5], 'high')
    """
    check_positive(shift=shift, limit=limit)
    line = timeline(frame, date=date, value=value, numerator=numerator, denominator=denominator, per=per)
    table, centre, spread = _standard(line, baseline, target, sigma)
    z = (table["value"].to_numpy() - centre) / spread
    table = table.assign(high=_sums(z, shift / 2), low=-_sums(-z, shift / 2))
    table = _with_signals(table, table["high"] > limit, table["low"] < -limit)
    return DriftResult(table, _summary(table, centre, spread, line), "cusum", limit)


def _sums(z: Numbers, slack: float) -> Numbers:
    """Return max(0, sum of z - slack since it was last 0)."""
    total = np.cumsum(z - slack)
    return total - np.minimum(np.minimum.accumulate(total), 0)


def ewma(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    target: float | None = None,
    sigma: float | None = None,
    baseline: int | Date | None = None,
    weight: float = 0.2,
    limit: float = 3.0,
    per: float = 1,
) -> DriftResult:
    """Average with weights that fade into the past, to see a small lasting shift.

    Parameters
    ----------
    frame, date, value, numerator, denominator, target, sigma, baseline, per
        As for :func:`cusum`.
    weight
        Of the newest point, from above 0 to 1.
    limit
        L, in sigma of the average.

    Returns
    -------
    DriftResult

    Raises
    ------
    ArgumentError, DataError
        As :func:`cusum`.

    Examples
    --------
    >>> months = pd.date_range("2024-01-01", periods=8, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [4, 6, 4, 6, 4, 6, 9, 9]})
    >>> ewma(frame, value="y", date="month", target=5, sigma=1).points["ewma"].round(3).tolist()[:3]
    [4.8, 5.04, 4.832]
    """
    check_positive(weight=weight, limit=limit)
    if weight > 1:
        raise ArgumentError(f"weight={weight}", "a share above 0 and up to 1", "Use 0.2")
    line = timeline(frame, date=date, value=value, numerator=numerator, denominator=denominator, per=per)
    table, centre, spread = _standard(line, baseline, target, sigma)
    z = table["value"].to_numpy() - centre
    average = centre + lfilter([weight], [1, weight - 1], z)
    turn = np.arange(1, len(z) + 1)
    reach = limit * spread * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * turn)))
    table = table.assign(ewma=average, lower=centre - reach, upper=centre + reach)
    table = _with_signals(table, table["ewma"] > table["upper"], table["ewma"] < table["lower"])
    return DriftResult(table, _summary(table, centre, spread, line), "ewma", limit)


def _with_signals(table: pd.DataFrame, high: pd.Series, low: pd.Series) -> pd.DataFrame:
    signal = np.select([high, low], ["high", "low"], default="none")
    return table.assign(signal=pd.Series(signal, dtype="str"))


def _standard(
    line: Timeline, baseline: int | Date | None, target: float | None, sigma: float | None
) -> tuple[pd.DataFrame, float, float]:
    """Return the known points, and the level and sigma they are measured by."""
    table = pd.DataFrame({"date": line.readings.date, "value": line.value})[line.known].reset_index(drop=True)
    if len(table) < MINIMUM:
        raise TooFew(f"{len(table)} points", f"{MINIMUM} or more", "Wait for more points")
    base = table["value"].to_numpy()[: _baseline(table, baseline)]
    centre = float(base.mean()) if target is None else float(target)
    spread = float(np.abs(np.diff(base)).mean()) / RANGE_SIGMA if sigma is None else float(sigma)
    if not (spread > 0 and np.isfinite(spread) and np.isfinite(centre)):
        raise DataError("points that do not vary", "some variation, or sigma= above 0", "Give sigma=")
    return table, centre, spread


def _baseline(table: pd.DataFrame, baseline: int | Date | None) -> int:
    if baseline is None:
        return len(table)
    if isinstance(baseline, int | np.integer) and not isinstance(baseline, bool):
        points = int(baseline)
    else:
        points = int((table["date"] <= moment_of(baseline, "baseline")).sum())
    if not _LEAST <= points <= len(table):
        raise ArgumentError(
            f"baseline={baseline!r}, {points} points", f"{_LEAST} to {len(table)} points", "Correct it"
        )
    return points


def _summary(table: pd.DataFrame, centre: float, spread: float, line: Timeline) -> pd.DataFrame:
    beyond = table[table["signal"] != "none"]
    points, residual = len(table), (table["value"] - table["value"].mean()).to_numpy()
    r = float(autocorrelation.of_line(points, 1)(autocorrelation.neighbours(residual, np.arange(points))))
    row = {
        "points": points,
        "centre": centre,
        "sigma": spread,
        "first_signal": beyond["date"].iloc[0] if len(beyond) else pd.NaT,
        "direction": beyond["signal"].iloc[0] if len(beyond) else "none",
        "signals": len(beyond),
        "step": line.calendar.step,
        "autocorrelation": r,
        "notes": "neighbouring points are alike, which alone can cause a signal" if r > 0.3 else "",
    }
    return pd.DataFrame([row])
