"""Did it change when we changed something: ``interrupted``, a segmented regression.

The series before the change foretells how it would have gone on (the counterfactual); the change may move its level
at once and its slope from then on. y = a + b t + level x after + slope x (t - t0) x after + season, t0 the last step
before the change, so that the level is what changed at the change and not at the origin of time: uncentred, the
same fit to the published Sicilian data calls a ratio of 0.876 a ratio of 0.831 (Lopez Bernal, Cummins and
Gasparrini, Int J Epidemiol 2017;46:348, corrected). Counts have a log link and their exposure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sutg_analysis.arrays import Date, Flags, Numbers
from sutg_analysis.control.observations import moment_of
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Result
from sutg_analysis.trends.rate_trend import notes_of
from sutg_analysis.trends.regression import (
    COUNT_LAWS,
    Fit,
    Series,
    fit,
    harmonics_of,
    series_of,
    wave_length,
    waves,
)
from sutg_analysis.trends.timeline import (
    MINIMUM,
    Timeline,
    check_confidence,
    check_direction,
    timeline,
    variation,
)


@dataclass(frozen=True, eq=False)
class InterruptedResult(Result):
    """A change and what it did.

    Parameters
    ----------
    points
        One row an observation: date, value, phase (before, phase_in, after), fitted, counterfactual,
        counterfactual_lower, counterfactual_upper (missing before the change).
    summary
        One row a term: term (level: the change at the change; slope: the change of slope, a year; trend: the slope
        before, a year; end: the difference from the counterfactual at the last point), estimate, lower, upper, p,
        scale (``"ratio"`` of rates, or ``"difference"``).
    fit
        The regression: coefficients and covariance.
    change
        The first point of the change.
    p
        Of a test that neither level nor slope changed.
    direction, variation
        up, down or none of the end's estimate where p is below 1 - confidence; what that means.
    before, after
        Points on either side.
    step, per, improvement, confidence, notes
        As found or as the call had them; notes say what limits the verdict.
    """

    _views = "trends:interrupted"

    points: pd.DataFrame
    summary: pd.DataFrame
    fit: Fit
    change: pd.Timestamp
    p: float
    direction: str
    variation: str
    before: int
    after: int
    step: str
    per: float
    improvement: str
    confidence: float
    notes: tuple[str, ...]

    @property
    def rate_ratio(self) -> float:
        """The level change as a ratio; missing where values and not counts were fitted."""
        row = self.term("level")
        return float(row["estimate"]) if row["scale"] == "ratio" else float("nan")

    @property
    def level_change(self) -> float:
        """The level change, a ratio of rates or a difference of values."""
        return float(self.term("level")["estimate"])

    @property
    def dispersion(self) -> float:
        """Pearson's X squared over its degrees of freedom."""
        return self.fit.dispersion

    def term(self, name: str) -> pd.Series:
        """Return the row of one term."""
        rows = self.summary[self.summary["term"] == name]
        if rows.empty:
            raise ArgumentError(f"no term {name!r}", ", ".join(self.summary["term"]), "Ask for one of these")
        return rows.iloc[0]

    def __repr__(self) -> str:
        row = self.term("level")
        return (
            f"<InterruptedResult: level {row['scale']} {row['estimate']:.4g} ({row['lower']:.4g} to "
            f"{row['upper']:.4g}) at {self.change:%Y-%m-%d}>"
        )


def interrupted(
    frame: pd.DataFrame,
    *,
    date: str,
    change: Date | int,
    value: str | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    exposure: str | None = None,
    slope: bool = True,
    phase_in: int = 0,
    season: int | str | None = "auto",
    model: str = "auto",
    errors: str = "auto",
    maxlags: int | None = None,
    per: float = 1,
    improvement: str = "neutral",
    confidence: float = 0.95,
    minimum_points: int = MINIMUM,
) -> InterruptedResult:
    """Measure a change of level and slope at a date.

    Parameters
    ----------
    frame, date
        One row a period.
    change
        First date of the change.
    value
        Column of values; or ``numerator`` and ``denominator`` (another name: ``exposure``) of counts. ``value``
        with an exposure is a count.
    slope
        Whether the slope may change too.
    phase_in
        Points from the change on to leave out, while the change comes in.
    season
        ``"auto"``, ``None`` or a number of harmonics.
    model
        ``"auto"``: linear for values; for counts Poisson, quasi-Poisson or negative binomial by dispersion. Or one
        of ``"gaussian"``, ``"poisson"``, ``"quasipoisson"``, ``"negative_binomial"``.
    errors, maxlags
        ``"auto"``, ``"model"`` or ``"hac"``; with ``maxlags``, Newey and West's. See
        :func:`sutg_analysis.trends.regression.fit`.
    per
        Multiplies rates.
    improvement
        increase, decrease or neutral.
    confidence
        Of the intervals.
    minimum_points
        Fewest points on either side.

    Returns
    -------
    InterruptedResult

    Raises
    ------
    ArgumentError
        If the change is outside the dates, or an argument is wrong.
    DataError
        If either side has too few points, or counts cannot be fitted.

    Examples
    --------
    >>> months = pd.date_range("2022-01-01", periods=24, freq="MS")
    >>> y = [10 + (0.5, -0.5, 0.25, -0.25)[place % 4] - 4 * (place >= 12) for place in range(24)]
    >>> frame = pd.DataFrame({"month": months, "falls": y})
    >>> result = interrupted(frame, value="falls", date="month", change="2023-01-01", improvement="decrease")
    >>> round(result.level_change), result.variation
    (-4, 'improvement')
    """
    check_direction(improvement)
    check_confidence(confidence)
    line = timeline(
        frame,
        date=date,
        value=value,
        numerator=numerator,
        denominator=denominator,
        exposure=exposure,
        counts=model in COUNT_LAWS,
    )
    moment = moment_of(change, "change")
    start = _start(line, moment)
    side = _sides(line, moment, phase_in, minimum_points)
    columns = _columns(line, start, slope)
    kept = _kept(line, side != "phase_in")
    harmonics = harmonics_of(kept, _rows(columns, side), season, family=model)
    full = {**columns, **waves(line.step, wave_length(line), harmonics)}
    series = series_of(kept, _rows(full, side))
    _check_events(series)
    found = fit(series, family=model, errors=errors, maxlags=maxlags)
    changed = ("level", "slope") if slope else ("level",)
    summary = _summary(line, found, start, slope, confidence, per)
    p = found.joint(changed) if slope else found.chance("level")
    direction = _direction(summary, p, 1 - confidence)
    return InterruptedResult(
        points=_points(line, full, found, side, confidence, per),
        summary=summary,
        fit=found,
        change=moment,
        p=p,
        direction=direction,
        variation=variation(pd.Series([direction]), improvement).iloc[0],
        before=int((line.known & (side == "before")).sum()),
        after=int((line.known & (side == "after")).sum()),
        step=line.calendar.step,
        per=per,
        improvement=improvement,
        confidence=confidence,
        notes=tuple(_notes(line, series, found, side)),
    )


def _start(line: Timeline, moment: pd.Timestamp) -> int:
    """Return the step of the first point of the change."""
    date = line.readings.date
    if not date.min() < moment <= date.max():
        raise ArgumentError(
            f"change={moment:%Y-%m-%d}",
            f"a date after the first ({date.min():%Y-%m-%d}) and up to the last ({date.max():%Y-%m-%d})",
            "Correct the date of the change",
        )
    return int(line.step[(date >= moment).to_numpy()].min())


def _sides(line: Timeline, moment: pd.Timestamp, phase_in: int, minimum: int) -> np.ndarray:
    """Return before, phase_in or after of each observation."""
    if isinstance(phase_in, bool) or not isinstance(phase_in, int) or phase_in < 0:
        raise ArgumentError(f"phase_in={phase_in!r}", "a number of points, 0 or more", "Correct it")
    past = (line.readings.date >= moment).to_numpy()
    order = np.cumsum(past)
    side = np.select([~past, order <= phase_in], ["before", "phase_in"], default="after")
    for name in ("before", "after"):
        points = int(((side == name) & line.known).sum())
        if points < max(minimum, 3):
            raise DataError(
                f"{points} points {name} the change",
                f"{max(minimum, 3)} or more",
                "Wait for more points, or judge by the control chart alone",
            )
    return side


def _columns(line: Timeline, start: int, slope: bool) -> dict[str, Numbers]:
    after = (line.step >= start).astype(float)
    year = line.calendar.a_year
    columns = {"constant": np.ones(len(after)), "trend": (line.step - (start - 1)) / year, "level": after}
    return {**columns, "slope": after * columns["trend"]} if slope else columns


def _rows(columns: dict[str, Numbers], side: np.ndarray) -> dict[str, Numbers]:
    return {name: column[side != "phase_in"] for name, column in columns.items()}


def _kept(line: Timeline, kept: Flags) -> Timeline:
    """Return the timeline of some observations, their steps as they were."""
    readings = line.readings
    part = replace(
        readings,
        series=readings.series[kept],
        row=readings.row[kept],
        date=readings.date[kept].reset_index(drop=True),
        value=readings.value[kept],
        numerator=None if readings.numerator is None else readings.numerator[kept],
        denominator=None if readings.denominator is None else readings.denominator[kept],
    )
    return Timeline(part, line.step[kept], line.calendar)


def _check_events(series: Series) -> None:
    after = series.design[:, series.names.index("level")] > 0
    if series.counts and series.response.any():
        for name, part in (("before", ~after), ("after", after)):
            if not series.response[part].any():
                raise DataError(
                    f"no event {name} the change",
                    "events on both sides: a ratio to nothing has no size",
                    "Report the run of zero, or use a g or t chart",
                )


def _summary(
    line: Timeline, found: Fit, start: int, slope: bool, confidence: float, per: float
) -> pd.DataFrame:
    years = (int(line.step[line.known].max()) - (start - 1)) / line.calendar.a_year
    terms = {"level": {"level": 1.0}, "trend": {"trend": 1.0}, "end": {"level": 1.0}}
    if slope:
        terms = {
            "level": {"level": 1.0},
            "slope": {"slope": 1.0},
            "trend": {"trend": 1.0},
            "end": {"level": 1.0, "slope": years},
        }
    rows = [_term(found, name, weights, confidence, per) for name, weights in terms.items()]
    return pd.DataFrame(rows)


def _term(found: Fit, name: str, given: dict[str, float], confidence: float, per: float) -> dict[str, Any]:
    weights = np.array([[given.get(column, 0.0) for column in found.names]])
    bounds = [float(bound[0]) for bound in found.line(weights, confidence)]
    ratio = found.family != "gaussian"
    error = (bounds[2] - bounds[0]) / found.reach(confidence)
    estimate, lower, upper = (float(np.exp(bound)) if ratio else bound * per for bound in bounds)
    p = _chance(bounds[0], error, found)
    scale = "ratio" if ratio else "difference"
    return {"term": name, "estimate": estimate, "lower": lower, "upper": upper, "p": p, "scale": scale}


def _chance(estimate: float, error: float, found: Fit) -> float:
    if not error > 0:
        return 1.0 if abs(estimate) < 1e-12 else 0.0
    return float(2 * stats.t.sf(abs(estimate) / error, found.freedom))


def _direction(summary: pd.DataFrame, p: float, level: float) -> str:
    end = summary.set_index("term").loc["end"]
    if not p < level:
        return "none"
    return "up" if end["estimate"] > (1 if end["scale"] == "ratio" else 0) else "down"


def _points(
    line: Timeline, columns: dict[str, Numbers], found: Fit, side: np.ndarray, confidence: float, per: float
) -> pd.DataFrame:
    weights = np.stack(list(columns.values()), axis=1)
    undone = weights * np.array([name not in ("level", "slope") for name in columns])
    back = (lambda bound: np.exp(bound) * per) if found.family != "gaussian" else (lambda bound: bound * per)
    fitted = back(found.line(weights, confidence)[0])
    other = [back(bound) for bound in found.line(undone, confidence)]
    past = side != "before"
    readings = line.readings
    return pd.DataFrame(
        {
            "date": readings.date.array,
            "value": readings.value * per,
            "phase": pd.array(side.tolist(), dtype="str"),
            "fitted": np.where(side == "phase_in", np.nan, fitted),
            "counterfactual": np.where(past, other[0], np.nan),
            "counterfactual_lower": np.where(past, other[1], np.nan),
            "counterfactual_upper": np.where(past, other[2], np.nan),
        }
    )


def _notes(line: Timeline, series: Series, found: Fit, side: np.ndarray) -> list[str]:
    few = min(int(((side == name) & line.known).sum()) for name in ("before", "after"))
    notes = [f"only {few} points on one side of the change: a slope is not sure"] if few < 12 else []
    left = int((side == "phase_in").sum())
    notes += [f"points left out while the change came in: {left}"] if left else []
    return notes + notes_of(line, series, found)
