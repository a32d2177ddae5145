"""The ``sutg`` command: few verbs, quiet unless something happens.

Exit 0 done, 1 the data or a report is at fault (one clear line each on standard error), 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sutg_analysis.errors import SiteError, SutgError, TableError

if TYPE_CHECKING:
    from sutg_analysis.build import Built
    from sutg_analysis.runs import Outcome

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Tables in, a site of quarterly reports out, every number traceable.",
)

ProjectOption = Annotated[Path, typer.Option("--project", help="The project folder.", metavar="DIR")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]
QuarterOption = Annotated[
    str | None, typer.Option("--quarter", help="Such as 2023-24-q2.", metavar="QUARTER")
]
ReportOption = Annotated[
    list[str] | None, typer.Option("--report", help="Only this report or page.", metavar="NAME")
]


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command; ``main`` takes --debug out, wherever it stands."""


@app.command(name="build")
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
    timeout: Annotated[int, typer.Option("--timeout", min=1, help="Seconds one cell may take.")] = 300,
    as_json: JsonOption = False,
) -> None:
    """Build a quarter's reports and publish the site.

    Example: sutg build --quarter 2023-24-q2
    """
    from sutg_analysis.build import build

    with _progress(quiet=as_json) as seen:
        built = build(
            project,
            quarter=quarter,
            reports=tuple(report or ()),
            workers=workers,
            renderer=renderer,
            output=output,
            timeout=timeout,
            seen=seen,
        )
    _tell_built(built, project=project, output=output, as_json=as_json)
    if built.failed:
        raise typer.Exit(1)


@app.command()
def check(project: ProjectOption = Path(), as_json: JsonOption = False) -> None:
    """Check every table and rule and say every problem.

    Example: sutg check --project DIR
    """
    from sutg_analysis.catalogue import load
    from sutg_analysis.governance import read_governance
    from sutg_analysis.project import open_project
    from sutg_analysis.waitlists import read_clocks

    catalogue = load(open_project(project).root)
    read_governance(project)
    read_clocks(project, catalogue)
    rows = catalogue.sources.set_index("table")["rows"].to_dict()
    if as_json:
        _print_json({"problems": [], "rows": rows})
    else:
        counts = ", ".join(f"{table} {count:,}" for table, count in rows.items())
        typer.echo(f"No problems. Rows: {counts}.")


@app.command(name="list")
def list_command(
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the reports and what would run.

    Example: sutg list --quarter 2023-24-q2
    """
    from sutg_analysis.build import plan_build

    _, chosen, jobs = plan_build(project, quarter=quarter, reports=tuple(report or ()))
    rows = [{"page": job.slug, "notebook": job.notebook.name, "title": job.title} for job in jobs]
    if as_json:
        _print_json({"quarter": chosen.slug, "reports": rows})
    else:
        _print_table(f"{len(rows)} reports of {chosen.label}", rows)


@app.command(name="import")
def import_command(
    kind: Annotated[
        Literal["rtt", "mhsds", "sickness"], typer.Argument(help="What the files are.", show_default=False)
    ],
    files: Annotated[list[Path], typer.Argument(help="CSV files, gz or zip too.", metavar="FILE...")],
    project: ProjectOption = Path(),
    unit: Annotated[
        list[str] | None, typer.Option("--unit", help="Only this organisation, such as RT5.", metavar="CODE")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", help="The month of an RTT file that does not say it.", metavar="DATE"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make tables of published NHS files, and say what is in them.

    rtt: referral to treatment waiting times, the full extract or the older layout by commissioner.
    mhsds: community mental health waits. Suppressed values stay so: no number, and the status suppressed.
    sickness: sickness absence of staff.

    Measures, observations and units go into DIR/data beside what is there: rows of the same measure, unit and
    period are replaced, all others stay. Units are organisations, for rtt their treatment functions too.

    Example: sutg import rtt 20241130-RTT-full-extract.csv --unit RBD --project DIR
    """
    from sutg_analysis.importing import import_files

    imported, written = import_files(
        kind, files, project=project, units=unit, period=period, tell=not as_json
    )
    if as_json:
        rows = json.loads(imported.summary.to_json(orient="records", date_format="iso"))
        _print_json({"kind": kind, "summary": rows, "notes": list(imported.notes), "rows": written})


@app.command()
def lab(project: ProjectOption = Path()) -> None:
    """Open JupyterLab on the notebooks (needs the extra: pip install 'sutg-analysis[lab]')."""
    import subprocess
    from importlib.util import find_spec

    from sutg_analysis.project import open_project

    folder = open_project(project).root / "notebooks"
    if find_spec("jupyterlab") is None:
        raise SutgError(
            "JupyterLab is not installed",
            expected="the extra called lab",
            remedy="Run: python -m pip install -c constraints.txt -e '.[lab]'",
        )
    if not folder.is_dir():
        raise SutgError(
            f"{folder} is not a folder", expected="a project with notebooks/", remedy="Give --project"
        )
    raise typer.Exit(
        subprocess.run([sys.executable, "-m", "jupyterlab", str(folder)], check=False).returncode
    )


class _progress:  # noqa: N801  (reads as a verb where it is used)
    """One bar for the batch; nothing where standard error is not a screen."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet

    def __enter__(self) -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        console = Console(stderr=True)
        self.bar = Progress(*columns, console=console, disable=self.quiet or not console.is_terminal)
        self.bar.start()
        self.task = self.bar.add_task("Reports", total=None)
        return self.seen

    def seen(self, outcome: Outcome, total: int) -> None:
        self.bar.update(self.task, total=total, advance=1, description=f"Reports ({outcome.job.slug})")

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _tell_built(built: Built, *, project: Path, output: Path, as_json: bool) -> None:
    rows = [
        {"report": o.job.slug, "status": o.status, "seconds": round(o.seconds, 1), "error": o.error}
        for o in built.outcomes
    ]
    if as_json:
        _print_json(
            {
                "quarter": built.quarter.slug,
                "renderer": built.renderer,
                "reports": rows,
                "pages": [page.relative_to(project / output).as_posix() for page in built.pages],
            }
        )
        return
    _print_table(f"{built.quarter.label}", [{k: v for k, v in row.items() if k != "error"} for row in rows])
    for outcome in built.failed:
        typer.echo(outcome.error, err=True)
    if built.failed:
        typer.echo(f"Nothing was published: {len(built.failed)} of {len(rows)} reports failed.", err=True)
    else:
        index = (project / output / "index.html").as_posix()
        typer.echo(f"{len(built.pages)} pages published by {built.renderer}: {index}")


def _print_json(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False))


def _print_table(title: str, rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in rows[0] if rows else []:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


def main() -> None:
    """Run the command line; an error of ours, or of the file system, is one line and exit 1."""
    words = sys.argv[1:]
    try:
        app(args=[word for word in words if word != "--debug"] or None)
    except (SutgError, OSError) as error:
        if "--debug" in words:
            raise
        _tell_error(error if isinstance(error, SutgError) else _file_error(error))
        raise SystemExit(1) from None


def _file_error(error: OSError) -> SiteError:
    place = error.filename or "a file"
    expected, remedy = (
        "a file or folder that can be used",
        "Mend its permissions, or free some room on the disk",
    )
    return SiteError(f"{place}: {error.strerror or error}", expected, remedy)


def _tell_error(error: SutgError) -> None:
    if "--json" in sys.argv:
        problems = error.problems if isinstance(error, TableError) else ()
        _print_json({"error": str(error), "problems": [vars(problem) for problem in problems]})
    else:
        typer.echo(str(error), err=True)
