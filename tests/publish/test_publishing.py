"""One build of a project at a time, and a published folder that is replaced whole."""

import subprocess
import sys

import pytest

from sutg_analysis.errors import SiteError
from sutg_analysis.publish import publishing
from sutg_analysis.publish.publishing import only_build, recover, sibling, swap

HOLD = """
import sys
from pathlib import Path
from sutg_analysis.publish.publishing import only_build
with only_build(Path(sys.argv[1]), output=Path(sys.argv[1]) / "site"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the project."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], **pipes) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_build_says_who_holds_the_project_and_leaves(tmp_path, holder):
    with (
        pytest.raises(SiteError, match=rf"another build .* \(process {holder.pid}\)"),
        only_build(tmp_path, output=tmp_path / "site"),
    ):
        pytest.fail("both builds ran")


def test_a_build_that_was_killed_holds_nothing(tmp_path, holder):
    holder.kill()
    holder.wait()

    with only_build(tmp_path, output=tmp_path / "site"):
        held = (tmp_path / "build.pid").read_text()

    assert held.isdigit()


def test_unfinished_work_of_a_killed_build_is_gone(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/half.ipynb").write_text("{")
    (tmp_path / "tables/key.123").mkdir(parents=True)

    with only_build(tmp_path, output=tmp_path / "site"):
        left = sorted(path.name for path in tmp_path.rglob("*"))

    assert left == ["build.lock", "build.pid", "tables"]


def folder(path, text):
    path.mkdir(parents=True)
    (path / "index.html").write_text(text)
    return path


@pytest.fixture(params=[True, False], ids=["exchange", "two renames"])
def exchange(request, monkeypatch):
    """Both ways of swapping: in one step, and where the system has none."""
    if not request.param:
        monkeypatch.setattr(publishing, "_exchange", lambda one, other: False)


@pytest.mark.usefixtures("exchange")
def test_the_new_folder_takes_the_place_of_the_old_and_nothing_else_is_left(tmp_path):
    folder(tmp_path / "_site", "old")

    swap(folder(tmp_path / "stage/made", "new"), output=tmp_path / "_site")

    assert (tmp_path / "_site/index.html").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_site", "stage"]


@pytest.mark.usefixtures("exchange")
def test_a_first_folder_is_published_where_there_was_none(tmp_path):
    swap(folder(tmp_path / "made", "new"), output=tmp_path / "web/_site")

    assert (tmp_path / "web/_site/index.html").read_text() == "new"


def test_a_kill_between_two_renames_is_put_right(tmp_path):
    folder(sibling(tmp_path / "_site", "old"), "old")
    folder(sibling(tmp_path / "_site", "new"), "new")

    recover(tmp_path / "_site")

    assert (tmp_path / "_site/index.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_what_a_kill_left_after_the_exchange_is_deleted(tmp_path):
    folder(tmp_path / "_site", "new")
    folder(sibling(tmp_path / "_site", "new"), "old")

    recover(tmp_path / "_site")

    assert (tmp_path / "_site/index.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]
