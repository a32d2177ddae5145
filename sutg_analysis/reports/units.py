"""The report of a unit between ward and board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.units import below, path_to, subtree
from sutg_analysis.control.rules import CONCERN, verdict_of
from sutg_analysis.ledger.scorecard import score
from sutg_analysis.reports.page import Block, both, marked_table, text_block
from sutg_analysis.reports.report import Report, card_of
from sutg_analysis.reports.tables import icon_table
from sutg_analysis.words.control import tally_words
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import CONFIDENTIAL, month, number

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
