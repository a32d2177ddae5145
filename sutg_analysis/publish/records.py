"""A page keeps a record of what it was made from: rows, notebook, versions and commit, and when and by whom.

The record stands beside the page's downloads as ``record.json``, and the page says it in words. It decides what a build
may do: a report runs again only where something it rests on has changed; a page that is no longer what its build kept
is not published; and once a later quarter is published a page changes only for a reason, which it then says.

Digests are of the rows a report read as they may be published, never of a file: the digest of a file of small counts
could be used to guess them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TypedDict

import pandas as pd

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.digests import file_digest, value_digest
from sutg_analysis.catalogue.load import Reading
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, SiteError, first_few
from sutg_analysis.project import Project
from sutg_analysis.publish.fingerprints import builder, commit_of, package_digest, rules_digest, versions
from sutg_analysis.publish.inventory import Inventory, RowsRead
from sutg_analysis.publish.jobs import Job
from sutg_analysis.reports.page import both, html_table, pipe_table, plain_markdown
from sutg_analysis.words.wording import day, listed

RECORD = "record.json"
SEEDS = {"chance": 0}
"""The seed of whatever a report draws by chance, unless its parameters name another."""


class Revision(TypedDict):
    """When and why a page changed after its quarter was sealed."""

    day: str
    reason: str


@dataclass(frozen=True)
class Record:
    """What one report was made from.

    Parameters
    ----------
    report, title, quarter, order
        The page's name, its title, the quarter's slug, and its place in the index.
    notebook, notebook_sha256
        The template and its digest.
    as_at
        The day it stands at, where that is not the quarter's last.
    parameters, readings, inputs
        What the notebook was given, what it asked the catalogue for, and table to the rows read and their digest.
    package_sha256, versions
        What made it.
    commit, clean
        The git commit of the project, and whether no file differed from it; None where there is no git.
    seeds, start, end, built_by
        The seeds of what is drawn by chance, ISO times in UTC, and who built it: a role, or the name of an account.
    key, outputs
        The digest of all that its outputs rest on, and file to digest of the executed notebook and its downloads.
    revisions
        When and why the page changed after its quarter was sealed.
    """

    report: str
    title: str
    quarter: str
    order: int
    notebook: str
    notebook_sha256: str
    parameters: Mapping[str, object]
    readings: list[Reading]
    inputs: Mapping[str, RowsRead]
    package_sha256: str
    versions: Mapping[str, str]
    commit: str | None
    clean: bool | None
    seeds: Mapping[str, int]
    start: str
    end: str
    built_by: str
    key: str
    as_at: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)


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
        return Record(**json.loads((folder / "files" / slug / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def record_section(record: Record) -> str:
    """Return a record as the last section of its page."""
    rows = pd.DataFrame(
        {
            "Table": list(record.inputs),
            "Rows read": [f"{entry['rows']:,}" for entry in record.inputs.values()],
            "SHA-256 of the rows": [entry["sha256"][:16] for entry in record.inputs.values()],
        }
    )
    table = both(html_table(rows, caption="Rows this report read"), pipe_table(rows))
    given = [f"{name} = {value}" for name, value in record.parameters.items() if name != "project"]
    made = [
        f"{name} {record.versions[name]}"
        for name in ("sutg-analysis", "python", "pandas", "statsmodels", "altair")
        if name in record.versions
    ]
    commit = f"git commit {record.commit[:12]}" if record.commit else "files not under version control"
    state = {True: ", with nothing changed since", False: ", with changes not committed", None: ""}
    seeds = listed([f"{name} {seed}" for name, seed in record.seeds.items()])
    words = (
        f"Built on {day(datetime.fromisoformat(record.start))} by {record.built_by}, from {record.start} to "
        f"{record.end}. Notebook {record.notebook} with {listed(given)}. "
        f"Made by {listed(made)}; {commit}{state[record.clean]}. Seeds: {seeds or 'none'}."
    )
    link = f"[All of this as JSON](files/{record.report}/{RECORD})"
    return f"## Record\n\n{plain_markdown(words)}\n\n{table}\n\n{link}"


def revision_notice(record: Record) -> str:
    """Return what stands at the top of a page that was changed after it had been published."""
    return "\n\n".join(
        f"**Revised on {day(datetime.fromisoformat(entry['day']))}.** {plain_markdown(entry['reason'])}"
        for entry in record.revisions
    )


@dataclass(frozen=True, eq=False)
class Basis:
    """What every report of a build rests on: the project and its tables."""

    project: Project
    inventory: Inventory

    @cached_property
    def _rules(self) -> str:
        return rules_digest(self.project.root)

    @cached_property
    def _commit(self) -> tuple[str | None, bool | None]:
        return commit_of(self.project.root)

    def key(self, job: Job, inputs: Mapping[str, RowsRead]) -> str:
        """Return the digest of all that a report's outputs rest on."""
        return value_digest(
            {
                "notebook": file_digest(job.notebook),
                "parameters": job.parameters,
                "title": job.title,
                "description": job.description,
                "inputs": inputs,
                "rules": self._rules,
                "protection": asdict(self.inventory.catalogue.protection),
                "package": package_digest(),
                "versions": versions(),
            }
            | ({} if job.at.whole else {"as_at": job.at.parameter})
        )

    def is_fresh(self, job: Job, *, folder: Path) -> bool:
        """Say whether a report in a folder is what running it again would make."""
        record = read_record(folder, job.slug)
        if record is None or record.outputs != files_of(folder, job.slug):
            return False
        return record.key == self.key(job, self.inventory.digests(record.readings))

    def record(
        self, job: Job, *, readings: list[Reading], start: str, end: str, revisions: list[Revision]
    ) -> Record:
        """Return the record of a report that has run."""
        inputs = self.inventory.digests(readings)
        commit, clean = self._commit
        seed = job.parameters.get("seed")
        return Record(
            report=job.slug,
            title=job.title,
            quarter=job.quarter.slug,
            order=job.order,
            notebook=job.notebook.name,
            notebook_sha256=file_digest(job.notebook),
            parameters=job.parameters,
            readings=readings,
            inputs=inputs,
            package_sha256=package_digest(),
            versions=versions(),
            commit=commit,
            clean=clean,
            seeds=SEEDS | ({"seed": int(seed)} if isinstance(seed, int | float | str) else {}),
            start=start,
            end=end,
            built_by=builder(),
            key=self.key(job, inputs),
            as_at=job.at.parameter,
            revisions=revisions,
        )


def published_quarters(project: Project) -> list[Quarter]:
    """List the quarters that have executed reports, oldest first."""
    return sorted({Quarter.parse(path.parent.name) for path in project.reports.glob("*/*.ipynb")})


def published_at(project: Project, quarter: Quarter) -> AsAt:
    """Return the day at which a published quarter stands: the earliest of its pages, its last if all are as at that."""
    folder = project.reports / quarter.slug
    records = (read_record(folder, path.stem) for path in folder.glob("*.ipynb"))
    days = (date.fromisoformat(record.as_at) for record in records if record is not None and record.as_at)
    return AsAt(min(days, default=quarter.end))


def revised_pages(project: Project, quarter: Quarter) -> list[Record]:
    """List the records of the pages of a quarter that changed after it was sealed."""
    folder = project.reports / quarter.slug
    records = (read_record(folder, path.stem) for path in sorted(folder.glob("*.ipynb")))
    return [record for record in records if record is not None and record.revisions]


def check_seal(project: Project, quarter: Quarter, *, changed: list[str], reason: str | None) -> None:
    """Refuse to change pages of a sealed quarter, which is published beside a later one, without a reason.

    Raises
    ------
    ArgumentError
        The reason is empty.
    SiteError
        The quarter is sealed, pages of it would change, and no reason is given.
    """
    if reason is not None and not reason.strip():
        raise ArgumentError(
            "--republish with an empty reason", expected="why the pages change", remedy="Say why"
        )
    known = published_quarters(project)
    if reason is None and changed and quarter in known and quarter < known[-1]:
        raise SiteError(
            f"{quarter.label} is published and sealed, and this build would change {first_few(changed, shown=5)}",
            expected="a sealed quarter to stay as it was published",
            remedy=f'If it must change, run: sutg build --quarter {quarter.slug} --republish "the reason"',
        )


def check_kept(project: Project, *, anew: Collection[tuple[str, str]]) -> None:
    """Refuse to publish a kept page that is not what a build kept, but for those (quarter, name) that are made anew.

    Raises
    ------
    SiteError
        A notebook or a download was changed or deleted by hand.
    """
    for path in sorted(project.reports.glob(f"*/files/*/{RECORD}")):
        folder, slug = path.parents[2], path.parent.name
        record = None if (folder.name, slug) in anew else read_record(folder, slug)
        if record is None:
            continue
        there = files_of(folder, slug)
        changed = sorted(
            name for name in {*there, *record.outputs} if there.get(name) != record.outputs.get(name)
        )
        if changed:
            later = any(Quarter.parse(folder.name) < other for other in published_quarters(project))
            raise SiteError(
                f"reports/{folder.name}/{changed[0]} is not what the build kept: "
                f"it was {'changed' if changed[0] in there else 'deleted'} since",
                expected="kept reports as they were built",
                remedy=f"Put it back, or build it again: sutg build --quarter {folder.name} --report {slug}"
                + (' --republish "the reason"' if later else ""),
            )
