"""The whole way from tables to a published site, as a list of steps.

load the tables -> plan the reports -> run them in scratch -> keep them -> render and publish the site.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sutg_analysis.catalogue import Catalogue, load
from sutg_analysis.errors import ArgumentError
from sutg_analysis.jobs import Job, plan
from sutg_analysis.project import Project, open_project
from sutg_analysis.quarters import Quarter
from sutg_analysis.runs import Outcome, run_all
from sutg_analysis.site import choose_renderer, publish
from sutg_analysis.waitlists import read_clocks


@dataclass(frozen=True)
class Built:
    """What a build did: one outcome a report, and the pages published (none if a report failed)."""

    quarter: Quarter
    outcomes: tuple[Outcome, ...]
    pages: tuple[Path, ...]
    renderer: str

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The reports that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == "failed")


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


def plan_build(
    root: str | Path, *, quarter: str | None = None, reports: tuple[str, ...] = ()
) -> tuple[Project, Quarter, tuple[Job, ...]]:
    """Check the tables and list what a build would run, without running it."""
    project = open_project(root)
    catalogue = load(project.root)
    read_clocks(project.root, catalogue)
    chosen = choose_quarter(catalogue, quarter)
    return project, chosen, plan(project, catalogue, quarter=chosen, reports=reports)


def build(
    root: str | Path = ".",
    *,
    quarter: str | None = None,
    reports: tuple[str, ...] = (),
    workers: int | None = None,
    renderer: str = "auto",
    output: str | Path = "_site",
    timeout: int = 300,
    seen: Callable[[Outcome, int], None] | None = None,
) -> Built:
    """Build one quarter's reports and publish the site.

    Parameters
    ----------
    root
        The project folder.
    quarter
        ``2023-24-q2``; the latest with data if None.
    reports
        Names of reports or pages to run; empty runs all of the quarter.
    workers
        Reports to run at once; one more than there are processors if None.
    renderer
        ``auto`` (Quarto where it is on PATH), ``quarto`` or ``pandoc``.
    output
        The folder to publish to, relative to ``root``.
    timeout
        Seconds one cell may take.
    seen
        Called with each outcome as it comes, and the number of reports.

    Returns
    -------
    Built
        Outcomes and pages. If any report failed, nothing is kept or published.

    Raises
    ------
    SutgError
        The tables, a parameter or the site's configuration is at fault.
    """
    chosen_renderer = choose_renderer(renderer)
    project, chosen, jobs = plan_build(root, quarter=quarter, reports=reports)
    scratch = project.scratch / "runs"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        outcomes = _run(project, jobs, scratch=scratch, workers=workers, timeout=timeout, seen=seen)
        if any(outcome.status == "failed" for outcome in outcomes):
            return Built(chosen, outcomes, (), chosen_renderer)
        _keep(project, outcomes, quarter=chosen, whole=not reports)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    pages = publish(project, renderer=chosen_renderer, output=project.root / output)
    return Built(chosen, outcomes, tuple(pages), chosen_renderer)


def _run(
    project: Project,
    jobs: tuple[Job, ...],
    *,
    scratch: Path,
    workers: int | None,
    timeout: int,
    seen: Callable[[Outcome, int], None] | None,
) -> tuple[Outcome, ...]:
    outcomes = []
    for outcome in run_all(
        jobs,
        workers=workers or (os.cpu_count() or 1) + 1,  # one starts or ends while the others compute
        root=project.root.resolve(),
        scratch=scratch.resolve(),
        timeout=timeout,
        notice=project.notice,
    ):
        if seen:
            seen(outcome, len(jobs))
        outcomes.append(outcome)
    return tuple(sorted(outcomes, key=lambda outcome: outcome.job.order))


def _keep(project: Project, outcomes: tuple[Outcome, ...], *, quarter: Quarter, whole: bool) -> None:
    """Move finished notebooks to the quarter's folder; a whole build also drops pages no longer planned."""
    folder = project.reports / quarter.slug
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes:
        _keep_files(outcome.notebook, folder=folder / "files")
        outcome.notebook.replace(folder / outcome.notebook.name)
    planned = {outcome.notebook.name for outcome in outcomes}
    for path in folder.glob("*.ipynb") if whole else ():
        if path.name not in planned:
            path.unlink()
            shutil.rmtree(folder / "files" / path.stem, ignore_errors=True)


def _keep_files(notebook: Path, *, folder: Path) -> None:
    """Put the files of a finished notebook in the place of those of its last run."""
    shutil.rmtree(folder / notebook.stem, ignore_errors=True)
    made = notebook.parent / "files" / notebook.stem
    if made.is_dir():
        folder.mkdir(exist_ok=True)
        made.replace(folder / notebook.stem)
