"""Putting a finished folder in the place of a published one, so that there is never half of either.

Linux and macOS can exchange two folders in one step. Where the system or the disk cannot, two renames follow each
other as closely as may be, and what a kill leaves between them is put right by the next build.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

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
