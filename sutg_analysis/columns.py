"""What a column and a table are, before any is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether a cell may be empty, and the values or least value allowed."""

    name: str
    kind: Literal["id", "text", "choice", "number", "date"] = "text"
    empty: bool = True
    choices: tuple[str, ...] = ()
    least: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns, the columns that identify a row, and whether a project must have it."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    needed: bool = True

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [column.name for column in self.columns]
