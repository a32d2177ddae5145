"""How one chart's numbers, dates and lines are said, so that its sentences and its alternative text say them alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.quarter import MONTHS
from sutg_analysis.control.result import SpcResult
from sutg_analysis.words.wording import (
    axis_words,
    centre_name,
    count,
    listed,
    number,
    period_of,
    so_far,
    spacing,
    telling_decimals,
    unit_words,
    when,
)


def unit_of(result: SpcResult, unit: str | None) -> str | None:
    """Return the unit given, or else what the chart's own numbers are: per cent, or a rate.

    Examples
    --------
    >>> import pandas as pd
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=3, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "late": [4, 6, 5], "seen": [40, 44, 41]})
    >>> unit_of(spc(frame, numerator="late", denominator="seen", date="month", chart="p", per=100), None)
    'percent'
    """
    if unit is not None or "denominator" not in result.points.columns:
        return unit
    per = result.per if isinstance(result.per, int | float) else 1
    return "percent" if per == 100 else "rate" if per != 1 else None


RARE = ("g", "t")
"""Charts of the gaps between rare events: the longer the gap, the rarer the events."""

_SHOWN = {"mr": ", change from point to point", "s": ", standard deviation"}


@dataclass(frozen=True)
class Phrases:
    """What the sentences of one result share.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.
    unit
        The unit of its values, or none.
    period
        What dates stand for, as :func:`sutg_analysis.words.wording.period_of` has it.
    step
        What one step along the dates is called: month, day, and gap where points are gaps between events.
    """

    result: SpcResult
    unit: str | None
    period: str
    step: str

    @cached_property
    def dates(self) -> list[datetime]:
        """The dates of all points."""
        return self.result.points["date"].dt.to_pydatetime().tolist()

    def hidden(self, row: Row) -> int:
        """Return how many points of a series disclosure control hides."""
        points = self.result.points
        if "hidden" not in points:
            return 0
        mine = points["hidden"]
        for key in self.result.by:
            mine = mine & points[key].eq(row[key])
        return int(mine.sum())

    def hidden_last(self, row: Row) -> bool:
        """Say whether the last point of a series is hidden."""
        date = row.get("hidden_date")
        return isinstance(date, datetime) and date == date

    def so_far(self, row: Row) -> str:
        """Return what a series has come to so far in a period that is not over; empty where it is."""
        known_to = row.get("so_far_to")
        if not isinstance(known_to, datetime) or known_to != known_to:
            return ""
        value = self.say(row["so_far"], row["latest"]) + self.tail
        return f"{so_far(row['so_far_date'], known_to, period=self.period)}: {value}"

    @property
    def rare(self) -> bool:
        """Whether points are gaps between rare events."""
        return self.result.chart_type in RARE

    @property
    def centre(self) -> str:
        """What the centre line is called."""
        return centre_name(self.result.chart_type)

    @property
    def per(self) -> float:
        """What values were multiplied by."""
        return self.result.per if isinstance(self.result.per, int | float) else 1

    @property
    def tail(self) -> str:
        """What a value is per, said once and not after every number."""
        return unit_words(self.unit, self.per).split(" between ")[0]

    @property
    def axis(self) -> str:
        """What the value axis shows, within a sentence."""
        words = axis_words(self.unit, self.per)
        if self.rare and " between " not in words:
            plain = "cases" if self.result.chart_type == "g" else "time"
            words = f"{plain if self.unit in (None, 'count') else words} between events"
        words = words[:1].lower() + words[1:]
        return f"{words}{_SHOWN.get(self.result.chart_type, '')}"

    def say(self, value: float, *others: float) -> str:
        """Return a value with its unit, and as many decimals as tell it from the others."""
        return number(value, unit=self.unit, decimals=telling_decimals([value, *others], unit=self.unit))

    def span(self, low: float, high: float, *others: float) -> str:
        """Return a range, its unit said once."""
        first, last = self.say(low, *others), self.say(high, *others)
        tail = f" {self.unit}"
        return f"{first.removesuffix(tail) if last.endswith(tail) else first} to {last}"

    def date(self, moment: datetime) -> str:
        """Return a date as a month or a day."""
        return when(moment, period=self.period)

    def dates_of(self, moments: Sequence[datetime]) -> str:
        """Return dates in a row, months of one year with the year said once."""
        if self.period == "month" and len({moment.year for moment in moments}) == 1:
            return f"{listed(MONTHS[moment.month - 1] for moment in moments)} {moments[0].year}"
        return listed(map(self.date, moments))

    def on(self, moment: datetime) -> str:
        """Return a date with its preposition."""
        return f"{'on' if self.period == 'day' else 'in'} {self.date(moment)}"

    def steps(self, many: int) -> str:
        """Return a count of points."""
        return count(int(many), self.step)

    def name(self, row: Row, title: str | None) -> str:
        """Return what a series is called: the title and its keys."""
        keys = ", ".join(str(row[key]) for key in self.result.by)
        return ", ".join(part for part in (title or "", keys) if part)


def phrases_of(result: SpcResult, unit: str | None) -> Phrases:
    """Return how a result is phrased."""
    dates = result.points["date"].dt.to_pydatetime().tolist()
    step = "gap" if result.chart_type in RARE else spacing(dates)
    return Phrases(result, unit_of(result, unit), period_of(result.points["date"]), step)
