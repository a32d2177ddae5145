"""A project of one's own: every file that a build reads, and tables with three example rows each.

What is copied ships with the package: the notebooks, ``_quarto.yml`` and pages of the project that ships, and the
templates of ``assets/newproject``. A template called ``dot-NAME`` becomes ``.NAME``, so that the tools which look
for such files leave the templates alone.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sutg_analysis.errors import SiteError, first_few
from sutg_analysis.project import ASSETS, shipped

_TEMPLATES = ASSETS / "newproject"
_TITLE = "Quality improvement: quarterly reports"
_SHIPPED = (
    "_quarto.yml",
    "notebooks/*.ipynb",
    "reports/reports.toml",
    "reports/*.css",
    "reports/*.scss",
    "reports/*.qmd",
)


@dataclass(frozen=True)
class NewProject:
    """A project just made: its folder and its files, relative to it."""

    root: Path
    files: tuple[str, ...]


def new_project(folder: str | Path) -> NewProject:
    """Make a project that builds as it stands.

    Parameters
    ----------
    folder
        Where: a folder that does not exist, or is empty. Nothing outside it is touched.

    Raises
    ------
    SiteError
        The folder holds something, or there is a file of its name.

    Examples
    --------
    >>> import tempfile
    >>> made = new_project(Path(tempfile.mkdtemp()) / "mine")
    >>> "data/observations.csv" in made.files, ".gitignore" in made.files
    (True, True)
    """
    root = Path(folder)
    _refuse_used(root)
    sources = _sources()
    for name, source in sources.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    _retitle(root / "_quarto.yml")
    return NewProject(root, tuple(sorted(sources)))


def _retitle(path: Path) -> None:
    """Give the site a title that belongs to no trust."""
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^(  title: ).*$", rf'\1"{_TITLE}"', text, count=1), encoding="utf-8")


def _refuse_used(root: Path) -> None:
    if root.exists() and not root.is_dir():
        found = f"{root} is a file"
    elif root.is_dir() and any(root.iterdir()):
        names = sorted(path.name for path in root.iterdir())
        found = f"{root} holds {first_few(names, shown=3)}"
    else:
        return
    raise SiteError(
        found,
        expected="a folder that does not exist yet, or is empty",
        remedy="Give another folder; nothing was written",
    )


def _sources() -> dict[str, Path]:
    """Return every file of a new project by its name in it; templates stand before what ships."""
    base = shipped()
    copied = {path.relative_to(base).as_posix(): path for pattern in _SHIPPED for path in base.glob(pattern)}
    written = {
        path.relative_to(_TEMPLATES).as_posix(): path for path in _TEMPLATES.rglob("*") if path.is_file()
    }
    return copied | {_name(name): path for name, path in written.items()}


def _name(name: str) -> str:
    folder, _, last = name.rpartition("/")
    return Path(folder, f".{last.removeprefix('dot-')}").as_posix() if last.startswith("dot-") else name
