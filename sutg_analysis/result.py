"""A finished analysis has a chart, words and a text alternative, without importing what makes them.

Rooms of arithmetic stand before charts and words and may not import them. So a result says in ``_views`` what shows
it, and that is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypedDict, Unpack

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd


class WordOptions(TypedDict, total=False):
    """What sentences and text alternatives can be given, where they have it."""

    title: str | None
    unit: str | None
    provisional: bool
    measure: str
    kind: str
    scenario: str | None


class ChartOptions(WordOptions, total=False):
    """What charts can be given, where they have it."""

    width: int
    height: int
    axis: str | None
    axes: Literal["shared", "free"]
    events: pd.DataFrame | None
    per: float
    rows: str
    size_words: str | None


class Result:
    """A result that can be drawn and told; the base of every result with ``chart`` and ``words``.

    In a notebook it shows itself as chart and sentences, so that its name on the last line of a cell is enough.

    ``_views = "trends:seasonal"`` stands for ``seasonal_spec`` of ``charts/trends.py``, and for ``seasonal_words``
    and ``seasonal_alt_text`` of ``words/trends.py``. ``_drawn`` says whether a notebook draws it for a phone too
    (``"spec"``), and whether there is a chart at all.
    """

    _views: ClassVar[str]
    _drawn: ClassVar[Literal["spec", "chart", "no"]] = "chart"

    def _view(self, room: str, kind: str) -> Callable[..., Any]:
        file, name = self._views.split(":")
        return resolve_name(f"sutg_analysis.{room}.{file}:{name}_{kind}")

    def chart(self, **options: Unpack[ChartOptions]) -> alt.TopLevelMixin:
        """Return the result as an Altair chart."""
        spec = self._view("charts", "spec")(self, **options)
        return resolve_name("sutg_analysis.charts.control:altair_chart")(spec)

    def words(self, **options: Unpack[WordOptions]) -> str:
        """Return the result as plain-English sentences."""
        return self._view("words", "words")(self, **options)

    def alt_text(self, **options: Unpack[WordOptions]) -> str:
        """Return a short text alternative of the chart."""
        return self._view("words", "alt_text")(self, **options)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return resolve_name("sutg_analysis.reports.display:display")(self)
