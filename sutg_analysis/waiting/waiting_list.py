"""A waiting list as its referrals tell it: how many wait at any date, how long, who joined and who left.

Someone waits at the close of a day if the wait has begun and not ended by then, and has waited as many days as lie
between. Bands are NHS England's: 0-1 week is days 0 to 7, then days 7k + 1 to 7(k + 1), and 104+ is 729 days or
more; so 18 weeks are 126 days and over 52 weeks is 365 days or more. Sizes are counted at each date and flows by
the days on which they fell, independently, so that ``residual`` = closing - (opening + additions - removals) shows
what does not add up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.referrals import EARLIEST, UK, day_of
from sutg_analysis.control.observations import check_column
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Shown
from sutg_analysis.waiting.clocks import Rules
from sutg_analysis.waiting.groups import group_numbers
from sutg_analysis.waiting.listcounts import BANDS, Counted
from sutg_analysis.waiting.pathways import Names, Pathways, read_pathways

BAND_NAMES = [*(f"{week}-{week + 1}" for week in range(BANDS - 1)), f"{BANDS - 1}+"]
_FREQUENCIES = {"month": "MS", "week": "W-MON", "day": "D", "quarter": "QS-JAN"}

Every = Literal["month", "week", "day", "quarter"]


@dataclass(frozen=True, eq=False)
class WaitingListResult(Shown):
    """A waiting list through time.

    Parameters
    ----------
    points
        One row a group and period, sorted: the columns of ``by``, date (first day of the period), opening,
        additions, seen, removed (left without being seen), list_size (at the close of the period), residual;
        of those waiting at the close within_target, within_share (per cent), over_18, over_52, over_78, over_104
        (weeks), mean_weeks, median_weeks, p92_weeks (missing if in the open last band), longest_weeks; of those
        seen in the period seen_within, seen_within_share, seen_median_weeks, seen_p92_weeks.
    removals
        One row a group, period and outcome: columns of ``by``, date, outcome (``"seen"`` and others), count.
    bands
        One row a group and period: columns of ``by``, date, then a count for each week waited, 0-1 to 104+.
    problems
        Faulty rows: row, referral_id, column, value, fault, action (left out or kept).
    by
        Names of the key columns.
    given, used
        How many rows were given, and used (after joining, spells).
    every
        ``"month"``, ``"week"``, ``"day"`` or ``"quarter"``.
    until
        The last date on which anything happened.
    """

    points: pd.DataFrame
    removals: pd.DataFrame
    bands: pd.DataFrame
    problems: pd.DataFrame
    by: tuple[str, ...]
    given: int
    used: int
    every: str
    until: pd.Timestamp

    def __repr__(self) -> str:
        return f"<WaitingListResult: {self.used:,} of {self.given:,} referrals, {len(self.points)} rows>"

    @property
    def latest(self) -> pd.DataFrame:
        """The last row of each group."""
        return self.points[self.points["date"] == self.points["date"].max()].reset_index(drop=True)

    @property
    def frame(self) -> pd.DataFrame:
        """Another name for ``points``."""
        return self.points


def waiting_list(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = "service",
    first: Any = None,
    last: Any = None,
    every: Every = "month",
    rules: Rules | None = None,
    target_weeks: float | None = None,
    referral_id: str | None = "referral_id",
    service: str | None = "service",
    start: str = "referred",
    end: str | Sequence[str] = "seen",
    closed: str | None = "closed",
    outcome: str | None = "outcome",
    services: Collection[str] | None = None,
    latest: Any = None,
    earliest: Any = EARLIEST,
    timezone: str = UK,
) -> WaitingListResult:
    """Count a waiting list at the end of each period, with all that joined and left it.

    Parameters
    ----------
    frame
        One row a referral.
    by
        Columns that make the groups; None counts one list.
    first, last
        Any day of the first and of the last period; by default those of the first and last date there is.
    every
        The length of a period. Weeks begin on Mondays.
    rules
        Clock rules by service, from :func:`sutg_analysis.waiting.clocks.read_rules`.
    target_weeks
        The longest wait in time, for all services; by default 18, or as the rules say.
    referral_id, service, start, end, closed, outcome
        Columns. ``end`` is the clock stop, or several of which the first counts. All but ``start`` and ``end`` may
        be absent under their usual names.
    services
        The services there are; a referral to any other is a problem.
    latest
        The day of the extract; later dates are problems. By default today.
    earliest
        Dates before it are problems.
    timezone
        Whose calendar times with a time zone are put into.

    Returns
    -------
    WaitingListResult

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, or no row can be used.

    Examples
    --------
    >>> rows = pd.DataFrame({"referred": ["2024-01-01", "2024-01-10"], "seen": ["2024-02-05", None]})
    >>> waiting_list(rows, by=None).points[["opening", "additions", "seen", "list_size"]].values.tolist()
    [[0, 2, 0, 2], [2, 0, 1, 1]]
    """
    names = Names(
        start, (end,) if isinstance(end, str) else tuple(end), closed, outcome, referral_id, service
    )
    read = read_pathways(
        frame,
        names=names,
        rules=rules,
        services=services,
        latest=latest,
        earliest=earliest,
        timezone=timezone,
    )
    if read.frame.empty:
        raise DataError("no referral that can be counted", "at least one", "See the faults of the rows")
    if every not in _FREQUENCIES:
        raise ArgumentError(f"every={every!r}", f"one of {', '.join(_FREQUENCIES)}", "Choose one of these")
    target = read.target_days if target_weeks is None else np.full(len(read.start), round(target_weeks * 7))
    columns = _group_columns(by, read)
    codes, keys = group_numbers(read.frame, columns)
    periods = _periods(read, first, last, every)
    counted = Counted(read, codes, len(keys), periods, target)
    index = _index(keys, periods)
    return WaitingListResult(
        points=pd.concat([index, counted.points()], axis=1),
        removals=counted.removals(keys),
        bands=pd.concat([index, pd.DataFrame(counted.waiting, columns=BAND_NAMES)], axis=1),
        problems=read.problems,
        by=tuple(columns),
        given=read.given,
        used=len(read.frame),
        every=every,
        until=pd.Timestamp(np.datetime64(read.last_day, "D")),
    )


def waits_at(frame: pd.DataFrame, date: Any, **columns: Any) -> pd.DataFrame:
    """Return those who wait at the close of a day, with how long they have waited.

    Parameters
    ----------
    frame
        One row a referral.
    date
        The day.
    **columns
        ``names``, ``rules`` and other arguments of :func:`sutg_analysis.waiting.pathways.read_pathways`.

    Returns
    -------
    pandas.DataFrame
        Their rows, with wait_days and wait_weeks, longest first.

    Examples
    --------
    >>> rows = pd.DataFrame({"referred": ["2024-01-01", "2024-01-10"], "seen": ["2024-02-05", None]})
    >>> waits_at(rows, "2024-01-15")["wait_days"].tolist()
    [14, 5]
    """
    read, day = read_pathways(frame, **columns), day_of(date)
    here = (read.start <= day) & (read.stop > day)
    days = day - read.start[here]
    rows = read.frame[here].assign(wait_days=days, wait_weeks=days / 7)
    return rows.sort_values("wait_days", ascending=False, kind="stable")


def stock_flow(stock: Any, *, additions: Any, removals: Any) -> pd.DataFrame:
    """Set a list's size against its flows, where all three are reported separately.

    Parameters
    ----------
    stock, additions, removals
        Size at the end of each period, and what joined and left during it.

    Returns
    -------
    pandas.DataFrame
        opening, additions, removals, expected, closing, residual (closing - expected: removals not reported,
        validation). The first period has no opening.

    Examples
    --------
    >>> stock_flow([100, 104, 97], additions=[0, 20, 20], removals=[0, 16, 22])["residual"].tolist()
    [nan, 0.0, -5.0]
    """
    table = pd.DataFrame({"closing": stock, "additions": additions, "removals": removals}).reset_index(
        drop=True
    )
    table["opening"] = table["closing"].shift()
    table["expected"] = table["opening"] + table["additions"] - table["removals"]
    table["residual"] = table["closing"] - table["expected"]
    return table[["opening", "additions", "removals", "expected", "closing", "residual"]]


def _group_columns(by: str | Sequence[str] | None, read: Pathways) -> list[str]:
    if by is None:
        return []
    columns = [by] if isinstance(by, str) else list(by)
    for column in columns:
        check_column(read.frame, column)
    return columns


def _periods(read: Pathways, first: Any, last: Any, every: str) -> pd.DatetimeIndex:
    """Return the first days of the periods, and of the one after."""
    opening = read.start.min() if first is None else day_of(first)
    closing = read.last_day if last is None else day_of(last)
    if closing < opening:
        raise ArgumentError(f"last={last} before first={first}", "a last day after the first", "Swap them")
    low, high = (pd.Timestamp(np.datetime64(int(day), "D")) for day in (opening, closing))
    step = pd.tseries.frequencies.to_offset(_FREQUENCIES[every])
    begin = low if every == "day" else step.rollback(low)
    return pd.date_range(begin, high + 2 * step, freq=step)[: len(pd.date_range(begin, high, freq=step)) + 1]


def _index(keys: pd.DataFrame, periods: pd.DatetimeIndex) -> pd.DataFrame:
    many = len(periods) - 1
    table = keys.loc[keys.index.repeat(many)].reset_index(drop=True)
    return table.assign(date=np.tile(periods[:-1].to_numpy("datetime64[us]"), len(keys)))
