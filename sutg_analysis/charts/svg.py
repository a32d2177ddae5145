"""A chart as a small, still, accessible SVG.

vl-convert draws; here its drawing is prepared and tidied. Measuring words is nearly all the time it takes (1.6 ms
a label), so words that a chart places itself are handed over as descriptions, which are not measured, and are
put back afterwards. What Vega says about every mark to a screen reader is taken out: the reader hears one
description, and finds the numbers in the table below the chart. Vega writes all this whatever its options are, so
its drawing is edited as text, by the patterns below.
"""

from __future__ import annotations

import json
import re
from html import escape

from sutg_analysis.catalogue.digests import digest
from sutg_analysis.charts.drawing import svg_of
from sutg_analysis.charts.theme import Spec

_EDITS = (
    # Words that were handed over as a description become the text of their mark.
    (re.compile(r'<text aria-label="([^"]*)"([^>]*?)/>'), r"<text\2>\1</text>"),
    # On every mark and group: what it says to a screen reader, whatever `aria` is; what a still picture has no use
    # for; what is so by default; and the font, which the whole drawing has once.
    (
        re.compile(
            r' (?:(?:aria-[a-z]+|role|pointer-events|class|font-family)="[^"]*"|opacity="1"|font-weight="normal")'
        ),
        "",
    ),
    # Empty, unseen and background shapes, of which every group and axis has two.
    (re.compile(r'<path[^>]*(?: d=""| opacity="0")[^>]*/>|<path d="M0,0h[^"]*"/>'), ""),
    # Vega writes sixteen digits; a hundredth of a pixel is seen by nobody.
    (re.compile(r"(\d+\.\d{2})\d+"), r"\1"),
)
_EMPTY = re.compile(r"<g(?: [^>]*)?></g>")
"""Groups left with nothing in them."""
_ID = re.compile(r'(id="|url\(#|href="#)([A-Za-z][\w-]*)')
"""Ids, which an engine goes on counting from drawing to drawing, and two drawings on one page would share."""


def chart_svg(spec: Spec, *, alt: str, css_class: str = "sutg-art") -> str:
    """Return a Vega-Lite specification as inline SVG with a text alternative.

    Parameters
    ----------
    spec
        From ``chart.to_dict()``.
    alt
        The text alternative.
    css_class
        Class of the ``svg`` element.

    Returns
    -------
    str
        One ``svg`` element; its ids are unlike those of any other drawing.
    """
    drawing = svg_of(json.dumps(_prepared(spec)))
    width, height = re.findall(r'(?:width|height)="([\d.]+)"', drawing)[:2]
    number: dict[str, int] = {}
    body = _ID.sub(
        lambda found: f"{found[1]}part-{number.setdefault(found[2], len(number))}",
        drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")],
    )
    key = digest(width + height + body + alt)[:10]
    for pattern, replacement in _EDITS:
        body = pattern.sub(replacement, body)
    while _EMPTY.search(body):
        body = _EMPTY.sub("", body)
    body = _ID.sub(rf"\g<1>{key}-\2", body)
    font = escape(spec.get("config", {}).get("font", "Arial, sans-serif"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" role="img" aria-labelledby="alt-{key}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{font}">'
        f'<title id="alt-{key}">{escape(alt)}</title><g aria-hidden="true">{body}</g></svg>'
    )


def svg_png(svg: str, *, scale: float = 2) -> bytes:
    """Return an SVG as a PNG picture of so many dots a pixel."""
    import vl_convert

    picture: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return picture


def _prepared(spec: Spec) -> Spec:
    """Return the specification of what is seen alone, quick to draw.

    The words of text marks stand in their descriptions; other marks have no description, and none has a tooltip.

    Examples
    --------
    >>> words = {"mark": "text", "encoding": {"x": {"field": "px", "scale": None}, "text": {"field": "t"}}}
    >>> _prepared(words)["encoding"]["description"]
    {'field': 't'}
    >>> _prepared({"mark": "point", "encoding": {"tooltip": {"field": "t"}}})
    {'mark': {'type': 'point', 'aria': False}, 'encoding': {}}
    """
    if "mark" not in spec:
        parts = {name: [_prepared(part) for part in spec[name]] for name in _PARTS if name in spec}
        return {**spec, **parts, **({"spec": _prepared(spec["spec"])} if "spec" in spec else {})}
    mark = spec["mark"] if isinstance(spec["mark"], dict) else {"type": spec["mark"]}
    encoding = spec.get("encoding", {})
    # A field written in pixels of its own (``scale: null``) needs no room that the engine would have to measure.
    placed = encoding.get("x", {}).get("scale", "") is None
    if mark["type"] == "text" and placed and "field" in encoding.get("text", {}):
        return {**spec, "encoding": encoding | {"description": encoding["text"], "text": {"value": ""}}}
    seen = {name: channel for name, channel in encoding.items() if name != "tooltip"}
    return {**spec, "mark": {**mark, "aria": False}, "encoding": seen}


_PARTS = ("layer", "concat", "hconcat", "vconcat")
