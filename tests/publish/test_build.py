"""From tables to a published site: what is kept, what is refused, and what a failure leaves alone."""

import errno
import json
import os
import re

import pytest
from typer.testing import CliRunner

from sutg_analysis.catalogue.load import load
from sutg_analysis.cli import app, main
from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.publish.build import build
from sutg_analysis.publish.plan import choose_quarter
from sutg_analysis.publish.site import choose_renderer
from tests.support.notebooks import SHOW, add_report

pytestmark = pytest.mark.kernel


@pytest.fixture
def project(tables, warm):
    """A project with a notebook of its own, so that what is tested is the build and not a report."""
    root = warm(tables.write())
    add_report(root, "plain", "Plain", SHOW)
    return root


def sutg(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_publishes_home_quarter_and_report(project):
    built = build(project, renderer="pandoc")

    pages = (page.relative_to(project / "_site").as_posix() for page in built.pages)
    names = sorted(name for name in pages if not name.startswith("docs/"))
    assert names == [
        "index.html",
        "reports/2023-24-q2/index.html",
        "reports/2023-24-q2/plain.html",
        "reports/accessibility.html",
        "reports/glossary.html",
        "reports/methods.html",
        "search.html",
    ]
    assert "The quarter is 2023-24-q2." in (project / "_site/reports/2023-24-q2/plain.html").read_text()


def test_executed_notebooks_are_kept_by_quarter_without_paths_of_the_machine(project):
    build(project, renderer="pandoc")

    kept = (project / "reports/2023-24-q2/plain.ipynb").read_text()
    assert str(project) not in kept


def test_nothing_unfinished_is_left_behind(project):
    build(project, renderer="pandoc")

    left = {path.name for path in (project / ".sutg").iterdir() if path.suffix != ".js"}
    assert left == {"build.lock", "build.pid", "builds.jsonl", "pages", "sites", "tables"}
    assert [path.name for path in project.iterdir() if path.name.startswith("_site")] == ["_site"]


def test_an_earlier_quarter_stands_beside_a_later_one_with_only_a_link_onward(project):
    build(project, quarter="2023-24-q1", renderer="pandoc")
    page = project / "_site/reports/2023-24-q1/plain.html"
    before = page.read_text()

    build(project, quarter="2023-24-q2", renderer="pandoc")

    onward = re.search(r'\s*<nav class="sutg-onward".*?</nav>', page.read_text(), re.DOTALL)[0]
    assert page.read_text().replace(onward, "") == before
    assert re.findall(r'href="([^"]+)"', onward) == ["../2023-24-q2/plain.html"]
    home = (project / "_site/index.html").read_text()
    assert home.index("2023-24-q2") < home.index("2023-24-q1")


def test_a_cell_that_raises_is_named_and_the_site_stays_as_it_was(project):
    build(project, renderer="pandoc")
    before = snapshot(project / "_site"), snapshot(project / "reports" / "2023-24-q2")
    add_report(project, "broken", "Broken", "1 + 1", "raise ValueError('the ward is shut')")

    result = sutg("build", "--project", project, "--renderer", "pandoc")

    assert result.exit_code == 1
    print(result.output)
    assert (
        "report broken (broken.ipynb) failed in cell 4 (`raise ValueError('the ward is shut')`)"
        in result.output
    )
    assert "ValueError: the ward is shut" in result.output
    assert "Traceback" not in result.output
    assert (snapshot(project / "_site"), snapshot(project / "reports" / "2023-24-q2")) == before


def test_a_cell_that_hangs_is_stopped_and_named(project, capfd):
    add_report(project, "slow", "Slow", "import time; time.sleep(60)")

    built = build(project, reports=("slow",), renderer="pandoc", timeout=2)

    assert re.search(
        r"failed in cell 3 \(`import time.*`\): it ran past its time limit", built.failed[0].error
    )
    assert "Raise the limit with --timeout" in built.failed[0].error
    assert capfd.readouterr().err == ""


def test_a_kernel_that_dies_is_named(project):
    add_report(project, "dead", "Dead", "import os; os._exit(1)")

    built = build(project, reports=("dead",), renderer="pandoc")

    assert "report dead (dead.ipynb) failed in the kernel" in built.failed[0].error


def test_a_page_no_longer_planned_goes_with_a_whole_build(project):
    add_report(project, "extra", "Extra", "1 + 1")
    build(project, renderer="pandoc", workers=1)
    toml = project / "reports/reports.toml"
    toml.write_text(toml.read_text().split('[[report]]\nname = "extra"')[0])

    build(project, renderer="pandoc")

    assert not (project / "_site/reports/2023-24-q2/extra.html").exists()


def test_json_tells_a_machine_what_was_built(project):
    result = sutg("build", "--project", project, "--renderer", "pandoc", "--json")

    answer = json.loads(result.stdout)
    assert answer["reports"][0]["status"] == "built"
    assert "reports/2023-24-q2/plain.html" in answer["pages"]


def test_a_notice_stands_on_every_page(project):
    (project / "data" / "notice.md").write_text("Synthetic numbers.")

    built = build(project, renderer="pandoc")

    without = [page.name for page in built.pages if "Synthetic numbers." not in page.read_text()]
    assert without == []


def test_no_page_names_a_style_script_font_or_picture_of_another_host(project):
    built = build(project, renderer="pandoc")

    loads = r"""(?:src|data|poster|srcset)\s*=\s*["'](?:https?:)?//|<link[^>]+href\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import"""
    everything = [path for path in (project / "_site").rglob("*") if path.suffix in {".html", ".css", ".js"}]
    assert len(everything) > len(built.pages)
    assert [path.name for path in everything if re.search(loads, path.read_text())] == []


def test_a_quarter_without_data_is_refused(project):
    with pytest.raises(
        ArgumentError, match="no observations in the quarter 2030-31-q1; expected a quarter from 2021-22-q4"
    ):
        choose_quarter(load(project), "2030-31-q1")


def test_an_unknown_renderer_is_refused():
    with pytest.raises(ArgumentError, match="expected one of auto, quarto, pandoc"):
        choose_renderer("word")


def test_insisting_on_quarto_where_it_is_not_says_so_before_any_report_runs(project, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SiteError, match="no quarto command on PATH"):
        build(project, renderer="quarto")
    assert not (project / "reports" / "2023-24-q2").exists()


def test_a_project_that_is_no_folder_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["sutg", "check", "--project", str(tmp_path / "none")])

    with pytest.raises(SystemExit) as stopped:
        main()

    assert stopped.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_broken_table_is_exit_1_and_one_line_without_a_traceback(project, monkeypatch, capsys):
    path = project / "data" / "units.csv"
    path.write_text(path.read_text().replace(",ward,", ",wrad,"))
    monkeypatch.setattr("sys.argv", ["sutg", "check", "--project", str(project)])

    with pytest.raises(SystemExit) as stopped:
        main()

    result = capsys.readouterr().err
    assert stopped.value.code == 1
    assert result.startswith("units.csv, row 3, column kind: found 'wrad'")
    assert result.count("\n") == 1


def test_wrong_usage_is_exit_2():
    assert sutg("build", "--quater", "x").exit_code == 2


def test_list_says_what_would_run_without_running_it(project):
    result = sutg("list", "--project", project, "--json")

    assert json.loads(result.stdout)["reports"] == [
        {"page": "plain", "notebook": "plain.ipynb", "title": "Plain, Q2 2023/24", "would": "run"}
    ]
    assert not (project / "_site").exists()


def test_a_folder_that_cannot_be_written_to_is_named(project, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    place = str(tmp_path / "file" / "site")
    monkeypatch.setattr("sys.argv", ["sutg", "build", "--project", str(project), "--output", place])

    with pytest.raises(SystemExit) as stopped:
        main()

    result = capsys.readouterr().err
    assert stopped.value.code == 1
    assert result.count("\n") == 1
    assert f"{tmp_path / 'file'}: " in result


def test_a_disk_that_is_full_is_named_and_the_site_stays_as_it_was(project, monkeypatch, capsys):
    build(project, renderer="pandoc")
    before = snapshot(project / "_site")
    (project / "data/notice.md").write_text("Changed.")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "page.ipynb")

    monkeypatch.setattr("sutg_analysis.publish.plan.write_record", full)
    monkeypatch.setattr("sys.argv", ["sutg", "build", "--project", str(project), "--renderer", "pandoc"])
    with pytest.raises(SystemExit):
        main()

    result = capsys.readouterr().err
    assert "No space left on device" in result
    assert "Free some room on the disk" in result
    assert snapshot(project / "_site") == before


def test_a_notebook_that_deletes_a_table_is_named_and_nothing_is_published(project):
    add_report(project, "thief", "Thief", "from pathlib import Path; Path('data/targets.csv').unlink()")

    built = build(project, reports=("thief",), renderer="pandoc")

    assert "report thief (thief.ipynb)" in built.failed[0].error
    assert "data/targets.csv was deleted while it ran" in built.failed[0].error
    assert not (project / "_site").exists()


def test_reports_that_ran_beside_one_that_failed_need_not_run_again(project):
    add_report(project, "broken", "Broken", "raise ValueError('no')")
    assert [outcome.status for outcome in build(project, renderer="pandoc").outcomes] == ["built", "failed"]
    (project / "notebooks/broken.ipynb").write_text((project / "notebooks/plain.ipynb").read_text())

    result = build(project, renderer="pandoc")

    assert [outcome.status for outcome in result.outcomes] == ["unchanged", "built"]
    assert (project / "_site/reports/2023-24-q2/plain.html").is_file()


def test_kernels_that_are_not_forked_make_the_same_report(project, monkeypatch):
    from sutg_analysis.publish.verify import verify

    build(project, renderer="pandoc")
    monkeypatch.setattr("sutg_analysis.publish.kernels.can_fork", lambda: False)

    assert verify(project).differences == ()


def test_a_report_reads_the_tables_as_they_were_when_the_build_began(project):
    source = (
        "from pathlib import Path\n"
        "Path('data/observations.csv').write_text('measure_id,unit_id,period,numerator,denominator\\n')\n"
        "from sutg_analysis import load\n"
        "from IPython.display import display\n"
        "display({'text/markdown': f'{len(load(project).observations)} rows', 'text/plain': ''}, raw=True)"
    )
    add_report(project, "reads", "Reads", source)

    build(project, reports=("reads",), renderer="pandoc")

    assert "42 rows" in (project / "_site/reports/2023-24-q2/reads.html").read_text()


def test_every_build_is_logged_also_one_that_fails(project):
    build(project, renderer="pandoc")
    add_report(project, "broken", "Broken", "raise ValueError('no')")
    build(project, renderer="pandoc")

    lines = (project / ".sutg/builds.jsonl").read_text().splitlines()

    first, second = (json.loads(line) for line in lines)
    assert first["ran"] == ["plain"]
    assert first["pages"] > 5
    assert second["reports"] == {"unchanged": 1, "failed": 1}
    assert "ValueError: no" in second["errors"][0]


@pytest.mark.parametrize("place", [".", "..", "data", "reports/web", "notebooks", "elsewhere"])
def test_a_folder_that_is_no_site_is_not_replaced_by_one(project, place):
    (project / "elsewhere").mkdir()
    (project / "elsewhere/letter.txt").write_text("Dear all")
    before = snapshot(project)

    with pytest.raises(SiteError, match="--output .* which (holds|is)"):
        build(project, renderer="pandoc", output=place)

    assert snapshot(project) == before


def test_an_empty_folder_and_a_site_are_replaced(project, tmp_path):
    for _ in range(2):
        build(project, renderer="pandoc", output=tmp_path / "web")
        (project / "data/notice.md").write_text("Changed.")

    assert "Changed." in (tmp_path / "web/index.html").read_text()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": [', "notebook"])
def test_a_file_that_is_no_notebook_is_named_before_any_report_runs(project, text):
    add_report(project, "broken", "Broken", SHOW)
    (project / "notebooks/broken.ipynb").write_text(text)

    with pytest.raises(SiteError, match=r"notebooks/broken.ipynb (cannot be read|has no parameters)"):
        build(project, renderer="pandoc")


@pytest.mark.skipif(os.name != "posix", reason="needs local sockets")
def test_a_running_kernel_leaves_nothing_but_its_own_folder_among_temporary_files(
    project, tmp_path, monkeypatch
):
    """Where a kill at any moment leaves it, for the next build to take away."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    look = f"import os; print(sorted(name.split('-')[0] for name in os.listdir({str(temporary)!r})))"
    add_report(project, "look", "Look", look)

    build(project, reports=("look",), renderer="pandoc")

    said = (project / "reports/2023-24-q2/look.ipynb").read_text()
    assert re.search(r"\[('sutg'(, )?)+\]", said)
    assert [path for path in temporary.iterdir() if not path.name.startswith("sutg-")] == []
