"""Published NHS files are known by columns that no other kind has, and hold a number, a date or a mark of suppression.

What every reader of them needs stands here: the file by its kind, cells as numbers and dates with the faulty one
named, organisations chosen, and the tables that a reader makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.cells import is_marked, plain_dates, read_numbers
from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.errors import ArgumentError, DataError

KINDS = {
    "rtt": "referral to treatment waiting times",
    "mhsds": "community mental health waits of the Mental Health Services Data Set",
    "sickness": "sickness absence of NHS staff",
}
SIGNATURES = {
    "rtt": (
        {"Period", "Provider Org Code", "RTT Part Type", "Treatment Function Code", "Total All"},
        {"Treatment Function Code", "Total number of incomplete pathways", ">0-1"},
    ),
    "mhsds": (
        {"REPORTING_PERIOD_START", "REPORTING_PERIOD_END", "BREAKDOWN", "MEASURE_ID", "MEASURE_VALUE"},
    ),
    "sickness": ({"DATE", "ORG_CODE", "ORG_NAME", "FTE_DAYS_LOST", "FTE_DAYS_AVAILABLE"},),
}
SUPPRESSED = "suppressed"
_MISSING = ("", "-", "*")


@dataclass(frozen=True, eq=False)
class Imported:
    """The tables made from published files, a summary of them, and what should be known about them.

    ``summary`` has one row a unit and period (RTT) or a unit, period and measure (the others); ``lines`` says it in
    words, one line a row; ``notes`` are sentences about what was left out or does not agree.
    """

    kind: str
    measures: pd.DataFrame
    observations: pd.DataFrame
    units: pd.DataFrame
    summary: pd.DataFrame
    lines: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())

    def first_lines(self, most: int) -> list[str]:
        """Return what is known of the files in words: so many lines of the summary, and every note."""
        left = len(self.lines) - most
        rest = f"... and {left:,} lines more: give --unit CODE to see an organisation's, or --json for all."
        return [*self.lines[:most], *([rest] if left > 0 else []), *self.notes]


def read_files(kind: str, paths: Sequence[str | Path]) -> list[tuple[Path, pd.DataFrame]]:
    """Read files of one kind as text, each recognised by its columns.

    Returns
    -------
    list of tuple
        Each path with its cells as they were typed.

    Raises
    ------
    ArgumentError
        If no file is given.
    DataError
        If a file is not there, is no CSV, or is another kind of file, naming it.
    """
    if not paths:
        raise ArgumentError("no file", "at least one", "Name the files")
    return [(Path(path), _read(kind, Path(path))) for path in paths]


def _read(kind: str, path: Path) -> pd.DataFrame:
    frame = read_text(path)
    found = next(
        (known for known, kinds in SIGNATURES.items() if any(kind <= set(frame.columns) for kind in kinds)),
        None,
    )
    if found == kind:
        if frame.empty:
            raise DataError(f"{path.name} has a header and no rows", "rows", "Download the file again")
        return frame
    if found:
        raise DataError(
            f"{path.name} is a file of {KINDS[found]}",
            f"one of {KINDS[kind]}",
            f"Use: sutg import {found} {path.name}",
        )
    wanted = " or ".join(", ".join(sorted(signature)) for signature in SIGNATURES[kind])
    columns = ", ".join(map(str, frame.columns[:6])) + (", ..." if len(frame.columns) > 6 else "")
    raise DataError(
        f"{path.name} has the columns {columns}",
        f"a file of {KINDS[kind]}, with the columns {wanted}",
        "Give the CSV file as it was published",
    )


def read_text(path: Path) -> pd.DataFrame:
    """Return the cells of a CSV file as they were typed.

    Raises
    ------
    DataError
        If it is not there, or no CSV.
    """
    if not path.is_file():
        raise DataError(f"{path} is not a file", "a published CSV file", "Correct the path")
    try:
        try:
            frame = pd.read_csv(path, encoding="utf-8-sig", dtype="str", keep_default_na=False)
        except UnicodeDecodeError:
            frame = pd.read_csv(path, encoding="cp1252", dtype="str", keep_default_na=False)
    except (ValueError, OSError, pd.errors.ParserError, EOFError) as error:
        reason = " ".join(str(error).split())[:120]
        raise DataError(
            f"{path.name}: {reason}", "a CSV file, compressed or not", "Save it as CSV UTF-8"
        ) from None
    return frame.rename(columns=lambda name: str(name).strip())


def chosen(table: pd.DataFrame, units: Sequence[str] | None, *, column: str = "unit_id") -> pd.DataFrame:
    """Return the rows of the organisations wanted, or all.

    Raises
    ------
    DataError
        If none is left.
    """
    kept = table[table[column].isin(units)].reset_index(drop=True) if units else table
    if kept.empty:
        known = "an organisation of the file"
        raise DataError(f"no rows of {', '.join(units or ())}", known, "Correct the code")
    return kept


def numbers(cells: pd.Series, *, path: Path) -> pd.Series:
    """Return cells as numbers; empty ones and the marks of suppressed figures are missing.

    Raises
    ------
    DataError
        If a cell is anything else, naming file, row and column.
    """
    values = read_numbers(cells, marks=_MISSING)
    refuse_cells(cells, values.isna() & ~is_marked(cells, _MISSING), path, "a number")
    return values


def dates(cells: pd.Series, *, path: Path) -> pd.Series:
    """Return cells such as 30/04/2024 or 2024-04-30 as dates.

    Raises
    ------
    DataError
        If a cell is anything else, naming file, row and column.
    """
    known = plain_dates(cells)
    refuse_cells(cells, known.isna(), path, "a date")
    return known


def refuse_cells(cells: pd.Series, bad: pd.Series, path: Path, expected: str) -> None:
    """Name the first bad cell of a column, if there is one.

    Raises
    ------
    DataError
        There is one.
    """
    if bad.any():
        row = int(cells.index[bad][0])
        place = f"{path.name}, row {row + 2}, column {cells.name}"
        raise DataError(f"{place}: {cells.loc[row]!r}", expected, "Correct the cell")


def measure(measure_id: str, title: str, unit: str, improvement: str, **others: object) -> dict[str, object]:
    """Return a row of the measures table, the rest of it empty."""
    row: dict[str, object] = dict.fromkeys(TABLES["measures"].names)
    return {**row, "measure_id": measure_id, "title": title, "chart": "xmr", "unit": unit,
            "improvement": improvement, **others}  # fmt: skip


def trusts(unit_ids: pd.Series, names: pd.Series) -> pd.DataFrame:
    """Return organisations as rows of the units table."""
    units = pd.DataFrame({"unit_id": unit_ids, "name": names, "kind": "trust", "parent_id": None})
    return units.reset_index(drop=True)
