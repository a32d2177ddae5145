"""A chart as one page that needs nothing else: styles, drawings, numbers and downloads inside one HTML file.

It looks and behaves as a report of the site does. Drawings are still SVG; the bundle that makes them answer a
pointer or the arrow keys (0.9 MB) travels along as text that no browser reads until a chart is pointed at, and may be
left out.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Hashable, Mapping
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from sutg_analysis.charts.theme import figure_css
from sutg_analysis.control.result import SpcResult
from sutg_analysis.errors import DataError
from sutg_analysis.files.chart_file import FileChart
from sutg_analysis.project import ASSETS
from sutg_analysis.reports.figure import Figure, control_figure
from sutg_analysis.reports.page import FOLDER, session_html
from sutg_analysis.reports.report import version
from sutg_analysis.reports.tables import spc_table
from sutg_analysis.words.wording import count

if TYPE_CHECKING:
    from jinja2 import Template

MOST = 60
"""Series that one page, or one picture, can show."""
_KINDS = {"csv": "text/csv", "svg": "image/svg+xml", "png": "image/png"}
_KINDS["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PICTURED = 6
"""With more series than that a page carries no pictures to download, to stay small."""


def need_few(result: SpcResult, *, most: int = MOST) -> None:
    """Refuse to draw more series than anybody can look at.

    Raises
    ------
    DataError
        There are more; the message says how many, and what to do.
    """
    many = len(result.summary)
    if many > most:
        raise DataError(
            f"{many:,} series of {', '.join(name.strip() for name in result.by)}",
            f"{most} at most in one page or picture",
            "Keep some with --where COLUMN=VALUE, or write a table of all: -o FILE.xlsx, .csv or .json",
        )


def chart_page(chart: FileChart, *, static: bool = False) -> str:
    """Return a chart as a page that stands alone.

    Raises
    ------
    DataError
        There are more series than a page can show.
    """
    from markupsafe import Markup

    need_few(chart.result)
    figures = series_figures(chart)
    body = "\n".join([_glance(chart), *(_section(figure, many=len(figures)) for figure in figures)])
    return _template().render(
        title=chart.title,
        description=figures[0].words[:300],
        version=version(),
        css=Markup(f"{(ASSETS / 'site.css').read_text(encoding='utf-8')}\n{figure_css()}"),
        body=Markup(body),
        made=made_lines(chart),
        vega="" if static else Markup(_vega()),
        script=Markup((ASSETS / "site" / "sutg.js").read_text(encoding="utf-8")),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(ASSETS), autoescape=True).get_template("chartpage.html")


@cache
def _vega() -> str:
    import vl_convert

    bundle = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub asks for a snippet
    return bundle.replace("</script", "<\\/script")


def series_figures(chart: FileChart) -> list[Figure]:
    """Return a figure a series, in the order of the result's summary."""
    keys = chart.result.summary[list(chart.result.by)].to_dict("records") if chart.result.by else [{}]
    return [_figure(chart, key, place) for place, key in enumerate(keys, start=1)]


def _figure(chart: FileChart, key: Mapping[Hashable, object], place: int) -> Figure:
    result = chart.result.select(**{str(name): value for name, value in key.items()})
    notes = {"Made from": _sources(chart), "Limits": _limits(result)}
    words = "-".join([chart.title, *map(str, key.values())])
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].strip("-") or "chart"
    name = slug if not key else f"{slug}-{place}"
    return control_figure(result, name, title=chart.title, unit=chart.unit, notes=notes)


def made_lines(chart: FileChart) -> list[str]:
    """Return how a chart was made, a sentence each: files, choices in reading, limits."""
    # Which option would change a choice is of no use to a reader of the page.
    choices = [re.sub(r"; give --.*", ".", choice) for choice in chart.choices]
    choices = [choice[:1].upper() + choice[1:] for choice in choices]
    return [f"Made from {_sources(chart)}", *choices, _limits(chart.result)]


def _sources(chart: FileChart) -> str:
    shown = [f"{name} (SHA-256 {sha[:12]})" for name, sha in list(chart.sources.items())[:12]]
    return f"{', '.join(shown)}, by sutg_analysis {version()}."


def _limits(result: SpcResult) -> str:
    return (
        f"Chart type {result.chart_type}, rules and limits of the profile {result.profile.name}, "
        f"{count(len(result.points), 'point')}."
    )


def _glance(chart: FileChart) -> str:
    """Return the table of icons of several series; nothing for one, whose icons stand beside its words."""
    if len(chart.result.summary) == 1:
        return ""
    table = spc_table(chart.result, title=chart.title, unit=chart.unit)
    return f'<h2 id="glance">At a glance</h2>\n{session_html(table.markdown)}'


def _section(figure: Figure, *, many: int) -> str:
    """Return a figure whose downloads are inside the page."""
    html = figure.html()
    if many > _PICTURED:
        html = re.sub(rf'<li><a href="{FOLDER}[^"]*\.(?:svg|png)".*?</li>', "", html)
    wanted = set(re.findall(rf"{FOLDER}([^\"]+)", html))
    for name, content in figure.files().items():
        if name in wanted:
            address = f"data:{_KINDS[name.rpartition('.')[2]]};base64,{b64encode(content).decode()}"
            html = html.replace(
                f'href="{FOLDER}{name}" download', f'href="{address}" download="{escape(name)}"'
            )
    return html
