"""Quarters that are published and done: a page of one changes only for a reason, and then says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, SiteError, first_few
from sutg_analysis.project import Project
from sutg_analysis.publish.records import RECORD, Record, files_of, read_record


def published_quarters(project: Project) -> list[Quarter]:
    """List the quarters that have executed reports, oldest first."""
    folders = {path.parent.name for path in project.reports.glob("*/*.ipynb")}
    return sorted(Quarter.parse(name) for name in folders)


def is_sealed(project: Project, quarter: Quarter) -> bool:
    """Say whether a quarter is sealed: it is published, and so is a later one."""
    known = published_quarters(project)
    return quarter in known and quarter < known[-1]


def check_seal(project: Project, quarter: Quarter, *, changed: list[str], reason: str | None) -> None:
    """Refuse to change pages of a sealed quarter without a reason.

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
    if reason is None and changed and is_sealed(project, quarter):
        raise SiteError(
            f"{quarter.label} is published and sealed, and this build would change {first_few(changed, shown=5)}",
            expected="a sealed quarter to stay as it was published",
            remedy=f'If it must change, run: sutg build --quarter {quarter.slug} --republish "the reason"',
        )


def check_kept(project: Project, *, anew: Collection[tuple[str, str]]) -> None:
    """Refuse to publish a kept page that is not what a build kept.

    Parameters
    ----------
    project
        The project.
    anew
        Quarter and name of pages that this build makes or takes away.

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
            raise SiteError(
                f"reports/{folder.name}/{changed[0]} is not what the build kept: "
                f"it was {'changed' if changed[0] in there else 'deleted'} since",
                expected="kept reports as they were built",
                remedy=f"Put it back, or build it again: sutg build --quarter {folder.name} --report {slug}"
                f"{_with_reason(project, folder.name)}",
            )


def _with_reason(project: Project, slug: str) -> str:
    later = published_quarters(project)[-1:]
    return ' --republish "the reason"' if later and Quarter.parse(slug) < later[0] else ""


def revised_pages(project: Project, quarter: Quarter) -> list[tuple[str, str, str, str]]:
    """List the revisions of a quarter's pages: the page, its title, the day, the reason."""
    folder = project.reports / quarter.slug
    records = (read_record(folder, path.stem) for path in sorted(folder.glob("*.ipynb")))
    return [
        (record.report, record.title, entry["day"], entry["reason"])
        for record in records
        if record is not None
        for entry in record.revisions
    ]


def with_revision(record: Record, *, project: Project, quarter: Quarter, reason: str | None) -> Record:
    """Return a record with the revisions of the page so far, and this one if there is a reason."""
    before = read_record(project.reports / quarter.slug, record.report)
    revisions = list(before.revisions) if before else []
    if reason is not None:
        revisions.append({"day": datetime.now(UTC).date().isoformat(), "reason": " ".join(reason.split())})
    return replace(record, revisions=revisions)
