"""Pieces of a page: a figure with its drawing, sentences, numbers and downloads; a block of text or a table.

Each is shown as Markdown, because that is the one kind of output that both renderers and every format take: the HTML of a
page stands in a block that only HTML keeps, and a picture with its text alternative in one that every other format keeps. A
figure's files travel with the output until the report is finished, and then stand beside it. HTML itself is never among the
outputs of a page, because Quarto then loads scripts from another host. JupyterLab knows neither Quarto's blocks nor, on a
closed network, where to fetch Vega, so in a session the same piece is one still HTML.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import escape

import pandas as pd

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.svg import chart_svg, svg_png
from sutg_analysis.charts.theme import Spec, figure_css
from sutg_analysis.reports.workbook import csv_text, figure_workbook
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import shorthand_words

SESSION = "JPY_SESSION_NAME"
"""Set by Jupyter Server in the kernels of its notebooks, and by nothing that runs notebooks unattended."""

BOTH = re.compile(
    r'::: {\.content-visible when-format="html"}\n```{=html}\n(?P<html>.*?)\n```\n:::\n\n'
    r'::: {\.content-visible unless-format="html"}\n(?P<other>.*?)\n:::\n',
    re.DOTALL,
)
"""A piece of a page in its two forms: for HTML, and for every other format."""
_LINKS = re.compile(r'<ul class="sutg-downloads">.*?</ul>|<script.*?</script>', re.DOTALL)


def in_session() -> bool:
    """Say whether somebody sits in a Jupyter session."""
    return bool(os.environ.get(SESSION))


def session_html(markdown: str, *, css: str = "") -> str:
    """Return a piece of a page as the HTML a notebook shows.

    Parameters
    ----------
    markdown
        As :class:`sutg_analysis.reports.page.Block` has it.
    css
        The stylesheet of figures.

    Examples
    --------
    >>> session_html("### Falls")
    '<h3>Falls</h3>'
    """
    parts, end = [], 0
    for found in BOTH.finditer(markdown):
        parts += [_plain_html(markdown[end : found.start()]), _LINKS.sub("", found["html"])]
        end = found.end()
    parts.append(_plain_html(markdown[end:]))
    return "\n".join([*([f"<style>{css}</style>"] if css else []), *filter(None, parts)])


def kept_html(markdown: str) -> str | None:
    """Return what a kept report shows in JupyterLab, or None where its Markdown will do.

    JupyterLab takes drawings and styles out of a notebook that it does not trust, and pictures in files beside it it
    shows. So it is given what every other format than HTML is.
    """
    if not BOTH.search(markdown):
        return None
    return _plain_html(BOTH.sub(lambda found: f"\n{found['other']}\n", markdown))


def _plain_html(text: str) -> str:
    """Return Markdown without blocks of its own as HTML."""
    if not text.strip():
        return ""
    from nbconvert.filters.markdown import markdown2html

    return re.sub(r"(<h\d)[^>]*>(.*?)<a class=\"anchor-link\".*?</a>", r"\1>\2", markdown2html(text)).strip()


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
        wide = _drawing_threads().submit(chart_svg, self.wide, alt=self.alt, css_class="sutg-art sutg-wide")
        narrow = _drawing_threads().submit(
            chart_svg, self.narrow, alt=self.alt, css_class="sutg-art sutg-narrow"
        )
        return wide, narrow

    def start_drawing(self) -> None:
        """Have the figure drawn while other work is done."""
        _ = self._drawings

    def html(self) -> str:
        """Return the figure for a page."""
        scripts = "".join(
            f'<script type="application/json" class="sutg-spec" data-size="{size}">{_json(spec)}</script>'
            for size, spec in (("wide", self.wide), ("narrow", self.narrow))
        )
        icons = f'<span class="sutg-icons">{verdict_icons(*self.verdict)}</span>' if self.verdict else ""
        notes = "".join(
            f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in self.notes.items()
        )
        listed = f'<dl class="sutg-notes">{notes}</dl>' if notes else ""
        wide, narrow = (drawing.result() for drawing in self._drawings)
        return (
            f'<figure class="sutg-figure" id="{self.name}" aria-labelledby="{self.name}-headline">\n'
            f'<figcaption class="sutg-headline" id="{self.name}-headline">{escape(self.headline)}</figcaption>\n'
            f'<div class="sutg-drawing">{wide}{narrow}{scripts}</div>\n'
            f'<div class="sutg-said">{icons}<p>{escape(self.words)}</p></div>\n'
            f"<details><summary>Numbers, downloads and method: {escape(self.headline)}</summary>\n"
            f"{html_table(self.table, caption=self.headline)}\n{self._links()}\n{listed}\n"
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
        self.start_drawing()
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

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        files = {} if in_session() else self.files()
        return bundle(self.markdown(), f"{self.headline}\n{self.words}", files=files)


@dataclass(frozen=True)
class Block:
    """A piece of a page as Markdown, with the words a terminal shows and the files that go with it."""

    markdown: str
    plain: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return bundle(self.markdown, self.plain or self.markdown, files=self.files)


@cache
def _drawing_threads() -> ThreadPoolExecutor:
    """Return the threads that wait for drawings while a page is put together."""
    return ThreadPoolExecutor(2, thread_name_prefix="figures")


def bundle(markdown: str, plain: str, *, files: Mapping[str, bytes]) -> dict[str, object]:
    """Return the kinds of output of one display; HTML only where somebody sits in a Jupyter session."""
    if in_session():
        return {"text/html": session_html(markdown, css=figure_css()), "text/plain": plain}
    coded = {name: b64encode(content).decode() for name, content in files.items()}
    return {"text/markdown": markdown, "text/plain": plain} | ({FILES: coded} if coded else {})


def figures_block(blocks: Sequence[tuple[str, Figure]]) -> Block:
    """Return figures under their headings (Markdown lines, or empty for none) as one piece."""
    for _, figure in blocks:
        figure.start_drawing()
    files = {name: content for _, figure in blocks for name, content in figure.files().items()}
    texts = [part for heading, figure in blocks for part in (heading, figure.markdown()) if part]
    plain = "\n".join(f"{figure.headline}\n{figure.words}" for _, figure in blocks)
    return Block("\n\n".join(texts), plain, files)


def figure_block(figure: Figure) -> Block:
    """Return one figure as a piece of a page."""
    return figures_block([("", figure)])


def both(html: str, other: str) -> str:
    """Return Markdown that shows the first in HTML and the second in every other format."""
    # Blank lines and backtick fences would end the block early.
    lines = [line for line in html.replace("```", "&#96;&#96;&#96;").splitlines() if line.strip()]
    unbroken = "\n".join(lines)
    return (
        f'::: {{.content-visible when-format="html"}}\n```{{=html}}\n{unbroken}\n```\n:::\n\n'
        f'::: {{.content-visible unless-format="html"}}\n{other}\n:::\n'
    )


def html_table(table: pd.DataFrame, *, caption: str) -> str:
    """Return a table of text as accessible HTML; the first column heads its rows."""
    rows = (row_html([escape(cell) for cell in row]) for row in table.astype("str").to_numpy())
    heads = [escape(str(name)) for name in table.columns]
    return frame_html(heads, rows, caption=caption, label=f"Table: {caption}") + shorthand_note(table)


def frame_html(
    heads: Iterable[str], rows: Iterable[str], *, caption: str, kind: str = "", label: str = ""
) -> str:
    """Return rows of HTML under headings of HTML as a table that a keyboard can scroll and a reader can name."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(label or caption)}">'
        f'<table class="{f"sutg-table {kind}".strip()}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def row_html(cells: Sequence[str]) -> str:
    """Return cells of HTML as a row, which the first heads."""
    first, *rest = cells
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


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


def verdict_icons(variation: str, assurance: str) -> str:
    """Return both icons of a series."""
    return variation_icon(variation, size=32) + assurance_icon(assurance, size=32)


def _json(spec: Spec) -> str:
    text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


GOOD, CARE, BAD, SILENT = "good", "care", "bad", "silent"
KINDS = {
    GOOD: (
        "green",
        "on trajectory",
        "done",
        "covered",
        "good",
        "better",
        "not escalated",
        "ended",
        "aligned",
    ),
    CARE: (
        "amber",
        "due",
        "fair",
        "improving towards it",
        "within usual variation of it",
        "slipped a little",
    ),
    BAD: (
        *("red", "slipped", "missing", "off trajectory", "poor", "worse", "escalated", "new", "more"),
        *("no measure", "overdue"),
    ),
}
"""Words (lower case) by what their shape says; any other word is silent, and so is what it says."""

_SHAPES = {
    GOOD: ("#7bc47f", '<circle cx="12" cy="12" r="9.5" {paint}/><path d="M7.5 12.5l3 3 6-7" {line}/>'),
    CARE: ("#ffd05c", '<path d="M12 2.5 22.5 21h-21z" {paint}/><path d="M12 9v6M12 17.6v.4" {line}/>'),
    BAD: (
        "#f08a80",
        '<rect x="3" y="3" width="18" height="18" {paint}/><path d="M8 8l8 8M16 8l-8 8" {line}/>',
    ),
    SILENT: ("none", '<circle cx="12" cy="12" r="9.5" stroke-dasharray="3 3" {paint}/>'),
}


def kind_of(word: str) -> str:
    """Return what a word's shape says.

    Examples
    --------
    >>> kind_of("Green"), kind_of("slipped, 92 days"), kind_of("Not stated")
    ('good', 'bad', 'silent')
    """
    head = word.lower().split(",")[0].strip()
    return next((kind for kind, words in KINDS.items() if head in words), SILENT)


def mark(word: str) -> str:
    """Return a word with its shape, as HTML; the shape is hidden from a screen reader, which reads the word."""
    fill, shape = _SHAPES[kind_of(word)]
    ink = "#212b32" if fill != "none" else "currentColor"
    paint = f'fill="{fill}" stroke="currentColor" stroke-width="1.5"'
    lines = shape.format(paint=paint, line=f'fill="none" stroke="{ink}" stroke-width="2.2"')
    return with_words(
        f'<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">{lines}</svg>',
        word,
    )


def with_words(icon: str, words: str) -> str:
    """Return an icon with its words beside it."""
    return f'<span class="sutg-verdict">{icon}<span>{escape(words)}</span></span>'


def linked(text: str, href: object) -> str:
    """Return HTML as a link, or as it is where it leads nowhere."""
    return f'<a href="{escape(str(href))}">{text}</a>' if href and pd.notna(href) else text


def marked_table(
    table: pd.DataFrame,
    *,
    caption: str,
    marked: Sequence[str] = (),
    links: Mapping[str, Sequence[str | None]] | None = None,
) -> Block:
    """Return a table of text whose words in some columns have shapes and in some are links.

    Parameters
    ----------
    table
        Text in every cell; the first column heads its rows.
    caption
        Says what the table holds.
    marked
        Columns whose words have shapes.
    links
        Column to where each of its cells leads, None for nowhere.
    """
    texts = table.astype("str")
    cells = {
        str(name): [(mark if name in marked else escape)(text) for text in texts[name]] for name in texts
    }
    for name, hrefs in (links or {}).items():
        cells[name] = [linked(*pair) for pair in zip(cells[name], hrefs, strict=True)]
    rows = map(row_html, zip(*cells.values(), strict=True))
    html = frame_html(map(escape, cells), rows, caption=caption, kind="sutg-words")
    return Block(both(html, pipe_table(texts)), texts.to_string(index=False))


def listing(sentences: Sequence[str]) -> Block:
    """Return sentences as a bulleted list."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    other = "\n".join(f"- {plain_markdown(sentence)}" for sentence in sentences)
    return Block(both(f'<ul class="sutg-list">{items}</ul>', other), "\n".join(sentences))


def bullets(sentences: Iterable[str]) -> Block:
    """Return sentences as a list in Markdown, empty ones left out."""
    return Block("\n".join(f"- {plain_markdown(sentence)}" for sentence in sentences if sentence))


def stack(blocks: Sequence[Block]) -> Block:
    """Return blocks one under the other as one."""
    files = {name: content for block in blocks for name, content in block.files.items()}
    plain = "\n".join(block.plain or block.markdown for block in blocks)
    return Block("\n\n".join(block.markdown for block in blocks), plain, files)


def text_block(text: str) -> Block:
    """Return sentences as a paragraph, shown as they stand."""
    return Block(plain_markdown(text), text)
