"""Kernels that start in an instant and talk over local sockets.

A kernel spends its first seconds importing pandas and the rest. Where the system can fork, a parent process does so once
and each kernel is a fork of it; elsewhere kernels start as Jupyter starts them. Both run the same notebook the same
way. Sockets are inter-process ones: no network port to clash with, and none for others to reach. Each kernel's
sockets have a folder of their own; without one, kernels that start in one folder at the same moment take the
same names and wait for each other for ever.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Mapping
from functools import cache
from math import inf
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any, ClassVar
from uuid import uuid4

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import port_names
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.paths import jupyter_path

from sutg_analysis.publish.nursery import SOCKETS, can_fork, nursery


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
