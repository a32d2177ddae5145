"""What people say of their care: the Friends and Family Test by unit and group, who answers, themes of comments.

Positive is very good or good over all answers, don't know too, as NHS England counts it. Few answers make a share
unsure, so every share has Wilson's interval, and groups are compared by a test that allows for their number. A
response rate of a group far from its part of the caseload means that the test hears some people less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sutg_analysis.arrays import Numbers
from sutg_analysis.control.observations import check_column, key_names
from sutg_analysis.errors import DataError
from sutg_analysis.result import Result
from sutg_analysis.waiting.equity import holm


def wilson(part: ArrayLike, whole: ArrayLike, *, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return the lower and upper bound of shares, which neither leave 0 to 1 nor shrink to nothing there (Wilson 1927).

    Parameters
    ----------
    part, whole
        Counts, arrays of one shape; ``whole`` may be 0, and the bounds are then missing.
    confidence
        Of the interval.

    Examples
    --------
    >>> [round(float(bound), 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    from statsmodels.stats.proportion import proportion_confint

    count, nobs = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    known = nobs > 0
    lower, upper = proportion_confint(
        np.where(known, count, 0), np.where(known, nobs, 1), alpha=1 - confidence, method="wilson"
    )
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


ANSWERS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
FEW = 30
"""Below so many answers a share moves by ten points on three of them."""
SURE = 0.01
"""A group is said to differ where chance would make it do so less often than this, all groups together."""
FAR = 0.8
"""A group heard less than four fifths as much as its part of the caseload; chance differences of large numbers are
found too, and matter little."""


def _named(groups: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Return what each group is called: its keys, the first with a capital."""
    names = (
        groups[list(by)].astype("str").agg(": ".join, axis=1) if by else pd.Series("All", index=groups.index)
    )
    return names.str[:1].str.upper() + names.str[1:]


@dataclass(frozen=True, eq=False)
class FeedbackResult(Result):
    """How content units or groups of people are.

    Parameters
    ----------
    groups
        One row a key: keys, responses, positive, lower, upper, negative, negative_lower, negative_upper (per cent), few
        (under 30 answers), rest (per cent positive of all other rows together), p (of a difference from them, Holm's
        correction for the number of keys), differs (high or low where p is below 0.01 and answers are not few, else none).
    by
        Names of the keys.
    """

    _views = "experience:feedback"

    groups: pd.DataFrame
    by: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<FeedbackResult: {int(self.groups['responses'].sum()):,} answers, {len(self.groups)} groups>"

    @property
    def names(self) -> pd.Series:
        """What each group is called."""
        return _named(self.groups, self.by)


@dataclass(frozen=True, eq=False)
class RepresentationResult(Result):
    """Whether those who answer are like those cared for.

    Parameters
    ----------
    groups
        One row a group: keys, responses, people, share (of answers, per cent), lower, upper, caseload_share, response_rate
        (answers a hundred people), ratio (share / caseload share), heard (less, more, alike, few: less where the ratio is
        below 0.8 and the interval below the caseload's share, more likewise above 1.25).
    by
        Names of the keys.
    """

    _views = "experience:representation"

    groups: pd.DataFrame
    by: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<RepresentationResult: {len(self.groups)} groups>"

    @property
    def names(self) -> pd.Series:
        """What each group is called."""
        return _named(self.groups, self.by)


def answers_once(feedback: pd.DataFrame, *, by: str = "unit_id") -> pd.DataFrame:
    """Return the answers of one kind of group a unit, that with the most: each kind counts the same people again.

    Parameters
    ----------
    feedback
        As for :func:`friends_and_family`, with group_kind.
    by
        The column of units.

    Examples
    --------
    >>> rows = pd.DataFrame({"unit_id": "a", "group_kind": ["age", "sex"], "very_good": [9, 5], "good": 0, "neither": 0,
    ...                      "poor": 0, "very_poor": 0, "dont_know": 0})
    >>> answers_once(rows)["group_kind"].tolist()
    ['age']
    """
    counted = feedback.assign(answers=feedback[list(ANSWERS)].sum(axis=1))
    whole = counted.groupby([by, "group_kind"], as_index=False)["answers"].sum()
    most = (
        whole.sort_values("answers", kind="stable")
        .drop_duplicates(by, keep="last")
        .set_index(by)["group_kind"]
    )
    return feedback[feedback["group_kind"] == feedback[by].map(most)].reset_index(drop=True)


def friends_and_family(
    feedback: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = "unit_id",
    within: str | Sequence[str] | None = None,
    confidence: float = 0.95,
) -> FeedbackResult:
    """Return the share of positive and negative answers of each unit or group.

    Parameters
    ----------
    feedback
        Columns very_good, good, neither, poor, very_poor, dont_know (counts) and the keys.
    by
        Key column or columns: unit_id, or group_kind and group; None adds everything up.
    within
        Keys within which a row is compared with the rest, such as unit_id and group_kind to compare the groups of
        each unit; None compares with all other rows.
    confidence
        Of the intervals.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, or a count is negative.

    Examples
    --------
    >>> answers = {"very_good": [60, 20], "good": [30, 20], "neither": [5, 5], "poor": [3, 10], "very_poor": [2, 5],
    ...            "dont_know": [0, 0]}
    >>> groups = friends_and_family(pd.DataFrame({"unit_id": ["a", "b"], **answers})).groups
    >>> groups[["unit_id", "positive", "differs"]].round(1).values.tolist()
    [['a', 90.0, 'high'], ['b', 66.7, 'low']]
    """
    keys = key_names(by, ANSWERS)
    for column in (*ANSWERS, *keys):
        check_column(feedback, column)
    counts = feedback[list(ANSWERS)]
    if not all(pd.api.types.is_numeric_dtype(counts[column].dtype) for column in counts) or (counts < 0).any(
        axis=None
    ):
        raise DataError(
            "answers that are no counts", "0 or more in each answer's column", "Correct the table"
        )
    table = (
        feedback.groupby(list(keys) or (lambda _: 0), sort=False)[list(ANSWERS)]
        .sum()
        .reset_index(drop=not keys)
    )
    whole = table[list(ANSWERS)].sum(axis=1)
    good, bad = table["very_good"] + table["good"], table["poor"] + table["very_poor"]
    result = table[list(keys)].assign(responses=whole.astype(int))
    for name, part in (("positive", good), ("negative", bad)):
        lower, upper = wilson(part, whole, confidence=confidence)
        prefix = "" if name == "positive" else "negative_"
        share = 100 * part / whole.where(whole > 0)
        result = result.assign(**{name: share, f"{prefix}lower": 100 * lower, f"{prefix}upper": 100 * upper})
    result["few"] = whole < FEW
    return FeedbackResult(_compared(result, good, whole, list(key_names(within, ANSWERS))), keys)


def _compared(result: pd.DataFrame, good: pd.Series, whole: pd.Series, within: list[str]) -> pd.DataFrame:
    """Compare each row with the others together, all or those with the same keys."""
    from scipy.stats import norm

    for name in within:
        check_column(result, name)
    total, total_good = (
        part.groupby([result[name] for name in within]).transform("sum") if within else part.sum() + 0 * part
        for part in (whole, good)
    )
    others, others_good = total - whole, total_good - good
    pooled = total_good / total.where(total > 0)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / whole.where(whole > 0) + 1 / others.where(others > 0)))
    gap = good / whole.where(whole > 0) - others_good / others.where(others > 0)
    p = holm(2 * norm.sf(np.abs(gap / spread.where(spread > 0))))
    side = np.where(gap > 0, "high", "low")
    differs = pd.Series(np.where((p < SURE) & ~result["few"], side, "none"), dtype="str")
    return result.assign(rest=100 * others_good / others.where(others > 0), p=p, differs=differs)


def representativeness(
    responses: pd.DataFrame,
    caseload: pd.DataFrame,
    *,
    by: str | Sequence[str] = ("group_kind", "group"),
    within: str | None = "group_kind",
    people: str = "people",
    answers: str | None = None,
    confidence: float = 0.95,
) -> RepresentationResult:
    """Return whether those who answer are like those cared for.

    Parameters
    ----------
    responses
        Feedback with the keys, and either the six answers' columns or a column ``answers`` of counts.
    caseload
        One row a group: the keys and ``people``.
    by
        Key columns of both frames.
    within
        Key within which shares add up to one, such as the kind of group.
    people, answers
        Columns of people in the caseload, and of answers.
    confidence
        Of the interval of the share of answers.

    Raises
    ------
    ArgumentError, DataError
        If a column is missing, a group stands twice or has answers and no caseload.

    Examples
    --------
    >>> said = pd.DataFrame({"group_kind": ["age"] * 2, "group": ["under 65", "65 and over"], "n": [180, 20]})
    >>> cared = pd.DataFrame({"group_kind": ["age"] * 2, "group": ["under 65", "65 and over"], "people": [700, 300]})
    >>> representativeness(said, cared, answers="n").groups["heard"].tolist()
    ['less', 'more']
    """
    keys = key_names(by, (people, answers))
    for frame, columns in ((responses, keys), (caseload, (*keys, people))):
        for column in columns:
            check_column(frame, column)
    counted = _answered(responses, keys, answers)
    cared = caseload.groupby(list(keys), as_index=False)[people].sum().rename(columns={people: "people"})
    table = cared.merge(counted, on=list(keys), how="outer").fillna({"responses": 0.0})
    lost = table[table["people"].isna() | (table["people"] <= 0)]
    if len(lost):
        name = ", ".join(map(str, lost.iloc[0][list(keys)]))
        raise DataError(
            f"answers of {name} without people in the caseload", "people in every group", "Add them"
        )
    groups = table.groupby(within) if within else table.groupby(lambda _: 0)
    whole, all_people = groups["responses"].transform("sum"), groups["people"].transform("sum")
    lower, upper = wilson(table["responses"], whole, confidence=confidence)
    part = table["people"] / all_people
    share = table["responses"] / whole.where(whole > 0)
    few = (whole * part < 5) | (whole < FEW)
    less = (upper < part) & (share / part < FAR)
    more = (lower > part) & (share / part > 1 / FAR)
    heard = np.select([few, less, more], ["few", "less", "more"], default="alike")
    table = table.assign(
        responses=table["responses"].astype(int),
        share=100 * share,
        lower=100 * lower,
        upper=100 * upper,
        caseload_share=100 * part,
        response_rate=100 * table["responses"] / table["people"],
        ratio=share / part,
        heard=pd.Series(heard, index=table.index, dtype="str"),
    )
    return RepresentationResult(table, keys)


def _answered(responses: pd.DataFrame, keys: tuple[str, ...], answers: str | None) -> pd.DataFrame:
    if answers is not None:
        check_column(responses, answers)
        counts = responses[answers]
    else:
        for column in ANSWERS:
            check_column(responses, column)
        counts = responses[list(ANSWERS)].sum(axis=1)
    table = responses[list(keys)].assign(responses=counts.astype(float))
    return table.groupby(list(keys), as_index=False)["responses"].sum()


def themes(
    comments: pd.DataFrame,
    *,
    theme: str = "theme",
    sentiment: str = "sentiment",
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Count the themes of comments.

    Parameters
    ----------
    comments
        One row a comment and theme.
    theme, sentiment
        Columns; sentiment is positive, negative or mixed.
    by
        Further keys, such as unit_id.

    Returns
    -------
    pandas.DataFrame
        One row a key and theme, most often named first: keys, theme, comments, positive, negative, mixed, share
        (per cent of the key's comments).

    Examples
    --------
    >>> said = pd.DataFrame({"theme": ["staff", "food", "staff"], "sentiment": ["positive", "negative", "mixed"]})
    >>> themes(said)[["theme", "comments", "positive"]].values.tolist()
    [['staff', 2, 1], ['food', 1, 0]]
    """
    keys = key_names(by, (theme, sentiment))
    for column in (theme, sentiment, *keys):
        check_column(comments, column)
    strange = sorted(
        {str(found) for found in comments[sentiment].unique()} - {"positive", "negative", "mixed"}
    )
    if strange:
        raise DataError(f"sentiment {', '.join(strange)}", "positive, negative or mixed", "Correct it")
    named = comments.rename(columns={theme: "theme"})
    kinds = pd.crosstab([named[name] for name in (*keys, "theme")], named[sentiment])
    kinds = kinds.reindex(columns=["positive", "negative", "mixed"], fill_value=0)
    table = kinds.assign(comments=kinds.sum(axis=1)).reset_index().rename_axis(columns=None)
    whole = table.groupby(list(keys))["comments"].transform("sum") if keys else table["comments"].sum()
    table = table.assign(share=100 * table["comments"] / whole)
    order = table.sort_values([*keys, "comments", "theme"], ascending=[*([True] * len(keys)), False, True])
    return order[[*keys, "theme", "comments", "positive", "negative", "mixed", "share"]].reset_index(
        drop=True
    )


def quotable(comments: pd.DataFrame, *, quote: str = "quote", consent: str = "consent") -> pd.DataFrame:
    """Return the comments that may be quoted: those with consent "yes" and words.

    Parameters
    ----------
    comments
        One row a comment and theme.
    quote, consent
        Columns.

    Examples
    --------
    >>> said = pd.DataFrame({"quote": ["Kind staff", "My own words"], "consent": ["yes", "no"]})
    >>> quotable(said)["quote"].tolist()
    ['Kind staff']
    """
    for column in (quote, consent):
        check_column(comments, column)
    agreed = comments[consent].astype("str").str.lower() == "yes"
    return comments[agreed & comments[quote].notna()].reset_index(drop=True)


def said_and_done(
    comments: pd.DataFrame, *, theme: str = "theme", response: str = "response"
) -> pd.DataFrame:
    """Return "You said, we did": themes with what was done, and how many comments asked for it.

    Parameters
    ----------
    comments
        One row a comment and theme.
    theme, response
        Columns.

    Examples
    --------
    >>> said = pd.DataFrame({"theme": ["food", "food", "staff"], "response": ["New menu", "New menu", None]})
    >>> said_and_done(said).values.tolist()
    [['food', 'New menu', 2]]
    """
    for column in (theme, response):
        check_column(comments, column)
    done = comments[comments[response].notna()]
    table: Any = done.groupby([theme, response]).size().rename("comments").reset_index()
    return table.sort_values(["comments", theme], ascending=[False, True], ignore_index=True)
