"""``sutg build``, ``sutg list`` and ``sutg verify``: what would run, running it, and running it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sutg_analysis.options import JsonOption, ProjectOption, QuarterOption, ReportOption
from sutg_analysis.terminal import print_json, print_table, progress

if TYPE_CHECKING:
    from sutg_analysis.publish.build import Built


def build_command(
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    report: ReportOption = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Reports to run at once.")] = None,
    renderer: Annotated[
        Literal["auto", "quarto", "pandoc"],
        typer.Option("--renderer", help="auto is Quarto where it is on PATH."),
    ] = "auto",
    output: Annotated[Path, typer.Option("--output", help="Folder to publish to.")] = Path("_site"),
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", help="Run on the workers of this dask scheduler.", metavar="ADDRESS"),
    ] = None,
    republish: Annotated[
        str | None,
        typer.Option("--republish", help="Why pages of a sealed quarter change.", metavar="REASON"),
    ] = None,
    timeout: Annotated[int, typer.Option("--timeout", min=1, help="Seconds one cell may take.")] = 300,
    as_json: JsonOption = False,
) -> None:
    """Build a quarter's reports and publish the site.

    Example: sutg build --quarter 2023-24-q2
    """
    from sutg_analysis.publish.build import build
    from sutg_analysis.publish.pools import default_workers

    at_once = None if cluster else workers or default_workers()
    with progress(quiet=as_json, at_once=at_once) as seen:
        built = build(
            project,
            quarter=quarter,
            reports=tuple(report or ()),
            workers=workers,
            cluster=cluster,
            republish=republish,
            renderer=renderer,
            output=output,
            timeout=timeout,
            seen=seen,
        )
    _tell_built(built, project=project, output=output, as_json=as_json)
    if built.failed:
        raise typer.Exit(1)


def list_command(
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the reports and what would run.

    Example: sutg list --quarter 2023-24-q2
    """
    from sutg_analysis.publish.plan import make_plan

    plan = make_plan(project, quarter=quarter, reports=tuple(report or ()))
    rows = [
        {
            "page": job.slug,
            "notebook": job.notebook.name,
            "title": job.title,
            "would": "run" if job in plan.stale else "stay",
        }
        for job in plan.jobs
    ]
    if as_json:
        print_json({"quarter": plan.quarter.slug, "reports": rows})
    else:
        print_table(f"{len(rows)} reports of {plan.quarter.label}, {len(plan.stale)} to run", rows)


def verify_command(
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    report: ReportOption = None,
    timeout: Annotated[int, typer.Option("--timeout", min=1, help="Seconds one cell may take.")] = 300,
    as_json: JsonOption = False,
) -> None:
    """Make published reports again and say what differs from what was published.

    Example: sutg verify --quarter 2023-24-q2
    """
    from sutg_analysis.publish.verify import verify

    found = verify(project, quarter=quarter, reports=tuple(report or ()), timeout=timeout)
    if as_json:
        rows = [vars(difference) for difference in found.differences]
        print_json({"pages": list(found.pages), "differences": rows})
    else:
        for difference in found.differences:
            typer.echo(str(difference), err=True)
        same = len(set(found.pages) - {difference.report for difference in found.differences})
        typer.echo(f"{same} of {len(found.pages)} pages are as they were published.")
    if found.differences:
        raise typer.Exit(1)


def _tell_built(built: Built, *, project: Path, output: Path, as_json: bool) -> None:
    from sutg_analysis.words.wording import count

    rows = [
        {"report": o.job.slug, "status": o.status, "seconds": round(o.seconds, 1), "error": o.error}
        for o in built.outcomes
    ]
    if as_json:
        print_json(
            {
                "quarter": built.quarter.slug,
                "renderer": built.renderer,
                "reports": rows,
                "pages": [page.relative_to(project / output).as_posix() for page in built.pages],
            }
        )
        return
    print_table(f"{built.quarter.label}", [{k: v for k, v in row.items() if k != "error"} for row in rows])
    stayed = sum(outcome.status == "unchanged" for outcome in built.outcomes)
    typer.echo(f"{len(rows) - stayed} of {count(len(rows), 'report')} ran, {stayed} did not change.")
    for outcome in built.failed:
        typer.echo(outcome.error, err=True)
    if built.failed:
        typer.echo(f"Nothing was published: {len(built.failed)} of {len(rows)} reports failed.", err=True)
    else:
        index = (project / output / "index.html").as_posix()
        typer.echo(f"{len(built.pages)} pages published by {built.renderer}: {index}")
