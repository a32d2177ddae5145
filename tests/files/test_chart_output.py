"""`sutg spc`: one command from somebody's file to a page, a picture, a workbook or tables."""

import csv
import io
import json
import re

import pandas as pd
import pytest
from openpyxl import load_workbook
from PIL import Image
from typer.testing import CliRunner

from sutg_analysis import spc
from sutg_analysis.cli import app
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.files.chart_file import chart_file
from sutg_analysis.files.chart_output import save_chart
from sutg_analysis.files.chart_page import chart_page
from tests.support.axe import violations

MONTHS = pd.date_range("2022-04-01", periods=18, freq="MS")
FALLS = [21, 25, 23, 27, 22, 24, 26, 21, 25, 23, 22, 15, 14, 16, 13, 15, 14, 12]


def sutg(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(wards=("Heron", "Teal <&>")):
    return pd.DataFrame(
        [(month, ward, falls) for ward in wards for month, falls in zip(MONTHS, FALLS, strict=True)],
        columns=["Month", "Ward", "Falls"],
    )


@pytest.fixture
def falls(tmp_path):
    rows().to_csv(tmp_path / "falls.csv", index=False)
    return tmp_path / "falls.csv"


@pytest.fixture
def chart(falls):
    return chart_file(falls, value="Falls", by=["Ward"], improvement="decrease", target=24, unit="count")


def test_a_page_holds_everything_and_asks_for_nothing(chart):
    page = chart_page(chart, static=True)

    outside = re.findall(r'(?:src|href)="(?!#|data:)([^"]*)"', page)
    assert outside == []
    assert page.count('<figure class="sutg-figure"') == 2
    assert page.count("sutg-icon-table") > 0
    assert "Teal &lt;&amp;&gt;" in page
    assert '<script type="text/plain" id="sutg-vega">' in chart_page(chart)
    assert "sutg-vega" not in page


def test_a_page_says_what_was_read_and_how(chart):
    page = chart_page(chart)

    assert all(line.partition("; give")[0][1:] in page.replace("&#39;", "'") for line in chart.choices)
    assert "give --" not in page
    assert next(iter(chart.sources.values()))[:12] in page


def test_the_table_of_points_is_that_of_spc(falls):
    out = falls.with_name("out.csv")
    result = sutg("spc", falls, "--value", "Falls", "--date", "Month", "--by", "Ward", "-o", out)

    expected = spc(rows(), value="Falls", date="Month", by="Ward", improvement="neutral").points
    found = pd.read_csv(out)
    assert result.exit_code == 0
    assert found["variation"].tolist() == expected["variation"].tolist()
    assert found["upper"].round(6).tolist() == expected["upper"].round(6).tolist()


def test_a_workbook_has_notes_verdicts_with_icons_points_and_charts(chart, falls):
    save_chart(chart, falls.with_suffix(".xlsx"))

    book = load_workbook(falls.with_suffix(".xlsx"))
    verdicts = list(csv.DictReader(io.StringIO(csv_of(book["Verdicts"]))))
    assert book.sheetnames == ["Notes", "Verdicts", "Points", "Charts"]
    assert [len(page.tables) for page in book] == [1, 1, 1, 0]
    assert [list(page.merged_cells.ranges) for page in book] == [[]] * 4
    assert len(book["Verdicts"]._images) == 4
    assert len(book["Charts"]._charts) == 2
    assert verdicts[0]["Variation"] == "Improvement: signal of lower values"
    assert "12 in September 2023" in verdicts[0]["In words"]


def csv_of(page):
    text = io.StringIO()
    csv.writer(text).writerows(page.iter_rows(values_only=True))
    return text.getvalue()


def test_pictures_are_those_of_the_chart(chart, falls):
    save_chart(chart, falls.with_suffix(".svg"))
    save_chart(chart, falls.with_suffix(".png"))

    assert 'role="img"' in falls.with_suffix(".svg").read_text(encoding="utf-8")
    with Image.open(falls.with_suffix(".png")) as picture:
        assert picture.width > 1000


def test_json_has_summary_points_and_words(chart, falls):
    save_chart(chart, falls.with_suffix(".json"))

    record = json.loads(falls.with_suffix(".json").read_text(encoding="utf-8"))
    assert [len(record[part]) for part in ("summary", "points", "words")] == [2, 36, 2]


def test_the_command_says_its_choices_aloud_and_writes_a_page_of_the_files_name(falls, monkeypatch):
    monkeypatch.chdir(falls.parent)

    result = sutg("spc", "falls.csv", "--improvement", "decrease")

    assert result.exit_code == 0
    assert result.output.startswith("date: 'Month' (18 dates); give --date to choose another column.\n")
    assert "Falls, Heron: 12 in September 2023." in result.output
    assert falls.with_suffix(".html").is_file()


def test_a_limit_moves_only_with_reason_and_author(falls):
    words = [
        "spc",
        falls,
        "--by",
        "Ward",
        "-o",
        falls.with_suffix(".csv").with_name("o.csv"),
        "--rebase",
        "2023-03-01",
    ]

    assert sutg(*words).exit_code == 2
    assert sutg(*words, "--reason", "New beds", "--author", "Matron").exit_code == 0


@pytest.mark.parametrize("ending", ["html", "png"])
def test_more_series_than_can_be_seen_are_refused_with_their_number(tmp_path, ending):
    rows([f"Ward {number}" for number in range(61)]).to_csv(tmp_path / "many.csv", index=False)
    chart = chart_file(tmp_path / "many.csv", by=["Ward"], value="Falls")

    with pytest.raises(
        DataError, match=r"61 series of Ward; expected .*--where COLUMN=VALUE, or write a table"
    ):
        save_chart(chart, tmp_path / f"many.{ending}")
    assert save_chart(chart, tmp_path / "many.xlsx")


def test_an_ending_that_is_no_kind_and_the_file_itself_are_refused(falls):
    with pytest.raises(ArgumentError, match=r"ends in \.html, \.csv"):
        save_chart(None, "falls.docx")
    assert sutg("spc", falls, "-o", falls).exit_code == 2


REAL = {
    "long, by organisation and type": (
        ["ae_attendances_2016_2019.csv"],
        ["--numerator", "breaches", "--denominator", "attendances", "--per", "100", "--by", "type", "--where", "org_code=RF4", "--improvement", "decrease", "--target", "5"],
        3,
    ),
    "year and month apart": (["sicily.csv"], ["--value", "aces", "--improvement", "decrease"], 1),
    "a file a month": (
        [f"sickness_2024_25/nhs_sickness_absence_{month}.csv" for month in
         [*(f"2024-{number:02d}" for number in range(4, 13)), "2025-01", "2025-02", "2025-03"]],
        ["--value", "SICKNESS_ABSENCE_RATE_PERCENT", "--where", "ORG_CODE=RT5", "--improvement", "decrease"],
        1,
    ),
    "compressed, a measure a row, suppressed": (
        [f"mhsds_4ww_2024/MHSDS_4WW_{month}Perf_2024_v2_England_Provider.csv.gz" for month in ("Apr", "May", "Jun", "Jul")],
        ["--where", "PRIMARY_LEVEL=RT5", "--by", "MEASURE_NAME"],
        None,
    ),
    "wide, one month": (
        ["rtt_full_extract_nov2024_RBD.csv"],
        ["--value", "Total All", "--by", "Treatment Function Name", "--sum"],
        19,
    ),
}  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("kind", REAL)
def test_a_real_file_becomes_a_page_without_a_fault_or_a_request(shared, chromium, tmp_path, kind):
    names, options, series = REAL[kind]
    page = tmp_path / "page.html"

    result = sutg("spc", *(shared / "data" / name for name in names), *options, "-o", page)

    assert result.exit_code == 0, result.output
    for width in (1280, 320):
        context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
        opened, asked, complaints = context.new_page(), [], []
        opened.on("request", lambda request, asked=asked: asked.append(request.url))
        opened.on("pageerror", lambda error, complaints=complaints: complaints.append(str(error)))
        opened.goto(page.as_uri())
        drawings = opened.locator(".sutg-drawing")
        drawings.first.focus()
        opened.wait_for_selector('.sutg-drawing[data-live="yes"]')
        assert opened.locator(".sutg-live .mark-symbol path").count() > 0
        for scheme in ("light", "dark"):
            opened.emulate_media(color_scheme=scheme)
            assert violations(opened) == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert complaints == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        assert series is None or drawings.count() == series
        context.close()
