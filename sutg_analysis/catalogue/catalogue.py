"""A project's checked tables, and the views of them that reports take: as at a day, about some rows, rolled up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pkgutil import resolve_name
from typing import Any

import pandas as pd

from sutg_analysis.arrays import Date
from sutg_analysis.catalogue.as_at import AsAt, Extent, day_of, period_ends, provisional
from sutg_analysis.catalogue.definitions import TABLES, Table
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.suppression import PROFILES, SHORTHAND, STRICTEST
from sutg_analysis.catalogue.units import roll_up, subtree, summable, valued
from sutg_analysis.errors import ArgumentError, NotShown, UsageError, did_you_mean

CORE = ("measures", "observations", "units", "targets", "events")
"""The tables every report reads."""
_HELD_BACK = {
    "incidents": "days, wards and severity of incidents",
    "pathways": "waits of people on one list",
    "sitrep": "beds and leave on single shifts",
    "feedback": "answers by unit and group",
    "caseload": "people cared for by group",
    "comments": "how many comments there are of a theme",
}
"""What a table of records would show, were it not protected."""
_READ = ["measure_id", "unit_id", "period", "numerator", "denominator", "status", "source"]


@dataclass(frozen=True)
class Protection:
    """The profiles in force: by measure and by table of records; those without one are not named."""

    measures: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.measures or self.tables)

    def words(self) -> str:
        """Return what was hidden and how, for the foot of a page; empty where nothing is.

        Examples
        --------
        >>> Protection({"falls": "mhsds"}).words().split(". ")[0]
        'Counts of 0 to 4 are hidden, others are to the nearest 5 (profile mhsds)'
        """
        used = [name for name in STRICTEST if name in {*self.measures.values(), *self.tables.values()}]
        if not used:
            return ""
        rules = " ".join(PROFILES[name].words() for name in used)
        apart = "Each level is rounded on its own, so numbers need not add up; rates are made of the rounded numbers."
        rounding = f" {apart}" if any(PROFILES[name].base > 1 for name in used) else ""
        return (
            f"{rules} {SHORTHAND} stands for a hidden value; further values are hidden where a small count could be worked "
            f"out from them.{rounding}"
        )

    def hides(self, *tables: str) -> bool:
        """Say whether any of these tables of records is held back."""
        return any(name in self.tables for name in tables)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """A project's checked tables.

    Parameters
    ----------
    measures, observations, units, targets, events
        The tables, typed; observations sorted by measure, unit and period, with ``value``: numerator /
        denominator x per, or the numerator where there is no denominator. Missing where nothing was reported.
    others
        The other tables that were read, by name, each also an attribute (``catalogue.pathways``); a table
        the project does not have is there without rows, and one that is protected raises :class:`NotShown`.
    sources
        One row a file or query: table, file, rows, sha256.
    extent
        How far the tables of the project reach, those not read here too.
    sums
        Observations of protected measures for the units above those that report, made before rounding; None where
        no measure is protected.
    protection
        The disclosure profiles in force.
    differences
        Numbers that two tables tell differently, which somebody has accepted: measure_id, unit_id, period, typed, counted,
        source, reason, author; None where no measure is counted from a register.
    kept
        The folder of the build whose tables these are, where its verdicts are kept; empty for none. Whoever changes a
        table empties it.
    within
        The units that observations were limited to; None where all were read.
    """

    measures: pd.DataFrame
    observations: pd.DataFrame
    units: pd.DataFrame
    targets: pd.DataFrame
    events: pd.DataFrame
    others: Mapping[str, pd.DataFrame]
    sources: pd.DataFrame
    extent: Extent
    sums: pd.DataFrame | None = None
    protection: Protection = field(default_factory=Protection)
    differences: pd.DataFrame | None = None
    kept: str = ""
    within: frozenset[str] | None = None

    def __getattr__(self, name: str) -> pd.DataFrame:
        others = self.__dict__.get("others", {})
        if name in others:
            if self.protection.hides(name):
                raise NotShown(f"Not shown {SHORTHAND}: {_HELD_BACK[name]} could tell a small count.")
            return others[name]
        if name in TABLES:
            raise ArgumentError(
                f"the table {name!r} was not read", "a table named in load(tables=...)", f"Add {name!r} there"
            )
        raise AttributeError(f"a catalogue has no {name!r}")

    @property
    def at(self) -> AsAt:
        """The day as at which everything here is known."""
        return AsAt(self.extent.known)

    @property
    def series(self) -> pd.DataFrame:
        """Every dated number, rolled up: :func:`sutg_analysis.ledger.series.series_of`."""
        found: pd.DataFrame = resolve_name("sutg_analysis.ledger.series:series_of")(self)
        return found

    @property
    def ledger(self) -> pd.DataFrame:
        """Every verdict, one row a measure and unit: :func:`sutg_analysis.ledger.book.ledger_of`."""
        if self.observations.empty:  # none of the measures asked for
            return pd.DataFrame(columns=resolve_name("sutg_analysis.ledger.book:COLUMNS"))
        found: pd.DataFrame = self.card.ledger
        return found

    @cached_property
    def card(self) -> Any:
        """The charts behind the ledger: :class:`sutg_analysis.ledger.scorecard.Scorecard`."""
        return resolve_name("sutg_analysis.ledger.scorecard:score")(self, quarter=self.at.quarter)

    def chart(self, measure_id: str, *, unit: str | None = None) -> Any:
        """Return the control chart of a measure as the ledger judged it, in one unit or in all of its units.

        Parameters
        ----------
        measure_id
            A measure.
        unit
            A unit_id; all units, each a series under its name, if None.

        Returns
        -------
        SpcResult

        Raises
        ------
        ArgumentError
            There is no such measure, or it has no observations there.

        Examples
        --------
        >>> from sutg_analysis import load
        >>> from sutg_analysis.project import shipped
        >>> at = load(shipped(), quarter="2023-24-q2")
        >>> at.chart("falls", unit="sedge-ward").chart_type
        'xmr'
        """
        return self.card.result(measure_id, unit_id=unit)

    @property
    def finished(self) -> pd.DataFrame:
        """The observations of months and quarters that are over."""
        return self.observations[~provisional(self.observations, self.at)].reset_index(drop=True)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters with observations, oldest first."""
        periods = pd.DatetimeIndex(self.observations["period"].unique())
        return tuple(sorted({Quarter.of(day) for day in periods.date}))

    @property
    def latest_quarter(self) -> Quarter:
        """The latest quarter with observations."""
        return self.quarters[-1]

    @property
    def top_units(self) -> tuple[str, ...]:
        """The units without a parent: one trust, or each of several."""
        return tuple(self.units.loc[self.units["parent_id"].isna(), "unit_id"])

    @property
    def tree(self) -> pd.DataFrame:
        """The units that are above or below another, from the top down; none where units are a mere list."""
        units = self.units
        related = units["parent_id"].notna() | units["unit_id"].isin(units["parent_id"])
        return units[related].reset_index(drop=True)

    def as_at(self, when: Quarter | str | date) -> Catalogue:
        """Return what was known on a day; targets stay, for they look ahead.

        Parameters
        ----------
        when
            A day, or a quarter, which is as at its last day. Tables that end before it are as at their own end.

        Raises
        ------
        UsageError
            It is no date, or no observation is that old.
        """
        day = when.end if isinstance(when, Quarter) else day_of(when)
        known = self.until(day)
        if known.observations.empty:
            first = period_ends(self.observations["period"], self.observations["measure_id"]).min().date()
            asked = f"the end of {when.label}" if isinstance(when, Quarter) else AsAt(day).words
            raise UsageError(
                f"no observations up to {asked}",
                f"a day from {first}, a quarter from {Quarter.of(first).slug} on",
                "Correct the day or the quarter",
            )
        return known

    def until(self, day: date) -> Catalogue:
        """Return what was known on a day, also where no observation was."""
        extent, unfinished = self.extent.until(day), self.extent.dated <= day
        end = pd.Timestamp(extent.known)
        seen = _periods_known(self.observations, "measure_id", end, unfinished=unfinished)
        events = self.events[self.events["date"] <= end].reset_index(drop=True)
        others = {
            name: _known(frame, TABLES[name], end, unfinished=unfinished)
            for name, frame in self.others.items()
        }
        sums, differences = (
            None if rows is None else _periods_known(rows, "measure_id", end, unfinished=unfinished)
            for rows in (self.sums, self.differences)
        )
        return replace(
            self,
            observations=seen,
            events=events,
            others=others,
            sums=sums,
            differences=differences,
            extent=extent,
        )

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its name; of one that is protected what is left, and no records."""
        frame: pd.DataFrame = self.others[name] if name in self.others else getattr(self, name)
        return frame

    def named(self, rows: pd.DataFrame, unit_id: str = "unit_id", *, into: str = "unit") -> pd.DataFrame:
        """Return rows in the order of the units table, with each unit's name.

        Parameters
        ----------
        rows
            Any table with units.
        unit_id
            The column of their ids; an id that is no unit stands for itself, and last.
        into
            The column for their names, which may be the same.

        Examples
        --------
        >>> from sutg_analysis import load
        >>> from sutg_analysis.project import shipped
        >>> rows = pd.DataFrame({"ward": ["osier-ward", "attic"]})
        >>> load(shipped(), tables=[]).named(rows, "ward")["unit"].tolist()
        ['Osier ward', 'attic']
        """
        ids = self.units["unit_id"]
        places = pd.Series(range(len(ids)), index=ids)
        placed = rows.sort_values(unit_id, key=lambda column: column.map(places), kind="stable")
        names = placed[unit_id].map(self.units.set_index("unit_id")["name"])
        return placed.assign(**{into: names.where(names.notna(), placed[unit_id])}).reset_index(drop=True)

    def about(self, only: Mapping[str, str | Collection[str]]) -> Catalogue:
        """Return the catalogue with some rows of some tables.

        Parameters
        ----------
        only
            Which rows to keep: ``table.column`` to the value or values wanted; a unit stands for all below it. Rows
            that say nothing there are about everything, and stay.
        """
        only = with_units_below(only, self.units)
        named = {key.partition(".")[0] for key in only}
        rows = {name: self.table(name)[rows_about(self.table(name), name, only)] for name in named}
        rows = {name: frame.reset_index(drop=True) for name, frame in rows.items()}
        core = {name: frame for name, frame in rows.items() if name in CORE}
        others = {**self.others, **{name: frame for name, frame in rows.items() if name not in CORE}}
        sums = self.sums
        if sums is not None:
            sums = sums[rows_about(sums, "observations", only)].reset_index(drop=True)
        units = only.get("observations.unit_id")
        within = self.within if units is None else frozenset(units)
        return replace(self, **core, others=others, sums=sums, within=within)

    def rolled_up(self) -> Catalogue:
        """Return the catalogue with every parent's observations, summed from its children's.

        Of protected measures the sums were made before anything was hidden; what is shown is not added up again.
        """
        rows = self.observations[[name for name in _READ if name in self.observations]]
        added = summable(rows, self.measures)
        kept = rows
        if self.sums is not None:
            added = added[~added.isin(self.protection.measures)]
            made = self.sums[self.sums["measure_id"].isin(rows["measure_id"].unique())]
            kept = pd.concat([rows, made.reindex(columns=rows.columns)], ignore_index=True)
        rolled = roll_up(kept, self.units, summable=added)
        if self.within is not None:  # a sum of some of its parts is none
            rolled = rolled[rolled["unit_id"].isin(self.within)].reset_index(drop=True)
        return replace(self, observations=valued(rolled, self.measures), sums=None)

    def measure(self, measure_id: str) -> pd.Series:
        """Return a measure's row.

        Raises
        ------
        ArgumentError
            There is no such measure.
        """
        rows = self.measures[self.measures["measure_id"] == measure_id]
        if rows.empty:
            known = self.measures["measure_id"].tolist()
            raise ArgumentError(
                f"no measure {measure_id!r}",
                expected=f"a measure_id of data/measures: {', '.join(known)}",
                remedy=f"Correct it{did_you_mean(measure_id, known)}",
            )
        return rows.iloc[0]


def with_units_below(
    only: Mapping[str, str | Collection[str]], units: pd.DataFrame
) -> dict[str, str | Collection[str]]:
    """Return what rows are to be about, a unit with every unit below it."""
    wanted = dict(only)
    for key, values in only.items():
        if key.endswith(".unit_id"):
            named = [values] if isinstance(values, str) else list(values)
            wanted[key] = list(dict.fromkeys(one for unit in named for one in subtree(units, unit)))
    return wanted


def rows_about(frame: pd.DataFrame, table: str, only: Mapping[str, str | Collection[str]]) -> pd.Series:
    """Say which rows of a table :meth:`Catalogue.about` keeps."""
    kept = pd.Series(True, index=frame.index)
    for key, wanted in only.items():
        name, _, column = key.partition(".")
        if name == table:
            values = [wanted] if isinstance(wanted, str) else list(wanted)
            kept &= frame[column].isin(values) | frame[column].isna()
    return kept


def window(
    rows: pd.DataFrame,
    *,
    end: Date | None = None,
    days: int | None = None,
    months: int | None = None,
    date: str = "date",
) -> pd.DataFrame:
    """Return the rows of so many days or months up to and with a day.

    Parameters
    ----------
    rows
        Any table with dates.
    end
        The last day; the latest with a row if None.
    days, months
        How far the window reaches back: one of them.
    date
        The column of dates.

    Examples
    --------
    >>> rows = pd.DataFrame({"date": pd.date_range("2023-09-01", periods=30)})
    >>> window(rows, end="2023-09-30", days=7)["date"].min().day
    24
    """
    last = rows[date].max() if end is None else pd.Timestamp(end)
    first = last - (pd.DateOffset(days=days) if months is None else pd.DateOffset(months=months))
    return rows[(rows[date] > first) & (rows[date] <= last)].reset_index(drop=True)


def _periods_known(frame: pd.DataFrame, of: str, end: pd.Timestamp, *, unfinished: bool) -> pd.DataFrame:
    """Return the rows of periods begun by a day, of those that it does not end only where ``unfinished`` ones are known."""
    known = ~(frame["period"].dt.normalize() > end)  # what is held back has no period
    if not unfinished:
        known &= ~(period_ends(frame["period"], frame[of]) > end)
    return frame[known].reset_index(drop=True)


def _known(frame: pd.DataFrame, table: Table, end: pd.Timestamp, *, unfinished: bool) -> pd.DataFrame:
    """Return the rows of a table that were known on a day, without what happened to them later."""
    if "quarter" in table.names:
        return _quarters_known(frame, table, end, unfinished=unfinished)
    if table.dated is None:
        return frame
    if table.dated == "period":
        return _periods_known(frame.assign(_=0), "_", end, unfinished=unfinished).drop(columns="_")
    rows = frame[~(frame[table.dated] > end)].reset_index(drop=True)
    dates = [name for name in rows.columns if pd.api.types.is_datetime64_dtype(rows[name])]
    for column, settled in table.settled:
        rows[column] = rows[column].mask(rows[settled] > end)
    rows[dates] = rows[dates].where(rows[dates] <= end)
    return rows


def _quarters_known(
    frame: pd.DataFrame, table: Table, end: pd.Timestamp, *, unfinished: bool
) -> pd.DataFrame:
    """Return rows of quarters as they were known on a day: what a quarter came to is known at its end."""
    last = Quarter.of(end).end if unfinished else end.date()
    later = frame["quarter"].map(lambda slug: Quarter.parse(slug).end > last).astype(bool)
    settled = {column: frame[column].mask(later) for column, _ in table.settled if column in frame}
    known = frame.assign(**settled)
    return known[~later].reset_index(drop=True) if table.dated == "quarter" else known
