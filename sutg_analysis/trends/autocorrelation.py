"""How alike neighbours in time are, measured without the bias that a fitted line puts into it.

Residuals of a line look less alike than the errors they stand for, the more so the shorter the series: with 24
points, four coefficients and errors correlated 0.4, their correlation at one step is about 0.1. Tests that take
this number as it is claim far too much. Here the number is turned back: for errors of a first order autoregression
with coefficient r and a design X, the residuals' expected products are the diagonals of M V(r) M, with M = I - X
(X'X)^-1 X' and V(r)_ij = r^|i - j|; the estimate is the r whose expected ratio is the one observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import toeplitz

from sutg_analysis.arrays import Numbers, Places

_GRID = np.concatenate([np.arange(-0.9, 0.9, 0.1), np.arange(0.9, 0.99, 0.02)])
"""Coefficients at which the expected ratio is computed; between them it is nearly straight."""

WORTH = 0.1
"""Below this, autocorrelation is left uncorrected: chance alone makes a test less sure, not surer."""


@dataclass(frozen=True, eq=False)
class Unbiased:
    """Turns the residuals' ratio of neighbouring products to squares into the errors' autocorrelation."""

    ratios: Numbers

    @classmethod
    def of(cls, design: Numbers, step: Places | None = None) -> Unbiased:
        """Prepare for a design of one row an observation; ``step`` tells where time has gaps."""
        place = np.arange(len(design)) if step is None else np.asarray(step)
        basis = np.linalg.qr(design)[0]
        apart = np.abs(place[:, None] - place)
        adjacent = np.flatnonzero(np.diff(place) == 1)
        return cls(np.array([_ratio(_errors(apart, r), basis, adjacent) for r in _GRID]))

    def __call__(self, ratio: ArrayLike) -> Numbers:
        """Return the autocorrelation of the errors."""
        return np.interp(np.asarray(ratio, dtype=np.float64), self.ratios, _GRID)


def _errors(apart: np.ndarray, r: float) -> Numbers:
    return np.sign(r) ** apart * np.abs(r) ** apart if r else (apart == 0).astype(float)


def _ratio(errors: Numbers, basis: Numbers, adjacent: Places) -> float:
    across = errors @ basis
    inner = basis.T @ across
    cross = across @ basis.T
    left = errors - cross - cross.T + basis @ inner @ basis.T
    return float(left[adjacent, adjacent + 1].sum() / np.trace(left))


def neighbours(residual: Numbers, step: Places) -> float:
    """Return the sum of products of residuals one step apart over their sum of squares.

    Examples
    --------
    >>> neighbours(np.array([1.0, -1.0, 1.0, -1.0]), np.arange(4))
    -0.75
    """
    adjacent = np.diff(step) == 1
    squares = float((residual**2).sum())
    return float((residual[1:] * residual[:-1])[adjacent].sum()) / squares if squares else 0.0


@cache
def of_line(points: int, season: int) -> Unbiased:
    """Prepare for a straight line over so many points, with a level for each part of a season."""
    place = np.arange(points)
    columns = [np.ones(points), place - place.mean()]
    columns += [(place % season == part).astype(float) for part in range(1, season)]
    return Unbiased.of(np.stack(columns, axis=1))


def first_order(r: float, step: Places) -> Numbers:
    """Return the correlation matrix of a first order autoregression at those steps."""
    place = np.asarray(step)
    if len(place) == place[-1] - place[0] + 1:
        return toeplitz(_errors(np.arange(len(place)), r))
    return _errors(np.abs(place[:, None] - place), r)
