"""What each table of a project must hold: its columns, their kinds and the values they may take.

A table is a list of columns. From it come the conversion of cells (text to numbers and dates), the pandera
schema that checks them, and the words of every message, so that a rule is written once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.cells import plain_dates, read_numbers
from sutg_analysis.catalogue.definitions import ID, TABLES, Column, Table
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, Problem

_WANTED = {
    "number": ("a number", "Write digits only, such as 1234.5: no words, commas or %"),
    "date": ("a date that exists, as 2023-09-30 or 30/09/2023", "Correct the date"),
    "quarter": ("a quarter, as 2023-24-q2", "Write the financial year and q1 to q4"),
    "id": (
        "letters, digits, hyphens and underscores, 80 at most",
        "Give it such a name: it becomes part of a page's address",
    ),
}
_WANTED |= dict.fromkeys(
    ("text", "choice"),
    ("text of letters, digits and signs", "Delete the control character, or type the cell again"),
)
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]"
"""Characters that no page and no workbook can hold."""


def convert(raw: pd.DataFrame, table: Table, *, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn cells into text, numbers and dates, and list those that cannot be.

    Parameters
    ----------
    raw
        The table as read: those of its columns that are there, rows numbered as a spreadsheet does.
    table
        What it should be.
    file
        The file's name, for messages.

    Returns
    -------
    tuple
        The typed frame, in which a cell that could not be read is missing; and the problems.
    """
    typed = pd.DataFrame(index=raw.index)
    problems: list[Problem] = []
    for column in table.columns:
        if column.name not in raw:
            if column.optional and table.whole:
                typed[column.name] = _typed(pd.Series(index=raw.index, dtype="str"), column.kind)[0]
            continue
        cells = raw[column.name]
        blank = cells.isna() | (cells.astype("str") == "")
        spaced = ~blank & (cells.astype("str") != cells.astype("str").str.strip())
        values, bad = _typed(cells.where(~blank & ~spaced), column.kind)
        typed[column.name] = _folded(values, column.choices) if column.folded else values
        tidy = ("no space before or after", "Delete the spaces")
        problems += faults(raw, column.name, spaced, *tidy, file=file)
        problems += faults(raw, column.name, bad, *_WANTED.get(column.kind, ("", "")), file=file)
    return typed, problems


def _typed(cells: pd.Series, kind: str) -> tuple[pd.Series, pd.Series]:
    """Return the cells as their kind, and which of them are not."""
    if kind == "number":
        numbers = read_numbers(cells, plain=True)
        return numbers, cells.notna() & numbers.isna()
    if kind == "date":
        dates = plain_dates(cells)
        return dates, cells.notna() & dates.isna()
    texts = _texts(cells)
    if kind == "quarter":
        return texts, texts.notna() & ~texts.map(_is_quarter).astype(bool)
    named = texts.str.fullmatch(ID) if kind == "id" else ~texts.str.contains(_CONTROL)
    return texts, texts.notna() & ~named.astype(bool)


def _is_quarter(text: str) -> bool:
    try:
        Quarter.parse(text)
    except ArgumentError:
        return False
    return True


def _folded(texts: pd.Series, choices: tuple[str, ...]) -> pd.Series:
    """Return each text as the choice that it is but for its capitals."""
    known = {choice.lower(): choice for choice in choices}
    return texts.str.lower().map(known).fillna(texts)


def _texts(cells: pd.Series) -> pd.Series:
    return cells.astype("str").where(cells.notna())


def faults(
    frame: pd.DataFrame, column: str, bad: pd.Series, expected: str, remedy: str, *, file: str
) -> list[Problem]:
    """Make one problem of each distinct faulty value: its first row, and how many more rows have it."""
    if not bad.any():
        return []
    values = frame.loc[bad, column]
    shown = values.map(_shown)
    counts = shown.groupby(shown, sort=False).size()
    firsts = shown.drop_duplicates()
    return [
        Problem(file, int(row), column, value or None, expected, remedy + _more(int(counts[value]) - 1))
        for row, value in firsts.items()
    ]


def _shown(value: Any) -> str:
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value == value.normalize() else str(value)
    return f"{value:g}" if isinstance(value, float) else re.sub(_CONTROL, _escaped, str(value))


def _escaped(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}"


def _more(rows: int) -> str:
    return f" ({rows} more row{'s have' if rows > 1 else ' has'} the same)" if rows else ""


@cache
def _schema(name: str) -> Any:
    import pandera.pandas as pa

    columns = {
        column.name: pa.Column(
            {"number": "float64", "date": "datetime64[us]"}.get(column.kind),
            checks=list(_checks(column)),
            nullable=column.empty,
            required=not column.optional,
        )
        for column in TABLES[name].columns
    }
    return pa.DataFrameSchema(columns)


def _checks(column: Column) -> Iterator[Any]:
    import pandera.pandas as pa

    if column.choices:
        yield pa.Check.isin(column.choices, error="choice")
    if column.least is not None:
        yield pa.Check.ge(column.least, error="least")


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
        for check in of_column["check"].unique():
            rows = of_column.loc[of_column["check"] == check, "index"].astype(int)
            bad = typed.index.isin(rows) & (typed[column.name].notna() | _is_blank(raw[column.name]))
            problems += faults(raw, column.name, pd.Series(bad, raw.index), *_rule(column, check), file=file)
    return problems


def _is_blank(cells: pd.Series) -> pd.Series:
    return cells.isna() | (cells.astype("str") == "")


def _rule(column: Column, check: str) -> tuple[str, str]:
    if check == "choice":
        listed = ", ".join(column.choices)
        return f"one of {listed}" + (" or nothing" if column.empty else ""), "Use one of these words"
    if check == "least":
        return ("0 or more" if column.least == 0 else "more than 0"), "Correct the number"
    return "a value: the cell may not be empty", "Fill the cell"
