"""Profiles: the same chart read by different houses, each house a frozen set of named choices.

Making Data Count, NHSRplotthedots and qicharts2 agree on the idea of a control chart and differ in a dozen
small decisions: how a limit is scaled, whether extreme moving ranges are set aside, whether a trend may run
across a rebase, what a target equal to a limit means. A profile holds those decisions as data, so that one
engine serves all of them and any one decision can be changed with ``dataclasses.replace``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints

from sutg_analysis.errors import ArgumentError


@dataclass(frozen=True)
class Profile:
    """The choices that turn observations into limits, signals and icons.

    Parameters
    ----------
    name
        What the profile is called.
    range_constant
        Multiplies the mean moving range to give the distance of a limit from the mean: 3/1.128, often rounded
        to 2.66 (d2 of two normal values is 1.128).
    screen
        Leave out moving ranges above 3.267 times their mean once before averaging (Nelson 1982). Screening
        never leaves fewer than two ranges, nor a mean range of zero: then all are kept and a warning says so.
    shift, trend
        Points in a shift and in a trend, both ends counted; 0 switches the rule off.
    two_of_three
        ``"band"``: two points between two and three sigma, all three on one side of the mean;
        ``"beyond"``: two beyond two sigma on one side, wherever the third is; ``"off"``.
    trend_crosses_segments
        Whether a trend may run across a rebase.
    shift_crosses_baseline
        Whether a shift may run across the end of the baseline.
    conflict
        What a point is when one rule says improvement and another concern: ``"concern"``, ``"improvement"``,
        or ``"precedence"`` (outside, then trend, then two of three, then shift).
    equality
        Whether a target equal to a limit counts as ``"consistent"`` or ``"inconsistent"``.
    min_points
        Below so many points a series has no variation icon (``too_few``).
    rare
        Below so many events a point on average, or where three points in four lie on one side of a mean below two, limits
        of counts cannot hold: no rule speaks and there is no icon (``benchmarks.alarms``); 0 switches this off.
    min_rebased
        Below so many points behind limits made after a rebase there is no icon.
    min_segment
        Below so many points a segment's limits are provisional, and a warning says so.
    baseline_scope
        Whether a baseline of so many points fixes the ``"first"`` segment or ``"every"`` one.
    judge_excluded
        Whether an excluded point can still be outside the limits.
    loose_baseline
        Let points outside the baseline, and excluded ones, into three sums as qicharts2 does: the scaled ranges
        of an I' chart, the ranges an mr chart draws, and whether subgroups count as equal in size.
    runs_decide
        Whether the runs analysis, rather than shift and trend, makes a special cause.
    rare_centre
        Centre of a g or t chart as drawn: ``"median"`` of the data or ``"mean"`` (0.693 of the mean gap).
    centre
        A known centre, in plotted units divided by ``per``, instead of one from the data.
    floor_zero
        Never draw a limit below zero, whatever the chart.

    Examples
    --------
    >>> from dataclasses import replace
    >>> replace(MDC, shift=8).shift
    8
    """

    name: str
    range_constant: float = 2.66
    screen: bool = False
    shift: int = 7
    trend: int = 7
    two_of_three: Literal["band", "beyond", "off"] = "band"
    trend_crosses_segments: bool = True
    shift_crosses_baseline: bool = False
    conflict: Literal["concern", "improvement", "precedence"] = "concern"
    equality: Literal["consistent", "inconsistent"] = "consistent"
    min_points: int = 13
    rare: float = 0.5
    min_rebased: int = 6
    min_segment: int = 12
    baseline_scope: Literal["first", "every"] = "first"
    judge_excluded: bool = False
    loose_baseline: bool = False
    runs_decide: bool = False
    rare_centre: Literal["median", "mean"] = "mean"
    centre: float | None = None
    floor_zero: bool = False


MDC = Profile("mdc")
"""Making Data Count, after NHS England's own SQL implementation, version 2.4."""

NHSR = Profile(
    "nhsr",
    screen=True,
    trend_crosses_segments=False,
    shift_crosses_baseline=True,
    conflict="precedence",
    equality="inconsistent",
    min_points=0,
    rare=0,
    min_rebased=0,
    baseline_scope="every",
    rare_centre="median",
)
"""NHSRplotthedots 0.2.2."""

ANHOEJ = Profile(
    "anhoej",
    range_constant=3 / 1.128,
    screen=True,
    shift=0,
    trend=0,
    two_of_three="off",
    shift_crosses_baseline=True,
    equality="inconsistent",
    min_points=0,
    rare=0,
    min_rebased=0,
    judge_excluded=True,
    loose_baseline=True,
    runs_decide=True,
    rare_centre="median",
)
"""qicharts2 0.8.1: Anhøj's runs rules beside three-sigma limits."""

PROFILES = {profile.name: profile for profile in (MDC, NHSR, ANHOEJ)}
_KINDS = get_type_hints(Profile)


def find_profile(profile: str | Profile) -> Profile:
    """Return the profile of that name, or the profile itself once its fields are checked.

    Raises
    ------
    ArgumentError
        If no profile has that name, or a field holds a choice that does not exist.

    Examples
    --------
    >>> find_profile("nhsr").screen
    True
    """
    if isinstance(profile, str) and profile in PROFILES:
        return PROFILES[profile]
    if not isinstance(profile, Profile):
        known = ", ".join(sorted(PROFILES))
        raise ArgumentError(f"profile={profile!r}", f"one of {known}, or a Profile", "Choose one of these")
    for field, kind in _KINDS.items():
        found, choices = getattr(profile, field), get_args(kind)
        if get_origin(kind) is Literal and found not in choices:
            raise ArgumentError(
                f"profile field {field}={found!r}", f"one of {', '.join(choices)}", "Choose one of these"
            )
        if kind is int and found < 0:
            raise ArgumentError(f"profile field {field}={found}", "a number from 0", "Use 0 to switch it off")
    if not profile.range_constant > 0:
        found = f"profile field range_constant={profile.range_constant}"
        raise ArgumentError(found, "a number above 0", "Use 2.66 or 3 / 1.128")
    return profile
