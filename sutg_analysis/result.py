"""A finished analysis has a chart, words, a text alternative and a table, without importing what makes them.

Rooms of arithmetic stand before charts and words and may not import them. So a result asks here for its chart
or its words, and ``sutg_analysis.__init__`` says once which function of which later room answers. That function
is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pkgutil import resolve_name
from typing import Any

_homes: dict[str, str] = {}


def register(homes: Mapping[str, str]) -> None:
    """Name the functions that show results: ``{"SpcResult.chart": "sutg_analysis.charts.control:spc_chart"}``."""
    _homes.update(homes)


def is_registered(name: str) -> bool:
    """Return whether a function shows ``name``."""
    return name in _homes


@cache
def view(name: str) -> Callable[..., Any]:
    """Return the function that shows ``name``, such as ``"SpcResult.chart"``.

    Examples
    --------
    >>> import sutg_analysis
    >>> view("SpcResult.words").__name__
    'spc_words'
    """
    return resolve_name(_homes[name])


class Result:
    """A result that can be drawn and told; the base of every result with ``chart`` and ``words``.

    In a notebook it shows itself as chart and sentences, so that its name on the last line of a cell is enough.
    """

    def _view(self, name: str) -> Callable[..., Any]:
        return view(f"{type(self).__name__}.{name}")

    def chart(self, **options: Any) -> Any:
        """Return the result as an Altair chart."""
        return self._view("chart")(self, **options)

    def words(self, **options: Any) -> str:
        """Return the result as plain-English sentences."""
        return self._view("words")(self, **options)

    def alt_text(self, **options: Any) -> str:
        """Return a short text alternative of the chart."""
        return self._view("alt_text")(self, **options)

    def table(self, **options: Any) -> Any:
        """Return the result as a table with icons, which a notebook and a page display."""
        return self._view("table")(self, **options)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return view("Result.display")(self)
