"""Contrast, computed: every text 4.5 to 1 and every mark 3 to 1, on light and on dark."""

import re
from dataclasses import asdict

import pytest

from sutg_analysis.charts.icons import assurance_icon, variation_icon
from sutg_analysis.charts.layers import INKS, MARKS, Label
from sutg_analysis.charts.theme import DARK, LIGHT, chart_config, figure_css
from sutg_analysis.control.rules import ASSURANCES, VARIATIONS, VERDICTS

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])

TEXTS = ("text", "quiet", "centre", "limit", "target", "event")
"""Parts whose colour words are written in: values at the ends of lines are in the colour of their line."""

MARKED = ("outline", "series", "centre", "limit", "target", "event", "axis")
"""Parts drawn as lines. Gridlines are left out: they carry nothing that the ticks do not say."""


def contrast(first, second):
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_wcag(first, second, expected):
    assert contrast(first, second) == pytest.approx(expected, abs=0.005)
    assert contrast(second, first) == contrast(first, second)


@PALETTES
@pytest.mark.parametrize("part", TEXTS)
def test_words_stand_out_from_the_card(palette, part):
    assert contrast(getattr(palette, part), palette.card) >= 4.5


@PALETTES
def test_letters_on_the_ground_of_a_concern_stand_out(palette):
    assert contrast(palette.ink, palette.concern) >= 4.5


@PALETTES
@pytest.mark.parametrize("part", MARKED)
def test_lines_and_outlines_stand_out_from_the_card(palette, part):
    assert contrast(getattr(palette, part), palette.card) >= 3


@PALETTES
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_s_colour_is_parted_from_the_card_by_itself_or_by_its_outline(palette, verdict):
    fill = getattr(palette, verdict)

    own = contrast(fill, palette.card)
    outlined = min(contrast(palette.outline, palette.card), contrast(palette.outline, fill))

    assert max(own, outlined) >= 3


@PALETTES
def test_colours_are_all_different_so_that_a_colour_names_its_part(palette):
    colours = list(asdict(palette).values())

    assert len(set(colours)) == len(colours)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


def test_hues_of_verdicts_are_those_of_making_data_count():
    assert (LIGHT.improvement, LIGHT.concern, LIGHT.common, LIGHT.neutral) == (
        "#00b0f0",
        "#e46c0a",
        "#a6a6a6",
        "#490092",
    )


def test_charts_use_colours_of_the_palette_only():
    known = set(asdict(LIGHT).values())
    config = set(re.findall("#[0-9a-f]{6}", str(chart_config())))

    used = {fill for fill, _ in MARKS.values()} | set(INKS.values()) | config
    used |= {Label(0, 0, "", "left").ink}

    assert used <= known


@pytest.mark.parametrize("icon", [*map(variation_icon, VARIATIONS), *map(assurance_icon, ASSURANCES)])
def test_icons_use_colours_of_the_palette_only(icon):
    assert set(re.findall("#[0-9a-f]{6}", icon)) <= set(asdict(LIGHT).values())


def test_the_stylesheet_repaints_every_part_for_the_dark_and_never_on_paper():
    css = figure_css()

    for part, colour in asdict(LIGHT).items():
        assert f'[fill="{colour}"] {{ fill: var(--sutg-{part}); }}' in css
    dark = [line for line in css.splitlines() if DARK.card in line]
    assert dark
    assert all(line.startswith("@media screen") for line in dark)
