"""Funnel plots: drawn whole, told without ranking."""

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import funnel
from sutg_analysis.charts.funnel import MARKS, funnel_spec

RNG = np.random.default_rng(11)
SIZES = RNG.integers(30, 900, 30)
UNITS = pd.DataFrame(
    {
        "trust": [f"Trust {place:02}" for place in range(30)],
        "late": RNG.binomial(SIZES, 0.25),
        "seen": SIZES,
    }
)
SPLIT = UNITS.assign(late=lambda rows: (rows["seen"] * np.where(rows.index % 7 == 0, 0.45, 0.25)).round())
GIVEN = {"unit": "trust", "numerator": "late", "denominator": "seen"}
CASES = {
    "chance alone": funnel(UNITS, **GIVEN, per=100),
    "outliers": funnel(SPLIT, **GIVEN, per=100),
    "overdispersed": funnel(SPLIT, **GIVEN, per=100, overdispersion="truncated"),
    "rate": funnel(SPLIT, **GIVEN, kind="rate", per=1000),
    "ratio": funnel(SPLIT.assign(seen=SPLIT["seen"] * 0.27), **GIVEN, kind="ratio"),
    "target": funnel(UNITS, **GIVEN, per=100, target=0.3),
    "two units": funnel(UNITS.head(2), **GIVEN),
}


def layer(spec, kind, place=0):
    return [part for part in spec["layer"] if part["mark"]["type"] == kind][place]["data"]["values"]


@pytest.mark.parametrize("case", CASES)
def test_the_chart_is_what_the_schema_allows(case):
    assert CASES[case].chart(title="Seen late", size_words="Referrals").to_dict()["layer"]


@pytest.mark.parametrize("case", CASES)
def test_points_are_the_units_and_their_kind_says_which_limits_they_break(case):
    result = CASES[case]
    expected = result.points["outside_998"].map({True: "Outside 99.8% limits", False: ""})
    expected = expected.where(
        expected != "", result.points["outside_95"].map({True: "Outside 95% limits", False: ""})
    )

    drawn = layer(funnel_spec(result), "point")

    assert [row["mark"] for row in drawn] == expected.replace("", "Within the limits").tolist()
    assert [row["value"] for row in drawn] == result.points["value"].tolist()


def test_kinds_of_points_differ_in_shape():
    assert len({shape for _, shape in MARKS.values()}) == 3


@pytest.mark.parametrize("case", CASES)
def test_limits_are_the_result_s_own(case):
    result = CASES[case]
    known = {
        line: set(result.lines[line]) for line in ("lower_95", "upper_95", "lower_998", "upper_998", "target")
    }

    drawn = layer(funnel_spec(result), "line")

    assert {row["line"] for row in drawn} == set(known)
    assert all(row["level"] in known[row["line"]] for row in drawn)


@pytest.mark.parametrize("width", [720, 340])
def test_outliers_are_named_and_nobody_else(width):
    result = CASES["outliers"]
    outside = set(result.points.loc[result.points["outside_998"], "trust"])

    shown = [row["text"] for row in layer(funnel_spec(result, width=width), "text")]

    named = {
        name
        for name in result.points["trust"]
        if any(re.fullmatch(rf"(\d+\. )?{name}", text) for text in shown)
    }
    assert named == outside
    assert outside


@pytest.mark.parametrize("width", [720, 340])
@pytest.mark.parametrize("case", CASES)
def test_no_name_lies_on_another(case, width):
    rows = layer(funnel_spec(CASES[case], width=width), "text")
    places = [(row["px"], row["py"]) for row in rows]

    assert not any(abs(a[0] - b[0]) < 4 and abs(a[1] - b[1]) < 8 for a, b in combinations(places, 2))


def test_units_within_the_limits_are_never_named_or_ranked():
    result = CASES["outliers"]
    inside = result.points.loc[~result.points["outside_998"], "trust"]

    said = result.words(title="Seen late")

    assert not any(name in said for name in inside)
    assert not re.search(r"\b(best|worst|rank|top|bottom|highest|lowest)\b", said)
    assert "cannot be told apart, so they are not put in order" in said


def test_outliers_are_told_in_order_of_name_with_their_values():
    wards = pd.DataFrame(
        {"ward": list("CAB") + list("defghij"), "late": [90, 95, 5] + [50] * 7, "seen": [200] * 10}
    )

    said = funnel(wards, unit="ward", numerator="late", denominator="seen", per=100).words(title="Seen late")

    assert said == (
        "Seen late: 10 units are compared with their average, 27.0%. 2 units lie above the 99.8% limits: "
        "A (47.5%) and C (45.0%). 1 unit lies below the 99.8% limits: B (2.5%). That is more than chance "
        "explains, and worth asking why: cases, recording or care may differ. Units inside the limits cannot be "
        "told apart, so they are not put in order. Limits allow for chance alone."
    )


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("target", "are compared with a target, 30.0%."),
        ("ratio", "are compared with what was expected of each, 1."),
        ("overdispersed", "Limits allow for chance and for the usual difference between units."),
    ],
)
def test_the_words_say_what_is_compared_and_allowed_for(case, expected):
    assert expected in CASES[case].words()


@pytest.mark.parametrize("case", CASES)
def test_the_alternative_text_is_short_and_counts_the_outliers_drawn(case):
    result = CASES[case]
    outside = int(result.points["outside_998"].sum())

    told = result.alt_text(title="Seen late " * 10)
    counted = sum(map(int, re.findall(r"(\d+) (?:above|below)", told)))

    assert len(told.split()) < 60
    assert counted == outside
