"""Reading a project's tables: found, read, checked and handed on as tidy frames.

All problems of all tables are reported together. Nothing is guessed and nothing is dropped. A build reads and checks
the tables once and keeps a snapshot: its reports then all see the same rows, whatever happens to the files meanwhile,
and each notes which of them it read, for what it did not read cannot change it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from pkgutil import resolve_name
from typing import NotRequired, TypedDict

import pandas as pd
from pyarrow import feather

from sutg_analysis.catalogue.as_at import DAILY, AsAt, Extent, day_of, extent_of
from sutg_analysis.catalogue.catalogue import CORE, Catalogue, Protection
from sutg_analysis.catalogue.checks import cross_check
from sutg_analysis.catalogue.database import digest_rows, label, origin, read_sources
from sutg_analysis.catalogue.definitions import COUNTABLE, TABLES, is_percent, tables_needed_by
from sutg_analysis.catalogue.digests import file_digest
from sutg_analysis.catalogue.disclosure import protect, read_disclosure, uncountable
from sutg_analysis.catalogue.editions import edition_files, settled
from sutg_analysis.catalogue.identifiers import (
    identified,
    identified_words,
    read_allowed,
    without_identifiers,
)
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.read import find_tables, read_table, usable
from sutg_analysis.catalogue.schema import check_values, convert
from sutg_analysis.catalogue.units import valued
from sutg_analysis.errors import DataError, TableError, UsageError

SNAPSHOT = "SUTG_SNAPSHOT"
"""The environment variable that names the folder of the snapshot that the kernels of a build read."""
READINGS = "SUTG_READINGS"
"""The environment variable that names the file to which a kernel adds what it reads, one JSON object a line."""
_ABOUT = "about.json"
_EXTRA = ("sums", "differences")
"""What a catalogue has beside its tables, where it has it."""


class _About(TypedDict):
    project: str
    extent: dict[str, str]
    protection: dict[str, dict[str, str]]


class Reading(TypedDict):
    """What one call of :func:`load` read: tables, quarter, rows, and the day where one was given; None is all there are."""

    tables: Sequence[str] | None
    quarter: str | None
    as_at: NotRequired[str]
    only: Mapping[str, str | Collection[str]] | None


def load(
    project: str | Path = ".",
    *,
    tables: Sequence[str] | None = None,
    quarter: str | Quarter | None = None,
    as_at: str | date = "",
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
        Read what was known at the end of this quarter, as :meth:`Catalogue.as_at` has it; everything if None. Tables
        that end within the quarter are as at the last day that they tell of.
    as_at
        Read what was known on this day, such as ``"2023-08-20"``; a day of ``quarter`` where both are given.
    only
        Read these rows, as :meth:`Catalogue.about` has it: ``{"observations.measure_id": "falls"}`` or, of a
        unit and all below it, ``{"observations.unit_id": "mental-health"}``.
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
    UsageError
        ``as_at`` is no date, not of the quarter, or before the first observation.

    Examples
    --------
    >>> from sutg_analysis.project import shipped
    >>> load(shipped()).latest_quarter.label
    'Q2 2023/24'
    >>> load(shipped(), as_at="2023-08-20").at.label
    'Q2 2023/24, to 20 August 2023'
    """
    folder = Path(project) / "data"
    if not folder.is_dir():
        raise DataError(
            f"{Path(project)} has no data folder",
            expected="a project folder whose data/ holds measures, observations and units",
            remedy="Give the project folder with --project DIR, or make a project: sutg new DIR",
        )
    of = Quarter.parse(quarter) if isinstance(quarter, str) else quarter
    when = moment(of, as_at)
    reading = Reading(tables=tables, quarter=None if of is None else of.slug, only=only)
    note_reading(reading | {"as_at": when.isoformat()} if isinstance(when, date) else reading)
    kept = _snapshot_of(Path(project)) if protected else None
    day = when if isinstance(when, date) else None
    catalogue = restore(kept, tables) if kept else _checked(Path(project), tables, day, protected=protected)
    if protected and not kept and catalogue.protection.measures:
        published = (
            edition or (Quarter.of(when) if isinstance(when, date) else when) or catalogue.latest_quarter
        )
        stays = edition_files(Path(project), quarter=Quarter.parse(str(published)), own=not whole)
        catalogue = settled(catalogue, stays)
    known = catalogue if when is None else catalogue.as_at(when)
    return known.about(only) if only else known


def moment(quarter: Quarter | None, as_at: str | date | None) -> Quarter | date | None:
    """Return the day asked for, else the quarter, else None: as at the end of the tables.

    Raises
    ------
    UsageError
        The day is no date, or not of the quarter.

    Examples
    --------
    >>> moment(Quarter(2023, 2), "2023-08-20"), moment(Quarter(2023, 2), "")
    (datetime.date(2023, 8, 20), Quarter(financial_year=2023, number=2))
    """
    if not as_at:
        return quarter
    day = day_of(as_at)
    if quarter is not None and Quarter.of(day) != quarter:
        raise UsageError(
            f"as at {AsAt(day).words} of {quarter.label}",
            f"a day from {quarter.start} to {quarter.end}",
            "Correct the day or the quarter",
        )
    return day


def store(catalogue: Catalogue, folder: Path, *, project: Path) -> None:
    """Write a catalogue to a folder that does not exist yet, which appears when all of it is there."""
    frames = {name: catalogue.table(name) for name in (*CORE, *catalogue.others, "sources")}
    extra = {name: getattr(catalogue, name) for name in _EXTRA}
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    for name, frame in (frames | extra).items():
        if frame is not None:
            feather.write_feather(frame, str(unfinished / f"{name}.feather"), compression="lz4")
    about = _About(
        project=str(project.resolve()),
        extent={name: day.isoformat() for name, day in asdict(catalogue.extent).items()},
        protection=asdict(catalogue.protection),
    )
    (unfinished / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
    unfinished.rename(folder)


def restore(folder: Path, tables: Sequence[str] | None) -> Catalogue:
    """Return the tables of a snapshot, which were checked when it was taken; all of them if None are named."""
    others = [name for name in (TABLES if tables is None else tables) if name not in CORE]
    files = {name: folder / f"{name}.feather" for name in ("sources", *CORE, *others, *_EXTRA)}
    frames = {name: feather.read_feather(str(file)) for name, file in files.items() if file.is_file()}
    sources = frames["sources"]
    read = {*TABLES} if tables is None else {*CORE, *others, *tables_needed_by(others)}
    about = _about(folder)
    read |= set(registers_of(frames["measures"]))
    return Catalogue(
        **{name: frames[name] for name in CORE},
        others={name: frames[name] for name in others},
        sources=sources[sources["table"].isin(read)].reset_index(drop=True),
        **{name: frames.get(name) for name in _EXTRA},
        extent=Extent(**{name: date.fromisoformat(day) for name, day in about["extent"].items()}),
        protection=Protection(**about["protection"]),
        kept=str(folder),
    )


def _snapshot_of(project: Path) -> Path | None:
    """Return the snapshot of a project that this process is to read, or None."""
    named = os.environ.get(SNAPSHOT)
    return Path(named) if named and _about(Path(named))["project"] == str(project.resolve()) else None


def _about(folder: Path) -> _About:
    content: _About = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    return content


def note_reading(reading: Reading) -> None:
    """Add to the list of what this process reads, where a build asked for one."""
    named = os.environ.get(READINGS)
    if named:
        with Path(named).open("a", encoding="utf-8") as file:
            file.write(json.dumps(reading) + "\n")


def read_readings(file: Path) -> list[Reading]:
    """Return what a report read; nothing where it said nothing."""
    if not file.is_file():
        return []
    return [json.loads(line) for line in dict.fromkeys(file.read_text(encoding="utf-8").splitlines())]


def _checked(project: Path, tables: Sequence[str] | None, day: date | None, *, protected: bool) -> Catalogue:
    """Read and check tables, leave out what was not known on a day, and hide what is to be hidden.

    What is counted from registers is counted anew as at the day, and of a month that was not over up to the day.
    """
    rules, folder = read_disclosure(project), project / "data"
    wanted = None if tables is None else {*CORE, *tables, *tables_needed_by(tables), *_counted_from(folder)}
    sourced = read_sources(folder, tables=wanted)
    paths, problems = find_tables(folder, elsewhere=sourced.names)
    found = paths
    paths = {name: path for name, path in found.items() if wanted is None or name in wanted}
    allowed, unclear = read_allowed(folder)
    problems += [*sourced.problems, *unclear, *identified_words(folder, allowed=allowed)]
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
        listed = map(without_identifiers, problems)
        raise TableError(tuple(sorted(listed, key=lambda one: (one.file, one.row or 0, one.column or ""))))
    rows = [(name, path.name, len(frames.get(name, ())), file_digest(path)) for name, path in paths.items()]
    rows += [(name, origin(name), len(frame), digest_rows(frame)) for name, frame in sourced.frames.items()]
    sources = pd.DataFrame(rows, columns=["table", "file", "rows", "sha256"])
    others = [name for name in (TABLES if tables is None else tables) if name not in CORE]
    days = {name: _days(name, frames=frames, path=found.get(name)) for name in DAILY}
    if "rule" not in frames["measures"]:
        catalogue = _catalogue(frames, sources, others=others, days=days)
    else:  # the ledger stands on this room, and cannot be imported by it
        every = _catalogue(frames, sources, others=COUNTABLE, days=days)
        settle = partial(resolve_name("sutg_analysis.ledger.agreement:settle"), project=project, files=files)
        settled = settle(every, frames=frames)
        if settled.problems:
            raise TableError(tuple(settled.problems))
        whole = frames | {"observations": settled.observations}
        catalogue = _catalogue(whole, sources, others=others, days=days)
        catalogue = replace(catalogue, differences=settled.differences)
        if day is not None and day < catalogue.extent.known:
            then = replace(every, extent=catalogue.extent).until(day)
            cut = {name: then.table(name) for name in frames if name in ("observations", *COUNTABLE)}
            counted = settle(then, frames=frames | cut).observations
            known = catalogue.as_at(day)
            catalogue = replace(known, observations=valued(counted, known.measures))
    return protect(catalogue, rules) if protected else catalogue


def _counted_from(folder: Path) -> list[str]:
    """Return the registers that a project's measures are counted from, before its tables are checked."""
    frame = read_sources(folder, tables={"measures"}).frames.get("measures")
    if frame is None:
        path = find_tables(folder)[0].get("measures")
        frame = None if path is None else read_table(path, TABLES["measures"])[0]
    return [] if frame is None else registers_of(frame)


def registers_of(measures: pd.DataFrame) -> list[str]:
    """Return the registers that measures are counted from or compared with.

    Examples
    --------
    >>> registers_of(pd.DataFrame({"from": ["sitrep", None], "rule": ["occupancy", "incidents: harm = falls"]}))
    ['incidents', 'sitrep']
    """
    columns = measures.reindex(columns=["from", "rule"]).astype("object").fillna("").astype("str")
    named = {*columns["from"].str.strip(), *columns["rule"].str.partition(":")[0].str.strip()}
    return sorted(named & {*COUNTABLE})


def _days(name: str, *, frames: Mapping[str, pd.DataFrame], path: Path | None) -> pd.Series:
    """Return the dates of a table, also of one that is not read, so that each page is as at the same day."""
    table = TABLES[name]
    if name in frames or path is None:
        return frames.get(name, _empty(name))[table.dated]
    dated = replace(table, columns=tuple(column for column in table.columns if column.name == table.dated))
    raw, _ = read_table(path, dated)
    return _empty(name)[table.dated] if raw is None else convert(raw, dated, file=path.name)[0][table.dated]


def _catalogue(
    frames: dict[str, pd.DataFrame],
    sources: pd.DataFrame,
    *,
    others: Sequence[str],
    days: Mapping[str, pd.Series],
) -> Catalogue:
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
        extent=extent_of(tables["observations"], days),
    )


@cache
def _empty(name: str) -> pd.DataFrame:
    table = TABLES[name]
    return convert(pd.DataFrame(columns=table.needed_names, dtype="str"), table, file="")[0]
