"""Harm, experience and early warning: counted rightly, and each planted signal of the example found."""

import numpy as np
import pandas as pd
import pytest

from example.answers import INEQUITY, UNHEARD
from example.incidents import SEVERE
from example.truth import HARM_SIGNALS, LATE
from sutg_analysis import early_warning, load, spc
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.control.rules import CONCERN
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.project import shipped
from sutg_analysis.quality.chance import chance_of_worse
from sutg_analysis.quality.experience import (
    friends_and_family,
    quotable,
    representativeness,
    said_and_done,
    themes,
    wilson,
)
from sutg_analysis.quality.harm import (
    days_between,
    days_since,
    harm_counts,
    harm_free,
    harm_summary,
    severity_mix,
    zero_run,
)

END = "2023-09-30"
EVENTS = ["2024-01-01", "2024-01-13", "2024-01-13", "2024-02-20", "2024-03-01", "2024-05-09", "2024-05-30"]


@pytest.fixture(scope="module")
def catalogue():
    return load(shipped())


@pytest.fixture(scope="module")
def warned(catalogue):
    return early_warning(catalogue)


def log(dates, **columns):
    return pd.DataFrame({"date": dates, **columns})


def test_days_since_are_counted_at_the_quarters_end():
    result = days_since(log([*EVENTS, "2024-07-02"]), as_at="2024-06-30")

    assert result[["events", "days"]].values.tolist() == [[7, 31]]


def test_an_incident_of_the_last_day_is_0_days_ago():
    assert days_since(log(["2024-06-30"]), as_at="2024-06-30")["days"].item() == 0


def test_days_since_of_the_future_alone_are_refused():
    with pytest.raises(DataError, match="no incident up to 2024-06-30"):
        days_since(log(["2024-07-02"]), as_at="2024-06-30")


def test_a_g_chart_of_a_log_has_the_published_formulas_limits():
    days = days_between(log(EVENTS))

    result = spc(days, value="days", date="date", chart="g", profile="anhoej").summary.iloc[0]

    values = np.diff(pd.to_datetime(pd.Series(EVENTS)).to_numpy()).astype("timedelta64[D]").astype(float)
    mean = values.mean()
    assert days["days"].tolist() == values.tolist()
    assert result["centre"] == np.median(values)
    assert result["upper"] == pytest.approx(mean + 3 * np.sqrt(mean * (mean + 1)))


def test_a_t_chart_of_a_log_has_the_published_formulas_limits():
    days = days_between(log(EVENTS), chart="t")

    result = spc(days, value="days", date="date", chart="t", profile="anhoej").summary.iloc[0]

    values = np.array([12.0, 38, 10, 69, 21])
    power = values ** (1 / 3.6)
    ranges = np.abs(np.diff(power))
    ranges = ranges[ranges < 3.267 * ranges.mean()]
    assert days["days"].tolist() == values.tolist()
    assert result["centre"] == pytest.approx(power.mean() ** 3.6)
    assert result["upper"] == pytest.approx((power.mean() + 2.66 * ranges.mean()) ** 3.6, rel=1e-3)


def test_the_interval_that_has_not_ended_is_provisional():
    result = days_between(log(EVENTS), as_at="2024-06-30")

    assert result["provisional"].tolist() == [False] * 6 + [True]
    assert result["days"].iloc[-1] == 31


def test_one_incident_has_no_interval():
    with pytest.raises(DataError, match="1 incidents, no two of one series"):
        days_between(log(["2024-01-01"]))


def test_months_without_an_incident_count_0():
    result = harm_counts(log(EVENTS), start="2024-01-01", end="2024-06-30")

    assert result["count"].tolist() == [3, 1, 1, 0, 2, 0]


def test_the_log_agrees_with_the_observations(catalogue):
    counted = harm_counts(catalogue.incidents, start="2020-04-01", end=END, by=["harm", "ward"])
    seen = catalogue.observations.rename(columns={"measure_id": "harm", "unit_id": "ward"})

    both = counted.merge(seen, on=["harm", "ward", "period"])

    assert set(both["harm"]) == {"falls", "pressure-ulcers", "restraint"}
    assert (both["count"] == both["numerator"]).all()


def test_severity_has_every_level_and_wilsons_interval():
    result = severity_mix(log(["2024-01-01"] * 10, level=["low"] * 8 + ["severe"] * 2)).levels.set_index(
        "level"
    )

    assert result["count"].to_dict() == {"none": 0, "low": 8, "moderate": 0, "severe": 2, "death": 0}
    assert result.loc["low", ["lower", "upper"]].astype(float).round(2).tolist() == [49.02, 94.33]


def test_an_unknown_level_is_refused():
    with pytest.raises(DataError, match="level minor"):
        severity_mix(log(["2024-01-01"], level=["minor"]))


def test_harm_free_days_are_those_of_wards_without_any_harm():
    result = harm_free(log(EVENTS, ward="a"), ["a", "b"], start="2024-01-01", end="2024-03-31").iloc[0]

    assert result[["ward_days", "harm_free"]].tolist() == [182, 178]


def test_a_run_of_zero_says_what_was_expected():
    frame = pd.DataFrame(
        {"month": pd.date_range("2024-01-01", periods=8, freq="MS"), "n": [2, 2, 2, 2, 0, 0, 0, 0]}
    )

    result = zero_run(frame, date="month", count="n").iloc[0]

    assert (result["periods"], result["expected"]) == (4, 8)
    assert result["chance"] == pytest.approx(0.5**8)  # each of eight events in the first half by chance


def test_a_run_of_zero_is_called_seldom_no_more_often_than_chance_allows():
    rng = np.random.default_rng(4)
    counts = rng.poisson(rng.uniform(0.2, 2, (4000, 1)), (4000, 36))
    months = np.tile(pd.date_range("2020-01-01", periods=36, freq="MS"), 4000)
    frame = pd.DataFrame({"ward": np.repeat(np.arange(4000), 36), "month": months, "n": counts.ravel()})

    result = zero_run(frame, date="month", count="n", by="ward")

    assert ((result["periods"] > 0) & (result["chance"] < 0.01)).mean() < 0.013


def test_planted_harms_are_found_and_quiet_wards_are_not_named(catalogue):
    days = catalogue.observations.query("measure_id == 'bed-occupancy'")
    exposure = days.rename(columns={"unit_id": "ward", "numerator": "bed_days"})
    table = harm_summary(
        catalogue.incidents, start="2020-04-01", as_at=END, quarter_start="2023-07-01", exposure=exposure
    )

    worse = table[table["variation"].isin(CONCERN)]

    planted = {signal[:2] for signal in HARM_SIGNALS if signal[5] == "high"}
    assert set(zip(worse["harm"], worse["ward"], strict=True)) == planted | {("restraint", "reedmace-unit")}


def test_the_planted_run_of_zero_is_found_and_no_other(catalogue):
    counts = harm_counts(catalogue.incidents, start="2020-04-01", end=END, by=["harm", "ward"])

    result = zero_run(counts, date="period", count="count", by=["harm", "ward"]).query("chance < 0.001")

    assert result[["harm", "ward", "periods"]].values.tolist() == [["cauti", "bittern-ward", 12]]


def test_the_ward_where_falls_hurt_more_is_found(catalogue):
    falls = catalogue.incidents.query("harm == @SEVERE[0]")
    hurt = severity_mix(falls, by="ward").levels.query("level == 'severe'").set_index("ward")
    rest = 100 * (falls["level"] == "severe").mean()

    assert hurt.index[hurt["lower"] > rest].tolist() == [SEVERE[1]]


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_intervals_are_those_newcombe_published_in_1998(part, whole, lower, upper):
    assert [round(float(bound), 4) for bound in wilson(part, whole)] == [lower, upper]


def test_wilson_keeps_to_0_and_1():
    low, high = wilson([0, 5, 0], [5, 5, 0])

    assert low[:2].tolist() == pytest.approx([0, 0.5655], abs=1e-4)
    assert high[:2].tolist() == pytest.approx([0.4345, 1], abs=1e-4)
    assert np.isnan(low[2])


def test_the_planted_inequity_is_found_and_no_other(catalogue):
    keys = ["unit_id", "group_kind", "group"]
    result = friends_and_family(catalogue.feedback, by=keys, within=keys[:2]).groups.query("differs == 'low'")

    assert result[keys].values.tolist() == [list(INEQUITY[:3])]


def test_the_group_that_hardly_answers_is_found_and_no_other(catalogue):
    result = representativeness(catalogue.feedback, catalogue.caseload).groups.query("heard != 'alike'")

    assert result[["group_kind", "group", "heard"]].values.tolist() == [[*UNHEARD, "less"]]


def test_themes_are_counted_and_only_agreed_words_are_quoted(catalogue):
    result = themes(catalogue.comments)

    assert result["theme"].iloc[0] == "Kindness of staff"
    assert result["comments"].sum() == len(catalogue.comments)
    assert set(quotable(catalogue.comments)["consent"]) == {"yes"}
    assert quotable(catalogue.comments)["quote"].notna().all()
    assert said_and_done(catalogue.comments)["theme"].iloc[0] == "Waiting and being kept informed"


def test_the_planted_ward_is_named_with_its_reasons_and_no_other(warned):
    ward = LATE[0][1]
    row = warned.ranking.iloc[0]

    assert warned.named == (ward,)
    assert row["indicators"] == 4
    assert row["closed_culture"]
    assert "Restraints per 1,000 bed days higher" in row["reasons"]


def test_before_it_worsened_the_planted_ward_is_not_named_and_seldom_another(catalogue):
    quarters = [Quarter(2022, number) for number in (1, 2, 3, 4)] + [Quarter(2023, 1)]
    named = [early_warning(catalogue.as_at(quarter)).named for quarter in quarters]

    assert LATE[0][1] not in sum(named, ())
    assert len(sum(named, ())) <= 2


def test_months_that_resemble_one_another_name_a_series_no_more_often_than_chance_says():
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((4000, 36))
    for month in range(1, 36):
        noise[:, month] = 0.4 * noise[:, month - 1] + np.sqrt(1 - 0.4**2) * noise[:, month]
    rows = pd.DataFrame({"series": np.repeat(np.arange(4000), 36), "value": 50 + noise.ravel()})

    chance = chance_of_worse(rows.assign(improvement="decrease"), by=["series"])

    assert (chance < 0.05).mean() < 0.06
    assert (chance < 0.005).mean() < 0.008


def test_nothing_is_said_of_chance_where_most_months_are_nought():
    rows = pd.DataFrame({"series": "a", "value": [0, 0, 1, 0] * 6, "improvement": "decrease"})

    assert chance_of_worse(rows, by=["series"]).isna().all()


def test_early_warning_of_a_catalogue_reads_the_ledger_and_judges_nothing_again(catalogue, monkeypatch):
    card = catalogue.card
    monkeypatch.setattr("sutg_analysis.control.spc.spc", lambda *_, **__: pytest.fail("judged again"))

    assert set(early_warning(catalogue).ranking["unit_id"]) <= set(card.ledger["unit_id"])


def test_a_ward_with_high_values_that_do_not_change_is_not_named():
    months = pd.date_range("2022-01-01", periods=24, freq="MS")
    usual = np.tile([5.0, 7, 6, 5, 6, 7], 4)
    rows = [
        pd.DataFrame({"unit_id": ward, "measure_id": name, "period": months, "value": usual * size})
        for ward, size in {"high": 10, "low": 1}.items()
        for name in ("falls", "restraint")
    ]
    frame = pd.concat(rows).assign(improvement="decrease")

    assert early_warning(frame).named == ()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"recent": 0}, "recent=0"),
        ({"recent": 1.5}, "recent=1.5"),
    ],
)
def test_a_warning_that_cannot_be_made_is_refused(catalogue, options, said):
    with pytest.raises(ArgumentError, match=said):
        early_warning(catalogue, **options)
