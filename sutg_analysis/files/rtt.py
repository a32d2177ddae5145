"""Referral to treatment waiting times are published by week waited, in two layouts, each with its traps.

The full extract has one row a provider, commissioner, part and treatment function, and a column for each week waited
(121 columns since April 2021). Part_2 is the list at the end of the month, Part_2A those of it with a decision to
admit, Part_1A and Part_1B who was treated, Part_3 whose clock started. ``Total`` is blank on Part_2, ``Total All`` is
not; rows of C_999 repeat the sum of the other functions; commissioner NONC is not in England's figures; blank bands
were not collected. The older layout is one row a commissioner and function, of incomplete pathways only, with NHS
England's own percentiles, which ours are compared with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Numbers, Row
from sutg_analysis.catalogue.cells import written_dates
from sutg_analysis.errors import DataError
from sutg_analysis.files.published import Imported, chosen, measure, numbers, read_files, refuse_cells, trusts
from sutg_analysis.waiting.percentiles import BandPercentiles, percentile_from_bands

TOTALS = ("C_999", "IP999")
NOT_COMMISSIONED = "NONC"
LEAST = 50
"""NHS England gives no percentile of fewer people."""

_BAND = re.compile(r"Gt (\d+) (?:To \d+ )?Weeks SUM 1|>(\d+)-\d+|(\d+) plus")
_SOURCE = "NHS England, Consultant-led referral to treatment waiting times"
_PARTS = {"Part_1A": "rtt-admitted", "Part_1B": "rtt-non-admitted", "Part_2A": "rtt-decision-to-admit",
          "Part_3": "rtt-new"}  # fmt: skip
_MEASURES = (
    ("rtt-waiting", "Waiting to start treatment", "count", "decrease", None, "at the end of the month"),
    ("rtt-within-18", "Waiting 18 weeks or less", "percent", "increase", 92, "126 days or less"),
    ("rtt-over-52", "Waiting over 52 weeks", "count", "decrease", None, "365 days or more"),
    ("rtt-over-65", "Waiting over 65 weeks", "count", "decrease", None, "456 days or more"),
    ("rtt-over-78", "Waiting over 78 weeks", "count", "decrease", None, "547 days or more"),
    ("rtt-over-104", "Waiting over 104 weeks", "count", "decrease", None, "729 days or more"),
    ("rtt-median-weeks", "Median wait so far", "weeks", "decrease", None, "by NHS England's rule for banded waits"),
    ("rtt-p92-weeks", "92nd percentile of waits so far", "weeks", "decrease", 18, "by the same rule"),
    ("rtt-p95-weeks", "95th percentile of waits so far", "weeks", "decrease", None, "by the same rule"),
    ("rtt-admitted", "Treated, admitted", "count", "increase", None, "clock stops in the month"),
    ("rtt-non-admitted", "Treated, not admitted", "count", "increase", None, "clock stops in the month"),
    ("rtt-decision-to-admit", "Waiting with a decision to admit", "count", "decrease", None,
     "part of those waiting; not to be added to them"),
    ("rtt-new", "New clock starts", "count", "neutral", None, "in the month"),
)  # fmt: skip
_OVER = (52, 65, 78, 104)
_KEY = ["period", "org", "function"]


def import_rtt(
    paths: Sequence[str | Path],
    *,
    units: Sequence[str] | None = None,
    period: str | pd.Timestamp | None = None,
) -> Imported:
    """Make tables of referral to treatment files.

    Returns
    -------
    Imported
        Units are organisations, and below each its treatment functions, such as RBD-C_100. ``summary`` has one row an
        organisation and month: unit_id, period, waiting, median_weeks, p92_weeks, p95_weeks, within_18 (per cent),
        over_52, over_65, over_78, over_104.

    Raises
    ------
    DataError
        If a file is none of these, two are of one month, or no organisation is left.
    """
    parts, notes = [], []
    for path, frame in read_files("rtt", paths):
        full = "RTT Part Type" in frame.columns
        code = "Commissioner Org Code" if full else _code_column(path, frame)
        inside = frame[frame[code] != NOT_COMMISSIONED]
        left_out = len(frame) - len(inside)
        if left_out:
            rows = f"{left_out} row{'s' if left_out > 1 else ''} of commissioner {NOT_COMMISSIONED}"
            notes.append(f"{path.name}: {rows}, which England's figures leave out.")
        table, more = _full(path, inside) if full else _commissioners(path, inside, code, period)
        parts.append(table.assign(file=path.name))
        notes += more
    _refuse_twice(parts)
    table = chosen(pd.concat(parts, ignore_index=True), units, column="org")
    values = _values(table)
    summary = _summary(values)
    return Imported(
        kind="rtt",
        measures=_measures(values),
        observations=_observations(values),
        units=_units(table),
        summary=summary,
        lines=tuple(_line(row) for row in summary.to_dict("records")),
        notes=tuple(notes),
    )


def _refuse_twice(parts: list[pd.DataFrame]) -> None:
    keys = pd.concat([part[["period", "org", "file"]].drop_duplicates() for part in parts])
    twice = keys[keys.duplicated(["period", "org"], keep=False)]
    if len(twice):
        first = twice.iloc[0]
        files = ", ".join(twice[(twice[["period", "org"]] == first[["period", "org"]]).all(axis=1)]["file"])
        raise DataError(
            f"{first['period']:%B %Y} of {first['org']} in {files}",
            "one file a month",
            "Give the revised one only",
        )


def band_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns of weeks waited, checked to run from 0 without a gap.

    Raises
    ------
    DataError
        If one is missing.
    """
    found = {int(next(filter(None, match.groups()))): name
             for name in frame.columns if (match := _BAND.fullmatch(name))}  # fmt: skip
    lacking = sorted(set(range(max(found) + 1)) - set(found)) if found else [0]
    if lacking:
        raise DataError(f"no band from {lacking[0]} weeks", "one column a week", "Give the file as published")
    return [found[week] for week in sorted(found)]


def _full(path: Path, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return parts by provider, function and month: the bands, and all counted."""
    bands = band_columns(rows)
    month = written_dates(rows["Period"])
    refuse_cells(rows["Period"], month.isna(), path, "a month, as RTT-November-2024")
    counts = {name: numbers(rows[name], path=path) for name in [*bands, "Total All"]}
    table = pd.DataFrame(dict(zip([*range(len(bands)), "total"], counts.values(), strict=True))).assign(
        period=month,
        org=rows["Provider Org Code"],
        part=rows["RTT Part Type"],
        function=rows["Treatment Function Code"],
    )
    summed = table.groupby([*_KEY, "part"], as_index=False).sum(min_count=1, numeric_only=True)
    names = rows["Provider Org Name"].groupby(rows["Provider Org Code"]).first()
    functions = rows["Treatment Function Name"].groupby(rows["Treatment Function Code"]).first()
    summed = summed.assign(name=summed["org"].map(names), function_name=summed["function"].map(functions))
    return _with_totals(summed, path)


def _with_totals(table: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Keep totals apart from detail, check one against the other, and add totals that lack."""
    is_total = table["function"].isin(TOTALS)
    keys = ["period", "org", "part"]
    added = table[~is_total].groupby([*keys, "name"], as_index=False).sum(min_count=1, numeric_only=True)
    given = table[is_total]
    both = given.merge(added, on=keys, suffixes=("", "_added"))
    differ = both[both["total"] != both["total_added"]]
    notes = [
        f"{path.name}: {row['org']} {row['part']} totals {row['total']:,.0f}, its functions {row['total_added']:,.0f}."
        for row in differ.head(5).to_dict("records")
    ]
    lacking = added.merge(given[keys], on=keys, how="left", indicator=True)
    made = lacking[lacking["_merge"] == "left_only"].drop(columns="_merge")
    made = made.assign(function=TOTALS[0], function_name="Total")
    return pd.concat([table, made], ignore_index=True), notes


def _code_column(path: Path, frame: pd.DataFrame) -> str:
    """Return the column of organisations in the older layout."""
    wanted = r"(CCG|PCT|Provider|Org\w*) Code"
    name = next((name for name in frame.columns if re.fullmatch(wanted, name)), None)
    if name is None:
        raise DataError(
            f"{path.name} has no column CCG Code", "a code of the organisation", "Give the published file"
        )
    return name


def _commissioners(
    path: Path, frame: pd.DataFrame, code: str, period: str | pd.Timestamp | None
) -> tuple[pd.DataFrame, list[str]]:
    """Return the older layout in the same shape, with the percentiles that were published."""
    bands = band_columns(frame)
    counts = pd.DataFrame({place: numbers(frame[name], path=path) for place, name in enumerate(bands)})
    table = counts.assign(
        total=numbers(frame["Total number of incomplete pathways"], path=path),
        period=_month(path, period),
        org=frame[code],
        name=frame[code.replace("Code", "Name")],
        part="Part_2",
        function=frame["Treatment Function Code"],
        function_name=frame["Treatment Function"],
    )
    for name, column in (("median", "median"), ("p95", "95th percentile")):
        published = next((given for given in frame.columns if column in given), None)
        if published:
            table[f"published_{name}"] = numbers(frame[published].replace("52+", ""), path=path)
    table = table.reset_index(drop=True)
    return table, _agreement(path, table)


def _month(path: Path, period: str | pd.Timestamp | None) -> pd.Timestamp:
    if period is not None:
        return pd.Timestamp(period).normalize().replace(day=1)
    found = re.search(
        r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_ ]?(\d{4}|\d{2})", path.name, re.I
    )
    if not found:
        raise DataError(
            f"{path.name} does not say its month", "a month in its name, as Mar15", "Give --period 2015-03-01"
        )
    return pd.Timestamp(written_dates(pd.Series([f"{found[1]} {found[2]}"]))[0])


def _agreement(path: Path, table: pd.DataFrame) -> list[str]:
    """Compare our percentiles with those published."""
    notes = []
    for name, share in (("median", 0.5), ("p95", 0.95)):
        if f"published_{name}" not in table:
            continue
        published = table[f"published_{name}"]
        ours = pd.Series(_percentile(table, share).values, table.index)
        known = published.notna()
        differ = known & ~((published - ours).abs() < 1e-9)
        where = ", ".join(sorted(table.loc[differ, "name"].unique()))
        words = "median" if name == "median" else "95th percentile"
        same = f"{int((known & ~differ).sum()):,} of {int(known.sum()):,} published {words}s are ours to 1e-9"
        notes.append(f"{path.name}: {same}{f'; not those of {where}' if where else ''}.")
    return notes


def _percentile(table: pd.DataFrame, share: float) -> BandPercentiles:
    bands = table[[name for name in table.columns if isinstance(name, int)]]
    return percentile_from_bands(bands.to_numpy(), share, period=table["period"].iloc[0], minimum=LEAST)


def _values(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a unit, month and measure: numerator, denominator, status."""
    found = [_of_list(rows) for _, rows in table[table["part"] == "Part_2"].groupby("period")]
    for part, measure_id in _PARTS.items():
        rows = table[table["part"] == part]
        found.append(_long(rows, measure_id, rows["total"]))
    return pd.concat([rows for rows in found if len(rows)], ignore_index=True)


def _long(
    rows: pd.DataFrame,
    measure_id: str,
    numerator: pd.Series | Numbers,
    denominator: pd.Series | float = np.nan,
) -> pd.DataFrame:
    table = rows[["org", "name", *_KEY[2:], "function_name", "period"]].assign(measure_id=measure_id)
    return table.assign(numerator=numerator, denominator=denominator, status=None)


def _of_list(rows: pd.DataFrame) -> pd.DataFrame:
    bands = rows[[name for name in rows.columns if isinstance(name, int)]].dropna(axis=1, how="all")
    total = bands.sum(axis=1, min_count=1)
    found = [
        _long(rows, "rtt-waiting", total),
        _long(rows, "rtt-within-18", bands.loc[:, :17].sum(axis=1), total),
    ]
    weeks = bands.shape[1] - 1
    found += [
        _long(rows, f"rtt-over-{over}", bands.loc[:, over:].sum(axis=1)) for over in _OVER if over <= weeks
    ]
    for name, share in (("median", 0.5), ("p92", 0.92), ("p95", 0.95)):
        percentile = _percentile(rows[[*bands.columns, "period"]], share).frame
        status = percentile["status"].where(percentile["status"] == "censored").to_numpy()
        found.append(_long(rows, f"rtt-{name}-weeks", percentile["value"].to_numpy()).assign(status=status))
    return pd.concat(found, ignore_index=True)


def _unit_id(table: pd.DataFrame) -> pd.Series:
    total = table["function"].isin(TOTALS)
    return table["org"].where(total, table["org"] + "-" + table["function"])


def _observations(values: pd.DataFrame) -> pd.DataFrame:
    """Leave sums of counts to the project: an organisation's are those of its functions, where it has any."""
    total = values["function"].isin(TOTALS)
    detailed = values["org"].isin(values.loc[~total, "org"])
    summed = ~values["measure_id"].str.endswith("-weeks")
    table = values.assign(unit_id=_unit_id(values))[~(total & detailed & summed)].reset_index(drop=True)
    return table[["measure_id", "unit_id", "period", "numerator", "denominator", "status"]]


def _measures(values: pd.DataFrame) -> pd.DataFrame:
    there = set(values["measure_id"])
    rows = [
        measure(name, title, unit, improvement, target=target, priority="Access", source=_SOURCE, suppress="none",
                definition=f"{title}: {what}.", per=100 if unit == "percent" else None)
        for name, title, unit, improvement, target, what in _MEASURES
        if name in there
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _units(table: pd.DataFrame) -> pd.DataFrame:
    orgs = table.drop_duplicates("org")
    below = table[~table["function"].isin(TOTALS)].drop_duplicates(["org", "function"])
    services = trusts(_unit_id(below), below["function_name"])
    services = services.assign(kind="service", parent_id=below["org"].to_numpy())
    return pd.concat([trusts(orgs["org"], orgs["name"]), services], ignore_index=True)


def _summary(values: pd.DataFrame) -> pd.DataFrame:
    totals = values[values["function"].isin(TOTALS)]
    shares = totals["numerator"] / totals["denominator"] * 100
    value = totals["numerator"].where(totals["denominator"].isna(), shares)
    wide = totals.assign(value=value).pivot_table(
        index=["org", "name", "period"], columns="measure_id", values="value", dropna=False, observed=True
    )
    wide = wide.dropna(how="all").reset_index()
    wide.columns = [str(name).removeprefix("rtt-").replace("-", "_") for name in wide.columns]
    return wide.rename(columns={"org": "unit_id"})


def _line(row: Row) -> str:
    parts = [f"{row['waiting']:,.0f} waiting"]
    for name, words in (("median", "median"), ("p92", "92nd percentile")):
        value = row.get(f"{name}_weeks", np.nan)
        parts.append(f"{words} {value:.6f} weeks" if value == value else f"{words} not given")
    parts.append(f"{row['within_18']:.3f}% within 18 weeks")
    parts += [f"{row[f'over_{over}']:,.0f} over {over} weeks" for over in _OVER if f"over_{over}" in row]
    return f"{row['unit_id']} {row['name']}, {row['period']:%B %Y}: {'; '.join(parts)}."
