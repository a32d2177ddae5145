"""What was published is made again and compared."""

import json
import shutil

import pytest

from sutg_analysis.errors import SiteError
from sutg_analysis.publish.build import build
from sutg_analysis.publish.verify import verify
from tests.support.tables import Tables

pytestmark = pytest.mark.kernel
PAGES = ("measure-falls", "measure-seen")


@pytest.fixture(scope="module")
def built(tmp_path_factory, warm):
    root = warm(Tables(tmp_path_factory.mktemp("verified") / "mine").write())
    build(root, reports=PAGES, renderer="pandoc")
    return root


@pytest.fixture
def project(built, tmp_path):
    shutil.copytree(built, tmp_path / "mine")
    return tmp_path / "mine"


def test_a_fresh_build_verifies(project):
    result = verify(project, reports=PAGES)

    assert result.pages == PAGES
    assert result.differences == ()


def test_a_changed_row_names_the_report_and_its_outputs(project):
    path = project / "data/observations.csv"
    path.write_text(path.read_text().replace("falls,ward-a,2023-09-01,4", "falls,ward-a,2023-09-01,44"))

    result = verify(project, reports=PAGES)

    assert {difference.report for difference in result.differences} == {"measure-falls"}
    outputs = [difference.output for difference in result.differences]
    assert any("show_charts" in output for output in outputs)
    assert "the file falls--trust.csv" in outputs


def test_another_version_is_named_whatever_the_outputs(project):
    path = project / "reports/2023-24-q2/files/measure-seen/record.json"
    record = json.loads(path.read_text())
    record["versions"]["pandas"] = "2.2.0"
    path.write_text(json.dumps(record))

    (found,) = verify(project, reports=("measure-seen",)).differences

    assert str(found).startswith("measure-seen: the version of pandas: was 2.2.0, is ")


def test_a_page_edited_by_hand_is_named(project):
    path = project / "reports/2023-24-q2/measure-seen.ipynb"
    path.write_text(path.read_text().replace("Seen in time", "Seen late"))

    result = verify(project, reports=("measure-seen",))

    assert {difference.report for difference in result.differences} == {"measure-seen"}


def test_nothing_published_is_refused(tables):
    with pytest.raises(SiteError, match="nothing is published of any quarter"):
        verify(tables.write())


@pytest.mark.parametrize("name", ["seen--trust.csv", "seen--trust.xlsx", "seen--trust.png"])
def test_a_download_that_cannot_be_read_is_a_difference(project, name):
    path = project / "reports/2023-24-q2/files/measure-seen" / name
    path.write_bytes(b"\xff\xfe")

    outputs = [found.output for found in verify(project, reports=("measure-seen",)).differences]

    assert f"the file {name}" in outputs


def test_a_download_of_the_site_that_is_not_the_one_kept_is_named(project):
    path = project / "_site/reports/2023-24-q2/files/measure-seen/seen--trust.csv"
    path.write_text(path.read_text().replace("1", "2"))

    (found,) = verify(project, reports=("measure-seen",)).differences

    assert found.output == "the file seen--trust.csv of the site"
