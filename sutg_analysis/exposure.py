"""A finished site read as an attacker would read it: what small counts are shown in it, or follow from it.

Every page, download, drawing's specification and kept notebook is read. What is found of one measure, unit and month in
any file and any edition is put together; sums over the tree of units do the rest. The raw tables only tell which
counts had to be hidden.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.catalogue import Catalogue, load
from sutg_analysis.disclosure import Protection, read_disclosure
from sutg_analysis.protection import FAR, PROFILES, Flags, Forest, Numbers, Profile, inferred
from sutg_analysis.quarters import MONTHS

COLUMNS = ("file", "place", "period", "part", "count", "how")
_FIGURE = re.compile(r'<figure class="sutg-figure" id="([^"]+)".*?</figure>', re.DOTALL)
_SPEC = re.compile(r'<script[^>]*class="sutg-spec"[^>]*>(.*?)</script>', re.DOTALL)
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_NUMBER = re.compile(r"[£]?(-?[\d,]+(?:\.\d+)?)")
_MONTH = re.compile(rf"({'|'.join(MONTHS)}) (\d{{4}})")
_PAGES = {"incidents": ("harm",), "pathways": ("waiting_list",), "sitrep": ("sitrep",)}
"""Pages that are made of one table of records, by the beginnings of their names."""
_FIGURES = {"feedback": ("fft-", "heard"), "pathways": ("lists",)}
_KEYS = ["measure_id", "unit_id", "period"]
_LEAST_WORDS = 12


@dataclass(frozen=True)
class Seen:
    """One published number of one measure, unit and month; the denominator where the file has it."""

    file: str
    measure: str
    unit: str
    period: pd.Timestamp
    value: float
    denominator: float = float("nan")


def exposures(site: str | Path, project: str | Path = ".") -> pd.DataFrame:
    """Return every protected count that a finished site shows or lets be inferred.

    Parameters
    ----------
    site
        The folder of the published site. Notebooks and files kept in the project's ``reports`` are read too.
    project
        The project folder, whose raw tables say what must not be known.

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
    found: list[tuple[Any, ...]] = []
    for name, path in _files(Path(site), Path(project)):
        numbers += reader.numbers(name, path)
        found += reader.records(name, path)
    found += _cells(reader, numbers)
    return pd.DataFrame(found, columns=list(COLUMNS)).drop_duplicates(ignore_index=True)


def _files(site: Path, project: Path) -> Iterator[tuple[str, Path]]:
    for folder in dict.fromkeys((site, project / "reports")):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder.parent).as_posix(), path


@dataclass(frozen=True, eq=False)
class _Reader:
    """What the names of figures, pages and rows stand for."""

    raw: Catalogue
    protection: Protection

    @cached_property
    def figures(self) -> dict[str, tuple[str, str | None]]:
        """Measure and unit of each figure's name; no unit where the figure shows them side by side."""
        units = self.raw.units["unit_id"].tolist()
        known: dict[str, tuple[str, str | None]] = {
            f"{measure}--{unit}": (measure, unit) for measure in self.protection.measures for unit in units
        }
        known |= {f"{measure}--units": (measure, None) for measure in self.protection.measures}
        for row in self.raw.cycles.to_dict("records"):
            if row["measure_id"] in self.protection.measures:
                unit = row["unit_id"] if pd.notna(row["unit_id"]) else self.raw.top_units[0]
                known[f"{row['project_id']}--cycle-{row['cycle']}"] = (row["measure_id"], str(unit))
        return known

    @cached_property
    def units(self) -> dict[str, str]:
        """Units by their names."""
        return dict(zip(self.raw.units["name"], self.raw.units["unit_id"], strict=True))

    @cached_property
    def titles(self) -> dict[str, str]:
        """Protected measures by their titles."""
        rows = self.raw.measures[self.raw.measures["measure_id"].isin(self.protection.measures)]
        return dict(zip(rows["title"], rows["measure_id"], strict=True))

    @cached_property
    def ranged(self) -> frozenset[str]:
        """Measures on charts of moving ranges, which are no counts."""
        rows = self.raw.measures
        return frozenset(rows.loc[rows["chart"].eq("mr"), "measure_id"])

    def numbers(self, name: str, path: Path) -> list[Seen]:
        """Return the counts and rates of protected measures that a file holds."""
        return [seen for seen in self._numbers(name, path) if seen.measure not in self.ranged]

    def _numbers(self, name: str, path: Path) -> list[Seen]:
        if path.suffix == ".csv" and path.stem in self.figures:
            return list(self._rows(name, path.stem, csv.DictReader(io.StringIO(path.read_text("utf-8")))))
        if path.suffix == ".xlsx" and path.stem in self.figures:
            return list(self._rows(name, path.stem, _sheet(path)))
        if path.suffix in (".html", ".ipynb"):
            text = _text(path)
            found = [seen for figure in _FIGURE.finditer(text) for seen in self._figure(name, figure)]
            return found + list(self._tables(name, path.stem, text))
        return []

    def _rows(self, name: str, figure: str, rows: Any) -> Iterator[Seen]:
        measure, unit = self.figures[figure]
        for row in rows:
            place = unit or self.units.get(str(row.get("unit")))
            value, below = _float(row.get("value")), _float(row.get("denominator"))
            if place and row.get("date") and not np.isnan(value):
                yield Seen(name, measure, place, pd.Timestamp(str(row["date"])), value, below)

    def _figure(self, name: str, figure: re.Match[str]) -> Iterator[Seen]:
        """Read the specifications of a figure: rows of date and value, panels headed by units in bold."""
        if figure[1] not in self.figures:
            return
        measure, unit = self.figures[figure[1]]
        for spec in _SPEC.findall(figure[0]):
            for head, rows in _panels(json.loads(unescape(spec) if "&quot;" in spec else spec)):
                place = unit or self.units.get(head)
                for row in rows:
                    if place and isinstance(row.get("value"), int | float):
                        yield Seen(name, measure, place, pd.Timestamp(row["date"]), float(row["value"]))

    def _tables(self, name: str, page: str, text: str) -> Iterator[Seen]:
        """Read tables whose rows are units or measures, and columns months or the latest value."""
        measure = next((key for key in self.protection.measures if page == f"measure-{key}"), None)
        unit = next((key for key in self.raw.units["unit_id"] if page == f"unit-{key}"), None)
        unit = unit or (self.raw.top_units[0] if len(self.raw.top_units) == 1 else None)
        for table in _TABLE.findall(text):
            rows = [[_plain(cell) for cell in _CELL.findall(row)] for row in table.split("<tr")[1:]]
            heads, *body = rows or [[]]
            caption = _MONTH.search(table.split("</caption>")[0])
            for first, *cells in (row for row in body if row):
                known = self.units.get(first), self.titles.get(first)
                place = (measure, known[0]) if measure and known[0] else (known[1], unit)
                if place[0] and place[1]:
                    yield from _latest(name, str(place[0]), str(place[1]), heads[1:], cells, caption)

    def records(self, name: str, path: Path) -> Iterator[tuple[Any, ...]]:
        """Name figures made of protected records, words that nobody agreed to have quoted, and hashes of files."""
        for table in self.protection.tables:
            page = any(_page(path).startswith(start) for start in _PAGES.get(table, ()))
            drawn = any(path.stem.startswith(start) for start in _FIGURES.get(table, ()))
            if path.suffix in (".csv", ".xlsx", ".svg", ".png") and "files" in path.parts and (page or drawn):
                yield name, table, None, "rows", None, "shown"
        if path.suffix not in (".html", ".ipynb", ".csv", ".svg", ".js", ".json"):
            return
        text = _text(path)
        for quote in self._silent:
            if quote in text or json.dumps(quote)[1:-1] in text:
                yield name, "comments", None, "words", None, "shown"
        for table, sign in self._hashes.items():
            if sign in text:
                yield name, table, None, "hash", None, "inferred"

    @cached_property
    def _silent(self) -> list[str]:
        """Words of comments without consent."""
        rows = self.raw.comments if "comments" in self.protection.tables else self.raw.comments.iloc[:0]
        quotes = rows.loc[rows["consent"].ne("yes") & rows["quote"].notna(), "quote"]
        agreed = set(rows.loc[rows["consent"].eq("yes"), "quote"])
        return [quote for quote in quotes if len(quote) >= _LEAST_WORDS and quote not in agreed]

    @cached_property
    def _hashes(self) -> dict[str, str]:
        """The beginnings of the hashes of protected files, against which guesses could be tried."""
        names = {*self.protection.tables, *(["observations"] if self.protection.measures else [])}
        rows = self.raw.sources[self.raw.sources["table"].isin(names)]
        return {str(row["table"]): row["sha256"][:12] for row in rows.to_dict("records")}


def _page(path: Path) -> str:
    """Return the page that a file belongs to."""
    return path.parent.name if "files" in path.parts else path.stem


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


def _sheet(path: Path) -> list[dict[str, Any]]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    try:
        heads, *rows = book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()
    return [dict(zip(map(str, heads), row, strict=False)) for row in rows]


def _float(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return float("nan")


def _plain(cell: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", cell)).strip()


def _panels(spec: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
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


def _latest(
    name: str, measure: str, unit: str, heads: list[str], cells: list[str], caption: re.Match[str] | None
) -> Iterator[Seen]:
    """Read a row's numbers: of the column of the latest value, whose month the cell or caption tells, or of months."""
    for head, cell in zip(heads, cells, strict=False):
        month = _MONTH.fullmatch(head)
        if head == "Latest" and (value := _NUMBER.match(cell.split("; ")[-1])):
            month = _MONTH.search(cell.split("; ")[-1]) or caption
            number = value[1]
        elif month and (value := _NUMBER.match(cell)):
            number = value[1]
        else:
            continue
        if month and number:
            when = pd.Timestamp(year=int(month[2]), month=MONTHS.index(month[1]) + 1, day=1)
            yield Seen(name, measure, unit, when, float(number.replace(",", "")))


def _cells(reader: _Reader, numbers: list[Seen]) -> Iterator[tuple[Any, ...]]:
    """Compare what is known of each cell with the raw counts."""
    raw = reader.raw.rolled_up().observations
    raw = raw[raw["measure_id"].isin(reader.protection.measures) & raw["numerator"].notna()]
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
        yield from _shown(mine, profile)
        yield from _told(mine, reader.raw, profile)


def _shown(rows: pd.DataFrame, profile: Profile) -> Iterator[tuple[Any, ...]]:
    """Name small counts of which any number is shown."""
    for part in ("numerator", "denominator"):
        small = profile.hides(rows[part].to_numpy()) & rows["value"].notna().to_numpy()
        for row in rows[small].to_dict("records"):
            place = f"{row['measure_id']}, {row['unit_id']}"
            yield row["file"], place, row["period"], part, int(row[part]), "shown"


def _told(rows: pd.DataFrame, raw: Catalogue, profile: Profile) -> Iterator[tuple[Any, ...]]:
    """Name small counts that sums of what is shown leave with one value."""
    per = rows["measure_id"].map(raw.measures.set_index("measure_id")["per"]).to_numpy()
    below = rows["denominator_shown"].to_numpy(dtype="float64")
    above = np.where(rows["denominator"].notna(), rows["value"] * below / per, rows["value"])
    units = raw.units
    forest = Forest(pd.Index(units["unit_id"]).get_indexer(units["parent_id"]))
    unit = pd.Index(units["unit_id"]).get_indexer(rows["unit_id"])
    column, keys = pd.factorize(pd.MultiIndex.from_frame(rows[["measure_id", "period"]]))
    for part, told in (("numerator", above), ("denominator", below)):
        counts = np.full((len(units), len(keys)), np.nan)
        counts[unit, column] = rows[part].to_numpy()
        low, high = _known(counts, (unit, column), told, forest, profile)
        sums = _added(counts, forest)
        low, high = inferred(low, high, forest, sums=sums)
        shown = np.zeros(counts.shape, dtype=bool)
        np.logical_or.at(shown, (unit, column), rows["value"].notna().to_numpy())
        exposed = profile.hides(counts) & (high - low < 1) & ~shown
        for place, at in zip(*np.nonzero(exposed), strict=True):
            measure, period = keys[at]
            where = f"{measure}, {units['unit_id'].iloc[place]}"
            yield "", where, period, part, int(counts[place, at]), "inferred"


def _known(
    counts: Numbers, at: Any, told: Numbers, forest: Forest, profile: Profile
) -> tuple[Numbers, Numbers]:
    """Return what each cell alone tells: of a multiple of the base all that it may be rounded from."""
    small = profile.hides(counts)
    low = np.where(small, profile.low, np.where(counts > 0, profile.high + 1, 0)).astype(float)
    high = np.where(small, profile.high, FAR).astype(float)
    low, high = np.where(np.isnan(counts), 0.0, low), np.where(np.isnan(counts), 0.0, high)
    number = np.rint(told)
    slack = np.where((number % profile.base == 0) & (number > 0), profile.base // 2, 0)
    least, most = np.full(counts.shape, -np.inf), np.full(counts.shape, np.inf)
    known = ~np.isnan(told)
    np.maximum.at(least, tuple(axis[known] for axis in at), (number - slack)[known])
    np.minimum.at(most, tuple(axis[known] for axis in at), (number + slack)[known])
    seen = np.isfinite(least)
    silent = _silent(seen, forest)
    low, high = np.where(silent, 0.0, low), np.where(silent, FAR, high)
    floor = np.where(least > profile.high, np.maximum(least, profile.high + 1), least)
    return np.where(seen, np.maximum(floor, 0), low), np.where(seen, np.maximum(most, floor), high)


def _silent(seen: Flags, forest: Forest) -> Flags:
    """Return the cells of trees of which nothing is shown in a month: their hidden cells may be of any size."""
    told = np.zeros(seen.shape, dtype=bool)
    np.logical_or.at(told, forest.top, seen)
    return ~told[forest.top]


def _added(counts: Numbers, forest: Forest) -> Any:
    """Return the cells that are the sums of those below them."""
    sums = np.zeros(counts.shape, dtype=bool)
    for level in forest.levels:
        added = level.sums(np.nan_to_num(counts))
        sums[level.parents] = added == counts[level.parents]
    return sums
