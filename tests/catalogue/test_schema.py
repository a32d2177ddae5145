"""Cells of a project's tables are read as those of any file: months, thousands, per cent; fractions are named."""

import pandas as pd
import pytest

from sutg_analysis.catalogue.checks import _shares
from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.schema import convert


def read(periods, numbers, *, table="observations"):
    many = len(periods)
    raw = pd.DataFrame(
        {"measure_id": ["falls"] * many, "unit_id": ["a"] * many, "period": periods, "numerator": numbers}
    )
    return convert(raw.set_index(pd.RangeIndex(2, many + 2)), TABLES[table], file="observations.csv")


@pytest.mark.parametrize(
    "periods",
    [
        ["Apr-23", "May-23", "Jun-23"],
        ["30/04/2023", "31/05/2023", "30/06/2023"],
        ["2023-04-30", "2023-05-31", "2023-06-30"],
        ["202304", "202305", "202306"],
        ["April 2023", "May 2023", "June 2023"],
        ["2023-04", "2023-05", "2023-06"],
        ["MSitAE-APRIL-2023", "MSitAE-MAY-2023", "MSitAE-JUNE-2023"],
    ],
)
def test_months_are_read_as_they_are_written(periods):
    typed, problems = read(periods, ["1", "2", "3"])

    assert problems == []
    assert typed["period"].astype("str").tolist() == ["2023-04-01", "2023-05-01", "2023-06-01"]


def test_dates_that_are_not_all_last_days_of_months_stay_days():
    typed, _ = read(["2023-04-30", "2023-05-31", "2023-06-29"], ["1", "2", "3"])

    assert typed["period"].astype("str").tolist() == ["2023-04-30", "2023-05-31", "2023-06-29"]


def test_per_cent_thousands_and_pounds_are_numbers():
    typed, problems = read(["2023-04-01", "2023-05-01", "2023-06-01"], ["95%", "1,234", "£12.50"])

    assert (typed["numerator"].tolist(), problems) == ([95, 1234, 12.5], [])


@pytest.mark.parametrize("cell", ["*", "n/a", "3,5", "five", "-"])
def test_what_is_no_number_is_named_and_no_gap(cell):
    _, (problem,) = read(["2023-04-01"], [cell])

    assert (problem.row, problem.column, problem.value) == (2, "numerator", cell)


def test_a_month_is_no_day_where_days_are_told():
    raw = pd.DataFrame({"date": ["Apr-23"], "ward": ["a"], "harm": ["falls"], "level": ["none"]}, index=[2])

    assert [problem.value for problem in convert(raw, TABLES["incidents"], file="i.csv")[1]] == ["Apr-23"]


def fractions(values, *, unit="percent", denominator=None):
    measures = pd.DataFrame({"measure_id": ["seen"], "unit": unit, "chart": "xmr"})
    rows = {"measure_id": "seen", "unit_id": "a", "numerator": values, "denominator": denominator}
    seen = pd.DataFrame(rows).astype({"denominator": float}).set_index(pd.RangeIndex(2, len(values) + 2))
    ((_, column, bad, expected, remedy),) = _shares(seen, measures)
    return seen.index[bad].tolist(), column, expected, remedy


def test_fractions_of_a_measure_in_per_cent_are_named_with_what_to_do():
    rows, column, expected, remedy = fractions([0.91, 0.94, 1.0])

    assert (rows, column) == ([2, 3], "numerator")
    assert expected == "a percentage from 0 to 100, for no denominator divides it"
    assert remedy == "Multiply by 100 if it is a fraction, or give numerator and denominator"


@pytest.mark.parametrize(
    ("values", "options", "rows"),
    [
        ([91.0, 0.94, 95.0], {}, [3]),
        ([91.0, 94.0, 95.0], {}, []),
        ([0.5, 3.0, 1.5], {}, []),
        ([0.0, 1.0, 1.0], {}, []),
        ([0.91, 0.94], {"unit": "days"}, []),
        ([0.91, 0.94], {"denominator": 2.0}, []),
    ],
)
def test_only_fractions_that_cannot_be_percentages_are_named(values, options, rows):
    assert fractions(values, **options)[0] == rows
