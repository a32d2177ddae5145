"""Demand against capacity: the closed forms of the peer, its list statistics put right, and what k promises kept."""

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import demand_capacity
from sutg_analysis.errors import ArgumentError
from sutg_analysis.waiting.demand import factor_of, window_rates

GRIDS = {
    "wl_queue_load": {"queue_load": "load"},
    "wl_target_mean_wait": {"target_mean_wait": "target_mean_wait"},
    "wl_target_queue_size": {"target_queue_size": "target_queue_size"},
    "wl_target_capacity": {"target_capacity": "target_capacity"},
    "wl_relief_capacity": {"relief_capacity": "relief_capacity"},
}
EXAMPLE = pd.DataFrame(
    {
        "referred": ["2024-01-01", "2024-01-04", "2024-01-10", "2024-01-16"],
        "seen": ["2024-01-08", None, None, None],
    }
)


@pytest.mark.parametrize("grid", sorted(GRIDS))
def test_closed_forms_equal_the_peers(shared, grid):
    table = pd.read_csv(shared / "golden" / f"{grid}.csv")
    expected, ours = next(iter(GRIDS[grid].items()))

    result = demand_capacity(**table.drop(columns=expected)).frame[ours]

    assert (result - table[expected]).abs().max() < 1e-9


@pytest.mark.parametrize(
    ("demand", "target_wait", "factor", "cv_demand", "cv_capacity", "expected"),
    [(30, 52, 3, 1.1, 1.2, 30.076442), (42, 65, 2, 1.2, 1.5, 42.0567692), (35, 50, 1, 1.3, 1.6, 35.0425)],
)
def test_target_capacity_of_the_published_examples(
    demand, target_wait, factor, cv_demand, cv_capacity, expected
):
    result = demand_capacity(
        demand=demand, target_wait=target_wait, factor=factor, cv_demand=cv_demand, cv_capacity=cv_capacity
    ).target_capacity

    assert result == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("mean_wait", "target", "pressure"), [(63, 52, 2.42307692), (24, 4, 12), (55, 50, 2.2)]
)
def test_pressure_is_twice_the_mean_wait_over_the_target(mean_wait, target, pressure):
    assert demand_capacity(mean_wait=mean_wait, target_wait=target).pressure == pytest.approx(pressure)


@pytest.mark.parametrize(("p", "k"), [(0.92, 2.526), (0.75, 1.386), (0.95, 2.996), (0.982, 4.017)])
def test_the_share_seen_in_time_gives_k(p, k):
    assert factor_of(p) == pytest.approx(k, abs=5e-4)


def test_the_published_walkthrough():
    result = demand_capacity(demand=30, capacity=27, target_wait=52, factor=4, queue_size=1200)

    assert (result.load, result.stable) == (pytest.approx(10 / 9), False)
    assert (result.target_mean_wait, result.target_queue_size, result.too_big) == (13, 390, True)
    assert result.relief_capacity == pytest.approx(61.153846, abs=1e-6)
    assert (result.weeks_to_clear, result.verdict) == (np.inf, "relief")


def test_the_four_patients_have_a_pressure_in_one_unit():
    result = demand_capacity(EXAMPLE, target_wait=4, factor=4)

    assert result.pressure == pytest.approx(0.4286, abs=5e-5)
    assert (result.queue_size, result.mean_wait) == (3, pytest.approx(6 / 7))
    assert result.demand == pytest.approx(4 / 15 * 7)


def test_someone_seen_before_the_window_does_not_wait_in_it():
    earlier = pd.DataFrame({"referred": ["2023-01-01"], "seen": ["2023-02-01"]})

    result = demand_capacity(
        pd.concat([earlier, EXAMPLE], ignore_index=True), start="2024-01-01", end="2024-01-16"
    )

    assert result.queue_size == 3


def test_someone_referred_after_the_window_does_not_wait_in_it():
    later = pd.DataFrame({"referred": ["2024-02-01"], "seen": ["2024-03-01"]})

    result = demand_capacity(
        pd.concat([EXAMPLE, later], ignore_index=True), start="2024-01-01", end="2024-01-16"
    )

    assert (result.queue_size, result.mean_wait) == (3, pytest.approx(6 / 7))


def daily(days):
    dates = pd.date_range("2024-01-01", periods=days)
    return pd.DataFrame({"referred": dates, "seen": dates + pd.Timedelta(days=10)})


def test_a_referral_a_day_is_seven_a_week_in_any_window():
    for end in ("2024-02-04", "2024-03-31"):
        result = window_rates(daily(365), start="2024-01-29", end=end).frame.iloc[0]
        assert (result["demand"], result["capacity"]) == (7, 7)


def test_windows_that_follow_share_no_day():
    parts = [("2024-02-01", "2024-02-15"), ("2024-02-16", "2024-02-29")]

    counts = [
        window_rates(daily(365), start=start, end=end).frame["referrals"].iloc[0] for start, end in parts
    ]

    assert sum(counts) == 29


def test_idle_days_are_no_evidence_of_capacity():
    table = pd.DataFrame(
        {
            "referred": ["2024-01-01"] * 7 + ["2024-03-01"],
            "seen": [*pd.date_range("2024-01-02", periods=7), None],
        }
    )

    result = window_rates(table, start="2024-01-01", end="2024-03-01").frame["capacity"].iloc[0]

    assert result == 7


def test_lists_are_kept_apart():
    table = pd.concat([daily(100).assign(service="a"), daily(100).iloc[::2].assign(service="b")])

    result = demand_capacity(table, by="service", start="2024-01-15", end="2024-03-31").frame

    assert result["service"].tolist() == ["a", "b"]
    assert result["demand"].round(1).tolist() == [7.0, 3.5]


def test_already_at_the_target_takes_no_weeks_and_spare_capacity_takes_some():
    result = demand_capacity(demand=30, capacity=[31, 40], queue_size=[100, 900], target_queue_size=200).frame

    assert result["weeks_to_clear"].tolist() == [0, 70]


@pytest.mark.parametrize(
    "arguments",
    [{"p": 92}, {"p": 0.9, "factor": 4}, {"demand": -1}, {"target_wait": 0}, {"demand": "column"},
     {"demand": [1, 2], "capacity": [1, 2, 3]}, {"demand": 1, "seen": "x"}],
)  # fmt: skip
def test_arguments_that_cannot_be_are_refused(arguments):
    with pytest.raises(ArgumentError):
        demand_capacity(**arguments)


def waits_of_a_queue(rng, *, demand, capacity, many):
    """Times from joining to leaving a queue with random arrivals and services, by Lindley's recursion."""
    between, service = rng.exponential(1 / demand, many), rng.exponential(1 / capacity, many)
    steps = np.cumsum(service[:-1] - between[1:])
    queued = np.concatenate([[0], steps - np.minimum(np.minimum.accumulate(steps), 0)])
    return queued + service


@pytest.mark.parametrize("load", [0.7, 0.8, 0.9, 0.95, 0.98])
@pytest.mark.parametrize("p", [0.75, 0.92])
def test_the_target_capacity_keeps_the_promise_of_k(load, p):
    """In a queue with random arrivals and services the share within the target is p, within Monte-Carlo error."""
    demand = 30.0
    target = factor_of(p) / (demand / load - demand)
    capacity = demand_capacity(demand=demand, target_wait=target, p=p).target_capacity
    rng = np.random.default_rng(7)

    shares = [
        (waits_of_a_queue(rng, demand=demand, capacity=capacity, many=60_000)[10_000:] <= target).mean()
        for _ in range(12)
    ]

    assert demand / capacity == pytest.approx(load)
    error = np.std(shares, ddof=1) / np.sqrt(len(shares))
    assert abs(np.mean(shares) - p) < 4 * error + 0.002


def test_words_and_chart_say_what_is_needed():
    result = demand_capacity(demand=30, capacity=27, target_wait=52, factor=4, queue_size=1200)

    assert "relief capacity of 61.2 a week for 26 weeks" in result.words()
    assert "as large as capacity or larger in 1" in result.alt_text()
    assert result.chart().to_dict()["mark"]
