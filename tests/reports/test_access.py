"""The summary of access: what is ranked, what is said to lack data, and against which targets."""

import pandas as pd
import pytest

from sutg_analysis.errors import DataError
from sutg_analysis.project import shipped
from sutg_analysis.reports.access import access_report, ranked


@pytest.fixture(scope="module")
def summary():
    return access_report(shipped(), quarter="2023-24-q2")


def test_every_standard_is_either_told_or_listed_as_without_data(summary):
    there, lacking = set(summary.standards["id"]), {standard.id for standard in summary.lacking}

    assert there | lacking == {standard.id for standard in summary.lists.standards}
    assert not there & lacking
    assert lacking == {"eating-disorders-urgent", "eating-disorders-routine", "community-response-2-hours", "camhs",
                       "adhd-autism"}  # fmt: skip


def test_what_lacks_data_is_named_and_has_no_number(summary):
    text = summary.without_data().markdown

    assert "Urgent community response within 2 hours (standard: 70%)" in text
    assert "Urgent community response" not in summary.standards_table().markdown


def test_standards_are_judged_by_the_national_target(summary):
    targets = summary.standards.set_index("id")["target"]

    assert targets["psychosis-2-weeks"] == 60
    assert targets["talking-6-weeks"] == 75
    assert targets["talking-18-weeks"] == 95
    assert targets["rtt-18-weeks"] == 92
    assert targets["follow-up-72-hours"] == 80


def test_standards_and_lists_are_worst_first(summary):
    assert summary.standards["assurance"].tolist()[0] == "fail"
    assert summary.waiting["service_name"].iloc[0] == "Neurodevelopmental assessment"
    assert summary.ranking().markdown.startswith(
        "1. Neurodevelopmental assessment: waiting 18 weeks or less: Getting"
    )


def test_ties_are_ranked_by_the_shortfall():
    rows = pd.DataFrame({"name": ["a", "b", "c"], "variation": "common", "assurance": ["pass", "fail", "fail"],
                         "latest": [99.0, 80.0, 60.0], "target": 90.0})  # fmt: skip

    assert ranked(rows)["name"].tolist() == ["c", "b", "a"]


def test_a_list_longer_than_planned_is_named(summary):
    assert "It is longer than planned in Neurodevelopmental assessment." in summary.headline().markdown
    assert "1,300 or fewer" in summary.sizes_table().markdown


def test_every_list_has_a_row_with_icons_and_words(summary):
    text = summary.lists_table().markdown

    assert len(summary.waiting) == 7
    assert text.count("<tr") == 8
    assert "Will miss target" in text


def test_each_link_of_the_table_leads_to_a_figure(summary):
    charts = summary.charts().markdown

    for link in summary.standards["href"].dropna():
        assert f'id="{link.removeprefix("#")}"' in charts


def test_an_earlier_quarter_knows_nothing_later():
    report = access_report(shipped(), quarter="2022-23-q3")

    assert set(report.standards["latest_date"]) == {pd.Timestamp("2022-12-01")}
    assert "has been lost" not in report.headline().markdown


def test_without_referrals_and_measures_of_standards_nothing_is_invented(tables):
    report = access_report(tables.write(), quarter="2023-24-q2")

    assert report.standards.empty
    assert len(report.lacking) == 12
    assert report.standards_table().markdown == "No standard has data in these tables."
    for piece in (
        report.headline,
        report.ranking,
        report.lists_table,
        report.sizes_table,
        report.lists_chart,
        report.charts,
    ):
        piece()


def test_a_dated_target_of_a_measure_is_its_plan(tables):
    root = tables.write()
    (root / "data" / "clocks.toml").write_text(
        '[standards.rtt-18-weeks]\nmeasure = "seen"\n', encoding="utf-8"
    )
    row = access_report(root, quarter="2023-24-q2").standards.iloc[0]

    assert (row["id"], row["target"], row["plan"]) == ("rtt-18-weeks", 92, "80.0%")


def test_a_standard_told_by_a_measure_that_is_not_there_is_refused(tables):
    root = tables.write()
    (root / "data" / "clocks.toml").write_text(
        '[standards.rtt-18-weeks]\nmeasure = "sen"\n', encoding="utf-8"
    )

    with pytest.raises(DataError, match="names the measure 'sen'.*did you mean 'seen'"):
        access_report(root, quarter="2023-24-q2")
