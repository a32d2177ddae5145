"""How many units of a quiet trust early warning names by chance: ``python -m benchmarks.quiet``.

Trusts of 20 units with five measures each, 36 months, in which nothing ever happens: two rates of rare events, two
percentages and a count. Printed are the units named a trust, and the share of charts that give a plain sign of concern in a
quarter, which is the promise that the page of early warning makes (``CHANCE`` in ``ledger/triangulation.py``).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.as_at import Extent
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.units import valued
from sutg_analysis.ledger.triangulation import CHANCE, PLAIN, triangulate

TRUSTS, UNITS, MONTHS = 200, 20, 36


def quiet(rng: np.random.Generator, *, trusts: int = TRUSTS) -> Catalogue:
    """Return the tables of quiet trusts, each a part of one tree."""
    months = pd.date_range("2021-04-01", periods=MONTHS, freq="MS", unit="us")
    names = [f"u{number:05d}" for number in range(trusts * UNITS)]
    tops = pd.DataFrame({"unit_id": [f"t{n:03d}" for n in range(trusts)], "parent_id": None, "kind": "trust"})
    wards = pd.DataFrame(
        {"unit_id": names, "parent_id": np.repeat(tops["unit_id"].to_numpy(), UNITS), "kind": "ward"}
    )
    units = pd.concat([tops, wards], ignore_index=True)
    units["name"] = units["unit_id"]
    size = len(names) * MONTHS
    made = {
        "falls": (rng.poisson(6, size), 600.0, 1000.0, "rate"),
        "restraint": (rng.poisson(4, size), 600.0, 1000.0, "rate"),
        "sickness": (rng.binomial(1200, 0.05, size), 1200.0, 100.0, "percent"),
        "training": (rng.binomial(60, 0.1, size), 60.0, 100.0, "percent"),
        "complaints": (rng.poisson(5, size), np.nan, 1.0, "count"),
    }
    rows = [
        pd.DataFrame(
            {
                "measure_id": name,
                "unit_id": np.repeat(names, MONTHS),
                "period": np.tile(months, len(names)),
                "numerator": part.astype(float),
                "denominator": whole,
            }
        )
        for name, (part, whole, _, _) in made.items()
    ]
    measures = pd.DataFrame(
        {
            "measure_id": list(made),
            "title": list(made),
            "priority": "All",
            "chart": "xmr",
            "unit": [unit for *_, unit in made.values()],
            "improvement": "decrease",
            "target": np.nan,
            "per": [per for _, _, per, _ in made.values()],
            "owner": None,
        }
    )
    none = {name: pd.DataFrame(columns=columns) for name, columns in _EMPTY.items()}
    day = date(2024, 3, 31)
    return Catalogue(
        measures=measures,
        observations=valued(pd.concat(rows, ignore_index=True), measures),
        units=units,
        targets=none["targets"],
        events=none["events"],
        others={},
        sources=none["sources"],
        extent=Extent(day, day),
    )


_EMPTY = {
    "targets": ["measure_id", "unit_id", "start", "end", "target"],
    "events": ["measure_id", "unit_id", "date", "kind", "label", "reason", "author"],
    "sources": ["table", "file", "rows", "sha256"],
}


def main() -> None:
    """Print how many units are named a trust, beside the promise."""
    found = triangulate(quiet(np.random.default_rng(2024)))
    named = found.units["named"].sum() / TRUSTS
    plain = found.signals["sign"].isin(PLAIN).sum() / found.charts
    print(f"{TRUSTS} quiet trusts of {UNITS} units, five charts a unit, {found.charts:,} charts")
    print(f"named a trust: {named:.2f}; promised on the page: {CHANCE * found.charts / TRUSTS:.2f}")
    print(f"charts that give a plain sign of concern by chance: {plain:.4f}; promised: {CHANCE}")


if __name__ == "__main__":
    main()
