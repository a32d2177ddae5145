"""Access standards and clock rules as a project's file has them."""

from datetime import date

import pytest

from sutg_analysis.errors import ArgumentError
from sutg_analysis.waiting.clocks import ACCESS_STANDARDS, read_rules, read_standards


def test_the_national_standards_are_those_of_mental_health_and_community_trusts():
    national = {standard.id: standard.target for standard in ACCESS_STANDARDS if standard.kind == "national"}

    assert national == {"psychosis-2-weeks": 60, "talking-6-weeks": 75, "talking-18-weeks": 95, "rtt-18-weeks": 92,
                        "eating-disorders-urgent": 95, "eating-disorders-routine": 95, "follow-up-72-hours": 80,
                        "community-response-2-hours": 70}  # fmt: skip


def test_a_project_may_add_standards_of_its_own():
    mine = {
        "standards": {"wheelchairs": {"title": "Wheelchairs in 18 weeks", "service": "chairs", "target": 80}}
    }

    result = read_standards(mine)[-1]

    assert (result.id, result.kind, result.service, result.target) == ("wheelchairs", "local", "chairs", 80)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"mesure": "x"}, "the setting 'mesure' of the standard a"),
        ({"target": 120}, "target = 120 of the standard a"),
        ({"kind": "regional"}, "kind = 'regional' of the standard a"),
        ("x", "the setting 'x' of the standard a"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings, match):
    with pytest.raises(ArgumentError, match=match):
        read_standards({"standards": {"a": settings}})


def test_clock_rules_leave_the_standards_of_their_file_alone():
    assert set(read_rules({"standards": {"a": {}}})) == {"*"}


def test_planned_sizes_are_read_in_the_order_of_their_dates():
    rules = read_rules({"services": {"a": {"trajectory": {"2024-03-31": 200, "2023-09-30": 250}}}})

    assert rules["a"].trajectory == ((date(2023, 9, 30), 250.0), (date(2024, 3, 31), 200.0))


@pytest.mark.parametrize("sizes", [{"soon": 5}, {"2024-03-31": "few"}, 5, {"2024-03-31": -5}])
def test_planned_sizes_that_cannot_be_are_refused(sizes):
    with pytest.raises(ArgumentError, match="trajectory = .* of the clock of a"):
        read_rules({"services": {"a": {"trajectory": sizes}}})


def test_waits_are_judged_of_those_waiting_or_seen():
    with pytest.raises(ArgumentError, match="judged = 'both' of the clock of a; expected waiting or seen"):
        read_rules({"services": {"a": {"judged": "both"}}})
