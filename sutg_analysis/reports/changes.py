"""What changed between two quarters, in a few sentences chosen by rule.

The rule: what is new comes before what goes on, concern before improvement, and a higher unit before a lower one;
then targets whose assurance changed, then signals that ended. The last sentence says how many charts did not change.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from sutg_analysis.control.rules import verdict_of
from sutg_analysis.quality.scorecard import KEYS, Scorecard
from sutg_analysis.words.wording import count, number, unit_words, when

SENTENCES = 5
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


def what_changed(
    now: Scorecard, before: Scorecard | None = None, *, sentences: int = SENTENCES
) -> tuple[str, ...]:
    """Return what changed from one quarter to the next.

    Parameters
    ----------
    now, before
        The verdicts of this quarter and of the one before, None where there is none: then every signal is new.
    sentences
        How many to return; fewer only where there is less to say.

    Returns
    -------
    tuple of str
        The sentences, most important first.
    """
    changes = verdict_changes(now.summary, before.summary if before else None)
    depth = _depths(now)
    ranked = changes.assign(
        rank=changes["kind"].map({kind: place for place, kind in enumerate(_RANKS)}),
        depth=changes["unit_id"].map(depth),
    ).sort_values(["rank", "depth"], kind="stable")
    once = ranked.drop_duplicates(["measure_id", "kind"])
    told = [_sentence(row) for row in once.head(sentences - 1).to_dict("records")]
    return (*told, _rest(now.summary, changes))


def verdict_changes(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """List the series whose verdict is new: one row a series and kind of change.

    Parameters
    ----------
    now, before
        Summaries of two scorecards.

    Returns
    -------
    pandas.DataFrame
        The rows of ``now`` with kind: concern, improvement or neutral (a signal that was not there), ended (a
        signal that was there), assurance (met, missed or by chance where it was another).
    """
    known = now.assign(variation="none", assurance="none") if before is None else before
    old = known[[*KEYS, "variation", "assurance"]].astype("str")
    old = old.rename(columns={"variation": "old_variation", "assurance": "old_assurance"})
    pairs = now.merge(old, on=KEYS, how="left").fillna({"old_variation": "none", "old_assurance": "none"})
    verdict, earlier = (pairs[name].astype("str").map(verdict_of) for name in ("variation", "old_variation"))
    signal, signalled = (each.isin(list(_SIGNS)) for each in (verdict, earlier))
    assured = pairs["assurance"].isin(list(_ASSURED)) & pairs["old_assurance"].isin(list(_ASSURED))
    parts = [
        pairs.assign(kind=verdict)[signal & (verdict != earlier)],
        pairs.assign(kind="assurance")[assured & (pairs["assurance"] != pairs["old_assurance"])],
        pairs.assign(kind="ended")[signalled & (pairs["variation"] == "common")],
    ]
    return pd.concat(parts, ignore_index=True)


def _depths(card: Scorecard) -> pd.Series:
    from sutg_analysis.catalogue.units import depths

    return depths(card.catalogue.units)


def _sentence(row: dict[Any, Any]) -> str:
    name = f"{row['title']} ({row['unit_name']})"
    if row["kind"] == "ended":
        return f"{name} is back to usual variation."
    if row["kind"] == "assurance":
        return f"{name}: the target {_ASSURED[row['assurance']]}."
    per = row["per"] if isinstance(row["per"], int | float) else 1
    value = number(row["latest"], unit=row["unit"]) + unit_words(row["unit"], per)
    way = "higher" if str(row["variation"]).endswith("high") else "lower"
    date = when(row["latest_date"], monthly=pd.Timestamp(row["latest_date"]).day == 1)
    return f"{name} shows {_SIGNS[row['kind']]} that is new this quarter: {way} values, {value} in {date}."


def _rest(summary: pd.DataFrame, changes: pd.DataFrame) -> str:
    changed = len(changes[KEYS].drop_duplicates())
    same = len(summary) - changed
    if not changed:
        return f"No chart changed its verdict: {count(same, 'chart')} {_show(same)} what {_they(same)} did last quarter."
    more = f"{count(changed, 'chart')} of {len(summary)} changed {'its' if changed == 1 else 'their'} verdict"
    return f"In all, {more} since last quarter; {count(same, 'chart')} did not."


def _show(many: int) -> str:
    return "shows" if many == 1 else "show"


def _they(many: int) -> str:
    return "it" if many == 1 else "they"
