"""The finished site as an attacker reads it: planted leaks are found, and a built site has none."""

import pandas as pd
import pytest
from openpyxl import Workbook

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.publish.build import build
from sutg_analysis.publish.exposure import exposures
from tests.support.leaks import ROWS, UNITS, small_project, written

PAGES = ("board_report", "measure", "unit-a1", "unit-trust", "experience", "waiting_list")


@pytest.fixture
def site(tmp_path):
    written(tmp_path, profile="mhsds", observations=ROWS, units=UNITS)
    (tmp_path / "_site/files/page").mkdir(parents=True)
    return tmp_path


def published(root, *, name="files/page/falls--units.csv", **values):
    names = {"trust": "Trust", "a": "Ward A", "b": "Ward B", "c": "Ward C"}
    lines = ["unit,date,value", *(f"{names[unit]},2023-07-01,{value}" for unit, value in values.items())]
    (root / "_site" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return exposures(root / "_site", root)


def test_a_small_count_in_a_download_is_found(site):
    found = published(site, a=10, c=4)

    assert found[["place", "part", "count", "how"]].values.tolist() == [["falls, c", "numerator", 4, "shown"]]


def test_a_small_count_that_follows_from_rounded_numbers_is_found(site):
    found = published(site, trust=30, a=10, b=10, c="[c]")

    assert found[["place", "count", "how"]].values.tolist() == [["falls, c", 4, "inferred"]]


def test_what_was_shown_in_another_edition_counts_too(site):
    (site / "_site/files/earlier").mkdir()
    (site / "_site/files/earlier/falls--trust.csv").write_text("date,value\n2023-07-01,30\n")

    found = published(site, a=10, b=10)

    assert found["how"].tolist() == ["inferred"]


def test_a_moving_range_is_taken_for_no_count(site):
    file = site / "data/measures.csv"
    file.write_text(file.read_text().replace(",xmr,", ",mr,"))

    assert published(site, trust=30, a=10, b=10, c="[c]").empty


def test_hidden_with_a_second_cell_is_safe(site):
    assert published(site, trust=30, a="[c]", b=10, c="[c]").empty


def test_a_small_count_in_a_workbook_a_drawing_and_a_table_is_found(site):
    book = Workbook()
    for row in (["unit", "date", "value"], ["Ward C", pd.Timestamp("2023-07-01"), 4]):
        book.active.append(row)
    book.save(site / "_site/files/page/falls--units.xlsx")
    spec = '{"layer": [{"data": {"values": [{"date": "2023-07-01T00:00:00", "value": 4}]}}]}'
    (site / "_site/drawn.html").write_text(
        f'<figure class="sutg-figure" id="falls--c"><script class="sutg-spec">{spec}</script></figure>'
    )
    (site / "_site/unit-c.html").write_text(
        "<table><caption>Ward C, July 2023</caption><tr><th>Measure</th><th>Latest</th></tr>"
        "<tr><th>Falls</th><td>4</td></tr></table>"
    )

    found = exposures(site / "_site", site)

    assert sorted(found["file"]) == [
        "_site/drawn.html",
        "_site/files/page/falls--units.xlsx",
        "_site/unit-c.html",
    ]


def test_words_without_consent_and_hashes_of_protected_files_are_found(site):
    from sutg_analysis.catalogue.load import load

    head = ",".join(column.name for column in TABLES["comments"].columns)
    silent = "2023-07-01,a,Food,negative,The soup was cold on Tuesday,no,"
    (site / "data/comments.csv").write_text(f"{head}\n{silent}\n")
    sign = load(site).sources.set_index("table").loc["measures", "sha256"][:12]
    raw = load(site, protected=False).sources.set_index("table")["sha256"]
    (site / "_site/page.html").write_text(f"The soup was cold on Tuesday {sign} {raw['observations'][:12]}")

    found = exposures(site / "_site", site)

    assert found[["place", "part"]].values.tolist() == [["comments", "words"], ["observations", "hash"]]


def test_nothing_protected_is_nothing_exposed(tmp_path):
    written(tmp_path, profile="", observations=ROWS, units=UNITS)
    (tmp_path / "_site/files/page").mkdir(parents=True)

    assert published(tmp_path, c=4).empty


@pytest.mark.kernel
def test_a_built_site_of_two_quarters_lets_no_small_count_be_found(tmp_path, warm):
    root = warm(small_project(tmp_path, "mhsds", seed=3))

    failed = [
        (outcome.job.slug, outcome.error)
        for quarter, pages in (("2023-24-q2", ("measure",)), ("2023-24-q3", PAGES))
        for outcome in build(root, quarter=quarter, reports=pages, renderer="pandoc").failed
    ]

    assert failed == []
    assert exposures(root / "_site", root).values.tolist() == []
    text = (root / "_site/reports/2023-24-q3/unit-a1.html").read_text(encoding="utf-8")
    assert "[c]" in text
    assert "profile mhsds" in text
    assert "What a lovely breakfast" in (root / "_site/reports/2023-24-q3/experience.html").read_text("utf-8")
    (root / "data/measures.csv").write_text((root / "data/measures.csv").read_text().replace("mhsds", "hes"))
    assert len(exposures(root / "_site", root)), (
        "a stricter rule than the site was built with must find counts"
    )
