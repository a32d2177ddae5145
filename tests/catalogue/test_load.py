"""Tables are found, read, checked and handed on; every problem is named once, with its place."""

import pandas as pd
import pytest

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, DataError, TableError


def problems_of(tables) -> list[str]:
    with pytest.raises(TableError) as caught:
        load(tables.write())
    return str(caught.value).splitlines()


def edit(tables, table, row, old, new):
    """Change a cell of a row as a spreadsheet numbers it."""
    line = tables.lines[table][row - 1]
    assert old in line
    tables.lines[table][row - 1] = line.replace(old, new)


EDITS = {
    "bad date": (
        "observations",
        5,
        "2022-04-01",
        "31/02/2022",
        "observations.csv, row 5, column period: found '31/02/2022'",
    ),
    "date in words": (
        "observations",
        5,
        "2022-04-01",
        "last April",
        "observations.csv, row 5, column period: found 'last April'",
    ),
    "unknown unit": (
        "observations",
        3,
        "ward-a",
        "ward-z",
        "observations.csv, row 3, column unit_id: found 'ward-z'",
    ),
    "unknown measure": (
        "observations",
        3,
        "falls",
        "flals",
        "observations.csv, row 3, column measure_id: found 'flals'",
    ),
    "text in a number": (
        "observations",
        4,
        ",5,",
        ",five,",
        "observations.csv, row 4, column numerator: found 'five'",
    ),
    "mark for no number": (
        "observations",
        24,
        ",82,",
        ",*,",
        "observations.csv, row 24, column numerator: found '*'",
    ),
    "infinity": ("observations", 4, ",5,", ",inf,", "observations.csv, row 4, column numerator: found 'inf'"),
    "negative denominator": (
        "observations",
        24,
        ",100",
        ",-100",
        "observations.csv, row 24, column denominator: found '-100'",
    ),
    "numerator above denominator": (
        "observations",
        24,
        ",82,",
        ",820,",
        "observations.csv, row 24, column numerator: found '820 of 100'",
    ),
    "some of none": (
        "observations",
        24,
        ",100",
        ",0",
        "observations.csv, row 24, column numerator: found '82 of 0'",
    ),
    "no denominator here only": (
        "observations",
        24,
        ",100",
        ",",
        "observations.csv, row 24, column denominator: found nothing",
    ),
    "space before": (
        "observations",
        4,
        "falls",
        " falls",
        "observations.csv, row 4, column measure_id: found ' falls'",
    ),
    "ragged row": ("observations", 4, ",5,", ",5,,,", "observations.csv, row 4: found 7 cells"),
    "unknown chart": ("measures", 2, "xmr", "imr", "measures.csv, row 2, column chart: found 'imr'"),
    "empty title": ("measures", 2, ",Falls,", ",,", "measures.csv, row 2, column title: found nothing"),
    "percentage per 1": ("measures", 3, ",100,", ",1,", "measures.csv, row 3, column per: found '1'"),
    "id that is a path": (
        "measures",
        2,
        "falls,F",
        "../falls,F",
        "measures.csv, row 2, column measure_id: found '../falls'",
    ),
    "misspelt column": (
        "measures",
        1,
        "priority",
        "priorty",
        "measures.csv, row 1, column priorty: found this column; expected the name priority",
    ),
    "unknown parent": ("units", 3, ",trust", ",trusst", "units.csv, row 3, column parent_id: found 'trusst'"),
    "a loop of units": (
        "units",
        2,
        ",trust,",
        ",trust,ward-a",
        "units.csv, row 2, column parent_id: found 'ward-a'",
    ),
    "unknown kind": ("units", 3, ",ward,", ",wrad,", "units.csv, row 3, column kind: found 'wrad'"),
    "target that is no number": (
        "targets",
        2,
        ",75",
        ",high",
        "targets.csv, row 2, column target: found 'high'",
    ),
    "target windows that overlap": (
        "targets",
        2,
        "2022-12-31",
        "2023-03-31",
        "targets.csv, row 3, column start: found '2023-01-01'",
    ),
    "window that ends before it starts": (
        "targets",
        2,
        "2022-12-31",
        "2021-12-31",
        "targets.csv, row 2, column end: found '2021-12-31'",
    ),
    "rebase without a reason": (
        "events",
        3,
        "Capacity doubled",
        "",
        "events.csv, row 3, column reason: found nothing",
    ),
    "a count below nothing": (
        "observations",
        4,
        ",5,",
        ",-5,",
        "observations.csv, row 4, column numerator: found '-5'",
    ),
    "per without denominators": (
        "measures",
        2,
        "6,,Chief",
        "6,1000,Chief",
        "measures.csv, row 2, column per: found '1000'",
    ),
    "target above a hundred": (
        "measures",
        3,
        "increase,,",
        "increase,150,",
        "measures.csv, row 3, column target: found '150'",
    ),
    "ids alike but for capitals": (
        "units",
        3,
        "ward-a",
        "Trust",
        "units.csv, row 3, column unit_id: found 'Trust'",
    ),
    "space in a header": (
        "observations",
        1,
        "period",
        " period",
        "observations.csv, row 1, column  period: found this column",
    ),
    "exclusion of no observation": (
        "events",
        3,
        "2023-01-01,rebase",
        "2023-01-15,exclude",
        "events.csv, row 3, column date: found '2023-01-15'",
    ),
    "ragged row that others name": ("units", 3, ",trust", ",trust,,", "units.csv, row 3: found 6 cells"),
    "rebase outside the data": (
        "events",
        3,
        "2023-01-01",
        "2031-01-01",
        "events.csv, row 3, column date: found '2031-01-01'",
    ),
}


@pytest.mark.parametrize(("table", "row", "old", "new", "start"), EDITS.values(), ids=EDITS)
def test_one_mistake_is_one_line_that_names_its_place(tables, table, row, old, new, start):
    edit(tables, table, row, old, new)

    result = problems_of(tables)

    assert len(result) == 1
    assert result[0].startswith(start)


def test_a_missing_column_is_named_in_the_header_row(tables):
    tables.lines["observations"] = [line.rsplit(",", 1)[0] for line in tables.lines["observations"]]

    result = problems_of(tables)

    assert len(result) == 1
    assert result[0].startswith("observations.csv, row 1, column denominator: found no such column")


def test_a_rebase_of_a_unit_outside_its_own_data_is_named(tables):
    tables.lines["units"].append("ward-b,Ward B,ward,trust")
    tables.lines["observations"].append("falls,ward-b,2023-01-01,3,")
    tables.lines["events"].append("falls,ward-b,2023-05-01,rebase,New floor,The ward moved,Ward Manager")

    (result,) = problems_of(tables)

    assert result.startswith(
        "events.csv, row 4, column date: found '2023-05-01'; expected a date between the unit's"
    )


def test_a_missing_column_does_not_hide_what_is_wrong_in_the_others(tables):
    tables.lines["measures"] = [line.rsplit(",", 1)[0] for line in tables.lines["measures"]]
    tables.lines["measures"][1] = tables.lines["measures"][1].replace("decrease", "down")

    first, second = problems_of(tables)

    assert first.endswith("this column, which says none, mhsds, hes or fft. Add it; its cells may be empty.")
    assert second.startswith("measures.csv, row 2, column improvement: found 'down'")


def test_a_row_that_stands_twice_is_named(tables):
    tables.lines["observations"].append(tables.lines["observations"][1])

    result = problems_of(tables)

    expected = "observations.csv, row 44, column period: found 'falls, ward-a, 2022-01-01'; expected each measure_id, unit_id, period once"
    assert len(result) == 1
    assert result[0].startswith(expected)


def test_an_empty_file_is_named(tables):
    root = tables.write()
    (root / "data" / "units.csv").write_bytes(b"")

    with pytest.raises(TableError) as caught:
        load(root)

    assert str(caught.value).startswith("units.csv, row 1, column unit_id: found an empty file")


def test_a_header_without_rows_is_named(tables):
    tables.lines["observations"] = tables.lines["observations"][:1]

    assert problems_of(tables)[0].startswith("observations.csv, row 2, column measure_id: found nothing")


def test_a_wrong_encoding_is_named_with_its_cell(tables):
    root = tables.write()
    text = "\n".join(tables.lines["units"]).replace("Ward A", "Café ward")
    (root / "data" / "units.csv").write_bytes(text.encode("cp1252"))

    with pytest.raises(TableError) as caught:
        load(root)

    result = str(caught.value)
    assert result.startswith("units.csv, row 3, column name: found 'Café ward'; expected text in UTF-8")
    assert len(result.splitlines()) == 1


def test_a_table_with_semicolons_is_named(tables):
    tables.lines["units"] = [line.replace(",", ";") for line in tables.lines["units"]]

    assert problems_of(tables)[0].startswith(
        "units.csv, row 1: found unit_id;name;kind;parent_id; expected columns"
    )


def test_a_misspelt_table_is_one_problem(tables):
    tables.lines["observation"] = tables.lines.pop("observations")

    result = problems_of(tables)

    assert result == [
        f"observation.csv: found a file that is no table; expected one of {', '.join(TABLES)}. "
        "Rename it to observations.csv."
    ]


def test_a_table_in_two_files_is_a_problem(tables):
    root = tables.write()
    tables.frame("units").to_parquet(root / "data" / "units.parquet")

    with pytest.raises(TableError, match=r"units\.parquet: found the table a second time, beside units\.csv"):
        load(root)


def test_the_same_mistake_in_many_rows_is_one_line_that_counts_them(tables):
    tables.lines["observations"] = [line.replace("falls", "flals") for line in tables.lines["observations"]]

    result = problems_of(tables)

    assert len(result) == 1
    assert "row 2, column measure_id: found 'flals'" in result[0]
    assert "(20 more rows have the same)" in result[0]


def test_a_block_pasted_twice_is_one_line(tables):
    tables.lines["observations"] += tables.lines["observations"][1:11]

    result = problems_of(tables)

    assert len(result) == 1
    assert "(9 more rows repeat others)" in result[0]


def test_a_misspelt_id_is_given_the_likely_one(tables):
    edit(tables, "observations", 3, "falls", "flals")

    assert "did you mean 'falls'?" in problems_of(tables)[0]


def test_a_quarter_before_all_data_is_refused(tables):
    with pytest.raises(ArgumentError, match="no observations up to the end of Q1 2010/11"):
        load(tables.write()).as_at(Quarter.parse("2010-11-q1"))


def test_problems_of_all_tables_come_together(tables):
    edit(tables, "units", 3, ",ward,", ",wrad,")
    edit(tables, "observations", 4, ",5,", ",five,")
    edit(tables, "measures", 2, "decrease", "down")

    result = [line.split(",")[0] for line in problems_of(tables)]

    assert result == ["measures.csv", "observations.csv", "units.csv"]


def test_a_folder_without_tables_says_so(tmp_path):
    with pytest.raises(DataError, match="has no data folder; expected a project folder"):
        load(tmp_path)


def test_british_and_iso_dates_are_the_same_day(tables):
    edit(tables, "observations", 2, "2022-01-01", "01/01/2022")

    assert load(tables.write()).observations["period"].iloc[0] == pd.Timestamp(2022, 1, 1)


def test_parquet_tables_are_read_as_csv_ones_are(tables):
    root = tables.write()
    expected = load(root).observations
    path = root / "data" / "observations.csv"
    typed = pd.read_csv(path, parse_dates=["period"])
    path.unlink()
    typed.to_parquet(path.with_suffix(".parquet"))

    pd.testing.assert_frame_equal(load(root).observations, expected)


def test_a_percentage_is_out_of_a_hundred(tables):
    seen = load(tables.write()).observations.query("measure_id == 'seen'")

    assert seen["value"].head(3).tolist() == [80, 82, 79]


def test_an_empty_numerator_is_a_gap(tables):
    edit(tables, "observations", 24, ",82,", ",,")

    result = load(tables.write()).observations.query("measure_id == 'seen'")["value"]

    assert result.isna().tolist() == [False, True] + [False] * 19


def test_as_at_a_quarter_nothing_later_is_known(tables):
    catalogue = load(tables.write()).as_at(Quarter.parse("2022-23-q3"))

    assert catalogue.observations["period"].max() == pd.Timestamp(2022, 12, 1)
    assert catalogue.events["date"].tolist() == [pd.Timestamp(2022, 6, 1)]


def test_the_catalogue_knows_its_quarters(tables):
    catalogue = load(tables.write())

    assert catalogue.latest_quarter.slug == "2023-24-q2"
    assert len(catalogue.quarters) == 7


def test_a_misspelt_measure_is_refused_with_a_suggestion(tables):
    with pytest.raises(ArgumentError, match="no measure 'fals'; .* did you mean 'falls'"):
        load(tables.write()).measure("fals")


def test_sources_carry_rows_and_content_hash(tables):
    sources = load(tables.write()).sources.set_index("table")

    assert sources.loc["observations", "rows"] == 42
    assert sources["sha256"].str.len().eq(64).all()


def test_every_level_has_its_own_observations_when_rolled_up(tables):
    rolled = load(tables.write()).rolled_up().observations

    assert rolled.groupby("unit_id").size().to_dict() == {"trust": 42, "ward-a": 42}


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\ufffe"])
def test_a_control_character_is_named_by_its_place_and_written_out(tables, sign):
    tables.lines["events"][1] = f"falls,ward-a,2022-06-01,note,New{sign}beds,,"

    with pytest.raises(TableError) as refused:
        load(tables.write())

    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.value) == (2, "label", f"New\\x{ord(sign):02x}beds")
