"""Referrals of one person joined into spells with a tolerance."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutg_analysis.errors import DataError
from sutg_analysis.waiting.pathways import spell_numbers


def intervals(*rows):
    table = pd.DataFrame(rows, columns=["person", "from", "to"])
    return table.assign(**{name: pd.to_datetime(table[name]) for name in ("from", "to")})


def spells(table, **options):
    return spell_numbers(table, start="from", end="to", by="person", **options)


@pytest.mark.parametrize(("start", "many"), [("2024-01-15", 1), ("2024-01-16", 2)])
def test_a_gap_of_five_days_joins_and_one_of_six_does_not(start, many):
    table = intervals(("a", "2024-01-01", "2024-01-10"), ("a", start, "2024-01-20"))

    assert spells(table).nunique() == many


def test_a_long_interval_holds_all_that_begin_before_its_end():
    table = intervals(
        ("a", "2024-01-01", "2024-06-30"),
        ("a", "2024-02-01", "2024-02-02"),
        ("a", "2024-05-01", "2024-05-02"),
    )

    assert spells(table).tolist() == [0, 0, 0]


def test_an_open_interval_never_ends():
    table = intervals(("a", "2024-01-01", None), ("a", "2030-01-01", "2030-01-02"))

    assert spells(table).tolist() == [0, 0]


def test_different_people_do_not_join():
    assert spells(
        intervals(("a", "2024-01-01", "2024-01-05"), ("b", "2024-01-02", "2024-01-06"))
    ).tolist() == [0, 1]


def test_an_end_before_its_start_is_refused():
    with pytest.raises(DataError, match="row 0"):
        spells(intervals(("a", "2024-01-10", "2024-01-01")))


DAYS = st.integers(0, 200)
ROWS = st.lists(st.tuples(st.sampled_from("ab"), DAYS, st.integers(0, 30)), min_size=1, max_size=15)


@settings(deadline=None)
@given(ROWS, st.integers(0, 10), st.randoms())
def test_spells_are_those_of_a_sweep_in_any_order_of_rows(rows, tolerance, chance):
    chance.shuffle(rows)
    day = pd.Timestamp("2024-01-01")
    table = pd.DataFrame(
        [(p, day + pd.Timedelta(days=s), day + pd.Timedelta(days=s + n)) for p, s, n in rows],
        columns=["person", "from", "to"],
    )

    numbers = spells(table, tolerance_days=tolerance)

    expected = 0
    for person in "ab":
        covered = sorted({d for p, s, n in rows if p == person for d in range(s, s + n + tolerance + 1)})
        expected += sum(1 for d in covered if d - 1 not in covered)
    assert numbers.nunique() >= expected
    result = table.groupby(numbers).agg({"person": "first", "from": "min", "to": "max"})
    gaps = result.sort_values(["person", "from"])
    same = gaps["person"].eq(gaps["person"].shift())
    assert ((gaps["from"] - gaps["to"].shift())[same] > pd.Timedelta(days=tolerance)).all()
