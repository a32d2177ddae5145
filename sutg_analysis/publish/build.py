"""The whole way from tables to a published site, as a list of steps.

take stock of the tables -> plan the reports -> see which have changed -> run those in scratch -> keep them ->
render and publish the site.

Each build adds a line of JSON to ``.sutg/builds.jsonl``, for whoever asks later why a page changed.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.editions import check_protected
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.project import open_project
from sutg_analysis.publish.fingerprints import builder, versions
from sutg_analysis.publish.plan import make_plan
from sutg_analysis.publish.publishing import check_place, only_build
from sutg_analysis.publish.records import check_kept, check_seal, now
from sutg_analysis.publish.run import Outcome, run, spread
from sutg_analysis.publish.site import choose_renderer, publish


@dataclass(frozen=True)
class Built:
    """What a build did: as at which day, one outcome a report, and the pages published (none if a report failed)."""

    at: AsAt
    outcomes: tuple[Outcome, ...]
    pages: tuple[Path, ...]
    renderer: str

    @property
    def quarter(self) -> Quarter:
        """The quarter that was built."""
        return self.at.quarter

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The reports that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == "failed")


def build(
    root: str | Path = ".",
    *,
    quarter: str | None = None,
    as_at: str | None = None,
    reports: tuple[str, ...] = (),
    workers: int | None = None,
    cluster: str | None = None,
    renderer: str = "auto",
    output: str | Path = "_site",
    republish: str | None = None,
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
    as_at
        The day after which nothing is known, such as ``2023-08-20``, of the quarter; if None the quarter's last, or
        that of the tables where they end before.
    reports
        Names of reports or pages to run; empty runs all of the quarter.
    workers
        Reports to run at once; one more than there are processors if None.
    cluster
        The address of a dask.distributed scheduler, whose workers run the reports.
    renderer
        ``auto`` (Quarto where it is on PATH), ``quarto`` or ``pandoc``.
    output
        The folder to publish to, relative to ``root``.
    republish
        Why pages of a quarter that is sealed change; they then say so.
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
        The tables, a parameter or the site's configuration is at fault, or another build is running.
    """
    chosen, start = choose_renderer(renderer), now()
    project = open_project(root)
    place = project.root / output
    check_place(place, root=project.root)
    with only_build(project.scratch, output=place):
        plan = make_plan(project, quarter=quarter, as_at=as_at, reports=reports)
        check_seal(project, plan.quarter, changed=plan.changes(), reason=republish)
        check_kept(project, anew={(plan.quarter.slug, slug) for slug in plan.anew})
        protected = plan.basis.inventory.catalogue.protection.measures
        check_protected(project.root, quarter=plan.quarter, measures=protected)
        unchanged = (
            Outcome(job, "unchanged", 0.0, plan.folder / f"{job.slug}.ipynb")
            for job in plan.jobs
            if job not in plan.stale
        )
        ran = spread(run, plan.tasks(plan.stale, timeout=timeout), workers=workers, cluster=cluster)
        outcomes = []
        for outcome in chain(unchanged, ran):
            done = plan.finish(outcome, reason=republish)
            if seen:
                seen(done, len(plan.jobs))
            outcomes.append(done)
        outcomes.sort(key=lambda outcome: outcome.job.order)
        pages: list[Path] = []
        if all(outcome.status != "failed" for outcome in outcomes):
            plan.keep()
            shutil.rmtree(project.scratch / "runs", ignore_errors=True)
            pages = publish(plan.basis, renderer=chosen, output=place)
        built = Built(plan.at, tuple(outcomes), tuple(pages), chosen)
        _log(built, scratch=project.scratch, start=start)
    return built


def _log(built: Built, *, scratch: Path, start: str) -> None:
    """Add a build to the log: when, by whom, which reports ran or failed, and how many pages were published."""
    line = {
        "start": start,
        "end": now(),
        "built_by": builder(),
        "version": versions()["sutg-analysis"],
        "quarter": built.quarter.slug,
        "as_at": built.at.day.isoformat(),
        "renderer": built.renderer,
        "reports": dict(Counter(outcome.status for outcome in built.outcomes)),
        "ran": [outcome.job.slug for outcome in built.outcomes if outcome.status == "built"],
        "errors": [outcome.error for outcome in built.outcomes if outcome.error],
        "pages": len(built.pages),
    }
    with (scratch / "builds.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
