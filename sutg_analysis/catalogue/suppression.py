"""Which counts of a tree of units stay hidden, so that none of them follows from the sums of what is shown.

A profile hides small counts and may round the others. A hidden count could still be worked out: a parent is the sum
of its children, a rounded number is an interval, and intervals add up. So the interval that a reader can infer for
every cell is computed by adding up from the leaves and subtracting down from the top, which is exact on a tree, and
further cells are hidden until no small count is left with fewer than two values it may have.

The reader is taken to know the profile, the tree, and which cells are hidden only to protect others. Zeros that a profile
shows are known exactly. Counts that stand alone (no parent, no children shown) need no more than their own rule. What
the choice of the further cells tells to somebody who runs the rule over every possible table is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sutg_analysis.arrays import Flags, Numbers, Places

FAR = 1e12
"""Stands for no upper bound; larger than any count."""


@dataclass(frozen=True)
class Profile:
    """A rule of disclosure: counts from ``low`` to ``high`` are hidden, others are to the nearest ``base``.

    ``pairs`` hides one more child beside a lone hidden one, and two children of a hidden parent.
    """

    name: str
    low: int
    high: int
    base: int
    pairs: bool = False

    def hides(self, counts: Numbers) -> Flags:
        """Return which counts are hidden for being small."""
        return (counts >= self.low) & (counts <= self.high)

    def rounded(self, counts: Numbers) -> Numbers:
        """Return counts as they are shown.

        Examples
        --------
        >>> PROFILES["mhsds"].rounded(np.array([5.0, 12.0, 13.0])).tolist()
        [5.0, 10.0, 15.0]
        """
        return np.floor(counts / self.base + 0.5) * self.base

    def bounds(self, counts: Numbers) -> tuple[Numbers, Numbers]:
        """Return the least and most that a shown count can be."""
        slack = self.base // 2
        shown = self.rounded(counts)
        least = np.where(counts > self.high, np.maximum(shown - slack, self.high + 1), counts)
        return least, np.where(counts > self.high, shown + slack, counts)

    def words(self) -> str:
        """Return the rule as a sentence."""
        said = f"Counts of {self.low} to {self.high} are hidden"
        rest = ", others are to the nearest 5" if self.base > 1 else ", others are exact"
        zero = " but for 0" if self.low and self.base > 1 else ""
        return f"{said}{rest}{zero} (profile {self.name})."


PROFILES = {
    "mhsds": Profile("mhsds", 0, 4, 5),
    "hes": Profile("hes", 1, 7, 5),
    "fft": Profile("fft", 1, 4, 1, pairs=True),
}
"""The rules by name, as the publications of these data sets state them."""
STRICTEST = ("hes", "mhsds", "fft")
"""Profiles, the one that hides the most first."""
SHORTHAND = "[c]"
"""What stands for a hidden value."""


@dataclass(frozen=True)
class Forest:
    """Units as one array: the place of each unit's parent, -1 at a top."""

    parent: Places

    @cached_property
    def depth(self) -> Places:
        """How far below a top each unit is."""
        depth = np.zeros(len(self.parent), dtype=np.intp)
        above = self.parent.copy()
        while (above >= 0).any():
            depth += above >= 0
            above = np.where(above >= 0, self.parent[above], -1)
        return depth

    @cached_property
    def top(self) -> Places:
        """The top above each unit."""
        top = np.arange(len(self.parent))
        while (self.parent[top] >= 0).any():
            top = np.where(self.parent[top] >= 0, self.parent[top], top)
        return top

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The families of each level, those of the tops' children first."""
        return tuple(self._level(depth) for depth in range(1, int(self.depth.max(initial=0)) + 1))

    def _level(self, depth: int) -> Level:
        here = np.flatnonzero(self.depth == depth)
        here = here[np.argsort(self.parent[here], kind="stable")]
        parents, starts, family = np.unique(self.parent[here], return_index=True, return_inverse=True)
        return Level(here, parents, starts, family)


@dataclass(frozen=True)
class Level:
    """The units of one level in families: children, their parents, where families start, each child's family."""

    children: Places
    parents: Places
    starts: Places
    family: Places

    def sums(self, table: Numbers) -> Numbers:
        """Return the sum of each family's rows."""
        return np.add.reduceat(table[self.children], self.starts, axis=0)

    def least(self, table: Numbers) -> Numbers:
        """Return the least of each family's rows."""
        return np.minimum.reduceat(table[self.children], self.starts, axis=0)


def add_up(counts: Numbers, forest: Forest, *, made: Flags) -> Numbers:
    """Return counts with the cells ``made`` filled by the sums of the children that there are, bottom up.

    Examples
    --------
    >>> forest = Forest(np.array([-1, 0, 0]))
    >>> table = np.array([[np.nan], [3.0], [4.0]])
    >>> add_up(table, forest, made=np.isnan(table))[0].tolist()
    [7.0]
    """
    full = counts.copy()
    for level in reversed(forest.levels):
        some = level.sums((~np.isnan(full)).astype(float)) > 0
        sums = level.sums(np.nan_to_num(full))
        here = made[level.parents] & some
        full[level.parents] = np.where(here, sums, full[level.parents])
    return full


def linked(counts: Numbers, forest: Forest, *, profile: Profile) -> Flags:
    """Return in which cells a reader may take a parent for the sum of its children.

    It is so wherever the sum lies in what can be inferred of the parent alone; a parent that counts more than
    its children, or less, tells nothing of them. Children without a count stand for the sum of theirs.
    """
    low, high = _given(counts, forest, profile)
    full = add_up(counts, forest, made=np.isnan(counts))
    found = np.zeros(counts.shape, dtype=bool)
    for level in forest.levels:
        some, parents = level.sums((~np.isnan(full)).astype(float)) > 0, level.parents
        sums = level.sums(np.nan_to_num(full))
        found[parents] = (sums >= low[parents]) & (sums <= high[parents]) & some
    return found


def _given(counts: Numbers, forest: Forest, profile: Profile) -> tuple[Numbers, Numbers]:
    """Return what each cell alone tells, shown or hidden for being small; an absent cell counts nothing.

    A unit without a count between units that have some is there for whoever adds up: it counts what they do.
    """
    known = np.nan_to_num(counts)
    low, high = profile.bounds(known)
    small = profile.hides(counts)
    low = np.where(small, float(profile.low), low)
    high = np.where(small, float(profile.high), high)
    absent = np.isnan(counts)
    between = absent & ~np.isnan(add_up(counts, forest, made=absent))
    return np.where(absent, 0.0, low), np.where(absent, np.where(between, FAR, 0.0), high)


def inferred(low: Numbers, high: Numbers, forest: Forest, *, sums: Flags) -> tuple[Numbers, Numbers]:
    """Return the least and most of every cell that sums over the tree leave: exact, in two passes.

    Parameters
    ----------
    low, high
        What each cell alone tells, a row a unit.
    sums
        In which cells a unit is the sum of its children.

    Examples
    --------
    >>> forest = Forest(np.array([-1, 0, 0, 0]))
    >>> low, high = np.array([[28.0], [8], [8], [0]]), np.array([[32.0], [12], [12], [4]])
    >>> [bound[3].tolist() for bound in inferred(low, high, forest, sums=np.ones((4, 1), dtype=bool))]
    [[4.0], [4.0]]
    """
    low, high = low.copy(), high.copy()
    for level in reversed(forest.levels):
        at, here = level.parents, sums[level.parents]
        low[at] = np.where(here, np.maximum(low[at], level.sums(low)), low[at])
        high[at] = np.where(here, np.minimum(high[at], level.sums(high)), high[at])
    for level in forest.levels:
        at, child, family = level.parents, level.children, level.family
        rest_low = level.sums(low)[family] - low[child]
        rest_high = level.sums(high)[family] - high[child]
        here = sums[at][family]
        least = np.where(here, np.maximum(low[child], low[at][family] - rest_high), low[child])
        most = np.where(here, np.minimum(high[child], high[at][family] - rest_low), high[child])
        low[child], high[child] = least, most
    return low, high


@dataclass(frozen=True, eq=False)
class Hidden:
    """Which cells are hidden: ``small`` by the rule, ``more`` to protect those, ``withheld`` with its whole tree."""

    small: Flags
    more: Flags
    withheld: Flags

    @property
    def every(self) -> Flags:
        """All hidden cells."""
        return self.small | self.more | self.withheld


def conceal(
    counts: Numbers,
    forest: Forest,
    *,
    profile: Profile,
    least: Numbers | None = None,
    most: Numbers | None = None,
    already: Flags | None = None,
) -> Hidden:
    """Return which counts to hide so that no small one can be inferred.

    Parameters
    ----------
    counts
        A row a unit, a column a measure and period; missing where there is no count.
    forest
        The units.
    profile
        The rule.
    least, most
        What else tells of each cell, in the same shape: a numerator is no larger than what its denominator can be.
    already
        Cells that are hidden for another reason.

    Returns
    -------
    Hidden
        Each column is decided on its own, so that periods published before or later change nothing.

    Examples
    --------
    >>> forest = Forest(np.array([-1, 0, 0, 0]))
    >>> counts = np.array([[28.0], [12.0], [12.0], [4.0]])
    >>> conceal(counts, forest, profile=PROFILES["mhsds"]).every[:, 0].tolist()
    [False, True, True, True]
    """
    small = profile.hides(counts)
    more = np.zeros(counts.shape, dtype=bool) if already is None else already.copy()
    withheld = np.zeros(counts.shape, dtype=bool)
    busy = np.flatnonzero(small.any(axis=0))
    if len(busy):
        low, high = (None if limit is None else limit[:, busy] for limit in (least, most))
        here = counts[:, busy]
        sums = linked(here, forest, profile=profile)
        work = _Work(here, forest, profile, sums, more[:, busy], least=low, most=high)
        found = work.done()
        more[:, busy], withheld[:, busy] = found.more, found.withheld
    return Hidden(small, more & ~small, withheld)


def reach(
    counts: Numbers,
    forest: Forest,
    hidden: Hidden,
    *,
    profile: Profile,
    sums: Flags | None = None,
    least: Numbers | None = None,
    most: Numbers | None = None,
) -> tuple[Numbers, Numbers]:
    """Return the least and most that a reader can infer of each cell; arguments as for :func:`conceal`.

    ``sums`` says in which cells a parent is the sum of its children; found from the counts if None.
    A cell hidden to protect others is known to be larger than what the rule hides, or zero, and no larger than
    those beside it that are shown: the lowest is hidden first.
    """
    sums = linked(counts, forest, profile=profile) if sums is None else sums
    low, high = _given(counts, forest, profile)
    above = np.where(counts > 0, float(profile.high + 1), 0.0)
    low = np.where(hidden.withheld, 0.0, np.where(hidden.more, above, low))
    shown = ~hidden.every & (counts > 0)
    lowest = np.maximum(_lowest(np.where(shown, high, FAR), forest), np.nan_to_num(counts))
    high = np.where(hidden.withheld, FAR, np.where(hidden.more, lowest, high))
    low = low if least is None else np.maximum(low, least)
    high = high if most is None else np.minimum(high, most)
    return inferred(low, high, forest, sums=sums)


def _lowest(table: Numbers, forest: Forest) -> Numbers:
    """Return the lowest of each unit's family, and no bound where there is none above."""
    found = np.full(table.shape, FAR)
    for level in forest.levels:
        found[level.children] = level.least(table)[level.family]
    return found


@dataclass(eq=False)
class _Work:
    """The columns that hold a small count, and what is hidden in them so far."""

    counts: Numbers
    forest: Forest
    profile: Profile
    sums: Flags
    more: Flags
    least: Numbers | None = None
    most: Numbers | None = None

    def __post_init__(self) -> None:
        self.small = self.profile.hides(self.counts)
        self.withheld = np.zeros(self.counts.shape, dtype=bool)
        self.there = ~np.isnan(self.counts)

    @property
    def hidden(self) -> Flags:
        return self.small | self.more | self.withheld

    def done(self) -> Hidden:
        """Hide cell after cell until nothing small can be inferred."""
        if self.profile.pairs:
            for level in self.forest.levels:
                lone = (level.sums((self.hidden & (self.counts > 0)).astype(float)) == 1) & (
                    level.sums(self.small.astype(float)) > 0
                )
                self._hide_lowest(level, lone, zeros=False)
            self._pass_down()
        while (exposed := self.exposed()).any():
            self._widen(exposed)
            self._pass_down()
        return self._now()

    def exposed(self) -> Flags:
        """Return the small cells of which one value only is left."""
        limits = {"least": self.least, "most": self.most}
        low, high = reach(
            self.counts, self.forest, self._now(), profile=self.profile, sums=self.sums, **limits
        )
        return self.small & ~self.withheld & (high - low < 1)

    def _now(self) -> Hidden:
        return Hidden(self.small, self.more, self.withheld)

    def _hide_lowest(self, level: Level, families: Flags, *, zeros: bool) -> Flags:
        """Hide the lowest shown child of families, a zero last if at all; return the families that had none."""
        open_cells = self.there & ~self.hidden & (zeros | (self.counts > 0))
        place = np.arange(len(self.counts), dtype=float)[:, None]
        cost: Numbers = np.where(self.counts > 0, self.counts, FAR) * len(self.counts) + place
        cost = np.where(open_cells, cost, np.inf)
        lowest = level.least(cost)
        found = families & np.isfinite(lowest)
        picked = (cost[level.children] == lowest[level.family]) & found[level.family]
        self.more[level.children] |= picked
        return families & ~found

    def _pass_down(self) -> None:
        """Hide a child, or two, of parents that were hidden to protect others: their children would tell them."""
        for level in self.forest.levels:
            for least in range(1, 3 if self.profile.pairs else 2):
                hidden = level.sums((self.hidden & (self.counts > 0)).astype(float))
                self._hide_lowest(level, self.more[level.parents] & (hidden < least), zeros=False)

    def _widen(self, exposed: Flags) -> None:
        """Hide beside each exposed cell a sibling, or else its parent, or else look further up."""
        needy, stuck = exposed.copy(), np.zeros(exposed.shape, dtype=bool)
        for level in reversed(self.forest.levels):
            families = level.sums(needy.astype(float)) > 0
            without = self._hide_lowest(level, families, zeros=True)
            parents = level.parents
            hidden = self.hidden[parents] | ~self.there[parents]
            if self.profile.pairs:
                self.more[parents] |= without & ~hidden
            else:  # that a parent is hidden would tell that its children are as large or small as they can be
                stuck[parents] |= without & ~hidden
            needy[parents] |= without & hidden
        tops = self.forest.parent < 0
        stuck[tops] |= needy[tops]
        trees = np.zeros(needy.shape, dtype=bool)
        np.logical_or.at(trees, self.forest.top, stuck)
        self.withheld |= trees[self.forest.top] & self.there


@dataclass(frozen=True, eq=False)
class Table:
    """Numerators and denominators, a row a unit and a column a measure and period.

    ``whole`` are the columns whose denominators are counts, ``proportion`` those whose numerators are part of their
    denominators.
    """

    above: Numbers
    below: Numbers
    whole: Flags
    proportion: Flags
    forest: Forest
    profile: Profile

    def rounded(self) -> tuple[Numbers, Numbers]:
        """Return both parts as they are shown wherever they are."""
        below = np.where(self.whole, self.profile.rounded(self.below), self.below)
        return self.profile.rounded(self.above), below

    def hidden(self) -> Flags:
        """Return which cells the rule hides.

        Examples
        --------
        >>> above, none = np.array([[28.0], [12], [12], [4]]), np.full((4, 1), np.nan)
        >>> no, forest = np.array([False]), Forest(np.array([-1, 0, 0, 0]))
        >>> Table(above, none, ~no, no, forest, PROFILES["mhsds"]).hidden()[:, 0].tolist()
        [False, True, True, True]
        """
        top, bottom = self._both()
        bottom |= ~self.whole & (self.below <= self.profile.high)
        above, below = self.rounded()
        return top | bottom | (self.proportion & (above > below))

    def _both(self) -> tuple[Flags, Flags]:
        """Hide numerators and denominators; of a proportion each tells something of the other."""
        forest, profile = self.forest, self.profile
        top, bottom = self.above, np.where(self.whole, self.below, np.nan)
        below = conceal(bottom, forest, profile=profile)
        if not self.proportion.any():
            return conceal(top, forest, profile=profile).every, below.every
        part = self.proportion & ~np.isnan(bottom)
        most = np.where(part, reach(bottom, forest, below, profile=profile)[1], FAR)
        above = conceal(top, forest, profile=profile, most=most)
        least = np.where(part, reach(top, forest, above, profile=profile, most=most)[0], 0.0)
        again = conceal(bottom, forest, profile=profile, least=least, already=below.more)
        return above.every, np.where(self.proportion, again.every, below.every)
