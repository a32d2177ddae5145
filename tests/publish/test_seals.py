"""A quarter that is published, with a later one beside it, changes only for a reason, and says so."""

import shutil

import pytest

from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.publish.build import build
from sutg_analysis.publish.records import read_record
from tests.support.tables import Tables

pytestmark = pytest.mark.kernel
Q1, Q2 = "2023-24-q1", "2023-24-q2"
PAGE = ("measure-falls",)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory, warm):
    """A project with two quarters published, the earlier changed since."""
    root = warm(Tables(tmp_path_factory.mktemp("sealed") / "mine").write())
    for quarter in (Q1, Q2):
        build(root, quarter=quarter, reports=PAGE, renderer="pandoc")
    path = root / "data/observations.csv"
    path.write_text(path.read_text().replace("falls,ward-a,2023-06-01,5", "falls,ward-a,2023-06-01,12"))
    return root


@pytest.fixture
def project(sealed, tmp_path):
    shutil.copytree(sealed, tmp_path / "mine")
    return tmp_path / "mine"


def test_a_sealed_quarter_is_not_changed_without_a_reason(project):
    before = (project / f"_site/reports/{Q1}/measure-falls.html").read_bytes()

    with pytest.raises(SiteError, match="Q1 2023/24 is published and sealed.*measure-falls.*--republish"):
        build(project, quarter=Q1, reports=PAGE, renderer="pandoc")

    assert (project / f"_site/reports/{Q1}/measure-falls.html").read_bytes() == before


def test_the_latest_quarter_is_open(project):
    assert build(project, reports=PAGE, renderer="pandoc").failed == ()


def test_a_build_of_the_latest_leaves_the_sealed_pages_as_they_were(project):
    build(project, reports=PAGE, renderer="pandoc")

    page = (project / f"_site/reports/{Q1}/measure-falls.html").read_text()
    assert "12 in June 2023" not in page
    assert "5 in June 2023" in page


def test_a_reason_republishes_and_page_index_and_record_say_so(project):
    build(project, quarter=Q1, reports=PAGE, renderer="pandoc", republish="Late returns of Ward A")

    page = (project / f"_site/reports/{Q1}/measure-falls.html").read_text()
    assert "12 in June 2023" in page
    assert "Revised on" in page
    assert "Late returns of Ward A" in " ".join(page.split())
    index = (project / f"_site/reports/{Q1}/index.html").read_text()
    assert "Late returns of Ward A" in " ".join(index.split())
    record = read_record(project / "reports" / Q1, "measure-falls")
    assert [entry["reason"] for entry in record.revisions] == ["Late returns of Ward A"]


def test_a_second_build_of_a_sealed_quarter_that_changes_nothing_is_no_change(project):
    build(project, quarter=Q1, reports=PAGE, renderer="pandoc", republish="Late returns")

    result = build(project, quarter=Q1, reports=PAGE, renderer="pandoc")

    assert [outcome.status for outcome in result.outcomes] == ["unchanged"]


def test_an_empty_reason_is_none(project):
    with pytest.raises(ArgumentError, match="--republish with an empty reason"):
        build(project, quarter=Q1, reports=PAGE, renderer="pandoc", republish=" ")


@pytest.mark.parametrize("name", ["measure-falls.ipynb", "files/measure-falls/falls--units.csv"])
@pytest.mark.parametrize("deed", ["changed", "deleted"])
def test_a_kept_page_that_was_changed_or_deleted_by_hand_is_not_published(project, name, deed):
    path = project / "reports" / Q1 / name
    if deed == "changed":
        path.write_text(f"{path.read_text()} ")
    else:
        path.unlink()

    with pytest.raises(
        SiteError, match=rf"reports/{Q1}/{name} is not what the build kept: it was {deed}.*--republish"
    ):
        build(project, reports=PAGE, renderer="pandoc")
