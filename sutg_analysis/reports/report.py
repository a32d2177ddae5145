"""What the report pages share: a page of one quarter, a figure of a result, where its numbers come from, what is withheld.

A figure has two drawings, for a desktop and for a phone; a table is HTML on a page and plain text elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as _installed
from typing import TYPE_CHECKING

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.control import spc_spec
from sutg_analysis.charts.theme import Spec
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import SutgError
from sutg_analysis.reports.page import WIDTHS, Block, Figure, both, html_table, pipe_table, text_block
from sutg_analysis.reports.tables import numbers_table, raw_table
from sutg_analysis.words.control import series_words, spc_alt_text
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import CONFIDENTIAL, count, day, listed, number

if TYPE_CHECKING:
    from altair import TopLevelMixin


def version() -> str:
    """Return the version of this package."""
    return _installed("sutg-analysis")


def made_from(sources: pd.DataFrame, tables: Collection[str], quarter: Quarter) -> str:
    """Say which files numbers come from, and what made them.

    Parameters
    ----------
    sources
        Of the catalogue: table, file, rows, sha256.
    tables
        The tables used.
    """
    rows = sources[sources["table"].isin(list(tables))].to_dict("records")
    files = []
    for row in rows:  # of a protected file neither is shown that could tell a small count
        known = [] if pd.isna(row["rows"]) else [count(int(row["rows"]), "row")]
        known += [] if row["sha256"].startswith("[") else [f"SHA-256 {row['sha256'][:12]}"]
        files.append(f"data/{row['file']}" + (f" ({', '.join(known)})" if known else ""))
    return f"{listed(files)}, as at {day(quarter.end)}, by sutg_analysis {version()}."


def method_block(words: str, catalogue: Catalogue, *, disclosure: bool = True) -> Block:
    """Return how a report was made: words, the rules of disclosure, then its files, their rows and hashes."""
    rules = catalogue.protection.words() if disclosure else ""
    whole = " ".join(filter(None, (words, rules, f"Made by sutg_analysis {version()}.")))
    sources = catalogue.sources
    files = pd.DataFrame(
        {
            "File": "data/" + sources["file"],
            "Rows": [CONFIDENTIAL if pd.isna(rows) else f"{rows:,}" for rows in sources["rows"]],
            "SHA-256": sources["sha256"].str[:16],
        }
    )
    table = html_table(files, caption="Tables this report was made from")
    return Block(f"{whole}\n\n{both(table, pipe_table(files))}", whole)


@dataclass(frozen=True, eq=False)
class Page:
    """A page as at the end of a quarter.

    Parameters
    ----------
    catalogue
        The project's tables as they stood then.
    quarter
        The quarter.
    """

    catalogue: Catalogue
    quarter: Quarter

    @cached_property
    def end(self) -> pd.Timestamp:
        """The quarter's last day."""
        return pd.Timestamp(self.quarter.end)

    @cached_property
    def names(self) -> dict[str, str]:
        """Units' names by their ids."""
        return dict(zip(self.catalogue.units["unit_id"], self.catalogue.units["name"], strict=True))

    def name(self, unit_id: str | float | None) -> str:
        """Return a unit's name; an id that is no unit stands for itself, and none for the whole."""
        return self.names.get(str(unit_id), str(unit_id)) if pd.notna(unit_id) else "All units"

    def in_order(self, units: Collection[str]) -> list[str]:
        """Return units in the order of the units table, unknown ones last."""
        known = [unit for unit in self.names if unit in set(units)]
        return [*known, *sorted(set(units) - set(known))]

    def made_from(self, *tables: str) -> dict[str, str]:
        """Return the note that says where a figure's numbers come from."""
        return {"Made from": made_from(self.catalogue.sources, tables, self.quarter)}

    def method_of(self, words: str) -> Block:
        """Return how the page was made: words, then files and hashes."""
        return method_block(words, self.catalogue)


def figure_of(
    name: str,
    headline: str,
    draw: Callable[[int], Spec | TopLevelMixin],
    *,
    words: str,
    alt: str,
    table: pd.DataFrame,
    data: pd.DataFrame | None = None,
    verdict: tuple[str, str] | tuple[()] = (),
    notes: Mapping[str, str] | None = None,
) -> Figure:
    """Return a drawing with its words as a figure; ``draw(width)`` gives a chart or its specification."""
    charts = {size: draw(width) for size, width in WIDTHS.items()}
    return Figure(
        name=name,
        headline=headline,
        words=" ".join(words.split()),
        alt=alt,
        **{size: chart if isinstance(chart, dict) else chart.to_dict() for size, chart in charts.items()},
        table=table,
        data=table if data is None else data,
        verdict=verdict,
        notes=notes or {},
    )


def control_figure(
    result: SpcResult,
    name: str,
    *,
    title: str,
    unit: str | None,
    notes: Mapping[str, str],
    events: pd.DataFrame | None = None,
    provisional: bool = False,
    more: str = "",
    change: Callable[[Spec], Spec] | None = None,
) -> Figure:
    """Return the control chart of one series as a figure, icons beside its words; ``more`` stands after them."""
    words = series_words(result, title=title, unit=unit)[0]
    row = result.summary.iloc[0]
    return charts_figure(
        result,
        name,
        words.headline,
        words=" ".join(filter(None, (words.latest, words.variation, words.assurance, more))),
        title=title,
        unit=unit,
        notes={**notes, "How sure": words.sureness},
        events=events,
        provisional=provisional,
        verdict=(str(row["variation"]), str(row["assurance"])),
        change=change,
    )


def charts_figure(
    result: SpcResult,
    name: str,
    headline: str,
    *,
    words: str,
    title: str,
    unit: str | None,
    notes: Mapping[str, str] | None = None,
    events: pd.DataFrame | None = None,
    provisional: bool = False,
    verdict: tuple[str, str] | tuple[()] = (),
    change: Callable[[Spec], Spec] | None = None,
) -> Figure:
    """Return the control charts of a result as a figure under a headline of its own; ``change`` adds to the drawing."""

    def draw(width: int) -> Spec:
        spec = spc_spec(result, unit=unit, events=events, width=width, provisional=provisional)
        return change(spec) if change else spec

    return figure_of(
        name,
        headline,
        draw,
        words=words,
        alt=spc_alt_text(result, title=title, unit=unit, provisional=provisional),
        table=numbers_table(result, unit=unit),
        data=raw_table(result),
        verdict=verdict,
        notes=notes,
    )


def table_block(table: pd.DataFrame, *, caption: str, words: str = "") -> Block:
    """Return a frame of text as an accessible table, with words before it; words alone where it has no rows."""
    if table.empty:
        return text_block(words or f"{caption}: none.")
    before = f"{plain_markdown(words)}\n\n" if words else ""
    markdown = before + both(html_table(table, caption=caption), pipe_table(table))
    return Block(markdown, f"{words}\n{table.to_string(index=False)}".strip("\n"))


def number_texts(values: pd.Series, unit: str | None = None, *, empty: str = "") -> list[str]:
    """Return numbers as text, ``empty`` where there is none."""
    return [number(value, unit=unit) if pd.notna(value) else empty for value in values]


def interval_texts(rows: pd.DataFrame, lower: str, upper: str, unit: str | None = "percent") -> list[str]:
    """Return intervals as text."""
    pairs = zip(number_texts(rows[lower], unit), number_texts(rows[upper], unit), strict=True)
    return [f"{low} to {high}" if low and high else "" for low, high in pairs]


def cell_texts(values: pd.Series, *, empty: str = "Not said") -> list[str]:
    """Return cells of text, ``empty`` where there is none."""
    return [str(value) if pd.notna(value) and str(value) else empty for value in values]


def why(error: SutgError) -> str:
    """Return what an analysis lacked, in words without a full stop."""
    return f"{error.found}; it takes {error.expected}"


def not_shown(what: str) -> Block:
    """Return that something is not shown, and why.

    Examples
    --------
    >>> not_shown("Runs of zero").markdown
    'Not shown [c]: runs of zero could tell a small count.'
    """
    return Block(f"Not shown {CONFIDENTIAL}: {what[:1].lower()}{what[1:]} could tell a small count.")


@dataclass(frozen=True, eq=False)
class Withheld:
    """A page of which every piece says that it is not shown; it has the pieces of the page it stands for.

    Parameters
    ----------
    catalogue
        The protected tables.
    what
        What the page would show.
    page
        The class of the page it stands for.
    """

    catalogue: Catalogue
    what: str
    page: type

    def __getattr__(self, name: str) -> Callable[..., Block]:
        if name.startswith("_") or not callable(getattr(self.page, name, None)):
            raise AttributeError(f"a {self.page.__name__} has no piece {name!r}")
        return lambda *_, **__: not_shown(self.what)

    def method(self) -> Block:
        """Return which rules of disclosure keep the page back."""
        return method_block("", self.catalogue)
