r"""Tables that come from a database: the queries of ``data/sources.toml``, and rows as a file would hold them.

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
Whatever goes wrong is a problem of one line, in which the values of environment variables stand as ``${NAME}``.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote

import pandas as pd

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.digests import digest
from sutg_analysis.catalogue.settings import (
    CLOSED,
    Expect,
    Fault,
    SettingsError,
    one_of,
    read_settings,
    read_toml,
)
from sutg_analysis.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection as SqlConnection
    from sqlalchemy import Engine

SOURCES = "sources.toml"
TIMEOUT = 60
"""Seconds that a query may take, where the file does not say."""

VARIABLE = re.compile(r"\$\{(\w+)\}")
_CONNECT_SECONDS = 10
_DATABASES = ("postgresql", "sqlite", "duckdb")
_PARAMETERS = Expect(
    "names with texts, numbers or dates",
    lambda given: all(isinstance(value, str | int | float | dt.date) for value in given.values()),
)


@dataclass(frozen=True, eq=False)
class Query:
    """The query of one table: its connection, its text and its parameters."""

    table: str
    connection: str
    text: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Connection:
    """An address with its credentials, which are hidden in every message, and the seconds that a query may take."""

    name: str
    url: str = field(repr=False)
    timeout: float
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        """The database: postgresql, sqlite or duckdb."""
        return re.split(r"[+:]", self.url, maxsplit=1)[0]

    def hiding(self, text: object) -> str:
        """Return a message in one line, with the names of variables in place of their values."""
        said = " ".join(str(text).split())
        for name, value in sorted(self.secrets, key=lambda secret: -len(secret[1])):
            for form in (value, quote(value, safe="")):
                said = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", f"${{{name}}}", said)
        return said[:300]

    def problem(self, found: object, expected: str, remedy: str) -> Problem:
        """Return a problem of the connection."""
        return problem(f"[connections.{self.name}]: {self.hiding(found)}", expected, remedy)


def label(table: str) -> str:
    """Return how messages name a table of a database.

    Examples
    --------
    >>> label("observations")
    'observations (SQL)'
    """
    return f"{table} (SQL)"


def problem(found: str, expected: str, remedy: str, *, file: str = SOURCES) -> Problem:
    """Return a problem of a whole file or query."""
    return Problem(file, None, None, found, expected, remedy)


def read_database(
    name: str, entry: ConnectionSettings, queries: list[Query], folder: Path
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Run the queries of one connection in one transaction that may only read."""
    connection = _connection(name, entry)
    if isinstance(connection, Problem):
        return {}, [connection]
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    try:
        from sqlalchemy import exc

        engine = _engine(connection, folder)
    except ImportError as error:
        found = f"the package {error.name or 'sqlalchemy'} is not installed"
        remedy = "Install the extra: pip install 'sutg-analysis[db]'"
        return {}, [connection.problem(found, "what databases need", remedy)]
    except (ValueError, TypeError) as error:
        remedy = "Correct the address; a file is in the project folder"
        return {}, [connection.problem(error, "the address of a database", remedy)]
    except Exception as error:  # whatever a driver makes of an address, said without its credentials
        return {}, [_unreached(connection, error)]
    try:
        with engine.connect() as reached:
            _begin(reached, connection)
            for query in queries:
                try:
                    frames[query.table] = _rows(reached, query, timeout=connection.timeout)
                except exc.SQLAlchemyError as error:
                    found = connection.hiding(getattr(error, "orig", None) or error)
                    wanted = "rows of the query, which may only read"
                    remedy = "Mend what the database names, then try again"
                    problems.append(problem(found, wanted, remedy, file=label(query.table)))
                    if getattr(error, "connection_invalidated", False) or reached.invalidated:
                        break
                    reached.rollback()
                    _begin(reached, connection)
    except exc.SQLAlchemyError as error:
        problems = problems or [_unreached(connection, error)]
    finally:
        engine.dispose()
    return frames, problems


def _unreached(connection: Connection, error: Exception) -> Problem:
    variables = ", ".join(dict(connection.secrets))
    remedy = f"Check the address and {variables}" if variables else "Check the address"
    found = getattr(error, "orig", None) or type(error).__name__
    return connection.problem(found, "a database that answers", remedy)


def _begin(reached: SqlConnection, connection: Connection) -> None:
    """Begin the transaction, so that all queries see one state; SQLite's driver would not before something is written."""
    if connection.kind == "sqlite":
        reached.exec_driver_sql("BEGIN")


def _connection(name: str, entry: ConnectionSettings) -> Connection | Problem:
    """Return the connection with the values of its variables, or say which of them is not set."""
    template = f"${{{entry.env}}}" if entry.url is None else entry.url
    names = list(dict.fromkeys(VARIABLE.findall(template)))
    lacking = [variable for variable in names if not os.environ.get(variable)]
    if lacking:
        found = f"[connections.{name}]: the environment variable {lacking[0]} is not set"
        return problem(found, "credentials in the environment", f"Set {', '.join(lacking)}")
    values = {variable: os.environ[variable] for variable in names}
    quoted = values if entry.url is None else {name: quote(value, safe="") for name, value in values.items()}
    url = VARIABLE.sub(lambda match: quoted[match[1]], template)
    userinfo, at, _ = url.partition("://")[2].rpartition("@")
    # A sign in the credentials would end them early, and show the rest as a host.
    if url.startswith("postgresql") and re.search(r"[@/?#]|:[^:]*:", userinfo):
        found = f"[connections.{name}]: an address in which the password cannot be told from the host"
        remedy = "Write @ as %40, / as %2F, : as %3A, ? as %3F and # as %23 in the user name and the password"
        return problem(found, "user name and password as an address holds them", remedy)
    parts = userinfo.split(":", 1) if at and len(values) == 1 else []
    secrets = (*values.items(), *((names[0], unquote(part)) for part in parts))
    connection = Connection(name, url, entry.timeout, secrets)
    if connection.kind not in _DATABASES:
        expected, remedy = f"one of {', '.join(_DATABASES)}", "Name one whose reading can be held read-only"
        return connection.problem("a database of another kind", expected, remedy)
    return connection


def _engine(connection: Connection, folder: Path) -> Engine:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.pool import NullPool

    url = make_url(connection.url)
    options: dict[str, Any] = {"hide_parameters": True, "poolclass": NullPool}
    if connection.kind == "postgresql":
        milliseconds = int(connection.timeout * 1000)
        waits = f"-c statement_timeout={milliseconds} -c default_transaction_read_only=on"
        options["connect_args"] = {"connect_timeout": _CONNECT_SECONDS, "options": waits}
        options["execution_options"] = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        url = url.set(drivername="postgresql+psycopg")
        return create_engine(url, **options)
    path = (folder.parent / (url.database or "")).resolve()
    if not path.is_file():
        raise ValueError(f"no file {url.database!r}")
    if connection.kind == "sqlite":
        url = url.set(database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})
        return create_engine(url, **options)
    reading = {"read_only": True, "config": {"enable_external_access": "false"}}
    return create_engine(url.set(database=str(path), query={}), connect_args=reading, **options)


def _rows(reached: SqlConnection, query: Query, *, timeout: float) -> pd.DataFrame:
    """Return the rows of a query as text, numbered as those of a file; stop one that takes too long."""
    from sqlalchemy import text

    interrupt = getattr(reached.connection.dbapi_connection, "interrupt", None)
    watch = Timer(timeout, interrupt) if interrupt else None
    if watch:
        watch.daemon = True
        watch.start()
    try:
        result = reached.execute(text(query.text), dict(query.parameters))
        columns, rows = list(result.keys()), result.fetchall()
    finally:
        if watch:
            watch.cancel()
    index = pd.RangeIndex(2, len(rows) + 2)
    cells = [[_cell(value) for value in row] for row in rows]
    return pd.DataFrame(cells, columns=columns, index=index, dtype="str").fillna("")


def _cell(value: object) -> str:
    """Return a value as a CSV file would hold it.

    Examples
    --------
    >>> _cell(None), _cell(Decimal("1E+2")), _cell(0.1), _cell(3)
    ('', '100', '0.1', '3')
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return repr(value) if isinstance(value, float) and not isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class ConnectionSettings:
    """One ``[connections.NAME]``: an address, or the environment variable that holds it."""

    __pydantic_config__ = CLOSED
    url: str | None = None
    env: str | None = None
    timeout: Annotated[float, Expect("seconds, more than 0", lambda seconds: seconds > 0)] = TIMEOUT


@dataclass(frozen=True)
class QuerySettings:
    """One ``[tables.NAME]``: a connection, and a query or the file that holds it."""

    __pydantic_config__ = CLOSED
    connection: str
    query: str | None = None
    file: str | None = None
    parameters: Annotated[Mapping[str, object], _PARAMETERS] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceSettings:
    """All of ``data/sources.toml``."""

    __pydantic_config__ = CLOSED
    connections: Mapping[str, ConnectionSettings] = field(default_factory=dict)
    tables: Mapping[Annotated[str, one_of(*TABLES)], QuerySettings] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Sourced:
    """What the queries gave: frames of text by table, as a CSV file would be read; and the problems."""

    names: frozenset[str] = frozenset()
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_sources(folder: Path, *, tables: Collection[str] | None = None) -> Sourced:
    """Run the queries of ``sources.toml`` in a project's ``data`` folder, of all tables or of those wanted."""
    path = folder / SOURCES
    if not path.is_file():
        return Sourced()
    names: frozenset[str] = frozenset()
    try:
        stated = read_toml(path, name=SOURCES)
        given = stated.get("tables")
        names = frozenset(given if isinstance(given, dict) else ()) & set(TABLES)
        settings = read_settings(stated, SourceSettings, name=SOURCES)
    except SettingsError as error:
        return Sourced(names, problems=tuple(map(_of_settings, error.faults)))
    problems = list(_faults(settings))
    if problems:
        return Sourced(names, problems=tuple(problems))
    queries = [_query(name, entry, folder) for name, entry in settings.tables.items()]
    problems += [query for query in queries if isinstance(query, Problem)]
    good = [query for query in queries if isinstance(query, Query)]
    problems += [fault for query in good if (fault := _not_one_select(query))]
    wanted = [query for query in good if tables is None or query.table in tables]
    frames: dict[str, pd.DataFrame] = {}
    for name in dict.fromkeys(query.connection for query in wanted) if not problems else ():
        of_name = [query for query in wanted if query.connection == name]
        read, failed = read_database(name, settings.connections[name], of_name, folder)
        frames |= read
        problems += failed
    return Sourced(names, frames, tuple(problems))


def origin(table: str) -> str:
    """Return how pages name the source of a table of a database: the file that holds the query."""
    return f"{SOURCES}: {table}"


def digest_rows(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of the rows of a table, whatever their order, as hexadecimal."""
    lines = frame.to_csv(index=False, header=False, lineterminator="\x1e").split("\x1e")
    content = "\n".join([",".join(frame.columns), *sorted(lines)])
    return digest(content)


def _of_settings(fault: Fault) -> Problem:
    """Return what is wrong with a key, without its value, which may be a password."""
    if fault.kind == "unreadable":
        return problem(fault.found(SOURCES), fault.expected, fault.remedy)
    *section, key = map(str, fault.keys)
    if section == ["tables"] and fault.kind == "unknown":
        return problem(f"[tables.{key}], no such table", fault.expected, fault.remedy)
    remedy = fault.remedy + fault.guess
    if fault.kind == "unknown" and re.search("pass|user", key):
        remedy = "Delete it: user and password come from the environment, as ${NAME} in the url"
    place = f"[{'.'.join(section)}]" if section else SOURCES
    return problem(f"{place}: {'no ' if fault.kind == 'missing' else ''}{key}", fault.expected, remedy)


def _faults(settings: SourceSettings) -> Iterator[Problem]:
    """List what no key can say alone; no value of an address is shown."""
    for name, entry in settings.connections.items():
        place = f"[connections.{name}]"
        if (entry.url is None) == (entry.env is None):
            yield problem(
                f"{place} with both or neither of url and env", "one of them", "Keep one, or add one"
            )
        elif entry.url is not None and _has_literal(entry.url):
            yield problem(
                f"{place}: a user or password written into the url",
                'variables, as "postgresql+psycopg://${SUTG_DB_USER}:${SUTG_DB_PASSWORD}@host:5432/db"',
                "Put them into the environment, and change the password: a file is no place for it",
            )
    for name, query in settings.tables.items():
        place = f"[tables.{name}]"
        if query.connection not in settings.connections:
            known = ", ".join(settings.connections) or "the connections"
            yield problem(f"{place}: connection {query.connection!r}", f"one of {known}", "Name a connection")
        if (query.query is None) == (query.file is None):
            yield problem(f"{place} with both or neither of query and file", "one of them", "Keep one")


def _has_literal(url: str) -> bool:
    before, at, _ = url.partition("://")[2].rpartition("@")
    words = before.split(":", 1) if at else []
    asked = re.findall(r"(?i)[?&](?:user|\w*pass\w*|pwd)=([^&]*)", url)
    return any(word and not VARIABLE.fullmatch(word) for word in [*words, *asked])


def _query(name: str, entry: QuerySettings, folder: Path) -> Query | Problem:
    text = entry.query
    if text is None:
        path = (folder / str(entry.file)).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            found = f"[tables.{name}]: file {entry.file!r}"
            return problem(found, "a file in data/ that holds the query", "Correct the name")
        text = path.read_text(encoding="utf-8", errors="replace")
    return Query(name, entry.connection, text, entry.parameters)


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
