"""Where limits might be moved: proposals, for a person to accept or refuse.

Making Data Count never moves limits by itself: somebody decides, and says why. This room only proposes, by the
stable shift algorithm, and says how each decision was reached. More data never takes a proposal back ("no
regrets").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pkgutil import resolve_name
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date, Numbers, Places
from sutg_analysis.control.limits import ChartType, find_chart
from sutg_analysis.control.observations import Columns, Readings, read
from sutg_analysis.control.stable_shift import HOUSE, Grid, History, Settings, walk_through
from sutg_analysis.control.targets import multipliers
from sutg_analysis.errors import ArgumentError
from sutg_analysis.result import Result

DECISIONS = {
    "first": "limits made from the first points",
    "too_few": "too few points for limits",
    "no_room": "too few points left for new limits",
    "no_shift": "no further shift",
    "accepted": "shift holds: new limits proposed",
    "reverted": "refused: a shift back within the new limits' own points",
    "open": "refused: the last run is still open and could become a shift back",
}

SEEN = "A shift starts here"
"""How a proposal's own reason begins: what was seen, and not why."""


@dataclass(frozen=True, eq=False)
class RebaseProposal(Result):
    """Proposed rebases and how each decision was reached.

    Parameters
    ----------
    proposals
        One row a proposed rebase: key columns, date, kind, label, reason, author, centre_before, centre_after.
        ``author`` is empty: whoever accepts a row puts their name and reason to it and adds it to ``events``.
    log
        One row a decision, in order: key columns, step, date, decision, detail.
    by
        Names of the key columns.
    """

    _views = "rebase:proposal"
    _drawn = "no"

    proposals: pd.DataFrame
    log: pd.DataFrame
    by: tuple[str, ...]

    def accept(self, date: Date | None = None, **row: object) -> Any:
        """Accept one proposal: ``reason``, ``author``, ``measure``, ``unit`` make a row of ``events`` of it.

        Returns an :class:`sutg_analysis.reports.rebase.Acceptance`, whose ``append(project)`` adds the row to the table.
        """
        return resolve_name("sutg_analysis.reports.rebase:accept")(self, date, **row)

    def __repr__(self) -> str:
        return f"<RebaseProposal: {len(self.proposals)} proposed, {len(self.log)} decisions>"


def propose_rebase(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    by: str | Sequence[str] | None = None,
    chart: str = "xmr",
    per: float | str = 1,
    points: int = 21,
    shift: int = 8,
    exclusions: int = 3,
    no_regrets: bool = True,
    every_shift: bool = False,
    overhanging: bool = True,
    screen: bool = True,
) -> RebaseProposal:
    """Propose where limits might be moved, and say why or why not.

    Parameters
    ----------
    frame, date, value, numerator, denominator, by, chart, per
        As for :func:`sutg_analysis.spc`.
    points
        Points that new limits need; for monthly data 24 is better, a whole number of years.
    shift
        Points in a run on one side of the mean that make a shift.
    exclusions
        How many points beyond the limits may be left out when limits are made.
    no_regrets
        Refuse while the last run could still become a shift back.
    every_shift
        Propose at each shift, whatever follows.
    overhanging
        Whether a shift back may end after the new limits' own points.
    screen
        Leave out extreme moving ranges once.

    Returns
    -------
    RebaseProposal

    Raises
    ------
    ArgumentError, DataError
        As for :func:`sutg_analysis.spc`; and if ``points`` or ``shift`` is below 2.

    Notes
    -----
    A missing value ends a run; a calculation period is so many rows, missing ones counted. Proposals are never
    applied: nothing happens until somebody adds them to ``events``, with their name and reason.

    Examples
    --------
    >>> months = pd.date_range("2021-01-01", periods=48, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [13.0, 12, 11, 10] * 6 + [23.0, 22, 21, 20] * 6})
    >>> propose_rebase(frame, date="month", value="y").proposals["date"].dt.strftime("%Y-%m").tolist()
    ['2023-01']
    """
    if points < 2 or shift < 2 or exclusions < 0:
        raise ArgumentError(
            f"points={points}, shift={shift}, exclusions={exclusions}",
            "at least 2, 2 and 0",
            "Use 21, 8 and 3",
        )
    kind, columns = find_chart(chart), Columns(date, value, numerator, denominator, by)
    readings = read(frame, columns, kind)
    settings = Settings(
        points, shift, exclusions, no_regrets, every_shift, overhanging, replace(HOUSE, screen=screen)
    )
    factor = multipliers(per, frame, readings)
    history = walk_through(_grid(readings, kind), settings)
    return RebaseProposal(_proposals(readings, history, factor), _log(readings, history), columns.keys)


def _grid(readings: Readings, chart: ChartType) -> Grid:
    length = readings.last - readings.first + 1
    column = np.arange(len(readings.series)) - readings.first[readings.series]

    def spread_rows(values: Numbers | None) -> Numbers | None:
        if values is None:
            return None
        table = np.full((len(length), int(length.max())), np.nan)
        table[readings.series, column] = values
        return table

    value = spread_rows(readings.spread if chart.plots == "spread" else readings.value)
    assert value is not None
    return Grid(
        value=value,
        numerator=spread_rows(readings.numerator),
        denominator=spread_rows(readings.denominator),
        size=spread_rows(readings.size),
        spread=spread_rows(readings.spread),
        length=length,
        chart=chart,
    )


def _keys(readings: Readings, series: Places) -> dict[str, object]:
    return {str(name): column.take(series).array for name, column in readings.keys.items()}


def _dates(readings: Readings, series: Places, column: Places) -> pd.Series:
    row = np.minimum(readings.first[series] + column, readings.last[series])
    return readings.date.take(row).reset_index(drop=True)


def _proposals(readings: Readings, history: History, factor: Numbers) -> pd.DataFrame:
    chosen = np.flatnonzero(history.decision == "accepted")
    chosen = chosen[np.lexsort((history.column[chosen], history.series[chosen]))]
    series = history.series[chosen]
    before, after = history.before[chosen] * factor[series], history.after[chosen] * factor[series]
    was, now = (pd.Series(level).map("{:.4g}".format).astype("str") for level in (before, after))
    return pd.DataFrame(
        {
            **_keys(readings, series),
            "date": _dates(readings, series, history.column[chosen]),
            "kind": "rebase",
            "label": "Limits recalculated",
            "reason": f"{SEEN} and holds: centre from " + was + " to " + now,
            "author": "",
            "centre_before": before,
            "centre_after": after,
        }
    )


def _log(readings: Readings, history: History) -> pd.DataFrame:
    order = np.argsort(history.series, kind="stable")
    series = history.series[order]
    step = np.arange(len(order)) - np.searchsorted(series, series) + 1
    decision = pd.Series(history.decision[order], dtype="str")
    return pd.DataFrame(
        {
            **_keys(readings, series),
            "step": step,
            "date": _dates(readings, series, history.column[order]),
            "decision": decision,
            "detail": decision.map(DECISIONS),
        }
    )
