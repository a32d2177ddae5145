"""Search in the embedded renderer: an index written at build time, read by one small script of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Protocol

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
