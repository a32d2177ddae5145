"""Since when: the run behind each rule that a series' latest point breaks."""

from math import nan

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.control.episodes import latest_episodes

CALM = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11]
RISE = [14, 10, 15, 11, 14, 10, 15, 11, 14, 9, 10, 11, 12, 13, 14, 15]


def found(values, **options):
    months = pd.date_range("2022-04-01", periods=len(values), freq="MS")
    rows = latest_episodes(
        spc(pd.DataFrame({"month": months, "y": values}), value="y", date="month", **options)
    )
    return {
        row["rule"]: (f"{row['start']:%b %Y}", int(row["points"]), bool(row["high"]))
        for row in rows.to_dict("records")
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (CALM * 2, {}),
        ([*CALM, *CALM[:6], 20], {"outside": ("Aug 2023", 1, True)}),
        ([*CALM, 14, 15, 14, 16, 15, 14, 15], {"shift": ("Feb 2023", 7, True)}),
        (RISE, {"trend": ("Jan 2023", 7, True)}),
        ([25 - value for value in RISE], {"trend": ("Jan 2023", 7, False)}),
        ([*CALM, *CALM[:5], 12, 16.5, 12, 16.5], {"two_of_three": ("Aug 2023", 2, True)}),
    ],
)
def test_an_episode_is_the_run_that_ends_at_the_latest_point(values, expected):
    assert found(values) == expected


def test_a_signal_that_is_over_is_no_episode():
    assert found([*CALM, 14, 15, 14, 16, 15, 14, 15, 9]) == {}


def test_an_excluded_last_point_is_looked_past():
    values = [*CALM, 14, 15, 14, 16, 15, 14, 15, 0]

    assert found(values, exclude="2023-09-01")["shift"] == ("Feb 2023", 7, True)


def test_a_gap_starts_the_count_of_a_run_again():
    values = [*CALM, 14, nan, 15, 14, 16, 15, 14, 15, 16]

    assert found(values, baseline=10)["shift"][:2] == ("Apr 2023", 7)


def test_a_rebase_starts_the_count_of_a_shift_again():
    values = [*CALM, *(value + 9 for value in CALM), 24, 23, 24, 25, 24, 23, 24]

    assert found(values, rebase="2023-02-01")["shift"][:2] == ("Dec 2023", 7)


def test_each_series_has_episodes_of_its_own():
    months = pd.date_range("2022-04-01", periods=17, freq="MS")
    one = pd.DataFrame({"month": months, "y": [*CALM, 14, 15, 14, 16, 15, 14, 15]})
    two = pd.DataFrame({"month": months, "y": [*CALM, *CALM[:6], 20]})
    both = pd.concat([one.assign(ward="A"), two.assign(ward="B")])

    rows = latest_episodes(spc(both, value="y", date="month", by="ward"))

    assert rows[["series", "rule"]].to_numpy().tolist() == [[0, "shift"], [1, "outside"]]


def test_episodes_agree_with_the_flags_of_the_latest_points():
    rng = np.random.default_rng(3)
    months = pd.date_range("2022-04-01", periods=20, freq="MS")
    frames = [
        pd.DataFrame({"month": months, "y": rng.normal(0, 1, 20).cumsum(), "ward": n}) for n in range(60)
    ]
    result = spc(pd.concat(frames), value="y", date="month", by="ward")

    rows = latest_episodes(result)

    broken = result.summary["signals"].str.split(", ").explode()
    assert sorted(zip(rows["series"], rows["rule"], strict=True)) == sorted(broken[broken != ""].items())
