"""PDSA cycles, early warning, harm and exceptions of shifts in plain English."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.control.rules import CONCERN, IMPROVEMENT, verdict_of
from sutg_analysis.ledger.access import AccessResult
from sutg_analysis.ledger.triangulation import STREAMS, Triangulation
from sutg_analysis.quality.early_warning import CULTURE_LEAST, EarlyWarningResult
from sutg_analysis.quality.harm import SeverityResult
from sutg_analysis.quality.knowledge import ProjectResult
from sutg_analysis.quality.pdsa import CycleResult
from sutg_analysis.quality.sitrep import SitrepExceptions
from sutg_analysis.quality.variation import ComparedUnits
from sutg_analysis.words.trends import limits_words, points_words, range_words, sentences
from sutg_analysis.words.wording import count, day, harm_name, listed, month, number, period_of, when


def cycle_words(result: CycleResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Say the suggested verdict, why, prediction beside result, what next, and what cannot be said."""
    row = result.summary.iloc[0]
    name = title or row["title"] or "The cycle"
    verdict = sentences(
        f"{name}: {result.verdict} (suggested verdict)",
        *result.reasons,
        _means(row, unit),
        _prediction(result, row, unit),
        *result.next_steps,
        f"The team decided to {row['decision']}" if row["decision"] else "",
    )
    caveats = limits_words(
        list(result.limitations), "It does not say whether the change was carried out as planned"
    )
    return f"{verdict} {caveats}"


def _means(row: pd.Series, unit: str | None) -> str:
    before, since = (number(row[name], unit=unit) for name in ("baseline_mean", "cycle_mean"))
    reach = ""
    if row["difference_lower"] == row["difference_lower"]:
        # Of percentages, a difference and its interval are points.
        points = unit == "percent"
        size = points_words(row["difference"]) if points else number(row["difference"], unit=unit)
        bounds = range_words(row["difference_lower"], row["difference_upper"], None if points else unit)
        reach = f", a change: {size}" if points else f", a change of {size}"
        reach += f" (95% interval {bounds})"
    since_points = int(row["window_points"] + row["after_points"])
    return (
        f"mean {before} over {count(int(row['baseline_points']), 'point')} before, {since} over "
        f"{count(since_points, 'point')} since the start{reach}"
    )


def _prediction(result: CycleResult, row: pd.Series, unit: str | None) -> str:
    if result.prediction is None:
        return "no prediction was written down"
    if isinstance(result.prediction, str):
        return f"prediction: {result.prediction}; result: mean {number(row['cycle_mean'], unit=unit)}"
    met = {"yes": "met", "no": "not met"}[row["predicted_met"]]
    return f"predicted {number(float(result.prediction), unit=unit)}, result {number(row['cycle_mean'], unit=unit)}: {met}"


def cycle_alt_text(result: CycleResult, *, title: str | None = None, unit: str | None = None) -> str:
    """Return a short text alternative of the chart."""
    row = result.summary.iloc[0]
    period = period_of(result.points["date"])
    start = when(row["start"], period=period)
    name = title or row["title"] or "PDSA cycle"
    return sentences(
        f"{name}: control chart with limits from before {start}, when the cycle starts",
        f"{count(int(result.points['favourable'].sum()), 'point')} signal improvement since, "
        f"{int(result.points['unfavourable'].sum())} concern",
        _means(row, unit),
    )


def warning_words(result: EarlyWarningResult, *, title: str | None = None) -> str:
    """Name the units to look at first, each with its reasons."""
    named = result.ranking[result.ranking["named"]]
    head = (
        f"{count(len(named), 'unit')} to look at first"
        if len(named)
        else "no unit is worse than chance makes it"
    )
    caveat = limits_words(
        [], "A unit that is not named may have trouble that is not measured, and a signal may be chance"
    )
    culture = "signs that a closed culture may be forming: visit, and listen to patients"
    units = [
        sentences(
            f"{row[result.unit]}: {row['reasons']}",
            *([f"{row['culture']} {culture}"] if row["closed_culture"] else []),
        )
        for row in named.to_dict("records")
    ]
    return "\n".join([sentences(f"{title or 'Early warning'}: {head}"), *units, caveat])


def exceptions_words(result: SitrepExceptions) -> str:
    """Say which rule each ward and shift broke, on how many days, and how far from plan; a line each."""
    lines = []
    for row in result.groups.to_dict("records"):
        span = day(row["first"]) if row["days"] == 1 else f"{day(row['first'])} to {day(row['last'])}"
        lines.append(
            f"{row['ward']}, {row['shift']} shift: {row['rule']} on {count(row['days'], 'day')}, {span}; at worst "
            f"{number(row['worst'], unit='percent')}."
        )
    return "\n".join(lines) or "No shift broke a rule."


def project_words(result: ProjectResult) -> str:
    """Say of each cycle what the data suggest, and what the team decided; a line each."""
    lines = []
    for row in result.cycles.to_dict("records"):
        found = result.results.get(str(row["cycle"]))
        if found is None:
            lines.append(f"Cycle {row['cycle']} cannot be judged yet: {row['verdict']}.")
            continue
        decided = f"decided to {found.decision}" if found.decision else "has not decided yet"
        doubt = f" (not to be told apart from {listed(found.overlapping)})" if found.overlapping else ""
        lines.append(f"Cycle {row['cycle']}: the data suggest {found.verdict}{doubt}; the team {decided}.")
    return "\n".join(lines) or "No PDSA cycle has begun."


def harm_words(summary: pd.DataFrame, *, of: str) -> str:
    """Name the harms and wards whose charts signal, and count those that do not.

    Parameters
    ----------
    summary
        From :func:`sutg_analysis.harm_summary`.
    of
        What it is of, such as "Q2 2023/24".

    Examples
    --------
    >>> rows = pd.DataFrame({"harm": "falls", "ward": ["Osier", "Sedge"], "quarter": [4, 9],
    ...                      "variation": ["common", "concern_high"]})
    >>> harm_words(rows, of="Q2 2023/24")
    '13 incidents in Q2 2023/24. A sign of concern: Sedge. Usual variation: 1 chart.'
    """
    many = len(set(summary["harm"])) > 1
    names = summary["harm"].map(harm_name) + " on " + summary["ward"] if many else summary["ward"]
    parts = [f"{count(int(summary['quarter'].sum()), 'incident')} in {of}."]
    for codes, words in ((CONCERN, "A sign of concern"), (IMPROVEMENT, "A sign of improvement")):
        if (signal := summary["variation"].isin(codes)).any():
            parts.append(f"{words}: {listed(names[signal])}.")
    usual, few = (int((summary["variation"] == code).sum()) for code in ("common", "too_few"))
    parts += [f"Usual variation: {count(usual, 'chart')}."] if usual else []
    parts += [f"Too few incidents to judge: {count(few, 'chart')}."] if few else []
    return " ".join(parts)


_LEVELS = {
    "none": "no harm",
    "low": "low harm",
    "moderate": "moderate harm",
    "severe": "severe harm",
    "death": "death",
}


def severity_words(result: SeverityResult) -> str:
    """Say how many incidents did how much harm."""
    seen = result.levels[result.levels["count"] > 0]
    pairs = zip(seen["level"], seen["share"], strict=True)
    shares = [f"{_LEVELS[level]} {number(share, unit='percent')}" for level, share in pairs]
    return f"Of {count(int(seen['count'].sum()), 'incident')}: {listed(shares)}."


def severity_alt_text(result: SeverityResult) -> str:
    """Return a short text alternative of the chart."""
    return f"Dot chart of five levels of harm, each with its 95% interval. {severity_words(result)}"


TOO_FEW = "Too few points to tell. Keep measuring."

CELL_WORDS = {
    ("improvement", "pass"): "Getting better, and will go on meeting the target. Learn from it and share it.",
    ("improvement", "hit_or_miss"): "Getting better, but meets the target only by chance. Keep going.",
    ("improvement", "fail"): "Getting better, but still misses the target. Keep going, and plan for more.",
    ("improvement", "none"): "Getting better. Learn what made the difference.",
    ("common", "pass"): "Steady, and will go on meeting the target. Leave it alone.",
    ("common", "hit_or_miss"): "Steady, and meets the target only by chance. Redesign to meet it surely.",
    ("common", "fail"): "Steady, and will go on missing the target. Only a redesign will change that.",
    ("common", "none"): "Steady. Nothing to act on.",
    ("concern", "pass"): "Getting worse, though it still meets the target. Find the cause early.",
    ("concern", "hit_or_miss"): "Getting worse, and meets the target only by chance. Find the cause.",
    ("concern", "fail"): "Getting worse, and misses the target. Act first here.",
    ("concern", "none"): "Getting worse. Find the cause.",
    ("neutral", "pass"): "Changing. Find out why.",
    ("neutral", "hit_or_miss"): "Changing. Find out why.",
    ("neutral", "fail"): "Changing. Find out why.",
    ("neutral", "none"): "Changing, neither better nor worse. Find out why.",
}


def verdict_words(rows: pd.DataFrame) -> list[str]:
    """Say what each verdict asks of those who run the service, a sentence a row.

    Parameters
    ----------
    rows
        Columns variation and assurance.

    Examples
    --------
    >>> verdict_words(pd.DataFrame({"variation": ["common"], "assurance": ["fail"]}))
    ['Steady, and will go on missing the target. Only a redesign will change that.']
    """
    pairs = zip(rows["variation"], rows["assurance"], strict=True)
    return [TOO_FEW if kind == "too_few" else CELL_WORDS[verdict_of(kind), aim] for kind, aim in pairs]


_OUTLOOK = {
    "fail": "will be missed unless something changes",
    "hit_or_miss": "may be met or missed by chance, month by month",
    "pass": "will go on being met if nothing changes",
    "none": "cannot be judged yet",
}


def access_words(result: AccessResult) -> str:
    """Say which standards will be missed or met, national ones first, and how many have no data; a line each."""
    lines = []
    for kind in ("national", "local") if len(result.standards) else ():
        rows = result.standards[result.standards["kind"] == kind]
        for assurance, words in _OUTLOOK.items():
            names = rows.loc[rows["assurance"] == assurance, "name"]
            lines += (
                [f"{count(len(names), f'{kind} standard')} {words}: {listed(names)}."] if len(names) else []
            )
    many = result.lacking["kind"].value_counts()
    parts = [count(int(many[kind]), f"{kind} standard") for kind in ("national", "local") if kind in many]
    have = "has" if len(result.lacking) == 1 else "have"
    lines += [f"{listed(parts)} {have} no data in these tables; they are listed below."] if parts else []
    return "\n".join(lines)


def lists_words(rows: pd.DataFrame) -> str:
    """Say how many wait on all lists, which lists grow, and which are longer than planned.

    Parameters
    ----------
    rows
        From :func:`sutg_analysis.list_verdicts`.

    Examples
    --------
    >>> rows = pd.DataFrame({"service": ["Continence"], "size": [328], "over_18": [0], "over_52": [0], "plan": [300.0],
    ...                      "size_variation": ["common"]})
    >>> lists_words(rows)
    '328 people wait on 1 list: 0 of them over 18 weeks, 0 over 52. It is longer than planned in Continence.'
    """
    total, over, year = (int(rows[name].sum()) for name in ("size", "over_18", "over_52"))
    rising = rows.loc[rows["size_variation"].isin(CONCERN), "service"]
    late = rows.loc[rows["size"] > rows["plan"], "service"]
    return " ".join(
        [
            f"{count(total, 'person waits', 'people wait')} on {count(len(rows), 'list')}: {over:,} of them over 18 weeks, "
            f"{year:,} over 52.",
            *([f"The list grows by more than chance in {listed(rising)}."] if len(rising) else []),
            *([f"It is longer than planned in {listed(late)}."] if len(late) else []),
        ]
    )


def compared_words(result: ComparedUnits) -> str:
    """Name the units outside the limits, measure by measure, and count the measures without any; a line each."""
    if not result.funnels:
        return "No measure can be compared between units yet."
    lines = [
        f"Outside the 99.8% limits. {title}: {listed(rows['unit'])}."
        for title, rows in result.outliers.groupby("title", sort=False)
    ]
    quiet = len(result.funnels) - len(lines)
    lines += (
        [f"{count(quiet, 'measure')}: no unit differs by more than is usual between units."] if quiet else []
    )
    return "\n".join(lines)


def grade_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return the quality of data with the counts behind each grade beside it.

    Parameters
    ----------
    table
        From :func:`sutg_analysis.data_quality` or :func:`sutg_analysis.worst_by`.

    Examples
    --------
    >>> from sutg_analysis import data_quality, load
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), tables=[], quarter="2023-24-q2")
    >>> grade_words(data_quality(at.observations, at.measures, at=at.at))["timeliness"].iloc[0]
    'Good, 3 of 3 in time'
    """
    rows = table.to_dict("records")
    told = {
        "completeness": [f"{row['completeness']}, {row['reported']} of {row['expected']}" for row in rows],
        "timeliness": [f"{row['timeliness']}, {row['in_time']} of {row['due']} in time" for row in rows],
        "duplicates": [f"{row['duplicates']}, {_found(row, 'twice', 'repeated')}" for row in rows],
        "validity": [f"{row['validity']}, {_found(row, 'impossible')}" for row in rows],
        "staleness": [f"{row['staleness']}, {_age(row['months_old'])}" for row in rows],
    }
    return table.assign(**{name: pd.Series(texts, table.index, dtype="str") for name, texts in told.items()})


def _found(row: Row, *names: str) -> str:
    return " and ".join(f"{row[name]} {name}" for name in names if row[name]) or "none"


def _age(months: float) -> str:
    if pd.isna(months):
        return "no value"
    return f"{count(int(months), 'month')} old" if months else "up to date"


_SIGNS = {
    "outside": "beyond its limits",
    "shift": "a shift",
    "trend": "a trend",
    "two_of_three": "2 of 3 points near a limit",
    "rule": "",
    "growing": "growing for a year by more than chance",
}


def triangulation_words(result: Triangulation) -> str:
    """Return the units that are named, each with its streams and signals, then those of which all streams are quiet.

    Examples
    --------
    >>> from sutg_analysis import load, triangulate
    >>> from sutg_analysis.project import shipped
    >>> found = triangulate(load(shipped(), quarter="2023-24-q2", tables=[]))
    >>> found.words().splitlines()[0].split(" (")[0]
    'Reedmace unit'
    """
    lines, units = [], result.units
    for row in units[units["named"]].to_dict("records"):
        mine = result.signals[result.signals["unit_id"] == row["unit_id"]]
        streams = [stream for stream in STREAMS if row[stream] in ("concern", "hint")]
        reasons = "; ".join(_signal(signal) for signal in mine.to_dict("records"))
        closed = (
            f" {number(row['culture'])} signs that a closed culture may be forming: visit, and listen to patients."
            if row["culture"] >= CULTURE_LEAST
            else ""
        )
        lines.append(f"{row['unit']} ({listed(streams)}): {reasons}.{closed}")
    quiet = units[~units["named"]]
    hints = quiet[quiet["signals"] > 0]
    if len(hints):
        lines.append(f"A weak sign in one stream, which alone names nobody: {listed(hints['unit'])}.")
    silent = quiet[quiet["signals"] == 0]
    if len(silent):
        known = (
            f"{row['unit']} ({listed(stream for stream in STREAMS if row[stream] != 'none')})"
            for row in silent.to_dict("records")
        )
        lines.append(f"Quiet in every stream there is of them: {listed(known)}.")
    return "\n".join(lines)


def _signal(row: dict[str, Any]) -> str:
    subject = (
        harm_name(row["subject"])
        if row["stream"] == "incidents" and pd.isna(row["measure_id"])
        else row["subject"]
    )
    way = (
        {"concern_high": "higher", "concern_low": "lower"}[row["code"]]
        if row["sign"] not in ("rule", "growing")
        else ""
    )
    since = f"since {month(row['since'])}" if pd.notna(row["since"]) and row["sign"] != "rule" else ""
    return " ".join(filter(None, [f"{subject},", way, since])).rstrip(",") + (
        f" ({_SIGNS[row['sign']]})" if _SIGNS[row["sign"]] else ""
    )
