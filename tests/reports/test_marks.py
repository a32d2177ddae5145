"""Words with shapes: what a shape says is never said by colour alone."""

import pandas as pd
import pytest

from sutg_analysis.reports.marks import BAD, CARE, GOOD, SILENT, kind_of, listing, mark, marked_table, said


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Green", GOOD),
        ("Amber", CARE),
        ("Red", BAD),
        ("Not stated", SILENT),
        ("Slipped, 92 days", BAD),
        ("Good, 3 of 3", GOOD),
    ],
)
def test_a_word_has_the_shape_of_what_it_says(word, kind):
    assert kind_of(word) == kind


def test_each_kind_has_a_shape_of_its_own():
    drawn = [mark(word).split("<span>")[0] for word in ("Green", "Amber", "Red", "Not stated")]
    shapes = [text.split("fill=")[0] for text in drawn]

    assert len(set(shapes)) == 4


def test_the_word_stands_beside_its_shape_and_is_escaped():
    assert "<span>Red &amp; late</span>" in mark("Red & late")


def test_a_table_escapes_words_and_links_where_it_should():
    table = pd.DataFrame({"Name": ["A & B", "C"], "RAG": ["Red", "Green"]})

    html = marked_table(table, caption="Both", marked=["RAG"], links={"Name": ["a.html", None]}).markdown

    assert '<a href="a.html">A &amp; B</a>' in html
    assert '<th scope="row">C</th>' in html
    assert "<caption>Both</caption>" in html


def test_other_formats_have_the_words_without_shapes():
    markdown = marked_table(
        pd.DataFrame({"Name": ["A"], "RAG": ["Red"]}), caption="One", marked=["RAG"]
    ).markdown

    assert "| A | Red |" in markdown


def test_sentences_are_shown_as_they_stand():
    assert said("5 * 3 < 20 [x]").markdown == r"5 \* 3 \< 20 \[x\]"
    assert "<li>5 &lt; 20</li>" in listing(["5 < 20"]).markdown
