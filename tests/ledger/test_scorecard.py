"""Every measure is judged by what is known of it; what is not yet observed stops nothing."""

import pandas as pd

from sutg_analysis import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.ledger.scorecard import score

EARLIER = Quarter.parse("2023-24-q1")


def judged(tables):
    return score(load(tables.write()), quarter=EARLIER).summary.set_index(["measure_id", "unit_id"])


def test_a_measure_whose_first_value_comes_later_is_not_judged_yet(tables):
    row = "sickness,Sickness,,xmr,percent,decrease,4.5,,,,,"
    tables.lines["measures"].append(row)
    tables.lines["observations"].append("sickness,ward-a,2023-08-01,30,640")

    assert "sickness" not in judged(tables).index.get_level_values("measure_id")


def test_a_target_of_a_unit_without_values_leaves_the_others_theirs(tables):
    tables.lines["units"].append("ward-b,Ward B,ward,trust")
    tables.lines["targets"].append("seen,ward-b,2023-01-01,,90")

    result = judged(tables)

    assert result.loc[("seen", "ward-a"), "target"] == 80
    assert ("seen", "ward-b") not in result.index


def test_a_target_of_every_unit_is_that_of_each(tables):
    result = judged(tables)["target"]

    assert result.loc["falls"].tolist() == [6, 6]
    assert pd.notna(result).all()


def test_a_rebase_of_every_unit_leaves_a_unit_alone_that_ended_before_it(tables):
    tables.lines["units"].append("ward-b,Ward B,ward,trust")
    tables.lines["observations"] += ["falls,ward-b,2023-01-01,3,", "falls,ward-b,2023-02-01,4,"]
    tables.lines["events"].append("falls,,2023-05-01,rebase,New floor,The ward moved,Ward Manager")
    project = tables.write()

    every = score(load(project), quarter=EARLIER).summary.set_index(["measure_id", "unit_id"])
    rows = {f"{table}.unit_id": ["ward-b"] for table in ("observations", "targets", "events")}
    alone = load(project, only=rows)

    assert every.loc[("falls", "ward-a"), "segments"] == 2
    assert every.loc[("falls", "ward-b"), "segments"] == 1
    assert score(alone, quarter=EARLIER).summary["segments"].eq(1).all()


def test_a_rebase_of_a_measure_holds_for_the_units_that_report_by_then(tables):
    tables.lines["units"].append("ward-b,Ward B,ward,trust")
    tables.lines["observations"].append("seen,ward-b,2023-04-01,40,50")
    tables.lines["events"].append("seen,ward-a,2022-03-01,rebase,Sooner,Moved,Service manager")

    result = judged(tables)

    assert result.loc[("seen", "ward-b"), "latest"] == 80
    card = score(load(tables.write(), only={"observations.unit_id": ["ward-b"]}), quarter=EARLIER)
    assert card.summary["unit_id"].tolist()[-1] == "ward-b"


def test_a_rebase_after_the_last_month_of_an_edition_waits_for_the_next(tables):
    tables.lines["events"].append("falls,ward-a,2023-06-20,rebase,Later,Moved,Service manager")

    assert ("falls", "ward-a") in judged(tables).index


def test_a_target_of_a_unit_goes_before_the_standing_one_of_its_measure(tables):
    tables.lines["targets"].append("falls,ward-a,,,3")

    assert judged(tables).loc["falls", "target"].to_dict() == {"trust": 6, "ward-a": 3}
