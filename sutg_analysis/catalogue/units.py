"""Ward to board: what a unit's parents and their parents show, from the rows of the units below them.

A parent's numerator is the sum of its children's numerators, and so is its denominator: a rate is never an
average of rates, which would count a small ward as much as a large one. Where a child that owes a number has none, the
parent has none either, for a sum that leaves a ward out would pass for a fall.
"""

from __future__ import annotations

import pandas as pd

from sutg_analysis.errors import ArgumentError, did_you_mean

_KEYS = ["measure_id", "unit_id", "period"]
_SUMS = ["numerator", "denominator"]
LATE = 3
"""Periods for which a unit that has gone silent is late; after more of them it is taken to have left."""


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
        known = pd.concat([known, _sums(lacking, units)], ignore_index=True) if len(lacking) else known
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


def _sums(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Add children; a parent's period that lacks a child due to report is a gap."""
    known = rows[_SUMS].notna().astype(int)
    rows = rows.assign(filled=known["numerator"], measured=known["denominator"])
    groups = rows.groupby(_KEYS, sort=True)
    summed = groups[_SUMS].sum().join(groups[["filled", "measured"]].sum()).reset_index()
    whole = summed["filled"].to_numpy() >= _due(rows, summed, units).to_numpy()
    summed["numerator"] = summed["numerator"].where(whole)
    counted = summed["measured"].to_numpy() >= summed["filled"].to_numpy()
    summed["denominator"] = summed["denominator"].where(counted & (summed["measured"] > 0))
    return summed[[*_KEYS, *_SUMS]]


def _due(rows: pd.DataFrame, summed: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Return how many children owe a number in each parent's period."""
    mine = rows[["measure_id", "child", "period"]].rename(columns={"child": "unit_id"})
    spans = owed(mine, units).rename(columns={"unit_id": "child"})
    spans = spans.merge(rows[["measure_id", "unit_id", "child"]].drop_duplicates())
    return _within(spans, summed)


def owed(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return from which to which period each unit owes a number of a measure.

    It owes from its first number on (or from ``opened``) until it has ``closed``. A unit of which the table of units does
    not say when it closed, and that has been silent for more than three periods of the measure, is taken to have left.

    Examples
    --------
    >>> months = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"])
    >>> rows = pd.DataFrame({"measure_id": "falls", "unit_id": ["a", "a", "a", "b"], "period": [*months, months[1]]})
    >>> units = pd.DataFrame({"unit_id": ["a", "b"]})
    >>> owed(rows, units)["last"].dt.month.tolist()
    [3, 3]
    >>> owed(rows, units.assign(opened=pd.NaT, closed=[pd.NaT, months[1]]))["last"].dt.month.tolist()
    [3, 2]
    """
    spans = rows.groupby(["measure_id", "unit_id"])["period"].agg(first="min", last="max").reset_index()
    periods = rows[["measure_id", "period"]].drop_duplicates().sort_values(["measure_id", "period"])
    periods["left"] = periods.groupby("measure_id").cumcount(ascending=False)
    ends = periods.rename(columns={"period": "last"})
    spans = spans.merge(ends, on=["measure_id", "last"], how="left")
    edges = periods.groupby("measure_id")["period"].agg(["min", "max"]).reindex(spans["measure_id"])
    known = units.drop_duplicates("unit_id").set_index("unit_id").reindex(columns=["opened", "closed"])
    known = known.apply(pd.to_datetime).reindex(spans["unit_id"])
    oldest, newest = (pd.Series(edges[name].to_numpy(), spans.index) for name in ("min", "max"))
    opened, closed = (pd.Series(known[name].to_numpy(), spans.index) for name in ("opened", "closed"))
    last = spans["last"].mask(spans["left"] <= LATE, newest).mask(closed.notna(), closed.clip(upper=newest))
    first = spans["first"].mask(opened.notna(), opened.clip(lower=oldest))
    return spans[["measure_id", "unit_id"]].assign(first=first, last=last)


def _within(spans: pd.DataFrame, wanted: pd.DataFrame) -> pd.Series:
    """Return in how many spans of its measure and unit each wanted period lies."""
    first, last = (spans.rename(columns={end: "period"})[_KEYS] for end in ("first", "last"))
    moments = ((first, 1), (wanted[_KEYS], 0), (last, -1))
    steps = pd.concat([at.assign(change=change, order=-change) for at, change in moments])
    steps = steps.sort_values([*_KEYS, "order"], kind="stable")
    steps["due"] = steps.groupby(["measure_id", "unit_id"])["change"].cumsum()
    at = steps[steps["order"] == 0].drop_duplicates(_KEYS)
    return wanted[_KEYS].merge(at, on=_KEYS, how="left")["due"]


def membership(observations: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return of how many units each number is made, and how many of them have reported.

    Returns
    -------
    pandas.DataFrame
        One row a measure, unit and period of it or of those below it: measure_id, unit_id, period, members (units that owe
        a number), reported and until (the last period that any of them owes); sorted.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["t", "a", "b"], "parent_id": [None, "t", "t"]})
    >>> rows = pd.DataFrame({"measure_id": "falls", "unit_id": ["a", "b", "a"], "numerator": 1.0,
    ...     "period": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-02-01"])})
    >>> membership(rows, units).query("unit_id == 't'")[["members", "reported"]].values.tolist()
    [[2, 2], [2, 1]]
    """
    above = units["unit_id"].map(lambda unit: unit in set(units["parent_id"].dropna()))
    reporting = observations[~observations["unit_id"].isin(units.loc[above, "unit_id"])]
    own = observations[observations["unit_id"].isin(units.loc[above, "unit_id"])]
    alone = ~own["measure_id"].isin(reporting["measure_id"])
    rows = pd.concat([reporting, own[alone]])[[*_KEYS, "numerator"]]
    spans = owed(rows, units)
    given = rows.assign(reported=rows["numerator"].notna().astype(int))[[*_KEYS, "reported"]]
    parents = units.set_index("unit_id")["parent_id"]
    every_span, every_row = [spans], [given]
    while len(spans):
        spans, given = (
            frame.assign(unit_id=frame["unit_id"].map(parents)).dropna(subset="unit_id")
            for frame in (spans, given)
        )
        every_span.append(spans)
        every_row.append(given)
    told = pd.concat(every_row).groupby(_KEYS)["reported"].sum().reset_index()
    spans = pd.concat(every_span)
    told["members"] = _within(spans, told).to_numpy()
    until = spans.groupby(["measure_id", "unit_id"])["last"].max().rename("until")
    return told.join(until, on=["measure_id", "unit_id"])[[*_KEYS, "members", "reported", "until"]]


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
