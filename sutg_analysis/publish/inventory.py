"""The rows a build reads: one snapshot of the checked tables, and the digests of what each report read of it.

The digest of a report's rows is what the next build compares. A row that a report did not ask for, or that was not
known at the end of its quarter, does not change it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypedDict

import pandas as pd

from sutg_analysis.catalogue.catalogue import CORE, Catalogue, rows_about, with_units_below
from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.digests import digest, file_digest, value_digest
from sutg_analysis.catalogue.editions import SHOWN
from sutg_analysis.catalogue.load import Reading, load, moment, restore, store
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.project import Project
from sutg_analysis.publish.fingerprints import package_digest, versions

COUNTED = ("events", "incidents", "pathways")
"""Tables whose rows are placed by their dates or merely counted: they have no order, and a database keeps none."""
EXTRA = ("sums", "differences")
"""What rows of observations come to beside their own table: sums of the units above, and accepted differences."""
_FILES = ("*.csv", "*.parquet", "*.toml")


class RowsRead(TypedDict):
    """How many rows of a table were read, and the digest of their content."""

    rows: int
    sha256: str


@dataclass(frozen=True, eq=False)
class Inventory:
    """The checked tables of one build, the folder of their snapshot, for kernels to read, and all that they hold.

    A build as at a day takes its snapshot of what was known on it, so that no report reads what is later.
    """

    catalogue: Catalogue
    folder: Path
    everything: Catalogue

    _catalogues: dict[Quarter | date | None, Catalogue] = field(default_factory=dict, init=False, repr=False)
    _tables: dict[tuple[str, Quarter | date | None], tuple[pd.DataFrame, pd.Series]] = field(
        default_factory=dict, init=False, repr=False
    )

    def _table(self, name: str, when: Quarter | date | None) -> tuple[pd.DataFrame, pd.Series]:
        """Return a table as at a day or the end of a quarter, and a digest of each of its rows."""
        if (name, when) not in self._tables:
            if when not in self._catalogues:
                self._catalogues[when] = self.catalogue if when is None else self.catalogue.as_at(when)
            frame = self._catalogues[when].table(name)
            rows = pd.util.hash_pandas_object(frame, index=False)
            if name in COUNTED:
                order = rows.argsort(kind="stable")
                frame, rows = frame.iloc[order], rows.iloc[order]
            self._tables[name, when] = frame, rows
        return self._tables[name, when]

    def digests(self, readings: list[Reading]) -> dict[str, RowsRead]:
        """Return what some readings read: table to the number of its rows and the digest of their content.

        A report that said nothing of what it reads may have read everything.
        """
        found: dict[str, RowsRead] = {}
        extra = [name for name in EXTRA if getattr(self.catalogue, name) is not None]
        for reading in readings or [Reading(tables=None, quarter=None, only=None)]:
            asked = TABLES if reading["tables"] is None else reading["tables"]
            of = None if reading["quarter"] is None else Quarter.parse(reading["quarter"])
            when = moment(of, reading.get("as_at", ""))
            only = with_units_below(reading["only"] or {}, self.catalogue.units)
            for name in [*CORE, *(name for name in asked if name not in CORE), *extra]:
                frame, rows = self._table(name, when)
                # Every page may tell of an accepted difference, of whichever measure.
                kept = rows_about(frame, "observations" if name == "sums" else name, only)
                content = digest(rows[kept].to_numpy().tobytes())
                other = name in found and found[name]["sha256"] != content
                label = f"{name} {value_digest([name, reading])[:8]}" if other else name
                found[label] = {"rows": int(kept.sum()), "sha256": content}
        return found


def take_inventory(
    project: Project, *, quarter: str | None = None, as_at: date | None = None, whole: bool = True
) -> Inventory:
    """Read and check a project's tables, or find them as they were checked last time if nothing has changed.

    ``quarter`` is the one to be built, the latest if None, ``as_at`` the day after which nothing is known, and ``whole``
    says whether all reports of the quarter are built.

    Raises
    ------
    TableError
        With every problem of every table.
    """
    tables = project.scratch / "tables"
    folder = tables / _key(project, quarter, whole=whole)
    queried = (project.root / "data" / "sources.toml").is_file()
    if folder.is_dir() and not queried:
        catalogue = restore(folder, None)
    else:
        catalogue = load(project.root, edition=quarter, whole=whole)
    if queried:  # only the rows themselves say whether a query's answer is another
        folder = tables / f"{folder.name}-{value_digest(catalogue.sources['sha256'].tolist())[:16]}"
    found = Inventory(catalogue, folder, catalogue)
    if as_at is not None:
        place = tables / f"{folder.name}-{as_at}"
        if place.is_dir():
            then = restore(place, None)
        else:
            then = load(project.root, as_at=as_at, edition=quarter, whole=whole)
        found = replace(found, catalogue=then, folder=place)
    for known, place in ((found.everything, folder), (found.catalogue, found.folder)):
        if not place.is_dir():
            store(known, place, project=project.root)
    for other in tables.iterdir():
        if other not in (folder, found.folder):
            shutil.rmtree(other, ignore_errors=True)
    return found


def _key(project: Project, quarter: str | None, *, whole: bool) -> str:
    files = sorted(path for pattern in _FILES for path in (project.root / "data").glob(pattern))
    content: Mapping[str, str] = {path.name: file_digest(path) for path in files}
    place = str(project.root.resolve())
    shown = [file_digest(path) for path in sorted(project.reports.glob(f"*/{SHOWN}"))]
    return value_digest(
        [content, package_digest(), versions(), place, *([quarter, whole, shown] if shown else [])]
    )[:32]
