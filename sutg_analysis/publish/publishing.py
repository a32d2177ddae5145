"""One build of a project at a time, and nothing left over from one that was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sutg_analysis.errors import SiteError
from sutg_analysis.publish.nursery import SOCKETS
from sutg_analysis.publish.swapping import recover

_OURS = ("data", "notebooks", "reports", "docs", ".git", ".sutg")


def check_place(output: Path, *, root: Path) -> None:
    """Refuse to publish where something stands that is no site, for what stands there is replaced.

    Raises
    ------
    SiteError
        The folder holds the project or is a part of it, or it is there and is neither empty nor a site.
    """
    place, project = output.resolve(), root.resolve()
    parts = [project / name for name in _OURS]
    if place == project or place in project.parents:
        found = "which holds the project"
    elif any(part == place or part in place.parents for part in parts):
        found = "which is a part of the project"
    elif place.exists() and not _is_site(place):
        found = "which is there and is no site"
    elif place.exists() and not os.access(place, os.W_OK):
        found = "which is another account's and cannot be replaced"
    else:
        return
    raise SiteError(
        f"--output {output.name or output}, {found}",
        expected="a new or empty folder, or a site that was built before: it is replaced as a whole",
        remedy="Name another folder, such as _site",
    )


def _is_site(place: Path) -> bool:
    if not place.is_dir() or not os.access(place, os.R_OK | os.X_OK):
        return False
    return not any(place.iterdir()) or (place / "assets/sutg.js").is_file()


@contextmanager
def only_build(scratch: Path, *, output: Path) -> Iterator[None]:
    """Hold a project for one build, cleared of what a killed one left.

    Parameters
    ----------
    scratch
        The project's folder of unfinished work.
    output
        The folder to publish to.

    Raises
    ------
    SiteError
        Another build holds the project.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    told = scratch / "build.pid"
    try:
        with FileLock(scratch / "build.lock", timeout=0):
            told.write_text(str(os.getpid()), encoding="utf-8")
            recover(output)
            _sweep(scratch)
            yield
    except Timeout:
        raise SiteError(
            f"another build of this project is running (process {_read(told)})",
            expected="one build of a project at a time",
            remedy="Wait until it has ended, then build again",
        ) from None


def _read(told: Path) -> str:
    try:
        return told.read_text(encoding="utf-8") or "unknown"
    except OSError:
        return "unknown"


def _sweep(scratch: Path) -> None:
    """Delete unfinished work and the sockets of processes that are no more."""
    for name in ("runs", "stage", "quarter"):
        shutil.rmtree(scratch / name, ignore_errors=True)
    for folder in (scratch / "tables").glob("*.*"):
        shutil.rmtree(folder, ignore_errors=True)
    for file in scratch.rglob("*.unfinished"):
        file.unlink()
    for folder in Path(tempfile.gettempdir()).glob(f"{SOCKETS}-*-*"):
        maker = folder.name.split("-")[1]
        if maker.isdigit() and os.name == "posix" and not _alive(int(maker)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
