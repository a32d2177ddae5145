"""``spc`` beside abspc, the nearest Python peer: ``python -m benchmarks.peers``.

abspc takes one series a call, so it is called once a series for limits, rules, variation and assurance; ``spc`` takes
all series in one call and does the same and more. Both are timed in this process on the same values. How many series
each calls a change is counted too. They differ in what they ask: ``spc`` judges a series by its latest point, as Making
Data Count does, abspc by the last sign anywhere in it; and abspc counts a shift from eight points and a trend from six.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.speed import POINTS, sample
from sutg_analysis import spc

TARGET = 95.0


def ours(frame: pd.DataFrame) -> pd.DataFrame:
    """Judge every series in one call."""
    return spc(frame, value="value", date="month", by="series", target=TARGET).summary


def theirs(series: list[pd.DataFrame], peer: Any) -> list[tuple[str, str]]:
    """Judge series one by one, as abspc is called."""
    verdicts = []
    for rows in series:
        limits = peer.calculate_control_limits(rows, "XmR", value_col="value")
        judged = peer.detect_special_causes(limits, value_col="value")
        verdicts.append(
            (
                peer.determine_variation_type(judged, value_col="value", improvement_direction="high"),
                peer.determine_assurance_type(judged, TARGET, improvement_direction="high"),
            )
        )
    return verdicts


def fastest(work: Callable[[], Any], repeats: int) -> float:
    """Return the shortest of several times."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def find_peer() -> Any:
    """Return abspc, or end with what to install."""
    try:
        import abspc
    except ImportError as error:
        sys.exit(f"{error}. Install the peer beside the project first: python -m pip install abspc")
    return abspc


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    peer = find_peer()
    frame = sample(options.series, rng=np.random.default_rng(1), shuffled=False)
    series = [rows.reset_index(drop=True) for _, rows in frame.groupby("series")]
    here = fastest(lambda: ours(frame), options.repeats)
    there = fastest(lambda: theirs(series, peer), options.repeats)
    print(f"{options.series:,} series of {POINTS} points: limits, rules, variation, assurance")
    print(f"  sutg_analysis, one call          {here:7.3f} s")
    print(f"  abspc, a call a series           {there:7.3f} s, {there / here:.0f} times as long")
    first, (variation, assurance) = ours(frame), zip(*theirs(series, peer), strict=True)
    signs = int((~first["variation"].isin(["common", "too_few"])).sum())
    other = sum(verdict not in {"common_cause", "common"} for verdict in variation)
    print(
        f"latest point a sign of change, of {options.series:,} on which nothing changes: {signs} and {other}"
    )
    same = sum(a == b for a, b in zip(first["assurance"], assurance, strict=True))
    print(f"assurance alike in {same:,} of {options.series:,}")


if __name__ == "__main__":
    main()
