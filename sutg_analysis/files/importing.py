"""Published files become tables of a project: rows of the same keys are replaced, all others stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from sutg_analysis.errors import ArgumentError, DataError, SiteError
from sutg_analysis.files.mhsds import import_mhsds
from sutg_analysis.files.published import Imported, read_text
from sutg_analysis.files.rtt import import_rtt
from sutg_analysis.files.sickness import import_sickness

_READERS: dict[str, Callable[..., Imported]] = {
    "rtt": import_rtt,
    "mhsds": import_mhsds,
    "sickness": import_sickness,
}
_KEYS = {
    "measures": ["measure_id"],
    "observations": ["measure_id", "unit_id", "period"],
    "units": ["unit_id"],
}


def import_files(
    kind: str,
    files: Sequence[str | Path],
    *,
    project: str | Path = ".",
    units: Sequence[str] | None = None,
    period: str | pd.Timestamp | None = None,
    show: Callable[[Imported], None] | None = None,
) -> tuple[Imported, dict[str, int]]:
    """Read published files and write them into a project's tables.

    Returns
    -------
    tuple
        What was imported, and how many rows went into each table.

    Raises
    ------
    ArgumentError, DataError
        If a file is not what it should be, naming it, or the project holds synthetic tables.
    SiteError
        If there is no such project folder.
    """
    folder = Path(project)
    if not folder.is_dir():
        raise SiteError(f"{folder} is not a folder", "a project folder", "Make it, or correct --project")
    if kind not in _READERS:
        raise ArgumentError(f"kind {kind!r}", f"one of {', '.join(_READERS)}", "Choose one of these")
    more = {} if period is None else {"period": period}
    if more and kind != "rtt":
        raise ArgumentError(f"--period for {kind}", "files that say their months", "Leave it out")
    imported = _READERS[kind](files, units=units, **more)
    if show:
        show(imported)
    return imported, _write_tables(imported, folder / "data")


def _write_tables(imported: Imported, folder: Path) -> dict[str, int]:
    """Put the tables beside those of a project's data folder, and return how many rows were written to each."""
    notice = folder / "notice.md"
    if notice.is_file() and "synthetic" in notice.read_text(encoding="utf-8").lower():
        raise DataError(
            f"{folder} holds synthetic tables, as its notice.md says",
            "a project without them",
            "Give a folder of your own with --project DIR; nothing was written",
        )
    made = {name: getattr(imported, name) for name in _KEYS}
    whole = {name: _with_own(table, folder, name) for name, table in made.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in whole.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return {name: len(table) for name, table in made.items()}


def _with_own(table: pd.DataFrame, folder: Path, name: str) -> pd.DataFrame:
    """Return the table with the rows of the project's own that it does not replace, as text."""
    texts = table.map(_written).astype("str")
    path, keys = folder / f"{name}.csv", _KEYS[name]
    if (folder / f"{name}.parquet").is_file():
        raise DataError(
            f"{folder / name}.parquet",
            f"{name}.csv, or no such table",
            "Save it as CSV, or use another project",
        )
    if not path.is_file():
        return texts
    own = read_text(path)
    lacking = [key for key in keys if key not in own.columns]
    if lacking:
        raise DataError(
            f"{path} without the column {lacking[0]}", f"a table of {name}", "Mend it: sutg check"
        )
    kept = own[~pd.MultiIndex.from_frame(own[keys]).isin(pd.MultiIndex.from_frame(texts[keys]))]
    return pd.concat([kept, texts], ignore_index=True).fillna("")


def _written(value: object) -> str:
    if value is None or value != value or value is pd.NaT:
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
