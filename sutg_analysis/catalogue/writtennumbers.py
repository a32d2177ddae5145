"""Numbers as published files and spreadsheets write them.

A cell may hold, beside digits, thousands separators, a per cent or a pound sign; or one of the marks with which
published files say that a number is suppressed or was never there. A mark is a gap, and is said; anything else that is
no number is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sutg_analysis.errors import DataError

MARKS = frozenset(
    [
        "*",
        "**",
        "-",
        "–",
        "—",
        ".",
        "..",
        "...",
        ":",
        "~",
        "#",
        "[c]",
        "[x]",
        "[z]",
        "[u]",
        "[w]",
        "[low]",
        "(c)",
        "c",
        "x",
        "z",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
        "suppressed",
    ]
) | {"not available", ""}
"""Cells, in small letters, that stand for a number suppressed or not available."""
ENOUGH = 0.9
"""Of the cells of a column, the share that make it one of numbers or dates."""
_GROUPED = r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
"""Thousands as Britain writes them. The comma of 3,5 is no such thing, and 3,5 no number: it is refused, not read as 35."""


def is_blank(cells: pd.Series) -> pd.Series:
    """Say which cells hold nothing."""
    return cells.isna() | (cells.astype("str").str.strip() == "")


def is_marked(cells: pd.Series) -> pd.Series:
    """Say which cells hold nothing, or a mark for no number."""
    return cells.isna() | cells.astype("str").str.strip().str.lower().isin(MARKS)


def read_numbers(cells: pd.Series) -> pd.Series:
    """Return cells as numbers; what is none, and marks for suppressed and not available, are missing.

    Examples
    --------
    >>> read_numbers(pd.Series(["1,204", "3.5%", "£12", "*", "seven", "3,5"])).tolist()
    [1204.0, 3.5, 12.0, nan, nan, nan]
    """
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.astype("float64")
    texts = cells.astype("str").str.strip().str.replace(r"^£|\s|%$", "", regex=True)
    grouped = texts.str.fullmatch(_GROUPED)
    texts = texts.mask(grouped, texts.str.replace(",", "", regex=False))
    numbers = pd.to_numeric(texts.where(~is_marked(cells)), errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def is_numbers(cells: pd.Series) -> bool:
    """Say whether nearly every cell that holds something is a number."""
    known = cells[~is_marked(cells)]
    return bool(len(known)) and float(read_numbers(known).notna().mean()) >= ENOUGH


def as_numbers(frame: pd.DataFrame, names: Sequence[str], file: str) -> tuple[pd.DataFrame, list[str]]:
    """Return the table with columns as numbers, and what to say of their gaps.

    Raises
    ------
    DataError
        A cell is no number and no mark for one that is missing; the message names file, row and column.
    """
    read, said = {}, []
    for name in names:
        cells, marked = frame[name], is_marked(frame[name])
        read[name] = read_numbers(cells)
        bad = read[name].isna() & ~marked
        if bad.any():
            found = f"{file}, row {frame.index[bad][0]}, column {name}: {cells[bad].iloc[0]!r}"
            raise DataError(found, "a number", _number_remedy(int(bad.sum())))
        said += _gaps(cells[marked & ~is_blank(cells)], name)
    return frame.assign(**read), said


def _number_remedy(many: int) -> str:
    rest = f" ({many - 1} more cells are no numbers)" if many > 1 else ""
    return f"Correct the cell, or empty it for a month not reported{rest}"


def _gaps(marks: pd.Series, name: str) -> list[str]:
    if marks.empty:
        return []
    counts = marks.astype("str").str.strip().value_counts()
    shown = ", ".join(f"{mark}: {many:,}" for mark, many in counts.items())
    one = len(marks) == 1
    told = f"{len(marks):,} {'cell' if one else 'cells'} of '{name}' {'is' if one else 'are'}"
    return [f"{told} suppressed or not available ({shown}) and {'stays a gap' if one else 'stay gaps'}."]
