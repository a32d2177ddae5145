"""A built report as a board paper: Word, PDF, slides, a workbook, or a folder of figures and values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.files.paper import Paper, read_paper
from sutg_analysis.files.paperbooks import paper_folder, paper_workbook
from sutg_analysis.files.pdf import tagged_pdf
from sutg_analysis.files.slides import slide_deck
from sutg_analysis.files.word import word_document
from sutg_analysis.project import open_project

KINDS = ("docx", "pdf", "pptx", "xlsx", "folder")
_REFERENCES = ("docx", "pptx")


@dataclass(frozen=True)
class Exported:
    """A paper written: where, what it holds, and the reference document it follows, if any."""

    path: Path
    report: str
    quarter: str
    charts: int
    tables: int
    reference: Path | None


def export(
    root: str | Path,
    report: str,
    *,
    to: str,
    quarter: str | None = None,
    output: str | Path | None = None,
    reference: str | Path | None = None,
) -> Exported:
    """Write a built report as a board paper.

    Parameters
    ----------
    root
        The project folder.
    report
        The page's name, such as board_report.
    to
        docx, pdf, pptx, xlsx or folder.
    quarter
        The latest that is built without it.
    output
        Where to; by default the report and quarter, in the folder one is in.
    reference
        A .docx or .pptx whose style is taken over. Without it ``reports/reference.docx`` or ``.pptx`` of the
        project counts, where there is one.

    Raises
    ------
    ArgumentError
        The kind, the report or the quarter is not known.
    SiteError
        Nothing is built, or the paper cannot be written.
    """
    if to not in KINDS:
        raise ArgumentError(f"--to {to}", f"one of {', '.join(KINDS)}", "Choose one of these")
    project = open_project(root)
    paper = read_paper(project, report, quarter=quarter)
    ending = "" if to == "folder" else f".{to}"
    path = Path(output) if output else Path(f"{report}-{paper.quarter.slug}{ending}")
    if to != "folder" and path.suffix.lower() != ending:
        raise ArgumentError(f"-o {path}", f"a name that ends in {ending}", "Correct the name, or --to")
    if not path.parent.is_dir():
        raise ArgumentError(f"-o {path}: no folder {path.parent}", "a folder that exists", "Make it first")
    chosen = _reference(project.root, to, reference)
    _write(paper, to, path, chosen)
    return Exported(path, report, paper.quarter.slug, len(paper.pictures), len(paper.tables), chosen)


def _reference(root: Path, to: str, given: str | Path | None) -> Path | None:
    if given is not None:
        path = Path(given)
        if to not in _REFERENCES or path.suffix.lower() != f".{to}":
            raise ArgumentError(
                f"--reference {path} with --to {to}", "a .docx or .pptx of the same kind", "Correct one"
            )
        if not path.is_file():
            raise SiteError(f"{path} is not a file", f"a .{to} file", "Correct --reference")
        return path
    own = root / "reports" / f"reference.{to}"
    return own if to in _REFERENCES and own.is_file() else None


def _write(paper: Paper, to: str, path: Path, reference: Path | None) -> None:
    if to == "docx":
        word_document(paper, path, reference=reference)
    elif to == "pptx":
        slide_deck(paper, path, reference=reference)
    elif to == "pdf":
        tagged_pdf(paper, path)
    elif to == "xlsx":
        path.write_bytes(paper_workbook(paper))
    else:
        paper_folder(paper, path)
