"""Proposals of new limits in words: when, why, and that nothing happens by itself."""

import pandas as pd
import pytest

from sutg_analysis import propose_rebase, recommend_chart

LOW, HIGH = [13.0, 12, 11, 10], [23.0, 22, 21, 20]


def proposed(values, **options):
    months = pd.date_range("2021-01-01", periods=len(values), freq="MS")
    return propose_rebase(pd.DataFrame({"month": months, "y": values}), date="month", value="y", **options)


def test_a_proposal_is_told_with_its_date_and_both_centres():
    said = proposed(LOW * 6 + HIGH * 6).words(title="Waits", unit="days")

    assert said == (
        "Waits: 1 reset of the limits is proposed.\n"
        "From January 2023: a shift starts here and holds, and the centre would go from 11.6 days to 21.6 days.\n"
        "Nothing changes until somebody accepts a proposal: put a name and the cause to its row and add it to the "
        "events."
    )


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (LOW * 2, "there are too few points for limits"),
        (LOW * 12, "no shift follows the limits in force"),
        (LOW * 6 + HIGH * 2, "too few points are left for new limits"),
    ],
)
def test_no_proposal_is_told_with_its_reason(values, why):
    assert proposed(values).words() == f"No reset of the limits is proposed: {why}."


def test_each_series_is_named():
    months = pd.date_range("2021-01-01", periods=48, freq="MS")
    frame = pd.concat(
        [
            pd.DataFrame({"month": months, "y": LOW * 6 + HIGH * 6, "ward": "Ash"}),
            pd.DataFrame({"month": months, "y": LOW * 12, "ward": "Birch"}),
        ]
    )

    lines = propose_rebase(frame, date="month", value="y", by="ward").words().splitlines()

    assert lines[1].startswith("Ash, from January 2023: a shift starts here")
    assert len(lines) == 3


def test_advice_on_a_chart_is_a_sentence():
    months = pd.date_range("2021-01-01", periods=24, freq="MS")
    advice = recommend_chart(pd.DataFrame({"month": months, "y": LOW * 6}), date="month", value="y")

    assert advice.words() == str(advice) == advice.because
    assert advice.words().endswith(".")
