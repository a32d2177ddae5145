"""A project folder: tables in ``data/``, templates in ``notebooks/``, what to run in ``reports/reports.toml``.

A folder needs only its tables. Whatever else it lacks comes from the project that ships with the package, so
that ``sutg build --project DIR`` publishes a folder of CSV files as it stands.

A new project has every file that a build reads: the notebooks, ``_quarto.yml`` and pages of the project that ships,
and the templates of ``assets/newproject``, tables with three example rows each among them. A template called
``dot-NAME`` becomes ``.NAME``, so that the tools which look for such files leave the templates alone.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sutg_analysis.errors import SiteError, first_few

_HERE = Path(__file__).parent
_SHIPPED = _HERE / "assets" / "project"
ASSETS = _HERE / "assets"
"""What the site is made with, whatever the project."""


def shipped() -> Path:
    """Return the folder of the project that ships with the package.

    Examples
    --------
    >>> (shipped() / "_quarto.yml").is_file()
    True
    """
    return _SHIPPED if _SHIPPED.is_dir() else _HERE.parent


@dataclass(frozen=True)
class Project:
    """The files of one project, its own first and the shipped ones where it has none.

    Parameters
    ----------
    root
        The project folder.
    """

    root: Path

    @property
    def reports(self) -> Path:
        """The folder of executed reports, one folder a quarter."""
        return self.root / "reports"

    @property
    def scratch(self) -> Path:
        """The folder of unfinished work, never published."""
        return self.root / ".sutg"

    def file(self, name: str) -> Path:
        """Return the project's file of that name, or the shipped one."""
        own = self.root / name
        return own if own.exists() else shipped() / name

    def names(self, pattern: str) -> list[str]:
        """Return the names of the project's files and the shipped ones that match a pattern, each once."""
        found = {
            path.relative_to(root).as_posix()
            for root in (shipped(), self.root)
            for path in root.glob(pattern)
        }
        return sorted(found)

    def notebook(self, name: str) -> Path:
        """Return the notebook template of that name."""
        found = self.file(f"notebooks/{name}")
        if not found.is_file():
            raise SiteError(
                f"reports/reports.toml names the notebook {name!r}, and notebooks/ has no such file",
                expected="a notebook in the notebooks/ folder",
                remedy="Correct the name in reports/reports.toml or add the notebook",
            )
        return found

    @property
    def notice(self) -> str:
        """What every page must say of the data (``data/notice.md``), as it is written; empty where there is nothing to say."""
        path = self.root / "data" / "notice.md"
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def open_project(root: str | Path) -> Project:
    """Return the project in a folder.

    Raises
    ------
    SiteError
        The folder does not exist.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise SiteError(
            f"{folder} is not a folder",
            expected="a project folder that holds data/",
            remedy="Give the folder with --project",
        )
    return Project(folder)


_TEMPLATES = ASSETS / "newproject"
_TITLE = "Quality improvement: quarterly reports"
_COPIED = (
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
    found = f"{root} is a file" if root.exists() and not root.is_dir() else ""
    if root.is_dir() and any(root.iterdir()):
        found = f"{root} holds {first_few(sorted(path.name for path in root.iterdir()), shown=3)}"
    if found:
        raise SiteError(
            found, "a folder that does not exist yet, or is empty", "Give another folder; nothing was written"
        )
    sources = _sources()
    for name, source in sources.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, root / name)
    site = root / "_quarto.yml"  # whose title belongs to no trust
    text = re.sub(r"(?m)^(  title: ).*$", rf'\1"{_TITLE}"', site.read_text(encoding="utf-8"), count=1)
    site.write_text(text, encoding="utf-8")
    return NewProject(root, tuple(sorted(sources)))


def _sources() -> dict[str, Path]:
    """Return every file of a new project by its name in it; templates stand before what ships."""
    base = shipped()
    sources = {path.relative_to(base).as_posix(): path for pattern in _COPIED for path in base.glob(pattern)}
    for path in _TEMPLATES.rglob("*"):
        if path.is_file():
            target = path.relative_to(_TEMPLATES)
            named = target.with_name(re.sub("^dot-", ".", target.name))
            sources[named.as_posix()] = path
    return sources
