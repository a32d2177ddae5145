"""The pages of the site before they are rendered: executed notebooks and index pages, as Quarto reads them.

Both renderers read the same sources: notebooks whose first cell is YAML front matter, and ``.qmd`` pages whose
listings name their contents.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from html import escape
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.project import Project
from sutg_analysis.publish.jobs import Job
from sutg_analysis.publish.records import Record, record_section, revision_notice
from sutg_analysis.reports.page import FILES, FOLDER, kept_html, plain_markdown
from sutg_analysis.words.markdown import tamed, title_markdown, unescaped
from sutg_analysis.words.wording import day

if TYPE_CHECKING:
    from nbformat import NotebookNode

Settings = dict[str, Any]
"""What YAML says, in a page's front matter or in ``_quarto.yml``: names, and values of any kind."""

LEDGER, EARLIER = "ledger.csv", ".ledger-*.csv"
"""The verdicts of a quarter, beside its reports; and those behind pages that a build of some reports left as they were."""


def front_matter(**fields: object) -> str:
    """Write YAML front matter.

    Examples
    --------
    >>> print(front_matter(title="Q2: falls"))
    ---
    title: 'Q2: falls'
    ---
    """
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{text}---"


def notice_of(project: Project) -> str:
    """Return what every page must say of the data, tamed."""
    return tamed(project.notice)


def callout(text: str, *, kind: str = "important") -> str:
    """Write a callout block, empty for empty text."""
    return f"::: {{.callout-{kind}}}\n{text}\n:::\n" if text else ""


def finish_notebook(path: Path, *, job: Job, notice: str, record: Record) -> None:
    """Give an executed notebook its front matter, notice and record, and take this machine's paths out of it.

    The files its figures carry are written beside it, in ``files/<page>/``, where its links then lead.
    """
    import nbformat

    book = nbformat.read(path, as_version=4)
    _unpack(book, folder=path.parent / "files" / path.stem)
    notices = {"notice": callout(notice), "revised": callout(revision_notice(record), kind="note")}
    book.cells = [
        nbformat.v4.new_raw_cell(_page_matter(job), id="front-matter"),
        *(nbformat.v4.new_markdown_cell(text, id=name) for name, text in notices.items() if text),
        *(cell for cell in book.cells if cell.cell_type != "raw"),
        nbformat.v4.new_markdown_cell(record_section(record), id="record"),
    ]
    made_by = book.metadata.get("papermill", {})
    made_by.update(input_path=f"notebooks/{job.notebook.name}", output_path=path.name)
    nbformat.write(book, path)


def reorder_notebook(path: Path, *, job: Job) -> None:
    """Give a finished notebook its new place in the index."""
    import nbformat

    book = nbformat.read(path, as_version=4)
    book.cells[0].source = _page_matter(job)
    path.unlink()
    nbformat.write(book, path)


def _unpack(book: NotebookNode, *, folder: Path) -> None:
    """Write the files that outputs carry, and point the outputs' links at them."""
    taken: set[str] = set()
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            files = _apart(data, data.pop(FILES, {}), taken)
            for name, content in files.items():
                folder.mkdir(parents=True, exist_ok=True)
                (folder / Path(name).name).write_bytes(b64decode(content))
            if FOLDER in data.get("text/markdown", ""):
                data["text/markdown"] = data["text/markdown"].replace(FOLDER, f"files/{folder.name}/")
            if html := kept_html(data.get("text/markdown", "")):
                data["text/html"] = html


def _apart(data: dict[str, str], files: dict[str, str], taken: set[str]) -> dict[str, str]:
    """Give the figures of an output names that no other of the page has, and return their files."""
    new = {}
    for name in dict.fromkeys(file.rpartition(".")[0] for file in files):
        free = (f"{name}-{number}" if number > 1 else name for number in count(1))
        new[name] = next(name for name in free if name not in taken)
        taken.add(new[name])
        if new[name] != name:
            for mark in ('id="{}"', '"{}-headline"', FOLDER + "{}."):
                data["text/markdown"] = data["text/markdown"].replace(
                    mark.format(name), mark.format(new[name])
                )
    return {f"{new[file.rpartition('.')[0]]}.{file.rpartition('.')[2]}": text for file, text in files.items()}


def _page_matter(job: Job) -> str:
    return front_matter(
        title=title_markdown(job.title),
        description=title_markdown(job.description),
        date=job.at.day.isoformat(),
        order=job.order,
        quarter=job.at.label,
    )


def read_matter(path: Path) -> Settings:
    """Read the front matter of a notebook or a ``.qmd`` page; empty where it has none."""
    notebook = path.suffix == ".ipynb"
    text = _first_cell(path, path.stat().st_mtime_ns) if notebook else path.read_text(encoding="utf-8")
    if not text.startswith("---"):
        return {}
    matter: Settings = yaml.safe_load(re.split(r"(?m)^---[ ]*$", text, maxsplit=2)[1]) or {}
    for name in ("title", "subtitle", "description"):
        if isinstance(matter.get(name), str):
            matter[name] = unescaped(matter[name])
    return matter


@lru_cache(maxsize=4096)
def _first_cell(path: Path, changed: int) -> str:  # noqa: ARG001  a file that has changed is another
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "".join(cells[0]["source"]) if cells and cells[0]["cell_type"] == "raw" else ""


def surround(
    text: str, *, trail: Sequence[tuple[str, str]], onward: Sequence[tuple[str, str, str]] = ()
) -> str:
    """Return Markdown, the text of a page below its front matter, with the way back above it.

    ``trail`` has the address and name of each page above it, from home down, and last of the page itself (its address
    unused); ``onward`` of the neighbouring quarters: ``prev`` or ``next``, address, name.
    """
    *above, (_, here) = trail
    items = "".join(f'<li><a href="{href}">{escape(name)}</a></li>' for href, name in above)
    last = f'<li><span aria-current="page">{escape(here)}</span></li>'
    navigation = f'<nav class="sutg-trail" aria-label="Breadcrumb"><ol>{items}{last}</ol></nav>'
    if onward:
        words = {"prev": "Previous quarter", "next": "Next quarter"}
        links = "".join(
            f'<li><a rel="{way}" href="{href}">{words[way]}: {escape(name)}</a></li>'
            for way, href, name in onward
        )
        navigation += f'\n<nav class="sutg-onward" aria-label="Quarters"><ul>{links}</ul></nav>'
    return f"{raw_html(navigation)}\n\n{text}"


def raw_html(html: str) -> str:
    """Return HTML as a block that both renderers pass through."""
    return f"```{{=html}}\n{html}\n```"


def script(address: str) -> str:
    """Return the block that loads the site's script."""
    return raw_html(f'<script src="{address}" defer></script>')


def surround_notebook(path: Path, *, above: str, below: str) -> None:
    """Put Markdown above and below what a finished notebook shows, and take out what is for JupyterLab alone."""
    book = json.loads(path.read_text(encoding="utf-8"))
    cells = book["cells"]
    for cell in cells:
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                output["data"].pop("text/html", None)
    # Plain JSON, for reading a whole notebook into objects takes long. Sources are lists of lines: of one text, which a
    # notebook may have too, Quarto loses the ends of lines.
    first, last = (
        {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
        for name, text in (("way-back", above), ("script", below))
    )
    cells.insert(1 if cells and cells[0]["cell_type"] == "raw" else 0, first)
    cells.append(last)
    path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


def home_page(quarters: list[AsAt], *, notice: str, news: Sequence[str] = ()) -> str:
    """Write the home page: what calls for attention in the newest quarter, its reports, then every quarter published.

    ``news`` are lines of Markdown.
    """
    newest = max(quarters)
    names = {"title": "Quarter", "description": "Months"}
    listing = _listing("quarters", contents="reports/*/index.qmd", sort="date desc", names=names)
    head = front_matter(title="Quarterly reports", date=newest.day.isoformat(), listing=listing)
    changes = "\n".join(f"- {text}" for text in news)
    body = [
        *([f"## What calls for attention in {newest.label}", changes] if news else []),
        f"The newest quarter is **{newest.quarter.label}**, {newest.title}. "
        f"[Open its reports](reports/{newest.quarter.slug}/index.qmd).",
        "## Quarters published",
        "::: {#quarters}\n:::",
    ]
    return "\n\n".join([head, callout(notice), *body, script("assets/sutg.js")]) + "\n"


def quarter_page(
    at: AsAt,
    *,
    notice: str,
    onward: Sequence[tuple[str, str, str]] = (),
    revised: Sequence[Record] = (),
    ledger: bool = False,
) -> str:
    """Write a quarter's index: what was revised since it was published, a listing of its reports, and its ledger's address."""
    names = {"title": "Report", "description": "What it shows"}
    head = front_matter(
        title=at.label,
        description=at.title,
        date=at.day.isoformat(),
        listing=_listing("reports", contents="*.ipynb", sort="order", names=names),
    )
    lines = [
        f"- [{plain_markdown(page.title)}]({page.report}.ipynb), {day(date.fromisoformat(entry['day']))}: "
        f"{plain_markdown(entry['reason'])}"
        for page in revised
        for entry in page.revisions
    ]
    revisions = "\n".join(["**Revised since this quarter was published**", "", *lines]) if lines else ""
    body = [
        callout(notice),
        callout(revisions, kind="note"),
        f"Reports of {at.title}.",
        "::: {#reports}\n:::",
        *([f"[Every verdict of the quarter as one table (CSV)]({LEDGER})"] if ledger else []),
    ]
    trail = [("../../index.html", "Home"), ("", at.label)]
    text = surround("\n\n".join(body), trail=trail, onward=onward)
    return f"{head}\n\n{text}\n\n{script('../../assets/sutg.js')}\n"


def _listing(name: str, *, contents: str, sort: str, names: dict[str, str]) -> Settings:
    """Return a listing of pages as Quarto reads it: a table of the fields that have names."""
    return {
        "id": name,
        "contents": contents,
        "type": "table",
        "sort": sort,
        "fields": [*names],
        "field-display-names": names,
    }
