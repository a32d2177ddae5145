"""The page of a waiting list: what is planted in the example is named where it is, and nowhere else."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from example.referrals import truth
from sutg_analysis.cli import app
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.project import shipped
from sutg_analysis.reports.waiting import WaitingReport, waiting_report
from sutg_analysis.waiting.project import lists_of, planned, planned_at

SERVICES = (
    "community-mental-health", "continence", "district-nursing", "early-intervention", "learning-disability",
    "neurodevelopmental", "talking-therapies",
)  # fmt: skip
PIECES = ("headline", "list_chart", "flow_charts", "bands_chart", "waits_chart", "target_chart", "equity_chart",
          "capacity_chart", "forecast_chart", "quality", "method")  # fmt: skip


@pytest.fixture(scope="module")
def lists():
    return lists_of(shipped(), quarter="2023-24-q2")


@pytest.fixture(scope="module")
def page(lists):
    pages = {service: WaitingReport(lists, service) for service in SERVICES}
    return pages.__getitem__


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
def test_planted_inequity_is_named_on_its_own_page_with_its_size_and_on_no_other(page, service):
    planted = truth().query("kind == 'inequity'").set_index("service")
    result = page(service).equity.unequal

    if service not in planted.index:
        assert result.empty
        assert "is shown beyond chance" in page(service).headline().markdown
        return
    row, found = planted.loc[service], result.iloc[0]
    assert [str(group) for group in result["group"]] == [row["group"]]
    assert found["lower"] <= float(row["size"]) / 7 <= found["upper"]


def test_the_headlines_say_who_waits_longer(page):
    therapies = page("talking-therapies").headline().markdown
    community = page("community-mental-health").headline().markdown

    assert "People in the most deprived fifth wait 2.0 weeks longer on average" in therapies
    assert "People whose ethnicity is Black or Black British wait 4.0 weeks longer on average" in community


@pytest.mark.parametrize("service", SERVICES)
def test_lost_capacity_is_named_on_its_own_page_and_on_no_other(page, service):
    told = page(service).headline().markdown

    assert ("Capacity was lost" in told or "Capacity has been lost" in told) == (
        service in {"continence", "neurodevelopmental"}
    )


def test_lost_capacity_is_dated_as_it_was_planted(page):
    told = page("continence").headline().markdown

    assert "Capacity was lost: from November 2022 to March 2023" in told
    assert (
        "Capacity has been lost: from January 2023 to September 2023"
        in page("neurodevelopmental").headline().markdown
    )


@pytest.mark.parametrize("service", ["district-nursing", "early-intervention"])
def test_a_quiet_service_is_quiet(page, service):
    told = page(service).headline().markdown

    assert "concern" not in told
    assert "Capacity holds the list at its target" in told


def test_a_page_of_an_earlier_quarter_uses_nothing_later(mine):
    end, rows = pd.Timestamp("2022-12-31"), referrals()
    known = rows[rows["referred"] <= end].copy()
    known["outcome"] = known["outcome"].where(known["closed"] <= end)
    known[["seen", "closed"]] = known[["seen", "closed"]].where(known[["seen", "closed"]] <= end)

    now = waiting_report(mine(rows), service="continence", quarter="2022-23-q3")
    then = waiting_report(mine(known), service="continence", quarter="2022-23-q3")

    for piece in set(PIECES) - {"method"}:
        texts = [_unsigned(getattr(report, piece)().markdown) for report in (now, then)]
        assert texts[0] == texts[1], piece


def _unsigned(text):
    """Return a piece without the line that names the file it was made from."""
    return "\n".join(line for line in text.splitlines() if "SHA-256" not in line)


def test_every_figure_has_two_drawings_an_alternative_a_table_and_files(page):
    report = page("continence")
    blocks = [getattr(report, piece)() for piece in PIECES[1:9]]
    text = "\n".join(block.markdown for block in blocks)
    files = [name for block in blocks for name in block.files]

    assert text.count("<figure") == text.count("sutg-wide") == text.count("sutg-narrow") == 9
    assert text.count('<table class="sutg-table"') == 9
    assert len(files) == len(set(files)) == 9 * 4


def test_the_alternative_says_the_numbers_of_the_chart(page):
    assert (
        "Bar chart. At the end of September 2023, 328 people were waiting."
        in page("continence").bands_chart().markdown
    )


def test_small_groups_have_no_numbers(mine):
    rows = referrals().tail(3000).reset_index(drop=True)
    rows.loc[rows.index[:4], "ethnicity"] = "Rare"
    report = waiting_report(mine(rows), service="continence", quarter="2023-24-q2")

    table = report.equity_chart().markdown

    assert report.equity.frame.query("group == 'Rare'")[["people", "mean", "lower"]].isna().all(axis=None)
    assert "Too few to say: people whose ethnicity is Rare" in table
    assert "<td>Too few</td>" in table


def test_people_of_groups_are_rounded_so_that_none_can_be_found_by_subtraction(page):
    text = page("continence").equity_chart().files["continence--fairness.csv"].decode()
    people = [line.split(",")[3] for line in text.splitlines()[1:]]

    assert all(float(number) % 10 == 0 for number in people if number)


def test_a_short_history_says_that_there_is_no_forecast(lists, mine):
    report = waiting_report(mine(referrals()), service="continence", quarter="2020-21-q1")

    assert report.forecast_chart().markdown == "There are 3 months of history, and a forecast needs 6."
    for piece in PIECES:
        assert getattr(report, piece)().markdown


def test_a_service_that_closed_long_ago_still_has_its_page(mine):
    rows = referrals()
    old = rows[rows["closed"] < "2021-01-01"].assign(service="district-nursing")
    both = pd.concat([rows, old.assign(referral_id="X" + old["referral_id"])], ignore_index=True)
    report = waiting_report(mine(both), service="district-nursing", quarter="2023-24-q2")

    assert "nobody was waiting" in report.headline().markdown
    assert "groups cannot be compared" in report.equity_chart().markdown
    for piece in PIECES:
        assert getattr(report, piece)().markdown


def test_referrals_without_groups_or_outcomes_will_do(mine):
    rows = referrals().assign(outcome=None, age_band=None, ethnicity=None, imd_quintile=None)
    report = waiting_report(mine(rows), service="continence", quarter="2023-24-q2")

    assert (
        report.equity_chart().markdown == "There are too few people in any two groups to compare their waits."
    )
    assert "Not recorded: deprivation of 100.0%" in report.quality().markdown


def test_a_misspelt_service_is_refused_with_a_suggestion(mine):
    with pytest.raises(
        ArgumentError, match="no referrals to 'contience' up to Q2.*did you mean 'continence'"
    ):
        waiting_report(mine(referrals()), service="contience", quarter="2023-24-q2")


def test_clock_rules_of_a_service_that_is_not_there_are_refused(mine):
    root = mine(referrals(), clocks="[services.contience]\ntarget_weeks = 6\n")

    with pytest.raises(
        DataError, match=r"data/clocks.toml names the service 'contience'.*did you mean 'continence'"
    ):
        waiting_report(root, service="continence", quarter="2023-24-q2")


def test_faults_of_clock_rules_are_found_before_anything_runs(mine):
    root = mine(referrals(), clocks="[services.continence]\ntarget_week = 6\n")

    result = CliRunner().invoke(app, ["check", "--project", str(root)])

    assert isinstance(result.exception, DataError)
    assert "data/clocks.toml: the setting 'target_week' of the clock of continence" in str(result.exception)


def test_the_clock_rules_of_the_project_are_used(mine):
    root = mine(referrals(), clocks="[services.continence]\ntarget_weeks = 5\nstandard = 0.5\n")
    report = waiting_report(root, service="continence", quarter="2023-24-q2")

    assert "had waited 5 weeks or less" in report.headline().markdown
    assert "target of 50% within 5 weeks" in report.headline().markdown


def test_without_clock_rules_a_wait_may_take_eighteen_weeks(mine):
    root = mine(referrals())
    (root / "data" / "clocks.toml").unlink()

    assert waiting_report(root, service="continence", quarter="2023-24-q2").rule.target_weeks == 18


def test_a_planned_size_holds_from_its_month_until_the_next(page):
    rule = page("continence").rule

    assert planned(rule)["start"].dt.strftime("%Y-%m").tolist() == ["2023-06", "2023-09", "2023-12"]
    assert planned_at(rule, pd.Timestamp("2023-08-31")) == 600
    assert pd.isna(planned_at(rule, pd.Timestamp("2023-05-31")))
    assert "The plan for now is 400 or fewer: it is met." in page("continence").headline().markdown


def test_scenarios_of_ones_own_stand_beside_as_now(lists):
    report = WaitingReport(lists, "continence", {"Ten more a week": {"extra_capacity": 10}})

    assert report.forecast.summary["scenario"].tolist() == ["As now", "Ten more a week"]


def test_the_notebooks_of_waiting_lists_have_no_output():
    import nbformat

    for name in ("waiting_list", "access_summary"):
        book = nbformat.read(Path(shipped()) / "notebooks" / f"{name}.ipynb", as_version=4)
        assert all(not cell.get("outputs") for cell in book.cells)
