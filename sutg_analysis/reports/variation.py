"""The page of unwarranted variation: units beside one another, outliers explained, nobody ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.definitions import is_percent
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.funnel import funnel_spec
from sutg_analysis.control.funnel import FunnelResult, funnel
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.ledger.scorecard import Scorecard, score
from sutg_analysis.reports.figure import Figure, figure_of, figures_block
from sutg_analysis.reports.page import Block, bullets, table_block
from sutg_analysis.reports.report import Page, why
from sutg_analysis.reports.tables import funnel_table
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import SHORT_VARIATIONS, count, day, listed, number

LEAST = 3
"""Fewer units than this are no comparison."""


@dataclass(frozen=True, eq=False)
class VariationReport(Page):
    """Every measure that can be compared between units, over the year that ends with the quarter."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The year's observations with a numerator and a denominator, of units that report themselves."""
        table = self.catalogue.observations
        recent = table["period"] > self.end - pd.DateOffset(years=1)
        whole = table["numerator"].notna() & (table["denominator"] > 0)
        return table[recent & whole].reset_index(drop=True)

    @cached_property
    def card(self) -> Scorecard:
        """The verdicts of each unit's own charts."""
        return score(self.catalogue, quarter=self.quarter)

    @cached_property
    def compared(self) -> dict[str, FunnelResult | str]:
        """The funnel of each measure, or why there is none, in the order of the measures table."""
        return {measure: self._compare(measure) for measure in self.catalogue.measures["measure_id"]}

    def _compare(self, measure_id: str) -> FunnelResult | str:
        measure = self.catalogue.measure(measure_id)
        rows = self.rows[self.rows["measure_id"] == measure_id]
        units = rows["unit_id"].nunique()
        if rows.empty:
            return "it is a count without a denominator, or has no values in the year"
        if units < LEAST:
            return f"{count(units, 'unit reports', 'units report')} it, and a comparison needs {LEAST}"
        share = is_percent(pd.Series([measure["unit"]])).all()
        try:
            found = funnel(
                rows,
                unit="unit_id",
                numerator="numerator",
                denominator="denominator",
                kind="proportion" if share else "rate",
                overdispersion="winsorised",
                per=measure["per"],
            )
        except (DataError, ArgumentError) as error:
            return why(error)
        # Units stand by name in the order of the units table, which ranks nobody.
        order = {unit: place for place, unit in enumerate(self.names)}
        points = found.points.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable")
        named = points.assign(unit_id=points["unit_id"].map(self.name)).reset_index(drop=True)
        return replace(found, points=named)

    @property
    def results(self) -> dict[str, FunnelResult]:
        """The funnels that could be made."""
        return {name: found for name, found in self.compared.items() if not isinstance(found, str)}

    @cached_property
    def outliers(self) -> pd.DataFrame:
        """Units outside the 99.8 % limits: measure_id, unit, value, target, side."""
        columns = ["measure_id", "unit_id", "value", "target", "side"]
        each = [pd.DataFrame(columns=columns)]
        for name, found in self.results.items():
            rows = found.points[found.points["outside_998"]]
            each += [rows.assign(measure_id=name, target=found.target)[columns]] if len(rows) else []
        return pd.concat(each) if len(each) > 1 else each[0]

    def headline(self) -> Block:
        """Return which units lie outside the 99.8 % limits of which measures."""
        lines = [
            f"Outside the 99.8% limits. {self._title(str(measure))}: {listed(rows['unit_id'])}."
            for measure, rows in self.outliers.groupby("measure_id", sort=False)
        ]
        if quiet := len(self.results) - len(lines):
            lines.append(f"{count(quiet, 'measure')}: no unit differs by more than is usual between units.")
        return bullets(lines) if lines else Block("No measure can be compared between units yet.")

    def _title(self, measure_id: str) -> str:
        return str(self.catalogue.measure(measure_id)["title"])

    def outliers_table(self) -> Block:
        """Return each unit outside the limits with what its own chart and the record of events say of it."""
        if self.outliers.empty:
            return Block("No unit lies outside the 99.8% limits.")
        ids = {name: unit for unit, name in self.names.items()}
        rows = [
            self._explained(row, ids.get(row["unit_id"], row["unit_id"]))
            for row in self.outliers.to_dict("records")
        ]
        words = (
            "A place outside the limits is a question, not a verdict: cases, recording or care may differ."
        )
        caption = "Units outside the 99.8% limits, and what is known of them"
        return table_block(pd.DataFrame(rows), caption=caption, words=words)

    def _explained(self, row: Row, unit_id: str) -> dict[str, str]:
        measure = self.catalogue.measure(row["measure_id"])
        verdicts = self.card.of_measure(row["measure_id"])
        own = verdicts.loc[verdicts["unit_id"] == unit_id, "variation"].astype("str")
        events = self.card.events(row["measure_id"], unit_id)
        labelled = events[events["label"].notna()]
        pairs = zip(labelled["label"], labelled["date"], strict=True)
        return {
            "Unit": str(row["unit_id"]),
            "Measure": str(measure["title"]),
            "Value": number(row["value"], unit=measure["unit"]),
            "Average": number(row["target"], unit=measure["unit"]),
            "Lies": "Above the limits" if row["side"] == "high" else "Below the limits",
            "Its own chart": SHORT_VARIATIONS[own.iloc[0]] if len(own) else "No chart",
            "Events on record": listed(f"{label} ({day(date)})" for label, date in pairs) or "None",
        }

    def funnels(self) -> Block:
        """Return one funnel a measure, and why others have none."""
        if not self.results:
            return Block("No measure can be compared between units yet.")
        figures = [self._figure(name, found) for name, found in self.results.items()]
        headings = [f"### {plain_markdown(self._title(name))}" for name in self.results]
        block = figures_block(*figures, headings=headings)
        lacking = [
            f"- {plain_markdown(f'{self._title(name)}: {reason}')}."
            for name, reason in self.compared.items()
            if isinstance(reason, str)
        ]
        text = "\n\n### Not compared\n\n" + "\n".join(lacking) if lacking else ""
        return replace(block, markdown=block.markdown + text)

    def _figure(self, measure_id: str, found: FunnelResult) -> Figure:
        measure = self.catalogue.measure(measure_id)
        unit, title = measure["unit"], f"{measure['title']} by unit, year to {day(self.end)}"
        known = {"Definition": str(measure["definition"])} if pd.notna(measure["definition"]) else {}
        return figure_of(
            f"{measure_id}--funnel",
            title,
            lambda width: funnel_spec(found, unit=unit, width=width),
            words=found.words(title=str(measure["title"]), unit=unit),
            alt=found.alt_text(title=str(measure["title"]), unit=unit),
            table=funnel_table(found, unit=unit, size="Cases"),
            data=found.points,
            notes={**known, **self.made_from("observations")},
        )

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Numerators and denominators of the year to {day(self.end)} are added up for each unit that reports "
            "itself. Funnel limits allow for a unit's size and, as units differ by more than chance for reasons that "
            "are not known, for the usual difference between units (a winsorised additive model). Units stand in the "
            "order of the units table. They are never ranked: within the limits nobody can be told apart."
        )


def variation_report(project: str | Path, *, quarter: str, as_at: str = "") -> VariationReport:
    """Return the page of unwarranted variation; arguments and errors as for :func:`sutg_analysis.reports.measures.board_report`."""
    when = Quarter.parse(quarter)
    return VariationReport(load(project, tables=(), quarter=when, as_at=as_at), when)
