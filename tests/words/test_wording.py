"""A period is named by what it is: year, financial year, quarter, week, month or day."""

import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.reports.tables import numbers_table, raw_table
from sutg_analysis.words.wording import period_of, when

VALUES = [20, 10, 14, 17, 23, 25, 12, 18, 21, 16, 19, 22, 30, 24, 13, 15, 26, 21]


def result(freq, start="2004-04-01"):
    dates = pd.date_range(start, periods=18, freq=freq)
    return spc(pd.DataFrame({"date": dates, "value": VALUES}), value="value", date="date")


NAMED = {
    "YS": ("Year", "2005", "2022"),
    "YS-APR": ("Year", "2004/05", "2021/22"),
    "QS": ("Quarter", "Q1 2004/05", "Q2 2008/09"),
    "MS": ("Month", "April 2004", "September 2005"),
    "W-MON": ("Week", "week beginning 5 April 2004", "week beginning 2 August 2004"),
    "W-SUN": ("Week", "week ending 4 April 2004", "week ending 1 August 2004"),
    "D": ("Date", "1 April 2004", "18 April 2004"),
}


@pytest.mark.parametrize("freq", NAMED)
def test_words_text_alternative_and_table_name_a_period_alike(freq):
    head, first, last = NAMED[freq]
    made = result(freq)

    assert f"from {first} to {last}" in made.words()
    assert f"{first} to {last}" in made.alt_text()
    assert numbers_table(made)[head].iloc[[0, -1]].tolist() == [first, last]


@pytest.mark.parametrize("freq", ["YS", "YS-APR", "QS", "W-MON"])
def test_tooltips_axis_and_downloads_name_a_period(freq):
    _, first, last = NAMED[freq]
    made = result(freq)
    drawn = str(made.chart().to_dict())

    assert f"'Date': '{first}'" in drawn
    assert f"'Date': '{last}'" in drawn
    assert raw_table(made)["period"].iloc[[0, -1]].tolist() == [first, last]


def test_the_axis_of_years_and_quarters_has_their_names():
    texts = {freq: str(result(freq).chart().to_dict()) for freq in ("YS", "YS-APR", "QS")}

    assert "'text': '2020'" in texts["YS"]
    assert "Jan 2020" not in texts["YS"]
    assert "'text': '2014/15'" in texts["YS-APR"]
    assert "'text': 'Q1 2005/06'" in texts["QS"]


def test_quarters_of_the_calendar_keep_their_names():
    dates = pd.Series(pd.date_range("2019-01-01", periods=4, freq="QS"))
    dates.attrs["quarters"] = "calendar quarter"

    assert [when(date, period=period_of(dates)) for date in dates] == [
        "Q1 2019",
        "Q2 2019",
        "Q3 2019",
        "Q4 2019",
    ]


def test_two_dates_are_months_however_far_apart():
    assert period_of(pd.to_datetime(["2023-04-01", "2024-04-01"])) == "month"
