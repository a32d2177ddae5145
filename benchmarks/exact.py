"""How often rules fire by chance, worked out and not simulated: independent normal points, limits known.

Each function follows a process point by point and keeps the probability of each state that has not signalled.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr


def outside(points: int, *, moved: float = 0.0) -> float:
    """Return the probability that any of so many points is beyond three sigma, the mean having moved so many sigma.

    >>> f"{1 / outside(1):.1f} points to the first, {1 / outside(1, moved=1.5):.2f} once moved"
    '370.4 points to the first, 14.97 once moved'
    """
    each = ndtr(-3 - moved) + ndtr(-3 + moved)
    return 1 - (1 - each) ** points


def shift(points: int, *, run: int = 7, moved: float = 0.0) -> float:
    """Return the probability of so many points in a row on one side of the mean.

    >>> float(shift(7) * 2**7)
    2.0
    """
    high = ndtr(moved)
    above, below = np.zeros(run), np.zeros(run)
    above[1], below[1] = high, 1 - high
    for _ in range(points - 1):
        up, down = np.zeros(run), np.zeros(run)
        up[2:], down[2:] = above[1:-1] * high, below[1:-1] * (1 - high)
        up[1], down[1] = below.sum() * high, above.sum() * (1 - high)
        above, below = up, down
    return 1 - (above.sum() + below.sum())


def trend(points: int, *, run: int = 7) -> float:
    """Return the probability that so many points in a row rise, or fall, in so many points of a steady process.

    The state is the rank of the last point among those seen, and how many steps the rise or fall has lasted: the
    next point is as likely to take any of the ranks.

    >>> round(trend(7) * 5040)
    2
    """
    steps = run - 1
    rising, falling = np.zeros((steps, 1)), np.zeros((steps, 1))
    rising[0, 0] = 1.0
    for seen in range(1, points):
        # A point above rank j of the last: all the mass at lower ranks.
        up = np.column_stack([np.zeros(steps), rising.cumsum(axis=1)]) / (seen + 1)
        down = np.column_stack([falling[:, ::-1].cumsum(axis=1)[:, ::-1], np.zeros(steps)]) / (seen + 1)
        up_turned = np.append(0, falling.sum(axis=0).cumsum()) / (seen + 1)
        down_turned = np.append(rising.sum(axis=0)[::-1].cumsum()[::-1], 0) / (seen + 1)
        rising, falling = np.zeros((steps, seen + 1)), np.zeros((steps, seen + 1))
        rising[1:], falling[1:] = up[:-1], down[:-1]
        rising[1 if steps > 1 else 0] += up_turned
        falling[1 if steps > 1 else 0] += down_turned
    return float(1 - rising.sum() - falling.sum())


ZONES = np.array([-np.inf, -3, -2, 0, 2, 3, np.inf])
"""Beyond three sigma, the band from two to three, and within two: three below the mean, three above."""


def two_of_three(points: int, *, moved: float = 0.0) -> float:
    """Return the probability of two of three in the band, all on one side.

    The state is the zones of the last two points.
    """
    chance = np.diff(ndtr(ZONES - moved))
    signal = _band_windows()
    state = np.outer(chance, chance)
    for _ in range(points - 2):
        following = state[:, :, None] * chance
        following[signal] = 0
        state = following.sum(axis=0)
    return float(1 - state.sum())


def _band_windows() -> NDArray[np.bool_]:
    """Say which three zones in a row are a signal."""
    zone = np.arange(6)
    window = np.stack(np.meshgrid(zone, zone, zone, indexing="ij"))
    one_side = (window > 2).all(axis=0) | (window < 3).all(axis=0)
    in_band = ((window == 1) | (window == 4)).sum(axis=0)
    return one_side & (in_band >= 2)


def anhoej(points: int, longest: int, fewest: int) -> float:
    """Return the probability of a longer run than this, or fewer crossings than that, of a known centre.

    >>> round(anhoej(10, 6, 2), 4)
    0.0449
    """
    state = np.zeros((points, longest + 1))
    state[0, 1] = 1.0
    for _ in range(points - 1):
        following = np.zeros_like(state)
        following[:, 2:] = state[:, 1:-1] / 2
        following[1:, 1] = state[:-1].sum(axis=1) / 2
        state = following
    return float(1 - state[fewest:].sum())
