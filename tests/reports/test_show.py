"""What a cell shows: a result as a figure with all that belongs to it, a frame as a table, sentences."""

import pandas as pd
import pytest

from sutg_analysis import NotShown, bullets, funnel, propose_rebase, require_rows, spc, table
from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.show import slug

MONTHS = pd.date_range("2022-04-01", periods=17, freq="MS")
CALM = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11, 9, 12, 10, 11, 12, 9, 20]
FRAME = pd.DataFrame({"month": MONTHS, "falls": CALM})
ONE = spc(FRAME, value="falls", date="month", improvement="decrease", target=11)
TWO = spc(
    pd.concat([FRAME.assign(ward="Osier ward"), FRAME.assign(ward="Sedge")]),
    value="falls",
    date="month",
    by="ward",
)
FUNNEL = funnel(
    pd.DataFrame({"ward_id": list("ABC"), "late": [4, 9, 30], "seen": [40, 60, 90]}),
    unit="ward_id",
    numerator="late",
    denominator="seen",
    per=100,
)


def test_a_control_chart_has_its_headline_words_icons_table_and_downloads():
    block = ONE.show(title="Falls", note="One ward alone.", how={"Made from": "data/x.csv"})

    assert block.plain.startswith("Falls – concern\nFalls: 20 in August 2023.")
    assert block.plain.rstrip().endswith("One ward alone.")
    assert sorted(block.files) == ["falls.csv", "falls.png", "falls.svg", "falls.xlsx"]
    for part in ('id="falls"', "sutg-icons", "<table", "data/x.csv", "How sure", "profile mdc"):
        assert part in block.markdown


def test_several_series_are_a_figure_each_under_their_names():
    block = TWO.show(title="Falls", name="ward-falls")

    assert [f'id="ward-falls-{ward}"' in block.markdown for ward in ("osier-ward", "sedge")] == [True, True]
    assert "Falls, Osier ward" in block.plain


def test_several_series_together_are_one_figure_with_a_tally():
    block = TWO.show(title="Falls by ward", together=True)

    assert block.markdown.count("<figure") == 1
    assert "2 charts show" in block.plain


def test_a_funnel_has_a_table_of_its_units_and_says_its_title_once():
    block = FUNNEL.show(title="Mine")

    assert block.plain.startswith("Mine\n3 units are compared with their average, 22.6%.")
    assert "Where it lies" in block.markdown
    assert '<th scope="col">Ward</th>' in block.markdown
    assert "mine.xlsx" in block.files


def test_what_has_no_chart_is_shown_as_its_sentences():
    proposal = propose_rebase(FRAME, date="month", value="falls")

    block = proposal.show(title="Falls")

    assert block.plain.startswith("Falls:\n- ")
    assert not block.files


@pytest.mark.parametrize("result", [ONE, FUNNEL], ids=["spc", "funnel"])
def test_an_option_that_neither_chart_nor_words_have_is_refused(result):
    with pytest.raises(ArgumentError, match=r"show\(scenario=\.\.\.\); expected .*unit"):
        result.show(scenario="as now")


def test_a_name_for_a_file_has_letters_digits_and_hyphens():
    assert slug("Falls (all): 2023/24") == "falls-all-2023-24"


def test_a_table_has_headings_units_marks_and_links():
    frame = pd.DataFrame({"ward": ["Osier"], "fill": [0.5], "state": ["slipped"], "page": ["osier.html"]})

    shown = table(
        frame,
        caption="Wards",
        heads={"fill": "Filled"},
        units={"fill": "percent"},
        marked=["state"],
        links={"ward": "page"},
    )

    assert '<a href="osier.html">Osier</a>' in shown.markdown
    assert '<th scope="col">Filled</th>' in shown.markdown
    assert "0.5%" in shown.plain
    assert "osier.html" not in shown.plain
    assert shown.markdown.count("sutg-verdict") == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([157.5, 158.0], ["157.5", "158.0"]),
        ([7, 12345], ["7", "12,345"]),
        ([1 / 3, None], ["0.33", "—"]),
        ([True, False], ["Yes", "No"]),
        (pd.to_datetime(["2023-09-30"]), ["30 September 2023"]),
        (pd.to_datetime(["2023-09-01"]), ["September 2023"]),
        (["", "x"], ["—", "x"]),
    ],
)
def test_a_column_is_told_as_its_kind_is(values, expected):
    shown = table(pd.DataFrame({"row": range(len(values)), "value": values}), caption="c").plain

    assert [line.split(maxsplit=1)[1] for line in shown.splitlines()[1:]] == expected


def test_a_table_without_rows_is_a_sentence():
    assert table(pd.DataFrame({"ward": []}), caption="Wards").plain == "Wards: none."
    assert table(pd.DataFrame({"ward": []}), caption="Wards", words="No ward.").plain == "No ward."


def test_rows_are_required_with_what_is_said_otherwise():
    with pytest.raises(NotShown, match="No ward is known"):
        require_rows(pd.DataFrame({"ward": []}), otherwise="No ward is known.")


def test_words_of_people_are_shown_as_they_stand():
    assert bullets(["<b>6 * 7</b>"]).markdown == r"- \<b\>6 \* 7\</b\>"


def test_a_long_name_is_cut_and_told_from_others_that_begin_alike():
    names = {slug(f"{'ward ' * 80}{end}") for end in ("a", "b")}

    assert len(names) == 2
    assert all(len(name) <= 100 for name in names)
