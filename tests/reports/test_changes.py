"""What changed this quarter is said in five sentences, new concern first."""

from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.quality.scorecard import score
from sutg_analysis.reports.board import SENTENCES, verdict_changes, what_changed

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cards():
    catalogue = load(ROOT)
    return tuple(score(catalogue, quarter=Quarter(2023, number)) for number in (1, 2))


def summary(*rows):
    return pd.DataFrame(rows, columns=["measure_id", "unit_id", "variation", "assurance"])


def kinds(before, now):
    return verdict_changes(summary(("a", "t", *now)), summary(("a", "t", *before)))["kind"].tolist()


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (("common", "pass"), ("concern_high", "pass"), ["concern"]),
        (("concern_high", "pass"), ("concern_low", "pass"), []),
        (("concern_high", "pass"), ("improvement_low", "pass"), ["improvement"]),
        (("concern_high", "pass"), ("common", "pass"), ["ended"]),
        (("common", "pass"), ("common", "fail"), ["assurance"]),
        (("common", "none"), ("common", "fail"), []),
        (("too_few", "none"), ("concern_high", "fail"), ["concern"]),
        (("common", "hit_or_miss"), ("concern_high", "fail"), ["concern", "assurance"]),
    ],
)
def test_a_change_of_verdict_has_a_kind(before, now, expected):
    assert kinds(before, now) == expected


def test_a_series_that_was_not_there_is_new():
    result = verdict_changes(summary(("a", "t", "concern_high", "fail")), summary().astype("str"))

    assert result["kind"].tolist() == ["concern"]


def test_there_are_five_sentences_and_new_concern_comes_first(cards):
    result = what_changed(cards[1], cards[0])

    assert len(result) == SENTENCES
    assert "a sign of concern that is new this quarter" in result[0]
    signs = [
        next((sign for sign in ("concern", "improvement", "change") if f"sign of {sign}" in text), "")
        for text in result
    ]
    assert signs == sorted(signs, key=["concern", "improvement", "change", ""].index)


def test_no_signal_that_was_there_before_is_called_new(cards):
    old = cards[0].summary.set_index(["title", "unit_name"])["variation"].astype("str").str.split("_").str[0]

    for text in what_changed(cards[1], cards[0], sentences=20)[:-1]:
        for (title, unit), head in old.items():
            if text.startswith(f"{title} ({unit}) shows a sign of"):
                assert f"a sign of {head}" not in text


def test_with_nothing_before_every_signal_is_new(cards):
    result = what_changed(cards[1])

    assert len(result) == SENTENCES
    assert all("new this quarter" in text for text in result[:-1])


def test_the_same_verdicts_are_one_sentence(cards):
    result = what_changed(cards[1], cards[1])

    assert result == (
        f"No chart changed its verdict: {len(cards[1].summary)} charts show what they did last quarter.",
    )
