"""A published folder is replaced whole."""

import pytest

from sutg_analysis.publish import publishing
from sutg_analysis.publish.publishing import recover, sibling, swap


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
