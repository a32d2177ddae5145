"""From executed reports to a published site: stage the pages, render them, swap the finished site in.

The published folder is replaced only by a site that rendered whole, so a failure leaves it as it was. What it was made
of is noted, so that a build which changes nothing renders nothing, and an audit names files that no build wrote.

The documentation is on the site too. A page of it may link to a file of the repository, as ``../CHANGELOG.md``. Where
the site is made from a clone the file is published beside the page as plain text; where it is made from an installed
package, which does not carry the file, the words stay and the link goes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

import yaml

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.digests import file_digest, value_digest
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.theme import figure_css
from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.project import ASSETS, Project, shipped
from sutg_analysis.publish.fingerprints import package_digest, versions
from sutg_analysis.publish.marks import check_marks
from sutg_analysis.publish.pages import (
    LEDGER,
    Settings,
    callout,
    home_page,
    notice_of,
    quarter_page,
    read_matter,
    script,
    surround,
    surround_notebook,
)
from sutg_analysis.publish.pandoc import render_with_pandoc
from sutg_analysis.publish.publishing import swap, write_whole
from sutg_analysis.publish.records import Basis, published_at, published_quarters, revised_pages
from sutg_analysis.words.markdown import plain_markdown

RENDERERS = ("auto", "quarto", "pandoc")
_PARTS = ("reports/*.toml", "reports/*.css", "reports/*.scss", "reports/*.qmd", "docs/*.qmd")
_TABLE = re.compile(r"^```.*?^```$|^#+ (?P<heading>[^{\n\"]+)|(?:^\|[^\n]*\n)+", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\(\.\./((?!reports/)[^)#]+)\)")


def choose_renderer(wanted: str) -> str:
    """Return ``quarto`` or ``pandoc``: auto means Quarto where it is on PATH.

    Raises
    ------
    ArgumentError
        ``wanted`` is none of the renderers.
    SiteError
        Quarto is insisted on and not on PATH.
    """
    if wanted not in RENDERERS:
        raise ArgumentError(
            f"--renderer {wanted}", expected=f"one of {', '.join(RENDERERS)}", remedy="Correct the option"
        )
    if wanted == "auto":
        return "quarto" if find_quarto() else "pandoc"
    if wanted == "quarto":
        _need_quarto()
    return wanted


def find_quarto() -> str | None:
    """Return the path of ``quarto`` on PATH, or None."""
    return shutil.which("quarto")


def _need_quarto() -> str:
    command = find_quarto()
    if command is None:
        raise SiteError(
            "no quarto command on PATH",
            expected="Quarto, because --renderer quarto insists on it",
            remedy="Install Quarto, or build with --renderer pandoc",
        )
    return command


def _quarto(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_need_quarto(), *words], capture_output=True, text=True, check=False)


def publish(basis: Basis, *, renderer: str, output: Path) -> list[Path]:
    """Render every quarter in ``reports/`` and put the site in place, unless it stands there already; return its pages."""
    project, note = basis.project, _note(basis.project, output)
    key = _key(basis, renderer=renderer)
    made = _read(note)
    if not output.is_dir() or (made.get("key"), made.get("files")) != (key, _sizes(output)):
        stage = project.scratch / "stage"
        shutil.rmtree(stage, ignore_errors=True)
        try:
            compose(project, catalogue=basis.inventory.everything, stage=stage)
            rendered = render(stage, renderer=renderer, project=project)
            marks = check_marks(rendered, reports=project.reports)
            swap(rendered, output=output)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        note.parent.mkdir(exist_ok=True)
        made = {"key": key, "files": _sizes(output), "digests": _digests(output), "marks": marks}
        write_whole(note, json.dumps(made))
    return sorted(output.rglob("*.html"))


class SiteNote(TypedDict, total=False):
    """What a published folder is made of: its digest, its files' sizes and digests, and how many verdicts were compared."""

    key: str
    files: dict[str, list[int]]
    digests: dict[str, str]
    marks: int


def _key(basis: Basis, *, renderer: str) -> str:
    """Return the digest of all that the site is made of."""
    project = basis.project
    names = ["_quarto.yml", *(name for pattern in _PARTS for name in project.names(pattern))]
    return value_digest(
        {
            "parts": {name: file_digest(project.file(name)) for name in names},
            "reports": {name: file_digest(path) for name, path in _files(project.reports) if "/" in name},
            "tables": basis.inventory.folder.name,
            "notice": notice_of(project),
            "package": package_digest(),
            "renderer": [
                renderer,
                _quarto("--version").stdout.strip() if renderer == "quarto" else versions(),
            ],
        }
    )


def _note(project: Project, output: Path) -> Path:
    """Return the file that says what a published folder is made of."""
    return project.scratch / "sites" / f"{value_digest(str(output.resolve()))[:16]}.json"


def _read(note: Path) -> SiteNote:
    try:
        content: SiteNote = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _sizes(output: Path) -> dict[str, list[int]]:
    """Return the size and time of every file of a site, which tell whether somebody has touched it."""
    found = ((name, path.stat()) for name, path in _files(output))
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in found}


def _digests(output: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a site."""
    return {name: file_digest(path) for name, path in _files(output)}


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder in their order, each with its name in it."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return ((path.relative_to(folder).as_posix(), path) for path in paths)


def not_as_built(project: Project, output: Path) -> dict[str, str]:
    """Return the files of a published folder that its build did not write, or wrote otherwise, and which of the two.

    Nothing where no build of this project has published to the folder: a copy of a site says nothing of its build.
    """
    built = _read(_note(project, output)).get("digests")
    if not isinstance(built, dict):
        return {}
    return {
        name: "changed since the build" if name in built else "added since the build"
        for name, sign in sorted(_digests(output).items())
        if built.get(name) != sign
    }


def compose(project: Project, *, catalogue: Catalogue, stage: Path) -> None:
    """Write the pages both renderers read: configuration, style, home, an index a quarter, notebooks."""
    notice = notice_of(project)
    (stage / "reports").mkdir(parents=True)
    shutil.copyfile(project.file("_quarto.yml"), stage / "_quarto.yml")
    own = project.file("reports/style.css").read_text(encoding="utf-8")
    (stage / "reports" / "style.css").write_text(f"{figure_css()}\n{own}", encoding="utf-8")
    _assets(project, folder=stage / "assets")
    quarters = [published_at(project, quarter) for quarter in published_quarters(project)]
    news = _news(project, catalogue, at=quarters[-1]) if quarters else []
    (stage / "index.qmd").write_text(home_page(quarters, notice=notice, news=news), encoding="utf-8")
    for name in project.names("reports/*.scss"):
        shutil.copyfile(project.file(name), stage / name)
    for name in project.names("reports/*.qmd"):
        text = project.file(name).read_text(encoding="utf-8")
        (stage / name).write_text(_page(text, notice=notice), encoding="utf-8")
    (stage / "docs").mkdir()
    for name in project.names("docs/*.qmd"):
        text = with_files(project.file(name).read_text(encoding="utf-8"), folder=stage / "docs")
        page = _page(with_wide_tables(text), notice=notice, above=[("index.html", "Documentation")])
        (stage / name).write_text(page, encoding="utf-8")
    for place, quarter in enumerate(quarters):
        _compose_quarter(project, quarter, quarters[max(0, place - 1) : place + 2], stage=stage)


def _news(project: Project, catalogue: Catalogue, *, at: AsAt) -> list[str]:
    """Return what the home page says of the newest quarter; nothing where the tables do not hold it any more."""
    from sutg_analysis.quality.rules import read_governance
    from sutg_analysis.reports.verdicts import news_of

    if at.quarter not in catalogue.quarters:
        return []
    lines = []
    for unit, words in news_of(catalogue.as_at(at.day), rules=read_governance(project.root).sitrep):
        page = f"reports/{at.quarter.slug}/unit-{unit}.ipynb"
        name, _, rest = words.partition(" (")
        if unit is not None and (project.root / page).is_file():
            lines.append(f"[{plain_markdown(name)}]({page}) {plain_markdown(f'({rest}')}")
        else:
            lines.append(plain_markdown(words))
    return lines


def _assets(project: Project, *, folder: Path) -> None:
    """Copy the site's script and what goes with it; Vega is taken out of vl-convert once a version."""
    import vl_convert

    folder.mkdir()
    for path in ASSETS.glob("site/*"):
        shutil.copyfile(path, folder / path.name)
    kept = project.scratch / f"vega-{version('vl-convert-python')}.js"
    if not kept.is_file():
        bundle: Callable[..., str] = vl_convert.javascript_bundle
        write_whole(kept, bundle())
    shutil.copyfile(kept, folder / "vega.js")


def _page(text: str, *, notice: str, above: Sequence[tuple[str, str]] = ()) -> str:
    """Return a written page with its notice, the way back (``above`` names pages between it and home) and the script."""
    _, matter, body = text.split("---\n", 2)
    title = str(yaml.safe_load(matter)["title"])
    between = [page for page in above if page[1] != title]
    trail = [("../index.html", "Home"), *between, ("", title)]
    return f"---\n{matter}---\n\n{surround(callout(notice) + body, trail=trail)}\n\n{script('../assets/sutg.js')}\n"


def _compose_quarter(project: Project, at: AsAt, near: list[AsAt], *, stage: Path) -> None:
    """Write a quarter's pages, each with the way back and to the same page of the quarters beside it."""
    quarter = at.quarter
    folder = stage / "reports" / quarter.slug
    shutil.copytree(project.reports / quarter.slug, folder, ignore=shutil.ignore_patterns(".*"))
    onward = _onward(project, quarter, near, name="index")
    revised, ledger = revised_pages(project, quarter), (folder / LEDGER).is_file()
    page = quarter_page(at, notice=notice_of(project), onward=onward, revised=revised, ledger=ledger)
    (folder / "index.qmd").write_text(page, encoding="utf-8")
    for path in folder.glob("*.ipynb"):
        title = str(read_matter(path)["title"])
        trail = [("../../index.html", "Home"), ("index.html", at.label), ("", title)]
        above = surround("", trail=trail, onward=_onward(project, quarter, near, name=path.stem))
        surround_notebook(path, above=above, below=script("../../assets/sutg.js"))


def _onward(project: Project, quarter: Quarter, near: list[AsAt], *, name: str) -> list[tuple[str, str, str]]:
    """Return the links to a page's namesakes in the published quarters before and after."""
    return [
        ("prev" if other.quarter < quarter else "next", f"../{other.quarter.slug}/{name}.html", other.label)
        for other in near
        if other.quarter != quarter
        and (name == "index" or (project.reports / other.quarter.slug / f"{name}.ipynb").is_file())
    ]


def with_files(text: str, *, folder: Path) -> str:
    """Return a page whose links to files of the repository lead to copies in ``folder``, or are plain words."""

    def linked(found: re.Match[str]) -> str:
        source = shipped() / found[2]
        if not source.is_file():
            return found[1]
        target = folder / published_name(found[2])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return f"[{found[1]}]({target.relative_to(folder).as_posix()})"

    return _LINK.sub(linked, text)


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

    def scrolling(found: re.Match[str]) -> str:
        nonlocal heading, number
        if not found[0].startswith("|"):
            heading = found["heading"] or heading
            return found[0]
        number += 1
        name = f"Table {number}" + (f": {heading}" if heading else "")
        return f'::: {{.sutg-scroll tabindex="0" role="region" aria-label="{name}"}}\n{found[0]}:::\n'

    return _TABLE.sub(scrolling, text)


def published_name(name: str) -> str:
    """Return where a file of the repository stands beside the pages: text, and in no hidden folder.

    Examples
    --------
    >>> published_name(".github/workflows/ci.yml"), published_name("CHANGELOG.md")
    ('files/github/workflows/ci.yml.txt', 'files/CHANGELOG.md.txt')
    """
    return "files/" + "/".join(part.lstrip(".") for part in name.split("/")) + ".txt"


def read_configuration(stage: Path) -> Settings:
    """Read ``_quarto.yml``.

    Raises
    ------
    SiteError
        The file is not YAML.
    """
    try:
        stated = yaml.safe_load((stage / "_quarto.yml").read_text(encoding="utf-8")) or {}
        if isinstance(stated, dict):
            return stated
        raise yaml.YAMLError(f"it holds {str(stated)[:40]!r} and no settings")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SiteError(
            f"_quarto.yml cannot be read: {' '.join(str(error).split())}",
            expected="a YAML file",
            remedy="Correct the line named",
        ) from error


def render(stage: Path, *, renderer: str, project: Project) -> Path:
    """Render a staged site and return the folder of finished pages."""
    configuration = read_configuration(stage)
    output = configuration.get("project", {}).get("output-dir", "_site")
    if renderer == "quarto":
        return _render_with_quarto(stage, output=output)
    return render_with_pandoc(
        stage,
        configuration=configuration,
        output=output,
        notice=notice_of(project),
        kept=project.scratch / "pages",
    )


def _render_with_quarto(stage: Path, *, output: str) -> Path:
    """Render a staged site with Quarto and return the folder it wrote; where it fails its last lines are quoted."""
    done = _quarto("render", str(stage))
    if done.returncode or not (stage / output / "index.html").is_file():
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if "ERROR" in line]
        raise SiteError(
            f"quarto render ended with code {done.returncode}: {' / '.join(errors or lines[-3:])}",
            expected="a rendered site",
            remedy="Mend what Quarto names, or build with --renderer pandoc",
        )
    return stage / output
