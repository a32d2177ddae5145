"""A measure that is told by unit only stands on the board with what is lacking, not silently left out."""

import pandas as pd

from sutg_analysis.catalogue.load import load
from sutg_analysis.reports.verdicts import verdict_table


def test_a_mean_given_by_ward_only_stands_on_the_board_with_no_value_for_the_trust(tables):
    header = tables.lines["measures"][0].split(",")
    row = {"measure_id": "stay", "title": "Length of stay", "unit": "days", "chart": "xmr"}
    row |= {
        "improvement": "decrease",
        "priority": tables.lines["measures"][1].split(",")[header.index("priority")],
    }
    tables.lines["measures"].append(",".join(row.get(name, "") for name in header))
    head = tables.lines["observations"][0].split(",")
    for month in pd.date_range("2022-04-01", periods=18, freq="MS"):
        cells = {
            "measure_id": "stay",
            "unit_id": "ward-a",
            "period": f"{month:%Y-%m-%d}",
            "numerator": "12.5",
        }
        tables.lines["observations"].append(",".join(cells.get(name, "") for name in head))

    at = load(tables.write(), quarter="2023-24-q2")
    board = at.ledger[at.ledger["unit_id"].isin(at.top_units)]
    shown = verdict_table(at, board, caption="Every measure")
    ward = verdict_table(at, at.ledger[at.ledger["unit_id"] == "ward-a"], caption="Ward")

    assert "Length of stay: no value for" in shown.plain
    assert "it cannot be added up; give numerator and denominator, or rows of" in shown.plain
    assert "cannot be added up" not in ward.plain
