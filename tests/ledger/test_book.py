"""The ledger: one row a measure and unit."""

import pandas as pd
import pytest

import sutg_analysis.ledger.scorecard as scorecard
from sutg_analysis import load
from sutg_analysis.catalogue.load import SNAPSHOT, store
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.ledger.book import COLUMNS
from sutg_analysis.ledger.scorecard import keep_verdicts
from sutg_analysis.project import shipped

QUARTER = "2023-24-q2"
DESIGN = [
    "measure_id",
    "unit_id",
    "title",
    "unit_name",
    "kind",
    "priority",
    "owner",
    "latest",
    "latest_date",
    "target",
    "variation",
    "assurance",
    "centre",
    "lower",
    "upper",
    "signals",
    "since",
    "met",
    "of",
    "limits_from",
    "limits_predate",
    "rebase_proposed",
    "complete",
    "provisional",
    "chart",
    "caveats",
    "attention",
]


@pytest.fixture(scope="module")
def at():
    return load(shipped(), quarter=QUARTER, tables=())


def row(at, measure, unit):
    rows = at.ledger
    return rows[(rows["measure_id"] == measure) & (rows["unit_id"] == unit)].iloc[0]


def test_it_has_the_columns_of_the_design_and_a_row_a_measure_and_unit(at):
    assert at.ledger.columns.tolist() == COLUMNS
    assert set(DESIGN) <= set(COLUMNS)
    assert not at.ledger.duplicated(["measure_id", "unit_id"]).any()
    assert sorted(at.ledger["attention"]) == list(range(1, len(at.ledger) + 1))


def falls(tables, values, **changes):
    """Return the ledger's row of a ward's falls, whose values these are, month by month."""
    months = pd.date_range("2022-01-01", periods=len(values), freq="MS").strftime("%Y-%m-%d")
    keep = [line for line in tables.lines["observations"] if not line.startswith("falls")]
    tables.lines["observations"] = keep + [
        f"falls,ward-a,{m},{v}," for m, v in zip(months, values, strict=True)
    ]
    tables.lines["events"] = tables.lines["events"][:1]
    return row(load(tables.write(), quarter=QUARTER, **changes), "falls", "ward-a")


CALM = [5, 6, 5, 7, 5, 6, 4, 6, 5, 6, 7, 5, 6, 5, 5, 6, 7, 5]


def test_a_signal_earlier_in_the_quarter_is_told_at_its_end(tables):
    found = falls(tables, [*CALM, 30, 29, 6])

    assert found["variation"] == "common"
    assert found["period_variation"] == "concern_high"
    assert found["signals"] == "outside"
    assert found["since"] == pd.Timestamp("2023-07-01")


def test_points_that_all_broke_a_rule_are_one_signal_since_the_first_of_them(tables):
    found = falls(tables, [*CALM, 30, 29, 31])

    assert (found["variation"], found["since"]) == ("concern_high", pd.Timestamp("2023-07-01"))


def test_a_quiet_series_has_no_signal_and_no_day_since(tables):
    found = falls(tables, [*CALM, 5, 6, 6])

    assert (found["variation"], found["signals"]) == ("common", "")
    assert pd.isna(found["since"])


def test_the_record_counts_the_periods_that_met_the_target(tables):
    found = falls(tables, [*CALM, 7, 8, 9])

    assert (found["met"], found["of"], found["streak"]) == (7, 12, -3)


def test_limits_older_than_a_change_that_has_lasted_say_so_and_new_ones_are_proposed(tables):
    found = falls(tables, [9, 8, 9, 10, 8, 9, 10, 9, 8, 9, 10, 9, 4, 3, 4, 5, 4, 3, 4, 5, 4])

    assert found["limits_from"] == pd.Timestamp("2022-01-01")
    assert found["limits_predate"]
    assert found["rebase_proposed"] == pd.Timestamp("2023-01-01")


def test_nothing_is_proposed_where_nothing_has_changed(tables):
    found = falls(tables, [*CALM, 5, 6, 6])

    assert not found["limits_predate"]
    assert pd.isna(found["rebase_proposed"])


def test_a_total_is_complete_when_all_its_units_have_reported(tables):
    tables.lines["units"].append("ward-b,Ward B,ward,trust")
    lines = [line for line in tables.lines["observations"] if line.startswith("falls,ward-a")]
    other = [line.replace("ward-a", "ward-b") for line in lines]
    tables.lines["observations"] += other
    tables.lines["events"] = tables.lines["events"][:1]
    assert row(load(tables.write(), quarter=QUARTER), "falls", "trust")["complete"]

    tables.lines["observations"].remove(other[-1])
    late = load(tables.write(), quarter=QUARTER)

    assert not row(late, "falls", "trust")["complete"]
    assert not row(late, "falls", "ward-b")["complete"]
    assert row(late, "falls", "ward-a")["complete"]
    assert row(late, "falls", "trust")["latest_date"] == pd.Timestamp("2023-08-01")
    last = late.series.query("measure_id == 'falls' and unit_id == 'trust'").iloc[-1]
    assert (last["members"], last["complete"], pd.isna(last["value"])) == (2, False, True)

    tables.lines["units"][0] += ",opened,closed,successor"
    tables.lines["units"][1:] = [f"{line},,," for line in tables.lines["units"][1:]]
    tables.lines["units"][-1] = "ward-b,Ward B,ward,trust,,2023-08-31,ward-a"
    closed = load(tables.write(), quarter=QUARTER)
    assert row(closed, "falls", "trust")["complete"]
    assert row(closed, "falls", "trust")["latest_date"] == pd.Timestamp("2023-09-01")


def test_the_ledger_is_the_one_the_build_made_and_spc_is_called_once(tables, tmp_path, monkeypatch):
    calls = []
    judge = scorecard.spc
    monkeypatch.setattr(scorecard, "spc", lambda *words, **named: calls.append(1) or judge(*words, **named))
    root = tables.write()
    known = load(root)
    store(known, tmp_path / "kept", project=root)
    quarter = Quarter.parse(QUARTER)
    made = keep_verdicts(known.as_at(quarter), tmp_path / "kept", quarter=quarter)
    monkeypatch.setenv(SNAPSHOT, str(tmp_path / "kept"))

    whole = load(root, quarter=QUARTER)
    some = load(root, quarter=QUARTER, tables=(), only={"observations.measure_id": "falls"})

    pd.testing.assert_frame_equal(whole.ledger, made.ledger)
    assert set(some.ledger["measure_id"]) == {"falls"}
    assert some.ledger["attention"].isin(made.ledger["attention"]).all()
    assert some.chart("falls", unit="ward-a").summary["centre"].item() == pytest.approx(
        made.result("falls", unit_id="ward-a").summary["centre"].item()
    )
    assert len(calls) == len(made.results)


def test_series_name_their_source_and_their_members(at):
    series = at.series

    trust = series[(series["measure_id"] == "falls") & (series["unit_id"] == at.top_units[0])]
    assert set(trust["source"]) == {"units below"}
    assert trust["members"].gt(1).all()
    assert trust["complete"].all()
    assert set(series["status"]) == {""}
