"""The rules that tell a signal from noise, and what a signal means, for all series at once.

A rule gives each point a mark: ``HIGH`` where the signal points upwards, ``LOW`` where downwards, both bits where
both. All are run lengths: number the runs of equal codes, count them, keep the long ones. A high mark on a measure
to increase is an improvement, on one to decrease a concern; "high" and "low" in a verdict are those of the signal,
so that a rising trend below the mean is ``improvement_high`` where up is good. Sources: NHS England, Making Data
Count (shift, trend, two of three); Anhøj and Olesen 2014 and Anhøj and Wentzel-Larsen 2018 (longest run and
crossings).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.control.limits import RULES, ChartType, Lines
from sutg_analysis.control.observations import Readings
from sutg_analysis.control.profiles import Profile
from sutg_analysis.control.segments import Segments
from sutg_analysis.control.targets import IMPROVEMENTS

HIGH, LOW = np.uint8(1), np.uint8(2)
Marks = NDArray[np.uint8]
Sides = NDArray[np.int8]

TIE = 1e-14
"""Values closer than this part of the largest value in the segment are equal: the width of rounding errors."""


@dataclass(frozen=True)
class Signals:
    """Marks of each rule, one item a row, and the side of the centre each row is on (0: on it, or missing)."""

    outside: Marks
    shift: Marks
    trend: Marks
    two_of_three: Marks
    side: Sides

    @property
    def any(self) -> Marks:
        """Marks of all rules together."""
        return self.outside | self.shift | self.trend | self.two_of_three


@dataclass(frozen=True)
class Course:
    """The rows that rules run over, excluded ones left out: where they are, and which neighbours belong together.

    ``same_segment`` and ``same_series`` say of each row but the first whether it belongs with the one before;
    ``same_block`` is ``same_segment``, broken at the end of a baseline where the profile says so.
    """

    same_series: Flags
    same_segment: Flags
    same_block: Flags


def tolerance(values: Numbers, first: Places, group: Places) -> Numbers:
    """Return for each row how close two values of its segment must be to count as equal."""
    size = np.fmax.reduceat(np.abs(values), first)
    return (TIE * np.where(np.isnan(size), 0, size))[group]


def sides(values: Numbers, line: Numbers, slack: Numbers) -> Sides:
    """Return 1 above the line, -1 below it, 0 on it or where either is missing.

    Examples
    --------
    >>> sides(np.array([1.0, 2.0, 3.0]), np.full(3, 2.0), np.zeros(3))
    array([-1,  0,  1], dtype=int8)
    """
    distance = values - line
    return (distance > slack).view(np.int8) - (distance < -slack).view(np.int8)


def _marks(high: Flags, low: Flags) -> Marks:
    return high.view(np.uint8) | (low.view(np.uint8) << np.uint8(1))


def long_runs(code: Sides, together: Flags, length: int) -> Flags:
    """Say which points are in a run of at least ``length`` equal codes; a code of 0 is in no run.

    Examples
    --------
    >>> long_runs(np.array([1, 1, 1, 0, 1], dtype=np.int8), np.ones(4, dtype=bool), 3).tolist()
    [True, True, True, False, False]
    """
    if length <= 0 or len(code) == 0:
        return np.zeros(len(code), dtype=bool)
    start = np.flatnonzero(np.append(True, (code[1:] != code[:-1]) | ~together))
    size = np.diff(start, append=len(code))
    return np.repeat(size >= length, size) & (code != 0)


def outside(values: Numbers, lines: Lines, slack: Numbers) -> Marks:
    """Mark points beyond a limit."""
    return _marks(values - lines.upper > slack, lines.lower - values > slack)


def shift(side: Sides, course: Course, points: int) -> Marks:
    """Mark runs of points on one side of the centre; a point on it ends the run."""
    long = long_runs(side, course.same_block, points)
    return _marks(long & (side > 0), long & (side < 0))


def trend(values: Numbers, slack: Numbers, course: Course, profile: Profile) -> Marks:
    """Mark runs of points that each rise (or each fall), both ends counted; equal neighbours end the run."""
    marks = np.zeros(len(values), dtype=np.uint8)
    if profile.trend < 2 or len(values) < 2:
        return marks
    together = course.same_series if profile.trend_crosses_segments else course.same_segment
    step = np.where(together, sides(values[1:], values[:-1], slack[1:]), np.int8(0))
    long = long_runs(step, together[1:], profile.trend - 1)
    run = _marks(long & (step > 0), long & (step < 0))
    marks[1:] = run
    # Where a rise meets a fall both count, or, as in NHSRplotthedots, the step after the point decides.
    decided = profile.conflict == "precedence"
    marks[:-1] = np.where(run != 0, run, marks[:-1]) if decided else marks[:-1] | run
    return marks


def two_of_three(
    values: Numbers, lines: Lines, side: Sides, slack: Numbers, course: Course, how: str
) -> Marks:
    """Mark two of three successive points that are far from the centre on one side.

    ``"band"``: beyond two sigma and not beyond the limit, the third on the same side of the centre;
    ``"beyond"``: beyond two sigma, wherever the third is.
    """
    if how == "off" or len(values) < 3:
        return np.zeros(len(values), dtype=np.uint8)
    far = [values - lines.upper_2sigma > slack, lines.lower_2sigma - values > slack]
    if how == "band":
        far[0] &= ~(values - lines.upper > slack)
        far[1] &= ~(lines.lower - values > slack)
    joined = course.same_block[1:] & course.same_block[:-1]
    high = _window(far[0], side > 0 if how == "band" else None, joined)
    return _marks(high, _window(far[1], side < 0 if how == "band" else None, joined))


def _window(far: Flags, near: Flags | None, joined: Flags) -> Flags:
    a, b, c = far[:-2], far[1:-1], far[2:]
    found = ((a & b) | (a & c) | (b & c)) & joined
    if near is not None:
        found &= near[:-2] & near[1:-1] & near[2:]
    marked = np.zeros(len(far), dtype=bool)
    for offset in range(3):
        marked[offset : len(far) - 2 + offset] |= found
    return marked & far


@dataclass(frozen=True)
class Runs:
    """The runs analysis, one item a segment; missing where a segment has no useful point."""

    useful: Places
    longest: Numbers
    longest_max: Numbers
    crossings: Numbers
    crossings_min: Numbers

    @property
    def signal(self) -> Flags:
        """Whether the longest run is too long or the crossings too few."""
        return (self.longest > self.longest_max) | (self.crossings < self.crossings_min)


def runs(side: Sides, group: Places, count: int) -> Runs:
    """Count the longest run and the crossings of each segment, looking past points on the centre.

    Examples
    --------
    >>> found = runs(np.array([1, 1, 0, 1, -1], dtype=np.int8), np.zeros(5, dtype=int), 1)
    >>> found.longest.item(), found.crossings.item(), found.useful.item()
    (3.0, 1.0, 4)
    """
    known = side != 0
    code, owner = side[known], group[known]
    useful = np.bincount(owner, minlength=count)
    start = np.flatnonzero(np.append(True, (np.diff(code) != 0) | (np.diff(owner) != 0))[: len(code)])
    longest = np.full(count, np.nan)
    np.fmax.at(longest, owner[start], np.diff(start, append=len(code)).astype(np.float64))
    crossings = np.where(useful > 0, np.bincount(owner[start], minlength=count) - 1.0, np.nan)
    longest_max, crossings_min = run_limits(useful)
    return Runs(useful, longest, longest_max, crossings, crossings_min)


def run_limits(useful: Places) -> tuple[Numbers, Numbers]:
    """Return the longest run and the fewest crossings that chance allows for so many useful points.

    ``round(log2(n)) + 3``, and the 5th percentile of a binomial of n - 1 halves (Anhøj and Olesen 2014).

    Examples
    --------
    >>> run_limits(np.array([24]))
    (array([8.]), array([8.]))
    """
    sizes, place = np.unique(useful, return_inverse=True)
    some = np.maximum(sizes, 1)
    longest = np.where(sizes > 0, np.round(np.log2(some)) + 3, np.nan)
    fewest = np.where(sizes > 0, _halves(0.05, some - 1), np.nan)
    return longest[place], fewest[place]


def _halves(part: float, size: Places) -> Numbers:
    """Return the fewest heads of so many tosses that this part of all tosses does not exceed."""
    from scipy.special import bdtr, bdtrik

    above = np.ceil(bdtrik(part, np.maximum(size, 1), 0.5))
    below = np.maximum(above - 1, 0)
    found = np.where(bdtr(below, np.maximum(size, 1), 0.5) >= part, below, above)
    return np.where(size > 0, found, 0.0)


@dataclass(frozen=True)
class Judged:
    """Everything known about a chart, in its units; arrays of one item a row.

    One item a series have ``goal`` (its last target), ``verdict_row`` (the row its verdict is of), ``direction`` (a
    place in ``IMPROVEMENTS``), ``points``, ``rare`` (the mean of counts too rare for limits, else missing) and ``rebased`` (the points
    behind limits that a rebase made, else very many); ``runs`` has one a segment. ``useful`` marks rows with a value that
    are not excluded.
    """

    readings: Readings
    segments: Segments
    kind: ChartType
    profile: Profile
    lines: Lines
    signals: Signals
    runs: Runs
    target: Numbers
    goal: Numbers
    useful: Flags
    verdict_row: Places
    direction: Places
    points: Places
    rare: Numbers
    rebased: Places

    @property
    def unjudged(self) -> Flags:
        """Whether each series has no verdict: too few points, counts too rare, or too few points since a rebase."""
        few = (self.points < self.profile.min_points) | (self.points == 0)
        return few | ~np.isnan(self.rare) | (self.rebased < self.profile.min_rebased)

    @property
    def conflict(self) -> Flags:
        """Whether each series' last point speaks of improvement and of concern."""
        return conflicting(self.signals.any[self.verdict_row], self.direction)


VERDICTS = ("improvement", "concern", "common", "neutral")
IMPROVEMENT = frozenset({"improvement_high", "improvement_low"})
CONCERN = frozenset({"concern_high", "concern_low"})
"""Variations that are a signal of it, whichever way: ``table["variation"].isin(CONCERN)``."""


def verdict_of(variation: str) -> str:
    """Return which of the four verdicts a variation belongs to.

    Examples
    --------
    >>> verdict_of("improvement_high"), verdict_of("too_few")
    ('improvement', 'common')
    """
    head = variation.split("_")[0]
    return head if head in VERDICTS else "common"


VARIATIONS = (
    "common",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neutral_high",
    "neutral_low",
    "too_few",
)
ASSURANCES = ("none", "pass", "fail", "hit_or_miss")

_VARIATION_TYPE = pd.CategoricalDtype(pd.Index(VARIATIONS, dtype="str"))
_BROKEN = pd.Index(
    [", ".join(name for place, name in enumerate(RULES) if bits >> place & 1) for bits in range(16)],
    dtype="str",
)
# Rows: increase, decrease, neutral. Columns: no signal, high, low, both (the conflict, settled for concern).
_FOR_CONCERN = np.array([[0, 1, 4, 4], [0, 3, 2, 3], [0, 5, 6, 5]], dtype=np.int8)
_FOR_IMPROVEMENT = np.array([[0, 1, 4, 1], [0, 3, 2, 2], [0, 5, 6, 5]], dtype=np.int8)


def point_variation(signals: Signals, direction: Places, profile: Profile) -> NDArray[np.int8]:
    """Return each point's verdict as a place in ``VARIATIONS``; ``direction`` is a place in ``IMPROVEMENTS``."""
    table = _FOR_IMPROVEMENT if profile.conflict == "improvement" else _FOR_CONCERN
    mark = _first(signals) if profile.conflict == "precedence" else signals.any
    return table.ravel()[direction * 4 + mark]


_ONE_SIDED, _SELDOM = 0.75, 2.0
_COUNTED = frozenset({"xmr", "i_prime", "p", "p_prime", "u", "u_prime", "c", "c_prime"})


def rare_means(
    readings: Readings, side: NDArray[np.int8], behind: Flags, *, chart: str, least: float
) -> Numbers:
    """Return the mean of each series' counts where they are too rare for limits, else a missing value.

    Of parts of a whole the rarer of the two is counted, as nearly all is as rare as nearly none. A series of which there
    is none at all is constant, which is not rare.
    """
    first, none = readings.first, np.full(len(readings.first), np.nan)
    if not least or chart not in _COUNTED:
        return none
    count = readings.value if readings.numerator is None else readings.numerator
    known = ~np.isnan(count)
    whole = ~known | ((count >= 0) & (count == np.floor(count)))
    if readings.denominator is not None:
        rest = readings.denominator - count
        part = np.logical_and.reduceat(~known | (rest >= 0), first)[readings.series]
        count = np.where(part, np.fmin(count, rest), count)
    size = np.add.reduceat(behind, first, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.add.reduceat(np.where(behind, count, 0.0), first) / size
        sides = [np.add.reduceat(behind & (side == one), first) / size for one in (-1, 1)]
    seldom = (mean < least) | ((mean < _SELDOM) & (np.fmax(*sides) >= _ONE_SIDED))
    return np.where(seldom & np.logical_and.reduceat(whole, first) & (mean > 0), mean, np.nan)


def _first(signals: Signals) -> Marks:
    """Return the mark of the rule that comes first."""
    mark = np.zeros_like(signals.outside)
    for name in RULES:
        found = getattr(signals, name)
        mark = np.where(mark == 0, found, mark)
    return mark


def conflicting(mark: Marks, direction: Places) -> Flags:
    """Say where one rule speaks of improvement and another of concern (a neutral measure knows neither)."""
    return (mark == HIGH | LOW) & (direction != IMPROVEMENTS.index("neutral"))


def assurance(
    target: Numbers, lower: Numbers, upper: Numbers, direction: Places, profile: Profile
) -> NDArray[np.int8]:
    """Return whether a process between these limits reaches its target, as a place in ``ASSURANCES``.

    Where up is better: pass if the target is at or below the lower limit, fail if at or above the upper one,
    tested in this order; mirrored where down is better. Equality counts as the profile says.

    Examples
    --------
    >>> from sutg_analysis.control.profiles import MDC
    >>> ten = np.array([10.0])
    >>> ASSURANCES[assurance(ten, ten, ten + 5, np.array([0]), MDC)[0]]
    'pass'
    """
    slack = TIE * np.fmax(np.abs(lower), np.abs(upper))
    below, above = lower - target, target - upper
    if profile.equality == "consistent":
        under, over = below >= -slack, above >= -slack
    else:
        under, over = below > slack, above > slack
    up = direction == IMPROVEMENTS.index("increase")
    passes, fails = np.where(up, under, over), np.where(up, over, under)
    verdict = np.select([passes, fails], [1, 2], default=3)
    known = ~(np.isnan(target) | np.isnan(lower) | np.isnan(upper))
    return np.where(known & (direction != IMPROVEMENTS.index("neutral")), verdict, 0).astype(np.int8)


def broken_rules(signals: Signals, row: Places) -> pd.Index:
    """Name the rules broken at these rows, joined by a comma."""
    bits = sum(
        ((getattr(signals, name)[row] > 0).astype(np.intp) << place) for place, name in enumerate(RULES)
    )
    return _BROKEN.take(np.asarray(bits))


def named(variation: NDArray[np.int8]) -> pd.Categorical:
    """Return places in ``VARIATIONS`` as a column of names."""
    return pd.Categorical.from_codes(variation, dtype=_VARIATION_TYPE)
