"""A million referrals: all measures, monthly for 36 months by service, against one read and one group by.

    python -m benchmarks.waiting_list [--rows 1000000] [--repeats 5]

Prints both times, the ratio (at most 5 is wanted, the reading included), and what else one would ask of such a list.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis import demand_capacity, waiting_list, waiting_times


def referrals(rows: int, *, rng: np.random.Generator) -> pd.DataFrame:
    """Four years of referrals of twenty services; 15 in 100 leave unseen."""
    first, last = np.datetime64("2020-04-01"), np.datetime64("2024-03-31")
    referred = first + rng.integers(0, 365 * 4, rows).astype("timedelta64[D]")
    stop = referred + rng.exponential(80, rows).astype("timedelta64[D]")
    treated = stop + rng.integers(0, 200, rows).astype("timedelta64[D]")
    seen, never = rng.random(rows) < 0.85, np.datetime64("NaT")
    closed = np.where(seen, treated, stop)
    return pd.DataFrame(
        {
            "referral_id": np.char.add("R", np.arange(rows).astype(str)),
            "service": rng.choice([f"service-{place:02d}" for place in range(20)], rows),
            "referred": referred,
            "seen": np.where(seen & (stop <= last), stop, never),
            "closed": np.where(closed <= last, closed, never),
            "outcome": np.where(
                closed <= last, np.where(seen, "Treated", rng.choice(["Declined", "Moved"], rows)), None
            ),
            "age_band": rng.choice(["0-17", "18-64", "65+"], rows),
            "ethnicity": rng.choice(["White", "Asian", "Black", "Mixed", "Other"], rows),
            "imd_quintile": rng.integers(1, 6, rows),
        }
    )


def fastest(run: Callable[[], Any], repeats: int) -> float:
    """The least time of several, which other work on the machine disturbs least."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pathways.parquet"
        referrals(chosen.rows, rng=np.random.default_rng(1)).to_parquet(path)

        def once() -> pd.DataFrame:
            frame = pd.read_parquet(path)
            return frame.groupby(["service", frame["referred"].dt.to_period("M")]).size()

        def every_measure() -> pd.DataFrame:
            return waiting_list(pd.read_parquet(path), first="2021-04-01", last="2024-03-31").points

        base, ours = fastest(once, chosen.repeats), fastest(every_measure, chosen.repeats)
        print(
            f"{chosen.rows:,} referrals: read and group by once {base:.2f} s, every measure {ours:.2f} s, {ours / base:.1f} times"
        )
        frame = pd.read_parquet(path)
        window = {"start": "2023-04-01", "end": "2024-03-31"}
        print(f"waiting_times by service: {fastest(lambda: waiting_times(frame, by='service'), 2):.2f} s")
        print(
            f"demand_capacity by service: {fastest(lambda: demand_capacity(frame, by='service', **window), 2):.2f} s"
        )


if __name__ == "__main__":
    main()
