"""Words with a shape beside them, and tables that hold them: RAG, statuses and grades, never by colour alone.

A shape says how good a thing is: a ticked circle is good, a triangle wants care, a crossed square is bad, a dashed
ring says nothing. It is drawn in the ink of the page, so that it reads in dark and in greyscale; the word says the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from sutg_analysis.reports.page import Block, both, pipe_table, plain_markdown

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
    drawn = shape.format(paint=paint, line=f'fill="none" stroke="{ink}" stroke-width="2.2"')
    svg = (
        f'<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">{drawn}</svg>'
    )
    return f'<span class="sutg-verdict">{svg}<span>{escape(word)}</span></span>'


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
    shown = table.astype("str")
    cells = {name: [escape(text) for text in shown[name]] for name in shown.columns}
    cells |= {name: [mark(text) for text in shown[name]] for name in marked}
    for name, hrefs in (links or {}).items():
        pairs = zip(cells[name], hrefs, strict=True)
        cells[name] = [f'<a href="{escape(href)}">{text}</a>' if href else text for text, href in pairs]
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in shown.columns)
    rows = "".join(_row(row) for row in zip(*cells.values(), strict=True))
    html = (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="sutg-table sutg-words"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
    return Block(both(html, pipe_table(shown)), shown.to_string(index=False))


def _row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


def listing(sentences: Sequence[str]) -> Block:
    """Return sentences as a bulleted list."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    other = "\n".join(f"- {plain_markdown(sentence)}" for sentence in sentences)
    return Block(both(f'<ul class="sutg-list">{items}</ul>', other), "\n".join(sentences))


def stacked(blocks: Sequence[Block]) -> Block:
    """Return blocks one under the other as one."""
    files = {name: content for block in blocks for name, content in block.files.items()}
    plain = "\n".join(block.plain or block.markdown for block in blocks)
    return Block("\n\n".join(block.markdown for block in blocks), plain, files)


def said(text: str) -> Block:
    """Return sentences as a paragraph, shown as they stand."""
    return Block(plain_markdown(text), text)
