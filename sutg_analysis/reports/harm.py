"""The page of one harm: count, rate, wards, trend, season, severity and runs of zero."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import pandas as pd

from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.funnel import funnel_spec
from sutg_analysis.charts.plots import interval_spec
from sutg_analysis.control.funnel import FunnelResult, funnel
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError
from sutg_analysis.quality.harm import (
    RARE,
    days_between,
    days_since,
    harm_charts,
    harm_counts,
    severity_mix,
    zero_run,
)
from sutg_analysis.reports.figure import Figure, charts_figure, control_figure, figure_of, figures_block
from sutg_analysis.reports.harm_summary import (
    BED_DAYS,
    HarmSummaryReport,
    harm_catalogue,
    harm_name,
    or_why,
    summary_table,
    summary_words,
)
from sutg_analysis.reports.page import (
    Block,
    bullets,
    cell_texts,
    interval_texts,
    number_texts,
    stack,
    table_block,
)
from sutg_analysis.reports.report import Withheld
from sutg_analysis.reports.tables import funnel_table
from sutg_analysis.trends.rate_trend import RateTrendResult, rate_trend
from sutg_analysis.trends.seasonal import SeasonalResult, seasonal
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.trends import rate_trend_headline
from sutg_analysis.words.wording import count, day, is_monthly, listed, number, when

_PER = 1000
_LEVELS = {
    "none": "no harm",
    "low": "low harm",
    "moderate": "moderate harm",
    "severe": "severe harm",
    "death": "death",
}
_CHANCE = 0.01
"""A run of zero is named where chance would make it less often, for each of many wards is looked at."""
_LEAST = 10
"""Wards with fewer incidents are not compared by how much harm these did."""


@dataclass(frozen=True, eq=False)
class HarmReport(HarmSummaryReport):
    """One harm."""

    harm: str = ""

    @cached_property
    def log(self) -> pd.DataFrame:
        """The incidents of this harm up to the quarter's end, wards by name."""
        log = self.catalogue.incidents
        log = log[(log["harm"] == self.harm) & (log["date"] <= self.end)]
        return log.assign(ward=log["ward"].map(self.name))

    @cached_property
    def start(self) -> pd.Timestamp:
        """The first day of the month in which the log of any harm begins."""
        return self.catalogue.incidents["date"].min().to_period("M").start_time

    @property
    def title(self) -> str:
        """The harm in words."""
        return harm_name(self.harm)

    @cached_property
    def months(self) -> pd.DataFrame:
        """Incidents of all wards by month, zeros too, with bed days where they are known."""
        table = harm_counts(self.log, start=self.start, end=self.end)
        if self.exposure is None:
            return table
        wards = self.exposure["ward"].isin(self.log["ward"])
        days = self.exposure[wards].groupby("period", as_index=False)["bed_days"].sum()
        return table.merge(days, on="period")

    @cached_property
    def rare(self) -> bool:
        """Whether there is less than one incident a month in all wards together."""
        return bool(self.months["count"].mean() < RARE)

    @cached_property
    def cycles(self) -> pd.DataFrame:
        """The PDSA cycles on a measure of this harm, as events."""
        cycles = self.catalogue.cycles
        mine = cycles[cycles["measure_id"] == self.harm]
        where = mine["unit_id"].map(self.name)
        label = where + ": " + mine["project_id"] + ", cycle " + mine["cycle"].astype("str")
        return pd.DataFrame({"date": mine["start"], "kind": "pdsa", "label": label})

    def headline(self) -> Block:
        """Return what matters: wards that signal, days since the last, runs of zero, trend."""
        since = days_since(self.log, as_at=self.end).iloc[0]
        last = f"The last one was on {day(since['last_date'])}, {count(int(since['days']), 'day')} before {day(self.end)}."
        zeros = _zero_words(self.zeros)
        lines = [summary_words(self.summary, self.at.label), last, zeros, self._trend_headline()]
        return bullets(lines)

    @cached_property
    def fitted(self) -> RateTrendResult | str:
        """The trend of all wards together, or why there is none."""
        counted = self.exposure is None
        return or_why(
            lambda: rate_trend(
                self.months,
                numerator="count",
                denominator=None if counted else "bed_days",
                per=1 if counted else _PER,
                date="period",
                improvement="decrease",
            )
        )

    def _trend_headline(self) -> str:
        if isinstance(self.fitted, str):
            return ""
        what = "count" if self.exposure is None else "rate"
        return rate_trend_headline(self.fitted, title=f"The {what} of all wards together")

    def count_chart(self) -> Block:
        """Return the chart that fits: incidents by month and their rate, or days between them where they are rare."""
        if self.rare:
            return stack([self._gaps("g"), self._gaps("t")])
        counts = spc(self.months, value="count", date="period", chart="c_prime", improvement="decrease")
        kinds = [(counts, "count", f"{self.title}, all wards: incidents by month")]
        if self.exposure is not None:
            rates = spc(
                self.months,
                numerator="count",
                denominator="bed_days",
                date="period",
                chart="u_prime",
                per=_PER,
                improvement="decrease",
            )
            kinds.append((rates, "rate", f"{self.title}, all wards: incidents per 1,000 bed days"))
        notes = self.made_from("incidents", "observations", "cycles")
        figures = [
            control_figure(
                result, f"{self.harm}--{name}", title=title, unit=name, notes=notes, events=self.cycles
            )
            for result, name, title in kinds
        ]
        return figures_block(*figures)

    def _gaps(self, chart: Literal["g", "t"]) -> Block:
        """Return the days between incidents; the interval that has not ended counts only if it is long already."""
        found = or_why(lambda: days_between(self.log, chart=chart, as_at=self.end))
        if isinstance(found, str):
            return Block(f"The days between incidents are not charted: {plain_markdown(found)}")
        result = _open_chart(found, chart)
        gap = days_since(self.log, as_at=self.end).iloc[0]
        still = bool(found["provisional"].any())
        more = (
            f"The last triangle is the interval that had not ended on {day(self.end)}: "
            f"{count(int(gap['days']), 'day')} since {day(gap['last_date'])}, which can only grow."
        )
        names = {"g": "days between (g chart)", "t": "days between, on a root scale (t chart)"}
        title = f"{self.title}, all wards: {names[chart]}"
        return control_figure(
            result,
            f"{self.harm}--{chart}",
            title=title,
            unit="days",
            notes=self.made_from("incidents"),
            events=self.cycles,
            provisional=still,
            more=more if still else "",
        ).block()

    def wards_table(self) -> Block:
        """Return every ward: this quarter, the one before, days since the last, verdict."""
        caption = f"{self.title} by ward, as at {day(self.end)}"
        return table_block(summary_table(self.summary).drop(columns="Harm"), caption=caption)

    def ward_charts(self) -> Block:
        """Return the charts of wards side by side: by month, and days between where they are rare."""
        charts = harm_charts(self.log, start=self.start, as_at=self.end, exposure=self.exposure)
        if not charts:
            return Block("No ward has three incidents.")
        return figures_block(*(self._side_by_side(result, kind) for kind, result in charts.items()))

    def _side_by_side(self, result: SpcResult, kind: str) -> Figure:
        unit = "days" if kind == "rare" else "count" if self.exposure is None else "rate"
        names = {
            "days": "days between",
            "count": "incidents by month",
            "rate": "incidents per 1,000 bed days",
        }
        return charts_figure(
            replace(result, by=("ward",)),
            f"{self.harm}--wards-{kind}",
            f"{self.title} by ward: {names[unit]}",
            words=_tally(result.summary),
            title=self.title,
            unit=unit,
            notes=self.made_from("incidents", "observations"),
        )

    def trend_chart(self) -> Block:
        """Return the trend of all wards together."""
        return self._fitted(self.fitted, "trend", f"{self.title}, all wards", unit="rate")

    def seasonal_chart(self) -> Block:
        """Return the season of all wards together, where there are two years of months."""
        if self.rare:
            return Block("Incidents are too rare for a season to be told from chance: less than one a month.")
        found = or_why(lambda: seasonal(self.months, value="count", date="period"))
        return self._fitted(found, "season", f"{self.title} by month, all wards", unit="count")

    def _fitted(
        self, result: RateTrendResult | SeasonalResult | str, what: str, title: str, *, unit: str
    ) -> Block:
        if isinstance(result, str):
            return Block(plain_markdown(f"No {what} is fitted: {result}"))
        return figure_of(
            f"{self.harm}--{what}",
            f"{title}: {what}",
            lambda width: result.chart(width=width),
            words=result.words(title=title),
            alt=result.alt_text(title=title),
            table=_points_table(result.points, unit=unit),
            data=result.points,
            notes=self.made_from("incidents", "observations"),
        ).block()

    @cached_property
    def recent(self) -> pd.DataFrame:
        """The incidents of the last twelve months."""
        return self.log[self.log["date"] > self.end - pd.DateOffset(years=1)]

    def severity_chart(self) -> Block:
        """Return how much harm incidents of the last year did, and which wards differ."""
        if self.recent.empty:
            return Block("There was no incident in the last twelve months.")
        mix = severity_mix(self.recent)
        rows = mix.assign(**{name: 100 * mix[name] for name in ("share", "lower", "upper")})
        words = _severity_words(rows)
        table = pd.DataFrame(
            {
                "Level": rows["level"].str.capitalize(),
                "Incidents": number_texts(rows["count"]),
                "Share": number_texts(rows["share"], "percent"),
                "95% interval": interval_texts(rows, "lower", "upper"),
            }
        )
        return figure_of(
            f"{self.harm}--severity",
            f"{self.title}: how much harm they did, in the year to {day(self.end)}",
            lambda width: interval_spec(
                rows.assign(level=table["Level"]),
                name="level",
                value="share",
                lower="lower",
                upper="upper",
                axis="Percentage of incidents",
                width=width - 90,
            ),
            words=f"{words} {_severe_wards(self.recent)}",
            alt=f"Dot chart of five levels of harm, each with its 95% interval. {words}",
            table=table,
            data=mix,
            notes=self.made_from("incidents"),
        ).block()

    @cached_property
    def compared(self) -> FunnelResult | str:
        """Wards' rates of the last year as a funnel, or why not."""
        if self.exposure is None:
            return self.exposure_words
        year = self.exposure[self.exposure["period"] > self.end - pd.DateOffset(years=1)]
        days = year[year["ward"].isin(self.log["ward"])].groupby("ward", as_index=False)["bed_days"].sum()
        rows = days.assign(incidents=days["ward"].map(self.recent["ward"].value_counts()).fillna(0))
        return or_why(
            lambda: funnel(
                rows,
                unit="ward",
                numerator="incidents",
                denominator="bed_days",
                kind="rate",
                per=_PER,
                overdispersion="winsorised",
            )
        )

    def funnel_chart(self) -> Block:
        """Return wards beside one another, allowing for their size and for usual differences between wards."""
        result = self.compared
        if isinstance(result, str):
            return Block(f"Wards are not compared: {plain_markdown(result)}")
        title = f"{self.title} by ward, in the year to {day(self.end)}"
        return figure_of(
            f"{self.harm}--funnel",
            title,
            lambda width: funnel_spec(result, unit="rate", size_words="Bed days", width=width),
            words=result.words(title=title, unit="rate"),
            alt=result.alt_text(title=title, unit="rate"),
            table=funnel_table(result, unit="rate", size="Bed days"),
            data=result.points,
            notes=self.made_from("incidents", "observations"),
        ).block()

    @cached_property
    def zeros(self) -> pd.DataFrame:
        """Each ward's latest run of months without an incident."""
        counts = harm_counts(self.log, start=self.start, end=self.end, by="ward")
        return zero_run(counts, date="period", count="count", by="ward")

    def zero_table(self) -> Block:
        """Return each ward's run of months without an incident, and whether chance could make it."""
        words = _zero_words(self.zeros) or "No ward has a run of zero that chance would seldom make."
        return table_block(_zero_table(self.zeros), caption="Months without an incident, so far", words=words)

    def projects(self) -> Block:
        """Return the improvement projects on this harm."""
        table, cycles = self.catalogue.projects, self.catalogue.cycles
        on_it = cycles.loc[cycles["measure_id"] == self.harm, "project_id"]
        titles = (table["title"].astype("str") + " " + table["topic"].fillna("").astype("str")).str.lower()
        named = titles.str.contains(self.harm.replace("-", " "), regex=False)
        found = table[table["outcome"].eq(self.harm) | table["project_id"].isin(on_it) | named]
        if found.empty:
            return Block(f"No improvement project on this harm ({self.title}) is known.")
        texts = pd.DataFrame(
            {
                "Project": found["title"],
                "Unit": found["unit_id"].map(self.name),
                "Stage": cell_texts(found["stage"].str.capitalize()),
                "Aim": cell_texts(found["aim"]),
                "Evaluation": cell_texts(found["evaluation"], empty="Not yet"),
            }
        )
        return table_block(texts, caption=f"Improvement projects on {self.title}")

    def method(self) -> Block:
        """Return how the page was made."""
        return self.method_of(
            f"Incidents are those recorded up to {day(self.end)}, from {day(self.start)} on; wards are those with an "
            f"incident of this kind. {self.exposure_words} With less than one incident a month, the days between them "
            "are charted (g, and t on a root scale); otherwise counts (c prime) and rates (u prime). The interval that has "
            "not ended is provisional, is left out of the limits, and is judged only once it is longer than the "
            "average. What was not reported is not here: a fall in incidents may be a fall in reporting."
        )


def _open_chart(gaps: pd.DataFrame, chart: Literal["g", "t"]) -> SpcResult:
    """Return the chart of days between; limits rest on the intervals that have ended."""
    judge = partial(spc, value="days", date="date", chart=chart, improvement="increase")
    ended = gaps[~gaps["provisional"]]
    closed = judge(ended)
    if len(ended) == len(gaps):
        return closed
    still = gaps[gaps["provisional"]]
    if still["days"].iloc[0] > closed.summary["centre"].iloc[0]:
        return judge(gaps, baseline=ended["date"].max())
    out = pd.DataFrame({"date": still["date"], "reason": "this interval has not ended"})
    return judge(gaps, exclude=out)


def harm_report(
    project: str | Path, *, harm: str, quarter: str, as_at: str = "", bed_days: str = BED_DAYS
) -> HarmReport | Withheld:
    """Return the page of one harm; arguments and errors as for :func:`sutg_analysis.reports.harm_summary.harm_summary_report`.

    Raises
    ------
    ArgumentError
        There is no incident of this harm by the quarter's end.
    """
    when = Quarter.parse(quarter)
    known = harm_catalogue(project, when, as_at=as_at, bed_days=bed_days)
    harms = sorted(known.table("incidents")["harm"].unique())
    if harm not in harms:
        raise ArgumentError(
            f"no incident of harm {harm!r} up to the end of {when.label}",
            expected=f"one of {listed(harms)}",
            remedy="Correct the name, or choose a later quarter",
        )
    if known.protection.hides("incidents"):
        return Withheld(known, "Days, wards and severity of incidents", HarmReport)
    return HarmReport(known, when, bed_days, harm)


def _tally(summary: pd.DataFrame) -> str:
    """Name the wards that signal, and count the others."""
    signals = {
        "concern": summary["variation"].isin(CONCERN),
        "improvement": summary["variation"].isin(IMPROVEMENT),
    }
    parts = [
        f"A sign of {words}: {listed(summary.loc[rows, 'ward'])}."
        for words, rows in signals.items()
        if rows.any()
    ]
    few = int((summary["variation"] == "too_few").sum())
    usual = len(summary) - few - sum(int(rows.sum()) for rows in signals.values())
    parts += [f"No sign of change: {count(usual, 'ward')}."] if usual else []
    parts += [f"Too few points to judge: {count(few, 'ward')}."] if few else []
    return " ".join(parts)


def _points_table(points: pd.DataFrame, *, unit: str | None) -> pd.DataFrame:
    """Return a fitted series as text: date, and every column of numbers."""
    monthly = is_monthly(points["date"])
    table = {"Month" if monthly else "Date": [when(date, monthly=monthly) for date in points["date"]]}
    for name in points.columns.drop("date"):
        if pd.api.types.is_numeric_dtype(points[name].dtype):
            table[str(name).replace("_", " ").capitalize()] = number_texts(points[name], unit)
    return pd.DataFrame(table)


def _severity_words(rows: pd.DataFrame) -> str:
    """Say how many incidents did how much harm."""
    seen = rows[rows["count"] > 0]
    shares = [
        f"{_LEVELS[level]} {number(share, unit='percent')}"
        for level, share in zip(seen["level"], seen["share"], strict=True)
    ]
    return f"Of {count(int(rows['count'].sum()), 'incident')}: {listed(shares)}."


def _severe_wards(log: pd.DataFrame) -> str:
    """Say on which wards a larger share of incidents did moderate harm or worse than chance explains."""
    bad = log["level"].isin(["moderate", "severe", "death"])
    rows = log.assign(bad=bad.astype(int), whole=1)
    rows = rows[rows.groupby("ward")["whole"].transform("sum") >= _LEAST]
    if rows["ward"].nunique() < 2 or not 0 < rows["bad"].mean() < 1:
        return ""
    result = funnel(rows, unit="ward", numerator="bad", denominator="whole", per=100)
    points = result.points
    worse = points[points["outside_998"] & (points["side"] == "high")]
    if worse.empty:
        return "No ward has a larger share of moderate harm or worse than chance explains."
    wards = [
        f"{ward} ({number(share, unit='percent')})"
        for ward, share in zip(worse["ward"], worse["value"], strict=True)
    ]
    return (
        f"A larger share did moderate harm or worse than chance explains on {listed(wards)}; "
        f"all wards together {number(result.target, unit='percent')}."
    )


def _zero_words(zeros: pd.DataFrame) -> str:
    """Name wards whose run of zero chance would seldom make."""
    rare = zeros[(zeros["periods"] > 0) & (zeros["chance"] < _CHANCE)]
    wards = [
        f"{ward} ({count(int(periods), 'month')} since {when(since, monthly=True)}, where {number(expected)} were to be expected)"
        for ward, periods, since, expected in zip(
            rare["ward"], rare["periods"], rare["since"], rare["expected"], strict=True
        )
    ]
    return f"A run of months without one that chance would seldom make: {listed(wards)}." if wards else ""


def _zero_table(zeros: pd.DataFrame) -> pd.DataFrame:
    """Return runs of zero as text."""
    chance = [
        "" if not periods else "less than 1 in 1,000" if odds < 0.001 else number(100 * odds, unit="percent")
        for periods, odds in zip(zeros["periods"], zeros["chance"], strict=True)
    ]
    return pd.DataFrame(
        {
            "Ward": zeros["ward"],
            "Months without one": number_texts(zeros["periods"]),
            "Since": [when(date, monthly=True) if pd.notna(date) else "No run" for date in zeros["since"]],
            "Expected in so many months": number_texts(zeros["expected"], empty="None before"),
            "How often chance makes it": chance,
        }
    )
