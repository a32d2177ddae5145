"""The papers of the trust: what is measured and how high it should be, what happened, and the notice that nothing is real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from example.truth import UNITS

NOTICE = """\
The numbers on this page are synthetic. Fenmarch Partnership NHS Trust is fictional: a seeded script made its
services, measures, targets and events, and no figure describes real patients, staff or the performance of any
real organisation. Actions, risks and expectations are modelled on public board papers; the numbers are invented.
"""

_HIGH, _ACCESS, _PEOPLE = "High Standards", "Access to Services", "Equality, Leadership, Culture"
_NURSE, _OPERATIONS, _WORKFORCE = "Director of Nursing", "Chief Operating Officer", "Director of Workforce"
_INCIDENTS, _REFERRALS, _STAFF = "Incident reports", "Referral and waiting records", "Staff records"
_TALKING = (
    "Of the people who began talking therapy in the month, the share who began within %d weeks of referral."
)
MEASURE_COLUMNS = ["measure_id", "title", "priority", "unit", "improvement", "target", "per"]
MEASURE_COLUMNS += ["owner", "definition", "source"]
MEASURES: tuple[tuple[Any, ...], ...] = (
    ("falls", "Falls per 1,000 bed days", _HIGH, "rate", "decrease", 5, 1000, _NURSE,
     "Falls by patients on the ward, for every 1,000 days that beds were occupied.", _INCIDENTS),
    ("pressure-ulcers", "Pressure ulcers per 1,000 bed days", _HIGH, "rate", "decrease", 3, 1000, _NURSE,
     "Pressure ulcers of category 2 or worse that began in our care, for every 1,000 occupied bed days.",
     _INCIDENTS),
    ("restraint", "Restraints per 1,000 bed days", _HIGH, "rate", "decrease", 9, 1000, _NURSE,
     "Times a patient was physically restrained, for every 1,000 occupied bed days.", _INCIDENTS),
    ("follow-up-72-hours", "Followed up within 72 hours", _HIGH, "percent", "increase", 80, 100, _OPERATIONS,
     "Of the people who left a mental health ward, the share seen or spoken to within 72 hours.", _REFERRALS),
    ("bed-occupancy", "Bed occupancy", "Environments", "percent", "neutral", None, 100, _OPERATIONS,
     "Of the days that beds were available, the share on which they were occupied. Very full wards strain "
     "care and empty beds serve nobody, so neither direction counts as better.", "Ward bed returns"),
    ("waits-18-weeks", "Seen within 18 weeks", _ACCESS, "percent", "increase", 92, 100, _OPERATIONS,
     "Of the people first seen in the month, the share who had waited 18 weeks or less.", _REFERRALS),
    ("psychosis-2-weeks", "Early intervention in psychosis within 2 weeks", _ACCESS, "percent", "increase",
     60, 100, _OPERATIONS, "Of the people with a first episode of psychosis who began treatment, the share "
     "who began within 2 weeks of referral.", _REFERRALS),
    ("talking-6-weeks", "Talking therapies within 6 weeks", _ACCESS, "percent", "increase", 75, 100,
     _OPERATIONS, _TALKING % 6, _REFERRALS),
    ("talking-18-weeks", "Talking therapies within 18 weeks", _ACCESS, "percent", "increase", 95, 100,
     _OPERATIONS, _TALKING % 18, _REFERRALS),
    ("sickness", "Sickness absence", _PEOPLE, "percent", "decrease", 4.5, 100, _WORKFORCE,
     "Of the full-time equivalent days staff were due to work, the share lost to sickness.", _STAFF),
    ("agency", "Agency share of pay", _PEOPLE, "percent", "decrease", 10, 100, _WORKFORCE,
     "Of all spending on pay, in thousands of pounds, the share spent on agency staff.", "Pay ledger"),
    ("training", "Mandatory training completed", "Well Governed", "percent", "increase", 90, 100, _WORKFORCE,
     "Of the mandatory courses that staff must hold at the end of the month, the share in date.", _STAFF),
    ("friends-and-family", "Friends and Family Test: positive", "Patient Involvement", "percent", "increase",
     85, 100, _NURSE, "Of the answers to the Friends and Family Test, the share that were good or very good.",
     "Friends and Family Test answers"),
    ("complaints", "Complaints received", "Patient Involvement", "count", "decrease", None, 1, _NURSE,
     "Formal complaints received in the month.", "Complaints log"),
    ("remote-outpatients", "Outpatient appointments held remotely", _ACCESS, "percent", "increase", 70, 100,
     _OPERATIONS, "Of outpatient appointments held, the share by telephone or video.", "Appointment records"),
    ("two-hour-response", "Community response within two hours", "Transformation", "percent", "increase", 70, 100,
     _OPERATIONS, "Of urgent referrals, the share seen at home within two hours.", _REFERRALS),
    ("same-day-discharge", "Discharged on the day they were fit", "Transformation", "percent", "increase", 85, 100,
     _OPERATIONS, "Of patients who were fit to leave, the share who left that day.", "Ward bed returns"),
)  # fmt: skip

# measure_id: the register that tells it, and what is counted there; all others are returned by units
COUNTED = {
    "falls": ("incidents", "harm = falls, per bed days"),
    "pressure-ulcers": (
        "incidents",
        "harm = pressure-ulcers of bittern-ward or curlew-ward or godwit-ward, per bed days",
    ),
    "restraint": (
        "incidents",
        "harm = restraint of sedge-ward or teasel-ward or osier-ward or reedmace-unit, per bed days",
    ),
    "bed-occupancy": ("sitrep", "occupancy"),
    "waits-18-weeks": (
        "pathways",
        "seen within 18 weeks of community-mental-health or continence or neurodevelopmental or learning-disability",
    ),
    "psychosis-2-weeks": ("pathways", "seen within 2 weeks of early-intervention"),
    "talking-6-weeks": ("pathways", "seen within 6 weeks of talking-therapies"),
    "talking-18-weeks": ("pathways", "seen within 18 weeks of talking-therapies"),
    "friends-and-family": ("feedback", "positive"),
}

TARGET_COLUMNS = ["measure_id", "unit_id", "start", "end", "target"]
TARGETS = (
    ("falls", "", "2022-04-01", "2023-03-31", 5.5),
    ("falls", "", "2023-04-01", "2024-03-31", 4.5),
    ("agency", "", "2022-04-01", "2023-03-31", 9),
    ("agency", "", "2023-04-01", "2023-09-30", 8),
    ("agency", "", "2023-10-01", "2024-03-31", 7),
    ("waits-18-weeks", "neurodevelopmental", "2022-04-01", "2023-03-31", 70),
    ("waits-18-weeks", "neurodevelopmental", "2023-04-01", "2024-03-31", 75),
    ("complaints", "fenmarch", "2020-04-01", "", 45),
)

EVENT_COLUMNS = ["measure_id", "unit_id", "date", "kind", "label", "reason", "author"]
_WARD, _SERVICE = "Ward Manager", "Service Manager"
EVENTS = (
    ("friends-and-family", "", "2021-10-01", "rebase", "New survey system",
     "Answers are asked for by text message and no longer on paper, so earlier results do not compare",
     "Head of Patient Experience"),
    ("training", "", "2022-05-01", "exclude", "Learning system replaced",
     "Data quality fault: a quarter of completions were not carried over until June", "Head of Learning"),
    ("restraint", "sedge-ward", "2022-08-15", "note", "One patient waiting for a specialist bed", "", _WARD),
    ("falls", "bittern-ward", "2022-10-01", "pdsa", "Bedside falls huddle at every handover", "", _WARD),
    ("follow-up-72-hours", "sedge-ward", "2022-11-01", "pdsa", "Follow-up booked before leaving", "", _WARD),
    ("waits-18-weeks", "continence", "2022-11-01", "note", "Two specialist posts vacant", "", _SERVICE),
    ("agency", "", "2022-11-01", "note", "Agency reduction plan agreed", "", _WORKFORCE),
    ("falls", "curlew-ward", "2022-12-01", "note", "Falls huddle taken up from Bittern ward", "", "Matron"),
    ("talking-6-weeks", "talking-therapies", "2023-01-01", "note", "Online booking opened", "", _SERVICE),
    ("bed-occupancy", "godwit-ward", "2023-02-01", "note", "Winter beds stayed open", "", "Matron"),
)  # fmt: skip


def papers() -> dict[str, pd.DataFrame]:
    """Return measures, units, targets and events.

    Examples
    --------
    >>> {name: len(table) for name, table in papers().items()}
    {'measures': 17, 'units': 20, 'targets': 8, 'events': 10}
    """
    measures = _table(MEASURES, MEASURE_COLUMNS)
    measures.insert(3, "chart", "xmr")
    told = [COUNTED.get(name, ("", "")) for name in measures["measure_id"]]
    source = _table(told, ["from", "rule"])
    return {
        "measures": pd.concat([measures.assign(suppress=None), source], axis=1),
        "units": _table([unit[:4] for unit in UNITS], ["unit_id", "name", "kind", "parent_id"]),
        "targets": _table(TARGETS, TARGET_COLUMNS),
        "events": _table(EVENTS, EVENT_COLUMNS),
    }


def _table(rows: Sequence[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    """Return a frame in which empty text is missing, as in a table that was read."""
    frame = pd.DataFrame(rows, columns=columns)
    return frame.mask(frame == "")
