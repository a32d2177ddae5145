"""A forecast tried on its own past: from one period after another, against the list staying as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.waiting.listhistory import History
from sutg_analysis.waiting.simulation import estimated, no_change, noise, simulated

Numbers = NDArray[np.float64]

_TRAINED = 12
"""Periods known at an origin before it is tried."""

_ORIGINS, _PATHS = 24, 400
_FRAME = ["origin", "date", "ahead", "actual", "forecast", "naive", "lower_80", "upper_80", "inside"]
_SUMMARY = ["forecasts", "error", "naive_error", "skill", "coverage"]


@dataclass(frozen=True, eq=False)
class Skill:
    """Each forecast of the past, and how good they were together."""

    frame: pd.DataFrame
    summary: pd.DataFrame


def tried(
    past: History | None,
    *,
    periods: int = 12,
    history: int | None = None,
    rng: np.random.Generator | None = None,
) -> Skill:
    """Forecast from each of the last periods with a year's history before it.

    Parameters
    ----------
    past
        The lists; None, or a past too short to try, gives empty tables.
    periods
        How many periods ahead, at most half of the history.
    history
        How many periods to learn from at each origin.
    rng
        Where chance comes from.

    Returns
    -------
    Skill
    """
    if past is None or len(past.dates) < _TRAINED + 2 or rng is None:
        return Skill(pd.DataFrame(columns=_FRAME), pd.DataFrame(columns=_SUMMARY))
    many = len(past.dates)
    origins = np.arange(max(_TRAINED, many - 1 - _ORIGINS), many - 1)
    ahead = min(periods, many // 2)
    known, row, origin = _trials(past, origins, history)
    draws = estimated(*(table[row] for table in past.filled()), used=known, paths=_PATHS, rng=rng)
    now = past.closing[row, origin]
    sizes = simulated(draws, now, noise(len(row), _PATHS, ahead, rng=rng), no_change(ahead))
    frame = _compared(past, row, origin, np.quantile(sizes, [0.1, 0.5, 0.9], axis=2), now)
    return Skill(frame.drop(columns="list"), _summed(past, frame))


def _trials(
    past: History, origins: NDArray[np.intp], history: int | None
) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.intp]]:
    """Return what is known at each trial, and its list and origin, of those with enough history."""
    good = past.known()
    row, origin = (table.ravel() for table in np.meshgrid(np.arange(len(past.keys)), origins, indexing="ij"))
    place = np.arange(good.shape[1])
    before = good[row] & (place <= origin[:, None])
    known = past.recent(before, history)
    enough = (known.sum(axis=1) >= min(_TRAINED, history or _TRAINED)) & good[row, origin]
    return known[enough], row[enough], origin[enough]


def _compared(
    past: History, row: NDArray[np.intp], origin: NDArray[np.intp], bands: Numbers, now: Numbers
) -> pd.DataFrame:
    ahead, many = bands.shape[1], len(past.dates)
    when = origin[:, None] + np.arange(1, ahead + 1)
    inside = when < many
    trial, step = np.nonzero(inside)
    place = when[inside]
    table = (
        past.keys.iloc[row[trial]]
        .reset_index(drop=True)
        .assign(
            list=row[trial],
            origin=past.dates[origin[trial]],
            date=past.dates[place],
            ahead=step + 1,
            actual=past.closing[row[trial], place],
            forecast=bands[1, step, trial],
            naive=now[trial],
            lower_80=bands[0, step, trial],
            upper_80=bands[2, step, trial],
        )
    )
    table = table.dropna(subset="actual").reset_index(drop=True)
    return table.assign(inside=table["actual"].between(table["lower_80"], table["upper_80"]))


def _summed(past: History, frame: pd.DataFrame) -> pd.DataFrame:
    gaps = pd.DataFrame(
        {
            "list": frame["list"],
            "error": (frame["actual"] - frame["forecast"]).abs(),
            "naive_error": (frame["actual"] - frame["naive"]).abs(),
            "coverage": frame["inside"].astype(float),
        }
    )
    groups = gaps.groupby("list")
    table = groups.mean().join(groups.size().rename("forecasts")).reindex(range(len(past.keys)))
    table["skill"] = 1 - table["error"] / table["naive_error"].where(table["naive_error"] > 0)
    return pd.concat([past.keys.reset_index(drop=True), table[_SUMMARY].reset_index(drop=True)], axis=1)
