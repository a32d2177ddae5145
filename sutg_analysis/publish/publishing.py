"""A site is published by putting a finished folder in the place of the old one, so that there is never half of either.

Linux and macOS can exchange two folders in one step. Where the system or the disk cannot, two renames follow each
other as closely as may be, and what a kill leaves between them is put right by the next build. One build holds a project
at a time, and the next clears away what a killed one left.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from sutg_analysis.errors import SiteError

SOCKETS = "sutg"
"""Folders of sockets in the system's temporary folder are called this, the process that made them, and a word."""
_OURS = ("data", "notebooks", "reports", "docs", ".git", ".sutg")
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS are the same number."""
_AT_WORKING_FOLDER = -100
"""AT_FDCWD: names are relative to the working folder, as everywhere."""


def check_place(output: Path, *, root: Path) -> None:
    """Refuse to publish where something stands that is no site, for what stands there is replaced.

    Raises
    ------
    SiteError
        The folder holds the project or is a part of it, or it is there and is neither empty nor a site.
    """
    place, project = output.resolve(), root.resolve()
    parts = [project / name for name in _OURS]
    if place in (project, *project.parents):
        found = "which holds the project"
    elif any(part in (place, *place.parents) for part in parts):
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
    """Hold a project, by its folder of unfinished work, for one build, cleared of what a killed one left.

    Raises
    ------
    SiteError
        Another build holds the project.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    holder, process = scratch / "build.pid", "unknown"
    try:
        with FileLock(scratch / "build.lock", timeout=0):
            holder.write_text(str(os.getpid()), encoding="utf-8")
            recover(output)
            _sweep(scratch)
            yield
    except Timeout:
        with suppress(OSError):
            process = holder.read_text(encoding="utf-8") or process
        raise SiteError(
            f"another build of this project is running (process {process})",
            expected="one build of a project at a time",
            remedy="Wait until it has ended, then build again",
        ) from None


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
        if maker.isdigit() and os.name == "posix" and not _is_running(int(maker)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # no signal, only the question whether one could be sent
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def recover(output: Path) -> None:
    """Put right what a kill left of a swap: no folder published, or one that is no longer wanted."""
    old, ready = sibling(output, "old"), sibling(output, "new")
    if old.exists() and not output.exists():
        old.rename(output)
    for folder in (old, ready):
        shutil.rmtree(folder, ignore_errors=True)


def swap(finished: Path, *, output: Path) -> None:
    """Move a finished folder to where the published one stands, which is deleted."""
    output.parent.mkdir(parents=True, exist_ok=True)
    ready = sibling(output, "new")
    shutil.rmtree(ready, ignore_errors=True)
    shutil.move(finished, ready)
    if not output.exists():
        ready.rename(output)
    elif _exchange(ready, output):
        shutil.rmtree(ready)
    else:
        old = sibling(output, "old")
        output.rename(old)
        ready.rename(output)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, and say whether that could be done; Python has no call for it, the system has."""
    library = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return library.renamex_np(first, second, _EXCHANGE) == 0  # type: ignore[union-attr]
    if library is not None and hasattr(library, "renameat2"):
        here = _AT_WORKING_FOLDER
        return library.renameat2(here, first, here, second, _EXCHANGE) == 0
    return False


def sibling(output: Path, word: str) -> Path:
    """Return a name for a folder beside the published one.

    Examples
    --------
    >>> sibling(Path("web/_site"), "new").as_posix()
    'web/.sutg_site.new'
    """
    return output.with_name(f".sutg{output.name}.{word}")


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, whatever ends the writing."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
