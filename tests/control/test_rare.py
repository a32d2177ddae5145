"""Counts too rare for limits, and limits of few points since a rebase, give no verdict; the chart says why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.control.profiles import MDC

MONTHS = pd.date_range("2021-01-01", periods=36, freq="MS")


def series(values, **options):
    frame = pd.DataFrame({"month": MONTHS[: len(values)], "y": values})
    return spc(frame, value="y", date="month", improvement="decrease", **options)


def poisson(mean, *, many=1500):
    values = np.random.default_rng(11).poisson(mean, (many, 36))
    return pd.DataFrame(
        {
            "s": np.repeat(np.arange(many), 36),
            "month": np.tile(MONTHS, many),
            "y": values.ravel(),
            "days": 100.0,
        }
    )


@pytest.mark.parametrize("mean", [0.05, 0.1, 0.2, 0.5, 1, 2])
@pytest.mark.parametrize(
    ("chart", "columns"),
    [("xmr", {"value": "y"}), ("c", {"value": "y"}), ("u_prime", {"numerator": "y", "denominator": "days"})],
)
def test_a_steady_rate_is_seldom_called_a_change(mean, chart, columns):
    summary = spc(poisson(mean), date="month", by="s", chart=chart, improvement="decrease", **columns).summary

    assert (~summary["variation"].isin(["common", "too_few"])).mean() <= 0.06


def test_two_ones_in_two_years_are_no_improvement_and_the_chart_says_why():
    result = series([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, *[0] * 14])

    row = result.summary.iloc[0]
    assert (row["variation"], row["assurance"], row["signals"]) == ("too_few", "none", "")
    assert not result.points[["outside", "shift", "trend", "two_of_three"]].any().any()
    assert "0.08 events a point on average are too rare for limits" in row["warnings"]
    assert "Events are too rare for limits, 0.08 a month on average." in result.words()


def test_nearly_all_is_as_rare_as_nearly_none():
    frame = pd.DataFrame({"month": MONTHS, "n": [60] * 35 + [59], "all": 60})

    result = spc(frame, numerator="n", denominator="all", per=100, date="month")

    assert result.summary["variation"].tolist() == ["too_few"]


def test_none_throughout_is_constant_and_meets_a_target_of_none():
    row = series([0] * 24, target=0).summary.iloc[0]

    assert (row["variation"], row["assurance"]) == ("common", "pass")


def test_measurements_are_not_counted():
    assert series([0.1, 0.3] * 12).summary["variation"].tolist() == ["common"]


@pytest.mark.parametrize("profile", ["nhsr", "anhoej"])
def test_profiles_of_other_tools_judge_rare_counts_as_those_do(profile):
    frame = pd.DataFrame({"month": MONTHS, "y": [0] * 35 + [3]})

    result = spc(frame, value="y", date="month", profile=profile)

    assert result.points["outside"].iloc[-1]


def test_the_bound_is_a_choice_of_the_profile():
    values = [0] * 35 + [3]

    assert series(values, profile=replace(MDC, rare=0)).points["outside"].iloc[-1]
    assert not series(values).points["outside"].iloc[-1]


@pytest.mark.parametrize(("after", "expected"), [(1, "too_few"), (5, "too_few"), (6, "common")])
def test_limits_of_fewer_than_six_points_after_a_rebase_give_no_icon(after, expected):
    values = [20, 22, 21, 23, 20, 22, 21, 19, 20, 22, 21, 20, *([15, 16] * 3)[:after]]

    result = series(values, rebase="2022-01-01", profile=replace(MDC, min_points=0))

    assert result.summary["variation"].tolist() == [expected]
    few = "since the limits were reset" in result.words()
    assert few == (expected == "too_few")
