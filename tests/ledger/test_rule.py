"""Rules of registers, in few words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutg_analysis.errors import ArgumentError
from sutg_analysis.ledger.rule import BED_DAYS, read_rule


@pytest.mark.parametrize(
    ("register", "text", "expected"),
    [
        ("incidents", "harm = falls", {"what": "count", "harms": ("falls",), "per": ""}),
        ("incidents", "harm = falls or slips, per bed days", {"harms": ("falls", "slips"), "per": BED_DAYS}),
        ("incidents", "any harm, level >= severe", {"harms": (), "levels": ("severe", "death")}),
        ("incidents", "days between harm = death", {"what": "gaps", "harms": ("death",)}),
        ("incidents", "harm = falls of a or b, per bed days", {"units": ("a", "b"), "per": BED_DAYS}),
        ("incidents", "harm = falls, per bed-occupancy", {"per": "bed-occupancy"}),
        ("pathways", "seen within 18 weeks", {"what": "seen", "weeks": 18.0, "over": False}),
        ("pathways", "waiting over 52 weeks", {"what": "waiting", "weeks": 52.0, "over": True}),
        ("pathways", "seen within 6 weeks of talking-therapies", {"units": ("talking-therapies",)}),
        ("pathways", "list size of a or b", {"what": "list size", "units": ("a", "b")}),
        ("sitrep", "night registered fill", {"what": "fill", "shift": "night", "role": "registered"}),
        ("sitrep", "unregistered fill", {"role": "unregistered", "shift": ""}),
        ("sitrep", "occupancy", {"what": "occupancy"}),
        ("feedback", "positive", {"what": "positive"}),
    ],
)
def test_a_rule_in_few_words_is_understood(register, text, expected):
    rule = read_rule(register, text)

    assert {name: getattr(rule, name) for name in expected} == expected
    assert rule.words == text


@given(st.sampled_from([" ", "  ", "\t"]), st.booleans())
def test_spaces_and_capitals_do_not_matter(space, loud):
    text = space.join(["Seen", "Within" if loud else "within", "18", "weeks"])

    assert read_rule("pathways", text).weeks == 18


@pytest.mark.parametrize(
    ("register", "text"),
    [
        ("incidents", "harms are falls"),
        ("incidents", "harm = falls, level from awful"),
        ("pathways", "seen soon"),
        ("sitrep", "night"),
        ("feedback", "stars"),
        ("feedback", ""),
    ],
)
def test_what_is_no_rule_is_answered_with_what_one_looks_like(register, text):
    with pytest.raises(ArgumentError) as caught:
        read_rule(register, text)

    assert repr(text) in caught.value.found
    assert caught.value.expected.startswith("'")
