"""The Mann-Kendall test and Sen's slope of many series at once, for independent, autocorrelated or seasonal data.

S counts the pairs that rise less those that fall; z = (S - sign S) / sqrt(var S), var S = (n (n-1) (2n+5) - sum t
(t-1) (2t+5)) / 18 over ties of t (Mann 1945; Kendall 1975). Sen's slope is the median slope of all pairs (Sen
1968), its interval between pairs ranked (N - c) / 2 and (N + c) / 2, c = z_(1-a/2) sqrt(var S). With a season only
pairs of the same month are compared (Hirsch, Slack and Smith 1982).

Autocorrelation makes S vary more: var S is multiplied by 1 + 2 / (n (n-1) (n-2)) sum (n-k) (n-k-1) (n-k-2) r_k, r_k
the correlation of ranks k steps apart (Hamed and Rao 1998), here (6 / pi) arcsin(r^k / 2) of a first order
autoregression whose r is estimated without bias (:mod:`sutg_analysis.trends.autocorrelation`). The multiplier is itself
an estimate, so z is then read from Student's t with n / multiplier - 2 degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.trends import autocorrelation

SEASON_SURE = 0.01
"""A season is seen where months this unlike one another would come by chance less often than this."""

_ROOM = 4_000_000
"""Pairs held at once."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Series as rows of one matrix, their observations from the left, missing ones at the right.

    ``time`` counts steps, ``part`` is the part of the season (the month) each observation falls in.
    """

    value: Numbers
    time: Numbers
    part: Places
    season: int

    @property
    def points(self) -> Places:
        """Values in each series."""
        return (~np.isnan(self.value)).sum(axis=1)

    def __len__(self) -> int:
        return len(self.value)

    def rows(self, which: slice | Flags) -> Grid:
        """Return some of the series."""
        return Grid(self.value[which], self.time[which], self.part[which], self.season)


@dataclass(frozen=True, eq=False)
class Kendall:
    """S, its variance (independent data), Sen's slope and interval bounds, one item a series."""

    s: Numbers
    variance: Numbers
    pairs: Places
    slope: Numbers
    ordered: Numbers

    def interval(self, multiplier: Numbers, z: Numbers | float) -> tuple[Numbers, Numbers]:
        """Return the bounds of the slope, their variance multiplied, ``z`` standard errors either side."""
        reach = z * np.sqrt(self.variance * multiplier)
        last = np.maximum(self.pairs - 1, 0)
        low = np.clip(np.round((self.pairs - reach) / 2).astype(int) - 1, 0, last)
        high = np.clip(np.round((self.pairs + reach) / 2).astype(int), 0, last)
        row = np.arange(len(self.pairs))
        return self.ordered[row, low], self.ordered[row, high]


def z_score(s: Numbers, variance: Numbers) -> Numbers:
    """Return z with Kendall's correction for continuity, 0 where nothing varies.

    Examples
    --------
    >>> z_score(np.array([-1387.0]), np.array([112728.333])).round(5).tolist()
    [-4.12807]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, (s - np.sign(s)) / np.sqrt(variance), 0.0)


def kendall(grid: Grid, *, seasonal: bool) -> Kendall:
    """Compare all pairs of every series, or those of the same part of the season."""
    width = grid.value.shape[1]
    first, second = np.triu_indices(width, 1)
    chunk = max(1, _ROOM // max(1, len(first)))
    parts = [
        _compared(grid.rows(slice(start, start + chunk)), first, second, seasonal)
        for start in range(0, len(grid), chunk)
    ]
    return Kendall(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _compared(grid: Grid, first: Places, second: Places, seasonal: bool) -> tuple[np.ndarray, ...]:
    rise = grid.value[:, second] - grid.value[:, first]
    if seasonal:
        rise = np.where(grid.part[:, second] == grid.part[:, first], rise, np.nan)
    s = np.nansum(np.sign(rise), axis=1)
    slopes = np.sort(rise / (grid.time[:, second] - grid.time[:, first]), axis=1)
    pairs = (~np.isnan(slopes)).sum(axis=1)
    row, middle = np.arange(len(pairs)), np.maximum(pairs - 1, 0)
    slope = (slopes[row, middle // 2] + slopes[row, (middle + 1) // 2]) / 2
    return s, _variance(grid, seasonal), pairs, slope, slopes


def _variance(grid: Grid, seasonal: bool) -> Numbers:
    """Return var S of independent data with ties, summed over the parts of a season."""
    row, place = np.nonzero(~np.isnan(grid.value))
    part = grid.part[row, place] if seasonal else np.zeros(len(row), dtype=int)
    table = pd.DataFrame({"row": row, "part": part, "value": grid.value[row, place], "one": 1.0})
    return _ordered(table, ["row", "part"], len(grid)) - _ordered(table, ["row", "part", "value"], len(grid))


def _ordered(table: pd.DataFrame, keys: list[str], rows: int) -> Numbers:
    size = table.groupby(keys)["one"].sum()
    terms = (size * (size - 1) * (2 * size + 5) / 18).to_numpy()
    row = size.index.get_level_values("row")
    return np.bincount(row, weights=terms, minlength=rows).astype(np.float64)


def multiplier(r: Numbers, points: Places) -> Numbers:
    """Return how many times autocorrelation multiplies the variance of S; at least 1.

    Examples
    --------
    >>> multiplier(np.array([0.0, 0.4]), np.array([36, 36])).round(2).tolist()
    [1.0, 2.11]
    """
    apart = np.arange(1, max(2, int(points.max(initial=2))))
    left = points[:, None] - apart
    weight = np.where(left > 2, left * (left - 1) * (left - 2), 0)
    ranks = 6 / np.pi * np.arcsin(np.clip(r, 0, 1)[:, None] ** apart / 2)
    whole = np.maximum(points * (points - 1) * (points - 2), 1)
    return 1 + 2 * (weight * ranks).sum(axis=1) / whole


def likeness(grid: Grid, slope: Numbers, *, seasonal: bool) -> Numbers:
    """Return the unbiased autocorrelation of each series about its trend (and season)."""
    level = grid.value - slope[:, None] * grid.time
    left = _ranks(level - _season_means(level, grid) if seasonal else level)
    squares = np.nansum(left**2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(squares > 0, np.nansum(_products(grid, left), axis=1) / squares, 0.0)
    found = np.zeros(len(grid))
    for points in np.unique(grid.points[grid.points > 3 + grid.season * seasonal]):
        same = grid.points == points
        found[same] = autocorrelation.of_line(int(points), grid.season if seasonal else 1)(ratio[same])
    return found


def _products(grid: Grid, left: Numbers) -> Numbers:
    """Return products of neighbours; observations further apart than the usual step count for nothing."""
    step = np.diff(grid.time, axis=1)
    usual = np.nanmin(step) if _regular(step) else np.inf
    return np.where(step <= usual, left[:, 1:] * left[:, :-1], 0.0)


def _regular(step: Numbers) -> bool:
    """Say whether most observations are one step apart; if not, they are neighbours in order alone."""
    known = step[~np.isnan(step)]
    return bool(len(known) and np.mean(known == known.min()) > 0.5)


def _season_means(value: Numbers, grid: Grid) -> Numbers:
    """Return the mean of each observation's part of the season."""
    known = ~np.isnan(value)
    cell = np.arange(len(value))[:, None] * grid.season + grid.part
    size = len(value) * grid.season
    total = np.bincount(cell[known], weights=value[known], minlength=size)
    count = np.bincount(cell[known], minlength=size)
    return (total / np.maximum(count, 1))[cell]


def _ranks(value: Numbers) -> Numbers:
    known = ~np.isnan(value)
    ranked = np.where(known, stats.rankdata(np.where(known, value, np.inf), axis=1), np.nan)
    return ranked - (known.sum(axis=1, keepdims=True) + 1) / 2


def has_season(grid: Grid, slope: Numbers) -> Flags:
    """Say which series differ between parts of the season by more than chance and autocorrelation explain.

    The series without its trend is whitened by its autocorrelation, then the parts are compared by an F test.
    Three full seasons are needed.
    """
    season, points = grid.season, grid.points
    if season == 1 or points.max(initial=0) < 3 * season:
        return np.zeros(len(grid), dtype=bool)
    level = grid.value - slope[:, None] * grid.time
    r = np.clip(likeness(grid, slope, seasonal=True), 0, 0.95)
    white = np.concatenate([level[:, :1] * np.nan, level[:, 1:] - r[:, None] * level[:, :-1]], axis=1)
    between = _season_means(white, grid)
    known = ~np.isnan(white)
    grand = np.nansum(white, axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    among = np.where(known, (between - grand) ** 2, 0).sum(axis=1) / (season - 1)
    spare = np.maximum(known.sum(axis=1) - season - 1, 1)
    within = np.where(known, (white - between) ** 2, 0).sum(axis=1) / spare
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = stats.f.sf(
            np.where(within > 0, among / within, np.where(among > 0, np.inf, 0)), season - 1, spare
        )
    return (points >= 3 * season) & (chance < SEASON_SURE)
