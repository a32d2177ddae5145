"""How a waiting list moves from period to period: joined by chance, left by chance, never below nobody.

Of each list, additions vary about their mean, and removals about theirs, more of them in a period with more additions
(the slope), and more while the list is long where its history shows that beyond doubt (a list that is cleared as it comes
has removals that follow its size; its capacity cannot be seen). Means, slopes and spreads are themselves uncertain: each
simulated path draws its own from what the history allows (the usual posterior of a normal regression), so that bands
are wide where history is short. List after list = size + additions - removals, at least 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_SURE = 3.0
"""Standard errors by which removals must follow the list's size. A wandering list regressed on itself seems to turn back
more often than a t table says (Dickey and Fuller 1979). Of 2, 2.5, 3 and 4 tried on simulated lists that wander, that
queue at a load of 0.96 and that clear a share of themselves, 3 kept 80 per cent bands nearest to 80."""


@dataclass(frozen=True)
class Draws:
    """One set of parameters a path; arrays of lists by paths, or lists by 1 where they are certain."""

    joining: Numbers
    joining_spread: Numbers
    leaving: Numbers
    leaving_spread: Numbers
    slope: Numbers
    usual_joining: Numbers
    pull: Numbers
    usual_size: Numbers
    flows: bool

    @property
    def mean_joining(self) -> Numbers:
        """Mean additions of each list, over its paths."""
        return self.joining.mean(axis=1)

    @property
    def mean_leaving(self) -> Numbers:
        """Mean removals of each list, over its paths, while its size is usual."""
        return self.leaving.mean(axis=1)


@dataclass(frozen=True)
class Change:
    """What is different in a scenario, each an array of steps (or lists by steps): factors, people, people once."""

    joining_factor: Numbers
    leaving_factor: Numbers
    joining_extra: Numbers
    leaving_extra: Numbers
    removed_once: Numbers


def no_change(steps: int) -> Change:
    """Return the scenario in which nothing changes."""
    return Change(np.ones(steps), np.ones(steps), np.zeros(steps), np.zeros(steps), np.zeros(steps))


def certain(joining: Numbers, joining_spread: Numbers, leaving: Numbers, leaving_spread: Numbers) -> Draws:
    """Return parameters that are given and not estimated, one list a row."""
    column = [np.asarray(value, dtype=float)[:, None] for value in
              (joining, joining_spread, leaving, leaving_spread)]  # fmt: skip
    none = np.zeros_like(column[0])
    return Draws(column[0], column[1], column[2], column[3], none, column[0], none, none, flows=True)


def estimated(
    size: Numbers,
    joined: Numbers,
    left: Numbers,
    *,
    used: NDArray[np.bool_],
    paths: int,
    rng: np.random.Generator,
) -> Draws:
    """Draw parameters that the history of each list allows.

    Parameters
    ----------
    size
        The list at the opening of each period, lists by periods.
    joined, left
        What joined and left it in that period; ``joined`` all zero where only sizes are known.
    used
        Which periods count.
    paths
        How many sets to draw.
    rng
        Where chance comes from.

    Examples
    --------
    >>> periods = np.ones((1, 24), dtype=bool)
    >>> steady = estimated(np.full((1, 24), 100.0), np.full((1, 24), 20.0), np.full((1, 24), 21.0),
    ...                    used=periods, paths=5, rng=np.random.default_rng(1))
    >>> steady.mean_leaving.tolist()
    [21.0]
    """
    weight = used.astype(float)
    many = weight.sum(axis=1)
    flows = bool((joined > 0).any())
    mean_joined = _mean(joined, weight)
    spread = ((joined - mean_joined[:, None]) ** 2 * weight).sum(axis=1)
    joining_spread = np.sqrt(spread[:, None] / rng.chisquare((many - 1)[:, None], (len(many), paths)))
    noise = rng.standard_normal((len(many), paths))
    joining = mean_joined[:, None] + joining_spread / np.sqrt(many)[:, None] * noise
    usual = _mean(size + joined, weight)
    terms = np.stack(
        [np.ones_like(size), joined - mean_joined[:, None], size + joined - usual[:, None]], axis=2
    )
    fit = _fitted(terms, left, weight, flows)
    leaving_spread = np.sqrt(fit.rest[:, None] / rng.chisquare(fit.freedom[:, None], (len(many), paths)))
    noise = rng.standard_normal((len(many), paths, 3))
    drawn = fit.slopes[:, None, :] + leaving_spread[..., None] * np.einsum("sij,spj->spi", fit.root, noise)
    return Draws(
        joining=joining,
        joining_spread=joining_spread,
        leaving=drawn[..., 0],
        leaving_spread=leaving_spread,
        slope=drawn[..., 1],
        usual_joining=mean_joined[:, None],
        pull=drawn[..., 2],
        usual_size=usual[:, None],
        flows=flows,
    )


@dataclass(frozen=True)
class _Fit:
    """Slopes of each list, the root of their covariance over the spread, squares left over, degrees of freedom."""

    slopes: Numbers
    root: Numbers
    rest: Numbers
    freedom: Numbers
    score: Numbers


def _fitted(terms: Numbers, left: Numbers, weight: Numbers, flows: bool) -> _Fit:
    """Fit removals; let them follow the list's size only where that is sure."""
    full = _regression(terms, left, weight, (True, flows, True))
    plain = _regression(terms, left, weight, (True, flows, False))
    sure = (full.score > _SURE) & (full.freedom > 3)
    return _Fit(
        slopes=np.where(sure[:, None], full.slopes, plain.slopes),
        root=np.where(sure[:, None, None], full.root, plain.root),
        rest=np.where(sure, full.rest, plain.rest),
        freedom=np.maximum(np.where(sure, full.freedom, plain.freedom), 1),
        score=full.score,
    )


def _regression(terms: Numbers, left: Numbers, weight: Numbers, chosen: tuple[bool, bool, bool]) -> _Fit:
    """Fit by least squares, lists at once; a term that does not vary gets no slope."""
    kept = terms * np.array(chosen) * weight[..., None]
    varies = (kept**2).sum(axis=1) > 1e-9
    gram = np.einsum("sni,snj->sij", kept, kept) + np.eye(3) * ~varies[:, :, None]
    inverse = np.linalg.pinv(gram, hermitian=True) * varies[:, :, None] * varies[:, None, :]
    slopes = np.einsum("sij,snj,sn->si", inverse, kept, left * weight)
    rest = ((left * weight - np.einsum("sni,si->sn", kept, slopes)) ** 2).sum(axis=1)
    freedom = weight.sum(axis=1) - varies.sum(axis=1)
    error = np.sqrt(rest / np.maximum(freedom, 1) * inverse[:, 2, 2])
    score = np.where(error > 0, slopes[:, 2] / np.where(error > 0, error, 1), 0)
    return _Fit(slopes, _root(inverse), rest, freedom, score)


def _root(matrices: Numbers) -> Numbers:
    values, vectors = np.linalg.eigh(matrices)
    return vectors * np.sqrt(np.maximum(values, 0))[:, None, :]


def _mean(table: Numbers, weight: Numbers) -> Numbers:
    return (table * weight).sum(axis=1) / weight.sum(axis=1)


def noise(lists: int, paths: int, steps: int, *, rng: np.random.Generator) -> Numbers:
    """Draw the chance of additions and of removals, which scenarios share so that they differ by nothing else."""
    return rng.standard_normal((2, steps, lists, paths))


def simulated(draws: Draws, size: Numbers, chance: Numbers, change: Change) -> Numbers:
    """Run every path of every list.

    Parameters
    ----------
    draws
        Parameters of each path.
    size
        The list each starts from.
    chance
        From :func:`noise`.
    change
        What differs in the scenario.

    Returns
    -------
    numpy.ndarray
        Sizes at the close of each step: steps by lists by paths.

    Examples
    --------
    >>> draws = certain(np.array([10.0]), np.zeros(1), np.array([12.0]), np.zeros(1))
    >>> chance = noise(1, 1, 3, rng=np.random.default_rng(1))
    >>> simulated(draws, np.array([3.0]), chance, no_change(3))[:, 0, 0].tolist()
    [1.0, 0.0, 0.0]
    """
    _, steps, lists, paths = chance.shape
    sizes = np.empty((steps, lists, paths))
    now = np.broadcast_to(size[:, None], (lists, paths)).astype(float)
    least = 0.0 if draws.flows else -np.inf
    for step in range(steps):
        usual = np.maximum(draws.joining + draws.joining_spread * chance[0, step], least)
        joining = np.maximum(usual * change.joining_factor[step] + change.joining_extra[step], least)
        leaving = (
            draws.leaving
            + draws.slope * (usual - draws.usual_joining)
            + draws.pull * (now + joining - draws.usual_size)
            + draws.leaving_spread * chance[1, step]
        )
        leaving = np.maximum(leaving, least) * change.leaving_factor[step] + change.leaving_extra[step]
        now = np.maximum(now - change.removed_once[step] + joining - leaving, 0.0)
        sizes[step] = now
    return sizes
