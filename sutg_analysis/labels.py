"""What is written on a control chart, and where: ticks, the axis, ends of lines, events, the key.

Every label is a row of place (pixels from the top left of the plot), words, side and colour. They are drawn
as marks rather than left to the axes, so that the layout is known beforehand, nothing overlaps, and a static
drawing need not measure words one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sutg_analysis.layout import Scale, folded, spread, stacked, text_width
from sutg_analysis.theme import LIGHT
from sutg_analysis.wording import centre_name, day, plain_number, short_month

SMALL, NORMAL = 11, 12
LINE = 14
"""Sizes of letters and the height of a line, in pixels."""

KEY_LINE = 20


@dataclass(frozen=True)
class Plot:
    """One plot: its size in pixels, its value scale, and the dates at its left and right edge."""

    width: float
    height: float
    scale: Scale
    first: pd.Timestamp
    last: pd.Timestamp

    def x(self, date: pd.Timestamp) -> float:
        """Return the pixels from the left edge to a date."""
        return float((date - self.first) / (self.last - self.first) * self.width)

    def y(self, value: float) -> float:
        """Return the pixels from the top to a value."""
        return self.height - self.scale.pixels(value, height=self.height)


def texts(
    words: Sequence[str],
    x: Sequence[float],
    y: Sequence[float],
    *,
    side: str,
    ink: Sequence[str] | str = LIGHT.quiet,
    size: int = NORMAL,
) -> pd.DataFrame:
    """Return labels as rows: px, py, text, side (of the words their place is), ink, size."""
    table = pd.DataFrame({"px": list(x), "py": list(y), "text": list(words)}).round(1)
    return table.assign(side=side, ink=ink if isinstance(ink, str) else list(ink), size=size)


def tick_text(value: float, scale: Scale, unit: str | None) -> str:
    """Return a tick of the value axis in words."""
    return plain_number(value, unit=unit, decimals=scale.decimals)


def value_ticks(plot: Plot, unit: str | None) -> pd.DataFrame:
    """Return the labels of the value axis."""
    ticks = plot.scale.ticks
    words = [tick_text(tick, plot.scale, unit) for tick in ticks]
    return texts(words, [-8] * len(ticks), [plot.y(tick) for tick in ticks], side="right")


def date_labels(plot: Plot, ticks: pd.DatetimeIndex, *, days: bool) -> pd.DataFrame:
    """Return the labels of the date axis, those at the edges kept inside the drawing."""
    words = [day(tick.date()) if days else short_month(tick.date()) for tick in ticks]
    return texts(words, [plot.x(tick) for tick in ticks], [plot.height + 15] * len(ticks), side="center")


def line_ends(points: pd.DataFrame, chart_type: str, unit: str | None, plot: Plot) -> pd.DataFrame:
    """Return the values of the lines, written at their right ends and moved apart where lines are close."""
    last = points.iloc[-1]
    names = {
        "upper": ("Upper", LIGHT.limit),
        "lower": ("Lower", LIGHT.limit),
        "target": ("Target", LIGHT.target),
    }
    names["centre"] = (centre_name(chart_type).split()[0].title(), LIGHT.centre)
    rows = [(*name, last[line]) for line, name in names.items() if pd.notna(last[line])]
    places = spread([plot.y(value) for *_, value in rows], gap=LINE)
    words = [f"{name} {plain_number(value, unit=unit)}" for name, _, value in rows]
    ends = [plot.width + 6] * len(rows)
    return texts(words, ends, places, side="left", ink=[ink for _, ink, _ in rows], size=SMALL)


def event_rows(events: pd.DataFrame, plot: Plot, *, room: float) -> pd.DataFrame:
    """Return the events within the plot's dates with folded words, x, side and the top of their stack.

    Words stand right of their rule, or left of it near the right edge, beyond which ``room`` may be used.
    They are stacked so that a rule rises past no other event's words: the first event stands highest.
    """
    inside = events[(events["date"] >= plot.first) & (events["date"] <= plot.last)]
    rows = inside.assign(px=[plot.x(date) for date in inside["date"]])
    rows["text"] = [folded(text, width=(plot.width + room) * 0.42, size=SMALL) for text in rows["text"]]
    rows["wide"] = [
        max(text_width(line, size=SMALL) for line in text.split("\n")) + 8 for text in rows["text"]
    ]
    rows["side"] = (rows["px"] + rows["wide"] <= plot.width + room).map({True: "left", False: "right"})
    rows["rank"] = rows["px"].where(rows["side"] == "right", -rows["px"])
    rows = rows.sort_values(["side", "rank"]).reset_index(drop=True)
    left = (rows["px"] - rows["wide"].where(rows["side"] == "right", 0)).to_list()
    tall = [LINE * (text.count("\n") + 1) for text in rows["text"]]
    boxes = list(
        zip(left, (start + wide for start, wide in zip(left, rows["wide"], strict=True)), tall, strict=True)
    )
    return rows.assign(top=[foot + high for foot, high in zip(stacked(boxes), tall, strict=True)])


def event_texts(placed: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of the events' words, beside their rules above the plot."""
    rows = placed.assign(text=placed["text"].str.split("\n")).explode("text")
    rank = rows.groupby(level=0).cumcount()
    shift = rows["side"].map({"left": 4.0, "right": -4.0})
    table = texts(rows["text"], rows["px"] + shift, LINE / 2 - 6 - rows["top"] + rank * LINE, side="left")
    return table.assign(side=rows["side"].to_numpy(), ink=LIGHT.event, size=SMALL)


def key_rows(kinds: Sequence[str], *, width: float, left: float, top: float) -> pd.DataFrame:
    """Return the key: kind and place of its symbol, laid out in lines of at most that width.

    Examples
    --------
    >>> key_rows(["Usual variation", "Concern: shift"], width=200, left=0, top=10)["py"].tolist()
    [10.0, 30.0]
    """
    rows, x, y = [], left, top
    for kind in kinds:
        span = text_width(kind, size=NORMAL) + 34
        if x > left and x + span > left + width:
            x, y = left, y + KEY_LINE
        rows.append((kind, x + 7, y))
        x += span
    return pd.DataFrame(rows, columns=["mark", "px", "py"]).astype({"px": float, "py": float})


def key_texts(key: pd.DataFrame) -> pd.DataFrame:
    """Return the words beside the symbols of the key."""
    return texts(key["mark"], key["px"] + 10, key["py"], side="left", ink=LIGHT.text)
