"""Every result of change over time has a chart that renders, words, what they cannot say, and a text alternative."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import sutg_analysis as sutg
from tests.support.series import alike, monthly

Y = {"value": "y", "date": "month"}


def results():
    months = np.arange(48)
    frame = monthly(20 + 4 * np.sin(months / 2) + alike(1, 1, 48)[0]).assign(
        n=np.random.default_rng(1).poisson(20, 48), days=500.0
    )
    return {
        "trend": sutg.trend(frame, **Y),
        "trends": sutg.trend(pd.concat([frame.assign(w="a"), frame.assign(w="b")]), by="w", **Y),
        "rate_trend": sutg.rate_trend(frame, numerator="n", denominator="days", date="month", per=1000),
        "seasonal": sutg.seasonal(frame, **Y),
        "interrupted": sutg.interrupted(frame, change="2021-04-01", **Y),
        "interrupted counts": sutg.interrupted(
            frame, numerator="n", denominator="days", date="month", change="2021-04-01", per=1000
        ),
        "forecast": sutg.forecast(frame, horizon=3, **Y),
        "cusum": sutg.cusum(frame, **Y),
        "ewma": sutg.ewma(frame, **Y),
        "change_points": sutg.change_points(frame, **Y),
        "cycle": sutg.evaluate_cycle(frame, start="2021-10-01", prediction=18, **Y),
    }


@pytest.fixture(scope="module")
def made():
    return results()


NAMES = [
    "trend",
    "trends",
    "rate_trend",
    "seasonal",
    "interrupted",
    "interrupted counts",
    "forecast",
    "cusum",
    "ewma",
    "change_points",
    "cycle",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_chart_renders_without_a_stylesheet(made, name):
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(made[name].chart(title="A title").to_dict())

    assert drawn.startswith("<svg")
    assert "A title" in drawn


@pytest.mark.parametrize("name", NAMES)
def test_the_words_say_what_they_cannot_say(made, name):
    words = made[name].words(title="Falls")

    assert words.startswith("Falls")
    assert "What this cannot say:" in words
    assert "nan" not in words.split()
    assert "None" not in words


@pytest.mark.parametrize("name", NAMES)
def test_the_text_alternative_is_short_and_full(made, name):
    alt = made[name].alt_text(title="Falls")

    assert alt.startswith("Falls")
    assert 30 < len(alt) < 500


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_frozen_and_shows_itself_in_one_line(made, name):
    with pytest.raises(AttributeError):
        made[name].points = None

    assert len(repr(made[name])) < 130


def test_statsmodels_loads_only_when_a_regression_is_asked_for():
    code = (
        "import sys, sutg_analysis; light = 'statsmodels' in sys.modules or 'pandas' in sys.modules;"
        "from sutg_analysis import trend, interrupted, evaluate_cycle, early_warning;"
        "print(light, 'statsmodels' in sys.modules)"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert result.split() == ["False", "False"]
