"""How often the bands of ``waiting_list_forecast`` hold what they say, in six regimes of demand and capacity.

``python -m benchmarks.forecast_bands [--lists 400]``; four times in five is 75 to 85 in 100 here.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from sutg_analysis import waiting_list_forecast

REGIMES = ("steady", "noisy demand", "drifting demand", "autocorrelated capacity", "season", "step")
_MEAN = 130.0


def lists_of(regime: str, lists: int, months: int, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return lists by month: 130 join and 130 can leave, but for what the regime says."""
    shape, month = (lists, months), np.arange(months)
    demand, capacity = np.full(shape, _MEAN), np.full(shape, _MEAN)
    noise = rng.standard_normal((lists, months + 50))
    if regime == "drifting demand":
        demand = demand + np.cumsum(4 * noise[:, 50:], axis=1)
    elif regime == "autocorrelated capacity":
        capacity = capacity + 20 * np.sqrt(1 - 0.7**2) * lfilter([1], [1, -0.7], noise, axis=1)[:, 50:]
    elif regime == "season":
        demand = demand * (1 + 0.2 * np.sin(2 * np.pi * (month + rng.integers(0, 12, (lists, 1))) / 12))
    elif regime == "step":
        capacity = capacity - 20 * (month >= rng.integers(12, months - 18, (lists, 1)))
    joined = rng.poisson(np.maximum(demand, 1)).astype(float)
    if regime == "noisy demand":
        joined = np.maximum(np.round(demand + 30 * noise[:, 50:]), 0)
    able = rng.poisson(np.maximum(capacity, 1)).astype(float)
    size, sizes, left = np.full(lists, 6000.0), np.empty(shape), np.empty(shape)
    for place in range(months):
        left[:, place] = np.minimum(able[:, place], size + joined[:, place])
        size = size + joined[:, place] - left[:, place]
        sizes[:, place] = size
    table = {"list_size": sizes, "additions": joined, "removals": left}
    dates = pd.date_range("2018-01-31", periods=months, freq="ME")
    rows = {name: values.ravel() for name, values in table.items()}
    return pd.DataFrame({"list": np.repeat(np.arange(lists), months), "date": np.tile(dates, lists)} | rows)


def held(
    regime: str, *, lists: int, rng: np.random.Generator, months: int = 48, ahead: int = 12
) -> tuple[float, float]:
    """Return the share of the months to come inside the bands, and the share that the trial on the past says."""
    every = lists_of(regime, lists, months + ahead, rng=rng)
    last = every["date"].drop_duplicates().iloc[months - 1]
    result = waiting_list_forecast(every[every["date"] <= last], by="list", periods=ahead, paths=400, rng=rng)
    both = result.points.astype({"list": int}).merge(every, on=["list", "date"])
    inside = both["list_size"].between(both["lower_80"], both["upper_80"])
    return float(inside.mean()), float(result.skill["coverage"].mean())


def main() -> None:
    """Print a line a regime."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lists", type=int, default=400)
    lists = parser.parse_args().lists
    for months in (36, 48):
        for seed, regime in enumerate(REGIMES):
            share, said = held(regime, lists=lists, rng=np.random.default_rng(seed), months=months)
            print(
                f"{regime}, {months} months known: held {share:.1%} (its own past says {said:.1%})",
                flush=True,
            )


if __name__ == "__main__":
    main()
