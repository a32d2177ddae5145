"""Early warning: the signals of every stream that tells of a ward or service, brought together.

Streams are measures, incidents, staffing, experience and waits. A unit is named where a stream gives a plain sign of concern
in the report's period; of a measure only where its latest months are worse than chance makes them. Other signs are told
as weak ones. Which streams there are of a unit is said: what is not measured does not warn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.control.rules import CONCERN
from sutg_analysis.errors import DataError
from sutg_analysis.ledger.rule import TYPED, read_rule
from sutg_analysis.quality.chance import ONE_IN, beyond_chance, chance_of_worse
from sutg_analysis.quality.early_warning import CULTURE, points_of
from sutg_analysis.quality.harm import harm_summary
from sutg_analysis.quality.rules import SitrepRules
from sutg_analysis.quality.sitrep import sitrep_exceptions
from sutg_analysis.result import Result
from sutg_analysis.waiting.waiting_list import waiting_list

STREAMS = ("measures", "incidents", "staffing", "experience", "waits")
_OF_REGISTER = {
    TYPED: "measures",
    "incidents": "incidents",
    "sitrep": "staffing",
    "feedback": "experience",
    "pathways": "waits",
}
PLAIN = ("outside", "shift", "rule", "growing")
"""Signs that can name a unit: a point beyond its limits, a shift, staffing below its rule, a list that grows."""
_GROWING = 2.72
"""Student's t of twelve months' growth that chance exceeds once in a hundred lists, one side."""
_COLUMNS = ["unit_id", "stream", "subject", "code", "sign", "since", "measure_id"]


@dataclass(frozen=True, eq=False)
class Triangulation(Result):
    """Units by the streams that warn of them.

    Parameters
    ----------
    units
        One row a ward or service that reports, those named first, by how many streams and signals: unit_id, unit, one
        column a stream (``concern``, ``hint``: a weaker sign, ``quiet``, or ``none``: no such stream), signals, named,
        culture (signs of a closed culture; three or more are told).
    signals
        One row a signal: unit_id, stream, subject, code (the verdict), sign (the rule that fired), since, measure_id (of
        measures).
    quarters
        In how many quarters chance alone names one unit at most by its measures, if nothing is the matter anywhere.
    """

    _views = "quality:triangulation"
    _drawn = "no"

    units: pd.DataFrame
    signals: pd.DataFrame
    quarters: int = ONE_IN

    @property
    def named(self) -> tuple[str, ...]:
        """The units named, by unit_id."""
        return tuple(self.units.loc[self.units["named"], "unit_id"])

    def __repr__(self) -> str:
        return f"<Triangulation: {len(self.named)} of {len(self.units)} units named>"


def triangulate(
    at: Catalogue, *, rules: SitrepRules | None = None, harm_charts: bool = True
) -> Triangulation:
    """Bring together the signals of every stream of each ward and service.

    Parameters
    ----------
    at
        A project's tables as at a day; of the registers those that were read and are not held back.
    rules
        When a shift is an exception; staffing is measures alone if None.
    harm_charts
        Whether harms that no measure counts have charts of their own.

    Returns
    -------
    Triangulation

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), quarter="2023-24-q2", tables=[])
    >>> "reedmace-unit" in triangulate(at).named
    True
    """
    leaves = at.units[~at.units["unit_id"].isin(at.units["parent_id"])]
    found = [_of_measures(at, leaves["unit_id"])]
    if harm_charts:
        found.append(_of_incidents(at))
    if rules is not None:
        found.append(_of_staffing(at, rules))
    found.append(_of_lists(at))
    every = pd.concat([frame for frame in found if len(frame)] or [pd.DataFrame(columns=_COLUMNS)])
    every = every[every["unit_id"].isin(leaves["unit_id"])].reset_index(drop=True)
    every["plain"] = every["sign"].isin(PLAIN) & (every["measure_id"].isna() | _worse(at, every))
    signals = every[every["sign"] != ""].reset_index(drop=True)
    return Triangulation(_units(leaves, every, signals), signals.drop(columns="plain"))


def _of_measures(at: Catalogue, units: pd.Series) -> pd.DataFrame:
    """Return the ledger's rows, each with the sign of concern that it gave in the period, if any."""
    rows = at.ledger[at.ledger["unit_id"].isin(units) & at.ledger["period_variation"].ne("too_few")]
    measures = at.measures.reindex(columns=["measure_id", "from"]).astype("object").fillna(TYPED)
    source = dict(zip(measures["measure_id"], measures["from"], strict=True))
    stream = rows["measure_id"].map(source).map(_OF_REGISTER)
    sign = _plainest(rows["signals"], rows["period_variation"])
    return rows.assign(stream=stream, subject=rows["title"], code=rows["period_variation"], sign=sign)[
        _COLUMNS
    ]


def _worse(at: Catalogue, every: pd.DataFrame) -> pd.Series:
    """Say of which rows the measure's latest months are worse than chance makes them."""
    points = points_of(at)
    points = points[points["unit_id"].isin(every["unit_id"])]
    keys = ["unit_id", "measure_id"]
    beyond = beyond_chance(chance_of_worse(points, by=keys), by="unit_id").rename("beyond")
    return every[keys].join(beyond, on=keys)["beyond"].fillna(False).astype(bool)


def _plainest(signals: pd.Series, variation: pd.Series) -> pd.Series:
    """Return the plainest of the rules that fired in each row that is of concern, empty in others."""
    fired = [str(rules).split(", ") for rules in signals]
    plainest = [next((rule for rule in PLAIN if rule in rules), rules[0]) for rules in fired]
    return pd.Series(plainest, signals.index, dtype="str").where(variation.isin(CONCERN), "")


def _held_back(at: Catalogue, name: str) -> bool:
    return name not in at.others or at.table(name).empty or at.protection.hides(name)


def _counted(at: Catalogue, register: str) -> set[str]:
    """Return the harms that measures count."""
    measures = at.measures.reindex(columns=["from", "rule"])
    mine = measures.loc[measures["from"] == register, "rule"].dropna()
    return {harm for text in mine for harm in read_rule(register, str(text)).harms}


def _of_incidents(at: Catalogue) -> pd.DataFrame:
    """Return harms of wards that no measure counts."""
    if _held_back(at, "incidents"):
        return pd.DataFrame(columns=_COLUMNS)
    log = at.table("incidents")
    log = log[~log["harm"].isin(_counted(at, "incidents"))]
    if log.empty:
        return pd.DataFrame(columns=_COLUMNS)
    start, quarter = log["date"].min().replace(day=1), pd.Timestamp(at.at.quarter.start)
    try:
        table = harm_summary(log, start=start, as_at=pd.Timestamp(at.at.day), quarter_start=quarter)
    except DataError:
        return pd.DataFrame(columns=_COLUMNS)
    table = table[~table["variation"].isin(["too_few", "none"])]
    sign = _plainest(table["signals"], table["variation"])
    return table.rename(columns={"ward": "unit_id", "harm": "subject", "variation": "code"}).assign(
        stream="incidents", sign=sign, since=pd.NaT, measure_id=None
    )[_COLUMNS]


def _of_staffing(at: Catalogue, rules: SitrepRules) -> pd.DataFrame:
    """Return ward shifts; one is a sign where it broke a rule on most of the last days of the report."""
    if _held_back(at, "sitrep"):
        return pd.DataFrame(columns=_COLUMNS)
    rows = at.table("sitrep")
    rows = rows[rows["date"] > rows["date"].max() - pd.Timedelta(days=rules.report_days)]
    groups = sitrep_exceptions(rows, rules=rules).groups
    often = groups[groups["days"] > rules.report_days / 2]
    quiet = rows[["ward", "shift"]].drop_duplicates()
    quiet = quiet[~quiet["ward"].isin(often["ward"])]
    known = pd.concat(
        [
            often.assign(
                sign="rule",
                code="concern_low",
                since=often["first"],
                subject=often["shift"] + ": " + often["rule"],
            ),
            quiet.assign(sign="", code="common", since=pd.NaT, subject=quiet["shift"]),
        ]
    )
    return known.rename(columns={"ward": "unit_id"}).assign(stream="staffing", measure_id=None)[_COLUMNS]


def _of_lists(at: Catalogue) -> pd.DataFrame:
    """Return waiting lists; one is a sign where it has grown in the last twelve months by more than chance."""
    if _held_back(at, "pathways"):
        return pd.DataFrame(columns=_COLUMNS)
    rows, day = at.table("pathways"), pd.Timestamp(at.at.day)
    last = day.to_period("M").to_timestamp()
    first = last - pd.DateOffset(months=12)
    points = waiting_list(rows, by="service", first=first, last=last, latest=day).points
    groups = points.assign(net=points.groupby("service")["list_size"].diff()).groupby("service")
    growth = groups["net"].agg(["mean", "std", "count"])
    t = growth["mean"] / (growth["std"] / np.sqrt(growth["count"])).where(lambda spread: spread > 0)
    grows = ((t > _GROWING) & (growth["count"] >= 12)).to_numpy()
    return pd.DataFrame(
        {
            "unit_id": growth.index,
            "stream": "waits",
            "subject": "Waiting list",
            "code": np.where(grows, "concern_high", "common"),
            "sign": np.where(grows, "growing", ""),
            "since": pd.NaT,
            "measure_id": None,
        }
    )


def _units(leaves: pd.DataFrame, every: pd.DataFrame, signals: pd.DataFrame) -> pd.DataFrame:
    """Return the units with the state of each stream, those named first."""
    table = leaves[["unit_id", "name"]].rename(columns={"name": "unit"}).reset_index(drop=True)
    table = table[table["unit_id"].isin(every["unit_id"])].reset_index(drop=True)
    for stream in STREAMS:
        of = [
            rows.loc[rows["stream"] == stream, "unit_id"]
            for rows in (every, signals, signals[signals["plain"]])
        ]
        state = np.select(
            [table["unit_id"].isin(ids) for ids in reversed(of)], ["concern", "hint", "quiet"], "none"
        )
        table[stream] = state
    states = table[list(STREAMS)]
    warned = states.isin(["concern", "hint"]).sum(axis=1)
    table["signals"] = table["unit_id"].map(signals["unit_id"].value_counts()).fillna(0).astype(int)
    table["named"] = states.eq("concern").any(axis=1)
    signs = signals[signals["measure_id"].isin(CULTURE)].groupby("unit_id")["measure_id"].nunique()
    table["culture"] = table["unit_id"].map(signs).fillna(0).astype(int)
    order = np.lexsort((-table["signals"], -warned, ~table["named"]))
    return table.iloc[order].reset_index(drop=True)
