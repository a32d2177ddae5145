"""The page of all harms as at a quarter's end, and the tables and sentences that it shares with the page of one harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.quality.harm import harm_free, harm_summary
from sutg_analysis.reports.figure import control_figure
from sutg_analysis.reports.page import Block, number_texts, table_block, text_block
from sutg_analysis.reports.report import Page, Withheld, why
from sutg_analysis.words.wording import SHORT_VARIATIONS, count, day, listed

Found = TypeVar("Found")
TABLES = ("incidents", "projects", "cycles")
BED_DAYS = "bed-occupancy"
"""The measure whose numerators are occupied bed days, unless the notebook names another."""


@dataclass(frozen=True, eq=False)
class HarmSummaryReport(Page):
    """Every harm of every ward.

    Parameters
    ----------
    bed_days
        The measure whose numerators are occupied bed days.
    """

    bed_days: str = BED_DAYS

    @cached_property
    def log(self) -> pd.DataFrame:
        """The incidents up to the quarter's end, wards by name."""
        log = self.catalogue.incidents
        return log[log["date"] <= self.end].assign(ward=lambda rows: rows["ward"].map(self.name))

    @cached_property
    def start(self) -> pd.Timestamp:
        """The first day of the month in which the log begins."""
        return self.log["date"].min().to_period("M").start_time

    @cached_property
    def exposure(self) -> pd.DataFrame | None:
        """Bed days by ward and month; None unless they are known for every month of every ward with incidents."""
        rows = self.catalogue.observations
        rows = rows[(rows["measure_id"] == self.bed_days) & (rows["numerator"] > 0)]
        days = pd.DataFrame(
            {"ward": rows["unit_id"].map(self.name), "period": rows["period"], "bed_days": rows["numerator"]}
        )
        months = pd.date_range(self.start, self.end, freq="MS")
        wanted = pd.MultiIndex.from_product([self.log["ward"].unique(), months])
        known = pd.MultiIndex.from_frame(days[["ward", "period"]])
        return days.reset_index(drop=True) if wanted.isin(known).all() else None

    @cached_property
    def exposure_words(self) -> str:
        """What incidents are divided by."""
        if self.exposure is None:
            return "Counts are not divided by bed days, which are not known for every ward and month."
        return f"Bed days are the numerators of the measure {self.bed_days}."

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a harm and ward: :func:`sutg_analysis.quality.harm.harm_summary`."""
        first = pd.Timestamp(self.at.quarter.start)
        return harm_summary(
            self.log, start=self.start, as_at=self.end, quarter_start=first, exposure=self.exposure
        )

    def headline(self) -> Block:
        """Return which harms of which wards give a signal of concern or improvement, and which none."""
        return text_block(summary_words(self.summary, self.at.label))

    def table(self) -> Block:
        """Return every harm and ward: this quarter, the one before, days since the last, verdict."""
        return table_block(summary_table(self.summary), caption=f"Every harm, as at {day(self.end)}")

    def harm_free_chart(self) -> Block:
        """Return the share of ward-days without harm, quarter by quarter, and its control chart."""
        harmed = self.log[self.log["level"] != "none"]
        wards = self.log["ward"].unique().tolist()
        if harmed.empty:
            return Block("No incident led to harm.")
        table = harm_free(harmed, wards, start=self.start, end=self.end, every="month")
        percent = table.assign(percent=100 * table["share"])
        result = spc(percent, value="percent", date="period", improvement="increase")
        free = int(table["harm_free"].tail(3).sum())
        more = (
            f"In {self.at.label}, {free:,} of {int(table['ward_days'].tail(3).sum()):,} ward-days passed "
            "without an incident that did harm; incidents without harm are left out. Fewer reports look the same as "
            "less harm."
        )
        return control_figure(
            result,
            "harm-free",
            title="Ward-days without recorded harm",
            unit="percent",
            notes=self.made_from("incidents"),
            more=more,
        ).block()

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Incidents are those recorded up to {day(self.end)}. Each harm of each ward has its own control chart: "
            "incidents by 1,000 bed days (u prime) where a ward has one a month or more, the days between them (g) "
            f"where they are rarer. {self.exposure_words} A quarter is compared with as many days before it."
        )


def or_why(make: Callable[[], Found]) -> Found | str:
    """Return a result, or in a sentence why the data do not bear it."""
    try:
        return make()
    except (DataError, ArgumentError) as error:
        return f"{why(error)}."


def harm_catalogue(project: str | Path, quarter: Quarter, *, as_at: str, bed_days: str) -> Catalogue:
    """Return what was known at a quarter's end, which must hold an incident."""
    only = {"observations.measure_id": [bed_days], "targets.measure_id": [], "events.measure_id": []}
    known = load(project, tables=TABLES, quarter=quarter, as_at=as_at, only=only)
    if known.table("incidents").empty:
        raise ArgumentError(
            f"no incident up to the end of {quarter.label}",
            expected="incidents in data/incidents",
            remedy="Choose a later quarter, or add the incidents",
        )
    return known


def harm_summary_report(
    project: str | Path, *, quarter: str, as_at: str = "", bed_days: str = BED_DAYS
) -> HarmSummaryReport | Withheld:
    """Return the page of all harms; arguments and errors as for :func:`sutg_analysis.reports.measures.board_report`.

    ``bed_days`` is the measure whose numerators are occupied bed days; where there is none, counts are judged.
    """
    when = Quarter.parse(quarter)
    known = harm_catalogue(project, when, as_at=as_at, bed_days=bed_days)
    if known.protection.hides("incidents"):
        return Withheld(known, "Days, wards and severity of incidents", HarmSummaryReport)
    return HarmSummaryReport(known, when, bed_days)


_NAMES = {
    "cauti": "Urinary infections from catheters (CAUTI)",
    "c-difficile": "C. difficile",
    "self-harm": "Self-harm",
    "death": "Deaths",
    "serious-incident": "Serious incidents",
    "medication": "Medication incidents",
    "restraint": "Restraints",
}
_CHARTS = {
    "u_prime": "Rate by month (u prime)",
    "c_prime": "Count by month (c prime)",
    "g": "Days between (g)",
    "none": "Too few for a chart",
}


def harm_name(harm: str) -> str:
    """Return a harm in words.

    Examples
    --------
    >>> harm_name("pressure-ulcers"), harm_name("c-difficile")
    ('Pressure ulcers', 'C. difficile')
    """
    words = harm.replace("-", " ").replace("_", " ")
    return _NAMES.get(harm, words[:1].upper() + words[1:])


def summary_words(summary: pd.DataFrame, quarter: str) -> str:
    """Name the harms and wards whose charts signal, and count those that do not."""
    many = len(set(summary["harm"])) > 1
    names = summary["ward"] if not many else summary["harm"].map(harm_name) + " on " + summary["ward"]
    parts = [f"{count(int(summary['quarter'].sum()), 'incident')} in {quarter}."]
    for codes, words in ((CONCERN, "A sign of concern"), (IMPROVEMENT, "A sign of improvement")):
        if (signal := summary["variation"].isin(codes)).any():
            parts.append(f"{words}: {listed(names[signal])}.")
    usual, few = (int((summary["variation"] == code).sum()) for code in ("common", "too_few"))
    if usual:
        parts.append(f"Usual variation: {count(usual, 'chart')}.")
    if few:
        parts.append(f"Too few incidents to judge: {count(few, 'chart')}.")
    return " ".join(parts)


def summary_table(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the harm summary as text."""
    return pd.DataFrame(
        {
            "Ward": summary["ward"],
            "Harm": summary["harm"].map(harm_name),
            "This quarter": number_texts(summary["quarter"]),
            "As many days before": number_texts(summary["before"]),
            "Last one": [day(date) for date in summary["last_date"]],
            "Days since": number_texts(summary["days"]),
            "Chart": summary["chart"].map(_CHARTS),
            "What it shows": summary["variation"].map(SHORT_VARIATIONS),
        }
    )
