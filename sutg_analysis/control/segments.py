"""Segments: which points make the limits, which only meet them, and which are set aside.

A segment runs from one rebase to the next. Within it the baseline points make the limits; excluded ("ghost")
points are drawn and nothing more. Dates may come as one date, a list, a mapping or a frame with reasons; all
are turned into one table of marks (series, date, reason) and then into arrays, one item a row.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TypeAlias

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date, Flags, Places
from sutg_analysis.control.observations import Readings, check_column, read_dates
from sutg_analysis.errors import ArgumentError, DataError

Baseline = int | Date | Mapping[Hashable, int | Date]
"""So many points, or up to a date; or one of these by series."""
Dated: TypeAlias = Date | Iterable[Date] | Mapping[Hashable, object] | pd.DataFrame
"""Dates of every series, or by series, or by date with a reason."""

_NOWHERE = np.empty(0, dtype=np.intp)
_UNMARKED = pd.DataFrame(
    {
        "date": pd.Series(dtype="datetime64[ns]"),
        "reason": pd.Series(dtype="str"),
        "_series": pd.Series(dtype=np.intp),
        "_row": pd.Series(dtype=np.intp),
        "_open": pd.Series(dtype=np.intp),
    }
)
_UNMOVED = pd.DataFrame(
    {
        "series": _NOWHERE,
        "asked": pd.Series(dtype="datetime64[ns]"),
        "used": pd.Series(dtype="datetime64[ns]"),
    }
)
_NO_REASON = pd.CategoricalDtype(pd.Index([""], dtype="str"))


@dataclass(frozen=True)
class Segments:
    """How the rows are divided; arrays of one item a row, except ``first`` (row where each segment starts).

    ``group`` numbers segments throughout, ``number`` within the series from 1. ``baseline`` marks the rows that
    make the limits, ``excluded`` those set aside. ``moved`` lists rebases that moved: series, asked and used date.
    """

    group: Places
    number: Places
    first: Places
    baseline: Flags
    excluded: Flags
    starts: Flags
    excluded_reason: pd.Categorical
    rebase_reason: pd.Categorical
    moved: pd.DataFrame

    @property
    def count(self) -> int:
        """How many segments there are in all."""
        return len(self.first)


def divide(
    readings: Readings, *, baseline: Baseline | None, rebase: Dated | None, exclude: Dated | None, scope: str
) -> Segments:
    """Divide the rows into segments, baseline and excluded points.

    Raises
    ------
    ArgumentError, DataError
        If a date is outside the data, an excluded date holds no point, a key is unknown or a reason is missing.
    """
    breaks = marks(rebase, readings, what="rebase")
    breaks, row, moved = _placed(breaks, readings) if len(breaks) else (breaks, _NOWHERE, _UNMOVED)
    new_series = np.zeros(len(readings.series), dtype=bool)
    new_series[readings.first] = True
    starts = np.zeros_like(new_series)
    starts[row] = True
    starts &= ~new_series
    begins = starts | new_series
    group = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    ghosts = marks(exclude, readings, what="exclude")
    ghosts, ghost_row = _found(ghosts, readings) if len(ghosts) else (ghosts, _NOWHERE)
    excluded = np.zeros_like(new_series)
    excluded[ghost_row] = True
    return Segments(
        group=group,
        number=group - group[readings.first][readings.series] + 1,
        first=first,
        baseline=_baseline(readings, baseline, group, first, scope),
        excluded=excluded,
        starts=starts,
        excluded_reason=_reasons(ghosts, ghost_row, len(group)),
        rebase_reason=_reasons(breaks, row, len(group)),
        moved=moved,
    )


def series_of(table: pd.DataFrame, readings: Readings, *, what: str) -> pd.DataFrame:
    """Return the table with one row for every series a row of it applies to, numbered in ``_series``.

    ``_row`` numbers the table's row, and ``_open`` counts the keys it leaves open: 0 for one series of its own.

    A key column that is missing or empty means every series; a key that no series has is refused.
    """
    keys = readings.keys
    table = table.reset_index(drop=True).assign(_row=np.arange(len(table)))
    blank = [is_blank(table[name]) if name in table else np.ones(len(table), dtype=bool) for name in keys]
    open_row = np.column_stack([np.zeros((len(table), 0)), *blank])
    everyone = pd.DataFrame({"_series": np.arange(len(keys))})
    parts = []
    patterns = np.unique(open_row, axis=0) if len(table) else open_row
    for pattern in patterns:
        some = table[(open_row == pattern).all(axis=1)]
        named = [name for name, is_open in zip(keys, pattern, strict=True) if not is_open]
        target = pd.concat([keys, everyone], axis=1)[[*named, "_series"]]
        rest = some.drop(columns=[name for name in keys if name not in named], errors="ignore")
        joined = _joined(rest, target, named, what)
        parts.append(joined.assign(_open=len(keys.columns) - len(named)))
    if not parts:
        return table.assign(_series=np.empty(0, dtype=np.intp), _open=np.empty(0, dtype=np.intp))
    return pd.concat(parts, ignore_index=True).astype({"_series": np.intp})


def _joined(rest: pd.DataFrame, target: pd.DataFrame, named: list[str], what: str) -> pd.DataFrame:
    """Join rows to the series they name, refusing a key that no series has; a row that names none is for all."""
    if not named:
        return rest.merge(target, how="cross")
    try:
        joined = rest.merge(target, how="left", on=named)
    except ValueError as fault:
        raise DataError(
            f"keys of another kind in {what}= than in the frame, in {', '.join(named)}",
            "the same kind of keys",
            "Convert them, numbers or text, to the frame's kind",
        ) from fault
    strange = joined["_series"].isna()
    if strange.any():
        row = joined[strange].iloc[0]
        found = ", ".join(f"{name} {row[name]!r}" for name in named)
        raise DataError(
            f"a {what} for {found}, which is no series of the frame",
            f"keys found in {', '.join(named)}",
            "Correct the key, or leave the row out",
        )
    return joined


def marks(given: Dated | None, readings: Readings, *, what: str) -> pd.DataFrame:
    """Return dated marks as a table: _series, date, reason; whatever form they were given in."""
    if given is None:
        return _UNMARKED
    if isinstance(given, pd.DataFrame):
        table = _marks_frame(given, readings, what)
    elif isinstance(given, Mapping):
        table = _marks_mapping(given, readings, what)
    else:
        table = pd.DataFrame({"date": _listed(given), "reason": ""})
    if table["date"].isna().any():
        raise ArgumentError(f"an empty date in {what}=", "a date in each row", "Fill it, or leave it out")
    dates = table["date"] if len(table) else table["date"].astype("datetime64[ns]")
    dates, reasons = read_dates(dates, where=f"{what}=").to_numpy(), table["reason"].fillna("").astype("str")
    return series_of(table.assign(date=dates, reason=reasons), readings, what=what)


def _listed(given: object) -> pd.Series:
    """Return one date or several as a column."""
    dates = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    return pd.Series(dates, dtype=None if dates else "object")


def _marks_frame(given: pd.DataFrame, readings: Readings, what: str) -> pd.DataFrame:
    """Read a frame of dates and reasons; of a table of events, the rows of this kind."""
    needed = ["date", "reason", "author"] if what == "rebase" else ["date", "reason"]
    wanted = np.ones(len(given), dtype=bool)
    if "kind" in given.columns:
        check_column(given, "kind")
        wanted = (given["kind"].astype("str") == what).to_numpy(dtype=bool)
    for column in needed:
        if column not in given.columns:
            raise ArgumentError(
                f"no column {column!r} in the {what} frame",
                ", ".join(needed),
                "Add it: limits are moved for a reason, by a person" if what == "rebase" else "Add it",
            )
        check_column(given, column)
        blank = wanted & is_blank(given[column])
        if blank.any():
            row = blank.argmax() + 1
            raise ArgumentError(
                f"row {row} of the {what} frame without {column}", f"a {column}", "Fill it in"
            )
    kept = [name for name in readings.keys if name in given.columns]
    return given.loc[wanted, [*kept, "date", "reason"]]


def is_blank(column: pd.Series) -> Flags:
    """Say which cells hold nothing, or nothing but spaces."""
    return (column.isna() | (column.astype("str").str.strip() == "")).to_numpy(dtype=bool)


def _marks_mapping(given: Mapping[Hashable, object], readings: Readings, what: str) -> pd.DataFrame:
    """Read series key to dates, or, where there is one series, date to reason."""
    names = list(readings.keys)
    if not names:
        return pd.DataFrame({"date": pd.Series(list(given), dtype="object"), "reason": list(given.values())})
    rows = [
        (*_as_key(key, names, what), day, reason)
        for key, dates in given.items()
        for day, reason in (
            dates.items() if isinstance(dates, Mapping) else ((day, "") for day in _listed(dates))
        )
    ]
    return pd.DataFrame(rows, columns=[*names, "date", "reason"])


def by_key(given: Mapping[Hashable, object], readings: Readings, *, what: str) -> pd.DataFrame:
    """Return a mapping of series key to item as a table: item, and the series it is for in ``_series``."""
    names = list(readings.keys)
    table = pd.DataFrame([_as_key(key, names, what) for key in given], columns=names)
    table = table.assign(item=pd.Series(list(given.values()), dtype="object"))
    return series_of(table, readings, what=what)


def _as_key(key: Hashable, names: list[str], what: str) -> tuple[Hashable, ...]:
    """Return a mapping's key as a tuple of one value a key column."""
    parts = key if isinstance(key, tuple) else (key,)
    if not names:
        raise ArgumentError(
            f"{what}= with the key {key!r}",
            "no keys: without by= there is one series",
            "Name the key columns in by=",
        )
    if len(parts) != len(names):
        raise ArgumentError(
            f"{what}= with the key {key!r}",
            f"one value for each of {', '.join(names)}",
            "Use a tuple in that order",
        )
    return parts


def _placed(breaks: pd.DataFrame, readings: Readings) -> tuple[pd.DataFrame, Places, pd.DataFrame]:
    """Return the rebases, the row each starts at, and those moved to the next observation."""
    series = breaks["_series"].to_numpy()
    asked = breaks["date"].to_numpy()
    row = _first_at(series, asked, readings)
    outside = (asked < readings.date.to_numpy()[readings.first[series]]) | (row > readings.last[series])
    wrong = _nowhere(breaks, outside)
    if wrong.any():
        at = wrong.argmax()
        first, last = (readings.date.iloc[int(rows[series[at]])] for rows in (readings.first, readings.last))
        raise ArgumentError(
            f"a rebase on {pd.Timestamp(asked[at]):%Y-%m-%d} for {readings.name(series[at])}",
            f"a date within its data, {first:%Y-%m-%d} to {last:%Y-%m-%d}",
            "Correct the date, or leave it out",
        )
    kept = ~outside & _once(breaks)
    series, asked, row = series[kept], asked[kept], row[kept]
    used = readings.date.to_numpy()[row]
    moved = pd.DataFrame({"series": series, "asked": asked, "used": used})
    return breaks[kept], row, moved[asked != used]


def _nowhere(marked: pd.DataFrame, missing: Flags) -> Flags:
    """Say which marks hold nowhere; of one meant for several series, one that has its date is enough."""
    elsewhere = (marked["_open"] > 0) & marked["_row"].isin(marked["_row"][~missing])
    return missing & ~elsewhere.to_numpy()


def _once(marked: pd.DataFrame) -> Flags:
    """Say which marks are a series' first of their date; its own stand before those of several series."""
    return ~marked.duplicated(["_series", "date"]).to_numpy(dtype=bool)


def _first_at(series: Places, dates: np.ndarray, readings: Readings) -> Places:
    """Return the first row of each series on or after a date (one past the series if there is none)."""
    stamp = dates.astype("datetime64[ns]").view("int64")
    low, high = readings.first[series].copy(), readings.last[series] + 1
    everything = readings.stamp
    while (low < high).any():
        middle = (low + high) // 2
        early = (low < high) & (everything[np.minimum(middle, len(everything) - 1)] < stamp)
        high = np.where((low < high) & ~early, middle, high)
        low = np.where(early, middle + 1, low)
    return low


def _found(ghosts: pd.DataFrame, readings: Readings) -> tuple[pd.DataFrame, Places]:
    """Return the excluded dates and the row of each; refuse a date that holds no observation."""
    series, asked = ghosts["_series"].to_numpy(), ghosts["date"].to_numpy()
    row = _first_at(series, asked, readings)
    safe = np.minimum(row, len(readings.series) - 1)
    missing = (row > readings.last[series]) | (readings.date.to_numpy()[safe] != asked)
    wrong = _nowhere(ghosts, missing)
    if wrong.any():
        at = wrong.argmax()
        raise ArgumentError(
            f"an excluded date {pd.Timestamp(asked[at]):%Y-%m-%d} without an observation for "
            f"{readings.name(series[at])}",
            "the date of an observation",
            "Correct the date, or leave it out",
        )
    kept = ~missing & _once(ghosts)
    return ghosts[kept], row[kept]


def _reasons(table: pd.DataFrame, row: Places, count: int) -> pd.Categorical:
    if len(table) == 0:
        return pd.Categorical.from_codes(np.zeros(count, dtype=np.int8), dtype=_NO_REASON)
    words = sorted(set(table["reason"]) - {""})
    codes = np.zeros(count, dtype=np.int8 if len(words) < 127 else np.int32)
    codes[row] = pd.Index(["", *words]).get_indexer(table["reason"])
    return pd.Categorical.from_codes(codes, categories=pd.Index(["", *words], dtype="str"))


def _baseline(readings: Readings, given: Baseline | None, group: Places, first: Places, scope: str) -> Flags:
    """Mark the rows that make the limits; without a baseline, all."""
    if given is None:
        return np.ones(len(group), dtype=bool)
    points, until = _baseline_of_series(given, readings)
    position = np.arange(len(group)) - first[group]
    within = position < points[readings.series]
    within &= readings.stamp <= until[readings.series]
    if scope == "every":
        return within
    return within | (group != group[readings.first][readings.series])


def _baseline_of_series(given: Baseline, readings: Readings) -> tuple[np.ndarray, np.ndarray]:
    """Return for each series the number of baseline points and the last baseline date (as whole numbers)."""
    if isinstance(given, Mapping):
        table = by_key(given, readings, what="baseline")
    else:
        table = pd.DataFrame(
            {
                "item": pd.Series([given] * len(readings.keys), dtype="object"),
                "_series": np.arange(len(readings.keys)),
            }
        )
    largest = np.iinfo(np.int64).max
    points = np.full(len(readings.keys), largest)
    until = np.full(len(readings.keys), largest)
    series = table["_series"].to_numpy()
    counted = table["item"].map(_is_count).to_numpy(dtype=bool)
    counts = table["item"][counted].to_numpy(dtype=np.int64)
    if (counts < 2).any():
        raise ArgumentError(f"baseline={counts.min()}", "2 points or more", "Use 12 or more where you can")
    points[series[counted]] = counts
    if not counted.all():
        days = table["item"][~counted].map(_as_day)
        until[series[~counted]] = read_dates(days, where="baseline=").to_numpy().view("int64")
        _refuse_early(until, readings)
    return points, until


def _is_count(item: object) -> bool:
    return isinstance(item, Real) and not isinstance(item, bool) and float(item).is_integer()


def _as_day(item: object) -> object:
    """Let through what can be a date; pandas would take a number for a time since 1970."""
    if isinstance(item, Real) or not pd.api.types.is_scalar(item) or pd.isna(item):
        raise ArgumentError(f"baseline={item!r}", "a number of points, or a date", "Give one of these")
    return item


def _refuse_early(until: np.ndarray, readings: Readings) -> None:
    early = until < readings.stamp[readings.first]
    if early.any():
        at = early.argmax()
        raise ArgumentError(
            f"a baseline that ends before the first point of {readings.name(at)}",
            f"a date from {readings.date.iloc[int(readings.first[at])]:%Y-%m-%d}",
            "Correct the date",
        )
