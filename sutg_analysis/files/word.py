"""A paper as a Word document, in the style of a reference document that a trust can replace.

Pandoc writes it: real headings, tables with header rows, pictures with text alternatives. The styles are those of
``reports/reference.docx`` where the project has one, else of a plain reference made here from Pandoc's own.
"""

from __future__ import annotations

import io
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from sutg_analysis.errors import SiteError
from sutg_analysis.files.paper import Node, Paper, image_of, is_headline

HEADLINE = "Figure Headline"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FONT, _INK, _BLUE, _LINE = "Arial", "212B32", "003087", "768692"
_SIZES = {"Title": 40, "Subtitle": 26, "Date": 22, "Heading1": 32, "Heading2": 26, "Heading3": 24}
"""In half points."""


def word_document(paper: Paper, path: Path, *, reference: Path | None = None) -> None:
    """Write a paper as a Word document.

    Parameters
    ----------
    paper
        From :func:`sutg_analysis.files.paper.read_paper`.
    path
        Where to.
    reference
        A Word document whose styles, margins, header and footer are taken over.

    Raises
    ------
    SiteError
        Pandoc cannot use the reference.
    """
    base = reference or path.with_name(f".{path.name}.reference.docx")
    if reference is None:
        base.write_bytes(default_reference())
    try:
        _pandoc(Paper(**{**vars_of(paper), "blocks": _styled(paper.blocks)}), path, base)
    finally:
        if reference is None:
            base.unlink()


def vars_of(paper: Paper) -> dict[str, Any]:
    """Return what a paper is made of."""
    return {name: getattr(paper, name) for name in paper.__dataclass_fields__}


def _pandoc(paper: Paper, path: Path, reference: Path) -> None:
    import pypandoc

    options = [f"--reference-doc={reference}", f"--resource-path={paper.folder}"]
    try:
        pypandoc.convert_text(paper.document, "docx", format="json", outputfile=str(path), extra_args=options)
    except (RuntimeError, OSError) as error:
        said = " ".join(str(error).split())
        raise SiteError(
            f"Pandoc could not write {path.name} after {reference.name}: {said}",
            expected="a Word document (.docx) as reference",
            remedy="Save the reference again as .docx, or leave it out",
        ) from error


def _styled(blocks: list[Node]) -> list[Node]:
    """Give headlines of figures their style, and pictures the width of the text."""
    styled = []
    for place, block in enumerate(blocks):
        following = blocks[place + 1] if place + 1 < len(blocks) else {}
        if is_headline(block) and image_of(following):
            styled.append({"t": "Div", "c": [["", [], [["custom-style", HEADLINE]]], [block]]})
        elif image := image_of(block):
            wide = {"t": "Image", "c": [["", [], [["width", "100%"]]], image["c"][1], [image["c"][2][0], ""]]}
            styled.append({"t": "Para", "c": [wide]})
        else:
            styled.append(block)
    return styled


@cache
def default_reference() -> bytes:
    """Return the reference document of a project that has none of its own."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    given = subprocess.run(command, capture_output=True, check=True).stdout
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(given)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, _restyled(content) if name == "word/styles.xml" else content)
    return made.getvalue()


def _restyled(content: bytes) -> bytes:
    from lxml import etree

    root = etree.fromstring(content)
    for style in root.iter(f"{{{_W}}}style"):
        name = style.get(f"{{{_W}}}styleId")
        if name in _SIZES:
            _set_font(style, _SIZES[name], _BLUE if name.startswith(("Title", "Heading")) else _INK)
        if name == "Table":
            _set_lines(style)
    for defaults in root.iter(f"{{{_W}}}rPrDefault"):
        _set_font(defaults, 22, _INK)
    for text in (_HEADLINE_STYLE, _NOTICE_STYLE):
        root.append(etree.fromstring(text))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _set_font(style: Any, size: int, colour: str) -> None:
    """Replace font, size and colour of a style, and leave its other properties."""
    from lxml import etree

    known = style.find(f"{{{_W}}}rPr")
    if known is None:
        known = etree.SubElement(style, f"{{{_W}}}rPr")
    for name in ("rFonts", "color", "sz", "szCs"):
        for old in known.findall(f"{{{_W}}}{name}"):
            known.remove(old)
    new = etree.fromstring(_RUN.format(w=_W, font=_FONT, colour=colour, size=size))
    kept = list(known)
    early = [part for part in kept if part.tag.split("}")[1] in {"rStyle"}]
    bold = [part for part in kept if part.tag.split("}")[1] in {"b", "bCs", "i", "iCs"}]
    rest = [part for part in kept if part not in early and part not in bold]
    fonts, *others = list(new)
    for part in kept:
        known.remove(part)
    known.extend([*early, fonts, *bold, *others, *rest])


def _set_lines(style: Any) -> None:
    from lxml import etree

    known = style.find(f"{{{_W}}}tblPr")
    if known is None:
        known = etree.SubElement(style, f"{{{_W}}}tblPr")
    borders = etree.fromstring(_BORDERS.format(w=_W, line=_LINE))
    margin = known.find(f"{{{_W}}}tblCellMar")
    known.insert(len(known) if margin is None else known.index(margin), borders)
    for part in style.findall(f"{{{_W}}}tblStylePr"):
        if part.get(f"{{{_W}}}type") == "firstRow":
            part.insert(0, etree.fromstring(f'<w:rPr xmlns:w="{_W}"><w:b/></w:rPr>'))


_RUN = (
    '<w:rPr xmlns:w="{w}"><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}" w:eastAsia="{font}"/>'
    '<w:color w:val="{colour}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
)
_BORDERS = (
    '<w:tblBorders xmlns:w="{w}"><w:top w:val="single" w:sz="8" w:space="0" w:color="{line}"/>'
    '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{line}"/>'
    '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{line}"/></w:tblBorders>'
)
_HEADLINE_STYLE = (
    f'<w:style xmlns:w="{_W}" w:type="paragraph" w:customStyle="1" w:styleId="FigureHeadline">'
    f'<w:name w:val="{HEADLINE}"/><w:basedOn w:val="BodyText"/><w:next w:val="BodyText"/><w:qFormat/>'
    "<w:pPr><w:keepNext/></w:pPr></w:style>"
)
_NOTICE_STYLE = (
    f'<w:style xmlns:w="{_W}" w:type="paragraph" w:customStyle="1" w:styleId="Notice">'
    '<w:name w:val="Notice"/><w:basedOn w:val="BodyText"/><w:qFormat/>'
    '<w:pPr><w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="DA291C"/></w:pBdr>'
    '<w:shd w:val="clear" w:color="auto" w:fill="F0F4F5"/></w:pPr></w:style>'
)
