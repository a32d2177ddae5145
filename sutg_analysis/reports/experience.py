"""The page of experience: who is content, who is heard, what people say and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.quality import feedback_spec, representation_spec
from sutg_analysis.ledger.scorecard import Scorecard, score
from sutg_analysis.quality.experience import (
    ANSWERS,
    friends_and_family,
    quotable,
    representativeness,
    said_and_done,
    themes,
)
from sutg_analysis.reports.figure import figure_of
from sutg_analysis.reports.measures import MeasureReport
from sutg_analysis.reports.page import (
    Block,
    bullets,
    interval_texts,
    number_texts,
    stack,
    table_block,
    text_block,
)
from sutg_analysis.reports.report import Page, not_shown
from sutg_analysis.words.wording import CONFIDENTIAL, MISSING, count, day, listed, number

TABLES = ("feedback", "caseload", "comments")
MEASURES = ("complaints", "compliments")
"""Measures of this page, where the project has them."""
_ANSWERS_OF = "answers by unit and group"
_GROUP = ["group_kind", "group"]
_QUOTES = 8


@dataclass(frozen=True, eq=False)
class ExperienceReport(Page):
    """The experience of a year that ends with the quarter."""

    @cached_property
    def feedback(self) -> pd.DataFrame:
        """The answers of the year."""
        return self._year(self.catalogue.table("feedback"))

    @cached_property
    def comments(self) -> pd.DataFrame:
        """The comments of the year."""
        return self._year(self.catalogue.table("comments"))

    def _year(self, table: pd.DataFrame) -> pd.DataFrame:
        inside = (table["period"] > self.end - pd.DateOffset(years=1)) & (table["period"] <= self.end)
        return table[inside].reset_index(drop=True)

    @cached_property
    def kinds(self) -> pd.Series:
        """Of each unit the kind of group with the most answers: each kind counts the same people again."""
        counted = self.feedback.assign(answers=self.feedback[list(ANSWERS)].sum(axis=1))
        whole = counted.groupby(["unit_id", "group_kind"], as_index=False)["answers"].sum()
        most = whole.sort_values("answers", kind="stable").drop_duplicates("unit_id", keep="last")
        return most.set_index("unit_id")["group_kind"]

    @cached_property
    def units(self) -> pd.DataFrame:
        """The test by unit, in the order of the units table."""
        once = self.feedback[self.feedback["group_kind"] == self.feedback["unit_id"].map(self.kinds)]
        return self._placed(friends_and_family(once, by="unit_id"))

    @cached_property
    def groups(self) -> pd.DataFrame:
        """The test by group of people, all units together, groups of one kind compared."""
        return friends_and_family(self.feedback, by=_GROUP, within="group_kind")

    @cached_property
    def inside(self) -> pd.DataFrame:
        """The test by group of people within each unit."""
        keys = ["unit_id", *_GROUP]
        return self._placed(friends_and_family(self.feedback, by=keys, within=["unit_id", "group_kind"]))

    def _placed(self, table: pd.DataFrame) -> pd.DataFrame:
        order = {unit: place for place, unit in enumerate(self.in_order(table["unit_id"].unique()))}
        placed = table.assign(_=table["unit_id"].map(order)).sort_values("_", kind="stable").drop(columns="_")
        return placed.assign(unit=placed["unit_id"].map(self.name)).reset_index(drop=True)

    @cached_property
    def heard(self) -> pd.DataFrame:
        """Whether those who answered are like those cared for; groups without a caseload are left out."""
        cared = self.catalogue.table("caseload")[lambda rows: rows["people"] > 0]
        keys = ["unit_id", *_GROUP]
        known = pd.MultiIndex.from_frame(self.feedback[keys]).isin(pd.MultiIndex.from_frame(cared[keys]))
        asked = cared[cared["unit_id"].isin(self.feedback.loc[known, "unit_id"])]
        if not known.any():
            return pd.DataFrame(columns=[*_GROUP, "heard"])
        return representativeness(self.feedback[known], asked)

    @cached_property
    def card(self) -> Scorecard:
        """The verdicts of complaints and compliments."""
        return score(self.catalogue, quarter=self.quarter)

    @cached_property
    def measures(self) -> list[MeasureReport]:
        """The reports of complaints and compliments, where there are any."""
        if self.catalogue.observations.empty:
            return []
        known = [name for name in MEASURES if len(self.card.of_measure(name))]
        return [MeasureReport(self.card, self.catalogue.top_units, name) for name in known]

    def headline(self) -> Block:
        """Return who differs beyond chance and who is less heard."""
        if self._hides("feedback"):
            return not_shown(_ANSWERS_OF)
        lines = [self._differ(self.units, "Units"), self._gaps(), self._unheard()]
        if len(self.comments) and not self._hides("comments"):
            top = themes(self.comments).iloc[0]
            share = number(top["share"], unit="percent")
            lines.append(f"Most often spoken of: {top['theme'].lower()} ({share} of comments).")
        return bullets(lines)

    def _hides(self, *tables: str) -> bool:
        """Say whether tables are protected."""
        return self.catalogue.protection.hides(*tables)

    def _differ(self, table: pd.DataFrame, what: str) -> str:
        parts = [
            f"{side} positive than the rest, beyond chance: {listed(table.loc[table['differs'] == key, 'unit'])}"
            for key, side in (("low", "Less"), ("high", "More"))
            if (table["differs"] == key).any()
        ]
        return f"{what}: {'. '.join(parts) or 'none differs from the rest beyond chance'}."

    def _gaps(self) -> str:
        low = self.inside[self.inside["differs"] == "low"]
        shares = (number_texts(low[name], "percent", empty=MISSING) for name in ("positive", "rest"))
        groups = [
            f"{group} in {unit} ({share}, others there {rest})"
            for group, unit, share, rest in zip(low["group"], low["unit"], *shares, strict=True)
        ]
        if not groups:
            return "No group is less positive than others in the same unit, beyond chance."
        return f"Less positive than others in the same unit, beyond chance: {listed(groups)}."

    def _unheard(self) -> str:
        if self._hides("caseload"):
            return not_shown("people cared for by group").markdown
        less = self.heard.loc[self.heard["heard"] == "less", "group"]
        if self.heard.empty:
            return "Who answers cannot be compared with who is cared for: there is no caseload by group."
        return f"Less heard than their part of the caseload: {listed(less) if len(less) else 'no group'}."

    def units_chart(self) -> Block:
        """Return the share positive of each unit with its interval."""
        return self._unanswered() or self._intervals(self.units, "unit")

    def groups_chart(self) -> Block:
        """Return the share positive of each group of people with its interval."""
        return self._unanswered() or self._intervals(
            self.groups.assign(unit=_group_names(self.groups)), "group"
        )

    def _unanswered(self) -> Block | None:
        if self._hides("feedback"):
            return not_shown(_ANSWERS_OF)
        return (
            Block(f"There were no answers in the year to {day(self.end)}.") if self.feedback.empty else None
        )

    def _intervals(self, tested: pd.DataFrame, what: str) -> Block:
        words = self._differ(tested, f"{what}s".capitalize())
        table = tested[tested["responses"] > 0].reset_index(drop=True)
        lowest, highest = (
            number(end, unit="percent") for end in (table["positive"].min(), table["positive"].max())
        )
        spread = f"From {lowest} to {highest} positive."
        return figure_of(
            f"fft-{what}s",
            f"Friends and Family Test by {what}: positive answers, year to {day(self.end)}",
            lambda width: feedback_spec(table, name="unit", width=_inner(width)),
            words=f"{words} {spread} Diamonds differ from the rest beyond chance; few answers make a wide interval.",
            alt=f"Dot chart of {count(len(table), 'share')} positive, each with its 95% interval. {spread} {words}",
            table=_answers(table, what.capitalize()),
            data=table.drop(columns="unit"),
            notes=self.made_from("feedback"),
        ).block()

    def gaps_table(self) -> Block:
        """Return the groups that differ from others in the same unit."""
        if self._hides("feedback"):
            return not_shown(_ANSWERS_OF)
        rows = self.inside[self.inside["differs"] == "low"]
        if rows.empty:
            return text_block(self._gaps())
        table = _answers(rows.assign(unit=rows["unit"] + ": " + rows["group"]), "Unit and group")
        caption = "Groups less positive than others in the same unit, beyond chance"
        return table_block(table, caption=caption, words=self._gaps())

    def heard_chart(self) -> Block:
        """Return each group's part of the answers beside its part of the caseload."""
        if self._hides("feedback", "caseload"):
            return not_shown("answers and people cared for by group")
        if self.heard.empty:
            return text_block(self._unheard())
        table = self.heard.assign(name=_group_names(self.heard))
        words = f"{self._unheard()} The tick is each group's part of the people cared for."
        heard = {"less": "Less", "more": "More", "alike": "Alike", "few": "Too few to tell"}
        numbers = pd.DataFrame(
            {
                "Group": table["name"],
                "Answers": number_texts(table["responses"]),
                "Part of answers": number_texts(table["share"], "percent"),
                "95% interval": interval_texts(table, "lower", "upper"),
                "Part of caseload": number_texts(table["caseload_share"], "percent"),
                "Heard": table["heard"].map(heard),
            }
        )
        return figure_of(
            "heard",
            f"Who answers, and who is cared for, year to {day(self.end)}",
            lambda width: representation_spec(table, name="name", width=_inner(width)),
            words=words,
            alt=f"Dot chart of {count(len(table), 'group')}: part of the answers with interval, and part of the caseload. {words}",
            table=numbers,
            data=self.heard,
            notes=self.made_from("feedback", "caseload"),
        ).block()

    def complaints_charts(self) -> Block:
        """Return the control charts of complaints and of compliments."""
        if not self.measures:
            return Block(f"The project has no measure called {listed(MEASURES)}.")
        return stack([report.chart() for report in self.measures])

    def complaints_table(self) -> Block:
        """Return complaints and compliments of every unit with their verdicts."""
        tables = [report.icon_table() for report in self.measures]
        return stack(tables) if tables else Block("No table.")

    def themes_table(self) -> Block:
        """Return what people speak of, how often and how."""
        if self._hides("comments"):
            return not_shown("how many comments there are of a theme")
        if self.comments.empty:
            return Block(f"There were no comments in the year to {day(self.end)}.")
        rows = themes(self.comments)
        columns = {
            "Comments": number_texts(rows["comments"]),
            "Share": number_texts(rows["share"], "percent"),
        }
        kinds = {kind.capitalize(): number_texts(rows[kind]) for kind in ("positive", "negative", "mixed")}
        caption = f"Themes of {count(len(self.comments), 'comment')}, year to {day(self.end)}"
        return table_block(pd.DataFrame({"Theme": rows["theme"]} | columns | kinds), caption=caption)

    def quotes(self) -> Block:
        """Return the latest words of people who agreed to be quoted."""
        agreed = quotable(self.comments)
        if agreed.empty:
            return Block("Nobody who left words agreed to be quoted.")
        newest = agreed.sort_values("period", ascending=False, kind="stable")
        latest = newest.drop_duplicates("quote").head(_QUOTES)
        table = pd.DataFrame(
            {"Words": latest["quote"], "Theme": latest["theme"], "Unit": latest["unit_id"].map(self.name)}
        )
        many = "" if self._hides("comments") else f": {len(agreed)} of {count(len(self.comments), 'comment')}"
        words = f"Only the words of people who agreed to be quoted{many}."
        return table_block(table, caption="In people's own words", words=words)

    def done_table(self) -> Block:
        """Return "You said, we did"."""
        rows = said_and_done(self.comments)
        if rows.empty:
            return Block("Nothing is recorded as done in answer to these comments.")
        counts = CONFIDENTIAL if self._hides("comments") else number_texts(rows["comments"])
        table = pd.DataFrame({"You said": rows["theme"], "We did": rows["response"], "Comments": counts})
        return table_block(table, caption="You said, we did")

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Answers and comments are those of the year to {day(self.end)}. Positive is very good or good over all "
            "answers, do not know too. Intervals are Wilson's at 95%; a unit or group is said to differ where chance, "
            "corrected for their number, would make so large a difference less than once in a hundred, and answers are "
            "thirty or more. Each kind of group counts the same people again, so units are counted by one kind only. A "
            "group is less heard where its part of the answers is below four fifths of its part of the caseload, beyond "
            "chance. People answer of their own accord, so those who did not may think otherwise."
        )


def _inner(width: int) -> int:
    """Return the width of a plot that leaves room for the names beside it."""
    return width - (230 if width > 500 else 185)


def _group_names(table: pd.DataFrame) -> pd.Series:
    return table["group_kind"].str.capitalize() + ": " + table["group"]


def _answers(table: pd.DataFrame, first: str) -> pd.DataFrame:
    verdict = {"low": "Less positive", "high": "More positive", "none": "No difference beyond chance"}
    return pd.DataFrame(
        {
            first: table["unit"],
            "Answers": number_texts(table["responses"]),
            "Positive": number_texts(table["positive"], "percent"),
            "95% interval": interval_texts(table, "lower", "upper"),
            "Negative": number_texts(table["negative"], "percent"),
            "The rest": number_texts(table["rest"], "percent"),
            "Against the rest": table["differs"].map(verdict).mask(table["few"], "Too few answers to tell"),
        }
    )


def experience_report(project: str | Path, *, quarter: str, as_at: str = "") -> ExperienceReport:
    """Return the page of experience; arguments and errors as for :func:`sutg_analysis.reports.measures.board_report`."""
    when = Quarter.parse(quarter)
    known = load(project, tables=TABLES, quarter=when, as_at=as_at, only=of_measures(MEASURES))
    return ExperienceReport(known, when)
