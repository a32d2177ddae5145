"""What no column can say alone: keys that stand twice, rows that name what is not there, numbers that disagree.

Each check looks at typed tables whose rows are numbered as in their files, and names the file, row, column and
value at fault. A check whose tables could not be read is left out: their own problems come first.

What no column of the governance tables can say alone: names that other tables must have, dates in order.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sutg_analysis.catalogue.definitions import TABLES, is_percent
from sutg_analysis.catalogue.referrals import problems_of
from sutg_analysis.catalogue.schema import faults
from sutg_analysis.errors import Problem, did_you_mean

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


def cross_check(frames: Frames, files: dict[str, str], *, found: list[Problem]) -> list[Problem]:
    """List what is wrong between rows and between tables.

    Parameters
    ----------
    frames
        The typed tables that could be read.
    files
        The file name of each table.
    found
        The problems found so far. Names are not looked up in a column that has one, so that one misspelt id
        is one problem and not one in every table that uses it.
    """
    checks = (
        _keys,
        _tree,
        _fractions,
        _statuses,
        _scales,
        _reasons,
        _windows,
        _dated,
        _pathways,
        _backwards,
        *BOARD_CHECKS,
    )
    problems = [problem for check in checks for problem in check(frames, files)]
    doubted = {(problem.file, problem.column) for problem in found + problems}
    return problems + list(_references(frames, files, doubted=doubted))


def _keys(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    for name, frame in frames.items():
        key = list(TABLES[name].key)
        if not key:
            continue
        solid = [column.name for column in TABLES[name].columns if column.name in key and not column.empty]
        folded = frame[key].apply(lambda column: column.str.lower() if column.dtype == "str" else column)
        twice = folded.duplicated() & frame[solid].notna().all(axis=1)
        if twice.any():
            yield _repeated(frame.loc[twice, key], file=files[name])


def _repeated(rows: pd.DataFrame, *, file: str) -> Problem:
    """Name the first row that stands twice; ids that differ only in capitals are one file name on many machines."""
    first = ", ".join(_cell(value) for value in rows.iloc[0])
    more = f" ({len(rows) - 1} more rows repeat others)" if len(rows) > 1 else ""
    expected = f"each {', '.join(rows.columns)} once, capitals or not"
    remedy = "Delete or correct the repeated row" + more
    return Problem(file, int(rows.index[0]), str(rows.columns[-1]), first, expected, remedy)


def _cell(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


_MEASURE_ID, _UNIT_ID = ("measures", "measure_id"), ("units", "unit_id")
_NAMES = (
    *((name, "measure_id", _MEASURE_ID) for name in ("observations", "targets", "events", "cycles")),
    *((name, "unit_id", _UNIT_ID) for name in ("observations", "targets", "events", "feedback", "caseload")),
    *((name, "unit_id", _UNIT_ID) for name in ("comments", "projects", "cycles", "people")),
    ("incidents", "ward", _UNIT_ID),
    ("cycles", "project_id", ("projects", "project_id")),
    *(("projects", column, _MEASURE_ID) for column in ("outcome", "process", "balancing")),
    *BOARD_NAMES,
)
"""Columns that name a row of another table: table, column, and the table and column named."""


def _references(frames: Frames, files: dict[str, str], *, doubted: set[tuple]) -> Iterator[Problem]:
    for name, column, (home, key) in _NAMES:
        if name in frames and home in frames and not {(files[home], key), (files[home], None)} & doubted:
            known = frames[home][key]
            strange = frames[name][column].notna() & ~frames[name][column].isin(known)
            expected = f"a {key} that {files[home]} has"
            for value in frames[name].loc[strange, column].unique():
                meant = did_you_mean(value, known.dropna().unique())
                remedy = f"Correct it, or add it to {files[home]}{meant}"
                same = frames[name][column].eq(value)
                yield from faults(frames[name], column, same, expected, remedy, file=files[name])


def _tree(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    if "units" not in frames:
        return
    units = frames["units"]
    parent = units["parent_id"]
    strange = parent.notna() & ~parent.isin(units["unit_id"])
    expected, remedy = "a unit_id of this table", "Correct it, or leave it empty for the top"
    yield from faults(units, "parent_id", strange, expected, remedy, file=files["units"])
    yield from _loops(units.drop_duplicates("unit_id"), file=files["units"])


def _loops(units: pd.DataFrame, *, file: str) -> Iterator[Problem]:
    """Name the rows that are above themselves, one problem a loop."""
    parents = units.set_index("unit_id")["parent_id"]
    above = parents.copy()
    looped = pd.Series(False, index=parents.index)
    for _ in range(len(parents)):
        looped |= above == above.index
        above = above.map(parents)
        if not above.notna().any():
            break
    if looped.any():
        names = ", ".join(parents.index[looped])
        first = units[units["unit_id"].isin(parents.index[looped])].index[0]
        expected = "a tree, in which no unit is above itself"
        remedy = f"Correct parent_id in one of {names}"
        yield Problem(file, int(first), "parent_id", str(units.loc[first, "parent_id"]), expected, remedy)


def _with_measure(frames: Frames, *columns: str) -> pd.DataFrame:
    """Return observations beside columns of their measure, under their own row numbers."""
    measures = frames["measures"].drop_duplicates("measure_id").set_index("measure_id")
    observations = frames["observations"]
    return observations.assign(**{name: observations["measure_id"].map(measures[name]) for name in columns})


def _fractions(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    if not {"observations", "measures"} <= set(frames):
        return
    rows, file = _with_measure(frames, "unit", "chart"), files["observations"]
    part = is_percent(rows["unit"]) | rows["chart"].isin(["p", "p_prime"])
    over = part & (rows["numerator"] > rows["denominator"]) & (rows["denominator"] >= 0)
    pairs = rows.assign(numerator=_of(rows))
    expected = "a numerator no larger than its denominator, for a proportion"
    yield from faults(pairs, "numerator", over, expected, "Correct one of the two", file=file)
    nothing = ~over & (rows["denominator"] == 0) & (rows["numerator"] > 0)
    yield from faults(
        pairs, "numerator", nothing, "0 of a denominator of 0", "Correct one of the two", file=file
    )
    less = (rows["numerator"] < 0) & (rows["denominator"].notna() | rows["unit"].eq("count"))
    yield from faults(rows, "numerator", less, "0 or more", "Correct the number", file=file)
    divided = rows["measure_id"].isin(_divided(rows))
    bare = divided & rows["numerator"].notna() & rows["denominator"].isna()
    expected = "a denominator, as other rows of the measure have"
    yield from faults(rows, "denominator", bare, expected, "Fill it, or empty the numerator", file=file)


def _statuses(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    if "status" not in frames.get("observations", ()):
        return
    rows = frames["observations"]
    both = rows["status"].notna() & rows["numerator"].notna()
    expected = "nothing, because the status says that there is no number"
    yield from faults(rows, "numerator", both, expected, "Empty one of the two", file=files["observations"])


def _pathways(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    if "pathways" in frames:
        services = frames["units"]["unit_id"].dropna() if "units" in frames else None
        yield from problems_of(frames["pathways"], services, file=files["pathways"])


def _divided(observations: pd.DataFrame) -> pd.Series:
    """Return the measures that have denominators."""
    return observations.loc[observations["denominator"].notna(), "measure_id"].drop_duplicates()


def _of(rows: pd.DataFrame) -> pd.Series:
    top, bottom = rows["numerator"].map("{:g}".format), rows["denominator"].map("{:g}".format)
    return top + " of " + bottom


def _scales(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    if not {"observations", "measures"} <= set(frames):
        return
    measures, observations, file = frames["measures"], frames["observations"], files["measures"]
    divided = measures["measure_id"].isin(_divided(observations))
    percent, per = is_percent(measures["unit"]), measures["per"]
    wrong = percent & divided & per.notna() & (per != 100)
    expected = "100 (or nothing) for a percentage of a denominator"
    yield from faults(measures, "per", wrong, expected, "Write 100", file=file)
    unused = ~divided & per.notna() & (per != 1) & ~(percent & (per == 100))
    expected = "nothing, because no observation of the measure has a denominator"
    yield from faults(
        measures, "per", unused, expected, "Empty the cell, or fill in the denominators", file=file
    )
    beyond = percent & ~measures["target"].between(0, 100) & measures["target"].notna()
    yield from faults(
        measures, "target", beyond, "0 to 100 for a percentage", "Correct the target", file=file
    )


def _reasons(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    if "events" not in frames:
        return
    events = frames["events"]
    moves_limits = events["kind"].isin(["rebase", "exclude"])
    for column, said in (("reason", "a reason"), ("author", "an author")):
        bare = moves_limits & events[column].isna()
        expected = f"{said}, because a rebase or an exclusion changes the limits"
        yield from faults(
            events, column, bare, expected, "Fill the cell (an author is a role)", file=files["events"]
        )


def _windows(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    if "targets" not in frames:
        return
    targets, file = frames["targets"], files["targets"]
    backwards = targets["end"] < targets["start"]
    yield from faults(
        targets, "end", backwards, "an end on or after the start", "Correct one of the two", file=file
    )
    whole = targets[~backwards].assign(
        start=targets["start"].fillna(pd.Timestamp.min.ceil("D")), unit_id=targets["unit_id"].fillna("")
    )
    ordered = whole.sort_values(["measure_id", "unit_id", "start"], kind="stable")
    same = ordered["measure_id"].eq(ordered["measure_id"].shift()) & ordered["unit_id"].eq(
        ordered["unit_id"].shift()
    )
    overlaps = same & (ordered["start"] <= ordered["end"].shift())
    again = overlaps & ordered["start"].eq(ordered["start"].shift())
    bad = (overlaps & ~again).reindex(targets.index, fill_value=False)
    expected = "a start after the end of the target before it"
    yield from faults(targets, "start", bad, expected, "Correct one of the two", file=file)


def _backwards(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    """Name projects, cycles and funding rounds that end before they start."""
    for name, first, last in (
        ("projects", "start", "end"),
        ("cycles", "start", "end"),
        ("funding", "opens", "closes"),
    ):
        if name in frames:
            wrong = frames[name][last] < frames[name][first]
            expected = f"a date on or after {first}"
            yield from faults(frames[name], last, wrong, expected, "Correct one of the two", file=files[name])


def _spans(events: pd.DataFrame, seen: pd.DataFrame, keys: list[str]) -> tuple[pd.Series, pd.Series]:
    """Return the first and last period observed of what each event is about."""
    spans = seen.groupby(keys, observed=True)["period"].agg(["min", "max"])
    wanted = pd.MultiIndex.from_frame(events[keys]) if len(keys) > 1 else events[keys[0]]
    found = spans.reindex(wanted)
    return pd.Series(found["min"].to_numpy(), events.index), pd.Series(found["max"].to_numpy(), events.index)


def _dated(frames: Frames, files: dict[str, str]) -> Iterator[Problem]:
    """Name rebases and exclusions that no observation of the measure and unit can carry."""
    if not {"events", "observations"} <= set(frames):
        return
    events, seen = frames["events"], frames["observations"]
    moves_limits = events["kind"].isin(["rebase", "exclude"]) & events["date"].notna()
    first, last = _spans(events, seen, ["measure_id"])
    outside = moves_limits & first.notna() & ((events["date"] < first) | (events["date"] > last))
    expected = "a date between the measure's first and last observation"
    yield from faults(events, "date", outside, expected, "Correct the date", file=files["events"])
    start, end = _spans(events, seen, ["measure_id", "unit_id"])
    beyond = moves_limits & ~outside & start.notna() & ((events["date"] < start) | (events["date"] > end))
    expected = "a date between the unit's first and last observation of the measure"
    yield from faults(events, "date", beyond, expected, "Correct the date or the unit", file=files["events"])
    observed = pd.MultiIndex.from_frame(seen[["measure_id", "period"]].drop_duplicates())
    there = pd.MultiIndex.from_frame(events[["measure_id", "date"]]).isin(observed)
    nothing = events["kind"].eq("exclude") & events["date"].notna() & first.notna() & ~outside & ~there
    expected = "the period of an observation of the measure, to leave it out"
    yield from faults(
        events, "date", nothing, expected, "Write the first day of that period", file=files["events"]
    )
