"""Did the test of change work: ``evaluate_cycle``, a suggested verdict on one PDSA cycle with its reasons.

Limits are made from the points before the cycle and kept; the points from its start on are judged against them by
the rules of the control chart. A verdict of sustained improvement needs five things, so that chance seldom earns
it: a baseline long enough to trust; a signal in the right direction by a rule; a mean since the start that differs
from the baseline's beyond chance, autocorrelation allowed for; the gain still there at the end; and a step at the
start that stands out of one steady drift through all points. Cycles that ran at one time get one verdict, from the
start of the first. The team's own decision stands beside; this one suggests, with what the cycle must not make worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date
from sutg_analysis.control.observations import moment_of
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.quality.verdict import (
    DECISIONS,
    HELD,
    LEAST,
    RUN,
    Evidence,
    agrees,
    balancing_reasons,
    judge,
    limitations,
    next_steps,
)
from sutg_analysis.result import Result
from sutg_analysis.trends.interrupted import InterruptedResult, interrupted
from sutg_analysis.trends.regression import Series, fit, law_of
from sutg_analysis.trends.timeline import Timeline, timeline
from sutg_analysis.trends.trend import trend


def _overlapping(
    cycles: pd.DataFrame | None, first: pd.Timestamp, last: pd.Timestamp | None, known: pd.Series
) -> tuple[list[str], pd.Timestamp]:
    """Return the names of other cycles not to be told apart from this one, and the start of the first of them all.

    Cycles that overlap are not, nor those with fewer than six points from the end of one to the start of the next;
    a cycle that ran with one that ran with this one belongs to them too, so that each of them gets the same verdict.
    """
    if cycles is None or not len(cycles):
        return [], first
    missing = sorted({"start", "end"} - set(cycles.columns))
    if missing:
        raise ArgumentError(f"cycles without {', '.join(missing)}", "columns start and end", "Add them")
    begin, finish = pd.to_datetime(cycles["start"]), pd.to_datetime(cycles["end"])
    same = (begin == first) & ((finish == last) | (finish.isna() & (last is None)))
    latest = known.max()

    def reach(end: pd.Series) -> pd.Series:
        place = np.searchsorted(known, end.fillna(latest), side="right") + LEAST - 1
        return pd.Series(known.to_numpy()[np.minimum(place, len(known) - 1)], index=end.index)

    until, earliest = reach(finish), first
    ended = reach(pd.Series([last], dtype=begin.dtype)).iloc[0]
    meets = pd.Series(False, index=cycles.index)
    while (more := ~meets & (begin <= ended) & (until >= earliest)).any():
        meets |= more
        earliest, ended = min(earliest, begin[meets].min()), max(ended, until[meets].max())
    meets &= ~same
    titles = cycles["title"] if "title" in cycles.columns else "the cycle of " + begin.dt.strftime("%Y-%m-%d")
    return titles[meets].fillna("another cycle").astype("str").tolist(), earliest


def _balancing(
    given: Mapping[str, str | tuple[str, str]] | pd.DataFrame | None,
    frame: pd.DataFrame,
    date: str,
    first: pd.Timestamp,
) -> pd.DataFrame:
    """Judge each balancing measure by its own chart, limits from before the start."""
    names = ["measure", "before", "since", "variation", "warning"]
    if given is None or not len(given):
        return pd.DataFrame(columns=names)
    long = given if isinstance(given, pd.DataFrame) else _long(given, frame, date)
    missing = sorted({"measure", "date", "value", "improvement"} - set(long.columns))
    if missing:
        raise ArgumentError(
            f"balancing without {', '.join(missing)}",
            "columns measure, date, value and improvement",
            "Add them",
        )
    day = pd.to_datetime(long["date"])
    usable = long.assign(date=day)[["measure", "date", "value", "improvement"]]
    ends = usable[(day < first).to_numpy() & usable["value"].notna()].groupby("measure")["date"].max()
    if ends.empty:
        raise DataError("no balancing point before the start", "points before it", "Add earlier data")
    judged = spc(
        usable[usable["measure"].isin(ends.index)],
        value="value",
        date="date",
        by="measure",
        improvement="improvement",
        baseline=ends.to_dict(),
    )
    rows = judged.points.assign(since=judged.points["date"] >= first)
    means = rows.pivot_table(index="measure", columns="since", values="value", aggfunc="mean")
    means = means.reindex(columns=[False, True])
    bad = rows["variation"].isin(CONCERN) & rows["since"]
    table = judged.summary[["measure", "variation"]].assign(
        before=means[False].to_numpy(), since=means[True].to_numpy()
    )
    worse = bad.groupby(rows["measure"]).any().reindex(table["measure"]).to_numpy()
    return table.assign(warning=worse)[names]


def _long(given: Mapping[str, str | tuple[str, str]], frame: pd.DataFrame, date: str) -> pd.DataFrame:
    parts = []
    for name, what in given.items():
        column, improvement = (what, "neutral") if isinstance(what, str) else tuple(what)
        if column not in frame.columns:
            known = ", ".join(sorted(map(str, frame.columns)))
            raise ArgumentError(f"no balancing column {column!r}", f"one of {known}", "Correct the name")
        part = pd.DataFrame({"date": frame[date], "value": frame[column]})
        parts.append(part.assign(measure=name, improvement=improvement))
    return pd.concat(parts, ignore_index=True)


BOTH_SIDES = 8
"""Points that an interrupted time series needs on either side."""
_RULES = ("outside", "shift", "trend", "two_of_three")


def _evidence_of(
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
    asked: dict[str, Any] = {"date": date, "per": per, "improvement": improvement, **columns}
    days = line.readings
    baseline = frame.iloc[np.sort(days.row[(days.date < first).to_numpy()])]
    try:
        drift = str(trend(baseline, **asked).summary["variation"].iloc[0])
    except DataError:
        drift = "too_few"
    change = None
    if min(len(before), len(since)) >= BOTH_SIDES:
        with suppress(DataError):
            change = interrupted(frame, change=first, model=_law(line, per), **asked)
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
        step_p=_step(line, first, sign),
        interruption=change,
    )


def _law(line: Timeline, per: float) -> str:
    """Return the law of the interrupted time series: differences always, for a cycle's mean is a difference too."""
    law = law_of(line, "auto", per)
    return law if law == "binomial" else "gaussian"


def _step(line: Timeline, first: pd.Timestamp, sign: int) -> float:
    """Return the chance of so large a step for the better at the start, were all points on one steady drift."""
    known, y = line.known, line.value[line.known]
    since = (line.readings.date >= first).to_numpy()[known].astype(float)
    if min(since.sum(), (1 - since).sum()) < LEAST or np.ptp(y) == 0:
        return float("nan")
    design = np.stack([np.ones(len(y)), line.step[known], since], axis=1)
    names = ("level", "drift", "since")
    found = fit(Series(y, np.zeros(len(y)), design, names, line.step[known], counts=False))
    better = sign * found.coefficient[2] > 0
    return found.chance(found.weights(since=1.0)) if better else 1.0


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
    return gain, low, high, found.chance(found.weights(since=1.0))


@dataclass(frozen=True, eq=False)
class CycleResult(Result):
    """One cycle, judged.

    Parameters
    ----------
    verdict
        ``"sustained improvement"``, ``"promising"``, ``"no signal"``, ``"worse"`` or ``"too early"``.
    reasons, next_steps, limitations
        Why, what to do next, and what the data cannot say; sentences without full stop.
    points
        One row an observation: date, value, phase (before, during, after), centre, lower, upper, the four rules'
        flags, favourable (a signal for the better), unfavourable.
    summary
        One row: title, start (of the cycle itself), end, baseline_points, window_points, after_points, baseline_mean, cycle_mean,
        difference, difference_lower, difference_upper, p, prediction, predicted_met (yes, no or [not said]),
        first_signal, rules, verdict, decision, agrees.
    chart_result
        The control chart, limits from the baseline.
    interruption
        The interrupted time series, or None where either side has fewer than eight points.
    balancing
        One row a balancing measure: measure, before, since, variation, warning.
    prediction, decision, improvement
        As the call had them.
    overlapping
        The other cycles that ran at the same time.
    """

    _views = "quality:cycle"

    verdict: str
    reasons: tuple[str, ...]
    next_steps: tuple[str, ...]
    limitations: tuple[str, ...]
    points: pd.DataFrame
    summary: pd.DataFrame
    chart_result: SpcResult
    interruption: InterruptedResult | None
    balancing: pd.DataFrame
    prediction: float | str | None
    decision: str | None
    improvement: str
    overlapping: tuple[str, ...]

    def __repr__(self) -> str:
        row = self.summary.iloc[0]
        return f"<CycleResult: {self.verdict}, {row['baseline_points']} points before, {row['window_points'] + row['after_points']} since>"


def evaluate_cycle(
    frame: pd.DataFrame,
    *,
    date: str,
    start: Date,
    end: Date | float | None = None,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    improvement: str = "increase",
    prediction: float | str | None = None,
    target: float | str | None = None,
    baseline: Date | int | None = None,
    balancing: Mapping[str, str | tuple[str, str]] | pd.DataFrame | None = None,
    cycles: pd.DataFrame | None = None,
    decision: str | None = None,
    title: str = "",
    chart: str = "xmr",
    per: float = 1,
) -> CycleResult:
    """Judge one PDSA cycle by its measure.

    Parameters
    ----------
    frame, date, value, numerator, denominator, per, chart
        As for :func:`sutg_analysis.spc`, one series.
    start, end
        First and last date of the cycle; without an end it is still running.
    improvement
        increase or decrease.
    prediction
        What the team foretold: a number in the units of the chart, or words.
    target
        Of the measure, for the chart: a number, or its column.
    baseline
        First date of the baseline, or its number of points before the start; by default all points before it.
    balancing
        Measures that must not get worse: name to column of the frame, or to (column, improvement); or a frame with
        measure, date, value and improvement.
    cycles
        Other cycles on the same measure: a frame with start, end and perhaps title. Those that overlap are said, and
        judged with this one, from the start of the first.
    decision
        What the team decided: adopt, adapt or abandon.
    title
        Of the cycle, for its words.

    Returns
    -------
    CycleResult

    Raises
    ------
    ArgumentError
        If the dates are outside the data or out of order, or an argument is unknown.
    DataError
        If no point stands before the start or none after it.

    Examples
    --------
    >>> months = pd.date_range("2022-01-01", periods=24, freq="MS")
    >>> y = [20, 22, 19, 21, 20, 23, 19, 21, 22, 20, 21, 19, 15, 14, 16, 15, 13, 15, 14, 16, 15, 14, 13, 15]
    >>> frame = pd.DataFrame({"month": months, "falls": y})
    >>> result = evaluate_cycle(frame, value="falls", date="month", start="2023-01-01", improvement="decrease",
    ...                         prediction=16)
    >>> result.verdict, result.summary["predicted_met"].item()
    ('sustained improvement', 'yes')
    """
    _check(improvement, decision, prediction)
    first, last = _window(start, end)
    line = timeline(frame, date=date, value=value, numerator=numerator, denominator=denominator, per=per)
    _inside(line, first)
    dates = line.readings.date[line.known].sort_values()
    others, earliest = _overlapping(cycles, first, last, dates)
    own, first = first, earliest if earliest > dates.iloc[0] else first
    kept = _from_baseline(frame, line, first, baseline)
    columns: dict[str, Any] = {"value": value, "numerator": numerator, "denominator": denominator}
    cut = timeline(kept, date=date, per=per, **columns)
    known = cut.readings.date[cut.known]
    judged = spc(
        kept,
        date=date,
        chart=chart,
        improvement=improvement,
        per=per,
        target=target,
        baseline=known[known < first].max(),
        **columns,
    )
    points = _points(judged, first, last)
    evidence = _evidence_of(kept, cut, points, first, improvement, date=date, per=per, columns=columns)
    aside = _balancing(balancing, frame, date, first)
    verdict, reasons = judge(evidence)
    return CycleResult(
        verdict=verdict,
        reasons=(*reasons, *balancing_reasons(aside)),
        next_steps=next_steps(verdict, evidence, aside, decision),
        limitations=limitations(evidence, prediction, others, missing=int((~cut.known).sum())),
        points=points,
        summary=_summary(
            points, evidence, verdict, first, last, prediction, decision, improvement, title
        ).assign(start=own),
        chart_result=judged,
        interruption=evidence.interruption,
        balancing=aside,
        prediction=prediction,
        decision=decision,
        improvement=improvement,
        overlapping=tuple(others),
    )


def _check(improvement: str, decision: str | None, prediction: float | str | None) -> None:
    if improvement not in ("increase", "decrease"):
        raise ArgumentError(
            f"improvement={improvement!r}", "increase or decrease", "Say which direction would be better"
        )
    if decision is not None and decision not in DECISIONS:
        raise ArgumentError(f"decision={decision!r}", f"one of {', '.join(DECISIONS)}", "Choose one of these")
    number = isinstance(prediction, int | float) and not isinstance(prediction, bool)
    if not (prediction is None or isinstance(prediction, str) or (number and np.isfinite(prediction))):
        raise ArgumentError(f"prediction={prediction!r}", "a number or words", "Write what was foretold")


def _window(start: Date, end: Date | float | None) -> tuple[pd.Timestamp, pd.Timestamp | None]:
    first = moment_of(start, "start")
    if pd.isna(end):
        return first, None
    last = moment_of(end, "end")
    if last < first:
        raise ArgumentError(
            f"end={last:%Y-%m-%d} before start={first:%Y-%m-%d}",
            "an end on or after the start",
            "Correct one",
        )
    return first, last


def _inside(line: Timeline, first: pd.Timestamp) -> None:
    known = line.readings.date[line.known]
    span = f"{known.min():%Y-%m-%d} to {known.max():%Y-%m-%d}"
    if not first > known.min():
        raise DataError(
            f"start={first:%Y-%m-%d} with no point before it, data from {span}",
            f"{LEAST} points or more before the cycle, to compare with",
            "Add earlier data, or correct the start",
        )
    if first > known.max():
        raise DataError(
            f"start={first:%Y-%m-%d} with no point since, data from {span}",
            "a point or more since the start",
            "Wait for data, or correct the start",
        )


def _from_baseline(
    frame: pd.DataFrame, line: Timeline, first: pd.Timestamp, baseline: Date | int | None
) -> pd.DataFrame:
    """Return the frame from the first date of the baseline on."""
    if baseline is None:
        return frame
    known = line.readings.date[line.known & (line.readings.date < first).to_numpy()]
    if isinstance(baseline, int | np.integer) and not isinstance(baseline, bool) and baseline < 1000:
        if not 0 < baseline <= len(known):
            raise ArgumentError(
                f"baseline={baseline}", f"1 to {len(known)} points before the start", "Correct it"
            )
        begin = known.iloc[-int(baseline)]
    else:
        begin = moment_of(baseline, "baseline")
    if not begin < first:
        raise ArgumentError(
            f"baseline={begin:%Y-%m-%d}", f"a date before the start, {first:%Y-%m-%d}", "Correct it"
        )
    late = line.readings.row[(line.readings.date >= begin).to_numpy()]
    return frame.iloc[np.sort(late)]


def _points(judged: SpcResult, first: pd.Timestamp, last: pd.Timestamp | None) -> pd.DataFrame:
    table = judged.points[["date", "value", "centre", "lower", "upper", *_RULES]].copy()
    date = table["date"]
    past = (date > last) if last is not None else pd.Series(False, index=table.index)
    table["phase"] = pd.Series(
        np.select([date < first, ~past], ["before", "during"], default="after"), dtype="str"
    )
    variation = judged.points["variation"]
    since = date >= first
    table["favourable"] = variation.isin(IMPROVEMENT) & since
    table["unfavourable"] = variation.isin(CONCERN) & since
    return table


def _summary(
    points: pd.DataFrame,
    evidence: Evidence,
    verdict: str,
    first: pd.Timestamp,
    last: pd.Timestamp | None,
    prediction: float | str | None,
    decision: str | None,
    improvement: str,
    title: str,
) -> pd.DataFrame:
    known = points[points["value"].notna()]
    since = known.loc[known["date"] >= first, "value"]
    row = {
        "title": title,
        "start": first,
        "end": last if last is not None else pd.NaT,
        "baseline_points": evidence.before,
        "window_points": int((known["phase"] == "during").sum()),
        "after_points": int((known["phase"] == "after").sum()),
        "baseline_mean": float(known.loc[known["date"] < first, "value"].mean()),
        "cycle_mean": float(since.mean()),
        "difference": evidence.gain,
        "difference_lower": evidence.low,
        "difference_upper": evidence.high,
        "p": evidence.p,
        "prediction": str(prediction) if prediction is not None else "",
        "predicted_met": _met(prediction, float(since.mean()), improvement),
        "first_signal": evidence.first_signal,
        "rules": ", ".join(evidence.rules),
        "verdict": verdict,
        "decision": decision or "",
        "agrees": agrees(verdict, decision),
    }
    return pd.DataFrame([row])


def _met(prediction: float | str | None, reached: float, improvement: str) -> str:
    """Say whether the mean since the start is at least as good as a number foretold."""
    if prediction is None or isinstance(prediction, str):
        return "[not said]"
    good = reached >= prediction if improvement == "increase" else reached <= prediction
    return "yes" if good else "no"
