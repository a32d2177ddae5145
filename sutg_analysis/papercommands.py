"""``sutg export``: a built report as a board paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sutg_analysis.options import JsonOption, ProjectOption, QuarterOption
from sutg_analysis.terminal import print_json


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
        Path | None,
        typer.Option(
            "-o", "--output", help="Where to; by default REPORT-QUARTER.", metavar="OUT", show_default=False
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference", help="A .docx or .pptx to follow in style.", metavar="FILE", show_default=False
        ),
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
