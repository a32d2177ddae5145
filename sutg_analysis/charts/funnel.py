"""A funnel plot drawn: units by their size, limits that narrow as it grows, and the names of outliers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sutg_analysis.charts import labels, layers
from sutg_analysis.charts.control import altair_chart
from sutg_analysis.charts.layers import Box, Label
from sutg_analysis.charts.layout import Scale, extent, spread, text_width, value_scale
from sutg_analysis.charts.theme import LIGHT, Spec, chart_config
from sutg_analysis.control.funnel import FunnelResult
from sutg_analysis.words.funnel import CASES, axis_title, funnel_unit, middle
from sutg_analysis.words.wording import number, plain_number

_LINES = {"upper_998": "99.8%", "upper_95": "95%", "target": "", "lower_95": "95%", "lower_998": "99.8%"}
_LOOKS = {
    "998": (LIGHT.limit, [6, 4]),
    "95": (LIGHT.limit, [2, 3]),
    "target": (LIGHT.centre, [1, 0]),
}
_INSIDE, _BEYOND_95, _BEYOND_998 = "Within the limits", "Outside 95% limits", "Outside 99.8% limits"
MARKS = {
    _INSIDE: (LIGHT.common, "circle"),
    _BEYOND_95: (LIGHT.card, "square"),
    _BEYOND_998: (LIGHT.neutral, "diamond"),
}
"""Kinds of points: neutral colours, because a funnel does not know which side is better."""


@dataclass(frozen=True)
class _Named:
    """Names of outliers as drawn: words, grounds cleared for them, and a list told below the key."""

    labels: list[Label]
    boxes: list[Box]
    told: list[str]


def funnel_chart(
    result: FunnelResult,
    *,
    title: str | None = None,
    unit: str | None = None,
    size_words: str | None = None,
    width: int = 720,
    height: int = 300,
) -> Any:
    """Draw a funnel plot.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.funnel`.
    title
        Stands above the chart; leave out where the page has it.
    unit
        Of the values, as for :func:`sutg_analysis.charts.control.spc_chart`; per cent where ``per`` is 100.
    size_words
        What the horizontal axis counts, such as "Referrals".
    width, height
        Of the whole drawing and of the plot, in pixels.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> import pandas as pd
    >>> from sutg_analysis import funnel
    >>> wards = pd.DataFrame({"ward": list("ABC"), "late": [4, 9, 30], "seen": [40, 60, 90]})
    >>> result = funnel(wards, unit="ward", numerator="late", denominator="seen", per=100)
    >>> type(funnel_chart(result, title="Seen late")).__name__
    'LayerChart'
    """
    spec = funnel_spec(result, title=title, unit=unit, size_words=size_words, width=width, height=height)
    return altair_chart(spec)


def funnel_spec(
    result: FunnelResult,
    *,
    title: str | None = None,
    unit: str | None = None,
    size_words: str | None = None,
    width: int = 720,
    height: int = 300,
) -> Spec:
    """Return the Vega-Lite specification of :func:`funnel_chart`, whose arguments these are."""
    unit = funnel_unit(result, unit)
    points = result.points.to_dict("records")
    drawn = [number for row in points for number in (row["value"], row["target"])]
    scale = value_scale(*_reach(result, drawn))
    largest = float(result.lines["denominator"].max())
    across = value_scale(0, largest, ticks=max(3, int(width // 140)))
    across = Scale(0.0, largest, tuple(tick for tick in across.ticks if tick <= largest), across.decimals)
    left = max(text_width(words, size=labels.NORMAL) for words in labels.tick_words(scale, unit)) + 10
    right = text_width(f"Average {plain_number(result.target, unit=unit)}", size=labels.SMALL) + 10
    inner = round(width - left - right)
    heads = labels.heading("", axis_title(result, unit), left=-left, width=width, foot=-16)
    key = labels.key_rows(_kinds(points), width=width, left=-left, top=height + 58)
    foot = key[-1].py + 8
    named = _outliers(result, scale, across, inner, height)
    told = [
        label._replace(ink=LIGHT.text)
        for label in labels.note_labels(named.told, left=-left, top=foot + 8, width=width)
    ]
    foot = told[-1].py + 8 if told else foot
    written = [
        *heads,
        *_value_ticks(scale, unit, height),
        *_size_ticks(across, inner, height, size_words or CASES[result.kind]),
        *_ends(result, scale, unit, inner, height),
        *named.labels,
        *told,
        *labels.key_texts(key),
    ]
    marks = {kind: look for kind, look in MARKS.items() if kind in _kinds(points)}
    x, y = _axis("denominator", across, "x"), layers.values("value", scale)
    drawing = [
        layers.room_layer(Box(-left, inner + right, -16 * len(heads) - 12, foot)),
        _limit_layer(result, x, scale),
        *layers.ground_layers(named.boxes),
        layers.symbols(_rows(result, points, unit), marks, {"x": x, "y": y, "tooltip": _hints()}),
        layers.key_layer(key, marks=marks),
        layers.text_layer(written),
    ]
    chart: Spec = {"layer": drawing, "width": inner, "height": height}
    return layers.titled(chart, title, left=left, width=width) | {"config": chart_config()}


def _reach(result: FunnelResult, drawn: list[float]) -> tuple[float, float]:
    """Return the range to show: units, limits where the funnel is narrow, and not too much of where it is wide."""
    wide, narrow = result.lines.iloc[0], result.lines.iloc[-1]
    low, high = extent([*drawn, narrow["lower_998"], narrow["upper_998"]]) or (0, 1)
    room = max(high - low, abs(result.target) * 0.1)
    return max(min(low, wide["lower_998"]), low - room, 0), min(max(high, wide["upper_998"]), high + room)


def _kinds(points: list[dict[Any, Any]]) -> list[str]:
    found = {_kind(row) for row in points}
    return [kind for kind in MARKS if kind in found]


def _kind(row: dict[Any, Any]) -> str:
    return _BEYOND_998 if row["outside_998"] else _BEYOND_95 if row["outside_95"] else _INSIDE


def _axis(field: str, scale: Scale, name: str) -> Spec:
    axis = {"values": list(scale.ticks), "title": None, "labels": False, "grid": False}
    limits = {"domain": [scale.low, scale.high], "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": limits, "axis": axis if name == "x" else None}


def _limit_layer(result: FunnelResult, x: Spec, scale: Scale) -> Spec:
    """Draw target and limits as curves, cut where they leave the plot."""
    rows = [
        {"denominator": size, "level": level, "line": line, "look": line.split("_")[-1]}
        for line in _LINES
        for size, level in zip(result.lines["denominator"].tolist(), result.lines[line].tolist(), strict=True)
        if scale.low <= level <= scale.high
    ]
    encoding = {
        "x": x,
        "y": layers.values("level", scale),
        "detail": {"field": "line", "type": "nominal"},
        "color": _chosen(0),
        "strokeDash": _chosen(1),
    }
    return layers.layer(rows, "line", encoding, strokeWidth=1.5)


def _chosen(part: int) -> Spec:
    scale = {"domain": list(_LOOKS), "range": [look[part] for look in _LOOKS.values()]}
    return {"field": "look", "type": "nominal", "scale": scale, "legend": None}


def _hints() -> list[Spec]:
    return [{"field": name, "type": "nominal"} for name in ("Unit", "Value", "Cases", "Shows")]


def _rows(result: FunnelResult, points: list[dict[Any, Any]], unit: str | None) -> list[dict[str, Any]]:
    return [
        {
            "denominator": row["denominator"],
            "value": row["value"],
            "mark": _kind(row),
            "Unit": str(row[result.unit]),
            "Value": number(row["value"], unit=unit),
            "Cases": f"{plain_number(row['numerator'])} of {plain_number(row['denominator'])}",
            "Shows": _kind(row),
        }
        for row in points
    ]


def _y(value: float, scale: Scale, height: float) -> float:
    return height - scale.pixels(value, height=height)


def _value_ticks(scale: Scale, unit: str | None, height: float) -> list[Label]:
    pairs = zip(scale.ticks, labels.tick_words(scale, unit), strict=True)
    return [Label(-8, _y(tick, scale, height), words, "right") for tick, words in pairs]


def _size_ticks(across: Scale, width: float, height: float, words: str) -> list[Label]:
    pairs = zip(across.ticks, labels.tick_words(across, None), strict=True)
    ticks = [Label(tick / across.high * width, height + 15, text, "center") for tick, text in pairs]
    return [*ticks, Label(width / 2, height + 34, words, "center", LIGHT.text)]


def _ends(result: FunnelResult, scale: Scale, unit: str | None, width: float, height: float) -> list[Label]:
    """Return what the lines are, at their right ends."""
    last = result.lines.iloc[-1]
    shown = {line: name for line, name in _LINES.items() if scale.low <= last[line] <= scale.high}
    shown["target"] = f"{middle(result)} {labels.compact(result.target, unit=unit)}"
    places = spread([_y(last[line], scale, height) for line in shown], gap=labels.LINE)
    return [
        Label(width + 6, place, name, "left", LIGHT.centre if line == "target" else LIGHT.limit, labels.SMALL)
        for (line, name), place in zip(shown.items(), places, strict=True)
    ]


def _outliers(result: FunnelResult, scale: Scale, across: Scale, width: float, height: float) -> _Named:
    """Name the units outside the 99.8 % limits: beside their points where there is room, else by number."""
    places = [
        (row["denominator"] / across.high * width, _y(row["value"], scale, height), row)
        for row in result.points.to_dict("records")
    ]
    outside = [place for place in places if place[2]["outside_998"]]
    outside.sort(key=lambda place: str(place[2][result.unit]))
    return _beside(result, outside, places, width) or _numbered(result, outside)


_Place = tuple[float, float, dict[Any, Any]]


def _beside(result: FunnelResult, outside: list[_Place], every: list[_Place], width: float) -> _Named | None:
    """Write names beside points, right or left; nothing if one would cover a point or another name."""
    found: list[tuple[Label, Box]] = []
    for x, y, row in outside:
        name = str(row[result.unit])
        wide = text_width(name, size=labels.SMALL)
        sides = [("left", x + 9, x + 9 + wide), ("right", x - 9 - wide, x - 9)]
        boxes = [(side, Box(left, right, y - 7, y + 7)) for side, left, right in sides]
        taken = [(px, py) for px, py, other in every if other is not row]
        free = [pair for pair in boxes if _is_free(pair[1], taken, [box for _, box in found], width)]
        if not free:
            return None
        side, box = free[0]
        place = box.left if side == "left" else box.right
        found.append((Label(place, y, name, side, LIGHT.text, labels.SMALL), box))
    return _Named([label for label, _ in found], [box for _, box in found], [])


def _is_free(box: Box, taken: list[tuple[float, float]], others: list[Box], width: float) -> bool:
    if box.left < 0 or box.right > width:
        return False
    covers = any(box.left - 6 < x < box.right + 6 and box.top - 5 < y < box.foot + 5 for x, y in taken)
    meets = any(
        box.left < other.right + 4
        and other.left < box.right + 4
        and box.top < other.foot
        and other.top < box.foot
        for other in others
    )
    return not covers and not meets


def _numbered(result: FunnelResult, outside: list[_Place]) -> _Named:
    """Give each point a number, away from the funnel, and tell below whose it is."""
    found = [
        Label(x, y + (-12 if row["side"] == "high" else 12), str(rank), "center", LIGHT.text, labels.SMALL)
        for rank, (x, y, row) in enumerate(outside, start=1)
    ]
    told = [f"{rank}. {row[result.unit]}" for rank, (_, _, row) in enumerate(outside, start=1)]
    return _Named(found, [], told)
