"""Charts of waiting lists: size and flow, chances of still waiting, gaps between groups, demand and capacity, forecasts.

A finished result becomes rows and a specification (:mod:`sutg_analysis.charts.waitspecs`), without arithmetic, and that an
Altair chart. Functions that end in ``_spec`` take the same arguments and return the specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from sutg_analysis.charts import waitspecs
from sutg_analysis.charts.layers import Layer
from sutg_analysis.errors import ArgumentError
from sutg_analysis.waiting.demand import DemandCapacityResult
from sutg_analysis.waiting.forecast import ListForecastResult
from sutg_analysis.waiting.groupnames import named
from sutg_analysis.waiting.waiting_list import WaitingListResult
from sutg_analysis.waiting.waiting_times import WaitingTimesResult
from sutg_analysis.words.waiting import MEASURES

if TYPE_CHECKING:
    import altair as alt

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
) -> Layer:
    """Return the specification of :func:`waiting_list_chart`."""
    if measure not in MEASURES:
        raise ArgumentError(f"measure={measure!r}", f"one of {', '.join(MEASURES)}", "Choose one of these")
    rows = _grouped(result.points, result.by)[["group", "date", measure]].dropna()
    return waitspecs.panels_spec(
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
) -> Layer:
    """Return the specification of :func:`waiting_times_chart`."""
    if kind not in ("waiting", "seen", "differences"):
        raise ArgumentError(f"kind={kind!r}", "waiting, seen or differences", "Choose one of these")
    looks: dict[str, Any] = {"unit": result.unit, "title": title, "width": width}
    if kind == "differences":
        rows = _grouped(result.differences, result.by).dropna(subset="difference")
        words = f"Mean wait against the reference group, in {result.unit}"
        return waitspecs.gaps_spec(
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
    return waitspecs.steps_spec(
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


def demand_capacity_spec(
    result: DemandCapacityResult, *, title: str | None = None, width: int = 720
) -> Layer:
    """Return the specification of :func:`demand_capacity_chart`."""
    names = {"demand": "Demand", "capacity": "Capacity", "target_capacity": "Capacity to hold the target"}
    rows = _grouped(result.frame, result.by)
    long = rows.melt("group", list(names), var_name="what", value_name="people").dropna()
    return waitspecs.dots_spec(
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
) -> Layer:
    """Return the specification of :func:`forecast_chart`."""
    names = list(result.points["scenario"].unique())
    if scenario is not None and scenario not in names:
        raise ArgumentError(f"scenario={scenario!r}", f"one of {', '.join(names)}", "Choose one of these")
    return waitspecs.fan_spec(
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


def _drawn(spec: Layer) -> alt.TopLevelMixin:
    import altair

    return altair.Chart.from_dict(spec)


def _grouped(table: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Return the table with the name of each row's group."""
    if not by:
        return table.assign(group="All")
    names = [named(row, by) for row in table[list(by)].to_dict("records")]
    return table.assign(group=[name[:1].upper() + name[1:] for name in names])
