"""What a rule counts in a register."""

import pytest

from sutg_analysis import load
from tests.ledger.test_agreement import COUNTED

HOURS = ",".join(
    f"{kind}_{role}" for role in ("registered", "unregistered") for kind in ("planned", "actual")
)
SITREP = (
    f"date,ward,shift,{HOURS},beds,occupied,leave",
    "2023-04-02,ward-a,early,30,30,30,30,10,9,1",
    "2023-04-02,ward-a,night,30,30,30,30,10,8,1",
    "2023-04-03,ward-a,early,30,30,30,30,10,7,0",
    "2023-04-02,trust,early,30,30,30,30,10,5,0",
)
LOG = ("date,ward,harm,level", "2023-04-02,ward-a,falls,low", "2023-04-03,trust,falls,low")


@pytest.fixture
def counted(tables):
    """The one measure of a project, counted by a rule: numerator and denominator by unit."""

    def by(register, rule, unit="percent"):
        row = f"one,One,Access,xmr,{unit},increase,,{100 if unit == 'percent' else 1000},Chief,One,,,{register},{rule}"
        others = [f"{line},," for line in tables.lines["measures"][1:]]
        tables.lines |= {"measures": [COUNTED, row, *others], "sitrep": list(SITREP), "incidents": list(LOG)}
        rows = load(tables.write()).observations.query("measure_id == 'one'")
        return {
            unit: (part, whole) for unit, part, whole in rows[["unit_id", "numerator", "denominator"]].values
        }

    return by


def test_beds_are_counted_once_a_day_at_the_last_shift(counted):
    assert counted("sitrep", "occupancy")["ward-a"] == (15, 20)


def test_a_rule_of_wards_counts_incidents_and_bed_days_of_those_alone(counted):
    assert counted("incidents", "harm = falls of ward-a per bed days", unit="rate") == {"ward-a": (1, 15)}
