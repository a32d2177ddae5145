"""What no column of the governance tables can say alone: names that other tables must have, dates in order."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sutg_analysis.catalogue.schema import faults
from sutg_analysis.errors import Problem

Frames = dict[str, pd.DataFrame]

_MEASURE, _UNIT, _PRIORITY = ("measures", "measure_id"), ("units", "unit_id"), ("priorities", "priority")

BOARD_NAMES = (
    ("measures", "priority", _PRIORITY),
    ("actions", "priority", _PRIORITY),
    ("risks", "priority", _PRIORITY),
    ("expectations", "measure_id", _MEASURE),
    ("outcomes", "measure_id", _MEASURE),
    ("programme", "measure_id", _MEASURE),
    ("programme", "unit_id", _UNIT),
    ("sitrep", "ward", _UNIT),
)
"""Table and column whose values must stand in a column of another table."""


def _of_measures(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    """Look priorities up in the measures where there is no table of priorities."""
    if "priorities" in frames or "measures" not in frames:
        return
    known = frames["measures"]["priority"].dropna().unique()
    expected = f"a priority that {files['measures']} has: {', '.join(known)}"
    for name in ("actions", "risks"):
        if name in frames:
            strange = frames[name]["priority"].notna() & ~frames[name]["priority"].isin(known)
            remedy = "Correct it, or list the priorities in priorities.csv"
            yield from faults(frames[name], "priority", strange, expected, remedy, file=files[name])


def _completed(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    """Want the day of an action called done: without it no report as at a date could count it."""
    if "expectations" not in frames:
        return
    rows = frames["expectations"]
    called = rows["status"].str.lower().isin(["done", "complete", "completed"])
    expected = "the day it was completed, for an action called done"
    bare = called & rows["completed"].isna()
    remedy = "Fill the cell, or correct the status"
    yield from faults(rows, "completed", bare, expected, remedy, file=files["expectations"])


def _trajectories(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    """Want of a metric with a measure both ends of its trajectory, in order."""
    if "programme" not in frames:
        return
    rows, file = frames["programme"], files["programme"]
    drawn = rows["kind"].eq("metric") & rows["measure_id"].notna()
    for column in ("start", "baseline", "goal"):
        expected = f"a {column}, because the metric has a measure"
        yield from faults(rows, column, drawn & rows[column].isna(), expected, "Fill the cell", file=file)
    late = rows["start"].notna() & (rows["due"] <= rows["start"])
    yield from faults(rows, "due", late, "a day after the start", "Correct one of the two", file=file)


def _beds(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    """Compare people on leave, who keep their beds, with those who occupy beds."""
    if "sitrep" not in frames:
        return
    rows = frames["sitrep"]
    expected = "no more people on leave than beds occupied"
    over = rows["leave"] > rows["occupied"]
    yield from faults(rows, "leave", over, expected, "Correct one of the two", file=files["sitrep"])


BOARD_CHECKS = (_of_measures, _completed, _trajectories, _beds)
