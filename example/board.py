"""Example tables of the governance reports: daily staffing of the wards, and the measures of the expectations.

Each role of each shift has planned hours; actual hours are planned x (fill - 0.03 at weekends) x (1 + 0.03 z), with z
standard normal. Beds occupied are a binomial share of the beds. One short-staffed week is planted in ``SHORT``;
no other shift comes near a rule. The measures are binomial shares about a level that moves once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

DAYS = pd.date_range("2023-04-01", "2023-09-30", freq="D")
SHIFTS = {"early": 1.0, "late": 1.0, "night": 0.7}
SHORT = {"ward": "osier-ward", "shift": "night", "start": "2023-09-24", "end": "2023-09-30", "fill": 0.58}
"""The planted week: its registered staff are at 58% of plan."""

# ward: beds, share occupied, share of those on leave, planned hours of registered and unregistered staff by day
WARDS: dict[str, tuple[int, float, float, float, float]] = {
    "sedge-ward": (20, 0.91, 0.08, 22.5, 30),
    "teasel-ward": (20, 0.90, 0.08, 22.5, 30),
    "osier-ward": (12, 0.82, 0.02, 30, 37.5),
    "bittern-ward": (28, 0.89, 0.0, 30, 45),
    "curlew-ward": (26, 0.88, 0.0, 30, 37.5),
    "godwit-ward": (24, 0.86, 0.0, 22.5, 37.5),
    "reedmace-unit": (10, 0.78, 0.04, 22.5, 30),
}
FILL, NOISE, WEEKEND = {"registered": 0.97, "unregistered": 1.02}, 0.03, 0.03
_STAFF = ["planned_registered", "actual_registered", "planned_unregistered", "actual_unregistered"]
SITREP_COLUMNS = ["date", "ward", "shift", *_STAFF, "beds", "occupied", "leave"]

# measure_id: title, priority, target, owner, definition, source
MEASURES: dict[str, tuple[Any, ...]] = {
    "remote-outpatients": ("Outpatient appointments held remotely", "Access to Services", 70,
        "Of outpatient appointments held, the share by telephone or video.", "Appointment records"),
    "two-hour-response": ("Community response within two hours", "Transformation", 70,
        "Of urgent referrals, the share seen at home within two hours.", "Referral and waiting records"),
    "same-day-discharge": ("Discharged on the day they were fit", "Transformation", 85,
        "Of patients who were fit to leave, the share who left that day.", "Ward bed returns"),
}  # fmt: skip
# measure_id, unit_id, patients a month, level before and after, month in which it moves (from 0)
LEVELS = (
    ("remote-outpatients", "community-mental-health", 420, 62, 76, 8),
    ("remote-outpatients", "neurodevelopmental", 160, 55, 72, 8),
    ("remote-outpatients", "continence", 180, 40, 48, 10),
    ("two-hour-response", "district-nursing", 240, 64, 83, 20),
    ("same-day-discharge", "bittern-ward", 44, 71, 71, 0),
    ("same-day-discharge", "curlew-ward", 40, 74, 74, 0),
    ("same-day-discharge", "godwit-ward", 38, 69, 69, 0),
)


def with_expected(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the table of measures with those that the measured expectations need."""
    rows = [
        (name, title, priority, "percent", "increase", target, 100, "Chief Operating Officer", said, source)
        for name, (title, priority, target, said, source) in MEASURES.items()
    ]
    return pd.concat([measures, pd.DataFrame(rows, columns=measures.columns)], ignore_index=True)


def with_expected_observations(
    drawn: pd.DataFrame, *, months: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the observations with those of the measured expectations, drawn here.

    Parameters
    ----------
    drawn
        The observations of the other measures.
    months
        period (ISO first day) and month (its number from 0).
    rng
        Where the noise comes from.
    """
    columns = ["measure_id", "unit_id", "size", "before", "after", "moves"]
    rows = pd.DataFrame(LEVELS, columns=columns).merge(months[["period", "month"]], how="cross")
    level = rows["before"].where(rows["month"] < rows["moves"], rows["after"]) / 100
    denominator = rng.poisson(rows["size"])
    rows = rows.assign(
        numerator=rng.binomial(denominator, level).astype(float), denominator=denominator.astype(float)
    )
    columns = ["measure_id", "unit_id", "period", "numerator", "denominator"]
    return pd.concat([drawn[columns], rows[columns]], ignore_index=True)


def sitrep(*, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the daily staffing and beds of the wards, one row a day, ward and shift.

    Examples
    --------
    >>> made = sitrep(rng=np.random.default_rng(1))
    >>> len(made) == len(DAYS) * len(WARDS) * len(SHIFTS), made.columns[:3].tolist()
    (True, ['date', 'ward', 'shift'])
    """
    wards = pd.DataFrame([(name, *rest) for name, rest in WARDS.items()])
    wards.columns = pd.Index(["ward", "beds", "share", "away", "planned_registered", "planned_unregistered"])
    shifts = pd.DataFrame({"shift": list(SHIFTS), "part": list(SHIFTS.values())})
    rows = pd.DataFrame({"date": DAYS}).merge(wards, how="cross").merge(shifts, how="cross")
    for role, usual in FILL.items():
        rows[f"planned_{role}"] = (rows[f"planned_{role}"] * rows["part"] / 7.5).round() * 7.5
        rows[f"actual_{role}"] = _actual(rows, role=role, usual=usual, rng=rng)
    occupied = rng.binomial(rows["beds"], rows["share"])
    rows = rows.assign(occupied=occupied, leave=rng.binomial(occupied, rows["away"]))
    return rows.assign(date=rows["date"].dt.strftime("%Y-%m-%d"))[SITREP_COLUMNS]


def _actual(rows: pd.DataFrame, *, role: str, usual: float, rng: np.random.Generator) -> pd.Series:
    fill = pd.Series(usual, index=rows.index) - WEEKEND * (rows["date"].dt.day_of_week >= 5)
    if role == "registered":
        short = rows["ward"].eq(SHORT["ward"]) & rows["shift"].eq(SHORT["shift"])
        week = rows["date"].between(pd.Timestamp(SHORT["start"]), pd.Timestamp(SHORT["end"]))
        fill = fill.mask(short & week, SHORT["fill"])
    return (rows[f"planned_{role}"] * fill * (1 + NOISE * rng.standard_normal(len(rows)))).round(2)
