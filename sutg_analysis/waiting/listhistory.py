"""The past of waiting lists, set out for the model: lists by periods, with the dates that follow.

It is read from referrals, from the points of a waiting list, or from any table of sizes with or without what joined
and left. Periods may not be missing: a gap would be taken for one large step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.catalogue.referrals import NO_DAY, to_days
from sutg_analysis.control.observations import check_column
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.waiting.groups import group_numbers
from sutg_analysis.waiting.waiting_list import WaitingListResult, waiting_list

Numbers = NDArray[np.float64]

WEEKS = {"month": 365.25 / 12 / 7, "week": 1.0, "day": 1 / 7, "quarter": 365.25 / 4 / 7}
USED = {"month": 24, "week": 52, "day": 180, "quarter": 12}
"""Periods to learn from unless asked otherwise: enough to see the spread, and still today's service."""

_STEPS = {"month": "MS", "week": "7D", "day": "D", "quarter": "QS-JAN"}


@dataclass(frozen=True, eq=False)
class History:
    """Lists by periods; ``opening`` and ``closing`` sizes, what joined and left, missing before a list begins.

    ``joined`` is all zero and ``left`` the fall in size where only sizes are known.
    """

    keys: pd.DataFrame
    dates: pd.DatetimeIndex
    opening: Numbers
    closing: Numbers
    joined: Numbers
    left: Numbers
    flows: bool
    every: str
    problems: pd.DataFrame

    @property
    def weeks(self) -> float:
        """How many weeks a period has."""
        return WEEKS[self.every]

    def known(self) -> NDArray[np.bool_]:
        """Return the periods of each list of which all is known."""
        return ~np.isnan(self.opening + self.closing + self.joined + self.left)

    def recent(self, known: NDArray[np.bool_], history: int | None) -> NDArray[np.bool_]:
        """Return the last of those periods, as many as are to be learnt from."""
        later = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
        return known & (later <= (history or USED[self.every]))

    def filled(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return opening sizes, what joined and what left, zero where not known."""
        opening, joined, left = (np.nan_to_num(table) for table in (self.opening, self.joined, self.left))
        return opening, joined, left

    def following(self, periods: int) -> pd.DatetimeIndex:
        """Return the dates of the periods after the last."""
        return following(self.dates[-1], periods, self.every)


def following(last: pd.Timestamp, periods: int, every: str) -> pd.DatetimeIndex:
    """Return the dates of the periods after one, at ends of months if it is one.

    Examples
    --------
    >>> following(pd.Timestamp("2024-01-31"), 2, "month").strftime("%d %b").tolist()
    ['29 Feb', '31 Mar']
    """
    step: Any = _STEPS[every]
    if every in ("month", "quarter") and last.day != 1:
        step = pd.offsets.MonthEnd(1 if every == "month" else 3)
    dates = pd.date_range(last, periods=periods + 1, freq=step)
    return dates[1:] if dates[0] == last else dates[:periods]


def read_history(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None,
    date: str,
    list_size: str,
    additions: str,
    removals: str | Sequence[str],
    every: str | None,
    referrals: dict[str, Any],
) -> History:
    """Read the history of lists.

    Parameters
    ----------
    frame
        Referrals (if it has the column ``referred``), or one row a list and period.
    by
        Columns that make lists.
    date, list_size, additions, removals
        Columns of a table of sizes; ``removals`` may be several, which are added. Without them only sizes are used.
    every
        The length of a period; of a table it is seen from its dates.
    referrals
        Further arguments of :func:`sutg_analysis.waiting_list`.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, a period missing or double, or fewer than four periods are there.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"a {type(frame).__name__}", "a pandas DataFrame", "Give the data as a frame")
    problems = pd.DataFrame()
    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    if list_size not in frame.columns and referrals.get("start", "referred") in frame.columns:
        counted = waiting_list(frame, by=by, every=every or "month", **referrals)  # type: ignore[arg-type]
        frame, problems = _whole_periods(counted), counted.problems
        date, list_size, additions, removals = "date", "list_size", "additions", ("seen", "removed")
    for column in (date, list_size, *columns):
        check_column(frame, column)
    parts = [removals] if isinstance(removals, str) else list(removals)
    usual = (
        parts == ["removals"]
        and "removals" not in frame.columns
        and {"seen", "removed"} <= set(frame.columns)
    )
    parts = ["seen", "removed"] if usual else parts
    flows = additions in frame.columns and set(parts) <= set(frame.columns)
    codes, keys = group_numbers(frame, columns)
    dates = _dates(frame[date])
    step = every or _step(dates)
    periods, place = _grid(dates, step)
    size = _table(frame[list_size], codes, place, len(keys), len(periods), list_size, periods)
    if flows:
        joined, left = (_table(frame[names].sum(axis=1, min_count=1), codes, place, len(keys), len(periods),
                               names[0], periods) for names in ([additions], parts))  # fmt: skip
        opening = size - joined + left
    else:
        opening = np.hstack([np.full((len(keys), 1), np.nan), size[:, :-1]])
        joined, left = np.zeros_like(size), opening - size
    return History(keys, periods, opening, size, joined, left, flows, step, problems)


def _dates(cells: pd.Series) -> pd.DatetimeIndex:
    days, bad, _ = to_days(cells)
    bad |= days == NO_DAY
    if bad.any():
        row = cells.index[bad][0]
        raise DataError(
            f"{cells.loc[row]!r} in column {cells.name!r}, row {row}", "a date", "Correct the cell"
        )
    return pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[us]"))


def _whole_periods(counted: WaitingListResult) -> pd.DataFrame:
    """Leave out the last period if the referrals end before it does, a weekend apart."""
    points = counted.points
    last = points["date"].max()
    ends = following(last, 1, counted.every)[0] - pd.Timedelta(days=0 if counted.every == "day" else 4)
    return points if counted.until >= ends else points[points["date"] < last]


def _step(dates: pd.DatetimeIndex) -> str:
    each = dates.unique().sort_values()
    if len(each) < 2:
        raise DataError(f"{len(each)} period", "four periods or more", "Give more history")
    gap = int(np.median(np.diff(each.to_numpy()).astype("timedelta64[D]").astype(int)))
    lengths = (
        {1: "day", 7: "week"}
        | dict.fromkeys(range(28, 32), "month")
        | dict.fromkeys(range(89, 93), "quarter")
    )
    if gap not in lengths:
        raise DataError(f"dates {gap} days apart", "days, weeks, months or quarters", "Give one row a period")
    return lengths[gap]


def _grid(dates: pd.DatetimeIndex, every: str) -> tuple[pd.DatetimeIndex, NDArray[np.intp]]:
    """Return every period from the first to the last, and the place of each row among them."""
    if every in ("month", "quarter"):
        number = dates.year * 12 + dates.month
        number = number if every == "month" else number // 3
    else:
        days = dates.to_numpy().astype("datetime64[D]").astype("int64")
        number = pd.Index(days if every == "day" else days // 7)
    place = np.asarray(number - number.min())
    known = dict(zip(place, dates, strict=True))
    lacking = sorted(set(range(max(place) + 1)) - set(known))
    if lacking:
        raise DataError(
            f"no row for the {every} after {known[lacking[0] - 1]:%Y-%m-%d}", "every period", "Add it"
        )
    return pd.DatetimeIndex([known[number] for number in range(len(known))]), place


def _table(
    cells: pd.Series,
    codes: NDArray[np.int64],
    place: NDArray[np.intp],
    lists: int,
    periods: int,
    name: str,
    dates: pd.DatetimeIndex,
) -> Numbers:
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if (values < 0).any():
        raise DataError(f"{values[values < 0][0]:g} in column {name!r}", "0 or more", "Correct the number")
    cell = codes * periods + place
    if len(np.unique(cell)) < len(cell):
        first = dates[int(place[pd.Series(cell).duplicated().to_numpy()][0])]
        raise DataError(f"two rows for {first:%Y-%m-%d}", "one a list and period", "Give by=, or add them up")
    table = np.full((lists, periods), np.nan)
    table.flat[cell] = values
    return table
