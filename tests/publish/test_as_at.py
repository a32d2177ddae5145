"""A build as at a day: which day it stands at, what it knows, what it refuses."""

from datetime import date

import pytest
from typer.testing import CliRunner

from sutg_analysis import cli
from sutg_analysis.errors import UsageError
from sutg_analysis.project import Project
from sutg_analysis.publish.inventory import take_inventory
from sutg_analysis.publish.plan import make_plan
from sutg_analysis.publish.records import Record, published_at, write_record
from tests.support.notebooks import add_report
from tests.support.records import record_of

Q2 = "2023-24-q2"


def planned(tables, **options):
    return make_plan(Project(tables.write()), **options)


def only(known, name):
    return next(job for job in known.jobs if job.slug == name)


def test_a_build_as_at_a_day_is_of_the_quarter_of_that_day(tables):
    assert planned(tables, as_at="2023-05-20").at.label == "Q1 2023/24, to 20 May 2023"


def test_titles_say_to_which_day(tables):
    assert only(planned(tables, as_at="2023-08-20"), "board_report").title == (
        "Board report, Q2 2023/24, to 20 August 2023"
    )


def test_a_notebook_is_given_the_day_only_where_the_quarter_is_not_over(tables):
    given = [
        only(planned(tables, **options), "expectations-page").parameters.get("as_at")
        for options in ({"quarter": Q2}, {"as_at": "2023-08-20"})
    ]

    assert given == [None, "2023-08-20"]


@pytest.fixture(autouse=True)
def a_notebook_that_takes_a_day(tables):
    (tables.root / "reports").mkdir(parents=True)
    page = '[[report]]\nname = "{}"\nnotebook = "{}.ipynb"\ntitle = "{}, {{quarter}}"\n'
    pages = [("board_report", "board_report", "Board report"), ("expectations-page", "expectations", "Day")]
    toml = "\n".join(page.format(*one) for one in pages)
    (tables.root / "reports" / "reports.toml").write_text(toml, encoding="utf-8")


def test_a_notebook_without_a_day_reads_what_was_known_on_it_all_the_same(tables):
    add_report(tables.root, "mine", "Mine")

    known = planned(tables, as_at="2023-08-20")

    assert "as_at" not in only(known, "mine").parameters
    assert known.basis.inventory.catalogue.observations["period"].max().date() == date(2023, 7, 1)


def test_the_snapshot_of_a_day_leaves_that_of_all_rows_in_place(tables):
    project = Project(tables.write())
    whole = take_inventory(project)

    day = take_inventory(project, as_at=date(2023, 8, 20))

    assert whole.folder.is_dir()
    assert day.folder != whole.folder
    assert day.everything.at.day == date(2023, 9, 30)


def test_a_page_as_at_another_day_is_another_page(tables):
    keys = []
    for day in ("2023-08-20", "2023-08-21"):
        known = planned(tables, as_at=day)
        keys.append(known.basis.key(only(known, "board_report"), {}))

    assert keys[0] != keys[1]


def test_a_published_quarter_stands_at_the_earliest_day_of_its_pages(tables):
    known = planned(tables, as_at="2023-08-20")
    for job, day in zip(known.jobs, ("2023-08-20", ""), strict=True):
        record: Record = record_of(job, as_at=day)
        write_record(record, folder=known.folder)
        (known.folder / f"{job.slug}.ipynb").touch()

    assert published_at(known.project, known.quarter).day == date(2023, 8, 20)


def test_a_day_after_the_quarters_of_the_tables_is_refused(tables):
    with pytest.raises(
        UsageError, match="as at 1 February 2024, and the tables end on 30 September 2023; .*--as-at"
    ):
        planned(tables, as_at="2024-02-01")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as-at", "20 August"], "as at '20 August'; expected a date that exists"),
        (["--as-at", "2010-08-20"], "no observations up to 20 August 2010; expected a day from 2022-01-31"),
        (["--as-at", "2023-08-20", "--quarter", "2023-24-q1"], "as at 20 August 2023 of Q1 2023/24"),
    ],
)
def test_a_wrong_day_is_wrong_usage(tables, monkeypatch, capsys, words, said):
    monkeypatch.setattr("sys.argv", ["sutg", "list", "--project", str(tables.write()), *words])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_the_list_says_as_at_which_day(tables):
    words = ["list", "--project", str(tables.write()), "--as-at", "2023-08-20", "--json"]

    assert '"as_at": "2023-08-20"' in CliRunner().invoke(cli.app, words).output
