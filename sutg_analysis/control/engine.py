"""The steps of a person with paper and ruler: plot the values and their limits, mark the signals, judge, tabulate.

Each works on all series at once, on arrays sorted once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Numbers, Places
from sutg_analysis.control import rules
from sutg_analysis.control.caveats import warnings_of
from sutg_analysis.control.limits import LINES, RULES, ChartType, Lines, Sample, steps
from sutg_analysis.control.observations import Readings
from sutg_analysis.control.profiles import Profile
from sutg_analysis.control.result import Caveat
from sutg_analysis.control.rules import Judged
from sutg_analysis.control.segments import Segments
from sutg_analysis.control.targets import IMPROVEMENTS

_IMPROVEMENT_NAMES = pd.Index(IMPROVEMENTS, dtype="str")
_VARIATION_NAMES = pd.Index(rules.VARIATIONS, dtype="str")
_ASSURANCE_NAMES = pd.Index(rules.ASSURANCES, dtype="str")


def plot(
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
    value = readings.value
    if chart.plots == "spread" and readings.spread is not None:
        value = readings.spread
    elif chart.plots == "range":
        _, after, size = steps(sample, value, within=kept | profile.loose_baseline)
        value = np.full(len(value), np.nan)
        value[after] = size
    lines = chart.lines(replace(sample, value=value, use=sample.use & ~np.isnan(value)))
    floor = 0 if profile.floor_zero else chart.floor
    if floor is not None:
        low, near = (np.maximum(line, floor) for line in (lines.lower, lines.lower_2sigma))
        lines = replace(lines, lower=low, lower_2sigma=near)
    if chart.ceiling is not None:
        high, near = (np.minimum(line, chart.ceiling) for line in (lines.upper, lines.upper_2sigma))
        lines = replace(lines, upper=high, upper_2sigma=near)
    if (multiplier != 1).any():
        factor = multiplier[readings.series]
        value, lines = value * factor, lines.each(lambda line: line * factor)
    return replace(readings, value=value), lines


def judge(
    readings: Readings,
    segments: Segments,
    chart: ChartType,
    profile: Profile,
    lines: Lines,
    direction: Places,
    targets: tuple[Numbers, bool],
) -> Judged:
    """Run the rules, and find each series' last point that counts and the target there.

    ``targets`` are those of the rows, and whether a missing one means the last one given before it.
    """
    signals = _signals(readings, segments, chart, profile, lines)
    side = np.where(segments.excluded, np.int8(0), signals.side)
    runs = rules.runs(side, segments.group, segments.count)
    useful = ~segments.excluded & ~np.isnan(readings.value)
    row = np.arange(len(useful))
    last = np.maximum.reduceat(np.where(useful, row, -1), readings.first)
    verdict_row = np.where(last < 0, readings.last, last)
    target, carried = targets
    goal = target[verdict_row]
    if carried:
        given = ~np.isnan(target) & (row <= verdict_row[readings.series])
        latest = np.maximum.reduceat(np.where(given, row, -1), readings.first)
        goal = np.where(latest >= 0, target[latest], np.nan)
    behind = useful & segments.baseline & (segments.group == segments.group[verdict_row][readings.series])
    size = np.add.reduceat(behind, readings.first, dtype=np.intp)
    renewed = (segments.number[verdict_row] > 1) & ("outside" in chart.rules)
    rare = rules.rare_means(readings, signals.side, behind, chart=chart.name, least=profile.rare)
    if (quiet := ~np.isnan(rare)).any():
        silent = quiet[readings.series]
        signals = replace(
            signals, **{name: np.where(silent, np.uint8(0), getattr(signals, name)) for name in RULES}
        )
    return Judged(
        readings=readings,
        segments=segments,
        kind=chart,
        profile=profile,
        lines=lines,
        signals=signals,
        runs=runs,
        target=target,
        goal=goal,
        useful=useful,
        verdict_row=verdict_row,
        direction=direction,
        points=np.add.reduceat(useful, readings.first, dtype=np.intp),
        rare=rare,
        rebased=np.where(renewed, size, np.iinfo(np.intp).max),
    )


def _signals(
    readings: Readings, segments: Segments, chart: ChartType, profile: Profile, lines: Lines
) -> rules.Signals:
    """Run the chart's rules over the points that are not excluded."""
    value, excluded = readings.value, segments.excluded
    slack = rules.tolerance(value, segments.first, segments.group)
    side = rules.sides(value, lines.centre, slack)
    marks = {name: np.zeros(len(value), dtype=np.uint8) for name in RULES}
    if "outside" in chart.rules:
        marks["outside"] = rules.outside(value, lines, slack)
        if not profile.judge_excluded:
            marks["outside"][excluded] = 0
    rows = np.flatnonzero(~excluded) if excluded.any() else slice(None)
    group, series, baseline = segments.group[rows], readings.series[rows], segments.baseline[rows]
    same_segment = group[1:] == group[:-1]
    same_block = same_segment
    if not profile.shift_crosses_baseline and not baseline.all():
        same_block = same_segment & (baseline[1:] == baseline[:-1])
    course = rules.Course(series[1:] == series[:-1], same_segment, same_block)
    if "shift" in chart.rules:
        marks["shift"][rows] = rules.shift(side[rows], course, profile.shift)
    if "trend" in chart.rules:
        marks["trend"][rows] = rules.trend(value[rows], slack[rows], course, profile)
    if "two_of_three" in chart.rules:
        near = lines.each(lambda line: line[rows])
        marks["two_of_three"][rows] = rules.two_of_three(
            value[rows], near, side[rows], slack[rows], course, profile.two_of_three
        )
    return rules.Signals(**marks, side=side)


def _key_columns(chart: Judged, series: Places) -> dict[str, object]:
    return {str(name): column.array.take(series) for name, column in chart.readings.keys.items()}


def points_of(chart: Judged) -> pd.DataFrame:
    """Return the table of points."""
    readings, segments, signals = chart.readings, chart.segments, chart.signals
    direction = chart.direction[readings.series]
    variation = rules.named(rules.point_variation(signals, direction, chart.profile))
    conflict = rules.conflicting(signals.any, direction)
    del direction  # as long as the points, and not needed beside the table
    table = _key_columns(chart, readings.series) | {"date": readings.date.array, "value": readings.value}
    if readings.denominator is not None:
        table["denominator"] = readings.denominator
    table |= {name: getattr(chart.lines, name) for name in LINES}
    table |= {
        "segment": segments.number.astype(np.int32),
        "excluded": segments.excluded,
        "excluded_reason": segments.excluded_reason,
        "rebase": segments.starts,
        "rebase_reason": segments.rebase_reason,
    }
    table |= {name: getattr(signals, name) > 0 for name in ("outside", "shift", "trend", "two_of_three")}
    table |= {"conflict": conflict, "variation": variation, "target": chart.target}
    return pd.DataFrame(table, copy=False)


def summary_of(chart: Judged, caveats: tuple[Caveat, ...]) -> pd.DataFrame:
    """Return the table of series."""
    readings, row = chart.readings, chart.verdict_row
    segment = chart.segments.group[row]
    lines = {name: getattr(chart.lines, name)[row] for name in ("centre", "lower", "upper")}
    variation = rules.point_variation(_signals_at(chart, row), chart.direction, chart.profile)
    promise = rules.assurance(chart.goal, lines["lower"], lines["upper"], chart.direction, chart.profile)
    latest, latest_date, empty = readings.value[row], readings.date.array[row], chart.points == 0
    latest[empty], latest_date[empty] = np.nan, pd.NaT
    too_few = chart.unjudged
    variation = np.where(too_few, rules.VARIATIONS.index("too_few"), variation)
    table = _key_columns(chart, np.arange(len(row)))
    table |= {"latest": latest, "latest_date": latest_date}
    table |= {"first_date": readings.date.array[readings.first], **lines}
    table |= {
        "target": chart.goal,
        "improvement": _IMPROVEMENT_NAMES.take(chart.direction).array,
        "variation": _VARIATION_NAMES.take(variation).array,
        "assurance": _ASSURANCE_NAMES.take(np.where(too_few, 0, promise)).array,
        "conflict": chart.conflict,
        "signals": rules.broken_rules(chart.signals, row).array,
        "points": chart.points,
        "segments": chart.segments.number[readings.last],
    }
    table |= {name: column[segment] for name, column in _run_columns(chart).items() if name != "useful"}
    return pd.DataFrame(table | {"warnings": pd.array(warnings_of(caveats, len(row)), dtype="str")})


def with_provisional(
    points: pd.DataFrame, summary: pd.DataFrame, *, known_to: pd.Series, last: Places
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with what is provisional: of points the day known to, of series their last point where it is."""
    points = points.assign(known_to=known_to.array)
    ends = points.iloc[last].reset_index(drop=True)
    date = ends["date"].where(ends["known_to"].notna())
    value = ends["value"].where(date.notna())
    columns = {
        "so_far_to": ends["known_to"].array,
        "so_far_date": date.array,
        "so_far": value.array,
    }
    return points, summary.assign(**columns)


def _signals_at(chart: Judged, row: Places) -> rules.Signals:
    """Return the marks at these rows; where runs decide, a runs signal marks the side the row is on."""
    found = rules.Signals(**{name: getattr(chart.signals, name)[row] for name in (*RULES, "side")})
    if not chart.profile.runs_decide:
        return found
    segment = chart.segments.group[row]
    side = np.where(chart.runs.signal[segment] & ("shift" in chart.kind.rules), found.side, 0)
    marked = np.select([side > 0, side < 0], [rules.HIGH, rules.LOW], default=np.uint8(0))
    return replace(found, shift=np.where(found.outside > 0, np.uint8(0), marked).astype(np.uint8))


def _run_columns(chart: Judged) -> dict[str, NDArray[np.generic]]:
    """Return the signals and the runs analysis of each segment."""
    outside, runs = chart.signals.outside > 0, chart.runs
    return {
        "sigma_signal": np.bincount(chart.segments.group, weights=outside, minlength=chart.segments.count)
        > 0,
        "runs_signal": runs.signal & ("shift" in chart.kind.rules),
        "longest_run": runs.longest,
        "longest_run_max": runs.longest_max,
        "crossings": runs.crossings,
        "crossings_min": runs.crossings_min,
        "useful": runs.useful,
    }


def segments_of(chart: Judged) -> pd.DataFrame:
    """Return the table of segments; a limit that varies within one is missing."""
    readings, segments = chart.readings, chart.segments
    table = _key_columns(chart, readings.series[segments.first])
    table |= {
        "segment": segments.number[segments.first],
        "first_date": readings.date.array[segments.first],
        "last_date": readings.date.array[np.append(segments.first[1:], len(segments.group)) - 1],
        "points": np.add.reduceat(chart.useful, segments.first, dtype=np.intp),
    }
    for name in ("centre", "lower", "upper"):
        line = getattr(chart.lines, name)
        low, high = (extreme.reduceat(line, segments.first) for extreme in (np.fmin, np.fmax))
        table[name] = np.where(low == high, low, np.nan)
    return pd.DataFrame(table | _run_columns(chart))
