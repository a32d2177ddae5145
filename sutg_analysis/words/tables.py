"""The numbers of a result as readers see them, text in every cell, and as a file has them, where they are not its first frame.

``trends:seasonal`` of a result's ``_views`` stands for ``seasonal_table`` and ``seasonal_data``, here or beside its words; a result
without either is shown as it is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.waiting.demand import DemandCapacityResult
from sutg_analysis.waiting.equity import EquityResult
from sutg_analysis.waiting.forecast import ListForecastResult
from sutg_analysis.waiting.groups import group_name
from sutg_analysis.waiting.waiting_list import BAND_NAMES, OVER_WEEKS, WaitingListResult, latest_bands
from sutg_analysis.words.wording import MINUS, MISSING, month, number, so_far

_ROUNDED = 10
"""Numbers of people in groups are rounded to it, so that a group left out cannot be found by subtraction."""


def equity_table(result: EquityResult) -> pd.DataFrame:
    """Return the groups compared: people, mean wait, difference with its range, what it shows."""
    rows = result.frame.to_dict("records")
    return pd.DataFrame(
        {
            "Group": [group_name(row["grouping"], row["group"]) for row in rows],
            f"People (nearest {_ROUNDED})": [
                "Too few" if row["too_few"] else f"{round(row['people'] / _ROUNDED) * _ROUNDED:,}"
                for row in rows
            ],
            "Mean wait, weeks": [number(row["mean"], decimals=1) for row in rows],
            "Difference, weeks": [
                "Reference" if row["reference"] else _signed(row["difference"]) for row in rows
            ],
            "Range of chance": [
                "" if np.isnan(row["lower"]) else f"{_signed(row['lower'])} to {_signed(row['upper'])}"
                for row in rows
            ],
            "What it shows": [_comparison(row) for row in rows],
        }
    )


def _comparison(row: Row) -> str:
    """Return what a group's difference from its reference group shows."""
    if row["reference"]:
        return "What the others are compared with"
    if np.isnan(row["difference"]):
        return "Too few people to say" if row["too_few"] else "Not watched long enough to say"
    return {1: "Longer waits", -1: "Shorter waits", 0: "No difference beyond chance"}[row["longer"]]


def equity_data(result: EquityResult) -> pd.DataFrame:
    """Return the groups compared as a file of data has them, people rounded."""
    rounded = (result.frame["people"] / _ROUNDED).round() * _ROUNDED
    groups = result.frame["group"].astype("str")
    return result.frame.drop(columns=["seen", "too_few"]).assign(people=rounded, group=groups)


def _signed(value: float) -> str:
    """Return a number of weeks with its sign, a shorthand where there is none.

    Examples
    --------
    >>> _signed(2.04), _signed(-0.26), _signed(0.01)
    ('+2.0', '−0.3', '0.0')
    """
    if np.isnan(value):
        return MISSING
    text = f"{abs(value):.1f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else MINUS}{text}"


def waiting_list_data(result: WaitingListResult, *, measure: str = "list_size") -> pd.DataFrame:
    """Return the periods of a list, or the bands of its last."""
    return latest_bands(result) if measure == "bands" else result.points


def waiting_list_table(
    result: WaitingListResult, *, measure: str = "list_size", target_weeks: float | None = None
) -> pd.DataFrame:
    """Return a row a month: how many wait, how long, within the target, and who joined and left; or a row a band."""
    points = result.points
    if measure == "bands":
        rows = latest_bands(result)
        return pd.DataFrame(
            {"Weeks waited": [BAND_NAMES[at] for at in rows["from"]], "People": _counts(rows["people"])}
        )
    groups = {str(name).capitalize(): points[name].astype("str") for name in result.by}
    within = "Within the target" if target_weeks is None else f"Within {target_weeks:g} weeks"
    table = groups | {
        "Month": [month(date) for date in points["date"]],
        "Waiting": _counts(points["list_size"]),
        "Joined": _counts(points["additions"]),
        "Seen": _counts(points["seen"]),
        "Left unseen": _counts(points["removed"]),
        "Half have waited, weeks": _weeks(points["median_weeks"], points["list_size"]),
        "92 in 100 have waited, weeks": _weeks(points["p92_weeks"], points["list_size"]),
        within: [number(share, unit="percent") for share in points["within_share"]],
    }
    over = {f"Over {weeks} weeks": _counts(points[f"over_{weeks}"]) for weeks in OVER_WEEKS}
    return pd.DataFrame(table | over)


def month_texts(points: pd.DataFrame) -> list[str]:
    """Return months by name, one that is not over with the day up to which it is known.

    Examples
    --------
    >>> points = pd.DataFrame({"date": pd.to_datetime(["2023-07-01", "2023-08-01"])})
    >>> month_texts(points.assign(known_to=[pd.NaT, pd.Timestamp("2023-08-20")]))
    ['July 2023', 'August 2023, to 20 August, provisional']
    """
    known_to = points.get("known_to", pd.Series(pd.NaT, index=points.index))
    pairs = zip(points["date"], known_to, strict=True)
    return [month(date) if pd.isna(known) else so_far(date, known, period="month") for date, known in pairs]


def _counts(values: pd.Series) -> list[str]:
    return [f"{value:,}" for value in values]


def _weeks(values: pd.Series, sizes: pd.Series) -> list[str]:
    """Return weeks; of a list with people whose percentile is in the open last band, that band."""
    pairs = zip(values, sizes, strict=True)
    return [
        BAND_NAMES[-1] if np.isnan(value) and size else number(value, decimals=1) for value, size in pairs
    ]


def forecast_table(result: ListForecastResult) -> pd.DataFrame:
    """Return a row a scenario: now, at the end, its range, the target, the chance of it, when it is reached."""
    rows = result.summary
    pairs = zip(rows["end_lower_80"], rows["end_upper_80"], strict=True)
    chances = [number(value * 100, unit="percent", decimals=0) for value in rows["chance"]]
    return pd.DataFrame(
        {
            "Scenario": rows["scenario"].astype("str"),
            "Joining a week": [number(value, decimals=1) for value in rows["demand"]],
            "Leaving a week": [number(value, decimals=1) for value in rows["capacity"]],
            f"Waiting at the end of {month(result.points['date'].max())}": [
                f"{value:,.0f}" for value in rows["end_median"]
            ],
            "Four times in five": [f"{low:,.0f} to {high:,.0f}" for low, high in pairs],
            "Target": [number(value, decimals=0) for value in rows["target"]],
            "Chance of the target": chances,
            "More likely than not reached": [text.capitalize() or MISSING for text in rows["reached"]],
        }
    )


def demand_capacity_table(result: DemandCapacityResult) -> pd.DataFrame:
    """Return demand against capacity as heading and value, of the first list."""
    row = result.frame.iloc[0]
    clearing = row["weeks_to_clear"]
    table = {
        "People joining a week (demand)": number(row["demand"], decimals=1),
        "People who can be taken off a week (capacity)": number(row["capacity"], decimals=1),
        "Demand divided by capacity (load)": number(row["load"], decimals=2),
        "People waiting": number(row["queue_size"], decimals=0),
        "People waiting if the target is held": number(row["target_queue_size"], decimals=0),
        "Mean wait so far, weeks": number(row["mean_wait"], decimals=1),
        "Mean wait if the target is held, weeks": number(row["target_mean_wait"], decimals=1),
        "Capacity a week that holds the target": number(row["target_capacity"], decimals=1),
        "Weeks to reach that list at today's capacity": "Never"
        if np.isposinf(clearing)
        else number(clearing, decimals=0),
    }
    return pd.DataFrame({"What": list(table), "Value": list(table.values())})
