"""Harm from a log of incidents: counts, days between, days since the last, severity, runs of zero, harm-free days.

A log has one row an incident: date, ward, harm, level. What was not reported is not here: a fall in incidents may be
a fall in reporting. Where a month has less than one incident on average, most months are 0 and say little: the days
between incidents are judged instead, on a g or t chart, and more of them is better; the last interval has not ended,
so it is provisional. Otherwise the month's count over its bed days is judged (a u prime chart), or the count alone (c
prime) where no bed days are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.control.observations import check_column, check_frame, key_names, moment_of, read_dates
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError, DataError, TooFew
from sutg_analysis.quality.experience import wilson
from sutg_analysis.result import Result

LEVELS = ("none", "low", "moderate", "severe", "death")
"""Levels of harm, least first, as the national reporting service names them in plain words."""
_FREQUENCIES = {"month": "M", "quarter": "Q", "year": "Y"}


def _log(frame: pd.DataFrame, date: str, keys: tuple[str, ...], as_at: Date | None = None) -> pd.DataFrame:
    """Return a log's dates as days, sorted by key and date, without what came after ``as_at``."""
    check_frame(frame)
    for column in (date, *keys):
        check_column(frame, column)
    for key in keys:
        if frame[key].isna().any():
            raise DataError(f"rows without a value in {key!r}", "a key in every row", "Fill or drop the rows")
    days = read_dates(frame[date], where=f"column {date!r}").dt.normalize() if len(frame) else frame[date]
    log = frame.assign(**{date: days})
    if as_at is not None and len(log):
        log = log[log[date] <= moment_of(as_at, "as_at")]
    return log.sort_values([*keys, date], kind="stable").reset_index(drop=True)


def days_since(
    incidents: pd.DataFrame, *, as_at: Date, date: str = "date", by: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the days since the last incident, as at a date.

    Parameters
    ----------
    incidents
        One row an incident.
    as_at
        The date that days are counted up to, such as a quarter's end; later incidents are left out.
    date, by
        Columns of the date, and of the key or keys.

    Returns
    -------
    pandas.DataFrame
        One row a key: keys, events, last_date, days, as_at, longest (whole days between two incidents, so far).

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, or no incident is that old.

    Examples
    --------
    >>> log = pd.DataFrame({"date": ["2023-07-01", "2023-09-20", "2023-10-05"], "ward": ["a", "a", "a"]})
    >>> days_since(log, as_at="2023-09-30", by="ward")["days"].tolist()
    [10]
    """
    keys = key_names(by, (date,))
    log = _log(incidents, date, keys, as_at)
    end = moment_of(as_at, "as_at")
    if log.empty:
        raise TooFew(f"no incident up to {end:%Y-%m-%d}", "one or more", "Say that none is recorded")
    series = list(keys) or (lambda _: 0)
    gaps = log.groupby(series)[date].diff().dt.days
    table = (
        log.assign(gap=gaps)
        .groupby(series)
        .agg(events=(date, "size"), last_date=(date, "max"), longest=("gap", "max"))
    )
    table = table.reset_index(drop=not keys)
    return table.assign(days=(end - table["last_date"]).dt.days, as_at=end)[
        [*keys, "events", "last_date", "days", "as_at", "longest"]
    ]


def days_between(
    incidents: pd.DataFrame,
    *,
    date: str = "date",
    by: str | Sequence[str] | None = None,
    chart: Literal["g", "t"] = "g",
    as_at: Date | None = None,
) -> pd.DataFrame:
    """Return the days between incidents, ready for ``spc(chart="g")`` or ``spc(chart="t")``.

    Parameters
    ----------
    incidents, date, by
        As for :func:`days_since`.
    chart
        For ``"g"`` two incidents of one day are 0 days apart; for ``"t"``, which no 0 can enter, they are one.
    as_at
        Leaves out later incidents and adds the interval that has not ended, ``provisional``, dated as_at.

    Returns
    -------
    pandas.DataFrame
        One row an interval: keys, date (of the incident that ended it; incidents of one day a second apart, so that
        each has a date of its own), days, provisional.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, or fewer than two incidents are in every key.

    Examples
    --------
    >>> log = pd.DataFrame({"date": ["2024-01-01", "2024-01-11", "2024-01-11", "2024-02-01"]})
    >>> days_between(log)["days"].tolist(), days_between(log, chart="t")["days"].tolist()
    ([10.0, 0.0, 21.0], [10.0, 21.0])
    """
    if chart not in ("g", "t"):
        raise ArgumentError(f"chart={chart!r}", "g or t", "Choose one of these")
    keys = key_names(by, (date,))
    log = _log(incidents, date, keys, as_at)[[*keys, date]]
    if chart == "t":
        log = log.drop_duplicates(ignore_index=True)
    days = log.groupby(list(keys) or (lambda _: 0))[date].diff().dt.days
    if not days.notna().any():
        raise TooFew(
            f"{len(log)} incidents, no two of one series",
            "two or more, to have an interval",
            "Count them instead",
        )
    rank = log.groupby([*keys, date]).cumcount()
    table = log.assign(days=days, provisional=False, date=log[date] + pd.to_timedelta(rank, unit="s"))
    table = table[table["days"].notna()][[*keys, "date", "days", "provisional"]]
    if as_at is None:
        return table.reset_index(drop=True)
    last = days_since(incidents, as_at=as_at, date=date, by=keys or None)
    last = last[last["days"] > 0] if chart == "t" else last
    ended = last["as_at"] + pd.Timedelta(hours=23, minutes=59)
    running = last.assign(date=ended, days=last["days"].astype(float), provisional=True)
    full = pd.concat([table, running[[*keys, "date", "days", "provisional"]]])
    return full.sort_values([*keys, "date"], kind="stable").reset_index(drop=True)


def harm_counts(
    incidents: pd.DataFrame,
    *,
    start: Date,
    end: Date,
    date: str = "date",
    by: str | Sequence[str] | None = None,
    every: str = "month",
    exposure: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count incidents in each period, zeros too.

    Parameters
    ----------
    incidents, date, by
        As for :func:`days_since`.
    start, end
        First and last day to count.
    every
        month, quarter or year.
    exposure
        Columns period and bed_days, and ward where that is a key; added up where it is none.

    Returns
    -------
    pandas.DataFrame
        One row a key and period: keys, period (its first day), count, known_to (``end`` where the period is not over
        then, else missing: what ``spc(provisional=)`` takes), and bed_days where there is exposure.

    Examples
    --------
    >>> log = pd.DataFrame({"date": ["2024-01-03", "2024-03-09", "2024-03-20"]})
    >>> harm_counts(log, start="2024-01-01", end="2024-03-31")["count"].tolist()
    [1, 0, 2]
    """
    if every not in _FREQUENCIES:
        raise ArgumentError(f"every={every!r}", f"one of {', '.join(_FREQUENCIES)}", "Choose one of these")
    first, last = moment_of(start, "start"), moment_of(end, "end")
    if last < first:
        raise ArgumentError(f"end={last:%Y-%m-%d} before the start", "an end after the start", "Correct one")
    keys = key_names(by, (date,))
    log = _log(incidents, date, keys)
    periods = pd.period_range(first, last, freq=_FREQUENCIES[every])
    inside = log[(log[date] >= first) & (log[date] <= last)] if len(log) else log
    month = pd.DatetimeIndex(inside[date]).to_period(_FREQUENCIES[every]).to_timestamp()
    every_key = log[list(keys)].drop_duplicates() if keys else pd.DataFrame(index=[0])
    full = every_key.merge(pd.DataFrame({"period": periods.to_timestamp()}), how="cross")
    counted = inside.assign(period=month).groupby([*keys, "period"]).size().rename("count").reset_index()
    counted["period"] = counted["period"].astype(full["period"].dtype)
    table = full.merge(counted, on=[*keys, "period"], how="left")
    ends = table["period"].dt.to_period(_FREQUENCIES[every]).dt.end_time.dt.normalize()
    table = table.assign(
        count=table["count"].fillna(0).astype(int),
        known_to=pd.Series(last, index=table.index).where(ends > last),
    )
    if exposure is None or exposure.empty:
        return table
    shared = [name for name in (*keys, "period") if name in exposure]
    return table.merge(exposure.groupby(shared, as_index=False)["bed_days"].sum(), on=shared)


def bed_days_by_ward(at: Catalogue, measure_id: str, *, wards: Sequence[str], start: Date) -> pd.DataFrame:
    """Return occupied bed days by ward and month, from the numerators of a measure.

    Parameters
    ----------
    at
        A project's tables as at a day.
    measure_id
        The measure whose numerators are occupied bed days.
    wards
        Names of the wards that are wanted.
    start
        The first day of the first month that is wanted.

    Returns
    -------
    pandas.DataFrame
        ward (its name), period, bed_days; no rows unless they are known for every ward and month that is over, and of a
        month that is not over none unless they are known for every ward.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), tables=[], quarter="2023-24-q2")
    >>> len(bed_days_by_ward(at, "bed-occupancy", wards=["Osier ward"], start="2023-07-01"))
    3
    """
    rows = at.observations
    rows = at.named(rows[(rows["measure_id"] == measure_id) & (rows["numerator"] > 0)], into="ward")
    days = rows[["ward", "period"]].assign(bed_days=rows["numerator"])
    months = pd.date_range(start, at.at.day, freq="MS")
    mine = days[days["ward"].isin(list(wards)) & days["period"].isin(months)]
    full = mine.groupby("period")["ward"].nunique().reindex(months) == len({*wards})
    if not full[months <= pd.Timestamp(at.at.month_over)].all():
        return days.iloc[:0]
    return mine[mine["period"].map(full)].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class SeverityResult(Result):
    """How severe incidents were.

    Parameters
    ----------
    levels
        One row a key and level (all five, least first): keys, level, count, share, lower, upper (percent, Wilson).
    """

    _views = "quality:severity"

    levels: pd.DataFrame

    def __repr__(self) -> str:
        return f"<SeverityResult: {int(self.levels['count'].sum())} incidents>"


def severity_mix(
    incidents: pd.DataFrame,
    *,
    level: str = "level",
    by: str | Sequence[str] | None = None,
    confidence: float = 0.95,
) -> SeverityResult:
    """Return how severe incidents were.

    Parameters
    ----------
    incidents
        One row an incident.
    level, by
        Columns of the level of harm, and of the key or keys.
    confidence
        Of the intervals.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, or a level is none of none, low, moderate, severe, death.

    Examples
    --------
    >>> log = pd.DataFrame({"level": ["low", "low", "none", "severe"]})
    >>> severity_mix(log).levels["count"].tolist()
    [1, 2, 0, 1, 0]
    """
    keys = key_names(by, (level,))
    for column in (level, *keys):
        check_column(incidents, column)
    strange = sorted({str(found) for found in incidents[level].unique()} - set(LEVELS))
    if strange:
        raise DataError(f"level {', '.join(strange)}", f"one of {', '.join(LEVELS)}", "Correct the spelling")
    every = incidents[list(keys)].drop_duplicates() if keys else pd.DataFrame(index=[0])
    full = every.merge(pd.DataFrame({"level": LEVELS}), how="cross")
    named = incidents.rename(columns={level: "level"})
    counted = named.groupby([*keys, "level"]).size().rename("count").reset_index()
    table = full.merge(counted, on=[*keys, "level"], how="left").fillna({"count": 0})
    whole = table.groupby(list(keys) or (lambda _: 0))["count"].transform("sum")
    lower, upper = wilson(table["count"], whole, confidence=confidence)
    share = table["count"] / np.where(whole > 0, whole, np.nan)
    table = table.assign(
        count=table["count"].astype(int), share=100 * share, lower=100 * lower, upper=100 * upper
    )
    return SeverityResult(table)


def zero_run(
    frame: pd.DataFrame, *, date: str, count: str, by: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Return how long the latest run of periods without an event is, and whether chance could make it.

    Parameters
    ----------
    frame
        One row a key and period, zeros too.
    date, count, by
        Columns of the period, its events, and the key or keys.

    Returns
    -------
    pandas.DataFrame
        One row a key: keys, periods (in the run), since (its first period; missing without a run), expected (events
        in so many periods at the rate before), chance (of so long a run at the end if the events fall evenly).

    Examples
    --------
    >>> months = pd.date_range("2024-01-01", periods=6, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "ulcers": [2, 1, 3, 0, 0, 0]})
    >>> zero_run(frame, date="month", count="ulcers")[["periods", "expected"]].values.tolist()
    [[3.0, 6.0]]
    """
    keys = key_names(by, (date, count))
    check_column(frame, count)
    table = _log(frame, date, keys)
    if table.empty or not pd.api.types.is_numeric_dtype(table[count].dtype) or (table[count] < 0).any():
        raise DataError(f"column {count!r} without counts", "counts, 0 or more", "Correct the column")
    names = list(keys) or ["_"]
    table = table.assign(_=0)
    table["later"] = table[::-1].groupby(names)[count].cumsum()[::-1]
    table["run"] = (table["later"] == 0) & table[count].notna()
    before = table[~table["run"]].groupby(names)[count].agg(["mean", "sum", "count"])
    runs = table[table["run"]].groupby(names)[date].agg(["size", "min"])
    result = table[names].drop_duplicates().set_index(names)
    result["periods"] = runs["size"].reindex(result.index).fillna(0).astype(int)
    result["since"] = runs["min"].reindex(result.index)
    before = before.reindex(result.index)
    result["expected"] = result["periods"] * before["mean"]
    result["chance"] = (before["count"] / (before["count"] + result["periods"])) ** before["sum"]
    return result.reset_index(drop=not keys)


def harm_free(
    incidents: pd.DataFrame,
    wards: Sequence[str],
    *,
    start: Date,
    end: Date,
    date: str = "date",
    ward: str = "ward",
    every: str = "quarter",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the share of ward-days without a recorded harm.

    Parameters
    ----------
    incidents
        One row an incident; leave out those of level none first, if only harm is to count.
    wards
        The wards that were open throughout, those without incidents too.
    start, end, date, ward, every
        First and last day; columns; month, quarter or year.

    Returns
    -------
    pandas.DataFrame
        One row a period: period, known_to (as for :func:`harm_counts`), ward_days, harm_free (ward-days), share, lower,
        upper (Wilson, of all wards).

    Raises
    ------
    ArgumentError, DataError
        If a ward of the log is not among ``wards``, or there are none.

    Examples
    --------
    >>> log = pd.DataFrame({"date": ["2024-01-01", "2024-01-01", "2024-01-05"], "ward": ["a", "a", "b"]})
    >>> harm_free(log, ["a", "b"], start="2024-01-01", end="2024-01-10", every="month")["share"].tolist()
    [0.9]
    """
    if not len(wards):
        raise DataError("no wards", "one ward or more", "Name the wards that were open")
    log = _log(incidents, date, (ward,))
    strange = sorted({str(name) for name in log[ward].unique()} - {str(name) for name in wards})
    if strange:
        raise DataError(
            f"incidents of {', '.join(strange)}", "wards among those named", "Name them, or drop the rows"
        )
    days = log.drop_duplicates([ward, date])
    harmed = harm_counts(days, start=start, end=end, date=date, every=every)
    first, last = moment_of(start, "start"), moment_of(end, "end")
    begin = harmed["period"].clip(lower=first)
    finish = (harmed["period"].dt.to_period(_FREQUENCIES[every]).dt.end_time.dt.normalize()).clip(upper=last)
    open_days = ((finish - begin).dt.days + 1) * len(set(wards))
    free = open_days - harmed["count"]
    lower, upper = wilson(free, open_days, confidence=confidence)
    return harmed[["period", "known_to"]].assign(
        ward_days=open_days, harm_free=free, share=free / open_days, lower=lower, upper=upper
    )


RARE = 1.0
"""Below one incident a month on average, days between are judged."""
_FEWEST = 3
_OFTEN = {
    "concern_low": "concern_high",
    "concern_high": "concern_low",
    "improvement_high": "improvement_low",
    "improvement_low": "improvement_high",
}
KEYS = ["harm", "ward"]


def judge_gaps(gaps: pd.DataFrame, *, chart: Literal["g", "t"] = "g") -> SpcResult:
    """Judge the days between incidents; the interval that has not ended counts only once it is longer than the average.

    Parameters
    ----------
    gaps
        From :func:`days_between`, one series.
    chart
        As it was given there.

    Examples
    --------
    >>> log = pd.DataFrame({"date": pd.date_range("2022-01-01", periods=20, freq="30D")})
    >>> judge_gaps(days_between(log, as_at="2023-09-30")).summary["points"].item()
    20
    """
    judge = partial(spc, value="days", date="date", chart=chart, improvement="increase")
    still = gaps[gaps["provisional"]]
    ended = gaps.drop(still.index)
    closed = judge(ended)
    if still.empty:
        return closed
    if still["days"].iloc[0] > closed.summary["centre"].iloc[0]:
        return judge(gaps, baseline=ended["date"].max())
    out = pd.DataFrame({"date": still["date"], "reason": "this interval has not ended"})
    return judge(gaps, exclude=out)


def harm_charts(
    incidents: pd.DataFrame,
    *,
    start: Date,
    as_at: Date,
    by: Sequence[str] = KEYS,
    exposure: pd.DataFrame | None = None,
) -> dict[str, SpcResult]:
    """Judge every harm of every ward.

    Parameters
    ----------
    incidents
        The log: date, ward, harm, level.
    start, as_at
        First and last day.
    by
        The keys of a series.
    exposure
        Columns ward, period (first day of a month) and bed_days; without it counts alone are judged.

    Returns
    -------
    dict of str to SpcResult
        ``"common"`` harms by month and ``"rare"`` ones by days between; either may be absent.

    Raises
    ------
    DataError
        If there is no incident between the dates.

    Examples
    --------
    >>> log = pd.DataFrame({"date": pd.date_range("2023-01-01", periods=60, freq="5D"), "ward": "a", "harm": "falls"})
    >>> [result.chart_type for result in harm_charts(log, start="2023-01-01", as_at="2023-10-31").values()]
    ['c_prime']
    """
    end, keys = moment_of(as_at, "as_at"), list(by)
    log = _between(incidents, start, end)
    counts = harm_counts(log, start=start, end=end, by=keys, exposure=exposure)
    whole = counts["count"].where(counts["known_to"].isna())
    mean = whole.groupby([counts[key] for key in keys]).transform("mean")
    found = {}
    if not (common := counts[mean >= RARE]).empty:
        judge = partial(spc, date="period", by=keys, improvement="decrease", provisional="known_to")
        if "bed_days" in common:
            rate = {"numerator": "count", "denominator": "bed_days", "chart": "u_prime"}
            found["common"] = judge(common, **rate, per=1000)
        else:
            found["common"] = judge(common, value="count", chart="c_prime")
    rare = pd.MultiIndex.from_frame(log[keys]).isin(pd.MultiIndex.from_frame(counts.loc[mean < RARE, keys]))
    rows = log[rare]
    rows = rows[rows.groupby(keys)["date"].transform("size") >= _FEWEST]
    if not rows.empty:
        gaps = days_between(rows, by=keys)
        found["rare"] = spc(gaps, value="days", date="date", by=keys, chart="g", improvement="increase")
    return found


def _between(incidents: pd.DataFrame, start: Date, end: pd.Timestamp) -> pd.DataFrame:
    day = pd.to_datetime(incidents["date"])
    log = incidents[(day >= moment_of(start, "start")) & (day <= end)]
    if log.empty:
        raise TooFew(f"no incident up to {end:%Y-%m-%d}", "one or more", "Say that none is recorded")
    return log


def harm_summary(
    incidents: pd.DataFrame,
    *,
    start: Date,
    as_at: Date,
    quarter_start: Date,
    exposure: pd.DataFrame | None = None,
    ledger: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row a harm and ward: what happened this quarter and what its chart says.

    Parameters
    ----------
    incidents, start, as_at, exposure
        As for :func:`harm_charts`.
    quarter_start
        First day of the quarter that ends at ``as_at``.
    ledger
        Rows of a project's ledger: a harm that is a measure of the same name is judged there, and not here again.

    Returns
    -------
    pandas.DataFrame
        harm, ward, quarter (incidents in it), before (in as many days before it), last_date, days (since), chart
        (u_prime, c_prime, g, or none where fewer than three incidents), variation (of how often they happen: days
        between that are fewer are incidents more often), signals.

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
    known = (
        pd.DataFrame()
        if ledger is None
        else ledger.rename(columns={"measure_id": "harm", "unit_name": "ward"})
    )
    verdicts = [known[[*KEYS, "variation", "signals", "chart"]]] if len(known) else []
    rest = log[~log["harm"].isin(known["harm"])] if len(known) else log
    charts = harm_charts(rest, start=start, as_at=end, exposure=exposure) if len(rest) else {}
    verdicts += [
        result.summary[[*KEYS, "variation", "signals"]]
        .assign(chart=result.chart_type)
        .replace({"variation": _OFTEN if result.chart_type == "g" else {}})
        for result in charts.values()
    ]
    empty = {"variation": "too_few", "signals": "", "chart": "none"}
    judged = pd.concat(verdicts or [pd.DataFrame(columns=[*KEYS, *empty])])
    table = table.merge(judged.astype(dict.fromkeys(empty, "str")), on=KEYS, how="left").fillna(empty)
    return table[[*KEYS, "quarter", "before", "last_date", "days", "chart", "variation", "signals"]]
