"""A paper as slides: a title, then a slide a chart with its headline, its picture and its sentences.

The picture has the chart's text alternative, so that a screen reader hears what the eye sees; the sentences stand on
the slide, and again in its notes for whoever speaks. A paper without charts has a slide a table instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sutg_analysis.errors import SiteError
from sutg_analysis.files.paper import Paper, Picture, plain_text

_WIDTH, _HEIGHT = 12192000, 6858000
"""Sixteen to nine, in English Metric Units (914,400 an inch)."""
_INCH = 914400
_ROWS = 7
"""Rows of a table that one slide holds."""
_TITLE, _CHART = "Title Slide", "Title Only"


def slide_deck(paper: Paper, path: Path, *, reference: Path | None = None) -> None:
    """Write a paper as a PowerPoint presentation.

    Parameters
    ----------
    paper
        From :func:`sutg_analysis.files.paper.read_paper`.
    path
        Where to.
    reference
        A presentation whose theme, layouts and size are taken over; its slides are not.

    Raises
    ------
    SiteError
        The paper has neither charts nor tables, or the reference is no presentation.
    """
    if not paper.pictures and not paper.tables:
        found = f"{paper.name} has no charts and no tables"
        raise SiteError(found, "a report with some, for slides", "Choose another, or --to docx")
    deck = _opened(reference)
    deck.core_properties.title, deck.core_properties.language = paper.title, "en-GB"
    deck.core_properties.author, deck.core_properties.subject = "", paper.description
    _first_slide(deck, paper)
    for picture in paper.pictures:
        _chart_slide(deck, picture)
    for caption, table in () if paper.pictures else paper.tables:
        for first in range(0, len(table), _ROWS):
            _table_slide(deck, caption, table.iloc[first : first + _ROWS])
    deck.save(str(path))


def _opened(reference: Path | None) -> Any:
    from pptx import Presentation
    from pptx.exc import PackageNotFoundError

    if reference is None:
        deck: Any = Presentation()
        deck.slide_width, deck.slide_height = _WIDTH, _HEIGHT
        _widen(deck)
        return deck
    try:
        deck = Presentation(str(reference))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise SiteError(
            f"{reference.name} cannot be opened: {error}", "a presentation (.pptx)", "Save it again as .pptx"
        ) from error
    _empty(deck)
    return deck


def _widen(deck: Any) -> None:
    """Stretch the layouts of the default, which are four to three."""
    by = _WIDTH / 9144000
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.shapes:
            if shape.is_placeholder and shape._element.spPr.xfrm is not None:
                shape.left, shape.width = int(shape.left * by), int(shape.width * by)


def _empty(deck: Any) -> None:
    slides = deck.slides._sldIdLst
    for entry in list(slides):
        deck.part.drop_rel(entry.rId)
        slides.remove(entry)


def _layout(deck: Any, name: str, fallback: int) -> Any:
    layouts = {layout.name: layout for layout in deck.slide_layouts}
    titled = [layout for layout in deck.slide_layouts if _has_title(layout)]
    return layouts.get(name) or (titled or list(deck.slide_layouts))[min(fallback, len(titled) - 1)]


def _has_title(layout: Any) -> bool:
    return any(shape.placeholder_format.type in (1, 3) for shape in layout.placeholders)


def _first_slide(deck: Any, paper: Paper) -> None:
    slide = deck.slides.add_slide(_layout(deck, _TITLE, 0))
    notice = next((plain_text(block["c"][1]) for block in paper.blocks if block["t"] == "Div"), "")
    below = [shape for shape in slide.placeholders if shape.placeholder_format.idx == 1]
    _write(slide.shapes.title, [paper.title], 36)
    lines = [paper.description, f"As at {paper.date}", *([notice] if notice else [])]
    _write(below[0] if below else _box(deck, slide, top=0.6), lines, 16)


def _titled(deck: Any, words: str) -> Any:
    """Return a new slide with nothing on it but its title."""
    slide = deck.slides.add_slide(_layout(deck, _CHART, 1))
    for shape in list(slide.placeholders):
        if shape.placeholder_format.idx != 0:
            shape._element.getparent().remove(shape._element)
    title = slide.shapes.title
    title.left, title.top = int(0.5 * _INCH), int(0.3 * _INCH)
    title.width, title.height = deck.slide_width - _INCH, int(0.9 * _INCH)
    _write(title, [words], 24)
    return slide


def _table_slide(deck: Any, caption: str, table: pd.DataFrame) -> None:
    slide = _titled(deck, caption)
    place = int(0.5 * _INCH), int(1.25 * _INCH), deck.slide_width - _INCH, int(0.4 * _INCH)
    shape = slide.shapes.add_table(len(table) + 1, table.shape[1], *place)
    shape._element.nvGraphicFramePr.cNvPr.set("descr", caption)
    for number, row in enumerate([list(table.columns), *table.to_numpy().tolist()]):
        for column, text in enumerate(row):
            _write(shape.table.cell(number, column), [str(text)], 11)


def _chart_slide(deck: Any, picture: Picture) -> None:
    slide = _titled(deck, picture.headline)
    _place(deck, slide, picture)
    _write(_box(deck, slide, top=0.79), [picture.words], 14)
    slide.notes_slide.notes_text_frame.text = f"{picture.words}\n\n{picture.alt}"


def _place(deck: Any, slide: Any, picture: Picture) -> None:
    """Put the picture between title and words, as large as fits."""
    shape = slide.shapes.add_picture(str(picture.path), 0, 0)
    room = deck.slide_width - _INCH, int(deck.slide_height * 0.79) - int(1.3 * _INCH)
    by = min(room[0] / shape.width, room[1] / shape.height)
    shape.width, shape.height = int(shape.width * by), int(shape.height * by)
    shape.left, shape.top = (deck.slide_width - shape.width) // 2, int(1.25 * _INCH)
    about = shape._element.nvPicPr.cNvPr
    about.set("descr", picture.alt)
    about.set("name", f"Chart: {picture.headline}"[:200])


def _box(deck: Any, slide: Any, *, top: float) -> Any:
    high = int(deck.slide_height * (0.97 - top))
    return slide.shapes.add_textbox(
        int(0.5 * _INCH), int(deck.slide_height * top), deck.slide_width - _INCH, high
    )


def _write(shape: Any, lines: list[str], size: int) -> None:
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Pt

    frame = shape.text_frame
    if hasattr(shape, "shape_id"):
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    frame.text = "\n".join(lines)
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(size)
            run._r.get_or_add_rPr().set("lang", "en-GB")
