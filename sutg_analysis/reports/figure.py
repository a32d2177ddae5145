"""A figure: headline, drawing, sentences, and behind a fold the numbers, the downloads and how it was made.

It is drawn twice, for a desktop and for a phone, while the rest of the page is put together. The headline, the sentences
and the icons of a control chart are made of the one result that is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from sutg_analysis.charts.control import spc_spec
from sutg_analysis.charts.svg import chart_svg, svg_png
from sutg_analysis.charts.theme import Spec
from sutg_analysis.control.result import SpcResult
from sutg_analysis.reports.page import (
    FOLDER,
    Block,
    both,
    bundle,
    html_table,
    in_session,
    ledger_mark,
    words_html,
)
from sutg_analysis.reports.tables import numbers_table, raw_table
from sutg_analysis.reports.workbook import csv_text, figure_workbook
from sutg_analysis.words.control import series_words, spc_alt_text
from sutg_analysis.words.markdown import plain_markdown

if TYPE_CHECKING:
    from altair import TopLevelMixin

WIDTHS = {"wide": 720, "narrow": 340}
"""Widths of a figure's two drawings, for a desktop and for a phone, in pixels."""


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
    series
        Whose verdict of the ledger it shows, as ``measure/unit``; empty for none.
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
    series: str = ""

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
        notes = "".join(
            f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in self.notes.items()
        )
        listed = f'<dl class="sutg-notes">{notes}</dl>' if notes else ""
        wide, narrow = (drawing.result() for drawing in self._drawings)
        return (
            f'<figure class="sutg-figure" id="{self.name}" aria-labelledby="{self.name}-headline"'
            f"{ledger_mark(self.series, *self.verdict)}>\n"
            f'<figcaption class="sutg-headline" id="{self.name}-headline">{escape(self.headline)}</figcaption>\n'
            f'<div class="sutg-drawing">{wide}{narrow}{scripts}</div>\n'
            f"{words_html(self.words, self.verdict)}\n"
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

    def block(self) -> Block:
        """Return the figure as a piece of a page."""
        return figures_block(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        files = {} if in_session() else self.files()
        return bundle(self.markdown(), f"{self.headline}\n{self.words}", files=files)


def figure_of(
    name: str,
    headline: str,
    draw: Callable[[int], Spec | TopLevelMixin],
    *,
    words: str,
    alt: str,
    table: pd.DataFrame,
    data: pd.DataFrame | None = None,
    verdict: tuple[str, str] | tuple[()] = (),
    notes: Mapping[str, str] | None = None,
    series: str = "",
) -> Figure:
    """Return a drawing with its words as a figure; ``draw(width)`` gives a chart or its specification."""
    charts = {size: draw(width) for size, width in WIDTHS.items()}
    return Figure(
        name=name,
        headline=headline,
        words=" ".join(words.split()),
        alt=alt,
        **{size: chart if isinstance(chart, dict) else chart.to_dict() for size, chart in charts.items()},
        table=table,
        data=table if data is None else data,
        verdict=verdict,
        notes=notes or {},
        series=series,
    )


def control_figure(
    result: SpcResult,
    name: str,
    *,
    title: str,
    unit: str | None,
    notes: Mapping[str, str],
    events: pd.DataFrame | None = None,
    provisional: bool = False,
    more: str = "",
) -> Figure:
    """Return the control chart of one series as a figure, icons beside its words; ``more`` stands after them."""
    words = series_words(result, title=title, unit=unit)[0]
    row = result.summary.iloc[0]
    return charts_figure(
        result,
        name,
        words.headline,
        words=" ".join(filter(None, (words.latest, words.variation, words.assurance, more))),
        title=title,
        unit=unit,
        notes={**notes, "How sure": words.sureness},
        events=events,
        provisional=provisional,
        verdict=(str(row["variation"]), str(row["assurance"])),
    )


def charts_figure(
    result: SpcResult,
    name: str,
    headline: str,
    *,
    words: str,
    title: str,
    unit: str | None,
    notes: Mapping[str, str] | None = None,
    events: pd.DataFrame | None = None,
    provisional: bool = False,
    verdict: tuple[str, str] | tuple[()] = (),
) -> Figure:
    """Return the control charts of a result as a figure under a headline of its own."""
    return figure_of(
        name,
        headline,
        lambda width: spc_spec(result, unit=unit, events=events, width=width, provisional=provisional),
        words=words,
        alt=spc_alt_text(result, title=title, unit=unit, provisional=provisional),
        table=numbers_table(result, unit=unit),
        data=raw_table(result),
        verdict=verdict,
        notes=notes,
        series=result.about.series if result.about and len(result.summary) == 1 else "",
    )


def figures_block(*figures: Figure, headings: Sequence[str] = ()) -> Block:
    """Return figures as one piece of a page, each under its heading (a line of Markdown) where there are such."""
    for figure in figures:
        figure.start_drawing()
    files = {name: content for figure in figures for name, content in figure.files().items()}
    pairs = zip(headings or [""] * len(figures), figures, strict=True)
    texts = [part for heading, figure in pairs for part in (heading, figure.markdown()) if part]
    plain = "\n".join(f"{figure.headline}\n{figure.words}" for figure in figures)
    return Block("\n\n".join(texts), plain, files)


@cache
def _drawing_threads() -> ThreadPoolExecutor:
    """Return the threads that wait for drawings while a page is put together."""
    return ThreadPoolExecutor(2, thread_name_prefix="figures")


def _json(spec: Spec) -> str:
    text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
