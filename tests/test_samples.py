"""Every code sample of README and the documentation does what the page says."""

import re
import shutil
import tomllib

import pytest

from sutg_analysis.project import shipped
from tests.support.samples import PAGES, ROOT, Reader, blocks

EMPTY, EXAMPLE = ("docs/tutorial.qmd",), ("README.md", "docs/waiting-lists.qmd")
"""Pages that begin in an empty folder, and in the example's; all others in a small project of two measures."""
REPORTS = """
[[report]]
name = "board_report"
notebook = "board_report.ipynb"
title = "Board report, {quarter}"

[[report]]
name = "measure"
notebook = "measure.ipynb"
title = "{title}, {quarter}"
each = { measure = "measures.measure_id" }
"""


@pytest.fixture
def folder(request, tables, warm, monkeypatch):
    """The folder that a page's reader is in."""
    page = request.getfixturevalue("page")
    root = tables.root
    if page in EXAMPLE:
        shutil.copytree(shipped() / "data", root / "data")
    elif page not in EMPTY:
        tables.write()
    if page not in EMPTY:
        (root / "reports").mkdir(parents=True)
        (root / "reports" / "reports.toml").write_text(
            REPORTS if page not in EXAMPLE else REPORTS.split("\n\n")[0]
        )
    if page not in EMPTY:
        warm(root)
    root.mkdir(exist_ok=True)
    monkeypatch.chdir(root)
    return root


@pytest.mark.kernel
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page) and page not in EMPTY])
def test_every_sample_of_a_page_does_what_it_says(page, folder):
    reader = Reader()

    reader.follow(page)

    reader.run("sutg check")


@pytest.mark.kernel
@pytest.mark.parametrize("page", EMPTY)
def test_the_tutorial_ends_with_a_site_whose_chart_says_target_and_reason(page, folder):
    Reader().follow(page)

    shown = (folder / "mine/_site/reports/2023-24-q4/board_report.html").read_text(encoding="utf-8")
    assert "A huddle at every handover" in shown
    assert "target of 15" in shown


@pytest.mark.kernel
@pytest.mark.parametrize("page", ["docs/own-report.qmd"])
def test_a_report_of_ones_own_is_a_page_with_figure_table_downloads_and_words(page, folder):
    Reader().follow(page)

    shown = (folder / "_site/reports/2023-24-q2/mine.html").read_text(encoding="utf-8")
    for part in (
        "My falls, Q2 2023/24",
        "Wards differ in size.",
        "Falls, the latest month",
        ".xlsx",
        "How sure",
    ):
        assert part in shown
    assert list((folder / "reports/2023-24-q2/files/mine").glob("falls-*.csv"))


def test_the_commands_of_readme_are_those_that_ci_runs():
    tests = [line for block in blocks("README.md") for line in block.text.splitlines() if "-m pytest" in line]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "grep -m 1 'bin/python -m pytest' README.md" in script
    assert tests[0].endswith(".venv/bin/python -m pytest")


def test_every_link_of_readme_to_a_file_leads_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_citation_has_the_packages_version():
    import yaml

    import sutg_analysis

    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert cited["version"] == sutg_analysis.__version__
    assert cited["license"] == package["license"]


def test_contributing_fits_one_page():
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 60


def test_the_workflows_run_what_ci_runs_on_every_python_that_is_supported():
    import yaml

    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["tests"]
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert job["steps"][-1]["run"] == "bash .ci/run"
    assert f">={min(job['strategy']['matrix']['python'])}" == package["requires-python"]


def test_the_pre_commit_hook_strips_templates_and_keeps_their_parameters(tmp_path):
    import subprocess
    import sys

    import nbformat
    import yaml

    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0][
        "hooks"
    ]
    hook = next(hook for hook in hooks if hook["id"] == "nbstripout")
    book = nbformat.read(ROOT / "notebooks/measure.ipynb", as_version=4)
    before = nbformat.writes(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    code[0].outputs = [nbformat.v4.new_output("stream", text="said")]
    code[0].execution_count = 3
    path = tmp_path / "measure.ipynb"
    nbformat.write(book, path)

    subprocess.run([sys.executable, "-m", hook["entry"], *hook["args"], str(path)], check=True)

    assert nbformat.writes(nbformat.read(path, as_version=4)) == before
    assert re.match(hook["files"], "notebooks/measure.ipynb")
