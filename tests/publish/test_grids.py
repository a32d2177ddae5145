"""A table tells the same numbers whichever way it is turned, as a page or as a download."""

import pandas as pd
import pytest

from sutg_analysis.publish.exposure import exposures
from tests.support.leaks import FOUR, four_falls


@pytest.fixture
def site(tmp_path):
    return four_falls(tmp_path)


TURNED = {
    "units as rows": [["Unit", "June 2023", "July 2023"], ["Ward C", "12", "4"]],
    "months as rows": [["Month", "Ward C"], ["June 2023", "12"], ["July 2023", "4"]],
    "months as in a raw table": [["", "Ward A", "Ward C"], ["2023-07-01", "10", "4"]],
    "the latest of each": [["Unit", "Latest"], ["Ward C", "Falling; 4 (July 2023)"]],
    "a row each": [["Month", "Unit", "Value"], ["July 2023", "Ward C", "4"]],
    "a raw table": [["measure_id", "unit_id", "period", "numerator"], ["falls", "c", "2023-07-01", "4"]],
}
SAFE = {
    "another unit": [["Month", "Ward A"], ["July 2023", "4"]],
    "another measure": [["measure_id", "unit_id", "period", "numerator"], ["calls", "c", "2023-07-01", "4"]],
    "hidden": [["Month", "Ward C"], ["July 2023", "[c]"]],
    "no count": [["Month", "Unit", "Target", "Rows"], ["July 2023", "Ward C", "6", "4"]],
    "a date of something": [["Unit", "July 2023"], ["Ward C", "2023-07-04"]],
}


def as_html(rows):
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{cells}</table>"


def as_csv(rows):
    return "\n".join(",".join(row) for row in rows) + "\n"


WRITTEN = {"measure-falls.html": as_html, "files/measure-falls/extra.csv": as_csv}


def read(root, name, rows):
    (root / "_site" / name).write_text(WRITTEN[name](rows), encoding="utf-8")
    return exposures(root / "_site", root)[["place", "period", "count", "how"]].values.tolist()


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("rows", TURNED)
def test_a_hidden_count_is_found_whichever_way_a_table_is_turned(site, name, rows):
    assert read(site, name, TURNED[rows]) == FOUR


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("rows", SAFE)
def test_a_table_without_it_is_no_finding(site, name, rows):
    assert read(site, name, SAFE[rows]) == []


def test_every_sheet_of_a_workbook_is_read(site):
    with pd.ExcelWriter(site / "_site/files/measure-falls/a.xlsx") as book:
        pd.DataFrame({"About": ["Falls"]}).to_excel(book, sheet_name="About", index=False)
        heads, *rows = TURNED["a raw table"]
        pd.DataFrame(rows, columns=heads).to_excel(book, sheet_name="Numbers", index=False)

    result = exposures(site / "_site", site)[["place", "period", "count", "how"]].values.tolist()

    assert result == FOUR
