"""Chances of still waiting, and of having been seen, for many groups at once.

At each time t of a group, n are at risk (entered before t, not gone before it), d are seen and o leave for another
reason. Kaplan and Meier's estimate of still waiting is the product of 1 - d / n, those who leave for another reason
counted as no longer watched. Aalen and Johansen's estimate of having been seen is the sum of S(t-) d / n, where S
falls by d and by o: a person who has left can no longer be seen. Errors are Greenwood's and the delta method's
(Marubini and Valsecchi 1995), intervals on the log(-log) scale. Times that tie are one step: nothing is jittered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

CENSORED, SEEN, OTHER = 0, 1, 2
_EVEN = 1e-12


@dataclass(frozen=True)
class Curves:
    """Estimates of every group at every time; arrays of groups by times.

    ``waiting`` is the chance of still waiting were nobody to leave unseen, ``seen`` and ``other`` the chances of having
    been seen and of having left unseen, ``*_error`` standard errors (of ``waiting``, of its logarithm).
    """

    times: Numbers
    at_risk: Whole
    events: Whole
    others: Whole
    censored: Whole
    waiting: Numbers
    waiting_error: Numbers
    seen: Numbers
    seen_error: Numbers
    other: Numbers

    def hazard_terms(self) -> Numbers:
        """Return d / (n (n - d)), Greenwood's terms; none where nobody is left."""
        return _greenwood(self.events, self.at_risk)


def curves(time: Numbers, kind: Whole, group: Whole, *, groups: int, entry: Numbers | None = None) -> Curves:
    """Estimate the curves of all groups.

    Parameters
    ----------
    time
        When each person was seen, left, or was last known to wait.
    kind
        ``SEEN``, ``OTHER`` or ``CENSORED``.
    group
        The number of each person's group.
    groups
        How many groups there are.
    entry
        From when on each person was watched; at risk only after it. ``-inf`` is from the beginning.

    Examples
    --------
    >>> found = curves(np.array([1.0, 2, 2, 3]), np.array([1, 1, 0, 1]), np.zeros(4, int), groups=1)
    >>> found.waiting[0].round(4).tolist()
    [0.75, 0.5, 0.0]
    """
    times, place = np.unique(time, return_inverse=True)
    many = len(times)

    def tally(chosen: NDArray[np.bool_]) -> Whole:
        cells = np.bincount(group[chosen] * many + place[chosen], minlength=groups * many)
        return cells.reshape(groups, many)

    events, others, censored = (tally(kind == each) for each in (SEEN, OTHER, CENSORED))
    gone = events + others + censored
    size = np.bincount(group, minlength=groups)[:, None]
    at_risk = size - np.cumsum(gone, axis=1) + gone
    if entry is not None:
        at_risk = at_risk - _not_yet(times, entry, group, groups)
    return _estimated(times, at_risk, events, others, censored)


def _not_yet(times: Numbers, entry: Numbers, group: Whole, groups: int) -> Whole:
    """Count those who have not been watched long enough to be at risk."""
    many = len(times)
    joins = np.searchsorted(times, entry, side="right")
    cells = np.bincount(group * (many + 1) + joins, minlength=groups * (many + 1)).reshape(groups, many + 1)
    return cells.sum(axis=1, keepdims=True) - np.cumsum(cells, axis=1)[:, :many]


def _estimated(times: Numbers, at_risk: Whole, events: Whole, others: Whole, censored: Whole) -> Curves:
    n = np.where(at_risk > 0, at_risk, 1).astype(float)
    waiting = np.cumprod(1 - events / n, axis=1)
    everyone = np.cumprod(1 - (events + others) / n, axis=1)
    before = np.hstack([np.ones((len(n), 1)), everyone[:, :-1]])
    seen = np.cumsum(before * events / n, axis=1)
    return Curves(
        times=times,
        at_risk=at_risk,
        events=events,
        others=others,
        censored=censored,
        waiting=waiting,
        waiting_error=np.sqrt(np.cumsum(_greenwood(events, at_risk), axis=1)),
        seen=seen,
        seen_error=np.sqrt(_incidence_variance(seen, before, events, others, n)),
        other=np.cumsum(before * others / n, axis=1),
    )


def _greenwood(events: Whole, at_risk: Whole) -> Numbers:
    left = at_risk - events
    spread = np.where((left > 0) & (at_risk > 0), at_risk * left.astype(float), np.inf)
    return events / spread


def _incidence_variance(seen: Numbers, before: Numbers, events: Whole, others: Whole, n: Numbers) -> Numbers:
    """Return the delta method's variance of the chance of having been seen, its square opened into sums."""
    every = _greenwood(events + others, n.astype("int64"))
    once = np.cumsum(every, axis=1)
    twice, thrice = np.cumsum(every * seen, axis=1), np.cumsum(every * seen**2, axis=1)
    gaps = seen**2 * once - 2 * seen * twice + thrice
    steps = np.cumsum(before**2 * (n - events) * events / n**3, axis=1)
    link = before * events / n**2
    cross = seen * np.cumsum(link, axis=1) - np.cumsum(link * seen, axis=1)
    return np.maximum(gaps + steps - 2 * cross, 0)


def interval(share: Numbers, log_error: Numbers, z: float) -> tuple[Numbers, Numbers]:
    """Return the interval of a chance of still waiting, given the standard error of its logarithm.

    Examples
    --------
    >>> low, high = interval(np.array([0.5]), np.array([0.2]), 1.96)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.295, 0.675)
    """
    inside = (share > 0) & (share < 1)
    logged = np.log(np.where(inside, share, 0.5))
    with np.errstate(over="ignore"):  # so little is known that the reach is endless, and the interval 0 to 1
        reach = np.exp(z * log_error / -logged)
    lower = np.where(inside, np.exp(logged * reach), np.where(share >= 1, 1.0, 0.0))
    upper = np.where(inside, np.exp(logged / reach), np.where(share >= 1, 1.0, np.nan))
    return lower, _carried(upper)


def incidence_interval(share: Numbers, error: Numbers, z: float) -> tuple[Numbers, Numbers]:
    """Return the interval of a chance of having been seen, given its standard error."""
    rest = np.where((share > 0) & (share < 1), 1 - share, 0.5)
    low, high = interval(rest, error / rest, z)
    none, all_ = share <= 0, share >= 1
    return np.select([none, all_], [0.0, share], 1 - high), np.select([none, all_], [0.0, share], 1 - low)


def _carried(table: Numbers) -> Numbers:
    """Carry the last known value of each row forward."""
    place = np.where(np.isnan(table), 0, np.arange(table.shape[-1]))
    np.maximum.accumulate(place, axis=-1, out=place)
    return np.take_along_axis(table, place, axis=-1)


def first_below(times: Numbers, share: Numbers, level: float) -> Numbers:
    """Return when each row first falls to a level, missing where it does not.

    Examples
    --------
    >>> first_below(np.array([1.0, 2.0]), np.array([[0.8, 0.5], [0.9, 0.6]]), 0.5).tolist()
    [2.0, nan]
    """
    with np.errstate(invalid="ignore"):
        below = share <= level + _EVEN
    return np.where(below.any(axis=1), times[below.argmax(axis=1)], np.nan)


def at_time(times: Numbers, share: Numbers, when: float, *, start: float) -> Numbers:
    """Return each row's value at a time; ``start`` before the first."""
    place = int(np.searchsorted(times, when * (1 + _EVEN), side="right")) - 1
    return share[:, place] if place >= 0 else np.full(len(share), start)


def restricted_mean(found: Curves, horizon: float) -> tuple[Numbers, Numbers]:
    """Return the mean wait of each group up to a horizon, and its standard error.

    It is the area under the chance of still waiting; a wait that goes on counts as the horizon.

    Examples
    --------
    >>> mean, error = restricted_mean(curves(np.array([1.0, 3.0]), np.array([1, 1]), np.zeros(2, int), groups=1), 4)
    >>> float(mean[0]), round(float(error[0]), 4)
    (2.0, 0.7071)
    """
    inside = found.times < horizon
    times = found.times[inside]
    widths = np.diff(np.append(times, horizon))
    areas = found.waiting[:, inside] * widths
    mean = (times[0] if len(times) else horizon) + areas.sum(axis=1)
    later = np.cumsum(areas[:, ::-1], axis=1)[:, ::-1]
    variance = (later**2 * found.hazard_terms()[:, inside]).sum(axis=1)
    return mean, np.sqrt(variance)
