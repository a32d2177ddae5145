"""The files behind a figure: what a spreadsheet and a program find in them."""

import io

import openpyxl
import pandas as pd
import pytest

from sutg_analysis.reports.workbook import csv_text, figure_workbook

TABLE = pd.DataFrame(
    {
        "ward": ["Bittern", "=HYPERLINK(1)"],
        "date": pd.to_datetime(["2023-08-01", "2023-09-01"]),
        "value": [3.5, float("nan")],
    }
)


@pytest.fixture
def book():
    return openpyxl.load_workbook(
        io.BytesIO(figure_workbook(TABLE, title="Falls", notes={"Method": "xmr chart"}))
    )


def test_a_workbook_has_its_data_and_its_notes(book):
    assert book.sheetnames == ["Data", "Notes"]
    assert [cell.value for cell in book["Data"][1]] == ["ward", "date", "value"]


def test_a_workbook_has_no_merged_cell(book):
    assert [sheet.merged_cells.ranges for sheet in book] == [set(), set()]


def test_the_notes_explain_what_an_empty_cell_is(book):
    told = {row[0].value: row[1].value for row in book["Notes"].iter_rows(min_row=2)}

    assert told["Method"] == "xmr chart"
    assert told["[x]"].startswith("Not available")
    assert book["Data"]["C3"].value == "[x]"


def test_a_number_stays_a_number_and_a_date_a_date(book):
    assert book["Data"]["C2"].value == 3.5
    assert book["Data"]["B2"].value.date().isoformat() == "2023-08-01"


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_that_a_spreadsheet_would_run_is_written_as_text(start):
    table = pd.DataFrame({"ward": [f"{start}cmd()"]})
    book = openpyxl.load_workbook(io.BytesIO(figure_workbook(table, title="x", notes={})))

    assert csv_text(table) == f"ward\n'{start}cmd()\n"
    assert book["Data"]["A2"].value == f"'{start}cmd()"
    assert book["Data"]["A2"].data_type == "s"


def test_a_negative_number_is_left_alone():
    assert csv_text(pd.DataFrame({"change": [-2.5]})) == "change\n-2.5\n"
