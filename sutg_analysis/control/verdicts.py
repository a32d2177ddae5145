"""From marks to icons: what each point says, what the series says, and whether the target will be met.

A high signal on a measure to increase is an improvement, on one to decrease a concern. "High" and "low" in an icon
come from the direction of the signal, so that a rising trend below the mean is ``improvement_high`` where up is good.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.control.limits import Numbers, Whole
from sutg_analysis.control.profiles import Profile
from sutg_analysis.control.rules import HIGH, LOW, TIE, Marks, Signals
from sutg_analysis.control.targets import IMPROVEMENTS

VERDICTS = ("improvement", "concern", "common", "neutral")


def verdict_of(variation: str) -> str:
    """Return which of the four verdicts a variation belongs to.

    Examples
    --------
    >>> verdict_of("improvement_high"), verdict_of("too_few")
    ('improvement', 'common')
    """
    head = variation.split("_")[0]
    return head if head in VERDICTS else "common"


VARIATIONS = (
    "common",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neutral_high",
    "neutral_low",
    "too_few",
)
ASSURANCES = ("none", "pass", "fail", "hit_or_miss")
RULES = ("outside", "trend", "two_of_three", "shift")

_VARIATION_TYPE = pd.CategoricalDtype(pd.Index(VARIATIONS, dtype="str"))
_BROKEN = pd.Index(
    [", ".join(name for place, name in enumerate(RULES) if bits >> place & 1) for bits in range(16)],
    dtype="str",
)
_PRECEDENCE = ("outside", "trend", "two_of_three", "shift")
# Rows: increase, decrease, neutral. Columns: no signal, high, low, both (the conflict, settled for concern).
_CONCERN = np.array([[0, 1, 4, 4], [0, 3, 2, 3], [0, 5, 6, 5]], dtype=np.int8)
_IMPROVEMENT = np.array([[0, 1, 4, 1], [0, 3, 2, 2], [0, 5, 6, 5]], dtype=np.int8)


def point_variation(signals: Signals, direction: Whole, profile: Profile) -> NDArray[np.int8]:
    """Return each point's verdict as a place in ``VARIATIONS``; ``direction`` is a place in ``IMPROVEMENTS``."""
    table = _IMPROVEMENT if profile.conflict == "improvement" else _CONCERN
    mark = _first(signals) if profile.conflict == "precedence" else signals.any
    return table.ravel()[direction * 4 + mark]


def _first(signals: Signals) -> Marks:
    """Return the mark of the rule that comes first."""
    mark = np.zeros_like(signals.outside)
    for name in _PRECEDENCE:
        found = getattr(signals, name)
        mark = np.where(mark == 0, found, mark)
    return mark


def conflicting(mark: Marks, direction: Whole) -> NDArray[np.bool_]:
    """Say where one rule speaks of improvement and another of concern (a neutral measure knows neither)."""
    return (mark == HIGH | LOW) & (direction != IMPROVEMENTS.index("neutral"))


def assurance(
    target: Numbers, lower: Numbers, upper: Numbers, direction: Whole, profile: Profile
) -> NDArray[np.int8]:
    """Return whether a process between these limits reaches its target, as a place in ``ASSURANCES``.

    Where up is better: pass if the target is at or below the lower limit, fail if at or above the upper one,
    tested in this order; mirrored where down is better. Equality counts as the profile says.

    Examples
    --------
    >>> from sutg_analysis.control.profiles import MDC
    >>> ten = np.array([10.0])
    >>> ASSURANCES[assurance(ten, ten, ten + 5, np.array([0]), MDC)[0]]
    'pass'
    """
    slack = TIE * np.fmax(np.abs(lower), np.abs(upper))
    below, above = lower - target, target - upper
    if profile.equality == "consistent":
        under, over = below >= -slack, above >= -slack
    else:
        under, over = below > slack, above > slack
    up = direction == IMPROVEMENTS.index("increase")
    passes, fails = np.where(up, under, over), np.where(up, over, under)
    verdict = np.select([passes, fails], [1, 2], default=3)
    known = ~(np.isnan(target) | np.isnan(lower) | np.isnan(upper))
    return np.where(known & (direction != IMPROVEMENTS.index("neutral")), verdict, 0).astype(np.int8)


def broken_rules(signals: Signals, row: Whole) -> pd.Index:
    """Name the rules broken at these rows, joined by a comma."""
    bits = sum(
        ((getattr(signals, name)[row] > 0).astype(np.intp) << place) for place, name in enumerate(RULES)
    )
    return _BROKEN.take(np.asarray(bits))


def named(variation: NDArray[np.int8]) -> pd.Categorical:
    """Return places in ``VARIATIONS`` as a column of names."""
    return pd.Categorical.from_codes(variation, dtype=_VARIATION_TYPE)
