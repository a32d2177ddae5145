"""A revised count: what two editions of a site together tell of a hidden one."""

import pandas as pd
import pytest

from sutg_analysis.catalogue.editions import SHOWN, check_protected, edition_files, keep_edition
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import DataError, SiteError

EARLIER, LATER = Quarter(2023, 1), Quarter(2023, 2)
UNITS = [
    "unit_id,name,kind,parent_id",
    "trust,Trust,trust,",
    *(f"{key},Ward {key},ward,trust" for key in "abc"),
]
HEAD = "measure_id,unit_id,period,numerator,denominator"


def rows(**counts):
    """One month for every ward, and a later one in which nothing is small."""
    june = [f"falls,{unit},2023-06-01,{count}," for unit, count in counts.items()]
    return [HEAD, *june, *(f"falls,{unit},2023-09-01,20," for unit in "abc")]


@pytest.fixture
def project(tables):
    """Write the counts of a project with a profile, and return its folder."""

    def write(profile, **counts):
        head, falls, *_ = tables.lines["measures"]
        tables.lines |= {
            "measures": [head, falls.rsplit(",", 1)[0] + "," + profile],
            "units": UNITS,
            "observations": rows(**counts),
        }
        tables.lines["targets"], tables.lines["events"] = (
            tables.lines["targets"][:1],
            tables.lines["events"][:1],
        )
        return tables.write()

    return write


def published(root, quarter=EARLIER, *, whole=True):
    folder = root / "reports" / quarter.slug
    folder.mkdir(parents=True, exist_ok=True)
    keep_edition(folder, load(root, edition=quarter).as_at(quarter), whole=whole)


def june(root, **how):
    shown = load(root, **how).rolled_up().observations
    return shown[shown["period"] == pd.Timestamp("2023-06-01")].set_index("unit_id")["numerator"]


def test_a_hidden_count_that_is_revised_to_a_large_one_hides_its_month(project):
    """A trust of 25 that becomes 30 while one hidden cell becomes 8 would tell that it was 3."""
    published(project("fft", a=12, b=10, c=3))

    shown = june(project("fft", a=12, b=10, c=8))

    assert shown.isna().all()


def test_a_ward_that_reports_late_hides_its_month_if_its_count_is_small(project):
    """The trust's total before and after would tell the ward's count."""
    published(project("fft", a=12, b=10))

    assert june(project("fft", a=12, b=10, c=3)).isna().all()


@pytest.mark.parametrize("profile", ["mhsds", "hes", "fft"])
def test_a_month_that_is_as_it_was_published_stays_as_it_was(project, profile):
    root = project(profile, a=12, b=10, c=3)
    before = june(root)
    published(root)

    pd.testing.assert_series_equal(june(root), before)
    assert before.notna().any()


def test_a_revised_month_without_small_counts_is_shown(project):
    published(project("fft", a=12, b=10, c=9))

    assert june(project("fft", a=12, b=10, c=8))["trust"] == 30


def test_an_edition_that_is_built_again_is_compared_with_earlier_ones_only(project):
    published(project("fft", a=12, b=10, c=3))
    root = project("fft", a=12, b=10, c=8)

    published(root)

    assert june(root)["trust"] == 30


def test_an_edition_of_which_some_pages_are_built_again_keeps_what_the_others_show(project):
    published(project("fft", a=12, b=10, c=3))
    root = project("fft", a=12, b=10, c=8)

    published(root, whole=False)

    assert june(root).isna().all()
    assert len(list((root / "reports").glob(f"*/{SHOWN}"))) == 2


def test_pages_built_alone_are_compared_with_their_own_quarter(project):
    published(project("fft", a=12, b=10, c=3), LATER)
    root = project("fft", a=12, b=10, c=8)

    assert june(root, whole=False).isna().all()
    assert june(root)["trust"] == 30


def test_an_analyst_inside_the_trust_sees_the_tables_as_they_are(project):
    published(project("fft", a=12, b=10, c=3))

    assert june(project("fft", a=12, b=10, c=8), protected=False)["c"] == 8


def test_nothing_is_kept_where_nothing_is_protected(project):
    root = project("", a=12, b=10, c=3)
    published(root)

    assert edition_files(root, quarter=LATER) == []


def test_a_file_that_cannot_be_read_is_named(project):
    root = project("fft", a=12, b=10, c=3)
    published(root)
    (root / "reports" / EARLIER.slug / ".shown.csv").write_text("nothing\n")

    with pytest.raises(DataError, match=r"\.shown\.csv cannot be read"):
        load(root)


def test_pages_from_before_a_measure_was_protected_are_built_again_first(project):
    root = project("none", a=12, b=10, c=3)
    shown = root / "reports" / EARLIER.slug / "files/measure-falls"
    shown.mkdir(parents=True)
    (shown / "falls--units.csv").write_text("Ward,Falls\nWard c,3\n")

    with pytest.raises(
        SiteError, match=f"Q1 2023/24 was published before falls was protected.*{EARLIER.slug} --repub"
    ):
        check_protected(root, quarter=LATER, measures=("falls",))
    published(project("fft", a=12, b=10, c=3))
    check_protected(root, quarter=LATER, measures=("falls",))
