"""The referrals: queues simulated day by day, with inequity, lost capacity and better booking planted.

Each service gets referrals at random on working days and has so many slots for them. Before anybody can be seen, letters,
triage and choice take a time of their own, exponential about the service's mean; then the person joins the line. The nth in
line gets the nth slot that is not lost for want of anyone waiting; some leave before their turn. A group that is
disadvantaged joins some days later than others. In some services capacity is lost for a while and made up later, in some the
time before the line changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from example.truth import FIRST_DAY, LAST_DAY

BEGIN = "2019-04-01"
"""The queues run from here; referrals whose wait ended before ``FIRST_DAY`` are not in the table."""

# service: referrals a month, slots for each referral, mean days before the line, share who leave in a year
SERVICES: dict[str, tuple[float, float, float, float]] = {
    "talking-therapies": (680, 1.1, 31, 0.25),
    "community-mental-health": (330, 1.15, 59, 0.15),
    "continence": (190, 1.2, 62, 0.10),
    "neurodevelopmental": (260, 1.15, 107, 0.08),
    "district-nursing": (110, 1.5, 4, 0.05),
    "learning-disability": (60, 1.5, 92, 0.05),
    "early-intervention": (55, 1.6, 6.5, 0.10),
}

PLANTED_COLUMNS = ["service", "kind", "column", "group", "start", "end", "size"]
# Size is in days for inequity (how much later the group joins) and for booking (the mean before the line), a factor of
# slots for each referral for capacity.
PLANTED: tuple[tuple[str, str, str, str, str, str, float], ...] = (
    ("talking-therapies", "inequity", "imd_quintile", "1", "", "", 14),
    ("community-mental-health", "inequity", "ethnicity", "Black or Black British", "", "", 28),
    ("continence", "capacity", "", "", "2022-11-01", "2023-03-31", 0.45),
    ("continence", "capacity", "", "", "2023-04-01", "2023-09-30", 1.35),
    ("neurodevelopmental", "capacity", "", "", "2022-06-01", "2022-12-31", 0.94),
    ("neurodevelopmental", "capacity", "", "", "2023-01-01", "2023-09-30", 0.78),
    ("talking-therapies", "booking", "", "", "2022-12-15", "2023-09-30", 20),
    ("learning-disability", "booking", "", "", "2021-07-01", "2023-09-30", 45),
)

_ETHNICITY = {"White": 0.72, "Asian or Asian British": 0.12, "Black or Black British": 0.07, "Mixed": 0.05,
              "Other": 0.04}  # fmt: skip
_QUINTILES = {1: 0.26, 2: 0.22, 3: 0.2, 4: 0.17, 5: 0.15}
_YOUNG, _ADULT = {"0-17": 0.9, "18-24": 0.1}, {"18-24": 0.14, "25-44": 0.34, "45-64": 0.32, "65+": 0.2}
_AGES = {"neurodevelopmental": _YOUNG, "early-intervention": {"14-17": 0.12, "18-24": 0.5, "25-44": 0.38}}
_UNSEEN = {"Did not respond": 0.4, "Declined": 0.3, "Moved away": 0.15, "No longer needed": 0.15}
_SEEN = {"Treatment completed": 0.7, "Discharged to GP": 0.3}
_NOT_STATED = {"ethnicity": 0.06, "imd_quintile": 0.02}
_TREATED_DAYS = 110


def pathways(*, rng: np.random.Generator) -> pd.DataFrame:
    """Make the referrals.

    Parameters
    ----------
    rng
        Where chance comes from.

    Returns
    -------
    pandas.DataFrame
        One row a referral in order of date, with the columns of the table ``pathways``.

    Examples
    --------
    >>> made = pathways(rng=np.random.default_rng(1))
    >>> len(made) > 60_000, made["service"].nunique()
    (True, 7)
    """
    table = pd.concat([_service(service, rng=rng) for service in SERVICES], ignore_index=True)
    table = table.sort_values(["referred", "service"], kind="stable", ignore_index=True)
    table.insert(0, "referral_id", [f"R{number:06d}" for number in range(1, len(table) + 1)])
    return table


def truth() -> pd.DataFrame:
    """Return what was planted, one row each.

    Returns
    -------
    pandas.DataFrame
        service, kind (inequity, capacity or booking), column, group, start, end, size (days, or a factor).

    Examples
    --------
    >>> truth()["kind"].value_counts().to_dict()
    {'capacity': 4, 'inequity': 2, 'booking': 2}
    """
    return pd.DataFrame(PLANTED, columns=PLANTED_COLUMNS)


def queue_slots(arrivals: NDArray[np.int64], slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many have been served by the end of each day, first come first served.

    Slots for which nobody waits are lost.

    Parameters
    ----------
    arrivals, slots
        By day.

    Examples
    --------
    >>> queue_slots(np.array([0, 3, 0, 0]), np.array([1, 1, 1, 1])).tolist()
    [0, 1, 2, 3]
    """
    joined, offered = np.cumsum(arrivals), np.cumsum(slots)
    lost = np.maximum(-np.minimum.accumulate(joined - offered), 0)
    return offered - lost


def _service(service: str, *, rng: np.random.Generator) -> pd.DataFrame:
    monthly, ratio, before, leaving = SERVICES[service]
    days = pd.date_range(BEGIN, LAST_DAY)
    working = (days.day_of_week < 5).astype(int)
    daily = monthly * 12 / 261
    arrivals = rng.poisson(daily * working)
    people = _people(service, int(arrivals.sum()), rng)
    referred = np.repeat(np.arange(len(days)), arrivals)
    own = rng.exponential(_in_force(service, "booking", days, before)[referred]).astype("int64")
    joins = referred + own + _held_back(service, people)
    order = np.lexsort((rng.random(len(joins)), joins))
    slots = rng.poisson(daily * _in_force(service, "capacity", days, ratio) * working)
    served = queue_slots(np.bincount(joins, minlength=len(days))[: len(days)], slots)
    turn = np.empty(len(joins), dtype="int64")
    turn[order] = np.searchsorted(served, np.arange(1, len(joins) + 1))
    patience = rng.exponential(-365 / np.log1p(-leaving), len(joins)).astype("int64") + 1
    return _dated(service, people, referred, np.maximum(turn, joins), patience, days, rng)


def _people(service: str, many: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw who was referred."""
    table = pd.DataFrame(
        {
            "age_band": _drawn(_AGES.get(service, _ADULT), many, rng),
            "ethnicity": _drawn(_ETHNICITY, many, rng),
            "imd_quintile": _drawn(_QUINTILES, many, rng),
        }
    )
    for column, share in _NOT_STATED.items():
        table[f"{column}_stated"] = rng.random(many) >= share
    return table


def _drawn(shares: dict[Any, float], many: int, rng: np.random.Generator) -> NDArray[Any]:
    return rng.choice(np.array(list(shares)), size=many, p=np.array(list(shares.values())))


def _held_back(service: str, people: pd.DataFrame) -> NDArray[np.int64]:
    """Return the days by which each person joins the line late."""
    late = np.zeros(len(people), dtype="int64")
    for name, kind, column, group, *_, size in PLANTED:
        if name == service and kind == "inequity":
            late += np.where(people[column].astype("str") == group, int(size), 0)
    return late


def _in_force(service: str, what: str, days: pd.DatetimeIndex, usual: float) -> NDArray[np.float64]:
    """Return what is planted for each day, or what is usual."""
    sizes = np.full(len(days), float(usual))
    for name, kind, _, _, start, end, size in PLANTED:
        if name == service and kind == what:
            sizes[(days >= start) & (days <= end)] = size
    return sizes


def _dated(
    service: str,
    people: pd.DataFrame,
    referred: NDArray[np.int64],
    turn: NDArray[np.int64],
    patience: NDArray[np.int64],
    days: pd.DatetimeIndex,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Put dates to it: seen at their turn, or gone before; closed after treatment; what is yet to come left empty."""
    gone = patience < turn - referred
    treated = turn + rng.exponential(_TREATED_DAYS, len(turn)).astype("int64") + 1
    closed = np.where(gone, referred + patience, treated)
    many, last = len(days), len(days) - 1
    outcome = np.where(gone, _drawn(_UNSEEN, len(turn), rng), _drawn(_SEEN, len(turn), rng))
    table = pd.DataFrame(
        {
            "service": service,
            "referred": days[referred],
            "seen": pd.Series(days[np.minimum(turn, last)]).where(~gone & (turn < many)),
            "closed": pd.Series(days[np.minimum(closed, last)]).where(closed < many),
            "outcome": pd.Series(outcome).where(closed < many),
            "age_band": people["age_band"],
            "ethnicity": people["ethnicity"].where(people["ethnicity_stated"]),
            "imd_quintile": people["imd_quintile"].astype("float64").where(people["imd_quintile_stated"]),
        }
    )
    ended = table["seen"].fillna(table["closed"])
    return table[ended.isna() | (ended >= FIRST_DAY)]
