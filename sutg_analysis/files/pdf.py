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
from typing import Literal

from sutg_analysis.errors import SiteError
from sutg_analysis.files.paper import Node, Paper, image_of, is_headline, plain_text
from sutg_analysis.project import ASSETS
from sutg_analysis.publish.site import find_quarto

STANDARD: Literal["ua-1"] = "ua-1"


def tagged_pdf(paper: Paper, path: Path) -> None:
    """Write a paper as a PDF that conforms to PDF/UA-1.

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

    blocks = [part for block in paper.blocks for part in _for_typst(block, paper, folder)]
    document = json.dumps({**json.loads(paper.document), "meta": {}, "blocks": blocks})
    body = pypandoc.convert_text(document, "typst", format="json")
    facts = {"title": paper.title, "description": paper.description, "date": paper.date}
    given = ", ".join(f"{name}: {quoted(text)}" for name, text in facts.items())
    head = (ASSETS / "paper.typ").read_text(encoding="utf-8")
    return f"#let paper = ({given})\n{head}\n{body}"


def quoted(text: str) -> str:
    r"""Return text as a string of Typst.

    Examples
    --------
    >>> print(quoted('a "b" \\ c'))
    "a \"b\" \\ c"
    """
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _for_typst(block: Node, paper: Paper, folder: Path) -> list[Node]:
    """Return a picture with its text alternative, which Pandoc leaves out, a notice framed, a headline kept to its picture."""
    if image := image_of(block):
        name = image["c"][2][0]
        copied = folder / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paper.folder / name, copied)
        alt = quoted(plain_text(image["c"][1]))
        return [_raw(f"#image({quoted(name)}, alt: {alt}, width: 100%)")]
    if block["t"] == "Div":
        return [{"t": "Div", "c": [["", [], []], [_raw("#notice["), *block["c"][1], _raw("]")]]}]
    if is_headline(block):
        return [_raw("#block(sticky: true)["), block, _raw("]")]
    return [block]


def _raw(text: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", text]}


def _compile(source: Path, path: Path) -> None:
    if find_spec("typst"):
        import typst

        try:
            typst.compile(str(source), output=str(path), root=str(source.parent), pdf_standards=[STANDARD])
        except (RuntimeError, ValueError) as error:
            raise _refused(path, str(error)) from error
    elif quarto := find_quarto():
        command = [quarto, "typst", "compile", "--pdf-standard", STANDARD, str(source), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise _refused(path, done.stderr)
    else:
        raise SiteError(
            "neither the package typst nor Quarto is installed",
            expected="one of them, to write a PDF",
            remedy="Run: python -m pip install -c constraints.txt 'sutg-analysis[export]'",
        )


def _refused(path: Path, reason: str) -> SiteError:
    return SiteError(
        f"Typst could not write {path.name}: {' '.join(reason.split())[:300]}",
        expected="a report that PDF/UA-1 allows",
        remedy="Mend what it names in the notebook, and build again",
    )
