"""The rules that tell a signal from noise, for all series at once.

A rule gives each point a mark: ``HIGH`` where the signal points upwards, ``LOW`` where downwards, both bits where
both. All are run lengths: number the runs of equal codes, count them, keep the long ones. Sources: NHS England,
Making Data Count (shift, trend, two of three); Anhøj and Olesen 2014 and Anhøj and Wentzel-Larsen 2018 (longest
run and crossings).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrik

from sutg_analysis.control.limits import Lines, Numbers, Whole
from sutg_analysis.control.profiles import Profile

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

    same_series: NDArray[np.bool_]
    same_segment: NDArray[np.bool_]
    same_block: NDArray[np.bool_]


def tolerance(values: Numbers, first: Whole, group: Whole) -> Numbers:
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


def _marked(code: Sides) -> Marks:
    """Turn sides into marks."""
    return (code > 0).view(np.uint8) | ((code < 0).view(np.uint8) << np.uint8(1))


def long_runs(code: Sides, together: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
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
    over, under = values - lines.upper > slack, lines.lower - values > slack
    return over.view(np.uint8) | (under.view(np.uint8) << np.uint8(1))


def shift(side: Sides, course: Course, points: int) -> Marks:
    """Mark runs of points on one side of the centre; a point on it ends the run."""
    return _marked(np.where(long_runs(side, course.same_block, points), side, np.int8(0)))


def trend(values: Numbers, slack: Numbers, course: Course, profile: Profile) -> Marks:
    """Mark runs of points that each rise (or each fall), both ends counted; equal neighbours end the run."""
    marks = np.zeros(len(values), dtype=np.uint8)
    if profile.trend < 2 or len(values) < 2:
        return marks
    together = course.same_series if profile.trend_crosses_segments else course.same_segment
    step = np.where(together, sides(values[1:], values[:-1], slack[1:]), np.int8(0))
    run = _marked(np.where(long_runs(step, together[1:], profile.trend - 1), step, np.int8(0)))
    if profile.conflict == "precedence":
        # Where a rise meets a fall the step after the point decides, as in NHSRplotthedots.
        marks[1:] = run
        marks[:-1] = np.where(run != 0, run, marks[:-1])
        return marks
    marks[1:] = run
    marks[:-1] |= run
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
    low = _window(far[1], side < 0 if how == "band" else None, joined)
    return high.view(np.uint8) | (low.view(np.uint8) << np.uint8(1))


def _window(
    far: NDArray[np.bool_], near: NDArray[np.bool_] | None, joined: NDArray[np.bool_]
) -> NDArray[np.bool_]:
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

    useful: Whole
    longest: Numbers
    longest_max: Numbers
    crossings: Numbers
    crossings_min: Numbers

    @property
    def signal(self) -> NDArray[np.bool_]:
        """Whether the longest run is too long or the crossings too few."""
        return (self.longest > self.longest_max) | (self.crossings < self.crossings_min)


def runs(side: Sides, group: Whole, count: int) -> Runs:
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


def run_limits(useful: Whole) -> tuple[Numbers, Numbers]:
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


def _halves(part: float, size: Whole) -> Numbers:
    """Return the fewest heads of so many tosses that this part of all tosses does not exceed."""
    above = np.ceil(bdtrik(part, np.maximum(size, 1), 0.5))
    below = np.maximum(above - 1, 0)
    found = np.where(bdtr(below, np.maximum(size, 1), 0.5) >= part, below, above)
    return np.where(size > 0, found, 0.0)
