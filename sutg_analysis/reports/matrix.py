"""The matrix of variation and assurance: how many measures are of each kind, which, and what that asks of a board.

The words of each cell are ours. They follow the sense of Making Data Count's matrix, which exists on paper and in
no open tool: what changes needs looking at, what cannot meet its target needs redesign, the rest needs leaving alone.
"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.control.rules import verdict_of
from sutg_analysis.reports.page import Block, both, pipe_table
from sutg_analysis.words.wording import SHORT_ASSURANCES, VERDICT_WORDS

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
        [[VERDICT_WORDS[kind], *(_names(cells[kind, column]) for column in _COLUMNS)] for kind in shown],
        columns=["Variation", *(SHORT_ASSURANCES[column] for column in _COLUMNS)],
    )
    return Block(both(_html(cells, shown, few, caption), pipe_table(plain)), plain.to_string(index=False))


def _names(rows: pd.DataFrame) -> str:
    return "; ".join(rows["name"]) if len(rows) else "0"


def _html(cells: dict[Any, pd.DataFrame], shown: list[str], few: pd.DataFrame, caption: str) -> str:
    heads = "".join(
        f'<th scope="col">{_headed(assurance_icon(name, size=32, speak=False), SHORT_ASSURANCES[name])}</th>'
        for name in _COLUMNS
    )
    body = "".join(
        f'<tr><th scope="row">{_headed(variation_icon(_ROWS[kind], size=32, speak=False), VERDICT_WORDS[kind])}'
        f"</th>{''.join(_cell(cells[kind, column], CELL_WORDS[kind, column]) for column in _COLUMNS)}</tr>"
        for kind in shown
    )
    if len(few):
        icon = variation_icon("too_few", size=32, speak=False)
        body += (
            f'<tr><th scope="row">{_headed(icon, "Too few points")}</th>'
            f"{_cell(few, TOO_FEW, columns=len(_COLUMNS))}</tr>"
        )
    return (
        f'<div class="sutg-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="sutg-table sutg-matrix"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">Variation</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _headed(icon: str, words: str) -> str:
    return f'<span class="sutg-verdict">{icon}<span>{escape(words)}</span></span>'


def _cell(rows: pd.DataFrame, words: str, *, columns: int = 1) -> str:
    span = f' colspan="{columns}"' if columns > 1 else ""
    if rows.empty:
        return f'<td{span} class="sutg-none"><span class="sutg-count">0</span> {escape(words)}</td>'
    items = "".join(f"<li>{_linked(row)}</li>" for row in rows.to_dict("records"))
    return f'<td{span}><span class="sutg-count">{len(rows)}</span> {escape(words)}<ul>{items}</ul></td>'


def _linked(row: dict[Any, Any]) -> str:
    name, href = escape(str(row["name"])), row.get("href")
    return f'<a href="{escape(str(href))}">{name}</a>' if href and pd.notna(href) else name
