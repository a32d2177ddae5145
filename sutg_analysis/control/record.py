"""What has happened to a target and to a level of late: the record beside what the limits say of the future.

Limits rest on the past. A target met in each of the last twelve months may lie beyond limits that rest on months
before the process changed; so the record stands beside the verdict, and a change that has lasted is named.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Flags, Numbers
from sutg_analysis.control.episodes import latest_episodes, series_numbers
from sutg_analysis.control.result import SpcResult

RECORD = 12
"""Periods that the record looks back, at most."""
STREAK = 5
"""Periods in a row, up to the latest, that outweigh what limits say of the next."""
LASTING = 8
"""Points of a run on one side of the mean, up to the latest, from which a change is said to last."""


def target_record(result: SpcResult) -> pd.DataFrame:
    """Return how often the target was met of late, one row a series in the order of ``result.summary``.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.

    Returns
    -------
    pandas.DataFrame
        met of the last ``of`` periods that have a value and a target (at most 12; none where neither direction is better),
        streak (periods in a row, up to the latest, that met it, negative if they missed it).

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=4, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [9, 7, 4, 5]})
    >>> target_record(spc(frame, value="y", date="month", improvement="decrease", target=6)).values.tolist()
    [[2, 4, 2]]
    """
    points, size = result.points, len(result.summary)
    series = series_numbers(points, result.by)
    better = result.summary["improvement"].astype("str").to_numpy()[series]
    value, target = points["value"].to_numpy(dtype=float), points["target"].to_numpy(dtype=float)
    counted = (
        ~points["excluded"].to_numpy() & np.isfinite(value) & np.isfinite(target) & (better != "neutral")
    )
    series, met = series[counted], meets(value, target, better == "increase")[counted]
    many = np.bincount(series, minlength=size)
    back = np.cumsum(many)[series] - 1 - np.arange(len(series))
    recent = back < RECORD
    latest = np.full(size, False)
    latest[series] = met  # the last of each series stands
    length = many.copy()
    np.minimum.at(length, series, np.where(met != latest[series], back, many[series]))
    return pd.DataFrame(
        {
            "met": np.bincount(series[recent], weights=met[recent], minlength=size).astype(int),
            "of": np.bincount(series[recent], minlength=size),
            "streak": np.where(latest, length, -length),
        }
    )


def meets(value: Numbers, target: Numbers, more_is_better: Flags) -> Flags:
    """Return which values meet their targets, to within the rounding of a sum.

    Examples
    --------
    >>> meets(np.array([80.0, 79.0]), np.array([80.0, 80.0]), np.array([True, False])).tolist()
    [True, True]
    """
    slack = 1e-9 * np.maximum(np.abs(target), 1)
    return np.where(more_is_better, value >= target - slack, value <= target + slack)


def outlook(assurance: str, streak: int) -> str:
    """Return what is to be said of a target: what limits promise, unless the latest periods all say otherwise.

    Returns
    -------
    str
        ``pass``, ``fail``, ``hit_or_miss`` or ``none``, as ``assurance``; ``met_lately`` or ``missed_lately`` where each of the
        last five periods or more met or missed a target of which limits do not say so.

    Examples
    --------
    >>> outlook("fail", 5), outlook("hit_or_miss", -7), outlook("pass", 12), outlook("hit_or_miss", 4)
    ('met_lately', 'missed_lately', 'pass', 'hit_or_miss')
    """
    if assurance in ("fail", "hit_or_miss") and streak >= STREAK:
        return "met_lately"
    return "missed_lately" if assurance in ("pass", "hit_or_miss") and streak <= -STREAK else assurance


def lasting_change(result: SpcResult) -> pd.DataFrame:
    """Return since when each series has been on one side of its mean, where that has lasted and limits rest on the time before.

    Returns
    -------
    pandas.DataFrame
        One row a series in the order of ``result.summary``: since (the run's first date; missing where there is no run of 8
        points up to the latest, or where the limits begin with it) and limits_from (the first date that limits rest on).

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=18, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [9, 8, 9, 10, 8, 9, 10, 9, 8, 9] + [5, 4, 5, 6, 5, 4, 5, 6]})
    >>> f"{lasting_change(spc(frame, value='y', date='month'))['since'][0]:%B %Y}"
    'November 2023'
    """
    points = result.points.assign(series=series_numbers(result.points, result.by))
    useful = points[points["value"].notna() & ~points["excluded"]]
    now = useful.groupby("series")["segment"].transform("max") == useful["segment"]
    begins = useful[now].groupby("series")["date"].min()
    found = latest_episodes(result)
    runs = found[(found["rule"] == "shift") & (found["points"] >= LASTING)].groupby("series")["start"].min()
    table = pd.DataFrame({"since": runs, "limits_from": begins}).reindex(range(len(result.summary)))
    return table.assign(since=table["since"].where(table["since"] > table["limits_from"]))
