"""What is true of the example's world: usual levels by unit, what is planted in them, and which months there are.

Every part of the world asks :func:`levels` how high a thing is in a unit and month. A level moves only where ``PLANTED``,
``EXPLAINED`` or ``LATE`` says so; all else is noise about it. What is planted in referrals is in ``example/referrals.py``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

FIRST_DAY, LAST_DAY, TREND_MONTHS = "2020-04-01", "2023-09-30", 8

# unit_id, name, kind, parent_id; then full-time equivalent staff of units that report themselves
UNITS: tuple[tuple[str, str, str, str, int], ...] = (
    ("fenmarch", "Fenmarch Partnership NHS Trust", "trust", "", 0),
    ("mental-health", "Mental health", "directorate", "fenmarch", 0),
    ("adult-inpatient", "Adult inpatient care", "service", "mental-health", 0),
    ("sedge-ward", "Sedge ward", "ward", "adult-inpatient", 38),
    ("teasel-ward", "Teasel ward", "ward", "adult-inpatient", 36),
    ("osier-ward", "Osier ward", "ward", "adult-inpatient", 42),
    ("community-mental-health", "Community mental health", "service", "mental-health", 150),
    ("early-intervention", "Early intervention in psychosis", "service", "mental-health", 45),
    ("talking-therapies", "Talking therapies", "service", "mental-health", 95),
    ("community-health", "Community health", "directorate", "fenmarch", 0),
    ("community-hospitals", "Community hospitals", "service", "community-health", 0),
    ("bittern-ward", "Bittern ward", "ward", "community-hospitals", 44),
    ("curlew-ward", "Curlew ward", "ward", "community-hospitals", 41),
    ("godwit-ward", "Godwit ward", "ward", "community-hospitals", 37),
    ("district-nursing", "District nursing", "service", "community-health", 190),
    ("continence", "Continence", "service", "community-health", 40),
    ("families", "Families, young people and learning disability", "directorate", "fenmarch", 0),
    ("neurodevelopmental", "Neurodevelopmental assessment", "service", "families", 60),
    ("learning-disability", "Community learning disability", "service", "families", 55),
    ("reedmace-unit", "Reedmace unit", "ward", "families", 40),
)
REPORTING = {unit: kind for unit, _, kind, _, staff in UNITS if staff}

# measure or harm: level by unit ("*": all that report; "ward": every ward), in the measure's own unit; of harms without a measure, a month
LEVELS: dict[str, str] = {
    "bed-occupancy": "sedge-ward 93 teasel-ward 92 osier-ward 84 bittern-ward 90 curlew-ward 89 godwit-ward 84 "
    "reedmace-unit 78",
    "falls": "sedge-ward 3.6 teasel-ward 3.2 osier-ward 2.8 bittern-ward 11 curlew-ward 10.5 godwit-ward 7 "
    "reedmace-unit 3",
    "pressure-ulcers": "bittern-ward 2.8 curlew-ward 2.5 godwit-ward 3.1",
    "restraint": "sedge-ward 8 teasel-ward 7 osier-ward 15 reedmace-unit 12",
    "medication": "ward 2.2",
    "self-harm": "sedge-ward 3 teasel-ward 3 osier-ward 3 reedmace-unit 3",
    "seclusion": "sedge-ward 0.9 osier-ward 0.9",
    "cauti": "bittern-ward 0.8 curlew-ward 0.8 godwit-ward 0.8",
    "c-difficile": "bittern-ward 0.12 curlew-ward 0.12 godwit-ward 0.12",
    "serious-incident": "ward 0.07",
    "death": "bittern-ward 0.2 curlew-ward 0.2 godwit-ward 0.2",
    "follow-up-72-hours": "sedge-ward 86 teasel-ward 88 osier-ward 84",
    "sickness": "* 5.2 osier-ward 6.4 district-nursing 4.8 talking-therapies 3.9",
    "agency": "* 7 sedge-ward 14 teasel-ward 13 osier-ward 18 reedmace-unit 15 community-mental-health 11 "
    "district-nursing 10",
    "training": "* 91 sedge-ward 88 district-nursing 83 neurodevelopmental 81",
    "friends-and-family": "* 90 sedge-ward 82 teasel-ward 84 osier-ward 80 community-mental-health 86",
    "complaints": "* 2.5 community-mental-health 5 neurodevelopmental 5 district-nursing 4",
    "remote-outpatients": "community-mental-health 62 neurodevelopmental 55 continence 40",
    "two-hour-response": "district-nursing 64",
    "same-day-discharge": "bittern-ward 71 curlew-ward 74 godwit-ward 69",
}

SIGNAL_COLUMNS = ["measure_id", "unit_id", "kind", "start", "size", "direction"]
# Size is in the level's own unit: of a shift the change that stays, of a trend the change a month for TREND_MONTHS
# months (kept after them), of an outlier the change of one month.
PLANTED: tuple[tuple[str, str, str, str, float, str], ...] = (
    ("falls", "bittern-ward", "shift", "2022-10-01", 6.5, "low"),
    ("falls", "curlew-ward", "shift", "2022-12-01", 6.5, "low"),
    ("pressure-ulcers", "curlew-ward", "outlier", "2021-06-01", 14, "high"),
    ("restraint", "sedge-ward", "outlier", "2022-08-01", 26, "high"),
    ("bed-occupancy", "godwit-ward", "shift", "2023-02-01", 10, "high"),
    ("sickness", "district-nursing", "trend", "2023-02-01", 0.5, "high"),
    ("agency", "district-nursing", "trend", "2022-11-01", 0.85, "low"),
    ("agency", "community-mental-health", "trend", "2023-02-01", 0.9, "low"),
    ("training", "district-nursing", "trend", "2022-09-01", 1.3, "high"),
    ("training", "neurodevelopmental", "shift", "2022-08-01", 10, "high"),
    ("friends-and-family", "community-mental-health", "outlier", "2022-11-01", 24, "low"),
    ("complaints", "community-mental-health", "shift", "2023-01-01", 9, "high"),
    ("remote-outpatients", "community-mental-health", "shift", "2020-12-01", 14, "high"),
    ("remote-outpatients", "neurodevelopmental", "shift", "2020-12-01", 17, "high"),
    ("remote-outpatients", "continence", "shift", "2021-02-01", 8, "high"),
    ("two-hour-response", "district-nursing", "shift", "2021-12-01", 19, "high"),
)
# Changes that an event accounts for: the rebase and the exclusion of the table of events. No unit: every unit.
EXPLAINED: tuple[tuple[str, str, str, str, float, str], ...] = (
    ("friends-and-family", "", "shift", "2021-10-01", 5, "low"),
    ("training", "", "outlier", "2022-05-01", 22, "low"),
)
# One ward that gets worse in everything in the last quarter.
LATE: tuple[tuple[str, str, str, str, float, str], ...] = (
    ("restraint", "reedmace-unit", "shift", "2023-07-01", 50, "high"),
    ("complaints", "reedmace-unit", "shift", "2023-07-01", 9, "high"),
    ("sickness", "reedmace-unit", "shift", "2023-07-01", 5, "high"),
    ("friends-and-family", "reedmace-unit", "shift", "2023-07-01", 37, "low"),
)
# Harms that no measure counts, a month.
HARM_SIGNALS: tuple[tuple[str, str, str, str, float, str], ...] = (
    ("self-harm", "teasel-ward", "shift", "2023-03-01", 6, "high"),
    ("c-difficile", "godwit-ward", "shift", "2023-05-01", 2.9, "high"),
    ("cauti", "bittern-ward", "shift", "2022-10-01", 0.8, "low"),
)


def truth() -> pd.DataFrame:
    """Return what is planted in the measures and harms, one row each.

    Columns: measure_id, unit_id, kind (shift, trend, outlier), start (ISO first day), size, direction (high, low).

    Examples
    --------
    >>> truth()["kind"].value_counts().to_dict()
    {'shift': 16, 'trend': 4, 'outlier': 3}
    """
    return pd.DataFrame([*PLANTED, *LATE, *HARM_SIGNALS], columns=SIGNAL_COLUMNS)


def months() -> pd.DataFrame:
    """Return the months: period (ISO first day) and days.

    Examples
    --------
    >>> months()["period"].iloc[-1], months()["days"].sum().item()
    ('2023-09-01', 1278)
    """
    first = pd.date_range(FIRST_DAY, LAST_DAY, freq="MS")
    return pd.DataFrame({"period": first.strftime("%Y-%m-%d"), "days": first.days_in_month})


def by_unit(text: str) -> dict[str, float]:
    """Read ``"* 7 osier-ward 6"``: 6 for one unit, 7 for all others that report.

    Examples
    --------
    >>> by_unit("* 7 osier-ward 6")["osier-ward"], len(by_unit("* 7 osier-ward 6"))
    (6.0, 14)
    """
    words = text.split()
    given = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    names = {
        unit: next((name for name in (unit, kind, "*") if name in given), "")
        for unit, kind in REPORTING.items()
    }
    return {unit: given[name] for unit, name in names.items() if name}


def levels(*names: str) -> pd.DataFrame:
    """Return the level of measures or harms in every unit and month.

    Parameters
    ----------
    names
        Keys of ``LEVELS``.

    Returns
    -------
    pandas.DataFrame
        measure_id, unit_id, period, days (of the month), level.

    Examples
    --------
    >>> osier = levels("restraint").query("unit_id == 'osier-ward'")
    >>> len(osier), osier["level"].unique().tolist()
    (42, [15.0])
    """
    usual = [(name, unit, level) for name in names for unit, level in by_unit(LEVELS[name]).items()]
    rows = pd.DataFrame(usual, columns=["measure_id", "unit_id", "level"]).merge(months(), how="cross")
    month = pd.to_datetime(rows["period"]).dt.to_period("M").astype("int64")
    for name, unit, kind, start, size, direction in (*PLANTED, *EXPLAINED, *LATE, *HARM_SIGNALS):
        hit = (rows["measure_id"] == name) & ((rows["unit_id"] == unit) | (unit == ""))
        since = month - pd.Period(start, freq="M").ordinal
        steps = {
            "shift": since >= 0,
            "trend": (since + 1).clip(0, TREND_MONTHS),
            "outlier": since == 0,
        }[kind]
        rows["level"] += np.where(hit, steps * (size if direction == "high" else -size), 0)
    return rows
