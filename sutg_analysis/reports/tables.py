"""Tables that more than one report shows: icons and verdicts, the matrix of them, a result's own table and its numbers.

Icons stand beside their words, so that neither a screen reader nor a greyscale print loses anything. A script may add
sorting and filters; without it the table is whole. The frames of a result stay plain pandas, for arithmetic; these are
for reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from math import isfinite
from typing import Literal

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.panels import kinds_of
from sutg_analysis.charts.theme import LIGHT
from sutg_analysis.control.episodes import series_numbers
from sutg_analysis.control.funnel import FunnelResult
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import verdict_of
from sutg_analysis.errors import ArgumentError
from sutg_analysis.reports.page import (
    Block,
    both,
    frame_html,
    interval_texts,
    ledger_mark,
    linked,
    number_texts,
    pipe_table,
    shorthand_note,
    with_words,
)
from sutg_analysis.words.funnel import CASES, funnel_unit
from sutg_analysis.words.phrases import unit_of
from sutg_analysis.words.quality import CELL_WORDS, TOO_FEW
from sutg_analysis.words.wording import (
    CONFIDENTIAL,
    SHORT_ASSURANCES,
    SHORT_VARIATIONS,
    VERDICT_WORDS,
    centre_name,
    day,
    month_or_day,
    number,
    period_of,
    so_far,
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
    period = period_of(points["date"])
    table = {
        ("Date" if period == "day" else period.split()[-1].capitalize()): [
            when(date, period=period) for date in points["date"]
        ]
    }
    table |= {str(key).replace("_", " ").capitalize(): points[key].astype("str") for key in result.by}
    pairs = zip(_hidden(points), _texts(points["value"], unit), strict=True)
    table["Value"] = [CONFIDENTIAL if hidden else text for hidden, text in pairs]
    centre = centre_name(result.chart_type)
    for line, name in {"centre": centre[:1].upper() + centre[1:], **_LINES}.items():
        if points[line].notna().any():
            table[name] = _texts(points[line], unit)
    table["What it shows"] = _shows(points)
    return pd.DataFrame(table)


def _texts(values: pd.Series, unit: str | None) -> list[str]:
    places = telling_decimals(values.dropna(), unit=unit)
    return [number(value, unit=unit, decimals=places) for value in values]


def _hidden(points: pd.DataFrame) -> list[bool]:
    """Return which points disclosure control hides."""
    return points["hidden"].tolist() if "hidden" in points else [False] * len(points)


def _shows(points: pd.DataFrame) -> list[str]:
    marks = kinds_of(points)
    if "known_to" in points:
        known = points["known_to"].tolist()
        marks = [
            mark if pd.isna(until) else f"{mark}, to {day(until)}"
            for mark, until in zip(marks, known, strict=True)
        ]
    rows = zip(
        marks,
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
    left_out = {*result.by, "measure_id", "unit_id", "hidden"}
    texts = {name: points[name].astype("str") for name in ("excluded_reason", "rebase_reason", "variation")}
    table = points.assign(**texts)
    if (period := period_of(points["date"])) not in ("month", "day"):
        table.insert(
            table.columns.get_loc("date") + 1, "period", [when(d, period=period) for d in points["date"]]
        )
    hidden = pd.Series(_hidden(points), index=points.index, dtype=bool)
    for name in ("value", "denominator") if hidden.any() else ():
        if name in table:
            table[name] = table[name].astype("object").mask(hidden, CONFIDENTIAL)
    return table[[*result.by, *(name for name in table.columns if name not in {*left_out, *result.by})]]


_EDGE = 3


def sparkline(
    values: Sequence[float], *, variation: str = "common", width: int = 110, height: int = 28
) -> str:
    """Return a series as a small drawing, hidden from screen readers, which find its latest value beside it.

    Examples
    --------
    >>> sparkline([1, 2, float("nan"), 4]).count("M")
    2
    """
    known = [value for value in values if isfinite(value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    step = (width - 2 * _EDGE) / max(1, len(values) - 1)
    rise = (height - 2 * _EDGE) / (high - low) if high > low else 0
    floor = height - _EDGE if rise else height / 2
    line, x, y, pen = "", 0.0, 0.0, "M"
    for at, value in enumerate(values):
        if not isfinite(value):
            pen = "M"
            continue
        x, y = round(_EDGE + at * step, 1), round(floor - (value - low) * rise, 1)
        line, pen = f"{line}{pen}{x} {y}", "L"
    fill = getattr(LIGHT, verdict_of(variation))
    return (
        f'<svg class="sutg-art sutg-spark" aria-hidden="true" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" fill="none" xmlns="http://www.w3.org/2000/svg">'
        f'<path d="{line}" stroke="{LIGHT.series}" stroke-width="1.5"/>'
        f'<circle cx="{x}" cy="{y}" r="3" fill="{fill}" stroke="{LIGHT.outline}"/></svg>'
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
    period = month_or_day(rows["latest_date"].dropna())
    usual = rows["latest_date"].max()
    cells = [_icon_texts(row, usual=usual, period=period) for row in records]
    added = [[str(row[column]) for column in further.values()] for row in records]
    title = f"{caption}, {when(usual, period=period)}" if pd.notna(usual) else caption
    heads = map(escape, (first, *_HEADS, *further))
    html = frame_html(heads, map(_icon_row, records, cells, added), caption=title, kind="sutg-icon-table")
    plain = pd.DataFrame(
        [[row["name"], *texts, *rest] for row, texts, rest in zip(records, cells, added, strict=True)],
        columns=[first, *_HEADS[1:], *further],
    )
    return Block(
        both(html + shorthand_note(pd.DataFrame(cells)), pipe_table(plain)), plain.to_string(index=False)
    )


def _icon_texts(row: Row, *, usual: pd.Timestamp, period: str) -> list[str]:
    """Return the words of a row's cells after its name and course."""
    per = row["per"] if isinstance(row["per"], int | float) else 1
    places = telling_decimals([row["latest"], row["target"]], unit=row["unit"])
    latest, target = (number(row[name], unit=row["unit"], decimals=places) for name in ("latest", "target"))
    latest += unit_words(row["unit"], per)
    known = pd.notna(row["latest_date"])
    date = when(row["latest_date"], period=period) if known else "no value yet"
    if pd.notna(hidden := row.get("hidden_date")):
        before = f"; {latest} ({date})" if pd.notna(row["latest"]) else ""
        latest = f"{CONFIDENTIAL} ({when(hidden, period=period)}){before}"
    elif row["latest_date"] != usual:
        latest += f" ({date})"
    if pd.notna(row.get("so_far_to")):
        value = number(row["so_far"], unit=row["unit"], decimals=places)
        latest += f"; {so_far(row['so_far_date'], row['so_far_to'], period=period)}: {value}"
    goal = {"increase": f"{target} or more", "decrease": f"{target} or less"}.get(row["improvement"], target)
    verdicts = SHORT_VARIATIONS[row["variation"]], SHORT_ASSURANCES[row["assurance"]]
    return [latest, goal if pd.notna(row["target"]) else "None", *verdicts]


def _icon_row(row: Row, texts: list[str], added: list[str]) -> str:
    """Return a row of HTML; attributes say what a script can filter and sort it by."""
    latest, target, variation, assurance = texts
    icons = (
        with_words(variation_icon(row["variation"], size=32, speak=False), variation),
        with_words(assurance_icon(row["assurance"], size=32, speak=False), assurance),
    )
    tags = {"priority": row.get("priority"), "variation": variation, "assurance": assurance}
    marks = [
        f' data-only-{name}="{escape(tag)}"' for name, tag in tags.items() if isinstance(tag, str) and tag
    ]
    marks.append(row_mark(row))
    orders = [
        f' data-order="{row[name]:.10g}"' if pd.notna(row[name]) else "" for name in ("latest", "target")
    ]
    course = sparkline(row["course"], variation=row["variation"]) if "course" in row else ""
    return (
        f'<tr{"".join(marks)}><th scope="row">{linked(escape(str(row["name"])), row.get("href"))}</th>'
        f"<td>{course}</td>"
        f'<td class="sutg-number"{orders[0]}>{escape(latest)}</td>'
        f'<td class="sutg-number"{orders[1]}>{escape(target)}</td>'
        f"{''.join(f'<td>{icon}</td>' for icon in icons)}"
        f"{''.join(f'<td>{escape(text)}</td>' for text in added)}</tr>"
    )


_ROWS = {
    "improvement": "improvement_high",
    "common": "common",
    "concern": "concern_high",
    "neutral": "neutral_high",
}
_COLUMNS = ("pass", "hit_or_miss", "fail", "none")


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
    present = [kind for kind in _ROWS if kind != "neutral" or (kinds == kind).any()]
    cells = {
        (kind, assurance): rows[(kinds == kind) & (rows["assurance"] == assurance)]
        for kind in present
        for assurance in _COLUMNS
    }
    plain = pd.DataFrame(
        [
            [VERDICT_WORDS[kind], *("; ".join(cells[kind, name]["name"]) or "0" for name in _COLUMNS)]
            for kind in present
        ],
        columns=["Variation", *(SHORT_ASSURANCES[name] for name in _COLUMNS)],
    )
    heads = [
        with_words(assurance_icon(name, size=32, speak=False), SHORT_ASSURANCES[name]) for name in _COLUMNS
    ]
    body = [
        _matrix_row(
            _ROWS[kind],
            VERDICT_WORDS[kind],
            "".join(_matrix_cell(cells[kind, name], CELL_WORDS[kind, name]) for name in _COLUMNS),
        )
        for kind in present
    ]
    if len(few := rows[kinds == "too_few"]):
        cell = _matrix_cell(few, TOO_FEW, span=f' colspan="{len(_COLUMNS)}"')
        body.append(_matrix_row("too_few", "Too few points", cell))
    html = frame_html(["Variation", *heads], body, caption=caption, kind="sutg-matrix")
    return Block(both(html, pipe_table(plain)), plain.to_string(index=False))


def row_mark(row: Row) -> str:
    """Return the mark of a verdict of the ledger: of a row that names a measure and a unit."""
    if not isinstance(row.get("unit_id"), str) or not isinstance(row.get("measure_id"), str):
        return ""
    return ledger_mark(f"{row['measure_id']}/{row['unit_id']}", row["variation"], row["assurance"])


def _matrix_row(variation: str, words: str, cells: str) -> str:
    head = with_words(variation_icon(variation, size=32, speak=False), words)
    return f'<tr><th scope="row">{head}</th>{cells}</tr>'


def _matrix_cell(rows: pd.DataFrame, words: str, *, span: str = "") -> str:
    if rows.empty:
        return f'<td{span} class="sutg-none"><span class="sutg-count">0</span> {escape(words)}</td>'
    items = "".join(
        f"<li{row_mark(row)}>{linked(escape(str(row['name'])), row.get('href'))}</li>"
        for row in rows.to_dict("records")
    )
    return f'<td{span}><span class="sutg-count">{len(rows)}</span> {escape(words)}<ul>{items}</ul></td>'


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
    if of != "points":
        raise ArgumentError(f"of={of!r}", "'summary' or 'points'", "Choose one of these")
    table = numbers_table(result, unit=unit)
    pairs = zip(table.astype("str").to_numpy().tolist(), result.points["variation"].tolist(), strict=True)
    rows = [_point_row(cells, variation) for cells, variation in pairs]
    html = frame_html(map(escape, table.columns), rows, caption=title or "Every point")
    return Block(both(html, pipe_table(table)), table.to_string(index=False))


def _summary_table(result: SpcResult, title: str | None, unit: str | None) -> Block:
    rows = result.summary
    names = [", ".join(map(str, key)) for key in rows[list(result.by)].to_numpy()]
    numbers = series_numbers(result.points, result.by)
    courses = [values.tolist()[-_RECENT:] for _, values in result.points["value"].groupby(numbers)]
    per = result.per if isinstance(result.per, int | float) else 1
    named = rows.assign(
        name=names if result.by else [title or "Value"], unit=unit_of(result, unit), per=per, course=courses
    )
    first = ", ".join(str(key).replace("_", " ") for key in result.by).capitalize() or "Series"
    return icon_table(named, caption=title or "Latest value and verdicts", first=first)


def _point_row(cells: list[str], variation: str) -> str:
    first, *middle, last = cells
    numbers = "".join(f'<td class="sutg-number">{escape(cell)}</td>' for cell in middle)
    verdict = with_words(variation_icon(variation, size=24, speak=False), last)
    return f'<tr><th scope="row">{escape(first)}</th>{numbers}<td>{verdict}</td></tr>'


def text_columns(table: pd.DataFrame, heads: Mapping[str, str]) -> pd.DataFrame:
    """Return some columns as text under their headings, a dash where there is nothing."""
    texts = {head: [cell_text(value) for value in table[name]] for name, head in heads.items()}
    return pd.DataFrame(texts, dtype="str")


def cell_text(value: object) -> str:
    """Return a cell as text, a dash where there is nothing.

    Examples
    --------
    >>> cell_text(2.50), cell_text(None), cell_text("Ward")
    ('2.5', '—', 'Ward')
    """
    if pd.isna(value) or value == "":
        return "—"
    if isinstance(value, date):
        return day(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def funnel_table(result: FunnelResult, *, unit: str | None = None, size: str | None = None) -> pd.DataFrame:
    """Return a funnel as text, in the order its points have."""
    points, unit = result.points, funnel_unit(result, unit)
    first = result.unit.removesuffix("_id").replace("_", " ").capitalize()
    lies = pd.Series("Within the limits", index=points.index)
    lies = lies.mask(points["outside_95"], "Outside the 95% limits: " + points["side"])
    lies = lies.mask(points["outside_998"], "Outside the 99.8% limits: " + points["side"])
    return pd.DataFrame(
        {
            first: points[result.unit].astype("str"),
            size or CASES[result.kind]: number_texts(points["denominator"].round()),
            "Value": number_texts(points["value"], unit),
            "95% limits": interval_texts(points, "lower_95", "upper_95", unit),
            "99.8% limits": interval_texts(points, "lower_998", "upper_998", unit),
            "Where it lies": lies,
        }
    )
