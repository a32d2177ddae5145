"""What a group is called in a sentence or beside a line: a service by its name, a number with what it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from sutg_analysis.grouping import NOT_RECORDED

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
