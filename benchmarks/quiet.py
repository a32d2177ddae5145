"""How many units of a quiet trust early warning names by chance: ``python -m benchmarks.quiet``.

Trusts of 20 units with five measures each, 36 months, in which nothing ever happens: two rates of rare events, two
percentages and a count; months are independent, or each resembles the last. Printed are the units named a trust and
quarter beside the promise that the page of early warning makes (``ONE_IN`` in ``quality/chance.py``).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import binom, norm, poisson

from sutg_analysis.arrays import Numbers
from sutg_analysis.catalogue.as_at import Extent
from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.units import valued
from sutg_analysis.ledger.triangulation import triangulate
from sutg_analysis.quality.chance import ONE_IN

TRUSTS, UNITS, MONTHS = 200, 20, 36


def quiet(rng: np.random.Generator, *, trusts: int = TRUSTS, resembles: float = 0.0) -> Catalogue:
    """Return the tables of quiet trusts, each a part of one tree; ``resembles`` is the autocorrelation of months."""
    months = pd.date_range("2021-04-01", periods=MONTHS, freq="MS", unit="us")
    names = [f"u{number:05d}" for number in range(trusts * UNITS)]
    tops = pd.DataFrame({"unit_id": [f"t{n:03d}" for n in range(trusts)], "parent_id": None, "kind": "trust"})
    wards = pd.DataFrame(
        {"unit_id": names, "parent_id": np.repeat(tops["unit_id"].to_numpy(), UNITS), "kind": "ward"}
    )
    units = pd.concat([tops, wards], ignore_index=True)
    units["name"] = units["unit_id"]

    def chances() -> Numbers:
        """Return uniform numbers, each month's like the last's, of which the counts are the quantiles."""
        noise = rng.standard_normal((len(names), MONTHS))
        for month in range(1, MONTHS):
            noise[:, month] = resembles * noise[:, month - 1] + np.sqrt(1 - resembles**2) * noise[:, month]
        return norm.cdf(noise.ravel())

    made = {
        "falls": (poisson.ppf(chances(), 6), 600.0, 1000.0, "rate"),
        "restraint": (poisson.ppf(chances(), 4), 600.0, 1000.0, "rate"),
        "sickness": (binom.ppf(chances(), 1200, 0.05), 1200.0, 100.0, "percent"),
        "training": (binom.ppf(chances(), 60, 0.1), 60.0, 100.0, "percent"),
        "complaints": (poisson.ppf(chances(), 5), np.nan, 1.0, "count"),
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
    print(
        f"{TRUSTS} quiet trusts of {UNITS} units, five charts a unit; promised: {1 / ONE_IN:.2f} a trust and quarter"
    )
    for resembles in (0.0, 0.2, 0.4, 0.6):
        rng = np.random.default_rng(2024)
        named = [len(triangulate(quiet(rng, trusts=1, resembles=resembles)).named) for _ in range(TRUSTS)]
        print(f"autocorrelation {resembles}: {np.mean(named):.2f} named a trust")


if __name__ == "__main__":
    main()
