"""A part of the tables: of some measures, of a unit and all below it."""

import pandas as pd

from sutg_analysis import load
from sutg_analysis.project import shipped


def test_a_unit_is_read_with_all_below_it_and_no_sum_is_made_of_a_part():
    whole = load(shipped(), tables=[], quarter="2023-24-q2")
    part = load(shipped(), tables=[], quarter="2023-24-q2", only={"observations.unit_id": "adult-inpatient"})

    assert "fenmarch" not in set(part.ledger["unit_id"])
    assert "osier-ward" in set(part.ledger["unit_id"])
    mine = whole.ledger[whole.ledger["unit_id"] == "adult-inpatient"].drop(columns="attention")
    same = part.ledger[part.ledger["unit_id"] == "adult-inpatient"].drop(columns="attention")
    pd.testing.assert_frame_equal(mine.reset_index(drop=True), same.reset_index(drop=True))
