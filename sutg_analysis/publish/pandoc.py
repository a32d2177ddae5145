"""Where Quarto is not to be had, Pandoc makes the same site of the same pages.

The same ``_quarto.yml`` is read. Notebooks go through nbconvert to Markdown first, because Pandoc's own notebook reader
drops ``text/markdown`` outputs. A small Lua filter supplies what Quarto's filters do, and one Jinja template makes the
page. Listings are tables of pages, from ``listing:`` in a page's front matter, as Quarto makes them; search reads an index
written at build time, by one small script of our own.
"""

from __future__ import annotations

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
from typing import TYPE_CHECKING

from sutg_analysis.catalogue.digests import file_digest, value_digest
from sutg_analysis.errors import SiteError
from sutg_analysis.project import ASSETS
from sutg_analysis.publish.fingerprints import package_digest
from sutg_analysis.publish.pages import Settings, callout, read_matter
from sutg_analysis.publish.publishing import write_whole
from sutg_analysis.words.wording import day as day_words

if TYPE_CHECKING:
    from jinja2 import Template
    from nbconvert import MarkdownExporter

_SPLIT = "<!-- contents end here -->"
_READS = "markdown+fenced_divs+raw_attribute+pipe_tables-implicit_figures"
_SEARCH_BODY = (
    '<p id="search-status" role="status">Type a word in the search box above. '
    "Search needs JavaScript; without it, every page is listed on the home page and its quarter's page.</p>\n"
    '<ul id="search-results"></ul>\n'
)


@dataclass(frozen=True)
class Page:
    """One rendered page: where it goes, its front matter, its body and its table of contents as HTML."""

    href: str
    matter: Settings
    body: str
    toc: str

    @property
    def title(self) -> str:
        """The page's title."""
        return str(self.matter.get("title", self.href))


def render_with_pandoc(
    stage: Path,
    *,
    configuration: Settings,
    output: str,
    notice: str = "",
    kept: Path | None = None,
) -> Path:
    """Render a staged site with Pandoc and return the folder it wrote.

    ``notice`` is what the search page, which has no source of its own, must say of the data, and ``kept`` a folder of pages
    converted before, for those whose source is the same.
    """
    project, website = configuration.get("project", {}), configuration.get("website", {})
    patterns = project.get("render") or ["**/*.qmd", "**/*.ipynb"]
    sources = dict.fromkeys(path for pattern in patterns for path in sorted(stage.glob(pattern)))
    known = _Converted(kept or stage / ".converted")
    with ThreadPoolExecutor() as pool:
        pages = list(pool.map(lambda source: _convert(stage, source, configuration, known), sources))
    known.forget_others()
    folder, form = stage / output, _html(configuration)
    for name in ("site.css", "search.js"):
        _copy(ASSETS / name, folder / "site_libs" / name)
    for sheet in _listed(form.get("css")):
        _copy(stage / sheet, folder / sheet)
    for path in (path for pattern in _listed(project.get("resources")) for path in stage.glob(pattern)):
        if path.is_file():
            _copy(path, folder / path.relative_to(stage))
    included = _listed(form.get("include-before-body"))
    before = "".join((stage / name).read_text(encoding="utf-8") for name in included)
    searched = website.get("search", False)
    above = _pandoc(callout(notice), name="the notice").partition(_SPLIT)[2] if notice and searched else ""
    search = [Page("search.html", {"title": "Search"}, above + _SEARCH_BODY, "")] if searched else []
    for page in [*pages, *search]:
        path = folder / page.href
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_page_html(page, configuration, before), encoding="utf-8")
    if searched:
        write_index(pages, folder=folder / "site_libs")
    return folder


def _html(configuration: Settings) -> Settings:
    form: Settings = configuration.get("format", {}).get("html", {})
    return form


def _listed(stated: str | list[str] | None) -> list[str]:
    """Return what ``_quarto.yml`` says once, or as a list, as a list."""
    return [stated] if isinstance(stated, str) else list(stated or [])


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _convert(stage: Path, source: Path, configuration: Settings, known: _Converted) -> Page:
    matter = read_matter(source)
    toc, _, body = known.html(source).partition(_SPLIT)
    href = source.relative_to(stage).with_suffix(".html").as_posix()
    wanted = matter.get("toc", _html(configuration).get("toc", False))
    return Page(href, matter, fill_listings(body, matter, folder=source.parent), toc if wanted else "")


class _Converted:
    """Pages as Pandoc made them, by the digest of their source; what one site does not use is forgotten."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.used = folder, set[Path]()
        folder.mkdir(parents=True, exist_ok=True)

    def html(self, source: Path) -> str:
        """Return a page as HTML."""
        path = self.folder / f"{value_digest([file_digest(source), source.suffix, package_digest()])}.html"
        self.used.add(path)
        if not path.is_file():
            write_whole(path, _pandoc(notebook_markdown(source), name=source.name))
        return path.read_text(encoding="utf-8")

    def forget_others(self) -> None:
        """Delete the pages that were not asked for."""
        for path in set(self.folder.iterdir()) - self.used:
            path.unlink()


def notebook_markdown(source: Path) -> str:
    """Return a page, or what an executed notebook shows, as Markdown."""
    if source.suffix != ".ipynb":
        return source.read_text(encoding="utf-8")
    return _exporter().from_filename(str(source))[0]


@cache
def _exporter() -> MarkdownExporter:
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


def fill_listings(body: str, matter: Settings, *, folder: Path) -> str:
    """Put each listing of a page in the block that carries its id, or at the end; contents are relative to the folder."""
    listings = matter.get("listing") or []
    for listing in [listings] if isinstance(listings, dict) else listings:
        table = _table(listing, folder=folder)
        place = re.compile(rf'<div id="{re.escape(str(listing.get("id", "listing")))}"[^>]*>\s*</div>')
        found = place.search(body)
        body = body[: found.start()] + table + body[found.end() :] if found else body + table
    return body


def _table(listing: Settings, *, folder: Path) -> str:
    fields = listing.get("fields", ["title", "description"])
    names = listing.get("field-display-names", {})
    head = "".join(f'<th scope="col">{escape(names.get(field, field.title()))}</th>' for field in fields)
    rows = ""
    for item in _items(listing, folder=folder):
        texts = {field: escape(str(item.get(field, ""))) for field in fields}
        if "title" in texts:
            texts["title"] = f'<a href="{escape(item["href"])}">{texts["title"]}</a>'
        first, *others = texts.values()
        rows += f'<tr><th scope="row">{first}</th>{"".join(f"<td>{text}</td>" for text in others)}</tr>'
    identity = escape(str(listing.get("id", "listing")))
    return (
        f'<div id="{identity}" class="listing"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def _items(listing: Settings, *, folder: Path) -> list[Settings]:
    patterns = _listed(listing.get("contents"))
    paths = dict.fromkeys(path for pattern in patterns for path in sorted(folder.glob(pattern)))
    items = [
        {**read_matter(path), "href": path.relative_to(folder).with_suffix(".html").as_posix()}
        for path in paths
    ]
    field, _, direction = str(listing.get("sort", "title")).partition(" ")
    return sorted(items, key=lambda item: item.get(field, ""), reverse=direction == "desc")


def plain_text(body: str) -> str:
    """Return the words of an HTML page, without its charts and scripts.

    Examples
    --------
    >>> plain_text("<p>Falls &amp; harm</p><svg><text>12</text></svg>")
    'Falls & harm'
    """
    bare = re.sub(r"(?s)<(svg|script|style)\b.*?</\1>", " ", body)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def write_index(pages: Iterable[Page], *, folder: Path) -> None:
    """Write the index as a script, so that it also works from a folder opened without a server."""
    index = [{"href": page.href, "title": page.title, "text": plain_text(page.body)} for page in pages]
    text = json.dumps(index, ensure_ascii=False).replace("<", "\\u003c")
    (folder / "search-index.js").write_text(f"window.searchIndex = {text};\n", encoding="utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(ASSETS), autoescape=True).get_template("page.html")


def _page_html(page: Page, configuration: Settings, before: str) -> str:
    from markupsafe import Markup

    website, form = configuration.get("website", {}), _html(configuration)
    navbar, footer = website.get("navbar") or {}, website.get("page-footer", "")
    items = [*navbar.get("left", []), *navbar.get("right", [])]
    if isinstance(footer, dict):
        footer = " ".join(str(footer[side]) for side in ("left", "center", "right") if side in footer)
    else:
        footer = unescape(str(footer))
    # Links inside raw HTML lead to pages, as Quarto has it; Pandoc's filter has done the others.
    body = re.sub(r'(<a [^>]*href="(?![a-z]+:)[^"#]+)\.(?:qmd|ipynb)(["#])', r"\1.html\2", page.body)
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
        styles=["site_libs/site.css", *_listed(form.get("css"))],
        navbar=[_navbar_item(item, page=page, root=root) for item in items],
        search=website.get("search", False),
        script=page.href == "search.html",
        before=Markup(before),
        body=Markup(body),
        toc=Markup(page.toc.strip()),
        toc_title=form.get("toc-title", "On this page"),
        footer=footer,
    )


def _date(value: object, configuration: Settings) -> dict[str, str] | None:
    if value is None:
        return None
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    label = configuration.get("language", {}).get("title-block-published", "Published")
    return {"label": label, "iso": day.isoformat(), "text": day_words(day)}


def _navbar_item(item: str | Settings, *, page: Page, root: str) -> Settings:
    entry = {"href": item, "text": item} if isinstance(item, str) else item
    target = re.sub(r"\.(qmd|ipynb)$", ".html", entry.get("href", "#"))
    outside = re.match(r"[a-z]+:|#", target)
    return {
        "href": target if outside else root + target,
        "text": entry.get("text", target),
        "current": target == page.href,
    }
