"""Interrupted time series: the published Sicilian numbers, what is centred, and how seldom chance is a change."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import change_alarms
from sutg_analysis import interrupted, rate_trend
from sutg_analysis.errors import ArgumentError, DataError
from tests.support.series import alike, monthly


@pytest.fixture(scope="module")
def sicily(shared):
    data = pd.read_csv(shared / "data" / "sicily.csv")
    return data.assign(date=pd.to_datetime({"year": data["year"], "month": data["month"], "day": 1}))


def measured(sicily, **options):
    return interrupted(sicily, value="aces", exposure="stdpop", date="date", change="2005-01-01", **options)


PUBLISHED = [
    ({"slope": False, "season": None, "model": "poisson"}, (0.894377, 0.864686, 0.925086), 3.559187),
    ({"slope": False, "season": None}, (0.894377, 0.839189, 0.953193), 3.559187),
    ({"slope": False, "season": 2}, (0.885072, 0.839401, 0.933227), 2.262183),
    ({"season": 2}, (0.876464, 0.826753, 0.929165), 2.274558),
    ({"slope": False, "season": 2, "maxlags": 3}, (0.885072, 0.848105, 0.923650), 2.262183),
]


@pytest.mark.parametrize(("options", "level", "dispersion"), PUBLISHED)
def test_sicily_has_the_published_numbers(sicily, options, level, dispersion):
    result = measured(sicily, **options)

    row = result.term("level")[["estimate", "lower", "upper"]].astype(float)
    assert tuple(row.round(6)) == level
    assert round(result.dispersion, 6) == dispersion
    assert result.rate_ratio == row["estimate"]


def test_sicilys_season_is_found_and_its_counts_are_overdispersed(sicily):
    result = measured(sicily)

    assert result.fit.family == "quasipoisson"
    assert "sin2" in result.fit.names
    assert round(result.rate_ratio, 6) == 0.876464


def test_sicilys_trend_a_year_is_the_published_one(sicily):
    result = measured(sicily, slope=False, season=2).term("trend")["estimate"]

    assert round(result, 5) == 1.06681


def test_sicilys_slope_changes_as_published(sicily):
    result = measured(sicily, season=2).fit
    place = result.names.index("slope")

    assert result.coefficient[place] / 12 == pytest.approx(0.0014822, abs=1e-7)
    assert np.sqrt(result.covariance[place, place]) / 12 == pytest.approx(0.0018546, abs=1e-7)


def test_the_counterfactual_is_above_the_fit_where_the_change_lowered_it(sicily):
    points = measured(sicily, per=100_000).points
    after = points[points["phase"] == "after"]

    assert (after["counterfactual"] > after["fitted"]).all()
    assert (after["counterfactual_lower"] < after["counterfactual"]).all()
    assert points.loc[points["phase"] == "before", "counterfactual"].isna().all()


def test_a_straight_line_is_as_least_squares_has_it():
    import statsmodels.api as sm

    y = alike(1, 1, 40)[0] + np.where(np.arange(40) >= 20, 3, 0)
    time, after = np.arange(40) - 19.0, (np.arange(40) >= 20).astype(float)
    design = np.column_stack([np.ones(40), time, after, after * time])
    expected = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": 2})

    result = interrupted(
        monthly(y), value="y", date="month", change="2020-12-01", season=None, maxlags=2
    ).term("level")

    assert result["estimate"] == pytest.approx(expected.params[2])
    assert (result["lower"], result["upper"]) == pytest.approx(tuple(expected.conf_int()[2]))


def test_200_alike_series_without_a_change_are_seldom_called_one():
    months = pd.date_range("2019-04-01", periods=48, freq="MS")

    p = []
    for row in alike(48, 200, 48):
        frame = pd.DataFrame({"month": months, "y": row})
        result = interrupted(frame, value="y", date="month", change=months[24], errors="hac", season=None)
        p.append((result.term("level")["p"], result.p))

    rejected = (np.array(p) < 0.05).mean(axis=0)
    assert (rejected >= 0.03).all()
    assert (rejected <= 0.09).all()


def test_points_of_the_phase_in_are_left_out():
    y = np.r_[np.tile([1.0, 2.0], 10), [50.0, 60.0], np.tile([5.0, 6.0], 10)]

    result = interrupted(monthly(y), value="y", date="month", change="2020-12-01", phase_in=2, slope=False)

    assert result.level_change == pytest.approx(4, abs=0.3)
    assert (result.points["phase"] == "phase_in").sum() == 2
    assert "points left out while the change came in: 2" in result.notes


@pytest.mark.parametrize("change", ["2019-04-01", "2010-01-01", "2023-01-01"])
def test_a_change_outside_the_dates_is_refused(change):
    with pytest.raises(ArgumentError, match=f"change={change}; expected a date after the first"):
        interrupted(monthly(np.arange(30.0)), value="y", date="month", change=change)


def test_too_few_points_on_one_side_are_refused():
    with pytest.raises(DataError, match="5 points after the change; expected 8 or more"):
        interrupted(monthly(np.arange(30.0)), value="y", date="month", change="2021-05-01")


def test_counts_without_an_event_after_the_change_are_refused():
    frame = monthly(np.r_[np.arange(1, 16), np.zeros(15)]).assign(days=100)

    with pytest.raises(DataError, match="no event after the change"):
        interrupted(frame, numerator="y", denominator="days", date="month", change="2020-07-01")


def test_a_date_between_two_months_starts_with_the_next():
    y = np.where(np.arange(30) >= 15, 9.0, 1.0) + np.tile([0.1, -0.1], 15)

    result = interrupted(monthly(y), value="y", date="month", change="2020-06-20", slope=False)

    assert (result.before, result.after) == (15, 15)


def test_the_rate_ratio_a_year_is_found_again():
    rng = np.random.default_rng(3)
    days = rng.integers(400, 900, 60)
    falls = rng.poisson(days * 0.01 * 0.85 ** (np.arange(60) / 12))
    frame = monthly(falls).assign(days=days)

    result = rate_trend(
        frame, numerator="y", denominator="days", date="month", improvement="decrease", per=1000
    )

    row = result.summary.iloc[0]
    assert row["model"] == "poisson"
    assert row["lower"] < 0.85 < row["upper"]
    assert row["variation"] == "improvement"


@pytest.mark.parametrize(
    ("spread", "law"), [(0, "poisson"), (1, "quasipoisson"), (2, "negative_binomial")], ids=["1", "2", "3"]
)
def test_the_law_of_counts_follows_their_dispersion(spread, law):
    rng = np.random.default_rng(11)
    days = np.geomspace(200, 20_000, 80).round()
    mean = days * 0.02
    draw = {
        0: lambda: rng.poisson(mean),
        1: lambda: rng.poisson(rng.gamma(mean / 4, 4)),
        2: lambda: rng.poisson(mean * rng.gamma(4, 1 / 4, 80)),
    }[spread]
    frame = monthly(draw()).assign(days=days)

    result = rate_trend(frame, numerator="y", denominator="days", date="month", season=None).summary

    assert result["model"].item() == law
    assert (result["dispersion"].item() > 1.5) == (spread == 1)


def test_poisson_limits_are_those_of_statsmodels():
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    frame = monthly(rng.poisson(20, 40)).assign(days=1000.0)
    design = sm.add_constant(np.arange(40) / 12)
    model = sm.GLM(frame["y"], design, family=sm.families.Poisson(), offset=np.log(frame["days"])).fit()

    result = rate_trend(
        frame, numerator="y", denominator="days", date="month", season=None, model="poisson", errors="model"
    ).summary

    expected = np.exp([model.params.iloc[1], *model.conf_int().iloc[1]])
    assert result[["rate_ratio", "lower", "upper"]].iloc[0].tolist() == pytest.approx(expected.tolist())


def test_a_value_is_a_count_where_a_law_of_counts_is_asked_for():
    counts = np.random.default_rng(1).poisson(np.where(np.arange(40) >= 20, 10, 20))

    result = interrupted(
        monthly(counts), value="y", date="month", change="2020-12-01", model="poisson", slope=False
    )

    assert result.rate_ratio == pytest.approx(counts[20:].mean() / counts[:20].mean(), rel=0.4)
    assert result.fit.family == "poisson"


def shares(before, after, whole=220, per=1):
    rng = np.random.default_rng(2)
    part = rng.binomial(whole, [before] * 24 + [after] * 12)
    return monthly(part).assign(whole=float(whole))


def test_a_proportion_is_binomial_and_its_change_in_percentage_points():
    frame = shares(0.95, 0.89)

    result = interrupted(
        frame, numerator="y", denominator="whole", date="month", change="2021-04-01", slope=False, per=100
    )

    assert result.fit.family == "binomial"
    assert result.p < 1e-5
    assert result.term("level")["scale"] == "difference"
    assert -9 < result.level_change < -3
    assert "percentage points lower" in result.words(unit="percent")


def test_a_rate_of_a_proportion_has_points_a_year_and_a_rate_of_events_a_ratio():
    frame = shares(0.95, 0.89)

    share = rate_trend(frame, numerator="y", denominator="whole", date="month").summary.iloc[0]
    events = rate_trend(
        frame.assign(whole=20_000.0), numerator="y", denominator="whole", date="month"
    ).summary.iloc[0]

    assert share["model"] == "binomial"
    assert -0.06 < share["difference"] < 0
    assert np.isnan(share["rate_ratio"])
    assert events["model"] != "binomial"
    assert events["rate_ratio"] < 1


def test_what_is_no_part_of_a_whole_is_not_binomial():
    with pytest.raises(ArgumentError, match="model='binomial'"):
        rate_trend(
            shares(0.9, 0.9, 220).assign(whole=10.0),
            numerator="y",
            denominator="whole",
            date="month",
            model="binomial",
        )


def test_a_pure_step_for_the_worse_is_seldom_called_better():
    found = change_alarms.steps(200, rng=np.random.default_rng(5))

    assert found.get("improvement", 0) <= 0.05


def test_a_fall_of_a_proportion_is_found_as_often_as_by_a_binomial_model():
    ours, peer = change_alarms.falls(150, rng=np.random.default_rng(5))

    assert abs(ours - peer) <= 0.05
    assert ours > 0.25
