"""A page is made of blocks: Markdown that shows HTML on a page, and its plain equal in every other format.

Markdown is the one kind of output that both renderers and every format take: the HTML of a page stands in a part that
only HTML keeps, and a table or a picture with its text alternative in one that every other format keeps. Files of a
block travel with its output until the report is finished, and then stand beside it. HTML itself is never among the
outputs of a page, because Quarto then loads scripts from another host. JupyterLab knows neither Quarto's parts nor, on
a closed network, where to fetch Vega, so in a session the same block is one still HTML.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.theme import figure_css
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import number, shorthand_words

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


FILES = "application/vnd.sutg.files+json"
"""The kind of output that carries a figure's files: name to base64."""
FOLDER = "sutg-files:"
"""Stands for the folder of a report's files, whose name only the build knows."""


@dataclass(frozen=True)
class Block:
    """A piece of a page as Markdown, with the words a terminal shows and the files that go with it."""

    markdown: str
    plain: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return bundle(self.markdown, self.plain or self.markdown, files=self.files)


def bundle(markdown: str, plain: str, *, files: Mapping[str, bytes]) -> dict[str, object]:
    """Return the kinds of output of one display; HTML only where somebody sits in a Jupyter session."""
    if in_session():
        return {"text/html": session_html(markdown, css=figure_css()), "text/plain": plain}
    coded = {name: b64encode(content).decode() for name, content in files.items()}
    return {"text/markdown": markdown, "text/plain": plain} | ({FILES: coded} if coded else {})


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


def number_texts(values: pd.Series, unit: str | None = None, *, empty: str = "") -> list[str]:
    """Return numbers as text, ``empty`` where there is none."""
    return [number(value, unit=unit) if pd.notna(value) else empty for value in values]


def interval_texts(rows: pd.DataFrame, lower: str, upper: str, unit: str | None = "percent") -> list[str]:
    """Return intervals as text."""
    pairs = zip(number_texts(rows[lower], unit), number_texts(rows[upper], unit), strict=True)
    return [f"{low} to {high}" if low and high else "" for low, high in pairs]


def ledger_mark(series: object, variation: str = "", assurance: str = "") -> str:
    """Return the attributes by which a part of a page says whose verdict of the ledger it shows; empty for none.

    They are compared with the ledger before a site is published.

    Examples
    --------
    >>> ledger_mark("falls/sedge-ward", "common", "pass")
    ' data-series="falls/sedge-ward" data-variation="common" data-assurance="pass"'
    """
    if not series:
        return ""
    return f' data-series="{escape(str(series))}" data-variation="{variation}" data-assurance="{assurance}"'


def words_html(words: str, verdict: tuple[str, str] | tuple[()] = ()) -> str:
    """Return sentences as a paragraph, the icons of variation and assurance beside it where there is a verdict."""
    icons = ""
    if verdict:
        both_icons = variation_icon(verdict[0], size=32) + assurance_icon(verdict[1], size=32)
        icons = f'<span class="sutg-icons">{both_icons}</span>'
    return f'<div class="sutg-said">{icons}<p>{escape(words)}</p></div>'


GOOD, CARE, BAD, SILENT = "good", "care", "bad", "silent"
KINDS = {
    GOOD: (
        "green",
        "on trajectory",
        "ahead of trajectory",
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
        "slipped a little",
        "a weak sign",
    ),
    BAD: (
        *("red", "slipped", "missing", "behind trajectory", "poor", "worse", "escalated", "new", "more"),
        *("no measure", "overdue", "concern"),
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
    return Block(both(html + shorthand_note(texts), pipe_table(texts)), texts.to_string(index=False))


def listing(sentences: Sequence[str]) -> Block:
    """Return sentences as a bulleted list."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    other = "\n".join(f"- {plain_markdown(sentence)}" for sentence in sentences)
    return Block(both(f'<ul class="sutg-list">{items}</ul>', other), "\n".join(sentences))


def bullets(sentences: Iterable[str]) -> Block:
    """Return sentences as a list in Markdown, empty ones left out."""
    said = [sentence for sentence in sentences if sentence]
    return Block(
        "\n".join(f"- {plain_markdown(sentence)}" for sentence in said),
        "\n".join(f"- {sentence}" for sentence in said),
    )


def stack(blocks: Sequence[Block]) -> Block:
    """Return blocks one under the other as one."""
    files = {name: content for block in blocks for name, content in block.files.items()}
    plain = "\n".join(block.plain or block.markdown for block in blocks)
    return Block("\n\n".join(block.markdown for block in blocks), plain, files)


def text_block(text: str) -> Block:
    """Return sentences as a paragraph, shown as they stand."""
    return Block(plain_markdown(text), text)
