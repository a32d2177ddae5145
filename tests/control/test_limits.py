"""Centre lines and limits: constants to twelve digits, and the published numbers of textbook and health examples.

Montgomery's examples (Introduction to Statistical Quality Control, chapters 6 and 7) and those of the qicharts2
documentation: inputs typed here as numbers, outputs to the digits printed.
"""

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.control.limits import a3, b3, b4, c4
from sutg_analysis.control.rules import run_limits

RINGS = [
    [30, 2, 19, -8, 8], [-5, -8, 1, 11, 4], [-12, 24, 21, 5, 2], [2, -4, -7, 15, 9], [-8, 7, 15, -11, 14],
    [9, -6, -3, -15, -7], [-5, 6, -6, 0, 5], [-15, 3, -7, 15, -12], [8, -5, 9, 5, 4], [-2, 0, -10, 7, -5],
    [-6, -2, -6, -5, -10], [4, 0, 7, 0, -4], [-17, 2, -2, -3, 12], [6, -33, -6, 0, -16], [12, 14, -2, -1, 7],
    [0, -16, 5, -2, -4], [-6, 12, -14, 5, 7], [6, 10, 18, 3, 0], [-16, 2, 3, 5, -3], [0, 10, 13, 20, 3],
    [-18, 1, 15, 5, -4], [4, -1, -10, 6, 9], [10, -11, -10, 9, 14], [15, 8, -7, 0, 10], [-18, -16, -5, 17, 13],
]  # fmt: skip
"""Table 6.3, piston rings: inside diameter less 74, in thousandths of a millimetre."""
UNEVEN = [5, 3, 5, 5, 5, 4, 4, 5, 4, 5, 5, 5, 3, 5, 3, 5, 4, 5, 5, 3, 5, 5, 5, 5, 5]
"""Table 6.4: how many of each subgroup were measured."""
COSTS = [
    310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304,
    305, 282, 305, 296, 314, 295, 287, 301, 298, 311, 310, 292, 305, 299, 304, 310, 304, 305, 333, 328,
]  # fmt: skip
CANS = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
    9, 6, 12, 5, 6, 4, 6, 3, 7, 6, 2, 4, 3, 6, 5, 4, 8, 5, 6, 7, 5, 6, 3, 5,
    8, 7, 5, 6, 4, 5, 2, 3, 4, 7, 6, 5, 5, 3, 7, 9, 6, 10, 4, 3, 5, 8, 11, 9, 7, 3, 5, 2, 1, 4, 5, 3, 7, 6, 4, 4,
    6, 8, 5, 6,
]  # fmt: skip
"""Tables 7.1 to 7.3: 30 samples, 24 after the machine was adjusted, 40 later ones."""
BOARDS = [
    21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15,
    16, 18, 12, 15, 24, 21, 28, 20, 25, 19, 18, 21, 16, 22, 19, 12, 14, 9, 16, 21,
]  # fmt: skip
SHIPMENTS = [2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4]
METRES = [500, 400, 650, 500, 475, 500, 600, 525, 600, 625]
FLAWS = [14, 12, 20, 11, 7, 10, 21, 16, 19, 23]
HOURS = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]
CDI = [
    17, 12, 27, 20, 20, 18, 22, 19, 19, 24, 17, 16, 24, 19, 19, 22, 25, 19, 17, 6, 25, 17, 11, 14,
    9, 11, 7, 13, 5, 5, 3, 5, 9, 4, 5, 9,
]  # fmt: skip
CDI_DAYS = [
    14768.417, 14460.333, 16176.917, 14226.5, 14816.25, 14335.292, 14964.542, 14327.875, 13200.583, 13855.625,
    13794.5, 14070.833, 14496.833, 14332.25, 14927, 13362.125, 14058.125, 14388.083, 14673.417, 14153.542,
    13830.708, 14171.375, 14637.958, 14713.083, 14750.625, 14881.667, 15203.75, 13589.75, 15111.542, 13729.958,
    13879.833, 13895.833, 13140.667, 13372.917, 13959.375, 14181.333,
]  # fmt: skip
SEEN = [
    266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320,
    267923, 271478, 255353, 256820, 261835, 259144, 255910, 260863, 264465, 260989,
]  # fmt: skip
ATTENDED = [
    280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529,
    279618, 283932, 266629, 268091, 276803, 271578, 266005, 273520, 278574, 273772,
]  # fmt: skip
OPERATIONS_BETWEEN_DEATHS = [
    23, 39, 15, 34, 1, 49, 98, 29, 27, 13, 45, 7, 10, 27, 24, 14, 20, 38, 44, 11, 10, 3, 113, 183, 3, 47, 18, 18,
    33, 15, 2, 38, 27, 27, 1, 52, 23, 7, 26, 82, 5, 49, 5, 17, 24, 44, 26, 2, 27, 46, 55, 97, 22, 22, 20, 4, 60,
    51, 7, 21, 66, 36, 25, 72, 15, 5, 3,
]  # fmt: skip
DAYS_BETWEEN_DEATHS = [
    16, 20, 5, 13, 1, 26, 46, 12, 12, 5, 19, 4, 3, 15, 14, 9, 8, 15, 21, 6, 3, 1, 56, 117, 1, 33, 9, 9, 19, 12, 1,
    16, 13, 18, 1, 35, 16, 5, 21, 38, 3, 25, 3, 11, 13, 20, 9, 3, 8, 21, 24, 38, 8, 13, 9, 1, 30, 23, 3, 7, 22, 19,
    11, 31, 6, 1, 1,
]  # fmt: skip


def dates(size):
    return pd.date_range("2020-01-01", periods=size, freq="D")


def of(y, **options):
    frame = pd.DataFrame({"day": dates(len(y)), "y": y})
    return spc(frame, value="y", date="day", profile="anhoej", **options)


def ratio(x, n, **options):
    frame = pd.DataFrame({"day": dates(len(x)), "x": x, "n": n})
    return spc(frame, numerator="x", denominator="n", date="day", profile="anhoej", **options)


def rings(sizes, **options):
    rows = [(day, 74 + d / 1000) for day, r, n in zip(dates(25), RINGS, sizes, strict=True) for d in r[:n]]
    frame = pd.DataFrame(rows, columns=["day", "mm"])
    return spc(frame, value="mm", date="day", profile="anhoej", **options)


def lines(result, segment=1, digits=4):
    """Centre, lower and upper limit of a segment's first point."""
    points = result.points[result.points["segment"] == segment]
    return points[["centre", "lower", "upper"]].iloc[0].round(digits).tolist()


PRINTED = {
    "6.3 xbar": (lambda: rings([5] * 25, chart="xbar"), 4, [74.0012, 73.9878, 74.0146]),
    "6.3 s": (lambda: rings([5] * 25, chart="s"), 5, [0.00940, 0, 0.01964]),
    "6.4 xbar of uneven subgroups": (lambda: rings(UNEVEN, chart="xbar"), 3, [74.001, 73.986, 74.015]),
    "6.4 s of uneven subgroups": (lambda: rings(UNEVEN, chart="s"), 4, [0.0103, 0, 0.0215]),
    "6.5 individuals": (lambda: of(COSTS, chart="xmr", baseline=20), 2, [300.50, 279.78, 321.22]),
    "6.5 moving ranges": (lambda: of(COSTS, chart="mr", baseline=20), 2, [7.79, 0, 25.45]),
    "7.1 p without samples 15 and 23": (
        lambda: ratio(CANS[:30], 50, chart="p", exclude=list(dates(30)[[14, 22]])), 4, [0.2150, 0.0407, 0.3893],
    ),
    "7.3 c without samples 6 and 20": (
        lambda: of(BOARDS, chart="c", baseline=26, exclude=list(dates(26)[[5, 19]])), 2, [19.67, 6.36, 32.97],
    ),
    "7.4 u": (lambda: ratio(SHIPMENTS, 50, chart="u"), 4, [0.0740, 0, 0.1894]),
    "7.6 t": (lambda: of(HOURS, chart="t"), 2, [430.04, 0, 6937.93]),
    "cases of C. difficile, c": (lambda: of(CDI[:24], chart="c"), 3, [18.708, 5.732, 31.684]),
    "accidents seen in time, i": (lambda: ratio(SEEN, ATTENDED, chart="xmr"), 6, [0.95297, 0.940125, 0.965814]),
    "accidents seen in time, p'": (lambda: ratio(SEEN, ATTENDED, chart="p_prime"), 5, [0.95290, 0.94013, 0.96567]),
    "operations between deaths, g": (lambda: of(OPERATIONS_BETWEEN_DEATHS, chart="g"), 2, [24, 0, 128.17]),
    "days between deaths, t": (lambda: of(DAYS_BETWEEN_DEATHS, chart="t"), 2, [11.21, 0.02, 97.27]),
}  # fmt: skip


@pytest.mark.parametrize("example", PRINTED)
def test_published_limits_to_the_printed_digits(example):
    make, digits, expected = PRINTED[example]

    result = lines(make(), digits=digits)

    assert result == expected


def test_rate_of_flaws_is_a_mean_per_fifty_metres():
    result = ratio(FLAWS, METRES, chart="u", per=50)

    assert lines(result)[0] == 1.4233


@pytest.mark.parametrize(("samples", "centre"), [(54, 0.1108), (94, 0.1097)])
def test_a_p_chart_starts_again_at_a_rebase(samples, centre):
    day = dates(samples)

    result = ratio(CANS[:samples], 50, chart="p", rebase=day[30], exclude=list(day[[14, 22]]))

    assert lines(result, 1) == [0.2150, 0.0407, 0.3893]
    assert lines(result, 2)[0] == centre


def test_a_c_chart_of_infections_starts_again_at_a_rebase():
    result = of(CDI, chart="c", rebase=dates(36)[24])

    assert lines(result, 1, 3) == [18.708, 5.732, 31.684]
    assert lines(result, 2, 3) == [7.083, 0, 15.068]


def test_a_u_chart_of_infections_starts_again_at_a_rebase():
    result = ratio(CDI, CDI_DAYS, chart="u", per=10_000, rebase=dates(36)[24])

    assert [lines(result, part, 3)[0] for part in (1, 2)] == [13.024, 5.009]


def test_a_run_chart_of_infections_signals_by_its_longest_run_and_its_crossings():
    result = of(CDI, chart="run")

    expected = {"useful": 32, "longest_run": 14, "longest_run_max": 8, "crossings": 6, "crossings_min": 11}
    assert result.segments[list(expected)].iloc[0].to_dict() == expected
    assert result.summary["runs_signal"].tolist() == [True]


def test_large_denominators_put_most_points_outside_a_p_chart_and_none_outside_its_prime():
    assert ratio(SEEN, ATTENDED, chart="p").points["outside"].sum() == 16
    assert ratio(SEEN, ATTENDED, chart="p_prime").points["outside"].sum() == 0


def test_making_data_counts_own_example_of_screening():
    y = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    frame = pd.DataFrame({"day": dates(18), "y": y})

    plain = lines(spc(frame, value="y", date="day"), digits=2)
    screened = lines(spc(frame, value="y", date="day", profile="nhsr"), digits=2)

    assert plain == [1.94, -3.06, 6.95]
    assert screened == [1.94, -0.72, 4.60]


def test_an_i_prime_chart_scales_ranges_to_one():
    # |3/1 - 1/4| / sqrt(1/1 + 1/4) x sqrt(pi/2), times 3 / sqrt(n).
    result = ratio([3, 1], [1, 4], chart="i_prime").points

    sigma = 2.75 / np.sqrt(1.25) * np.sqrt(np.pi / 2)
    assert (result["upper"] - result["centre"]).tolist() == pytest.approx([3 * sigma, 3 * sigma / 2])
    assert result["centre"].tolist() == pytest.approx([4 / 5, 4 / 5])


def test_a_u_prime_chart_of_a_constant_exposure_is_an_xmr_chart():
    x = [40, 44, 38, 47, 41, 39, 45, 42]

    prime = ratio(x, 10, chart="u_prime").points["upper"]
    plain = ratio(x, 10, chart="xmr").points["upper"]

    assert prime.tolist() == pytest.approx(plain.tolist())


def test_a_c_prime_chart_is_an_xmr_chart_down_to_its_floor():
    x = [4, 9, 1, 12, 3, 8, 2, 11]

    prime, plain = of(x, chart="c_prime").points, of(x, chart="xmr").points

    assert prime["upper"].tolist() == pytest.approx(plain["upper"].tolist())
    assert plain["lower"].max() < 0
    assert prime["lower"].tolist() == [0] * 8


@pytest.mark.parametrize(("profile", "centre"), [("mdc", 0.693 * 5), ("nhsr", 4), ("anhoej", 4)])
def test_the_centre_of_a_g_chart_is_the_profiles_and_the_limits_are_of_the_mean(profile, centre):
    frame = pd.DataFrame({"day": dates(5), "y": [1, 3, 4, 7, 10]})

    result = spc(frame, value="y", date="day", chart="g", profile=profile)

    assert result.points["centre"].iloc[0] == pytest.approx(centre)
    assert result.points["upper"].iloc[0] == pytest.approx(5 + 3 * np.sqrt(30))


def test_constants_are_the_peers_to_twelve_digits(golden):
    expected = golden("qic_constants.csv")
    size = expected["n"].to_numpy(dtype=float)

    for name, constant in {"c4": c4, "A3": a3, "B3": b3, "B4": b4}.items():
        assert constant(size) == pytest.approx(expected[name].to_numpy(), rel=1e-12, abs=1e-12), name


def test_limits_of_the_runs_analysis_are_the_peers_for_one_to_five_hundred_points(golden):
    expected = golden("qic_anhoej_limits.csv")

    longest, fewest = run_limits(expected["n"].to_numpy())

    assert longest.tolist() == expected["longest.run.max"].tolist()
    assert fewest.tolist() == expected["n.crossings.min"].tolist()


@pytest.mark.parametrize(
    ("size", "longest", "fewest"),
    [(10, 6, 2), (12, 7, 3), (15, 7, 4), (20, 7, 6), (24, 8, 8), (36, 8, 13), (60, 9, 23), (100, 10, 41)],
)
def test_limits_of_the_runs_analysis_as_published(size, longest, fewest):
    result = run_limits(np.array([size]))

    assert [limit.item() for limit in result] == [longest, fewest]
