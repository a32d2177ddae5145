"""A built report as a board paper: all charts with their text alternatives, in every kind of file."""

import json
import re
import shutil
import subprocess
import zipfile

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from openpyxl import load_workbook
from typer.testing import CliRunner

from sutg_analysis import spc
from sutg_analysis.catalogue.as_at import AsAt
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.cli import app
from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.files.export import export
from sutg_analysis.files.paper import paper_blocks, read_paper
from sutg_analysis.project import open_project
from sutg_analysis.publish.jobs import Job
from sutg_analysis.publish.pages import finish_notebook, surround_notebook
from sutg_analysis.reports.figure import control_figure
from sutg_analysis.reports.tables import spc_table
from tests.support.records import record_of

QUARTER = Quarter.parse("2023-24-q2")
FALLS = [21, 25, 23, 27, 22, 24, 26, 21, 25, 23, 22, 15, 14, 16, 13, 15, 14, 12]
WARDS = ["Heron", "Teal & <Coot>"]


def result():
    months = pd.date_range("2022-04-01", periods=18, freq="MS")
    frames = [pd.DataFrame({"ward": ward, "month": months, "falls": FALLS}) for ward in WARDS]
    return spc(pd.concat(frames), value="falls", date="month", by="ward", improvement="decrease", target=24)


def figures():
    return [
        control_figure(
            result().select(ward=ward),
            f"falls-{place}",
            title="Falls",
            unit="count",
            notes={"Owner": "Matron"},
        )
        for place, ward in enumerate(WARDS)
    ]


def shown(block):
    return new_code_cell("show()", outputs=[new_output("display_data", data=block._repr_mimebundle_())])


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with one built report: a table of icons and two charts."""
    root = tmp_path_factory.mktemp("trust")
    folder = root / "reports" / QUARTER.slug
    folder.mkdir(parents=True)
    cells = [
        new_raw_cell("---\ntitle: x\n---"),
        new_markdown_cell("## At a glance\n\nSee [the list](other.ipynb)."),
        shown(spc_table(result(), title="Falls by ward", unit="count")),
        new_markdown_cell("#### Each ward"),
        *map(shown, figures()),
    ]
    nbformat.write(new_notebook(cells=cells), folder / "falls.ipynb")
    job = Job(
        "falls", "falls", root / "notebooks/falls.ipynb", "Falls, Q2 2023/24", "By ward", AsAt(QUARTER.end), 1
    )
    finish_notebook(
        folder / "falls.ipynb", job=job, notice="The numbers are invented.", record=record_of(job)
    )
    return root


def alts():
    return [figure.alt for figure in figures()]


def test_a_paper_has_every_heading_table_and_chart_in_order(project):
    paper = read_paper(open_project(project), "falls")

    assert [block["t"] for block in paper.blocks] == [
        *["Div", "Header", "Para", "Table", "Header"],
        *["Para", "Para", "Para"] * 2,
        *["Header", "Para", "Table", "Para"],
    ]
    assert [picture.alt for picture in paper.pictures] == alts()
    assert [picture.headline for picture in paper.pictures] == [figure.headline for figure in figures()]
    assert [(caption, len(table)) for caption, table in paper.tables] == [
        ("Falls by ward, September 2023", 2),
        ("Rows this report read", 1),
    ]


def test_headings_begin_at_one_and_leave_out_no_level():
    blocks = paper_blocks("## A\n\n##### B\n\n### C\n\n## D")

    assert [block["c"][0] for block in blocks] == [1, 2, 2, 1]


def test_links_to_other_pages_of_the_site_become_words(project):
    text = json.dumps(read_paper(open_project(project), "falls").blocks)

    assert "other.ipynb" not in text
    assert "list" in text


def test_word_has_headings_tables_with_header_rows_and_charts_with_alternatives(project, tmp_path):
    import docx

    made = export(project, "falls", to="docx", output=tmp_path / "falls.docx")

    document = docx.Document(str(made.path))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    pictures = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert (made.charts, made.tables) == (2, 2)
    assert pictures == alts()
    assert styles[:3] == ["Title", "Subtitle", "Date"]
    assert [style for style in styles if style.startswith("Heading")] == [
        "Heading 1",
        "Heading 2",
        "Heading 1",
    ]
    assert styles.count("Figure Headline") == 2
    assert "Notice" in styles
    assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml
    assert document.core_properties.title == "Falls, Q2 2023/24"
    assert document.core_properties.language == "en-GB"
    assert re.search(r'<w:lang [^>]*w:val="en-GB"', document.styles.element.xml)


def test_word_follows_the_projects_reference_document(project, tmp_path):
    import docx

    reference = docx.Document()
    reference.styles["Heading 1"].font.name = "Comic Neue"
    reference.save(str(tmp_path / "own.docx"))

    made = export(project, "falls", to="docx", output=tmp_path / "a.docx", reference=tmp_path / "own.docx")
    shutil.copyfile(tmp_path / "own.docx", project / "reports" / "reference.docx")
    kept = export(project, "falls", to="docx", output=tmp_path / "b.docx")
    (project / "reports" / "reference.docx").unlink()

    assert docx.Document(str(made.path)).styles["Heading 1"].font.name == "Comic Neue"
    assert docx.Document(str(kept.path)).styles["Heading 1"].font.name == "Comic Neue"
    assert kept.reference == project / "reports" / "reference.docx"


def test_libreoffice_opens_the_word_document_with_all_charts(project, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no soffice command on PATH")
    export(project, "falls", to="docx", output=tmp_path / "falls.docx")

    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [
        office,
        home,
        "--headless",
        "--convert-to",
        "odt",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "falls.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)

    with zipfile.ZipFile(tmp_path / "falls.odt") as opened:
        text = opened.read("content.xml").decode()
        pictures = [name for name in opened.namelist() if name.startswith("Pictures/")]
    told = re.findall(r"<svg:(?:desc|title)>(.*?)</svg:(?:desc|title)>", text)
    assert len(pictures) == 2
    assert len([words for words in told if words.startswith("XmR control chart of Falls")]) == 2


def test_pdf_is_tagged_with_title_language_and_alternatives(project, tmp_path):
    from pypdf import PdfReader

    made = export(project, "falls", to="pdf", output=tmp_path / "falls.pdf")

    reader = PdfReader(made.path)
    root = reader.trailer["/Root"]
    told = [node["/Alt"] for node in nodes(root["/StructTreeRoot"]) if "/Alt" in node]
    kinds = {node.get("/S") for node in nodes(root["/StructTreeRoot"])}
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "en-GB"
    assert reader.metadata.title == "Falls, Q2 2023/24"
    assert told == alts()
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    assert "pdfuaid" in root["/Metadata"].get_data().decode()


def nodes(node):
    """Every structure element below one."""
    found = node.get_object()
    if not isinstance(found, dict):
        return
    yield found
    below = found.get("/K", [])
    for part in below if isinstance(below, list) else [below]:
        if not isinstance(part, int):
            yield from nodes(part)


def test_slides_are_a_title_and_one_a_chart_with_its_alternative(project, tmp_path):
    from pptx import Presentation

    made = export(project, "falls", to="pptx", output=tmp_path / "falls.pptx")

    first, *slides = Presentation(str(made.path)).slides
    pictures = [[shape for shape in slide.shapes if shape.shape_type == 13] for slide in slides]
    assert first.shapes.title.text == "Falls, Q2 2023/24"
    assert "The numbers are invented." in first.placeholders[1].text
    assert [slide.shapes.title.text for slide in slides] == [figure.headline for figure in figures()]
    assert [[shape._element.nvPicPr.cNvPr.get("descr") for shape in own] for own in pictures] == [
        [alt] for alt in alts()
    ]
    assert figures()[0].words in [shape.text for shape in slides[0].shapes if shape.has_text_frame]


def test_the_workbook_has_notes_first_one_table_a_sheet_and_nothing_merged(project, tmp_path):
    made = export(project, "falls", to="xlsx", output=tmp_path / "falls.xlsx")

    book = load_workbook(made.path)
    notes = dict(book["Notes"].iter_rows(values_only=True))
    assert book.sheetnames == [
        *["Notes", "Falls by ward, September 2023", "Rows this report read", "falls 0", "falls 1"]
    ]
    assert [len(page.tables) for page in book] == [1] * 5
    assert [list(page.merged_cells.ranges) for page in book] == [[]] * 5
    assert {"Shorthand [c]", "Shorthand [x]", "Shorthand [z]", "Shorthand [low]"} <= set(notes)
    assert notes["Title"] == "Falls, Q2 2023/24"
    assert notes["Important 1"] == "The numbers are invented."
    assert [row[2] for row in book["falls 0"].iter_rows(min_row=2, values_only=True)] == FALLS


def test_a_folder_has_figures_values_and_their_hashes(project, tmp_path):
    made = export(project, "falls", to="folder", output=tmp_path / "falls")

    record = json.loads((made.path / "manifest.json").read_text(encoding="utf-8"))
    names = [path.relative_to(made.path).as_posix() for path in made.path.rglob("*") if path.is_file()]
    assert sorted(names) == sorted([*record["sha256"], "manifest.json", "log.txt"])
    assert [figure["alt_text"] for figure in record["figures"]] == alts()
    assert {name.split(".")[-1] for name in record["sha256"]} == {"svg", "png", "csv"}
    with pytest.raises(SiteError, match="is in use"):
        export(project, "falls", to="folder", output=tmp_path / "falls")


def test_a_report_that_is_not_built_is_named_with_those_that_are(project, tmp_path):
    with pytest.raises(
        ArgumentError,
        match="no report 'fals' is built for 2023-24-q2; expected one of falls. .*did you mean 'falls'",
    ):
        export(project, "fals", to="docx")
    with pytest.raises(ArgumentError, match="no report of 2022-23-q1 is built; expected one of 2023-24-q2"):
        export(project, "falls", to="docx", quarter="2022-23-q1")
    with pytest.raises(SiteError, match="holds no executed reports"):
        export(tmp_path, "falls", to="docx")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"to": "docx", "output": "falls.pdf"}, "ends in .docx"),
        ({"to": "pdf", "output": "nowhere/falls.pdf"}, "no folder nowhere"),
        ({"to": "pdf", "reference": "own.docx"}, "--reference own.docx with --to pdf"),
        ({"to": "odt"}, "one of docx, pdf, pptx, xlsx, folder"),
    ],
)
def test_what_does_not_fit_together_is_refused(project, options, found):
    with pytest.raises(ArgumentError, match=found):
        export(project, "falls", **options)


def test_the_command_says_what_it_wrote(project, tmp_path):
    words = ["export", "falls", "--to", "xlsx", "--project", str(project), "-o", str(tmp_path / "f.xlsx")]

    told = CliRunner().invoke(app, words)
    answer = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)

    assert "falls of 2023-24-q2, 2 charts, 2 tables" in told.output
    assert (answer["charts"], answer["reference"]) == (2, None)


def test_a_kept_report_shows_its_charts_in_jupyterlab_and_its_copy_for_the_site_has_no_html(
    project, tmp_path
):
    kept = project / "reports" / QUARTER.slug / "falls.ipynb"
    shutil.copyfile(kept, tmp_path / "falls.ipynb")

    surround_notebook(tmp_path / "falls.ipynb", above="", below="")

    told = "".join(data.get("text/html", "") for data in outputs(kept))
    sources = re.findall(r'<img src="([^"]+)"', told)
    assert sources == ["files/falls/falls-0.png", "files/falls/falls-1.png"]
    assert all((kept.parent / source).is_file() for source in sources)
    assert ":::" not in told
    assert "<table>" in told
    assert not any("text/html" in data for data in outputs(tmp_path / "falls.ipynb"))


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return [output.data for cell in cells for output in cell.get("outputs", [])]
