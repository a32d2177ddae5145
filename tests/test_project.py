"""A new project: what it holds, that it builds as it stands, that it refuses to write over anything."""

import csv
import json
import tomllib

import nbformat
import pytest
from typer.testing import CliRunner

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.load import load
from sutg_analysis.cli import app
from sutg_analysis.errors import SiteError
from sutg_analysis.project import ASSETS, _sources, new_project, shipped
from sutg_analysis.publish.build import build


def sutg(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_every_table_has_a_header_and_three_rows(tmp_path):
    root = new_project(tmp_path / "mine").root

    counts = {}
    for name in TABLES:
        with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            counts[name] = len(list(csv.DictReader(file)))

    assert counts == dict.fromkeys(TABLES, 3)


def test_the_example_rows_agree_with_one_another(tmp_path):
    catalogue = load(new_project(tmp_path / "mine").root)

    falls = catalogue.observations.query("measure_id == 'falls'")["numerator"].sum()

    assert falls == len(catalogue.incidents.query("harm == 'falls'"))
    assert set(catalogue.measures["suppress"]) == {"none"}


def test_its_readme_names_every_table_and_every_profile_of_disclosure(tmp_path):
    text = (new_project(tmp_path / "mine").root / "README.md").read_text(encoding="utf-8")

    assert [name for name in TABLES if f"{name}.csv`" not in text] == []
    assert all(f"`{profile}`" in text for profile in ("none", "mhsds", "hes", "fft"))


def test_its_title_belongs_to_no_trust(tmp_path):
    text = (new_project(tmp_path / "mine").root / "_quarto.yml").read_text(encoding="utf-8")

    assert 'title: "Quality improvement: quarterly reports"' in text


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "mine").mkdir()

    assert (new_project(tmp_path / "mine").root / ".gitignore").is_file()


@pytest.mark.parametrize("used", ["folder", "file"])
def test_a_folder_in_use_is_refused_and_left_alone(tmp_path, used):
    place = tmp_path / "mine"
    if used == "folder":
        place.mkdir()
        (place / "thesis.txt").write_text("x")
    else:
        place.write_text("x")

    with pytest.raises(SiteError, match=r"expected a folder that does not exist yet, or is empty\. Give"):
        new_project(place)

    assert [path.name for path in tmp_path.rglob("*")] == (
        ["mine", "thesis.txt"] if used == "folder" else ["mine"]
    )


def test_json_lists_the_files(tmp_path):
    answer = json.loads(sutg("new", tmp_path / "mine", "--json").stdout)

    found = [path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*")]
    assert set(answer["files"]) <= set(found)
    assert answer["project"] == str(tmp_path / "mine")


@pytest.mark.kernel
def test_it_builds_at_once_and_a_changed_row_shows(tmp_path, warm):
    root = tmp_path / "mine"
    assert sutg("new", root).exit_code == 0
    warm(root)
    wanted = ("board_report", "measure-falls")
    page = root / "_site/reports/2024-25-q1/measure-falls.html"

    first = build(root, reports=wanted, renderer="pandoc")
    before = page.read_text(encoding="utf-8")
    table = root / "data/observations.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("2024-06-01,3,", "2024-06-01,417,"))
    build(root, reports=wanted, renderer="pandoc")

    assert first.failed == ()
    assert "Too few points" in before
    assert "417" not in before
    assert "417 in June 2024" in page.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.kernel
def test_a_changed_choice_and_a_cell_of_ones_own_are_on_the_page_with_all_that_belongs_to_a_figure(
    tmp_path, warm
):
    root = new_project(tmp_path / "mine").root
    warm(root)
    path = root / "notebooks/sitrep.ipynb"
    book = nbformat.read(path, as_version=4)
    cell = next(cell for cell in book.cells if 'chart="xmr"' in cell.source)
    cell.source = cell.source.replace('chart="xmr"', 'chart="u"')
    own = (
        "from sutg_analysis import funnel\n"
        "import pandas as pd\n"
        "teams = pd.DataFrame({'team': list('ABC'), 'late': [4, 9, 30], 'seen': [40, 60, 90]})\n"
        "funnel(teams, unit='team', numerator='late', denominator='seen', per=100).show(title='Mine')"
    )
    book.cells.insert(-1, nbformat.v4.new_code_cell(own))
    nbformat.write(book, path)

    result = build(root, reports=("sitrep",), renderer="pandoc")

    assert result.failed == ()
    page = (root / "_site/reports/2024-25-q1/sitrep.html").read_text(encoding="utf-8")
    kept = root / "reports/2024-25-q1/files/sitrep"
    for name, words in {
        "broken-shifts": "u chart, profile mdc",
        "mine": "3 units are compared with their average",
    }.items():
        figure = page.split(f'id="{name}"', 1)[1].split("</figure>", 1)[0]
        assert words in figure
        assert "<table" in figure
        assert {f"{name}.{kind}" for kind in ("csv", "xlsx", "svg", "png")} <= {
            file.name for file in kept.iterdir()
        }


def test_the_wheel_carries_every_file_that_a_new_project_is_made_of():
    root = shipped()
    if not (root / "pyproject.toml").is_file():
        pytest.skip("the tests run on an installed package")
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    carried = tomllib.loads(text)["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    copied = [path.relative_to(root).as_posix() for path in _sources().values() if ASSETS not in path.parents]

    assert [name for name in copied if not {name, name.split("/")[0]} & set(carried)] == []
    assert set(carried.values()) == {f"sutg_analysis/assets/project/{name}" for name in carried}
