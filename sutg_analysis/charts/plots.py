"""A series with lines and a band over it, bars with intervals, a grid of verdicts: the plain charts of results.

No arithmetic: each takes a finished table. Lines differ by dash as well as colour, marks by shape, cells by a letter,
so that none rests on colour alone. Dates and values stand on quiet axes in the theme's type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from sutg_analysis.charts.layout import date_ticks, folded
from sutg_analysis.charts.theme import LIGHT, Spec, chart_config
from sutg_analysis.words.wording import axis_words, is_monthly, is_yearly, number, when


@dataclass(frozen=True)
class Curve:
    """One line: the column it draws, its name in the key, its colour and dash, the column that breaks it."""

    column: str
    name: str
    ink: str = LIGHT.centre
    dash: tuple[int, ...] = (1, 0)
    split: str | None = None


DASHED, DOTTED = (7, 4), (2, 3)
_WITHIN, _BEYOND = "As the rest", "Differs beyond chance"


def curve_chart(
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
) -> alt.LayerChart:
    """Draw a series with lines over it.

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

    Returns
    -------
    altair.LayerChart
    """
    x = _dates(table["date"], width)
    y_title = axis or axis_words(unit, per)
    drawn = [_band_layer(table, band, x)] if band else []
    drawn += [_series_layer(table, points, x)] if points else []
    drawn += [_curves_layer(table, curves, x)] if curves else []
    drawn += _point_layers(table, points, signals, x, unit) if points else []
    drawn += _mark_layers(marks, x) if marks is not None and len(marks) else []
    apart: Spec = dict.fromkeys(("color", "fill", "shape", "strokeDash"), "independent")
    chart = alt.layer(*drawn).resolve_scale(**apart).resolve_legend(**apart)
    return finished(chart, title=title, subtitle=y_title, width=width, height=height)


def finished(chart: Any, *, title: str | None, subtitle: str | None, width: int, height: int | None) -> Any:
    """Return a chart with its title, the words of its values below it, size and theme."""
    lines = folded(title, width=width, size=15).split("\n") if title else []
    under = [subtitle] if subtitle else []
    words = alt.TitleParams(lines or under, subtitle=under if lines else [], anchor="start", offset=10)
    if not lines:
        words = alt.TitleParams(under, anchor="start", offset=8, fontSize=12, fontWeight="normal")
    size = {"width": width} | ({"height": height} if height else {})
    return chart.properties(title=words, **size).configure(**chart_config())


def _dates(dates: pd.Series, width: float) -> alt.X:
    first, last = dates.min(), dates.max()
    ticks = date_ticks(first, last, width=width, monthly=is_monthly(dates))
    form = "%e %b %Y" if (last - first).days <= 100 and not is_monthly(dates) else "%b %Y"
    if is_yearly(dates):
        least = dates.dt.year.nunique() * 50 / width
        every = next((years for years in (1, 2, 5, 10, 20, 50) if years >= least), 100)
        ticks = pd.DatetimeIndex(dates.drop_duplicates().sort_values())
        ticks, form = ticks[ticks.year % every == 0], "%Y"
    values = [alt.DateTime(year=tick.year, month=tick.month, date=tick.day) for tick in ticks]
    axis = alt.Axis(values=values, format=form, title=None, grid=False, labelOverlap=True)
    return alt.X("date:T", axis=axis)


def _y(column: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))


def _series_layer(table: pd.DataFrame, column: str, x: alt.X) -> alt.Chart:
    line = alt.Chart(table[["date", column]].dropna()).mark_line(color=LIGHT.series, strokeWidth=1)
    return line.encode(x=x, y=_y(column))


def _curves_layer(table: pd.DataFrame, curves: Sequence[Curve], x: alt.X) -> alt.Chart:
    long = pd.concat([_stretches(table, curve) for curve in curves])
    names = [curve.name for curve in curves]
    ink = alt.Scale(domain=names, range=[curve.ink for curve in curves])
    dash = alt.Scale(domain=names, range=[list(curve.dash) for curve in curves])
    key = alt.Legend(orient="bottom", title=None, symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
    return (
        alt.Chart(long)
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=_y("level"),
            color=alt.Color("line:N", scale=ink, legend=key),
            strokeDash=alt.StrokeDash("line:N", scale=dash, legend=key),
            detail=alt.Detail("stretch:N"),
        )
    )


def _stretches(table: pd.DataFrame, curve: Curve) -> pd.DataFrame:
    """Return a line's rows, broken where its column of stretches changes."""
    stretch = (
        table[curve.split].astype("str") if curve.split else pd.Series("", index=table.index, dtype="str")
    )
    rows = pd.DataFrame({"date": table["date"], "level": table[curve.column], "stretch": stretch})
    return rows.dropna(subset="level").assign(line=curve.name)


def _band_layer(table: pd.DataFrame, band: tuple[str, str, str], x: alt.X) -> alt.Chart:
    low, high, name = band
    rows = table[["date", low, high]].dropna().assign(band=name)
    area = alt.Chart(rows).mark_area(opacity=0.6, stroke=LIGHT.limit, strokeWidth=0.8)
    fill = alt.Fill("band:N", scale=alt.Scale(domain=[name], range=[LIGHT.grid]), legend=_key("square"))
    return area.encode(x=x, y=_y(low), y2=alt.Y2(high), fill=fill)


def _key(symbol: str | None = None) -> alt.Legend:
    shape: Spec = {"symbolType": symbol} if symbol else {}
    return alt.Legend(orient="bottom", title=None, **shape)


def _point_layers(
    table: pd.DataFrame, column: str, signals: pd.Series | None, x: alt.X, unit: str | None
) -> list[alt.Chart]:
    monthly = is_monthly(table["date"])
    rows = table[["date", column]].assign(
        Date=[when(date, monthly=monthly) for date in table["date"]],
        Value=[number(value, unit=unit) for value in table[column]],
        shows="Observed"
        if signals is None
        else signals.map({True: "Signal", False: "Observed"}).astype("str"),
    )
    kinds = ["Observed"] if signals is None else ["Observed", "Signal"]
    marks = alt.Chart(rows.dropna(subset=column)).mark_point(
        filled=True, opacity=1, size=46, stroke=LIGHT.outline, strokeWidth=1
    )
    key = _key()
    shape = alt.Scale(domain=kinds, range=["circle", "diamond"][: len(kinds)])
    fill = alt.Scale(domain=kinds, range=[LIGHT.common, LIGHT.concern][: len(kinds)])
    return [
        marks.encode(
            x=x,
            y=_y(column),
            shape=alt.Shape("shows:N", scale=shape, legend=key),
            fill=alt.Fill("shows:N", scale=fill, legend=key),
            tooltip=["Date:N", "Value:N"],
        )
    ]


def _mark_layers(marks: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    base = alt.Chart(marks[["date", "text"]])
    rule = base.mark_rule(color=LIGHT.event, strokeDash=[2, 3], strokeWidth=1.4).encode(x=x)
    words = base.mark_text(color=LIGHT.event, align="left", baseline="top", dx=4, fontSize=11)
    return [rule, words.encode(x=x, y=alt.value(0), text="text:N")]


def interval_chart(
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
) -> alt.LayerChart:
    """Draw one row a name: its value, its interval, and what it is compared with (a tick)."""
    shows = (
        pd.Series(_WITHIN, index=table.index)
        if flagged is None
        else flagged.map({True: _BEYOND, False: _WITHIN})
    )
    rows = table[[name, value, lower, upper]].assign(
        shows=shows.astype("str"), Value=[number(found, unit=unit) for found in table[value]]
    )
    order = rows[name].astype("str").tolist()
    rows = rows.assign(**{name: order})
    y = alt.Y(f"{name}:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    x_axis = alt.Axis(tickCount=5)
    base = alt.Chart(rows)
    x = alt.X(f"{lower}:Q", title=None, scale=alt.Scale(zero=False), axis=x_axis)
    bars = base.mark_rule(color=LIGHT.limit, strokeWidth=2).encode(y=y, x=x, x2=alt.X2(upper))
    kinds = [_WITHIN, _BEYOND]
    key = _key() if flagged is not None else None
    shape = alt.Scale(domain=kinds, range=["circle", "diamond"])
    fill = alt.Scale(domain=kinds, range=[LIGHT.common, LIGHT.concern])
    points = base.mark_point(filled=True, opacity=1, size=70, stroke=LIGHT.outline, strokeWidth=1).encode(
        y=y,
        x=alt.X(f"{value}:Q"),
        shape=alt.Shape("shows:N", scale=shape, legend=key),
        fill=alt.Fill("shows:N", scale=fill, legend=key),
        tooltip=[alt.Tooltip(f"{name}:N", title="Group"), "Value:N"],
    )
    drawn = [bars, points]
    if reference is not None:
        ticks = alt.Chart(table[[name, reference]].assign(**{name: order}))
        drawn.append(
            ticks.mark_tick(color=LIGHT.target, thickness=3, size=18).encode(y=y, x=f"{reference}:Q")
        )
        axis = f"{axis or axis_words(unit)}; the tick: {reference_name}"
    return finished(
        alt.layer(*drawn), title=title, subtitle=axis or axis_words(unit), width=width, height=None
    )


def grid_chart(
    table: pd.DataFrame,
    *,
    row: str,
    column: str,
    kind: str,
    letter: str,
    inks: dict[str, str],
    hints: Sequence[str] = (),
    title: str | None = None,
    subtitle: str | None = None,
    width: int = 720,
) -> alt.LayerChart:
    """Draw a grid of cells, each with a colour and a letter of its own."""
    rows, columns = table[row].drop_duplicates().tolist(), table[column].drop_duplicates().tolist()
    y = alt.Y(f"{row}:N", sort=rows, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    axis = alt.Axis(orient="top", labelAngle=-40, labelLimit=160, ticks=False, domain=False)
    x = alt.X(f"{column}:N", sort=columns, title=None, axis=axis)
    fill = alt.Scale(domain=list(inks), range=list(inks.values()))
    narrow: Spec = {"columns": 2} if width < 400 else {}
    key = alt.Legend(orient="bottom", title=None, **narrow)
    base = alt.Chart(table[list(dict.fromkeys([row, column, kind, letter, *hints]))])
    cells = base.mark_rect(stroke=LIGHT.axis, strokeWidth=1).encode(
        x=x,
        y=y,
        fill=alt.Fill(f"{kind}:N", scale=fill, legend=key),
        tooltip=[f"{name}:N" for name in (row, column, *hints)],
    )
    lettered = alt.Chart(table.loc[table[letter] != "", [row, column, letter]])
    words = lettered.mark_text(fontSize=12, fontWeight="bold", color=LIGHT.text).encode(
        x=x, y=y, text=f"{letter}:N"
    )
    height = max(60, 30 * len(rows))
    return finished(alt.layer(cells, words), title=title, subtitle=subtitle, width=width, height=height)
