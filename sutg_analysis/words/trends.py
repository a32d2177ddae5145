"""Trends, rates, seasons, interruptions, forecasts and drifts in plain English, with what they cannot say."""

from __future__ import annotations

from datetime import date

import pandas as pd

from sutg_analysis.catalogue.quarter import MONTHS
from sutg_analysis.trends.change_points import ChangePointsResult
from sutg_analysis.trends.drift import DriftResult
from sutg_analysis.trends.forecast import ForecastResult
from sutg_analysis.trends.interrupted import InterruptedResult
from sutg_analysis.trends.rate_trend import RateTrendResult
from sutg_analysis.trends.regression import FAMILY_NAMES
from sutg_analysis.trends.seasonal import SeasonalResult
from sutg_analysis.trends.trend import TrendResult
from sutg_analysis.words.wording import (
    count,
    listed,
    number,
    period_of,
    sentence,
    telling_decimals,
    when,
)

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MEANS = {
    "improvement": "This is an improvement",
    "concern": "This is a concern",
    "neutral": "Whether that is good or bad is not said",
}
NOT_CAUSE = "It does not say why"


def chance(p: float) -> str:
    """Return a p value in words.

    Examples
    --------
    >>> chance(0.0004), chance(0.03), chance(0.4)
    ('less than once in 1,000 times', 'about once in 33 times', 'about 4 times in 10')
    """
    if not p >= 0:
        return "an unknown number of times"
    if p < 0.001:
        return "less than once in 1,000 times"
    if p < 0.15:
        return f"about once in {round(1 / p):,} times"
    return f"about {round(p * 10)} times in 10" if p < 0.95 else "nearly always"


def sentences(*parts: str) -> str:
    """Return sentences, empty ones left out."""
    return " ".join(sentence(part) for part in parts if part)


def range_words(low: float, high: float, unit: str | None = None) -> str:
    """Return an interval in words.

    Examples
    --------
    >>> range_words(-1.5, 2), range_words(5.41, 5.44, "percent")
    ('−1.50 to 2', '5.41% to 5.44%')
    """
    places = telling_decimals([low, high], unit=unit)
    return f"{number(low, unit=unit, decimals=places)} to {number(high, unit=unit, decimals=places)}"


def noted(notes: str) -> list[str]:
    """Return the sentences of a column of notes."""
    return [note for note in notes.split("; ") if note]


def limits_words(notes: list[str], more: str = NOT_CAUSE) -> str:
    """Return what a result cannot say."""
    return " ".join(["What this cannot say:", *(sentence(note) for note in [*notes, more])])


def trend_words(result: TrendResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Say of each series whether it goes up or down, how fast, how sure, and by which test."""
    lines = [_trend_line(row, result, title, unit) for _, row in result.summary.iterrows()]
    last = f"{NOT_CAUSE}, nor whether it will go on"
    if len(lines) == 1:
        return f"{lines[0]} {limits_words(noted(result.summary['notes'].iloc[0]), last)}"
    rows = [
        " ".join([line, *map(sentence, noted(notes))])
        for line, notes in zip(lines, result.summary["notes"], strict=True)
    ]
    return "\n".join([*rows, limits_words([], last)])


def _named(row: pd.Series, by: tuple[str, ...], title: str | None) -> str:
    key = ", ".join(str(row[name]) for name in by)
    return ": ".join(part for part in (title, key) if part) or "The series"


def _trend_line(row: pd.Series, result: TrendResult, title: str | None, unit: str | None) -> str:
    name = _named(row, result.by, title)
    if row["direction"] == "too_few":
        return sentences(f"{name}: {count(int(row['points']), 'point')}, too few to tell a trend")
    step = result.step
    size = f"{number(abs(row['slope']), unit=unit)} a {step}"
    reach = f"({result.confidence:.0%} interval {range_words(row['slope_lower'], row['slope_upper'], unit)})"
    odds = f"chance alone would show as strong a trend {chance(row['p'])}"
    if row["direction"] == "none":
        flat = row["p"] < 1 - result.confidence
        verdict = f"{name}: no trend {'that has a pace' if flat else 'beyond chance'} over {count(int(row['points']), step)}"
        rate = f"the middle estimate is {number(row['slope'], unit=unit)} a {step} {reach}"
        rate += f"; {odds}" if row["p"] >= 1 - result.confidence else ""
    else:
        verdict = (
            f"{name} has gone {row['direction']} by {size} {reach} over {count(int(row['points']), 'point')}"
        )
        rate = odds
    how = f"test: {row['method']}, {'chosen by the data' if result.asked == 'auto' else 'as asked for'}"
    if row["multiplier"] > 1:
        how += f" because neighbouring points are alike ({number(row['autocorrelation'])})"
    meaning = _MEANS.get(row["variation"], "")
    return sentences(verdict, rate, meaning, how)


def trend_alt_text(result: TrendResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return a short text alternative of the chart."""
    if len(result.summary) > 1:
        up = int((result.summary["direction"] == "up").sum())
        down = int((result.summary["direction"] == "down").sum())
        return sentences(
            f"{title or 'Series'}: {count(len(result.summary), 'line chart')} with trend lines, "
            f"{up} rising and {down} falling beyond chance"
        )
    row = result.summary.iloc[0]
    going = {"up": "rising", "down": "falling", "none": "no trend", "too_few": "too few points"}
    return sentences(
        _alt(title, result.points), f"Trend line: {going[row['direction']]}", _ends(result.points, unit)
    )


def _alt(title: str | None, points: pd.DataFrame) -> str:
    dates = points["date"]
    period = period_of(dates)
    first, last = (when(date, period=period) for date in (dates.min(), dates.max()))
    return f"{title or 'Line chart'}, {first} to {last}"


def dated(date: date, points: pd.DataFrame) -> str:
    """Return a date as those of a result's points are written."""
    return when(date, period=period_of(points["date"]))


def _ends(points: pd.DataFrame, unit: str | None) -> str:
    known = points["value"].dropna()
    if known.empty:
        return ""
    low, high = number(known.min(), unit=unit), number(known.max(), unit=unit)
    return f"Values from {low} to {high}, latest {number(known.iloc[-1], unit=unit)}"


def rate_trend_headline(result: RateTrendResult, *, title: str | None = None) -> str:
    """Say by how much a rate changes a year, and how sure that is."""
    row = result.summary.iloc[0]
    name, change = title or "The rate", _a_year(result)
    scale, reach = f"{result.confidence:.0%} interval", f"{row['lower']:.3f} to {row['upper']:.3f}"
    if row["model"] == "binomial":
        times = 100 / result.per
        reach = f"({scale} {number(row['lower'] * times, decimals=1)} to {number(row['upper'] * times, decimals=1)})"
    else:
        reach = f"(rate ratio {row['rate_ratio']:.3f}, {scale} {reach})"
    if row["direction"] == "none":
        return sentence(f"{name}: no trend beyond chance; the middle estimate is {change} each year {reach}")
    return sentence(f"{name} has gone {row['direction']}, {change} each year {reach}")


def _a_year(result: RateTrendResult) -> str:
    """Return the change a year: points of a proportion, per cent of a rate."""
    if result.fit.family == "binomial":
        return points_words(float(result.summary["difference"].iloc[0]) * 100 / result.per)
    return ratio_words(result.rate_ratio)


def points_words(points: float) -> str:
    """Return a difference of percentages.

    Examples
    --------
    >>> points_words(-6.04), points_words(1.0)
    ('6.0 percentage points lower', '1.0 percentage points higher')
    """
    return f"{number(abs(points), decimals=1)} percentage points {'higher' if points > 0 else 'lower'}"


def rate_trend_words(result: RateTrendResult, *, title: str | None = None, unit: str | None = "rate") -> str:
    """Say by how much a rate changes a year, how sure that is, and by which model."""
    row = result.summary.iloc[0]
    share = row["model"] == "binomial"
    times, unit = (100 / result.per, "percent") if share else (1, unit)
    rates = f"from {number(row['first_rate'] * times, unit=unit)} to {number(row['last_rate'] * times, unit=unit)}"
    per = f" per {number(result.per)}" if result.per != 1 and not share else ""
    law = f"model: {FAMILY_NAMES[row['model']]}, dispersion {row['dispersion']:.2f}"
    law += f", season of {count(int(row['harmonics']), 'harmonic')}" if row["harmonics"] else ", no season"
    law += ", errors that allow for autocorrelation" if row["errors"] != "model" else ""
    meaning = sentences(rates + per, _MEANS.get(row["variation"], ""), law)
    cannot = limits_words(noted(row["notes"]), f"{NOT_CAUSE}; a change in what is reported looks the same")
    return " ".join([rate_trend_headline(result, title=title), meaning, cannot])


def ratio_words(ratio: float) -> str:
    """Return a ratio as a change in per cent, or as so many times where it is twice or more.

    Examples
    --------
    >>> ratio_words(0.885), ratio_words(1.1), ratio_words(1), ratio_words(2.977)
    ('11.5% lower', '10.0% higher', 'no change', '3.0 times as high')
    """
    if abs(ratio - 1) < 5e-4:
        return "no change"
    if ratio >= 2:
        return f"{ratio:.1f} times as high"
    return f"{abs(ratio - 1):.1%} {'higher' if ratio > 1 else 'lower'}"


def rate_trend_alt_text(
    result: RateTrendResult, *, title: str | None = None, unit: str | None = "rate"
) -> str:
    """Return a short text alternative of the chart."""
    return sentences(
        _alt(title, result.points), f"Fitted line: {_a_year(result)} each year", _ends(result.points, unit)
    )


def seasonal_words(result: SeasonalResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Say how strong a season is and when it is highest and lowest."""
    row = result.summary.iloc[0]
    name = title or "The series"
    if row["seasonal"]:
        high, low = (part_name(int(row[end]), result) for end in ("highest", "lowest"))
        verdict = f"{name} has a season: highest in {high}, lowest in {low}, {number(row['amplitude'], unit=unit)} apart"
    else:
        verdict = f"{name} shows no season beyond chance"
    strength = f"strength {row['strength']:.2f} of 1, over {row['cycles']:.1f} cycles of {row['period']} {result.step}s"
    use = "the adjusted values can go on a control chart" if row["seasonal"] else ""
    return " ".join(
        [
            sentences(verdict, strength, use),
            limits_words(noted(row["notes"]), f"{NOT_CAUSE} the season is there"),
        ]
    )


def part_name(part: int, result: SeasonalResult) -> str:
    """Return the name of a part of the season."""
    if result.period == 12 and result.step == "month":
        return MONTHS[part - 1]
    if result.period == 7 and result.step == "day":
        return _DAYS[part - 1]
    return f"{result.step} {part}"


def seasonal_alt_text(result: SeasonalResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return a short text alternative of the chart."""
    row = result.summary.iloc[0]
    kind = "a clear season" if row["seasonal"] else "no season beyond chance"
    return sentences(
        _alt(title, result.points), f"Trend and seasonally adjusted lines; {kind}", _ends(result.points, unit)
    )


def interrupted_words(result: InterruptedResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Say what changed at the change, how sure that is, and what the model cannot say."""
    level, end = result.term("level"), result.term("end")
    name, ratio = title or "The series", level["scale"] == "ratio"
    day = dated(result.change, result.points)
    if result.fit.family == "binomial":
        unit, level, end = "percent", *(_hundredfold(row, result.per) for row in (level, end))
    moved = result.p < 1 - result.confidence
    verdict = f"{name} changed from {day}, beyond chance"
    if result.direction == "none":
        verdict = f"{name}: no change beyond chance from {day}"
        if moved:
            verdict = (
                f"{name}: its course is another from {day}, and at the last point it is not sure which way"
            )
    parts = [f"level {_size(level, ratio, unit)}"]
    where = ""
    if (result.summary["term"] == "slope").any():
        slope, where = result.term("slope"), " at the last point"
        slope = _hundredfold(slope, result.per) if result.fit.family == "binomial" else slope
        parts.append(f"slope {_size(slope, ratio, unit)} a year")
        parts.append(f"at the last point {_size(end, ratio, unit)} than had nothing changed")
    odds = f"chance alone would show as large a difference{where} {chance(end['p'])}"
    law = f"model: {FAMILY_NAMES[result.fit.family]}, {result.before} points before and {result.after} after"
    law += ", a season" if "sin1" in result.fit.names else ", no season"
    law += ", errors that allow for autocorrelation" if result.fit.errors != "model" else ""
    cannot = limits_words(
        list(result.notes),
        "Anything else that changed at the same time would look the same: there is no control series",
    )
    return " ".join([sentences(verdict, listed(parts), odds, _MEANS.get(result.variation, ""), law), cannot])


def _hundredfold(row: pd.Series, per: float) -> pd.Series:
    """Return a difference of proportions in percentage points."""
    sizes = row[["estimate", "lower", "upper"]] * 100 / per
    return pd.concat([row.drop(sizes.index), sizes])


def _size(row: pd.Series, ratio: bool, unit: str | None) -> str:
    if ratio:
        return f"{ratio_words(row['estimate'])} (ratio {row['estimate']:.3f}, {row['lower']:.3f} to {row['upper']:.3f})"
    way = "higher" if row["estimate"] > 0 else "lower"
    if unit == "percent":
        return (
            f"{points_words(row['estimate'])} (interval {number(row['lower'], decimals=1)} to "
            f"{number(row['upper'], decimals=1)})"
        )
    return f"{number(abs(row['estimate']), unit=unit)} {way} (interval {range_words(row['lower'], row['upper'], unit)})"


def interrupted_alt_text(
    result: InterruptedResult, *, title: str | None = None, unit: str | None = None
) -> str:
    """Return a short text alternative of the chart."""
    level = result.term("level")
    if result.fit.family == "binomial":
        level, unit = _hundredfold(level, result.per), "percent"
    size = _size(level, level["scale"] == "ratio", unit)
    day = dated(result.change, result.points)
    return sentences(
        _alt(title, result.points),
        f"Fitted lines before and after {day}, and how it would have gone on: level {size}",
        _ends(result.points, unit if level["scale"] != "ratio" else "rate"),
    )


def forecast_words(result: ForecastResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Say what is foretold, how well the past was foretold, and what a forecast cannot say."""
    ahead = result.points[result.points["forecast"].notna()]
    first, last = ahead.iloc[0], ahead.iloc[-1]
    verdict = (
        f"{title or 'The series'}: {number(last['forecast'], unit=unit)} is foretold for "
        f"{dated(last['date'], result.points)} ({result.confidence:.0%} interval "
        f"{range_words(last['lower'], last['upper'], unit)}), if nothing changes"
    )
    start = f"for {dated(first['date'], result.points)}, {number(first['forecast'], unit=unit)}"
    row = result.summary.iloc[0]
    skill = f"in back-tests the mean error was {number(row['error'], unit=unit)}"
    skill += f", {row['skill']:.0%} of that of last season's value" if row["skill"] == row["skill"] else ""
    cannot = limits_words(
        list(result.notes), "A forecast goes on as before; it knows nothing of plans or surprises"
    )
    return " ".join([sentences(verdict, start, f"model: {result.model}; {skill}"), cannot])


def forecast_alt_text(result: ForecastResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return a short text alternative of the chart."""
    last = result.points.iloc[-1]
    return sentences(
        _alt(title, result.points),
        f"Forecast of {count(result.horizon, result.step)} with an interval, ending at {number(last['forecast'], unit=unit)}",
        _ends(result.points, unit),
    )


def drift_words(result: DriftResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Say whether small lasting changes add up to a signal."""
    row = result.summary.iloc[0]
    name = {"cusum": "cumulative sum", "ewma": "weighted average"}[result.kind]
    if row["direction"] == "none":
        verdict = (
            f"{title or 'The series'}: the {name} stays within its limit, no small lasting change is seen"
        )
    else:
        first = dated(row["first_signal"], result.points)
        side = {"high": "above", "low": "below"}[row["direction"]]
        verdict = f"{title or 'The series'}: the {name} goes beyond its limit in {first}: values drift {side} the level"
    level = f"level {number(row['centre'], unit=unit)}, sigma {number(row['sigma'], unit=unit)}"
    cannot = limits_words(noted(row["notes"]), f"{NOT_CAUSE}, nor exactly when it began")
    return " ".join([sentences(verdict, level), cannot])


def drift_alt_text(result: DriftResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return a short text alternative of the chart."""
    kind = {"cusum": "CUSUM chart", "ewma": "EWMA chart"}[result.kind]
    signals = int(result.summary["signals"].iloc[0])
    verdict = f"{count(signals, 'point')} beyond the limits" if signals else "all points within the limits"
    return sentences(_alt(title or kind, result.points), verdict, _ends(result.points, unit))


def change_points_words(
    result: ChangePointsResult, *, title: str | None = None, unit: str | None = None
) -> str:
    """Say where the level may have changed."""
    name = title or "The series"
    if result.changes.empty:
        verdict = f"{name}: no change of level stands out"
    else:
        verdict = f"{name} may have changed level at " + listed(
            f"{dated(row['date'], result.points)} (from {number(row['before'], unit=unit)} to "
            f"{number(row['after'], unit=unit)})"
            for row in result.changes.to_dict("records")
        )
    return " ".join([sentences(verdict), limits_words(list(result.notes))])


def change_points_alt_text(
    result: ChangePointsResult, *, title: str | None = None, unit: str | None = None
) -> str:
    """Return a short text alternative of the chart."""
    verdict = count(len(result.changes), "possible change") + " of level"
    return sentences(_alt(title, result.points), verdict, _ends(result.points, unit))
