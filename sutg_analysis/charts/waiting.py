"""Charts of waiting lists: size and flow, chances of still waiting, gaps between groups, demand and capacity, forecasts.

A finished result becomes rows and a specification, without arithmetic, for any width from a phone's up. Lines differ by
dash as well as hue, groups that differ by shape, so that colour alone says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd

from sutg_analysis.charts.layout import folded
from sutg_analysis.charts.plots import headed, mark, nominal, quantity, ranged, records
from sutg_analysis.charts.theme import LIGHT, Spec
from sutg_analysis.errors import ArgumentError
from sutg_analysis.waiting.demand import DemandCapacityResult
from sutg_analysis.waiting.equity import EquityResult
from sutg_analysis.waiting.forecast import ListForecastResult
from sutg_analysis.waiting.groups import group_name, named
from sutg_analysis.waiting.waiting_list import WaitingListResult, latest_bands
from sutg_analysis.waiting.waiting_times import WaitingTimesResult
from sutg_analysis.words.waiting import MEASURES

HUES = (LIGHT.centre, LIGHT.concern, LIGHT.neutral, LIGHT.quiet, LIGHT.target, LIGHT.event)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
_TARGET = {"color": LIGHT.target, "strokeDash": [8, 3, 2, 3]}
_PANEL, _GAP, _SIDE = 205, 14, 58
"""The least width of a panel of small multiples with its axis, the room between two, and that of an axis."""


def panels_spec(
    rows: pd.DataFrame, *, value: str, subtitle: str, title: str | None, width: int, height: int, zero: bool
) -> Spec:
    """Return a line through time, a panel a group; rows have group, date and the column ``value``."""
    tips = [_month_tip(), _tip(value, ",.1f")]
    places = {"x": _dates(width), "y": _number(value, zero=zero), "tooltip": tips}
    line = mark("line", places, color=LIGHT.centre, point={"color": LIGHT.centre, "size": 18})
    return _finished(_panels(line, rows, width, height), title, subtitle, width)


def lines_spec(
    rows: pd.DataFrame,
    *,
    subtitle: str,
    title: str | None,
    width: int,
    height: int,
    level: float | None = None,
) -> Spec:
    """Return several lines through time on one plot, and a level, dashed, to compare them with.

    Rows have line (its name), date and value, in the order of the key.
    """
    tips = [nominal("line", title="Line"), _month_tip(), _tip("value", ",.1f")]
    places = {"x": _dates(width), "y": _number("value"), **_told_apart(rows["line"], width), "tooltip": tips}
    layers = [mark("line", places, strokeWidth=2)]
    if level is not None:
        layers.append(_across({"y": {"datum": level}}, **_TARGET))
    return _finished(_sized({"layer": layers}, rows, width, height), title, subtitle, width)


def bands_spec(
    rows: pd.DataFrame, *, target: float | None, subtitle: str, title: str | None, width: int, height: int
) -> Spec:
    """Return how many have waited how long: a bar a band, those beyond the target (weeks) parted off by a line.

    Rows have from, to (weeks) and people.
    """
    longest = float(rows["to"].max())
    rows = rows.assign(late=(rows["from"] >= target) if target is not None else False)
    places = {
        "x": quantity("from", title="Weeks waited", axis={"grid": False, "tickMinStep": 1, "format": "d"},
                      scale={"nice": False, "domainMax": longest, "domainMin": 0}),
        "x2": {"field": "to"},
        "y": _number("people"),
        "color": nominal("late", legend=None, scale={"domain": [False, True],
                                                     "range": [LIGHT.centre, LIGHT.concern]}),
        "tooltip": [_tip("from", ",.0f"), _tip("to", ",.0f"), _tip("people", ",.0f")],
    }  # fmt: skip
    layers = [mark("bar", places, orient="vertical", stroke=LIGHT.card, strokeWidth=0.5)]
    if target is not None and target <= longest:
        layers.append(_across({"x": {"datum": target}}, **_TARGET))
    return _finished(_sized({"layer": layers}, rows, width, height), title, subtitle, width)


def gaps_spec(
    rows: pd.DataFrame, *, unit: str, subtitle: str, title: str | None, width: int, more: str = "more"
) -> Spec:
    """Return differences from a reference as dots with their intervals, a row a group.

    Rows have group, difference, lower, upper, different; a group without interval is the reference itself.
    """
    y = nominal("group", title=None, sort=rows["group"].tolist(), axis={"labelLimit": int(width * 0.45)})
    kinds = rows["different"].map({True: "different", False: "alike"})
    numbers = (_tip(name, "+.2f") for name in ("difference", "lower", "upper"))
    dots = {
        "x": quantity("difference", title=f"{unit.capitalize()} {more}"),
        "y": y,
        "tooltip": [nominal("group", title="Group"), *numbers],
        "shape": ranged("kind", {"alike": "circle", "different": "diamond", "reference": "square"}),
        "color": ranged("kind", {"alike": LIGHT.common, "different": LIGHT.concern, "reference": LIGHT.card}),
    }
    bars = {"x": quantity("lower"), "x2": {"field": "upper"}, "y": y}
    layers = [
        _across({"x": {"datum": 0}}, color=LIGHT.axis, strokeDash=[1, 0]),
        mark("rule", bars, color=LIGHT.limit, strokeWidth=2),
        mark("point", dots, filled=True, size=80, opacity=1, stroke=LIGHT.outline, strokeWidth=1.1),
    ]
    rows = rows[["group", "difference", "lower", "upper"]].assign(
        kind=kinds.where(rows["lower"].notna(), "reference")
    )
    return _finished(_sized({"layer": layers}, rows, width, {"step": 24}), title, subtitle, width)


def waiting_list_spec(
    result: WaitingListResult,
    *,
    measure: str = "list_size",
    target_weeks: float | None = None,
    title: str | None = None,
    width: int = 720,
    height: int = 220,
) -> Spec:
    """Return a drawing of one measure of a waiting list through time, a panel a group.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.waiting_list`.
    measure
        One of ``MEASURES``; of one list also ``bands``, how long those waiting last have waited, or ``waits``, how
        long half and 92 in 100 had waited through time.
    target_weeks
        Drawn across bands and waits.
    title
        Stands above the chart.
    width, height
        In pixels, of the whole and of one panel.

    Raises
    ------
    ArgumentError
        If there is no such measure.
    """
    looks: dict[str, Any] = {"title": title, "width": width, "height": height}
    line = "" if target_weeks is None else f"; the broken line is {target_weeks:g} weeks"
    if measure == "bands":
        subtitle = f"People by weeks waited{line}"
        return bands_spec(latest_bands(result), target=target_weeks, subtitle=subtitle, **looks)
    if measure == "waits":
        names = {
            "p92_weeks": "92 in 100 have waited no longer (92nd percentile)",
            "median_weeks": "Half have waited no longer",
        }
        known = result.points.melt("date", list(names), var_name="line", value_name="value").dropna(
            subset="value"
        )
        subtitle = f"Weeks waited so far by those waiting{line}"
        return lines_spec(
            known.assign(line=known["line"].map(names)), level=target_weeks, subtitle=subtitle, **looks
        )
    if measure not in MEASURES:
        named = ", ".join([*MEASURES, "bands", "waits"])
        raise ArgumentError(f"measure={measure!r}", f"one of {named}", "Choose one of these")
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


def equity_spec(result: EquityResult, *, title: str | None = None, width: int = 720) -> Spec:
    """Return each group's mean wait less that of its reference group, with its range of chance."""
    known = result.frame[result.frame["difference"].notna() | result.frame["reference"]]
    rows = known.assign(
        group=[group_name(*pair) for pair in zip(known["grouping"], known["group"], strict=True)],
        difference=known["difference"].fillna(0),
        different=known["longer"] != 0,
    )
    subtitle = (
        "Mean wait of each group less that of its reference group (square), with range of chance; a diamond differs "
        "beyond chance"
    )
    more = "shorter (left) or longer (right)"
    return gaps_spec(rows, unit="weeks", more=more, subtitle=subtitle, title=title, width=width)


def waiting_times_spec(
    result: WaitingTimesResult,
    *,
    kind: Literal["waiting", "seen", "differences"] = "waiting",
    title: str | None = None,
    width: int = 720,
    height: int = 300,
) -> Spec:
    """Return a drawing of the chance of still waiting or of having been seen, or the gaps between groups.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.waiting_times`.
    kind
        ``"waiting"``, ``"seen"`` or ``"differences"`` of mean waits.
    title, width, height
        As for :func:`waiting_list_spec`.

    Raises
    ------
    ArgumentError
        If the kind is none of these.
    """
    if kind not in ("waiting", "seen", "differences"):
        raise ArgumentError(f"kind={kind!r}", "waiting, seen or differences", "Choose one of these")
    if kind == "differences":
        return gaps_spec(
            _grouped(result.differences, result.by).dropna(subset="difference"),
            unit=result.unit,
            subtitle=f"Mean wait against the reference group, in {result.unit}",
            more="more (right) or less (left)",
            title=title,
            width=width,
        )
    value, words = ("waiting", "still waiting") if kind == "waiting" else ("seen_share", "seen")
    columns = {value: "share", f"{kind}_lower": "low", f"{kind}_upper": "high"}
    rows = _grouped(result.curve, result.by)[["group", "time", *columns]].rename(columns=columns)
    rows[["share", "low", "high"]] *= 100
    rows = rows[rows["time"] <= result.horizon]
    x = quantity("time", title=f"{result.unit.capitalize()} since referral", axis={"grid": False})
    low, share = (_number(name, domain=[0, 100]) for name in ("low", "share"))
    apart = _told_apart(rows["group"], width)
    band = {"x": x, "y": low, "y2": {"field": "high"}, "color": apart["color"]}
    tips = [nominal("group", title="Group"), _tip("time", ".1f"), _tip("share", ".1f")]
    layers = [
        mark("area", band, interpolate="step-after", opacity=0.15),
        mark("line", {"x": x, "y": share, **apart, "tooltip": tips}, interpolate="step-after"),
    ]
    subtitle = f"Percentage {words}, with the range of chance"
    return _finished(_sized({"layer": layers}, rows, width, height), title, subtitle, width)


def demand_capacity_spec(result: DemandCapacityResult, *, title: str | None = None, width: int = 720) -> Spec:
    """Return a drawing of demand, capacity and the capacity that holds the target, a row a list.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.demand_capacity`.
    title, width
        As for :func:`waiting_list_spec`.
    """
    names = {"demand": "Demand", "capacity": "Capacity", "target_capacity": "Capacity to hold the target"}
    wide = _grouped(result.frame, result.by).rename(columns=names)
    rows = wide.melt("group", list(names.values()), var_name="what", value_name="people").dropna()
    hues = dict(zip(names.values(), (LIGHT.concern, LIGHT.centre, LIGHT.card), strict=True))
    shapes = dict(zip(names.values(), ("circle", "square", "diamond"), strict=True))
    several = len(rows["group"].unique()) > 1
    places = {
        "x": quantity("people", title="People a week", axis={"tickCount": 6},
                      scale={"zero": False, "nice": True, "padding": 12}),
        "y": nominal("group", title=None, sort=None,
                     axis={"labelLimit": int(width * 0.4), "ticks": False, "labels": several}),
        "yOffset": nominal("what", sort=list(hues)),
        "color": ranged("what", hues, legend=_key(width)),
        "shape": ranged("what", shapes, legend=_key(width)),
        "tooltip": [nominal("group", title="Group"), nominal("what", title="What"), _tip("people", ",.1f")],
    }  # fmt: skip
    dots = mark("point", places, filled=True, size=90, opacity=1, stroke=LIGHT.outline)
    spec = _sized(dots, rows, width, {"step": 18})
    return _finished(spec, title, "Demand against capacity", width)


def forecast_spec(
    result: ListForecastResult,
    *,
    scenario: str | None = None,
    title: str | None = None,
    width: int = 720,
    height: int = 240,
) -> Spec:
    """Return a drawing of the list so far and its forecast with bands of 80 and 95 per cent, a panel a list and scenario.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.waiting_list_forecast`.
    scenario
        Only this one.
    title, width, height
        As for :func:`waiting_list_spec`.

    Raises
    ------
    ArgumentError
        If there is no such scenario.
    """
    names = list(result.points["scenario"].unique())
    if scenario is not None and scenario not in names:
        raise ArgumentError(f"scenario={scenario!r}", f"one of {', '.join(names)}", "Choose one of these")
    rows = _past_and_future(result, [scenario] if scenario else names, several=len(names) > 1)
    x = _dates(width)
    layers = []
    for share, opacity in ((95, 0.18), (80, 0.3)):
        edges = {"x": x, "y": _number(f"lower_{share}"), "y2": {"field": f"upper_{share}"}}
        layers.append(mark("area", edges, color=LIGHT.improvement, opacity=opacity))
    tips = [_month_tip(), _tip("median", ",.0f")]
    layers.append(mark("line", {"x": x, "y": _number("median"), "tooltip": tips}, color=LIGHT.centre))
    if rows["target"].notna().any():
        layers.append(mark("line", {"x": x, "y": _number("target")}, **_TARGET))
    spec = _panels({"layer": layers}, rows, width, height, "independent" if result.by else "shared")
    subtitle = "People waiting: so far, and the range forecast (80 and 95 in 100)"
    return _finished(spec, title, subtitle, width)


_SHOWN = 36
"""Periods of the past that are drawn before a forecast."""


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


def _grouped(table: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Return the table with the name of each row's group."""
    if not by:
        return table.assign(group="All")
    names = [named(row, by) for row in table[list(by)].to_dict("records")]
    return table.assign(group=[name[:1].upper() + name[1:] for name in names])


def _finished(spec: Spec, title: str | None, subtitle: str, width: int) -> Spec:
    """Return a specification with its headings, folded to the width."""
    above = [] if title is None else folded(title, width=width, size=15).split("\n")
    below = folded(subtitle, width=width, size=12).split("\n")
    return headed(spec, above, below, frame="bounds", offset=8)


def _panels(spec: Spec, rows: pd.DataFrame, width: int, height: int, scales: str = "independent") -> Spec:
    """Return one plot, or as many small ones as there are groups, so many side by side as there is room for."""
    many = rows["group"].nunique()
    if many <= 1:
        return _sized(spec, rows, width, height)
    columns = min(2 if many == 4 else 3, many, max(1, (width + _GAP) // (_PANEL + _GAP)))
    each = (width - 12 - _GAP * (columns - 1)) // columns - _SIDE
    header = {"title": None, "labelAnchor": "start", "labelFontWeight": "bold", "labelFontSize": 12,
              "labelColor": LIGHT.text, "labelLimit": each + _SIDE}  # fmt: skip
    return {
        "data": {"values": records(rows)},
        "facet": nominal("group", sort=None, header=header),
        "spec": {"width": each, "height": min(height, 130), **spec},
        "columns": columns,
        "spacing": _GAP,
        "resolve": {"scale": {"y": scales}},
    }


def _sized(spec: Spec, rows: pd.DataFrame, width: int, height: int | Spec) -> Spec:
    fit = {"type": "fit-x", "contains": "padding"}
    return {"data": {"values": records(rows)}, **spec, "width": width, "height": height, "autosize": fit}


def _across(place: Spec, **looks: object) -> Spec:
    """Return one straight line across the plot, drawn once and not a row."""
    return {"data": {"values": [{}]}, **mark("rule", place, **looks, strokeWidth=1.5)}


def _dates(width: int) -> Spec:
    axis = {"grid": False, "format": "%b %Y", "labelAngle": 0, "tickCount": 4 if width < 500 else 6,
            "labelOverlap": "greedy", "labelSeparation": 8}  # fmt: skip
    return {"field": "date", "type": "temporal", "title": None, "axis": axis}


def _number(column: str, *, zero: bool = True, domain: Sequence[float] = ()) -> Spec:
    scale = {"domain": list(domain)} if domain else {"zero": zero, "nice": True}
    return quantity(column, title=None, scale=scale, axis={"tickCount": 5})


def _key(width: int, **symbol: object) -> Spec:
    return {"title": None, "orient": "bottom", "columns": 3 if width >= 500 else 1, **symbol}


def _told_apart(lines: pd.Series, width: int) -> Spec:
    """Return hue and dash of each line, with a key below if there are several."""
    names = list(lines.unique())
    key = _key(width, symbolType="stroke", symbolSize=300, symbolOpacity=1) if len(names) > 1 else None
    hues = {name: HUES[at % len(HUES)] for at, name in enumerate(names)}
    dashes = {name: DASHES[at % len(DASHES)] for at, name in enumerate(names)}
    column = str(lines.name)
    return {"color": ranged(column, hues, legend=key), "strokeDash": ranged(column, dashes, legend=key)}


def _tip(column: str, form: str) -> Spec:
    return quantity(column, title=column.replace("_", " ").capitalize(), format=form)


def _month_tip() -> Spec:
    return {"field": "date", "type": "temporal", "title": "Date", "format": "%B %Y"}
