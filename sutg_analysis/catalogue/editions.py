"""What editions on the site have shown of protected measures, so that no later one tells by the difference what was hidden.

A count that is revised after it was published is another number behind the same hidden cells: what changed in a total
is what changed in the counts below it. So a month that is no longer what an edition on the site shows is hidden in later
ones wherever a small count stands in it, until that edition is built again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.disclosure import HIDDEN
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.catalogue.units import valued
from sutg_analysis.errors import DataError, SiteError, SutgError

_KEYS = ["measure_id", "unit_id", "period"]
_NUMBERS = ["numerator", "denominator"]
_COLUMNS = [*_KEYS, *_NUMBERS, "status"]
SHOWN = ".shown*.csv"
"""The files of editions, beside their reports."""


def edition_files(project: Path, *, quarter: Quarter, own: bool = False) -> list[Path]:
    """List what editions on the site have shown: of quarters before one, and of that quarter where ``own``."""
    found = []
    for path in sorted((project / "reports").glob(f"*/{SHOWN}")):
        try:
            of = Quarter.parse(path.parent.name)
        except SutgError:
            continue
        if of < quarter or (own and of == quarter):
            found.append(path)
    return found


def check_protected(project: Path, *, quarter: Quarter, measures: Collection[str]) -> None:
    """Refuse to publish beside pages of earlier quarters that show measures as they were before they were protected.

    Raises
    ------
    SiteError
        There is such a page.
    """
    for folder in sorted((project / "reports").glob("*-q?")):
        earlier = Quarter.parse(folder.name)
        known = {name for path in folder.glob(SHOWN) for name in _read(path)["measure_id"]}
        for measure in sorted(set(measures) - known) if earlier < quarter else ():
            if any(folder.glob(f"files/*/{measure}--*")):
                again = f'sutg build --quarter {folder.name} --republish "Small counts are hidden"'
                raise SiteError(
                    f"{earlier.label} was published before {measure} was protected, "
                    "so its pages may show small counts",
                    "every page on the site made by the rule of data/measures and data/disclosure.toml",
                    f"Build that quarter again first: {again}",
                )


def keep_edition(folder: Path, catalogue: Catalogue, *, whole: bool) -> None:
    """Write what an edition shows of protected measures beside its reports, in a file that is not published.

    What was written before is kept unless the ``whole`` of the quarter's reports is made of these tables.
    """
    kept, text = sorted(folder.glob(SHOWN)), ""
    if catalogue.protection.measures:
        text = _shown(catalogue).to_csv(index=False, date_format="%Y-%m-%d", float_format="%.12g")
    same = [path for path in kept if path.read_text(encoding="utf-8") == text]
    for path in kept if whole else ():
        path.unlink()
    if text and (whole or not same):
        number = "" if whole or not kept else f"-{len(kept) + 1}"
        (folder / f".shown{number}.csv").write_text(text, encoding="utf-8")


def settled(catalogue: Catalogue, files: Collection[Path]) -> Catalogue:
    """Return a protected catalogue without months that were revised since an edition on the site showed them.

    In those months the measure is hidden in every unit, if it was hidden in any, then or now.

    Raises
    ------
    DataError
        A file cannot be read.
    """
    if not files or not catalogue.protection.measures:
        return catalogue
    now = _shown(catalogue)
    gone = pd.MultiIndex.from_frame(pd.concat(list(_revised(now, files)), ignore_index=True))
    if gone.empty:
        return catalogue
    shown, sums = (
        _without(rows, gone, catalogue.measures) for rows in (catalogue.observations, catalogue.sums)
    )
    return replace(catalogue, observations=shown, sums=sums)


def _shown(catalogue: Catalogue) -> pd.DataFrame:
    rows = catalogue.observations
    mine = rows[rows["measure_id"].isin(list(catalogue.protection.measures))]
    sums = mine.iloc[:0] if catalogue.sums is None else catalogue.sums
    every = pd.concat([mine[_COLUMNS], sums[_COLUMNS]], ignore_index=True)
    return every.sort_values(_KEYS, ignore_index=True)


def _revised(now: pd.DataFrame, files: Collection[Path]) -> Iterator[pd.DataFrame]:
    """Yield the measures and months of each edition that hold a hidden cell and are no longer what they were."""
    for path in files:
        then = _read(path)
        both = now.merge(then, on=_KEYS, how="outer", suffixes=("", "_then"), indicator=True)
        differ = both["_merge"].ne("both")
        for name in _NUMBERS:
            differ |= both[name].fillna(-1) != both[f"{name}_then"].fillna(-1)
        hidden = both["status"].eq(HIDDEN) | both["status_then"].eq(HIDDEN)
        marked = both.assign(differ=differ, hidden=hidden, then=both["_merge"].ne("left_only"))
        months = marked.groupby(_KEYS[::2])[["differ", "hidden", "then"]].any()
        yield months[months.all(axis=1)].reset_index()[_KEYS[::2]]


def _read(path: Path) -> pd.DataFrame:
    kinds = {"measure_id": "str", "unit_id": "str", "status": "str", **dict.fromkeys(_NUMBERS, "float64")}
    asked = {"dtype": kinds, "parse_dates": ["period"], "keep_default_na": False, "na_values": [""]}
    try:
        return pd.read_csv(path, **asked)[_COLUMNS]
    except (ValueError, KeyError, OSError) as error:
        raise DataError(
            f"{path} cannot be read: {error}",
            "what that quarter's edition shows of protected measures, as the build wrote it",
            "Delete it and build that quarter again",
        ) from error


def _without(rows: pd.DataFrame, gone: pd.MultiIndex, measures: pd.DataFrame) -> pd.DataFrame:
    """Hide whatever is shown of some measures and months."""
    hidden = pd.MultiIndex.from_frame(rows[_KEYS[::2]]).isin(gone) & rows["numerator"].notna().to_numpy()
    status = rows["status"].mask(hidden, HIDDEN)
    numbers = {name: rows[name].mask(hidden) for name in _NUMBERS}
    return valued(rows.assign(status=status, **numbers), measures)
