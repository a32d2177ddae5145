"""The registers: tables of harm, experience, improvement projects and the knowledge bank. All are optional."""

from __future__ import annotations

from sutg_analysis.catalogue.definitions import Column, Table

_MEASURE = Column("measure_id", "id", empty=False)
_UNIT = Column("unit_id", "id", empty=False)
_ANY_UNIT = Column("unit_id", "id")
_YES_NO = ("yes", "no")
_ANSWERS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
_PROJECT = Column("project_id", "id", empty=False)
REGISTERS = {
    table.name: table
    for table in (
        Table(
            "incidents",
            (
                Column("date", "date", empty=False),
                Column("ward", "id", empty=False),
                Column("harm", "id", empty=False),
                Column(
                    "level", "choice", empty=False, choices=("none", "low", "moderate", "severe", "death")
                ),
            ),
            needed=False,
            dated="date",
        ),
        Table(
            "feedback",
            (
                Column("period", "date", empty=False),
                _UNIT,
                Column("group", empty=False),
                Column("group_kind", empty=False),
                *(Column(answer, "number", empty=False, least=0) for answer in _ANSWERS),
            ),
            key=("period", "unit_id", "group_kind", "group"),
            needed=False,
            dated="period",
        ),
        Table(
            "caseload",
            (
                _UNIT,
                Column("group", empty=False),
                Column("group_kind", empty=False),
                Column("people", "number", empty=False, least=0),
            ),
            key=("unit_id", "group_kind", "group"),
            needed=False,
        ),
        Table(
            "comments",
            (
                Column("period", "date", empty=False),
                _UNIT,
                Column("theme", empty=False),
                Column("sentiment", "choice", empty=False, choices=("positive", "negative", "mixed")),
                Column("quote"),
                Column("consent", "choice", empty=False, choices=_YES_NO),
                Column("response"),
            ),
            needed=False,
            dated="period",
        ),
        Table(
            "projects",
            (
                _PROJECT,
                Column("title", empty=False),
                Column("topic"),
                Column(
                    "stage",
                    "choice",
                    choices=("idea", "planning", "testing", "spreading", "embedded", "closed"),
                ),
                Column("method"),
                _ANY_UNIT,
                Column("lead"),
                Column("aim"),
                Column("theory"),
                Column("outcome", "id"),
                Column("process", "id"),
                Column("balancing", "id"),
                Column("start", "date"),
                Column("end", "date"),
                Column("demonstrator", "choice", choices=_YES_NO),
                Column("evaluation"),
            ),
            key=("project_id",),
            needed=False,
            dated="start",
            settled=(("stage", "end"), ("demonstrator", "end"), ("evaluation", "end")),
        ),
        Table(
            "cycles",
            (
                _PROJECT,
                Column("cycle", "id", empty=False),
                Column("aim"),
                Column("prediction"),
                _MEASURE,
                _ANY_UNIT,
                Column("start", "date", empty=False),
                Column("end", "date"),
                Column("do"),
                Column("study"),
                Column("act", "choice", choices=("adopt", "adapt", "abandon")),
            ),
            key=("project_id", "cycle"),
            needed=False,
            dated="start",
            settled=(("do", "end"), ("study", "end"), ("act", "end")),
        ),
        Table(
            "people",
            (
                Column("person_id", "id", empty=False),
                Column("role", empty=False),
                _ANY_UNIT,
                Column("skills"),
                Column("experience"),
                Column("offer"),
            ),
            key=("person_id",),
            needed=False,
        ),
        Table(
            "funding",
            (
                Column("fund_id", "id", empty=False),
                Column("title", empty=False),
                Column("funder"),
                Column("topic"),
                Column("opens", "date"),
                Column("closes", "date"),
                Column("amount", "number", least=0),
                Column("eligibility"),
            ),
            key=("fund_id",),
            needed=False,
        ),
    )
}
