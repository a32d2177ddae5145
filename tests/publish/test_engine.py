"""A cell that has nothing to show says so, and so does every cell that needs it; a fault stays a fault."""

from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from sutg_analysis.publish.engine import say_instead
from sutg_analysis.publish.jobs import Job, Quarter
from sutg_analysis.publish.run import Task, run
from tests.support.notebooks import add_report

SENTENCE = "Not shown [c]: days could tell a small count."


def cell(source, *, error=None, said="7"):
    outputs = [new_output("stream", text=said)] if said else []
    if error:
        outputs.append(new_output("error", ename=error, evalue=SENTENCE, traceback=[]))
    return new_code_cell(source, outputs=outputs)


def told(*cells):
    say_instead(cells)
    return [" ".join(str(output.get("data", output)) for output in cell.outputs) for cell in cells]


@pytest.mark.parametrize("error", ["NotShown", "TooFew"])
def test_the_sentence_takes_the_place_of_all_that_the_cell_shows(error):
    (shown,) = told(cell("at.sitrep", error=error))

    assert SENTENCE in shown
    assert "7" not in shown


def test_a_cell_that_needs_what_is_not_shown_shows_nothing_even_if_it_ran():
    _, later, other = told(
        cell("rows = at.sitrep", error="NotShown", said=""),
        cell("len(rows)"),
        cell("len(all_rows)", said="8"),
    )

    assert SENTENCE in later
    assert "7" not in later
    assert "8" in other


def test_what_is_made_of_what_is_not_shown_is_not_shown_either():
    *_, last = told(
        cell("rows = at.sitrep", error="NotShown", said=""),
        cell("days = rows.date", error="NameError", said=""),
        cell("print(days)", error="NameError"),
    )

    assert SENTENCE in last


def test_a_name_made_anew_is_what_it_is_now():
    _, again, last = told(
        cell("rows = at.sitrep", error="NotShown", said=""),
        cell("rows = at.units\nlen(rows)"),
        cell("print(rows)", said="8"),
    )

    assert "7" in again
    assert "8" in last


def test_a_cell_that_only_names_something_shows_no_sentence():
    (shown,) = told(cell("rows = at.sitrep", error="NotShown", said=""))

    assert shown == ""


def test_a_name_that_nobody_made_is_a_fault_and_nothing_after_it_is_told():
    first, second, third = told(cell("1"), cell("misspelt", error="NameError", said=""), cell("2"))

    assert "7" in first
    assert "NameError" in second
    assert third == ""


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("sources", "status", "words"),
    [
        (
            ["from sutg_analysis import NotShown", "raise NotShown('Nothing yet.')", "1 + 1"],
            "built",
            "Nothing yet.",
        ),
        (["1 + 1", "misspelt"], "failed", "name 'misspelt' is not defined"),
    ],
)
def test_a_report_with_nothing_to_show_is_built_and_one_with_a_fault_fails(
    tables, tmp_path, sources, status, words
):
    root = tables.write()
    add_report(root, "one", "One", *sources)
    job = Job("one", "one", root / "notebooks/one.ipynb", "One", "d", Quarter.parse("2023-24-q2"), 1)

    with ThreadPoolExecutor(1) as pool:  # as a build does: a browser's loop may run in this thread
        outcome = pool.submit(run, Task(job, root, tmp_path, tmp_path, (), 60)).result()

    assert outcome.status == status, outcome.error
    text = outcome.error if status == "failed" else str(nbformat.read(outcome.notebook, as_version=4))
    assert words in text
