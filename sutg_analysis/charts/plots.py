"""The plain charts of results: lines with a band over them, dots with intervals.

A finished table becomes a Vega-Lite specification, without arithmetic: a page draws it as it is, and
:func:`sutg_analysis.charts.control.altair_chart` makes an Altair chart of it. Lines differ by dash as well as colour,
marks by shape, so that none rests on colour alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import pandas as pd

from sutg_analysis.charts.layout import date_ticks, folded
from sutg_analysis.charts.theme import LIGHT, Spec, chart_config
from sutg_analysis.words.wording import CALENDAR, axis_words, number, period_of, when


@dataclass(frozen=True)
class Curve:
    """One line: the column it draws, its name in the key, its colour and dash, the column that breaks it."""

    column: str
    name: str
    ink: str = LIGHT.centre
    dash: tuple[int, ...] = (1, 0)
    split: str | None = None


class Looks(TypedDict, total=False):
    """Words and size of a chart of curves, as :func:`curve_spec` takes them."""

    title: str | None
    axis: str | None
    unit: str | None
    per: float
    width: int
    height: int


DASHED, DOTTED = (7, 4), (2, 3)
_WITHIN, _BEYOND = "As the rest", "Differs beyond chance"


def curve_spec(
    table: pd.DataFrame,
    curves: Sequence[Curve],
    *,
    points: str | None = "value",
    signals: pd.Series | None = None,
    band: tuple[str, str, str] | None = None,
    marks: pd.DataFrame | None = None,
    title: str | None = None,
    axis: str | None = None,
    unit: str | None = None,
    per: float = 1,
    width: int = 720,
    height: int = 260,
) -> Spec:
    """Return a series with lines over it.

    Parameters
    ----------
    table
        One row a date.
    curves
        Lines over it.
    points
        Column of the observations, drawn as points on a thin line; None for none.
    signals
        Which points are signals: they are drawn as diamonds.
    band
        Columns of lower and upper edge, and the band's name.
    marks
        Columns date and text: rules with words at dates.
    title, axis, unit, per, width, height
        Words above the chart and of the value axis (by default from the unit), and size in pixels.
    """
    x = _dates(table["date"], width)
    layers = [_band_layer(table, band, x)] if band else []
    if points:
        observed = table[["date", points]].dropna()
        layers.append(
            mark("line", {"x": x, "y": _value(points)}, observed, color=LIGHT.series, strokeWidth=1)
        )
    if curves:
        layers.append(_curves_layer(table, curves, x))
    if points:
        layers.append(_points_layer(table, points, signals, x, unit))
    if marks is not None and len(marks):
        looks = {"color": LIGHT.event, "align": "left", "baseline": "top", "dx": 4, "fontSize": 11}
        words = {"x": x, "y": {"value": 0}, "text": nominal("text")}
        layers += [
            mark("rule", {"x": x}, marks, color=LIGHT.event, strokeDash=[2, 3], strokeWidth=1.4),
            mark("text", words, marks, **looks),
        ]
    apart = dict.fromkeys(("color", "fill", "shape", "strokeDash"), "independent")
    spec = {"layer": layers, "resolve": {"scale": apart, "legend": apart}, "width": width, "height": height}
    return _finished(spec, title, axis or axis_words(unit, per), width)


def _dates(dates: pd.Series, width: float) -> Spec:
    first, last = dates.min(), dates.max()
    period = period_of(dates)
    ticks = date_ticks(first, last, width=width, period=period)
    named = period in ("financial year", "quarter", CALENDAR)
    days = period in ("day", "week") and (last - first).days <= 100
    form = "%Y" if period == "year" else "%e %b %Y" if days else "%b %Y"
    values = [{"year": tick.year, "month": tick.month, "date": tick.day} for tick in ticks]
    axis = {"values": values, "format": form, "title": None, "grid": False, "labelOverlap": True}
    if named:
        names = {f"{tick:%Y-%m-%d}": when(tick, period=period) for tick in ticks}
        axis["labelExpr"] = f"({json.dumps(names)})[timeFormat(datum.value, '%Y-%m-%d')]"
    return {"field": "date", "type": "temporal", "axis": axis}


def _value(column: str) -> Spec:
    return quantity(column, title=None, scale={"zero": False}, axis={"tickCount": 5})


def _band_layer(table: pd.DataFrame, band: tuple[str, str, str], x: Spec) -> Spec:
    low, high, name = band
    fill = ranged("band", {name: LIGHT.grid}, legend=_key(symbolType="square"))
    return mark(
        "area",
        {"x": x, "y": _value(low), "y2": {"field": high}, "fill": fill},
        table[["date", low, high]].dropna().assign(band=name),
        opacity=0.6,
        stroke=LIGHT.limit,
        strokeWidth=0.8,
    )


def _curves_layer(table: pd.DataFrame, curves: Sequence[Curve], x: Spec) -> Spec:
    key = _key(symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
    encoding = {
        "x": x,
        "y": _value("level"),
        "color": ranged("line", {curve.name: curve.ink for curve in curves}, legend=key),
        "strokeDash": ranged("line", {curve.name: list(curve.dash) for curve in curves}, legend=key),
        "detail": nominal("stretch"),
    }
    return mark("line", encoding, pd.concat([_stretches(table, curve) for curve in curves]), strokeWidth=2)


def _stretches(table: pd.DataFrame, curve: Curve) -> pd.DataFrame:
    """Return a line's rows, broken where its column of stretches changes."""
    stretch = table[curve.split].astype("str") if curve.split else ""
    rows = pd.DataFrame({"date": table["date"], "level": table[curve.column], "stretch": stretch})
    return rows.dropna(subset="level").assign(line=curve.name)


def _points_layer(
    table: pd.DataFrame, column: str, signals: pd.Series | None, x: Spec, unit: str | None
) -> Spec:
    period = period_of(table["date"])
    rows = table[["date", column]].assign(
        Date=[when(date, period=period) for date in table["date"]],
        Value=[number(value, unit=unit) for value in table[column]],
        shows="Observed" if signals is None else signals.map({True: "Signal", False: "Observed"}),
    )
    kinds = ["Observed"] if signals is None else ["Observed", "Signal"]
    encoding = {
        "x": x,
        "y": _value(column),
        "shape": ranged("shows", dict(zip(kinds, ("circle", "diamond"), strict=False)), legend=_key()),
        "fill": ranged("shows", dict(zip(kinds, (LIGHT.common, LIGHT.concern), strict=False)), legend=_key()),
        "tooltip": [nominal("Date"), nominal("Value")],
    }
    return mark("point", encoding, rows.dropna(subset=column), size=46, **_OUTLINED)


def interval_spec(
    table: pd.DataFrame,
    *,
    name: str,
    value: str,
    lower: str,
    upper: str,
    reference: str | None = None,
    reference_name: str = "Expected",
    flagged: pd.Series | None = None,
    title: str | None = None,
    axis: str | None = None,
    unit: str | None = "percent",
    width: int = 720,
) -> Spec:
    """Return one row a name: its value, its interval, and what it is compared with (a tick)."""
    names = table[name].astype("str")
    shows = _WITHIN if flagged is None else flagged.map({True: _BEYOND, False: _WITHIN})
    rows = table[[name, value, lower, upper]].assign(
        **{name: names}, shows=shows, Value=[number(found, unit=unit) for found in table[value]]
    )
    y = nominal(name, sort=names.tolist(), title=None, axis={"labelLimit": 260})
    key = _key() if flagged is not None else None
    encoding = {
        "x": quantity(value),
        "y": y,
        "shape": ranged("shows", {_WITHIN: "circle", _BEYOND: "diamond"}, legend=key),
        "fill": ranged("shows", {_WITHIN: LIGHT.common, _BEYOND: LIGHT.concern}, legend=key),
        "tooltip": [nominal(name, title="Group"), nominal("Value")],
    }
    bars = {"x": _value(lower), "x2": {"field": upper}, "y": y}
    layers = [
        mark("rule", bars, rows, color=LIGHT.limit, strokeWidth=2),
        mark("point", encoding, rows, size=70, **_OUTLINED),
    ]
    axis = axis or axis_words(unit)
    if reference is not None:
        ticks = table[[name, reference]].assign(**{name: names})
        looks = {"color": LIGHT.target, "thickness": 3, "size": 18}
        layers.append(mark("tick", {"x": quantity(reference), "y": y}, ticks, **looks))
        axis = f"{axis}; the tick: {reference_name}"
    return _finished({"layer": layers, "width": width}, title, axis, width)


_OUTLINED = {"filled": True, "opacity": 1, "stroke": LIGHT.outline, "strokeWidth": 1}


def _finished(spec: Spec, title: str | None, axis: str | None, width: int) -> Spec:
    above = folded(title, width=width, size=15).split("\n") if title else []
    return headed(spec, above, [axis] if axis else [], offset=10 if above else 8)


def headed(spec: Spec, title: Sequence[str], subtitle: Sequence[str], **place: object) -> Spec:
    """Return a specification with lines above it, the subtitle alone in small type, and the house's looks."""
    alone = {"text": [*subtitle], "fontSize": 12, "fontWeight": "normal"}
    heading = {"text": [*title], "subtitle": [*subtitle]} if title else alone
    return {**spec, "title": {**heading, "anchor": "start", **place}, "config": chart_config()}


def mark(kind: str, encoding: Spec, rows: pd.DataFrame | None = None, **looks: object) -> Spec:
    """Return one layer, with rows of its own or those of the whole."""
    data = {} if rows is None else {"data": {"values": records(rows)}}
    return {**data, "mark": {"type": kind, **looks}, "encoding": encoding}


def nominal(column: str, **options: object) -> Spec:
    """Return a column of names as a channel."""
    return {"field": column, "type": "nominal", **options}


def quantity(column: str, **options: object) -> Spec:
    """Return a column of numbers as a channel."""
    return {"field": column, "type": "quantitative", **options}


def ranged(column: str, values: Mapping[str, object], *, legend: Spec | None = None) -> Spec:
    """Return a column of names as a channel that shows each by a colour, shape or dash."""
    scale = {"domain": list(values), "range": list(values.values())}
    return nominal(column, scale=scale, legend=legend)


def _key(**options: object) -> Spec:
    return {"orient": "bottom", "title": None, **options}


def records(rows: pd.DataFrame) -> list[dict[str, object]]:
    """Return rows as Vega reads them: dates as local times, missing values as null.

    Examples
    --------
    >>> records(pd.DataFrame({"date": [pd.Timestamp("2024-04-01")], "value": [float("nan")]}))
    [{'date': '2024-04-01T00:00:00', 'value': None}]
    """
    columns = [
        cells.dt.strftime("%Y-%m-%dT%H:%M:%S").tolist()
        if pd.api.types.is_datetime64_any_dtype(cells.dtype)
        else cells.astype("object").where(cells.notna(), None).tolist()
        for _, cells in rows.items()
    ]
    return [dict(zip(rows.columns, row, strict=True)) for row in zip(*columns, strict=True)]
