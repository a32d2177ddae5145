"""Kernels that talk over local sockets: no network port to clash with, and none for others to reach.

Each kernel's sockets have a folder of their own. Without one, kernels that start in the same folder at the same
moment take the same names and wait for each other for ever.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager


class LocalKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels use inter-process sockets, which Unix systems have."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sockets = Path(tempfile.mkdtemp(prefix="sutg-"))
        self.transport = "ipc"
        self.ip = str(self.sockets / "kernel")

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self.sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
