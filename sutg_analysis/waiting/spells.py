"""Referrals of one person that follow on from each other, joined into spells.

People are referred again while, or soon after, an earlier referral is open. To them it is one wait. Intervals of
one person that overlap, or follow within a tolerance, are merged (the community mental health four-week wait allows
5 days between the end of one referral and the start of the next). Sorted by start, a new spell begins wherever a
start lies beyond the latest end so far by more than the tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sutg_analysis.control.observations import check_column
from sutg_analysis.errors import ArgumentError, DataError


def spell_numbers(
    frame: pd.DataFrame,
    *,
    start: str,
    end: str,
    by: str | Sequence[str] = (),
    tolerance_days: int = 5,
) -> pd.Series:
    """Return the number of the spell that each row belongs to.

    Parameters
    ----------
    frame
        One row an interval.
    start, end
        Columns of dates; an interval without an end is still open.
    by
        Columns whose rows may join: the person and the service.
    tolerance_days
        The longest gap between an end and the next start that still joins.

    Returns
    -------
    pandas.Series
        A number a row, from 0, in the order of ``by`` and start; the index is the frame's.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, a start is missing, an end lies before its start, or the tolerance is negative.

    Examples
    --------
    >>> rows = pd.DataFrame({"person": ["a", "a", "a"], "from": pd.to_datetime(["2024-01-01", "2024-01-15",
    ...     "2024-03-01"]), "to": pd.to_datetime(["2024-01-10", "2024-01-20", None])})
    >>> spell_numbers(rows, start="from", end="to", by="person").tolist()
    [0, 0, 1]
    """
    keys = [by] if isinstance(by, str) else list(by)
    _check(frame, start, end, keys, tolerance_days)
    person = (
        frame.groupby(keys, sort=True, dropna=False).ngroup().to_numpy() if keys else np.zeros(len(frame))
    )
    begins = frame[start].to_numpy("datetime64[D]").astype("int64")
    far = np.iinfo("int64").max // 4
    ends = np.where(frame[end].isna(), far, frame[end].to_numpy("datetime64[D]").astype("int64"))
    order = np.lexsort((ends, begins, person))
    latest = pd.Series(ends[order]).groupby(person[order]).cummax().to_numpy()
    new = np.ones(len(frame), dtype=bool)
    new[1:] = (np.diff(person[order]) != 0) | (begins[order][1:] > latest[:-1] + tolerance_days)
    numbers = np.empty(len(frame), dtype="int64")
    numbers[order] = np.cumsum(new) - 1
    return pd.Series(numbers, index=frame.index, name="spell")


def merge_intervals(
    frame: pd.DataFrame,
    *,
    start: str,
    end: str,
    by: str | Sequence[str] = (),
    tolerance_days: int = 5,
) -> pd.DataFrame:
    """Merge intervals that overlap or follow within a tolerance.

    Parameters
    ----------
    frame, start, end, by, tolerance_days
        As for :func:`spell_numbers`.

    Returns
    -------
    pandas.DataFrame
        One row a spell: the columns of ``by``, start, end (missing while any of its intervals is open), rows.

    Raises
    ------
    ArgumentError, DataError
        As for :func:`spell_numbers`.

    Examples
    --------
    >>> rows = pd.DataFrame({"from": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-26"]),
    ...     "to": pd.to_datetime(["2024-01-10", "2024-01-20", "2024-01-30"])})
    >>> merge_intervals(rows, start="from", end="to")["rows"].tolist()
    [2, 1]
    """
    keys = [by] if isinstance(by, str) else list(by)
    numbers = spell_numbers(frame, start=start, end=end, by=by, tolerance_days=tolerance_days)
    groups = frame.assign(spell=numbers, open=frame[end].isna()).groupby("spell")
    spells = groups.agg(
        **{key: (key, "first") for key in keys},
        **{start: (start, "min"), end: (end, "max")},
        rows=(start, "size"),
        open=("open", "any"),
    )
    spells[end] = spells[end].mask(spells["open"])
    return spells.drop(columns="open").reset_index(drop=True)


def _check(frame: pd.DataFrame, start: str, end: str, keys: list[str], tolerance_days: int) -> None:
    for column in (start, end, *keys):
        check_column(frame, column)
    if tolerance_days < 0:
        raise ArgumentError(f"tolerance_days={tolerance_days}", "0 or more", "Use 5")
    for column, bad, wanted in (
        (start, frame[start].isna(), "a start"),
        (end, frame[end] < frame[start], f"an end on or after {start!r}"),
    ):
        if bad.any():
            row = frame.index[bad][0]
            raise DataError(
                f"{frame.loc[row, column]} in column {column!r}, row {row}", wanted, "Correct or drop the row"
            )
