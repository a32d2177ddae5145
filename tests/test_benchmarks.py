"""The exact false alarm rates are right, and simulation agrees with them; nothing is timed here."""

from itertools import pairwise, permutations, product

import numpy as np
import pytest

from benchmarks import alarms, exact, speed


def longest(signs):
    best = run = 1
    for before, after in pairwise(signs):
        run = run + 1 if after == before else 1
        best = max(best, run)
    return best


def test_average_run_lengths_of_three_sigma_limits_are_montgomerys():
    assert round(1 / exact.outside(1), 1) == 370.4
    assert round(1 / exact.outside(1, moved=1.5), 2) == 14.97


def test_shifts_are_as_many_as_counted_one_by_one():
    sides = list(product([1, -1], repeat=10))

    expected = sum(longest(side) >= 7 for side in sides) / len(sides)

    assert exact.shift(10) == pytest.approx(expected)


def test_trends_are_as_many_as_counted_one_by_one():
    orders = np.array(list(permutations(range(7))))
    steps = np.sign(np.diff(orders, axis=1))

    expected = np.mean([longest(tuple(row)) >= 4 for row in steps])

    assert exact.trend(7, run=5) == pytest.approx(expected)


def test_signals_by_runs_are_as_many_as_counted_one_by_one():
    sides = list(product([1, -1], repeat=10))
    crossings = [sum(a != b for a, b in pairwise(side)) for side in sides]

    expected = np.mean([longest(side) > 6 or c < 2 for side, c in zip(sides, crossings, strict=True)])

    assert exact.anhoej(10, 6, 2) == pytest.approx(expected)


@pytest.mark.parametrize("moved", [0.0, 1.5])
def test_simulation_agrees_with_what_is_exact_within_its_own_error(moved):
    values = alarms.normal(20_000, 24, rng=np.random.default_rng(3)) + moved

    result = alarms.known(values)

    for rule, expected in alarms.exactly(24, moved=moved).items():
        error = np.sqrt(expected * (1 - expected) / 20_000)
        assert abs(result[rule].value - expected) < 4 * error, rule


def test_a_user_sees_about_as_many_alarms_as_with_known_limits():
    values = alarms.normal(5_000, 60, rng=np.random.default_rng(4))

    result, expected = alarms.estimated(values), alarms.exactly(60)

    assert result["outside"].value == pytest.approx(expected["outside"], abs=0.03)
    assert result["shift"].value < expected["shift"]
    assert result["any"].hits >= max(result[rule].hits for rule in alarms.RULES)


def test_a_power_law_has_its_power_as_exponent():
    assert speed.exponent([100, 1_000, 10_000], [0.1, 2, 40]) == pytest.approx(np.log10(400) / 2)


def test_peak_memory_stays_under_twelve_frames():
    frame = speed.sample(2_000, rng=np.random.default_rng(5), shuffled=True)

    assert speed.peak(frame) < 12
