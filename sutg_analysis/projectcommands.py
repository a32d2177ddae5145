"""``sutg lab``: a project in JupyterLab."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from sutg_analysis.errors import SutgError
from sutg_analysis.options import ProjectOption


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
