"""What a reader should know before believing a chart: a code for each doubt, with the numbers and dates it rests on.

A check says which series it is about, none of them as a rule, and what it found there. Sentences are made of the codes at the end: an
analyst's here, for the column ``warnings``, a board's in :mod:`sutg_analysis.words.control`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sutg_analysis.arrays import Flags, Places
from sutg_analysis.control.result import Caveat
from sutg_analysis.control.rules import Judged
from sutg_analysis.control.targets import IMPROVEMENTS

STALE_PERIODS = 3
"""A series is stale once the others are so many of its own periods ahead."""
_NO_SERIES = np.empty(0, dtype=np.intp)


def _too_few(chart: Judged) -> Caveat:
    least = chart.profile.min_points
    at = np.flatnonzero(chart.points < least)
    return Caveat("too_few", at, number=chart.points[at], limit=least)


def _rare(chart: Judged) -> Caveat:
    at = np.flatnonzero(~np.isnan(chart.rare))
    return Caveat("rare", at, number=np.round(chart.rare[at], 2), limit=chart.profile.rare)


def _few_since_rebase(chart: Judged) -> Caveat:
    at = np.flatnonzero(chart.rebased < chart.profile.min_rebased)
    return Caveat("few_since_rebase", at, number=chart.rebased[at], limit=chart.profile.min_rebased)


def _few_in_limits(chart: Judged) -> Caveat:
    """Look for the segment of each series whose limits are made from the fewest points."""
    segments, least = chart.segments, chart.profile.min_segment
    size = np.add.reduceat(chart.useful & segments.baseline, segments.first, dtype=np.intp)
    fewest = np.minimum.reduceat(size, segments.group[chart.readings.first])
    at = np.flatnonzero(fewest < least)
    return Caveat("few_in_limits", at, number=fewest[at], limit=least)


def _no_limits(chart: Judged) -> Caveat:
    """Look for series whose last point with a value has no limits, on a chart that has limits."""
    none = np.isnan(chart.lines.upper[chart.verdict_row]) & ("outside" in chart.kind.rules)
    code = "no_spread" if chart.kind.subgroups else "no_neighbours"
    return Caveat(code, np.flatnonzero(none & (chart.points > 0)))


def _small_counts(chart: Judged) -> Caveat:
    """Look for small counts in the last segment, where limits taken from a symmetrical curve mislead."""
    readings, group, least = chart.readings, chart.segments.group, chart.kind.small
    if not least:
        return Caveat("small_counts", _NO_SERIES)
    counts = readings.value if readings.numerator is None else readings.numerator
    rows = chart.useful & (group == group[chart.verdict_row][readings.series])
    size = np.add.reduceat(rows, readings.first, dtype=np.intp)
    total = np.add.reduceat(np.where(rows, counts, 0.0), readings.first)
    small = (total < least * size) & (size > 0) & np.isnan(chart.rare)
    return Caveat("small_counts", np.flatnonzero(small), limit=least)


def _signal_in_baseline(chart: Judged) -> Caveat:
    baseline = chart.segments.baseline
    if baseline.all():
        return Caveat("signal_in_baseline", _NO_SERIES)
    frozen = ~np.logical_and.reduceat(baseline, chart.segments.first)
    rows = baseline & (chart.signals.any > 0) & frozen[chart.segments.group]
    return Caveat("signal_in_baseline", _of_rows(chart, rows))


def _stale(chart: Judged) -> Caveat:
    """Look for series that end well before the others do, by their own mean spacing."""
    readings = chart.readings
    stamp, steps = readings.stamp, readings.last - readings.first
    span = (stamp[readings.last] - stamp[readings.first]) / np.maximum(steps, 1)
    behind = stamp.max() - stamp[chart.verdict_row]
    at = np.flatnonzero((behind > STALE_PERIODS * span) & (steps > 0))
    dates = readings.date.to_numpy()
    return Caveat("stale", at, date=dates[chart.verdict_row[at]], until=np.full(len(at), dates.max()))


def _missing(chart: Judged) -> Caveat:
    gaps = np.isnan(chart.readings.value)
    if chart.kind.plots == "range":
        gaps[chart.segments.first] = False
    many = np.add.reduceat(gaps, chart.readings.first, dtype=np.intp)
    at = np.flatnonzero(many)
    return Caveat("missing", at, number=many[at])


def _rebase_moved(chart: Judged) -> Caveat:
    """List rebases whose date had no observation."""
    if chart.segments.moved.empty:
        return Caveat("rebase_moved", _NO_SERIES)
    moved = chart.segments.moved.sort_values(["series", "asked"])
    series, asked, used = (moved[name].to_numpy() for name in ("series", "asked", "used"))
    return Caveat("rebase_moved", series, date=asked, until=used)


def _unscreened(chart: Judged) -> Caveat:
    refused = chart.lines.unscreened
    if refused is None or not refused.any():
        return Caveat("unscreened", _NO_SERIES)
    return Caveat("unscreened", _of_rows(chart, refused[chart.segments.group]))


def _neutral_target(chart: Judged) -> Caveat:
    neutral = chart.direction == IMPROVEMENTS.index("neutral")
    return Caveat("neutral_target", np.flatnonzero(~np.isnan(chart.goal) & neutral))


def _conflict(chart: Judged) -> Caveat:
    return Caveat("conflict", np.flatnonzero(chart.conflict))


def _of_rows(chart: Judged, flags: Flags) -> Places:
    """Return the series of which any row is flagged."""
    return np.flatnonzero(np.logical_or.reduceat(flags, chart.readings.first))


_CHECKS = (
    _too_few,
    _rare,
    _few_since_rebase,
    _few_in_limits,
    _no_limits,
    _small_counts,
    _signal_in_baseline,
    _stale,
    _missing,
    _rebase_moved,
    _unscreened,
    _neutral_target,
    _conflict,
)
WARNINGS = {
    "too_few": "{points} {are} too few for a verdict: {limit:g} are needed",
    "rare": "{number:g} events a point on average are too rare for limits: days between them tell more",
    "few_since_rebase": "{points} since the rebase {are} too few for a verdict: {limit:g} are needed",
    "few_in_limits": "limits from {points}, fewer than {limit:g}, are provisional",
    "no_neighbours": "there are no limits: they need two values that follow each other",
    "no_spread": "there are no limits: they need two measurements a date",
    "small_counts": "counts are small (mean below {limit:g}): a g or t chart may tell more",
    "signal_in_baseline": "the baseline holds a special cause, so its limits may mislead",
    "stale": "stale: the last value is of {date}, the data go on to {until}",
    "missing": "{values} {are} missing",
    "rebase_moved": "the rebase of {date} starts at the next observation, {until}",
    "unscreened": "moving ranges were not screened: only zeros would have been left",
    "neutral_target": "a target without a direction of improvement cannot be judged",
    "conflict": "the last point shows both improvement and concern",
}
"""Every code, and its sentence for an analyst."""


def caveats_of(chart: Judged) -> tuple[Caveat, ...]:
    """Return what makes a chart doubtful, one item a doubt."""
    return tuple(caveat for check in _CHECKS if len((caveat := check(chart)).series))


def warnings_of(caveats: tuple[Caveat, ...], count: int) -> NDArray[np.object_]:
    """Return each series' caveats as sentences joined by ``"; "``; an empty string where there are none."""
    found: dict[int, str] = {}
    for caveat in caveats:
        texts = caveat.texts(WARNINGS[caveat.code], day="{:%Y-%m-%d}".format)
        for series, text in zip(caveat.series.tolist(), texts, strict=True):
            found[series] = f"{found[series]}; {text}" if series in found else text
    warnings = np.full(count, "", dtype="object")
    warnings[list(found)] = list(found.values())
    return warnings
