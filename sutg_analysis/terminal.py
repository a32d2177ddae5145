"""What the command line prints: one bar for a batch, tables for people, one JSON object for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from sutg_analysis.runs import Outcome


class progress:  # noqa: N801  (reads as a verb where it is used)
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
        """Count one more report done."""
        self.bar.update(self.task, total=total, advance=1, description=f"Reports ({outcome.job.slug})")

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def print_json(answer: dict[str, Any]) -> None:
    """Print one JSON object."""
    typer.echo(json.dumps(answer, ensure_ascii=False))


def print_table(title: str, rows: list[dict[str, Any]]) -> None:
    """Print rows as a table with a title."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in rows[0] if rows else []:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)
