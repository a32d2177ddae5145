"""Lists counted from referrals, against counts made one referral at a time."""

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import waiting_list
from sutg_analysis.errors import ArgumentError


@pytest.fixture(scope="module")
def referrals():
    rng = np.random.default_rng(3)
    many = 2000
    referred = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, many), unit="D")
    seen = referred + pd.to_timedelta(rng.exponential(120, many).astype(int), unit="D")
    leaves = rng.random(many) < 0.3
    table = pd.DataFrame(
        {"referral_id": np.arange(many), "service": rng.choice(["a", "b"], many), "referred": referred}
    )
    table["seen"] = pd.Series(seen).where(~leaves)
    table["closed"] = pd.Series(seen).where(leaves)
    table["outcome"] = pd.Series(rng.choice(["Declined", "Moved"], many)).where(leaves)
    end = pd.Timestamp("2023-12-31")
    return table.assign(**{name: table[name].where(table[name] <= end) for name in ("seen", "closed")})


@pytest.fixture(scope="module")
def counted(referrals):
    return waiting_list(referrals, first="2021-06-01", last="2023-06-30")


def at(counted, date, service=None):
    rows = counted.points[counted.points["date"] == date]
    return rows if service is None else rows[rows["service"] == service]


@pytest.mark.parametrize(("service", "month"), [("a", "2022-03"), ("b", "2023-06")])
def test_a_list_is_what_counting_its_referrals_gives(referrals, counted, service, month):
    end = pd.Period(month).end_time.normalize()
    rows = referrals[referrals["service"] == service]
    stop = rows["seen"].fillna(rows["closed"])
    waits = (end - rows.loc[(rows["referred"] <= end) & ~(stop <= end), "referred"]).dt.days
    point = at(counted, f"{month}-01", service).iloc[0]

    expected = [
        len(waits),
        (waits <= 126).sum(),
        (waits > 126).sum(),
        (waits >= 365).sum(),
        (waits >= 547).sum(),
    ]
    assert point[["list_size", "within_target", "over_18", "over_52", "over_78"]].tolist() == expected
    assert point["mean_weeks"] == pytest.approx(waits.mean() / 7)
    assert point["longest_weeks"] == pytest.approx(waits.max() / 7)


def test_flows_are_those_of_the_month(referrals, counted):
    rows = referrals[referrals["service"] == "a"]
    point = at(counted, "2022-03-01", "a").iloc[0]

    def in_month(dates):
        return int((dates.dt.to_period("M") == pd.Period("2022-03")).sum())

    assert point[["additions", "seen", "removed"]].tolist() == [
        in_month(rows["referred"]), in_month(rows["seen"]), in_month(rows["closed"])
    ]  # fmt: skip


def test_removals_are_told_apart_by_outcome(counted):
    sums = counted.removals.groupby("outcome")["count"].sum()

    assert set(sums.index) == {"seen", "Declined", "Moved"}
    assert sums["seen"] == counted.points["seen"].sum()
    assert sums[["Declined", "Moved"]].sum() == counted.points["removed"].sum()


def test_opening_plus_flows_is_closing(counted):
    assert (counted.points["residual"] == 0).all()
    for _, rows in counted.points.groupby("service"):
        assert rows["opening"].iloc[1:].tolist() == rows["list_size"].iloc[:-1].tolist()


def test_groups_add_up_to_the_whole(referrals, counted):
    whole = waiting_list(referrals, by=None, first="2021-06-01", last="2023-06-30").points

    parts = counted.points.groupby("date")[["list_size", "additions", "seen", "over_18"]].sum()
    assert (parts.to_numpy() == whole[["list_size", "additions", "seen", "over_18"]].to_numpy()).all()


def test_bands_add_up_to_the_list(counted):
    bands = counted.bands.drop(columns=["service", "date"]).sum(axis=1)

    assert bands.tolist() == counted.points["list_size"].tolist()


@pytest.mark.parametrize(("days", "band"), [(0, "0-1"), (7, "0-1"), (8, "1-2"), (126, "17-18"), (127, "18-19"),
                                            (364, "51-52"), (365, "52-53"), (728, "103-104"), (729, "104+")])  # fmt: skip
def test_a_wait_falls_into_its_band_by_days(days, band):
    start = pd.Timestamp("2024-01-31") - pd.Timedelta(days=days)
    table = pd.DataFrame({"referred": [start], "seen": [pd.NaT]})

    row = waiting_list(table, by=None, first="2024-01-01", last="2024-01-31").bands.iloc[0]

    assert row[row == 1].index.tolist() == [band]


def test_a_group_not_recorded_is_a_group_of_its_own():
    table = pd.DataFrame({"referred": "2024-01-01", "seen": [None, None], "quintile": [1.0, None]})

    result = waiting_list(table, by="quintile").points["quintile"].tolist()

    assert result == [1, "not recorded"]


@pytest.mark.parametrize(("every", "periods"), [("day", 31), ("week", 5), ("month", 1), ("quarter", 1)])
def test_periods_may_be_days_weeks_months_or_quarters(every, periods):
    table = pd.DataFrame({"referred": ["2024-01-01"], "seen": [None]})

    result = waiting_list(table, by=None, first="2024-01-01", last="2024-01-31", every=every).points

    assert len(result) == periods


def test_the_order_of_rows_does_not_matter(referrals, counted):
    shuffled = waiting_list(referrals.sample(frac=1, random_state=1), first="2021-06-01", last="2023-06-30")

    pd.testing.assert_frame_equal(shuffled.points, counted.points)


@pytest.mark.parametrize(
    "options", [{"every": "year"}, {"first": "2024-01-01", "last": "2023-01-01"}, {"by": "ward"}]
)
def test_arguments_that_cannot_be_are_refused(referrals, options):
    with pytest.raises(ArgumentError):
        waiting_list(referrals, **options)


def test_the_chart_the_words_and_the_alternative_speak_of_the_same_list(counted):
    assert counted.chart().to_dict()["title"]["text"] == ["People waiting at the end of the period"]
    assert "At the end of June 2023" in counted.words()
    assert "2 panels" in counted.alt_text()


@pytest.mark.parametrize(
    ("latest", "known_to"), [("2024-02-20", ["NaT", "2024-02-20"]), ("2024-02-29", ["NaT"] * 2)]
)
def test_a_period_that_is_not_over_on_the_day_of_the_extract_is_known_to_that_day(latest, known_to):
    table = pd.DataFrame({"referred": ["2024-01-03", "2024-02-01"], "seen": ["2024-01-20", None]})

    points = waiting_list(table, by=None, first="2024-01-01", last=latest, latest=latest).points

    assert points["known_to"].dt.strftime("%Y-%m-%d").fillna("NaT").tolist() == known_to


def test_no_percentile_is_above_the_longest_wait():
    rows = pd.DataFrame({"referred": ["2024-01-27", "2024-01-28"], "seen": [None, None]})

    last = waiting_list(rows, by=None, last="2024-01-31").points.iloc[-1]

    assert last["p92_weeks"] <= last["longest_weeks"]
    assert last["median_weeks"] <= last["longest_weeks"]
