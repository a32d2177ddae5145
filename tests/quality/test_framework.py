"""Each expected outcome is covered, or says what it lacks."""

import pandas as pd
import pytest

from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.quality.measures import coverage, coverage_counts, unframed

Q2 = Quarter(2023, 2)
OUTCOMES = pd.DataFrame(
    {"objective": ["Safe"], "priority": ["A"], "outcome": ["Fewer falls"], "measure_id": ["falls"]}
)
MEASURES = pd.DataFrame({"measure_id": ["falls"], "title": ["Falls"], "owner": ["Matron"], "target": [5.0]})
SEEN = pd.DataFrame({"measure_id": ["falls"], "period": [pd.Timestamp("2023-08-01")], "numerator": [3.0]})
NONE = pd.DataFrame({"measure_id": pd.Series(dtype="str")})


def gap(*, outcomes=OUTCOMES, measures=MEASURES, seen=SEEN, targets=NONE, quarter=Q2):
    return coverage(outcomes, measures, seen, targets=targets, quarter=quarter)["gap"].tolist()


def test_a_measure_with_data_owner_and_target_covers_its_outcome():
    assert gap() == ["covered"]


def test_an_outcome_without_a_measure_lacks_only_that():
    assert gap(outcomes=OUTCOMES.assign(measure_id=None)) == ["no measure"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"measures": MEASURES.assign(owner=None)}, "no owner"),
        ({"measures": MEASURES.assign(target=float("nan"))}, "no target"),
        ({"quarter": Quarter(2023, 3)}, "no recent data"),
        ({"seen": SEEN.assign(numerator=float("nan"))}, "no recent data"),
        ({"seen": SEEN.head(0), "measures": MEASURES.assign(owner=None)}, "no recent data, no owner"),
    ],
)
def test_what_a_measure_lacks_is_named(changes, expected):
    assert gap(**changes) == [expected]


def test_a_dated_target_is_a_target():
    targets = pd.DataFrame({"measure_id": ["falls"]})

    assert gap(measures=MEASURES.assign(target=float("nan")), targets=targets) == ["covered"]


def test_counts_add_up_by_objective():
    table = pd.DataFrame({"objective": ["A", "A", "B"], "gap": ["covered", "no owner", "no measure"]})

    assert coverage_counts(table).values.tolist() == [["A", 2, 1, 0, 1], ["B", 1, 0, 1, 0]]


def test_measures_that_serve_no_outcome_are_named():
    assert unframed(OUTCOMES.assign(measure_id=None), MEASURES) == ("Falls",)
