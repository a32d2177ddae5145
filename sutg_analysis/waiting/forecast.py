"""Will the list clear? The next months of a waiting list, simulated, with scenarios and a test on its own past.

Demand and capacity are drawn with the spread and the uncertainty of their own history (see
:mod:`sutg_analysis.waiting.simulation`), a few thousand times over, and bands are what four in five and nineteen in twenty of the
simulated lists keep within. The forecast is tried on the past: from each of its later periods the following ones are
forecast from what was known then, and set against a naive forecast, that the list stays as it is. Where more of the
past fell outside the bands than should have, today's are widened by as much.

A scenario says what differs from now, and from when: extra clinics, more demand, a list cleaned once. The size a list
should have at each date is one number, one a list, dated targets, or a trajectory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date, Flags, Numbers
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.result import Result
from sutg_analysis.waiting.groups import keys_by_date
from sutg_analysis.waiting.simulation import (
    WEEKS,
    Change,
    Draws,
    History,
    certain,
    estimated,
    following,
    noise,
    read_history,
    simulated,
    tried,
    widened,
)

AS_NOW = "As now"
NOT_REACHED = "not reached"
BANDS = {"median": 0.5, "lower_80": 0.1, "upper_80": 0.9, "lower_95": 0.025, "upper_95": 0.975}
_LEAST = 6
"""Periods of history needed; with fewer the spread is hardly known."""

Target: TypeAlias = float | Mapping[str, float] | pd.Series | pd.DataFrame
Trajectory: TypeAlias = Mapping[Date, float] | pd.Series | pd.DataFrame


@dataclass(frozen=True)
class Scenario:
    """What differs from now.

    Parameters
    ----------
    demand, capacity
        Factors: 1.1 is ten per cent more.
    extra_demand, extra_capacity
        People a week more.
    one_off
        People taken off the list once, at the start: validation, a waiting-list initiative.
    start, end
        The first and last date of what differs; without them it holds throughout.

    Examples
    --------
    >>> Scenario(demand=1.1)
    Scenario(demand=1.1, capacity=1.0, extra_demand=0.0, extra_capacity=0.0, one_off=0.0, start=None, end=None)
    """

    demand: float = 1.0
    capacity: float = 1.0
    extra_demand: float = 0.0
    extra_capacity: float = 0.0
    one_off: float = 0.0
    start: Date | None = None
    end: Date | None = None

    def change(self, dates: pd.DatetimeIndex, *, weeks: float) -> Change:
        """Return what differs in each period, of so many weeks."""
        holds = np.ones(len(dates), dtype=bool)
        if self.start is not None:
            holds &= dates >= pd.Timestamp(self.start)
        if self.end is not None:
            holds &= dates <= pd.Timestamp(self.end)
        once = np.zeros(len(dates))
        if holds.any():
            once[np.argmax(holds)] = self.one_off
        return Change(
            joining_factor=np.where(holds, self.demand, 1.0),
            leaving_factor=np.where(holds, self.capacity, 1.0),
            joining_extra=np.where(holds, self.extra_demand * weeks, 0.0),
            leaving_extra=np.where(holds, self.extra_capacity * weeks, 0.0),
            removed_once=once,
        )


def read_scenarios(scenarios: Scenarios | None) -> dict[str, Scenario]:
    """Return the scenarios by name, what happens as now first.

    Raises
    ------
    ArgumentError
        If a scenario has a setting that there is not, or a factor that cannot be.

    Examples
    --------
    >>> list(read_scenarios({"Demand up 10%": {"demand": 1.1}}))
    ['As now', 'Demand up 10%']
    """
    known = [field.name for field in fields(Scenario)]
    found = {AS_NOW: Scenario()}
    for name, given in (scenarios or {}).items():
        settings = vars(given) if isinstance(given, Scenario) else dict(given)
        strange = sorted(set(settings) - set(known))
        if strange:
            raise ArgumentError(
                f"{strange[0]!r} in scenario {name!r}", f"one of {', '.join(known)}", "Correct its name"
            )
        found[str(name)] = scenario = Scenario(**settings)
        for setting, factor in (("demand", scenario.demand), ("capacity", scenario.capacity)):
            if not 0 <= factor < np.inf:
                raise ArgumentError(
                    f"{setting}={factor} in scenario {str(name)!r}", "a factor of 0 or more", "Write 1.1"
                )
    return found


Scenarios = Mapping[str, Scenario | Mapping[str, Any]]


def targets_at(
    dates: pd.DatetimeIndex, keys: pd.DataFrame, target: Target | None, trajectory: Trajectory | None
) -> Numbers:
    """Return targets by lists and dates, missing where there is none.

    Parameters
    ----------
    dates
        The dates wanted.
    keys
        One row a list.
    target
        None, a number, a mapping or series by list, or a frame of dated targets (start, end, target, with columns of
        ``keys`` if they differ between lists).
    trajectory
        None, a series by date, or a frame with date and target (and columns of ``keys``); each stands from its date on
        until the next. It goes before ``target``.

    Raises
    ------
    ArgumentError
        If it is none of these, or negative.

    Examples
    --------
    >>> dates = pd.DatetimeIndex(["2024-04-01", "2024-05-01"])
    >>> path = pd.Series([300, 280], index=pd.to_datetime(["2024-03-01", "2024-05-01"]))
    >>> targets_at(dates, pd.DataFrame(index=[0]), 250, path).tolist()
    [[300.0, 280.0]]
    """
    aims = np.full((len(keys), len(dates)), np.nan)
    if target is not None:
        aims = _standing(target, dates, keys)
    if trajectory is not None:
        given = pd.Series(trajectory) if isinstance(trajectory, Mapping) else trajectory
        if isinstance(given, pd.Series):
            given = pd.DataFrame({"date": given.index, "target": given.to_numpy()})
        if not isinstance(given, pd.DataFrame):
            raise ArgumentError(
                f"a trajectory that is a {type(given).__name__}", "a series by date", "Correct it"
            )
        path = _dated(given, dates, keys, "date")
        aims = np.where(np.isnan(path), aims, path)
    if (aims < 0).any():
        raise ArgumentError(f"a target of {np.nanmin(aims):g}", "0 or more", "Correct it")
    return aims


def _standing(target: Target, dates: pd.DatetimeIndex, keys: pd.DataFrame) -> Numbers:
    shape = (len(keys), len(dates))
    if isinstance(target, pd.DataFrame):
        return _dated(target, dates, keys)
    if isinstance(target, Mapping | pd.Series):
        known = {_name(name): float(value) for name, value in target.items()}
        each = [known.get(_name(tuple(row)), np.nan) for row in keys.itertuples(index=False)]
        return np.broadcast_to(np.array(each)[:, None], shape).copy()
    try:
        return np.full(shape, float(target))
    except (TypeError, ValueError):
        raise ArgumentError(f"target={target!r}", "a number, a mapping or a frame", "Correct it") from None


def _name(name: object) -> tuple[str, ...]:
    return tuple(map(str, name)) if isinstance(name, tuple) else (str(name),)


def _dated(frame: pd.DataFrame, dates: pd.DatetimeIndex, keys: pd.DataFrame, *needed: str) -> Numbers:
    """Return targets that hold from a start to an end, or from a date on until the next."""
    lacking = sorted({"target", *needed} - set(frame.columns))
    if lacking:
        raise ArgumentError(f"targets without {', '.join(lacking)}", "that column", "Add it")
    path = "date" in needed or ("date" in frame and "start" not in frame)
    if path:
        frame = frame.assign(start=frame["date"], end=pd.NaT)
    ends = {name: pd.to_datetime(frame.get(name, pd.NaT)) for name in ("start", "end")}
    rows = frame.assign(**ends).sort_values("start", kind="stable") if path else frame.assign(**ends)
    aims = np.full((len(keys), len(dates)), np.nan)
    for row in rows.to_dict("records"):
        late = pd.isna(row["start"]) | (dates >= row["start"])
        early = pd.isna(row["end"]) | (dates <= row["end"])
        aims[np.ix_(_lists(row, keys), np.broadcast_to(late & early, len(dates)))] = row["target"]
    return aims


def _lists(row: Mapping[str, Any], keys: pd.DataFrame) -> Flags:
    """Return which lists a target is for: those whose keys match the ones it has."""
    fits = np.ones(len(keys), dtype=bool)
    for column in keys.columns:
        if column in row and not pd.isna(row[column]):
            fits &= (keys[column].astype("str") == str(row[column])).to_numpy()
    return fits


@dataclass(frozen=True, eq=False)
class ListForecastResult(Result):
    """A forecast of one waiting list or several.

    Parameters
    ----------
    points
        One row a list, scenario and date: the columns of ``by``, scenario, date, median, lower_80, upper_80, lower_95,
        upper_95, target, chance (that the list is at the target or below; missing without a target).
    summary
        One row a list and scenario: the columns of ``by``, scenario, list_size (now), demand, capacity (means a
        week), load, end_median, end_lower_80, end_upper_80, target (at the end), chance (at the end, or by ``by_date``),
        reached (the first date at which the list is more likely than not at its target, as text, or "not reached";
        empty without a target), reached_date.
    history
        What was known: the columns of ``by``, date, list_size.
    backtest
        One row a list, origin and period ahead: the columns of ``by``, origin, date, ahead, actual, forecast, naive,
        lower_80, upper_80, inside.
    skill
        One row a list: the columns of ``by``, forecasts, error, naive_error (mean absolute, in people), skill
        (1 - error / naive_error: above 0 is better than naive), coverage (share of actuals inside the 80 % band).
    problems
        Faulty rows of referrals.
    by, every, periods, paths, by_date
        As the call had them.
    """

    _views = "waiting:forecast"

    points: pd.DataFrame
    summary: pd.DataFrame
    history: pd.DataFrame
    backtest: pd.DataFrame
    skill: pd.DataFrame
    problems: pd.DataFrame
    by: tuple[str, ...]
    every: str
    periods: int
    paths: int
    by_date: pd.Timestamp | None

    def __repr__(self) -> str:
        lists = len(self.summary) // max(self.summary["scenario"].nunique(), 1)
        return f"<ListForecastResult: {lists} lists, {self.periods} {self.every}s ahead, {self.paths} paths>"

    @property
    def frame(self) -> pd.DataFrame:
        """Another name for ``points``."""
        return self.points


def waiting_list_forecast(
    frame: pd.DataFrame | None = None,
    *,
    by: str | Sequence[str] | None = None,
    date: str = "date",
    list_size: str | float = "list_size",
    additions: str = "additions",
    removals: str | Sequence[str] = "removals",
    demand: float | None = None,
    capacity: float | None = None,
    demand_sd: float | None = None,
    capacity_sd: float | None = None,
    start: Date | None = None,
    periods: int = 12,
    every: str | None = None,
    target: Target | None = None,
    trajectory: Trajectory | None = None,
    by_date: Date | None = None,
    scenarios: Scenarios | None = None,
    history: int | None = None,
    backtest: bool = True,
    paths: int = 2000,
    rng: np.random.Generator | None = None,
    **referrals: Any,
) -> ListForecastResult:
    """Forecast waiting lists by simulation, from their history or from rates.

    Parameters
    ----------
    frame
        Referrals, one a row; or the points of :func:`sutg_analysis.waiting_list`; or any table with a date and the size
        of the list at the end of each period. None where rates are given.
    by
        Columns that make lists.
    date, list_size, additions, removals
        Columns of the table. ``removals`` may be several, which are added; seen and removed are taken by themselves.
        Without additions and removals only changes in size are modelled. With rates, ``list_size`` is how many wait.
    demand, capacity
        Without a frame: people a week.
    demand_sd, capacity_sd
        Without a frame: standard deviations of weekly counts; those of chance alone (Poisson) if not given.
    start
        Without a frame: the date of ``list_size``.
    periods, every
        How many periods to forecast, and their length: month, week, day or quarter. Of a table it is seen from its
        dates; of referrals and rates it is a month.
    target
        The size aimed at: a number, a mapping by list, or a frame of dated targets with the columns of ``by``, start,
        end and target, as the table of targets has them.
    trajectory
        Dated sizes on the way there: a series by date, or a frame with date and target, each standing from its date on.
    by_date
        The date by which the chance is asked for; by default the last.
    scenarios
        What differs from now, by name: :class:`sutg_analysis.waiting.forecast.Scenario` or a mapping of its settings, such as
        ``{"Extra clinics": {"extra_capacity": 4}, "Demand up 10%": {"demand": 1.1}, "Validation": {"one_off": 150}}``.
    history
        How many of the last periods to learn from; by default 24 months, 52 weeks.
    backtest
        Whether to try the forecast on its own past, and to widen its bands by what that shows.
    paths
        How many lists to simulate.
    rng
        Where chance comes from; without it the same numbers come each time.
    **referrals
        Where the frame has referrals: further arguments of :func:`sutg_analysis.waiting_list`.

    Returns
    -------
    ListForecastResult

    Raises
    ------
    ArgumentError, DataError
        If arguments do not fit together, a column is missing, or the history has gaps or fewer than 6 periods.

    Examples
    --------
    >>> result = waiting_list_forecast(list_size=400, demand=30, capacity=35, start="2024-03-31", periods=6,
    ...                                every="month", target=300, rng=np.random.default_rng(1))
    >>> result.summary["reached"].iloc[0]
    '31 August 2024'
    >>> round(float(result.summary["load"].iloc[0]), 3)
    0.857
    """
    rng = np.random.default_rng(0) if rng is None else rng
    if periods < 1 or paths < 10:
        raise ArgumentError(f"periods={periods}, paths={paths}", "1 period and 10 paths or more", "Raise it")
    if frame is None:
        rates = demand, capacity, demand_sd, capacity_sd
        past, draws = _from_rates(list_size, rates, start, every or "month")
    else:
        if demand is not None or capacity is not None:
            raise ArgumentError("rates beside a frame", "one of the two", "Leave out demand and capacity")
        past = read_history(
            frame,
            by=by,
            date=date,
            list_size=str(list_size),
            additions=additions,
            removals=removals,
            every=every,
            referrals=referrals,
        )
        draws = _learnt(past, history, paths, rng)
    dates = following(past.dates[-1], periods, past.every)
    ahead = _Ahead(
        past, dates, targets_at(dates, past.keys, target, trajectory), _asked(by_date, dates, past.every)
    )
    named = read_scenarios(scenarios)
    chance = noise(len(past.keys), paths, periods, rng=rng)
    trial = tried(past, periods=periods, history=history, rng=rng) if backtest else tried(None)
    points, summary = [], []
    for name, scenario in named.items():
        change = scenario.change(dates, weeks=WEEKS[past.every])
        sizes = widened(simulated(draws, past.closing[:, -1], chance, change), trial.wider)
        points.append(ahead.points(sizes, name))
        summary.append(ahead.summary(sizes, name, _load(draws, scenario, WEEKS[past.every])))
    known = keys_by_date(past.keys, past.dates).assign(list_size=past.closing.reshape(-1))
    return ListForecastResult(
        points=pd.concat(points, ignore_index=True),
        summary=pd.concat(summary, ignore_index=True),
        history=known.dropna(subset="list_size").reset_index(drop=True),
        backtest=trial.frame,
        skill=trial.summary,
        problems=past.problems,
        by=tuple(past.keys.columns),
        every=past.every,
        periods=periods,
        paths=paths,
        by_date=None if by_date is None else pd.Timestamp(by_date),
    )


def _from_rates(
    size: float | str, rates: tuple[float | None, ...], start: Date | None, every: str
) -> tuple[History, Draws]:
    demand, capacity, demand_sd, capacity_sd = rates
    if demand is None or capacity is None or isinstance(size, str):
        raise ArgumentError(
            "no frame, and not all of list_size, demand and capacity", "all three", "Give them"
        )
    if every not in WEEKS:
        raise ArgumentError(f"every={every!r}", f"one of {', '.join(WEEKS)}", "Choose one of these")
    for name, value in (("list_size", size), ("demand", demand), ("capacity", capacity)):
        if not 0 <= value < np.inf:
            raise ArgumentError(f"{name}={value}", "0 or more", "Correct it")
    weeks = WEEKS[every]
    spread = [
        np.sqrt(rate * weeks) if sd is None else sd * np.sqrt(weeks)
        for rate, sd in ((demand, demand_sd), (capacity, capacity_sd))
    ]
    now = pd.DatetimeIndex([pd.Timestamp.today().normalize() if start is None else pd.Timestamp(start)])
    one = np.array([[float(size)]])
    past = History(pd.DataFrame(index=[0]), now, one, one, one * 0, one * 0, True, every, pd.DataFrame())
    column = [np.array([value]) for value in (demand * weeks, spread[0], capacity * weeks, spread[1])]
    return past, certain(*column)


def _learnt(past: History, history: int | None, paths: int, rng: np.random.Generator) -> Draws:
    used = past.recent(past.known(), history)
    short = used.sum(axis=1) < _LEAST
    if short.any():
        place = ", ".join(map(str, past.keys.iloc[int(np.argmax(short))])) or "the list"
        raise DataError(
            f"{int(used.sum(axis=1)[short][0])} periods of {place}", f"{_LEAST} or more", "Give more history"
        )
    if np.isnan(past.closing[:, -1]).any():
        row = int(np.argmax(np.isnan(past.closing[:, -1])))
        raise DataError(
            f"no size of {', '.join(map(str, past.keys.iloc[row])) or 'the list'} in the last period",
            "one for each list",
            "Leave out lists that have ended",
        )
    return estimated(*past.filled(), used=used, known=past.known(), paths=paths, rng=rng)


def _asked(by_date: Date | None, dates: pd.DatetimeIndex, every: str) -> int:
    """Return the place of the period whose chance is asked for."""
    moment = dates[-1] if by_date is None else pd.Timestamp(by_date)
    if moment < dates[0] or moment > following(dates[-1], 1, every)[0]:
        raise ArgumentError(
            f"by_date={by_date}",
            f"a date from {dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}",
            "Raise periods, or correct it",
        )
    return max(int((dates <= moment).sum()) - 1, 0)


def _load(draws: Draws, scenario: Scenario, weeks: float) -> dict[str, Numbers]:
    """Return demand and capacity a week and their ratio; missing where flows are not known."""
    joining = draws.joining.mean(axis=1) / weeks * scenario.demand + scenario.extra_demand
    leaving = draws.leaving.mean(axis=1) / weeks * scenario.capacity + scenario.extra_capacity
    falling = np.where(scenario.one_off > 0, np.inf, leaving - joining)
    if not draws.flows:
        none = np.full_like(joining, np.nan)
        return {"demand": none, "capacity": none, "load": none, "falling": falling}
    load = joining / np.where(leaving > 0, leaving, np.nan)
    return {"demand": joining, "capacity": leaving, "load": load, "falling": falling}


@dataclass(frozen=True, eq=False)
class _Ahead:
    """What is to come of each list, whatever the scenario: dates, the sizes aimed at, the date asked for."""

    past: History
    dates: pd.DatetimeIndex
    aims: Numbers
    asked: int

    def points(self, sizes: Numbers, scenario: str) -> pd.DataFrame:
        """Return the bands of simulated sizes (steps by lists by paths), a row a list and date."""
        table = keys_by_date(self.past.keys, self.dates)
        table.insert(len(table.columns) - 1, "scenario", scenario)
        bands = np.quantile(sizes, list(BANDS.values()), axis=2)
        for name, band in zip(BANDS, bands, strict=True):
            table[name] = band.T.reshape(-1)
        met = (sizes.transpose(1, 0, 2) <= self.aims[..., None]).mean(axis=2)
        chance = np.where(np.isnan(self.aims), np.nan, met)
        return table.assign(target=self.aims.reshape(-1), chance=chance.reshape(-1))

    def summary(self, sizes: Numbers, scenario: str, load: dict[str, Numbers]) -> pd.DataFrame:
        """Return where the lists come to, a row a list."""
        low, middle, high = np.quantile(sizes, [0.1, 0.5, 0.9], axis=2)
        wanted = self.aims[:, self.asked]
        chance = (sizes[self.asked] <= wanted[:, None]).mean(axis=1)
        return self.past.keys.reset_index(drop=True).assign(
            scenario=scenario,
            list_size=self.past.closing[:, -1],
            demand=load["demand"],
            capacity=load["capacity"],
            load=load["load"],
            end_median=middle[-1],
            end_lower_80=low[-1],
            end_upper_80=high[-1],
            target=wanted,
            chance=np.where(np.isnan(wanted), np.nan, chance),
            **self._reached(middle.T, load["falling"]),
        )

    def _reached(self, median: Numbers, falling: Numbers) -> dict[str, object]:
        """Return when each list is more likely than not at its target: never, where demand is not below capacity."""
        now = self.past.closing[:, -1]
        there = median <= self.aims
        can = there.any(axis=1) & ((falling > 0) | (now <= self.aims[:, 0]) | (self.aims[:, -1] >= now))
        day = pd.Series(self.dates.to_numpy()[there.argmax(axis=1)]).where(can)
        words = [
            _period(date, self.past.every) if known else NOT_REACHED
            for date, known in zip(day, can.tolist(), strict=True)
        ]
        texts = np.where(np.isnan(self.aims).all(axis=1), "", words)
        return {"reached": pd.array(texts, dtype="str"), "reached_date": day.to_numpy()}


def _period(date: pd.Timestamp, every: str) -> str:
    """Return a period in words: a month by its name, if its first day stands for it."""
    return f"{date:%B %Y}" if every == "month" and date.day == 1 else f"{date.day} {date:%B %Y}"
