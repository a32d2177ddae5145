"""``sutg check``, ``sutg import`` and ``sutg audit``: the tables of a project, and what was published of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from sutg_analysis.options import JsonOption, ProjectOption
from sutg_analysis.terminal import print_json


def check(project: ProjectOption = Path(), as_json: JsonOption = False) -> None:
    """Check every table and rule and say every problem.

    Example: sutg check --project DIR
    """
    from sutg_analysis.catalogue.load import load
    from sutg_analysis.project import open_project
    from sutg_analysis.quality.rules import read_governance
    from sutg_analysis.waiting.standards import read_clocks

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
        said = f"{many:,} finding{'s' * (many > 1)}" if many else "Nothing found"
        typer.echo(f"{said} in {audited.files:,} files. Links to other hosts: {links}.")
    if audited.findings:
        raise typer.Exit(1)


def import_command(
    kind: Annotated[
        Literal["rtt", "mhsds", "sickness"], typer.Argument(help="What the files are.", show_default=False)
    ],
    files: Annotated[list[Path], typer.Argument(help="CSV files, gz or zip too.", metavar="FILE")],
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
    from sutg_analysis.files.importing import import_files

    imported, written = import_files(
        kind, files, project=project, units=unit, period=period, tell=not as_json
    )
    if as_json:
        rows = json.loads(imported.summary.to_json(orient="records", date_format="iso"))
        print_json({"kind": kind, "summary": rows, "notes": list(imported.notes), "rows": written})
