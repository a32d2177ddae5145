"""A regression of a series on time: straight (values) or of a log rate (counts), with honest standard errors.

Counts follow a Poisson, quasi-Poisson or negative binomial law, chosen by how much more they vary than chance
alone: the dispersion is Pearson's X squared over its degrees of freedom. Standard errors come from the model, or
allow for autocorrelation ("hac"): with ``maxlags`` they are Newey and West's; without, neighbours are taken as a
first order autoregression whose coefficient is estimated without bias (:mod:`sutg_analysis.trends.autocorrelation`),
and t has as many degrees of freedom as the series has independent points. On 48 points correlated 0.4, Newey-West
with three lags calls 17 null changes in 100 significant at 5 %, this 5 to 6.

A season is drawn with harmonics, sin and cos of 2 pi k t / season, k = 1, 2: four coefficients for the twelve
months, which few years can carry. "auto" keeps them only where a joint test finds them beyond chance (1 %).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from warnings import catch_warnings, simplefilter

import numpy as np
from scipy import stats

from sutg_analysis.arrays import Numbers, Places
from sutg_analysis.errors import ArgumentError, DataError, TooFew
from sutg_analysis.trends import autocorrelation
from sutg_analysis.trends.timeline import Timeline

FAMILIES = ("auto", "gaussian", "poisson", "quasipoisson", "negative_binomial", "binomial")
COUNT_LAWS = ("poisson", "quasipoisson", "negative_binomial", "binomial")
RATIOS = ("poisson", "quasipoisson", "negative_binomial")
"""Laws with a log link, whose coefficients are logarithms of ratios; those of the others are differences."""
SHARE = 0.1
"""A part of a whole this large, or given a hundred, is a proportion and no rate of events."""
ERRORS = ("auto", "model", "hac")
FAMILY_NAMES = {
    "gaussian": "linear",
    "poisson": "Poisson",
    "quasipoisson": "quasi-Poisson",
    "negative_binomial": "negative binomial",
    "binomial": "binomial",
}
_OVER = 0.05
"""Counts are called overdispersed where a Poisson law would be this unlikely to give their dispersion."""
_CLEARLY = 2.0
"""Log likelihood by which a variance that grows with the square of the mean must fit better."""
_SURE = 0.05
_MOST_HARMONICS, _SEASON_SURE, _FULL_SEASONS = 2, 0.01, 2


@dataclass(frozen=True, eq=False)
class Series:
    """What is fitted: response, log exposure (zero for values), design with its names, steps of time."""

    response: Numbers
    offset: Numbers
    design: Numbers
    names: tuple[str, ...]
    step: Places
    counts: bool

    @property
    def spare(self) -> int:
        """Points beyond the coefficients."""
        return len(self.response) - self.design.shape[1]


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted regression.

    ``freedom`` is infinite where the normal law is used. ``likeness`` is the unbiased autocorrelation of the
    residuals, ``leftover`` the p of a test that they are independent once the errors' model is allowed for.
    """

    names: tuple[str, ...]
    coefficient: Numbers
    covariance: Numbers
    freedom: float
    family: str
    errors: str
    dispersion: float
    likeness: float
    leftover: float

    def line(self, weights: Numbers, confidence: float) -> tuple[Numbers, Numbers, Numbers]:
        """Return estimate, lower and upper of combinations of coefficients, one a row of weights."""
        centre = weights @ self.coefficient
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", weights, self.covariance, weights), 0))
        reach = float(stats.t.ppf(0.5 + confidence / 2, self.freedom)) * error
        return centre, centre - reach, centre + reach

    def weights(self, **given: float) -> Numbers:
        """Return a row of weights: those given by name, 0 for the others."""
        return np.array([[given.get(name, 0.0) for name in self.names]])

    def chance(self, weights: Numbers) -> float:
        """Return the two-sided p of one combination of coefficients, a row of weights."""
        estimate, error = (
            (weights @ self.coefficient).item(),
            np.sqrt((weights @ self.covariance @ weights.T).item()),
        )
        if not error > 0:
            return 1.0 if abs(estimate) < 1e-12 else 0.0
        return float(2 * stats.t.sf(abs(estimate) / error, self.freedom))

    def joint(self, names: tuple[str, ...]) -> float:
        """Return the p of a Wald test that several coefficients are all zero, as Hotelling's with few points."""
        places = [self.names.index(name) for name in names]
        b, block = self.coefficient[places], self.covariance[np.ix_(places, places)]
        if not np.all(np.isfinite(block)) or np.linalg.matrix_rank(block) < len(places):
            return float("nan")
        wald, terms = float(b @ np.linalg.solve(block, b)), len(places)
        if np.isinf(self.freedom):
            return float(stats.chi2.sf(wald, terms))
        spare = max(self.freedom - terms + 1, 1)
        return float(stats.f.sf(wald * spare / (self.freedom * terms), terms, spare))


def fit(series: Series, *, family: str = "auto", errors: str = "auto", maxlags: int | None = None) -> Fit:
    """Fit a series.

    ``family`` is ``"auto"`` for the straight line of values and for counts by their dispersion (of proportions see
    :func:`law_of`). ``errors`` is ``"model"`` or ``"hac"``; ``"auto"`` is hac for values, and for counts where their
    autocorrelation is beyond chance. With ``maxlags`` they are Newey and West's. A series that cannot carry the model
    is an error.
    """
    _check(family, errors, maxlags, series)
    model = _estimated(series, family)
    pearson, weighted = model.residual, model.weighted
    likeness = float(
        autocorrelation.Unbiased.of(weighted, series.step)(autocorrelation.neighbours(pearson, series.step))
    )
    chosen = _chosen(errors, maxlags, series, pearson)
    if chosen == "model":
        covariance, freedom, r = model.covariance, model.freedom, 0.0
    elif maxlags is not None:
        from statsmodels.stats.sandwich_covariance import S_hac_simple

        bread = np.linalg.inv(weighted.T @ weighted)
        covariance = bread @ S_hac_simple(weighted * pearson[:, None], nlags=maxlags) @ bread
        freedom, r = np.inf, 0.0
    else:
        r = max(likeness, 0.0)
        covariance, freedom = _autoregressive(weighted, pearson, series.step, r)
        if model.family in ("poisson", "binomial"):
            # Events are never surer than chance: the covariance is at least that of their law.
            floor = np.trace(covariance) < np.trace(model.covariance)
            covariance = model.covariance if floor else covariance
    return Fit(
        names=series.names,
        coefficient=model.coefficient,
        covariance=covariance,
        freedom=freedom,
        family=model.family,
        errors=chosen if chosen == "model" or maxlags is None else f"hac, {maxlags} lags",
        dispersion=model.dispersion,
        likeness=likeness,
        leftover=_leftover(pearson, r),
    )


def _check(family: str, errors: str, maxlags: int | None, series: Series) -> None:
    if family not in FAMILIES:
        raise ArgumentError(f"model={family!r}", f"one of {', '.join(FAMILIES)}", "Choose one of these")
    if errors not in ERRORS:
        raise ArgumentError(f"errors={errors!r}", f"one of {', '.join(ERRORS)}", "Choose one of these")
    if maxlags is not None and (errors == "model" or not 0 <= maxlags < len(series.response)):
        raise ArgumentError(
            f"maxlags={maxlags} with errors={errors!r}",
            "a number of steps below the number of points, with errors='hac'",
            "Leave it out, or correct it",
        )
    if not series.counts and family not in ("auto", "gaussian"):
        raise ArgumentError(
            f"model={family!r} for values",
            "numerator= and denominator=",
            "Name the counts and their exposure",
        )
    if series.spare < 3:
        raise TooFew(
            f"{len(series.response)} points for {series.design.shape[1]} coefficients",
            "three points or more beyond the coefficients",
            "Wait for more points, or leave out the season",
        )
    if np.linalg.matrix_rank(series.design) < series.design.shape[1]:
        raise TooFew(
            "terms that cannot be told apart in these data",
            "points that tell trend, change and season apart",
            "Leave out the season or the slope, or wait for more points",
        )
    if series.counts and (series.response < 0).any():
        raise DataError("a negative count", "0 or more", "Correct it, or give value= for a measurement")
    if series.counts and not (series.response > 0).any():
        raise TooFew(
            "no event in any period: every count is 0",
            "some events to model",
            "Report the run of zero, or a g or t chart",
        )


@dataclass(frozen=True, eq=False)
class _Model:
    """A fitted mean: coefficients, model covariance, and the weighted design and residual of its last step."""

    family: str
    coefficient: Numbers
    covariance: Numbers
    freedom: float
    dispersion: float
    weighted: Numbers
    residual: Numbers


def _estimated(series: Series, family: str) -> _Model:
    if not series.counts or family == "gaussian":
        return _straight(series)
    if family == "binomial":
        return _proportion(series)
    model, mean = _glm(series, "poisson", 0.0)
    kind = family if family != "auto" else _law(series, mean, model)
    if kind == "quasipoisson":
        return replace(model, family=kind, covariance=model.covariance * model.dispersion)
    return _glm(series, kind, _heterogeneity(series, mean))[0] if kind == "negative_binomial" else model


def _straight(series: Series) -> _Model:
    response = series.response / np.exp(series.offset)
    inverse = np.linalg.inv(series.design.T @ series.design)
    coefficient: Numbers = inverse @ (series.design.T @ response)
    residual = response - series.design @ coefficient
    scale = float(residual @ residual) / series.spare
    covariance = np.asarray(inverse * scale, dtype=np.float64)
    return _Model("gaussian", coefficient, covariance, series.spare, scale, series.design, residual)


def _proportion(series: Series) -> _Model:
    """Fit shares on their own scale, weighted by the binomial law, so that a change is one of percentage points."""
    whole = np.exp(series.offset)
    share = series.response / whole
    fitted = np.full(len(share), series.response.sum() / whole.sum())
    for _ in range(8):
        # Half a person more on either side keeps a share of none or all from having no variance.
        smooth = (np.clip(fitted, 0, 1) * whole + 0.5) / (whole + 1)
        root = np.sqrt(whole / (smooth * (1 - smooth)))
        weighted = series.design * root[:, None]
        inverse = np.linalg.inv(weighted.T @ weighted)
        coefficient: Numbers = inverse @ (weighted.T @ (share * root))
        fitted = series.design @ coefficient
    residual = (share - fitted) * root
    dispersion = float(residual @ residual) / series.spare
    over = stats.chi2.sf(dispersion * series.spare, series.spare) < _OVER
    freedom, scale = (series.spare, dispersion) if over else (np.inf, 1.0)
    return _Model("binomial", coefficient, inverse * scale, freedom, dispersion, weighted, residual)


def law_of(line: Timeline, model: str, per: float) -> str:
    """Return the law asked for; where that is left open, binomial for the parts of a whole.

    Parts of a whole are never more than it, and stand for :data:`SHARE` of it or more, or are given a hundred.
    """
    part, whole = line.readings.numerator, line.readings.denominator
    if model == "auto" and part is not None and whole is not None:
        part, whole = part[line.known], whole[line.known]
        share = float(part.sum() / whole.sum())
        proportion = bool((part <= whole).all()) and (per == 100 or share >= SHARE)
        return "binomial" if proportion else model
    if model == "binomial" and (part is None or whole is None or (part > whole)[line.known].any()):
        raise ArgumentError(
            "model='binomial' for what is not a part of a whole",
            "a numerator that is never more than its denominator",
            "Name both, or use model='auto'",
        )
    return model


def _glm(series: Series, kind: str, alpha: float) -> tuple[_Model, Numbers]:
    """Return the fitted law of counts, and the mean it gives each of them."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    family = sm.families.Poisson() if kind == "poisson" else sm.families.NegativeBinomial(alpha=alpha)
    try:
        with catch_warnings():
            simplefilter("error")
            found = sm.GLM(series.response, series.design, family=family, offset=series.offset).fit()
        if not found.converged or not np.isfinite(found.bse).all() or (found.bse > 1e3).any():
            raise ValueError("the estimate did not settle")
    except (Warning, PerfectSeparationError, np.linalg.LinAlgError, ValueError, FloatingPointError) as fault:
        first = next(iter(str(fault).splitlines()), "no estimate")
        raise TooFew(
            f"counts that the model cannot be fitted to ({first})",
            "events before and after, and in each part of the season",
            "Leave out the season, or use a g or t chart for rare events",
        ) from fault
    weighted = series.design * np.sqrt(found.mu / (1 + alpha * found.mu))[:, None]
    dispersion = float(found.pearson_chi2 / found.df_resid)
    covariance = np.asarray(found.cov_params())
    return _Model(kind, found.params, covariance, np.inf, dispersion, weighted, found.resid_pearson), found.mu


def _law(series: Series, mu: Numbers, model: _Model) -> str:
    """Choose the law of counts by their dispersion."""
    if stats.chi2.sf(model.dispersion * series.spare, series.spare) > _OVER:
        return "poisson"
    squared = (series.response - mu) ** 2
    scores = [
        -0.5 * float((np.log(spread) + squared / spread).sum())
        for spread in (mu * model.dispersion, mu * (1 + _moment(series, mu) * mu))
    ]
    return "negative_binomial" if scores[1] > scores[0] + _CLEARLY else "quasipoisson"


def _moment(series: Series, mu: Numbers) -> float:
    """Return the negative binomial's alpha: var = mu + alpha mu squared, by moments."""
    surplus = ((series.response - mu) ** 2 - mu).sum() * len(mu) / series.spare
    return float(max(surplus / (mu**2).sum(), 1e-8))


def _heterogeneity(series: Series, mu: Numbers) -> float:
    """Return alpha at which Pearson's X squared equals its degrees of freedom."""
    from scipy.optimize import brentq

    def surplus(log_alpha: float) -> float:
        return _glm(series, "negative_binomial", float(np.exp(log_alpha)))[0].dispersion - 1

    low, high = np.log(1e-8), np.log(max(_moment(series, mu) * 100, 1.0))
    if surplus(low) <= 0:
        return 1e-8
    return float(np.exp(brentq(surplus, low, high, xtol=1e-6)))


def _chosen(errors: str, maxlags: int | None, series: Series, residual: Numbers) -> str:
    if maxlags is not None:
        return "hac"
    if errors != "auto":
        return errors
    if not series.counts:
        return "hac"
    ratio = autocorrelation.neighbours(residual, series.step)
    return "hac" if ratio * np.sqrt(len(residual)) > stats.norm.ppf(1 - _SURE) else "model"


def _autoregressive(design: Numbers, residual: Numbers, step: Places, r: float) -> tuple[Numbers, float]:
    """Return the covariance under first order autoregression, and the degrees of freedom left."""
    points, terms = design.shape
    errors = autocorrelation.first_order(r, step)
    bread = np.linalg.inv(design.T @ design)
    inner = design.T @ errors @ design
    left = points - float(np.trace(bread @ inner))
    scale = float(residual @ residual) / left
    alone = points * (1 - r) / (1 + r)
    return bread @ inner @ bread * scale, float(np.clip(alone - terms, 3, points - terms))


def _leftover(residual: Numbers, r: float) -> float:
    """Return the p of Ljung and Box's test on what the autoregression leaves."""
    white = residual[1:] - r * residual[:-1] if r else residual
    points, lags = len(white), min(10, len(white) // 5)
    squares = float(white @ white)
    if lags < 1 or not squares > 0:
        return float("nan")
    like = np.array([float(white[lag:] @ white[:-lag]) / squares for lag in range(1, lags + 1)])
    statistic = points * (points + 2) * float((like**2 / (points - np.arange(1, lags + 1))).sum())
    return float(stats.chi2.sf(statistic, lags))


def series_of(line: Timeline, columns: dict[str, Numbers]) -> Series:
    """Return the known points with their design; counts where the timeline has an exposure or counts alone."""
    readings, known = line.readings, line.known
    counts = readings.numerator is not None
    response = readings.numerator if readings.numerator is not None else readings.value
    offset = np.zeros(len(response)) if readings.denominator is None else np.log(readings.denominator)
    return Series(
        response=response[known].astype(float),
        offset=offset[known],
        design=np.stack([column[known] for column in columns.values()], axis=1),
        names=tuple(columns),
        step=line.step[known],
        counts=counts,
    )


def waves(step: Places, season: float, harmonics: int) -> dict[str, Numbers]:
    """Return the columns of a season.

    Examples
    --------
    >>> {name: column.round(2).tolist() for name, column in waves(np.arange(4), 4, 1).items()}
    {'sin1': [0.0, 1.0, 0.0, -1.0], 'cos1': [1.0, 0.0, -1.0, -0.0]}
    """
    angle = 2 * np.pi * step / season
    pairs = [(k, name) for k in range(1, harmonics + 1) for name in ("sin", "cos")]
    return {f"{name}{k}": getattr(np, name)(k * angle) for k, name in pairs}


def with_season(
    line: Timeline, columns: dict[str, Numbers], asked: int | str | None, *, family: str
) -> dict[str, Numbers]:
    """Return the columns and those of the season: as many harmonics as asked for, or found ("auto"), or none.

    Raises
    ------
    ArgumentError, DataError
        If the number is impossible, or fewer than two seasons are there.
    """
    if asked in (None, False, 0):
        return columns
    calendar, most = line.calendar, (line.calendar.season - 1) // 2
    # A year of weeks is a little more than 52.
    season = calendar.a_year if calendar.step == "week" else float(calendar.season)
    span = int(np.ptp(line.step[line.known])) + 1
    if asked != "auto":
        if isinstance(asked, bool) or not isinstance(asked, int) or not 0 < asked <= most:
            raise ArgumentError(
                f"season={asked!r} of a {calendar.step} calendar",
                f"'auto', None or a number of harmonics up to {most}",
                "Use 'auto'",
            )
        if span < _FULL_SEASONS * calendar.season:
            raise DataError(
                f"{span} {calendar.step}s, less than two seasons",
                f"{_FULL_SEASONS * calendar.season} or more to tell a season",
                "Leave the season out",
            )
        return columns | waves(line.step, season, asked)
    found = waves(line.step, season, min(_MOST_HARMONICS, most))
    series = series_of(line, columns | found)
    if not found or span < _FULL_SEASONS * calendar.season or series.spare < len(found) + 3:
        return columns
    try:
        surely = fit(series, family=family).joint(tuple(found)) < _SEASON_SURE
    except DataError:
        return columns
    return columns | found if surely else columns
