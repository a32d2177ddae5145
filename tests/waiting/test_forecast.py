"""Forecasts of waiting lists: bands that hold what they say, scenarios, targets, and the test on their own past."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import forecast_bands
from sutg_analysis import waiting_list, waiting_list_forecast
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.words.waiting import forecast_headline


def history(rng, *, demand=130.0, capacity=130.0, start=800, months=36, first="2021-01-01"):
    """A list by month: random referrals, random capacity, never below nobody."""
    joined, able = rng.poisson(demand, months), rng.poisson(capacity, months)
    sizes, left, now = [], [], start
    for month in range(months):
        after = max(0, now + joined[month] - able[month])
        left.append(now + joined[month] - after)
        sizes.append(after)
        now = after
    dates = pd.date_range(first, periods=months, freq="MS")
    return pd.DataFrame({"date": dates, "list_size": sizes, "additions": joined, "removals": left})


def many(rng, lists, **options):
    return pd.concat(
        [history(rng, **options).assign(service=f"s{n:03d}") for n in range(lists)], ignore_index=True
    )


@pytest.mark.parametrize(("months", "capacity"), [(36, 130), (48, 127), (60, 134)])
def test_the_80_per_cent_band_holds_about_80_per_cent_of_held_back_months(months, capacity):
    every = many(np.random.default_rng(months), 200, months=months, capacity=capacity, start=900)
    held = every.groupby("service").tail(12)
    known = every.drop(held.index)

    points = waiting_list_forecast(known, by="service", periods=12, backtest=False).points

    both = points.merge(held, on=["service", "date"])
    assert len(both) == 200 * 12
    inside = both["list_size"].between(both["lower_80"], both["upper_80"]).mean()
    assert 0.75 <= inside <= 0.85


def test_bands_are_nested_and_the_median_is_inside():
    points = waiting_list_forecast(history(np.random.default_rng(1)), periods=6).points

    columns = ["lower_95", "lower_80", "median", "upper_80", "upper_95"]
    assert (points[columns].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_the_same_seed_gives_the_same_forecast():
    table = history(np.random.default_rng(2))

    first, second = (waiting_list_forecast(table, rng=np.random.default_rng(5)).points for _ in range(2))

    pd.testing.assert_frame_equal(first, second)


def test_forecast_dates_follow_the_history():
    points = waiting_list_forecast(history(np.random.default_rng(2)), periods=3).points

    assert points["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-02-01", "2024-03-01"]


def test_a_target_is_not_reached_when_demand_is_at_least_capacity():
    summary = waiting_list_forecast(
        list_size=500, demand=31, capacity=30, target=400, start="2024-03-31"
    ).summary

    assert summary["reached"].tolist() == ["not reached"]
    assert summary["load"].iloc[0] >= 1


def test_a_target_in_reach_has_a_date_and_a_chance():
    result = waiting_list_forecast(
        list_size=500,
        demand=30,
        capacity=36,
        target=300,
        start="2024-03-31",
        periods=12,
        by_date="2024-09-30",
    )

    row = result.summary.iloc[0]
    weeks = (row["reached_date"] - pd.Timestamp("2024-03-31")).days / 7
    assert weeks == pytest.approx(200 / 6, abs=5)
    chances = result.points.set_index("date")["chance"]
    assert row["chance"] == chances[pd.Timestamp("2024-09-30")]
    assert chances.is_monotonic_increasing


def test_a_list_beyond_its_target_for_good_has_no_chance():
    result = waiting_list_forecast(list_size=5000, demand=30, capacity=30, target=100, start="2024-03-31")

    assert result.summary["chance"].tolist() == [0]
    assert "not reached" in result.words()


SCENARIOS = {
    "Extra clinics": {"extra_capacity": 5},
    "Demand up 10%": {"demand": 1.1},
    "Validation": {"one_off": 120},
}


def test_scenarios_stand_side_by_side_and_differ_by_what_they_say():
    result = waiting_list_forecast(
        list_size=2000, demand=30, capacity=30, start="2024-03-31", periods=12, scenarios=SCENARIOS
    )
    end = result.summary.set_index("scenario")["end_median"]

    weeks = 12 * 365.25 / 12 / 7
    assert result.summary["scenario"].tolist() == ["As now", *sorted(SCENARIOS, key=list(SCENARIOS).index)]
    assert end["Extra clinics"] - end["As now"] == pytest.approx(-5 * weeks, rel=0.02)
    assert end["Demand up 10%"] - end["As now"] == pytest.approx(3 * weeks, rel=0.05)
    assert end["Validation"] - end["As now"] == pytest.approx(-120, abs=1)


def test_a_scenario_may_begin_later():
    later = {"Clinics from July": {"extra_capacity": 10, "start": "2024-07-01"}}

    points = waiting_list_forecast(
        list_size=2000, demand=30, capacity=30, start="2024-03-31", scenarios=later
    ).points

    medians = points.pivot_table(index="date", columns="scenario", values="median")
    gap = medians["Clinics from July"] - medians["As now"]
    assert gap.loc[:"2024-06-30"].tolist() == [0, 0, 0]
    assert (gap.loc["2024-07-31":] < 0).all()


def test_a_trajectory_is_met_or_not_at_each_date():
    path = pd.Series([450, 400, 350], index=pd.to_datetime(["2024-04-01", "2024-06-01", "2024-08-01"]))

    points = waiting_list_forecast(
        list_size=500, demand=30, capacity=36, start="2024-03-31", periods=6, trajectory=path
    ).points

    assert points["target"].tolist() == [450, 450, 400, 400, 350, 350]
    assert points["chance"].between(0, 1).all()


def test_a_trending_list_is_forecast_better_than_naively():
    result = waiting_list_forecast(history(np.random.default_rng(3), capacity=100, months=48))

    assert result.skill["skill"].iloc[0] > 0.3
    assert {"origin", "ahead", "actual", "forecast", "naive"} <= set(result.backtest.columns)
    assert (result.backtest["date"] > result.backtest["origin"]).all()


def test_the_test_on_the_past_knows_nothing_of_what_followed():
    table = history(np.random.default_rng(4), months=40)
    changed = table.assign(list_size=table["list_size"].where(table.index < 30, 5000))
    changed["additions"] = table["additions"].where(table.index < 30, 900)
    origin = table["date"].iloc[28]

    before, after = (waiting_list_forecast(each).backtest for each in (table, changed))

    shown = [rows.loc[(rows["origin"] == origin) & (rows["ahead"] == 1), "naive"] for rows in (before, after)]
    assert shown[0].tolist() == shown[1].tolist()


def test_sizes_alone_can_be_forecast():
    table = history(np.random.default_rng(5))[["date", "list_size"]]

    result = waiting_list_forecast(table, periods=6)

    assert result.summary["load"].isna().all()
    assert len(result.points) == 6


def test_referrals_and_the_list_counted_from_them_give_the_same_forecast():
    rng = np.random.default_rng(6)
    referred = pd.Timestamp("2021-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 1095, 6000)), unit="D")
    seen = pd.Series(referred + pd.to_timedelta(rng.exponential(60, 6000).astype(int), unit="D"))
    table = pd.DataFrame({"referred": referred, "seen": seen.where(seen <= "2023-12-31")})

    straight = waiting_list_forecast(table, periods=3).points
    counted = waiting_list_forecast(waiting_list(table, by=None).points, periods=3).points

    pd.testing.assert_frame_equal(straight, counted)


def test_a_missing_period_is_named():
    table = history(np.random.default_rng(7)).drop(index=10)

    with pytest.raises(DataError, match="no row for the month after 2021-10-01"):
        waiting_list_forecast(table)


def test_two_rows_of_one_month_are_named():
    table = history(np.random.default_rng(7))

    with pytest.raises(DataError, match="two rows for 2021-01-01"):
        waiting_list_forecast(pd.concat([table, table.head(1)]))


@pytest.mark.parametrize(
    "arguments",
    [{"demand": 3}, {"list_size": 10, "demand": -1, "capacity": 1}, {"list_size": 10, "demand": 1, "capacity": 1, "periods": 0},
     {"list_size": 10, "demand": 1, "capacity": 1, "every": "year"},
     {"list_size": 10, "demand": 1, "capacity": 1, "scenarios": {"a": {"clinics": 2}}},
     {"list_size": 10, "demand": 1, "capacity": 1, "target": "few"}],
)  # fmt: skip
def test_arguments_that_cannot_be_are_refused(arguments):
    with pytest.raises(ArgumentError):
        waiting_list_forecast(**arguments)


def test_words_chart_and_alternative_speak_of_every_scenario():
    result = waiting_list_forecast(
        history(np.random.default_rng(8)), target=700, scenarios=SCENARIOS, periods=6
    )

    for name in SCENARIOS:
        assert name in result.words()
        assert name in result.alt_text()
    assert "on its own past" in result.words()
    assert result.chart().to_dict()["facet"]
    assert result.chart(scenario="Validation").to_dict()["layer"]


@pytest.mark.parametrize("regime", forecast_bands.REGIMES)
def test_bands_hold_about_four_times_in_five_whatever_the_regime(regime):
    share, _ = forecast_bands.held(regime, lists=80, rng=np.random.default_rng(11))

    assert 0.67 <= share <= 0.9


def test_the_headline_says_how_often_such_a_range_held():
    result = waiting_list_forecast(history(np.random.default_rng(5)), periods=6, target=600, paths=200)

    said = forecast_headline(result)

    assert f"held {result.skill['coverage'].iloc[0] * 100:.0f} times in 100" in said
    assert "which meets the plan" in said
    assert "which would meet the target" in forecast_headline(result, planned=False)
