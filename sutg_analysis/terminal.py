"""What the command line prints: one bar for a batch, tables for people, one JSON object for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from sutg_analysis.publish.run import Outcome


class progress:  # noqa: N801  (reads as a verb where it is used)
    """One bar for the batch: done, running, failed, time left; nothing where standard error is not a screen."""

    def __init__(self, *, quiet: bool, at_once: int | None = None) -> None:
        self.quiet, self.at_once, self.failed, self.done = quiet, at_once, 0, 0

    def __enter__(self) -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn(compact=True)
        console = Console(stderr=True)
        self.bar = Progress(*columns, console=console, disable=self.quiet or not console.is_terminal)
        self.bar.start()
        self.task = self.bar.add_task("Checking the tables", total=None)
        return self.seen

    def seen(self, outcome: Outcome, total: int) -> None:
        """Count one more report done."""
        self.done += 1
        self.failed += outcome.status == "failed"
        running = min(self.at_once or total, total - self.done)
        said = f"{self.done} of {total} reports done, {running} running, {self.failed} failed"
        self.bar.update(
            self.task, total=total, completed=self.done, description=said if running else "Publishing"
        )

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
