"""The layers of a control chart: event rules, stepping lines, the series, its points, the words on it.

Each function takes tidy rows and returns one layer as Vega-Lite has it. They are plain dictionaries, because a page
of small multiples holds hundreds of layers and Altair copies each of them many times over; the finished chart is
Altair's. Points are shaped by the rule that fired and coloured by the verdict, so that either alone is enough to
read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sutg_analysis.layout import Scale
from sutg_analysis.theme import LIGHT, VERDICTS, verdict_of
from sutg_analysis.wording import RULE_NAMES, RULES, VERDICT_WORDS, centre_name, number, when

Layer = dict[str, Any]

USUAL, LEFT_OUT, PROVISIONAL = VERDICT_WORDS["common"], "Left out", "Provisional"
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

_INKS = {"centre": LIGHT.centre, "lower": LIGHT.limit, "upper": LIGHT.limit, "target": LIGHT.target}
_DASHES = {"centre": [1, 0], "lower": [6, 4], "upper": [6, 4], "target": [8, 3, 2, 3]}


def marked(points: pd.DataFrame, *, provisional: pd.Series | None = None) -> pd.Series:
    """Return which of ``MARKS`` each point is; the most telling rule stands for several."""
    verdict = points["variation"].astype("str").map(verdict_of)
    words = verdict.map(VERDICT_WORDS).astype("str")
    mark = pd.Series(USUAL, index=points.index, dtype="str")
    for rule in reversed(RULES):
        mark = mark.mask(points[rule] & (verdict != "common"), words + ": " + RULE_NAMES[rule])
    mark = mark.mask(points["excluded"], LEFT_OUT)
    return mark if provisional is None else mark.mask(provisional, PROVISIONAL)


def told(points: pd.DataFrame, chart_type: str, unit: str | None, *, monthly: bool) -> pd.DataFrame:
    """Return the points with the words a pointer shows: date, value, lines, what the point shows."""
    kept = points.dropna(subset="value")
    reasons = zip(kept["mark"], kept["excluded_reason"].astype("str"), strict=True)
    shown = kept[["date", "value", "mark"]].assign(
        Date=[when(date, monthly=monthly) for date in kept["date"]],
        Value=[number(value, unit=unit) for value in kept["value"]],
        Shows=[f"{mark}: {reason}" if reason else mark for mark, reason in reasons],
    )
    lines = {
        "centre": _heading(chart_type),
        "lower": "Lower limit",
        "upper": "Upper limit",
        "target": "Target",
    }
    for line, title in lines.items():
        if kept[line].notna().any():
            shown[title] = [number(value, unit=unit) for value in kept[line]]
    return shown


def _heading(chart_type: str) -> str:
    name = centre_name(chart_type)
    return name[:1].upper() + name[1:]


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as Vega reads them: dates as local times, missing values as null.

    Examples
    --------
    >>> records(pd.DataFrame({"date": [pd.Timestamp("2024-04-01")], "value": [float("nan")]}))
    [{'date': '2024-04-01T00:00:00', 'value': None}]
    """
    columns = [_plain(rows[name]) for name in rows.columns]
    return [dict(zip(rows.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S").tolist()
    return column.astype("object").where(column.notna(), None).tolist()


def _layer(rows: pd.DataFrame | None, kind: str, encoding: dict[str, Any], **mark: Any) -> Layer:
    values = [{}] if rows is None else records(rows)
    return {"data": {"values": values}, "mark": {"type": kind, **mark}, "encoding": encoding}


def dates(first: pd.Timestamp, last: pd.Timestamp, ticks: pd.DatetimeIndex) -> Layer:
    """Return the date channel of the plot; the labels of its axis are drawn as marks."""
    axis = {"values": [_moment(tick) for tick in ticks], "title": None, "grid": False, "labels": False}
    scale = {"domain": [_moment(first), _moment(last)], "nice": False}
    return {"field": "date", "type": "temporal", "scale": scale, "axis": axis}


def values(field: str, scale: Scale) -> Layer:
    """Return the value channel of the plot; the labels of its axis are drawn as marks."""
    axis = {"values": list(scale.ticks), "title": None, "labels": False, "domain": False, "ticks": False}
    limits = {"domain": [scale.low, scale.high], "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": limits, "axis": axis}


def _moment(date: pd.Timestamp) -> dict[str, int]:
    moment = {"year": date.year, "month": date.month, "date": date.day}
    return moment | ({"hours": date.hour, "minutes": date.minute} if date != date.normalize() else {})


def _pixels(field: str) -> Layer:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _chosen(field: str, names: Sequence[str], range_: Sequence[Any]) -> Layer:
    """Return a channel that gives each name its own colour, dash or shape, without a legend."""
    scale = {"domain": list(names), "range": list(range_)}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def line_layer(corners: pd.DataFrame, x: Layer, scale: Scale) -> Layer:
    """Draw centre, limits and target, each stepping where it changes."""
    names = [name for name in _INKS if (corners["line"] == name).any()]
    encoding = {
        "x": x,
        "y": values("level", scale),
        "detail": {"field": "stretch", "type": "nominal"},
        "order": {"field": "order", "type": "quantitative"},
        "color": _chosen("line", names, [_INKS[name] for name in names]),
        "strokeDash": _chosen("line", names, [_DASHES[name] for name in names]),
    }
    return _layer(corners, "line", encoding, strokeWidth=1.5)


def series_layer(shown: pd.DataFrame, x: Layer, scale: Scale) -> Layer:
    """Draw the thin line that leads the eye from point to point."""
    encoding = {"x": x, "y": values("value", scale)}
    return _layer(shown[["date", "value"]], "line", encoding, color=LIGHT.series, strokeWidth=1.2)


def point_layer(shown: pd.DataFrame, x: Layer, scale: Scale, *, kinds: Sequence[str]) -> Layer:
    """Draw the points with what a pointer shows."""
    names = [name for name in shown.columns if name not in {"date", "value", "mark"}]
    hints = [{"field": name, "type": "nominal"} for name in names]
    return _symbols(shown, kinds, {"x": x, "y": values("value", scale), "tooltip": hints})


def key_layer(key: pd.DataFrame, *, kinds: Sequence[str]) -> Layer:
    """Draw the symbols of the key."""
    return _symbols(key, kinds, {"x": _pixels("px"), "y": _pixels("py")})


def _symbols(rows: pd.DataFrame, kinds: Sequence[str], places: dict[str, Any]) -> Layer:
    fills, shapes = zip(*(MARKS[kind] for kind in kinds), strict=True) if kinds else ((), ())
    looks = {"fill": _chosen("mark", kinds, fills), "shape": _chosen("mark", kinds, shapes)}
    ink = {"stroke": LIGHT.outline, "strokeWidth": 1.1}
    return _layer(rows, "point", places | looks, filled=True, opacity=1, size=58, **ink)


def event_rules(placed: pd.DataFrame, *, height: float) -> Layer:
    """Draw a rule from the foot of the plot up to each event's words."""
    rows = pd.DataFrame({"px": placed["px"].round(1), "py": -4.0 - placed["top"]})
    encoding = {"x": _pixels("px"), "y": _pixels("py"), "y2": {"value": height}}
    return _layer(rows, "rule", encoding, color=LIGHT.event, strokeDash=[2, 3], strokeWidth=1)


def text_layers(rows: pd.DataFrame) -> list[Layer]:
    """Write labels, one layer a side and size."""
    groups = rows.groupby(["side", "size"], sort=True)
    return [_text_layer(group, side=str(side), size=int(size)) for (side, size), group in groups]


def _text_layer(rows: pd.DataFrame, *, side: str, size: int) -> Layer:
    encoding = {
        "x": _pixels("px"),
        "y": _pixels("py"),
        "text": {"field": "text", "type": "nominal"},
        "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
    }
    mark = {"align": side, "baseline": "middle", "fontSize": size}
    return _layer(rows[["px", "py", "text", "ink"]], "text", encoding, **mark)


def room_layer(*, left: float, right: float, top: float, bottom: float) -> Layer:
    """Hold room for the words, which may stand outside the plot, with an unseen rectangle."""
    places = {"x": left, "x2": right, "y": top, "y2": bottom}
    return _layer(None, "rect", {name: {"value": place} for name, place in places.items()}, opacity=0)
