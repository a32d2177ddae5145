"""The command line of a module that makes example tables: ``python -m example.MODULE [DIR] [--truth FILE]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sutg_analysis.errors import SutgError


def command(
    arguments: list[str] | None,
    *,
    module: str,
    write: Callable[[Path], object],
    truth: Callable[[], pd.DataFrame],
) -> int:
    """Write a module's tables into a folder, or the truth about them to a file; return the exit code.

    Parameters
    ----------
    arguments
        Those of the command line, or those to use instead.
    module
        Its name, for the help.
    write
        Writes the tables, given the folder.
    truth
        Returns what was planted in them, one row each.
    """
    parser = argparse.ArgumentParser(prog=f"python -m example.{module}", description="Write the tables.")
    parser.add_argument("folder", nargs="?", default="data", help="where the tables go (default: data)")
    parser.add_argument("--truth", metavar="FILE", help="write what was planted to FILE, and no tables")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.truth:
            write_csv(truth(), Path(chosen.truth))
        else:
            write(Path(chosen.folder))
    except (SutgError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, alike on every system."""
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n", encoding="utf-8")
