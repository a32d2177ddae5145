"""The table of icons: a row a measure or unit, with its latest value, target, variation and assurance.

Icons stand beside their words, so that neither a screen reader nor a greyscale print loses anything.
"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from sutg_analysis.figures import Block, both, pipe_table
from sutg_analysis.icons import assurance_icon, variation_icon
from sutg_analysis.wording import (
    ASSURANCE_NAMES,
    VARIATION_NAMES,
    is_monthly,
    number,
    telling_decimals,
    unit_words,
    when,
)

_HEADS = ("Latest", "When", "Target", "Variation", "Assurance")


def icon_table(rows: pd.DataFrame, *, caption: str, first: str = "Measure") -> Block:
    """Return verdicts as a table of icons and words.

    Parameters
    ----------
    rows
        Columns name, unit (of measurement), per, latest, latest_date, target, variation, assurance; and, where a
        row's name is a link, href.
    caption
        Says what the table holds.
    first
        Heads the column of names.
    """
    records = rows.to_dict("records")
    monthly = is_monthly(rows["latest_date"].dropna())
    cells = [_cells(row, monthly=monthly) for row in records]
    head = "".join(f'<th scope="col">{name}</th>' for name in (first, *_HEADS))
    body = "".join(_row(row, texts) for row, texts in zip(records, cells, strict=True))
    html = (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="sutg-table sutg-icon-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    plain = pd.DataFrame([[row["name"], *texts] for row, texts in zip(records, cells, strict=True)])
    plain.columns = pd.Index([first, *_HEADS])
    return Block(both(html, pipe_table(plain)), plain.to_string(index=False))


def _cells(row: dict[Any, Any], *, monthly: bool) -> list[str]:
    """Return the words of a row's cells after its name."""
    per = row["per"] if isinstance(row["per"], int | float) else 1
    places = telling_decimals([row["latest"], row["target"]], unit=row["unit"])
    latest, target = (number(row[name], unit=row["unit"], decimals=places) for name in ("latest", "target"))
    date = when(row["latest_date"], monthly=monthly) if pd.notna(row["latest_date"]) else "[x]"
    return [
        latest + unit_words(row["unit"], per),
        date,
        _goal(target, row["improvement"]) if pd.notna(row["target"]) else "None",
        VARIATION_NAMES[row["variation"]],
        ASSURANCE_NAMES[row["assurance"]],
    ]


def _goal(target: str, improvement: str) -> str:
    return {"increase": f"{target} or more", "decrease": f"{target} or less"}.get(improvement, target)


def _row(row: dict[Any, Any], texts: list[str]) -> str:
    name, href = escape(str(row["name"])), row.get("href")
    head = f'<a href="{escape(str(href))}">{name}</a>' if href and pd.notna(href) else name
    latest, date, target, variation, assurance = (escape(text) for text in texts)
    icons = (
        (variation_icon(row["variation"], size=32, speak=False), variation),
        (assurance_icon(row["assurance"], size=32, speak=False), assurance),
    )
    verdicts = "".join(
        f'<td><span class="sutg-verdict">{icon}<span>{words}</span></span></td>' for icon, words in icons
    )
    return (
        f'<tr><th scope="row">{head}</th><td class="sutg-number">{latest}</td><td>{date}</td>'
        f'<td class="sutg-number">{target}</td>{verdicts}</tr>'
    )
