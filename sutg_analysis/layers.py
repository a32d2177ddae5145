"""The layers of a control chart: event rules, stepping lines, the series, its points, the words on it.

Each function takes tidy rows and returns one Altair layer. Points are shaped by the rule that fired and
coloured by the verdict, so that either alone is enough to read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from sutg_analysis.layout import Scale
from sutg_analysis.theme import LIGHT, VERDICTS, verdict_of
from sutg_analysis.wording import RULE_NAMES, RULES, VERDICT_WORDS, centre_name, number, when

USUAL, LEFT_OUT, PROVISIONAL = VERDICT_WORDS["common"], "Left out", "Provisional"
_SHAPES = {"outside": "diamond", "trend": "triangle-up", "two_of_three": "cross", "shift": "square"}

MARKS: dict[str, tuple[str, str]] = {
    USUAL: (LIGHT.common, "circle"),
    **{
        f"{VERDICT_WORDS[verdict]}: {RULE_NAMES[rule]}": (getattr(LIGHT, verdict), _SHAPES[rule])
        for verdict in VERDICTS
        for rule in RULES
        if verdict != "common"
    },
    LEFT_OUT: (LIGHT.card, "circle"),
    PROVISIONAL: (LIGHT.card, "triangle-right"),
}
"""Every kind of point with its fill and its shape, in the order of the key."""

_INKS = {"centre": LIGHT.centre, "lower": LIGHT.limit, "upper": LIGHT.limit, "target": LIGHT.target}
_DASHES = {"centre": [1, 0], "lower": [6, 4], "upper": [6, 4], "target": [8, 3, 2, 3]}


def marked(points: pd.DataFrame, *, provisional: pd.Series | None = None) -> pd.Series:
    """Return which of ``MARKS`` each point is; the most telling rule stands for several."""
    verdict = points["variation"].astype("str").map(verdict_of)
    words = verdict.map(VERDICT_WORDS).astype("str")
    mark = pd.Series(USUAL, index=points.index, dtype="str")
    for rule in reversed(RULES):
        mark = mark.mask(points[rule] & (verdict != "common"), words + ": " + RULE_NAMES[rule])
    mark = mark.mask(points["excluded"], LEFT_OUT)
    return mark if provisional is None else mark.mask(provisional, PROVISIONAL)


def told(points: pd.DataFrame, chart_type: str, unit: str | None, *, monthly: bool) -> pd.DataFrame:
    """Return the points with the words a pointer shows: date, value, lines, what the point shows."""
    kept = points.dropna(subset="value")
    reason = kept["excluded_reason"].astype("str")
    shown = kept[["date", "value", "mark"]].assign(
        Date=[when(date, monthly=monthly) for date in kept["date"]],
        Value=[number(value, unit=unit) for value in kept["value"]],
        Shows=kept["mark"].str.cat(reason.where(reason == "", ": " + reason)),
    )
    for line, title in (("centre", _heading(chart_type)), ("lower", "Lower limit"), ("upper", "Upper limit")):
        if kept[line].notna().any():
            shown[title] = [number(value, unit=unit) for value in kept[line]]
    if kept["target"].notna().any():
        shown["Target"] = [number(value, unit=unit) for value in kept["target"]]
    return shown


def _heading(chart_type: str) -> str:
    name = centre_name(chart_type)
    return name[:1].upper() + name[1:]


def date_axis(ticks: pd.DatetimeIndex) -> alt.Axis:
    """Return the line and ticks of the date axis; its labels are drawn as marks."""
    return alt.Axis(values=[_moment(tick) for tick in ticks], title=None, grid=False, labels=False)


def value_axis(scale: Scale) -> alt.Axis:
    """Return the gridlines of the value axis; its labels are drawn as marks."""
    return alt.Axis(values=list(scale.ticks), title=None, labels=False, domain=False, ticks=False)


def dates(first: pd.Timestamp, last: pd.Timestamp, axis: alt.Axis) -> alt.X:
    """Return the date channel of the plot."""
    return alt.X("date:T", scale=alt.Scale(domain=[_moment(first), _moment(last)], nice=False), axis=axis)


def values(field: str, scale: Scale) -> alt.Y:
    """Return the value channel of the plot."""
    limits = alt.Scale(domain=[scale.low, scale.high], nice=False, zero=False)
    return alt.Y(f"{field}:Q", scale=limits, axis=value_axis(scale))


def _moment(date: pd.Timestamp) -> alt.DateTime:
    return alt.DateTime(year=date.year, month=date.month, date=date.day, hours=date.hour, minutes=date.minute)


def line_layer(corners: pd.DataFrame, x: alt.X, scale: Scale) -> alt.Chart:
    """Draw centre, limits and target, each stepping where it changes."""
    names = [name for name in _INKS if (corners["line"] == name).any()]
    ink = alt.Scale(domain=names, range=[_INKS[name] for name in names])
    dash = alt.Scale(domain=names, range=[_DASHES[name] for name in names])
    return (
        alt.Chart(corners)
        .mark_line(strokeWidth=1.5)
        .encode(
            x=x,
            y=values("level", scale),
            detail=alt.Detail("stretch:N"),
            order=alt.Order("order:Q"),
            color=alt.Color("line:N", scale=ink, legend=None),
            strokeDash=alt.StrokeDash("line:N", scale=dash, legend=None),
        )
    )


def series_layer(shown: pd.DataFrame, x: alt.X, scale: Scale) -> alt.Chart:
    """Draw the thin line that leads the eye from point to point."""
    line = alt.Chart(shown[["date", "value"]]).mark_line(color=LIGHT.series, strokeWidth=1.2)
    return line.encode(x=x, y=values("value", scale))


def point_layer(shown: pd.DataFrame, x: alt.X, scale: Scale, *, kinds: Sequence[str]) -> alt.Chart:
    """Draw the points with what a pointer shows."""
    hints = [alt.Tooltip(f"{name}:N") for name in shown.columns if name not in {"date", "value", "mark"}]
    return _symbols(shown, kinds).encode(x=x, y=values("value", scale), tooltip=hints)


def key_layer(key: pd.DataFrame, *, kinds: Sequence[str]) -> alt.Chart:
    """Draw the symbols of the key."""
    return _symbols(key, kinds).encode(x=_pixels("px", alt.X), y=_pixels("py", alt.Y))


def _symbols(rows: pd.DataFrame, kinds: Sequence[str]) -> alt.Chart:
    fill = alt.Scale(domain=list(kinds), range=[MARKS[kind][0] for kind in kinds])
    shape = alt.Scale(domain=list(kinds), range=[MARKS[kind][1] for kind in kinds])
    mark = alt.Chart(rows).mark_point(filled=True, opacity=1, size=58, stroke=LIGHT.outline, strokeWidth=1.1)
    return mark.encode(
        fill=alt.Fill("mark:N", scale=fill, legend=None), shape=alt.Shape("mark:N", scale=shape, legend=None)
    )


def event_rules(placed: pd.DataFrame, *, height: float) -> alt.Chart:
    """Draw a rule from the foot of the plot up to each event's words."""
    rows = pd.DataFrame({"px": placed["px"].round(1), "py": -4.0 - placed["top"]})
    rule = alt.Chart(rows).mark_rule(color=LIGHT.event, strokeDash=[2, 3], strokeWidth=1)
    return rule.encode(x=_pixels("px", alt.X), y=_pixels("py", alt.Y), y2=alt.Y2Value(height))


def text_layers(rows: pd.DataFrame) -> list[alt.Chart]:
    """Write labels, one layer a side and size."""
    groups = rows.groupby(["side", "size"], sort=True)
    return [_text_layer(group, side=str(side), size=int(size)) for (side, size), group in groups]


def _text_layer(rows: pd.DataFrame, *, side: Any, size: int) -> alt.Chart:
    text = alt.Chart(rows[["px", "py", "text", "ink"]]).mark_text(
        align=side, baseline="middle", fontSize=size
    )
    ink = alt.Color("ink:N", scale=None, legend=None)
    return text.encode(x=_pixels("px", alt.X), y=_pixels("py", alt.Y), text=alt.Text("text:N"), color=ink)


def room_layer(*, left: float, right: float, top: float, bottom: float) -> alt.Chart:
    """Hold room for the words, which may stand outside the plot, with an unseen rectangle."""
    room = alt.Chart(alt.Data(values=[{}])).mark_rect(opacity=0)
    return room.encode(x=alt.XValue(left), x2=alt.X2Value(right), y=alt.YValue(top), y2=alt.Y2Value(bottom))


def _pixels(field: str, channel: Any) -> Any:
    return channel(f"{field}:Q", scale=None, axis=None)
