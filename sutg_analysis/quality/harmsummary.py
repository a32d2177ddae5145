"""The harm summary: each harm of each ward at a quarter's end, judged by the chart that fits how rare it is.

Where a month has less than one incident on average, most months are 0 and say little: the days between incidents are
judged instead, on a g chart, and more of them is better. Otherwise the month's count over its bed days is judged (a u
prime chart), or the count alone (c prime) where no bed days are known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import DataError
from sutg_analysis.quality.harm import days_between, days_since, harm_counts
from sutg_analysis.trends.interrupted import moment_of

RARE = 1.0
"""Below one incident a month on average, days between are judged."""
_FEWEST = 3
KEYS = ["harm", "ward"]


def harm_charts(
    incidents: pd.DataFrame, *, start: Any, as_at: Any, exposure: pd.DataFrame | None = None
) -> dict[str, SpcResult]:
    """Judge every harm of every ward.

    Parameters
    ----------
    incidents
        The log: date, ward, harm, level.
    start, as_at
        First and last day.
    exposure
        Columns ward, period (first day of a month) and bed_days; without it counts alone are judged.

    Returns
    -------
    dict of str to SpcResult
        ``"common"`` harms by month and ``"rare"`` ones by days between, keys harm and ward; either may be absent.

    Raises
    ------
    DataError
        If there is no incident between the dates.
    """
    end = moment_of(as_at, "as_at")
    log = _between(incidents, start, end)
    counts = harm_counts(log, start=start, end=end, by=KEYS)
    mean = counts.groupby(KEYS)["count"].mean()
    rare = mean.index[mean < RARE]
    is_rare = pd.MultiIndex.from_frame(counts[KEYS]).isin(rare)
    found = {"common": _common(counts[~is_rare], exposure), "rare": _rare(log, rare)}
    return {name: result for name, result in found.items() if result is not None}


def _between(incidents: pd.DataFrame, start: Any, end: pd.Timestamp) -> pd.DataFrame:
    day = pd.to_datetime(incidents["date"])
    log = incidents[(day >= moment_of(start, "start")) & (day <= end)]
    if log.empty:
        raise DataError(f"no incident up to {end:%Y-%m-%d}", "one or more", "Say that none is recorded")
    return log


def _common(counts: pd.DataFrame, exposure: pd.DataFrame | None) -> SpcResult | None:
    if counts.empty:
        return None
    if exposure is None:
        return spc(counts, value="count", date="period", by=KEYS, chart="c_prime", improvement="decrease")
    rows = counts.merge(exposure[["ward", "period", "bed_days"]], on=["ward", "period"])
    return spc(
        rows,
        numerator="count",
        denominator="bed_days",
        date="period",
        by=KEYS,
        chart="u_prime",
        per=1000,
        improvement="decrease",
    )


def _rare(log: pd.DataFrame, rare: pd.MultiIndex) -> SpcResult | None:
    rows = log[pd.MultiIndex.from_frame(log[KEYS]).isin(rare)]
    size = rows.groupby(KEYS)["date"].transform("size")
    rows = rows[size >= _FEWEST]
    if rows.empty:
        return None
    return spc(
        days_between(rows, by=KEYS), value="days", date="date", by=KEYS, chart="g", improvement="increase"
    )


def harm_summary(
    incidents: pd.DataFrame,
    *,
    start: Any,
    as_at: Any,
    quarter_start: Any,
    exposure: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row a harm and ward: what happened this quarter and what its chart says.

    Parameters
    ----------
    incidents, start, as_at, exposure
        As for :func:`harm_charts`.
    quarter_start
        First day of the quarter that ends at ``as_at``.

    Returns
    -------
    pandas.DataFrame
        harm, ward, quarter (incidents in it), before (in as many days before it), last_date, days (since), chart
        (u_prime, c_prime, g, or none where fewer than three incidents), variation (improvement is better), signals.

    Examples
    --------
    >>> log = pd.DataFrame({"date": ["2024-01-05", "2024-04-02", "2024-06-20"], "ward": "a", "harm": "falls"})
    >>> harm_summary(log, start="2024-01-01", as_at="2024-06-30", quarter_start="2024-04-01")[
    ...     ["quarter", "before", "days", "chart"]].values.tolist()
    [[2, 1, 10, 'g']]
    """
    end, first = moment_of(as_at, "as_at"), moment_of(quarter_start, "quarter_start")
    log = _between(incidents, start, end)
    table = days_since(log, as_at=end, by=KEYS)
    day = pd.to_datetime(log["date"])
    span = (end - first) + pd.Timedelta(days=1)
    keys = pd.MultiIndex.from_frame(table[KEYS])
    for name, inside in {"quarter": day >= first, "before": (day < first) & (day >= first - span)}.items():
        table[name] = log[inside].groupby(KEYS).size().reindex(keys).fillna(0).astype(int).to_numpy()
    charts = harm_charts(log, start=start, as_at=end, exposure=exposure)
    verdicts = [
        result.summary[[*KEYS, "variation", "signals"]].assign(chart=result.chart_type)
        for result in charts.values()
    ]
    told = (
        pd.concat(verdicts).astype({"variation": "str"})
        if verdicts
        else pd.DataFrame(columns=[*KEYS, "variation", "signals", "chart"])
    )
    table = table.merge(told, on=KEYS, how="left")
    table["chart"] = np.where(table["chart"].isna(), "none", table["chart"].astype("str"))
    table["variation"] = np.where(table["variation"].isna(), "too_few", table["variation"].astype("str"))
    table["signals"] = np.where(table["signals"].isna(), "", table["signals"].astype("str"))
    return table[[*KEYS, "quarter", "before", "last_date", "days", "chart", "variation", "signals"]]
