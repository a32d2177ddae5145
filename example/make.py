"""Example tables of a fictional trust: synthetic, made from a seed, with signals whose truth is known.

Each series has a level that moves only where ``PLANTED`` or ``EXPLAINED`` says so; all else is noise.
With z standard normal and s the spread, a share p of n people is binomial with logit(p) = logit(level) +
s z; a rate or a count is Poisson with mean level x exp(s z - s^2 / 2); a part of time or money is its
denominator times p. ``python -m example.make [DIR]`` writes the tables, the same each time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from example.board import sitrep, with_expected, with_expected_observations
from example.command import command, write_csv
from example.experience import caseload, comments, feedback
from example.harm import incidents, worsened
from example.improvement import bank
from sutg_analysis.errors import ArgumentError

FIRST_MONTH, MONTHS = "2020-04-01", 42
SEED, TREND_MONTHS = 2023, 8

NOTICE = """\
The numbers on this page are synthetic. Fenmarch Partnership NHS Trust is fictional: a seeded script made its
services, measures, targets and events, and no figure describes real patients, staff or the performance of any
real organisation. Actions, risks and expectations are modelled on public board papers; the numbers are invented.
"""

_HIGH, _ACCESS, _PEOPLE = "High Standards", "Access to Services", "Equality, Leadership, Culture"
_NURSE, _OPERATIONS, _WORKFORCE = "Director of Nursing", "Chief Operating Officer", "Director of Workforce"
_INCIDENTS, _REFERRALS, _STAFF = "Incident reports", "Referral and waiting records", "Staff records"
_TALKING = "Of the people who finished talking therapy, the share who had begun within %d weeks of referral."
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
)  # fmt: skip

# unit_id, name, kind, parent_id; then beds and full-time equivalent staff of units that report themselves
UNITS: tuple[tuple[Any, ...], ...] = (
    ("fenmarch", "Fenmarch Partnership NHS Trust", "trust", "", 0, 0),
    ("mental-health", "Mental health", "directorate", "fenmarch", 0, 0),
    ("adult-inpatient", "Adult inpatient care", "service", "mental-health", 0, 0),
    ("sedge-ward", "Sedge ward", "ward", "adult-inpatient", 20, 38),
    ("teasel-ward", "Teasel ward", "ward", "adult-inpatient", 20, 36),
    ("osier-ward", "Osier ward", "ward", "adult-inpatient", 12, 42),
    ("community-mental-health", "Community mental health", "service", "mental-health", 0, 150),
    ("early-intervention", "Early intervention in psychosis", "service", "mental-health", 0, 45),
    ("talking-therapies", "Talking therapies", "service", "mental-health", 0, 95),
    ("community-health", "Community health", "directorate", "fenmarch", 0, 0),
    ("community-hospitals", "Community hospitals", "service", "community-health", 0, 0),
    ("bittern-ward", "Bittern ward", "ward", "community-hospitals", 28, 44),
    ("curlew-ward", "Curlew ward", "ward", "community-hospitals", 26, 41),
    ("godwit-ward", "Godwit ward", "ward", "community-hospitals", 24, 37),
    ("district-nursing", "District nursing", "service", "community-health", 0, 190),
    ("continence", "Continence", "service", "community-health", 0, 40),
    ("families", "Families, young people and learning disability", "directorate", "fenmarch", 0, 0),
    ("neurodevelopmental", "Neurodevelopmental assessment", "service", "families", 0, 60),
    ("learning-disability", "Community learning disability", "service", "families", 0, 55),
    ("reedmace-unit", "Reedmace unit", "ward", "families", 10, 40),
)

# measure_id: kind of noise, spread, what it is counted against, then level by unit ("*": all that report).
MODELS: dict[str, tuple[str, float, str, str]] = {
    "bed-occupancy": ("part", 0.16, "beds", "sedge-ward 93 teasel-ward 92 osier-ward 84 bittern-ward 90 "
                      "curlew-ward 89 godwit-ward 84 reedmace-unit 78"),
    "falls": ("event", 0.05, "bed-days", "sedge-ward 3.6 teasel-ward 3.2 osier-ward 2.8 bittern-ward 11 "
              "curlew-ward 10.5 godwit-ward 7 reedmace-unit 3"),
    "pressure-ulcers": ("event", 0.05, "bed-days", "bittern-ward 2.8 curlew-ward 2.5 godwit-ward 3.1"),
    "restraint": ("event", 0.08, "bed-days", "sedge-ward 8 teasel-ward 7 osier-ward 15 reedmace-unit 12"),
    "follow-up-72-hours": ("share", 0.1, "left", "sedge-ward 86 teasel-ward 88 osier-ward 84"),
    "waits-18-weeks": ("share", 0.08, "seen", "community-mental-health 86 continence 84 "
                       "neurodevelopmental 68 learning-disability 74"),
    "psychosis-2-weeks": ("share", 0.08, "begun", "early-intervention 83"),
    "talking-6-weeks": ("share", 0.06, "treated", "talking-therapies 68"),
    "talking-18-weeks": ("share", 0.06, "treated", "talking-therapies 98.6"),
    "sickness": ("part", 0.045, "days", "* 5.2 osier-ward 6.4 district-nursing 4.8 talking-therapies 3.9"),
    "agency": ("part", 0.03, "pay", "* 7 sedge-ward 14 teasel-ward 13 osier-ward 18 reedmace-unit 15 "
               "community-mental-health 11 district-nursing 10"),
    "training": ("share", 0.05, "courses", "* 91 sedge-ward 88 district-nursing 83 neurodevelopmental 81"),
    "friends-and-family": ("share", 0.1, "answers", "* 90 sedge-ward 82 teasel-ward 84 osier-ward 80 "
                           "community-mental-health 86"),
    "complaints": ("event", 0.05, "", "* 2.5 community-mental-health 5 neurodevelopmental 5 "
                   "district-nursing 4"),
}  # fmt: skip

# People a month by what they are counted as; both talking therapies measures count the same people.
PEOPLE = {
    "left": "sedge-ward 30 teasel-ward 28 osier-ward 14",
    "seen": "community-mental-health 210 continence 140 neurodevelopmental 110 learning-disability 60",
    "begun": "early-intervention 60",
    "treated": "talking-therapies 520",
    "answers": "* 45 community-mental-health 95 district-nursing 160 talking-therapies 140 continence 80",
}
PAY_A_POST, COURSES_A_POST = 3.6, 11

SIGNAL_COLUMNS = ["measure_id", "unit_id", "kind", "start", "size", "direction"]
# Size is in the measure's own units: of a shift the change that stays, of a trend the change a month for
# TREND_MONTHS months (kept after them), of an outlier the change of one month.
PLANTED: tuple[tuple[str, str, str, str, float, str], ...] = (
    ("falls", "bittern-ward", "shift", "2022-10-01", 6.5, "low"),
    ("falls", "curlew-ward", "shift", "2022-12-01", 6.5, "low"),
    ("pressure-ulcers", "curlew-ward", "outlier", "2021-06-01", 14, "high"),
    ("restraint", "sedge-ward", "outlier", "2022-08-01", 26, "high"),
    ("bed-occupancy", "godwit-ward", "shift", "2023-02-01", 10, "high"),
    ("waits-18-weeks", "continence", "shift", "2022-11-01", 18, "low"),
    ("waits-18-weeks", "neurodevelopmental", "shift", "2023-01-01", 20, "low"),
    ("waits-18-weeks", "learning-disability", "shift", "2021-09-01", 18, "high"),
    ("talking-6-weeks", "talking-therapies", "shift", "2023-01-01", 13, "high"),
    ("sickness", "district-nursing", "trend", "2023-02-01", 0.5, "high"),
    ("agency", "district-nursing", "trend", "2022-11-01", 0.8, "low"),
    ("agency", "community-mental-health", "trend", "2023-02-01", 0.9, "low"),
    ("training", "district-nursing", "trend", "2022-09-01", 1.3, "high"),
    ("training", "neurodevelopmental", "shift", "2022-08-01", 10, "high"),
    ("friends-and-family", "community-mental-health", "outlier", "2022-11-01", 24, "low"),
    ("complaints", "community-mental-health", "shift", "2023-01-01", 9, "high"),
)
# Changes that an event accounts for: the rebase and the exclusion below. No unit: every unit of the measure.
EXPLAINED: tuple[tuple[str, str, str, str, float, str], ...] = (
    ("friends-and-family", "", "shift", "2021-10-01", 5, "low"),
    ("training", "", "outlier", "2022-05-01", 22, "low"),
)

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

_PER = {measure[0]: measure[6] for measure in MEASURES}
_REPORTING = [unit[0] for unit in UNITS if unit[5]]
_BASIS = ["basis", "unit_id", "period"]


def tables(*, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Make the tables of the example project that are drawn; those of words are written by hand.

    Parameters
    ----------
    rng
        Where the noise comes from; the committed tables use ``numpy.random.default_rng(SEED)``.

    Returns measures, observations, units, targets, events, sitrep and the registers, with the columns of a
    project's tables. Observations are monthly and of the lowest units only; their parents are sums of them.

    Examples
    --------
    >>> made = tables(rng=np.random.default_rng(SEED))
    >>> {name: len(made[name]) for name in ("measures", "observations", "sitrep", "incidents", "cycles")}
    {'measures': 17, 'observations': 4536, 'sitrep': 3843, 'incidents': 3345, 'cycles': 7}
    """
    seen = worsened(_observations(rng))
    board = deepcopy(rng)  # so that neither group of tables changes what the other draws
    return {
        "measures": _measures(),
        "observations": with_expected_observations(seen, months=_months(), rng=board),
        "units": _table([unit[:4] for unit in UNITS], ["unit_id", "name", "kind", "parent_id"]),
        "targets": _table(TARGETS, TARGET_COLUMNS),
        "events": _table(EVENTS, EVENT_COLUMNS),
        "sitrep": sitrep(rng=board),
        "incidents": incidents(seen, rng=rng),
        "feedback": feedback(rng=rng),
        "caseload": caseload(),
        "comments": comments(rng=rng),
        **bank(),
    }


def truth() -> pd.DataFrame:
    """Return the planted signals, one row each.

    Columns: measure_id, unit_id, kind (shift, trend, outlier), start (ISO first day), size, direction (high, low).

    Examples
    --------
    >>> truth()["kind"].unique().tolist()
    ['shift', 'outlier', 'trend']
    """
    return pd.DataFrame(PLANTED, columns=SIGNAL_COLUMNS)


def write(folder: str | Path, *, rng: np.random.Generator) -> None:
    """Write the tables as CSV files, and the notice that says they are synthetic.

    ``folder`` is made if it is not there.

    Raises
    ------
    ArgumentError
        If the folder holds tables that are not the example's, which would be lost.
    """
    folder = Path(folder)
    _spare_others(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notice.md").write_text(NOTICE, encoding="utf-8", newline="\n")
    for name, table in tables(rng=rng).items():
        write_csv(table, folder / f"{name}.csv")


def _spare_others(folder: Path) -> None:
    notice = folder / "notice.md"
    ours = notice.is_file() and "Fenmarch" in notice.read_text(encoding="utf-8")
    if any(folder.glob("*.csv")) and not ours:
        raise ArgumentError(
            f"{folder} holds tables that are not the example's",
            expected="an empty or new folder, or one with the example's notice.md",
            remedy="Give another folder, such as example/data",
        )


def _table(rows: Sequence[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    """Return a frame in which empty text is missing, as in a table that was read."""
    frame = pd.DataFrame(rows, columns=columns)
    return frame.mask(frame == "")


def _measures() -> pd.DataFrame:
    table = with_expected(_table(MEASURES, MEASURE_COLUMNS))
    table.insert(3, "chart", "xmr")
    return table.assign(suppress=None)


def _observations(rng: np.random.Generator) -> pd.DataFrame:
    """Draw beds first, because the days they were occupied are what harms are counted against."""
    rows, counted = _expected(), _counted(rng)
    beds = rows["basis"] == "beds"
    occupied = _noisy(rows[beds].merge(counted, on=_BASIS), rng)
    days = occupied.assign(basis="bed-days", denominator=occupied["numerator"])[[*_BASIS, "denominator"]]
    others = rows[~beds].merge(pd.concat([counted, days]), on=_BASIS, how="left")
    drawn = pd.concat([occupied, _noisy(others, rng)]).sort_values("place", kind="stable")
    return drawn[["measure_id", "unit_id", "period", "numerator", "denominator"]].reset_index(drop=True)


def _months() -> pd.DataFrame:
    first = pd.date_range(FIRST_MONTH, periods=MONTHS, freq="MS")
    period = first.strftime("%Y-%m-%d")
    return pd.DataFrame({"period": period, "month": range(MONTHS), "days": first.days_in_month})


def _expected() -> pd.DataFrame:
    """One row an observation: its level with all changes, and how it varies."""
    listed = [
        (measure, unit, level, *MODELS[measure][:3])
        for measure in _PER
        for unit, level in _by_unit(MODELS[measure][3]).items()
    ]
    series = pd.DataFrame(listed, columns=["measure_id", "unit_id", "level", "noise", "spread", "basis"])
    rows = series.merge(_months(), how="cross")
    return rows.assign(level=rows["level"] + _changes(rows), place=range(len(rows)))


def _by_unit(text: str) -> dict[str, float]:
    """Read ``"* 7 osier-ward 6"``: 6 for one unit, 7 for all others that report."""
    words = text.split()
    given = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    return {unit: given.get(unit, given.get("*", 0)) for unit in _REPORTING if unit in given or "*" in given}


def _changes(rows: pd.DataFrame) -> np.ndarray:
    """Return how far every signal together moves each row."""
    signals = pd.DataFrame([*PLANTED, *EXPLAINED], columns=SIGNAL_COLUMNS)
    signals["begin"] = signals["start"].map(_months().set_index("period")["month"])
    every = signals["unit_id"] == ""
    wide = rows[["measure_id", "unit_id"]].drop_duplicates().merge(signals[every].drop(columns="unit_id"))
    hit = rows.reset_index(names="row").merge(
        pd.concat([signals[~every], wide]), on=["measure_id", "unit_id"]
    )
    since = hit["month"] - hit["begin"]
    kinds = [hit["kind"] == "shift", hit["kind"] == "trend"]
    steps = np.select(kinds, [since >= 0, (since + 1).clip(0, TREND_MONTHS)], default=since == 0)
    moved = steps * hit["size"] * hit["direction"].map({"high": 1, "low": -1})
    return np.bincount(hit["row"], weights=moved, minlength=len(rows))


def _counted(rng: np.random.Generator) -> pd.DataFrame:
    """Draw what observations are counted against: basis, unit_id, period, denominator."""
    posts = pd.DataFrame([(unit[0], *unit[4:]) for unit in UNITS], columns=["unit_id", "beds", "staff"])
    posts = posts[posts["staff"] > 0].merge(_months(), how="cross")
    staff = posts["staff"] * (1 + 0.02 * rng.standard_normal(len(posts)))
    bases = posts[["unit_id", "period"]].assign(
        beds=posts["beds"] * posts["days"],
        days=(staff * posts["days"]).round(1),
        pay=(staff * PAY_A_POST).round(1),
        courses=(staff * COURSES_A_POST).round(),
    )
    long = bases.melt(["unit_id", "period"], var_name="basis", value_name="denominator")
    return pd.concat([long, _people(rng)])[[*_BASIS, "denominator"]]


def _people(rng: np.random.Generator) -> pd.DataFrame:
    sizes = [(basis, unit, size) for basis, text in PEOPLE.items() for unit, size in _by_unit(text).items()]
    rows = pd.DataFrame(sizes, columns=["basis", "unit_id", "size"]).merge(_months(), how="cross")
    return rows.assign(denominator=rng.poisson(rows["size"]).astype(float))


def _noisy(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the rows with a numerator drawn as their kind of noise says."""
    share, event = rows["noise"] == "share", rows["noise"] == "event"
    counted, per = rows["denominator"], rows["measure_id"].map(_PER)
    wobble = _spread(rows) * rng.standard_normal(len(rows))
    odds = rows["level"] / (100 - rows["level"]).where(~event, 1) * np.exp(wobble)
    mean = rows["level"] * np.exp(wobble - rows["spread"] ** 2 / 2) * (counted / per).fillna(1)
    people = rng.binomial(counted.where(share, 0).astype(int), (odds / (1 + odds)).where(share, 0))
    events = rng.poisson(mean.where(event, 0))
    part = counted * odds / (1 + odds)
    whole = part.round().where(rows["basis"] == "beds", part.round(1))
    return rows.assign(numerator=np.select([share, event], [people, events], default=whole))


def _spread(rows: pd.DataFrame) -> pd.Series:
    """Return each row's spread: shares of time and money vary more in small units, as those of people do."""
    largest = rows.groupby("measure_id")["denominator"].transform("max")
    return rows["spread"] * (largest / rows["denominator"]).where(rows["noise"] == "part", 1.0) ** 0.5


def main(arguments: list[str] | None = None) -> int:
    """Write the example's tables, or the truth about them, from the command line."""
    return command(
        arguments,
        module="make",
        write=lambda folder: write(folder, rng=np.random.default_rng(SEED)),
        truth=truth,
    )


if __name__ == "__main__":
    sys.exit(main())
