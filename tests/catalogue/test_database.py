"""Tables from a database: the same as from files, read-only, and never a password in what is said or kept."""

import datetime as dt
import json
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis.catalogue.load import load
from sutg_analysis.cli import main
from sutg_analysis.errors import TableError
from tests.support.postgres import PASSWORD, USER, programs, running

pytest.importorskip("sqlalchemy", reason="the extra db is not installed")

KINDS = ("postgresql", "sqlite", "duckdb")
TYPES = {
    "numerator": "numeric",
    "denominator": "numeric",
    "target": "double precision",
    "per": "double precision",
    "period": "date",
    "start": "date",
    "end": "date",
    "date": "date",
}
URL = "postgresql+psycopg://${{SUTG_DB_USER}}:${{SUTG_DB_PASSWORD}}@127.0.0.1:{port}/postgres"


@pytest.fixture(scope="module")
def server():
    """A real PostgreSQL, in a folder that its own user may enter."""
    if programs() is None:
        pytest.skip("no initdb and pg_ctl: there is no PostgreSQL on this machine")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder) / "server") as started:
            with started.admin() as owner:
                quoted = PASSWORD.replace("'", "''")
                owner.execute(f"create role {USER} login password '{quoted}'")
                owner.execute(f"grant pg_read_all_data to {USER}")
            yield started


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("SUTG_DB_USER", USER)
    monkeypatch.setenv("SUTG_DB_PASSWORD", PASSWORD)
    return monkeypatch


@pytest.fixture
def of_files(tables):
    return load(tables.write())


def fill(execute, tables, *, into=""):
    """Make the tables in a database and fill them, each column of its own type."""
    for name in tables.lines:
        frame = tables.frame(name)
        columns = ", ".join(f'"{column}" {TYPES.get(column, "text")}' for column in frame)
        execute(f"drop table if exists {into}{name}")
        execute(f"create table {into}{name} ({columns})")
        for row in frame.to_numpy():
            cells = ", ".join("null" if cell == "" else f"'{cell}'" for cell in row)
            execute(f"insert into {into}{name} values ({cells})")


@pytest.fixture(params=KINDS)
def database(request, tables, environment):
    """A project whose tables all come from a database; the lines of its sources.toml are in ``tables.sources``."""
    (tables.root / "data").mkdir(parents=True, exist_ok=True)
    into = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        into = "qi."
        with server.admin() as owner:
            owner.execute("create schema if not exists qi")
            fill(owner.execute, tables, into=into)
        url = URL.format(port=server.port)
    elif request.param == "sqlite":
        with sqlite3.connect(tables.root / "ware house.db") as made:
            fill(made.execute, tables)
        made.close()
        url = "sqlite:///ware house.db"
    else:
        import duckdb

        with duckdb.connect(str(tables.root / "warehouse.duckdb")) as made:
            fill(made.execute, tables)
        url = "duckdb:///warehouse.duckdb"
    tables.sources = {"url": url, **{name: f"select * from {into}{name}" for name in tables.lines}}
    tables.kind, tables.into = request.param, into
    return tables


def write(database, **changed):
    """Write sources.toml, with other queries for some tables; return the project folder."""
    url, *_ = database.sources.values()
    queries = {name: query for name, query in {**database.sources, **changed}.items() if name != "url"}
    lines = ["[connections.warehouse]", f"url = {json.dumps(url)}"]
    for name, query in queries.items():
        lines += [f"[tables.{name}]", 'connection = "warehouse"']
        lines += [f"query = {json.dumps(query)}"] if isinstance(query, str) else query
    (database.root / "data/sources.toml").write_text("\n".join(lines) + "\n")
    return database.root


def refused(root):
    with pytest.raises(TableError) as error:
        load(root)
    return error.value.problems


def check(root, monkeypatch, capsys, *words):
    """Run the command line, which must end with 1 and one line; return the line."""
    monkeypatch.setattr("sys.argv", ["sutg", "check", "--project", str(root), *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr()
    assert stopped.value.code == 1
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert PASSWORD not in said.err
    return said.err


def test_the_frames_are_those_of_the_files(of_files, database):
    for path in (database.root / "data").glob("*.csv"):
        path.unlink()

    result = load(write(database))

    for name in database.lines:
        pd.testing.assert_frame_equal(getattr(result, name), getattr(of_files, name))
    assert result.quarters == of_files.quarters


def test_sources_name_the_query_its_rows_and_their_hash_whatever_the_order(database):
    first = load(write(database)).sources.set_index("table")
    other = {"observations": database.sources["observations"] + " order by numerator desc"}
    second = load(write(database, **other)).sources.set_index("table")

    assert first.loc["observations", "file"] == "sources.toml: observations"
    assert first.loc["observations", "rows"] == 42
    assert first.loc["observations", "sha256"] == second.loc["observations", "sha256"]
    assert first["sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_a_changed_row_changes_the_hash(database):
    first = load(write(database)).sources.set_index("table")["sha256"]
    other = database.sources["observations"].replace(
        "*", "measure_id, unit_id, period, numerator + 1 as numerator, denominator"
    )
    second = load(write(database, observations=other)).sources.set_index("table")["sha256"]

    assert list(first.index[first != second]) == ["observations"]


def test_a_parameter_is_bound_and_never_written_into_the_query(database):
    spiteful = "x'; drop table measures; --"
    query = [
        f'query = "select * from {database.into}observations where period >= :start and measure_id <> :not"',
        f'parameters = {{ start = "2022-04-01", not = "{spiteful}" }}',
    ]

    result = load(write(database, observations=query))

    assert result.observations["period"].min() == pd.Timestamp("2022-04-01")
    assert len(load(write(database)).measures) == 2


def test_a_query_may_stand_in_a_file_beside_the_tables(database):
    text = f"-- what the board sees; all of it\nselect * from {database.into}observations where measure_id <> ';'"
    (database.root / "data/observations.sql").write_text(text)

    assert len(load(write(database, observations=['file = "observations.sql"'])).observations) == 42


def test_a_fault_of_a_row_is_placed_as_one_of_a_file_would_be(database):
    query = f"select unit_id, name, case when kind = 'ward' then 'wrad' else kind end as kind, parent_id from {database.into}units"

    (problem,) = refused(write(database, units=query))

    assert str(problem).startswith("units (SQL), row 3, column kind: found 'wrad'")


def test_an_unknown_column_of_a_query_is_named(database):
    query = database.sources["units"].replace("*", "unit_id, name, kind, parent_id, 1 as dob")

    (problem,) = refused(write(database, units=query))

    assert (problem.file, problem.column) == ("units (SQL)", "dob")


@pytest.mark.parametrize(
    "query",
    [
        "delete from {}measures",
        "select 1; select 2",
        "drop table {}measures",
        "",
        "/* select */ update {}measures set per = 1",
    ],
)
def test_what_is_no_single_select_is_refused_before_the_database_is_asked(database, query):
    (problem,) = refused(write(database, measures=query.format(database.into)))

    assert problem.expected == "one SELECT, or WITH ... SELECT"
    assert len(load(write(database)).measures) == 2


def test_a_missing_table_is_one_line_that_names_it(database, monkeypatch, capsys):
    said = check(write(database, units="select * from nowhere"), monkeypatch, capsys)

    assert said.startswith("units (SQL): found ")
    assert "nowhere" in said


def test_a_parameter_that_is_not_given_is_one_line(database, monkeypatch, capsys):
    said = check(
        write(database, units=f"select * from {database.into}units where kind = :kind"), monkeypatch, capsys
    )

    assert "'kind'" in said or "kind" in said


def test_a_table_of_a_file_and_of_a_query_is_refused(database):
    root = write(database)
    (root / "data/units.csv").write_text("\n".join(database.lines["units"]))

    (problem,) = refused(root)

    assert str(problem.value) == "the table a second time, beside its query in sources.toml"


def test_a_database_that_is_not_there_is_one_line(database, monkeypatch, capsys):
    url = database.sources["url"]
    database.sources["url"] = url.replace("@127.0.0.1:", "@127.0.0.1:1").replace("warehouse", "nothing").replace("ware house", "nothing")  # fmt: skip
    if database.kind == "postgresql":
        database.sources["url"] = "postgresql://${SUTG_DB_USER}:${SUTG_DB_PASSWORD}@127.0.0.1:1/postgres"

    assert "[connections.warehouse]" in check(write(database), monkeypatch, capsys)


def test_a_query_that_takes_too_long_is_stopped(database):
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000000) select * from n where i < 0"
    root = write(database, units=endless)
    path = root / "data/sources.toml"
    path.write_text(path.read_text().replace("[tables.", "timeout = 1\n[tables.", 1))

    start = time.monotonic()
    (problem,) = refused(root)

    assert problem.file == "units (SQL)"
    assert time.monotonic() - start < 30


WRITES = {
    "postgresql": "with gone as (delete from qi.measures returning *) select * from gone",
    "sqlite": None,
    "duckdb": "select * from read_csv('{csv}')",
}


def test_the_database_itself_refuses_to_write_or_to_look_elsewhere(database):
    (database.root / "elsewhere.csv").write_text("a\n1\n")
    query = WRITES[database.kind]
    if query is None:
        pytest.skip("SQLite has no query that writes and begins as a reading one does")

    (problem,) = refused(write(database, units=query.format(csv=database.root / "elsewhere.csv")))

    assert "read-only" in str(problem) or "disabled" in str(problem)
    assert len(load(write(database)).measures) == 2


def test_sqlite_is_opened_so_that_it_cannot_be_written(tables, environment):
    from sutg_analysis.catalogue.database import Connection, _engine

    tables.write()
    with sqlite3.connect(tables.root / "a.db") as made:
        made.execute("create table t (a)")
    made.close()
    engine = _engine(Connection("x", "sqlite:///a.db", 5), tables.root / "data")

    with engine.connect() as reached, pytest.raises(Exception, match="readonly"):
        reached.exec_driver_sql("insert into t values (1)")
    engine.dispose()


@pytest.fixture
def postgresql(request, tables, server, environment):
    with server.admin() as owner:
        owner.execute("create schema if not exists qi")
        fill(owner.execute, tables, into="qi.")
    (tables.root / "data").mkdir(parents=True, exist_ok=True)
    tables.sources = {
        "url": URL.format(port=server.port),
        **{name: f"select * from qi.{name}" for name in tables.lines},
    }
    tables.into = "qi."
    return tables


@pytest.mark.parametrize("words", [(), ("--debug",)])
def test_a_wrong_password_is_one_line_without_it(postgresql, environment, capsys, words):
    environment.setenv("SUTG_DB_PASSWORD", "not-the-one")
    environment.setattr("sys.argv", ["sutg", "check", "--project", str(write(postgresql)), *words])

    with pytest.raises((SystemExit, TableError)) as stopped:
        main()

    said = capsys.readouterr().err + str(stopped.value)
    assert "not-the-one" not in said
    assert USER not in said
    if not words:
        assert said.startswith("sources.toml: found [connections.warehouse]: ")
        assert 'password authentication failed for user "${SUTG_DB_USER}"' in said


def test_a_traceback_holds_no_password(postgresql, environment):
    import traceback

    environment.setenv("SUTG_DB_PASSWORD", "not-the-one")
    try:
        load(write(postgresql))
    except TableError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())

    assert "not-the-one" not in shown


def test_a_variable_that_is_not_set_is_named(postgresql, environment, capsys):
    environment.delenv("SUTG_DB_PASSWORD")

    said = check(write(postgresql), environment, capsys)

    assert "the environment variable SUTG_DB_PASSWORD is not set" in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:hunter2@host/db",
        "postgresql://${SUTG_DB_USER}:hunter2@host/db",
        "postgresql://host/db?user=${SUTG_DB_USER}&password=hunter2",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(postgresql, environment, capsys, url):
    postgresql.sources["url"] = url

    said = check(write(postgresql), environment, capsys)

    assert "a user or password written into the url" in said
    assert "hunter2" not in said


def test_the_whole_address_may_come_from_the_environment(postgresql, environment, server):
    from urllib.parse import quote

    environment.setenv(
        "SUTG_WAREHOUSE_URL",
        f"postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}/postgres",
    )
    root = write(postgresql)
    path = root / "data/sources.toml"
    path.write_text(
        path.read_text().replace(
            f"url = {json.dumps(postgresql.sources['url'])}", 'env = "SUTG_WAREHOUSE_URL"'
        )
    )

    assert len(load(root).observations) == 42

    environment.setenv(
        "SUTG_WAREHOUSE_URL", f"postgresql://{USER}:not-the-one@127.0.0.1:{server.port}/postgres"
    )
    said = " ".join(map(str, refused(root)))
    assert "password authentication failed" in said
    assert "not-the-one" not in said
    assert USER not in said


def test_a_connection_that_drops_in_the_middle_is_one_line(postgresql, environment, server, capsys):
    def drop():
        ending = "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(20)%' and pid <> pg_backend_pid()"
        with server.admin() as owner:
            for _ in range(200):
                if owner.execute(ending).fetchone():
                    return
                time.sleep(0.05)

    root = write(postgresql, units="select u.* from qi.units u, (select pg_sleep(20)) as slept")
    dropping = threading.Thread(target=drop)
    dropping.start()
    said = check(root, environment, capsys)
    dropping.join()

    assert said.startswith("units (SQL): found ")
    assert "terminating connection" in said or "closed the connection" in said


def test_all_queries_see_one_state_of_the_database(postgresql, server):
    """A row added while the first query runs is not in the second."""

    def add():
        with server.admin() as owner:
            for _ in range(200):
                if owner.execute(
                    "select 1 from pg_stat_activity where query like '%pg_sleep(2)%' and pid <> pg_backend_pid()"
                ).fetchone():
                    owner.execute("insert into qi.units values ('ward-b', 'Ward B', 'ward', 'trust')")
                    return
                time.sleep(0.05)

    root = write(postgresql, measures="select m.* from qi.measures m, (select pg_sleep(2)) as slept")
    adding = threading.Thread(target=add)
    adding.start()
    units = load(root).units
    adding.join()

    assert len(units) == 2
    assert len(load(write(postgresql)).units) == 3


def test_without_the_extra_the_error_says_how_to_get_it(postgresql, environment, capsys):
    environment.setitem(__import__("sys").modules, "sqlalchemy", None)

    said = check(write(postgresql), environment, capsys)

    assert "the package sqlalchemy is not installed" in said
    assert "pip install 'sutg-analysis[db]'" in said


FAULTY = {
    '[tables.measures]\nconnection = "w"\nquery = "select 1"': "connection 'w'; expected one of the connections",
    '[tables.nothing]\nconnection = "w"\nquery = "select 1"\n[connections.w]\nurl = "sqlite:///a"': "no such table",
    '[connections.w]\nurl = "sqlite:///a"\npassword = "hunter2"': "[connections.w]: password; expected one of url, env, timeout. Delete it",
    '[connections.w]\nurl = "mysql://h/d"\n[tables.measures]\nconnection = "w"\nquery = "select 1"': "one of postgresql, sqlite, duckdb",
    '[connections.w]\nurl = "sqlite:///a"\n[tables.measures]\nconnection = "w"\nfile = "../a.sql"': "a file in data/ that holds the query",
    '[connections.w]\nurl = "sqlite:///a"\ntimeout = 0': "[connections.w]: timeout",
    "[connections": "expected a TOML file",
}  # fmt: skip


@pytest.mark.parametrize("text", FAULTY)
def test_a_fault_of_the_file_is_named(tables, text):
    root = tables.write()
    if "[tables.measures]" in text:
        (root / "data/measures.csv").unlink()
    (root / "data/sources.toml").write_text(text)

    said = " ".join(map(str, refused(root)))

    assert FAULTY[text] in said
    assert "hunter2" not in said


def test_tables_not_asked_for_are_not_queried(database):
    root = write(database, events=database.sources["events"])
    text = (root / "data/sources.toml").read_text()
    (root / "data/sources.toml").write_text(
        f'{text}[tables.funding]\nconnection = "warehouse"\nquery = "select * from nowhere"\n'
    )

    assert len(load(root, tables=()).observations) == 42


def test_dates_of_toml_may_be_parameters(database):
    query = [
        f'query = "select * from {database.into}observations where period >= :start"',
        "parameters = { start = 2022-04-01 }",
    ]

    result = load(write(database, observations=query))

    assert result.observations["period"].min().date() == dt.date(2022, 4, 1)


@pytest.mark.kernel
def test_the_site_is_the_one_that_files_make_and_holds_no_password(postgresql, tmp_path, warm):
    from sutg_analysis.publish.build import build

    of_files = type(postgresql)(tmp_path / "files").write()
    reports = ("board_report", "data_quality")
    built = [
        build(root, reports=reports, renderer="pandoc") for root in map(warm, (of_files, write(postgresql)))
    ]

    assert [one.failed for one in built] == [(), ()]
    pages = [{page.relative_to(root / "_site"): page for page in one.pages} for one, root in zip(built, (of_files, postgresql.root), strict=True)]  # fmt: skip
    assert set(pages[0]) == set(pages[1])
    assert len(pages[0]) > 6
    for name in pages[0]:
        first, second = (told_of_sources(one[name].read_text()) for one in pages)
        assert first == second, name
    for folder in (".sutg", "reports", "_site"):
        kept = [path for path in (postgresql.root / folder).rglob("*") if path.is_file()]
        assert kept
        assert [path for path in kept if PASSWORD.encode() in path.read_bytes()] == []
        assert [path for path in kept if USER.encode() in path.read_bytes() and path.suffix != ".js"] == []


def told_of_sources(html):
    """Return a page without the names, rows and hashes of the sources it is made from, and without its times."""
    import re

    html = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "TIME", html)
    html = re.sub(
        r"<table[^>]*><caption>Tables this report was made from.*?</table>", "", html, flags=re.DOTALL
    )
    return re.sub(r"data/[^()<]{1,60} \([\d,]+ rows?, SHA-256 [0-9a-f]{12}\)", "SOURCE", html)


def test_queries_of_one_connection_see_one_state_of_sqlite(tables, environment):
    """Whatever is written between two of them."""
    from sutg_analysis.catalogue import database as databases

    root = tables.write()
    path = root / "w.db"
    with sqlite3.connect(path) as made:
        made.execute("pragma journal_mode=wal")
        made.execute("create table t (a integer)")
        made.execute("insert into t values (1)")
    run = databases._rows

    def between(reached, query, *, timeout):
        result = run(reached, query, timeout=timeout)
        with sqlite3.connect(path) as writer:
            writer.execute("update t set a = a + 1")
        return result

    environment.setattr(databases, "_rows", between)
    queries = [databases.Query(name, "w", "select a from t") for name in ("one", "two")]

    frames, problems = databases.read_database(
        "w", databases.ConnectionSettings(url="sqlite:///w.db"), queries, root / "data"
    )

    assert problems == []
    assert [frame["a"].tolist() for frame in frames.values()] == [["1"], ["1"]]
