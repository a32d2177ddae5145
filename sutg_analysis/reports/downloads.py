"""The numbers behind a figure as files: CSV, and an Excel workbook with a notes sheet.

A workbook follows the UK government's guidance for accessible spreadsheets: one table a sheet, from the first
cell, no merged cells, empty cells explained in the notes. A cell of text that a spreadsheet would run as a formula
is written as text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sutg_analysis.words.wording import CONFIDENTIAL, MISSING, SHORTHAND

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: pd.DataFrame) -> str:
    r"""Return a table as CSV; text that looks like a formula gets an apostrophe in front.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"Ward": ["=1+1"], "Falls": [3]}))
    "Ward,Falls\n'=1+1,3\n"
    """
    return _defused(table).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def workbook(table: pd.DataFrame, *, title: str, notes: Mapping[str, str]) -> bytes:
    """Return a table as an Excel workbook of two sheets, Data and Notes.

    Parameters
    ----------
    table
        One row a record, columns with readable names.
    title
        The workbook's title.
    notes
        What a reader must know: heading to sentence.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.properties.title, book.properties.language = title, "en-GB"
    data, about = book.active, book.create_sheet("Notes")
    data.title = "Data"
    _fill(data, [tuple(table.columns), *_rows(_defused(table))])
    told = {"Title": title, **notes, MISSING: SHORTHAND[MISSING]}
    if (table == CONFIDENTIAL).any(axis=None):
        told[CONFIDENTIAL] = SHORTHAND[CONFIDENTIAL]
    _fill(about, [("Note", "Text"), *((_quoted(head), _quoted(text)) for head, text in told.items())])
    for sheet in (data, about):
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 100
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _defused(table: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in table if pd.api.types.is_string_dtype(table[name])]
    return table.assign(**{name: table[name].map(_quoted, na_action="ignore") for name in texts})


def _quoted(text: Any) -> Any:
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA) else text


def _rows(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(map(_cell, row)) for row in table.itertuples(index=False)]


def _cell(item: Any) -> Any:
    if isinstance(item, pd.Timestamp):
        return item.date() if item == item.normalize() else item.to_pydatetime()
    return MISSING if pd.isna(item) else item


def _fill(sheet: Any, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        sheet.append(list(row))
    for column in sheet.columns:
        letters = max(len(str(cell.value)) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(60, letters + 2)
