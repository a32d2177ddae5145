"""The pages of what is measured, and how well: outcomes without a measure named, faults found by measure and by unit."""

from sutg_analysis import coverage, data_quality, load
from sutg_analysis.project import shipped
from tests.support.notebooks import shown_by

QUARTER = "2023-24-q2"
OBSERVED = ["measure_id", "unit_id"]


def test_coverage_names_outcomes_without_a_measure():
    at = load(shipped(), tables=["outcomes", "incidents"], quarter=QUARTER)
    known = {"targets": at.targets, "at": at.at, "incidents": at.incidents}
    covered = coverage(at.outcomes, at.measures, at.observations, **known)
    bare = covered.loc[covered["gap"] == "no measure", "outcome"]

    shown = shown_by("data_quality", project=shipped(), quarter=QUARTER)

    assert f"Of 53 expected outcomes, {covered['gap'].eq('covered').sum()} have" in shown["outcomes-headline"]
    assert f"{len(bare)} have no measure" in shown["outcomes-headline"]
    assert all(outcome in shown["outcomes"] for outcome in bare)


def test_a_harm_that_is_no_measure_covers_an_outcome_all_the_same():
    shown = shown_by("data_quality", project=shipped(), quarter=QUARTER)["outcomes"]

    row = next(line for line in shown.splitlines() if "fewer infections and medication errors" in line)
    assert "Medication" in row
    assert "No owner, no target" in row


def test_measures_that_serve_no_outcome_are_named():
    shown = shown_by("data_quality", project=shipped(), quarter=QUARTER)

    assert shown["unframed"].startswith(
        "Measures that serve no expected outcome: Followed up within 72 hours and "
    )


def test_a_project_without_outcomes_says_that_none_is_named(tables):
    shown = shown_by("data_quality", project=tables.write(), quarter=QUARTER)

    assert shown["outcomes"].startswith("No expected outcome is named")


def test_data_quality_is_of_what_was_reported_and_not_of_sums():
    at = load(shipped(), tables=[], quarter=QUARTER)

    found = data_quality(at.observations, at.measures, at=at.at)

    assert "fenmarch" not in set(found["unit_id"])
    assert len(found) == len(at.observations[OBSERVED].drop_duplicates())


def test_a_month_left_out_is_found_by_measure_and_by_unit(tables):
    tables.lines["observations"] = [
        line for line in tables.lines["observations"] if not line.startswith("falls,ward-a,2023-09")
    ]

    shown = shown_by("data_quality", project=tables.write(), quarter=QUARTER)

    assert "2 of 3 in time" in shown["by-measure"]
    assert "Fair, 11 of 12" in shown["faulty"]
    assert "Fair, 5 of 6 in time" in shown["by-unit"]


def test_data_without_fault_is_said_to_have_none(tables):
    shown = shown_by("data_quality", project=tables.write(), quarter=QUARTER)

    assert "None is poor." in shown["headline"]
