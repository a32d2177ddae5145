"""Charts of waiting lists: size and flow, chances of still waiting, gaps between groups, demand and capacity, forecasts.

A finished result becomes an Altair chart, without arithmetic. Lines are named at their right ends and differ by dash as
well as hue, so that colour alone says nothing.
"""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import pandas as pd

from sutg_analysis.demand import DemandCapacityResult
from sutg_analysis.errors import ArgumentError
from sutg_analysis.groupnames import named
from sutg_analysis.layout import folded
from sutg_analysis.listforecast import ListForecastResult
from sutg_analysis.theme import LIGHT, chart_config
from sutg_analysis.waitinglist import WaitingListResult
from sutg_analysis.waittimes import WaitingTimesResult

MEASURES = {
    "list_size": "People waiting at the end of the period",
    "within_share": "Percentage waiting within the target",
    "over_18": "People waiting over 18 weeks",
    "over_52": "People waiting over 52 weeks",
    "mean_weeks": "Mean wait so far, in weeks",
    "median_weeks": "Median wait so far, in weeks",
    "p92_weeks": "92nd percentile of waits so far, in weeks",
    "additions": "People who joined",
    "seen": "People seen",
    "removed": "People who left unseen",
}
_HUES = (LIGHT.centre, LIGHT.concern, LIGHT.neutral, LIGHT.quiet, LIGHT.target, LIGHT.event)
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
_PANELS, _SHOWN = 3, 36
"""Panels beside each other, and periods of the past that are drawn before a forecast."""
_DATE_AXIS = alt.Axis(
    grid=False, format="%b %Y", labelAngle=0, tickCount=4, labelOverlap="greedy", labelSeparation=8
)
_KEY = alt.Legend(
    title=None, orient="bottom", columns=3, symbolType="stroke", symbolSize=300, symbolOpacity=1
)


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
    if measure not in MEASURES:
        raise ArgumentError(f"measure={measure!r}", f"one of {', '.join(MEASURES)}", "Choose one of these")
    rows = _grouped(result.points, result.by)[["group", "date", measure]].dropna()
    tips = [alt.Tooltip("date:T", format="%B %Y"), alt.Tooltip(f"{measure}:Q", format=",.1f")]
    line = (
        alt.Chart(rows)
        .mark_line(color=LIGHT.centre, point=alt.OverlayMarkDef(color=LIGHT.centre, size=18))
        .encode(x=_dates(), y=_values(measure, zero=measure != "within_share"), tooltip=tips)
    )
    chart = _panels(line, rows["group"].nunique(), width, height)
    return _finished(chart, title, MEASURES[measure], width)


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
    if kind == "differences":
        return _finished(
            _gaps(result, width), title, f"Mean wait against the reference group, in {result.unit}", width
        )
    if kind not in ("waiting", "seen"):
        raise ArgumentError(f"kind={kind!r}", "waiting, seen or differences", "Choose one of these")
    value = "waiting" if kind == "waiting" else "seen_share"
    words = "Percentage still waiting" if kind == "waiting" else "Percentage seen"
    return _finished(
        _steps(result, kind, value, width, height), title, f"{words}, with the range of chance", width
    )


def _steps(result: WaitingTimesResult, kind: str, value: str, width: int, height: int) -> Any:
    rows = _grouped(result.curve, result.by)
    columns = {value: "share", f"{kind}_lower": "low", f"{kind}_upper": "high"}
    rows = rows[["group", "time", *columns]].rename(columns=columns)
    rows[["share", "low", "high"]] *= 100
    rows = rows[rows["time"] <= result.horizon]
    names = list(rows["group"].unique())
    x = alt.X("time:Q", title=f"{result.unit.capitalize()} since referral", axis=alt.Axis(grid=False))
    band = alt.Chart(rows).mark_area(interpolate="step-after", opacity=0.15).encode(
        x=x, y=_values("low", domain=[0, 100]), y2="high:Q", color=_hue(names)
    )  # fmt: skip
    line = alt.Chart(rows).mark_line(interpolate="step-after").encode(
        x=x, y=_values("share", domain=[0, 100]), color=_hue(names), strokeDash=_dash(names),
        tooltip=[alt.Tooltip("group:N"), alt.Tooltip("time:Q", format=".1f"), alt.Tooltip("share:Q", format=".1f")],
    )  # fmt: skip
    return alt.layer(band, line).properties(width=width - 70, height=height)


def _gaps(result: WaitingTimesResult, width: int) -> Any:
    rows = _grouped(result.differences, result.by).dropna(subset="difference")
    y = alt.Y("group:N", title=None, sort=None)
    tips = [alt.Tooltip(f"{name}:Q", format="+.2f") for name in ("difference", "lower", "upper")]
    x = alt.X("difference:Q", title=f"{result.unit.capitalize()} more (right) or less (left)")
    rule = (
        alt.Chart(rows)
        .mark_rule(color=LIGHT.limit, strokeWidth=2)
        .encode(x=alt.X("lower:Q", title=None), x2="upper:Q", y=y)
    )
    dot = alt.Chart(rows).mark_point(filled=True, size=70, opacity=1, stroke=LIGHT.outline).encode(
        x=x, y=y, tooltip=tips,
        shape=alt.Shape("different:N", legend=None, scale=alt.Scale(domain=[False, True], range=["circle", "diamond"])),
        color=alt.Color("different:N", legend=None,
                        scale=alt.Scale(domain=[False, True], range=[LIGHT.common, LIGHT.concern])),
    )  # fmt: skip
    zero = (
        alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=LIGHT.axis).encode(x=alt.X("at:Q", title=None))
    )
    return alt.layer(zero, rule, dot).properties(width=width - 200, height=alt.Step(26))


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
    named = {"demand": "Demand", "capacity": "Capacity", "target_capacity": "Capacity to hold the target"}
    rows = _grouped(result.frame, result.by)
    long = rows.melt("group", list(named), var_name="what", value_name="people").dropna()
    long = long.assign(what=long["what"].map(named))
    names = list(named.values())
    hues, shapes = [LIGHT.concern, LIGHT.centre, LIGHT.card], ["circle", "square", "diamond"]
    dots = (
        alt.Chart(long)
        .mark_point(filled=True, size=90, opacity=1, stroke=LIGHT.outline)
        .encode(
            x=alt.X("people:Q", title="People a week"),
            y=alt.Y("group:N", title=None, sort=None),
            yOffset=alt.YOffset("what:N", sort=names),
            color=alt.Color("what:N", title=None, scale=alt.Scale(domain=names, range=hues)),
            shape=alt.Shape("what:N", title=None, scale=alt.Scale(domain=names, range=shapes)),
            tooltip=["group:N", "what:N", alt.Tooltip("people:Q", format=",.1f")],
        )
        .properties(width=width - 330, height=alt.Step(16))
    )
    return _finished(dots, title, "Demand against capacity", width)


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
    names = list(result.points["scenario"].unique())
    if scenario is not None and scenario not in names:
        raise ArgumentError(f"scenario={scenario!r}", f"one of {', '.join(names)}", "Choose one of these")
    chosen = [scenario] if scenario else names
    rows = _grouped(result.points, (*result.by, "scenario") if len(names) > 1 else result.by)
    rows = rows[rows["scenario"].isin(chosen)]
    recent = result.history["date"].drop_duplicates().sort_values().tail(_SHOWN)
    past = result.history[result.history["date"].isin(recent)].merge(
        pd.DataFrame({"scenario": chosen}), how="cross"
    )
    past = _grouped(past, (*result.by, "scenario") if len(names) > 1 else result.by)
    drawn = pd.concat(
        [past.assign(median=past["list_size"])[["group", "date", "median"]], rows], ignore_index=True
    )
    base = alt.Chart()
    tips = [alt.Tooltip("date:T", format="%B %Y"), alt.Tooltip("median:Q", format=",.0f", title="people")]
    bands = [
        base.mark_area(color=LIGHT.improvement, opacity=opacity).encode(
            x=_dates(), y=_values(f"lower_{width_}"), y2=f"upper_{width_}:Q"
        )
        for width_, opacity in ((95, 0.18), (80, 0.3))
    ]
    line = base.mark_line(color=LIGHT.centre).encode(x=_dates(), y=_values("median"), tooltip=tips)
    aim = base.mark_line(color=LIGHT.target, strokeDash=[8, 3, 2, 3]).encode(x=_dates(), y=_values("target"))
    layers = [*bands, line, *([aim] if rows["target"].notna().any() else [])]
    scales: Literal["independent", "shared"] = "independent" if result.by else "shared"
    chart = _panels(alt.layer(*layers, data=drawn), drawn["group"].nunique(), width, height, scales=scales)
    return _finished(chart, title, "People waiting: so far, and the range forecast (80 and 95 in 100)", width)


def _grouped(table: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Return the table with the name of each row's group."""
    if not by:
        return table.assign(group="All")
    names = [named(row, by) for row in table[list(by)].to_dict("records")]
    return table.assign(group=[name[:1].upper() + name[1:] for name in names])


def _panels(
    chart: Any,
    many: int,
    width: int,
    height: int,
    *,
    scales: Literal["independent", "shared"] = "independent",
) -> Any:
    if many <= 1:
        return chart.properties(width=width - 70, height=height)
    each = max(150, (width - 70 * _PANELS) // _PANELS)
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight="bold", labelFontSize=12)
    sized = chart.properties(width=each, height=min(height, 130))
    facet = alt.Facet("group:N", header=header, sort=None)
    return sized.facet(facet, columns=_PANELS).resolve_scale(y=scales)


def _dates() -> alt.X:
    return alt.X("date:T", title=None, axis=_DATE_AXIS)


def _values(field: str, *, zero: bool = True, domain: list[float] | None = None) -> alt.Y:
    scale = alt.Scale(zero=zero, nice=True) if domain is None else alt.Scale(domain=domain)
    return alt.Y(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(tickCount=5))


def _hue(names: list[str]) -> alt.Color:
    hues = [_HUES[place % len(_HUES)] for place in range(len(names))]
    return alt.Color(
        "group:N", legend=_KEY if len(names) > 1 else None, scale=alt.Scale(domain=names, range=hues)
    )


def _dash(names: list[str]) -> alt.StrokeDash:
    dashes = [_DASHES[place % len(_DASHES)] for place in range(len(names))]
    key = _KEY if len(names) > 1 else None
    return alt.StrokeDash("group:N", legend=key, scale=alt.Scale(domain=names, range=dashes))


def _finished(chart: Any, title: str | None, subtitle: str, width: int) -> Any:
    lines = folded(title, width=width, size=15).split("\n") if title else []
    heading = alt.TitleParams(lines or subtitle, subtitle=subtitle if lines else "", anchor="start", offset=8)
    return chart.properties(title=heading).configure(**chart_config())
