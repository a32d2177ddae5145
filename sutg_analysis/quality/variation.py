"""Unwarranted variation: every measure that can be compared between units, in a funnel each; nobody is ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue, window
from sutg_analysis.catalogue.definitions import is_percent
from sutg_analysis.control.funnel import FunnelResult, funnel
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Result


@dataclass(frozen=True, eq=False)
class ComparedUnits(Result):
    """Units beside one another, measure by measure.

    Parameters
    ----------
    outliers
        One row a unit outside the 99.8% limits: measure_id, title, unit_id, unit (its name), value, target (what it is
        compared with), side (high or low).
    funnels
        The funnel of each measure that could be compared, units by name in the order of the units table.
    lacking
        Why others could not, by measure.
    """

    _views = "quality:compared"
    _drawn = "no"

    outliers: pd.DataFrame
    funnels: Mapping[str, FunnelResult]
    lacking: Mapping[str, str]

    def __repr__(self) -> str:
        return f"<ComparedUnits: {len(self.funnels)} funnels, {len(self.outliers)} outliers>"


def compare_units(
    at: Catalogue,
    *,
    months: int = 12,
    least: int = 5,
    overdispersion: Literal["none", "truncated", "winsorised"] = "winsorised",
) -> ComparedUnits:
    """Compare units by every measure that has numerators and denominators.

    Parameters
    ----------
    at
        A project's tables as at a day.
    months
        How many months up to it are added up for each unit that reports itself.
    least
        Fewer units than this are no comparison: one of four sets the spread that it is judged by.
    overdispersion
        As for :func:`sutg_analysis.funnel`.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> compare_units(load(shipped(), tables=[], quarter="2023-24-q2")).funnels["falls"].unit
    'unit'
    """
    year = window(at.observations, end=at.at.day, months=months, date="period")
    rows = year[year["numerator"].notna() & (year["denominator"] > 0)]
    funnels: dict[str, FunnelResult] = {}
    lacking: dict[str, str] = {}
    places = {name: place for place, name in enumerate(at.units["name"])}
    for measure in at.measures.to_dict("records"):
        mine = at.named(rows[rows["measure_id"] == measure["measure_id"]])
        units = mine["unit_id"].nunique()
        if units < least:
            none = "it is a count without a denominator, or has no values"
            lacking[measure["measure_id"]] = (
                f"units that report it: {units} of {least} needed" if units else none
            )
            continue
        share = is_percent(pd.Series([measure["unit"]])).all()
        try:
            found = funnel(
                mine,
                unit="unit",
                numerator="numerator",
                denominator="denominator",
                kind="proportion" if share else "rate",
                overdispersion=overdispersion,
                per=measure["per"],
            )
        except (DataError, ArgumentError) as error:
            lacking[measure["measure_id"]] = f"{error.found}; it takes {error.expected}"
            continue
        points = found.points.sort_values("unit", key=lambda names: names.map(places), kind="stable")
        funnels[measure["measure_id"]] = replace(found, points=points.reset_index(drop=True))
    return ComparedUnits(_outliers(at, funnels), funnels, lacking)


def _outliers(at: Catalogue, funnels: Mapping[str, FunnelResult]) -> pd.DataFrame:
    each = [
        found.points[found.points["outside_998"]].assign(measure_id=name, target=found.target)
        for name, found in funnels.items()
    ]
    columns = ["measure_id", "unit", "value", "target", "side"]
    rows = (
        pd.concat([pd.DataFrame(columns=columns), *each])
        if sum(map(len, each))
        else pd.DataFrame(columns=columns)
    )
    named = rows[columns].merge(at.measures[["measure_id", "title"]], on="measure_id")
    return named.merge(at.units[["unit_id", "name"]].rename(columns={"name": "unit"}), on="unit")
