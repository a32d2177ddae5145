"""The example's Friends and Family Test by group, its caseload and its comments: synthetic, with planted inequities."""

from __future__ import annotations

import numpy as np
import pandas as pd

QUARTERS = ("2022-04-01", "2022-07-01", "2022-10-01", "2023-01-01", "2023-04-01", "2023-07-01")
# unit_id: share positive, answers a quarter, people cared for
UNITS: dict[str, tuple[float, int, int]] = {
    "community-mental-health": (0.86, 240, 2600),
    "talking-therapies": (0.9, 380, 4200),
    "district-nursing": (0.92, 420, 3900),
    "continence": (0.9, 210, 1400),
    "neurodevelopmental": (0.87, 130, 1100),
    "sedge-ward": (0.82, 110, 120),
    "bittern-ward": (0.9, 120, 130),
}
# group_kind: group: part of the caseload, part of the answers
GROUPS: dict[str, dict[str, tuple[float, float]]] = {
    "age": {"Under 25": (0.2, 0.08), "25 to 64": (0.45, 0.53), "65 and over": (0.35, 0.39)},
    "ethnicity": {
        "Asian or Asian British": (0.18, 0.17),
        "Black or Black British": (0.07, 0.07),
        "Mixed": (0.05, 0.05),
        "White": (0.66, 0.67),
        "Other": (0.04, 0.04),
    },
}
# unit_id, group_kind, group: share positive of people who find care worse than others do
INEQUITY = ("talking-therapies", "ethnicity", "Asian or Asian British", 0.66)
UNHEARD = ("age", "Under 25")
"""A group that answers far less than its part of the caseload."""

_SENTIMENT = {"positive": (0.7, 0.3, 0, 0, 0, 0), "other": (0, 0, 0.35, 0.3, 0.2, 0.15)}
ANSWERS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")

# theme: share of comments, share positive, what was done (for some units)
THEMES: dict[str, tuple[float, float, str]] = {
    "Kindness of staff": (0.3, 0.9, ""),
    "Waiting and being kept informed": (0.26, 0.15, "Letters now say how long the wait is and whom to ring"),
    "Being listened to": (0.18, 0.6, ""),
    "Food and meals": (0.1, 0.3, "Menus were changed with patients, and meals can be later"),
    "Getting through by telephone": (0.09, 0.1, "A second line answers calls in the mornings"),
    "Information about medicines": (0.07, 0.4, ""),
}
_QUOTES: dict[str, tuple[str, ...]] = {
    "Kindness of staff": ("They had time for me.", "Everybody knew my name."),
    "Waiting and being kept informed": ("I did not know if I was still on the list.", "Nobody rang back."),
    "Being listened to": ("My plan is mine now.", "I had to tell it all again."),
    "Food and meals": ("Supper came too early.", "The new menu is better."),
    "Getting through by telephone": ("I gave up after twenty minutes.", "The line was always busy."),
    "Information about medicines": ("The leaflet was clear.", "I was not told about side effects."),
}
_COMMENTS = 40
"""Comments a quarter."""


def feedback(*, rng: np.random.Generator) -> pd.DataFrame:
    """Return answers by quarter, unit and group."""
    rows = [
        (period, unit, group, kind, answers * part[1], _share(unit, kind, group, share))
        for period in QUARTERS
        for unit, (share, answers, _) in UNITS.items()
        for kind, groups in GROUPS.items()
        for group, part in groups.items()
    ]
    table = pd.DataFrame(rows, columns=["period", "unit_id", "group", "group_kind", "mean", "share"])
    answered = rng.poisson(table["mean"])
    good = rng.binomial(answered, table["share"])
    counts = _spread(good, _SENTIMENT["positive"], rng) + _spread(answered - good, _SENTIMENT["other"], rng)
    return pd.concat(
        [table[["period", "unit_id", "group", "group_kind"]], pd.DataFrame(counts, columns=ANSWERS)], axis=1
    )


def _share(unit: str, kind: str, group: str, share: float) -> float:
    return INEQUITY[3] if (unit, kind, group) == INEQUITY[:3] else share


def _spread(counts: np.ndarray, shares: tuple[float, ...], rng: np.random.Generator) -> np.ndarray:
    return rng.multinomial(counts, shares)


def caseload() -> pd.DataFrame:
    """Return the people cared for, by unit and group."""
    rows = [
        (unit, group, kind, round(people * part[0]))
        for unit, (_, _, people) in UNITS.items()
        for kind, groups in GROUPS.items()
        for group, part in groups.items()
    ]
    return pd.DataFrame(rows, columns=["unit_id", "group", "group_kind", "people"])


def comments(*, rng: np.random.Generator) -> pd.DataFrame:
    """Return comments with their theme, and words where the person agreed to be quoted (or did not)."""
    names, shares = list(THEMES), [theme[0] for theme in THEMES.values()]
    size = _COMMENTS * len(QUARTERS)
    table = pd.DataFrame(
        {
            "period": np.repeat(QUARTERS, _COMMENTS),
            "unit_id": rng.choice(list(UNITS), size),
            "theme": rng.choice(names, size, p=shares),
        }
    )
    positive = rng.random(size) < table["theme"].map(lambda theme: THEMES[theme][1])
    mixed = rng.random(size) < 0.15
    table["sentiment"] = np.select([mixed, positive], ["mixed", "positive"], default="negative")
    quoted = rng.random(size) < 0.25
    pick = rng.integers(0, 2, size)
    words = [_QUOTES[theme][which] for theme, which in zip(table["theme"], pick, strict=True)]
    table["quote"] = pd.Series(words).where(quoted)
    table["consent"] = np.where(rng.random(size) < 0.6, "yes", "no")
    done = table["theme"].map(lambda theme: THEMES[theme][2])
    table["response"] = done.where((done != "") & (table["sentiment"] != "positive"))
    return table
