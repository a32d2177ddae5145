"""The SITREP: fill rates are of sums, a short-staffed week is named and nothing else is."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from example.wards import DAYS, SHORT, sitrep
from sutg_analysis import load, window
from sutg_analysis.control.rules import CONCERN
from sutg_analysis.quality.rules import SitrepRules
from sutg_analysis.quality.sitrep import (
    fill_rates,
    since_last_report,
    sitrep_exceptions,
    staffing_spc,
    weekday_adjusted,
)
from tests.support.notebooks import shown_by

ROOT = Path(__file__).parents[2]
RULES = SitrepRules()


@pytest.fixture(scope="module")
def days():
    return load(ROOT).sitrep


def one(**changes):
    row = {"date": pd.Timestamp("2023-09-30"), "ward": "a", "shift": "early", "beds": 10.0, "occupied": 9.0}
    row |= {
        f"{kind}_{role}": 30.0 for kind in ("planned", "actual") for role in ("registered", "unregistered")
    }
    return pd.DataFrame([row | {"leave": 0.0} | changes])


def test_the_planted_week_is_named_by_ward_shift_and_rule_and_nothing_else_is(days):
    result = sitrep_exceptions(days, rules=RULES).groups

    assert result[["ward", "shift", "rule", "days"]].values.tolist() == [
        [SHORT["ward"], SHORT["shift"], "registered staff below 80% of plan", 7]
    ]
    assert (result["first"].item(), result["last"].item()) == (
        pd.Timestamp(SHORT["start"]),
        pd.Timestamp(SHORT["end"]),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_names_the_planted_week_alone(seed):
    made = sitrep(rng=np.random.default_rng(seed))

    result = sitrep_exceptions(made.assign(date=pd.to_datetime(made["date"])), rules=RULES).shifts

    assert set(zip(result["ward"], result["shift"], strict=True)) == {(SHORT["ward"], SHORT["shift"])}


def test_a_week_planted_elsewhere_is_named_instead(days):
    week = days["date"].between("2023-08-07", "2023-08-13") & days["ward"].eq("curlew-ward")
    late = week & days["shift"].eq("late")
    table = days[days["ward"] != SHORT["ward"]].copy()
    table.loc[late, "actual_unregistered"] = table["planned_unregistered"] * 0.6

    result = sitrep_exceptions(table, rules=RULES).groups

    assert result[["ward", "shift", "rule", "days"]].values.tolist() == [
        ["curlew-ward", "late", "unregistered staff below 80% of plan", 7]
    ]


def test_the_page_names_the_ward_and_no_other():
    shown = shown_by("sitrep", project=ROOT, quarter="2023-24-q2")
    names = load(ROOT).units.query("kind == 'ward'")["name"]

    for cell in ("exceptions", "in-quarter", "since-last"):
        assert [name for name in names if name in shown[cell]] == ["Osier ward"]
    assert "Osier ward, night shift: registered staff below 80% of plan on 7 days" in shown["exceptions"]


def test_the_page_draws_the_ward_that_signals_under_its_own_name():
    shown = shown_by("sitrep", project=ROOT, quarter="2023-24-q2")

    assert 'id="staff-osier-ward"' in shown["chart"]
    assert shown["chart"].startswith("Registered staff, Osier ward – concern since 24 September 2023")
    assert "data/sitrep.parquet" in shown["chart"]


def test_the_weeks_of_the_page_end_with_the_last_day_and_count_what_broke_a_rule():
    weeks = shown_by("sitrep", project=ROOT, quarter="2023-24-q2")["weeks"].splitlines()[1:9]

    assert weeks[-1].split()[:3] == ["30", "September", "2023"]
    assert [line.split()[-1] for line in weeks] == ["0"] * 7 + ["7"]


def test_a_quarter_before_the_first_day_says_so_in_every_piece_and_how_the_page_was_made(tables):
    hours = [f"{kind}_{role}" for role in ("registered", "unregistered") for kind in ("planned", "actual")]
    columns = ["date", "ward", "shift", *hours, "beds", "occupied", "leave"]
    tables.lines["sitrep"] = [",".join(columns), "2023-04-01,ward-a,early,30,30,30,30,10,9,0"]
    shown = shown_by("sitrep", project=tables.write(), quarter="2022-23-q2")
    said = {text for cell, text in shown.items() if cell not in ("rule-words", "method")}

    assert said == {"No day is on record up to 30 September 2022."}
    assert "data/sitrep.csv" in shown["method"]


def test_a_fill_rate_is_of_sums_and_not_a_mean_of_rates():
    table = pd.concat([one(planned_registered=10.0, actual_registered=5.0), one(shift="late")])

    assert fill_rates(table, by=["ward"])["registered_fill"].item() == 35 / 40 * 100


def test_a_shift_that_did_not_report_is_left_out_of_plan_and_actual():
    table = pd.concat([one(actual_registered=np.nan), one(shift="late")])

    assert fill_rates(table, by=["ward"])["registered_fill"].item() == 100


def test_a_shift_with_nothing_planned_has_no_rate_and_breaks_no_rule():
    table = one(planned_registered=0.0, actual_registered=0.0)

    assert fill_rates(table, by=["ward"])["registered_fill"].isna().all()
    assert sitrep_exceptions(table, rules=RULES).shifts.empty


def test_more_people_than_beds_is_an_exception():
    result = sitrep_exceptions(one(occupied=11.0), rules=RULES).shifts

    assert result[["rule", "value"]].values.tolist() == [["more than 100% of beds occupied", 11 / 10 * 100]]


def test_a_rule_is_as_its_numbers_state():
    table = one(actual_registered=26.0)

    assert sitrep_exceptions(table, rules=RULES).shifts.empty
    assert len(sitrep_exceptions(table, rules=SitrepRules(registered_fill_below=90)).shifts) == 1


def test_since_the_last_report_what_ended_and_what_is_new_are_told():
    short = {"actual_registered": 15.0}
    table = pd.concat(
        [
            one(date=pd.Timestamp("2023-09-20"), **short),
            one(date=pd.Timestamp("2023-09-29"), ward="b", **short),
        ]
    )

    result = since_last_report(table, end="2023-09-30", rules=RULES)

    assert result[["ward", "before", "now", "change"]].values.tolist() == [
        ["a", 1, 0, "ended"],
        ["b", 0, 1, "new"],
    ]


def test_a_weekly_pattern_alone_raises_no_signal():
    dates = pd.date_range("2023-04-03", periods=140)
    rng = np.random.default_rng(5)
    fill = np.where(dates.day_of_week >= 5, 80, 100) + rng.normal(0, 1, len(dates))
    frame = pd.DataFrame({"date": dates, "ward": "a", "fill": fill})

    result = weekday_adjusted(frame, value="fill")

    assert result.std() < 2
    assert fill.std() > 8


def test_only_the_planted_ward_signals_concern_day_by_day(days):
    summary = staffing_spc(days).summary.set_index("ward")["variation"]

    assert summary[summary.isin(CONCERN)].index.tolist() == [SHORT["ward"]]


def test_a_window_ends_on_its_day(days):
    result = window(days, end="2023-09-30", days=7)["date"]

    assert (result.min(), result.max()) == (pd.Timestamp("2023-09-24"), DAYS[-1])
