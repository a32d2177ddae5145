"""The reports that oversight asks for: the improvement programme and the tracker of expectations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.quality import programme
from sutg_analysis.quality.rules import Governance, read_governance
from sutg_analysis.reports.page import Block, marked_table, stack, text_block
from sutg_analysis.reports.report import Report, card_of
from sutg_analysis.reports.tables import text_columns
from sutg_analysis.words.wording import CONFIDENTIAL, count, day, listed, month, number


def _dated(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the table with some dates as words."""
    return table.assign(
        **{name: [day(date) if pd.notna(date) else "" for date in table[name]] for name in columns}
    )


@dataclass(frozen=True, eq=False)
class ProgrammeReport(Report):
    """The improvement programme: its verdicts are against trajectories."""

    rules: Governance

    @property
    def items(self) -> pd.DataFrame:
        """The programme's metrics and actions."""
        return self.card.catalogue.programme

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Every metric with its verdict."""
        return programme.metrics_table(self.items, self.card.summary)

    @cached_property
    def late(self) -> pd.DataFrame:
        """The actions overdue at the quarter's end."""
        return programme.overdue(self.items, as_at=self.card.at.day)

    def headline(self) -> Block:
        """Return how many metrics are on and off their trajectories and how many actions are overdue."""
        order = [programme.ON, programme.WITHIN, programme.TOWARDS, programme.OFF, programme.UNJUDGED]
        counts = self.metrics["verdict"].value_counts()
        parts = [f"{counts[name]} {name}" for name in order if name in counts]
        late = f"{count(len(self.late), 'action is', 'actions are')} overdue."
        return text_block(f"Of {count(len(self.metrics), 'metric')}, {listed(parts)}. {late}")

    def metrics_table(self) -> Block:
        """Return every metric with baseline, trajectory, owner, due date and verdict."""
        rows = _dated(self.metrics, "due")
        for name in ("baseline", "latest", "trajectory", "goal"):
            pairs = zip(rows[name], rows["unit"], strict=True)
            rows[name] = ["" if pd.isna(value) else number(value, unit=unit) for value, unit in pairs]
        if "hidden_date" in rows:
            before = rows["latest"].where(rows["latest"] == "", "; before: " + rows["latest"])
            rows["latest"] = rows["latest"].mask(rows["hidden_date"].notna(), CONFIDENTIAL + before)
        heads = {
            "item": "Metric",
            "baseline": "Baseline",
            "latest": "Latest",
            "trajectory": "Trajectory now",
            "goal": "Goal",
            "due": "Due",
            "verdict": "By its control chart",
            "owner": "Owner",
            "theme": "Theme",
        }
        return marked_table(
            text_columns(rows, heads), caption="Metrics of the programme", marked=["By its control chart"]
        )

    def charts(self) -> Block:
        """Return the chart of each metric with its trajectory as the target line."""
        rows = self.metrics[self.metrics["latest"].notna()]
        keys = rows[["measure_id", "unit_id"]].to_numpy().tolist()
        if not keys:
            return text_block("No metric has a measure with observations yet.")
        return self.figures(keys)

    def overdue_actions(self) -> Block:
        """Return the actions overdue at the quarter's end."""
        if self.late.empty:
            return text_block(f"No action is overdue as at {day(self.card.at.day)}.")
        heads = {
            "item": "Action",
            "due": "Due",
            "days_slipped": "Days overdue",
            "owner": "Owner",
            "theme": "Theme",
        }
        caption = f"Actions overdue as at {day(self.card.at.day)}"
        return marked_table(text_columns(_dated(self.late, "due"), heads), caption=caption)

    def escalation(self) -> Block:
        """Return the rules of escalation, the status and how it came about."""
        rules = self.rules.escalation
        seen = programme.timeline(self.card, self.items)
        table = programme.escalation(seen["concerns"], seen["overdue"], rules=rules)
        now = "escalated" if table["escalated"].iloc[-1] else "not escalated"
        rows = table.reset_index(names="month")
        rows["month"] = [month(each.start_time) for each in rows["month"]]
        rows["status"] = rows["escalated"].map({True: "Escalated", False: "Not escalated"})
        heads = {
            "month": "Month",
            "concerns": "Metrics of concern",
            "overdue": "Actions overdue",
            "status": "Status",
            "event": "What changed",
        }
        caption = "Escalation by month, by the limits of this quarter"
        words = text_block(f"The programme is {now} as at {day(self.card.at.day)}. {rules.words()}")
        return stack([words, marked_table(text_columns(rows, heads), caption=caption, marked=["Status"])])

    def fortnights(self) -> Block:
        """Return what an oversight group that meets every fortnight saw in the quarter."""
        quarter, last = self.card.quarter, pd.Timestamp(self.card.at.day)
        rows = programme.fortnights(self.items, start=quarter.start, end=quarter.end)
        rows = rows[rows["meeting"] <= last].reset_index(drop=True)
        for name in ("completed", "fell_due", "overdue"):
            rows[name] = ["; ".join(items) or "None" for items in rows[name]]
        heads = {
            "meeting": "Meeting",
            "completed": "Completed since the last",
            "fell_due": "Fell due since the last",
            "overdue": "Overdue at the meeting",
        }
        return marked_table(text_columns(_dated(rows, "meeting"), heads), caption="The quarter by fortnights")


@dataclass(frozen=True, eq=False)
class ExpectationsReport(Report):
    """The tracker of the system's expectations as at a date."""

    @property
    def as_at(self) -> date:
        """The date."""
        return self.card.at.day

    @cached_property
    def tracked(self) -> pd.DataFrame:
        """Every action with its status as at the date."""
        return programme.track(self.card.catalogue.expectations, as_at=self.as_at)

    def headline(self) -> Block:
        """Return how many actions have each status."""
        counts = programme.tally(self.tracked)
        names = self.tracked["expectation"].nunique()
        return text_block(
            f"As at {day(self.as_at)}, of {count(len(self.tracked), 'action')} under "
            f"{count(names, 'expectation')}: {counts['done']} done, {counts['slipped']} slipped, "
            f"{counts['due']} due that day, {counts['ahead']} due later, {counts['undated']} without a date."
        )

    def outstanding(self) -> Block:
        """Return the actions due and not completed, longest slipped first."""
        left = programme.outstanding(self.card.catalogue.expectations, as_at=self.as_at)
        if left.empty:
            return text_block(f"No action is due and not completed as at {day(self.as_at)}.")
        heads = {
            "action": "Action",
            "expectation": "Expectation",
            "due": "Due",
            "days_slipped": "Days slipped",
            "status": "Status",
        }
        rows = _dated(left, "due").assign(status=left["status"].str.capitalize())
        caption = f"Due and not completed as at {day(self.as_at)}"
        return marked_table(text_columns(rows, heads), caption=caption, marked=["Status"])

    def tracker(self) -> Block:
        """Return every action under its expectation."""
        rows = _dated(self.tracked, "due", "completed")
        rows = rows.assign(status=[_status(row) for row in self.tracked.to_dict("records")])
        heads = {
            "action": "Action",
            "expectation": "Expectation",
            "due": "Due",
            "completed": "Completed",
            "status": "Status",
            "source": "Modelled on",
        }
        return marked_table(
            text_columns(rows, heads), caption=f"Every action as at {day(self.as_at)}", marked=["Status"]
        )

    def measured(self) -> Block:
        """Return the charts of the actions that a measure follows, against target."""
        rows = self.card.catalogue.expectations
        wanted = rows["measure_id"].dropna().drop_duplicates()
        keys = [(name, unit) for name in wanted for unit in self.units if self.card.has(name, unit)]
        if not keys:
            return text_block("No action is followed by a measure.")
        return self.figures(keys)


def _status(row: Row) -> str:
    word = {"ahead": "Due later", "undated": "No date"}.get(row["status"], row["status"].capitalize())
    late = row["days_slipped"]
    if row["status"] in ("slipped", "done") and pd.notna(late) and late:
        return f"{word}, {count(int(late), 'day')}" + (" late" if row["status"] == "done" else "")
    return word


def programme_report(project: str | Path, *, quarter: str, as_at: str = "") -> ProgrammeReport:
    """Return the report of the improvement programme, judged against its trajectories."""
    listed_only = load(
        project, tables=("programme",), quarter=quarter, as_at=as_at, only={"observations.measure_id": []}
    )
    used = of_measures(listed_only.programme["measure_id"].dropna().unique())
    catalogue = load(project, tables=("programme",), quarter=quarter, as_at=as_at, only=used)
    card = programme.judge(catalogue, quarter=Quarter.parse(quarter))
    return ProgrammeReport(card, catalogue.top_units, read_governance(project))


def expectations_report(project: str | Path, *, quarter: str, as_at: str = "") -> ExpectationsReport:
    """Return the tracker of expectations; arguments and errors as for :func:`sutg_analysis.reports.measures.board_report`."""
    card = card_of(project, quarter, as_at=as_at, tables=("expectations",))
    return ExpectationsReport(card, card.catalogue.top_units)
