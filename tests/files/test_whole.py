"""What a file's table is of: per cent, totals among their parts, periods without a row, rows to be counted."""

import pandas as pd
import pytest

from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.files.chart_file import chart_file
from sutg_analysis.files.sheet import read_sheet

MONTHS = pd.date_range("2023-04-01", periods=18, freq="MS")
COUNTS = [20, 10, 14, 17, 23, 25, 12, 18, 21, 16, 19, 22, 30, 24, 13, 15, 26, 21]
SHARES = [0.9067, 0.9424, 0.9382, 0.9128, 0.9001, 0.9473] * 3


@pytest.fixture
def save(tmp_path):
    def save(columns, name="file.csv"):
        pd.DataFrame(columns).to_csv(tmp_path / name, index=False)
        return tmp_path / name

    return save


def values(made):
    return made.result.points["value"].tolist()


def workbook(path, rows, *, form="0.0%"):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Month", "Seen in time"])
    for month, value in rows:
        book.active.append([month.to_pydatetime(), value])
        book.active.cell(book.active.max_row, 2).number_format = form
    book.save(path)
    return path


@pytest.mark.parametrize("form", ["0%", "0.0%", "0.00%;[Red]-0.00%"])
def test_a_cell_that_excel_shows_as_per_cent_is_per_cent(tmp_path, form):
    made = chart_file(workbook(tmp_path / "seen.xlsx", zip(MONTHS, SHARES, strict=True), form=form))

    assert made.unit == "percent"
    assert values(made) == pytest.approx([100 * share for share in SHARES])


def test_a_cell_without_a_sign_of_per_cent_stays_a_number(tmp_path):
    made = chart_file(workbook(tmp_path / "seen.xlsx", zip(MONTHS, SHARES, strict=True), form="0.00"))

    assert made.unit is None
    assert values(made) == pytest.approx(SHARES)


def test_a_sheet_whose_stated_size_is_wrong_is_read_whole(tmp_path):
    import zipfile

    path = workbook(tmp_path / "seen.xlsx", zip(MONTHS, COUNTS, strict=True), form="0")
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'<dimension ref="A1:B19"', b'<dimension ref="A1"')
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)

    assert read_sheet(path).frame["Seen in time"].tolist() == COUNTS


@pytest.mark.parametrize(
    "name", ["% within 18 weeks", "Per cent seen", "percentage", "pct_seen", "seen_pct", "Seen (%)"]
)
def test_fractions_under_a_name_that_says_per_cent_are_times_100_and_said(save, name):
    made = chart_file(save({"Month": MONTHS, name: SHARES}))

    assert made.unit == "percent"
    assert values(made) == pytest.approx([100 * share for share in SHARES])
    assert any("fractions, times 100" in line for line in made.choices)


def test_cells_that_say_per_cent_are_not_times_100(save):
    made = chart_file(save({"Month": MONTHS, "% harmed": [f"{share:.2f}%" for share in SHARES]}))

    assert max(values(made)) < 1


def test_a_fraction_among_percentages_is_refused_with_its_row(save):
    shares = [100 * share for share in SHARES]
    shares[4] = 0.93

    with pytest.raises(DataError, match="row 6, column % seen: 0.93 among percentages"):
        chart_file(save({"Month": MONTHS, "% seen": shares}))


@pytest.mark.parametrize(
    "name", ["TOTAL", "Grand Total", "England", "All", "All trusts", "Overall", "Total (all)"]
)
def test_a_row_of_totals_is_left_out_before_anything_is_added_and_said(save, name):
    rows = [
        (month, org, n) for month, n in zip(MONTHS, COUNTS, strict=True) for org, n in (("A", n), ("B", 3000))
    ]
    path = save(pd.DataFrame([*rows, (MONTHS[16], name, 3026)], columns=["Month", "Org", "Seen"]))

    made = chart_file(path, add_up=True)

    assert values(made) == [count + 3000 for count in COUNTS]
    assert (
        f"1 row of totals ({name}) left out, for their parts stand beside them; give --where to chart them."
        in made.choices
    )


def test_a_row_that_equals_the_sum_of_the_others_throughout_is_a_total(save):
    rows = [
        (m, org, v)
        for m, n in zip(MONTHS, COUNTS, strict=True)
        for org, v in (("A", n), ("B", 9), ("RXX", n + 9))
    ]

    made = chart_file(save(pd.DataFrame(rows, columns=["Month", "Org", "Seen"])), add_up=True)

    assert values(made) == [count + 9 for count in COUNTS]


def test_totals_alone_are_charted(save):
    made = chart_file(save({"Month": MONTHS, "Region": "England", "Seen": COUNTS}), add_up=True)

    assert values(made) == COUNTS


@pytest.mark.parametrize("name", ["% seen", "Rate per 1,000", "Average wait", "Median days", "Ratio"])
def test_percentages_and_rates_are_not_added_up(save, name):
    path = save(
        pd.DataFrame({"Month": [*MONTHS, *MONTHS], "Ward": ["A"] * 18 + ["B"] * 18, name: COUNTS * 2})
    )

    with pytest.raises(ArgumentError, match="cannot be added up; expected counts.*--numerator COLUMN"):
        chart_file(path, add_up=True)


def test_years_among_months_are_refused_before_they_are_added(save):
    months = [f"{month:%b-%y}" for month in MONTHS]
    path = save({"Month": [*months, "2023-24"], "Falls": [*COUNTS, 999]})

    with pytest.raises(DataError, match="row 20: '2023-24', a year among months"):
        chart_file(path, add_up=True)


@pytest.mark.parametrize("freq", ["MS", "QS", "YS-APR", "W-MON"])
def test_a_period_without_a_row_is_a_gap_as_an_empty_cell_is(save, freq):
    dates = pd.date_range("2020-04-01", periods=18, freq=freq)
    whole = pd.DataFrame({"Date": dates, "Falls": COUNTS})
    whole.loc[5:7, "Falls"] = None

    absent, empty = (chart_file(save(frame)).result for frame in (whole.dropna(), whole))

    pd.testing.assert_frame_equal(absent.points, empty.points)


def test_limits_over_months_without_a_row_are_those_of_the_months_there_are(save):
    before = [20, 24, 21, 25, 19, 23, 22, 18, 24, 20, 22, 21, 23, 19, 24]
    dates = pd.date_range("2022-01-01", periods=32, freq="MS").delete(range(15, 27))

    made = chart_file(save({"Month": dates, "Falls": [*before, 14, 14, 14, 14, 14]}), improvement="decrease")

    assert len(made.result.points) == 32
    assert not made.result.points.loc[27:, "shift"].any()
    assert "Without a row: 12 periods (01/04/2023 to 01/03/2024), which stay gaps." in made.choices


def test_words_keep_their_capitals(save):
    assert [
        chart_file(save({"Month": MONTHS, name: COUNTS})).title for name in ("MRSA", "HBName", "falls_A24")
    ] == [
        "MRSA",
        "HBName",
        "falls A24",
    ]


@pytest.mark.parametrize(
    "name", ["Bed days", "Waiting time", "Weeks", "Length of stay days", "Average wait", "Hours"]
)
def test_a_name_that_ends_in_a_span_of_time_is_a_measure(save, name):
    assert chart_file(save({"Month": MONTHS, "Code": 7, name: COUNTS})).title == name


@pytest.mark.parametrize("name", ["Bed days", "bed_days", "Occupied bed days", "OBDs"])
def test_a_count_beside_bed_days_is_charted_over_them_and_said(save, name):
    path = save({"Month": MONTHS, "Falls": COUNTS, name: 3100})

    made = chart_file(path)

    assert values(made) == pytest.approx([1000 * count / 3100 for count in COUNTS])
    assert f"value: 'Falls' over '{name}', per 1,000; give --value 'Falls' to chart it alone." in made.choices
    assert values(chart_file(path, value="Falls")) == COUNTS


def test_rows_are_counted_by_month_and_months_of_none_are_0(save):
    dates = ["01/01/2024", "05/01/2024", "09/03/2024", "30/04/2024"]
    path = save({"Incident date": dates, "Category": ["Fall", "Ulcer", "Fall", "Fall"]})

    assert values(chart_file(path, count_rows=True)) == [2, 0, 1, 1]
    assert values(chart_file(path, count_rows=True, by=["Category"])) == [1, 0, 1, 1, 1, 0, 0, 0]
    with pytest.raises(DataError, match="--count"):
        chart_file(path)


def test_quarters_of_a_year_are_of_the_calendar_unless_said_to_be_financial(save):
    path = save(
        {
            "Quarter": [f"{year}Q{q}" for year in (2019, 2020, 2021) for q in (1, 2, 3, 4)],
            "Deaths": COUNTS[:12],
        }
    )

    calendar, financial = chart_file(path), chart_file(path, financial=True)

    assert calendar.result.points["date"].iloc[0] == pd.Timestamp("2019-01-01")
    assert any(
        "of the calendar: Q1 is January to March; give --financial" in line for line in calendar.choices
    )
    assert financial.result.points["date"].iloc[[0, 3]].astype("str").tolist() == ["2019-04-01", "2020-01-01"]


def test_financial_is_refused_where_no_quarter_is_in_doubt(save):
    with pytest.raises(ArgumentError, match="--financial"):
        chart_file(save({"Month": MONTHS, "Falls": COUNTS}), financial=True)


def test_financial_year_and_month_in_two_columns_are_put_together(save):
    path = save({"Year": ["2023-24"] * 12 + ["2024-25"] * 6, "Month": MONTHS.strftime("%B"), "Falls": COUNTS})

    assert chart_file(path).result.points["date"].tolist() == list(MONTHS)


def test_the_chart_that_fits_is_chosen_where_asked_and_said_why(save):
    rare = [1, 0, 0, 0, 0, 1] * 3
    made, few = (chart_file(save({"Month": MONTHS, "Falls": each}), chart="auto") for each in (COUNTS, rare))

    assert (made.result.chart_type, few.result.chart_type) == ("c", "run")
    assert any(line.startswith("chart: A c chart") for line in made.choices)
