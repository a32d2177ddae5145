"""The governance reports as published: each page says what it must, and that its actions are modelled on papers."""

import pytest

pytestmark = pytest.mark.kernel

FOLDER = "reports/2023-24-q2"
SAID = {
    "highlight": [
        "Access to Services: 2 actions are rated Green",
        "Decide whether the rating stands",
        "Not ticked",
    ],
    "priority-access-to-services": [
        "while Seen within 18 weeks signals concern",
        "ORR 75",
        "Amber",
        "Medical Director",
    ],
    "programme": ["De-escalate after 2 months", "Behind trajectory", "Days overdue"],
    "sitrep": [
        "Osier ward, night shift: registered staff below 80% of plan on 7 days",
        "Since the last report",
    ],
    "expectations": ["Due and not completed", "Slipped, ", "Community response within two hours"],
    "unit-mental-health": ['href="unit-fenmarch.html"', 'href="unit-adult-inpatient.html"', "July 2023"],
    "unit-sedge-ward": ['href="unit-adult-inpatient.html"', "This is the lowest level"],
    "data_quality": [
        "No measure",
        "From objective to measure",
        "Completeness",
        "are good in every dimension",
        "Incidents: harm = falls, per bed days",
    ],
}


@pytest.mark.parametrize("name", sorted(SAID))
def test_a_page_says_what_it_must(example_site, name):
    page = " ".join((example_site / FOLDER / f"{name}.html").read_text(encoding="utf-8").split())

    assert [text for text in SAID[name] if text not in page] == []


@pytest.mark.parametrize("name", sorted(SAID))
def test_a_page_says_that_actions_are_modelled_on_papers_and_numbers_invented(example_site, name):
    page = " ".join((example_site / FOLDER / f"{name}.html").read_text(encoding="utf-8").split())

    assert "modelled on public board papers; the numbers are invented" in page


def test_home_names_the_places_that_call_for_attention_and_leads_there(example_site):
    page = " ".join((example_site / "index.html").read_text(encoding="utf-8").split())
    news = page.split("What calls for attention in Q2 2023/24", 1)[1].split("</ul>", 1)[0]

    assert news.count("<li>") >= 5
    assert "Reedmace unit" in news.split("</li>")[0]
    assert "Neurodevelopmental assessment" in news
    assert "Osier ward" in news
    assert "Getting better: " in news
    assert 'href="reports/2023-24-q2/unit-sedge-ward.html"' not in news
