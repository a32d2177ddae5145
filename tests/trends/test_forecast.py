"""Seasons, forecasts, drifts and change points."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from sutg_analysis import change_points, cusum, ewma, forecast, seasonal, spc
from sutg_analysis.errors import ArgumentError, DataError
from tests.support.series import alike, monthly


def wave(points, size=5.0, seed=2):
    return 50 + size * np.sin(2 * np.pi * np.arange(points) / 12) + alike(seed, 1, points, r=0)[0]


def test_the_season_and_its_peak_are_found():
    row = seasonal(monthly(wave(60)), value="y", date="month").summary.iloc[0]

    assert row["seasonal"]
    assert row["strength"] > 0.8
    assert abs(row["highest"] - 7) <= 1
    assert row["amplitude"] == pytest.approx(10, abs=2)


def test_the_adjusted_series_goes_on_a_control_chart():
    result = seasonal(monthly(wave(60)), value="y", date="month")

    chart = spc(result.points, value="adjusted", date="date")

    width = (chart.summary["upper"] - chart.summary["lower"]).item()
    assert result.points["adjusted"].std() < result.points["value"].std() / 2
    assert width < 12


def test_noise_has_no_season():
    result = seasonal(monthly(alike(8, 1, 60, r=0)[0]), value="y", date="month")

    assert not result.summary["seasonal"].item()
    assert "no season beyond chance" in result.summary["notes"].item()


def test_parts_add_up_to_the_series():
    points = seasonal(monthly(wave(48)), value="y", date="month").points

    assert np.allclose(points["trend"] + points["season"] + points["remainder"], points["value"])


def test_one_season_is_refused():
    with pytest.raises(DataError, match="20 months, less than two seasons of 12"):
        seasonal(monthly(wave(20)), value="y", date="month")


def test_a_forecast_of_a_season_beats_the_value_of_last_year():
    result = forecast(monthly(wave(72, size=8)), value="y", date="month", horizon=6)

    truth = 50 + 8 * np.sin(2 * np.pi * np.arange(72, 78) / 12)
    ahead = result.points[result.points["forecast"].notna()]
    assert result.summary["skill"].item() < 1
    assert np.abs(ahead["forecast"] - truth).mean() < 1.5
    assert (ahead["lower"] < truth).all()
    assert (ahead["upper"] > truth).all()


def test_the_model_kept_is_the_best_of_the_back_test():
    result = forecast(monthly(wave(48)), value="y", date="month")

    assert result.backtest.loc[result.backtest["error"].idxmin(), "model"] == result.model
    assert "seasonal naive" in set(result.backtest["model"])


def test_a_forecast_starts_with_the_month_after_the_last():
    result = forecast(monthly(wave(48)), value="y", date="month", horizon=2).points

    assert result["date"].tail(2).tolist() == [pd.Timestamp("2023-04-01"), pd.Timestamp("2023-05-01")]


def test_a_short_series_is_refused():
    with pytest.raises(DataError, match="29 months to foretell 6; expected 30 or more"):
        forecast(monthly(wave(29)), value="y", date="month", horizon=6)


def test_a_forecast_of_values_above_zero_stays_above_zero():
    values = np.abs(alike(1, 1, 40, r=0.5)[0]) + 0.01

    assert (forecast(monthly(values), value="y", date="month").points["lower"].dropna() >= 0).all()


def test_the_cusum_adds_up_by_hand():
    frame = monthly([5, 5, 5, 5, 5, 5, 7, 7, 3.0])

    result = cusum(frame, value="y", date="month", target=5, sigma=1).points

    assert result["high"].tolist() == [0, 0, 0, 0, 0, 0, 1.5, 3.0, 0.5]
    assert result["low"].tolist() == [0, 0, 0, 0, 0, 0, 0, 0, -1.5]


def test_the_cusum_sees_a_drift_of_one_sigma_that_starts_late():
    values = np.tile([0.5, -0.5], 30) + (np.arange(60) >= 30)

    result = cusum(monthly(values), value="y", date="month", target=0, sigma=1).points

    assert (result["signal"].iloc[:30] == "none").all()
    assert result["signal"].iloc[-1] == "high"


def test_the_ewma_and_its_limits_by_hand():
    result = ewma(monthly([6.0] * 8), value="y", date="month", target=5, sigma=1).points

    assert result["ewma"].head(2).tolist() == pytest.approx([5.2, 5.36])
    expected = [5 + 3 * np.sqrt(0.2 / 1.8 * (1 - 0.8 ** (2 * turn))) for turn in (1, 2)]
    assert result["upper"].head(2).tolist() == pytest.approx(expected)


def test_quiet_series_seldom_cross_the_cusum():
    found = [
        cusum(monthly(row), value="y", date="month", target=0, sigma=1).summary["direction"].item()
        for row in alike(5, 60, 60, r=0)
    ]

    assert np.mean([direction != "none" for direction in found]) < 0.35


def test_the_nile_changed_after_1898():
    data = sm.datasets.nile.load_pandas().data

    result = change_points(data.assign(year=data["year"].astype(int)), value="volume", date="year")

    change = result.changes.iloc[0]
    assert len(result.changes) == 1
    assert (change["last_before"].year, change["date"].year, change["index"]) == (1898, 1899, 28)
    assert result.segments["mean"].round(3).tolist() == [1097.75, 849.972]


def test_change_points_move_no_limits():
    values = np.r_[alike(1, 1, 20, r=0)[0], 8 + alike(2, 1, 20, r=0)[0]]
    before = spc(monthly(values), value="y", date="month").summary["centre"].item()

    result = change_points(monthly(values), value="y", date="month")

    assert result.dates == (pd.Timestamp("2020-12-01"),)
    assert spc(monthly(values), value="y", date="month").summary["centre"].item() == before
    assert any("moves no limits" in note for note in result.notes)


def test_noise_is_seldom_cut():
    found = [
        len(change_points(monthly(row), value="y", date="month").changes) for row in alike(3, 40, 48, r=0)
    ]

    assert np.mean(np.array(found) > 0) < 0.1


def test_a_series_without_variation_has_no_cusum():
    with pytest.raises(DataError, match="points that do not vary"):
        cusum(monthly([4.0] * 12), value="y", date="month")


def test_a_baseline_after_the_data_is_refused():
    with pytest.raises(ArgumentError, match="baseline=100"):
        ewma(monthly(np.arange(12.0)), value="y", date="month", baseline=100)
