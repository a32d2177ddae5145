"""The table of icons: a row a measure or unit, with its course, latest value, target, variation and assurance.

Icons stand beside their words, so that neither a screen reader nor a greyscale print loses anything. A script may
add sorting and filters; without it the table is whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.reports.page import Block, both, pipe_table, shorthand_note
from sutg_analysis.reports.sparklines import sparkline
from sutg_analysis.words.wording import (
    CONFIDENTIAL,
    SHORT_ASSURANCES,
    SHORT_VARIATIONS,
    is_monthly,
    number,
    telling_decimals,
    unit_words,
    when,
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
    cells = [_cells(row, usual=usual, monthly=monthly) for row in records]
    title = f"{caption}, {when(usual, monthly=monthly)}" if pd.notna(usual) else caption
    head = "".join(f'<th scope="col">{name}</th>' for name in (first, *_HEADS, *further))
    body = "".join(
        _row(row, texts, [str(row[column]) for column in further.values()])
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


def _cells(row: dict[Any, Any], *, usual: Any, monthly: bool) -> list[str]:
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


def _row(row: dict[Any, Any], texts: list[str], further: list[str]) -> str:
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
