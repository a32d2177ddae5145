"""The page of the knowledge bank: projects, demonstrators, people who offer help, funding rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.quality.knowledge import funding_windows, search
from sutg_analysis.reports.improvement import ImprovementReport
from sutg_analysis.reports.page import Block, bullets, cell_texts, number_texts, table_block
from sutg_analysis.reports.report import Page
from sutg_analysis.words.wording import count, day, listed

TABLES = ("projects", "cycles", "people", "funding")


@dataclass(frozen=True, eq=False)
class KnowledgeReport(Page):
    """The knowledge bank.

    Parameters
    ----------
    words
        Words that a project or person must hold to be shown.
    only
        Values by column that a project must have, such as ``{"stage": "testing"}``.
    """

    words: str = ""
    only: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def projects(self) -> pd.DataFrame:
        """The projects that are shown."""
        return search(self.catalogue.projects, self.words, **self.only)

    @cached_property
    def people(self) -> pd.DataFrame:
        """The people who are shown."""
        return search(self.catalogue.people, self.words)

    @cached_property
    def funding(self) -> pd.DataFrame:
        """Funding rounds with their state as at the quarter's end."""
        return funding_windows(self.catalogue.funding, as_at=self.end)

    def headline(self) -> Block:
        """Return how many projects, people and open funding rounds there are."""
        rounds = self.funding[self.funding["state"] == "open"]
        left = zip(rounds["title"], rounds["days_left"], strict=True)
        names = listed(f"{title} ({_left(days)})" for title, days in left) or "none"
        lines = [
            f"{count(len(self.projects), 'improvement project')}, of which "
            f"{count(int((self.projects['demonstrator'] == 'yes').sum()), 'demonstrator')}.",
            f"{count(len(self.people), 'person', 'people')} who offer skills or experience.",
            f"Funding rounds open on {day(self.end)}: {names}.",
        ]
        return bullets(lines)

    def projects_table(self) -> Block:
        """Return the projects: topic, stage, unit, method, aim, suggested verdicts."""
        rows = self.projects
        table = pd.DataFrame(
            {
                "Project": rows["title"],
                "Topic": cell_texts(rows["topic"]),
                "Stage": cell_texts(rows["stage"].str.capitalize()),
                "Unit": rows["unit_id"].map(self.name),
                "Method": cell_texts(rows["method"]),
                "Aim": cell_texts(rows["aim"]),
                "What the data suggest": [self._verdicts(project) for project in rows["project_id"]],
            }
        )
        return table_block(
            table, caption=f"Improvement projects, as at {day(self.end)}", words=_none(rows, "project")
        )

    def _verdicts(self, project_id: str) -> str:
        judged = ImprovementReport(self.catalogue, self.quarter, project_id).judged
        text = "; ".join(
            f"cycle {cycle}: {found if isinstance(found, str) else found.verdict}"
            for cycle, found in judged.items()
        )
        return text[:1].upper() + text[1:] or "No cycle yet"

    def demonstrators(self) -> Block:
        """Return the projects that others may visit, with their evaluation beside what the data suggest."""
        rows = self.projects[self.projects["demonstrator"] == "yes"]
        table = pd.DataFrame(
            {
                "Demonstrator": rows["title"],
                "Unit": rows["unit_id"].map(self.name),
                "Evaluation": cell_texts(rows["evaluation"], empty="Not yet"),
                "What the data suggest": [self._verdicts(project) for project in rows["project_id"]],
                "Lead": cell_texts(rows["lead"]),
            }
        )
        return table_block(
            table, caption="Demonstrators and their evaluation", words=_none(rows, "demonstrator")
        )

    def people_table(self) -> Block:
        """Return the skills and experience people offer; people are known by their roles."""
        rows = self.people
        table = pd.DataFrame(
            {
                "Role": rows["role"],
                "Unit": rows["unit_id"].map(self.name),
                "Skills": cell_texts(rows["skills"]),
                "Experience": cell_texts(rows["experience"]),
                "Offer": cell_texts(rows["offer"]),
            }
        )
        return table_block(table, caption="Skills and experience offered", words=_none(rows, "person"))

    def funding_table(self) -> Block:
        """Return the funding rounds: window, state and days left as at the quarter's end."""
        rows = self.funding
        table = pd.DataFrame(
            {
                "Round": rows["title"],
                "Funder": cell_texts(rows["funder"]),
                "Topic": cell_texts(rows["topic"]),
                "Opens": _dates(rows["opens"]),
                "Closes": _dates(rows["closes"]),
                f"On {day(self.end)}": _states(rows),
                "Amount": number_texts(rows["amount"], "pounds", empty="Not said"),
                "Who may apply": cell_texts(rows["eligibility"]),
            }
        )
        caption = f"Funding rounds, days counted from {day(self.end)}"
        return table_block(table, caption=caption, words=_none(rows, "funding round"))

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Projects and cycles are those begun by {day(self.end)}, and ideas without a date. Stage, evaluation and "
            "whether it is a demonstrator are left out of a project that had not ended by then and has since. What the "
            "data suggest is judged as on the project's own page. People and funding rounds are those on record; a "
            "round's state and days are counted from that day."
        )


def _none(rows: pd.DataFrame, thing: str) -> str:
    return f"No {thing} is on record." if rows.empty else ""


def _dates(dates: pd.Series) -> list[str]:
    return [day(date) if pd.notna(date) else "No date set" for date in dates]


def _left(days: float) -> str:
    return f"{count(int(days), 'day')} left" if pd.notna(days) else "no closing date"


def _states(rows: pd.DataFrame) -> list[str]:
    words = []
    for state, left, until in zip(rows["state"], rows["days_left"], rows["days_until"], strict=True):
        later = f"Opens in {count(int(until), 'day')}" if state == "opens later" else "Closed"
        words.append(f"Open, {_left(left)}" if state == "open" else later)
    return words


def knowledge_report(
    project: str | Path, *, quarter: str, words: str = "", only: Mapping[str, object] | None = None
) -> KnowledgeReport:
    """Return the page of the knowledge bank; arguments and errors as for :func:`sutg_analysis.reports.measures.board_report`.

    ``words`` and ``only`` are as for :func:`sutg_analysis.quality.knowledge.search`: words to hold, and values by
    column of projects.
    """
    when = Quarter.parse(quarter)
    return KnowledgeReport(load(project, tables=TABLES, quarter=when), when, words, only or {})
