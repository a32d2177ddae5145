"""Dates as published files and spreadsheets write them, read the British way: 03/04/2023 is the third of April.

A column is read as a whole, because some spellings mean a thing only together: 2010-11 is November 2010 among
2010-10 and 2010-12, and a financial year among 2009-10 and 2011-12. A month, a quarter and a year stand for their
first day; quarters and years with two parts are financial ones, from 1 April.

Numbers as published files and spreadsheets write them.

A cell may hold, beside digits, thousands separators, a per cent or a pound sign; or one of the marks with which
published files say that a number is suppressed or was never there. A mark is a gap, and is said; anything else that is
no number is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

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


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) > 2 else number + (2000 if number < _CENTURY else 1900)


def _day_of(found: re.Match[str]) -> date:
    return date(_year(found["year"]), int(found["month"]), int(found["day"]))


def _month_of(found: re.Match[str]) -> date:
    return date(_year(found["year"]), int(found["month"]), 1)


def _named_day(found: re.Match[str]) -> date:
    return date(_year(found["year"]), _MONTHS[found["name"]], int(found["day"]))


def _named_month(found: re.Match[str]) -> date:
    return date(_year(found["year"]), _MONTHS[found["name"]], 1)


def _follows(found: re.Match[str]) -> int:
    """Return the first year of a financial year, whose second part must be the year after."""
    first = int(found["year"])
    if int(found["next"]) % 100 != (first + 1) % 100:
        raise ValueError(found[0])
    return first


def _financial_quarter(found: re.Match[str]) -> date:
    first, quarter = _follows(found), int(found["quarter"])
    return date(first + (quarter == 4), (4, 7, 10, 1)[quarter - 1], 1)


def _financial_year(found: re.Match[str]) -> date:
    return date(_follows(found), 4, 1)


def _named_of_financial(found: re.Match[str]) -> date:
    month = _MONTHS[found["name"]]
    return date(_follows(found) + (month < 4), month, 1)


_FINANCIAL = r"(?P<year>(?:19|20)\d{2})[-/](?P<next>(?:20)?\d{2})"
_FORMS: tuple[tuple[str, Callable[[re.Match[str]], date]], ...] = (
    (rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME}", _day_of),
    (r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})", _day_of),
    (rf"(?P<day>\d{{1,2}})[-/. ](?P<month>\d{{1,2}})[-/. ](?P<year>\d{{4}}|\d{{2}}){_TIME}", _day_of),
    (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/ ]{_NAME}[-/, ]+(?P<year>\d{{4}}|\d{{2}}){_TIME}", _named_day),
    (rf"{_NAME} {_FINANCIAL}", _named_of_financial),
    (rf"{_NAME}[-/ ]*(?P<year>\d{{4}}|\d{{2}})", _named_month),
    (rf"(?P<year>\d{{4}})[-/ ]*{_NAME}", _named_month),
    (rf"{_FINANCIAL}[-, ]*q(?:uarter ?)?(?P<quarter>[1-4])", _financial_quarter),
    (rf"q(?:uarter ?)?(?P<quarter>[1-4])[-,: ]*(?:of )?{_FINANCIAL}", _financial_quarter),
    (r"(?P<month>\d{1,2})/(?P<year>\d{4})", _month_of),
)
_MONTH_FORM = (r"(?P<year>\d{4})[-/](?P<month>\d{2})", _month_of)
_YEAR_FORM = (_FINANCIAL, _financial_year)


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
    texts = {value: _plain(value) for value in values}
    forms = (*_FORMS, *_order(list(texts.values())))
    read = {value: _read(value, text, forms) for value, text in texts.items()}
    return pd.to_datetime(cells.map(read)).astype("datetime64[ns]")


def _plain(value: Any) -> str:
    return " ".join(str(value).lower().split()) if isinstance(value, str) else ""


def _order(texts: list[str]) -> tuple[tuple[str, Callable[[re.Match[str]], date]], ...]:
    """Say whether 2010-11 is a financial year first, or a month."""
    pairs = [found for text in texts if (found := re.fullmatch(_FINANCIAL, text))]
    years = pairs and all(int(found["next"]) % 100 == (int(found["year"]) + 1) % 100 for found in pairs)
    return (_YEAR_FORM, _MONTH_FORM) if years else (_MONTH_FORM, _YEAR_FORM)


def _read(
    value: Any, text: str, forms: tuple[tuple[str, Callable[[re.Match[str]], date]], ...]
) -> datetime | None:
    if isinstance(value, date):
        return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    for form, read in forms:
        found = re.fullmatch(_LEAD + form, text)
        if found:
            try:
                day = read(found)
            except ValueError:
                continue
            return datetime(day.year, day.month, day.day)
    return None


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
