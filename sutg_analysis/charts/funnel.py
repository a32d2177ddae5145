"""A funnel plot drawn: units by their size, limits that narrow as it grows, and the names of outliers only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sutg_analysis.charts import labels, layers
from sutg_analysis.charts.labels import Label
from sutg_analysis.charts.layers import Box
from sutg_analysis.charts.layout import Scale, extent, spread, text_width, value_scale
from sutg_analysis.charts.plots import nominal, quantity, ranged
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


class _Unit(NamedTuple):
    """One unit as it is drawn: its name, its kind of point, and where the point is in pixels."""

    name: str
    kind: str
    x: float
    y: float
    high: bool


def funnel_spec(
    result: FunnelResult,
    *,
    title: str | None = None,
    unit: str | None = None,
    size_words: str | None = None,
    width: int = 720,
    height: int = 300,
) -> Spec:
    """Return the Vega-Lite specification of a funnel plot.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.funnel`.
    title
        Stands above the chart; leave out where the page has it.
    unit
        Of the values, as for :func:`sutg_analysis.charts.control.spc_spec`; per cent where ``per`` is 100.
    size_words
        What the horizontal axis counts, such as "Referrals".
    width, height
        Of the whole drawing and of the plot, in pixels.
    """
    unit = funnel_unit(result, unit)
    points = result.points
    scale = value_scale(*_reach(result))
    largest = float(result.lines["denominator"].max())
    across = value_scale(0, largest, ticks=max(3, int(width // 140)))
    across = Scale(0.0, largest, tuple(tick for tick in across.ticks if tick <= largest), across.decimals)
    left = max(text_width(words, size=labels.NORMAL) for words in labels.tick_words(scale, unit)) + 10
    right = text_width(f"Average {plain_number(result.target, unit=unit)}", size=labels.SMALL) + 10
    inner = round(width - left - right)
    units = [
        _Unit(
            name=str(name),
            kind=_BEYOND_998 if beyond else _BEYOND_95 if outside else _INSIDE,
            x=size / largest * inner,
            y=_y(value, scale, height),
            high=side == "high",
        )
        for name, size, value, beyond, outside, side in points[
            [result.unit, "denominator", "value", "outside_998", "outside_95", "side"]
        ].itertuples(index=False, name=None)
    ]
    marks = {kind: look for kind, look in MARKS.items() if any(one.kind == kind for one in units)}
    heads = labels.heading("", axis_title(result, unit), left=-left, width=width, foot=-16)
    key = labels.key_rows(list(marks), width=width, left=-left, top=height + 58)
    foot = key[-1].py + 8
    names, notes = _outliers(units, inner)
    below = [
        label._replace(ink=LIGHT.text)
        for label in labels.note_labels(notes, left=-left, top=foot + 8, width=width)
    ]
    foot = below[-1].py + 8 if below else foot
    written = [
        *heads,
        *(
            Label(-8, _y(tick, scale, height), words, "right")
            for tick, words in zip(scale.ticks, labels.tick_words(scale, unit), strict=True)
        ),
        *(
            Label(tick / across.high * inner, height + 15, words, "center")
            for tick, words in zip(across.ticks, labels.tick_words(across, None), strict=True)
        ),
        Label(inner / 2, height + 34, size_words or CASES[result.kind], "center", LIGHT.text),
        *_ends(result, scale, unit, inner, height),
        *(label for label, _ in names),
        *below,
        *labels.key_texts(key),
    ]
    rows = [
        {
            "denominator": size,
            "value": value,
            "mark": one.kind,
            "Unit": one.name,
            "Value": number(value, unit=unit),
            "Cases": f"{plain_number(cases)} of {plain_number(size)}",
            "Shows": one.kind,
        }
        for one, size, value, cases in zip(
            units,
            points["denominator"].tolist(),
            points["value"].tolist(),
            points["numerator"].tolist(),
            strict=True,
        )
    ]
    hints = [nominal(name) for name in ("Unit", "Value", "Cases", "Shows")]
    x = quantity(
        "denominator",
        scale={"domain": [across.low, across.high], "nice": False, "zero": False},
        axis={"values": list(across.ticks), "title": None, "labels": False, "grid": False},
    )
    drawing = [
        layers.room_layer(Box(-left, inner + right, -16 * len(heads) - 12, foot)),
        _limit_layer(result, x, scale),
        *layers.ground_layers([box for _, box in names if box]),
        layers.symbols(rows, marks, {"x": x, "y": layers.values("value", scale), "tooltip": hints}),
        layers.key_layer(key, marks=marks),
        layers.text_layer(written),
    ]
    chart: Spec = {"layer": drawing, "width": inner, "height": height}
    return layers.titled(chart, title, left=left, width=width) | {"config": chart_config()}


def _reach(result: FunnelResult) -> tuple[float, float]:
    """Return the range to show: units, limits where the funnel is narrow, and not too much of where it is wide."""
    wide, narrow = result.lines.iloc[0], result.lines.iloc[-1]
    shown = [*result.points["value"], *result.points["target"], narrow["lower_998"], narrow["upper_998"]]
    low, high = extent(shown) or (0, 1)
    room = max(high - low, abs(result.target) * 0.1)
    return max(min(low, wide["lower_998"]), low - room, 0), min(max(high, wide["upper_998"]), high + room)


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
        "detail": nominal("line"),
        "color": ranged("look", {name: colour for name, (colour, _) in _LOOKS.items()}),
        "strokeDash": ranged("look", {name: dash for name, (_, dash) in _LOOKS.items()}),
    }
    return layers.layer(rows, "line", encoding, strokeWidth=1.5)


def _y(value: float, scale: Scale, height: float) -> float:
    return height - scale.pixels(value, height=height)


def _ends(result: FunnelResult, scale: Scale, unit: str | None, width: float, height: float) -> list[Label]:
    """Return what the lines are, at their right ends."""
    last = result.lines.iloc[-1]
    names = {line: name for line, name in _LINES.items() if scale.low <= last[line] <= scale.high}
    names["target"] = f"{middle(result)} {labels.compact(result.target, unit=unit)}"
    places = spread([_y(last[line], scale, height) for line in names], gap=labels.LINE)
    return [
        Label(width + 6, place, name, "left", LIGHT.centre if line == "target" else LIGHT.limit, labels.SMALL)
        for (line, name), place in zip(names.items(), places, strict=True)
    ]


def _outliers(units: Sequence[_Unit], width: float) -> tuple[list[tuple[Label, Box | None]], list[str]]:
    """Name the units outside the 99.8 % limits: beside their points if all have room, else by number with notes."""
    outside = sorted((one for one in units if one.kind == _BEYOND_998), key=lambda one: one.name)
    written: list[tuple[Label, Box | None]] = []
    boxes: list[Box] = []
    for one in outside:
        wide = text_width(one.name, size=labels.SMALL)
        others = [other for other in units if other is not one]
        right, left = one.x + 9, one.x - 9
        sides = (("left", right, right + wide), ("right", left - wide, left))
        places = [(side, Box(start, end, one.y - 7, one.y + 7)) for side, start, end in sides]
        free = [place for place in places if _is_free(place[1], others, boxes, width)]
        if not free:
            return _numbered(outside)
        side, box = free[0]
        boxes.append(box)
        edge = box.left if side == "left" else box.right
        written.append((Label(edge, one.y, one.name, side, LIGHT.text, labels.SMALL), box))
    return written, []


def _is_free(box: Box, points: Sequence[_Unit], others: Sequence[Box], width: float) -> bool:
    """Say whether words stand within the plot, and cover no point and no other words."""
    covers = any(
        box.left - 6 < one.x < box.right + 6 and box.top - 5 < one.y < box.foot + 5 for one in points
    )
    meets = any(
        box.left < other.right + 4
        and other.left < box.right + 4
        and box.top < other.foot
        and other.top < box.foot
        for other in others
    )
    return box.left >= 0 and box.right <= width and not covers and not meets


def _numbered(outside: Sequence[_Unit]) -> tuple[list[tuple[Label, Box | None]], list[str]]:
    """Give each point a number, away from the funnel, and say in a note whose it is."""
    ranked = list(enumerate(outside, start=1))
    return (
        [
            (
                Label(
                    one.x, one.y + (-12 if one.high else 12), str(rank), "center", LIGHT.text, labels.SMALL
                ),
                None,
            )
            for rank, one in ranked
        ],
        [f"{rank}. {one.name}" for rank, one in ranked],
    )
