"""What several tests start from: a small project of two measures, one ward and a trust."""

import os
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings
from typer.testing import CliRunner

from tests.support.kernels import start_nbvals_kernels_as_forks
from tests.support.notebooks import add_report
from tests.support.tables import Tables

settings.register_profile("project", deadline=None)
settings.load_profile("project")

SHARED = Path(__file__).parents[2] / "shared"


def pytest_configure():
    start_nbvals_kernels_as_forks()


def pytest_xdist_auto_num_workers(config):
    """One worker more than there are cores: those that wait for a browser or a kernel leave theirs idle."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items):
    """Mark the cells of notebooks, which nbval runs, as slower; put files that take long first, lest one be waited for."""
    place = {}
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker("kernel")
        marks = {mark.name for mark in item.iter_markers()}
        rank = next((rank for rank, name in enumerate(("browser", "kernel")) if name in marks), 2)
        place[item.path] = min(rank, place.get(item.path, rank))
    items.sort(key=lambda item: place[item.path])


@pytest.fixture
def tables(tmp_path):
    return Tables(tmp_path / "mine")


@pytest.fixture(scope="session")
def shared():
    if not SHARED.is_dir():
        pytest.skip("the folder of published data beside the project is absent")
    return SHARED


READERS = ("trends", "waiting", "quality", "reports")
"""Rooms whose tests begin with tables that have been checked."""
KINDS = (
    "board_report",
    "highlight",
    "priority-access-to-services",
    "programme",
    "sitrep",
    "expectations",
    "unit-mental-health",
    "unit-sedge-ward",
    "data_quality",
    "measure-falls",
)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id):
    """Make a folder once for all processes of a run: the first to ask makes it, the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def folder(name, make):
        root = shared / name
        with FileLock(f"{root}.lock"):
            if not Path(f"{root}.made").exists():
                shutil.rmtree(root, ignore_errors=True)
                make(root)
                Path(f"{root}.made").touch()
        return root

    return folder


@pytest.fixture(scope="session")
def example_snapshot(made_once):
    """The example's tables as checked once, in the form in which a build hands them to its kernels."""
    from sutg_analysis.catalogue.load import load, store
    from sutg_analysis.project import shipped

    return made_once("snapshot", lambda root: store(load(shipped()), root, project=shipped()))


@pytest.fixture(autouse=True, scope="module")
def reads_the_snapshot(request):
    """Analyses and pages read the example as kernels do; the tests of the tables themselves read its files."""
    if request.path.parent.name not in READERS:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUTG_SNAPSHOT", str(request.getfixturevalue("example_snapshot")))
        yield


@pytest.fixture(scope="session")
def documented(made_once):
    """A small project with one report that shows nothing, built: its site is the documentation and little else."""
    from sutg_analysis.cli import app

    def make(root):
        Tables(root).write()
        add_report(root, "one", "One")
        words = ["build", "--project", str(root), "--renderer", "pandoc", "--workers", "1"]
        assert CliRunner().invoke(app, words).exit_code == 0

    return made_once("documented", make)


@pytest.fixture(scope="session")
def warm(documented):
    """Give a project what every site has alike: the documentation's pages as rendered, and the script that draws."""

    def give(root):
        kept, own = documented / ".sutg", root / ".sutg"
        shutil.copytree(kept / "pages", own / "pages")
        for path in kept.glob("vega-*.js"):
            shutil.copyfile(path, own / path.name)
        return root

    return give


@pytest.fixture(scope="session")
def example_site(made_once, warm):
    """The example's site with one page of every kind, made by the embedded renderer in a folder of its own."""
    from sutg_analysis.project import shipped
    from sutg_analysis.publish.build import build

    def make(root):
        shutil.copytree(shipped() / "data", root / "data")
        assert build(warm(root), reports=KINDS, renderer="pandoc").failed == ()

    return made_once("example", make) / "_site"


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
