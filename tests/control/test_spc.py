"""The result's tables: what a row is, what the columns are, and what the warnings say."""

from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import SutgError, spc
from sutg_analysis.control.limits import CHARTS
from sutg_analysis.control.profiles import MDC, PROFILES, Profile
from sutg_analysis.control.result import RESULT_COLUMNS

POINTS = [
    "date",
    "value",
    "centre",
    "lower",
    "upper",
    "lower_2sigma",
    "upper_2sigma",
    "segment",
    "excluded",
    "outside",
    "shift",
    "trend",
    "two_of_three",
    "variation",
    "target",
]
SUMMARY = [
    "latest",
    "centre",
    "lower",
    "upper",
    "variation",
    "assurance",
    "points",
    "sigma_signal",
    "runs_signal",
    "longest_run",
    "longest_run_max",
    "crossings",
    "crossings_min",
    "warnings",
]
FLAGS = ["excluded", "outside", "shift", "trend", "two_of_three"]


def months(size):
    return pd.date_range("2021-01-01", periods=size, freq="MS")


def wards(*values):
    parts = [
        pd.DataFrame({"ward": name, "month": months(len(y)), "y": np.asarray(y, dtype=float)})
        for name, y in zip("ABCDEF", values, strict=False)
    ]
    return pd.concat(parts, ignore_index=True)


def one(y, **options):
    frame = pd.DataFrame({"month": months(len(y)), "y": np.asarray(y, dtype=float)})
    return spc(frame, value="y", date="month", **options)


WAVE = [10.0, 12, 11, 13] * 4


def test_points_and_summary_have_the_columns_the_design_names():
    result = spc(wards(WAVE), value="y", date="month", by="ward")

    assert [name for name in result.points if name in ["ward", *POINTS]] == ["ward", *POINTS]
    assert [name for name in result.summary if name in ["ward", *SUMMARY]] == ["ward", *SUMMARY]


def test_every_column_of_the_result_is_barred_as_a_key():
    frame = pd.DataFrame({"month": months(14), "x": 3, "n": 9, "known_to": [pd.NaT] * 13 + [months(14)[-1]]})
    parts = {"numerator": "x", "denominator": "n", "provisional": "known_to"}

    result = spc(frame, date="month", chart="p", **parts)

    assert set(result.points) | set(result.summary) | set(result.segments) == RESULT_COLUMNS


def test_points_come_sorted_by_series_and_date_with_a_plain_index():
    frame = wards(WAVE, WAVE[::-1]).sample(frac=1, random_state=3)

    result = spc(frame, value="y", date="month", by="ward").points

    expected = wards(WAVE, WAVE[::-1])
    assert result[["ward", "date"]].to_numpy().tolist() == expected[["ward", "month"]].to_numpy().tolist()
    assert result["value"].tolist() == expected["y"].tolist()
    assert result.index.equals(pd.RangeIndex(32))


def test_flags_are_truth_values_and_verdicts_are_words():
    result = one([*WAVE, 99])

    assert {str(kind) for kind in result.points[FLAGS].dtypes} == {"bool"}
    assert result.points["variation"].iloc[-1] == "improvement_high"
    assert result.summary["variation"].dtype == "str"
    assert result.points["segment"].tolist() == [1] * 17


def test_summary_is_of_the_last_point_that_has_a_value_and_is_not_excluded():
    result = one([*WAVE, 99, np.nan], exclude=months(17)[-1]).summary.iloc[0]

    assert result[["latest", "points", "variation"]].tolist() == [13, 16, "common"]
    assert result["latest_date"] == months(16)[-1]


def test_summary_limits_are_those_of_the_last_segment():
    result = one(WAVE + [value + 50 for value in WAVE], rebase=months(17)[-1])

    assert result.summary["centre"].tolist() == [61.5]
    assert result.segments["centre"].tolist() == [11.5, 61.5]
    assert result.summary["segments"].tolist() == [2]


def test_several_key_columns_make_one_series_of_each_combination_that_occurs():
    frame = pd.concat([wards(WAVE, WAVE).assign(site="S"), wards(WAVE).assign(site="T")])

    result = spc(frame, value="y", date="month", by=["site", "ward"])

    assert result.summary[["site", "ward"]].to_numpy().tolist() == [["S", "A"], ["S", "B"], ["T", "A"]]
    assert result.by == ("site", "ward")


def test_a_rate_is_numerator_over_denominator_times_per():
    frame = pd.DataFrame({"month": months(14), "x": [3, 6] * 7, "n": [60, 80] * 7})

    result = spc(frame, numerator="x", denominator="n", date="month", chart="u", per=1000).points

    assert result["value"].tolist() == [50, 75] * 7
    assert result["denominator"].tolist() == [60, 80] * 7
    assert result["centre"].iloc[0] == pytest.approx(1000 * 9 / 140)


def test_per_and_improvement_may_differ_between_series():
    frame = wards([*WAVE, 99], [*WAVE, 99]).assign(
        n=1, k=[1.0] * 17 + [100.0] * 17, way=["increase"] * 17 + ["decrease"] * 17
    )

    result = spc(
        frame, numerator="y", denominator="n", date="month", by="ward", per="k", improvement="way"
    ).summary

    assert result["latest"].tolist() == [99, 9900]
    assert result["variation"].tolist() == ["improvement_high", "concern_high"]
    assert result["improvement"].tolist() == ["increase", "decrease"]


def test_a_mapping_gives_each_series_its_direction():
    ways = {"B": "neutral", "A": "decrease"}

    result = spc(wards(WAVE, WAVE), value="y", date="month", by="ward", improvement=ways).summary

    assert result["improvement"].tolist() == ["decrease", "neutral"]


def test_a_missing_value_is_a_gap_in_the_moving_ranges():
    # Ranges 2 and 2 on one side of the gap, 4 on the other; the step across it is none.
    result = one([1, 3, 1, np.nan, 50, 54])

    assert result.points["upper"].iloc[0] - result.points["centre"].iloc[0] == pytest.approx(2.66 * 8 / 3)
    assert result.points["value"].isna().tolist() == [False] * 3 + [True] + [False] * 2


def test_a_moving_range_goes_past_an_excluded_point():
    result = one([1, 3, 99, 7], exclude=months(3)[-1])

    assert result.points["upper"].iloc[0] - result.points["centre"].iloc[0] == pytest.approx(2.66 * 3)
    assert result.points["centre"].iloc[0] == pytest.approx(11 / 3)


def test_subgroups_are_rows_of_one_date():
    frame = pd.DataFrame({"month": np.repeat(months(13), 3), "y": [1.0, 2, 3] * 13})

    result = spc(frame, value="y", date="month", chart="xbar").points

    assert len(result) == 13
    assert result["value"].tolist() == [2] * 13
    assert result["upper"].iloc[0] == pytest.approx(3.9544, abs=5e-5)


def test_a_moving_range_chart_draws_the_ranges():
    result = one([1, 4, 2, 9], chart="mr").points

    assert result["value"].tolist()[1:] == [3, 2, 7]
    assert np.isnan(result["value"].iloc[0])
    assert result["centre"].iloc[0] == 4


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_chart_answers_for_many_series_in_every_profile(chart, profile):
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"ward": np.repeat(np.arange(6), 30), "n": rng.integers(50, 90, 180)})
    frame = frame.assign(
        month=np.tile(np.repeat(months(15), 2) if CHARTS[chart].subgroups else months(30), 6),
        x=rng.binomial(frame["n"], 0.2) + 1,
    )
    columns = {"value": "x"}
    if CHARTS[chart].denominator == "needed":
        columns = {"numerator": "x", "denominator": "n"}

    result = spc(frame, date="month", by="ward", chart=chart, profile=profile, **columns)

    assert len(result.summary) == 6
    assert result.summary["centre"].notna().all()
    if chart != "run":
        lines = result.points[["lower", "lower_2sigma", "centre", "upper_2sigma", "upper"]]
        steps = np.diff(lines.to_numpy(), axis=1)
        assert (steps[~np.isnan(steps)] >= -1e-12).all()
        assert result.summary["upper"].notna().all()


def test_adding_a_chart_takes_one_entry(monkeypatch):
    monkeypatch.setitem(CHARTS, "plain", replace(CHARTS["xmr"], name="plain", floor=0))

    result = one([1, 9] * 7, chart="plain")

    assert result.points["lower"].max() == 0
    assert result.chart_type == "plain"


def test_select_keeps_limits_and_verdicts():
    result = spc(wards(WAVE, WAVE[::-1], WAVE), value="y", date="month", by="ward")

    chosen = result.select(ward="B")

    expected = result.points[result.points["ward"] == "B"].reset_index(drop=True)
    pd.testing.assert_frame_equal(chosen.points, expected)
    assert chosen.summary["ward"].tolist() == chosen.segments["ward"].tolist() == ["B"]


def test_results_and_profiles_are_frozen():
    result = one(WAVE)

    with pytest.raises(FrozenInstanceError):
        result.points = None
    with pytest.raises(FrozenInstanceError):
        MDC.shift = 8


@pytest.mark.parametrize("field", [field.name for field in fields(Profile)])
def test_any_field_of_a_profile_can_be_overridden(field):
    other = {"name": "mine", "centre": 5.0}
    found = getattr(MDC, field)
    # Of two houses one holds another choice, and a number or a switch has a neighbour.
    choices = {getattr(profile, field) for profile in PROFILES.values()} - {found}
    value = other.get(field, next(iter(choices), not found if isinstance(found, bool) else None))
    value = found + 1 if value is None else value

    result = one(WAVE, profile=replace(MDC, **{field: value}))

    assert getattr(result.profile, field) == value
    assert len(result.points) == 16


WARNINGS = {
    "few points": (lambda: one(WAVE[:5]), "5 points are too few for a verdict: 13 are needed"),
    "short segment": (
        lambda: one(WAVE * 2, rebase=months(28)[-1]), "limits from 5 points, fewer than 12, are provisional",
    ),
    "small counts": (
        lambda: one([1, 2, 0, 3] * 4, chart="c"), "counts are small (mean below 5): a g or t chart may tell more",
    ),
    "baseline with a special cause": (
        lambda: one([*WAVE[:11], 60, *WAVE], baseline=12), "the baseline holds a special cause",
    ),
    "missing values": (lambda: one([*WAVE, np.nan, 11]), "1 value is missing"),
    "a rebase that moved": (
        lambda: one(WAVE * 2, rebase="2022-01-20"),
        "the rebase of 2022-01-20 starts at the next observation, 2022-02-01",
    ),
    "a target without a direction": (
        lambda: one(WAVE, improvement="neutral", target=3), "a target without a direction of improvement",
    ),
    "a conflict": (
        lambda: one([*[11.0, 9] * 8, 30, 29, 28, 27, 26, 25, 24], baseline=16), "both improvement and concern",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNINGS)
def test_warnings_say(name):
    make, expected = WARNINGS[name]

    assert expected in make().summary["warnings"].iloc[0]


def test_a_series_that_ends_well_before_the_others_is_stale():
    frame = wards(WAVE * 2, WAVE)

    result = spc(frame, value="y", date="month", by="ward").summary

    assert result["warnings"].tolist() == [
        "",
        "stale: the last value is of 2022-04-01, the data go on to 2023-08-01",
    ]


def test_caveats_are_codes_with_numbers_and_dates():
    frame = wards(WAVE * 2, WAVE[:5])

    few, short, stale = spc(frame, value="y", date="month", by="ward").caveats

    assert (few.code, short.code, stale.code) == ("too_few", "few_in_limits", "stale")
    assert (few.series.tolist(), few.number.tolist(), few.limit) == ([1], [5], 13)
    assert f"{pd.Timestamp(stale.date[0]):%Y-%m-%d}" == "2021-05-01"


def test_the_caveats_of_a_selection_are_those_of_its_series():
    result = spc(wards(WAVE, WAVE[:5]), value="y", date="month", by="ward")

    assert result.select(ward="A").caveats == ()
    assert [caveat.series.tolist() for caveat in result.select(ward="B").caveats] == [[0], [0], [0]]


def test_nothing_to_say_is_an_empty_string():
    assert one(WAVE).summary["warnings"].tolist() == [""]


def test_an_error_has_three_parts_and_names_series_and_column():
    frame = wards(WAVE, WAVE).astype({"y": "object"})
    frame.loc[18, "y"] = "n/a"

    with pytest.raises(SutgError) as caught:
        spc(frame, value="y", date="month", by="ward")

    assert caught.value.found == "'n/a' in column 'y', ward 'B' on 2021-03-01"
    assert caught.value.expected == "a number"
    assert caught.value.remedy == "Correct it, or leave it empty if missing"
