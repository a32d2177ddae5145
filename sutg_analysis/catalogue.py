"""The catalogue: a project's tables, found, read, checked and handed on as tidy frames.

All problems of all tables are reported together. Nothing is guessed and nothing is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.crosschecks import cross_check, is_percent
from sutg_analysis.errors import ArgumentError, DataError, Problem, TableError
from sutg_analysis.quarters import Quarter
from sutg_analysis.rollup import roll_up
from sutg_analysis.schemas import TABLES, check_values, convert
from sutg_analysis.tables import digest, find_tables, read_table


@dataclass(frozen=True, eq=False)
class Catalogue:
    """A project's checked tables.

    Parameters
    ----------
    measures, observations, units, targets, events, pathways
        The tables, typed; observations sorted by measure, unit and period, with ``value``: numerator /
        denominator x per, or the numerator where there is no denominator. Missing where nothing was reported.
        A table that the project does not have is empty.
    sources
        One row a file: table, file, rows, sha256.
    """

    measures: pd.DataFrame
    observations: pd.DataFrame
    units: pd.DataFrame
    targets: pd.DataFrame
    events: pd.DataFrame
    pathways: pd.DataFrame
    sources: pd.DataFrame

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
        return replace(self, observations=seen, events=events, pathways=_known(self.pathways, end))

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


_READ = ["measure_id", "unit_id", "period", "numerator", "denominator"]


def load(project: str | Path = ".") -> Catalogue:
    """Read and check a project's tables.

    Parameters
    ----------
    project
        The folder that holds ``data/``.

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
    paths, problems = find_tables(folder)
    frames: dict[str, pd.DataFrame] = {}
    for name, path in paths.items():
        raw, unread = read_table(path, TABLES[name])
        problems += unread
        if raw is not None:
            typed, unconverted = convert(raw, TABLES[name], file=path.name)
            problems += unconverted + check_values(typed, raw, TABLES[name], file=path.name)
            frames[name] = typed
    files = {name: path.name for name, path in paths.items()}
    problems += cross_check(frames, files, found=problems)
    if problems:
        raise TableError(tuple(sorted(problems, key=_place)))
    return _catalogue(frames, paths)


def _known(pathways: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return the referrals made by a day, without what happened to them later."""
    rows = pathways[pathways["referred"] <= end].reset_index(drop=True)
    dates = [name for name in rows.columns if pd.api.types.is_datetime64_dtype(rows[name])]
    later = rows["closed"] > end
    rows[dates] = rows[dates].where(rows[dates] <= end)
    return rows.assign(outcome=rows["outcome"].mask(later))


def _place(problem: Problem) -> tuple[str, int, str]:
    return problem.file, problem.row or 0, problem.column or ""


def _catalogue(frames: dict[str, pd.DataFrame], paths: dict[str, Path]) -> Catalogue:
    sources = pd.DataFrame(
        [(name, path.name, len(frames.get(name, ())), digest(path)) for name, path in paths.items()],
        columns=["table", "file", "rows", "sha256"],
    )
    tables = {name: frames.get(name, _empty(name)).reset_index(drop=True) for name in TABLES}
    measures = tables["measures"]
    divided = is_percent(measures["unit"]).map({True: 100.0, False: 1.0})
    tables["measures"] = measures = measures.assign(per=measures["per"].fillna(divided))
    tables["observations"] = _valued(tables["observations"], measures)
    return Catalogue(**tables, sources=sources)


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
