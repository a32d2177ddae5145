"""Checked tables as they were when a build began, for the kernels of its reports to read in an instant.

A build reads and checks the tables once. Its reports then all see the same rows, whatever happens to the files
meanwhile, and each says in a file of its own which of them it read: what it did not read cannot change it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import feather

SNAPSHOT = "SUTG_SNAPSHOT"
"""Names the folder of the snapshot that the kernels of a build read."""
_ABOUT = "about.json"
READINGS = "SUTG_READINGS"
"""Names the file to which a kernel adds what it reads, one JSON object a line."""


def store(
    folder: Path, frames: Mapping[str, pd.DataFrame], *, project: Path, facts: Mapping[str, Any]
) -> None:
    """Write tables to a folder that does not exist yet, which appears when they are all there.

    Parameters
    ----------
    folder
        The snapshot's folder.
    frames
        The tables by name.
    project
        The project they are the tables of.
    facts
        What is to be known of the tables, in words that JSON can hold.
    """
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    for name, frame in frames.items():
        feather.write_feather(frame, str(unfinished / f"{name}.feather"), compression="lz4")
    told = {"project": str(project.resolve()), "facts": facts}
    (unfinished / _ABOUT).write_text(json.dumps(told), encoding="utf-8")
    unfinished.rename(folder)


def restore(folder: Path, names: Collection[str]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Read some tables of a snapshot, those of them that it has, and the facts about them."""
    files = {name: folder / f"{name}.feather" for name in names}
    frames = {name: feather.read_feather(str(file)) for name, file in files.items() if file.is_file()}
    return frames, _about(folder)["facts"]


def snapshot_of(project: Path) -> Path | None:
    """Return the snapshot of a project that this process is to read, or None."""
    named = os.environ.get(SNAPSHOT)
    if not named or _about(Path(named))["project"] != str(project.resolve()):
        return None
    return Path(named)


def _about(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    return content


def note_reading(reading: Mapping[str, Any]) -> None:
    """Add to the list of what this process reads, where a build asked for one."""
    named = os.environ.get(READINGS)
    if named:
        with Path(named).open("a", encoding="utf-8") as file:
            file.write(json.dumps(reading) + "\n")


def read_readings(file: Path) -> list[dict[str, Any]]:
    """Return what a report read; nothing where it said nothing."""
    if not file.is_file():
        return []
    lines = dict.fromkeys(file.read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines]
