"""How papermill runs a notebook here: a cell that has nothing to show says so, and the page goes on without it.

A table that disclosure control holds back, or that has no rows yet, raises :class:`sutg_analysis.errors.NotShown` when a
cell asks for it, and an analysis of too few data :class:`sutg_analysis.errors.TooFew`. What it says then stands in the place
of that cell, and of every later one that needs a name which such a cell would have made: of those nothing is shown, whatever they
came to.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, papermill_engines

from sutg_analysis.errors import NotShown, TooFew
from sutg_analysis.reports.page import text_block

if TYPE_CHECKING:
    from nbformat import NotebookNode

ENGINE = "sutg"
"""The name by which papermill knows it, once this file is imported."""
SAID = (NotShown, TooFew)
"""What is said on the page, and is no fault of it."""
_SAID = {kind.__name__ for kind in SAID}


class PageEngine(NBClientEngine):
    """Runs a notebook on past the cells that have nothing to show."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run every cell, then put sentences in the place of what is not shown."""
        passed = [*_SAID, NameError.__name__]
        super().execute_managed_notebook(nb_man, kernel_name, allow_error_names=passed, **options)
        say_instead([cell for cell in nb_man.nb.cells if cell.cell_type == "code"])


def say_instead(cells: Sequence[NotebookNode]) -> None:
    """Put sentences in the place of what executed cells do not show; what follows a fault is not told."""
    lost: dict[str, str] = {}
    for place, cell in enumerate(cells):
        error = next((output for output in cell.outputs if output.output_type == "error"), None)
        needed = [lost[name] for name in needs(cell.source) if name in lost]
        if error and error.ename in _SAID:
            needed = [error.evalue]
        if needed:
            bundle: Any = text_block(needed[0])._repr_mimebundle_()
            cell.outputs = [new_output("display_data", bundle)] if shows(cell.source) else []
            lost |= dict.fromkeys(makes(cell.source), needed[0])
        elif error:
            for later in cells[place + 1 :]:
                later.outputs = []
            return
        else:
            lost = {name: sentence for name, sentence in lost.items() if name not in makes(cell.source)}


def shows(source: str) -> bool:
    """Say whether a cell shows something: whether its last line is not there to give a name.

    Examples
    --------
    >>> shows("week.show()"), shows("week = window(wards, days=7)")
    (True, False)
    """
    lines = ast.parse(source).body
    return bool(lines) and isinstance(lines[-1], ast.Expr)


def needs(source: str) -> list[str]:
    r"""Return the names that a cell reads and has not set itself by then, in the order of its text.

    Examples
    --------
    >>> needs("rows = window(wards, days=7)\nlen(rows)")
    ['window', 'wards', 'len']
    """
    found: list[str] = []
    made: set[str] = set()
    for statement in ast.parse(source).body:
        found += [name for name in _names(statement, ast.Load) if name not in made]
        made |= set(_names(statement, ast.Store))
    return found


def makes(source: str) -> list[str]:
    """Return the names that a cell sets.

    Examples
    --------
    >>> makes("week = [day for day in days]")
    ['week']
    """
    return [name for statement in ast.parse(source).body for name in _names(statement, ast.Store)]


def _names(statement: ast.stmt, use: type[ast.Load | ast.Store]) -> list[str]:
    """Return names in the order of the text, without those that live within the statement alone."""
    nodes = list(ast.walk(statement))
    inner = {node.arg for node in nodes if isinstance(node, ast.arg)}
    targets = [node.target for node in nodes if isinstance(node, ast.comprehension)]
    inner |= {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    found = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, use)]
    return [
        node.id
        for node in sorted(found, key=lambda node: (node.lineno, node.col_offset))
        if node.id not in inner
    ]


papermill_engines.register(ENGINE, PageEngine)
