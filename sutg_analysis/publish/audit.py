"""The finished site and the executed notebooks are read as an outsider would read them, for what should not be in them.

A check is a function of the files read and the project; it yields what it finds. ``CHECKS`` lists them all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.identifiers import TEXTS, Found, find, found_in, mask, read_allowed
from sutg_analysis.catalogue.load import load
from sutg_analysis.errors import SiteError
from sutg_analysis.project import Project, open_project
from sutg_analysis.publish.exposure import exposures
from sutg_analysis.publish.site import not_as_built
from sutg_analysis.publish.site_files import Piece, pieces_of, raw_parts
from sutg_analysis.reports.workbook import FORMULA


@dataclass(frozen=True)
class Finding:
    """One thing that should not be published: the file, what it is, where it stands, and itself, masked."""

    file: str
    kind: str
    where: str
    found: str

    def __str__(self) -> str:
        return f"{self.file}: {self.kind}, {self.where}: {self.found}"


@dataclass(frozen=True)
class Audited:
    """What an audit found; ``links`` counts the plain links to each other host, which are allowed."""

    findings: tuple[Finding, ...]
    links: dict[str, int]
    files: int


@dataclass(frozen=True, eq=False)
class Published:
    """All that is read: the folder of the site, the project, and the files of both by name."""

    site: Path
    project: Project
    files: dict[str, Path]

    @cached_property
    def pieces(self) -> pd.DataFrame:
        """One row a piece: file, kind, place, text."""
        rows = [
            (name, piece.kind, piece.place, piece.text)
            for name, path in self.files.items()
            for piece in _read(path)
        ]
        return pd.DataFrame(rows, columns=["file", "kind", "place", "text"])

    def of(self, *kinds: str) -> pd.DataFrame:
        """Return the pieces of some kinds."""
        return self.pieces[self.pieces["kind"].isin(kinds)].reset_index(drop=True)


def _read(path: Path) -> list[Piece]:
    try:
        return pieces_of(path)
    except (OSError, ValueError, AssertionError) as error:
        raise SiteError(
            f"{path.name} cannot be read: {' '.join(str(error).split())}",
            expected="a file of the site that is whole",
            remedy="Build the site again",
        ) from error


_DIGEST = r"\b(?=\d*[a-f])[0-9a-f]{12,}\b"
"""Digests, in which one run of ten digits in eleven passes for an NHS number."""
Check = Callable[[Published], Iterator[Finding]]


def identifiers(published: Published) -> Iterator[Finding]:
    """Find identifiers in what is shown, but for those that the project allows or writes on pages of its own."""
    allowed = _allowed(published.project)
    for kinds in (("text", "cell"), ("joined",)):
        texts = published.of(*kinds)
        joined = kinds == ("joined",)
        for row, one in found_in(texts["text"].str.replace(_DIGEST, "", regex=True)):
            if one.text not in allowed and not (joined and _by_chance(str(texts.loc[row, "file"]), one)):
                yield _finding(texts, row, one.kind.words, one.masked)


def _by_chance(file: str, one: Found) -> bool:
    """Say whether cells beside one another may have made this of their digits; the pages themselves are read too.

    Quarto's index runs the numbers of an axis together without a space.
    """
    digits = one.kind.name in ("nhs-number", "telephone", "postcode")
    return digits and (bool(re.search(r"[\s./_]", one.text)) or file == "search.json")


def _allowed(project: Project) -> set[str]:
    texts = [project.file(name).read_text(encoding="utf-8") for name in project.names("reports/*.qmd")]
    entries, _ = read_allowed(project.root / "data")
    if entries:
        catalogue = load(project.root)
        for entry in entries:
            if entry.table in TEXTS:
                texts.append((project.root / "data" / entry.table).read_text(encoding="utf-8"))
            elif entry.column in (frame := catalogue.table(entry.table)):
                texts += frame[entry.column].dropna().astype("str").unique().tolist()
    return {one.text for text in texts for one in find(text)}


def other_hosts(published: Published) -> Iterator[Finding]:
    """Find what a browser would fetch from another host."""
    loads = published.of("load")
    for row in loads.index[loads["text"].str.match(r"(?:https?:|ftp:|wss?:)?//")]:
        yield _finding(loads, row, "loaded from another host", loads.loc[row, "text"])


def scripts(published: Published) -> Iterator[Finding]:
    """Find what would run and is not the site's own, in pages and as files."""
    found = published.of("script")
    for row in found.index:
        yield _finding(found, row, "a script that is not the site's", found.loc[row, "text"])
    for name in published.files:
        if name.endswith((".js", ".mjs", ".wasm")) and not re.match(r"(?:assets|site_libs)/", name):
            yield Finding(name, "a script that is not the site's", "the file", name)


def formulas(published: Published) -> Iterator[Finding]:
    """Find cells of downloads that a spreadsheet would run."""
    cells = published.of("cell")
    texts = cells["text"]
    numbers = pd.to_numeric(texts, errors="coerce").notna()
    for row in cells.index[texts.str.startswith(FORMULA) & ~numbers]:
        yield _finding(cells, row, "a formula in a download", cells.loc[row, "text"])


def machine_paths(published: Published) -> Iterator[Finding]:
    """Find the folders of this machine: of the project, and of whoever built it."""
    folders = {published.project.root.resolve().as_posix(), Path.home().as_posix()} - {"/", ""}
    marks = [folder.encode() + b"/" for folder in folders]
    for name, path in published.files.items():
        for part in raw_parts(path):
            hit = next((mark for mark in marks if mark in part), None)
            if hit:
                yield Finding(name, "a path of this machine", "the file", "•••/")
                break


def small_counts(published: Published) -> Iterator[Finding]:
    """Find counts that a disclosure profile hides and the site shows, or lets be inferred."""
    for row in exposures(published.site, published.project.root).itertuples():
        file = str(row.file) or "several files together"
        yield Finding(file, f"a small count {row.how}", f"{row.place}, {row.period}", str(row.part))


def not_built(published: Published) -> Iterator[Finding]:
    """Find files that no build wrote, or that are no longer what the build wrote."""
    for name, how in not_as_built(published.project, published.site).items():
        yield Finding(name, "not as built", how, "run sutg build again")


CHECKS: tuple[Check, ...] = (
    identifiers,
    small_counts,
    other_hosts,
    scripts,
    formulas,
    machine_paths,
    not_built,
)
"""Every check, in the order of the findings."""


def audit(site: str | Path, project: str | Path = ".") -> Audited:
    """Read a finished site and the executed notebooks beside it, and list what should not be in them.

    Raises
    ------
    SiteError
        There is no such site, or a file of it is broken.
    """
    opened, folder = open_project(project), Path(site)
    if not (folder / "index.html").is_file():
        raise SiteError(f"no site in {folder.name}", "a folder with index.html", "Run sutg build first")
    files = {
        path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
    }
    kept = (path for path in sorted(opened.reports.glob("*/**/*")) if path.is_file())
    files |= {f"{path.relative_to(opened.root).as_posix()} (kept)": path for path in kept}
    published = Published(folder, opened, files)
    findings = tuple(dict.fromkeys(found for check in CHECKS for found in check(published)))
    hosts = published.of("link")["text"].str.extract(r"^(?:https?:)?//([^/?#]+)")[0].dropna()
    return Audited(findings, dict(sorted(Counter(hosts).items())), len(files))


def _finding(pieces: pd.DataFrame, row: int, kind: str, found: str) -> Finding:
    place = pieces.loc[row]
    return Finding(str(place["file"]), kind, str(place["place"]), mask(" ".join(found.split()))[:80])
