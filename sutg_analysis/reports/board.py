"""The Board's reports: a priority with its actions, risks and evidence, the summary of all, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import Catalogue, of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.units import depths
from sutg_analysis.control.rules import CONCERN, verdict_of
from sutg_analysis.errors import ArgumentError
from sutg_analysis.ledger.scorecard import KEYS, Scorecard, score
from sutg_analysis.quality.priorities import (
    UNSTATED,
    carry_over,
    disagreements,
    highlights,
    of_quarter,
    risk_changes,
)
from sutg_analysis.quality.rules import Governance, read_governance
from sutg_analysis.reports.page import Block, both, listing, mark, marked_table, pipe_table, stack, text_block
from sutg_analysis.reports.report import Report, card_of
from sutg_analysis.reports.tables import cell_text, icon_table, text_columns
from sutg_analysis.words.wording import count, day, number, unit_words, when

AGREED = "No rating disagrees with the evidence."
_TABLES = ("priorities", "actions", "risks")
_RISK_HEADS = {
    "risk": "Risk",
    "mitigation": "Mitigation",
    "reference": "Register reference",
    "score": "Score",
}


@dataclass(frozen=True, eq=False)
class PriorityReport(Report):
    """One priority: what it is committed to, its actions and risks, and what its measures show."""

    priority_id: str

    @cached_property
    def row(self) -> Row:
        """The priority's own row."""
        table = self.card.catalogue.priorities
        rows = table[table["priority_id"] == self.priority_id].to_dict("records")
        if not rows:
            known = ", ".join(table["priority_id"])
            raise ArgumentError(f"no priority {self.priority_id!r}", f"one of {known}", "Correct it")
        return rows[0]

    @cached_property
    def actions(self) -> pd.DataFrame:
        """The priority's actions of the quarter."""
        table = of_quarter(self.card.catalogue.actions, self.card.quarter)
        return table[table["priority"] == self.row["priority"]].reset_index(drop=True)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """The verdicts of the priority's measures in the top units."""
        rows = self.card.summary
        here = rows["priority"].eq(self.row["priority"]) & rows["unit_id"].isin(self.units)
        return rows[here].reset_index(drop=True)

    def commitments(self) -> Block:
        """Return what the priority is committed to and aims at, and the role that leads it."""
        parts = [text_block(f"Lead: {self.row['lead']}.")]
        for name in ("commitments", "aims"):
            texts = [text.strip() for text in cell_text(self.row[name]).split(";")]
            parts += [text_block(f"{name.capitalize()}:"), listing(texts)]
        return stack(parts)

    def disagreement(self) -> Block:
        """Return where ratings and evidence disagree, or that they do not."""
        found = disagreements(self.actions, self.evidence)["sentence"].tolist()
        rated = self.actions["rag"].notna().sum()
        if not found:
            return text_block(
                AGREED if rated else "No action is rated, so no rating can disagree with the evidence."
            )
        return stack([text_block("Ratings and evidence disagree."), listing(found)])

    def key_actions(self) -> Block:
        """Return the actions at a glance, then each in full."""
        quarter = self.card.quarter
        if self.actions.empty:
            return text_block(f"No actions are on record for {quarter.label}.")
        rated = self.actions.assign(rag=self.actions["rag"].fillna(UNSTATED))
        heads = {"action": "Action", "lead": "Lead", "rag": "RAG"}
        glance = marked_table(text_columns(rated, heads), caption=f"Actions, {quarter.label}", marked=["RAG"])
        return stack([glance, self._in_full(rated)])

    def _in_full(self, actions: pd.DataFrame) -> Block:
        quarter = self.card.quarter
        heads = {
            "plan": f"Plan for {quarter.label}",
            "achievement": "Achieved",
            "impact": "Impact",
            "next_plan": f"Plan for {quarter.next.label}",
            "source": "Modelled on",
        }
        cards = "".join(_card(row, heads) for row in actions.to_dict("records"))
        return Block(both(cards, pipe_table(text_columns(actions, {"action": "Action", **heads}))), "")

    def carried(self) -> Block:
        """Return what was promised last quarter and is missing or slipped."""
        table = self.card.catalogue.actions
        return carried_block(table[table["priority"] == self.row["priority"]], card=self.card)

    def risks(self) -> Block:
        """Return the current risks with their mitigation and register reference."""
        quarter = self.card.quarter
        table = of_quarter(self.card.catalogue.risks, quarter)
        here = table[table["priority"] == self.row["priority"]]
        if here.empty:
            return text_block(f"No risks are on record for {quarter.label}.")
        return marked_table(text_columns(here, _RISK_HEADS), caption=f"Risks, {quarter.label}")

    def verdicts(self) -> Block:
        """Return the icons of the priority's measures, and the charts of those that call for attention."""
        if self.evidence.empty:
            return text_block(
                "No measure is attached to this priority, so there is no evidence beside its ratings."
            )
        names = [self.title(row, row["unit_id"]) for row in self.evidence.to_dict("records")]
        links = "measure-" + self.evidence["measure_id"] + ".html"
        rows = self.with_courses(self.evidence).assign(name=names, href=links)
        table = icon_table(rows, caption="Measures of this priority")
        calls = self.evidence["variation"].isin(CONCERN)
        calls |= self.evidence["assurance"].eq("fail")
        keys = self.evidence.loc[calls, ["measure_id", "unit_id"]].to_numpy().tolist()
        return stack([table, self.figures(keys)]) if keys else table


def _card(row: Row, heads: dict[str, str]) -> str:
    items = "".join(
        f"<dt>{escape(head)}</dt><dd>{escape(cell_text(row[name]))}</dd>" for name, head in heads.items()
    )
    return f"<section><h3>{escape(row['action'])}</h3>{mark(row['rag'])}<dl class='sutg-notes'>{items}</dl></section>"


def carried_block(actions: pd.DataFrame, *, card: Scorecard) -> Block:
    """Return what was promised in the quarter before and is missing or slipped in this one."""
    quarter, before = card.quarter, card.quarter.previous
    if not card.at.whole:
        return text_block(
            f"What was promised in {before.label} is due by {day(quarter.end)}. None of it is late before."
        )
    for moment in (quarter, before):
        if of_quarter(actions, moment).empty:
            return text_block(f"No actions are on record for {moment.label}, so nothing can be carried over.")
    late = carry_over(actions, quarter=quarter)
    if late.empty:
        return text_block(f"Everything promised in {before.label} is on its way.")
    heads = {
        "action": "Action",
        "promised": f"Promised in {before.label}",
        "status": "Status",
        "reason": "Why",
        "lead": "Lead",
    }
    caption = f"Promised in {before.label}, missing or slipped"
    return marked_table(text_columns(late, heads), caption=caption, marked=["Status"])


@dataclass(frozen=True, eq=False)
class HighlightReport(Report):
    """All priorities on one page, for the Board."""

    before: Scorecard | None
    rules: Governance

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """The verdicts of the top units."""
        rows = self.card.summary
        return rows[rows["unit_id"].isin(self.units)].reset_index(drop=True)

    @cached_property
    def actions(self) -> pd.DataFrame:
        """The actions of the quarter."""
        return of_quarter(self.card.catalogue.actions, self.card.quarter)

    @cached_property
    def found(self) -> list[str]:
        """The sentences in which ratings and evidence disagree."""
        return [str(sentence) for sentence in disagreements(self.actions, self.evidence)["sentence"]]

    def changes(self) -> Block:
        """Return what changed this quarter."""
        return listing(what_changed(self.card, self.before))

    def summary(self) -> Block:
        """Return every priority's rating now and last quarter, beside what its measures show."""
        quarter, catalogue = self.card.quarter, self.card.catalogue
        if self.actions.empty:
            return text_block(f"No actions are on record for {quarter.label}.")
        table = highlights(catalogue.actions, self.evidence, quarter=quarter)
        table["rated"] = table["rated"].astype("str") + " of " + table["actions"].astype("str")
        if of_quarter(catalogue.actions, quarter.previous).empty:
            table["before"] = "None on record"
        table["measures"] = [_evidence_words(row) for row in table.to_dict("records")]
        heads = {
            "priority": "Priority",
            "now": quarter.label,
            "before": quarter.previous.label,
            "change": "Change",
            "rated": "Actions rated",
            "measures": "What its measures show",
        }
        pages = catalogue.priorities.set_index("priority")["priority_id"]
        links = [
            f"priority-{pages[name]}.html" if name in pages.index else None for name in table["priority"]
        ]
        return marked_table(
            text_columns(table, heads),
            caption="RAG of each priority: the worst stated of its actions",
            marked=[quarter.label, quarter.previous.label],
            links={"Priority": links},
        )

    def disagreement(self) -> Block:
        """Return where ratings and evidence disagree, or that they do not."""
        return listing(self.found) if self.found else text_block(AGREED)

    def slipped(self) -> Block:
        """Return what was promised last quarter and is missing or slipped."""
        return carried_block(self.card.catalogue.actions, card=self.card)

    def risks(self) -> Block:
        """Return the risks that are new or worse."""
        quarter, risks = self.card.quarter, self.card.catalogue.risks
        changed = risk_changes(risks, quarter=quarter)
        if of_quarter(risks, quarter).empty:
            return text_block(f"No risks are on record for {quarter.label}.")
        if changed.empty:
            return text_block(f"No risk is new or worse than in {quarter.previous.label}.")
        heads = {"priority": "Priority", "risk": "Risk", "change": "Change", "mitigation": "Mitigation"}
        first = of_quarter(risks, quarter.previous).empty
        note = (
            f"None are on record for {quarter.previous.label}, so all are new to the record." if first else ""
        )
        table = marked_table(
            text_columns(changed, heads), caption="New and worsening risks", marked=["Change"]
        )
        return stack([text_block(note), table]) if note else table

    def decisions(self) -> Block:
        """Return what the Board is asked to decide: what the front sheet asks, then what the rules raise."""
        asked = [f"{self.sheet['decision']}."] if "decision" in self.sheet else []
        asked += [f"Decide whether the rating stands. {sentence}" for sentence in self.found]
        red = self.actions[self.actions["rag"] == "Red"]
        pairs = zip(red["priority"], red["action"], strict=True)
        asked += [
            f"Agree what would bring this action back from Red: {name} ({where})." for where, name in pairs
        ]
        return listing(asked) if asked else text_block("Nothing is asked of the Board.")

    @property
    def sheet(self) -> Mapping[str, Any]:
        """What the front sheet of the quarter states."""
        return self.rules.front_sheet.get(self.card.quarter.slug, {})

    def front_sheet(self) -> Block:
        """Return the governance front sheet: alignment ticks, then statements."""
        if not self.sheet:
            return text_block(f"No front sheet is on record for {self.card.quarter.label}.")
        names = self.card.catalogue.priorities["priority"]
        ticks = ["Aligned" if name in self.sheet.get("aligned", []) else "Not ticked" for name in names]
        table = pd.DataFrame({"Priority": list(names), "Alignment": ticks}, dtype="str")
        aligned = marked_table(table, caption="Alignment with the priorities", marked=["Alignment"])
        heads = {
            "decision": "Decision required",
            "sponsor": "Sponsor",
            "considered": "Considered elsewhere",
            "assurance": "Level of assurance",
            "repeats": "One-off or repeated",
            "equality": "Equality",
            "false_information": "False or misleading information",
            "safe": "Safety of patients and the public",
        }
        rows = [(head, self.sheet[name]) for name, head in heads.items() if name in self.sheet]
        statements = pd.DataFrame(rows, columns=["Statement", "Answer"], dtype="str")
        return stack([aligned, marked_table(statements, caption="Governance statements")])


def _evidence_words(row: Row) -> str:
    names = {"concern": "of concern", "improvement": "improving", "fail": "missing the target"}
    parts = [f"{row[name]} {words}" for name, words in names.items() if row[name]]
    return ", ".join(parts) or "No signal"


def priority_report(project: str | Path, *, priority: str, quarter: str, as_at: str = "") -> PriorityReport:
    """Return the report of one priority_id of ``data/priorities``."""
    when = Quarter.parse(quarter)
    known = load(
        project, tables=_TABLES, quarter=when, as_at=as_at, only=_of_priority(project, priority, when)
    )
    card = score(known, quarter=when)
    report = PriorityReport(card, card.catalogue.top_units, priority)
    _ = report.row
    return report


def _of_priority(project: str | Path, priority: str, quarter: Quarter) -> dict[str, list[str]]:
    """Return what the page of a priority reads: its actions, its risks, its measures; all if it has no measure."""
    listed = load(project, tables=("priorities",), quarter=quarter, only={"observations.measure_id": []})
    names = listed.priorities.loc[listed.priorities["priority_id"] == priority, "priority"].tolist()
    here = listed.measures["priority"].isin(names)
    measures = of_measures(listed.measures.loc[here, "measure_id"].tolist()) if here.any() else {}
    return {"actions.priority": names, "risks.priority": names, **measures}


def highlight_report(project: str | Path, *, quarter: str, as_at: str = "") -> HighlightReport:
    """Return the Board's summary of one quarter."""
    card = card_of(project, quarter, as_at=as_at, tables=_TABLES)
    rules = read_governance(project)
    before = card_before(card, catalogue=load(project, tables=(), quarter=quarter, as_at=as_at))
    return HighlightReport(card, card.catalogue.top_units, before, rules)


def card_before(card: Scorecard, *, catalogue: Catalogue) -> Scorecard | None:
    """Return the verdicts of the quarter before, None if no observation is that old."""
    earlier = card.quarter.previous
    return score(catalogue, quarter=earlier) if catalogue.quarters[0] <= earlier else None


SENTENCES = 5
_RANKS = ("concern", "improvement", "neutral", "assurance", "ended")
_SIGNS = {
    "concern": "a sign of concern",
    "improvement": "a sign of improvement",
    "neutral": "a sign of change",
}
_ASSURED = {
    "pass": "will now be met if nothing changes",
    "fail": "will now be missed unless something changes",
    "hit_or_miss": "may now be met or missed by chance",
}


def what_changed(
    now: Scorecard, before: Scorecard | None = None, *, sentences: int = SENTENCES
) -> tuple[str, ...]:
    """Return what changed from one quarter to the next.

    Parameters
    ----------
    now, before
        The verdicts of this quarter and of the one before, None where there is none: then every signal is new.
    sentences
        How many to return; fewer only where there is less to say.

    Returns
    -------
    tuple of str
        The sentences, most important first.
    """
    changes = verdict_changes(now.summary, before.summary if before else None)
    ranked = changes.assign(
        rank=changes["kind"].map({kind: place for place, kind in enumerate(_RANKS)}),
        depth=changes["unit_id"].map(depths(now.catalogue.units)),
    ).sort_values(["rank", "depth"], kind="stable")
    once = ranked.drop_duplicates(["measure_id", "kind"])
    return (*map(_sentence, once.head(sentences - 1).to_dict("records")), _rest(now.summary, changes))


def verdict_changes(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """List the series whose verdict is new: one row a series and kind of change.

    Parameters
    ----------
    now, before
        Summaries of two scorecards.

    Returns
    -------
    pandas.DataFrame
        The rows of ``now`` with kind: concern, improvement or neutral (a signal that was not there), ended (a
        signal that was there), assurance (met, missed or by chance where it was another).
    """
    known = now.assign(variation="none", assurance="none") if before is None else before
    old = known[[*KEYS, "variation", "assurance"]].astype("str")
    old = old.rename(columns={"variation": "old_variation", "assurance": "old_assurance"})
    pairs = now.merge(old, on=KEYS, how="left").fillna({"old_variation": "none", "old_assurance": "none"})
    verdict, earlier = (pairs[name].astype("str").map(verdict_of) for name in ("variation", "old_variation"))
    signal, signalled = (each.isin(list(_SIGNS)) for each in (verdict, earlier))
    assured = pairs["assurance"].isin(list(_ASSURED)) & pairs["old_assurance"].isin(list(_ASSURED))
    parts = [
        pairs.assign(kind=verdict)[signal & (verdict != earlier)],
        pairs.assign(kind="assurance")[assured & (pairs["assurance"] != pairs["old_assurance"])],
        pairs.assign(kind="ended")[signalled & (pairs["variation"] == "common")],
    ]
    return pd.concat(parts, ignore_index=True)


def _sentence(row: Row) -> str:
    name = f"{row['title']} ({row['unit_name']})"
    if row["kind"] == "ended":
        return f"{name} is back to usual variation."
    if row["kind"] == "assurance":
        return f"{name}: the target {_ASSURED[row['assurance']]}."
    per = row["per"] if isinstance(row["per"], int | float) else 1
    value = number(row["latest"], unit=row["unit"]) + unit_words(row["unit"], per)
    way = "higher" if str(row["variation"]).endswith("high") else "lower"
    date = when(row["latest_date"], monthly=pd.Timestamp(row["latest_date"]).day == 1)
    return f"{name} shows {_SIGNS[row['kind']]} that is new this quarter: {way} values, {value} in {date}."


def _rest(summary: pd.DataFrame, changes: pd.DataFrame) -> str:
    changed = len(changes[KEYS].drop_duplicates())
    same = len(summary) - changed
    if not changed:
        charts, they = count(same, "chart shows", "charts show"), "it" if same == 1 else "they"
        return f"No chart changed its verdict: {charts} what {they} did last quarter."
    more = f"{count(changed, 'chart')} of {len(summary)} changed {'its' if changed == 1 else 'their'} verdict"
    return f"In all, {more} since last quarter; {count(same, 'chart')} did not."
