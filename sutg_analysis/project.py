"""A project folder: tables in ``data/``, templates in ``notebooks/``, what to run in ``reports/reports.toml``.

A folder needs only its tables. Whatever else it lacks comes from the project that ships with the package, so
that ``sutg build --project DIR`` publishes a folder of CSV files as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sutg_analysis.errors import SiteError

_HERE = Path(__file__).parent
_SHIPPED = _HERE / "project"
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
