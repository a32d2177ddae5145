"""Percentiles of banded waits: NHS England's published ones, uneven and open bands, and lists too small."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutg_analysis import percentile_from_bands
from sutg_analysis.errors import ArgumentError, DataError

# General surgery of one commissioner, March 2015, bands of a week from 0 to 52 and over.
BANDS = [
    123,
    100,
    96,
    89,
    80,
    87,
    73,
    80,
    70,
    52,
    44,
    42,
    27,
    11,
    18,
    23,
    21,
    16,
    15,
    7,
    6,
    8,
    12,
    9,
    2,
    10,
    6,
    4,
]
BANDS += [4, 1, 3, 3, 3, 1, 2, 1, 0, 0, 1, 2, 1, *[0] * 12]


def test_the_published_median_before_october_2022_has_the_rank_of_n_plus_one_halves():
    result = percentile_from_bands(BANDS, 0.5, rank="(N+1)/2").value

    assert result == pytest.approx(6.0273972602739727, abs=1e-12)


def test_the_published_95th_percentile_has_the_rank_of_p_times_n():
    assert percentile_from_bands(BANDS, p=0.95).value == pytest.approx(22.612499999999994, abs=1e-12)


@pytest.mark.parametrize(("period", "rank"), [("2022-09-01", 577.0), ("2022-10-01", 576.5)])
def test_the_month_chooses_the_rank_of_a_median(period, rank):
    assert percentile_from_bands(BANDS, 0.5, period=period).frame["rank"].iloc[0] == rank


def test_bands_that_are_closed_give_the_linear_percentile():
    assert percentile_from_bands([10, 10, 80], p=0.5, edges=[0, 1, 2, 3]).value == 2.375


def test_uneven_bands_are_spread_over_their_width():
    result = percentile_from_bands([10, 20, 40, 30], p=0.5, edges=[0, 1, 4, 12]).value

    assert result == 4 + 8 * (50 - 30) / 40


def test_a_percentile_in_the_open_band_is_censored_and_no_number():
    result = percentile_from_bands([10, 10, 80], p=0.92, edges=[0, 4, 18])

    assert (result.censored, result.status, result.frame["at_least"].iloc[0]) == (True, "censored", 18)
    assert np.isnan(float(result))


def test_fewer_than_the_minimum_are_refused_a_percentile():
    few, enough = [20, 29], [20, 30]

    result = percentile_from_bands([few, enough], 0.5, edges=[0, 1, 2], minimum=50).frame

    assert result["status"].tolist() == ["too_few", "value"]
    assert result["value"].isna().tolist() == [True, False]


def test_blank_is_not_zero():
    nothing, nobody = [np.nan, np.nan], [0, 0]

    result = percentile_from_bands([nothing, nobody], 0.5).frame["status"]

    assert result.tolist() == ["not_collected", "empty"]


def test_an_empty_band_before_the_rank_is_passed_over():
    assert percentile_from_bands([1, 0, 0, 1], p=1.0, open_last=False).value == 4


def test_a_rank_that_ends_a_band_does_not_slip_into_the_next_by_rounding():
    assert percentile_from_bands([23, 0, 2], p=0.92, open_last=False).value == 1.0


@settings(deadline=None)
@given(st.lists(st.integers(0, 500), min_size=3, max_size=60).filter(lambda counts: sum(counts) > 0))
def test_a_percentile_has_its_share_below_it(counts):
    value = percentile_from_bands(counts, p=0.7, open_last=False).value

    at = np.interp(value, np.arange(len(counts) + 1), np.concatenate([[0], np.cumsum(counts)]))
    assert at == pytest.approx(0.7 * sum(counts), rel=1e-6)


@settings(deadline=None)
@given(st.lists(st.integers(0, 500), min_size=3, max_size=20).filter(lambda counts: sum(counts) > 0))
def test_wider_bands_stretch_the_percentile(counts):
    weeks = percentile_from_bands(counts, p=0.5, open_last=False).value
    days = percentile_from_bands(counts, p=0.5, edges=[7 * k for k in range(len(counts) + 1)]).value

    assert days == pytest.approx(7 * weeks)


@pytest.mark.parametrize(
    "arguments",
    [{"p": 92}, {"p": 0}, {"rank": "N"}, {"edges": [0, 2, 1]}, {"edges": [0]}, {"p": 0.9, "rank": "(N+1)/2"}],
)
def test_arguments_that_cannot_be_are_refused(arguments):
    with pytest.raises(ArgumentError):
        percentile_from_bands([1, 2, 3], **arguments)


def test_a_negative_count_is_named_by_its_place():
    with pytest.raises(DataError, match="band 2 of list b"):
        percentile_from_bands(pd.DataFrame([[1, 2], [1, -2]], index=["a", "b"]))


def test_every_published_percentile_of_march_2015_is_ours_but_those_of_one_commissioner(shared):
    table = pd.read_csv(shared / "data" / "rtt_2014_15" / "Incomplete-Commissioner-Mar15.csv.gz")
    bands = table.iloc[:, 6:59]

    for column, share in (("Average (median)", 0.5), ("95th percentile", 0.95)):
        name = next(each for each in table.columns if each.startswith(column))
        published = pd.to_numeric(table[name], errors="coerce")
        ours = percentile_from_bands(bands, share, period="2015-03-01", minimum=50).frame["value"]
        differs = published.notna() & ~((published - ours).abs() < 1e-9)
        assert set(table.loc[differs, "CCG Name"]) == {"NHS EAST SURREY CCG"}
        assert differs.sum() <= 20
