"""A waiting list as its referrals tell it: how many wait at any date, how long, who joined and who left.

Someone waits at the close of a day if the wait has begun and not ended by then, and has waited as many days as lie
between. Bands are NHS England's: 0-1 week is days 0 to 7, then days 7k + 1 to 7(k + 1), and 104+ is 729 days or
more; so 18 weeks are 126 days and over 52 weeks is 365 days or more. Sizes are counted at each date and flows by
the days on which they fell, independently, so that ``residual`` = closing - (opening + additions - removals) shows
what does not add up. Referrals sorted by start are walked once a period for those who wait at its close; flows are one
tally each.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Date, Numbers, Places
from sutg_analysis.catalogue.referrals import EARLIEST, UK, Days, date_of, day_of
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Result
from sutg_analysis.waiting.clocks import Rules
from sutg_analysis.waiting.groups import group_numbers, keys_by_date, names_of
from sutg_analysis.waiting.pathways import Names, Pathways, read_pathways
from sutg_analysis.waiting.percentiles import percentile_from_bands

BANDS = 105
OVER_WEEKS = (18, 52, 78, 104)


class Counted:
    """Counts by group and period, as tables of groups times periods rows."""

    def __init__(
        self, read: Pathways, codes: Days, groups: int, periods: pd.DatetimeIndex, target: Days
    ) -> None:
        order = np.argsort(_narrow(read.start), kind="stable")
        self.start, self.stop = read.start[order], read.stop[order]
        self.seen, self.code = read.seen[order], codes[order]
        self.target, self.outcome = target[order], read.outcome[order]
        self.outcomes, self.groups, self.dates = read.outcomes, groups, periods[:-1]
        self.edges = periods.to_numpy().astype("datetime64[D]").astype("int64")
        self.many = len(periods) - 1
        self._stocks()
        self._flows()

    def _stocks(self) -> None:
        shape = (self.many, self.groups)
        self.waiting = np.zeros((self.many, self.groups, BANDS), dtype="int64")
        self.inside, self.days, self.longest, self.opening = (
            np.zeros(shape, dtype="int64") for _ in range(4)
        )
        before = self._waiting_at(self.edges[0] - 1)
        self.opening[0] = np.bincount(self.code[before], minlength=self.groups)
        for place, edge in enumerate(self.edges[1:]):
            self._stock(place, int(edge) - 1)
        self.opening[1:] = self.waiting.sum(axis=2)[:-1]
        self.waiting = self._rows(self.waiting)

    def _waiting_at(self, day: int) -> Places:
        upto = np.searchsorted(self.start, day, side="right")
        return np.flatnonzero(self.stop[:upto] > day)

    def _stock(self, place: int, day: int) -> None:
        here = self._waiting_at(day)
        code, waited = self.code[here], day - self.start[here]
        cells = np.bincount(code * BANDS + _band(waited), minlength=self.groups * BANDS)
        self.waiting[place] = cells.reshape(self.groups, BANDS)
        self.inside[place] = np.bincount(code[waited <= self.target[here]], minlength=self.groups)
        self.days[place] = np.bincount(code, weights=waited, minlength=self.groups)
        self.longest[place][code[::-1]] = waited[::-1]

    def _flows(self) -> None:
        begun = self._period(self.start)
        inside = begun >= 0
        self.additions = self._tally(self.code[inside], begun[inside])
        ended = self._period(self.stop)
        left = ended >= 0
        code, ended, seen = self.code[left], ended[left], self.seen[left]
        self.by_outcome = self._tally(code, ended, self.outcome[left], len(self.outcomes))
        code, ended = code[seen], ended[seen]
        waited = (self.stop - self.start)[left][seen]
        self.seen_bands = self._tally(code, ended, _band(waited), BANDS)
        timely = waited <= self.target[left][seen]
        self.seen_inside = self._tally(code[timely], ended[timely])

    def _period(self, days: Days) -> Places:
        """Return the period of each day, -1 outside all of them."""
        low, high = self.edges[0], self.edges[-1]
        table = np.full(high - low + 2, -1)
        table[: high - low] = np.repeat(np.arange(self.many), np.diff(self.edges))
        return table[np.where((days < low) | (days >= high), high - low + 1, days - low)]

    def _tally(self, code: Days, period: Days, kind: Places | int = 0, kinds: int = 1) -> Places:
        """Count rows by group, period and kind."""
        cell = (code * self.many + period) * kinds + kind
        counts = np.bincount(cell, minlength=self.groups * self.many * kinds)
        return counts.reshape(-1, kinds) if kinds > 1 else counts

    def _rows(self, table: Places) -> Places:
        """Put periods by groups into rows of group, then period."""
        turned = np.swapaxes(table, 0, 1)
        return turned.reshape(self.groups * self.many, *turned.shape[2:])

    def points(self) -> pd.DataFrame:
        """Return sizes, flows and waits, one row a group and period."""
        size, opening = self.waiting.sum(axis=1), self._rows(self.opening)
        seen = self.by_outcome[:, 0]
        removed = self.by_outcome[:, 1:].sum(axis=1)
        table = pd.DataFrame(
            {"opening": opening, "additions": self.additions, "seen": seen, "removed": removed}
        )
        table["list_size"] = size
        table["residual"] = size - (opening + self.additions - seen - removed)
        table["within_target"] = inside = self._rows(self.inside)
        table["within_share"] = _per_cent(inside, size)
        for weeks in OVER_WEEKS:
            table[f"over_{weeks}"] = self.waiting[:, weeks:].sum(axis=1)
        table["mean_weeks"] = self._rows(self.days) / np.where(size > 0, size, np.nan) / 7
        waited = percentile_from_bands(self.waiting, [0.5, 0.92]).values.reshape(2, -1)
        longest = np.where(size > 0, self._rows(self.longest) / 7, np.nan)
        # Within a week a percentile is interpolated, and would pass the longest wait of a short list.
        table["median_weeks"], table["p92_weeks"] = np.minimum(waited, longest)
        table["longest_weeks"] = longest
        table["seen_within"] = self.seen_inside
        table["seen_within_share"] = _per_cent(self.seen_inside, seen)
        waited = percentile_from_bands(self.seen_bands, [0.5, 0.92]).values.reshape(2, -1)
        return table.assign(seen_median_weeks=waited[0], seen_p92_weeks=waited[1])

    def removals(self, keys: pd.DataFrame) -> pd.DataFrame:
        """Return how many left by outcome, one row a group, period and outcome."""
        there = (self.by_outcome.sum(axis=0) > 0).tolist()
        counts = self.by_outcome[:, there]
        names = [name for name, some in zip(self.outcomes, there, strict=True) if some]
        table = keys_by_date(keys, self.dates)
        table = table.loc[table.index.repeat(len(names))].reset_index(drop=True)
        outcome = pd.array(names * len(counts), dtype="str")
        return table.assign(outcome=outcome, count=counts.reshape(-1))


def _narrow(days: Days) -> NDArray[np.integer[Any]]:
    """Return days from the first on as 16-bit numbers where they fit, which sort ten times as fast."""
    since = days - days.min()
    return since.astype("uint16") if since.max() < 2**16 else since


def _band(days: Days) -> Days:
    """Return the week band of waits: days 0 to 7 are the first, and more than 104 weeks the last."""
    return np.minimum(np.maximum(days - 1, 0) // 7, BANDS - 1)


def _per_cent(part: Places, whole: Places) -> Numbers:
    return part / np.where(whole > 0, whole, np.nan) * 100


BAND_NAMES = [*(f"{week}-{week + 1}" for week in range(BANDS - 1)), f"{BANDS - 1}+"]
_FREQUENCIES = {"month": "MS", "week": "W-MON", "day": "D", "quarter": "QS-JAN"}

Every = Literal["month", "week", "day", "quarter"]


@dataclass(frozen=True, eq=False)
class WaitingListResult(Result):
    """A waiting list through time.

    Parameters
    ----------
    points
        One row a group and period, sorted: the columns of ``by``, date (first day of the period), known_to (the day of the
        extract where the period is not over then, else missing: what ``spc(provisional=)`` takes), opening,
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

    _views = "waiting:waiting_list"

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


def latest_bands(result: WaitingListResult) -> pd.DataFrame:
    """Return how many of the last period have waited how long, up to the longest: from, to (weeks), people."""
    last = result.bands.iloc[-1][BAND_NAMES].to_numpy(dtype="int64")
    upto = int(np.flatnonzero(last)[-1]) + 1 if last.any() else 0
    start = np.arange(upto)
    return pd.DataFrame({"from": start, "to": start + 1, "people": last[:upto]})


def waiting_list(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = "service",
    first: Date | None = None,
    last: Date | None = None,
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
    latest: Date | None = None,
    earliest: Date = EARLIEST,
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
        The day of the extract; later dates are problems. By default today. A period that is not over on a day that is
        given is provisional.
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
    names = Names(start, tuple(names_of(end)), closed, outcome, referral_id, service)
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
    columns = names_of(by)
    codes, keys = group_numbers(read.frame, columns)
    periods = _periods(read, first, last, every)
    counted = Counted(read, codes, len(keys), periods, target)
    index = keys_by_date(keys, counted.dates)
    extract = pd.NaT if latest is None else date_of(day_of(latest))
    known_to = pd.Series(extract, index=counted.dates).where(periods[1:] > extract + pd.Timedelta(days=1))
    index["known_to"] = index["date"].map(known_to).astype("datetime64[ns]")
    return WaitingListResult(
        points=pd.concat([index, counted.points()], axis=1),
        removals=counted.removals(keys),
        bands=pd.concat([index, pd.DataFrame(counted.waiting, columns=BAND_NAMES)], axis=1),
        problems=read.problems,
        by=tuple(columns),
        given=read.given,
        used=len(read.frame),
        every=every,
        until=date_of(read.last_day),
    )


def _periods(read: Pathways, first: Date | None, last: Date | None, every: str) -> pd.DatetimeIndex:
    """Return the first days of the periods, and of the one after."""
    opening = read.start.min() if first is None else day_of(first)
    closing = read.last_day if last is None else day_of(last)
    if closing < opening:
        raise ArgumentError(f"last={last} before first={first}", "a last day after the first", "Swap them")
    low, high = map(date_of, (opening, closing))
    step = pd.tseries.frequencies.to_offset(_FREQUENCIES[every])
    begin = low if every == "day" else step.rollback(low)
    return pd.date_range(begin, high + 2 * step, freq=step)[: len(pd.date_range(begin, high, freq=step)) + 1]
