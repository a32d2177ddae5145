"""The tracker of dated actions: which are done, due, slipped and by how much, as at any date.

What was completed after the date is not yet done on it. An action due on the very day counts as due, 0 days
slipped; it is slipped from the day after.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from sutg_analysis.errors import ArgumentError

STATUSES = ("slipped", "due", "done", "ahead", "undated")


def track(actions: pd.DataFrame, *, as_at: Any) -> pd.DataFrame:
    """Return each action's status as at a date.

    Parameters
    ----------
    actions
        due and completed, dates that may be missing; other columns are kept.
    as_at
        The date: ISO text, a ``date`` or a ``Timestamp``.

    Returns
    -------
    pandas.DataFrame
        The rows given with status (done; slipped: due before the date; due: on it; ahead: after it; undated) and
        days_slipped: from due to the date where not done, from due to completion where done late, 0 where done
        in time or not yet due, missing without a due date.

    Raises
    ------
    ArgumentError
        ``as_at`` is no date.

    Examples
    --------
    >>> rows = pd.DataFrame({"action": ["Plan", "Train", "Report"], "due": ["2020-09-30"] * 3,
    ...                      "completed": [None, "2020-10-05", "2020-09-01"]})
    >>> track(rows, as_at="2020-10-02")[["status", "days_slipped"]].values.tolist()
    [['slipped', 2], ['slipped', 2], ['done', 0]]
    """
    on = _day(as_at)
    due = pd.to_datetime(actions["due"])
    completed = pd.to_datetime(actions["completed"])
    done = completed.notna() & (completed <= on)
    ended = completed.where(done, on)
    status = pd.Series("ahead", index=actions.index, dtype="str")
    status = status.mask(due == on, "due").mask(due < on, "slipped").mask(due.isna(), "undated")
    slipped = (ended - due).dt.days.clip(lower=0).astype("Int64")
    return actions.assign(
        due=due, completed=completed.where(done), status=status.mask(done, "done"), days_slipped=slipped
    )


def _day(value: Any) -> pd.Timestamp:
    try:
        read = pd.Timestamp(value if isinstance(value, date) else str(value))
    except ValueError as error:
        raise ArgumentError(f"as_at={value!r}", "a date such as 2020-09-30", "Correct the date") from error
    return read.normalize()


def outstanding(actions: pd.DataFrame, *, as_at: Any) -> pd.DataFrame:
    """Return the actions that are due on or before a date and not completed by it, longest slipped first.

    Examples
    --------
    >>> rows = pd.DataFrame({"action": ["Plan", "Train"], "due": ["2020-09-30", "2020-10-31"],
    ...                      "completed": [None, None]})
    >>> outstanding(rows, as_at="2020-09-30")[["action", "days_slipped"]].values.tolist()
    [['Plan', 0]]
    """
    tracked = track(actions, as_at=as_at)
    left = tracked[tracked["status"].isin(["slipped", "due"])]
    return left.sort_values("days_slipped", ascending=False, kind="stable").reset_index(drop=True)


def tally(tracked: pd.DataFrame) -> dict[str, int]:
    """Return how many actions have each status, every status named.

    Examples
    --------
    >>> tally(pd.DataFrame({"status": ["done", "done", "slipped"]}))
    {'slipped': 1, 'due': 0, 'done': 2, 'ahead': 0, 'undated': 0}
    """
    counts = tracked["status"].value_counts()
    return {status: int(counts.get(status, 0)) for status in STATUSES}
