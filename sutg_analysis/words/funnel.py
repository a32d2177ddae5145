"""A funnel plot in words: which units lie outside the limits, and what that does and does not mean.

Units are never ranked: those inside the limits cannot be told apart, and an order of them would be an order of chance.
"""

from __future__ import annotations

import pandas as pd

from sutg_analysis.control.funnel import FunnelResult
from sutg_analysis.words.control import shortened
from sutg_analysis.words.wording import (
    axis_words,
    count,
    listed,
    number,
    plain_number,
    telling_decimals,
    unit_words,
)

CASES = {"proportion": "Cases", "rate": "Exposure", "ratio": "Expected"}
"""What makes a unit large, by kind of funnel."""

_SIDES = (("high", "above"), ("low", "below"))
_ALLOWANCE = {
    "none": "Limits allow for chance alone.",
    "truncated": "Limits allow for chance and for the usual difference between units.",
    "winsorised": "Limits allow for chance and for the usual difference between units.",
}


def funnel_unit(result: FunnelResult, unit: str | None) -> str | None:
    """Return the unit given, or per cent, a rate, or none for a ratio."""
    if unit is not None or result.kind == "ratio":
        return unit
    return "percent" if result.per == 100 else "rate" if result.per != 1 else None


def middle(result: FunnelResult) -> str:
    """Return what units are compared with: their own average unless a target was given."""
    if result.kind == "ratio" and result.target == result.per:
        return "Expected"
    points = result.points
    average = points["numerator"].sum() / points["denominator"].sum() * result.per
    return "Average" if abs(average - result.target) <= 1e-9 * abs(average) else "Target"


def axis_title(result: FunnelResult, unit: str | None) -> str:
    """Return what the value axis shows."""
    return (
        "Observed over expected" if result.kind == "ratio" and unit is None else axis_words(unit, result.per)
    )


def funnel_words(result: FunnelResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return the funnel plot in sentences: how many units, what they are compared with, which lie outside.

    Examples
    --------
    >>> from sutg_analysis import funnel
    >>> wards = pd.DataFrame({"ward": list("ABC"), "late": [4, 9, 30], "seen": [40, 60, 90]})
    >>> result = funnel(wards, unit="ward", numerator="late", denominator="seen", per=100)
    >>> for part in funnel_words(result, title="Seen late").split(". "):
    ...     print(part)
    Seen late: 3 units are compared with their average, 22.6%
    All lie within the 99.8% limits, so their differences may be chance alone
    1 unit lies between the 95% and the 99.8% limits; about 1 unit in 20 does so by chance
    Units inside the limits cannot be told apart, so they are not put in order
    Limits allow for chance alone.
    """
    unit = funnel_unit(result, unit)
    name = f"{title}: " if title else ""
    with_what = {"Average": "their average", "Target": "a target", "Expected": "what was expected of each"}
    goal = f"{number(result.target, unit=unit)}{unit_words(unit, result.per)}"
    parts = [
        f"{name}{count(len(result.points), 'unit')} are compared with {with_what[middle(result)]}, {goal}.",
        *_outliers(result, unit),
        "Units inside the limits cannot be told apart, so they are not put in order.",
        _ALLOWANCE[result.overdispersion],
    ]
    return " ".join(parts)


def _outliers(result: FunnelResult, unit: str | None) -> list[str]:
    """Say which units lie outside the limits, and how many so for chance."""
    points = result.points
    outside = points[points["outside_998"]]
    parts = []
    for side, words in _SIDES:
        rows = outside[outside["side"] == side]
        if len(rows):
            parts.append(f"{_units_lie(len(rows))} {words} the 99.8% limits: {_names(result, rows, unit)}.")
    if parts:
        parts.append(
            "That is more than chance explains, and worth asking why: cases, recording or care may differ."
        )
    else:
        cause = "may be chance alone" if result.overdispersion == "none" else "are no larger than usual"
        parts.append(f"All lie within the 99.8% limits, so their differences {cause}.")
    near = int((points["outside_95"] & ~points["outside_998"]).sum())
    if near:
        parts.append(
            f"{_units_lie(near)} between the 95% and the 99.8% limits; about 1 unit in 20 does so by chance."
        )
    return parts


def _units_lie(many: int) -> str:
    return f"{count(many, 'unit')} {'lies' if many == 1 else 'lie'}"


def _names(result: FunnelResult, rows: pd.DataFrame, unit: str | None) -> str:
    """Return units with their values, in order of name, so that nobody reads a ranking."""
    places = telling_decimals([*rows["value"], result.target], unit=unit)
    names = sorted(
        f"{name} ({number(value, unit=unit, decimals=places)})"
        for name, value in zip(rows[result.unit].astype("str"), rows["value"], strict=True)
    )
    return listed(names if len(names) <= 6 else [*names[:6], f"{len(names) - 6} more"])


def funnel_alt_text(result: FunnelResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return the funnel plot's text alternative in under 60 words.

    Examples
    --------
    >>> from sutg_analysis import funnel
    >>> wards = pd.DataFrame({"ward": list("ABC"), "late": [4, 9, 30], "seen": [40, 60, 90]})
    >>> result = funnel(wards, unit="ward", numerator="late", denominator="seen", per=100)
    >>> for part in funnel_alt_text(result, title="Seen late").split(". "):
    ...     print(part)
    Funnel plot of Seen late, percentage by cases from 40 to 90, 3 units
    From 10.0% to 33.3%, average 22.6%
    No unit outside the 99.8% limits.
    """
    unit, points = funnel_unit(result, unit), result.points
    axis = shortened(axis_title(result, unit).lower(), words=8)
    sizes = " to ".join(plain_number(points["denominator"].agg(end)) for end in ("min", "max"))
    values = " to ".join(number(points["value"].agg(end), unit=unit) for end in ("min", "max"))
    subject = f" of {shortened(title)}," if title else ":"
    head = f"Funnel plot{subject} {axis} by {CASES[result.kind].lower()} from {sizes}, {count(len(points), 'unit')}."
    against = f"From {values}, {middle(result).lower()} {number(result.target, unit=unit)}."
    outside = points[points["outside_998"]]
    if outside.empty:
        return f"{head} {against} No unit outside the 99.8% limits."
    sides = outside["side"].value_counts()
    tally = [f"{sides[side]} {words}" for side, words in _SIDES if side in sides]
    names = sorted(outside[result.unit].astype("str"))
    few = len(names) <= 3 and sum(len(name.split()) for name in names) <= 12
    return (
        f"{head} {against} Outside the 99.8% limits: {listed(tally)}{f' ({listed(names)})' if few else ''}."
    )
