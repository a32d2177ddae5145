"""Tables that more than one report shows: icons and verdicts, the matrix of them, a result's own table and its numbers.

Icons stand beside their words, so that neither a screen reader nor a greyscale print loses anything. A script may add
sorting and filters; without it the table is whole. The frames of a result stay plain pandas, for arithmetic; these are
for reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite
from typing import Any, Literal

import pandas as pd

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.panels import marked
from sutg_analysis.charts.theme import LIGHT
from sutg_analysis.control.episodes import series_numbers
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import verdict_of
from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.page import Block, both, pipe_table, shorthand_note
from sutg_analysis.words.phrases import unit_of
from sutg_analysis.words.wording import (
    CONFIDENTIAL,
    SHORT_ASSURANCES,
    SHORT_VARIATIONS,
    VERDICT_WORDS,
    centre_name,
    is_monthly,
    number,
    telling_decimals,
    unit_words,
    when,
)

_LINES = {"lower": "Lower limit", "upper": "Upper limit", "target": "Target"}


def numbers_table(result: SpcResult, *, unit: str | None = None) -> pd.DataFrame:
    """Return a row a point as text: date, value, centre, limits, target, and what the point shows.

    Columns without any value are left out; several series stand below each other, named in their key columns.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=3, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "falls": [4, 6, 5]})
    >>> numbers_table(spc(frame, value="falls", date="month"))[["Month", "Value", "Mean"]].values.tolist()
    [['January 2024', '4', '5'], ['February 2024', '6', '5'], ['March 2024', '5', '5']]
    """
    points, unit = result.points, unit_of(result, unit)
    monthly = is_monthly(points["date"])
    shown = {"Month" if monthly else "Date": [when(date, monthly=monthly) for date in points["date"]]}
    shown |= {str(key).replace("_", " ").capitalize(): points[key].astype("str") for key in result.by}
    hidden = _hidden(points)
    shown["Value"] = [
        CONFIDENTIAL if gone else text
        for gone, text in zip(hidden, _texts(points["value"], unit), strict=True)
    ]
    centre = centre_name(result.chart_type)
    for line, name in {"centre": centre[:1].upper() + centre[1:], **_LINES}.items():
        if points[line].notna().any():
            shown[name] = _texts(points[line], unit)
    shown["What it shows"] = _shows(points)
    return pd.DataFrame(shown)


def _texts(values: pd.Series, unit: str | None) -> list[str]:
    places = telling_decimals(values.dropna(), unit=unit)
    return [number(value, unit=unit, decimals=places) for value in values]


def _hidden(points: pd.DataFrame) -> list[bool]:
    """Return which points disclosure control hides."""
    return points["hidden"].tolist() if "hidden" in points else [False] * len(points)


def _shows(points: pd.DataFrame) -> list[str]:
    rows = zip(
        marked(points),
        points["excluded_reason"].tolist(),
        points["value"].isna().tolist(),
        _hidden(points),
        strict=True,
    )
    return [
        f"{f'Not shown {CONFIDENTIAL}' if hidden else 'No value' if missing else mark}"
        f"{f': {reason}' if reason else ''}"
        for mark, reason, missing, hidden in rows
    ]


def raw_table(result: SpcResult) -> pd.DataFrame:
    """Return every point with its lines, flags and verdict, as a file of data has them."""
    points = result.points
    kept = [
        *result.by,
        *(name for name in points.columns if name not in {*result.by, "measure_id", "unit_id", "hidden"}),
    ]
    texts = {name: points[name].astype("str") for name in ("excluded_reason", "rebase_reason", "variation")}
    table = points.assign(**texts)
    hidden = pd.Series(_hidden(points), index=points.index, dtype=bool)
    for name in ("value", "denominator") if hidden.any() else ():
        if name in table:
            table[name] = table[name].astype("object").mask(hidden, CONFIDENTIAL)
    return table[kept]


_EDGE = 3


def sparkline(
    values: Sequence[float], *, variation: str = "common", width: int = 110, height: int = 28
) -> str:
    """Return a series as a small drawing, hidden from screen readers, which find its latest value beside it.

    Parameters
    ----------
    values
        In the order of time; a missing value is a gap.
    variation
        The verdict of the last point, which gives its mark its colour.
    width, height
        In pixels.

    Examples
    --------
    >>> sparkline([1, 2, float("nan"), 4]).count("M")
    2
    """
    known = [value for value in values if isfinite(value)]
    if not known:
        return ""
    places = _places(values, low=min(known), high=max(known), width=width, height=height)
    x, y = next(place for place in reversed(places) if place)
    fill = getattr(LIGHT, verdict_of(variation))
    return (
        f'<svg class="sutg-art sutg-spark" aria-hidden="true" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" fill="none" xmlns="http://www.w3.org/2000/svg">'
        f'<path d="{_path(places)}" stroke="{LIGHT.series}" stroke-width="1.5"/>'
        f'<circle cx="{x}" cy="{y}" r="3" fill="{fill}" stroke="{LIGHT.outline}"/></svg>'
    )


def _places(
    values: Sequence[float], *, low: float, high: float, width: int, height: int
) -> list[tuple[float, float] | None]:
    step = (width - 2 * _EDGE) / max(1, len(values) - 1)
    rise = (height - 2 * _EDGE) / (high - low) if high > low else 0
    middle = height / 2 if not rise else height - _EDGE
    return [
        (round(_EDGE + place * step, 1), round(middle - (value - low) * rise, 1)) if isfinite(value) else None
        for place, value in enumerate(values)
    ]


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    before = [None, *places[:-1]]
    return "".join(
        f"{'L' if last else 'M'}{place[0]} {place[1]}"
        for last, place in zip(before, places, strict=True)
        if place
    )


_HEADS = ("Course", "Latest", "Target", "Variation", "Assurance")


def icon_table(
    rows: pd.DataFrame, *, caption: str, first: str = "Measure", more: Mapping[str, str] | None = None
) -> Block:
    """Return verdicts as a table of icons and words.

    Parameters
    ----------
    rows
        Columns name, unit (of measurement), per, latest, latest_date, target, improvement, variation, assurance;
        where there are such, course (a list of recent values), priority, and href where a name is a link.
    caption
        Says what the table holds; the date that most values are of is added to it.
    first
        Heads the column of names.
    more
        Further columns at the end: heading to column of text.
    """
    further = dict(more or {})
    records = rows.to_dict("records")
    monthly = is_monthly(rows["latest_date"].dropna())
    usual = rows["latest_date"].max()
    cells = [_icon_cells(row, usual=usual, monthly=monthly) for row in records]
    title = f"{caption}, {when(usual, monthly=monthly)}" if pd.notna(usual) else caption
    head = "".join(f'<th scope="col">{name}</th>' for name in (first, *_HEADS, *further))
    body = "".join(
        _icon_row(row, texts, [str(row[column]) for column in further.values()])
        for row, texts in zip(records, cells, strict=True)
    )
    html = (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f'<table class="sutg-table sutg-icon-table"><caption>{escape(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    ) + shorthand_note(pd.DataFrame(cells))
    pairs = zip(records, cells, strict=True)
    plain = pd.DataFrame(
        [[row["name"], *texts, *(row[column] for column in further.values())] for row, texts in pairs],
        columns=[first, *_HEADS[1:], *further],
    )
    return Block(both(html, pipe_table(plain)), plain.to_string(index=False))


def _icon_cells(row: dict[Any, Any], *, usual: Any, monthly: bool) -> list[str]:
    """Return the words of a row's cells after its name and course."""
    per = row["per"] if isinstance(row["per"], int | float) else 1
    places = telling_decimals([row["latest"], row["target"]], unit=row["unit"])
    latest, target = (number(row[name], unit=row["unit"], decimals=places) for name in ("latest", "target"))
    late = "" if row["latest_date"] == usual else f" ({_moment(row['latest_date'], monthly)})"
    if pd.notna(gone := row.get("hidden_date")):
        latest, late = _latest_hidden(row, latest + unit_words(row["unit"], per), gone, monthly=monthly), ""
        return [latest, *_rest(row, target)]
    return [latest + unit_words(row["unit"], per) + late, *_rest(row, target)]


def _latest_hidden(row: dict[Any, Any], latest: str, gone: Any, *, monthly: bool) -> str:
    """Return that the last value is hidden, and when, and the last that is shown."""
    shown = f"; {latest} ({when(row['latest_date'], monthly=monthly)})" if pd.notna(row["latest"]) else ""
    return f"{CONFIDENTIAL} ({when(gone, monthly=monthly)}){shown}"


def _rest(row: dict[Any, Any], target: str) -> list[str]:
    return [
        _goal(target, row["improvement"]) if pd.notna(row["target"]) else "None",
        SHORT_VARIATIONS[row["variation"]],
        SHORT_ASSURANCES[row["assurance"]],
    ]


def _moment(date: Any, monthly: bool) -> str:
    return when(date, monthly=monthly) if pd.notna(date) else "no value yet"


def _goal(target: str, improvement: str) -> str:
    return {"increase": f"{target} or more", "decrease": f"{target} or less"}.get(improvement, target)


def _icon_row(row: dict[Any, Any], texts: list[str], further: list[str]) -> str:
    name, href = escape(str(row["name"])), row.get("href")
    head = f'<a href="{escape(str(href))}">{name}</a>' if href and pd.notna(href) else name
    latest, target, variation, assurance = (escape(text) for text in texts)
    icons = (
        (variation_icon(row["variation"], size=32, speak=False), variation),
        (assurance_icon(row["assurance"], size=32, speak=False), assurance),
    )
    verdicts = "".join(
        f'<td><span class="sutg-verdict">{icon}<span>{words}</span></span></td>' for icon, words in icons
    )
    rest = "".join(f"<td>{escape(text)}</td>" for text in further)
    course = sparkline(row["course"], variation=row["variation"]) if "course" in row else ""
    return (
        f'<tr{_tags(row, texts)}><th scope="row">{head}</th><td>{course}</td>'
        f'<td class="sutg-number"{_order(row["latest"])}>{latest}</td>'
        f'<td class="sutg-number"{_order(row["target"])}>{target}</td>{verdicts}{rest}</tr>'
    )


def _tags(row: dict[Any, Any], texts: list[str]) -> str:
    """Return what a row can be filtered by."""
    known = {"priority": row.get("priority"), "variation": texts[2], "assurance": texts[3]}
    tags = {name: value for name, value in known.items() if isinstance(value, str) and value}
    return "".join(f' data-{name}="{escape(value)}"' for name, value in tags.items())


def _order(value: float) -> str:
    return f' data-order="{value:.10g}"' if pd.notna(value) else ""


_ROWS = {
    "improvement": "improvement_high",
    "common": "common",
    "concern": "concern_high",
    "neutral": "neutral_high",
}
_COLUMNS = ("pass", "hit_or_miss", "fail", "none")
TOO_FEW = "Too few points to tell. Keep measuring."

CELL_WORDS = {
    ("improvement", "pass"): "Getting better, and will go on meeting the target. Learn from it and share it.",
    ("improvement", "hit_or_miss"): "Getting better, but meets the target only by chance. Keep going.",
    ("improvement", "fail"): "Getting better, but still misses the target. Keep going, and plan for more.",
    ("improvement", "none"): "Getting better. Learn what made the difference.",
    ("common", "pass"): "Steady, and will go on meeting the target. Leave it alone.",
    ("common", "hit_or_miss"): "Steady, and meets the target only by chance. Redesign to meet it surely.",
    ("common", "fail"): "Steady, and will go on missing the target. Only a redesign will change that.",
    ("common", "none"): "Steady. Nothing to act on.",
    ("concern", "pass"): "Getting worse, though it still meets the target. Find the cause early.",
    ("concern", "hit_or_miss"): "Getting worse, and meets the target only by chance. Find the cause.",
    ("concern", "fail"): "Getting worse, and misses the target. Act first here.",
    ("concern", "none"): "Getting worse. Find the cause.",
    ("neutral", "pass"): "Changing. Find out why.",
    ("neutral", "hit_or_miss"): "Changing. Find out why.",
    ("neutral", "fail"): "Changing. Find out why.",
    ("neutral", "none"): "Changing, neither better nor worse. Find out why.",
}


def verdict_matrix(rows: pd.DataFrame, *, caption: str) -> Block:
    """Return the matrix of variation and assurance.

    Parameters
    ----------
    rows
        Columns name, variation, assurance and, where a name is a link, href.
    caption
        Says what is counted.
    """
    kinds = rows["variation"].map(verdict_of).mask(rows["variation"] == "too_few", "too_few")
    shown = [kind for kind in _ROWS if kind != "neutral" or (kinds == kind).any()]
    cells = {
        (kind, assurance): rows[(kinds == kind) & (rows["assurance"] == assurance)]
        for kind in shown
        for assurance in _COLUMNS
    }
    few = rows[kinds == "too_few"]
    plain = pd.DataFrame(
        [[VERDICT_WORDS[kind], *(_named(cells[kind, column]) for column in _COLUMNS)] for kind in shown],
        columns=["Variation", *(SHORT_ASSURANCES[column] for column in _COLUMNS)],
    )
    return Block(
        both(_matrix_html(cells, shown, few, caption), pipe_table(plain)), plain.to_string(index=False)
    )


def _named(rows: pd.DataFrame) -> str:
    return "; ".join(rows["name"]) if len(rows) else "0"


def _matrix_html(cells: dict[Any, pd.DataFrame], shown: list[str], few: pd.DataFrame, caption: str) -> str:
    heads = "".join(
        f'<th scope="col">{_headed(assurance_icon(name, size=32, speak=False), SHORT_ASSURANCES[name])}</th>'
        for name in _COLUMNS
    )
    body = "".join(
        f'<tr><th scope="row">{_headed(variation_icon(_ROWS[kind], size=32, speak=False), VERDICT_WORDS[kind])}'
        f"</th>{''.join(_matrix_cell(cells[kind, column], CELL_WORDS[kind, column]) for column in _COLUMNS)}</tr>"
        for kind in shown
    )
    if len(few):
        icon = variation_icon("too_few", size=32, speak=False)
        body += (
            f'<tr><th scope="row">{_headed(icon, "Too few points")}</th>'
            f"{_matrix_cell(few, TOO_FEW, columns=len(_COLUMNS))}</tr>"
        )
    return (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="sutg-table sutg-matrix"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">Variation</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _headed(icon: str, words: str) -> str:
    return f'<span class="sutg-verdict">{icon}<span>{escape(words)}</span></span>'


def _matrix_cell(rows: pd.DataFrame, words: str, *, columns: int = 1) -> str:
    span = f' colspan="{columns}"' if columns > 1 else ""
    if rows.empty:
        return f'<td{span} class="sutg-none"><span class="sutg-count">0</span> {escape(words)}</td>'
    items = "".join(f"<li>{_linked(row)}</li>" for row in rows.to_dict("records"))
    return f'<td{span}><span class="sutg-count">{len(rows)}</span> {escape(words)}<ul>{items}</ul></td>'


def _linked(row: dict[Any, Any]) -> str:
    name, href = escape(str(row["name"])), row.get("href")
    return f'<a href="{escape(str(href))}">{name}</a>' if href and pd.notna(href) else name


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
        return _summary_table(result, title, unit)
    if of == "points":
        return _points_table(result, title, unit)
    raise ArgumentError(f"of={of!r}", "'summary' or 'points'", "Choose one of these")


def _summary_table(result: SpcResult, title: str | None, unit: str | None) -> Block:
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


def _points_table(result: SpcResult, title: str | None, unit: str | None) -> Block:
    shown = numbers_table(result, unit=unit)
    variations = result.points["variation"].tolist()
    caption = title or "Every point"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in shown.columns)
    rows = "".join(
        _point_row(cells, variation)
        for cells, variation in zip(shown.astype("str").to_numpy().tolist(), variations, strict=True)
    )
    html = (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="sutg-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return Block(both(html, pipe_table(shown)), shown.to_string(index=False))


def _point_row(cells: list[str], variation: str) -> str:
    first, *middle, last = (escape(cell) for cell in cells)
    numbers = "".join(f'<td class="sutg-number">{cell}</td>' for cell in middle)
    icon = variation_icon(variation, size=24, speak=False)
    verdict = f'<td><span class="sutg-verdict">{icon}<span>{last}</span></span></td>'
    return f'<tr><th scope="row">{first}</th>{numbers}{verdict}</tr>'
