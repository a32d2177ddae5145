"""The ledger on a page: tables of icons, the matrix, a unit's place between ward and board, its months and units below."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.units import below, path_to
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT, verdict_of
from sutg_analysis.ledger.scorecard import KEYS
from sutg_analysis.ledger.triangulation import triangulate
from sutg_analysis.quality.rules import SitrepRules
from sutg_analysis.reports import tables
from sutg_analysis.reports.page import Block, both, bullets, stack, text_block
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import CONFIDENTIAL, listed, month, number

_WORDS = {"concern": "concern", "improvement": "improvement", "neutral": "change"}
_SHOWN = ["unit", "per", "improvement", "hidden_date"]


def verdict_table(
    at: Catalogue, rows: pd.DataFrame, *, caption: str, first: str = "Measure", links: pd.Series | None = None
) -> Block:
    """Show verdicts of the ledger as a table of icons, with the recent course of each and its record against the target.

    Parameters
    ----------
    at
        A project's tables as at a day.
    rows
        Rows of ``at.ledger``.
    caption
        Says what the table holds; the date that most values are of is added to it.
    first
        ``Measure`` or ``Unit``: which of the two names the rows.
    links
        Where the names lead.
    """
    lacking = _not_added(at, rows)
    if rows.empty:
        return bullets(lacking) if lacking else text_block("There is nothing to show.")
    record = [f"{row.met} of {row.of}" if row.of else "—" for row in rows.itertuples()]
    named = _described(at, rows).assign(href=None if links is None else links.to_numpy(), record=record)
    named["name"] = named["unit_name"] if first == "Unit" else _titles(at, named)
    table = tables.icon_table(named, caption=caption, first=first, more={"Target met, of the last": "record"})
    return stack([table, bullets(lacking)]) if lacking else table


def _not_added(at: Catalogue, rows: pd.DataFrame) -> list[str]:
    """Return of rows that are all those of the top units which measures are told by units below alone, a sentence each."""
    ledger, top = at.ledger, at.top_units
    whole = set(ledger.loc[ledger["unit_id"].isin(top), "measure_id"])
    if not rows["unit_id"].isin(top).all() or set(rows["measure_id"]) != whole:
        return []
    below_only = ledger[~ledger["measure_id"].isin(whole)].drop_duplicates("measure_id")
    named = listed(at.units.loc[at.units["unit_id"].isin(top), "name"])
    return [
        f"{title}: no value for {named}: it cannot be added up; give numerator and "
        f"denominator, or rows of {named} in observations."
        for title in below_only["title"]
    ]


def matrix(at: Catalogue, rows: pd.DataFrame, *, caption: str, links: pd.Series | None = None) -> Block:
    """Show verdicts of the ledger by variation and assurance; arguments as for :func:`verdict_table`."""
    named = rows.assign(href=None if links is None else links.to_numpy(), name=_titles(at, rows))
    return tables.verdict_matrix(named, caption=caption)


def _described(at: Catalogue, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the ledger with what their numbers are, and the recent course of each."""
    summary = at.card.summary
    known = summary[[*KEYS, *(name for name in _SHOWN if name in summary)]]
    return rows.merge(known, on=KEYS, how="left").join(at.card.courses().rename("course"), on=KEYS)


def _titles(at: Catalogue, rows: pd.DataFrame) -> pd.Series:
    """Return measures' titles, with the unit's name where there are several top units."""
    several = rows["unit_id"].isin(at.top_units) & (len(at.top_units) > 1)
    return rows["title"].mask(several, rows["title"] + ", " + rows["unit_name"])


def way(at: Catalogue, unit: str) -> Block:
    """Show the way from the top down to a unit and to the units just below it, as links."""
    names = at.units.set_index("unit_id")["name"]
    path, children = path_to(at.units, unit), below(at.units, unit)
    lists = {"From the top": path[:-1], "Below": children}
    parts = [_nav(label, [_link(one, names[one]) for one in ids]) for label, ids in lists.items() if ids]
    words = " > ".join(names[one] for one in path)
    return Block(both("".join(parts) or f"<p>{escape(words)}</p>", plain_markdown(words)), words)


def _link(unit: str, name: str) -> str:
    return f'<a href="unit-{unit}.html">{escape(name)}</a>'


def _nav(label: str, links: list[str]) -> str:
    items = "".join(f"<li>{link}</li>" for link in links)
    return f'<nav class="sutg-trail" aria-label="{label}"><span>{label}: </span><ol>{items}</ol></nav>'


def month_by_month(at: Catalogue, unit: str) -> pd.DataFrame:
    """Return a unit's measures in each month of the quarter, with what each month's point shows, as text."""
    mine = at.ledger[at.ledger["unit_id"] == unit]
    if mine.empty:
        return pd.DataFrame({"measure": mine["title"]}, dtype="str")
    rows = _described(at, mine)
    points = pd.concat([result.points for result in at.card.results.values()])
    points = points[points["unit_id"] == unit]
    table = pd.DataFrame({"measure": list(rows["title"])}, dtype="str")
    for first in (first for first in at.at.quarter.months if first <= at.at.day):
        start = pd.Timestamp(first)
        inside = points[points["date"].between(start, start + pd.offsets.MonthEnd(0))]
        last = inside.drop_duplicates("measure_id", keep="last").set_index("measure_id")
        table[month(first)] = [_point(row, last) for row in rows.to_dict("records")]
    goals = zip(rows["target"], rows["unit"], strict=True)
    return table.assign(target=["None" if pd.isna(goal) else number(goal, unit=word) for goal, word in goals])


def units_below(at: Catalogue, unit: str) -> pd.DataFrame:
    """Return a unit's measures in each unit just below: latest value and verdict, as text; no columns of units if none is."""
    names = at.units.set_index("unit_id")["name"]
    mine = at.ledger[at.ledger["unit_id"] == unit]
    table = pd.DataFrame({"measure": list(mine["title"])}, dtype="str")
    for child in below(at.units, unit):
        rows = _described(at, at.ledger[at.ledger["unit_id"] == child]).set_index("measure_id")
        table[names[child]] = [_verdict(measure, rows) for measure in mine["measure_id"]]
    return table


def _point(row: Row, points: pd.DataFrame) -> str:
    if row["measure_id"] not in points.index:
        return number(None)
    point = points.loc[row["measure_id"]]
    if pd.notna(hidden := point.get("hidden")) and hidden:
        return CONFIDENTIAL
    open_end = ["provisional"] if pd.notna(point.get("known_to")) else []
    return ", ".join([*_parts(point["value"], str(point["variation"]), unit=row["unit"]), *open_end])


def _verdict(measure_id: str, rows: pd.DataFrame) -> str:
    if measure_id not in rows.index:
        return "Not measured"
    row = rows.loc[measure_id]
    missed = ["misses target"] if row["assurance"] == "fail" and row["streak"] < 0 else []
    if pd.notna(row.get("hidden_date")):
        known = [f"before: {number(row['latest'], unit=row['unit'])}"] if pd.notna(row["latest"]) else []
        return ", ".join([CONFIDENTIAL, *known, *missed])
    return ", ".join([*_parts(row["latest"], str(row["period_variation"]), unit=row["unit"]), *missed])


def _parts(value: float, variation: str, *, unit: str) -> Iterator[str]:
    yield number(value, unit=unit)
    if (verdict := verdict_of(variation)) in _WORDS:
        yield _WORDS[verdict]


PLACES = 3
"""Places that the home page names."""


def news_of(at: Catalogue, *, rules: SitrepRules) -> list[tuple[str | None, str]]:
    """Return what a reader should know first, by unit_id (None: the trust): what calls for attention, is better, is quiet."""
    found = triangulate(at, rules=rules)
    lines = list(zip(found.named, found.words().splitlines(), strict=False))
    news: list[tuple[str | None, str]] = [*lines[:PLACES]]
    if more := found.units.loc[found.units["named"], "unit"].tolist()[PLACES:]:
        news.append((None, f"Signs of concern also in {listed(more)}."))
    trust = at.ledger[at.ledger["unit_id"].isin(at.top_units)]
    for codes, words in ((CONCERN, "The trust as a whole, of concern"), (IMPROVEMENT, "Getting better")):
        rows = trust[trust["period_variation"].isin(codes)]
        if len(rows):
            news.append((None, f"{words}: {listed(_titles(at, rows))}."))
    return news
