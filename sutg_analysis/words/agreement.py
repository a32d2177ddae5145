"""Numbers that two tables tell differently, and why that was accepted, in sentences."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.words.wording import month, number

_SHOWN = 6


def agreement_words(differences: pd.DataFrame, *, titles: pd.Series, units: pd.Series) -> str:
    """Return accepted differences as sentences, one a reason; empty where there is none.

    Parameters
    ----------
    differences
        measure_id, unit_id, period, typed, counted (both may be hidden), source, reason, author.
    titles, units
        Titles by measure_id and names by unit_id.

    Examples
    --------
    >>> rows = pd.DataFrame({"measure_id": ["falls"], "unit_id": ["a"], "period": pd.Timestamp("2023-04-01"),
    ...     "typed": [13.0], "counted": [3.0], "source": ["incidents: harm = falls"], "reason": ["Reported late"],
    ...     "author": ["Head of Safety"]})
    >>> agreement_words(rows, titles=pd.Series({"falls": "Falls"}), units=pd.Series({"a": "Ash"}))
    'Two tables differ: Falls, Ash, April 2023 (13 typed, 3 counted from incidents). Accepted by Head of Safety: Reported late.'
    """
    sentences = []
    for (reason, author), rows in differences.groupby(["reason", "author"], sort=False):
        cases = [_case(row, titles, units) for row in rows.head(_SHOWN).to_dict("records")]
        more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
        sentences.append(
            f"Two tables differ: {'; '.join(cases)}{more}. Accepted by {author}: {str(reason).rstrip('.')}."
        )
    return " ".join(sentences)


def _case(row: dict[str, object], titles: pd.Series, units: pd.Series) -> str:
    name, unit = row["measure_id"], row["unit_id"]
    place = f"{titles.get(name, name)}, {units.get(unit, unit)}, {month(pd.Timestamp(str(row['period'])))}"
    register = str(row["source"]).partition(":")[0]
    typed, counted = pd.to_numeric(row["typed"]), pd.to_numeric(row["counted"])
    if pd.isna(typed):
        return f"{place} (observations and {register})"
    return f"{place} ({number(typed)} typed, {number(counted)} counted from {register})"
