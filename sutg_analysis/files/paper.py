"""A finished report is a paper too: its headings, sentences, tables and figures in order, for other files than pages.

The executed notebook is the one source. What it shows in HTML alone is left out, what it shows in every other format
is kept. Pandoc reads it into a tree, and everything that a paper cannot have is taken out of the tree here, once, for
every kind of file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, SiteError, did_you_mean
from sutg_analysis.project import Project
from sutg_analysis.publish.pages import read_matter
from sutg_analysis.publish.pandoc import notebook_markdown
from sutg_analysis.reports.page import BOTH
from sutg_analysis.words.markdown import plain_markdown

_HTML = re.compile(r"```{=html}\n.*?\n```\n?", re.DOTALL)
_READS = "markdown+fenced_divs+raw_attribute+pipe_tables+table_captions-implicit_figures"

Node = dict[str, Any]
Tree = Any
"""A node of Pandoc's tree, a list of such, or the text, number or attribute of one."""


@dataclass(frozen=True)
class Picture:
    """A figure of a paper: its headline, text alternative, sentences, and the name of its files without ending."""

    headline: str
    alt: str
    words: str
    path: Path

    @property
    def values(self) -> Path:
        """The file of its numbers."""
        return self.path.with_suffix(".csv")


@dataclass(frozen=True, eq=False)
class Paper:
    """A report as a paper.

    Parameters
    ----------
    name, at
        The report's page, and the day it stands at.
    title, description
        As on its page.
    folder
        Where its notebook stands, and from which its pictures are named.
    blocks
        Its tree, as Pandoc has it.
    """

    name: str
    at: AsAt
    title: str
    description: str
    folder: Path
    blocks: list[Node]

    @property
    def quarter(self) -> Quarter:
        """Its quarter."""
        return self.at.quarter

    @property
    def date(self) -> str:
        """The day it stands at, in words."""
        return self.at.words

    @property
    def document(self) -> str:
        """The paper as Pandoc's JSON, with its title, date and language."""
        meta = {
            "title": _inlines(self.title),
            "subtitle": _inlines(self.description),
            "date": _inlines(f"As at {self.date}"),
            "lang": _inlines("en-GB"),
        }
        return json.dumps({"pandoc-api-version": _API, "meta": meta, "blocks": self.blocks})

    @cached_property
    def pictures(self) -> list[Picture]:
        """The figures, in order: each with the headline before it and the sentences after it."""
        found = []
        for before, block, after in zip(
            [{}, *self.blocks], self.blocks, [*self.blocks[1:], {}], strict=False
        ):
            if image := image_of(block):
                alt = plain_text(image["c"][1])
                headline = plain_text(before) if is_headline(before) else alt
                words = plain_text(after) if after.get("t") == "Para" else ""
                found.append(Picture(headline, alt, words, self.folder / image["c"][2][0]))
        return found

    @cached_property
    def tables(self) -> list[tuple[str, pd.DataFrame]]:
        """The tables, in order, each with its caption or the heading above it."""
        found, heading = [], self.title
        for block in self.blocks:
            if block["t"] == "Header":
                heading = plain_text(block["c"][2])
            if block["t"] == "Table":
                found.append((plain_text(block["c"][1]) or heading, _frame(block)))
        return found


_API = [1, 23, 1]


def read_paper(project: Project, report: str, *, quarter: str | None = None) -> Paper:
    """Read a built report.

    Raises
    ------
    ArgumentError
        No report of that name is built; the message lists those that are.
    SiteError
        Nothing is built at all.
    """
    chosen = _quarter(project, quarter)
    folder = project.reports / chosen.slug
    path = folder / f"{report}.ipynb"
    if not path.is_file():
        known = sorted(path.stem for path in folder.glob("*.ipynb"))
        hint = did_you_mean(report, known, otherwise=", or build it: sutg build")
        found = f"no report {report!r} is built for {chosen.slug}"
        raise ArgumentError(found, f"one of {', '.join(known)}", f"Correct the name{hint}")
    matter = read_matter(path)
    return Paper(
        name=report,
        at=AsAt(date.fromisoformat(str(matter.get("date", chosen.end)))),
        title=str(matter.get("title", report)),
        description=str(matter.get("description", "")),
        folder=folder,
        blocks=paper_blocks(notebook_markdown(path)),
    )


def _quarter(project: Project, wanted: str | None) -> Quarter:
    built = sorted({Quarter.parse(path.parent.name) for path in project.reports.glob("*/*.ipynb")})
    if not built:
        raise SiteError(
            f"{project.reports} holds no executed reports", "a project that was built", "Run: sutg build"
        )
    if wanted is None:
        return built[-1]
    chosen = Quarter.parse(wanted)
    if chosen not in built:
        known = ", ".join(quarter.slug for quarter in built)
        raise ArgumentError(
            f"no report of {chosen.slug} is built", f"one of {known}", "Build it: sutg build --quarter"
        )
    return chosen


def paper_blocks(markdown: str) -> list[Node]:
    """Return a page's Markdown as the tree of a paper.

    Examples
    --------
    >>> [block["t"] for block in paper_blocks("### Falls")], paper_blocks("### Falls")[0]["c"][0]
    (['Header'], 1)
    """
    import pypandoc

    text = _HTML.sub("", BOTH.sub(_other, markdown))
    tree = json.loads(pypandoc.convert_text(text, "json", format=_READS))
    blocks = [kept for block in tree["blocks"] for kept in _opened(block)]
    return _levelled(_unlinked(blocks))


def _other(found: re.Match[str]) -> str:
    """Return what other formats than HTML show, a table with the caption that HTML has."""
    other, caption = found["other"].strip(), re.search(r"<caption>(.*?)</caption>", found["html"], re.DOTALL)
    if caption and other.startswith("|"):
        words = plain_markdown(unescape(re.sub(r"<[^>]+>", "", caption[1])))
        other = f"{other}\n\n: {words}"
    return f"{other}\n\n"


def _opened(block: Node) -> list[Node]:
    """Return what a block around others holds; a callout stays, as words of its own style."""
    if block["t"] != "Div":
        return [] if block["t"] in {"RawBlock", "HorizontalRule"} else [block]
    (_, classes, _), inner = block["c"]
    kept = [part for piece in inner for part in _opened(piece)]
    if any(name.startswith("callout-") for name in classes):
        return [{"t": "Div", "c": [["", ["notice"], [["custom-style", "Notice"]]], kept]}]
    return kept


def _levelled(blocks: list[Node]) -> list[Node]:
    """Return blocks whose headings begin at level 1 and leave out no level."""
    levels = [block["c"][0] for block in blocks if block["t"] == "Header"]
    shift, last = min(levels, default=1) - 1, 0
    levelled = []
    for block in blocks:
        if block["t"] == "Header":
            level, _, words = block["c"]
            last = min(level - shift, last + 1)
            block = {"t": "Header", "c": [last, ["", [], []], words]}
        levelled.append(block)
    return levelled


def _unlinked(node: Tree) -> Tree:
    """Return a tree without links to other pages of the site, whose words stay, and without raw HTML."""
    if isinstance(node, dict):
        return {name: _unlinked(part) for name, part in node.items()}
    if not isinstance(node, list):
        return node
    kept: list[Tree] = []
    for item in node:
        kind = item.get("t") if isinstance(item, dict) else None
        if kind == "Link" and not re.match(r"(https?|mailto):", item["c"][2][0]):
            kept += _unlinked(item["c"][1])
        elif kind != "RawInline":
            kept.append(_unlinked(item))
    return kept


def image_of(block: Node) -> Node | None:
    """Return the picture that a paragraph is, or None."""
    if block.get("t") != "Para" or len(block["c"]) != 1:
        return None
    (only,) = block["c"]
    return only if only["t"] == "Image" else None


def is_headline(block: Node) -> bool:
    """Say whether a paragraph is one strong sentence, as stands above a picture."""
    return block.get("t") == "Para" and len(block["c"]) == 1 and block["c"][0]["t"] == "Strong"


def plain_text(node: Tree) -> str:
    """Return the words of a tree.

    Examples
    --------
    >>> plain_text([{"t": "Str", "c": "Falls"}, {"t": "Space"}, {"t": "Strong", "c": [{"t": "Str", "c": "fell"}]}])
    'Falls fell'
    """
    return " ".join("".join(_words(node)).split())


def _words(node: Tree) -> list[str]:
    if isinstance(node, list):
        return [word for part in node for word in _words(part)]
    if not isinstance(node, dict) or "t" not in node:
        return []
    kind, content = node["t"], node.get("c", [])
    if kind in {"Str", "Space", "SoftBreak", "LineBreak"}:
        return [content if kind == "Str" else " "]
    if kind in {"Code", "Math"}:
        return [content[1]]
    if kind == "Quoted":
        return ["“", *_words(content[1]), "”"]
    spaced = [" "] if kind in {"Para", "Plain", "Header", "BulletList", "OrderedList"} else []
    return [*_words(content), *spaced]


def _frame(table: Node) -> pd.DataFrame:
    _, _, _, (_, heads), bodies, _ = table["c"]
    names = _cells(heads[0]) if heads else []
    rows = [_cells(row) for _, _, _, body in bodies for row in body]
    width = max([len(names), *map(len, rows)])
    names += [f"Column {place}" for place in range(len(names) + 1, width + 1)]
    return pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=names, dtype="str")


def _cells(row: Tree) -> list[str]:
    return [plain_text(cell[4]) for cell in row[1]]


def _inlines(text: str) -> Node:
    words = [part for word in text.split() for part in ({"t": "Space"}, {"t": "Str", "c": word})][1:]
    return {"t": "MetaInlines", "c": words}
