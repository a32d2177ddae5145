"""A PostgreSQL server of this machine, started for tests in a folder of its own, on a loopback port, with passwords."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "qi_reader_7", "it's a:p@ss/w%rd?"


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, or None where the machine has no server."""
    on_path = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders += [Path(on_path).resolve().parent] if on_path else []
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@dataclass
class Server:
    """A running server: its port, and how to reach it as its owner and stop it at once."""

    port: int
    folder: Path
    programs: Path

    def admin(self):
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="owner",
            password=PASSWORD,
            dbname="postgres",
            autocommit=True,
        )

    def stop(self) -> None:
        as_owner([self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"])


def as_owner(command: list) -> None:
    """Run a command as a user the server takes, for it refuses to run as root."""
    words = [str(word) for word in command]
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    before = ["runuser", "-u", "postgres", "--"] if root else []
    done = subprocess.run([*before, *words], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr + done.stdout


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    found = programs()
    assert found is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        shutil.chown(secret, "postgres")
    data = folder / "data"
    as_owner(
        [
            found / "initdb",
            "-D",
            data,
            "-U",
            "owner",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-E",
            "UTF8",
        ]
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    as_owner([found / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"])
    server = Server(port, folder, found)
    try:
        yield server
    finally:
        if (data / "postmaster.pid").exists():
            server.stop()
