"""Verdicts that are new: what a quarter's ledger says that the one before did not."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.control.rules import verdict_of
from sutg_analysis.ledger.book import KEYS

SIGNALS = ("concern", "improvement", "neutral")
ASSURED = ("pass", "fail", "hit_or_miss")


def verdict_changes(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """List the series whose verdict is new: one row a series and kind of change.

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
    signal, signalled = (each.isin(list(SIGNALS)) for each in (verdict, earlier))
    assured = pairs["assurance"].isin(list(ASSURED)) & pairs["old_assurance"].isin(list(ASSURED))
    parts = [
        pairs.assign(kind=verdict)[signal & (verdict != earlier)],
        pairs.assign(kind="assurance")[assured & (pairs["assurance"] != pairs["old_assurance"])],
        pairs.assign(kind="ended")[signalled & (pairs["variation"] == "common")],
    ]
    return pd.concat(parts, ignore_index=True)
