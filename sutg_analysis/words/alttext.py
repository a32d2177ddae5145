"""A chart's text alternative: type, axes, range, pattern and verdict, in under 60 words.

It is made from the finished result, as the picture and the sentences are. Names and reasons that run long are cut,
because a screen reader cannot be skimmed; the sentences and the table below a chart hold the rest.
"""

from __future__ import annotations

from math import isnan
from typing import Any

from sutg_analysis.control.episodes import latest_episodes
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.verdicts import verdict_of
from sutg_analysis.words.control import goal
from sutg_analysis.words.phrases import Teller, teller_of
from sutg_analysis.words.wording import (
    CHART_NAMES,
    CONFIDENTIAL,
    RULE_NAMES,
    VARIATION_NAMES,
    count,
    listed,
)

_ENDS = {
    "pass": "will be met if nothing changes",
    "fail": "will be missed unless something changes",
    "hit_or_miss": "may be met or missed by chance",
}
_FEW_NAMES = 3

_Row = dict[Any, Any]


def spc_alt_text(
    result: SpcResult, *, title: str | None = None, unit: str | None = None, provisional: bool = False
) -> str:
    """Return the chart's text alternative: type, axes, range, pattern and verdict in under 60 words.

    Parameters
    ----------
    result, title, unit, provisional
        As for :func:`sutg_analysis.words.control.spc_words`.

    Examples
    --------
    >>> import pandas as pd
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6]})
    >>> for said in spc_alt_text(spc(frame, value="y", date="month"), title="Falls", unit="count").split(". "):
    ...     print(said)
    XmR control chart of Falls, count by month, January 2023 to February 2024
    From 5 to 6, mean 5.50, limits 2.84 to 8.16
    Usual variation: no sign of change.
    """
    teller = teller_of(result, unit)
    if len(result.summary) > 1:
        return _of_many(teller, title)
    row = result.summary.to_dict("records")[0]
    head = f"{CHART_NAMES[result.chart_type]}{_subject(teller.name(row, title))} {_axes(teller)}."
    parts = (head, _range(teller, row), _gone(teller, row), _verdict(teller, row), _target(teller, row))
    return " ".join(filter(None, (*parts, "The last point is provisional." if provisional else "")))


def _subject(name: str) -> str:
    return f" of {shortened(name)}," if name else ":"


def shortened(name: str, *, words: int = 11) -> str:
    """Return a name cut to so many words.

    Examples
    --------
    >>> shortened("Falls with harm on every ward", words=3)
    'Falls with harm…'
    """
    parts = name.split()
    return name if len(parts) <= words else " ".join(parts[:words]) + "…"


def _axes(teller: Teller) -> str:
    first, last = teller.date(min(teller.dates)), teller.date(max(teller.dates))
    step = "" if teller.rare else f" by {teller.step}"
    span = f"{first} to {last}" if first != last else first
    return f"{shortened(teller.axis, words=8)}{step}, {span}"


def _gone(teller: Teller, row: _Row) -> str:
    """Return how many points are hidden."""
    many = teller.hidden(row)
    return f"{count(many, teller.step)} not shown {CONFIDENTIAL}." if many else ""


def _range(teller: Teller, row: _Row) -> str:
    points = teller.result.points
    values = [value for value in points["value"].tolist() if not isnan(value)]
    if not values:
        return "" if teller.hidden(row) else "No values yet."
    low, high = min(values), max(values)
    span = f"From {teller.span(low, high)}" if low != high else f"Always {teller.say(low)}"
    known = not isnan(row["lower"]) and not isnan(row["upper"])
    lines = f"{teller.centre} {teller.say(row['centre'])}"
    lines += f", limits {teller.span(row['lower'], row['upper'])}" if known else ""
    varies = any(_differ(points[line].tolist()) for line in ("centre", "upper"))
    return f"{span}; now {lines}." if varies else f"{span}, {lines}."


def _differ(levels: list[float]) -> bool:
    return len({level for level in levels if not isnan(level)}) > 1


def _verdict(teller: Teller, row: _Row) -> str:
    if row["points"] == 0:
        return ""
    words = VARIATION_NAMES[row["variation"]]
    if verdict_of(row["variation"]) == "common":
        return f"{words}."
    told = [_signal(teller, episode) for episode in latest_episodes(teller.result).to_dict("records")]
    return f"{words.split(', neither')[0]} ({', '.join(told) or 'unusual runs'})."


def _signal(teller: Teller, episode: _Row) -> str:
    since = f" since {teller.date(episode['start'])}" if episode["rule"] in ("shift", "trend") else ""
    return f"{RULE_NAMES[episode['rule']]}{since}"


def _target(teller: Teller, row: _Row) -> str:
    if row["assurance"] == "none":
        return ""
    return f"T{goal(teller, row)[5:]} {_ENDS[row['assurance']]}."


def _of_many(teller: Teller, title: str | None) -> str:
    rows = teller.result.summary.to_dict("records")
    charts = f"{len(rows)} small {CHART_NAMES[teller.result.chart_type]}s"
    names: dict[str, list[str]] = {}
    for row in rows:
        head = VARIATION_NAMES[row["variation"]].split(":")[0]
        names.setdefault(head, []).append(teller.name(row, None))
    tally = [_tallied(head, names[head]) for head in sorted(names, key=lambda head: -_calls(head))]
    return f"{charts}{_subject(title or '')} {_axes(teller)}. {' '.join(tally)}"


def _calls(head: str) -> int:
    """Return how much a verdict calls for attention."""
    return ("Too few points to tell", "Usual variation", "Change", "Improvement", "Concern").index(head)


def _tallied(head: str, names: list[str]) -> str:
    short = len(names) <= _FEW_NAMES and sum(len(name.split()) for name in names) <= 8
    quiet = head in ("Usual variation", "Too few points to tell")
    return f"{head}: {listed(names) if short and not quiet else f'{len(names)} charts' if len(names) > 1 else '1 chart'}."
