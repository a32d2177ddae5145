"""A paper as a Word document, in the style of a reference document that a trust can replace.

Pandoc writes it: real headings, tables with header rows, pictures with text alternatives. The styles are those of
``reports/reference.docx`` where the project has one, else of Pandoc's own reference with ``assets/word-styles.xml``.
"""

from __future__ import annotations

import io
import subprocess
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from sutg_analysis.errors import SiteError
from sutg_analysis.files.paper import Node, Paper, image_of, is_headline
from sutg_analysis.project import ASSETS

HEADLINE = "Figure Headline"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def word_document(paper: Paper, path: Path, *, reference: Path | None = None) -> None:
    """Write a paper as a Word document.

    Raises
    ------
    SiteError
        Pandoc cannot use the reference.
    """
    import pypandoc

    base = reference or path.with_name(f".{path.name}.reference.docx")
    if reference is None:
        base.write_bytes(default_reference())
    try:
        document = replace(paper, blocks=_styled(paper.blocks)).document
        options = [f"--reference-doc={base}", f"--resource-path={paper.folder}"]
        pypandoc.convert_text(document, "docx", format="json", outputfile=str(path), extra_args=options)
    except (RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise SiteError(
            f"Pandoc could not write {path.name} after {base.name}: {reason}",
            expected="a Word document (.docx) as reference",
            remedy="Save the reference again as .docx, or leave it out",
        ) from error
    finally:
        if reference is None:
            base.unlink()


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
    """Return the reference document of a project that has none of its own: Pandoc's, in our styles."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    given = subprocess.run(command, capture_output=True, check=True).stdout
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(given)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, _in_our_styles(content) if name == "word/styles.xml" else content)
    return made.getvalue()


def _in_our_styles(content: bytes) -> bytes:
    from lxml import etree

    root = etree.fromstring(content)
    for own in etree.parse(ASSETS / "word-styles.xml").getroot().iterchildren("{*}*"):
        key = own.get(f"{_W}styleId")
        place = f".//{own.tag}" if key is None else f"{own.tag}[@{_W}styleId='{key}']"
        old = root.find(place)
        if old is None:
            root.append(own)
        else:
            old.getparent().replace(old, own)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
