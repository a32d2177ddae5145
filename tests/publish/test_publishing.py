"""One build of a project at a time."""

import subprocess
import sys

import pytest

from sutg_analysis.errors import SiteError
from sutg_analysis.publish.publishing import only_build

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
