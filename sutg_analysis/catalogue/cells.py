"""Dates as published files and spreadsheets write them, read the British way: 03/04/2023 is the third of April.

A column is read as a whole, because some spellings mean a thing only together: 2010-11 is November 2010 among
2010-10 and 2010-12, and a financial year among 2009-10 and 2011-12. A month, a quarter and a year stand for their
first day; quarters and years with two parts are financial ones, from 1 April.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pandas as pd

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
