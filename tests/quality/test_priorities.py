"""Ratings beside evidence, what was promised and not done, and risks that are new or worse."""

import pandas as pd
import pytest

from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.quality.priorities import (
    UNSTATED,
    carry_over,
    disagreements,
    highlights,
    rag_by_priority,
    risk_changes,
)

Q2 = Quarter(2023, 2)
COLUMNS = ["priority", "action", "lead", "quarter", "achievement", "rag", "next_plan"]


def actions(*rows):
    return pd.DataFrame(rows, columns=["priority", "action", "rag"])


def verdicts(*rows):
    return pd.DataFrame(rows, columns=["priority", "title", "variation", "assurance"])


def quarters(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.mark.parametrize(
    ("variation", "assurance", "said"),
    [
        ("concern_high", "hit_or_miss", "Falls signals concern."),
        ("common", "fail", "Falls will miss its target."),
        ("concern_low", "fail", "Falls signals concern and will miss its target."),
        ("improvement_low", "fail", "Falls will miss its target."),
    ],
)
def test_green_disagrees_with_concern_and_with_a_target_missed(variation, assurance, said):
    result = disagreements(actions(("A", "Act", "Green")), verdicts(("A", "Falls", variation, assurance)))

    assert result["sentence"].tolist() == [f"A: an action is rated Green (Act), while {said}"]


@pytest.mark.parametrize("rag", ["Amber", "Red", None])
def test_any_other_rating_agrees_with_concern(rag):
    result = disagreements(actions(("A", "Act", rag)), verdicts(("A", "Falls", "concern_high", "fail")))

    assert result.empty


def test_green_agrees_with_usual_variation_and_with_measures_of_other_priorities():
    measures = verdicts(("A", "Falls", "common", "hit_or_miss"), ("B", "Waits", "concern_high", "fail"))

    assert disagreements(actions(("A", "Act", "Green")), measures).empty


def test_red_disagrees_only_where_all_measures_improve():
    better = ("A", "Falls", "improvement_low", "pass")

    some = disagreements(actions(("A", "Act", "Red")), verdicts(better, ("A", "Ulcers", "common", "pass")))
    every = disagreements(actions(("A", "Act", "Red")), verdicts(better))

    assert some.empty
    assert every["sentence"].tolist() == ["A: an action is rated Red (Act), while Falls improves."]


def test_red_without_any_measure_disagrees_with_nothing():
    assert disagreements(actions(("A", "Act", "Red")), verdicts()).empty


def test_the_worst_rating_stands_for_a_priority():
    table = actions(("A", "1", "Green"), ("A", "2", None), ("A", "3", "Red"), ("B", "4", None))

    assert rag_by_priority(table).to_dict() == {"A": "Red", "B": UNSTATED}


BEFORE = ("A", "Train", "Matron", "2023-24-q1", "Begun", "Green", "Train every ward")


@pytest.mark.parametrize(
    ("now", "status", "reason"),
    [
        (
            ("A", "Other", "Matron", "2023-24-q2", "Yes", "Green", ""),
            "missing",
            "not among this quarter's actions",
        ),
        (
            ("A", "Train", "Matron", "2023-24-q2", "Half", "Red", "The rest"),
            "slipped",
            "rated Red, after Green",
        ),
        (
            ("A", "Train", "Matron", "2023-24-q2", None, "Green", "The rest"),
            "slipped",
            "nothing achieved is on record",
        ),
        (
            ("A", "Train", "Matron", "2023-24-q2", "Half", "Green", "train every ward"),
            "slipped",
            "promised again for next quarter",
        ),
    ],
)
def test_a_promise_that_is_missing_or_slipped_is_carried_over(now, status, reason):
    result = carry_over(quarters(BEFORE, now), quarter=Q2)

    assert result[["action", "promised", "status", "reason"]].values.tolist() == [
        ["Train", "Train every ward", status, reason]
    ]


def test_a_promise_kept_is_not_carried_over():
    now = ("A", "Train", "Matron", "2023-24-q2", "All trained", "Green", "Keep it up")

    assert carry_over(quarters(BEFORE, now), quarter=Q2).empty


@pytest.mark.parametrize("rows", [[], [BEFORE]])
def test_nothing_is_carried_over_where_a_quarter_has_no_actions(rows):
    assert carry_over(quarters(*rows), quarter=Q2).empty


def test_risks_that_are_new_or_scored_higher_are_listed():
    rows = [
        ("A", "Fire", "2023-24-q1", 8.0),
        ("A", "Fire", "2023-24-q2", 12.0),
        ("A", "Old", "2023-24-q1", 4.0),
    ]
    rows += [("A", "Old", "2023-24-q2", 4.0), ("B", "New", "2023-24-q2", None)]
    risks = pd.DataFrame(rows, columns=["priority", "risk", "quarter", "score"]).assign(mitigation="")

    result = risk_changes(risks, quarter=Q2)

    assert result[["risk", "change"]].values.tolist() == [["Fire", "worse"], ["New", "new"]]


def test_highlights_say_how_a_priority_moved_and_what_its_measures_show():
    table = quarters(
        ("A", "1", "Lead", "2023-24-q1", "x", "Amber", "y"),
        ("A", "1", "Lead", "2023-24-q2", "x", "Green", "y"),
        ("B", "2", "Lead", "2023-24-q2", "x", "Red", "y"),
    )
    measures = verdicts(("A", "Falls", "concern_high", "fail"), ("A", "Waits", "improvement_low", "pass"))

    result = highlights(table, measures, quarter=Q2)

    assert result.values.tolist() == [
        ["A", "Green", "Amber", "better", 1, 1, 1, 1, 1],
        ["B", "Red", UNSTATED, "", 1, 1, 0, 0, 0],
    ]
