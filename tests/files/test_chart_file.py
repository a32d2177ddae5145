"""From somebody's file to a chart: what is guessed and said, what is refused and how it would be decided."""

import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.files.chart_file import chart_file

MONTHS = pd.date_range("2022-04-01", periods=18, freq="MS")
FALLS = [21, 25, 23, 27, 22, 24, 26, 21, 25, 23, 22, 15, 14, 16, 13, 15, 14, 12]


@pytest.fixture
def save(tmp_path):
    def save(frame, name="falls.csv"):
        frame.to_csv(tmp_path / name, index=False)
        return tmp_path / name

    return save


def by_ward():
    rows = [
        (month, ward, falls + 10 * (ward == "B"))
        for ward in "AB"
        for month, falls in zip(MONTHS, FALLS, strict=True)
    ]
    return pd.DataFrame(rows, columns=["Month", "Ward", "Falls"])


def test_a_chart_of_a_file_is_that_of_its_frame(save):
    frame = by_ward()

    result = chart_file(save(frame), value="Falls", date="Month", by=["Ward"], improvement="decrease").result

    expected = spc(frame, value="Falls", date="Month", by="Ward", improvement="decrease")
    pd.testing.assert_frame_equal(result.points, expected.points)


def test_columns_are_found_and_said(save):
    result = chart_file(save(by_ward()))

    assert result.title == "Falls"
    assert result.choices == (
        "date: 'Month' (18 dates); give --date to choose another column.",
        "value: 'Falls' (numbers, 12 to 37); give --value to choose another column.",
        "by: 'Ward' (2 series); give --by to choose other columns.",
        "improvement: neutral, because nothing was said of which way is better; "
        "give --improvement increase or decrease.",
    )


def test_a_column_a_month_is_read_as_a_row_a_month(save):
    wide = by_ward().assign(Month=lambda frame: frame["Month"].dt.strftime("%b-%y"))
    wide = wide.pivot_table(index="Ward", columns="Month", values="Falls", sort=False).reset_index()

    result = chart_file(save(wide))

    assert result.result.points["value"].tolist()[:18] == FALLS
    assert result.result.summary["Ward"].tolist() == ["A", "B"]
    assert "A column a date: 18 columns, 'Apr-22' to 'Sep-23'; a row became a series." in result.choices


def test_several_columns_of_numbers_are_listed(save):
    with pytest.raises(
        ArgumentError,
        match="several columns of numbers: Falls, Ulcers; expected one. Choose one with --value",
    ):
        chart_file(save(by_ward().assign(Ulcers=1)))


def test_several_columns_of_dates_are_listed(save):
    with pytest.raises(ArgumentError, match="several columns of dates: Month, Loaded; expected one"):
        chart_file(save(by_ward().assign(Loaded="2024-01-01")))


def test_a_column_that_is_not_there_is_named_with_those_that_are(save):
    with pytest.raises(
        ArgumentError, match="no column 'Fals'; expected one of Month, Ward, Falls.*did you mean 'Falls'"
    ):
        chart_file(save(by_ward()), value="Fals")


def test_a_date_twice_is_refused_with_rows_and_ways_out(save):
    frame = pd.concat([by_ward().query("Ward == 'A'"), by_ward().iloc[[2]].assign(Falls=9)])

    with pytest.raises(
        DataError, match=r"2 rows of 01/06/2022 of Ward A, such as 4, 20; expected one row a date and series"
    ):
        chart_file(save(frame), by=["Ward"])


def test_rows_of_a_date_are_added_up_when_asked(save):
    result = chart_file(
        save(by_ward()), value="Falls", date="Month", add_up=True, by=[], where=None, title="All"
    )

    assert result.result.points["value"].tolist() == [2 * falls + 10 for falls in FALLS]
    assert "36 rows added up to 18, one a date." in result.choices


def test_text_among_numbers_is_named_with_its_row(save):
    frame = by_ward().astype({"Falls": "object"})
    frame.loc[4, "Falls"] = "seven"

    with pytest.raises(DataError, match="falls.csv, row 6, column Falls: 'seven'; expected a number"):
        chart_file(save(frame), value="Falls", by=["Ward"])


def test_an_american_date_is_refused_and_not_guessed(save):
    frame = by_ward().query("Ward == 'A'").assign(Month=lambda rows: rows["Month"].dt.strftime("%m/28/%Y"))

    with pytest.raises(
        DataError, match="falls.csv, row 2, column Month: '04/28/2022'; expected a date, day before month"
    ):
        chart_file(save(frame), date="Month")


@pytest.mark.parametrize("mark", ["*", "[c]", "-", "[x]", "n/a"])
def test_a_suppressed_number_is_a_gap_and_said(save, mark):
    frame = by_ward().query("Ward == 'A'").astype({"Falls": "object"})
    frame.loc[3, "Falls"] = mark

    result = chart_file(save(frame), value="Falls")

    assert result.result.points["value"].isna().tolist() == [place == 3 for place in range(18)]
    assert f"1 cell of 'Falls' is suppressed or not available ({mark}: 1) and stays a gap." in result.choices


def test_only_rows_wanted_are_kept(save):
    result = chart_file(save(by_ward()), where={"Ward": ["B"]})

    assert result.result.points["value"].tolist() == [falls + 10 for falls in FALLS]
    with pytest.raises(ArgumentError, match="no row with Ward=C; expected one of A, B"):
        chart_file(save(by_ward()), where={"Ward": ["C"]})


def test_a_cell_in_other_capitals_is_suggested(save):
    path = save(by_ward())

    with pytest.raises(ArgumentError, match="Correct --where; did you mean 'A'?"):
        chart_file(path, where={"Ward": ["a"]})


def test_last_days_of_months_stand_for_their_months(save):
    frame = by_ward().query("Ward == 'A'").assign(Month=lambda rows: rows["Month"] + pd.offsets.MonthEnd(0))

    assert chart_file(save(frame)).result.points["date"].tolist() == list(MONTHS)


def test_a_rebase_keeps_its_reason(save):
    path = save(by_ward().query("Ward == 'A'"))

    chart = chart_file(path, rebase={"01/03/2023": ("New beds", "Matron")})

    assert chart.result.points["segment"].tolist() == [1] * 11 + [2] * 7
    assert "New beds" in chart.result.words()
    assert chart.choices[-1] == "Limits start again from 1 March 2023: New beds (Matron)."


def test_files_of_one_layout_are_charted_together_and_a_fault_names_its_file(save):
    rows = by_ward().query("Ward == 'A'")
    paths = [save(rows.iloc[:9], "one.csv"), save(rows.iloc[9:], "two.csv")]

    assert chart_file(paths).result.points["value"].tolist() == FALLS
    paths[1].write_text(paths[1].read_text().replace(",12", ",twelve"))
    with pytest.raises(DataError, match="row 10 of two.csv, column Falls: 'twelve'"):
        chart_file(paths, value="Falls")


def test_a_key_that_a_result_has_too_can_name_series(save):
    result = chart_file(
        save(by_ward().rename(columns={"Ward": "segment"})), by=["segment"], value="Falls"
    ).result

    assert len(result.summary) == 2


def test_a_title_by_month_and_year_in_two_columns(save):
    frame = pd.DataFrame({"year": MONTHS.year, "month": MONTHS.month, "falls": FALLS})

    result = chart_file(save(frame))

    assert result.result.points["date"].tolist() == list(MONTHS)
    assert (
        result.choices[0]
        == "date: 'year' and 'month' together (18 dates); give --date to choose another column."
    )


@pytest.mark.parametrize(("name", "mark"), [("Seen %", ""), ("Seen", "%")])
def test_per_cent_is_known_by_the_name_or_the_cells(save, name, mark):
    frame = pd.DataFrame({"Month": MONTHS, name: [f"{falls}.5{mark}" for falls in FALLS]})

    result = chart_file(save(frame))

    assert result.unit == "percent"
    assert result.result.points["value"].tolist() == [falls + 0.5 for falls in FALLS]


def test_a_published_workbook_with_titles_quarters_and_a_column_a_date_is_read(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Cover"
    book.active.append(["Bed availability"])
    page = book.create_sheet("Occupied")
    page.append(["Beds occupied"])
    page.append(["Source: returns by trusts"])
    page.append([])
    page.append(
        [
            "Code",
            "Name",
            *(f"{year}-{year - 1999} Q{quarter}" for year in (2021, 2022) for quarter in (1, 2, 3, 4)),
        ]
    )
    page.append(["RX1", "Heron Trust", *range(410, 418)])
    page.append(["RX2", "Teal Trust", *range(510, 517), "-"])
    page.append(["Note: the last quarter is provisional"])
    book.save(tmp_path / "beds.xlsx")

    made = chart_file(tmp_path / "beds.xlsx")

    assert made.result.by == ("Name",)
    assert made.result.points["date"].iloc[[0, 7]].astype("str").tolist() == ["2021-04-01", "2023-01-01"]
    assert made.result.points["value"].isna().sum() == 1
    assert made.choices[0] == "Sheet: Occupied."
    assert made.choices[1] == "The header is row 4; what stands above it was left out."


def test_rows_of_a_date_are_a_subgroup_on_a_chart_of_means(save):
    result = chart_file(save(by_ward()), value="Falls", chart="xbar").result

    assert result.points["value"].tolist() == [falls + 5 for falls in FALLS]


def test_a_comma_that_parts_no_thousands_is_refused_and_not_left_out(tmp_path):
    (tmp_path / "falls.csv").write_text("Month;Falls\nApr-23;3,5\nMay-23;4,5\n")

    with pytest.raises(DataError, match="row 2, column Falls: '3,5'; expected a number"):
        chart_file(tmp_path / "falls.csv", value="Falls")


def test_a_row_of_totals_is_named(tmp_path):
    (tmp_path / "falls.csv").write_text("Month,Falls\nApr-23,3\nMay-23,4\nTotal,7\n")

    with pytest.raises(DataError, match="row 4, column Month: 'Total'; expected a date, day before month"):
        chart_file(tmp_path / "falls.csv")


def test_years_alone_are_dates(tmp_path):
    (tmp_path / "falls.csv").write_text("Year,Falls\n2019,3\n2020,4\n2021,5\n")

    assert chart_file(tmp_path / "falls.csv").result.points["date"].dt.year.tolist() == [2019, 2020, 2021]
