"""The finished site as an attacker reads it: planted leaks are found, and a built site has none."""

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from sutg_analysis.catalogue.schema import TABLES
from sutg_analysis.project import shipped
from sutg_analysis.publish.build import build
from sutg_analysis.publish.exposure import exposures

HEAD = "measure_id,unit_id,period,numerator,denominator"
PAGES = ("board_report", "measure", "unit-a1", "unit-trust", "harm", "experience", "waiting_list")


def written(root, *, profile, observations, units, measures=None, **others):
    """Write a project of one measure or more."""
    folder = root / "data"
    folder.mkdir(parents=True, exist_ok=True)
    head = ",".join(column.name for column in TABLES["measures"].columns)
    rows = measures or [f"falls,Falls,Safety,xmr,count,decrease,,,,,,{profile}"]
    tables = {
        "measures": [head, *rows],
        "units": ["unit_id,name,kind,parent_id", *units],
        "observations": [HEAD, *observations],
        **others,
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


UNITS = ["trust,Trust,trust,", "a,Ward A,ward,trust", "b,Ward B,ward,trust", "c,Ward C,ward,trust"]
ROWS = [f"falls,{unit},2023-07-01,{count}," for unit, count in (("a", 12), ("b", 12), ("c", 4))]


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


def small_project(root, profile, *, seed):
    """A random project of two levels, three measures and every table of records, with the shipped notebooks."""
    import shutil

    rng = np.random.default_rng(seed)
    home = shipped()
    shutil.copytree(home / "notebooks", root / "notebooks")
    shutil.copytree(home / "reports", root / "reports", ignore=shutil.ignore_patterns("20*"))
    shutil.copy(home / "_quarto.yml", root)
    wards = ["a1", "a2", "b1"]
    units = ["trust,Trust,trust,", "a,Side A,directorate,trust", "b,Side B,directorate,trust"]
    units += [f"{ward},Ward {ward.upper()},ward,{ward[0]}" for ward in wards]
    months = [f"2023-{month:02d}-01" for month in range(1, 13)]
    rows = []
    for ward in wards:
        for month in months:
            asked = rng.poisson(rng.choice([3, 8, 40]))
            rows.append(f"falls,{ward},{month},{rng.poisson(4)},")
            rows.append(f"seen,{ward},{month},{rng.binomial(asked, 0.8)},{asked}")
            rows.append(f"harm,{ward},{month},{rng.poisson(2)},{rng.poisson(400)}")
    days = pd.date_range("2023-01-01", "2023-12-31").strftime("%Y-%m-%d").to_numpy()
    answers = "very_good,good,neither,poor,very_poor,dont_know"
    return written(
        root,
        profile=profile,
        observations=rows,
        units=units,
        measures=[
            f"falls,Falls,Safety,xmr,count,decrease,,,,,,{profile}",
            f"seen,Seen in time,Access,p,percent,increase,90,100,,,,{profile}",
            f"harm,Harm,Safety,u,rate,decrease,,1000,,,,{profile}",
        ],
        incidents=[
            "date,ward,harm,level",
            *(f"{rng.choice(days)},{rng.choice(wards)},falls,low" for _ in range(20)),
        ],
        feedback=[
            f"period,unit_id,group,group_kind,{answers}",
            *(
                f"{month},{ward},Adults,age,{','.join(map(str, rng.poisson(4, 6)))}"
                for month in months[::3]
                for ward in wards
            ),
        ],
        caseload=["unit_id,group,group_kind,people", *(f"{ward},Adults,age,3" for ward in wards)],
        comments=[
            "period,unit_id,theme,sentiment,quote,consent,response",
            "2023-08-01,a1,Food,negative,The soup was cold on Tuesday,no,New menus",
            "2023-08-01,a1,Food,positive,What a lovely breakfast that was,yes,",
        ],
        pathways=[
            "referral_id,service,referred,seen,closed,outcome,age_band,ethnicity,imd_quintile",
            *(f"r{number},a1,{day},,,,Adult,White,3" for number, day in enumerate(rng.choice(days, 30))),
        ],
    )


@pytest.mark.kernel
def test_a_built_site_of_two_quarters_lets_no_small_count_be_found(tmp_path):
    root = small_project(tmp_path, "mhsds", seed=3)

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
