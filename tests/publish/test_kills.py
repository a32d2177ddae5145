"""A build killed at any moment leaves the site whole, and the next build is right; fifty: python -m benchmarks.kills."""

import os

import pytest

from benchmarks.kills import PAGES, change, make_project, temporary, trial
from sutg_analysis.publish.build import build

pytestmark = [pytest.mark.kernel, pytest.mark.skipif(os.name != "posix", reason="reads /proc")]


@pytest.fixture(scope="module")
def published(tmp_path_factory, warm):
    root = warm(make_project(tmp_path_factory.mktemp("killed").resolve() / "mine"))
    change(root, 30)
    temporary(root).mkdir()
    assert build(root, reports=PAGES, renderer="pandoc").failed == ()
    return root


@pytest.mark.parametrize("seconds", [1.0, 4.0])
def test_a_killed_build_leaves_a_whole_site_and_nothing_else(published, seconds):
    result = trial(published, value=31 + int(seconds), seconds=seconds)

    assert result.faults == ()
