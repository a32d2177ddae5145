"""How often the rules cry wolf, and how soon they notice: ``python -m benchmarks.alarms``.

Independent normal points, 24 and 60 of them; then 24 points of baseline and twelve whose mean has moved by 1.5
sigma. Each rule is counted by series: did it fire at all? "Known" has limits at the true mean and sigma, and its exact
probability beside it; "estimated" is what a user sees, limits made from the points themselves. The error is that of
the simulation, one standard deviation.
"""

import argparse
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks import exact
from sutg_analysis import spc
from sutg_analysis.control.limits import Lines
from sutg_analysis.control.profiles import ANHOEJ, MDC
from sutg_analysis.control.rules import (
    Course,
    Signals,
    outside,
    run_limits,
    runs,
    shift,
    sides,
    trend,
    two_of_three,
)

RULES = ("outside", "shift", "trend", "two_of_three")
BASELINE, AFTER, MOVED = 24, 12, 1.5


@dataclass(frozen=True)
class Share:
    """A share of simulated series, and the standard error of it."""

    hits: int
    series: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.series

    @property
    def error(self) -> float:
        """The simulation's standard error."""
        return float(np.sqrt(self.value * (1 - self.value) / self.series))

    def __str__(self) -> str:
        return f"{100 * self.value:6.2f} ± {100 * self.error:.2f} %"


def normal(series: int, points: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return a table of normal points, a series a row."""
    return rng.normal(size=(series, points))


def known(values: np.ndarray) -> dict[str, Share]:
    """Run the rules with limits at the true mean and sigma; a series a row."""
    series, points = values.shape
    flat, none = values.ravel(), np.zeros(values.size)
    lines = Lines(none, none - 3, none + 3, none - 2, none + 2)
    owner = np.repeat(np.arange(series), points)
    together = owner[1:] == owner[:-1]
    course = Course(together, together, together)
    side = sides(flat, none, none)
    marks = Signals(
        outside=outside(flat, lines, none),
        shift=shift(side, course, MDC.shift),
        trend=trend(flat, none, course, MDC),
        two_of_three=two_of_three(flat, lines, side, none, course, MDC.two_of_three),
        side=side,
    )
    fired = {rule: getattr(marks, rule) for rule in RULES} | {"any": marks.any}
    found = {
        rule: Share(int((mark.reshape(values.shape) > 0).any(axis=1).sum()), series)
        for rule, mark in fired.items()
    }
    return found | {"anhoej": Share(int(runs(side, owner, series).signal.sum()), series)}


def long_frame(values: np.ndarray) -> pd.DataFrame:
    """Return a table of series as a frame of one point a row."""
    series, points = values.shape
    days = pd.date_range("2020-01-01", periods=points, freq="D")
    return pd.DataFrame(
        {"series": np.repeat(np.arange(series), points), "day": np.tile(days, series), "y": values.ravel()}
    )


def estimated(values: np.ndarray, *, baseline: int | None = None) -> dict[str, Share]:
    """Run the rules as a user does, limits made from the points or from the first so many of them."""
    frame, after = long_frame(values), slice(baseline or 0, None)
    flags = spc(frame, value="y", date="day", by="series", baseline=baseline).points[list(RULES)]
    found = {rule: flags[rule].to_numpy().reshape(values.shape)[:, after].any(axis=1) for rule in RULES}
    found["any"] = np.logical_or.reduce(list(found.values()))
    if baseline is None:
        house = replace(ANHOEJ, screen=False)
        analysed = spc(frame, value="y", date="day", by="series", profile=house).summary
        found["anhoej"] = analysed["runs_signal"].to_numpy()
    return {rule: Share(int(hit.sum()), len(values)) for rule, hit in found.items()}


def exactly(points: int, *, moved: float = 0.0) -> dict[str, float]:
    """Return what is known without simulation."""
    found = {
        "outside": exact.outside(points, moved=moved),
        "shift": exact.shift(points, moved=moved),
        "trend": exact.trend(points),
        "two_of_three": exact.two_of_three(points, moved=moved),
    }
    if not moved:
        longest, fewest = (int(limit[0]) for limit in run_limits(np.array([points])))
        found["anhoej"] = exact.anhoej(points, longest, fewest)
    return found


def table(title: str, exact_values: dict[str, float], *columns: dict[str, Share]) -> None:
    """Print a line a rule."""
    print(f"\n{title}")
    print(f"{'':14}{'exact':>9}   {'known limits':>18}   {'estimated limits':>18}")
    for rule in columns[0]:
        figure = f"{100 * exact_values[rule]:7.2f} %" if rule in exact_values else "        -"
        shares = [str(column[rule]) if rule in column else "-" for column in columns]
        print(f"{rule:14}{figure}   {shares[0]:>18}   {shares[1]:>18}")


RATES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)


def steady(
    mean: float, *, rng: np.random.Generator, series: int = 4000, months: int = 36
) -> dict[str, Share]:
    """Return by chart how many series of Poisson counts that do not change have a verdict of change."""
    frame = long_frame(rng.poisson(mean, (series, months))).assign(days=100.0)
    found = {}
    for chart in ("xmr", "c", "u_prime"):
        parts = {"numerator": "y", "denominator": "days"} if chart == "u_prime" else {"value": "y"}
        told = spc(frame, date="day", by="series", chart=chart, improvement="decrease", **parts).summary[
            "variation"
        ]
        found[chart] = Share(int((~told.isin(["common", "too_few"])).sum()), series)
    return found


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2024)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    for points in (24, 60):
        values = normal(options.series, points, rng=rng)
        title = f"False alarms: {options.series:,} series of {points} normal points"
        table(title, exactly(points), known(values), estimated(values))
    values = normal(options.series, BASELINE + AFTER, rng=rng)
    values[:, BASELINE:] += MOVED
    title = f"Noticed within {AFTER} points of a move by {MOVED} sigma, limits of {BASELINE} points before it"
    seen = known(values[:, BASELINE:])
    seen.pop("anhoej")
    table(title, exactly(AFTER, moved=MOVED), seen, estimated(values, baseline=BASELINE))
    print(
        "\nanhoej: longest run or crossings, about the true mean (known) or the series' own mean (estimated)."
    )
    print(
        "\nVerdict of change, 4,000 series of 36 months of Poisson counts that do not change; promised: at most 5 %"
    )
    for mean in RATES:
        shares = "   ".join(f"{chart} {share}" for chart, share in steady(mean, rng=rng).items())
        print(f"{mean:6.2f} a month   {shares}")


if __name__ == "__main__":
    main()
