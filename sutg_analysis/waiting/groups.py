"""Rows put into groups by any columns, numbered for counting."""

from __future__ import annotations

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
