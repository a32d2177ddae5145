"""Whether the latest months of a series are worse than chance makes them, also where each month resembles the last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Numbers

LEAST = 12
"""Earlier points without which nothing is said of chance."""
ONE_IN = 3
"""Quarters in which chance may name one unit at most, if nothing is the matter anywhere."""


def chance_of_worse(rows: pd.DataFrame, *, by: Sequence[str], recent: int = 3) -> pd.Series:
    """Return how often chance alone makes the mean of a series' latest points this bad, one value a series.

    The mean of the ``recent`` latest points is compared with that of all before by Student's t, on roots where no value
    is below zero, as counts and rates are skewed. Its variance is that of a series in which each month resembles the
    last as much as it does in half this series and half all of them. NaN: fewer than twelve points before, or most of them nought, of which this says nothing.

    Parameters
    ----------
    rows
        One row a point in order of time: ``by``, value, improvement (increase or decrease; else NaN comes out).
    """
    from scipy.stats import t as student

    known = rows.dropna(subset="value")
    groups = known.groupby(list(by), sort=False, observed=True)
    places, back = groups.ngroup().to_numpy(), groups.cumcount(ascending=False).to_numpy()
    values = np.full((groups.ngroups, max(int(back.max(initial=0)), recent) + 1), np.nan)
    values[places, -1 - back] = known["value"]
    positive = ~(values < 0).any(axis=1, keepdims=True)
    values = np.where(positive, np.sqrt(np.abs(values)), values)
    earlier, latest = values[:, :-recent], values[:, -recent:]
    m = (~np.isnan(earlier)).sum(axis=1)
    enough = (m >= LEAST) & ((earlier == 0).sum(axis=1) <= m / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(earlier, axis=1) / m
        apart = earlier - mean[:, None]
        squares = np.nansum(apart**2, axis=1)
        own = (np.nansum(apart[:, 1:] * apart[:, :-1], axis=1) / squares + 1 / m) / (1 - 4 / m)
        usable = enough & np.isfinite(own)
        pooled = float(np.mean(own[usable])) if usable.any() else 0.0
        phi = np.clip((np.where(np.isfinite(own), own, pooled) + pooled) / 2, max(pooled, 0.0), 0.9)
        sigma2 = squares / (m * (1 - _of_mean(m, phi)))
        between = phi * (1 - phi**m) * (1 - phi**recent) / (1 - phi) ** 2 / (m * recent)
        spread = np.sqrt(sigma2 * (_of_mean(m, phi) + _of_mean(recent, phi) - 2 * between))
        way = groups["improvement"].first().map({"decrease": 1.0, "increase": -1.0}).to_numpy(dtype=float)
        t = way * (latest.mean(axis=1) - mean) / spread
        freedom = np.maximum(m * (1 - phi**2) / (1 + phi**2) - 1, 1)
    chance = np.where(enough, student.sf(t, freedom), np.nan)
    return pd.Series(chance, index=groups.size().index, name="chance")


def _of_mean(n: Numbers | int, phi: Numbers) -> Numbers:
    """Return the variance of the mean of n points, in variances of one, where each resembles the last by phi."""
    found: Numbers = (1 + phi) / (n * (1 - phi)) - 2 * phi * (1 - phi**n) / (n * (1 - phi)) ** 2
    return found


def level(units: int) -> float:
    """Return how rarely chance may name a unit, so that among all of them it names one in three quarters at most."""
    return 1 / (ONE_IN * max(units, 1))


def beyond_chance(chance: pd.Series, *, by: str) -> pd.Series:
    """Say of each series whether chance makes it this bad more rarely than its unit may be named by chance.

    ``chance`` is as :func:`chance_of_worse` gives it, ``by`` the level of its index that is the unit.
    """
    units = chance.groupby(by)
    each = 1 - (1 - level(units.ngroups)) ** (1 / units.transform("count").clip(lower=1))
    return chance < each
