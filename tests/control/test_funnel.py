"""Funnel plots: limits after Spiegelhalter, overdispersion of the SHMI and CQC kinds, hospitals of medpar as named."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, poisson

from sutg_analysis import SutgError, funnel

# Days in hospital of the 54 providers of the medpar data, and expected from a Poisson regression on insurance,
# death, age over 80 and type of admission (Hilbe, Negative Binomial Regression; fitted once by statsmodels).
MEDPAR = """
030001 406 523.6963 030002 642 612.9786 030003 46 53.7914 030006 764 763.7179 030007 82 120.9374
030008 201 250.1860 030009 193 155.4921 030010 569 484.7149 030011 404 362.2221 030012 134 188.9266
030013 614 554.3848 030014 491 616.7380 030016 501 360.1473 030017 131 245.6126 030018 274 263.5646
030019 124 154.6624 030022 456 475.0159 030023 48 38.9339 030024 429 445.0966 030025 14 28.7971
030030 369 347.5364 030033 8 7.5611 030035 37 73.2056 030036 128 118.1138 030037 145 273.3377
030038 493 449.7932 030043 104 172.3786 030044 6 19.1963 030055 308 321.8580 030059 34 36.5630
030060 7 19.9643 030061 935 851.7164 030062 134 198.9406 030064 339 302.3934 030065 458 410.1635
030067 22 45.8653 030068 2 9.6673 030069 160 212.3450 030073 87 38.9222 030078 55 31.7379
030080 252 285.6359 030083 174 186.6561 030084 43 33.9818 030085 228 255.6547 030086 210 242.0259
030087 321 279.4762 030088 631 619.2636 030089 543 626.1302 030092 105 145.6749 030093 389 413.8621
030094 92 111.2628 032000 1012 685.5857 032002 283 181.1079 032003 95 24.8065
"""
NAMED = ["030017", "030035", "030037", "030044", "030060", "030067", "030068", "030073", "032003"]


def medpar():
    words = MEDPAR.split()
    return pd.DataFrame(
        {
            "provider": words[::3],
            "days": list(map(int, words[1::3])),
            "expected": list(map(float, words[2::3])),
        }
    )


def providers(**options):
    return funnel(
        medpar(), unit="provider", numerator="days", denominator="expected", kind="ratio", **options
    )


def units(x, n, **options):
    frame = pd.DataFrame({"unit": [f"U{place:02d}" for place in range(len(x))], "x": x, "n": n})
    return funnel(frame, unit="unit", numerator="x", denominator="n", **options)


def test_medpar_dispersion_and_variance_between_providers_are_those_of_funnelplotr():
    result = providers(overdispersion="truncated")

    assert result.dispersion == pytest.approx(8.532055, rel=1e-5)
    assert result.tau_squared == pytest.approx(0.0284072, abs=1e-7)
    assert (~result.points["trimmed"]).sum() == 44


def test_medpar_outliers_are_the_nine_that_funnelplotr_names():
    result = providers(overdispersion="truncated").points

    assert result["provider"][result["outside_998"]].tolist() == NAMED


def test_without_overdispersion_medpar_has_twenty_five_outliers():
    result = providers()

    assert result.points["outside_998"].sum() == 25
    assert result.limits == "exact"


EXACT = {
    "lower_95": [0.5596924, 0.6108260, 0.6746958],
    "upper_95": [1.649348, 1.544419, 1.427562],
    "lower_998": [0.3862650, 0.4479107, 0.5289724],
    "upper_998": [2.082907, 1.902094, 1.702771],
}


@pytest.mark.parametrize("limit", EXACT)
def test_limits_of_a_standardised_ratio_of_15_20_and_30_expected(limit):
    result = units([15, 20, 30], [15, 20, 30], kind="ratio").points

    assert result[limit].tolist() == pytest.approx(EXACT[limit], rel=1e-6)


@pytest.mark.parametrize("size", [40, 57, 400])
def test_exact_limits_of_a_proportion_are_binomial_percentiles_interpolated_between_counts(size):
    result = units([size // 5, 20], [size, 100], kind="proportion", target=0.2).points

    limits = result[["lower_95", "upper_95", "upper_998"]].iloc[0] * size
    reached = np.interp(limits, np.arange(size + 1), binom.cdf(np.arange(size + 1), size, 0.2))
    assert reached == pytest.approx([0.025, 0.975, 0.999])


@pytest.mark.parametrize("exposure", [50, 600])
def test_exact_limits_of_a_rate_are_means_under_which_the_expected_count_is_as_rare_as_they_say(exposure):
    result = units([exposure // 10, 20], [exposure, 200], kind="rate", target=0.1).points

    expected = exposure / 10
    lower, upper = result[["lower_998", "upper_998"]].iloc[0] * exposure
    assert poisson.sf(expected - 1, lower) == pytest.approx(0.001)
    assert poisson.cdf(expected, upper) == pytest.approx(0.001)


def test_arcsine_limits_of_a_proportion_follow_their_formula():
    result = units([30, 50], [100, 200], kind="proportion", limits="arcsine", target=0.3).points

    expected = np.sin(np.arcsin(np.sqrt(0.3)) + 1.959964 / (2 * np.sqrt([100, 200]))) ** 2
    assert result["upper_95"].tolist() == pytest.approx(expected.tolist())


def test_the_centre_of_a_proportion_is_pooled_not_averaged():
    result = units([1, 90], [10, 100], kind="proportion")

    assert result.target == pytest.approx(91 / 110)


def test_winsorising_pulls_extremes_in_and_keeps_every_unit():
    z = np.array([-9, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 9])
    expected = 100.0
    observed = expected * (1 + z / (2 * np.sqrt(expected))) ** 2

    result = units(observed, [expected] * 10, kind="ratio", overdispersion="winsorised")

    pulled = np.clip(z, *np.quantile(z, [0.1, 0.9]))
    assert result.dispersion == pytest.approx(np.mean(pulled**2))
    assert result.tau_squared == pytest.approx((np.sum(pulled**2) - 9) / (9 * 4 * expected))
    assert result.points["trimmed"].sum() == 2


def test_overdispersion_is_nought_where_units_differ_by_chance_alone():
    result = units([100, 101, 99, 100, 102, 98], [100] * 6, kind="ratio", overdispersion="winsorised")

    assert result.tau_squared == 0


def test_overdispersed_limits_are_wider():
    plain, wide = providers(limits="log").points, providers(overdispersion="truncated").points

    assert (wide["upper_998"] > plain["upper_998"]).all()
    assert (wide["lower_998"] < plain["lower_998"]).all()


def test_a_unit_without_events_is_compared_not_dropped():
    result = units([0, 12, 14, 10], [100] * 4, kind="ratio", target=0.1).points

    assert result["side"].iloc[0] == "low"
    assert result["value"].iloc[0] == 0


def test_rows_of_one_unit_are_added_up():
    frame = pd.DataFrame({"unit": ["A", "A", "B"], "x": [1, 2, 3], "n": [10, 20, 30]})

    result = funnel(frame, unit="unit", numerator="x", denominator="n").points

    assert result[["numerator", "denominator"]].to_numpy().tolist() == [[3, 30], [3, 30]]


def test_per_multiplies_what_is_drawn_and_changes_no_verdict():
    plain, hundred = units([3, 30], [50, 60]), units([3, 30], [50, 60], per=100)

    drawn = ["value", "target", "lower_95", "upper_998"]
    assert (hundred.points[drawn] / 100).to_numpy() == pytest.approx(plain.points[drawn].to_numpy())
    assert hundred.points["outside_998"].tolist() == plain.points["outside_998"].tolist()
    assert hundred.lines["target"].iloc[0] == hundred.target


REFUSED = {
    "unknown kind": ({"kind": "mean"}, "kind='mean'"),
    "unknown limits": ({"limits": "log"}, "limits='log' for a proportion"),
    "exact with overdispersion": ({"limits": "exact", "overdispersion": "truncated"}, "exact limits with"),
    "target of a proportion above one": ({"target": 95}, "target=95"),
    "trim of half": ({"trim": 0.5, "overdispersion": "truncated"}, "trim=0.5"),
    "numerator above denominator": ({"x": [5, 3]}, "numerator 'x' above denominator 'n', unit 'U00'"),
    "negative count": ({"x": [-1, 3]}, "a negative or infinite count in column 'x', unit 'U00'"),
    "missing count": ({"x": [np.nan, 3]}, "missing values for unit U00"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_what_was_found(name):
    options, expected = REFUSED[name]
    options = {"x": [1, 3], **options}

    with pytest.raises(SutgError) as caught:
        units(options.pop("x"), [4, 9], **options)

    assert expected in str(caught.value)
