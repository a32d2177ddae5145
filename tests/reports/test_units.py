"""Ward to board: each unit's page leads up and down, and its numbers are pooled; coverage and quality of data."""

from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis import load, month_by_month, units_below, way
from sutg_analysis.catalogue.units import below, path_to, subtree
from sutg_analysis.errors import ArgumentError
from tests.support.notebooks import shown_by

ROOT = Path(__file__).parents[2]
QUARTER = "2023-24-q2"


@pytest.fixture(scope="module")
def at():
    return load(ROOT, quarter=QUARTER, tables=[])


@pytest.fixture(scope="module")
def directorate():
    return shown_by("unit", project=ROOT, unit="mental-health", quarter=QUARTER)


@pytest.fixture(scope="module")
def ward():
    return shown_by("unit", project=ROOT, unit="reedmace-unit", quarter=QUARTER)


def test_links_lead_up_to_the_trust_and_down_to_services(directorate):
    assert 'href="unit-fenmarch.html"' in directorate["way"]
    for service in ("adult-inpatient", "community-mental-health", "early-intervention", "talking-therapies"):
        assert f'href="unit-{service}.html"' in directorate["way"]


def test_a_ward_leads_up_all_the_way_and_no_further_down(at, ward):
    assert way(at, "sedge-ward").plain == (
        "Fenmarch Partnership NHS Trust > Mental health > Adult inpatient care > Sedge ward"
    )
    assert ward["below"].startswith("This is the lowest level")


def test_every_link_down_is_a_link_up_from_below(at):
    for unit in at.units["unit_id"]:
        for child in below(at.units, unit):
            assert path_to(at.units, child)[-2] == unit


def test_a_directorates_value_is_pooled_from_the_wards_below(at):
    rows = at.series[at.series["measure_id"] == "restraint"]
    latest = rows[rows["period"] == rows["period"].max()].set_index("unit_id")
    wards = [unit for unit in subtree(at.units, "mental-health") if unit.endswith("-ward")]

    result = at.ledger.set_index(["measure_id", "unit_id"]).loc[("restraint", "mental-health"), "latest"]

    pooled = latest.loc[wards, "numerator"].sum() / latest.loc[wards, "denominator"].sum() * 1000
    assert result == pytest.approx(pooled)


def test_a_unit_and_the_table_above_it_say_the_same(at):
    sickness = at.ledger.set_index(["measure_id", "unit_id"]).loc[("sickness", "adult-inpatient"), "latest"]
    row = units_below(at, "mental-health").set_index("measure").loc["Sickness absence"]

    assert row["Adult inpatient care"].startswith(f"{sickness:.1f}%")


def test_the_three_months_of_the_quarter_are_shown_and_signals_said(at):
    table = month_by_month(at, "reedmace-unit").set_index("measure")

    assert [*table] == ["July 2023", "August 2023", "September 2023", "target"]
    assert table.loc["Restraints per 1,000 bed days"].iloc[:3].str.endswith(", concern").all()


def test_a_place_has_the_charts_of_what_calls_for_attention_wherever_it_stands(directorate, ward):
    assert "Complaints received" in directorate["charts"]
    assert "<figure" in ward["charts"]
    assert "Restraints per 1,000 bed days, Reedmace unit" in ward["charts"]


def test_an_unknown_unit_is_refused(at):
    with pytest.raises(ArgumentError, match="no unit 'sedge'"):
        way(at, "sedge")


def test_units_that_are_a_mere_list_are_no_tree(tables):
    tables.lines["units"] = ["unit_id,name,kind,parent_id", "ward-a,Ward A,ward,"]

    assert load(tables.write()).tree.empty


def test_a_subtree_is_a_unit_and_all_below_it():
    units = pd.DataFrame({"unit_id": list("tabc"), "parent_id": [None, "t", "t", "a"]})

    assert subtree(units, "t") == ["t", "a", "b", "c"]
    assert subtree(units, "a") == ["a", "c"]


def test_a_unit_in_and_below_which_nothing_is_observed_has_a_page_that_says_so(tables):
    tables.lines["units"].append("side,Side,directorate,trust")

    shown = shown_by("unit", project=tables.write(), unit="side", quarter=QUARTER)

    assert shown["headline"] == "No measure is observed in Side."
    assert "unit-trust.html" in shown["way"]
