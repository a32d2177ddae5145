"""Sizes and flows of waiting lists, counted by group and period in a few passes over the referrals.

Referrals sorted by start are walked once a period for those who wait at its close; flows are one tally each.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.catalogue.referrals import Days
from sutg_analysis.waiting.pathways import Pathways
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

    def _waiting_at(self, day: int) -> NDArray[np.intp]:
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

    def _period(self, days: Days) -> NDArray[np.int64]:
        """Return the period of each day, -1 outside all of them."""
        low, high = self.edges[0], self.edges[-1]
        table = np.full(high - low + 2, -1)
        table[: high - low] = np.repeat(np.arange(self.many), np.diff(self.edges))
        return table[np.where((days < low) | (days >= high), high - low + 1, days - low)]

    def _tally(
        self, code: Days, period: Days, kind: NDArray[Any] | int = 0, kinds: int = 1
    ) -> NDArray[np.int64]:
        """Count rows by group, period and kind."""
        cell = (code * self.many + period) * kinds + kind
        counts = np.bincount(cell, minlength=self.groups * self.many * kinds)
        return counts.reshape(-1, kinds) if kinds > 1 else counts

    def _rows(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
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
        table["within_target"] = self._rows(self.inside)
        table["within_share"] = _per_cent(table["within_target"], size)
        for weeks in OVER_WEEKS:
            table[f"over_{weeks}"] = self.waiting[:, weeks:].sum(axis=1)
        table["mean_weeks"] = self._rows(self.days) / np.where(size > 0, size, np.nan) / 7
        table = table.assign(**_percentiles(self.waiting, ""))
        table["longest_weeks"] = np.where(size > 0, self._rows(self.longest) / 7, np.nan)
        table["seen_within"] = self.seen_inside
        table["seen_within_share"] = _per_cent(table["seen_within"], seen)
        return table.assign(**_percentiles(self.seen_bands, "seen_"))

    def removals(self, keys: pd.DataFrame) -> pd.DataFrame:
        """Return how many left by outcome, one row a group, period and outcome."""
        there = (self.by_outcome.sum(axis=0) > 0).tolist()
        wide = self.by_outcome[:, there]
        names = [name for name, some in zip(self.outcomes, there, strict=True) if some]
        many = len(keys) * self.many
        place = np.repeat(np.arange(many), len(names))
        table = (
            keys.loc[keys.index.repeat(self.many)].reset_index(drop=True).iloc[place].reset_index(drop=True)
        )
        dates = np.tile(self.dates.to_numpy("datetime64[us]"), len(keys))[place]
        return table.assign(date=dates, outcome=pd.array(names * many, dtype="str"), count=wide.reshape(-1))


def _narrow(days: Days) -> NDArray[Any]:
    """Return days from the first on as 16-bit numbers where they fit, which sort ten times as fast."""
    since = days - days.min()
    return since.astype("uint16") if since.max() < 2**16 else since


def _band(days: Days) -> Days:
    """Return the week band of waits: days 0 to 7 are the first, and more than 104 weeks the last."""
    return np.minimum(np.maximum(days - 1, 0) // 7, BANDS - 1)


def _per_cent(part: Any, whole: Any) -> NDArray[np.float64]:
    return np.asarray(part) / np.where(np.asarray(whole) > 0, whole, np.nan) * 100


def _percentiles(bands: NDArray[np.int64], prefix: str) -> dict[str, NDArray[np.float64]]:
    many = len(bands)
    values = percentile_from_bands(bands, [0.5, 0.92]).values
    return {f"{prefix}median_weeks": values[:many], f"{prefix}p92_weeks": values[many:]}
