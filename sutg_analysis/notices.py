"""What a reader should know before believing a chart: one plain sentence for each doubt, one string a series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.charttypes import ChartType
from sutg_analysis.limits import Lines, Whole
from sutg_analysis.profiles import Profile
from sutg_analysis.readings import Flags, Readings
from sutg_analysis.rules import Marks
from sutg_analysis.segments import Segments

STALE_PERIODS = 3
"""A series is stale once the others are so many of its own periods ahead."""


@dataclass(frozen=True)
class Evidence:
    """What the sentences are made from; ``neutral_target`` and ``conflict`` have one item a series."""

    readings: Readings
    segments: Segments
    chart: ChartType
    profile: Profile
    lines: Lines
    marks: Marks
    verdict_row: Whole
    neutral_target: Flags
    conflict: Flags

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
    found = pd.Series("", index=range(len(evidence.readings.keys)), dtype="object")
    for at, sentences in (note(evidence) for note in _NOTES):
        joint = np.where(found.iloc[at] == "", "", "; ")
        found.iloc[at] = found.iloc[at] + joint + sentences
    return found.astype("str")


Note = tuple[Whole, "pd.Series | str"]


def _text(numbers: NDArray[np.generic] | pd.Series) -> pd.Series:
    return pd.Series(numbers).astype("str").astype("object").reset_index(drop=True)


def _days(dates: NDArray[np.generic] | pd.Series) -> pd.Series:
    return pd.Series(dates).dt.strftime("%Y-%m-%d").astype("object").reset_index(drop=True)


def _values(sentences: pd.Series) -> NDArray[np.object_]:
    return sentences.to_numpy(dtype="object")


def _short(evidence: Evidence) -> tuple[Whole, object]:
    """Tell of the shortest segment whose limits come from too few points."""
    use = evidence.useful & evidence.segments.baseline
    size = np.add.reduceat(use, evidence.segments.first, dtype=np.intp)
    smallest = np.minimum.reduceat(size[evidence.segments.group], evidence.readings.first)
    at = np.flatnonzero(smallest < evidence.profile.min_segment)
    few = evidence.profile.min_segment
    return at, _values("limits from " + _text(smallest[at]) + f" points, fewer than {few}, are provisional")


def _small(evidence: Evidence) -> tuple[Whole, object]:
    """Tell of small counts, where limits taken from a symmetrical curve mislead."""
    chart, readings = evidence.chart, evidence.readings
    counts = readings.numerator if readings.numerator is not None else readings.value
    rows = evidence.useful & (
        evidence.segments.group == evidence.segments.group[evidence.verdict_row][readings.series]
    )
    size = np.add.reduceat(rows, readings.first, dtype=np.intp)
    total = np.add.reduceat(np.where(rows, counts, 0.0), readings.first)
    with np.errstate(invalid="ignore", divide="ignore"):
        at = np.flatnonzero((total / size < chart.small) & (size > 0))
    return at, f"counts are small (mean below {chart.small:g}): a g or t chart may tell more"


def _baseline_signal(evidence: Evidence) -> tuple[Whole, object]:
    if evidence.segments.baseline.all():
        return np.empty(0, dtype=np.intp), ""
    frozen = ~np.logical_and.reduceat(evidence.segments.baseline, evidence.segments.first)
    rows = evidence.segments.baseline & (evidence.marks > 0) & frozen[evidence.segments.group]
    return np.flatnonzero(
        evidence.of_rows(rows)
    ), "the baseline holds a special cause, so its limits may be too wide"


def _stale(evidence: Evidence) -> tuple[Whole, object]:
    """Tell of a series that ends well before the others do."""
    readings = evidence.readings
    stamp = readings.stamp
    last = stamp[evidence.verdict_row]
    span = (stamp[readings.last] - stamp[readings.first]) / np.maximum(readings.last - readings.first, 1)
    behind = (stamp.max() - last) > STALE_PERIODS * np.maximum(span, 1)
    at = np.flatnonzero(behind & (readings.last > readings.first))
    ends, newest = _days(readings.date.take(evidence.verdict_row[at])), readings.date.max()
    return at, _values("stale: the last value is of " + ends + f", the data go on to {newest:%Y-%m-%d}")


def _missing(evidence: Evidence) -> tuple[Whole, object]:
    gaps = np.isnan(evidence.readings.value)
    if evidence.chart.plots == "range":
        gaps[evidence.segments.first] = False
    size = np.add.reduceat(gaps, evidence.readings.first, dtype=np.intp)
    at = np.flatnonzero(size)
    word = np.where(size[at] == 1, " value is missing", " values are missing")
    return at, _values(_text(size[at]) + word)


def _moved(evidence: Evidence) -> tuple[Whole, object]:
    """Tell of rebases whose date had no observation, all of a series in one sentence."""
    moved = evidence.segments.moved
    if moved.empty:
        return np.empty(0, dtype=np.intp), ""
    text = (
        "the rebase of " + _days(moved["asked"]) + " starts at the next observation, " + _days(moved["used"])
    )
    joined = text.groupby(moved["series"].to_numpy()).agg("; ".join)
    return joined.index.to_numpy(dtype=np.intp), joined.to_numpy(dtype="object")


def _screening(evidence: Evidence) -> tuple[Whole, object]:
    refused = evidence.lines.unscreened
    at = (
        np.flatnonzero(evidence.of_segments(refused))
        if refused is not None and refused.any()
        else np.empty(0, int)
    )
    return at, "moving ranges were not screened: only zeros would have been left"


def _neutral_target(evidence: Evidence) -> tuple[Whole, object]:
    at = np.flatnonzero(evidence.neutral_target)
    return at, "a target without a direction of improvement cannot be judged"


def _conflict(evidence: Evidence) -> tuple[Whole, object]:
    return np.flatnonzero(evidence.conflict), "the last point shows both improvement and concern"


_NOTES = (_short, _small, _baseline_signal, _stale, _missing, _moved, _screening, _neutral_target, _conflict)
