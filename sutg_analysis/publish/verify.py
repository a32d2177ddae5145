"""Is what was published what the tables and the package make? A report is made again, and its outputs compared.

Outputs are compared, not bytes: a second run has other times. What differs in them is named, and so is a version that is
no longer the one on record, whatever it does to the outputs.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from openpyxl import load_workbook

from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import SiteError
from sutg_analysis.project import open_project
from sutg_analysis.publish.fingerprints import package_digest, versions
from sutg_analysis.publish.jobs import Job
from sutg_analysis.publish.pages import finish_notebook, notice_of
from sutg_analysis.publish.plan import Plan, make_plan
from sutg_analysis.publish.publishing import only_build
from sutg_analysis.publish.records import RECORD, Record, published_at, published_quarters, read_record
from sutg_analysis.publish.run import Outcome, run, spread

_ADDED = ("record", "revised", "notice")
"""Cells that the build adds, which say when it was made and not what it shows."""
_FILE = re.compile(r"\([\d,]+ rows?, SHA-256 [0-9a-f]+\)|SHA-256 [0-9a-f]{8,}")
_MARKUP = re.compile(r"<script.*?</script>|<[^>]*>", re.DOTALL)
_FILE_ROW = re.compile(r"\b[\d,]+(\s*</td>\s*<td[^>]*>|\s*\|\s*)[0-9a-f]{16}\b")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was published: the page, the output, and what differs."""

    report: str
    output: str
    said: str

    def __str__(self) -> str:
        return f"{self.report}: {self.output}: {self.said}"


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: its first line, and what it shows without the digests and row counts of whole files."""

    line: str = ""
    shows: str = ""


@dataclass(frozen=True)
class Verified:
    """The pages made again and what differed."""

    pages: tuple[str, ...]
    differences: tuple[Difference, ...]


def verify(
    root: str | Path = ".",
    *,
    quarter: str | None = None,
    reports: tuple[str, ...] = (),
    timeout: int = 300,
) -> Verified:
    """Make published reports again and compare their outputs with what was published.

    Parameters
    ----------
    root
        The project folder.
    quarter
        The quarter's slug; the latest that was published if None.
    reports
        Names of reports or pages; empty is all of the quarter.
    timeout
        Seconds one cell may take.

    Raises
    ------
    SutgError
        Nothing was published of the quarter, or the tables are at fault.
    """
    project = open_project(root)
    known = [each.slug for each in published_quarters(project)]
    chosen = quarter or (known[-1] if known else "any quarter")
    if chosen not in known:
        raise SiteError(
            f"nothing is published of {chosen}",
            expected=f"a quarter that was built: {', '.join(known) or 'there is none'}",
            remedy="Run sutg build first",
        )
    with only_build(project.scratch, output=project.scratch / "none"):
        at = published_at(project, Quarter.parse(chosen))
        plan = make_plan(project, quarter=chosen, as_at=at.parameter, reports=reports)
        try:
            return _compared(plan, timeout=timeout)
        finally:
            shutil.rmtree(project.scratch / "runs", ignore_errors=True)


def _compared(plan: Plan, *, timeout: int) -> Verified:
    published = {job.slug: read_record(plan.folder, job.slug) for job in plan.jobs}
    found = [Difference(slug, "the page", "is planned no more") for slug in plan.surplus]
    jobs = tuple(job for job in plan.jobs if published[job.slug] is not None)
    found += [
        Difference(slug, "the page", "is planned, and was not published")
        for slug, record in published.items()
        if record is None
    ]
    for outcome in spread(run, plan.tasks(jobs, timeout=timeout)):
        record = published[outcome.job.slug]
        assert record is not None
        found += _differences(plan, outcome, record)
    order = {job.slug: job.order for job in plan.jobs}
    found.sort(key=lambda difference: order.get(difference.report, -1))
    return Verified(tuple(job.slug for job in jobs), tuple(found))


def _differences(plan: Plan, outcome: Outcome, record: Record) -> list[Difference]:
    job = outcome.job
    if outcome.status == "failed":
        return [Difference(job.slug, "the notebook", outcome.error)]
    finish_notebook(outcome.notebook, job=job, notice=notice_of(plan.project), record=record)
    made, kept = outcome.notebook.parent, plan.folder
    try:
        published = _cells(kept / f"{job.slug}.ipynb")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [Difference(job.slug, "the kept notebook", f"cannot be read: {' '.join(str(error).split())}")]
    return [
        *_of_versions(record),
        *_of_cells(job, published, _cells(made / f"{job.slug}.ipynb")),
        *_of_files(job, kept / "files" / job.slug, made / "files" / job.slug),
        *_of_site(job, kept / "files" / job.slug, plan.project.root / "_site/reports" / job.quarter.slug),
    ]


def _of_versions(record: Record) -> Iterator[Difference]:
    """Yield what made the report and is another by now."""
    now = versions()
    for name in sorted({*record.versions, *now}):
        then, today = record.versions.get(name, "absent"), now.get(name, "absent")
        if then != today:
            yield Difference(record.report, f"the version of {name}", f"was {then}, is {today}")
    if record.package_sha256 != package_digest():
        yield Difference(record.report, "the code of sutg-analysis", "is not the code on record")


def _cells(path: Path) -> list[Cell]:
    cells = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        shows = source = "".join(cell.get("source", ""))
        if cell.get("id") in _ADDED:
            continue
        if cell.get("cell_type") == "code":
            outputs = (one.get("data", {"stream": one.get("text", "")}) for one in cell.get("outputs", []))
            texts = ((kind, data[kind]) for data in outputs for kind in sorted(data))
            lines = [f"{kind}: {''.join(text)}" for kind, text in texts if isinstance(text, str | list)]
            shows = _bare("\n".join(lines))
        cells.append(Cell(next(iter(source.strip().splitlines()), ""), shows))
    return cells


def _of_cells(job: Job, kept: list[Cell], made: list[Cell]) -> Iterator[Difference]:
    for number, (then, now) in enumerate(zip_longest(kept, made, fillvalue=Cell()), start=1):
        if then.shows != now.shows:
            line = then.line or now.line
            cell = f"cell {number} (`{line}`)" if line else f"cell {number}"
            yield Difference(job.slug, f"the output of {cell}", _first_difference(then.shows, now.shows))


def _bare(text: str) -> str:
    return _FILE_ROW.sub(r"\1", _FILE.sub("", text))


def _of_files(job: Job, kept: Path, made: Path) -> Iterator[Difference]:
    names = {path.name for folder in (kept, made) for path in folder.glob("*")} - {RECORD}
    for name in sorted(names):
        then, now = _content(kept / name), _content(made / name)
        if then != now:
            picture = name.endswith((".png", ".svg"))
            change = "is another picture" if picture else _first_difference(then, now)
            yield Difference(job.slug, f"the file {name}", change)


def _of_site(job: Job, kept: Path, site: Path) -> Iterator[Difference]:
    """Yield the downloads that stand on the site and are not those that were kept."""
    for path in sorted(kept.glob("*")):
        published = site / "files" / job.slug / path.name
        if path.name != RECORD and published.is_file() and published.read_bytes() != path.read_bytes():
            yield Difference(job.slug, f"the file {path.name} of the site", "is not the one that was kept")


def _content(path: Path) -> str:
    """Return what a file says: cells of a workbook, text, or the bytes of a picture."""
    if not path.is_file():
        return "no such file"
    try:
        if path.suffix == ".png":
            return path.read_bytes().hex()
        if path.suffix == ".xlsx":
            book = load_workbook(path, read_only=True)
            return _bare("\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True)))
        return _bare(path.read_text(encoding="utf-8"))
    except Exception as error:  # whatever a reader makes of a file that is not what it is called
        return f"cannot be read: {' '.join(str(error).split()) or type(error).__name__}"


def _first_difference(then: str, now: str) -> str:
    """Return the first place where two texts part, with a few words around it; of a page, what a reader sees first."""
    read = _MARKUP.sub(" ", then), _MARKUP.sub(" ", now)
    then, now = read if read[0] != read[1] else (then, now)
    at = next((n for n, (a, b) in enumerate(zip_longest(then, now)) if a != b), 0)
    first = max(0, at - 30)
    was, is_now = (" ".join(text[first : at + 30].split()) for text in (then, now))
    return f"was …{was}…, is …{is_now}…"
