"""A report runs as papermill executes its notebook in a scratch folder, here or on a worker of a dask cluster.

Nothing here raises for a report that fails. A run ends in an ``Outcome``, and the progress bar, the final table
and the exit code all read the same stream of them. A worker that is lost takes nothing with it: its scheduler gives the
report to another.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from sutg_analysis.catalogue.load import READINGS, SNAPSHOT, Reading, read_readings
from sutg_analysis.charts.drawing import ADDRESS, lent_process
from sutg_analysis.errors import ArgumentError, ReportError, SiteError
from sutg_analysis.publish.jobs import Job
from sutg_analysis.publish.records import now
from sutg_analysis.reports.page import SESSION

if TYPE_CHECKING:
    from distributed import Client, Future

PATIENCE = 10.0
"""Seconds to wait for a scheduler to answer."""
Work = TypeVar("Work")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Task:
    """One report to run, wherever that is, in the project folder ``root``.

    ``scratch`` is a folder for the executed notebook, ``snapshot`` the tables as they were when the build began, ``needed``
    the files that the notebook must leave where they are, and ``timeout`` the seconds that one cell may take.
    """

    job: Job
    root: Path
    scratch: Path
    snapshot: Path
    needed: tuple[Path, ...]
    timeout: int


@dataclass(frozen=True)
class Outcome:
    """How one report's run ended, after how many seconds, from when to when (ISO times, in UTC), and what it read.

    ``notebook`` is the executed notebook, in the scratch folder until the build publishes it; ``error`` one line that names
    the cell and what it said, empty unless the run failed.
    """

    job: Job
    status: Literal["built", "unchanged", "failed"]
    seconds: float
    notebook: Path
    error: str = ""
    readings: list[Reading] = field(default_factory=list)
    start: str = ""
    end: str = ""


def run(task: Task) -> Outcome:
    """Run one report in the project's folder and leave its notebook in the scratch folder."""
    began, start = time.perf_counter(), now()
    target = task.scratch / f"{task.job.slug}.ipynb"
    noted = target.with_suffix(".readings")
    noted.unlink(missing_ok=True)
    environment = {SESSION: "", SNAPSHOT: str(task.snapshot), READINGS: str(noted)}
    try:
        with lent_process() as drawing:
            _execute(task, target=target, environment=environment | {ADDRESS: drawing})
        for path in task.needed:
            if not path.is_file():
                gone = path.relative_to(task.root).as_posix()
                raise FileNotFoundError(f"{gone} was deleted while it ran")
    except Exception as error:  # every way a notebook can fail ends as one line
        return failed(task.job, error, notebook=target, seconds=time.perf_counter() - began)
    seconds = time.perf_counter() - began
    return Outcome(task.job, "built", seconds, target, readings=read_readings(noted), start=start, end=now())


def _execute(task: Task, *, target: Path, environment: Mapping[str, str]) -> None:
    from jupyter_core.utils import ensure_event_loop
    from papermill import execute_notebook

    from sutg_analysis.publish.engine import ENGINE
    from sutg_analysis.publish.kernels import manager

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what it would tell stands in the outcome
    loop = ensure_event_loop()  # this thread's own, which Jupyter would leave open
    try:
        execute_notebook(
            _literal(task.job.notebook),
            _literal(target),
            engine_name=ENGINE,
            parameters=task.job.parameters,
            progress_bar=False,
            log_output=False,
            execution_timeout=task.timeout,
            # Not papermill's cwd, which moves this process, and with it every run of another thread.
            resources={"metadata": {"path": str(task.root)}},
            request_save_on_cell_execute=False,
            start_timeout=180,  # the first kernel of a build waits for the imports of its parent
            shutdown_kernel="immediate",
            kernel_manager_class=manager(environment),
        )
    finally:
        left = asyncio.all_tasks(loop)  # of a cell that ran too long
        for waiting in left:
            waiting.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()


def _literal(path: Path) -> str:
    """Return the path as papermill takes it: it fills braces in a path with parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def failed(job: Job, error: Exception, *, notebook: Path, seconds: float) -> Outcome:
    """Return the outcome of a report that failed with an error: where, what it said, and what to do."""
    from papermill.exceptions import PapermillExecutionError

    kind = type(error).__name__
    place, found = "its run", " ".join(f"{kind}: {error}".split())
    remedy = f"Open notebooks/{job.notebook.name} with sutg lab, or run sutg check for the tables"
    if isinstance(error, PapermillExecutionError):
        place = _failed_cell(job, error.cell_index, str(error.source))
        found = " ".join(f"{error.ename}: {error.evalue}".split())
    elif kind == "CellTimeoutError":
        place, found = _unfinished_cell(job, error), "it ran past its time limit"
        remedy = f"Raise the limit with --timeout, or mend the cell in notebooks/{job.notebook.name}"
    elif kind == "DeadKernelError":
        place, found = "the kernel", "it died (out of memory, or ended by the system)"
    elif isinstance(error, OSError):
        remedy = "Free some room on the disk, or put back what it names and mend the notebook or permissions"
    fault = ReportError(
        f"report {job.slug} ({job.notebook.name}) failed in {place}: {found.rstrip('.')}",
        expected="every cell to run",
        remedy=remedy,
    )
    return Outcome(job, "failed", seconds, notebook, str(fault))


def _failed_cell(job: Job, index: int, source: str) -> str:
    """Name a cell as its template counts it; papermill puts one of its own after the parameters."""
    import nbformat

    cells = nbformat.read(job.notebook, as_version=4).cells
    tagged = [n for n, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    number = index if index > (tagged[0] if tagged else -1) else index + 1
    lines = [line for line in source.splitlines() if line.strip()]
    return f"cell {number} (`{lines[0].strip()}`)" if lines else f"cell {number}"


def _unfinished_cell(job: Job, error: Exception) -> str:
    """Name the cell that ran too long, of which the error shows the first lines and not the number."""
    import nbformat

    preview = re.search(r"^-{5,}\n(.*)$", str(error), re.MULTILINE)
    sources = [str(cell.source) for cell in nbformat.read(job.notebook, as_version=4).cells]
    alike = [n for n, source in enumerate(sources) if preview and source.splitlines()[:1] == [preview[1]]]
    return f"cell {alike[0] + 1} (`{sources[alike[0]].splitlines()[0]}`)" if alike else "a cell"


def spread(
    function: Callable[[Work], Result],
    tasks: tuple[Work, ...],
    *,
    workers: int | None = None,
    cluster: str | None = None,
) -> Iterator[Result]:
    """Call a function once a task and yield what it returns, as it comes.

    Parameters
    ----------
    function
        What to call; it must not raise. For a cluster it must be one that its workers can import.
    tasks
        Its arguments.
    workers, cluster
        How many to run at once on this machine, one more than there are processors if None; or the address of a
        scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    ArgumentError
        Both ``workers`` and ``cluster`` are given.
    SiteError
        There is no scheduler at the address, or it has no workers, or dask.distributed is not installed.
    """
    if cluster is None:
        return _local(function, tasks, workers=workers or default_workers())
    if workers is not None:
        raise ArgumentError(
            "both --workers and --cluster",
            expected="one of them: a cluster's workers are its own",
            remedy="Leave one out",
        )
    return _distributed(function, tasks, address=cluster)


def default_workers() -> int:
    """Return how many reports run at once: one starts or ends while the others compute."""
    return (os.cpu_count() or 1) + 1


def _local(function: Callable[[Work], Result], tasks: tuple[Work, ...], *, workers: int) -> Iterator[Result]:
    # Threads, because the work is done in kernels, which are processes.
    with ThreadPoolExecutor(max(1, min(workers, len(tasks)))) as pool:
        futures = [pool.submit(function, task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _distributed(
    function: Callable[[Work], Result], tasks: tuple[Work, ...], *, address: str
) -> Iterator[Result]:
    client = _client(address)
    try:
        if not client.scheduler_info()["workers"]:
            raise SiteError(
                f"the scheduler at {address} has no workers",
                expected="at least one worker, with this package and this project's folder",
                remedy=f"Start some: dask worker {address}",
            )
        futures = [client.submit(function, task, pure=False) for task in tasks]
        while futures:
            done = _done(client, futures, address=address)
            yield from done.values()
            futures = [future for future in futures if future not in done]
    finally:
        client.close(timeout=1)


def _done(client: Client, futures: list[Future[Result]], *, address: str) -> dict[Future[Result], Result]:
    """Wait for the next results, as long as there is somebody who may bring them."""
    from distributed import wait

    while True:
        try:
            done = wait(futures, timeout=PATIENCE, return_when="FIRST_COMPLETED").done
            return {future: future.result() for future in done}
        except TimeoutError:
            if client.status == "running" and client.scheduler_info()["workers"]:
                continue
            raise _lost(f"the scheduler at {address} has no workers any more") from None
        except (CancelledError, OSError) as error:
            raise _lost(f"the scheduler at {address} does not answer any more") from error


def _lost(found: str) -> SiteError:
    return SiteError(
        found,
        expected="a scheduler with workers, to the end of the build",
        remedy="Start them again, then build again: what the site shows has not changed",
    )


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise SiteError(
            "--cluster needs dask.distributed, which is not installed",
            expected="the extra called cluster",
            remedy="Run: python -m pip install -c constraints.txt -e '.[cluster]'",
        ) from None
    try:
        return Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise SiteError(
            f"no dask scheduler answers at {address}: {' '.join(str(error).split()) or type(error).__name__}",
            expected="the address of a running scheduler, such as tcp://host:8786",
            remedy="Correct --cluster, or start one: dask scheduler",
        ) from error
