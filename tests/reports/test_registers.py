"""The pages of the registers on the example: what is planted is found on its page, and what is quiet is not named."""

import re
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis import compare_units, load
from sutg_analysis.project import shipped
from tests.support.notebooks import shown_by

CONVERTED = ("data_quality", "experience", "harm", "harm_summary", "knowledge", "variation")
"""Templates whose cells call public functions, and need no parameter more than quarter and project."""
QUARTER, EARLIER = "2023-24-q2", "2022-23-q3"
WARDS = ("Sedge", "Teasel", "Osier", "Bittern", "Curlew", "Godwit", "Reedmace")
EXAMPLE = shipped()
NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def named(text):
    """The wards that a text names."""
    return {ward for ward in WARDS if ward in text}


@pytest.fixture(scope="module")
def harms():
    return shown_by("harm_summary", project=EXAMPLE, quarter=QUARTER)


@pytest.fixture(scope="module")
def voices():
    return shown_by("experience", project=EXAMPLE, quarter=QUARTER)


@pytest.mark.parametrize(
    ("harm", "verdict", "wards"),
    [
        ("self-harm", "concern", {"Teasel"}),
        ("c-difficile", "concern", {"Godwit"}),
        ("restraint", "concern", {"Reedmace"}),
        ("falls", "improvement", {"Bittern", "Curlew"}),
    ],
)
def test_planted_harm_is_found_on_its_page_and_no_quiet_ward_is_named(harm, verdict, wards):
    headline = of_harm(harm)["headline"]

    assert f"A sign of {verdict}: " in headline
    assert named(headline) == wards


@pytest.mark.parametrize("harm", ["medication", "pressure-ulcers", "serious-incident", "death"])
def test_no_ward_is_named_for_a_quiet_harm(harm):
    assert named(of_harm(harm)["headline"]) == set()


def test_a_planted_run_of_zero_is_named_with_how_long_it_is():
    headline = of_harm("cauti")["headline"]

    assert "Bittern ward (12 months since October 2022" in headline
    assert named(headline) == {"Bittern"}


def test_a_ward_whose_falls_hurt_more_is_named():
    words = of_harm("falls")["severity-funnel"].split("That is more than chance explains")[0]

    assert "compared with their average, 15.5%" in words
    assert named(words) == {"Godwit"}


def test_the_summary_of_harm_names_the_planted_signals_only(harms):
    assert harms["headline"].split(" Usual")[0] == (
        "271 incidents in Q2 2023/24. A sign of concern: C. difficile on Godwit ward, Restraints on Reedmace unit "
        "and Self-harm on Teasel ward. A sign of improvement: Falls on Bittern ward and Falls on Curlew ward."
    )


def test_a_rare_harm_has_g_and_t_charts_with_an_interval_that_has_not_ended():
    words = of_harm("serious-incident")["count-chart"]

    assert "g chart" in words
    assert "t chart" in words
    assert "146 days since 7 May 2023, which can only grow" in words


def test_days_since_the_last_are_counted_to_the_quarters_end():
    headline = of_harm("c-difficile", quarter=EARLIER)["headline"]
    log = pd.read_csv(EXAMPLE / "data" / "incidents.csv", parse_dates=["date"])
    mine = log[(log["harm"] == "c-difficile") & (log["date"] <= "2022-12-31")]
    days = (pd.Timestamp("2022-12-31") - mine["date"].max()).days

    assert f"{days} days before 31 December 2022" in headline


def test_a_harm_that_has_not_happened_yet_is_said_so():
    shown = of_harm("slips")

    assert shown["headline"] == "No incident of this harm (Slips) is on record up to 30 September 2023."
    assert "data/incidents.csv" in shown["method"]


def test_a_harm_that_happens_more_often_is_told_so_whichever_chart_judges_it(harms):
    assert re.search(r"C\. difficile\s+Godwit ward .* Concern, higher\n", harms["table"])


def test_the_rate_of_a_harm_that_is_a_measure_is_as_the_ledger_judged_it():
    at = load(EXAMPLE, tables=["incidents"], quarter=QUARTER)
    row = at.chart("falls", unit=at.top_units[0]).summary.iloc[0]

    words = of_harm("falls")["as-judged"]

    assert f"below the mean of {row['centre']:.2f}" in words
    assert f"The target of {row['target']:.2f} or less" in words


def test_without_bed_days_counts_are_judged_and_it_is_said():
    shown = of_harm("medication", bed_days="nothing")

    assert shown["rate-chart"] == "Counts are not divided by bed days, which are not known."
    assert "Wards are not compared" in shown["funnel-chart"]
    assert "C prime control chart" in shown["wards-table"]


def test_a_harm_that_is_a_measure_is_judged_once_as_the_ledger_has_it():
    shown = of_harm("restraint")

    assert {shown[cell] for cell in ("count-chart", "rate-chart", "wards-table", "ward-charts")} == {""}
    assert "Reedmace unit" in shown["verdicts"]
    assert "side by side" in shown["side-by-side"]


@cache
def of_harm(harm, *, quarter=QUARTER, bed_days="bed-occupancy"):
    """What the page of a harm shows."""
    return shown_by("harm", project=EXAMPLE, quarter=quarter, harm=harm, bed_days=bed_days)


def test_planted_inequities_are_found_and_no_other(voices):
    rows = voices["gaps-table"].split("\n:::")[0].splitlines()

    assert len(rows) == 2
    assert re.match(r"\s*Talking therapies\s+Asian or Asian British\s+273\s+70\.0%.*87\.3%", rows[1])
    assert "- Less heard than their part of the caseload: Age: Under 25." in voices["headline-heard"]


def test_nobody_is_quoted_who_did_not_agree(voices):
    log = pd.read_csv(EXAMPLE / "data" / "comments.csv")
    agreed = set(log.loc[log["consent"] == "yes", "quote"].dropna())
    refused = log["quote"].dropna().map(lambda words: words not in agreed)
    shown = voices["quotes"]

    assert not any(words in shown for words in log.loc[refused[refused].index, "quote"])
    assert "Only the words of people who agreed" in shown


def test_what_was_said_stands_beside_what_was_done(voices):
    assert "A second line answers calls in the mornings" in voices["done-table"]


def test_complaints_are_charted_where_they_rise(voices):
    table = voices["complaints-table"].split("\n:::")[0].splitlines()
    rising = {line.split("  ")[0].strip() or line.strip() for line in table if "Concern" in line}

    assert any("Community mental health" in line for line in rising)
    assert "concern since March 2023" in voices["complaints-charts"]


def test_units_are_compared_in_their_own_order_and_never_ranked():
    at = load(EXAMPLE, tables=[], quarter=QUARTER)

    units = compare_units(at).funnels["sickness"].points["unit"].tolist()

    assert units == [name for name in at.units["name"] if name in units]


def test_an_outlier_stands_beside_what_is_known_of_it():
    table = shown_by("variation", project=EXAMPLE, quarter=QUARTER)["outliers-table"]

    assert "Osier ward" in table
    assert "Agency reduction plan agreed (1 November 2022)" in table


def test_a_measure_that_cannot_be_compared_is_said_why(tables):
    shown = shown_by("variation", project=tables.write(), quarter=QUARTER)

    assert "No measure can be compared between units yet." in shown["headline"]
    assert "units that report it: 1 of 5 needed" in shown["lacking"].lower()


def test_funding_rounds_have_the_days_left_at_the_quarters_end():
    bank = shown_by("knowledge", project=EXAMPLE, quarter=QUARTER)

    assert "Safer care round (27 days left)" in bank["headline"]
    assert re.search("Scaling what works.* 100\n", bank["funding-table"])


def test_the_bank_can_be_searched():
    only = {"stage": "testing", "method": "Lean"}

    bank = shown_by("knowledge", project=EXAMPLE, quarter=QUARTER, only=only)

    assert bank["headline"].startswith("- 1 improvement project, of which 0 demonstrators.")
    assert "Telephone triage of referrals" in bank["projects-table"]


def test_a_demonstrator_stands_beside_its_evaluation():
    table = shown_by("knowledge", project=EXAMPLE, quarter=QUARTER)["demonstrators"]

    assert "Catheters out by day three" in table
    assert "No catheter infection since October 2022" in table


INSTEAD = {"harm": {"count-chart", "rate-chart", "wards-table", "ward-charts"}}
"""Cells that are empty where a harm is a measure, which the ledger judges."""


@pytest.mark.parametrize("template", CONVERTED)
def test_a_template_without_rows_in_its_registers_still_has_something_to_say(template, tables):
    shown = shown_by(template, project=tables.write(), quarter=QUARTER)

    assert {cell for cell, words in shown.items() if not words} <= INSTEAD.get(template, set())


@pytest.mark.parametrize("template", CONVERTED)
def test_every_cell_of_an_early_quarters_page_is_made_of_what_was_known(template):
    told = "\n".join(shown_by(template, project=EXAMPLE, quarter="2020-21-q3").values())

    assert "2020" in told
    assert "October 2022 to" not in told
    assert "September 2023 is" not in told


def test_a_project_without_complaints_has_a_page_of_experience_all_the_same(tmp_path):
    shutil.copytree(EXAMPLE / "data", tmp_path / "data")
    for path in (tmp_path / "data").glob("*.csv"):
        rows = path.read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if not row.startswith(("complaints,", "compliments,"))]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")

    shown = shown_by("experience", project=tmp_path, quarter=QUARTER)

    assert shown["complaints-charts"] == "The project has no measure called complaints or compliments."
    assert "<figure" in shown["units-chart"]
