"""The package keeps its shape: few names at the top, no file too long, every public function said."""

import ast

from benchmarks import structure
from tests.test_layers import PACKAGE, files


def test_no_more_than_eight_files_and_twelve_folders_meet_a_newcomer():
    assert len(list(PACKAGE.glob("*.py"))) <= structure.AT_THE_TOP
    assert len([path for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"]) <= 12


def test_no_file_is_over_six_hundred_lines():
    assert {path.name: n for path in files() if (n := structure.lines_of(path)) > structure.LONGEST} == {}


def test_every_public_function_and_class_says_what_it_is():
    kinds = (ast.FunctionDef, ast.ClassDef)
    silent = [
        f"{path.name}: {node.name}"
        for path in files()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, kinds) and not node.name.startswith("_") and ast.get_docstring(node) is None
    ]

    assert silent == []


def test_tests_mirror_the_rooms():
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    tested = {path.parent.name for path in (PACKAGE.parent / "tests").glob("*/test_*.py")}

    assert rooms <= tested
