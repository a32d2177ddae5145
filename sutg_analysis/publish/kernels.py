"""Kernels are forks of one process that has imported what they need, so each starts in an instant.

A kernel spends its first seconds importing pandas and the rest. Where the system can fork, a server of kernels
(``python -m sutg_analysis.publish.kernels``) does so once a build and forks a kernel when asked; elsewhere kernels start as
Jupyter starts them. Both run the same notebook the same way.

The server is a program of its own, and not ``multiprocessing``'s, which would run the script that builds again in each
kernel, and forks nothing for a worker of a dask cluster. It reads requests as lines of JSON and answers each with a line.
When its input ends, however the build ended, it kills its kernels and deletes their sockets: a killed build leaves none.

Sockets are inter-process ones: no network port to clash with, and none for others to reach. Each kernel's have a folder
of their own; kernels that start in one folder at the same moment take the same names and wait for each other for ever.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import random
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
from typing import Any, ClassVar
from uuid import uuid4

import numpy as np
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo, port_names
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.paths import jupyter_path

from sutg_analysis.publish.publishing import SOCKETS

_IMPORTED = [
    "altair",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "openpyxl",
    "pandera.pandas",
    "pyarrow.feather",
    "scipy.stats",
    "statsmodels.api",
    "sutg_analysis.reports.verdicts",
    "sutg_analysis.reports.show",
    "sutg_analysis.quality.knowledge",
    "sutg_analysis.quality.harm",
    "sutg_analysis.ledger.scorecard",
    "sutg_analysis.waiting.project",
    "sutg_analysis.waiting.forecast",
    "sutg_analysis.ledger.triangulation",
]
"""All that a report may import, early or late. None of it may start a thread or open a socket."""


def can_fork() -> bool:
    """Say whether this system can start kernels as forks; macOS has libraries that a fork breaks."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def manager(environment: Mapping[str, str]) -> type[AsyncKernelManager]:
    """Return the class of managers whose kernels have these variables in their environment."""
    kind = LocalKernelManager if os.name == "posix" else PlainKernelManager
    return type(kind.__name__, (kind,), {"environment": dict(environment)})


class PlainKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels start as Jupyter starts them, with an environment of the run's own."""

    environment: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **options: object) -> None:
        # In Jupyter's folders alone; IPython's, where kernels were once, need a home that can be written.
        specs = KernelSpecManager(kernel_dirs=jupyter_path("kernels"))
        super().__init__(**{"kernel_spec_manager": specs, **options})

    async def _async_pre_start_kernel(
        self, *, env: Mapping[str, str] | None = None, **options: Any
    ) -> tuple[list[str], dict[str, object]]:
        env = {**(env or os.environ), **self.environment}
        return await super()._async_pre_start_kernel(env=env, **options)

    pre_start_kernel = _async_pre_start_kernel


class LocalKernelManager(PlainKernelManager):
    """A kernel manager whose kernels are forks where that can be, and use inter-process sockets."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.client_class = f"{__name__}.{PromptClient.__name__}"
        self.sockets = Path(tempfile.mkdtemp(prefix=f"{SOCKETS}-{os.getpid()}-"))
        self.transport = "ipc"
        self.ip = str(self.sockets / "kernel")
        # Kept here, or a build that is killed leaves it among the system's temporary files with the kernel's key.
        self.connection_file = str(self.sockets / "connection.json")

    async def _async_pre_start_kernel(
        self, *, env: Mapping[str, str] | None = None, **options: Any
    ) -> tuple[list[str], dict[str, object]]:
        # Not the analyst's own, which may be no folder that can be written, or start with code of theirs.
        env = {**(env or os.environ), "IPYTHONDIR": str(self.sockets / "ipython")}
        spec = self.kernel_spec
        of_this_python = spec is not None and "ipykernel_launcher" in spec.argv
        if self.provisioner is None and of_this_python and can_fork():
            self.kernel_id = self.kernel_id or str(uuid4())
            self.provisioner = ForkedProvisioner(kernel_id=self.kernel_id, kernel_spec=spec, parent=self)
        return await super()._async_pre_start_kernel(env=env, **options)

    pre_start_kernel = _async_pre_start_kernel

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self.sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources  # type: ignore[assignment]


class PromptClient(AsyncKernelClient):
    """A client that is ready once it hears the kernel; Jupyter's listens on for a fifth of a second of silence."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = monotonic() + (timeout or inf)
        while True:
            self.kernel_info()
            try:
                self._handle_kernel_info_reply(await self.shell_channel.get_msg(timeout=1))
                await self.iopub_channel.get_msg(
                    timeout=0.05
                )  # a word on the channel that carries its outputs
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if monotonic() > end:
                    raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds") from None
            else:
                return

    wait_for_ready = _async_wait_for_ready


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a process that has imported what notebooks import."""

    async def launch_kernel(
        self,
        cmd: list[str],
        *,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        **options: object,  # noqa: ARG002  what Jupyter would give subprocess
    ) -> KernelConnectionInfo:
        """Fork the kernel that the command would have started."""
        sockets = Path(getattr(self.parent, "sockets", ""))
        kernel = ForkedKernel(
            arguments=cmd[cmd.index("ipykernel_launcher") + 1 :],
            folder=str(cwd or Path.cwd()),
            environment=dict(env or os.environ),
            sockets=str(sockets),
        )
        self.process = kernel  # type: ignore[assignment]
        self.pid, self.pgid, self.cwd = kernel.pid, None, cwd
        # To connect to a socket that is not there yet costs a tenth of a second before the next try.
        while len(list(sockets.glob("kernel-*"))) < len(port_names) and kernel.poll() is None:
            await asyncio.sleep(0.005)
        return self.connection_info


class ForkedKernel:
    """A forked kernel under the names by which Jupyter knows a program that it started with ``subprocess``."""

    stdin = stdout = stderr = None

    def __init__(self, **request: object) -> None:
        pid = kernel_server().ask(request)
        assert pid is not None
        self.pid = pid

    def poll(self) -> int | None:
        """Return how the kernel ended, as Python counts it (a signal is negative); None while it runs."""
        return kernel_server().ask({"poll": self.pid})

    wait = poll

    def send_signal(self, number: int) -> None:
        """Signal the kernel and the programs it has started, which are a group of their own once it runs."""
        if self.poll() is None:
            _signal(self.pid, number)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


class KernelServer:
    """The server of kernels as a build sees it: started when first asked for a kernel."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = Lock()

    def ask(self, request: Mapping[str, object]) -> int | None:
        """Send one request and return its answer: the process number of a kernel, or how one ended."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__],
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
        known: int | None = json.loads(answer)
        return known

    def close(self) -> None:
        """End the server and every kernel it still has."""
        with self._lock:
            if self._process is not None and self._process.stdin and self._process.stdout:
                self._process.stdin.close()
                self._process.wait()
                self._process.stdout.close()
                self._process = None


@cache
def kernel_server() -> KernelServer:
    """Return this process's server of kernels, which ends with it."""
    server = KernelServer()
    atexit.register(server.close)
    return server


def main() -> None:
    """Import what reports import, answer requests until there are no more, then end the kernels that are left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _IMPORTED:
        import_module(name)
    gc.freeze()  # or every kernel copies the memory that its collector looks through
    started: dict[int, str] = {}
    codes: dict[int, int] = {}
    try:
        for line in sys.stdin:
            request = json.loads(line)
            if "poll" in request:
                answer = _exit_code(request["poll"], codes)
            else:
                answer = _fork(request["arguments"], request["folder"], request["environment"])
                started[answer] = request["sockets"]
            print(json.dumps(answer), flush=True)
    except BrokenPipeError:
        pass  # whoever asked is gone
    finally:
        for pid, sockets in started.items():
            if _exit_code(pid, codes) is None:
                _signal(pid, signal.SIGKILL)
            shutil.rmtree(sockets, ignore_errors=True)


def _exit_code(pid: int, codes: dict[int, int]) -> int | None:
    """Return the code with which a kernel ended, which the system tells once; None while it runs."""
    if pid not in codes:
        try:
            ended, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return codes.setdefault(pid, 1)
        if ended:
            codes[pid] = os.waitstatus_to_exitcode(status)
    return codes.get(pid)


def _signal(pid: int, number: int) -> None:
    """Signal a kernel and its group, or the kernel alone in the moment before it has one."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        os.kill(pid, number)


def _fork(arguments: list[str], folder: str, environment: dict[str, str]) -> int:
    if pid := os.fork():
        return pid
    try:
        _become_kernel(arguments, folder, environment)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _become_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Become a kernel: a session, folder, environment and random state of one's own."""
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


if __name__ == "__main__":
    main()
