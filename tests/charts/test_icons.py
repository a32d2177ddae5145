"""Icons as pixels: legible at 24, and each different from all others without its hue."""

import re
import zlib
from itertools import combinations

import numpy as np
import pytest
import vl_convert

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.theme import DARK, LIGHT
from sutg_analysis.control.rules import ASSURANCES, VARIATIONS
from sutg_analysis.errors import ArgumentError
from sutg_analysis.words.wording import ASSURANCE_NAMES, VARIATION_NAMES

SIZE = 24
DRAWN = {
    **{name: lambda palette, name=name: variation_icon(name, palette=palette) for name in VARIATIONS},
    **{name: lambda palette, name=name: assurance_icon(name, palette=palette) for name in ASSURANCES},
}
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def unfiltered(rows, height, stride):
    """The bytes of a PNG's rows without their filters (PNG specification, section 9)."""
    found = np.zeros((height + 1, stride + 4), dtype=np.int64)
    for row in range(height):
        kind, line = rows[row * (stride + 1)], rows[row * (stride + 1) + 1 : (row + 1) * (stride + 1)]
        for column, byte in enumerate(line):
            left, up, corner = found[row + 1, column], found[row, column + 4], found[row, column]
            guess = (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]
            found[row + 1, column + 4] = (byte + guess) % 256
    return found[1:, 4:]


def paeth(left, up, corner):
    rough = left + up - corner
    return min((left, up, corner), key=lambda one: abs(rough - one))


def pixels(svg, card):
    """An icon at 24 pixels on its card, as luminance from 0 to 1."""
    data = vl_convert.svg_to_png(svg, scale=1)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    packed = b"".join(data[at + 4 : at + 4 + size] for at, size in chunks(data))
    table = unfiltered(zlib.decompress(packed), height, width * 4).reshape(height, width, 4) / 255
    ground = np.array([int(card[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    colour = table[..., :3] * table[..., 3:] + ground * (1 - table[..., 3:])
    return colour @ np.array([0.2126, 0.7152, 0.0722])


def chunks(data):
    at = 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IDAT":
            yield at + 4, size
        at += size + 12


@pytest.fixture(scope="module")
def grey():
    return {
        (palette.card, name): pixels(draw(palette), palette.card)
        for palette in (LIGHT, DARK)
        for name, draw in DRAWN.items()
    }


@PALETTES
def test_each_icon_differs_from_every_other_in_greyscale(grey, palette):
    names = [name for name in DRAWN if name != "none"]

    alike = [
        (first, second)
        for first, second in combinations(names, 2)
        if (np.abs(grey[palette.card, first] - grey[palette.card, second]) > 0.25).sum() < 20
    ]

    assert alike == []


@PALETTES
@pytest.mark.parametrize("name", DRAWN)
def test_an_icon_is_seen_at_24_pixels(grey, palette, name):
    icon = grey[palette.card, name]
    ground = icon[0, 0]

    assert icon.shape == (SIZE, SIZE)
    assert (np.abs(icon - ground) > 0.4).sum() >= 40


@pytest.mark.parametrize("name", [name for name in DRAWN if name not in {"none", "too_few", "common"}])
def test_letters_are_strokes_of_more_than_a_pixel_and_eight_pixels_high(name):
    letter = re.findall(
        r'<path d="M[^"]*" stroke="#[0-9a-f]{6}" stroke-width="([\d.]+)" stroke-linejoin', DRAWN[name](LIGHT)
    )

    assert [float(width) >= 1.5 for width in letter] == [True]


def test_no_icon_needs_a_font():
    assert not any("<text" in draw(LIGHT) for draw in DRAWN.values())


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_variation_is_spoken_in_words(name):
    assert f'role="img" aria-label="{VARIATION_NAMES[name]}"' in variation_icon(name)


@pytest.mark.parametrize("name", ASSURANCES)
def test_an_assurance_is_spoken_in_words(name):
    assert f'role="img" aria-label="{ASSURANCE_NAMES[name]}"' in assurance_icon(name)


def test_an_icon_beside_its_words_is_silent():
    icon = variation_icon("common", speak=False)

    assert 'aria-hidden="true"' in icon
    assert "aria-label" not in icon


@pytest.mark.parametrize(("draw", "what"), [(variation_icon, "variation"), (assurance_icon, "assurance")])
def test_an_unknown_name_is_refused(draw, what):
    with pytest.raises(ArgumentError, match=f"{what} 'better'; expected one of"):
        draw("better")
