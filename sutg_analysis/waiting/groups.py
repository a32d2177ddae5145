"""Rows put into groups by any columns, numbered for counting.

What a group is called in a sentence or beside a line: a service by its name, a number with what it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NOT_RECORDED = "not recorded"


def group_numbers(frame: pd.DataFrame, columns: list[str]) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return the number of each row's group, and the keys of the groups, sorted.

    What is not recorded is a group of its own.

    Examples
    --------
    >>> numbers, keys = group_numbers(pd.DataFrame({"quintile": [2.0, None, 1.0]}), ["quintile"])
    >>> numbers.tolist(), keys["quintile"].tolist()
    ([1, 2, 0], [1, 2, 'not recorded'])
    """
    if not columns:
        return np.zeros(len(frame), dtype="int64"), pd.DataFrame(index=[0])
    parts = [pd.factorize(frame[column], sort=True, use_na_sentinel=True) for column in columns]
    code = np.zeros(len(frame), dtype="int64")
    for codes, values in parts:
        code = code * (len(values) + 1) + np.where(codes < 0, len(values), codes)
    found, numbers = np.unique(code, return_inverse=True) if len(parts) > 1 else _present(code, parts[0][1])
    keys = {}
    rest = found
    for column, (_, values) in zip(reversed(columns), reversed(parts), strict=True):
        labels = [*map(group_label, values), NOT_RECORDED]
        keys[column] = pd.Series([labels[place] for place in rest % (len(values) + 1)])
        rest = rest // (len(values) + 1)
    return numbers, pd.DataFrame({column: keys[column] for column in columns})


def group_label(value: Any) -> Any:
    """Return a group's name as it is shown: a whole number without a point.

    Examples
    --------
    >>> group_label(5.0), group_label("White")
    (5, 'White')
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _present(code: NDArray[np.int64], values: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the groups of one column that have rows, without sorting every row again."""
    there = np.flatnonzero(np.bincount(code, minlength=len(values) + 1))
    place = np.zeros(len(values) + 1, dtype="int64")
    place[there] = np.arange(len(there))
    return there, place[code]


GROUPINGS = {"imd_quintile": "Deprivation", "ethnicity": "Ethnicity", "age_band": "Age"}


_FIFTHS = {1: "most deprived fifth", 5: "least deprived fifth"}


def group_name(grouping: str, group: Any) -> str:
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
        ends = {1: " (most)", 5: " (least)"}
        return f"{what} {group}{ends.get(group, '')}"
    return str(group) if grouping == "ethnicity" else f"{what} {group}"


def group_people(grouping: str, group: Any) -> str:
    """Return what the people of a group are called in a sentence.

    Examples
    --------
    >>> group_people("imd_quintile", 1), group_people("ethnicity", "Mixed")
    ('people in the most deprived fifth', 'people whose ethnicity is Mixed')
    """
    if group == NOT_RECORDED:
        return f"people whose {GROUPINGS.get(grouping, grouping).lower()} is {NOT_RECORDED}"
    if grouping == "imd_quintile":
        return f"people in {_fifth(group)}"
    if grouping == "age_band":
        return f"people aged {group}"
    return f"people whose {GROUPINGS.get(grouping, grouping).lower()} is {group}"


def _fifth(group: Any) -> str:
    return f"the {_FIFTHS[group]}" if group in _FIFTHS else f"fifth {group} by deprivation"


_COLUMNS = {"imd_quintile": "deprivation quintile", "imd_decile": "deprivation decile", "age_band": "age"}


def named(row: Mapping[Any, Any], by: Sequence[str]) -> str:
    """Return the name of a row's group.

    Examples
    --------
    >>> named({"service": "continence", "imd_quintile": 1}, ["service", "imd_quintile"])
    'continence, deprivation quintile 1'
    >>> named({"ethnicity": "not recorded"}, ["ethnicity"])
    'ethnicity not recorded'
    """
    return ", ".join(_part(column, row[column]) for column in by)


def _part(column: str, value: Any) -> str:
    words = _COLUMNS.get(column, column.replace("_", " "))
    if isinstance(value, Real) and not isinstance(value, bool):
        return f"{words} {value:g}"
    if str(value)[:1].isdigit() or str(value) == NOT_RECORDED:
        return f"{words} {value}"
    return str(value)
