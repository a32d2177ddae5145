"""A report's record: what it was made from, for a machine to read."""

from dataclasses import replace

from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.publish.jobs import Job
from sutg_analysis.publish.records import files_of, read_record, record_section, revision_notice, write_record
from tests.support.records import record_of

JOB = Job("board", "board", None, "Board", "All", AsAt(Quarter.parse("2023-24-q2").end), 3)


def record(tmp_path, **changes):
    return record_of(replace(JOB, notebook=tmp_path / "board.ipynb"), **changes)


def test_a_record_reads_back_as_it_was_written(tmp_path):
    made = record(tmp_path)

    write_record(made, folder=tmp_path)

    assert read_record(tmp_path, "board") == made


def test_a_record_that_is_half_written_is_none(tmp_path):
    write_record(record(tmp_path), folder=tmp_path)
    path = tmp_path / "files/board/record.json"
    path.write_text(path.read_text()[:100])

    assert read_record(tmp_path, "board") is None


def test_a_report_without_a_record_has_none(tmp_path):
    assert read_record(tmp_path, "board") is None


def test_the_files_of_a_report_are_its_notebook_and_downloads_without_the_record(tmp_path):
    write_record(record(tmp_path), folder=tmp_path)
    (tmp_path / "board.ipynb").write_text("{}")
    (tmp_path / "files/board/falls.csv").write_text("a")

    assert sorted(files_of(tmp_path, "board")) == ["board.ipynb", "files/board/falls.csv"]


def test_a_record_says_the_commit_and_that_files_had_changed(tmp_path):
    said = record_section(record(tmp_path, commit="abcdef1234567890", clean=False))

    assert "git commit abcdef123456, with changes not committed" in said


def test_a_record_says_that_there_is_no_version_control(tmp_path):
    assert "files not under version control" in record_section(record(tmp_path))


def test_what_a_reason_says_is_no_markup(tmp_path):
    said = revision_notice(record(tmp_path, revisions=[{"day": "2024-01-05", "reason": "<b>late</b>"}]))

    assert "<b>" not in said.replace("\\<b\\>", "")
