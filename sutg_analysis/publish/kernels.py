"""Kernels that start in an instant and talk over local sockets.

A kernel spends its first seconds importing pandas and the rest. Where the system can fork, a parent process does so once
and each kernel is a fork of it; elsewhere kernels start as Jupyter starts them. Both run the same notebook the same
way. Sockets are inter-process ones: no network port to clash with, and none for others to reach. Each kernel's
sockets have a folder of their own; without one, kernels that start in one folder at the same moment take the
same names and wait for each other for ever.

The parent of kernels: a process that has imported what reports import, and forks a kernel when asked.

``python -m sutg_analysis.publish.kernels`` reads one JSON object a line and answers each with one. It ends when its input
does, however the build ended, and takes its kernels and their sockets with it: a build that is killed leaves none.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from math import inf
from pathlib import Path
from queue import Empty
from threading import Lock
from time import monotonic
from typing import IO, Any, ClassVar
from uuid import uuid4

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import port_names
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.paths import jupyter_path

_IMPORTED = [
    "altair",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "xlsxwriter",
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
                    [sys.executable, "-m", "sutg_analysis.publish.kernels"],
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


@cache
def _specs() -> KernelSpecManager:
    """Find kernels in Jupyter's folders alone; IPython's, where they were once, need a home that can be written."""
    return KernelSpecManager(kernel_dirs=jupyter_path("kernels"))


class PlainKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels start as Jupyter starts them, with an environment of the run's own."""

    environment: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"kernel_spec_manager": _specs(), **options})

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        options["env"] = {**(options.get("env") or os.environ), **self.environment}
        return await super()._async_pre_start_kernel(**options)

    pre_start_kernel = _async_pre_start_kernel


class PromptClient(AsyncKernelClient):
    """A client that is ready once it hears the kernel; Jupyter's listens on for a fifth of a second of silence."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = monotonic() + (timeout or inf)
        while not await self._heard():
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    wait_for_ready = _async_wait_for_ready

    async def _heard(self) -> bool:
        """Ask the kernel and say whether its answer arrives, and a word on the channel that carries its outputs."""
        self.kernel_info()
        try:
            self._handle_kernel_info_reply(await self.shell_channel.get_msg(timeout=1))
            await self.iopub_channel.get_msg(timeout=0.05)
        except Empty:
            return False
        return True


class LocalKernelManager(PlainKernelManager):
    """A kernel manager whose kernels are forks where that can be, and use inter-process sockets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_class = f"{__name__}.{PromptClient.__name__}"
        self.sockets = Path(tempfile.mkdtemp(prefix=f"{SOCKETS}-{os.getpid()}-"))
        self.transport = "ipc"
        self.ip = str(self.sockets / "kernel")
        # Kept here, or a build that is killed leaves it among the system's temporary files with the kernel's key.
        self.connection_file = str(self.sockets / "connection.json")

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        # Not the analyst's own, which may be no folder that can be written, or start with code of theirs.
        options["env"] = {**(options.get("env") or os.environ), "IPYTHONDIR": str(self.sockets / "ipython")}
        if self.provisioner is None and _forks(self.kernel_spec):
            self.kernel_id = self.kernel_id or str(uuid4())
            self.provisioner = ForkedProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**options)

    pre_start_kernel = _async_pre_start_kernel

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self.sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources  # type: ignore[assignment]


def manager(environment: Mapping[str, str]) -> type[AsyncKernelManager]:
    """Return the class of managers whose kernels have these variables in their environment."""
    kind = LocalKernelManager if os.name == "posix" else PlainKernelManager
    return type(kind.__name__, (kind,), {"environment": dict(environment)})


def _forks(kernel_spec: Any) -> bool:
    """Say whether a kernel is one of this Python's, and the system can fork it."""
    return kernel_spec is not None and "ipykernel_launcher" in kernel_spec.argv and can_fork()


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a process that has imported what notebooks import."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork the kernel that the command would have started."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder, environment = options.get("cwd") or str(Path.cwd()), dict(options.get("env") or os.environ)
        sockets = str(getattr(self.parent, "sockets", ""))
        pid = nursery().start(arguments, folder=str(folder), environment=environment, sockets=sockets)
        self.process: Any = _Forked(pid)
        self.pid, self.pgid, self.cwd = pid, None, folder
        # To connect to a socket that is not there yet costs a tenth of a second before the next try.
        while len(list(Path(sockets).glob("kernel-*"))) < len(port_names) and self.process.poll() is None:
            await asyncio.sleep(0.005)
        return self.connection_info


class _Forked:
    """A forked process under the names that Jupyter calls a started program by."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        return nursery().poll(self.pid)

    wait = poll

    def send_signal(self, number: int) -> None:
        """Signal the kernel and the programs it has started, which are a group of their own once it runs."""
        if self.poll() is not None:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)
