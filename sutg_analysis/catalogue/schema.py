"""Cells of a table as its columns want them: text to numbers and dates, and what of it cannot be.

The conversion, the pandera schema that checks values, and the words of every message come from the table's
definition, so that a rule is written once.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from sutg_analysis.catalogue.as_at import DAILY
from sutg_analysis.catalogue.cells import plain_dates, read_numbers, written_dates
from sutg_analysis.catalogue.definitions import ID, TABLES, Table
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, Problem

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

_TEXT = "text of letters, digits and signs", "Delete the control character, or type the cell again"
_WANTED = {
    "number": ("a number", "Write digits, such as 1234.5, 1,234 or 95%: no words"),
    "date": ("a date that exists, as 2023-09-30 or 30/09/2023", "Correct the date"),
    "quarter": ("a quarter, as 2023-24-q2", "Write the financial year and q1 to q4"),
    "id": (
        "letters, digits, hyphens and underscores, 80 at most",
        "Give it such a name: it becomes part of a page's address",
    ),
    "text": _TEXT,
    "choice": _TEXT,
}
_TELLING = 3
"""Dates of a series that tell whether all are last days of months."""
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]"
"""Characters that no page and no workbook can hold."""


def convert(raw: pd.DataFrame, table: Table, *, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn cells into text, numbers and dates, missing where they cannot be; and list those that cannot."""
    typed = pd.DataFrame(index=raw.index)
    problems: list[Problem] = []
    for column in table.columns:
        if column.name not in raw:
            if column.optional and table.whole:
                typed[column.name] = _typed(pd.Series(index=raw.index, dtype="str"), column.kind, days=True)[
                    0
                ]
            continue
        cells, blank = raw[column.name], _is_blank(raw[column.name])
        spaced = ~blank & (cells.astype("str") != cells.astype("str").str.strip())
        values, bad = _typed(cells.where(~blank & ~spaced), column.kind, days=table.name in DAILY)
        if column.folded:
            known = {choice.lower(): choice for choice in column.choices}
            values = values.str.lower().map(known).fillna(values)
        typed[column.name] = values
        tidy = "no space before or after", "Delete the spaces"
        problems += faults(raw, column.name, spaced, *tidy, file=file)
        problems += faults(raw, column.name, bad, *_WANTED[column.kind], file=file)
    if table.name == "observations" and {"measure_id", "unit_id", "period"} <= set(typed):
        typed["period"] = _months(typed)
    return typed, problems


def _months(rows: pd.DataFrame) -> pd.Series:
    """Return periods, of series whose dates are all last days of months the first days of them."""
    series = [rows["measure_id"], rows["unit_id"]]
    last = rows["period"].dt.is_month_end.groupby(series).transform("all")
    last &= rows["period"].groupby(series).transform("nunique") >= _TELLING
    return rows["period"].mask(last, rows["period"] + pd.offsets.MonthBegin(-1))


def _is_blank(cells: pd.Series) -> pd.Series:
    return cells.isna() | (cells.astype("str") == "")


def _typed(cells: pd.Series, kind: str, *, days: bool) -> tuple[pd.Series, pd.Series]:
    """Return the cells as their kind, and which of them are not; of a table of days a month is no date."""
    if kind in ("number", "date"):
        values = read_numbers(cells) if kind == "number" else plain_dates(cells) if days else _dates(cells)
        return values, cells.notna() & values.isna()
    texts = cells.astype("str").where(cells.notna())
    if kind == "quarter":
        return texts, texts.notna() & ~texts.map(_is_quarter).astype(bool)
    named = texts.str.fullmatch(ID) if kind == "id" else ~texts.str.contains(_CONTROL)
    return texts, texts.notna() & ~named.astype(bool)


def _dates(cells: pd.Series) -> pd.Series:
    """Return cells as dates, a month, a quarter and a year by their first day; a time of day is no date."""
    read = plain_dates(cells)
    rest = written_dates(cells.where(read.isna()))
    rest = rest.where(rest == rest.dt.normalize()).astype(read.dtype)
    return read.fillna(rest)


def _is_quarter(text: str) -> bool:
    try:
        Quarter.parse(text)
    except ArgumentError:
        return False
    return True


def faults(
    frame: pd.DataFrame, column: str, bad: pd.Series, expected: str, remedy: str, *, file: str
) -> list[Problem]:
    """Make one problem of each distinct faulty value: its first row, and how many more rows have it."""
    if not bad.any():
        return []
    shown = frame.loc[bad, column].map(_shown)
    counts = shown.groupby(shown, sort=False).size()
    problems = []
    for row, value in shown.drop_duplicates().items():
        more = counts[value] - 1
        same = f" ({more} more row{'s have' if more > 1 else ' has'} the same)" if more else ""
        problems.append(Problem(file, int(row), column, value or None, expected, remedy + same))
    return problems


def _shown(value: object) -> str:
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value == value.normalize() else str(value)
    if isinstance(value, float):
        return f"{value:g}"
    return re.sub(_CONTROL, lambda found: f"\\x{ord(found[0]):02x}", str(value))


def check_values(typed: pd.DataFrame, raw: pd.DataFrame, table: Table, *, file: str) -> list[Problem]:
    """List cells that are empty, outside their choices or too small, with pandera.

    Cells that could not be converted are left to :func:`convert`, which has named them.
    """
    import pandera.errors

    try:
        _schema(table.name).validate(typed, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.dropna(subset=["index"])
    else:
        return []
    problems = []
    for column in table.columns:
        of_column = cases[cases["column"] == column.name]
        listed = f"one of {', '.join(column.choices)}{' or nothing' if column.empty else ''}"
        least = "0 or more" if column.least == 0 else "more than 0"
        rules = {"choice": (listed, "Use one of these words"), "least": (least, "Correct the number")}
        for check in of_column["check"].unique():
            rule = rules.get(check, ("a value: the cell may not be empty", "Fill the cell"))
            rows = of_column.loc[of_column["check"] == check, "index"].astype(int)
            bad = typed.index.isin(rows) & (typed[column.name].notna() | _is_blank(raw[column.name]))
            problems += faults(raw, column.name, pd.Series(bad, raw.index), *rule, file=file)
    return problems


@cache
def _schema(name: str) -> DataFrameSchema:
    import pandera.pandas as pa

    kinds, columns = {"number": "float64", "date": "datetime64[us]"}, {}
    for column in TABLES[name].columns:
        checks = [pa.Check.isin(column.choices, error="choice")] if column.choices else []
        checks += [] if column.least is None else [pa.Check.ge(column.least, error="least")]
        kind, needed = kinds.get(column.kind), not column.optional
        columns[column.name] = pa.Column(kind, checks=checks, nullable=column.empty, required=needed)
    return pa.DataFrameSchema(columns)
