"""Intervals of shares: Wilson's, which neither leave 0 to 1 nor shrink to nothing at its ends.

(p + z^2 / 2n ± z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n), Wilson 1927; n = 0 has no interval.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from sutg_analysis.control.observations import Numbers


def wilson(part: ArrayLike, whole: ArrayLike, *, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return the lower and upper bound of shares.

    Parameters
    ----------
    part, whole
        Counts, arrays of one shape; ``whole`` may be 0, and the bounds are then missing.
    confidence
        Of the interval.

    Examples
    --------
    >>> [round(float(bound), 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    x, n = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    z = norm.ppf(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = x / n
        middle = share + z**2 / (2 * n)
        reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        bounds = (middle - reach) / (1 + z**2 / n), (middle + reach) / (1 + z**2 / n)
    known = n > 0
    return np.where(known, np.maximum(bounds[0], 0), np.nan), np.where(
        known, np.minimum(bounds[1], 1), np.nan
    )
