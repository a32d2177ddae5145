"""How a page says it was made: which files its numbers come from, by which rules, what was accepted and hidden."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from importlib.metadata import version as _installed

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.load import registers_of
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import SutgError
from sutg_analysis.ledger.rule import TYPED
from sutg_analysis.reports.page import Block, both, html_table, pipe_table
from sutg_analysis.words.agreement import agreement_words
from sutg_analysis.words.wording import CONFIDENTIAL, count, day, listed


def version() -> str:
    """Return the version of this package."""
    return _installed("sutg-analysis")


def made_from(sources: pd.DataFrame, tables: Collection[str], when: date) -> str:
    """Say which files numbers come from, and what made them.

    Parameters
    ----------
    sources
        Of the catalogue: table, file, rows, sha256.
    tables
        The tables used.
    """
    rows = sources[sources["table"].isin(list(tables))].to_dict("records")
    files = []
    for row in rows:  # of a protected file neither is shown that could tell a small count
        known = [] if pd.isna(row["rows"]) else [count(int(row["rows"]), "row")]
        known += [] if row["sha256"] == CONFIDENTIAL else [f"SHA-256 {row['sha256'][:12]}"]
        files.append(f"data/{row['file']}" + (f" ({', '.join(known)})" if known else ""))
    return f"{listed(files)}, as at {day(when)}, by sutg_analysis {version()}."


def method_block(words: str, catalogue: Catalogue, *, disclosure: bool = True) -> Block:
    """Return how a report was made: words, the rules of disclosure, then its files, their rows and hashes."""
    rules = catalogue.protection.words() if disclosure else ""
    apart = differences_words(catalogue)
    whole = " ".join(filter(None, (words, apart, rules, f"Made by sutg_analysis {version()}.")))
    sources = catalogue.sources
    files = pd.DataFrame(
        {
            "File": "data/" + sources["file"],
            "Rows": [CONFIDENTIAL if pd.isna(rows) else f"{rows:,}" for rows in sources["rows"]],
            "SHA-256": sources["sha256"].str[:16],
        }
    )
    table = html_table(files, caption="Tables this report was made from")
    return Block(f"{whole}\n\n{both(table, pipe_table(files))}", whole)


def differences_words(catalogue: Catalogue, measure_id: str | None = None) -> str:
    """Say which numbers of a measure, or of all that a page reads, two tables tell differently, and why that stands."""
    rows = catalogue.differences
    if rows is None or rows.empty:
        return ""
    register = rows["source"].str.partition(":")[0]
    read = {name for name, frame in catalogue.others.items() if len(frame)}
    mine = rows["measure_id"].isin(catalogue.observations["measure_id"].unique()) | register.isin(read)
    rows = rows[mine if measure_id is None else rows["measure_id"] == measure_id]
    titles = catalogue.measures.set_index("measure_id")["title"]
    return agreement_words(rows, titles=titles, units=catalogue.units.set_index("unit_id")["name"])


def measure_notes(known: Catalogue, measure: Row, result: SpcResult) -> dict[str, str]:
    """Return how a chart of a measure was made, heading to text."""
    fields = {"Definition": "definition", "Source": "source", "Owner": "owner"}
    about = {head: str(measure[name]) for head, name in fields.items() if pd.notna(measure[name])}
    tables = {TYPED, *registers_of(pd.DataFrame([measure]))}
    source = measure.get("from", TYPED)
    if pd.notna(source) and source != TYPED:
        about["Counted"] = f"From {source}, by the rule '{measure['rule']}'."
    if apart := differences_words(known, str(measure["measure_id"])):
        about["Agreement"] = apart
    return about | {
        "Method": method_words(result),
        "Made from": made_from(known.sources, tables, known.at.day),
    }


def why(error: SutgError) -> str:
    """Return what an analysis lacked, in words without a full stop."""
    return f"{error.found}; it takes {error.expected}"


def method_words(result: SpcResult) -> str:
    """Return the chart, the rules and the least number of points that a verdict rests on."""
    profile = result.profile
    return (
        f"{result.chart_type} chart, profile {profile.name}: shift of {profile.shift}, trend of {profile.trend}, "
        f"verdicts from {profile.min_points} points."
    )
