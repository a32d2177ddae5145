"""The numbers of a control chart as tables: for readers, in words and units, and for machines."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.charts.panels import marked
from sutg_analysis.control.result import SpcResult
from sutg_analysis.words.phrases import unit_of
from sutg_analysis.words.wording import (
    CONFIDENTIAL,
    centre_name,
    is_monthly,
    number,
    telling_decimals,
    when,
)

_LINES = {"lower": "Lower limit", "upper": "Upper limit", "target": "Target"}


def numbers_table(result: SpcResult, *, unit: str | None = None) -> pd.DataFrame:
    """Return a row a point as text: date, value, centre, limits, target, and what the point shows.

    Columns without any value are left out; several series stand below each other, named in their key columns.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=3, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "falls": [4, 6, 5]})
    >>> numbers_table(spc(frame, value="falls", date="month"))[["Month", "Value", "Mean"]].values.tolist()
    [['January 2024', '4', '5'], ['February 2024', '6', '5'], ['March 2024', '5', '5']]
    """
    points, unit = result.points, unit_of(result, unit)
    monthly = is_monthly(points["date"])
    shown = {"Month" if monthly else "Date": [when(date, monthly=monthly) for date in points["date"]]}
    shown |= {str(key).replace("_", " ").capitalize(): points[key].astype("str") for key in result.by}
    hidden = _hidden(points)
    shown["Value"] = [
        CONFIDENTIAL if gone else text
        for gone, text in zip(hidden, _texts(points["value"], unit), strict=True)
    ]
    centre = centre_name(result.chart_type)
    for line, name in {"centre": centre[:1].upper() + centre[1:], **_LINES}.items():
        if points[line].notna().any():
            shown[name] = _texts(points[line], unit)
    shown["What it shows"] = _shows(points)
    return pd.DataFrame(shown)


def _texts(values: pd.Series, unit: str | None) -> list[str]:
    places = telling_decimals(values.dropna(), unit=unit)
    return [number(value, unit=unit, decimals=places) for value in values]


def _hidden(points: pd.DataFrame) -> list[bool]:
    """Return which points disclosure control hides."""
    return points["hidden"].tolist() if "hidden" in points else [False] * len(points)


def _shows(points: pd.DataFrame) -> list[str]:
    rows = zip(
        marked(points),
        points["excluded_reason"].tolist(),
        points["value"].isna().tolist(),
        _hidden(points),
        strict=True,
    )
    return [
        f"{f'Not shown {CONFIDENTIAL}' if hidden else 'No value' if missing else mark}"
        f"{f': {reason}' if reason else ''}"
        for mark, reason, missing, hidden in rows
    ]


def raw_table(result: SpcResult) -> pd.DataFrame:
    """Return every point with its lines, flags and verdict, as a file of data has them."""
    points = result.points
    kept = [
        *result.by,
        *(name for name in points.columns if name not in {*result.by, "measure_id", "unit_id", "hidden"}),
    ]
    texts = {name: points[name].astype("str") for name in ("excluded_reason", "rebase_reason", "variation")}
    table = points.assign(**texts)
    hidden = pd.Series(_hidden(points), index=points.index, dtype=bool)
    for name in ("value", "denominator") if hidden.any() else ():
        if name in table:
            table[name] = table[name].astype("object").mask(hidden, CONFIDENTIAL)
    return table[kept]
