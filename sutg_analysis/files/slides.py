"""A paper as slides: a title, then a slide a chart with its headline, its picture and its sentences.

The picture has the chart's text alternative, so that a screen reader hears what the eye sees; the sentences stand on
the slide, and again in its notes for whoever speaks. A paper without charts has a slide a table instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pptx import Presentation
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.exc import PackageNotFoundError
from pptx.util import Emu, Inches, Pt

from sutg_analysis.errors import SiteError
from sutg_analysis.files.paper import Paper, Picture, plain_text

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck
    from pptx.shapes.autoshape import Shape
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide, SlideLayout
    from pptx.text.text import TextFrame

_WIDTH, _HEIGHT = Inches(40 / 3), Inches(7.5)
"""Sixteen to nine."""
_ROWS = 7
"""Rows of a table that one slide holds."""
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)


def slide_deck(paper: Paper, path: Path, *, reference: Path | None = None) -> None:
    """Write a paper as a PowerPoint presentation.

    Raises
    ------
    SiteError
        The paper has neither charts nor tables, or the reference is no presentation.
    """
    if not paper.pictures and not paper.tables:
        found = f"{paper.name} has no charts and no tables"
        raise SiteError(found, "a report with some, for slides", "Choose another, or --to docx")
    deck = _wide_deck() if reference is None else _deck_like(reference)
    about = deck.core_properties
    about.title, about.language, about.author, about.subject = paper.title, "en-GB", "", paper.description
    _first_slide(deck, paper)
    for picture in paper.pictures:
        _chart_slide(deck, picture)
    for caption, table in () if paper.pictures else paper.tables:
        for first in range(0, len(table), _ROWS):
            _table_slide(deck, caption, table.iloc[first : first + _ROWS])
    deck.save(str(path))


def _wide_deck() -> Deck:
    """Return the default presentation, which is four to three, stretched to sixteen to nine."""
    deck = Presentation()
    by = _WIDTH / (deck.slide_width or _WIDTH)
    deck.slide_width, deck.slide_height = _WIDTH, _HEIGHT
    pages = (deck.slide_master, *deck.slide_layouts)
    places = [
        (shape, (shape.left, shape.top, shape.width, shape.height))
        for page in pages
        for shape in page.placeholders
    ]
    for shape, (left, top, width, height) in places:
        shape.left, shape.top, shape.width, shape.height = int(left * by), top, int(width * by), height
    return deck


def _deck_like(reference: Path) -> Deck:
    """Return a presentation without its slides, which python-pptx has no way of its own to delete."""
    try:
        deck = Presentation(str(reference))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise SiteError(
            f"{reference.name} cannot be opened: {error}", "a presentation (.pptx)", "Save it again as .pptx"
        ) from error
    slides = deck.element.get_or_add_sldIdLst()
    for entry in list(slides):
        deck.part.drop_rel(entry.rId)
        slides.remove(entry)
    return deck


def _layout(deck: Deck, name: str, fallback: int) -> SlideLayout:
    """Return the layout of that name, or else one that has a title."""
    named = [layout for layout in deck.slide_layouts if layout.name == name]
    titled = [
        layout
        for layout in deck.slide_layouts
        if any(shape.placeholder_format.type in _TITLES for shape in layout.iter_cloneable_placeholders())
    ]
    return next(iter(named), (titled or list(deck.slide_layouts))[min(fallback, len(titled) - 1)])


def _first_slide(deck: Deck, paper: Paper) -> None:
    slide = deck.slides.add_slide(_layout(deck, "Title Slide", 0))
    notice = next((plain_text(block["c"][1]) for block in paper.blocks if block["t"] == "Div"), "")
    below = [shape for shape in slide.placeholders if shape.placeholder_format.idx == 1]
    lines = [paper.description, f"As at {paper.date}", *([notice] if notice else [])]
    _write(slide.shapes.title, [paper.title], 36)
    _write(below[0] if below else _box(deck, slide, top=0.6), lines, 16)


def _titled(deck: Deck, words: str) -> Slide:
    """Return a new slide with nothing on it but its title."""
    slide = deck.slides.add_slide(_layout(deck, "Title Only", 1))
    for shape in list(slide.placeholders):
        if shape.placeholder_format.idx != 0:
            shape.element.getparent().remove(shape.element)
    title = slide.shapes.title
    title.left, title.top = Inches(0.5), Inches(0.3)
    title.width, title.height = _size(deck)[0] - Inches(1), Inches(0.9)
    _write(title, [words], 24)
    return slide


def _table_slide(deck: Deck, caption: str, table: pd.DataFrame) -> None:
    slide = _titled(deck, caption)
    place = Inches(0.5), Inches(1.25), Emu(_size(deck)[0] - Inches(1)), Inches(0.4)
    shape = slide.shapes.add_table(len(table) + 1, table.shape[1], *place)
    _describe(shape, caption)
    for number, row in enumerate([list(table.columns), *table.to_numpy().tolist()]):
        for column, text in enumerate(row):
            _set_text(shape.table.cell(number, column).text_frame, [str(text)], 11)


def _chart_slide(deck: Deck, picture: Picture) -> None:
    """Add a slide whose picture stands between title and words, as large as fits."""
    slide = _titled(deck, picture.headline)
    shape = slide.shapes.add_picture(str(picture.path), Emu(0), Inches(1.25))
    wide, high = _size(deck)
    by = min((wide - Inches(1)) / shape.width, (int(high * 0.79) - Inches(1.3)) / shape.height)
    shape.width, shape.height = Emu(int(shape.width * by)), Emu(int(shape.height * by))
    shape.left = Emu((wide - shape.width) // 2)
    shape.name = f"Chart: {picture.headline}"[:200]
    _describe(shape, picture.alt)
    _write(_box(deck, slide, top=0.79), [picture.words], 14)
    notes = slide.notes_slide.notes_text_frame
    if notes is not None:
        notes.text = f"{picture.words}\n\n{picture.alt}"


def _describe(shape: BaseShape, alt: str) -> None:
    """Give a shape its text alternative, which python-pptx writes for no shape."""
    shape.element.xpath(".//p:cNvPr")[0].set("descr", alt)


def _box(deck: Deck, slide: Slide, *, top: float) -> Shape:
    wide, high = _size(deck)
    return slide.shapes.add_textbox(
        Inches(0.5), Emu(int(high * top)), Emu(wide - Inches(1)), Emu(int(high * (0.97 - top)))
    )


def _size(deck: Deck) -> tuple[int, int]:
    return deck.slide_width or _WIDTH, deck.slide_height or _HEIGHT


def _write(shape: Shape, lines: list[str], size: int) -> None:
    shape.text_frame.word_wrap, shape.text_frame.auto_size = True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    _set_text(shape.text_frame, lines, size)


def _set_text(frame: TextFrame, lines: list[str], size: int) -> None:
    frame.text = "\n".join(lines)
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.language_id = Pt(size), MSO_LANGUAGE_ID.ENGLISH_UK
