"""Accepting a proposed rebase: one row of ``events``, with a cause and the role that decided.

Limits are never moved by the computer. The row reaches the table only by ``append``, which checks it as
``sutg check`` would.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.load import load
from sutg_analysis.control.rebase import RebaseProposal
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.reports.page import Block

COLUMNS = tuple(TABLES["events"].names)
_SEEN = "A shift starts here"
"""How a proposal's own reason begins, which says what was seen and not why."""


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
        return _csv_line(self._cells(), COLUMNS)

    def _cells(self) -> dict[str, str]:
        row = self.frame.iloc[0]
        return {name: _text(row[name]) for name in COLUMNS}

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
        _replace(path, _with_line(text, self._cells()))
        return path

    def __repr__(self) -> str:
        return f"<Acceptance: {self.line}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        said = f"One row for `data/events.csv`:\n\n```text\n{self.line}\n```"
        return Block(said, self.line)._repr_mimebundle_()


def accept(
    proposal: RebaseProposal,
    date: Any = None,
    *,
    reason: str,
    author: str,
    measure: str,
    unit: str = "",
    label: str = "Limits set again",
    start: Any = None,
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

    Returns
    -------
    Acceptance

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
    if str(reason).startswith(_SEEN):
        raise ArgumentError(f"reason={reason!r}", "the cause, not what the chart shows", "Ask the service")
    day = day if start is None else _day(start)
    row = (measure, unit or None, day, "rebase", label.strip(), reason.strip(), author.strip())
    return Acceptance(pd.DataFrame([row], columns=list(COLUMNS)))


def _day(start: Any) -> pd.Timestamp:
    day = pd.to_datetime(start, errors="coerce")
    if pd.isna(day):
        raise ArgumentError(f"start={start!r}", "a date, as 2023-09-30", "Correct the date")
    return day


def _chosen(proposals: pd.DataFrame, date: Any, unit: str) -> pd.Timestamp:
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


def _with_line(text: str, cells: dict[str, str]) -> str:
    """Return a CSV file with one row more, in its own order of columns and with its own ends of lines."""
    header = next(csv.reader(io.StringIO(text)))
    end = "\r\n" if "\r\n" in text else "\n"
    body = text if text.endswith("\n") else text + end
    return body + _csv_line(cells, header) + end


def _csv_line(cells: dict[str, str], header: list[str] | tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([cells.get(name, "") for name in header])
    return out.getvalue()


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return "" if pd.isna(value) else str(value)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(text.encode("utf-8"))
    fresh.replace(path)
