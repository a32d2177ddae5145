"""Calls that a tired analyst or a broken extract makes: each has a right answer or an error that says what to do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sutg_analysis import SutgError, funnel, propose_rebase, recommend_chart, spc
from sutg_analysis.control.profiles import MDC

MONTHS = pd.date_range("2023-01-01", periods=14, freq="MS")


def series(values=None, **columns):
    values = np.arange(14.0) % 5 + 10 if values is None else values
    return pd.DataFrame({"month": MONTHS[: len(values)], "y": values, **columns})


def counts(numerator=5, denominator=40):
    return pd.DataFrame({"month": MONTHS, "x": np.full(14, numerator), "n": np.full(14, denominator)})


def wards():
    return pd.concat([series().assign(ward="A"), series().assign(ward="B")], ignore_index=True)


def changed(frame, column, row, value):
    frame = frame.astype({column: "object"}) if isinstance(value, str) else frame.copy()
    frame.loc[row, column] = value
    return frame


def call(frame=None, **options):
    options = {"date": "month", **options}
    if not {"value", "numerator"} & set(options):
        options["value"] = "y"
    return spc(series() if frame is None else frame, **options)


def xs(frame=None, **options):
    return call(counts() if frame is None else frame, numerator="x", denominator="n", **options)


REASONED = pd.DataFrame({"date": ["2023-06-01"], "reason": ["new ward"], "author": ["QI lead"]})

REFUSED = {
    "no rows": (lambda: call(series().head(0)), "a frame without rows"),
    "not a frame": (lambda: call([1, 2, 3]), "a list"),
    "a dictionary": (lambda: call({"month": [], "y": []}), "a dict"),
    "no value nor numerator": (lambda: spc(series(), date="month"), "neither value nor numerator"),
    "value and numerator": (lambda: call(counts(), value="x", numerator="x"), "both value and numerator"),
    "denominator alone": (lambda: call(counts(), value="x", denominator="n"), "denominator without numerator"),
    "unknown value column": (lambda: call(value="yy"), "no column 'yy'; expected one of month, y"),
    "unknown date column": (lambda: call(date="day"), "no column 'day'"),
    "unknown key column": (lambda: call(by="ward"), "no column 'ward'"),
    "unknown target column": (lambda: call(target="goal"), "no column 'goal'"),
    "column twice": (lambda: call(pd.concat([series(), series()[["y"]]], axis=1)), "more than once"),
    "key used twice": (lambda: call(wards(), by=["ward", "ward"]), "by=['ward', 'ward']"),
    "key is the date": (lambda: call(by="month"), "by=['month']"),
    "key missing": (lambda: call(changed(wards(), "ward", 3, None), by="ward"), "key column 'ward'"),
    "text in numbers": (lambda: call(changed(series(), "y", 3, "n/a")), "'n/a' in column 'y', the only series on 2023-04-01"),
    "numbers as text": (lambda: call(series().astype({"y": "str"})), "in column 'y'"),
    "suppressed value": (lambda: call(changed(wards(), "y", 15, "*"), by="ward"), "'*' in column 'y', ward 'B' on 2023-02-01"),
    "truth values": (lambda: call(series(np.array([True, False] * 7))), "bool values in column 'y'"),
    "dates as values": (lambda: call(series().assign(y=MONTHS)), "values in column 'y'"),
    "infinity": (lambda: call(changed(series(), "y", 2, np.inf)), "an infinite value in column 'y', the only series on 2023-03-01"),
    "a number too large to square": (lambda: call(changed(series(), "y", 2, 1e300)), "1e+300 in column 'y', the only series on 2023-03-01"),
    "minus infinity": (lambda: call(changed(series(), "y", 2, -np.inf)), "an infinite value"),
    "duplicate date": (lambda: call(series().assign(month=MONTHS.where(MONTHS[3] != MONTHS, MONTHS[2]))), "two observations for one date"),
    "missing date": (lambda: call(changed(series(), "month", 5, pd.NaT)), "no date in column 'month', row 6"),
    "dates that are none": (lambda: call(series().assign(month=["soon"] * 14)), "'soon' in column 'month'"),
    "British dates": (lambda: call(series().assign(month=MONTHS.strftime("%d/%m/%Y"))), "'01/01/2023' in column 'month'"),
    "dates as numbers": (lambda: call(series().assign(month=range(14))), "numbers in column 'month'"),
    "zero denominator": (lambda: xs(changed(counts(), "n", 4, 0), chart="p"), "a zero denominator under a numerator in column 'n', the only series on 2023-05-01"),
    "negative denominator": (lambda: xs(changed(counts(), "n", 4, -2), chart="u"), "a negative denominator"),
    "numerator above denominator": (lambda: xs(changed(counts(), "x", 4, 41), chart="p"), "numerator above denominator"),
    "negative count": (lambda: call(changed(series(), "y", 1, -1), chart="c"), "a negative count in column 'y', the only series on 2023-02-01"),
    "negative numerator": (lambda: xs(changed(counts(), "x", 1, -1), chart="u_prime"), "a negative count in column 'x'"),
    "time of zero": (lambda: call(changed(series(), "y", 1, 0), chart="t"), "a time of 0 or less"),
    "p without denominator": (lambda: call(chart="p"), "chart='p' without a denominator"),
    "i_prime without denominator": (lambda: call(chart="i_prime"), "chart='i_prime' without a denominator"),
    "c with denominator": (lambda: xs(chart="c"), "chart='c' with a denominator"),
    "unknown chart": (lambda: call(chart="xbarr"), "chart='xbarr'; expected one of run, xmr"),
    "unknown profile": (lambda: call(profile="mcd"), "profile='mcd'; expected one of anhoej, mdc, nhsr"),
    "unknown improvement": (lambda: call(improvement="up"), "improvement='up' for the only series; expected increase, decrease, neutral"),
    "improvement changes": (lambda: call(series(way=["increase"] * 7 + ["decrease"] * 7), improvement="way"), "different values of improvement column 'way'"),
    "per of zero": (lambda: call(per=0), "per=0"),
    "per as text": (lambda: call(per="hundred"), "per='hundred'"),
    "infinite target": (lambda: call(target=np.inf), "target=inf"),
    "target as a list": (lambda: call(target=[1, 2]), "target= as a list"),
    "target of an unknown series": (lambda: call(wards(), by="ward", target={"C": 3}), "a target for ward 'C'"),
    "two targets at once": (lambda: call(target=pd.DataFrame({"start": ["2023-01-01"] * 2, "target": [1, 2]})), "two targets that start on 2023-01-01"),
    "target ends before it starts": (lambda: call(target=pd.DataFrame({"start": ["2023-05-01"], "end": ["2023-01-01"], "target": [1]})), "starts 2023-05-01 and ends before it"),
    "rebase before the first point": (lambda: call(rebase="2020-01-01"), "a rebase on 2020-01-01 for the only series; expected a date within its data, 2023-01-01 to 2024-02-01"),
    "rebase after the last point": (lambda: call(rebase=["2030-01-01"]), "a rebase on 2030-01-01"),
    "rebase that is no date": (lambda: call(rebase="spring"), "'spring' in rebase="),
    "rebase without reason": (lambda: call(rebase=REASONED.drop(columns="reason")), "no column 'reason' in the rebase frame"),
    "rebase without author": (lambda: call(rebase=REASONED.assign(author="")), "row 1 of the rebase frame without author"),
    "rebase of an unknown series": (lambda: call(wards(), by="ward", rebase=REASONED.assign(ward="Z")), "a rebase for ward 'Z', which is no series of the frame"),
    "rebase keys of another kind": (lambda: call(wards(), by="ward", rebase=REASONED.assign(ward=1)), "keys of another kind in rebase="),
    "exclude a date without a point": (lambda: call(exclude=["2023-01-15"]), "an excluded date 2023-01-15 without an observation"),
    "baseline of one point": (lambda: call(baseline=1), "baseline=1"),
    "baseline before the data": (lambda: call(baseline="2019-01-01"), "a baseline that ends before the first point"),
    "mapping with the wrong key": (lambda: call(wards().assign(site="S"), by=["site", "ward"], target={"A": 1}), "target= with the key 'A'"),
    "select an unknown key": (lambda: call(wards(), by="ward").select(site="A"), "no key 'site'"),
    "select an unknown series": (lambda: call(wards(), by="ward").select(ward="Z"), "no series with ward='Z'"),
    "funnel of one unit": (lambda: funnel(pd.DataFrame({"u": ["A"], "x": [1], "n": [2]}), unit="u", numerator="x", denominator="n"), "1 unit"),
    "funnel with a zero denominator": (lambda: funnel(pd.DataFrame({"u": ["A", "B"], "x": [1, 1], "n": [2, 0]}), unit="u", numerator="x", denominator="n"), "unit 'B'"),
    "value as a list": (lambda: call(value=["y"]), "no column ['y']"),
    "no date": (lambda: call(date=None), "no column None"),
    "dates in the index": (lambda: call(series().set_index("month")), "It is in the index: call frame.reset_index() first"),
    "a key with a name of the result": (lambda: call(wards().rename(columns={"ward": "target"}), by="target"), "a key column named 'target'"),
    "a nested list of keys": (lambda: call(wards(), by=[["ward"]]), "by=[['ward']]"),
    "complex numbers": (lambda: call(series(np.arange(14) * 1j)), "complex128 values in column 'y'"),
    "truth values among objects": (lambda: call(series([True, 2.0] * 7).astype({"y": "object"})), "True in column 'y'"),
    "dates of several time zones": (lambda: call(series().assign(month=[m.tz_localize("UTC") if m.month % 2 else m for m in MONTHS])), "dates of several time zones in column 'month'"),
    "the year 3000": (lambda: call(series().assign(month=["3000-01-01", *MONTHS[1:].strftime("%Y-%m-%d")])), "to 3000-01-01 in column 'month'; expected dates from 1678 to 2261"),
    "chart as a list": (lambda: call(chart=["xmr"]), "chart=['xmr']"),
    "profile as a dictionary": (lambda: call(profile={"shift": 8}), "profile={'shift': 8}"),
    "profile with an unknown choice": (lambda: call(profile=replace(MDC, conflict="both")), "profile field conflict='both'"),
    "a p chart of values": (lambda: call(chart="p"), "chart='p' without a denominator"),
    "a c chart of rates": (lambda: xs(chart="c"), "chart='c' with a denominator"),
    "a time of nought": (lambda: call(series(np.arange(14.0)), chart="t"), "a time of 0 or less in column 'y', the only series on 2023-01-01"),
    "improvement missing for a series": (lambda: call(wards().assign(way=["increase"] * 14 + [None] * 14), by="ward", improvement="way"), "improvement=nan for ward 'B'"),
    "improvement of some series": (lambda: call(wards(), by="ward", improvement={"A": "increase"}), "improvement= without ward 'B'"),
    "per missing for a series": (lambda: call(wards().assign(k=[100.0] * 14 + [np.nan] * 14), by="ward", per="k"), "per='k' for ward 'B'"),
    "mapping without keys": (lambda: call(baseline={"A": 12}), "baseline= with the key 'A'; expected no keys"),
    "baseline that is no number": (lambda: call(baseline=[12, 13]), "baseline=[12, 13]; expected a number of points, or a date"),
    "baseline of half a point": (lambda: call(baseline=12.5), "baseline=12.5"),
    "text in a target column": (lambda: call(series(goal=["95%"] * 14), target="goal"), "text in the targets of column 'goal'"),
    "rebase as a number": (lambda: call(rebase=5), "numbers in rebase="),
    "rebase without a date": (lambda: call(rebase=[pd.NaT]), "an empty date in rebase="),
    "rebase outside every series": (lambda: call(wards(), by="ward", rebase=["2020-01-01"]), "a rebase on 2020-01-01 for ward 'A'"),
    "rebase of one series outside its data": (lambda: call(wards(), by="ward", rebase={"B": ["2030-01-01"]}), "a rebase on 2030-01-01 for ward 'B'"),
    "exclude without reason": (lambda: call(exclude=REASONED.assign(reason=" ")), "row 1 of the exclude frame without reason"),
    "rebase proposal from one point": (lambda: propose_rebase(series(), date="month", value="y", points=1), "points=1"),
    "advice on text": (lambda: recommend_chart(series().astype({"y": "str"}), date="month", value="y"), "in column 'y'"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_what_was_found_what_was_expected_and_what_to_do(name):
    make, expected = REFUSED[name]

    with pytest.raises(SutgError) as caught:
        make()

    result = str(caught.value)
    assert expected in result
    assert "; expected " in result
    assert result.endswith(".")


def summary(frame=None, **options):
    return call(frame, **options).summary.iloc[0]


ANSWERED = {
    "one point": (lambda: summary(series([5.0])), {"centre": 5.0, "variation": "too_few", "points": 1}),
    "two points": (lambda: summary(series([5.0, 7.0])), {"centre": 6.0, "variation": "too_few"}),
    "all missing": (lambda: summary(series([np.nan] * 14)), {"points": 0, "variation": "too_few", "assurance": "none"}),
    "one value among missing": (lambda: summary(series([np.nan, 3.0, np.nan])), {"latest": 3.0, "points": 1}),
    "missing at the end": (lambda: summary(changed(series(), "y", 13, np.nan)), {"latest": 12.0, "points": 13}),
    "integers that may be missing": (lambda: summary(series().astype({"y": "Int64"})), {"points": 14, "latest": 13.0}),
    "objects that are numbers": (lambda: summary(series().astype({"y": "object"})), {"points": 14}),
    "unsorted": (lambda: summary(series().iloc[::-1]), {"latest": 13.0}),
    "text dates": (lambda: summary(series().assign(month=MONTHS.strftime("%Y-%m-%d"))), {"latest": 13.0}),
    "dates with a time zone": (lambda: summary(series().assign(month=MONTHS.tz_localize("Europe/London"))), {"latest": 13.0}),
    "periods": (lambda: summary(series().assign(month=MONTHS.to_period("M"))), {"latest": 13.0}),
    "python dates": (lambda: summary(series().assign(month=MONTHS.date)), {"latest": 13.0}),
    "a repeated index": (lambda: summary(series().set_axis([0] * 14)), {"latest": 13.0}),
    "a target for a neutral measure": (lambda: summary(improvement="neutral", target=3), {"assurance": "none", "target": 3.0}),
    "nothing out of nothing": (lambda: xs(counts().assign(x=[0] * 2 + [5] * 12, n=[0] * 2 + [40] * 12), chart="p").summary.iloc[0], {"points": 12, "centre": 0.125}),
    "constant at a hundred per cent": (lambda: xs(counts(40, 40), chart="p", per=100, target=100).summary.iloc[0], {"assurance": "pass", "variation": "common", "upper": 100.0}),
    "rebase on the first point": (lambda: summary(rebase=MONTHS[0]), {"segments": 1}),
    "rebase on the last point": (lambda: summary(rebase=MONTHS[-1]), {"segments": 2, "points": 14}),
    "everything excluded": (lambda: summary(exclude=list(MONTHS)), {"points": 0, "variation": "too_few"}),
    "baseline longer than the data": (lambda: summary(baseline=100), {"centre": 11.857142857142858}),
    "huge numbers": (lambda: summary(series(np.arange(14.0) * 1e149 % 5e149)), {"points": 14}),
    "categorical keys": (lambda: call(wards().astype({"ward": "category"}), by="ward").summary.iloc[0], {"ward": "A", "points": 14}),
    "numbers of pyarrow": (lambda: summary(series().astype({"y": "double[pyarrow]"})), {"points": 14, "latest": 13.0}),
    "whole numbers of pyarrow with a gap": (lambda: summary(series(pd.array([1, 2, None, 3], dtype="int64[pyarrow]"))), {"points": 3}),
    "dates of pyarrow": (lambda: summary(series().assign(month=pd.Series(MONTHS).astype("date32[pyarrow]"))), {"latest": 13.0}),
    "dates in seconds": (lambda: summary(series().assign(month=MONTHS.astype("datetime64[s]"))), {"latest": 13.0}),
    "categorical values": (lambda: summary(series().astype({"y": "category"})), {"centre": 11.857142857142858}),
    "categorical dates": (lambda: summary(series().assign(month=pd.Categorical(MONTHS))), {"latest": 13.0}),
    "quarters": (lambda: summary(series().assign(month=pd.period_range("2020Q1", periods=14, freq="Q"))), {"latest": 13.0}),
    "column names that are numbers": (lambda: spc(series().rename(columns={"month": 0, "y": 1}), value=1, date=0).summary.iloc[0], {"latest": 13.0}),
    "an unused category": (lambda: call(wards().assign(ward=lambda t: pd.Categorical(t["ward"], categories=["Z", "B", "A"])), by="ward").summary.iloc[0], {"points": 14}),
    "nobody of nobody throughout": (lambda: xs(counts(0, 0), chart="p").summary.iloc[0], {"points": 0, "variation": "too_few"}),
    "none of many throughout": (lambda: xs(counts(0, 40), chart="p_prime", improvement="decrease", target=0).summary.iloc[0], {"upper": 0.0, "lower": 0.0, "assurance": "pass"}),
    "one measurement a date on an xbar chart": (lambda: summary(chart="xbar"), {"warnings": "there are no limits: they need two measurements a date"}),
    "a last segment of one point": (lambda: summary(rebase=MONTHS[-1], target=3), {"assurance": "none", "centre": 13.0, "segments": 2}),
    "a last segment without values": (lambda: summary(series([1.0, 2] * 4 + [np.nan] * 6), rebase=MONTHS[8]), {"centre": 1.5, "points": 8}),
    "no rebases": (lambda: summary(rebase=REASONED.head(0)), {"segments": 1}),
    "rebase before a series opened": (lambda: call(wards().drop(index=range(14, 20)), by="ward", rebase=["2023-04-01"]).summary.iloc[1], {"ward": "B", "segments": 1}),
    "a target that has ended": (lambda: summary(target=pd.DataFrame({"start": ["2020-01-01"], "end": ["2020-12-31"], "target": [3]})), {"assurance": "none"}),
    "a target that has not begun": (lambda: summary(target=pd.DataFrame({"start": ["2030-01-01"], "end": [None], "target": [3]})), {"assurance": "none"}),
    "tiny numbers": (lambda: summary(series(np.arange(14.0) * 1e-300)), {"points": 14, "variation": "improvement_high"}),
    "keys of two kinds": (lambda: call(wards().assign(site=1), by=["site", "ward"]).summary.iloc[1], {"site": 1, "ward": "B"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERED)
def test_is_answered_rightly(name):
    make, expected = ANSWERED[name]

    result = make()

    assert {key: result[key] for key in expected} == pytest.approx(expected)


def test_the_callers_frame_is_left_as_it_was():
    frame = wards().sample(frac=1, random_state=1)
    expected = frame.copy()

    call(frame, by="ward", target={"A": 3}, rebase=["2023-05-01"], exclude=["2023-02-01"])

    pd.testing.assert_frame_equal(frame, expected)
