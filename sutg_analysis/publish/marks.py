"""Verdicts on pages held against the ledger: a mark that is not the ledger's stops a site from being published.

A part of a page that shows a verdict says whose in ``data-series`` (``measure/unit``), and which in ``data-variation`` and
``data-assurance``. The ledger of each quarter stands beside its pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pandas as pd

from sutg_analysis.errors import SiteError
from sutg_analysis.publish.pages import LEDGER

_TAG = re.compile(r"<[a-z]+\b[^>]*\bdata-series=[^>]*>")
_MARK = re.compile(r'\bdata-(series|variation|assurance)="([^"]*)"')


def marks_of(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the verdicts that a page shows: series, variation and assurance.

    Examples
    --------
    >>> list(marks_of('<li data-series="falls/ward-a" data-variation="common" data-assurance="pass">'))
    [('falls/ward-a', 'common', 'pass')]
    """
    for tag in _TAG.finditer(text):
        found = {name: unescape(value) for name, value in _MARK.findall(tag[0])}
        yield found.get("series", ""), found.get("variation", ""), found.get("assurance", "")


def check_marks(site: Path) -> int:
    """Compare every mark on the pages of a site with the ledger beside them, and return how many there are.

    Parameters
    ----------
    site
        A rendered site.

    Raises
    ------
    SiteError
        A page shows another verdict than the ledger, or one of a series that the ledger does not have.
    """
    many = 0
    for ledger in sorted(site.glob(f"reports/*/{LEDGER}")):
        rows = pd.read_csv(ledger, dtype="str", keep_default_na=False)
        keys = rows["measure_id"] + "/" + rows["unit_id"]
        known = dict(zip(keys, zip(rows["variation"], rows["assurance"], strict=True), strict=True))
        for page in sorted(ledger.parent.glob("*.html")):
            for series, *verdict in marks_of(page.read_text(encoding="utf-8")):
                many += 1
                if known.get(series) != tuple(verdict):
                    name = page.relative_to(site).as_posix()
                    expected = known.get(series)
                    raise SiteError(
                        f"{name} shows {series} as {', '.join(verdict)}",
                        f"{', '.join(expected)}, as {LEDGER} of the quarter has it"
                        if expected
                        else f"a series of {LEDGER} of the quarter",
                        "Build the quarter again, with --republish if it is sealed; nothing was published",
                    )
    return many
