"""Ward to board: the way from a unit up to the top, and the units just below it."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.errors import ArgumentError


def subtree(units: pd.DataFrame, unit_id: str) -> list[str]:
    """Return a unit and every unit below it, level by level.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["trust", "care", "ward"], "parent_id": [None, "trust", "care"]})
    >>> subtree(units, "care")
    ['care', 'ward']
    """
    found, level = [unit_id], [unit_id]
    while level:
        level = units.loc[units["parent_id"].isin(level), "unit_id"].tolist()
        found += level
    return found


def path_to(units: pd.DataFrame, unit_id: str) -> tuple[str, ...]:
    """Return the units from the top down to one, that one included.

    Parameters
    ----------
    units
        unit_id and parent_id, without loops.
    unit_id
        The unit to go down to.

    Raises
    ------
    ArgumentError
        There is no such unit.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["trust", "care", "ward"], "parent_id": [None, "trust", "care"]})
    >>> path_to(units, "ward")
    ('trust', 'care', 'ward')
    """
    parents = units.set_index("unit_id")["parent_id"]
    if unit_id not in parents.index:
        raise ArgumentError(
            f"no unit {unit_id!r}", f"a unit_id of data/units: {', '.join(parents.index)}", "Correct it"
        )
    way = [unit_id]
    while pd.notna(parents[way[0]]):
        way.insert(0, str(parents[way[0]]))
    return tuple(way)


def below(units: pd.DataFrame, unit_id: str) -> tuple[str, ...]:
    """Return the units whose parent a unit is, in the order of the table."""
    return tuple(units.loc[units["parent_id"] == unit_id, "unit_id"])


def within(units: pd.DataFrame, unit_id: str) -> tuple[str, ...]:
    """Return a unit and all that is under it, level by level.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["trust", "care", "ward"], "parent_id": [None, "trust", "care"]})
    >>> within(units, "care")
    ('care', 'ward')
    """
    found, level = [unit_id], [unit_id]
    while level:
        level = units.loc[units["parent_id"].isin(level), "unit_id"].tolist()
        found += level
    return tuple(found)
