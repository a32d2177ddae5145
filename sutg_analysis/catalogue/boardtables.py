"""The tables of the governance reports: priorities, actions, risks, expectations, programme, outcomes, SITREP.

A project need have none of them. Texts are facts in the project's own words; a lead is a role and never a name;
``source`` says which paper a row comes from.
"""

from __future__ import annotations

from collections.abc import Sequence

from sutg_analysis.catalogue.definitions import Column, Table

RAG = ("Red", "Amber", "Green")

_PRIORITY = Column("priority", empty=False)
_QUARTER = Column("quarter", "quarter", empty=False)
_SOURCE = Column("source", optional=True)
_MEASURE = Column("measure_id", "id", optional=True)
_STAFF = tuple(
    Column(f"{kind}_{role}", "number", empty=kind == "actual", least=0)
    for role in ("registered", "unregistered")
    for kind in ("planned", "actual")
)
_BEDS = tuple(Column(name, "number", least=0) for name in ("beds", "occupied", "leave"))

BOARD_TABLES = (
    Table(
        "priorities",
        (
            Column("priority_id", "id", empty=False),
            _PRIORITY,
            Column("lead", empty=False),
            Column("commitments"),
            Column("aims"),
            _SOURCE,
        ),
        key=("priority_id",),
        needed=False,
        whole=True,
    ),
    Table(
        "actions",
        (
            _PRIORITY,
            Column("action", empty=False),
            Column("lead", empty=False),
            _QUARTER,
            Column("plan"),
            Column("achievement"),
            Column("impact"),
            Column("rag", "choice", choices=RAG, folded=True),
            Column("next_plan"),
            _SOURCE,
        ),
        key=("priority", "action", "quarter"),
        needed=False,
        whole=True,
    ),
    Table(
        "risks",
        (
            _PRIORITY,
            Column("risk", empty=False),
            _QUARTER,
            Column("score", "number", least=0),
            Column("mitigation"),
            Column("reference", optional=True),
            _SOURCE,
        ),
        key=("priority", "risk", "quarter"),
        needed=False,
        whole=True,
    ),
    Table(
        "expectations",
        (
            Column("expectation", empty=False),
            Column("action", empty=False),
            Column("due", "date"),
            Column("status"),
            Column("completed", "date"),
            _MEASURE,
            _SOURCE,
        ),
        key=("expectation", "action"),
        needed=False,
        whole=True,
    ),
    Table(
        "programme",
        (
            Column("item", empty=False),
            Column("kind", "choice", empty=False, choices=("metric", "action")),
            Column("theme", empty=False),
            Column("owner", empty=False),
            Column("start", "date"),
            Column("due", "date", empty=False),
            Column("completed", "date"),
            Column("measure_id", "id"),
            Column("unit_id", "id"),
            Column("baseline", "number"),
            Column("goal", "number"),
            _SOURCE,
        ),
        key=("item",),
        needed=False,
        whole=True,
    ),
    Table(
        "outcomes",
        (
            Column("objective", empty=False),
            _PRIORITY,
            Column("outcome", empty=False),
            _MEASURE,
            _SOURCE,
        ),
        needed=False,
        whole=True,
    ),
    Table(
        "sitrep",
        (
            Column("date", "date", empty=False),
            Column("ward", "id", empty=False),
            Column("shift", empty=False),
            *_STAFF,
            *_BEDS,
        ),
        key=("date", "ward", "shift"),
        needed=False,
        dated="date",
        whole=True,
    ),
)


def beside(tables: Sequence[str]) -> tuple[str, ...]:
    """Return the tables without which some cannot be checked: actions and risks name priorities.

    Examples
    --------
    >>> beside(["risks"]), beside(["sitrep"])
    (('priorities',), ())
    """
    return ("priorities",) if {"actions", "risks"} & set(tables) else ()
