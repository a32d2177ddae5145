"""The size a list should have at each date: one number, one a list, dated targets, or a trajectory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.errors import ArgumentError

Numbers = NDArray[np.float64]


def targets_at(dates: pd.DatetimeIndex, keys: pd.DataFrame, target: Any, trajectory: Any) -> Numbers:
    """Return targets by lists and dates, missing where there is none.

    Parameters
    ----------
    dates
        The dates wanted.
    keys
        One row a list.
    target
        None, a number, a mapping or series by list, or a frame of dated targets (start, end, target, with columns of
        ``keys`` if they differ between lists).
    trajectory
        None, a series by date, or a frame with date and target (and columns of ``keys``); each stands from its date on
        until the next. It goes before ``target``.

    Raises
    ------
    ArgumentError
        If it is none of these, or negative.

    Examples
    --------
    >>> dates = pd.DatetimeIndex(["2024-04-01", "2024-05-01"])
    >>> path = pd.Series([300, 280], index=pd.to_datetime(["2024-03-01", "2024-05-01"]))
    >>> targets_at(dates, pd.DataFrame(index=[0]), 250, path).tolist()
    [[300.0, 280.0]]
    """
    aims = np.full((len(keys), len(dates)), np.nan)
    for given, read in ((target, _standing), (trajectory, _path)):
        if given is not None:
            found = read(given, dates, keys)
            aims = np.where(np.isnan(found), aims, found)
    if (aims < 0).any():
        raise ArgumentError(f"a target of {np.nanmin(aims):g}", "0 or more", "Correct it")
    return aims


def _standing(target: Any, dates: pd.DatetimeIndex, keys: pd.DataFrame) -> Numbers:
    shape = (len(keys), len(dates))
    if isinstance(target, pd.DataFrame):
        return _dated(target, dates, keys)
    if isinstance(target, Mapping | pd.Series):
        known = {_name(name): float(value) for name, value in target.items()}
        each = [known.get(_name(tuple(row)), np.nan) for row in keys.itertuples(index=False)]
        return np.broadcast_to(np.array(each)[:, None], shape).copy()
    try:
        return np.full(shape, float(target))
    except (TypeError, ValueError):
        raise ArgumentError(f"target={target!r}", "a number, a mapping or a frame", "Correct it") from None


def _name(name: Any) -> tuple[str, ...]:
    return tuple(map(str, name)) if isinstance(name, tuple) else (str(name),)


def _dated(frame: pd.DataFrame, dates: pd.DatetimeIndex, keys: pd.DataFrame) -> Numbers:
    if "date" in frame.columns and "start" not in frame.columns:
        return _path(frame, dates, keys)
    _need(frame, ["target"])
    aims = np.full((len(keys), len(dates)), np.nan)
    rows = frame.assign(
        start=pd.to_datetime(frame["start"]) if "start" in frame else pd.NaT,
        end=pd.to_datetime(frame["end"]) if "end" in frame else pd.NaT,
    )
    for row in rows.to_dict("records"):
        late = pd.isna(row["start"]) | (dates >= row["start"])
        early = pd.isna(row["end"]) | (dates <= row["end"])
        aims[np.ix_(_lists(row, keys), np.broadcast_to(late & early, len(dates)))] = row["target"]
    return aims


def _path(given: Any, dates: pd.DatetimeIndex, keys: pd.DataFrame) -> Numbers:
    if isinstance(given, Mapping):
        given = pd.Series(given)
    if isinstance(given, pd.Series):
        given = pd.DataFrame({"date": given.index, "target": given.to_numpy()})
    if not isinstance(given, pd.DataFrame):
        raise ArgumentError(
            f"a trajectory that is a {type(given).__name__}", "a series by date", "Correct it"
        )
    _need(given, ["date", "target"])
    aims = np.full((len(keys), len(dates)), np.nan)
    rows = given.assign(date=pd.to_datetime(given["date"])).sort_values("date")
    for row in rows.to_dict("records"):
        aims[np.ix_(_lists(row, keys), dates >= row["date"])] = row["target"]
    return aims


def _need(frame: pd.DataFrame, columns: list[str]) -> None:
    lacking = sorted(set(columns) - set(frame.columns))
    if lacking:
        raise ArgumentError(f"targets without {', '.join(lacking)}", "that column", "Add it")


def _lists(row: dict[Any, Any], keys: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which lists a target is for: those whose keys match the ones it has."""
    fits = np.ones(len(keys), dtype=bool)
    for column in keys.columns:
        if column in row and not pd.isna(row[column]):
            fits &= (keys[column].astype("str") == str(row[column])).to_numpy()
    return fits
