"""Reading a database: its address, a transaction that may only read, rows as a file would hold them.

Whatever goes wrong is a problem of one line, in which the values of environment variables stand as ``${NAME}``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd

from sutg_analysis.errors import Problem

SOURCES = "sources.toml"
TIMEOUT = 60
"""Seconds that a query may take, where the file does not say."""

VARIABLE = re.compile(r"\$\{(\w+)\}")
_CONNECT_SECONDS = 10
_DATABASES = ("postgresql", "sqlite", "duckdb")


@dataclass(frozen=True, eq=False)
class Query:
    """The query of one table: its connection, its text and its parameters."""

    table: str
    connection: str
    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


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
    name: str, entry: dict[str, Any], queries: list[Query], folder: Path
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Run the queries of one connection in one transaction that may only read."""
    connection = _connection(name, entry)
    if isinstance(connection, Problem):
        return {}, [connection]
    try:
        from sqlalchemy import exc

        engine = _engine(connection, folder)
    except (ImportError, ValueError, TypeError) as error:
        return {}, [_no_engine(connection, error)]
    except Exception as error:  # whatever a driver makes of an address, said without its credentials
        return {}, [_unreached(connection, error)]
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    try:
        with engine.connect() as reached:
            _begin(reached, connection)
            for query in queries:
                try:
                    frames[query.table] = _rows(reached, query, timeout=connection.timeout)
                except exc.SQLAlchemyError as error:
                    problems.append(_failed(connection, query, error))
                    if getattr(error, "connection_invalidated", False) or reached.invalidated:
                        break
                    reached.rollback()
                    _begin(reached, connection)
    except exc.SQLAlchemyError as error:
        problems = problems or [_unreached(connection, error)]
    finally:
        engine.dispose()
    return frames, problems


def _begin(reached: Any, connection: Connection) -> None:
    """Begin the transaction, so that all queries see one state; SQLite's driver would not before something is written."""
    if connection.kind == "sqlite":
        reached.exec_driver_sql("BEGIN")


def _connection(name: str, entry: dict[str, Any]) -> Connection | Problem:
    """Return the connection with the values of its variables, or say which of them is not set."""
    template = entry.get("url", f"${{{entry.get('env')}}}")
    names = list(dict.fromkeys(VARIABLE.findall(template)))
    lacking = [variable for variable in names if not os.environ.get(variable)]
    if lacking:
        found = f"[connections.{name}]: the environment variable {lacking[0]} is not set"
        return problem(found, "credentials in the environment", f"Set {', '.join(lacking)}")
    values = {variable: os.environ[variable] for variable in names}
    if "url" in entry:
        url = VARIABLE.sub(lambda match: quote(values[match[1]], safe=""), template)
    else:
        url = values[entry["env"]]
    if _is_ambiguous(url):
        found = f"[connections.{name}]: an address in which the password cannot be told from the host"
        remedy = "Write @ as %40, / as %2F, : as %3A, ? as %3F and # as %23 in the user name and the password"
        return problem(found, "user name and password as an address holds them", remedy)
    connection = Connection(name, url, entry.get("timeout", TIMEOUT), tuple(_secrets(values, url)))
    if connection.kind not in _DATABASES:
        found = f"[connections.{name}]: a database of another kind"
        return problem(
            found, f"one of {', '.join(_DATABASES)}", "Name one whose reading can be held read-only"
        )
    return connection


def _is_ambiguous(url: str) -> bool:
    """Say whether a sign in the credentials of an address would end them early, and show the rest as a host."""
    before, at, _ = url.partition("://")[2].rpartition("@")
    return url.startswith("postgresql") and bool(at) and re.search(r"[@/?#]|:[^:]*:", before) is not None


def _secrets(values: Mapping[str, str], url: str) -> Iterator[tuple[str, str]]:
    """Return what must not be shown, each with the name to show instead."""
    yield from values.items()
    userinfo, at, _ = url.partition("://")[2].rpartition("@")
    if at and len(values) == 1:
        for part in userinfo.split(":", 1):
            yield next(iter(values)), unquote(part)


def _engine(connection: Connection, folder: Path) -> Any:
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


def _rows(reached: Any, query: Query, *, timeout: float) -> pd.DataFrame:
    """Return the rows of a query as text, numbered as those of a file; stop one that takes too long."""
    from sqlalchemy import text

    driver = reached.connection.dbapi_connection
    watch = Timer(timeout, driver.interrupt) if hasattr(driver, "interrupt") else None
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


def _cell(value: Any) -> str:
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


def _no_engine(connection: Connection, error: Exception) -> Problem:
    if isinstance(error, ImportError):
        found = f"[connections.{connection.name}]: the package {error.name or 'sqlalchemy'} is not installed"
        return problem(found, "what databases need", "Install the extra: pip install 'sutg-analysis[db]'")
    found = f"[connections.{connection.name}]: {connection.hiding(error)}"
    return problem(found, "the address of a database", "Correct the address; a file is in the project folder")


def _unreached(connection: Connection, error: Exception) -> Problem:
    said = connection.hiding(getattr(error, "orig", None) or type(error).__name__)
    variables = list(dict.fromkeys(name for name, _ in connection.secrets))
    checked = f"Check the address and {', '.join(variables)}" if variables else "Check the address"
    return problem(f"[connections.{connection.name}]: {said}", "a database that answers", checked)


def _failed(connection: Connection, query: Query, error: Exception) -> Problem:
    said = connection.hiding(getattr(error, "orig", None) or error)
    expected = "rows of the query, which may only read"
    return problem(said, expected, "Mend what the database names, then try again", file=label(query.table))
