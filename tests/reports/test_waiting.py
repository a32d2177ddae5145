"""The page of a waiting list: what is planted in the example is named where it is, and nowhere else."""

import io
import re
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from example.referrals import truth
from sutg_analysis import compare_waits, load, waiting_list_forecast
from sutg_analysis.cli import app
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.project import shipped
from sutg_analysis.waiting.project import planned, planned_at, waiting_lists
from tests.support.notebooks import shown_by

SERVICES = (
    "community-mental-health", "continence", "district-nursing", "early-intervention", "learning-disability",
    "neurodevelopmental", "talking-therapies",
)  # fmt: skip
FIGURES = ("list-chart", "flow-charts", "bands-chart", "waits-chart", "target-chart", "equity-chart", "capacity-chart",
           "forecast-chart")  # fmt: skip


@pytest.fixture(scope="module")
def lists():
    return waiting_lists(load(shipped(), tables=["pathways"], quarter="2023-24-q2"), project=shipped())


@cache
def page(service):
    """What the example's page of a service shows, by cell."""
    return page_of(shipped(), service=service)


def page_of(project, *, service="continence", quarter="2023-24-q2"):
    return shown_by("waiting_list", project=project, service=service, quarter=quarter)


@pytest.fixture
def mine(tmp_path):
    """A project of the example's tables, with the referrals given."""

    def write(pathways, clocks=None):
        shutil.copytree(shipped() / "data", tmp_path / "data", dirs_exist_ok=True)
        (tmp_path / "data" / "pathways.parquet").unlink(missing_ok=True)
        pathways.to_csv(tmp_path / "data" / "pathways.csv", index=False, date_format="%Y-%m-%d")
        if clocks is not None:
            (tmp_path / "data" / "clocks.toml").write_text(clocks, encoding="utf-8")
        return tmp_path

    return write


def referrals(service="continence"):
    rows = pd.read_parquet(shipped() / "data" / "pathways.parquet")
    return rows[rows["service"] == service].reset_index(drop=True)


@pytest.mark.parametrize("service", SERVICES)
def test_planted_inequity_is_named_on_its_own_page_with_its_size_and_on_no_other(service):
    planted = truth().query("kind == 'inequity'").set_index("service")
    told = page(service)["equity-chart"]

    if service not in planted.index:
        assert "is shown beyond chance" in page(service)["headline"]
        return
    weeks = float(planted.loc[service, "size"]) / 7
    lower, upper = re.search(
        r"longer on average .*?range of chance ([\d.]+) to ([\d.]+) weeks", told
    ).groups()
    assert planted.loc[service, "group"] in told or "most deprived fifth" in told
    assert float(lower) <= weeks <= float(upper)


def test_the_headlines_say_who_waits_longer():
    therapies = page("talking-therapies")["headline"]
    community = page("community-mental-health")["headline"]

    assert "People in the most deprived fifth wait 2.0 weeks longer on average" in therapies
    assert "People whose ethnicity is Black or Black British wait 4.0 weeks longer on average" in community


@pytest.mark.parametrize("service", SERVICES)
def test_lost_capacity_is_named_on_its_own_page_and_on_no_other(service):
    told = page(service)["headline"]

    assert ("Capacity was lost" in told or "Capacity has been lost" in told) == (
        service in {"continence", "neurodevelopmental"}
    )


def test_lost_capacity_is_dated_as_it_was_planted():
    told = page("continence")["headline"]

    assert "Capacity was lost: from November 2022 to March 2023" in told
    assert (
        "Capacity has been lost: from January 2023 to September 2023"
        in page("neurodevelopmental")["headline"]
    )


@pytest.mark.parametrize("service", ["district-nursing", "early-intervention"])
def test_a_quiet_service_is_quiet(service):
    told = page(service)["headline"]

    assert "concern" not in told
    steady = "More join than leave, and the list is still within the size that meets its target"
    assert "Capacity holds the list at its target" in told or steady in told


def test_a_page_of_an_earlier_quarter_uses_nothing_later(mine):
    end, rows = pd.Timestamp("2022-12-31"), referrals()
    known = rows[rows["referred"] <= end].copy()
    known["outcome"] = known["outcome"].where(known["closed"] <= end)
    known[["seen", "closed"]] = known[["seen", "closed"]].where(known[["seen", "closed"]] <= end)

    now, then = (page_of(mine(table), quarter="2022-23-q3") for table in (rows, known))

    for cell in set(now) - {"method"}:
        assert _unsigned(now[cell]) == _unsigned(then[cell]), cell


def _unsigned(text):
    """Return a piece without the line that names the file it was made from."""
    return "\n".join(line for line in text.splitlines() if "SHA-256" not in line)


def test_every_figure_has_two_drawings_an_alternative_a_table_and_downloads():
    text = "\n".join(page("continence")[cell] for cell in FIGURES)
    names = re.findall(r'<figure class="sutg-figure" id="([\w-]+)"', text)

    assert len(names) == len(set(names)) == text.count("sutg-wide") == text.count("sutg-narrow") == 9
    assert text.count('<table class="sutg-table"') == text.count('.xlsx"') == 9


def test_the_alternative_says_the_numbers_of_the_chart():
    assert (
        "Bar chart. At the end of September 2023, 434 people were waiting, 84.1% of them within the target"
        in page("continence")["bands-chart"]
    )


def test_small_groups_have_no_numbers(mine):
    rows = referrals().tail(3000).reset_index(drop=True)
    rows.loc[rows.index[:4], "ethnicity"] = "Rare"
    table = page_of(mine(rows))["equity-chart"]

    assert "Too few to say: people whose ethnicity is Rare" in table
    assert "<td>Too few</td>" in table


def test_people_of_groups_are_rounded_so_that_none_can_be_found_by_subtraction(lists):
    asked = {"rules": {"continence": lists.rule("continence")}, "latest": lists.end, "target": 18}
    result = compare_waits(lists.rows("continence"), entry="2021-10-01", at=lists.end, **asked)

    people = pd.read_csv(io.BytesIO(result.show(title="x").files["x.csv"]))["people"]

    assert (people.dropna() % 10 == 0).all()


def test_a_short_history_says_that_there_is_no_forecast(lists, mine):
    shown = page_of(mine(referrals()), quarter="2020-21-q1")

    assert shown["forecast-chart"] == "There are 3 months of history, and a forecast needs 6."
    assert all(shown.values())


def test_a_service_that_closed_long_ago_still_has_its_page(mine):
    rows = referrals()
    old = rows[rows["closed"] < "2021-01-01"].assign(service="district-nursing")
    both = pd.concat([rows, old.assign(referral_id="X" + old["referral_id"])], ignore_index=True)
    shown = page_of(mine(both), service="district-nursing")

    assert "nobody was waiting" in shown["headline"]
    assert "groups cannot be compared" in shown["equity-chart"]
    assert all(shown.values())


def test_referrals_without_groups_or_outcomes_will_do(mine):
    rows = referrals().assign(outcome=None, age_band=None, ethnicity=None, imd_quintile=None)
    shown = page_of(mine(rows))

    assert shown["equity-chart"] == "There are too few people in any two groups to compare their waits."
    assert "Not recorded: deprivation of 100.0%" in shown["quality"]


def test_a_misspelt_service_is_refused_with_a_suggestion(mine):
    with pytest.raises(
        ArgumentError, match="no referrals to 'contience' up to Q2.*did you mean 'continence'"
    ):
        page_of(mine(referrals()), service="contience")


def test_clock_rules_of_a_service_that_is_not_there_are_refused(mine):
    root = mine(referrals(), clocks="[services.contience]\ntarget_weeks = 6\n")

    with pytest.raises(
        DataError, match=r"data/clocks.toml names the service 'contience'.*did you mean 'continence'"
    ):
        page_of(root)


def test_faults_of_clock_rules_are_found_before_anything_runs(mine):
    root = mine(referrals(), clocks="[services.continence]\ntarget_week = 6\n")

    result = CliRunner().invoke(app, ["check", "--project", str(root)])

    assert isinstance(result.exception, DataError)
    assert "data/clocks.toml: the setting 'target_week' of the clock of continence" in str(result.exception)


def test_the_clock_rules_of_the_project_are_used(mine):
    root = mine(referrals(), clocks="[services.continence]\ntarget_weeks = 5\nstandard = 0.5\n")
    told = page_of(root)["headline"]

    assert "had waited 5 weeks or less" in told
    assert "target of 50% within 5 weeks" in told


def test_without_clock_rules_a_wait_may_take_eighteen_weeks(mine):
    root = mine(referrals())
    (root / "data" / "clocks.toml").unlink()

    at = load(root, tables=["pathways"], quarter="2023-24-q2")

    assert waiting_lists(at, project=root).rule("continence").target_weeks == 18


def test_a_planned_size_holds_from_its_month_until_the_next(lists):
    rule = lists.rule("continence")

    assert planned(rule)["start"].dt.strftime("%Y-%m").tolist() == ["2023-06", "2023-09", "2023-12"]
    assert planned_at(rule, pd.Timestamp("2023-08-31")) == 700
    assert pd.isna(planned_at(rule, pd.Timestamp("2023-05-31")))
    assert "The plan for now is 450 or fewer: it is met." in page("continence")["headline"]


def test_scenarios_of_ones_own_stand_beside_as_now(lists):
    months = lists.counted("continence").points

    result = waiting_list_forecast(months, target=300, scenarios={"Ten more a week": {"extra_capacity": 10}})

    assert result.summary["scenario"].tolist() == ["As now", "Ten more a week"]


def test_the_notebooks_of_waiting_lists_have_no_output():
    import nbformat

    for name in ("waiting_list", "access_summary"):
        book = nbformat.read(Path(shipped()) / "notebooks" / f"{name}.ipynb", as_version=4)
        assert all(not cell.get("outputs") for cell in book.cells)
