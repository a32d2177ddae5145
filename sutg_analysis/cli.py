"""The ``sutg`` command: few verbs, quiet unless something happens.

One bar for a batch, tables for people, one JSON object for machines. Exit 0 done, 1 the data or a report is at fault
(one clear line each on standard error), 2 wrong usage. A command imports what it needs when it is called, so that
``sutg --help`` answers at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer.models import OptionInfo

from sutg_analysis.errors import SiteError, SutgError, TableError, UsageError

if TYPE_CHECKING:
    from sutg_analysis.files.chart_file import FileChart
    from sutg_analysis.files.published import Imported
    from sutg_analysis.publish.build import Built
    from sutg_analysis.publish.run import Outcome


@contextmanager
def progress_bar(*, quiet: bool, at_once: int | None) -> Iterator[Callable[[Outcome, int], None]]:
    """Show one bar for a batch where standard error is a screen, and yield what counts one more report done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    done = failed = 0
    columns = BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn(compact=True)
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("Checking the tables", total=None)

        def count_one(outcome: Outcome, total: int) -> None:
            nonlocal done, failed
            done, failed = done + 1, failed + (outcome.status == "failed")
            running = min(at_once or total, total - done)
            words = f"{done} of {total} reports done, {running} running, {failed} failed"
            bar.update(task, total=total, completed=done, description=words if running else "Publishing")

        yield count_one


def print_json(answer: Mapping[str, object]) -> None:
    """Print one JSON object."""
    typer.echo(json.dumps(answer, ensure_ascii=False))


def print_table(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as a table with a title."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in rows[0] if rows else ():
        table.add_column(column)
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


def _option(flag: str, words: str, metavar: str | None = None) -> OptionInfo:
    info: OptionInfo = typer.Option(*flag.split(), help=words, metavar=metavar, show_default=False)
    return info


ProjectOption = Annotated[Path, typer.Option("--project", help="The project folder.", metavar="DIR")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]
TimeoutOption = Annotated[int, typer.Option("--timeout", min=1, help="Seconds one cell may take.")]
QuarterOption = Annotated[str | None, _option("--quarter", "Such as 2023-24-q2.", "QUARTER")]
AsAtOption = Annotated[
    str | None, _option("--as-at", "Know nothing later than this day, such as 2023-08-20.", "DATE")
]
ReportOption = Annotated[list[str] | None, _option("--report", "Only this report or page.", "NAME")]


def build_command(
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    as_at: AsAtOption = None,
    report: ReportOption = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Reports to run at once.")] = None,
    renderer: Annotated[
        Literal["auto", "quarto", "pandoc"],
        typer.Option("--renderer", help="auto is Quarto where it is on PATH."),
    ] = "auto",
    output: Annotated[Path, typer.Option("--output", help="Folder to publish to.")] = Path("_site"),
    cluster: Annotated[
        str | None, _option("--cluster", "Run on the workers of this dask scheduler.", "ADDRESS")
    ] = None,
    republish: Annotated[
        str | None, _option("--republish", "Why pages of a sealed quarter change.", "REASON")
    ] = None,
    timeout: TimeoutOption = 300,
    as_json: JsonOption = False,
) -> None:
    """Build a quarter's reports and publish the site.

    Example: sutg build --quarter 2023-24-q2
    """
    from sutg_analysis.publish.build import build
    from sutg_analysis.publish.run import default_workers

    at_once = None if cluster else workers or default_workers()
    with progress_bar(quiet=as_json, at_once=at_once) as seen:
        built = build(
            project,
            quarter=quarter,
            as_at=as_at,
            reports=tuple(report or ()),
            workers=workers,
            cluster=cluster,
            republish=republish,
            renderer=renderer,
            output=output,
            timeout=timeout,
            seen=seen,
        )
    rows = [
        {"report": o.job.slug, "status": o.status, "seconds": round(o.seconds, 1), "error": o.error}
        for o in built.outcomes
    ]
    if as_json:
        pages = [page.relative_to(project / output).as_posix() for page in built.pages]
        print_json(
            {
                "quarter": built.quarter.slug,
                "as_at": built.at.day.isoformat(),
                "renderer": built.renderer,
                "reports": rows,
                "pages": pages,
            }
        )
    else:
        _print_built(built, rows, index=project / output / "index.html")
    if built.failed:
        raise typer.Exit(1)


def _print_built(built: Built, rows: Sequence[Mapping[str, object]], *, index: Path) -> None:
    from sutg_analysis.words.wording import count

    print_table(built.at.label, [{k: v for k, v in row.items() if k != "error"} for row in rows])
    stayed = sum(outcome.status == "unchanged" for outcome in built.outcomes)
    typer.echo(f"{len(rows) - stayed} of {count(len(rows), 'report')} ran, {stayed} did not change.")
    for outcome in built.failed:
        typer.echo(outcome.error, err=True)
    if built.failed:
        typer.echo(f"Nothing was published: {len(built.failed)} of {len(rows)} reports failed.", err=True)
    else:
        typer.echo(f"{len(built.pages)} pages published by {built.renderer}: {index.as_posix()}")


def list_command(
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    as_at: AsAtOption = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the reports and what would run.

    Example: sutg list --quarter 2023-24-q2
    """
    from sutg_analysis.project import open_project
    from sutg_analysis.publish.plan import make_plan

    plan = make_plan(open_project(project), quarter=quarter, as_at=as_at, reports=tuple(report or ()))
    rows = [
        {"page": job.slug, "notebook": job.notebook.name, "title": job.title}
        | {"would": "run" if job in plan.stale else "stay"}
        for job in plan.jobs
    ]
    if as_json:
        print_json({"quarter": plan.quarter.slug, "as_at": plan.at.day.isoformat(), "reports": rows})
    else:
        print_table(f"{len(rows)} reports of {plan.at.label}, {len(plan.stale)} to run", rows)


def verify_command(
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    report: ReportOption = None,
    timeout: TimeoutOption = 300,
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


def check(project: ProjectOption = Path(), as_json: JsonOption = False) -> None:
    """Check every table and rule and say every problem.

    Example: sutg check --project DIR
    """
    from sutg_analysis.catalogue.load import load
    from sutg_analysis.project import open_project
    from sutg_analysis.quality.rules import read_governance
    from sutg_analysis.waiting.clocks import read_clocks

    catalogue = load(open_project(project).root, protected=False)
    read_governance(project)
    read_clocks(project, catalogue)
    rows = catalogue.sources.set_index("table")["rows"].to_dict()
    if as_json:
        print_json({"problems": [], "rows": rows})
    else:
        counts = ", ".join(f"{table} {count:,}" for table, count in rows.items())
        typer.echo(f"No problems. Rows: {counts}.")


def audit_command(
    project: ProjectOption = Path(),
    output: Annotated[Path, typer.Option("--output", help="Folder of the published site.")] = Path("_site"),
    as_json: JsonOption = False,
) -> None:
    """Read the finished site as an outsider would, and list what should not be in it.

    Looks for identifiers of people, hidden small counts in tables and words, files of other hosts, scripts, formulas
    in downloads and paths of this machine, in every file of the site and in the executed notebooks of reports/, and
    for files that the build did not write or that were changed since. Exit 1 if anything is found.

    Example: sutg audit --project DIR
    """
    from sutg_analysis.publish.audit import audit

    audited = audit(project / output, project)
    if as_json:
        findings = [vars(finding) for finding in audited.findings]
        print_json({"findings": findings, "links": audited.links, "files": audited.files})
    else:
        for finding in audited.findings:
            typer.echo(str(finding))
        links = ", ".join(f"{host} ({count})" for host, count in audited.links.items()) or "none"
        many = len(audited.findings)
        found = f"{many:,} finding{'s' * (many > 1)}" if many else "Nothing found"
        typer.echo(f"{found} in {audited.files:,} files. Links to other hosts: {links}.")
    if audited.findings:
        raise typer.Exit(1)


def import_command(
    kind: Annotated[
        Literal["rtt", "mhsds", "sickness"], typer.Argument(help="What the files are.", show_default=False)
    ],
    files: Annotated[list[Path], typer.Argument(help="CSV files, gz or zip too.", metavar="FILE")],
    project: ProjectOption = Path(),
    unit: Annotated[
        list[str] | None, _option("--unit", "Only this organisation, such as RT5.", "CODE")
    ] = None,
    period: Annotated[
        str | None, _option("--period", "The month of an RTT file that does not say it.", "DATE")
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
    from sutg_analysis.files.importing import import_files

    def show(imported: Imported) -> None:
        for line in imported.first_lines(400 if unit else 20):
            typer.echo(line)

    imported, written = import_files(
        kind, files, project=project, units=unit, period=period, show=None if as_json else show
    )
    if as_json:
        rows = json.loads(imported.summary.to_json(orient="records", date_format="iso"))
        print_json({"kind": kind, "summary": rows, "notes": list(imported.notes), "rows": written})
    else:
        counts = ", ".join(f"{name} {many:,}" for name, many in written.items())
        typer.echo(f"Written to {(project / 'data').as_posix()}: {counts}.")


_CHARTS = Literal[
    "auto", "run", "xmr", "mr", "i_prime", "xbar", "s", "p", "p_prime", "u", "u_prime", "c", "c_prime", "g", "t"
]  # fmt: skip
_KINDS = "html, csv, xlsx, svg, png or json"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        words = f"{text!r}: write digits only, in the units of the chart, such as 95 or 0.5"
        raise typer.BadParameter(words) from None


def spc_command(
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV, XLSX or Parquet; several of one layout together.", metavar="FILE"),
    ],
    value: Annotated[str | None, _option("--value", "Column of values.", "COLUMN")] = None,
    date: Annotated[str | None, _option("--date", "Column of dates, or year+month.", "COLUMN")] = None,
    by: Annotated[
        list[str] | None, _option("--by", "Column that names series; repeat for more.", "COLUMN")
    ] = None,
    numerator: Annotated[str | None, _option("--numerator", "Instead of --value.", "COLUMN")] = None,
    denominator: Annotated[str | None, _option("--denominator", "With --numerator.", "COLUMN")] = None,
    per: Annotated[float | None, _option("--per", "100 for per cent, 1000 for a rate.", "NUMBER")] = None,
    where: Annotated[
        list[str] | None, _option("--where", "Keep rows with this cell; repeat for more.", "COLUMN=VALUE")
    ] = None,
    add_up: Annotated[bool, typer.Option("--sum", help="Add up rows of one date and series.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Count the rows by month, and by --by.")] = False,
    financial: Annotated[
        bool, typer.Option("--financial", help="2019Q1 is of the financial year: April to June.")
    ] = False,
    chart: Annotated[
        _CHARTS, typer.Option("--chart", help="Type of chart; auto: the one that fits.")
    ] = "xmr",
    improvement: Annotated[
        Literal["increase", "decrease", "neutral"] | None,
        _option("--improvement", "Which way is better: neutral unless said."),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            help="In the units of the chart: 95 for 95%.",
            metavar="NUMBER",
            parser=_number,
            show_default=False,
        ),
    ] = None,
    baseline: Annotated[
        str | None, _option("--baseline", "Points, or last date, that set the limits.", "POINTS|DATE")
    ] = None,
    rebase: Annotated[list[str] | None, _option("--rebase", "Start limits again here.", "DATE")] = None,
    reason: Annotated[list[str] | None, _option("--reason", "Why; one for each --rebase.", "TEXT")] = None,
    author: Annotated[list[str] | None, _option("--author", "The role that decided it.", "ROLE")] = None,
    profile: Annotated[
        Literal["mdc", "nhsr", "anhoej"], typer.Option("--profile", help="Rules and limits.")
    ] = "mdc",
    title: Annotated[str | None, _option("--title", "What is measured.", "TEXT")] = None,
    unit: Annotated[str | None, _option("--unit", "percent, count, days, pounds or words.", "UNIT")] = None,
    sheet: Annotated[str | None, _option("--sheet", "Sheet of a workbook.", "NAME")] = None,
    output: Annotated[
        Path | None, _option("-o --output", f"Its ending says the kind: {_KINDS}.", "FILE")
    ] = None,
    static: Annotated[
        bool, typer.Option("--static", help="A page without what answers a pointer (0.9 MB less).")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a control chart of a file: a page that needs nothing else, a picture, or a workbook.

    Columns that are not named are found where there is one candidate, and said. Dates are British: 03/04/2023 is in
    April. Cells such as *, - and [c] are gaps. Titles above the header and notes under the table are left out.

    Example: sutg spc falls.xlsx --value Falls --date Month --by Ward --improvement decrease -o falls.html
    """
    from sutg_analysis.files.chart_file import chart_file
    from sutg_analysis.files.chart_output import chart_record, kind_of, save_chart

    target_file = output or Path(f"{files[0].name.split('.')[0]}.html")
    kind_of(target_file)
    if target_file.resolve() in [path.resolve() for path in files]:
        raise typer.BadParameter("the output would stand in the place of the file itself", param_hint="-o")
    made = chart_file(
        files,
        date=date,
        value=value,
        numerator=numerator,
        denominator=denominator,
        by=tuple(by or ()),
        where=_conditions(where or []),
        add_up=add_up,
        count_rows=count,
        financial=financial,
        sheet=sheet,
        title=title,
        unit=unit,
        rebase=_reasons(rebase or [], reason or [], author or []),
        baseline=baseline,
        chart=chart,
        improvement=improvement,
        target=target,
        per=per,
        profile=profile,
    )
    size = save_chart(made, target_file, static=static)
    if as_json:
        print_json({"file": target_file.as_posix(), "bytes": size, **chart_record(made, points=False)})
    else:
        _print_chart(made, f"{target_file.as_posix()}: {size:,} bytes.")


def _conditions(given: list[str]) -> dict[str, list[str]]:
    conditions: dict[str, list[str]] = {}
    for text in given:
        column, mark, cell = text.partition("=")
        if not mark or not column:
            raise typer.BadParameter(f"{text!r}: write --where COLUMN=VALUE", param_hint="--where")
        conditions.setdefault(column.strip(), []).append(cell.strip())
    return conditions


def _reasons(dates: list[str], reasons: list[str], authors: list[str]) -> dict[str, tuple[str, str]]:
    """Pair dates with reasons and authors; one reason or author serves all dates."""
    if not dates:
        if reasons or authors:
            raise typer.BadParameter("--reason and --author belong to --rebase DATE", param_hint="--rebase")
        return {}
    if len(reasons) not in {1, len(dates)} or len(authors) not in {1, len(dates)}:
        words = "every --rebase needs --reason and --author (a role): limits change only on record"
        raise typer.BadParameter(words, param_hint="--rebase")
    each = [given if len(given) == len(dates) else given * len(dates) for given in (reasons, authors)]
    return dict(zip(dates, zip(*each, strict=True), strict=True))


def _print_chart(made: FileChart, written: str) -> None:
    for line in made.choices:
        typer.echo(line)
    words = made.result.words(title=made.title, unit=made.unit).splitlines()
    for line in words[:12]:
        typer.echo(line)
    if len(words) > 12:
        typer.echo(f"... and {len(words) - 12} more series.")
    typer.echo(written)


def export_command(
    report: Annotated[
        str, typer.Argument(help="A page, such as board_report.", metavar="REPORT", show_default=False)
    ],
    to: Annotated[
        Literal["docx", "pdf", "pptx", "xlsx", "folder"],
        typer.Option("--to", help="What to write.", show_default=False),
    ],
    project: ProjectOption = Path(),
    quarter: QuarterOption = None,
    output: Annotated[
        Path | None, _option("-o --output", "Where to; by default REPORT-QUARTER.", "OUT")
    ] = None,
    reference: Annotated[
        Path | None, _option("--reference", "A .docx or .pptx to follow in style.", "FILE")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a built report as a board paper: Word, tagged PDF, slides, a workbook, or a folder of figures and values.

    Word follows reports/reference.docx of the project, slides reports/reference.pptx, where there are such. PDF needs
    the extra: pip install 'sutg-analysis[export]', or Quarto.

    Example: sutg export board_report --to docx
    """
    from sutg_analysis.files.export import export
    from sutg_analysis.words.wording import count

    made = export(project, report, to=to, quarter=quarter, output=output, reference=reference)
    if as_json:
        follows = made.reference.as_posix() if made.reference else None
        print_json({**vars(made), "path": made.path.as_posix(), "reference": follows})
        return
    style = f", in the style of {made.reference.as_posix()}" if made.reference else ""
    held = f"{count(made.charts, 'chart')}, {count(made.tables, 'table')}"
    typer.echo(f"{made.path.as_posix()}: {made.report} of {made.quarter}, {held}{style}.")


def new(
    folder: Annotated[
        Path,
        typer.Argument(help="A folder that does not exist, or is empty.", metavar="DIR", show_default=False),
    ],
    as_json: JsonOption = False,
) -> None:
    """Make a project of your own: notebooks, settings, and tables with three example rows each.

    It builds as it stands: sutg build --project DIR. Its README.md says what each file is.

    Example: sutg new mine
    """
    from sutg_analysis.project import new_project

    made = new_project(folder)
    if as_json:
        print_json({"project": str(made.root), "files": list(made.files)})
        return
    place = made.root.as_posix()
    typer.echo(f"{place}: {len(made.files)} files. Its tables are in {place}/data, three example rows each.")
    typer.echo(f"Next: sutg build --project {place}, then put your own rows in (see {place}/README.md).")


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


app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Tables in, a site of quarterly reports out, every number traceable.",
)


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command; ``main`` takes --debug out, wherever it stands."""


app.command(name="build")(build_command)
app.command(name="list")(list_command)
app.command(name="verify", short_help="Make reports again and say what differs.")(verify_command)
app.command(name="check")(check)
app.command(name="audit", short_help="Say what the finished site should not hold.")(audit_command)
app.command(name="import", short_help="Make tables of published NHS files.")(import_command)
app.command(name="spc", short_help="Make a control chart of one file.")(spc_command)
app.command(name="export", short_help="Write a report as Word, PDF, slides or a workbook.")(export_command)
app.command(name="new", short_help="Make a project of your own.")(new)
app.command(name="lab", short_help="Open JupyterLab on the notebooks.")(lab)


def main() -> None:
    """Run the command line; an error of ours, or of the file system, is one line and exit 1, or 2 for wrong usage."""
    words = sys.argv[1:]
    try:
        app(args=[word for word in words if word != "--debug"] or None)
    except (SutgError, OSError) as error:
        if "--debug" in words:
            raise
        known = error if isinstance(error, SutgError) else _of_the_file_system(error)
        if "--json" in words:
            problems = known.problems if isinstance(known, TableError) else ()
            print_json({"error": str(known), "problems": [vars(problem) for problem in problems]})
        else:
            typer.echo(str(known), err=True)
        raise SystemExit(2 if isinstance(known, UsageError) else 1) from None


def _of_the_file_system(error: OSError) -> SiteError:
    return SiteError(
        f"{error.filename or 'a file'}: {error.strerror or error}",
        "a file or folder that can be used",
        "Mend its permissions, or free some room on the disk",
    )
