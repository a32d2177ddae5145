"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[Path, typer.Option("--project", help="The project folder.", metavar="DIR")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]
QuarterOption = Annotated[
    str | None, typer.Option("--quarter", help="Such as 2023-24-q2.", metavar="QUARTER")
]
ReportOption = Annotated[
    list[str] | None, typer.Option("--report", help="Only this report or page.", metavar="NAME")
]
