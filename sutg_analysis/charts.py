"""Control charts: a finished result to an Altair chart, without arithmetic beyond layout.

Points carry shape and colour, mean and limits step where they were recalculated, dated targets step, events
stand above the plot as labelled rules, values of the lines are written at their right end. One series is one
plot; several are small multiples, on one scale or each on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from sutg_analysis import labels, layers
from sutg_analysis.errors import ArgumentError
from sutg_analysis.labels import Plot
from sutg_analysis.layers import Layer
from sutg_analysis.layout import Scale, date_ticks, folded, half_step, spans, text_width, value_scale
from sutg_analysis.results import SpcResult
from sutg_analysis.theme import LIGHT, chart_config
from sutg_analysis.wording import axis_words, is_monthly

_EVENT_WORDS = {"rebase": "Limits reset", "exclude": "Left out", "pdsa": "PDSA", "note": ""}
_LINE_NAMES = ("centre", "lower", "upper", "target")
_PANEL, _GAP = 340, 26
"""The least width of a panel, and the room between two, in pixels."""

_DAYS = 100
"""Up to so many days, dates that are not months are labelled by day."""


@dataclass(frozen=True)
class _Sheet:
    """What all panels of one chart share; ``scale`` and ``dates`` only if their axes are."""

    result: SpcResult
    unit: str | None
    monthly: bool
    width: float
    height: float
    kinds: list[str]
    scale: Scale | None
    dates: tuple[pd.Timestamp, pd.Timestamp] | None


def spc_chart(
    result: SpcResult,
    *,
    title: str | None = None,
    unit: str | None = None,
    events: pd.DataFrame | None = None,
    width: int = 720,
    height: int = 260,
    axes: Literal["shared", "free"] = "shared",
    provisional: bool = False,
) -> Any:
    """Draw a control chart.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`; several series become small multiples.
    title
        Stands above the chart; leave out where the page has it.
    unit
        ``percent`` (values 0 to 100), ``rate``, ``count``, ``days``, ``pounds``..., or words for the axis.
    events
        Columns date, kind (note, rebase, exclude, pdsa), label, and key columns where an event belongs to
        some series only. Events outside the dates drawn are left out. Rebases and excluded points of the
        result are labelled with their reasons unasked.
    width, height
        Of the whole drawing (all panels, with labels) and of one plot, in pixels.
    axes
        Whether small multiples share one scale or each have their own.
    provisional
        Draw the last point of each series as provisional: the interval of a rare event that has not ended.

    Returns
    -------
    altair.LayerChart or altair.VConcatChart

    Raises
    ------
    ArgumentError
        If ``axes`` is neither shared nor free, or ``events`` lacks a column.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=6, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "falls": [4, 6, 5, 7, 5, 6]})
    >>> type(spc_chart(spc(frame, value="falls", date="month"), unit="count")).__name__
    'LayerChart'
    """
    import altair as alt

    spec = spc_spec(
        result,
        title=title,
        unit=unit,
        events=events,
        width=width,
        height=height,
        axes=axes,
        provisional=provisional,
    )
    return alt.Chart.from_dict(spec)


def spc_spec(
    result: SpcResult,
    *,
    title: str | None = None,
    unit: str | None = None,
    events: pd.DataFrame | None = None,
    width: int = 720,
    height: int = 260,
    axes: Literal["shared", "free"] = "shared",
    provisional: bool = False,
) -> Layer:
    """Return the Vega-Lite specification of :func:`spc_chart`, whose arguments these are."""
    if axes not in {"shared", "free"}:
        raise ArgumentError(f"axes={axes!r}", "'shared' or 'free'", "Choose one of these")
    points = _marked(result, provisional)
    panels = _panels(points, result)
    columns = min(len(panels), max(1, int((width + _GAP) // (_PANEL + _GAP))))
    sheet = _Sheet(
        result=result,
        unit=unit,
        monthly=is_monthly(points["date"]),
        width=(width - _GAP * (columns - 1)) / columns,
        height=height if len(panels) == 1 else min(height, 170),
        kinds=[kind for kind in layers.MARKS if (points["mark"] == kind).any()],
        scale=_scale(points) if axes == "shared" else None,
        dates=_edges(points["date"]) if axes == "shared" else None,
    )
    chart = (
        _one(panels[0][1], events, sheet)
        if len(panels) == 1
        else _many(panels, events, sheet, width, columns)
    )
    return _titled(chart, title, width) | {"config": chart_config()}


def _one(rows: pd.DataFrame, events: pd.DataFrame | None, sheet: _Sheet) -> Layer:
    return _panel(rows, _events_of(events, rows, sheet.result), sheet, key=sheet.kinds)


def _many(
    panels: list[tuple[str, pd.DataFrame]],
    events: pd.DataFrame | None,
    sheet: _Sheet,
    width: float,
    columns: int,
) -> Layer:
    drawn = [_panel(rows, _events_of(events, rows, sheet.result), sheet, name=name) for name, rows in panels]
    grid = {"concat": drawn, "columns": columns, "spacing": _GAP}
    return {"vconcat": [grid, _key(sheet.kinds, width)], "spacing": 8}


def _marked(result: SpcResult, provisional: bool) -> pd.DataFrame:
    points = result.points
    last = ~points.duplicated(list(result.by), keep="last") if result.by else points.index == points.index[-1]
    ends = pd.Series(last, index=points.index) if provisional else None
    reasons = {name: points[name].astype("str") for name in ("excluded_reason", "rebase_reason")}
    return points.assign(mark=layers.marked(points, provisional=ends), **reasons)


def _panels(points: pd.DataFrame, result: SpcResult) -> list[tuple[str, pd.DataFrame]]:
    if not result.by:
        return [("", points)]
    groups = points.groupby(list(result.by), sort=False, observed=True)
    return [(", ".join(map(str, key)), rows) for key, rows in groups]


def _scale(points: pd.DataFrame) -> Scale:
    drawn = points[["value", *_LINE_NAMES]].to_numpy(dtype=float)
    finite = drawn[pd.notna(drawn)]
    return value_scale(finite.min(), finite.max()) if finite.size else value_scale(0, 1)


def _edges(dates: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    each = dates.drop_duplicates().sort_values()
    pad = half_step(each)
    return each.iloc[0] - pad, each.iloc[-1] + pad


def _events_of(events: pd.DataFrame | None, rows: pd.DataFrame, result: SpcResult) -> pd.DataFrame:
    """Return the events of one panel as date, kind and text: those given, then the result's own."""
    left_out = rows["excluded"] & ~rows["excluded"].shift(fill_value=False)
    tables = [] if events is None else [_given(events, rows, result)]
    tables += [
        _worded(rows[rows["rebase"] & (rows["segment"] > 1)], "rebase", "rebase_reason"),
        _worded(rows[left_out], "exclude", "excluded_reason"),
    ]
    full = [table for table in tables if len(table)]
    return pd.concat(full or tables[:1], ignore_index=True).drop_duplicates(["date", "kind", "text"])


def _given(events: pd.DataFrame, rows: pd.DataFrame, result: SpcResult) -> pd.DataFrame:
    missing = sorted({"date", "kind", "label"} - set(events.columns))
    if missing:
        raise ArgumentError(
            f"events without {', '.join(missing)}", "columns date, kind and label", "Add what is missing"
        )
    for key in sorted(set(result.by) & set(events.columns)):
        events = events[events[key].isna() | (events[key] == rows[key].iloc[0])]
    return _worded(events.assign(date=pd.to_datetime(events["date"])), events["kind"], "label")


def _worded(rows: pd.DataFrame, kind: pd.Series | str, label: str) -> pd.DataFrame:
    table = pd.DataFrame({"date": rows["date"], "kind": kind, "label": rows[label].fillna("").astype("str")})
    pairs = zip(table["kind"], table["label"], strict=True)
    return table.assign(text=[_event_text(kind, label) for kind, label in pairs]).drop(columns="label")


def _event_text(kind: str, label: str) -> str:
    head = _EVENT_WORDS.get(kind, kind)
    return f"{head}: {label}" if head and label else head or label


def _panel(
    rows: pd.DataFrame, events: pd.DataFrame, sheet: _Sheet, *, name: str = "", key: list[str] | None = None
) -> Layer:
    """Draw one series; ``name`` heads a panel, ``key`` stands below a chart of its own."""
    scale = sheet.scale or _scale(rows)
    first, last = sheet.dates or _edges(rows["date"])
    left = (
        max(text_width(labels.tick_text(tick, scale, sheet.unit), size=labels.NORMAL) for tick in scale.ticks)
        + 10
    )
    trial = Plot(sheet.width, sheet.height, scale, first, last)
    right = _ends_room(rows, sheet, trial)
    plot = Plot(round(sheet.width - left - right), sheet.height, scale, first, last)
    placed = labels.event_rows(events, plot, room=right)
    ticks = date_ticks(first, last, width=plot.width, monthly=sheet.monthly)
    rise = max(placed["top"], default=0) + 14
    written = [*_written(rows, plot, ticks, sheet), _heading(name, sheet, left=left, rise=rise)]
    written += [labels.event_texts(placed)] if len(placed) else []
    symbols = labels.key_rows(key or [], width=sheet.width, left=-left, top=plot.height + 42)
    written += [labels.key_texts(symbols)] if len(symbols) else []
    foot = max(symbols["py"], default=plot.height + 15) + 8
    drawn = [
        layers.room_layer(
            left=-left, right=plot.width + right, top=-rise - (30 if name else 14), bottom=foot
        ),
        *([layers.event_rules(placed, height=plot.height)] if len(placed) else []),
        *_data_layers(rows, plot, ticks, sheet),
        *([layers.key_layer(symbols, kinds=sheet.kinds)] if len(symbols) else []),
        *layers.text_layers(pd.concat(written, ignore_index=True)),
    ]
    return {"layer": drawn, "width": plot.width, "height": plot.height}


def _ends_room(rows: pd.DataFrame, sheet: _Sheet, plot: Plot) -> float:
    ends = labels.line_ends(rows, sheet.result.chart_type, sheet.unit, plot)
    return max((text_width(text, size=labels.SMALL) for text in ends["text"]), default=0) + 10


def _data_layers(rows: pd.DataFrame, plot: Plot, ticks: pd.DatetimeIndex, sheet: _Sheet) -> list[Layer]:
    x = layers.dates(plot.first, plot.last, ticks)
    shown = layers.told(rows, sheet.result.chart_type, sheet.unit, monthly=sheet.monthly)
    return [
        layers.line_layer(_corners(rows), x, plot.scale),
        layers.series_layer(shown, x, plot.scale),
        layers.point_layer(shown, x, plot.scale, kinds=sheet.kinds),
    ]


def _written(rows: pd.DataFrame, plot: Plot, ticks: pd.DatetimeIndex, sheet: _Sheet) -> list[pd.DataFrame]:
    days = not sheet.monthly and (plot.last - plot.first).days <= _DAYS
    return [
        labels.value_ticks(plot, sheet.unit),
        labels.date_labels(plot, ticks, days=days),
        labels.line_ends(rows, sheet.result.chart_type, sheet.unit, plot),
    ]


def _heading(name: str, sheet: _Sheet, *, left: float, rise: float) -> pd.DataFrame:
    """Return the words of the value axis, flat above it, and the panel's name above them."""
    lines = [name, _axis_title(sheet)] if name else [_axis_title(sheet)]
    heights = [-rise - 18, -rise] if name else [-rise]
    return labels.texts(lines, [-left] * len(lines), heights, side="left", ink=LIGHT.text)


def _axis_title(sheet: _Sheet) -> str:
    per = sheet.result.per
    words = axis_words(sheet.unit, per if isinstance(per, int | float) else 1)
    special = {"mr": f"{words}: change from point to point", "s": f"{words}: standard deviation"}
    return special.get(sheet.result.chart_type, words)


def _key(kinds: list[str], width: float) -> Layer:
    """Draw the key of small multiples as a plot of its own."""
    symbols = labels.key_rows(kinds, width=width, left=0, top=8)
    drawn = [layers.key_layer(symbols, kinds=kinds), *layers.text_layers(labels.key_texts(symbols))]
    return {"layer": drawn, "width": width, "height": max(symbols["py"]) + 8, "view": {"stroke": None}}


def _corners(rows: pd.DataFrame) -> pd.DataFrame:
    lines = [spans(rows, line).assign(line=line) for line in _LINE_NAMES]
    full = [line for line in lines if len(line)]
    table = pd.concat(full or lines[:1], ignore_index=True)
    return table.drop(columns="step").assign(order=range(len(table)))


def _titled(chart: Layer, title: str | None, width: float) -> Layer:
    if title is None:
        return chart
    lines = folded(title, width=width, size=15).split("\n")
    return chart | {"title": {"text": lines, "anchor": "start", "offset": 10}}
