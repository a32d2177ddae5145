"""Words that tell a hidden count are found wherever a file holds them, and words that do not are left alone."""

import json

import pytest

from sutg_analysis.publish.exposure import exposures
from sutg_analysis.publish.mentions import Secret
from tests.support.leaks import FOUR, JULY, four_falls


@pytest.fixture
def site(tmp_path):
    return four_falls(tmp_path)


def found(root, name, text):
    (root / "_site" / name).write_text(text, encoding="utf-8")
    return exposures(root / "_site", root)[["place", "period", "count", "how"]].values.tolist()


TELLING = (
    "Ward C: 4 in July 2023.",
    "There were 4 falls in Jul 2023 on Ward C.",
    "Ward C July 2023 4",
    "Ward C, 2023-07: 4",
    "Falls on Ward C were 4.0 on 1 July 2023",
    "Ward A: 12 in July 2023; Ward C: 4 in July 2023",
    "Ward C: 12 in June 2023, and 4 in July 2023",
)
SILENT = (
    "Ward C: [c] in July 2023.",
    "Ward C: 4 in June 2023.",
    "Ward A: 4 in July 2023.",
    "Ward C: 14 in July 2023, 4.5 in June 2023",
    "Ward C moved on 4 July 2023",
    "Ward C, 2023-07-04",
    "Calls of Ward C: 4 in July 2023",
    "Ward C. There were 4 of these",
    "Of the many things that Ward C did for its patients over July 2023, phase 4 of the plan was one",
)


@pytest.mark.parametrize("words", TELLING)
def test_a_sentence_that_tells_a_hidden_count_is_found(site, words):
    assert found(site, "measure-falls.html", f"<main><p>{words}</p></main>") == FOUR


@pytest.mark.parametrize("words", SILENT)
def test_a_sentence_that_tells_none_is_no_finding(site, words):
    assert found(site, "measure-falls.html", f"<main><p>{words}</p></main>") == []


PLACES = {
    "in bold": ("measure-falls.html", "<p><b>Ward C</b>: <em>4</em> in July 2023</p>"),
    "an alternative text": ("measure-falls.html", '<img src="a.png" alt="Ward C: 4 in July 2023.">'),
    "a title": ("measure-falls.html", '<abbr title="Ward C: 4 in July 2023">x</abbr>'),
    "a comment of a page": ("measure-falls.html", "<!-- Ward C: 4 in July 2023 -->"),
    "the page of the unit": ("unit-c.html", "<p>Falls: 4 in July 2023.</p>"),
    "a page of neither": ("index.html", "<p>Falls, Ward C: 4 in July 2023.</p>"),
    "a figure": ("index.html", '<figure class="sutg-figure" id="falls--c"><p>4 in July 2023</p></figure>'),
    "a drawing": ("files/measure-falls/a.svg", "<svg><desc>Ward C July 2023 4</desc></svg>"),
    "a text": ("files/measure-falls/a.txt", "Ward C: 4 in July 2023."),
    "a name in JSON": ("files/measure-falls/a.json", json.dumps({"raw": {"falls Ward C 2023-07-01": 4}})),
    "names in JSON": ("a.json", json.dumps({"falls": {"Ward C": {JULY: 4}}})),
    "a record in JSON": ("a.json", json.dumps([{"measure": "falls", "unit": "Ward C", "period": JULY, "n": 4}])),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_words_are_found_wherever_they_stand(site, place):
    assert found(site, *PLACES[place]) == FOUR


def test_a_rate_tells_its_count_to_the_decimals_that_it_is_written_with():
    secret = Secret(frozenset({4}), 9.347)

    result = [secret.is_told_by(number) for number in ("4", "4.0", "9", "9.3", "9.35", "9.4", "0", "40")]

    assert result == [True, True, True, True, True, False, False, False]
