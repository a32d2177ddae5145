"""Numbers, dates and units as British readers write them, and the names of rules and icons in plain words.

Every sentence, label and table takes its words from here, so that a chart, its alternative text and its table
say one thing. A unit is ``percent`` (values from 0 to 100), ``rate``, ``count``, ``days`` and the like,
``pounds``, or any words of the analyst's own, which then stand on the axis as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from math import isfinite, log10
from typing import TYPE_CHECKING

from sutg_analysis.catalogue.quarter import MONTHS, Quarter

if TYPE_CHECKING:
    import pandas as pd

MINUS = "−"
MISSING = "[x]"
"""Shorthand for "not available" of the harmonised UK government set."""

CONFIDENTIAL = "[c]"
"""Shorthand for "hidden, because a small count could tell of a person" of the same set."""

SHORTHAND = {
    MISSING: "Not available, or not reported for this date.",
    CONFIDENTIAL: "Not shown, because the count is small or would tell a small count.",
    "[z]": "Not applicable.",
    "[low]": "More than zero, but rounds to zero.",
}
"""What stands in a table in place of a number, and what it means."""

TIME_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")

RULES = ("outside", "trend", "two_of_three", "shift")
"""Most telling first: the order in which one rule stands for several."""

RULE_NAMES = {
    "outside": "outside the limits",
    "trend": "trend",
    "two_of_three": "2 of 3 near a limit",
    "shift": "shift",
}

VERDICT_WORDS = {
    "improvement": "Improvement",
    "concern": "Concern",
    "common": "Usual variation",
    "neutral": "Change",
}

VARIATION_NAMES = {
    "common": "Usual variation: no sign of change",
    "improvement_high": "Improvement: signal of higher values",
    "improvement_low": "Improvement: signal of lower values",
    "concern_high": "Concern: signal of higher values",
    "concern_low": "Concern: signal of lower values",
    "neutral_high": "Change: signal of higher values, neither better nor worse",
    "neutral_low": "Change: signal of lower values, neither better nor worse",
    "too_few": "Too few points to tell",
}

ASSURANCE_NAMES = {
    "pass": "Will meet the target if nothing changes",
    "fail": "Will miss the target unless something changes",
    "hit_or_miss": "May meet or miss the target by chance",
    "none": "No verdict on a target",
}

SHORT_VARIATIONS = {
    "common": "Usual variation",
    "improvement_high": "Improvement, higher",
    "improvement_low": "Improvement, lower",
    "concern_high": "Concern, higher",
    "concern_low": "Concern, lower",
    "neutral_high": "Change, higher",
    "neutral_low": "Change, lower",
    "too_few": "Too few points",
}

SHORT_ASSURANCES = {
    "pass": "Will meet target",
    "hit_or_miss": "Hit or miss",
    "fail": "Will miss target",
    "none": "No verdict",
}

CHART_NAMES = {
    "run": "Run chart",
    "xmr": "XmR control chart",
    "mr": "Moving range control chart",
    "i_prime": "I prime control chart",
    "xbar": "X-bar control chart",
    "s": "S control chart",
    "p": "P control chart",
    "p_prime": "P prime control chart",
    "u": "U control chart",
    "u_prime": "U prime control chart",
    "c": "C control chart",
    "c_prime": "C prime control chart",
    "g": "G control chart",
    "t": "T control chart",
}


def number(value: float | None, *, unit: str | None = None, decimals: int | None = None) -> str:
    """Return a value with its unit, thousands in commas; ``[x]`` where there is none, ``[low]`` for a share that rounds to zero.

    Examples
    --------
    >>> number(5.421, unit="percent"), number(12345, unit="count"), number(-3.25, unit="days")
    ('5.4%', '12,345', '−3.25 days')
    >>> number(0.1234), number(float("nan")), number(1500, unit="pounds"), number(0.001, unit="percent")
    ('0.12', '[x]', '£1,500', '[low]')
    """
    if value is None or not isfinite(value):
        return MISSING
    text = plain_number(value, unit=unit, decimals=decimals)
    if unit in ("percent", "rate") and value > 0 and not text.strip("0.%"):
        return "[low]"
    if unit in TIME_UNITS:
        return f"{text} {unit[:-1] if text == '1' else unit}"
    return text


def shorthand_words(texts: Iterable[object]) -> str:
    """Return what the shorthand in a hidden table's cells means, as a sentence each; empty where nothing is hidden.

    Examples
    --------
    >>> shorthand_words(["12", "[c]"]), shorthand_words(["12", "[x]"])
    ('[c]: Not shown, because the count is small or would tell a small count.', '')
    """
    cells = list(map(str, texts))
    found = [mark for mark in SHORTHAND if any(mark in cell for cell in cells)]
    return " ".join(f"{mark}: {SHORTHAND[mark]}" for mark in found) if CONFIDENTIAL in found else ""


def plain_number(value: float, *, unit: str | None = None, decimals: int | None = None) -> str:
    """Return a value without words: with ``%`` or ``£``, but without days or hours.

    Examples
    --------
    >>> plain_number(12.5, unit="days"), plain_number(12.5, unit="percent")
    ('12.5', '12.5%')
    """
    places = _decimals(value, unit) if decimals is None else decimals
    digits = f"{abs(value):,.{places}f}"
    sign = MINUS if value < 0 and float(digits.replace(",", "")) else ""
    return f"{sign}{'£' if unit == 'pounds' else ''}{digits}{'%' if unit == 'percent' else ''}"


def _decimals(value: float, unit: str | None) -> int:
    """One for per cent; none for whole numbers; else about three figures."""
    if unit == "percent":
        return 1 if abs(value) >= 0.1 or value == 0 else 2
    if value == round(value) and unit != "rate":
        return 0
    return max(0, min(2, 2 - int(log10(max(abs(value), 1)))))


def telling_decimals(values: Iterable[float], *, unit: str | None = None) -> int | None:
    """Return the decimals at which different values also look different, or None if the usual ones do.

    Two more than usual at most: 5.42% beside a limit of 5.44% should not both read 5.4%.

    Examples
    --------
    >>> telling_decimals([5.42, 5.44], unit="percent"), telling_decimals([5.1, 5.4], unit="percent")
    (2, None)
    """
    distinct = sorted({float(value) for value in values if isfinite(value)})
    if not distinct:
        return None
    usual = max(_decimals(value, unit) for value in distinct)
    for places in (None, usual + 1, usual + 2):
        if len({plain_number(value, unit=unit, decimals=places) for value in distinct}) == len(distinct):
            return places
    return None


def day(when: date, *, short: bool = False) -> str:
    """Return a date without locale, in full or as an axis has it.

    Examples
    --------
    >>> day(date(2024, 3, 5)), day(date(2024, 3, 5), short=True)
    ('5 March 2024', '5 Mar 2024')
    """
    return f"{when.day} {month(when, short=short)}"


def month(when: date, *, short: bool = False) -> str:
    """Return the month of a date, in full or as an axis has it.

    Examples
    --------
    >>> month(date(2024, 3, 1)), month(date(2024, 3, 1), short=True)
    ('March 2024', 'Mar 2024')
    """
    name = MONTHS[when.month - 1]
    return f"{name[:3] if short else name} {when.year}"


def is_monthly(dates: Iterable[date]) -> bool:
    """Say whether all dates are first days of months, and so stand for months or quarters.

    Examples
    --------
    >>> is_monthly([date(2024, 1, 1), date(2024, 4, 1)]), is_monthly([date(2024, 1, 8)])
    (True, False)
    """
    return all(when.day == 1 and (not isinstance(when, datetime) or when.hour == 0) for when in dates)


CALENDAR = "calendar quarter"
"""What the ``quarters`` attribute of a frame of points says where its quarters are of the calendar."""
_ENDING = 6
"""Sunday: weeks dated by it are dated by their end."""


def period_of(dates: Iterable[date]) -> str:
    """Return what each date stands for: year, financial year, quarter, calendar quarter, month, week or day.

    From three dates on; a first day of a month is a month before that.

    Examples
    --------
    >>> period_of([date(2021, 4, 1), date(2022, 4, 1), date(2024, 4, 1)])
    'financial year'
    >>> period_of([date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1)]), period_of([date(2024, 1, 1)])
    ('quarter', 'month')
    """
    quarters = getattr(dates, "attrs", {}).get("quarters", "quarter")
    each = sorted({when for when in dates if when == when})
    few = len(each) < 3
    if is_monthly(each):
        gaps = [12 * (later.year - first.year) + later.month - first.month for first, later in pairwise(each)]
        if not few and each[0].month in (1, 4) and min(gaps) >= 12 and not any(gap % 12 for gap in gaps):
            return "year" if each[0].month == 1 else "financial year"
        quarterly = each and each[0].month in (1, 4, 7, 10) and not any(gap % 3 for gap in gaps)
        return quarters if not few and quarterly else "month"
    days = [(later - first).total_seconds() / 86_400 for first, later in pairwise(each)]
    weekly = len(each) > 3 and min(days) == 7 and not any(gap % 7 for gap in days)
    return "week" if weekly else "day"


def month_or_day(dates: Iterable[date]) -> str:
    """Return what dates of several things stand for: months where each is the first of one, else days."""
    return "month" if is_monthly(dates) else "day"


_SPACINGS = (
    ("day", 0.9, 1.1, False),
    ("week", 6.9, 7.1, False),
    ("month", 27, 32, True),
    ("quarter", 89, 93, True),
    ("year", 364, 367, False),
)


def spacing(dates: Iterable[date]) -> str:
    """Return what one step along the dates is called: day, week, month, quarter, year, or else point.

    Examples
    --------
    >>> spacing([date(2024, 1, 1), date(2024, 2, 1)]), spacing([date(2024, 1, 1), date(2024, 1, 8)])
    ('month', 'week')
    """
    each = sorted(set(dates))
    gaps = sorted((later - earlier).total_seconds() / 86_400 for earlier, later in pairwise(each))
    usual = gaps[len(gaps) // 2] if gaps else 0
    monthly = is_monthly(each)
    for name, low, high, needs_first in _SPACINGS:
        if low <= usual <= high and (monthly or not needs_first):
            return name
    return "month" if monthly and not gaps else "point"


def when(moment: object, *, period: str, short: bool = False) -> str:
    """Return the period that a date stands for by its name, a day as such, or anything else as it is.

    Examples
    --------
    >>> [when(date(2024, 1, 1), period=each) for each in ("year", "quarter", "calendar quarter", "month", "day")]
    ['2024', 'Q4 2023/24', 'Q1 2024', 'January 2024', '1 January 2024']
    >>> when(date(2023, 4, 1), period="financial year"), when(date(2024, 3, 4), period="week")
    ('2023/24', 'week beginning 4 March 2024')
    """
    if not isinstance(moment, date):
        return str(moment)
    if period == "year":
        return str(moment.year)
    if period == "financial year":
        return Quarter.of(moment).year_label
    if period == "quarter":
        return Quarter.of(moment).label
    if period == CALENDAR:
        return f"Q{(moment.month + 2) // 3} {moment.year}"
    if period == "week" and not short:
        return f"week {'ending' if moment.weekday() == _ENDING else 'beginning'} {day(moment)}"
    return (month if period == "month" else day)(moment, short=short)


def so_far(first: date, known_to: date, *, period: str) -> str:
    """Return what a period that is not over is called.

    Examples
    --------
    >>> so_far(date(2023, 8, 1), date(2023, 8, 20), period="month")
    'August 2023, to 20 August, provisional'
    """
    last = f"{known_to.day} {MONTHS[known_to.month - 1]}"
    return f"{when(first, period=period)}, to {last}, provisional"


def axis_words(unit: str | None, per: object = 1) -> str:
    """Return what stands on the value axis.

    Examples
    --------
    >>> axis_words("percent"), axis_words("rate", 1000), axis_words("falls per bed day"), axis_words(None)
    ('Percentage', 'Rate per 1,000', 'Falls per bed day', 'Value')
    """
    if unit == "rate":
        return f"Rate per {plain_number(per)}" if isinstance(per, int | float) and per != 1 else "Rate"
    known = {"percent": "Percentage", "pounds": "Pounds", None: "Value"}
    return known.get(unit) or f"{unit[:1].upper()}{unit[1:]}" if unit else "Value"


def unit_words(unit: str | None, per: object = 1) -> str:
    """Return what follows a value in a sentence, and is not said by its sign.

    Examples
    --------
    >>> unit_words("rate", 1000), unit_words("percent"), unit_words("falls per 1,000 bed days")
    (' per 1,000', '', ' falls per 1,000 bed days')
    """
    if unit == "rate" and isinstance(per, int | float) and per != 1:
        return f" per {plain_number(per)}"
    if unit in {None, "rate", "percent", "count", "pounds", *TIME_UNITS}:
        return ""
    return f" {unit}"


def count(many: int, thing: str, things: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> count(1, "point"), count(12, "point"), count(2, "series", "series")
    ('1 point', '12 points', '2 series')
    """
    return f"{many:,} {thing if many == 1 else things or thing + 's'}"


def listed(parts: Iterable[str]) -> str:
    """Join parts with commas and a last "and".

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def sentence(text: str) -> str:
    """Return text with a capital and one full stop.

    Examples
    --------
    >>> sentence("limits were reset")
    'Limits were reset.'
    """
    trimmed = text.strip().rstrip(".")
    return f"{trimmed[:1].upper()}{trimmed[1:]}." if trimmed else ""


_PROGRESS = {
    "ahead": "Ahead of trajectory",
    "on": "On trajectory",
    "behind": "Behind trajectory",
    "unjudged": "Cannot be judged yet",
}


def in_words(codes: pd.Series) -> pd.Series:
    """Return verdicts of the ledger, or where metrics stand on their trajectories, as words.

    Examples
    --------
    >>> import pandas as pd
    >>> in_words(pd.Series(["concern_high", "pass", "behind"])).tolist()
    ['Concern, higher', 'Will meet target', 'Behind trajectory']
    """
    return codes.map({**SHORT_VARIATIONS, **SHORT_ASSURANCES, **_PROGRESS})


def centre_name(chart_type: str) -> str:
    """Return what the centre line of a chart is called: the median of a run chart, else the mean.

    Examples
    --------
    >>> centre_name("run"), centre_name("xmr"), centre_name("t")
    ('median', 'mean', 'centre line')
    """
    return {"run": "median", "g": "centre line", "t": "centre line"}.get(chart_type, "mean")


_HARMS = {
    "cauti": "Urinary infections from catheters (CAUTI)",
    "c-difficile": "C. difficile",
    "self-harm": "Self-harm",
    "death": "Deaths",
    "serious-incident": "Serious incidents",
    "medication": "Medication incidents",
    "restraint": "Restraints",
}


def harm_name(harm: str) -> str:
    """Return a harm in words.

    Examples
    --------
    >>> harm_name("pressure-ulcers"), harm_name("c-difficile")
    ('Pressure ulcers', 'C. difficile')
    """
    words = harm.replace("-", " ").replace("_", " ")
    return _HARMS.get(harm, words[:1].upper() + words[1:])
