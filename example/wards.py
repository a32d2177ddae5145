"""The wards, day by day: staff planned and there on each shift, beds, and who is in them.

Each role of each shift has planned hours; actual hours are planned x (fill - 0.03 at weekends) x (1 + 0.03 z), with z
standard normal. The beds occupied are counted once a day, a binomial share of the beds. One short-staffed week is planted
in ``SHORT``; no other shift comes near a rule.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from example.truth import FIRST_DAY, LAST_DAY, levels

DAYS = pd.date_range(FIRST_DAY, LAST_DAY, freq="D")
SHIFTS = {"early": 1.0, "late": 1.0, "night": 0.7}
EVERY_SHIFT = "2023-04-01"
"""The day from which wards report each shift; before it they reported the night alone."""
SHORT = {"ward": "osier-ward", "shift": "night", "start": "2023-09-24", "end": "2023-09-30", "fill": 0.58}
"""The planted week: its registered staff are at 58% of plan."""

# ward: beds, share of those in them on leave, planned hours of registered and unregistered staff by day
WARDS: dict[str, tuple[int, float, float, float]] = {
    "sedge-ward": (20, 0.08, 22.5, 30),
    "teasel-ward": (20, 0.08, 22.5, 30),
    "osier-ward": (12, 0.02, 30, 37.5),
    "bittern-ward": (28, 0.0, 30, 45),
    "curlew-ward": (26, 0.0, 30, 37.5),
    "godwit-ward": (24, 0.0, 22.5, 37.5),
    "reedmace-unit": (10, 0.04, 22.5, 30),
}
FILL, NOISE, WEEKEND = {"registered": 0.97, "unregistered": 1.02}, 0.03, 0.03
_STAFF = ["planned_registered", "actual_registered", "planned_unregistered", "actual_unregistered"]


def sitrep(*, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the daily staffing and beds of the wards, one row a day, ward and shift that reports.

    Parameters
    ----------
    rng
        Where chance comes from.

    Examples
    --------
    >>> made = sitrep(rng=np.random.default_rng(1))
    >>> made.groupby("date").size().unique().tolist() == [len(WARDS), len(WARDS) * len(SHIFTS)]
    True
    """
    wards = pd.DataFrame([(name, *rest) for name, rest in WARDS.items()])
    wards.columns = pd.Index(["ward", "beds", "away", "planned_registered", "planned_unregistered"])
    share = levels("bed-occupancy").rename(columns={"unit_id": "ward"})[["ward", "period", "level"]]
    days = pd.DataFrame({"date": DAYS, "period": DAYS.strftime("%Y-%m-01")}).merge(wards, how="cross")
    days = days.merge(share, on=["ward", "period"])
    occupied = rng.binomial(days["beds"], days["level"] / 100)
    days = days.assign(occupied=occupied, leave=rng.binomial(occupied, days["away"]))
    shifts = pd.DataFrame({"shift": list(SHIFTS), "part": list(SHIFTS.values())})
    rows = days.merge(shifts, how="cross")
    for role, usual in FILL.items():
        rows[f"planned_{role}"] = (rows[f"planned_{role}"] * rows["part"] / 7.5).round() * 7.5
        rows[f"actual_{role}"] = _actual(rows, role=role, usual=usual, rng=rng)
    told = (rows["date"] >= EVERY_SHIFT) | (rows["shift"] == "night")
    return rows.loc[told, ["date", "ward", "shift", *_STAFF, "beds", "occupied", "leave"]].reset_index(
        drop=True
    )


def _actual(rows: pd.DataFrame, *, role: str, usual: float, rng: np.random.Generator) -> pd.Series:
    """Return the hours that were worked, in quarters of an hour."""
    fill = pd.Series(usual, index=rows.index) - WEEKEND * (rows["date"].dt.day_of_week >= 5)
    if role == "registered":
        short = rows["ward"].eq(SHORT["ward"]) & rows["shift"].eq(SHORT["shift"])
        week = rows["date"].between(pd.Timestamp(SHORT["start"]), pd.Timestamp(SHORT["end"]))
        fill = fill.mask(short & week, SHORT["fill"])
    hours = rows[f"planned_{role}"] * fill * (1 + NOISE * rng.standard_normal(len(rows)))
    return (hours * 4).round() / 4


def bed_days(sitrep: pd.DataFrame) -> pd.DataFrame:
    """Count the days that beds were occupied and available, by ward and month, one census a day.

    Examples
    --------
    >>> bed_days(sitrep(rng=np.random.default_rng(1)))["available"].max().item()
    868
    """
    census = sitrep.drop_duplicates(["ward", "date"], keep="last")
    keys = [census["ward"].rename("unit_id"), census["date"].dt.strftime("%Y-%m-01").rename("period")]
    sums = census.groupby(keys)[["occupied", "beds"]].sum().reset_index()
    return sums.rename(columns={"beds": "available"})
