"""Which reports a build runs: ``reports/reports.toml`` times the rows of the tables.

A job is one page: a notebook, its parameters and what the page is called. Every parameter is checked against
the notebook's own before any kernel starts, because papermill runs a misspelt one with the default and only logs it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any

import pandas as pd

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.definitions import ID, TABLES
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.settings import CLOSED, Expect, Fault, SettingsError, read_settings, read_toml
from sutg_analysis.errors import ArgumentError, SiteError, did_you_mean
from sutg_analysis.project import Project
from sutg_analysis.words.wording import harm_name

_REPORTS = "reports/reports.toml"


@dataclass(frozen=True)
class ReportEntry:
    """One entry of ``reports/reports.toml``: a notebook, and what of the tables it is run for.

    Of the values of ``each``, pages are made of those that stand in the column ``among`` too, do not stand in the column
    ``unless``, and have ``least`` rows or more.
    """

    __pydantic_config__ = CLOSED
    name: Annotated[str, Expect("an id", lambda name: re.fullmatch(ID, name))]
    notebook: str
    title: str
    description: str = ""
    each: Annotated[Mapping[str, str], Expect("one", lambda each: len(each) <= 1)] = field(
        default_factory=dict
    )
    among: str = ""
    unless: str = ""
    least: Annotated[int, Expect("one or more", lambda least: least >= 1)] = 1
    parameters: Mapping[str, object] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reports:
    __pydantic_config__ = CLOSED
    report: tuple[ReportEntry, ...] = ()


@dataclass(frozen=True)
class Job:
    """One page to make: the notebook, its parameters, the day it stands at, and the page's name, title and place in the index."""

    report: str
    slug: str
    notebook: Path
    title: str
    description: str
    at: AsAt
    order: int
    parameters: dict[str, object] = field(default_factory=dict)

    @property
    def quarter(self) -> Quarter:
        """The quarter whose page it is."""
        return self.at.quarter


def read_reports(project: Project) -> tuple[ReportEntry, ...]:
    """Read ``reports/reports.toml``.

    Raises
    ------
    SiteError
        The file is not TOML, or an entry lacks a key or has an unknown one.
    """
    stated: dict[str, Any] = {}
    try:
        stated = read_toml(project.file(_REPORTS), name=_REPORTS)
        return read_settings(stated, _Reports, name=_REPORTS).report
    except SettingsError as error:
        raise _refused(error.faults, stated) from error


def _refused(faults: tuple[Fault, ...], stated: dict[str, Any]) -> SiteError:
    """Return all that is wrong with the file, or with the first entry that is at fault."""
    first = faults[0]
    if len(first.keys) < 3:
        listless = f"{_REPORTS} has report as no list of tables"
        found = listless if first.kind == "value" else first.found(_REPORTS)
        return SiteError(found, "a TOML file of [[report]] entries", "Correct the line or name")
    number = int(first.keys[1])
    name = stated["report"][number].get("name", "unnamed")
    words = {"unknown": "unknown key {!r}", "missing": "no key {!r}", "value": "{} = {!r}"}
    own = [fault for fault in faults if fault.keys[:2] == first.keys[:2]]
    wrong = ", ".join(words[fault.kind].format(fault.keys[2], fault.value) for fault in own)
    return SiteError(
        f"{_REPORTS}, report {number + 1} ({name}): {wrong}",
        expected=f"the keys {', '.join(one.name for one in fields(ReportEntry))}: a name of letters, digits, hyphens and "
        'underscores, texts, each = { parameter = "table.column" }, among and unless as "table.column", least as a number, parameters as a table, '
        "needs as a list",
        remedy=f"Correct the entry{first.guess}",
    )


def plan(
    project: Project, catalogue: Catalogue, *, quarter: Quarter, reports: tuple[str, ...] = ()
) -> tuple[Job, ...]:
    """List the pages of one quarter, in the order of its index: all, or those of the reports and pages named.

    Raises
    ------
    ArgumentError
        A name in ``reports`` is no report and no page.
    """
    known = catalogue.as_at(quarter)
    jobs = tuple(
        job
        for number, entry in enumerate(read_reports(project))
        if _has_rows(known, entry)
        for job in _pages(project, known, entry, first=1000 * number)
    )
    twice = sorted(slug for slug, count in Counter(job.slug for job in jobs).items() if count > 1)
    if twice:
        raise SiteError(
            f"reports/reports.toml makes the page {twice[0]!r} more than once",
            expected="a name of its own for each report",
            remedy="Give one of the reports another name",
        )
    names = sorted({job.report for job in jobs} | {job.slug for job in jobs})
    for name in reports:
        if name not in names:
            raise ArgumentError(
                f"no report {name!r}",
                expected=f"one of {', '.join(names)}",
                remedy=f"Run sutg list to see them{did_you_mean(name, names)}",
            )
    return tuple(job for job in jobs if not reports or job.report in reports or job.slug in reports)


def _has_rows(catalogue: Catalogue, entry: ReportEntry) -> bool:
    """Say whether every table that a report needs has rows."""
    for table in entry.needs:
        if table not in TABLES:
            raise SiteError(
                f"reports/reports.toml, report {entry.name}: needs = {table!r}",
                expected=f"tables, of {', '.join(TABLES)}",
                remedy=f"Correct it{did_you_mean(table, TABLES)}",
            )
    return all(len(catalogue.table(table)) for table in entry.needs)


def _pages(project: Project, catalogue: Catalogue, entry: ReportEntry, *, first: int) -> Iterator[Job]:
    at, notebook = catalogue.at, project.notebook(entry.notebook)
    given: dict[str, object] = {"quarter": at.quarter.slug, "project": "."}
    if not at.whole and "as_at" in _parameters_of(notebook):  # one without it reads a snapshot of that day
        given["as_at"] = at.parameter
    for number, (suffix, own, row) in enumerate(_rows(catalogue, entry)):
        words = {**row, "quarter": at.label}
        if "harm" in row:
            words["harm"] = harm_name(str(row["harm"]))
        yield Job(
            report=entry.name,
            slug=f"{entry.name}{suffix}",
            notebook=notebook,
            title=_fill(entry.title, words, key="title", report=entry.name),
            description=_fill(entry.description, words, key="description", report=entry.name),
            at=at,
            order=first + number,
            parameters={**entry.parameters, **own, **given},
        )


def _rows(
    catalogue: Catalogue, entry: ReportEntry
) -> Iterator[tuple[str, Mapping[str, object], Mapping[str, object]]]:
    """Yield the end of each page's name, the parameter it is given for its row, and the row with its unit."""
    if not entry.each:
        yield "", {}, {}
        return
    ((parameter, source),) = entry.each.items()
    column = source.partition(".")[2]
    frame = _rows_of(catalogue, entry, source, key="each")
    rows = frame.drop_duplicates(column)
    if source == "measures.measure_id":  # a measure may be named before it is observed
        rows = rows[rows[column].isin(catalogue.observations["measure_id"])]
    for key, kept in {"among": True, "unless": False}.items():
        if other := getattr(entry, key):
            known = _rows_of(catalogue, entry, other, key=key)[other.partition(".")[2]]
            rows = rows[rows[column].isin(known) == kept]
    if source.partition(".")[0] not in catalogue.protection.tables:  # of one that is held back a page says so
        rows = rows[rows[column].map(frame[column].value_counts()) >= entry.least]
    places = {unit: place for place, unit in enumerate(catalogue.units["unit_id"])}
    if set(rows[column]) <= set(places):
        rows = rows.sort_values(column, key=lambda values: values.map(places))
    units = catalogue.units.set_index("unit_id", drop=False)
    for row in rows.to_dict("records"):
        unit = units.loc[row[column]].to_dict() if row[column] in places else {}
        yield f"-{row[column]}", {parameter: row[column]}, unit | row


def _rows_of(catalogue: Catalogue, entry: ReportEntry, source: str, *, key: str) -> pd.DataFrame:
    """Return the table that a key such as ``each`` names a column of."""
    table, _, column = source.partition(".")
    others = catalogue.others  # a page is made of a table that is held back too, and says so
    frame = others[table] if table in others else getattr(catalogue, table, None)
    if isinstance(frame, pd.DataFrame) and column in frame:
        return frame
    raise SiteError(
        f"reports/reports.toml, report {entry.name}: {key} = {source!r}",
        expected="table.column, such as measures.measure_id",
        remedy="Name a table and one of its columns",
    )


def _fill(text: str, words: Mapping[str, object], *, key: str, report: str) -> str:
    try:
        return text.format(**words)
    except (KeyError, IndexError, ValueError) as error:
        raise SiteError(
            f"reports/reports.toml, report {report}: the {key} {text!r} names {error}",
            expected=f"one of {', '.join(sorted(words))} in braces",
            remedy=f"Correct the {key}",
        ) from error


def check_parameters(jobs: Collection[Job]) -> None:
    """Check what reports give their notebooks, before any runs.

    Raises
    ------
    SiteError
        A notebook cannot be read, or has no cell of parameters.
    ArgumentError
        A report gives its notebook a parameter that it has not.
    """
    for notebook in sorted({job.notebook for job in jobs}):
        accepted = _parameters_of(notebook)
        for job in jobs:
            for name in sorted(set(job.parameters) - set(accepted)) if job.notebook == notebook else ():
                raise ArgumentError(
                    f"report {job.report!r} ({notebook.name}) has no parameter {name!r}",
                    expected=f"one of {', '.join(accepted)}",
                    remedy=f"Correct it in reports/reports.toml{did_you_mean(name, accepted)}",
                )


def _parameters_of(notebook: Path) -> list[str]:
    """Return the names of a notebook's parameters."""
    from papermill import inspect_notebook

    try:
        accepted = sorted(inspect_notebook(str(notebook)))
    except Exception as error:  # whatever a reader makes of a file that is no notebook
        raise SiteError(
            f"notebooks/{notebook.name} cannot be read: {' '.join(str(error).split())[:200] or type(error).__name__}",
            expected="a notebook, as JupyterLab saves it",
            remedy="Mend it in JupyterLab, or put it back as it was",
        ) from error
    if not accepted:
        raise SiteError(
            f"notebooks/{notebook.name} has no parameters",
            expected="a cell tagged parameters that sets quarter and project, which every report is given",
            remedy="Tag the cell in JupyterLab (property inspector, cell tags), or add one",
        )
    return accepted
