"""Accessible workbooks: a sheet of notes first, then one table a sheet, from the first cell, nothing merged.

After the guidance of the UK government's Analysis Function on releasing statistics in spreadsheets. Each table is
one that Excel knows as such, so that a screen reader says its headings; no cell is empty, for a shorthand stands
where there is no number, and the notes explain it. Text is never read as a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from sutg_analysis.words.wording import MISSING

SHORTHAND = {
    "[c]": "Confidential: the number is hidden so that no person can be known by it.",
    "[low]": "More than nothing, and less than half of the last digit shown.",
    MISSING: "Not available, or not reported for this date.",
    "[z]": "Not applicable: there can be no such number.",
}
NOTES = "Notes"
_WIDEST = 60
_LONGEST = 31
"""Letters in the name of a sheet."""


@dataclass(frozen=True, eq=False)
class TableSheet:
    """One table, and the name and description of its sheet.

    ``pictures`` are (row, column, PNG, text alternative). ``gap`` stands where there is nothing; ``None`` leaves the
    cell blank, where a chart is drawn from the table: Excel draws text as zero.
    """

    name: str
    about: str
    table: pd.DataFrame
    pictures: Sequence[tuple[int, int, bytes, str]] = field(default=())
    gap: str | None = MISSING


def accessible_workbook(
    sheets: Sequence[TableSheet],
    *,
    title: str,
    notes: Mapping[str, str],
    more: Callable[[Any], None] | None = None,
) -> bytes:
    """Return tables as an Excel workbook.

    Parameters
    ----------
    sheets
        The tables, in order.
    title
        Of the workbook.
    notes
        What a reader must know: heading to text. They stand on the first sheet, before what each sheet holds and
        what each shorthand means.
    more
        Called with the workbook (of xlsxwriter) before it is closed, to add what is no table.

    Examples
    --------
    >>> table = pd.DataFrame({"Ward": ["A"], "Falls": [3]})
    >>> accessible_workbook([TableSheet("Falls", "A row a ward", table)], title="Falls", notes={})[:2]
    b'PK'
    """
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    book = Workbook(stream, options)
    book.set_properties(
        {"title": title, "comments": "Made by sutg_analysis. Language: British English (en-GB)."}
    )
    named = _named(sheets)
    _write(book, TableSheet(NOTES, "", _notes(title, notes, named)))
    for sheet in named:
        _write(book, sheet)
    if more:
        more(book)
    book.close()
    return stream.getvalue()


def _named(sheets: Sequence[TableSheet]) -> list[TableSheet]:
    """Give each sheet a name that Excel takes and no other sheet has."""
    taken, named = {NOTES.lower()}, []
    for sheet in sheets:
        base = re.sub(r"[\[\]:*?/\\]", " ", sheet.name).strip(" '")[:_LONGEST].strip() or "Table"
        name, number = base, 1
        while name.lower() in taken:
            number += 1
            name = f"{base[: _LONGEST - len(str(number)) - 1]} {number}"
        taken.add(name.lower())
        named.append(replace(sheet, name=name))
    return named


def _notes(title: str, notes: Mapping[str, str], sheets: Sequence[TableSheet]) -> pd.DataFrame:
    held = {f"Sheet {sheet.name}": sheet.about for sheet in sheets}
    told = {
        "Title": title,
        **notes,
        **held,
        **{f"Shorthand {mark}": text for mark, text in SHORTHAND.items()},
    }
    return pd.DataFrame({"Note": list(told), "Text": list(told.values())})


def _write(book: Any, sheet: TableSheet) -> None:
    page, table = book.add_worksheet(sheet.name), sheet.table
    rows = [[_cell(item, sheet.gap) for item in row] for row in table.itertuples(index=False)]
    heads = [str(name).strip() for name in table.columns]
    forms = _Forms(book)
    for number, row in enumerate(rows, start=1):
        for place, item in enumerate(row):
            _put(page, number, place, item, forms)
    page.add_table(0, 0, max(len(rows), 1), len(heads) - 1, _table_options(heads, sheet.name))
    for place, head in enumerate(heads):
        letters = max([len(head) + 4, *(len(_shown(row[place])) for row in rows)])
        page.set_column(place, place, min(100 if sheet.name == NOTES else _WIDEST, letters + 2))
    page.freeze_panes(1, 0)
    for line, column, content, words in sheet.pictures:
        page.insert_image(line, column, "icon.png", _icon_place(content, words))
        page.set_row(line, 30)


def _icon_place(content: bytes, words: str) -> dict[str, Any]:
    shown = {"image_data": io.BytesIO(content), "description": words, "x_scale": 0.2, "y_scale": 0.2}
    return shown | {"x_offset": 24, "y_offset": 2, "object_position": 1}


class _Forms:
    """How cells of a workbook look."""

    def __init__(self, book: Any) -> None:
        self.day = book.add_format({"num_format": "d mmm yyyy", "align": "left", "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.number = book.add_format({"valign": "top"})
        self.mark = book.add_format({"align": "right", "valign": "top"})


def _table_options(heads: Sequence[str], name: str) -> dict[str, Any]:
    known = re.sub(r"\W+", "_", name).strip("_") or "Table"
    return {
        "columns": [{"header": head} for head in _once(heads)],
        "name": f"t_{known}",
        "style": "Table Style Light 1",
        "autofilter": False,
    }


def _once(heads: Sequence[str]) -> list[str]:
    """Return headings of which each stands once, as Excel wants it, capitals or not."""
    seen: dict[str, int] = {}
    told = []
    for head in heads:
        seen[head.lower()] = seen.get(head.lower(), 0) + 1
        told.append(head if seen[head.lower()] == 1 else f"{head} {seen[head.lower()]}")
    return told


def _cell(item: Any, gap: str | None) -> Any:
    if isinstance(item, str):
        return item if item.strip() else gap
    if item is None or pd.isna(item):
        return gap
    if isinstance(item, pd.Timestamp):
        return item.date() if item == item.normalize() else item.to_pydatetime()
    return item.item() if hasattr(item, "item") else item


def _put(page: Any, row: int, column: int, item: Any, forms: _Forms) -> None:
    if item is None:
        return
    if isinstance(item, bool):
        page.write_string(row, column, "yes" if item else "no", forms.text)
    elif isinstance(item, date | datetime):
        page.write_datetime(row, column, item, forms.day)
    elif isinstance(item, int | float):
        page.write_number(row, column, item, forms.number)
    else:
        page.write_string(row, column, str(item), forms.mark if item in SHORTHAND else forms.text)


def _shown(item: Any) -> str:
    return f"{item:.10g}" if isinstance(item, float) else str(item)
