"""How a waiting list moves from period to period: joined by chance, left by chance, never below nobody.

Of each list, additions vary about their mean, and removals about theirs, more of them in a period with more additions
(the slope), and more while the list is long where its history shows that beyond doubt (a list that is cleared as it comes
has removals that follow its size; its capacity cannot be seen). Means, slopes and spreads are themselves uncertain: each
simulated path draws its own from what the history allows (the usual posterior of a normal regression), so that bands
are wide where history is short. List after list = size + additions - removals, at least 0.

What it learns from is the past: lists by periods, read from referrals, from the points of a waiting list, or from any
table of sizes with or without what joined and left. Periods may not be missing: a gap would be taken for one large step.
How good such forecasts are is tried on that past: from one period after another, against the list staying as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.catalogue.referrals import NO_DAY, to_days
from sutg_analysis.control.observations import check_column, check_frame
from sutg_analysis.errors import DataError
from sutg_analysis.waiting.groups import group_numbers, names_of
from sutg_analysis.waiting.waiting_list import WaitingListResult, waiting_list

_SURE = 3.0
"""Standard errors by which removals must follow the list's size. A wandering list regressed on itself seems to turn back
more often than a t table says (Dickey and Fuller 1979). Of 2, 2.5, 3 and 4 tried on simulated lists that wander, that
queue at a load of 0.96 and that clear a share of themselves, 3 kept 80 per cent bands nearest to 80."""


@dataclass(frozen=True)
class Draws:
    """One set of parameters a path; arrays of lists by paths, or lists by 1 where they are certain.

    ``moved`` is how far the net flow is from its mean by now, ``moving`` the spread of its further steps.
    """

    joining: Numbers
    joining_spread: Numbers
    leaving: Numbers
    leaving_spread: Numbers
    slope: Numbers
    usual_joining: Numbers
    pull: Numbers
    usual_size: Numbers
    moved: Numbers
    moving: Numbers
    flows: bool


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
    joins, joins_spread, leaves, leaves_spread = (
        np.asarray(value, dtype=float)[:, None]
        for value in (joining, joining_spread, leaving, leaving_spread)
    )
    none = np.zeros_like(joins)
    return Draws(joins, joins_spread, leaves, leaves_spread, none, joins, none, none, none, none, flows=True)


def estimated(
    size: Numbers,
    joined: Numbers,
    left: Numbers,
    *,
    used: Flags,
    known: Flags | None = None,
    paths: int,
    rng: np.random.Generator,
) -> Draws:
    """Draw parameters that the history of each list allows; all tables are lists by periods.

    ``size`` is the list at the opening of a period; ``joined`` is all zero where only sizes are known; ``used`` says
    which periods count, ``known`` which tell whether the level of flows moves (more of them tell it better).

    Examples
    --------
    >>> periods = np.ones((1, 24), dtype=bool)
    >>> steady = estimated(np.full((1, 24), 100.0), np.full((1, 24), 20.0), np.full((1, 24), 21.0),
    ...                    used=periods, paths=5, rng=np.random.default_rng(1))
    >>> steady.leaving.mean(axis=1).tolist()
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
    shock = (1 - fit.slopes[:, 1:2]) * terms[..., 1] - (left - np.einsum("sni,si->sn", terms, fit.slopes))
    level = _level(shock, used if known is None else known, paths, rng, many)
    return Draws(
        joining=joining,
        joining_spread=joining_spread * level.share,
        leaving=drawn[..., 0],
        leaving_spread=leaving_spread * level.share,
        slope=drawn[..., 1],
        usual_joining=mean_joined[:, None],
        pull=drawn[..., 2],
        usual_size=usual[:, None],
        moved=level.moved,
        moving=level.moving,
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


_RATIOS = np.array([0.0, 0.01, 0.03, 0.1, 0.3, 1.0])
"""Variances of a step of the level, over that of chance, that are weighed against each other."""
_STEP = 2.0
"""Variance of a step that comes once, over that of chance."""
_STILL = 0.5
"""Weight, before the history is seen, of a level that does not move."""


@dataclass(frozen=True)
class _Level:
    """Where the level of net flow has moved to, the spread of its steps, and the share of the spread that is chance."""

    moved: Numbers
    moving: Numbers
    share: Numbers


def _level(shock: Numbers, used: Flags, paths: int, rng: np.random.Generator, many: Numbers) -> _Level:
    """Draw a moving level of net flow for each path: as a local level model has it (Harvey 1989), or one step.

    Each candidate is weighed by its likelihood; a path draws a candidate, and then the level. Demand that
    drifts, capacity that stays low once it is low, and a loss for good are such levels; steady flows seldom are. The mean of ``many`` periods is uncertain already.
    """
    lists, periods = shock.shape
    # Candidates: a level that walks, by ratio, the first of them still; and one that steps once, at each period.
    walks = np.concatenate([_RATIOS, np.zeros(periods - 1)])
    steps = np.hstack([np.zeros((periods, len(_RATIOS))), _STEP * np.eye(periods)[:, 1:]])
    mean, error = np.zeros((lists, len(walks))), np.full((lists, len(walks)), np.inf)
    squares, logs = np.zeros_like(mean), np.zeros_like(mean)
    for place in range(periods):
        seen = used[:, place, None]
        begun = np.isfinite(error)
        before = np.where(begun, error + walks + steps[place], 1.0)
        whole, gap = before + 1, shock[:, place, None] - mean
        squares += np.where(seen & begun, gap**2 / whole, 0)
        logs += np.where(seen & begun, np.log(whole), 0)
        gain = np.where(begun, before / whole, 1.0)
        mean = np.where(seen, mean + gain * gap, mean)
        error = np.where(seen, np.where(begun, before / whole, 1.0), np.where(begun, before, np.inf))
    freedom = np.maximum(used.sum(axis=1) - 1, 1)[:, None]
    variance = np.maximum(squares / freedom, 1e-12)
    half = (1 - _STILL) / 2
    prior = np.log(np.where(walks > 0, half / (len(_RATIOS) - 1), half / (periods - 1)))
    prior[0] = np.log(_STILL)
    likely = prior - logs / 2 - freedom / 2 * np.log(variance)
    weight = np.exp(likely - likely.max(axis=1, keepdims=True)).cumsum(axis=1)
    pick = (rng.random((lists, paths, 1)) * weight[:, None, -1:] > weight[:, None, :]).sum(axis=2)
    row = np.arange(lists)[:, None]
    chosen = variance[row, pick]
    # How little a mean is known is in the draws of the flows already.
    extra = np.maximum(chosen * error[row, pick] - variance[:, :1] / many[:, None], 0)
    moved = mean[row, pick] + np.sqrt(extra) * rng.standard_normal((lists, paths))
    return _Level(
        moved=np.where(pick > 0, moved, 0.0),
        moving=np.sqrt(chosen * walks[pick]),
        share=np.minimum(np.sqrt(chosen / variance[:, :1]), 1.0),
    )


def _root(matrices: Numbers) -> Numbers:
    values, vectors = np.linalg.eigh(matrices)
    return vectors * np.sqrt(np.maximum(values, 0))[:, None, :]


def _mean(table: Numbers, weight: Numbers) -> Numbers:
    return (table * weight).sum(axis=1) / weight.sum(axis=1)


def noise(lists: int, paths: int, steps: int, *, rng: np.random.Generator) -> Numbers:
    """Draw the chance of additions, removals and the level, which scenarios share so that they differ by nothing else."""
    return rng.standard_normal((3, steps, lists, paths))


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
    level = draws.moved
    for step in range(steps):
        level = level + draws.moving * chance[2, step]
        usual = np.maximum(draws.joining + draws.joining_spread * chance[0, step], least)
        joining = np.maximum(usual * change.joining_factor[step] + change.joining_extra[step], least)
        leaving = (
            draws.leaving
            + draws.slope * (usual - draws.usual_joining)
            + draws.pull * (now + joining - draws.usual_size)
            + draws.leaving_spread * chance[1, step]
        )
        leaving = np.maximum(leaving, least) * change.leaving_factor[step] + change.leaving_extra[step]
        now = np.maximum(now - change.removed_once[step] + joining - leaving + level, 0.0)
        sizes[step] = now
    return sizes


WEEKS = {"month": 365.25 / 12 / 7, "week": 1.0, "day": 1 / 7, "quarter": 365.25 / 4 / 7}
USED = {"month": 24, "week": 52, "day": 180, "quarter": 12}
"""Periods to learn from unless asked otherwise: enough to see the spread, and still today's service."""

_STEPS = {"month": "MS", "week": "7D", "day": "D", "quarter": "QS-JAN"}


@dataclass(frozen=True, eq=False)
class History:
    """Lists by periods; ``opening`` and ``closing`` sizes, what joined and left, missing before a list begins.

    ``joined`` is all zero and ``left`` the fall in size where only sizes are known.
    """

    keys: pd.DataFrame
    dates: pd.DatetimeIndex
    opening: Numbers
    closing: Numbers
    joined: Numbers
    left: Numbers
    flows: bool
    every: str
    problems: pd.DataFrame

    def known(self) -> Flags:
        """Return the periods of each list of which all is known."""
        return ~np.isnan(self.opening + self.closing + self.joined + self.left)

    def recent(self, known: Flags, history: int | None) -> Flags:
        """Return the last of those periods, as many as are to be learnt from."""
        later = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
        return known & (later <= (history or USED[self.every]))

    def filled(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return opening sizes, what joined and what left, zero where not known."""
        opening, joined, left = (np.nan_to_num(table) for table in (self.opening, self.joined, self.left))
        return opening, joined, left


def following(last: pd.Timestamp, periods: int, every: str) -> pd.DatetimeIndex:
    """Return the dates of the periods after one, at ends of months if it is one.

    Examples
    --------
    >>> following(pd.Timestamp("2024-01-31"), 2, "month").strftime("%d %b").tolist()
    ['29 Feb', '31 Mar']
    """
    step: Any = _STEPS[every]
    if every in ("month", "quarter") and last.day != 1:
        step = pd.offsets.MonthEnd(1 if every == "month" else 3)
    dates = pd.date_range(last, periods=periods + 1, freq=step)
    return dates[1:] if dates[0] == last else dates[:periods]


def read_history(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None,
    date: str,
    list_size: str,
    additions: str,
    removals: str | Sequence[str],
    every: str | None,
    referrals: dict[str, Any],
) -> History:
    """Read the history of lists: from referrals (with the column ``referred``), or from one row a list and period.

    ``removals`` may be several columns, which are added; without flows only sizes are used. ``referrals`` are further
    arguments of :func:`sutg_analysis.waiting_list`. A period that is missing or double is an error.
    """
    check_frame(frame)
    problems = pd.DataFrame()
    if list_size not in frame.columns and referrals.get("start", "referred") in frame.columns:
        counted = waiting_list(frame, by=by, every=every or "month", **referrals)  # type: ignore[arg-type]
        frame, problems = _whole_periods(counted), counted.problems
        date, list_size, additions, removals = "date", "list_size", "additions", ("seen", "removed")
    for column in (date, list_size):
        check_column(frame, column)
    there, parts = set(frame.columns), names_of(removals)
    if parts == ["removals"] and "removals" not in there and {"seen", "removed"} <= there:
        parts = ["seen", "removed"]
    flows = {additions, *parts} <= there
    codes, keys = group_numbers(frame, names_of(by))
    dates = _dates(frame[date])
    step = every or _step(dates)
    periods, place = _grid(dates, step)

    def spread(names: list[str]) -> Numbers:
        return _table(frame[names].sum(axis=1, min_count=1), codes, place, names[0], periods, len(keys))

    size = _table(frame[list_size], codes, place, list_size, periods, len(keys))
    if flows:
        joined, left = spread([additions]), spread(parts)
        opening = size - joined + left
    else:
        opening = np.hstack([np.full((len(keys), 1), np.nan), size[:, :-1]])
        joined, left = np.zeros_like(size), opening - size
    return History(keys, periods, opening, size, joined, left, flows, step, problems)


def _dates(cells: pd.Series) -> pd.DatetimeIndex:
    days, bad, _ = to_days(cells)
    bad |= days == NO_DAY
    if bad.any():
        row = cells.index[bad][0]
        raise DataError(
            f"{cells.loc[row]!r} in column {cells.name!r}, row {row}", "a date", "Correct the cell"
        )
    return pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[us]"))


def _whole_periods(counted: WaitingListResult) -> pd.DataFrame:
    """Leave out the last period if the referrals end before it does, a weekend apart."""
    points = counted.points
    last = points["date"].max()
    ends = following(last, 1, counted.every)[0] - pd.Timedelta(days=0 if counted.every == "day" else 4)
    return points if counted.until >= ends else points[points["date"] < last]


def _step(dates: pd.DatetimeIndex) -> str:
    each = dates.unique().sort_values()
    if len(each) < 2:
        raise DataError(f"{len(each)} period", "four periods or more", "Give more history")
    gap = int(np.median(np.diff(each.to_numpy()).astype("timedelta64[D]").astype(int)))
    lengths = (
        {1: "day", 7: "week"}
        | dict.fromkeys(range(28, 32), "month")
        | dict.fromkeys(range(89, 93), "quarter")
    )
    if gap not in lengths:
        raise DataError(f"dates {gap} days apart", "days, weeks, months or quarters", "Give one row a period")
    return lengths[gap]


def _grid(dates: pd.DatetimeIndex, every: str) -> tuple[pd.DatetimeIndex, Places]:
    """Return every period from the first to the last, and the place of each row among them."""
    if every in ("month", "quarter"):
        number = dates.year * 12 + dates.month
        number = number if every == "month" else number // 3
    else:
        days = dates.to_numpy().astype("datetime64[D]").astype("int64")
        number = pd.Index(days if every == "day" else days // 7)
    place = np.asarray(number - number.min())
    known = dict(zip(place, dates, strict=True))
    lacking = sorted(set(range(max(place) + 1)) - set(known))
    if lacking:
        raise DataError(
            f"no row for the {every} after {known[lacking[0] - 1]:%Y-%m-%d}", "every period", "Add it"
        )
    return pd.DatetimeIndex([known[number] for number in range(len(known))]), place


def _table(
    cells: pd.Series, codes: Places, place: Places, name: str, dates: pd.DatetimeIndex, lists: int
) -> Numbers:
    """Return cells as lists by periods, missing where there is no row."""
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if (values < 0).any():
        raise DataError(f"{values[values < 0][0]:g} in column {name!r}", "0 or more", "Correct the number")
    cell = codes * len(dates) + place
    if len(np.unique(cell)) < len(cell):
        first = dates[int(place[pd.Series(cell).duplicated().to_numpy()][0])]
        raise DataError(f"two rows for {first:%Y-%m-%d}", "one a list and period", "Give by=, or add them up")
    table = np.full((lists, len(dates)), np.nan)
    table.flat[cell] = values
    return table


_TRAINED = 12
"""Periods known at an origin before it is tried."""

_ORIGINS, _PATHS = 24, 400
_FRAME = ["origin", "date", "ahead", "actual", "forecast", "naive", "lower_80", "upper_80", "inside"]
_SUMMARY = ["forecasts", "error", "naive_error", "skill", "coverage"]


_KEPT = 0.8
"""Of the errors of the past, the share that a widened band holds."""
_ENOUGH = 12
"""Forecasts tried before a band is widened by them."""


@dataclass(frozen=True, eq=False)
class Skill:
    """Each forecast of the past, how good they were together, and how many times wider their errors make the band."""

    frame: pd.DataFrame
    summary: pd.DataFrame
    wider: Numbers


def tried(
    past: History | None,
    *,
    periods: int = 12,
    history: int | None = None,
    rng: np.random.Generator | None = None,
) -> Skill:
    """Forecast from each of the last periods with a year's history before it, for up to half as many as are known.

    No past, or one too short to try, gives empty tables; ``history`` is how many periods to learn from each time.
    """
    if past is None or len(past.dates) < _TRAINED + 2 or rng is None:
        return Skill(pd.DataFrame(columns=_FRAME), pd.DataFrame(columns=_SUMMARY), np.ones(1))
    many = len(past.dates)
    origins = np.arange(max(_TRAINED, many - 1 - _ORIGINS), many - 1)
    ahead = min(periods, many // 2)
    known, row, origin = _trials(past, origins, history)
    before = past.known()[row] & (np.arange(many) <= origin[:, None])
    draws = estimated(
        *(table[row] for table in past.filled()), used=known, known=before, paths=_PATHS, rng=rng
    )
    now = past.closing[row, origin]
    sizes = simulated(draws, now, noise(len(row), _PATHS, ahead, rng=rng), no_change(ahead))
    frame = _compared(past, row, origin, np.quantile(sizes, [0.1, 0.5, 0.9], axis=2), now)
    wider = _wider(frame, len(past.keys))
    frame = _as_then(frame, len(past.keys))
    return Skill(frame.drop(columns="list"), _summed(past, frame), wider)


def _wider(frame: pd.DataFrame, lists: int) -> Numbers:
    """Return how many times wider each list's band must be for its past errors to lie within it; at least once."""
    gap = frame["actual"] - frame["forecast"]
    reach = np.where(gap > 0, frame["upper_80"] - frame["forecast"], frame["forecast"] - frame["lower_80"])
    score = gap.abs() / np.maximum(reach, 0.5)
    groups = score.groupby(frame["list"])
    found = groups.quantile(_KEPT).where(groups.size() >= _ENOUGH).reindex(range(lists))
    return np.maximum(found.fillna(1).to_numpy(dtype=float), 1)


def _as_then(frame: pd.DataFrame, lists: int) -> pd.DataFrame:
    """Widen each band of the past by the errors known at its origin, as today's is by those known today."""
    times = np.ones(len(frame))
    for origin in frame["origin"].unique():
        now = (frame["origin"] == origin).to_numpy()
        known = frame[frame["date"] <= origin]
        times[now] = _wider(known, lists)[frame["list"][now]]
    middle = frame["forecast"]
    low = np.maximum(middle - times * (middle - frame["lower_80"]), 0)
    high = middle + times * (frame["upper_80"] - middle)
    return frame.assign(lower_80=low, upper_80=high, inside=frame["actual"].between(low, high))


def widened(sizes: Numbers, wider: Numbers) -> Numbers:
    """Return simulated sizes, steps by lists by paths, so many times as far from their median."""
    middle = np.median(sizes, axis=2, keepdims=True)
    return np.maximum(middle + (sizes - middle) * wider[:, None], 0)


def _trials(past: History, origins: Places, history: int | None) -> tuple[Flags, Places, Places]:
    """Return what is known at each trial, and its list and origin, of those with enough history."""
    good = past.known()
    row, origin = (table.ravel() for table in np.meshgrid(np.arange(len(past.keys)), origins, indexing="ij"))
    place = np.arange(good.shape[1])
    before = good[row] & (place <= origin[:, None])
    known = past.recent(before, history)
    enough = (known.sum(axis=1) >= min(_TRAINED, history or _TRAINED)) & good[row, origin]
    return known[enough], row[enough], origin[enough]


def _compared(past: History, row: Places, origin: Places, bands: Numbers, now: Numbers) -> pd.DataFrame:
    ahead, many = bands.shape[1], len(past.dates)
    trial, step = np.nonzero(origin[:, None] + np.arange(1, ahead + 1) < many)
    place, lists = origin[trial] + 1 + step, row[trial]
    low, middle, high = bands[:, step, trial]
    keys = past.keys.iloc[lists].reset_index(drop=True)
    table = keys.assign(
        list=lists,
        origin=past.dates[origin[trial]],
        date=past.dates[place],
        ahead=step + 1,
        actual=past.closing[lists, place],
        forecast=middle,
        naive=now[trial],
        lower_80=low,
        upper_80=high,
    )
    table = table.dropna(subset="actual").reset_index(drop=True)
    return table.assign(inside=table["actual"].between(table["lower_80"], table["upper_80"]))


def _summed(past: History, frame: pd.DataFrame) -> pd.DataFrame:
    gaps = frame[["list"]].assign(
        error=(frame["actual"] - frame["forecast"]).abs(),
        naive_error=(frame["actual"] - frame["naive"]).abs(),
        coverage=frame["inside"].astype(float),
    )
    groups = gaps.groupby("list")
    table = groups.mean().join(groups.size().rename("forecasts")).reindex(range(len(past.keys)))
    table["skill"] = 1 - table["error"] / table["naive_error"].where(table["naive_error"] > 0)
    return pd.concat([past.keys.reset_index(drop=True), table[_SUMMARY].reset_index(drop=True)], axis=1)
