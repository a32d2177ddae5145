"""A control chart in plain English, and its text alternative.

Both are made from the finished result, as the picture is, so that they cannot disagree. The sentences say what the
latest point shows, since when, whether the target will be met and how sure that is; they explain the rules they
name, because their readers are board members and not analysts. The text alternative gives type, axes, range,
pattern and verdict in under 60 words: long names are cut, because a screen reader cannot be skimmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.control.caveats import WARNINGS
from sutg_analysis.control.episodes import latest_episodes, series_numbers
from sutg_analysis.control.record import lasting_change, outlook, target_record
from sutg_analysis.control.result import Caveat, SpcResult
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT, verdict_of
from sutg_analysis.words.phrases import Phrases, phrases_of
from sutg_analysis.words.targets import assurance_words, goal_words, outdated_words
from sutg_analysis.words.wording import (
    CHART_NAMES,
    CONFIDENTIAL,
    RULE_NAMES,
    VARIATION_NAMES,
    VERDICT_WORDS,
    count,
    listed,
    number,
    sentence,
    when,
)

_VERDICTS = {
    "improvement": "a sign of improvement",
    "concern": "a sign of concern",
    "neutral": "a sign of change, neither better nor worse",
}


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
        return " ".join(filter(None, (self.latest, self.variation, self.assurance, self.sureness)))


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
    >>> for sentence in spc_words(spc(frame, value="y", date="month", target=9), title="Falls").split(". "):
    ...     print(sentence)
    Falls: 6 in February 2024
    This is usual variation: there is no sign of change from the mean of 5.50
    The target of 9 or more will be missed unless something changes: even the upper limit, 8.16, falls short of it
    It was missed in each of the last 12 months
    This rests on 14 months, from January 2023 to February 2024; a change too small or too new for the rules may still be there.
    """
    return "\n".join(map(str, series_words(result, title=title, unit=unit, provisional=provisional)))


def series_words(
    result: SpcResult, *, title: str | None = None, unit: str | None = None, provisional: bool = False
) -> tuple[SeriesWords, ...]:
    """Return what is said of each series, in the order of ``result.summary``."""
    phrases = phrases_of(result, unit)
    episodes, doubts = defaultdict(list), _doubts(result, phrases)
    for episode in latest_episodes(result).to_dict("records"):
        episodes[episode["series"]].append(episode)
    found = []
    facts = target_record(result).join(lasting_change(result)).to_dict("records")
    lately = _earlier_signals(result)
    for place, (row, recent) in enumerate(zip(result.summary.to_dict("records"), facts, strict=True)):
        name, latest_episode = phrases.name(row, title), episodes[place]
        found.append(
            SeriesWords(
                headline=_headline(phrases, row, latest_episode, name, lately.get(place)),
                latest=_latest(phrases, row, name, provisional),
                variation=_variation(phrases, row, place, latest_episode, lately.get(place)),
                assurance=" ".join([assurance_words(phrases, row, recent), *outdated_words(phrases, recent)]),
                sureness=_sureness(phrases, row, doubts[place]),
            )
        )
    return tuple(found)


def _earlier_signals(result: SpcResult) -> dict[int, tuple[str, list[pd.Timestamp]]]:
    """Return of series without a signal at their latest point what earlier points of the report's period signalled.

    Concern goes before improvement.
    """
    if result.about is None:
        return {}
    points = result.points.assign(series=series_numbers(result.points, result.by))
    calm = result.summary.index[result.summary["variation"] == "common"]
    points = points[
        (points["date"] >= result.about.start) & points["series"].isin(calm) & ~points["excluded"]
    ]
    found: dict[int, tuple[str, list[pd.Timestamp]]] = {}
    for verdict, codes in (("improvement", IMPROVEMENT), ("concern", CONCERN)):
        signal = points[points["variation"].isin(codes)]
        found |= {series: (verdict, rows.tolist()) for series, rows in signal.groupby("series")["date"]}
    return found


def _verdict_name(row: Row) -> str:
    few = row["variation"] == "too_few"
    return VARIATION_NAMES["too_few"] if few else VERDICT_WORDS[verdict_of(row["variation"])]


def _headline(
    phrases: Phrases, row: Row, episodes: list[Row], name: str, earlier: tuple[str, list[pd.Timestamp]] | None
) -> str:
    if earlier:
        words = f"{VERDICT_WORDS[earlier[0]].lower()} in {phrases.dates_of(earlier[1])}"
        return f"{name} – {words}" if name else sentence(words).rstrip(".")
    none = f"no value is shown {CONFIDENTIAL}" if phrases.hidden(row) else "no value yet"
    words = _verdict_name(row).lower() if row["points"] else none
    counted = [episode["start"] for episode in episodes if _speaks_for(row, episode)]
    since = min(counted) if counted and verdict_of(row["variation"]) != "common" else None
    start = f" since {phrases.date(since)}" if since is not None and since < row["latest_date"] else ""
    return f"{name} – {words}{start}" if name else sentence(f"{words}{start}").rstrip(".")


def _latest(phrases: Phrases, row: Row, name: str, provisional: bool) -> str:
    if pd.isna(row["latest"]) and phrases.hidden(row):
        text = f"no value is shown {CONFIDENTIAL}, because the counts are small."
        return f"{name}: {text}" if name else sentence(text)
    if pd.isna(row["latest"]):
        return f"{name}: no value yet." if name else "There is no value yet."
    lines = (row[line] for line in ("centre", "lower", "upper", "target"))
    value = phrases.say(row["latest"], *lines) + phrases.tail
    value += " cases" if phrases.result.chart_type == "g" and phrases.unit in (None, "count") else ""
    if phrases.rare:
        return _latest_gap(phrases, row, name, value, provisional)
    value = _KINDS.get(phrases.result.chart_type, "{value}").format(value=value, step=phrases.step)
    moment = phrases.on(row["latest_date"])
    if phrases.hidden_last(row):
        hidden = f"The latest {phrases.step} is not shown {CONFIDENTIAL}, because the count is small."
        return (
            f"{name}: {value} {moment}. {hidden}"
            if name
            else f"{hidden} The one shown before it is {value}, {moment}."
        )
    doubt = " It is provisional and may still change." if provisional else ""
    if told := phrases.so_far(row):
        doubt = f" {told}."
    return (f"{name}: {value} {moment}." if name else f"The latest value is {value}, {moment}.") + doubt


_KINDS = {
    "mr": "a change of {value} from the {step} before,",
    "s": "a spread (standard deviation) of {value} within the {step},",
    "xbar": "an average of {value}",
}


_NOUNS = {"mr": "the change", "s": "the spread", "xbar": "the average", "g": "the gap", "t": "the gap"}


def _latest_gap(phrases: Phrases, row: Row, name: str, value: str, provisional: bool) -> str:
    if provisional:
        subject, moment = f"{name}: " if name else "It is ", phrases.date(row["latest_date"])
        return f"{subject}{value} since the last event, up to {moment}. This gap has not ended and can only grow."
    moment = phrases.on(row["latest_date"])
    if not name:
        return f"The gap between the last two events is {value}, the latest {moment}."
    return f"{name}: {value} between the last two events, the latest {moment}."


def _variation(
    phrases: Phrases,
    row: Row,
    place: int,
    episodes: list[Row],
    earlier: tuple[str, list[pd.Timestamp]] | None,
) -> str:
    if row["points"] == 0:
        return ""
    if row["variation"] == "too_few":
        return _too_few(phrases, row, place)
    verdict = verdict_of(row["variation"])
    if earlier:
        many = phrases.dates_of(earlier[1])
        return f"It breaks no rule by itself; {many} did, which is {_VERDICTS[earlier[0]]}."
    if verdict == "common":
        return f"This is usual variation: there is no sign of change from the {_mean(phrases, row)}."
    same = [_reason(phrases, row, episode) for episode in episodes if _speaks_for(row, episode)]
    other = [_reason(phrases, row, episode) for episode in episodes if not _speaks_for(row, episode)]
    text = f"This is {_VERDICTS[verdict]}: {_joined(same or [*_runs(phrases, row)])}{_caution(phrases, row, episodes)}."
    if other and row["conflict"]:
        against = _VERDICTS["concern" if verdict == "improvement" else "improvement"]
        text += f" There is also {against}: {_joined(other)}. Where the two conflict, it counts as {verdict}."
    return text + _rarity(phrases, row)


def _too_few(phrases: Phrases, row: Row, place: int) -> str:
    doubts = {caveat.code: caveat for caveat in phrases.result.caveats if place in caveat.series}
    are = "is" if row["points"] == 1 else "are"
    if "too_few" in doubts or not doubts.keys() & {"rare", "few_since_rebase"}:
        least = max(phrases.result.profile.min_points, 1)
        return f"{count(row['points'], 'point')} {are} too few to tell change from usual variation; {least} are needed."
    if "rare" in doubts:
        mean = number(float(_told_of(doubts["rare"], place)))
        part = "denominator" in phrases.result.points and phrases.unit == "percent"
        subject = "Those counted, or those not," if part else "Events"
        return f"{subject} are too rare for limits, {mean} a {phrases.step} on average. The days between them tell more."
    found = doubts["few_since_rebase"]
    many = int(_told_of(found, place))
    are = "is" if many == 1 else "are"
    return f"{count(many, 'point')} since the limits were reset {are} too few to tell change; {found.limit:g} are needed."


def _told_of(caveat: Caveat, place: int) -> float:
    assert caveat.number is not None
    return caveat.number[list(caveat.series).index(place)]


def _speaks_for(row: Row, episode: Row) -> bool:
    """Say whether an episode points the way of the verdict; where there is no conflict all do."""
    return not row["conflict"] or str(row["variation"]).endswith("_high") == bool(episode["high"])


def _rarity(phrases: Phrases, row: Row) -> str:
    """Explain what a longer or shorter gap between events means."""
    if not phrases.rare:
        return ""
    high = str(row["variation"]).endswith("_high")
    return f" {'Longer gaps mean rarer' if high else 'Shorter gaps mean more frequent'} events."


def _joined(parts: list[str]) -> str:
    return ", and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _mean(phrases: Phrases, row: Row) -> str:
    return f"{phrases.centre} of {phrases.say(row['centre'], row['latest'])}"


def _reason(phrases: Phrases, row: Row, episode: Row) -> str:
    """Return why a rule fired, in words that explain it."""
    since, many = phrases.date(episode["start"]), phrases.steps(episode["points"])
    high = bool(episode["high"])
    line = "upper" if high else "lower"
    limit = f"the {line} limit of {phrases.say(row[line], row['latest'])}"
    if episode["rule"] == "outside":
        return (
            f"{_NOUNS.get(phrases.result.chart_type, 'the value')} is {'above' if high else 'below'} {limit}"
        )
    if episode["rule"] == "shift":
        side = "above" if high else "below"
        return f"{many} in a row, since {since}, are {side} the {_mean(phrases, row)} (a shift)"
    if episode["rule"] == "trend":
        return f"values have {'risen' if high else 'fallen'} without a break over {many}, since {since} (a trend)"
    if episode["points"] == 3:
        return f"the last 3 {phrases.step}s are all close to {limit}"
    return f"2 of the last 3 {phrases.step}s are close to {limit}"


def _runs(phrases: Phrases, row: Row) -> Iterator[str]:
    """Say what the runs analysis found: a run too long, or too few crossings of the centre."""
    centre = f"the {_mean(phrases, row)}"
    if row["longest_run"] > row["longest_run_max"]:
        most = int(row["longest_run_max"])
        yield f"{int(row['longest_run'])} {phrases.step}s in a row are on one side of {centre}, where chance allows {most}"
        centre = "it"
    if row["crossings"] < row["crossings_min"]:
        many, least = int(row["crossings"]), count(int(row["crossings_min"]), "crossing")
        times = {0: f"never cross {centre}", 1: f"cross {centre} only once", 2: f"cross {centre} only twice"}
        yield f"values {times.get(many, f'cross {centre} only {many} times')}, where chance gives at least {least}"


def _caution(phrases: Phrases, row: Row, episodes: list[Row]) -> str:
    """Say where the latest value lies if the signal's direction would let a reader think otherwise."""
    if {episode["rule"] for episode in episodes} != {"trend"}:
        return ""
    rising, above = bool(episodes[0]["high"]), row["latest"] > row["centre"]
    if rising == above or row["latest"] == row["centre"]:
        return ""
    return f", though the latest value is still {'above' if above else 'below'} the {_mean(phrases, row)}"


def _sureness(phrases: Phrases, row: Row, doubts: list[str]) -> str:
    if row["points"] == 0:
        return " ".join(doubts)
    points = _points_of(phrases, row)
    first, last = phrases.date(row["first_date"]), phrases.date(row["latest_date"])
    basis = f"This rests on {phrases.steps(row['points'])}, " + (
        f"from {first} to {last}" if first != last else first
    )
    basis += _left_out(phrases, points) + (_rebased(phrases, points) if row["segments"] > 1 else "")
    if row["variation"] == "common":
        basis += "; a change too small or too new for the rules may still be there"
    return " ".join([f"{basis}.", *doubts])


def _points_of(phrases: Phrases, row: Row) -> pd.DataFrame:
    points = phrases.result.points
    for key in phrases.result.by:
        points = points[points[key] == row[key]]
    return points


def _left_out(phrases: Phrases, points: pd.DataFrame) -> str:
    """Return how many points were left out, and why if that is on record."""
    out = points["excluded"].to_numpy()
    if "known_to" in points:
        out = out & points["known_to"].isna().to_numpy()
    if not out.any():
        return ""
    reasons = dict.fromkeys(filter(None, points["excluded_reason"].to_numpy()[out].tolist()))
    many = int(out.sum())
    return f"; {phrases.steps(many)} {'was' if many == 1 else 'were'} left out{_why(list(reasons))}"


def _rebased(phrases: Phrases, points: pd.DataFrame) -> str:
    """Return when the series' lines were last reset, and why if that is on record."""
    start = points[points["rebase"]].iloc[-1]
    lines = "median was" if phrases.result.chart_type == "run" else "limits were"
    return f"; the {lines} reset from {phrases.date(start['date'])}{_why([str(start['rebase_reason'])])}"


def _why(reasons: list[str]) -> str:
    given = "; ".join(reason.strip().rstrip(".") for reason in reasons if reason)
    return f" (reason given: {given})" if given else ""


_DOUBTS = WARNINGS | {
    "stale": "it is out of date: it ends {date}, and others go on to {until}",
    "few_in_limits": "the limits are provisional, because {points} (fewer than {limit:g}) made them",
    "small_counts": "counts are small (below {limit:g} on average), so a chart of the gaps between events may tell more",
    "signal_in_baseline": "the points that made the limits show a change themselves, so the limits may mislead",
    "rebase_moved": "the reset asked for from {date} starts at the next value, {until}",
    "unscreened": "nearly all values are equal, so the limits may mislead",
}
"""Caveats as a board reads them."""


def _doubts(result: SpcResult, phrases: Phrases) -> defaultdict[int, list[str]]:
    """Return of each series the caveats that no other sentence says."""

    def day(moment: pd.Timestamp) -> str:
        # A month only where it is the first of one and months are what is counted.
        return phrases.date(moment) if moment.day == 1 else when(moment, period="day")

    found = defaultdict(list)
    no_limits = result.summary["upper"].isna().to_numpy()
    for caveat in result.caveats:
        if caveat.code in ("too_few", "rare", "few_since_rebase", "conflict", "neutral_target"):
            continue
        texts = caveat.texts(_DOUBTS[caveat.code], day=day)
        for series, text in zip(caveat.series.tolist(), texts, strict=True):
            if caveat.code != "few_in_limits" or not no_limits[series]:
                found[series].append(sentence(text))
    return found


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
    >>> for sentence in spc_alt_text(spc(frame, value="y", date="month"), title="Falls", unit="count").split(". "):
    ...     print(sentence)
    XmR control chart of Falls, count by month, January 2023 to February 2024
    From 5 to 6, mean 5.50, limits 2.84 to 8.16
    Usual variation: no sign of change.
    """
    phrases = phrases_of(result, unit)
    if len(result.summary) > 1:
        return _of_many(phrases, title)
    row = result.summary.to_dict("records")[0]
    head = f"{CHART_NAMES[result.chart_type]}{_subject(phrases.name(row, title))} {_axes(phrases)}."
    parts = (head, _range(phrases, row), _gone(phrases, row), _pattern(phrases, row), _target(phrases, row))
    open_end = provisional or bool(phrases.so_far(row))
    return " ".join(filter(None, (*parts, "The last point is provisional." if open_end else "")))


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


def _axes(phrases: Phrases) -> str:
    first, last = phrases.date(min(phrases.dates)), phrases.date(max(phrases.dates))
    step = "" if phrases.rare else f" by {phrases.step}"
    span = f"{first} to {last}" if first != last else first
    return f"{shortened(phrases.axis, words=8)}{step}, {span}"


def _gone(phrases: Phrases, row: Row) -> str:
    """Return how many points are hidden."""
    many = phrases.hidden(row)
    return f"{count(many, phrases.step)} not shown {CONFIDENTIAL}." if many else ""


def _range(phrases: Phrases, row: Row) -> str:
    points = phrases.result.points
    values = [value for value in points["value"].tolist() if not isnan(value)]
    if not values:
        return "" if phrases.hidden(row) else "No values yet."
    low, high = min(values), max(values)
    span = f"From {phrases.span(low, high)}" if low != high else f"Always {phrases.say(low)}"
    known = not isnan(row["lower"]) and not isnan(row["upper"])
    lines = f"{phrases.centre} {phrases.say(row['centre'])}"
    lines += f", limits {phrases.span(row['lower'], row['upper'])}" if known else ""
    varies = any(_differ(points[line].tolist()) for line in ("centre", "upper"))
    return f"{span}; now {lines}." if varies else f"{span}, {lines}."


def _differ(levels: list[float]) -> bool:
    return len({level for level in levels if not isnan(level)}) > 1


def _pattern(phrases: Phrases, row: Row) -> str:
    verdict = verdict_of(row["variation"])
    if row["points"] == 0 or verdict == "common":
        return f"{VARIATION_NAMES[row['variation']]}." if row["points"] else ""
    way = "higher" if row["variation"].endswith("_high") else "lower"
    signals = [
        RULE_NAMES[episode["rule"]]
        + (f" since {phrases.date(episode['start'])}" if episode["rule"] in ("shift", "trend") else "")
        for episode in latest_episodes(phrases.result).to_dict("records")
    ]
    return f"{VERDICT_WORDS[verdict]}: signal of {way} values ({', '.join(signals) or 'unusual runs'})."


def _target(phrases: Phrases, row: Row) -> str:
    if row["assurance"] == "none":
        return ""
    recent = target_record(phrases.result).to_dict("records")[0]
    code = outlook(row["assurance"], recent["streak"])
    if code in _ENDS:
        return f"Target of {goal_words(phrases, row)} {_ENDS[code]}."
    done = "met" if code == "met_lately" else "missed"
    return f"Target of {goal_words(phrases, row)} {done} in each of the last {phrases.steps(abs(recent['streak']))}."


def _of_many(phrases: Phrases, title: str | None) -> str:
    rows = phrases.result.summary.to_dict("records")
    charts = f"{len(rows)} small {CHART_NAMES[phrases.result.chart_type]}s"
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(_verdict_name(row), []).append(phrases.name(row, None))
    tally = [_tallied(head, names[head]) for head in sorted(names, key=lambda head: -_calls(head))]
    return f"{charts}{_subject(title or '')} {_axes(phrases)}. {' '.join(tally)}"


def _calls(head: str) -> int:
    """Return how much a verdict calls for attention."""
    return ("Too few points to tell", "Usual variation", "Change", "Improvement", "Concern").index(head)


def _tallied(head: str, names: list[str]) -> str:
    short = len(names) <= _FEW_NAMES and sum(len(name.split()) for name in names) <= 8
    quiet = head in ("Usual variation", "Too few points to tell")
    return f"{head}: {listed(names) if short and not quiet else f'{len(names)} charts' if len(names) > 1 else '1 chart'}."


def tally_words(rows: pd.DataFrame, *, names: Sequence[str]) -> str:
    """Return how many verdicts there are of each kind, naming those that call for attention.

    Parameters
    ----------
    rows
        Columns variation and assurance; of the ledger also period_variation and streak, which say what was earlier in the
        period, and whether a target was met of late whatever limits say.
    names
        Of the rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"variation": ["concern_high", "common"], "assurance": ["none", "fail"]})
    >>> tally_words(rows, names=["Falls", "Waits"])
    '1 chart shows a sign of concern: Falls. 1 chart shows usual variation. 1 target will be missed unless something changes.'
    """
    called, parts = pd.Series(list(names), index=rows.index), []
    earlier = rows.get("period_variation", rows["variation"])
    for codes, words in ((CONCERN, "a sign of concern"), (IMPROVEMENT, "a sign of improvement")):
        for now in (True, False):
            found = (
                rows["variation"].isin(codes)
                if now
                else earlier.isin(codes) & (rows["variation"] == "common")
            )
            if many := int(found.sum()):
                verbs = ("chart shows", "charts show") if now else ("chart showed", "charts showed")
                when_words = "" if now else " earlier in the quarter"
                parts.append(f"{count(many, *verbs)} {words}{when_words}: {listed(called[found])}.")
    changed = called[rows["variation"].map(verdict_of) == "neutral"]
    if len(changed):
        parts.append(
            f"{count(len(changed), 'chart shows', 'charts show')} a change, neither better nor worse: {listed(changed)}."
        )
    quiet = (rows["variation"] == "common") & (earlier == "common")
    if usual := int(quiet.sum()):
        parts.append(f"{count(usual, 'chart shows', 'charts show')} usual variation.")
    streak = rows.get("streak", pd.Series(0, rows.index))
    targets = [outlook(*pair) for pair in zip(rows["assurance"], streak, strict=True)]
    if missed := targets.count("fail"):
        parts.append(f"{count(missed, 'target')} will be missed unless something changes.")
    return " ".join(parts)
