"""One build of a project at a time, and nothing left over from one that was killed.

Putting a finished folder in the place of a published one, so that there is never half of either.

Linux and macOS can exchange two folders in one step. Where the system or the disk cannot, two renames follow each
other as closely as may be, and what a kill leaves between them is put right by the next build.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sutg_analysis.errors import SiteError
from sutg_analysis.publish.kernels import SOCKETS

_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS are the same number."""
_AT_WORKING_FOLDER = -100


def swap(finished: Path, *, output: Path) -> None:
    """Put a finished folder in the place of the published one.

    Parameters
    ----------
    finished
        The folder to publish; it is gone from its place afterwards.
    output
        Where it is to stand; what stood there is deleted.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    ready = beside(output, "new")
    shutil.rmtree(ready, ignore_errors=True)
    _move(finished, ready)
    if not output.exists():
        ready.rename(output)
    elif _exchange(ready, output):
        shutil.rmtree(ready)
    else:
        old = beside(output, "old")
        output.rename(old)
        ready.rename(output)
        shutil.rmtree(old)


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, whatever ends the writing."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def recover(output: Path) -> None:
    """Put right what a kill left of a swap: no folder published, or one that is no longer wanted."""
    old, ready = beside(output, "old"), beside(output, "new")
    if old.exists() and not output.exists():
        old.rename(output)
    for folder in (old, ready):
        shutil.rmtree(folder, ignore_errors=True)


def beside(output: Path, word: str) -> Path:
    """Return a name for a folder beside the published one.

    Examples
    --------
    >>> beside(Path("web/_site"), "new").as_posix()
    'web/.sutg_site.new'
    """
    return output.with_name(f".sutg{output.name}.{word}")


def _move(folder: Path, target: Path) -> None:
    """Rename a folder, or copy it where it stands on another disk."""
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copytree(folder, target)
        shutil.rmtree(folder)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; say whether that could be done."""
    library = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return library.renamex_np(first, second, _EXCHANGE) == 0  # type: ignore[union-attr]
    if library is not None and hasattr(library, "renameat2"):
        where = _AT_WORKING_FOLDER
        return library.renameat2(where, first, where, second, _EXCHANGE) == 0
    return False


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
