"""The situation report of the wards: what broke a rule, what changed, the last days and weeks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import CONCERN
from sutg_analysis.quality import sitrep
from sutg_analysis.quality.rules import Governance, read_governance
from sutg_analysis.reports.figure import Figure, charts_figure, figures_block
from sutg_analysis.reports.page import Block, listing, marked_table, stack, text_block
from sutg_analysis.reports.report import Report, Withheld, card_of, method_words
from sutg_analysis.reports.tables import icon_table, text_columns
from sutg_analysis.words.control import series_words
from sutg_analysis.words.wording import count, day, number


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
            return text_block(f"No day is on record up to the end of {self.card.quarter.label}.")
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
            return text_block(f"No shift broke a rule in {span}.")
        texts = [_exception(row) for row in found.to_dict("records")]
        return stack([text_block(f"In {span}:"), listing(texts)])

    def since_last(self) -> Block:
        """Return what changed since the report before."""
        if missing := self._missing():
            return missing
        rules = self.rules.sitrep
        changed = sitrep.since_last_report(self.daily, end=self.last_day, rules=rules)
        if changed.empty:
            return text_block("Nothing broke a rule in this report or in the one before.")
        heads = {
            "ward": "Ward",
            "shift": "Shift",
            "rule": "Rule",
            "before": "Days in the report before",
            "now": "Days in this report",
            "change": "Change",
        }
        return marked_table(text_columns(changed, heads), caption="Since the last report", marked=["Change"])

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
        table = pd.concat(
            [text_columns(rates, keys), text_columns(rates[list(hours)].round(1), hours)], axis=1
        )
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
        rows = result.summary.assign(unit="percent", per=1, name=result.summary["ward"])
        return icon_table(rows, caption="Registered staff, daily, weekday pattern taken out", first="Ward")

    def chart(self) -> Block:
        """Return the chart of each ward that signals concern or else of the ward least staffed."""
        if missing := self._missing():
            return missing
        summary = self.charts_of_wards.summary
        signal = summary["variation"].isin(CONCERN)
        chosen = summary[signal] if signal.any() else summary.nsmallest(1, "latest")
        return figures_block(*(self._ward(str(ward)) for ward in chosen["ward"]))

    def _ward(self, ward: str) -> Figure:
        result = self.charts_of_wards.select(ward=ward)
        units = self.card.catalogue.units
        unit_id = units.loc[units["name"] == ward, "unit_id"].iloc[0]  # a name is no name for a file
        title, unit = f"Registered staff, {ward}", "percent"
        words = series_words(replace(result, by=()), title=title, unit=unit)[0]
        row = result.summary.iloc[0]
        return charts_figure(
            result,
            f"staff-{unit_id}",
            words.headline,
            words=" ".join(filter(None, (words.latest, words.variation))),
            title=title,
            unit=unit,
            verdict=(str(row["variation"]), str(row["assurance"])),
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
        return text_block(
            f"A shift is an exception when registered staff are below {rules.registered_fill_below:g}% of planned "
            f"hours, when unregistered staff are below {rules.unregistered_fill_below:g}%, or when more than "
            f"{rules.occupancy_above:g}% of beds are occupied, people on leave counted."
        )


def _exception(row: Row) -> str:
    days = count(row["days"], "day")
    span = day(row["first"]) if row["days"] == 1 else f"{day(row['first'])} to {day(row['last'])}"
    worst = number(row["worst"], unit="percent")
    return f"{row['ward']}, {row['shift']} shift: {row['rule']} on {days}, {span}; at worst {worst}."


def _rates(rates: pd.DataFrame, keys: dict[str, str]) -> pd.DataFrame:
    table = text_columns(rates, keys)
    heads = {
        "registered_fill": "Registered staff, of plan",
        "unregistered_fill": "Unregistered staff, of plan",
        "occupancy": "Beds occupied",
    }
    for name, head in heads.items():
        table[head] = [number(value, unit="percent") for value in rates[name]]
    table["On leave, mean"] = [number(value, decimals=1) for value in rates["leave"]]
    return table


def sitrep_report(project: str | Path, *, quarter: str) -> SitrepReport | Withheld:
    """Return the situation report as at the last day of a quarter."""
    card = card_of(project, quarter, tables=("sitrep",))
    if card.catalogue.protection.hides("sitrep"):
        return Withheld(card.catalogue, "Beds and leave on single shifts", SitrepReport)
    return SitrepReport(card, card.catalogue.top_units, read_governance(project))
