"""A file of somebody's numbers becomes a control chart, and every choice on the way becomes a sentence.

The file is read as it was published, rows are kept that the caller wants, columns are as asked or guessed, and
:func:`sutg_analysis.spc` does the rest. What cannot be charted without guessing is refused, and the error names the
option that would decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypedDict

import pandas as pd

from sutg_analysis.catalogue.cells import written_dates
from sutg_analysis.catalogue.digests import file_digest
from sutg_analysis.control.recommend import recommend_chart
from sutg_analysis.control.result import RESULT_COLUMNS, SpcResult
from sutg_analysis.control.spc import spc
from sutg_analysis.errors import ArgumentError, DataError, first_few
from sutg_analysis.files.columns import MADE, Chosen, Wanted, choose, column_named
from sutg_analysis.files.sheet import read_sheet
from sutg_analysis.files.whole import PERCENT, counted, in_percent, ratio_of, with_gaps, without_totals
from sutg_analysis.words.wording import CALENDAR, day

_GAPS = ("g", "t")
_SUBGROUPS = ("xbar", "s")
"""Charts in which the rows of a date are measurements that belong together."""


@dataclass(frozen=True, eq=False)
class FileChart:
    """A control chart made of files.

    Parameters
    ----------
    result
        The chart.
    title, unit
        What is measured, and in which unit; ``None`` where the file does not say.
    choices
        Every choice made in reading, a sentence each.
    sources
        File name to SHA-256.
    """

    result: SpcResult
    title: str
    unit: str | None
    choices: tuple[str, ...]
    sources: Mapping[str, str] = field(default_factory=dict)


def chart_file(
    paths: str | Path | Sequence[str | Path],
    *,
    date: str | None = None,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None,
    add_up: bool = False,
    count_rows: bool = False,
    financial: bool = False,
    sheet: str | None = None,
    title: str | None = None,
    unit: str | None = None,
    rebase: Mapping[str, tuple[str, str]] | None = None,
    exclude: Mapping[str, tuple[str, str]] | None = None,
    baseline: str | None = None,
    chart: str = "xmr",
    improvement: str | None = None,
    target: float | None = None,
    per: float | None = None,
    profile: str = "mdc",
) -> FileChart:
    """Make a control chart of a file, or of files of one layout together.

    Parameters
    ----------
    paths
        CSV (any encoding and separator, .gz and .zip too), XLSX or Parquet.
    date, value, numerator, denominator, by
        Columns; guessed where there is one candidate. A date may be two columns, ``year+month``.
    where
        Column to the cells of which rows are kept.
    add_up
        Add the numbers of one date and series, rather than refuse them; rows of totals are left out.
    count_rows
        Count the rows of each month (and series, with ``by``); a month without any is 0.
    financial
        Whether quarters of one year, such as 2019Q1, are of the financial year that begins in it.
    sheet
        Of a workbook with several tables.
    title, unit
        For headings and words; by default the column's name.
    rebase, exclude
        Date to reason and author.
    baseline
        A number of points, or a last date.
    chart, improvement, target, per, profile
        As :func:`sutg_analysis.spc` takes them; ``chart="auto"`` takes what
        :func:`sutg_analysis.recommend_chart` advises, and without ``improvement`` neither way is better.

    Raises
    ------
    ArgumentError
        An option is wrong, or a choice is open.
    DataError
        A file cannot be read, or a cell is no date or no number.
    """
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    table, of_reading = _together(files, sheet)
    kept, of_rows = _kept(table, where or {})
    wanted = Wanted(date, value, numerator, denominator, tuple(by))
    name = files[0].name if len(files) == 1 else f"{len(files)} files"
    subgroups = chart in _SUBGROUPS
    if count_rows:
        chosen = counted(kept, wanted, name=name)
    else:
        chosen = choose(kept, wanted, name=name, series=not add_up and not subgroups)
        chosen = in_percent(chosen, kept, asked=unit)
    if financial:
        chosen = _financial_quarters(chosen)
    chosen = _once(without_totals(chosen), name, add_up=add_up) if add_up else chosen
    chosen = chosen if subgroups or add_up else _once(chosen, name, add_up=False)
    chosen = chosen if subgroups or chart in _GAPS else with_gaps(chosen)
    columns, (frame, names) = chosen.columns, _safe(chosen.frame, chosen.columns)
    guessed = columns.denominator is not None and denominator is None
    per = 1000 if guessed and per is None else per
    parts = _Parts(
        date=names[str(columns.date)],
        by=[names[key] for key in columns.by] or None,
        value=columns.value and names[columns.value],
        numerator=columns.numerator and names[columns.numerator],
        denominator=columns.denominator and names[columns.denominator],
    )
    chart, of_chart = _advised(frame, parts) if chart == "auto" else (chart, [])
    result = spc(
        frame,
        **parts,
        chart=chart,
        improvement=improvement or "neutral",
        target=target,
        baseline=_baseline(baseline),
        rebase=_dated_reasons(rebase, "--rebase"),
        exclude=_dated_reasons(exclude, "--exclude"),
        per=1 if per is None else per,
        profile=profile,
    )
    if any("of the calendar" in line for line in chosen.choices):
        result.points.attrs["quarters"] = CALENDAR
    unit, of_unit = (unit, []) if unit is not None or per is not None else _unit(chosen, kept)
    better = "improvement: neutral, because nothing was said of which way is better; give --improvement increase or decrease."
    resets = [
        f"Limits start again from {day(_day(text, '--rebase'))}: {reason.strip().rstrip('.')} ({author.strip()})."
        for text, (reason, author) in (rebase or {}).items()
    ]
    of_way = [] if improvement else [better]
    choices = (*of_reading, *of_rows, *chosen.choices, *of_unit, *of_chart, *of_way, *resets)
    sources = {path.name: file_digest(path) for path in files}
    return FileChart(result, title or _title(columns, files), unit, choices, sources)


class _Parts(TypedDict):
    date: str
    by: list[str] | None
    value: str | None
    numerator: str | None
    denominator: str | None


def _advised(frame: pd.DataFrame, parts: _Parts) -> tuple[str, list[str]]:
    """Return the chart that fits, and why; gaps between events cannot be made of counts, so a run chart stands in."""
    advice = recommend_chart(frame, **parts)
    if advice.chart not in _GAPS:
        return advice.chart, [f"chart: {advice}"]
    instead = "a run chart here, for gaps need a row an event; give --count and --chart t, or --chart xmr."
    return "run", [f"chart: {advice}", f"chart: {instead}"]


def _financial_quarters(chosen: Chosen) -> Chosen:
    """Return the dates of quarters of a year as of the financial year that begins in it."""
    date = str(chosen.columns.date)
    moved = chosen.frame.assign(**{date: chosen.frame[date] + pd.DateOffset(months=3)})
    said = [line for line in chosen.choices if "--financial" not in line]
    if len(said) == len(chosen.choices):
        raise ArgumentError(
            "--financial", "quarters such as 2019Q1", "Leave it out: the dates say themselves what they are"
        )
    return Chosen(moved, chosen.columns, (*said, "Its quarters are of financial years: Q1 is April to June."))


def _together(files: Sequence[Path], sheet: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Return the tables of the files below one another; their columns must be the same."""
    read = [(path, read_sheet(path, sheet=sheet)) for path in files]
    if not read:
        raise ArgumentError("no file", "at least one", "Name a file")
    (first, head), *others = read
    for path, table in others:
        if list(table.frame.columns) != list(head.frame.columns):
            found = f"{path.name} has other columns than {first.name}"
            raise DataError(found, "files of one layout", "Chart them one by one")
    if not others:
        return head.frame, list(head.choices)
    choices = [f"{path.name}: {line}" for path, table in read for line in table.choices]
    frames = [
        table.frame.set_axis([f"{row} of {path.name}" for row in table.frame.index], axis=0)
        for path, table in read
    ]
    return pd.concat(frames), choices


def _kept(table: pd.DataFrame, where: Mapping[str, Sequence[str]]) -> tuple[pd.DataFrame, list[str]]:
    wanted, choices = pd.Series(True, index=table.index), []
    for asked, cells in where.items():
        column = column_named(table, asked, option="--where")
        texts = table[column].astype("str").str.strip()
        known = {text.lower(): text for text in texts.unique()}
        for cell in cells:
            if cell in known.values():
                continue
            close = get_close_matches(cell.lower(), known, n=1)
            hint = f"; did you mean {known[close[0]]!r}?" if close else ""
            raise ArgumentError(
                f"no row with {column}={cell}",
                f"one of {first_few(sorted(texts.unique()), shown=8)}",
                f"Correct --where{hint}",
            )
        wanted &= texts.isin(cells)
        choices.append(f"Only rows where {column} is {', '.join(cells)}.")
    kept = table[wanted]
    if kept.empty:
        raise DataError("no row is left by --where", "at least one", "Leave out one of the conditions")
    return kept, choices


def _once(chosen: Chosen, file: str, *, add_up: bool) -> Chosen:
    """Return the table with each date of a series once: so it is, or by adding up, or it is refused."""
    columns = chosen.columns
    keys = [str(columns.date), *columns.by]
    twice = chosen.frame.duplicated(keys, keep=False)
    if not twice.any():
        return chosen
    if add_up and (ratio := ratio_of(chosen)):
        raise ArgumentError(
            f"--sum of '{ratio}': percentages and rates cannot be added up",
            "counts",
            "Give what it is made of with --numerator COLUMN --denominator COLUMN, or make series with --by",
        )
    if not add_up:
        raise _repeated(chosen, twice, keys, file)
    numbers = list(columns.numbers)
    added = chosen.frame.groupby(keys, as_index=False, sort=False, dropna=False)[numbers].sum(min_count=1)
    choice = f"{len(chosen.frame):,} rows added up to {len(added):,}, one a date{' and series' * bool(columns.by)}."
    return Chosen(added, columns, (*chosen.choices, choice))


def _repeated(chosen: Chosen, twice: pd.Series, keys: Sequence[str], file: str) -> DataError:
    """Name the first date that stands twice, and in which columns its rows differ."""
    frame, columns = chosen.frame, chosen.columns
    first = frame[twice].iloc[0]
    same = frame[(frame[list(keys)] == first[list(keys)]).all(axis=1)]
    differing = [
        f"{name} ({frame[name].nunique():,})"
        for name in frame.columns
        if name not in {*keys, *columns.numbers} and len(same[name].unique()) > 1
    ]
    series = ", ".join(f"{name} {first[name]}" for name in columns.by)
    place = f"{first[columns.date]:%d/%m/%Y}" + (f" of {series}" if series else "")
    rows = ", ".join(map(str, same.index[:3]))
    remedy = (
        "Make series of them with --by, keep some with --where COLUMN=VALUE, or add them up with --sum; "
        f"they differ in (kinds) {', '.join(differing[:12])}"
        if differing
        else "Delete the rows that stand twice, or add them up with --sum"
    )
    found = f"{file}: {len(same)} rows of {place}, such as {rows}"
    return DataError(found, "one row a date" + (" and series" if series else ""), remedy)


def _safe(frame: pd.DataFrame, columns: Wanted) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the columns used, the date first; keys are text, and a name that a result has too gets a space."""
    used = [str(columns.date), *columns.by, *columns.numbers]
    names = {name: name for name in used}
    names |= {name: f"{name} " for name in columns.by if name in RESULT_COLUMNS}
    keys = {
        name: frame[name].astype("object").where(frame[name].notna(), "(empty)").astype("str")
        for name in columns.by
    }
    kept = frame[list(dict.fromkeys(used))].assign(
        **{name: texts.replace("", "(empty)") for name, texts in keys.items()}
    )
    return kept.rename(columns=names), names


def _dated_reasons(given: Mapping[str, tuple[str, str]] | None, option: str) -> pd.DataFrame | None:
    if not given:
        return None
    rows = [(_day(text, option), reason, author) for text, (reason, author) in given.items()]
    return pd.DataFrame(rows, columns=["date", "reason", "author"])


def _day(text: str, option: str) -> pd.Timestamp:
    day = written_dates(pd.Series([text], dtype="object")).iloc[0]
    if pd.isna(day):
        raise ArgumentError(f"{option} {text}", "a date, such as 2023-04-01", "Correct the date")
    return day


def _baseline(text: str | None) -> int | pd.Timestamp | None:
    if text is None:
        return None
    return int(text) if re.fullmatch(r"\d{1,3}", text) else _day(text, "--baseline")


def _unit(chosen: Chosen, cells: pd.DataFrame) -> tuple[str | None, list[str]]:
    """Return per cent where the column of values is called so or its cells say so, and the choice in words."""
    name = chosen.columns.value or ""
    called = PERCENT.search(name)
    if called or (name in cells and cells[name].astype("str").str.contains(r"\d\s*%$").any()):
        reason = "name" if called else "cells of"
        return "percent", [f"unit: percent, because of the {reason} '{name}'; give --unit to change it."]
    return None, []


def _title(columns: Wanted, files: Sequence[Path]) -> str:
    name = columns.value or " / ".join(filter(None, (columns.numerator, columns.denominator)))
    plain = files[0].name.split(".")[0] if columns.date == MADE and columns.value == "value" else name
    return " ".join(re.sub(r"[_\s]+", " ", plain).split())
