"""The page of early warning: which wards to look at first, why, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.quality import LETTERS, warning_cells, warning_spec
from sutg_analysis.charts.theme import Spec
from sutg_analysis.errors import DataError
from sutg_analysis.quality.early_warning import RULE_WORDS, EarlyWarningResult, early_warning
from sutg_analysis.reports.figure import figure_of
from sutg_analysis.reports.page import Block, table_block
from sutg_analysis.reports.report import Page, why
from sutg_analysis.words.wording import count, day, listed, number, sentence


@dataclass(frozen=True, eq=False)
class WarningReport(Page):
    """The wards of a quarter.

    Parameters
    ----------
    periods, recent, weights
        As for :func:`sutg_analysis.early_warning`.
    """

    periods: int = 6
    recent: int = 3
    weights: Mapping[str, object] | None = None

    @cached_property
    def result(self) -> EarlyWarningResult | str:
        """The ranking, wards and indicators by their titles; or why there is none."""
        try:
            found = early_warning(
                self.catalogue, periods=self.periods, recent=self.recent, weights=self.weights or None
            )
        except DataError as error:
            return why(error)
        titles = self.catalogue.measures.set_index("measure_id")["title"]
        ranking, cells, heat = (
            table.assign(unit_id=table["unit_id"].map(self.name))
            for table in (found.ranking, found.cells, found.heat)
        )
        return replace(
            found,
            ranking=ranking,
            cells=cells.assign(measure_id=cells["measure_id"].map(titles)),
            heat=heat.assign(measure_id=heat["measure_id"].map(titles)),
        )

    def headline(self) -> Block:
        """Return the wards to look at first, each with its reasons."""
        result = self.result
        if isinstance(result, str):
            return Block(f"Wards are not compared: {result}.")
        named = result.ranking[result.ranking["named"]]
        quiet = len(result.ranking) - len(named)
        if named.empty:
            return Block(
                f"No ward has signals of two kinds or more in the latest {count(self.recent, 'month')}."
            )
        lines = []
        for row in named.to_dict("records"):
            signs = f" {number(row['culture'])} signs that a closed culture may be forming: visit, and listen to patients."
            lines.append(f"- **{row['unit_id']}**: {row['reasons']}.{signs if row['closed_culture'] else ''}")
        others = f"- The other {count(quiet, 'ward')} are not named; what is not measured does not warn."
        return Block("\n".join([*lines, others]))

    def heat_map(self) -> Block:
        """Return wards by indicators: the verdict of each chart lately, as letter, colour and words."""
        result = self.result
        if isinstance(result, str):
            return Block("There is no heat map without two wards.")
        cells = warning_cells(result)
        wide = cells.pivot_table(
            index="unit", columns="indicator", values="Shows", aggfunc="first", sort=False
        )
        table = wide.fillna("Not measured").rename_axis(index="Ward", columns=None).reset_index()
        signals = cells[cells["letter"] == LETTERS["concern"]].groupby("unit", sort=False)
        places = "; ".join(f"{unit}: {listed(rows['indicator'])}" for unit, rows in signals)
        return figure_of(
            "heat-map",
            f"Wards by indicators, as at {day(self.end)}",
            lambda width: _upright_on_a_phone(result, width),
            words=f"Signs of concern in the latest {count(self.recent, 'month')}: {places or 'none'}. Each cell is "
            "the verdict of a control chart of its own, so a ward is compared with itself.",
            alt=result.alt_text(title="Heat map of wards by indicators"),
            table=table,
            data=result.cells,
            notes=self.made_from("observations"),
        ).block()

    def ranking(self) -> Block:
        """Return every ward by its score, with reasons and how often it stays in the top."""
        result = self.result
        if isinstance(result, str):
            return Block("There is no ranking without two wards.")
        rows = result.ranking
        table = pd.DataFrame(
            {
                "Ward": rows["unit_id"],
                "Score": [number(score) for score in rows["score"]],
                "Named": rows["named"].map({True: "Yes", False: "No"}),
                "Reasons": rows["reasons"].where(rows["reasons"] != "", "No sign of concern lately"),
                "Signs of a closed culture": [number(signs) for signs in rows["culture"]],
                f"Stays in the top {result.top}": [
                    f"{share:.0%}" if pd.notna(share) else "" for share in rows["top_share"]
                ],
            }
        )
        words = (
            f"How often a ward has a score and stays in the top {result.top} is found by moving every reading by about "
            f"{number(result.nudge)} of its sigma, {result.resamples} times."
        )
        return table_block(table, caption="Wards by how many signals they give", words=words)

    def weights_table(self) -> Block:
        """Return what each signal is worth; these are opinions, and open to change."""
        if isinstance(self.result, str):
            return Block("No weights were used.")
        weights = self.result.weights
        rows = {sentence(RULE_WORDS[rule]).rstrip("."): worth for rule, worth in weights.rules().items()}
        rows |= {"Each further kind of indicator that signals": weights.together}
        titles = self.catalogue.measures.set_index("measure_id")["title"].to_dict()
        rows |= {f"Times {titles.get(name, name)}": worth for name, worth in weights.indicators.items()}
        rows |= {"Score from which a ward is named": weights.least}
        table = pd.DataFrame({"What": list(rows), "Worth": [number(float(worth)) for worth in rows.values()]})
        words = "Weights are opinions: change them in the notebook's parameters and see what moves."
        return table_block(table, caption="Weights", words=words)

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Observations are those up to {day(self.end)}. Each indicator of each ward has a control chart of its own "
            f"(XmR); signals for the worse in the latest {count(self.recent, 'month')} count, the strongest rule of an "
            "indicator only. Three or more of restraint, seclusion, complaints, absence, leavers and reporting "
            "together may mean a closed culture. A signal may be chance, and a ward without a name may have trouble "
            "that is not measured."
        )


def _upright_on_a_phone(result: EarlyWarningResult, width: int) -> Spec:
    if width > 500:
        return warning_spec(result, width=width - 190)
    return warning_spec(result, rows="indicator", width=width - 130)


def warning_report(
    project: str | Path,
    *,
    quarter: str,
    as_at: str = "",
    periods: int = 6,
    recent: int = 3,
    weights: Mapping[str, object] | None = None,
) -> WarningReport:
    """Return the page of early warning.

    ``periods``, ``recent`` and ``weights`` are as for :func:`sutg_analysis.early_warning`, the rest as for
    :func:`sutg_analysis.reports.measures.board_report`.
    """
    when = Quarter.parse(quarter)
    return WarningReport(load(project, tables=(), quarter=when, as_at=as_at), when, periods, recent, weights)
