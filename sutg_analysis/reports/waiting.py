"""The page of a waiting list: how long people wait, who waits longer, and whether the list will clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.charts import waiting as waiting_charts
from sutg_analysis.charts.theme import Spec
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.spc import spc
from sutg_analysis.reports.figure import Figure, control_figure, figure_of, figures_block
from sutg_analysis.reports.page import Block, bullets, stack, table_block, text_block
from sutg_analysis.reports.report import Withheld, made_from, method_block
from sutg_analysis.waiting.clocks import ClockRule
from sutg_analysis.waiting.demand import DemandCapacityResult, capacity_episodes, demand_capacity
from sutg_analysis.waiting.equity import EquityResult, compare_waits
from sutg_analysis.waiting.forecast import ListForecastResult, waiting_list_forecast
from sutg_analysis.waiting.groups import group_name
from sutg_analysis.waiting.project import JUDGED, Lists, lists_of, planned_at, share_chart, size_chart
from sutg_analysis.waiting.waiting_list import BAND_NAMES, OVER_WEEKS, WaitingListResult
from sutg_analysis.words import waiting as waiting_words
from sutg_analysis.words.control import series_words
from sutg_analysis.words.waiting import demand_capacity_alt_text, demand_capacity_words, forecast_alt_text
from sutg_analysis.words.wording import MINUS, MISSING, count, day, month, number

_LEAST = 6
"""Months of history that a forecast needs."""
_WATCHED, _WINDOW = 24, 26
"""Months over which groups are compared, and weeks over which demand and capacity are measured."""


@dataclass(frozen=True, eq=False)
class WaitingReport:
    """The page of one service.

    Parameters
    ----------
    lists
        The project's waiting lists as at the quarter's end.
    service
        Its unit_id.
    scenarios
        What differs from now, by name; None for a tenth more demand, a tenth more capacity, and a list shortened by
        a twentieth.
    """

    lists: Lists
    service: str
    scenarios: Mapping[str, Mapping[str, Any]] | None = None

    @cached_property
    def name(self) -> str:
        """The service's name."""
        return self.lists.name(self.service)

    @cached_property
    def rule(self) -> ClockRule:
        """The service's clock rule."""
        return self.lists.rule(self.service)

    @cached_property
    def counted(self) -> WaitingListResult:
        """The list month by month."""
        return self.lists.counted(self.service)

    @cached_property
    def now(self) -> dict[str, Any]:
        """The last month of the list."""
        return {str(name): value for name, value in self.counted.points.iloc[-1].items()}

    @cached_property
    def size(self) -> SpcResult:
        """The control chart of the list's size."""
        return size_chart(self.counted.points, self.rule)

    @cached_property
    def episodes(self) -> pd.DataFrame:
        """When capacity was lost or gained."""
        return capacity_episodes(self.counted.points)

    @cached_property
    def equity(self) -> EquityResult | None:
        """The groups compared over the last two years; None if nobody waited in them."""
        points = self.counted.points.tail(_WATCHED)
        if not (points["opening"] + points["additions"]).any():
            return None
        before = points["date"].iloc[0] - pd.Timedelta(days=1)
        return compare_waits(
            self.lists.rows(self.service),
            entry=before,
            at=self.lists.end,
            latest=self.lists.end,
            rules={self.service: self.rule},
            target=self.rule.target_weeks,
            least=waiting_words.LEAST_GAP,
        )

    @property
    def _since(self) -> pd.Timestamp:
        """The first day of the window in which demand and capacity are measured."""
        return max(self.lists.end - pd.Timedelta(weeks=_WINDOW) + pd.Timedelta(days=1), self.lists.begin)

    @cached_property
    def capacity(self) -> DemandCapacityResult:
        """Demand against capacity in the last half year."""
        return demand_capacity(
            self.lists.rows(self.service),
            target_wait=self.rule.target_weeks,
            p=min(self.rule.standard, 0.999),
            start=self._since,
            end=self.lists.end,
            latest=self.lists.end,
            rules={self.service: self.rule},
        )

    @cached_property
    def forecast(self) -> ListForecastResult | None:
        """The next year; None with too little history."""
        if len(self.counted.points) < _LEAST:
            return None
        path = pd.Series({pd.Timestamp(date): size for date, size in self.rule.trajectory}, dtype=float)
        return waiting_list_forecast(
            self.counted.points,
            target=round(float(self.capacity.frame["target_queue_size"].iloc[0])),
            trajectory=path if len(path) else None,
            scenarios=self._scenarios(),
        )

    def _scenarios(self) -> Mapping[str, Mapping[str, Any]]:
        if self.scenarios is not None:
            return self.scenarios
        return {
            "Extra clinics (10% more capacity)": {"capacity": 1.1},
            "Demand up 10%": {"demand": 1.1},
            "Validation (5% off the list)": {"one_off": round(0.05 * self.now["list_size"])},
        }

    def headline(self) -> Block:
        """Return what matters, a sentence or two each: size, capacity, fairness, what is to come."""
        words = series_words(self.size, title="The list", unit="count")[0]
        sentences = [
            waiting_words.list_words(self.now, self.rule),
            f"Size of the list: {words.variation}" if words.variation else "",
            waiting_words.plan_words(self.now, planned_at(self.rule, self.lists.end)),
            *waiting_words.episode_words(self.episodes, self.lists.end),
            waiting_words.equity_words(self.equity),
            waiting_words.capacity_headline(self.capacity, self.rule),
            waiting_words.forecast_headline(self.forecast),
        ]
        return bullets(sentences)

    def list_chart(self) -> Block:
        """Return the control chart of the list's size, beside the sizes planned."""
        title = "People waiting at the end of the month"
        figure = self._control_figure(self.size, "size", title)
        words = series_words(self.size, title=title, unit="count")[0]
        plan = waiting_words.plan_words(self.now, planned_at(self.rule, self.lists.end))
        sentences = " ".join(filter(None, (words.latest, words.variation, plan)))
        verdict = (str(self.size.summary["variation"].iloc[0]), "none")
        return replace(figure, words=sentences, verdict=verdict).block()

    def flow_charts(self) -> Block:
        """Return the control charts of who joined and who left, seen or not."""
        points = self.counted.points.assign(left=self.counted.points["seen"] + self.counted.points["removed"])
        kinds = (
            ("additions", "People who joined", "neutral"),
            ("left", "People who left, seen or not", "increase"),
        )
        charts = [
            self._control_figure(spc(points, value=value, date="date", improvement=better), value, title)
            for value, title, better in kinds
        ]
        return figures_block(*charts)

    def bands_chart(self) -> Block:
        """Return how many have waited how many weeks at the quarter's end."""
        rows, target = _bands(self.counted), self.rule.target_weeks
        if rows.empty:
            return Block(f"Nobody was waiting at the end of {month(self.now['date'])}.")
        waiting = count(self.now["list_size"], "person", "people")
        words = waiting_words.list_words(self.now, self.rule)
        subtitle = f"People by weeks waited; the broken line is {target:g} weeks"
        return self._figure(
            "bands",
            f"How long {waiting} had waited on {day(self.lists.end)}",
            lambda width: waiting_charts.bands_spec(
                rows, target=target, subtitle=subtitle, title=None, width=width, height=220
            ),
            words=words,
            alt=f"Bar chart. {words}",
            table=pd.DataFrame(
                {"Weeks waited": [BAND_NAMES[at] for at in rows["from"]], "People": _counts(rows["people"])}
            ),
            data=rows,
        )

    def waits_chart(self) -> Block:
        """Return the median and the 92nd percentile of waits so far, and who waits too long, month by month."""
        points, target = self.counted.points, self.rule.target_weeks
        names = {"p92_weeks": "92 in 100 have waited no longer", "median_weeks": "Half have waited no longer"}
        known = points.melt("date", list(names), var_name="line", value_name="value").dropna(subset="value")
        words = waiting_words.percentile_words(self.now, self.rule)
        if known.empty:
            return text_block(words)
        rows = known.assign(line=known["line"].map(names))
        subtitle = f"Weeks waited so far by those waiting; the broken line is {target:g} weeks"
        return self._figure(
            "waits",
            "How long people had waited, month by month",
            lambda width: waiting_charts.lines_spec(
                rows, level=target, subtitle=subtitle, title=None, width=width, height=220
            ),
            words=words,
            alt=f"Line chart of two percentiles of waits. {words}",
            table=_waits_table(self.counted, target_weeks=target),
            data=points,
        )

    def target_chart(self) -> Block:
        """Return the control chart of the percentage within the target."""
        weeks = self.rule.target_weeks
        if self.counted.points[JUDGED[self.rule.judged]].isna().all():
            return Block(f"Nobody has been counted against the {weeks:g} weeks yet.")
        title = (
            f"Of those waiting, the percentage waiting {weeks:g} weeks or less"
            if self.rule.judged == "waiting"
            else f"Of those seen, the percentage seen within {weeks:g} weeks"
        )
        result = share_chart(self.counted.points, self.rule)
        return self._control_figure(result, "within", title, unit="percent").block()

    def equity_chart(self) -> Block:
        """Return the groups' mean waits against their reference groups."""
        result, words = self.equity, waiting_words.equity_words(self.equity)
        if result is None or result.frame["mean"].notna().sum() < 2:
            return text_block(words)
        known = result.frame[result.frame["difference"].notna() | result.frame["reference"]]
        rows = known.assign(
            group=[group_name(*pair) for pair in zip(known["grouping"], known["group"], strict=True)],
            difference=known["difference"].fillna(0),
            different=known["longer"] != 0,
        )[["group", "difference", "lower", "upper", "different"]]
        subtitle = (
            "Mean wait of each group less that of its reference group (square), with range of chance; a diamond "
            "differs beyond chance"
        )
        return self._figure(
            "fairness",
            "Who waits longer",
            lambda width: waiting_charts.gaps_spec(
                rows,
                unit="weeks",
                more="shorter (left) or longer (right)",
                subtitle=subtitle,
                title=None,
                width=width,
            ),
            words=f"{words} {waiting_words.EQUITY_METHOD}",
            alt=f"Dot chart of mean waits by group, each with its range of chance. {words}",
            table=_equity_table(result),
            data=_equity_data(result),
        )

    def capacity_chart(self) -> Block:
        """Return demand against capacity, and what it takes to hold the target."""
        result = self.capacity
        return self._figure(
            "capacity",
            f"Demand and capacity, {day(self._since)} to {day(self.lists.end)}",
            lambda width: waiting_charts.demand_capacity_spec(result, width=width),
            words=demand_capacity_words(result),
            alt=demand_capacity_alt_text(result),
            table=_capacity_table(result.frame.iloc[0]),
            data=result.frame,
        )

    def forecast_chart(self) -> Block:
        """Return the next year of the list, as now and in each scenario, and how good such forecasts were."""
        result = self.forecast
        if result is None:
            months = count(len(self.counted.points), "month")
            return Block(f"There are {months} of history, and a forecast needs {_LEAST}.")
        return self._figure(
            "forecast",
            f"The list until {month(result.points['date'].max())}",
            lambda width: waiting_charts.forecast_spec(result, width=width),
            words=waiting_words.scenario_words(result),
            alt=forecast_alt_text(result),
            table=_forecast_table(result),
            data=result.points,
        )

    def quality(self) -> Block:
        """Return what to know of the data: rows left out, flows that do not add up, what was not recorded."""
        notes = waiting_words.quality_notes(self.counted, self.lists.rows(self.service), self.lists.end)
        faults = waiting_words.faults_table(self.counted.problems)
        text = Block("\n".join(f"- {note}" for note in notes))
        if faults.empty:
            return text
        return stack([text, table_block(faults, caption="Rows left out or read differently")])

    def method(self) -> Block:
        """Return how the report was made."""
        words = waiting_words.method_words(
            self.rule, self.lists.begin, self.lists.end, window=_WINDOW, watched=_WATCHED
        )
        return method_block(words, self.lists.catalogue, disclosure=False)

    def _control_figure(self, result: SpcResult, name: str, title: str, *, unit: str = "count") -> Figure:
        return control_figure(result, f"{self.service}--{name}", title=title, unit=unit, notes=self._notes())

    def _figure(
        self,
        name: str,
        headline: str,
        draw: Callable[[int], Spec],
        *,
        words: str,
        alt: str,
        table: pd.DataFrame,
        data: pd.DataFrame,
    ) -> Block:
        return figure_of(
            f"{self.service}--{name}",
            headline,
            draw,
            words=words,
            alt=alt,
            table=table,
            data=data,
            notes=self._notes(),
        ).block()

    def _notes(self) -> dict[str, str]:
        sources = self.lists.catalogue.sources
        return {
            "Clock": waiting_words.clock_words(self.rule),
            "Made from": made_from(sources, ("pathways",), self.lists.catalogue.at.day),
        }


def waiting_report(
    project: str | Path,
    *,
    service: str,
    quarter: str,
    as_at: str = "",
    scenarios: Mapping[str, Mapping[str, Any]] | None = None,
) -> WaitingReport | Withheld:
    """Return the report of one service's waiting list, or a page that shows nothing where referrals are protected.

    Parameters
    ----------
    project
        The project folder.
    service
        A service of ``data/pathways``.
    quarter
        Such as ``2023-24-q2``; nothing that happened after its last day is used.
    scenarios
        What the forecast tries beside "as now", as for :func:`sutg_analysis.waiting_list_forecast`.

    Raises
    ------
    TableError
        The project's tables have problems.
    DataError
        ``data/clocks.toml`` is at fault.
    ArgumentError
        There is no such quarter, or no referral to the service by its end.
    """
    lists = lists_of(project, quarter=quarter, as_at=as_at, only={"observations.measure_id": []})
    lists.rows(service)
    if lists.held_back:
        return Withheld(lists.catalogue, "Waits of people on one list", WaitingReport)
    return WaitingReport(lists, service, scenarios)


_ROUNDED = 10
"""Numbers of people in groups are rounded to it, so that a group left out cannot be found by subtraction."""


def _equity_table(result: EquityResult) -> pd.DataFrame:
    """Return the groups compared: people, mean wait, difference with its range, what it shows."""
    rows = result.frame.to_dict("records")
    return pd.DataFrame(
        {
            "Group": [group_name(row["grouping"], row["group"]) for row in rows],
            f"People (nearest {_ROUNDED})": [
                "Too few" if row["too_few"] else f"{round(row['people'] / _ROUNDED) * _ROUNDED:,}"
                for row in rows
            ],
            "Mean wait, weeks": [number(row["mean"], decimals=1) for row in rows],
            "Difference, weeks": [
                "Reference" if row["reference"] else _signed(row["difference"]) for row in rows
            ],
            "Range of chance": [
                "" if np.isnan(row["lower"]) else f"{_signed(row['lower'])} to {_signed(row['upper'])}"
                for row in rows
            ],
            "What it shows": [_comparison(row) for row in rows],
        }
    )


def _comparison(row: Row) -> str:
    """Return what a group's difference from its reference group shows."""
    if row["reference"]:
        return "What the others are compared with"
    if np.isnan(row["difference"]):
        return "Too few people to say" if row["too_few"] else "Not watched long enough to say"
    return {1: "Longer waits", -1: "Shorter waits", 0: "No difference beyond chance"}[row["longer"]]


def _equity_data(result: EquityResult) -> pd.DataFrame:
    """Return the groups compared as a file of data has them, people rounded."""
    rounded = (result.frame["people"] / _ROUNDED).round() * _ROUNDED
    groups = result.frame["group"].astype("str")
    return result.frame.drop(columns=["seen", "too_few"]).assign(people=rounded, group=groups)


def _signed(value: float) -> str:
    """Return a number of weeks with its sign, a shorthand where there is none.

    Examples
    --------
    >>> _signed(2.04), _signed(-0.26), _signed(0.01)
    ('+2.0', '−0.3', '0.0')
    """
    if np.isnan(value):
        return MISSING
    text = f"{abs(value):.1f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else MINUS}{text}"


def _waits_table(result: WaitingListResult, *, target_weeks: float) -> pd.DataFrame:
    """Return a row a month: how many wait, how long, within the target, and over 18, 52, 78 and 104 weeks."""
    points = result.points
    table = {
        "Month": [month(date) for date in points["date"]],
        "Waiting": _counts(points["list_size"]),
        "Half have waited, weeks": _weeks(points["median_weeks"], points["list_size"]),
        "92 in 100 have waited, weeks": _weeks(points["p92_weeks"], points["list_size"]),
        f"Within {target_weeks:g} weeks": [number(share, unit="percent") for share in points["within_share"]],
    }
    over = {f"Over {weeks} weeks": _counts(points[f"over_{weeks}"]) for weeks in OVER_WEEKS}
    return pd.DataFrame(table | over)


def _counts(values: pd.Series) -> list[str]:
    return [f"{value:,}" for value in values]


def _weeks(values: pd.Series, sizes: pd.Series) -> list[str]:
    """Return weeks; of a list with people whose percentile is in the open last band, that band."""
    pairs = zip(values, sizes, strict=True)
    return [
        BAND_NAMES[-1] if np.isnan(value) and size else number(value, decimals=1) for value, size in pairs
    ]


def _bands(result: WaitingListResult) -> pd.DataFrame:
    """Return the latest count of each week band up to the longest: from, to (weeks), people."""
    last = result.bands.iloc[-1][BAND_NAMES].to_numpy(dtype="int64")
    upto = int(np.flatnonzero(last)[-1]) + 1 if last.any() else 0
    start = np.arange(upto)
    return pd.DataFrame({"from": start, "to": start + 1, "people": last[:upto]})


def _forecast_table(result: ListForecastResult) -> pd.DataFrame:
    """Return a row a scenario: now, at the end, its range, the target, the chance of it, when it is reached."""
    rows = result.summary
    pairs = zip(rows["end_lower_80"], rows["end_upper_80"], strict=True)
    chances = [number(value * 100, unit="percent", decimals=0) for value in rows["chance"]]
    return pd.DataFrame(
        {
            "Scenario": rows["scenario"].astype("str"),
            "Joining a week": [number(value, decimals=1) for value in rows["demand"]],
            "Leaving a week": [number(value, decimals=1) for value in rows["capacity"]],
            f"Waiting at the end of {month(result.points['date'].max())}": [
                f"{value:,.0f}" for value in rows["end_median"]
            ],
            "Four times in five": [f"{low:,.0f} to {high:,.0f}" for low, high in pairs],
            "Target": [number(value, decimals=0) for value in rows["target"]],
            "Chance of the target": chances,
            "More likely than not reached": [text.capitalize() or MISSING for text in rows["reached"]],
        }
    )


def _capacity_table(row: pd.Series) -> pd.DataFrame:
    """Return demand against capacity as heading and value."""
    clearing = row["weeks_to_clear"]
    table = {
        "People joining a week (demand)": number(row["demand"], decimals=1),
        "People who can be taken off a week (capacity)": number(row["capacity"], decimals=1),
        "Demand divided by capacity (load)": number(row["load"], decimals=2),
        "People waiting": number(row["queue_size"], decimals=0),
        "People waiting if the target is held": number(row["target_queue_size"], decimals=0),
        "Mean wait so far, weeks": number(row["mean_wait"], decimals=1),
        "Mean wait if the target is held, weeks": number(row["target_mean_wait"], decimals=1),
        "Capacity a week that holds the target": number(row["target_capacity"], decimals=1),
        "Weeks to reach that list at today's capacity": "Never"
        if np.isposinf(clearing)
        else number(clearing, decimals=0),
    }
    return pd.DataFrame({"What": list(table), "Value": list(table.values())})
