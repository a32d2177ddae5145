"""Which wards to look at first: signals of many indicators brought together, ``early_warning``.

One indicator's signal may be chance; several at once on one ward seldom are. Each indicator of each ward is judged by
its own control chart, so that a ward is compared with itself and not with others, and high numbers alone say nothing.
The signals for the worse in the latest months are weighed and added:

    score = sum over indicators of (indicator's weight x weight of its strongest rule)
            + together x (number of kinds of indicator that signal, less one)

The weights are opinions, stated in the result and open to change. How much the ranking owes to them and to chance is
shown: readings are moved a little, many times, and each ward is told how often it stays in the top. A ward without
a name here is not thereby well: what is not measured does not warn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.load import Catalogue
from sutg_analysis.control.observations import check_column, read_dates
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.quality.triangulation import (
    CULTURE,
    Weights,
    cells_of,
    moved_cells,
    ranking_of,
    weights_of,
)
from sutg_analysis.result import Shown
from sutg_analysis.trends.trend import DIRECTIONS


@dataclass(frozen=True, eq=False)
class EarlyWarningResult(Shown):
    """Wards by how many signals they give.

    Parameters
    ----------
    ranking
        One row a unit, highest score first: unit's column, rank (units of one score share the best), score,
        indicators (that signal), kinds, named (score at least ``weights.least``, two kinds or more), culture
        (closed-culture indicators that signal), closed_culture (three or more), top_share (how often in the top,
        readings moved a little), reasons.
    cells
        One row a unit and indicator: keys, kind, score, rule (the strongest, or none), side, date (latest signal),
        variation (the chart's verdict), reason.
    heat
        One row a unit, indicator and one of the latest periods: keys, date, variation.
    judged
        The control charts.
    unit, indicator, weights, recent, top, nudge, resamples
        As the call had them.
    dates
        The latest periods: the heat map's; signals in the last ``recent`` of them count.
    """

    ranking: pd.DataFrame
    cells: pd.DataFrame
    heat: pd.DataFrame
    judged: SpcResult
    unit: str
    indicator: str
    weights: Weights
    recent: int
    top: int
    nudge: float
    resamples: int
    dates: tuple[pd.Timestamp, ...]

    @property
    def summary(self) -> pd.DataFrame:
        """The ranking."""
        return self.ranking

    @property
    def points(self) -> pd.DataFrame:
        """The heat map's rows."""
        return self.heat

    @property
    def named(self) -> tuple[str, ...]:
        """The units named, highest score first."""
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
    kind: str | None = None,
    titles: Mapping[str, str] | None = None,
    weights: Weights | Mapping[str, Any] | None = None,
    culture: Sequence[str] = CULTURE,
    periods: int = 6,
    recent: int = 3,
    top: int = 5,
    resamples: int = 100,
    nudge: float = 0.25,
    rng: np.random.Generator | None = None,
    rebase: pd.DataFrame | None = None,
    exclude: pd.DataFrame | None = None,
) -> EarlyWarningResult:
    """Rank units by the signals of many indicators.

    Parameters
    ----------
    frame
        One row a unit, indicator and period; or a catalogue, whose wards are taken.
    unit, indicator, date, value, improvement
        Columns; ``improvement`` says increase, decrease or neutral of each indicator, or is one of these for all.
    kind
        Column of the kind of indicator (safety, staffing, experience...), so that two measures of one thing do not
        count as two witnesses; by default each indicator is a kind of its own.
    titles
        Names of indicators for the reasons.
    weights
        A :class:`Weights`, or a mapping of those of its fields that differ.
    culture
        Indicators whose worsening together may mean a closed culture.
    periods, recent
        Periods in the heat map; latest of them whose signals count.
    top
        How many units the top is.
    resamples, nudge
        How many times readings are moved, and by how many of their sigma.
    rng
        Where moves come from; by default a fixed seed, so that a page says the same twice.
    rebase, exclude
        As for :func:`sutg_analysis.spc`.

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
    >>> result = early_warning(table)
    >>> result.named, bool(result.ranking["top_share"].iloc[0] == 1)
    (('a',), True)
    """
    if isinstance(frame, Catalogue):
        frame, rebase, exclude, titles = _of_catalogue(frame, rebase, exclude, titles)
        unit, indicator, date, value, improvement = "unit_id", "measure_id", "period", "value", "improvement"
    chosen = weights_of(weights)
    _check(periods=periods, recent=recent, top=top, resamples=resamples, nudge=nudge)
    table = _table(frame, unit, indicator, date, value, improvement, kind)
    changed = {"rebase": rebase, "exclude": exclude}
    keys = [unit, indicator]
    judged = _judged(table, keys, changed)
    dates = tuple(sorted(table["date"].unique())[-periods:])
    latest = set(dates[-recent:])
    kinds = table.drop_duplicates(indicator).set_index(indicator)["kind"]
    cells = cells_of(judged, keys, latest, chosen, kinds, titles or {})
    ranking = ranking_of(cells, [unit], indicator, chosen, tuple(culture))
    told = _reasons(cells, unit)
    stays = _stability(table, judged, keys, latest, chosen, kinds, changed, top, resamples, nudge, rng)
    ranking["top_share"] = ranking[unit].map(stays).astype(float)
    ranking["reasons"] = pd.Series([told.get(name, "") for name in ranking[unit]], dtype="str")
    heat = judged.points[judged.points["date"].isin(dates)][[*keys, "date", "variation"]]
    return EarlyWarningResult(
        ranking=ranking,
        cells=cells,
        heat=heat.reset_index(drop=True),
        judged=judged,
        unit=unit,
        indicator=indicator,
        weights=chosen,
        recent=recent,
        top=top,
        nudge=nudge,
        resamples=resamples,
        dates=dates,
    )


def _of_catalogue(catalogue: Catalogue, rebase: Any, exclude: Any, titles: Any) -> tuple[Any, Any, Any, Any]:
    """Return the wards' observations with directions, and the rebases and exclusions of the events."""
    wards = catalogue.units.loc[catalogue.units["kind"] == "ward", "unit_id"]
    measures = catalogue.measures[["measure_id", "title", "improvement"]]
    rows = catalogue.observations[catalogue.observations["unit_id"].isin(wards)]
    marks = catalogue.events[["measure_id", "unit_id", "date", "kind", "reason", "author"]]
    events = {name: marks[marks["kind"] == name].drop(columns="kind") for name in ("rebase", "exclude")}
    return (
        rows.merge(measures, on="measure_id"),
        events["rebase"] if rebase is None else rebase,
        events["exclude"] if exclude is None else exclude,
        titles or measures.set_index("measure_id")["title"].to_dict(),
    )


def _check(**given: float) -> None:
    for name, number in given.items():
        least = 0 if name in ("resamples", "nudge") else 1
        if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number < np.inf:
            raise ArgumentError(f"{name}={number!r}", f"{least} or more", "Correct it")
    if given["recent"] > given["periods"]:
        raise ArgumentError(
            f"recent={given['recent']} of periods={given['periods']}",
            "recent no more than periods",
            "Correct one",
        )


def _table(
    frame: pd.DataFrame, unit: str, indicator: str, date: str, value: str, improvement: str, kind: str | None
) -> pd.DataFrame:
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"a {type(frame).__name__}", "a frame or a catalogue", "Give one of these")
    told = [] if improvement in DIRECTIONS else [improvement]
    for column in (unit, indicator, date, value, *told, *([kind] if kind else [])):
        check_column(frame, column)
    if frame[unit].nunique() < 2:
        raise DataError(f"{frame[unit].nunique()} unit", "two or more to rank", "Check the filter")
    return pd.DataFrame(
        {
            unit: frame[unit].array,
            indicator: frame[indicator].array,
            "date": read_dates(frame[date], where=f"column {date!r}").array,
            "value": frame[value].array,
            "improvement": frame[improvement].array if improvement in frame.columns else improvement,
            "kind": frame[kind or indicator].array,
        }
    )


def _judged(table: pd.DataFrame, keys: list[str], changed: dict[str, Any]) -> SpcResult:
    return spc(table, value="value", date="date", by=keys, improvement="improvement", **changed)


def _stability(
    table: pd.DataFrame,
    judged: SpcResult,
    keys: list[str],
    latest: set,
    weights: Weights,
    kinds: pd.Series,
    changed: dict[str, Any],
    top: int,
    resamples: int,
    nudge: float,
    rng: np.random.Generator | None,
) -> pd.Series:
    """Return how often each unit has a score and is in the top, readings moved by some of their sigma."""
    units = pd.Index(table[keys[0]].unique())
    if resamples == 0:
        return pd.Series(np.nan, index=units)
    rng = rng if rng is not None else np.random.default_rng(0)
    spread = judged.summary.set_index(keys)
    sigma = ((spread["upper"] - spread["lower"]) / 6).fillna(0.0)
    each = sigma.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy()
    many = pd.concat([table] * int(resamples), ignore_index=True)
    many["_turn"] = np.repeat(np.arange(int(resamples)), len(table))
    many["value"] = many["value"] + nudge * np.tile(each, int(resamples)) * rng.standard_normal(len(many))
    moved = _judged(many, ["_turn", *keys], changed)
    cells = moved_cells(moved, keys, latest, weights, kinds)
    ranked = ranking_of(cells, ["_turn", keys[0]], keys[1], weights, ())
    inside = ranked[(ranked["rank"] <= top) & (ranked["score"] > 0)]
    return (inside.groupby(keys[0]).size() / int(resamples)).reindex(units).fillna(0.0)


def _reasons(cells: pd.DataFrame, unit: str) -> pd.Series:
    told = cells[cells["score"] > 0].sort_values([unit, "score"], ascending=[True, False], kind="stable")
    return told.groupby(unit)["reason"].agg("; ".join)
