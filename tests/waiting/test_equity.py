"""Groups compared without crying wolf, and capacity that was lost."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from benchmarks import equity
from sutg_analysis.errors import SutgError
from sutg_analysis.waiting.demand import capacity_episodes
from sutg_analysis.waiting.equity import compare_waits, holm


def people(rng, many, *, late=0.0):
    wait = rng.exponential(8, many)
    quintile = rng.integers(1, 6, many)
    groups = {
        "imd_quintile": quintile,
        "ethnicity": rng.choice(list("ABCD"), many),
        "age_band": rng.choice(list("xyz"), many),
    }
    return pd.DataFrame({"wait": wait + late * (quintile == 1), "event": 1, **groups})


def test_where_there_is_no_difference_seldom_any_is_found():
    rng = np.random.default_rng(5)
    found = [
        len(compare_waits(people(rng, 600), duration="wait", event="event").unequal) > 0 for _ in range(100)
    ]

    assert sum(found) <= 10


def test_a_planted_difference_is_found_in_its_group_alone():
    rows = people(np.random.default_rng(6), 4000, late=3)
    result = compare_waits(rows, duration="wait", event="event").unequal

    assert result["group"].tolist() == [1]
    assert result["lower"].iloc[0] <= 3 <= result["upper"].iloc[0]


def test_the_least_deprived_fifth_is_what_others_are_compared_with():
    frame = compare_waits(people(np.random.default_rng(7), 900), duration="wait", event="event").frame

    assert frame.loc[frame["reference"] & (frame["grouping"] == "imd_quintile"), "group"].tolist() == [5]


def test_a_difference_too_small_to_matter_is_not_called_one():
    rows = people(np.random.default_rng(6), 4000, late=3)

    assert compare_waits(rows, duration="wait", event="event", least=5).unequal.empty


def test_one_group_alone_is_not_compared():
    rows = people(np.random.default_rng(8), 200).assign(ethnicity="A")

    assert set(compare_waits(rows, duration="wait", event="event").frame["grouping"]) == {
        "imd_quintile",
        "age_band",
    }


def test_a_column_of_groups_that_is_not_there_is_refused():
    with pytest.raises(SutgError, match="etnicity"):
        compare_waits(people(np.random.default_rng(8), 50), by="etnicity", duration="wait", event="event")


def test_holm_never_makes_a_chance_smaller_nor_changes_their_order():
    p = np.array([0.2, 0.001, 0.04, 0.9, 0.04])

    result = holm(p)

    assert (result >= p).all()
    assert np.argsort(result, kind="stable")[0] == 1
    assert result.max() <= 1


def test_holm_is_that_of_statsmodels_with_missing_ones_apart():
    p = np.array([0.2, np.nan, 0.001, 0.04, 0.9, np.nan, 0.04])
    known = ~np.isnan(p)

    result = holm(p)

    assert result[known].tolist() == multipletests(p[known], method="holm")[1].tolist()
    assert np.isnan(result[~known]).all()
    assert holm(np.array([np.nan])).shape == (1,)


def months(left, joined):
    size = 200 + np.cumsum(np.array(joined) - np.array(left))
    dates = pd.date_range("2022-01-01", periods=len(left), freq="MS")
    return pd.DataFrame({"date": dates, "seen": left, "removed": 0, "additions": joined, "list_size": size,
                         "opening": np.append(200, size[:-1])})  # fmt: skip


def test_fewer_removals_for_want_of_referrals_are_no_loss_of_capacity():
    flow = [50] * 12 + [25] * 6 + [50] * 6

    assert capacity_episodes(months(flow, flow)).empty


def test_capacity_lost_and_made_up_are_two_episodes():
    result = capacity_episodes(months([50] * 12 + [25] * 4 + [75] * 4, [50] * 20))

    assert result["kind"].tolist() == ["lost", "gained"]
    assert result["latest"].tolist() == [False, True]


@pytest.mark.parametrize("seed", range(5))
def test_a_list_that_varies_by_chance_has_no_episode(seed):
    rng = np.random.default_rng(seed)

    assert capacity_episodes(months(rng.poisson(50, 36), rng.poisson(50, 36))).empty


def test_intervals_hold_with_twelve_people_in_the_small_group():
    assert equity.held(300, 12, 200, rng=np.random.default_rng(3)) >= 0.92
