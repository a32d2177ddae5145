"""Cells as people write them: dates and numbers in published files, spreadsheets and a project's tables.

Dates are read the British way: 03/04/2023 is the third of April. A column is read as a whole, because some spellings
mean a thing only together: 2010-11 is November 2010 among 2010-10 and 2010-12, and a financial year among 2009-10 and
2011-12. A month, a quarter and a year stand for their first day; quarters and years with two parts are financial ones.

Numbers may have thousands separators, a per cent or a pound sign; or a mark that says that a number is suppressed or was
never there. A mark is a gap, and is said; anything else that is no number is refused. Who expects tidy cells reads
them ``plain``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from sutg_analysis.errors import DataError

_SPELT = (
    "jan january", "feb february", "mar march", "apr april", "may", "jun june",
    "jul july", "aug august", "sep sept september", "oct october", "nov november", "dec december",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_SPELT, start=1) for name in names.split()}
_NAME = "(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_LEAD = r"(?:rtt[- ]|week (?:ending|commencing|beginning) |w/[ec] |(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_CENTURY = 70
"""Two digits below it are of this century, as spreadsheets read them (their bound is 30 or 50)."""
_YEARS = range(1678, 2262)
"""Years that dates in nanoseconds can hold, whole."""
_FINANCIAL = r"(?P<year>(?:19|20)\d{2})[-/](?P<next>(?:20)?\d{2})"
_FORMS = (
    rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME}",
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
    rf"(?P<day>\d{{1,2}})[-/. ](?P<month>\d{{1,2}})[-/. ](?P<year>\d{{4}}|\d{{2}}){_TIME}",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/ ]{_NAME}[-/, ]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    rf"{_NAME} {_FINANCIAL}",
    rf"{_NAME}[-/ ]*(?P<year>\d{{4}}|\d{{2}})",
    rf"(?P<year>\d{{4}})[-/ ]*{_NAME}",
    rf"{_FINANCIAL}[-, ]*q(?:uarter ?)?(?P<quarter>[1-4])",
    rf"q(?:uarter ?)?(?P<quarter>[1-4])[-,: ]*(?:of )?{_FINANCIAL}",
    r"(?P<month>\d{1,2})/(?P<year>\d{4})",
)
_MONTH_FORM = r"(?P<year>\d{4})[-/](?P<month>\d{2})"


def written_dates(cells: pd.Series) -> pd.Series:
    """Return cells as dates; what is no date is missing.

    Parameters
    ----------
    cells
        Text, dates, or both.

    Returns
    -------
    pandas.Series
        ``datetime64[ns]``, with the index of the cells.

    Examples
    --------
    >>> written_dates(pd.Series(["03/04/2023", "Apr-23", "2023-24 Q4", "RTT-November-2024"])).astype(str).tolist()
    ['2023-04-03', '2023-04-01', '2024-01-01', '2024-11-01']
    >>> written_dates(pd.Series(["2009-10", "2010-11"])).astype(str).tolist()
    ['2009-04-01', '2010-04-01']
    >>> written_dates(pd.Series(["04/25/2023"])).isna().tolist()
    [True]
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.tz_localize(None).astype("datetime64[ns]")
    if isinstance(cells.dtype, pd.PeriodDtype):
        return cells.dt.to_timestamp().astype("datetime64[ns]")
    values = cells.drop_duplicates()
    texts = {value: " ".join(value.lower().split()) if isinstance(value, str) else "" for value in values}
    forms = (*_FORMS, *_order(list(texts.values())))
    read = {value: _read(value, text, forms) for value, text in texts.items()}
    held = {value: day for value, day in read.items() if day and day.year in _YEARS}
    return pd.to_datetime(cells.map(held)).astype("datetime64[ns]")


def _order(texts: list[str]) -> tuple[str, str]:
    """Say whether 2010-11 is a financial year first, or a month."""
    pairs = [found for text in texts if (found := re.fullmatch(_FINANCIAL, text))]
    years = pairs and all(int(found["next"]) % 100 == (int(found["year"]) + 1) % 100 for found in pairs)
    return (_FINANCIAL, _MONTH_FORM) if years else (_MONTH_FORM, _FINANCIAL)


def _read(value: object, text: str, forms: Sequence[str]) -> datetime | None:
    if isinstance(value, date):
        return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    for form in forms:
        if found := re.fullmatch(_LEAD + form, text):
            try:
                return _first_day(found)
            except ValueError:
                continue
    return None


def _first_day(found: re.Match[str]) -> datetime:
    """Return the day that a date stands for: the first of its month, quarter or financial year."""
    parts = found.groupdict()
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < _CENTURY else 1900
    month = int(parts.get("month", 4))
    if "name" in parts:
        month = _MONTHS[parts["name"]]
    elif "quarter" in parts:
        month = (4, 7, 10, 1)[int(parts["quarter"]) - 1]
    if "next" in parts:
        if int(parts["next"]) % 100 != (year + 1) % 100:
            raise ValueError(found[0])
        year += month < 4
    return datetime(year, month, int(parts.get("day", 1)))


def plain_dates(cells: pd.Series, *, times: bool = False) -> pd.Series:
    """Return cells as dates where they are ISO or day/month/year; anything else is missing.

    Parameters
    ----------
    cells
        Text, or dates.
    times
        Whether a time of day may follow, which is dropped; otherwise a cell with one is no date.

    Examples
    --------
    >>> plain_dates(pd.Series(["03/04/2023", "2023-04-03"])).astype(str).tolist()
    ['2023-04-03', '2023-04-03']
    >>> plain_dates(pd.Series(["Apr-23", "31/02/2023"])).isna().tolist()
    [True, True]
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        moments = cells.dt.tz_localize(None)
        days = moments.dt.normalize()
        return (days if times else days.where(days == moments)).astype("datetime64[us]")
    texts = cells.astype("str").where(cells.notna(), "")
    british = texts.str.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}" + (".*" if times else ""))
    iso = (texts != "") & ~british if times else texts.str.fullmatch(r"\d{4}-\d{2}-\d{2}(?: 00:00:00)?")
    read = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]")
    for days, form in ((texts[british].str.split(" ").str[0], "%d/%m/%Y"), (texts[iso], "ISO8601")):
        moments = pd.to_datetime(days, format=form, errors="coerce")
        read[days.index] = moments.dt.normalize().astype("datetime64[us]")
    return read


def is_month_number(cells: pd.Series) -> bool:
    """Say whether every cell is a whole number from 1 to 12."""
    numbers = pd.to_numeric(cells, errors="coerce")
    return bool(len(cells) and numbers.isin(range(1, 13)).all())


def is_year_number(cells: pd.Series) -> bool:
    """Say whether every cell is a whole number that can be a year."""
    numbers = pd.to_numeric(cells, errors="coerce")
    return bool(len(cells) and numbers.isin(range(1900, 2101)).all())


def year_and_month(years: pd.Series, months: pd.Series) -> pd.Series:
    """Return first days of months from columns of numbers or of month names.

    Examples
    --------
    >>> year_and_month(pd.Series(["2002"]), pd.Series(["March"])).astype(str).tolist()
    ['2002-03-01']
    """
    names = months.astype("str").str.strip().str.lower().map(_MONTHS)
    numbers = pd.to_numeric(months, errors="coerce").fillna(names)
    parts = {"year": pd.to_numeric(years, errors="coerce"), "month": numbers, "day": 1}
    return pd.to_datetime(pd.DataFrame(parts), errors="coerce").astype("datetime64[ns]")


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


def is_marked(cells: pd.Series, marks: Collection[str] = MARKS) -> pd.Series:
    """Say which cells hold nothing, or a mark for no number."""
    return cells.isna() | cells.astype("str").str.strip().str.lower().isin(list(marks))


def read_numbers(cells: pd.Series, *, marks: Collection[str] = MARKS, plain: bool = False) -> pd.Series:
    """Return cells as numbers; what is none, and marks for suppressed and not available, are missing.

    Parameters
    ----------
    cells
        Text, or numbers.
    marks
        Cells that stand for no number.
    plain
        Whether a number is digits alone, without separators and signs of percent and pounds.

    Examples
    --------
    >>> read_numbers(pd.Series(["1,204", "3.5%", "£12", "*", "seven", "3,5"])).tolist()
    [1204.0, 3.5, 12.0, nan, nan, nan]
    >>> read_numbers(pd.Series(["1,204", "12"]), plain=True).tolist()
    [nan, 12.0]
    """
    texts = cells
    if pd.api.types.is_bool_dtype(cells):
        texts = cells.astype("str")
    elif not plain and not pd.api.types.is_numeric_dtype(cells):
        texts = cells.astype("str").str.strip().str.replace(r"^£|\s|%$", "", regex=True)
        whole = texts.str.replace(",", "", regex=False)
        texts = texts.mask(texts.str.fullmatch(_GROUPED), whole).where(~is_marked(cells, marks))
    numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
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
    read, notes = {}, []
    for name in names:
        cells, marked = frame[name], is_marked(frame[name])
        read[name] = read_numbers(cells)
        bad = read[name].isna() & ~marked
        if bad.any():
            found = f"{file}, row {frame.index[bad][0]}, column {name}: {cells[bad].iloc[0]!r}"
            rest = f" ({bad.sum() - 1} more cells are no numbers)" if bad.sum() > 1 else ""
            remedy = f"Correct the cell, or empty it for a month not reported{rest}"
            raise DataError(found, "a number", remedy)
        marks = cells[marked & ~is_blank(cells)].astype("str").str.strip().value_counts()
        if len(marks):
            counts = ", ".join(f"{mark}: {many:,}" for mark, many in marks.items())
            cell, are, stay = (
                ("cell", "is", "stays a gap") if marks.sum() == 1 else ("cells", "are", "stay gaps")
            )
            notes.append(
                f"{marks.sum():,} {cell} of '{name}' {are} suppressed or not available ({counts}) and {stay}."
            )
    return frame.assign(**read), notes
