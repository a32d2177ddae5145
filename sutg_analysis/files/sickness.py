"""Sickness absence of NHS staff is published as full-time equivalent days lost of days available, by organisation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sutg_analysis.errors import DataError
from sutg_analysis.files.published import Imported, chosen, dates, measure, numbers, read_files, trusts

_MEASURE = measure(
    "sickness-absence",
    "Sickness absence",
    "percent",
    "decrease",
    priority="People",
    per=100,
    source="NHS England, NHS Sickness Absence Rates",
    definition="Of the full-time equivalent days staff were due to work, the share lost to sickness.",
    suppress="none",
)


def import_sickness(paths: Sequence[str | Path], *, units: Sequence[str] | None = None) -> Imported:
    """Make tables of files of sickness absence.

    Returns
    -------
    Imported
        ``summary`` has one row a unit and month: unit_id, name, period, lost, available, rate (per cent).

    Raises
    ------
    DataError
        If a file is none of these, an organisation has a month twice, more days are lost than available, or no
        organisation is left.
    """
    parts = [_read(path, frame) for path, frame in read_files("sickness", paths)]
    table = chosen(pd.concat(parts, ignore_index=True), units)
    twice = table.duplicated(["unit_id", "period"])
    _refuse(table, twice, "a second time", "each month once")
    _refuse(
        table, table["lost"] > table["available"], "with more days lost than available", "no more than that"
    )
    summary = table.assign(rate=table["lost"] / table["available"].where(table["available"] > 0) * 100)
    lines = [
        f"{row.unit_id} {row.name}, {row.period:%B %Y}: {row.rate:.4f}% "
        f"({row.lost:,.0f} of {row.available:,.0f} days)"
        for row in summary.itertuples()
    ]
    known = table.drop_duplicates("unit_id", keep="last")
    observations = table[["unit_id", "period"]].assign(
        numerator=table["lost"], denominator=table["available"]
    )
    observations.insert(0, "measure_id", _MEASURE["measure_id"])
    first, last, many = table["period"].min(), table["period"].max(), len(known)
    return Imported(
        kind="sickness",
        measures=pd.DataFrame([_MEASURE]),
        observations=observations.assign(status=None),
        units=trusts(known["unit_id"], known["name"]),
        summary=summary.drop(columns="file"),
        lines=tuple(lines),
        notes=(f"{many:,} organisation{'s' if many > 1 else ''}, {first:%B %Y} to {last:%B %Y}.",),
    )


def _read(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": path.name,
            "unit_id": frame["ORG_CODE"],
            "name": frame["ORG_NAME"],
            "period": dates(frame["DATE"], path=path).dt.to_period("M").dt.start_time,
            "lost": numbers(frame["FTE_DAYS_LOST"], path=path),
            "available": numbers(frame["FTE_DAYS_AVAILABLE"], path=path),
        }
    )


def _refuse(table: pd.DataFrame, bad: pd.Series, what: str, expected: str) -> None:
    if bad.any():
        row = table[bad].iloc[0]
        raise DataError(
            f"{row['file']}: {row['unit_id']} in {row['period']:%B %Y} {what}",
            expected,
            "Give one file a month",
        )
