"""Percentiles of waits that were only counted in bands, by NHS England's rule.

With N the sum of the bands, the band that holds the rank is the first whose cumulative count reaches it. Within
that band waits are taken to be spread evenly::

    percentile = L + width x (rank - C) / n

L is the band's lower bound, n its count, C the count of all bands below. The rank is p x N; for medians published
before October 2022 it was (N + 1) / 2 (notes of the RTT overview time series). A percentile in a last band without
an upper bound is censored: it is longer than L, and no number says by how much. Blank is not zero: a list whose
bands are all missing was not collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, DTypeLike

from sutg_analysis.arrays import Date, Numbers
from sutg_analysis.errors import ArgumentError, DataError

RANKS = {"pN": 0.0, "p(N+1)": 1.0, "(N+1)/2": 1.0}
"""What is added to N before it is multiplied by p."""

MEDIAN_CHANGED = pd.Timestamp("2022-10-01")
"""From here on NHS England's median has the rank p x N, as its other percentiles always had."""

_SLACK = 1e-9
"""Share of the rank by which a cumulative count may fall short: 0.92 x 25 is 23 up to rounding."""

Rank = Literal["pN", "p(N+1)", "(N+1)/2"]


@dataclass(frozen=True, eq=False)
class BandPercentiles:
    """Percentiles of one list or many.

    Parameters
    ----------
    frame
        One row a list and p: list (its label), p, total, rank, value (in the unit of the edges, missing where there
        is none), censored, at_least (the lower bound of the band), status: value, censored (longer than at_least),
        too_few (below ``minimum``), empty (nobody) or not_collected (every band missing).
    edges
        Lower bounds of the bands; and the upper bound of the last, infinite if it is open.
    """

    frame: pd.DataFrame
    edges: tuple[float, ...]

    def __repr__(self) -> str:
        return f"<BandPercentiles: {len(self.frame)} values, {int(self.frame['censored'].sum())} censored>"

    @property
    def value(self) -> float:
        """The only percentile; NaN where there is none."""
        return float(self._only("value"))

    @property
    def censored(self) -> bool:
        """Whether the only percentile lies in the open last band."""
        return bool(self._only("censored"))

    @property
    def status(self) -> str:
        """What the only percentile is: value, censored, too_few, empty or not_collected."""
        return str(self._only("status"))

    @property
    def values(self) -> Numbers:
        """All percentiles in the order of the frame."""
        return self.frame["value"].to_numpy()

    def __float__(self) -> float:
        return self.value

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Numbers:
        return np.asarray(self.value if len(self.frame) == 1 else self.values, dtype=dtype)

    def _only(self, column: str) -> Any:
        if len(self.frame) != 1:
            raise ArgumentError(f"{len(self.frame)} percentiles", "one", "See the rows of result.frame")
        return self.frame[column].iloc[0]


def percentile_from_bands(
    counts: ArrayLike,
    p: float | Sequence[float] = 0.5,
    *,
    edges: Sequence[float] | None = None,
    open_last: bool = True,
    rank: Rank = "pN",
    period: Date | None = None,
    minimum: int | None = None,
) -> BandPercentiles:
    """Return percentiles of waits counted in bands.

    Parameters
    ----------
    counts
        Counts by band, shortest waits first: one list as a sequence, or one row a list as an array or a frame.
    p
        The share that waits no longer, such as 0.5 or 0.92; several give a row each.
    edges
        Lower bounds of the bands in weeks (or any unit), which may be uneven: as many as bands, the last band then
        open or not as ``open_last`` says; or one more, the last being where the last band ends (``inf`` if open).
        By default 0, 1, 2, ...
    open_last
        Whether the last band has no upper bound, such as "104 weeks and over". If not, it is as wide as the one
        before.
    rank
        ``"pN"``, or ``"(N+1)/2"`` (also written ``"p(N+1)"``) as medians had it before October 2022.
    period
        The month of the figures; it chooses the rank: of medians before October 2022, (N+1)/2.
    minimum
        Give no percentile of fewer people than this. NHS England gives none below 50.

    Returns
    -------
    BandPercentiles
        ``float()`` of it is the percentile of a single list, NaN where there is none.

    Raises
    ------
    ArgumentError
        If p is not a share, the rank unknown, or the edges do not fit the bands.
    DataError
        If a count is negative or infinite.

    Examples
    --------
    >>> percentile_from_bands([10, 10, 80], p=0.5, open_last=False).value
    2.375
    >>> result = percentile_from_bands([10, 10, 80], p=0.92, edges=[0, 4, 18])
    >>> result.status, float(result.frame["at_least"].iloc[0])
    ('censored', 18.0)
    """
    table, labels = _table(counts)
    shares = np.atleast_1d(np.asarray(p, dtype=float)).tolist()
    for share in shares:
        if not 0 < share <= 1:
            raise ArgumentError(f"p={share:g}", "a share above 0 and up to 1", "Write 0.92 for 92 per cent")
    bounds = _bounds(edges, bands=table.shape[1], open_last=open_last)
    collected = ~np.isnan(table).all(axis=1)
    below = np.cumsum(np.nan_to_num(table), axis=1)
    rows = [_percentiles(below, share, bounds, _added(rank, share, period)) for share in shares]
    frame = pd.concat([row.assign(list=labels, collected=collected) for row in rows], ignore_index=True)
    return BandPercentiles(frame=_with_status(frame, minimum), edges=tuple(bounds.tolist()))


def _table(counts: ArrayLike) -> tuple[Numbers, list[object]]:
    labels = list(counts.index) if isinstance(counts, pd.DataFrame) else None
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    if table.ndim != 2 or table.shape[1] < 2:
        raise ArgumentError(f"counts of shape {table.shape}", "two bands or more", "Give a count a band")
    with np.errstate(invalid="ignore"):
        bad = (table < 0) | np.isinf(table)
    if bad.any():
        row, band = np.argwhere(bad)[0]
        raise DataError(
            f"a count of {table[row, band]:g} in band {band + 1} of list {labels[row] if labels else row}",
            "counts of 0 or more",
            "Correct the count",
        )
    return table, labels or list(range(len(table)))


def _bounds(edges: Sequence[float] | None, *, bands: int, open_last: bool) -> Numbers:
    """Return the bounds of all bands, one more than there are bands."""
    bounds = np.arange(bands, dtype=float) if edges is None else np.asarray(edges, dtype=float)
    if len(bounds) not in (bands, bands + 1) or not (np.diff(bounds) > 0).all():
        raise ArgumentError(
            f"{len(bounds)} edges for {bands} bands",
            f"{bands} rising lower bounds, or {bands + 1} with the end of the last band",
            "Give a lower bound a band",
        )
    if len(bounds) == bands + 1:
        return bounds
    end = np.inf if open_last else 2 * bounds[-1] - bounds[-2]
    return np.append(bounds, end)


def _added(rank: str, share: float, period: Date | None) -> float:
    if rank not in RANKS:
        raise ArgumentError(f"rank={rank!r}", f"one of {', '.join(RANKS)}", "Choose one of these")
    if rank == "(N+1)/2" and share != 0.5:
        raise ArgumentError(
            f"rank='(N+1)/2' with p={share:g}", "p=0.5", "Use rank='pN' for other percentiles"
        )
    if period is not None:
        return 1.0 if share == 0.5 and pd.Timestamp(period) < MEDIAN_CHANGED else 0.0
    return RANKS[rank]


def _percentiles(below: Numbers, share: float, bounds: Numbers, added: float) -> pd.DataFrame:
    """Find the band of each list's rank and the place within it."""
    total = below[:, -1]
    rank = np.minimum(share * (total + added), total)
    band = np.argmax(below >= (rank * (1 - _SLACK))[:, None], axis=1)
    each = np.arange(len(below))
    upto = np.where(band > 0, below[each, np.maximum(band - 1, 0)], 0.0)
    inside = below[each, band] - upto
    lower, upper = bounds[band], bounds[band + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.minimum((rank - upto) / inside, 1.0)
        value = lower + np.where(np.isinf(upper), np.nan, (upper - lower) * place)
    return pd.DataFrame(
        {
            "p": share,
            "total": total,
            "rank": rank,
            "value": value,
            "censored": np.isinf(upper),
            "at_least": lower,
        }
    )


def _with_status(frame: pd.DataFrame, minimum: int | None) -> pd.DataFrame:
    """Say what each percentile is, and take away those that are none."""
    few = frame["total"] < (minimum or 0)
    kinds = [~frame["collected"], frame["total"] == 0, few, frame["censored"]]
    status = np.select(kinds, ["not_collected", "empty", "too_few", "censored"], default="value")
    none = np.isin(status, ["not_collected", "empty", "too_few"])
    frame = frame.assign(
        status=pd.array(status, dtype="str"),
        value=frame["value"].mask(none),
        at_least=frame["at_least"].mask(none),
        censored=frame["censored"] & ~none,
    )
    return frame[["list", "p", "total", "rank", "value", "censored", "at_least", "status"]]
