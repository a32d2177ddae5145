"""The RAP page: 18 criteria, a link each, and something at the end of every link."""

import re

import pytest

from tests.support.reference import reference_pages
from tests.support.samples import ROOT

PAGE = (ROOT / "docs" / "rap.qmd").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)


def test_there_are_the_eighteen_criteria_in_three_levels():
    levels = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]

    assert [int(number) for number, _, _ in ROWS] == list(range(1, 19))
    assert [len(re.findall(r"^\| \d", level, re.MULTILINE)) for level in levels] == [5, 9, 4]


@pytest.mark.parametrize(("number", "criterion", "evidence"), ROWS)
def test_a_criterion_has_evidence_that_is_there(number, criterion, evidence):
    links = re.findall(r"\]\(([^)]+)\)", evidence)

    assert links, criterion
    for link in links:
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        made = reference_pages().get(name)
        path = (ROOT / "docs" / name).resolve()
        assert made or path.is_file(), link
        if anchor:
            text = made or path.read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+?)(?: \{#([\w-]+)\})?$", text, re.MULTILINE)
            assert anchor in {
                own or re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title, own in headings
            }


@pytest.mark.parametrize("name", re.findall(r"\[`[^`]+`\]\(\.\./([^)]+)\)", PAGE))
def test_a_file_named_as_evidence_is_kept_under_version_control(name):
    import subprocess

    done = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--error-unmatch", name], capture_output=True, check=False
    )
    if done.returncode == 128:
        pytest.skip("no git here: this is no clone")

    assert done.returncode == 0, name
