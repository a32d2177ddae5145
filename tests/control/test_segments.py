"""Baselines, rebases and excluded points: given as dates, lists, mappings or frames with reasons and authors."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.errors import ArgumentError

Y = [10.0, 12, 11, 13, 10, 12, 30, 32, 31, 33, 30, 32]


def months(size=12):
    return pd.date_range("2023-01-01", periods=size, freq="MS")


def frame(*wards):
    parts = [pd.DataFrame({"ward": ward, "month": months(), "y": Y}) for ward in wards or ("A",)]
    return pd.concat(parts, ignore_index=True)


def points(*wards, **options):
    return spc(frame(*wards), value="y", date="month", by="ward", **options).points


def starts(result):
    return result[result["rebase"]][["ward", "date"]].astype({"date": "str"}).to_numpy().tolist()


SAME = {
    "text": "2023-07-01",
    "a month": "2023-07",
    "a timestamp": pd.Timestamp("2023-07-01"),
    "a Python date": dt.date(2023, 7, 1),
    "a numpy date": np.datetime64("2023-07-01"),
    "a period": pd.Period("2023-07", "M"),
    "a list": ["2023-07-01"],
    "a repeated date": ["2023-07-01", "2023-07-01"],
    "a column": pd.Series(["2023-07-01"]),
    "an index": months()[[6]],
    "a mapping": {"A": "2023-07-01"},
    "a mapping to a list": {"A": ["2023-07-01"]},
    "a mapping to reasons": {"A": {"2023-07-01": "new ward"}},
    "a frame": pd.DataFrame({"ward": ["A"], "date": ["2023-07-01"], "reason": ["new"], "author": ["lead"]}),
    "a frame for all": pd.DataFrame({"date": ["2023-07-01"], "reason": ["new"], "author": ["lead"]}),
    "a frame with an empty key": pd.DataFrame(
        {"ward": [""], "date": ["2023-07-01"], "reason": ["new"], "author": ["lead"]}
    ),
}


@pytest.mark.parametrize("form", SAME)
def test_a_rebase_may_be_given_as(form):
    result = points(rebase=SAME[form])

    assert starts(result) == [["A", "2023-07-01"]]
    assert result["segment"].tolist() == [1] * 6 + [2] * 6
    assert result["centre"].tolist() == pytest.approx([68 / 6] * 6 + [188 / 6] * 6)


@pytest.mark.parametrize("form", [form for form in SAME if form != "a month"])
def test_an_excluded_point_may_be_given_as(form):
    result = points(exclude=SAME[form])

    assert np.flatnonzero(result["excluded"]).tolist() == [6]
    assert result["centre"].iloc[0] == pytest.approx((sum(Y) - 30) / 11)


EVENTS = pd.DataFrame(
    [
        ("A", "2023-07-01", "rebase", "Limits recalculated", "new ward", "service manager"),
        (None, "2023-03-01", "exclude", "Flood", "ward closed", "QI lead"),
        ("B", "2023-09-01", "rebase", "Limits recalculated", "new team", "matron"),
        (None, "2023-02-01", "note", "New beds", None, None),
    ],
    columns=["ward", "date", "kind", "label", "reason", "author"],
)


def test_a_table_of_events_serves_rebase_and_exclude_as_it_is():
    result = points("A", "B", rebase=EVENTS, exclude=EVENTS)

    assert starts(result) == [["A", "2023-07-01"], ["B", "2023-09-01"]]
    assert result["date"][result["excluded"]].dt.month.tolist() == [3, 3]


def test_reasons_are_kept_beside_the_points_they_are_for():
    result = points("A", "B", rebase=EVENTS, exclude=EVENTS)

    assert result["rebase_reason"][result["rebase"]].tolist() == ["new ward", "new team"]
    assert result["excluded_reason"][result["excluded"]].tolist() == ["ward closed"] * 2
    assert (result["rebase_reason"][~result["rebase"]] == "").all()


def test_a_rebase_between_observations_moves_to_the_next_and_says_so():
    result = spc(frame(), value="y", date="month", rebase="2023-06-15")

    assert result.points["date"][result.points["rebase"]].dt.strftime("%Y-%m-%d").tolist() == ["2023-07-01"]
    assert (
        "the rebase of 2023-06-15 starts at the next observation, 2023-07-01"
        in result.summary["warnings"].iloc[0]
    )


def test_a_rebase_of_all_leaves_alone_a_series_that_opened_later():
    late = frame("A", "B").drop(index=range(12, 20))

    result = spc(late, value="y", date="month", by="ward", rebase="2023-07-01").points

    assert starts(result) == [["A", "2023-07-01"]]


def test_no_moving_range_crosses_a_rebase():
    result = points(rebase="2023-07-01")

    half = result["upper"] - result["centre"]
    assert half.tolist() == pytest.approx([2.66 * 10 / 5] * 12)


def test_a_baseline_of_points_makes_the_limits_of_the_whole_segment():
    result = points(baseline=6)

    assert result["centre"].tolist() == pytest.approx([68 / 6] * 12)
    assert result["outside"].tolist() == [False] * 6 + [True] * 6


@pytest.mark.parametrize("until", ["2023-06-01", "2023-06-15", dt.date(2023, 6, 30)])
def test_a_baseline_until_a_date_is_one_of_points(until):
    pd.testing.assert_frame_equal(points(baseline=until), points(baseline=6))


def test_each_series_may_have_its_own_baseline():
    result = points("A", "B", baseline={"A": 6, "B": "2023-12-01"}).groupby("ward")["centre"].first()

    assert result.tolist() == pytest.approx([68 / 6, sum(Y) / 12])


@pytest.mark.parametrize(("profile", "second"), [("mdc", [30, 32, 31, 33, 30, 32]), ("nhsr", [30, 32, 31])])
def test_a_baseline_of_points_holds_in_the_first_segment_or_in_every_one_as_the_profile_says(profile, second):
    result = points(baseline=3, rebase="2023-07-01", profile=profile)

    assert result["centre"].iloc[0] == pytest.approx(11)
    assert result["centre"].iloc[-1] == pytest.approx(np.mean(second))


def test_excluded_points_of_the_baseline_make_no_limits():
    result = points(baseline=6, exclude="2023-04-01")

    assert result["centre"].iloc[0] == pytest.approx(55 / 5)


def of_measures(**rebase):
    parts = [frame("A", "B").assign(measure="falls"), frame("A").assign(measure="seen")]
    parts[0].loc[parts[0]["ward"] == "B", "month"] -= pd.DateOffset(years=2)
    marks = pd.DataFrame({"ward": [None], "reason": ["new"], "author": ["lead"]} | rebase)
    keys = ["measure", "ward"]
    return spc(pd.concat(parts), value="y", date="month", by=keys, rebase=marks).points


def test_a_rebase_of_one_key_holds_for_the_series_that_reach_its_date():
    result = of_measures(measure=["falls"], date=["2023-07-01"])

    assert result[result["rebase"]][["measure", "ward"]].to_numpy().tolist() == [["falls", "A"]]


def test_a_rebase_of_one_key_that_none_of_its_series_reaches_is_refused():
    with pytest.raises(ArgumentError, match="a rebase on 2021-07-01 for measure 'seen', ward 'A'"):
        of_measures(measure=["seen"], date=["2021-07-01"])
