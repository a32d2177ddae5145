"""A control chart of a file is written as the kind that the name's ending asks for: page, picture, workbook or table.

The workbook has notes, verdicts with icons and words, every point with its limits, and charts: these are Excel's own,
drawn from the points of the workbook, so that a board paper can be made of them, and each has a text alternative.
"""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

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
from sutg_analysis.reports.report import version
from sutg_analysis.reports.tables import raw_table
from sutg_analysis.reports.workbook import TableSheet, csv_text, workbook
from sutg_analysis.words.control import series_words, spc_alt_text
from sutg_analysis.words.wording import ASSURANCE_NAMES, VARIATION_NAMES, centre_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook

KINDS = ("html", "csv", "xlsx", "svg", "png", "json")
_PANELS = 24
"""Series that one picture can show."""
_DRAWN = 60
"""With more series than that there are no icons and no charts: words and numbers say it all."""
_LIMIT = {"line": {"color": LIGHT.limit, "width": 1.25, "dash_type": "dash"}}
_LOOKS = {
    "value": {"line": {"color": LIGHT.series, "width": 1.25}, "marker": {"type": "circle", "size": 5}},
    "centre": {"line": {"color": LIGHT.centre, "width": 1.75}},
    "lower": _LIMIT,
    "upper": _LIMIT,
    "target": {"line": {"color": LIGHT.target, "width": 1.5, "dash_type": "dash_dot"}},
}
"""Lines of a chart, in the order of drawing."""
_LETTERS = {"pass": "P", "fail": "F", "hit_or_miss": "?", "common": "~"}
_ROWS, _ROW = 20, 20
"""Rows that a chart takes, and the height of one in pixels."""


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

    Raises
    ------
    ArgumentError
        The ending is none of these, or there is no folder of that name.
    DataError
        There are more series than a page or picture can show.
    """
    path = Path(path)
    kind = kind_of(path)
    if kind == "html":
        content = chart_page(chart, static=static).encode()
    elif kind == "csv":
        content = csv_text(raw_table(chart.result)).encode()
    elif kind == "xlsx":
        content = chart_book(chart)
    elif kind == "json":
        content = json.dumps(chart_record(chart), ensure_ascii=False, indent=1).encode()
    else:
        need_few(chart.result, most=_PANELS)
        spec = spc_spec(chart.result, title=chart.title, unit=chart.unit, axes="free")
        drawing = chart_svg(spec, alt=spc_alt_text(chart.result, title=chart.title, unit=chart.unit))
        content = drawing.encode() if kind == "svg" else svg_png(drawing)
    if not path.parent.is_dir():
        raise ArgumentError(f"-o {path}: no folder {path.parent}", "a folder that exists", "Make it first")
    path.write_bytes(content)
    return len(content)


def chart_record(chart: FileChart, *, points: bool = True) -> dict[str, object]:
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


def _records(table: pd.DataFrame) -> object:
    return json.loads(table.to_json(orient="records", date_format="iso"))


def chart_book(chart: FileChart) -> bytes:
    """Return a chart as an Excel workbook."""
    few = len(chart.result.summary) <= _DRAWN
    notes = {f"Made {number}": line for number, line in enumerate(made_lines(chart), start=1)}
    if few:
        notes["Sheet Charts"] = "No table: a chart a series, drawn by Excel from the sheet Points."
    raw, by = raw_table(chart.result), chart.result.by
    heads = {name: str(name).strip().replace("_", " ").capitalize() for name in raw.columns if name not in by}
    about = "A row an observation: its value, mean, limits and target, and which rules it breaks. A blank is no number."
    points = TableSheet("Points", about, raw.rename(columns=heads), gap=None)
    more = partial(_add_charts, chart=chart) if few else None
    return workbook([_verdicts(chart, icons=few), points], title=chart.title, notes=notes, more=more)


def _verdicts(chart: FileChart, *, icons: bool) -> TableSheet:
    rows = chart.result.summary
    keys = {str(name).strip(): rows[name] for name in chart.result.by}
    table = pd.DataFrame(
        {
            **(keys or {"Series": [chart.title] * len(rows)}),
            "Icon of variation": [_letter(code) for code in rows["variation"]],
            "Icon of assurance": [_letter(code) for code in rows["assurance"]],
            "Variation": rows["variation"].map(VARIATION_NAMES),
            "Variation code": rows["variation"],
            "Assurance": rows["assurance"].map(ASSURANCE_NAMES),
            "Assurance code": rows["assurance"],
            "In words": list(map(str, series_words(chart.result, title=chart.title, unit=chart.unit))),
            "Latest": rows["latest"],
            "Date of latest": rows["latest_date"],
            centre_name(chart.result.chart_type).capitalize(): rows["centre"],
            "Lower limit": rows["lower"],
            "Upper limit": rows["upper"],
            "Target": rows["target"],
            "Points": rows["points"],
        }
    )
    about = "A row a series: verdicts, latest value, mean, limits and target."
    if not icons:
        table = table.drop(columns=["Icon of variation", "Icon of assurance"])
        return TableSheet("Verdicts", about, table)
    first = table.columns.get_loc("Icon of variation")
    pictures = [
        (place, first + at, _icon(kind, row[kind]), names[row[kind]])
        for place, row in enumerate(rows.to_dict("records"), start=1)
        for at, (kind, names) in enumerate((("variation", VARIATION_NAMES), ("assurance", ASSURANCE_NAMES)))
    ]
    return TableSheet("Verdicts", about, table, pictures)


def _letter(code: str) -> str:
    """Return the letter that an icon shows, for a reader to whom no picture is shown."""
    return _LETTERS.get(code) or {"high": "H", "low": "L"}.get(code.rpartition("_")[2], "–")


@cache
def _icon(kind: str, code: str) -> bytes:
    drawing = variation_icon(code, size=32) if kind == "variation" else assurance_icon(code, size=32)
    return svg_png(drawing, scale=5)


def _add_charts(book: Workbook, chart: FileChart) -> None:
    """Add the sheet of charts to a workbook whose points are written."""
    page, result = book.add_worksheet("Charts"), chart.result
    number, columns = series_numbers(result.points, result.by), list(raw_table(result).columns)
    keys = result.summary[list(result.by)].to_dict("records") if result.by else [{}]
    for place, key in enumerate(keys):
        rows = (number == place).nonzero()[0] + 1
        one = result.select(**{str(name): value for name, value in key.items()})
        drawing = book.add_chart({"type": "line"})
        dates = columns.index("date")
        for line, look in _LOOKS.items():
            if one.points[line].notna().any():
                column = columns.index(line)
                drawing.add_series(
                    {
                        "name": _line_name(line, one),
                        "categories": ["Points", int(rows[0]), dates, int(rows[-1]), dates],
                        "values": ["Points", int(rows[0]), column, int(rows[-1]), column],
                        **look,
                    }
                )
        name = ", ".join([chart.title, *map(str, key.values())])
        drawing.set_title({"name": name, "overlay": False, "name_font": {"size": 12}})
        drawing.set_x_axis({"date_axis": True, "num_format": "mmm yyyy", "num_font": {"rotation": -45}})
        drawing.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}}})
        drawing.set_legend({"position": "bottom"})
        drawing.set_size({"width": 860, "height": _ROWS * _ROW - 30})
        alt = spc_alt_text(one, title=chart.title, unit=chart.unit)
        page.insert_chart(place * _ROWS, 0, drawing, {"description": alt})


def _line_name(line: str, result: SpcResult) -> str:
    centre = centre_name(result.chart_type).capitalize()
    return {"centre": centre, "lower": "Lower limit", "upper": "Upper limit"}.get(line, line.capitalize())
