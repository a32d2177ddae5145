"""``sutg spc``: a file of numbers to a control chart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sutg_analysis.options import JsonOption
from sutg_analysis.terminal import print_json

if TYPE_CHECKING:
    from sutg_analysis.files.chart_file import FileChart

_CHARTS = Literal[
    "run", "xmr", "mr", "i_prime", "xbar", "s", "p", "p_prime", "u", "u_prime", "c", "c_prime", "g", "t"
]
_KINDS = "html, csv, xlsx, svg, png or json"


def _option(flag: str, words: str, metavar: str | None = None) -> Any:
    return typer.Option(flag, help=words, metavar=metavar, show_default=False)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        words = f"{text!r}: write digits only, in the units of the chart, such as 95 or 0.5"
        raise typer.BadParameter(words) from None


def spc_command(
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV, XLSX or Parquet; several of one layout together.", metavar="FILE"),
    ],
    value: Annotated[str | None, _option("--value", "Column of values.", "COLUMN")] = None,
    date: Annotated[str | None, _option("--date", "Column of dates, or year+month.", "COLUMN")] = None,
    by: Annotated[
        list[str] | None, _option("--by", "Column that names series; repeat for more.", "COLUMN")
    ] = None,
    numerator: Annotated[str | None, _option("--numerator", "Instead of --value.", "COLUMN")] = None,
    denominator: Annotated[str | None, _option("--denominator", "With --numerator.", "COLUMN")] = None,
    per: Annotated[float | None, _option("--per", "100 for per cent, 1000 for a rate.", "NUMBER")] = None,
    where: Annotated[
        list[str] | None, _option("--where", "Keep rows with this cell; repeat for more.", "COLUMN=VALUE")
    ] = None,
    add_up: Annotated[bool, typer.Option("--sum", help="Add up rows of one date and series.")] = False,
    chart: Annotated[_CHARTS, typer.Option("--chart", help="Type of chart.")] = "xmr",
    improvement: Annotated[
        Literal["increase", "decrease", "neutral"] | None,
        _option("--improvement", "Which way is better: increase unless said."),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            help="In the units of the chart: 95 for 95%.",
            metavar="NUMBER",
            parser=_number,
            show_default=False,
        ),
    ] = None,
    baseline: Annotated[
        str | None, _option("--baseline", "Points, or last date, that set the limits.", "POINTS|DATE")
    ] = None,
    rebase: Annotated[list[str] | None, _option("--rebase", "Start limits again here.", "DATE")] = None,
    reason: Annotated[list[str] | None, _option("--reason", "Why; one for each --rebase.", "TEXT")] = None,
    author: Annotated[list[str] | None, _option("--author", "The role that decided it.", "ROLE")] = None,
    profile: Annotated[
        Literal["mdc", "nhsr", "anhoej"], typer.Option("--profile", help="Rules and limits.")
    ] = "mdc",
    title: Annotated[str | None, _option("--title", "What is measured.", "TEXT")] = None,
    unit: Annotated[str | None, _option("--unit", "percent, count, days, pounds or words.", "UNIT")] = None,
    sheet: Annotated[str | None, _option("--sheet", "Sheet of a workbook.", "NAME")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help=f"Its ending says the kind: {_KINDS}.", metavar="FILE", show_default=False
        ),
    ] = None,
    static: Annotated[
        bool, typer.Option("--static", help="A page without what answers a pointer (0.9 MB less).")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a control chart of a file: a page that needs nothing else, a picture, or a workbook.

    Columns that are not named are found where there is one candidate, and said. Dates are British: 03/04/2023 is in
    April. Cells such as *, - and [c] are gaps. Titles above the header and notes under the table are left out.

    Example: sutg spc falls.xlsx --value Falls --date Month --by Ward --improvement decrease -o falls.html
    """
    from sutg_analysis.files.chart_file import chart_file
    from sutg_analysis.files.chartfiles import kind_of, save_chart

    target_file = output or Path(f"{files[0].name.split('.')[0]}.html")
    kind_of(target_file)
    if target_file.resolve() in [path.resolve() for path in files]:
        raise typer.BadParameter("the output would stand in the place of the file itself", param_hint="-o")
    made = chart_file(
        files,
        date=date,
        value=value,
        numerator=numerator,
        denominator=denominator,
        by=tuple(by or ()),
        where=_conditions(where or []),
        add_up=add_up,
        sheet=sheet,
        title=title,
        unit=unit,
        rebase=_reasons(rebase or [], reason or [], author or []),
        baseline=baseline,
        chart=chart,
        improvement=improvement,
        target=target,
        per=per,
        profile=profile,
    )
    size = save_chart(made, target_file, static=static)
    _tell(made, target_file, size, as_json=as_json)


def _conditions(given: list[str]) -> dict[str, list[str]]:
    conditions: dict[str, list[str]] = {}
    for text in given:
        column, mark, cell = text.partition("=")
        if not mark or not column:
            raise typer.BadParameter(f"{text!r}: write --where COLUMN=VALUE", param_hint="--where")
        conditions.setdefault(column.strip(), []).append(cell.strip())
    return conditions


def _reasons(dates: list[str], reasons: list[str], authors: list[str]) -> dict[str, tuple[str, str]]:
    """Pair dates with reasons and authors; one reason or author serves all dates."""
    if not dates:
        if reasons or authors:
            raise typer.BadParameter("--reason and --author belong to --rebase DATE", param_hint="--rebase")
        return {}
    if len(reasons) not in {1, len(dates)} or len(authors) not in {1, len(dates)}:
        words = "every --rebase needs --reason and --author (a role): limits change only on record"
        raise typer.BadParameter(words, param_hint="--rebase")
    many = len(dates)
    pairs = zip(_each(reasons, many), _each(authors, many), strict=True)
    return dict(zip(dates, pairs, strict=True))


def _each(given: list[str], many: int) -> list[str]:
    return given if len(given) == many else given * many


def _tell(made: FileChart, path: Path, size: int, *, as_json: bool) -> None:
    from sutg_analysis.files.chartfiles import chart_record

    if as_json:
        print_json({"file": path.as_posix(), "bytes": size, **chart_record(made, points=False)})
        return
    for line in made.said:
        typer.echo(line)
    words = made.result.words(title=made.title, unit=made.unit).splitlines()
    for line in words[:12]:
        typer.echo(line)
    if len(words) > 12:
        typer.echo(f"... and {len(words) - 12} more series.")
    typer.echo(f"{path.as_posix()}: {size:,} bytes.")
