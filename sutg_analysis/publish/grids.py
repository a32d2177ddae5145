"""The tables of a finished site, whichever way they are turned: what number stands for which measure, unit and month.

What a cell is of is named by its row, by the head of its column, and for what neither says by the page. So units may be
rows and months columns, or the other way, or each row may name all three, as the raw tables do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd

from sutg_analysis.publish.subjects import MONTH, Names, Seen, Subject, month_of

_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_NUMBER = re.compile(r"[£]?(-?[\d,]*\d(?:\.\d+)?)")
_COUNTS = ("value", "numerator", "count", "number", "observed")
_SIZES = {*_COUNTS, "denominator"}
_PERIODS = ("period", "date", "month")
_NAN = float("nan")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class _Label:
    """What a head or a row says its cells are of."""

    measure: str | None = None
    unit: str | None = None
    month: pd.Timestamp | None = None

    def __bool__(self) -> bool:
        return bool(self.measure or self.unit or self.month is not None)

    def or_else(self, other: _Label) -> _Label:
        """Return what this names and, for what it does not, what another names."""
        month = other.month if self.month is None else self.month
        return _Label(self.measure or other.measure, self.unit or other.unit, month)


def tables_in(text: str, *, name: str, subject: Subject, names: Names) -> Iterator[Seen]:
    """Read the numbers of every table of a page, or of a part of it."""
    for table in _TABLE.findall(text):
        rows = [[_plain(cell) for cell in _CELL.findall(row)] for row in table.split("<tr")[1:]]
        caption = month_of(MONTH.search(_plain(table.split("</caption>")[0])))
        yield from numbers_of(rows, name=name, subject=subject, names=names, caption=caption)


def sheets_of(path: Path) -> Iterator[Rows]:
    """Yield the tables of a download: the one of a CSV file, or each sheet of a workbook."""
    if path.suffix == ".csv":
        yield list(csv.reader(io.StringIO(path.read_text("utf-8", errors="replace"))))
        return
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    try:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            yield [["" if cell is None else str(cell) for cell in row] for row in rows]
    finally:
        book.close()


def numbers_of(
    rows: Rows, *, name: str, subject: Subject, names: Names, caption: pd.Timestamp | None = None
) -> Iterator[Seen]:
    """Read the numbers of one table, each cell as text, whose first row holds the heads of its columns.

    ``subject`` is what the page or figure is about, and ``caption`` the month of the latest values.
    """
    heads, *body = rows or [[]]
    table = _Table([_label(head, names) for head in heads], [head.strip().lower() for head in heads], caption)
    page = _Label(subject.measure, subject.unit)
    for row in body:
        for given, value, below in table.cells(row, names):
            # A table of measures that names no unit is of the organisation as a whole.
            place = given.or_else(page).or_else(_Label(unit=names.top if given.measure else None))
            if place.measure in names.protection.measures and place.unit and place.month is not None:
                yield Seen(name, str(place.measure), place.unit, place.month, value, below)


@dataclass(frozen=True)
class _Table:
    """The heads of a table: what each names, its words, and the month of the latest values."""

    labels: list[_Label]
    kinds: list[str]
    caption: pd.Timestamp | None

    def cells(self, row: Sequence[str], names: Names) -> Iterator[tuple[_Label, float, float]]:
        """Yield the numbers of a row, each with what its row and its head tell, and a denominator."""
        own = self._row_label(row, names)
        for cell, kind, head in zip(row, self.kinds, self.labels, strict=False):
            if kind == "latest":
                cell = cell.split("; ")[-1]
                month = month_of(MONTH.search(cell))
                head = _Label(month=self.caption if month is None else month)
            if head and not np.isnan(number := _number(cell)):
                yield head.or_else(own), number, _NAN
        yield from self._counted(row, own, names)

    def _row_label(self, row: Sequence[str], names: Names) -> _Label:
        """Return what a row names, its month in the first cell or in a column of months."""
        own = _Label()
        for place, (cell, kind, head) in enumerate(zip(row, self.kinds, self.labels, strict=False)):
            named = _label(cell, names) if cell and not head else _Label()
            dated = place == 0 or kind in _PERIODS
            own = own.or_else(named if dated else _Label(named.measure, named.unit))
        return own

    def _counted(
        self, row: Sequence[str], own: _Label, names: Names
    ) -> Iterator[tuple[_Label, float, float]]:
        """Yield the count or value of a row that names what it is of."""
        cells = {kind: _number(cell) for kind, cell in zip(self.kinds, row, strict=False) if kind in _SIZES}
        below = cells.pop("denominator", _NAN)
        kind = next((kind for kind in _COUNTS if not np.isnan(cells.get(kind, _NAN))), None)
        if kind is None or not own:
            return
        # A raw table has numerators alone, where the site has values.
        share = kind != "value" and below > 0
        yield own, cells[kind] * names.per.get(str(own.measure), 1.0) / below if share else cells[kind], below


def _label(text: str, names: Names) -> _Label:
    """Return what one cell names: a measure, a unit or a month."""
    text = text.strip()
    return _Label(names.measures.get(text), names.units.get(text), month_of(MONTH.fullmatch(text)))


def _number(cell: str) -> float:
    """Return the number that a cell begins with; none of a date."""
    found = _NUMBER.match(cell)
    return float(found[1].replace(",", "")) if found and not MONTH.match(cell) else _NAN


def _plain(cell: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", cell)).strip()
