"""Drawings are the same whoever makes them."""

import json
import os

import pytest

from sutg_analysis.charts.artist import ARTIST, Artists, drawn
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
def artists():
    hired = Artists()
    yield hired
    hired.close()


def test_a_lent_artist_draws_what_a_process_draws_itself(artists, monkeypatch):
    alone = drawn(SPEC)

    with artists.lend() as address:
        monkeypatch.setenv(ARTIST, address)
        assert drawn(SPEC) == alone


def test_an_artist_that_does_not_answer_is_done_without(monkeypatch, tmp_path):
    monkeypatch.setenv(ARTIST, str(tmp_path / "nobody"))

    assert drawn(SPEC).startswith("<svg")


def test_what_cannot_be_drawn_fails_as_it_does_alone(artists, monkeypatch):
    with artists.lend() as address:
        monkeypatch.setenv(ARTIST, address)
        with pytest.raises(ValueError, match="(?i)vega|spec|mark"):
            drawn('{"mark": 3}')


def test_an_artist_is_lent_again_and_leaves_with_whoever_hired_it(monkeypatch):
    hired = Artists()
    with hired.lend() as first:
        pass
    with hired.lend() as second:
        assert second == first
    hired.close()

    assert not os.path.exists(os.path.dirname(first))  # noqa: PTH110, PTH120


def test_a_drawing_is_the_same_whatever_was_drawn_before():
    clipped = {
        "mark": {"type": "line", "clip": True},
        **{k: v for k, v in json.loads(SPEC).items() if k != "mark"},
    }

    assert chart_svg(clipped, alt="A line") == chart_svg(clipped, alt="A line")
