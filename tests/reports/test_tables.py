"""The table of icons and the matrix say in words what they show in icons."""

import pandas as pd
import pytest

from sutg_analysis.reports.tables import CELL_WORDS, icon_table, sparkline, verdict_matrix

LATEST = pd.Timestamp("2023-09-01")
ROWS = pd.DataFrame(
    {
        "name": ["Falls", "Waits", "Beds <b>"],
        "href": ["#falls", None, None],
        "priority": ["Safety", "Access", "Access"],
        "unit": ["rate", "percent", "percent"],
        "per": [1000.0, 100.0, 100.0],
        "latest": [3.93, 74.9, 91.0],
        "latest_date": [LATEST, pd.Timestamp("2023-07-01"), LATEST],
        "target": [4.5, 92.0, float("nan")],
        "improvement": ["decrease", "increase", "neutral"],
        "variation": ["improvement_low", "concern_low", "too_few"],
        "assurance": ["hit_or_miss", "fail", "none"],
        "course": [[1.0, 2.0], [3.0, float("nan")], []],
    }
)


def test_each_row_says_value_target_variation_and_assurance():
    result = icon_table(ROWS, caption="Measures").plain.splitlines()

    assert result[1].split() == [
        "Falls",
        "3.93",
        "per",
        "1,000",
        "4.50",
        "or",
        "less",
        "Improvement,",
        "lower",
        "Hit",
        "or",
        "miss",
    ]


def test_an_old_value_says_its_date():
    assert "74.9% (July 2023)" in icon_table(ROWS, caption="Measures").markdown


def test_the_caption_says_the_date_of_the_rest():
    assert "<caption>Measures, September 2023</caption>" in icon_table(ROWS, caption="Measures").markdown


def test_a_name_is_escaped_and_linked_where_there_is_a_link():
    html = icon_table(ROWS, caption="Measures").markdown

    assert '<a href="#falls">Falls</a>' in html
    assert "Beds &lt;b&gt;" in html


def test_icons_beside_words_are_silent():
    html = icon_table(ROWS, caption="Measures").markdown

    assert html.count('aria-hidden="true"') == html.count("<svg")


def test_rows_can_be_filtered_by_what_they_say():
    html = icon_table(ROWS, caption="Measures").markdown

    assert (
        '<tr data-only-priority="Access" data-only-variation="Concern, lower" data-only-assurance="Will miss target">'
        in html
    )


def test_every_measure_is_in_one_cell_of_the_matrix():
    html = verdict_matrix(ROWS, caption="Matrix").markdown.split("unless-format")[0]

    assert html.count("<li>") == 3
    assert "Too few points to tell" in html


@pytest.mark.parametrize("assurance", ["pass", "hit_or_miss", "fail", "none"])
@pytest.mark.parametrize("kind", ["improvement", "common", "concern", "neutral"])
def test_every_cell_of_the_matrix_has_words(kind, assurance):
    assert CELL_WORDS[kind, assurance].endswith(".")


def test_the_matrix_shows_a_neutral_row_only_where_something_is_in_it():
    neutral = ROWS.assign(variation="neutral_high")

    assert ">Change<" not in verdict_matrix(ROWS, caption="Matrix").markdown
    assert ">Change<" in verdict_matrix(neutral, caption="Matrix").markdown


def test_a_sparkline_without_values_is_nothing():
    assert sparkline([]) == ""
    assert sparkline([float("nan")]) == ""


def test_a_constant_sparkline_lies_in_the_middle():
    assert 'd="M3.0 14.0L107.0 14.0"' in sparkline([5, 5], width=110, height=28)
