"""PDSA cycles: verdicts with their reasons, and how often planted effects and chance are told apart."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from benchmarks import change_alarms
from example.improvement import CYCLE_TRUTH
from sutg_analysis import evaluate_cycle, load
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.project import shipped
from sutg_analysis.quality.knowledge import evaluate_project, funding_windows, search
from tests.support.series import alike, monthly

START = "2020-10-01"
"""After 18 points."""


@pytest.fixture(scope="module")
def catalogue():
    return load(shipped())


def judged(values, **options):
    given = {"start": START, "improvement": "decrease", **options}
    return evaluate_cycle(monthly(values), value="y", date="month", **given)


def step(effect, since=12, seed=1, before=18):
    return 20 + alike(seed, 1, before + since, r=0)[0] - effect * (np.arange(before + since) >= before)


def verdicts(effect, seed, series=40, r=0.0):
    values = 20 + alike(seed, series, 30, r=r) - effect * (np.arange(30) >= 18)
    return Counter(judged(row).verdict for row in values)


def test_planted_effects_of_two_sigma_are_sustained_improvement():
    assert verdicts(2, seed=21)["sustained improvement"] / 40 >= 0.65


@pytest.mark.parametrize("r", [0.0, 0.4])
def test_chance_is_seldom_sustained_improvement(r):
    assert verdicts(0, seed=22, r=r)["sustained improvement"] / 40 <= 0.05


def test_a_clear_gain_is_sustained_with_its_reasons():
    result = judged(step(4), prediction=17, decision="adopt")

    assert result.verdict == "sustained improvement"
    assert any("shift" in reason for reason in result.reasons)
    assert result.summary["predicted_met"].item() == "yes"
    assert result.summary["agrees"].item() == "yes"
    assert result.interruption is not None


def test_a_clear_loss_is_worse_and_the_decision_to_adopt_is_questioned():
    result = judged(step(-4), decision="adopt")

    assert result.verdict == "worse"
    assert result.next_steps[-1].startswith("The team decided to adopt, which these data do not support")


def test_a_gain_that_is_lost_again_is_promising():
    values = step(4)
    values[-6:] += 4.5

    result = judged(values)

    assert result.verdict == "promising"
    assert "fewer than three quarters of the last 6 points are better than the mean before" in result.reasons


def test_three_points_are_too_early_and_how_long_to_wait_is_said():
    result = judged(step(0, since=3))

    assert result.verdict == "too early"
    assert result.next_steps == ("Wait for 4 more points before deciding",)


def test_three_points_beyond_the_limits_are_promising():
    assert judged(step(8, since=3)).verdict == "promising"


def test_a_short_baseline_is_too_early():
    result = judged(step(4), baseline=4)

    assert result.verdict == "too early"
    assert result.reasons == ("only 4 points before the cycle: nothing to compare with",)


def test_a_baseline_below_twelve_points_is_promising_at_most():
    result = judged(step(4), baseline=9)

    assert result.verdict == "promising"
    assert "baseline of 9 points, fewer than 12: limits are provisional" in result.limitations


def test_an_improvement_already_under_way_is_not_the_cycles():
    values = 30 - 0.5 * np.arange(30) + alike(2, 1, 30, r=0)[0]

    result = judged(values)

    assert result.verdict != "sustained improvement"
    assert "a steady drift from before the start on would explain the gain as well" in result.reasons


def test_limits_are_those_of_the_baseline():
    values = step(4)

    result = judged(values)

    assert result.points["centre"].tolist() == pytest.approx([values[:18].mean()] * 30)


def test_no_prediction_is_said():
    assert any("no prediction was written down" in text for text in judged(step(4)).limitations)


def test_overlapping_cycles_are_said():
    others = pd.DataFrame({"title": ["Low beds"], "start": ["2020-11-01"], "end": ["2021-01-31"]})

    result = judged(step(4), cycles=others)

    assert any("(Low beds)" in text for text in result.limitations)


def test_the_cycle_itself_and_cycles_long_past_do_not_overlap():
    others = pd.DataFrame(
        {"title": ["Itself", "Past"], "start": [START, "2019-04-01"], "end": [None, "2019-08-31"]}
    )

    assert not any("other cycles" in text for text in judged(step(4), cycles=others).limitations)


def test_a_balancing_measure_that_gets_worse_is_settled_first():
    frame = monthly(step(4)).assign(stay=10 + alike(9, 1, 30, r=0)[0] + 5 * (np.arange(30) >= 18))

    result = evaluate_cycle(
        frame,
        value="y",
        date="month",
        start=START,
        improvement="decrease",
        balancing={"Length of stay": ("stay", "decrease")},
    )

    assert result.balancing["warning"].tolist() == [True]
    assert result.next_steps[0].startswith("Settle the balancing measures first")


def test_phases_are_before_during_and_after():
    result = judged(step(4), end="2020-12-31")

    assert result.points["phase"].value_counts().to_dict() == {"before": 18, "during": 3, "after": 9}


@pytest.mark.parametrize(
    ("options", "fault", "said"),
    [
        ({"start": "2019-04-01"}, DataError, "no point before it"),
        ({"start": "2030-01-01"}, DataError, "no point since"),
        ({"end": "2020-01-01"}, ArgumentError, "end=2020-01-01 before start"),
        ({"improvement": "neutral"}, ArgumentError, "improvement='neutral'"),
        ({"decision": "keep"}, ArgumentError, "decision='keep'"),
        ({"start": "soon"}, ArgumentError, "start='soon'"),
        ({"baseline": "2021-01-01"}, ArgumentError, "a date before the start"),
        ({"balancing": {"Stay": "stay"}}, ArgumentError, "no balancing column 'stay'"),
        ({"cycles": pd.DataFrame({"start": ["2020-01-01"]})}, ArgumentError, "cycles without end"),
    ],
)
def test_a_cycle_that_cannot_be_judged_is_refused(options, fault, said):
    with pytest.raises(fault, match=said):
        judged(step(4), **options)


def test_every_cycle_of_the_example_has_its_verdict(catalogue):
    found = {
        (project, cycle): result.verdict
        for project in catalogue.projects["project_id"]
        for cycle, result in evaluate_project(catalogue, project).results.items()
    }

    assert {key: found[key] for key in CYCLE_TRUTH} == CYCLE_TRUTH
    assert set(CYCLE_TRUTH.values()) == {"sustained improvement", "no signal", "worse", "too early"}


def test_the_example_has_a_cycle_that_overlaps_and_has_no_prediction(catalogue):
    result = evaluate_project(catalogue, "falls-spread").results["2"]

    assert any("falls-spread, cycle 1" in text for text in result.limitations)
    assert any("no prediction" in text for text in result.limitations)


def test_projects_are_found_by_words_stage_and_unit(catalogue):
    assert search(catalogue.projects, "HUDDLE falls")["project_id"].tolist() == [
        "falls-huddle",
        "falls-spread",
    ]
    assert search(catalogue.projects, stage="idea")["project_id"].tolist() == ["peer-support"]
    assert search(catalogue.people, "control charts")["role"].tolist() == ["Data Analyst"]


def test_funding_rounds_say_the_days_left_at_the_quarters_end(catalogue):
    result = funding_windows(catalogue.funding, as_at="2023-09-30").set_index("fund_id")

    assert result.loc["safer-care-2023", ["state", "days_left"]].tolist() == ["open", 27]
    assert result.loc["scaling-2024", ["state", "days_until"]].tolist() == ["opens later", 100]
    assert result.loc["small-grants-2023", "state"] == "closed"
    assert result.loc["access-2023", "state"] == "open"


def test_a_balancing_measure_is_compared_with_what_it_can_be_compared_with(catalogue):
    result = evaluate_project(catalogue, "online-booking")

    survey_changed = catalogue.chart("friends-and-family", unit="talking-therapies").points
    before = survey_changed[
        (survey_changed["date"] >= "2021-10-01") & (survey_changed["date"] < "2023-01-01")
    ]
    assert result.balancing["before"].item() == pytest.approx(before["value"].mean())


def test_a_change_that_an_interrupted_series_does_not_see_is_said_so():
    result = judged(step(0) - 0.3 * np.arange(len(step(0))))

    assert result.interruption.direction == "none"
    assert any("the difference at the last point could be chance" in text for text in result.limitations)


def test_a_drift_that_goes_on_is_seldom_praised():
    found = change_alarms.cycles(24, 0.0, series=100, drift=0.08)

    assert found.get("sustained improvement", 0) <= 0.1


def test_cycles_not_to_be_told_apart_get_one_verdict():
    frame = monthly(step(2))
    cycles = pd.DataFrame(
        {
            "start": frame["month"].iloc[[18, 20]].tolist(),
            "end": frame["month"].iloc[[22, 24]].tolist(),
            "title": ["a", "b"],
        }
    )

    one, two = (
        evaluate_cycle(
            frame,
            value="y",
            date="month",
            start=row["start"],
            end=row["end"],
            cycles=cycles,
            improvement="decrease",
        )
        for row in cycles.to_dict("records")
    )

    assert one.verdict == two.verdict
    assert one.reasons == two.reasons
    assert two.summary["baseline_points"].item() == 18
    assert two.summary["start"].item() == cycles["start"].iloc[1]


@pytest.mark.parametrize("seed", range(40))
def test_reasons_do_not_contradict_each_other(seed):
    rng = np.random.default_rng(seed)
    result = judged(20 + rng.normal(size=30) + rng.normal() * (np.arange(30) >= 18))

    said, row = " ".join(result.reasons), result.summary.iloc[0]
    beyond = not row["difference_lower"] <= 0 <= row["difference_upper"]
    assert not ("has not moved beyond chance" in said and beyond)
    assert not ("signal for the better" in said and "no rule signals" in said)


def test_a_change_of_percentages_is_in_percentage_points():
    result = judged(60 + 10 * (np.arange(30) >= 18) + alike(3, 1, 30, r=0)[0])

    assert "percentage points higher" in result.words(unit="percent")
