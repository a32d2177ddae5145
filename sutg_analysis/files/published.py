"""Published NHS files as the tables of a project: which file is which, and how tables are put beside others.

Each kind of file is known by columns that no other has. A reader turns files into measures, observations and units;
what is written replaces rows of the same keys in the project's tables and leaves all other rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

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
_KEYS = {
    "measures": ["measure_id"],
    "observations": ["measure_id", "unit_id", "period"],
    "units": ["unit_id"],
}


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


def read_files(kind: str, paths: Sequence[str | Path]) -> list[tuple[Path, pd.DataFrame]]:
    """Read files of one kind as text, each recognised by its columns.

    Parameters
    ----------
    kind
        rtt, mhsds or sickness.
    paths
        CSV files, compressed (gz, zip) or not.

    Returns
    -------
    list of tuple
        Each path with its cells as they were typed.

    Raises
    ------
    ArgumentError
        If the kind is unknown or no file is given.
    DataError
        If a file is not there, is no CSV, or is another kind of file, naming it.
    """
    if kind not in KINDS:
        raise ArgumentError(f"kind {kind!r}", f"one of {', '.join(KINDS)}", "Choose one of these")
    if not paths:
        raise ArgumentError("no file", "at least one", "Name the files")
    return [(Path(path), _read(kind, Path(path))) for path in paths]


def _read(kind: str, path: Path) -> pd.DataFrame:
    frame = _text(path)
    if any(signature <= set(frame.columns) for signature in SIGNATURES[kind]):
        if frame.empty:
            raise DataError(f"{path.name} has a header and no rows", "rows", "Download the file again")
        return frame
    other = recognised(frame)
    if other:
        raise DataError(
            f"{path.name} is a file of {KINDS[other]}",
            f"one of {KINDS[kind]}",
            f"Use: sutg import {other} {path.name}",
        )
    wanted = " or ".join(", ".join(sorted(signature)) for signature in SIGNATURES[kind])
    shown = ", ".join(map(str, frame.columns[:6])) + (", ..." if len(frame.columns) > 6 else "")
    raise DataError(
        f"{path.name} has the columns {shown}",
        f"a file of {KINDS[kind]}, with the columns {wanted}",
        "Give the CSV file as it was published",
    )


def recognised(frame: pd.DataFrame) -> str | None:
    """Return which kind of file has these columns."""
    for kind, signatures in SIGNATURES.items():
        if any(signature <= set(frame.columns) for signature in signatures):
            return kind
    return None


def _text(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(f"{path} is not a file", "a published CSV file", "Correct the path")
    options: dict[str, Any] = {"dtype": "str", "keep_default_na": False}
    try:
        try:
            frame = pd.read_csv(path, encoding="utf-8-sig", **options)
        except UnicodeDecodeError:
            frame = pd.read_csv(path, encoding="cp1252", **options)
    except (ValueError, OSError, pd.errors.ParserError, EOFError) as error:
        said = " ".join(str(error).split())[:120]
        raise DataError(
            f"{path.name}: {said}", "a CSV file, compressed or not", "Save it as CSV UTF-8"
        ) from None
    return frame.rename(columns=lambda name: str(name).strip())


def numbers(cells: pd.Series, *, path: Path) -> pd.Series:
    """Return cells as numbers; empty ones and the marks of suppressed figures are missing.

    Raises
    ------
    DataError
        If a cell is anything else, naming file, row and column.
    """
    texts = cells.str.strip().str.replace(",", "", regex=False)
    values = pd.to_numeric(texts.where(~texts.isin(_MISSING)), errors="coerce").astype("float64")
    bad = values.isna() & ~texts.isin(_MISSING)
    if bad.any():
        row = int(cells.index[bad][0])
        raise DataError(
            f"{path.name}, row {row + 2}, column {cells.name}: {cells.loc[row]!r}",
            "a number",
            "Correct the cell",
        )
    return values


def measure(measure_id: str, title: str, unit: str, improvement: str, **others: Any) -> dict[str, Any]:
    """Return a row of the measures table, the rest of it empty."""
    row = dict.fromkeys(TABLES["measures"].names)
    return {**row, "measure_id": measure_id, "title": title, "chart": "xmr", "unit": unit,
            "improvement": improvement, **others}  # fmt: skip


def write_tables(imported: Imported, folder: Path) -> dict[str, int]:
    """Put the tables beside those of a project's data folder.

    Parameters
    ----------
    imported
        The tables.
    folder
        The project's ``data``; made if it is not there.

    Returns
    -------
    dict of str to int
        Rows written, by table.

    Raises
    ------
    DataError
        If the folder holds synthetic tables, which published figures must not be mixed with.
    """
    notice = folder / "notice.md"
    if notice.is_file() and "synthetic" in notice.read_text(encoding="utf-8").lower():
        raise DataError(
            f"{folder} holds synthetic tables, as its notice.md says",
            "a project without them",
            "Give a folder of your own with --project DIR; nothing was written",
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, keys in _KEYS.items():
        table = getattr(imported, name)
        written[name] = len(table)
        _beside(table, folder, name, keys).to_csv(
            folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8"
        )
    return written


def _beside(table: pd.DataFrame, folder: Path, name: str, keys: list[str]) -> pd.DataFrame:
    """Return the table with the rows of the project's own that it does not replace, as text."""
    texts = table.map(_cell).astype("str")
    path = folder / f"{name}.csv"
    if (folder / f"{name}.parquet").is_file():
        raise DataError(
            f"{folder / name}.parquet",
            f"{name}.csv, or no such table",
            "Save it as CSV, or use another project",
        )
    if not path.is_file():
        return texts
    own = _text(path)
    lacking = [key for key in keys if key not in own.columns]
    if lacking:
        raise DataError(
            f"{path} without the column {lacking[0]}", f"a table of {name}", "Mend it: sutg check"
        )
    kept = own[~pd.MultiIndex.from_frame(own[keys]).isin(pd.MultiIndex.from_frame(texts[keys]))]
    return pd.concat([kept, texts], ignore_index=True).fillna("")


def _cell(value: Any) -> str:
    if value is None or value != value or value is pd.NaT:
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
