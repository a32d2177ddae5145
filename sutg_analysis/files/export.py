"""A built report as a board paper: Word, PDF, slides, and its numbers as a workbook or a folder of figures and values."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.digests import file_digest
from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.files.paper import Paper, plain_text, read_paper
from sutg_analysis.files.pdf import tagged_pdf
from sutg_analysis.files.word import word_document
from sutg_analysis.project import open_project
from sutg_analysis.reports.report import version
from sutg_analysis.reports.workbook import TableSheet, workbook

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
    if to == "docx":
        word_document(paper, path, reference=chosen)
    elif to == "pptx":
        from sutg_analysis.files.slides import slide_deck

        slide_deck(paper, path, reference=chosen)
    elif to == "pdf":
        tagged_pdf(paper, path)
    elif to == "xlsx":
        path.write_bytes(paper_workbook(paper))
    else:
        paper_folder(paper, path)
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


def paper_workbook(paper: Paper) -> bytes:
    """Return a paper's tables and the numbers of its charts as an accessible Excel workbook.

    Raises
    ------
    SiteError
        The paper has neither tables nor charts.
    """
    tables = [TableSheet(_short(caption), f"Table: {caption}.", table) for caption, table in paper.tables]
    charts = [
        TableSheet(
            _short(picture.path.stem.replace("-", " ")),
            f"Numbers of the chart: {picture.headline}.",
            _numbers(picture.values),
        )
        for picture in paper.pictures
        if picture.values.is_file()
    ]
    if not tables and not charts:
        raise SiteError(
            f"{paper.name} has no tables and no charts", "a report with numbers", "Choose another"
        )
    return workbook([*tables, *charts], title=paper.title, notes=_notes(paper))


def _numbers(path: Path) -> pd.DataFrame:
    """Return the numbers of a chart; text that looked like a formula loses its apostrophe."""
    values = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype_backend="numpy_nullable")
    texts = [name for name in values if pd.api.types.is_string_dtype(values[name])]
    return values.assign(**{name: values[name].str.removeprefix("'") for name in texts})


def _short(name: str) -> str:
    """Return a name for a sheet, cut at a word."""
    return name if len(name) <= 31 else name[:31].rpartition(" ")[0] or name[:31]


def _notes(paper: Paper) -> dict[str, str]:
    notices = [plain_text(block["c"][1]) for block in paper.blocks if block["t"] == "Div"]
    return {
        "What it is": f"{paper.description}. As at {paper.date}.",
        "Report": f"{paper.name}, {paper.quarter.slug}",
        **{f"Important {place}": text for place, text in enumerate(notices, start=1)},
        "Made by": f"sutg_analysis {version()}, from the executed report.",
    }


def paper_folder(paper: Paper, folder: Path) -> list[str]:
    """Write a paper's figures and values as files, with a manifest of their hashes and a log in words.

    Returns
    -------
    list of str
        Names of the files, relative to the folder.

    Raises
    ------
    SiteError
        The folder holds something.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise SiteError(
            f"{folder} is in use", "a folder that does not exist, or is empty", "Give another with -o"
        )
    for name in ("figures", "values", "tables"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    written = []
    for picture in paper.pictures:
        for kind, room in {"svg": "figures", "png": "figures", "csv": "values"}.items():
            source = picture.path.with_suffix(f".{kind}")
            if source.is_file():
                written.append(f"{room}/{source.name}")
                shutil.copyfile(source, folder / written[-1])
    for place, (_, table) in enumerate(paper.tables, start=1):
        written.append(f"tables/table-{place:02d}.csv")
        table.to_csv(folder / written[-1], index=False, lineterminator="\n", encoding="utf-8")
    made_by = f"sutg_analysis {version()}"
    record = {
        "report": paper.name,
        "quarter": paper.quarter.slug,
        "title": paper.title,
        "as_at": paper.at.day.isoformat(),
        "made_by": made_by,
        "figures": [
            {
                "figure": f"figures/{picture.path.name}",
                "headline": picture.headline,
                "words": picture.words,
                "alt_text": picture.alt,
            }
            for picture in paper.pictures
        ],
        "sha256": {name: file_digest(folder / name) for name in written},
    }
    (folder / "manifest.json").write_text(
        json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "log.txt").write_text(_log(paper, made_by), encoding="utf-8")
    return [*written, "manifest.json", "log.txt"]


def _log(paper: Paper, made_by: str) -> str:
    lines = [f"{paper.title}. {paper.description}.", f"As at {paper.date}. Made by {made_by}.", ""]
    for picture in paper.pictures:
        lines += [
            f"figures/{picture.path.name}",
            f"  {picture.headline}",
            f"  {picture.words}",
            f"  Text alternative: {picture.alt}",
            "",
        ]
    names = [caption for caption, _ in paper.tables]
    lines += [f"tables/table-{place:02d}.csv: {name}" for place, name in enumerate(names, start=1)]
    return "\n".join(lines) + "\n"
