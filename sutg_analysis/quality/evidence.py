"""What a cycle's points say: signals since its start, the change of the mean, where it was going before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.errors import DataError
from sutg_analysis.quality.verdict import RUN, Evidence
from sutg_analysis.trends.interrupted import InterruptedResult, interrupted
from sutg_analysis.trends.regression import Series, fit
from sutg_analysis.trends.timeline import Timeline, timeline
from sutg_analysis.trends.trend import trend

BOTH_SIDES = 8
"""Points that an interrupted time series needs on either side."""
HELD = 6
"""Of the last points, three quarters must be better than the baseline's mean for a gain to be held."""
_RULES = ("outside", "shift", "trend", "two_of_three")


def evidence_of(
    frame: pd.DataFrame,
    line: Timeline,
    points: pd.DataFrame,
    first: pd.Timestamp,
    improvement: str,
    *,
    date: str,
    per: float,
    columns: dict[str, str | None],
) -> Evidence:
    """Return what the points say of the cycle."""
    known = points[points["value"].notna()]
    since, before = known[known["date"] >= first], known[known["date"] < first]
    sign = 1 if improvement == "increase" else -1
    gain, low, high, p = _difference(line, first)
    good = since[since["favourable"]]
    latest = since["value"].tail(HELD)
    held = bool(len(since) >= RUN and (sign * (latest - before["value"].mean()) > 0).mean() >= 0.75)
    drift = _drift(frame, date=date, first=first, per=per, improvement=improvement, columns=columns)
    change = _interruption(
        frame,
        len(before),
        len(since),
        date=date,
        first=first,
        per=per,
        improvement=improvement,
        columns=columns,
    )
    return Evidence(
        before=len(before),
        since=len(since),
        favourable=bool(len(good)),
        unfavourable=bool(since["unfavourable"].any()),
        rules=tuple(rule for rule in _RULES if good[rule].any()),
        first_signal=good["date"].iloc[0] if len(good) else pd.NaT,
        gain=gain,
        low=low,
        high=high,
        p=p,
        improving=bool(sign * gain > 0),
        held=held,
        baseline_trend=drift,
        interruption=change,
    )


def _difference(line: Timeline, first: pd.Timestamp) -> tuple[float, float, float, float]:
    """Return the change of the mean since the start, its interval and p, autocorrelation allowed for."""
    known, value = line.known, line.value
    since = (line.readings.date >= first).to_numpy()[known].astype(float)
    y = value[known]
    gain = float(y[since > 0].mean() - y[since == 0].mean())
    if len(y) < 6 or since.sum() < 2 or (1 - since).sum() < 2 or np.ptp(y) == 0:
        return gain, float("nan"), float("nan"), float("nan")
    design = np.stack([np.ones(len(y)), since], axis=1)
    series = Series(y, np.zeros(len(y)), design, ("level", "since"), line.step[known], counts=False)
    found = fit(series, errors="hac")
    _, low, high = (float(bound[0]) for bound in found.line(np.array([[0.0, 1.0]]), 0.95))
    return gain, low, high, found.chance("since")


def _drift(
    frame: pd.DataFrame, *, date: str, first: pd.Timestamp, per: float, improvement: str, columns: Any
) -> str:
    """Return where the baseline was going by itself: improvement, concern, none or too_few."""
    days = timeline(frame, date=date, per=per, **columns).readings
    before = frame.iloc[np.sort(days.row[(days.date < first).to_numpy()])]
    try:
        found = trend(before, date=date, per=per, improvement=improvement, **columns)
    except DataError:
        return "too_few"
    return str(found.summary["variation"].iloc[0])


def _interruption(
    frame: pd.DataFrame,
    before: int,
    since: int,
    *,
    date: str,
    first: pd.Timestamp,
    per: float,
    improvement: str,
    columns: Any,
) -> InterruptedResult | None:
    if min(before, since) < BOTH_SIDES:
        return None
    try:
        return interrupted(
            frame, date=date, change=first, per=per, improvement=improvement, model="gaussian", **columns
        )
    except DataError:
        return None
