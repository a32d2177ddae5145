"""Disclosure control: one gate through which a project's tables go before anything is made of them.

Each measure has a profile (the column ``suppress`` of measures, or the default of ``data/disclosure.toml``). Small
counts are hidden, others rounded as the profile says, at every level of the units on its own; what could be worked
out from the rest is hidden too. Rates are made of what is shown. Tables of single people or incidents are not let
through at all, but for what a page needs to say that it shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Flags, Numbers
from sutg_analysis.catalogue.catalogue import Catalogue, Protection
from sutg_analysis.catalogue.definitions import is_percent
from sutg_analysis.catalogue.settings import CLOSED, one_of, read_settings
from sutg_analysis.catalogue.suppression import PROFILES, SHORTHAND, STRICTEST, Forest, Profile, Table, add_up
from sutg_analysis.catalogue.units import roll_up, summable, valued
from sutg_analysis.errors import Problem

RECORDS = ("incidents", "pathways", "feedback", "caseload", "comments", "sitrep")
"""Tables of people, incidents or shifts, which are no measures."""
NONE = "none"
HIDDEN = "suppressed"
"""The status of an observation that is hidden."""

_FILE = "disclosure.toml"
_KEYS = ["measure_id", "unit_id", "period"]
_PARTS = ["numerator", "denominator"]
_PROFILE = one_of(*STRICTEST, NONE, remedy="Correct the profile")


@dataclass(frozen=True)
class Disclosure:
    """What a project states: the profile of whatever states none, and the profiles of tables of records."""

    __pydantic_config__ = CLOSED
    default: Annotated[str, _PROFILE] | None = None
    tables: Mapping[Annotated[str, one_of(*RECORDS)], Annotated[str, _PROFILE]] = field(default_factory=dict)

    def of(self, measures: pd.DataFrame) -> Protection:
        """Return the profile of each measure and table; of tables that state none the default, or the strictest in use."""
        stated = measures["suppress"].fillna(self.default or NONE).astype("str")
        used = set(stated) | {self.default or NONE}
        strictest = self.default or next((name for name in STRICTEST if name in used), NONE)
        tables = {name: self.tables.get(name, strictest) for name in RECORDS}
        if "from" in measures:  # what is counted from a register is as confidential as the register
            register = measures["from"].map(tables)
            stated = stated.mask(measures["suppress"].isna() & register.notna(), register).astype("str")
        by_measure = dict(zip(measures["measure_id"].astype("str"), stated, strict=True))
        return Protection(
            {name: rule for name, rule in by_measure.items() if rule != NONE},
            {name: rule for name, rule in tables.items() if rule != NONE},
        )


def read_disclosure(project: str | Path) -> Disclosure:
    """Read ``data/disclosure.toml`` of a project; where there is none, nothing is stated.

    Raises
    ------
    DataError
        The file is not TOML, or names a setting, table or profile that there is not.

    Examples
    --------
    >>> from sutg_analysis.project import shipped
    >>> read_disclosure(shipped()).default is None
    True
    """
    path = Path(project) / "data" / _FILE
    return read_settings(path, Disclosure, name=f"data/{_FILE}") if path.is_file() else Disclosure()


def uncountable(
    frames: Mapping[str, pd.DataFrame], files: Mapping[str, str], rules: Disclosure
) -> Iterator[Problem]:
    """Name the measures with a profile whose numerators are no counts; rows are numbered as in their files."""
    if not {"measures", "observations"} <= set(frames) or "suppress" not in frames["measures"]:
        return
    measures = frames["measures"].drop_duplicates("measure_id").set_index("measure_id", drop=False)
    profiles = rules.of(measures).measures
    rows = frames["observations"]
    rows = rows[rows["measure_id"].isin(profiles)]
    odd = rows[((rows["numerator"] % 1 != 0) | (rows["numerator"] < 0)) & rows["numerator"].notna()]
    remedy = "Correct the number, or write none under suppress for a measure that is no count"
    for name, bad in odd.groupby("measure_id", sort=False):
        more = f" ({len(bad) - 1} more rows of the measure)" if len(bad) > 1 else ""
        profile = profiles[str(name)]
        expected = f"a whole number of 0 or more, as {name} has the profile {profile}, a rule for counts"
        cell = int(bad.index[0]), "numerator", f"{bad['numerator'].iloc[0]:g}"
        yield Problem(files["observations"], *cell, expected, remedy + more)
    bare = rows.groupby("measure_id")["denominator"].count().eq(0)
    for name in bare.index[bare & is_percent(measures["unit"]).reindex(bare.index).to_numpy()]:
        row = frames["measures"].index[frames["measures"]["measure_id"] == name][0]
        expected = f"none, as {name} is a percentage without denominators, and a profile is a rule for counts"
        remedy = "Write none, or fill in numerators and denominators"
        yield Problem(files["measures"], int(row), "suppress", profiles[str(name)], expected, remedy)


def protect(catalogue: Catalogue, rules: Disclosure) -> Catalogue:
    """Return a catalogue of which everything may be published.

    Parameters
    ----------
    catalogue
        A project's checked tables.
    rules
        What the project states of disclosure.

    Returns
    -------
    Catalogue
        Observations of protected measures as they are shown, hidden ones without numbers and with the status
        ``suppressed``; ``sums`` with those of the units above, made from the counts before rounding; tables of
        records without records; ``protection`` with the profiles. The catalogue given, where no profile is in use.
    """
    protection = rules.of(catalogue.measures)
    if not protection:
        return catalogue
    observations, sums = catalogue.observations, catalogue.sums
    if protection.measures:
        observations, sums = shielded(
            observations, catalogue.units, catalogue.measures, profiles=protection.measures
        )
    # From the hash of a file of small counts they could be guessed and tried.
    sources, secret = catalogue.sources, [*protection.tables]
    secret += ["observations"] if protection.measures else []
    hashes = sources["sha256"].mask(sources["table"].isin(secret), SHORTHAND)
    rows = sources["rows"].astype("Int64").mask(sources["table"].isin(list(protection.tables)))
    return replace(
        catalogue,
        observations=observations,
        sums=sums,
        others={
            name: _held_back(name, frame) if name in protection.tables else frame
            for name, frame in catalogue.others.items()
        },
        sources=sources.assign(sha256=hashes, rows=rows),
        protection=protection,
        differences=_without_numbers(catalogue.differences, protection),
    )


def _without_numbers(differences: pd.DataFrame | None, protection: Protection) -> pd.DataFrame | None:
    """Take out of accepted differences the numbers of protected measures."""
    if differences is None:
        return None
    secret = differences["measure_id"].isin(protection.measures)
    return differences.assign(**{name: differences[name].mask(secret) for name in ("typed", "counted")})


def shielded(
    observations: pd.DataFrame, units: pd.DataFrame, measures: pd.DataFrame, *, profiles: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return observations as they may be shown, and the sums of the units above, both with ``status``.

    Measures without a profile are left as they are. A sum that a child lacks is there without a number.
    """
    given = observations if "status" in observations else observations.assign(status=pd.Series(dtype="str"))
    mine = given["measure_id"].isin(profiles)
    rows = given.loc[mine, [*_KEYS, *_PARTS, "status"]].reset_index(drop=True)
    rolled = roll_up(rows, units, summable=summable(rows, measures))
    rolled["status"] = rolled["status"].astype("str").where(rolled["status"].notna())
    made = np.arange(len(rolled)) >= len(rows)
    kinds = rolled["measure_id"].map(profiles).to_numpy()
    numbers, hidden = rolled[_PARTS].to_numpy(dtype="float64", copy=True), np.zeros(len(rolled), dtype=bool)
    for name in sorted(set(kinds)):
        here = kinds == name
        numbers[here], hidden[here] = _shown(rolled[here], made[here], units, measures, PROFILES[name])
    there = rolled["numerator"].notna().to_numpy()
    rolled = rolled.assign(
        numerator=numbers[:, 0],
        denominator=numbers[:, 1],
        status=rolled["status"].mask(hidden & there, HIDDEN),
    )
    own = pd.concat([given[~mine], rolled[~made].assign(value=np.nan)], ignore_index=True)
    return valued(own, measures), valued(rolled[made], measures)


def _shown(
    rows: pd.DataFrame, made: Flags, units: pd.DataFrame, measures: pd.DataFrame, profile: Profile
) -> tuple[Numbers, Flags]:
    """Return the two parts of rows of one profile as they are shown, and which rows are hidden.

    Each part is a table of units by measures and periods, so that all of them are protected in one go.
    """
    places = pd.Index(units["unit_id"])
    forest, unit = Forest(places.get_indexer(units["parent_id"])), places.get_indexer(rows["unit_id"])
    column, keys = pd.factorize(pd.MultiIndex.from_frame(rows[["measure_id", "period"]]))
    about = measures.set_index("measure_id").loc[keys.get_level_values(0)]
    sums = np.zeros((len(units), len(keys)), dtype=bool)
    sums[unit[made], column[made]] = True
    above, below = np.full((2, *sums.shape), np.nan)
    for table, part in ((above, "numerator"), (below, "denominator")):
        there = rows[part].notna().to_numpy() & ~made
        table[unit[there], column[there]] = rows[part].to_numpy()[there]
    above, below = (add_up(table, forest, made=sums) for table in (above, below))
    odd = pd.Series(np.nansum(below % 1, axis=0) > 0).groupby(keys.get_level_values(0)).transform("any")
    proportion = is_percent(about["unit"]) | about["chart"].isin(["p", "p_prime"])
    counts = Table(above, below, ~odd.to_numpy(), proportion.to_numpy(), forest, profile)
    hidden = counts.hidden()[unit, column]
    parts = np.stack([part[unit, column] for part in counts.rounded()], axis=1)
    return np.where(hidden[:, None] | rows[_PARTS].isna().to_numpy(), np.nan, parts), hidden


def _held_back(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of records without records: one row for each page that it makes, to say that nothing is shown."""
    if frame.empty:
        return frame
    if name == "comments":
        return _agreed(frame)
    if name == "caseload":
        return frame.iloc[:0]
    key = {"incidents": "harm", "pathways": "service"}.get(name)
    if key is None:
        return frame.iloc[:0].reindex(range(1))
    names = frame[key].drop_duplicates().sort_values()
    return frame.iloc[:0].reindex(range(len(names))).assign(**{key: names.to_numpy()})


def _agreed(comments: pd.DataFrame) -> pd.DataFrame:
    """Return words that may be quoted, and what was done, each once and without the comments they are counted from."""
    quoted = comments[comments["consent"].eq("yes") & comments["quote"].notna()].assign(response=None)
    once = ["period", "theme", "response"]
    done = comments[comments["response"].notna()].drop_duplicates(once).sort_values(once)
    done = done.assign(unit_id=None, quote=None, consent=None, sentiment=None)
    return pd.concat([quoted, done], ignore_index=True).astype(comments.dtypes.to_dict())
