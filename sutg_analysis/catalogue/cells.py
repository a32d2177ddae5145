"""Cells as people write them: dates and numbers in published files, spreadsheets and a project's tables.

Dates are read the British way: 03/04/2023 is the third of April. A column is read as a whole, because some spellings
mean a thing only together: 2010-11 is November 2010 among 2010-10 and 2010-12, and a financial year among 2009-10 and
2011-12. A month, a quarter and a year stand for their first day; quarters of years with two parts are financial ones,
those of one year are of the calendar.

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
_LEAD = (
    r"(?:(?:rtt[- ]|(?:week|month|quarter|year) (?:ending|commencing|beginning|starting|to):? |w/?[ec]:? |as at )?"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?)"
)
_CODE = rf"(?:(?!total|all|ytd|average|mean|sum|{'|'.join(_MONTHS)})[a-z][a-z0-9&]{{2,}}[-_])?"
"""What the name of a return puts before its month, as MSitAE-APRIL-2023."""
_TAIL = re.compile(r" ?(?:[\[(](?:p|r|provisional|revised|note ?\d+)[\])]|\*)$")
"""What stands after a date and is no part of it."""
_TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_CENTURY = 70
"""Two digits below it are of this century, as spreadsheets read them (their bound is 30 or 50)."""
_YEARS = range(1678, 2262)
"""Years that dates in nanoseconds can hold, whole."""
_FINANCIAL = r"(?:fy ?)?(?P<year>(?:19|20)\d{2}) ?[-/–] ?(?P<next>(?:20)?\d{2})"
_SHORT = r"(?:fy ?)?(?P<year>\d{2})[-/](?P<next>\d{2})"
_QUARTER = r"q(?:t?r|uarter)? ?(?P<quarter>[1-4])"
_GAP = r"[-/_., ]*"
_DIGITS = r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])"
_FORMS = (
    rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME}",
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
    rf"(?P<day>\d{{1,2}})[-/. ](?P<month>\d{{1,2}})[-/. ](?P<year>\d{{4}}|\d{{2}}){_TIME}",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/ ]{_NAME}[-/, ]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    rf"{_CODE}{_NAME}{_GAP}{_FINANCIAL}",
    rf"{_FINANCIAL}{_GAP}{_NAME}",
    rf"{_CODE}{_NAME}{_GAP}['’]?(?P<year>\d{{4}}|\d{{2}})",
    rf"{_NAME} ?(?:to|-|–) ?(?P<until>[a-z]+)\.?{_GAP}(?P<year>\d{{4}})",
    rf"(?P<year>\d{{4}}){_GAP}{_NAME}",
    r"(?P<year>\d{4})[- ]?m(?P<month>\d{1,2})",
    *(rf"{year}{_GAP}{_QUARTER}" for year in (_FINANCIAL, _SHORT)),
    *(rf"{_QUARTER}[-,:/ ]*(?:of )?{year}" for year in (_FINANCIAL, _SHORT)),
    *(rf"{year}{_GAP}m(?:onth )?(?P<count>\d{{1,2}})" for year in (_FINANCIAL, _SHORT)),
    *(rf"m(?:onth )?(?P<count>\d{{1,2}})[-,:/ ]*(?:of )?{year}" for year in (_FINANCIAL, _SHORT)),
    rf"(?P<year>(?:19|20)\d{{2}}){_GAP}{_QUARTER}",
    rf"{_QUARTER}[-,:/ ]*(?:of )?(?P<year>(?:19|20)\d{{2}})",
    r"(?P<year>\d{4})-?w(?P<week>\d{2})",
    r"fy ?(?P<year>\d{2})[-/](?P<next>\d{2})",
    r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",
)
_MONTH_FORM = r"(?P<year>\d{4})[-/](?P<month>\d{2})"


def written_dates(cells: pd.Series) -> pd.Series:
    """Return cells as dates; what is no date is missing.

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
    held = {value: day for value, (day, _) in _read_all(cells).items() if day.year in _YEARS}
    return pd.to_datetime(cells.map(held)).astype("datetime64[ns]")


def written_kinds(cells: pd.Series) -> pd.Series:
    """Return what each cell is a date of: year, quarter, calendar quarter, month, week or day; missing for none.

    Examples
    --------
    >>> written_kinds(pd.Series(["2023-24", "Q1 2019", "Apr-23", "2023-04-03", "Total"])).tolist()
    ['year', 'calendar quarter', 'month', 'day', nan]
    """
    if pd.api.types.is_datetime64_any_dtype(cells) or isinstance(cells.dtype, pd.PeriodDtype):
        return pd.Series("day", cells.index, dtype="object").where(cells.notna())
    return cells.map({value: kind for value, (_, kind) in _read_all(cells).items()})


def _read_all(cells: pd.Series) -> dict[object, tuple[datetime, str]]:
    """Return the first day and the kind of each distinct cell that is a date."""
    texts = {value: _tidy(value) for value in cells.drop_duplicates()}
    forms = (*_FORMS, *_order(list(texts.values())))
    found = {value: _read(value, text, forms) for value, text in texts.items()}
    return {value: day for value, day in found.items() if day}


def _tidy(value: object) -> str:
    if isinstance(value, int | float | np.number) and value == value and 190_000 < value < 30_000_000:
        return f"{value:.0f}" if value == int(value) else ""
    return _TAIL.sub("", " ".join(value.lower().split())) if isinstance(value, str) else ""


def _order(texts: list[str]) -> tuple[str, ...]:
    """Say whether 2010-11 is a financial year first, or a month; and whether 202304 can be a month."""
    pairs = [found for text in texts if (found := re.fullmatch(_FINANCIAL, text))]
    years = pairs and all(int(found["next"]) % 100 == (int(found["year"]) + 1) % 100 for found in pairs)
    numbers = [text for text in texts if text.isdecimal()]
    digits = (_DIGITS,) if all(re.fullmatch(_DIGITS, text) for text in numbers) else ()
    return (_FINANCIAL, _MONTH_FORM, *digits) if years else (_MONTH_FORM, _FINANCIAL, *digits)


def _read(value: object, text: str, forms: Sequence[str]) -> tuple[datetime, str] | None:
    if isinstance(value, date):
        day = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return day, "day"
    for form in forms if text else ():
        if found := re.fullmatch(_LEAD + form, text):
            try:
                return _first_day(found), _kind(found)
            except ValueError:
                continue
    return None


def _kind(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if "quarter" in parts or "until" in parts:
        return "quarter" if "next" in parts else "calendar quarter"
    if found[0].startswith("w") or "week" in parts:
        return "week"
    if "day" in parts:
        return "day"
    return "month" if {"month", "name", "count"} & set(parts) else "year"


def _first_day(found: re.Match[str]) -> datetime:
    """Return the day that a date stands for: the first of its month, quarter or financial year."""
    parts = found.groupdict()
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < _CENTURY else 1900
    if "week" in parts:
        return datetime.fromisocalendar(year, int(parts["week"]), 1)
    month = int(parts.get("month", 4))
    if "name" in parts:
        month = _MONTHS[parts["name"]]
        if "until" in parts and _MONTHS.get(parts["until"]) != month + 2:
            raise ValueError(found[0])
    elif "quarter" in parts:
        month = ((4, 7, 10, 1) if "next" in parts else (1, 4, 7, 10))[int(parts["quarter"]) - 1]
    elif "count" in parts:  # months of a financial year are counted from April
        if not 1 <= int(parts["count"]) <= 12:
            raise ValueError(found[0])
        month = (int(parts["count"]) + 2) % 12 + 1
    if "next" in parts:
        if int(parts["next"]) % 100 != (year + 1) % 100:
            raise ValueError(found[0])
        year += month < 4
    return datetime(year, month, int(parts.get("day", 1)))


def plain_dates(cells: pd.Series, *, times: bool = False) -> pd.Series:
    """Return cells as dates where they are ISO or day/month/year; anything else is missing.

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
    """Return first days of periods from a column of years and one of months (or of quarters); years may be financial.

    Examples
    --------
    >>> year_and_month(pd.Series(["2002"]), pd.Series(["March"])).astype(str).tolist()
    ['2002-03-01']
    >>> year_and_month(pd.Series(["2023-24"]), pd.Series(["March"])).astype(str).tolist()
    ['2024-03-01']
    """
    if not is_year_number(years.dropna()):
        # A number beside a financial year may count from January or from April: it is no month.
        return written_dates(years.astype("str") + " " + months.astype("str"))
    if months.astype("str").str.contains(r"(?i)q").any():
        return written_dates(pd.to_numeric(years).astype("Int64").astype("str") + " " + months.astype("str"))
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
