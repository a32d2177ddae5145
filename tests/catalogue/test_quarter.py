"""NHS quarters and financial years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutg_analysis.catalogue.quarter import Quarter, financial_year
from sutg_analysis.errors import ArgumentError

DAYS = st.dates(date(1990, 1, 1), date(2098, 12, 31))


def test_quarter_two_is_july_to_september():
    quarter = Quarter.parse("2023-24-q2")

    assert (quarter.start, quarter.end) == (date(2023, 7, 1), date(2023, 9, 30))


def test_quarter_four_falls_in_the_next_calendar_year():
    quarter = Quarter.parse("2023-24-q4")

    assert (quarter.label, quarter.title) == ("Q4 2023/24", "January to March 2024")


def test_the_turn_of_the_century_is_written_with_two_noughts():
    assert Quarter(1999, 4).slug == "1999-00-q4"


@pytest.mark.parametrize(
    "text", ["2023-25-q1", "2023-24-q5", "2023-24", "2023/24 Q1", "2023-24-Q1", "", "q1", "2023-24-q1 "]
)
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(ArgumentError, match="quarter .*expected .*2023-24-q2"):
        Quarter.parse(text)


@given(DAYS)
def test_a_day_lies_in_its_quarter(day):
    quarter = Quarter.of(day)

    assert quarter.start <= day <= quarter.end
    assert quarter.financial_year == financial_year(day)


@given(DAYS)
def test_a_quarter_is_read_as_it_is_written(day):
    assert Quarter.parse(Quarter.of(day).slug) == Quarter.of(day)


@given(DAYS)
def test_quarters_follow_each_other_without_a_gap(day):
    quarter = Quarter.of(day)

    assert quarter.next.start == quarter.end + timedelta(days=1)
    assert quarter.next.previous == quarter
    assert quarter < quarter.next
