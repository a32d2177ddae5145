"""Forty hostile inputs to the functions of change over time: each a clear error, or a limitation that is said."""

import numpy as np
import pandas as pd
import pytest

import sutg_analysis as sutg
from sutg_analysis.errors import SutgError
from sutg_analysis.quality import experience
from sutg_analysis.quality import harm as harms
from tests.support.series import alike, monthly

NOISE = alike(1, 1, 36, r=0)[0] + 10
FRAME = monthly(NOISE).assign(n=np.arange(36) % 7, days=300.0, text="x", ward="a")
ZEROS = FRAME.assign(n=0)
NO_DAYS = FRAME.assign(days=0.0)
EMPTY = FRAME.iloc[:0]
ALL_MISSING = FRAME.assign(y=np.nan)
INFINITE = FRAME.assign(y=np.where(np.arange(36) == 5, np.inf, NOISE))
TWICE = pd.concat([FRAME, FRAME.head(1)])
NEGATIVE = FRAME.assign(n=-1)
UNDATED = FRAME.assign(month=pd.NaT)
HOLES = FRAME.iloc[::5]
DATES = {"date": "month"}
Y, N = {"value": "y", **DATES}, {"numerator": "n", "denominator": "days", **DATES}
LOG = pd.DataFrame({"date": ["2024-01-01", "2024-02-01"], "ward": ["a", None], "level": ["low", "bad"]})
ANSWERS = pd.DataFrame({"unit_id": ["a", "b"], **{key: [1, -1] for key in experience.ANSWERS}})

REFUSED = {
    "trend of too few points": lambda: sutg.trend(FRAME.head(5), **Y),
    "trend of no rows": lambda: sutg.trend(EMPTY, **Y),
    "trend of missing values alone": lambda: sutg.trend(ALL_MISSING, **Y),
    "trend of infinity": lambda: sutg.trend(INFINITE, **Y),
    "trend of two values a month": lambda: sutg.trend(TWICE, **Y),
    "trend of text": lambda: sutg.trend(FRAME, value="text", **DATES),
    "trend of no such column": lambda: sutg.trend(FRAME, value="z", **DATES),
    "trend without dates": lambda: sutg.trend(UNDATED, **Y),
    "trend of nothing named": lambda: sutg.trend(FRAME, **DATES),
    "trend of a list": lambda: sutg.trend([1, 2, 3], **Y),
    "trend with confidence of 95": lambda: sutg.trend(FRAME, confidence=95, **Y),
    "rate over zero exposure": lambda: sutg.rate_trend(NO_DAYS, **N),
    "rate of all zeros": lambda: sutg.rate_trend(ZEROS, **N),
    "rate of negative counts": lambda: sutg.rate_trend(NEGATIVE, **N),
    "rate of too few periods": lambda: sutg.rate_trend(FRAME.head(6), **N),
    "rate with a straight model": lambda: sutg.rate_trend(FRAME, model="gaussian", **N),
    "rate with both names of exposure": lambda: sutg.rate_trend(FRAME, exposure="days", **N),
    "rate with five harmonics too many": lambda: sutg.rate_trend(FRAME, season=11, **N),
    "season of one season": lambda: sutg.seasonal(FRAME.head(13), **Y),
    "season of years": lambda: sutg.seasonal(FRAME.assign(month=range(1980, 2016)), **Y),
    "season with holes": lambda: sutg.seasonal(FRAME.drop(index=range(4, 16)), **Y),
    "season of period 1": lambda: sutg.seasonal(FRAME, period=1, **Y),
    "change before the data": lambda: sutg.interrupted(FRAME, change="2010-01-01", **Y),
    "change after the data": lambda: sutg.interrupted(FRAME, change="2040-01-01", **Y),
    "change that is no date": lambda: sutg.interrupted(FRAME, change="spring", **Y),
    "change with five points after": lambda: sutg.interrupted(FRAME, change="2021-11-01", **Y),
    "change with a long phase-in": lambda: sutg.interrupted(FRAME, change="2020-10-01", phase_in=16, **Y),
    "change of all zeros": lambda: sutg.interrupted(ZEROS, change="2020-10-01", **N),
    "change of negative counts": lambda: sutg.interrupted(
        FRAME.assign(y=-1), change="2020-10-01", model="poisson", **Y
    ),
    "change with maxlags beyond the data": lambda: sutg.interrupted(
        FRAME, change="2020-10-01", maxlags=90, **Y
    ),
    "forecast of a short series": lambda: sutg.forecast(FRAME.head(20), **Y),
    "forecast of no steps": lambda: sutg.forecast(FRAME, horizon=0, **Y),
    "forecast with holes": lambda: sutg.forecast(HOLES, **Y),
    "cusum without variation": lambda: sutg.cusum(FRAME.assign(y=3.0), **Y),
    "ewma with a weight of 2": lambda: sutg.ewma(FRAME, weight=2, **Y),
    "change points of too few": lambda: sutg.change_points(FRAME.head(7), **Y),
    "cycle before the data": lambda: sutg.evaluate_cycle(FRAME, start="2010-01-01", **Y),
    "cycle after the data": lambda: sutg.evaluate_cycle(FRAME, start="2040-01-01", **Y),
    "cycle that ends first": lambda: sutg.evaluate_cycle(FRAME, start="2021-01-01", end="2020-01-01", **Y),
    "warning of one ward": lambda: sutg.early_warning(
        FRAME.assign(m="falls", improvement="decrease"), unit="ward", indicator="m", date="month", value="y"
    ),
    "days since with no ward": lambda: harms.days_since(LOG, as_at="2024-03-01", by="ward"),
    "days since before all": lambda: harms.days_since(LOG, as_at="2020-03-01"),
    "severity unknown": lambda: harms.severity_mix(LOG),
    "answers below zero": lambda: experience.friends_and_family(ANSWERS),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_input_is_refused_with_what_was_found_what_is_expected_and_what_to_do(name):
    with pytest.raises(SutgError) as caught:
        REFUSED[name]()

    error = caught.value
    assert all((error.found, error.expected, error.remedy))
    assert str(error).endswith(".")
    assert "Traceback" not in str(error)


def test_there_are_forty_of_them():
    assert len(REFUSED) >= 40


SAID = {
    "flat series": (lambda: sutg.trend(FRAME.assign(y=2.0), **Y), "every value is the same"),
    "one season": (lambda: sutg.trend(FRAME.head(14), **Y), "fewer than three seasons"),
    "gaps": (lambda: sutg.trend(FRAME.drop(index=[3, 4]), **Y), "some steps of time have no value"),
    "rare events": (lambda: sutg.rate_trend(FRAME.assign(n=np.arange(36) % 3), **N), "a g or t chart"),
    "nine points after": (
        lambda: sutg.interrupted(FRAME, change="2021-07-01", **Y),
        "only 9 points on one side",
    ),
    "two cycles": (lambda: sutg.seasonal(FRAME.head(26), **Y), "fewer than three cycles"),
    "a month missing": (lambda: sutg.seasonal(FRAME.drop(index=[7]), **Y), "bridged by a straight line"),
    "alike points": (
        lambda: sutg.cusum(monthly(alike(2, 1, 60, r=0.8)[0]), **Y),
        "neighbouring points are alike",
    ),
    "cycle without prediction": (
        lambda: sutg.evaluate_cycle(FRAME, start="2020-10-01", **Y),
        "no prediction was written down",
    ),
    "cycle of two points": (
        lambda: sutg.evaluate_cycle(FRAME, start="2022-02-01", **Y),
        "too few for a shift",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_what_a_result_cannot_say_is_in_its_words(name):
    make, expected = SAID[name]

    assert expected.lower() in make().words().lower()
