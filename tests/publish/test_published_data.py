"""Published NHS files become a project of their own in a few lines of pandas, and build."""

import re
import shutil

import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.catalogue.load import load
from sutg_analysis.publish.build import build

ACUTE = {"RWE": "Acute trust RWE", "RTG": "Acute trust RTG"}


def sickness(shared) -> pd.DataFrame:
    files = sorted((shared / "data" / "sickness_2024_25").glob("*.csv"))
    frame = pd.concat([pd.read_csv(file) for file in files])
    frame["period"] = pd.to_datetime(frame["DATE"], format="%d/%m/%Y").dt.to_period("M").dt.start_time
    return frame[frame["ORG_CODE"] == "RT5"]


def write_project(shared, root) -> None:
    """The few lines: rename columns, say what each measure is, write three tables."""
    absence = sickness(shared).assign(measure_id="sickness")
    absence = absence.rename(
        columns={"ORG_CODE": "unit_id", "FTE_DAYS_LOST": "numerator", "FTE_DAYS_AVAILABLE": "denominator"}
    )
    waits = pd.read_csv(shared / "data" / "ae_attendances_2016_2019.csv").query(
        "type == '1' and org_code in @ACUTE"
    )
    waits = waits.rename(columns={"org_code": "unit_id", "attendances": "denominator"}).assign(
        measure_id="four-hours"
    )
    waits["numerator"] = waits["denominator"] - waits["breaches"]
    columns = ["measure_id", "unit_id", "period", "numerator", "denominator"]
    measures = pd.DataFrame(
        {
            "measure_id": ["sickness", "four-hours"],
            "title": ["Sickness absence", "Seen in A&E within four hours"],
            "priority": ["People", "Access"],
            "chart": "xmr",
            "unit": "percent",
            "improvement": ["decrease", "increase"],
            "target": [4.5, 95],
            "per": 100,
        }
    ).reindex(
        columns=[
            "measure_id",
            "title",
            "priority",
            "chart",
            "unit",
            "improvement",
            "target",
            "per",
            "owner",
            "definition",
            "source",
            "suppress",
        ]
    )
    units = pd.DataFrame(
        {"unit_id": ["RT5", *ACUTE], "name": ["Leicestershire Partnership", *ACUTE.values()]}
    )
    (root / "data").mkdir(parents=True)
    measures.to_csv(root / "data" / "measures.csv", index=False)
    pd.concat([absence, waits])[columns].to_csv(root / "data" / "observations.csv", index=False)
    units.assign(kind="trust", parent_id=None).to_csv(root / "data" / "units.csv", index=False)


def test_sickness_of_the_trust_has_the_published_limits(shared):
    frame = sickness(shared)

    result = spc(
        frame, value="SICKNESS_ABSENCE_RATE_PERCENT", date="period", improvement="decrease"
    ).summary.iloc[0]

    expected = [5.4208, 4.5479, 6.2938]
    assert result[["centre", "lower", "upper"]].astype(float).round(4).tolist() == expected


def test_published_tables_pass_the_check(shared, tmp_path):
    write_project(shared, tmp_path)

    assert load(tmp_path).latest_quarter.slug == "2024-25-q4"


@pytest.mark.kernel
@pytest.mark.parametrize("renderer", ["pandoc", pytest.param("quarto", marks=pytest.mark.quarto)])
def test_published_data_build_into_a_site_of_their_own(shared, tmp_path, renderer, warm):
    if renderer == "quarto" and shutil.which("quarto") is None:
        pytest.skip("no quarto command on PATH")
    write_project(shared, tmp_path)
    warm(tmp_path)

    built = build(tmp_path, renderer=renderer)

    page = (tmp_path / "_site/reports/2024-25-q4/measure-sickness.html").read_text(encoding="utf-8")
    assert built.failed == ()
    assert "synthetic" not in page.lower()
    assert re.search(r"<svg[^>]*>", page)
