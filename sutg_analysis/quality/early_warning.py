"""Which wards to look at first: many indicators, and what chance alone would make of them, ``early_warning``.

A ward is compared with itself and not with others, so that high numbers alone say nothing. What is not measured does not warn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.control.observations import check_column, read_dates
from sutg_analysis.control.targets import IMPROVEMENTS
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.quality.chance import beyond_chance, chance_of_worse
from sutg_analysis.result import Result

CULTURE = ("restraint", "seclusion", "complaints", "sickness", "leavers", "turnover")
"""Signs that a ward may be closing in on itself: restraint, complaints and absence rise, people leave."""
CULTURE_LEAST = 3


@dataclass(frozen=True, eq=False)
class EarlyWarningResult(Result):
    """Units whose latest numbers are worse than chance makes them.

    Parameters
    ----------
    ranking
        One row a unit, first those of most indicators that warn, then by the rarest chance: unit's column, rank,
        indicators (that warn), named (one or more), culture (signs of a closed culture that warn), closed_culture
        (three or more), reasons.
    cells
        One row a unit and indicator: chance (how often chance alone makes the latest points this bad; NaN with fewer
        than twelve points before, or without a direction), warns, reason.
    unit, recent
        As the call had them.
    """

    _views = "quality:warning"
    _drawn = "no"

    ranking: pd.DataFrame
    cells: pd.DataFrame
    unit: str
    recent: int

    @property
    def summary(self) -> pd.DataFrame:
        """The ranking."""
        return self.ranking

    @property
    def points(self) -> pd.DataFrame:
        """The indicators of each unit."""
        return self.cells

    @property
    def named(self) -> tuple[str, ...]:
        """The units named, first those of most indicators."""
        return tuple(self.ranking.loc[self.ranking["named"], self.unit])

    def __repr__(self) -> str:
        return f"<EarlyWarningResult: {len(self.named)} of {len(self.ranking)} named>"


def early_warning(
    frame: pd.DataFrame | Catalogue,
    *,
    unit: str = "unit_id",
    indicator: str = "measure_id",
    date: str = "period",
    value: str = "value",
    improvement: str = "improvement",
    titles: Mapping[str, str] | None = None,
    culture: Sequence[str] = CULTURE,
    recent: int = 3,
) -> EarlyWarningResult:
    """Name the units of which an indicator's latest points are worse than chance makes them.

    Chance names one unit in three quarters at most, however many units and indicators there are, also where each month
    resembles the last (``python -m benchmarks.quiet``).

    Parameters
    ----------
    frame
        One row a unit, indicator and period; or a catalogue, whose wards are taken as the ledger judged them.
    unit, indicator, date, value, improvement
        Columns; ``improvement`` says increase, decrease or neutral of each indicator, or is one of these for all.
    titles
        Names of indicators for the reasons.
    culture
        Indicators whose worsening together may mean a closed culture.
    recent
        How many latest points of each series are compared with those before.

    Returns
    -------
    EarlyWarningResult

    Raises
    ------
    ArgumentError, DataError
        If a column or argument is wrong, or there is one unit only.

    Examples
    --------
    >>> months = pd.date_range("2022-01-01", periods=24, freq="MS")
    >>> usual = [5, 7, 6, 5, 6, 7, 5, 6] * 3
    >>> worse = usual[:21] + [14, 15, 16]
    >>> rows = [(ward, name, month, y, "decrease") for ward, ys in {"a": worse, "b": usual}.items()
    ...         for name in ("falls", "restraint", "complaints") for month, y in zip(months, ys)]
    >>> table = pd.DataFrame(rows, columns=["unit_id", "measure_id", "period", "value", "improvement"])
    >>> early_warning(table).named
    ('a',)
    """
    if isinstance(recent, bool) or not isinstance(recent, int) or recent < 1:
        raise ArgumentError(f"recent={recent!r}", "a whole number, 1 or more", "Correct it")
    if isinstance(frame, Catalogue):
        titles = titles or frame.measures.set_index("measure_id")["title"].to_dict()
        wards = frame.units.loc[frame.units["kind"] == "ward", "unit_id"]
        frame = points_of(frame).rename(columns={"date": "period"})
        frame = frame[frame["unit_id"].isin(wards)]
        unit, indicator, date, value, improvement = "unit_id", "measure_id", "period", "value", "improvement"
    keys = [unit, indicator]
    table = _table(frame, unit, indicator, date, value, improvement)
    chance = chance_of_worse(table, by=keys, recent=recent)
    cells = pd.DataFrame({"chance": chance, "warns": beyond_chance(chance, by=unit)}).reset_index()
    title = cells[indicator].map(lambda name: str((titles or {}).get(name, name))).astype("str")
    ways = table.drop_duplicates(indicator).set_index(indicator)["improvement"]
    side = cells[indicator].map(ways).map({"decrease": "higher", "increase": "lower"}).astype("str")
    cells["reason"] = (title + " " + side).where(cells["warns"], "")
    groups = cells.groupby(unit, sort=True)
    ranking = groups.agg(indicators=("warns", "sum"), least=("chance", "min"))
    warned = cells[cells["warns"]].sort_values("chance", kind="stable")
    signs = warned[warned[indicator].isin(list(culture))].groupby(unit)[indicator].nunique()
    ranking["named"] = ranking["indicators"] > 0
    ranking["culture"] = signs.reindex(ranking.index).fillna(0).astype(int)
    ranking["closed_culture"] = ranking["culture"] >= CULTURE_LEAST
    ranking["reasons"] = warned.groupby(unit)["reason"].agg("; ".join).reindex(ranking.index).fillna("")
    order = np.lexsort((ranking["least"].fillna(1.0), -ranking["indicators"]))
    ranking = ranking.iloc[order].drop(columns="least").reset_index()
    ranking.insert(1, "rank", np.arange(1, len(ranking) + 1))
    return EarlyWarningResult(ranking, cells, unit, recent)


def points_of(at: Catalogue) -> pd.DataFrame:
    """Return the points that the ledger judged, since limits were last set anew and without those left out."""
    points = pd.concat([result.points for result in at.card.results.values()])
    last = points.groupby(["unit_id", "measure_id"])["segment"].transform("max")
    points = points[(points["segment"] == last) & ~points["excluded"].astype(bool)]
    return points[["unit_id", "measure_id", "date", "value"]].merge(
        at.measures[["measure_id", "improvement"]], on="measure_id"
    )


def _table(
    frame: pd.DataFrame, unit: str, indicator: str, date: str, value: str, improvement: str
) -> pd.DataFrame:
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"a {type(frame).__name__}", "a frame or a catalogue", "Give one of these")
    for column in (unit, indicator, date, value, *([] if improvement in IMPROVEMENTS else [improvement])):
        check_column(frame, column)
    if frame[unit].nunique() < 2:
        raise DataError(f"{frame[unit].nunique()} unit", "two or more to rank", "Check the filter")
    table = pd.DataFrame(
        {
            unit: frame[unit].array,
            indicator: frame[indicator].array,
            "date": read_dates(frame[date], where=f"column {date!r}").array,
            "value": frame[value].array,
            "improvement": frame[improvement].array if improvement in frame.columns else improvement,
        }
    )
    return table.sort_values("date", kind="stable")
