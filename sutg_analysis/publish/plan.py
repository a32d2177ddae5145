"""What one build has to do: which reports stand as they are, which run, and where finished ones are kept.

A report that has run waits in the scratch folder, finished, until all have. The quarter's folder is then made anew
beside the old one and takes its place in one step; if a report failed, those that did not need not run again.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.editions import keep_edition
from sutg_analysis.catalogue.load import moment
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, UsageError
from sutg_analysis.ledger.scorecard import Scorecard, keep_verdicts
from sutg_analysis.project import Project
from sutg_analysis.publish.inventory import take_inventory
from sutg_analysis.publish.jobs import Job, check_parameters, plan
from sutg_analysis.publish.pages import EARLIER, LEDGER, finish_notebook, notice_of, reorder_notebook
from sutg_analysis.publish.publishing import swap
from sutg_analysis.publish.records import RECORD, Basis, Revision, files_of, now, read_record, write_record
from sutg_analysis.publish.run import Outcome, Task, failed
from sutg_analysis.waiting.clocks import read_clocks


@dataclass(frozen=True, eq=False)
class Plan:
    """The reports of one build: as at which day, in the order of the index, and whether they are the whole of the quarter."""

    basis: Basis
    at: AsAt
    jobs: tuple[Job, ...]
    whole: bool

    @property
    def quarter(self) -> Quarter:
        """The quarter whose reports they are."""
        return self.at.quarter

    @property
    def project(self) -> Project:
        """The project."""
        return self.basis.project

    @property
    def folder(self) -> Path:
        """Where the quarter's reports are kept."""
        return self.project.reports / self.quarter.slug

    @property
    def waiting(self) -> Path:
        """Where reports that have run wait until all have."""
        return self.project.scratch / "done" / self.quarter.slug

    @cached_property
    def card(self) -> Scorecard:
        """The verdicts of the quarter, made once and kept for every report to read."""
        inventory = self.basis.inventory
        return keep_verdicts(inventory.catalogue.as_at(self.quarter), inventory.folder, quarter=self.quarter)

    @cached_property
    def places(self) -> dict[str, Path]:
        """Where each report stands that is what running it again would make."""
        found = {}
        for job in self.jobs:
            fresh = (place for place in (self.folder, self.waiting) if self.basis.is_fresh(job, folder=place))
            if place := next(fresh, None):
                found[job.slug] = place
        return found

    @cached_property
    def stale(self) -> tuple[Job, ...]:
        """The reports that must run."""
        return tuple(job for job in self.jobs if job.slug not in self.places)

    @cached_property
    def surplus(self) -> list[str]:
        """The pages of the quarter that are planned no more; none unless the whole quarter is built."""
        slugs = {job.slug for job in self.jobs}
        return sorted(
            path.stem for path in self.folder.glob("*.ipynb") if self.whole and path.stem not in slugs
        )

    @property
    def anew(self) -> list[str]:
        """The names of the pages that the build makes, if need be, or takes away."""
        return [*(job.slug for job in self.jobs), *self.surplus]

    def changes(self) -> list[str]:
        """Return the names of the pages that the build would change, in the order of the index."""
        return [*(job.slug for job in self.jobs if self.places.get(job.slug) != self.folder), *self.surplus]

    def tasks(self, jobs: tuple[Job, ...], *, timeout: int) -> tuple[Task, ...]:
        """Return the runs of some reports, for which every measure is judged once."""
        _ = self.card if jobs else None
        scratch = self.project.scratch / "runs"
        scratch.mkdir(parents=True, exist_ok=True)
        root = self.project.root.resolve()
        data = tuple(path for kind in ("*.csv", "*.parquet") for path in sorted((root / "data").glob(kind)))
        return tuple(
            Task(
                job=job,
                root=root,
                scratch=scratch.resolve(),
                snapshot=self.basis.inventory.folder.resolve(),
                needed=(job.notebook, *data),
                timeout=timeout,
            )
            for job in jobs
        )

    def finish(self, outcome: Outcome, *, reason: str | None) -> Outcome:
        """Give a report that has run its record and put it where it waits."""
        if outcome.status != "built":
            return outcome
        try:
            self._record(outcome, reason=reason)
        except Exception as error:  # a disk that is full, an output that is none
            return failed(outcome.job, error, notebook=outcome.notebook, seconds=outcome.seconds)
        self.places[outcome.job.slug] = self.waiting
        return replace(outcome, notebook=self.waiting / outcome.notebook.name)

    def _record(self, outcome: Outcome, *, reason: str | None) -> None:
        job, path = outcome.job, outcome.notebook
        before = read_record(self.folder, job.slug)
        revisions = list(before.revisions) if before else []
        if reason is not None:
            revisions.append(Revision(day=now()[:10], reason=" ".join(reason.split())))
        record = self.basis.record(
            job,
            readings=outcome.readings,
            start=outcome.start,
            end=outcome.end,
            revisions=revisions,
        )
        finish_notebook(path, job=job, notice=notice_of(self.project), record=record)
        write_record(replace(record, outputs=files_of(path.parent, job.slug)), folder=path.parent)
        _move(job.slug, path.parent, self.waiting)

    def keep(self) -> None:
        """Make the quarter's folder anew and put it in the place of the old one; nothing if nothing changes."""
        moved = [job for job in self.jobs if self.places[job.slug] == self.waiting]
        records = ((job, read_record(self.places[job.slug], job.slug)) for job in self.jobs)
        placed = [job for job, record in records if record is not None and record.order != job.order]
        if moved or placed or self.surplus:
            made = self.project.scratch / "quarter"
            shutil.rmtree(made, ignore_errors=True)
            if self.folder.is_dir():
                shutil.copytree(self.folder, made, copy_function=_link)
            made.mkdir(exist_ok=True)
            for slug in self.surplus:
                _remove(slug, made)
            for job in moved:
                _move(job.slug, self.waiting, made)
            for job in placed:
                _reorder(job, made)
            self._keep_ledger(made)
            swap(made, output=self.folder)
        keep_edition(self.folder, self.basis.inventory.catalogue.as_at(self.quarter), whole=self.whole)
        shutil.rmtree(self.waiting.parent, ignore_errors=True)

    def _keep_ledger(self, folder: Path) -> None:
        """Write the verdicts beside the reports; earlier ones stay for as long as pages made from them do."""
        from sutg_analysis.reports.workbook import csv_text

        earlier = sorted(folder.glob(EARLIER))
        if self.whole:
            for path in earlier:
                path.unlink()
            (folder / LEDGER).unlink(missing_ok=True)  # it may be the very file of the folder before
        elif (folder / LEDGER).is_file():
            (folder / LEDGER).rename(folder / EARLIER.replace("*", str(len(earlier) + 1)))
        (folder / LEDGER).write_text(csv_text(self.card.ledger), encoding="utf-8")


def make_plan(
    project: Project,
    *,
    quarter: str | None = None,
    as_at: str | date | None = None,
    reports: tuple[str, ...] = (),
) -> Plan:
    """Check the tables and list what a build has to do, without doing it.

    Raises
    ------
    SutgError
        The tables, the rules, the quarter or the name of a report is at fault.
    """
    asked = moment(None if quarter is None else Quarter.parse(quarter), as_at)
    day = asked if isinstance(asked, date) else None
    wanted = quarter if day is None else Quarter.of(day).slug
    inventory = take_inventory(project, quarter=wanted, as_at=day, whole=not reports)
    known = inventory.catalogue
    read_clocks(project.root, known)
    chosen = known.at.quarter if day else choose_quarter(known, wanted)
    if day and chosen != Quarter.of(day):
        raise UsageError(
            f"as at {AsAt(day).words}, and the tables end on {known.at.words}",
            f"a day of a quarter that they reach, {chosen.slug} or earlier",
            "Correct --as-at, or add the rows of that quarter",
        )
    jobs = plan(project, known, quarter=chosen, reports=reports)
    made = Plan(Basis(project, inventory), known.as_at(chosen).at, jobs, whole=not reports)
    check_parameters(made.stale)
    return made


def choose_quarter(catalogue: Catalogue, wanted: str | None) -> Quarter:
    """Return the quarter to build: the one asked for, or the latest with data.

    Raises
    ------
    ArgumentError
        The quarter is not written as a quarter, or the tables hold no data for it.
    """
    if wanted is None:
        return catalogue.latest_quarter
    quarter = Quarter.parse(wanted)
    known = catalogue.quarters
    if quarter not in known:
        raise ArgumentError(
            f"no observations in the quarter {wanted}",
            expected=f"a quarter from {known[0].slug} to {known[-1].slug} that has observations",
            remedy="Correct --quarter, or add the quarter's rows to data/observations",
        )
    return quarter


def _remove(slug: str, folder: Path) -> None:
    (folder / f"{slug}.ipynb").unlink(missing_ok=True)
    shutil.rmtree(folder / "files" / slug, ignore_errors=True)


def _move(slug: str, source: Path, target: Path) -> None:
    """Move a report and its files from one folder to another, the record last: without it there is no report."""
    (target / "files").mkdir(parents=True, exist_ok=True)
    _remove(slug, target)
    (source / f"{slug}.ipynb").rename(target / f"{slug}.ipynb")
    (source / "files" / slug).rename(target / "files" / slug)


def _link(source: str, target: str) -> None:
    """Let a file stand in a second folder, without copying it where the disk allows that."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _reorder(job: Job, folder: Path) -> None:
    record = read_record(folder, job.slug)
    assert record is not None
    reorder_notebook(folder / f"{job.slug}.ipynb", job=job)
    (folder / "files" / job.slug / RECORD).unlink()
    write_record(replace(record, order=job.order, outputs=files_of(folder, job.slug)), folder=folder)
