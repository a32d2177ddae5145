"""Targets: numbers, columns, mappings, and frames of dated targets and trajectories."""

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import SutgError, spc

Y = [10.0, 12, 11, 13] * 4


def months(size=16):
    return pd.date_range("2023-01-01", periods=size, freq="MS")


def frame(*wards):
    parts = [pd.DataFrame({"ward": ward, "month": months(), "y": Y}) for ward in wards or ("A",)]
    return pd.concat(parts, ignore_index=True)


def call(table=None, **options):
    return spc(frame() if table is None else table, value="y", date="month", by="ward", **options)


def dated(*rows):
    return pd.DataFrame(rows, columns=["ward", "start", "end", "target"])


def shown(result, ward="A"):
    return result.points["target"][result.points["ward"] == ward].tolist()


def test_one_number_is_the_target_of_every_point():
    result = call(target=3)

    assert shown(result) == [3.0] * 16
    assert result.summary["assurance"].tolist() == ["pass"]


def test_a_mapping_gives_each_series_its_target_and_the_rest_none():
    result = call(frame("A", "B", "C"), target={"A": 3, "C": 30})

    assert result.summary["assurance"].tolist() == ["pass", "none", "fail"]
    assert np.isnan(shown(result, "B")).all()


def test_a_column_is_a_target_that_varies_with_time():
    table = frame().assign(goal=[3.0] * 8 + [30.0] * 8)

    result = call(table, target="goal")

    assert shown(result) == [3] * 8 + [30] * 8
    assert result.summary["assurance"].tolist() == ["fail"]


def test_a_gap_in_a_column_means_as_before():
    table = frame().assign(goal=[30.0] * 8 + [np.nan] * 8)

    assert call(table, target="goal").summary["target"].tolist() == [30]


def test_dated_targets_hold_between_their_dates():
    result = call(target=dated(("A", "2023-03-01", "2023-05-31", 5), ("A", "2023-09-01", None, 6)))

    none = [None] * 2
    assert [None if np.isnan(t) else t for t in shown(result)] == [*none, 5, 5, 5, None, None, None, *[6] * 8]


def test_where_several_hold_the_latest_start_counts():
    result = call(target=dated(("A", None, None, 5), ("A", "2023-09-01", "2023-10-31", 6)))

    assert shown(result) == [5] * 8 + [6] * 2 + [5] * 6


def test_a_target_without_a_key_is_for_every_series_and_a_series_own_goes_before_it():
    result = call(frame("A", "B"), target=dated((None, "2023-01-01", None, 5), ("B", "2023-01-01", None, 6)))

    assert result.summary["target"].tolist() == [5, 6]


def test_a_frame_without_key_columns_is_for_every_series():
    trajectory = pd.DataFrame({"start": months(), "target": np.arange(16.0)})

    result = call(frame("A", "B"), target=trajectory)

    assert shown(result, "B") == list(range(16))
    assert result.summary["target"].tolist() == [15, 15]


def test_a_target_of_the_future_is_not_the_target_yet():
    result = call(target=dated(("A", "2022-04-01", "2025-03-31", 5), ("A", "2025-04-01", None, 50)))

    assert result.summary[["target", "assurance"]].to_numpy().tolist() == [[5, "pass"]]


def test_a_target_that_has_ended_is_none():
    result = call(target=dated(("A", "2020-04-01", "2023-03-31", 5)))

    assert result.summary["assurance"].tolist() == ["none"]
    assert shown(result)[:3] == [5, 5, 5]


def test_assurance_takes_the_target_of_the_last_point_that_counts():
    table = dated(("A", None, None, 3), ("A", "2024-04-01", None, 50))

    assert call(target=table).summary["assurance"].tolist() == ["fail"]
    assert call(target=table, exclude="2024-04-01").summary["assurance"].tolist() == ["pass"]


def test_a_target_for_a_neutral_measure_is_drawn_and_not_judged():
    result = call(improvement="neutral", target=3)

    assert shown(result) == [3] * 16
    assert result.summary["assurance"].tolist() == ["none"]


def test_a_target_for_no_series_is_refused_by_name():
    with pytest.raises(SutgError, match="a target for ward 'Z', which is no series of the frame"):
        call(target=dated(("Z", "2023-01-01", None, 5)))
