"""The example's log of incidents, and a ward that gets worse: synthetic, with planted signals whose truth is known.

Falls, pressure ulcers and restraints agree with the observations month by month; other harms are Poisson at a steady
rate but for what ``HARM_SIGNALS`` plants. ``LATE`` worsens several measures of one ward in its last months, so that an
early warning has something to find.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

# measure_id, unit_id, first month, and what is added to the numerator of each month from then on
LATE: tuple[tuple[str, str, str, float], ...] = (
    ("restraint", "reedmace-unit", "2023-07-01", 12),
    ("complaints", "reedmace-unit", "2023-07-01", 9),
    ("sickness", "reedmace-unit", "2023-07-01", 62),
    ("friends-and-family", "reedmace-unit", "2023-07-01", -17),
)

COUNTED = ("falls", "pressure-ulcers", "restraint")
"""Harms that the observations count already."""

_MENTAL = ("sedge-ward", "teasel-ward", "osier-ward", "reedmace-unit")
_PHYSICAL = ("bittern-ward", "curlew-ward", "godwit-ward")
# harm: wards, incidents a month and ward
RATES: dict[str, tuple[tuple[str, ...], float]] = {
    "medication": ((*_MENTAL, *_PHYSICAL), 2.2),
    "self-harm": (_MENTAL, 3.0),
    "seclusion": (("sedge-ward", "osier-ward"), 0.9),
    "cauti": (_PHYSICAL, 0.8),
    "c-difficile": (_PHYSICAL, 0.12),
    "serious-incident": ((*_MENTAL, *_PHYSICAL), 0.07),
    "death": (_PHYSICAL, 0.2),
}
# harm, ward, first month, incidents a month from then on
HARM_SIGNALS: tuple[tuple[str, str, str, float], ...] = (
    ("self-harm", "teasel-ward", "2023-03-01", 9.0),
    ("c-difficile", "godwit-ward", "2023-05-01", 3.0),
    ("cauti", "bittern-ward", "2022-10-01", 0.0),
)
# Shares of none, low, moderate, severe, death; one ward's falls hurt more
LEVELS: dict[str, tuple[float, ...]] = {
    "serious-incident": (0, 0, 0.45, 0.45, 0.1),
    "death": (0, 0, 0, 0, 1),
    "c-difficile": (0, 0.5, 0.42, 0.08, 0),
}
_USUAL = (0.58, 0.34, 0.07, 0.01, 0)
SEVERE = ("falls", "godwit-ward", (0.35, 0.35, 0.24, 0.06, 0))
_NAMES = np.array(["none", "low", "moderate", "severe", "death"])


def worsened(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the observations with ``LATE`` added."""
    rows = observations.copy()
    for measure, unit, start, more in LATE:
        hit = (rows["measure_id"] == measure) & (rows["unit_id"] == unit) & (rows["period"] >= start)
        rows.loc[hit, "numerator"] = (rows.loc[hit, "numerator"] + more).clip(lower=0)
    return rows


def incidents(observations: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return the log: date, ward, harm, level, oldest first.

    Examples
    --------
    >>> table = pd.DataFrame({"measure_id": ["falls"], "unit_id": ["sedge-ward"], "period": ["2020-04-01"],
    ...                       "numerator": [3.0]})
    >>> log = incidents(table, rng=np.random.default_rng(1))
    >>> int((log["harm"] == "falls").sum()), log.columns.tolist()
    (3, ['date', 'ward', 'harm', 'level'])
    """
    months = sorted(observations["period"].unique())
    counted = observations[observations["measure_id"].isin(COUNTED)]
    known = counted.rename(columns={"measure_id": "harm", "unit_id": "ward", "numerator": "count"})
    drawn = _expected(months)
    drawn["count"] = rng.poisson(drawn["rate"])
    cells = pd.concat([known, drawn])[["harm", "ward", "period", "count"]]
    log = cells.reset_index(drop=True)
    log = log.loc[log.index.repeat(log["count"].astype(int))].reset_index(drop=True)
    first = pd.to_datetime(log["period"])
    day = first + pd.to_timedelta((rng.random(len(log)) * first.dt.days_in_month).astype(int), unit="D")
    log = log.assign(date=day.dt.strftime("%Y-%m-%d"), level=_levels(log, rng))
    return log.sort_values(["date", "ward", "harm", "level"])[["date", "ward", "harm", "level"]].reset_index(
        drop=True
    )


def _expected(months: list[str]) -> pd.DataFrame:
    rows = [(harm, ward, rate) for harm, (wards, rate) in RATES.items() for ward in wards]
    table = pd.DataFrame(rows, columns=["harm", "ward", "rate"]).merge(
        pd.DataFrame({"period": months}), how="cross"
    )
    for harm, ward, start, rate in HARM_SIGNALS:
        hit = (table["harm"] == harm) & (table["ward"] == ward) & (table["period"] >= start)
        table.loc[hit, "rate"] = rate
    return table


def _levels(log: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    shares = np.array([LEVELS.get(harm, _USUAL) for harm in log["harm"]])
    harm, ward, worse = SEVERE
    shares[((log["harm"] == harm) & (log["ward"] == ward)).to_numpy()] = worse
    ceiling = shares.cumsum(axis=1)
    return _NAMES[(rng.random(len(log))[:, None] >= ceiling[:, :-1]).sum(axis=1)]
