"""As at which day a report stands: one value, made once of the tables, read wherever something is late, due or latest.

A quarter that is over is as at its last day. Where the tables end within it, they say so by one rule:

- a table that tells days (``sitrep``, ``incidents``, ``pathways``) is known to its latest day, of several to the latest;
- from that day to the end of its month there may have been nothing to tell: the month is over if each of those tables
  that reach into it was silent for as long before, within a year;
- a monthly observation is known to the end of its month, and a quarterly one of its quarter, unless a table that tells
  days ends within the latest of them: then that day counts.

So observations alone that end with September 2023 are as at 30 September, and with a situation report that ends on 20
August beside observations of August everything is as at 20 August. A month or quarter that is not over on the day is
provisional. Where the tables go on after the day, a figure of such a month was made later, and so it is not known yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from sutg_analysis.catalogue.quarter import MONTHS, Quarter
from sutg_analysis.errors import UsageError

DAILY = ("sitrep", "incidents", "pathways")
"""The tables that tell days, each by the date its rows are known from."""
_QUARTERS = 3
"""Periods that begin quarters, from so many on, are of quarters and not of months."""


@dataclass(frozen=True, order=True)
class AsAt:
    """The day as at which a report stands; what it is of is the day's quarter.

    Examples
    --------
    >>> AsAt(date(2023, 9, 30)).label, AsAt(date(2023, 8, 20)).label
    ('Q2 2023/24', 'Q2 2023/24, to 20 August 2023')
    >>> AsAt(date(2023, 9, 30)).title, AsAt(date(2023, 8, 20)).title
    ('July to September 2023', '1 July to 20 August 2023')
    """

    day: date

    @property
    def quarter(self) -> Quarter:
        """The quarter."""
        return Quarter.of(self.day)

    @property
    def whole(self) -> bool:
        """Whether the quarter is over on the day."""
        return self.day == self.quarter.end

    @property
    def month_over(self) -> date:
        """The last day of the last month that is over on the day."""
        return (self.day + timedelta(days=1)).replace(day=1) - timedelta(days=1)

    @property
    def words(self) -> str:
        """The day in words."""
        return f"{self.day.day} {MONTHS[self.day.month - 1]} {self.day.year}"

    @property
    def label(self) -> str:
        """The quarter's name in headings, with the day where it is not over."""
        return self.quarter.label if self.whole else f"{self.quarter.label}, to {self.words}"

    @property
    def title(self) -> str:
        """The days in words: months, where the quarter is over."""
        if self.whole:
            return self.quarter.title
        return f"1 {MONTHS[self.quarter.start.month - 1]} to {self.words}"

    @property
    def parameter(self) -> str:
        """What a notebook is given: the day as ISO text, nothing for a quarter that is over."""
        return "" if self.whole else self.day.isoformat()


@dataclass(frozen=True)
class Extent:
    """How far a project's tables reach: the latest date in them, and the day up to which things are known.

    Examples
    --------
    >>> Extent(date(2023, 9, 1), date(2023, 9, 30)).until(date(2023, 8, 20))
    Extent(dated=datetime.date(2023, 8, 20), known=datetime.date(2023, 8, 20))
    """

    dated: date
    known: date

    def until(self, day: date) -> Extent:
        """Return how far the tables reach without what is later than a day."""
        return Extent(min(self.dated, day), min(self.known, day))


def day_of(given: str | date) -> date:
    """Return a day as at which something is asked for.

    Raises
    ------
    UsageError
        It is no date.

    Examples
    --------
    >>> day_of("2023-08-20")
    datetime.date(2023, 8, 20)
    """
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise UsageError(
            f"as at {given!r}", "a date that exists, as 2023-08-20", "Write year, month and day"
        ) from None


def period_ends(periods: pd.Series, of: pd.Series) -> pd.Series:
    """Return the last day that each period tells of.

    Examples
    --------
    >>> periods = pd.to_datetime(pd.Series(["2023-07-01", "2023-08-01", "2023-07-01", "2023-07-16"]))
    >>> period_ends(periods, pd.Series(["falls", "falls", "beds", "beds"])).astype(str).tolist()
    ['2023-07-31', '2023-08-31', '2023-07-01', '2023-07-16']
    """
    firsts = periods.dt.day.eq(1).groupby(of).transform("all")
    begins = periods.dt.month.mod(3).eq(1).groupby(of).transform("all")
    quarterly = begins & (periods.groupby(of).transform("nunique") >= _QUARTERS)
    months = periods + pd.offsets.MonthEnd(0)
    ends = months.mask(quarterly, periods + pd.offsets.QuarterEnd(0, startingMonth=3))
    return ends.where(firsts, periods)


def provisional(observations: pd.DataFrame, at: AsAt) -> pd.Series:
    """Say which observations (measure_id, period) are of a month or a quarter that is not over on the day.

    Examples
    --------
    >>> rows = pd.DataFrame({"measure_id": "falls", "period": pd.to_datetime(["2023-07-01", "2023-08-01"])})
    >>> provisional(rows, AsAt(date(2023, 8, 20))).tolist()
    [False, True]
    """
    return period_ends(observations["period"], observations["measure_id"]) > pd.Timestamp(at.day)


def extent_of(observations: pd.DataFrame, days: Mapping[str, pd.Series]) -> Extent:
    """Return how far tables reach, by the rule of this file.

    Examples
    --------
    >>> seen = pd.DataFrame({"measure_id": "falls", "period": pd.to_datetime(["2023-07-01", "2023-08-01"])})
    >>> extent_of(seen, {}).known.isoformat()
    '2023-08-31'
    >>> extent_of(seen, {"sitrep": pd.Series(pd.date_range("2023-06-01", "2023-08-20"))}).known.isoformat()
    '2023-08-20'
    """
    latest = observations["period"].max().normalize()
    known = {name: dates.dropna() for name, dates in days.items() if dates.notna().any()}
    last = max((dates.max() for dates in known.values()), default=latest)
    if not known or last < latest:
        ends = period_ends(observations["period"], observations["measure_id"])
        return Extent(latest.date(), ends.max().date())
    near = [dates for dates in known.values() if dates.max() >= last.replace(day=1)]
    end = last + pd.offsets.MonthEnd(0)
    silent = min(_longest_silence(dates) for dates in near)
    return Extent(last.date(), (end if (end - last).days <= silent else last).date())


def _longest_silence(dates: pd.Series) -> float:
    """Return the most days in a row without a row, in the year before the last one; no end where there are too few."""
    days = dates.drop_duplicates().sort_values()
    gaps = days[days > days.max() - pd.DateOffset(years=1)].diff().dt.days - 1
    return float(gaps.max()) if gaps.notna().any() else float("inf")
