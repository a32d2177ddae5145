"""Tables and sentences of the page of an improvement project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sutg_analysis.quality.pdsa import CycleResult
from sutg_analysis.reports.page import plain_markdown
from sutg_analysis.reports.report import between, plain
from sutg_analysis.words.wording import count, day, listed, number

_ABOUT = {"aim": "Aim", "theory": "Theory of change", "lead": "Lead", "stage": "Stage", "method": "Method"}
_FITS = {"yes": "They agree", "no": "They do not agree", "": "Cannot be told"}
_TERMS = {"level": "Level at the change", "slope": "Slope a year", "end": "Level at the last point"}


def told(cycle: str, found: CycleResult | str) -> str:
    """Return one sentence of a cycle: the suggested verdict and the team's decision."""
    if isinstance(found, str):
        return f"Cycle {cycle} cannot be judged yet: {plain_markdown(found)}."
    decided = f"the team decided to {found.decision}" if found.decision else "the team has not decided yet"
    return f"Cycle {cycle}: the data suggest **{found.verdict}**; {decided}."


def heading(aim: Any) -> str:
    """Return a cycle's aim as a heading has it."""
    return plain_markdown(str(aim)) if pd.notna(aim) else "no aim written down"


def charter(
    about: Mapping[str, Any], unit: str, measures: Mapping[str, str], roles: Mapping[str, str]
) -> pd.DataFrame:
    """Return what the project is, a row a heading."""
    rows = {name: about[column] for column, name in _ABOUT.items()}
    rows["Stage"] = str(about["stage"]).capitalize() if pd.notna(about["stage"]) else None
    rows = {**rows, "Unit": unit} | {f"{name} measure": measures.get(role) for role, name in roles.items()}
    for name, column in (("Started", "start"), ("Ended", "end")):
        rows[name] = day(about[column]) if pd.notna(about[column]) else None
    rows["Evaluation"] = about["evaluation"]
    return pd.DataFrame(
        {"What": list(rows), "Written down": plain(pd.Series(list(rows.values()), dtype=object))}
    )


def cycles_table(
    cycles: pd.DataFrame, judged: Mapping[str, CycleResult | str], units: Mapping[str, str]
) -> pd.DataFrame:
    """Return a column a cycle: when it ran, prediction beside result, adequacy, signal, verdict and decision."""
    told = [
        _cycle(row, judged[str(row["cycle"])], units[row["measure_id"]]) for row in cycles.to_dict("records")
    ]
    table = pd.DataFrame(told).set_index("Cycle").T.add_prefix("Cycle ")
    return table.rename_axis(columns=None).reset_index(names="What")


def _cycle(row: Mapping[Any, Any], found: CycleResult | str, unit: str) -> dict[str, str]:
    end = day(row["end"]) if pd.notna(row["end"]) else "still running"
    ran = f"{day(row['start'])} to {end}" if pd.notna(row["end"]) else f"{day(row['start'])}, {end}"
    texts = {name: str(row[name]) if pd.notna(row[name]) else "Not written down" for name in ("do", "study")}
    told = {"Cycle": str(row["cycle"]), "Ran": ran, "Predicted": _predicted(row["prediction"], unit)}
    if isinstance(found, str):
        return told | {"Found": "Cannot be judged yet"} | dict.fromkeys(("Baseline", "Signal", "Suggested"), "None") | {
            "Team decided": "Not yet", "Agreement": _FITS[""], "Done": texts["do"], "Learned": texts["study"]}  # fmt: skip
    facts = found.summary.iloc[0]
    return told | {
        "Found": f"Mean {number(facts['cycle_mean'], unit=unit)}, {number(facts['baseline_mean'], unit=unit)} before"
        + {"yes": "; prediction met", "no": "; prediction not met"}.get(facts["predicted_met"], ""),
        "Baseline": count(int(facts["baseline_points"]), "point")
        + (", enough" if facts["baseline_points"] >= 12 else ", provisional below 12"),
        "Signal": _signal(found),
        "Suggested": found.verdict.capitalize(),
        "Team decided": facts["decision"].capitalize() or "Not yet",
        "Agreement": _FITS[facts["agrees"]],
        "Done": texts["do"],
        "Learned": texts["study"],
    }


def _predicted(prediction: Any, unit: str) -> str:
    if pd.isna(prediction):
        return "No prediction was written down"
    try:
        return number(float(prediction), unit=unit)
    except ValueError:
        return str(prediction)


def _signal(found: CycleResult) -> str:
    row = found.summary.iloc[0]
    parts = [f"For the better, since {day(row['first_signal'])}"] if pd.notna(row["first_signal"]) else []
    if found.points["unfavourable"].any():
        parts.append("for the worse")
    told = listed(parts)
    return told[:1].upper() + told[1:] if parts else "None"


def reasons(found: CycleResult) -> str:
    """Return why, what next and what cannot be said, as three lists in Markdown."""
    parts = {
        "Why": found.reasons,
        "What to do next": found.next_steps,
        "What the data cannot say": found.limitations,
    }
    return "\n\n".join(
        f"**{name}**\n\n" + "\n".join(f"- {plain_markdown(_dated(text))}." for text in texts)
        for name, texts in parts.items()
        if texts
    )


def _dated(text: str) -> str:
    return text[:1].upper() + text[1:]


def band_words(cycles: pd.DataFrame) -> str:
    """Say which cycles the bands behind a chart are."""
    told = [
        f"cycle {cycle}, {day(start)} to {day(end) if pd.notna(end) else 'now'}"
        for cycle, start, end in zip(cycles["cycle"], cycles["start"], cycles["end"], strict=True)
    ]
    return f"The shaded {'band is' if len(told) == 1 else 'bands are'} {listed(told)}."


def terms_table(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the terms of an interrupted time series as text."""
    kept = summary[summary["term"].isin(list(_TERMS))]
    ratio = (kept["scale"] == "ratio").any()
    return pd.DataFrame(
        {
            "What changed": kept["term"].map(_TERMS),
            "Ratio" if ratio else "Change": [number(value) for value in kept["estimate"]],
            "95% interval": between(kept, "lower", "upper", None),
        }
    )
