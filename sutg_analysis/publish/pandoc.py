"""The embedded renderer: the site Quarto would make, made with Pandoc where Quarto is not to be had.

It reads the same ``_quarto.yml`` and the same pages. Notebooks go through nbconvert to Markdown first, because
Pandoc's own notebook reader drops ``text/markdown`` outputs. A small Lua filter supplies what Quarto's filters
do, and one Jinja template makes the page.

Listings: the table of pages that Quarto makes from ``listing:`` in a page's front matter.

Search in the embedded renderer: an index written at build time, read by one small script of our own.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape, unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from sutg_analysis.errors import SiteError
from sutg_analysis.project import ASSETS
from sutg_analysis.publish.fingerprints import digest, file_digest, package_digest
from sutg_analysis.publish.pages import callout, read_matter
from sutg_analysis.publish.publishing import write_whole
from sutg_analysis.words.wording import day as day_words


def fill_listings(body: str, matter: dict[str, Any], *, folder: Path) -> str:
    """Put each listing of a page in the block that carries its id, or at the end.

    Parameters
    ----------
    body
        The page as HTML.
    matter
        Its front matter.
    folder
        The page's folder; the listing's contents are relative to it.
    """
    listings = matter.get("listing") or []
    for listing in [listings] if isinstance(listings, dict) else listings:
        table = _table(listing, folder=folder)
        place = re.compile(rf'<div id="{re.escape(str(listing.get("id", "listing")))}"[^>]*>\s*</div>')
        found = place.search(body)
        body = body[: found.start()] + table + body[found.end() :] if found else body + table
    return body


def _table(listing: dict[str, Any], *, folder: Path) -> str:
    fields = listing.get("fields", ["title", "description"])
    names = listing.get("field-display-names", {})
    head = "".join(f'<th scope="col">{escape(names.get(field, field.title()))}</th>' for field in fields)
    rows = "".join(_row(item, fields) for item in _items(listing, folder=folder))
    identity = escape(str(listing.get("id", "listing")))
    return (
        f'<div id="{identity}" class="listing"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def _items(listing: dict[str, Any], *, folder: Path) -> list[dict[str, Any]]:
    contents = listing.get("contents", [])
    patterns = [contents] if isinstance(contents, str) else contents
    paths = dict.fromkeys(path for pattern in patterns for path in sorted(folder.glob(pattern)))
    items = [
        {**read_matter(path), "href": path.relative_to(folder).with_suffix(".html").as_posix()}
        for path in paths
    ]
    field, _, direction = str(listing.get("sort", "title")).partition(" ")
    return sorted(items, key=lambda item: item.get(field, ""), reverse=direction == "desc")


def _row(item: dict[str, Any], fields: list[str]) -> str:
    cells = []
    for number, field in enumerate(fields):
        text = escape(str(item.get(field, "")))
        link = f'<a href="{escape(item["href"])}">{text}</a>' if field == "title" else text
        cells.append(f'<th scope="row">{link}</th>' if number == 0 else f"<td>{link}</td>")
    return f"<tr>{''.join(cells)}</tr>"


SEARCH_BODY = (
    '<p id="search-status" role="status">Type a word in the search box above. '
    "Search needs JavaScript; without it, every page is listed on the home page and its quarter's page.</p>\n"
    '<ul id="search-results"></ul>\n'
)


class Searchable(Protocol):
    """A page that can be found."""

    @property
    def href(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def body(self) -> str: ...  # noqa: D102


def plain_text(body: str) -> str:
    """Return the words of an HTML page, without its charts and scripts.

    Examples
    --------
    >>> plain_text("<p>Falls &amp; harm</p><svg><text>12</text></svg>")
    'Falls & harm'
    """
    bare = re.sub(r"(?s)<(svg|script|style)\b.*?</\1>", " ", body)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def write_index(pages: Iterable[Searchable], *, folder: Path) -> None:
    """Write the index as a script, so that it also works from a folder opened without a server."""
    index = [{"href": page.href, "title": page.title, "text": plain_text(page.body)} for page in pages]
    text = json.dumps(index, ensure_ascii=False).replace("<", "\\u003c")
    (folder / "search-index.js").write_text(f"window.searchIndex = {text};\n", encoding="utf-8")


_SPLIT = "<!-- contents end here -->"
_READS = "markdown+fenced_divs+raw_attribute+pipe_tables-implicit_figures"


@dataclass(frozen=True)
class Page:
    """One rendered page: where it goes, its front matter, its body and its table of contents as HTML."""

    href: str
    matter: dict[str, Any]
    body: str
    toc: str

    @property
    def title(self) -> str:
        """The page's title."""
        return str(self.matter.get("title", self.href))


def render_with_pandoc(
    stage: Path,
    *,
    configuration: dict[str, Any],
    output: str,
    notice: str = "",
    kept: Path | None = None,
) -> Path:
    """Render a staged site with Pandoc and return the folder it wrote.

    Parameters
    ----------
    stage
        The folder of pages.
    configuration
        What ``_quarto.yml`` says.
    output
        The output folder, inside the stage.
    notice
        What the search page, which has no source of its own, must say of the data.
    kept
        A folder of pages converted before, for those whose source is the same; none if None.
    """
    sources = _sources(stage, configuration)
    known = _Converted(kept or stage / ".converted")
    with ThreadPoolExecutor() as pool:
        pages = list(pool.map(lambda source: _convert(stage, source, configuration, known), sources))
    known.forget_others()
    folder = stage / output
    _copy_styles(stage, folder, configuration)
    _copy_resources(stage, folder, configuration)
    before = _before_body(stage, configuration)
    searched = configuration.get("website", {}).get("search", False)
    for page in [*pages, *([_search_page(notice)] if searched else [])]:
        path = folder / page.href
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_page_html(page, configuration, before), encoding="utf-8")
    if searched:
        write_index(pages, folder=folder / "site_libs")
    return folder


def _search_page(notice: str) -> Page:
    told = _pandoc(callout(notice), name="the notice").partition(_SPLIT)[2] if notice else ""
    return Page("search.html", {"title": "Search"}, told + SEARCH_BODY, "")


def _sources(stage: Path, configuration: dict[str, Any]) -> list[Path]:
    patterns = configuration.get("project", {}).get("render") or ["**/*.qmd", "**/*.ipynb"]
    return list(dict.fromkeys(path for pattern in patterns for path in sorted(stage.glob(pattern))))


class _Converted:
    """Pages as Pandoc made them, by the digest of their source; what one site does not use is forgotten."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.used = folder, set[Path]()
        folder.mkdir(parents=True, exist_ok=True)

    def html(self, source: Path) -> str:
        """Return a page as HTML."""
        path = self.folder / f"{digest([file_digest(source), source.suffix, package_digest()])}.html"
        self.used.add(path)
        if not path.is_file():
            write_whole(path, _pandoc(notebook_markdown(source), name=source.name))
        return path.read_text(encoding="utf-8")

    def forget_others(self) -> None:
        """Delete the pages that were not asked for."""
        for path in set(self.folder.iterdir()) - self.used:
            path.unlink()


def _convert(stage: Path, source: Path, configuration: dict[str, Any], known: _Converted) -> Page:
    matter = read_matter(source)
    toc, _, body = known.html(source).partition(_SPLIT)
    href = source.relative_to(stage).with_suffix(".html").as_posix()
    wanted = matter.get("toc", configuration.get("format", {}).get("html", {}).get("toc", False))
    return Page(href, matter, fill_listings(body, matter, folder=source.parent), toc if wanted else "")


def notebook_markdown(source: Path) -> str:
    """Return a page, or what an executed notebook shows, as Markdown."""
    if source.suffix != ".ipynb":
        return source.read_text(encoding="utf-8")
    return _exporter().from_filename(str(source))[0]


@cache
def _exporter() -> Any:
    from nbconvert import MarkdownExporter
    from traitlets.config import Config

    shown = ["text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
    return MarkdownExporter(exclude_input=True, config=Config(NbConvertBase={"display_data_priority": shown}))


def _pandoc(text: str, *, name: str) -> str:
    import pypandoc

    arguments = [
        f"--template={ASSETS / 'body.html'}",
        f"--lua-filter={ASSETS / 'filters.lua'}",
        "--toc",
        "--toc-depth=3",
        "--mathml",
        "--standalone",
    ]
    try:
        return pypandoc.convert_text(text, "html5", format=_READS, extra_args=arguments)
    except (RuntimeError, OSError) as error:
        raise SiteError(
            f"Pandoc could not convert {name}: {' '.join(str(error).split())}",
            expected="a page Pandoc can read",
            remedy="Mend the page it names",
        ) from error


def _copy_styles(stage: Path, folder: Path, configuration: dict[str, Any]) -> None:
    libs = folder / "site_libs"
    libs.mkdir(parents=True)
    for name in ("site.css", "search.js"):
        shutil.copyfile(ASSETS / name, libs / name)
    for sheet in _own_styles(configuration):
        (folder / sheet).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(stage / sheet, folder / sheet)


def _copy_resources(stage: Path, folder: Path, configuration: dict[str, Any]) -> None:
    """Copy the files that ``project: resources`` names, as Quarto does."""
    named = configuration.get("project", {}).get("resources", [])
    for pattern in [named] if isinstance(named, str) else named:
        for path in stage.glob(pattern):
            if path.is_file():
                target = folder / path.relative_to(stage)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


def _own_styles(configuration: dict[str, Any]) -> list[str]:
    own = configuration.get("format", {}).get("html", {}).get("css", [])
    return [own] if isinstance(own, str) else list(own)


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(ASSETS), autoescape=True).get_template("page.html")


def _before_body(stage: Path, configuration: dict[str, Any]) -> str:
    """Return what ``include-before-body`` names."""
    named = configuration.get("format", {}).get("html", {}).get("include-before-body", [])
    files = [named] if isinstance(named, str) else named
    return "".join((stage / name).read_text(encoding="utf-8") for name in files)


def _page_html(page: Page, configuration: dict[str, Any], before: str) -> str:
    from markupsafe import Markup

    website, form = configuration.get("website", {}), configuration.get("format", {}).get("html", {})
    root = "../" * page.href.count("/")
    return _template().render(
        version=version("sutg-analysis"),
        lang=configuration.get("lang", "en-GB"),
        root=root,
        title=page.title,
        subtitle=page.matter.get("subtitle"),
        description=page.matter.get("description"),
        date=_date(page.matter.get("date"), configuration),
        site_title=website.get("title", ""),
        icon=website.get("favicon"),
        styles=["site_libs/site.css", *_own_styles(configuration)],
        navbar=_navbar(website, page=page, root=root),
        search=website.get("search", False),
        script=page.href == "search.html",
        before=Markup(before),
        body=Markup(_local_links(page.body)),
        toc=Markup(page.toc.strip()),
        toc_title=form.get("toc-title", "On this page"),
        footer=_footer(website),
    )


def _local_links(body: str) -> str:
    """Point links inside raw HTML at pages, as Quarto does; Pandoc's filter has done the others."""
    return re.sub(r'(<a [^>]*href="(?![a-z]+:)[^"#]+)\.(?:qmd|ipynb)(["#])', r"\1.html\2", body)


def _date(value: Any, configuration: dict[str, Any]) -> dict[str, str] | None:
    if value is None:
        return None
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    label = configuration.get("language", {}).get("title-block-published", "Published")
    return {"label": label, "iso": day.isoformat(), "text": day_words(day)}


def _navbar(website: dict[str, Any], *, page: Page, root: str) -> list[dict[str, Any]]:
    navbar = website.get("navbar") or {}
    items = [*navbar.get("left", []), *navbar.get("right", [])]
    return [_item(item, page=page, root=root) for item in items]


def _item(item: Any, *, page: Page, root: str) -> dict[str, Any]:
    entry = {"href": item, "text": item} if isinstance(item, str) else item
    target = re.sub(r"\.(qmd|ipynb)$", ".html", entry.get("href", "#"))
    outside = re.match(r"[a-z]+:|#", target)
    return {
        "href": target if outside else root + target,
        "text": entry.get("text", target),
        "current": target == page.href,
    }


def _footer(website: dict[str, Any]) -> str:
    footer = website.get("page-footer", "")
    if isinstance(footer, dict):
        return " ".join(str(footer[side]) for side in ("left", "center", "right") if side in footer)
    return html.unescape(str(footer))
