"""Priorities: the RAG of their actions, where it disagrees with the evidence, and what was promised and not done.

A priority's RAG is the worst that is stated of its actions. RAG is an opinion and a control chart is evidence: an
action that is green disagrees with a measure of its priority that signals concern or will miss its target, and a
red one with measures that all improve.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.control.record import outlook
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT

WORST_FIRST = ("Red", "Amber", "Green")
UNSTATED = "Not stated"
SAME_PROMISE = 0.9
"""Two plans whose words are as alike as this are one promise made twice (1 is the same text)."""


def of_quarter(table: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    """Return the rows of one quarter."""
    return table[table["quarter"] == quarter.slug].reset_index(drop=True)


def rag_by_priority(actions: pd.DataFrame) -> pd.Series:
    """Return the worst RAG stated of each priority's actions, ``Not stated`` where none is.

    Parameters
    ----------
    actions
        priority and rag, of one quarter.

    Examples
    --------
    >>> rows = pd.DataFrame({"priority": ["A", "A", "B"], "rag": ["Green", "Amber", None]})
    >>> rag_by_priority(rows).to_dict()
    {'A': 'Amber', 'B': 'Not stated'}
    """
    severity = actions["rag"].map({rag: place for place, rag in enumerate(WORST_FIRST)})
    worst = severity.groupby(actions["priority"], sort=False).min()
    return worst.map(dict(enumerate(WORST_FIRST))).astype("str").where(worst.notna(), UNSTATED)


def disagreements(actions: pd.DataFrame, summary: pd.DataFrame) -> pd.DataFrame:
    """List where the RAG of actions and the verdicts of their priority's measures disagree.

    Parameters
    ----------
    actions
        priority, action and rag, of one quarter.
    summary
        Verdicts of measures: priority, measure_id, unit_id, title, variation, assurance.

    Returns
    -------
    pandas.DataFrame
        One row a priority and RAG in disagreement: priority, rag, actions (tuple), measures (tuple of titles),
        sentence.

    Examples
    --------
    >>> actions = pd.DataFrame({"priority": ["Access"], "action": ["Publish waits"], "rag": ["Green"]})
    >>> seen = pd.DataFrame({"priority": ["Access"], "title": ["Seen in time"], "variation": ["concern_low"],
    ...                      "assurance": ["fail"]})
    >>> disagreements(actions, seen)["sentence"].item()
    'Access: an action is rated Green (Publish waits), while Seen in time signals concern and will miss its target.'
    """
    signal, fails = summary.get("period_variation", summary["variation"]), _failing(summary)
    concern, improving = signal.isin(CONCERN), signal.isin(IMPROVEMENT)
    whole = improving.groupby(summary["priority"]).transform("all") if len(summary) else improving
    shows = pd.Series("improves", index=summary.index, dtype="str")
    shows = shows.mask(concern, "signals concern").mask(fails, "will miss its target")
    shows = shows.mask(concern & fails, "signals concern and will miss its target")
    found = []
    for rag, against in (("Green", concern | fails), ("Red", whole)):
        measures = summary.assign(shows=shows)[against].drop_duplicates(["priority", "title"])
        rated = actions[actions["rag"] == rag].groupby("priority", sort=False)["action"].agg(tuple)
        for priority, names in rated.items():
            here = measures[measures["priority"] == priority]
            many = "an action is" if len(names) == 1 else f"{len(names)} actions are"
            what = "; ".join(here["title"] + " " + here["shows"])
            sentence = f"{priority}: {many} rated {rag} ({'; '.join(names)}), while {what}."
            found += [(priority, rag, names, tuple(here["title"]), sentence)] if len(here) else []
    return pd.DataFrame(found, columns=["priority", "rag", "actions", "measures", "sentence"])


def _failing(summary: pd.DataFrame) -> pd.Series:
    """Say which targets will be missed: not those that each of the latest periods met."""
    streak = summary.get("streak", pd.Series(0, summary.index))
    pairs = zip(summary["assurance"], streak, strict=True)
    return pd.Series([outlook(*pair) == "fail" for pair in pairs], summary.index, dtype=bool)


def carried_over(actions: pd.DataFrame, *, at: AsAt) -> tuple[pd.DataFrame, str]:
    """Return what was promised in the quarter before and is missing or slipped, and why there is nothing, if so.

    Returns
    -------
    tuple of pandas.DataFrame and str
        As :func:`carry_over` has it, and a sentence where there are no rows: the quarter is not over, so that nothing is late
        yet, one of the two quarters has no action, or everything is on its way.

    Examples
    --------
    >>> from datetime import date
    >>> from sutg_analysis.catalogue.as_at import AsAt
    >>> names = ["priority", "action", "lead", "quarter", "achievement", "rag", "next_plan"]
    >>> carried_over(pd.DataFrame(columns=names, dtype="str"), at=AsAt(date(2023, 9, 30)))[1]
    'No actions are on record for Q2 2023/24, so nothing can be carried over.'
    """
    quarter, before = at.quarter, at.quarter.previous
    late = carry_over(actions, quarter=quarter)
    if not at.whole:
        due = AsAt(quarter.end).words
        return late.iloc[
            :0
        ], f"What was promised in {before.label} is due by {due}. None of it is late before."
    for moment in (quarter, before):
        if of_quarter(actions, moment).empty:
            words = f"No actions are on record for {moment.label}, so nothing can be carried over."
            return late.iloc[:0], words
    return late, "" if len(late) else f"Everything promised in {before.label} is on its way."


def carry_over(actions: pd.DataFrame, *, quarter: Quarter) -> pd.DataFrame:
    """List what was promised in the quarter before and is missing or slipped in this one.

    A promise is a next plan. It is missing where this quarter has no row of its action, and slipped where this
    quarter's row is rated worse, has achieved nothing, or promises the same once more.

    Parameters
    ----------
    actions
        priority, action, lead, quarter, achievement, rag and next_plan, of any quarters.
    quarter
        The quarter reported.

    Returns
    -------
    pandas.DataFrame
        priority, action, lead, promised, status (missing, slipped), reason. Empty where either quarter has no
        rows at all, for then nothing can be said.

    Examples
    --------
    >>> columns = ["priority", "action", "lead", "quarter", "achievement", "rag", "next_plan"]
    >>> rows = [("A", "Train", "Matron", "2023-24-q1", "Begun", "Green", "Train all"),
    ...         ("A", "Train", "Matron", "2023-24-q2", "Half trained", "Amber", "Train the rest")]
    >>> carry_over(pd.DataFrame(rows, columns=columns), quarter=Quarter(2023, 2))["reason"].item()
    'rated Amber, after Green'
    """
    before, now = of_quarter(actions, quarter.previous), of_quarter(actions, quarter)
    columns = ["priority", "action", "lead", "promised", "status", "reason"]
    if before.empty or now.empty:
        return pd.DataFrame(columns=columns, dtype="str")
    promised = before[before["next_plan"].notna()].rename(columns={"next_plan": "promised"})
    kept = ["priority", "action", "achievement", "rag", "next_plan"]
    keys = ["priority", "action"]
    pairs = promised.merge(now[kept], on=keys, how="left", suffixes=("_before", ""), indicator=True)
    pairs["reason"] = [_reason(row) for row in pairs.to_dict("records")]
    pairs["status"] = pairs["_merge"].astype("str").map({"left_only": "missing"}).fillna("slipped")
    return pairs.loc[pairs["reason"] != "", columns].reset_index(drop=True)


def _reason(row: Row) -> str:
    if row["_merge"] == "left_only":
        return "not among this quarter's actions"
    rank = {rag: place for place, rag in enumerate(WORST_FIRST)}
    if rank.get(row["rag"], 9) < rank.get(row["rag_before"], -1):
        return f"rated {row['rag']}, after {row['rag_before']}"
    if pd.isna(row["achievement"]):
        return "nothing achieved is on record"
    if pd.isna(row["next_plan"]):
        return ""
    words = (row[name].lower().split() for name in ("promised", "next_plan"))
    again = SequenceMatcher(None, *words).ratio() >= SAME_PROMISE
    return "promised again for next quarter" if again else ""


def risk_changes(risks: pd.DataFrame, *, quarter: Quarter) -> pd.DataFrame:
    """List the risks that are new this quarter or scored higher than in the quarter before.

    Returns
    -------
    pandas.DataFrame
        priority, risk, score, before (last quarter's score), mitigation, change (new, worse).

    Examples
    --------
    >>> rows = pd.DataFrame({"priority": "A", "risk": ["Vacancies", "Vacancies", "Fire"], "mitigation": None,
    ...     "quarter": ["2023-24-q1", "2023-24-q2", "2023-24-q2"], "score": [9, 12, 8]})
    >>> risk_changes(rows, quarter=Quarter(2023, 2))["change"].tolist()
    ['worse', 'new']
    """
    before, now = of_quarter(risks, quarter.previous), of_quarter(risks, quarter)
    keys = ["priority", "risk"]
    old = before[[*keys, "score"]].rename(columns={"score": "before"})
    pairs = now.merge(old, on=keys, how="left", indicator=True)
    change = pairs["_merge"].astype("str").map({"left_only": "new"}).fillna("")
    pairs["change"] = change.mask(pairs["score"] > pairs["before"], "worse")
    changed = pairs[pairs["change"] != ""]
    return changed[[*keys, "score", "before", "mitigation", "change"]].reset_index(drop=True)


def highlights(actions: pd.DataFrame, summary: pd.DataFrame, *, quarter: Quarter) -> pd.DataFrame:
    """Return one row a priority: its RAG now and in the quarter before, its actions and what its measures show.

    Returns
    -------
    pandas.DataFrame
        priority, now, before, change (better, worse, same, or empty where either is not stated), actions,
        rated (how many of them have a RAG), concern, improvement, fail (numbers of measures).
    """
    now, signal = of_quarter(actions, quarter), summary.get("period_variation", summary["variation"])
    table = pd.DataFrame({"now": rag_by_priority(now)})
    table["before"] = (
        rag_by_priority(of_quarter(actions, quarter.previous)).reindex(table.index).fillna(UNSTATED)
    )
    rank = {rag: place for place, rag in enumerate(WORST_FIRST)}
    step = table["now"].map(rank) - table["before"].map(rank)
    words = step.clip(-1, 1).map({-1.0: "worse", 0.0: "same", 1.0: "better"})
    table["change"] = words.astype("str").where(step.notna(), "")
    table["actions"] = now.groupby("priority")["action"].count()
    table["rated"] = now.groupby("priority")["rag"].count()
    for name, marks in (
        ("concern", signal.isin(CONCERN)),
        ("improvement", signal.isin(IMPROVEMENT)),
        ("fail", _failing(summary)),
    ):
        table[name] = marks.groupby(summary["priority"]).sum().reindex(table.index).fillna(0).astype(int)
    return table.rename_axis("priority").reset_index()
