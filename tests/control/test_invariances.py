"""What must not change the answer: units, order, company, the future, and points set aside."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutg_analysis import spc
from sutg_analysis.control.profiles import PROFILES

LINES = ["centre", "lower", "upper", "lower_2sigma", "upper_2sigma"]
FLAGS = ["outside", "shift", "trend", "two_of_three"]
# Whole numbers, so that a move or a change of scale adds no rounding that could make or break a tie.
VALUES = st.lists(st.integers(-50, 50), min_size=2, max_size=40)
LONG = st.lists(st.integers(-50, 50), min_size=15, max_size=40)
few = settings(max_examples=20, deadline=None)
HOUSES = st.sampled_from(sorted(PROFILES))


def months(size):
    return pd.date_range("2020-01-01", periods=size, freq="MS")


def series(values, **columns):
    return pd.DataFrame({"month": months(len(values)), "y": np.asarray(values, dtype=float), **columns})


def points(frame, **options):
    return spc(frame, value="y", date="month", **options).points


@few
@given(VALUES, st.integers(-1000, 1000), st.sampled_from([0.25, 0.5, 2, 1024]), HOUSES)
def test_moving_and_scaling_data_moves_and_scales_limits_and_changes_no_flag(values, move, scale, house):
    plain = points(series(values), profile=house)

    result = points(series(np.asarray(values) * scale + move), profile=house)

    expected = plain[LINES] * scale + move
    np.testing.assert_allclose(result[LINES], expected, rtol=1e-9, atol=1e-7)
    pd.testing.assert_frame_equal(result[FLAGS], plain[FLAGS])


@few
@given(VALUES, HOUSES)
def test_a_mirror_image_swaps_limits_and_improvement_with_concern(values, house):
    plain = spc(series(values), value="y", date="month", improvement="increase", profile=house).points

    result = spc(
        series(np.negative(values)), value="y", date="month", improvement="decrease", profile=house
    ).points

    np.testing.assert_allclose(result["lower"], -plain["upper"], rtol=1e-9, atol=1e-9)
    swapped = {"high": "low", "low": "high"}
    expected = [
        "_".join(swapped.get(word, word) for word in verdict.split("_")) for verdict in plain["variation"]
    ]
    assert result["variation"].tolist() == expected


@few
@given(VALUES, st.randoms(use_true_random=False), HOUSES)
def test_the_order_of_rows_never_matters(values, chance, house):
    frame = pd.concat([series(values, ward="A"), series(values[::-1], ward="B")], ignore_index=True)
    order = list(range(len(frame)))
    chance.shuffle(order)
    options = {"value": "y", "date": "month", "by": "ward", "profile": house}

    result = spc(frame.iloc[order], **options)

    expected = spc(frame, **options)
    pd.testing.assert_frame_equal(result.points, expected.points)
    pd.testing.assert_frame_equal(result.summary, expected.summary)


@pytest.mark.parametrize(
    "chart", ["run", "xmr", "mr", "c", "c_prime", "g", "t", "p", "p_prime", "u", "u_prime", "i_prime"]
)
@pytest.mark.parametrize("profile", ["mdc", "anhoej"])
def test_a_series_gives_the_same_answer_alone_or_among_a_thousand(chart, profile):
    rng = np.random.default_rng(7)
    length = rng.integers(2, 30, 1000)
    ward = np.repeat(np.arange(1000), length)
    frame = pd.DataFrame({"ward": ward, "n": rng.integers(20, 60, len(ward))})
    frame = frame.assign(
        month=months(30)[frame.groupby("ward").cumcount()], x=rng.binomial(frame["n"], 0.3) + 1.0
    )
    frame.loc[rng.random(len(frame)) < 0.03, "x"] = np.nan
    plain = chart in ("run", "xmr", "mr", "c", "c_prime", "g", "t")
    columns = {"value": "x"} if plain else {"numerator": "x", "denominator": "n"}
    options = {"date": "month", "chart": chart, "profile": profile, "target": 10, **columns}

    together = spc(frame, by="ward", **options)

    for place in rng.integers(0, 1000, 5):
        alone = spc(frame[frame["ward"] == place], **options)
        among = together.select(ward=place)
        pd.testing.assert_frame_equal(among.points.drop(columns="ward"), alone.points, check_exact=True)
        # A series is stale beside others that go on; alone there is nothing to be behind.
        dropped = ["ward", "warnings"]
        pd.testing.assert_frame_equal(
            among.summary.drop(columns=dropped), alone.summary.drop(columns="warnings"), check_exact=True
        )


@few
@given(LONG, VALUES, st.integers(2, 15), HOUSES)
def test_the_future_never_changes_a_frozen_baseline(past, future, baseline, house):
    earlier = points(series(past), baseline=baseline, profile=house)

    result = points(series(past + future), baseline=baseline, profile=house).head(len(past))

    pd.testing.assert_frame_equal(result[LINES], earlier[LINES], check_exact=True)
    assert result["outside"].tolist() == earlier["outside"].tolist()


@few
@given(LONG, VALUES, HOUSES)
def test_the_future_never_changes_a_segment_that_has_ended(past, future, house):
    rebase = months(len(past) + 1)[-1]
    earlier = points(series(past), profile=house)

    result = points(series(past + future), rebase=rebase, profile=house).head(len(past))

    pd.testing.assert_frame_equal(result[LINES], earlier[LINES], check_exact=True)


@few
@given(LONG, st.integers(-10_000, 10_000), st.sets(st.integers(0, 14), min_size=1, max_size=5), HOUSES)
def test_an_excluded_point_never_moves_a_limit(values, wild, places, house):
    frame = series(values)
    ghosts = list(months(len(values))[sorted(places)])
    moved = frame.assign(y=frame["y"].where(~frame["month"].isin(ghosts), wild))

    result = points(moved, exclude=ghosts, profile=house)

    expected = points(frame, exclude=ghosts, profile=house)
    pd.testing.assert_frame_equal(result[LINES], expected[LINES], check_exact=True)
    kept = ~result["excluded"]
    pd.testing.assert_frame_equal(result.loc[kept, FLAGS], expected.loc[kept, FLAGS])


@few
@given(LONG, st.sets(st.integers(0, 14), min_size=1, max_size=5))
def test_excluding_points_gives_the_limits_of_the_series_without_them(values, places):
    frame = series(values)
    ghosts = months(len(values))[sorted(places)]
    without = points(frame[~frame["month"].isin(ghosts)])

    result = points(frame, exclude=list(ghosts))

    pd.testing.assert_frame_equal(
        result.loc[~result["excluded"], [*LINES, *FLAGS]].reset_index(drop=True), without[[*LINES, *FLAGS]]
    )


@few
@given(st.lists(st.integers(0, 40), min_size=13, max_size=30), st.integers(1, 1000))
def test_per_multiplies_values_and_limits_of_rates(counts, per):
    frame = pd.DataFrame({"month": months(len(counts)), "x": counts, "n": 50})
    options = {"numerator": "x", "denominator": "n", "date": "month", "chart": "p_prime"}

    result = spc(frame, per=per, **options).points

    expected = spc(frame, **options).points
    np.testing.assert_allclose(result[["value", *LINES]], expected[["value", *LINES]] * per, rtol=1e-12)
    pd.testing.assert_frame_equal(result[FLAGS], expected[FLAGS])


@pytest.mark.parametrize("chart", ["xbar", "s"])
def test_the_order_of_measurements_within_a_subgroup_never_matters(chart):
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"month": np.repeat(months(20), 5), "y": rng.normal(10, 1, 100)})
    options = {"value": "y", "date": "month", "chart": chart}

    result = spc(frame.sample(frac=1, random_state=1), **options).points

    pd.testing.assert_frame_equal(result, spc(frame, **options).points)


def test_series_that_share_few_dates_are_sorted_as_well():
    rng = np.random.default_rng(9)
    days = pd.date_range("2020-01-01", periods=4000, freq="D")
    frame = pd.DataFrame({"ward": np.repeat(np.arange(200), 20), "month": rng.permutation(days)})
    frame = frame.assign(y=rng.normal(0, 1, 4000))

    result = spc(frame, value="y", date="month", by="ward").points

    expected = frame.sort_values(["ward", "month"])
    assert result["value"].tolist() == expected["y"].tolist()
