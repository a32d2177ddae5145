"""The chart types, one entry each: what it needs, how its limits are made, where they stop, which rules apply.

To add a chart, write its function in :mod:`sutg_analysis.control.limits` and its entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sutg_analysis.control import limits
from sutg_analysis.errors import ArgumentError

ALL_RULES = ("outside", "trend", "two_of_three", "shift")


@dataclass(frozen=True)
class ChartType:
    """One kind of chart.

    Parameters
    ----------
    name
        As given to ``spc(chart=...)``.
    lines
        Makes centre and limits from a sample.
    denominator
        Whether the chart can do without, may have or must have one.
    counts, positive, proportion, subgroups
        Values are counts (0 or more); must be above 0; are parts of a whole; come several to a point.
    plots
        What is drawn: the ``"value"``, its moving ``"range"`` or the subgroup's ``"spread"``.
    floor, ceiling
        Limits stop here (before ``per``).
    rules
        Which rules mean something on this chart. Moving ranges overlap, so runs of them mean nothing.
    small
        Mean below which the limits are doubtful, because the distribution is too skew.
    """

    name: str
    lines: Callable[[limits.Sample], limits.Lines]
    denominator: Literal["none", "optional", "needed"] = "none"
    counts: bool = False
    positive: bool = False
    proportion: bool = False
    subgroups: bool = False
    plots: Literal["value", "range", "spread"] = "value"
    floor: float | None = None
    ceiling: float | None = None
    rules: tuple[str, ...] = ALL_RULES
    small: float = 0


CHARTS = {
    chart.name: chart
    for chart in (
        ChartType("run", limits.run, "optional", rules=("trend", "shift")),
        ChartType("xmr", limits.xmr, "optional"),
        ChartType("mr", limits.mr, "optional", plots="range", rules=("outside",)),
        ChartType("i_prime", limits.i_prime, "needed"),
        ChartType("xbar", limits.xbar, subgroups=True),
        ChartType("s", limits.s, subgroups=True, plots="spread"),
        ChartType("p", limits.p, "needed", counts=True, proportion=True, floor=0, ceiling=1, small=5),
        ChartType(
            "p_prime", limits.p_prime, "needed", counts=True, proportion=True, floor=0, ceiling=1, small=5
        ),
        ChartType("u", limits.u, "needed", counts=True, floor=0, small=5),
        ChartType("u_prime", limits.u_prime, "needed", counts=True, floor=0, small=5),
        ChartType("c", limits.c, counts=True, floor=0, small=5),
        ChartType("c_prime", limits.c_prime, counts=True, floor=0, small=5),
        ChartType("g", limits.g, counts=True, floor=0, rules=("outside", "trend", "shift")),
        ChartType("t", limits.t, positive=True, floor=0),
    )
}


def find_chart(name: str) -> ChartType:
    """Return the chart type of that name.

    Raises
    ------
    ArgumentError
        If there is none.

    Examples
    --------
    >>> find_chart("p").ceiling
    1
    """
    if not isinstance(name, str) or name not in CHARTS:
        raise ArgumentError(f"chart={name!r}", f"one of {', '.join(CHARTS)}", "Choose one of these")
    return CHARTS[name]
