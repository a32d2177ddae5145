"""The parent of kernels: a process that has imported what reports import, and forks a kernel when asked.

``python -m sutg_analysis.publish.nursery`` reads one JSON object a line and answers each with one. It ends when its input
does, however the build ended, and takes its kernels and their sockets with it: a build that is killed leaves none.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from importlib import import_module
from threading import Lock
from typing import IO, Any

_IMPORTED = [
    "altair",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "openpyxl",
    "pandera.pandas",
    "pyarrow.feather",
    "scipy.stats",
    "statsmodels.api",
    "sutg_analysis.reports.measures",
    "sutg_analysis.reports.improvement",
    "sutg_analysis.reports.harm",
    "sutg_analysis.reports.oversight",
    "sutg_analysis.reports.waiting",
    "sutg_analysis.reports.early_warning",
]
"""All that a report may import, early or late. None of it may start a thread or open a socket."""


SOCKETS = "sutg"
"""Folders of sockets in the system's temporary folder are called this, the process that made them, and a word."""


def can_fork() -> bool:
    """Say whether this system can start kernels as forks; macOS has libraries that a fork breaks."""
    return hasattr(os, "fork") and sys.platform != "darwin"


class Nursery:
    """The near end: starts the process when first asked for a kernel, and speaks with it a line at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = Lock()

    def start(self, arguments: list[str], *, folder: str, environment: dict[str, str], sockets: str) -> int:
        """Fork a kernel and return its process number."""
        asked = {"arguments": arguments, "folder": folder, "environment": environment, "sockets": sockets}
        return int(self._ask(asked)["pid"])

    def poll(self, pid: int) -> int | None:
        """Return how a kernel ended, as Python counts it (a signal is negative); None while it runs."""
        code = self._ask({"poll": pid})["code"]
        return None if code is None else int(code)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "sutg_analysis.publish.nursery"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                    env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"},  # or the debugger speaks
                )
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the parent of the kernels ended (out of memory, or ended by the system)")
        return json.loads(answer)

    def close(self) -> None:
        """End the process and every kernel it still has."""
        with self._lock:
            if self._process is not None and self._process.stdin and self._process.stdout:
                self._process.stdin.close()
                self._process.wait()
                self._process.stdout.close()
                self._process = None


@cache
def nursery() -> Nursery:
    """Return this process's nursery, which ends with it."""
    made = Nursery()
    atexit.register(made.close)
    return made


def serve(asked: IO[str], answered: IO[str]) -> None:
    """Answer requests until there are no more, then end what was started."""
    started: dict[int, str] = {}
    codes: dict[int, int] = {}
    try:
        for line in asked:
            request = json.loads(line)
            if "poll" in request:
                answer: dict[str, Any] = {"code": _poll(request["poll"], codes)}
            else:
                answer = {"pid": _fork(request)}
                started[answer["pid"]] = request["sockets"]
            answered.write(json.dumps(answer) + "\n")
            answered.flush()
    except BrokenPipeError:
        pass  # whoever asked is gone
    finally:
        for pid, sockets in started.items():
            if _poll(pid, codes) is None:
                _kill(pid)
            shutil.rmtree(sockets, ignore_errors=True)


def _poll(pid: int, codes: dict[int, int]) -> int | None:
    if pid not in codes:
        try:
            ended, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return codes.setdefault(pid, 1)
        if ended:
            codes[pid] = os.waitstatus_to_exitcode(status)
    return codes.get(pid)


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        return


def _fork(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _become_kernel(request["arguments"], request["folder"], request["environment"])
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _become_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Become a kernel: a session, folder, environment and random state of one's own."""
    import random

    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed()
    np.random.seed()  # noqa: NPY002  every fork would otherwise draw the same numbers
    own = [
        # A kernel ends with its parent, whose number it would else look up in an environment not yet its own.
        f"--IPKernelApp.parent_handle={os.getppid()}",
        "--IPKernelApp.log_level=CRITICAL",  # or one that is interrupted as it is ended says so to the user
        "--HistoryManager.enabled=False",
    ]
    IPKernelApp.launch_instance([*arguments, *own])


def main() -> None:
    """Import what reports import, then serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _IMPORTED:
        import_module(name)
    gc.freeze()  # or every kernel copies the memory that its collector looks through
    serve(sys.stdin, sys.stdout)


if __name__ == "__main__":
    main()
