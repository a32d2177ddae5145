"""Colours and type of every chart, icon and table: one palette for light paper and one for dark.

The verdict hues are Making Data Count's; two of them (blue and grey) fail 3:1 on white, so a mark never rests on its
hue: it has a dark outline, a shape of its own and a verdict in words. Contrast follows WCAG 2.2, which the tests
compute: 3:1 for marks and 4.5:1 for text.

A chart is drawn in the light palette on a light card, and is whole without any stylesheet. :func:`figure_css`
is what a page adds to repaint the card for dark mode and to choose between its wide and narrow drawing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sutg_analysis.project import ASSETS

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
"""On near black: the same parts, all of different colours, so that a colour names its part and can be repainted."""


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
    """Return the stylesheet a page adds for figures: dark repainting, then ``assets/figure.css``.

    Dark applies where the reader's system asks for it, unless the page sets ``data-theme="light"``; and
    wherever the page sets ``data-theme="dark"``. Paper is always light.
    """
    # Quarto's own switch of light and dark marks the body and goes before the system's setting.
    auto = f":root:not([data-theme=light], :has(body.quarto-light)) {{ {_variables(DARK)} }}"
    chosen = f":root:is([data-theme=dark], :has(body.quarto-dark)) {{ {_variables(DARK)} }}"
    repainted = (
        " ".join(
            f'.sutg-art [{paint}="{colour}"] {{ {paint}: var(--sutg-{part}); }}'
            for paint in ("fill", "stroke")
        )
        for part, colour in asdict(LIGHT).items()
    )
    return "\n".join(
        [
            f":root {{ {_variables(LIGHT)} }}",
            f"@media screen and (prefers-color-scheme: dark) {{ {auto} }}",
            f"@media screen {{ {chosen} }}",
            *repainted,
            (ASSETS / "figure.css").read_text(encoding="utf-8").rstrip(),
        ]
    )


def _variables(palette: Palette) -> str:
    return " ".join(f"--sutg-{part}: {colour};" for part, colour in asdict(palette).items())
