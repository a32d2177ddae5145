"""A file as it was published holds one table, between titles above it and notes under it.

CSV in whatever encoding, a sheet of a workbook, Parquet: the cells are taken as they are with the numbers of their
rows, nothing is converted, and every choice that was made in reading becomes a sentence.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sutg_analysis.catalogue.cells import written_dates
from sutg_analysis.errors import DataError

if TYPE_CHECKING:
    from openpyxl.cell import ReadOnlyCell

_MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_LOOKED_AT = 40
"""Rows in which a header is looked for."""
_KINDS = "a CSV file (also .gz and .zip), an Excel workbook (.xlsx) or a Parquet file"

Cells = Sequence[object]


@dataclass(frozen=True, eq=False)
class Sheet:
    """The cells of a table, its index the row numbers of the file, and the choices of reading in words."""

    frame: pd.DataFrame
    choices: tuple[str, ...] = field(default=())


def read_sheet(path: str | Path, *, sheet: str | None = None) -> Sheet:
    """Read the table of a file.

    Raises
    ------
    DataError
        The file is not there, is of another kind, is damaged, or holds no table; or several sheets hold one.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path} is not a file", _KINDS, "Correct the path")
    kind = path.suffix.lower()
    if kind in {".xlsx", ".xlsm"}:
        return _workbook(path, sheet)
    if sheet is not None:
        raise DataError(f"{path.name} has no sheets", "a workbook, for --sheet", "Leave --sheet out")
    if kind == ".parquet":
        return _parquet(path)
    if kind in {".xls", ".ods", ".docx", ".pdf", ".doc", ".xlsb"}:
        raise DataError(f"{path.name} is a {kind[1:]} file", _KINDS, "Save it as .xlsx or as CSV UTF-8")
    return _text(path)


def _parquet(path: Path) -> Sheet:
    import pyarrow as pa

    try:
        frame = pd.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise DataError(f"{path.name}: {reason}", "a Parquet file", "Write the file again") from None
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Sheet(frame.rename(columns=str))


def _text(path: Path) -> Sheet:
    text, encoding = _decoded(_unpacked(path), path.name)
    mark = _separator(text)
    try:
        rows: list[Cells] = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise DataError(f"{path.name}: {error}", "cells whose quotes are closed", "Mend the quotes") from None
    choices = [] if encoding == "UTF-8" else [f"The file is not UTF-8; it was read as {encoding}."]
    choices += [] if mark == "," else [f"Its cells are parted by {_MARKS[mark]}."]
    table = _table(rows, path.name)
    return Sheet(table.frame, (*choices, *table.choices))


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        if content[:2] == b"\x1f\x8b":
            return gzip.decompress(content)
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(path) as packed:
                names = [name for name in packed.namelist() if not name.endswith("/")]
                if len(names) == 1:
                    return packed.read(names[0])
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name}: {error}", "a whole compressed file", "Download it again") from None
    if content[:4] == b"PK\x03\x04":
        found = f"{path.name} holds {len(names)} files: {', '.join(names[:5])}"
        raise DataError(found, "one file", "Unpack it and give one of them")
    return content


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16"), "UTF-16"
    if b"\x00" in content[:4096]:
        raise DataError(f"{name} is no text", _KINDS, "Save it as CSV UTF-8")
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "Windows-1252 (cp1252)"


def _separator(text: str) -> str:
    """Return the mark that parts the cells of most of the first lines alike."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]

    def alike(mark: str) -> tuple[int, int]:
        counts = Counter(line.count(mark) for line in lines)
        counts.pop(0, None)
        return max(((many, cells) for cells, many in counts.items()), default=(0, 0))

    return max(_MARKS, key=alike)


def _workbook(path: Path, wanted: str | None) -> Sheet:
    tables = _tables_of(path, wanted)
    if not tables:
        raise DataError(f"{path.name} holds no table", "a header and rows under it", "Choose another file")
    if len(tables) > 1:
        found = f"{path.name} has a table on each of the sheets {', '.join(tables)}"
        raise DataError(found, "one of them", f'Choose one: --sheet "{next(iter(tables))}"')
    ((name, table),) = tables.items()
    return Sheet(table.frame, (*([] if wanted else [f"Sheet: {name}."]), *table.choices))


def _tables_of(path: Path, wanted: str | None) -> dict[str, Sheet]:
    """Return the tables of a workbook's sheets, or that of the sheet wanted."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(f"{path.name}: {error}", "an Excel workbook", "Save it again as .xlsx") from None
    names = book.sheetnames
    if wanted is not None and wanted not in names:
        raise DataError(f"no sheet {wanted!r}", f"one of {', '.join(names)}", "Correct --sheet")
    found = {}
    for name in [wanted] if wanted else names:
        page = book[name]
        page.reset_dimensions()  # the size that a workbook states may be wrong
        rows = [list(map(_shown, row)) for row in page.iter_rows()]
        if wanted or _looks_like_table(rows):
            found[name] = _table(rows, f"{path.name}, sheet {name}")
    book.close()
    return found


def _shown(cell: ReadOnlyCell) -> object:
    """Return what a cell holds; where Excel shows it as per cent, as per cent."""
    value = cell.value
    percent = isinstance(value, int | float) and "%" in str(getattr(cell, "number_format", ""))
    return f"{100 * value:.12g}%" if percent else value


def _looks_like_table(rows: Sequence[Cells]) -> bool:
    """Say whether rows are numbers in columns, as covers and notes are not."""
    wide = [row for row in rows if _filled(row) > 1]
    numbers = sum(_is_number(cell) for row in wide for cell in row)
    return len(wide) > 1 and numbers > 1


def _table(rows: Sequence[Cells], name: str) -> Sheet:
    """Cut the table out of rows: what is above its header and below its last row is left out."""
    at = _header(rows)
    if at is None:
        raise DataError(f"{name} holds no table", "a header and rows under it", "Choose another file")
    header = _names(rows[at])
    width = len(header)
    body = {number: row for number, row in enumerate(rows[at + 1 :], start=at + 2) if _filled(row)}
    notes = {number: row for number, row in body.items() if _is_note(row)}
    ragged = [number for number, row in body.items() if _filled(row[width:])]
    if ragged:
        found = f"{name}, row {ragged[0]}: {_filled(body[ragged[0]])} cells"
        raise DataError(
            found, f"{width}, as in the header", "Put quotes around a cell that holds the separator"
        )
    kept = {number: row for number, row in body.items() if number not in notes}
    if not kept:
        raise DataError(f"{name} has a header and no rows", "rows under it", "Choose another file")
    cells = [[*row[:width], *([None] * (width - len(row)))] for row in kept.values()]
    choices = [f"The header is row {at + 1}; what stands above it was left out."] if at else []
    if notes:
        listed = ", ".join(map(str, [*notes][:5])) + (", ..." if len(notes) > 5 else "")
        choices.append(f"Left out as notes, one cell alone: row{'s' * (len(notes) > 1)} {listed}.")
    return Sheet(pd.DataFrame(cells, columns=header, index=list(kept), dtype="object"), tuple(choices))


def _is_note(row: Cells) -> bool:
    """Say whether a row is words alone, as a source or a footnote is."""
    cells = [cell for cell in row if _is_cell(cell)]
    only = len(cells) == 1 and isinstance(cells[0], str) and not _is_number(cells[0])
    return only and bool(written_dates(pd.Series(cells, dtype="object")).isna().all())


def _header(rows: Sequence[Cells]) -> int | None:
    """Return the first row as wide as most rows after it, in which most cells are words."""
    usual = Counter(_filled(row) for row in rows[: _LOOKED_AT * 5] if _filled(row) > 1)
    if not usual:
        return None
    width = max(usual, key=lambda filled: (usual[filled], filled))
    for place, row in enumerate(rows[:_LOOKED_AT]):
        cells = [cell for cell in row if _is_cell(cell)]
        words = sum(_is_number(cell) for cell in cells) <= len(cells) / 4
        if len(cells) >= max(2, 0.6 * width) and words and not _is_number(cells[0]):
            return place
    return None


def _names(header: Cells) -> list[str]:
    """Return names of columns, each once; a column without one is called by its place."""
    while header and not _is_cell(header[-1]):
        header = header[:-1]
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(header, start=1):
        text = f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell) if _is_cell(cell) else ""
        name = " ".join(text.split()) or f"column {place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _filled(row: Cells) -> int:
    return sum(_is_cell(cell) for cell in row)


def _is_cell(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _is_number(cell: object) -> bool:
    if isinstance(cell, int | float):
        return True
    if not isinstance(cell, str):
        return False
    try:
        float(cell.replace(",", "").rstrip("%"))
    except ValueError:
        return False
    return True
