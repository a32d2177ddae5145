"""Truth tables of the rules as Making Data Count has them: one row a rule and edge, numbers a reader can follow.

Twelve baseline points, 9 and 11 by turns, make a mean of 10, limits of 4.68 and 15.32 and two-sigma lines of 6.45
and 13.55. A row gives the values that follow and what each of them is.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.control.profiles import MDC, NHSR, PROFILES

BASELINE = [11, 9] * 6
YES, NO = True, False


def series(values):
    months = pd.date_range("2020-01-01", periods=len(values), freq="MS")
    return pd.DataFrame({"month": months, "y": np.asarray(values, dtype=float)})


def after(values, *, profile=MDC, **options):
    """Points that follow the baseline."""
    frame = series(BASELINE + values)
    result = spc(frame, value="y", date="month", baseline=12, profile=profile, **options)
    return result.points.iloc[12:]


def month(place):
    """Say when a point that follows the baseline is."""
    return pd.Timestamp("2021-01-01") + pd.DateOffset(months=place)


OUTSIDE = {
    "above the upper limit": ([16], [YES]),
    "below the lower limit": ([4], [YES]),
    "on the upper limit": ([10 + 2.66 * 2], [NO]),
    "on the lower limit": ([10 - 2.66 * 2], [NO]),
    "within": ([15, 5], [NO, NO]),
    "missing": ([np.nan], [NO]),
}
SHIFT = {
    "seven above": ([10.5] * 7, [YES] * 7),
    "seven below": ([9.5] * 7, [YES] * 7),
    "all of a long run": ([10.5] * 9, [YES] * 9),
    "six is not a shift": ([10.5] * 6 + [9.5], [NO] * 7),
    "a point on the mean breaks it": ([10.5] * 4 + [10] + [10.5] * 4, [NO] * 9),
    "a point on the mean ends it": ([10.5] * 7 + [10], [YES] * 7 + [NO]),
    "a gap breaks it": ([10.5] * 4 + [np.nan] + [10.5] * 4, [NO] * 9),
    "the other side ends it": ([10.5] * 7 + [9.5], [YES] * 7 + [NO]),
}
TREND = {
    "seven rising, both ends counted": ([9, 9.2, 9.4, 9.6, 9.8, 9.9, 9.95], [YES] * 7),
    "seven falling": ([11, 10.8, 10.6, 10.4, 10.3, 10.2, 10.1], [YES] * 7),
    "six is not a trend": ([11, 10, 10.1, 10.2, 10.3, 10.4, 10.5, 10], [NO] * 8),
    "equal neighbours break it": ([8, 8.2, 8.4, 8.6, 8.6, 8.8, 9, 9.2], [NO] * 8),
    "a gap breaks it": ([8, 8.2, 8.4, np.nan, 8.6, 8.8, 9, 9.2], [NO] * 8),
    "all of a long one": ([8, 8.1, 8.2, 8.3, 8.4, 8.5, 8.6, 8.7, 8], [YES] * 8 + [NO]),
}
TWO_OF_THREE = {
    "two of three above": ([14, 10.5, 14], [YES, NO, YES]),
    "two of three below": ([6, 9.5, 6], [YES, NO, YES]),
    "two that follow each other": ([14, 14, 10.5], [YES, YES, NO]),
    "three of three": ([14, 14, 14], [YES, YES, YES]),
    "third point on the other side": ([14, 9.5, 14], [NO] * 3),
    "third point on the mean": ([14, 10, 14], [NO] * 3),
    "3 sigma points are not in the band": ([16, 10.5, 14], [NO] * 3),
    "beyond 3 sigma twice, then in the band": ([16, 16, 14], [NO] * 3),
    "one beyond 3 sigma, two in the band": ([14, 16, 14], [YES, NO, YES]),
    "on the limit is in the band": ([10 + 2.66 * 2, 10.5, 14], [YES, NO, YES]),
    "on the two-sigma line is not": ([10 + 2.66 * 2 * 2 / 3, 10.5, 14], [NO] * 3),
    "two of four": ([14, 10.5, 10.5, 14], [NO] * 4),
    "one on each side": ([14, 6, 10.5], [NO] * 3),
    "the third is missing": ([14, np.nan, 14], [NO] * 3),
    "only two points": ([14, 14], [NO] * 2),
}
TABLE = [
    (rule, edge, *row)
    for rule, rows in {
        "outside": OUTSIDE,
        "shift": SHIFT,
        "trend": TREND,
        "two_of_three": TWO_OF_THREE,
    }.items()
    for edge, row in rows.items()
]


@pytest.mark.parametrize(
    ("rule", "edge", "values", "expected"), TABLE, ids=[f"{r[0]}: {r[1]}" for r in TABLE]
)
def test_rule(rule, edge, values, expected):
    result = after(values)

    assert result[rule].tolist() == expected


def test_a_shift_does_not_cross_the_end_of_the_baseline_but_a_trend_does():
    # The last baseline point is 9: five more below the mean, then a rise through it.
    frame = series([11, 9] * 5 + [9.4, 9.3, 9.2, 9.1, 9.05, 9, 8.9, 8.8])
    frozen = spc(frame, value="y", date="month", baseline=12).points.iloc[10:]

    assert not frozen["shift"].any()
    assert frozen["trend"].tolist() == [True] * 8


def test_a_shift_crosses_the_end_of_the_baseline_in_nhsrplotthedots():
    frame = series([11, 9] * 5 + [9.4, 9.3] * 4)

    result = spc(frame, value="y", date="month", baseline=12, profile="nhsr").points

    assert result["shift"].tolist() == [False] * 9 + [True] * 9


RISING = [8, 8.2, 8.4, 8.6, 8.8, 9, 9.2]


def test_a_trend_crosses_a_rebase():
    result = after(RISING, rebase=month(4))

    assert result["segment"].tolist() == [1] * 4 + [2] * 3
    assert result["trend"].tolist() == [True] * 7


def test_a_trend_stops_at_a_rebase_in_nhsrplotthedots():
    result = after(RISING, rebase=month(4), profile=NHSR)

    assert not result["trend"].any()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_shift_stops_at_a_rebase(profile):
    # Seven above the mean of both segments, three of them before the rebase.
    result = after([10.5] * 3 + [12, 12, 12, 12, 1, 1, 1], rebase=month(3), profile=profile)

    assert not result["shift"].any()


def test_an_excluded_point_is_looked_past():
    rising = [8, 8.2, 8.4, 99, 8.6, 8.8, 9, 9.2]

    result = after(rising, exclude=month(3))

    assert result["trend"].tolist() == [True] * 3 + [False] + [True] * 4
    assert not result["outside"].any()


def test_rules_switch_off_at_nought():
    result = after([10.5] * 9, profile=replace(MDC, shift=0, trend=0, two_of_three="off"))

    assert not result[["shift", "trend", "two_of_three"]].any().any()


@pytest.mark.parametrize("points", [6, 8])
def test_a_shift_is_as_long_as_the_profile_says(points):
    house = replace(MDC, shift=points)

    assert after([10.5] * points, profile=house)["shift"].all()
    assert not after([10.5] * (points - 1), profile=house)["shift"].any()


def test_beyond_two_sigma_the_third_may_be_anywhere():
    result = after([16, 9, 14], profile=replace(MDC, two_of_three="beyond"))

    assert result["two_of_three"].tolist() == [True, False, True]


BELOW = [9.1, 9.2, 9.3, 9.4, 9.5, 9.6]
"""With the last baseline point seven that rise, and too few for a shift: all below the mean."""
VERDICTS = {
    "rising below the mean, up is better": (BELOW, "increase", "improvement_high"),
    "rising below the mean, down is better": (BELOW, "decrease", "concern_high"),
    "rising below the mean, neutral": (BELOW, "neutral", "neutral_high"),
    "above the limit, up is better": ([16], "increase", "improvement_high"),
    "above the limit, down is better": ([16], "decrease", "concern_high"),
    "below the limit, up is better": ([4], "increase", "concern_low"),
    "below the limit, down is better": ([4], "decrease", "improvement_low"),
    "below the limit, neutral": ([4], "neutral", "neutral_low"),
    "within, up is better": ([10.5], "increase", "common"),
    "the last point has no value": ([16, np.nan], "increase", "improvement_high"),
}


@pytest.mark.parametrize(("values", "improvement", "expected"), VERDICTS.values(), ids=list(VERDICTS))
def test_variation_of_the_last_point(values, improvement, expected):
    frame = series(BASELINE + values)

    result = spc(frame, value="y", date="month", baseline=12, improvement=improvement).summary

    assert result["variation"].tolist() == [expected]


BOTH = [16.5, 16.4, 16.3, 16.2, 16.1, 16, 15.9]
"""Falling, and all above the upper limit."""


@pytest.mark.parametrize(
    ("conflict", "improvement", "expected"),
    [
        ("concern", "increase", "concern_low"),
        ("concern", "decrease", "concern_high"),
        ("improvement", "increase", "improvement_high"),
        ("improvement", "decrease", "improvement_low"),
        ("precedence", "increase", "improvement_high"),
        ("precedence", "decrease", "concern_high"),
        ("concern", "neutral", "neutral_high"),
        ("improvement", "neutral", "neutral_high"),
    ],
)
def test_a_conflict_is_settled_as_the_profile_says_and_every_flag_is_kept(conflict, improvement, expected):
    result = spc(
        series(BASELINE + BOTH),
        value="y",
        date="month",
        baseline=12,
        improvement=improvement,
        profile=replace(MDC, conflict=conflict),
    )

    last = result.points.iloc[-1]
    assert last["variation"] == expected
    assert last[["outside", "shift", "trend"]].tolist() == [True, True, True]
    assert last["conflict"] == (improvement != "neutral")
    assert result.summary["conflict"].tolist() == [improvement != "neutral"]
    assert result.summary["signals"].tolist() == ["outside, trend, shift"]


UPPER, LOWER = 10 + 2.66 * 2, 10 - 2.66 * 2
ASSURANCE = [
    # improvement, target, Making Data Count, NHSRplotthedots
    ("increase", LOWER - 0.1, "pass", "pass"),
    ("increase", LOWER, "pass", "hit_or_miss"),
    ("increase", 10, "hit_or_miss", "hit_or_miss"),
    ("increase", UPPER, "fail", "hit_or_miss"),
    ("increase", UPPER + 0.1, "fail", "fail"),
    ("decrease", LOWER - 0.1, "fail", "fail"),
    ("decrease", LOWER, "fail", "hit_or_miss"),
    ("decrease", 10, "hit_or_miss", "hit_or_miss"),
    ("decrease", UPPER, "pass", "hit_or_miss"),
    ("decrease", UPPER + 0.1, "pass", "pass"),
    ("neutral", 10, "none", "none"),
    ("increase", None, "none", "none"),
]


@pytest.mark.parametrize(("improvement", "target", "mdc", "nhsr"), ASSURANCE)
def test_assurance_compares_the_target_with_the_limits(improvement, target, mdc, nhsr):
    frame = series([*BASELINE, 10.5])
    options = {"value": "y", "date": "month", "baseline": 12, "improvement": improvement, "target": target}

    assert spc(frame, profile="mdc", **options).summary["assurance"].tolist() == [mdc]
    assert spc(frame, profile="nhsr", **options).summary["assurance"].tolist() == [nhsr]


def test_assurance_is_of_the_last_segment():
    frame = series([10, 12] * 8 + [30, 32] * 8)

    result = spc(frame, value="y", date="month", target=20, rebase="2021-05-01")

    assert result.summary["assurance"].tolist() == ["pass"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_constant_series_has_limits_on_its_mean_and_no_special_cause(profile):
    frame = series([0.1] * 20)

    result = spc(frame, value="y", date="month", profile=profile, target=0.1)

    points = result.points
    assert (points[["centre", "lower", "upper"]] == 0.1).all().all()
    assert not points[["outside", "shift", "trend", "two_of_three"]].any().any()
    assert (points["variation"] == "common").all()
    assert result.summary["assurance"].tolist() == ["pass" if profile == "mdc" else "hit_or_miss"]


@pytest.mark.parametrize("profile", PROFILES)
def test_twelve_zeros_and_a_one_are_not_sixteen_outliers(profile):
    frame = series([0] * 12 + [1] + [0] * 3)

    result = spc(frame, value="y", date="month", profile=profile)

    seen = profile != "mdc"  # where one in sixteen months is too rare for limits
    assert result.points["outside"].tolist() == [False] * 12 + [seen] + [False] * 3
    expected = "" if profile == "mdc" else "moving ranges were not screened: only zeros would have been left"
    assert expected in result.summary["warnings"].iloc[0]


@pytest.mark.parametrize(("size", "expected"), [(12, "too_few"), (13, "common")])
def test_a_verdict_needs_thirteen_points(size, expected):
    frame = series(([11, 9] * 7)[:size])

    result = spc(frame, value="y", date="month", target=20).summary.iloc[0]

    assert result["variation"] == expected
    assert result["assurance"] == ("none" if size == 12 else "fail")


def test_excluded_and_missing_points_do_not_count_towards_a_verdict():
    frame = series([11, 9] * 6 + [np.nan, 10])

    result = spc(frame, value="y", date="month", exclude="2020-01-01").summary.iloc[0]

    assert result[["points", "variation"]].tolist() == [12, "too_few"]
