"""The tables of one build, and the digests of what a report read of them."""

from dataclasses import replace

import pandas as pd
import pytest

from sutg_analysis.catalogue.load import Reading, load, note_reading, read_readings
from sutg_analysis.catalogue.units import path_to
from sutg_analysis.project import open_project, shipped
from sutg_analysis.publish.inventory import Inventory, take_inventory


@pytest.fixture
def project(tables):
    return open_project(tables.write())


def reading(**said):
    return [{"tables": [], "quarter": None, "only": None} | said]


def test_a_snapshot_gives_back_the_very_tables(tmp_path):
    import shutil

    shutil.copytree(shipped() / "data", tmp_path / "data")
    project = open_project(tmp_path)
    first = take_inventory(project).catalogue

    again = take_inventory(project).catalogue

    for name in ("observations", "measures", "units", "targets", "events", *first.others):
        pd.testing.assert_frame_equal(again.table(name), first.table(name))


def test_a_second_build_reads_no_table_again(project, monkeypatch):
    take_inventory(project)
    monkeypatch.setattr("sutg_analysis.publish.inventory.load", lambda root: pytest.fail("read again"))

    assert len(take_inventory(project).catalogue.measures) == 2


def test_only_the_newest_snapshot_is_kept(project):
    take_inventory(project)
    (project.root / "data/notice.md").write_text("x")
    path = project.root / "data/units.csv"
    path.write_text(path.read_text().replace("Ward A", "Ward B"))

    folder = take_inventory(project).folder

    assert list(folder.parent.iterdir()) == [folder]


def test_a_digest_is_of_the_rows_read_and_no_others(project):
    inventory = take_inventory(project)

    falls = inventory.digests(reading(only={"observations.measure_id": "falls"}))["observations"]
    seen = inventory.digests(reading(only={"observations.measure_id": "seen"}))["observations"]

    assert falls["rows"] == seen["rows"] == 21
    assert falls["sha256"] != seen["sha256"]


def test_rows_after_a_quarter_are_not_of_it(project):
    digests = take_inventory(project).digests(reading(quarter="2022-23-q4"))

    assert digests["observations"]["rows"] == 30


def test_a_report_that_says_nothing_may_have_read_everything(project):
    assert "pathways" in take_inventory(project).digests([])


def test_a_kernel_reads_the_snapshot_and_says_what_it_read(project, monkeypatch, tmp_path):
    inventory = take_inventory(project)
    monkeypatch.setenv("SUTG_SNAPSHOT", str(inventory.folder))
    monkeypatch.setenv("SUTG_READINGS", str(tmp_path / "readings"))
    (project.root / "data/observations.csv").write_text("broken")

    known = load(project.root, tables=(), only={"observations.measure_id": "falls"})

    assert len(known.observations) == 21
    assert read_readings(tmp_path / "readings") == [
        {"tables": [], "quarter": None, "only": {"observations.measure_id": "falls"}}
    ]


def test_a_snapshot_is_of_one_project(project, monkeypatch, tmp_path):
    from tests.support.tables import Tables

    monkeypatch.setenv("SUTG_SNAPSHOT", str(take_inventory(project).folder))
    other = Tables(tmp_path / "other")
    other.lines["units"][2] = "ward-a,Other ward,ward,trust"

    assert "Other ward" in load(other.write()).units["name"].tolist()


def test_nobody_who_asks_for_readings_gets_none(monkeypatch, tmp_path):
    monkeypatch.delenv("SUTG_READINGS", raising=False)

    note_reading(Reading(tables=None, quarter=None, only=None))

    assert read_readings(tmp_path / "none") == []


def test_a_changed_row_of_a_ward_is_read_by_its_page_and_those_above_it_only():
    project = open_project(shipped())
    known = load(project.root, tables=[])
    rows = known.observations.copy()
    mine = rows.index[rows["unit_id"] == "osier-ward"][-1]
    rows.loc[mine, "value"] += 1
    before, after = (
        Inventory(one, project.scratch, one) for one in (known, replace(known, observations=rows))
    )

    def changed(unit):
        asked = reading(only={"observations.unit_id": unit})
        return before.digests(asked)["observations"] != after.digests(asked)["observations"]

    assert {unit for unit in known.units["unit_id"] if changed(unit)} == {
        "osier-ward",
        *path_to(known.units, "osier-ward"),
    }
