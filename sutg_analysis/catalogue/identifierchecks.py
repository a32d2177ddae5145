"""Identifiers in the tables of a project: refused, unless ``data/identifiers.toml`` says why a column may hold them.

An exception names the kind, the table and the column, a reason and the role that decided it::

    [[allow]]
    kind = "nhs-number"          # or postcode, date-of-birth, e-mail, telephone, name
    table = "pathways"           # or the file, such as "notice.md"
    column = "referral_id"       # no column for a file of words
    reason = "Numbers of the booking system, one in eleven of which passes the check digit"
    author = "Information Manager"
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.definitions import Table
from sutg_analysis.catalogue.identifiers import NAMES, Found, Kind, find, found_in, mask, names_a_person
from sutg_analysis.errors import Problem

EXCEPTIONS = "identifiers.toml"
TEXTS = ("notice.md", "governance.toml", "clocks.toml")
"""Files of words in ``data/`` that reach pages."""

_KEYS = ("kind", "table", "column", "reason", "author")
_ROLES = ("owner", "lead", "author", "role")
_SHOWN = 10
"""Cells that are named, of one kind and column; a column of a thousand numbers is one mistake."""


@dataclass(frozen=True)
class Allowed:
    """One exception: the kind of identifier, the table and the column that may hold it, and why."""

    kind: str
    table: str
    column: str
    reason: str
    author: str


def read_allowed(folder: Path) -> tuple[tuple[Allowed, ...], list[Problem]]:
    """Read the exceptions of a project's ``data`` folder, and list what is wrong with them.

    Returns
    -------
    tuple
        The exceptions, none where there is no such file; and the problems.
    """
    path = folder / EXCEPTIONS
    if not path.is_file():
        return (), []
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return (), [
            Problem(EXCEPTIONS, None, None, str(error), "a TOML file in UTF-8", "Correct the line named")
        ]
    entries = stated.get("allow", [])
    if set(stated) - {"allow"} or not isinstance(entries, list):
        strange = ", ".join(sorted(set(stated) - {"allow"})) or "allow, no list"
        return (), [Problem(EXCEPTIONS, None, None, strange, "[[allow]] entries", "Correct the name")]
    problems = [fault for number, entry in enumerate(entries, 1) for fault in _faults(entry, number)]
    good = (
        () if problems else tuple(Allowed(**{key: entry.get(key, "") for key in _KEYS}) for entry in entries)
    )
    return good, problems


def _faults(entry: Any, number: int) -> Iterator[Problem]:
    def fault(found: str, expected: str, remedy: str) -> Problem:
        return Problem(EXCEPTIONS, None, None, f"allow {number}: {found}", expected, remedy)

    given = entry if isinstance(entry, dict) else {}
    keys = f"the keys {', '.join(_KEYS)}"
    for key in sorted(set(given) - set(_KEYS)):
        yield fault(f"{key}, an unknown key", keys, "Correct the name")
    needed = _KEYS if given.get("table") not in TEXTS else tuple(key for key in _KEYS if key != "column")
    for key in needed:
        if not isinstance(given.get(key), str) or not given[key].strip():
            yield fault(f"no {key}", keys, f"Say the {key}: an exception stands with its reason")
    if isinstance(given.get("kind"), str) and given["kind"] not in NAMES:
        yield fault(f"kind {given['kind']!r}", f"one of {', '.join(NAMES)}", "Correct the kind")
    if isinstance(given.get("author"), str) and _of_role(given["author"]):
        yield fault(
            "an author that is a person's name", "a role", "Write the role, such as Information Manager"
        )


def identified(
    raw: pd.DataFrame, table: Table, *, file: str, allowed: Collection[Allowed] = ()
) -> list[Problem]:
    """List the identifiers in the cells of one table, each masked.

    Parameters
    ----------
    raw
        The table as read, its index the rows of its file.
    table
        What it should be; a number may be one of the NHS, and a date is none of birth by itself.
    file
        The file's name, for messages.
    allowed
        The exceptions of the project.

    Examples
    --------
    >>> from sutg_analysis.catalogue.definitions import Column
    >>> table = Table("events", (Column("label"),))
    >>> print(identified(pd.DataFrame({"label": ["See 943 476 5919"]}, index=[2]), table, file="events.csv")[0])
    events.csv, row 2, column label: found '943 ••• ••••'; expected no NHS number. Take it out: a page must not \
point at one person. If it is none, or may stand here, say why in data/identifiers.toml.
    """
    problems = []
    for column in table.columns:
        if column.name not in raw or column.kind == "date":
            continue
        texts = _whole(raw[column.name]) if column.kind == "number" else _text(raw[column.name])
        may = {entry.kind for entry in allowed if (entry.table, entry.column) == (table.name, column.name)}
        found = [(row, one) for row, one in found_in(texts) if one.kind.name not in may]
        if column.name in _ROLES and "name" not in may:
            found += _people(texts, {row for row, one in found if one.kind.name == "name"})
        problems += list(_problems(found, file=file, column=column.name))
    return problems


def _text(cells: pd.Series) -> pd.Series:
    return cells if cells.dtype == "str" else cells.astype("str").where(cells.notna())


def _whole(cells: pd.Series) -> pd.Series:
    """Return the numbers that have ten digits as text, however they are written."""
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    long = numbers[(numbers >= 1e9) & (numbers < 1e10) & (numbers % 1 == 0)]
    return long.map("{:.0f}".format).astype("str")


def _of_role(text: str) -> bool:
    return names_a_person(text) or any(one.kind.name == "name" for one in find(text))


def _people(texts: pd.Series, known: set[int]) -> list[tuple[int, Found]]:
    """Return the rows whose role is a person's name without a title."""
    name = NAMES["name"]
    alike = texts.dropna().drop_duplicates()
    people = set(alike[alike.map(names_a_person).astype(bool)])
    rows = texts.index[texts.isin(people)]
    return [(int(row), Found(name, "", f"({name.words})")) for row in rows if int(row) not in known]


def _problems(found: list[tuple[int, Found]], *, file: str, column: str | None) -> Iterator[Problem]:
    for kind in dict.fromkeys(one.kind for _, one in found):
        ones = [(row, one) for row, one in found if one.kind == kind]
        left = len(ones) - _SHOWN
        for place, (row, one) in enumerate(ones[:_SHOWN]):
            more = f" ({left} more in this column)" if left > 0 and place == _SHOWN - 1 else ""
            yield Problem(file, row, column, one.masked, f"no {_bare(kind)}", _remedy(kind) + more)


def _bare(kind: Kind) -> str:
    return kind.words.split(" ", 1)[1]


def _remedy(kind: Kind) -> str:
    if kind.name == "name":
        return (
            "Write the role, or take it out: a page must not point at one person. "
            f"If it is nobody's, say so in data/{EXCEPTIONS}"
        )
    return (
        "Take it out: a page must not point at one person. "
        f"If it is none, or may stand here, say why in data/{EXCEPTIONS}"
    )


def told(folder: Path, *, allowed: Collection[Allowed] = ()) -> list[Problem]:
    """List the identifiers in the files of words of a ``data`` folder, by line."""
    problems: list[Problem] = []
    for name in TEXTS:
        path = folder / name
        if path.is_file():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            may = {entry.kind for entry in allowed if entry.table == name}
            found = [
                (number, one)
                for number, line in enumerate(lines, 1)
                for one in find(line)
                if one.kind.name not in may
            ]
            problems += _problems(found, file=name, column=None)
    return problems


def without_identifiers(problem: Problem) -> Problem:
    """Return a problem that shows no identifier, wherever in it one stood."""
    value = mask(problem.value) if isinstance(problem.value, str) else problem.value
    column = mask(problem.column) if problem.column else problem.column
    expected, remedy = mask(problem.expected), mask(problem.remedy)
    return replace(problem, column=column, value=value, expected=expected, remedy=remedy)
