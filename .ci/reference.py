"""The reference pages, made from the program itself: ``python .ci/reference.py`` writes them into ``docs/``.

They are made from its docstrings, its commands and the schemas of its tables. Docstrings are read from the source files
by griffe, so nothing heavy is imported. A test compares the pages with what this makes, so none can fall behind.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sutg_analysis
from sutg_analysis.catalogue.definitions import TABLES, Column, Table
from sutg_analysis.cli import app
from sutg_analysis.publish.pages import front_matter

if TYPE_CHECKING:
    import griffe

PACKAGE = "sutg_analysis"
_ROOT = Path(__file__).parents[1]
_VIEWS = {
    "chart": "Return it as an Altair chart.",
    "words": "Return it as plain-English sentences.",
    "alt_text": "Return a short text alternative of the chart.",
}
_KINDS = {
    "text": "text",
    "id": "letters, digits, hyphens and underscores",
    "date": "date, as 2023-09-30 or 30/09/2023",
    "number": "number",
    "quarter": "quarter, as 2023-24-q2",
}


def reference_pages() -> dict[str, str]:
    """Return the generated pages: file name to Markdown.

    Examples
    --------
    >>> sorted(reference_pages())
    ['columns.qmd', 'commands.qmd', 'reference.qmd']
    """
    return {"reference.qmd": python_page(), "commands.qmd": commands_page(), "columns.qmd": columns_page()}


def public_names() -> list[str]:
    """Return the names the package offers, as its front page lists them.

    Examples
    --------
    >>> "spc" in public_names()
    True
    """
    return sutg_analysis.__all__


def python_page() -> str:
    """Return the page of the package's names: functions first, then what they return and raise."""
    head = front_matter(
        title="Python reference",
        description="Every name that sutg_analysis offers, from its docstrings",
    )
    said = (
        "Import any of these from `sutg_analysis`. Arguments after `*` are named in the call. Every result shows itself in "
        "JupyterLab as chart and sentences. The examples are run with the tests."
    )
    names = public_names()
    functions = [name for name in names if name[0].islower()]
    others = [name for name in names if name not in functions]
    groups = (("Functions", functions), ("Results and errors", others))
    parts = [f"## {title}\n\n{_index(of)}\n\n" + "\n\n".join(map(_entry, of)) for title, of in groups]
    return "\n\n".join([head, said, *parts]) + "\n"


@cache
def _module(name: str) -> griffe.Module:
    import griffe

    path = _ROOT.joinpath(PACKAGE, *name.split(".")).with_suffix(".pyi" if name == "__init__" else ".py")
    return griffe.visit(
        f"{PACKAGE}.{name}",
        filepath=path,
        code=path.read_text(encoding="utf-8"),
        docstring_parser=griffe.Parser.numpy,
        docstring_options={"warnings": False},
    )


@cache
def _find(name: str) -> Any:
    """Return the function or class of a public name, which the front page imports from its home."""
    alias: Any = _module("__init__").members[name]
    home, _, own = alias.target_path.rpartition(".")
    return _module(home.removeprefix(f"{PACKAGE}."))[own]


def _summary(of: Any) -> str:
    return _inline(of.docstring.value.split("\n\n")[0]) if of.docstring else ""


def _index(names: Iterable[str]) -> str:
    return "\n".join(["| Name | What |", "|---|------|", *(f"| [`{n}`](#{n}) | {_cell(n)} |" for n in names)])


def _cell(name: str) -> str:
    return _summary(_find(name)).replace("|", r"\|")


def _entry(name: str) -> str:
    found = _find(name)
    parts = [f"### `{name}` {{#{name}}}"]
    if found.is_function:
        parts.append(f"```python\n{signature(found)}\n```")
    parts += _docstring(found)
    if found.is_class:
        parts.append(_members(found))
    return "\n\n".join(filter(None, parts))


def signature(function: Any) -> str:
    """Return a call as it would be written, an argument a line where one line is too short."""
    arguments, starred = [], False
    for one in function.parameters:
        if one.kind.value == "keyword-only" and not starred:
            arguments.append("*")
            starred = True
        arguments.append(one.name + ("" if one.default is None else f"={one.default}"))
    line = f"{function.name}({', '.join(arguments)})"
    if len(line) <= 88:
        return line
    return "\n".join([f"{function.name}(", *(f"    {argument}," for argument in arguments), ")"])


def _docstring(of: Any) -> Iterator[str]:
    """Return a docstring's sections as Markdown, in the order it has them."""
    for section in of.docstring.parsed if of.docstring else ():
        kind = section.kind.value
        if kind == "text":
            yield _inline(section.value)
        elif kind == "parameters":
            yield _listed("Fields" if of.is_class else "Parameters", _arguments(of, section.value))
        elif kind in {"returns", "raises"}:
            yield _listed(
                kind.title(), [(_types(item.annotation), item.description) for item in section.value]
            )
        elif kind == "examples":
            yield "**Example**\n\n" + "\n\n".join(_example(*part) for part in section.value)
        elif kind == "admonition":
            yield f"**{section.title}**\n\n{_inline(section.value.contents)}"


def _listed(title: str, items: Iterable[tuple[str, str]]) -> str:
    """Return terms and what is said of them as a definition list; a term of which nothing is said stands alone."""
    every = list(items)
    if not any(said for _, said in every):
        return f"**{title}** " + ", ".join(term for term, _ in every)
    indented = (f"{term}\n:   {_inline(said).replace(chr(10), chr(10) + '    ')}" for term, said in every)
    return f"**{title}**\n\n" + "\n\n".join(indented)


def _arguments(of: Any, items: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield arguments and their kinds, those of which one thing is said together."""
    for said, group in groupby(items, key=lambda item: item.description):
        names = [item.name for item in group]
        kinds = {str(of.parameters[name].annotation) for name in names if of.is_function}
        kind = f" (`{kinds.pop()}`)" if len(kinds) == 1 else ""
        yield ", ".join(f"`{name}`" for name in names) + kind, said


def _types(annotation: Any) -> str:
    """Return what is returned or raised, each name linked to its own entry."""
    names = re.sub(r"\s+", " ", str(annotation or "")).strip("()").split(", ")
    return ", ".join(map(_linked, names))


def _linked(name: str) -> str:
    return f"[`{name}`](#{name})" if name in public_names() else f"`{name}`"


def _example(kind: Any, text: str) -> str:
    return f"```pycon\n{text}\n```" if kind.value == "examples" else _inline(text)


def _inline(text: str) -> str:
    """Return the marks of docstrings as Markdown: references become links, code has single ticks."""
    text = re.sub(r":(?:func|class|meth|mod):`~?([\w.]+)`", lambda m: _reference(m[1]), text.strip())
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    return re.sub(r"::\n", ":\n", text)


def _reference(target: str) -> str:
    return _linked(target.removeprefix(f"{PACKAGE}."))


def _members(found: Any) -> str:
    """Return what a result can do: its views, then its own methods and properties."""
    drawn = found.members.get("_drawn")
    views = [
        f"`.{name}()`\n:   {said}"
        for name, said in _VIEWS.items()
        if "_views" in found.members and (name == "words" or drawn is None or "no" not in str(drawn.value))
    ]
    own = [
        f"`.{name}{'' if member.is_attribute else '()'}`\n:   {_summary(member)}"
        for name, member in found.members.items()
        if not name.startswith("_") and member.docstring and not member.is_alias
    ]
    return "**Methods and properties**\n\n" + "\n\n".join(views + own) if views + own else ""


def commands_page() -> str:
    """Return the page of the command line, from what ``--help`` says."""
    from typer.main import get_command

    head = front_matter(
        title="Command reference", description="Every command of sutg, its arguments and its options"
    )
    said = (
        "`sutg COMMAND --help` says the same in a terminal. Every command takes `--debug`, which shows the traceback of an "
        "error. It ends with 0 when all is done, 1 when the data or a report is at fault, and 2 when the command is wrong."
    )
    commands = vars(get_command(app))["commands"]
    return "\n\n".join([head, said, *(_command(name, one) for name, one in sorted(commands.items()))]) + "\n"


def _command(name: str, command: Any) -> str:
    context = command.make_context(f"sutg {name}", [], resilient_parsing=True)
    usage = context.get_usage().removeprefix("Usage: ")
    records = [record for one in command.params if (record := one.get_help_record(context))]
    parts = [f"## `sutg {name}` {{#{name}}}", f"```text\n{usage}\n```", _help(command.help or "")]
    return "\n\n".join([*parts, *(f"`{term}`\n:   {_plain(said)}" for term, said in records)])


def _help(text: str) -> str:
    """Return a command's help; its line of example is code."""
    return re.sub(r"^Example: (.+)$", r"Example: `\1`", inspect.cleandoc(text), flags=re.MULTILINE)


def _plain(said: str) -> str:
    """Return what is said of an option; its default and bounds, in brackets, are code."""
    return re.sub(r"  \[(.+)\]$", r" (`\1`)", said)


def columns_page() -> str:
    """Return the page of tables and columns, from the schemas that check them."""
    head = front_matter(title="Tables and columns", description="What every cell of every table may hold")
    said = (
        "Each table is one file in `data/`, CSV (UTF-8) or Parquet. `sutg check` names every cell that breaks a rule below. "
        "What the columns mean is told in [the tables of a project](tables.qmd)."
    )
    return "\n\n".join([head, said, *map(_table, TABLES.values())]) + "\n"


def _table(table: Table) -> str:
    need = "Every project needs it." if table.needed else "Optional."
    key = f" One row for each {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    rows = [f"| `{one.name}` | {_kind(one)} | {_may_be_empty(one)} |" for one in table.columns]
    header = ["| Column | Holds | Empty cells |", "|---|------|---|"]
    return "\n\n".join([f"## `{table.name}` {{#{table.name}}}", need + key, "\n".join([*header, *rows])])


def _kind(column: Column) -> str:
    if column.choices:
        return "one of " + ", ".join(f"`{choice}`" for choice in column.choices)
    return _KINDS.get(column.kind, column.kind) + _least(column.least)


def _least(least: float | None) -> str:
    if least is None:
        return ""
    return f", {least:g} or more" if least == int(least) else ", more than 0"


def _may_be_empty(column: Column) -> str:
    if column.optional:
        return "the column may be left out"
    return "may be empty" if column.empty else "none"


if __name__ == "__main__":
    for page, text in reference_pages().items():
        (_ROOT / "docs" / page).write_text(text, encoding="utf-8")
