"""The record of a report: what it was made from, by what, when, for whom to read and to compare.

It stands beside the report's downloads as ``record.json``, and the page says it in words. Digests are of the rows a
report read as they may be published, never of a file: the digest of a file of small counts could be used to guess them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.publish.fingerprints import file_digest
from sutg_analysis.reports.page import both, html_table, pipe_table, plain_markdown
from sutg_analysis.words.wording import day, listed

RECORD = "record.json"


@dataclass(frozen=True)
class Record:
    """What one report was made from.

    Parameters
    ----------
    report, title, quarter, order
        The page's name, its title, the quarter's slug, and its place in the index.
    notebook, notebook_sha256
        The template and its digest.
    parameters
        What the notebook was given.
    readings
        What it asked the catalogue for.
    inputs
        Table to the number of rows read and the digest of their content.
    package_sha256, versions
        What made it.
    commit, clean
        The git commit of the project, and whether no file differed from it; None where there is no git.
    seeds
        The seeds of what is drawn by chance.
    start, end
        ISO times, in UTC.
    built_by
        Who built it: a role, or the name of an account.
    key
        The digest of all that its outputs rest on.
    outputs
        File to its digest: the executed notebook, and its downloads.
    revisions
        Of a page changed after its quarter was sealed: the day and the reason.
    """

    report: str
    title: str
    quarter: str
    order: int
    notebook: str
    notebook_sha256: str
    parameters: Mapping[str, Any]
    readings: list[dict[str, Any]]
    inputs: Mapping[str, Mapping[str, Any]]
    package_sha256: str
    versions: Mapping[str, str]
    commit: str | None
    clean: bool | None
    seeds: Mapping[str, int]
    start: str
    end: str
    built_by: str
    key: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    revisions: list[dict[str, str]] = field(default_factory=list)


def now() -> str:
    """Return the time, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def files_of(folder: Path, slug: str) -> dict[str, str]:
    """Return the digests of a report's files: its notebook, and its downloads without the record."""
    downloads = sorted((folder / "files" / slug).glob("*"))
    files = [folder / f"{slug}.ipynb", *(path for path in downloads if path.name != RECORD)]
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in files if path.is_file()}


def write_record(record: Record, *, folder: Path) -> None:
    """Write a report's record beside its downloads."""
    place = folder / "files" / record.report
    place.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(record), indent=1, ensure_ascii=False)
    (place / RECORD).write_text(text + "\n", encoding="utf-8")


def read_record(folder: Path, slug: str) -> Record | None:
    """Return the record of a report in a quarter's folder; None where there is none that can be read."""
    try:
        content = json.loads((folder / "files" / slug / RECORD).read_text(encoding="utf-8"))
        return Record(**content)
    except (OSError, ValueError, TypeError):
        return None


def told(record: Record) -> str:
    """Return a record as the last section of its page."""
    rows = pd.DataFrame(
        {
            "Table": list(record.inputs),
            "Rows read": [f"{entry['rows']:,}" for entry in record.inputs.values()],
            "SHA-256 of the rows": [entry["sha256"][:16] for entry in record.inputs.values()],
        }
    )
    table = both(html_table(rows, caption="Rows this report read"), pipe_table(rows))
    link = f"[All of this as JSON](files/{record.report}/{RECORD})"
    return f"## Record\n\n{plain_markdown(_said(record))}\n\n{table}\n\n{link}"


def revised(record: Record) -> str:
    """Return what stands at the top of a page that was changed after it had been published."""
    return "\n\n".join(
        f"**Revised on {day(datetime.fromisoformat(entry['day']))}.** {plain_markdown(entry['reason'])}"
        for entry in record.revisions
    )


def _said(record: Record) -> str:
    made = [
        f"{name} {record.versions[name]}"
        for name in ("sutg-analysis", "python", "pandas", "statsmodels", "altair")
        if name in record.versions
    ]
    given = [f"{name} = {value}" for name, value in record.parameters.items() if name != "project"]
    commit = f"git commit {record.commit[:12]}" if record.commit else "files not under version control"
    state = {True: ", with nothing changed since", False: ", with changes not committed", None: ""}[
        record.clean
    ]
    seeds = listed([f"{name} {seed}" for name, seed in record.seeds.items()])
    return (
        f"Built on {day(datetime.fromisoformat(record.start))} by {record.built_by}, from {record.start} to "
        f"{record.end}. Notebook {record.notebook} with {listed(given)}. Made by {listed(made)}; {commit}{state}. "
        f"Seeds: {seeds or 'none'}."
    )
