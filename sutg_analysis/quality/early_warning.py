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

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.control.observations import check_column, read_dates
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import CONCERN
from sutg_analysis.control.spc import spc
from sutg_analysis.control.targets import IMPROVEMENTS
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Result

CULTURE = (
    *("restraint", "seclusion", "complaints", "sickness", "leavers", "turnover"),
    *("incidents-reported", "incident-reporting"),
)
"""Signs that a ward may be closing in on itself: restraint, complaints and absence rise, people leave, and fewer
incidents are reported (which only counts as worse where the measure's improvement is increase)."""
_CULTURE_LEAST = 3
_SIDES = {"concern_high": "high", "concern_low": "low"}
_RULES = ("outside", "shift", "trend", "two_of_three")
RULE_WORDS = {
    "outside": "a point beyond its limits",
    "shift": "a shift",
    "trend": "a trend",
    "two_of_three": "2 of 3 points near a limit",
}


@dataclass(frozen=True)
class Weights:
    """What a signal is worth.

    Parameters
    ----------
    outside, shift, trend, two_of_three
        Of each rule; the strongest of an indicator counts.
    together
        Of each further kind of indicator that signals.
    indicators
        Times an indicator counts, 1 where it is not named.
    least
        Score from which a ward is named.

    Examples
    --------
    >>> Weights(together=2).outside
    3.0
    """

    outside: float = 3.0
    shift: float = 3.0
    trend: float = 2.0
    two_of_three: float = 1.0
    together: float = 1.0
    indicators: Mapping[str, float] = field(default_factory=dict)
    least: float = 4.0

    def rules(self) -> dict[str, float]:
        """Return the weights of the rules."""
        return {name: getattr(self, name) for name in _RULES}


def _weights(weights: Weights | Mapping[str, Any] | None) -> Weights:
    """Return weights as given, or the usual ones with some fields changed."""
    if weights is None or isinstance(weights, Weights):
        chosen = weights or Weights()
    else:
        strange = sorted(set(weights) - set(asdict(Weights())))
        if strange:
            known = ", ".join(asdict(Weights()))
            raise ArgumentError(f"weights of {', '.join(strange)}", f"some of {known}", "Correct the names")
        chosen = Weights(**weights)
    numbers = [*chosen.rules().values(), chosen.together, chosen.least, *chosen.indicators.values()]
    if not all(isinstance(number, int | float) and 0 <= number < np.inf for number in numbers):
        raise ArgumentError("a weight that is no number of 0 or more", "0 or more", "Correct the weights")
    return chosen


def _scored(
    judged: SpcResult,
    keys: list[str],
    latest: Collection[pd.Timestamp],
    weights: Weights,
    kinds: pd.Series,
) -> pd.DataFrame:
    """Return one row a series: its strongest rule that signals for the worse lately, and what that scores."""
    points = judged.points[judged.points["variation"].isin(CONCERN) & judged.points["date"].isin(latest)]
    worths = points[list(_RULES)].to_numpy(dtype=float) * list(weights.rules().values())
    rows = points[[*keys, "date"]].assign(
        worth=worths.max(axis=1, initial=0),
        rule=np.take(_RULES, worths.argmax(axis=1)),
        side=points["variation"].astype("str").map(_SIDES),
    )
    ordered = rows.sort_values([*keys, "worth", "date"], kind="stable")
    best = ordered.drop_duplicates(keys, keep="last")
    table = judged.summary[[*keys, "variation"]].merge(best, on=keys, how="left")
    name = table[keys[-1]]
    factor = name.map(dict(weights.indicators)).astype(float).fillna(1.0)
    return table.assign(kind=name.map(kinds), score=(table["worth"] * factor).fillna(0.0))


def _with_reasons(cells: pd.DataFrame, keys: list[str], titles: Mapping[str, str]) -> pd.DataFrame:
    """Return scored series with the reason for their score in words."""
    rule, side = (cells[name].astype("str").where(cells[name].notna(), "none") for name in ("rule", "side"))
    title = cells[keys[-1]].map(lambda name: str(titles.get(name, name))).astype("str")
    reason = title + ": " + rule.map({**RULE_WORDS, "none": "no signal"}).astype("str") + ", " + side
    table = cells.assign(rule=rule, side=side, reason=reason.where(cells["score"] > 0, ""))
    return table[[*keys, "kind", "score", "rule", "side", "date", "variation", "reason"]]


def _ranking(
    cells: pd.DataFrame, unit: list[str], indicator: str, weights: Weights, culture: Sequence[str]
) -> pd.DataFrame:
    """Return the units by score; keys before the last name turns that are ranked each on its own."""
    signal = cells[cells["score"] > 0]
    table = cells[unit].drop_duplicates().set_index(unit)
    groups = signal.groupby(unit)
    table["indicators"] = groups.size().reindex(table.index).fillna(0).astype(int)
    table["kinds"] = groups["kind"].nunique().reindex(table.index).fillna(0).astype(int)
    added = groups["score"].sum().reindex(table.index).fillna(0.0)
    table["score"] = added + weights.together * (table["kinds"] - 1).clip(lower=0)
    closing = signal[signal[indicator].astype("str").isin(list(culture))].groupby(unit)[indicator].nunique()
    table["culture"] = closing.reindex(table.index).fillna(0).astype(int)
    table["closed_culture"] = table["culture"] >= _CULTURE_LEAST
    table["named"] = (table["score"] >= weights.least) & (table["kinds"] >= 2)
    table = table.reset_index()
    within = table.groupby(unit[:-1])["score"] if unit[:-1] else table["score"]
    table["rank"] = within.rank(method="min", ascending=False).astype(int)
    order = table.sort_values(["rank", *unit], kind="stable").reset_index(drop=True)
    return order[[*unit, "rank", "score", "indicators", "kinds", "named", "culture", "closed_culture"]]


@dataclass(frozen=True, eq=False)
class EarlyWarningResult(Result):
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

    _views = "quality:warning"

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
        known = frame
        marks = known.events[["measure_id", "unit_id", "date", "kind", "reason", "author"]]
        events = {name: marks[marks["kind"] == name].drop(columns="kind") for name in ("rebase", "exclude")}
        rebase = events["rebase"] if rebase is None else rebase
        exclude = events["exclude"] if exclude is None else exclude
        titles = titles or known.measures.set_index("measure_id")["title"].to_dict()
        wards = known.units.loc[known.units["kind"] == "ward", "unit_id"]
        rows = known.finished[known.finished["unit_id"].isin(wards)]
        frame = rows.merge(known.measures[["measure_id", "improvement"]], on="measure_id")
        unit, indicator, date, value, improvement = "unit_id", "measure_id", "period", "value", "improvement"
    chosen = _weights(weights)
    _check(periods=periods, recent=recent, top=top, resamples=resamples, nudge=nudge)
    table = _table(frame, unit, indicator, date, value, improvement, kind)
    keys = [unit, indicator]
    judge = partial(
        spc, value="value", date="date", improvement="improvement", rebase=rebase, exclude=exclude
    )
    judged = judge(table, by=keys)
    dates = tuple(sorted(table["date"].unique())[-periods:])
    latest = dates[-recent:]
    kinds = table.drop_duplicates(indicator).set_index(indicator)["kind"]
    cells = _with_reasons(_scored(judged, keys, latest, chosen, kinds), keys, titles or {})
    ranking = _ranking(cells, [unit], indicator, chosen, culture)
    ranking["top_share"] = np.nan
    if resamples:
        moved = _moved(table, judged, keys, resamples=int(resamples), nudge=nudge, rng=rng)
        again = _scored(judge(moved, by=["_turn", *keys]), ["_turn", *keys], latest, chosen, kinds)
        ranked = _ranking(again, ["_turn", unit], indicator, chosen, ())
        inside = ranked[(ranked["rank"] <= top) & (ranked["score"] > 0)]
        stays = inside.groupby(unit).size() / int(resamples)
        ranking["top_share"] = ranking[unit].map(stays).astype(float).fillna(0.0)
    scoring = cells[cells["score"] > 0].sort_values([unit, "score"], ascending=[True, False], kind="stable")
    reasons = scoring.groupby(unit)["reason"].agg("; ".join)
    ranking["reasons"] = pd.Series([reasons.get(name, "") for name in ranking[unit]], dtype="str")
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
    ways = [] if improvement in IMPROVEMENTS else [improvement]
    for column in (unit, indicator, date, value, *ways, *([kind] if kind else [])):
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


def _moved(
    table: pd.DataFrame,
    judged: SpcResult,
    keys: list[str],
    *,
    resamples: int,
    nudge: float,
    rng: np.random.Generator | None,
) -> pd.DataFrame:
    """Return the readings many times over (``_turn``), each moved by some of its series' sigma."""
    rng = rng if rng is not None else np.random.default_rng(0)
    limits = judged.summary.set_index(keys)
    sigma = ((limits["upper"] - limits["lower"]) / 6).fillna(0.0)
    each = sigma.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy()
    many = pd.concat([table] * resamples, ignore_index=True)
    many["_turn"] = np.repeat(np.arange(resamples), len(table))
    many["value"] = many["value"] + nudge * np.tile(each, resamples) * rng.standard_normal(len(many))
    return many
