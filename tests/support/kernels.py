"""Kernels for nbval that start as those of a build do: forks of one process, which has imported what reports need."""

import nbval.kernel
from jupyter_client.client import KernelClient
from jupyter_client.manager import KernelManager
from traitlets import Type

from sutg_analysis.publish.kernels import LocalKernelManager, can_fork


class BlockingManager(LocalKernelManager):
    """A build's manager of kernels under the names that nbval calls, which waits for no coroutine."""

    client_factory = Type(klass=KernelClient)
    start_kernel = KernelManager.start_kernel
    shutdown_kernel = KernelManager.shutdown_kernel
    interrupt_kernel = KernelManager.interrupt_kernel
    is_alive = KernelManager.is_alive

    def __init__(self, **options):
        super().__init__(**options)
        self.client_class = "jupyter_client.blocking.client.BlockingKernelClient"


def start_nbvals_kernels_as_forks():
    """Have nbval start a notebook's kernel in an instant, where the system can fork."""
    if can_fork():
        nbval.kernel.KernelManager = BlockingManager
