"""What no register tells and units return each month: staff, pay, training, follow-up, complaints, appointments.

A share p of n people is binomial with logit(p) = logit(level) + s z, with z standard normal and s the spread; a count is
Poisson with mean level x exp(s z - s^2 / 2); a part of time or money is its denominator times p.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from example.truth import UNITS, by_unit, levels, months

# measure: kind of noise, spread, and what it is counted against
MODELS: dict[str, tuple[str, float, str]] = {
    "follow-up-72-hours": ("share", 0.1, "left"),
    "sickness": ("part", 0.045, "days"),
    "agency": ("part", 0.03, "pay"),
    "training": ("share", 0.05, "courses"),
    "complaints": ("event", 0.05, ""),
    "remote-outpatients": ("share", 0, "appointments"),
    "two-hour-response": ("share", 0, "urgent"),
    "same-day-discharge": ("share", 0, "fit"),
}
# People a month by what they are counted as
PEOPLE = {
    "left": "sedge-ward 30 teasel-ward 28 osier-ward 14",
    "appointments": "community-mental-health 420 neurodevelopmental 160 continence 180",
    "urgent": "district-nursing 240",
    "fit": "bittern-ward 44 curlew-ward 40 godwit-ward 38",
}
PAY_A_POST, COURSES_A_POST = 3.6, 11


def returned(*, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the observations that units return.

    Parameters
    ----------
    rng
        Where chance comes from.

    Returns
    -------
    pandas.DataFrame
        measure_id, unit_id, period, numerator, denominator.

    Examples
    --------
    >>> made = returned(rng=np.random.default_rng(1))
    >>> made["measure_id"].nunique(), made["period"].min()
    (8, '2020-04-01')
    """
    kinds = pd.DataFrame([(name, *model) for name, model in MODELS.items()])
    kinds.columns = pd.Index(["measure_id", "noise", "spread", "basis"])
    rows = levels(*MODELS).merge(kinds, on="measure_id")
    rows = rows.merge(_counted(rng), on=["basis", "unit_id", "period"], how="left")
    whole, noise = rows["denominator"], rows["noise"]
    largest = whole.groupby(rows["measure_id"]).transform("max")
    small = (largest / whole).where(noise == "part", 1.0) ** 0.5  # money and time vary more in small units
    wobble = rows["spread"] * small * rng.standard_normal(len(rows))
    odds = rows["level"] / (100 - rows["level"]).where(noise != "event", 1) * np.exp(wobble)
    share = (odds / (1 + odds)).where(noise != "event", 0)
    people = rng.binomial(whole.where(noise == "share", 0).astype(int), share)
    events = rng.poisson(
        (rows["level"] * np.exp(wobble - rows["spread"] ** 2 / 2)).where(noise == "event", 0)
    )
    part = (whole * share).round(1)
    rows["numerator"] = np.select([noise == "share", noise == "event"], [people, events], default=part)
    return rows[["measure_id", "unit_id", "period", "numerator", "denominator"]]


def _counted(rng: np.random.Generator) -> pd.DataFrame:
    """Draw what is counted against: basis, unit_id, period, denominator."""
    keys = ["unit_id", "period"]
    posts = pd.DataFrame([(unit[0], unit[4]) for unit in UNITS if unit[4]], columns=["unit_id", "staff"])
    posts = posts.merge(months(), how="cross")
    staff = posts["staff"] * (1 + 0.02 * rng.standard_normal(len(posts)))
    bases = posts[keys].assign(
        days=(staff * posts["days"]).round(1),
        pay=(staff * PAY_A_POST).round(1),
        courses=(staff * COURSES_A_POST).round(),
    )
    sizes = [(basis, unit, size) for basis, text in PEOPLE.items() for unit, size in by_unit(text).items()]
    people = pd.DataFrame(sizes, columns=["basis", "unit_id", "size"]).merge(months(), how="cross")
    people["denominator"] = rng.poisson(people["size"]).astype(float)
    long = bases.melt(keys, var_name="basis", value_name="denominator")
    return pd.concat([long, people])[["basis", *keys, "denominator"]]
