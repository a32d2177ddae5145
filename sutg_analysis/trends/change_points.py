"""Where the level of a series seems to change: ``change_points``, to explore.

A series is cut where the squared error falls by more than a penalty (optimal partitioning, Jackson and others 2005).
Autocorrelation looks like changes of level, so where neighbours are alike a cut must gain more. Cuts are questions
and not findings: they never move the limits of a control chart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Numbers
from sutg_analysis.control.limits import RANGE_SIGMA
from sutg_analysis.errors import ArgumentError, TooFew
from sutg_analysis.result import Result
from sutg_analysis.trends import autocorrelation
from sutg_analysis.trends.timeline import MINIMUM, check_positive, timeline

_PENALTY = 3.0
"""Times ln n and sigma squared a cut must gain: two for place and level, one more against chance (Zhang and
Siegmund 2007)."""


@dataclass(frozen=True, eq=False)
class ChangePointsResult(Result):
    """Where the level of a series seems to change.

    Parameters
    ----------
    points
        One row an observation: date, value, segment (from 1), level (mean of its segment).
    segments
        One row a segment: segment, first_date, last_date, points, mean.
    changes
        One row a change: date (first point of the new level), last_before (the point before it), index (points
        before it), before, after (means), size.
    penalty
        What a cut had to gain.
    autocorrelation
        Of the points about their levels.
    step, notes
        What a step is; what the cuts cannot say.
    """

    _views = "trends:change_points"

    points: pd.DataFrame
    segments: pd.DataFrame
    changes: pd.DataFrame
    penalty: float
    autocorrelation: float
    step: str
    notes: tuple[str, ...]

    @property
    def dates(self) -> tuple[pd.Timestamp, ...]:
        """First dates of new levels."""
        return tuple(self.changes["date"])

    @property
    def summary(self) -> pd.DataFrame:
        """The segments."""
        return self.segments

    def __repr__(self) -> str:
        return f"<ChangePointsResult: {len(self.changes)} changes in {len(self.points)} points>"


def change_points(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    penalty: float | None = None,
    least: int = 5,
    per: float = 1,
) -> ChangePointsResult:
    """Cut a series where its level seems to change. Exploratory: no limits are moved.

    Parameters
    ----------
    frame, date, value, numerator, denominator, per
        As for :func:`sutg_analysis.spc`, one series.
    penalty
        What each cut must gain in squared error; by default 3 ln(n) sigma squared, more where neighbours are alike.
    least
        Fewest points of a segment.

    Returns
    -------
    ChangePointsResult

    Raises
    ------
    ArgumentError, DataError
        Fewer than twice ``least`` points, or an impossible argument.

    Examples
    --------
    >>> months = pd.date_range("2024-01-01", periods=12, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [4, 6, 4, 6, 4, 6, 14, 16, 14, 16, 14, 16]})
    >>> change_points(frame, value="y", date="month").dates
    (Timestamp('2024-07-01 00:00:00'),)
    """
    if isinstance(least, bool) or not isinstance(least, int) or least < 2:
        raise ArgumentError(f"least={least!r}", "2 points or more", "Use 5")
    line = timeline(frame, date=date, value=value, numerator=numerator, denominator=denominator, per=per)
    table = pd.DataFrame({"date": line.readings.date, "value": line.value})[line.known].reset_index(drop=True)
    if len(table) < max(2 * least, MINIMUM):
        raise TooFew(f"{len(table)} points", f"{max(2 * least, MINIMUM)} or more", "Wait for more points")
    y = table["value"].to_numpy()
    cuts, used, r = _cuts(y, penalty, least)
    segment = np.searchsorted(cuts, np.arange(len(y)), side="right") + 1
    table["segment"] = segment
    table["level"] = table.groupby("segment")["value"].transform("mean")
    segments = table.groupby("segment", as_index=False).agg(
        first_date=("date", "first"),
        last_date=("date", "last"),
        points=("value", "size"),
        mean=("value", "mean"),
    )
    notes = ["exploratory: a cut is a question, not a finding, and moves no limits"]
    notes += ["neighbouring points are alike, so cuts had to gain more"] if r > autocorrelation.WORTH else []
    return ChangePointsResult(
        table, segments, _changes(segments, cuts), used, r, line.calendar.step, tuple(notes)
    )


def _cuts(y: Numbers, penalty: float | None, least: int) -> tuple[np.ndarray, float, float]:
    """Return where segments start, the penalty used and the autocorrelation about their levels."""
    if penalty is not None:
        check_positive(penalty=penalty)
        cuts = _partition(y, float(penalty), least)
        return cuts, float(penalty), _about_levels(y, cuts)
    plain = _PENALTY * np.log(len(y)) * _noise(y)
    if not plain > 0:
        return np.empty(0, dtype=int), 0.0, 0.0
    cuts = _partition(y, plain, least)
    r = _about_levels(y, cuts)
    if r <= autocorrelation.WORTH:
        return cuts, plain, r
    more = plain * (1 + r) / (1 - min(r, 0.9))
    cuts = _partition(y, more, least)
    return cuts, more, r


def _noise(y: Numbers) -> float:
    """Return the variance of neighbours' differences, halved, without the largest: steps are few."""
    steps = np.abs(np.diff(y))
    kept = steps[steps <= 3.267 * steps.mean()]
    return float((kept.mean() / RANGE_SIGMA) ** 2) if len(kept) else 0.0


def _about_levels(y: Numbers, cuts: np.ndarray) -> float:
    segment = np.searchsorted(cuts, np.arange(len(y)), side="right")
    design = (segment[:, None] == np.arange(len(cuts) + 1)).astype(float)
    left = y - design @ (design.T @ y / design.sum(axis=0))
    place = np.arange(len(y))
    return float(autocorrelation.Unbiased.of(design)(autocorrelation.neighbours(left, place)))


def _partition(y: Numbers, penalty: float, least: int) -> np.ndarray:
    """Return the best cuts, by optimal partitioning (Jackson and others 2005): squared error plus penalty."""
    total, squares = np.append(0, np.cumsum(y - y.mean())), np.append(0, np.cumsum((y - y.mean()) ** 2))
    best, origin = np.full(len(y) + 1, np.inf), np.zeros(len(y) + 1, dtype=int)
    best[0] = -penalty
    for end in range(least, len(y) + 1):
        start = np.arange(end - least + 1)
        error = squares[end] - squares[start] - (total[end] - total[start]) ** 2 / (end - start)
        gain = best[start] + error + penalty
        origin[end] = int(np.argmin(gain))
        best[end] = gain[origin[end]]
    cuts, end = [], len(y)
    while origin[end]:
        end = int(origin[end])
        cuts.append(end)
    return np.array(cuts[::-1], dtype=int)


def _changes(segments: pd.DataFrame, cuts: np.ndarray) -> pd.DataFrame:
    before, after = segments.iloc[:-1].reset_index(drop=True), segments.iloc[1:].reset_index(drop=True)
    return pd.DataFrame(
        {
            "date": after["first_date"],
            "last_before": before["last_date"],
            "index": cuts,
            "before": before["mean"],
            "after": after["mean"],
            "size": after["mean"] - before["mean"],
        }
    )
