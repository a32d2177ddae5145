"""Builds killed at random moments: what each leaves of the published site, and whether the next build is right.

``python -m benchmarks.kills --kills 50`` changes a row, starts ``sutg build``, kills it (SIGKILL), and looks: the site must
be wholly the old one or wholly the new one, every page and link; then ``sutg build`` must finish, with no kernel, socket
or unfinished file left.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parents[1]
PAGES = ("measure", "unit", "data_quality")
KNOWN = {"build.lock", "build.pid", "builds.jsonl", "pages", "sites", "tables"}
VALUE = re.compile(r"^falls,ward-a,2023-09-01,\d+,", re.MULTILINE)


@dataclass(frozen=True)
class Trial:
    """One kill: when, what stood afterwards, and what was wrong."""

    seconds: float
    stood: str
    faults: tuple[str, ...]


def make_project(root: Path) -> Path:
    """Write a small project of two measures and a ward."""
    sys.path.insert(0, str(HERE))
    from tests.support.tables import Tables

    return Tables(root).write()


def temporary(root: Path) -> Path:
    """Return the folder of temporary files that is the builds' own, so that whatever they leave is theirs."""
    return root.parent / "temporary"


def build(root: Path) -> subprocess.Popen:
    """Start a build."""
    words = [sys.executable, "-m", "sutg_analysis", "build", "--renderer", "pandoc", "--project", str(root)]
    words += [word for page in PAGES for word in ("--report", page)]
    temporary(root).mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(HERE), "TMPDIR": str(temporary(root))}
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)


def finish(root: Path) -> str:
    """Build to the end; return what was wrong."""
    process = build(root)
    said = process.communicate()[0].decode()
    return "" if process.returncode == 0 else said.strip()


def content(folder: Path) -> str:
    """Return the digest of a folder's files."""
    parts = [
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def change(root: Path, value: int) -> None:
    """Give the last month of the ward another count."""
    path = root / "data/observations.csv"
    path.write_text(VALUE.sub(f"falls,ward-a,2023-09-01,{value},", path.read_text()))


def site_faults(site: Path, value: int) -> list[str]:
    """List what a whole site may not have: a link that leads nowhere, a page that shows another count."""
    faults = []
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if not text.rstrip().endswith("</html>"):
            faults.append(f"{page.name} is cut off")
        links = re.findall(r'(?:href|src)="([^"#:?]+)[#?"]', text)
        gone = [link for link in links if not (page.parent / link).exists()]
        faults += [f"{page.name} links to {link}, which is not there" for link in gone]
    shown = (site / "reports/2023-24-q2/measure-falls.html").read_text(encoding="utf-8")
    if f"{value} in September 2023" not in " ".join(shown.split()):
        faults.append(f"measure-falls does not show {value}")
    return faults


def left_over(root: Path) -> list[str]:
    """List what a build must not leave: kernels, sockets, temporary and unfinished files."""
    faults = [f"process {line}" for line in _processes(root)]
    faults += [f"temporary {path.name}" for path in temporary(root).iterdir()]
    scratch = {path.name for path in (root / ".sutg").iterdir() if path.suffix != ".js"}
    faults += sorted(scratch - KNOWN)
    faults += [path.name for path in root.iterdir() if path.name.startswith(".sutg_site")]
    return faults


def _processes(root: Path) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            named = (folder / "cwd").readlink() == root
        except OSError:
            continue
        if named:
            found.append(folder.name)
    return found


def trial(root: Path, *, value: int, seconds: float) -> Trial:
    """Change the row, kill a build after some seconds, look at the site, and build to the end."""
    site, before = root / "_site", content(root / "_site")
    change(root, value)
    process = build(root)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    time.sleep(0.5)
    faults = [f"a kernel outlived its build: {pid}" for pid in _processes(root)]
    old = content(site) == before if site.is_dir() else False
    if not old:
        faults += site_faults(site, value) if site.is_dir() else ["there is no site"]
    said = finish(root)
    faults += [f"the next build: {said}"] if said else site_faults(site, value)
    return Trial(seconds, "old" if old else "new", (*faults, *left_over(root)))


def main() -> None:
    """Kill builds and print what each left."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kills-")).resolve()
    root = make_project(folder / "mine")
    finish(root)
    change(root, 30)
    start = time.perf_counter()
    finish(root)
    whole = time.perf_counter() - start
    rng = random.Random(chosen.seed)
    trials = []
    for number in range(chosen.kills):
        trials.append(trial(root, value=31 + number, seconds=rng.uniform(0, 1.1 * whole)))
        last = trials[-1]
        print(
            f"{number + 1:3}  {last.seconds:5.2f} s  {last.stood}  {'; '.join(last.faults) or 'right'}",
            flush=True,
        )
    shutil.rmtree(folder)
    wrong = sum(bool(each.faults) for each in trials)
    stood = {word: sum(each.stood == word for each in trials) for word in ("old", "new")}
    print(
        f"{len(trials)} kills within {whole:.1f} s: {stood['old']} left the old site, {stood['new']} the new; {wrong} wrong"
    )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
