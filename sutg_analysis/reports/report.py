"""What the pages of the registers share: a page of one quarter, a result as a figure, a frame as a table.

A figure has two drawings, for a desktop and for a phone; a table is HTML on a page and plain text elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.control import spc_spec
from sutg_analysis.charts.theme import Spec
from sutg_analysis.control.result import SpcResult
from sutg_analysis.reports.page import WIDTHS, Block, Figure, both, html_table, joined, pipe_table
from sutg_analysis.reports.provenance import made_from, method_block, version
from sutg_analysis.reports.tables import numbers_table, raw_table
from sutg_analysis.words.control import series_words, spc_alt_text
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import number


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

    def name(self, unit_id: Any) -> str:
        """Return a unit's name; an id that is no unit stands for itself, and none for the whole."""
        return self.names.get(unit_id, str(unit_id)) if pd.notna(unit_id) else "All units"

    def in_order(self, units: Collection[str]) -> list[str]:
        """Return units in the order of the units table, unknown ones last."""
        known = [unit for unit in self.names if unit in set(units)]
        return [*known, *sorted(set(units) - set(known))]

    def made_from(self, *tables: str) -> dict[str, str]:
        """Return the note that says where a figure's numbers come from."""
        return {"Made from": made_from(self.catalogue.sources, tables, self.quarter)}

    def method_of(self, words: str) -> Block:
        """Return how the page was made: words, then files and hashes."""
        told = f"{words} {self.catalogue.protection.words()} Made by sutg_analysis {version()}."
        return method_block(told, self.catalogue.sources)


def plate(
    name: str,
    headline: str,
    draw: Callable[..., Any],
    *,
    words: str,
    alt: str,
    table: pd.DataFrame,
    data: pd.DataFrame | None = None,
    verdict: tuple[str, str] | tuple[()] = (),
    notes: Mapping[str, str] | None = None,
) -> Figure:
    """Return a drawing with its words as a figure; ``draw(width=...)`` gives a chart or its specification."""
    return Figure(
        name=name,
        headline=headline,
        words=" ".join(words.split()),
        alt=alt,
        **{size: _spec(draw(width=width)) for size, width in WIDTHS.items()},
        table=table,
        data=table if data is None else data,
        verdict=verdict,
        notes=notes or {},
    )


def _spec(chart: Any) -> Spec:
    return chart if isinstance(chart, dict) else chart.to_dict()


def controlled(
    result: SpcResult,
    name: str,
    *,
    title: str,
    unit: str | None,
    notes: Mapping[str, str],
    events: pd.DataFrame | None = None,
    provisional: bool = False,
    said: str = "",
    spec: Callable[[Spec], Spec] | None = None,
) -> Figure:
    """Return the control chart of one series as a figure, icons beside its words; ``said`` stands after them."""
    words = series_words(result, title=title, unit=unit)[0]
    row = result.summary.iloc[0]

    def draw(width: int) -> Spec:
        drawn = spc_spec(result, unit=unit, events=events, width=width, provisional=provisional)
        return spec(drawn) if spec else drawn

    return plate(
        name,
        words.headline,
        draw,
        words=" ".join(filter(None, (words.latest, words.variation, words.assurance, said))),
        alt=spc_alt_text(result, title=title, unit=unit, provisional=provisional),
        table=numbers_table(result, unit=unit),
        data=raw_table(result),
        verdict=(str(row["variation"]), str(row["assurance"])),
        notes={**notes, "How sure": words.sureness},
    )


def shown(table: pd.DataFrame, *, caption: str, words: str = "") -> Block:
    """Return a frame of text as an accessible table, with words before it; words alone where it has no rows."""
    if table.empty:
        told = words or f"{caption}: none."
        return Block(plain_markdown(told), told)
    text = f"{plain_markdown(words)}\n\n" if words else ""
    told = f"{words}\n{table.to_string(index=False)}"
    return Block(f"{text}{both(html_table(table, caption=caption), pipe_table(table))}", told)


def stacked(blocks: list[Block]) -> Block:
    """Return pieces of a page below one another as one."""
    files = {name: content for block in blocks for name, content in block.files.items()}
    plain = "\n".join(block.plain or block.markdown for block in blocks)
    return Block("\n\n".join(block.markdown for block in blocks), plain, files)


def alone(figure: Figure) -> Block:
    """Return one figure as a piece of a page."""
    return joined([("", figure)])


def texts(values: pd.Series, unit: str | None = None, *, empty: str = "") -> list[str]:
    """Return numbers as text, ``empty`` where there is none."""
    return [number(value, unit=unit) if pd.notna(value) else empty for value in values]


def between(rows: pd.DataFrame, lower: str, upper: str, unit: str | None = "percent") -> list[str]:
    """Return intervals as text."""
    pairs = zip(texts(rows[lower], unit), texts(rows[upper], unit), strict=True)
    return [f"{low} to {high}" if low and high else "" for low, high in pairs]


def plain(values: pd.Series, *, empty: str = "Not said") -> list[str]:
    """Return cells of text, ``empty`` where there is none."""
    return [str(value) if pd.notna(value) and str(value) else empty for value in values]
