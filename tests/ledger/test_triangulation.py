"""Early warning: every stream there is of a ward or service."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.quiet import quiet
from sutg_analysis import load, triangulate
from sutg_analysis.ledger.scorecard import score
from sutg_analysis.ledger.triangulation import STREAMS
from sutg_analysis.project import shipped
from sutg_analysis.quality.chance import ONE_IN
from sutg_analysis.quality.rules import SitrepRules

QUARTER = "2023-24-q2"
REGISTERS = ("incidents", "sitrep", "feedback", "pathways")


@pytest.fixture(scope="module")
def at():
    return load(shipped(), quarter=QUARTER, tables=REGISTERS)


@pytest.fixture(scope="module")
def found(at):
    return triangulate(at, rules=SitrepRules())


def streams(found, unit):
    row = found.units[found.units["unit_id"] == unit].iloc[0]
    return {stream for stream in STREAMS if row[stream] == "concern"}


@pytest.mark.parametrize(
    ("unit", "stream"),
    [
        ("reedmace-unit", "measures"),
        ("neurodevelopmental", "waits"),
        ("teasel-ward", "incidents"),
        ("godwit-ward", "incidents"),
        ("osier-ward", "staffing"),
    ],
)
def test_each_planted_signal_names_its_ward_or_service_with_its_stream(found, unit, stream):
    assert unit in found.named
    assert stream in streams(found, unit)


def test_the_quiet_wards_are_not_named_and_their_streams_are_said(found):
    for ward in ("sedge-ward", "bittern-ward", "curlew-ward"):
        assert ward not in found.named
    assert "Sedge ward (measures, incidents, staffing and experience)" in found.words()


def test_several_signs_of_a_closed_culture_are_told(found):
    assert found.units.set_index("unit_id").loc["reedmace-unit", "culture"] >= 3
    assert "a closed culture may be forming" in found.words().splitlines()[0]


def test_a_signal_of_a_measure_is_the_ledgers(found, at):
    mine = found.signals[found.signals["measure_id"].notna()]
    book = mine.merge(at.ledger, on=["measure_id", "unit_id"])

    assert len(book) == len(mine) > 0
    assert book["code"].tolist() == book["period_variation"].tolist()


@pytest.fixture(scope="module")
def calm():
    """One quiet trust in which no chart signals."""
    rng = np.random.default_rng(7)
    while True:
        known = quiet(rng, trusts=1)
        if not triangulate(known).named:
            return known


DAYS = pd.date_range("2024-03-01", "2024-03-31", freq="D", unit="us")
SHIFTS = pd.DataFrame(
    {"date": DAYS, "ward": "u00003", "shift": "night", "planned_registered": 30.0, "actual_registered": 30.0}
).assign(planned_unregistered=30.0, actual_unregistered=30.0, beds=10.0, occupied=8.0, leave=0.0)


def worse(known, source):
    """Return the tables with the falls of one unit much higher in the last months, counted from a register."""
    rows = known.observations.copy()
    mine = (rows["measure_id"] == "falls") & (rows["unit_id"] == "u00003") & (rows["period"] >= "2024-01-01")
    rows.loc[mine, ["numerator", "value"]] *= 6
    return replace(
        known, observations=rows, measures=known.measures.assign(**{"from": source, "rule": "any harm"})
    )


def planted(known, stream):
    if stream in ("measures", "experience"):
        return worse(known, {"measures": "observations", "experience": "feedback"}[stream])
    if stream == "staffing":
        short = SHIFTS.assign(actual_registered=SHIFTS["actual_registered"].where(DAYS < "2024-03-25", 15.0))
        return replace(known, others={"sitrep": short})
    if stream == "incidents":
        days = pd.date_range("2021-04-05", "2023-12-05", freq="30D", unit="us")
        many = pd.date_range("2024-01-01", periods=45, freq="2D", unit="us")
        log = pd.DataFrame({"date": days.append(many), "ward": "u00003", "harm": "self-harm", "level": "low"})
        return replace(known, others={"incidents": log})
    joined = pd.date_range("2022-01-03", "2024-03-25", freq="7D", unit="us")
    lists = pd.DataFrame({"service": "u00003", "referred": joined, "seen": joined + pd.Timedelta(days=30)})
    lists.loc[lists["referred"] > "2023-02-01", "seen"] = pd.NaT
    texts = dict.fromkeys(("outcome", "age_band", "ethnicity"))
    lists = lists.assign(referral_id=[f"r{n}" for n in lists.index], closed=pd.NaT, imd_quintile=1.0, **texts)
    return replace(known, others={"pathways": lists})


@pytest.mark.parametrize("stream", STREAMS)
def test_a_signal_in_any_one_stream_names_its_unit_and_no_other(calm, stream):
    found = triangulate(planted(calm, stream), rules=SitrepRules())

    assert found.named == ("u00003",)
    assert streams(found, "u00003") == {stream}


def test_a_staff_shortage_of_few_days_names_nobody(calm):
    short = SHIFTS.assign(actual_registered=SHIFTS["actual_registered"].where(DAYS < "2024-03-29", 15.0))

    assert triangulate(replace(calm, others={"sitrep": short}), rules=SitrepRules()).named == ()


@pytest.mark.parametrize("resembles", [0.0, 0.4])
def test_in_quiet_trusts_chance_names_no_more_units_than_the_page_promises(resembles):
    rng = np.random.default_rng(11)
    named = [len(triangulate(quiet(rng, trusts=1, resembles=resembles)).named) for _ in range(15)]

    assert sum(named) / len(named) <= 1 / ONE_IN


def test_the_ledger_is_made_once_of_a_catalogue(at):
    assert at.ledger is at.ledger
    pd.testing.assert_frame_equal(at.ledger, score(at, quarter=at.at.quarter).ledger)
