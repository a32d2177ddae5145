"""Did it change when we changed something: ``interrupted``, a segmented regression.

The series before the change foretells how it would have gone on (the counterfactual); the change may move its level
at once and its slope from then on. y = a + b t + level x after + slope x (t - t0) x after + season, t0 the last step
before the change, so that the level is what changed at the change and not at the origin of time: uncentred, the
same fit to the published Sicilian data calls a ratio of 0.876 a ratio of 0.831 (Lopez Bernal, Cummins and
Gasparrini, Int J Epidemiol 2017;46:348, corrected). Counts have a log link and their exposure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date, Numbers
from sutg_analysis.control.observations import moment_of
from sutg_analysis.errors import ArgumentError, TooFew
from sutg_analysis.result import Result
from sutg_analysis.trends.rate_trend import notes_of
from sutg_analysis.trends.regression import (
    COUNT_LAWS,
    RATIOS,
    Fit,
    Series,
    fit,
    law_of,
    series_of,
    with_season,
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
        scale (``"ratio"`` of rates, or ``"difference"``: of values, or of proportions times ``per``).
    fit
        The regression: coefficients and covariance.
    change
        The first point of the change.
    p
        Of a test that neither level nor slope changed.
    direction, variation
        up or down where the interval of the end's estimate leaves out no change, else none; what that means.
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
        """The level change as a ratio; missing where values or proportions were fitted."""
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
        ``"auto"``: linear for values; binomial for parts of a whole; for other counts Poisson, quasi-Poisson or
        negative binomial by dispersion. Or one of ``"gaussian"``, ``"poisson"``, ``"quasipoisson"``,
        ``"negative_binomial"``, ``"binomial"``.
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
    moment, past = moment_of(change, "change"), line.readings.date
    if not past.min() < moment <= past.max():
        raise ArgumentError(
            f"change={moment:%Y-%m-%d}",
            f"a date after the first ({past.min():%Y-%m-%d}) and up to the last ({past.max():%Y-%m-%d})",
            "Correct the date of the change",
        )
    model = law_of(line, model, per)
    # The last step before the change is the origin of time for all that the change does.
    origin = int(line.step[(past >= moment).to_numpy()].min()) - 1
    side = _sides(line, moment, phase_in, minimum_points)
    after, trend = (line.step > origin).astype(float), (line.step - origin) / line.calendar.a_year
    columns = {"constant": np.ones(len(after)), "trend": trend, "level": after}
    columns |= {"slope": after * trend} if slope else {}
    values = np.where(side == "phase_in", np.nan, line.value)
    kept = replace(line, readings=replace(line.readings, value=values))
    columns = with_season(kept, columns, season, family=model)
    series = series_of(kept, columns)
    if model != "binomial":
        _check_events(series)
    found = fit(series, family=model, errors=errors, maxlags=maxlags)
    years = (int(line.step[line.known].max()) - origin) / line.calendar.a_year
    summary = _summary(found, years if slope else None, confidence, per)
    p = found.joint(("level", "slope")) if slope else found.chance(found.weights(level=1.0))
    end = summary.set_index("term").loc["end"]
    up = end["estimate"] > (1 if end["scale"] == "ratio" else 0)
    direction = "none" if not end["p"] < 1 - confidence else "up" if up else "down"
    return InterruptedResult(
        points=_points(line, columns, found, side, confidence, per),
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
            raise TooFew(
                f"{points} points {name} the change",
                f"{max(minimum, 3)} or more",
                "Wait for more points, or judge by the control chart alone",
            )
    return side


def _check_events(series: Series) -> None:
    after = series.design[:, series.names.index("level")] > 0
    if series.counts and series.response.any():
        for name, part in (("before", ~after), ("after", after)):
            if not series.response[part].any():
                raise TooFew(
                    f"no event {name} the change",
                    "events on both sides: a ratio to nothing has no size",
                    "Report the run of zero, or use a g or t chart",
                )


def _summary(found: Fit, years: float | None, confidence: float, per: float) -> pd.DataFrame:
    """Return a row a term; ``years`` are those from the change to the last point, where the slope may change."""
    terms = {"level": {"level": 1.0}, "trend": {"trend": 1.0}, "end": {"level": 1.0}}
    if years is not None:
        terms = {
            "level": terms["level"],
            "slope": {"slope": 1.0},
            "trend": terms["trend"],
            "end": {"level": 1.0, "slope": years},
        }
    ratio = found.family in RATIOS
    rows = []
    for name, given in terms.items():
        weights = found.weights(**given)
        bounds = (float(bound[0]) for bound in found.line(weights, confidence))
        estimate, lower, upper = (float(np.exp(bound)) if ratio else bound * per for bound in bounds)
        row = {"term": name, "estimate": estimate, "lower": lower, "upper": upper, "p": found.chance(weights)}
        rows.append(row | {"scale": "ratio" if ratio else "difference"})
    return pd.DataFrame(rows)


def _points(
    line: Timeline, columns: dict[str, Numbers], found: Fit, side: np.ndarray, confidence: float, per: float
) -> pd.DataFrame:
    weights = np.stack(list(columns.values()), axis=1)
    undone = weights * np.array([name not in ("level", "slope") for name in columns])
    back = (lambda bound: np.exp(bound) * per) if found.family in RATIOS else (lambda bound: bound * per)
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
