"""Control charts: a finished result to a specification and an Altair chart, without arithmetic beyond layout.

Points carry shape and colour, mean and limits step where they were recalculated, dated targets step, events
stand above the plot as labelled rules, values of the lines are written at their right end. One series is one
plot; several are small multiples, on one scale or each on its own.

A page draws the specification as it is, a plain dictionary, because a page of small multiples holds hundreds of layers
and Altair copies each many times over; who wants to change a chart has it as Altair's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING, Literal, TypedDict

import pandas as pd

from sutg_analysis.charts import labels, layers
from sutg_analysis.charts.labels import Event, Plot
from sutg_analysis.charts.layers import Box, Label
from sutg_analysis.charts.layout import (
    DAYS,
    Scale,
    date_ticks,
    extent,
    half_step,
    text_width,
    value_scale,
)
from sutg_analysis.charts.panels import LINES, Panel, panels
from sutg_analysis.charts.theme import LIGHT, Spec, chart_config
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import ArgumentError
from sutg_analysis.words.phrases import Phrases, unit_of
from sutg_analysis.words.wording import centre_name, period_of

if TYPE_CHECKING:
    import altair as alt

_PANEL, _GAP = 340, 26
"""The least width of a panel, and the room between two, in pixels."""


@dataclass(frozen=True)
class _Sheet:
    """What all panels of one chart share; ``scale`` and ``dates`` only if their axes are."""

    result: SpcResult
    unit: str | None
    period: str
    width: float
    height: float
    marks: dict[str, tuple[str, str]]
    scale: Scale | None
    dates: list[datetime] | None

    def plot(self, panel: Panel, width: float) -> Plot:
        """Return the plot of a panel, so many pixels wide."""
        moments = self.dates or panel.dates
        pad = half_step(moments)
        return Plot(width, self.height, self.scale or _scale([panel]), moments[0] - pad, moments[-1] + pad)

    def axis_title(self) -> str:
        """Return what the value axis shows, as the alternative text has it."""
        words = Phrases(self.result, self.unit, self.period, step="").axis
        return words[:1].upper() + words[1:]

    def ends(self, panel: Panel) -> dict[str, tuple[str, float]]:
        """Return the lines' names and last values."""
        centre = centre_name(self.result.chart_type).split()[0].title()
        names = {"upper": "Upper", "target": "Target", "centre": centre, "lower": "Lower"}
        last = {line: panel.lines[line][-1] for line in LINES}
        return {line: (names[line], value) for line, value in last.items() if not isnan(value)}


@dataclass(frozen=True)
class _Margins:
    """Room around a plot in pixels: for ticks, ends of lines, and events with the words above them."""

    left: float
    right: float
    rise: float
    head: float


class ControlLooks(TypedDict, total=False):
    """Words, events and size of a control chart, as :func:`spc_spec` takes them."""

    title: str | None
    unit: str | None
    events: pd.DataFrame | None
    width: int
    height: int
    axes: Literal["shared", "free"]
    provisional: bool


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
) -> Spec:
    """Return the Vega-Lite specification of a control chart.

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

    Raises
    ------
    ArgumentError
        If ``axes`` is neither shared nor free, or ``events`` lacks a column.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=6, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "falls": [4, 6, 5, 7, 5, 6]})
    >>> spec = spc_spec(spc(frame, value="falls", date="month"), unit="count")
    >>> sorted(spec)[:2]
    ['config', 'height']
    """
    if axes not in {"shared", "free"}:
        raise ArgumentError(f"axes={axes!r}", "'shared' or 'free'", "Choose one of these")
    every = panels(result, provisional=provisional)
    happened = [_events_of(events, panel, result) for panel in every]
    columns = min(len(every), max(1, int((width + _GAP) // (_PANEL + _GAP))))
    kinds = {kind for panel in every for kind in panel.kinds}
    shared = axes == "shared"
    sheet = _Sheet(
        result=result,
        unit=unit_of(result, unit),
        period=period_of(result.points["date"]),
        width=(width - _GAP * (columns - 1)) / columns,
        height=height if len(every) == 1 else min(height, 170),
        marks={kind: look for kind, look in layers.MARKS.items() if kind in kinds},
        scale=_scale(every) if shared else None,
        dates=sorted({date for panel in every for date in panel.dates}) if shared else None,
    )
    margins = _margins(every, happened, sheet, columns)
    left = margins[0].left
    if len(every) == 1:
        chart = _panel(every[0], happened[0], sheet, margins[0], alone=True)
    else:
        plots = [
            _panel(panel, events, sheet, room)
            for panel, events, room in zip(every, happened, margins, strict=True)
        ]
        grid = {"concat": plots, "columns": columns, "spacing": _GAP, "align": "each"}
        chart = {"vconcat": [grid, _key(sheet, width, left=left)], "spacing": 8}
    return layers.titled(chart, title, left=left, width=width) | {"config": chart_config()}


def altair_chart(spec: Spec) -> alt.TopLevelMixin:
    """Return a specification of layers, perhaps in rows and columns, as an Altair chart.

    Altair can read a specification itself, but tries every kind of chart on every part of it: seconds, where building
    the chart from its parts takes milliseconds. It is checked against the schema when it is written out.

    Examples
    --------
    >>> dot = {"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x", "type": "nominal"}}}
    >>> type(altair_chart({"layer": [dot], "width": 50})).__name__
    'LayerChart'
    """
    import altair as alt

    data = {"data": alt.InlineData(**spec["data"])} if "data" in spec else {}
    kinds = {"layer": alt.LayerChart, "vconcat": alt.VConcatChart, "concat": alt.ConcatChart}
    for part, kind in kinds.items():
        if part in spec:
            return kind(**{**spec, **data, part: [altair_chart(inner) for inner in spec[part]]})
    if "facet" in spec:
        return alt.FacetChart(**{**spec, **data, "spec": altair_chart(spec["spec"])})
    return alt.Chart(**{**spec, **data, "encoding": alt.FacetedEncoding(**spec["encoding"])})


def _scale(every: Sequence[Panel]) -> Scale:
    return value_scale(*(extent([number for panel in every for number in panel.numbers]) or (0, 1)))


def _events_of(events: pd.DataFrame | None, panel: Panel, result: SpcResult) -> list[Event]:
    """Return the events of one panel: those given, each with the result's reason for it, then the result's others."""
    own = _own_events(panel)
    given = [] if events is None else _given(events, panel, result)
    named = {(kind, moment) for kind, moment, _ in given}
    every = [
        *(
            (kind, moment, ". ".join(dict.fromkeys(filter(None, (label, own.get((kind, moment)))))))
            for kind, moment, label in given
        ),
        *((*place, reason) for place, reason in own.items() if place not in named),
    ]
    return list(dict.fromkeys(Event(moment, labels.event_text(kind, text)) for kind, moment, text in every))


def _own_events(panel: Panel) -> dict[tuple[str, datetime], str]:
    """Return the reason of each rebase, and of the first of each run of points left out, by kind and date."""
    starts = zip(panel.dates, panel.starts, panel.segments, panel.start_reasons, strict=True)
    rebased = {("rebase", date): reason for date, start, segment, reason in starts if start and segment > 1}
    gone = zip(panel.dates, panel.excluded, [False, *panel.excluded], panel.excluded_reasons, strict=False)
    left_out = {("exclude", date): reason for date, out, before, reason in gone if out and not before}
    return rebased | left_out


def _given(events: pd.DataFrame, panel: Panel, result: SpcResult) -> list[tuple[str, datetime, str]]:
    """Return kind, date and label of the events of one panel."""
    missing = sorted({"date", "kind", "label"} - set(events.columns))
    if missing:
        raise ArgumentError(
            f"events without {', '.join(missing)}", "columns date, kind and label", "Add what is missing"
        )
    for key in sorted(set(result.by) & set(events.columns)):
        events = events[events[key].isna() | (events[key] == panel.keys[key])]
    moments = pd.to_datetime(events["date"]).dt.to_pydatetime()
    written = events["label"].fillna("").astype("str")
    return list(zip(events["kind"].astype("str"), moments, written, strict=True))


def _margins(
    every: Sequence[Panel], happened: Sequence[list[Event]], sheet: _Sheet, columns: int
) -> list[_Margins]:
    """Return the margins of each panel: the same left and right throughout, the same above in a row."""
    ticks = [labels.tick_words(scale, sheet.unit) for scale in {sheet.scale or _scale([p]) for p in every}]
    left = max(text_width(words, size=labels.NORMAL) for each in ticks for words in each) + 10
    ends = [
        text_width(words, size=labels.SMALL)
        for panel in every
        for words in labels.end_words(sheet.ends(panel), sheet.unit).values()
    ]
    right = max(ends, default=0) + 10
    each = []
    for panel, events in zip(every, happened, strict=True):
        plot = sheet.plot(panel, sheet.width - left - right)
        rise = labels.placed_events(events, plot, room=right, period=sheet.period).rise
        head = labels.heading(panel.name, sheet.axis_title(), left=0, width=sheet.width, foot=0)
        each.append((rise, (labels.LINE + 2) * len(head)))
    rows = [each[at - at % columns : at - at % columns + columns] for at in range(len(each))]
    return [_Margins(left, right, max(rise for rise, _ in row), max(head for _, head in row)) for row in rows]


def _panel(panel: Panel, events: list[Event], sheet: _Sheet, room: _Margins, *, alone: bool = False) -> Spec:
    """Draw one series; the key stands below a chart that is ``alone``."""
    plot = sheet.plot(panel, round(sheet.width - room.left - room.right))
    placed = labels.placed_events(events, plot, room=room.right, period=sheet.period)
    moments = sheet.dates or panel.dates
    ticks = date_ticks(moments[0], moments[-1], width=plot.width, period=sheet.period)
    key = labels.key_rows(
        list(sheet.marks) if alone else [], width=sheet.width, left=-room.left, top=plot.height + 42
    )
    foot = (key[-1].py if key else plot.height + 15) + 8
    notes = labels.note_labels(placed.notes, left=-room.left, top=foot + 8, width=sheet.width)
    words = [*_words(panel, plot, ticks, sheet, room), *placed.labels, *labels.key_texts(key), *notes]
    foot = notes[-1].py + 8 if notes else foot
    x = layers.dates(plot.first, plot.last, ticks)
    size = layers.symbol_size([plot.x(date) for date in panel.dates])
    drawing = [
        layers.room_layer(Box(-room.left, plot.width + room.right, -room.rise - room.head - 12, foot)),
        *layers.event_layers(placed.rules, placed.boxes, height=plot.height),
        layers.line_layer(panel, x, plot.scale),
        layers.series_layer(panel, x, plot.scale),
        layers.point_layer(
            panel,
            x,
            plot.scale,
            chart_type=sheet.result.chart_type,
            unit=sheet.unit,
            period=sheet.period,
            marks=sheet.marks,
            size=size,
        ),
        *([layers.key_layer(key, marks=sheet.marks)] if key else []),
        layers.text_layer(words),
    ]
    return {"layer": drawing, "width": plot.width, "height": plot.height}


def _words(panel: Panel, plot: Plot, ticks: Sequence[datetime], sheet: _Sheet, room: _Margins) -> list[Label]:
    dated = sheet.period in ("day", "week")
    period = sheet.period if not dated else "day" if (plot.last - plot.first).days <= DAYS + 1 else "month"
    foot = -room.rise - 16
    written = [
        *labels.heading(panel.name, sheet.axis_title(), left=-room.left, width=sheet.width, foot=foot),
        *labels.date_labels(plot, ticks, period=period, left=room.left, right=room.right),
    ]
    if not any(panel.known):
        return [*written, Label(plot.width / 2, plot.height / 2, "No values yet", "center", LIGHT.text)]
    ends = labels.line_ends(sheet.ends(panel), sheet.unit, plot)
    return [*written, *labels.value_ticks(plot, sheet.unit), *ends]


def _key(sheet: _Sheet, width: float, *, left: float) -> Spec:
    """Draw the key of small multiples as a plot of its own."""
    rows = labels.key_rows(list(sheet.marks), width=width, left=-left, top=8)
    foot = rows[-1].py + 8 if rows else 0
    drawing = [
        layers.room_layer(Box(-left, width - left, 0, foot)),
        layers.key_layer(rows, marks=sheet.marks),
        layers.text_layer(labels.key_texts(rows)),
    ]
    return {"layer": drawing, "width": width - left, "height": foot}
