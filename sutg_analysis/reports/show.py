"""What a notebook calls to show something: results as figures, frames as tables, sentences, and how a page was made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, TypedDict

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.digests import digest
from sutg_analysis.control.funnel import FunnelResult
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import ArgumentError, DataError, NotShown
from sutg_analysis.reports import page, report, tables
from sutg_analysis.reports.figure import Figure, charts_figure, control_figure, figure_of, figures_block
from sutg_analysis.reports.page import Block
from sutg_analysis.result import Looks, Result
from sutg_analysis.words import tables as words_tables
from sutg_analysis.words.control import tally_words
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import (
    CHART_NAMES,
    SHORT_ASSURANCES,
    SHORT_VARIATIONS,
    month_or_day,
    number,
    when,
)


def shown(
    result: Result,
    *,
    title: str | None,
    note: str,
    name: str | None,
    how: Mapping[str, str],
    together: bool,
    looks: Looks,
) -> Block:
    """Return a result as figures, or as its sentences where it has no chart; arguments as for ``Result.show``."""
    if isinstance(result, SpcResult):
        return _control(result, title=title, note=note, name=name, how=how, together=together, looks=looks)
    views = {
        kind: result._view(room, kind) for room, kind in _VIEWS if kind == "words" or result._drawn != "no"
    }
    options = {kind: _taken(view, looks) for kind, view in views.items()}
    if strange := sorted(set(looks) - set().union(*options.values())):
        takes = sorted(set().union(*map(_names, views.values())) - {"title", "width"})
        raise ArgumentError(
            f"show({strange[0]}=...)", f"one of {', '.join(takes)}", "Correct or leave it out"
        )
    words = views["words"](result, **options["words"])
    if result._drawn == "no":
        return told(words.splitlines(), title=title, note=note)
    headline = title or words.split(". ")[0].rstrip(".")
    titled = {"title": title} if "title" in _names(views["alt_text"]) else {}
    numbers, data = _numbers(result, looks)
    return figure_of(
        name or slug(headline),
        headline,
        lambda width: views["spec"](result, width=width, **options["spec"]),
        words=f"{words} {note}",
        alt=views["alt_text"](result, **titled, **options["alt_text"]),
        table=numbers,
        data=data,
        notes=how,
    ).block()


_VIEWS = (("charts", "spec"), ("words", "words"), ("words", "alt_text"))


def _names(view: Callable[..., Any]) -> set[str]:
    """Return what a chart or sentences can be given; whatever there is, where they hand it on."""
    given = signature(view).parameters.values()
    passed_on = any(one.kind == Parameter.VAR_KEYWORD for one in given)
    return {one.name for one in given if one.kind == Parameter.KEYWORD_ONLY} | (
        {"title", "width", *Looks.__annotations__} if passed_on else set()
    )


def _taken(view: Callable[..., Any], looks: Looks) -> dict[str, object]:
    names = _names(view)
    return {name: value for name, value in looks.items() if name in names}


def _numbers(result: Result, looks: Looks) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the numbers of a result as text, and as a file has them: in a way of its own where it has such."""
    file, name = result._views.split(":")
    homes = (words_tables, import_module(f"sutg_analysis.words.{file}"))
    own = {
        kind: next((view for home in homes if (view := getattr(home, f"{name}_{kind}", None))), None)
        for kind in ("table", "data")
    }
    plain = next(frame for frame in vars(result).values() if isinstance(frame, pd.DataFrame))
    unit = looks.get("unit")
    data = own["data"](result, **_taken(own["data"], looks)) if own["data"] else plain
    if isinstance(result, FunnelResult):
        return tables.funnel_table(result, unit=unit, size=looks.get("size_words")), data
    if own["table"]:
        return own["table"](result, **_taken(own["table"], looks)), data
    return texts(data, units={"value": unit} if unit else None), data


def _control(
    result: SpcResult,
    *,
    title: str | None,
    note: str,
    name: str | None,
    how: Mapping[str, str],
    together: bool,
    looks: Looks,
) -> Block:
    """Return control charts, one figure a series, or all in one."""
    if strange := sorted(set(looks) - {"unit", "events", "provisional"}):
        raise ArgumentError(
            f"show({strange[0]}=...)", "unit, events or provisional", "Correct or leave it out"
        )
    if not together:
        figures = control_figures(result, title=title, note=note, name=name, how=how, looks=looks)
        return figures_block(*figures)
    keys = [", ".join(map(str, key)) for key in result.summary[list(result.by)].to_numpy()]
    title, name, known, how = _of_itself(result, title, name, looks, how)
    return charts_figure(
        result,
        name or slug(title or "charts"),
        title or "Control charts",
        words=f"{tally_words(result.summary, names=keys)} {note}",
        title=title or "Value",
        unit=known["unit"],
        notes=how,
        events=known["events"],
        provisional=known["provisional"],
    ).block()


class _Known(TypedDict):
    unit: str | None
    events: pd.DataFrame | None
    provisional: bool


def _of_itself(
    result: SpcResult, title: str | None, name: str | None, looks: Looks, how: Mapping[str, str]
) -> tuple[str | None, str | None, _Known, dict[str, str]]:
    """Return what is asked for, filled up with what a chart of a project's measure knows of itself."""
    unit, events = looks.get("unit"), looks.get("events")
    notes = {"Method": report.method_words(result)}
    if about := result.about:
        title, unit = title or about.title, unit or about.unit
        events = about.events if events is None else events
        name = name or about.series.replace("/", "--") or f"{about.measure['measure_id']}--units"
        notes = report.measure_notes(about.catalogue, about.measure.to_dict(), result)
    known = _Known(unit=unit, events=events, provisional=looks.get("provisional", False))
    return title, name, known, {**notes, **how}


def control_figures(
    result: SpcResult,
    *,
    title: str | None = None,
    note: str = "",
    name: str | None = None,
    how: Mapping[str, str] | None = None,
    looks: Looks | None = None,
) -> list[Figure]:
    """Return control charts as figures, one a series; arguments as for ``Result.show``."""
    looks, how = looks or {}, how or {}
    title, name, known, how = _of_itself(result, title, name, looks, how)
    figures = []
    for key in result.summary[list(result.by)].to_numpy().tolist():
        called = ", ".join(filter(None, [title, *map(str, key)]))
        series = result.select(**dict(zip(result.by, key, strict=True))) if key else result
        file = _file_name(name, called, key)
        figures.append(
            control_figure(replace(series, by=()), file, title=called, notes=how, more=note, **known)
        )
    return figures


def show_charts(
    at: Catalogue, rows: pd.DataFrame, *, headings: bool = False, notes: Mapping[str, str] | None = None
) -> Block:
    """Show the control chart of each measure and unit of some rows, as the ledger judged it.

    Parameters
    ----------
    at
        A project's tables as at a day.
    rows
        measure_id and unit_id, such as rows of ``at.ledger``.
    headings
        Whether each chart stands under a heading of its own.
    notes
        Sentences to stand under charts, by ``measure/unit``.

    Returns
    -------
    sutg_analysis.reports.page.Block
        Shows itself as the last line of a cell.
    """
    results = [at.chart(measure, unit=unit) for measure, unit in rows[["measure_id", "unit_id"]].to_numpy()]
    figures = [
        control_figures(result, note=(notes or {}).get(result.about.series, ""))[0] for result in results
    ]
    heads = [f"### {plain_markdown(result.about.title)}" for result in results] if headings else ()
    return figures_block(*figures, headings=heads)


_LONGEST = 100
"""Letters of the name of a file, which systems allow 255 of, with folders and what is added to it."""


def _file_name(name: str | None, called: str, key: Sequence[object]) -> str:
    if name and not key:
        return name
    return slug(" ".join([name, *map(str, key)]) if name else called or "chart")


def slug(text: str) -> str:
    """Return words as the name of a file; a long one is cut, and ends in what tells it from others that begin alike.

    Examples
    --------
    >>> slug("Registered staff, Osier ward")
    'registered-staff-osier-ward'
    """
    whole = "-".join(re.findall(r"\w+", text.lower())) or "figure"
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 9]}-{digest(whole)[:8]}"


def told(sentences: Iterable[str], *, title: str | None = None, note: str = "") -> Block:
    """Return sentences as a list with a title before it and a note after it."""
    parts = [text(f"{title}:") if title else None, bullets(sentences), text(note) if note else None]
    return page.stack([part for part in parts if part])


def text(*sentences: str) -> Block:
    """Show sentences as a paragraph, as they stand.

    Examples
    --------
    >>> print(text("Falls are fewer.", "They were 6 in May.").plain)
    Falls are fewer. They were 6 in May.
    """
    return page.text_block(" ".join(filter(None, sentences)))


def bullets(sentences: Iterable[str]) -> Block:
    """Show sentences as a list, each as it stands.

    Examples
    --------
    >>> print(bullets(["Falls are fewer.", "Waits are longer."]).plain)
    - Falls are fewer.
    - Waits are longer.
    """
    return page.bullets(sentences)


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    heads: Mapping[str, str] | None = None,
    units: Mapping[str, str] | str | None = None,
    links: Mapping[str, str] | None = None,
    marked: Sequence[str] = (),
    words: str = "",
) -> Block:
    """Show a frame as an accessible table whose first column heads its rows.

    Parameters
    ----------
    frame
        Its columns in their order; numbers, dates and text.
    caption
        Says what the table holds.
    heads
        Headings of columns whose name will not do: ``registered_fill`` is headed "Registered fill".
    units
        Units of columns of numbers, such as ``percent``, ``rate``, ``days`` or ``pounds``; one for all of them if text.
    links
        Column whose cells are links, and the column of their addresses, which is not shown.
    marked
        Columns whose words, such as "done" or "slipped", have a shape beside them.
    words
        A sentence before the table, and all that is shown where the frame has no rows.

    Returns
    -------
    sutg_analysis.reports.page.Block
        Shows itself as the last line of a cell.

    Examples
    --------
    >>> wards = pd.DataFrame({"ward": ["Osier", "Sedge"], "registered_fill": [57.25, None]})
    >>> print(table(wards, caption="Nights", units="percent").plain)
     Ward Registered fill
    Osier           57.2%
    Sedge               —
    """
    places = links or {}
    seen = frame.drop(columns=list(places.values()))
    if frame.empty:
        return text(words or f"{caption}: none.")
    said = texts(seen, heads=heads, units=units)
    heading = dict(zip(seen.columns, said.columns, strict=True))
    block = page.marked_table(
        said,
        caption=caption,
        marked=[heading[name] for name in marked],
        links={heading[name]: frame[address].tolist() for name, address in places.items()},
    )
    return page.stack([text(words), block]) if words else block


def cards(frame: pd.DataFrame, *, title: str, mark: str, heads: Mapping[str, str]) -> Block:
    """Show each row of a frame as a card: a heading, a word with its shape, and some columns of long text.

    Parameters
    ----------
    frame
        Texts.
    title, mark
        The columns of the heading and of the word.
    heads
        The columns of text, and what heads them.
    """
    items = []
    for row in frame.to_dict("records"):
        listed = "".join(
            f"<dt>{escape(head)}</dt><dd>{escape(tables.cell_text(row[name]))}</dd>"
            for name, head in heads.items()
        )
        items.append(
            f"<section><h3>{escape(row[title])}</h3>{page.mark(row[mark])}<dl class='sutg-notes'>{listed}</dl></section>"
        )
    names = {title: title.capitalize(), **heads}
    return Block(page.both("".join(items), page.pipe_table(tables.text_columns(frame, names))), "")


def texts(
    frame: pd.DataFrame,
    *,
    heads: Mapping[str, str] | None = None,
    units: Mapping[str, str] | str | None = None,
) -> pd.DataFrame:
    """Return a frame as text under headings in words, a dash where there is nothing."""
    columns = {}
    for name in frame:
        unit = units if isinstance(units, str) else (units or {}).get(str(name))
        head = (heads or {}).get(str(name), str(name).replace("_", " "))
        columns[head[:1].upper() + head[1:]] = _cells(
            frame[name].replace(_CODES.get(str(name).rpartition("_")[2], {})), unit
        )
    return pd.DataFrame(columns, dtype="str")


_CODES = {"variation": SHORT_VARIATIONS, "assurance": SHORT_ASSURANCES, "chart": CHART_NAMES | {"none": ""}}
"""What codes stand for in columns whose names end so."""


def _cells(values: pd.Series, unit: str | None) -> list[str]:
    """Return a column as text; numbers without a unit have the decimals they need, two at most."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return ["Yes" if value else "No" for value in values]
    if pd.api.types.is_numeric_dtype(values.dtype):
        known = values.dropna()
        places = next((n for n in range(2) if (known.round(n) == known).all()), 2) if unit is None else None
        return ["—" if pd.isna(value) else number(value, unit=unit, decimals=places) for value in values]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        period = month_or_day(values.dropna())
        return ["—" if pd.isna(value) else when(value, period=period) for value in values]
    return [tables.cell_text(value) for value in values]


def icons(
    rows: pd.DataFrame, *, caption: str, first: str = "Measure", more: Mapping[str, str] | None = None
) -> Block:
    """Show verdicts as a table of icons and words, each row with its recent course where that is known.

    Parameters
    ----------
    rows
        Columns name, unit, per, latest, latest_date, target, improvement, variation, assurance; where there are such,
        course (a list of recent values), and href where a name is a link.
    caption, first
        Say what the table holds, and head its column of names.
    more
        Further columns of text at the end, by their headings.

    Examples
    --------
    >>> rows = pd.DataFrame({"name": ["Falls"], "unit": "count", "per": 1, "latest": 4, "target": float("nan"),
    ...     "latest_date": pd.Timestamp("2023-09-01"), "improvement": "decrease", "variation": "common", "assurance": "none"})
    >>> print(icons(rows, caption="Harm").plain)
    Measure Latest Target       Variation  Assurance
      Falls      4   None Usual variation No verdict
    """
    return tables.icon_table(rows, caption=caption, first=first, more=more)


def require_rows(frame: pd.DataFrame, *, otherwise: str) -> pd.DataFrame:
    """Return a frame that has rows.

    Raises
    ------
    NotShown
        It has none; on a page the sentence stands in the place of the cell, and of those that need what it makes.

    Examples
    --------
    >>> require_rows(pd.DataFrame({"ward": ["Osier"]}), otherwise="No ward is known.")["ward"].item()
    'Osier'
    """
    if frame.empty:
        raise NotShown(otherwise)
    return frame


@contextmanager
def explained(words: str) -> Iterator[None]:
    """Say why, where the data cannot bear what is done within.

    Parameters
    ----------
    words
        What is not shown then, such as "No trend is fitted".

    Raises
    ------
    NotShown
        What is done within finds the data at fault; on a page its sentence stands in the place of the cell.

    Examples
    --------
    >>> from sutg_analysis import funnel
    >>> wards = pd.DataFrame({"ward": ["Osier"], "late": [4], "seen": [40]})
    >>> with explained("Wards are not compared"):
    ...     funnel(wards, unit="ward", numerator="late", denominator="seen")
    Traceback (most recent call last):
    sutg_analysis.errors.NotShown: Wards are not compared: 1 unit in column 'ward'; it takes two units or more to compare.
    """
    try:
        yield
    except DataError as error:
        raise NotShown(f"{words}: {report.why(error)}.") from None


def stack(pieces: Iterable[Block], *, headings: Sequence[str] = ()) -> Block:
    """Show pieces one under the other, each under its heading where there are such.

    Examples
    --------
    >>> print(stack([text("Falls are fewer."), text("Waits are longer.")]).plain)
    Falls are fewer.
    Waits are longer.
    """
    shown = list(pieces)
    heads = [Block(f"### {plain_markdown(heading)}", heading) for heading in headings]
    return page.stack([part for pair in zip(heads, shown, strict=True) for part in pair] if heads else shown)


def made_from(at: Catalogue, *names: str) -> dict[str, str]:
    """Say which files numbers come from, for ``how`` of a figure.

    Parameters
    ----------
    at
        A project's tables as at a quarter.
    *names
        Of the tables used.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), tables=["sitrep"], quarter="2023-24-q2")
    >>> made_from(at, "sitrep")["Made from"].split(" (")[0]
    'data/sitrep.parquet'
    """
    return {"Made from": report.made_from(at.sources, names, at.at.day)}


def method(at: Catalogue, *words: str) -> Block:
    """Show how a page was made: words, the rules of disclosure, the files with their rows and hashes, the version.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> print(method(load(shipped(), tables=[]), "Days are counted.").plain.split(". ")[0])
    Days are counted
    """
    return report.method_block(" ".join(words), at)
