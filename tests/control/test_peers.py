"""Profiles nhsr and anhoej give what NHSRplotthedots 0.2.2 and qicharts2 0.8.1 give, but for the cases named here.

Every case of the reference outputs goes through one call of ``spc`` for each set of choices, as one series among
hundreds, so that the comparison also covers mappings and frames as arguments.
"""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.control.profiles import ANHOEJ, NHSR

# Where the peer is wrong. Screening drops ranges of at least 3.267 times their mean: of a constant series all
# (0 < 0 is false) and of one that hardly ever moves all but the zeros. The peer then has no limits, or limits on
# the mean with every other point outside them. Ours keeps all ranges then, and says so in `warnings`.
COLLAPSED = {
    "v17_constant": "all ranges are 0: the peer has no limits, ours are on the mean",
    "v19_zeros": "all ranges are 0: the peer has no limits, ours are on the mean",
    "v21_step": "one range is above 0: the peer drops it and its limits fall on the mean, ours keep it",
}
# The same, in one segment of one choice of segments only.
COLLAPSED_CASES = {
    "c03_rare|increase|scr|rebase2_fix12": "12 points of the segment hardly move",
    "c03_rare|i|part8_16|scr": "one of eight points differs",
}

PLAIN = {"centre": "mean_col", "lower": "lpl", "upper": "upl"}
NEAR = {"lower_2sigma": "nlpl", "upper_2sigma": "nupl"}
ICONS = {"consistent_pass": "pass", "consistent_fail": "fail", "inconsistent": "hit_or_miss"}


@pytest.fixture(scope="module")
def inputs(golden):
    table = golden("synthetic_inputs.csv")
    return table.assign(date=pd.to_datetime(table["date"]))


def series_of(cases):
    return cases["case"].str.split("|").str[0]


def as_peer(expected, result, pairs):
    """Compare columns of two tables of the same rows; say which rows differ anywhere."""
    differs = pd.Series(False, index=expected.index)
    for ours, theirs in pairs.items():
        same = np.isclose(
            result[ours].astype(float), expected[theirs].astype(float), rtol=1e-9, atol=1e-12, equal_nan=True
        )
        differs |= ~same
    return differs


def icon(point_type, improvement):
    """Translate the peer's verdict on a point into ours."""
    if point_type == "common_cause":
        return "common"
    kind = point_type.split("_")[2]
    if kind == "neutral":
        return point_type.removeprefix("special_cause_")
    return f"{kind}_{'high' if (improvement == 'increase') == (kind == 'improvement') else 'low'}"


@pytest.fixture(scope="module")
def cases(golden):
    return golden("ptd_synthetic_cases.csv.gz")


@pytest.fixture(scope="module", params=[True, False], ids=["screened", "unscreened"])
def nhsr(request, cases, golden, inputs):
    some = cases[cases["screen_outliers"] == request.param]
    return some, answer(some, inputs, request.param), golden


@pytest.fixture(scope="module")
def points(nhsr):
    some, result, golden = nhsr
    expected = golden("ptd_synthetic_points.csv.gz").assign(date=lambda table: pd.to_datetime(table["x"]))
    expected = expected[expected["case"].isin(some["case"])]
    joined = expected.merge(result.points, on=["case", "date"], suffixes=("_peer", ""))
    assert len(joined) == len(expected) > 5_000
    assert (some["case"].isin(joined["case"])).mean() > 0.4
    return joined


@pytest.fixture(scope="module")
def summary(nhsr):
    some, result, golden = nhsr
    expected = golden("ptd_synthetic_summary.csv.gz").groupby("case").tail(1)
    joined = some.merge(expected, on="case").merge(result.summary, on="case", suffixes=("_peer", ""))
    assert len(joined) == len(some) > 500
    return joined


def test_nhsr_limits_are_the_peers_but_where_screening_leaves_only_zeros(points):
    differs = as_peer(points, points, PLAIN | NEAR)

    result = set(points["case"][differs])

    screened = points["case"].str.contains("scr", regex=False)
    expected = set(points["case"][series_of(points).isin(COLLAPSED) & screened])
    assert result - expected <= set(COLLAPSED_CASES)
    assert {case for case in expected if "|base|" in case} <= result


def test_nhsr_flags_are_the_peers(points):
    named = points["special_cause_type"]
    begins = {"7 Point T": "trend", "2 in 3": "two_of_three", "7 Points": "shift", "Common": "none"}
    theirs = np.full(len(points), "outside", dtype=object)
    for words, rule in begins.items():
        theirs[named.str.startswith(words)] = rule

    # The peer names the first of the rules that a point breaks; ours keep them all.
    ours = np.full(len(points), "none", dtype=object)
    for rule in ("shift", "two_of_three", "trend", "outside"):
        ours[points[rule]] = rule

    assert set(series_of(points[ours != theirs])) <= {"v21_step", "c03_rare"}
    assert min(np.unique(theirs, return_counts=True)[1]) > 20


def test_nhsr_outside_limits_is_the_peers_wherever_it_has_limits(points):
    known = points["outside_limits"].notna()
    agree = points["outside_limits"][known].astype(bool) == points["outside"][known]

    result = set(series_of(points[known][~agree]))

    assert result <= {"v21_step", "c03_rare"}
    assert not points["outside"][~known & ~series_of(points).isin(COLLAPSED)].any()


def test_nhsr_each_points_verdict_is_the_peers(points, cases):
    way = points["case"].map(cases.set_index("case")["improvement_direction"])
    expected = pd.Series(list(map(icon, points["point_type"], way)), index=points.index)

    result = set(points["case"][expected != points["variation"].astype("str")])

    assert result <= set(COLLAPSED_CASES)


def test_nhsr_variation_icons_are_the_peers(summary):
    expected = list(map(icon, summary["variation_type"], summary["improvement_direction"]))

    result = summary["variation"].tolist()

    assert result == expected


def test_nhsr_assurance_icons_are_the_peers_but_where_there_are_no_limits(summary):
    expected = summary["assurance_type"].map(ICONS).fillna("none")

    result = summary[summary["assurance"] != expected]

    # One value has no limits; the peer calls any target "inconsistent" then, ours makes no promise.
    assert set(series_of(result)) == {"v41_missing_all_but_one"}
    assert set(result["assurance"]) == {"none"}
    assert set(result["assurance_type"]) == {"inconsistent"}


def test_nhsr_each_segments_limits_are_the_peers(nhsr):
    some, result, golden = nhsr
    expected = golden("ptd_synthetic_summary.csv.gz")
    expected = expected[expected["case"].isin(some["case"])]
    expected = expected.assign(segment=expected.groupby("case").cumcount() + 1)
    joined = expected.merge(result.segments, on=["case", "segment"], suffixes=("_peer", ""))

    differs = as_peer(joined, joined, PLAIN)

    assert len(joined) == len(expected)
    wrong = joined[differs]
    assert (series_of(wrong).isin(COLLAPSED) | wrong["case"].isin(COLLAPSED_CASES)).all()


def answer(cases, inputs, screened):
    """Give all cases of one choice of screening to one call."""
    frame = cases.assign(series=series_of(cases))[["case", "series", "improvement_direction"]]
    frame = frame.merge(inputs, on="series")
    fixed = cases.dropna(subset="fix_after_n_points")
    aimed = cases.dropna(subset="target")
    moved = cases.dropna(subset="rebase").assign(date=lambda table: table["rebase"].str.split("+"))
    moved = moved[["case", "date"]].explode("date").assign(reason="as the case has it", author="analyst")
    return spc(
        frame,
        value="y",
        date="date",
        by="case",
        improvement="improvement_direction",
        target=dict(zip(aimed["case"], aimed["target"].astype(float), strict=True)),
        baseline={case: int(n) for case, n in zip(fixed["case"], fixed["fix_after_n_points"], strict=True)},
        rebase=moved,
        profile=replace(NHSR, screen=screened),
    )


EMERGENCY = {
    "screened_decrease": {},
    "unscreened_decrease": {},
    "unscreened_increase": {"improvement": "increase"},
    "unscreened_neutral": {"improvement": "neutral"},
    "fix12_unscreened": {"baseline": 12},
    "rebase_201804_unscreened": {"rebase": "2018-04-01"},
    "rebase_201804_fix12_screened": {"rebase": "2018-04-01", "baseline": 12},
    "perf_target95_screened": {"improvement": "increase", "target": 0.95},
    "perf_target95_unscreened": {"improvement": "increase", "target": 0.95},
}


@pytest.mark.parametrize("case", EMERGENCY)
def test_emergency_departments_are_as_nhsrplotthedots_has_them(golden, case):
    frame = golden("ae_attendances_type1_10orgs.csv").assign(
        seen=lambda t: 1 - t["breaches"] / t["attendances"]
    )
    value = "seen" if case.startswith("perf") else "breaches"
    options = {"improvement": "decrease"} | EMERGENCY[case]
    expected = golden("ptd_ae_attendances_expected.csv")
    expected = expected[expected["case"] == case].sort_values(["f", "x"]).reset_index(drop=True)

    result = spc(
        frame,
        value=value,
        date="period",
        by="org_code",
        profile=replace(NHSR, screen="unscreened" not in case),
        **options,
    )

    points = result.points
    assert points["org_code"].tolist() == expected["f"].tolist()
    assert not as_peer(expected, points, PLAIN).any()
    assert points["outside"].tolist() == expected["outside_limits"].tolist()
    way = options["improvement"]
    assert points["variation"].tolist() == [icon(kind, way) for kind in expected["point_type"]]
    assert result.summary["variation"].tolist() == [
        icon(kind, way) for kind in expected.groupby("f")["point_type"].last()
    ]
    assert (
        result.summary["assurance"].tolist()
        == expected.groupby("f")["assurance_type"].first().map(ICONS).fillna("none").tolist()
    )


CHARTS = {"i": "xmr", "ip": "i_prime", "pp": "p_prime", "up": "u_prime"}
LINES = {"value": "y", "centre": "cl", "lower": "lcl", "upper": "ucl"}
WARNING = {"lower_2sigma": "lcl.95", "upper_2sigma": "ucl.95"}
RUNS = {
    "longest_run": "longest.run",
    "longest_run_max": "longest.run.max",
    "crossings": "n.crossings",
    "crossings_min": "n.crossings.min",
    "useful": "n.useful",
    "runs_signal": "runs.signal",
}


def numbers(call, name):
    """Read the whole numbers a call gave an argument: ``part=c(8,16)`` gives 8 and 16."""
    found = re.search(rf"{name}=(c\([^)]*\)|\d+)", call)
    return [int(digits) for digits in re.findall(r"\d+", found[1])] if found else []


@pytest.fixture(scope="module")
def quality(golden):
    """The cases of qicharts2, with the choices a profile has to hold, and their points."""
    points = golden("qic_synthetic_points.csv.gz")
    cases = golden("qic_synthetic_cases.csv.gz").fillna({"call": ""})
    given = cases["call"].str.contains(r"\bcl")
    centre = cases["case"].map(points.groupby("case")["cl"].first()).where(given)
    return cases.assign(
        series=series_of(cases),
        centre=centre.where(cases["chart"] != "g", centre / 0.693),
        floor=cases["call"].str.contains("y.neg=FALSE", regex=False),
        ratio=cases["chart"].isin(["p", "pp", "u", "up", "ip"])
        | (cases["chart"].eq("run") & series_of(cases).str.match("[pu]")),
    ), points


def choices(cases):
    """Group the cases that one call can take: one chart and one profile."""
    return cases.groupby(["chart", "ratio", "screened", "floor", "centre"], dropna=False)


def answered(cases, inputs):
    """Give cases of one chart and one profile to one call: what differs between them is given by case."""
    first = cases.iloc[0]
    frame = cases[["case", "series", "call"]].merge(inputs, on="series").sort_values(["case", "t"])
    order = frame.groupby("case").cumcount()
    marks = {
        name: pd.Series([numbers(call, name) for call in frame["call"]], index=frame.index)
        for name in ("part", "exclude", "multiply")
    }
    frame = frame.assign(
        plain=frame["y"].fillna(frame["num"]),
        times=[(found or [1])[0] for found in marks["multiply"]],
        reason="as the case has it",
        author="analyst",
    )
    begins = [place in found for place, found in zip(order, marks["part"], strict=True)]
    ghosts = [place + 1 in found for place, found in zip(order, marks["exclude"], strict=True)]
    fixed = {case: numbers(call, "freeze") for case, call in zip(cases["case"], cases["call"], strict=True)}
    columns = {"numerator": "num", "denominator": "n"} if first["ratio"] else {"value": "plain"}
    return spc(
        frame,
        date="date",
        by="case",
        chart=CHARTS.get(first["chart"], first["chart"]),
        per="times",
        baseline={case: found[0] for case, found in fixed.items() if found},
        rebase=frame[begins],
        exclude=frame[ghosts],
        profile=replace(
            ANHOEJ,
            screen=bool(first["screened"]),
            floor_zero=bool(first["floor"]),
            centre=None if np.isnan(first["centre"]) else first["centre"],
        ),
        **columns,
    )


@pytest.fixture(scope="module")
def compared(quality, inputs):
    """Every point of every case, theirs and ours side by side, and every segment."""
    cases, peer = quality
    peer = peer.assign(date=pd.to_datetime(peer["x"]))
    points, segments = [], []
    for _, some in choices(cases):
        result = answered(some, inputs)
        expected = peer[peer["case"].isin(some["case"])]
        points.append(expected.merge(result.points, on=["case", "date"], suffixes=("", "_ours")))
        parts = expected.drop_duplicates(["case", "part"]).rename(columns={"part": "segment"})
        segments.append(parts.merge(result.segments, on=["case", "segment"], suffixes=("", "_ours")))
    return pd.concat(points, ignore_index=True), pd.concat(segments, ignore_index=True)


def test_anhoej_every_case_is_compared(compared, quality):
    points, segments = compared
    cases, expected = quality

    assert len(points) == len(expected)
    assert set(points["case"]) == set(cases["case"])
    assert len(segments) == len(expected.drop_duplicates(["case", "part"]))
    assert set(cases["chart"]) == {"run", "i", "mr", "ip", "p", "pp", "u", "up", "c", "g", "t"}


def test_anhoej_centre_limits_and_values_are_the_peers_but_where_screening_leaves_only_zeros(compared):
    points = compared[0]
    differs = as_peer(points, points, LINES | WARNING)

    result = set(points["case"][differs])

    screened_i = points["case"].str.contains(r"\|i\|.*\|scr$")
    expected = set(points["case"][screened_i & series_of(points).isin(COLLAPSED)])
    assert result == expected | {"c03_rare|i|part8_16|scr"}


def test_anhoej_sigma_signals_are_the_peers(compared):
    points = compared[0]

    result = set(points["case"][points["sigma.signal"] != points["outside"]])

    # Where the peer has limits too, or its limits have collapsed onto the mean.
    assert result == {
        "v17_constant|i|cl100|scr",
        "v19_zeros|i|cl100|scr",
        "v21_step|i|freeze12|scr",
        "v21_step|i|freeze12excl|scr",
        "c03_rare|i|part8_16|scr",
    }


def test_anhoej_runs_analysis_is_the_peers_in_every_segment(compared):
    segments = compared[1]

    result = segments["case"][as_peer(segments, segments, RUNS)]

    assert result.tolist() == []


def test_anhoej_some_segments_signal_by_runs_and_some_by_crossings(compared):
    segments = compared[1]

    assert (segments["longest_run"] > segments["longest_run_max"]).sum() > 50
    assert (segments["crossings"] < segments["crossings_min"]).sum() > 50
