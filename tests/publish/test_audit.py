"""An audit finds what is planted in any file of a finished site, and nothing in a site that is clean."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis.cli import main
from sutg_analysis.errors import SiteError
from sutg_analysis.publish.audit import audit
from sutg_analysis.reports.workbook import csv_text, figure_workbook

PAGE = (
    '<!doctype html><html><head><title>Falls</title><link rel="stylesheet" href="site_libs/site.css"></head><body>'
    '<main><h1>Falls</h1><p>12 in June, <a href="https://www.england.nhs.uk/x">guidance</a></p>'
    '<script type="application/json">{"data": {"values": [{"ward": "Sedge", "n": 9434765919}]}}</script></main>'
    '<script src="assets/sutg.js" defer></script></body></html>'
)


@pytest.fixture
def project(tables):
    root = tables.write()
    files = {
        "index.html": PAGE,
        "assets/sutg.js": "document.title;",
        "site_libs/site.css": "p { color: black }",
        "site_libs/search-index.js": 'window.searchIndex = [{"text": "Falls 943 476 5919 12"}];\n',
        "files/a.csv": csv_text(pd.DataFrame({"Ward": ["=1+1", "Sedge"], "n": [-3, 4]})),
        "files/a.svg": "<svg><title>Falls</title><text>12</text></svg>",
    }
    for name, text in files.items():
        path = root / "_site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "_site/files/a.xlsx").write_bytes(
        figure_workbook(pd.DataFrame({"Ward": ["=1+1"], "n": [-3]}), title="=2+2", notes={"Owner": "=cmd()"})
    )
    (root / "reports/2023-24-q2").mkdir(parents=True)
    book = {
        "cells": [
            {"cell_type": "code", "source": "report.chart()", "outputs": [{"data": {"text/markdown": "12"}}]}
        ]
    }
    (root / "reports/2023-24-q2/a.ipynb").write_text(json.dumps(book))
    return root


def change(root, name, old, new):
    path = root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_clean_site_has_no_findings_and_its_links_are_counted(project):
    audited = audit(project / "_site", project)

    assert audited.findings == ()
    assert audited.links == {"www.england.nhs.uk": 1}
    assert audited.files == 8


HOME = Path.home().as_posix()
PLANTED = {
    ("_site/index.html", "12 in June", "of 943 476 5919"): ("an NHS number", "943 ••• ••••"),
    ("_site/index.html", "12 in June", '<img alt="Dr Xara Quill" src="a.png">'): ("a person's name", "(a person's name)"),
    ("_site/index.html", '"ward": "Sedge"', '"ward": "LE1 5WW"'): ("a postcode", "L•• •••"),
    ("_site/site_libs/search-index.js", "943 476 5919", "9434765919"): ("an NHS number", "943•••••••"),
    ("_site/files/a.csv", "Sedge", "someone@example.org"): ("an e-mail address", "s••••••@•••••••.•••"),
    ("_site/files/a.svg", "12", "DOB 3/4/1961"): ("a date of birth", "(a date of birth)"),
    ("reports/2023-24-q2/a.ipynb", '"12"', '"<p>07700 900123</p>"'): ("a telephone number", "077•• ••••••"),
    ("_site/index.html", "12 in June", '<img src="https://example.org/a.png">'): ("loaded from another host", "https://example.org/a.png"),
    ("_site/index.html", "<p>", '<p style="background: url(//example.org/a.png)">'): ("loaded from another host", "//example.org/a.png"),
    ("_site/index.html", '"data": {', '"data": {"url": "http://example.org/a.csv", '): ("loaded from another host", "http://example.org/a.csv"),
    ("_site/site_libs/site.css", "p {", '@import "https://example.org/a.css"; p {'): ("loaded from another host", "https://example.org/a.css"),
    ("_site/assets/sutg.js", "document.title", 'import("https://example.org/a.js")'): ("loaded from another host", "https://example.org/a.js"),
    ("_site/index.html", "12 in June", "<script>steal()</script>"): ("a script that is not the site's", "a script in the page, steal()"),
    ("_site/index.html", "12 in June", '<b onmouseover="x()">x</b>'): ("a script that is not the site's", "an event handler, onmouseover"),
    ("_site/index.html", "https://www.england.nhs.uk/x", "javascript:x()"): ("a script that is not the site's", "javascript:x()"),
    ("_site/files/a.svg", "<text>", "<script>x()</script><text>"): ("a script that is not the site's", "a script in the page, x()"),
    ("_site/files/a.csv", "Sedge", "=cmd()"): ("a formula in a download", "=cmd()"),
    ("_site/index.html", "12 in June", f"{HOME}/x.csv"): ("a path of this machine", "•••/"),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found_and_masked(project, planted):
    change(project, *planted)

    (finding,) = audit(project / "_site", project).findings

    assert (finding.kind, finding.found) == PLANTED[planted]
    assert finding.file.removesuffix(" (kept)") == planted[0].removeprefix("_site/")


def test_the_path_of_the_project_is_found_inside_a_workbook(project):
    path = project / "_site/files/a.xlsx"
    path.write_bytes(figure_workbook(pd.DataFrame({"Ward": [f"{project}/data"]}), title="x", notes={}))

    (finding,) = audit(project / "_site", project).findings

    assert (finding.file, finding.kind) == ("files/a.xlsx", "a path of this machine")


def test_a_formula_of_a_workbook_is_found(project):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["=1+1", -3])
    book.save(project / "_site/files/a.xlsx")

    (finding,) = audit(project / "_site", project).findings

    assert (finding.kind, finding.found) == ("a formula in a download", "=1+1")


def test_a_script_file_of_another_folder_is_found(project):
    (project / "_site/files/x.js").write_text("steal()")

    (finding,) = audit(project / "_site", project).findings

    assert finding.file == "files/x.js"


def test_what_the_project_allows_or_says_on_a_page_of_its_own_is_no_finding(project):
    change(project, "_site/index.html", "12 in June", "Ring 0116 496 0123 or write to us@example.org")
    change(project, "data/events.csv", "New beds", "Ask 0116 496 0123")
    (project / "data/identifiers.toml").write_text(
        '[[allow]]\nkind = "telephone"\ntable = "events"\ncolumn = "label"\nreason = "Public"\nauthor = "Matron"\n'
    )
    (project / "reports/accessibility.qmd").write_text("---\ntitle: A\n---\nWrite to us@example.org\n")

    assert audit(project / "_site", project).findings == ()


def test_no_site_is_one_line(project):
    with pytest.raises(SiteError, match="no site in nowhere"):
        audit(project / "nowhere", project)


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_the_command_ends_with_1_and_shows_nothing_in_full(project, monkeypatch, capsys, words):
    change(project, "_site/index.html", "12 in June", "of 943 476 5919")
    monkeypatch.setattr("sys.argv", ["sutg", "audit", "--project", str(project), *words])

    with pytest.raises(SystemExit) as stopped:
        main()

    said = capsys.readouterr().out
    assert stopped.value.code == 1
    assert "index.html" in said
    assert "5919" not in said
    if words:
        assert json.loads(said)["findings"][0]["kind"] == "an NHS number"
