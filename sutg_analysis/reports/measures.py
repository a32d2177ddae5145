"""The board report and the report of one measure: every verdict with its icons, its chart and its words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.ledger.scorecard import score, unobserved
from sutg_analysis.reports.figure import charts_figure, figures_block
from sutg_analysis.reports.page import Block, text_block
from sutg_analysis.reports.report import Report, card_of, measure_notes
from sutg_analysis.reports.tables import icon_table, verdict_matrix
from sutg_analysis.words.control import tally_words
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import count


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
        return text_block(tally_words(self.rows, names=self.rows["title"]))

    def icon_table(self) -> Block:
        """Return the table of icons, each row linked to its figure."""
        return icon_table(self.linked, caption="Every measure and its verdicts")

    def matrix(self) -> Block:
        """Return how many measures are of each variation and assurance, each linked to its figure."""
        return verdict_matrix(self.linked, caption="Measures by variation and assurance")

    def charts(self) -> Block:
        """Return one figure a measure, under the heading of its title."""
        pairs = zip(self.rows["measure_id"], self.rows["unit_id"], strict=True)
        headings = [f"### {plain_markdown(title)}" for title in self.rows["title"]]
        return figures_block(*(self.figure(*pair) for pair in pairs), headings=headings)


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
            words=tally_words(below, names=below["unit_name"]),
            title=str(measure["title"]),
            unit=measure["unit"],
            notes=measure_notes(self.card.catalogue, measure, result),
        )
        return figures_block(figure)


def board_report(project: str | Path, *, quarter: str, as_at: str = "") -> BoardReport:
    """Return the board report of one quarter.

    Parameters
    ----------
    project
        The project folder.
    quarter
        Such as ``2023-24-q2``.
    as_at
        The day after which nothing is known, of the quarter; its last, or that of the tables, if empty.

    Raises
    ------
    TableError
        The project's tables have problems.
    ArgumentError
        There is no such quarter, or no data as old.
    """
    card = card_of(project, quarter, as_at=as_at)
    return BoardReport(card, card.catalogue.top_units)


def measure_report(project: str | Path, *, measure: str, quarter: str, as_at: str = "") -> MeasureReport:
    """Return the report of one measure and quarter.

    Raises
    ------
    ArgumentError
        There is no such measure or quarter, or the measure has no observations yet.
    """
    when = Quarter.parse(quarter)
    known = load(project, tables=(), quarter=when, as_at=as_at, only=of_measures([measure]))
    if known.observations.empty:
        load(project, tables=()).measure(measure)
        raise unobserved(measure, when)
    card = score(known, quarter=when)
    return MeasureReport(card, card.catalogue.top_units, measure)
