"""One who draws: a process with a warm drawing engine, which the kernels of a build send their drawings to.

The engine takes half a second to start and twenty milliseconds a drawing, so a kernel that starts its own spends most of
its time on that. Where no artist is named, or it does not answer, a process draws for itself; the drawings are the same.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Client, Listener
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

ARTIST = "SUTG_ARTIST"
"""Names the socket of the artist that this process is to ask."""
_FAMILY = "AF_UNIX"
_FIRST = '{"mark": "text", "encoding": {"text": {"value": "a"}}, "data": {"values": [{}]}}'


def drawn(spec: str) -> str:
    """Return a Vega-Lite specification, as JSON, drawn as SVG."""
    address = os.environ.get(ARTIST)
    if address:
        try:
            with Client(address, family=_FAMILY) as line:
                line.send_bytes(spec.encode())
                answer = line.recv_bytes()
        except (OSError, EOFError):
            return _draw(spec)
        if answer[:1] == b"1":
            return answer[1:].decode()
    return _draw(spec)


def _draw(spec: str) -> str:
    import vl_convert

    drawing: str = vl_convert.vegalite_to_svg(spec)
    return drawing


class Artists:
    """The artists of this process, as many as draw at once, each hired when there is none free."""

    def __init__(self) -> None:
        self._free: SimpleQueue[tuple[subprocess.Popen[bytes], str]] = SimpleQueue()

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Lend an artist: the socket that one kernel may send its drawings to."""
        try:
            process, address = self._free.get_nowait()
            if process.poll() is not None:
                raise Empty
        except Empty:
            process, address = self._hire()
        try:
            yield address
        finally:
            self._free.put((process, address))

    @staticmethod
    def _hire() -> tuple[subprocess.Popen[bytes], str]:
        folder = tempfile.mkdtemp(prefix=f"sutg-{os.getpid()}-")
        address = str(Path(folder) / "artist")
        words = [sys.executable, "-m", "sutg_analysis.charts.artist", address]
        # The engine takes dates for local times, and months are then of other lengths where the clocks change.
        env = {**os.environ, "TZ": "UTC"}
        return subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True, env=env), address

    def close(self) -> None:
        """Let every artist go."""
        while True:
            try:
                process, _ = self._free.get_nowait()
            except Empty:
                return
            assert process.stdin
            process.stdin.close()
            process.wait()


@cache
def _artists() -> Artists:
    made = Artists()
    atexit.register(made.close)
    return made


@contextmanager
def lent_artist() -> Iterator[str]:
    """Lend an artist of this process for one kernel; nothing where the system has no such sockets."""
    if os.name != "posix":
        yield ""
        return
    with _artists().lend() as address:
        yield address


def main() -> None:
    """Draw what is asked for at a socket, until whoever hired this process is gone."""
    address = sys.argv[1]
    Thread(target=_leave_with, args=(address,), daemon=True).start()
    with Listener(address, family=_FAMILY, backlog=16) as listener:
        _draw(_FIRST)
        while True:
            with listener.accept() as line:
                try:
                    line.send_bytes(_answered(line.recv_bytes()))
                except (OSError, EOFError):
                    continue


def _answered(asked: bytes) -> bytes:
    """Return a drawing after a 1; a 0 where it failed, so that the one who asked fails in the same way itself."""
    try:
        return b"1" + _draw(asked.decode()).encode()
    except Exception:
        return b"0"


def _leave_with(address: str) -> None:
    """Wait for the end of the input, which is the end of whoever hired this process."""
    sys.stdin.buffer.read()
    Path(address).unlink(missing_ok=True)
    Path(address).parent.rmdir()
    os._exit(0)


if __name__ == "__main__":
    main()
