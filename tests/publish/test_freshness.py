"""A build runs what has changed and nothing else."""

import shutil

import pytest

from sutg_analysis.project import Project
from sutg_analysis.publish.build import build
from sutg_analysis.publish.plan import make_plan
from tests.support.tables import Tables

pytestmark = pytest.mark.kernel
PAGES = ("board_report", "unit-ward-a", "measure-falls", "measure-seen")


@pytest.fixture(scope="module")
def built(tmp_path_factory, warm):
    """A small project, built once."""
    root = warm(Tables(tmp_path_factory.mktemp("fresh") / "mine").write())
    assert build(root, reports=PAGES, renderer="pandoc").failed == ()
    return root


@pytest.fixture
def project(built, tmp_path):
    """A copy of the built project, under the path it was built at no more."""
    root = tmp_path / "mine"
    shutil.copytree(built, root, copy_function=shutil.copy2)
    return root


def edit(root, name, before, after):
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def stale(root, **options):
    return [job.slug for job in make_plan(Project(root), reports=PAGES, **options).stale]


def test_nothing_runs_where_nothing_has_changed(project):
    assert stale(project) == []


def test_a_file_saved_again_with_the_same_rows_changes_nothing(project):
    path = project / "data/observations.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert stale(project) == []


def test_a_changed_row_runs_the_reports_that_read_it(project):
    edit(project, "data/observations.csv", "falls,ward-a,2023-09-01,4", "falls,ward-a,2023-09-01,9")

    assert stale(project) == ["board_report", "unit-ward-a", "measure-falls"]


def test_a_row_after_the_quarter_changes_nothing(project):
    with (project / "data/observations.csv").open("a") as file:
        file.write("falls,ward-a,2023-10-01,9,\n")

    assert stale(project, quarter="2023-24-q2") == []


def test_a_measure_more_runs_what_reads_every_measure(project):
    with (project / "data/measures.csv").open("a") as file:
        file.write("new,New,Access,xmr,count,decrease,,,Lead,Definition,Log,\n")

    assert "measure-falls" not in stale(project)


def test_changed_rules_run_every_report(project):
    (project / "data/notice.md").write_text("Draft.")

    assert stale(project) == list(PAGES)


def test_a_page_that_was_edited_by_hand_is_made_again(project):
    edit(project, "reports/2023-24-q2/measure-seen.ipynb", "Seen in time", "Seen late")

    assert stale(project) == ["measure-seen"]


def test_a_download_that_is_gone_is_made_again(project):
    next((project / "reports/2023-24-q2/files/measure-falls").glob("*.csv")).unlink()

    assert stale(project) == ["measure-falls"]


def test_a_changed_template_runs_its_reports(project):
    source = make_plan(Project(project), reports=("measure",)).jobs[0].notebook
    (project / "notebooks").mkdir()
    text = source.read_text(encoding="utf-8").replace("## Units side by side", "## Units")
    (project / "notebooks/measure.ipynb").write_text(text, encoding="utf-8")

    assert stale(project) == ["measure-falls", "measure-seen"]


def test_another_version_of_a_package_runs_every_report(project, monkeypatch):
    known = make_plan(Project(project), reports=PAGES).basis
    monkeypatch.setattr("sutg_analysis.publish.records.versions", lambda: {"pandas": "2.0"})

    assert stale(project) == list(PAGES)
    assert known.inventory.folder.is_dir()


def test_what_did_not_run_is_the_same_file_and_the_site_shows_the_change(project):
    page = project / "reports/2023-24-q2/measure-seen.ipynb"
    before = page.read_bytes()
    edit(project, "data/observations.csv", "falls,ward-a,2023-09-01,4", "falls,ward-a,2023-09-01,99")

    result = build(project, reports=PAGES, renderer="pandoc")

    assert [outcome.job.slug for outcome in result.outcomes if outcome.status == "unchanged"] == [
        "measure-seen"
    ]
    assert page.read_bytes() == before
    assert "99 in September 2023" in (project / "_site/reports/2023-24-q2/measure-falls.html").read_text()


def test_a_page_that_only_moved_in_the_index_does_not_run(project):
    toml = make_plan(Project(project)).project.file("reports/reports.toml").read_text(encoding="utf-8")
    first = '[[report]]\nname = "extra"\nnotebook = "board_report.ipynb"\ntitle = "Extra"\n\n'
    (project / "reports/reports.toml").write_text(first + toml, encoding="utf-8")

    result = build(project, reports=("measure-falls",), renderer="pandoc")

    assert [outcome.status for outcome in result.outcomes] == ["unchanged"]
    assert stale(project) == []


def test_rows_that_have_no_order_may_come_in_any(project):
    path = project / "data/events.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    assert len(rows) > 1
    path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")

    assert stale(project) == []
