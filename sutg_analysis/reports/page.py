"""A figure: headline, drawing, sentences, and behind a fold the numbers, the downloads and how it was made.

A figure is shown as Markdown, because that is the one kind of output that both renderers and every format take:
the HTML of a page stands in a block that only HTML keeps, and a picture with its text alternative in one that
every other format keeps. Its files travel with the output until the report is finished, and then stand beside it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import escape
from typing import Any

import pandas as pd

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.svg import chart_svg, svg_png
from sutg_analysis.charts.theme import Spec, figure_css
from sutg_analysis.reports.sessions import in_session, session_html
from sutg_analysis.reports.workbook import csv_text, figure_workbook
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import shorthand_words

WIDTHS = {"wide": 720, "narrow": 340}
"""Widths of a figure's two drawings, for a desktop and for a phone, in pixels."""
FILES = "application/vnd.sutg.files+json"
"""The kind of output that carries a figure's files: name to base64."""
FOLDER = "sutg-files:"
"""Stands for the folder of a report's files, whose name only the build knows."""


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure of a report.

    Parameters
    ----------
    name
        A slug, alone of its name on the page.
    headline
        The figure's title: what it shows, in a sentence.
    words
        Sentences under the drawing.
    alt
        The text alternative.
    wide, narrow
        Vega-Lite specifications for a desktop and a phone.
    table
        The numbers as readers see them: text in every cell.
    data
        The numbers as a machine reads them.
    verdict
        Variation and assurance, whose icons stand beside the words; empty for none.
    notes
        How it was made: heading to text.
    """

    name: str
    headline: str
    words: str
    alt: str
    wide: Spec
    narrow: Spec
    table: pd.DataFrame
    data: pd.DataFrame
    verdict: tuple[str, str] | tuple[()] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _drawings(self) -> tuple[Future[str], Future[str]]:
        wide = _desk().submit(chart_svg, self.wide, alt=self.alt, css_class="sutg-art sutg-wide")
        narrow = _desk().submit(chart_svg, self.narrow, alt=self.alt, css_class="sutg-art sutg-narrow")
        return wide, narrow

    def begin(self) -> None:
        """Have the figure drawn while other work is done."""
        _ = self._drawings

    def html(self) -> str:
        """Return the figure for a page."""
        scripts = _scripts(self.wide, self.narrow)
        wide, narrow = (drawing.result() for drawing in self._drawings)
        return (
            f'<figure class="sutg-figure" id="{self.name}" aria-labelledby="{self.name}-headline">\n'
            f'<figcaption class="sutg-headline" id="{self.name}-headline">{escape(self.headline)}</figcaption>\n'
            f'<div class="sutg-drawing">{wide}{narrow}{scripts}</div>\n'
            f'<div class="sutg-said">{_icons(self.verdict)}<p>{escape(self.words)}</p></div>\n'
            f"<details><summary>Numbers, downloads and method: {escape(self.headline)}</summary>\n"
            f"{html_table(self.table, caption=self.headline)}\n{self._links()}\n{_notes(self.notes)}\n"
            "</details>\n</figure>"
        )

    def _links(self) -> str:
        kinds = {"csv": "CSV", "xlsx": "Excel", "svg": "SVG drawing", "png": "PNG picture"}
        links = (
            f'<li><a href="{FOLDER}{self.name}.{kind}" download>{words}'
            f'<span class="sutg-hidden"> of {escape(self.headline)}</span></a></li>'
            for kind, words in kinds.items()
        )
        return f'<ul class="sutg-downloads">{"".join(links)}</ul>'

    def files(self) -> dict[str, bytes]:
        """Return the figure's files by name."""
        self.begin()
        numbers = {
            f"{self.name}.csv": csv_text(self.data).encode(),
            f"{self.name}.xlsx": figure_workbook(self.data, title=self.headline, notes=self.notes),
        }
        drawing = self._drawings[0].result()
        return numbers | {f"{self.name}.svg": drawing.encode(), f"{self.name}.png": svg_png(drawing)}

    def markdown(self) -> str:
        """Return the figure for every format."""
        picture = f"![{plain_markdown(self.alt)}]({FOLDER}{self.name}.png)"
        return both(
            self.html(), f"**{plain_markdown(self.headline)}**\n\n{picture}\n\n{plain_markdown(self.words)}"
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        files = {} if in_session() else self.files()
        return bundle(self.markdown(), f"{self.headline}\n{self.words}", files=files)


@dataclass(frozen=True)
class Block:
    """A piece of a page as Markdown, with the words a terminal shows and the files that go with it."""

    markdown: str
    plain: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return bundle(self.markdown, self.plain or self.markdown, files=self.files)


@cache
def _desk() -> ThreadPoolExecutor:
    """Return who waits for drawings while a page is put together."""
    return ThreadPoolExecutor(2, thread_name_prefix="figures")


def bundle(markdown: str, plain: str, *, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the kinds of output of one display; HTML only where somebody sits in a Jupyter session."""
    if in_session():
        return {"text/html": session_html(markdown, css=figure_css()), "text/plain": plain}
    shown: dict[str, Any] = {"text/markdown": markdown, "text/plain": plain}
    if files:
        shown[FILES] = {name: b64encode(content).decode() for name, content in files.items()}
    return shown


def joined(blocks: Sequence[tuple[str, Figure]]) -> Block:
    """Return figures under their headings (Markdown lines, or empty for none) as one piece."""
    for _, figure in blocks:
        figure.begin()
    files = {name: content for _, figure in blocks for name, content in figure.files().items()}
    texts = [part for heading, figure in blocks for part in (heading, figure.markdown()) if part]
    plain = "\n".join(f"{figure.headline}\n{figure.words}" for _, figure in blocks)
    return Block("\n\n".join(texts), plain, files)


def both(html: str, other: str) -> str:
    """Return Markdown that shows the first in HTML and the second in every other format."""
    return (
        f'::: {{.content-visible when-format="html"}}\n```{{=html}}\n{_unfenced(html)}\n```\n:::\n\n'
        f'::: {{.content-visible unless-format="html"}}\n{other}\n:::\n'
    )


def _unfenced(html: str) -> str:
    """Return HTML without blank lines and backtick fences, which would end its block early."""
    return "\n".join(line for line in html.replace("```", "&#96;&#96;&#96;").splitlines() if line.strip())


def html_table(table: pd.DataFrame, *, caption: str) -> str:
    """Return a table of text as accessible HTML; the first column heads its rows."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    rows = "".join(_row(row) for row in table.astype("str").to_numpy())
    return (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="Table: {escape(caption)}">'
        f'<table class="sutg-table"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{shorthand_note(table)}"
    )


def shorthand_note(table: pd.DataFrame) -> str:
    """Return as HTML what the shorthand in a table means, where values are hidden; else nothing."""
    words = shorthand_words(table.astype("str").to_numpy().ravel())
    return f'<p class="sutg-shorthand">{escape(words)}</p>' if words else ""


def pipe_table(table: pd.DataFrame) -> str:
    r"""Return a table of text as Markdown, for formats other than HTML.

    Examples
    --------
    >>> print(pipe_table(pd.DataFrame({"Ward": ["A | B"], "Falls": ["3"]})))
    | Ward | Falls |
    |---|---|
    | A \| B | 3 |
    """
    lines = [list(table.columns), *table.to_numpy().tolist()]
    head, *rows = (f"| {' | '.join(plain_markdown(str(cell)) for cell in line)} |" for line in lines)
    words = shorthand_words(table.astype("str").to_numpy().ravel())
    return "\n".join(
        [head, f"|{'---|' * len(table.columns)}", *rows, *(["", plain_markdown(words)] if words else [])]
    )


def _row(cells: Sequence[str]) -> str:
    first, *rest = (escape(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


def _icons(verdict: tuple[str, ...]) -> str:
    if not verdict:
        return ""
    variation, assurance = verdict
    icons = variation_icon(variation, size=32) + assurance_icon(assurance, size=32)
    return f'<span class="sutg-icons">{icons}</span>'


def _notes(notes: Mapping[str, str]) -> str:
    if not notes:
        return ""
    items = "".join(f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in notes.items())
    return f'<dl class="sutg-notes">{items}</dl>'


def _scripts(wide: Spec, narrow: Spec) -> str:
    """Return the specifications for the script that makes the drawings answer a pointer."""
    return "".join(
        f'<script type="application/json" class="sutg-spec" data-size="{size}">{_json(spec)}</script>'
        for size, spec in (("wide", wide), ("narrow", narrow))
    )


def _json(spec: Spec) -> str:
    text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
