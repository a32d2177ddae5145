"""How often ``trend``, ``interrupted`` and ``evaluate_cycle`` call chance a change, and see a real one.

``python -m benchmarks.change_alarms``; the rules of control charts are counted by ``benchmarks.alarms``.
"""

from __future__ import annotations

import time
from collections import Counter

import numpy as np

from sutg_analysis import evaluate_cycle, interrupted, trend
from tests.support.series import alike, many, monthly


def trends(points: int, r: float, series: int = 500) -> tuple[float, float]:
    """Return the share of null series called a trend, corrected and plain."""
    frame = many(alike(points, series, points, r))
    found = trend(frame, value="y", date="month", by="series").summary
    return float((found["p"] < 0.05).mean()), float((found["p_plain"] < 0.05).mean())


def interruptions(points: int, r: float, series: int = 500) -> dict[str, float]:
    """Return the share of null series called a change of level, of slope and of either (jointly)."""
    values = alike(points, series, points, r)
    hits: Counter[str] = Counter()
    for row in values:
        frame = monthly(row)
        change = frame["month"][points // 2]
        result = interrupted(frame, value="y", date="month", change=change, errors="hac")
        hits["level"] += result.term("level")["p"] < 0.05
        hits["slope"] += result.term("slope")["p"] < 0.05
        hits["joint"] += result.p < 0.05
    return {name: count / series for name, count in sorted(hits.items())}


def steps(series: int = 500, *, rng: np.random.Generator) -> dict[str, float]:
    """Return the share of each verdict on a pure step of one sigma for the worse, 12 months before and 36 after."""
    found: Counter[str] = Counter()
    for row in 7 * (rng.standard_normal((series, 48)) + (np.arange(48) >= 12)):
        frame = monthly(50 + row)
        change = frame["month"][12]
        result = interrupted(frame, value="y", date="month", change=change, improvement="decrease")
        found[result.variation] += 1
    return {name: count / series for name, count in found.most_common()}


def falls(series: int = 500, *, rng: np.random.Generator) -> tuple[float, float]:
    """Return how often a fall of a proportion from 90% to 84% is found: by ``interrupted``, by a binomial GLM."""
    import statsmodels.api as sm

    after, found, peer = (np.arange(24) >= 12).astype(float), 0, 0
    design = np.stack([np.ones(24), np.arange(24.0), after], axis=1)
    for _ in range(series):
        whole = rng.integers(60, 70, 24)
        part = rng.binomial(whole, np.where(after > 0, 0.84, 0.9))
        frame = monthly(part).assign(whole=whole)
        result = interrupted(
            frame,
            numerator="y",
            denominator="whole",
            date="month",
            change=frame["month"][12],
            slope=False,
        )
        law = sm.families.Binomial()
        model = sm.GLM(np.stack([part, whole - part], axis=1), design, family=law).fit()
        found, peer = found + (result.p < 0.05), peer + (model.pvalues[2] < 0.05)
    return found / series, peer / series


def cycles(
    before: int, effect: float, r: float = 0.0, series: int = 200, drift: float = 0.0
) -> dict[str, float]:
    """Return the share of each verdict, with 12 points since the start; ``drift`` is for the better, a month."""
    values = alike(before, series, before + 12, r)
    found: Counter[str] = Counter()
    for row in values:
        place = np.arange(before + 12)
        y = 20 + row - effect * (place >= before) - drift * place
        frame = monthly(y)
        start = frame["month"][before]
        result = evaluate_cycle(frame, value="y", date="month", start=start, improvement="decrease")
        found[result.verdict] += 1
    return {name: count / series for name, count in found.most_common()}


def main() -> None:
    """Print the tables."""
    begun = time.perf_counter()
    for points in (24, 36, 60, 120):
        for r in (0.0, 0.4):
            corrected, plain = trends(points, r)
            print(f"trend, null, {points} points, r {r}: {corrected:.1%} (plain Mann-Kendall {plain:.1%})")
    for points in (24, 48, 96):
        print(f"interrupted, null, {points} points, r 0.4: {interruptions(points, 0.4)}")
    rng = np.random.default_rng(1)
    print(f"interrupted, a step of one sigma for the worse, verdicts: {steps(2000, rng=rng)}")
    print(
        "interrupted, a fall of 6 points found (and by a binomial GLM): {:.1%} ({:.1%})".format(
            *falls(2000, rng=rng)
        )
    )
    for before in (12, 18, 24):
        for effect in (2.0, 0.0):
            print(f"PDSA, {before} points before, effect {effect} sigma: {cycles(before, effect)}")
    for before in (12, 24):
        share = cycles(before, 0.0, series=1000, drift=0.08)
        print(f"PDSA, {before} points before, no effect but a drift of 0.08 sigma a month: {share}")
    print(f"PDSA, 24 points before, no effect, r 0.4: {cycles(24, 0.0, 0.4)}")
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
