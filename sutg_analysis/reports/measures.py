"""What the report notebooks show, piece by piece, so that a notebook is parameters, load, call, show.

A report is made once from the project's tables as at the end of a quarter; each of its methods returns one piece
of the page: a headline, a table of icons, figures, or how it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT
from sutg_analysis.quality.scorecard import Scorecard, score, unobserved
from sutg_analysis.reports.page import Block, Figure, figure_block, figures_block, text_block
from sutg_analysis.reports.report import charts_figure, control_figure, made_from, method_block
from sutg_analysis.reports.tables import icon_table, verdict_matrix
from sutg_analysis.words.markdown import plain_markdown
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

    def title(self, measure: Row, unit_id: str) -> str:
        """Return a measure's title, with the unit's name where there are several top units."""
        return f"{measure['title']}, {self.name(unit_id)}" if self.several else str(measure["title"])

    def with_courses(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return verdicts beside the recent course of each series."""
        return rows.join(self.card.courses().rename("course"), on=["measure_id", "unit_id"])

    def figure(self, measure_id: str, unit_id: str) -> Figure:
        """Return the control chart of a measure in one unit."""
        measure = self.card.catalogue.measure(measure_id)
        result = self.card.result(measure_id, unit_id=unit_id)
        return control_figure(
            result,
            f"{measure_id}--{unit_id}",
            title=self.title(measure, unit_id),
            unit=measure["unit"],
            notes=self.notes(measure, result),
            events=self.card.events(measure_id, unit_id),
        )

    def figures(self, keys: Iterable[Sequence[str]]) -> Block:
        """Return the control charts of measures in units."""
        return figures_block([("", self.figure(*key)) for key in keys])

    def notes(self, measure: Row, result: SpcResult) -> dict[str, str]:
        """Return how a figure was made, heading to text."""
        fields = {"Definition": "definition", "Source": "source", "Owner": "owner"}
        about = {head: str(measure[name]) for head, name in fields.items() if pd.notna(measure[name])}
        files = made_from(self.card.catalogue.sources, ("observations",), self.card.quarter)
        return about | {"Method": method_words(result), "Made from": files}

    def method(self) -> Block:
        """Return how the report was made: the rules, the files and their hashes, the versions."""
        return method_block(
            f"Verdicts are as at {day(self.card.quarter.end)} and follow Making Data Count: limits are the mean "
            "and 2.66 mean moving ranges each side of it; a point outside a limit, a shift of seven on one side "
            "of the mean, a trend of seven, or two of three near a limit is a sign of change. The target is "
            "judged by the limits: a process whose limits both meet it will go on meeting it. Parent units are "
            "the sum of their children's numerators and denominators.",
            self.card.catalogue,
        )


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
        return text_block(tally_words(self.rows))

    def icon_table(self) -> Block:
        """Return the table of icons, each row linked to its figure."""
        return icon_table(self.linked, caption="Every measure and its verdicts")

    def matrix(self) -> Block:
        """Return how many measures are of each variation and assurance, each linked to its figure."""
        return verdict_matrix(self.linked, caption="Measures by variation and assurance")

    def charts(self) -> Block:
        """Return one figure a measure, under the heading of its title."""
        pairs = zip(self.rows["measure_id"], self.rows["unit_id"], self.rows["title"], strict=True)
        return figures_block([(f"### {plain_markdown(title)}", self.figure(*keys)) for *keys, title in pairs])


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
        return self.figures([(self.measure_id, unit) for unit in tops])

    def icon_table(self) -> Block:
        """Return the table of icons, one row a unit."""
        named = self.with_courses(self.rows).assign(name=self.rows["unit_name"])
        return icon_table(named, caption="Every unit and its verdicts", first="Unit")

    def unit_charts(self) -> Block:
        """Return small charts of every unit on one scale."""
        below = self.rows[~self.rows["unit_id"].isin(self.units)]
        if below.empty:
            return Block("No unit below has observations of this measure.")
        measure = self.card.catalogue.measure(self.measure_id)
        result = self.card.result(self.measure_id).select(unit=below["unit_name"].tolist())
        figure = charts_figure(
            result,
            f"{self.measure_id}--units",
            f"{measure['title']}, {count(len(below), 'unit')} side by side",
            words=tally_words(below),
            title=str(measure["title"]),
            unit=measure["unit"],
            notes=self.notes(measure, result),
        )
        return figure_block(figure)


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
            parts.append(f"{count(len(names), 'chart shows', 'charts show')} {words}: {listed(names)}.")
    usual = int((rows["variation"] == "common").sum())
    if usual:
        parts.append(f"{count(usual, 'chart shows', 'charts show')} usual variation.")
    missed = int((rows["assurance"] == "fail").sum())
    if missed:
        parts.append(f"{count(missed, 'target')} will be missed unless something changes.")
    return " ".join(parts)
