"""Ward to board: each unit's page leads up and down, and its numbers are pooled; coverage and quality of data."""

from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis.catalogue.units import below, path_to, subtree
from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.units import unit_report

ROOT = Path(__file__).parents[2]
QUARTER = "2023-24-q2"


@pytest.fixture(scope="module")
def directorate():
    return unit_report(ROOT, unit="mental-health", quarter=QUARTER)


@pytest.fixture(scope="module")
def ward():
    return unit_report(ROOT, unit="sedge-ward", quarter=QUARTER)


def test_links_lead_up_to_the_trust_and_down_to_services(directorate):
    html = directorate.way().markdown

    assert 'href="unit-fenmarch.html"' in html
    for service in ("adult-inpatient", "community-mental-health", "early-intervention", "talking-therapies"):
        assert f'href="unit-{service}.html"' in html


def test_a_ward_leads_up_all_the_way_and_no_further_down(ward):
    assert (
        ward.way().plain
        == "Fenmarch Partnership NHS Trust > Mental health > Adult inpatient care > Sedge ward"
    )
    assert ward.drill_down().plain.startswith("This is the lowest level")


def test_every_link_down_is_a_link_up_from_below(directorate):
    units = directorate.card.catalogue.units

    for unit in units["unit_id"]:
        for child in below(units, unit):
            assert path_to(units, child)[-2] == unit


def test_a_directorates_value_is_pooled_from_the_wards_below(directorate):
    known = directorate.card.catalogue
    rows = known.observations[known.observations["measure_id"] == "restraint"]
    latest = rows[rows["period"] == rows["period"].max()].set_index("unit_id")
    wards = [unit for unit in subtree(known.units, "mental-health") if unit.endswith("-ward")]

    result = directorate.rows.set_index("measure_id").loc["restraint", "latest"]

    pooled = latest.loc[wards, "numerator"].sum() / latest.loc[wards, "denominator"].sum() * 1000
    assert result == pytest.approx(pooled)


def test_a_unit_and_the_drill_down_above_it_say_the_same(directorate):
    service = unit_report(ROOT, unit="adult-inpatient", quarter=QUARTER).rows.set_index("measure_id")
    sickness = service.loc["sickness"]

    assert f"{sickness['latest']:.1f}%" in directorate.drill_down().plain


def test_the_three_months_of_the_quarter_are_shown(directorate):
    words = directorate.months().plain

    assert all(month in words for month in ("July 2023", "August 2023", "September 2023"))


def test_a_month_that_signals_says_so(directorate):
    row = next(line for line in directorate.months().plain.splitlines() if "Complaints" in line)

    assert "25, concern" in row


def test_a_directorate_has_charts_of_what_calls_for_attention_and_a_ward_has_links(directorate, ward):
    assert "Complaints received" in directorate.charts().plain
    assert directorate.charts().files
    assert not ward.charts().files


def test_an_unknown_unit_is_refused():
    with pytest.raises(ArgumentError, match="no unit 'sedge'"):
        unit_report(ROOT, unit="sedge", quarter=QUARTER)


def test_units_that_are_a_mere_list_are_no_tree(tables):
    from sutg_analysis import load

    tables.lines["units"] = ["unit_id,name,kind,parent_id", "ward-a,Ward A,ward,"]

    assert load(tables.write()).tree.empty


def test_a_subtree_is_a_unit_and_all_below_it():
    units = pd.DataFrame({"unit_id": list("tabc"), "parent_id": [None, "t", "t", "a"]})

    assert subtree(units, "t") == ["t", "a", "b", "c"]
    assert subtree(units, "a") == ["a", "c"]


def test_a_unit_in_and_below_which_nothing_is_observed_has_a_page_that_says_so(tables):
    tables.lines["units"].append("side,Side,directorate,trust")

    page = unit_report(tables.write(), unit="side", quarter=QUARTER)

    assert page.headline().plain == "No measure is observed in Side."
    assert "unit-trust.html" in page.way().markdown
