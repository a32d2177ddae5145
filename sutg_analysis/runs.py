"""Run one report: papermill executes its notebook in a scratch folder, and says how it went.

Nothing here raises for a report that fails. A run ends in an ``Outcome``, and the progress bar, the final table
and the exit code all read the same stream of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sutg_analysis.errors import ReportError
from sutg_analysis.jobs import Job
from sutg_analysis.pages import finish_notebook
from sutg_analysis.sessions import SESSION


@dataclass(frozen=True)
class Outcome:
    """How one report's run ended.

    Parameters
    ----------
    job
        The report.
    status
        ``built``, ``skipped`` or ``failed``.
    seconds
        Whole time of the run.
    notebook
        The executed notebook: in the scratch folder until the build publishes it.
    error
        One line that names the cell and what it said; empty unless failed.
    """

    job: Job
    status: str
    seconds: float
    notebook: Path
    error: str = ""


def run(job: Job, *, root: Path, scratch: Path, timeout: int, notice: str) -> Outcome:
    """Run one report in the project's folder and leave its notebook in ``scratch``.

    Parameters
    ----------
    job
        The report to run.
    root
        The project folder, which is the notebook's working directory.
    scratch
        An existing folder for the executed notebook.
    timeout
        Seconds one cell may take.
    notice
        What the page must say of its data.
    """
    start = time.perf_counter()
    target = scratch / f"{job.slug}.ipynb"
    try:
        _execute(job, target=target, root=root, timeout=timeout)
        finish_notebook(target, job=job, notice=notice)
    except Exception as error:  # every way a notebook can fail ends as one line
        return Outcome(job, "failed", time.perf_counter() - start, target, str(_report_error(job, error)))
    return Outcome(job, "built", time.perf_counter() - start, target)


def _execute(job: Job, *, target: Path, root: Path, timeout: int) -> None:
    from papermill import execute_notebook

    transport = (
        {"kernel_manager_class": "sutg_analysis.kernels.LocalKernelManager"} if os.name == "posix" else {}
    )
    # A build started from a notebook is no session of its own.
    os.environ.pop(SESSION, None)
    execute_notebook(
        _literal(job.notebook),
        _literal(target),
        parameters=job.parameters,
        cwd=str(root),
        progress_bar=False,
        log_output=False,
        execution_timeout=timeout,
        **transport,
    )


def _literal(path: Path) -> str:
    """Return the path as papermill takes it: it fills braces in a path with parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _report_error(job: Job, error: Exception) -> ReportError:
    place, said = _diagnosis(job, error)
    return ReportError(
        f"report {job.slug} ({job.notebook.name}) failed in {place}: {said}",
        expected="every cell to run",
        remedy=f"Open notebooks/{job.notebook.name} with sutg lab, or run sutg check for the tables",
    )


def _diagnosis(job: Job, error: Exception) -> tuple[str, str]:
    """Return where a run failed and what it said, each in one line."""
    from papermill.exceptions import PapermillExecutionError

    kind = type(error).__name__
    if isinstance(error, PapermillExecutionError):
        said = " ".join(f"{error.ename}: {error.evalue}".split())
        return _cell(job, error.cell_index, str(error.source)), said
    if kind == "CellTimeoutError":
        return "a cell that ran past its time limit", "raise the limit with --timeout, or mend the cell"
    if kind == "DeadKernelError":
        return "the kernel", "it died (out of memory, or ended by the system)"
    return "its run", " ".join(f"{kind}: {error}".split())


def _cell(job: Job, index: int, source: str) -> str:
    """Name a cell as its template counts it; papermill puts one of its own after the parameters."""
    import nbformat

    cells = nbformat.read(job.notebook, as_version=4).cells
    tagged = [n for n, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    before = index - 1 if index > (tagged[0] if tagged else -1) else index
    lines = [line for line in source.splitlines() if line.strip()]
    return f"cell {before + 1} (`{lines[0].strip()}`)" if lines else f"cell {before + 1}"


def run_all(jobs: tuple[Job, ...], *, workers: int, **options: Any) -> Iterator[Outcome]:
    """Run reports, ``workers`` at a time, and yield each outcome as it comes.

    Parameters
    ----------
    jobs
        The reports.
    workers
        Processes to use; each runs one kernel at a time.
    options
        What :func:`run` takes: ``root``, ``scratch``, ``timeout``, ``notice``.
    """
    if workers == 1 or len(jobs) < 2:
        yield from (run(job, **options) for job in jobs)
        return
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(run, job, **options) for job in jobs]):
            yield future.result()
