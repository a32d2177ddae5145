"""Published files as tables: their traps, what is said of them, and files that are something else."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from sutg_analysis import load
from sutg_analysis.cli import app
from sutg_analysis.errors import DataError
from sutg_analysis.files.importing import import_files
from sutg_analysis.files.mhsds import import_mhsds
from sutg_analysis.files.rtt import band_columns, import_rtt
from sutg_analysis.files.sickness import import_sickness

KEYS = ["Period", "Provider Org Code", "Provider Org Name", "Commissioner Org Code", "RTT Part Type"]
KEYS += ["Treatment Function Code", "Treatment Function Name"]
BANDS = [f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(104)] + ["Gt 104 Weeks SUM 1"]
LAST = ["Total", "Patients with unknown clock start date", "Total All"]


def rtt_row(part, function, counts, *, commissioner="QAA", org="ZZ1", total_all=None):
    bands = [""] * 105 if counts is None else [str(counts.get(week, 0)) for week in range(105)]
    total = "" if part.startswith("Part_2") or counts is None else str(sum(counts.values()))
    everyone = sum(counts.values()) if total_all is None else total_all
    keys = ["RTT-November-2024", org, "AN ACUTE, TRUST", commissioner, part, function, f"{function} Service"]
    return [*keys, *bands, total, "", str(everyone)]


@pytest.fixture
def rtt_file(tmp_path):
    def write(*rows, name="extract.csv"):
        path = tmp_path / name
        pd.DataFrame(rows, columns=[*KEYS, *BANDS, *LAST]).to_csv(path, index=False)
        return path

    return write


def value(imported, measure_id, unit_id):
    rows = imported.observations
    return rows[(rows["measure_id"] == measure_id) & (rows["unit_id"] == unit_id)]["numerator"].iloc[0]


def test_total_rows_are_not_added_to_their_detail(rtt_file):
    detail = [rtt_row("Part_2", code, {3: 40, 20: 10}) for code in ("C_100", "C_101")]

    imported = import_rtt([rtt_file(*detail, rtt_row("Part_2", "C_999", {3: 80, 20: 20}))])

    assert imported.summary["waiting"].tolist() == [100]
    assert imported.summary["within_18"].tolist() == [80]
    assert value(imported, "rtt-waiting", "ZZ1-C_100") == 50


def test_totals_that_their_detail_does_not_make_are_said(rtt_file):
    imported = import_rtt(
        [rtt_file(rtt_row("Part_2", "C_100", {3: 40}), rtt_row("Part_2", "C_999", {3: 41}))]
    )

    assert any("totals 41, its functions 40" in note for note in imported.notes)


def test_detail_without_totals_is_added_up(rtt_file):
    imported = import_rtt([rtt_file(*(rtt_row("Part_2", code, {3: 40}) for code in ("C_100", "C_101")))])

    assert imported.summary["waiting"].tolist() == [80]


def test_commissioner_nonc_is_left_out_and_said(rtt_file):
    rows = rtt_row("Part_2", "C_999", {3: 40}), rtt_row("Part_2", "C_999", {3: 9}, commissioner="NONC")

    imported = import_rtt([rtt_file(*rows)])

    assert imported.summary["waiting"].tolist() == [40]
    assert any("1 row of commissioner NONC" in note for note in imported.notes)


def test_blank_bands_of_clock_starts_are_not_zero_and_total_all_counts(rtt_file):
    rows = rtt_row("Part_2", "C_999", {3: 40}), rtt_row("Part_3", "C_999", None, total_all=77)

    imported = import_rtt([rtt_file(*rows)])

    assert imported.summary["new"].tolist() == [77]
    assert imported.summary["waiting"].tolist() == [40]


def test_a_percentile_in_the_open_band_has_no_number_and_says_why(rtt_file):
    imported = import_rtt([rtt_file(rtt_row("Part_2", "C_999", {3: 40, 104: 60}))])

    rows = imported.observations.set_index("measure_id")
    assert pd.isna(rows.loc["rtt-p92-weeks", "numerator"])
    assert rows.loc["rtt-p92-weeks", "status"] == "censored"


def test_two_files_of_one_month_are_refused(rtt_file):
    row = rtt_row("Part_2", "C_999", {3: 40})

    with pytest.raises(DataError, match=r"November 2024 of ZZ1 in a\.csv, b\.csv"):
        import_rtt([rtt_file(row, name="a.csv"), rtt_file(row, name="b.csv")])


def test_a_band_that_lacks_is_named():
    with pytest.raises(DataError, match="no band from 1 weeks"):
        band_columns(pd.DataFrame(columns=["Gt 00 To 01 Weeks SUM 1", "Gt 02 Weeks SUM 1"]))


def test_a_number_that_is_none_is_named_by_row_and_column(rtt_file):
    row = rtt_row("Part_2", "C_999", {3: 40})
    row[KEYS.index("Treatment Function Name") + 1] = "many"

    with pytest.raises(DataError, match=r"row 2, column Gt 00 To 01 Weeks SUM 1: 'many'"):
        import_rtt([rtt_file(row)])


MHSDS = (
    "REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,PRIMARY_LEVEL_DESCRIPTION,"
)
MHSDS += "SECONDARY_LEVEL,SECONDARY_LEVEL_DESCRIPTION,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE"
MHSDS_ROWS = [
    "01/02/2024,30/04/2024,Performance,Provider,ZZ1,A TRUST,NONE,NONE,M1,Number starting,120",
    "01/04/2024,30/04/2024,Performance,Provider,ZZ1,A TRUST,NONE,NONE,M1,Number starting,45",
    "01/04/2024,30/04/2024,Performance,Provider,ZZ1,A TRUST,NONE,NONE,M2,Number waiting,*",
    "01/04/2024,30/04/2024,Performance,Provider,ZZ1,A TRUST,NONE,NONE,M3,Number waiting more than a year,0",
]


@pytest.fixture
def mhsds_file(tmp_path):
    path = tmp_path / "mhsds.csv"
    path.write_text("\n".join([MHSDS, *MHSDS_ROWS]) + "\n", encoding="utf-8")
    return path


def test_suppressed_is_neither_zero_nor_missing(mhsds_file):
    rows = import_mhsds([mhsds_file]).observations.set_index("measure_id")

    assert (pd.isna(rows.loc["m2-1m", "numerator"]), rows.loc["m2-1m", "status"]) == (True, "suppressed")
    assert (rows.loc["m3-1m", "numerator"], pd.isna(rows.loc["m3-1m", "status"])) == (0, True)


def test_two_reporting_periods_are_two_measures(mhsds_file):
    imported = import_mhsds([mhsds_file])

    assert value(imported, "m1-3m", "ZZ1") == 120
    assert value(imported, "m1-1m", "ZZ1") == 45
    assert any("01 Feb 2024 to 30 Apr 2024; 01 Apr 2024 to 30 Apr 2024" in note for note in imported.notes)


def test_suppressed_values_are_shown_as_such_and_stay_so_in_the_project(mhsds_file, tmp_path):
    root = tmp_path / "mine"
    root.mkdir()

    result = CliRunner().invoke(app, ["import", "mhsds", str(mhsds_file), "--project", str(root)])

    assert result.exit_code == 0
    assert "m2-1m: [c] suppressed" in result.output
    seen = load(root).observations.set_index("measure_id")
    assert seen.loc["m2-1m", "status"] == "suppressed"
    assert pd.isna(seen.loc["m2-1m", "value"])


@pytest.fixture
def sickness_file(tmp_path):
    path = tmp_path / "sickness.csv"
    lines = ["DATE,ORG_CODE,ORG_NAME,FTE_DAYS_LOST,FTE_DAYS_AVAILABLE,SICKNESS_ABSENCE_RATE_PERCENT"]
    lines += ["30/04/2024,ZZ1,A Trust,50,1000,5.00", "30/04/2024,ZZ2,Another,30,1000,3.00"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_sickness_is_days_lost_of_days_available(sickness_file):
    imported = import_sickness([sickness_file], units=["ZZ1"])

    assert imported.observations[["numerator", "denominator"]].values.tolist() == [[50, 1000]]
    assert imported.lines == ("ZZ1 A Trust, April 2024: 5.0000% (50 of 1,000 days)",)


def test_imports_stand_beside_each_other_and_replace_only_themselves(mhsds_file, sickness_file, tmp_path):
    root = tmp_path / "mine"
    root.mkdir()
    for _ in range(2):
        import_files("mhsds", [mhsds_file], project=root)
        import_files("sickness", [sickness_file], project=root)

    catalogue = load(root)

    assert len(catalogue.observations) == 6
    assert catalogue.units["unit_id"].tolist() == ["ZZ1", "ZZ2"]


@pytest.mark.parametrize(("kind", "other"), [("rtt", "mhsds"), ("mhsds", "sickness"), ("sickness", "mhsds")])
def test_a_file_of_another_kind_is_recognised_and_named(kind, other, mhsds_file, sickness_file):
    path = {"mhsds": mhsds_file, "sickness": sickness_file}[other]

    with pytest.raises(DataError, match=f"{path.name} is a file of .*sutg import {other}"):
        import_files(kind, [path])


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"", b"\x00\x01\x02PK", b"Period,Provider Org Code\n"])
def test_a_file_of_no_kind_is_named(tmp_path, content):
    path = tmp_path / "other.csv"
    path.write_bytes(content)

    with pytest.raises(DataError, match=r"other\.csv"):
        import_files("rtt", [path])


def test_published_figures_are_not_mixed_with_synthetic_ones(sickness_file, tmp_path):
    data = tmp_path / "mine" / "data"
    data.mkdir(parents=True)
    (data / "notice.md").write_text("The numbers are synthetic.", encoding="utf-8")

    with pytest.raises(DataError, match="nothing was written"):
        import_files("sickness", [sickness_file], project=tmp_path / "mine")
    assert not (data / "measures.csv").exists()


def test_a_status_beside_a_number_is_a_problem_of_the_table(tables):
    tables.lines["observations"][0] += ",status"
    tables.lines["observations"][1:] = [f"{line}," for line in tables.lines["observations"][1:]]
    tables.lines["observations"][1] += "suppressed"

    with pytest.raises(Exception, match=r"observations\.csv, row 2, column numerator"):
        load(tables.write())


def test_one_provider_of_november_2024_has_the_known_figures(shared, tmp_path):
    path = shared / "data" / "rtt_full_extract_nov2024_RBD.csv"

    result = CliRunner().invoke(app, ["import", "rtt", str(path), "--project", str(tmp_path)])

    for figure in ("21,693 waiting", "14.335129", "42.607429", "57.779%", "647 over 52", "45 over 65"):
        assert figure in result.output
    assert "9 rows of commissioner NONC" in result.output
    rolled = load(tmp_path).rolled_up().observations
    top = rolled[rolled["unit_id"] == "RBD"].set_index("measure_id")["value"]
    assert top["rtt-waiting"] == 21693
    assert round(top["rtt-within-18"], 3) == 57.779


def test_every_total_of_the_extract_is_the_sum_of_its_functions(shared):
    notes = import_rtt([shared / "data" / "rtt_full_extract_nov2024_RBD.csv"]).notes

    assert [note for note in notes if "its functions" in note] == []


def test_published_percentiles_of_march_2015_are_compared_with_ours(shared):
    imported = import_rtt([shared / "data" / "rtt_2014_15" / "Incomplete-Commissioner-Mar15.csv.gz"])

    assert len(imported.notes) == 2
    assert all("not those of NHS EAST SURREY CCG" in note for note in imported.notes)
    assert imported.summary["period"].unique().tolist() == [pd.Timestamp("2015-03-01")]


def test_open_adult_spells_of_the_trust_in_april_2024(shared):
    files = sorted((shared / "data" / "mhsds_4ww_2024").glob("*.csv.gz"))

    imported = import_mhsds(files, units=["RT5"])

    rows = imported.observations
    april = rows[(rows["measure_id"] == "mrs02-1m") & (rows["period"] == "2024-04-01")]
    assert april["numerator"].tolist() == [19015]
    hidden = rows[rows["status"] == "suppressed"]
    assert len(hidden) == 16
    assert hidden["numerator"].isna().all()


def test_json_holds_the_whole_summary(sickness_file, tmp_path):
    words = ["import", "sickness", str(sickness_file), "--project", str(tmp_path), "--json"]

    result = json.loads(CliRunner().invoke(app, words).output)

    assert [row["unit_id"] for row in result["summary"]] == ["ZZ1", "ZZ2"]
    assert result["rows"] == {"measures": 1, "observations": 2, "units": 2}
