"""What is measured, and how well: expected outcomes without a measure, and the quality of the data of each series.

The framework goes from objective to priority to measure to expected outcome. The quality of a series, over the last
months that it could have reported, has five dimensions:

- completeness = values reported / values expected x 100, where a monthly measure is expected every month from its
  first value on, and any other measure in every period in which some unit reported it;
- timeliness: values of the quarter's months that are over, and are there on the day / those expected;
- duplicates: rows whose key stands twice, and values that repeat numerator and denominator of the period before;
- validity: values that cannot be (below 0, above their denominator for a percentage, of a denominator of 0);
- staleness: months from the last value to the last month that is over.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.definitions import is_percent
from sutg_analysis.quality.rules import QualityRules

COVERED = "covered"


def coverage(
    outcomes: pd.DataFrame,
    measures: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    targets: pd.DataFrame,
    at: AsAt,
    incidents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say of each expected outcome what it lacks.

    Parameters
    ----------
    outcomes
        objective, priority, outcome, measure_id (of a measure or a harm; missing where there is neither).
    measures
        measure_id, title, owner, target.
    observations
        measure_id, period, numerator: recent means within the three months to the day.
    targets
        Dated targets: measure_id.
    at
        The day as at which it is said.
    incidents
        date, harm: an outcome may be followed by a harm that is no measure.

    Returns
    -------
    pandas.DataFrame
        The outcomes with title, owner and gap: ``no measure``, or of its measure ``no recent data``,
        ``no owner``, ``no target`` (joined by ``", "``), or ``covered``.

    Examples
    --------
    >>> from datetime import date
    >>> outcomes = pd.DataFrame({"objective": "Safe", "priority": "High Standards", "outcome": ["Fewer falls", "Learning"],
    ...                          "measure_id": ["falls", None]})
    >>> measures = pd.DataFrame({"measure_id": ["falls"], "title": ["Falls"], "owner": [None], "target": [5.0]})
    >>> seen = pd.DataFrame({"measure_id": ["falls"], "period": [pd.Timestamp("2023-09-01")], "numerator": [3.0]})
    >>> targets = pd.DataFrame({"measure_id": []})
    >>> coverage(outcomes, measures, seen, targets=targets, at=AsAt(date(2023, 9, 30)))["gap"].tolist()
    ['no owner', 'no measure']
    """
    known = measures[["measure_id", "title", "owner", "target"]]
    table = outcomes.merge(known, on="measure_id", how="left")
    last = pd.Timestamp(at.day)
    inside = observations["period"].between(last - pd.DateOffset(months=3), last, inclusive="right")
    hidden = observations["status"].eq("suppressed") if "status" in observations else False
    recent = set(observations.loc[inside & (observations["numerator"].notna() | hidden), "measure_id"])
    recent |= set() if incidents is None else set(incidents["harm"])  # a month without one is data too
    aimed = table["target"].notna() | table["measure_id"].isin(targets["measure_id"])
    lacks = {
        "no recent data": ~table["measure_id"].isin(recent),
        "no owner": table["owner"].isna(),
        "no target": ~aimed,
    }
    gaps = pd.DataFrame({name: marks.map({True: name, False: ""}) for name, marks in lacks.items()})
    joined = gaps.agg(lambda row: ", ".join(filter(None, row)), axis=1) if len(gaps) else gaps.sum(axis=1)
    gap = joined.astype("str").replace("", COVERED).mask(table["measure_id"].isna(), "no measure")
    return table.drop(columns="target").assign(gap=gap)


def coverage_counts(covered: pd.DataFrame) -> pd.DataFrame:
    """Return by objective: outcomes, covered, no_measure, and partly (a measure that lacks something).

    Parameters
    ----------
    covered
        From :func:`coverage`.

    Examples
    --------
    >>> coverage_counts(pd.DataFrame({"objective": "Safe", "gap": ["covered", "no measure", "no owner"]})).values.tolist()
    [['Safe', 3, 1, 1, 1]]
    """
    marks = pd.DataFrame(
        {
            "objective": covered["objective"],
            "outcomes": 1,
            "covered": covered["gap"].eq(COVERED).astype(int),
            "no_measure": covered["gap"].eq("no measure").astype(int),
        }
    )
    table = marks.groupby("objective", sort=False).sum()
    return table.assign(partly=table["outcomes"] - table["covered"] - table["no_measure"]).reset_index()


KEYS = ["measure_id", "unit_id"]
GOOD, FAIR, POOR = "Good", "Fair", "Poor"
DIMENSIONS = ("completeness", "timeliness", "duplicates", "validity", "staleness")
_GRADES = (GOOD, FAIR, POOR)
_COUNTS = ["expected", "reported", "due", "in_time", "twice", "repeated", "impossible"]


_TELLING = 3
"""Dates of a measure that tell whether it is quarterly or yearly."""


def data_quality(
    observations: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    at: AsAt,
    rules: QualityRules | None = None,
    rounded: Collection[str] = (),
) -> pd.DataFrame:
    """Count what is missing, late, repeated, impossible and old in every series.

    Parameters
    ----------
    observations
        measure_id, unit_id, period, numerator, denominator, as reported and not rolled up; where there is such,
        status: a value that is suppressed was reported.
    measures
        measure_id and unit.
    at
        The day as at which they are judged. A month that is not over on it is not due.
    rounded
        The measures whose values are rounded before they are shown, so that a value may well repeat the one before.
    rules
        When a share or an age is good, fair or poor.

    Returns
    -------
    pandas.DataFrame
        One row a measure and unit: the counts expected, reported, due and in_time (of the quarter), twice,
        repeated, impossible; last (period of the last value), months_old; and a grade, Good, Fair or Poor, named
        as each of ``DIMENSIONS``.

    Examples
    --------
    >>> from datetime import date
    >>> rows = pd.DataFrame({"measure_id": "falls", "unit_id": "a", "numerator": [1.0, None, 2.0, 5.0],
    ...     "period": pd.to_datetime(["2023-06-01", "2023-07-01", "2023-08-01", "2023-09-01"]), "denominator": None})
    >>> measures = pd.DataFrame({"measure_id": ["falls"], "unit": ["count"]})
    >>> found = data_quality(rows, measures, at=AsAt(date(2023, 9, 30)))
    >>> found[["expected", "reported", "completeness", "in_time"]].values.tolist()
    [[4, 3, 'Poor', 2]]
    """
    rules = rules or QualityRules()
    end = pd.Timestamp(at.month_over)
    seen = observations[observations["period"] <= end]
    rows = seen.drop_duplicates([*KEYS, "period"]).sort_values([*KEYS, "period"])
    first = end.replace(day=1) - pd.DateOffset(months=rules.months - 1)
    counts = _presence(rows, first=first, start=pd.Timestamp(at.quarter.start), end=end)
    again = seen.duplicated([*KEYS, "period"]).astype(int)
    twice = again.groupby([seen[name] for name in KEYS]).sum().rename("twice")
    groups = [twice, _faults(rows[rows["period"] >= first], measures)]
    table = pd.concat([counts, *groups], axis=1).reindex(counts.index)
    table[_COUNTS] = table[_COUNTS].fillna(0).astype(int)
    table.loc[table.index.get_level_values("measure_id").isin(list(rounded)), "repeated"] = 0
    months = (end.year - table["last"].dt.year) * 12 + end.month - table["last"].dt.month
    whole = table.index.get_level_values("measure_id").map(_steps(rows)) - 1
    months = (months - whole).clip(lower=0)
    return _graded(table.assign(months_old=months).reset_index(), rules)


def _presence(
    rows: pd.DataFrame, *, first: pd.Timestamp, start: pd.Timestamp, end: pd.Timestamp
) -> pd.DataFrame:
    """Return what was expected and reported of each series, in the window and in the quarter."""
    hidden = rows["status"].eq("suppressed") if "status" in rows else False
    valued = rows[rows["numerator"].notna() | hidden]
    spans = rows.groupby(KEYS)["period"].min().rename("begin").to_frame()
    spans["last"] = valued.groupby(KEYS)["period"].max()
    wanted = spans.reset_index().merge(_calendar(rows, end), on="measure_id")
    wanted = wanted[(wanted["period"] >= wanted["begin"]) & (wanted["period"] >= first)]
    there = wanted.merge(valued[[*KEYS, "period"]], how="left", indicator=True)
    marks = there[KEYS].assign(
        expected=1,
        reported=there["_merge"].eq("both").astype(int),
        due=(there["period"] >= start).astype(int),
    )
    marks["in_time"] = marks["reported"] * marks["due"]
    return spans.join(marks.groupby(KEYS).sum())


def _calendar(rows: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return the periods in which each measure could be reported."""
    monthly = rows["period"].dt.day.eq(1).groupby(rows["measure_id"]).all()
    spans, steps = rows.groupby("measure_id")["period"].min(), _steps(rows)
    months = [
        pd.DataFrame(
            {"measure_id": name, "period": dates[dates + pd.DateOffset(months=steps[name] - 1) <= end]}
        )
        for name in monthly.index[monthly]
        for dates in [pd.date_range(spans[name], end, freq=f"{steps[name]}MS")]
    ]
    others = rows.loc[~rows["measure_id"].map(monthly), ["measure_id", "period"]].drop_duplicates()
    return pd.concat([*months, others], ignore_index=True)


def _steps(rows: pd.DataFrame) -> pd.Series:
    """Return how many months a period of each measure has: 3 and 12 where all its dates say so, else 1."""
    place = (rows["period"].dt.year * 12 + rows["period"].dt.month - 1).groupby(rows["measure_id"])
    away = rows["period"].dt.year * 12 + rows["period"].dt.month - 1 - place.transform("min")
    told = place.nunique() >= _TELLING
    steps = pd.Series(1, index=told.index)
    for step in (3, 12):
        steps = steps.mask(told & away.mod(step).eq(0).groupby(rows["measure_id"]).all(), step)
    return steps


def _faults(rows: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    keys = [rows[name] for name in KEYS]
    before = rows.groupby(KEYS)[["numerator", "denominator"]].shift()
    same = rows["numerator"].eq(before["numerator"]) & rows["denominator"].eq(before["denominator"])
    units = rows["measure_id"].map(measures.drop_duplicates("measure_id").set_index("measure_id")["unit"])
    top, bottom = rows["numerator"].astype(float), rows["denominator"].astype(float)
    impossible = (top < 0) | (bottom < 0) | ((bottom == 0) & (top > 0)) | (is_percent(units) & (top > bottom))
    marks = pd.DataFrame({"repeated": same.astype(int), "impossible": impossible.astype(int)})
    return marks.groupby(keys).sum()


def _graded(table: pd.DataFrame, rules: QualityRules) -> pd.DataFrame:
    share = (table["reported"] / table["expected"].where(table["expected"] > 0) * 100).fillna(0)
    late = (table["due"] - table["in_time"]).where(table["due"] > 0, 3)
    odd, doubled = table["impossible"], table["twice"]
    return table.assign(
        completeness=_grade(share >= rules.good_completeness, share >= rules.fair_completeness),
        timeliness=_grade(late == 0, late == 1),
        duplicates=_grade((doubled == 0) & (table["repeated"] == 0), doubled == 0),
        validity=_grade(odd == 0, odd < 0),
        staleness=_grade(table["months_old"] == 0, table["months_old"] <= rules.stale_months),
    )


def _grade(good: pd.Series, fair: pd.Series) -> pd.Series:
    return pd.Series(POOR, index=good.index, dtype="str").mask(fair, FAIR).mask(good, GOOD)


def worst_by(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return counts summed and the worst grade of each dimension, by measure_id or by unit_id.

    Parameters
    ----------
    table
        From :func:`data_quality`.
    key
        ``measure_id`` or ``unit_id``.

    Returns
    -------
    pandas.DataFrame
        The key, series, the counts, months_old (the oldest) and the grades.

    Examples
    --------
    >>> rows = pd.DataFrame({"unit_id": ["a", "b"], **{name: ["Good", "Fair"] for name in DIMENSIONS},
    ...                      **dict.fromkeys(_COUNTS, 1), "months_old": [0, 2]})
    >>> worst_by(rows.assign(measure_id="falls"), "measure_id")[["series", "months_old", "validity"]].values.tolist()
    [[2, 2, 'Fair']]
    """
    rank = {grade: place for place, grade in enumerate(_GRADES)}
    ranks = table[list(DIMENSIONS)].apply(lambda column: column.map(rank))
    groups = table.groupby(key, sort=False)
    worst = ranks.groupby(table[key], sort=False).max()
    grades = worst.apply(lambda column: column.map(dict(enumerate(_GRADES))))
    sums = groups[_COUNTS].sum().assign(series=groups.size(), months_old=groups["months_old"].max())
    return sums.join(grades).reset_index()
