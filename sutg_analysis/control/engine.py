"""One chart from frame to result: read, divide, limit, mark, judge, tabulate.

The steps are those of a person with paper and ruler; each is a module. All work on all series at once, on arrays
sorted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Numbers, Places
from sutg_analysis.control import rules
from sutg_analysis.control.caveats import Evidence, notices
from sutg_analysis.control.limits import LINES, ChartType, Lines, Sample, find_chart, steps
from sutg_analysis.control.observations import Readings, key_names, read, subgrouped
from sutg_analysis.control.profiles import Profile, find_profile
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.segments import Segments, divide
from sutg_analysis.control.targets import IMPROVEMENTS, directions, multipliers, targets

_IMPROVEMENT_NAMES = pd.Index(IMPROVEMENTS, dtype="str")
_VARIATION_NAMES = pd.Index(rules.VARIATIONS, dtype="str")
_ASSURANCE_NAMES = pd.Index(rules.ASSURANCES, dtype="str")


@dataclass(frozen=True)
class Work:
    """Everything known about the chart, in the units of the chart; arrays of one item a row unless named so."""

    readings: Readings
    segments: Segments
    chart: ChartType
    profile: Profile
    lines: Lines
    signals: rules.Signals
    runs: rules.Runs
    target: Numbers
    verdict_row: Places
    direction: Places
    points: Places


def analyse(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None,
    numerator: str | None,
    denominator: str | None,
    by: str | Sequence[str] | None,
    chart: str,
    improvement: str,
    target: Any,
    baseline: Any,
    rebase: Any,
    exclude: Any,
    per: Any,
    profile: str | Profile,
) -> SpcResult:
    """Make the result of :func:`sutg_analysis.spc`, whose arguments these are."""
    kind, house = find_chart(chart), find_profile(profile)
    keys = key_names(by, (date, value, numerator, denominator))
    readings = read(
        frame, date=date, value=value, numerator=numerator, denominator=denominator, by=keys, chart=kind
    )
    readings = subgrouped(readings) if kind.subgroups else readings
    segments = divide(readings, baseline=baseline, rebase=rebase, exclude=exclude, scope=house.baseline_scope)
    multiplier = multipliers(per, frame, readings)
    readings, lines = _drawn(readings, segments, kind, house, multiplier)
    direction = directions(improvement, frame, readings)
    goal, carried = targets(target, frame, readings)
    work = _judged(readings, segments, kind, house, lines, direction, goal)
    tables = (_points(work), _summary(work, carried), _segments(work))
    return SpcResult(*tables, keys, kind.name, per, house)


def _drawn(
    readings: Readings, segments: Segments, chart: ChartType, profile: Profile, multiplier: Numbers
) -> tuple[Readings, Lines]:
    """Return the values to draw and their lines, both times ``per``."""
    kept = ~segments.excluded
    sample = Sample(
        value=readings.value,
        group=segments.group,
        count=segments.count,
        use=segments.baseline & kept,
        kept=kept,
        baseline=segments.baseline,
        profile=profile,
        numerator=readings.numerator,
        denominator=readings.denominator,
        spread=readings.spread,
        size=readings.size,
    )
    sample = _plotted(sample, chart)
    sample = replace(sample, use=sample.use & ~np.isnan(sample.value))
    floor = 0 if profile.floor_zero else chart.floor
    lines = _stopped(chart.lines(sample), floor, chart.ceiling)
    factor = multiplier[readings.series] if (multiplier != 1).any() else None
    if factor is not None:
        lines = lines.each(lambda line: line * factor)
    value = sample.value if factor is None else sample.value * factor
    return replace(readings, value=value), lines


def _plotted(sample: Sample, chart: ChartType) -> Sample:
    if chart.plots == "spread":
        assert sample.spread is not None
        return replace(sample, value=sample.spread)
    if chart.plots == "range":
        _, after, size = steps(sample, sample.value, within=sample.kept | sample.profile.loose_baseline)
        ranges = np.full(len(sample.value), np.nan)
        ranges[after] = size
        return replace(sample, value=ranges)
    return sample


def _stopped(lines: Lines, floor: float | None, ceiling: float | None) -> Lines:
    """Keep limits from running past what is possible."""
    changed: dict[str, Any] = {}
    if floor is not None:
        changed |= {name: np.maximum(getattr(lines, name), floor) for name in ("lower", "lower_2sigma")}
    if ceiling is not None:
        changed |= {name: np.minimum(getattr(lines, name), ceiling) for name in ("upper", "upper_2sigma")}
    return replace(lines, **changed)


def _judged(
    readings: Readings,
    segments: Segments,
    chart: ChartType,
    profile: Profile,
    lines: Lines,
    direction: Places,
    target: Numbers,
) -> Work:
    signals = _signals(readings, segments, chart, profile, lines)
    useful = ~segments.excluded & ~np.isnan(readings.value)
    side = np.where(segments.excluded, np.int8(0), signals.side)
    runs = rules.runs(side, segments.group, segments.count)
    last = np.where(useful, np.arange(len(useful)), -1)
    last = np.maximum.reduceat(last, readings.first)
    return Work(
        readings=readings,
        segments=segments,
        chart=chart,
        profile=profile,
        lines=lines,
        signals=signals,
        runs=runs,
        target=target,
        verdict_row=np.where(last < 0, readings.last, last),
        direction=direction,
        points=np.add.reduceat(useful, readings.first, dtype=np.intp),
    )


def _signals(
    readings: Readings, segments: Segments, chart: ChartType, profile: Profile, lines: Lines
) -> rules.Signals:
    """Run the chart's rules over the points that are not excluded."""
    value = readings.value
    slack = rules.tolerance(value, segments.first, segments.group)
    side = rules.sides(value, lines.centre, slack)
    none = np.zeros(len(value), dtype=np.uint8)
    found = {"outside": rules.outside(value, lines, slack)} if "outside" in chart.rules else {"outside": none}
    rows = np.flatnonzero(~segments.excluded) if segments.excluded.any() else slice(None)
    if not profile.judge_excluded:
        found["outside"][segments.excluded] = 0
    course = _course(readings, segments, profile, rows)
    y, near, some = value[rows], slack[rows], side[rows]
    marks = {
        "shift": lambda: rules.shift(some, course, profile.shift),
        "trend": lambda: rules.trend(y, near, course, profile),
        "two_of_three": lambda: rules.two_of_three(
            y, lines.each(lambda line: line[rows]), some, near, course, profile.two_of_three
        ),
    }
    for name, mark in marks.items():
        found[name] = none.copy()
        if name in chart.rules:
            found[name][rows] = mark()
    return rules.Signals(**found, side=side)


def _course(readings: Readings, segments: Segments, profile: Profile, rows: Any) -> rules.Course:
    group, series = segments.group[rows], readings.series[rows]
    same_segment = group[1:] == group[:-1]
    same_block = same_segment
    if not profile.shift_crosses_baseline and not segments.baseline.all():
        phase = segments.baseline[rows]
        same_block = same_segment & (phase[1:] == phase[:-1])
    return rules.Course(series[1:] == series[:-1], same_segment, same_block)


def _key_columns(work: Work, series: Any) -> dict[str, Any]:
    return {name: column.array.take(series) for name, column in work.readings.keys.items()}


def _points(work: Work) -> pd.DataFrame:
    readings, segments, signals = work.readings, work.segments, work.signals
    variation = rules.point_variation(signals, work.direction[readings.series], work.profile)
    table = _key_columns(work, readings.series)
    table |= {"date": readings.date.array, "value": readings.value}
    if readings.denominator is not None:
        table["denominator"] = readings.denominator
    table |= {name: getattr(work.lines, name) for name in LINES}
    table |= {
        "segment": segments.number.astype(np.int32),
        "excluded": segments.excluded,
        "excluded_reason": segments.excluded_reason,
        "rebase": segments.starts,
        "rebase_reason": segments.rebase_reason,
    }
    table |= {name: getattr(signals, name) > 0 for name in ("outside", "shift", "trend", "two_of_three")}
    conflict = rules.conflicting(signals.any, work.direction[readings.series])
    table |= {"conflict": conflict, "variation": rules.named(variation), "target": work.target}
    return pd.DataFrame(table, copy=False)


def _last_target(work: Work, carried: bool) -> Numbers:
    """Return the target at each series' verdict point; in a column the last one given up to there."""
    if not carried:
        return work.target[work.verdict_row]
    row = np.arange(len(work.target))
    given = ~np.isnan(work.target) & (row <= work.verdict_row[work.readings.series])
    last = np.maximum.reduceat(np.where(given, row, -1), work.readings.first)
    return np.where(last >= 0, work.target[last], np.nan)


def _verdict(work: Work, target: Numbers) -> tuple[np.ndarray, np.ndarray]:
    """Return each series' variation and assurance."""
    row, direction = work.verdict_row, work.direction
    variation = rules.point_variation(_signals_at(work, row), direction, work.profile)
    too_few = (work.points < work.profile.min_points) | (work.points == 0)
    promise = rules.assurance(target, work.lines.lower[row], work.lines.upper[row], direction, work.profile)
    return np.where(too_few, rules.VARIATIONS.index("too_few"), variation), np.where(too_few, 0, promise)


def _signals_at(work: Work, row: Places) -> rules.Signals:
    """Return the marks at these rows; where runs decide, a runs signal marks the side the row is on."""
    signals = work.signals
    found = rules.Signals(
        *(getattr(signals, name)[row] for name in ("outside", "shift", "trend", "two_of_three", "side"))
    )
    if not work.profile.runs_decide:
        return found
    segment = work.segments.group[row]
    side = np.where(work.runs.signal[segment] & ("shift" in work.chart.rules), found.side, 0)
    marked = np.select([side > 0, side < 0], [rules.HIGH, rules.LOW], default=np.uint8(0))
    return replace(found, shift=np.where(found.outside > 0, np.uint8(0), marked).astype(np.uint8))


def _summary(work: Work, carried: bool) -> pd.DataFrame:
    readings, row = work.readings, work.verdict_row
    segment = work.segments.group[row]
    target = _last_target(work, carried)
    variation, promise = _verdict(work, target)
    empty = work.points == 0
    latest_date = readings.date.array[row]
    latest_date[empty] = pd.NaT
    table = _key_columns(work, np.arange(len(row)))
    table |= {"latest": readings.value[row], "latest_date": latest_date}
    table |= {"first_date": readings.date.array[readings.first]}
    table |= {name: getattr(work.lines, name)[row] for name in ("centre", "lower", "upper")}
    table |= {
        "target": target,
        "improvement": _IMPROVEMENT_NAMES.take(work.direction).array,
        "variation": _VARIATION_NAMES.take(variation).array,
        "assurance": _ASSURANCE_NAMES.take(promise).array,
        "conflict": rules.conflicting(work.signals.any[row], work.direction),
        "signals": rules.broken_rules(work.signals, row).array,
        "points": work.points,
        "segments": work.segments.number[readings.last],
    }
    table |= {name: column[segment] for name, column in _run_columns(work).items() if name != "useful"}
    table["warnings"] = notices(_evidence(work, target)).array
    return pd.DataFrame(table)


def _run_columns(work: Work) -> dict[str, np.ndarray]:
    """Return the signals and the runs analysis of each segment."""
    outside = np.bincount(
        work.segments.group, weights=work.signals.outside > 0, minlength=work.segments.count
    )
    runs = work.runs
    counts = [runs.longest, runs.longest_max, runs.crossings, runs.crossings_min]
    names = ("longest_run", "longest_run_max", "crossings", "crossings_min")
    return {
        "sigma_signal": outside > 0,
        "runs_signal": runs.signal & ("shift" in work.chart.rules),
        **dict(zip(names, counts, strict=True)),
        "useful": runs.useful,
    }


def _segments(work: Work) -> pd.DataFrame:
    readings, segments = work.readings, work.segments
    last = np.append(segments.first[1:], len(segments.group)) - 1
    useful = ~segments.excluded & ~np.isnan(readings.value)
    table = _key_columns(work, readings.series[segments.first])
    table |= {
        "segment": segments.number[segments.first],
        "first_date": readings.date.array[segments.first],
        "last_date": readings.date.array[last],
        "points": np.add.reduceat(useful, segments.first, dtype=np.intp),
    }
    table |= {name: _common(getattr(work.lines, name), segments) for name in ("centre", "lower", "upper")}
    return pd.DataFrame(table | _run_columns(work))


def _common(line: Numbers, segments: Segments) -> Numbers:
    """Return the level of a line in each segment; missing where it varies."""
    low, high = (extreme.reduceat(line, segments.first) for extreme in (np.fmin, np.fmax))
    return np.where(low == high, low, np.nan)


def _evidence(work: Work, target: Numbers) -> Evidence:
    return Evidence(
        readings=work.readings,
        segments=work.segments,
        chart=work.chart,
        profile=work.profile,
        lines=work.lines,
        marks=work.signals.any,
        verdict_row=work.verdict_row,
        neutral_target=~np.isnan(target) & (work.direction == IMPROVEMENTS.index("neutral")),
        conflict=rules.conflicting(work.signals.any[work.verdict_row], work.direction),
        points=work.points,
    )
