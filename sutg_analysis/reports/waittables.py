"""Numbers behind the figures of waiting lists as readers see them: text in every cell, and what groups are called."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.waiting.equity import EquityResult
from sutg_analysis.waiting.forecast import ListForecastResult
from sutg_analysis.waiting.groups import group_name
from sutg_analysis.waiting.waiting_list import BAND_NAMES, OVER_WEEKS, WaitingListResult
from sutg_analysis.words.wording import MINUS, MISSING, month, number

_ROUNDED = 10
"""Numbers of people in groups are rounded to it, so that a group left out cannot be found by subtraction."""


def equity_table(result: EquityResult) -> pd.DataFrame:
    """Return the groups compared: people, mean wait, difference with its range, what it shows."""
    rows = result.frame.to_dict("records")
    return pd.DataFrame(
        {
            "Group": [group_name(row["grouping"], row["group"]) for row in rows],
            f"People (nearest {_ROUNDED})": [_people(row["people"]) for row in rows],
            "Mean wait, weeks": [number(row["mean"], decimals=1) for row in rows],
            "Difference, weeks": [_gap(row) for row in rows],
            "Range of chance": [_range(row) for row in rows],
            "What it shows": [_shows(row) for row in rows],
        }
    )


def equity_data(result: EquityResult) -> pd.DataFrame:
    """Return the groups compared as a file of data has them, people rounded."""
    rounded = (result.frame["people"] / _ROUNDED).round() * _ROUNDED
    groups = result.frame["group"].astype("str")
    return result.frame.drop(columns="seen").assign(people=rounded, group=groups)


def _people(people: float) -> str:
    return "Too few" if np.isnan(people) else f"{round(people / _ROUNDED) * _ROUNDED:,}"


def _gap(row: dict[str, Any]) -> str:
    if row["reference"]:
        return "Reference"
    return MISSING if np.isnan(row["difference"]) else signed(row["difference"])


def signed(value: float) -> str:
    """Return a number of weeks with its sign.

    Examples
    --------
    >>> signed(2.04), signed(-0.26), signed(0.01)
    ('+2.0', '−0.3', '0.0')
    """
    text = f"{abs(value):.1f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else MINUS}{text}"


def _range(row: dict[str, Any]) -> str:
    return "" if np.isnan(row["lower"]) else f"{signed(row['lower'])} to {signed(row['upper'])}"


def _shows(row: dict[str, Any]) -> str:
    if row["reference"]:
        return "What the others are compared with"
    if np.isnan(row["difference"]):
        return "Too few people to say" if np.isnan(row["people"]) else "Not watched long enough to say"
    return {1: "Longer waits", -1: "Shorter waits", 0: "No difference beyond chance"}[row["longer"]]


def waits_table(result: WaitingListResult, *, target_weeks: float) -> pd.DataFrame:
    """Return a row a month: how many wait, how long, within the target, and over 18, 52, 78 and 104 weeks."""
    points = result.points
    shown = {
        "Month": [month(date) for date in points["date"]],
        "Waiting": _counts(points["list_size"]),
        "Half have waited, weeks": _weeks(points["median_weeks"], points["list_size"]),
        "92 in 100 have waited, weeks": _weeks(points["p92_weeks"], points["list_size"]),
        f"Within {target_weeks:g} weeks": [number(share, unit="percent") for share in points["within_share"]],
    }
    over = {f"Over {weeks} weeks": _counts(points[f"over_{weeks}"]) for weeks in OVER_WEEKS}
    return pd.DataFrame(shown | over)


def _counts(values: pd.Series) -> list[str]:
    return [f"{value:,}" for value in values]


def _weeks(values: pd.Series, sizes: pd.Series) -> list[str]:
    """Return weeks; of a list with people whose percentile is in the open last band, that band."""
    pairs = zip(values, sizes, strict=True)
    return [
        BAND_NAMES[-1] if np.isnan(value) and size else number(value, decimals=1) for value, size in pairs
    ]


def bands_rows(result: WaitingListResult) -> pd.DataFrame:
    """Return the latest count of each week band up to the longest: from, to (weeks), people."""
    last = result.bands.iloc[-1][BAND_NAMES].to_numpy(dtype="int64")
    upto = int(np.flatnonzero(last)[-1]) + 1 if last.any() else 0
    start = np.arange(upto)
    return pd.DataFrame({"from": start, "to": start + 1, "people": last[:upto]})


def bands_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the bands as text."""
    names = [BAND_NAMES[at] for at in rows["from"]]
    return pd.DataFrame({"Weeks waited": names, "People": _counts(rows["people"])})


def forecast_table(result: ListForecastResult) -> pd.DataFrame:
    """Return a row a scenario: now, at the end, its range, the target, the chance of it, when it is reached."""
    rows = result.summary
    pairs = zip(rows["end_lower_80"], rows["end_upper_80"], strict=True)
    when = month(result.points["date"].max())
    return pd.DataFrame(
        {
            "Scenario": rows["scenario"].astype("str"),
            "Joining a week": [number(value, decimals=1) for value in rows["demand"]],
            "Leaving a week": [number(value, decimals=1) for value in rows["capacity"]],
            f"Waiting at the end of {when}": [f"{value:,.0f}" for value in rows["end_median"]],
            "Four times in five": [f"{low:,.0f} to {high:,.0f}" for low, high in pairs],
            "Target": [number(value, decimals=0) for value in rows["target"]],
            "Chance of the target": [
                number(value * 100, unit="percent", decimals=0) for value in rows["chance"]
            ],
            "More likely than not reached": [
                text.capitalize() if text else MISSING for text in rows["reached"]
            ],
        }
    )


def capacity_table(row: dict[Any, Any]) -> pd.DataFrame:
    """Return demand against capacity as heading and value."""
    shown = {
        "People joining a week (demand)": number(row["demand"], decimals=1),
        "People who can be taken off a week (capacity)": number(row["capacity"], decimals=1),
        "Demand divided by capacity (load)": number(row["load"], decimals=2),
        "People waiting": number(row["queue_size"], decimals=0),
        "People waiting if the target is held": number(row["target_queue_size"], decimals=0),
        "Mean wait so far, weeks": number(row["mean_wait"], decimals=1),
        "Mean wait if the target is held, weeks": number(row["target_mean_wait"], decimals=1),
        "Capacity a week that holds the target": number(row["target_capacity"], decimals=1),
        "Weeks to reach that list at today's capacity": _clearing(row["weeks_to_clear"]),
    }
    return pd.DataFrame({"What": list(shown), "Value": list(shown.values())})


def _clearing(weeks: float) -> str:
    return "Never" if np.isposinf(weeks) else number(weeks, decimals=0)
