"""What the templates of the board and of one measure show, on the small project of the tests."""

import pytest

from sutg_analysis import load
from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.show import control_figures
from tests.support.notebooks import shown_by

QUARTER = "2023-24-q2"


@pytest.fixture
def board(tables):
    return shown_by("board_report", project=tables.write(), quarter=QUARTER)


@pytest.fixture
def figure(tables):
    return control_figures(load(tables.write(), quarter=QUARTER).chart("falls", unit="trust"))[0]


def test_the_headline_counts_the_verdicts(board):
    assert board["headline"].splitlines()[0] == "2 charts show usual variation."


def test_each_row_of_the_icon_table_leads_to_its_figure_and_has_its_record(board):
    assert '<a href="#falls--trust">' in board["icons"]
    assert 'id="falls--trust"' in board["charts"]
    assert "Target met, of the last" in board["icons"]
    assert " of 12" in board["icons"]


def test_every_verdict_says_whose_it_is(board):
    mark = 'data-series="falls/trust" data-variation="common"'

    assert all(mark in board[cell] for cell in ("icons", "matrix", "charts"))


def test_a_figure_shows_events_of_its_unit_and_of_every_unit(tables):
    at = load(tables.write(), quarter=QUARTER)

    assert "Limits reset: New clinic" in str(control_figures(at.chart("seen", unit="trust"))[0].wide)


def test_a_figure_says_where_its_numbers_come_from(figure):
    assert figure.notes["Owner"] == "Chief nurse"
    assert figure.notes["Made from"].startswith("data/observations.csv (42 rows, SHA-256 ")


def test_the_table_behind_a_figure_holds_every_month(figure):
    assert len(figure.table) == 21
    assert figure.table.iloc[0].to_dict()["Month"] == "January 2022"


def test_the_measure_report_sets_units_side_by_side(tables):
    tables.lines["units"].append("ward-b,Ward B,ward,trust")
    tables.lines["observations"] += [
        line.replace("ward-a", "ward-b") for line in tables.lines["observations"][1:]
    ]

    shown = shown_by("measure", project=tables.write(), measure="falls", quarter=QUARTER)

    assert all(name in shown["icons"] for name in ("Example trust", "Ward A", "Ward B"))
    assert "2 units side by side" in shown["unit-charts"]


def test_what_was_observed_after_the_quarter_is_left_out(tables):
    shown = shown_by("board_report", project=tables.write(), quarter="2022-23-q4")

    assert "March 2023" in shown["icons"]
    assert "April 2023" not in shown["icons"] + shown["charts"]


def test_a_measure_that_is_not_there_is_refused_with_a_suggestion(tables):
    with pytest.raises(ArgumentError, match="no measure 'fals'.*did you mean 'falls'"):
        load(tables.write(), quarter=QUARTER).chart("fals")


def test_several_trusts_are_told_apart_by_name(tables):
    tables.lines["units"] = [
        "unit_id,name,kind,parent_id",
        "trust,Example trust,trust,",
        "ward-a,Other trust,trust,",
    ]

    assert "Falls, Other trust" in shown_by("board_report", project=tables.write(), quarter=QUARTER)["icons"]
