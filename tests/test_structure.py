"""The package keeps its shape: short functions, short modules, imports one way and no circle."""

from statistics import median

from benchmarks import structure
from tests.test_layers import modules


def test_half_of_all_functions_are_under_ten_lines():
    bodies = [function.lines for module in modules() for function in structure.functions_of(module)]

    assert median(bodies) < structure.MEDIAN_BODY


def test_no_module_is_over_four_hundred_lines():
    result = {module: lines for module in modules() if (lines := structure.lines_of(module)) > 400}

    assert result == {}


def test_imports_run_one_way():
    assert structure.wrong_way() == []


def test_imports_make_no_circle():
    assert structure.circle() == []


def test_a_circle_would_be_found(monkeypatch):
    monkeypatch.setattr(
        structure, "own_imports", lambda module: {"spc": {"rules"}, "rules": {"spc"}}.get(module, set())
    )

    assert set(structure.circle()) == {"spc", "rules"}
