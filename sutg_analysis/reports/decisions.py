"""Proposed rebases in front of the people who decide: on the chart, with the four questions to ask.

Making Data Count leaves it to judgement when limits are set again. The chart shows a proposal, the data say what they
can to each question, and the service answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.load import load
from sutg_analysis.control.limits import find_chart
from sutg_analysis.control.rebase import RebaseProposal, propose_rebase
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import ArgumentError
from sutg_analysis.quality.scorecard import Scorecard, score
from sutg_analysis.reports.measures import drawings
from sutg_analysis.reports.numbers import numbers_table, raw_table
from sutg_analysis.reports.page import Block, Figure
from sutg_analysis.reports.rebase import Acceptance, accept
from sutg_analysis.words.wording import count, number, when

QUESTIONS = (
    "Is the change plain?",
    "Is its cause known?",
    "Is it expected to last?",
    "Has there been time to see it?",
)
"""All four must be answered with yes before limits are set again."""
_NEARBY = pd.Timedelta(days=200)
"""Events as far from a proposal as this are offered as possible causes."""


@dataclass(frozen=True, eq=False)
class Proposals:
    """The proposals of one measure in one unit, and what is needed to decide on them.

    Parameters
    ----------
    measure
        The measure's row.
    unit_id, unit_name
        The unit.
    proposal
        What :func:`sutg_analysis.propose_rebase` found since limits were last set.
    result
        The chart as it stands.
    events
        What the tables know of the time.
    """

    measure: dict[str, Any]
    unit_id: str
    unit_name: str
    proposal: RebaseProposal
    result: SpcResult
    events: pd.DataFrame

    @property
    def title(self) -> str:
        """What is measured, and where."""
        return f"{self.measure['title']}, {self.unit_name}"

    def words(self) -> str:
        """Return the proposals in sentences, or why there is none."""
        return self.proposal.words(title=self.title, unit=self.measure["unit"])

    def chart(self) -> Figure:
        """Return the chart as it stands, each proposal an upright line on it."""
        proposed = self.proposal.proposals[["date"]].assign(kind="note", label="Proposed: limits set again")
        events = pd.concat([self.events[["date", "kind", "label"]], proposed], ignore_index=True)
        unit = self.measure["unit"]
        return Figure(
            name=f"{self.measure['measure_id']}--{self.unit_id}--proposals",
            headline=f"{self.title}: limits as they stand, and where they might be set again",
            words=self.words().replace("\n", " "),
            alt=self.result.alt_text(title=self.title, unit=unit),
            **drawings(self.result, events=events, unit=unit),
            table=numbers_table(self.result, unit=unit),
            data=raw_table(self.result),
        )

    def questions(self) -> Block:
        """Return the four questions, with what the data can say to each; the service answers."""
        rows = self.proposal.proposals.to_dict("records")
        parts = [self._asked(row) for row in rows] or [self.words()]
        return Block("\n\n".join(parts))

    def _asked(self, row: dict[Any, Any]) -> str:
        answers = (
            self._plain(row),
            self._cause(row),
            "The data cannot say. Ask the service.",
            self._time(row),
        )
        asked = (
            f"{n}. **{ask}** {said}" for n, (ask, said) in enumerate(zip(QUESTIONS, answers, strict=True), 1)
        )
        lines = "\n".join(asked)
        return f"### From {when(row['date'], monthly=True)}\n\n{lines}\n\nSet limits again only if all four are yes."

    def _plain(self, row: dict[Any, Any]) -> str:
        before, after = (
            number(row[f"centre_{side}"], unit=self.measure["unit"]) for side in ("before", "after")
        )
        return f"The centre would go from {before} to {after}. Look at the chart."

    def _cause(self, row: dict[Any, Any]) -> str:
        near = self.events[(self.events["date"] - row["date"]).abs() <= _NEARBY]
        if near.empty:
            return "The table of events has nothing near it. Ask the service."
        told = "; ".join(
            f"{label} ({day:%B %Y})" for day, label in zip(near["date"], near["label"], strict=True)
        )
        return (
            f"Near it in the table of events: {told}. Ask whether that is the cause, or only near it in time."
        )

    def _time(self, row: dict[Any, Any]) -> str:
        points = self.result.points
        since = int((points["date"].ge(row["date"]) & points["value"].notna()).sum())
        return f"There are {count(since, 'value')} since."

    def accept(self, date: Any = None, *, reason: str, author: str, **row: Any) -> Acceptance:
        """Accept one proposal for this measure and unit; see :func:`sutg_analysis.reports.rebase.accept`."""
        return accept(
            self.proposal,
            date,
            reason=reason,
            author=author,
            measure=str(self.measure["measure_id"]),
            unit=self.unit_id,
            **row,
        )


def proposals_of(
    project: str | Path = ".", *, measure: str, unit: str, points: int = 21, shift: int = 8
) -> Proposals:
    """Return the proposals for one measure of one unit, from the project's tables.

    Points before limits were last set, and excluded points, are left out: they have been decided.

    Parameters
    ----------
    project
        The project folder.
    measure, unit
        A ``measure_id`` and a ``unit_id``.
    points, shift
        As for :func:`sutg_analysis.propose_rebase`.

    Raises
    ------
    TableError
        The project's tables have problems.
    ArgumentError
        There is no such measure, or no observation of it in this unit.
    """
    catalogue = load(project, tables=())
    card = score(catalogue, quarter=catalogue.latest_quarter)
    row = card.catalogue.measure(measure)
    if not card.has(measure, unit):
        units = card.of_measure(measure)["unit_id"]
        raise ArgumentError(
            f"no observations of {measure!r} in unit {unit!r}",
            f"one of {', '.join(units)}",
            "Correct the unit",
        )
    result = card.result(measure, unit_id=unit)
    found = propose_rebase(_undecided(card, measure, unit, result), points=points, shift=shift, **_how(row))
    names = card.catalogue.units.set_index("unit_id")["name"]
    return Proposals(row, unit, str(names[unit]), found, result, card.events(measure, unit))


def _undecided(card: Scorecard, measure: str, unit: str, result: SpcResult) -> pd.DataFrame:
    """Return the observations of the limits in force."""
    points = result.points
    kept = points.loc[(points["segment"] == points["segment"].max()) & ~points["excluded"], "date"]
    rows = card.catalogue.observations
    mine = rows[(rows["measure_id"] == measure) & (rows["unit_id"] == unit)]
    return mine[mine["period"].isin(kept)].reset_index(drop=True)


def _how(measure: dict[str, Any]) -> dict[str, Any]:
    """Return how a measure is charted, as the scorecard does it."""
    parts = find_chart(measure["chart"]).denominator == "needed"
    columns = {"numerator": "numerator", "denominator": "denominator"} if parts else {"value": "value"}
    per = {"per": measure["per"]} if parts else {}
    return {"date": "period", "chart": measure["chart"], **columns, **per}
