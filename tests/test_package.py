"""The package's front page: what it offers, and how little it loads."""

import ast
import subprocess
import sys
from pathlib import Path

import sutg_analysis
from sutg_analysis.result import Result


def test_every_name_offered_can_be_had():
    result = [name for name in sutg_analysis.__all__ if getattr(sutg_analysis, name, None) is None]

    assert result == []


def test_names_are_listed_in_order():
    assert sutg_analysis.__all__ == sorted(sutg_analysis.__all__)


def test_spc_stays_the_function_after_its_module_is_imported():
    from sutg_analysis.control.spc import SpcResult

    assert callable(sutg_analysis.spc)
    assert SpcResult is sutg_analysis.SpcResult


def test_every_result_has_what_shows_it():
    found = [getattr(sutg_analysis, name) for name in sutg_analysis.__all__]
    results = [kind for kind in found if isinstance(kind, type) and issubclass(kind, Result)]

    assert len(results) == 25
    for kind in results:
        drawn = kind._drawn != "no"
        assert not drawn or callable(kind._view(kind, "charts", "spec"))
        assert callable(kind._view(kind, "words", "words"))
        assert not drawn or callable(kind._view(kind, "words", "alt_text"))


def test_editors_and_the_package_read_one_list_of_names():
    stub = Path(sutg_analysis.__file__).with_suffix(".pyi").read_text(encoding="utf-8")

    imported = [node for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom)]

    assert sorted(alias.name for node in imported for alias in node.names) == sutg_analysis.__all__
    assert set(sutg_analysis.__all__) < set(dir(sutg_analysis))


def test_importing_the_package_or_asking_for_help_loads_no_heavy_library():
    heavy = {"pandas", "numpy", "altair", "papermill", "statsmodels"}
    code = f"import sys, sutg_analysis, sutg_analysis.cli; print(sorted(m for m in sys.modules if m in {heavy!r}))"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert result.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(sutg_analysis, "spcc")
