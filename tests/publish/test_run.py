"""Reports run here or on a cluster, by one path; a worker that is lost takes nothing with it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.publish.run import spread

pytest.importorskip("distributed", reason="the extra called cluster is not installed")
PROJECT = Path(__file__).parents[2]


def double(number):
    return 2 * number


def slowly(folder):
    """Leave this worker's number and take a while."""
    (Path(folder) / f"{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(0.3)
    return folder


class Cluster:
    """A scheduler and two workers on this machine, each a process of its own."""

    def __init__(self, folder):
        self.file = folder / "scheduler.json"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "tests")])}
        start = {
            "env": environment,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "cwd": folder,
        }
        dask = [sys.executable, "-m", "dask"]
        where = ["--scheduler-file", str(self.file)]
        schedule = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *where]
        work = [*dask, "worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", *where]
        self.scheduler = subprocess.Popen(schedule, **start)
        self.workers = [subprocess.Popen(work, **start) for _ in range(2)]

    @property
    def address(self):
        from distributed import Client

        deadline = time.monotonic() + 60
        while not self.file.is_file() and time.monotonic() < deadline:
            time.sleep(0.1)
        with Client(scheduler_file=str(self.file), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            return client.scheduler.address

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.close()


def test_every_task_is_done_once_on_this_machine():
    assert sorted(spread(double, (1, 2, 3), workers=2)) == [2, 4, 6]


def test_no_task_is_no_work():
    assert list(spread(double, (), workers=2)) == []


def test_a_cluster_has_workers_of_its_own():
    with pytest.raises(ArgumentError, match="both --workers and --cluster"):
        spread(double, (1,), workers=2, cluster="tcp://127.0.0.1:1")


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr("sutg_analysis.publish.run.PATIENCE", 0.5)

    with pytest.raises(SiteError, match="no dask scheduler answers at tcp://127.0.0.1:9"):
        list(spread(double, (1,), cluster="tcp://127.0.0.1:9"))


@pytest.mark.kernel
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_cluster_builds_what_this_machine_builds(tables, warm, dask):
    from sutg_analysis.publish.build import build
    from sutg_analysis.publish.verify import verify

    root = warm(tables.write())

    built = build(root, reports=("measure",), renderer="pandoc", cluster=dask.address)

    assert [outcome.status for outcome in built.outcomes] == ["built", "built"]
    assert verify(root, reports=("measure",)).differences == ()


@pytest.mark.kernel
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_worker_killed_in_the_middle_loses_nothing(dask, tmp_path):
    """The last test of the cluster, which has one worker less from then on."""
    tasks = tuple(str(tmp_path) for _ in range(20))

    results = []
    for done in spread(slowly, tasks, cluster=dask.address):
        results.append(done)
        if len(results) == 4:
            dask.workers[0].send_signal(signal.SIGKILL)

    assert len(results) == 20
    assert len({path.name.split("-")[0] for path in tmp_path.iterdir()}) == 2
