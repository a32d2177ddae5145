"""The documentation on the site: every link leads somewhere, the reference lists what the package offers."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import sutg_analysis
from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.cli import app
from sutg_analysis.publish.site import with_files
from tests.support.reference import public_names, python_page, reference_pages, signature
from tests.support.samples import ROOT
from tests.test_layers import FLOW, PACKAGE

pytestmark = pytest.mark.kernel

OUTSIDE = {
    "https://nhsdigital.github.io/rap-community-of-practice/",
    "https://quarto.org",
    "https://semver.org/",
}
"""Every link of the written pages that leaves the site; a new one is added here by somebody who has opened it."""


class Page(HTMLParser):
    """The links and anchors of one page."""

    def __init__(self, path):
        super().__init__()
        self.path, self.links, self.anchors, self.headings = path, [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.anchors |= {named["id"]} if named.get("id") else set()
        self.links += [named["href"]] if tag == "a" and named.get("href") else []


@pytest.fixture(scope="module")
def site(documented):
    return documented / "_site"


@pytest.fixture(scope="module")
def pages(site):
    return {path.resolve(): Page(path) for path in site.rglob("*.html")}


def faulty(page, pages):
    """The links of a page that lead nowhere."""
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
        lost = parts.fragment and target in pages and parts.fragment not in pages[target].anchors
        if lost or not target.is_file():
            yield link


def test_every_link_and_anchor_of_every_page_leads_somewhere(pages):
    result = {page.path.name: faults for page in pages.values() if (faults := list(faulty(page, pages)))}

    assert len(pages) > 20
    assert result == {}


def test_links_that_leave_the_site_are_listed_and_well_formed(pages):
    found = {link for page in pages.values() for link in page.links if urlsplit(link).scheme}

    assert found == OUTSIDE
    assert all(urlsplit(link).scheme == "https" and "." in urlsplit(link).netloc for link in found)


def test_every_page_of_the_documentation_can_be_reached_from_its_index(pages, site):
    index = pages[(site / "docs/index.html").resolve()]
    named = {Path(urlsplit(link).path).name for link in index.links}

    assert {path.name for path in (site / "docs").glob("*.html")} <= named | {"index.html"}


def test_the_navigation_has_one_entry_for_it(pages, site):
    home = pages[(site / "index.html").resolve()]

    assert [link for link in home.links if link.startswith("docs/")] == ["docs/index.html"]


def test_the_documentation_is_no_quarter(site):
    home = (site / "index.html").read_text(encoding="utf-8")

    assert "Documentation" not in home[home.index('id="quarters"') :].split("</table>")[0]


def test_a_file_of_the_repository_is_published_beside_the_page(site):
    copied = site / "docs/files/CHANGELOG.md.txt"

    assert copied.read_bytes() == (ROOT / "CHANGELOG.md").read_bytes()


def test_a_file_that_the_package_does_not_carry_stays_as_words(tmp_path):
    assert with_files("See [the tests](../tests/no_such.py).", folder=tmp_path) == "See the tests."
    assert list(tmp_path.iterdir()) == []


def test_the_reference_lists_exactly_what_the_package_offers():
    entries = re.findall(r"^### `(\w+)` \{#\w+\}$", python_page(), re.MULTILINE)

    assert sorted(entries) == sutg_analysis.__all__
    assert public_names() == sutg_analysis.__all__


def test_the_reference_pages_are_what_the_program_makes_now():
    result = {
        name for name, text in reference_pages().items() if (ROOT / "docs" / name).read_text("utf-8") != text
    }

    assert result == set(), "python .ci/reference.py writes them again"


def test_every_entry_says_what_it_is():
    bodies = re.split(r"^### .*$", python_page(), flags=re.MULTILINE)[1:]

    assert [body for body in bodies if len(body.split()) < 8] == []


def test_every_command_and_option_is_in_the_reference():
    from typer.main import get_command

    page = reference_pages()["commands.qmd"]

    for name, command in get_command(app).commands.items():
        section = page[page.index(f"{{#{name}}}") :].split("\n## ")[0]
        assert all(
            option in section for one in command.params for option in one.opts if option.startswith("--")
        )


def test_every_table_and_column_is_in_the_reference():
    page = reference_pages()["columns.qmd"]

    for name, table in TABLES.items():
        section = page[page.index(f"{{#{name}}}") :].split("\n## ")[0]
        assert all(f"| `{column}` |" in section for column in table.names)


def test_every_table_is_told_in_words():
    told = (ROOT / "docs/tables.qmd").read_text(encoding="utf-8")

    assert [name for name in TABLES if f"| `{name}` |" not in told] == []


def test_a_long_signature_has_an_argument_a_line():
    import griffe

    code = f"def f(frame, *, {', '.join(f'argument_{n}=None' for n in range(8))}): ..."
    shown = signature(griffe.visit("m", filepath=Path("m.py"), code=code)["f"])

    assert shown.splitlines()[:3] == ["f(", "    frame,", "    *,"]


def rows_of(page, heading):
    """Return the cells of the table under a heading, but for its first two lines."""
    section = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    text = next(part for part in section if part.startswith(heading))
    lines = re.findall(r"^\|.*\|$", text, re.MULTILINE)[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


ARCHITECTURE = (ROOT / "docs/architecture.qmd").read_text(encoding="utf-8")


def test_the_architecture_page_has_the_rooms_in_their_order_and_files_that_they_have():
    rooms = {row[0].strip("`"): re.findall(r"`(\w+)`", row[2]) for row in rows_of(ARCHITECTURE, "The rooms")}

    assert tuple(rooms) == FLOW
    assert all(rooms.values())
    folder = {room: PACKAGE / room if (PACKAGE / room).is_dir() else PACKAGE for room in rooms}
    paths = [folder[room] / f"{name}.py" for room, names in rooms.items() for name in names]
    assert [path for path in paths if not path.is_file()] == []


def test_what_the_architecture_page_says_to_open_is_there():
    rows = rows_of(ARCHITECTURE, "To change something")
    named = {row[0]: re.findall(r"`([\w./-]+\.\w+)`", row[1]) for row in rows}

    assert len(named) >= 15
    assert [row for row, names in named.items() if not names and "search for the words" not in row] == []
    places = {name: [PACKAGE / name, ROOT / name] for names in named.values() for name in names}
    assert [name for name, paths in places.items() if not any(path.is_file() for path in paths)] == []


def test_every_written_page_says_what_it_is_for():
    for path in (ROOT / "docs").glob("*.qmd"):
        matter = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
        assert matter["title"], path
        assert matter["description"], path
