"""Pieces of a page are the same in every format, give away nothing that would run, and say nothing by colour alone."""

import re

import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.charts.control import spc_spec
from sutg_analysis.reports.figure import Figure, figures_block
from sutg_analysis.reports.page import (
    BAD,
    CARE,
    FILES,
    FOLDER,
    GOOD,
    SILENT,
    Block,
    both,
    html_table,
    kind_of,
    listing,
    mark,
    marked_table,
    pipe_table,
    text_block,
)

MONTHS = pd.date_range("2023-01-01", periods=14, freq="MS")
RESULT = spc(pd.DataFrame({"month": MONTHS, "falls": [5, 6] * 7}), value="falls", date="month")
HOSTILE = "<script>alert(1)</script> | `x` [y](z)"


def figure(**changes):
    given = {
        "name": "falls--ward",
        "headline": "Falls – usual variation",
        "words": "Falls: 6 in February 2024.",
        "alt": "XmR chart of falls",
        "wide": spc_spec(RESULT),
        "narrow": spc_spec(RESULT, width=340),
        "table": pd.DataFrame({"Month": ["January 2023"], "Value": ["5"]}),
        "data": pd.DataFrame({"date": MONTHS[:1], "value": [5]}),
        "verdict": ("common", "none"),
        "notes": {"Method": "xmr chart"},
    }
    return Figure(**(given | changes))


def test_a_figure_has_its_headline_drawings_words_table_links_and_method():
    html = figure().html()

    assert html.count("<figcaption") == 1
    assert html.count("<svg") == 4
    assert all(
        part in html for part in ("Falls: 6 in February 2024.", "<table", "falls--ward.csv", "xmr chart")
    )


def test_both_drawings_carry_the_text_alternative():
    assert len(re.findall(r'<title id="alt-[0-9a-f]+">XmR chart of falls</title>', figure().html())) == 2


def test_ids_on_a_page_are_never_twice_the_same():
    ids = re.findall(r'\bid="([^"]+)"', figure().html() + figure(name="other", alt="Other").html())

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("part", ["headline", "words", "alt"])
def test_markup_in_words_is_only_words(part):
    markdown = figure(**{part: HOSTILE}).markdown()

    assert "<script>alert" not in markdown
    assert "[y](z)" not in markdown.split("unless-format")[1]


def test_markup_in_the_data_of_a_chart_cannot_end_its_script():
    frame = pd.DataFrame({"month": MONTHS, "ward": "</script><b>", "falls": [5, 6] * 7})
    spec = spc_spec(spc(frame, value="falls", date="month", by="ward"))

    assert "</script><b>" not in figure(wide=spec, narrow=spec).html()


def test_a_display_carries_markdown_words_and_files_and_no_html():
    shown = figure()._repr_mimebundle_()

    assert set(shown) == {"text/markdown", "text/plain", FILES}
    assert set(shown[FILES]) == {f"falls--ward.{kind}" for kind in ("csv", "xlsx", "svg", "png")}


def test_formats_other_than_html_get_a_picture_with_its_text_alternative():
    other = figure().markdown().split('unless-format="html"')[1]

    assert f"![XmR chart of falls]({FOLDER}falls--ward.png)" in other


def test_figures_join_under_their_headings():
    result = figures_block(figure(), figure(name="two"), headings=["### One", ""])

    assert result.markdown.startswith("### One")
    assert len(result.files) == 8


def test_html_in_markdown_has_no_blank_line_that_would_end_its_block():
    block = both("<p>a</p>\n\n<p>```</p>", "words")

    assert "<p>a</p>\n<p>&#96;&#96;&#96;</p>" in block


def test_a_table_is_headed_by_its_columns_and_its_first_cells():
    html = html_table(pd.DataFrame({"Ward": ["A & B"], "Falls": ["3"]}), caption="Falls <by> ward")

    assert '<th scope="col">Falls</th>' in html
    assert '<th scope="row">A &amp; B</th><td>3</td>' in html
    assert "<caption>Falls &lt;by&gt; ward</caption>" in html


def test_a_table_for_paper_escapes_what_markdown_would_read():
    assert pipe_table(pd.DataFrame({"Ward": ["a|b*c"]})).splitlines()[2] == r"| a\|b\*c |"


def test_a_block_without_words_of_its_own_shows_its_markdown_in_a_terminal():
    assert Block("## Heading")._repr_mimebundle_()["text/plain"] == "## Heading"


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
    assert text_block("5 * 3 < 20 [x]").markdown == r"5 \* 3 \< 20 \[x\]"
    assert "<li>5 &lt; 20</li>" in listing(["5 < 20"]).markdown
