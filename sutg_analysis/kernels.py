"""Kernels that talk over local sockets: no network port to clash with, and none for others to reach."""

from __future__ import annotations

from jupyter_client.manager import AsyncKernelManager


class LocalKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels use inter-process sockets, which Unix systems have."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.transport = "ipc"
