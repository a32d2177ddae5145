"""Commands that start another program."""

import json
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from sutg_analysis.project import shipped

TOKEN = "of-this-test"


def ask(port, path, **options):
    request = Request(
        f"http://127.0.0.1:{port}/{path}", headers={"Authorization": f"token {TOKEN}"}, **options
    )
    with urlopen(request, timeout=30) as answer:
        return answer.status, answer.read().decode("utf-8")


def ask_when_ready(port, path, running, *, seconds=120):
    """Ask a server that is about to start, until it answers or has ended."""
    until = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < until:
        try:
            return ask(port, path)
        except URLError:
            time.sleep(0.2)
    raise AssertionError(f"no answer on port {port}; it ended with {running.poll()}")


@pytest.fixture
def jupyter(tmp_path, monkeypatch):
    """A free port, on which JupyterLab starts without a browser and with settings of this test alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "open_browser": False, "allow_root": True}
    settings = {"ServerApp": server, "IdentityProvider": {"token": TOKEN}}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(settings), encoding="utf-8")
    for name in ("config", "runtime", "data"):
        monkeypatch.setenv(f"JUPYTER_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return port


@pytest.mark.kernel
def test_lab_opens_jupyterlab_on_the_templates(jupyter):
    command = [sys.executable, "-m", "sutg_analysis", "lab", "--project", str(shipped())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            status, page = ask_when_ready(jupyter, "lab", running)
            _, listed = ask(jupyter, "api/contents")
            ask(jupyter, "api/shutdown", method="POST")
            ended = running.wait(timeout=60)
        finally:
            running.kill()

    assert (status, ended) == (200, 0)
    assert "<title>JupyterLab</title>" in page
    assert "measure.ipynb" in {entry["name"] for entry in json.loads(listed)["content"]}
