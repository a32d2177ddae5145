"""A paper as a PDF for every reader: tagged, with a title, a language and text alternatives (PDF/UA-1).

Pandoc turns the paper into Typst, and Typst sets it and checks the standard: a paper that would break it is refused
by the compiler and not published. Typst is the package of that name, or the one inside Quarto.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from sutg_analysis.errors import SiteError
from sutg_analysis.files.paper import Node, Paper, image_of, is_headline, plain_text
from sutg_analysis.publish.site import find_quarto

STANDARD: Literal["ua-1"] = "ua-1"


def tagged_pdf(paper: Paper, path: Path) -> None:
    """Write a paper as a PDF that conforms to PDF/UA-1.

    Parameters
    ----------
    paper
        From :func:`sutg_analysis.files.paper.read_paper`.
    path
        Where to.

    Raises
    ------
    SiteError
        There is neither the package typst nor Quarto, or Typst refuses the paper, saying why.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".sutg-") as folder:
        source = Path(folder) / "paper.typ"
        source.write_text(typst_source(paper, Path(folder)), encoding="utf-8")
        _compile(source, path)


def typst_source(paper: Paper, folder: Path) -> str:
    """Return a paper as Typst; its pictures are copied to the folder the source will stand in."""
    import pypandoc

    blocks = _kept_together([_for_typst(block, paper, folder) for block in paper.blocks])
    document = json.dumps({**json.loads(paper.document), "meta": {}, "blocks": blocks})
    body = pypandoc.convert_text(document, "typst", format="json")
    head = _HEAD.format(
        title=quoted(paper.title), description=quoted(paper.description), date=quoted(paper.date)
    )
    return f"{head}\n{body}"


def quoted(text: str) -> str:
    r"""Return text as a string of Typst.

    Examples
    --------
    >>> print(quoted('a "b" \\ c'))
    "a \"b\" \\ c"
    """
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _for_typst(block: Node, paper: Paper, folder: Path) -> Node:
    """Return a picture with its text alternative, which Pandoc leaves out; a notice in its frame."""
    if image := image_of(block):
        name = image["c"][2][0]
        copied = folder / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paper.folder / name, copied)
        alt = quoted(plain_text(image["c"][1]))
        return _raw(f"#image({quoted(name)}, alt: {alt}, width: 100%)")
    if block["t"] == "Div":
        return {"t": "Div", "c": [["", [], []], [_raw("#notice["), *block["c"][1], _raw("]")]]}
    return block


def _kept_together(blocks: list[Node]) -> list[Node]:
    """Keep headlines on the page of what they stand above."""
    kept = []
    for block in blocks:
        kept += [_raw("#block(sticky: true)["), block, _raw("]")] if is_headline(block) else [block]
    return kept


def _raw(text: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", text]}


def _compile(source: Path, path: Path) -> None:
    if find_spec("typst"):
        _with_package(source, path)
    elif find_quarto():
        _with_quarto(source, path)
    else:
        raise SiteError(
            "neither the package typst nor Quarto is installed",
            expected="one of them, to write a PDF",
            remedy="Run: python -m pip install -c constraints.txt 'sutg-analysis[export]'",
        )


def _with_package(source: Path, path: Path) -> None:
    import typst

    try:
        typst.compile(str(source), output=str(path), root=str(source.parent), pdf_standards=[STANDARD])
    except (RuntimeError, ValueError) as error:
        raise _refused(path, str(error)) from error


def _with_quarto(source: Path, path: Path) -> None:
    command: list[Any] = [find_quarto(), "typst", "compile", "--pdf-standard", STANDARD, source, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise _refused(path, done.stderr)


def _refused(path: Path, said: str) -> SiteError:
    return SiteError(
        f"Typst could not write {path.name}: {' '.join(said.split())[:300]}",
        expected="a report that PDF/UA-1 allows",
        remedy="Mend what it names in the notebook, and build again",
    )


_HEAD = """\
#set document(title: {title}, description: {description})
#set page(paper: "a4", margin: (x: 2cm, y: 2.2cm), numbering: "1")
#set text(font: ("Arial", "Liberation Sans", "DejaVu Sans", "Libertinus Serif"), size: 10.5pt, lang: "en", region: "GB")
#set par(leading: 0.7em, spacing: 1em)
#show heading: it => block(above: 1.4em, below: 0.8em, sticky: true, text(fill: rgb("#003087"), it.body))
#show heading.where(level: 1): set text(size: 15pt)
#show heading.where(level: 2): set text(size: 12.5pt)
#show link: underline
#show table: set text(size: 9pt)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.where(kind: table): set block(breakable: true, width: 100%)
#show figure.where(kind: table): set align(left)
#show figure.caption: it => align(left, strong(it.body))
#set table(stroke: (x, y) => (bottom: 0.5pt + rgb("#768692")), inset: (x: 4pt, y: 5pt))
#set table.hline(stroke: 1pt + rgb("#768692"))
#show table.cell: set align(left)
#show table.cell.where(y: 0): strong
#let horizontalrule = none
#let notice(body) = block(width: 100%, fill: rgb("#f0f4f5"), stroke: (left: 4pt + rgb("#da291c")), inset: 10pt, body)
#title()
#text(size: 12pt, {description})

As at #{date}
"""
