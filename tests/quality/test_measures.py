"""Each expected outcome is covered, or says what it lacks; the quality of data is counted from what was reported."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.quality.measures import coverage, coverage_counts, data_quality, worst_by
from sutg_analysis.quality.rules import QualityRules

AT = AsAt(date(2023, 9, 30))
AUGUST = AsAt(date(2023, 8, 20))
OUTCOMES = pd.DataFrame(
    {"objective": ["Safe"], "priority": ["A"], "outcome": ["Fewer falls"], "measure_id": ["falls"]}
)
MEASURES = pd.DataFrame({"measure_id": ["falls"], "title": ["Falls"], "owner": ["Matron"], "target": [5.0]})
SEEN = pd.DataFrame({"measure_id": ["falls"], "period": [pd.Timestamp("2023-08-01")], "numerator": [3.0]})
NONE = pd.DataFrame({"measure_id": pd.Series(dtype="str")})


def gap(*, outcomes=OUTCOMES, measures=MEASURES, seen=SEEN, targets=NONE, at=AT):
    return coverage(outcomes, measures, seen, targets=targets, at=at)["gap"].tolist()


def test_a_measure_with_data_owner_and_target_covers_its_outcome():
    assert gap() == ["covered"]


def test_data_of_the_three_months_to_the_day_are_recent():
    seen = SEEN.assign(period=pd.Timestamp("2023-06-01"))

    assert (gap(seen=seen), gap(seen=seen, at=AUGUST)) == (["no recent data"], ["covered"])


def test_an_outcome_without_a_measure_lacks_only_that():
    assert gap(outcomes=OUTCOMES.assign(measure_id=None)) == ["no measure"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"measures": MEASURES.assign(owner=None)}, "no owner"),
        ({"measures": MEASURES.assign(target=float("nan"))}, "no target"),
        ({"at": AsAt(date(2023, 12, 31))}, "no recent data"),
        ({"seen": SEEN.assign(numerator=float("nan"))}, "no recent data"),
        ({"seen": SEEN.head(0), "measures": MEASURES.assign(owner=None)}, "no recent data, no owner"),
    ],
)
def test_what_a_measure_lacks_is_named(changes, expected):
    assert gap(**changes) == [expected]


def test_a_dated_target_is_a_target():
    targets = pd.DataFrame({"measure_id": ["falls"]})

    assert gap(measures=MEASURES.assign(target=float("nan")), targets=targets) == ["covered"]


def test_counts_add_up_by_objective():
    table = pd.DataFrame({"objective": ["A", "A", "B"], "gap": ["covered", "no owner", "no measure"]})

    assert coverage_counts(table).values.tolist() == [["A", 2, 1, 0, 1], ["B", 1, 0, 1, 0]]


KINDS = pd.DataFrame({"measure_id": ["seen", "falls"], "unit": ["percent", "count"]})


def series(*, unit="a", months=18, measure="seen"):
    period = pd.date_range(end="2023-09-01", periods=months, freq="MS")
    table = pd.DataFrame({"measure_id": measure, "unit_id": unit, "period": period})
    return table.assign(numerator=np.arange(months) + 50.0, denominator=100.0)


def graded(table, **options):
    return data_quality(table, KINDS, at=AT, **options).iloc[0]


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

    result = data_quality(both, KINDS, at=AT).set_index("unit_id")

    assert result.loc["b", ["expected", "reported"]].tolist() == [13, 12]


def test_what_is_reported_after_the_quarter_is_not_counted():
    late = series().assign(period=lambda table: table["period"] + pd.DateOffset(months=2))

    assert graded(late)["expected"] == 12
    assert graded(late)["months_old"] == 0


def test_a_group_has_the_worst_grade_of_its_series_and_their_counts():
    both = pd.concat([series(), series(unit="b")[:-1]])

    result = worst_by(data_quality(both, KINDS, at=AT), "measure_id").iloc[0]

    assert result[["series", "expected", "reported", "timeliness"]].tolist() == [2, 24, 23, "Fair"]


def test_a_quarterly_measure_with_each_quarter_there_is_complete_and_not_stale():
    periods = pd.date_range("2020-04-01", "2023-07-01", freq="QS")
    rows = pd.DataFrame({"measure_id": "seen", "unit_id": "a", "period": periods, "denominator": 99.0})

    row = graded(rows.assign(numerator=range(50, 50 + len(rows))))

    assert (row["reported"], row["expected"], row["months_old"]) == (4, 4, 0)
    assert (row["completeness"], row["timeliness"], row["staleness"]) == ("Good", "Good", "Good")


def test_a_quarter_that_is_absent_is_missing():
    periods = pd.date_range("2020-04-01", "2023-07-01", freq="QS").delete(-2)
    rows = pd.DataFrame({"measure_id": "seen", "unit_id": "a", "period": periods, "denominator": 99.0})

    row = graded(rows.assign(numerator=range(50, 50 + len(rows))))

    assert (row["reported"], row["expected"]) == (3, 4)
