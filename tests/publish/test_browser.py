"""The example site in a browser: for every reader, on every screen, with and without scripts."""

import gzip
import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from sutg_analysis.project import shipped
from tests.support.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

REPORT = "reports/2023-24-q2/board_report.html"
MEASURES = len(pd.read_csv(shipped() / "data" / "measures.csv"))
"""Charts on the board report: one a measure."""
WIDTHS, SCHEMES = (1280, 320), ("light", "dark")
COLOURS = ["color-contrast", "link-in-text-block"]
"""All that another scheme of colours can break on a page that has been looked at in full."""


def watched(context):
    """Return a new page that notes what it asks for and what it complains of."""
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


@pytest.fixture
def opened(chromium, example_site):
    """Open a page and note what it asks for and what it complains of."""
    contexts = []

    def open_page(name, *, width=1280, height=900, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = watched(context)
        page.goto(name if "://" in name else (example_site / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@dataclass
class Visit:
    """One page as it was found: all it asked for and complained of, its width and axe's faults on each screen."""

    asked: list
    complaints: list
    wide: dict = field(default_factory=dict)
    faults: dict = field(default_factory=dict)


@pytest.fixture(scope="module")
def visits(chromium, example_site):
    """Every page of the site, loaded once and looked at on every screen."""
    context, found = chromium.new_context(), {}
    page = watched(context)
    for path in sorted(example_site.rglob("*.html")):
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.emulate_media(color_scheme=SCHEMES[0])
        page.asked.clear()
        page.complaints.clear()
        page.goto(path.as_uri())
        page.wait_for_timeout(100)
        visit = found[path.relative_to(example_site).as_posix()] = Visit([*page.asked], [*page.complaints])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            visit.wide[width] = page.evaluate("document.documentElement.scrollWidth")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                visit.faults[width, scheme] = violations(page, rules=COLOURS if scheme == "dark" else None)
    context.close()
    assert len(found) >= 8
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_fault_on_any_page(visits, width, scheme):
    faults = {name: visit.faults[width, scheme] for name, visit in visits.items()}

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.quarto
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "name",
    ["index.html", REPORT, "reports/2023-24-q2/index.html", "reports/methods.html", "docs/disclosure.html"],
)
def test_axe_finds_no_fault_on_quartos_pages(opened, quarto_site, name, width, scheme):
    page = opened(quarto_site + name, width=width, color_scheme=scheme)

    assert violations(page) == []
    assert [url for url in page.asked if not url.startswith((quarto_site, "data:", "blob:"))] == []
    assert page.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(visits, width):
    assert {name: visit.wide[width] for name, visit in visits.items() if visit.wide[width] > width} == {}


def test_a_pointer_on_a_point_is_told_its_date_value_limits_and_rule(opened):
    page = opened(REPORT)
    drawing = page.locator(".sutg-drawing").first
    drawing.scroll_into_view_if_needed()
    drawing.hover()
    page.wait_for_selector('.sutg-drawing[data-live="yes"]')
    points = drawing.locator(".sutg-live .mark-symbol path")

    points.nth(points.count() - 5).hover()

    told = page.locator("#vg-tooltip-element").inner_text()
    assert all(
        word in told for word in ("Date", "2023", "Value", "Mean", "Lower limit", "Upper limit", "Shows")
    )
    assert page.complaints == []


def test_arrow_keys_read_the_points_one_by_one(opened):
    page = opened(REPORT)
    drawing = page.locator(".sutg-drawing").first
    drawing.focus()
    page.wait_for_selector('.sutg-drawing[data-live="yes"]')

    page.keyboard.press("ArrowLeft")
    last = page.locator("#vg-tooltip-element").inner_text()
    page.keyboard.press("ArrowLeft")

    assert "September 2023" in last
    assert "August 2023" in page.locator("#vg-tooltip-element").inner_text()
    assert "August 2023" in drawing.locator("[aria-live]").inner_text()


def test_a_living_chart_is_still_one_picture_with_a_text_alternative(opened):
    page = opened(REPORT)
    page.locator(".sutg-drawing").first.focus()
    page.wait_for_selector('.sutg-drawing[data-live="yes"]')

    assert violations(page) == []


def test_a_table_of_icons_filters(opened):
    page = opened(REPORT)
    page.get_by_label("Variation", exact=True).select_option("Concern, lower")

    shown = page.locator(".sutg-icon-table tbody tr:visible")

    assert shown.all_inner_texts()[0].startswith("Seen within 18 weeks")
    assert shown.count() == 1
    assert page.locator(".sutg-filtered").inner_text() == f"1 of {MEASURES} rows shown."


def test_a_table_of_icons_sorts_by_number(opened):
    page = opened(REPORT)
    page.get_by_role("button", name="Latest").click()

    cells = page.locator(".sutg-icon-table tbody tr td:nth-of-type(2)").all_inner_texts()
    numbers = [float(re.match(r"[\d.]+", cell)[0]) for cell in cells]

    assert numbers == sorted(numbers)
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Latest")


def test_search_finds_the_page_that_holds_a_word(opened):
    page = opened("index.html")
    page.get_by_label("Search this site").fill("bittern")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results a")

    assert "Falls per 1,000 bed days, Q2 2023/24" in page.locator("#search-results a").all_inner_texts()
    assert "bittern" in page.locator("#search-results li").first.inner_text().lower()
    assert page.complaints == []


def test_without_scripts_every_chart_table_and_word_is_there(opened):
    page = opened(REPORT, java_script_enabled=False)

    assert page.locator(".sutg-drawing svg.sutg-wide:visible").count() == MEASURES
    assert page.locator(".sutg-icon-table tbody tr:visible").count() == MEASURES
    page.locator("summary").first.click()
    assert page.locator("details[open] tbody tr").first.inner_text().startswith("April 2020")


def test_every_download_is_there(opened, example_site):
    page = opened(REPORT)
    links = page.locator(".sutg-downloads a").evaluate_all("links => links.map(link => link.href)")

    missing = [link for link in links if not Path(link.removeprefix("file://")).is_file()]

    assert len(links) == MEASURES * 4
    assert missing == []


def test_no_page_asks_another_host_for_anything_or_complains(visits):
    asked = {
        name: [url for url in visit.asked if not url.startswith("file:")] for name, visit in visits.items()
    }

    assert {name: urls for name, urls in asked.items() if urls} == {}
    assert {name: visit.complaints for name, visit in visits.items() if visit.complaints} == {}


def test_the_page_shows_before_the_bundle_is_asked_for(opened):
    page = opened(REPORT)
    page.wait_for_load_state("networkidle")

    assert [url for url in page.asked if url.endswith("vega.js")] == []


def test_a_phone_gets_the_narrow_drawing(opened):
    page = opened(REPORT, width=320)

    assert page.locator("svg.sutg-narrow").first.is_visible()
    assert not page.locator("svg.sutg-wide").first.is_visible()


def test_no_chart_is_cut_in_two_on_paper(opened):
    page = opened(REPORT)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})

    styles = page.locator(".sutg-drawing").evaluate_all(
        "all => all.map(one => getComputedStyle(one).breakInside)"
    )
    widths = page.locator(".sutg-drawing svg.sutg-wide").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().right)"
    )

    assert set(styles) == {"avoid"}
    assert max(widths) <= 720
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_twelve_charts_are_150_kilobytes_at_most(example_site):
    page = gzip.compress((example_site / REPORT).read_bytes())

    assert len(page) / MEASURES * 12 <= 150_000
    assert len(gzip.compress((example_site / "assets/vega.js").read_bytes())) <= 350_000
