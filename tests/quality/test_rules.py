"""The rules of the governance reports come from one file, and a wrong rule is named."""

from pathlib import Path

import pytest

from sutg_analysis.errors import DataError
from sutg_analysis.quality.rules import Governance, read_governance

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stated(tmp_path):
    def read(text):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / "governance.toml").write_text(text, encoding="utf-8")
        return read_governance(tmp_path)

    return read


def test_a_project_without_the_file_has_the_usual_rules(tmp_path):
    assert read_governance(tmp_path) == Governance()


def test_a_rule_not_stated_has_its_usual_value(stated):
    result = stated("[sitrep]\nregistered_fill_below = 90\n").sitrep

    assert (result.registered_fill_below, result.unregistered_fill_below) == (90, 80)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sitrp]\n", "data/governance.toml: 'sitrp'; expected one of sitrep"),
        ("[sitrep]\nfill = 80\n", r"\[sitrep\]: 'fill'; expected one of registered_fill_below"),
        ("[escalation]\ncalm_months = -1\n", "calm_months = -1; expected a number of 0 or more"),
        ("[quality]\nmonths = 'six'\n", "months = 'six'; expected a number"),
        ("[sitrep\n", "data/governance.toml cannot be read"),
    ],
)
def test_a_wrong_rule_is_named(stated, text, said):
    with pytest.raises(DataError, match=said):
        stated(text)


def test_the_examples_front_sheet_ticks_eight_of_nine_priorities():
    ticked = read_governance(ROOT).front_sheet["2023-24-q2"]["aligned"]

    assert len(ticked) == 8
    assert "Environments" not in ticked
