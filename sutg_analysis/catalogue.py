"""The catalogue: a project's tables, found, read, checked and handed on as tidy frames.

All problems of all tables are reported together. Nothing is guessed and nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.boardtables import beside
from sutg_analysis.crosschecks import cross_check, is_percent
from sutg_analysis.databases import label
from sutg_analysis.errors import ArgumentError, DataError, Problem, TableError
from sutg_analysis.identifierchecks import identified, read_allowed, told, without_identifiers
from sutg_analysis.quarters import Quarter
from sutg_analysis.rollup import roll_up
from sutg_analysis.schemas import TABLES, Table, check_values, convert
from sutg_analysis.sources import Sourced, digest_rows, origin, read_sources
from sutg_analysis.tables import digest, find_tables, read_table, usable


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
    """

    measures: pd.DataFrame
    observations: pd.DataFrame
    units: pd.DataFrame
    targets: pd.DataFrame
    events: pd.DataFrame
    others: Mapping[str, pd.DataFrame]
    sources: pd.DataFrame

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
        return replace(self, observations=seen, events=events, others=others)

    def rolled_up(self) -> Catalogue:
        """Return the catalogue with every parent's observations, summed from its children's."""
        measures = self.measures
        divided = self.observations.groupby("measure_id")["denominator"].count()
        rated = measures["measure_id"].map(divided).fillna(0) > 0
        counted = measures["unit"] == "count"
        summable = measures.loc[rated | counted, "measure_id"]
        return replace(
            self,
            observations=_valued(roll_up(self.observations[_READ], self.units, summable=summable), measures),
        )

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

_READ = ["measure_id", "unit_id", "period", "numerator", "denominator"]


def load(project: str | Path = ".", *, tables: Sequence[str] | None = None) -> Catalogue:
    """Read and check a project's tables.

    Parameters
    ----------
    project
        The folder that holds ``data/``.
    tables
        The tables to read beside measures, observations, units, targets and events; all if None. What a
        report does not read it need not wait for.

    Raises
    ------
    DataError
        There is no such folder.
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
            remedy="Give the project folder, or make data/ and put the tables in it",
        )
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
            frames[name] = typed
    problems += cross_check(frames, files, found=problems)
    if problems:
        raise TableError(tuple(sorted(map(without_identifiers, problems), key=_place)))
    sources = _sources(frames, paths, sourced)
    return _catalogue(
        frames, sources, others=[name for name in (TABLES if tables is None else tables) if name not in CORE]
    )


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
    tables["observations"] = _valued(tables["observations"], measures)
    return Catalogue(
        **{name: tables[name] for name in CORE},
        others={name: tables[name] for name in others},
        sources=sources,
    )


def _empty(name: str) -> pd.DataFrame:
    table = TABLES[name]
    return convert(pd.DataFrame(columns=table.needed_names, dtype="str"), table, file="")[0]


def _valued(observations: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    per = observations["measure_id"].map(measures.set_index("measure_id")["per"])
    ratio = (
        observations["numerator"] / observations["denominator"].where(observations["denominator"] > 0) * per
    )
    value = ratio.where(observations["denominator"].notna(), observations["numerator"])
    return observations.assign(value=value).sort_values(
        ["measure_id", "unit_id", "period"], ignore_index=True
    )
