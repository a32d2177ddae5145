"""What if: extra clinics, more demand, a list cleaned once. A scenario says what differs from now, and from when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.errors import ArgumentError
from sutg_analysis.waiting.simulation import Change, no_change

AS_NOW = "As now"


@dataclass(frozen=True)
class Scenario:
    """What differs from now.

    Parameters
    ----------
    demand, capacity
        Factors: 1.1 is ten per cent more.
    extra_demand, extra_capacity
        People a week more.
    one_off
        People taken off the list once, at the start: validation, a waiting-list initiative.
    start, end
        The first and last date of what differs; without them it holds throughout.

    Examples
    --------
    >>> Scenario(demand=1.1)
    Scenario(demand=1.1, capacity=1.0, extra_demand=0.0, extra_capacity=0.0, one_off=0.0, start=None, end=None)
    """

    demand: float = 1.0
    capacity: float = 1.0
    extra_demand: float = 0.0
    extra_capacity: float = 0.0
    one_off: float = 0.0
    start: Any = None
    end: Any = None

    def change(self, dates: pd.DatetimeIndex, *, weeks: float) -> Change:
        """Return what differs in each period, of so many weeks."""
        if self == Scenario():
            return no_change(len(dates))
        holds = np.ones(len(dates), dtype=bool)
        if self.start is not None:
            holds &= dates >= pd.Timestamp(self.start)
        if self.end is not None:
            holds &= dates <= pd.Timestamp(self.end)
        once = np.zeros(len(dates))
        if holds.any():
            once[np.argmax(holds)] = self.one_off
        return Change(
            joining_factor=np.where(holds, self.demand, 1.0),
            leaving_factor=np.where(holds, self.capacity, 1.0),
            joining_extra=np.where(holds, self.extra_demand * weeks, 0.0),
            leaving_extra=np.where(holds, self.extra_capacity * weeks, 0.0),
            removed_once=once,
        )


def read_scenarios(scenarios: Mapping[str, Scenario | Mapping[str, Any]] | None) -> dict[str, Scenario]:
    """Return the scenarios by name, what happens as now first.

    Raises
    ------
    ArgumentError
        If a scenario has a setting that there is not, or a factor that cannot be.

    Examples
    --------
    >>> list(read_scenarios({"Demand up 10%": {"demand": 1.1}}))
    ['As now', 'Demand up 10%']
    """
    known = [field.name for field in fields(Scenario)]
    found = {AS_NOW: Scenario()}
    for name, given in (scenarios or {}).items():
        settings = vars(given) if isinstance(given, Scenario) else dict(given)
        strange = sorted(set(settings) - set(known))
        if strange:
            raise ArgumentError(
                f"{strange[0]!r} in scenario {name!r}", f"one of {', '.join(known)}", "Correct its name"
            )
        found[str(name)] = _checked(str(name), Scenario(**settings))
    return found


def _checked(name: str, scenario: Scenario) -> Scenario:
    for setting in ("demand", "capacity"):
        if not 0 <= getattr(scenario, setting) < np.inf:
            raise ArgumentError(
                f"{setting}={getattr(scenario, setting)} in scenario {name!r}",
                "a factor of 0 or more",
                "Write 1.1",
            )
    return scenario
