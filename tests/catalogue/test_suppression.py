"""Complementary suppression against an attacker of its own: integer programming over all that is published."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from sutg_analysis.catalogue.suppression import PROFILES, Forest, add_up, conceal, inferred, linked

RULES = {"mhsds": (0, 4, 5), "hes": (1, 7, 5), "fft": (1, 4, 1)}
"""Least and most that is hidden, and what others are rounded to: written again, not taken from the package."""
COUNTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 20, 41]
SEVERAL = settings(max_examples=60, deadline=None)


def ranges(count, *, rule, shown):
    """What an attacker knows of one cell: that it is shown as some number, or hidden."""
    low, high, base = RULES[rule]
    if shown:
        if count <= high:
            return count, count
        middle = base * int(count / base + 0.5)
        return max(high + 1, middle - base // 2), middle + base // 2
    if low <= count <= high:
        return low, high
    return (0 if count == 0 else high + 1), 10_000


def attacked(bounds, parents, cell, *, extra=(), known=None):
    """Return the least and most of a cell, by integer programming over the sums of the tree."""
    size = len(bounds)
    rows = []
    for parent in sorted({p for p in parents if p >= 0}):
        if known is None or known[parent]:
            row = np.zeros(size)
            row[parent] = -1
            row[[child for child, above in enumerate(parents) if above == parent]] = 1
            rows.append(LinearConstraint(row, 0, 0))
    limits = Bounds([low for low, _ in bounds], [high for _, high in bounds])
    found = []
    for sign in (1, -1):
        aim = np.zeros(size)
        aim[cell] = sign
        result = milp(aim, constraints=[*rows, *extra], bounds=limits, integrality=np.ones(size))
        assert result.status == 0, "what is published cannot be"
        found.append(round(sign * result.fun))
    return tuple(found)


@st.composite
def trees(draw, least=1, most=8):
    """A tree of units, the parent of each before it, and the counts of its leaves."""
    size = draw(st.integers(least, most))
    parents = [-1, *(draw(st.integers(0, place - 1)) for place in range(1, size))]
    leaves = [unit for unit in range(size) if unit not in parents]
    counts = {unit: draw(st.sampled_from(COUNTS)) for unit in leaves}
    return parents, counts


def filled(parents, leaves):
    table = np.full((len(parents), 1), np.nan)
    for unit, count in leaves.items():
        table[unit] = count
    return add_up(table, Forest(np.array(parents)), made=np.isnan(table))


def star(*counts):
    return [-1, *([0] * len(counts))], dict(enumerate(counts, start=1))


@pytest.mark.parametrize("rule", RULES)
@given(tree=trees())
@example(tree=star(12, 12, 4))
@example(tree=star(1, 1))
@example(tree=star(1, 1, 1, 1))
@example(tree=star(4, 4, 0))
@example(tree=([-1, 0, 0, 1, 2, 2], {3: 3, 4: 30, 5: 30}))
@example(tree=([-1, 0, 1], {2: 3}))
@SEVERAL
def test_no_small_count_is_left_with_one_value(rule, tree):
    parents, leaves = tree
    counts = filled(parents, leaves)

    hidden = conceal(counts, Forest(np.array(parents)), profile=PROFILES[rule])

    every, low, high = hidden.every[:, 0], *RULES[rule][:2]
    if hidden.withheld.any():
        assert every.all(), "a tree is withheld whole"
        return
    bounds = [
        ranges(count, rule=rule, shown=not gone) for count, gone in zip(counts[:, 0], every, strict=True)
    ]
    for cell in np.flatnonzero((counts[:, 0] >= low) & (counts[:, 0] <= high)):
        assert every[cell]
        least, most = attacked(bounds, parents, int(cell))
        assert least < most, f"{counts[:, 0]} shown as {every}: unit {cell} can only be {least}"


@pytest.mark.parametrize("rule", RULES)
@given(tree=trees())
@SEVERAL
def test_what_is_inferred_is_what_integer_programming_finds(rule, tree):
    parents, leaves = tree
    counts, forest = filled(parents, leaves), Forest(np.array(parents))
    low, high, _ = RULES[rule]
    small = (counts[:, 0] >= low) & (counts[:, 0] <= high)
    bounds = [
        ranges(count, rule=rule, shown=not gone) for count, gone in zip(counts[:, 0], small, strict=True)
    ]
    limits = [np.array([[float(bound[side])] for bound in bounds]) for side in (0, 1)]

    found = inferred(*limits, forest, sums=linked(counts, forest, profile=PROFILES[rule]))

    for cell in range(len(parents)):
        assert attacked(bounds, parents, cell) == tuple(int(bound[cell, 0]) for bound in found)


def hidden_of(rule, parents, leaves):
    counts = filled(parents, leaves)
    return conceal(counts, Forest(np.array(parents)), profile=PROFILES[rule]).every[:, 0].tolist()


def test_a_rounded_total_that_its_parts_can_barely_reach_hides_further_parts():
    """With one part of 12 shown as 10, whoever knows that the lowest is hidden knows that the other is 12 at most."""
    assert hidden_of("mhsds", *star(12, 12, 4)) == [False, True, True, True]


def test_without_a_second_hidden_part_the_third_would_be_known():
    bounds = [(28, 32), (8, 12), (8, 12), (0, 4)]

    assert attacked(bounds, [-1, 0, 0, 0], 3) == (4, 4)


def test_fft_hides_the_next_lowest_sibling():
    assert hidden_of("fft", *star(3, 20, 6, 9)) == [False, True, False, True, False]


def test_fft_hides_two_children_of_a_parent_hidden_for_another():
    parents, leaves = [-1, 0, 0, 2, 2, 2, 1], {3: 9, 4: 8, 5: 30, 6: 2}

    assert hidden_of("fft", parents, leaves) == [False, True, True, True, True, False, True]


def test_hes_shows_zero_and_hides_one_to_seven():
    assert hidden_of("hes", [-1, -1, -1, -1], {0: 0, 1: 1, 2: 7, 3: 8}) == [False, True, True, False]


def test_a_table_of_zeros_is_hidden_by_mhsds_and_shown_by_fft():
    assert all(hidden_of("mhsds", *star(0, 0)))
    assert not any(hidden_of("fft", *star(0, 0)))


def test_a_ward_that_is_the_whole_trust_is_hidden_with_it():
    assert hidden_of("fft", *star(3)) == [True, True]


def test_a_parent_that_does_not_add_up_tells_nothing_and_stays():
    counts = np.array([[90.0], [3.0], [40.0]])

    hidden = conceal(counts, Forest(np.array([-1, 0, 0])), profile=PROFILES["mhsds"])

    assert hidden.every[:, 0].tolist() == [False, True, False]


def test_each_period_is_decided_on_its_own():
    forest = Forest(np.array([-1, 0, 0, 0]))
    both = np.array([[28.0, 60], [12, 20], [12, 20], [4, 20]])

    together = conceal(both, forest, profile=PROFILES["mhsds"]).every

    alone = [conceal(both[:, [place]], forest, profile=PROFILES["mhsds"]).every for place in (0, 1)]
    assert (together == np.hstack(alone)).all()


@given(st.integers(0, 10_000), st.sampled_from(sorted(RULES)))
def test_a_shown_count_is_rounded_within_what_it_may_stand_for(count, rule):
    profile = PROFILES[rule]
    table = np.array([[float(count)]])
    low, high = RULES[rule][:2]

    if not low <= count <= high:
        assert profile.rounded(table)[0, 0] % RULES[rule][2] == 0
        assert tuple(int(bound[0, 0]) for bound in profile.bounds(table)) == ranges(
            count, rule=rule, shown=True
        )
    assert profile.hides(table)[0, 0] == (low <= count <= high)


@pytest.mark.parametrize("rule", RULES)
@given(counts=st.lists(st.sampled_from(COUNTS), min_size=3, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_unit_without_a_count_between_others_hides_no_sum_from_a_reader(rule, counts):
    """The trust has a row of its own, the side between it and two wards has none."""
    parents = [-1, 0, 1, 1, 0]
    table = np.array([[sum(counts)], [np.nan], *([count] for count in counts)], dtype=float)

    hidden = conceal(table, Forest(np.array(parents)), profile=PROFILES[rule])

    if hidden.withheld.any():
        return
    bounds = [
        (0, 10_000) if np.isnan(count) else ranges(count, rule=rule, shown=not gone)
        for count, gone in zip(table[:, 0], hidden.every[:, 0], strict=True)
    ]
    low, high = RULES[rule][:2]
    for cell in (0, 2, 3, 4):
        if low <= table[cell, 0] <= high:
            least, most = attacked(bounds, parents, cell)
            assert least < most
