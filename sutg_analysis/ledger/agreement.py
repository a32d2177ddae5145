"""Agreement: every number that two tables can both tell is compared, and a contradiction is refused.

A number counted from a register may also have been typed into ``observations``. Where both are there they must agree, to
within a tolerance; a difference that somebody has looked at is accepted, with a reason and a role, in
``data/agreements.toml``::

    tolerance = 0.1            # in the measure's own units: percentage points, or events per so many

    [[accept]]
    measure = "falls"
    unit = "sedge-ward"        # left out: every unit
    first = 2023-04-01         # left out: every period
    last = 2023-06-30
    reason = "Two falls were reported late"
    author = "Head of Patient Safety"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.settings import CLOSED, Expect, read_settings
from sutg_analysis.catalogue.units import roll_up, summable, valued
from sutg_analysis.errors import ArgumentError, DataError, Problem, did_you_mean, first_few
from sutg_analysis.ledger.rule import REGISTERS, TYPED, Rule, read_rule
from sutg_analysis.ledger.series import KEYS, counted_series
from sutg_analysis.waiting.clocks import read_clocks

AGREEMENTS = "agreements.toml"
_DAYS = {
    "incidents": ("ward", "date"),
    "sitrep": ("ward", "date"),
    "feedback": ("unit_id", "period"),
    "pathways": ("service", "seen"),
}
"""Of each register, the column of the unit and that of the day by which a row falls into a month."""
_TEXT = Expect("words", lambda text: bool(str(text).strip()), "Say why, and the role that decided")


@dataclass(frozen=True)
class Accepted:
    """A difference between two tables that somebody has looked at and accepted: of which numbers, why, and who."""

    __pydantic_config__ = CLOSED
    measure: str
    reason: Annotated[str, _TEXT]
    author: Annotated[str, _TEXT]
    unit: str | None = None
    first: date | None = None
    last: date | None = None

    def covers(self, rows: pd.DataFrame) -> pd.Series:
        """Say of which rows it speaks."""
        found = rows["measure_id"] == self.measure
        if self.unit is not None:
            found &= rows["unit_id"] == self.unit
        if self.first is not None:
            found &= rows["period"] >= pd.Timestamp(self.first)
        if self.last is not None:
            found &= rows["period"] <= pd.Timestamp(self.last)
        return found


@dataclass(frozen=True)
class Agreements:
    """What ``data/agreements.toml`` says: the difference that rounding may make, and those that were accepted."""

    __pydantic_config__ = CLOSED
    tolerance: Annotated[float, Expect("a number of 0 or more", lambda number: number >= 0)] = 0.1
    accept: tuple[Accepted, ...] = ()


@dataclass(frozen=True, eq=False)
class Settlement:
    """What registers and typed numbers are together.

    Parameters
    ----------
    observations
        Typed and counted rows, each number once, with ``source``: ``observations``, or the register and its rule.
    differences
        Those that were accepted: measure_id, unit_id, period, typed, counted, source, reason, author.
    problems
        Rules that cannot be read, and contradictions.
    """

    observations: pd.DataFrame
    differences: pd.DataFrame
    problems: list[Problem]


def read_agreements(project: str | Path) -> Agreements:
    """Read ``data/agreements.toml`` of a project; where there is none, nothing is accepted.

    Raises
    ------
    DataError
        The file is not TOML, or states something that it cannot.

    Examples
    --------
    >>> from sutg_analysis.project import shipped
    >>> read_agreements(shipped()).tolerance
    0.1
    """
    path = Path(project) / "data" / AGREEMENTS
    return read_settings(path, Agreements, name=f"data/{AGREEMENTS}") if path.is_file() else Agreements()


def settle(
    catalogue: Catalogue,
    *,
    project: str | Path,
    frames: Mapping[str, pd.DataFrame],
    files: Mapping[str, str],
) -> Settlement:
    """Count what registers tell, and hold it against what was typed.

    A measure counted from a register takes its numbers from there; what is typed of it must be the same, and stands alone
    where the register says nothing. A typed measure whose rule names a register is only compared with it.

    Parameters
    ----------
    catalogue
        The checked tables, registers among them.
    frames, files
        The same tables as read, rows numbered as in their files, and the files' names.
    """
    rules, problems = _rules(frames["measures"], frames, file=files["measures"])
    agreements = read_agreements(project)
    _check_known(agreements, catalogue)
    typed = frames["observations"].assign(row=frames["observations"].index)
    if problems or not rules:
        return Settlement(frames["observations"], _accepted(typed.iloc[:0]), problems)
    counted = counted_series(catalogue, rules, clocks=read_clocks(project, catalogue)[0])
    every = roll_up(counted, catalogue.units, summable=summable(counted, catalogue.measures))
    both = _both(typed, every, catalogue.measures)
    apart = both[(both["typed"] - both["counted"]).abs() > agreements.tolerance]
    apart = apart.assign(reason=None, author=None).astype({"reason": "str", "author": "str"})
    for one in agreements.accept:
        apart.loc[one.covers(apart), ["reason", "author"]] = [one.reason, one.author]
    open_ones = apart[apart["reason"].isna()]
    problems = [_contradiction(row, rules, frames, files) for row in open_ones.to_dict("records")]
    sources = {name: f"{rule.register}: {rule.words}" for name, rule in rules.items()}
    apart = apart.assign(source=apart["measure_id"].map(sources))
    kept = frames["measures"].set_index("measure_id")["from"].reindex(list(rules)).fillna(TYPED) != TYPED
    mine = counted[counted["measure_id"].isin(kept.index[kept])]
    mine = mine.assign(source=mine["measure_id"].map(sources))
    replaced = pd.MultiIndex.from_frame(typed[KEYS]).isin(
        pd.MultiIndex.from_frame(every.loc[every["measure_id"].isin(kept.index[kept]), KEYS])
    )
    own = typed[~replaced].drop(columns="row").assign(source=TYPED)
    merged = pd.concat([own, mine], ignore_index=True) if len(own) else mine.reset_index(drop=True)
    return Settlement(merged, _accepted(apart[apart["reason"].notna()]), problems)


def _rules(
    measures: pd.DataFrame, frames: Mapping[str, pd.DataFrame], *, file: str
) -> tuple[dict[str, Rule], list[Problem]]:
    """Read the rule of every measure that has one; rows are numbered as in the file."""
    rules: dict[str, Rule] = {}
    problems: list[Problem] = []
    known = frames["units"]["unit_id"].astype("str").tolist()
    columns = measures.reindex(columns=["measure_id", "from", "rule"])
    for row, name, source, text in columns.itertuples(name=None):
        typed = pd.isna(source) or source == TYPED
        if typed and pd.isna(text):
            continue
        words = "" if pd.isna(text) else str(text)
        register, _, rest = words.partition(":") if typed else (str(source), "", words)
        try:
            if register.strip() not in REGISTERS:
                expected = "the register that is compared, such as 'incidents: harm = falls'"
                raise ArgumentError(
                    f"rule={words!r}", expected, "Name the register, or fill in the column 'from'"
                )
            rule = read_rule(register.strip(), rest)
            if rule.register not in frames:
                expected = f"a measure that is typed, or a table {rule.register} to count it in"
                raise ArgumentError(rule.register, expected, f"Add data/{rule.register}, or write {TYPED}")
            for unit in (unit for unit in rule.units if unit not in known):
                remedy = f"Correct {unit!r} in the rule" + did_you_mean(unit, known)
                raise ArgumentError(f"unit {unit!r}", "wards and services of the table units", remedy)
            rules[str(name)] = rule
        except ArgumentError as error:
            column = "from" if error.found in REGISTERS else "rule"
            problems.append(Problem(file, int(row), column, words, error.expected, error.remedy))
    return rules, problems


def _check_known(agreements: Agreements, catalogue: Catalogue) -> None:
    """Refuse an acceptance of a measure or unit that is not there: it would accept nothing."""
    for one in agreements.accept:
        for column, name in (("measure_id", one.measure), ("unit_id", one.unit)):
            known = (catalogue.measures if column == "measure_id" else catalogue.units)[column].tolist()
            if name is not None and name not in known:
                raise DataError(
                    f"data/{AGREEMENTS} accepts a difference of {name!r}",
                    f"a {column} of the tables",
                    f"Correct it{did_you_mean(name, known)}",
                )


def _both(typed: pd.DataFrame, counted: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers told twice: the keys, row, typed, counted."""
    left = valued(typed, measures).rename(columns={"value": "typed"})
    right = valued(counted, measures).rename(columns={"value": "counted"})
    both = left[[*KEYS, "row", "typed"]].merge(right[[*KEYS, "counted"]], on=KEYS)
    return both[both["typed"].notna() & both["counted"].notna()]


def _contradiction(
    row: Mapping[str, object],
    rules: Mapping[str, Rule],
    frames: Mapping[str, pd.DataFrame],
    files: Mapping[str, str],
) -> Problem:
    rule, period = rules[str(row["measure_id"])], pd.Timestamp(str(row["period"]))
    rows = _rows_behind(frames[rule.register], rule, str(row["unit_id"]), period)
    behind = f" (rows {first_few(rows, shown=8)})" if rows else ""
    return Problem(
        files["observations"],
        int(str(row["row"])),
        "numerator",
        f"{row['typed']:.4g} for {row['measure_id']} of {row['unit_id']} in {period:%B %Y}",
        f"{row['counted']:.4g}, as counted from {files[rule.register]} by '{rule.words}'{behind}",
        f"Correct the table that is wrong, take the typed row out, or accept the difference with a reason in "
        f"data/{AGREEMENTS}",
    )


def _rows_behind(register: pd.DataFrame, rule: Rule, unit: str, period: pd.Timestamp) -> list[int]:
    """Return the rows of a register, as numbered in its file, that a number of one unit and month rests on."""
    where, when = _DAYS[rule.register]
    days = register["referred"] if rule.what == "joined" else register[when]
    month = days.dt.to_period("M") == period.to_period("M")
    if rule.register == "pathways" and rule.what in ("waiting", "list size"):
        return []
    kept = month & (register[where] == unit)
    if rule.harms:
        kept &= register["harm"].isin(rule.harms)
    return [int(row) for row in register.index[kept]]


def _accepted(rows: pd.DataFrame) -> pd.DataFrame:
    columns = [*KEYS, "typed", "counted", "source", "reason", "author"]
    texts = {"source": "str", "reason": "str", "author": "str"}
    return rows.reindex(columns=columns).astype(texts).reset_index(drop=True)
