"""Drawings are the same whoever makes them."""

import json
import os

import pytest

from sutg_analysis.charts.drawing import ADDRESS, DrawingProcesses, svg_of
from sutg_analysis.charts.svg import chart_svg

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs local sockets")
SPEC = json.dumps(
    {
        "data": {"values": [{"a": 1, "b": 2}, {"a": 2, "b": 3}]},
        "mark": "line",
        "encoding": {
            "x": {"field": "a", "type": "quantitative"},
            "y": {"field": "b", "type": "quantitative"},
        },
    }
)


@pytest.fixture(scope="module")
def processes():
    started = DrawingProcesses()
    yield started
    started.close()


def test_a_lent_process_draws_what_a_process_draws_itself(processes, monkeypatch):
    alone = svg_of(SPEC)

    with processes.lend() as address:
        monkeypatch.setenv(ADDRESS, address)
        assert svg_of(SPEC) == alone


def test_a_drawing_process_that_does_not_answer_is_done_without(monkeypatch, tmp_path):
    monkeypatch.setenv(ADDRESS, str(tmp_path / "nobody"))

    assert svg_of(SPEC).startswith("<svg")


def test_what_cannot_be_drawn_fails_as_it_does_alone(processes, monkeypatch):
    with processes.lend() as address:
        monkeypatch.setenv(ADDRESS, address)
        with pytest.raises(ValueError, match="(?i)vega|spec|mark"):
            svg_of('{"mark": 3}')


def test_a_drawing_process_is_lent_again_and_ends_with_whoever_started_it(monkeypatch):
    started = DrawingProcesses()
    with started.lend() as first:
        pass
    with started.lend() as second:
        assert second == first
    started.close()

    assert not os.path.exists(os.path.dirname(first))  # noqa: PTH110, PTH120


def test_a_drawing_process_that_is_let_go_while_it_starts_ends_and_leaves_nothing():
    started = DrawingProcesses()
    addresses = []
    for _ in range(8):
        with started.lend() as address:
            addresses.append(address)
        started.close()

    assert not any(os.path.exists(os.path.dirname(address)) for address in addresses)  # noqa: PTH110, PTH120


def test_a_drawing_is_the_same_whatever_was_drawn_before():
    clipped = {
        "mark": {"type": "line", "clip": True},
        **{k: v for k, v in json.loads(SPEC).items() if k != "mark"},
    }

    assert chart_svg(clipped, alt="A line") == chart_svg(clipped, alt="A line")
