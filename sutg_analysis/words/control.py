"""A control chart in plain English: what the latest point shows, since when, whether the target will be met, how sure.

Every sentence is made from the finished result, as the picture is, so that the two cannot disagree. A sentence
explains the rule it names, because its readers are board members and not analysts.

A chart's text alternative: type, axes, range, pattern and verdict, in under 60 words.

It is made from the finished result, as the picture and the sentences are. Names and reasons that run long are cut,
because a screen reader cannot be skimmed; the sentences and the table below a chart hold the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import Any

import pandas as pd

from sutg_analysis.control.episodes import latest_episodes
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.rules import verdict_of
from sutg_analysis.words.phrases import Teller, teller_of
from sutg_analysis.words.wording import (
    CHART_NAMES,
    CONFIDENTIAL,
    RULE_NAMES,
    VARIATION_NAMES,
    count,
    listed,
    sentence,
    when,
)

_VERDICTS = {
    "improvement": "a sign of improvement",
    "concern": "a sign of concern",
    "neutral": "a sign of change, neither better nor worse",
}
_REST = ("latest", "variation", "assurance", "sureness")

_Row = dict[Any, Any]


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


def spc_words(
    result: SpcResult, *, title: str | None = None, unit: str | None = None, provisional: bool = False
) -> str:
    """Return the chart in sentences; a line a series where there are several.

    Parameters
    ----------
    result
        From :func:`sutg_analysis.spc`.
    title
        What is measured; the keys of a series are added to it.
    unit
        ``percent`` (values 0 to 100), ``rate``, ``count``, ``days``, ``pounds``..., or words of one's own.
    provisional
        Whether the last point of each series is provisional: on a g or t chart, a gap that has not ended.

    Examples
    --------
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6]})
    >>> for said in spc_words(spc(frame, value="y", date="month", target=9), title="Falls").split(". "):
    ...     print(said)
    Falls: 6 in February 2024
    This is usual variation: there is no sign of change from the mean of 5.50
    The target of 9 or more will be missed unless something changes: even the upper limit, 8.16, falls short of it
    This rests on 14 months, from January 2023 to February 2024; a change too small or too new for the rules may still be there.
    """
    told = series_words(result, title=title, unit=unit, provisional=provisional)
    return "\n".join(str(words) for words in told)


def series_words(
    result: SpcResult, *, title: str | None = None, unit: str | None = None, provisional: bool = False
) -> tuple[SeriesWords, ...]:
    """Return what is said of each series, in the order of ``result.summary``."""
    teller = teller_of(result, unit)
    episodes: dict[int, list[_Row]] = {}
    for episode in latest_episodes(result).to_dict("records"):
        episodes.setdefault(episode["series"], []).append(episode)
    return tuple(
        _told(teller, row, episodes.get(place, []), title, provisional)
        for place, row in enumerate(result.summary.to_dict("records"))
    )


def _told(
    teller: Teller, row: _Row, episodes: list[_Row], title: str | None, provisional: bool
) -> SeriesWords:
    name = teller.name(row, title)
    return SeriesWords(
        headline=_headline(teller, row, episodes, name),
        latest=_latest(teller, row, name, provisional),
        variation=_variation(teller, row, episodes),
        assurance=_assurance(teller, row),
        sureness=_sureness(teller, row),
    )


def _headline(teller: Teller, row: _Row, episodes: list[_Row], name: str) -> str:
    none = f"no value is shown {CONFIDENTIAL}" if teller.hidden(row) else "no value yet"
    words = VARIATION_NAMES[row["variation"]].split(":")[0].lower() if row["points"] else none
    counted = [episode["start"] for episode in episodes if _speaks_for(row, episode)]
    since = min(counted) if counted and verdict_of(row["variation"]) != "common" else None
    start = f" since {teller.date(since)}" if since is not None and since < row["latest_date"] else ""
    return f"{name} – {words}{start}" if name else sentence(f"{words}{start}").rstrip(".")


def _latest(teller: Teller, row: _Row, name: str, provisional: bool) -> str:
    if pd.isna(row["latest"]) and teller.hidden(row):
        said = f"no value is shown {CONFIDENTIAL}, because the counts are small."
        return f"{name}: {said}" if name else sentence(said)
    if pd.isna(row["latest"]):
        return f"{name}: no value yet." if name else "There is no value yet."
    lines = (row[line] for line in ("centre", "lower", "upper", "target"))
    value = teller.say(row["latest"], *lines) + teller.tail
    value += " cases" if teller.result.chart_type == "g" and teller.unit in (None, "count") else ""
    if teller.rare:
        return _latest_gap(teller, row, name, value, provisional)
    value = _KINDS.get(teller.result.chart_type, "{value}").format(value=value, step=teller.step)
    moment = teller.on(row["latest_date"])
    if teller.hidden_last(row):
        said = f"The latest {teller.step} is not shown {CONFIDENTIAL}, because the count is small."
        return (
            f"{name}: {value} {moment}. {said}"
            if name
            else f"{said} The one shown before it is {value}, {moment}."
        )
    doubt = " It is provisional and may still change." if provisional else ""
    return (f"{name}: {value} {moment}." if name else f"The latest value is {value}, {moment}.") + doubt


_KINDS = {
    "mr": "a change of {value} from the {step} before,",
    "s": "a spread (standard deviation) of {value} within the {step},",
    "xbar": "an average of {value}",
}


_NOUNS = {"mr": "the change", "s": "the spread", "xbar": "the average", "g": "the gap", "t": "the gap"}


def _latest_gap(teller: Teller, row: _Row, name: str, value: str, provisional: bool) -> str:
    if provisional:
        subject, moment = f"{name}: " if name else "It is ", teller.date(row["latest_date"])
        return f"{subject}{value} since the last event, up to {moment}. This gap has not ended and can only grow."
    moment = teller.on(row["latest_date"])
    if not name:
        return f"The gap between the last two events is {value}, the latest {moment}."
    return f"{name}: {value} between the last two events, the latest {moment}."


def _variation(teller: Teller, row: _Row, episodes: list[_Row]) -> str:
    if row["points"] == 0:
        return ""
    if row["variation"] == "too_few":
        return _too_few(teller, row)
    verdict = verdict_of(row["variation"])
    if verdict == "common":
        return f"This is usual variation: there is no sign of change from the {_mean(teller, row)}."
    same = [_reason(teller, row, episode) for episode in episodes if _speaks_for(row, episode)]
    other = [_reason(teller, row, episode) for episode in episodes if not _speaks_for(row, episode)]
    said = f"This is {_VERDICTS[verdict]}: {_joined(same or [*_runs(teller, row)])}{_caution(teller, row, episodes)}."
    if other and row["conflict"]:
        against = _VERDICTS["concern" if verdict == "improvement" else "improvement"]
        said += f" There is also {against}: {_joined(other)}. Where the two conflict, it counts as {verdict}."
    return said + _rarity(teller, row)


def _too_few(teller: Teller, row: _Row) -> str:
    least = max(teller.result.profile.min_points, 1)
    are = "is" if row["points"] == 1 else "are"
    return f"{count(row['points'], 'point')} {are} too few to tell change from usual variation; {least} are needed."


def _speaks_for(row: _Row, episode: _Row) -> bool:
    """Say whether an episode points the way of the verdict; where there is no conflict all do."""
    return not row["conflict"] or str(row["variation"]).endswith("_high") == bool(episode["high"])


def _rarity(teller: Teller, row: _Row) -> str:
    """Explain what a longer or shorter gap between events means."""
    if not teller.rare:
        return ""
    high = str(row["variation"]).endswith("_high")
    return f" {'Longer gaps mean rarer' if high else 'Shorter gaps mean more frequent'} events."


def _joined(parts: list[str]) -> str:
    return ", and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _mean(teller: Teller, row: _Row) -> str:
    return f"{teller.centre} of {teller.say(row['centre'], row['latest'])}"


def _reason(teller: Teller, row: _Row, episode: _Row) -> str:
    """Return why a rule fired, in words that explain it."""
    since, many = teller.date(episode["start"]), teller.steps(episode["points"])
    high = bool(episode["high"])
    line = "upper" if high else "lower"
    limit = f"the {line} limit of {teller.say(row[line], row['latest'])}"
    if episode["rule"] == "outside":
        return (
            f"{_NOUNS.get(teller.result.chart_type, 'the value')} is {'above' if high else 'below'} {limit}"
        )
    if episode["rule"] == "shift":
        side = "above" if high else "below"
        return f"{many} in a row, since {since}, are {side} the {_mean(teller, row)} (a shift)"
    if episode["rule"] == "trend":
        return f"values have {'risen' if high else 'fallen'} without a break over {many}, since {since} (a trend)"
    if episode["points"] == 3:
        return f"the last 3 {teller.step}s are all close to {limit}"
    return f"2 of the last 3 {teller.step}s are close to {limit}"


def _runs(teller: Teller, row: _Row) -> Iterator[str]:
    """Say what the runs analysis found: a run too long, or too few crossings of the centre."""
    centre = f"the {_mean(teller, row)}"
    if row["longest_run"] > row["longest_run_max"]:
        most = int(row["longest_run_max"])
        yield f"{int(row['longest_run'])} {teller.step}s in a row are on one side of {centre}, where chance allows {most}"
        centre = "it"
    if row["crossings"] < row["crossings_min"]:
        many, least = int(row["crossings"]), count(int(row["crossings_min"]), "crossing")
        times = {0: f"never cross {centre}", 1: f"cross {centre} only once", 2: f"cross {centre} only twice"}
        yield f"values {times.get(many, f'cross {centre} only {many} times')}, where chance gives at least {least}"


def _caution(teller: Teller, row: _Row, episodes: list[_Row]) -> str:
    """Say where the latest value lies if the signal's direction would let a reader think otherwise."""
    if {episode["rule"] for episode in episodes} != {"trend"}:
        return ""
    rising, above = bool(episodes[0]["high"]), row["latest"] > row["centre"]
    if rising == above or row["latest"] == row["centre"]:
        return ""
    return f", though the latest value is still {'above' if above else 'below'} the {_mean(teller, row)}"


def _assurance(teller: Teller, row: _Row) -> str:
    if pd.isna(row["target"]):
        return "No target is set."
    up = row["improvement"] == "increase"
    near, far = ("lower", "upper") if up else ("upper", "lower")
    if row["assurance"] == "none":
        return f"{goal(teller, row)} cannot be judged: {_unjudged(row)}."
    if row["assurance"] == "pass":
        limit = teller.say(row[near], row["target"])
        return f"{goal(teller, row, row[near])} will be met if nothing changes: even the {near} limit, {limit}, meets it."
    if row["assurance"] == "fail":
        limit = teller.say(row[far], row["target"])
        short = "falls short of" if up else "is above"
        short = "only just reaches" if row[far] == row["target"] else short
        return (
            f"{goal(teller, row, row[far])} will be missed unless something changes: even the {far} limit, "
            f"{limit}, {short} it."
        )
    span = teller.span(row["lower"], row["upper"], row["target"])
    return (
        f"{goal(teller, row, row['lower'], row['upper'])} may be met or missed by chance, {teller.step} by "
        f"{teller.step}: it lies within the limits, {span}."
    )


def goal(teller: Teller, row: _Row, *others: float) -> str:
    """Return the target and which side of it is good."""
    bound = {"increase": " or more", "decrease": " or less"}.get(row["improvement"], "")
    return f"The target of {teller.say(row['target'], *others)}{bound}"


def _unjudged(row: _Row) -> str:
    if row["improvement"] == "neutral":
        return "neither direction is better"
    if row["points"] == 0:
        return "there is no value yet"
    return "there are too few points" if row["variation"] == "too_few" else "the chart has no limits"


def _sureness(teller: Teller, row: _Row) -> str:
    doubts = [sentence(doubt) for doubt in _doubts(teller, row)]
    if row["points"] == 0:
        return " ".join(doubts)
    points = _points_of(teller, row)
    first, last = teller.date(row["first_date"]), teller.date(row["latest_date"])
    basis = f"This rests on {teller.steps(row['points'])}, " + (
        f"from {first} to {last}" if first != last else first
    )
    basis += _left_out(teller, points) + (_rebased(teller, points) if row["segments"] > 1 else "")
    if row["variation"] == "common":
        basis += "; a change too small or too new for the rules may still be there"
    return " ".join([f"{basis}.", *doubts])


def _points_of(teller: Teller, row: _Row) -> pd.DataFrame:
    points = teller.result.points
    for key in teller.result.by:
        points = points[points[key] == row[key]]
    return points


def _left_out(teller: Teller, points: pd.DataFrame) -> str:
    """Return how many points were left out, and why if that is on record."""
    out = points["excluded"].to_numpy()
    if not out.any():
        return ""
    reasons = dict.fromkeys(filter(None, points["excluded_reason"].to_numpy()[out].tolist()))
    many = int(out.sum())
    return f"; {teller.steps(many)} {'was' if many == 1 else 'were'} left out{_why(list(reasons))}"


def _rebased(teller: Teller, points: pd.DataFrame) -> str:
    """Return when the series' lines were last reset, and why if that is on record."""
    start = points[points["rebase"]].iloc[-1]
    lines = "median was" if teller.result.chart_type == "run" else "limits were"
    return f"; the {lines} reset from {teller.date(start['date'])}{_why([str(start['rebase_reason'])])}"


def _why(reasons: list[str]) -> str:
    told = "; ".join(reason.strip().rstrip(".") for reason in reasons if reason)
    return f" (reason given: {told})" if told else ""


_PLAIN = (
    (r"^stale: the last value is of (.*), the data go on to (.*)", r"it is out of date: it ends \1, and others go on to \2"),
    (r"^limits from (\d+ points?), fewer than (\d+), .*", r"the limits are provisional, because \1 (fewer than \2) made them"),
    (r"^counts are small \(mean below (\S+)\).*", r"counts are small (below \1 on average), so a chart of the gaps between events may tell more"),
    (r"^the baseline holds a special cause.*", "the points that made the limits show a change themselves, so the limits may mislead"),
    (r"^the rebase of (.*) starts at the next observation, (.*)", r"the reset asked for from \1 starts at the next value, \2"),
    (r"^moving ranges were not screened.*", "nearly all values are equal, so the limits may mislead"),
)  # fmt: skip
"""Doubts as analysts put them, and as a board reads them."""


def _doubts(teller: Teller, row: _Row) -> list[str]:
    """Return the warnings that no other sentence says."""
    said = ["too few for a verdict", "both improvement and concern", "without a direction of improvement"]
    said += ["limits from"] if pd.isna(row["upper"]) else []
    warnings = [text for text in str(row["warnings"]).split("; ") if text]
    return [_plain(teller, text) for text in warnings if not any(part in text for part in said)]


def _plain(teller: Teller, text: str) -> str:
    for pattern, words in _PLAIN:
        text = re.sub(pattern, words, text)
    return re.sub(r"\d{4}-\d\d-\d\d", lambda found: _day(teller, found[0]), text)


def _day(teller: Teller, iso: str) -> str:
    """Return a date as a month where it is the first of one and months are what is counted."""
    moment = datetime.fromisoformat(iso)
    return teller.date(moment) if moment.day == 1 else when(moment, monthly=False)


_ENDS = {
    "pass": "will be met if nothing changes",
    "fail": "will be missed unless something changes",
    "hit_or_miss": "may be met or missed by chance",
}
_FEW_NAMES = 3


def spc_alt_text(
    result: SpcResult, *, title: str | None = None, unit: str | None = None, provisional: bool = False
) -> str:
    """Return the chart's text alternative: type, axes, range, pattern and verdict in under 60 words.

    Parameters
    ----------
    result, title, unit, provisional
        As for :func:`sutg_analysis.words.control.spc_words`.

    Examples
    --------
    >>> import pandas as pd
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2023-01-01", periods=14, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6]})
    >>> for said in spc_alt_text(spc(frame, value="y", date="month"), title="Falls", unit="count").split(". "):
    ...     print(said)
    XmR control chart of Falls, count by month, January 2023 to February 2024
    From 5 to 6, mean 5.50, limits 2.84 to 8.16
    Usual variation: no sign of change.
    """
    teller = teller_of(result, unit)
    if len(result.summary) > 1:
        return _of_many(teller, title)
    row = result.summary.to_dict("records")[0]
    head = f"{CHART_NAMES[result.chart_type]}{_subject(teller.name(row, title))} {_axes(teller)}."
    parts = (head, _range(teller, row), _gone(teller, row), _verdict(teller, row), _target(teller, row))
    return " ".join(filter(None, (*parts, "The last point is provisional." if provisional else "")))


def _subject(name: str) -> str:
    return f" of {shortened(name)}," if name else ":"


def shortened(name: str, *, words: int = 11) -> str:
    """Return a name cut to so many words.

    Examples
    --------
    >>> shortened("Falls with harm on every ward", words=3)
    'Falls with harm…'
    """
    parts = name.split()
    return name if len(parts) <= words else " ".join(parts[:words]) + "…"


def _axes(teller: Teller) -> str:
    first, last = teller.date(min(teller.dates)), teller.date(max(teller.dates))
    step = "" if teller.rare else f" by {teller.step}"
    span = f"{first} to {last}" if first != last else first
    return f"{shortened(teller.axis, words=8)}{step}, {span}"


def _gone(teller: Teller, row: _Row) -> str:
    """Return how many points are hidden."""
    many = teller.hidden(row)
    return f"{count(many, teller.step)} not shown {CONFIDENTIAL}." if many else ""


def _range(teller: Teller, row: _Row) -> str:
    points = teller.result.points
    values = [value for value in points["value"].tolist() if not isnan(value)]
    if not values:
        return "" if teller.hidden(row) else "No values yet."
    low, high = min(values), max(values)
    span = f"From {teller.span(low, high)}" if low != high else f"Always {teller.say(low)}"
    known = not isnan(row["lower"]) and not isnan(row["upper"])
    lines = f"{teller.centre} {teller.say(row['centre'])}"
    lines += f", limits {teller.span(row['lower'], row['upper'])}" if known else ""
    varies = any(_differ(points[line].tolist()) for line in ("centre", "upper"))
    return f"{span}; now {lines}." if varies else f"{span}, {lines}."


def _differ(levels: list[float]) -> bool:
    return len({level for level in levels if not isnan(level)}) > 1


def _verdict(teller: Teller, row: _Row) -> str:
    if row["points"] == 0:
        return ""
    words = VARIATION_NAMES[row["variation"]]
    if verdict_of(row["variation"]) == "common":
        return f"{words}."
    told = [_signal(teller, episode) for episode in latest_episodes(teller.result).to_dict("records")]
    return f"{words.split(', neither')[0]} ({', '.join(told) or 'unusual runs'})."


def _signal(teller: Teller, episode: _Row) -> str:
    since = f" since {teller.date(episode['start'])}" if episode["rule"] in ("shift", "trend") else ""
    return f"{RULE_NAMES[episode['rule']]}{since}"


def _target(teller: Teller, row: _Row) -> str:
    if row["assurance"] == "none":
        return ""
    return f"T{goal(teller, row)[5:]} {_ENDS[row['assurance']]}."


def _of_many(teller: Teller, title: str | None) -> str:
    rows = teller.result.summary.to_dict("records")
    charts = f"{len(rows)} small {CHART_NAMES[teller.result.chart_type]}s"
    names: dict[str, list[str]] = {}
    for row in rows:
        head = VARIATION_NAMES[row["variation"]].split(":")[0]
        names.setdefault(head, []).append(teller.name(row, None))
    tally = [_tallied(head, names[head]) for head in sorted(names, key=lambda head: -_calls(head))]
    return f"{charts}{_subject(title or '')} {_axes(teller)}. {' '.join(tally)}"


def _calls(head: str) -> int:
    """Return how much a verdict calls for attention."""
    return ("Too few points to tell", "Usual variation", "Change", "Improvement", "Concern").index(head)


def _tallied(head: str, names: list[str]) -> str:
    short = len(names) <= _FEW_NAMES and sum(len(name.split()) for name in names) <= 8
    quiet = head in ("Usual variation", "Too few points to tell")
    return f"{head}: {listed(names) if short and not quiet else f'{len(names)} charts' if len(names) > 1 else '1 chart'}."
