"""Waiting lists in plain words: sentences of any result, sentences of a list's own page, a line for a screen reader.

Every number comes from the result as it is. A range is called a range, a chance so many in 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date
from sutg_analysis.control.result import SpcResult
from sutg_analysis.waiting.clocks import ClockRule
from sutg_analysis.waiting.demand import DemandCapacityResult
from sutg_analysis.waiting.equity import EquityResult
from sutg_analysis.waiting.forecast import AS_NOW, NOT_REACHED, ListForecastResult
from sutg_analysis.waiting.groups import GROUPINGS, group_people, named
from sutg_analysis.waiting.pathways import KEPT, LEFT_OUT
from sutg_analysis.waiting.waiting_list import WaitingListResult
from sutg_analysis.waiting.waiting_times import WaitingTimesResult
from sutg_analysis.words.control import series_words
from sutg_analysis.words.wording import count, day, listed, month, number

MEASURES = {
    "list_size": "People waiting at the end of the period",
    "within_share": "Percentage waiting within the target",
    "over_18": "People waiting over 18 weeks",
    "over_52": "People waiting over 52 weeks",
    "mean_weeks": "Mean wait so far, in weeks",
    "median_weeks": "Median wait so far, in weeks",
    "p92_weeks": "92nd percentile of waits so far, in weeks",
    "additions": "People who joined",
    "seen": "People seen",
    "removed": "People who left unseen",
}


_NAMED = 3
"""Groups that are named one by one; of more, the extremes."""

Row = Mapping[Any, Any]
"""A row of a result's table, by the names of its columns."""


def waiting_list_words(
    result: WaitingListResult, *, measure: str = "list_size", target_weeks: float | None = None
) -> str:
    """Say how many wait, how long, and who joined and left in the last period.

    Of one list, ``measure="waits"`` says how long half and 92 in 100 have waited.
    """
    if measure == "waits":
        return percentile_words(result.points.iloc[-1].to_dict(), target_weeks)
    last = result.latest.sort_values("list_size", ascending=False)
    sentences = [_list_sentence(row, result) for row in last.head(_NAMED).to_dict("records")]
    if len(last) > _NAMED:
        sentences.append(
            f"{len(last) - _NAMED} more lists are shorter: {last['list_size'].sum():,} people wait on all."
        )
    unexplained = int((result.points["residual"] != 0).sum())
    if unexplained:
        sentences.append(f"In {count(unexplained, 'period')} the flows do not add up to the change in size.")
    return " ".join([*sentences, *_faults(result.problems, result.given)])


def _list_sentence(row: Row, result: WaitingListResult) -> str:
    name, size = named(row, result.by), row["list_size"]
    people = f"{count(size, 'person was', 'people were')} waiting{f' for {name}' if name else ''}"
    waits = f", {row['within_share']:.1f}% of them within the target" if size else ""
    over = f", {row['over_52']:,} of them over 52 weeks" if row["over_52"] else ""
    longest = f"; the longest wait was {row['longest_weeks']:.1f} weeks" if size else ""
    return f"{_at_the_end(row, result.every)}, {people}{waits}{over}{longest}. {_flows(row, result.every)}"


def _flows(row: Row, every: str) -> str:
    joined, seen = count(int(row["additions"]), "person", "people"), count(int(row["seen"]), "was", "were")
    every += " so far" if pd.notna(row.get("known_to")) else ""
    return f"In the {every} {joined} joined, {seen} seen and {row['removed']:,} left without being seen."


def _faults(problems: pd.DataFrame, given: int | None = None) -> list[str]:
    if "fault" not in problems:
        return []
    out, kept = (problems[problems["action"] == action] for action in (LEFT_OUT, KEPT))
    sentences = []
    if len(out):
        kinds = out.groupby("fault", sort=True)["row"].nunique()
        rows, of = count(int(out["row"].nunique()), "row"), f" of {given:,}" if given else ""
        reasons = listed(f"{name} ({many:,})" for name, many in kinds.items())
        sentences.append(f"{rows}{of} left out: {reasons}.")
    if len(kept):
        sentences.append(f"{count(len(kept), 'time')} fell on another day in the time zone written.")
    return sentences


def waiting_list_alt_text(
    result: WaitingListResult, *, measure: str = "list_size", target_weeks: float | None = None
) -> str:
    """Describe the chart of one measure."""
    if measure in ("bands", "waits"):
        kind = {"bands": "Bar chart", "waits": "Line chart of two percentiles of waits"}[measure]
        return f"{kind}. {waiting_list_words(result, measure=measure, target_weeks=target_weeks)}"
    rows = result.points.dropna(subset=measure)
    first, last = rows["date"].min(), rows["date"].max()
    ends = rows[rows["date"].isin([first, last])].groupby("date")[measure].sum()
    lists = len(rows[list(result.by)].drop_duplicates()) if result.by else 1
    where = f"{count(lists, 'panel')}. " if lists > 1 else ""
    if lists > 1 or len(ends) < 2:
        return f"Line chart of {MEASURES[measure].lower()}, {month(first)} to {month(last)}. {where}".strip()
    return (
        f"Line chart of {MEASURES[measure].lower()}: {ends.iloc[0]:,.1f} in {month(first)}, "
        f"{ends.iloc[-1]:,.1f} in {month(last)}."
    )


def waiting_times_words(result: WaitingTimesResult) -> str:
    """Say how long people wait, those still waiting included, and which groups wait longer."""
    known = result.summary[result.summary["note"] == ""].sort_values("referrals", ascending=False)
    sentences = [_times_sentence(row, result) for row in known.head(_NAMED).to_dict("records")]
    gaps = result.differences.dropna(subset="difference")
    sentences += [_gap_sentence(row, result) for row in gaps[gaps["different"]].to_dict("records")]
    alike = gaps[~gaps["different"]]
    if len(alike):
        names = listed(named(row, result.by) for row in alike.to_dict("records"))
        name = _reference_name(alike.iloc[0].to_dict(), result)
        sentences.append(f"For {names} no difference from {name} is shown beyond chance.")
    few = result.summary[result.summary["too_few"]]
    if len(few):
        names = listed(named(row, result.by) or "the list" for row in few.to_dict("records"))
        sentences.append(f"Too few people to say for {names}.")
    return " ".join([*sentences, *_faults(result.problems)])


def _times_sentence(row: Row, result: WaitingTimesResult) -> str:
    name, unit = named(row, result.by), result.unit
    who = f"Of all referred{f', {name}' if name else ''}, those who left unseen included,"
    sure = round(result.confidence * 100)
    if np.isnan(row["half"]):
        half = f"{who} half have not been seen in the time covered"
    else:
        low, high = (
            f"{row[bound]:.1f}" if row[bound] == row[bound] else "more than can be seen"
            for bound in ("half_lower", "half_upper")
        )
        half = f"{who} half are seen within {row['half']:.1f} {unit} (range of chance {low} to {high})"
    if np.isnan(row["within"]):
        return f"{half}; how many within {result.target:g} is not known yet: nobody was watched for so long."
    inside = (
        f"{row['within'] * 100:.1f} in 100 within {result.target:g} "
        f"({row['within_lower'] * 100:.1f} to {row['within_upper'] * 100:.1f})"
    )
    return f"{half}, and {inside}. Ranges hold {sure} times in 100." if not name else f"{half}, and {inside}."


def _gap_sentence(row: Row, result: WaitingTimesResult) -> str:
    more = "longer" if row["difference"] > 0 else "shorter"
    low, high = sorted((abs(row["lower"]), abs(row["upper"])))
    return (
        f"Those of {named(row, result.by)} wait {abs(row['difference']):.1f} {result.unit} {more} than those of "
        f"{_reference_name(row, result)} on average "
        f"(range of chance {low:.1f} to {high:.1f}; waits up to {result.horizon:.0f} {result.unit} compared)."
    )


def _reference_name(row: Row, result: WaitingTimesResult) -> str:
    """Return the reference group's name; of one key column, as that column's values are called."""
    inner = [column for column in result.by if column in result.compared]
    if len(inner) != 1:
        return str(row["reference"])
    value = row["reference"]
    return named({inner[0]: int(value) if value.isdigit() else value}, inner)


def waiting_times_alt_text(result: WaitingTimesResult, *, kind: str = "waiting") -> str:
    """Describe the chart."""
    if kind == "differences":
        gaps = result.differences.dropna(subset="difference")
        references = listed(sorted(gaps["reference"].unique())) or "the reference group"
        return (
            f"Dot chart of mean waits against {references}: {count(len(gaps), 'group')}, "
            f"{int(gaps['different'].sum())} different beyond chance."
        )
    what, half = ("still waiting", "median") if kind == "waiting" else ("seen", "half")
    halves = [
        f"{named(row, result.by) or 'all'} {row[half]:.1f}"
        for row in result.summary.to_dict("records")
        if row[half] == row[half]
    ]
    return (
        f"Step chart of the percentage {what} by {result.unit} since referral, {count(len(result.summary), 'group')}. "
        f"Half seen after: {listed(halves) or 'not reached'}."
    )


_VERDICTS = {
    "relief": "The list is more than twice the size that meets the target: it needs relief capacity of {relief:.1f} a "
    "week for {weeks:g} weeks, then {target:.1f} a week to hold it",
    "raise": "The list will not be held at its target by today's capacity: that takes {target:.1f} a week",
    "hold": "Capacity holds the list at its target",
    "growing": "More join than leave, and the list is still within the size that meets the target",
    "unknown": "Not enough is known to say what capacity is needed",
}


def demand_capacity_words(result: DemandCapacityResult) -> str:
    """Say whether the list is too big, and what capacity it takes."""
    sentences = [_capacity_sentence(row, result) for row in result.frame.to_dict("records")]
    return " ".join([*sentences, *_faults(result.problems)])


def _capacity_sentence(row: Row, result: DemandCapacityResult) -> str:
    name = named(row, result.by)
    parts = []
    if row["load"] == row["load"]:
        parts.append(
            f"{row['demand']:.1f} people join a week and {row['capacity']:.1f} can be taken off the list"
        )
    if row["queue_size"] == row["queue_size"]:
        parts.append(
            f"{row['queue_size']:,.0f} wait, and {row['target_queue_size']:,.0f} would meet the target"
        )
    if row["pressure"] == row["pressure"]:
        likely = "likely to be missed" if row["pressure"] > 1 else "likely to be met"
        parts.append(f"with a mean wait so far of {row['mean_wait']:.1f} weeks the target is {likely}")
    weeks = float(np.max(result.time_to_target))
    growing = row["verdict"] == "hold" and row["load"] >= 1
    verdict = _VERDICTS["growing" if growing else row["verdict"]].format(
        relief=row["relief_capacity"], target=row["target_capacity"], weeks=weeks
    )
    facts = "; ".join(parts)
    aim = f"target: {row['p'] * 100:.0f} in 100 within {row['target_wait']:g} weeks"
    return f"{f'{name}: ' if name else ''}{facts}{'. ' if facts else ''}{verdict} ({aim})."


def demand_capacity_alt_text(result: DemandCapacityResult) -> str:
    """Describe the chart."""
    over = int((result.frame["load"] >= 1).sum())
    return (
        f"Dot chart of demand, capacity and the capacity that holds the target, {count(len(result.frame), 'list')}; "
        f"demand is as large as capacity or larger in {over}."
    )


def forecast_words(result: ListForecastResult) -> str:
    """Say where the list is heading, whether the target is reached, and how good such forecasts were."""
    sentences = [_forecast_sentence(row, result) for row in result.summary.to_dict("records")]
    sentences += [
        _skill_sentence(row, result) for row in result.skill.dropna(subset="skill").to_dict("records")
    ]
    return " ".join([*sentences, *_faults(result.problems)])


def _forecast_sentence(row: Row, result: ListForecastResult) -> str:
    name = named(row, result.by)
    scenario = "as now" if row["scenario"] == AS_NOW else f"with {row['scenario']}"
    now, until = (
        f"the end of {month(date)}" if result.every == "month" and date.day == 1 else day(date)
        for date in (result.history["date"].max(), result.points["date"].max())
    )
    size = (
        f"{f'{name}, ' if name else ''}{scenario}: {row['list_size']:,.0f} wait at {now}, and by {until} "
        f"{row['end_median']:,.0f} (four times in five {row['end_lower_80']:,.0f} to {row['end_upper_80']:,.0f})"
    )
    size = f"{size[:1].upper()}{size[1:]}"
    if not row["reached"]:
        return f"{size}."
    chance = f"the chance of {row['target']:,.0f} or fewer is {in_100(row['chance'])}"
    if row["list_size"] <= row["target"] and row["reached"] != NOT_REACHED:
        return f"{size}; it is within the size aimed at, {row['target']:,.0f}, now, and {chance}."
    if row["reached"] == NOT_REACHED:
        more, every = row["demand"] - row["capacity"], "a week than leave"
        growing = (
            f"because {max(round(more), 1):,} more join {every}"
            if more >= 0.5
            else "because as many join as leave"
        )
        why = f", {growing}" if row["load"] >= 1 else ""
        return f"{size}; {chance}, and the size aimed at is not reached{why}."
    return f"{size}; {chance}, and the size aimed at is more likely than not reached by {row['reached']}."


def in_100(chance: float) -> str:
    """Return a chance as so many in 100, never 0 or 100 for what is neither."""
    if 0 < chance < 0.01:
        return "less than 1 in 100"
    if 0.99 < chance < 1:
        return "more than 99 in 100"
    return f"{chance * 100:.0f} in 100"


def _skill_sentence(row: Row, result: ListForecastResult) -> str:
    name = named(row, result.by)
    better = "better" if row["skill"] > 0 else "no better"
    return (
        f"{f'{name}: tried' if name else 'Tried'} on its own past, the forecast was {better} than assuming no change "
        f"(off by {row['error']:,.0f} against {row['naive_error']:,.0f} people), and its 80% range held "
        f"{row['coverage'] * 100:.0f} times in 100."
    )


def forecast_alt_text(result: ListForecastResult, *, scenario: str | None = None) -> str:
    """Describe the chart."""
    rows = result.summary if scenario is None else result.summary[result.summary["scenario"] == scenario]
    parts = [
        f"{', '.join(filter(None, [named(row, result.by), row['scenario']]))}: from {row['list_size']:,.0f} to "
        f"{row['end_median']:,.0f} ({row['end_lower_80']:,.0f} to {row['end_upper_80']:,.0f})"
        for row in rows.head(6).to_dict("records")
    ]
    return (
        f"Line chart of people waiting and its forecast, {result.periods} {result.every}s. {listed(parts)}."
    )


_RECENT = 12
"""Months for which an episode of capacity is news."""


def list_words(row: Row, rule: ClockRule) -> str:
    """Say how many wait, how many of them in time, and who joined and left in the month."""
    size, when = int(row["list_size"]), _at_the_end(row)
    flows = _flows(row, "month")
    if not size:
        return f"{when}, nobody was waiting. {flows}"
    over = [
        f"{row[f'over_{weeks}']:,} more than {weeks} weeks"
        for weeks in (18, 52, 78, 104)
        if row[f"over_{weeks}"]
    ]
    late = f"; {listed(over)}" if over else ""
    return (
        f"{when}, {count(size, 'person was', 'people were')} waiting. {number(row['within_share'], unit='percent')} "
        f"of them had waited {rule.target_weeks:g} weeks or less{late}. {flows}"
    )


def _at_the_end(row: Row, every: str = "month") -> str:
    period = month(row["date"]) if every == "month" else f"the {every} of {day(row['date'])}"
    return f"On {day(row['known_to'])}" if pd.notna(row.get("known_to")) else f"At the end of {period}"


def plan_words(row: Row, plan: float) -> str:
    """Say whether the list is as long as planned; nothing without a plan."""
    if np.isnan(plan):
        return ""
    more = round(row["list_size"] - plan)
    return f"The plan for now is {plan:,.0f} or fewer: {f'the list is {more:,} longer' if more > 0 else 'it is met'}."


def percentile_words(row: Row, target_weeks: float | None) -> str:
    """Say how long half and 92 in 100 of those waiting have waited."""
    if not row["list_size"]:
        return f"{_at_the_end(row)}, nobody was waiting."
    half, most = (
        "more than 104" if np.isnan(row[name]) else number(row[name], decimals=1)
        for name in ("median_weeks", "p92_weeks")
    )
    return (
        f"{_at_the_end(row)}, half of those waiting had waited {half} weeks or less and 92 in 100 of them "
        f"{most} weeks or less (the 92nd percentile); the longest wait was {number(row['longest_weeks'], decimals=1)} weeks."
        f"{'' if target_weeks is None else f' The target is {target_weeks:g} weeks.'}"
    )


def episode_words(episodes: pd.DataFrame, end: pd.Timestamp) -> list[str]:
    """Say when capacity was lost or gained in the last year, a sentence an episode."""
    recent = episodes[episodes["end"] > end - pd.DateOffset(months=_RECENT)]
    sentences = []
    for row in recent.to_dict("records"):
        what, moved = "More people were taken off the list", "shrank"
        if row["kind"] == "lost":
            what, moved = f"Capacity {'has been' if row['latest'] else 'was'} lost", "grew"
        sentences.append(
            f"{what}: from {month(row['start'])} to {month(row['end'])} {row['left']:,.0f} people a month left the list, where "
            f"{row['usual']:,.0f} a month left in the other months, and it {moved} from {row['before']:,} to {row['after']:,}."
        )
    return sentences


def equity_words(result: EquityResult) -> str:
    """Say who waits longer, or that no difference is shown."""
    if result.frame.empty or not result.compared:
        return "There are too few people in any two groups to compare their waits."
    found = [_gap(row, result) for row in result.unequal.to_dict("records")]
    few = result.frame[result.frame["too_few"]]
    names = listed(group_people(*pair) for pair in zip(few["grouping"], few["group"], strict=True))
    small = f" Too few to say: {names}." if len(few) else ""
    if found:
        return " ".join(found) + small
    ways = listed(dict.fromkeys(GROUPINGS.get(name, name).lower() for name in result.frame["grouping"]))
    return f"No difference in waits by {ways} is shown beyond chance.{small}"


def _gap(row: Row, result: EquityResult) -> str:
    base = result.frame[(result.frame["grouping"] == row["grouping"]) & result.frame["reference"]].iloc[0]
    who, whom = (group_people(row["grouping"], group) for group in (row["group"], base["group"]))
    low, high = sorted((abs(row["lower"]), abs(row["upper"])))
    places = 1 if f"{low:.1f}" != f"{high:.1f}" else 2
    more = "longer" if row["difference"] > 0 else "shorter"
    return (
        f"{who[:1].upper()}{who[1:]} wait {abs(row['difference']):.1f} weeks {more} on average than {whom} "
        f"(range of chance {low:.{places}f} to {high:.{places}f} weeks)."
    )


def equity_alt_text(result: EquityResult) -> str:
    """Describe the chart."""
    return f"Dot chart of mean waits by group, each with its range of chance. {equity_words(result)}"


def capacity_headline(result: DemandCapacityResult, rule: ClockRule) -> str:
    """Say in a sentence whether capacity holds the target."""
    row = result.frame.iloc[0]
    aim = f"{rule.standard * 100:.0f}% within {rule.target_weeks:g} weeks"
    rates = f"{row['demand']:.1f} people join a week and {row['capacity']:.1f} can be taken off the list"
    if row["verdict"] == "unknown":
        return ""
    words = {
        "hold": f"{_held(row)} its target of {aim}: {rates}",
        "raise": f"Capacity does not hold the target of {aim}: {rates}, and {row['target_capacity']:.1f} a week would",
        "relief": (
            f"The list is too long for its target of {aim}, at {row['queue_ratio']:.1f} times the size that would meet it: "
            f"{rates}"
        ),
    }
    return f"{words[row['verdict']]}."


def _held(row: Row) -> str:
    """Say whether a list of the right size stays so."""
    growing = row["load"] >= 1
    return (
        "More join than leave, and the list is still within the size that meets"
        if growing
        else "Capacity holds the list at"
    )


def forecast_headline(result: ListForecastResult | None, *, planned: bool = True) -> str:
    """Say where the list is heading if nothing changes, and so where such forecasts have not earned trust."""
    if result is None:
        return ""
    row = result.summary[result.summary["scenario"] == AS_NOW].iloc[0]
    meets = "meets the plan" if planned else "would meet the target"
    record = _record(result.skill.iloc[0].to_dict()) if len(result.skill) else _UNTRIED
    return (
        f"If nothing changes, {row['end_median']:,.0f} people will be waiting at the end of "
        f"{month(result.points['date'].max())} (four times in five {row['end_lower_80']:,.0f} to "
        f"{row['end_upper_80']:,.0f}); the chance of {row['target']:,.0f} or fewer, which {meets}, is "
        f"{in_100(row['chance'])}. {record}"
    )


def _record(row: Row) -> str:
    """Say how such forecasts did on the list's own past."""
    if np.isnan(row["coverage"]):
        return _UNTRIED
    held = f"Tried on its own past, such a range held {row['coverage'] * 100:.0f} times in 100"
    return (
        f"{held}." if row["skill"] > 0 else f"{held}, and the forecast was no better than assuming no change."
    )


_UNTRIED = "There is too little history to try the forecast on its own past."


def waiting_headlines(
    counted: WaitingListResult,
    rule: ClockRule,
    *,
    size: SpcResult,
    plan: float,
    episodes: pd.DataFrame,
    equity: EquityResult | None,
    capacity: DemandCapacityResult,
    outlook: ListForecastResult | None,
) -> list[str]:
    """Say what matters of one list, a sentence or two each: size, plan, capacity, fairness, what is to come.

    Parameters
    ----------
    counted, rule
        The list month by month, and its clock rule.
    size
        The control chart of its size.
    plan
        The size planned for now, missing if there is none.
    episodes
        From :func:`sutg_analysis.capacity_episodes`.
    equity, capacity, outlook
        Groups compared, demand against capacity, and the forecast; None where there is none.

    Examples
    --------
    >>> from sutg_analysis import capacity_episodes, demand_capacity, spc, waiting_list
    >>> from sutg_analysis.waiting.clocks import ClockRule
    >>> rows = pd.DataFrame({"referred": pd.date_range("2024-01-01", periods=90), "seen": None, "service": "a"})
    >>> counted = waiting_list(rows, by=None)
    >>> size = spc(counted.points, value="list_size", date="date", improvement="decrease")
    >>> capacity = demand_capacity(rows, target_wait=18)
    >>> waiting_headlines(counted, ClockRule(), size=size, plan=80.0, episodes=capacity_episodes(counted.points),
    ...     equity=None, capacity=capacity, outlook=None)[2]
    'The plan for now is 80 or fewer: the list is 10 longer.'
    """
    now = counted.points.iloc[-1].to_dict()
    variation = series_words(size, title="The list", unit="count")[0].variation
    lines = [
        list_words(now, rule),
        f"Size of the list: {variation}" if variation else "",
        plan_words(now, plan),
        *episode_words(episodes, now["date"] + pd.offsets.MonthEnd(0)),
        equity_words(equity)
        if equity
        else "Nobody has waited in the last two years: groups cannot be compared.",
        capacity_headline(capacity, rule),
        forecast_headline(outlook, planned=not np.isnan(plan)),
    ]
    return [line for line in lines if line]


def clock_words(rule: ClockRule) -> str:
    """Say when a wait begins and ends, and its target.

    Parameters
    ----------
    rule
        Of a service.

    Examples
    --------
    >>> from sutg_analysis.waiting.clocks import ClockRule
    >>> clock_words(ClockRule()).split(". ")[1]
    'Target: 92% within 18 weeks, of those waiting at the end of a month.'
    """
    stops = listed(column.replace("_", " ") for column in rule.stops)
    many = len(rule.stops) > 1
    until = f"the {rule.stop_rule} of {stops}" if many else f"the date {stops}"
    joined = (
        f" Referrals of one person that follow within {rule.join_days} days are one."
        if rule.join_days
        else ""
    )
    return (
        f"A wait runs from the date {rule.start} to {until}, or until the referral is closed without it. Target: {rule.standard * 100:g}% within "
        f"{rule.target_weeks:g} weeks, of those {'seen in a month' if rule.judged == 'seen' else 'waiting at the end of a month'}.{joined}"
    )


def list_notes(result: WaitingListResult, rows: pd.DataFrame, *, as_at: Date) -> list[str]:
    """Say what to know of the data of a list, a sentence a note.

    Parameters
    ----------
    result
        The list month by month.
    rows
        Its referrals.
    as_at
        The day up to which it is counted.

    Examples
    --------
    >>> from sutg_analysis import waiting_list
    >>> rows = pd.DataFrame({"referred": ["2024-01-01", "2024-01-10"], "seen": ["2024-01-05", None]})
    >>> list_notes(waiting_list(rows, by=None), rows, as_at="2024-01-31")[0]
    '2 referrals were read, and none was left out.'
    """
    out = result.problems[result.problems["action"] == LEFT_OUT]
    many = int(out["row"].nunique())
    used = f"{result.given:,} referrals were read" + (
        f", of which {many:,} cannot be true and are left out." if many else ", and none was left out."
    )
    residual = int(result.points["residual"].abs().sum())
    flows = (
        "In every month the list at its end is that at its beginning, and who joined, less who left: nothing is unexplained."
        if not residual
        else f"What joined and left does not explain the size of the list: {count(residual, 'person', 'people')} in all months together."
    )
    notes = [used, flows]
    shares = {words: rows[name].isna().mean() * 100 for name, words in GROUPINGS.items() if name in rows}
    lacking = [
        f"{words.lower()} of {number(share, unit='percent')}" for words, share in shares.items() if share > 0
    ]
    if lacking:
        notes.append(f"Not recorded: {listed(lacking)} of referrals.")
    quiet = (pd.Timestamp(as_at) - result.until).days
    if quiet > 7:
        notes.append(
            f"Nothing is recorded after {day(result.until)}: the last {quiet} days may be incomplete."
        )
    old = int(result.points["over_104"].iloc[-1])
    if old:
        notes.append(
            f"{count(old, 'person has', 'people have')} waited more than 104 weeks. Waits as long are often records that were "
            "never closed: have them checked."
        )
    return notes
