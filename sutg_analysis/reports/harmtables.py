"""Tables and sentences of the pages of harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from sutg_analysis.control.funnel import FunnelResult, funnel
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT
from sutg_analysis.reports.report import between, plain, texts
from sutg_analysis.words.wording import SHORT_VARIATIONS, count, day, is_monthly, listed, number, when

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


def harm_name(harm: str) -> str:
    """Return a harm in words.

    Examples
    --------
    >>> harm_name("pressure-ulcers"), harm_name("c-difficile")
    ('Pressure ulcers', 'C. difficile')
    """
    words = harm.replace("-", " ").replace("_", " ")
    return _NAMES.get(harm, words[:1].upper() + words[1:])


def told(summary: pd.DataFrame, quarter: str) -> str:
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


def tally(summary: pd.DataFrame) -> str:
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


def summary_table(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the harm summary as text."""
    return pd.DataFrame(
        {
            "Ward": summary["ward"],
            "Harm": summary["harm"].map(harm_name),
            "This quarter": texts(summary["quarter"]),
            "As many days before": texts(summary["before"]),
            "Last one": [day(date) for date in summary["last_date"]],
            "Days since": texts(summary["days"]),
            "Chart": summary["chart"].map(_CHARTS),
            "What it shows": summary["variation"].map(SHORT_VARIATIONS),
        }
    )


def points_table(points: pd.DataFrame, *, unit: str | None) -> pd.DataFrame:
    """Return a fitted series as text: date, and every column of numbers."""
    monthly = is_monthly(points["date"])
    table = {"Month" if monthly else "Date": [when(date, monthly=monthly) for date in points["date"]]}
    for name in points.columns.drop("date"):
        if pd.api.types.is_numeric_dtype(points[name].dtype):
            table[str(name).replace("_", " ").capitalize()] = texts(points[name], unit)
    return pd.DataFrame(table)


def severity_words(rows: pd.DataFrame) -> str:
    """Say how many incidents did how much harm."""
    seen = rows[rows["count"] > 0]
    told = [
        f"{_LEVELS[level]} {number(share, unit='percent')}"
        for level, share in zip(seen["level"], seen["share"], strict=True)
    ]
    return f"Of {count(int(rows['count'].sum()), 'incident')}: {listed(told)}."


def severity_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the severity mix as text."""
    return pd.DataFrame(
        {
            "Level": rows["level"].str.capitalize(),
            "Incidents": texts(rows["count"]),
            "Share": texts(rows["share"], "percent"),
            "95% interval": between(rows, "lower", "upper"),
        }
    )


def severe_wards(log: pd.DataFrame) -> str:
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
    told = [
        f"{ward} ({number(share, unit='percent')})"
        for ward, share in zip(worse["ward"], worse["value"], strict=True)
    ]
    return (
        f"A larger share did moderate harm or worse than chance explains on {listed(told)}; "
        f"all wards together {number(result.target, unit='percent')}."
    )


def funnel_table(result: FunnelResult, *, unit: str, size: str, first: str = "Unit") -> pd.DataFrame:
    """Return a funnel as text, in the order its points have."""
    points = result.points
    lies = pd.Series("Within the limits", index=points.index)
    lies = lies.mask(points["outside_95"], "Outside the 95% limits: " + points["side"])
    lies = lies.mask(points["outside_998"], "Outside the 99.8% limits: " + points["side"])
    return pd.DataFrame(
        {
            first: points[result.unit].astype("str"),
            size: texts(points["denominator"].round()),
            "Value": texts(points["value"], unit),
            "95% limits": between(points, "lower_95", "upper_95", unit),
            "99.8% limits": between(points, "lower_998", "upper_998", unit),
            "Where it lies": lies,
        }
    )


def zero_words(zeros: pd.DataFrame) -> str:
    """Name wards whose run of zero chance would seldom make."""
    rare = zeros[(zeros["periods"] > 0) & (zeros["chance"] < _CHANCE)]
    told = [
        f"{ward} ({count(int(periods), 'month')} since {when(since, monthly=True)}, where {number(expected)} were to be expected)"
        for ward, periods, since, expected in zip(
            rare["ward"], rare["periods"], rare["since"], rare["expected"], strict=True
        )
    ]
    return f"A run of months without one that chance would seldom make: {listed(told)}." if told else ""


def zero_table(zeros: pd.DataFrame) -> pd.DataFrame:
    """Return runs of zero as text."""
    chance = [
        "" if not periods else "less than 1 in 1,000" if odds < 0.001 else number(100 * odds, unit="percent")
        for periods, odds in zip(zeros["periods"], zeros["chance"], strict=True)
    ]
    return pd.DataFrame(
        {
            "Ward": zeros["ward"],
            "Months without one": texts(zeros["periods"]),
            "Since": [when(date, monthly=True) if pd.notna(date) else "No run" for date in zeros["since"]],
            "Expected in so many months": texts(zeros["expected"], empty="None before"),
            "How often chance makes it": chance,
        }
    )


def mentions(projects: pd.DataFrame, harm: str) -> pd.Series:
    """Say which projects name a harm in their title or topic."""
    held = projects["title"].astype("str") + " " + projects["topic"].fillna("").astype("str")
    return held.str.lower().str.contains(harm.replace("-", " "), regex=False)


def projects_table(projects: pd.DataFrame, name: Callable[[Any], str]) -> pd.DataFrame:
    """Return projects as text."""
    return pd.DataFrame(
        {
            "Project": projects["title"],
            "Unit": projects["unit_id"].map(name),
            "Stage": plain(projects["stage"].str.capitalize()),
            "Aim": plain(projects["aim"]),
            "Evaluation": plain(projects["evaluation"], empty="Not yet"),
        }
    )
