"""A control chart written to a file, of the kind that the file's ending says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sutg_analysis.charts.control import spc_spec
from sutg_analysis.charts.svg import chart_svg, svg_png
from sutg_analysis.errors import ArgumentError
from sutg_analysis.files.chart_file import FileChart
from sutg_analysis.files.chart_output import chart_book
from sutg_analysis.files.chart_page import chart_page, need_few
from sutg_analysis.reports.downloads import csv_text
from sutg_analysis.reports.numbers import raw_table
from sutg_analysis.reports.provenance import version
from sutg_analysis.words.alttext import spc_alt_text

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
        "said": list(chart.said),
        "made_by": f"sutg_analysis {version()}",
        "summary": _records(result.summary),
        "words": result.words(title=chart.title, unit=chart.unit).splitlines(),
        "alt_text": spc_alt_text(result, title=chart.title, unit=chart.unit),
    }
    return record | ({"points": _records(raw_table(result))} if points else {})


def _records(table: Any) -> list[dict[str, Any]]:
    return json.loads(table.to_json(orient="records", date_format="iso"))
