"""From a frame to arrays: read and checked once, sorted once by series and date.

Everything after this works on flat arrays in which a series is a run of neighbouring rows, so that no step needs
to loop over series. Dates may be text, periods, with a time zone or without. Text in a number, two values on one
date, an infinite value, a denominator of zero: each is refused here, named by column and series.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from numbers import Number

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.control.limits import ChartType
from sutg_analysis.control.result import RESULT_COLUMNS
from sutg_analysis.errors import ArgumentError, DataError


def read_dates(column: pd.Series, *, where: str) -> pd.Series:
    """Return dates as nanoseconds without time zone; refuse what is no date.

    Examples
    --------
    >>> read_dates(pd.Series(["2024-04-01"]), where="column 'month'").iloc[0]
    Timestamp('2024-04-01 00:00:00')
    """
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    elif pd.api.types.is_numeric_dtype(column.dtype):
        raise ArgumentError(f"numbers in {where}", "dates", "Convert them with pandas.to_datetime")
    elif not isinstance(column.dtype, np.dtype | pd.DatetimeTZDtype) or column.dtype.kind != "M":
        column = _parsed(column, where)
    if column.isna().any():
        row = column.isna().argmax()
        raise DataError(
            f"no date in {where}, row {row + 1} of the frame", "a date in every row", "Fill or drop it"
        )
    if column.dt.tz is not None:
        column = column.dt.tz_localize(None)
    try:
        return column.astype("datetime64[ns]")
    except pd.errors.OutOfBoundsDatetime as fault:
        far = f"{column.min():%Y-%m-%d} to {column.max():%Y-%m-%d}"
        raise DataError(f"{far} in {where}", "dates from 1678 to 2261", "Correct the dates") from fault


def _parsed(column: pd.Series, where: str) -> pd.Series:
    """Return text, Python dates and the like as dates; each date has no time zone, or all have the same."""
    column = column.astype("object")
    try:
        return pd.to_datetime(column, format="ISO8601")
    except (ValueError, TypeError, OverflowError) as fault:
        wrong = column.notna() & column.map(
            lambda item: bool(pd.isna(pd.to_datetime(str(item), format="ISO8601", errors="coerce")))
        )
        found = repr(column[wrong].iloc[0]) if wrong.any() else "dates of several time zones"
        raise DataError(
            f"{found} in {where}", "dates such as 2024-04-01", "Correct or convert them"
        ) from fault


def moment_of(date: object, name: str) -> pd.Timestamp:
    """Return an argument as a date.

    Raises
    ------
    ArgumentError
        If it is none.

    Examples
    --------
    >>> moment_of("2024-04-01", "change")
    Timestamp('2024-04-01 00:00:00')
    """
    year = isinstance(date, int) and date < 2500
    try:
        moment = pd.Timestamp(f"{date}-01-01" if year else date)
    except (ValueError, TypeError):
        moment = pd.NaT
    if moment is pd.NaT:
        raise ArgumentError(f"{name}={date!r}", "a date such as 2024-04-01", "Correct the date")
    return moment.tz_localize(None)


LARGEST = 1e150
"""Squares and sums of larger numbers leave what a computer can hold."""
SPARSE = 4
"""Cells of a table of series by dates, for each row, above which sorting by comparison is cheaper."""


@dataclass(frozen=True)
class Readings:
    """Observations sorted by series and date; every array but ``keys`` and ``first`` has one item a row.

    ``series`` numbers the rows of ``keys``, ``first`` is where each series starts, ``row`` is the place of the
    observation in the caller's frame (for a subgroup, of its first measurement), ``size`` the subgroup's size.
    """

    keys: pd.DataFrame
    series: Places
    first: Places
    row: Places
    date: pd.Series
    value: Numbers
    numerator: Numbers | None = None
    denominator: Numbers | None = None
    spread: Numbers | None = None
    size: Numbers | None = None

    @property
    def last(self) -> Places:
        """Where each series ends (its last row)."""
        return np.append(self.first[1:], len(self.series)) - 1

    @property
    def stamp(self) -> NDArray[np.int64]:
        """Dates as whole numbers, for comparison only."""
        return self.date.to_numpy().view("int64")

    def name(self, series: np.intp | int) -> str:
        """Say which series, for a message: ``ward 'A'``."""
        row = self.keys.iloc[series]
        return ", ".join(f"{column} {value!r}" for column, value in row.items()) or "the only series"

    def place(self, row: np.intp | int) -> str:
        """Say which observation, for a message: ``ward 'A' on 2024-01-01``."""
        return f"{self.name(self.series[row])} on {self.date.iloc[row]:%Y-%m-%d}"


@dataclass(frozen=True)
class Columns:
    """Which columns of a frame hold what."""

    date: str
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    by: str | Sequence[str] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns."""
        return key_names(self.by, (self.date, self.value, self.numerator, self.denominator))


def key_names(by: str | Sequence[str] | None, taken: tuple[object, ...]) -> tuple[str, ...]:
    """Return the key columns as a tuple, each once and none a column of dates or values."""
    names = (by,) if isinstance(by, str) else tuple(by if by is not None else ())
    once = all(isinstance(name, Hashable) for name in names) and len(set(names)) == len(names)
    if not once or any(name in taken for name in names):
        raise ArgumentError(
            f"by={list(names)}",
            "key columns, each once, apart from dates and values",
            "Name each column once",
        )
    for name in names:
        if name in RESULT_COLUMNS:
            raise ArgumentError(
                f"a key column named {name!r}", "a name that the result does not use", "Rename the column"
            )
    return names


def read(frame: pd.DataFrame, columns: Columns, chart: ChartType) -> Readings:
    """Read and check the frame's columns; return them sorted by series and date, subgroups as one row each.

    Raises
    ------
    ArgumentError, DataError
        Naming the column, the series and what to do.
    """
    keys = columns.keys
    _check_columns(frame, columns, keys, chart)
    days = read_dates(frame[columns.date], where=f"column {columns.date!r}")
    codes, series_keys = _series_codes(frame, keys)
    row = _order(codes, days)
    series = codes if row is None else codes[row]
    row = np.arange(len(frame)) if row is None else row
    readings = Readings(
        keys=series_keys,
        series=series,
        first=np.flatnonzero(np.diff(series, prepend=-1)),
        row=row,
        date=days.take(row).reset_index(drop=True),
        value=np.empty(0),
    )
    if columns.value is not None:
        readings = replace(readings, value=_numbers(frame, columns.value, readings))
    else:
        readings = _counted(frame, str(columns.numerator), columns.denominator, readings, chart)
    counts = readings.value if readings.numerator is None else readings.numerator
    where, here = f"in column {columns.value or columns.numerator!r}", f"on a {chart.name} chart"
    if chart.counts:
        _refuse(readings, counts < 0, f"a negative count {where}", f"0 or more {here}")
    if chart.positive:
        remedy = "Use finer units, or a g chart"
        _refuse(readings, counts <= 0, f"a time of 0 or less {where}", f"times above 0 {here}", remedy)
    same_date = (np.diff(series) == 0) & (np.diff(readings.stamp) == 0)
    if chart.subgroups:
        return _subgrouped(readings, np.append(True, ~same_date))
    if same_date.any():
        raise DataError(
            f"two observations for one date in column {columns.date!r}, {readings.place(same_date.argmax())}",
            "one observation a date in each series",
            "Add them up, or name the column that tells them apart in by=",
        )
    return readings


def unfinished(frame: pd.DataFrame, column: str | None, readings: Readings) -> pd.Series | None:
    """Return the day up to which each row is known, missing where it is whole; None where all are."""
    if column is None:
        return None
    check_column(frame, column)
    known_to = frame[column].take(readings.row).reset_index(drop=True)
    some = known_to.notna()
    found = pd.Series(pd.NaT, index=known_to.index, dtype="datetime64[ns]")
    found[some] = read_dates(known_to[some], where=f"column {column!r}")
    return found if some.any() else None


def _check_columns(frame: pd.DataFrame, columns: Columns, keys: tuple[str, ...], chart: ChartType) -> None:
    check_frame(frame)
    value, numerator, denominator = columns.value, columns.numerator, columns.denominator
    if (value is None) == (numerator is None):
        found = "neither value nor numerator" if value is None else "both value and numerator"
        raise ArgumentError(found, "one of value= or numerator=", "Name one column")
    if numerator is None and denominator is not None:
        raise ArgumentError("denominator without numerator", "both", "Use numerator= instead of value=")
    if chart.denominator == "needed" and denominator is None:
        raise ArgumentError(
            f"chart={chart.name!r} without a denominator", "numerator= and denominator=", "Name both columns"
        )
    if chart.denominator == "none" and denominator is not None:
        raise ArgumentError(
            f"chart={chart.name!r} with a denominator",
            "values or counts alone",
            "Use p, u or i_prime for proportions and rates, or leave the denominator out",
        )
    given = [column for column in (value, numerator, denominator) if column is not None]
    for column in (columns.date, *given, *keys):
        check_column(frame, column)
    if len(frame) == 0:
        raise DataError("a frame without rows", "at least one observation", "Check the filter that made it")


def check_frame(frame: object) -> None:
    """Refuse anything but a frame."""
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"a {type(frame).__name__}", "a pandas DataFrame", "Give the data as a frame")


def check_column(frame: pd.DataFrame, column: object) -> None:
    """Refuse a column that the frame lacks or holds twice."""
    if not isinstance(column, Hashable) or column not in frame.columns:
        known = ", ".join(sorted(map(str, frame.columns))) or "no columns"
        in_index = isinstance(column, Hashable) and column in frame.index.names and column is not None
        remedy = "It is in the index: call frame.reset_index() first" if in_index else "Correct the name"
        raise ArgumentError(f"no column {column!r}", f"one of {known}", remedy)
    if not frame.columns.is_unique and (frame.columns == column).sum() > 1:
        raise ArgumentError(
            f"column {column!r} more than once", "one column of that name", "Rename the others"
        )


def _series_codes(frame: pd.DataFrame, by: tuple[str, ...]) -> tuple[Places, pd.DataFrame]:
    """Return the number of each row's series, in the order of their keys, and the keys."""
    if not by:
        return np.zeros(len(frame), dtype=np.intp), pd.DataFrame(index=pd.RangeIndex(1))
    codes, levels = zip(*(_factorised(frame[name], name) for name in by), strict=True)
    joint = codes[0]
    for code, level in zip(codes[1:], levels[1:], strict=True):
        joint = joint * len(level) + code
    sizes = [len(level) for level in levels]
    present, series = (np.arange(sizes[0]), joint) if len(by) == 1 else np.unique(joint, return_inverse=True)
    places = np.unravel_index(present, sizes)
    keys = {name: level.take(place) for name, level, place in zip(by, levels, places, strict=True)}
    return series.astype(np.intp, copy=False), pd.DataFrame(keys)


def _factorised(column: pd.Series, name: str) -> tuple[Places, pd.Index]:
    if column.isna().any():
        raise DataError(
            f"{int(column.isna().sum())} rows without a value in key column {name!r}",
            "a key in every row",
            "Fill or drop those rows",
        )
    # Rows of one series mostly follow each other: only the first of each run needs looking up.
    values = column.array
    start = np.append(0, np.flatnonzero(np.asarray(values[1:] != values[:-1])) + 1)
    try:
        codes, level = pd.factorize(column.take(start), sort=True)
    except TypeError as fault:
        raise DataError(
            f"values of different kinds in key column {name!r}", "one kind", "Convert them to text"
        ) from fault
    return np.repeat(codes, np.diff(start, append=len(values))), pd.Index(level)


def _order(series: Places, days: pd.Series) -> Places | None:
    """Return the rows in order of series and date; None if they are so already."""
    stamp = days.to_numpy().view("int64")
    step = np.diff(series)
    if not (step < 0).any() and not ((step == 0) & (np.diff(stamp) < 0)).any():
        return None
    order = _by_cell(series, stamp)
    return np.lexsort((stamp, series)) if order is None else order


def _by_cell(series: Places, stamp: NDArray[np.int64]) -> Places | None:
    """Sort by putting each row in its cell of a table of series by dates, ten times as fast as comparing.

    None where the table would be large and mostly empty, or two rows share a cell.
    """
    day, days = pd.factorize(stamp, sort=True)
    cells = (int(series.max()) + 1) * len(days)
    if cells > SPARSE * len(series):
        return None
    table = np.full(cells, -1, dtype=np.intp)
    table[series * len(days) + day] = np.arange(len(series))
    order = table[table >= 0]
    return order if len(order) == len(series) else None


def _numbers(frame: pd.DataFrame, column: str, readings: Readings) -> Numbers:
    """Return a column as sorted floats; refuse text and infinities."""
    found = frame[column]
    kinds = (pd.api.types.is_bool_dtype, pd.api.types.is_datetime64_any_dtype, pd.api.types.is_complex_dtype)
    if any(is_kind(found.dtype) for is_kind in kinds):
        raise DataError(
            f"{found.dtype} values in column {column!r}", "numbers", "Convert them to numbers first"
        )
    if not pd.api.types.is_numeric_dtype(found.dtype):
        found = _number_text(found, column, readings)
    numbers = found.to_numpy(dtype=np.float64, na_value=np.nan)[readings.row]
    if max(np.fmax.reduce(numbers), -np.fmin.reduce(numbers)) > LARGEST:
        at = (np.abs(numbers) > LARGEST).argmax()
        found = "an infinite value" if np.isinf(numbers[at]) else f"{numbers[at]:g}"
        raise DataError(
            f"{found} in column {column!r}, {readings.place(at)}",
            f"finite numbers up to {LARGEST:g}",
            "Correct or empty it",
        )
    return numbers


def _number_text(column: pd.Series, name: str, readings: Readings) -> pd.Series:
    """Return an object column as numbers where each is a number or missing."""
    wrong = column.notna()
    if not isinstance(column.dtype, pd.StringDtype):
        wrong &= ~column.map(lambda item: isinstance(item, Number) and not isinstance(item, bool))
    if wrong.any():
        at = wrong.argmax()
        place = readings.place((readings.row == at).argmax())
        raise DataError(
            f"{column.iloc[at]!r} in column {name!r}, {place}",
            "a number",
            "Correct it, or leave it empty if missing",
        )
    return pd.to_numeric(column)


def _counted(
    frame: pd.DataFrame, numerator: str, denominator: str | None, readings: Readings, chart: ChartType
) -> Readings:
    """Read numerator and denominator, and divide."""
    above = _numbers(frame, numerator, readings)
    if denominator is None:
        return replace(readings, value=above, numerator=above)
    below, where = _numbers(frame, denominator, readings), f"in column {denominator!r}"
    _refuse(readings, below < 0, f"a negative denominator {where}", "a number above 0")
    nothing = (below == 0) & (above != 0) & ~np.isnan(above)
    _refuse(readings, nothing, f"a zero denominator under a numerator {where}", "a number above 0")
    if chart.proportion:
        found = f"numerator above denominator in columns {numerator!r} and {denominator!r}"
        remedy = "Correct it, or use chart='u'"
        _refuse(readings, above > below, found, "a part no larger than its whole", remedy)
    # Nothing out of nothing is a gap, not a zero.
    below = np.where((below == 0) | np.isnan(above), np.nan, below)
    above = np.where(np.isnan(below), np.nan, above)
    return replace(readings, value=above / below, numerator=above, denominator=below)


def _refuse(
    readings: Readings,
    wrong: Flags,
    found: str,
    expected: str,
    remedy: str = "Correct it, or empty it if unknown",
) -> None:
    if wrong.any():
        more = f" and {wrong.sum() - 1} more" if wrong.sum() > 1 else ""
        raise DataError(f"{found}, {readings.place(wrong.argmax())}{more}", expected, remedy)


def _subgrouped(readings: Readings, start: Flags) -> Readings:
    """Return one row a date: mean, standard deviation and size of its measurements (missing ones left out)."""
    group = np.cumsum(start) - 1
    known = ~np.isnan(readings.value)
    count = int(group[-1]) + 1
    size = np.bincount(group[known], minlength=count).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(group[known], weights=readings.value[known], minlength=count) / size
        mean += (
            np.bincount(group[known], weights=(readings.value - mean[group])[known], minlength=count) / size
        )
        squares = np.bincount(
            group[known], weights=((readings.value - mean[group])[known]) ** 2, minlength=count
        )
        spread = np.sqrt(squares / (size - 1))
    series = readings.series[start]
    return replace(
        readings,
        series=series,
        first=np.flatnonzero(np.diff(series, prepend=-1)),
        row=readings.row[start],
        date=readings.date[start].reset_index(drop=True),
        value=mean,
        spread=np.where(size > 1, spread, np.nan),
        size=size,
    )
