"""Finding and reading the tables of a project: CSV and Parquet files in its ``data`` folder.

A CSV file is read as text, every cell as it was typed, with rows numbered as a spreadsheet numbers them (the
header is row 1; a cell that holds line breaks is still one row). Nothing is converted or dropped here but rows
in which every cell is empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.definitions import TABLES, Table
from sutg_analysis.catalogue.identifiers import personal_column
from sutg_analysis.errors import Problem

_SUFFIXES = (".csv", ".parquet")
_PROSE_WORDS = 4
"""Words a cell, on average, from which a column is taken for free text."""
_ENCODING = "Save the file again as CSV UTF-8 (in Excel: Save As, CSV UTF-8)"


def find_tables(folder: Path, *, elsewhere: Collection[str] = ()) -> tuple[dict[str, Path], list[Problem]]:
    """Find the file of each table in ``data``, not in folders inside it, but for those that come from ``elsewhere``.

    Files that are no table, tables that stand twice and tables that lack are problems; a table that lacks because its
    file has a misspelt name is one mistake, not two.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and path.is_file())
    found: dict[str, Path] = {}
    problems, meant = [], set()
    for path in files:
        other = "its query in sources.toml" if path.stem in elsewhere else found.get(path.stem, path).name
        if path.stem not in TABLES:
            close = get_close_matches(path.stem, TABLES, n=1)
            meant |= set(close)
            remedy = "Move it into a folder inside data/, or rename it"
            remedy = f"Rename it to {close[0]}{path.suffix}" if close else remedy
            problems.append(
                Problem(
                    path.name, None, None, "a file that is no table", f"one of {', '.join(TABLES)}", remedy
                )
            )
        elif other != path.name:
            again = f"the table a second time, beside {other}"
            problems.append(Problem(path.name, None, None, again, "one source", "Delete one of them"))
        else:
            found[path.stem] = path
    for table in TABLES.values():
        if table.needed and table.name not in {*found, *elsewhere, *meant}:
            remedy = f"Add it, with the columns {', '.join(table.needed_names)}"
            problems.append(Problem(f"{table.name}.csv", None, None, "no such file", "this table", remedy))
    return found, problems


def read_table(path: Path, table: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return one table as it stands, its index the row numbers, or None if it cannot be used; and the problems met."""
    if path.suffix.lower() == ".parquet":
        frame, problems = _read_parquet(path)
    else:
        frame, problems = _read_csv(path, table)
    return (None, problems) if frame is None else usable(frame, table, file=path.name, problems=problems)


def usable(
    frame: pd.DataFrame, table: Table, *, file: str, problems: list[Problem]
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return what was read in the table's columns, or None if a column stands twice or all rows lack; and the problems.

    A column that lacks or has a wrong name does not hide what is wrong in the others.
    """
    wrong = _columns(file, frame, table)
    if frame.columns.has_duplicates:
        return None, problems + wrong
    if frame.empty and not problems and not wrong:
        bare = Problem(file, 2, table.names[0], None, "at least one row under the header", "Add the rows")
        return None, [bare] if table.needed else []
    return frame[[name for name in table.names if name in frame.columns]], problems + wrong


def _read_parquet(path: Path) -> tuple[pd.DataFrame | None, list[Problem]]:
    import pyarrow as pa

    try:
        frame = pd.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        said = " ".join(str(error).replace(str(path), path.name).split())
        return None, [Problem(path.name, None, None, said, "a Parquet file", "Write the file again")]
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame, []


def _read_csv(path: Path, table: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    content = path.read_bytes()
    if not content.strip():
        header = f"a header: {', '.join(table.names)}"
        bare = Problem(path.name, 1, table.names[0], "an empty file", header, "Add header and rows")
        return None, [bare]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_encoding(path.name, content, error.start)]
    return _records(path.name, text)


def _encoding(file: str, content: bytes, place: int) -> Problem:
    """Name the row and column of the first byte that is not UTF-8."""
    expected = "text in UTF-8"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem(file, 1, None, "a file in UTF-16", expected, _ENCODING)
    before = content[:place].decode("utf-8-sig", errors="replace")
    line = content[place:].split(b"\n")[0].split(b"\r")[0].decode("cp1252", errors="replace")
    records = list(csv.reader(io.StringIO(before + line)))
    whole = list(csv.reader(io.StringIO(before)))
    number = max(len(whole[-1]) - 1, 0) if whole else 0
    header = records[0] if records else []
    column = header[number] if len(records) > 1 and number < len(header) else None
    cell = records[-1][number] if records and number < len(records[-1]) else line
    return Problem(file, len(records), column, cell, expected, _ENCODING)


def _records(file: str, text: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        expected, remedy = "cells separated by commas, quotes closed", "Correct the quotes of this row"
        return None, [Problem(file, len(rows) + 1, None, str(error), expected, remedy)]
    header = rows[0]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        expected, remedy = "columns separated by commas", "Save the file as CSV with commas"
        return None, [Problem(file, 1, None, header[0], expected, remedy)]
    filled = {number: row for number, row in enumerate(rows[1:], start=2) if any(row)}
    expected = f"{len(header)}, as in the header"
    remedy = "Put quotes around a cell that holds a comma, or correct the row"
    ragged = [
        Problem(file, number, None, f"{len(row)} cells", expected, remedy)
        for number, row in filled.items()
        if len(row) != len(header)
    ]
    whole = {number: row for number, row in filled.items() if len(row) == len(header)}
    index = pd.Index(list(whole), dtype="int64")
    return pd.DataFrame(list(whole.values()), columns=header, index=index, dtype="str"), ragged


def _columns(file: str, frame: pd.DataFrame, table: Table) -> list[Problem]:
    """List columns that lack, that are unknown and that stand twice; a misspelt name is one problem."""
    have = list(frame.columns)
    lacking = [name for name in table.needed_names if name not in have]
    problems = []
    for name in [str(name) for name in have if name not in table.names]:
        close = get_close_matches(name.lower(), lacking or table.names, n=1, cutoff=0.7)
        if close and close[0] in lacking:
            lacking.remove(close[0])
            renaming = f"the name {close[0]}", f"Rename it to {close[0]}"
            problems.append(Problem(file, 1, name, "this column", *renaming))
            continue
        # A column that tells of people must not be renamed until it is one of the table's.
        people = personal_column(name) or ("free text" if _is_prose(frame, name) else "")
        found = "a column this table does not have" + (f", for {people}" if people else "")
        remedy = "Delete it: a page must not tell of people" if people else "Delete or rename it"
        problems.append(Problem(file, 1, name, found, f"the columns {', '.join(table.names)}", remedy))
    for column in table.columns:
        if column.name in lacking:
            *others, last = column.choices or ("",)
            expected = f"this column, which says {', '.join(others)} or {last}" if last else "this column"
            remedy = "Add it; its cells may be empty" if column.empty else "Add it, and fill every cell of it"
            problems.append(Problem(file, 1, column.name, "no such column", expected, remedy))
    twice = sorted({str(name) for name in have if have.count(name) > 1})
    problems += [Problem(file, 1, name, "this column twice", "one", "Delete one of them") for name in twice]
    return problems


def _is_prose(frame: pd.DataFrame, name: str) -> bool:
    """Say whether a column holds long texts that differ, in which anything may be said of anybody."""
    cells = frame.loc[:, frame.columns.astype("str") == name].iloc[:, 0].dropna().astype("str")
    cells = cells[cells != ""]
    words = cells.str.count(" ") + 1
    return bool(len(cells) and words.mean() >= _PROSE_WORDS and cells.nunique() > len(cells) / 2)
