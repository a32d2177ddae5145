"""The example referrals: the same each time, sound, and with what was planted where it is said to be."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from example.make import tables
from example.referrals import queue_slots, truth
from example.truth import FIRST_DAY, LAST_DAY
from sutg_analysis import load, waiting_list, waiting_times

ROOT = Path(__file__).parents[2]
PATH = ROOT / "data" / "pathways.parquet"


@pytest.fixture(scope="module")
def made():
    return tables()["pathways"]


def test_the_table_is_small_and_large_enough(made):
    assert PATH.stat().st_size < 1_400_000
    assert len(made) > 60_000
    assert made["service"].nunique() >= 5


def test_the_table_passes_the_check_and_its_services_are_units():
    catalogue = load(ROOT)

    assert set(catalogue.pathways["service"]) <= set(catalogue.units["unit_id"])
    assert len(catalogue.pathways) == len(pd.read_parquet(PATH))


@pytest.mark.parametrize(
    "row", truth().query("kind == 'inequity'").to_dict("records"), ids=lambda row: row["service"]
)
def test_planted_inequity_is_found_with_its_size_inside_the_interval(made, row):
    service = made[made["service"] == row["service"]]
    reference = 5 if row["column"] == "imd_quintile" else "White"

    result = waiting_times(
        service, by=row["column"], reference=reference, entry="2020-03-31", at=LAST_DAY
    ).differences
    found = result[result[row["column"]].astype(str) == row["group"]].iloc[0]

    assert found["different"]
    assert found["lower"] <= row["size"] / 7 <= found["upper"]


def test_other_groups_do_not_wait_longer(made):
    service = made[made["service"] == "talking-therapies"]

    result = waiting_times(
        service, by="imd_quintile", reference=5, entry="2020-03-31", at=LAST_DAY
    ).differences

    others = result[result["imd_quintile"].isin([2, 3, 4])]
    assert not others["different"].any()


def test_lost_capacity_lengthens_a_list_and_recovery_shortens_it(made):
    points = waiting_list(made, first=FIRST_DAY, latest=LAST_DAY).points
    continence = points[points["service"] == "continence"].set_index("date")["list_size"]

    before, worst, end = (continence[pd.Timestamp(day)] for day in ("2022-10-01", "2023-03-01", "2023-09-01"))
    assert worst > 2 * before
    assert end < 0.6 * worst


def test_slots_without_anyone_waiting_are_lost():
    assert queue_slots(np.array([0, 0, 2, 0]), np.array([5, 5, 1, 1])).tolist() == [0, 0, 1, 2]
