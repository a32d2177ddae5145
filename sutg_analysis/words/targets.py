"""A target in plain English: what the limits promise of it, beside how often it was met of late."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.control.record import outlook
from sutg_analysis.words.phrases import Phrases


def assurance_words(phrases: Phrases, row: Row, recent: Row) -> str:
    """Return what limits promise of a target, and in how many of the last points it was met."""
    if pd.isna(row["target"]):
        return "No target is set."
    if row["assurance"] == "none":
        text = f"The target of {goal_words(phrases, row)} cannot be judged: {_unjudged(row)}."
        return f"{text}{_record(phrases, recent)}"
    up = row["improvement"] == "increase"
    near, far = ("lower", "upper") if up else ("upper", "lower")
    code, span = (
        outlook(row["assurance"], recent["streak"]),
        phrases.span(row["lower"], row["upper"], row["target"]),
    )
    goal = f"The target of {goal_words(phrases, row, row['lower'], row['upper'])}"
    if code in ("met_lately", "missed_lately"):
        done = "met" if code == "met_lately" else "missed"
        return f"{goal} was {done} in each of the last {phrases.steps(abs(recent['streak']))}, {_against(row, code, span)}."
    if code == "pass":
        limit = phrases.say(row[near], row["target"])
        goal = f"The target of {goal_words(phrases, row, row[near])}"
        text = f"{goal} will be met if nothing changes: even the {near} limit, {limit}, meets it."
    elif code == "fail":
        limit = phrases.say(row[far], row["target"])
        short = "falls short of" if up else "is above"
        short = "only just reaches" if row[far] == row["target"] else short
        goal = f"The target of {goal_words(phrases, row, row[far])}"
        text = f"{goal} will be missed unless something changes: even the {far} limit, {limit}, {short} it."
    else:
        text = f"{goal} may be met or missed by chance, {phrases.step} by {phrases.step}: it lies within the limits, {span}."
    return f"{text}{_record(phrases, recent)}"


def _against(row: Row, code: str, span: str) -> str:
    """Say how the limits stand to a target that the latest points all met, or all missed."""
    if row["assurance"] == "hit_or_miss":
        other = "missed" if code == "met_lately" else "met"
        return f"though it lies within the limits, {span}, so that it may yet be {other} by chance"
    return f"though the limits, {span}, say otherwise: they rest on what came before, too"


def _record(phrases: Phrases, recent: Row) -> str:
    """Say in how many of the last points the target was met."""
    many, met = int(recent["of"]), int(recent["met"])
    if many == 0:
        return ""
    if many == 1:
        return f" It was {'met' if met else 'missed'} in the one {phrases.step} that can be held against it."
    if met in (0, many):
        return f" It was {'met' if met else 'missed'} in each of the last {phrases.steps(many)}."
    return f" It was met in {met} of the last {phrases.steps(many)}."


def outdated_words(phrases: Phrases, recent: Row) -> Iterator[str]:
    """Say that limits rest on points before a change that has lasted."""
    if pd.notna(recent["since"]):
        since = phrases.date(recent["since"])
        lines = "median rests" if phrases.result.chart_type == "run" else "limits rest"
        yield (
            f"The {lines} on {phrases.step}s from {phrases.date(recent['limits_from'])}, before the change that has lasted "
            f"since {since}: setting them again from {since} is proposed, if its cause is known."
        )


def goal_words(phrases: Phrases, row: Row, *others: float) -> str:
    """Return the target and which side of it is good."""
    bound = {"increase": " or more", "decrease": " or less"}.get(row["improvement"], "")
    return f"{phrases.say(row['target'], *others)}{bound}"


def _unjudged(row: Row) -> str:
    if row["improvement"] == "neutral":
        return "neither direction is better"
    if row["points"] == 0:
        return "there is no value yet"
    return "there are too few points" if row["variation"] == "too_few" else "the chart has no limits"
