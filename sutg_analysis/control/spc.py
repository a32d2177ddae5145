"""Statistical process control: the one call ``spc``.

A process that only varies as it always does is left alone; a signal that it has changed is looked into. Limits
are made from the process's own short-term variation, four rules look for signals, and two icons sum up: does
the process change (variation), and does it reach its target if nothing changes (assurance).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from sutg_analysis.control import engine
from sutg_analysis.control.caveats import caveats_of
from sutg_analysis.control.limits import find_chart
from sutg_analysis.control.observations import Columns, read, unfinished
from sutg_analysis.control.profiles import Profile, find_profile
from sutg_analysis.control.result import SpcResult
from sutg_analysis.control.segments import Baseline, Dated, divide
from sutg_analysis.control.targets import Per, Target, directions, multipliers, targets


def spc(
    frame: pd.DataFrame,
    *,
    date: str,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    by: str | Sequence[str] | None = None,
    chart: str = "xmr",
    improvement: str | Mapping[Hashable, str] = "increase",
    target: Target | None = None,
    baseline: Baseline | None = None,
    rebase: Dated | None = None,
    exclude: Dated | None = None,
    provisional: str | None = None,
    per: Per = 1,
    profile: str | Profile = "mdc",
) -> SpcResult:
    """Make a control chart of every series in a frame.

    Parameters
    ----------
    frame
        One row an observation (for xbar and s, one row a measurement: rows of one date are a subgroup).
    date
        Column of dates: real dates, or ISO text. A time zone is dropped, the local clock kept.
    value
        Column of the values to plot; or give ``numerator`` and, for rates and proportions, ``denominator``:
        then the value is numerator / denominator x ``per``.
    by
        Key column or columns; each distinct combination is one series.
    chart
        run, xmr, mr, i_prime, xbar, s, p, p_prime, u, u_prime, c, c_prime, g or t.
    improvement
        increase, decrease or neutral; or a column that says so, the same throughout a series; or a mapping of
        series key to one of these.
    target
        A number in the units of the chart; a column; a mapping of series key to number; or a frame of dated
        targets with key columns, start, end (either may be empty: open) and target. A key column that is missing
        from the frame, or empty, means every series. Where several apply the latest start counts.
    baseline
        Number of points, or last date, from which the limits are made and then kept; or a mapping of series
        key to one of these.
    rebase, exclude
        Dates of first points of new segments, and of points to leave out of limits and rules: a date, a list, a
        mapping of series key to dates (of date to reason where there is one series), or a frame with key columns,
        date, reason and author; where it has a column kind, its rows of that kind, so that a table of events
        serves as it is. A rebase in a frame needs reason and author. A rebase between two observations moves to
        the next one, and ``warnings`` says so.
    provisional
        Column of the day up to which a point is known, empty where it is whole. A point that is not is drawn hollow and
        named, and has no part in limits, rules and verdicts.
    per
        Multiplies rates: 100 for per cent, 1000 for a rate per thousand; a number, a column or a mapping.
    profile
        ``"mdc"``, ``"nhsr"`` or ``"anhoej"``, or a :class:`~sutg_analysis.control.profiles.Profile`: any choice can be
        changed, as in ``dataclasses.replace(sutg_analysis.control.profiles.MDC, shift=8)``.

    Returns
    -------
    SpcResult

    Raises
    ------
    ArgumentError
        If an argument or a date in one is wrong.
    DataError
        If the frame cannot carry the chart: text for numbers, two values for one date, a zero denominator.

    Notes
    -----
    A missing value is a gap: the moving ranges on both sides of it are lost, and it ends a shift, a trend and a
    two-of-three window (the runs analysis of qicharts2 looks past it). An excluded point is looked past by all:
    the moving range goes from the point before it to the one after, as in Making Data Count.

    Limits after Shewhart and Wheeler: mean ± 2.66 x mean moving range. Rules after NHS England's Making Data
    Count; runs after Anhøj and Olesen (2014).

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.date_range("2024-01-01", periods=6, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "falls": [4, 6, 5, 7, 5, 6]})
    >>> result = spc(frame, value="falls", date="month", improvement="decrease")
    >>> result.summary[["centre", "lower", "upper", "variation"]].round(3).values.tolist()
    [[5.5, 1.244, 9.756, 'too_few']]
    """
    kind, house = find_chart(chart), find_profile(profile)
    columns = Columns(date, value, numerator, denominator, by)
    readings = read(frame, columns, kind)
    segments = divide(readings, baseline=baseline, rebase=rebase, exclude=exclude, scope=house.baseline_scope)
    known_to = unfinished(frame, provisional, readings)
    if known_to is not None:
        segments = replace(segments, excluded=segments.excluded | known_to.notna().to_numpy())
    readings, lines = engine.plot(readings, segments, kind, house, multipliers(per, frame, readings))
    direction = directions(improvement, frame, readings)
    judged = engine.judge(readings, segments, kind, house, lines, direction, targets(target, frame, readings))
    caveats = caveats_of(judged)
    points, summary = engine.points_of(judged), engine.summary_of(judged, caveats)
    if known_to is not None:
        points, summary = engine.with_provisional(points, summary, known_to=known_to, last=readings.last)
    return SpcResult(
        points=points,
        summary=summary,
        segments=engine.segments_of(judged),
        caveats=caveats,
        by=columns.keys,
        chart_type=kind.name,
        per=per,
        profile=house,
    )
