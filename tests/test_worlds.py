"""A reader who runs the whole rule over every table there could be, and keeps those published alike.

Tables are enumerated up to a total. One is judged if what is shown bounds its total by that, so that no table published
alike is left out.
"""

import itertools

import numpy as np
import pandas as pd
import pytest

from sutg_analysis.catalogue.suppression import PROFILES, Forest, add_up
from sutg_analysis.catalogue.worlds import Table

RULES = {"mhsds": (0, 4, 5), "hes": (1, 7, 5), "fft": (1, 4, 1)}
"""Least and most that is hidden, and what others are rounded to: written again, not taken from the package."""
TREES = {
    "two wards": ([-1, 0, 0], 40),
    "a ward and a side of two": ([-1, 0, 0, 2, 2], 27),
    "a ward and a side of three": ([-1, 0, 0, 2, 2, 2], 20),
    "two sides of two": ([-1, 0, 0, 1, 1, 2, 2], 20),
    "a ward and a side of a ward and a team of two": ([-1, 0, 0, 2, 2, 4, 4], 20),
}
FOUND = [
    ("mhsds", [-1, 0, 0, 1, 1], (4, 7, 12), 30),
    ("hes", [-1, 0, 0, 1, 1], (1, 13, 13), 27),
    ("fft", [-1, 0, 0, 1, 1, 1], (4, 6, 5, 5), 20),
]
"""Tables with a small count that was once the same in all published alike."""


def leaves_of(parents):
    return [unit for unit in range(len(parents)) if unit not in parents]


def up_to(total, parts):
    """Every row of so many counts with no more than this total."""
    if parts == 1:
        return np.arange(total + 1)[:, None]
    return np.concatenate(
        [np.insert(up_to(total - first, parts - 1), 0, first, axis=1) for first in range(total + 1)]
    )


def filled(parents, rows):
    """The counts of leaves, a row a table, as a table of units with the sums."""
    counts = np.full((len(parents), len(rows)), np.nan)
    counts[leaves_of(parents)] = np.array(rows, dtype=float).T
    return add_up(counts, Forest(np.array(parents)), made=np.isnan(counts))


def table_of(rule, parents, above, below=None, *, reported=False):
    """One table a column; with denominators it is of proportions."""
    sums = np.isin(np.arange(len(parents)), parents)[:, None] & ~np.zeros(above.shape, dtype=bool)
    part = np.full(above.shape[1], below is not None)
    below = np.full(above.shape, np.nan) if below is None else below
    made = sums & (not reported)
    return Table(above, below, made, np.ones_like(part), part, Forest(np.array(parents)), PROFILES[rule])


def published(table):
    """What a reader sees, a row a table: numbers, and -1 where none is."""
    hidden, parts = table.hidden(), table.rounded()
    return np.concatenate([np.where(hidden | np.isnan(part), -1, part) for part in parts]).T


def single(rule, counts, shown, within):
    """Say of each table, and each of its counts, whether it is small and the same in all tables published alike."""
    low, high, base = RULES[rule]
    _, alike = np.unique(shown, axis=0, return_inverse=True)
    groups = pd.DataFrame(counts).groupby(alike.ravel())
    one = (groups.max() == groups.min()).to_numpy()[alike.ravel()]
    total = shown[:, within[0]]
    complete = (total >= 0) & (total + base // 2 <= within[1])
    return one & (counts >= low) & (counts <= high) & complete[:, None], complete


@pytest.mark.parametrize(("rule", "parents", "truth", "most"), FOUND)
def test_a_small_count_that_every_table_published_alike_shared_is_withheld(rule, parents, truth, most):
    rows = up_to(most, len(truth))
    counts = filled(parents, rows)
    table = table_of(rule, parents, counts)
    mine = np.flatnonzero((rows == truth).all(axis=1))[0]
    low, high, _ = RULES[rule]

    shown = published(table)

    assert not table.ruled()[:, mine].all()
    assert (shown[mine] == -1).all()
    same = counts[:, (shown == shown[mine]).all(axis=1)]
    small = (counts[:, mine] >= low) & (counts[:, mine] <= high)
    assert (np.ptp(same, axis=1)[small] > 0).all()


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("rule", RULES)
def test_whoever_tries_every_table_finds_no_small_count_of_any_unit(rule, tree):
    parents, most = TREES[tree]
    counts = filled(parents, up_to(most, len(leaves_of(parents))))

    told, complete = single(rule, counts.T, published(table_of(rule, parents, counts)), (0, most))

    assert complete.any()
    assert not told.any()


@pytest.mark.parametrize("rule", RULES)
def test_whoever_tries_every_proportion_finds_no_small_part_of_any_unit(rule):
    parents, most = [-1, 0, 0], 22
    pairs = np.array(
        [
            (*tops, *bottoms)
            for bottoms in up_to(most, 2)
            for tops in itertools.product(*(range(count + 1) for count in bottoms))
        ]
    )
    above, below = filled(parents, pairs[:, :2]), filled(parents, pairs[:, 2:])
    shown = published(table_of(rule, parents, above, below))

    told, complete = single(rule, np.concatenate([above, below]).T, shown, (len(parents), most))

    assert complete.any()
    assert not told.any()


@pytest.mark.parametrize("rule", RULES)
def test_a_table_with_several_worlds_is_shown_as_the_rule_says(rule):
    counts = filled([-1, 0, 0, 0, 0], [(3, 12, 20, 41), (2, 3, 20, 20), (12, 12, 3, 30)])
    table = table_of(rule, [-1, 0, 0, 0, 0], counts)

    assert (table.hidden() == table.ruled()).all()
    assert not table.hidden().all(axis=0).any()


@pytest.mark.parametrize("rule", RULES)
def test_a_parent_that_reports_the_sum_of_its_children_is_taken_for_one(rule):
    parents = [-1, 0, 0, 1, 1]
    counts = filled(parents, up_to(27, 3)[::7])

    made, reported = (table_of(rule, parents, counts, reported=by_hand) for by_hand in (False, True))

    assert (made.hidden() == reported.hidden()).all()


def test_each_tree_and_period_is_withheld_on_its_own():
    one = filled([-1, 0, 0, 1, 1], [(4, 7, 12), (10, 9, 12), (3, 20, 20)])
    forest = [-1, 0, 0, 1, 1, -1, 5, 5, 6, 6]
    both = np.concatenate([one, one[:, ::-1]])

    hidden = table_of("mhsds", forest, both).hidden()

    apart = [table_of("mhsds", forest[:5], part).hidden() for part in np.split(both, 2)]
    assert (hidden == np.concatenate(apart)).all()
    assert hidden.reshape(2, 5, 3).all(axis=1).tolist() == [[True, False, False], [False, False, True]]


def test_tables_looked_at_together_are_hidden_as_each_alone():
    rng = np.random.default_rng(5)
    parents = [-1, 0, 0, 1, 1, 2, 2]
    below = filled(parents, rng.poisson(9, (40, 4)))
    above = filled(parents, rng.binomial(below[leaves_of(parents)].T.astype(int), 0.6))
    table = table_of("fft", parents, above, below)
    units = np.arange(len(parents))

    alone = [table.of(units, np.array([column])).hidden() for column in range(40)]

    assert (table.hidden() == np.hstack(alone)).all()
