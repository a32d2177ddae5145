"""A planted disagreement stands on the pages and goes when it is removed; what changed is five sentences, new concern first."""

from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.ledger.changes import verdict_changes
from sutg_analysis.ledger.scorecard import score
from sutg_analysis.words.changes import changes_between, what_changed
from tests.support.notebooks import shown_by

ROOT = Path(__file__).parents[2]
QUARTER = "2023-24-q2"
PLANTED = "Access: an action is rated Green (Publish waits), while Seen in time signals concern and will miss its target."
ACTIONS = "priority,action,lead,quarter,plan,achievement,impact,rag,next_plan"


@pytest.fixture
def project(tables):
    """A project of two priorities in which one measure signals concern and one does not."""
    tables.lines["priorities"] = [
        "priority_id,priority,lead,commitments,aims",
        "access,Access,Medical director,See people in time; Be fair,Shorter waits",
        "high-standards,High standards,Chief nurse,Do no harm,",
    ]
    seen = [line for line in tables.lines["observations"] if line.startswith("seen")]
    worse = [
        line if month < 12 else line.replace(line.split(",")[3], "60") for month, line in enumerate(seen)
    ]
    others = [line for line in tables.lines["observations"] if not line.startswith("seen")]
    tables.lines["observations"] = others + worse
    tables.lines["events"] = tables.lines["events"][:2]
    tables.lines["targets"] = ["measure_id,unit_id,start,end,target", "seen,,2022-01-01,,95"]
    tables.lines["actions"] = [
        ACTIONS,
        "Access,Publish waits,Service manager,2023-24-q2,Begin,Begun,More trust,Green,Go on",
        "High standards,Huddle,Ward manager,2023-24-q2,Begin,Begun,Safer,Green,Go on",
    ]
    return tables


AGREED = "No rating disagrees with the evidence."


def texts(root):
    access = shown_by("priority", project=root, priority="access", quarter=QUARTER)
    highlight = shown_by("highlight", project=root, quarter=QUARTER)
    return access["disagreement"], highlight["disagreement"], highlight["decisions"]


def test_a_planted_disagreement_is_on_the_page_the_summary_and_the_decisions(project):
    assert all(PLANTED in text for text in texts(project.write()))


def test_removing_it_removes_the_sentence(project):
    project.lines["actions"][1] = project.lines["actions"][1].replace("Green", "Amber")

    page, summary, decisions = texts(project.write())

    assert page.startswith(AGREED)
    assert summary.startswith(AGREED)
    assert "Seen in time" not in decisions


def test_a_measure_that_steadies_removes_it_too(project):
    project.lines["observations"] = [
        line.replace(",60,", ",96,") if line.startswith("seen") else line
        for line in project.lines["observations"]
    ]
    project.lines["targets"][1] = "seen,,2022-01-01,,50"

    page, _, _ = texts(project.write())

    assert page.startswith(AGREED)


def test_another_prioritys_page_does_not_have_it(project):
    shown = shown_by("priority", project=project.write(), priority="high-standards", quarter=QUARTER)

    assert shown["disagreement"].startswith(AGREED)


def test_what_was_promised_and_is_missing_is_on_both_pages(project):
    project.lines["actions"].append(
        "Access,Call back,Service manager,2023-24-q1,Begin,Begun,,Green,Call everyone"
    )
    root = project.write()

    page = shown_by("priority", project=root, priority="access", quarter=QUARTER)["carried"]
    summary = shown_by("highlight", project=root, quarter=QUARTER)["slipped"]

    for text in (page, summary):
        assert "Call everyone" in text
        assert "missing" in text


@pytest.fixture(scope="module")
def pages():
    return {
        name: shown_by("priority", project=ROOT, priority="access-to-services", quarter=name)
        for name in ("2023-24-q1", QUARTER)
    }


def test_a_page_shows_plan_achievement_impact_rating_next_plan_and_lead(pages):
    html = pages[QUARTER]["actions"] + pages[QUARTER]["cards"]

    for said in (
        "Plan for Q2 2023/24",
        "Achieved",
        "Impact",
        "Amber",
        "Plan for Q3 2023/24",
        "Medical Director",
    ):
        assert said in html
    assert "Modelled on" in html


def test_a_rating_is_a_word_beside_a_shape(pages):
    html = pages[QUARTER]["actions"] + pages[QUARTER]["cards"]

    assert pages[QUARTER]["actions"].count("<span>Amber</span>") == 3
    assert 'aria-hidden="true"' in html


def test_risks_have_their_register_reference(pages):
    assert "ORR 75" in pages[QUARTER]["risks"]


@pytest.mark.parametrize("piece", ["actions", "risks", "carried"])
def test_a_quarter_without_actions_says_so(pages, piece):
    assert "on record for Q1 2023/24" in pages["2023-24-q1"][piece]


def test_a_quarter_without_actions_still_shows_its_measures(pages):
    assert "Seen within 18 weeks" in pages["2023-24-q1"]["verdicts"]


def test_the_summary_has_all_nine_priorities_and_the_front_sheet_its_ticks():
    shown = shown_by("highlight", project=ROOT, quarter=QUARTER)

    assert shown["summary"].count('<th scope="row">') == 9
    assert shown["aligned"].count("<span>Aligned</span>") == 8
    assert shown["aligned"].count("<span>Not ticked</span>") == 1


def test_the_summary_without_actions_says_so_and_still_says_what_changed():
    shown = shown_by("highlight", project=ROOT, quarter="2023-24-q1")

    assert shown["summary"] == "No actions are on record for Q1 2023/24."
    assert len(what_changed(load(ROOT, quarter="2023-24-q1", tables=[]))) == 5


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
    result = changes_between(cards[1], cards[0])

    assert len(result) == 5
    assert "a sign of concern that is new this quarter" in result[0]
    signs = [
        next((sign for sign in ("concern", "improvement", "change") if f"sign of {sign}" in text), "")
        for text in result
    ]
    assert signs == sorted(signs, key=["concern", "improvement", "change", ""].index)


def test_no_signal_that_was_there_before_is_called_new(cards):
    old = cards[0].summary.set_index(["title", "unit_name"])["variation"].astype("str").str.split("_").str[0]

    for text in changes_between(cards[1], cards[0], sentences=20)[:-1]:
        for (title, unit), head in old.items():
            if text.startswith(f"{title} ({unit}) shows a sign of"):
                assert f"a sign of {head}" not in text


def test_with_nothing_before_every_signal_is_new(cards):
    result = changes_between(cards[1], None)

    assert len(result) == 5
    assert all("new this quarter" in text for text in result[:-1])


def test_the_same_verdicts_are_one_sentence(cards):
    result = changes_between(cards[1], cards[1])

    assert result == [
        f"No chart changed its verdict: {len(cards[1].summary)} charts show what they did last quarter."
    ]


def test_nothing_promised_in_a_quarter_is_late_before_its_end(tables):
    board = tables.lines
    board["priorities"] = [
        "priority_id,priority,lead,commitments,aims",
        "access,Access,Director,,",
        "high,High standards,Nurse,,",
    ]
    board["actions"] = [
        "priority,action,lead,quarter,plan,achievement,impact,rag,next_plan",
        "Access,Train,Matron,2023-24-q1,Plan,Planned,,Green,Train all",
        "Access,Train,Matron,2023-24-q2,Train all,,,Amber,",
    ]
    root = tables.write()

    before, after = (
        shown_by("highlight", project=root, quarter=QUARTER, as_at=day)["slipped"]
        for day in ("2023-08-20", "")
    )

    words = "What was promised in Q1 2023/24 is due by 30 September 2023. None of it is late before."
    assert set(before.strip().splitlines()) == {words}
    assert "slipped" in after
