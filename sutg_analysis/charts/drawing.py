"""Drawings are made in a process of their own, because the drawing engine takes half a second to start and 20 ms a drawing.

A kernel lives for one report. With an engine of its own in each kernel a build takes a tenth more processor time, so the build
starts a drawing process for each report that runs at once, and lends it to one kernel after another. Where none is lent,
or it does not answer, a process draws for itself; the drawings are the same.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.connection import Client, Listener
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

ADDRESS = "SUTG_DRAWING"
"""Names the socket of the drawing process that this process may ask."""
_FAMILY = "AF_UNIX"
_FIRST = '{"mark": "text", "encoding": {"text": {"value": "a"}}, "data": {"values": [{}]}}'


def svg_of(spec: str) -> str:
    """Return a Vega-Lite specification, as JSON, drawn as SVG."""
    address = os.environ.get(ADDRESS)
    if address:
        with suppress(OSError, EOFError), Client(address, family=_FAMILY) as connection:
            connection.send(spec)
            svg: str = connection.recv()
            if svg:
                return svg
    return _draw(spec)


def _draw(spec: str) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg


class DrawingProcesses:
    """The drawing processes that this process has started, as many as were ever lent at once."""

    def __init__(self) -> None:
        self._free: SimpleQueue[tuple[subprocess.Popen[bytes], str]] = SimpleQueue()

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Lend a drawing process, a new one if none is free: the socket that one kernel may send to."""
        try:
            process, address = self._free.get_nowait()
            if process.poll() is not None:
                raise Empty
        except Empty:
            address = str(Path(tempfile.mkdtemp(prefix=f"sutg-{os.getpid()}-")) / "drawing")
            process = subprocess.Popen(
                [sys.executable, "-m", "sutg_analysis.charts.drawing", address],
                stdin=subprocess.PIPE,
                start_new_session=True,
                # The engine takes dates for local times, and months are then of other lengths where the clocks change.
                env={**os.environ, "TZ": "UTC"},
            )
        try:
            yield address
        finally:
            self._free.put((process, address))

    def close(self) -> None:
        """End every process that is not lent."""
        with suppress(Empty):
            while True:
                process, _ = self._free.get_nowait()
                process.communicate()


@cache
def _processes() -> DrawingProcesses:
    processes = DrawingProcesses()
    atexit.register(processes.close)
    return processes


@contextmanager
def lent_process() -> Iterator[str]:
    """Lend one kernel a drawing process: its socket, or nothing where the system has no such sockets."""
    if os.name != "posix":
        yield ""
        return
    with _processes().lend() as address:
        yield address


def main() -> None:
    """Draw what is asked for at a socket, until whoever started this process is gone."""
    address = sys.argv[1]
    with Listener(address, family=_FAMILY, backlog=16) as listener:
        Thread(target=_end_with_parent, args=(address,), daemon=True).start()
        _draw(_FIRST)
        while True:
            with listener.accept() as connection, suppress(OSError, EOFError):
                spec = connection.recv()
                try:
                    svg = _draw(spec)
                except Exception:
                    svg = ""  # whoever asked then draws it, and fails in the same way
                connection.send(svg)


def _end_with_parent(address: str) -> None:
    """Wait for the end of the input, which is the end of whoever started this process, even if killed."""
    sys.stdin.buffer.read()
    shutil.rmtree(Path(address).parent, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
