"""The shape of the package in figures: ``python -m benchmarks.structure``.

Modules, lines, functions and how long they are (lines of body, the docstring left out), the longest of each, and the
rooms with what each imports. That imports run one way is worked out from the source by the same functions that the
tests use; a circle among modules is looked for on its own, whatever the order of the rooms.
"""

import ast
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from statistics import median, quantiles

from tests.test_layers import FLOW, ORDER, PACKAGE, modules, own_imports

MEDIAN_BODY, LONGEST_MODULE = 10, 400
"""Half of all functions are shorter than the one; no module is longer than the other."""


@dataclass(frozen=True)
class Function:
    """One function or method: where it is, and the lines of its body without the docstring."""

    module: str
    name: str
    lines: int


def lines_of(module: str) -> int:
    """Return how many lines a module has."""
    return len((PACKAGE / f"{module}.py").read_text(encoding="utf-8").splitlines())


def functions_of(module: str) -> list[Function]:
    """Return every function of a module, those within others too."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [Function(module, node.name, body(node)) for node in ast.walk(tree) if isinstance(node, kinds)]


def body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines from the first statement after the docstring to the last.

    >>> body(ast.parse("def f():\\n    '''Say.'''\\n    x = 1\\n    return x").body[0])
    2
    """
    statements = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def wrong_way() -> list[tuple[str, str]]:
    """Return each import of a module that stands later in the flow: importer, imported."""
    place = {module: number for number, module in enumerate(ORDER)}
    return [
        (module, other)
        for module in modules()
        for other in own_imports(module)
        if place[other] >= place[module]
    ]


def circle() -> list[str]:
    """Return the modules of one circle of imports, none if there is none."""
    try:
        TopologicalSorter({module: own_imports(module) for module in modules()}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def main() -> None:
    """Print the figures."""
    sizes = {module: lines_of(module) for module in modules()}
    functions = [function for module in sizes for function in functions_of(module)]
    bodies = [function.lines for function in functions]
    tenth = quantiles(bodies, n=10)[-1]
    print(
        f"{len(sizes)} modules, {sum(sizes.values()):,} lines; the longest modules (limit {LONGEST_MODULE}):"
    )
    for module in sorted(sizes, key=lambda name: -sizes[name])[:5]:
        print(f"  {sizes[module]:4} {module}")
    print(
        f"{len(functions):,} functions; median {median(bodies):g} lines of body (limit under {MEDIAN_BODY}),"
    )
    print(f"nine in ten have {tenth:.0f} or fewer; the longest:")
    for function in sorted(functions, key=lambda one: -one.lines)[:5]:
        print(f"  {function.lines:4} {function.module}.{function.name}")
    print("rooms, from tables to the command line:")
    for room, named in FLOW.items():
        here = [module for module in named.split() if module in sizes]
        print(f"  {room:16} {len(here):3} modules, {sum(sizes[module] for module in here):6,} lines")
    print(f"imports against the flow: {wrong_way() or 'none'}; circles: {circle() or 'none'}")


if __name__ == "__main__":
    main()
