"""The tracker lists exactly what is due and not completed as at a date, with days slipped."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutg_analysis import load
from sutg_analysis.errors import ArgumentError
from sutg_analysis.quality.programme import outstanding, tally, track

ROOT = Path(__file__).parents[2]

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
