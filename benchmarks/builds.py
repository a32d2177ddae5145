"""How long builds take, beside the same notebooks run one after another by papermill: ``python -m benchmarks.builds``.

The example's reports of measures and units, forty of them, run in one process after the other: papermill as it comes,
then ``sutg build``. Then single reports beside a kernel that only imports, a build where nothing has changed, and one where
one row has. Rendering is timed apart: papermill does none.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]
SOME = ("measure", "unit", "data_quality", "variation", "early_warning")
LONE = {"unit-bittern-ward": "of a ward", "data_quality": "of words", "measure-complaints": "of 38 charts"}
IMPORTS = "import pandas, statsmodels.api, altair, sutg_analysis.reports.verdicts"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds a call takes, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def sutg(root: Path, *words: str) -> dict[str, Any]:
    """Run the command line on a project and return its answer."""
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    line = [sys.executable, "-m", "sutg_analysis", *words, "--project", str(root), "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment, cwd=HERE)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def sequential(root: Path, pages: list[str], *, folder: Path) -> None:
    """Run reports one after another, each as papermill runs a notebook."""
    from papermill import execute_notebook

    from sutg_analysis.project import Project
    from sutg_analysis.publish.plan import make_plan

    for job in make_plan(Project(root), reports=tuple(pages)).jobs:
        target = str(folder / f"{job.slug}.ipynb")
        execute_notebook(
            str(job.notebook), target, parameters=job.parameters, cwd=str(root), progress_bar=False
        )


def runs(root: Path, pages: list[str], *, workers: int) -> list[float]:
    """Run reports as a build runs them, without rendering; return the seconds of each."""
    from sutg_analysis.project import Project
    from sutg_analysis.publish.plan import make_plan
    from sutg_analysis.publish.run import run, spread

    plan = make_plan(Project(root), reports=tuple(pages))
    outcomes = list(spread(run, plan.tasks(plan.jobs, timeout=300), workers=workers))
    assert all(outcome.status == "built" for outcome in outcomes), outcomes
    return [outcome.seconds for outcome in outcomes]


def imports_alone(folder: Path) -> float:
    """Return the seconds of a notebook that starts a kernel, imports what reports import, and does nothing."""
    import nbformat
    from papermill import execute_notebook

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(IMPORTS)], metadata=kernel)
    nbformat.write(book, folder / "imports.ipynb")
    paths = str(folder / "imports.ipynb"), str(folder / "imported.ipynb")
    return min(timed(lambda: execute_notebook(*paths, progress_bar=False))[0] for _ in range(3))


def one_row(root: Path) -> None:
    """Give one ward's last month of one measure one more."""
    path = root / "data/observations.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    place = max(n for n, row in enumerate(rows) if row.startswith("falls,bittern-ward,"))
    cells = rows[place].split(",")
    cells[3] = str(int(float(cells[3])) + 1)
    rows[place] = ",".join(cells)
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=40)
    chosen = options.parse_args()
    os.environ["PYTHONPATH"] = str(HERE)
    folder = Path(tempfile.mkdtemp(prefix="builds-"))
    root = folder / "example"
    shutil.copytree(HERE / "data", root / "data")
    words = [word for name in SOME for word in ("--report", name)]
    pages = [row["page"] for row in sutg(root, "list", *words)["reports"]][: chosen.reports]
    named = [word for page in pages for word in ("--report", page)]
    print(f"{len(pages)} reports, {os.cpu_count()} processors")

    slow = timed(lambda: sequential(root, pages, folder=folder))[0]
    print(f"papermill, one after another             {slow:7.1f} s")
    fast = timed(lambda: runs(root, pages, workers=(os.cpu_count() or 1) + 1))[0]
    print(f"as a build runs them                     {fast:7.1f} s   {slow / fast:.1f} times faster")
    plain = imports_alone(folder)
    print(f"a kernel that imports, plain             {plain:7.2f} s")
    for page, kind in LONE.items():
        runs(root, [page], workers=1)  # the parent of kernels imports, once a build
        alone = min(*runs(root, [page], workers=1), *runs(root, [page], workers=1))
        print(f"{f'one report, kernel forked: {kind}':40} {alone:7.2f} s   {alone / plain:.2f} of it")
    build, answer = timed(lambda: sutg(root, "build", "--renderer", "pandoc", *named))
    print(f"sutg build of all, with {len(answer['pages'])} pages         {build:7.1f} s")
    again, answer = timed(lambda: sutg(root, "build", "--renderer", "pandoc", *named))
    ran = [row["report"] for row in answer["reports"] if row["status"] == "built"]
    print(f"sutg build, nothing changed              {again:7.2f} s   {len(ran)} reports ran")
    one_row(root)
    row, answer = timed(lambda: sutg(root, "build", "--renderer", "pandoc", *named))
    ran = [row["report"] for row in answer["reports"] if row["status"] == "built"]
    print(f"sutg build, one row of one ward changed  {row:7.1f} s   {', '.join(ran)}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
