"""The rows a build reads: one snapshot of the checked tables, and the digests of what each report read of it.

The digest of a report's rows is what the next build compares. A row that a report did not ask for, or that was not
known at the end of its quarter, does not change it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.catalogue import CORE, Catalogue, rows_about
from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.editions import SHOWN
from sutg_analysis.catalogue.load import load, restore, store
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.project import Project
from sutg_analysis.publish.fingerprints import digest, file_digest, package_digest, versions

COUNTED = ("events", "incidents", "pathways")
"""Tables whose rows are placed by their dates or merely counted: they have no order, and a database keeps none."""
SUMS = "sums"
"""Observations of the units above, where they are not added up from what is shown."""
_FILES = ("*.csv", "*.parquet", "*.toml")


@dataclass(frozen=True, eq=False)
class Inventory:
    """The tables of one build.

    Parameters
    ----------
    catalogue
        The checked tables.
    folder
        Their snapshot, for kernels to read.
    """

    catalogue: Catalogue
    folder: Path

    @cached_property
    def _rows(self) -> dict[str | None, dict[str, tuple[pd.DataFrame, pd.Series]]]:
        return {}

    def _table(self, name: str, quarter: str | None) -> tuple[pd.DataFrame, pd.Series]:
        """Return a table as at the end of a quarter, and a digest of each of its rows."""
        known = self._rows.setdefault(quarter, {})
        if name not in known:
            frame = self._as_at(quarter).table(name)
            rows = pd.util.hash_pandas_object(frame, index=False)
            if name in COUNTED:
                order = rows.argsort(kind="stable")
                frame, rows = frame.iloc[order], rows.iloc[order]
            known[name] = frame, rows
        return known[name]

    def _as_at(self, quarter: str | None) -> Catalogue:
        if quarter not in self._known:
            self._known[quarter] = self.catalogue.as_at(Quarter.parse(str(quarter)))
        return self._known[quarter]

    @cached_property
    def _known(self) -> dict[str | None, Catalogue]:
        return {None: self.catalogue}

    def digests(self, readings: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return what some readings read: table to the number of its rows and the digest of their content.

        A report that said nothing of what it reads may have read everything.
        """
        found: dict[str, dict[str, Any]] = {}
        for reading in readings or [{"tables": None, "quarter": None, "only": None}]:
            sums = [] if self.catalogue.sums is None else [SUMS]
            for name in [*self._names(reading["tables"]), *sums]:
                frame, rows = self._table(name, reading["quarter"])
                kept = rows_about(frame, "observations" if name == SUMS else name, reading["only"] or {})
                content = hashlib.sha256(rows[kept].to_numpy().tobytes()).hexdigest()
                label = (
                    digest([name, reading])[:8] if name in found and found[name]["sha256"] != content else ""
                )
                found[f"{name} {label}".strip()] = {"rows": int(kept.sum()), "sha256": content}
        return found

    @staticmethod
    def _names(tables: list[str] | None) -> list[str]:
        others = [name for name in (TABLES if tables is None else tables) if name not in CORE]
        return [*CORE, *others]


def take_inventory(project: Project, *, quarter: str | None = None, whole: bool = True) -> Inventory:
    """Read and check a project's tables, or find them as they were checked last time if nothing has changed.

    Parameters
    ----------
    project
        The project.
    quarter, whole
        The quarter to be built, the latest if None, and whether all of its reports are.

    Raises
    ------
    TableError
        With every problem of every table.
    """
    tables = project.scratch / "tables"
    folder = tables / _key(project, quarter, whole=whole)
    queried = (project.root / "data" / "sources.toml").is_file()
    if folder.is_dir() and not queried:
        return Inventory(restore(folder, None), folder)
    catalogue = load(project.root, edition=quarter, whole=whole)
    if queried:  # only the rows themselves say whether a query's answer is another
        folder = tables / f"{folder.name}-{digest(catalogue.sources['sha256'].tolist())[:16]}"
    if not folder.is_dir():
        store(catalogue, folder, project=project.root)
    for other in tables.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return Inventory(catalogue, folder)


def _key(project: Project, quarter: str | None, *, whole: bool) -> str:
    files = sorted(path for pattern in _FILES for path in (project.root / "data").glob(pattern))
    content: Mapping[str, str] = {path.name: file_digest(path) for path in files}
    place = str(project.root.resolve())
    shown = [file_digest(path) for path in sorted(project.reports.glob(f"*/{SHOWN}"))]
    return digest(
        [content, package_digest(), versions(), place, *([quarter, whole, shown] if shown else [])]
    )[:32]
