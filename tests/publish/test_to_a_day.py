"""A project whose data end on 20 August, built: headed by that day, nothing late before its day, August provisional."""

import json

import pandas as pd
import pytest

from sutg_analysis.publish.build import build
from sutg_analysis.publish.verify import verify
from tests.support.tables import Tables

pytestmark = pytest.mark.kernel
PAGES = ("sitrep", "expectations", "measure-falls", "highlight")
QUARTER = "reports/2023-24-q2"
SITREP = "date,ward,shift,planned_registered,actual_registered,planned_unregistered,actual_unregistered,beds,occupied,leave"


def to_august(tables):
    """Leave out what is later than 20 August and write down what is due before and after it."""
    lines = tables.lines
    lines["observations"] = [line for line in lines["observations"] if "2023-09" not in line]
    days = pd.date_range("2023-07-01", "2023-08-20")
    lines["sitrep"] = [SITREP, *(f"{day:%Y-%m-%d},ward-a,day,30,30,30,30,20,18,0" for day in days)]
    lines["expectations"] = [
        "expectation,action,due,status,completed",
        "Safe care,Due before,2023-08-19,,",
        "Safe care,Due that day,2023-08-20,,",
        "Safe care,Due later,2023-08-21,,",
    ]
    names = ["access,Access,Director,,", "high,High standards,Nurse,,"]
    lines["priorities"] = ["priority_id,priority,lead,commitments,aims", *names]
    lines["actions"] = [
        "priority,action,lead,quarter,plan,achievement,impact,rag,next_plan",
        "Access,Train,Matron,2023-24-q1,Plan,Planned,,Green,Train all",
        "Access,Train,Matron,2023-24-q2,Train all,,,Amber,",
    ]
    return tables.write()


@pytest.fixture(scope="module")
def built(tmp_path_factory, warm):
    root = warm(to_august(Tables(tmp_path_factory.mktemp("to-a-day") / "mine")))
    assert build(root, reports=PAGES, renderer="pandoc").failed == ()
    return root


def page(root, name):
    return " ".join((root / "_site" / QUARTER / f"{name}.html").read_text(encoding="utf-8").split())


def test_nothing_due_later_is_called_slipped(built):
    shown = page(built, "expectations")

    assert "1 done" not in shown
    assert "0 done, 1 slipped, 1 due that day, 1 due later" in shown
    assert "None of it is late before." in page(built, "highlight")


def test_the_sitrep_is_headed_by_the_last_day_of_the_data(built):
    shown = page(built, "sitrep")

    assert "SITREP, Q2 2023/24, to 20 August 2023" in shown
    assert "30 September" not in shown


def test_the_quarter_is_to_that_day_at_home_and_in_its_index(built):
    home, index = (
        (built / "_site" / name).read_text(encoding="utf-8")
        for name in ("index.html", f"{QUARTER}/index.html")
    )

    assert "1 July to 20 August 2023" in home
    assert "Q2 2023/24, to 20 August 2023" in index
    assert "to September 2023" not in home + index


def test_a_month_that_is_not_over_is_provisional(built):
    assert "August 2023, to 20 August, provisional" in page(built, "measure-falls")


def test_the_record_says_the_day(built):
    record = json.loads((built / QUARTER / "files/sitrep/record.json").read_text(encoding="utf-8"))

    assert (record["as_at"], record["parameters"]["as_at"]) == ("2023-08-20", "2023-08-20")


def test_what_was_published_as_at_a_day_is_verified_as_at_it(built):
    path = built / "data/sitrep.csv"
    kept = path.read_text(encoding="utf-8")
    path.write_text(f"{kept}2023-08-21,ward-a,day,30,3,30,30,20,18,0\n", encoding="utf-8")

    result = verify(built, reports=("sitrep",))

    path.write_text(kept, encoding="utf-8")
    assert [difference.said for difference in result.differences] == []
