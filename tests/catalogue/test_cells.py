"""Dates as published files write them: British, by month, by quarter, by financial year."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutg_analysis.catalogue.cells import written_dates, year_and_month


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-04-01", "2023-04-01"),
        ("2023-04-01 00:00:00", "2023-04-01"),
        ("20230401", "2023-04-01"),
        ("03/04/2023", "2023-04-03"),
        ("3/4/23", "2023-04-03"),
        ("03.04.2023", "2023-04-03"),
        ("1st April 2023", "2023-04-01"),
        ("01-Apr-23", "2023-04-01"),
        ("Apr-23", "2023-04-01"),
        ("APRIL-2023", "2023-04-01"),
        ("April 2023", "2023-04-01"),
        ("Sept 2023", "2023-09-01"),
        ("2023-04", "2023-04-01"),
        ("04/2023", "2023-04-01"),
        ("2023-24 Q2", "2023-07-01"),
        ("2023/24 Q4", "2024-01-01"),
        ("Q1 2023-24", "2023-04-01"),
        ("2023/24", "2023-04-01"),
        ("January 2023-24", "2024-01-01"),
        ("RTT-November-2024", "2024-11-01"),
        ("Week ending 07/04/2024", "2024-04-07"),
        ("week starting 4 March 2024", "2024-03-04"),
        ("w/c: 04/03/2024", "2024-03-04"),
        ("2024-W10", "2024-03-04"),
        ("MSitAE-APRIL-2023", "2023-04-01"),
        ("DM01-May-2023", "2023-05-01"),
        ("Apr '23", "2023-04-01"),
        ("Apr_2023", "2023-04-01"),
        ("2023M04", "2023-04-01"),
        ("Month 12 2023/24", "2024-03-01"),
        ("M1 2023-24", "2023-04-01"),
        ("2023-24 March", "2024-03-01"),
        ("04-2023", "2023-04-01"),
        ("Apr-23 (p)", "2023-04-01"),
        ("Mar 2024*", "2024-03-01"),
        ("202304", "2023-04-01"),
        ("2019Q1", "2019-01-01"),
        ("2019 Q1", "2019-01-01"),
        ("Q1 2019", "2019-01-01"),
        ("Quarter 4, 2019", "2019-10-01"),
        ("Jan-Mar 2019", "2019-01-01"),
        ("October to December 2019", "2019-10-01"),
        ("Q4 23/24", "2024-01-01"),
        ("FY 2023-24", "2023-04-01"),
        ("FY23/24", "2023-04-01"),
    ],
)
def test_a_date_is_read_as_it_is_meant(text, expected):
    result = written_dates(pd.Series([text]))

    assert result.iloc[0] == pd.Timestamp(expected)


@pytest.mark.parametrize(
    "text",
    [
        "04/25/2023",
        "31/02/2023",
        "Total",
        "7",
        "2023",
        "2023/25",
        "",
        "Q5 2023-24",
        "01/01/1600",
        "9999-12-31",
        "Total-April-2023",
        "April to March 2023",
        "H1 2023/24",
        "Week 10 2024",
        "Month 13 2023/24",
        "202313",
    ],
)
def test_what_is_no_british_date_is_missing(text):
    assert written_dates(pd.Series([text])).isna().all()


def test_pairs_of_years_are_financial_years_only_if_all_of_them_can_be():
    years = written_dates(pd.Series(["2009-10", "2010-11", "2011-12"]))
    months = written_dates(pd.Series(["2010-10", "2010-11", "2010-12"]))

    assert years.dt.month.tolist() == [4, 4, 4]
    assert months.dt.month.tolist() == [10, 11, 12]


@given(st.dates(min_value=pd.Timestamp("1970-01-01").date(), max_value=pd.Timestamp("2069-12-31").date()))
def test_every_british_spelling_of_a_day_is_that_day(day):
    spellings = [
        f"{day:%d/%m/%Y}",
        f"{day:%d/%m/%y}",
        f"{day:%d %B %Y}",
        f"{day:%d-%b-%y}",
        f"{day:%Y-%m-%d}",
    ]

    assert set(written_dates(pd.Series(spellings))) == {pd.Timestamp(day)}


def test_a_number_of_six_digits_is_a_month_only_where_every_one_of_the_column_can_be():
    assert written_dates(pd.Series([202304, 202305])).dt.month.tolist() == [4, 5]
    assert written_dates(pd.Series(["202304", "202399"])).isna().all()


@pytest.mark.parametrize(
    "parts", [("March", "2024-03-01"), ("Q4", "2024-01-01"), ("Quarter 2", "2023-07-01")]
)
def test_months_and_quarters_beside_a_financial_year_are_of_it(parts):
    assert year_and_month(pd.Series(["2023-24"]), pd.Series([parts[0]])).iloc[0] == pd.Timestamp(parts[1])


def test_a_number_beside_a_financial_year_is_no_month_for_it_may_count_from_april():
    assert year_and_month(pd.Series(["2023-24"]), pd.Series(["3"])).isna().all()


def test_columns_of_year_and_month_are_put_together():
    result = year_and_month(pd.Series([2002, 2003]), pd.Series(["1", "Dec"]))

    assert result.astype("str").tolist() == ["2002-01-01", "2003-12-01"]
