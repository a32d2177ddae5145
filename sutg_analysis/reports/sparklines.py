"""A sparkline: the shape of a series in the height of a line of text, its last point marked."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from sutg_analysis.charts.theme import LIGHT
from sutg_analysis.control.rules import verdict_of

_EDGE = 3


def sparkline(
    values: Sequence[float], *, variation: str = "common", width: int = 110, height: int = 28
) -> str:
    """Return a series as a small drawing, hidden from screen readers, which find its latest value beside it.

    Parameters
    ----------
    values
        In the order of time; a missing value is a gap.
    variation
        The verdict of the last point, which gives its mark its colour.
    width, height
        In pixels.

    Examples
    --------
    >>> sparkline([1, 2, float("nan"), 4]).count("M")
    2
    """
    known = [value for value in values if isfinite(value)]
    if not known:
        return ""
    places = _places(values, low=min(known), high=max(known), width=width, height=height)
    x, y = next(place for place in reversed(places) if place)
    fill = getattr(LIGHT, verdict_of(variation))
    return (
        f'<svg class="sutg-art sutg-spark" aria-hidden="true" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" fill="none" xmlns="http://www.w3.org/2000/svg">'
        f'<path d="{_path(places)}" stroke="{LIGHT.series}" stroke-width="1.5"/>'
        f'<circle cx="{x}" cy="{y}" r="3" fill="{fill}" stroke="{LIGHT.outline}"/></svg>'
    )


def _places(
    values: Sequence[float], *, low: float, high: float, width: int, height: int
) -> list[tuple[float, float] | None]:
    step = (width - 2 * _EDGE) / max(1, len(values) - 1)
    rise = (height - 2 * _EDGE) / (high - low) if high > low else 0
    middle = height / 2 if not rise else height - _EDGE
    return [
        (round(_EDGE + place * step, 1), round(middle - (value - low) * rise, 1)) if isfinite(value) else None
        for place, value in enumerate(values)
    ]


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    before = [None, *places[:-1]]
    return "".join(
        f"{'L' if last else 'M'}{place[0]} {place[1]}"
        for last, place in zip(before, places, strict=True)
        if place
    )
