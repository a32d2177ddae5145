"""Community mental health waits are published over two reporting periods, and small counts are suppressed.

A file of the Mental Health Services Data Set has one row a measure, organisation and reporting period: clock stops
over three months (MRS01, MRS04, ...), those still waiting over one (MRS02, MRS03, ...). They are kept apart: a
measure's id ends with the months it covers, and its period is the last of them. ``*`` is a count below 5, zero included, that was suppressed:
its observation has no number and the status ``suppressed``. Other counts of organisations are rounded to 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sutg_analysis.errors import DataError
from sutg_analysis.files.published import (
    SUPPRESSED,
    Imported,
    chosen,
    dates,
    measure,
    numbers,
    read_files,
    trusts,
)
from sutg_analysis.words.wording import CONFIDENTIAL

_SOURCE = "NHS England, Mental Health Services Data Set, community mental health waiting times"
_LESS = ("waiting", "time (days)", "more than")


def import_mhsds(paths: Sequence[str | Path], *, units: Sequence[str] | None = None) -> Imported:
    """Make tables of files of community mental health waits.

    Returns
    -------
    Imported
        ``summary`` has one row a unit, period and measure: unit_id, name, measure_id, title, start, end, value
        (missing where suppressed), status (reported or suppressed).

    Raises
    ------
    DataError
        If a file is none of these, a date or number cannot be read, or no organisation is left.
    """
    parts = [_read(path, frame) for path, frame in read_files("mhsds", paths)]
    table = chosen(pd.concat(parts, ignore_index=True), units)
    twice = table[table.duplicated(["unit_id", "measure_id", "period"], keep=False)]
    if len(twice):
        first, files = twice.iloc[0], ", ".join(sorted(twice["file"].unique()))
        raise DataError(
            f"{first['measure_id']} of {first['unit_id']} for {first['period']:%B %Y} twice, in {files}",
            "each month in one file",
            "Give the latest version of a month only",
        )
    summary = table[["unit_id", "name", "measure_id", "title", "start", "end", "value", "status"]]
    lines = [
        f"{row.unit_id}, {row.start:%d %b %Y} to {row.end:%d %b %Y}, {row.measure_id}: "
        f"{f'{CONFIDENTIAL} suppressed' if row.status == SUPPRESSED else f'{row.value:,.10g}'} ({row.title})"
        for row in summary.itertuples()
    ]
    known = table.drop_duplicates("unit_id")
    hidden = int((table["status"] == SUPPRESSED).sum())
    spans = table.drop_duplicates(["start", "end"]).sort_values(["start", "end"])
    covered = "; ".join(f"{row.start:%d %b %Y} to {row.end:%d %b %Y}" for row in spans.itertuples())
    notes = (
        f"{hidden:,} of {len(table):,} values are suppressed: counts below 5, zero included, and what is made of them.",
        f"Reporting periods, kept apart: {covered}.",
    )
    return Imported(
        kind="mhsds",
        measures=_measures(table),
        observations=table[["measure_id", "unit_id", "period"]].assign(
            numerator=table["value"],
            denominator=None,
            status=table["status"].where(table["status"] == SUPPRESSED),
        ),
        units=trusts(known["unit_id"], known["name"]),
        summary=summary.reset_index(drop=True),
        lines=tuple(lines),
        notes=notes,
    )


def _read(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    plain = frame[frame["SECONDARY_LEVEL"] == "NONE"] if "SECONDARY_LEVEL" in frame else frame
    start, end = (dates(plain[f"REPORTING_PERIOD_{name}"], path=path) for name in ("START", "END"))
    months = (end.dt.year - start.dt.year) * 12 + end.dt.month - start.dt.month + 1
    hidden = plain["MEASURE_VALUE"].str.strip() == "*"
    return pd.DataFrame(
        {
            "file": path.name,
            "unit_id": plain["PRIMARY_LEVEL"],
            "name": plain["PRIMARY_LEVEL_DESCRIPTION"],
            "measure_id": plain["MEASURE_ID"].str.lower() + "-" + months.astype("str") + "m",
            "title": plain["MEASURE_NAME"].str.strip(),
            "months": months,
            "start": start,
            "end": end,
            "period": end.dt.to_period("M").dt.start_time,
            "value": numbers(plain["MEASURE_VALUE"], path=path),
            "status": hidden.map({True: SUPPRESSED, False: "reported"}),
        }
    )


def _measures(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in table.drop_duplicates("measure_id").sort_values("measure_id").itertuples():
        span = "one month" if row.months == 1 else f"{row.months} months, of which the period is the last"
        unit = "days" if "(days)" in row.title else "count"
        unit = "percent" if row.title.startswith("Proportion") else unit
        better = "decrease" if any(word in row.title for word in _LESS) else "neutral"
        better = "increase" if "full clock stop in" in row.title else better
        rows.append(
            measure(row.measure_id, row.title, unit, better, priority="Access", source=_SOURCE,
                    definition=f"{row.title}. The reporting period is {span}.",
                    suppress="mhsds" if unit == "count" else "none")
        )  # fmt: skip
    return pd.DataFrame(rows)
