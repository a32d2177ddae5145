"""The steps of time: observations placed on months, quarters, years, weeks or days, so that gaps count.

Months differ in length and a slope a month should not, so time is counted in steps of the calendar that the dates
keep: month 0, 1, 2... A month that is not reported leaves its step empty. Dates that keep no calendar are counted
in days. The season of a calendar is its year (12 months, 4 quarters, 52 weeks) or, for days, its week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Numbers, Places
from sutg_analysis.control.limits import find_chart
from sutg_analysis.control.observations import Columns, Readings, read
from sutg_analysis.control.targets import IMPROVEMENTS
from sutg_analysis.errors import ArgumentError, DataError

MINIMUM = 8
"""Fewer points than this carry no test of trend: even eight in strict order are only just beyond chance."""

DAYS_A_YEAR = 365.25
_YEARS = (1678, 2261)
"""Years that a date in nanoseconds can hold."""


@dataclass(frozen=True)
class Calendar:
    """What one step is: its name, how many make a season (1: none) and how many a year."""

    step: str
    season: int
    a_year: float

    @property
    def offset(self) -> pd.DateOffset:
        """One step, to be added to a date."""
        months = {"month": 1, "quarter": 3, "year": 12}
        if self.step in months:
            return pd.DateOffset(months=months[self.step])
        return pd.DateOffset(days=7 if self.step == "week" else 1)


CALENDARS = {
    "year": Calendar("year", 1, 1),
    "quarter": Calendar("quarter", 4, 4),
    "month": Calendar("month", 12, 12),
    "week": Calendar("week", 52, DAYS_A_YEAR / 7),
    "day": Calendar("day", 7, DAYS_A_YEAR),
}


@dataclass(frozen=True)
class Timeline:
    """Series on one calendar: ``step`` counts from the first date of all series; ``readings`` hold the values."""

    readings: Readings
    step: Places
    calendar: Calendar

    @property
    def value(self) -> Numbers:
        """The values, numerator over denominator where both were given."""
        return self.readings.value

    @property
    def known(self) -> np.ndarray:
        """Which observations have a value."""
        return ~np.isnan(self.readings.value)

    def dates_after(self, count: int) -> pd.DatetimeIndex:
        """Return the dates of the next steps after the last observation."""
        last, offset = self.readings.date.max(), self.calendar.offset
        return pd.DatetimeIndex([last + offset * ahead for ahead in range(1, count + 1)])


def timeline(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    exposure: str | None = None,
    by: str | Sequence[str] | None = None,
    per: float = 1,
    counts: bool = False,
) -> Timeline:
    """Read a frame as ``spc`` does and place its observations on a calendar.

    Parameters
    ----------
    frame, date, value, numerator, denominator, by
        As for :func:`sutg_analysis.spc`; whole numbers from 1678 to 2261 in ``date`` are read as years.
    exposure
        Another name of the denominator; with it, ``value`` is a count and so the numerator.
    counts
        Whether ``value`` is a count without an exposure too.
    per
        Multiplies numerator over denominator.

    Raises
    ------
    ArgumentError, DataError
        As :func:`sutg_analysis.control.observations.read`.

    Examples
    --------
    >>> months = ["2024-01-01", "2024-02-01", "2024-04-01"]
    >>> line = timeline(pd.DataFrame({"month": months, "y": [1, 2, 4]}), value="y", date="month")
    >>> line.calendar.step, line.step.tolist()
    ('month', [0, 1, 3])
    """
    if exposure is not None and denominator is not None:
        raise ArgumentError("exposure and denominator", "one of them: they mean the same", "Leave one out")
    below = denominator if denominator is not None else exposure
    if (below is not None or counts) and numerator is None:
        value, numerator = None, value
    columns = Columns(date, value, numerator, below, by)
    readings = read(_dated(frame, date), columns, find_chart("xmr"))
    if np.isnan(readings.value).all():
        column = value or numerator
        raise DataError(f"no value in column {column!r}", "at least one value", "Check the column")
    calendar = CALENDARS[_kept(readings)]
    if not (isinstance(per, int | float) and 0 < per < np.inf):
        raise ArgumentError(f"per={per!r}", "a number above 0", "Use 1, 100 or 1000")
    readings = readings if per == 1 else replace(readings, value=readings.value * per)
    return Timeline(readings, _steps(readings.date, calendar), calendar)


def _dated(frame: pd.DataFrame, date: str) -> pd.DataFrame:
    """Turn whole years into dates; leave all else to the reading."""
    if not isinstance(frame, pd.DataFrame) or date not in frame.columns:
        return frame
    column = frame[date]
    if not isinstance(column, pd.Series) or not pd.api.types.is_numeric_dtype(column.dtype):
        return frame
    years = column.dropna()
    if len(years) == len(column) and (years == years.round()).all() and years.between(*_YEARS).all():
        return frame.assign(**{date: pd.to_datetime(years.astype(int).astype(str) + "-01-01")})
    return frame


def _kept(readings: Readings) -> str:
    """Return the coarsest calendar that all dates keep, each step at most once in a series."""
    date = readings.date
    one_day = (date.dt.day == date.dt.day.iloc[0]).all() or date.dt.is_month_end.all()
    if one_day and (date == date.dt.normalize()).all():
        month = (date.dt.year * 12 + date.dt.month).to_numpy()
        apart = np.gcd.reduce(np.diff(np.unique(month)))
        if apart:
            return "year" if apart % 12 == 0 else "quarter" if apart % 3 == 0 else "month"
    days = (date - date.min()).dt.days.to_numpy()
    whole = (date == date.dt.normalize()).all() and len(days) > 1
    return "week" if whole and np.gcd.reduce(np.unique(days)) % 7 == 0 else "day"


def _steps(date: pd.Series, calendar: Calendar) -> Places:
    if calendar.step in ("month", "quarter", "year"):
        month = (date.dt.year * 12 + date.dt.month).to_numpy()
        return (month - month.min()) // {"month": 1, "quarter": 3, "year": 12}[calendar.step]
    days = (date.dt.normalize() - date.dt.normalize().min()).dt.days.to_numpy()
    return days // 7 if calendar.step == "week" else days


def check_direction(improvement: str) -> None:
    """Refuse what is no direction of improvement."""
    if improvement not in IMPROVEMENTS:
        raise ArgumentError(
            f"improvement={improvement!r}", "increase, decrease or neutral", "Choose one of these"
        )


def check_confidence(confidence: float) -> None:
    """Refuse what is no level of confidence."""
    if not (isinstance(confidence, int | float) and 0.5 <= confidence < 1):
        raise ArgumentError(f"confidence={confidence!r}", "a share from 0.5 to below 1", "Use 0.95")


def check_positive(**given: float) -> None:
    """Refuse arguments that are no numbers above 0."""
    for name, number in given.items():
        if not (isinstance(number, int | float) and 0 < number < np.inf):
            raise ArgumentError(f"{name}={number!r}", "a number above 0", "Correct it")


def variation(direction: pd.Series, improvement: str) -> pd.Series:
    """Return what a direction means: improvement, concern, neutral, none or too_few.

    Examples
    --------
    >>> variation(pd.Series(["up", "down", "none"]), "decrease").tolist()
    ['concern', 'improvement', 'none']
    """
    better = {"increase": ("improvement", "concern"), "decrease": ("concern", "improvement")}
    up, down = better.get(improvement, ("neutral", "neutral"))
    return direction.map({"up": up, "down": down, "none": "none", "too_few": "too_few"}).astype("str")
