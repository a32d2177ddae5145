"""Errors an analyst can act on.

Every message has three parts: what was found, what was expected, what to do. One base class, so that the
command line and a caller need to know only one name::

    SutgError
    ├── ArgumentError   an argument or parameter of a call is wrong
    │   └── UsageError  whatever the tables hold: wrong usage at the command line
    ├── DataError       the data given to an analysis cannot carry it
    │   └── TooFew      not yet: there are too few of them, which a page says in the place of the analysis
    ├── TableError      the project's tables have problems (all of them, listed)
    ├── ReportError     a notebook failed: which report, which cell, what it said
    ├── NotShown        a piece of a page has nothing to show, and says why
    └── SiteError       the site could not be rendered or published
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


def stopped(sentence: str) -> str:
    """Return a sentence with its full stop, unless it ends in a question.

    Examples
    --------
    >>> stopped("Correct it; did you mean 'falls'?"), stopped("Correct it")
    ("Correct it; did you mean 'falls'?", 'Correct it.')
    """
    return sentence if sentence.endswith("?") else f"{sentence}."


def first_few(names: Iterable[object], *, shown: int = 12) -> str:
    """Return names for a message: so many of them, and how many more there are.

    Examples
    --------
    >>> first_few("abcde", shown=3), first_few("ab", shown=3)
    ('a, b, c and 2 more', 'a, b')
    """
    known = [str(name) for name in names]
    rest = f" and {len(known) - shown} more" if len(known) > shown else ""
    return ", ".join(known[:shown]) + rest


def did_you_mean(name: object, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return a guess to end a remedy with, where one name that is known is like the one that is not.

    Examples
    --------
    >>> "Correct it" + did_you_mean("fals", ["falls", "waits"])
    "Correct it; did you mean 'falls'?"
    """
    close = get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else otherwise


class SutgError(Exception):
    """Something the user can mend: what was found, what was expected, what to do.

    Parameters
    ----------
    found
        What was found, with the place and the value.
    expected
        What would have been right, as the object of "expected".
    remedy
        What to do, as an imperative sentence without its full stop.

    Examples
    --------
    >>> print(SutgError("no column 'valeu'", expected="one of date, value", remedy="Use value='value'"))
    no column 'valeu'; expected one of date, value. Use value='value'.
    """

    def __init__(self, found: str, expected: str, remedy: str) -> None:
        self.found, self.expected, self.remedy = found, expected, remedy
        super().__init__(found, expected, remedy)

    def __str__(self) -> str:
        return f"{self.found}; expected {self.expected}. {stopped(self.remedy)}"


class ArgumentError(SutgError):
    """An argument or parameter of a call is wrong."""


class UsageError(ArgumentError):
    """An argument is no such thing, or says what another denies: at the command line, wrong usage."""


class DataError(SutgError):
    """The data given to an analysis cannot carry it."""


class TooFew(DataError):  # noqa: N818  no fault: readers are told
    """There are too few data for an analysis; on a page this stands in the place of what was asked for."""


class ReportError(SutgError):
    """A report's notebook failed."""


class SiteError(SutgError):
    """The site could not be rendered or published."""


class NotShown(SutgError):  # noqa: N818  no fault: readers are told
    """There is nothing to show; on a page its sentence stands in the place of what was asked for.

    Parameters
    ----------
    sentence
        Why, as readers of a page are told.

    Examples
    --------
    >>> print(NotShown("No day is on record up to 30 June 2023."))
    No day is on record up to 30 June 2023.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "something to show", "Leave it out")
        self.args = (sentence,)

    def __str__(self) -> str:
        return self.found

    def _render_traceback_(self) -> list[str]:
        """Return what Jupyter shows instead of a traceback."""
        return [self.found]


@dataclass(frozen=True)
class Problem:
    """One fault in one table: where it is, what was found, what was expected, what to do.

    ``row`` counts as a spreadsheet does: the header is row 1. ``None`` means the whole table or column.

    Examples
    --------
    >>> print(Problem("units.csv", 3, "kind", "wrad", "one of trust, ward", "Correct the spelling"))
    units.csv, row 3, column kind: found 'wrad'; expected one of trust, ward. Correct the spelling.
    """

    file: str
    row: int | None
    column: str | None
    value: object
    expected: str
    remedy: str

    def __str__(self) -> str:
        place = [self.file]
        place += [f"row {self.row}"] if self.row is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        return f"{', '.join(place)}: found {self._found()}; expected {self.expected}. {stopped(self.remedy)}"

    def _found(self) -> str:
        """Return a cell's text in quotes, and what is said of a header or a file as it stands."""
        if self.value is None:
            return "nothing"
        of_cell = self.column is not None and (self.row or 0) > 1
        return repr(self.value) if of_cell and isinstance(self.value, str) else str(self.value)


class TableError(SutgError):
    """The project's tables have problems; ``problems`` lists every one of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in the tables",
            "tables as the documentation describes them",
            "Mend the rows listed",
        )
        self.args = (self.problems,)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
