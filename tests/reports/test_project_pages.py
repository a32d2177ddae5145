"""The pages of improvement projects on the example: prediction beside result, doubts said, nothing told too early."""

import re

import pytest

from sutg_analysis.project import shipped
from tests.support.notebooks import shown_by


def page_of(improvement, *, quarter="2023-24-q2"):
    return shown_by("pdsa", project=shipped(), quarter=quarter, improvement=improvement)


@pytest.fixture(scope="module")
def spread():
    return page_of("falls-spread")


@pytest.fixture(scope="module")
def early():
    return page_of("falls-huddle", quarter="2022-23-q4")


def test_a_page_shows_the_prediction_beside_the_result_and_the_teams_own_decision():
    page = page_of("telephone-triage")

    assert re.search(r"Prediction met .*Suggested\s+The team agrees\n.* no .*worse\s+no\n", page["verdicts"])
    assert re.search(r" 90 .* adopt\n", page["cycles-table"])


def test_cycles_that_overlap_and_lack_a_prediction_are_said_so(spread):
    assert "not to be told apart from falls-spread, cycle 2" in spread["headline"]
    assert "Other cycles ran at the same time" in spread["why"]
    assert "No prediction was written down" in spread["why"]
    assert re.search(r"2 .* not foretold .* no\n", spread["verdicts"])


def test_what_a_page_says_of_a_verdict_is_words_and_no_markup(spread):
    assert "**" not in spread["why"].split(":::")[0]
    assert "since 1 December 2022" in spread["why"]


def test_a_cycles_chart_has_the_measures_target(spread):
    assert "The target of 4.50 or less" in spread["cycle-charts"]


def test_a_project_without_a_cycle_has_a_page():
    page = page_of("peer-support")

    assert page["headline"].startswith("- No PDSA cycle has begun.")
    assert page["cycle-charts"] == "There is no cycle yet that could be judged."
    assert page["process-chart"] == "Teasel ward has no observations of a process or balancing measure."


def test_a_balancing_measure_without_points_is_not_said_to_be_unnamed(early):
    assert "The balancing measure, Restraints per 1,000 bed days, has no points" in early["measures-table"]


def test_what_a_project_came_to_later_is_not_told(early):
    assert "have stayed there" not in early["charter"]
    assert "30 June 2023" not in early["charter"]
