"""A finished site read as an attacker would read it: what small counts are shown in it, or follow from it.

Every page, download, drawing, drawing's specification and kept notebook is read, its tables and its words. What is
found of one measure, unit and month in any file and any edition is put together; sums over the tree of units do the
rest. The raw tables only tell which counts had to be hidden.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.catalogue.catalogue import Catalogue, Protection
from sutg_analysis.catalogue.disclosure import read_disclosure
from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.suppression import FAR, PROFILES, Forest, Profile, inferred
from sutg_analysis.charts.theme import Spec
from sutg_analysis.publish.grids import numbers_of, sheets_of, tables_in
from sutg_analysis.publish.mentions import Key, Secret, SentenceReader
from sutg_analysis.publish.subjects import Names, Seen, Subject, page_of, parts_of

_SPEC = re.compile(r'<script[^>]*class="sutg-spec"[^>]*>(.*?)</script>', re.DOTALL)
_PAGES = {"incidents": ("harm-",), "pathways": ("waiting_list",), "sitrep": ("sitrep",)}
"""Pages that are made of one table of records, by the beginnings of their names."""
_FIGURES = {"feedback": ("fft-", "heard"), "incidents": ("incidents-",), "pathways": ("lists",)}
_KEYS = ["measure_id", "unit_id", "period"]
_SHORTEST_QUOTE = 12
"""Characters of a comment below which the same words may stand on a page by chance."""


@dataclass(frozen=True)
class Exposure:
    """One protected count that a site tells: a row of :func:`exposures`."""

    file: str
    place: str
    period: pd.Timestamp | None
    part: str
    count: int | None
    how: str


COLUMNS = tuple(column.name for column in fields(Exposure))


def exposures(site: str | Path, project: str | Path = ".") -> pd.DataFrame:
    """Return every protected count that a finished site shows or lets be inferred.

    The notebooks and files kept in the project's ``reports`` are read too, and its raw tables say what must not be known.

    Returns
    -------
    pandas.DataFrame
        One row a finding: file (relative; empty where several together tell), place (measure and unit, or the
        table), period, part (numerator, denominator, rows, words, hash), count (what it is) and how (shown or inferred).
        No rows where nothing is protected, or all that is protected is safe.

    Raises
    ------
    TableError
        The project's tables have problems.
    """
    raw = load(project, protected=False)
    protection = read_disclosure(project).of(raw.measures)
    if not protection:
        return pd.DataFrame(columns=list(COLUMNS))
    reader = _Reader(raw, protection)
    numbers: list[Seen] = []
    found: list[Exposure] = []
    for name, path in _files(Path(site), Path(project)):
        numbers += reader.numbers(name, path)
        found += reader.records(name, path)
    found += _exposed_counts(reader, numbers)
    return pd.DataFrame(found, columns=list(COLUMNS)).drop_duplicates(ignore_index=True)


def _files(site: Path, project: Path) -> Iterator[tuple[str, Path]]:
    for folder in dict.fromkeys((site, project / "reports")):
        for path in sorted(folder.rglob("*")):
            # What begins with a dot is kept beside the reports and is not published.
            if path.is_file() and (folder == site or not path.name.startswith(".")):
                yield path.relative_to(folder.parent).as_posix(), path


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads the files of a site, by the names of the project."""

    raw: Catalogue
    protection: Protection

    @cached_property
    def names(self) -> Names:
        """What the names of figures, pages and rows stand for."""
        return Names(self.raw, self.protection)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The raw counts of protected measures at every level of the units."""
        rows = self.raw.rolled_up().observations
        return rows[rows["measure_id"].isin(self.protection.measures) & rows["numerator"].notna()]

    @cached_property
    def sentences(self) -> SentenceReader:
        """What knows a hidden count in a sentence."""
        return SentenceReader(self.names, dict(self._secrets()))

    def _secrets(self) -> Iterator[tuple[Key, Secret]]:
        """Yield the small counts, each with the value that is made of them."""
        for row in self.counts.to_dict("records"):
            profile = PROFILES[self.protection.measures[row["measure_id"]]]
            parts = np.array([row["numerator"], row["denominator"]], dtype="float64")
            if (small := parts[profile.hides(parts)]).size:
                per = self.names.per[row["measure_id"]]
                value = parts[0] * per / parts[1] if parts[1] > 0 else parts[0]
                key = (row["measure_id"], row["unit_id"], row["period"])
                yield key, Secret(frozenset(small.astype(int).tolist()), float(value))

    def numbers(self, name: str, path: Path) -> list[Seen]:
        """Return the counts and rates of protected measures that a file holds."""
        found = [*self._numbers(name, path), *self.sentences.mentions(name, path)]
        return [seen for seen in found if seen.measure not in self.names.ranged]

    def _numbers(self, name: str, path: Path) -> Iterator[Seen]:
        if path.suffix in (".csv", ".xlsx"):
            for rows in sheets_of(path):
                yield from numbers_of(rows, name=name, subject=self.names.subject(path), names=self.names)
        elif path.suffix in (".html", ".ipynb"):
            for subject, part in parts_of(_text(path), path, names=self.names):
                yield from self._of_drawings(name, subject, part)
                yield from tables_in(part, name=name, subject=subject, names=self.names)

    def _of_drawings(self, name: str, subject: Subject, part: str) -> Iterator[Seen]:
        """Read the specifications of a figure: rows of date and value, panels headed by units in bold."""
        for spec in _SPEC.findall(part) if subject.measure else ():
            for head, rows in _panels(json.loads(unescape(spec) if "&quot;" in spec else spec)):
                place = subject.unit or self.names.units.get(head)
                for row in rows:
                    if place and isinstance(row.get("value"), int | float):
                        period = pd.Timestamp(row["date"])
                        yield Seen(name, subject.measure or "", place, period, float(row["value"]))

    def records(self, name: str, path: Path) -> Iterator[Exposure]:
        """Name figures made of protected records, words that nobody agreed to have quoted, and hashes of files."""
        for table in self.protection.tables:
            page = any(page_of(path).startswith(start) for start in _PAGES.get(table, ()))
            figure = any(path.stem.startswith(start) for start in _FIGURES.get(table, ()))
            if (
                path.suffix in (".csv", ".xlsx", ".svg", ".png")
                and "files" in path.parts
                and (page or figure)
            ):
                yield Exposure(name, table, None, "rows", None, "shown")
        if path.suffix not in (".html", ".ipynb", ".csv", ".svg", ".js", ".json"):
            return
        text = _text(path)
        for quote in self._private_quotes:
            if quote in text or json.dumps(quote)[1:-1] in text:
                yield Exposure(name, "comments", None, "words", None, "shown")
        for table, sign in self._hashes.items():
            if sign in text:
                yield Exposure(name, table, None, "hash", None, "inferred")

    @cached_property
    def _private_quotes(self) -> list[str]:
        """Words of comments without consent."""
        rows = self.raw.comments if "comments" in self.protection.tables else self.raw.comments.iloc[:0]
        quotes = rows.loc[rows["consent"].ne("yes") & rows["quote"].notna(), "quote"]
        agreed = set(rows.loc[rows["consent"].eq("yes"), "quote"])
        return [quote for quote in quotes if len(quote) >= _SHORTEST_QUOTE and quote not in agreed]

    @cached_property
    def _hashes(self) -> dict[str, str]:
        """The beginnings of the hashes of protected files, against which guesses could be tried."""
        names = {*self.protection.tables, *(["observations"] if self.protection.measures else [])}
        rows = self.raw.sources[self.raw.sources["table"].isin(names)]
        return {str(row["table"]): row["sha256"][:12] for row in rows.to_dict("records")}


def _text(path: Path) -> str:
    """Return a file's text; of a notebook the sources and outputs."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".ipynb":
        return text
    parts = []
    for cell in json.loads(text).get("cells", []):
        parts.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            parts += [
                "".join(data) for data in output.get("data", {}).values() if isinstance(data, str | list)
            ]
            parts.append("".join(output.get("text", "")))
    return "\n".join(parts)


def _panels(spec: object) -> Iterator[tuple[str, list[Spec]]]:
    """Yield each panel of a specification: the words in bold that head it, and its rows of date and value."""
    if isinstance(spec, list):
        for item in spec:
            yield from _panels(item)
    elif isinstance(spec, dict) and "layer" in spec:
        rows = [row for layer in spec["layer"] for row in layer.get("data", {}).get("values", [])]
        head = " ".join(str(row["text"]) for row in rows if row.get("weight") == "bold")
        yield head, [row for row in rows if "date" in row and "value" in row]
    elif isinstance(spec, dict):
        for item in spec.values():
            yield from _panels(item)


def _exposed_counts(reader: _Reader, numbers: list[Seen]) -> Iterator[Exposure]:
    """Compare what is known of each count with the raw tables."""
    raw = reader.counts
    if raw.empty:
        return
    seen = pd.DataFrame([vars(each) for each in numbers], columns=list(Seen.__dataclass_fields__))
    seen = seen.rename(columns={"measure": "measure_id", "unit": "unit_id"})
    seen = seen.astype({"value": "float64", "denominator": "float64", "period": "datetime64[us]"})
    rows = raw[[*_KEYS, "numerator", "denominator"]].merge(
        seen, on=_KEYS, how="left", suffixes=("", "_shown")
    )
    for name in sorted(set(reader.protection.measures.values())):
        profile = PROFILES[name]
        of = [key for key, rule in reader.protection.measures.items() if rule == name]
        mine = rows[rows["measure_id"].isin(of)]
        for part in ("numerator", "denominator"):
            small = profile.hides(mine[part].to_numpy()) & mine["value"].notna().to_numpy()
            for row in mine[small].to_dict("records"):
                place = f"{row['measure_id']}, {row['unit_id']}"
                yield Exposure(row["file"], place, row["period"], part, int(row[part]), "shown")
        yield from _inferred_counts(mine, reader.raw, profile)


def _inferred_counts(rows: pd.DataFrame, raw: Catalogue, profile: Profile) -> Iterator[Exposure]:
    """Name small counts that sums of what is shown leave with one value."""
    per = rows["measure_id"].map(raw.measures.set_index("measure_id")["per"]).to_numpy()
    below = rows["denominator_shown"].to_numpy(dtype="float64")
    above = np.where(rows["denominator"].notna(), rows["value"] * below / per, rows["value"])
    units = raw.units
    forest = Forest(pd.Index(units["unit_id"]).get_indexer(units["parent_id"]))
    unit = pd.Index(units["unit_id"]).get_indexer(rows["unit_id"])
    column, keys = pd.factorize(pd.MultiIndex.from_frame(rows[["measure_id", "period"]]))
    for part, published in (("numerator", above), ("denominator", below)):
        counts = np.full((len(units), len(keys)), np.nan)
        counts[unit, column] = rows[part].to_numpy()
        low, high = _known(counts, (unit, column), published, forest, profile)
        low, high = inferred(low, high, forest, sums=_are_sums(counts, forest))
        shown = np.zeros(counts.shape, dtype=bool)
        np.logical_or.at(shown, (unit, column), rows["value"].notna().to_numpy())
        exposed = profile.hides(counts) & (high - low < 1) & ~shown
        for place, at in zip(*np.nonzero(exposed), strict=True):
            measure, period = keys[at]
            where = f"{measure}, {units['unit_id'].iloc[place]}"
            yield Exposure("", where, period, part, int(counts[place, at]), "inferred")


def _known(
    counts: Numbers, at: tuple[Places, Places], published: Numbers, forest: Forest, profile: Profile
) -> tuple[Numbers, Numbers]:
    """Return what each cell alone tells: of a multiple of the base all that it may be rounded from."""
    small = profile.hides(counts)
    low = np.where(small, profile.low, np.where(counts > 0, profile.high + 1, 0)).astype(float)
    high = np.where(small, profile.high, FAR).astype(float)
    low, high = np.where(np.isnan(counts), 0.0, low), np.where(np.isnan(counts), 0.0, high)
    number = np.rint(published)
    slack = np.where((number % profile.base == 0) & (number > 0), profile.base // 2, 0)
    least, most = np.full(counts.shape, -np.inf), np.full(counts.shape, np.inf)
    known = ~np.isnan(published)
    np.maximum.at(least, tuple(axis[known] for axis in at), (number - slack)[known])
    np.minimum.at(most, tuple(axis[known] for axis in at), (number + slack)[known])
    seen = np.isfinite(least)
    shown_in_tree = np.zeros(seen.shape, dtype=bool)
    np.logical_or.at(shown_in_tree, forest.top, seen)
    # Where nothing of a tree is shown in a month, its hidden cells may be of any size.
    unseen = ~shown_in_tree[forest.top]
    low, high = np.where(unseen, 0.0, low), np.where(unseen, FAR, high)
    floor = np.where(least > profile.high, np.maximum(least, profile.high + 1), least)
    return np.where(seen, np.maximum(floor, 0), low), np.where(seen, np.maximum(most, floor), high)


def _are_sums(counts: Numbers, forest: Forest) -> Flags:
    """Return the cells that are the sums of those below them."""
    sums = np.zeros(counts.shape, dtype=bool)
    for level in forest.levels:
        sums[level.parents] = level.sums(np.nan_to_num(counts)) == counts[level.parents]
    return sums
