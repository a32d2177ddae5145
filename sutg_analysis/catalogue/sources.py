r"""Tables that come from a database: the queries of ``data/sources.toml``.

::

    [connections.warehouse]
    url = "postgresql+psycopg://${SUTG_DB_USER}:${SUTG_DB_PASSWORD}@warehouse:5432/qi"
    timeout = 60                            # seconds a query may take, 60 without it

    [tables.observations]
    connection = "warehouse"
    query = "select measure_id, unit_id, period, numerator, denominator from qi.observations where period >= :start"
    parameters = { start = "2022-04-01" }   # bound by the database, never written into the query

``${NAME}`` is an environment variable: user and password come from there and stand in no file. In place of ``url``
there may be ``env = "SUTG_WAREHOUSE_URL"``, the variable of the whole address. ``file = "observations.sql"``, beside
the tables, may stand in place of ``query``. SQLite (``sqlite:///warehouse.db``) and DuckDB (``duckdb:///warehouse.duckdb``)
are files of the project folder. Queries of one connection see one state of the database, in a transaction that may only
read. A colon that begins no parameter is written ``\:``.

What is read goes through every check that a CSV file goes through; its rows count from 2, as they would in a file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.database import SOURCES, TIMEOUT, VARIABLE, Query, label, problem, read_database
from sutg_analysis.catalogue.schema import TABLES
from sutg_analysis.errors import Problem

_CONNECTION_KEYS, _TABLE_KEYS = ("url", "env", "timeout"), ("connection", "query", "file", "parameters")


@dataclass(frozen=True, eq=False)
class Sourced:
    """What the queries gave: frames of text by table, as a CSV file would be read; and the problems."""

    names: frozenset[str] = frozenset()
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_sources(folder: Path, *, tables: Collection[str] | None = None) -> Sourced:
    """Run the queries of a project.

    Parameters
    ----------
    folder
        The project's ``data`` folder; without ``sources.toml`` in it, nothing is read.
    tables
        The tables wanted; all if None.
    """
    path = folder / SOURCES
    if not path.is_file():
        return Sourced()
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Sourced(problems=(problem(str(error), "a TOML file in UTF-8", "Correct the line named"),))
    problems = list(_faults(stated))
    if problems:
        return Sourced(frozenset(_table(stated, "tables")) & set(TABLES), problems=tuple(problems))
    queries = [_query(name, entry, folder) for name, entry in stated.get("tables", {}).items()]
    problems += [query for query in queries if isinstance(query, Problem)]
    good = [query for query in queries if isinstance(query, Query)]
    problems += [fault for query in good if (fault := _not_one_select(query))]
    wanted = [query for query in good if tables is None or query.table in tables]
    frames: dict[str, pd.DataFrame] = {}
    for name in dict.fromkeys(query.connection for query in wanted) if not problems else ():
        of_name = [query for query in wanted if query.connection == name]
        read, failed = read_database(name, stated["connections"][name], of_name, folder)
        frames |= read
        problems += failed
    return Sourced(frozenset(stated.get("tables", {})), frames, tuple(problems))


def origin(table: str) -> str:
    """Return how pages name the source of a table of a database: the file that holds the query."""
    return f"{SOURCES}: {table}"


def digest_rows(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of the rows of a table, whatever their order, as hexadecimal."""
    lines = frame.to_csv(index=False, header=False, lineterminator="\x1e").split("\x1e")
    content = "\n".join([",".join(frame.columns), *sorted(lines)])
    return hashlib.sha256(content.encode()).hexdigest()


def _table(stated: Mapping[str, Any], key: str) -> dict[str, Any]:
    given = stated.get(key, {})
    return given if isinstance(given, dict) else {}


def _faults(stated: dict[str, Any]) -> Iterator[Problem]:
    """List what is wrong with the file itself; no value of an address is shown."""
    yield from _strange(stated, ("connections", "tables"), place=SOURCES)
    connections = _table(stated, "connections")
    for name, entry in connections.items():
        yield from _connection_faults(entry, place=f"[connections.{name}]")
    for name, entry in _table(stated, "tables").items():
        place = f"[tables.{name}]"
        if name not in TABLES:
            yield problem(f"{place}, no such table", f"one of {', '.join(TABLES)}", "Correct the name")
        yield from _table_faults(entry, connections, place=place)


def _strange(entry: Any, keys: tuple[str, ...], *, place: str) -> Iterator[Problem]:
    if not isinstance(entry, dict):
        yield problem(f"{place} without keys", f"the keys {', '.join(keys)}", "Write a table of TOML")
        return
    for key in sorted(set(entry) - set(keys)):
        expected, remedy = f"one of {', '.join(keys)}", "Correct the name"
        if "pass" in key or "user" in key:
            remedy = "Delete it: user and password come from the environment, as ${NAME} in the url"
        yield problem(f"{place}: {key}", expected, remedy)


def _connection_faults(entry: Any, *, place: str) -> Iterator[Problem]:
    yield from _strange(entry, _CONNECTION_KEYS, place=place)
    given = entry if isinstance(entry, dict) else {}
    if ("url" in given) == ("env" in given) or not isinstance(given.get("url", given.get("env")), str):
        yield problem(
            f"{place} with both or neither of url and env", "one of them, as text", "Keep one, or add one"
        )
    elif "url" in given and _has_literal(given["url"]):
        yield problem(
            f"{place}: a user or password written into the url",
            'variables, as "postgresql+psycopg://${SUTG_DB_USER}:${SUTG_DB_PASSWORD}@host:5432/db"',
            "Put them into the environment, and change the password: a file is no place for it",
        )
    timeout = given.get("timeout", TIMEOUT)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
        yield problem(f"{place}: timeout", "seconds, more than 0", "Correct the number")


def _has_literal(url: str) -> bool:
    before, at, _ = url.partition("://")[2].rpartition("@")
    words = before.split(":", 1) if at else []
    asked = re.findall(r"(?i)[?&](?:user|\w*pass\w*|pwd)=([^&]*)", url)
    return any(word and not VARIABLE.fullmatch(word) for word in [*words, *asked])


def _table_faults(entry: Any, connections: Collection[str], *, place: str) -> Iterator[Problem]:
    yield from _strange(entry, _TABLE_KEYS, place=place)
    given = entry if isinstance(entry, dict) else {}
    if given.get("connection") not in connections:
        found = f"{place}: connection {given.get('connection')!r}"
        yield problem(found, f"one of {', '.join(connections) or 'the connections'}", "Name a connection")
    if ("query" in given) == ("file" in given) or not isinstance(given.get("query", given.get("file")), str):
        yield problem(f"{place} with both or neither of query and file", "one of them, as text", "Keep one")
    parameters = given.get("parameters", {})
    simple = isinstance(parameters, dict) and all(
        isinstance(value, str | int | float | dt.date) for value in parameters.values()
    )
    if not simple:
        yield problem(f"{place}: parameters", "names with texts, numbers or dates", "Correct them")


def _query(name: str, entry: dict[str, Any], folder: Path) -> Query | Problem:
    text = entry.get("query")
    if text is None:
        path = (folder / entry["file"]).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            found = f"[tables.{name}]: file {entry['file']!r}"
            return problem(found, "a file in data/ that holds the query", "Correct the name")
        text = path.read_text(encoding="utf-8", errors="replace")
    return Query(name, entry["connection"], text, entry.get("parameters", {}))


_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL)


def _not_one_select(query: Query) -> Problem | None:
    """Return what is wrong where a query is more than one statement, or does not begin as reading does.

    The database is asked to refuse all writing too: this is for a clear message.
    """
    bare = _QUOTED.sub(" ", query.text).strip().rstrip(";").strip()
    first = re.match(r"[\s(]*(\w+)", bare)
    if first and first[1].lower() in ("select", "with") and ";" not in bare:
        return None
    found = (
        "more than one statement"
        if ";" in bare
        else f"a statement that begins with {first[1] if first else ''!r}"
    )
    expected = "one SELECT, or WITH ... SELECT"
    return problem(found, expected, "Write one query that only reads", file=label(query.table))
