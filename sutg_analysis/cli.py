"""The ``sutg`` command: few verbs, quiet unless something happens.

Exit 0 done, 1 the data or a report is at fault (one clear line each on standard error), 2 wrong usage.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sutg_analysis import buildcommands, datacommands, filecommands, papercommands, projectcommands
from sutg_analysis.errors import SiteError, SutgError, TableError
from sutg_analysis.terminal import print_json

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Tables in, a site of quarterly reports out, every number traceable.",
)


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command; ``main`` takes --debug out, wherever it stands."""


app.command(name="build")(buildcommands.build_command)
app.command(name="list")(buildcommands.list_command)
app.command(name="verify", short_help="Make reports again and say what differs.")(
    buildcommands.verify_command
)
app.command(name="check")(datacommands.check)
app.command(name="audit", short_help="Say what the finished site should not hold.")(
    datacommands.audit_command
)
app.command(name="import", short_help="Make tables of published NHS files.")(datacommands.import_command)
app.command(name="spc", short_help="Make a control chart of one file.")(filecommands.spc_command)
app.command(name="export", short_help="Write a report as Word, PDF, slides or a workbook.")(
    papercommands.export_command
)
app.command(name="new", short_help="Make a project of your own.")(projectcommands.new)
app.command(name="lab", short_help="Open JupyterLab on the notebooks.")(projectcommands.lab)


def main() -> None:
    """Run the command line; an error of ours, or of the file system, is one line and exit 1."""
    words = sys.argv[1:]
    try:
        app(args=[word for word in words if word != "--debug"] or None)
    except (SutgError, OSError) as error:
        if "--debug" in words:
            raise
        _tell_error(error if isinstance(error, SutgError) else _file_error(error))
        raise SystemExit(1) from None


def _file_error(error: OSError) -> SiteError:
    place = error.filename or "a file"
    expected, remedy = (
        "a file or folder that can be used",
        "Mend its permissions, or free some room on the disk",
    )
    return SiteError(f"{place}: {error.strerror or error}", expected, remedy)


def _tell_error(error: SutgError) -> None:
    if "--json" in sys.argv:
        problems = error.problems if isinstance(error, TableError) else ()
        print_json({"error": str(error), "problems": [vars(problem) for problem in problems]})
    else:
        typer.echo(str(error), err=True)
