"""A chart as a small, still, accessible SVG.

vl-convert draws; here its drawing is prepared and tidied. Measuring words is nearly all the time it takes (1.6 ms
a label), so words that a chart places itself are handed over as descriptions, which are not measured, and are
put back afterwards. What Vega says about every mark to a screen reader is taken out: the reader hears one
description, and finds the numbers in the table below the chart.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from html import escape
from typing import Any

from sutg_analysis.charts.drawing import svg_of
from sutg_analysis.charts.theme import Spec

_TEXT = re.compile(r'<text aria-label="([^"]*)"([^>]*?)/>')
_SPOKEN = re.compile(
    r' (?:(?:aria-[a-z]+|role|pointer-events|class)="[^"]*"|opacity="1"|font-weight="normal")'
)
_UNSEEN = re.compile(r'<path[^>]*(?: d=""| opacity="0")[^>]*/>|<path d="M0,0h[^"]*"/>')
_EMPTY = re.compile(r"<g(?: [^>]*)?></g>")
_LONG = re.compile(r"(\d+\.\d{2})\d+")
_FONT = re.compile(r' font-family="[^"]*"')
_ID = re.compile(r'(id="|url\(#|href="#)([A-Za-z][\w-]*)')


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
    drawing = svg_of(json.dumps(bare(spec)))
    body = _numbered(drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")])
    width, height = re.findall(r'(?:width|height)="([\d.]+)"', drawing)[:2]
    key = sha256((width + height + body + alt).encode()).hexdigest()[:10]
    inner = _unique(_tidied(body), key)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" role="img" aria-labelledby="alt-{key}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{_font(spec)}">'
        f'<title id="alt-{key}">{escape(alt)}</title><g aria-hidden="true">{inner}</g></svg>'
    )


def svg_png(svg: str, *, scale: float = 2) -> bytes:
    """Return an SVG as a PNG picture of so many dots a pixel."""
    import vl_convert

    picture: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return picture


def _font(spec: Spec) -> str:
    return escape(spec.get("config", {}).get("font", "Arial, sans-serif"))


def bare(spec: Any) -> Any:
    """Return the specification of what is seen alone.

    The words of text marks stand in their descriptions; other marks have no description, and none has a tooltip.

    Examples
    --------
    >>> words = {"mark": "text", "encoding": {"x": {"field": "px", "scale": None}, "text": {"field": "t"}}}
    >>> bare(words)["encoding"]["description"]
    {'field': 't'}
    >>> bare({"mark": "point", "encoding": {"tooltip": {"field": "t"}}})
    {'mark': {'type': 'point', 'aria': False}, 'encoding': {}}
    """
    if isinstance(spec, list):
        return [bare(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    if "mark" in spec:
        return _worded(spec) if _is_free_text(spec) else _silent(spec)
    nested = ("layer", "concat", "hconcat", "vconcat", "spec")
    return {name: bare(part) if name in nested else part for name, part in spec.items()}


def _worded(spec: Spec) -> Spec:
    encoding = {name: channel for name, channel in spec["encoding"].items() if name != "text"}
    return {
        **spec,
        "encoding": encoding | {"description": spec["encoding"]["text"], "text": {"value": ""}},
    }


def _silent(spec: Spec) -> Spec:
    mark = spec["mark"] if isinstance(spec["mark"], dict) else {"type": spec["mark"]}
    encoding = {name: channel for name, channel in spec.get("encoding", {}).items() if name != "tooltip"}
    return {**spec, "mark": {**mark, "aria": False}, "encoding": encoding}


def _is_free_text(spec: Spec) -> bool:
    """Say whether a mark writes a field in pixels of its own (``scale: null``), so that its width is known."""
    mark, encoding = spec.get("mark"), spec.get("encoding", {})
    kind = mark.get("type") if isinstance(mark, dict) else mark
    placed = encoding.get("x", {}).get("scale", "") is None
    return kind == "text" and placed and "field" in encoding.get("text", {})


def _tidied(body: str) -> str:
    body = _TEXT.sub(lambda found: f"<text{found[2]}>{found[1]}</text>", body)
    for unwanted in (_SPOKEN, _FONT, _UNSEEN):
        body = unwanted.sub("", body)
    body = _LONG.sub(r"\1", body)
    while _EMPTY.search(body):
        body = _EMPTY.sub("", body)
    return body


def _numbered(body: str) -> str:
    """Return a drawing whose ids count from its own start; an engine goes on counting from drawing to drawing."""
    number: dict[str, int] = {}
    return _ID.sub(lambda found: f"{found[1]}part-{number.setdefault(found[2], len(number))}", body)


def _unique(body: str, key: str) -> str:
    return _ID.sub(rf"\g<1>{key}-\2", body)
