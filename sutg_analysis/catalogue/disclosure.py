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
from typing import Annotated, Any

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
        return Protection(
            {
                str(name): rule
                for name, rule in zip(measures["measure_id"], stated, strict=True)
                if rule != NONE
            },
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
        expected = (
            f"a whole number of 0 or more, as {name} has the profile {profiles[str(name)]}, a rule for counts"
        )
        first = bad["numerator"].iloc[0]
        yield Problem(
            files["observations"], int(bad.index[0]), "numerator", f"{first:g}", expected, remedy + more
        )
    bare = rows.groupby("measure_id")["denominator"].count().eq(0)
    for name in bare.index[bare & is_percent(measures["unit"]).reindex(bare.index).to_numpy()]:
        row = frames["measures"].index[frames["measures"]["measure_id"] == name][0]
        expected = f"none, as {name} is a percentage without denominators, and a profile is a rule for counts"
        yield Problem(files["measures"], int(row), "suppress", profiles[str(name)], expected,
                      "Write none, or fill in numerators and denominators")  # fmt: skip


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
    changed: dict[str, Any] = {"protection": protection}
    if protection.measures:
        changed["observations"], changed["sums"] = shielded(
            catalogue.observations, catalogue.units, catalogue.measures, profiles=protection.measures
        )
    changed["others"] = {
        name: _held_back(name, frame) if name in protection.tables else frame
        for name, frame in catalogue.others.items()
    }
    secret = [*protection.tables, *(["observations"] if protection.measures else [])]
    changed["sources"] = _unhashed(catalogue.sources, secret, protection.tables)
    return replace(catalogue, **changed)


def _unhashed(sources: pd.DataFrame, secret: list[str], uncounted: Mapping[str, str]) -> pd.DataFrame:
    """Return the sources without hashes of protected files, from which small counts could be guessed and tried."""
    hashes = sources["sha256"].mask(sources["table"].isin(secret), SHORTHAND)
    rows = sources["rows"].astype("Int64").mask(sources["table"].isin(list(uncounted)))
    return sources.assign(sha256=hashes, rows=rows)


def shielded(
    observations: pd.DataFrame, units: pd.DataFrame, measures: pd.DataFrame, *, profiles: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return observations as they may be shown, and the sums of the units above.

    Parameters
    ----------
    observations, units, measures
        Of a catalogue, as reported.
    profiles
        Profile by measure_id; other measures are left as they are.

    Returns
    -------
    tuple
        Both as observations are, with ``status``; a sum that a child lacks is there without a number.
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
    forest = Forest(_parents(units))
    unit = pd.Index(units["unit_id"]).get_indexer(rows["unit_id"])
    column, keys = pd.factorize(pd.MultiIndex.from_frame(rows[["measure_id", "period"]]))
    about = measures.set_index("measure_id").loc[keys.get_level_values(0)]
    sums = np.zeros((len(units), len(keys)), dtype=bool)
    sums[unit[made], column[made]] = True
    above, below = (_table(rows[part].where(~made), unit, column, sums, forest) for part in _PARTS)
    whole = _whole(below, keys)
    proportion = (is_percent(about["unit"]) | about["chart"].isin(["p", "p_prime"])).to_numpy()
    table = Table(above, below, whole, proportion, forest, profile)
    hidden, shown = table.hidden()[unit, column], table.rounded()
    parts = np.stack([part[unit, column] for part in shown], axis=1)
    return np.where(hidden[:, None] | rows[_PARTS].isna().to_numpy(), np.nan, parts), hidden


def _parents(units: pd.DataFrame) -> Any:
    return pd.Index(units["unit_id"]).get_indexer(units["parent_id"])


def _table(values: pd.Series, unit: Any, column: Any, sums: Flags, forest: Forest) -> Numbers:
    """Return one part of the rows as a table, sums made from the children that there are in a period."""
    table = np.full(sums.shape, np.nan)
    there = values.notna().to_numpy()
    table[unit[there], column[there]] = values.to_numpy()[there]
    return add_up(table, forest, made=sums)


def _whole(table: Numbers, keys: pd.MultiIndex) -> Flags:
    """Return which columns are of measures whose numbers are whole, and so counts."""
    odd = np.nansum(table % 1, axis=0) > 0
    return ~pd.Series(odd).groupby(keys.get_level_values(0)).transform("any").to_numpy()


def _held_back(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of records without records: one row for each page that it makes, to say that nothing is shown."""
    if frame.empty:
        return frame
    if name == "comments":
        return _agreed(frame)
    key = {"incidents": "harm", "pathways": "service", "feedback": "unit_id", "sitrep": "ward"}.get(name)
    if key is None:
        return frame.iloc[:0]
    names = frame[key].drop_duplicates()
    kept = names.sort_values() if key in ("harm", "service") else names.iloc[:0]
    rows = len(kept) or 1
    blank = frame.iloc[:0].reindex(range(rows))
    return blank.assign(**{key: kept.to_numpy()}) if len(kept) else blank


def _agreed(comments: pd.DataFrame) -> pd.DataFrame:
    """Return words that may be quoted, and what was done, each once and without the comments they are counted from."""
    quoted = comments[comments["consent"].eq("yes") & comments["quote"].notna()].assign(response=None)
    done = comments[comments["response"].notna()].drop_duplicates(["period", "theme", "response"])
    done = done.assign(unit_id=None, quote=None, consent=None, sentiment=None)
    kept = pd.concat([quoted, done.sort_values(["period", "theme", "response"])], ignore_index=True)
    return kept.astype(comments.dtypes.to_dict())
