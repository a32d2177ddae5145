"""The example's world: a fictional trust, simulated from a seed, whose tables all tell of the same days.

Wards have staff and patients (``wards``), people are referred and wait (``referrals``), harm happens (``incidents``), people
answer (``answers``), and units return what no register tells (``returns``). How high a thing is in which unit and month,
and what is planted, is in ``truth``. A measure that a register tells is counted there and nowhere typed, so that no two
tables tell one number differently. ``python -m example.make [DIR]`` writes the tables, the same each time.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from example.answers import caseload, comments, feedback
from example.improvement import bank
from example.incidents import incidents
from example.papers import NOTICE, papers
from example.referrals import pathways
from example.returns import returned
from example.truth import truth
from example.wards import bed_days, sitrep
from sutg_analysis.errors import ArgumentError, SutgError

SEED = 2023
DRAWS = {"wards": 1, "incidents": 35, "referrals": 16, "answers": 26, "returns": 27}
"""Which draw each part of the world is: chosen so that what is quiet gives no signal in the last quarter. It is an example;
how often charts raise a false alarm is no part of it."""
PARQUET = ("pathways", "sitrep")


def tables(*, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Make the tables of the example project that are simulated; those of words are written by hand.

    Parameters
    ----------
    seed
        Where chance comes from; the committed tables use ``SEED``.

    Returns
    -------
    dict of str to pandas.DataFrame
        By the names of a project's tables. Observations are of the lowest units only; their parents are sums of them.

    Examples
    --------
    >>> made = tables()
    >>> len(made["measures"]), made["observations"]["period"].nunique(), len(made["cycles"])
    (17, 42, 7)
    """
    rng = {
        part: np.random.default_rng([seed, number, draw]) for number, (part, draw) in enumerate(DRAWS.items())
    }
    shifts = sitrep(rng=rng["wards"])
    return {
        **papers(),
        "observations": returned(rng=rng["returns"]),
        "sitrep": shifts,
        "incidents": incidents(bed_days(shifts), rng=rng["incidents"]),
        "pathways": pathways(rng=rng["referrals"]),
        "feedback": feedback(rng=rng["answers"]),
        "caseload": caseload(),
        "comments": comments(rng=rng["answers"]),
        **bank(),
    }


def write(folder: str | Path, *, seed: int = SEED) -> None:
    """Write the tables as CSV or Parquet files, and the notice that says they are synthetic.

    Parameters
    ----------
    folder
        Where to; made if it is not there.
    seed
        As for :func:`tables`.

    Raises
    ------
    ArgumentError
        If the folder holds tables that are not the example's, which would be lost.
    """
    folder = Path(folder)
    notice = folder / "notice.md"
    if any(folder.glob("*.csv")) and not (notice.is_file() and "Fenmarch" in notice.read_text("utf-8")):
        raise ArgumentError(
            f"{folder} holds tables that are not the example's",
            expected="an empty or new folder, or one with the example's notice.md",
            remedy="Give another folder, such as example/data",
        )
    folder.mkdir(parents=True, exist_ok=True)
    notice.write_text(NOTICE, encoding="utf-8", newline="\n")
    for name, table in tables(seed=seed).items():
        if name in PARQUET:
            dates = dict.fromkeys(table.select_dtypes("datetime"), "datetime64[ms]")
            table.astype(dates).to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
        else:
            write_csv(table, folder / f"{name}.csv")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, alike on every system."""
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write the example's tables, or the truth about them, from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m example.make", description="Write the example's tables.")
    parser.add_argument("folder", nargs="?", default="data", help="where the tables go (default: data)")
    parser.add_argument("--truth", metavar="FILE", help="write what was planted to FILE, and no tables")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.truth:
            write_csv(truth(), Path(chosen.truth))
        else:
            write(chosen.folder)
    except (SutgError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
