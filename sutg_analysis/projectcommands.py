"""``sutg new`` and ``sutg lab``: a project of one's own, and a project in JupyterLab."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sutg_analysis.errors import SutgError
from sutg_analysis.options import JsonOption, ProjectOption
from sutg_analysis.terminal import print_json


def new(
    folder: Annotated[
        Path,
        typer.Argument(help="A folder that does not exist, or is empty.", metavar="DIR", show_default=False),
    ],
    as_json: JsonOption = False,
) -> None:
    """Make a project of your own: notebooks, settings, and tables with three example rows each.

    It builds as it stands: sutg build --project DIR. Its README.md says what each file is.

    Example: sutg new mine
    """
    from sutg_analysis.newproject import new_project

    made = new_project(folder)
    if as_json:
        print_json({"project": str(made.root), "files": list(made.files)})
        return
    place = made.root.as_posix()
    typer.echo(f"{place}: {len(made.files)} files. Its tables are in {place}/data, three example rows each.")
    typer.echo(f"Next: sutg build --project {place}, then put your own rows in (see {place}/README.md).")


def lab(project: ProjectOption = Path()) -> None:
    """Open JupyterLab on the notebooks (needs the extra: pip install 'sutg-analysis[lab]')."""
    import subprocess
    from importlib.util import find_spec

    from sutg_analysis.project import open_project

    folder = open_project(project).root / "notebooks"
    if find_spec("jupyterlab") is None:
        raise SutgError(
            "JupyterLab is not installed",
            expected="the extra called lab",
            remedy="Run: python -m pip install -c constraints.txt -e '.[lab]'",
        )
    if not folder.is_dir():
        raise SutgError(
            f"{folder} is not a folder", expected="a project with notebooks/", remedy="Give --project"
        )
    raise typer.Exit(
        subprocess.run([sys.executable, "-m", "jupyterlab", str(folder)], check=False).returncode
    )
