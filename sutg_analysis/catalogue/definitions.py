"""The tables a project may have: their columns, the kinds of those, and the values they may take.

Only measures, observations and units are needed. In the governance tables texts are facts in the project's own words,
a lead is a role and never a name, and ``source`` says which paper a row comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import pandas as pd

ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
"""What an id may be: it becomes part of paths and of addresses."""
CHARTS = (
    "run",
    "xmr",
    "mr",
    "i_prime",
    "xbar",
    "s",
    "p",
    "p_prime",
    "u",
    "u_prime",
    "c",
    "c_prime",
    "g",
    "t",
)
RAG = ("Red", "Amber", "Green")
COUNTABLE = ("incidents", "pathways", "sitrep", "feedback")
"""The registers that a measure can be counted from."""
PERCENT = ("percent", "per cent", "%")


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

    ``dated`` is the date a row is known from, a quarter's its last day; ``settled`` pairs a column with the date it is
    known from, for what happens to the row later. An optional column that the file lacks is left out, or empty where ``whole``.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    needed: bool = False
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


def is_percent(unit: pd.Series) -> pd.Series:
    """Return which units of measurement are percentages."""
    return unit.isin(PERCENT)


def _texts(*names: str) -> list[Column]:
    return [Column(name) for name in names]


def _filled(*names: str) -> list[Column]:
    return [Column(name, empty=False) for name in names]


def _ids(*names: str, empty: bool = False) -> list[Column]:
    return [Column(name, "id", empty) for name in names]


def _dates(*names: str, empty: bool = True, optional: bool = False) -> list[Column]:
    return [Column(name, "date", empty, optional=optional) for name in names]


def _numbers(*names: str, empty: bool = True, least: float | None = None) -> list[Column]:
    return [Column(name, "number", empty, least=least) for name in names]


def _choice(name: str, *choices: str, empty: bool = True, optional: bool = False) -> Column:
    return Column(name, "choice", empty, choices, optional=optional)


def _table(
    name: str,
    *columns: Column | list[Column],
    key: tuple[str, ...] = (),
    needed: bool = False,
    dated: str | None = None,
    settled: tuple[tuple[str, str], ...] = (),
    whole: bool = False,
) -> Table:
    listed = chain.from_iterable([one] if isinstance(one, Column) else one for one in columns)
    return Table(name, tuple(listed), key, needed, dated, settled, whole)


_OPTIONAL_MEASURE, _SOURCE = Column("measure_id", "id", optional=True), Column("source", optional=True)
_QUARTER = Column("quarter", "quarter", empty=False)

_CORE = (
    _table(
        "measures",
        _ids("measure_id"),
        _filled("title"),
        _texts("priority"),
        _choice("chart", *CHARTS, empty=False),
        _filled("unit"),
        _choice("improvement", "increase", "decrease", "neutral", empty=False),
        _numbers("target"),
        _numbers("per", least=1e-9),
        _texts("owner", "definition", "source"),
        _choice("suppress", "none", "mhsds", "hes", "fft"),
        _choice("from", "observations", *COUNTABLE, optional=True),
        Column("rule", optional=True),
        key=("measure_id",),
        needed=True,
    ),
    _table(
        "observations",
        _ids("measure_id", "unit_id"),
        _dates("period", empty=False),
        _numbers("numerator"),
        _numbers("denominator", least=0),
        _choice("status", "suppressed", "censored", optional=True),
        key=("measure_id", "unit_id", "period"),
        needed=True,
    ),
    _table(
        "units",
        _ids("unit_id"),
        _filled("name"),
        _choice("kind", "trust", "directorate", "service", "ward", empty=False),
        _ids("parent_id", empty=True),
        _dates("opened", "closed", optional=True),
        Column("successor", "id", optional=True),
        key=("unit_id",),
        needed=True,
    ),
    _table(
        "targets",
        _ids("measure_id"),
        _ids("unit_id", empty=True),
        _dates("start", "end"),
        _numbers("target", empty=False),
        key=("measure_id", "unit_id", "start"),
    ),
    _table(
        "events",
        _ids("measure_id"),
        _ids("unit_id", empty=True),
        _dates("date", empty=False),
        _choice("kind", "note", "rebase", "exclude", "pdsa", empty=False),
        _texts("label", "reason", "author"),
    ),
    _table(
        "pathways",
        _filled("referral_id", "service"),
        _dates("referred", empty=False),
        _dates("seen", "closed"),
        _texts("outcome", "age_band", "ethnicity"),
        _numbers("imd_quintile", least=1),
        Column("person_id", optional=True),
        _dates("first_contact", "outcome_measure", "assessment", "care_plan", optional=True),
        dated="referred",
        settled=(("outcome", "closed"),),
    ),
)
_GOVERNANCE = (
    _table(
        "priorities",
        _ids("priority_id"),
        _filled("priority", "lead"),
        _texts("commitments", "aims"),
        _SOURCE,
        key=("priority_id",),
        whole=True,
    ),
    _table(
        "actions",
        _filled("priority", "action", "lead"),
        _QUARTER,
        _texts("plan", "achievement", "impact"),
        Column("rag", "choice", choices=RAG, folded=True),
        _texts("next_plan"),
        _SOURCE,
        key=("priority", "action", "quarter"),
        settled=tuple((name, "quarter") for name in ("achievement", "impact", "rag", "next_plan")),
        whole=True,
    ),
    _table(
        "risks",
        _filled("priority", "risk"),
        _QUARTER,
        _numbers("score", least=0),
        _texts("mitigation"),
        Column("reference", optional=True),
        _SOURCE,
        key=("priority", "risk", "quarter"),
        dated="quarter",
        whole=True,
    ),
    _table(
        "expectations",
        _filled("expectation", "action"),
        _dates("due"),
        _texts("status"),
        _dates("completed"),
        _OPTIONAL_MEASURE,
        _SOURCE,
        key=("expectation", "action"),
        whole=True,
    ),
    _table(
        "programme",
        _filled("item"),
        _choice("kind", "metric", "action", empty=False),
        _filled("theme", "owner"),
        _dates("start"),
        _dates("due", empty=False),
        _dates("completed"),
        _ids("measure_id", "unit_id", empty=True),
        _numbers("baseline", "goal"),
        _SOURCE,
        key=("item",),
        whole=True,
    ),
    _table("outcomes", _filled("objective", "priority", "outcome"), _OPTIONAL_MEASURE, _SOURCE, whole=True),
    _table(
        "sitrep",
        _dates("date", empty=False),
        _ids("ward"),
        _filled("shift"),
        _numbers("planned_registered", empty=False, least=0),
        _numbers("actual_registered", least=0),
        _numbers("planned_unregistered", empty=False, least=0),
        _numbers("actual_unregistered", least=0),
        _numbers("beds", "occupied", "leave", least=0),
        key=("date", "ward", "shift"),
        dated="date",
        whole=True,
    ),
)
_REGISTERS = (
    _table(
        "incidents",
        _dates("date", empty=False),
        _ids("ward", "harm"),
        _choice("level", "none", "low", "moderate", "severe", "death", empty=False),
        dated="date",
    ),
    _table(
        "feedback",
        _dates("period", empty=False),
        _ids("unit_id"),
        _filled("group", "group_kind"),
        _numbers("very_good", "good", "neither", "poor", "very_poor", "dont_know", empty=False, least=0),
        key=("period", "unit_id", "group_kind", "group"),
        dated="period",
    ),
    _table(
        "caseload",
        _ids("unit_id"),
        _filled("group", "group_kind"),
        _numbers("people", empty=False, least=0),
        key=("unit_id", "group_kind", "group"),
    ),
    _table(
        "comments",
        _dates("period", empty=False),
        _ids("unit_id"),
        _filled("theme"),
        _choice("sentiment", "positive", "negative", "mixed", empty=False),
        _texts("quote"),
        _choice("consent", "yes", "no", empty=False),
        _texts("response"),
        dated="period",
    ),
    _table(
        "projects",
        _ids("project_id"),
        _filled("title"),
        _texts("topic"),
        _choice("stage", "idea", "planning", "testing", "spreading", "embedded", "closed"),
        _texts("method"),
        _ids("unit_id", empty=True),
        _texts("lead", "aim", "theory"),
        _ids("outcome", "process", "balancing", empty=True),
        _dates("start", "end"),
        _choice("demonstrator", "yes", "no"),
        _texts("evaluation"),
        key=("project_id",),
        dated="start",
        settled=(("stage", "end"), ("demonstrator", "end"), ("evaluation", "end")),
    ),
    _table(
        "cycles",
        _ids("project_id", "cycle"),
        _texts("aim", "prediction"),
        _ids("measure_id"),
        _ids("unit_id", empty=True),
        _dates("start", empty=False),
        _dates("end"),
        _texts("do", "study"),
        _choice("act", "adopt", "adapt", "abandon"),
        key=("project_id", "cycle"),
        dated="start",
        settled=(("do", "end"), ("study", "end"), ("act", "end")),
    ),
    _table(
        "people",
        _ids("person_id"),
        _filled("role"),
        _ids("unit_id", empty=True),
        _texts("skills", "experience", "offer"),
        key=("person_id",),
    ),
    _table(
        "funding",
        _ids("fund_id"),
        _filled("title"),
        _texts("funder", "topic"),
        _dates("opens", "closes"),
        _numbers("amount", least=0),
        _texts("eligibility"),
        key=("fund_id",),
    ),
)
TABLES = {table.name: table for table in (*_CORE, *_GOVERNANCE, *_REGISTERS)}
"""Every table that a project may have, by name: what reports read, governance, and registers."""


def tables_needed_by(tables: Sequence[str]) -> tuple[str, ...]:
    """Return the tables without which some cannot be checked: actions name priorities, outcomes harms.

    Examples
    --------
    >>> tables_needed_by(["risks"]), tables_needed_by(["sitrep"])
    (('priorities',), ())
    """
    named = {"priorities": {"actions", "risks"}, "incidents": {"outcomes"}}
    return tuple(name for name, by in named.items() if by & set(tables))
