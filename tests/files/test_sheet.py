"""One table out of a file as it was published: encodings, separators, titles, notes, sheets."""

import gzip
import zipfile

import pandas as pd
import pytest
from openpyxl import Workbook

from sutg_analysis.errors import DataError
from sutg_analysis.files.sheet import read_sheet

PLAIN = "Month,Falls\nApr-23,3\nMay-23,4\n"


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(path, **sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PLAIN, ()),
        (b"\xef\xbb\xbf" + PLAIN.encode(), ()),
        (gzip.compress(PLAIN.encode(), mtime=0), ()),
        (PLAIN.encode("utf-16"), ("The file is not UTF-8; it was read as UTF-16.",)),
        (PLAIN.replace(",", ";"), ("Its cells are parted by semicolons.",)),
        (PLAIN.replace(",", "\t"), ("Its cells are parted by tabs.",)),
        (
            PLAIN.replace("Falls", "Falls – all").encode("cp1252"),
            ("The file is not UTF-8; it was read as Windows-1252 (cp1252).",),
        ),
    ],
)
def test_a_text_is_read_and_what_is_unusual_is_said(tmp_path, content, said):
    result = read_sheet(written(tmp_path, "falls.csv", content))

    assert result.frame.iloc[:, 1].tolist() == ["3", "4"]
    assert result.frame.columns[1].startswith("Falls")
    assert result.frame.index.tolist() == [2, 3]
    assert result.choices == said


def test_a_zip_of_one_file_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "falls.zip", "w") as packed:
        packed.writestr("falls.csv", PLAIN)

    assert read_sheet(tmp_path / "falls.zip").frame["Falls"].tolist() == ["3", "4"]


def test_titles_above_and_notes_below_are_left_out_and_rows_keep_their_numbers(tmp_path):
    text = f"Falls by month,\nSource: incident reports,\n,\n{PLAIN},\nNote: provisional,\n"

    result = read_sheet(written(tmp_path, "falls.csv", text))

    assert result.frame.index.tolist() == [5, 6]
    assert result.choices == (
        "The header is row 4; what stands above it was left out.",
        "Left out as notes, one cell alone: row 8.",
    )


def test_a_month_without_a_number_is_no_note(tmp_path):
    result = read_sheet(written(tmp_path, "falls.csv", "Month,Ward,Falls\nApr-23,A,3\nMay-23,,\n"))

    assert result.frame["Month"].tolist() == ["Apr-23", "May-23"]


def test_the_one_sheet_with_a_table_is_taken_and_named(tmp_path):
    path = workbook(
        tmp_path / "falls.xlsx",
        Cover=[["About"], ["Words"]],
        Data=[["Month", "Falls"], ["Apr-23", 3], ["May-23", 4]],
    )

    result = read_sheet(path)

    assert result.frame["Falls"].tolist() == [3, 4]
    assert result.choices == ("Sheet: Data.",)


def test_of_several_tables_one_must_be_chosen(tmp_path):
    rows = [["Month", "Falls"], ["Apr-23", 3], ["May-23", 4]]
    path = workbook(tmp_path / "falls.xlsx", A=rows, B=rows)

    with pytest.raises(
        DataError, match=r'a table on each of the sheets A, B; expected one of them\. .*--sheet "A"'
    ):
        read_sheet(path)
    assert read_sheet(path, sheet="B").frame["Falls"].tolist() == [3, 4]
    with pytest.raises(DataError, match="no sheet 'C'; expected one of A, B"):
        read_sheet(path, sheet="C")


def test_parquet_keeps_its_kinds(tmp_path):
    frame = pd.DataFrame({"month": pd.to_datetime(["2023-04-01"]), "falls": [3]})
    frame.to_parquet(tmp_path / "falls.parquet")

    assert read_sheet(tmp_path / "falls.parquet").frame["month"].iloc[0] == pd.Timestamp("2023-04-01")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("falls.csv", "", "holds no table"),
        ("falls.csv", "Month,Falls\n", "no rows|no table"),
        ("falls.xls", b"\xd0\xcf\x11\xe0", "is a xls file"),
        ("falls.xlsx", b"PK\x03\x04broken", "an Excel workbook"),
        ("falls.parquet", b"broken", "a Parquet file"),
        ("falls.csv", b"\x00\x01\x02\x00", "is no text"),
        ("falls.csv", 'Month,Falls\n"Apr-23,3\n', "quotes"),
        ("falls.csv", "Month,Falls\nApr-23,3\nMay-23,4,5\n", "row 3: 3 cells"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name, content, found):
    with pytest.raises(DataError, match=found):
        read_sheet(written(tmp_path, name, content))
