"""The knowledge bank: improvement projects and people to search, cycles judged, funding rounds with days left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    summary
        One row a judged cycle: cycle, aim, measure_id, measure (its title), unit_id, why, next_steps, cannot_say
        (sentences), and the columns of the cycle's own summary.
    balancing
        One row a judged cycle and balancing measure: cycle, and the columns of :class:`CycleResult`'s.
    """

    _views = "quality:project"
    _drawn = "no"

    cycles: pd.DataFrame
    results: Mapping[str, CycleResult]
    summary: pd.DataFrame
    balancing: pd.DataFrame

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
    results, verdicts, told = {}, [], []
    for cycle in cycles.to_dict("records"):
        try:
            found = _evaluated(at, projects.iloc[0], cycle)
        except DataError as error:
            verdicts.append(f"{error.found}; it takes {error.expected}")
        else:
            verdicts.append(found.verdict)
            name = str(cycle["cycle"])
            results[name] = found
            told.append(_told(at, cycle, found).assign(cycle=name))
    cycles = cycles.reset_index(drop=True).assign(verdict=pd.Series(verdicts, dtype="str"))
    empty = pd.DataFrame({"cycle": []})
    summary = pd.concat(told or [empty], ignore_index=True)
    aside = [found.balancing.assign(cycle=name) for name, found in results.items() if len(found.balancing)]
    return ProjectResult(cycles, results, summary, pd.concat(aside or [empty], ignore_index=True))


def _told(at: Catalogue, cycle: Row, found: CycleResult) -> pd.DataFrame:
    """Return a cycle's summary with what it is about and the sentences of its verdict."""
    parts = {"why": found.reasons, "next_steps": found.next_steps, "cannot_say": found.limitations}
    said = {name: " ".join(f"{text[:1].upper()}{text[1:]}." for text in parts[name]) for name in parts}
    measure, unit = cycle["measure_id"], _unit(at, cycle)
    about = {
        "aim": cycle["aim"],
        "measure_id": measure,
        "unit_id": unit,
        "measure": at.measure(measure)["title"],
    }
    return found.summary.assign(**about, **said)


def _unit(at: Catalogue, cycle: Row) -> str:
    return str(cycle["unit_id"]) if pd.notna(cycle["unit_id"]) else at.top_units[0]


def _evaluated(at: Catalogue, project: pd.Series, cycle: Row) -> CycleResult:
    measure = at.measure(cycle["measure_id"])
    unit = _unit(at, cycle)
    others = at.cycles
    same = (others["measure_id"] == cycle["measure_id"]) & (others["unit_id"] == cycle["unit_id"])
    found = evaluate_cycle(
        _comparable(at, cycle["measure_id"], unit, before=cycle["start"]),
        value="value",
        date="date",
        start=cycle["start"],
        end=cycle["end"],
        improvement=measure["improvement"],
        prediction=prediction_of(cycle["prediction"]),
        target="target",
        balancing=_balancing(at, project["balancing"], unit, before=cycle["start"]),
        cycles=others[same].assign(title=others["project_id"] + ", cycle " + others["cycle"].astype("str")),
        decision=cycle["act"] if pd.notna(cycle["act"]) else None,
        title=f"{project['title']}, cycle {cycle['cycle']}",
    )
    return replace(found, chart_result=replace(found.chart_result, per=measure["per"]))


def _comparable(at: Catalogue, measure_id: str, unit: str, *, before: pd.Timestamp) -> pd.DataFrame:
    """Return the points of a unit's chart from the last time on that its limits were set anew before a day, months that are over.

    What lies before is not to be compared with what lies after, which is why they were set anew.
    """
    rows = at.ledger[["measure_id", "unit_id"]].to_numpy().tolist()
    if [measure_id, unit] not in rows:
        raise DataError(f"no observations of {measure_id} in {unit}", "some", "Add them to data/observations")
    points = at.chart(measure_id, unit=unit).points
    over = points["known_to"].isna() if "known_to" in points else True
    points = points[~points["excluded"] & over]
    earlier = points.loc[points["date"] < before, "segment"]
    return points[points["segment"] >= earlier.max()] if len(earlier) else points


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


def _balancing(
    at: Catalogue, measure_id: str | float | None, unit: str, *, before: pd.Timestamp
) -> pd.DataFrame | None:
    if pd.isna(measure_id):
        return None
    measure = at.measure(str(measure_id))
    try:
        points = _comparable(at, str(measure_id), unit, before=before)
    except DataError:
        return None
    # Nor is what comes after limits were set anew since the start to be compared with what came before it.
    alike = points[points["segment"] == points.loc[points["date"] < before, "segment"].max()]
    if not (alike["date"] >= before).any():
        return None
    return alike[["date", "value"]].assign(measure=measure["title"], improvement=measure["improvement"])
