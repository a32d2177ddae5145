"""Measures counted from registers, and numbers that two tables tell."""

import pandas as pd
import pytest

from sutg_analysis import load
from sutg_analysis.catalogue.load import restore, store
from sutg_analysis.errors import DataError, TableError
from tests.support.notebooks import shown_by
from tests.support.tables import Tables

COUNTED = (
    "measure_id,title,priority,chart,unit,improvement,target,per,owner,definition,source,suppress,from,rule"
)


@pytest.fixture
def register(tables: Tables):
    """A project whose falls are counted from a log of 3 falls in April, none in May and 2 in June, and not typed."""
    falls = "falls,Falls,High standards,xmr,count,decrease,6,,Chief nurse,Falls,Log,,incidents,harm = falls"
    seen = "seen,Seen in time,Access,xmr,percent,increase,,100,Chief,Seen,List,,,"
    tables.lines["measures"] = [COUNTED, falls, seen]
    tables.lines["observations"] = [
        line for line in tables.lines["observations"] if not line.startswith("falls")
    ]
    tables.lines["events"] = tables.lines["events"][:1]
    days = ["2023-04-02", "2023-04-09", "2023-04-30", "2023-06-01", "2023-06-20"]
    log = [f"{day},ward-a,falls,low" for day in days]
    tables.lines["incidents"] = ["date,ward,harm,level", *log, "2023-05-05,ward-a,restraint,none"]
    return tables


def typed(tables, month, number, unit="ward-a"):
    tables.lines["observations"].append(f"falls,{unit},{month},{number},")


def falls(catalogue):
    rows = catalogue.observations
    rows = rows[(rows["measure_id"] == "falls") & (rows["unit_id"] == "ward-a")]
    return dict(zip(rows["period"].dt.strftime("%Y-%m"), rows["value"], strict=True))


def test_a_measure_is_counted_from_its_register_with_months_of_none_as_nought(register):
    catalogue = load(register.write())

    assert falls(catalogue) == {"2023-04": 3, "2023-05": 0, "2023-06": 2}
    assert set(catalogue.observations["source"]) == {"observations", "incidents: harm = falls"}


def test_a_report_that_reads_few_tables_has_the_counted_numbers_too(register):
    catalogue = load(register.write(), tables=())

    assert falls(catalogue) == {"2023-04": 3, "2023-05": 0, "2023-06": 2}
    assert "incidents" in set(catalogue.sources["table"])


def test_what_was_typed_before_the_register_began_stands(register):
    typed(register, "2023-03-01", 5)

    assert falls(load(register.write()))["2023-03"] == 5


def test_a_typed_number_that_agrees_is_told_once(register):
    typed(register, "2023-04-01", 3)

    assert falls(load(register.write())) == {"2023-04": 3, "2023-05": 0, "2023-06": 2}


def test_a_typed_number_that_differs_is_refused_with_both_tables_rows_and_values(register):
    typed(register, "2023-04-01", 13)
    row = len(register.lines["observations"])

    with pytest.raises(TableError) as caught:
        load(register.write())

    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == ("observations.csv", row)
    assert problem.value == "13 for falls of ward-a in April 2023"
    assert problem.expected == "3, as counted from incidents.csv by 'harm = falls' (rows 2, 3, 4)"
    assert "data/agreements.toml" in problem.remedy


def test_a_typed_total_is_held_against_the_sum_of_the_units_below_it(register):
    typed(register, "2023-06-01", 7, unit="trust")

    with pytest.raises(TableError, match=r"7 for falls of trust in June 2023'; expected 2"):
        load(register.write())


def test_a_typed_measure_whose_rule_names_a_register_is_compared_and_keeps_its_numbers(register):
    register.lines["measures"][1] = register.lines["measures"][1].replace(
        ",incidents,harm = falls", ",observations,incidents: harm = falls"
    )
    typed(register, "2023-04-01", 3)
    typed(register, "2023-05-01", 0)

    assert falls(load(register.write())) == {"2023-04": 3, "2023-05": 0}

    typed(register, "2023-06-01", 9)
    with pytest.raises(TableError, match="9 for falls of ward-a in June 2023"):
        load(register.write())


@pytest.fixture
def accepted(register):
    typed(register, "2023-04-01", 13)
    root = register.write()
    agreed = '[[accept]]\nmeasure = "falls"\nfirst = 2023-04-01\nlast = 2023-04-30\nreason = "Late"\nauthor = "Head"'
    (root / "data" / "agreements.toml").write_text(agreed)
    return root


def test_an_accepted_difference_lets_the_register_speak_and_is_kept_with_its_reason(accepted):
    catalogue = load(accepted)

    assert falls(catalogue)["2023-04"] == 3
    row = catalogue.differences.iloc[0]
    assert (row["typed"], row["counted"], row["reason"], row["author"]) == (13, 3, "Late", "Head")


def test_a_difference_is_accepted_for_its_periods_alone(accepted):
    agreed = (accepted / "data" / "agreements.toml").read_text().replace("-04-", "-05-")
    (accepted / "data" / "agreements.toml").write_text(agreed)

    with pytest.raises(TableError, match="13 for falls"):
        load(accepted)


def test_accepted_differences_pass_through_the_snapshot_of_a_build(accepted, tmp_path):
    store(load(accepted), tmp_path / "kept", project=accepted)

    kept = restore(tmp_path / "kept", ())
    pd.testing.assert_frame_equal(kept.differences, load(accepted).differences)


def test_a_difference_of_a_protected_measure_shows_no_number(accepted):
    (accepted / "data" / "disclosure.toml").write_text('default = "mhsds"\n')

    catalogue = load(accepted)

    assert catalogue.differences[["typed", "counted"]].isna().all(axis=None)
    assert "Late" in set(catalogue.differences["reason"])


def test_a_measure_counted_from_a_protected_register_is_protected_like_it(register):
    root = register.write()
    (root / "data" / "disclosure.toml").write_text('[tables]\nincidents = "mhsds"\n')

    catalogue = load(root)

    assert catalogue.protection.measures == {"falls": "mhsds"}
    rows = catalogue.observations
    assert rows.loc[rows["measure_id"] == "falls", "numerator"].dropna().isin([0, 5]).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[[accept]]\nmeasure = "fals"\nreason = "x"\nauthor = "y"', "did you mean 'falls'"),
        ('[[accept]]\nmeasure = "falls"\nunit = "ward-b"\nreason = "x"\nauthor = "y"', "ward-b"),
        ('[[accept]]\nmeasure = "falls"\nauthor = "y"', "reason"),
        ('[[accept]]\nmeasure = "falls"\nreason = " "\nauthor = "y"', "reason"),
        ("tolerance = -1", "tolerance = -1"),
        ("tolarance = 1", "did you mean 'tolerance'"),
    ],
)
def test_agreements_that_say_nothing_that_can_be_are_refused(register, content, words):
    root = register.write()
    (root / "data" / "agreements.toml").write_text(content)

    with pytest.raises(DataError, match=words):
        load(root)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (",incidents,harms are falls", "column rule: found 'harms are falls'"),
        (",sitrep,occupancy", "Add data/sitrep"),
        (",observations,harm = falls", "Name the register"),
        (",incidents,", "column rule: found ''"),
        (',incidents,"harm = falls, of ward-aa"', "did you mean 'ward-a'"),
        (',incidents,"harm = falls, per beds"', "no number of 'beds'"),
        (',incidents,"harm = falls, per bed days"', "no beds occupied"),
    ],
)
def test_a_rule_that_cannot_be_counted_is_named(register, end, words):
    line = register.lines["measures"][1]
    register.lines["measures"][1] = line.replace(",incidents,harm = falls", end)

    with pytest.raises((TableError, DataError), match=words):
        load(register.write())


def test_the_pages_of_both_tables_say_what_was_accepted_and_by_whom(accepted):
    words = "Two tables differ: Falls, Ward A, April 2023 (13 typed, 3 counted from incidents). Accepted by Head: Late."

    measure = shown_by("measure", project=accepted, measure="falls", quarter="2023-24-q2")
    assert words in measure["unit-charts"]
    assert words in measure["method"]
    assert words in shown_by("harm_summary", project=accepted, quarter="2023-24-q2")["method"]
