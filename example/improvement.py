"""The example's improvement projects, PDSA cycles, people and funding rounds: invented, leads are roles.

Each cycle stands on a measure whose course the observations plant, so that its verdict is known: ``CYCLE_TRUTH``.
"""

from __future__ import annotations

import pandas as pd

_PROJECT_COLUMNS = [
    "project_id", "title", "topic", "stage", "method", "unit_id", "lead", "aim", "theory", "outcome", "process",
    "balancing", "start", "end", "demonstrator", "evaluation",
]  # fmt: skip
PROJECTS = (
    ("falls-huddle", "Falls huddle at every handover", "Falls", "embedded", "Model for Improvement", "bittern-ward",
     "Ward Manager", "Halve falls on Bittern ward by summer 2023",
     "If each handover names who may fall and why, staff act before they do", "falls", "training", "restraint",
     "2022-09-01", "2023-06-30", "yes", "Falls fell by more than half and have stayed there; taken up by Curlew ward"),
    ("falls-spread", "Falls huddle, second ward", "Falls", "spreading", "Model for Improvement", "curlew-ward",
     "Matron", "Reach the falls rate of Bittern ward by autumn 2023",
     "What worked on one ward works on the next if its own staff lead it", "falls", "training", "",
     "2022-11-01", "", "no", ""),
    ("follow-up", "Follow-up booked before leaving", "Discharge", "testing", "Model for Improvement", "sedge-ward",
     "Ward Manager", "Nine in ten people followed up within 72 hours",
     "A visit with a day and a name is kept more often", "follow-up-72-hours", "", "bed-occupancy",
     "2022-10-01", "", "no", ""),
    ("online-booking", "Book your own first appointment", "Access", "embedded", "Experience-based co-design",
     "talking-therapies", "Service Manager", "Four in five people begin within 6 weeks",
     "People who choose their time come sooner and miss less", "talking-6-weeks", "", "friends-and-family",
     "2022-10-01", "2023-07-31", "yes", "More people begin within 6 weeks, and no measure of experience fell"),
    ("telephone-triage", "Telephone triage of referrals", "Access", "testing", "Lean", "continence",
     "Service Manager", "No wait longer than 18 weeks", "A call first means fewer long visits",
     "waits-18-weeks", "", "complaints", "2022-10-01", "", "no", ""),
    ("calm-hours", "Calm hours after supper", "Least restrictive practice", "testing", "Model for Improvement",
     "osier-ward", "Ward Manager", "Fewer restraints in the evening", "Quiet and something to do prevent distress",
     "restraint", "", "sickness", "2023-06-01", "", "no", ""),
    ("catheter-care", "Catheters out by day three", "Infection", "embedded", "Care bundle", "bittern-ward",
     "Infection Prevention Nurse", "No catheter infection for a year",
     "A catheter that is out cannot infect", "", "", "", "2022-09-01", "", "yes",
     "No catheter infection since October 2022"),
    ("peer-support", "Peer support on the ward", "Experience", "idea", "Experience-based co-design", "teasel-ward",
     "Lived Experience Lead", "People feel less alone in their first week", "", "friends-and-family", "", "", "", "",
     "no", ""),
)  # fmt: skip

_CYCLE_COLUMNS = [
    "project_id", "cycle", "aim", "prediction", "measure_id", "unit_id", "start", "end", "do", "study", "act",
]  # fmt: skip
CYCLES = (
    ("falls-huddle", "1", "Huddle at the morning handover, then all three", "5", "falls", "bittern-ward",
     "2022-10-01", "2022-12-31", "Held at nine of ten handovers", "Falls fell within the month", "adopt"),
    ("falls-spread", "1", "Huddle with Bittern ward's checklist", "6", "falls", "curlew-ward", "2022-12-01",
     "2023-03-31", "Held daily", "Falls fell", "adopt"),
    ("falls-spread", "2", "Low beds for those at risk", "", "falls", "curlew-ward", "2023-02-01", "2023-05-31",
     "Beds came late", "", "adapt"),
    ("follow-up", "1", "Book the visit at the ward round", "92", "follow-up-72-hours", "sedge-ward", "2022-11-01",
     "2023-02-28", "Booked for most", "No change seen", "adapt"),
    ("online-booking", "1", "Choose a time online at referral", "80", "talking-6-weeks", "talking-therapies",
     "2023-01-01", "2023-03-31", "Used by three in five", "More began in time", "adopt"),
    ("telephone-triage", "1", "Call within a week of referral", "90", "waits-18-weeks", "continence", "2022-11-01",
     "2023-03-31", "Calls were made by those who also see patients", "Waits grew", "adopt"),
    ("calm-hours", "1", "A calm hour on weekday evenings", "10", "restraint", "osier-ward", "2023-07-01", "",
     "Begun", "", ""),
)  # fmt: skip
CYCLE_TRUTH: dict[tuple[str, str], str] = {
    ("falls-huddle", "1"): "sustained improvement",
    ("falls-spread", "1"): "sustained improvement",
    ("follow-up", "1"): "no signal",
    ("online-booking", "1"): "sustained improvement",
    ("telephone-triage", "1"): "worse",
    ("calm-hours", "1"): "too early",
}
"""What each cycle's verdict must be; the second falls cycle overlaps the first and has no prediction."""

_PEOPLE_COLUMNS = ["person_id", "role", "unit_id", "skills", "experience", "offer"]
PEOPLE = (
    ("p01", "Ward Manager", "bittern-ward", "Falls prevention; huddles", "Led a project to its end", "Visits"),
    ("p02", "Improvement Adviser", "fenmarch", "Model for Improvement; driver diagrams", "Coached ten teams",
     "Two hours a week of coaching"),
    ("p03", "Data Analyst", "fenmarch", "Control charts; Python", "Measures of eight projects", "A chart in a day"),
    ("p04", "Lived Experience Lead", "mental-health", "Co-design; facilitation", "Recovery college", "Workshops"),
    ("p05", "Service Manager", "talking-therapies", "Booking systems; demand and capacity", "Online booking",
     "A call, and the plan we used"),
    ("p06", "Infection Prevention Nurse", "community-hospitals", "Care bundles; audit", "Catheter care", "Audit tool"),
    ("p07", "Research Fellow", "fenmarch", "Evaluation; interrupted time series", "Two evaluations",
     "Advice before a bid"),
    ("p08", "Community Nurse", "district-nursing", "Pressure ulcers; human factors", "Two PDSA cycles", "Peer review"),
)  # fmt: skip

_FUND_COLUMNS = ["fund_id", "title", "funder", "topic", "opens", "closes", "amount", "eligibility"]
FUNDING = (
    ("small-grants-2023", "Small grants for tests of change", "Trust charity", "Any", "2023-04-01", "2023-06-30",
     5000, "Any team with an improvement adviser"),
    ("safer-care-2023", "Safer care round", "Regional network", "Patient safety", "2023-09-01", "2023-10-27",
     40000, "Two wards or more, with a patient partner"),
    ("scaling-2024", "Scaling what works", "National foundation", "Spread", "2024-01-08", "2024-02-16", 250000,
     "A project with an evaluation; six weeks from opening to closing"),
    ("access-2023", "Access and waiting", "Integrated care board", "Access", "2023-08-14", "", 60000,
     "Open until the money is spent"),
)  # fmt: skip


def bank() -> dict[str, pd.DataFrame]:
    """Return projects, cycles, people and funding.

    Examples
    --------
    >>> {name: len(table) for name, table in bank().items()}
    {'projects': 8, 'cycles': 7, 'people': 8, 'funding': 4}
    """
    listed = {
        "projects": (PROJECTS, _PROJECT_COLUMNS),
        "cycles": (CYCLES, _CYCLE_COLUMNS),
        "people": (PEOPLE, _PEOPLE_COLUMNS),
        "funding": (FUNDING, _FUND_COLUMNS),
    }
    frames = {name: pd.DataFrame(rows, columns=columns) for name, (rows, columns) in listed.items()}
    return {name: frame.mask(frame == "") for name, frame in frames.items()}
