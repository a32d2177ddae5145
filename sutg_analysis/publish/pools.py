"""Where reports run: on this machine, or on the workers of a dask.distributed scheduler. Both take whole reports.

A worker that is lost takes nothing with it: its scheduler gives the report to another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from sutg_analysis.errors import ArgumentError, SiteError

Task = TypeVar("Task")
Result = TypeVar("Result")
PATIENCE = 10.0
"""Seconds to wait for a scheduler to answer."""


def spread(
    function: Callable[[Task], Result],
    tasks: tuple[Task, ...],
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
    workers
        How many to run at once on this machine; one more than there are processors if None.
    cluster
        The address of a scheduler, such as ``tcp://host:8786``; this machine if None.

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


def _local(function: Callable[[Task], Result], tasks: tuple[Task, ...], *, workers: int) -> Iterator[Result]:
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
    function: Callable[[Task], Result], tasks: tuple[Task, ...], *, address: str
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


def _done(client: Any, futures: list[Any], *, address: str) -> dict[Any, Any]:
    """Wait for the next results, as long as there is somebody who may bring them."""
    from concurrent.futures import CancelledError

    from distributed import wait

    while True:
        try:
            done = wait(futures, timeout=PATIENCE, return_when="FIRST_COMPLETED").done
            return {future: future.result() for future in done}
        except TimeoutError:
            if client.status == "running" and client.scheduler_info()["workers"]:
                continue
            raise _lost(address, "has no workers any more") from None
        except (CancelledError, OSError) as error:
            raise _lost(address, "does not answer any more") from error


def _lost(address: str, said: str) -> SiteError:
    return SiteError(
        f"the scheduler at {address} {said}",
        expected="a scheduler with workers, to the end of the build",
        remedy="Start them again, then build again: what the site shows has not changed",
    )


def _client(address: str):  # type: ignore[no-untyped-def]
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
