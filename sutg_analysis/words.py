"""A control chart in plain English: what the latest point shows, since when, whether the target will be met, how sure.

Every sentence is made from the finished result, as the picture is, so that the two cannot disagree. A sentence
explains the rule it names, because its readers are board members and not analysts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sutg_analysis.episodes import latest_episodes
from sutg_analysis.results import SpcResult
from sutg_analysis.theme import verdict_of
from sutg_analysis.wording import (
    ASSURANCE_NAMES,
    CHART_NAMES,
    VARIATION_NAMES,
    axis_words,
    centre_name,
    count,
    is_monthly,
    listed,
    number,
    sentence,
    spacing,
    telling_decimals,
    unit_words,
    when,
)

_VERDICTS = {
    "improvement": "This is a sign of improvement",
    "concern": "This is a sign of concern",
    "neutral": "This is a sign of change, neither better nor worse",
}
_REST = ("latest", "variation", "assurance", "sureness")


@dataclass(frozen=True)
class SeriesWords:
    """What is said of one series, part by part; a part with nothing to say is empty.

    Parameters
    ----------
    headline
        A few words: what it is and its verdict.
    latest
        The latest value and its date.
    variation
        Whether it shows a change, by which rule, since when.
    assurance
        Whether the target will be met if nothing changes.
    sureness
        What the verdict rests on, and every doubt about it.
    """

    headline: str
    latest: str
    variation: str
    assurance: str
    sureness: str

    def __str__(self) -> str:
        return " ".join(text for text in (getattr(self, part) for part in _REST) if text)


@dataclass(frozen=True)
class _Teller:
    """What the sentences of one result share."""

    result: SpcResult
    unit: str | None
    monthly: bool
    step: str

    def say(self, value: float, *others: float) -> str:
        """Return a value with its unit, and as many decimals as tell it from the others."""
        places = telling_decimals([value, *others], unit=self.unit)
        return number(value, unit=self.unit, decimals=places)

    @property
    def tail(self) -> str:
        """Return what a value is per, said once and not after every number."""
        per = self.result.per
        return unit_words(self.unit, per if isinstance(per, int | float) else 1)

    @property
    def centre(self) -> str:
        return centre_name(self.result.chart_type)

    def date(self, moment: Any) -> str:
        return when(moment, monthly=self.monthly)

    def steps(self, many: int) -> str:
        return count(int(many), self.step)


def spc_words(result: SpcResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return the chart in sentences; a line a series where there are several.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.
    title
        What is measured; the keys of a series are added to it.
    unit
        ``percent`` (values 0 to 100), ``rate``, ``count``, ``days``, ``pounds``..., or words of one's own.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6]})
    >>> for said in spc_words(spc(frame, value="y", date="month", target=9), title="Falls").split(". "):
    ...     print(said)
    Falls: 6 in February 2024
    This is usual variation: no rule shows a change from the mean of 5.50
    The target of 9 or more will be missed unless something changes: even the upper limit, 8.16, falls short of it
    This rests on 14 months, January 2023 to February 2024; a change too small or too new for the rules may still be there.
    """
    return "\n".join(str(words) for words in series_words(result, title=title, unit=unit))


def series_words(
    result: SpcResult, *, title: str | None = None, unit: str | None = None
) -> tuple[SeriesWords, ...]:
    """Return what is said of each series, in the order of ``result.summary``."""
    dates = result.points["date"]
    monthly = is_monthly(dates)
    teller = _Teller(result, unit, monthly, spacing(dates))
    episodes = latest_episodes(result)
    return tuple(
        _told(teller, row, episodes[episodes["series"] == place], title)
        for place, row in enumerate(result.summary.to_dict("records"))
    )


def _told(teller: _Teller, row: dict[Any, Any], episodes: pd.DataFrame, title: str | None) -> SeriesWords:
    name = _name(teller, row, title)
    return SeriesWords(
        headline=_headline(teller, row, episodes, name),
        latest=_latest(teller, row, name),
        variation=_variation(teller, row, episodes),
        assurance=_assurance(teller, row),
        sureness=_sureness(teller, row),
    )


def _name(teller: _Teller, row: dict[Any, Any], title: str | None) -> str:
    keys = ", ".join(str(row[key]) for key in teller.result.by)
    return ", ".join(part for part in (title or "", keys) if part)


def _headline(teller: _Teller, row: dict[Any, Any], episodes: pd.DataFrame, name: str) -> str:
    words = VARIATION_NAMES[row["variation"]].split(":")[0].lower()
    since = episodes["start"].min() if len(episodes) and verdict_of(row["variation"]) != "common" else None
    start = f" since {teller.date(since)}" if since is not None and since < row["latest_date"] else ""
    return f"{name} – {words}{start}" if name else sentence(f"{words}{start}").rstrip(".")


def _latest(teller: _Teller, row: dict[Any, Any], name: str) -> str:
    if pd.isna(row["latest"]):
        return sentence(f"{name}: no value yet" if name else "There is no value yet")
    value = teller.say(row["latest"], row["centre"], row["lower"], row["upper"], row["target"])
    value, moment = value + teller.tail, teller.date(row["latest_date"])
    if not name:
        return f"The latest value is {value}, {moment}."
    return f"{name}: {value} {'in' if teller.monthly else 'on'} {moment}."


def _variation(teller: _Teller, row: dict[Any, Any], episodes: pd.DataFrame) -> str:
    if row["variation"] == "too_few":
        least = teller.result.profile.min_points
        have = f"{count(row['points'], 'point')} {'is' if row['points'] == 1 else 'are'} too few"
        return f"{have} to tell change from usual variation; {least} are needed."
    verdict = verdict_of(row["variation"])
    if verdict == "common":
        return f"This is usual variation: no rule shows a change from the {_mean(teller, row)}."
    reasons = [_reason(teller, row, episode) for episode in episodes.to_dict("records")] or [
        *_runs(teller, row)
    ]
    split = _conflict(row) if row["conflict"] else ""
    return f"{_VERDICTS[verdict]}: {listed(reasons)}{_caution(teller, row, episodes)}.{split}"


def _mean(teller: _Teller, row: dict[Any, Any]) -> str:
    return f"{teller.centre} of {teller.say(row['centre'], row['latest'])}"


def _reason(teller: _Teller, row: dict[Any, Any], episode: dict[Any, Any]) -> str:
    """Return why a rule fired, in words that explain it."""
    since, many = teller.date(episode["start"]), teller.steps(episode["points"])
    high = bool(episode["high"])
    if episode["rule"] == "outside":
        side, line = ("above the upper limit", "upper") if high else ("below the lower limit", "lower")
        return f"the value is {side} of {teller.say(row[line], row['latest'])}"
    if episode["rule"] == "shift":
        side = "above" if high else "below"
        return f"{many} in a row, since {since}, are {side} the {_mean(teller, row)} (a shift)"
    if episode["rule"] == "trend":
        return f"values have {'risen' if high else 'fallen'} for {many} in a row, since {since} (a trend)"
    near = "upper" if high else "lower"
    return f"{int(episode['points'])} of the last 3 {teller.step}s are close to the {near} limit"


def _runs(teller: _Teller, row: dict[Any, Any]) -> Iterator[str]:
    """Say what the runs analysis found: a run too long, or too few crossings of the centre."""
    if row["longest_run"] > row["longest_run_max"]:
        yield (
            f"{int(row['longest_run'])} values in a row are on one side of the {_mean(teller, row)}, "
            f"where chance allows {int(row['longest_run_max'])}"
        )
    if row["crossings"] < row["crossings_min"]:
        yield (
            f"the line crosses the {_mean(teller, row)} {count(int(row['crossings']), 'time')}, "
            f"where chance gives at least {int(row['crossings_min'])}"
        )


def _conflict(row: dict[Any, Any]) -> str:
    counted = verdict_of(row["variation"])
    return f" The rules point both ways, to improvement and to concern; here it counts as {counted}."


def _caution(teller: _Teller, row: dict[Any, Any], episodes: pd.DataFrame) -> str:
    """Say where the latest value lies if the signal's direction would let a reader think otherwise."""
    if set(episodes["rule"]) != {"trend"} or teller.result.chart_type == "run":
        return ""
    rising, above = bool(episodes["high"].iloc[0]), row["latest"] > row["centre"]
    if rising == above:
        return ""
    return f", though the latest is still {'above' if above else 'below'} the {_mean(teller, row)}"


def _goal(teller: _Teller, row: dict[Any, Any], *others: float) -> str:
    bound = {"increase": " or more", "decrease": " or less"}.get(row["improvement"], "")
    return f"The target of {teller.say(row['target'], *others)}{bound}"


def _assurance(teller: _Teller, row: dict[Any, Any]) -> str:
    if pd.isna(row["target"]):
        return "No target is set."
    up = row["improvement"] == "increase"
    near, far = ("lower", "upper") if up else ("upper", "lower")
    lower, upper = row["lower"], row["upper"]
    goal = _goal(teller, row, lower, upper)
    if row["assurance"] == "pass":
        limit = teller.say(row[near], row["target"])
        return f"{goal} will be met if nothing changes: even the {near} limit, {limit}, meets it."
    if row["assurance"] == "fail":
        limit = teller.say(row[far], row["target"])
        short = "falls short of" if up else "is above"
        short = "only reaches" if row[far] == row["target"] else short
        return f"{goal} will be missed unless something changes: even the {far} limit, {limit}, {short} it."
    if row["assurance"] == "hit_or_miss":
        span = f"{teller.say(lower, row['target'])} and {teller.say(upper, row['target'])}"
        return (
            f"{goal} may be met or missed by chance, {teller.step} by {teller.step}: it lies between the "
            f"limits, {span}."
        )
    return f"{goal} cannot be judged: {_unjudged(row)}."


def _unjudged(row: dict[Any, Any]) -> str:
    if row["improvement"] == "neutral":
        return "neither direction is better"
    return "there are too few points" if row["variation"] == "too_few" else "the chart has no limits"


def _sureness(teller: _Teller, row: dict[Any, Any]) -> str:
    if row["points"] == 0:
        return ""
    first, last = teller.date(row["first_date"]), teller.date(row["latest_date"])
    basis = f"This rests on {teller.steps(row['points'])}, {first} to {last}"
    if row["segments"] > 1:
        basis += f"; limits were set again from {_rebased(teller, row)}"
    if row["variation"] == "common":
        basis += "; a change too small or too new for the rules may still be there"
    return " ".join([f"{basis}.", *(sentence(doubt) for doubt in _doubts(row))])


def _rebased(teller: _Teller, row: dict[Any, Any]) -> str:
    """Return when the series' limits were last set again, and why if that is on record."""
    points = teller.result.points
    for key in teller.result.by:
        points = points[points[key] == row[key]]
    start = points[points["rebase"]].iloc[-1]
    reason = str(start["rebase_reason"])
    return teller.date(start["date"]) + (f" ({reason[:1].lower()}{reason[1:].rstrip('.')})" if reason else "")


def _doubts(row: dict[Any, Any]) -> list[str]:
    """Return the warnings that no other sentence says."""
    said = ("too few for a verdict", "both improvement and concern", "without a direction of improvement")
    warnings = [text for text in row["warnings"].split("; ") if text]
    return [text for text in warnings if not any(part in text for part in said)]


def spc_alt_text(result: SpcResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return the chart's text alternative: type, axes, range, pattern and verdict in under 60 words.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6]})
    >>> for said in spc_alt_text(spc(frame, value="y", date="month"), title="Falls", unit="count").split(". "):
    ...     print(said)
    XmR chart of Falls, count by month, January 2023 to February 2024
    From 5 to 6, mean 5.50, limits 2.84 to 8.16
    Usual variation: no sign of change.
    """
    dates = result.points["date"]
    monthly = is_monthly(dates)
    teller = _Teller(result, unit, monthly, spacing(dates))
    if len(result.summary) > 1:
        return _alt_of_many(teller, title)
    row = result.summary.to_dict("records")[0]
    name = _shortened(_name(teller, row, title))
    span = f"{teller.date(dates.min())} to {teller.date(dates.max())}"
    subject = f" of {name}," if name else ":"
    head = f"{CHART_NAMES[result.chart_type]}{subject} {_axis(teller)} by {teller.step}, {span}."
    return " ".join(part for part in (head, _alt_range(teller, row), *_alt_verdicts(teller, row)) if part)


def _shortened(name: str, *, words: int = 14) -> str:
    parts = name.split()
    return name if len(parts) <= words else " ".join(parts[:words]) + "…"


def _axis(teller: _Teller) -> str:
    per = teller.result.per
    words = axis_words(teller.unit, per if isinstance(per, int | float) else 1)
    return words[:1].lower() + words[1:]


def _alt_range(teller: _Teller, row: dict[Any, Any]) -> str:
    values = teller.result.points["value"]
    if values.notna().sum() == 0:
        return "No values."
    low, high = values.min(), values.max()
    lines = f", {teller.centre} {number(row['centre'], unit=teller.unit)}"
    if pd.notna(row["lower"]) or pd.notna(row["upper"]):
        lower, upper = (number(row[line], unit=teller.unit) for line in ("lower", "upper"))
        lines += f", limits {lower} to {upper}"
    return f"From {number(low, unit=teller.unit)} to {number(high, unit=teller.unit)}{lines}."


def _alt_verdicts(teller: _Teller, row: dict[Any, Any]) -> Iterator[str]:
    signals = (
        str(row["signals"])
        .replace("two_of_three", "2 of 3 near a limit")
        .replace("outside", "outside limits")
    )
    by = f" ({signals})" if signals and verdict_of(row["variation"]) != "common" else ""
    yield f"{VARIATION_NAMES[row['variation']]}{by}."
    if row["assurance"] != "none":
        yield f"Target {number(row['target'], unit=teller.unit)}: {ASSURANCE_NAMES[row['assurance']].lower()}."


def _alt_of_many(teller: _Teller, title: str | None) -> str:
    result = teller.result
    dates = result.points["date"]
    heads = result.summary["variation"].map(lambda name: VARIATION_NAMES[name].split(":")[0].lower())
    tally = [f"{name} {many}" for name, many in heads.value_counts().items()]
    subject = f" of {_shortened(title)}" if title else ""
    span = f"{teller.date(dates.min())} to {teller.date(dates.max())}"
    charts = f"{len(result.summary)} {CHART_NAMES[result.chart_type]}s"
    return f"{charts}{subject}, {_axis(teller)} by {teller.step}, {span}, one a series: {listed(tally)}."
