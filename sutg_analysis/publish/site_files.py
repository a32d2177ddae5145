"""A finished site as an outsider reads it: what each file says, loads, runs and links to.

Pages, drawings, data, downloads and executed notebooks are taken apart into pieces of text, each with its place, and
into what a browser would do of its own accord.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

Kind = Literal["text", "joined", "cell", "load", "link", "script"]


@dataclass(frozen=True)
class Piece:
    """One thing in a file: what kind it is, where it stands, and itself.

    ``text`` is what a reader sees, and ``joined`` text in which the words of many cells stand beside one another;
    ``cell`` is a cell of a download; ``load`` an address that a browser fetches, ``link`` one that a reader may
    follow; ``script`` what runs and is not the site's own.
    """

    kind: Kind
    place: str
    text: str


_READ_ALOUD = {"alt", "title", "aria-label", "placeholder", "content", "label", "value", "summary"}
_FETCHED = {"src", "srcset", "poster", "background", "data", "formaction", "action", "manifest", "ping"}
_STYLE_LOAD = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"']?)((?:[a-z]+:)?//[^\"')\s;]+)", re.IGNORECASE)
_SCRIPT_LOAD = re.compile(
    r"(?:\bimport\s*\(?|\bfrom|\bimportScripts\(|\bfetch\(|\bnew (?:Shared)?Worker\(|\.src\s*=)\s*[\"'`]((?:https?:)?//[^\"'`]+)"
)
_SORTS = ("window['quarto-listings']['listing-", "if (this.classList.contains('sort-asc')) {")
"""How the handlers begin that Quarto puts into its listings, inside of ``main``; nothing of the data is in them."""
_ACTIVE = re.compile(r"\s*(?:javascript|vbscript|data:text/html|data:image/svg)", re.IGNORECASE)


class _Page(HTMLParser):
    """Takes a page, a drawing, or the HTML in Markdown, apart."""

    def __init__(self, *, place: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.place, self.pieces = place, list[Piece]()
        self.inside, self.kind, self.main = "", "", False
        self.trusted = False

    def add(self, kind: Kind, text: str) -> None:
        place = f"{self.place}line {self.getpos()[0]}"
        self.pieces.append(Piece(kind, place, text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") == "generator":
            self.trusted = given.get("content", "").startswith("quarto")
        if tag == "main":
            self.main = True
        if tag in ("script", "style"):
            self.inside, self.kind = tag, given.get("type", "")
        if tag == "script" and "src" in given and re.match(r"(?:[a-z]+:)?//|data:", given["src"]):
            self.add("script", f"a script of another place, {given['src'][:80]}")
        if tag in ("iframe", "object", "embed", "base", "applet", "frame"):
            self.add("script", f"the element {tag}")
        for name, value in given.items():
            self._attribute(tag, name, value, rel=given.get("rel", ""))

    handle_startendtag = handle_starttag

    def _attribute(self, tag: str, name: str, value: str, *, rel: str) -> None:
        name = name.removeprefix("xlink:")
        if name.startswith("on") and not self._own and not (self.trusted and value.startswith(_SORTS)):
            self.add("script", f"an event handler, {name}")
        elif name == "style":
            for address in _STYLE_LOAD.findall(value):
                self.add("load", address)
        elif name in _READ_ALOUD:
            self.add("text", value)
        if name == "href" and tag in ("a", "area"):
            kind: Kind = "script" if _ACTIVE.match(value) else "link"
            self.add(kind, value)
        elif name in _FETCHED or (name == "href" and not ("canonical" in rel or "license" in rel)):
            for address in re.split(r",\s+", value) if name == "srcset" else [value]:
                self.add("load", address.strip())

    @property
    def _own(self) -> bool:
        """Whether this place is filled by the renderer alone: Quarto writes its scripts outside of ``main``."""
        return self.trusted and not self.main

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""
        if tag == "main":
            self.main = False

    def handle_comment(self, data: str) -> None:
        if data.strip():
            self.add("text", data)

    def handle_data(self, data: str) -> None:
        if self.inside == "style":
            for address in _STYLE_LOAD.findall(data):
                self.add("load", address)
        elif self.inside == "script" and "json" in self.kind:
            self.pieces += _of_json(data, place=f"{self.place}line {self.getpos()[0]}")
        elif self.inside == "script":
            if data.strip() and not self._own:
                self.add("script", f"a script in the page, {' '.join(data.split())[:60]}")
        elif data.strip():
            self.add("text", data)


def of_html(text: str, *, place: str = "") -> list[Piece]:
    """Return the pieces of a page, a drawing, or Markdown with HTML in it.

    Examples
    --------
    >>> [(piece.kind, piece.text) for piece in of_html('<p onclick="x()">Falls</p><img src="//a.b/c.png">')]
    [('script', 'an event handler, onclick'), ('text', 'Falls'), ('load', '//a.b/c.png')]
    """
    page = _Page(place=place)
    page.feed(text)
    page.close()
    return page.pieces


def _of_json(text: str, *, place: str, kind: Kind = "text") -> list[Piece]:
    try:
        content = json.loads(text)
    except ValueError:
        return [Piece(kind, place, text)]
    return _strings(content, place=place, kind=kind)


def _strings(content: object, *, place: str, kind: Kind) -> list[Piece]:
    """Return the texts of what JSON holds, names included, each once: a chart names its fields at every point."""
    found: dict[tuple[Kind, str], None] = {}
    left: list[tuple[object, object]] = [("", content)]
    while left:
        key, value = left.pop()
        if isinstance(value, dict):
            found.update(dict.fromkeys((kind, str(name)) for name in value))
            left += value.items()
        elif isinstance(value, list):
            left += [("", one) for one in value]
        elif isinstance(value, str):
            found["load" if key == "url" else kind, value] = None
    return [Piece(what, place, text) for what, text in found]


def _of_csv(text: str) -> list[Piece]:
    rows = csv.reader(io.StringIO(text))
    return [
        Piece("cell", f"row {number}, column {place}", cell)
        for number, row in enumerate(rows, 1)
        for place, cell in enumerate(row, 1)
        if cell
    ]


def _of_notebook(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    for number, cell in enumerate(json.loads(text).get("cells", []), 1):
        place = f"cell {number}"
        pieces.append(Piece("joined", place, "".join(cell.get("source", ""))))
        for output in cell.get("outputs", []):
            pieces.append(Piece("joined", place, "".join(output.get("text", ""))))
            for kind, content in output.get("data", {}).items():
                shows = "".join(content) if isinstance(content, list) else content
                if kind == "text/markdown":
                    shows = re.sub(r"(?<!\\)((?:\\\\)*)\\<", r"\1&lt;", shows)
                if kind in ("text/markdown", "text/html", "image/svg+xml"):
                    pieces += of_html(shows, place=f"{place}, ")
                elif kind == "text/plain":
                    pieces.append(Piece("joined", place, shows))
                elif not isinstance(shows, str):
                    pieces += _strings(shows, place=place, kind="text")
    return pieces


def _of_workbook(path: Path) -> Iterator[Piece]:
    """Return the texts of a workbook, and each formula, which is there whether it is shown or not."""
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            text = book.read(name).decode("utf-8", errors="replace")
            for formula in re.findall(r"<f[ >][^<]*", text):
                yield Piece("cell", name, f"={formula.partition('>')[2]}")
            for address in re.findall(r'TargetMode="External"[^>]*Target="([^"]*)"', text):
                yield Piece("load", name, address)
            for tag, words in re.findall(r"<(t|dc:\w+|cp:\w+)(?: [^>]*)?>([^<]+)</", text):
                yield Piece("cell" if tag == "t" else "text", name, unescape(words))


def pieces_of(path: Path) -> list[Piece]:
    """Return the pieces of one file; none for pictures, fonts and other files without text."""
    if path.suffix == ".xlsx":
        return list(_of_workbook(path))
    if path.suffix not in (".html", ".svg", ".xml", ".css", ".js", ".json", ".csv", ".ipynb"):
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.name in ("search.json", "search-index.js"):
        # Whole pages, with the cells of tables run together.
        return _of_json(re.sub(r"^[\w.\s]+=\s*|;\s*$", "", text), place="the index", kind="joined")
    match path.suffix:
        case ".css":
            return [Piece("load", "the style", address) for address in _STYLE_LOAD.findall(text)]
        case ".js":
            return [Piece("load", "the script", address) for address in _SCRIPT_LOAD.findall(text)]
        case ".json":
            return _of_json(text, place="the file")
        case ".csv":
            return _of_csv(text)
        case ".ipynb":
            return _of_notebook(text)
        case _:
            return of_html(text)


def raw_parts(path: Path) -> Iterator[bytes]:
    """Return the content of a file, and of the files inside it."""
    yield path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            yield from map(book.read, book.namelist())
