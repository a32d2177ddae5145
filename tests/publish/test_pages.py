"""The sources of pages, as both renderers read them."""

import json
from datetime import date

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.publish.jobs import Job
from sutg_analysis.publish.pages import (
    callout,
    finish_notebook,
    front_matter,
    home_page,
    quarter_page,
    read_matter,
    script,
    surround_notebook,
)
from tests.support.records import record_of

Q2 = AsAt(Quarter.parse("2023-24-q2").end)
Q1 = AsAt(Quarter.parse("2023-24-q1").end)
AUGUST = AsAt(date(2023, 8, 20))


def finished(folder, *, notice="", **changes):
    path = folder / "page.ipynb"
    book = new_notebook(cells=[new_raw_cell("---\ntitle: Template\n---"), new_code_cell("1 + 1")])
    book.metadata["papermill"] = {
        "input_path": "/home/someone/x.ipynb",
        "output_path": "/home/someone/y.ipynb",
    }
    nbformat.write(book, path)
    job = Job("board", "page", folder / "board.ipynb", "Board: Q2", "All measures", Q2, 3)
    finish_notebook(path, job=job, notice=notice, record=record_of(job, **changes))
    return path


def test_a_finished_notebook_has_the_reports_title_not_the_templates(tmp_path):
    result = read_matter(finished(tmp_path))

    assert result["title"] == "Board: Q2"
    assert result["order"] == 3


def test_a_finished_notebook_keeps_no_path_of_the_machine(tmp_path):
    assert "/home/someone" not in finished(tmp_path).read_text()


def test_a_notice_stands_first_on_the_page(tmp_path):
    cells = nbformat.read(finished(tmp_path, notice="Synthetic data."), as_version=4).cells

    assert cells[1].source == "::: {.callout-important}\nSynthetic data.\n:::\n"


def test_no_notice_makes_no_callout():
    assert callout("") == ""


def test_front_matter_keeps_text_that_looks_like_yaml(tmp_path):
    page = tmp_path / "x.qmd"
    page.write_text(front_matter(title="a: b", description="- [c] #d") + "\n\nBody\n")

    assert read_matter(page) == {"title": "a: b", "description": "- [c] #d"}


def test_the_home_page_leads_to_the_newest_quarter():
    assert "(reports/2023-24-q2/index.qmd)" in home_page([Q2, Q1], notice="")


def test_the_home_page_says_what_calls_for_attention_before_it_lists_quarters():
    page = home_page([Q2, Q1], notice="", news=["[Osier](unit-osier.ipynb): nights.", "Waits fell."])

    assert (
        page.index("## What calls for attention in Q2 2023/24")
        < page.index("- [Osier](unit-osier.ipynb): nights.")
        < page.index("## Quarters")
    )


def test_a_home_page_without_news_has_no_heading_for_it():
    assert "calls for attention" not in home_page([Q2], notice="")


def test_a_quarters_page_lists_its_notebooks(tmp_path):
    page = tmp_path / "index.qmd"
    page.write_text(quarter_page(Q2, notice=""))

    assert read_matter(page)["listing"]["contents"] == "*.ipynb"


def test_a_quarter_that_is_not_over_says_to_which_day_on_its_page_and_at_home(tmp_path):
    page = tmp_path / "index.qmd"
    page.write_text(quarter_page(AUGUST, notice=""))

    matter = read_matter(page)

    assert (matter["title"], str(matter["date"])) == ("Q2 2023/24, to 20 August 2023", "2023-08-20")
    assert "**Q2 2023/24**, 1 July to 20 August 2023" in home_page([AUGUST, Q1], notice="")


def test_a_finished_notebook_ends_with_its_record(tmp_path):
    last = nbformat.read(finished(tmp_path), as_version=4).cells[-1].source

    assert "Built on 2 October 2023 by QI analyst" in last
    assert "observations" in last
    assert "(files/page/record.json)" in last


def test_a_page_that_was_revised_says_when_and_why_at_its_top(tmp_path):
    revisions = [{"day": "2024-01-05", "reason": "late returns of *two* wards"}]

    cells = nbformat.read(finished(tmp_path, revisions=revisions), as_version=4).cells

    assert "**Revised on 5 January 2024.** late returns of \\*two\\* wards" in cells[1].source


def test_the_cells_put_around_a_notebook_keep_the_ends_of_their_lines_under_quarto(tmp_path):
    path = tmp_path / "falls.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))

    surround_notebook(path, above="a\n\nb", below=script("sutg.js"))

    sources = [cell["source"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert sources == [
        ["a\n", "\n", "b"],
        ["```{=html}\n", '<script src="sutg.js" defer></script>\n', "```"],
    ]


def test_two_figures_of_one_name_have_names_and_files_of_their_own(tmp_path):
    import pandas as pd

    from sutg_analysis import funnel

    wards = pd.DataFrame({"ward": list("ABC"), "late": [4, 9, 30], "seen": [40, 60, 90]})
    shown = funnel(wards, unit="ward", numerator="late", denominator="seen").show(title="Mine")
    path = tmp_path / "page.ipynb"
    outputs = [nbformat.v4.new_output("display_data", shown._repr_mimebundle_())]
    book = new_notebook(cells=[new_code_cell("x", outputs=outputs), new_code_cell("y", outputs=outputs)])
    book.metadata["papermill"] = {}
    nbformat.write(book, path)
    job = Job("board", "page", tmp_path / "board.ipynb", "Board: Q2", "All measures", Q2, 3)

    finish_notebook(path, job=job, notice="", record=record_of(job))

    first, second = [
        cell.outputs[0].data["text/markdown"]
        for cell in nbformat.read(path, as_version=4).cells
        if "outputs" in cell
    ]
    assert ('id="mine"' in first, 'id="mine-2"' in second, 'id="mine"' in second) == (True, True, False)
    assert "files/page/mine-2.csv" in second
    assert {file.name for file in (tmp_path / "files/page").iterdir()} == {
        f"{name}.{kind}" for name in ("mine", "mine-2") for kind in ("csv", "xlsx", "svg", "png")
    }
