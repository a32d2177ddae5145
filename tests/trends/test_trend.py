"""Trends: published numbers, the test chosen by the data, and how seldom chance is called a trend."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sutg_analysis import trend
from sutg_analysis.errors import ArgumentError, DataError
from tests.support.series import alike, many, monthly


@pytest.fixture(scope="module")
def nile():
    data = sm.datasets.nile.load_pandas().data
    return data.assign(year=data["year"].astype(int))


@pytest.fixture(scope="module")
def nile_row(nile):
    return trend(nile, value="volume", date="year").summary.iloc[0]


def test_the_nile_has_the_published_statistics(nile_row):
    result = nile_row[["s", "variance", "z", "slope", "intercept"]].astype(float).round(5).tolist()

    assert result == [-1387, 112728.33333, -4.12807, -2.6, 1022.2]


def test_the_nile_has_scipys_interval_where_points_are_taken_as_independent(nile, nile_row):
    expected = stats.theilslopes(nile["volume"], nile["year"])[2:]

    assert tuple(nile_row[["plain_lower", "plain_upper"]]) == pytest.approx(expected)
    plain = trend(nile, value="volume", date="year", method="plain").summary.iloc[0]
    assert tuple(plain[["slope_lower", "slope_upper"]]) == pytest.approx(expected)


def test_the_nile_is_corrected_for_autocorrelation_and_says_so(nile_row):
    assert nile_row["method"] == "Mann-Kendall corrected for autocorrelation"
    assert nile_row["p_plain"] == pytest.approx(3.66e-5, rel=0.01)
    assert 1e-3 < nile_row["p"] < 0.02


def test_ties_are_allowed_for_as_scipy_does():
    values = np.random.default_rng(7).integers(0, 6, 360).astype(float)
    row = trend(monthly(values[:100]), value="y", date="month", method="plain").summary.iloc[0]

    expected = stats.kendalltau(range(100), values[:100], method="asymptotic")

    # scipy leaves out the correction for continuity
    z = row["s"] / (row["s"] - np.sign(row["s"])) * row["z"]
    assert 2 * stats.norm.sf(abs(z)) == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("points", [24, 48, 96])
def test_of_500_alike_series_without_a_trend_few_are_called_one(points):
    found = trend(many(alike(points, 500, points)), value="y", date="month", by="series").summary

    assert 0.03 <= (found["p"] < 0.05).mean() <= 0.08
    assert (found["p_plain"] < 0.05).mean() > 0.13


def test_of_500_independent_series_without_a_trend_few_are_called_one():
    found = trend(many(alike(1, 500, 48, r=0)), value="y", date="month", by="series").summary

    assert 0.02 <= (found["p"] < 0.05).mean() <= 0.08


def test_a_season_is_found_and_does_not_hide_a_trend():
    month = np.arange(60)
    values = 3 * np.sin(2 * np.pi * month / 12) + 0.03 * month + alike(3, 1, 60, r=0)[0]

    row = trend(monthly(values), value="y", date="month").summary.iloc[0]

    assert row["seasonal"]
    assert row["method"].startswith("seasonal Mann-Kendall")
    assert row["direction"] == "up"
    assert row["slope"] == pytest.approx(0.03, abs=0.02)


def test_seasonal_series_without_a_trend_are_seldom_called_one():
    values = alike(4, 500, 60) + 2 * np.sin(2 * np.pi * np.arange(60) / 12)

    found = trend(many(values), value="y", date="month", by="series").summary

    assert found["seasonal"].mean() > 0.9
    assert (found["p"] < 0.05).mean() <= 0.08


def test_a_gap_counts_as_time():
    frame = monthly(np.arange(20.0)).drop(index=[5, 6, 7])

    row = trend(frame, value="y", date="month").summary.iloc[0]

    assert row["slope"] == 1
    assert row["points"] == 17
    assert "some steps of time have no value" in row["notes"]


def test_a_missing_value_is_a_gap():
    values = np.arange(20.0)
    values[4] = np.nan

    row = trend(monthly(values), value="y", date="month").summary.iloc[0]

    assert (row["points"], row["slope"]) == (19, 1)


def test_slope_a_year_is_twelve_times_that_a_month():
    row = trend(monthly(np.arange(24.0)), value="y", date="month").summary.iloc[0]

    assert row["slope_per_year"] == 12


@pytest.mark.parametrize(
    ("improvement", "expected"),
    [("increase", "improvement"), ("decrease", "concern"), ("neutral", "neutral")],
)
def test_direction_means_what_improvement_says(improvement, expected):
    row = trend(monthly(np.arange(24.0)), value="y", date="month", improvement=improvement).summary.iloc[0]

    assert (row["direction"], row["variation"]) == ("up", expected)


def test_many_series_are_as_each_alone():
    values = alike(5, 4, 40)
    together = trend(many(values), value="y", date="month", by="series").summary

    for place, row in enumerate(values):
        alone = trend(monthly(row), value="y", date="month").summary.iloc[0]
        assert together["p"].iloc[place] == pytest.approx(alone["p"])
        assert together["slope_lower"].iloc[place] == pytest.approx(alone["slope_lower"])


def test_a_series_too_short_beside_a_long_one_is_too_few():
    frame = pd.concat([monthly(np.arange(20.0)).assign(ward="a"), monthly(np.arange(5.0)).assign(ward="b")])

    result = trend(frame, value="y", date="month", by="ward").summary.set_index("ward")

    assert result["direction"].to_dict() == {"a": "up", "b": "too_few"}
    assert np.isnan(result.loc["b", "p"])


def test_a_series_that_never_changes_has_no_trend():
    row = trend(monthly(np.full(20, 3.0)), value="y", date="month").summary.iloc[0]

    assert (row["direction"], row["p"], row["slope"]) == ("none", 1, 0)
    assert "every value is the same" in row["notes"]


@settings(deadline=None, max_examples=25)
@given(st.floats(0.1, 100), st.floats(-1000, 1000), st.integers(0, 1000))
def test_shift_and_scale_move_the_slope_and_nothing_else(scale, shift, seed):
    values = np.random.default_rng(seed).standard_normal(30).round(3)
    first = trend(monthly(values), value="y", date="month").summary.iloc[0]

    result = trend(monthly(values * scale + shift), value="y", date="month").summary.iloc[0]

    assert result["slope"] == pytest.approx(first["slope"] * scale, rel=1e-6, abs=1e-9)
    assert result["s"] == first["s"]


def test_rates_are_read_from_numerator_and_denominator():
    frame = monthly(np.arange(1.0, 21)).assign(days=100.0)

    row = trend(frame, numerator="y", denominator="days", date="month", per=1000).summary.iloc[0]

    assert row["slope"] == pytest.approx(10)


def test_seven_points_are_too_few():
    with pytest.raises(DataError, match="7 points in the longest series; expected 8 points or more"):
        trend(monthly(np.arange(7.0)), value="y", date="month")


def test_a_seasonal_test_of_years_is_refused(nile):
    with pytest.raises(DataError, match="a season of 1"):
        trend(nile, value="volume", date="year", method="seasonal")


def test_an_unknown_method_is_refused():
    with pytest.raises(ArgumentError, match="method='mk'"):
        trend(monthly(np.arange(9.0)), value="y", date="month", method="mk")


def test_quarter_ends_are_quarters_and_month_ends_are_months():
    dates = pd.Series(pd.date_range("2015-03-31", periods=20, freq="QE"))
    frame = pd.DataFrame({"day": dates, "y": np.arange(20.0)})

    assert trend(frame, value="y", date="day").step == "quarter"
    months = frame.assign(day=pd.date_range("2015-01-31", periods=20, freq="ME"))
    assert trend(months, value="y", date="day").summary["slope"].item() == 1


def test_a_middle_slope_of_nought_has_no_verdict():
    y = [0] * 26 + [0, 1, 0, 1, 0, 1, 1, 0, 1, 1]

    result = trend(monthly(y), value="y", date="month", improvement="decrease")

    row = result.summary.iloc[0]
    assert row["slope"] == 0
    assert row["variation"] == "none"
    assert "gone up" not in result.words()
    assert "most values are alike" in row["notes"]
