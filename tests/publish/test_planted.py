"""Hidden counts planted by hand in a site that was built: an audit finds each, and nothing once it is gone."""

import json
import shutil

import pandas as pd
import pytest

from sutg_analysis.publish.audit import audit
from sutg_analysis.publish.build import build
from tests.support.leaks import small_project

pytestmark = pytest.mark.kernel
PLACE = "_site/reports/2023-24-q2"
PAGE, FILES = f"{PLACE}/measure-falls.html", f"{PLACE}/files/measure-falls"
COUNT, BUILT = "a small count shown", "not as built"


@pytest.fixture(scope="module")
def built(tmp_path_factory, warm):
    root = warm(small_project(tmp_path_factory.mktemp("planted"), "mhsds", seed=3))
    assert build(root, quarter="2023-24-q2", reports=("measure", "unit"), renderer="pandoc").failed == ()
    return root


@pytest.fixture(scope="module")
def hidden(built):
    """A hidden count of falls on a ward: unit, its name, month and count."""
    keys = ["measure_id", "unit_id", "period"]
    raw = pd.read_csv(built / "data/observations.csv")
    shown = pd.read_csv(built / "reports/2023-24-q2/.shown.csv")
    rows = raw.merge(shown, on=keys, suffixes=("", "_shown"))
    row = rows[
        rows["measure_id"].eq("falls") & rows["status"].eq("suppressed") & rows["numerator"].between(2, 4)
    ]
    unit, period, count = row.iloc[-1][["unit_id", "period", "numerator"]]
    month = f"{pd.Timestamp(period):%B %Y}"
    return {
        "unit": unit,
        "ward": f"Ward {unit.upper()}",
        "period": period,
        "month": month,
        "count": int(count),
    }


@pytest.fixture
def site(built):
    """The built site, put back as it was after each test, times included."""
    kept = built / "kept"
    shutil.copytree(built / "_site", kept)
    yield built
    shutil.rmtree(built / "_site")
    kept.rename(built / "_site")


WORDS = {
    "a sentence of the measure's page": (PAGE, "</main>", "<p>{ward}: {count} in {month}.</p></main>"),
    "a sentence of the unit's page": (
        f"{PLACE}/unit-{{unit}}.html",
        "</main>",
        "<p>Falls: {count} in {month}. This is usual variation.</p></main>",
    ),
    "an alternative text": (PAGE, "</main>", '<img alt="{ward}: {count} in {month}." src="a.png"></main>'),
    "a table turned round": (
        PAGE,
        "</main>",
        "<table><tr><th>Month</th><th>{ward}</th></tr><tr><th>{month}</th><td>{count}</td></tr></table></main>",
    ),
    "a description of a drawing": (f"{FILES}/falls--units.svg", "</svg>", "<desc>{ward} {month} {count}</desc></svg>"),
}  # fmt: skip


def told(site, root):
    """Kind and file of each finding, but for counts that follow from what was planted together with the rest."""
    findings = audit(site, root).findings
    return {(one.kind, one.file) for one in findings if one.kind != "a small count inferred"}


def kinds(root):
    return {(kind, file.removeprefix("_site/")) for kind, file in told(root / "_site", root)}


def both(name):
    return {(kind, name.removeprefix("_site/")) for kind in (COUNT, BUILT)}


def test_the_site_as_it_was_built_has_no_finding(site):
    assert audit(site / "_site", site).findings == ()


@pytest.mark.parametrize("plant", WORDS)
def test_words_and_tables_that_were_put_in_are_found(site, hidden, plant):
    name, old, new = WORDS[plant]
    path = site / name.format(**hidden)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new.format(**hidden), 1), encoding="utf-8")

    assert kinds(site) == both(name.format(**hidden))


def test_a_number_in_the_record_of_a_page_is_found(site, hidden):
    path = site / FILES / "record.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    key = f"falls {hidden['ward']} {hidden['period']}"
    path.write_text(json.dumps({**record, "raw": {key: hidden["count"]}}), encoding="utf-8")

    assert kinds(site) == both(f"{FILES}/record.json")


def test_a_file_of_the_numbers_is_found(site, hidden):
    line = "falls,{unit},{period},{count}\n".format(**hidden)
    (site / FILES / "extra.csv").write_text(f"measure_id,unit_id,period,numerator\n{line}", encoding="utf-8")

    assert kinds(site) == both(f"{FILES}/extra.csv")


def test_a_raw_table_copied_into_the_site_is_found(site):
    shutil.copy(site / "data/observations.csv", site / PLACE)

    assert kinds(site) == both(f"{PLACE}/observations.csv")


def test_a_file_that_holds_no_number_is_found_too_and_said_to_be_mended_by_a_build(site):
    path = site / PLACE / "notes.bin"
    path.write_bytes(b"x")

    (finding,) = audit(site / "_site", site).findings

    assert (finding.kind, finding.where) == (BUILT, "added since the build")
    assert "sutg build" in finding.found


def test_a_copy_of_a_site_is_read_for_counts_alone(site, hidden, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(site / "_site", copy)
    page = copy / PAGE.removeprefix("_site/")
    page.write_text(page.read_text(encoding="utf-8") + "<p>{ward}: {count} in {month}.</p>".format(**hidden))

    assert {kind for kind, _ in told(copy, site)} == {COUNT}
