"""What cannot be true of a referral: dates out of order, dates nobody could have, ids that stand twice.

Dates are whole days since 1 January 1970, in the United Kingdom's own calendar. A referral with a fault is named by
its row, and whoever asks decides: a project's check refuses the table, an analysis leaves the row out and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: what was expected instead, and what to do."""

    name: str
    expected: str
    remedy: str


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("not a date", "a date, as 2023-09-30 or 30/09/2023", "Correct the date"),
        Fault("no referral date", "the date the wait began", "Fill the cell or delete the row"),
        Fault("placeholder date", f"a date from {EARLIEST} on", "Correct the date, or empty the cell"),
        Fault("future date", "a date that has come", "Correct the date, or empty the cell"),
        Fault("seen before referred", "a date on or after the referral", "Correct one of the two dates"),
        Fault("closed before referred", "a date on or after the referral", "Correct one of the two dates"),
        Fault("closed before seen", "a date on or after the one seen", "Correct one of the two dates"),
        Fault("no id", "a referral_id", "Fill the cell"),
        Fault("duplicate id", "each referral_id once", "Delete or correct the repeated row"),
        Fault("no service", "a service", "Fill the cell"),
        Fault(
            "unknown service", "a unit_id of the units table", "Correct it, or add the service to the units"
        ),
        Fault("no quintile", "1 to 5, 1 the most deprived", "Correct it, or empty the cell"),
        Fault("no person", "the person referred, for referrals are joined", "Fill the cell"),
    )
}


def to_days(cells: pd.Series, *, timezone: str = UK) -> tuple[Days, Flags, Flags]:
    """Read dates and times as days.

    Parameters
    ----------
    cells
        Dates, times with or without a time zone, or text of them (ISO, or day/month/year).
    timezone
        Whose calendar a time with a time zone is put into.

    Returns
    -------
    tuple of numpy.ndarray
        Days (``NO_DAY`` where there is none); which cells are no dates; and which fell on another day in the time
        zone they were written in.

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
    """Find dates that cannot be true.

    Parameters
    ----------
    days
        Days by column.
    start, stops, end
        The columns in which a wait begins, is met, and the referral closes.
    latest, earliest
        The last day that has come, and the first that is no placeholder.

    Yields
    ------
    tuple
        The fault's name, the column at fault, and the rows. A row may have several.
    """
    begun = days[start]
    yield "no referral date", start, begun == NO_DAY
    wrong = {}
    for column in (start, *stops, *([end] if end else [])):
        cells = days[column]
        wrong[column] = (cells != NO_DAY) & ((cells < earliest) | (cells > latest))
        yield "placeholder date", column, (cells != NO_DAY) & (cells < earliest)
        yield "future date", column, cells > latest
    for column in stops:
        doubted = wrong[column] | wrong[start]
        yield "seen before referred", column, (days[column] != NO_DAY) & (days[column] < begun) & ~doubted
    if end:
        closed, doubted = days[end], wrong[end] | wrong[start]
        early = (closed != NO_DAY) & (closed < begun) & ~doubted
        yield "closed before referred", end, early
        for column in stops:
            yield (
                "closed before seen",
                end,
                (closed != NO_DAY) & (days[column] > closed) & ~early & ~wrong[end],
            )


_DATES = ("seen", "first_contact", "outcome_measure", "assessment", "care_plan")
_QUINTILES = (1, 2, 3, 4, 5)


def problems_of(
    pathways: pd.DataFrame, services: pd.Series | None, *, file: str, latest: Date | None = None
) -> Iterator[Problem]:
    """Name every fault of a table of referrals, row by row.

    Parameters
    ----------
    pathways
        The typed table, rows numbered as in its file.
    services
        The unit_ids there are; None if they could not be read.
    file
        Its name.
    latest
        The last day that has come; by default today.
    """
    stops = [column for column in _DATES if column in pathways]
    days = {column: to_days(pathways[column])[0] for column in ("referred", *stops, "closed")}
    today = day_of(pd.Timestamp.today() if latest is None else latest)
    limits = {"latest": today, "earliest": day_of(EARLIEST)}
    for fault, column, bad in faulty(days, start="referred", stops=stops, end="closed", **limits):
        if fault != "no referral date":
            yield from _by_row(pathways, column, bad, fault, file)
    ids = pathways["referral_id"]
    yield from _by_row(
        pathways, "referral_id", (ids.duplicated() & ids.notna()).to_numpy(), "duplicate id", file
    )
    if services is not None:
        strange = ~known_service(pathways["service"], services) & pathways["service"].notna().to_numpy()
        yield from _by_row(pathways, "service", strange, "unknown service", file)
    quintile = pathways["imd_quintile"]
    odd = (quintile.notna() & (quintile >= 1) & ~quintile.isin(_QUINTILES)).to_numpy()
    yield from _by_row(pathways, "imd_quintile", odd, "no quintile", file)


def _by_row(pathways: pd.DataFrame, column: str, bad: Flags, fault: str, file: str) -> Iterator[Problem]:
    words = FAULTS[fault]
    for row, value in pathways.loc[bad, column].items():
        shown = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
        yield Problem(file, int(row), column, shown, words.expected, f"{words.remedy} ({fault})")


def known_service(services: pd.Series, known: Collection[str]) -> Flags:
    """Return which rows name a service that there is."""
    return services.isin(list(known)).to_numpy()
