"""A finished analysis has a chart, words and a text alternative, without importing what makes them.

Rooms of arithmetic stand before charts and words and may not import them. So a result says in ``_views`` what shows
it, and that is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypedDict, Unpack

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd


class _Told(TypedDict, total=False):
    """What sentences can be given beside a title, where they have it."""

    unit: str | None
    provisional: bool
    measure: str
    target_weeks: float | None
    kind: str
    scenario: str | None


class _Drawn(TypedDict, total=False):
    """What charts can be given beside that, where they have it."""

    height: int
    axis: str | None
    axes: Literal["shared", "free"]
    events: pd.DataFrame | None
    per: float
    rows: str
    size_words: str | None


class WordOptions(_Told, total=False):
    """What sentences and text alternatives can be given."""

    title: str | None


class ChartOptions(WordOptions, _Drawn, total=False):
    """What charts can be given."""

    width: int


class Looks(_Told, _Drawn, total=False):
    """What figures can be given."""


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

    def _known(self) -> dict[str, object]:
        """Return what the result knows of itself: options of its sentences, and ``events`` for its chart alone."""
        return {}

    def _options(self, given: Mapping[str, object], *, drawn: bool) -> dict[str, object]:
        known = {name: value for name, value in self._known().items() if drawn or name != "events"}
        return known | dict(given)

    def chart(self, **options: Unpack[ChartOptions]) -> alt.TopLevelMixin:
        """Return the result as an Altair chart."""
        spec = self._view("charts", "spec")(self, **self._options(options, drawn=True))
        return resolve_name("sutg_analysis.charts.control:altair_chart")(spec)

    def words(self, **options: Unpack[WordOptions]) -> str:
        """Return the result as plain-English sentences."""
        return self._view("words", "words")(self, **self._options(options, drawn=False))

    def alt_text(self, **options: Unpack[WordOptions]) -> str:
        """Return a short text alternative of the chart."""
        return self._view("words", "alt_text")(self, **self._options(options, drawn=False))

    def show(
        self,
        *,
        title: str | None = None,
        note: str = "",
        name: str | None = None,
        how: Mapping[str, str] | None = None,
        together: bool = False,
        **looks: Unpack[Looks],
    ) -> Any:
        """Return the result as a figure of a page: headline, drawing, sentences, numbers, downloads, how it was made.

        Parameters
        ----------
        title
            What is measured; the headline of a control chart says what it shows too.
        note
            A sentence to stand under the others.
        name
            Begins the names of its files and of the place on the page that links lead to; made of the title if None.
        how
            How it was made, heading to text, such as ``made_from(at, "incidents")`` gives.
        together
            Control charts of several series in one figure, and not in one figure each.
        **looks
            What chart and sentences of this result can be given, such as ``unit`` or ``events``.

        Returns
        -------
        sutg_analysis.reports.page.Block
            Shows itself as the last line of a cell.

        Raises
        ------
        ArgumentError
            Neither chart nor sentences of this result have such an option.
        """
        shown = resolve_name("sutg_analysis.reports.show:shown")
        options = {"title": title, "note": note, "name": name, "how": how or {}}
        return shown(self, looks=looks, together=together, **options)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return resolve_name("sutg_analysis.reports.display:display")(self)
