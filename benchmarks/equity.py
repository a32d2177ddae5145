"""How often the intervals of ``compare_waits`` hold the true difference, of a large group and a small one.

``python -m benchmarks.equity [--series 2000]``; 95 in 100 are promised, and 93 with 12 people in the small group.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from sutg_analysis import compare_waits

HORIZON = 26.0


def held(large: int, small: int, series: int, *, mean: float = 12.0, rng: np.random.Generator) -> float:
    """Return the share of intervals that hold nought, where both groups wait alike (exponential, to 26 weeks)."""
    sizes = [large, small]
    inside = []
    for _ in range(series):
        wait = np.ceil(rng.exponential(mean, sum(sizes)) * 7) / 7
        frame = pd.DataFrame({"wait": wait, "event": 1, "ethnicity": np.repeat(["A", "B"], sizes)})
        found = compare_waits(frame, duration="wait", event="event", horizon=HORIZON, minimum=5).frame
        row = found[~found["reference"]].iloc[0]
        inside.append(row["lower"] <= 0 <= row["upper"])
    return float(np.mean(inside))


def main() -> None:
    """Print a line a pair of sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=2000)
    series = parser.parse_args().series
    rng = np.random.default_rng(1)
    for small in (300, 50, 12):
        print(f"300 and {small} people: held {held(300, small, series, rng=rng):.1%}", flush=True)


if __name__ == "__main__":
    main()
