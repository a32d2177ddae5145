"""What the report notebooks show, on the small project of the tests."""

import pandas as pd
import pytest

from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.measures import board_report, measure_report


@pytest.fixture
def board(tables):
    return board_report(tables.write(), quarter="2023-24-q2")


def test_the_board_report_has_a_row_a_measure_of_the_trust(board):
    assert board.rows["measure_id"].tolist() == ["falls", "seen"]
    assert set(board.rows["unit_id"]) == {"trust"}


def test_the_headline_counts_the_verdicts(board):
    assert board.headline().markdown == "2 charts show usual variation."


def test_each_row_of_the_icon_table_leads_to_its_figure(board):
    table, charts = board.icon_table().markdown, board.charts().markdown

    assert '<a href="#falls--trust">' in table
    assert 'id="falls--trust"' in charts


def test_a_figure_shows_events_of_its_unit_and_of_every_unit(tables):
    report = measure_report(tables.write(), measure="seen", quarter="2023-24-q2")

    assert "Limits reset: New clinic" in str(report.figure("seen", "trust").wide)


def test_a_figure_says_where_its_numbers_come_from(board):
    notes = board.figure("falls", "trust").notes

    assert notes["Owner"] == "Chief nurse"
    assert notes["Made from"].startswith("data/observations.csv (42 rows, SHA-256 ")


def test_the_table_behind_a_figure_holds_every_month(board):
    table = board.figure("falls", "trust").table

    assert len(table) == 21
    assert table.iloc[0].to_dict()["Month"] == "January 2022"


def test_the_measure_report_sets_units_side_by_side(tables):
    tables.lines["units"].append("ward-b,Ward B,ward,trust")
    tables.lines["observations"] += [
        line.replace("ward-a", "ward-b") for line in tables.lines["observations"][1:]
    ]
    report = measure_report(tables.write(), measure="falls", quarter="2023-24-q2")

    assert report.rows["unit_name"].tolist() == ["Example trust", "Ward A", "Ward B"]
    assert "2 units side by side" in report.unit_charts().markdown


def test_what_was_observed_after_the_quarter_is_left_out(tables):
    report = board_report(tables.write(), quarter="2022-23-q4")

    assert report.rows["latest_date"].unique().tolist() == [pd.Timestamp("2023-03-01")]


def test_a_measure_that_is_not_there_is_refused_with_a_suggestion(tables):
    with pytest.raises(ArgumentError, match="no measure 'fals'.*did you mean 'falls'"):
        measure_report(tables.write(), measure="fals", quarter="2023-24-q2")


def test_several_trusts_are_told_apart_by_name(tables):
    tables.lines["units"] = [
        "unit_id,name,kind,parent_id",
        "trust,Example trust,trust,",
        "ward-a,Other trust,trust,",
    ]
    report = board_report(tables.write(), quarter="2023-24-q2")

    assert "Falls, Other trust" in report.icon_table().plain
