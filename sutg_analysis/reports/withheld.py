"""Pages and pieces of pages that are not shown, because single people or incidents could be told from them, and say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.reports.page import Block
from sutg_analysis.reports.provenance import method_block, version
from sutg_analysis.words.wording import CONFIDENTIAL


def not_shown(what: str) -> Block:
    """Return that something is not shown, and why.

    Examples
    --------
    >>> not_shown("Runs of zero").markdown
    'Not shown [c]: runs of zero could tell a small count.'
    """
    return Block(f"Not shown {CONFIDENTIAL}: {what[:1].lower()}{what[1:]} could tell a small count.")


@dataclass(frozen=True, eq=False)
class Withheld:
    """A page of which every piece says that it is not shown; it has the pieces of any page.

    Parameters
    ----------
    catalogue
        The protected tables.
    what
        What the page would show.
    """

    catalogue: Catalogue
    what: str

    def __getattr__(self, name: str) -> Callable[..., Block]:
        if name.startswith("_"):
            raise AttributeError(f"a page has no {name!r}")
        return self._nothing

    def _nothing(self, *_: Any, **__: Any) -> Block:
        return not_shown(self.what)

    def method(self) -> Block:
        """Return which rules of disclosure keep the page back."""
        told = f"{self.catalogue.protection.words()} Made by sutg_analysis {version()}."
        return method_block(told, self.catalogue.sources)
