"""Markup, formulas, paths, shell words and odd scripts in every text of every table: the site is built, and no worse."""

import re

import pytest

from sutg_analysis.catalogue.load import load
from sutg_analysis.errors import TableError
from sutg_analysis.publish.audit import audit
from sutg_analysis.publish.build import build
from tests.support.hostile import LONG, hostile, write

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def site(tmp_path_factory, warm):
    """The whole build of the hostile project, every shipped notebook, by the embedded renderer."""
    root = tmp_path_factory.mktemp("around") / "project"
    built = build(warm(write(root, hostile())), renderer="pandoc")
    assert built.failed == ()
    assert {outcome.job.notebook.name for outcome in built.outcomes} == every_notebook()
    return root / "_site"


def every_notebook():
    from sutg_analysis.project import shipped

    interactive = {"propose_rebase.ipynb"}  # for an analyst to run; no report is made of it
    return {path.name for path in (shipped() / "notebooks").glob("*.ipynb")} - interactive


def test_an_audit_of_the_site_and_its_notebooks_finds_nothing(site):
    assert [str(finding) for finding in audit(site, site.parent).findings] == []


def test_nothing_is_written_beside_the_project_and_nothing_outside_is_read(site):
    around = site.parent.parent

    assert [path.name for path in around.iterdir()] == ["project"]
    assert sorted(path.name for path in site.parent.iterdir()) == [".sutg", "_site", "data", "reports"]
    passwords = [
        path for path in site.parent.rglob("*") if path.is_file() and b"root:x:0" in path.read_bytes()
    ]
    assert passwords == []


def test_names_of_files_are_sane(site):
    names = [path.name for folder in (site, site.parent / "reports") for path in folder.rglob("*")]

    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}", name)] == []


def test_workbooks_open_with_their_two_sheets_and_no_formula(site):
    from openpyxl import load_workbook

    paths = sorted(site.rglob("*.xlsx"))
    assert len(paths) > 20
    for path in paths:
        book = load_workbook(path)
        assert book.sheetnames == ["Data", "Notes"]
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds, path


def test_the_whole_of_a_long_name_can_be_read(site):
    page = (site / "reports/2023-24-q2/unit-sedge-ward.html").read_text()

    assert LONG in page


@pytest.mark.browser
def test_no_script_runs_and_no_page_is_wider_than_its_screen(site, chromium):
    page = chromium.new_page()
    hits, wide = [], []
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("window.hit") is not None:
                hits.append((path.name, width))
            if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 1:
                wide.append((path.name, width))
    page.close()

    assert (hits, wide) == ([], [])


@pytest.mark.quarto
def test_quarto_makes_the_same_site_as_harmless(site, tmp_path):
    import shutil

    from sutg_analysis.project import Project
    from sutg_analysis.publish.plan import make_plan
    from sutg_analysis.publish.site import publish

    if shutil.which("quarto") is None:
        pytest.skip("no quarto command on PATH")
    publish(make_plan(Project(site.parent)).basis, renderer="quarto", output=tmp_path / "_site")

    assert [str(finding) for finding in audit(tmp_path / "_site", site.parent).findings] == []


IDS = ("../../x", "$(x)", "<script>", "=cmd()", "a b", "שלום", "\U0001f9d1", "x" * 81, "", "-rf")


@pytest.mark.parametrize("text", IDS)
@pytest.mark.parametrize(("table", "column"), [("units", 0), ("measures", 0)])
def test_what_becomes_a_path_is_refused_where_it_is_no_plain_id(tables, table, column, text):
    first = tables.lines[table][1].split(",")
    first[column] = text
    tables.lines[table].append(",".join(first))

    with pytest.raises(TableError) as refused:
        load(tables.write())

    assert any(problem.file == f"{table}.csv" for problem in refused.value.problems)
