"""Which tables would be published alike: a small count that is the same in all of them is known, however it is hidden.

The rule of :mod:`sutg_analysis.catalogue.suppression` is public, and which further cells it hides depends on the counts. A reader
can run it over every table that could be, and keep those that come out as what was published. So the tables alike, the
worlds, are looked for in the same way: from the table itself by moving a reported count, or one against another of its
tree, by up to ``FURTHEST``, with the sums made again and the whole rule run on each. Both parts of a proportion may move
together, and a parent that reports the sum of its children moves with them. Where every world found has the same small
count, the whole tree is withheld for that period.

That is sound because of how the worlds hang together. Moves can be undone, so tables alike fall into components, each
reached whole from any of its tables. That a count is the same throughout is a property of the component: its tables are
all withheld or none is, and every table that is not stands among worlds in which each small count has two values or more.
It holds as far as a search goes to its end. One that is given up after ``LIMITS`` counts as not having found a second
value, so that what was looked for in vain is withheld too. Of a tree that is withheld nothing is shown but that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sutg_analysis.catalogue.suppression import FAR, Flags, Forest, Numbers, Profile, add_up, conceal, reach

Places = NDArray[np.intp]

FURTHEST = 8
"""How far one move goes: a count hidden for being small can change places with one that is not."""
LIMITS = (300, 1_000, 4_000)
"""How many tables are tried in each stage since a second value of some count was last found."""

_BATCH = 200
_ROWS = 250
_CELLS = 500_000


@dataclass(frozen=True, eq=False)
class Table:
    """Numerators and denominators, a row a unit and a column a measure and period.

    ``made`` are the cells that are sums of the units below, ``whole`` the columns whose denominators are counts,
    ``proportion`` those whose numerators are part of their denominators.
    """

    above: Numbers
    below: Numbers
    made: Flags
    whole: Flags
    proportion: Flags
    forest: Forest
    profile: Profile

    @property
    def counts(self) -> Numbers:
        """Numerators over denominators, those that are no counts left out."""
        return np.concatenate([self.above, np.where(self.whole, self.below, np.nan)])

    @cached_property
    def tied(self) -> Flags:
        """Where a reported parent is the sum of its children, and so moves with them; as ``counts``."""
        return np.concatenate([self._tied(part) for part in np.split(self.counts, 2)])

    def _tied(self, part: Numbers) -> Flags:
        full = add_up(part, self.forest, made=np.isnan(part))
        found = np.zeros(part.shape, dtype=bool)
        for level in self.forest.levels:
            some = level.sums((~np.isnan(full)).astype(float)) > 0
            found[level.parents] = some & (level.sums(np.nan_to_num(full)) == part[level.parents])
        return found & ~self.made

    def of(self, units: Places, columns: Places) -> Table:
        """Return some columns of a tree, or of several."""
        parent = self.forest.parent[units]
        place = np.full(len(self.forest.parent) + 1, -1)
        place[units] = np.arange(len(units))
        cells = np.ix_(units, columns)
        return Table(
            self.above[cells],
            self.below[cells],
            self.made[cells],
            self.whole[columns],
            self.proportion[columns],
            Forest(place[parent]),
            self.profile,
        )

    def rounded(self) -> tuple[Numbers, Numbers]:
        """Return both parts as they are shown wherever they are."""
        below = np.where(self.whole, self.profile.rounded(self.below), self.below)
        return self.profile.rounded(self.above), below

    def ruled(self) -> Flags:
        """Return which cells the rule hides, without a look at other tables.

        Examples
        --------
        >>> from sutg_analysis.catalogue.suppression import PROFILES
        >>> above, none = np.array([[28.0], [12], [12], [4]]), np.full((4, 1), np.nan)
        >>> made, no, forest = none > 0, np.array([False]), Forest(np.array([-1, 0, 0, 0]))
        >>> Table(above, none, made, ~no, no, forest, PROFILES["mhsds"]).ruled()[:, 0].tolist()
        [False, True, True, True]
        """
        top, bottom = self._both()
        bottom |= ~self.whole & (self.below <= self.profile.high)
        above, below = self.rounded()
        return top | bottom | (self.proportion & (above > below))

    def _both(self) -> tuple[Flags, Flags]:
        """Hide numerators and denominators; of a proportion each tells something of the other."""
        forest, profile = self.forest, self.profile
        top, bottom = np.split(self.counts, 2)
        below = conceal(bottom, forest, profile=profile)
        if not self.proportion.any():
            return conceal(top, forest, profile=profile).every, below.every
        part = self.proportion & ~np.isnan(bottom)
        most = np.where(part, reach(bottom, forest, below, profile=profile)[1], FAR)
        above = conceal(top, forest, profile=profile, most=most)
        least = np.where(part, reach(top, forest, above, profile=profile, most=most)[0], 0.0)
        again = conceal(bottom, forest, profile=profile, least=least, already=below.more)
        return above.every, np.where(self.proportion, again.every, below.every)

    def hidden(self) -> Flags:
        """Return which cells are hidden: by the rule, or with their tree for a small count that other tables would tell.

        Examples
        --------
        >>> from sutg_analysis.catalogue.suppression import PROFILES
        >>> above, none = np.array([[23.0], [4], [19], [7], [12]]), np.full((5, 1), np.nan)
        >>> made, no, forest = none > 0, np.array([False]), Forest(np.array([-1, 0, 0, 2, 2]))
        >>> made[[0, 2]] = True
        >>> table = Table(above, none, made, ~no, no, forest, PROFILES["mhsds"])
        >>> [hidden[:, 0].tolist() for hidden in (table.ruled(), table.hidden())]
        [[False, True, True, True, False], [True, True, True, True, True]]
        """
        hidden = self.ruled()
        there = ~np.isnan(self.above) | ~np.isnan(self.below)
        small = np.logical_or(*np.split(self.profile.hides(self.counts), 2))
        for top in np.flatnonzero(self.forest.parent < 0):
            units = np.flatnonzero(self.forest.top == top)
            some_shown = (there[units] & ~hidden[units]).any(axis=0)
            columns = np.flatnonzero(small[units].any(axis=0) & some_shown)
            size = max(1, _CELLS // (_BATCH * len(units)))
            for start in range(0, len(columns), size):
                some = columns[start : start + size]
                known = _known(self.of(units, some), hidden[np.ix_(units, some)])
                hidden[np.ix_(units, some[known])] |= there[np.ix_(units, some[known])]
        return hidden


def _known(table: Table, hidden: Flags) -> Flags:
    """Return in which columns of a tree a small count is the same in every table that would be published alike."""
    searches = [_Search(table, hidden, column) for column in range(hidden.shape[1])]
    steps = {search.column: search.batches() for search in searches}
    while steps:
        tries = {column: batch for column, step in steps.items() if (batch := next(step, None)) is not None}
        if tries:
            alike = _alike(table, hidden, tries)
            starts = np.cumsum([len(batch) for batch in tries.values()])[:-1]
            for (column, batch), same in zip(tries.items(), np.split(alike, starts), strict=True):
                searches[column].found(batch[same])
        steps = {column: steps[column] for column in tries if searches[column].lone.any()}
    return np.array([search.lone.any() for search in searches])


def _alike(table: Table, hidden: Flags, tries: dict[int, Numbers]) -> Flags:
    """Return which of the tables tried, a row each, are published as the column that they come from."""
    column = np.repeat(list(tries), [len(batch) for batch in tries.values()])
    above, below = np.split(np.concatenate(list(tries.values())).T, 2)
    below = np.where(table.whole[column], below, table.below[:, column])
    tried = replace(
        table,
        above=above,
        below=below,
        made=table.made[:, column],
        whole=table.whole[column],
        proportion=table.proportion[column],
    )
    same = (tried.ruled() == hidden[:, column]).all(axis=0)
    return same & (tried.tied == table.tied[:, column]).all(axis=0)


class _Search:
    """The worlds of one column so far, and its small cells of which one value only was seen (``lone``)."""

    def __init__(self, table: Table, hidden: Flags, column: int) -> None:
        self.column = column
        start = table.counts[:, column]
        self.open = np.tile(hidden[:, column], 2)
        least, most = table.profile.bounds(start)
        self.least = np.where(self.open, 0, least)
        self.most = np.where(self.open, np.inf, most)
        self.part = bool(table.proportion[column])
        if self.part and not table.whole[column]:
            self.most[: len(hidden)] = np.fmin(self.most[: len(hidden)], table.below[:, column])
        self.profile = table.profile
        self.lone = self.profile.hides(start)
        self.worlds = [start]
        made = np.tile(table.made[:, column], 2)
        parts = np.split(self.lone, 2)
        self.busy = [part for part in (0, 1) if parts[part].any()]
        moved = np.repeat([self.part or part in self.busy for part in (0, 1)], len(start) // 2)
        own = ~np.isnan(start) & ~made & ~table.tied[:, column] & (self.least < self.most) & moved
        self.own = np.flatnonzero(own)
        self.moves, self.kind, self.near, place = self._moves(_one_more(table, column, self.own))
        self.home = np.append(table.forest.parent[place % len(hidden)], -1)
        self.tried = 0
        self.seen = set(self._keys(start[None]))

    def batches(self) -> Iterator[Numbers]:
        """Yield tables to try, a row each: those next to the column's that change a lone cell, then stage by stage."""
        near, every = self._pairs(near=True), self._pairs(near=False)
        one, far = range(1, 2), range(1, FURTHEST + 1)
        yield from self._stage(*near, steps=one, limit=LIMITS[1], aimed=True)
        yield from self._stage(*every, steps=far, limit=LIMITS[1], aimed=True)
        for pairs, steps, limit in zip((near, every, every), (one, one, far), LIMITS, strict=True):
            yield from self._stage(*pairs, steps=steps, limit=limit, aimed=False)

    def found(self, worlds: Numbers) -> None:
        """Take in tables that are published alike."""
        self.worlds.extend(worlds)
        settled = self.lone & (worlds != self.worlds[0]).any(axis=0)
        if settled.any():
            self.lone, self.tried = self.lone & ~settled, 0

    def _moves(self, single: Numbers) -> tuple[Numbers, Places, Flags, Places]:
        """Return one more in each cell, or in both parts of a proportion, which of these each is, if hidden, and where.

        The last moves nothing, so that a pair with it is one cell alone.
        """
        half = len(self.open) // 2
        second = self.own >= half
        _, first, other = np.intersect1d(self.own[~second], self.own[second] - half, return_indices=True)
        both = first[:0] if not self.part else first
        joint = single[both] + single[np.count_nonzero(~second) + other[: len(both)]]
        place = np.concatenate([self.own, self.own[both]])
        kind = np.concatenate([second.astype(np.intp), np.full(len(both), 2), [3]])
        return (
            np.concatenate([single, joint, np.zeros((1, 2 * half))]),
            kind,
            np.append(self.open[place], True),
            place,
        )

    def _pairs(self, *, near: bool) -> tuple[Places, Places]:
        """Return which moves are made, and which are undone with them: where both change what is shown exactly, or neither."""
        nothing = self.kind == 3
        exact = np.flatnonzero(self.least == self.most)
        _, told = np.unique(self.moves[:, exact], axis=0, return_inverse=True)
        told = told.ravel()
        allowed = (self.kind[:, None] == self.kind) | nothing[:, None] | nothing
        allowed &= told[:, None] == told
        if near:
            allowed &= self.near[:, None] & self.near
        np.fill_diagonal(allowed, val=False)
        up, down = np.nonzero(allowed)
        siblings = (self.home[up] == self.home[down]) | nothing[up] | nothing[down]
        order = np.argsort(~siblings, kind="stable")
        return up[order], down[order]

    def _stage(self, up: Places, down: Places, *, steps: range, limit: int, aimed: bool) -> Iterator[Numbers]:
        """Yield what moves lead to from the column itself, or from every world and those found meanwhile."""
        place, waiting = 0, [np.empty((0, len(self.open)))]
        self.tried = 0
        while place < (1 if aimed else len(self.worlds)):
            for fresh in self._around(self.worlds[place], up, down, steps, aimed=aimed):
                waiting.append(fresh)
                if sum(map(len, waiting)) >= _BATCH:
                    yield self._counted(waiting)
                    if self.tried >= limit:
                        return
            place += 1
            if (aimed or place == len(self.worlds)) and any(map(len, waiting)):
                yield self._counted(waiting)

    def _counted(self, waiting: list[Numbers]) -> Numbers:
        batch = np.concatenate(waiting)
        self.tried += len(batch)
        waiting.clear()
        return batch

    def _around(
        self, world: Numbers, up: Places, down: Places, steps: range, *, aimed: bool
    ) -> Iterator[Numbers]:
        for step in steps:
            for start in range(0, len(up), _ROWS):
                some = slice(start, start + _ROWS)
                moves = self.moves[up[some]] - self.moves[down[some]]
                moves = moves[moves[:, self.lone].any(axis=1)] if aimed else moves
                yield self._fresh(world + step * moves)

    def _fresh(self, tables: Numbers) -> Numbers:
        """Return those tables not tried before whose shown cells could be shown as they are.

        Numerators and denominators that are no proportion are looked at apart: a part without a small count stays
        as it is, and one with some keeps some, so that moves can still be undone.
        """
        fits = ~((tables < self.least) | (tables > self.most)).any(axis=1)
        parts = np.split(tables, 2, axis=1)
        if self.part:
            fits &= ~(parts[0] > parts[1]).any(axis=1)
        else:
            for part in self.busy:
                fits &= self.profile.hides(parts[part]).any(axis=1)
        fitting = tables[fits]
        keys = dict(zip(self._keys(fitting), range(len(fitting)), strict=True))
        fresh = [place for key, place in keys.items() if key not in self.seen]
        self.seen |= keys.keys()
        return fitting[fresh]

    def _keys(self, tables: Numbers) -> list[bytes]:
        return [row.tobytes() for row in tables[:, self.own].astype(np.int64)]


def _one_more(table: Table, column: int, own: Places) -> Numbers:
    """Return what one more in each of these cells adds to every cell, sums included."""
    size = len(table.forest.parent)
    counts, tied = table.counts[:, column], table.tied[:, column]
    moves = np.zeros((len(own), 2 * size))
    for row, cell in enumerate(own):
        moves[row, cell] = 1
        shift, unit, direct = (size if cell >= size else 0), table.forest.parent[cell % size], True
        while unit >= 0:
            if np.isnan(counts[shift + unit]):
                direct = False
            elif tied[shift + unit] or (direct and table.made[unit, column]):
                moves[row, shift + unit], direct = 1, True
            else:
                break
            unit = table.forest.parent[unit]
    return moves
