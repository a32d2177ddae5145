"""The documentation on the site: pages written by hand, pages made from the program, and the files both point at.

A written page may link to a file of the repository, as ``../CHANGELOG.md``. Where the site is made from a clone the
file is published beside the page as plain text; where it is made from an installed package, which does not carry the
file, the words stay and the link goes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from sutg_analysis.project import Project, shipped
from sutg_analysis.publish.reference import reference_pages

FOLDER = "docs"
_PART = re.compile(r"^```.*?^```$|^#+ (?P<heading>[^{\n\"]+)|(?:^\|[^\n]*\n)+", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\(\.\./((?!reports/)[^)#]+)\)")


def compose_documents(project: Project, *, stage: Path, finish: Callable[[str], str]) -> None:
    """Write the documentation's pages and the files they link to.

    Parameters
    ----------
    project
        The project; a page of its own in ``docs/`` takes the place of the shipped one.
    stage
        The folder both renderers read.
    finish
        Puts the notice, the way back and the script on a page.
    """
    folder = stage / FOLDER
    folder.mkdir()
    written = {
        Path(name).name: project.file(name).read_text(encoding="utf-8")
        for name in project.names(f"{FOLDER}/*.qmd")
    }
    pages = {name: with_wide_tables(with_files(text, folder=folder)) for name, text in written.items()}
    for name, text in (pages | reference_pages()).items():
        (folder / name).write_text(finish(text), encoding="utf-8")


def with_files(text: str, *, folder: Path) -> str:
    """Return a page whose links to files of the repository lead to copies in ``folder``, or are plain words."""

    def led(found: re.Match[str]) -> str:
        source = shipped() / found[2]
        if not source.is_file():
            return found[1]
        target = folder / published_name(found[2])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return f"[{found[1]}]({target.relative_to(folder).as_posix()})"

    return _LINK.sub(led, text)


def with_wide_tables(text: str) -> str:
    r"""Return a page whose tables scroll sideways by themselves where they are wider than the screen.

    Each is a region that the keyboard can reach, named by the heading above it.

    Examples
    --------
    >>> print(with_wide_tables("## Rules\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"))
    ## Rules
    <BLANKLINE>
    ::: {.sutg-scroll tabindex="0" role="region" aria-label="Table 1: Rules"}
    | a | b |
    |---|---|
    | 1 | 2 |
    :::
    <BLANKLINE>
    """
    heading, number = "", 0

    def put(found: re.Match[str]) -> str:
        nonlocal heading, number
        if found["heading"]:
            heading = found["heading"]
            return found[0]
        if not found[0].startswith("|"):
            return found[0]
        number += 1
        name = f"Table {number}" + (f": {heading}" if heading else "")
        return f'::: {{.sutg-scroll tabindex="0" role="region" aria-label="{name}"}}\n{found[0]}:::\n'

    return _PART.sub(put, text)


def published_name(name: str) -> str:
    """Return where a file of the repository stands beside the pages: text, and in no hidden folder.

    Examples
    --------
    >>> published_name(".github/workflows/ci.yml"), published_name("CHANGELOG.md")
    ('files/github/workflows/ci.yml.txt', 'files/CHANGELOG.md.txt')
    """
    return "files/" + "/".join(part.lstrip(".") for part in name.split("/")) + ".txt"
