"""The reports that oversight asks for: the improvement programme, the SITREP and the tracker of expectations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis import expectations, programme, sitrep
from sutg_analysis.board import shown
from sutg_analysis.briefing import Report, card_of, drawings, method_words
from sutg_analysis.catalogue import load
from sutg_analysis.figures import Block, Figure, joined
from sutg_analysis.governance import Governance, read_governance
from sutg_analysis.icontable import icon_table
from sutg_analysis.marks import listing, marked_table, said, stacked
from sutg_analysis.numbers import numbers_table, raw_table
from sutg_analysis.quarters import Quarter
from sutg_analysis.results import SpcResult
from sutg_analysis.wording import count, day, listed, month, number
from sutg_analysis.words import series_words, spc_alt_text


def _day(value: Any) -> str:
    return day(value) if pd.notna(value) else ""


def _days(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the table with some dates as words."""
    return table.assign(**{name: [_day(value) for value in table[name]] for name in columns})


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
        return programme.overdue(self.items, as_at=self.card.quarter.end)

    def headline(self) -> Block:
        """Return how many metrics are on and off their trajectories and how many actions are overdue."""
        order = [programme.ON, programme.WITHIN, programme.TOWARDS, programme.OFF, programme.UNJUDGED]
        counts = self.metrics["verdict"].value_counts()
        parts = [f"{counts[name]} {name}" for name in order if name in counts]
        late = f"{count(len(self.late), 'action')} {'is' if len(self.late) == 1 else 'are'} overdue."
        return said(f"Of {count(len(self.metrics), 'metric')}, {listed(parts)}. {late}")

    def metrics_table(self) -> Block:
        """Return every metric with baseline, trajectory, owner, due date and verdict."""
        rows = _days(self.metrics, "due")
        for name in ("baseline", "latest", "trajectory", "goal"):
            pairs = zip(rows[name], rows["unit"], strict=True)
            rows[name] = ["" if pd.isna(value) else number(value, unit=unit) for value, unit in pairs]
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
            shown(rows, heads), caption="Metrics of the programme", marked=["By its control chart"]
        )

    def charts(self) -> Block:
        """Return the chart of each metric with its trajectory as the target line."""
        rows = self.metrics[self.metrics["latest"].notna()]
        keys = rows[["measure_id", "unit_id"]].to_numpy().tolist()
        if not keys:
            return said("No metric has a measure with observations yet.")
        return joined([("", self.figure(*key)) for key in keys])

    def overdue_actions(self) -> Block:
        """Return the actions overdue at the quarter's end."""
        if self.late.empty:
            return said(f"No action is overdue as at {day(self.card.quarter.end)}.")
        heads = {"item": "Action", "due": "Due", "days_slipped": "Days overdue", "owner": "Owner", "theme": "Theme"}
        caption = f"Actions overdue as at {day(self.card.quarter.end)}"
        return marked_table(shown(_days(self.late, "due"), heads), caption=caption)

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
        told = said(f"The programme is {now} as at {day(self.card.quarter.end)}. {rules.words()}")
        return stacked([told, marked_table(shown(rows, heads), caption=caption, marked=["Status"])])

    def fortnights(self) -> Block:
        """Return what an oversight group that meets every fortnight saw in the quarter."""
        quarter = self.card.quarter
        rows = programme.fortnights(self.items, start=quarter.start, end=quarter.end)
        for name in ("completed", "fell_due", "overdue"):
            rows[name] = ["; ".join(items) or "None" for items in rows[name]]
        heads = {
            "meeting": "Meeting",
            "completed": "Completed since the last",
            "fell_due": "Fell due since the last",
            "overdue": "Overdue at the meeting",
        }
        return marked_table(shown(_days(rows, "meeting"), heads), caption="The quarter by fortnights")


@dataclass(frozen=True, eq=False)
class SitrepReport(Report):
    """The situation report of the wards as at the quarter's last day."""

    rules: Governance

    @property
    def daily(self) -> pd.DataFrame:
        """The rows of the wards, each ward told by its name."""
        names = self.card.catalogue.units.set_index("unit_id")["name"]
        rows = self.card.catalogue.sitrep
        return rows.assign(ward=rows["ward"].map(names))

    @cached_property
    def last_day(self) -> pd.Timestamp:
        """The last day with a row."""
        return self.daily["date"].max()

    @cached_property
    def week(self) -> pd.DataFrame:
        """The rows of the days that the report looks back on."""
        return sitrep.window(self.daily, end=self.last_day, days=self.rules.sitrep.report_days)

    def _missing(self) -> Block | None:
        if self.card.catalogue.sitrep.empty:
            return said(f"No day is on record up to the end of {self.card.quarter.label}.")
        return None

    @property
    def _span(self) -> str:
        days = self.rules.sitrep.report_days
        return f"the {days} days to {day(self.last_day)}"

    def exceptions(self) -> Block:
        """Return the shifts that broke a rule in the days of the report, by ward, shift and rule."""
        return self._missing() or self._exceptions(self.week, self._span)

    def in_quarter(self) -> Block:
        """Return the shifts that broke a rule in the quarter, by ward, shift and rule."""
        quarter = self.card.quarter
        days = self.daily[self.daily["date"] >= pd.Timestamp(quarter.start)]
        return self._missing() or self._exceptions(days, quarter.title)

    def _exceptions(self, days: pd.DataFrame, span: str) -> Block:
        found = sitrep.grouped_exceptions(sitrep.exceptions(days, rules=self.rules.sitrep))
        if found.empty:
            return said(f"No shift broke a rule in {span}.")
        texts = [_exception(row) for row in found.to_dict("records")]
        return stacked([said(f"In {span}:"), listing(texts)])

    def since_last(self) -> Block:
        """Return what changed since the report before."""
        if missing := self._missing():
            return missing
        rules = self.rules.sitrep
        changed = sitrep.since_last_report(self.daily, end=self.last_day, rules=rules)
        if changed.empty:
            return said("Nothing broke a rule in this report or in the one before.")
        heads = {
            "ward": "Ward",
            "shift": "Shift",
            "rule": "Rule",
            "before": "Days in the report before",
            "now": "Days in this report",
            "change": "Change",
        }
        return marked_table(shown(changed, heads), caption="Since the last report", marked=["Change"])

    def glance(self) -> Block:
        """Return the last days by ward: staff, beds and leave."""
        if missing := self._missing():
            return missing
        rates = sitrep.fill_rates(self.week, by=["ward"])
        return marked_table(_rates(rates, {"ward": "Ward"}), caption=f"By ward, {self._span}")

    def shifts(self) -> Block:
        """Return planned and actual hours by ward and shift."""
        if missing := self._missing():
            return missing
        rates = sitrep.fill_rates(self.week, by=["ward", "shift"])
        keys = {"ward": "Ward", "shift": "Shift"}
        hours = {
            f"{kind}_{role}": f"{kind.capitalize()} hours, {role}"
            for role in sitrep.ROLES
            for kind in ("planned", "actual")
        }
        table = pd.concat([shown(rates, keys), shown(rates[list(hours)].round(1), hours)], axis=1)
        for role in sitrep.ROLES:
            table[f"Fill, {role}"] = [number(value, unit="percent") for value in rates[f"{role}_fill"]]
        return marked_table(table, caption=f"Staff by shift, {self._span}")

    def each_day(self) -> Block:
        """Return registered fill by ward and day."""
        if missing := self._missing():
            return missing
        rates = sitrep.fill_rates(self.week, by=["ward", "date"])
        wide = rates.pivot_table(index="ward", columns="date", values="registered_fill", sort=False)
        table = pd.DataFrame({"Ward": list(wide.index)}, dtype="str")
        for date in sorted(wide.columns):
            head = f"{date.day_name()[:3]} {date.day}"
            table[head] = [number(value, unit="percent") for value in wide[date]]
        return marked_table(table, caption=f"Registered staff, share of planned hours, {self._span}")

    def weeks(self, *, last: int = 8) -> Block:
        """Return the last weeks of the trust: staff, beds and exceptions."""
        if missing := self._missing():
            return missing
        rows = self.daily.assign(week=(self.last_day - self.daily["date"]).dt.days // 7)
        rows = rows[rows["week"] < last]
        rates = sitrep.fill_rates(rows, by=["week"]).sort_values("week", ascending=False)
        rates["ending"] = [day(self.last_day - pd.Timedelta(days=7 * week)) for week in rates["week"]]
        found = sitrep.exceptions(rows, rules=self.rules.sitrep)
        counts = ((self.last_day - found["date"]).dt.days // 7).value_counts()
        table = _rates(rates, {"ending": "Week ending"})
        table["Shifts that broke a rule"] = [str(int(counts.get(week, 0))) for week in rates["week"]]
        return marked_table(table, caption=f"All wards, last {last} weeks")

    @cached_property
    def charts_of_wards(self) -> SpcResult:
        """The control charts of the wards' daily staffing."""
        return sitrep.staffing_spc(self.daily)

    def verdicts(self) -> Block:
        """Return what each ward's control chart shows of registered staff day by day."""
        if missing := self._missing():
            return missing
        result = self.charts_of_wards
        rows = result.summary.assign(unit="percent", per=1)
        rows = rows.assign(name=rows["ward"])
        return icon_table(rows, caption="Registered staff, daily, weekday pattern taken out", first="Ward")

    def chart(self) -> Block:
        """Return the chart of each ward that signals concern or else of the ward least staffed."""
        if missing := self._missing():
            return missing
        summary = self.charts_of_wards.summary
        signal = summary["variation"].astype("str").str.startswith("concern")
        chosen = summary[signal] if signal.any() else summary.nsmallest(1, "latest")
        return joined([("", self._ward(str(ward))) for ward in chosen["ward"]])

    def _ward(self, ward: str) -> Figure:
        result = self.charts_of_wards.select(ward=ward)
        title, unit = f"Registered staff, {ward}", "percent"
        words = series_words(replace(result, by=()), title=title, unit=unit)[0]
        row = result.summary.iloc[0]
        return Figure(
            name=f"staff-{ward.lower().replace(' ', '-')}",
            headline=words.headline,
            words=" ".join(filter(None, (words.latest, words.variation))),
            alt=spc_alt_text(result, title=title, unit=unit),
            **drawings(result, events=None, unit=unit),
            table=numbers_table(result, unit=unit),
            data=raw_table(result),
            verdict=(row["variation"], row["assurance"]),
            notes={
                "Definition": "Actual hours of registered staff, all shifts together, as a share of planned hours.",
                "Weekday pattern": "Each weekday's median is brought to the median of all days before judging.",
                "Method": method_words(result),
                "How sure": words.sureness,
            },
        )

    def rule_words(self) -> Block:
        """Return the rules of exception, as stated for the project."""
        rules = self.rules.sitrep
        return said(
            f"A shift is an exception when registered staff are below {rules.registered_fill_below:g}% of planned "
            f"hours, when unregistered staff are below {rules.unregistered_fill_below:g}%, or when more than "
            f"{rules.occupancy_above:g}% of beds are occupied, people on leave counted."
        )


def _exception(row: dict[Any, Any]) -> str:
    days = count(row["days"], "day")
    span = _day(row["first"]) if row["days"] == 1 else f"{_day(row['first'])} to {_day(row['last'])}"
    worst = number(row["worst"], unit="percent")
    return f"{row['ward']}, {row['shift']} shift: {row['rule']} on {days}, {span}; at worst {worst}."


def _rates(rates: pd.DataFrame, keys: dict[str, str]) -> pd.DataFrame:
    table = shown(rates, keys)
    heads = {
        "registered_fill": "Registered staff, of plan",
        "unregistered_fill": "Unregistered staff, of plan",
        "occupancy": "Beds occupied",
    }
    for name, head in heads.items():
        table[head] = [number(value, unit="percent") for value in rates[name]]
    table["On leave, mean"] = [number(value, decimals=1) for value in rates["leave"]]
    return table


@dataclass(frozen=True, eq=False)
class ExpectationsReport(Report):
    """The tracker of the system's expectations as at a date."""

    as_at: pd.Timestamp

    @cached_property
    def tracked(self) -> pd.DataFrame:
        """Every action with its status as at the date."""
        return expectations.track(self.card.catalogue.expectations, as_at=self.as_at)

    def headline(self) -> Block:
        """Return how many actions have each status."""
        counts = expectations.tally(self.tracked)
        names = self.tracked["expectation"].nunique()
        return said(
            f"As at {day(self.as_at)}, of {count(len(self.tracked), 'action')} under "
            f"{count(names, 'expectation')}: {counts['done']} done, {counts['slipped']} slipped, "
            f"{counts['due']} due that day, {counts['ahead']} due later, {counts['undated']} without a date."
        )

    def outstanding(self) -> Block:
        """Return the actions due and not completed, longest slipped first."""
        left = expectations.outstanding(self.card.catalogue.expectations, as_at=self.as_at)
        if left.empty:
            return said(f"No action is due and not completed as at {day(self.as_at)}.")
        heads = {
            "action": "Action",
            "expectation": "Expectation",
            "due": "Due",
            "days_slipped": "Days slipped",
            "status": "Status",
        }
        rows = _days(left, "due").assign(status=left["status"].str.capitalize())
        caption = f"Due and not completed as at {day(self.as_at)}"
        return marked_table(shown(rows, heads), caption=caption, marked=["Status"])

    def tracker(self) -> Block:
        """Return every action under its expectation."""
        rows = _days(self.tracked, "due", "completed")
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
            shown(rows, heads), caption=f"Every action as at {day(self.as_at)}", marked=["Status"]
        )

    def measured(self) -> Block:
        """Return the charts of the actions that a measure follows, against target."""
        rows = self.card.catalogue.expectations
        wanted = rows["measure_id"].dropna().drop_duplicates()
        keys = [(name, unit) for name in wanted for unit in self.units if self.card.has(name, unit)]
        if not keys:
            return said("No action is followed by a measure.")
        return joined([("", self.figure(*key)) for key in keys])


def _status(row: dict[Any, Any]) -> str:
    word = {"ahead": "Due later", "undated": "No date"}.get(row["status"], row["status"].capitalize())
    late = row["days_slipped"]
    if row["status"] in ("slipped", "done") and pd.notna(late) and late:
        return f"{word}, {count(int(late), 'day')}" + (" late" if row["status"] == "done" else "")
    return word


def programme_report(project: str | Path, *, quarter: str) -> ProgrammeReport:
    """Return the report of the improvement programme, judged against its trajectories."""
    catalogue = load(project)
    card = programme.judge(catalogue, quarter=Quarter.parse(quarter))
    return ProgrammeReport(card, catalogue.top_units, read_governance(project))


def sitrep_report(project: str | Path, *, quarter: str) -> SitrepReport:
    """Return the situation report as at the last day of a quarter."""
    card = card_of(project, quarter)
    return SitrepReport(card, card.catalogue.top_units, read_governance(project))


def expectations_report(project: str | Path, *, quarter: str, as_at: str = "") -> ExpectationsReport:
    """Return the tracker of expectations as at a date, the quarter's last day unless another is given."""
    card = card_of(project, quarter)
    moment = pd.Timestamp(as_at) if as_at else pd.Timestamp(card.quarter.end)
    return ExpectationsReport(card, card.catalogue.top_units, moment)

