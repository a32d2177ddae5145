"""Charts of waiting lists: size and flow, chances of still waiting, gaps between groups, demand and capacity, forecasts.

A finished result becomes rows and a specification (:mod:`sutg_analysis.charts.waiting`), without arithmetic, and that an
Altair chart. Functions that end in ``_spec`` take the same arguments and return the specification.

Specifications of waiting-list charts, as Vega-Lite has them, for any width from a phone's up.

A finished result becomes a plain dictionary, without arithmetic; :mod:`sutg_analysis.charts.waiting` makes Altair charts of
them, and pages draw them as they are. Lines differ by dash as well as hue, groups that differ by shape, so that colour
alone says nothing. Colours are the palette's, so that a page can repaint them for dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from sutg_analysis.charts.layout import folded
from sutg_analysis.charts.theme import LIGHT, Spec, chart_config
from sutg_analysis.errors import ArgumentError
from sutg_analysis.waiting.demand import DemandCapacityResult
from sutg_analysis.waiting.forecast import ListForecastResult
from sutg_analysis.waiting.groups import named
from sutg_analysis.waiting.waiting_list import WaitingListResult
from sutg_analysis.waiting.waiting_times import WaitingTimesResult
from sutg_analysis.words.waiting import MEASURES

if TYPE_CHECKING:
    import altair as alt


HUES = (LIGHT.centre, LIGHT.concern, LIGHT.neutral, LIGHT.quiet, LIGHT.target, LIGHT.event)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
_PANEL, _GAP, _SIDE = 205, 14, 58
"""The least width of a panel of small multiples with its axis, the room between two, and that of an axis."""


def panels_spec(
    rows: pd.DataFrame, *, value: str, subtitle: str, title: str | None, width: int, height: int, zero: bool
) -> Spec:
    """Return a line through time, a panel a group.

    Parameters
    ----------
    rows
        Columns group, date and ``value``.
    """
    y = _number(value, zero=zero)
    line = _mark(
        "line", {"x": _dates(width), "y": y}, color=LIGHT.centre, point={"color": LIGHT.centre, "size": 18}
    )
    line["encoding"]["tooltip"] = [_tip("date", "%B %Y", "temporal"), _tip(value, ",.1f")]
    return finished(_panels(line, rows, width, height), title, subtitle, width)


def lines_spec(
    rows: pd.DataFrame,
    *,
    subtitle: str,
    title: str | None,
    width: int,
    height: int,
    level: float | None = None,
) -> Spec:
    """Return several lines through time on one plot, with a level to compare them with.

    Parameters
    ----------
    rows
        Columns line (its name), date and value, in the order of the key.
    level
        Drawn across the plot, dashed.
    """
    names = list(rows["line"].unique())
    places = {"x": _dates(width), "y": _number("value"), **_told_apart("line", names, width)}
    tips = [_tip("line", None, "nominal"), _tip("date", "%B %Y", "temporal"), _tip("value", ",.1f")]
    layers = [_mark("line", places | {"tooltip": tips}, strokeWidth=2)]
    if level is not None:
        layers.append(_rule({"y": {"datum": level}}, color=LIGHT.target, dash=[8, 3, 2, 3]))
    return finished(_sized({"data": _data(rows), "layer": layers}, width, height), title, subtitle, width)


def bands_spec(
    rows: pd.DataFrame, *, target: float | None, subtitle: str, title: str | None, width: int, height: int
) -> Spec:
    """Return how many have waited how long: a bar a band, those beyond the target hatched off by a line.

    Parameters
    ----------
    rows
        Columns from, to (weeks), people.
    target
        In weeks.
    """
    shown = rows.assign(late=(rows["from"] >= target) if target is not None else False)
    hue = {"field": "late", "type": "nominal", "legend": None,
           "scale": {"domain": [False, True], "range": [LIGHT.centre, LIGHT.concern]}}  # fmt: skip
    places = {
        "x": {"field": "from", "type": "quantitative", "title": "Weeks waited",
              "axis": {"grid": False, "tickMinStep": 1, "format": "d"},
              "scale": {"nice": False, "domainMax": float(rows["to"].max()), "domainMin": 0}},
        "x2": {"field": "to"},
        "y": _number("people"),
        "color": hue,
        "tooltip": [_tip("from", ",.0f"), _tip("to", ",.0f"), _tip("people", ",.0f")],
    }  # fmt: skip
    layers = [_mark("bar", places, orient="vertical", stroke=LIGHT.card, strokeWidth=0.5)]
    if target is not None and target <= float(rows["to"].max()):
        layers.append(_rule({"x": {"datum": target}}, color=LIGHT.target, dash=[8, 3, 2, 3]))
    return finished(_sized({"data": _data(shown), "layer": layers}, width, height), title, subtitle, width)


def steps_spec(
    rows: pd.DataFrame, *, unit: str, subtitle: str, title: str | None, width: int, height: int
) -> Spec:
    """Return percentages stepping with the time since referral, each with its range.

    Parameters
    ----------
    rows
        Columns group, time, share, low, high.
    """
    names = list(rows["group"].unique())
    x = {"field": "time", "type": "quantitative", "title": f"{unit.capitalize()} since referral",
         "axis": {"grid": False}}  # fmt: skip
    y = _number("share", domain=[0, 100])
    apart = _told_apart("group", names, width)
    band = _mark(
        "area",
        {"x": x, "y": _number("low", domain=[0, 100]), "y2": {"field": "high"}, "color": apart["color"]},
        interpolate="step-after",
        opacity=0.15,
    )
    tips = [_tip("group", None, "nominal"), _tip("time", ".1f"), _tip("share", ".1f")]
    line = _mark("line", {"x": x, "y": y, **apart, "tooltip": tips}, interpolate="step-after")
    spec = _sized({"data": _data(rows), "layer": [band, line]}, width, height)
    return finished(spec, title, subtitle, width)


def gaps_spec(
    rows: pd.DataFrame, *, unit: str, subtitle: str, title: str | None, width: int, more: str = "more"
) -> Spec:
    """Return differences from a reference as dots with their intervals, a row a group.

    Parameters
    ----------
    rows
        Columns group, difference, lower, upper, different; a group without interval is the reference itself.
    """
    y = {
        "field": "group",
        "type": "nominal",
        "title": None,
        "sort": rows["group"].tolist(),
        "axis": {"labelLimit": int(width * 0.45)},
    }
    x = {"field": "difference", "type": "quantitative", "title": f"{unit.capitalize()} {more}"}
    kinds = ["alike", "different", "reference"]
    known = rows["lower"].notna()
    shown = rows.assign(
        kind=rows["different"].map({True: "different", False: "alike"}).where(known, "reference")
    )
    looks = {
        "shape": _scale("kind", kinds, ["circle", "diamond", "square"]),
        "color": _scale("kind", kinds, [LIGHT.common, LIGHT.concern, LIGHT.card]),
    }
    tips = [
        _tip("group", None, "nominal"),
        *(_tip(name, "+.2f") for name in ("difference", "lower", "upper")),
    ]
    layers = [
        _rule({"x": {"datum": 0}}, color=LIGHT.axis, dash=[1, 0]),
        _mark("rule", {"x": {"field": "lower", "type": "quantitative"}, "x2": {"field": "upper"}, "y": y},
              color=LIGHT.limit, strokeWidth=2),
        _mark("point", {"x": x, "y": y, "tooltip": tips, **looks}, filled=True, size=80, opacity=1,
              stroke=LIGHT.outline, strokeWidth=1.1),
    ]  # fmt: skip
    spec = {"data": _data(shown), "layer": layers, "width": width, "height": {"step": 24}, "autosize": _FIT}
    return finished(spec, title, subtitle, width)


def dots_spec(
    rows: pd.DataFrame, *, names: Sequence[str], unit: str, subtitle: str, title: str | None, width: int
) -> Spec:
    """Return values side by side, told apart by shape and hue, a row a group.

    Parameters
    ----------
    rows
        Columns group, what (one of ``names``), people.
    """
    hues, shapes = [LIGHT.concern, LIGHT.centre, LIGHT.card], ["circle", "square", "diamond"]
    key = {"title": None, "orient": "bottom", "columns": 3 if width >= 500 else 1}
    places = {
        "x": {"field": "people", "type": "quantitative", "title": unit, "axis": {"tickCount": 6}, "scale": {"zero": False, "nice": True, "padding": 12}},
        "y": {"field": "group", "type": "nominal", "title": None, "sort": None,
              "axis": {"labelLimit": int(width * 0.4), "ticks": False, "labels": len(rows["group"].unique()) > 1}},
        "yOffset": {"field": "what", "type": "nominal", "sort": list(names)},
        "color": _scale("what", names, hues) | {"legend": key},
        "shape": _scale("what", names, shapes) | {"legend": key},
        "tooltip": [_tip("group", None, "nominal"), _tip("what", None, "nominal"), _tip("people", ",.1f")],
    }  # fmt: skip
    mark = _mark("point", places, filled=True, size=90, opacity=1, stroke=LIGHT.outline)
    spec = {"data": _data(rows), **mark, "width": width, "height": {"step": 18}, "autosize": _FIT}
    return finished(spec, title, subtitle, width)


def fan_spec(
    rows: pd.DataFrame, *, subtitle: str, title: str | None, width: int, height: int, shared: bool
) -> Spec:
    """Return a line and its bands of 80 and 95 per cent, a panel a group.

    Parameters
    ----------
    rows
        Columns group, date, median, lower_80, upper_80, lower_95, upper_95, target; the past has only a median.
    shared
        Whether panels share one scale.
    """
    x = _dates(width)
    bands = [
        _mark(
            "area",
            {"x": x, "y": _number(f"lower_{share}"), "y2": {"field": f"upper_{share}"}},
            color=LIGHT.improvement,
            opacity=opacity,
        )
        for share, opacity in ((95, 0.18), (80, 0.3))
    ]
    tips = [_tip("date", "%B %Y", "temporal"), _tip("median", ",.0f")]
    line = _mark("line", {"x": x, "y": _number("median"), "tooltip": tips}, color=LIGHT.centre)
    aim = _mark("line", {"x": x, "y": _number("target")}, color=LIGHT.target, strokeDash=[8, 3, 2, 3])
    layers = [*bands, line, *([aim] if rows["target"].notna().any() else [])]
    spec = _panels({"layer": layers}, rows, width, height, scales="shared" if shared else "independent")
    return finished(spec, title, subtitle, width)


_FIT = {"type": "fit-x", "contains": "padding"}


def finished(spec: Spec, title: str | None, subtitle: str, width: int) -> Spec:
    """Return a specification with its headings, folded to the width, and the house's looks."""
    below = folded(subtitle, width=width, size=12).split("\n")
    if title is None:
        heading: Spec = {
            "text": below if len(below) > 1 else subtitle,
            "fontSize": 12,
            "fontWeight": "normal",
        }
    else:
        heading = {"text": folded(title, width=width, size=15).split("\n"), "subtitle": below}
    return {
        **spec,
        "title": {**heading, "anchor": "start", "frame": "bounds", "offset": 8},
        "config": chart_config(),
    }


def _panels(spec: Spec, rows: pd.DataFrame, width: int, height: int, *, scales: str = "independent") -> Spec:
    """Return one plot, or as many small ones as there are groups, so many beside each other as there is room for."""
    data = _data(rows)
    many = rows["group"].nunique()
    if many <= 1:
        return _sized({"data": data, **spec}, width, height)
    columns = min(2 if many == 4 else 3, many, max(1, (width + _GAP) // (_PANEL + _GAP)))
    each = (width - 12 - _GAP * (columns - 1)) // columns - _SIDE
    header = {"title": None, "labelAnchor": "start", "labelFontWeight": "bold", "labelFontSize": 12,
              "labelColor": LIGHT.text, "labelLimit": each + _SIDE}  # fmt: skip
    return {
        "data": data,
        "facet": {"field": "group", "type": "nominal", "sort": None, "header": header},
        "spec": {"width": each, "height": min(height, 130), **spec},
        "columns": columns,
        "spacing": _GAP,
        "resolve": {"scale": {"y": scales}},
    }


def _sized(spec: Spec, width: int, height: int) -> Spec:
    return {**spec, "width": width, "height": height, "autosize": _FIT}


def _data(rows: pd.DataFrame) -> Spec:
    return {"values": records(rows)}


def _mark(kind: str, encoding: Spec, **mark: Any) -> Spec:
    return {"mark": {"type": kind, **mark}, "encoding": encoding}


def _rule(place: Spec, *, color: str, dash: list[int]) -> Spec:
    """Return one straight line across the plot, drawn once and not a row."""
    mark = {"type": "rule", "color": color, "strokeDash": dash, "strokeWidth": 1.5}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": place}


def _dates(width: int) -> Spec:
    axis = {"grid": False, "format": "%b %Y", "labelAngle": 0, "tickCount": 4 if width < 500 else 6,
            "labelOverlap": "greedy", "labelSeparation": 8}  # fmt: skip
    return {"field": "date", "type": "temporal", "title": None, "axis": axis}


def _number(field: str, *, zero: bool = True, domain: list[float] | None = None) -> Spec:
    scale: Spec = {"zero": zero, "nice": True} if domain is None else {"domain": domain}
    return {"field": field, "type": "quantitative", "title": None, "scale": scale, "axis": {"tickCount": 5}}


def _scale(field: str, names: Sequence[Any], range_: Sequence[Any]) -> Spec:
    scale = {"domain": list(names), "range": list(range_)}
    return {"field": field, "type": "nominal", "legend": None, "scale": scale}


def _told_apart(field: str, names: Sequence[str], width: int) -> Spec:
    """Return hue and dash of each line, with a key below if there are several."""
    key = None
    if len(names) > 1:
        key = {"title": None, "orient": "bottom", "columns": 3 if width >= 500 else 1,
               "symbolType": "stroke", "symbolSize": 300, "symbolOpacity": 1}  # fmt: skip
    places = range(len(names))
    return {
        "color": _scale(field, names, [HUES[at % len(HUES)] for at in places]) | {"legend": key},
        "strokeDash": _scale(field, names, [DASHES[at % len(DASHES)] for at in places]) | {"legend": key},
    }


def _tip(field: str, format_: str | None, kind: str = "quantitative") -> Spec:
    tip = {"field": field, "type": kind, "title": field.replace("_", " ").capitalize()}
    return tip if format_ is None else tip | {"format": format_}


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


_SHOWN = 36
"""Periods of the past that are drawn before a forecast."""


def waiting_list_chart(
    result: WaitingListResult,
    *,
    measure: str = "list_size",
    title: str | None = None,
    width: int = 720,
    height: int = 220,
) -> alt.TopLevelMixin:
    """Draw one measure of a waiting list through time, a panel a group.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.waiting_list`.
    measure
        One of ``MEASURES``.
    title
        Stands above the chart.
    width, height
        In pixels, of the whole and of one panel.

    Raises
    ------
    ArgumentError
        If there is no such measure.
    """
    return _drawn(waiting_list_spec(result, measure=measure, title=title, width=width, height=height))


def waiting_list_spec(
    result: WaitingListResult,
    *,
    measure: str = "list_size",
    title: str | None = None,
    width: int = 720,
    height: int = 220,
) -> Spec:
    """Return the specification of :func:`waiting_list_chart`."""
    if measure not in MEASURES:
        raise ArgumentError(f"measure={measure!r}", f"one of {', '.join(MEASURES)}", "Choose one of these")
    rows = _grouped(result.points, result.by)[["group", "date", measure]].dropna()
    return panels_spec(
        rows,
        value=measure,
        subtitle=MEASURES[measure],
        title=title,
        width=width,
        height=height,
        zero=measure != "within_share",
    )


def waiting_times_chart(
    result: WaitingTimesResult,
    *,
    kind: Literal["waiting", "seen", "differences"] = "waiting",
    title: str | None = None,
    width: int = 720,
    height: int = 300,
) -> alt.TopLevelMixin:
    """Draw the chance of still waiting or of having been seen, or the gaps between groups.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.waiting_times`.
    kind
        ``"waiting"``, ``"seen"`` or ``"differences"`` of mean waits.
    title, width, height
        As for :func:`waiting_list_chart`.

    Raises
    ------
    ArgumentError
        If the kind is none of these.
    """
    return _drawn(waiting_times_spec(result, kind=kind, title=title, width=width, height=height))


def waiting_times_spec(
    result: WaitingTimesResult,
    *,
    kind: Literal["waiting", "seen", "differences"] = "waiting",
    title: str | None = None,
    width: int = 720,
    height: int = 300,
) -> Spec:
    """Return the specification of :func:`waiting_times_chart`."""
    if kind not in ("waiting", "seen", "differences"):
        raise ArgumentError(f"kind={kind!r}", "waiting, seen or differences", "Choose one of these")
    looks: Spec = {"unit": result.unit, "title": title, "width": width}
    if kind == "differences":
        rows = _grouped(result.differences, result.by).dropna(subset="difference")
        words = f"Mean wait against the reference group, in {result.unit}"
        return gaps_spec(
            rows[["group", "difference", "lower", "upper", "different"]],
            subtitle=words,
            more="more (right) or less (left)",
            **looks,
        )
    value = "waiting" if kind == "waiting" else "seen_share"
    columns = {value: "share", f"{kind}_lower": "low", f"{kind}_upper": "high"}
    rows = _grouped(result.curve, result.by)[["group", "time", *columns]].rename(columns=columns)
    rows[["share", "low", "high"]] *= 100
    words = "Percentage still waiting" if kind == "waiting" else "Percentage seen"
    return steps_spec(
        rows[rows["time"] <= result.horizon],
        subtitle=f"{words}, with the range of chance",
        height=height,
        **looks,
    )


def demand_capacity_chart(
    result: DemandCapacityResult, *, title: str | None = None, width: int = 720
) -> alt.TopLevelMixin:
    """Draw demand, capacity and the capacity that holds the target, a row a list.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.demand_capacity`.
    title, width
        As for :func:`waiting_list_chart`.
    """
    return _drawn(demand_capacity_spec(result, title=title, width=width))


def demand_capacity_spec(result: DemandCapacityResult, *, title: str | None = None, width: int = 720) -> Spec:
    """Return the specification of :func:`demand_capacity_chart`."""
    names = {"demand": "Demand", "capacity": "Capacity", "target_capacity": "Capacity to hold the target"}
    rows = _grouped(result.frame, result.by)
    long = rows.melt("group", list(names), var_name="what", value_name="people").dropna()
    return dots_spec(
        long.assign(what=long["what"].map(names)),
        names=list(names.values()),
        unit="People a week",
        subtitle="Demand against capacity",
        title=title,
        width=width,
    )


def forecast_chart(
    result: ListForecastResult,
    *,
    scenario: str | None = None,
    title: str | None = None,
    width: int = 720,
    height: int = 240,
) -> alt.TopLevelMixin:
    """Draw the list so far and its forecast with bands of 80 and 95 per cent, a panel a list and scenario.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.waiting_list_forecast`.
    scenario
        Only this one.
    title, width, height
        As for :func:`waiting_list_chart`.

    Raises
    ------
    ArgumentError
        If there is no such scenario.
    """
    return _drawn(forecast_spec(result, scenario=scenario, title=title, width=width, height=height))


def forecast_spec(
    result: ListForecastResult,
    *,
    scenario: str | None = None,
    title: str | None = None,
    width: int = 720,
    height: int = 240,
) -> Spec:
    """Return the specification of :func:`forecast_chart`."""
    names = list(result.points["scenario"].unique())
    if scenario is not None and scenario not in names:
        raise ArgumentError(f"scenario={scenario!r}", f"one of {', '.join(names)}", "Choose one of these")
    return fan_spec(
        _past_and_future(result, [scenario] if scenario else names, several=len(names) > 1),
        subtitle="People waiting: so far, and the range forecast (80 and 95 in 100)",
        title=title,
        width=width,
        height=height,
        shared=not result.by,
    )


def _past_and_future(result: ListForecastResult, chosen: list[str], *, several: bool) -> pd.DataFrame:
    """Return the end of the past, whose median is the size, and the forecast, a group a list and scenario."""
    by = (*result.by, "scenario") if several else result.by
    rows = _grouped(result.points[result.points["scenario"].isin(chosen)], by)
    recent = result.history["date"].drop_duplicates().sort_values().tail(_SHOWN)
    past = result.history[result.history["date"].isin(recent)]
    past = _grouped(past.merge(pd.DataFrame({"scenario": chosen}), how="cross"), by)
    past = past.rename(columns={"list_size": "median"})[["group", "date", "median"]]
    bands = ["lower_80", "upper_80", "lower_95", "upper_95", "target"]
    return pd.concat([past, rows[["group", "date", "median", *bands]]], ignore_index=True)


def _drawn(spec: Spec) -> alt.TopLevelMixin:
    import altair

    return altair.Chart.from_dict(spec)


def _grouped(table: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Return the table with the name of each row's group."""
    if not by:
        return table.assign(group="All")
    names = [named(row, by) for row in table[list(by)].to_dict("records")]
    return table.assign(group=[name[:1].upper() + name[1:] for name in names])
