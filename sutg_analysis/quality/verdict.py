"""From the evidence on a PDSA cycle to a suggested verdict, its reasons, what next, and what cannot be said."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sutg_analysis.trends.interrupted import InterruptedResult

VERDICTS = ("sustained improvement", "promising", "no signal", "worse", "too early")
DECISIONS = ("adopt", "adapt", "abandon")
ADEQUATE = 12
"""Points of a baseline whose limits can be trusted (Making Data Count)."""
LEAST = 6
"""Fewer points before, and there is nothing to compare with."""
RUN = 7
"""Points that a shift needs, and so a cycle before it can be called sustained or without signal."""
HELD = 6
"""Of the last points, three quarters must be better than the baseline's mean for a gain to be held."""
STANDS_OUT = 0.08
"""Chance, both sides, of so large a step on a steady drift: below it the drift alone does not explain a gain."""
SURE, LIKELY, PERHAPS = 0.025, 0.05, 0.2
"""Chance of so large a change of the mean: below it a gain may be sustained, is said, is worth a signal's word."""

_RULE_WORDS = {
    "outside": "a point beyond the limits",
    "shift": "a shift (7 or more points on the better side of the mean)",
    "trend": "a trend",
    "two_of_three": "2 of 3 points near the limit",
}
_FITS = {
    "sustained improvement": ("adopt",),
    "promising": ("adapt", "adopt"),
    "no signal": ("adapt", "abandon"),
    "worse": ("abandon", "adapt"),
    "too early": (),
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a verdict rests on.

    Parameters
    ----------
    before, since
        Points with a value before the start, and from it on.
    favourable, unfavourable
        Whether a rule of the chart signals for the better, for the worse, since the start.
    rules, first_signal
        Which rules signal for the better, and when first.
    gain, low, high, p
        Change of the mean, its 95 % interval, and the chance of so large a change without cause.
    improving
        Whether the change of the mean is for the better.
    held
        Whether the last points are still better than the baseline's mean.
    baseline_trend
        Where the baseline was going by itself: improvement, concern, none or too_few.
    step_p
        Chance of so large a step for the better at the start, were all points on one steady drift; 1 where the step
        is for the worse, missing where there are too few points to tell.
    interruption
        The interrupted time series, where there are points enough.
    """

    before: int
    since: int
    favourable: bool
    unfavourable: bool
    rules: tuple[str, ...]
    first_signal: pd.Timestamp
    gain: float
    low: float
    high: float
    p: float
    improving: bool
    held: bool
    baseline_trend: str
    step_p: float
    interruption: InterruptedResult | None

    @property
    def drifting(self) -> bool:
        """Whether one steady drift through all points would do as well: no step stands out of it."""
        return not self.step_p < STANDS_OUT


def judge(evidence: Evidence) -> tuple[str, tuple[str, ...]]:
    """Return the suggested verdict and its reasons."""
    if evidence.before < LEAST:
        return "too early", (f"only {evidence.before} points before the cycle: nothing to compare with",)
    seen = _seen(evidence)
    if evidence.since < RUN:
        better = evidence.favourable and evidence.improving
        worse = evidence.unfavourable and not evidence.improving
        verdict = "promising" if better else "worse" if worse else "too early"
        return verdict, (*seen, f"{evidence.since} points since the start, and a shift needs {RUN}")
    if not evidence.improving and evidence.p < LIKELY:
        return "worse", (*seen, "the mean has moved the wrong way, beyond chance")
    hint = evidence.p < LIKELY or (evidence.favourable and evidence.p < PERHAPS)
    if not (evidence.improving and hint):
        doubt = "the mean has not moved beyond chance"
        if evidence.unfavourable:
            return "no signal", (*seen, f"{doubt}: look into the signal for the worse on its own")
        alone = "" if evidence.favourable else "no rule signals a change for the better, and "
        return "no signal", (*seen, f"{alone}{doubt}")
    lacking = _lacking(evidence)
    if lacking:
        return "promising", (*seen, *lacking)
    return "sustained improvement", (
        *seen,
        "the mean has moved the right way, beyond chance",
        f"at least three quarters of the last {HELD} points are better than the mean before",
    )


def _seen(evidence: Evidence) -> tuple[str, ...]:
    rules = " and ".join(_RULE_WORDS[rule] for rule in evidence.rules)
    since = evidence.first_signal
    better = f"signal for the better since {since.day} {since:%B %Y}: {rules}" if evidence.favourable else ""
    worse = "signal for the worse since the start" if evidence.unfavourable else ""
    return tuple(filter(None, (better, worse)))


def _lacking(evidence: Evidence) -> tuple[str, ...]:
    """Return what keeps a change for the better from being called sustained."""
    marks = {
        f"only {evidence.before} points before the cycle: limits are provisional below {ADEQUATE}": evidence.before
        < ADEQUATE,
        "no rule of the chart signals yet": not evidence.favourable,
        "the change of the mean could be chance": not evidence.p < SURE,
        f"fewer than three quarters of the last {HELD} points are better than the mean before": not evidence.held,
        "a steady drift from before the start on would explain the gain as well": evidence.drifting,
    }
    return tuple(text for text, on in marks.items() if on)


def balancing_reasons(balancing: pd.DataFrame) -> tuple[str, ...]:
    """Return what the balancing measures add."""
    if balancing.empty:
        return ()
    worse = balancing.loc[balancing["warning"].astype(bool), "measure"].tolist()
    if worse:
        return tuple(f"balancing measure {name} has a signal for the worse since the start" for name in worse)
    return ("no balancing measure has got worse",)


def next_steps(
    verdict: str, evidence: Evidence, balancing: pd.DataFrame, decision: str | None
) -> tuple[str, ...]:
    """Return what to do next."""
    more = max(RUN - evidence.since, 1)
    wait = f"Wait for {more} more point{'s' if more > 1 else ''} before deciding"
    if evidence.before < LEAST:
        wait = f"Collect a baseline of {ADEQUATE} points or more before the next cycle"
    steps = {
        "sustained improvement": (
            "Adopt the change, keep measuring, and write down what made it work",
            "Reset the limits from the start of the change, with reason and author",
        ),
        "promising": ("Carry on unchanged until the doubt above is settled, or adapt and test again",),
        "no signal": ("Ask whether the change was made as planned; then adapt it, or abandon it",),
        "worse": ("Stop or adapt the change, and find out why",),
        "too early": (wait,),
    }[verdict]
    if not balancing.empty and balancing["warning"].any():
        steps = ("Settle the balancing measures first: a gain there may be a loss elsewhere", *steps)
    if agrees(verdict, decision) == "no":
        steps = (*steps, f"The team decided to {decision}, which these data do not support: write down why")
    return steps


def agrees(verdict: str, decision: str | None) -> str:
    """Say whether the team's decision fits the verdict: yes, no, or nothing where it cannot be told.

    Examples
    --------
    >>> agrees("no signal", "adopt"), agrees("promising", "adapt"), agrees("too early", "adopt")
    ('no', 'yes', '')
    """
    if decision is None or not _FITS[verdict]:
        return ""
    return "yes" if decision in _FITS[verdict] else "no"


def limitations(
    evidence: Evidence, prediction: float | str | None, others: list[str], *, missing: int
) -> tuple[str, ...]:
    """Return what the data cannot say."""
    provisional, together = LEAST <= evidence.before < ADEQUATE, ", ".join(others)
    unseen = evidence.interruption is not None and evidence.interruption.direction == "none"
    marks = {
        f"baseline of {evidence.before} points, fewer than {ADEQUATE}: limits are provisional": provisional,
        f"{evidence.since} points since the start: too few for a shift": evidence.since < RUN,
        "no prediction was written down, so nothing can be learned from being wrong": prediction is None,
        f"other cycles ran at the same time ({together}): their effects cannot be told apart, and the verdict is on "
        "all of them, from the start of the first": bool(others),
        "it was improving before the cycle began": evidence.baseline_trend == "improvement",
        "it was getting worse before the cycle began": evidence.baseline_trend == "concern",
        "too few points on one side for an interrupted time series": evidence.interruption is None,
        "were the course before the start carried on, the difference at the last point could be chance": unseen,
        f"{missing} periods have no value": missing > 0,
    }
    return tuple(text for text, on in marks.items() if on)
