"""Comparing units with one another: funnel plots.

A unit with few cases varies more than one with many, so limits narrow as the denominator grows: a funnel. Where
units differ by more than chance alone, as they nearly always do with large numbers, limits that allow only for
chance call half of them outliers; an overdispersed funnel adds a variance between units, tau squared. Formulas
after Spiegelhalter, *Statistics in Medicine* 2005;24:1185, and NHS England's SHMI method.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import binom, chi2, rankdata

from sutg_analysis.arrays import Flags, Numbers
from sutg_analysis.control.observations import check_column, check_frame
from sutg_analysis.errors import ArgumentError, DataError, TooFew
from sutg_analysis.result import Result

LEVELS = {"95": 1.959964, "998": 3.090232}
"""Two-sided 95 % and 99.8 % limits in standard deviations, as Spiegelhalter prints them."""
_EXACT_TAILS = {"95": 0.025, "998": 0.001}
_DRAWN = 200

Kind = Literal["proportion", "rate", "ratio"]


@dataclass(frozen=True, eq=False)
class FunnelResult(Result):
    """A finished funnel plot.

    Parameters
    ----------
    points
        One row a unit, in order of the unit: the unit's column, numerator, denominator, value, target, lower_95,
        upper_95, lower_998, upper_998, z (on the transformed scale, overdispersion allowed for), trimmed (left
        out of, or pulled in for, the overdispersion), outside_95, outside_998, side (high, low or none).
    lines
        The limits for drawing: denominator, target, lower_95, upper_95, lower_998, upper_998.
    unit, kind, limits, per
        As the call had them; ``limits`` is ``"exact"`` or the scale of the transformation.
    target
        What units are compared with, times ``per``.
    dispersion
        Mean squared z of the units (after trimming); 1 where units differ by chance alone.
    tau_squared
        Variance between units on the transformed scale; 0 without overdispersion.
    overdispersion
        ``"none"``, ``"truncated"`` or ``"winsorised"``.
    """

    _views = "funnel:funnel"
    _drawn = "spec"

    points: pd.DataFrame
    lines: pd.DataFrame
    unit: str
    kind: str
    limits: str
    per: float
    target: float
    dispersion: float
    tau_squared: float
    overdispersion: str

    def __repr__(self) -> str:
        outside = int(self.points["outside_998"].sum())
        return f"<FunnelResult: {self.kind}, {len(self.points)} units, {outside} outside the 99.8 % limits>"


@dataclass(frozen=True)
class Scale:
    """A transformation that makes values near normal: transform, its inverse and its standard error."""

    name: str
    kind: Kind

    def transform(self, numerator: Numbers, denominator: Numbers) -> Numbers:
        """Return units' values on this scale."""
        with np.errstate(divide="ignore"):
            if self.name == "arcsine":
                return np.arcsin(np.sqrt(numerator / denominator))
            if self.name == "root":
                return np.sqrt(numerator / denominator)
            if self.kind == "rate":
                return np.log((numerator + 0.5) / (denominator + 0.5))
            return np.log(numerator / denominator)

    def level(self, target: float) -> float:
        """Return the target on this scale."""
        if self.name == "arcsine":
            return float(np.arcsin(np.sqrt(target)))
        return float(np.sqrt(target) if self.name == "root" else np.log(target))

    def back(self, level: Numbers) -> Numbers:
        """Return levels of this scale as values."""
        if self.name == "arcsine":
            return np.sin(np.clip(level, 0, np.pi / 2)) ** 2
        return np.maximum(level, 0) ** 2 if self.name == "root" else np.exp(level)

    def error(self, denominator: Numbers, target: float) -> Numbers:
        """Return the standard error under the target.

        Under the target, not from the unit's own count: a unit without events would seem the surest of all.
        """
        if self.name in ("arcsine", "root"):
            return 1 / (2 * np.sqrt(denominator))
        expected = target * denominator
        if self.kind == "rate":
            return np.sqrt(expected / (expected + 0.5) ** 2 + denominator / (denominator + 0.5) ** 2)
        return 1 / np.sqrt(expected)


_SCALES: dict[str, tuple[str, ...]] = {"proportion": ("arcsine",), "rate": ("log",), "ratio": ("log", "root")}


def funnel(
    frame: pd.DataFrame,
    *,
    unit: str,
    numerator: str,
    denominator: str,
    kind: Kind = "proportion",
    limits: str | None = None,
    overdispersion: Literal["none", "truncated", "winsorised"] = "none",
    trim: float = 0.1,
    target: float | None = None,
    per: float = 1,
) -> FunnelResult:
    """Compare units by a funnel plot.

    Parameters
    ----------
    frame
        One row a unit, or several, which are added up.
    unit, numerator, denominator
        Columns: the unit; the count; the cases it is out of (proportion), the exposure (rate) or the expected
        count (ratio).
    kind
        ``"proportion"``, ``"rate"`` or ``"ratio"`` (observed over expected).
    limits
        ``"exact"`` (binomial or Poisson), or a transformation: ``"arcsine"`` for proportions, ``"log"`` for rates
        and ratios, ``"root"`` for ratios. By default exact, and transformed where overdispersion is asked for.
    overdispersion
        ``"truncated"`` leaves out the extreme units at both ends when the dispersion is measured (SHMI),
        ``"winsorised"`` pulls them in (CQC).
    trim
        The share of units that are extreme, at each end.
    target
        What units are compared with, before ``per``: by default all numerators over all denominators, and 1 for a
        ratio.
    per
        Multiplies values and limits.

    Returns
    -------
    FunnelResult

    Raises
    ------
    ArgumentError, DataError
        If an argument is unknown, a column missing, a count negative or a denominator not above 0.

    Examples
    --------
    >>> wards = pd.DataFrame({"ward": list("ABC"), "falls": [15, 20, 45], "expected": [15.0, 20.0, 30.0]})
    >>> result = funnel(wards, unit="ward", numerator="falls", denominator="expected", kind="ratio")
    >>> result.points[["lower_95", "upper_95", "outside_95"]].round(4).values.tolist()[2]
    [0.6747, 1.4276, True]
    """
    scale = _checked_scale(kind, limits, overdispersion)
    table = _units(frame, unit, numerator, denominator, kind)
    above, below = table[numerator].to_numpy(dtype=float), table[denominator].to_numpy(dtype=float)
    aim = _aim(target, kind, above, below, trim, per)
    error = scale.error(below, aim)
    z = (scale.transform(above, below) - scale.level(aim)) / error
    dispersion, tau_squared, trimmed = _between(z, error, overdispersion, trim)
    exact = limits == "exact" or (limits is None and overdispersion == "none")
    value, bounds = above / below * per, _limits(below, aim, scale, tau_squared, exact=exact, per=per)
    points = pd.DataFrame(
        {
            unit: table[unit],
            "numerator": table[numerator],
            "denominator": table[denominator],
            "value": value,
            "target": aim * per,
            **bounds,
            "z": (scale.transform(above, below) - scale.level(aim)) / np.sqrt(error**2 + tau_squared),
            "trimmed": trimmed,
        }
    )
    for name in LEVELS:
        points[f"outside_{name}"] = (value > bounds[f"upper_{name}"]) | (value < bounds[f"lower_{name}"])
    sides = [value > bounds["upper_95"], value < bounds["lower_95"]]
    points["side"] = pd.Series(np.select(sides, ["high", "low"], default="none"), dtype="str")
    grid = np.geomspace(max(below.min() * 0.9, 0.1), below.max() * 1.1, _DRAWN)
    bounds = _limits(grid, aim, scale, tau_squared, exact=exact, per=per)
    return FunnelResult(
        points=points,
        lines=pd.DataFrame({"denominator": grid, "target": aim * per, **bounds}),
        unit=unit,
        kind=kind,
        limits="exact" if exact else scale.name,
        per=per,
        target=aim * per,
        dispersion=dispersion,
        tau_squared=tau_squared,
        overdispersion=overdispersion,
    )


def _checked_scale(kind: str, limits: str | None, overdispersion: str) -> Scale:
    if kind not in _SCALES:
        raise ArgumentError(f"kind={kind!r}", f"one of {', '.join(_SCALES)}", "Choose one of these")
    if overdispersion not in ("none", "truncated", "winsorised"):
        raise ArgumentError(
            f"overdispersion={overdispersion!r}", "none, truncated or winsorised", "Choose one of these"
        )
    choices = ("exact", *_SCALES[kind])
    if limits is not None and limits not in choices:
        raise ArgumentError(
            f"limits={limits!r} for a {kind}", f"one of {', '.join(choices)}", "Choose one of these"
        )
    if limits == "exact" and overdispersion != "none":
        raise ArgumentError(
            "exact limits with overdispersion", f"limits={_SCALES[kind][0]!r}", "Leave limits= out"
        )
    name = limits if limits in _SCALES[kind] else _SCALES[kind][0]
    if kind == "ratio" and limits is None and overdispersion == "winsorised":
        name = "root"
    return Scale(str(name), kind)  # type: ignore[arg-type]


def _units(frame: pd.DataFrame, unit: str, numerator: str, denominator: str, kind: str) -> pd.DataFrame:
    """Return one row a unit, checked."""
    check_frame(frame)
    for column in (unit, numerator, denominator):
        check_column(frame, column)
    for column in (numerator, denominator):
        if not pd.api.types.is_numeric_dtype(frame[column].dtype):
            raise DataError(
                f"{frame[column].dtype} values in column {column!r}", "numbers", "Convert them to numbers"
            )
    known = frame[[unit, numerator, denominator]].dropna()
    if len(known) < len(frame):
        place = ", ".join(sorted(map(str, frame.loc[~frame.index.isin(known.index), unit].unique()))[:5])
        raise DataError(
            f"missing values for unit {place}", "a count and a denominator each", "Fill or drop the rows"
        )
    table = known.groupby(unit, as_index=False, sort=True)[[numerator, denominator]].sum()
    if len(table) < 2:
        raise TooFew(
            f"{len(table)} unit in column {unit!r}", "two units or more to compare", "Check the filter"
        )
    above, below = table[numerator], table[denominator]
    _refuse(
        table[unit], (above < 0) | np.isinf(above), f"a negative or infinite count in column {numerator!r}"
    )
    _refuse(
        table[unit], (below <= 0) | np.isinf(below), f"a denominator not above 0 in column {denominator!r}"
    )
    if kind == "proportion":
        _refuse(table[unit], above > below, f"numerator {numerator!r} above denominator {denominator!r}")
    return table


def _refuse(units: pd.Series, wrong: pd.Series, found: str) -> None:
    if wrong.any():
        raise DataError(
            f"{found}, unit {units[wrong].iloc[0]!r}", "possible counts", "Correct or drop the unit"
        )


def _aim(target: float | None, kind: str, above: Numbers, below: Numbers, trim: float, per: float) -> float:
    if not 0 <= trim < 0.5:
        raise ArgumentError(f"trim={trim}", "a share from 0 to below 0.5", "Use 0.1")
    if not (isinstance(per, Real) and 0 < per < np.inf):
        raise ArgumentError(f"per={per!r}", "a number above 0", "Use 1, 100 or 1000")
    aim = target if target is not None else 1.0 if kind == "ratio" else float(above.sum() / below.sum())
    if not (isinstance(aim, Real) and 0 < aim < np.inf) or (kind == "proportion" and aim >= 1):
        raise ArgumentError(
            f"target={aim!r}",
            "above 0 (and below 1 for a proportion)",
            "Give target= before per, or compare by a table",
        )
    return float(aim)


def _between(z: Numbers, error: Numbers, how: str, trim: float) -> tuple[float, float, Flags]:
    """Return the dispersion, the variance between units, and which units were trimmed."""
    if how == "truncated":
        rank = rankdata(z)
        trimmed = (rank < (len(z) + 1) * trim) | (rank >= (len(z) + 1) * (1 - trim) - 1e-9)
        z, error = z[~trimmed], error[~trimmed]
    elif how == "winsorised":
        low, high = np.quantile(z, [trim, 1 - trim])
        trimmed = (z < low) | (z > high)
        z = np.clip(z, low, high)
    else:
        return float(np.mean(z**2)), 0.0, np.zeros(len(z), dtype=bool)
    weight = 1 / error**2
    surplus = (z**2).sum() - (len(z) - 1)
    between = surplus / (weight.sum() - (weight**2).sum() / weight.sum())
    return float(np.mean(z**2)), float(max(0.0, between)), trimmed


def _limits(
    denominator: Numbers, target: float, scale: Scale, tau_squared: float, *, exact: bool, per: float
) -> dict[str, Numbers]:
    """Return the limits by name: exact ones, or those of a transformation."""
    if exact:
        return {name: bound * per for name, bound in _exact(denominator, target, scale.kind).items()}
    level, error = scale.level(target), np.sqrt(scale.error(denominator, target) ** 2 + tau_squared)
    return {
        f"{side}_{name}": scale.back(level + sign * width * error) * per
        for name, width in LEVELS.items()
        for side, sign in (("lower", -1), ("upper", 1))
    }


def _exact(denominator: Numbers, target: float, kind: Kind) -> dict[str, Numbers]:
    """Return binomial limits, interpolated between counts (Spiegelhalter 2005, A.1.1), or Poisson limits."""
    found = {}
    for name, tail in _EXACT_TAILS.items():
        for side, part in (("lower", tail), ("upper", 1 - tail)):
            if kind == "proportion":
                whole = np.maximum(np.round(denominator), 1)
                count = binom.ppf(part, whole, target)
                over = (binom.cdf(count, whole, target) - part) / binom.pmf(count, whole, target)
                found[f"{side}_{name}"] = np.clip((count - over) / whole, 0, 1)
            else:
                expected = denominator * target
                events = expected + (side == "upper")
                found[f"{side}_{name}"] = target * chi2.ppf(part, 2 * events) / (2 * expected)
    return found
