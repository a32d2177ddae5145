"""What a report's outputs rest on beside its rows: the package, the versions of what it uses, the project's rules."""

from __future__ import annotations

import getpass
import os
import platform
import re
import subprocess
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from sutg_analysis.catalogue.digests import file_digest, value_digest

_HERE = Path(__file__).parents[1]
_RULES = ("*.toml", "*.md", "*.sql")


@cache
def package_digest() -> str:
    """Return the SHA-256 of every file of this package."""
    files = sorted(
        path for path in _HERE.rglob("*") if path.is_file() and path.suffix not in (".pyc", ".ipynb")
    )
    return value_digest([(path.relative_to(_HERE).as_posix(), file_digest(path)) for path in files])


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of what it needs."""
    needed = [
        re.split(r"[^\w.-]", line)[0] for line in requires("sutg-analysis") or () if "extra ==" not in line
    ]
    found = {"python": platform.python_version()}
    for name in sorted(["sutg-analysis", *needed]):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def rules_digest(root: Path) -> str:
    """Return the SHA-256 of the rules and notices in a project's data folder."""
    files = sorted(path for pattern in _RULES for path in (root / "data").glob(pattern))
    return value_digest([(path.name, file_digest(path)) for path in files])


def commit_of(root: Path) -> tuple[str | None, bool | None]:
    """Return the git commit of a folder and whether nothing differs from it; nothing where there is no git."""
    head = _git(root, "rev-parse", "HEAD")
    return head, None if head is None else _git(root, "status", "--porcelain") == ""


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def builder() -> str:
    """Return who builds: what ``SUTG_BUILT_BY`` says (a role), or the name of the account."""
    try:
        return os.environ.get("SUTG_BUILT_BY") or getpass.getuser()
    except (OSError, KeyError):
        return "not stated"
