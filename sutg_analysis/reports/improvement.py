"""The page of an improvement project: aim, theory, cycles on their chart, and what the data suggest of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.quality import banded
from sutg_analysis.errors import ArgumentError
from sutg_analysis.ledger.scorecard import Scorecard, score
from sutg_analysis.quality.knowledge import evaluate_project, prediction_of
from sutg_analysis.quality.pdsa import CycleResult
from sutg_analysis.quality.verdict import ADEQUATE
from sutg_analysis.reports.figure import Figure, control_figure, figure_of, figures_block
from sutg_analysis.reports.page import Block, cell_texts, interval_texts, stack, table_block
from sutg_analysis.reports.report import Page
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import SHORT_VARIATIONS, count, day, listed, number

TABLES = ("projects", "cycles")
ROLES = {"outcome": "Outcome", "process": "Process", "balancing": "Balancing"}


@dataclass(frozen=True, eq=False)
class ImprovementReport(Page):
    """One improvement project.

    Parameters
    ----------
    improvement
        Its project_id.
    """

    improvement: str

    @cached_property
    def about(self) -> Row:
        """The project's row."""
        table = self.catalogue.projects
        return table[table["project_id"] == self.improvement].to_dict("records")[0]

    @cached_property
    def cycles(self) -> pd.DataFrame:
        """Its cycles, oldest first."""
        table = self.catalogue.cycles
        return table[table["project_id"] == self.improvement].sort_values(["start", "cycle"], kind="stable")

    @cached_property
    def judged(self) -> dict[str, CycleResult | str]:
        """Each cycle's suggested verdict, or why there is none."""
        judged = evaluate_project(self.catalogue, self.improvement)
        pairs = zip(judged.cycles["cycle"].astype("str"), judged.cycles["verdict"], strict=True)
        return {cycle: judged.results.get(cycle, verdict) for cycle, verdict in pairs}

    @cached_property
    def results(self) -> dict[str, CycleResult]:
        """The cycles that could be judged."""
        return {cycle: found for cycle, found in self.judged.items() if not isinstance(found, str)}

    @cached_property
    def unit(self) -> str:
        """The project's unit; the first of the whole where it names none."""
        unit = self.about["unit_id"]
        return str(unit) if pd.notna(unit) else self.catalogue.top_units[0]

    @cached_property
    def measures(self) -> dict[str, str]:
        """The project's measures by their role."""
        return {role: str(self.about[role]) for role in ROLES if pd.notna(self.about[role])}

    @cached_property
    def card(self) -> Scorecard:
        """The verdicts of the project's measures."""
        known, wanted = self.catalogue, list(self.measures.values())
        tables = {name: getattr(known, name) for name in ("measures", "observations", "targets", "events")}
        mine = {name: table[table["measure_id"].isin(wanted)] for name, table in tables.items()}
        return score(replace(known, **mine), quarter=self.quarter)

    def headline(self) -> Block:
        """Return what the data suggest of each cycle, the team's own decision beside it."""
        if self.cycles.empty:
            return Block(f"No PDSA cycle had begun by {day(self.end)}.")
        return Block("\n".join(f"- {_cycle_words(cycle, found)}" for cycle, found in self.judged.items()))

    def charter(self) -> Block:
        """Return aim, theory, measures, lead, stage and dates."""
        about = self.about
        rows = {name: about[column] for column, name in _ABOUT.items()}
        rows["Stage"] = str(about["stage"]).capitalize() if pd.notna(about["stage"]) else None
        rows["Unit"] = self.name(about["unit_id"])
        for role, name in ROLES.items():
            measure = self.measures.get(role)
            rows[f"{name} measure"] = self.catalogue.measure(measure)["title"] if measure else None
        for name, column in (("Started", "start"), ("Ended", "end")):
            rows[name] = day(about[column]) if pd.notna(about[column]) else None
        rows["Evaluation"] = about["evaluation"]
        texts = cell_texts(pd.Series(list(rows.values()), dtype=object))
        return table_block(pd.DataFrame({"What": list(rows), "Written down": texts}), caption="The project")

    def cycles_table(self) -> Block:
        """Return each cycle: what was tried, foretold, found, suggested and decided."""
        if self.cycles.empty:
            return Block("There is no cycle to show yet.")
        columns = [
            _cycle_texts(
                row, self.judged[str(row["cycle"])], self.catalogue.measure(row["measure_id"])["unit"]
            )
            for row in self.cycles.to_dict("records")
        ]
        table = pd.DataFrame(columns).set_index("Cycle").T.add_prefix("Cycle ")
        return table_block(
            table.rename_axis(columns=None).reset_index(names="What"),
            caption="Cycles: what was tried, what was foretold and what was found",
        )

    def cycle_charts(self) -> Block:
        """Return each cycle on its chart, with reasons, doubts and what to do next; interrupted series where fitted."""
        rows = {str(row["cycle"]): row for row in self.cycles.to_dict("records")}
        pieces = [self._cycle(row, self.judged[cycle]) for cycle, row in rows.items()]
        return stack(pieces) if pieces else Block("There is no chart of a cycle yet.")

    def _cycle(self, row: Row, found: CycleResult | str) -> Block:
        aim = plain_markdown(str(row["aim"])) if pd.notna(row["aim"]) else "no aim written down"
        heading = Block(f"### Cycle {row['cycle']}: {aim}")
        if isinstance(found, str):
            return stack([heading, Block(f"This cycle cannot be judged yet: {plain_markdown(found)}.")])
        reasons = Block(plain_markdown(_reasons(found)))
        return stack([heading, self._chart(row, found), reasons, self._interrupted(row, found)])

    def _chart(self, row: Row, found: CycleResult) -> Block:
        measure = self.catalogue.measure(row["measure_id"])
        same = self.cycles[self.cycles["measure_id"] == row["measure_id"]]
        label = "Cycle " + same["cycle"].astype("str")
        until = found.points["date"].max()
        unit = row["unit_id"] if pd.notna(row["unit_id"]) else self.catalogue.top_units[0]
        return control_figure(
            replace(found.chart_result, per=measure["per"]),
            f"{self.improvement}--cycle-{row['cycle']}",
            title=f"{measure['title']}, {self.name(unit)}",
            unit=measure["unit"],
            notes=self.made_from("observations", "cycles"),
            events=pd.DataFrame({"date": same["start"], "kind": "pdsa", "label": label}),
            more=f"Limits are those of the months before cycle {row['cycle']}. {_band_words(same)}",
            change=lambda spec: banded(spec, same, until=until),
        ).block()

    def _interrupted(self, row: Row, found: CycleResult) -> Block:
        result = found.interruption
        if result is None:
            return Block(
                "There are too few points on one side for an interrupted time series: eight are needed."
            )
        measure = self.catalogue.measure(row["measure_id"])
        title, unit = f"{measure['title']}, cycle {row['cycle']}", measure["unit"]
        return figure_of(
            f"{self.improvement}--interrupted-{row['cycle']}",
            f"{title}: had nothing changed",
            lambda width: result.chart(width=width, unit=unit),
            words=result.words(title=title, unit=unit),
            alt=result.alt_text(title=title, unit=unit),
            table=_terms_table(result.summary),
            data=result.points,
            notes=self.made_from("observations", "cycles"),
        ).block()

    def measures_table(self) -> Block:
        """Return what balancing measures did in each cycle, and whether one got worse."""
        rows = [found.balancing.assign(cycle=cycle) for cycle, found in self.results.items()]
        found = pd.concat([row for row in rows if len(row)]) if any(map(len, rows)) else pd.DataFrame()
        if found.empty:
            return Block(
                "No balancing measure is named, or none has points: a gain here may be a loss elsewhere."
            )
        worse = found.loc[found["warning"].astype(bool), "measure"].unique()
        words = (
            "A balancing measure got worse: " + listed(worse)
            if len(worse)
            else "No balancing measure got worse"
        )
        verdicts = found["variation"].astype("str").map(SHORT_VARIATIONS).fillna("No verdict")
        table = pd.DataFrame(
            {
                "Measure": found["measure"],
                "Cycle": found["cycle"],
                "Mean before": [number(value) for value in found["before"]],
                "Mean since": [number(value) for value in found["since"]],
                "What it shows": verdicts,
            }
        )
        return table_block(table, caption="Balancing measures", words=f"{words}.")

    def process_chart(self) -> Block:
        """Return the charts of the process and balancing measures, cycles as bands."""
        wanted = [self.measures[role] for role in ("process", "balancing") if role in self.measures]
        charts = [self._measure(measure) for measure in wanted if self.card.has(measure, self.unit)]
        if not charts:
            return Block(
                f"{plain_markdown(self.name(self.unit))} has no observations of a process or balancing measure."
            )
        return figures_block(*charts)

    def _measure(self, measure_id: str) -> Figure:
        measure, result = self.catalogue.measure(measure_id), self.card.result(measure_id, unit_id=self.unit)
        until = result.points["date"].max()
        bands = len(self.cycles) > 0
        return control_figure(
            result,
            f"{self.improvement}--{measure_id}",
            title=f"{measure['title']}, {self.name(self.unit)}",
            unit=measure["unit"],
            notes=self.made_from("observations", "cycles"),
            more=_band_words(self.cycles) if bands else "",
            change=(lambda spec: banded(spec, self.cycles, until=until)) if bands else None,
        )

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Verdicts are as at {day(self.end)} and are suggestions. Limits are those of the points before a cycle. "
            "Sustained improvement takes a baseline long enough to trust, a signal in the right direction by a rule "
            "of the chart, a mean changed beyond chance with autocorrelation allowed for, and the gain still there at "
            "the end. An interrupted time series is fitted where both sides have eight points. What was done, learned "
            "and decided in a cycle is shown once the cycle has ended."
        )


def improvement_report(
    project: str | Path, *, improvement: str, quarter: str, as_at: str = ""
) -> ImprovementReport:
    """Return the page of one project_id of ``data/projects``; arguments and errors as for :func:`sutg_analysis.reports.measures.board_report`."""
    when = Quarter.parse(quarter)
    mine = {"projects.project_id": [improvement], "cycles.project_id": [improvement]}
    known = load(
        project, tables=TABLES, quarter=when, as_at=as_at, only=mine | {"observations.measure_id": []}
    )
    if known.projects.empty:
        names = load(project, tables=TABLES, quarter=when, as_at=as_at).projects["project_id"].tolist()
        raise ArgumentError(
            f"no improvement project {improvement!r} up to the end of {when.label}",
            expected=f"a project_id of data/projects: {listed(names) or 'none is as old'}",
            remedy="Correct the name, or choose a later quarter",
        )
    used = {*known.projects[list(ROLES)].melt()["value"].dropna(), *known.cycles["measure_id"].dropna()}
    known = load(project, tables=TABLES, quarter=when, as_at=as_at, only=mine | of_measures(used))
    return ImprovementReport(known, when, improvement)


_ABOUT = {"aim": "Aim", "theory": "Theory of change", "lead": "Lead", "stage": "Stage", "method": "Method"}
_FITS = {"yes": "They agree", "no": "They do not agree", "": "Cannot be told"}
_TERMS = {"level": "Level at the change", "slope": "Slope a year", "end": "Level at the last point"}


def _cycle_words(cycle: str, found: CycleResult | str) -> str:
    """Return one sentence of a cycle: the suggested verdict and the team's decision."""
    if isinstance(found, str):
        return f"Cycle {cycle} cannot be judged yet: {plain_markdown(found)}."
    decided = f"the team decided to {found.decision}" if found.decision else "the team has not decided yet"
    return f"Cycle {cycle}: the data suggest **{found.verdict}**; {decided}."


def _cycle_texts(row: Row, found: CycleResult | str, unit: str) -> dict[str, str]:
    """Return a cycle's column: when it ran, prediction beside result, adequacy, signal, verdict and decision."""
    ended = f" to {day(row['end'])}" if pd.notna(row["end"]) else ", still running"
    texts = {
        "Cycle": str(row["cycle"]),
        "Ran": day(row["start"]) + ended,
        "Predicted": _predicted(row["prediction"], unit),
    }
    if isinstance(found, str):
        texts |= {"Found": "Cannot be judged yet", "Baseline": "None", "Signal": "None", "Suggested": "None"}
        texts |= {"Team decided": "Not yet", "Agreement": _FITS[""]}
    else:
        facts = found.summary.iloc[0]
        mean, before = (number(facts[name], unit=unit) for name in ("cycle_mean", "baseline_mean"))
        met = {"yes": "; prediction met", "no": "; prediction not met"}.get(facts["predicted_met"], "")
        points = int(facts["baseline_points"])
        enough = "enough" if points >= ADEQUATE else f"provisional below {ADEQUATE}"
        texts |= {
            "Found": f"Mean {mean}, {before} before{met}",
            "Baseline": f"{count(points, 'point')}, {enough}",
            "Signal": _signal(found),
            "Suggested": found.verdict.capitalize(),
            "Team decided": facts["decision"].capitalize() or "Not yet",
            "Agreement": _FITS[facts["agrees"]],
        }
    written = cell_texts(pd.Series([row["do"], row["study"]], dtype=object), empty="Not written down")
    return texts | dict(zip(("Done", "Learned"), written, strict=True))


def _predicted(prediction: object, unit: str) -> str:
    known = prediction_of(prediction)
    if known is None:
        return "No prediction was written down"
    return number(known, unit=unit) if isinstance(known, float) else known


def _signal(found: CycleResult) -> str:
    row = found.summary.iloc[0]
    parts = [f"For the better, since {day(row['first_signal'])}"] if pd.notna(row["first_signal"]) else []
    if found.points["unfavourable"].any():
        parts.append("for the worse")
    text = listed(parts)
    return text[:1].upper() + text[1:] if parts else "None"


def _reasons(found: CycleResult) -> str:
    """Return why, what next and what cannot be said, as three lists in Markdown."""
    parts = {
        "Why": found.reasons,
        "What to do next": found.next_steps,
        "What the data cannot say": found.limitations,
    }
    return "\n\n".join(
        f"**{name}**\n\n" + "\n".join(f"- {plain_markdown(text[:1].upper() + text[1:])}." for text in texts)
        for name, texts in parts.items()
        if texts
    )


def _band_words(cycles: pd.DataFrame) -> str:
    """Say which cycles the bands behind a chart are."""
    spans = [
        f"cycle {cycle}, {day(start)} to {day(end) if pd.notna(end) else 'now'}"
        for cycle, start, end in zip(cycles["cycle"], cycles["start"], cycles["end"], strict=True)
    ]
    return f"The shaded {'band is' if len(spans) == 1 else 'bands are'} {listed(spans)}."


def _terms_table(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the terms of an interrupted time series as text."""
    kept = summary[summary["term"].isin(list(_TERMS))]
    ratio = (kept["scale"] == "ratio").any()
    return pd.DataFrame(
        {
            "What changed": kept["term"].map(_TERMS),
            "Ratio" if ratio else "Change": [number(value) for value in kept["estimate"]],
            "95% interval": interval_texts(kept, "lower", "upper", None),
        }
    )
