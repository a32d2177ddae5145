"""The summary of access: what is ranked, what is said to lack data, and against which targets."""

import re

import pandas as pd
import pytest

from sutg_analysis import load
from sutg_analysis.errors import DataError
from sutg_analysis.ledger.access import access_standards, worst_first
from sutg_analysis.project import shipped
from sutg_analysis.waiting.project import waiting_lists
from tests.support.notebooks import shown_by


@pytest.fixture(scope="module")
def lists():
    return waiting_lists(load(shipped(), tables=["pathways"], quarter="2023-24-q2"), project=shipped())


@pytest.fixture(scope="module")
def access(lists):
    return access_standards(lists.catalogue, lists)


@pytest.fixture(scope="module")
def page():
    return shown_by("access_summary", project=shipped(), quarter="2023-24-q2")


def test_every_standard_is_either_told_or_listed_as_without_data(access, lists):
    told = set(access.standards["id"])
    lacking = {one.title for one in lists.standards if one.id not in told}

    assert set(access.lacking["title"]) == lacking
    assert len(told) + len(lacking) == len(lists.standards)
    assert {one.id for one in lists.standards} - told == {
        "eating-disorders-urgent", "eating-disorders-routine", "camhs", "adhd-autism",
    }  # fmt: skip


def test_what_lacks_data_is_named_and_has_no_number(page):
    assert "eating disorders, urgent: treatment begun within 1 week" in page["lacking"]
    assert "eating disorders" not in page["standards-table"]


def test_standards_are_judged_by_the_national_target(access):
    targets = access.standards.set_index("id")["target"]

    assert targets["psychosis-2-weeks"] == 60
    assert targets["talking-6-weeks"] == 75
    assert targets["talking-18-weeks"] == 95
    assert targets["rtt-18-weeks"] == 92
    assert targets["follow-up-72-hours"] == 80


def test_standards_and_lists_are_worst_first(access, page):
    assert access.standards["assurance"].tolist()[0] == "fail"
    assert page["ranking"].startswith("- Neurodevelopmental assessment: seen 18 weeks or less: Getting")
    assert page["sizes-table"].splitlines()[1].split()[0] == "Neurodevelopmental"


def test_ties_are_ranked_by_the_shortfall():
    rows = pd.DataFrame({"name": ["a", "b", "c"], "variation": "common", "assurance": ["pass", "fail", "fail"],
                         "latest": [99.0, 80.0, 60.0], "target": 90.0})  # fmt: skip

    assert worst_first(rows)["name"].tolist() == ["c", "b", "a"]


def test_a_list_longer_than_planned_is_named(page):
    assert "It is longer than planned in Neurodevelopmental assessment." in page["waiting-headline"]
    assert "Concern, higher" in page["sizes-table"]


def test_every_list_has_a_row_with_icons_and_words(page):
    assert page["lists-table"].count("<tr") == 8
    assert "Will miss target" in page["lists-table"]


def test_each_link_of_the_table_leads_to_a_figure(page):
    links = re.findall(r'href="#([\w-]+)"', page["standards-table"])

    assert len(links) == 6
    assert [link for link in links if f'id="{link}"' not in page["charts"]] == []


def test_an_earlier_quarter_knows_nothing_later():
    shown = shown_by("access_summary", project=shipped(), quarter="2022-23-q3")

    assert "2023" not in shown["standards-table"].split(":::")[0]
    assert "December 2022" in shown["charts"]


def test_without_referrals_and_measures_of_standards_nothing_is_invented(tables):
    shown = shown_by("access_summary", project=tables.write(), quarter="2023-24-q2")

    assert shown["standards-table"] == "No standard has data in these tables."
    assert shown["lists-table"] == "No service has referrals in these tables."
    assert "8 national standards and 4 local standards have no data" in shown["headline"]


def test_a_dated_target_of_a_measure_is_its_plan(tables):
    root = tables.write()
    (root / "data" / "clocks.toml").write_text(
        '[standards.rtt-18-weeks]\nmeasure = "seen"\n', encoding="utf-8"
    )
    at = load(root, tables=["pathways"], quarter="2023-24-q2")

    row = access_standards(at, waiting_lists(at, project=root)).standards.iloc[0]

    assert (row["id"], row["target"], row["plan"]) == ("rtt-18-weeks", 92, 80)


def test_a_standard_told_by_a_measure_that_is_not_there_is_refused(tables):
    root = tables.write()
    (root / "data" / "clocks.toml").write_text(
        '[standards.rtt-18-weeks]\nmeasure = "sen"\n', encoding="utf-8"
    )

    with pytest.raises(DataError, match="names the measure 'sen'.*did you mean 'seen'"):
        waiting_lists(load(root, tables=["pathways"]), project=root)


def test_standards_read_the_ledger_and_judge_no_measure_again(lists, monkeypatch):
    at = lists.catalogue
    assert len(at.card.summary)
    monkeypatch.setattr("sutg_analysis.ledger.scorecard.spc", lambda *_, **__: pytest.fail("judged again"))

    assert len(access_standards(at, lists).standards)
