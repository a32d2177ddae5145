"""What a table of a file is of: per cent or fractions, parts or totals, periods without a row, rows to be counted."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from sutg_analysis.catalogue.cells import is_numbers
from sutg_analysis.errors import DataError, first_few
from sutg_analysis.files.columns import Chosen, Wanted, choose
from sutg_analysis.words.wording import count

PERCENT = re.compile(r"%|per ?cent|\bpct|pct\b|_pct", re.IGNORECASE)
"""Names of columns of percentages."""
_RATIO = re.compile(
    r"\b(rates?|ratio|mean|average|avg|median|percentile|proportion|share|smr|shmi|hsmr|index|score)\b"
    r"|\bper (1|head|bed|1?0+|1?,?0)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(grand |sub[- ]?|overall |national |trust |england |all )?totals?( .*)?|.* total|all( .*)?|overall|sum"
    r"|england|national|(whole )?trust|trust[- ]?wide|combined|aggregate",
    re.IGNORECASE,
)
_MIXED = 20
"""Percentages whose middle is above it are not also fractions."""


def in_percent(chosen: Chosen, cells: pd.DataFrame, *, asked: str | None) -> Chosen:
    """Return fractions under a name that says per cent as per cent, and say so; cells that say per cent stay.

    Raises
    ------
    DataError
        Fractions stand among percentages.
    """
    name = chosen.columns.value
    if name is None or asked not in (None, "percent") or not (asked or PERCENT.search(name)):
        return chosen
    signed = name in cells and cells[name].astype("str").str.contains(r"\d\s*%$").any()
    values = chosen.frame[name]
    broken = values.between(0, 1, inclusive="neither")
    if broken.any() and values.median() > _MIXED:
        row = values.index[broken][0]
        found = f"row {row}, column {name}: {values[row]:g} among percentages such as {values.max():g}"
        raise DataError(found, "fractions, or percentages", "Correct the cell, for 0.9 may be 90% or 0.9%")
    if signed or not broken.any() or not values.dropna().between(0, 1).all():
        return chosen
    span = f"{values.min():.10g} to {values.max():.10g}"
    said = f"'{name}' is called per cent and goes from {span}: fractions, times 100; give --unit '%' to leave them as they are."
    return Chosen(chosen.frame.assign(**{name: values * 100}), chosen.columns, (*chosen.choices, said))


def ratio_of(chosen: Chosen) -> str | None:
    """Return the column of percentages or rates among those charted, which cannot be added up, or None."""
    names = chosen.columns.numbers
    percent = [name for name in names if PERCENT.search(name) or _RATIO.search(name)]
    shown = [line for line in chosen.choices if "fractions, times 100" in line]
    return percent[0] if percent else names[0] if shown else None


def without_totals(chosen: Chosen) -> Chosen:
    """Leave out rows that are totals of others of their date: so called, or equal to their sum throughout, and say so."""
    columns, frame = chosen.columns, chosen.frame
    keys = [str(columns.date), *columns.by]
    words = [
        name
        for name in map(str, frame.columns)
        if name not in {*keys, *columns.numbers} and not is_numbers(frame[name])
    ]
    left_out = pd.Series(False, index=frame.index)
    dates = [frame[key] for key in keys]
    for name in words:
        texts = frame[name].fillna("").astype("str").str.strip()
        called = texts.str.fullmatch(_TOTAL)
        parts = (~called).groupby(dates, dropna=False).transform("any")
        left_out |= called & parts
    values = frame[columns.numbers[0]].where(~left_out)
    sums, many = (values.groupby(dates, dropna=False).transform(how) for how in ("sum", "count"))
    equal = (values * 2 == sums) & (many >= 3) & (values > 0)
    for name in words:
        each = frame[name].fillna("").astype("str")[~left_out]
        whole = equal.groupby(each).transform("all") & (equal.groupby(each).transform("sum") > 1)
        left_out |= whole.reindex(frame.index, fill_value=False)
    if not left_out.any():
        return chosen
    named = sorted({str(cell) for name in words for cell in frame.loc[left_out, name].unique()} - {"nan", ""})
    totals = [cell for cell in named if re.fullmatch(_TOTAL, cell)] or named
    some = count(int(left_out.sum()), "row")
    said = f"{some} of totals ({first_few(totals, shown=4)}) left out, for their parts stand beside them; give --where to chart them."
    return Chosen(frame[~left_out], columns, (*chosen.choices, said))


def with_gaps(chosen: Chosen) -> Chosen:
    """Return the table with an empty row for each period that has none between the first and the last of its series."""
    date, by = str(chosen.columns.date), list(chosen.columns.by)
    frame = chosen.frame
    step = _step(frame[date])
    if step is None:
        return chosen
    whole = frame.groupby(by, sort=False, dropna=False)[date] if by else [((), frame[date])]
    rows = [
        pd.DataFrame({date: pd.date_range(dates.min(), dates.max(), freq=step)}).assign(
            **dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        )
        for key, dates in whole
    ]
    every = pd.concat(rows, ignore_index=True)
    lacking = every[~pd.MultiIndex.from_frame(every).isin(pd.MultiIndex.from_frame(frame[[date, *by]]))]
    if lacking.empty or len(lacking) > len(frame):
        return chosen
    first, last = lacking[date].min(), lacking[date].max()
    span = f"{first:%d/%m/%Y}" + (f" to {last:%d/%m/%Y}" if first != last else "")
    stay = "stays a gap" if len(lacking) == 1 else "stay gaps"
    said = f"Without a row: {count(len(lacking), 'period')} ({span}), which {stay}."
    filled = pd.concat([frame, lacking.set_index(pd.Index([f"no row {n}" for n in range(len(lacking))]))])
    return Chosen(filled, chosen.columns, (*chosen.choices, said))


def _step(dates: pd.Series) -> str | None:
    """Return the spacing of regular periods, as a frequency; None where there is none."""
    days = dates.drop_duplicates().sort_values()
    if len(days) < 3:
        return None
    if days.dt.day.eq(1).all():
        months = days.dt.year * 12 + days.dt.month
        gaps = months.diff().dropna()
        step = int(gaps.min())
        return f"{step}MS" if step in (1, 3, 12) and (gaps % step == 0).all() else None
    gaps = days.diff().dropna().dt.days
    step = int(gaps.min())
    weekdays = step == 1 and days.dt.dayofweek.nunique() < 7
    return f"{step}D" if step in (1, 7) and not weekdays and (gaps % step == 0).all() else None


def counted(cells: pd.DataFrame, wanted: Wanted, *, name: str) -> Chosen:
    """Count the rows of each month and series; a month of none between the first and the last is 0.

    Raises
    ------
    DataError
        A number is asked for too, or a row has no date.
    """
    if wanted.numbers:
        raise DataError(
            f"--count, and {wanted.numbers[0]}", "one of them", "Leave out --count, or the column"
        )
    column = "Rows counted"
    chosen = choose(cells.assign(**{column: 1}), replace(wanted, value=column), name=name, series=False)
    date, by = str(chosen.columns.date), list(chosen.columns.by)
    frame = chosen.frame.assign(**{date: chosen.frame[date].dt.to_period("M").dt.to_timestamp()})
    every = pd.date_range(frame[date].min(), frame[date].max(), freq="MS")
    counts = frame.groupby([*by, date], dropna=False)[column].count()
    months = pd.DataFrame({date: every})
    kinds = frame[by].drop_duplicates().merge(months, how="cross") if by else months
    rows = kinds.merge(counts.reset_index(), on=[*by, date], how="left").fillna({column: 0.0})
    said = f"{len(frame):,} rows counted by month, months of none as 0; the first or last month may not be whole."
    return Chosen(rows, chosen.columns, (*chosen.choices, said))
