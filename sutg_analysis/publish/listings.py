"""Listings: the table of pages that Quarto makes from ``listing:`` in a page's front matter."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from sutg_analysis.publish.pages import read_matter


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
