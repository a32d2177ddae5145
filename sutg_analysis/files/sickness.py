"""Sickness absence of NHS staff, as published: full-time equivalent days lost of days available, by organisation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.errors import DataError
from sutg_analysis.files.published import Imported, measure, numbers, read_files

_SOURCE = "NHS England, NHS Sickness Absence Rates"
_TITLE = "Sickness absence"


def import_sickness(paths: Sequence[str | Path], *, units: Sequence[str] | None = None) -> Imported:
    """Make tables of files of sickness absence.

    Parameters
    ----------
    paths
        The files, of as many months as there are.
    units
        Codes of organisations to keep, such as RT5; all without it.

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
    table = pd.concat(
        [_read(path, frame) for path, frame in read_files("sickness", paths)], ignore_index=True
    )
    if units:
        table = table[table["unit_id"].isin(units)].reset_index(drop=True)
    if table.empty:
        raise DataError(
            f"no rows of {', '.join(units or ())}", "an organisation of the file", "Correct the code"
        )
    twice = table.duplicated(["unit_id", "period"])
    _refuse(table, twice, "a second time", "each month once")
    _refuse(
        table, table["lost"] > table["available"], "with more days lost than available", "no more than that"
    )
    summary = table.assign(rate=table["lost"] / table["available"].where(table["available"] > 0) * 100)
    return Imported(
        kind="sickness",
        measures=_measures(),
        observations=_observations(table),
        units=_units(table),
        summary=summary.drop(columns="file"),
        lines=tuple(_line(row) for row in summary.to_dict("records")),
        notes=_notes(table),
    )


def _read(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    dates = pd.to_datetime(frame["DATE"], format="%d/%m/%Y", errors="coerce")
    dates = dates.fillna(pd.to_datetime(frame["DATE"], format="%Y-%m-%d", errors="coerce"))
    if dates.isna().any():
        row = int(frame.index[dates.isna()][0])
        raise DataError(
            f"{path.name}, row {row + 2}, column DATE: {frame.loc[row, 'DATE']!r}", "a date", "Correct it"
        )
    return pd.DataFrame(
        {
            "file": path.name,
            "unit_id": frame["ORG_CODE"],
            "name": frame["ORG_NAME"],
            "period": dates.dt.to_period("M").dt.start_time,
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


def _measures() -> pd.DataFrame:
    definition = "Of the full-time equivalent days staff were due to work, the share lost to sickness."
    row = measure("sickness-absence", _TITLE, "percent", "decrease", priority="People", per=100, source=_SOURCE,
                  definition=definition, suppress="none")  # fmt: skip
    return pd.DataFrame([row])


def _observations(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[["unit_id", "period"]].assign(numerator=table["lost"], denominator=table["available"])
    rows.insert(0, "measure_id", "sickness-absence")
    return rows.assign(status=None)


def _units(table: pd.DataFrame) -> pd.DataFrame:
    rows = table.drop_duplicates("unit_id", keep="last")
    units = pd.DataFrame(
        {"unit_id": rows["unit_id"], "name": rows["name"], "kind": "trust", "parent_id": None}
    )
    return units.reset_index(drop=True)


def _notes(table: pd.DataFrame) -> tuple[str, ...]:
    first, last = table["period"].min(), table["period"].max()
    many = table["unit_id"].nunique()
    return (f"{many:,} organisation{'s' if many > 1 else ''}, {first:%B %Y} to {last:%B %Y}.",)


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['unit_id']} {row['name']}, {row['period']:%B %Y}: {row['rate']:.4f}% "
        f"({row['lost']:,.0f} of {row['available']:,.0f} days)"
    )
