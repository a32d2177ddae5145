"""The example's registers: always the same, sound, and read and checked as every table is."""

from pathlib import Path

import pytest

from example.make import tables
from sutg_analysis import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import TableError

ROOT = Path(__file__).parents[2]
REGISTERS = ("incidents", "feedback", "caseload", "comments", "projects", "cycles", "people", "funding")


@pytest.fixture(scope="module")
def made():
    return tables()


def test_the_registers_are_small():
    assert sum((ROOT / "data" / f"{name}.csv").stat().st_size for name in REGISTERS) < 400_000


def test_a_project_without_registers_has_empty_ones(tables):
    catalogue = load(tables.write())

    assert [len(getattr(catalogue, name)) for name in REGISTERS] == [0] * len(REGISTERS)


def test_what_came_after_a_quarter_is_not_known_at_its_end():
    catalogue = load(ROOT).as_at(Quarter(2022, 2))

    assert catalogue.incidents["date"].max().strftime("%Y-%m") == "2022-09"
    assert catalogue.cycles.empty
    assert set(catalogue.projects["project_id"]) == {"falls-huddle", "catheter-care", "peer-support"}


def test_leads_are_roles(made):
    assert set(made["projects"]["lead"].str.split().str[-1]) <= {"Manager", "Matron", "Nurse", "Lead"}


FAULTS = {
    "an unknown ward": (
        "incidents",
        ["date,ward,harm,level", "2023-01-05,ward-z,falls,low"],
        "incidents.csv, row 2, column ward: found 'ward-z'; expected a unit_id that units.csv has",
    ),
    "an unknown level": (
        "incidents",
        ["date,ward,harm,level", "2023-01-05,ward-a,falls,minor"],
        "incidents.csv, row 2, column level: found 'minor'; expected one of none, low, moderate, severe, death",
    ),
    "a cycle that ends before it starts": (
        "cycles",
        [
            "project_id,cycle,aim,prediction,measure_id,unit_id,start,end,do,study,act",
            "huddle,1,,,falls,ward-a,2023-02-01,2023-01-01,,,",
        ],
        "cycles.csv, row 2, column end: found '2023-01-01'; expected a date on or after start",
    ),
    "a cycle of an unknown measure": (
        "cycles",
        [
            "project_id,cycle,aim,prediction,measure_id,unit_id,start,end,do,study,act",
            "huddle,1,,,fals,ward-a,2023-02-01,,,,",
        ],
        "did you mean 'falls'",
    ),
    "an answer below zero": (
        "feedback",
        [
            "period,unit_id,group,group_kind,very_good,good,neither,poor,very_poor,dont_know",
            "2023-01-01,ward-a,All,all,5,-1,0,0,0,0",
        ],
        "feedback.csv, row 2, column good: found '-1'; expected 0 or more",
    ),
    "a round that closes before it opens": (
        "funding",
        [
            "fund_id,title,funder,topic,opens,closes,amount,eligibility",
            "one,One,,,2023-05-01,2023-04-01,,",
        ],
        "funding.csv, row 2, column closes",
    ),
    "consent that is neither": (
        "comments",
        [
            "period,unit_id,theme,sentiment,quote,consent,response",
            "2023-01-01,ward-a,Food,positive,Good,maybe,",
        ],
        "comments.csv, row 2, column consent: found 'maybe'; expected one of yes, no",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_register_is_named_by_file_row_and_column(tables, name):
    table, lines, expected = FAULTS[name]
    tables.lines[table] = lines

    with pytest.raises(TableError) as caught:
        load(tables.write())

    assert expected in str(caught.value)
