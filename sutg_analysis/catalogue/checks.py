"""What no column can say alone: keys that stand twice, rows that name what is not there, numbers that disagree.

A check takes typed tables, rows numbered as in their files, and yields what is wrong in the first of them: rows, the
column at fault, which of the rows, what was expected, what to do. A check whose tables could not be read is left out:
their own problems come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from sutg_analysis.catalogue.definitions import COUNTABLE, TABLES, is_percent
from sutg_analysis.catalogue.referrals import problems_of
from sutg_analysis.catalogue.schema import faults
from sutg_analysis.errors import Problem, did_you_mean

Frames = Mapping[str, pd.DataFrame]
Files = Mapping[str, str]
Wrong = Iterator[tuple[pd.DataFrame, str, pd.Series, str, str]]

_MEASURE, _UNIT, _PRIORITY = ("measures", "measure_id"), ("units", "unit_id"), ("priorities", "priority")
_NAMES = (
    *((name, "measure_id", _MEASURE) for name in ("observations", "targets", "events", "cycles")),
    *((name, "measure_id", _MEASURE) for name in ("expectations", "outcomes", "programme")),
    *((name, "unit_id", _UNIT) for name in ("observations", "targets", "events", "feedback", "caseload")),
    *((name, "unit_id", _UNIT) for name in ("comments", "projects", "cycles", "people", "programme")),
    *((name, "ward", _UNIT) for name in ("incidents", "sitrep")),
    ("units", "successor", _UNIT),
    ("cycles", "project_id", ("projects", "project_id")),
    *(("projects", column, _MEASURE) for column in ("outcome", "process", "balancing")),
    *((name, "priority", _PRIORITY) for name in ("measures", "actions", "risks")),
)
"""Columns that name a row of another table: table, column, and the table and column named."""
_MIXED = 20
"""Percentages whose middle is above it are not also fractions."""
_ONE_OF_TWO = "Correct one of the two"


def cross_check(frames: Frames, files: Files, *, found: list[Problem]) -> list[Problem]:
    """List what is wrong between rows and between tables.

    Names are not looked up in a column that has a problem in ``found``, so that one misspelt id is one problem.
    """
    problems = list(_keys(frames, files))
    for check, names in _CHECKS:
        if set(names) <= set(frames):
            for rows, column, bad, expected, remedy in check(*(frames[name] for name in names)):
                problems += faults(rows, column, bad, expected, remedy, file=files[names[0]])
    if "pathways" in frames:
        services = frames["units"]["unit_id"].dropna() if "units" in frames else None
        problems += problems_of(frames["pathways"], services, file=files["pathways"])
    doubted = {(problem.file, problem.column) for problem in found + problems}
    return problems + list(_references(frames, files, doubted=doubted))


def _keys(frames: Frames, files: Files) -> Iterator[Problem]:
    """Name the first row that stands twice; ids that differ only in capitals are one file name on many machines."""
    for name, frame in frames.items():
        key = list(TABLES[name].key)
        if not key:
            continue
        solid = [column.name for column in TABLES[name].columns if column.name in key and not column.empty]
        folded = frame[key].apply(lambda column: column.str.lower() if column.dtype == "str" else column)
        rows = frame.loc[folded.duplicated() & frame[solid].notna().all(axis=1), key]
        if len(rows):
            days = (
                f"{cell:%Y-%m-%d}" if isinstance(cell, pd.Timestamp) else str(cell) for cell in rows.iloc[0]
            )
            more = f" ({len(rows) - 1} more rows repeat others)" if len(rows) > 1 else ""
            expected = f"each {', '.join(key)} once, capitals or not"
            remedy = "Delete or correct the repeated row" + more
            yield Problem(files[name], int(rows.index[0]), key[-1], ", ".join(days), expected, remedy)


def _references(frames: Frames, files: Files, *, doubted: set[tuple[str, str | None]]) -> Iterator[Problem]:
    for name, column, (home, key) in _NAMES:
        if (
            column in frames.get(name, ())
            and home in frames
            and not {(files[home], key), (files[home], None)} & doubted
        ):
            known = frames[home][key]
            if name == "outcomes" and "incidents" in frames:  # a harm is followed too
                known = pd.concat([known, frames["incidents"]["harm"]])
            strange = frames[name][column].notna() & ~frames[name][column].isin(known)
            expected = f"a {key} that {files[home]} has"
            for value in frames[name].loc[strange, column].unique():
                meant = did_you_mean(value, known.dropna().unique())
                remedy = f"Correct it, or add it to {files[home]}{meant}"
                same = frames[name][column].eq(value)
                yield from faults(frames[name], column, same, expected, remedy, file=files[name])
    if "measures" in frames and "priorities" not in frames:
        known = frames["measures"]["priority"].dropna().unique()
        expected = f"a priority that {files['measures']} has: {', '.join(known)}"
        remedy = "Correct it, or list the priorities in priorities.csv"
        for name in {"actions", "risks"} & set(frames):
            strange = frames[name]["priority"].notna() & ~frames[name]["priority"].isin(known)
            yield from faults(frames[name], "priority", strange, expected, remedy, file=files[name])


def _tree(units: pd.DataFrame) -> Wrong:
    parent = units["parent_id"]
    strange = parent.notna() & ~parent.isin(units["unit_id"])
    yield units, "parent_id", strange, "a unit_id of this table", "Correct it, or leave it empty for the top"
    once = units.drop_duplicates("unit_id")
    parents = once.set_index("unit_id")["parent_id"]
    above, looped = parents.copy(), pd.Series(False, index=parents.index)
    for _ in range(len(parents)):
        looped |= above == above.index
        above = above.map(parents)
        if not above.notna().any():
            break
    if looped.any():  # one problem, at the first row that is above itself
        names = parents.index[looped]
        first = pd.Series(units.index == once.index[once["unit_id"].isin(names)][0], index=units.index)
        expected = "a tree, in which no unit is above itself"
        yield units, "parent_id", first, expected, f"Correct parent_id in one of {', '.join(names)}"


def _of_measures(observations: pd.DataFrame, measures: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return observations with columns of their measure."""
    known = measures.drop_duplicates("measure_id").set_index("measure_id")
    return observations.assign(**{name: observations["measure_id"].map(known[name]) for name in columns})


def _divided(observations: pd.DataFrame) -> pd.Series:
    """Return the measures that have denominators."""
    return observations.loc[observations["denominator"].notna(), "measure_id"].drop_duplicates()


def _fractions(observations: pd.DataFrame, measures: pd.DataFrame) -> Wrong:
    rows = _of_measures(observations, measures, "unit", "chart")
    part = is_percent(rows["unit"]) | rows["chart"].isin(["p", "p_prime"])
    over = part & (rows["numerator"] > rows["denominator"]) & (rows["denominator"] >= 0)
    top, bottom = rows["numerator"].map("{:g}".format), rows["denominator"].map("{:g}".format)
    pairs = rows.assign(numerator=top + " of " + bottom)
    expected = "a numerator no larger than its denominator, for a proportion"
    yield pairs, "numerator", over, expected, _ONE_OF_TWO
    nothing = ~over & (rows["denominator"] == 0) & (rows["numerator"] > 0)
    yield pairs, "numerator", nothing, "0 of a denominator of 0", _ONE_OF_TWO
    less = (rows["numerator"] < 0) & (rows["denominator"].notna() | rows["unit"].eq("count"))
    yield rows, "numerator", less, "0 or more", "Correct the number"
    divided = rows["measure_id"].isin(_divided(rows))
    bare = divided & rows["numerator"].notna() & rows["denominator"].isna()
    expected = "a denominator, as other rows of the measure have"
    yield rows, "denominator", bare, expected, "Fill it, or empty the numerator"


def _shares(observations: pd.DataFrame, measures: pd.DataFrame) -> Wrong:
    """Name fractions of measures in per cent that have no denominators: alone, or among percentages."""
    rows = _of_measures(observations, measures, "unit")
    bare = is_percent(rows["unit"]) & ~rows["measure_id"].isin(_divided(rows))
    part = bare & rows["numerator"].between(0, 1, inclusive="neither")
    groups = rows["numerator"].groupby(rows["measure_id"])
    alone = groups.transform("max") <= 1
    among = groups.transform("median") > _MIXED
    expected = "a percentage from 0 to 100, for no denominator divides it"
    remedy = "Multiply by 100 if it is a fraction, or give numerator and denominator"
    yield rows, "numerator", part & (alone | among), expected, remedy


def _counted(measures: pd.DataFrame) -> pd.Series:
    """Say which measures are counted from a register."""
    if "from" not in measures:
        return pd.Series(False, index=measures.index)
    return measures["from"].isin(COUNTABLE)


def _statuses(observations: pd.DataFrame) -> Wrong:
    if "status" in observations:
        both = observations["status"].notna() & observations["numerator"].notna()
        expected = "nothing, because the status says that there is no number"
        yield observations, "numerator", both, expected, "Empty one of the two"


def _scales(measures: pd.DataFrame, observations: pd.DataFrame) -> Wrong:
    divided = measures["measure_id"].isin(_divided(observations))
    percent, per = is_percent(measures["unit"]), measures["per"]
    wrong = percent & divided & per.notna() & (per != 100)
    yield measures, "per", wrong, "100 (or nothing) for a percentage of a denominator", "Write 100"
    unused = ~divided & ~_counted(measures) & per.notna() & (per != 1) & ~(percent & (per == 100))
    expected = "nothing, because no observation of the measure has a denominator"
    yield measures, "per", unused, expected, "Empty the cell, or fill in the denominators"
    beyond = percent & ~measures["target"].between(0, 100) & measures["target"].notna()
    yield measures, "target", beyond, "0 to 100 for a percentage", "Correct the target"


def _reasons(events: pd.DataFrame) -> Wrong:
    moves_limits = events["kind"].isin(["rebase", "exclude"])
    for column, said in (("reason", "a reason"), ("author", "an author")):
        expected = f"{said}, because a rebase or an exclusion changes the limits"
        bare = moves_limits & events[column].isna()
        yield events, column, bare, expected, "Fill the cell (an author is a role)"


def _windows(targets: pd.DataFrame) -> Wrong:
    backwards = targets["end"] < targets["start"]
    yield targets, "end", backwards, "an end on or after the start", _ONE_OF_TWO
    whole = targets[~backwards].assign(
        start=targets["start"].fillna(pd.Timestamp.min.ceil("D")), unit_id=targets["unit_id"].fillna("")
    )
    ordered = whole.sort_values(["measure_id", "unit_id", "start"], kind="stable")
    before = ordered.shift()
    same = ordered["measure_id"].eq(before["measure_id"]) & ordered["unit_id"].eq(before["unit_id"])
    overlaps = same & (ordered["start"] <= before["end"]) & ordered["start"].ne(before["start"])
    bad = overlaps.reindex(targets.index, fill_value=False)
    yield targets, "start", bad, "a start after the end of the target before it", _ONE_OF_TWO


def _dated(events: pd.DataFrame, observations: pd.DataFrame) -> Wrong:
    """Name rebases and exclusions that no observation of the measure and unit can carry."""
    day = events["date"]
    moves_limits = events["kind"].isin(["rebase", "exclude"]) & day.notna()
    first, last = _spans(events, observations, ["measure_id"])
    outside = moves_limits & first.notna() & ((day < first) | (day > last))
    expected = "a date between the measure's first and last observation"
    yield events, "date", outside, expected, "Correct the date"
    start, end = _spans(events, observations, ["measure_id", "unit_id"])
    beyond = moves_limits & ~outside & start.notna() & ((day < start) | (day > end))
    expected = "a date between the unit's first and last observation of the measure"
    yield events, "date", beyond, expected, "Correct the date or the unit"
    observed = pd.MultiIndex.from_frame(observations[["measure_id", "period"]].drop_duplicates())
    there = pd.MultiIndex.from_frame(events[["measure_id", "date"]]).isin(observed)
    nothing = events["kind"].eq("exclude") & day.notna() & first.notna() & ~outside & ~there
    expected = "the period of an observation of the measure, to leave it out"
    yield events, "date", nothing, expected, "Write the first day of that period"


def _spans(events: pd.DataFrame, seen: pd.DataFrame, keys: list[str]) -> tuple[pd.Series, pd.Series]:
    """Return the first and last period observed of what each event is about."""
    spans = seen.groupby(keys, observed=True)["period"].agg(["min", "max"])
    wanted = pd.MultiIndex.from_frame(events[keys]) if len(keys) > 1 else events[keys[0]]
    found = spans.reindex(wanted)
    return pd.Series(found["min"].to_numpy(), events.index), pd.Series(found["max"].to_numpy(), events.index)


def _backwards(first: str, last: str) -> Callable[[pd.DataFrame], Wrong]:
    """Return the check that nothing ends before it starts."""

    def check(rows: pd.DataFrame) -> Wrong:
        yield rows, last, rows[last] < rows[first], f"a date on or after {first}", _ONE_OF_TWO

    return check


def _completed(expectations: pd.DataFrame) -> Wrong:
    """Want the day of an action called done: without it no report as at a date could count it."""
    called = expectations["status"].str.lower().isin(["done", "complete", "completed"])
    expected = "the day it was completed, for an action called done"
    bare = called & expectations["completed"].isna()
    yield expectations, "completed", bare, expected, "Fill the cell, or correct the status"


def _trajectories(programme: pd.DataFrame) -> Wrong:
    """Want of a metric with a measure both ends of its trajectory, in order."""
    drawn = programme["kind"].eq("metric") & programme["measure_id"].notna()
    for column in ("start", "baseline", "goal"):
        bare = drawn & programme[column].isna()
        yield programme, column, bare, f"a {column}, because the metric has a measure", "Fill the cell"
    late = programme["start"].notna() & (programme["due"] <= programme["start"])
    yield programme, "due", late, "a day after the start", _ONE_OF_TWO


def _beds(sitrep: pd.DataFrame) -> Wrong:
    """Compare people on leave, who keep their beds, with those who occupy beds."""
    over = sitrep["leave"] > sitrep["occupied"]
    yield sitrep, "leave", over, "no more people on leave than beds occupied", _ONE_OF_TWO


_CHECKS: tuple[tuple[Callable[..., Wrong], tuple[str, ...]], ...] = (
    (_tree, ("units",)),
    (_fractions, ("observations", "measures")),
    (_shares, ("observations", "measures")),
    (_statuses, ("observations",)),
    (_scales, ("measures", "observations")),
    (_reasons, ("events",)),
    (_windows, ("targets",)),
    (_dated, ("events", "observations")),
    (_backwards("start", "end"), ("projects",)),
    (_backwards("start", "end"), ("cycles",)),
    (_backwards("opens", "closes"), ("funding",)),
    (_completed, ("expectations",)),
    (_trajectories, ("programme",)),
    (_beds, ("sitrep",)),
)
"""Each check with the tables it takes."""
