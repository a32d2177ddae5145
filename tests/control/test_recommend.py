"""Which chart fits: the chart named, and a sentence that says why."""

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import recommend_chart, spc
from sutg_analysis.control.limits import CHARTS

RNG = np.random.default_rng(11)
N = RNG.integers(150, 250, 36)
LARGE = RNG.integers(90_000, 110_000, 36)


def advice(**columns):
    size = max(map(len, columns.values()))
    table = pd.DataFrame({"month": pd.date_range("2021-01-01", periods=size, freq="MS"), **columns})
    names = {"denominator": "n"} if "n" in columns else {}
    return recommend_chart(table, date="month", numerator="x", **names)


EXAMPLES = {
    "few points": ({"x": [3, 4, 5]}, "run", "A run chart: 3 values are too few for limits (12 are needed)."),
    "proportion by chance": ({"x": RNG.binomial(N, 0.2), "n": N}, "p", "A p chart: x is a count out of n"),
    "proportion of large numbers": (
        {"x": RNG.binomial(LARGE, RNG.normal(0.9, 0.02, 36).clip(0, 1)), "n": LARGE},
        "p_prime",
        "and varies more than chance would have it",
    ),
    "rate by chance": ({"x": RNG.poisson(9, 36), "n": np.full(36, 712.5)}, "u", "over an exposure, n"),
    "rate beyond chance": (
        {"x": RNG.poisson(RNG.gamma(2, 40, 36)), "n": np.full(36, 712.5)}, "u_prime", "A u' chart (or an xmr chart)",
    ),
    "count by chance": ({"x": RNG.poisson(12, 36)}, "c", "A c chart: x is a count without a denominator"),
    "count beyond chance": ({"x": RNG.poisson(RNG.gamma(2, 20, 36))}, "c_prime", "varies more than chance"),
    "rare events": ({"x": RNG.poisson(0.3, 36)}, "g", "too rare for limits"),
    "measurement": ({"x": RNG.normal(30, 4, 36)}, "xmr", "An xmr chart: x is a measurement, one value a date."),
    "measurement over uneven denominators": (
        {"x": RNG.normal(30, 4, 36), "n": np.tile([10.0, 100.0], 18)}, "i_prime", "varies from date to date",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_recommends(name):
    columns, chart, because = EXAMPLES[name]

    result = advice(**columns)

    assert result.chart == chart
    assert because in str(result)
    assert str(result).endswith(".")


def test_several_values_a_date_are_subgroups():
    table = pd.DataFrame({"month": np.repeat(pd.date_range("2021-01-01", periods=20, freq="MS"), 3)})
    table = table.assign(y=RNG.normal(5, 1, 60))

    result = recommend_chart(table, date="month", value="y")

    assert result.chart == "xbar"
    assert (
        str(result)
        == "An xbar chart, with an s chart beside it: y has several values a date (3.0 on average)."
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_recommended_can_be_drawn(name):
    columns, chart, _ = EXAMPLES[name]
    size = len(columns["x"])
    table = pd.DataFrame({"month": pd.date_range("2021-01-01", periods=size, freq="MS"), **columns})
    with_denominator = "n" in columns and CHARTS[chart].denominator != "none"
    names = {"denominator": "n"} if with_denominator else {}

    result = spc(table, date="month", numerator="x", chart=advice(**columns).chart, **names)

    assert result.chart_type == chart


def test_series_are_judged_each_against_its_own_mean():
    # Two wards, each steady, far apart: pooled they would seem to vary beyond chance.
    x = np.concatenate([RNG.poisson(10, 30), RNG.poisson(200, 30)])
    month = np.tile(pd.date_range("2021-01-01", periods=30, freq="MS"), 2)
    table = pd.DataFrame({"ward": np.repeat(["A", "B"], 30), "month": month, "x": x})

    result = recommend_chart(table, date="month", numerator="x", by="ward")

    assert result.chart == "c"
    assert result.dispersion < 2
