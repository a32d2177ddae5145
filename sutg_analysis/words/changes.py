"""What changed since the quarter before, in a few sentences."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.units import depths
from sutg_analysis.ledger.changes import verdict_changes
from sutg_analysis.ledger.scorecard import KEYS, Scorecard
from sutg_analysis.words.wording import count, number, period_of, unit_words, when

_RANKS = ("concern", "improvement", "neutral", "assurance", "ended")
_SIGNS = {
    "concern": "a sign of concern",
    "improvement": "a sign of improvement",
    "neutral": "a sign of change",
}
_ASSURED = {
    "pass": "will now be met if nothing changes",
    "fail": "will now be missed unless something changes",
    "hit_or_miss": "may now be met or missed by chance",
}


def what_changed(at: Catalogue, *, sentences: int = 5) -> list[str]:
    """Say what changed from the quarter before, most important first.

    Parameters
    ----------
    at
        A project's tables as at a day. If they hold nothing of the quarter before, every signal is new.
    sentences
        How many to return; fewer only where there is less to say.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> len(what_changed(load(shipped(), quarter="2023-24-q2", tables=[])))
    5
    """
    earlier = at.at.quarter.previous
    before = at.as_at(earlier).card if at.quarters[0] <= earlier else None
    return changes_between(at.card, before, sentences=sentences)


def changes_between(now: Scorecard, before: Scorecard | None, *, sentences: int = 5) -> list[str]:
    """Say what changed between the verdicts of two quarters; where there are none before, every signal is new."""
    changes = verdict_changes(now.summary, None if before is None else before.summary)
    ranked = changes.assign(
        rank=changes["kind"].map({kind: place for place, kind in enumerate(_RANKS)}),
        depth=changes["unit_id"].map(depths(now.catalogue.units)),
    ).sort_values(["rank", "depth"], kind="stable")
    once = ranked.drop_duplicates(["measure_id", "kind"])
    return [*map(_sentence, once.head(sentences - 1).to_dict("records")), _rest(now.summary, changes)]


def _sentence(row: Row) -> str:
    name = f"{row['title']} ({row['unit_name']})"
    if row["kind"] == "ended":
        return f"{name} is back to usual variation."
    if row["kind"] == "assurance":
        return f"{name}: the target {_ASSURED[row['assurance']]}."
    per = row["per"] if isinstance(row["per"], int | float) else 1
    value = number(row["latest"], unit=row["unit"]) + unit_words(row["unit"], per)
    way = "higher" if str(row["variation"]).endswith("high") else "lower"
    date = when(row["latest_date"], period=period_of([row["latest_date"]]))
    return f"{name} shows {_SIGNS[row['kind']]} that is new this quarter: {way} values, {value} in {date}."


def _rest(summary: pd.DataFrame, changes: pd.DataFrame) -> str:
    changed = len(changes[KEYS].drop_duplicates())
    same = len(summary) - changed
    if not changed:
        charts, they = count(same, "chart shows", "charts show"), "it" if same == 1 else "they"
        return f"No chart changed its verdict: {charts} what {they} did last quarter."
    more = f"{count(changed, 'chart')} of {len(summary)} changed {'its' if changed == 1 else 'their'} verdict"
    return f"In all, {more} since last quarter; {count(same, 'chart')} did not."
