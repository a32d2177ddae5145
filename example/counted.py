"""What registers tell each month, counted as the pages count it: beds, harms, waits and answers."""

from __future__ import annotations

import pandas as pd

from example.incidents import RATES
from example.truth import LEVELS, by_unit
from example.wards import bed_days
from sutg_analysis import waiting_list
from sutg_analysis.waiting.clocks import ClockRule

COLUMNS = ["measure_id", "unit_id", "period", "numerator", "denominator"]
# measure: weeks, and the services it is of
WAITS: dict[str, tuple[int, tuple[str, ...]]] = {
    "waits-18-weeks": (
        18,
        ("community-mental-health", "continence", "neurodevelopmental", "learning-disability"),
    ),
    "psychosis-2-weeks": (2, ("early-intervention",)),
    "talking-6-weeks": (6, ("talking-therapies",)),
    "talking-18-weeks": (18, ("talking-therapies",)),
}


def counted(registers: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the measures that registers tell.

    Parameters
    ----------
    registers
        sitrep, incidents, pathways and feedback.
    """
    days = bed_days(registers["sitrep"])
    beds = days.rename(columns={"occupied": "numerator", "available": "denominator"})
    parts = [beds.assign(measure_id="bed-occupancy"), _harms(registers["incidents"], days)]
    parts += [_waits(registers["pathways"], name, *how) for name, how in WAITS.items()]
    return pd.concat([*parts, _answers(registers["feedback"])])[COLUMNS].astype({"numerator": float})


def _harms(log: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    names = log.assign(measure_id=log["harm"], unit_id=log["ward"], period=log["date"].str[:7] + "-01")
    keys = ["measure_id", "unit_id", "period"]
    counts = names.groupby(keys).size().rename("numerator").reset_index()
    wards = pd.DataFrame([(name, ward) for name in RATES for ward in by_unit(LEVELS[name])], columns=keys[:2])
    rows = wards.merge(days, on="unit_id").merge(counts, on=keys, how="left")
    return rows.assign(denominator=rows["occupied"]).fillna({"numerator": 0})


def _waits(pathways: pd.DataFrame, name: str, weeks: int, services: tuple[str, ...]) -> pd.DataFrame:
    mine = pathways[pathways["service"].isin(services)]
    first, last = pathways[["seen", "closed"]].min().min(), pathways[["seen", "closed"]].max().max()
    rule = {"*": ClockRule(target_weeks=weeks)}
    points = waiting_list(mine, by="service", first=first, last=last, latest=last, rules=rule).points
    columns = {"service": "unit_id", "seen_within": "numerator", "seen": "denominator"}
    return points.rename(columns=columns).assign(
        measure_id=name, period=points["date"].dt.strftime("%Y-%m-%d")
    )


def _answers(feedback: pd.DataFrame) -> pd.DataFrame:
    once = feedback[feedback["group_kind"] == "age"]
    rows = once.assign(denominator=once.iloc[:, 4:].sum(axis=1), numerator=once["very_good"] + once["good"])
    sums = rows.groupby(["unit_id", "period"])[["numerator", "denominator"]].sum().reset_index()
    return sums.assign(measure_id="friends-and-family")
