"""The date, the values and the series of a table are columns that were asked for, or the one candidate there is.

Where there are several candidates nothing is guessed, and the error lists them. What a number cell may hold beside
digits is known too: thousands separators, a per cent or pound sign, and the marks with which published files say that
a number is suppressed or was never there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pandas as pd

from sutg_analysis.catalogue.cells import (
    ENOUGH,
    as_numbers,
    is_blank,
    is_marked,
    is_month_number,
    is_numbers,
    is_year_number,
    read_numbers,
    written_dates,
    written_kinds,
    year_and_month,
)
from sutg_analysis.errors import ArgumentError, DataError, first_few

_CODES = re.compile(
    r"(^|[_ ])(id|code|ref|no|number|index|row)s?$|(^|[_ ])(year|month|week|quarter|day)$", re.IGNORECASE
)
_EXPOSURE = re.compile(r"(occupied |total )?bed[_ ]?days|obds?", re.IGNORECASE)
MADE = "date of the row"
VALUE = "value"
_CALLED = r"(date|month|period|week|day)( (ending|commencing|beginning))?"
_CALLED_PART = re.compile(r"month|quarter|qtr", re.IGNORECASE)
_SERIES = 24
"""With more distinct words than that a column is not guessed to name series."""


@dataclass(frozen=True)
class Wanted:
    """The columns asked for; ``None`` and empty where they are to be found."""

    date: str | None = None
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    by: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of numbers asked for."""
        return tuple(name for name in (self.value, self.numerator, self.denominator) if name)


@dataclass(frozen=True, eq=False)
class Chosen:
    """A table whose dates and numbers are such, the columns chosen, and the choices in words."""

    frame: pd.DataFrame
    columns: Wanted
    choices: tuple[str, ...]


def column_named(frame: pd.DataFrame, name: str, *, option: str) -> str:
    """Return the column of that name, capitals or not.

    Raises
    ------
    ArgumentError
        There is none; the message lists those there are.
    """
    if name in frame.columns:
        return name
    small = {str(column).lower(): str(column) for column in frame.columns}
    if name.strip().lower() in small:
        return small[name.strip().lower()]
    close = get_close_matches(name.lower(), small, n=1)
    close = close or [column for column in small if name.strip().lower() in column][:1]
    hint = f"; did you mean {small[close[0]]!r}?" if close else ""
    raise ArgumentError(
        f"no column {name!r}", f"one of {first_few(frame.columns)}", f"Correct {option}{hint}"
    )


def choose(frame: pd.DataFrame, wanted: Wanted, *, name: str, series: bool = True) -> Chosen:
    """Find the date, the numbers and the series of a table.

    Raises
    ------
    ArgumentError
        A column asked for is not there, or there are several candidates.
    DataError
        A cell is no date or no number, or there is no candidate.

    Examples
    --------
    >>> cells = pd.DataFrame({"Month": ["Apr-23", "May-23"], "Falls": ["3", "*"]}, index=[2, 3])
    >>> for line in choose(cells, Wanted(), name="falls.csv").choices:
    ...     print(line)
    date: 'Month' (2 dates); give --date to choose another column.
    value: 'Falls' (numbers, 3 to 3); give --value to choose another column.
    1 cell of 'Falls' is suppressed or not available (*: 1) and stays a gap.
    """
    long, wanted, of_shape = _one_row_a_date(frame, _as_spelt(frame, wanted))
    dated, date, of_dates = _dated(long, wanted, name)
    numbered, of_numbers = _with_numbers(dated, wanted, date)
    read, gaps = as_numbers(dated, numbered.numbers, name)
    by, of_series = _series(read, numbered, date) if series else (numbered.by, [])
    choices = (*of_shape, *of_dates, *of_numbers, *of_series, *gaps)
    return Chosen(read, replace(numbered, date=date, by=by), choices)


def _as_spelt(frame: pd.DataFrame, wanted: Wanted) -> Wanted:
    def spelt(name: str | None, option: str) -> str | None:
        return column_named(frame, name, option=option) if name else None

    date = wanted.date
    if date and "+" in date and date not in frame.columns:
        year, month = date.split("+", 1)
        date = "+".join(column_named(frame, part, option="--date") for part in (year, month))
    elif date:
        date = spelt(date, "--date")
    wide = len(_date_columns(frame)) > 2
    value = wanted.value if wide and wanted.value not in frame.columns else spelt(wanted.value, "--value")
    return Wanted(
        date,
        value,
        spelt(wanted.numerator, "--numerator"),
        spelt(wanted.denominator, "--denominator"),
        tuple(column_named(frame, name, option="--by") for name in wanted.by),
    )


def _date_columns(frame: pd.DataFrame) -> list[str]:
    names = pd.Series(frame.columns.astype("str"), index=frame.columns, dtype="object")
    dates = written_dates(names)
    return [str(name) for name in frame.columns[dates.notna().to_numpy()]]


def _one_row_a_date(frame: pd.DataFrame, wanted: Wanted) -> tuple[pd.DataFrame, Wanted, list[str]]:
    """Return a table with a column a date as one with a row a date."""
    dates = _date_columns(frame)
    if wanted.date or wanted.numerator or len(dates) < 3 or wanted.value in frame.columns:
        return frame, wanted, []
    by = wanted.by or _naming(frame, [str(name) for name in frame.columns if name not in dates])
    value = wanted.value or VALUE
    long = frame.melt(id_vars=list(by), value_vars=dates, var_name=MADE, value_name=value, ignore_index=False)
    choices = [
        f"A column a date: {len(dates)} columns, '{dates[0]}' to '{dates[-1]}'; a row became a series."
    ]
    if by and not wanted.by:
        choices.append(f"by: {first_few(by)}; give --by to choose other columns.")
    return long, Wanted(MADE, value, None, None, tuple(by)), choices


def _naming(frame: pd.DataFrame, names: Sequence[str]) -> tuple[str, ...]:
    """Return the column of words that names each row, or all of them where none does alone."""
    words = [name for name in names if not is_numbers(frame[name]) and frame[name].notna().any()]
    alone = [name for name in words if not frame[name].duplicated().any()]
    if len(frame) == 1 and not alone:
        return ()
    return (_most_telling(alone),) if alone else tuple(words)


def _most_telling(names: Sequence[str]) -> str:
    return next((name for name in names if "name" in name.lower()), names[0])


def _dated(frame: pd.DataFrame, wanted: Wanted, file: str) -> tuple[pd.DataFrame, str, list[str]]:
    """Return the table with its dates read, their column, and what to say; rows that are notes are left out."""
    asked, guess = (wanted.date, "") if wanted.date else _guessed_date(frame)
    column, dates, cells = _dates_of(frame, asked)
    others = [name for name in frame.columns if name != column and name not in wanted.by]
    # A row with nothing, or only marks for no number, beside its date and series is a note.
    note = pd.DataFrame({name: is_marked(frame[name]) for name in others}, index=frame.index).all(axis=1)
    lost = dates.isna() & ~note
    if lost.any():
        raise _no_date(frame, cells, lost, asked, file)
    days = dates[dates.notna()]
    many = days.nunique()
    choices = [f"{guess} ({many} date{'s' * (many != 1)}); give --date to choose another column."]
    choices = choices if guess else []
    kinds = written_kinds(cells[days.index])
    choices += _of_kinds(kinds, cells, file)
    if len(days) and days.dt.is_month_end.all():
        days = days.dt.to_period("M").dt.start_time.astype(days.dtype)
        choices.append("Its dates are last days of months, and stand for the months.")
    return frame[dates.notna()].assign(**{column: days}), column, choices


def _of_kinds(kinds: pd.Series, cells: pd.Series, file: str) -> list[str]:
    """Refuse years and quarters among shorter periods, and say which quarters are of the calendar."""
    usual = kinds.mode()
    long = kinds.isin(["year", "quarter", "calendar quarter"]) & (
        kinds != (usual.iloc[0] if len(usual) else "")
    )
    if long.any():
        row = kinds.index[long][0]
        found = f"{file}, row {row}: {cells[row]!r}, a {kinds[row]} among {usual.iloc[0]}s"
        raise DataError(
            found, "periods of one length", "Delete the rows of totals, or chart them alone with --where"
        )
    if (kinds == "calendar quarter").any():
        return [
            "Its quarters are of the calendar: Q1 is January to March; give --financial if Q1 is April to June."
        ]
    return []


def _dates_of(frame: pd.DataFrame, asked: str) -> tuple[str, pd.Series, pd.Series]:
    """Return the column of dates, the dates, and the cells they were read from."""
    if asked in frame.columns:
        cells = frame[asked]
        if is_year_number(cells.dropna()):
            return asked, year_and_month(cells, pd.Series(1, index=frame.index)), cells
        return asked, written_dates(cells), cells
    years, months = (frame[part] for part in asked.split("+", 1))
    return MADE, year_and_month(years, months), years.astype("str") + " " + months.astype("str")


def _no_date(frame: pd.DataFrame, cells: pd.Series, lost: pd.Series, asked: str, file: str) -> DataError:
    row, cell = frame.index[lost][0], cells[lost].iloc[0]
    if lost.all() and is_numbers(cells):
        parts = _year_and_month_columns(frame)
        remedy = f"Use --date {'+'.join(parts)}" if parts else "Give a column of dates with --date"
        return DataError(f"{file}: numbers in the column {asked}, such as {cell}", "dates", remedy)
    return DataError(
        f"{file}, row {row}, column {asked}: {repr(cell) if str(cell).strip() else 'no date'}",
        "a date, day before month, such as 03/04/2023, 2023-04-03, Apr-23 or 2023-24 Q2",
        "Correct the cell, or delete the row",
    )


def _guessed_date(frame: pd.DataFrame) -> tuple[str, str]:
    """Return the column of dates, and that it was guessed, in words."""
    parts = _year_and_month_columns(frame)
    names = [str(name) for name in frame.columns if _is_dates(frame[name])]
    if parts and set(names) <= set(parts):
        return "+".join(parts), f"date: '{parts[0]}' and '{parts[1]}' together"
    starts = [name for name in names if re.search(r"start|from|begin", name, re.IGNORECASE)]
    if len(names) > 1 and len(starts) == 1:
        names = starts
    names = names or _nearly_dates(frame)
    if not names:
        raise DataError(
            f"no column of dates among {first_few(frame.columns)}",
            "one, such as 2023-04-01, 01/04/2023, Apr-23 or 2023-24 Q2",
            "Add one, or name it with --date",
        )
    if len(names) > 1:
        raise ArgumentError(f"several columns of dates: {first_few(names)}", "one", "Choose it with --date")
    return names[0], f"date: '{names[0]}'"


def _nearly_dates(frame: pd.DataFrame) -> list[str]:
    """Return columns of years; or else those half of dates, or called so, whose faulty cell will then be named."""
    half = [str(name) for name in frame.columns if _is_dates(frame[name], share=0.5)]
    called = [str(name) for name in frame.columns if re.fullmatch(_CALLED, str(name), re.IGNORECASE)]
    return next((names for names in (_years(frame), half, called) if len(names) == 1), [])


def _year_and_month_columns(frame: pd.DataFrame) -> tuple[str, str] | tuple[()]:
    years = _years(frame)
    months = [str(n) for n in frame.columns if _CALLED_PART.search(str(n)) and _is_months(frame[n].dropna())]
    return (years[0], months[0]) if len(years) == 1 and len(months) == 1 else ()


def _years(frame: pd.DataFrame) -> list[str]:
    called = [name for name in map(str, frame.columns) if re.search(r"year|\bfy\b", name, re.IGNORECASE)]
    return [
        name for name in called if is_year_number(frame[name].dropna()) or _is_years(frame[name].dropna())
    ]


def _is_years(cells: pd.Series) -> bool:
    return bool(len(cells)) and bool((written_kinds(cells) == "year").all())


def _is_months(cells: pd.Series) -> bool:
    named = year_and_month(pd.Series(2000, index=cells.index), cells)
    quarters = cells.astype("str").str.fullmatch(r"(?i)q(uarter )?[1-4]").all()
    return is_month_number(cells) or bool(len(cells) and (quarters or named.notna().all()))


def _is_dates(cells: pd.Series, *, share: float = ENOUGH) -> bool:
    known = cells[~is_blank(cells)]
    return bool(len(known)) and float(written_dates(known).notna().mean()) >= share


def _with_numbers(frame: pd.DataFrame, wanted: Wanted, date: str) -> tuple[Wanted, list[str]]:
    if wanted.numbers:
        return wanted, []
    found = [
        str(name)
        for name in frame.columns
        if name not in {date, *wanted.by} and is_numbers(frame[name]) and not _CODES.search(str(name))
    ]
    if not found:
        raise DataError(
            f"no column of numbers among {first_few(frame.columns)}",
            "one",
            "Name it with --value; or count the rows by month with --count",
        )
    found = [name for name in found if name.lower() == VALUE] or found
    below = [name for name in found if _EXPOSURE.fullmatch(name)]
    if len(found) == 2 and len(below) == 1:
        (above,) = set(found) - set(below)
        choice = f"value: '{above}' over '{below[0]}', per 1,000; give --value '{above}' to chart it alone."
        return replace(wanted, numerator=above, denominator=below[0]), [choice]
    if len(found) > 1:
        remedy = "Choose one with --value, or two with --numerator and --denominator"
        raise ArgumentError(f"several columns of numbers: {first_few(found)}", "one", remedy)
    numbers = read_numbers(frame[found[0]])
    span = f"{numbers.min():,.10g} to {numbers.max():,.10g}"
    choice = f"value: '{found[0]}' (numbers, {span}); give --value to choose another column."
    return replace(wanted, value=found[0]), [choice]


def _series(frame: pd.DataFrame, chosen: Wanted, date: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the columns that name series: as asked, or one that leaves each date once."""
    twice = frame.duplicated([date, *chosen.by])
    if chosen.by or not twice.any():
        return chosen.by, []
    few = [
        name
        for name in map(str, frame.columns)
        if name not in {date, *chosen.numbers}
        and frame[name].nunique() <= _SERIES
        and not frame.duplicated([date, name]).any()
        and (_CODES.search(name) or not is_numbers(frame[name]))
    ]
    if not few:
        return (), []
    name = _most_telling(few)
    return (name,), [f"by: '{name}' ({frame[name].nunique()} series); give --by to choose other columns."]
