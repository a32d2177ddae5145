"""The sentences of a waiting list's page, each from a finished result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.waiting.clocks import ClockRule
from sutg_analysis.waiting.demand import DemandCapacityResult
from sutg_analysis.waiting.equity import EquityResult
from sutg_analysis.waiting.forecast import NOT_REACHED, ListForecastResult
from sutg_analysis.waiting.groupnames import GROUPINGS, group_people
from sutg_analysis.waiting.pathways import LEFT_OUT
from sutg_analysis.waiting.scenarios import AS_NOW
from sutg_analysis.waiting.waiting_list import WaitingListResult
from sutg_analysis.words.waiting import in_100
from sutg_analysis.words.wording import count, day, listed, month, number

_RECENT = 12
"""Months for which an episode of capacity is news."""

LEAST_GAP = 0.5
"""Weeks: smaller differences of mean waits are not named."""

EQUITY_METHOD = (
    "Each difference is of mean waits over the last two years, those still waiting included, with the range that chance "
    "alone allows 95 times in 100. What is called different stays so when the number of groups compared is allowed for, and "
    "is half a week or more."
)


def list_words(row: dict[str, Any], rule: ClockRule) -> str:
    """Say how many wait, how many of them in time, and who joined and left in the month."""
    size, when = int(row["list_size"]), month(row["date"])
    flows = (
        f"In the month {count(int(row['additions']), 'person', 'people')} joined, {row['seen']:,} "
        f"{'was' if row['seen'] == 1 else 'were'} seen and {row['removed']:,} left without being seen."
    )
    if not size:
        return f"At the end of {when}, nobody was waiting. {flows}"
    over = [
        f"{row[f'over_{weeks}']:,} more than {weeks} weeks"
        for weeks in (18, 52, 78, 104)
        if row[f"over_{weeks}"]
    ]
    late = f"; {listed(over)}" if over else ""
    return (
        f"At the end of {when}, {count(size, 'person was', 'people were')} waiting. {number(row['within_share'], unit='percent')} "
        f"of them had waited {rule.target_weeks:g} weeks or less{late}. {flows}"
    )


def plan_words(row: dict[str, Any], plan: float) -> str:
    """Say whether the list is as long as planned; nothing without a plan.

    Examples
    --------
    >>> plan_words({"list_size": 328}, 400.0)
    'The plan for now is 400 or fewer: it is met.'
    """
    if np.isnan(plan):
        return ""
    more = round(row["list_size"] - plan)
    return f"The plan for now is {plan:,.0f} or fewer: {f'the list is {more:,} longer' if more > 0 else 'it is met'}."


def percentile_words(row: dict[str, Any], rule: ClockRule) -> str:
    """Say how long half and 92 in 100 of those waiting have waited."""
    if not row["list_size"]:
        return f"Nobody was waiting at the end of {month(row['date'])}."
    half, most = (
        "more than 104" if np.isnan(row[name]) else number(row[name], decimals=1)
        for name in ("median_weeks", "p92_weeks")
    )
    return (
        f"At the end of {month(row['date'])}, half of those waiting had waited {half} weeks or less and 92 in 100 of them "
        f"{most} weeks or less; the longest wait was {number(row['longest_weeks'], decimals=1)} weeks. The target is "
        f"{rule.target_weeks:g} weeks."
    )


def episode_words(episodes: pd.DataFrame, end: pd.Timestamp) -> list[str]:
    """Say when capacity was lost or gained in the last year, a sentence an episode."""
    recent = episodes[episodes["end"] > end - pd.DateOffset(months=_RECENT)]
    return [_episode(row) for row in recent.to_dict("records")]


def _episode(row: dict[str, Any]) -> str:
    lost = row["kind"] == "lost"
    what = (
        ("Capacity has been lost" if row["latest"] else "Capacity was lost")
        if lost
        else "More people were taken off the list"
    )
    span = f"from {month(row['start'])} to {month(row['end'])}"
    moved = "grew" if lost else "shrank"
    return (
        f"{what}: {span} {row['left']:,.0f} people a month left the list, where {row['usual']:,.0f} are usual, and it "
        f"{moved} from {row['before']:,} to {row['after']:,}."
    )


def equity_words(result: EquityResult | None) -> str:
    """Say who waits longer, or that no difference is shown."""
    if result is None:
        return "Nobody has waited in the last two years, so groups cannot be compared."
    if result.frame.empty or not result.compared:
        return "There are too few people in any two groups to compare their waits."
    found = [_gap(row, result) for row in result.unequal.to_dict("records")]
    few = result.frame[result.frame["note"].str.startswith("too few")]
    names = listed(group_people(*pair) for pair in zip(few["grouping"], few["group"], strict=True))
    small = f" Too few to say: {names}." if len(few) else ""
    if found:
        return " ".join(found) + small
    ways = listed(dict.fromkeys(GROUPINGS.get(name, name).lower() for name in result.frame["grouping"]))
    return f"No difference in waits by {ways} is shown beyond chance.{small}"


def _gap(row: dict[str, Any], result: EquityResult) -> str:
    base = result.frame[(result.frame["grouping"] == row["grouping"]) & result.frame["reference"]].iloc[0]
    who, whom = (group_people(row["grouping"], group) for group in (row["group"], base["group"]))
    low, high = sorted((abs(row["lower"]), abs(row["upper"])))
    places = 1 if f"{low:.1f}" != f"{high:.1f}" else 2
    more = "longer" if row["difference"] > 0 else "shorter"
    return (
        f"{who[:1].upper()}{who[1:]} wait {abs(row['difference']):.1f} weeks {more} on average than {whom} "
        f"(range of chance {low:.{places}f} to {high:.{places}f} weeks)."
    )


def capacity_headline(result: DemandCapacityResult, rule: ClockRule) -> str:
    """Say in a sentence whether capacity holds the target."""
    row = result.frame.iloc[0]
    aim = f"{rule.standard * 100:.0f}% within {rule.target_weeks:g} weeks"
    rates = f"{row['demand']:.1f} people join a week and {row['capacity']:.1f} can be taken off the list"
    if row["verdict"] == "unknown":
        return ""
    said = {
        "hold": f"Capacity holds the list at its target of {aim}: {rates}",
        "raise": f"Capacity does not hold the target of {aim}: {rates}, and {row['target_capacity']:.1f} a week would",
        "relief": (
            f"The list is too long for its target of {aim}, at {row['queue_ratio']:.1f} times the size that would meet it: "
            f"{rates}"
        ),
    }
    return f"{said[row['verdict']]}."


def forecast_headline(result: ListForecastResult | None) -> str:
    """Say where the list is heading if nothing changes."""
    if result is None:
        return ""
    row = result.summary[result.summary["scenario"] == AS_NOW].iloc[0]
    when = month(result.points["date"].max())
    size = f"If nothing changes, {row['end_median']:,.0f} people will be waiting at the end of {when}"
    span = f"four times in five {row['end_lower_80']:,.0f} to {row['end_upper_80']:,.0f}"
    target = f"{row['target']:,.0f} or fewer"
    chance = f"the chance of {target}, which meets the target, is {in_100(row['chance'])}"
    return f"{size} ({span}); {chance}.{_doubt(result)}"


def _doubt(result: ListForecastResult) -> str:
    """Say so where the forecast has not earned trust on the past."""
    skill = result.skill["skill"].iloc[0] if len(result.skill) else float("nan")
    if np.isnan(skill):
        return " There is too little history to try the forecast on its own past."
    return (
        "" if skill > 0 else " Tried on its own past, such a forecast was no better than assuming no change."
    )


def forecast_said(result: ListForecastResult) -> str:
    """Say what each scenario comes to, and how good such forecasts were."""
    rows = result.summary.to_dict("records")
    when = month(result.points["date"].max())
    target = result.summary["target"].iloc[0]
    each = [f"{row['scenario']}: {row['end_median']:,.0f}, {in_100(row['chance'])}" for row in rows]
    told = (
        f"How many will be waiting at the end of {when}, in the middle of the range, and the chance of {target:,.0f} or fewer, "
        f"which meets the target. {'. '.join(each)}."
    )
    return f"{told} {_never(result)}{_tried(result)}"


def _never(result: ListForecastResult) -> str:
    """Say so where the list cannot come down to its target as things are."""
    row = result.summary[result.summary["scenario"] == AS_NOW].iloc[0]
    if row["reached"] != NOT_REACHED:
        return ""
    why = ", for as many people join as can be seen" if row["load"] >= 1 else ""
    return f"If nothing changes, the target is not reached by then{why}. "


def _tried(result: ListForecastResult) -> str:
    skill = result.skill.dropna(subset="skill") if "skill" in result.skill else result.skill
    if skill.empty:
        return "There is too little history to try the forecast on its own past."
    row = skill.iloc[0]
    better = "better" if row["skill"] > 0 else "no better"
    return (
        f"Tried on its own past {row['forecasts']:,.0f} times, the forecast was {better} than assuming no change (off by "
        f"{row['error']:,.0f} people against {row['naive_error']:,.0f}), and its range of four in five held "
        f"{row['coverage'] * 100:.0f} times in 100."
    )


def clock_words(rule: ClockRule) -> str:
    """Say when a wait begins and ends."""
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


def quality_notes(result: WaitingListResult, rows: pd.DataFrame, end: pd.Timestamp) -> list[str]:
    """Say what to know of the data, a sentence a note."""
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
    notes = [used, flows, _not_recorded(rows)]
    quiet = (end - result.until).days
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
    return [note for note in notes if note]


def _not_recorded(rows: pd.DataFrame) -> str:
    shares = {words: rows[name].isna().mean() * 100 for name, words in GROUPINGS.items() if name in rows}
    lacking = [
        f"{words.lower()} of {number(share, unit='percent')}" for words, share in shares.items() if share > 0
    ]
    return f"Not recorded: {listed(lacking)} of referrals." if lacking else ""


def faults_table(problems: pd.DataFrame) -> pd.DataFrame:
    """Return how many rows have each fault, and what was done with them."""
    if problems.empty:
        return pd.DataFrame()
    kinds = problems.groupby(["fault", "column", "action"], sort=True)["row"].nunique().reset_index()
    return pd.DataFrame(
        {
            "Fault": kinds["fault"],
            "Column": kinds["column"],
            "Rows": [f"{rows:,}" for rows in kinds["row"]],
            "What was done": kinds["action"].str.capitalize(),
        }
    )


def method_words(
    rule: ClockRule, begin: pd.Timestamp, end: pd.Timestamp, *, window: int, watched: int
) -> str:
    """Say how the page was made."""
    return (
        f"Lists are counted from {month(begin)}, the first month in which anyone left one, to {day(end)}, and nothing later is used. "
        f"{clock_words(rule)} Waits are counted in days; 18 weeks are 126 days. Percentiles are NHS England's: linear within "
        "a week. Groups are compared by Kaplan and Meier's estimate of mean waits, those still waiting included, over the "
        f"last {watched} months; groups of fewer than 10 people have no estimate. Demand and capacity are those of the last {window} "
        "weeks; the list that meets the target has the size of demand x target wait / k, with k = -ln(1 - share in time). The "
        "forecast draws demand and capacity 2,000 times with the spread of the last 24 months, and is tried on the past against "
        "assuming no change."
    )
