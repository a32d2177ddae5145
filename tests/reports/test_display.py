"""What a result shows of itself: Markdown where a page is made, still HTML where somebody sits in JupyterLab."""

import re

import pandas as pd
import pytest

from sutg_analysis import funnel, propose_rebase, spc
from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.page import FILES, SESSION, in_session, session_html

MONTHS = pd.date_range("2022-04-01", periods=17, freq="MS")
CALM = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11, 9, 12, 10, 11, 12, 9, 20]


def wards(many):
    frames = [pd.DataFrame({"month": MONTHS, "falls": CALM, "ward": f"Ward {n:02}"}) for n in range(many)]
    return spc(pd.concat(frames), value="falls", date="month", by="ward", improvement="decrease", target=11)


ONE = spc(pd.DataFrame({"month": MONTHS, "falls": CALM}), value="falls", date="month", target=11)
FUNNEL = funnel(
    pd.DataFrame({"ward": list("ABC"), "late": [4, 9, 30], "seen": [40, 60, 90]}),
    unit="ward",
    numerator="late",
    denominator="seen",
    per=100,
)
PROPOSAL = propose_rebase(pd.DataFrame({"month": MONTHS, "falls": CALM}), date="month", value="falls")
RESULTS = pytest.mark.parametrize(
    "result", [ONE, wards(2), FUNNEL, PROPOSAL], ids=["one", "two", "funnel", "proposal"]
)


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setenv(SESSION, "/home/analyst/falls.ipynb")


@pytest.fixture(autouse=True)
def _no_session(monkeypatch):
    monkeypatch.delenv(SESSION, raising=False)


@RESULTS
def test_a_page_gets_markdown_and_words_and_never_html(result):
    shown = result._repr_mimebundle_()

    assert set(shown) - {FILES} == {"text/markdown", "text/plain"}
    assert not in_session()


@RESULTS
def test_a_session_gets_html_that_fetches_nothing(result, session):
    shown = result._repr_mimebundle_()

    assert set(shown) == {"text/html", "text/plain"}
    assert not re.search(r"<script|<link|<img|@import|src=", shown["text/html"])
    assert set(re.findall(r"https?://[^\"' ]+", shown["text/html"])) <= {"http://www.w3.org/2000/svg"}


@RESULTS
def test_the_sentences_are_in_every_kind_of_output(result, session, monkeypatch):
    here = result._repr_mimebundle_()
    monkeypatch.delenv(SESSION)
    page = result._repr_mimebundle_()
    said = result.words().splitlines()[0][:40]

    assert all(said in text for text in (*here.values(), page["text/markdown"], page["text/plain"]))


def test_chart_and_icons_stand_beside_the_sentences(session):
    html = ONE._repr_mimebundle_()["text/html"]

    assert html.count('role="img" aria-labelledby=') == 2
    assert "Improvement: signal of higher values" in html
    assert ONE.alt_text() in html


def test_formats_without_html_get_a_picture_with_its_text_alternative():
    shown = ONE._repr_mimebundle_()
    (name,) = shown[FILES]

    assert f"]({'sutg-files:'}{name})" in shown["text/markdown"]
    assert name.endswith(".png")


def test_two_results_have_files_of_their_own():
    assert set(ONE._repr_mimebundle_()[FILES]) != set(wards(2)._repr_mimebundle_()[FILES])


def test_very_many_series_show_their_table_instead_of_their_charts():
    shown = wards(30)._repr_mimebundle_()["text/markdown"]

    assert "Ward 29" in shown
    assert "sutg-icon-table" in shown
    assert 'role="img" aria-labelledby' not in shown


def test_the_table_of_the_summary_has_a_row_a_series_with_both_icons():
    block = wards(3).table(title="Falls")

    assert block.markdown.count('<th scope="row">') == 3
    assert block.markdown.count('class="sutg-verdict"') == 6
    assert block.plain.splitlines()[1].split() == [
        "Ward",
        "00",
        "20",
        "11",
        "or",
        "less",
        "Concern,",
        "higher",
        "Hit",
        "or",
        "miss",
    ]


def test_the_table_of_the_points_has_a_row_a_point_with_its_icon():
    block = ONE.table(of="points", unit="count")

    assert block.markdown.count('<th scope="row">') == len(ONE.points)
    assert block.markdown.count("<svg") == len(ONE.points)
    assert "Improvement: outside the limits" in block.plain.splitlines()[-1]


def test_a_table_shows_as_html_in_a_session(session):
    shown = ONE.table()._repr_mimebundle_()

    assert set(shown) == {"text/html", "text/plain"}
    assert ":::" not in shown["text/html"]


def test_another_table_is_refused():
    with pytest.raises(ArgumentError, match="of='rows'; expected 'summary' or 'points'"):
        ONE.table(of="rows")


def test_a_piece_of_a_page_loses_its_downloads_in_a_session():
    html = '<p>Falls</p><ul class="sutg-downloads"><li><a href="sutg-files:x.csv">CSV</a></li></ul>'
    markdown = (
        f'# High\n\n::: {{.content-visible when-format="html"}}\n```{{=html}}\n{html}\n```\n:::\n\n'
        '::: {.content-visible unless-format="html"}\nother\n:::\n\nAfter *it*.'
    )

    assert session_html(markdown) == "<h1>High</h1>\n<p>Falls</p>\n<p>After <em>it</em>.</p>"
