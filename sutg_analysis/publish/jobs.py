"""Which reports a build runs: ``reports/reports.toml`` times the rows of the tables.

A job is one page: a notebook, its parameters and what the page is called. Every parameter is checked against
the notebook's own before any kernel starts, because papermill runs a misspelt one with the default and only logs it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.definitions import ID, TABLES
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.project import Project

_KEYS = ("name", "notebook", "title", "description", "each", "parameters", "needs")
_NEEDED = ("name", "notebook", "title")
_TEXTS = (*_NEEDED, "description")


@dataclass(frozen=True)
class Job:
    """One page to make: the notebook, its parameters, and the page's name, title and place in the index."""

    report: str
    slug: str
    notebook: Path
    title: str
    description: str
    quarter: Quarter
    order: int
    parameters: dict[str, Any] = field(default_factory=dict)


def read_reports(project: Project) -> list[dict[str, Any]]:
    """Read ``reports/reports.toml``.

    Raises
    ------
    SiteError
        The file is not TOML, or an entry lacks a key or has an unknown one.
    """
    path = project.file("reports/reports.toml")
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unreadable(f"cannot be read: {error}") from error
    entries = stated.get("report", [])
    strange = sorted(set(stated) - {"report"})
    if strange or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _unreadable(f"has {strange[0]!r}" if strange else "has report as no list of tables")
    for number, entry in enumerate(entries, start=1):
        _check_entry(entry, number=number)
    return entries


def _unreadable(found: str) -> SiteError:
    return SiteError(
        f"reports/reports.toml {found}",
        expected="a TOML file of [[report]] entries",
        remedy="Correct the line or name",
    )


def _check_entry(entry: dict[str, Any], *, number: int) -> None:
    unknown = sorted(set(entry) - set(_KEYS))
    faults = [f"unknown key {key!r}" for key in unknown]
    faults += [f"no key {key!r}" for key in _NEEDED if key not in entry]
    faults += [f"{key} = {entry[key]!r}" for key in entry if not _is_sound(key, entry[key])]
    if faults:
        raise SiteError(
            f"reports/reports.toml, report {number} ({entry.get('name', 'unnamed')}): {', '.join(faults)}",
            expected=f"the keys {', '.join(_KEYS)}: a name of letters, digits, hyphens and underscores, texts, "
            'each = { parameter = "table.column" }, parameters as a table, needs as a list',
            remedy=f"Correct the entry{_suggest(unknown[0], _KEYS) if unknown else ''}",
        )


def _is_sound(key: str, value: Any) -> bool:
    """Say whether the value of a key is of its kind; a name becomes part of paths and addresses."""
    if key == "name":
        return isinstance(value, str) and re.fullmatch(ID, value) is not None
    if key == "each":
        return (
            isinstance(value, dict)
            and len(value) <= 1
            and all(isinstance(one, str) for one in value.values())
        )
    if key == "needs":
        return isinstance(value, list)
    if key == "parameters":
        return isinstance(value, dict)
    return key not in _TEXTS or isinstance(value, str)


def _suggest(word: str, known: tuple[str, ...] | list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def plan(
    project: Project, catalogue: Catalogue, *, quarter: Quarter, reports: tuple[str, ...] = ()
) -> tuple[Job, ...]:
    """List the pages of one quarter, in the order of its index.

    Parameters
    ----------
    project, catalogue
        The project and its checked tables.
    quarter
        The quarter to build.
    reports
        Names of reports or of single pages to keep; empty keeps all.

    Raises
    ------
    ArgumentError
        A name in ``reports`` is no report and no page.
    """
    entries = read_reports(project)
    known = catalogue.as_at(quarter)
    jobs = tuple(
        job
        for number, entry in enumerate(entries)
        if _has(known, entry)
        for job in _expand(project, known, entry, quarter=quarter, first=1000 * number)
    )
    _check_slugs(jobs)
    return jobs if not reports else _only(jobs, reports)


def check_parameters(jobs: Collection[Job]) -> None:
    """Check what reports give their notebooks, before any runs.

    Raises
    ------
    ArgumentError
        A report gives its notebook a parameter that it has not.
    """
    for notebook in sorted({job.notebook for job in jobs}):
        _check_parameters(notebook, [job for job in jobs if job.notebook == notebook])


def _has(catalogue: Catalogue, entry: dict[str, Any]) -> bool:
    """Say whether every table that a report needs has rows."""
    for table in entry.get("needs", []):
        if table not in TABLES:
            raise SiteError(
                f"reports/reports.toml, report {entry['name']}: needs = {table!r}",
                expected=f"tables, of {', '.join(TABLES)}",
                remedy=f"Correct it{_suggest(str(table), list(TABLES))}",
            )
    return all(len(getattr(catalogue, table)) for table in entry.get("needs", []))


def _check_slugs(jobs: tuple[Job, ...]) -> None:
    slugs = [job.slug for job in jobs]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise SiteError(
            f"reports/reports.toml makes the page {twice[0]!r} more than once",
            expected="a name of its own for each report",
            remedy="Give one of the reports another name",
        )


def _expand(
    project: Project, catalogue: Catalogue, entry: dict[str, Any], *, quarter: Quarter, first: int
) -> Iterator[Job]:
    for number, (suffix, own, row) in enumerate(_rows(catalogue, entry)):
        words = {**row, "quarter": quarter.label}
        yield Job(
            report=entry["name"],
            slug=f"{entry['name']}{suffix}",
            notebook=project.notebook(entry["notebook"]),
            title=_fill(entry, "title", words),
            description=_fill(entry, "description", words),
            quarter=quarter,
            order=first + number,
            parameters={**entry.get("parameters", {}), **own, "quarter": quarter.slug, "project": "."},
        )


def _rows(
    catalogue: Catalogue, entry: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    each = entry.get("each", {})
    if not each:
        yield "", {}, {}
        return
    ((parameter, source),) = each.items()
    table, _, column = source.partition(".")
    frame = getattr(catalogue, table, None)
    if frame is None or column not in frame:
        raise SiteError(
            f"reports/reports.toml, report {entry['name']}: each = {source!r}",
            expected="table.column, such as measures.measure_id",
            remedy="Name a table and one of its columns",
        )
    rows = frame.drop_duplicates(column)
    if source == "measures.measure_id":  # a measure may be named before it is observed
        rows = rows[rows[column].isin(catalogue.observations["measure_id"])]
    places = {unit: place for place, unit in enumerate(catalogue.units["unit_id"])}
    if set(rows[column]) <= set(places):
        rows = rows.sort_values(column, key=lambda values: values.map(places))
    units = catalogue.units.set_index("unit_id", drop=False)
    for row in rows.to_dict("records"):
        own = units.loc[row[column]].to_dict() if row[column] in places else {}
        words = {str(key): value for key, value in (own | row).items()}
        yield f"-{row[column]}", {parameter: row[column]}, words


def _fill(entry: dict[str, Any], key: str, words: dict[str, Any]) -> str:
    try:
        return str(entry.get(key, "")).format(**words)
    except (KeyError, IndexError, ValueError) as error:
        raise SiteError(
            f"reports/reports.toml, report {entry['name']}: the {key} {entry[key]!r} names {error}",
            expected=f"one of {', '.join(sorted(words))} in braces",
            remedy=f"Correct the {key}",
        ) from error


def _only(jobs: tuple[Job, ...], names: tuple[str, ...]) -> tuple[Job, ...]:
    known = sorted({job.report for job in jobs} | {job.slug for job in jobs})
    for name in names:
        if name not in known:
            raise ArgumentError(
                f"no report {name!r}",
                expected=f"one of {', '.join(known)}",
                remedy=f"Run sutg list to see them{_suggest(name, known)}",
            )
    return tuple(job for job in jobs if job.report in names or job.slug in names)


def _check_parameters(notebook: Path, jobs: list[Job]) -> None:
    accepted = _parameters_of(notebook)
    if not accepted:
        raise SiteError(
            f"notebooks/{notebook.name} has no parameters",
            expected="a cell tagged parameters that sets quarter and project, which every report is given",
            remedy="Tag the cell in JupyterLab (property inspector, cell tags), or add one",
        )
    for job in jobs:
        for name in sorted(set(job.parameters) - set(accepted)):
            raise ArgumentError(
                f"report {job.report!r} ({notebook.name}) has no parameter {name!r}",
                expected=f"one of {', '.join(accepted)}",
                remedy=f"Correct it in reports/reports.toml{_suggest(name, accepted)}",
            )


def _parameters_of(notebook: Path) -> list[str]:
    from papermill import inspect_notebook

    try:
        return sorted(inspect_notebook(str(notebook)))
    except Exception as error:  # whatever a reader makes of a file that is no notebook
        raise SiteError(
            f"notebooks/{notebook.name} cannot be read: {' '.join(str(error).split())[:200] or type(error).__name__}",
            expected="a notebook, as JupyterLab saves it",
            remedy="Mend it in JupyterLab, or put it back as it was",
        ) from error
