"""What a PDSA cycle must not make worse, and what else ran at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError, DataError


def overlapping(
    cycles: pd.DataFrame | None, first: pd.Timestamp, last: pd.Timestamp | None, latest: pd.Timestamp
) -> list[str]:
    """Return the names of other cycles that ran while this one was judged."""
    if cycles is None or not len(cycles):
        return []
    missing = sorted({"start", "end"} - set(cycles.columns))
    if missing:
        raise ArgumentError(f"cycles without {', '.join(missing)}", "columns start and end", "Add them")
    begin, finish = pd.to_datetime(cycles["start"]), pd.to_datetime(cycles["end"])
    same = (begin == first) & ((finish == last) | (finish.isna() & (last is None)))
    until = latest if last is None else max(last, latest)
    meets = (begin <= until) & (finish.fillna(until) >= first) & ~same
    titles = cycles["title"] if "title" in cycles.columns else "the cycle of " + begin.dt.strftime("%Y-%m-%d")
    return titles[meets].fillna("another cycle").astype("str").tolist()


def balancing_measures(given: Any, frame: pd.DataFrame, date: str, first: pd.Timestamp) -> pd.DataFrame:
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
    means = rows.pivot_table(index="measure", columns="since", values="value", aggfunc="mean").reindex(
        columns=[False, True]
    )
    bad = rows["variation"].astype("str").str.startswith("concern") & rows["since"]
    table = judged.summary[["measure", "variation"]].assign(
        before=means[False].to_numpy(), since=means[True].to_numpy()
    )
    worse = bad.groupby(rows["measure"]).any().reindex(table["measure"]).to_numpy()
    return table.assign(warning=worse)[names]


def _long(given: Mapping[str, Any], frame: pd.DataFrame, date: str) -> pd.DataFrame:
    parts = []
    for name, what in given.items():
        column, improvement = (what, "neutral") if isinstance(what, str) else tuple(what)
        if column not in frame.columns:
            known = ", ".join(sorted(map(str, frame.columns)))
            raise ArgumentError(f"no balancing column {column!r}", f"one of {known}", "Correct the name")
        part = pd.DataFrame({"date": frame[date], "value": frame[column]})
        parts.append(part.assign(measure=name, improvement=improvement))
    return pd.concat(parts, ignore_index=True)
