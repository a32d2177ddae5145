"""A point of a period that is not over is named and drawn hollow, and has no part in limits, rules or verdicts."""

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.charts.panels import PROVISIONAL, panels
from sutg_analysis.reports.tables import numbers_table
from sutg_analysis.words.control import spc_alt_text, spc_words

MONTHS = pd.date_range("2022-06-01", periods=15, freq="MS")
FALLS = [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 90]


def rows(*, known_to="2023-08-20"):
    until = [None] * 14 + [known_to]
    return pd.DataFrame({"month": MONTHS, "falls": FALLS, "known_to": pd.to_datetime(pd.Series(until))})


@pytest.fixture
def open_month():
    return spc(rows(), value="falls", date="month", improvement="decrease", provisional="known_to")


def test_limits_and_verdict_are_those_of_the_months_that_are_over(open_month):
    whole = spc(rows().head(14), value="falls", date="month", improvement="decrease")

    names = ["latest", "latest_date", "centre", "upper", "variation", "assurance", "points"]

    pd.testing.assert_frame_equal(open_month.summary[names], whole.summary[names])


def test_the_result_says_to_which_day_the_last_point_is_known(open_month):
    row = open_month.summary.iloc[0]

    assert (row["so_far_to"], row["so_far"]) == (pd.Timestamp("2023-08-20"), 90)
    assert open_month.points["known_to"].notna().sum() == 1


def test_without_an_open_month_the_result_is_as_it_always_was():
    whole = spc(rows(known_to=None), value="falls", date="month", provisional="known_to")

    assert "known_to" not in {*whole.points, *whole.summary}


def test_each_series_is_told_by_its_own_last_point():
    both = pd.concat([rows().assign(ward="A"), rows(known_to=None).assign(ward="B")])

    result = spc(both, value="falls", date="month", by="ward", provisional="known_to").summary

    assert result["so_far_to"].notna().tolist() == [True, False]
    assert result["latest"].tolist() == [6, 90]


def test_a_provisional_point_is_drawn_hollow_and_not_as_left_out(open_month):
    (panel,) = panels(open_month)

    assert panel.marks[-1] == PROVISIONAL
    assert not any(panel.excluded)


def test_words_name_the_month_and_the_day_it_is_known_to(open_month):
    words = spc_words(open_month, title="Falls")

    assert words.startswith("Falls: 6 in July 2023. August 2023, to 20 August, provisional: 90.")
    assert "left out" not in words
    assert spc_alt_text(open_month).endswith("The last point is provisional.")


def test_the_table_of_numbers_says_to_which_day(open_month):
    assert numbers_table(open_month)["What it shows"].iloc[-1] == "Provisional, to 20 August 2023"


def test_an_open_month_on_a_rate_chart_has_no_part_in_its_mean():
    frame = rows().assign(days=np.array([100] * 14 + [60]))

    result = spc(
        frame, numerator="falls", denominator="days", date="month", chart="u_prime", provisional="known_to"
    )

    assert result.summary["centre"].item() == pytest.approx(77 / 1400)
