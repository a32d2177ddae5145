"""The tables a project may have: their columns, the kinds of those, and the values they may take.

Only measures, observations and units are needed. In the governance tables texts are facts in the project's own words,
a lead is a role and never a name, and ``source`` says which paper a row comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

    ``dated`` is the date a row is known from; ``settled`` pairs a column with the date it is known from, for what
    happens to the row later. An optional column that the file lacks is left out, or empty where ``whole``.
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


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _filled(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, empty=False) for name in names)


def _dates(*names: str, optional: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, "date", optional=optional) for name in names)


def _choice(name: str, *choices: str, empty: bool = True, optional: bool = False) -> Column:
    return Column(name, "choice", empty, choices, optional=optional)


def _amounts(*names: str, empty: bool = True) -> tuple[Column, ...]:
    return tuple(Column(name, "number", empty, least=0) for name in names)


_MEASURE, _UNIT, _PROJECT = (
    Column(name, "id", empty=False) for name in ("measure_id", "unit_id", "project_id")
)
_ANY_MEASURE, _ANY_UNIT = Column("measure_id", "id"), Column("unit_id", "id")
_OPTIONAL_MEASURE, _SOURCE = Column("measure_id", "id", optional=True), Column("source", optional=True)
_DAY, _PERIOD, _START = (Column(name, "date", empty=False) for name in ("date", "period", "start"))
_QUARTER = Column("quarter", "quarter", empty=False)
_GROUP = _filled("group", "group_kind")

_CORE = (
    Table(
        "measures",
        (
            _MEASURE,
            *_filled("title"),
            *_texts("priority"),
            _choice("chart", *CHARTS, empty=False),
            *_filled("unit"),
            _choice("improvement", "increase", "decrease", "neutral", empty=False),
            Column("target", "number"),
            Column("per", "number", least=1e-9),
            *_texts("owner", "definition", "source"),
            _choice("suppress", "none", "mhsds", "hes", "fft"),
        ),
        key=("measure_id",),
        needed=True,
    ),
    Table(
        "observations",
        (
            _MEASURE,
            _UNIT,
            _PERIOD,
            Column("numerator", "number"),
            *_amounts("denominator"),
            _choice("status", "suppressed", "censored", optional=True),
        ),
        key=("measure_id", "unit_id", "period"),
        needed=True,
    ),
    Table(
        "units",
        (
            _UNIT,
            *_filled("name"),
            _choice("kind", "trust", "directorate", "service", "ward", empty=False),
            Column("parent_id", "id"),
        ),
        key=("unit_id",),
        needed=True,
    ),
    Table(
        "targets",
        (_MEASURE, _ANY_UNIT, *_dates("start", "end"), Column("target", "number", empty=False)),
        key=("measure_id", "unit_id", "start"),
    ),
    Table(
        "events",
        (
            _MEASURE,
            _ANY_UNIT,
            _DAY,
            _choice("kind", "note", "rebase", "exclude", "pdsa", empty=False),
            *_texts("label", "reason", "author"),
        ),
    ),
    Table(
        "pathways",
        (
            *_filled("referral_id", "service"),
            Column("referred", "date", empty=False),
            *_dates("seen", "closed"),
            *_texts("outcome", "age_band", "ethnicity"),
            Column("imd_quintile", "number", least=1),
            Column("person_id", optional=True),
            *_dates("first_contact", "outcome_measure", "assessment", "care_plan", optional=True),
        ),
        dated="referred",
        settled=(("outcome", "closed"),),
    ),
)
_GOVERNANCE = (
    Table(
        "priorities",
        (
            Column("priority_id", "id", empty=False),
            *_filled("priority", "lead"),
            *_texts("commitments", "aims"),
            _SOURCE,
        ),
        key=("priority_id",),
        whole=True,
    ),
    Table(
        "actions",
        (
            *_filled("priority", "action", "lead"),
            _QUARTER,
            *_texts("plan", "achievement", "impact"),
            Column("rag", "choice", choices=RAG, folded=True),
            Column("next_plan"),
            _SOURCE,
        ),
        key=("priority", "action", "quarter"),
        whole=True,
    ),
    Table(
        "risks",
        (
            *_filled("priority", "risk"),
            _QUARTER,
            *_amounts("score"),
            *_texts("mitigation"),
            Column("reference", optional=True),
            _SOURCE,
        ),
        key=("priority", "risk", "quarter"),
        whole=True,
    ),
    Table(
        "expectations",
        (
            *_filled("expectation", "action"),
            *_dates("due"),
            *_texts("status"),
            *_dates("completed"),
            _OPTIONAL_MEASURE,
            _SOURCE,
        ),
        key=("expectation", "action"),
        whole=True,
    ),
    Table(
        "programme",
        (
            *_filled("item"),
            _choice("kind", "metric", "action", empty=False),
            *_filled("theme", "owner"),
            *_dates("start"),
            Column("due", "date", empty=False),
            *_dates("completed"),
            _ANY_MEASURE,
            _ANY_UNIT,
            Column("baseline", "number"),
            Column("goal", "number"),
            _SOURCE,
        ),
        key=("item",),
        whole=True,
    ),
    Table(
        "outcomes",
        (*_filled("objective", "priority", "outcome"), _OPTIONAL_MEASURE, _SOURCE),
        whole=True,
    ),
    Table(
        "sitrep",
        (
            _DAY,
            Column("ward", "id", empty=False),
            *_filled("shift"),
            *(
                column
                for role in ("registered", "unregistered")
                for column in (
                    *_amounts(f"planned_{role}", empty=False),
                    *_amounts(f"actual_{role}"),
                )
            ),
            *_amounts("beds", "occupied", "leave"),
        ),
        key=("date", "ward", "shift"),
        dated="date",
        whole=True,
    ),
)
_REGISTERS = (
    Table(
        "incidents",
        (
            _DAY,
            Column("ward", "id", empty=False),
            Column("harm", "id", empty=False),
            _choice("level", "none", "low", "moderate", "severe", "death", empty=False),
        ),
        dated="date",
    ),
    Table(
        "feedback",
        (
            _PERIOD,
            _UNIT,
            *_GROUP,
            *_amounts("very_good", "good", "neither", "poor", "very_poor", "dont_know", empty=False),
        ),
        key=("period", "unit_id", "group_kind", "group"),
        dated="period",
    ),
    Table(
        "caseload",
        (_UNIT, *_GROUP, *_amounts("people", empty=False)),
        key=("unit_id", "group_kind", "group"),
    ),
    Table(
        "comments",
        (
            _PERIOD,
            _UNIT,
            *_filled("theme"),
            _choice("sentiment", "positive", "negative", "mixed", empty=False),
            *_texts("quote"),
            _choice("consent", "yes", "no", empty=False),
            *_texts("response"),
        ),
        dated="period",
    ),
    Table(
        "projects",
        (
            _PROJECT,
            *_filled("title"),
            *_texts("topic"),
            _choice("stage", "idea", "planning", "testing", "spreading", "embedded", "closed"),
            *_texts("method"),
            _ANY_UNIT,
            *_texts("lead", "aim", "theory"),
            *(Column(name, "id") for name in ("outcome", "process", "balancing")),
            *_dates("start", "end"),
            _choice("demonstrator", "yes", "no"),
            *_texts("evaluation"),
        ),
        key=("project_id",),
        dated="start",
        settled=(("stage", "end"), ("demonstrator", "end"), ("evaluation", "end")),
    ),
    Table(
        "cycles",
        (
            _PROJECT,
            Column("cycle", "id", empty=False),
            *_texts("aim", "prediction"),
            _MEASURE,
            _ANY_UNIT,
            _START,
            *_dates("end"),
            *_texts("do", "study"),
            _choice("act", "adopt", "adapt", "abandon"),
        ),
        key=("project_id", "cycle"),
        dated="start",
        settled=(("do", "end"), ("study", "end"), ("act", "end")),
    ),
    Table(
        "people",
        (
            Column("person_id", "id", empty=False),
            *_filled("role"),
            _ANY_UNIT,
            *_texts("skills", "experience", "offer"),
        ),
        key=("person_id",),
    ),
    Table(
        "funding",
        (
            Column("fund_id", "id", empty=False),
            *_filled("title"),
            *_texts("funder", "topic"),
            *_dates("opens", "closes"),
            *_amounts("amount"),
            *_texts("eligibility"),
        ),
        key=("fund_id",),
    ),
)
TABLES = {table.name: table for table in (*_CORE, *_GOVERNANCE, *_REGISTERS)}
"""Every table that a project may have, by name: what reports read, governance, and registers."""


def tables_needed_by(tables: Sequence[str]) -> tuple[str, ...]:
    """Return the tables without which some cannot be checked: actions and risks name priorities.

    Examples
    --------
    >>> tables_needed_by(["risks"]), tables_needed_by(["sitrep"])
    (('priorities',), ())
    """
    return ("priorities",) if {"actions", "risks"} & set(tables) else ()
