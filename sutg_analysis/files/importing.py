"""From published files to the tables of a project, saying first what the files hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.files.mhsds import import_mhsds
from sutg_analysis.files.published import Imported, write_tables
from sutg_analysis.files.rtt import import_rtt
from sutg_analysis.files.sickness import import_sickness

_READERS: dict[str, Callable[..., Imported]] = {
    "rtt": import_rtt,
    "mhsds": import_mhsds,
    "sickness": import_sickness,
}
_SHOWN, _SHOWN_OF_CHOSEN = 20, 400
"""Lines of the summary that are printed, of all organisations and of chosen ones; the rest is in the tables."""


def import_files(
    kind: str,
    files: Sequence[str | Path],
    *,
    project: str | Path = ".",
    units: Sequence[str] | None = None,
    period: Any = None,
    tell: bool = False,
) -> tuple[Imported, dict[str, int]]:
    """Read published files, say what is in them, and write them into a project's tables.

    Parameters
    ----------
    kind
        rtt, mhsds or sickness.
    files
        CSV files, compressed or not.
    project
        The project folder; ``data`` is made in it if need be.
    units
        Codes of organisations to keep; all without it.
    period
        The month of an RTT file that does not say it.
    tell
        Whether to print the summary before anything is written.

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
    if tell:
        _tell(imported, _SHOWN_OF_CHOSEN if units else _SHOWN)
    written = write_tables(imported, folder / "data")
    if tell:
        rows = ", ".join(f"{name} {many:,}" for name, many in written.items())
        print(f"Written to {(folder / 'data').as_posix()}: {rows}.")
    return imported, written


def _tell(imported: Imported, shown: int) -> None:
    for line in imported.lines[:shown]:
        print(line)
    left = len(imported.lines) - shown
    if left > 0:
        print(f"... and {left:,} lines more: give --unit CODE to see an organisation's, or --json for all.")
    for note in imported.notes:
        print(note)
