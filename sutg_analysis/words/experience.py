"""What people say of their care, in plain English: who is content, who is heard."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.quality.experience import FeedbackResult, RepresentationResult
from sutg_analysis.words.wording import count, listed, number


def _percent(values: pd.Series) -> list[str]:
    return [number(value, unit="percent") for value in values]


def feedback_words(result: FeedbackResult) -> str:
    """Say which groups differ from the rest beyond chance, and from what to what they reach."""
    rows = result.groups
    parts = []
    for side, words in (("low", "Less"), ("high", "More")):
        mine = rows["differs"] == side
        shares = zip(
            result.names[mine],
            _percent(rows.loc[mine, "positive"]),
            _percent(rows.loc[mine, "rest"]),
            strict=True,
        )
        names = [f"{name} ({share}, the rest {rest})" for name, share, rest in shares]
        parts += [f"{words} positive than the rest, beyond chance: {listed(names)}."] if names else []
    low, high = _percent(rows["positive"].agg(["min", "max"]))
    return " ".join(
        [*(parts or ["None differs from the rest beyond chance."]), f"From {low} to {high} positive."]
    )


def feedback_alt_text(result: FeedbackResult) -> str:
    """Describe the chart."""
    many = count(int((result.groups["responses"] > 0).sum()), "share")
    return f"Dot chart of {many} positive, each with its 95% interval. {feedback_words(result)}"


def feedback_table(result: FeedbackResult) -> pd.DataFrame:
    """Return a row a group: answers, shares with the interval, and how it stands against the rest."""
    rows = result.groups
    verdict = {"low": "Less positive", "high": "More positive", "none": "No difference beyond chance"}
    ranges = zip(_percent(rows["lower"]), _percent(rows["upper"]), strict=True)
    return pd.DataFrame(
        {
            "Group": result.names,
            "Answers": [f"{many:,}" for many in rows["responses"]],
            "Positive": _percent(rows["positive"]),
            "95% interval": [f"{low} to {high}" for low, high in ranges],
            "Negative": _percent(rows["negative"]),
            "The rest": _percent(rows["rest"]),
            "Against the rest": rows["differs"].map(verdict).mask(rows["few"], "Too few answers to tell"),
        }
    )


def representation_words(result: RepresentationResult) -> str:
    """Say which groups are less heard than their part of the caseload."""
    less = result.names[result.groups["heard"] == "less"]
    return f"Less heard than their part of the caseload: {listed(less) if len(less) else 'no group'}."


def representation_alt_text(result: RepresentationResult) -> str:
    """Describe the chart."""
    many = count(len(result.groups), "group")
    return f"Dot chart of {many}: part of the answers with interval, and part of the caseload. {representation_words(result)}"


def representation_table(result: RepresentationResult) -> pd.DataFrame:
    """Return a row a group: its part of the answers beside its part of the people cared for."""
    rows = result.groups
    heard = {"less": "Less", "more": "More", "alike": "Alike", "few": "Too few to tell"}
    ranges = zip(_percent(rows["lower"]), _percent(rows["upper"]), strict=True)
    return pd.DataFrame(
        {
            "Group": result.names,
            "Answers": [f"{many:,}" for many in rows["responses"]],
            "Part of answers": _percent(rows["share"]),
            "95% interval": [f"{low} to {high}" for low, high in ranges],
            "Part of caseload": _percent(rows["caseload_share"]),
            "Heard": rows["heard"].map(heard),
        }
    )
