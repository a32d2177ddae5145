"""As at which day a project's tables stand, and what was known on a day."""

from datetime import date

import pandas as pd
import pytest

from sutg_analysis.catalogue.as_at import AsAt, Extent, extent_of, provisional
from sutg_analysis.catalogue.load import load, restore, store
from sutg_analysis.errors import UsageError

INCIDENTS = [
    "date,ward,harm,level",
    *(f"{day:%Y-%m-%d},ward-a,falls,low" for day in pd.date_range("2023-05-01", "2023-08-20")),
]
FEEDBACK = "period,unit_id,group,group_kind,very_good,good,neither,poor,very_poor,dont_know"


def observations(*months, measure="falls"):
    return pd.DataFrame({"measure_id": measure, "period": pd.to_datetime(list(months))})


def days(first, last, *, every=1):
    return pd.Series(pd.date_range(first, last, freq=f"{every}D"))


def to_august(tables):
    """Leave out what is later than 20 August, by month and by day."""
    kept = [line for line in tables.lines["observations"] if "2023-09" not in line]
    tables.lines |= {"observations": kept, "incidents": INCIDENTS}
    return tables.write()


def test_a_quarter_that_is_over_has_its_own_name():
    at = AsAt(date(2023, 9, 30))

    assert (at.whole, at.label, at.parameter) == (True, "Q2 2023/24", "")


def test_a_quarter_that_is_not_over_says_to_which_day():
    at = AsAt(date(2023, 8, 20))

    assert (at.whole, at.label, at.parameter) == (False, "Q2 2023/24, to 20 August 2023", "2023-08-20")


def test_months_alone_are_known_to_the_end_of_the_last():
    result = extent_of(observations("2023-07-01", "2023-09-01"), {})

    assert result == Extent(date(2023, 9, 1), date(2023, 9, 30))


def test_a_table_of_days_that_ends_within_the_last_month_is_how_far_things_are_known():
    result = extent_of(observations("2023-07-01", "2023-08-01"), {"sitrep": days("2023-06-01", "2023-08-20")})

    assert result.known == date(2023, 8, 20)


def test_a_table_of_days_that_ended_before_the_last_month_says_nothing_of_it():
    result = extent_of(observations("2023-08-01", "2023-09-01"), {"sitrep": days("2023-06-01", "2023-08-20")})

    assert result.known == date(2023, 9, 30)


def test_days_after_the_last_month_are_known_too():
    result = extent_of(observations("2023-06-01", "2023-07-01"), {"sitrep": days("2023-06-01", "2023-08-20")})

    assert result.known == date(2023, 8, 20)


def test_of_several_tables_of_days_the_latest_counts():
    seen = {"incidents": days("2023-06-01", "2023-08-11"), "sitrep": days("2023-06-01", "2023-08-20")}

    assert extent_of(observations("2023-08-01"), seen).known == date(2023, 8, 20)


@pytest.mark.parametrize(("every", "known"), [(5, date(2023, 9, 30)), (1, date(2023, 9, 28))])
def test_a_usual_silence_to_the_end_of_the_month_is_no_end_of_the_table(every, known):
    dates = days("2023-06-20", "2023-09-28", every=every)

    assert extent_of(observations("2023-09-01"), {"incidents": dates}).known == known


def test_a_silence_that_is_usual_in_one_table_is_none_where_another_tells_every_day():
    seen = {
        "incidents": days("2023-06-22", "2023-08-26", every=5),
        "sitrep": days("2023-06-01", "2023-08-28"),
    }

    assert extent_of(observations("2023-08-01"), seen).known == date(2023, 8, 28)


def test_a_quarterly_figure_is_known_to_the_end_of_its_quarter():
    assert extent_of(observations("2023-01-01", "2023-04-01", "2023-07-01"), {}).known == date(2023, 9, 30)


def test_a_month_or_a_quarter_that_is_not_over_is_provisional():
    monthly = observations("2023-07-01", "2023-08-01")
    quarterly = observations("2023-01-01", "2023-04-01", "2023-07-01", measure="fft")

    result = provisional(pd.concat([monthly, quarterly]), AsAt(date(2023, 8, 20)))

    assert result.tolist() == [False, True, False, False, True]


def test_a_day_is_never_provisional():
    daily = observations("2023-08-01", "2023-08-20", measure="beds")

    assert not provisional(daily, AsAt(date(2023, 8, 20))).any()


def test_tables_that_end_within_a_quarter_are_as_at_their_last_day(tables):
    assert load(to_august(tables), quarter="2023-24-q2").at.day == date(2023, 8, 20)


def test_a_table_that_is_not_read_counts_for_the_day(tables):
    root = to_august(tables)

    assert load(root, tables=(), quarter="2023-24-q2").at == load(root).at


def test_the_month_on_which_tables_end_is_known_and_provisional(tables):
    known = load(to_august(tables), quarter="2023-24-q2")

    result = known.observations[provisional(known.observations, known.at)]

    assert set(result["period"]) == {pd.Timestamp("2023-08-01")}


def test_a_month_that_was_not_over_was_not_known_where_tables_go_on(tables):
    known = load(tables.write(), as_at="2023-08-20")

    assert known.observations["period"].max() == pd.Timestamp("2023-07-01")


def test_a_month_stays_where_nothing_is_dated_after_the_day(tables):
    known = load(tables.write(), as_at="2023-09-20")

    assert known.observations["period"].max() == pd.Timestamp("2023-09-01")
    assert known.at.label == "Q2 2023/24, to 20 September 2023"


def test_answers_of_a_quarter_that_was_not_over_were_not_known(tables):
    quarters = ("2022-10-01", "2023-01-01", "2023-04-01", "2023-07-01")
    tables.lines["feedback"] = [FEEDBACK, *(f"{day},ward-a,All,all,30,20,1,1,1,1" for day in quarters)]

    assert load(tables.write(), as_at="2023-08-20").feedback["period"].max() == pd.Timestamp("2023-04-01")


def test_a_day_after_the_tables_is_as_at_their_end(tables):
    assert load(tables.write(), as_at="2024-10-31").at.day == date(2023, 9, 30)


def test_as_at_a_day_twice_is_as_at_it_once(tables):
    once = load(tables.write(), as_at="2023-08-20")

    pd.testing.assert_frame_equal(once.as_at(once.at.quarter).observations, once.observations)


def test_a_snapshot_keeps_the_day(tables, tmp_path):
    root = to_august(tables)
    store(load(root), tmp_path / "kept", project=root)

    assert restore(tmp_path / "kept", ()).at.day == date(2023, 8, 20)


@pytest.mark.parametrize("given", ["20 August", "2023-08-32", "2023-24-q2"])
def test_what_is_no_date_is_refused(tables, given):
    with pytest.raises(UsageError, match=f"as at '{given}'; expected a date .*Write year, month and day"):
        load(tables.write(), as_at=given)


def test_a_day_of_another_quarter_is_refused(tables):
    with pytest.raises(
        UsageError, match="as at 20 August 2023 of Q1 2023/24; expected a day from 2023-04-01 to 2023-06-30"
    ):
        load(tables.write(), quarter="2023-24-q1", as_at="2023-08-20")


def test_a_day_before_the_first_observation_is_refused(tables):
    with pytest.raises(
        UsageError, match="no observations up to 20 August 2010; expected a day from 2022-01-31"
    ):
        load(tables.write(), as_at="2010-08-20")


def test_what_a_quarter_came_to_is_known_at_its_end_and_its_plan_before(tables):
    tables.lines["priorities"] = [
        "priority_id,priority,lead,commitments,aims",
        "access,Access,Director,,",
        "high,High standards,Nurse,,",
    ]
    tables.lines["actions"] = [
        "priority,action,lead,quarter,plan,achievement,impact,rag,next_plan",
        "Access,Train,Matron,2023-24-q2,Train all,All trained,,Green,Go on",
    ]

    before, after = (load(tables.write(), as_at=day).actions.iloc[0] for day in ("2023-08-20", "2023-09-30"))

    assert (before["plan"], after["achievement"]) == ("Train all", "All trained")
    assert before[["achievement", "rag", "next_plan"]].isna().all()
