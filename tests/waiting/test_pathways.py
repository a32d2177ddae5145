"""Hostile referrals: every one named by its row, none silently in or out; referrals of one person joined into spells."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutg_analysis import load, waiting_list, waiting_times
from sutg_analysis.errors import ArgumentError, DataError, TableError
from sutg_analysis.waiting.clocks import read_rules
from sutg_analysis.waiting.pathways import FAR, read_pathways, spell_numbers

GOOD = ("g1", "continence", "2024-01-01", "2024-02-01", "2024-03-01")
HOSTILE = {
    "seen before referred": ("h1", "continence", "2024-02-01", "2024-01-31", None),
    "closed before seen": ("h2", "continence", "2024-01-01", "2024-02-01", "2024-01-31"),
    "closed before referred": ("h3", "continence", "2024-02-01", None, "2024-01-01"),
    "future date": ("h4", "continence", "2999-01-01", None, None),
    "duplicate id": ("g1", "continence", "2024-01-05", None, None),
    "unknown service": ("h6", "astrology", "2024-01-05", None, None),
    "placeholder date": ("h7", "continence", "1900-01-01", None, None),
    "not a date": ("h8", "continence", "soon", None, None),
    "no referral date": ("h9", "continence", None, "2024-01-05", None),
    "no service": ("h10", None, "2024-01-05", None, None),
    "no id": (None, "continence", "2024-01-05", None, None),
}
COLUMNS = ["referral_id", "service", "referred", "seen", "closed"]


def rows(*more):
    return pd.DataFrame([GOOD, *more], columns=COLUMNS)


@pytest.mark.parametrize("fault", sorted(HOSTILE))
def test_a_hostile_row_is_left_out_and_named(fault):
    read = read_pathways(rows(HOSTILE[fault]), services=["continence"])

    assert read.problems[["row", "fault", "action"]].values.tolist() == [[1, fault, "left out"]]
    assert read.frame["referral_id"].tolist() == ["g1"]


def test_rows_used_and_rows_left_out_add_up():
    table = rows(*HOSTILE.values())

    result = waiting_list(table, services=["continence"], latest="2024-12-31")

    left_out = result.problems.loc[result.problems["action"] == "left out", "row"].nunique()
    assert (result.used, left_out, result.given) == (1, len(HOSTILE), len(HOSTILE) + 1)
    assert f"{len(HOSTILE)} rows of {len(table)} left out" in result.words()


def test_a_time_in_another_zone_is_put_into_the_uk_calendar_and_said():
    zoned = ("z", "continence", "2024-06-30T23:30:00+00:00", None, None)

    read = read_pathways(rows(zoned))

    assert read.problems[["row", "column", "action"]].values.tolist() == [[1, "referred", "kept"]]
    assert pd.Timestamp(int(read.start[1]), unit="D") == pd.Timestamp("2024-07-01")


def test_a_column_with_a_time_zone_is_read_in_the_uk_calendar():
    table = rows(("z", "continence", "2024-06-30 23:30", None, None))
    table["referred"] = pd.to_datetime(table["referred"], format="ISO8601").dt.tz_localize("UTC")

    read = read_pathways(table)

    assert read.problems["row"].tolist() == [1]
    assert read.start[1] - read.start[0] == 182


def test_the_index_of_the_frame_given_names_the_rows():
    table = rows(HOSTILE["seen before referred"]).set_axis(["first", "second"])

    assert waiting_times(table, minimum=1).problems["row"].tolist() == ["second"]


def test_a_frame_of_faults_only_is_refused():
    with pytest.raises(DataError, match="no referral that can be counted"):
        waiting_list(rows(HOSTILE["seen before referred"])[1:])


def test_a_missing_column_is_named():
    with pytest.raises(ArgumentError, match="no column 'seen'"):
        waiting_list(rows().drop(columns="seen"))


def stops(**dates):
    base = {"referral_id": "a", "service": "cmht", "referred": "2024-01-01", "closed": None}
    return pd.DataFrame([base | {"first_contact": None, "outcome_measure": None, "care_plan": None} | dates])


LATEST = {
    "services": {
        "cmht": {
            "stops": ["first_contact", "outcome_measure", "care_plan"],
            "stop_rule": "latest",
            "target_weeks": 4,
        }
    }
}


def test_the_latest_of_several_stops_ends_the_clock():
    table = stops(first_contact="2024-01-08", outcome_measure="2024-01-22", care_plan="2024-01-15")

    read = read_pathways(table, rules=read_rules(LATEST))

    assert (read.stop - read.start).tolist() == [21]


def test_a_stop_that_lacks_leaves_the_clock_running():
    read = read_pathways(stops(first_contact="2024-01-08", care_plan="2024-01-15"), rules=read_rules(LATEST))

    assert read.stop.tolist() == [FAR]


def test_the_first_of_several_stops_ends_the_clock_otherwise():
    rules = read_rules({"services": {"cmht": {"stops": ["first_contact", "care_plan"]}}})

    read = read_pathways(stops(first_contact="2024-01-08", care_plan="2024-01-15"), rules=rules)

    assert (read.stop - read.start).tolist() == [7]


def test_each_service_has_its_own_target():
    table = pd.DataFrame(
        {
            "service": ["eip", "other"],
            "referred": "2024-01-01",
            "seen": "2024-01-22",
            "referral_id": ["a", "b"],
        }
    )
    rules = read_rules({"default": {"target_weeks": 18}, "services": {"eip": {"target_weeks": 2}}})

    result = waiting_list(table, rules=rules).points.set_index("service")["seen_within"]

    assert result.to_dict() == {"eip": 0, "other": 1}


def test_referrals_that_follow_within_five_days_are_one_wait():
    table = pd.DataFrame(
        {
            "referral_id": ["a", "b", "c"],
            "person_id": ["p", "p", "p"],
            "service": "cmht",
            "referred": ["2024-01-01", "2024-01-15", "2024-03-01"],
            "seen": [None, "2024-01-20", None],
            "closed": ["2024-01-10", None, None],
        }
    )
    table.loc[1, "closed"] = "2024-02-01"

    read = read_pathways(table, rules=read_rules({"default": {"join_days": 5}}))

    assert read.frame["referral_id"].tolist() == ["a", "c"]
    assert (read.stop - read.start).tolist()[0] == 19


def test_joining_without_a_person_is_refused():
    with pytest.raises(ArgumentError, match="without a person"):
        read_pathways(rows(), rules=read_rules({"default": {"join_days": 5}}))


@pytest.mark.parametrize(
    "table",
    [
        {"service": {}},
        {"default": {"target": 2}},
        {"default": {"stop_rule": "last"}},
        {"default": {"standard": 92}},
    ],
)
def test_a_rule_that_cannot_be_is_refused(table):
    with pytest.raises(ArgumentError):
        read_rules(table)


def test_rules_are_read_from_a_file(tmp_path):
    path = tmp_path / "clocks.toml"
    path.write_text("[services.eip]\ntarget_weeks = 2\nstandard = 0.6\n", encoding="utf-8")

    assert read_rules(path)["eip"].target_days == 14


HEADER = "referral_id,service,referred,seen,closed,outcome,age_band,ethnicity,imd_quintile"
TABLE_FAULTS = [
    ("r2,ward-a,2024-02-01,2024-01-31,,,,,", "seen", "seen before referred"),
    ("r2,ward-a,2024-01-01,2024-02-01,2024-01-31,,,,", "closed", "closed before seen"),
    ("r2,ward-a,2024-02-01,,2024-01-31,,,,", "closed", "closed before referred"),
    ("r2,ward-a,2999-01-01,,,,,,", "referred", "future date"),
    ("r2,ward-a,1900-01-01,,,,,,", "referred", "placeholder date"),
    ("r1,ward-a,2024-01-01,,,,,,", "referral_id", "duplicate id"),
    ("r2,nowhere,2024-01-01,,,,,,", "service", "unknown service"),
    ("r2,ward-a,2024-01-01T09:00:00+00:00,,,,,,", "referred", "a date that exists"),
    ("r2,ward-a,2024-01-01,,,,,,6", "imd_quintile", "no quintile"),
    ("r2,ward-a,,,,,,,", "referred", "the cell may not be empty"),
]


@pytest.mark.parametrize(("line", "column", "words"), TABLE_FAULTS)
def test_the_check_names_a_bad_referral_by_row_and_column(tables, line, column, words):
    tables.lines["pathways"] = [HEADER, "r1,ward-a,2024-01-01,,,,,,", line]

    with pytest.raises(TableError) as caught:
        load(tables.write())

    problems = [p for p in caught.value.problems if p.file == "pathways.csv"]
    assert [(p.row, p.column) for p in problems] == [(3, column)]
    assert words in str(problems[0])


def test_rows_with_the_same_fault_are_each_named(tables):
    bad = [f"b{n},ward-a,1900-01-01,,,,,," for n in range(3)]
    tables.lines["pathways"] = [HEADER, *bad]

    with pytest.raises(TableError) as caught:
        load(tables.write())

    assert [p.row for p in caught.value.problems] == [2, 3, 4]


def test_the_catalogue_hands_on_referrals_and_what_was_known_of_them(tables):
    tables.lines["pathways"] = [
        HEADER,
        "r1,ward-a,2022-01-05,2022-02-01,2022-05-01,Treated,,,2",
        "r2,ward-a,2022-05-01,,,,,,",
    ]
    catalogue = load(tables.write())

    known = catalogue.as_at(catalogue.quarters[0]).pathways

    assert len(catalogue.pathways) == 2
    assert known["referral_id"].tolist() == ["r1"]
    assert known[["closed", "outcome"]].isna().all(axis=None)


def test_a_project_without_referrals_has_an_empty_table(tables):
    assert load(tables.write()).pathways.empty


def intervals(*rows):
    table = pd.DataFrame(rows, columns=["person", "from", "to"])
    return table.assign(**{name: pd.to_datetime(table[name]) for name in ("from", "to")})


def spells(table, **options):
    return spell_numbers(table, start="from", end="to", by="person", **options)


@pytest.mark.parametrize(("start", "many"), [("2024-01-15", 1), ("2024-01-16", 2)])
def test_a_gap_of_five_days_joins_and_one_of_six_does_not(start, many):
    table = intervals(("a", "2024-01-01", "2024-01-10"), ("a", start, "2024-01-20"))

    assert spells(table).nunique() == many


def test_a_long_interval_holds_all_that_begin_before_its_end():
    table = intervals(
        ("a", "2024-01-01", "2024-06-30"),
        ("a", "2024-02-01", "2024-02-02"),
        ("a", "2024-05-01", "2024-05-02"),
    )

    assert spells(table).tolist() == [0, 0, 0]


def test_an_open_interval_never_ends():
    table = intervals(("a", "2024-01-01", None), ("a", "2030-01-01", "2030-01-02"))

    assert spells(table).tolist() == [0, 0]


def test_different_people_do_not_join():
    assert spells(
        intervals(("a", "2024-01-01", "2024-01-05"), ("b", "2024-01-02", "2024-01-06"))
    ).tolist() == [0, 1]


def test_an_end_before_its_start_is_refused():
    with pytest.raises(DataError, match="row 0"):
        spells(intervals(("a", "2024-01-10", "2024-01-01")))


DAYS = st.integers(0, 200)
ROWS = st.lists(st.tuples(st.sampled_from("ab"), DAYS, st.integers(0, 30)), min_size=1, max_size=15)


@settings(deadline=None)
@given(ROWS, st.integers(0, 10), st.randoms())
def test_spells_are_those_of_a_sweep_in_any_order_of_rows(rows, tolerance, chance):
    chance.shuffle(rows)
    day = pd.Timestamp("2024-01-01")
    table = pd.DataFrame(
        [(p, day + pd.Timedelta(days=s), day + pd.Timedelta(days=s + n)) for p, s, n in rows],
        columns=["person", "from", "to"],
    )

    numbers = spells(table, tolerance_days=tolerance)

    expected = 0
    for person in "ab":
        covered = sorted({d for p, s, n in rows if p == person for d in range(s, s + n + tolerance + 1)})
        expected += sum(1 for d in covered if d - 1 not in covered)
    assert numbers.nunique() >= expected
    result = table.groupby(numbers).agg({"person": "first", "from": "min", "to": "max"})
    gaps = result.sort_values(["person", "from"])
    same = gaps["person"].eq(gaps["person"].shift())
    assert ((gaps["from"] - gaps["to"].shift())[same] > pd.Timedelta(days=tolerance)).all()
