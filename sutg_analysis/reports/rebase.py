"""Proposed rebases: shown on their chart with four questions, accepted with a cause and the role that decided.

Making Data Count leaves it to judgement when limits are set again. The chart shows a proposal, the data say what they
can to each question, and the service answers. An accepted one becomes a row of ``events``; limits are never moved by
the computer, and the row reaches the table only by ``append``, which checks it as ``sutg check`` would.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Date, Row
from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.load import load
from sutg_analysis.control.limits import find_chart
from sutg_analysis.control.observations import moment_of
from sutg_analysis.control.rebase import SEEN, RebaseProposal, propose_rebase
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.ledger.scorecard import Scorecard, score
from sutg_analysis.reports.figure import Figure, charts_figure
from sutg_analysis.reports.page import Block
from sutg_analysis.words.wording import count, number, when

LABEL = "Limits set again"
COLUMNS = tuple(TABLES["events"].names)
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
class Acceptance:
    """One accepted rebase: a row of ``events``, not yet in the table.

    Parameters
    ----------
    frame
        The row, with the columns of ``events``.
    """

    frame: pd.DataFrame

    @property
    def line(self) -> str:
        """The row as a line of ``data/events.csv``, its columns in the order of the table's own."""
        return self._line(COLUMNS)

    def _line(self, header: Sequence[str]) -> str:
        row = self.frame.iloc[0].dropna()
        cells = [f"{row[name]:%Y-%m-%d}" if name == "date" else str(row.get(name, "")) for name in header]
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(cells)
        return out.getvalue()

    def append(self, project: str | Path = ".") -> Path:
        """Add the row to the project's ``data/events.csv``, and return that file.

        The project's tables are checked first, then the row against them. The file is replaced as a whole, so that a
        failure leaves it as it was.

        Raises
        ------
        TableError
            The project's tables have problems.
        ArgumentError
            The row names a measure, unit or date that the tables do not have.
        DataError
            The row stands in the table already, or ``events`` is no CSV file.
        """
        catalogue = load(project, tables=())
        _check_known(self.frame, catalogue.observations, catalogue.units)
        _check_new(self.frame, catalogue.events)
        path = Path(project) / "data" / "events.csv"
        others = catalogue.sources.loc[catalogue.sources["table"] == "events", "file"].tolist()
        if others not in ([], [path.name]):
            raise DataError(
                f"events stand in {others[0]}",
                "the table events as data/events.csv",
                f"Add the row there by hand: {self.line}",
            )
        text = path.read_bytes().decode("utf-8-sig") if path.is_file() else ",".join(COLUMNS) + "\n"
        header = next(csv.reader(io.StringIO(text)))
        end = "\r\n" if "\r\n" in text else "\n"
        whole = text if text.endswith("\n") else text + end
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(f"{whole}{self._line(header)}{end}".encode())
        return fresh.replace(path)

    def __repr__(self) -> str:
        return f"<Acceptance: {self.line}>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        words = f"One row for `data/events.csv`:\n\n```text\n{self.line}\n```"
        return Block(words, self.line)._repr_mimebundle_()


def accept(
    proposal: RebaseProposal,
    date: Date | None = None,
    *,
    reason: str,
    author: str,
    measure: str,
    unit: str = "",
    label: str = LABEL,
    start: Date | None = None,
) -> Acceptance:
    """Accept one proposed rebase, with its cause and the role that decided.

    Parameters
    ----------
    proposal
        From :func:`sutg_analysis.propose_rebase`.
    date
        Which proposal: the day it starts. May be left out where there is only one.
    reason
        The cause of the change, in the service's words.
    author
        The role that decided, such as Service Manager; no person's name.
    measure, unit
        The ``measure_id`` and ``unit_id`` of the row; an empty unit means every unit.
    label
        The few words written on the chart.
    start
        The day the cause began, where that is known and is not the day proposed: limits then start there.

    Raises
    ------
    ArgumentError
        No such proposal, or no reason or author.

    Examples
    --------
    >>> from sutg_analysis import propose_rebase
    >>> months = pd.date_range("2021-01-01", periods=48, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [13.0, 12, 11, 10] * 6 + [23.0, 22, 21, 20] * 6})
    >>> found = propose_rebase(frame, date="month", value="y")
    >>> accept(found, reason="Second clinic opened", author="Service Manager", measure="seen").line
    'seen,,2023-01-01,rebase,Limits set again,Second clinic opened,Service Manager'
    """
    day = _chosen(proposal.proposals, date, unit)
    for name, text in {"reason": reason, "author": author, "measure": measure}.items():
        if not str(text).strip():
            raise ArgumentError(
                f"{name}={text!r}",
                f"the {name}: limits are set again for a known cause, by somebody",
                f"Give {name}=",
            )
    if str(reason).startswith(SEEN):
        raise ArgumentError(f"reason={reason!r}", "the cause, not what the chart shows", "Ask the service")
    day = day if start is None else moment_of(start, "start")
    row = (measure, unit or None, day, "rebase", label.strip(), reason.strip(), author.strip())
    return Acceptance(pd.DataFrame([row], columns=list(COLUMNS)))


def _chosen(proposals: pd.DataFrame, date: Date | None, unit: str) -> pd.Timestamp:
    rows = proposals[proposals["unit_id"] == unit] if unit and "unit_id" in proposals else proposals
    days = sorted(set(rows["date"]))
    listed = ", ".join(f"{day:%Y-%m-%d}" for day in days) or "none"
    if date is None and len(days) == 1:
        return days[0]
    wanted = pd.to_datetime(date, errors="coerce") if date is not None else None
    if wanted is None or wanted not in days:
        found = "no date given" if date is None else f"no proposal of {date}"
        remedy = "Nothing is proposed, so there is nothing to accept" if not days else "Give one of these"
        raise ArgumentError(found, f"a proposed date: {listed}", remedy)
    return wanted


def _check_known(frame: pd.DataFrame, observations: pd.DataFrame, units: pd.DataFrame) -> None:
    row = frame.iloc[0]
    mine = observations[observations["measure_id"] == row["measure_id"]]
    if mine.empty:
        raise ArgumentError(
            f"measure {row['measure_id']!r}", "a measure with observations", "Correct the measure"
        )
    if pd.notna(row["unit_id"]) and row["unit_id"] not in set(units["unit_id"]):
        raise ArgumentError(f"unit {row['unit_id']!r}", "a unit_id of data/units", "Correct the unit")
    if not mine["period"].min() < row["date"] <= mine["period"].max():
        raise ArgumentError(
            f"date {row['date']:%Y-%m-%d}",
            f"after {mine['period'].min():%Y-%m-%d} and up to {mine['period'].max():%Y-%m-%d}",
            "Correct the date",
        )


def _check_new(frame: pd.DataFrame, events: pd.DataFrame) -> None:
    row = frame.iloc[0]
    same = (events["measure_id"] == row["measure_id"]) & (events["date"] == row["date"])
    here = events["unit_id"].fillna("") == (row["unit_id"] if pd.notna(row["unit_id"]) else "")
    if (same & here & (events["kind"] == "rebase")).any():
        raise DataError(
            f"events has a rebase of {row['measure_id']} from {row['date']:%Y-%m-%d} already",
            "a rebase that is not in the table",
            "Leave it, or correct that row",
        )


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

    measure: Row
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
        return charts_figure(
            self.result,
            f"{self.measure['measure_id']}--{self.unit_id}--proposals",
            f"{self.title}: limits as they stand, and where they might be set again",
            words=self.words(),
            title=self.title,
            unit=self.measure["unit"],
            events=events,
        )

    def questions(self) -> Block:
        """Return the four questions, with what the data can say to each; the service answers."""
        rows = self.proposal.proposals.to_dict("records")
        parts = [self._asked(row) for row in rows] or [self.words()]
        return Block("\n\n".join(parts))

    def _asked(self, row: Row) -> str:
        unit = self.measure["unit"]
        before, after = (number(row[f"centre_{side}"], unit=unit) for side in ("before", "after"))
        near = self.events[(self.events["date"] - row["date"]).abs() <= _NEARBY]
        known = "; ".join(
            f"{label} ({day:%B %Y})" for day, label in zip(near["date"], near["label"], strict=True)
        )
        cause = f"Near it in the table of events: {known}. Ask whether that is the cause, or only near it in time."
        points = self.result.points
        since = int((points["date"].ge(row["date"]) & points["value"].notna()).sum())
        answers = (
            f"The centre would go from {before} to {after}. Look at the chart.",
            cause if known else "The table of events has nothing near it. Ask the service.",
            "The data cannot say. Ask the service.",
            f"There are {count(since, 'value')} since.",
        )
        pairs = zip(QUESTIONS, answers, strict=True)
        lines = "\n".join(f"{n}. **{question}** {answer}" for n, (question, answer) in enumerate(pairs, 1))
        return f"### From {when(row['date'], period='month')}\n\n{lines}\n\nSet limits again only if all four are yes."

    def accept(
        self,
        date: Date | None = None,
        *,
        reason: str,
        author: str,
        label: str = LABEL,
        start: Date | None = None,
    ) -> Acceptance:
        """Accept one proposal for this measure and unit; see :func:`sutg_analysis.reports.rebase.accept`."""
        names = {"measure": str(self.measure["measure_id"]), "unit": self.unit_id}
        return accept(self.proposal, date, reason=reason, author=author, label=label, start=start, **names)


def proposals_of(
    project: str | Path = ".", *, measure: str, unit: str, points: int = 21, shift: int = 8
) -> Proposals:
    """Return the proposals for one measure of one unit, from the project's tables.

    Points before limits were last set, and excluded points, are left out: they have been decided.

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
    names = card.catalogue.units.set_index("unit_id")["name"]
    found = _proposed(card, row, unit, result, points=points, shift=shift)
    return Proposals(row, unit, str(names[unit]), found, result, card.events(measure, unit))


def _proposed(
    card: Scorecard, measure: Row, unit: str, result: SpcResult, *, points: int, shift: int
) -> RebaseProposal:
    """Return what the observations of the limits in force propose, charted as the scorecard does it."""
    seen = result.points
    kept = seen.loc[(seen["segment"] == seen["segment"].max()) & ~seen["excluded"], "date"]
    rows = card.catalogue.observations
    mine = rows[(rows["measure_id"] == measure["measure_id"]) & (rows["unit_id"] == unit)]
    parts = find_chart(measure["chart"]).denominator == "needed"
    return propose_rebase(
        mine[mine["period"].isin(kept)].reset_index(drop=True),
        date="period",
        chart=measure["chart"],
        value=None if parts else "value",
        numerator="numerator" if parts else None,
        denominator="denominator" if parts else None,
        per=measure["per"] if parts else 1,
        points=points,
        shift=shift,
    )
