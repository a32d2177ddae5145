"""The programme: trajectories, verdicts, actions overdue, escalation; the tracker of what is due and not completed as at a date."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutg_analysis import load
from sutg_analysis.errors import ArgumentError
from sutg_analysis.quality.programme import (
    escalation,
    fortnights,
    outstanding,
    overdue,
    progress,
    tally,
    track,
    trajectories,
)
from sutg_analysis.quality.rules import EscalationRules

ROOT = Path(__file__).parents[2]
RULES = EscalationRules(
    escalate_concerns=3, escalate_overdue=2, calm_concerns=1, calm_overdue=0, calm_months=2
)


def metric(**changes):
    row = {
        "item": "Falls",
        "kind": "metric",
        "measure_id": "falls",
        "unit_id": "t",
        "baseline": 9.0,
        "goal": 5.0,
    }
    row |= {"start": pd.Timestamp("2023-01-01"), "due": pd.Timestamp("2023-03-20")}
    return pd.DataFrame([row | changes])


def test_a_trajectory_runs_from_the_baseline_to_the_goal():
    result = trajectories(metric())

    assert result["target"].iloc[[0, -1]].tolist() == [9, 5]
    assert result["target"].is_monotonic_decreasing
    assert result["start"].dt.strftime("%Y-%m").tolist() == ["2023-01", "2023-02", "2023-03"]


def test_the_goal_stands_after_the_due_month():
    assert pd.isna(trajectories(metric())["end"].iloc[-1])


def test_a_metric_without_a_measure_has_no_trajectory():
    assert trajectories(metric(measure_id=None)).empty


@pytest.fixture(scope="module")
def at():
    return load(ROOT, quarter="2023-24-q2")


@pytest.fixture(scope="module")
def table(at):
    return progress(at.programme, at.ledger).set_index("item")


def test_every_metric_is_in_the_table_with_owner_and_due_date(table):
    assert len(table) == 11
    assert table[["owner", "due"]].notna().all(axis=None)


def test_a_metrics_signal_is_the_ledgers(table, at):
    rows = table[table["latest"].notna()].reset_index()
    book = rows[["measure_id", "unit_id"]].merge(at.ledger)

    assert len(rows) >= 8
    assert rows["variation"].tolist() == book["variation"].tolist()
    assert rows["latest"].tolist() == book["latest"].tolist()
    assert table.loc["Complaints", ["status", "variation"]].tolist() == ["behind", "concern_high"]


@pytest.mark.parametrize(
    ("latest", "day", "status"),
    [
        (9.5, "2023-02-01", "behind"),
        (6.0, "2023-02-01", "on"),
        (5.0, "2023-02-01", "ahead"),
        (5.0, "2023-03-01", "on"),
        (5.1, "2023-04-01", "behind"),
        (8.0, "2022-12-01", "unjudged"),
        (None, None, "unjudged"),
    ],
)
def test_a_metric_is_behind_on_or_ahead_of_its_trajectory(latest, day, status):
    row = {
        "kind": "metric",
        "item": "Falls",
        "measure_id": "falls",
        "unit_id": "t",
        "baseline": 9.0,
        "goal": 5.0,
    }
    items = pd.DataFrame([row | {"start": pd.Timestamp("2023-01-01"), "due": pd.Timestamp("2023-03-01")}])
    book = pd.DataFrame(
        {"measure_id": ["falls"], "unit_id": "t", "latest": [latest], "latest_date": pd.to_datetime([day])}
    )
    book = book.assign(
        variation="common", assurance="none", signals="", since=pd.NaT, period_variation="common"
    )

    assert progress(items, book.astype({"latest": float}))["status"].tolist() == [status]


def test_an_action_is_overdue_from_the_day_after_it_was_due():
    action = metric(kind="action", completed=pd.NaT)

    assert overdue(action, as_at="2023-03-20").empty
    assert overdue(action, as_at="2023-03-22")["days_slipped"].tolist() == [2]


def states(concerns, late):
    months = pd.period_range("2023-01", periods=len(concerns), freq="M")
    return escalation(pd.Series(concerns, months), pd.Series(late, months), rules=RULES)


def test_a_programme_is_escalated_by_concerns_or_by_overdue_actions():
    assert states([3, 0], [0, 0])["escalated"].tolist() == [True, True]
    assert states([0, 0], [2, 0])["escalated"].tolist() == [True, True]
    assert not states([2, 2], [1, 1])["escalated"].any()


def test_it_stays_escalated_until_so_many_calm_months_in_a_row():
    result = states([3, 1, 2, 1, 0, 0], [0] * 6)

    assert result["escalated"].tolist() == [True, True, True, True, False, False]
    assert result["event"].tolist() == ["escalated", "", "", "", "de-escalated", ""]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=24))
def test_escalation_is_what_walking_through_the_months_gives(pairs):
    expected, calm, now = [], 0, False
    for concerns, late in pairs:
        loud = concerns >= RULES.escalate_concerns or late >= RULES.escalate_overdue
        quiet = not loud and concerns <= RULES.calm_concerns and late <= RULES.calm_overdue
        calm = calm + 1 if quiet else 0
        now = True if loud else False if calm >= RULES.calm_months else now
        expected.append(now)

    result = states([pair[0] for pair in pairs], [pair[1] for pair in pairs])

    assert result["escalated"].tolist() == expected


def test_the_rules_are_said_with_their_numbers():
    assert "3 or more metrics" in RULES.words()
    assert "after 2 months in a row" in RULES.words()


def test_a_fortnight_shows_what_was_completed_fell_due_and_is_late():
    rows = [
        ("Plan", "2023-09-05", "2023-09-20"),
        ("Train", "2023-09-28", None),
        ("Old", "2023-01-01", "2023-01-01"),
    ]
    table = pd.DataFrame(rows, columns=["item", "due", "completed"]).assign(kind="action")
    table[["due", "completed"]] = table[["due", "completed"]].apply(pd.to_datetime)

    result = fortnights(table, start="2023-09-01", end="2023-09-30")

    assert result["meeting"].dt.day.tolist() == [2, 16, 30]
    assert result.iloc[1, 1:].tolist() == [(), ("Plan",), ("Plan",)]
    assert result.iloc[2, 1:].tolist() == [("Plan",), ("Train",), ("Train",)]


# Made by hand from data/expectations.csv with a calendar: action, days from its due date to the date.
SEPTEMBER_2020 = [
    ("Set up one programme office for the system", 92),
    ("Set up clinical networks that cross organisations", 92),
    ("Let the hospital and community record systems work together", 92),
    ("Review every patient remotely before care is escalated", 0),
    ("Assess remote monitoring and artificial intelligence", 0),
    ("Plan how to restore the system's finances", 0),
]
APRIL_2021 = [
    ("Set up clinical networks that cross organisations", 275),
    ("Let the hospital and community record systems work together", 275),
    ("Review every patient remotely before care is escalated", 183),
    ("Plan how to restore the system's finances", 183),
    ("Respond in the community within two hours to keep people at home", 152),
    ("Discharge patients to a fitting place the day they are well enough", 152),
    ("Find people at risk and support them with integrated teams", 152),
    ("Hold 70% of outpatient appointments by telephone or video", 92),
    ("Use technology for flexible working and a smaller footprint", 92),
    ("Have a new dialogue with the public on where to find advice and care", 91),
    ("Put standard pathways for major conditions in place", 1),
    ("Offer secondment, rotation and shadowing that help under-represented groups", 1),
    ("Build integrated workforce models that fit the pathways", 1),
    ("Look for shared teams for back offices", 1),
    ("Direct resources to the greatest need, by population health data", 0),
]


@pytest.fixture(scope="module")
def actions():
    return load(ROOT).expectations


@pytest.mark.parametrize(("as_at", "expected"), [("2020-09-30", SEPTEMBER_2020), ("2021-04-01", APRIL_2021)])
def test_the_tracker_lists_what_is_due_and_not_completed(actions, as_at, expected):
    result = outstanding(actions, as_at=as_at)

    assert list(zip(result["action"], result["days_slipped"], strict=True)) == expected


def rows(due, completed):
    return pd.DataFrame({"action": ["Act"], "due": [due], "completed": [completed]})


@pytest.mark.parametrize(
    ("due", "completed", "status", "days"),
    [
        ("2020-09-30", "2020-09-30", "done", 0),
        ("2020-09-29", "2020-09-30", "done", 1),
        ("2020-09-29", "2020-10-01", "slipped", 1),
        ("2020-09-30", None, "due", 0),
        ("2020-10-01", None, "ahead", 0),
        (None, None, "undated", None),
        (None, "2020-09-01", "done", None),
    ],
)
def test_a_status_is_as_at_the_date(due, completed, status, days):
    result = track(rows(due, completed), as_at="2020-09-30").iloc[0]

    assert result["status"] == status
    assert pd.isna(result["days_slipped"]) if days is None else result["days_slipped"] == days


def test_what_is_completed_later_is_not_yet_known():
    assert pd.isna(track(rows("2020-09-30", "2020-10-05"), as_at="2020-10-01")["completed"].item())


@pytest.mark.parametrize("as_at", ["2020-09-30", date(2020, 9, 30), pd.Timestamp("2020-09-30 12:00")])
def test_a_date_may_be_text_or_a_date(as_at):
    assert track(rows("2020-09-28", None), as_at=as_at)["days_slipped"].item() == 2


def test_what_is_no_date_is_refused():
    with pytest.raises(ArgumentError, match="as_at='31/02/2024'"):
        track(rows("2020-09-30", None), as_at="31/02/2024")


DAYS = st.dates(date(2020, 1, 1), date(2021, 12, 31))


@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), min_size=1), DAYS)
def test_every_action_has_one_status_and_days_agree_with_it(pairs, as_at):
    table = pd.DataFrame(pairs, columns=["due", "completed"])

    result = track(table, as_at=as_at)

    assert sum(tally(result).values()) == len(table)
    slipped = result["status"].eq("slipped")
    assert (result.loc[slipped, "days_slipped"] > 0).all()
    assert set(outstanding(table, as_at=as_at)["status"]) <= {"slipped", "due"}
