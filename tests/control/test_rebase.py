"""Proposed rebases are those of autospc 0.0.0.9051, and stay proposals until somebody puts their name to them."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutg_analysis import SutgError, propose_rebase, spc

CHARTS = {"XMR": "xmr", "P": "p", "P'": "p_prime", "C": "c", "C'": "c_prime"}
OPTIONS = {
    "period_min=12L": {"points": 12},
    "shift_rule_threshold=7L": {"shift": 7},
    "no_regrets=FALSE": {"no_regrets": False},
    "establish_every_shift=TRUE": {"every_shift": True},
    "max_exclusions=0": {"exclusions": 0},
    "mr_screen_max_loops=0L": {"screen": False},
}
# autospc stops with an error on an XmR chart of 24 points of which two are missing: counted without them they are
# too few for it to draw limits, counted with them enough to ask for. Ours makes limits from the 21 points that
# come first, finds no shift and proposes nothing.
PEER_FAILS = {f"c05_missing|XMR|{way}" for way in ("base", "every", "regrets", "mr0", "excl0")}


def stepped(*levels, each=24):
    wave = np.tile([3.0, 2, 1, 0], each // 4)
    y = np.concatenate([level + wave for level in levels])
    return pd.DataFrame({"month": pd.date_range("2018-01-01", periods=len(y), freq="MS"), "y": y})


def proposed(frame, **options):
    result = propose_rebase(frame, date="month", value="y", **options)
    return result.proposals["date"].dt.strftime("%Y-%m").tolist()


def answer(cases, inputs):
    """Give all cases of one chart and one set of options to one call."""
    first = cases.iloc[0]
    frame = cases.assign(series=cases["case"].str.split("|").str[0])[["case", "series"]].merge(
        inputs, on="series"
    )
    frame = frame.assign(plain=frame["y"].fillna(frame["num"]))
    ratio = first["chart"] in ("P", "P'")
    options = {}
    for argument in filter(None, re.split(", *", first["args"])):
        options |= OPTIONS[argument]
    columns = {"numerator": "num", "denominator": "n"} if ratio else {"value": "plain"}
    return propose_rebase(frame, date="date", by="case", chart=CHARTS[first["chart"]], **columns, **options)


def test_breaks_are_the_peers_in_every_case(golden):
    cases = golden("autospc_cases.csv.gz").fillna({"args": ""})
    inputs = golden("synthetic_inputs.csv").assign(date=lambda table: pd.to_datetime(table["date"]))
    points = golden("autospc_points.csv.gz")
    # A peer's period starts at a break; its first starts with the series.
    broken = points[
        points["breakPoint"].eq(True) & (points["x"] != points.groupby("case")["x"].transform("min"))
    ]
    expected = {(case, day) for case, day in zip(broken["case"], broken["x"], strict=True)}

    result = set()
    for _, some in cases.groupby(["chart", "args"]):
        found = answer(some, inputs).proposals
        result |= set(zip(found["case"], found["date"].dt.strftime("%Y-%m-%d"), strict=True))

    assert result == expected
    assert len(expected) > 10
    assert set(cases["case"][cases["error"].notna()]) == PEER_FAILS


def test_a_shift_that_holds_is_proposed_at_its_first_point():
    assert proposed(stepped(10, 20)) == ["2020-01"]


def test_a_shift_that_goes_back_is_not_proposed():
    frame = pd.concat([stepped(10), stepped(20, each=12), stepped(10)], ignore_index=True)
    frame["month"] = pd.date_range("2018-01-01", periods=len(frame), freq="MS")

    assert proposed(frame) == []


def test_a_shift_with_too_few_points_after_it_waits():
    frame = stepped(10, 20)

    assert proposed(frame.head(24 + 20)) == []
    assert proposed(frame.head(24 + 21)) == ["2020-01"]


def test_every_decision_is_logged_in_order_with_its_meaning():
    result = propose_rebase(stepped(10, 20), date="month", value="y").log

    assert result["step"].tolist() == [1, 2, 3]
    assert (
        result["decision"].tolist() == ["first", "accepted", "no_shift"]
        or result["decision"].iloc[-1] == "no_room"
    )
    assert result["detail"].str.len().min() > 10


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30))
def test_more_data_never_takes_a_proposal_back(seed, more):
    rng = np.random.default_rng(seed)
    y = np.repeat(rng.normal(0, 3, 4), 25) + rng.normal(0, 1, 100)
    frame = pd.DataFrame({"month": pd.date_range("2010-01-01", periods=100, freq="MS"), "y": y})

    earlier = proposed(frame.head(100 - more))

    assert proposed(frame)[: len(earlier)] == earlier


def test_a_series_gets_the_same_proposals_alone_or_among_others():
    rng = np.random.default_rng(5)
    parts = []
    for ward in range(40):
        size = int(rng.integers(10, 90))
        y = np.repeat(rng.normal(0, 3, 4), 25)[:size] + rng.normal(0, 1, size)
        month = pd.date_range("2012-01-01", periods=size, freq="MS")
        parts.append(pd.DataFrame({"ward": ward, "month": month, "y": y}))
    frame = pd.concat(parts, ignore_index=True)

    together = propose_rebase(frame, date="month", value="y", by="ward").proposals

    assert len(together) > 10
    for ward, part in enumerate(parts):
        assert together[together["ward"] == ward]["date"].dt.strftime("%Y-%m").tolist() == proposed(part)


def test_a_proposal_is_refused_until_somebody_puts_their_name_to_it():
    frame = stepped(10, 20)
    proposals = propose_rebase(frame, date="month", value="y").proposals

    with pytest.raises(SutgError, match="without author"):
        spc(frame, value="y", date="month", rebase=proposals)


def test_a_proposal_with_an_author_pasted_into_events_applies():
    frame = stepped(10, 20)
    accepted = propose_rebase(frame, date="month", value="y").proposals.assign(author="Service manager")
    note = pd.DataFrame({"date": ["2019-01-01"], "kind": ["note"], "label": ["New team"], "reason": [None]})
    events = pd.concat([note, accepted.astype({"date": "str"})], ignore_index=True)

    result = spc(frame, value="y", date="month", rebase=events, exclude=events)

    segments = result.segments
    assert segments["centre"].tolist() == [11.5, 21.5]
    assert segments["first_date"].dt.strftime("%Y-%m").tolist() == ["2018-01", "2020-01"]
    start = result.points[result.points["rebase"]].iloc[0]
    assert start["rebase_reason"] == "A shift starts here and holds: centre from 11.57 to 21.57"
    assert not result.points["excluded"].any()


def test_a_proposal_applies_nothing():
    frame = stepped(10, 20)
    before = spc(frame, value="y", date="month").points

    propose_rebase(frame, date="month", value="y")

    pd.testing.assert_frame_equal(spc(frame, value="y", date="month").points, before)
    assert before["segment"].max() == 1
