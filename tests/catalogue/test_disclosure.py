"""The gate: what a project's tables hold once they are loaded, and what is said where something is hidden."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from sutg_analysis.catalogue.disclosure import read_disclosure, shielded
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import DataError, NotShown, TableError
from sutg_analysis.quality.measures import data_quality
from sutg_analysis.reports.show import control_figures
from tests.support.notebooks import shown_by

RULES = {"mhsds": (0, 4, 5), "hes": (1, 7, 5), "fft": (1, 4, 1)}
QUARTER = "2023-24-q2"


@pytest.fixture
def protect(tables):
    """Write the small project with a profile for its measures, and return its folder."""

    def write(profile, **lines):
        head, *rows = tables.lines["measures"]
        tables.lines["measures"] = [head, *(row + profile for row in rows)]
        tables.lines |= lines
        return tables.write()

    return write


def numerators(catalogue, measure, unit):
    rows = catalogue.rolled_up().observations
    rows = rows[(rows["measure_id"] == measure) & (rows["unit_id"] == unit)]
    return rows.set_index("period").reindex(columns=["numerator", "denominator", "value", "status"])


def test_small_counts_are_hidden_and_others_rounded(protect):
    shown = numerators(load(protect("mhsds")), "falls", "ward-a")

    assert shown["numerator"].iloc[:4].isna().tolist() == [True, False, False, False]
    assert shown["numerator"].iloc[1:4].tolist() == [5, 5, 5]
    assert shown["status"].eq("suppressed").tolist() == shown["value"].isna().tolist()


def test_a_percentage_is_made_of_rounded_numbers(protect):
    shown = numerators(load(protect("hes")), "seen", "ward-a")

    assert set(shown["value"]) <= {80.0, 85.0}


def test_raw_tables_are_there_for_whoever_asks(protect):
    root = protect("mhsds")

    assert numerators(load(root, protected=False), "falls", "ward-a")["numerator"].iloc[0] == 4


def test_without_a_profile_nothing_changes(tables):
    root = tables.write()

    pd.testing.assert_frame_equal(load(root).observations, load(root, protected=False).observations)


def test_a_total_is_rounded_from_the_counts_and_not_from_what_is_shown(protect):
    units = ["unit_id,name,kind,parent_id", "trust,Example trust,trust,"]
    units += [f"ward-{key},Ward {key},ward,trust" for key in "abc"]
    rows = ["measure_id,unit_id,period,numerator,denominator"]
    rows += [f"falls,ward-{key},2023-07-01,{count}," for key, count in zip("abc", (7, 7, 7), strict=True)]
    rows += ["seen,ward-a,2023-07-01,80,100"]
    head = "measure_id,unit_id,date,kind,label,reason,author"

    known = load(protect("mhsds", units=units, observations=rows, events=[head]))

    assert numerators(known, "falls", "trust")["numerator"].tolist() == [20]
    assert numerators(known, "falls", "ward-a")["numerator"].tolist() == [5]


def test_a_hidden_child_does_not_make_its_parent_a_gap(protect):
    shown = numerators(load(protect("mhsds")), "seen", "trust")

    assert shown["numerator"].notna().all()


def test_a_gap_stays_a_gap_and_is_not_called_hidden(tables, protect):
    lines = tables.lines["observations"]
    lines[3] = ",".join(lines[3].split(",")[:3]) + ",,"

    shown = numerators(load(protect("mhsds")), "falls", "ward-a")

    assert pd.isna(shown["status"].iloc[2])
    assert pd.isna(shown["numerator"].iloc[2])


def test_editions_of_different_quarters_hide_the_same(protect):
    known = load(protect("fft"))

    early, late = (numerators(known.as_at(Quarter(2023, number)), "falls", "trust") for number in (1, 2))

    assert early["status"].fillna("").tolist() == late["status"].fillna("").tolist()[: len(early)]


def test_a_measure_that_is_no_count_is_refused_with_its_place(tables, protect):
    lines = tables.lines["observations"]
    lines[1] = lines[1].replace(",4,", ",4.5,")

    with pytest.raises(
        TableError, match=r"observations.csv, row 2, column numerator: found '4.5'; expected a whole"
    ):
        load(protect("mhsds"))


def test_a_percentage_without_denominators_is_refused(tables, protect):
    lines = tables.lines["observations"]
    tables.lines["observations"] = [line.removesuffix(",100") + "," * line.endswith(",100") for line in lines]

    with pytest.raises(TableError, match=r"measures.csv, row 3, column suppress.*without denominators"):
        load(protect("mhsds"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('default = "strict"', "default = 'strict'; expected one of hes, mhsds, fft, none"),
        ('defalt = "mhsds"', "'defalt'; expected one of default, tables"),
        ('[tables]\nincident = "none"', "'incident'; expected one of incidents"),
        ('tables = "none"', r"tables = 'none'; expected a section"),
        ("default = mhsds", "cannot be read"),
    ],
)
def test_a_fault_in_the_rules_is_named(tables, text, words):
    root = tables.write()
    (root / "data/disclosure.toml").write_text(text)

    with pytest.raises(DataError, match=words.replace("[", r"\[")):
        load(root)


def test_a_default_holds_for_measures_that_state_nothing(tables):
    root = tables.write()
    (root / "data/disclosure.toml").write_text('default = "fft"\n[tables]\nfeedback = "none"\n')

    protection = load(root).protection

    assert (protection.measures["falls"], protection.tables["incidents"]) == ("fft", "fft")
    assert "feedback" not in protection.tables


def test_tables_of_records_follow_the_strictest_measure(protect):
    protection = load(protect("mhsds")).protection

    assert set(protection.tables.values()) == {"mhsds"}


def test_a_file_may_state_that_nothing_is_protected(tables):
    root = tables.write()
    (root / "data/disclosure.toml").write_text('default = "none"\n')

    assert (read_disclosure(root).default, bool(load(root).protection)) == ("none", False)


@pytest.fixture
def records(protect):
    """A protected project with every table of records."""
    return protect(
        "mhsds",
        incidents=["date,ward,harm,level", *(f"2023-0{month}-03,ward-a,falls,low" for month in range(1, 9))],
        pathways=[
            "referral_id,service,referred,seen,closed,outcome,age_band,ethnicity,imd_quintile",
            "r1,ward-a,2023-05-01,,,,Adult,White,3",
        ],
        sitrep=[
            "date,ward,shift,planned_registered,actual_registered,planned_unregistered,actual_unregistered,beds,occupied,leave",
            "2023-09-01,ward-a,early,10,9,10,9,20,18,2",
        ],
        comments=[
            "period,unit_id,theme,sentiment,quote,consent,response",
            "2023-08-01,ward-a,Food,negative,Cold soup,no,New menus",
            "2023-08-01,ward-a,Food,negative,,no,New menus",
            "2023-08-01,ward-a,Food,positive,Good soup,yes,",
        ],
    )


def test_no_record_passes_the_gate(records):
    known = load(records)

    assert known.table("incidents")["date"].isna().all()
    assert known.table("incidents")["harm"].tolist() == ["falls"]
    assert known.table("pathways")[["referral_id", "referred"]].isna().all(axis=None)
    assert known.table("sitrep")["occupied"].isna().all()
    assert known.table("comments")["quote"].dropna().tolist() == ["Good soup"]
    assert known.table("comments")["response"].dropna().tolist() == ["New menus"]


def test_the_page_of_a_harm_that_is_a_measure_shows_the_measure_where_incidents_are_held_back(records):
    shown = shown_by("harm", project=records, quarter=QUARTER)

    assert "Falls" in shown["as-judged"]
    assert shown["headline"].startswith("Not shown [c]: ")
    assert "side by side" in shown["side-by-side"]
    assert shown["zero-table"] == shown["headline"]


@pytest.mark.parametrize("template", ["harm_summary", "sitrep", "waiting_list"])
def test_a_template_of_records_says_that_they_are_withheld_and_by_which_rule(records, template):
    shown = shown_by(template, project=records, quarter=QUARTER)

    said = {text for cell, text in shown.items() if cell not in ("method", "rule-words")}
    assert len(said) == 1
    assert said.pop().startswith("Not shown [c]: ")
    assert "Counts of 0 to 4 are hidden, others are to the nearest 5 (profile mhsds)" in shown["method"]


def test_words_that_may_be_quoted_stay_where_comments_are_held_back_and_their_number_does_not(records):
    shown = shown_by("experience", project=records, quarter=QUARTER)

    assert shown["themes-table"].startswith("Not shown [c]: how many comments")
    assert "Good soup" in shown["quotes"]
    assert "Cold soup" not in str(shown)
    assert "New menus      [c]" in shown["done-table"]


@pytest.mark.parametrize("table", ["incidents", "pathways", "sitrep", "comments"])
def test_a_table_that_is_held_back_is_not_shown_to_who_asks_for_it(records, table):
    with pytest.raises(NotShown, match=r"Not shown \[c\]: .* could tell a small count\."):
        getattr(load(records), table)


def test_sources_of_a_protected_page_tell_neither_hashes_nor_numbers_of_records(records):
    sources = load(records).sources.set_index("table")

    assert sources.loc[["observations", "incidents"], "sha256"].tolist() == ["[c]", "[c]"]
    assert pd.isna(sources.loc["incidents", "rows"])


def test_a_hidden_point_is_told_in_table_words_alternative_text_and_files(protect):
    figure = control_figures(load(protect("mhsds"), quarter=QUARTER).chart("falls", unit="ward-a"))[0]

    assert "[c]" in figure.table["Value"].tolist()
    assert "Not shown [c]" in figure.table["What it shows"].tolist()
    assert "The latest month is not shown [c], because the count is small." in figure.words
    assert "not shown [c]." in figure.alt
    assert b"[c]" in figure.files()["falls--ward-a.csv"]
    assert "[c]: Not shown, because the count is small" in figure.html()
    assert ",4" not in figure.files()["falls--ward-a.csv"].decode().split("centre")[0]


def test_the_table_of_icons_says_that_the_latest_is_hidden(protect):
    text = shown_by("measure", project=protect("mhsds"), measure="falls", quarter=QUARTER)["icons"]

    assert "[c] (September 2023); 5 (August 2023)" in text


def test_a_page_with_everything_hidden_is_made_and_says_so(tables, protect):
    lines = tables.lines["observations"]
    tables.lines["observations"] = [
        ",".join([*line.split(",")[:3], "3", ""]) if line.startswith("falls") else line for line in lines
    ]

    shown = shown_by("board_report", project=protect("mhsds"), quarter=QUARTER)

    assert "no value is shown [c]" in shown["charts"]
    assert "[c] (September 2023)" in shown["icons"]


def test_hidden_is_not_missing_in_data_quality(protect):
    at = load(protect("mhsds"), quarter=QUARTER)
    table = data_quality(at.observations, at.measures, at=at.at, rounded=at.protection.measures)

    assert (table["reported"] == table["expected"]).all()
    assert table["repeated"].tolist() == [0, 0]


@st.composite
def percentages(draw):
    size = draw(st.integers(2, 6))
    parents = [-1, *(draw(st.integers(0, place - 1)) for place in range(1, size))]
    leaves = [unit for unit in range(size) if unit not in parents]
    below = {unit: draw(st.sampled_from([0, 1, 3, 4, 5, 7, 8, 12, 20])) for unit in leaves}
    above = {unit: draw(st.integers(0, count)) for unit, count in below.items()}
    return parents, above, below


def known_of(part, raw, rule):
    """What an attacker knows of a cell: of a hidden row not even which of its parts is small."""
    low, high, base = RULES[rule]
    if np.isnan(part):
        return 0, 10_000
    assert not low <= raw <= high
    return (raw, raw) if raw <= high else (max(high + 1, part - base // 2), part + base // 2)


@pytest.mark.parametrize("rule", RULES)
@given(drawn=percentages())
@settings(max_examples=25, deadline=None)
def test_no_part_of_a_percentage_follows_from_the_other(rule, drawn):
    parents, *parts = drawn
    size = len(parents)
    ids = np.array([f"u{place}" for place in range(size)])
    for counts in parts:
        for unit in reversed(range(size)):
            counts.setdefault(unit, sum(counts[child] for child in range(size) if parents[child] == unit))
    leaves = [unit for unit in range(size) if unit not in parents]
    rows = pd.DataFrame({"measure_id": "m", "unit_id": ids[leaves], "period": pd.Timestamp("2023-01-01")})
    rows = rows.assign(numerator=[float(parts[0][unit]) for unit in leaves])
    rows = rows.assign(denominator=[float(parts[1][unit]) for unit in leaves])
    units = pd.DataFrame({"unit_id": ids, "parent_id": [None if up < 0 else ids[up] for up in parents]})
    measures = pd.DataFrame({"measure_id": ["m"], "unit": "percent", "chart": "xmr", "per": 100.0})

    shown = pd.concat(shielded(rows, units, measures, profiles={"m": rule})).set_index("unit_id").loc[ids]

    if shown["numerator"].isna().all():
        return
    names = ("numerator", "denominator")
    bounds = [
        known_of(shown.loc[ids[u], name], parts[k][u], rule)
        for k, name in enumerate(names)
        for u in range(size)
    ]
    limits = Bounds(*zip(*bounds, strict=True))
    rules = []
    for k in (0, 1):
        for up in set(parents) - {-1}:
            row = np.zeros(2 * size)
            row[k * size + up] = -1
            row[[k * size + place for place in range(size) if parents[place] == up]] = 1
            rules.append(LinearConstraint(row, 0, 0))
    rules.append(LinearConstraint(np.hstack([np.eye(size), -np.eye(size)]), -np.inf, 0))
    low, high = RULES[rule][:2]
    for place in range(2 * size):
        if low <= parts[place // size][place % size] <= high:
            aim = np.eye(2 * size)[place]
            ends = [
                milp(s * aim, constraints=rules, bounds=limits, integrality=np.ones(2 * size))
                for s in (1, -1)
            ]
            assert round(ends[0].fun) < round(-ends[1].fun)
