"""The package's front page: what it offers, and how little it loads."""

import subprocess
import sys

import sutg_analysis
from sutg_analysis.result import view


def test_every_name_offered_can_be_had():
    result = [name for name in sutg_analysis.__all__ if getattr(sutg_analysis, name, None) is None]

    assert result == []


def test_names_are_listed_in_order():
    assert sutg_analysis.__all__ == sorted(sutg_analysis.__all__)


def test_spc_stays_the_function_after_its_module_is_imported():
    from sutg_analysis.control.spc import SpcResult

    assert callable(sutg_analysis.spc)
    assert SpcResult is sutg_analysis.SpcResult


def test_every_view_has_a_home():
    from sutg_analysis.result import _homes

    assert all(callable(view(name)) for name in _homes)


def test_importing_the_package_or_asking_for_help_loads_no_heavy_library():
    heavy = {"pandas", "numpy", "altair", "papermill", "statsmodels"}
    code = f"import sys, sutg_analysis.cli; print(sorted(m for m in sys.modules if m in {heavy!r}))"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert result.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(sutg_analysis, "spcc")
