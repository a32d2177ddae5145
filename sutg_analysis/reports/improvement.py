"""What the page of an improvement project shows: aim, theory, cycles on their chart, what the data suggest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.quality import banded
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.quality.knowledge import evaluate_project
from sutg_analysis.quality.pdsa import CycleResult
from sutg_analysis.quality.scorecard import Scorecard, score
from sutg_analysis.reports import cycletables
from sutg_analysis.reports.page import Block
from sutg_analysis.reports.report import Page, alone, controlled, plate, shown, stacked
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import SHORT_VARIATIONS, day, listed, number

TABLES = ("projects", "cycles")
ROLES = {"outcome": "Outcome", "process": "Process", "balancing": "Balancing"}


@dataclass(frozen=True, eq=False)
class ImprovementReport(Page):
    """One improvement project.

    Parameters
    ----------
    improvement
        Its project_id.
    """

    improvement: str

    @cached_property
    def about(self) -> dict[str, Any]:
        """The project's row."""
        table = self.catalogue.projects
        return {
            str(name): value for name, value in table[table["project_id"] == self.improvement].iloc[0].items()
        }

    @cached_property
    def cycles(self) -> pd.DataFrame:
        """Its cycles, oldest first."""
        table = self.catalogue.cycles
        return table[table["project_id"] == self.improvement].sort_values(["start", "cycle"], kind="stable")

    @cached_property
    def judged(self) -> dict[str, CycleResult | str]:
        """Each cycle's suggested verdict, or why there is none."""
        return {cycle: self._judged(cycle) for cycle in self.cycles["cycle"].astype("str")}

    def _judged(self, cycle: str) -> CycleResult | str:
        try:
            return evaluate_project(self.catalogue, self.improvement, cycle=cycle)[0]
        except DataError as error:
            return f"{error.found}; it takes {error.expected}"

    @cached_property
    def results(self) -> dict[str, CycleResult]:
        """The cycles that could be judged."""
        return {cycle: found for cycle, found in self.judged.items() if not isinstance(found, str)}

    @cached_property
    def unit(self) -> str:
        """The project's unit; the first of the whole where it names none."""
        unit = self.about["unit_id"]
        return str(unit) if pd.notna(unit) else self.catalogue.top_units[0]

    @cached_property
    def measures(self) -> dict[str, str]:
        """The project's measures by their role."""
        return {role: str(self.about[role]) for role in ROLES if pd.notna(self.about[role])}

    @cached_property
    def card(self) -> Scorecard:
        """The verdicts of the project's measures."""
        known, wanted = self.catalogue, list(self.measures.values())
        tables = {name: getattr(known, name) for name in ("measures", "observations", "targets", "events")}
        mine = {name: table[table["measure_id"].isin(wanted)] for name, table in tables.items()}
        return score(replace(known, **mine), quarter=self.quarter)

    def headline(self) -> Block:
        """Return what the data suggest of each cycle, the team's own decision beside it."""
        if self.cycles.empty:
            return Block(f"No PDSA cycle had begun by {day(self.end)}.")
        return Block("\n".join(f"- {cycletables.told(cycle, found)}" for cycle, found in self.judged.items()))

    def charter(self) -> Block:
        """Return aim, theory, measures, lead, stage and dates."""
        titles = {role: self.title(measure) for role, measure in self.measures.items()}
        table = cycletables.charter(self.about, self.name(self.about["unit_id"]), titles, ROLES)
        return shown(table, caption="The project")

    def title(self, measure_id: str) -> str:
        """Return a measure's title."""
        return str(self.catalogue.measure(measure_id)["title"])

    def cycles_table(self) -> Block:
        """Return each cycle: what was tried, foretold, found, suggested and decided."""
        if self.cycles.empty:
            return Block("There is no cycle to show yet.")
        units = {measure: self.catalogue.measure(measure)["unit"] for measure in self.cycles["measure_id"]}
        table = cycletables.cycles_table(self.cycles, self.judged, units)
        return shown(table, caption="Cycles: what was tried, what was foretold and what was found")

    def cycle_charts(self) -> Block:
        """Return each cycle on its chart, with reasons, doubts and what to do next; interrupted series where fitted."""
        rows = {str(row["cycle"]): row for row in self.cycles.to_dict("records")}
        pieces = [self._cycle(row, self.judged[cycle]) for cycle, row in rows.items()]
        return stacked(pieces) if pieces else Block("There is no chart of a cycle yet.")

    def _cycle(self, row: Mapping[Any, Any], found: CycleResult | str) -> Block:
        heading = Block(f"### Cycle {row['cycle']}: {cycletables.heading(row['aim'])}")
        if isinstance(found, str):
            return stacked([heading, Block(f"This cycle cannot be judged yet: {plain_markdown(found)}.")])
        reasons = cycletables.reasons(found)
        return stacked(
            [heading, self._chart(row, found), Block(plain_markdown(reasons)), *self._interrupted(row, found)]
        )

    def _chart(self, row: Mapping[Any, Any], found: CycleResult) -> Block:
        measure = self.catalogue.measure(row["measure_id"])
        same = self.cycles[self.cycles["measure_id"] == row["measure_id"]]
        label = "Cycle " + same["cycle"].astype("str")
        events = pd.DataFrame({"date": same["start"], "kind": "pdsa", "label": label})
        until = found.points["date"].max()
        unit = row["unit_id"] if pd.notna(row["unit_id"]) else self.catalogue.top_units[0]
        said = f"Limits are those of the months before cycle {row['cycle']}. {cycletables.band_words(same)}"
        return alone(
            controlled(
                replace(found.chart_result, per=measure["per"]),
                f"{self.improvement}--cycle-{row['cycle']}",
                title=f"{measure['title']}, {self.name(unit)}",
                unit=measure["unit"],
                notes=self.made_from("observations", "cycles"),
                events=events,
                said=said,
                spec=lambda drawn: banded(drawn, same, until=until),
            )
        )

    def _interrupted(self, row: Mapping[Any, Any], found: CycleResult) -> list[Block]:
        result = found.interruption
        if result is None:
            return [
                Block(
                    "There are too few points on one side for an interrupted time series: eight are needed."
                )
            ]
        measure = self.catalogue.measure(row["measure_id"])
        title, unit = f"{measure['title']}, cycle {row['cycle']}", measure["unit"]
        figure = plate(
            f"{self.improvement}--interrupted-{row['cycle']}",
            f"{title}: had nothing changed",
            lambda width: result.chart(width=width, unit=unit),
            words=result.words(title=title, unit=unit),
            alt=result.alt_text(title=title, unit=unit),
            table=cycletables.terms_table(result.summary),
            data=result.points,
            notes=self.made_from("observations", "cycles"),
        )
        return [alone(figure)]

    def measures_table(self) -> Block:
        """Return what balancing measures did in each cycle, and whether one got worse."""
        rows = [found.balancing.assign(cycle=cycle) for cycle, found in self.results.items()]
        found = pd.concat([row for row in rows if len(row)]) if any(map(len, rows)) else pd.DataFrame()
        if found.empty:
            return Block(
                "No balancing measure is named, or none has points: a gain here may be a loss elsewhere."
            )
        worse = found.loc[found["warning"].astype(bool), "measure"].unique()
        said = (
            f"A balancing measure got worse: {listed(worse)}."
            if len(worse)
            else "No balancing measure got worse."
        )
        verdicts = found["variation"].astype("str").map(SHORT_VARIATIONS).fillna("No verdict")
        table = pd.DataFrame(
            {
                "Measure": found["measure"],
                "Cycle": found["cycle"],
                "Mean before": [number(value) for value in found["before"]],
                "Mean since": [number(value) for value in found["since"]],
                "What it shows": verdicts,
            }
        )
        return shown(table, caption="Balancing measures", words=said)

    def process_chart(self) -> Block:
        """Return the charts of the process and balancing measures, cycles as bands."""
        wanted = [self.measures[role] for role in ("process", "balancing") if role in self.measures]
        figures = [self._measure(measure) for measure in wanted if self.card.has(measure, self.unit)]
        if not figures:
            return Block(
                f"{plain_markdown(self.name(self.unit))} has no observations of a process or balancing measure."
            )
        return stacked(figures)

    def _measure(self, measure_id: str) -> Block:
        measure, result = self.catalogue.measure(measure_id), self.card.result(measure_id, unit_id=self.unit)
        until = result.points["date"].max()
        draw = (lambda drawn: banded(drawn, self.cycles, until=until)) if len(self.cycles) else None
        return alone(
            controlled(
                result,
                f"{self.improvement}--{measure_id}",
                title=f"{measure['title']}, {self.name(self.unit)}",
                unit=measure["unit"],
                notes=self.made_from("observations", "cycles"),
                said=cycletables.band_words(self.cycles) if len(self.cycles) else "",
                spec=draw,
            )
        )

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Verdicts are as at {day(self.end)} and are suggestions. Limits are those of the points before a cycle. "
            "Sustained improvement takes a baseline long enough to trust, a signal in the right direction by a rule "
            "of the chart, a mean changed beyond chance with autocorrelation allowed for, and the gain still there at "
            "the end. An interrupted time series is fitted where both sides have eight points. What was done, learned "
            "and decided in a cycle is shown once the cycle has ended."
        )


def improvement_report(project: str | Path, *, improvement: str, quarter: str) -> ImprovementReport:
    """Return the page of one improvement project.

    Parameters
    ----------
    project
        The project folder.
    improvement
        A project_id of ``data/projects``.
    quarter
        Such as ``2023-24-q2``; nothing that happened after its last day is used.

    Raises
    ------
    TableError
        The project's tables have problems.
    ArgumentError
        There is no such quarter, or no such improvement project by its end.
    """
    when = Quarter.parse(quarter)
    mine = {"projects.project_id": [improvement], "cycles.project_id": [improvement]}
    known = load(project, tables=TABLES, quarter=when, only=mine | {"observations.measure_id": []})
    if known.projects.empty:
        names = load(project, tables=TABLES, quarter=when).projects["project_id"].tolist()
        raise ArgumentError(
            f"no improvement project {improvement!r} up to the end of {when.label}",
            expected=f"a project_id of data/projects: {listed(names) or 'none is as old'}",
            remedy="Correct the name, or choose a later quarter",
        )
    used = {*known.projects[list(ROLES)].melt()["value"].dropna(), *known.cycles["measure_id"].dropna()}
    known = load(project, tables=TABLES, quarter=when, only=mine | of_measures(used))
    return ImprovementReport(known, when, improvement)
