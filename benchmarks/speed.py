"""Time ``spc`` beside sorting and averaging the same frame: ``python -m benchmarks.speed``.

A number of seconds says as much about the machine as about the program, so each size is timed beside
``sort_values`` plus ``groupby.mean`` of the same frame in the same process. The growth exponent is the slope of
log time on log size. Peak memory is what Python and numpy allocate at once during the call, over the frame's size.
"""

import argparse
import gc
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd

from sutg_analysis import spc

POINTS = 48
PEERS = {
    "NHSRplotthedots 0.2.2": 2.24,
    "qicharts2 0.8.1": 34.6,
    "nhspy-plotthedots 0.1.6": 1.2,
    "pyspc (limits, two rules)": 0.08,
}
"""Seconds for 1,000 series of 48 points, measured once on a machine of two cores."""


def sample(series: int, *, rng: np.random.Generator, shuffled: bool) -> pd.DataFrame:
    """Make a frame of normal values, 48 months a series."""
    months = pd.date_range("2020-01-01", periods=POINTS, freq="MS")
    frame = pd.DataFrame(
        {
            "series": np.repeat(np.arange(series), POINTS),
            "month": np.tile(months, series),
            "value": rng.normal(100, 10, series * POINTS),
        }
    )
    if shuffled:
        frame = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    return frame


def chart(frame: pd.DataFrame) -> None:
    """Make every limit, rule, verdict and table."""
    spc(frame, value="value", date="month", by="series", target=95)


def baseline(frame: pd.DataFrame) -> None:
    """Sort the frame and average each series: what any answer at all would cost."""
    frame.sort_values(["series", "month"])
    frame.groupby("series")["value"].mean()


def best(work: Callable[[pd.DataFrame], None], frame: pd.DataFrame, *, repeats: int) -> float:
    """Return the shortest of several times: the one least disturbed by whatever else the machine does."""
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        work(frame)
        times.append(time.perf_counter() - start)
    return min(times)


def peak(frame: pd.DataFrame) -> float:
    """Return the most memory the call holds at once, over that of the frame."""
    tracemalloc.start()
    chart(frame)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / frame.memory_usage(index=False, deep=True).sum()


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of log time on log size."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def report(sizes: list[int], *, shuffled: bool, rng: np.random.Generator) -> None:
    """Print a line a size, then the exponent."""
    print(f"\n{'shuffled' if shuffled else 'sorted'} frame")
    print(f"{'series':>8} {'points':>10} {'spc':>9} {'sort + mean':>12} {'ratio':>6} {'a point':>9}")
    seconds = []
    for size in sizes:
        frame = sample(size, rng=rng, shuffled=shuffled)
        repeats = max(3, min(30, 30_000 // size))
        ours, base = (best(work, frame, repeats=repeats) for work in (chart, baseline))
        seconds.append(ours)
        each = 1e6 * ours / len(frame)
        print(f"{size:8,} {len(frame):10,} {ours:8.4f}s {base:11.4f}s {ours / base:6.2f} {each:7.3f}us")
    if len(sizes) > 1:
        print(f"growth exponent {exponent(sizes, seconds):.3f} (1: twice the data takes twice the time)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    chart(sample(2, rng=rng, shuffled=False))
    for shuffled in (False, True):
        report(options.series, shuffled=shuffled, rng=rng)
    size = min(max(options.series), 10_000)
    print(
        f"\npeak memory at {size:,} series: {peak(sample(size, rng=rng, shuffled=True)):.1f} times the frame"
    )
    print(f"\nothers, once, for 1,000 series of {POINTS} points (another machine of this size):")
    for name, time_taken in PEERS.items():
        print(f"  {name:28} {time_taken:6.2f}s")


if __name__ == "__main__":
    main()
