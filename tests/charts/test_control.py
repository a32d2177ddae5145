"""Charts of every type: valid, whole, and saying what the result says."""

from itertools import combinations
from math import isnan, nan

import altair as alt
import numpy as np
import pandas as pd
import pytest

from sutg_analysis import spc
from sutg_analysis.charts.control import spc_spec
from sutg_analysis.charts.layers import MARKS
from sutg_analysis.charts.layout import text_width
from sutg_analysis.charts.theme import LIGHT
from sutg_analysis.control.limits import CHARTS
from sutg_analysis.errors import ArgumentError
from sutg_analysis.words.wording import plain_number

RNG = np.random.default_rng(7)
CALM = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11, 9, 12, 10, 11, 12, 9]
SIZES = [40, 55, 43, 60, 48, 51, 39, 62, 45, 58, 41, 50, 47, 53, 44, 57]


def at(values, *, start="2022-04-01", freq="MS", **columns):
    dates = pd.date_range(start, periods=len(values), freq=freq)
    return pd.DataFrame({"date": dates, "y": values, **columns})


def one(values, *, start="2022-04-01", freq="MS", **options):
    return spc(at(values, start=start, freq=freq), value="y", date="date", **options)


def of_type(chart):
    frame = at(CALM, n=SIZES)
    if CHARTS[chart].subgroups:
        frame = pd.concat([frame, frame.assign(y=frame["y"] + 2)])
    if CHARTS[chart].denominator == "needed":
        return spc(frame, numerator="y", denominator="n", date="date", chart=chart, per=100, target=25)
    return spc(frame, value="y", date="date", chart=chart, target=11)


REBASED = one(
    [*CALM, *(value + 9 for value in CALM)],
    rebase=pd.DataFrame({"date": ["2023-08-01"], "reason": ["New clinic"], "author": ["Manager"]}),
    exclude={pd.Timestamp("2022-08-01"): "System down"},
    target=pd.DataFrame(
        {"start": ["2022-04-01", "2023-04-01"], "end": ["2023-03-31", None], "target": [8, 15]}
    ),
)
EVENTS = pd.DataFrame(
    {
        "date": pd.to_datetime(["2022-06-01", "2023-02-10", "2024-10-01"]),
        "kind": ["note", "pdsa", "note"],
        "label": ["New beds", "Text reminders", "Ward closed for a week because of norovirus on the ward"],
    }
)
MANY_EVENTS = pd.DataFrame(
    {
        "date": pd.date_range("2022-05-01", periods=13, freq="2MS"),
        "kind": "note",
        "label": [f"Event {number} of a long series of events" for number in range(13)],
    }
)
WARDS = spc(
    pd.concat([at([value * scale for value in CALM], ward=f"Ward {scale}") for scale in (1, 2, 5)]),
    value="y",
    date="date",
    by="ward",
)
PAIRS = spc(
    pd.concat([at(CALM, ward=ward, sex=sex) for ward in "AB" for sex in ("Men", "Women")]),
    value="y",
    date="date",
    by=["ward", "sex"],
)
LONG = (
    "Percentage of service users with a care plan reviewed within twelve months and shared with their carers"
)

CASES = {
    **{chart: (of_type(chart), {"title": "Falls"}) for chart in CHARTS},
    "rebase, exclusion, dated target and events": (REBASED, {"events": EVENTS, "unit": "percent"}),
    "thirteen events": (REBASED, {"events": MANY_EVENTS}),
    "provisional": (of_type("t"), {"unit": "days", "provisional": True}),
    "small multiples by one key": (WARDS, {"title": "Falls"}),
    "small multiples on free axes": (WARDS, {"axes": "free"}),
    "small multiples by two keys": (PAIRS, {"events": EVENTS}),
    "days": (one(RNG.normal(100, 8, 60), start="2024-02-20", freq="D"), {"unit": "count"}),
    "weeks": (one(RNG.normal(1500, 80, 52), start="2023-01-02", freq="W-MON"), {}),
    "ten years": (one(RNG.normal(1.5e6, 8e4, 120)), {"unit": "pounds"}),
    "quarters": (one(CALM, freq="QS"), {"unit": "percent"}),
    "one point": (one([12], target=10), {}),
    "all missing": (one([nan] * 14), {"unit": "percent"}),
    "constant": (one([5] * 14, target=5), {"unit": "count"}),
    "negative": (one([value - 11 for value in CALM]), {"unit": "pounds"}),
    "gap": (one([*CALM[:6], nan, *CALM[7:]]), {}),
    "long title and unit": (one(CALM), {"title": LONG, "unit": LONG}),
}


def plots(spec):
    """Every plot of a chart: a panel each, the key of small multiples left out."""
    return spec["vconcat"][0]["concat"] if "vconcat" in spec else [spec]


def layers(plot, kind):
    return [layer for layer in plot["layer"] if layer["mark"]["type"] == kind]


def points(plot):
    return layers(plot, "point")[0]


def lines(plot):
    return layers(plot, "line")[0]["data"]["values"]


def texts(plot):
    return layers(plot, "text")[0]["data"]["values"]


def words(plot):
    return [row["text"] for row in texts(plot)]


def level(plot, line):
    return [row["level"] for row in lines(plot) if row["line"] == line]


@pytest.mark.parametrize("case", CASES)
def test_the_chart_is_what_the_schema_allows(case):
    result, options = CASES[case]

    written = result.chart(**options).to_dict()

    assert written["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")


def test_altair_reads_the_specification_itself():
    spec = spc_spec(one([10, 12, 9, 11]))

    assert alt.Chart.from_dict(spec).to_dict()["layer"]


def box(row):
    wide = text_width(row["text"], size=row["size"]) * 0.9
    left = {"left": row["px"], "right": row["px"] - wide, "center": row["px"] - wide / 2}[row["side"]]
    return left, left + wide, row["py"] - 5, row["py"] + 5


def overlap(first, second):
    return first[0] < second[1] and second[0] < first[1] and first[2] < second[3] and second[2] < first[3]


@pytest.mark.parametrize("width", [720, 340])
@pytest.mark.parametrize("case", CASES)
def test_no_words_lie_on_others_or_outside_the_drawing(case, width):
    result, options = CASES[case]
    for plot in plots(spc_spec(result, width=width, **options)):
        room = {name: value["value"] for name, value in layers(plot, "rect")[0]["encoding"].items()}
        boxes = [(row["text"], box(row)) for row in texts(plot)]

        cut = [
            text for text, (left, right, top, foot) in boxes if left < room["x"] - 1 or right > room["x2"] + 1
        ]
        lost = [text for text, (_, _, top, foot) in boxes if top < room["y"] or foot > room["y2"] + 1]
        struck = [(first, second) for (first, a), (second, b) in combinations(boxes, 2) if overlap(a, b)]

        assert (cut, lost, struck) == ([], [], [])


@pytest.mark.parametrize("chart", CHARTS)
def test_labels_at_the_line_ends_are_the_result_s_own_values(chart):
    result, options = CASES[chart]
    row = result.summary.iloc[0]
    percent = "percent" if CHARTS[chart].denominator == "needed" else None
    names = {"upper": "Upper", "target": "Target", "lower": "Lower"}

    shown = words(plots(spc_spec(result, **options))[0])

    for line, name in names.items():
        known = not isnan(row[line]) and row[line] != 0
        assert not known or f"{name} {plain_number(row[line], unit=percent)}" in shown
    assert any(text.endswith(plain_number(row["centre"], unit=percent)) for text in shown)


@pytest.mark.parametrize("chart", ["run", "mr"])
def test_a_chart_draws_no_line_that_it_does_not_have(chart):
    result, options = CASES[chart]

    drawn = {row["line"] for row in lines(spc_spec(result, **options))}

    assert drawn == {
        line for line in ("centre", "lower", "upper", "target") if result.points[line].notna().any()
    }


@pytest.mark.parametrize(
    ("rule", "shape", "values"),
    [
        ("outside the limits", "diamond", [*CALM, 20]),
        ("shift", "square", [*CALM[:10], 14, 15, 14, 16, 15, 14, 15]),
        ("trend", "triangle-up", [14, 10, 15, 11, 14, 10, 15, 11, 14, 9, 10, 11, 12, 13, 14, 15]),
        ("2 of 3 near a limit", "cross", [*CALM[:-1], 12, 16.5, 12, 16.5]),
    ],
)
@pytest.mark.parametrize(("improvement", "verdict"), [("increase", "improvement"), ("decrease", "concern")])
def test_a_point_is_shaped_by_its_rule_and_coloured_by_its_verdict(rule, shape, values, improvement, verdict):
    layer = points(spc_spec(one(values, improvement=improvement)))
    mark = layer["data"]["values"][-1]["mark"]
    fill, form = (layer["encoding"][name]["scale"] for name in ("fill", "shape"))
    place = fill["domain"].index(mark)

    assert mark == f"{verdict.capitalize()}: {rule}"
    assert fill["range"][place] == getattr(LIGHT, verdict)
    assert form["range"][place] == shape
    assert layer["mark"]["stroke"] == LIGHT.outline


def test_every_kind_of_point_differs_from_every_other_of_its_verdict_by_shape():
    for verdict in ("Improvement", "Concern", "Change"):
        shapes = [shape for kind, (_, shape) in MARKS.items() if kind.startswith(verdict)]

        assert len(set(shapes)) == len(shapes) == 4


def test_mean_and_limits_step_where_they_were_reset_and_targets_where_they_are_dated():
    plot = spc_spec(REBASED)
    segments = REBASED.segments

    assert level(plot, "centre") == segments["centre"].repeat(2).tolist()
    assert level(plot, "upper") == segments["upper"].repeat(2).tolist()
    assert level(plot, "target") == [8, 8, 15, 15]
    stretches = {row["stretch"] for row in lines(plot) if row["line"] == "target"}
    assert len(stretches) == 1


@pytest.mark.parametrize("chart", ["p", "u", "i_prime", "p_prime", "u_prime"])
def test_limits_that_follow_the_denominator_step_at_every_point(chart):
    result, options = CASES[chart]

    drawn = level(spc_spec(result, **options), "upper")

    assert drawn == result.points["upper"].repeat(2).tolist()


def test_an_excluded_point_is_hollow_and_told_with_its_reason():
    plot = spc_spec(REBASED)
    row = next(row for row in points(plot)["data"]["values"] if row["mark"] == "Left out")

    assert MARKS["Left out"][0] == LIGHT.card
    assert row["Shows"] == "Left out: System down"
    assert "Left out: System down" in words(plot)


def test_a_rebase_is_told_with_its_reason():
    assert "Limits reset: New clinic" in words(spc_spec(REBASED))


def test_a_rebase_that_is_an_event_too_is_told_once_with_label_and_reason():
    event = pd.DataFrame({"date": pd.to_datetime(["2023-08-01"]), "kind": ["rebase"], "label": ["Mondays"]})

    said = words(spc_spec(REBASED, events=event))

    assert sum(str(word).startswith("Limits reset") for word in said) == 1
    assert "Limits reset: Mondays. New clinic" in said


def test_only_the_last_point_is_provisional():
    marks = [row["mark"] for row in points(spc_spec(of_type("t"), provisional=True))["data"]["values"]]

    assert marks.index("Provisional") == len(marks) - 1


def test_the_series_breaks_where_a_value_is_missing():
    series = layers(spc_spec(CASES["gap"][0]), "line")[1]["data"]["values"]

    assert [row["stretch"] for row in series] == [0] * 6 + [1] * 9


def test_a_series_without_values_says_so_and_has_no_scale():
    shown = words(spc_spec(CASES["all missing"][0]))

    assert "No values yet" in shown
    assert not any("%" in text or text[0].isdigit() for text in shown)


@pytest.mark.parametrize(
    ("unit", "expected"), [("percent", "10%"), ("pounds", "£10"), ("count", "10"), ("days", "10")]
)
def test_ticks_carry_the_sign_of_their_unit(unit, expected):
    assert expected in words(spc_spec(one(CALM), unit=unit))


def test_proportions_times_a_hundred_are_percentages_unasked():
    shown = words(spc_spec(of_type("p")))

    assert "Percentage" in shown
    assert "30%" in shown


def test_millions_are_short_on_the_axis():
    shown = words(spc_spec(one([1.4e6, 1.6e6] * 7), unit="pounds"))

    assert {"£1m", "£1.5m", "Mean £1.5m"} <= set(shown)


@pytest.mark.parametrize(
    ("case", "expected"), [("quarters", "Q1 2022/23"), ("days", "20 Feb 2024"), ("weeks", "Feb 2023")]
)
def test_dates_are_british(case, expected):
    result, options = CASES[case]

    assert expected in words(spc_spec(result, **options))


@pytest.mark.parametrize(
    "values", [[4.1, 5.2, 4.4, 4.9, 5.1], [0.01, 0.02, 0.015], [1, 250], [-0.2, 0.3, 0.1]]
)
def test_ticks_are_the_numbers_they_say(values):
    plot = spc_spec(one(values))
    axis = points(plot)["encoding"]["y"]["axis"]["values"]
    shown = [row["text"] for row in texts(plot) if row["side"] == "right" and row["size"] == 12]

    assert [float(text.replace("−", "-").replace(",", "")) for text in shown] == axis


def test_events_are_rules_with_their_words_and_those_outside_the_dates_are_left_out():
    late = EVENTS.assign(date=EVENTS["date"] + pd.DateOffset(years=20)).tail(1)
    plot = spc_spec(one(CALM), events=pd.concat([EVENTS.head(2), late]))

    assert len(layers(plot, "rule")[0]["data"]["values"]) == 2
    assert {"New beds", "PDSA: Text reminders"} <= set(words(plot))


def test_many_events_are_numbered_and_told_below():
    shown = words(spc_spec(REBASED, events=MANY_EVENTS))

    assert {"1", "13"} <= set(shown)
    assert "1. May 2022: Event 0 of a long series of events" in shown


def test_an_event_of_another_series_is_not_drawn():
    events = EVENTS.head(2).assign(ward=["Ward 1", None])

    shown = [set(words(plot)) for plot in plots(spc_spec(WARDS, events=events))]

    assert ["New beds" in each for each in shown] == [True, False, False]
    assert all("PDSA: Text reminders" in each for each in shown)


@pytest.mark.parametrize(("axes", "scales"), [("shared", 1), ("free", 3)])
def test_small_multiples_share_a_scale_or_have_their_own(axes, scales):
    drawn = plots(spc_spec(WARDS, axes=axes))

    assert len(drawn) == 3
    assert len({tuple(points(plot)["encoding"]["y"]["scale"]["domain"]) for plot in drawn}) == scales


def test_small_multiples_by_two_keys_are_headed_by_both():
    heads = [row["text"] for plot in plots(spc_spec(PAIRS)) for row in texts(plot) if row["weight"] == "bold"]

    assert heads == ["A, Men", "A, Women", "B, Men", "B, Women"]


def test_panels_of_one_column_are_of_one_width():
    drawn = plots(spc_spec(WARDS))

    assert len({(plot["width"], plot["height"]) for plot in drawn}) == 1


@pytest.mark.parametrize("case", CASES)
def test_the_key_names_the_kinds_of_points_drawn_and_no_others(case):
    result, options = CASES[case]
    spec = spc_spec(result, **options)
    key = layers(spec["vconcat"][1] if "vconcat" in spec else spec, "point")[-1]["data"]["values"]
    drawn = {row["mark"] for plot in plots(spec) for row in points(plot)["data"]["values"]}

    assert {row["mark"] for row in key} == drawn


def test_a_pointer_hears_date_value_lines_and_what_the_point_shows():
    hint = points(spc_spec(one([*CALM, 20]), unit="days"))["data"]["values"][-1]

    assert (hint["Date"], hint["Value"], hint["Upper limit"]) == ("August 2023", "20 days", "18.5 days")
    assert hint["Shows"] == "Improvement: outside the limits"


def test_axes_of_no_known_kind_are_refused():
    with pytest.raises(ArgumentError, match="axes='own'; expected 'shared' or 'free'"):
        one(CALM).chart(axes="own")


def test_events_without_a_column_are_refused():
    with pytest.raises(ArgumentError, match="events without kind"):
        one(CALM).chart(events=EVENTS[["date", "label"]])
