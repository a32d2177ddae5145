"""The catalogue: a project's tables, found, read, checked and handed on as tidy frames.

All problems of all tables are reported together. Nothing is guessed and nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.boardtables import beside
from sutg_analysis.catalogue.checks import cross_check, is_percent
from sutg_analysis.catalogue.database import Sourced, digest_rows, label, origin, read_sources
from sutg_analysis.catalogue.disclosure import Protection, protect, read_disclosure, uncountable
from sutg_analysis.catalogue.editions import edition_files, settled
from sutg_analysis.catalogue.identifiers import identified, read_allowed, told, without_identifiers
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.read import digest, find_tables, read_table, usable
from sutg_analysis.catalogue.schema import TABLES, Table, check_values, convert
from sutg_analysis.catalogue.snapshots import note_reading, restore, snapshot_of, store
from sutg_analysis.catalogue.units import roll_up, summable, valued
from sutg_analysis.errors import ArgumentError, DataError, Problem, TableError


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
        the project does not have is there without rows.
    sources
        One row a file or query: table, file, rows, sha256.
    sums
        Observations of protected measures for the units above those that report, made before rounding; None where
        no measure is protected.
    protection
        The disclosure profiles in force.
    """

    measures: pd.DataFrame
    observations: pd.DataFrame
    units: pd.DataFrame
    targets: pd.DataFrame
    events: pd.DataFrame
    others: Mapping[str, pd.DataFrame]
    sources: pd.DataFrame
    sums: pd.DataFrame | None = None
    protection: Protection = field(default_factory=Protection)

    def __getattr__(self, name: str) -> pd.DataFrame:
        others = self.__dict__.get("others", {})
        if name in others:
            return others[name]
        if name in TABLES:
            raise ArgumentError(
                f"the table {name!r} was not read", "a table named in load(tables=...)", f"Add {name!r} there"
            )
        raise AttributeError(f"a catalogue has no {name!r}")

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

    def as_at(self, quarter: Quarter) -> Catalogue:
        """Return what was known at the end of a quarter; targets stay, for they look ahead.

        Raises
        ------
        ArgumentError
            No observation is that old.
        """
        end = pd.Timestamp(quarter.end)
        seen = self.observations[self.observations["period"] <= end].reset_index(drop=True)
        if seen.empty:
            raise ArgumentError(
                f"no observations up to the end of {quarter.label}",
                expected=f"a quarter from {self.quarters[0].slug} on",
                remedy="Correct the quarter",
            )
        events = self.events[self.events["date"] <= end].reset_index(drop=True)
        others = {name: _known(frame, TABLES[name], end) for name, frame in self.others.items()}
        sums = None if self.sums is None else self.sums[self.sums["period"] <= end].reset_index(drop=True)
        return replace(self, observations=seen, events=events, others=others, sums=sums)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its name."""
        frame: pd.DataFrame = getattr(self, name)
        return frame

    def about(self, only: Mapping[str, str | Collection[str]]) -> Catalogue:
        """Return the catalogue with some rows of some tables.

        Parameters
        ----------
        only
            Which rows to keep: ``table.column`` to the value or values wanted. Rows that say nothing there are
            about everything, and stay.
        """
        named = {key.partition(".")[0] for key in only}
        rows = {name: self.table(name)[rows_about(self.table(name), name, only)] for name in named}
        rows = {name: frame.reset_index(drop=True) for name, frame in rows.items()}
        core = {name: frame for name, frame in rows.items() if name in CORE}
        others = {**self.others, **{name: frame for name, frame in rows.items() if name not in CORE}}
        sums = self.sums
        if sums is not None:
            sums = sums[rows_about(sums, "observations", only)].reset_index(drop=True)
        return replace(self, **core, others=others, sums=sums)

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
            kept = pd.concat([rows, made[rows.columns]], ignore_index=True)
        rolled = roll_up(kept, self.units, summable=added)
        return replace(self, observations=valued(rolled, self.measures), sums=None)

    def measure(self, measure_id: str) -> dict[str, Any]:
        """Return a measure's row.

        Raises
        ------
        ArgumentError
            There is no such measure.
        """
        rows = self.measures[self.measures["measure_id"] == measure_id]
        if rows.empty:
            known = self.measures["measure_id"].tolist()
            close = get_close_matches(str(measure_id), known, n=1)
            raise ArgumentError(
                f"no measure {measure_id!r}",
                expected=f"a measure_id of data/measures: {', '.join(known)}",
                remedy=f"Correct it; did you mean {close[0]!r}?" if close else "Correct it",
            )
        return {str(name): value for name, value in rows.iloc[0].items()}


CORE = ("measures", "observations", "units", "targets", "events")
"""The tables every report reads."""

_READ = ["measure_id", "unit_id", "period", "numerator", "denominator", "status"]


def of_measures(measures: Collection[str]) -> dict[str, list[str]]:
    """Return what ``load(only=...)`` takes to read some measures alone.

    Examples
    --------
    >>> sorted(of_measures(["falls"]))[-1]
    'targets.measure_id'
    """
    tables = ("measures", "observations", "targets", "events")
    return {f"{table}.measure_id": sorted(measures) for table in tables}


def rows_about(frame: pd.DataFrame, table: str, only: Mapping[str, str | Collection[str]]) -> pd.Series:
    """Say which rows of a table :meth:`Catalogue.about` keeps."""
    kept = pd.Series(True, index=frame.index)
    for key, wanted in only.items():
        name, _, column = key.partition(".")
        if name == table:
            values = [wanted] if isinstance(wanted, str) else list(wanted)
            kept &= frame[column].isin(values) | frame[column].isna()
    return kept


def load(
    project: str | Path = ".",
    *,
    tables: Sequence[str] | None = None,
    quarter: str | Quarter | None = None,
    only: Mapping[str, str | Collection[str]] | None = None,
    protected: bool = True,
    edition: str | Quarter | None = None,
    whole: bool = True,
) -> Catalogue:
    """Read and check a project's tables, and hide what its disclosure profiles hide.

    Parameters
    ----------
    project
        The folder that holds ``data/``.
    tables
        The tables to read beside measures, observations, units, targets and events; all if None. What a
        report does not read it need not wait for, and it is not made again when that changes.
    quarter
        Read what was known at the end of this quarter, as :meth:`Catalogue.as_at` has it; everything if None.
    only
        Read these rows, as :meth:`Catalogue.about` has it: ``{"observations.measure_id": "falls"}``.
    protected
        Whether small counts are hidden as the measures and ``data/disclosure.toml`` say; False gives the tables as
        they are, for use inside the trust only.
    edition, whole
        The quarter that is published with these tables, ``quarter`` or the latest if None, and whether all of its
        reports are: months revised since an edition that stays on the site are hidden where that would tell a small count.

    Raises
    ------
    DataError
        There is no such folder, or ``data/disclosure.toml`` is at fault.
    TableError
        With every problem of every table.

    Examples
    --------
    >>> from sutg_analysis.project import shipped
    >>> load(shipped()).latest_quarter.label
    'Q2 2023/24'
    """
    folder = Path(project) / "data"
    if not folder.is_dir():
        raise DataError(
            f"{Path(project)} has no data folder",
            expected="a project folder whose data/ holds measures, observations and units",
            remedy="Give the project folder with --project DIR, or make a project: sutg new DIR",
        )
    slug = quarter.slug if isinstance(quarter, Quarter) else quarter
    note_reading({"tables": tables, "quarter": slug, "only": only})
    kept = snapshot_of(Path(project)) if protected else None
    catalogue = restored(kept, tables) if kept else _checked(Path(project), tables, protected=protected)
    if protected and not kept and catalogue.protection.measures:
        of = edition or slug or catalogue.latest_quarter.slug
        stays = edition_files(Path(project), quarter=Quarter.parse(str(of)), own=not whole)
        catalogue = settled(catalogue, stays)
    known = catalogue if slug is None else catalogue.as_at(Quarter.parse(slug))
    return known.about(only) if only else known


def stored(catalogue: Catalogue, folder: Path, *, project: Path) -> None:
    """Write a catalogue to a folder that does not exist yet, from which it can be restored."""
    frames = {name: catalogue.table(name) for name in (*CORE, *catalogue.others, "sources")}
    sums = {} if catalogue.sums is None else {"sums": catalogue.sums}
    store(folder, frames | sums, project=project, facts=asdict(catalogue.protection))


def restored(kept: Path, tables: Sequence[str] | None) -> Catalogue:
    """Return the tables of a snapshot, which were checked when it was taken; all of them if None are named."""
    others = [name for name in (TABLES if tables is None else tables) if name not in CORE]
    frames, facts = restore(kept, ("sources", *CORE, *others, "sums"))
    sources = frames["sources"]
    read = {*TABLES} if tables is None else {*CORE, *others, *beside(others)}
    return Catalogue(
        **{name: frames[name] for name in CORE},
        others={name: frames[name] for name in others},
        sources=sources[sources["table"].isin(read)].reset_index(drop=True),
        sums=frames.get("sums"),
        protection=Protection(**facts),
    )


def _checked(project: Path, tables: Sequence[str] | None, *, protected: bool) -> Catalogue:
    """Read and check tables, and hide what is to be hidden."""
    rules, folder = read_disclosure(project), project / "data"
    wanted = None if tables is None else {*CORE, *tables, *beside(tables)}
    sourced = read_sources(folder, tables=wanted)
    paths, problems = find_tables(folder, elsewhere=sourced.names)
    paths = {name: path for name, path in paths.items() if wanted is None or name in wanted}
    allowed, unclear = read_allowed(folder)
    problems += [*sourced.problems, *unclear, *told(folder, allowed=allowed)]
    frames: dict[str, pd.DataFrame] = {}
    files = {name: path.name for name, path in paths.items()} | {name: label(name) for name in sourced.frames}
    for name, file in files.items():
        table = TABLES[name]
        read = sourced.frames.get(name)
        raw, unread = (
            read_table(paths[name], table) if read is None else usable(read, table, file=file, problems=[])
        )
        problems += unread
        if raw is not None:
            problems += identified(raw, table, file=file, allowed=allowed)
            typed, unconverted = convert(raw, table, file=file)
            problems += unconverted + check_values(typed, raw, table, file=file)
            if set(table.needed_names) <= set(typed):
                frames[name] = typed
    problems += cross_check(frames, files, found=problems)
    problems += uncountable(frames, files, rules)
    if problems:
        raise TableError(tuple(sorted(map(without_identifiers, problems), key=_place)))
    sources = _sources(frames, paths, sourced)
    catalogue = _catalogue(
        frames, sources, others=[name for name in (TABLES if tables is None else tables) if name not in CORE]
    )
    return protect(catalogue, rules) if protected else catalogue


def _sources(frames: dict[str, pd.DataFrame], paths: dict[str, Path], sourced: Sourced) -> pd.DataFrame:
    rows = [(name, path.name, len(frames.get(name, ())), digest(path)) for name, path in paths.items()]
    rows += [(name, origin(name), len(frame), digest_rows(frame)) for name, frame in sourced.frames.items()]
    return pd.DataFrame(rows, columns=["table", "file", "rows", "sha256"])


def _known(frame: pd.DataFrame, table: Table, end: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of a table that were known on a day, without what happened to them later."""
    if table.dated is None:
        return frame
    rows = frame[~(frame[table.dated] > end)].reset_index(drop=True)
    dates = [name for name in rows.columns if pd.api.types.is_datetime64_dtype(rows[name])]
    for column, date in table.settled:
        rows[column] = rows[column].mask(rows[date] > end)
    rows[dates] = rows[dates].where(rows[dates] <= end)
    return rows


def _place(problem: Problem) -> tuple[str, int, str]:
    return problem.file, problem.row or 0, problem.column or ""


def _catalogue(frames: dict[str, pd.DataFrame], sources: pd.DataFrame, *, others: Sequence[str]) -> Catalogue:
    tables = {
        name: (frames[name] if name in frames else _empty(name)).reset_index(drop=True)
        for name in (*CORE, *others)
    }
    measures = tables["measures"]
    divided = is_percent(measures["unit"]).map({True: 100.0, False: 1.0})
    tables["measures"] = measures = measures.assign(per=measures["per"].fillna(divided))
    tables["observations"] = valued(tables["observations"], measures)
    return Catalogue(
        **{name: tables[name] for name in CORE},
        others={name: tables[name] for name in others},
        sources=sources,
    )


def _empty(name: str) -> pd.DataFrame:
    table = TABLES[name]
    return convert(pd.DataFrame(columns=table.needed_names, dtype="str"), table, file="")[0]
