"""Rates roll up from numerators and denominators, level by level."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutg_analysis.catalogue.units import depths, roll_up

FALLS = pd.Series(["falls"])


def rows(*records):
    frame = pd.DataFrame(records, columns=["unit_id", "period", "numerator", "denominator"])
    return frame.assign(measure_id="falls", period=pd.to_datetime(frame["period"]))[
        ["measure_id", "unit_id", "period", "numerator", "denominator"]
    ]


TREE = pd.DataFrame({"unit_id": ["t", "d", "a", "b"], "parent_id": [None, "t", "d", "d"]})


def of(result, unit):
    return result[result["unit_id"] == unit][["numerator", "denominator"]].values.tolist()


def test_a_parents_rate_is_pooled_not_averaged():
    result = roll_up(rows(("a", "2024-01-01", 1, 10), ("b", "2024-01-01", 9, 990)), TREE, summable=FALLS)

    assert of(result, "d") == of(result, "t") == [[10, 1000]]


def test_a_parent_with_rows_of_its_own_keeps_them():
    own = rows(("a", "2024-01-01", 1, 10), ("d", "2024-01-01", 7, 70))

    result = roll_up(own, TREE, summable=FALLS)

    assert of(result, "d") == of(result, "t") == [[7, 70]]


def test_a_period_that_lacks_a_child_is_a_gap():
    months = ["2024-01-01", "2024-02-01", "2024-03-01"]
    reported = rows(
        *[("a", month, 1, 10) for month in months], ("b", months[0], 2, 20), ("b", months[2], 2, 20)
    )

    result = of(roll_up(reported, TREE, summable=FALLS), "d")

    assert [numerator for numerator, _ in result] == pytest.approx([3, np.nan, 3], nan_ok=True)


def test_a_child_that_opened_later_leaves_no_gap_before():
    reported = rows(("a", "2024-01-01", 1, 10), ("a", "2024-02-01", 1, 10), ("b", "2024-02-01", 2, 20))

    assert of(roll_up(reported, TREE, summable=FALLS), "d") == [[1, 10], [3, 30]]


def test_what_cannot_be_added_is_not_rolled_up():
    result = roll_up(rows(("a", "2024-01-01", 1, 10)), TREE, summable=pd.Series([], dtype="str"))

    assert set(result["unit_id"]) == {"a"}


def test_counts_without_denominators_roll_up_without_one():
    result = roll_up(
        rows(("a", "2024-01-01", 1, np.nan), ("b", "2024-01-01", 2, np.nan)), TREE, summable=FALLS
    )

    numerator, denominator = of(result, "t")[0]
    assert numerator == 3
    assert np.isnan(denominator)


@st.composite
def trees(draw):
    size = draw(st.integers(2, 9))
    parents = [None, *(draw(st.integers(0, number - 1)) for number in range(1, size))]
    names = [f"u{number}" for number in range(size)]
    return pd.DataFrame({"unit_id": names, "parent_id": [None if p is None else names[p] for p in parents]})


@settings(max_examples=40)
@given(trees(), st.randoms(use_true_random=False))
def test_on_any_tree_every_level_pools_the_leaves_below_it(units, random):
    leaves = units.loc[~units["unit_id"].isin(units["parent_id"]), "unit_id"]
    base = rows(*[(leaf, "2024-01-01", random.randint(0, 50), random.randint(50, 900)) for leaf in leaves])

    result = roll_up(base, units, summable=FALLS).set_index("unit_id")

    parent = units.set_index("unit_id")["parent_id"]
    for unit in units["unit_id"]:
        below = [leaf for leaf in leaves if unit in _chain(leaf, parent)]
        expected = base.set_index("unit_id").loc[below, ["numerator", "denominator"]].sum()
        assert result.loc[unit, ["numerator", "denominator"]].tolist() == expected.tolist()


def _chain(unit, parent):
    while unit is not None and unit == unit:
        yield unit
        unit = parent[unit]


def test_depth_counts_from_the_top():
    assert depths(TREE).to_dict() == {"t": 0, "d": 1, "a": 2, "b": 2}
