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
from sutg_analysis.publish.pages import EARLIER, LEDGER

_COLUMNS = ["measure_id", "unit_id", "variation", "assurance"]
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


def check_marks(site: Path, *, reports: Path) -> int:
    """Compare every mark on the pages of a site with the ledger of its quarter, and return how many there are.

    Parameters
    ----------
    site
        A rendered site.
    reports
        The folder of the kept reports: ``ledger.csv`` beside those of each quarter, and those that pages were made from which
        were not built since.

    Raises
    ------
    SiteError
        A page shows another verdict than the ledger, or one of a series that the ledger does not have.
    """
    many = 0
    for ledger in sorted(reports.glob(f"*/{LEDGER}")):
        known: dict[str, set[tuple[str, str]]] = {}
        for kept in (ledger, *ledger.parent.glob(EARLIER)):
            rows = pd.read_csv(kept, dtype="str", keep_default_na=False)
            for measure, unit, *verdict in rows[_COLUMNS].itertuples(index=False, name=None):
                known.setdefault(f"{measure}/{unit}", set()).add(tuple(verdict))
        for page in sorted((site / "reports" / ledger.parent.name).glob("*.html")):
            for series, *verdict in marks_of(page.read_text(encoding="utf-8")):
                many += 1
                if tuple(verdict) not in known.get(series, ()):
                    told = " or ".join(sorted(", ".join(one) for one in known.get(series, ())))
                    raise SiteError(
                        f"{page.relative_to(site).as_posix()} shows {series} as {', '.join(verdict)}",
                        f"{told}, as {LEDGER} of the quarter has it" if told else f"a series of {LEDGER}",
                        "Build the quarter again, with --republish if it is sealed; nothing was published",
                    )
    return many
