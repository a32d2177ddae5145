"""Colours and type of every chart, icon and table, and the contrast they must keep.

One named palette for light paper and one for dark. The verdict hues are Making Data Count's; two of them
(blue and grey) fail 3:1 on white, so a mark never rests on its hue: it has a dark outline, a shape of its own
and a verdict in words. Contrast follows WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances,
3:1 for marks and 4.5:1 for text.

A chart is drawn in the light palette on a light card, and is whole without any stylesheet. :func:`figure_css`
is what a page adds to repaint the card for dark mode and to choose between its wide and narrow drawing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
"""Fonts a reader's machine already has; Arial's widths are what labels are laid out with."""


@dataclass(frozen=True)
class Palette:
    """Colours by the part they play, as ``#rrggbb``.

    ``improvement``, ``concern``, ``common`` and ``neutral`` fill marks; ``outline`` surrounds them; ``ink``
    is what is drawn on a ground of concern.

    Examples
    --------
    >>> LIGHT.improvement, LIGHT.outline
    ('#00b0f0', '#212b32')
    """

    card: str
    text: str
    quiet: str
    grid: str
    axis: str
    outline: str
    improvement: str
    concern: str
    common: str
    neutral: str
    series: str
    centre: str
    limit: str
    target: str
    event: str
    ink: str


LIGHT = Palette(
    card="#ffffff",
    text="#212b33",
    quiet="#425563",
    grid="#e8edee",
    axis="#768692",
    outline="#212b32",
    improvement="#00b0f0",
    concern="#e46c0a",
    common="#a6a6a6",
    neutral="#490092",
    series="#7b8b96",
    centre="#003087",
    limit="#4c6272",
    target="#de1b1b",
    event="#330072",
    ink="#1b232a",
)
"""On white. Hues of verdicts: Making Data Count; the rest: NHS identity neutrals and blues."""

DARK = Palette(
    card="#1b2329",
    text="#f0f4f6",
    quiet="#c5d0d7",
    grid="#323d45",
    axis="#8d9ba6",
    outline="#f0f4f5",
    improvement="#00b0f1",
    concern="#e46c0b",
    common="#77838c",
    neutral="#8a3fd1",
    series="#8494a0",
    centre="#8fc5ff",
    limit="#b5c2cb",
    target="#ff8f8f",
    event="#d3b8ff",
    ink="#1b232a",
)
"""On near black: the same parts, so that a chart can be repainted colour by colour."""


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2).

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    >>> round(contrast("#a6a6a6", "#ffffff"), 2)
    2.43
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def chart_config() -> Spec:
    """Return the Vega-Lite configuration that gives a chart the light palette, fonts and quiet gridlines."""
    words: Spec = {"labelColor": LIGHT.quiet, "titleColor": LIGHT.text}
    words |= {"labelFontSize": 12, "titleFontSize": 12}
    return {
        "font": FONT,
        "background": LIGHT.card,
        "padding": 6,
        "view": {"stroke": None},
        "axis": {
            **words,
            "gridColor": LIGHT.grid,
            "domainColor": LIGHT.axis,
            "tickColor": LIGHT.axis,
            "titleFontWeight": "normal",
            "labelFontWeight": "normal",
        },
        "legend": {**words, "symbolStrokeColor": LIGHT.outline, "symbolSize": 70, "labelLimit": 0},
        "title": {
            "anchor": "start",
            "frame": "group",
            "color": LIGHT.text,
            "fontSize": 15,
            "fontWeight": "bold",
            "subtitleColor": LIGHT.quiet,
            "subtitleFontSize": 12,
            "subtitlePadding": 5,
        },
    }


def figure_css() -> str:
    """Return the stylesheet a page adds for figures: dark repainting, narrow drawing, icons and tables.

    Dark applies where the reader's system asks for it, unless the page sets ``data-theme="light"``; and
    wherever the page sets ``data-theme="dark"``. Paper is always light.
    """
    # Quarto's own switch of light and dark marks the body and goes before the system's setting.
    auto = f":root:not([data-theme=light], :has(body.quarto-light)) {{ {_variables(DARK)} }}"
    chosen = f":root:is([data-theme=dark], :has(body.quarto-dark)) {{ {_variables(DARK)} }}"
    return "\n".join(
        [
            f":root {{ {_variables(LIGHT)} }}",
            f"@media screen and (prefers-color-scheme: dark) {{ {auto} }}",
            f"@media screen {{ {chosen} }}",
            *(_repaint(part, colour) for part, colour in asdict(LIGHT).items()),
            _LAYOUT_CSS,
        ]
    )


def _variables(palette: Palette) -> str:
    return " ".join(f"--sutg-{part}: {colour};" for part, colour in asdict(palette).items())


def _repaint(part: str, colour: str) -> str:
    """Colours of the light palette are all different, so that a colour names its part."""
    paint = f"var(--sutg-{part})"
    rules = (f'.sutg-art [{name}="{colour}"] {{ {name}: {paint}; }}' for name in ("fill", "stroke"))
    return " ".join(rules)


_LAYOUT_CSS = """\
.skip-link { position: absolute; left: -999rem; }
.skip-link:focus { left: .5rem; top: .5rem; z-index: 2000; padding: .5rem 1rem; background: var(--sutg-card);
  color: var(--sutg-text); }
.sutg-trail ol, .sutg-onward ul { display: flex; flex-wrap: wrap; gap: .25rem .5rem; list-style: none; margin: 0 0 .5rem;
  padding: 0; font-size: .9375rem; }
.sutg-trail li + li::before { content: "/"; margin-right: .5rem; }
.sutg-onward ul { gap: .25rem 1.5rem; }
.sutg-figure { margin: 1.5rem 0; background: var(--sutg-card); color: var(--sutg-text); padding: .75rem; }
.sutg-figure figcaption, .sutg-figure summary, .sutg-figure p { color: var(--sutg-text); }
.sutg-figure svg { max-width: 100%; height: auto; }
.sutg-icons svg, .sutg-verdict svg { flex: none; width: 2rem; height: 2rem; }
.sutg-narrow { display: none; }
@media screen and (max-width: 40rem) { .sutg-wide { display: none; } .sutg-narrow { display: inline; } }
@media screen and (max-width: 40rem) { h1, h2, h3, .sutg-headline { hyphens: auto; } }
h1, h2, h3, h4, p, li, li > a, dt, dd, figcaption, summary, caption { overflow-wrap: anywhere; min-width: 0; }
th, td { max-width: 24rem; overflow-wrap: break-word; }
.listing th, .listing td { overflow-wrap: anywhere; }
.sutg-said { display: flex; gap: .75rem; align-items: flex-start; }
.sutg-said p { margin: 0; max-width: 46rem; }
.sutg-icons { display: flex; gap: .25rem; flex: none; }
.sutg-figure details { margin-top: .75rem; }
.sutg-figure summary { cursor: pointer; }
.sutg-downloads { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; }
.sutg-notes dt { font-weight: bold; }
.sutg-notes dd { margin: 0 0 .4rem; overflow-wrap: anywhere; }
.sutg-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.sutg-headline { font-weight: bold; font-size: 1.1rem; margin: 0 0 .5rem; }
.sutg-scroll { overflow-x: auto; }
.sutg-table { border-collapse: collapse; font-variant-numeric: tabular-nums; color: var(--sutg-text); }
.sutg-table caption { caption-side: top; color: inherit; text-align: left; font-weight: bold; padding: .25rem 0; }
.sutg-table th, .sutg-table td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid var(--sutg-axis); }
.sutg-table .sutg-number { text-align: right; white-space: nowrap; }
.sutg-verdict { display: flex; gap: .5rem; align-items: flex-start; min-width: 8rem; }
.sutg-verdict svg { flex: none; }
.sutg-table { margin: 1rem 0; }
.sutg-icon-table th:first-child { min-width: 9rem; }
@media screen and (max-width: 40rem) {
  .sutg-icon-table th:nth-child(2), .sutg-icon-table td:nth-child(2) { display: none; }
  .sutg-table th, .sutg-table td { padding: .3rem .35rem; }
}
.sutg-spark { display: block; max-width: none; }
.sutg-sort { font: inherit; font-weight: bold; color: inherit; background: none; border: 0; padding: .15rem 0;
  cursor: pointer; text-decoration: underline dotted; text-underline-offset: .25em; }
[aria-sort=ascending] .sutg-sort::after { content: " ↑"; }
[aria-sort=descending] .sutg-sort::after { content: " ↓"; }
.sutg-filters { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: 1rem 0 .5rem; }
.sutg-filters label { display: block; font-size: .9375rem; }
.sutg-filters input, .sutg-filters select { font: inherit; padding: .25rem .4rem; max-width: 100%; min-height: 2.25rem;
  color: var(--sutg-text); background: var(--sutg-card); border: 1px solid var(--sutg-axis); }
.sutg-filtered { margin: 0; flex-basis: 100%; }
.sutg-matrix td { min-width: 8rem; }
.sutg-matrix .sutg-none { color: var(--sutg-quiet); }
.sutg-matrix ul { margin: .25rem 0 0; padding-left: 1.1rem; }
.sutg-count { font-weight: bold; font-size: 1.25rem; }
.sutg-drawing:focus-visible { outline: 3px solid var(--sutg-centre); outline-offset: 3px; }
.sutg-live .vega-embed { display: block; width: 100%; padding: 0; }
.sutg-live svg { max-width: 100%; height: auto; }
@media print {
  .sutg-drawing, .sutg-said, .sutg-headline, .sutg-table tr { break-inside: avoid; }
  .sutg-headline { break-after: avoid; }
  .sutg-scroll { overflow: visible; }
  .sutg-table { font-size: 8.5pt; }
  .sutg-filters, .sutg-trail, .sutg-onward, .sutg-downloads { display: none; }
}"""
