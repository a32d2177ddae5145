"""Kernels that start in an instant and talk over local sockets.

A kernel spends its first seconds importing pandas and the rest. Where the system can fork, a parent process does so once
and each kernel is a fork of it; elsewhere kernels start as Jupyter starts them. Both run the same notebook the same
way. Sockets are inter-process ones: no network port to clash with, and none for others to reach. Each kernel's
sockets have a folder of their own; without one, kernels that start in one folder at the same moment take the
same names and wait for each other for ever.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from functools import cache
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

_IMPORTED = [
    "altair",
    "ipykernel.kernelapp",
    "openpyxl",
    "pandera.pandas",
    "scipy.stats",
    "statsmodels.api",
    "sutg_analysis.briefing",
    "sutg_analysis.cyclebriefing",
    "sutg_analysis.harmbriefing",
    "sutg_analysis.oversight",
    "sutg_analysis.waitbriefing",
    "sutg_analysis.warningbriefing",
]
"""What the parent imports: all that a report may, early or late. None of it may start a thread or open a socket."""


class LocalKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels use inter-process sockets, which Unix systems have."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sockets = Path(tempfile.mkdtemp(prefix="sutg-"))
        self.transport = "ipc"
        self.ip = str(self.sockets / "kernel")

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
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

    cleanup_resources = _async_cleanup_resources


def _forks(kernel_spec: Any) -> bool:
    """Say whether a kernel is one of this Python's, and the system can fork it."""
    ours = kernel_spec is not None and "ipykernel_launcher" in kernel_spec.argv
    return ours and "forkserver" in get_all_start_methods() and sys.platform != "darwin"


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a process that has imported what notebooks import."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork the kernel that the command would have started."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder, environment = options.get("cwd") or str(Path.cwd()), dict(options.get("env") or os.environ)
        process = _parent().Process(target=_run_kernel, args=(arguments, str(folder), environment))
        process.start()
        self.process: Any = _Forked(process)
        self.pid, self.pgid, self.cwd = process.pid, None, folder
        return self.connection_info


@cache
def _parent() -> Any:
    """Return the context whose processes are forks of one parent with the imports done."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context


class _Forked:
    """A forked process under the names that Jupyter calls a started program by."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self.process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self) -> int | None:
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        """Signal the kernel and the programs it has started, which are a group of their own once it runs."""
        pid = self.process.pid
        if pid is None or self.process.exitcode is not None:
            return
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            os.kill(pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _run_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Become a kernel: a session, folder, environment and random state of one's own."""
    import random

    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed()
    np.random.seed()  # noqa: NPY002  every fork would otherwise draw the same numbers
    # A kernel ends with its parent, whose number it would else look up in an environment not yet its own.
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
