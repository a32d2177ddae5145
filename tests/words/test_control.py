"""What is said of a control chart: tables of results and the sentences and alternative text they must give."""

from math import nan

import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.control.limits import CHARTS
from sutg_analysis.control.rules import ASSURANCES, VARIATIONS, verdict_of
from tests.support.sentences_of_charts import TRUTH as OF_CHARTS
from tests.support.sentences_of_doubts import REBASE
from tests.support.sentences_of_doubts import TRUTH as OF_DOUBTS
from tests.support.sentences_of_verdicts import TRUTH as OF_VERDICTS
from tests.support.series import CALM, HIGH, at, one

EVERY = {**OF_VERDICTS, **OF_CHARTS, **OF_DOUBTS}


@pytest.mark.parametrize("case", EVERY)
def test_the_sentences_say_what_the_chart_shows(case):
    result, options, expected, _ = EVERY[case]

    assert result.words(**{"title": "Falls", **options}) == expected


@pytest.mark.parametrize("case", EVERY)
def test_the_alternative_text_says_it_in_under_sixty_words(case):
    result, options, _, expected = EVERY[case]

    told = result.alt_text(**{"title": "Falls", **options})

    assert told == expected
    assert len(told.split()) < 60


def test_the_table_holds_every_variation_assurance_and_rule():
    rows = [row for result, *_ in OF_VERDICTS.values() for row in result.summary.to_dict("records")]

    assert {row["variation"] for row in rows} == set(VARIATIONS)
    assert {row["assurance"] for row in rows} == set(ASSURANCES)
    assert {rule for row in rows for rule in row["signals"].split(", ")} == {
        "",
        "outside",
        "shift",
        "trend",
        "two_of_three",
    }


@pytest.mark.parametrize("case", OF_VERDICTS)
def test_sentences_and_alternative_text_speak_of_one_verdict(case):
    result, options, *_ = OF_VERDICTS[case]
    verdict = verdict_of(result.summary["variation"].iloc[0])

    said, told = result.words(**options).lower(), result.alt_text(**options).lower()

    assert (verdict in ("improvement", "concern")) == (
        "a sign of" in said.split("neither")[0] and verdict in said
    )
    assert (verdict in told) or verdict in ("common", "neutral")


@pytest.mark.parametrize("case", OF_VERDICTS)
def test_words_need_no_arguments(case):
    result = OF_VERDICTS[case][0]

    assert result.words().endswith(".")
    assert result.alt_text().endswith(".")


def test_the_table_holds_every_kind_of_chart_but_the_primed():
    shown = {result.chart_type for result, *_ in OF_CHARTS.values()}

    assert shown == {name for name in CHARTS if not name.endswith("_prime")}


def test_the_alternative_text_of_many_charts_counts_verdicts_and_names_a_few():
    frames = [at(HIGH if place < 2 else CALM, ward=f"Ward {place}") for place in range(13)]
    result = spc(pd.concat(frames), value="y", date="date", by="ward", improvement="decrease")

    told = result.alt_text(title="Falls", unit="count")

    assert told == (
        "13 small XmR control charts of Falls, count by month, April 2022 to August 2023. "
        "Concern: Ward 0 and Ward 1. Usual variation: 11 charts."
    )


def test_a_word_of_limits_is_never_said_of_a_run_chart():
    result = one([*CALM[:6], nan, *CALM[7:]], chart="run", rebase="2023-03-01")

    assert "limit" not in result.words() + result.alt_text()


def test_a_long_title_and_unit_are_cut_in_the_alternative_text():
    result = one(HIGH, target=9000, improvement="decrease", rebase=REBASE)

    told = result.alt_text(title="word " * 40, unit="falls " * 30)

    assert len(told.split()) < 60


def test_a_series_without_a_point_that_counts_has_no_latest_value():
    result = one([5.0, 6.0], exclude=["2022-04-01", "2022-05-01"])

    assert result.summary[["latest", "latest_date"]].isna().all(axis=None)
    assert result.words().startswith("There is no value yet.")
