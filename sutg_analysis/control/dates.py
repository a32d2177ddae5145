"""Dates as people give them - text, periods, with a time zone or without - to dates that can be compared."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
        row = int(np.flatnonzero(column.isna())[0])
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
        wrong = column.notna() & column.map(_is_no_date)
        found = repr(column[wrong].iloc[0]) if wrong.any() else "dates of several time zones"
        raise DataError(
            f"{found} in {where}", "dates such as 2024-04-01", "Correct or convert them"
        ) from fault


def _is_no_date(item: object) -> bool:
    return bool(pd.isna(pd.to_datetime(str(item), format="ISO8601", errors="coerce")))
