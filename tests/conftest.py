"""What several tests start from: a small project of two measures, one ward and a trust."""

import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest
from hypothesis import settings

from tests.support.tables import Tables

settings.register_profile("project", deadline=None)
settings.load_profile("project")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def tables(tmp_path):
    return Tables(tmp_path / "mine")


@pytest.fixture(scope="session")
def shared():
    if not SHARED.is_dir():
        pytest.skip("the folder of published data beside the project is absent")
    return SHARED


KINDS = (
    "board_report",
    "highlight",
    "priority-access-to-services",
    "programme",
    "sitrep",
    "expectations",
    "unit-mental-health",
    "unit-sedge-ward",
    "framework",
    "data_quality",
    "measure-falls",
)


@pytest.fixture(scope="session")
def example_site(tmp_path_factory):
    """The example's site with one page of every kind, made by the embedded renderer in a folder of its own."""
    from sutg_analysis.project import shipped
    from sutg_analysis.publish.build import build

    root = tmp_path_factory.mktemp("example")
    shutil.copytree(shipped() / "data", root / "data")
    built = build(root, reports=KINDS, renderer="pandoc")
    assert built.failed == ()
    return root / "_site"


@pytest.fixture(scope="session")
def quarto_site(example_site):
    """The same reports rendered by Quarto, served on this machine only, as its scripts need."""
    if shutil.which("quarto") is None:
        pytest.skip("no quarto command on PATH")
    from sutg_analysis.project import Project
    from sutg_analysis.publish.plan import make_plan
    from sutg_analysis.publish.site import publish

    root = example_site.parent
    publish(make_plan(Project(root)).basis, renderer="quarto", output=root / "_site_quarto")
    handler = partial(QuietHandler, directory=str(root / "_site_quarto"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium that reaches nothing but files."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on PATH")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def golden(shared):
    """Read a table of the reference outputs: nothing and NaN are missing, all else is what it says."""

    def table(name):
        path = shared / "golden" / name
        return pd.read_csv(path, keep_default_na=False, na_values=["", "NaN"], low_memory=False)

    return table
