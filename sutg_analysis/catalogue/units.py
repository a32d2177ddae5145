"""Ward to board: what a unit's parents and their parents show, from the rows of the units below them.

A parent's numerator is the sum of its children's numerators, and so is its denominator: a rate is never an
average of rates, which would count a small ward as much as a large one. Where a child has no value between its
first row and its last, or has an empty one, the parent has none either, for a sum that leaves a ward out would pass for a fall.
"""

from __future__ import annotations

import pandas as pd

from sutg_analysis.errors import ArgumentError, did_you_mean

_KEYS = ["measure_id", "unit_id", "period"]
_SUMS = ["numerator", "denominator"]


def depths(units: pd.DataFrame) -> pd.Series:
    """Return how far below the top each unit is, by unit_id.

    Examples
    --------
    >>> depths(pd.DataFrame({"unit_id": ["t", "w"], "parent_id": [None, "t"]})).to_dict()
    {'t': 0, 'w': 1}
    """
    parents = units.set_index("unit_id")["parent_id"]
    depth = pd.Series(0, index=parents.index)
    above = parents
    while above.notna().any():
        depth += above.notna().astype(int)
        above = above.map(parents)
    return depth


def roll_up(observations: pd.DataFrame, units: pd.DataFrame, *, summable: pd.Series) -> pd.DataFrame:
    """Add the rows of every parent that has none of its own.

    Parameters
    ----------
    observations
        measure_id, unit_id, period, numerator, denominator (both may be missing).
    units
        unit_id and parent_id.
    summable
        The measure_ids whose numerators and denominators may be added.

    Returns
    -------
    pandas.DataFrame
        The rows given, then the rows made, level by level from the bottom.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["t", "a", "b"], "parent_id": [None, "t", "t"]})
    >>> rows = pd.DataFrame({"measure_id": "falls", "unit_id": ["a", "b"], "period": "2024-04-01",
    ...                      "numerator": [1.0, 4.0], "denominator": [10.0, 90.0]})
    >>> roll_up(rows, units, summable=pd.Series(["falls"])).iloc[-1, 3:].tolist()
    [5.0, 100.0]
    """
    depth = depths(units)
    parent = units.set_index("unit_id")["parent_id"]
    known = observations
    for level in range(int(depth.max()) if len(depth) else 0, 0, -1):
        here = known[known["unit_id"].map(depth).eq(level) & known["measure_id"].isin(summable)]
        here = here.assign(unit_id=here["unit_id"].map(parent), child=here["unit_id"])
        own = pd.MultiIndex.from_frame(known[["measure_id", "unit_id"]].drop_duplicates())
        lacking = here[~pd.MultiIndex.from_frame(here[["measure_id", "unit_id"]]).isin(own)]
        known = pd.concat([known, _sums(lacking)], ignore_index=True) if len(lacking) else known
    return known


def summable(observations: pd.DataFrame, measures: pd.DataFrame) -> pd.Series:
    """Return the measure_ids whose parts may be added: those with denominators, and counts."""
    divided = observations.groupby("measure_id")["denominator"].count()
    rated = measures["measure_id"].map(divided).fillna(0) > 0
    return measures.loc[rated | (measures["unit"] == "count"), "measure_id"]


def valued(observations: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return observations with their ``value``: numerator / denominator x per, or the numerator alone; sorted."""
    per = observations["measure_id"].map(measures.set_index("measure_id")["per"]).astype("float64")
    below = observations["denominator"]
    ratio = observations["numerator"] / below.where(below > 0) * per
    value = ratio.where(below.notna(), observations["numerator"])
    return observations.assign(value=value).sort_values(_KEYS, ignore_index=True)


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Add children; a parent's period that lacks a child due to report is a gap."""
    known = rows[_SUMS].notna().astype(int)
    rows = rows.assign(filled=known["numerator"], measured=known["denominator"])
    groups = rows.groupby(_KEYS, sort=True)
    summed = groups[_SUMS].sum().join(groups[["filled", "measured"]].sum()).reset_index()
    whole = summed["filled"].to_numpy() >= _due(rows, summed).to_numpy()
    summed["numerator"] = summed["numerator"].where(whole)
    counted = summed["measured"].to_numpy() >= summed["filled"].to_numpy()
    summed["denominator"] = summed["denominator"].where(counted & (summed["measured"] > 0))
    return summed[[*_KEYS, *_SUMS]]


def _due(rows: pd.DataFrame, summed: pd.DataFrame) -> pd.Series:
    """Return how many children are between their first and last row in each parent's period."""
    spans = rows.groupby(["measure_id", "unit_id", "child"])["period"].agg(["min", "max"]).reset_index()
    first, last = (spans.rename(columns={end: "period"})[_KEYS] for end in ("min", "max"))
    moments = ((first, 1), (summed[_KEYS], 0), (last, -1))
    steps = pd.concat([at.assign(change=change, order=-change) for at, change in moments])
    steps = steps.sort_values([*_KEYS, "order"], kind="stable")
    steps["due"] = steps.groupby(["measure_id", "unit_id"])["change"].cumsum()
    at = steps[steps["order"] == 0].drop_duplicates(_KEYS)
    return summed[_KEYS].merge(at, on=_KEYS, how="left")["due"]


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
        known = f"a unit_id of data/units: {', '.join(parents.index)}"
        raise ArgumentError(
            f"no unit {unit_id!r}", known, f"Correct it{did_you_mean(unit_id, parents.index)}"
        )
    way = [unit_id]
    while pd.notna(parents[way[0]]):
        way.insert(0, str(parents[way[0]]))
    return tuple(way)


def below(units: pd.DataFrame, unit_id: str) -> tuple[str, ...]:
    """Return the units whose parent a unit is, in the order of the table."""
    return tuple(units.loc[units["parent_id"] == unit_id, "unit_id"])
