"""The measure framework: objective to priority to measure to expected outcome, and what of it is not covered."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.catalogue.quarter import Quarter

COVERED = "covered"


def coverage(
    outcomes: pd.DataFrame,
    measures: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    targets: pd.DataFrame,
    quarter: Quarter,
) -> pd.DataFrame:
    """Say of each expected outcome what it lacks.

    Parameters
    ----------
    outcomes
        objective, priority, outcome, measure_id (missing where there is no measure).
    measures
        measure_id, title, owner, target.
    observations
        measure_id, period, numerator: recent means within the quarter.
    targets
        Dated targets: measure_id.
    quarter
        The quarter reported.

    Returns
    -------
    pandas.DataFrame
        The outcomes with title, owner and gap: ``no measure``, or of its measure ``no recent data``,
        ``no owner``, ``no target`` (joined by ``", "``), or ``covered``.

    Examples
    --------
    >>> outcomes = pd.DataFrame({"objective": "Safe", "priority": "High Standards", "outcome": ["Fewer falls", "Learning"],
    ...                          "measure_id": ["falls", None]})
    >>> measures = pd.DataFrame({"measure_id": ["falls"], "title": ["Falls"], "owner": [None], "target": [5.0]})
    >>> seen = pd.DataFrame({"measure_id": ["falls"], "period": [pd.Timestamp("2023-09-01")], "numerator": [3.0]})
    >>> targets = pd.DataFrame({"measure_id": []})
    >>> coverage(outcomes, measures, seen, targets=targets, quarter=Quarter(2023, 2))["gap"].tolist()
    ['no owner', 'no measure']
    """
    known = measures[["measure_id", "title", "owner", "target"]]
    table = outcomes.merge(known, on="measure_id", how="left")
    inside = observations["period"].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))
    hidden = observations["status"].eq("suppressed") if "status" in observations else False
    recent = observations.loc[inside & (observations["numerator"].notna() | hidden), "measure_id"]
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


def unframed(outcomes: pd.DataFrame, measures: pd.DataFrame) -> tuple[str, ...]:
    """Return the titles of the measures that no expected outcome names."""
    return tuple(measures.loc[~measures["measure_id"].isin(outcomes["measure_id"]), "title"])
