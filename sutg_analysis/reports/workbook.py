"""The numbers of a page as files: CSV, and Excel workbooks that every reader can use.

After the guidance of the UK government's Analysis Function on releasing statistics in spreadsheets: one table a
sheet, from the first cell, nothing merged; a shorthand stands where there is no number, and a sheet of notes explains
it. Text is never read as a formula. The tables of a paper are tables that Excel knows as such, so that a screen
reader says their headings.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from sutg_analysis.words.wording import CONFIDENTIAL, MISSING, SHORTHAND

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOTES = "Notes"
_WIDEST = 60
_LONGEST = 31
"""Letters in the name of a sheet."""

Cell = str | int | float | bool | date | None


def csv_text(table: pd.DataFrame) -> str:
    r"""Return a table as CSV; text that looks like a formula gets an apostrophe in front.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"Ward": ["=1+1"], "Falls": [3]}))
    "Ward,Falls\n'=1+1,3\n"
    """
    return _without_formulas(table).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def figure_workbook(table: pd.DataFrame, *, title: str, notes: Mapping[str, str]) -> bytes:
    """Return the numbers of one figure as an Excel workbook of two sheets, Data and Notes.

    Examples
    --------
    >>> figure_workbook(pd.DataFrame({"Ward": ["A"], "Falls": [3]}), title="Falls", notes={})[:2]
    b'PK'
    """
    texts = {"Title": title, **notes, MISSING: SHORTHAND[MISSING]}
    if (table == CONFIDENTIAL).any(axis=None):
        texts[CONFIDENTIAL] = SHORTHAND[CONFIDENTIAL]
    data: list[list[Cell]] = [list(table.columns), *_cells(_without_formulas(table), gap=MISSING, blank="")]
    about: list[list[Cell]] = [["Note", "Text"]]
    about += [[_as_text(head), _as_text(text)] for head, text in texts.items()]
    widths = [min(_WIDEST, max(len(str(cell)) for cell in column) + 2) for column in zip(*data, strict=True)]
    with _opened(title) as (book, stream):
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd h:mm:ss"})
        for name, rows, wide in (("Data", data, widths), (NOTES, about, [24, 100])):
            page = book.add_worksheet(name)
            page.write_row(0, 0, rows[0], bold)
            for number, row in enumerate(rows[1:], start=1):
                for place, item in enumerate(row):
                    page.write(number, place, item, moment if isinstance(item, datetime) else None)
            for place, width in enumerate(wide):
                page.set_column_pixels(place, place, 7 * width)
            page.freeze_panes(1, 0)
    return stream.getvalue()


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


def workbook(
    sheets: Sequence[TableSheet],
    *,
    title: str,
    notes: Mapping[str, str],
    more: Callable[[Workbook], None] | None = None,
) -> bytes:
    """Return tables as an Excel workbook.

    ``notes`` (heading to text) stand on its first sheet, before what each sheet and each shorthand means; ``more`` is
    called before it is closed, to add what is no table.

    Examples
    --------
    >>> table = pd.DataFrame({"Ward": ["A"], "Falls": [3]})
    >>> workbook([TableSheet("Falls", "A row a ward", table)], title="Falls", notes={})[:2]
    b'PK'
    """
    names = _once([NOTES, *(_sheet_name(sheet.name) for sheet in sheets)], longest=_LONGEST)[1:]
    sheets = [replace(sheet, name=name) for sheet, name in zip(sheets, names, strict=True)]
    texts = {
        "Title": title,
        **notes,
        **{f"Sheet {sheet.name}": sheet.about for sheet in sheets},
        **{f"Shorthand {mark}": words for mark, words in SHORTHAND.items()},
    }
    about = pd.DataFrame({"Note": list(texts), "Text": list(texts.values())})
    with _opened(title) as (book, stream):
        looks = _looks(book)
        for sheet in (TableSheet(NOTES, "", about), *sheets):
            _write(book.add_worksheet(sheet.name), sheet, looks)
        if more:
            more(book)
    return stream.getvalue()


@contextmanager
def _opened(title: str) -> Iterator[tuple[Workbook, io.BytesIO]]:
    """Yield a workbook and the bytes it is written to when it is closed."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
        "default_date_format": "yyyy-mm-dd",
    }
    with Workbook(stream, options) as book:
        book.set_properties(
            {"title": title, "comments": "Made by sutg_analysis. Language: British English (en-GB)."}
        )
        yield book, stream


def _looks(book: Workbook) -> dict[str, Format]:
    top = {"valign": "top"}
    looks = {
        "day": top | {"num_format": "d mmm yyyy", "align": "left"},
        "text": top | {"text_wrap": True},
        "number": top,
        "mark": top | {"align": "right"},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _write(page: Worksheet, sheet: TableSheet, looks: Mapping[str, Format]) -> None:
    heads = [str(name).strip() for name in sheet.table.columns]
    rows = _cells(sheet.table, gap=sheet.gap, blank=sheet.gap)
    known = re.sub(r"\W+", "_", sheet.name).strip("_") or "Table"
    for number, row in enumerate(rows, start=1):
        for place, item in enumerate(row):
            page.write(number, place, *_dressed(item, looks))
    page.add_table(
        0,
        0,
        max(len(rows), 1),
        len(heads) - 1,
        {
            "columns": [{"header": head} for head in _once(heads)],
            "name": f"t_{known}",
            "style": "Table Style Light 1",
            "autofilter": False,
        },
    )
    widest = 100 if sheet.name == NOTES else _WIDEST
    for place, head in enumerate(heads):
        cells = [f"{row[place]:.10g}" if isinstance(row[place], float) else str(row[place]) for row in rows]
        page.set_column(place, place, min(widest, max([len(head) + 4, *map(len, cells)]) + 2))
    page.freeze_panes(1, 0)
    for line, column, content, words in sheet.pictures:
        options = {"image_data": io.BytesIO(content), "description": words, "object_position": 1}
        scale = {"x_scale": 0.2, "y_scale": 0.2, "x_offset": 24, "y_offset": 2}
        page.insert_image(line, column, "icon.png", options | scale)
        page.set_row(line, 30)


def _dressed(item: Cell, looks: Mapping[str, Format]) -> tuple[Cell, Format | None]:
    """Return what is written for a cell, and how it looks."""
    if item is None:
        return None, None
    if isinstance(item, bool):
        return "yes" if item else "no", looks["text"]
    if isinstance(item, date):
        return item, looks["day"]
    if isinstance(item, int | float):
        return item, looks["number"]
    return item, looks["mark" if item in SHORTHAND else "text"]


def _sheet_name(name: str) -> str:
    """Return what Excel takes as the name of a sheet."""
    return re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '")[:_LONGEST].strip() or "Table"


def _once(names: Sequence[str], *, longest: int = 255) -> list[str]:
    """Return names of which each stands once, capitals or not, as Excel wants those of sheets and of columns."""
    taken: dict[str, str] = {}
    for name in names:
        free, number = name, 1
        while free.lower() in taken:
            number += 1
            free = f"{name[: longest - len(str(number)) - 1]} {number}"
        taken[free.lower()] = free
    return list(taken.values())


def _cells(table: pd.DataFrame, *, gap: str | None, blank: str | None) -> list[list[Cell]]:
    """Return the cells, ``gap`` where there is none and ``blank`` where there is text without letters."""
    return [[_cell(item, gap, blank) for item in row] for row in table.itertuples(index=False)]


def _cell(item: object, gap: str | None, blank: str | None) -> Cell:
    if isinstance(item, str):
        return item if item.strip() else blank
    if pd.isna(item):
        return gap
    if isinstance(item, pd.Timestamp):
        return item.date() if item == item.normalize() else item.to_pydatetime()
    plain = item.item() if hasattr(item, "item") else item
    return plain if isinstance(plain, bool | int | float | date) else str(plain)


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in table if pd.api.types.is_string_dtype(table[name])]
    return table.assign(**{name: table[name].map(_as_text, na_action="ignore") for name in texts})


def _as_text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
