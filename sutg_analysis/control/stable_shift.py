"""The stable shift algorithm, for all series at once: where limits hold, and where new ones might start.

From the first so many points it makes limits and holds them until a shift starts; there it tries new limits from
the points that follow, and adopts them unless they would soon be contradicted: a shift back within those points,
or a last run, still open, that could become one. Series are rows of one table and take their decisions in
rounds. Method: Jennings, Sandhu and others, "Stable shift algorithm", BMJ Quality & Safety 2025-019263.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sutg_analysis.arrays import Flags, Numbers, Places
from sutg_analysis.control.limits import ChartType, Lines, Sample
from sutg_analysis.control.profiles import ANHOEJ, Profile
from sutg_analysis.control.rules import Sides

HOUSE = replace(ANHOEJ, name="stable shift", loose_baseline=False, judge_excluded=False)
"""Limits as the algorithm's authors make them: 3/1.128 mean ranges, screened once."""


@dataclass(frozen=True)
class Settings:
    """How the algorithm runs; see :func:`propose_rebase`."""

    points: int
    shift: int
    exclusions: int
    no_regrets: bool
    every_shift: bool
    overhanging: bool
    profile: Profile


@dataclass(frozen=True)
class Grid:
    """All series as one table, a row a series, padded at the end with missing values."""

    value: Numbers
    numerator: Numbers | None
    denominator: Numbers | None
    size: Numbers | None
    spread: Numbers | None
    length: Places
    chart: ChartType

    @property
    def left(self) -> Places:
        """How many values there are from each column to the end."""
        return np.cumsum(~np.isnan(self.value)[:, ::-1], axis=1)[:, ::-1]


@dataclass(frozen=True)
class History:
    """Decisions in order: which series, which column, which decision, and the centres before and after."""

    series: Places
    column: Places
    decision: NDArray[np.object_]
    before: Numbers
    after: Numbers


@dataclass
class Walk:
    """Where each series stands; arrays of one item a series, and sides and runs of one item a cell."""

    counter: Places
    centre: Numbers
    active: Flags
    side: Sides
    long: Flags
    remaining: Places
    events: list[tuple[Places, Places, str, Numbers, Numbers]]

    def note(self, who: Places, column: Places, decision: str, after: Numbers | None = None) -> None:
        """Record one decision of some series."""
        before = self.centre[who].copy()
        self.events.append((who, column.copy(), decision, before, before if after is None else after))


def walk_through(grid: Grid, settings: Settings) -> History:
    """Take all series through the algorithm together, one decision of each a round."""
    count = len(grid.length)
    left = grid.left
    enough = left[:, 0] >= settings.points
    start = np.zeros(count, dtype=np.intp)
    walk = Walk(
        start, np.full(count, np.nan), enough, *_runs_of(np.zeros(grid.value.shape), settings.shift), []
    )
    walk.note(np.flatnonzero(~enough), start[~enough], "too_few")
    begin = np.flatnonzero(enough)
    centre = _window_centre(grid, begin, start[begin], settings)
    walk.note(begin, start[begin], "first", centre)
    _adopt(walk, grid, begin, start[begin], centre, settings)
    while walk.active.any():
        _round(walk, grid, left, settings)
    series, column, decision, before, after = zip(*walk.events, strict=True)
    sizes = [len(who) for who in series]
    return History(
        np.concatenate(series),
        np.concatenate(column),
        np.repeat(np.array(decision, dtype="object"), sizes),
        np.concatenate(before),
        np.concatenate(after),
    )


def _adopt(walk: Walk, grid: Grid, who: Places, start: Places, centre: Numbers, settings: Settings) -> None:
    """Let these limits hold from here, and move on to the first point after those they are made from."""
    walk.centre[who] = centre
    walk.side[who], walk.long[who], walk.remaining[who] = _runs_of(
        _side(grid.value[who], centre, start), settings.shift
    )
    walk.counter[who] = start + settings.points


def _side(value: Numbers, centre: Numbers, start: Places) -> Numbers:
    """Return the side of the centre of each cell from a start on; missing where there is no value."""
    side = np.sign(value - centre[:, None])
    near = np.abs(value - centre[:, None]) <= 1e-14 * np.fmax.reduce(np.abs(value), axis=1, keepdims=True)
    side[near] = 0
    return np.where(np.arange(value.shape[1]) < start[:, None], np.nan, side)


def _runs_of(side: Numbers, shift: int) -> tuple[Sides, Flags, Places]:
    """Return sides as whole numbers, which cells are in a shift, and how many points of the run are left."""
    code = np.where(np.isnan(side), 0, side).astype(np.int8)
    columns = side.shape[1]
    flat = code.ravel()
    new = np.append(True, flat[1:] != flat[:-1])
    new[::columns] = True
    start = np.flatnonzero(new)
    size = np.diff(start, append=len(flat))
    place = np.arange(len(flat)) - np.repeat(start, size)
    remaining = np.where(flat != 0, np.repeat(size, size) - place, 0)
    long = np.repeat(size >= shift, size) & (flat != 0)
    return code, long.reshape(side.shape), remaining.reshape(side.shape)


def _round(walk: Walk, grid: Grid, left: Places, settings: Settings) -> None:
    """Take one decision for every series still under way."""
    who = np.flatnonzero(walk.active)
    who = _stop(walk, who, walk.counter[who] >= grid.length[who] - 1, "no_shift")
    who = _stop(walk, who, left[who, walk.counter[who]] < settings.points, "no_room")
    position, following = _next_shift(walk, who, settings)
    ended = position >= grid.length[who] - 1
    who, position, following = _stop(walk, who, ended, "no_shift"), position[~ended], following[~ended]
    walk.counter[who] = position
    short = left[who, position] < settings.points
    who, position, following = _stop(walk, who, short, "no_room"), position[~short], following[~short]
    if len(who):
        _try(walk, grid, who, position, following, settings)


def _stop(walk: Walk, who: Places, ended: Flags, reason: str) -> Places:
    """End the walk of some series; return the rest."""
    done = who[ended]
    if len(done):
        walk.note(done, walk.counter[done], reason)
        walk.active[done] = False
    return who[~ended]


def _next_shift(walk: Walk, who: Places, settings: Settings) -> tuple[Places, Places]:
    """Return where the next shift to consider starts, and the one after it; the table's width where none."""
    side, long, counter = walk.side[who], walk.long[who], walk.counter[who]
    none = side.shape[1]
    within = long[np.arange(len(who)), counter] & (walk.remaining[who, counter] >= settings.shift)
    begins = long.copy()
    begins[:, 1:] &= ~long[:, :-1] | (side[:, 1:] * side[:, :-1] == -1)
    begins &= np.arange(none) >= counter[:, None]
    first = np.where(begins.any(axis=1), begins.argmax(axis=1), none)
    begins[np.arange(len(who))[first < none], first[first < none]] = False
    second = np.where(begins.any(axis=1), begins.argmax(axis=1), none)
    return np.where(within, counter, first), np.where(within, none, second)


def _try(
    walk: Walk, grid: Grid, who: Places, position: Places, following: Places, settings: Settings
) -> None:
    """Make candidate limits at a shift, and adopt or refuse them."""
    direction = walk.side[who, position]
    centre = _window_centre(grid, who, position, settings)
    side = _side(grid.value[who], centre, position)
    reverted = _reverted(side, position, direction, settings)
    still_open = settings.no_regrets & _still_open(side, position, direction, settings)
    accepted = ~(reverted | still_open) | settings.every_shift
    walk.note(who[accepted], position[accepted], "accepted", centre[accepted])
    _adopt(walk, grid, who[accepted], position[accepted], centre[accepted], settings)
    for flag, reason in ((reverted, "reverted"), (still_open & ~reverted, "open")):
        refused = flag & ~accepted
        walk.note(who[refused], position[refused], reason, centre[refused])
    rest = ~accepted
    columns = np.minimum(position[rest, None] + np.arange(settings.shift), side.shape[1] - 1)
    inside = walk.long[who[rest, None], columns].all(axis=1)
    onward = (following[rest] >= side.shape[1]) | inside
    walk.counter[who[rest]] = np.where(onward, position[rest] + 1, following[rest])


def _reverted(side: Numbers, start: Places, direction: Sides, settings: Settings) -> Flags:
    """Say where a shift to the other side starts among the candidate's own points, its first run apart."""
    columns = np.arange(side.shape[1])
    own = (columns >= start[:, None]) & (columns < start[:, None] + settings.points)
    seen = side if settings.overhanging else np.where(own, side, np.nan)
    code, long, _ = _runs_of(seen, settings.shift)
    before = np.column_stack([np.full(len(side), np.nan), seen[:, :-1]])
    new = np.isnan(before) | ((code != 0) & (code != before))
    new &= columns >= start[:, None]
    run = np.cumsum(new, axis=1)
    opposite = long & (code != direction[:, None]) & (run > 1)
    return (opposite & own).any(axis=1)


def _still_open(side: Numbers, start: Places, direction: Sides, settings: Settings) -> Flags:
    """Say where the candidate's last run is on the other side and nothing has ended it yet."""
    columns = np.arange(side.shape[1])
    code = np.where(np.isnan(side), 0, side)
    own = (columns >= start[:, None]) & (columns < start[:, None] + settings.points) & (code != 0)
    last = side.shape[1] - 1 - own[:, ::-1].argmax(axis=1)
    against = own.any(axis=1) & (code[np.arange(len(side)), last] == -direction)
    back = ((code == direction[:, None]) & (columns >= last[:, None])).any(axis=1)
    return against & ~back


def _window_centre(grid: Grid, who: Places, start: Places, settings: Settings) -> Numbers:
    """Return the centre made from the points that follow each start, the farthest beyond its limits left out."""
    if len(who) == 0:
        return np.empty(0)
    columns = start[:, None] + np.arange(settings.points)
    kept = np.ones(columns.size, dtype=bool)
    lines = _window_lines(grid, who, columns, kept, settings)
    taken = np.zeros(len(who), dtype=np.intp)
    value = grid.value[who[:, None], columns]
    for _ in range(settings.exclusions):
        beyond = np.fmax(value - lines.upper.reshape(value.shape), lines.lower.reshape(value.shape) - value)
        beyond = np.where(kept.reshape(value.shape) & (beyond > 0), beyond, -np.inf)
        farthest = beyond.max(axis=1, keepdims=True)
        tied = (beyond == farthest) & (farthest > 0)
        tied &= np.cumsum(tied, axis=1) + taken[:, None] <= settings.exclusions
        if not tied.any():
            break
        taken += tied.sum(axis=1)
        kept &= ~tied.ravel()
        lines = _window_lines(grid, who, columns, kept, settings)
    return lines.centre.reshape(value.shape)[:, 0]


def _window_lines(grid: Grid, who: Places, columns: Places, kept: Flags, settings: Settings) -> Lines:
    """Return the chart's lines for windows of equal length, one after the other."""

    def window(values: Numbers | None) -> Numbers | None:
        return None if values is None else values[who[:, None], columns].ravel()

    value = window(grid.value)
    assert value is not None
    known = ~np.isnan(value)
    sample = Sample(
        value=value,
        group=np.repeat(np.arange(len(who)), settings.points),
        count=len(who),
        use=kept & known,
        kept=kept,
        baseline=np.ones_like(kept),
        profile=settings.profile,
        numerator=window(grid.numerator),
        denominator=window(grid.denominator),
        spread=window(grid.spread),
        size=window(grid.size),
    )
    lines = grid.chart.lines(sample)
    return (
        lines if grid.chart.floor is None else replace(lines, lower=np.maximum(lines.lower, grid.chart.floor))
    )
