"""What people say: the Friends and Family Test by month, unit and group, the caseload, and comments.

Each unit's answers come at random about its number a month, and each is good or very good with the chance that
``example/truth.py`` gives the unit in that month. One group finds care worse (``INEQUITY``), one hardly answers
(``UNHEARD``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from example.truth import levels

SURVEY = "2021-10-01"
"""The new survey, which also asks for ethnicity; paper asked for age alone."""
# unit_id: answers a month, people cared for
UNITS: dict[str, tuple[int, int]] = {
    "sedge-ward": (45, 120),
    "teasel-ward": (45, 120),
    "osier-ward": (45, 70),
    "community-mental-health": (95, 2600),
    "early-intervention": (45, 500),
    "talking-therapies": (140, 4200),
    "bittern-ward": (45, 130),
    "curlew-ward": (45, 120),
    "godwit-ward": (45, 110),
    "district-nursing": (160, 3900),
    "continence": (80, 1400),
    "neurodevelopmental": (45, 2200),
    "learning-disability": (45, 800),
    "reedmace-unit": (45, 60),
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
NOISE = 0.1
"""Spread of the share positive, from month to month, on the scale of logits."""

ANSWERS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
_GOOD, _OTHER = (0.7, 0.3, 0, 0, 0, 0), (0, 0, 0.35, 0.3, 0.2, 0.15)

# theme: share of comments, share positive, what was done (for some units)
THEMES: dict[str, tuple[float, float, str]] = {
    "Kindness of staff": (0.34, 0.9, ""),
    "Waiting and being kept informed": (0.22, 0.15, "Letters now say how long the wait is and whom to ring"),
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
QUARTERS = ("2022-04-01", "2022-07-01", "2022-10-01", "2023-01-01", "2023-04-01", "2023-07-01")
_COMMENTS = 40
"""Comments a quarter."""


def feedback(*, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the answers by month, unit and group: the same people by age and, since the new survey, by ethnicity.

    Parameters
    ----------
    rng
        Where chance comes from.

    Examples
    --------
    >>> made = feedback(rng=np.random.default_rng(1)).query("period >= @SURVEY and unit_id == 'sedge-ward'")
    >>> sums = made.groupby("group_kind")[list(ANSWERS)].sum()
    >>> bool((sums.loc["age"] == sums.loc["ethnicity"]).all())
    True
    """
    rows = levels("friends-and-family").drop(columns=["measure_id", "days"])
    wobble = NOISE * rng.standard_normal(len(rows))
    rows["odds"] = rows["level"] / (100 - rows["level"]) * np.exp(wobble)
    cells = pd.DataFrame(
        [
            (age, origin, old[1] * part[1])
            for age, old in GROUPS["age"].items()
            for origin, part in GROUPS["ethnicity"].items()
        ],
        columns=["age", "ethnicity", "part"],
    )
    rows = rows.merge(cells, how="cross")
    worse = (rows["unit_id"] == INEQUITY[0]) & (rows[INEQUITY[1]] == INEQUITY[2])
    share = (rows["odds"] / (1 + rows["odds"])).mask(worse, INEQUITY[3])
    answered = rng.poisson(rows["unit_id"].map(lambda unit: UNITS[unit][0]) * rows["part"])
    good = rng.binomial(answered, share)
    rows[list(ANSWERS)] = rng.multinomial(good, _GOOD) + rng.multinomial(answered - good, _OTHER)
    asked = {"age": rows, "ethnicity": rows[rows["period"] >= SURVEY]}
    keys = ["period", "unit_id", "group", "group_kind"]
    told = [
        part.rename(columns={kind: "group"})
        .assign(group_kind=kind)
        .groupby(keys, sort=False)[list(ANSWERS)]
        .sum()
        for kind, part in asked.items()
    ]
    order = ["period", "unit_id", "group_kind"]
    return pd.concat(told).reset_index().sort_values(order, kind="stable", ignore_index=True)


def caseload() -> pd.DataFrame:
    """Return the people cared for, by unit and group."""
    rows = [
        (unit, group, kind, round(people * part[0]))
        for unit, (_, people) in UNITS.items()
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
