"""Templates: short cells of public functions, without output, and opened by JupyterLab with the kernel chosen."""

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import sutg_analysis
from sutg_analysis.project import open_project, shipped
from sutg_analysis.publish.jobs import read_reports

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BY_HAND = {"propose_rebase.ipynb"}
"""Notebooks that a person runs, and no build."""


OF_CLASSES = {
    "propose_rebase",
}
"""Templates whose cells call methods of a class that is one report, not yet functions that anybody can call."""


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def book(request):
    return nbformat.read(request.param, as_version=4)


def test_a_template_names_its_kernel(book):
    spec = book.metadata["kernelspec"]

    assert (spec["name"], spec["language"], spec["display_name"]) == ("python3", "python", "Python 3")


def test_a_template_is_committed_without_output(book):
    code = [cell for cell in book.cells if cell.cell_type == "code"]

    assert all(not cell.outputs and cell.execution_count is None for cell in code)


def test_a_template_has_one_cell_of_parameters_and_no_long_one(book):
    code = [cell for cell in book.cells if cell.cell_type == "code"]

    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) == 1
    assert max(len(cell.source.splitlines()) for cell in code) <= 10


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_template_imports_public_names_alone(path):
    public = {f"sutg_analysis.{name}" for name in sutg_analysis.__all__}
    others = {"pandas", "numpy"}

    found = {name for cell in code_of(path) for name in imported(cell)}

    assert (found <= public | others) == (path.stem not in OF_CLASSES), found - public - others


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_template_reads_nothing_private(path):
    names = [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for cell in code_of(path)
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.Attribute | ast.Name)
    ]

    assert [name for name in names if name.startswith("_")] == []


def code_of(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def imported(source):
    """Return what a cell imports, with the module it is from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_a_template_is_valid(book):
    nbformat.validate(book)


def test_every_template_is_a_report_or_run_by_hand():
    used = {entry.notebook for entry in read_reports(open_project(shipped()))}

    assert {path.name for path in NOTEBOOKS} - used == BY_HAND


def test_every_cell_of_every_template_is_run_by_the_tests(pytestconfig):
    assert "notebooks" in pytestconfig.getini("testpaths")
    assert pytestconfig.getoption("nbval_lax")


@pytest.mark.kernel
def test_a_cell_that_raises_fails_the_tests(tmp_path):
    book = nbformat.read(ROOT / "notebooks" / "measure.ipynb", as_version=4)
    place = next(number for number, cell in enumerate(book.cells) if cell.cell_type == "code") + 1
    book.cells.insert(place, nbformat.v4.new_code_cell("raise ValueError('the ward is shut')"))
    nbformat.write(book, tmp_path / "measure.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        ROOT / "pyproject.toml",
        "-n0",
        "-x",
        "-p",
        "no:cacheprovider",
    ]

    done = subprocess.run([*command, tmp_path / "measure.ipynb"], capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stdout
    assert "the ward is shut" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


@pytest.mark.kernel
def test_the_notebook_that_proposes_runs_from_top_to_bottom_and_writes_nothing(tmp_path):
    import shutil

    from papermill import execute_notebook

    shutil.copytree(shipped() / "data", tmp_path / "data")
    before = (tmp_path / "data" / "events.csv").read_bytes()

    done = execute_notebook(
        str(ROOT / "notebooks" / "propose_rebase.ipynb"),
        str(tmp_path / "done.ipynb"),
        parameters={"project": str(tmp_path)},
        progress_bar=False,
        kernel_manager_class="sutg_analysis.publish.kernels.LocalKernelManager",
    )

    said = str([cell.get("outputs") for cell in done.cells])
    assert "two-hour-response,district-nursing,2021-11-22,rebase" in said
    assert "Is its cause known?" in said
    assert (tmp_path / "data" / "events.csv").read_bytes() == before
