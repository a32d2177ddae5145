"""Completeness, timeliness, duplicates, validity and staleness are counted from what was reported."""

import numpy as np
import pandas as pd
import pytest

from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.quality.measures import quality, worst_by
from sutg_analysis.quality.rules import QualityRules

Q2 = Quarter(2023, 2)
MEASURES = pd.DataFrame({"measure_id": ["seen", "falls"], "unit": ["percent", "count"]})


def series(*, unit="a", months=18, measure="seen"):
    period = pd.date_range(end="2023-09-01", periods=months, freq="MS")
    table = pd.DataFrame({"measure_id": measure, "unit_id": unit, "period": period})
    return table.assign(numerator=np.arange(months) + 50.0, denominator=100.0)


def graded(table, **options):
    return quality(table, MEASURES, quarter=Q2, **options).iloc[0]


def test_a_whole_series_is_good_in_every_dimension():
    result = graded(series())

    assert result[["expected", "reported", "due", "in_time", "months_old"]].tolist() == [12, 12, 3, 3, 0]
    assert set(result[["completeness", "timeliness", "duplicates", "validity", "staleness"]]) == {"Good"}


def test_an_empty_month_and_an_absent_row_are_both_missing():
    table = series()
    table.loc[10, "numerator"] = np.nan

    result = graded(table.drop(index=12))

    assert (result["expected"], result["reported"], result["completeness"]) == (12, 10, "Poor")


def test_a_month_missing_at_the_end_is_late_and_the_last_value_ages():
    result = graded(series()[:-1])

    assert result[["in_time", "due", "months_old"]].tolist() == [2, 3, 1]
    assert result[["completeness", "timeliness", "staleness"]].tolist() == ["Fair", "Fair", "Fair"]


def test_a_last_value_older_than_the_rule_is_stale():
    assert graded(series()[:-3])["staleness"] == "Poor"
    assert graded(series()[:-3], rules=QualityRules(stale_months=3))["staleness"] == "Fair"


def test_a_series_without_any_value_is_poor_in_what_time_tells():
    result = graded(series().assign(numerator=np.nan))

    assert result[["completeness", "timeliness", "staleness"]].tolist() == ["Poor"] * 3
    assert result["reported"] == 0


def test_a_series_is_expected_from_its_first_row_on():
    assert graded(series(months=4))["expected"] == 4


def test_a_row_that_stands_twice_is_poor_and_a_value_that_repeats_is_fair():
    table = series()
    table.loc[15, ["numerator"]] = table.loc[14, "numerator"]

    assert graded(table)["duplicates"] == "Fair"
    assert graded(pd.concat([series(), series().tail(1)]))["duplicates"] == "Poor"


@pytest.mark.parametrize(("top", "bottom"), [(101.0, 100.0), (-1.0, 100.0), (5.0, 0.0)])
def test_a_value_that_cannot_be_is_counted(top, bottom):
    table = series()
    table.loc[16, ["numerator", "denominator"]] = top, bottom

    result = graded(table)

    assert (result["impossible"], result["validity"]) == (1, "Poor")


def test_a_count_may_be_above_what_it_is_counted_against():
    assert graded(series(measure="falls").assign(denominator=10.0))["validity"] == "Good"


def test_weeks_are_expected_where_any_unit_reported_them():
    weeks = pd.date_range("2023-07-03", "2023-09-25", freq="7D")
    rows = pd.DataFrame({"measure_id": "falls", "unit_id": "a", "period": weeks, "numerator": 1.0})
    rows = rows.assign(denominator=np.nan)
    both = pd.concat([rows, rows.iloc[:-1].assign(unit_id="b")])

    result = quality(both, MEASURES, quarter=Q2).set_index("unit_id")

    assert result.loc["b", ["expected", "reported"]].tolist() == [13, 12]


def test_what_is_reported_after_the_quarter_is_not_counted():
    late = series().assign(period=lambda table: table["period"] + pd.DateOffset(months=2))

    assert graded(late)["expected"] == 12
    assert graded(late)["months_old"] == 0


def test_a_group_has_the_worst_grade_of_its_series_and_their_counts():
    both = pd.concat([series(), series(unit="b")[:-1]])

    result = worst_by(quality(both, MEASURES, quarter=Q2), "measure_id").iloc[0]

    assert result[["series", "expected", "reported", "timeliness"]].tolist() == [2, 24, 23, "Fair"]
