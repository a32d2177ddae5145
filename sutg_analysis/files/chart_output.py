"""A control chart as an Excel workbook: notes, verdicts with icons and words, every point with its limits, charts.

The charts are Excel's own, drawn from the points of the workbook, so that a board paper can be made of them; each has
a text alternative.

A control chart written to a file, of the kind that the file's ending says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.charts.control import spc_spec
from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.svg import chart_svg, svg_png
from sutg_analysis.charts.theme import LIGHT
from sutg_analysis.control.episodes import series_numbers
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import ArgumentError
from sutg_analysis.files.chart_file import FileChart
from sutg_analysis.files.chart_page import chart_page, made_lines, need_few
from sutg_analysis.reports.provenance import version
from sutg_analysis.reports.tables import raw_table
from sutg_analysis.reports.workbook import TableSheet, csv_text, workbook
from sutg_analysis.words.control import series_words, spc_alt_text
from sutg_analysis.words.wording import ASSURANCE_NAMES, VARIATION_NAMES, centre_name

_DRAWN = 60
"""With more series than that there are no icons and no charts: words and numbers say it all."""
_LINES = ("value", "centre", "lower", "upper", "target")
_LETTERS = {"pass": "P", "fail": "F", "hit_or_miss": "?", "common": "~"}
_ROWS, _ROW = 20, 20
"""Rows that a chart takes, and the height of one in pixels."""


def chart_book(chart: FileChart) -> bytes:
    """Return a chart as an Excel workbook.

    Parameters
    ----------
    chart
        From :func:`sutg_analysis.files.chart_file.chart_file`.
    """
    result = chart.result
    few = len(result.summary) <= _DRAWN
    sheets = [_verdicts(chart, icons=few), TableSheet("Points", _ABOUT_POINTS, _points(result), gap=None)]
    return workbook(
        sheets,
        title=chart.title,
        notes=_notes(chart, charts=few),
        more=_charts(chart) if few else None,
    )


_ABOUT_POINTS = "A row an observation: its value, mean, limits and target, and which rules it breaks. A blank is no number."


def _notes(chart: FileChart, *, charts: bool) -> dict[str, str]:
    told = {f"Made {number}": line for number, line in enumerate(made_lines(chart), start=1)}
    more = (
        {"Sheet Charts": "No table: a chart a series, drawn by Excel from the sheet Points."}
        if charts
        else {}
    )
    return told | more


def _verdicts(chart: FileChart, *, icons: bool) -> TableSheet:
    rows, by = chart.result.summary, list(chart.result.by)
    words = series_words(chart.result, title=chart.title, unit=chart.unit)
    shown = {str(name).strip(): rows[name] for name in by} or {"Series": [chart.title] * len(rows)}
    numbers = {
        "Latest": rows["latest"],
        "Date of latest": rows["latest_date"],
        centre_name(chart.result.chart_type).capitalize(): rows["centre"],
        "Lower limit": rows["lower"],
        "Upper limit": rows["upper"],
        "Target": rows["target"],
        "Points": rows["points"],
    }
    said = {
        "Variation": rows["variation"].map(VARIATION_NAMES),
        "Variation code": rows["variation"],
        "Assurance": rows["assurance"].map(ASSURANCE_NAMES),
        "Assurance code": rows["assurance"],
        "In words": [str(text) for text in words],
    }
    drawn = {
        "Icon of variation": _letters(rows["variation"]),
        "Icon of assurance": _letters(rows["assurance"]),
    }
    table = pd.DataFrame({**shown, **(drawn if icons else {}), **said, **numbers})
    about = "A row a series: verdicts, latest value, mean, limits and target."
    return TableSheet("Verdicts", about, table, _pictures(rows, len(shown)) if icons else ())


def _letters(codes: pd.Series) -> list[str]:
    """Return the letter that each icon shows, for a reader to whom no picture is shown."""
    return [
        _LETTERS.get(code) or {"high": "H", "low": "L"}.get(code.rpartition("_")[2], "–") for code in codes
    ]


def _pictures(rows: pd.DataFrame, first: int) -> list[tuple[int, int, bytes, str]]:
    pairs = list(zip(rows["variation"], rows["assurance"], strict=True))
    return [
        picture
        for place, (variation, assurance) in enumerate(pairs, start=1)
        for picture in (
            (place, first, _icon("variation", variation), VARIATION_NAMES[variation]),
            (place, first + 1, _icon("assurance", assurance), ASSURANCE_NAMES[assurance]),
        )
    ]


@cache
def _icon(kind: str, code: str) -> bytes:
    draw: Callable[..., str] = variation_icon if kind == "variation" else assurance_icon
    return svg_png(draw(code, size=32), scale=5)


def _points(result: SpcResult) -> pd.DataFrame:
    raw = raw_table(result)
    return raw.rename(
        columns={
            name: str(name).strip().replace("_", " ").capitalize()
            for name in raw.columns
            if name not in result.by
        }
    )


def _charts(chart: FileChart) -> Callable[[Any], None]:
    """Return what adds the sheet of charts to a workbook whose points are written."""
    result = chart.result
    number = series_numbers(result.points, result.by)
    columns = list(raw_table(result).columns)
    keys = result.summary[list(result.by)].to_dict("records") if result.by else [{}]

    def add(book: Any) -> None:
        page = book.add_worksheet("Charts")
        for place, key in enumerate(keys):
            rows = [int(row) + 1 for row in (number == place).nonzero()[0]]
            one = result.select(**{str(name): value for name, value in key.items()})
            name = ", ".join([chart.title, *map(str, key.values())])
            alt = spc_alt_text(one, title=chart.title, unit=chart.unit)
            _draw(book, page, one, name=name, alt=alt, rows=(rows[0], rows[-1]), columns=columns, at=place)

    return add


def _draw(
    book: Any,
    page: Any,
    result: SpcResult,
    *,
    name: str,
    alt: str,
    rows: tuple[int, int],
    columns: list[str],
    at: int,
) -> None:
    first, last = rows
    drawn = book.add_chart({"type": "line"})
    for line in _LINES:
        if result.points[line].notna().any():
            column, dates = columns.index(line), columns.index("date")
            drawn.add_series(
                {
                    "name": _line_name(line, result),
                    "categories": ["Points", first, dates, last, dates],
                    "values": ["Points", first, column, last, column],
                    **_look(line),
                }
            )
    drawn.set_title({"name": name, "overlay": False, "name_font": {"size": 12}})
    drawn.set_x_axis({"date_axis": True, "num_format": "mmm yyyy", "num_font": {"rotation": -45}})
    drawn.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}}})
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": 860, "height": _ROWS * _ROW - 30})
    page.insert_chart(at * _ROWS, 0, drawn, {"description": alt})


def _line_name(line: str, result: SpcResult) -> str:
    centre = centre_name(result.chart_type).capitalize()
    return {"centre": centre, "lower": "Lower limit", "upper": "Upper limit"}.get(line, line.capitalize())


def _look(line: str) -> dict[str, Any]:
    looks: dict[str, dict[str, Any]] = {
        "value": {"line": {"color": LIGHT.series, "width": 1.25}, "marker": {"type": "circle", "size": 5}},
        "centre": {"line": {"color": LIGHT.centre, "width": 1.75}},
        "target": {"line": {"color": LIGHT.target, "width": 1.5, "dash_type": "dash_dot"}},
    }
    return looks.get(line, {"line": {"color": LIGHT.limit, "width": 1.25, "dash_type": "dash"}})


KINDS = ("html", "csv", "xlsx", "svg", "png", "json")
_PANELS = 24
"""Series that one picture can show."""


def kind_of(path: Path) -> str:
    """Return the kind of file that a name asks for.

    Raises
    ------
    ArgumentError
        None that is known.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise ArgumentError(
            f"-o {path}", f"a name that ends in .{', .'.join(KINDS)}", "Choose one of these endings"
        )
    return kind


def save_chart(chart: FileChart, path: str | Path, *, static: bool = False) -> int:
    """Write a chart to a file and return its size in bytes.

    Parameters
    ----------
    chart
        From :func:`sutg_analysis.files.chart_file.chart_file`.
    path
        Ends in html, csv, xlsx, svg, png or json.
    static
        Of a page: leave out what makes drawings answer a pointer.

    Raises
    ------
    ArgumentError
        The ending is none of these, or there is no folder of that name.
    DataError
        There are more series than a page or picture can show.
    """
    path = Path(path)
    content = _content(chart, kind_of(path), static=static)
    if not path.parent.is_dir():
        raise ArgumentError(f"-o {path}: no folder {path.parent}", "a folder that exists", "Make it first")
    path.write_bytes(content)
    return len(content)


def _content(chart: FileChart, kind: str, *, static: bool) -> bytes:
    if kind == "html":
        return chart_page(chart, static=static).encode()
    if kind == "csv":
        return csv_text(raw_table(chart.result)).encode()
    if kind == "xlsx":
        return chart_book(chart)
    if kind == "json":
        return json.dumps(chart_record(chart), ensure_ascii=False, indent=1).encode()
    drawing = _drawing(chart)
    return drawing.encode() if kind == "svg" else svg_png(drawing)


def _drawing(chart: FileChart) -> str:
    need_few(chart.result, most=_PANELS)
    spec = spc_spec(chart.result, title=chart.title, unit=chart.unit, axes="free")
    return chart_svg(spec, alt=spc_alt_text(chart.result, title=chart.title, unit=chart.unit))


def chart_record(chart: FileChart, *, points: bool = True) -> dict[str, Any]:
    """Return a chart as one object for machines: what was read, summary, words and points."""
    result = chart.result
    record = {
        "title": chart.title,
        "unit": chart.unit,
        "chart": result.chart_type,
        "profile": result.profile.name,
        "sources": dict(chart.sources),
        "said": list(chart.choices),
        "made_by": f"sutg_analysis {version()}",
        "summary": _records(result.summary),
        "words": result.words(title=chart.title, unit=chart.unit).splitlines(),
        "alt_text": spc_alt_text(result, title=chart.title, unit=chart.unit),
    }
    return record | ({"points": _records(raw_table(result))} if points else {})


def _records(table: Any) -> list[dict[str, Any]]:
    return json.loads(table.to_json(orient="records", date_format="iso"))
