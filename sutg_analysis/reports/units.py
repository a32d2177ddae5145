"""Reports across the trust: a unit between ward and board, the measure framework, the quality of the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.units import below, path_to, subtree
from sutg_analysis.control.rules import CONCERN, verdict_of
from sutg_analysis.ledger.scorecard import score
from sutg_analysis.quality.measures import (
    COVERED,
    DIMENSIONS,
    coverage,
    coverage_counts,
    quality,
    unframed,
    worst_by,
)
from sutg_analysis.quality.rules import Governance, QualityRules, read_governance
from sutg_analysis.reports.page import Block, both, listing, marked_table, text_block
from sutg_analysis.reports.report import Report, card_of
from sutg_analysis.reports.tables import icon_table, text_columns
from sutg_analysis.words.control import tally_words
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import CONFIDENTIAL, count, day, listed, month, number

_WORDS = {"concern": "concern", "improvement": "improvement", "neutral": "change"}


@dataclass(frozen=True, eq=False)
class UnitReport(Report):
    """One unit between ward and board: the way up, its measures month by month, and the units below it."""

    unit_id: str

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The verdicts of the unit."""
        return self.card.of_unit(self.unit_id)

    @cached_property
    def children(self) -> tuple[str, ...]:
        """The units just below."""
        return below(self.card.catalogue.units, self.unit_id)

    def way(self) -> Block:
        """Return the way from the trust down to this unit and to the units below it, as links."""
        path = path_to(self.card.catalogue.units, self.unit_id)
        up = [self._link(unit) for unit in path[:-1]]
        parts = [_nav(escape("From the top"), up)] if up else []
        parts += [_nav("Below", [self._link(unit) for unit in self.children])] if self.children else []
        names = " > ".join(self.name(unit) for unit in path)
        return Block(both("".join(parts) or f"<p>{escape(names)}</p>", plain_markdown(names)), names)

    def _link(self, unit_id: str) -> str:
        return f'<a href="unit-{unit_id}.html">{escape(self.name(unit_id))}</a>'

    def headline(self) -> Block:
        """Return how many measures there are of each verdict, and which need attention."""
        if self.rows.empty:
            return text_block(f"No measure is observed in {self.name(self.unit_id)}.")
        made = (
            " Its numbers are the sums of the numerators and denominators below it." if self.children else ""
        )
        return text_block(tally_words(self.rows, names=self.rows["title"]) + made)

    def icon_table(self) -> Block:
        """Return the icons of the unit's measures, each linked to the measure's page."""
        if self.rows.empty:
            return text_block("There is nothing to show.")
        links = "measure-" + self.rows["measure_id"] + ".html"
        rows = self.with_courses(self.rows).assign(name=self.rows["title"], href=links)
        return icon_table(rows, caption=f"Measures of {self.name(self.unit_id)}")

    def months(self) -> Block:
        """Return each measure month by month of the quarter, with what each month's point shows."""
        if self.rows.empty:
            return text_block("There is nothing to show.")
        points = pd.concat([result.points for result in self.card.results.values()])
        points = points[points["unit_id"] == self.unit_id]
        table = pd.DataFrame({"Measure": list(self.rows["title"])}, dtype="str")
        begun = (first for first in self.card.quarter.months if first <= self.card.at.day)
        for first in begun:
            inside = points[
                points["date"].between(pd.Timestamp(first), pd.Timestamp(first) + pd.offsets.MonthEnd(0))
            ]
            last = inside.drop_duplicates("measure_id", keep="last").set_index("measure_id")
            table[month(first)] = [_point(row, last) for row in self.rows.to_dict("records")]
        targets = zip(self.rows["target"], self.rows["unit"], strict=True)
        table["Target"] = ["None" if pd.isna(goal) else number(goal, unit=unit) for goal, unit in targets]
        return marked_table(table, caption=f"{self.name(self.unit_id)}, month by month")

    def drill_down(self) -> Block:
        """Return every measure in each unit below: its latest value and verdict, by the same rules."""
        if not self.children:
            return text_block("This is the lowest level: no unit is below it.")
        table = pd.DataFrame({"Measure": list(self.rows["title"])}, dtype="str")
        for child in self.children:
            verdicts = self.card.of_unit(child).set_index("measure_id")
            table[self.name(child)] = [
                _verdict(row["measure_id"], verdicts) for row in self.rows.to_dict("records")
            ]
        return marked_table(table, caption=f"Units below {self.name(self.unit_id)}, latest value and verdict")

    def charts(self) -> Block:
        """Return the charts of the measures that signal concern or will miss their target, for a directorate."""
        units = self.card.catalogue.units.set_index("unit_id")
        if units.loc[self.unit_id, "kind"] != "directorate":
            return text_block(
                "Each measure's page, linked above, has the chart of this unit beside those of others."
            )
        calls = self.rows["variation"].isin(CONCERN) | self.rows["assurance"].eq("fail")
        names = self.rows.loc[calls, "measure_id"]
        if names.empty:
            return text_block("No measure signals concern or will miss its target.")
        return self.figures((name, self.unit_id) for name in names)


def _nav(label: str, links: list[str]) -> str:
    items = "".join(f"<li>{link}</li>" for link in links)
    return f'<nav class="sutg-trail" aria-label="{label}"><span>{label}: </span><ol>{items}</ol></nav>'


def _point(row: Row, points: pd.DataFrame) -> str:
    if row["measure_id"] not in points.index:
        return number(None)
    point = points.loc[row["measure_id"]]
    if pd.notna(hidden := point.get("hidden")) and hidden:
        return CONFIDENTIAL
    open_end = ["provisional"] if pd.notna(point.get("known_to")) else []
    return ", ".join([*_parts(point["value"], str(point["variation"]), unit=row["unit"]), *open_end])


def _verdict(measure_id: str, verdicts: pd.DataFrame) -> str:
    if measure_id not in verdicts.index:
        return "Not measured"
    row = verdicts.loc[measure_id]
    missed = ["misses target"] if row["assurance"] == "fail" else []
    if pd.notna(row.get("hidden_date")):
        known = [f"before: {number(row['latest'], unit=row['unit'])}"] if pd.notna(row["latest"]) else []
        return ", ".join([CONFIDENTIAL, *known, *missed])
    return ", ".join([*_parts(row["latest"], str(row["variation"]), unit=row["unit"]), *missed])


def _parts(value: float, variation: str, *, unit: str) -> Iterator[str]:
    yield number(value, unit=unit)
    if (verdict := verdict_of(variation)) in _WORDS:
        yield _WORDS[verdict]


@dataclass(frozen=True, eq=False)
class FrameworkReport(Report):
    """The measure framework and its coverage."""

    @cached_property
    def covered(self) -> pd.DataFrame:
        """Every expected outcome and what it lacks."""
        known = self.card.catalogue
        return coverage(
            known.outcomes,
            known.measures,
            known.observations,
            targets=known.targets,
            at=self.card.at,
        )

    def headline(self) -> Block:
        """Return how many expected outcomes are covered, and how many have no measure."""
        gaps = self.covered["gap"]
        bare, whole = int(gaps.eq("no measure").sum()), int(gaps.eq(COVERED).sum())
        partly = len(gaps) - bare - whole
        return text_block(
            f"Of {count(len(gaps), 'expected outcome')}, {whole} have a measure with recent data, an owner and a "
            f"target; {partly} have a measure that lacks one of these; {bare} have no measure."
        )

    def by_objective(self) -> Block:
        """Return the coverage of each objective."""
        heads = {
            "objective": "Objective",
            "outcomes": "Expected outcomes",
            "covered": "Covered",
            "partly": "Covered in part",
            "no_measure": "Without a measure",
        }
        return marked_table(
            text_columns(coverage_counts(self.covered), heads), caption="Coverage by objective"
        )

    def outcomes(self) -> Block:
        """Return the framework row by row: objective, priority, expected outcome, measure, what lacks."""
        rows = self.covered.assign(gap=self.covered["gap"].str.capitalize())
        heads = {
            "outcome": "Expected outcome",
            "objective": "Objective",
            "priority": "Priority",
            "title": "Measure",
            "owner": "Owner",
            "gap": "Coverage",
        }
        links = [f"measure-{name}.html" if pd.notna(name) else None for name in rows["measure_id"]]
        caption = "From objective to measure"
        return marked_table(
            text_columns(rows, heads), caption=caption, marked=["Coverage"], links={"Measure": links}
        )

    def unframed(self) -> Block:
        """Return the measures that serve no expected outcome."""
        titles = unframed(self.card.catalogue.outcomes, self.card.catalogue.measures)
        return listing(titles) if titles else text_block("Every measure serves an expected outcome.")


@dataclass(frozen=True, eq=False)
class QualityReport(Report):
    """The quality of the data by measure and unit, computed from what was reported."""

    reported: Catalogue
    rules: Governance

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every series with its counts and grades."""
        known = self.reported
        return quality(
            known.observations,
            known.measures,
            at=self.card.at,
            rules=self.rules.quality,
            rounded=tuple(known.protection.measures),
        )

    def headline(self) -> Block:
        """Return how many series are good in every dimension, and which measures are poor in one."""
        grades = self.table[list(DIMENSIONS)]
        whole = int(grades.eq("Good").all(axis=1).sum())
        poor = self.table.loc[grades.eq("Poor").any(axis=1), "measure_id"].drop_duplicates()
        titles = self.reported.measures.set_index("measure_id")["title"]
        named = f" Poor in some dimension: {listed(titles[list(poor)])}." if len(poor) else " None is poor."
        many = count(len(self.table), "series", "series")
        return text_block(f"Of {many} reported, {whole} are good in every dimension.{named}")

    def by_measure(self) -> Block:
        """Return the worst grade and the counts of each measure's units."""
        titles = self.reported.measures.set_index("measure_id")["title"]
        return self._grades(
            worst_by(self.table, "measure_id"), key="measure_id", names=titles, head="Measure"
        )

    def by_unit(self) -> Block:
        """Return the worst grade and the counts of each unit's measures."""
        names = self.reported.units.set_index("unit_id")["name"]
        return self._grades(worst_by(self.table, "unit_id"), key="unit_id", names=names, head="Unit")

    def _grades(self, rows: pd.DataFrame, *, key: str, names: pd.Series, head: str) -> Block:
        table = pd.DataFrame({head: list(names[list(rows[key])])}, dtype="str")
        marked = [name.capitalize() for name in DIMENSIONS]
        table[marked] = [_grade_words(row) for row in rows.to_dict("records")]
        when = day(self.card.at.day)
        caption = f"Data quality by {head.lower()}, as at {when}: the worst of its series"
        return marked_table(table, caption=caption, marked=marked)

    def faulty(self) -> Block:
        """Return the series that are not good in every dimension."""
        rows = self.table[~self.table[list(DIMENSIONS)].eq("Good").all(axis=1)]
        if rows.empty:
            return text_block("Every series is good in every dimension.")
        titles = self.reported.measures.set_index("measure_id")["title"]
        units = self.reported.units.set_index("unit_id")["name"]
        faults = [
            f"{titles[row['measure_id']]}, {units[row['unit_id']]}: {_faults(row)}."
            for row in rows.to_dict("records")
        ]
        return listing(faults)

    def rule_words(self) -> Block:
        """Return what makes data good, fair or poor."""
        return text_block(_quality_words(self.rules.quality))


def _grade_words(row: Row) -> tuple[str, ...]:
    age = "up to date" if row["months_old"] == 0 else f"{_months_old(row)} old"
    return (
        f"{row['completeness']}, {row['reported']} of {row['expected']}",
        f"{row['timeliness']}, {row['in_time']} of {row['due']} in time",
        f"{row['duplicates']}, {_found(row, 'twice', 'repeated')}",
        f"{row['validity']}, {_found(row, 'impossible')}",
        f"{row['staleness']}, {age}",
    )


def _found(row: Row, *names: str) -> str:
    return " and ".join(f"{row[name]} {name}" for name in names if row[name]) or "none"


def _months_old(row: Row) -> str:
    return "no value" if pd.isna(row["months_old"]) else count(int(row["months_old"]), "month")


def _faults(row: Row) -> str:
    words = zip(DIMENSIONS, _grade_words(row), strict=True)
    return "; ".join(f"{name} {text[:1].lower()}{text[1:]}" for name, text in words if row[name] != "Good")


def _quality_words(rules: QualityRules) -> str:
    return (
        f"Of the last {rules.months} months: completeness is good from {rules.good_completeness:g}% of the expected "
        f"values and fair from {rules.fair_completeness:g}%. Timeliness is good where no value of the quarter is "
        "missing at its end, fair where one is. Duplicates are fair where a value repeats numerator and denominator "
        "of the period before, poor where a row stands twice. Validity is poor where a value cannot be. A last value "
        f"of the quarter's last month is good, one up to {rules.stale_months} months older is fair, an older one stale "
        "and poor. Rows that stand twice and values that cannot be are refused when tables are read, so none is built on."
    )


def unit_report(project: str | Path, *, unit: str, quarter: str, as_at: str = "") -> UnitReport:
    """Return the report of one unit of ``data/units``; arguments and errors as for :func:`sutg_analysis.reports.measures.board_report`."""
    units = load(project, tables=(), only={"observations.unit_id": []}).units
    path_to(units, unit)
    within = subtree(units, unit)
    mine = {f"{table}.unit_id": within for table in ("observations", "targets", "events")}
    when = Quarter.parse(quarter)
    known = load(project, tables=(), quarter=when, as_at=as_at, only=mine)
    if known.observations.empty:  # the page then says that nothing is observed in the unit
        return UnitReport(card_of(project, quarter, as_at=as_at), known.top_units, unit)
    card = score(known, quarter=when)
    return UnitReport(card, card.catalogue.top_units, unit)


def framework_report(project: str | Path, *, quarter: str, as_at: str = "") -> FrameworkReport:
    """Return the measure framework and its coverage as at a quarter's end."""
    card = card_of(project, quarter, as_at=as_at, tables=("outcomes",))
    return FrameworkReport(card, card.catalogue.top_units)


def quality_report(project: str | Path, *, quarter: str, as_at: str = "") -> QualityReport:
    """Return the quality of the data as at a quarter's end."""
    card = card_of(project, quarter, as_at=as_at)
    return QualityReport(
        card,
        card.catalogue.top_units,
        load(project, tables=(), quarter=quarter, as_at=as_at),
        read_governance(project),
    )
