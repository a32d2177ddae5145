"""The example tables: always the same, sound, and with every planted signal where the truth says it is."""

import re
from pathlib import Path

import pandas as pd
import pytest

from example.answers import ANSWERS
from example.incidents import RATES
from example.make import SEED, main, tables, write
from example.papers import NOTICE
from example.truth import EXPLAINED, LATE, PLANTED
from sutg_analysis import load, spc
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
TABLES = ("measures", "observations", "units", "targets", "events")
KEYS = ["measure_id", "unit_id"]
RULE = {"shift": "shift", "trend": "trend", "outlier": "outside"}
WINDOW = {"shift": 7, "trend": 8, "outlier": 1}

# What is planted in referrals, as it shows in a measure.
WAITS = [
    ("waits-18-weeks", "continence", "shift", "2022-11-01", 0, "low"),
    ("waits-18-weeks", "neurodevelopmental", "shift", "2023-01-01", 0, "low"),
    ("waits-18-weeks", "learning-disability", "shift", "2021-09-01", 0, "high"),
    ("talking-6-weeks", "talking-therapies", "shift", "2023-01-01", 0, "high"),
]

QUIET = [
    ("falls", "godwit-ward"),
    ("falls", "sedge-ward"),
    ("pressure-ulcers", "bittern-ward"),
    ("pressure-ulcers", "godwit-ward"),
    ("restraint", "osier-ward"),
    ("restraint", "teasel-ward"),
    ("follow-up-72-hours", "sedge-ward"),
    ("follow-up-72-hours", "teasel-ward"),
    ("bed-occupancy", "bittern-ward"),
    ("waits-18-weeks", "community-mental-health"),
    ("psychosis-2-weeks", "early-intervention"),
    ("sickness", "curlew-ward"),
    ("agency", "continence"),
    ("training", "talking-therapies"),
    ("friends-and-family", "district-nursing"),
    ("complaints", "district-nursing"),
]


@pytest.fixture(scope="module")
def catalogue():
    return load(ROOT)


@pytest.fixture(scope="module")
def made():
    return tables()


def charts(catalogue, *, level="below"):
    """Judge every series with its targets and its events, of the lowest units or rolled up."""
    known = catalogue if level == "below" else catalogue.rolled_up()
    rows = known.observations.merge(known.measures[["measure_id", "improvement"]])
    marks = known.events[[*KEYS, "date", "reason", "author", "kind"]]
    standing = known.measures.loc[known.measures["target"].notna(), ["measure_id", "target"]]
    targets = pd.concat([standing, known.targets])
    return spc(
        rows,
        value="value",
        date="period",
        by=KEYS,
        improvement="improvement",
        target=targets if level != "below" else targets[targets["unit_id"] != "fenmarch"],
        rebase=marks[marks["kind"] == "rebase"],
        exclude=marks[marks["kind"] == "exclude"],
    )


@pytest.fixture(scope="module")
def judged(catalogue):
    return charts(catalogue)


@pytest.fixture(scope="module")
def board(catalogue):
    return charts(catalogue, level="trust").select(unit_id="fenmarch").summary.set_index("measure_id")


def named(signal):
    return "-".join(signal[:3])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("new") / "data"
    assert main([str(folder)]) == 0
    return folder


def test_the_command_writes_the_committed_files_byte_for_byte(written):
    csv = [path.name for path in written.iterdir() if path.suffix != ".parquet"]

    result = [name for name in csv if (written / name).read_bytes() != (DATA / name).read_bytes()]

    assert len(csv) == 14
    assert result == []


@pytest.mark.parametrize("name", ["pathways", "sitrep"])
def test_the_command_writes_the_committed_rows_of_large_tables(written, name):
    result, expected = (pd.read_parquet(folder / f"{name}.parquet") for folder in (written, DATA))

    pd.testing.assert_frame_equal(result, expected)


def test_the_command_writes_the_committed_truth(tmp_path):
    main(["--truth", str(tmp_path / "truth.csv")])

    result = (tmp_path / "truth.csv").read_bytes()

    assert result == (ROOT / "tests" / "example_truth.csv").read_bytes()


def test_another_seed_gives_other_observations_and_the_same_rest(made):
    other = tables(seed=SEED + 1)

    result = {name for name in TABLES if not other[name].equals(made[name])}

    assert result == {"observations"}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_somebody_else_are_not_written_over(name, tmp_path):
    (tmp_path / f"{name}.csv").write_text("mine", encoding="utf-8")

    with pytest.raises(ArgumentError, match="not the example's"):
        write(tmp_path)

    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["mine"]


def test_the_command_says_in_one_line_why_it_writes_nothing(tmp_path, capsys):
    (tmp_path / "measures.csv").write_text("mine", encoding="utf-8")

    result = main([str(tmp_path)])

    assert result == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_tables_are_small():
    result = sum((DATA / f"{name}.csv").stat().st_size for name in TABLES)

    assert result < 1_000_000


@pytest.mark.parametrize("word", ["synthetic", "fictional", "real patients", "staff", "performance"])
def test_the_notice_says_that_nothing_is_real(word):
    assert word in NOTICE.replace("\n", " ")


def test_the_quarters_run_from_spring_2020_to_summer_2023(catalogue):
    result = catalogue.quarters[0], catalogue.latest_quarter, len(catalogue.quarters)

    assert result == (Quarter(2020, 1), Quarter(2023, 2), 14)


def test_every_series_has_every_month(catalogue):
    months = set(pd.date_range("2020-04-01", "2023-09-01", freq="MS"))

    result = catalogue.observations.groupby(KEYS)["period"].agg(set)

    assert len(months) == 42
    assert (result == months).all()


@pytest.mark.parametrize("column", ["measure_id", "unit_id"])
@pytest.mark.parametrize("table", TABLES)
def test_ids_are_lower_case_letters_digits_and_hyphens(made, table, column):
    ids = made[table][column].dropna() if column in made[table] else pd.Series(dtype="str")

    result = [name for name in ids.unique() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)]

    assert result == []


@pytest.mark.parametrize("table", ["observations", "targets", "events"])
@pytest.mark.parametrize(("column", "home"), [("measure_id", "measures"), ("unit_id", "units")])
def test_a_row_names_only_measures_and_units_that_exist(made, table, column, home):
    result = set(made[table][column].dropna()) - set(made[home][column])

    assert result == set()


def test_units_are_one_tree_of_four_kinds_under_the_trust(made):
    units = made["units"].set_index("unit_id")
    above = {"directorate": {"trust"}, "service": {"directorate"}, "ward": {"directorate", "service"}}
    below = units[units["parent_id"].notna()]

    result = [
        unit for unit, row in below.iterrows() if units["kind"][row["parent_id"]] not in above[row["kind"]]
    ]

    assert result == []
    assert units.index[units["parent_id"].isna()].tolist() == ["fenmarch"]
    assert units["kind"].value_counts()["directorate"] == 3


def test_only_units_without_children_report(catalogue):
    parents = set(catalogue.units["parent_id"].dropna())

    result = set(catalogue.observations["unit_id"]) & parents

    assert result == set()


def test_harms_of_bed_days_are_reported_by_wards_only(catalogue):
    wards = set(catalogue.units.query("kind == 'ward'")["unit_id"])
    rates = catalogue.measures.query("per == 1000")["measure_id"]

    result = set(catalogue.observations.query("measure_id in @rates")["unit_id"]) - wards

    assert len(rates) == 3
    assert result == set()


def told(catalogue, measure):
    rows = catalogue.observations.query("measure_id == @measure")
    rows = rows.assign(period=rows["period"].dt.strftime("%Y-%m-%d")).set_index(["unit_id", "period"])
    return rows[["numerator", "denominator"]].astype(float)


def test_beds_are_those_of_the_sitrep(made, catalogue):
    census = made["sitrep"].query("shift == 'night'")
    keys = [census["ward"].rename("unit_id"), census["date"].dt.strftime("%Y-%m-01").rename("period")]
    result = census.groupby(keys)[["occupied", "beds"]].sum().astype(float)

    expected = told(catalogue, "bed-occupancy").loc[result.index]
    assert result.to_numpy().tolist() == expected.to_numpy().tolist()


def test_what_a_register_tells_is_not_typed(made):
    counted = set(made["measures"].dropna(subset="from")["measure_id"])

    result = counted & set(made["observations"]["measure_id"])

    assert len(counted) == 9
    assert result == set()


def test_the_baseline_of_a_programme_is_its_measure_in_the_year_before(catalogue):
    known = catalogue.rolled_up().observations
    metrics = catalogue.programme.dropna(subset="measure_id")

    for row in metrics.to_dict("records"):
        mine = (known["measure_id"] == row["measure_id"]) & (known["unit_id"] == row["unit_id"])
        year = known["period"].between(row["start"] - pd.DateOffset(years=1), row["start"], inclusive="left")
        assert row["baseline"] == pytest.approx(known.loc[mine & year, "value"].mean(), abs=0.5)


@pytest.mark.parametrize("harm", RATES)
def test_harms_are_those_of_the_log_against_the_days_beds_were_occupied(made, catalogue, harm):
    log = made["incidents"].query("harm == @harm")
    counts = log.groupby(["ward", log["date"].str[:7] + "-01"]).size()
    days = told(catalogue, "bed-occupancy")["numerator"]

    result = told(catalogue, harm)

    assert result["numerator"].sum() == len(log)
    assert (result["numerator"] == counts.reindex(result.index).fillna(0)).all()
    assert (result["denominator"] == days.loc[result.index]).all()


@pytest.mark.parametrize("kind", ["age", "ethnicity"])
def test_answers_are_those_of_the_feedback_by_whatever_group(made, catalogue, kind):
    rows = made["feedback"].query("group_kind == @kind").groupby(["unit_id", "period"])
    good, whole = rows[["very_good", "good"]].sum().sum(axis=1), rows[list(ANSWERS)].sum().sum(axis=1)

    expected = told(catalogue, "friends-and-family").loc[good.index]
    assert good.tolist() == expected["numerator"].tolist()
    assert whole.tolist() == expected["denominator"].tolist()


@pytest.mark.parametrize(
    ("measure", "service", "days"),
    [
        ("waits-18-weeks", "neurodevelopmental", 126),
        ("psychosis-2-weeks", "early-intervention", 14),
        ("talking-6-weeks", "talking-therapies", 42),
    ],
)
def test_waits_are_those_of_the_referrals(made, catalogue, measure, service, days):
    seen = made["pathways"].query("service == @service").dropna(subset="seen")
    waited = (seen["seen"] - seen["referred"]).dt.days
    month = seen["seen"].dt.strftime("%Y-%m-01")

    result = told(catalogue, measure).loc[service]

    assert result["denominator"].tolist() == month.value_counts().sort_index().tolist()
    assert result["numerator"].tolist() == (waited <= days).groupby(month).sum().tolist()


def test_no_percentage_has_a_numerator_above_its_denominator(catalogue):
    rows = catalogue.observations.merge(
        catalogue.measures.query("unit == 'percent'")[["measure_id", "per"]], on="measure_id"
    )

    result = rows[(rows["numerator"] > rows["denominator"]) | (rows["numerator"] < 0)]

    assert len(rows) > 0
    assert (rows["per"] == 100).all()
    assert result.empty


def test_people_and_events_are_counted_in_whole_numbers(catalogue):
    rows = catalogue.observations
    counted = rows[~rows["measure_id"].isin(["sickness", "agency"])]

    result = counted[["numerator", "denominator"]].dropna() % 1

    assert (result == 0).all(axis=None)


def test_whoever_began_therapy_within_6_weeks_did_so_within_18(catalogue):
    rows = catalogue.observations.set_index(["measure_id", "period"])
    six, eighteen = rows.loc["talking-6-weeks"], rows.loc["talking-18-weeks"]

    assert six["denominator"].equals(eighteen["denominator"])
    assert (six["numerator"] <= eighteen["numerator"]).all()


def test_a_measure_without_any_target_is_neutral(made):
    measures = made["measures"]
    bare = measures["target"].isna() & ~measures["measure_id"].isin(made["targets"]["measure_id"])

    result = measures.loc[bare, "improvement"].tolist()

    assert result == ["neutral"]


def test_a_unit_without_a_target_has_no_assurance(judged):
    result = judged.summary.loc[
        judged.summary["target"].isna(), ["measure_id", "assurance"]
    ].drop_duplicates()

    assert result.values.tolist() == [["bed-occupancy", "none"], ["complaints", "none"]]


def test_a_trajectory_looks_beyond_the_last_month(made):
    assert made["targets"]["end"].dropna().max() > "2023-09-30"


def test_a_rebase_and_an_exclusion_have_a_reason_and_an_author(made):
    moving = made["events"].query("kind in ['rebase', 'exclude']")

    assert sorted(moving["kind"]) == ["exclude", "rebase"]
    assert moving[["reason", "author"]].notna().all(axis=None)


def test_two_changes_are_being_tried_and_one_of_them_has_no_effect(made):
    tried = made["events"].query("kind == 'pdsa'")
    planted = {signal[:2] for signal in PLANTED}

    result = [pair in planted for pair in zip(tried["measure_id"], tried["unit_id"], strict=True)]

    assert sorted(result) == [False, True]


@pytest.mark.parametrize("signal", EXPLAINED, ids=named)
def test_a_change_that_is_not_planted_has_its_event(made, signal):
    events = made["events"].query("kind in ['rebase', 'exclude'] and measure_id == @signal[0]")

    assert events["date"].tolist() == [signal[3]]


@pytest.mark.parametrize("signal", [*PLANTED, *WAITS], ids=named)
def test_a_planted_signal_is_found_by_its_own_rule_in_its_direction(judged, signal):
    measure, unit, kind, start, _, direction = signal
    points = judged.select(measure_id=measure, unit_id=unit).points
    after = points[points["date"] >= start].head(WINDOW[kind])

    result = after[after[RULE[kind]] & after["variation"].astype("str").str.endswith(f"_{direction}")]

    assert not result.empty


@pytest.mark.parametrize("signal", [signal for signal in PLANTED if signal[2] == "outlier"], ids=named)
def test_the_months_around_an_outlier_are_within_the_limits(judged, signal):
    points = judged.select(measure_id=signal[0], unit_id=signal[1]).points
    near = (points["date"] - pd.Timestamp(signal[3])).abs().dt.days

    result = points.loc[(near > 0) & (near < 100), "outside"]

    assert len(result) == 6
    assert not result.any()


@pytest.mark.parametrize(("measure", "unit"), QUIET)
def test_a_quiet_series_is_common_cause_at_its_latest_point(judged, measure, unit):
    assert (measure, unit) not in {signal[:2] for signal in (*PLANTED, *WAITS)}

    result = judged.select(measure_id=measure, unit_id=unit).summary["variation"].item()

    assert result == "common"


def test_no_series_without_a_planted_signal_raises_a_false_alarm_in_the_last_quarter(judged):
    planted = pd.MultiIndex.from_tuples(
        [signal[:2] for signal in (*PLANTED, *WAITS, *LATE)] + [("talking-18-weeks", "talking-therapies")]
    )
    points = judged.points[judged.points["date"] >= "2023-07-01"].set_index(KEYS)
    quiet = points.drop(planted)

    result = quiet.index[quiet["variation"] != "common"].unique().tolist()

    assert len(judged.summary) == 108
    assert result == []


@pytest.mark.parametrize("signal", EXPLAINED, ids=named)
def test_without_its_event_an_explained_change_would_be_a_signal(catalogue, signal):
    rows = catalogue.rolled_up().observations.query("unit_id == 'fenmarch'")
    points = spc(rows[rows["measure_id"] == signal[0]], value="value", date="period").points

    result = points.loc[points["date"] >= signal[3], RULE[signal[2]]]

    assert result.iloc[0]


@pytest.mark.parametrize("signal", EXPLAINED, ids=named)
def test_with_its_event_an_explained_change_breaks_no_limit_and_is_no_shift(catalogue, signal):
    points = charts(catalogue, level="trust").select(unit_id="fenmarch", measure_id=signal[0]).points

    result = points.loc[points["date"] == signal[3], ["outside", "shift"]]

    assert len(result) == 1
    assert not result.any(axis=None)


def test_the_board_sees_improvement_concern_and_common_cause(board):
    kinds = board["variation"].astype("str").str.split("_").str[0]

    assert set(kinds) == {"improvement", "concern", "common", "neutral"}


def test_the_board_sees_targets_passed_failed_and_hit_or_missed(board):
    assert set(board["assurance"]) == {"pass", "fail", "hit_or_miss", "none"}


@pytest.mark.parametrize("text", [*(f"{name}.csv" for name in TABLES), "notice.md", "README.md"])
def test_no_title_of_a_person_is_in_the_files(text):
    words = (DATA / text).read_text(encoding="utf-8")

    assert not re.search(r"\b(Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Dame)\b", words)
