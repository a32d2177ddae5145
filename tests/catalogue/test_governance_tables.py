"""The governance tables of the example follow the papers, and what is wrong in them is named in one line each."""

import re
import shutil
from pathlib import Path

import pytest

from sutg_analysis import load
from sutg_analysis.errors import TableError

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"

ACTIONS = {
    "High Standards": 5,
    "Transformation": 4,
    "Equality, Leadership, Culture": 3,
    "Patient Involvement": 4,
    "Well Governed": 6,
    "Reaching Out": 3,
    "Environments": 3,
    "Access to Services": 5,
    "Trustwide Quality Improvement": 5,
}
RISKS = {
    "High Standards": 1,
    "Equality, Leadership, Culture": 2,
    "Patient Involvement": 1,
    "Well Governed": 2,
    "Reaching Out": 4,
    "Environments": 5,
    "Access to Services": 2,
    "Trustwide Quality Improvement": 2,
}
# Counted in paper 004, expectation by expectation: actions, and the due dates of those that have one.
DUE = [
    (5, []),
    (5, ["2020-09-30", "2020-12-31", "2021-04-01"]),
    (3, ["2020-12-30", "2020-12-31"]),
    (6, ["2020-08-31", "2020-09-30", "2020-11-30", "2020-12-30", "2020-12-30"]),
    (6, ["2020-10-31", "2020-10-31", "2020-10-31", "2020-10-31", "2020-12-31"]),
    (5, ["2020-07-31", "2020-11-30", "2021-03-31", "2022-03-31"]),
    (4, ["2020-10-31", "2020-10-31", "2020-11-30", "2021-03-31"]),
    (6, ["2020-06-30", "2020-06-30", "2020-06-30", "2021-03-31"]),
    (6, ["2020-06-30", "2020-09-30", "2020-09-30", "2020-09-30", "2020-12-30"]),
    (5, ["2020-09-30", "2021-03-31", "2021-03-31", "2021-03-31", "2021-03-31"]),
]


@pytest.fixture(scope="module")
def catalogue():
    return load(ROOT)


def test_actions_are_as_many_by_priority_as_in_the_paper(catalogue):
    assert catalogue.actions["priority"].value_counts().to_dict() == ACTIONS


def test_risks_are_as_many_by_priority_as_in_the_paper(catalogue):
    assert catalogue.risks["priority"].value_counts().to_dict() == RISKS


def test_all_nine_priorities_are_there_in_the_papers_order(catalogue):
    assert catalogue.priorities["priority"].tolist() == list(ACTIONS)


def test_every_action_is_of_the_quarter_of_the_paper(catalogue):
    assert set(catalogue.actions["quarter"]) == {"2023-24-q2"}


def test_ratings_are_those_that_the_text_of_the_paper_keeps(catalogue):
    rated = catalogue.actions.dropna(subset="rag").groupby("priority", sort=False)["rag"].agg(list)

    assert rated.to_dict() == {
        "Equality, Leadership, Culture": ["Green"],
        "Access to Services": ["Amber", "Amber", "Amber", "Green", "Green"],
        "Trustwide Quality Improvement": ["Green", "Red", "Green", "Green"],
    }


def test_expectations_have_the_actions_and_due_dates_of_the_paper(catalogue):
    groups = catalogue.expectations.groupby("expectation", sort=False)

    result = [(len(rows), sorted(rows["due"].dropna().dt.strftime("%Y-%m-%d"))) for _, rows in groups]

    assert result == DUE


@pytest.mark.parametrize("name", ["priorities", "actions", "risks", "expectations", "programme", "outcomes"])
def test_every_row_names_its_source_and_no_title_of_a_person(catalogue, name):
    table = getattr(catalogue, name)
    words = (DATA / f"{name}.csv").read_text(encoding="utf-8")

    assert table["source"].str.match(r"00[0-4], ").all()
    assert not re.search(r"\b(Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Dame)\b", words)


def test_the_daily_table_is_small():
    assert (DATA / "sitrep.parquet").stat().st_size < 300_000


def test_words_of_the_papers_are_our_own(shared, catalogue):
    """No run of seven words of an achievement, plan or risk stands in the papers."""
    papers = " ".join(path.read_text(encoding="utf-8") for path in sorted((shared / "source").glob("*.txt")))
    known = " ".join(re.findall(r"[a-z0-9]+", papers.lower()))
    texts = [
        *catalogue.actions[["action", "plan", "achievement", "impact", "next_plan"]].stack(),
        *catalogue.risks[["risk", "mitigation"]].stack(),
        *catalogue.expectations["action"],
        *catalogue.outcomes["outcome"],
    ]

    result = [run for text in texts for run in _runs(str(text)) if run in known]

    assert result == []


def _runs(text, *, words=7):
    parts = re.findall(r"[a-z0-9]+", text.lower())
    return [" ".join(parts[start : start + words]) for start in range(len(parts) - words + 1)]


BROKEN = {
    "unknown priority": (
        "actions.csv",
        "High Standards,All clinical teams",
        "High Standrads,All clinical teams",
        "actions.csv, row 2, column priority: found 'High Standrads'; expected a priority that priorities.csv has. "
        "Correct it, or add it to priorities.csv; did you mean 'High Standards'?",
    ),
    "unknown rating": (
        "actions.csv",
        ",Amber,Think again",
        ",Greenish,Think again",
        "column rag: found 'Greenish'; expected one of Red, Amber, Green or nothing. Use one of these words.",
    ),
    "a day that there is not": (
        "expectations.csv",
        'by population health data",2021-04-01,',
        'by population health data",31/02/2024,',
        "column due: found '31/02/2024'; expected a date that exists, as 2023-09-30 or 30/09/2023. "
        "Correct the date.",
    ),
    "a loop of units": (
        "units.csv",
        "fenmarch,Fenmarch Partnership NHS Trust,trust,",
        "fenmarch,Fenmarch Partnership NHS Trust,trust,sedge-ward",
        "units.csv, row 2, column parent_id: found 'sedge-ward'; expected a tree, in which no unit is above itself.",
    ),
    "an action without lead": (
        "actions.csv",
        "Put lived experience leadership in place,Director of Nursing,",
        "Put lived experience leadership in place,,",
        "column lead: found nothing; expected a value: the cell may not be empty. Fill the cell.",
    ),
    "a quarter that there is not": (
        "risks.csv",
        ",2023-24-q2,",
        ",2023-25-q2,",
        "risks.csv, row 2, column quarter: found '2023-25-q2'; expected a quarter, as 2023-24-q2.",
    ),
    "completed without a day": (
        "expectations.csv",
        ",2020-10-31,,,two-hour-response,",
        ",2020-10-31,completed,,two-hour-response,",
        "column completed: found nothing; expected the day it was completed, for an action called done.",
    ),
    "a ward that is not there": (
        "incidents.csv",
        "2020-04-01,godwit-ward,pressure-ulcers,low",
        "2020-04-01,sedge-wrad,pressure-ulcers,low",
        "incidents.csv, row 2, column ward: found 'sedge-wrad'; expected a unit_id that units.csv has.",
    ),
    "a trajectory without a goal": (
        "programme.csv",
        ",restraint,fenmarch,9.9,8,",
        ",restraint,fenmarch,9.9,,",
        "column goal: found nothing; expected a goal, because the metric has a measure. Fill the cell.",
    ),
}


@pytest.fixture
def copied(tmp_path):
    shutil.copytree(DATA, tmp_path / "mine" / "data")
    return tmp_path / "mine"


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_a_broken_table_is_named_in_one_line(copied, fault):
    file, old, new, expected = BROKEN[fault]
    path = copied / "data" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(TableError) as caught:
        load(copied)

    lines = str(caught.value).splitlines()
    assert len(lines) == 1
    assert expected in lines[0]


def test_a_rating_is_known_whatever_its_capitals(copied):
    path = copied / "data" / "actions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",Amber,", ",amber,"), encoding="utf-8")

    assert set(load(copied).actions["rag"].dropna()) == {"Red", "Amber", "Green"}


def test_a_table_without_the_optional_columns_is_read(copied):
    path = copied / "data" / "actions.csv"
    path.write_text(
        "priority,action,lead,quarter,plan,achievement,impact,rag,next_plan\n"
        "High Standards,Train,Matron,2023-24-q2,,,,Green,\n",
        encoding="utf-8",
    )

    result = load(copied).actions

    assert len(result) == 1
    assert result["source"].isna().all()


def test_a_project_of_three_tables_has_empty_governance_tables(tables):
    catalogue = load(tables.write())

    result = [len(getattr(catalogue, name)) for name in ("actions", "risks", "expectations", "sitrep")]

    assert result == [0, 0, 0, 0]


def test_without_a_table_of_priorities_those_of_the_measures_are_known(tables):
    tables.lines["actions"] = [
        "priority,action,lead,quarter,plan,achievement,impact,rag,next_plan",
        "Acces,Train,Matron,2023-24-q2,,,,Green,",
    ]

    with pytest.raises(TableError, match="found 'Acces'; expected a priority that measures.csv has"):
        load(tables.write())
