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


def point_rows(panel: Panel, chart_type: str, unit: str | None, *, monthly: bool) -> list[dict[str, object]]:
    """Return the points with the words a pointer shows: date, value, lines, what the point shows."""
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
            "Date": when(date, monthly=monthly),
            "Value": number(value, unit=unit),
            "Shows": f"{mark}: {reason}" if reason else mark,
        }
        rows.append(row | {heads[name]: number(panel.lines[name][place], unit=unit) for name in known})
    return rows


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
    return {"field": field, "type": "quantitative", "scale": limits, "axis": axis}


def _moment(date: datetime) -> dict[str, int]:
    moment = {"year": date.year, "month": date.month, "date": date.day}
    return moment | ({"hours": date.hour, "minutes": date.minute} if date.hour or date.minute else {})


def _pixels(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def chosen(field: str, names: Sequence[str], range_: Sequence[object]) -> Spec:
    """Return a channel that gives each name its own colour, dash or shape, without a legend."""
    scale = {"domain": list(names), "range": list(range_)}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def step_rows(panel: Panel) -> list[dict[str, object]]:
    """Return centre, limits and target as corners of stepping lines; a target steps over segments too."""
    rows: list[dict[str, object]] = []
    for name in LINES:
        segments = None if name == "target" else panel.segments
        for start, end, level, stretch in spans(panel.dates, panel.lines[name], segments):
            corner = {"line": name, "level": level, "stretch": f"{name} {stretch}"}
            rows += [{"date": start.isoformat(), **corner}, {"date": end.isoformat(), **corner}]
    return rows


def line_layer(corners: list[dict[str, object]], x: Spec, scale: Scale) -> Spec:
    """Draw centre, limits and target, each stepping where it changes."""
    names = [name for name in INKS if any(row["line"] == name for row in corners)]
    encoding = {
        "x": x,
        "y": values("level", scale),
        "detail": {"field": "stretch", "type": "nominal"},
        "order": {"field": "order", "type": "quantitative"},
        "color": chosen("line", names, [INKS[name] for name in names]),
        "strokeDash": chosen("line", names, [_DASHES[name] for name in names]),
    }
    rows = [{**row, "order": place} for place, row in enumerate(corners)]
    return layer(rows, "line", encoding, strokeWidth=1.5)


def series_layer(panel: Panel, x: Spec, scale: Scale) -> Spec:
    """Draw the thin line that leads the eye from point to point, and stops where a value is missing."""
    stretch, rows = 0, []
    for date, value in zip(panel.dates, panel.values, strict=True):
        if isnan(value):
            stretch += 1
        else:
            rows.append({"date": date.isoformat(), "value": value, "stretch": stretch})
    encoding = {"x": x, "y": values("value", scale), "detail": {"field": "stretch", "type": "nominal"}}
    return layer(rows, "line", encoding, color=LIGHT.series, strokeWidth=1.2)


def point_layer(
    rows: Sequence[Mapping[str, object]],
    x: Spec,
    scale: Scale,
    *,
    marks: Mapping[str, tuple[str, str]],
    size: float = LARGE,
) -> Spec:
    """Draw the points with what a pointer shows; ``marks`` gives each kind its fill and shape."""
    names = [name for name in (rows[0] if rows else ()) if name[0].isupper()]
    hints = [{"field": name, "type": "nominal"} for name in names]
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
    fills, shapes = [fill for fill, _ in marks.values()], [shape for _, shape in marks.values()]
    looks = {"fill": chosen("mark", list(marks), fills), "shape": chosen("mark", list(marks), shapes)}
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
        "text": {"field": "text", "type": "nominal"},
        "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
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
