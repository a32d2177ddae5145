"""Where a report's numbers come from: files with their hashes, the day they stand for, and what made the report."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import version as _installed
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.reports.page import Block, both, html_table, pipe_table
from sutg_analysis.words.wording import CONFIDENTIAL, count, day, listed


def version() -> str:
    """Return the version of this package."""
    return _installed("sutg-analysis")


def made_from(sources: pd.DataFrame, tables: Collection[str], quarter: Quarter) -> str:
    """Say which files numbers come from, and what made them.

    Parameters
    ----------
    sources
        Of the catalogue: table, file, rows, sha256.
    tables
        The tables used.
    """
    rows = sources[sources["table"].isin(list(tables))].to_dict("records")
    files = [f"data/{row['file']}{_known(row)}" for row in rows]
    return f"{listed(files)}, as at {day(quarter.end)}, by sutg_analysis {version()}."


def _known(row: dict[Any, Any]) -> str:
    """Return a file's rows and hash; of a protected one neither is told that could tell a small count."""
    rows = [] if pd.isna(row["rows"]) else [count(int(row["rows"]), "row")]
    hashed = [] if row["sha256"].startswith("[") else [f"SHA-256 {row['sha256'][:12]}"]
    return f" ({', '.join([*rows, *hashed])})" if rows or hashed else ""


def method_block(words: str, sources: pd.DataFrame) -> Block:
    """Return how a report was made: words, then its files, their rows and hashes."""
    shown = pd.DataFrame(
        {
            "File": "data/" + sources["file"],
            "Rows": [CONFIDENTIAL if pd.isna(rows) else f"{rows:,}" for rows in sources["rows"]],
            "SHA-256": sources["sha256"].str[:16],
        }
    )
    table = html_table(shown, caption="Tables this report was made from")
    return Block(f"{words}\n\n{both(table, pipe_table(shown))}", words)
