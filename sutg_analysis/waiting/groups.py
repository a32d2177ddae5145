"""Rows put into groups by any columns, numbered for counting, and what a group is called.

In a sentence or beside a line a service is called by its name, a number by what it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Places
from sutg_analysis.control.observations import check_column

NOT_RECORDED = "not recorded"


def names_of(columns: str | Sequence[str] | None) -> list[str]:
    """Return no, one or several names as a list.

    Examples
    --------
    >>> names_of(None), names_of("service"), names_of(("service", "team"))
    ([], ['service'], ['service', 'team'])
    """
    return [] if columns is None else [columns] if isinstance(columns, str) else list(columns)


def group_numbers(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Places, pd.DataFrame]:
    """Return the number of each row's group, and the keys of the groups, sorted.

    What is not recorded is a group of its own.

    Raises
    ------
    ArgumentError
        A column is missing.

    Examples
    --------
    >>> numbers, keys = group_numbers(pd.DataFrame({"quintile": [2.0, None, 1.0]}), ["quintile"])
    >>> numbers.tolist(), keys["quintile"].tolist()
    ([1, 2, 0], [1, 2, 'not recorded'])
    """
    if not columns:
        return np.zeros(len(frame), dtype="int64"), pd.DataFrame(index=[0])
    for column in columns:
        check_column(frame, column)
    parts = [pd.factorize(frame[column], sort=True, use_na_sentinel=True) for column in columns]
    code = np.zeros(len(frame), dtype="int64")
    for codes, values in parts:
        code = code * (len(values) + 1) + np.where(codes < 0, len(values), codes)
    found, numbers = (
        np.unique(code, return_inverse=True) if len(parts) > 1 else _present(code, len(parts[0][1]) + 1)
    )
    keys = {}
    rest = found
    for column, (_, values) in zip(reversed(columns), reversed(parts), strict=True):
        labels = [*map(group_label, values), NOT_RECORDED]
        keys[column] = pd.Series([labels[place] for place in rest % (len(values) + 1)])
        rest = rest // (len(values) + 1)
    return numbers, pd.DataFrame({column: keys[column] for column in columns})


def keys_by_date(keys: pd.DataFrame, dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Return a row for each group and date."""
    table = keys.loc[keys.index.repeat(len(dates))].reset_index(drop=True)
    return table.assign(date=np.tile(dates.to_numpy("datetime64[us]"), len(keys)))


def group_label(value: object) -> object:
    """Return a group's name as it is shown: a whole number without a point.

    Examples
    --------
    >>> group_label(5.0), group_label("White")
    (5, 'White')
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _present(code: Places, many: int) -> tuple[Places, Places]:
    """Return the groups of one column that have rows, without sorting every row again."""
    there = np.flatnonzero(np.bincount(code, minlength=many))
    place = np.zeros(many, dtype="int64")
    place[there] = np.arange(len(there))
    return there, place[code]


GROUPINGS = {"imd_quintile": "Deprivation", "ethnicity": "Ethnicity", "age_band": "Age"}


def group_name(grouping: str, group: object) -> str:
    """Return what a group is called beside its dot or in a table.

    Examples
    --------
    >>> group_name("imd_quintile", 1), group_name("age_band", "25-44"), group_name("ethnicity", "not recorded")
    ('Deprivation 1 (most)', 'Age 25-44', 'Ethnicity not recorded')
    """
    what = GROUPINGS.get(grouping, grouping.replace("_", " ").capitalize())
    if group == NOT_RECORDED:
        return f"{what} {NOT_RECORDED}"
    if grouping == "imd_quintile":
        ends: dict[object, str] = {1: " (most)", 5: " (least)"}
        return f"{what} {group}{ends.get(group, '')}"
    return str(group) if grouping == "ethnicity" else f"{what} {group}"


def group_people(grouping: str, group: object) -> str:
    """Return what the people of a group are called in a sentence.

    Examples
    --------
    >>> group_people("imd_quintile", 1), group_people("ethnicity", "Mixed")
    ('people in the most deprived fifth', 'people whose ethnicity is Mixed')
    """
    if group == NOT_RECORDED:
        return f"people whose {GROUPINGS.get(grouping, grouping).lower()} is {NOT_RECORDED}"
    if grouping == "imd_quintile":
        fifths: dict[object, str] = {1: "the most deprived fifth", 5: "the least deprived fifth"}
        return f"people in {fifths.get(group, f'fifth {group} by deprivation')}"
    if grouping == "age_band":
        return f"people aged {group}"
    return f"people whose {GROUPINGS.get(grouping, grouping).lower()} is {group}"


_COLUMNS = {"imd_quintile": "deprivation quintile", "imd_decile": "deprivation decile", "age_band": "age"}


def named(row: Mapping[str, object], by: Sequence[str]) -> str:
    """Return the name of a row's group.

    Examples
    --------
    >>> named({"service": "continence", "imd_quintile": 1}, ["service", "imd_quintile"])
    'continence, deprivation quintile 1'
    >>> named({"ethnicity": "not recorded"}, ["ethnicity"])
    'ethnicity not recorded'
    """
    return ", ".join(_part(column, row[column]) for column in by)


def _part(column: str, value: object) -> str:
    words = _COLUMNS.get(column, column.replace("_", " "))
    if isinstance(value, Real) and not isinstance(value, bool):
        return f"{words} {value:g}"
    if str(value)[:1].isdigit() or str(value) == NOT_RECORDED:
        return f"{words} {value}"
    return str(value)
