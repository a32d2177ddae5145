"""Who waits longer: mean waits of groups compared, several ways of grouping at once, without crying wolf.

A page that compares a dozen groups finds one in twenty of them different by chance alone. So the chance of each
difference is adjusted for the number compared (Holm, *Scandinavian Journal of Statistics* 1979;6:65), and only what
stands after that is said to differ. Intervals are of each difference on its own. Groups too small for an estimate are
listed without numbers of people, for those could be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Numbers
from sutg_analysis.control.observations import check_column, check_frame
from sutg_analysis.result import Result
from sutg_analysis.waiting.groups import NOT_RECORDED, names_of
from sutg_analysis.waiting.waiting_times import WaitingTimesResult, waiting_times

GROUPINGS = ("imd_quintile", "ethnicity", "age_band")
REFERENCES: Mapping[str, object] = {"imd_quintile": 5}
"""What groups are compared with where it is there; elsewhere with the largest group."""


@dataclass(frozen=True, eq=False)
class EquityResult(Result):
    """Groups compared.

    Parameters
    ----------
    frame
        One row a grouping and group: grouping (the column), group, reference (whether others are compared with it),
        people, seen, mean, mean_lower, mean_upper (weeks, up to the horizon), difference, lower, upper (from the
        reference), p_value, p_adjusted, longer (-1, 0 or 1: shorter, not shown to differ, longer), too_few (of small groups all
        numbers are missing), note, horizon.
    compared
        How many differences were judged together.
    confidence
        Of the intervals.
    """

    _views = "waiting:equity"

    frame: pd.DataFrame
    compared: int
    confidence: float

    def __repr__(self) -> str:
        return f"<EquityResult: {self.compared} differences, {len(self.unequal)} beyond chance>"

    @property
    def unequal(self) -> pd.DataFrame:
        """The groups that differ from their reference, those not recorded left out, largest first."""
        rows = self.frame[(self.frame["longer"] != 0) & (self.frame["group"] != NOT_RECORDED)]
        order = rows["difference"].abs().sort_values(ascending=False, kind="stable").index
        return rows.loc[order].reset_index(drop=True)


def compare_waits(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    references: Mapping[str, object] = REFERENCES,
    confidence: float = 0.95,
    minimum: int = 10,
    least: float = 0.0,
    **options: Any,
) -> EquityResult:
    """Compare the mean waits of groups, one column of groups after the other.

    Parameters
    ----------
    frame
        One row a referral.
    by
        Columns that make groups; by default those of ``GROUPINGS`` that are there. One that holds fewer than two groups
        is left out.
    references
        By column, the group to compare with; the largest where there is none or it is too small.
    confidence
        Of intervals; 1 less it is the chance of finding any difference where there is none.
    minimum
        Groups with fewer people, or fewer seen, have no estimates.
    least
        Differences smaller than this are not said to differ, however sure they are.
    **options
        Further arguments of :func:`sutg_analysis.waiting_times`, such as ``entry``, ``at`` and ``rules``.

    Returns
    -------
    EquityResult

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, or no row can be used.

    Examples
    --------
    >>> rows = pd.DataFrame({"wait": [2, 3, 4, 5] * 10, "event": 1, "ethnicity": ["A", "A", "B", "B"] * 10})
    >>> result = compare_waits(rows, duration="wait", event="event")
    >>> result.frame[["group", "mean", "longer"]].values.tolist()
    [['A', 2.5, 0], ['B', 4.5, 1]]
    """
    check_frame(frame)
    columns = names_of(by) or [name for name in GROUPINGS if name in frame]
    for column in columns:
        check_column(frame, column)
    options = {"confidence": confidence, "minimum": minimum, **options}
    parts = [
        _by_one_column(frame, column, references.get(column), options)
        for column in columns
        if len(frame[column].unique()) > 1
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
    adjusted = holm(table["p_value"].to_numpy(dtype=float))
    sure = (adjusted < 1 - confidence) & (
        table["difference"].abs().to_numpy(dtype=float, na_value=0) >= least
    )
    longer = np.where(sure, np.sign(table["difference"].to_numpy(dtype=float, na_value=0)), 0).astype(int)
    table = table.assign(p_adjusted=adjusted, longer=longer)[_COLUMNS]
    return EquityResult(table, int(table["p_value"].notna().sum()), confidence)


_COLUMNS = ["grouping", "group", "reference", "people", "seen", "mean", "mean_lower", "mean_upper", "difference",
            "lower", "upper", "p_value", "p_adjusted", "longer", "too_few", "note", "horizon"]  # fmt: skip


def _by_one_column(
    frame: pd.DataFrame, column: str, reference: object, options: Mapping[str, Any]
) -> pd.DataFrame:
    result = waiting_times(frame, by=column, **options)
    known = result.summary.loc[result.summary["note"] == "", column].tolist()
    if reference in known and reference != _base(result):
        result = waiting_times(frame, by=column, reference=reference, **options)
    differences = result.differences[[column, "difference", "lower", "upper", "p_value"]]
    rows = result.summary.merge(differences, on=column, how="left")
    counts = rows[["referrals", "seen"]].astype(float).mask(rows["too_few"])
    table = rows.rename(columns={column: "group", "restricted_mean": "mean"}).assign(
        grouping=column,
        reference=rows[column].astype("str") == _base(result),
        people=counts["referrals"],
        seen=counts["seen"],
        horizon=result.horizon,
    )
    return table[[name for name in _COLUMNS if name in table]]


def _base(result: WaitingTimesResult) -> str:
    return str(result.differences["reference"].iloc[0]) if len(result.differences) else ""


def holm(p: Numbers) -> Numbers:
    """Return p-values adjusted for how many there are (Holm 1979), missing ones apart.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1)
    return adjusted
