"""The log of incidents: harms come at random at their level, some by the days that beds were occupied.

One ward's falls hurt more (``SEVERE``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from example.truth import levels

RATES = ("falls", "pressure-ulcers", "restraint")
"""Harms whose level is of 1,000 occupied bed days; that of the others is of a month."""
HARMS = (
    *RATES,
    *("medication", "self-harm", "seclusion", "cauti", "c-difficile", "serious-incident", "death"),
)

# Shares of none, low, moderate, severe, death
SHARES: dict[str, tuple[float, ...]] = {
    "serious-incident": (0, 0, 0.45, 0.45, 0.1),
    "death": (0, 0, 0, 0, 1),
    "c-difficile": (0, 0.5, 0.42, 0.08, 0),
}
_USUAL = (0.58, 0.34, 0.07, 0.01, 0)
SEVERE = ("falls", "godwit-ward", (0.3, 0.32, 0.3, 0.08, 0))
_NAMES = np.array(["none", "low", "moderate", "severe", "death"])


def incidents(bed_days: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the log: date, ward, harm, level, oldest first.

    Parameters
    ----------
    bed_days
        unit_id, period and occupied, as :func:`example.wards.bed_days` returns them.
    rng
        Where chance comes from.

    Examples
    --------
    >>> none = pd.DataFrame({"unit_id": [], "period": [], "occupied": []}).astype({"unit_id": "str", "period": "str"})
    >>> set(incidents(none, rng=np.random.default_rng(1))["harm"]) & set(RATES)
    set()
    """
    rows = levels(*HARMS).merge(bed_days, on=["unit_id", "period"], how="left")
    exposed = (rows["occupied"].fillna(0) / 1000).where(rows["measure_id"].isin(RATES), 1)
    log = rows.loc[rows.index.repeat(rng.poisson(rows["level"].clip(lower=0) * exposed))]
    log = log.rename(columns={"measure_id": "harm", "unit_id": "ward"}).reset_index(drop=True)
    day = (rng.random(len(log)) * log["days"]).astype(int)
    date = pd.to_datetime(log["period"]) + pd.to_timedelta(day, unit="D")
    log = log.assign(date=date.dt.strftime("%Y-%m-%d"), level=_levels(log, rng))
    columns = ["date", "ward", "harm", "level"]
    return log.sort_values(columns, ignore_index=True)[columns]


def _levels(log: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    shares = np.array([SHARES.get(harm, _USUAL) for harm in log["harm"]])
    harm, ward, worse = SEVERE
    shares[((log["harm"] == harm) & (log["ward"] == ward)).to_numpy()] = worse
    ceiling = shares.cumsum(axis=1)
    return _NAMES[(rng.random(len(log))[:, None] >= ceiling[:, :-1]).sum(axis=1)]
