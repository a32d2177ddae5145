"""The layers of a control chart or a funnel: event rules, stepping lines, the series, its points, the words on it.

Each function takes plain rows and returns one layer as Vega-Lite has it: a plain dictionary, four times as fast as
Altair's. Points are shaped by the rule that fired and coloured by the verdict, so that either alone is enough to read
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from math import isnan, pi
from typing import NamedTuple

from sutg_analysis.charts.layout import Scale, folded, spans
from sutg_analysis.charts.panels import LEFT_OUT, LINES, PROVISIONAL, USUAL, Panel
from sutg_analysis.charts.plots import nominal, quantity, ranged
from sutg_analysis.charts.theme import LIGHT, Spec
from sutg_analysis.control.rules import VERDICTS
from sutg_analysis.words.wording import RULE_NAMES, RULES, VERDICT_WORDS, centre_name, number, when

_SHAPES = {"outside": "diamond", "trend": "triangle-up", "two_of_three": "cross", "shift": "square"}

MARKS: dict[str, tuple[str, str]] = {
    USUAL: (LIGHT.common, "circle"),
    **{
        f"{VERDICT_WORDS[verdict]}: {RULE_NAMES[rule]}": (getattr(LIGHT, verdict), _SHAPES[rule])
        for verdict in VERDICTS
        for rule in RULES
        if verdict != "common"
    },
    LEFT_OUT: (LIGHT.card, "circle"),
    PROVISIONAL: (LIGHT.card, "triangle-right"),
}
"""Every kind of point with its fill and its shape, in the order of the key."""

INKS = {"centre": LIGHT.centre, "lower": LIGHT.limit, "upper": LIGHT.limit, "target": LIGHT.target}
_DASHES = {"centre": [1, 0], "lower": [6, 4], "upper": [6, 4], "target": [8, 3, 2, 3]}
LARGE, LEAST = 58, 22
"""Areas of a point's symbol in square pixels, where there is room and where there is none."""


class Label(NamedTuple):
    """Words on a chart: their place in pixels, which side of them it is, colour, size and weight."""

    px: float
    py: float
    text: str
    side: str
    ink: str = LIGHT.quiet
    size: int = 12
    weight: str = "normal"


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    right: float
    top: float
    foot: float


class Symbol(NamedTuple):
    """A symbol of the key: the kind of point, and its place in pixels."""

    mark: str
    px: float
    py: float


def layer(rows: Sequence[Mapping[str, object]] | None, kind: str, encoding: Spec, **mark: object) -> Spec:
    """Return one layer of marks; ``rows`` may be left out where nothing depends on them."""
    values = [{}] if rows is None else list(rows)
    return {"data": {"values": values}, "mark": {"type": kind, **mark}, "encoding": encoding}


def dates(first: datetime, last: datetime, ticks: Sequence[datetime]) -> Spec:
    """Return the date channel of the plot; the labels of its axis are drawn as marks."""
    axis = {"values": [_moment(tick) for tick in ticks], "title": None, "grid": False, "labels": False}
    scale = {"domain": [_moment(first), _moment(last)], "nice": False}
    return {"field": "date", "type": "temporal", "scale": scale, "axis": axis}


def values(field: str, scale: Scale) -> Spec:
    """Return the value channel of the plot; the labels of its axis are drawn as marks."""
    axis = {"values": list(scale.ticks), "title": None, "labels": False, "domain": False, "ticks": False}
    limits = {"domain": [scale.low, scale.high], "nice": False, "zero": False}
    return quantity(field, scale=limits, axis=axis)


def _moment(date: datetime) -> dict[str, int]:
    moment = {"year": date.year, "month": date.month, "date": date.day}
    return moment | ({"hours": date.hour, "minutes": date.minute} if date.hour or date.minute else {})


def _pixels(field: str) -> Spec:
    return quantity(field, scale=None, axis=None)


def line_layer(panel: Panel, x: Spec, scale: Scale) -> Spec:
    """Draw centre, limits and target, each stepping where it changes; a target steps over segments too."""
    rows: list[dict[str, object]] = []
    for name in LINES:
        segments = None if name == "target" else panel.segments
        for start, end, level, stretch in spans(panel.dates, panel.lines[name], segments):
            corner = {"line": name, "level": level, "stretch": f"{name} {stretch}"}
            for date in (start, end):
                rows.append({"date": date.isoformat(), **corner, "order": len(rows)})
    names = [name for name in INKS if any(row["line"] == name for row in rows)]
    encoding = {
        "x": x,
        "y": values("level", scale),
        "detail": nominal("stretch"),
        "order": quantity("order"),
        "color": ranged("line", {name: INKS[name] for name in names}),
        "strokeDash": ranged("line", {name: _DASHES[name] for name in names}),
    }
    return layer(rows, "line", encoding, strokeWidth=1.5)


def series_layer(panel: Panel, x: Spec, scale: Scale) -> Spec:
    """Draw the thin line that leads the eye from point to point, and stops where a value is missing."""
    stretch, rows = 0, []
    for date, value in zip(panel.dates, panel.values, strict=True):
        if isnan(value):
            stretch += 1
        else:
            rows.append({"date": date.isoformat(), "value": value, "stretch": stretch})
    encoding = {"x": x, "y": values("value", scale), "detail": nominal("stretch")}
    return layer(rows, "line", encoding, color=LIGHT.series, strokeWidth=1.2)


def point_layer(
    panel: Panel,
    x: Spec,
    scale: Scale,
    *,
    chart_type: str,
    unit: str | None,
    period: str,
    marks: Mapping[str, tuple[str, str]],
    size: float = LARGE,
) -> Spec:
    """Draw the points, and what a pointer shows of each: date, value, what it shows, lines.

    ``marks`` gives each kind its fill and shape.
    """
    centre = centre_name(chart_type).capitalize()
    heads = {"upper": "Upper limit", "target": "Target", "centre": centre, "lower": "Lower limit"}
    known = [name for name in LINES if not all(map(isnan, panel.lines[name]))]
    rows: list[dict[str, object]] = []
    for place, (date, value, mark) in enumerate(zip(panel.dates, panel.values, panel.marks, strict=True)):
        if isnan(value):
            continue
        reason = panel.excluded_reasons[place]
        row = {
            "date": date.isoformat(),
            "value": value,
            "mark": mark,
            "Date": when(date, period=period),
            "Value": number(value, unit=unit),
            "Shows": f"{mark}: {reason}" if reason else mark,
        }
        rows.append(row | {heads[name]: number(panel.lines[name][place], unit=unit) for name in known})
    hints = [nominal(name) for name in (rows[0] if rows else ()) if name[0].isupper()]
    return symbols(rows, marks, {"x": x, "y": values("value", scale), "tooltip": hints}, size=size)


def key_layer(key: Sequence[Symbol], *, marks: Mapping[str, tuple[str, str]]) -> Spec:
    """Draw the symbols of the key."""
    return symbols([symbol._asdict() for symbol in key], marks, {"x": _pixels("px"), "y": _pixels("py")})


def symbols(
    rows: Sequence[Mapping[str, object]],
    marks: Mapping[str, tuple[str, str]],
    places: Spec,
    *,
    size: float = LARGE,
) -> Spec:
    """Draw symbols, each with a dark outline, filled and shaped by their ``mark``."""
    looks = {
        name: ranged("mark", {kind: look[part] for kind, look in marks.items()})
        for part, name in enumerate(("fill", "shape"))
    }
    ink = {"stroke": LIGHT.outline, "strokeWidth": 1.1}
    return layer(rows, "point", places | looks, filled=True, opacity=1, size=size, **ink)


def symbol_size(places: Sequence[float]) -> float:
    """Return the area of a point's symbol that keeps most neighbours apart, from their places in pixels.

    Examples
    --------
    >>> symbol_size([0, 20, 40]), symbol_size([0, 2, 4])
    (58, 22)
    """
    gaps = sorted(later - earlier for earlier, later in pairwise(places))
    usual = gaps[len(gaps) // 2] if gaps else LARGE
    return round(min(LARGE, max(LEAST, pi / 4 * (1.25 * usual) ** 2)))


def event_layers(rules: Sequence[tuple[float, float]], boxes: Sequence[Box], *, height: float) -> list[Spec]:
    """Draw a rule from the foot of the plot up to each event's words, and clear a ground for the words."""
    if not rules:
        return []
    rows = [{"px": round(x, 1), "py": round(top, 1)} for x, top in rules]
    places = {"x": _pixels("px"), "y": _pixels("py"), "y2": {"value": height}}
    return [
        layer(rows, "rule", places, color=LIGHT.event, strokeDash=[2, 3], strokeWidth=1),
        *ground_layers(boxes),
    ]


def ground_layers(boxes: Sequence[Box]) -> list[Spec]:
    """Clear a ground for words that lines would else run through."""
    if not boxes:
        return []
    rows = [{"px": box.left, "px2": box.right, "py": box.top, "py2": box.foot} for box in boxes]
    corners = {"x": _pixels("px"), "x2": {"field": "px2"}, "y": _pixels("py"), "y2": {"field": "py2"}}
    return [layer(rows, "rect", corners, fill=LIGHT.card)]


def text_layer(labels: Sequence[Label]) -> Spec:
    """Write labels, each as its row says."""
    rows = [{**label._asdict(), "px": round(label.px, 1), "py": round(label.py, 1)} for label in labels]
    encoding = {
        "x": _pixels("px"),
        "y": _pixels("py"),
        "text": nominal("text"),
        "color": nominal("ink", scale=None, legend=None),
    }
    looks = {"align": "side", "fontSize": "size", "fontWeight": "weight"}
    return layer(
        rows,
        "text",
        encoding,
        baseline="middle",
        **{name: {"expr": f"datum.{field}"} for name, field in looks.items()},
    )


def room_layer(box: Box) -> Spec:
    """Hold room for the words, which may stand outside the plot, with an unseen rectangle."""
    places = {"x": box.left, "x2": box.right, "y": box.top, "y2": box.foot}
    return layer(None, "rect", {name: {"value": place} for name, place in places.items()}, opacity=0)


def titled(chart: Spec, title: str | None, *, left: float, width: float) -> Spec:
    """Head a chart, in line with the words of its axis."""
    if title is None:
        return chart
    lines = folded(title, width=width / 1.08, size=15).split("\n")
    return chart | {"title": {"text": lines, "anchor": "start", "dx": -left, "offset": 10}}
