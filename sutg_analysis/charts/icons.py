"""Icons for variation and assurance, drawn here as SVG.

They read as Making Data Count's do: dots tell how the measure varies, H or L which way the signal points,
P, F or ? whether the target is met. Each verdict also has a frame of its own (ring: good; filled octagon:
concern; square: neutral; grey ring: usual; dashed ring: nothing to say), so that colour is never the only cue
and a greyscale print loses nothing. Letters are drawn as lines, so that no font is needed.
"""

from __future__ import annotations

from html import escape

from sutg_analysis.charts.theme import LIGHT, Palette
from sutg_analysis.control.rules import verdict_of
from sutg_analysis.errors import ArgumentError
from sutg_analysis.words.wording import ASSURANCE_NAMES, VARIATION_NAMES

_LETTERS = {
    "H": "M{x} {y}v8M{r} {y}v8M{x} {m}h5",
    "L": "M{x} {y}v8h5",
    "P": "M{x} {b}v-8h3a2.2 2.2 0 0 1 0 4.4h-3",
    "F": "M{r} {y}h-5v8M{x} {m}h4",
    "?": "M{x} {q}a2.5 2.5 0 1 1 3.6 2.2c-.8 .4-1.1 .9-1.1 1.7M{c} {d}v.1",
}
_RISING = ((4.6, 16.4), (7.5, 14.4), (10.4, 14.8))
_FALLING = ((4.6, 8.0), (7.5, 10.0), (10.4, 9.6))
_WAVE = ((4.6, 12.0), (7.6, 8.6), (10.6, 13.6), (13.6, 9.4), (16.6, 14.8), (19.4, 11.4))
_FRAMES = {
    "circle": '<circle cx="12" cy="12" r="10.7" {paint}/>',
    "octagon": '<path d="M7.7 1.4h8.6l6.3 6.3v8.6l-6.3 6.3h-8.6l-6.3-6.3v-8.6z" {paint}/>',
    "square": '<rect x="1.6" y="1.6" width="20.8" height="20.8" rx="2" {paint}/>',
}
_VERDICT_FRAMES = {"improvement": "circle", "concern": "octagon", "common": "circle", "neutral": "square"}
_ASSURANCES = {"pass": ("improvement", "P"), "fail": ("concern", "F"), "hit_or_miss": ("common", "?")}


def variation_icon(variation: str, *, size: int = 24, palette: Palette = LIGHT, speak: bool = True) -> str:
    """Return the icon of a variation as SVG.

    Parameters
    ----------
    variation
        As in ``result.summary``: common, improvement_high, concern_low, too_few and so on.
    size
        Width and height in pixels; legible from 24.
    speak
        Whether a screen reader hears its title; switch off where the same words stand beside it.

    Raises
    ------
    ArgumentError
        If there is no such variation.

    Examples
    --------
    >>> "Improvement: signal of higher values" in variation_icon("improvement_high")
    True
    """
    title = _title(variation, VARIATION_NAMES, "variation")
    if variation == "too_few":
        return _svg(_empty(palette), title, size, speak)
    verdict = verdict_of(variation)
    frame = _frame(verdict, palette)
    if variation == "common":
        path = "M" + "L".join(f"{x} {y}" for x, y in _WAVE)
        wave = f'<path d="{path}" stroke="{palette.limit}"/>' + _dots(_WAVE, palette.common, palette)
        return _svg(frame + wave, title, size, speak)
    high = variation.endswith("_high")
    inner = palette.card if verdict == "concern" else getattr(palette, verdict)
    dots = _dots(_RISING if high else _FALLING, inner, palette)
    letter = _letter("H" if high else "L", 13.2, 5.4 if high else 10.6, _ink(verdict, palette))
    return _svg(frame + dots + letter, title, size, speak)


def assurance_icon(assurance: str, *, size: int = 24, palette: Palette = LIGHT, speak: bool = True) -> str:
    """Return the icon of an assurance (pass, fail, hit_or_miss, none) as SVG.

    Raises
    ------
    ArgumentError
        If there is no such assurance.

    Examples
    --------
    >>> "May meet or miss the target by chance" in assurance_icon("hit_or_miss")
    True
    """
    title = _title(assurance, ASSURANCE_NAMES, "assurance")
    if assurance == "none":
        return _svg(_empty(palette), title, size, speak)
    verdict, letter = _ASSURANCES[assurance]
    ink = _ink(verdict, palette)
    line = f'<path d="M3 16.6h18" stroke="{ink}" stroke-width="1.3" stroke-dasharray="2.4 1.4"/>'
    return _svg(_frame(verdict, palette) + line + _letter(letter, 9.5, 5, ink), title, size, speak)


def _title(name: str, names: dict[str, str], what: str) -> str:
    if name not in names:
        raise ArgumentError(f"{what} {name!r}", f"one of {', '.join(names)}", "Take it from result.summary")
    return names[name]


def _svg(marks: str, title: str, size: int, speak: bool) -> str:
    spoken = 'role="img"' if speak else 'aria-hidden="true"'
    label = f' aria-label="{escape(title)}"' if speak else ""
    return (
        f'<svg class="sutg-art sutg-icon" {spoken}{label} width="{size}" height="{size}" viewBox="0 0 24 24" '
        f'fill="none" xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{marks}</svg>'
    )


def _frame(verdict: str, palette: Palette) -> str:
    """Draw a dark line around a coloured ring (concern: a coloured ground), the line for contrast."""
    shape, colour = _FRAMES[_VERDICT_FRAMES[verdict]], getattr(palette, verdict)
    ground = palette.concern if verdict == "concern" else palette.card
    outer = shape.format(paint=f'fill="{ground}" stroke="{palette.outline}" stroke-width="2.6"')
    return outer + shape.format(paint=f'stroke="{colour}" stroke-width="1.4"')


def _ink(verdict: str, palette: Palette) -> str:
    return palette.ink if verdict == "concern" else palette.text


def _empty(palette: Palette) -> str:
    paint = f'fill="{palette.card}" stroke="{palette.limit}" stroke-width="1.9" stroke-dasharray="3 1.8"'
    return (
        _FRAMES["circle"].format(paint=paint)
        + f'<path d="M8 12h8" stroke="{palette.limit}" stroke-width="1.8"/>'
    )


def _dots(places: tuple[tuple[float, float], ...], colour: str, palette: Palette) -> str:
    paint = f'r="1.5" fill="{colour}" stroke="{palette.outline}" stroke-width=".8"'
    return "".join(f'<circle cx="{x}" cy="{y}" {paint}/>' for x, y in places)


def _letter(letter: str, x: float, y: float, ink: str) -> str:
    places = {"x": x, "r": x + 5, "y": y, "m": y + 4, "b": y + 8, "q": y + 2.4, "c": x + 2.5, "d": y + 8.6}
    path = _LETTERS[letter].format(**places)
    join = 'stroke-linejoin="round" stroke-linecap="round"'
    return f'<path d="{path}" stroke="{ink}" stroke-width="1.7" {join}/>'
