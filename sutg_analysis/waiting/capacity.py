"""When a service lost capacity, and when it made it up: removals that fell or rose while the list did the opposite.

Fewer removals alone are no loss of capacity: in a service that sees all who come, they follow referrals. So an
episode is a run of months whose removals the rules of the control chart call low (or high), over which the list grew
(or shrank) by more than chance moves it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.control.spc import spc

_LEAST = 2
"""Months an episode has at least."""

_CHANCE = 2
"""By how many standard deviations of its joint flows, if they come by chance (Poisson), the list must have moved."""


def capacity_episodes(points: pd.DataFrame) -> pd.DataFrame:
    """Find the episodes of capacity lost or gained in one list.

    Parameters
    ----------
    points
        Of :func:`sutg_analysis.waiting_list`, one list: date, opening, additions, seen, removed, list_size; missing months are
        not allowed.

    Returns
    -------
    pandas.DataFrame
        One row an episode, in order: kind (lost or gained), start, end (first days of its first and last month),
        months, left (mean removals a month), usual (the median of the other months), before, after (size of the list
        at its beginning and end), latest (whether it lasts to the end).

    Examples
    --------
    >>> left = [50] * 12 + [20] * 4 + [50] * 8
    >>> size = 100 + np.cumsum(50 - np.array(left))
    >>> rows = pd.DataFrame({"date": pd.date_range("2023-01-01", periods=24, freq="MS"), "seen": left,
    ...                      "removed": 0, "additions": 50, "list_size": size, "opening": np.append(100, size[:-1])})
    >>> found = capacity_episodes(rows).iloc[0]
    >>> found["kind"], f"{found['start']:%b %Y}", f"{found['end']:%b %Y}", f"{found['before']} to {found['after']}"
    ('lost', 'Jan 2024', 'Apr 2024', '100 to 220')
    """
    rows = points.assign(left=points["seen"] + points["removed"]).reset_index(drop=True)
    flagged = spc(rows, value="left", date="date", improvement="increase").points["variation"].astype("str")
    found = [
        _episode(rows, first, last, kind)
        for kind, verdict in (("lost", "concern_low"), ("gained", "improvement_high"))
        for first, last in _runs((flagged == verdict).to_numpy())
    ]
    columns = ["kind", "start", "end", "months", "left", "usual", "before", "after", "latest"]
    table = pd.DataFrame([row for row in found if row], columns=columns)
    return table.sort_values("start", ignore_index=True)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last place of each run that is long enough."""
    places = np.flatnonzero(flags)
    parts = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts if len(part) >= _LEAST]


def _trimmed(left: NDArray[np.float64], first: int, last: int) -> tuple[int, int]:
    """Return a run without months at its ends that are nearer to the usual level: a trend begins in them."""
    within = np.median(left[first : last + 1])
    usual = np.median(np.delete(left, np.s_[first : last + 1])) if last - first + 1 < len(left) else within
    inside = np.flatnonzero(np.abs(left[first : last + 1] - within) <= np.abs(left[first : last + 1] - usual))
    return first + int(inside[0]), first + int(inside[-1])


def _episode(rows: pd.DataFrame, first: int, last: int, kind: str) -> dict[str, object] | None:
    """Return an episode, or None if the list did not move the other way."""
    first, last = _trimmed(rows["left"].to_numpy(dtype=float), first, last)
    inside = rows.iloc[first : last + 1]
    others = rows.drop(inside.index)
    usual = float(others["left"].median()) if len(others) else np.nan
    left = float(inside["left"].mean())
    before, after = int(inside["opening"].iloc[0]), int(inside["list_size"].iloc[-1])
    moved = after - before if kind == "lost" else before - after
    if moved <= _CHANCE * float(np.sqrt((inside["additions"] + inside["left"]).sum())):
        return None
    return {
        "kind": kind,
        "start": inside["date"].iloc[0],
        "end": inside["date"].iloc[-1],
        "months": len(inside),
        "left": left,
        "usual": usual,
        "before": before,
        "after": after,
        "latest": last == len(rows) - 1,
    }
