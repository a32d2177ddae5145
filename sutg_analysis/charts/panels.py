"""A finished result taken apart into what a chart draws: one panel a series, in plain lists.

A chart holds a few dozen points a panel, and a frame costs more to ask than such a list costs to walk; so all that
draws works on these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import compress, pairwise
from math import isnan

import pandas as pd

from sutg_analysis.control.result import SpcResult, series_starts
from sutg_analysis.control.rules import VERDICTS, verdict_of
from sutg_analysis.words.wording import RULE_NAMES, RULES, VERDICT_WORDS

USUAL, LEFT_OUT, PROVISIONAL = VERDICT_WORDS["common"], "Left out", "Provisional"
LINES = ("upper", "target", "centre", "lower")
"""From top to bottom where all are level."""


@dataclass(frozen=True)
class Panel:
    """One series as it is drawn; lists of one item a point, missing numbers as ``nan``.

    Parameters
    ----------
    name
        Its keys, joined by commas.
    keys
        Key column to key.
    dates, values, marks
        Of each point; ``marks`` name what it is in the key of the chart.
    lines
        Centre, limits and target by name.
    segments, starts, start_reasons
        The segment of each point, whether it starts one, and why.
    excluded, excluded_reasons
        Whether a point was left out of limits and rules, and why.
    """

    name: str
    keys: dict[str, object]
    dates: list[datetime]
    values: list[float]
    lines: dict[str, list[float]]
    marks: list[str]
    segments: list[int]
    starts: list[bool]
    start_reasons: list[str]
    excluded: list[bool]
    excluded_reasons: list[str]

    @property
    def numbers(self) -> list[float]:
        """All values and levels of lines."""
        return [*self.values, *(level for levels in self.lines.values() for level in levels)]

    @property
    def known(self) -> list[bool]:
        """Which points have a value."""
        return [not isnan(value) for value in self.values]

    @property
    def kinds(self) -> set[str]:
        """Kinds of the points that are drawn."""
        return set(compress(self.marks, self.known))


def panels(result: SpcResult, *, provisional: bool = False) -> list[Panel]:
    """Return the panels of a result, one a series in its order.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.
    provisional
        Whether the last value of each series is provisional.
    """
    points = result.points
    columns = {name: points[name].tolist() for name in _COLUMNS}
    dates = points["date"].dt.to_pydatetime().tolist()
    marks = kinds_of(points)
    keys = {name: points[name].tolist() for name in result.by}
    bounds = [*series_starts(points, result.by).tolist(), len(points)]
    found = []
    for first, last in pairwise(bounds):
        part = {name: column[first:last] for name, column in columns.items()}
        part["excluded"] = [
            out and mark != PROVISIONAL for out, mark in zip(part["excluded"], marks[first:last], strict=True)
        ]
        own = {name: column[first] for name, column in keys.items()}
        kinds = marks[first:last]
        if provisional:
            known = [place for place, value in enumerate(part["value"]) if not isnan(value)]
            kinds[known[-1] if known else -1] = PROVISIONAL
        found.append(
            Panel(
                name=", ".join(map(str, own.values())),
                keys=own,
                dates=dates[first:last],
                values=part["value"],
                lines={name: part[name] for name in LINES},
                marks=kinds,
                segments=part["segment"],
                starts=part["rebase"],
                start_reasons=part["rebase_reason"],
                excluded=part["excluded"],
                excluded_reasons=part["excluded_reason"],
            )
        )
    return found


_COLUMNS = (
    "value", *LINES, "segment", "rebase", "rebase_reason", "excluded", "excluded_reason",
)  # fmt: skip


def kinds_of(points: pd.DataFrame) -> list[str]:
    """Return what each point is in the key; the most telling rule stands for several.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 9]})
    >>> kinds_of(spc(frame, value="y", date="month").points)[-2:]
    ['Usual variation', 'Improvement: outside the limits']
    """
    flags = [points[rule].tolist() for rule in RULES]
    kinds = []
    for variation, excluded, *broken in zip(
        points["variation"].tolist(), points["excluded"].tolist(), *flags, strict=True
    ):
        rule = next(compress(RULES, broken), None)
        kinds.append(LEFT_OUT if excluded else _MARKS[variation, rule] if rule else USUAL)
    if "known_to" in points:
        whole = points["known_to"].isna().tolist()
        kinds = [kind if known else PROVISIONAL for kind, known in zip(kinds, whole, strict=True)]
    return kinds


_MARKS = {
    (variation, rule): f"{VERDICT_WORDS[verdict_of(variation)]}: {RULE_NAMES[rule]}"
    if verdict_of(variation) != "common"
    else USUAL
    for variation in ("common", "too_few", *(f"{v}_{side}" for v in VERDICTS for side in ("high", "low")))
    for rule in RULES
}
