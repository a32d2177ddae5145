"""A result's tables with icons: ``result.table()`` is its summary, ``result.table(of="points")`` every point.

The frames ``result.summary`` and ``result.points`` stay plain pandas, for arithmetic; these are for reading.
"""

from __future__ import annotations

from html import escape
from typing import Literal

from sutg_analysis.charts.icons import variation_icon
from sutg_analysis.control.episodes import series_numbers
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.numbers import numbers_table
from sutg_analysis.reports.page import Block, both, pipe_table
from sutg_analysis.reports.tables import icon_table
from sutg_analysis.words.phrases import unit_of

_RECENT = 24


def spc_table(
    result: SpcResult,
    *,
    of: Literal["summary", "points"] = "summary",
    title: str | None = None,
    unit: str | None = None,
) -> Block:
    """Return a result as a table of icons and words.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.
    of
        ``"summary"``: a row a series, with its course, latest value, target and both icons; ``"points"``: a row a
        point, with its lines and what it shows.
    title
        Says what is measured.
    unit
        Of the values, as for :func:`sutg_analysis.words.control.spc_words`.

    Returns
    -------
    sutg_analysis.reports.page.Block
        Displays itself in JupyterLab and on a page; ``print(block.plain)`` in a terminal.

    Raises
    ------
    ArgumentError
        If ``of`` is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=3, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "falls": [4, 6, 5]})
    >>> print(spc_table(spc(frame, value="falls", date="month"), title="Falls").plain)
    Series Latest Target      Variation  Assurance
     Falls      5   None Too few points No verdict
    """
    if of == "summary":
        return _summary(result, title, unit)
    if of == "points":
        return _points(result, title, unit)
    raise ArgumentError(f"of={of!r}", "'summary' or 'points'", "Choose one of these")


def _summary(result: SpcResult, title: str | None, unit: str | None) -> Block:
    rows = result.summary
    names = (
        [", ".join(map(str, key)) for key in rows[list(result.by)].to_numpy()]
        if result.by
        else [title or "Value"]
    )
    number = series_numbers(result.points, result.by)
    courses = [values.tolist()[-_RECENT:] for _, values in result.points["value"].groupby(number)]
    per = result.per if isinstance(result.per, int | float) else 1
    told = rows.assign(name=names, unit=unit_of(result, unit), per=per, course=courses)
    first = ", ".join(str(key).replace("_", " ") for key in result.by).capitalize() or "Series"
    return icon_table(told, caption=title or "Latest value and verdicts", first=first)


def _points(result: SpcResult, title: str | None, unit: str | None) -> Block:
    shown = numbers_table(result, unit=unit)
    variations = result.points["variation"].tolist()
    caption = title or "Every point"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in shown.columns)
    rows = "".join(
        _row(cells, variation)
        for cells, variation in zip(shown.astype("str").to_numpy().tolist(), variations, strict=True)
    )
    html = (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="sutg-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return Block(both(html, pipe_table(shown)), shown.to_string(index=False))


def _row(cells: list[str], variation: str) -> str:
    first, *middle, last = (escape(cell) for cell in cells)
    numbers = "".join(f'<td class="sutg-number">{cell}</td>' for cell in middle)
    icon = variation_icon(variation, size=24, speak=False)
    verdict = f'<td><span class="sutg-verdict">{icon}<span>{last}</span></span></td>'
    return f'<tr><th scope="row">{first}</th>{numbers}{verdict}</tr>'
