"""What each series' latest point belongs to: the run behind every rule it breaks, since when, and how long.

A flag says that a rule fired at a point; a reader asks since when. An episode is the run of points that ends at
the latest one: the shift's points on one side of the centre, the trend's points that each rise or fall, the points
near a limit among the last three, or the point outside a limit alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sutg_analysis.results import SpcResult

RULES = ("outside", "trend", "two_of_three", "shift")


def latest_episodes(result: SpcResult) -> pd.DataFrame:
    """Return the episodes that end at each series' latest point.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.

    Returns
    -------
    pandas.DataFrame
        One row a series and broken rule: series (its row in ``result.summary``), rule, high (whether the signal
        points upwards), start (date of its first point) and points.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 7, 8, 7, 8, 7, 8, 7]})
    >>> found = latest_episodes(spc(frame, value="y", date="month")).iloc[0]
    >>> found["rule"], bool(found["high"]), int(found["points"]), f"{found['start']:%B %Y}"
    ('shift', True, 7, 'August 2023')
    """
    rows = _useful(result)
    if rows.empty:
        return pd.DataFrame(columns=["series", "rule", "high", "start", "points"])
    found = [_episode(rows, rule, *_RUNS[rule](rows)) for rule in RULES]
    return pd.concat(found, ignore_index=True).sort_values("series", kind="stable", ignore_index=True)


def _useful(result: SpcResult) -> pd.DataFrame:
    """Return the points that count, each with its series' number and its step from the point before."""
    points = result.points
    number = points.groupby(list(result.by), sort=False).ngroup() if result.by else 0
    rows = points.assign(series=number, place=np.arange(len(points)))
    # A gap ends a trend: the step over it is unknown, as it is at the start of a series.
    rows = rows[~rows["excluded"]]
    within = ["series"] if result.profile.trend_crosses_segments else ["series", "segment"]
    step = np.sign(rows["value"].diff().where(~_changed(rows, *within)))
    return rows.assign(step=step, side=np.sign(rows["value"] - rows["centre"])).dropna(subset="value")


def _episode(rows: pd.DataFrame, rule: str, high: pd.Series, start: pd.Series) -> pd.DataFrame:
    """Return a rule's episodes; ``start`` is the place among ``rows`` where each point's run begins."""
    last = ~rows["series"].duplicated(keep="last") & rows[rule]
    first = start[last].to_numpy()
    length = np.flatnonzero(last) - first + 1
    if rule == "two_of_three":
        near = rows[rule].to_numpy()
        length = np.array([near[at : at + size].sum() for at, size in zip(first, length, strict=True)], int)
    return pd.DataFrame(
        {
            "series": rows.loc[last, "series"],
            "rule": rule,
            "high": high[last],
            "start": rows["date"].to_numpy()[first],
            "points": length,
        }
    )


def _run_start(changes: pd.Series) -> pd.Series:
    """Return for each row the place where the run it belongs to begins."""
    place = np.arange(len(changes))
    return pd.Series(np.maximum.accumulate(np.where(changes, place, 0)), index=changes.index)


def _changed(rows: pd.DataFrame, *columns: str) -> pd.Series:
    changes = [rows[name].ne(rows[name].shift()) for name in columns]
    return pd.concat(changes, axis=1).any(axis=1)


def _shifts(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return rows["side"] > 0, _run_start(_changed(rows, "series", "segment", "shift", "side"))


def _trends(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the runs of equal steps; the point before the first of them is where the trend begins."""
    start = _run_start(_changed(rows, "series", "step"))
    joined = rows["series"].to_numpy()[np.maximum(start - 1, 0)] == rows["series"].to_numpy()
    return rows["step"] > 0, start - (joined & (start.to_numpy() > 0))


def _alone(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return rows["value"] > rows["upper"], pd.Series(np.arange(len(rows)), index=rows.index)


def _near(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the first flagged point among the last three on the same side."""
    flag, place = rows["two_of_three"].to_numpy(), np.arange(len(rows))
    start = place.copy()
    for back in (1, 2):
        before = np.maximum(place - back, 0)
        same = (rows[["series", "side"]].to_numpy()[before] == rows[["series", "side"]].to_numpy()).all(
            axis=1
        )
        start = np.where(flag[before] & same & (place >= back), before, start)
    return rows["side"] > 0, pd.Series(start, index=rows.index)


_RUNS = {"outside": _alone, "trend": _trends, "two_of_three": _near, "shift": _shifts}
