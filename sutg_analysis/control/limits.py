"""Centre lines and limits: the arithmetic of every chart, for all segments of all series at once.

A chart is a function from a :class:`Sample` to :class:`Lines` and an entry in ``CHARTS``, which says what it needs,
where its limits stop and which rules apply. Sums over a segment are weighted counts (``numpy.bincount``) of the
segment number, so that a thousand segments cost what one costs, and a segment's answer does not depend on its
neighbours. Formulas after Montgomery, *Introduction to Statistical Quality Control*; I' after Taylor; P' and U'
after Laney (2002); g after Benneyan (2001); t after Nelson (1994).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.control.profiles import Profile
from sutg_analysis.errors import ArgumentError

RANGE_LIMIT = 3.267
"""D4 for two values: the upper limit of a moving range is 3.267 times its mean."""
RANGE_SIGMA = 1.128
"""d2 for two values: their mean range is 1.128 standard deviations."""
T_POWER = 3.6
"""Times between Poisson events, to the power 1/3.6, are close to normal (Nelson 1994)."""


@dataclass(frozen=True)
class Sample:
    """What a chart's limits are made of; arrays of one item a row.

    ``use`` marks the rows that make limits: in the baseline, with a value, not excluded; ``kept`` the rows
    that are not excluded, which moving ranges run over.
    """

    value: Numbers
    group: Places
    count: int
    use: Flags
    kept: Flags
    baseline: Flags
    profile: Profile
    numerator: Numbers | None = None
    denominator: Numbers | None = None
    spread: Numbers | None = None
    size: Numbers | None = None

    def used(self) -> tuple[Numbers, Places]:
        """Return the values that make limits and their segments."""
        if self.use.all():
            return self.value, self.group
        return self.value[self.use], self.group[self.use]


LINES = ("centre", "lower", "upper", "lower_2sigma", "upper_2sigma")


@dataclass(frozen=True)
class Lines:
    """Centre and limits of each row; ``unscreened`` marks segments where screening would have gone too far."""

    centre: Numbers
    lower: Numbers
    upper: Numbers
    lower_2sigma: Numbers
    upper_2sigma: Numbers
    unscreened: Flags | None = None

    def each(self, change: Callable[[Numbers], Numbers]) -> Lines:
        """Return the lines, each of the five changed in the same way."""
        centre, lower, upper, near_lower, near_upper = (change(getattr(self, name)) for name in LINES)
        return Lines(centre, lower, upper, near_lower, near_upper, self.unscreened)


def totals(values: Numbers, group: Places, count: int) -> Numbers:
    """Sum values by group.

    Examples
    --------
    >>> totals(np.array([1.0, 2.0, 4.0]), np.array([0, 0, 1]), 2)
    array([3., 4.])
    """
    return np.bincount(group, weights=values, minlength=count).astype(np.float64, copy=False)


def means(values: Numbers, group: Places, count: int) -> Numbers:
    """Average values by group, twice over: the mean of a constant is then that constant exactly.

    Rows of a group must follow each other, as they do wherever rows are sorted by series and date.

    Examples
    --------
    >>> means(np.full(10, 0.1), np.zeros(10, dtype=int), 1)[0] == 0.1
    np.True_
    """
    found = np.full(count, np.nan)
    if len(group):
        start = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
        size = np.diff(start, append=len(group))
        mean = np.add.reduceat(values, start) / size
        found[group[start]] = mean + np.add.reduceat(values - np.repeat(mean, size), start) / size
    return found


def medians(values: Numbers, group: Places, count: int) -> Numbers:
    """Return the median of values by group; missing where a group has none."""
    order = np.lexsort((values, group))
    size = np.bincount(group, minlength=count)
    start = np.cumsum(size) - size
    ordered = np.append(values[order], np.nan)
    low, high = start + (size - 1) // 2, start + size // 2
    middle = (ordered[np.minimum(low, len(values))] + ordered[np.minimum(high, len(values))]) / 2
    return np.where(size > 0, middle, np.nan)


def steps(sample: Sample, values: Numbers, *, within: Flags) -> tuple[Places, Places, Numbers]:
    """Return pairs of neighbouring rows and the absolute difference of their values.

    Neighbours are next to each other among the rows ``within`` of one segment; a pair that touches a missing
    value is left out.
    """
    rows = None if within.all() else np.flatnonzero(within)
    value, group = (values, sample.group) if rows is None else (values[rows], sample.group[rows])
    size = np.abs(value[1:] - value[:-1])
    place = np.flatnonzero((group[1:] == group[:-1]) & ~np.isnan(size))
    before, after = (place, place + 1) if rows is None else (rows[place], rows[place + 1])
    return before, after, size[place]


def mean_range(
    sample: Sample,
    values: Numbers,
    *,
    scale: Callable[[Places, Places], Numbers] | None = None,
    within: Flags | None = None,
) -> tuple[Numbers, Flags]:
    """Return the mean moving range of each segment's baseline, and where screening was refused.

    Screening drops ranges above 3.267 times their mean, once (Nelson 1982), unless only zeros would be left.
    ``scale`` divides each range by a function of its pair of rows.
    """
    within = sample.kept & sample.baseline if within is None else within
    before, after, size = steps(sample, values, within=within)
    if scale is not None:
        size = size / scale(before, after)
    group = sample.group[after]
    average = means(size, group, sample.count)
    if not sample.profile.screen:
        return average, np.zeros(sample.count, dtype=bool)
    small = size < RANGE_LIMIT * average[group]
    screened = means(size[small], group[small], sample.count)
    refused = ~(screened > 0) & ~np.isnan(average)
    return np.where(refused, average, screened), refused & (average > 0)


def around(centre: Numbers, distance: Numbers, *, unscreened: Flags | None = None) -> Lines:
    """Return limits at a three-sigma distance each side of a centre, and two thirds of it."""
    near = distance * (2 / 3)
    return Lines(centre, centre - distance, centre + distance, centre - near, centre + near, unscreened)


def spread_out(lines: Lines, group: Places) -> Lines:
    """Return lines of one item a segment as lines of one item a row."""
    return lines.each(lambda line: line[group])


def _centre(sample: Sample, found: Numbers) -> Numbers:
    known = sample.profile.centre
    return found if known is None else np.full_like(found, known)


def _given(values: Numbers | None) -> Numbers:
    """Return what a chart of this type is sure to have been given."""
    assert values is not None
    return values


def mean_of(sample: Sample) -> Numbers:
    """Return each segment's mean of the values that make its limits, or the profile's known centre."""
    return _centre(sample, means(*sample.used(), sample.count))


def ratio_of(sample: Sample) -> Numbers:
    """Return each segment's total numerator over its total denominator, or the profile's known centre."""
    use, group = sample.use, sample.group[sample.use]
    with np.errstate(invalid="ignore"):
        above = totals(_given(sample.numerator)[use], group, sample.count)
        return _centre(sample, above / totals(_given(sample.denominator)[use], group, sample.count))


def run(sample: Sample) -> Lines:
    """Run chart: the median, no limits."""
    centre = _centre(sample, medians(*sample.used(), sample.count))
    none = np.full_like(centre, np.nan)
    return spread_out(Lines(centre, none, none, none, none), sample.group)


def xmr(sample: Sample) -> Lines:
    """XmR chart: mean ± 2.66 x mean moving range."""
    average, refused = mean_range(sample, sample.value)
    lines = around(mean_of(sample), sample.profile.range_constant * average, unscreened=refused)
    return spread_out(lines, sample.group)


def mr(sample: Sample) -> Lines:
    """Give the limits of a moving range chart: from 0 to 3.267 x mean moving range; the values are the ranges already."""
    centre = mean_of(sample)
    upper, zero = RANGE_LIMIT * centre, np.zeros_like(centre)
    return spread_out(Lines(centre, zero, upper, zero, upper * (2 / 3)), sample.group)


def i_prime(sample: Sample) -> Lines:
    """Individuals chart with denominators: each range is scaled to a denominator of one."""
    weight = _given(sample.denominator)
    loose = np.ones_like(sample.kept) if sample.profile.loose_baseline else None
    average, refused = mean_range(
        sample,
        sample.value,
        within=loose,
        scale=lambda before, after: np.sqrt(2 / np.pi) * np.sqrt(1 / weight[before] + 1 / weight[after]),
    )
    distance = 3 * average[sample.group] * np.sqrt(1 / weight)
    return around(ratio_of(sample)[sample.group], distance, unscreened=refused)


def p(sample: Sample) -> Lines:
    """P chart: proportions, binomial sigma."""
    centre = ratio_of(sample)[sample.group]
    return around(centre, 3 * np.sqrt(centre * (1 - centre) / _given(sample.denominator)))


def u(sample: Sample) -> Lines:
    """U chart: rates, Poisson sigma."""
    centre = ratio_of(sample)[sample.group]
    return around(centre, 3 * np.sqrt(centre / _given(sample.denominator)))


def c(sample: Sample) -> Lines:
    """C chart: counts, Poisson sigma."""
    centre = mean_of(sample)
    return spread_out(around(centre, 3 * np.sqrt(centre)), sample.group)


def _laney(sample: Sample, centre: Numbers, sigma: Numbers) -> Lines:
    """Widen limits by how much standardised values vary from one to the next (Laney 2002)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (sample.value - centre) / sigma
    # Where all or none of all counts are cases sigma is 0, and no value strays from it.
    z = np.where((sigma == 0) & ~np.isnan(sample.value), 0.0, z)
    average, refused = mean_range(sample, z)
    distance = 3 * sigma * (average / RANGE_SIGMA)[sample.group]
    return around(centre, distance, unscreened=refused)


def p_prime(sample: Sample) -> Lines:
    """P' chart: a P chart that allows for more variation than binomial."""
    centre = ratio_of(sample)[sample.group]
    return _laney(sample, centre, np.sqrt(centre * (1 - centre) / _given(sample.denominator)))


def u_prime(sample: Sample) -> Lines:
    """U' chart: a U chart that allows for more variation than Poisson."""
    centre = ratio_of(sample)[sample.group]
    return _laney(sample, centre, np.sqrt(centre / _given(sample.denominator)))


def c_prime(sample: Sample) -> Lines:
    """C' chart: a C chart that allows for more variation than Poisson."""
    centre = mean_of(sample)[sample.group]
    return _laney(sample, centre, np.sqrt(centre))


def g(sample: Sample) -> Lines:
    """G chart: cases between rare events, geometric sigma."""
    average = mean_of(sample)
    distance = 3 * np.sqrt(average * (average + 1))
    lines = around(average, distance)
    if sample.profile.rare_centre == "median" and sample.profile.centre is None:
        centre = medians(*sample.used(), sample.count)
    else:
        centre = 0.693 * average
    return spread_out(replace(lines, centre=centre), sample.group)


def t(sample: Sample) -> Lines:
    """T chart: times between rare events, as an XmR chart of their power 1/3.6."""
    power = sample.value ** (1 / T_POWER)
    average, refused = mean_range(sample, power)
    centre = means(power[sample.use], sample.group[sample.use], sample.count)
    if sample.profile.centre is not None:
        centre = np.full_like(centre, sample.profile.centre ** (1 / T_POWER))
    lines = around(centre, sample.profile.range_constant * average)
    near = np.where(lines.lower_2sigma < 0, np.nan, np.abs(lines.lower_2sigma))
    powers = Lines(lines.centre, np.maximum(lines.lower, 0), lines.upper, near, lines.upper_2sigma, refused)
    return spread_out(powers.each(lambda line: line**T_POWER), sample.group)


_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)


def _log_gamma(x: Numbers) -> Numbers:
    """Return log gamma by Stirling's series, summed in R's order.

    B3 and B4 take the root of a small difference, where the last digits of log gamma count: summed alike, ours are
    R's to 1e-14.
    """
    from scipy.special import gamma

    correction = sum(part / x ** (2 * power + 1) for power, part in enumerate(_STIRLING))
    large = np.log(2 * np.pi) / 2 + (x - 0.5) * np.log(x) - x + correction
    return np.where(x <= 10, np.log(gamma(np.minimum(x, 10))), large)


def c4(size: Numbers) -> Numbers:
    """Return the mean of a normal sample's standard deviation, as a part of sigma.

    Examples
    --------
    >>> c4(np.array([2.0, 5.0])).round(4)
    array([0.7979, 0.94  ])
    """
    size = np.asarray(size, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sqrt(2 / (size - 1)) * np.exp(_log_gamma(size / 2) - _log_gamma((size - 1) / 2))


def a3(size: Numbers) -> Numbers:
    """Return A3: limits of a subgroup mean are A3 mean standard deviations from the centre."""
    return 3 / (c4(size) * np.sqrt(size))


def b4(size: Numbers) -> Numbers:
    """Return B4: the upper limit of a subgroup's standard deviation is B4 times its mean."""
    return 1 + 3 * np.sqrt(1 - c4(size) ** 2) / c4(size)


def b3(size: Numbers) -> Numbers:
    """Return B3, the lower fellow of B4, never below zero."""
    return np.maximum(0, 1 - 3 * np.sqrt(1 - c4(size) ** 2) / c4(size))


def _mean_spread(sample: Sample) -> Numbers:
    """Return each segment's mean standard deviation: plain where subgroups are of one size, pooled where not."""
    every_size, every_spread = _given(sample.size), _given(sample.spread)
    use = sample.use & ~np.isnan(every_spread)
    group, spread, free = sample.group[use], every_spread[use], every_size[use] - 1
    plain = means(spread, group, sample.count)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = np.sqrt(totals(free * spread**2, group, sample.count) / totals(free, group, sample.count))
    uneven = np.zeros(sample.count, dtype=bool)
    judged = np.ones_like(use) if sample.profile.loose_baseline else use
    first = np.full(sample.count, np.nan)
    owner, size = sample.group[judged], every_size[judged]
    first[owner[::-1]] = size[::-1]
    uneven[owner[size != first[owner]]] = True
    return np.where(uneven, pooled, plain)


def xbar(sample: Sample) -> Lines:
    """Xbar chart: subgroup means, sigma from the subgroups' standard deviations."""
    use, group = sample.use, sample.group[sample.use]
    size = _given(sample.size)
    weight = size[use]
    with np.errstate(invalid="ignore"):
        mean = totals(weight * sample.value[use], group, sample.count) / totals(weight, group, sample.count)
    centre = _centre(sample, mean)[sample.group]
    return around(centre, a3(size) * _mean_spread(sample)[sample.group])


def s(sample: Sample) -> Lines:
    """S chart: subgroup standard deviations."""
    size, centre = _given(sample.size), _centre(sample, _mean_spread(sample))[sample.group]
    low, high = b3(size) * centre, b4(size) * centre
    third = (high - centre) / 3
    return Lines(centre, low, high, np.maximum(0, centre - 2 * third), centre + 2 * third)


RULES = ("outside", "trend", "two_of_three", "shift")
"""In order of precedence, for profiles that have one."""


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
    lines: Callable[[Sample], Lines]
    denominator: Literal["none", "optional", "needed"] = "none"
    counts: bool = False
    positive: bool = False
    proportion: bool = False
    subgroups: bool = False
    plots: Literal["value", "range", "spread"] = "value"
    floor: float | None = None
    ceiling: float | None = None
    rules: tuple[str, ...] = RULES
    small: float = 0


CHARTS = {
    chart.name: chart
    for chart in (
        ChartType("run", run, "optional", rules=("trend", "shift")),
        ChartType("xmr", xmr, "optional"),
        ChartType("mr", mr, "optional", plots="range", rules=("outside",)),
        ChartType("i_prime", i_prime, "needed"),
        ChartType("xbar", xbar, subgroups=True),
        ChartType("s", s, subgroups=True, plots="spread"),
        ChartType("p", p, "needed", counts=True, proportion=True, floor=0, ceiling=1, small=5),
        ChartType("p_prime", p_prime, "needed", counts=True, proportion=True, floor=0, ceiling=1, small=5),
        ChartType("u", u, "needed", counts=True, floor=0, small=5),
        ChartType("u_prime", u_prime, "needed", counts=True, floor=0, small=5),
        ChartType("c", c, counts=True, floor=0, small=5),
        ChartType("c_prime", c_prime, counts=True, floor=0, small=5),
        ChartType("g", g, counts=True, floor=0, rules=("outside", "trend", "shift")),
        ChartType("t", t, positive=True, floor=0),
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
