"""The shape of the package in figures: ``python -m benchmarks.structure``.

Rooms with their files and lines, how often a signature says ``Any``, and the longest file of each; how long functions are
(lines of body, the docstring left out); what imports run against the flow or in a circle, by the functions that tests use.
"""

import ast
from pathlib import Path
from statistics import median

from tests.test_layers import FLOW, PACKAGE, against_the_flow, circle, files, room, sources

AT_THE_TOP, LONGEST = 8, 600
"""No more files at the top of the package than the one; no file longer than the other."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions_of(path: Path) -> list[Function]:
    """Return every function of a file, those within others too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def body(node: Function) -> int:
    """Return the lines from the first statement after the docstring to the last.

    >>> body(ast.parse("def f():\\n    '''Say.'''\\n    x = 1\\n    return x").body[0])
    2
    """
    statements = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def says_any(node: Function) -> int:
    """Return how often ``Any`` stands in a signature.

    >>> says_any(ast.parse("def f(a: Any, b: list[Any], c: int) -> Any: ...").body[0])
    3
    """
    every = [
        *node.args.posonlyargs,
        *node.args.args,
        *node.args.kwonlyargs,
        node.args.vararg,
        node.args.kwarg,
    ]
    said = [one.annotation for one in every if one and one.annotation] + [node.returns]
    return sum(
        isinstance(part, ast.Name) and part.id == "Any" for one in said if one for part in ast.walk(one)
    )


def main() -> None:
    """Print the figures."""
    sizes = {path: lines_of(path) for path in files()}
    of = {path: functions_of(path) for path in sizes}
    functions = [node for nodes in of.values() for node in nodes]
    print(f"{len(sizes)} files, {sum(sizes.values()):,} lines; median {median(sizes.values()):g}")
    print(f"{len(list(PACKAGE.glob('*.py')))} files at the top (limit {AT_THE_TOP})")
    print(f"room          files   lines   Any   longest (limit {LONGEST})")
    for name in FLOW:
        here = {path: lines for path, lines in sizes.items() if room(path) == name}
        longest = max(here, key=lambda path: here[path])
        loose = sum(says_any(node) for path in here for node in of[path])
        print(f"{name:12} {len(here):6} {sum(here.values()):7,} {loose:5}   {here[longest]:4} {longest.name}")
    print(f"{len(functions):,} functions; median body {median(map(body, functions)):g} lines")
    print(f"Any in signatures: {sum(map(says_any, functions))}")
    texts = sources()
    print(
        f"imports against the flow: {against_the_flow(texts) or 'none'}; circles: {circle(texts) or 'none'}"
    )


if __name__ == "__main__":
    main()
