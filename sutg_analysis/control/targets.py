"""Targets: one number, a column, one a series, or a table of dated targets and trajectories.

Of the targets whose dates hold at a point, the one that started last counts. Assurance compares the target at the
last point with the limits there: would the process reach it if nothing changed?
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from numbers import Real
from typing import TypeAlias

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Numbers
from sutg_analysis.control.observations import Readings, check_column, read_dates
from sutg_analysis.control.segments import by_key, is_blank, series_of
from sutg_analysis.errors import ArgumentError, DataError

Per = float | str | Mapping[Hashable, float]
"""A number, a column, or a number by series."""
Target: TypeAlias = Per | pd.DataFrame
"""The same, or dated targets."""

IMPROVEMENTS = ("increase", "decrease", "neutral")


def targets(given: Target | None, frame: pd.DataFrame, readings: Readings) -> tuple[Numbers, bool]:
    """Return the target of each row, and whether a gap in it means "as before" (a column) or "none".

    Raises
    ------
    ArgumentError, DataError
        If the target is no number, a column, key or date is wrong, or two targets start on one date.
    """
    if given is None or (isinstance(given, Real) and not isinstance(given, bool)):
        number = np.nan if given is None else float(given)
        if np.isinf(number):
            raise ArgumentError(f"target={given}", "a finite number", "Leave the target out if there is none")
        return np.full(len(readings.series), number), False
    if isinstance(given, pd.DataFrame):
        return _dated(given, readings), False
    if isinstance(given, Mapping):
        table = by_key(given, readings, what="target")
        found = np.full(len(readings.keys), np.nan)
        found[table["_series"]] = _finite(table["item"], "target=")
        return found[readings.series], False
    if isinstance(given, str):
        check_column(frame, given)
        return _finite(frame[given], f"column {given!r}")[readings.row], True
    raise ArgumentError(
        f"target= as a {type(given).__name__}", "a number, column, mapping or frame", "Give one of these"
    )


def _finite(column: pd.Series, where: str) -> Numbers:
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        try:
            column = pd.to_numeric(column.astype("object"))
        except (ValueError, TypeError) as fault:
            raise DataError(f"text in the targets of {where}", "numbers", "Correct the targets") from fault
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise DataError(f"an infinite target in {where}", "finite numbers", "Leave it empty if there is none")
    return numbers


def _dated(given: pd.DataFrame, readings: Readings) -> Numbers:
    """Return the target in force at each row."""
    table = _dated_table(given, readings)
    if table.empty:
        return np.full(len(readings.series), np.nan)
    start = table["start"].to_numpy().view("int64")
    end = table["end"].to_numpy().view("int64")
    owner = table["_series"].to_numpy()
    stamp = readings.stamp
    place = _last_start(owner, start, readings) if len(table) else np.full(len(stamp), -1)
    found = np.full(len(stamp), np.nan)
    searching = np.arange(len(stamp))
    # Steps back one target at a time for all rows still without one: as many rounds as targets overlap.
    while len(searching := searching[(place[searching] >= 0)]):
        candidate = place[searching]
        own = owner[candidate] == readings.series[searching]
        holds = own & (stamp[searching] <= end[candidate])
        found[searching[holds]] = table["target"].to_numpy()[candidate[holds]]
        searching = searching[own & ~holds]
        place[searching] -= 1
    return found


def _last_start(owner: np.ndarray, start: np.ndarray, readings: Readings) -> np.ndarray:
    """Return for each row the last target of its series that has started, as a place in the sorted table."""
    both = np.concatenate([readings.series, owner])
    times = np.concatenate([readings.stamp, start])
    is_row = np.concatenate(
        [np.ones(len(readings.series), dtype=np.int8), np.zeros(len(owner), dtype=np.int8)]
    )
    order = np.lexsort((is_row, times, both))
    passed = np.cumsum(is_row[order] == 0) - 1
    place = np.empty(len(both), dtype=np.intp)
    place[order] = passed
    return place[: len(readings.series)]


def _dated_table(given: pd.DataFrame, readings: Readings) -> pd.DataFrame:
    for column in ("start", "target"):
        check_column(given, column)
    kept = [name for name in readings.keys if name in given.columns]
    table = given[kept].assign(
        start=_open_dates(given["start"], "1700-01-01"),
        end=_open_dates(given["end"], "2200-01-01") if "end" in given.columns else pd.Timestamp("2200-01-01"),
        target=_finite(given["target"], "the target frame"),
    )
    table = series_of(table.astype({"end": "datetime64[ns]"}), readings, what="target")
    backwards = table["end"] < table["start"]
    if backwards.any():
        day = table["start"][backwards].iloc[0]
        raise DataError(
            f"a target that starts {day:%Y-%m-%d} and ends before it", "an end after it", "Correct it"
        )
    # A target of the series' own goes before one for several that starts on the same day.
    table = table.sort_values(["_series", "start", "_open"], ascending=[True, True, False], kind="stable")
    table = table.reset_index(drop=True)
    again = table.duplicated(["_series", "start", "_open"])
    if again.any():
        row = table[again].iloc[0]
        day = "without a start" if row["start"].year == 1700 else f"that start on {row['start']:%Y-%m-%d}"
        raise DataError(
            f"two targets {day} for {readings.name(row['_series'])}", "one", "Remove or date one of them"
        )
    return table


def _open_dates(column: pd.Series, default: str) -> pd.Series:
    blank = is_blank(column)
    dates = pd.Series(pd.Timestamp(default), index=column.index, dtype="datetime64[ns]")
    if (~blank).any():
        dates[~blank] = read_dates(column[~blank], where="the target frame")
    return dates


def of_series(given: object, frame: pd.DataFrame, readings: Readings, *, what: str) -> pd.Series:
    """Return one item a series of an argument: one for all, a mapping of series key to item, or a column.

    A column must be constant in each series.
    """
    if isinstance(given, Mapping):
        table = by_key(given, readings, what=what)
        found = pd.Series([None] * len(readings.keys), dtype="object")
        found[table["_series"].to_numpy()] = table["item"].to_numpy()
        if found.isna().any():
            place = readings.name(found.isna().argmax())
            raise ArgumentError(f"{what}= without {place}", "an item for each series", "Add it")
        return found
    if not (isinstance(given, str) and given in frame.columns):
        return pd.Series([given] * len(readings.keys))
    column = frame[given].take(readings.row).reset_index(drop=True)
    codes = pd.factorize(column)[0]
    changed = codes != codes[readings.first][readings.series]
    if changed.any():
        place = readings.name(readings.series[changed.argmax()])
        found = f"different values of {what} column {given!r} for {place}"
        raise DataError(found, "one for the series", "Correct it")
    return column.take(readings.first).reset_index(drop=True)


def directions(given: str | Mapping[Hashable, str], frame: pd.DataFrame, readings: Readings) -> np.ndarray:
    """Return the improvement of each series as a place in ``IMPROVEMENTS``."""
    if isinstance(given, str) and given in IMPROVEMENTS and given not in frame.columns:
        return np.full(len(readings.keys), IMPROVEMENTS.index(given))
    items = of_series(given, frame, readings, what="improvement")
    found = pd.Index(IMPROVEMENTS).get_indexer(items.astype("str"))
    if (found < 0).any():
        at = (found < 0).argmax()
        raise ArgumentError(
            f"improvement={items.iloc[at]!r} for {readings.name(at)}",
            f"{', '.join(IMPROVEMENTS)}, or a column of these",
            "Choose one of these",
        )
    return found


def multipliers(given: Per, frame: pd.DataFrame, readings: Readings) -> Numbers:
    """Return ``per`` of each series."""
    if isinstance(given, Real) and 0 < float(given) < np.inf and not isinstance(given, bool):
        return np.full(len(readings.keys), float(given))
    try:
        found = of_series(given, frame, readings, what="per").to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as fault:
        raise ArgumentError(
            f"per={given!r}", "a number, or a column of numbers", "Give 1, 100 or 1000"
        ) from fault
    wrong = ~(np.isfinite(found) & (found > 0))
    if wrong.any():
        found = f"per={given!r} for {readings.name(wrong.argmax())}"
        raise ArgumentError(found, "a number above 0 for each series", "Give 1, 100 or 1000")
    return found
