"""What the report notebooks show, piece by piece, so that a notebook is parameters, load, call, show.

A report is made once from the project's tables as at the end of a quarter; each of its methods returns one piece
of the page: a headline, a table of icons, figures, or how it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.control import spc_spec
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT
from sutg_analysis.quality.scorecard import Scorecard, score, unobserved
from sutg_analysis.reports.page import WIDTHS, Block, Figure, joined, plain_markdown
from sutg_analysis.reports.provenance import made_from, method_block, version
from sutg_analysis.reports.tables import icon_table, numbers_table, raw_table, verdict_matrix
from sutg_analysis.words.control import series_words, spc_alt_text
from sutg_analysis.words.wording import count, day, listed


@dataclass(frozen=True, eq=False)
class Report:
    """One report of one quarter: the verdicts, and the units the reader is shown first.

    Parameters
    ----------
    card
        The verdicts of the quarter.
    units
        The top units of the tree: one trust, or each of several.
    """

    card: Scorecard
    units: tuple[str, ...]

    @property
    def several(self) -> bool:
        """Whether there is more than one top unit, so that names must say which."""
        return len(self.units) > 1

    def name(self, unit_id: str) -> str:
        """Return a unit's name."""
        units = self.card.catalogue.units
        return str(units.loc[units["unit_id"] == unit_id, "name"].iloc[0])

    def title(self, measure: dict[str, Any], unit_id: str) -> str:
        """Return a measure's title, with the unit's name where there are several top units."""
        return f"{measure['title']}, {self.name(unit_id)}" if self.several else str(measure["title"])

    def with_courses(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return verdicts beside the recent course of each series."""
        return rows.join(self.card.courses().rename("course"), on=["measure_id", "unit_id"])

    def figure(self, measure_id: str, unit_id: str) -> Figure:
        """Return the control chart of a measure in one unit."""
        measure = self.card.catalogue.measure(measure_id)
        result = self.card.result(measure_id, unit_id=unit_id)
        title = self.title(measure, unit_id)
        words = series_words(result, title=title, unit=measure["unit"])[0]
        events = self.card.events(measure_id, unit_id)
        row = result.summary.iloc[0]
        return Figure(
            name=f"{measure_id}--{unit_id}",
            headline=words.headline,
            words=" ".join(filter(None, (words.latest, words.variation, words.assurance))),
            alt=spc_alt_text(result, title=title, unit=measure["unit"]),
            **drawings(result, events=events, unit=measure["unit"]),
            table=numbers_table(result, unit=measure["unit"]),
            data=raw_table(result),
            verdict=(row["variation"], row["assurance"]),
            notes=self.notes(measure, result) | {"How sure": words.sureness},
        )

    def notes(self, measure: dict[str, Any], result: SpcResult) -> dict[str, str]:
        """Return how a figure was made, heading to text."""
        fields = {"Definition": "definition", "Source": "source", "Owner": "owner"}
        told = {head: str(measure[name]) for head, name in fields.items() if pd.notna(measure[name])}
        return told | {"Method": method_words(result), "Made from": self.provenance()}

    def provenance(self) -> str:
        """Return which files the numbers come from, and what made the report of them."""
        return made_from(self.card.catalogue.sources, ("observations",), self.card.quarter)

    def method(self) -> Block:
        """Return how the report was made: the rules, the files and their hashes, the versions."""
        said = (
            f"Verdicts are as at {day(self.card.quarter.end)} and follow Making Data Count: limits are the mean "
            "and 2.66 mean moving ranges each side of it; a point outside a limit, a shift of seven on one side "
            "of the mean, a trend of seven, or two of three near a limit is a sign of change. The target is "
            "judged by the limits: a process whose limits both meet it will go on meeting it. Parent units are "
            f"the sum of their children's numerators and denominators. "
            f"{self.card.catalogue.protection.words()} Made by sutg_analysis {version()}."
        )
        return method_block(said, self.card.catalogue.sources)


@dataclass(frozen=True, eq=False)
class BoardReport(Report):
    """Every measure of the top units."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The verdicts shown, one row a measure and top unit."""
        summary = self.card.summary
        return summary[summary["unit_id"].isin(self.units)].reset_index(drop=True)

    @cached_property
    def linked(self) -> pd.DataFrame:
        """The verdicts with each row's name, its course and the link to its figure."""
        names = [self.title(row, row["unit_id"]) for row in self.rows.to_dict("records")]
        links = "#" + self.rows["measure_id"] + "--" + self.rows["unit_id"]
        return self.with_courses(self.rows).assign(name=names, href=links)

    def headline(self) -> Block:
        """Return how many measures there are of each verdict, and which need attention."""
        told = tally_words(self.rows)
        return Block(plain_markdown(told), told)

    def icon_table(self) -> Block:
        """Return the table of icons, each row linked to its figure."""
        return icon_table(self.linked, caption="Every measure and its verdicts")

    def matrix(self) -> Block:
        """Return how many measures are of each variation and assurance, each linked to its figure."""
        return verdict_matrix(self.linked, caption="Measures by variation and assurance")

    def charts(self) -> Block:
        """Return one figure a measure, under the heading of its title."""
        pairs = zip(self.rows["measure_id"], self.rows["unit_id"], self.rows["title"], strict=True)
        return joined([(f"### {plain_markdown(title)}", self.figure(*keys)) for *keys, title in pairs])


@dataclass(frozen=True, eq=False)
class MeasureReport(Report):
    """One measure: the top units, then every unit that has it, side by side."""

    measure_id: str

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The verdicts of every unit, in the order of the tables."""
        return self.card.of_measure(self.measure_id)

    def chart(self) -> Block:
        """Return the figure of each top unit that has the measure."""
        tops = [unit for unit in self.units if self.card.has(self.measure_id, unit)]
        return joined([("", self.figure(self.measure_id, unit)) for unit in tops])

    def icon_table(self) -> Block:
        """Return the table of icons, one row a unit."""
        named = self.with_courses(self.rows).assign(name=self.rows["unit_name"])
        return icon_table(named, caption="Every unit and its verdicts", first="Unit")

    def unit_charts(self) -> Block:
        """Return small charts of every unit on one scale."""
        below = self.rows[~self.rows["unit_id"].isin(self.units)]
        if below.empty:
            return Block("No unit below has observations of this measure.")
        return joined([("", self._side_by_side(below))])

    def _side_by_side(self, below: pd.DataFrame) -> Figure:
        measure = self.card.catalogue.measure(self.measure_id)
        every = self.card.result(self.measure_id)
        result = every.select(unit=below["unit_name"].tolist())
        title = f"{measure['title']}, {count(len(below), 'unit')} side by side"
        return Figure(
            name=f"{self.measure_id}--units",
            headline=title,
            words=tally_words(below),
            alt=spc_alt_text(result, title=str(measure["title"]), unit=measure["unit"]),
            **drawings(result, events=None, unit=measure["unit"]),
            table=numbers_table(result, unit=measure["unit"]),
            data=raw_table(result),
            notes=self.notes(measure, result),
        )


def board_report(project: str | Path, *, quarter: str) -> BoardReport:
    """Return the board report of one quarter.

    Parameters
    ----------
    project
        The project folder.
    quarter
        Such as ``2023-24-q2``.

    Raises
    ------
    TableError
        The project's tables have problems.
    ArgumentError
        There is no such quarter, or no data as old.
    """
    card = card_of(project, quarter)
    return BoardReport(card, card.catalogue.top_units)


def measure_report(project: str | Path, *, measure: str, quarter: str) -> MeasureReport:
    """Return the report of one measure and quarter.

    Raises
    ------
    ArgumentError
        There is no such measure or quarter, or the measure has no observations yet.
    """
    when = Quarter.parse(quarter)
    known = load(project, tables=(), quarter=when, only=of_measures([measure]))
    if known.observations.empty:
        load(project, tables=()).measure(measure)
        raise unobserved(measure, when)
    card = score(known, quarter=when)
    return MeasureReport(card, card.catalogue.top_units, measure)


def card_of(
    project: str | Path,
    quarter: str,
    *,
    tables: Sequence[str] = (),
    only: Mapping[str, Collection[str]] | None = None,
) -> Scorecard:
    """Return the verdicts of a project as at the end of a quarter, made of few tables and those named."""
    when = Quarter.parse(quarter)
    return score(load(project, tables=tables, quarter=when, only=only), quarter=when)


def drawings(result: SpcResult, *, events: pd.DataFrame | None, unit: str) -> dict[str, Any]:
    """Return the two specifications of one chart, for a desktop and for a phone."""
    return {name: spc_spec(result, unit=unit, events=events, width=width) for name, width in WIDTHS.items()}


def method_words(result: SpcResult) -> str:
    """Return the chart, the rules and the least number of points that a verdict rests on."""
    profile = result.profile
    return (
        f"{result.chart_type} chart, profile {profile.name}: shift of {profile.shift}, trend of {profile.trend}, "
        f"verdicts from {profile.min_points} points."
    )


def tally_words(rows: pd.DataFrame) -> str:
    """Return how many verdicts there are of each kind, naming those that call for attention."""
    parts = []
    for codes, words in ((CONCERN, "a sign of concern"), (IMPROVEMENT, "a sign of improvement")):
        names = rows.loc[
            rows["variation"].isin(codes), "unit_name" if len(set(rows["title"])) == 1 else "title"
        ]
        if len(names):
            parts.append(f"{count(len(names), 'chart')} {_show(len(names))} {words}: {listed(names)}.")
    usual = int((rows["variation"] == "common").sum())
    if usual:
        parts.append(f"{count(usual, 'chart')} {_show(usual)} usual variation.")
    missed = int((rows["assurance"] == "fail").sum())
    if missed:
        parts.append(f"{count(missed, 'target')} will be missed unless something changes.")
    return " ".join(parts)


def _show(many: int) -> str:
    return "shows" if many == 1 else "show"
