"""The names in a finished site and what they stand for: figures, pages, measures, units and months."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue, Protection
from sutg_analysis.catalogue.quarter import MONTHS

_SHORT = {month[:3]: number for number, month in enumerate(MONTHS, 1)} | {"Sept": 9}
_NUMBERS = {month: number for number, month in enumerate(MONTHS, 1)} | _SHORT
MONTH = re.compile(
    rf"\b(?:\d{{1,2}} )?({'|'.join(_NUMBERS)})(?: \d{{1,2}},)? (\d{{4}})\b"
    r"|\b(\d{4})-(0[1-9]|1[0-2])(?!-q)(?:-\d{2})?(?:[T ]\d{2}:[\d:.]+Z?)?\b"
)
"""A month as a site writes it, or a day of it: August 2023, 1 Aug 2023, 2023-08, 2023-08-01."""


def month_of(found: re.Match[str] | None) -> pd.Timestamp | None:
    """Return the first day of a month that ``MONTH`` found.

    Examples
    --------
    >>> month_of(MONTH.fullmatch("Aug 2023")) == month_of(MONTH.fullmatch("2023-08-01"))
    True
    """
    if found is None:
        return None
    named = found[1] is not None
    year, month = (found[2], _NUMBERS[found[1]]) if named else (found[3], int(found[4]))
    return pd.Timestamp(year=int(year), month=month, day=1)


@dataclass(frozen=True)
class Seen:
    """One published number of one measure, unit and month; the denominator where the file has it."""

    file: str
    measure: str
    unit: str
    period: pd.Timestamp
    value: float
    denominator: float = float("nan")


@dataclass(frozen=True)
class Subject:
    """The measure and the unit that a page or a figure is about; none where it is about several."""

    measure: str | None = None
    unit: str | None = None


@dataclass(frozen=True, eq=False)
class Names:
    """What the names of figures, pages and rows stand for."""

    raw: Catalogue
    protection: Protection

    @cached_property
    def figures(self) -> dict[str, Subject]:
        """The subject of each figure's name; no unit where the figure shows them side by side."""
        units = self.raw.units["unit_id"].tolist()
        known = {
            f"{measure}--{unit}": Subject(measure, unit)
            for measure in self.protection.measures
            for unit in units
        }
        known |= {f"{measure}--units": Subject(measure) for measure in self.protection.measures}
        for row in self.raw.cycles.to_dict("records"):
            if row["measure_id"] in self.protection.measures:
                unit = row["unit_id"] if pd.notna(row["unit_id"]) else self.raw.top_units[0]
                known[f"{row['project_id']}--cycle-{row['cycle']}"] = Subject(row["measure_id"], str(unit))
        return known

    @cached_property
    def pages(self) -> dict[str, Subject]:
        """The subject of each page of one protected measure or of one unit."""
        known = {f"measure-{measure}": Subject(measure) for measure in self.protection.measures}
        return known | {f"unit-{unit}": Subject(unit=unit) for unit in self.raw.units["unit_id"]}

    @cached_property
    def units(self) -> dict[str, str]:
        """Units by their names and ids."""
        ids = self.raw.units["unit_id"].tolist()
        return dict(zip(ids, ids, strict=True)) | dict(zip(self.raw.units["name"], ids, strict=True))

    @cached_property
    def measures(self) -> dict[str, str]:
        """Measures, those that nothing protects too, by their titles and ids."""
        ids = self.raw.measures["measure_id"].tolist()
        return dict(zip(ids, ids, strict=True)) | dict(zip(self.raw.measures["title"], ids, strict=True))

    @cached_property
    def top(self) -> str | None:
        """The unit that is meant where a site names none."""
        return self.raw.top_units[0] if len(self.raw.top_units) == 1 else None

    @cached_property
    def ranged(self) -> frozenset[str]:
        """Measures on charts of moving ranges, which are no counts."""
        rows = self.raw.measures
        return frozenset(rows.loc[rows["chart"].eq("mr"), "measure_id"])

    @cached_property
    def per(self) -> dict[str, float]:
        """What each measure is reported per."""
        return dict(zip(self.raw.measures["measure_id"], self.raw.measures["per"].astype(float), strict=True))

    def subject(self, path: Path) -> Subject:
        """Return what a file is about: its figure, or its page."""
        return self.figures.get(path.stem) or self.pages.get(page_of(path)) or Subject()


def page_of(path: Path) -> str:
    """Return the page that a file belongs to."""
    return path.parent.name if "files" in path.parts else path.stem


_FIGURE = re.compile(r'<figure class="sutg-figure" id="([^"]+)".*?</figure>', re.DOTALL)


def parts_of(text: str, path: Path, *, names: Names) -> Iterator[tuple[Subject, str]]:
    """Yield the parts of a page, each with its subject: its figures one by one, and what stands between them."""
    page, end = names.subject(path), 0
    for figure in _FIGURE.finditer(text):
        yield page, text[end : figure.start()]
        yield names.figures.get(figure[1], Subject()), figure[0]
        end = figure.end()
    yield page, text[end:]
