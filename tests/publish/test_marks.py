"""Verdicts on pages, held against the ledger."""

import pytest

from sutg_analysis.errors import SiteError
from sutg_analysis.publish.marks import check_marks

PAGE = '<tr data-only-priority="Access" data-series="falls/ward-a" data-variation="common" data-assurance="pass"><td>'


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "reports" / "2023-24-q2"
    folder.mkdir(parents=True)
    ledger = ["measure_id,unit_id,variation,assurance", "falls,ward-a,common,pass", "waits,,concern_low,fail"]
    (folder / "ledger.csv").write_text("\n".join(ledger), encoding="utf-8")
    (folder / "board_report.html").write_text(f"<table>{PAGE}{PAGE}</table>", encoding="utf-8")
    (tmp_path / "index.html").write_text("<p>Home</p>", encoding="utf-8")
    return tmp_path


def test_marks_that_are_the_ledgers_are_counted(site):
    assert check_marks(site, reports=site / "reports") == 2


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (
            PAGE.replace("common", "concern_high"),
            "shows falls/ward-a as concern_high, pass; expected common, pass",
        ),
        (PAGE.replace("pass", "fail"), "shows falls/ward-a as common, fail"),
        (
            PAGE.replace("ward-a", "ward-b"),
            "shows falls/ward-b as common, pass; expected a series of ledger.csv",
        ),
        (PAGE.replace(' data-variation="common"', ""), "shows falls/ward-a as , pass"),
    ],
)
def test_a_mark_that_is_not_the_ledgers_stops_publishing(site, now, words):
    (site / "reports" / "2023-24-q2" / "board_report.html").write_text(now, encoding="utf-8")

    with pytest.raises(SiteError, match=r"reports/2023-24-q2/board_report\.html") as caught:
        check_marks(site, reports=site / "reports")

    assert words in str(caught.value)


def test_a_quarter_that_was_published_before_there_was_a_ledger_is_left_as_it_is(site):
    folder = site / "reports" / "2022-23-q1"
    folder.mkdir()
    (folder / "board_report.html").write_text(PAGE.replace("pass", "fail"), encoding="utf-8")

    assert check_marks(site, reports=site / "reports") == 2


def test_a_page_that_a_build_of_some_reports_left_is_held_against_the_ledger_it_was_made_from(site):
    folder = site / "reports" / "2023-24-q2"
    now = (folder / "ledger.csv").read_text(encoding="utf-8")
    (folder / "ledger.csv").write_text(now.replace("common,pass", "concern_high,fail"), encoding="utf-8")
    with pytest.raises(SiteError, match="expected concern_high, fail"):
        check_marks(site, reports=site / "reports")

    (folder / ".ledger-1.csv").write_text(now, encoding="utf-8")

    assert check_marks(site, reports=site / "reports") == 2
