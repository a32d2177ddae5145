"""What is written on a chart, and where: ticks, the axis, ends of lines, events, the key.

Every label is a row of place (pixels from the top left of the plot), words, side and colour. They are drawn
as marks rather than left to the axes, so that the layout is known beforehand, nothing overlaps, and a static
drawing need not measure words one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sutg_analysis.charts.layers import INKS, Box, Label, Symbol
from sutg_analysis.charts.layout import Scale, folded, spread, stack_heights, text_width
from sutg_analysis.charts.theme import LIGHT
from sutg_analysis.words.wording import plain_number, when

SMALL, NORMAL = 11, 12
LINE = 14
"""Sizes of letters and the height of a line, in pixels."""

KEY_LINE = 20
_MILLION = 1_000_000
_TALL = 126
"""Events' words may stand so many pixels high above the plot; if more, they are numbered and told below it."""

_EVENT_WORDS = {"rebase": "Limits reset", "exclude": "Left out", "pdsa": "PDSA", "note": ""}


@dataclass(frozen=True)
class Plot:
    """One plot: its size in pixels, its value scale, and the dates at its left and right edge."""

    width: float
    height: float
    scale: Scale
    first: datetime
    last: datetime

    def x(self, date: datetime) -> float:
        """Return the pixels from the left edge to a date."""
        return (date - self.first) / (self.last - self.first) * self.width

    def y(self, value: float) -> float:
        """Return the pixels from the top to a value."""
        return self.height - self.scale.pixels(value, height=self.height)


@dataclass(frozen=True)
class Event:
    """Something that happened: when, and what is said of it."""

    date: datetime
    text: str


@dataclass(frozen=True)
class Events:
    """Events as they are drawn: rules (place, top), grounds of their words, words, and notes below the key."""

    rules: list[tuple[float, float]]
    boxes: list[Box]
    labels: list[Label]
    notes: list[str]

    @property
    def rise(self) -> float:
        """How far the words stand above the plot."""
        return -min((box.top for box in self.boxes), default=0)


def event_text(kind: str, label: str) -> str:
    """Return what is written of an event.

    Examples
    --------
    >>> event_text("rebase", "New clinic"), event_text("note", "New beds"), event_text("pdsa", "")
    ('Limits reset: New clinic', 'New beds', 'PDSA')
    """
    head = _EVENT_WORDS.get(kind, kind)
    return f"{head}: {label}" if head and label else head or label


def compact(value: float, *, unit: str | None) -> str:
    """Return a number as short as a chart needs it: millions as m, a zero plain.

    Examples
    --------
    >>> compact(1_503_667, unit="pounds"), compact(0.0, unit="percent"), compact(12.25, unit="percent")
    ('£1.50m', '0%', '12.2%')
    """
    if value == 0:
        return plain_number(0, unit=unit, decimals=0)
    if abs(value) < _MILLION or unit == "percent":
        return plain_number(value, unit=unit)
    millions = round(value / _MILLION, 3)
    places = next((places for places in (0, 1, 2) if round(millions, places) == millions), 2)
    return f"{plain_number(millions, unit=unit, decimals=min(places, 2))}m"


def tick_words(scale: Scale, unit: str | None) -> list[str]:
    """Return the ticks of the value axis in words."""
    if max(map(abs, scale.ticks)) < _MILLION or unit == "percent":
        return [plain_number(tick, unit=unit, decimals=scale.decimals) for tick in scale.ticks]
    return [
        compact(tick, unit=unit)
        if abs(tick) >= _MILLION
        else f"{plain_number(tick / _MILLION, unit=unit, decimals=1)}m"
        if tick
        else "0"
        for tick in scale.ticks
    ]


def value_ticks(plot: Plot, unit: str | None) -> list[Label]:
    """Return the labels of the value axis."""
    pairs = zip(plot.scale.ticks, tick_words(plot.scale, unit), strict=True)
    return [Label(-8, plot.y(tick), words, "right") for tick, words in pairs]


def date_labels(
    plot: Plot, ticks: Sequence[datetime], *, period: str, left: float, right: float
) -> list[Label]:
    """Return the labels of the date axis; ``left`` and ``right`` are the room beside the plot."""
    labels = []
    for tick in ticks:
        words = when(tick, period=period, short=True)
        half = text_width(words, size=NORMAL) / 2
        place = min(max(plot.x(tick), half - left), plot.width + right - half)
        labels.append(Label(place, plot.height + 15, words, "center"))
    return labels


def end_words(ends: dict[str, tuple[str, float]], unit: str | None) -> dict[str, str]:
    """Return what is written at the ends of lines: line to name and value in words."""
    return {line: f"{name} {compact(value, unit=unit)}" for line, (name, value) in ends.items()}


def line_ends(ends: dict[str, tuple[str, float]], unit: str | None, plot: Plot) -> list[Label]:
    """Return the values of the lines, written at their right ends and moved apart where lines are close.

    Parameters
    ----------
    ends
        Line to its name and last value, from top to bottom where values are equal.
    """
    words = end_words(ends, unit)
    places = spread([plot.y(value) for _, value in ends.values()], gap=LINE)
    pairs = zip(ends, places, strict=True)
    return [
        Label(plot.width + 6, place, words[line], "left", INKS.get(line, LIGHT.limit), SMALL)
        for line, place in pairs
    ]


def placed_events(events: Iterable[Event], plot: Plot, *, room: float, period: str) -> Events:
    """Return the events within the plot's dates, placed above it.

    Words stand right of their rule, or left of it near the right edge, beyond which ``room`` may be used. Where
    they would stand too high, the rules are numbered instead, and ``notes`` say what the numbers mean.
    """
    inside = sorted(
        (each for each in events if plot.first <= each.date <= plot.last), key=lambda each: each.date
    )
    written = _written(inside, plot, room)
    return written if written.rise <= _TALL else _numbered(inside, plot, period=period)


def _written(events: Sequence[Event], plot: Plot, room: float) -> Events:
    """Stack words so that a rule rises past as few others as can be: the first event stands highest."""
    end = plot.width + room
    blocks = []
    for event in events:
        x, lines = plot.x(event.date), folded(event.text, width=end * 0.42, size=SMALL).split("\n")
        wide = max(text_width(line, size=SMALL) for line in lines) + 8
        blocks.append((x, lines, wide, "left" if x + wide <= end else "right"))
    blocks.sort(key=lambda row: (row[3], -row[0] if row[3] == "left" else row[0]))
    spans = [(x, x + wide) if side == "left" else (x - wide, x) for x, _, wide, side in blocks]
    tall = [LINE * len(lines) for _, lines, _, _ in blocks]
    feet = stack_heights([(*span, high) for span, high in zip(spans, tall, strict=True)])
    rules, boxes, labels = [], [], []
    for (x, lines, _, side), (left, right), foot, high in zip(blocks, spans, feet, tall, strict=True):
        top = -foot - high - 6
        rules.append((x, top + 2))
        boxes.append(Box(left + 1, right - 1, top, top + high))
        shift = 4 if side == "left" else -4
        labels += [_event_label(x + shift, top + LINE * rank, text, side) for rank, text in enumerate(lines)]
    return Events(rules, boxes, labels, [])


def _event_label(x: float, top: float, text: str, side: str) -> Label:
    return Label(x, top + LINE / 2, text, side, LIGHT.event, SMALL)


def _numbered(events: Sequence[Event], plot: Plot, *, period: str) -> Events:
    """Give each rule a number; numbers that would touch stand above each other."""
    places = [plot.x(event.date) for event in events]
    feet = stack_heights([(x - 7, x + 7, LINE) for x in places], gap=2)
    tops = [-foot - LINE - 6 for foot in feet]
    boxes = [Box(x - 7, x + 7, top, top + LINE) for x, top in zip(places, tops, strict=True)]
    labels = [
        _event_label(x, top, str(rank), "center")
        for rank, (x, top) in enumerate(zip(places, tops, strict=True), start=1)
    ]
    notes = [
        f"{rank}. {when(event.date, period=period)}: {event.text}"
        for rank, event in enumerate(events, start=1)
    ]
    rules = [(x, top + LINE) for x, top in zip(places, tops, strict=True)]
    return Events(rules, boxes, labels, notes)


def note_labels(notes: Sequence[str], *, left: float, top: float, width: float) -> list[Label]:
    """Return what numbered events were, a line or more each, below the key."""
    lines = [line for text in notes for line in folded(text, width=width, size=SMALL).split("\n")]
    return [_event_label(left, top + LINE * rank, line, "left") for rank, line in enumerate(lines)]


def key_rows(kinds: Sequence[str], *, width: float, left: float, top: float) -> list[Symbol]:
    """Return the symbols of the key, laid out in lines of at most that width.

    Examples
    --------
    >>> [symbol.py for symbol in key_rows(["Usual variation", "Concern: shift"], width=200, left=0, top=10)]
    [10, 30]
    """
    rows = []
    x, y = left, top
    for kind in kinds:
        span = text_width(kind, size=NORMAL) + 34
        if x > left and x + span > left + width:
            x, y = left, y + KEY_LINE
        rows.append(Symbol(kind, round(x + 7, 1), y))
        x += span
    return rows


def key_texts(key: Sequence[Symbol]) -> list[Label]:
    """Return the words beside the symbols of the key."""
    return [Label(symbol.px + 10, symbol.py, symbol.mark, "left", LIGHT.text) for symbol in key]


def heading(name: str, words: str, *, left: float, width: float, foot: float) -> list[Label]:
    """Return the panel's name and the words of its value axis, flat above the plot; the last line at ``foot``."""
    bold = [(line, "bold") for line in folded(name, width=width / 1.08, size=NORMAL).split("\n") if name]
    lines = [*bold, *((line, "normal") for line in folded(words, width=width, size=NORMAL).split("\n"))]
    tops = [foot - (LINE + 2) * back for back in range(len(lines) - 1, -1, -1)]
    return [
        Label(left, top, line, "left", LIGHT.text, NORMAL, weight)
        for (line, weight), top in zip(lines, tops, strict=True)
    ]
