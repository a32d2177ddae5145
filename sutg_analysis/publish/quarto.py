"""The Quarto command line, where the machine has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from sutg_analysis.errors import SiteError


def find_quarto() -> str | None:
    """Return the path of ``quarto`` on PATH, or None."""
    return shutil.which("quarto")


def quarto_version() -> str:
    """Return the version of the Quarto on PATH."""
    done = subprocess.run([need_quarto(), "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def need_quarto() -> str:
    """Return the path of ``quarto`` on PATH.

    Raises
    ------
    SiteError
        There is none.
    """
    command = find_quarto()
    if command is None:
        raise SiteError(
            "no quarto command on PATH",
            expected="Quarto, because --renderer quarto insists on it",
            remedy="Install Quarto, or build with --renderer pandoc",
        )
    return command


def render_with_quarto(stage: Path, *, output: str) -> Path:
    """Render a staged site with Quarto and return the folder it wrote.

    Parameters
    ----------
    stage
        The folder of ``_quarto.yml`` and the pages.
    output
        The output folder ``_quarto.yml`` names, inside the stage.

    Raises
    ------
    SiteError
        Quarto is not on PATH, or it failed; its last lines are quoted.
    """
    done = subprocess.run([need_quarto(), "render", str(stage)], capture_output=True, text=True, check=False)
    if done.returncode or not (stage / output / "index.html").is_file():
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        said = " / ".join(line for line in lines if "ERROR" in line) or " / ".join(lines[-3:])
        raise SiteError(
            f"quarto render ended with code {done.returncode}: {said}",
            expected="a rendered site",
            remedy="Mend what Quarto names, or build with --renderer pandoc",
        )
    return stage / output
