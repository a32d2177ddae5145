"""Every measure of every unit, judged by one set of rules as at the end of one quarter.

The catalogue says how each measure is charted, which way is better, its targets and its events; ``spc`` judges
all series of one chart type in one call; the answers stand side by side in one frame.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.as_at import AsAt, provisional
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.disclosure import HIDDEN
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.control.limits import find_chart
from sutg_analysis.control.result import About, SpcResult
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError
from sutg_analysis.ledger.book import KEYS, ledger_of


@dataclass(frozen=True, eq=False)
class Scorecard:
    """Verdicts of one quarter.

    Parameters
    ----------
    catalogue
        The tables as they stood at the quarter's end, rolled up to every level.
    quarter
        The quarter.
    summary
        One row a measure and unit, in the order of the tables: the verdicts of ``spc`` beside the measure's
        title, priority, unit of measurement (``unit``), per, and the unit's name (``unit_name``).
    results
        The result of each chart type in use.
    """

    catalogue: Catalogue
    quarter: Quarter
    summary: pd.DataFrame
    results: dict[str, SpcResult]

    @property
    def at(self) -> AsAt:
        """The day as at which the verdicts stand, in the quarter."""
        return self.catalogue.at

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """The ledger: :func:`sutg_analysis.ledger.book.ledger_of`."""
        return ledger_of(self.catalogue, self.summary, self.results)

    def of_measure(self, measure_id: str) -> pd.DataFrame:
        """Return the summary rows of one measure, one a unit."""
        return self.summary[self.summary["measure_id"] == measure_id].reset_index(drop=True)

    def result(self, measure_id: str, *, unit_id: str | None = None) -> SpcResult:
        """Return the chart of a measure in one unit, or in all its units, each under its name (``unit``)."""
        measure = self.catalogue.measure(measure_id)
        if measure["chart"] not in self.results:
            raise unobserved(measure_id, self.quarter)
        keys = {"measure_id": measure_id} | ({} if unit_id is None else {"unit_id": unit_id})
        found = self.results[measure["chart"]].select(**keys)
        if unit_id is None:
            found = found.renamed(unit=self.catalogue.units.set_index("unit_id")["name"], of="unit_id")
        about = self._about(measure, unit_id)
        return replace(found, by=() if unit_id else ("unit",), per=measure["per"], about=about)

    def _about(self, measure: pd.Series, unit_id: str | None) -> About:
        known, title, measure_id = self.catalogue, str(measure["title"]), str(measure["measure_id"])
        start = pd.Timestamp(self.quarter.start)
        if unit_id is None:
            return About("", title, str(measure["unit"]), None, measure, known, start)
        units = known.units.set_index("unit_id")["name"]
        called = title if known.top_units == (unit_id,) else f"{title}, {units[unit_id]}"
        events = self.events(measure_id, unit_id)
        return About(f"{measure_id}/{unit_id}", called, str(measure["unit"]), events, measure, known, start)

    def courses(self, *, points: int = 24) -> pd.Series:
        """Return the last values of every series as lists, under measure_id and unit_id."""
        rows = pd.concat([_whole(result.points)[[*KEYS, "value"]] for result in self.results.values()])
        return rows.groupby(KEYS, sort=False).tail(points).groupby(KEYS, sort=False)["value"].agg(list)

    def has(self, measure_id: str, unit_id: str) -> bool:
        """Say whether a unit has observations of a measure."""
        rows = self.summary
        return bool(((rows["measure_id"] == measure_id) & (rows["unit_id"] == unit_id)).any())

    def events(self, measure_id: str, unit_id: str) -> pd.DataFrame:
        """Return the events of a measure that a unit's chart shows: its own and those of every unit."""
        events = self.catalogue.events
        units = events["unit_id"].isna() | events["unit_id"].isin(["", unit_id])
        return events[(events["measure_id"] == measure_id) & units].reset_index(drop=True)


def unobserved(measure_id: str, quarter: Quarter) -> ArgumentError:
    """Return the error of a measure without observations."""
    return ArgumentError(
        f"no observations of measure {measure_id!r} up to {quarter.label}",
        expected="a measure with observations",
        remedy="Add its rows to data/observations or take it out of data/measures",
    )


def score(catalogue: Catalogue, *, quarter: Quarter) -> Scorecard:
    """Judge every measure of every unit as at the end of a quarter, or take the verdicts that a build has made."""
    known = catalogue.as_at(quarter)
    kept = _file(Path(known.kept), known) if known.kept else None
    if kept and kept.is_file():
        return _part(pickle.loads(kept.read_bytes()), known, quarter)
    known = known.rolled_up()
    described = known.observations.merge(known.measures[["measure_id", "chart", "improvement", "per"]])
    open_end = provisional(described, known.at)
    described["known_to"] = pd.Series(pd.Timestamp(known.at.day), index=described.index).where(open_end)
    results = {
        str(chart): _judge(known, rows, chart=str(chart))
        for chart, rows in described.groupby("chart", sort=False)
    }
    verdicts = pd.concat([result.summary for result in results.values()], ignore_index=True)
    return Scorecard(known, quarter, _beside(known, verdicts), results)


def keep_verdicts(catalogue: Catalogue, folder: Path, *, quarter: Quarter) -> Scorecard:
    """Judge every measure once, and keep the verdicts beside a build's tables for every report to read."""
    path = _file(folder, catalogue)
    if path.is_file():
        return score(replace(catalogue, kept=str(folder)), quarter=quarter)
    card = score(replace(catalogue, kept=""), quarter=quarter)
    verdicts = card.results, card.summary, card.ledger
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(pickle.dumps(verdicts, protocol=pickle.HIGHEST_PROTOCOL))
    unfinished.replace(path)
    return card


def _file(folder: Path, catalogue: Catalogue) -> Path:
    return folder / f"verdicts-{catalogue.at.day.isoformat()}.pickle"


def _part(
    kept: tuple[dict[str, SpcResult], pd.DataFrame, pd.DataFrame], known: Catalogue, quarter: Quarter
) -> Scorecard:
    """Return the verdicts of a build about the measures and units of some tables."""
    results, summary, ledger = kept
    known = known.rolled_up()
    wanted = pd.MultiIndex.from_frame(known.observations[KEYS].drop_duplicates())
    chosen = {}
    for chart, result in results.items():
        mine = pd.MultiIndex.from_frame(result.summary[KEYS]).isin(wanted)
        if mine.any():
            chosen[chart] = result.of(mine)
    mine = pd.MultiIndex.from_frame(summary[KEYS]).isin(wanted)
    card = Scorecard(known, quarter, summary[mine].reset_index(drop=True), chosen)
    card.__dict__["ledger"] = ledger[mine].reset_index(drop=True)
    return card


def _whole(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points of periods that are over."""
    return points[points["known_to"].isna()] if "known_to" in points else points


def _judge(known: Catalogue, rows: pd.DataFrame, *, chart: str) -> SpcResult:
    events = _within(_of_series(known.events, rows), rows)
    parts = find_chart(chart).denominator == "needed"
    result = spc(
        rows,
        date="period",
        by=KEYS,
        chart=chart,
        improvement="improvement",
        target=_targets(known, rows),
        rebase=_marks(events, rows, "rebase"),
        exclude=_marks(events, rows, "exclude"),
        provisional="known_to",
        **(
            {"numerator": "numerator", "denominator": "denominator", "per": "per"}
            if parts
            else {"value": "value"}
        ),
    )
    return _telling_hidden(result, rows)


def _telling_hidden(result: SpcResult, rows: pd.DataFrame) -> SpcResult:
    """Mark the points that disclosure control hides (``hidden``) and, of a series that ends with one, its date."""
    status = rows["status"] if "status" in rows else pd.Series("", index=rows.index)
    if not status.eq(HIDDEN).any():
        return result
    gone = pd.MultiIndex.from_frame(rows.loc[status.eq(HIDDEN), [*KEYS, "period"]])
    points = result.points
    points = points.assign(hidden=pd.MultiIndex.from_frame(points[[*KEYS, "date"]]).isin(gone))
    last = points.groupby(KEYS, sort=False)[["date", "hidden"]].last()
    ended = last["date"].where(last["hidden"]).rename("hidden_date")
    return replace(result, points=points, summary=result.summary.join(ended, on=KEYS))


def _of_series(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what a table says of series that have rows; a measure may be named before it is observed."""
    series = rows[KEYS].drop_duplicates()
    every = table["unit_id"].isna() & table["measure_id"].isin(series["measure_id"].unique())
    pairs = pd.MultiIndex.from_frame(table[KEYS]).isin(pd.MultiIndex.from_frame(series))
    return table[every | pairs]


def _within(events: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out events of every unit that no series here reaches: some pages hold a few of a measure's units."""
    spans = rows.groupby("measure_id")["period"].agg(["min", "max"]).reindex(events["measure_id"])
    dates = events["date"].to_numpy()
    reached = (dates >= spans["min"].to_numpy()) & (dates <= spans["max"].to_numpy())
    seen = pd.MultiIndex.from_frame(rows[["measure_id", "period"]])
    held = pd.MultiIndex.from_frame(events[["measure_id", "date"]]).isin(seen)
    return events[events["unit_id"].notna() | (reached & (held | events["kind"].ne("exclude")))]


def _targets(known: Catalogue, rows: pd.DataFrame) -> pd.DataFrame | None:
    """Standing targets, open at both ends, and dated ones, which count from their start."""
    standing = known.measures.loc[known.measures["target"].notna(), ["measure_id", "target"]]
    dated = known.targets[[*KEYS, "start", "end", "target"]]
    both = pd.concat([frame for frame in (standing, dated) if len(frame)] or [dated], ignore_index=True)
    both = _of_series(both.reindex(columns=[*KEYS, "start", "end", "target"]), rows)
    dates = {name: pd.to_datetime(both[name]) for name in ("start", "end")}
    return both.assign(**dates).reset_index(drop=True) if len(both) else None


def _marks(events: pd.DataFrame, rows: pd.DataFrame, kind: str) -> pd.DataFrame | None:
    """Return events of a kind, those of a whole measure for each series that they can hold for.

    A unit may report later than the measure is rebased, and an edition ends before what is known later.
    """
    known = events.loc[events["kind"] == kind, [*KEYS, "date", "reason", "author"]]
    spans = rows.groupby(KEYS)["period"].agg(["min", "max"]).reset_index()
    own = known[known["unit_id"].notna()].merge(spans, on=KEYS)
    every = known[known["unit_id"].isna()].drop(columns="unit_id").merge(spans, on="measure_id")
    every = every[every["date"] >= every["min"]]
    if kind == "exclude":
        there = pd.MultiIndex.from_frame(rows[[*KEYS, "period"]])
        every = every[pd.MultiIndex.from_frame(every[[*KEYS, "date"]]).isin(there)]
    marks = pd.concat([own, every])
    marks = marks.loc[marks["date"] <= marks["max"], [*KEYS, "date", "reason", "author"]]
    return marks.reset_index(drop=True) if len(marks) else None


def _beside(known: Catalogue, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Put the verdicts beside what the tables say of each measure and unit, in the tables' order."""
    measures = known.measures[["measure_id", "title", "priority", "unit", "per"]]
    units = known.units[["unit_id", "name", "kind"]].rename(columns={"name": "unit_name"})
    pairs = measures.merge(units, how="cross")
    return pairs.merge(verdicts, on=KEYS).reset_index(drop=True)
