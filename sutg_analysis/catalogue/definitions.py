"""The kinds of columns and tables that a project may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether a cell may be empty, the values or least value allowed.

    An ``optional`` column need not be in the file. A choice is known whatever its capitals where ``folded``.
    """

    name: str
    kind: Literal["id", "text", "choice", "number", "date", "quarter"] = "text"
    empty: bool = True
    choices: tuple[str, ...] = ()
    least: float | None = None
    optional: bool = False
    folded: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its columns, the columns that identify a row, and whether a project must have it.

    ``dated`` is the date a row is known from; ``settled`` pairs a column with the date it is known from, for what
    happens to the row later. An optional column that the file lacks is left out, or empty where ``whole``.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    needed: bool = True
    dated: str | None = None
    settled: tuple[tuple[str, str], ...] = ()
    whole: bool = False

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [column.name for column in self.columns]

    @property
    def needed_names(self) -> list[str]:
        """The names of the columns that must be there."""
        return [column.name for column in self.columns if not column.optional]
