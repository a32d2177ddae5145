"""The knowledge bank: improvement projects and people to search, cycles judged, funding rounds with days left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date, Row
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.control.observations import moment_of
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.quality.pdsa import CycleResult, evaluate_cycle
from sutg_analysis.result import Result

_SEARCHED = (
    *("title", "topic", "aim", "theory", "method", "lead", "evaluation"),  # of projects
    *("role", "skills", "experience", "offer"),  # of people
)


def search(table: pd.DataFrame, text: str = "", **columns: object) -> pd.DataFrame:
    """Return the rows of projects or people that hold every word, and whose columns have the values given.

    Parameters
    ----------
    table
        Projects or people of a catalogue.
    text
        Words, in any order, capitals or not; each may stand in any column of text.
    columns
        Values by column: ``stage="testing"``, ``unit_id="bittern-ward"``; a list means any of them.

    Raises
    ------
    ArgumentError
        If there is no such column.

    Examples
    --------
    >>> people = pd.DataFrame({"role": ["Matron", "Analyst"], "skills": ["Falls", "Control charts"]})
    >>> search(people, "control charts")["role"].tolist()
    ['Analyst']
    """
    for name in sorted(set(columns) - set(table.columns)):
        known = ", ".join(table.columns)
        raise ArgumentError(f"no column {name!r}", f"one of {known}", "Correct the name")
    held = pd.Series("", index=table.index, dtype="str")
    for name in _SEARCHED:
        if name in table.columns:
            held = held + " " + table[name].fillna("").astype("str").str.lower()
    kept = pd.Series(True, index=table.index)
    for word in text.lower().split():
        kept &= held.str.contains(word, regex=False)
    for name, value in columns.items():
        kept &= table[name].isin(value if pd.api.types.is_list_like(value) else [value])
    return table[kept].reset_index(drop=True)


def funding_windows(funding: pd.DataFrame, *, as_at: Date) -> pd.DataFrame:
    """Return funding rounds with their state as at a date.

    Parameters
    ----------
    funding
        Rounds of a catalogue: opens, closes.
    as_at
        The date.

    Returns
    -------
    pandas.DataFrame
        The rounds, those that close first on top: all columns, state (open, opens later, closed), days_left (until
        it closes; missing where no date is set), days_until (it opens).

    Examples
    --------
    >>> rounds = pd.DataFrame({"title": ["A", "B"], "opens": pd.to_datetime(["2023-09-01", "2024-01-08"]),
    ...                        "closes": pd.to_datetime(["2023-10-27", "2024-02-16"])})
    >>> funding_windows(rounds, as_at="2023-09-30")[["state", "days_left"]].values.tolist()
    [['open', 27.0], ['opens later', nan]]
    """
    end = moment_of(as_at, "as_at")
    closed, later = funding["closes"] < end, funding["opens"] > end
    state = np.select([closed, later], ["closed", "opens later"], default="open")
    left = (funding["closes"] - end).dt.days.where(~closed & ~later)
    until = (funding["opens"] - end).dt.days.where(later)
    table = funding.assign(
        state=pd.Series(state, index=funding.index, dtype="str"), days_left=left, days_until=until
    )
    order = table["state"].map({"open": 0, "opens later": 1, "closed": 2})
    return (
        table.assign(_=order).sort_values(["_", "closes"], kind="stable", ignore_index=True).drop(columns="_")
    )


@dataclass(frozen=True, eq=False)
class ProjectResult(Result):
    """The cycles of an improvement project, judged.

    Parameters
    ----------
    cycles
        One row a cycle, oldest first: the columns of the table, and verdict (or why it cannot be judged yet).
    results
        The cycles that could be judged, by their names.
    """

    _views = "quality:project"
    _drawn = "no"

    cycles: pd.DataFrame
    results: Mapping[str, CycleResult]

    def __repr__(self) -> str:
        return f"<ProjectResult: {len(self.results)} of {len(self.cycles)} cycles judged>"


def evaluate_project(at: Catalogue, project_id: str) -> ProjectResult:
    """Judge every cycle of a project by its measure and unit, its balancing measure beside.

    Parameters
    ----------
    at
        A project's tables, projects and cycles among them.
    project_id
        A row of ``projects``.

    Raises
    ------
    ArgumentError
        If there is no such project.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), tables=["projects", "cycles"], quarter="2023-24-q2")
    >>> print(evaluate_project(at, "falls-huddle").words().splitlines()[0])
    Cycle 1: the data suggest sustained improvement; the team decided to adopt.
    """
    projects = at.projects[at.projects["project_id"] == project_id]
    if projects.empty:
        known = ", ".join(at.projects["project_id"]) or "none"
        raise ArgumentError(f"no project {project_id!r}", f"one of {known}", "Correct the name")
    cycles = at.cycles[at.cycles["project_id"] == project_id].sort_values(["start", "cycle"], kind="stable")
    results, verdicts = {}, []
    for cycle in cycles.to_dict("records"):
        try:
            found = _evaluated(at, projects.iloc[0], cycle)
        except DataError as error:
            verdicts.append(f"{error.found}; it takes {error.expected}")
        else:
            verdicts.append(found.verdict)
            results[str(cycle["cycle"])] = found
    cycles = cycles.reset_index(drop=True)
    return ProjectResult(cycles.assign(verdict=pd.Series(verdicts, dtype="str")), results)


def _evaluated(catalogue: Catalogue, project: pd.Series, cycle: Row) -> CycleResult:
    measure = catalogue.measure(cycle["measure_id"])
    unit = cycle["unit_id"] if pd.notna(cycle["unit_id"]) else catalogue.top_units[0]
    others = catalogue.cycles
    same = (others["measure_id"] == cycle["measure_id"]) & (others["unit_id"] == cycle["unit_id"])
    title = f"{project['title']}, cycle {cycle['cycle']}"
    return evaluate_cycle(
        _rows(catalogue, cycle["measure_id"], unit),
        value="value",
        date="period",
        start=cycle["start"],
        end=cycle["end"],
        improvement=measure["improvement"],
        prediction=prediction_of(cycle["prediction"]),
        balancing=_balancing(catalogue, project["balancing"], unit),
        cycles=others[same].assign(title=others["project_id"] + ", cycle " + others["cycle"].astype("str")),
        decision=cycle["act"] if pd.notna(cycle["act"]) else None,
        title=title,
    )


def _rows(catalogue: Catalogue, measure_id: str, unit: str) -> pd.DataFrame:
    rows = catalogue.finished
    found = rows[(rows["measure_id"] == measure_id) & (rows["unit_id"] == unit)]
    if found.empty:
        rows = catalogue.rolled_up().finished
        found = rows[(rows["measure_id"] == measure_id) & (rows["unit_id"] == unit)]
    return found


def prediction_of(written: object) -> float | str | None:
    """Return a prediction as a number where it is one, else its words, None where there is none.

    Examples
    --------
    >>> prediction_of("12"), prediction_of("fewer falls"), prediction_of(None)
    (12.0, 'fewer falls', None)
    """
    if pd.isna(written):
        return None
    try:
        return float(str(written))
    except ValueError:
        return str(written)


def _balancing(catalogue: Catalogue, measure_id: str | float | None, unit: str) -> pd.DataFrame | None:
    if pd.isna(measure_id):
        return None
    measure = catalogue.measure(str(measure_id))
    rows = _rows(catalogue, str(measure_id), unit)
    table = rows[["period", "value"]].rename(columns={"period": "date"})
    return table.assign(measure=measure["title"], improvement=measure["improvement"]) if len(rows) else None
