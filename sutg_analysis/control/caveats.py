"""What a reader should know before believing a chart: a plain sentence for each doubt, a string a series.

A note is two functions: which series it is about, and what it says of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Flags, Places
from sutg_analysis.control.limits import ChartType, Lines
from sutg_analysis.control.observations import Readings
from sutg_analysis.control.profiles import Profile
from sutg_analysis.control.rules import Marks
from sutg_analysis.control.segments import Segments

STALE_PERIODS = 3
"""A series is stale once the others are so many of its own periods ahead."""


@dataclass(frozen=True)
class Evidence:
    """What the sentences are made from; ``neutral_target``, ``conflict`` and ``points`` have one item a series."""

    readings: Readings
    segments: Segments
    chart: ChartType
    profile: Profile
    lines: Lines
    marks: Marks
    verdict_row: Places
    neutral_target: Flags
    conflict: Flags
    points: Places

    @property
    def useful(self) -> Flags:
        """Rows with a value that are not excluded."""
        return ~self.segments.excluded & ~np.isnan(self.readings.value)

    def of_segments(self, flags: Flags) -> Flags:
        """Say of each series whether any of its segments is flagged."""
        return self.of_rows(flags[self.segments.group])

    def of_rows(self, flags: Flags) -> Flags:
        """Say of each series whether any of its rows is flagged."""
        return np.logical_or.reduceat(flags, self.readings.first)


def notices(evidence: Evidence) -> pd.Series:
    """Return the sentences of each series, joined by ``"; "``; an empty string where there are none."""
    found = np.full(len(evidence.readings.keys), "", dtype="object")
    for flagged, tell in _NOTES:
        at = np.flatnonzero(flagged(evidence))
        if len(at):
            joint = np.where(found[at] == "", "", "; ").astype("object")
            found[at] = found[at] + joint + tell(evidence, at)
    return pd.Series(found, dtype="str")


def _text(numbers: NDArray[np.generic]) -> NDArray[np.object_]:
    return numbers.astype("str").astype("object")


def _of_points(size: Places) -> NDArray[np.object_]:
    return _text(size) + np.where(size == 1, " point", " points").astype("object")


def _days(dates: pd.Series) -> NDArray[np.object_]:
    return dates.dt.strftime("%Y-%m-%d").to_numpy(dtype="object")


def _nobody(evidence: Evidence) -> Flags:
    return np.zeros(len(evidence.readings.keys), dtype=bool)


def _few(evidence: Evidence) -> Flags:
    return evidence.points < evidence.profile.min_points


def _tell_few(evidence: Evidence, at: Places) -> NDArray[np.object_]:
    least = evidence.profile.min_points
    few = np.where(evidence.points[at] == 1, " is", " are").astype("object")
    return _of_points(evidence.points[at]) + few + f" too few for a verdict: {least} are needed"


def _shortest(evidence: Evidence) -> Places:
    """Return for each series the fewest points that limits of one of its segments are made from."""
    use = evidence.useful & evidence.segments.baseline
    size = np.add.reduceat(use, evidence.segments.first, dtype=np.intp)
    return np.minimum.reduceat(size, evidence.segments.group[evidence.readings.first])


def _short(evidence: Evidence) -> Flags:
    return _shortest(evidence) < evidence.profile.min_segment


def _tell_short(evidence: Evidence, at: Places) -> NDArray[np.object_]:
    least = evidence.profile.min_segment
    return "limits from " + _of_points(_shortest(evidence)[at]) + f", fewer than {least}, are provisional"


def _unlimited(evidence: Evidence) -> Flags:
    """Flag series whose last point with a value has no limits, on a chart that has limits."""
    none = np.isnan(evidence.lines.upper[evidence.verdict_row])
    return none & (evidence.points > 0) & ("outside" in evidence.chart.rules)


def _tell_unlimited(evidence: Evidence, at: Places) -> str:  # noqa: ARG001
    needed = "two measurements a date" if evidence.chart.subgroups else "two values that follow each other"
    return f"there are no limits: they need {needed}"


def _small(evidence: Evidence) -> Flags:
    """Flag small counts in the last segment, where limits taken from a symmetrical curve mislead."""
    if not evidence.chart.small:
        return _nobody(evidence)
    readings, group = evidence.readings, evidence.segments.group
    counts = readings.value if readings.numerator is None else readings.numerator
    rows = evidence.useful & (group == group[evidence.verdict_row][readings.series])
    size = np.add.reduceat(rows, readings.first, dtype=np.intp)
    total = np.add.reduceat(np.where(rows, counts, 0.0), readings.first)
    return (total < evidence.chart.small * size) & (size > 0)


def _tell_small(evidence: Evidence, at: Places) -> str:  # noqa: ARG001
    return f"counts are small (mean below {evidence.chart.small:g}): a g or t chart may tell more"


def _baseline_signal(evidence: Evidence) -> Flags:
    if evidence.segments.baseline.all():
        return _nobody(evidence)
    frozen = ~np.logical_and.reduceat(evidence.segments.baseline, evidence.segments.first)
    return evidence.of_rows(
        evidence.segments.baseline & (evidence.marks > 0) & frozen[evidence.segments.group]
    )


def _tell_baseline(evidence: Evidence, at: Places) -> str:  # noqa: ARG001
    return "the baseline holds a special cause, so its limits may mislead"


def _stale(evidence: Evidence) -> Flags:
    """Flag series that end well before the others do, by their own mean spacing."""
    readings = evidence.readings
    stamp = readings.stamp
    span = (stamp[readings.last] - stamp[readings.first]) / np.maximum(readings.last - readings.first, 1)
    behind = stamp.max() - stamp[evidence.verdict_row]
    return (behind > STALE_PERIODS * span) & (readings.last > readings.first)


def _tell_stale(evidence: Evidence, at: Places) -> NDArray[np.object_]:
    ends = _days(evidence.readings.date.take(evidence.verdict_row[at]))
    return (
        "stale: the last value is of " + ends + f", the data go on to {evidence.readings.date.max():%Y-%m-%d}"
    )


def _gaps(evidence: Evidence) -> Places:
    gaps = np.isnan(evidence.readings.value)
    if evidence.chart.plots == "range":
        gaps[evidence.segments.first] = False
    return np.add.reduceat(gaps, evidence.readings.first, dtype=np.intp)


def _missing(evidence: Evidence) -> Flags:
    return _gaps(evidence) > 0


def _tell_missing(evidence: Evidence, at: Places) -> NDArray[np.object_]:
    size = _gaps(evidence)[at]
    return _text(size) + np.where(size == 1, " value is missing", " values are missing").astype("object")


def _moved(evidence: Evidence) -> Flags:
    flags = _nobody(evidence)
    flags[evidence.segments.moved["series"].to_numpy(dtype=np.intp)] = True
    return flags


def _tell_moved(evidence: Evidence, at: Places) -> NDArray[np.object_]:  # noqa: ARG001
    """Tell of rebases whose date had no observation, all of a series in one string."""
    moved = evidence.segments.moved.sort_values(["series", "asked"])
    asked, used = (moved[name].dt.strftime("%Y-%m-%d").astype("object") for name in ("asked", "used"))
    text = "the rebase of " + asked + " starts at the next observation, " + used
    return text.groupby(moved["series"]).agg("; ".join).to_numpy(dtype="object")


def _screening(evidence: Evidence) -> Flags:
    refused = evidence.lines.unscreened
    if refused is None or not refused.any():
        return _nobody(evidence)
    return evidence.of_segments(refused)


def _tell_screening(evidence: Evidence, at: Places) -> str:  # noqa: ARG001
    return "moving ranges were not screened: only zeros would have been left"


def _neutral_target(evidence: Evidence) -> Flags:
    return evidence.neutral_target


def _tell_neutral(evidence: Evidence, at: Places) -> str:  # noqa: ARG001
    return "a target without a direction of improvement cannot be judged"


def _conflict(evidence: Evidence) -> Flags:
    return evidence.conflict


def _tell_conflict(evidence: Evidence, at: Places) -> str:  # noqa: ARG001
    return "the last point shows both improvement and concern"


Flagged = Callable[[Evidence], Flags]
Tell = Callable[[Evidence, Places], Any]
_NOTES: tuple[tuple[Flagged, Tell], ...] = (
    (_few, _tell_few),
    (_short, _tell_short),
    (_unlimited, _tell_unlimited),
    (_small, _tell_small),
    (_baseline_signal, _tell_baseline),
    (_stale, _tell_stale),
    (_missing, _tell_missing),
    (_moved, _tell_moved),
    (_screening, _tell_screening),
    (_neutral_target, _tell_neutral),
    (_conflict, _tell_conflict),
)
