"""Waiting times with those still waiting: published survival values, hand-worked incidence, equity found and not invented."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from sutg_analysis import waiting_times
from sutg_analysis.errors import ArgumentError
from sutg_analysis.waiting.waiting_times import curves, interval, restricted_mean

# Freireich et al. 1963: weeks to relapse on 6-mercaptopurine, 0 where still in remission.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
EVENTS = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
FREIREICH = pd.DataFrame({"weeks": WEEKS, "event": EVENTS})
PUBLISHED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}


def timed(frame, **options):
    names = {"duration": frame.columns[0], "event": frame.columns[1], "minimum": 1}
    return waiting_times(frame, **{**names, **options})


@pytest.mark.parametrize("week", PUBLISHED)
def test_published_survival_values_of_6_mp(week):
    curve = timed(FREIREICH).curve.set_index("time")["waiting"]

    assert round(curve[week], 4) == PUBLISHED[week]


def test_the_median_of_6_mp_is_23_weeks():
    assert timed(FREIREICH).summary["median"].tolist() == [23]


def test_incidence_with_ties_is_that_worked_by_hand():
    """Ten people: at day 1 two are seen and one leaves; at day 2 two are seen, one leaves, one is censored; at 3 one each."""
    times = [1, 1, 1, 2, 2, 2, 2, 3, 3, 4]
    kinds = [1, 1, 2, 1, 1, 2, 0, 1, 2, 0]

    curve = timed(pd.DataFrame({"time": times, "kind": kinds})).curve

    everyone = [1, 7 / 10, 7 / 10 * 4 / 7]
    seen = np.cumsum([everyone[0] * 2 / 10, everyone[1] * 2 / 7, everyone[2] * 1 / 3])
    left = np.cumsum([everyone[0] * 1 / 10, everyone[1] * 1 / 7, everyone[2] * 1 / 3])
    assert curve["seen_share"].tolist()[:3] == pytest.approx(seen.tolist())
    assert curve["removed_share"].tolist()[:3] == pytest.approx(left.tolist())


def test_the_same_comes_twice():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"time": rng.integers(0, 20, 300), "kind": rng.integers(0, 3, 300)})

    pd.testing.assert_frame_equal(timed(frame).curve, timed(frame).curve)


@pytest.fixture(scope="module")
def entered():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"time": rng.integers(1, 60, 600).astype(float), "kind": rng.integers(0, 3, 600)})
    frame["entry"] = np.where(rng.random(600) < 0.4, rng.integers(1, 10, 600), 0)
    return frame[frame["time"] > frame["entry"]].reset_index(drop=True)


def one_group(entered, entry):
    time, kind = entered["time"].to_numpy(), entered["kind"].to_numpy()
    return curves(time, kind, np.zeros(len(time), dtype=int), groups=1, entry=entry)


def test_still_waiting_and_its_error_agree_with_statsmodels_where_entry_is_delayed(entered):
    theirs = SurvfuncRight(entered["time"], entered["kind"] == 1, entry=entered["entry"])

    ours = one_group(entered, entered["entry"].to_numpy())

    place = np.searchsorted(ours.times, theirs.surv_times)
    waiting = ours.waiting[0, place]
    assert waiting == pytest.approx(theirs.surv_prob, abs=1e-15)
    assert waiting * ours.waiting_error[0, place] == pytest.approx(theirs.surv_prob_se, abs=1e-15)


def test_incidence_and_its_error_agree_with_statsmodels(entered):
    theirs = CumIncidenceRight(entered["time"].to_numpy(), entered["kind"].to_numpy())

    ours = one_group(entered, None)

    place = np.searchsorted(ours.times, theirs.times)
    assert ours.seen[0, place] == pytest.approx(theirs.cinc[0], abs=1e-15)
    assert ours.seen_error[0, place] == pytest.approx(theirs.cinc_se[0], abs=1e-15)


def test_incidence_where_entry_is_delayed_is_that_of_entries_weighing_less_than_nothing(entered):
    """Who enters late is at risk from the beginning, and one fewer until then: weights of 1 and -1."""
    late = entered[entered["entry"] > 0]
    time, kind = (
        np.append(entered[name], late[other]) for name, other in (("time", "entry"), ("kind", "entry"))
    )
    kind[len(entered) :] = 0
    weights = np.append(np.ones(len(entered)), -np.ones(len(late)))
    theirs = CumIncidenceRight(time, kind.astype(int), freq_weights=weights)

    ours = one_group(entered, np.where(entered["entry"] > 0, entered["entry"], -np.inf))

    place = np.searchsorted(theirs.times, ours.times)
    assert ours.seen[0] == pytest.approx(theirs.cinc[0][place], abs=1e-14)


def test_the_interval_of_a_share_is_on_the_scale_of_log_log():
    low, high = interval(np.array([[0.5]]), np.array([[0.2]]), 1.96, np.array([[10.0]]))

    assert (round(low[0, 0], 3), round(high[0, 0], 3)) == (0.295, 0.675)


def test_a_mean_up_to_a_horizon_is_that_worked_by_hand():
    found = curves(np.array([1.0, 3.0]), np.array([1, 1]), np.zeros(2, int), groups=1)

    mean, error = restricted_mean(found, 4)

    assert (mean[0], round(error[0], 4)) == (2.0, 0.7071)


def test_dates_give_the_same_as_weeks():
    start = pd.Timestamp("2020-01-06")
    dates = start + pd.to_timedelta(np.array(WEEKS) * 7, unit="D")
    frame = pd.DataFrame({"referred": start, "seen": pd.Series(dates).where(np.array(EVENTS) == 1)})
    frame["closed"] = pd.Series(dates).where(np.array(EVENTS) == 0)

    curve = waiting_times(frame, minimum=1).curve.set_index("time")["waiting"]

    assert {week: round(curve[week], 4) for week in PUBLISHED} == PUBLISHED


def test_what_happened_after_the_date_of_the_list_is_not_known():
    frame = pd.DataFrame(
        {"referred": ["2024-01-01", "2024-01-01", "2024-03-01"], "seen": ["2024-01-15", "2024-02-20", None]}
    )

    result = waiting_times(frame, at="2024-01-31", minimum=1)

    assert result.summary[["referrals", "seen", "waiting"]].iloc[0].tolist() == [2, 1, 1]
    assert result.problems["fault"].tolist() == ["referred after the date of the list"]


def test_a_wait_that_ended_before_it_was_watched_is_left_out_and_named():
    frame = pd.DataFrame({"referred": ["2024-01-01", "2024-01-01"], "seen": ["2024-01-15", "2024-02-20"]})

    result = waiting_times(frame, entry="2024-01-31", minimum=1)

    assert result.problems[["row", "fault"]].values.tolist() == [[0, "ended before it was watched"]]


def test_leaving_unseen_is_not_being_seen():
    frame = pd.DataFrame({"time": [1, 2, 3, 4], "kind": [2, 2, 1, 1]})

    result = timed(frame, target=4).summary["within"].iloc[0]

    assert result == 0.5


def test_a_small_group_is_listed_without_estimates():
    frame = pd.DataFrame(
        {"weeks": WEEKS * 3 + [3, 4], "event": EVENTS * 3 + [1, 1], "group": ["big"] * 63 + ["tiny"] * 2}
    )

    result = timed(frame, by="group", minimum=10)

    tiny = result.summary.set_index("group").loc["tiny"]
    assert tiny["referrals"] == 2
    assert np.isnan(tiny["median"])
    assert "too few" in tiny["note"]
    assert result.differences["difference"].isna().all()
    assert "Too few people to say for tiny" in result.words()


def test_a_group_not_recorded_stays_in():
    frame = FREIREICH.assign(group=["a"] * 20 + [None])

    assert timed(frame, by="group").summary["referrals"].sum() == 21


def simulated(rng, *, later_days, many=600):
    """Two groups referred over three years, one of which waits longer; some leave; the list is counted at the end."""
    start = rng.integers(0, 1000, 2 * many)
    longer = np.repeat([0, later_days], many)
    seen = start + rng.exponential(60, 2 * many).astype(int) + longer
    gone = start + rng.exponential(400, 2 * many).astype(int)
    day = np.datetime64("2021-01-01")

    def dates(days, known):
        return np.where(known & (days <= 1050), day + days.astype("timedelta64[D]"), np.datetime64("NaT"))

    return pd.DataFrame(
        {
            "referred": day + start.astype("timedelta64[D]"),
            "seen": dates(seen, seen <= gone),
            "closed": dates(gone, gone < seen),
            "group": np.repeat(["others", "disadvantaged"], many),
        }
    )


def compared(frame):
    end = pd.Timestamp("2021-01-01") + pd.Timedelta(days=1050)
    return waiting_times(frame, by="group", reference="others", at=end).differences.iloc[0]


def test_planted_inequity_is_found_with_its_size_inside_the_interval():
    row = compared(simulated(np.random.default_rng(1), later_days=21, many=2000))

    assert row["different"]
    assert row["lower"] < 3 < row["upper"]


def test_without_inequity_the_interval_leaves_out_zero_about_one_time_in_twenty():
    rng = np.random.default_rng(11)

    wrong = sum(compared(simulated(rng, later_days=0, many=200))["different"] for _ in range(200))

    assert 4 <= wrong <= 16


def test_groups_are_compared_within_their_service():
    rng = np.random.default_rng(2)
    fair, unfair = simulated(rng, later_days=0, many=800), simulated(rng, later_days=28, many=800)
    frame = pd.concat([fair.assign(service="fair"), unfair.assign(service="unfair")], ignore_index=True)

    result = waiting_times(frame, by="group", within="service", reference="others").differences

    assert dict(zip(result["service"], result["different"], strict=True)) == {"fair": False, "unfair": True}


@pytest.mark.parametrize(
    "options", [{"by": "group", "reference": "nobody"}, {"confidence": 95}, {"target": 0}, {"minimum": 0}]
)
def test_arguments_that_cannot_be_are_refused(options):
    with pytest.raises(ArgumentError):
        timed(FREIREICH.assign(group="a"), **options)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), min_size=2, max_size=40).filter(
        lambda rows: any(kind == 1 for _, kind in rows)
    )
)
def test_shares_of_seen_left_and_waiting_add_up(rows):
    curve = timed(pd.DataFrame(rows, columns=["time", "kind"])).curve

    assert curve["seen_share"].is_monotonic_increasing
    assert ((curve["seen_share"] + curve["removed_share"]) <= 1 + 1e-9).all()
    assert (curve["waiting_lower"] <= curve["waiting"] + 1e-12).all()


def test_the_chart_and_its_alternative_say_which_groups():
    result = timed(FREIREICH.assign(group=["a", "b"] * 10 + ["a"]), by="group")

    assert result.chart().to_dict()["layer"]
    assert result.chart(kind="differences").to_dict()["layer"]
    assert "2 groups" in result.alt_text()


def test_a_curve_says_nothing_past_its_last_observation():
    weeks = pd.DataFrame({"weeks": np.tile(np.arange(0.5, 8, 0.5), 4), "event": [1, 0] * 30})

    result = timed(weeks, target=18)

    assert result.summary[["within", "within_lower", "within_upper"]].isna().all(axis=None)
    assert "not known yet" in result.words()


def test_a_list_that_everybody_has_left_is_known_at_any_time():
    weeks = pd.DataFrame({"weeks": np.arange(1.0, 21), "event": [1] * 15 + [2] * 5})

    row = timed(weeks, target=52).summary.iloc[0]

    assert row["within"] == pytest.approx(0.75)


def test_nobody_seen_of_forty_has_an_interval_with_width():
    weeks = pd.DataFrame({"weeks": np.arange(20.0, 60), "event": 1})

    row = timed(weeks, target=18).summary.iloc[0]

    assert (row["within"], row["within_lower"]) == (0, 0)
    assert row["within_upper"] == pytest.approx(0.0876, abs=1e-4)


def test_everybody_seen_has_an_interval_with_width():
    weeks = pd.DataFrame({"weeks": np.arange(1.0, 41), "event": 1})

    row = timed(weeks, target=52).summary.iloc[0]

    assert row["within"] == pytest.approx(1)
    assert row["within_lower"] == pytest.approx(1 - 0.0876, abs=1e-4)


def test_half_and_share_in_a_sentence_are_of_all_referred():
    weeks = pd.DataFrame({"weeks": np.arange(1.0, 41), "event": np.tile([1, 2], 20)})

    result = timed(weeks, target=18)

    row = result.summary.iloc[0]
    assert row["median"] < row["half"] or np.isnan(row["half"])
    assert row["within"] == pytest.approx(9 / 40)
    assert result.words().startswith("Of all referred, those who left unseen included, half")
