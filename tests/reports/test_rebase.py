"""Proposals reach the table of events only through a person: shown, asked about, accepted, checked, added."""

import csv

import pandas as pd
import pytest

from sutg_analysis import load, propose_rebase
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.reports.rebase import QUESTIONS, accept, proposals_of

MONTHS = [f"{year}-{month:02d}-01" for year in (2020, 2021, 2022, 2023) for month in range(1, 13)]
SHIFTED = [13, 12, 11, 10] * 6 + [23, 22, 21, 20] * 6
CAUSE = {"reason": "Second clinic, on Mondays", "author": "Service Manager"}


@pytest.fixture
def project(tables):
    """A project whose falls on ward A move to another level in January 2022."""
    rows = [f"falls,ward-a,{month},{value}," for month, value in zip(MONTHS, SHIFTED, strict=True)]
    seen = [line for line in tables.lines["observations"] if not line.startswith("falls")]
    tables.lines["observations"] = [*seen, *rows]
    return tables.write()


@pytest.fixture
def proposals(project):
    return proposals_of(project, measure="falls", unit="ward-a")


def events(project):
    with (project / "data" / "events.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_shift_is_proposed_and_said(proposals):
    assert proposals.proposal.proposals["date"].tolist() == [pd.Timestamp("2022-01-01")]
    assert "From January 2022" in proposals.words()


def test_the_chart_shows_where_limits_might_be_set_again(proposals):
    drawn = str(proposals.chart().wide)

    assert "Proposed:" in drawn


def test_all_four_questions_are_asked_with_what_the_data_can_say(proposals):
    said = proposals.questions().markdown

    assert all(question in said for question in QUESTIONS)
    assert "There are 24 values since." in said


def test_an_event_near_a_proposal_is_offered_as_a_possible_cause(project):
    with (project / "data" / "events.csv").open("a", encoding="utf-8") as file:
        file.write("falls,ward-a,2021-12-01,note,Night staff halved,,\n")

    said = proposals_of(project, measure="falls", unit="ward-a").questions().markdown

    assert "Night staff halved (December 2021)" in said


def test_accepting_gives_the_row_as_a_line_and_as_a_frame(proposals):
    accepted = proposals.accept(**CAUSE, label="Clinic")

    assert (
        accepted.line == 'falls,ward-a,2022-01-01,rebase,Clinic,"Second clinic, on Mondays",Service Manager'
    )
    assert accepted.frame["kind"].tolist() == ["rebase"]


def test_the_frame_has_the_columns_of_the_table(project, proposals):
    assert list(proposals.accept(**CAUSE).frame.columns) == list(load(project).events.columns)


def test_accepting_writes_nothing(project, proposals):
    before = (project / "data" / "events.csv").read_bytes()

    proposals.accept(**CAUSE)

    assert (project / "data" / "events.csv").read_bytes() == before


def test_appending_adds_one_row_that_moves_the_limits(project, proposals):
    before = (project / "data" / "events.csv").read_bytes()

    proposals.accept(**CAUSE).append(project)

    assert (project / "data" / "events.csv").read_bytes().startswith(before)
    assert events(project)[-1]["reason"] == CAUSE["reason"]
    after = proposals_of(project, measure="falls", unit="ward-a")
    assert after.result.summary["centre"].tolist() == [21.5]
    assert after.proposal.proposals.empty


def test_limits_start_where_the_cause_began_if_that_is_said(proposals):
    assert ",2022-02-01,rebase," in proposals.accept(**CAUSE, start="2022-02-01").line


def test_the_order_of_columns_and_the_ends_of_lines_stay(project, proposals):
    path = project / "data" / "events.csv"
    path.write_bytes(
        b"author,reason,label,kind,date,unit_id,measure_id\r\n,,New beds,note,2022-06-01,ward-a,falls"
    )

    proposals.accept(**CAUSE, label="Clinic").append(project)

    last = path.read_bytes().split(b"\r\n")[-2]
    assert last == b'Service Manager,"Second clinic, on Mondays",Clinic,rebase,2022-01-01,ward-a,falls'


def test_a_project_without_events_gets_the_table(project, proposals):
    (project / "data" / "events.csv").unlink()

    proposals.accept(**CAUSE).append(project)

    assert len(events(project)) == 1


def test_the_same_rebase_is_not_added_twice(project, proposals):
    accepted = proposals.accept(**CAUSE)
    accepted.append(project)

    with pytest.raises(DataError, match="has a rebase of falls from 2022-01-01 already"):
        accepted.append(project)


def test_events_in_parquet_are_left_alone(project, proposals):
    path = project / "data" / "events.csv"
    load(project).events.to_parquet(path.with_suffix(".parquet"))
    path.unlink()

    with pytest.raises(DataError, match=r"events.parquet"):
        proposals.accept(**CAUSE).append(project)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reason": " "}, "the reason"),
        ({"author": ""}, "the author"),
        ({"reason": "A shift starts here and holds: centre from 1 to 2"}, "the cause"),
        ({"start": "soon"}, "a date"),
    ],
)
def test_a_rebase_without_cause_role_or_date_is_refused(proposals, change, told):
    with pytest.raises(ArgumentError, match=told):
        proposals.accept(**(CAUSE | change))


def test_a_date_that_was_not_proposed_is_refused_with_those_that_were(proposals):
    with pytest.raises(ArgumentError, match="a proposed date: 2022-01-01"):
        proposals.accept("2021-05-01", **CAUSE)


def test_a_row_for_a_measure_the_project_lacks_is_not_added(project):
    frame = pd.DataFrame({"month": pd.to_datetime(MONTHS), "y": SHIFTED}).astype({"y": float})
    accepted = propose_rebase(frame, date="month", value="y").accept(**CAUSE, measure="fals")

    with pytest.raises(ArgumentError, match="measure 'fals'"):
        accepted.append(project)


def test_a_unit_without_the_measure_is_named_with_those_that_have_it(project):
    with pytest.raises(ArgumentError, match="one of trust, ward-a"):
        proposals_of(project, measure="falls", unit="ward-b")


def test_accept_chooses_the_proposals_of_the_unit():
    frame = pd.DataFrame(
        {
            "month": pd.to_datetime(MONTHS * 2),
            "unit_id": ["a"] * 48 + ["b"] * 48,
            "y": [float(value) for value in SHIFTED + SHIFTED[:24] + SHIFTED[:24]],
        }
    )
    found = propose_rebase(frame, date="month", value="y", by="unit_id")

    assert ",a,2022-01-01," in accept(found, measure="seen", unit="a", **CAUSE).line
    with pytest.raises(ArgumentError, match="nothing to accept"):
        accept(found, measure="seen", unit="b", **CAUSE)
