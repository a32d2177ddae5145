"""From executed reports to a published site: stage the pages, render them, swap the finished site in.

The published folder is replaced only by a site that rendered whole, so a failure leaves it as it was.

The Quarto command line, where the machine has it.

The documentation on the site: pages written by hand, pages made from the program, and the files both point at.

A written page may link to a file of the repository, as ``../CHANGELOG.md``. Where the site is made from a clone the
file is published beside the page as plain text; where it is made from an installed package, which does not carry the
file, the words stay and the link goes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.charts.theme import figure_css
from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.project import ASSETS, Project, shipped
from sutg_analysis.publish.fingerprints import digest, file_digest, package_digest, versions
from sutg_analysis.publish.pages import (
    callout,
    home_page,
    notice_of,
    quarter_page,
    read_matter,
    script,
    surround,
    surround_notebook,
)
from sutg_analysis.publish.publishing import swap, write_whole
from sutg_analysis.publish.records import Basis, published_quarters, revised_pages


def find_quarto() -> str | None:
    """Return the path of ``quarto`` on PATH, or None."""
    return shutil.which("quarto")


def quarto_version() -> str:
    """Return the version of the Quarto on PATH."""
    done = subprocess.run([need_quarto(), "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def need_quarto() -> str:
    """Return the path of ``quarto`` on PATH.

    Raises
    ------
    SiteError
        There is none.
    """
    command = find_quarto()
    if command is None:
        raise SiteError(
            "no quarto command on PATH",
            expected="Quarto, because --renderer quarto insists on it",
            remedy="Install Quarto, or build with --renderer pandoc",
        )
    return command


def render_with_quarto(stage: Path, *, output: str) -> Path:
    """Render a staged site with Quarto and return the folder it wrote.

    Parameters
    ----------
    stage
        The folder of ``_quarto.yml`` and the pages.
    output
        The output folder ``_quarto.yml`` names, inside the stage.

    Raises
    ------
    SiteError
        Quarto is not on PATH, or it failed; its last lines are quoted.
    """
    done = subprocess.run([need_quarto(), "render", str(stage)], capture_output=True, text=True, check=False)
    if done.returncode or not (stage / output / "index.html").is_file():
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        said = " / ".join(line for line in lines if "ERROR" in line) or " / ".join(lines[-3:])
        raise SiteError(
            f"quarto render ended with code {done.returncode}: {said}",
            expected="a rendered site",
            remedy="Mend what Quarto names, or build with --renderer pandoc",
        )
    return stage / output


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
    for name, text in pages.items():
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


RENDERERS = ("auto", "quarto", "pandoc")
_PARTS = ("*.toml", "*.css", "*.scss", "*.qmd")


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
    if wanted == "quarto":
        need_quarto()
    if wanted != "auto":
        return wanted
    return "quarto" if find_quarto() else "pandoc"


def publish(basis: Basis, *, renderer: str, output: Path) -> list[Path]:
    """Render every quarter on record and put the site in place, unless it stands there already; return its pages.

    Parameters
    ----------
    basis
        The project, whose ``reports/<quarter>/`` folders hold the executed notebooks, and its tables.
    renderer
        ``quarto`` or ``pandoc``.
    output
        The folder to publish to.
    """
    project, note = basis.project, _note(basis.project, output)
    key = _key(basis, renderer=renderer)
    made = _read(note)
    if not output.is_dir() or (made.get("key"), made.get("files")) != (key, _sizes(output)):
        stage = project.scratch / "stage"
        shutil.rmtree(stage, ignore_errors=True)
        try:
            compose(project, catalogue=basis.inventory.catalogue, stage=stage)
            rendered = render(stage, renderer=renderer, project=project)
            swap(rendered, output=output)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        note.parent.mkdir(exist_ok=True)
        made = {"key": key, "files": _sizes(output), "digests": _digests(output)}
        write_whole(note, json.dumps(made))
    return sorted(output.rglob("*.html"))


def _key(basis: Basis, *, renderer: str) -> str:
    """Return the digest of all that the site is made of."""
    project = basis.project
    kinds = [*(f"reports/{kind}" for kind in _PARTS), "docs/*.qmd"]
    names = ["_quarto.yml", *(name for kind in kinds for name in project.names(kind))]
    kept = sorted(path for path in project.reports.glob("*/**/*") if path.is_file())
    return digest(
        {
            "parts": {name: file_digest(project.file(name)) for name in names},
            "reports": {path.relative_to(project.reports).as_posix(): file_digest(path) for path in kept},
            "tables": basis.inventory.folder.name,
            "notice": notice_of(project),
            "package": package_digest(),
            "renderer": [renderer, quarto_version() if renderer == "quarto" else versions()],
        }
    )


def _note(project: Project, output: Path) -> Path:
    """Return the file that says what a published folder is made of."""
    return project.scratch / "sites" / f"{digest(str(output.resolve()))[:16]}.json"


def _read(note: Path) -> dict[str, Any]:
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _sizes(output: Path) -> dict[str, list[int]]:
    """Return the size and time of every file of a site, which tell whether somebody has touched it."""
    found = ((path, path.stat()) for path in sorted(output.rglob("*")) if path.is_file())
    return {path.relative_to(output).as_posix(): [stat.st_size, stat.st_mtime_ns] for path, stat in found}


def _digests(output: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a site."""
    return {
        path.relative_to(output).as_posix(): file_digest(path) for path in output.rglob("*") if path.is_file()
    }


def not_as_built(project: Project, output: Path) -> dict[str, str]:
    """Return the files of a published folder that its build did not write, or wrote otherwise, and which of the two.

    None where no build of this project has published to the folder: a copy of a site says nothing of its build.
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
    (stage / "reports").mkdir(parents=True)
    shutil.copyfile(project.file("_quarto.yml"), stage / "_quarto.yml")
    own = project.file("reports/style.css").read_text(encoding="utf-8")
    (stage / "reports" / "style.css").write_text(f"{figure_css()}\n{own}", encoding="utf-8")
    _assets(project, folder=stage / "assets")
    from sutg_analysis.reports.board import news_of

    quarters = published_quarters(project)
    news = news_of(catalogue, quarter=quarters[-1]) if quarters else ()
    (stage / "index.qmd").write_text(
        home_page(quarters, notice=notice_of(project), news=news), encoding="utf-8"
    )
    for name in project.names("reports/*.scss"):
        shutil.copyfile(project.file(name), stage / name)
    for name in project.names("reports/*.qmd"):
        text = project.file(name).read_text(encoding="utf-8")
        (stage / name).write_text(_page(text, notice=notice_of(project)), encoding="utf-8")
    above = [("index.html", "Documentation")]
    compose_documents(
        project, stage=stage, finish=lambda text: _page(text, notice=notice_of(project), above=above)
    )
    for place, quarter in enumerate(quarters):
        _compose_quarter(project, quarter, quarters[max(0, place - 1) : place + 2], stage=stage)


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


def _compose_quarter(project: Project, quarter: Quarter, near: list[Quarter], *, stage: Path) -> None:
    """Write a quarter's pages, each with the way back and to the same page of the quarters beside it."""
    folder = stage / "reports" / quarter.slug
    shutil.copytree(project.reports / quarter.slug, folder, ignore=shutil.ignore_patterns(".*"))
    onward = _onward(project, quarter, near, name="index")
    page = quarter_page(
        quarter, notice=notice_of(project), onward=onward, revised=revised_pages(project, quarter)
    )
    (folder / "index.qmd").write_text(page, encoding="utf-8")
    for path in folder.glob("*.ipynb"):
        title = str(read_matter(path)["title"])
        trail = [("../../index.html", "Home"), ("index.html", quarter.label), ("", title)]
        above = surround("", trail=trail, onward=_onward(project, quarter, near, name=path.stem))
        surround_notebook(path, above=above, below=script("../../assets/sutg.js"))


def _onward(
    project: Project, quarter: Quarter, near: list[Quarter], *, name: str
) -> list[tuple[str, str, str]]:
    """Return the links to a page's namesakes in the published quarters before and after."""
    return [
        ("prev" if other < quarter else "next", f"../{other.slug}/{name}.html", other.label)
        for other in near
        if other != quarter
        and (name == "index" or (project.reports / other.slug / f"{name}.ipynb").is_file())
    ]


def read_configuration(stage: Path) -> dict:
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
        return render_with_quarto(stage, output=output)
    from sutg_analysis.publish.pandoc import render_with_pandoc

    return render_with_pandoc(
        stage,
        configuration=configuration,
        output=output,
        notice=notice_of(project),
        kept=project.scratch / "pages",
    )
