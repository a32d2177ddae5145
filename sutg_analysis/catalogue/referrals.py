"""What cannot be true of a referral: dates out of order, dates nobody could have, ids that stand twice.

Dates are whole days since 1 January 1970, in the United Kingdom's own calendar. A referral with a fault is named by
its row, and whoever asks decides: a project's check refuses the table, an analysis leaves the row out and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Date, Flags
from sutg_analysis.catalogue.cells import plain_dates
from sutg_analysis.errors import Problem

Days = NDArray[np.int64]

NO_DAY = np.iinfo("int64").min
"""A date that is not there."""

EARLIEST = "1990-01-01"
"""Dates before it are taken for what a system writes where it knows none, such as 1 January 1900."""

UK = "Europe/London"


_FAULTS = {
    "placeholder date": (f"a date from {EARLIEST} on", "Correct the date, or empty the cell"),
    "future date": ("a date that has come", "Correct the date, or empty the cell"),
    "seen before referred": ("a date on or after the referral", "Correct one of the two dates"),
    "closed before referred": ("a date on or after the referral", "Correct one of the two dates"),
    "closed before seen": ("a date on or after the one seen", "Correct one of the two dates"),
    "duplicate id": ("each referral_id once", "Delete or correct the repeated row"),
    "unknown service": ("a unit_id of the units table", "Correct it, or add the service to the units"),
    "no quintile": ("1 to 5, 1 the most deprived", "Correct it, or empty the cell"),
}
"""What a project's check expected instead, and what to do, by fault."""


def to_days(cells: pd.Series, *, timezone: str = UK) -> tuple[Days, Flags, Flags]:
    """Read dates and times, or text of them, as days of a time zone's calendar (``NO_DAY`` where there is none).

    Returned too are which cells are no dates, and which fell on another day in the time zone they were written in.

    Examples
    --------
    >>> days, bad, moved = to_days(pd.Series(["2024-06-30T23:30:00Z", "01/07/2024", "soon", None]))
    >>> days[:2].tolist(), bad.tolist(), moved.tolist()
    ([19905, 19905], [False, False, True, False], [True, False, False, False])
    """
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        written = _whole(cells.dt.tz_localize(None))
        days = _whole(cells.dt.tz_convert(timezone).dt.tz_localize(None))
        return days, np.zeros(len(cells), dtype=bool), days != written
    if pd.api.types.is_datetime64_any_dtype(cells):
        return _whole(cells), np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    return _texts_to_days(cells, timezone)


def _whole(cells: pd.Series) -> Days:
    return cells.to_numpy().astype("datetime64[D]").astype("int64")


def _texts_to_days(cells: pd.Series, timezone: str) -> tuple[Days, Flags, Flags]:
    texts = cells.where(cells.notna(), "").astype("str").str.strip()
    there = (texts != "").to_numpy(dtype=bool)
    zoned = texts.str.contains(r"\d[T ]\d.*(?:Z|[+-]\d{2}:?\d{2})$").to_numpy(dtype=bool)
    days = np.full(len(cells), NO_DAY, dtype="int64")
    days[there & ~zoned] = _whole(plain_dates(texts[there & ~zoned], times=True))
    written = days.copy()
    if zoned.any():
        moments = pd.to_datetime(texts[zoned], format="ISO8601", utc=True, errors="coerce")
        days[zoned] = _whole(moments.dt.tz_convert(timezone).dt.tz_localize(None))
        written[zoned] = _whole(plain_dates(texts[zoned].str[:10]))
    return days, there & (days == NO_DAY), days != written


def day_of(date: Date) -> int:
    """Return the day of a date."""
    return int(np.datetime64(pd.Timestamp(date).date(), "D").astype("int64"))


def date_of(day: int) -> pd.Timestamp:
    """Return the date of a day."""
    return pd.Timestamp(np.datetime64(int(day), "D"))


def faulty(
    days: Mapping[str, Days],
    *,
    start: str,
    stops: Sequence[str],
    end: str | None,
    latest: int,
    earliest: int,
) -> Iterator[tuple[str, str, Flags]]:
    """Find dates that cannot be true: the fault's name, the column at fault, and the rows, of which each may have several.

    ``start``, ``stops`` and ``end`` are the columns in which a wait begins, is met, and the referral closes; ``latest``
    and ``earliest`` the last day that has come, and the first that is no placeholder.
    """
    begun = days[start]
    yield "no referral date", start, begun == NO_DAY
    there = {column: cells != NO_DAY for column, cells in days.items()}
    wrong = {}
    for column in (start, *stops, *([end] if end else [])):
        early, late = there[column] & (days[column] < earliest), days[column] > latest
        wrong[column] = early | late
        yield "placeholder date", column, early
        yield "future date", column, late
    for column in stops:
        doubted = wrong[column] | wrong[start]
        yield "seen before referred", column, there[column] & (days[column] < begun) & ~doubted
    if end:
        closed = days[end]
        early = there[end] & (closed < begun) & ~wrong[end] & ~wrong[start]
        yield "closed before referred", end, early
        for column in stops:
            yield "closed before seen", end, there[end] & (days[column] > closed) & ~early & ~wrong[end]


_DATES = ("seen", "first_contact", "outcome_measure", "assessment", "care_plan")


def problems_of(pathways: pd.DataFrame, services: pd.Series | None, *, file: str) -> Iterator[Problem]:
    """Name every fault of a typed table of referrals, row by row; None of services, which could not be read, is unknown."""
    stops = [column for column in _DATES if column in pathways]
    days = {column: to_days(pathways[column])[0] for column in ("referred", *stops, "closed")}
    limits = {"latest": day_of(pd.Timestamp.today()), "earliest": day_of(EARLIEST)}
    found = list(faulty(days, start="referred", stops=stops, end="closed", **limits))
    ids, service, quintile = (pathways[name] for name in ("referral_id", "service", "imd_quintile"))
    found.append(("duplicate id", "referral_id", (ids.duplicated() & ids.notna()).to_numpy()))
    if services is not None:
        strange = ~known_service(service, services) & service.notna().to_numpy()
        found.append(("unknown service", "service", strange))
    odd = quintile.notna() & (quintile >= 1) & ~quintile.isin([1, 2, 3, 4, 5])
    found.append(("no quintile", "imd_quintile", odd.to_numpy()))
    for fault, column, bad in found:
        if fault in _FAULTS:
            expected, remedy = _FAULTS[fault]
            for row, value in pathways.loc[bad, column].items():
                shown = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
                yield Problem(file, int(row), column, shown, expected, f"{remedy} ({fault})")


def known_service(services: pd.Series, known: Collection[str]) -> Flags:
    """Return which rows name a service that there is."""
    return services.isin(list(known)).to_numpy()
