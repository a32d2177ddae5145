"""From a timeline to a regression's design: level, time, a change, and the season as pairs of waves.

A season is drawn with harmonics, sin and cos of 2 pi k t / season, k = 1, 2: four coefficients for the twelve
months, which few years can carry. "auto" keeps them only where a joint test finds them beyond chance (1 %).
"""

from __future__ import annotations

import numpy as np

from sutg_analysis.control.observations import Numbers, Whole
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.trends.regression import Series, fit
from sutg_analysis.trends.timeline import Timeline

MOST_HARMONICS = 2
SEASON_SURE = 0.01
_FULL_SEASONS = 2


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


def waves(step: Whole, season: float, harmonics: int) -> dict[str, Numbers]:
    """Return the columns of a season.

    Examples
    --------
    >>> {name: column.round(2).tolist() for name, column in waves(np.arange(4), 4, 1).items()}
    {'sin1': [0.0, 1.0, 0.0, -1.0], 'cos1': [1.0, 0.0, -1.0, -0.0]}
    """
    angle = 2 * np.pi * step / season
    pairs = [(k, name) for k in range(1, harmonics + 1) for name in ("sin", "cos")]
    return {f"{name}{k}": getattr(np, name)(k * angle) for k, name in pairs}


def most_harmonics(line: Timeline) -> int:
    """Return how many harmonics a calendar's season can have, two at most."""
    return min(MOST_HARMONICS, (line.calendar.season - 1) // 2)


def wave_length(line: Timeline) -> float:
    """Return the steps in a season; a year of weeks is a little more than 52."""
    return line.calendar.a_year if line.calendar.step == "week" else float(line.calendar.season)


def harmonics_of(line: Timeline, columns: dict[str, Numbers], asked: int | str | None, *, family: str) -> int:
    """Return how many harmonics to fit: as many as asked for, or found ("auto"); 0 where there is no season.

    Raises
    ------
    ArgumentError, DataError
        If the number is impossible, or fewer than two seasons are there.
    """
    if asked in (None, False, 0):
        return 0
    if asked != "auto":
        return _asked(line, asked, (line.calendar.season - 1) // 2)
    most = most_harmonics(line)
    found = waves(line.step, wave_length(line), most)
    span = np.ptp(line.step[line.known]) + 1
    series = series_of(line, {**columns, **found})
    if not found or span < _FULL_SEASONS * line.calendar.season or series.spare < len(found) + 3:
        return 0
    try:
        surely = fit(series, family=family).joint(tuple(found)) < SEASON_SURE
    except DataError:
        return 0
    return most if surely else 0


def _asked(line: Timeline, harmonics: object, most: int) -> int:
    if isinstance(harmonics, bool) or not isinstance(harmonics, int) or not 0 < harmonics <= max(most, 0):
        raise ArgumentError(
            f"season={harmonics!r} of a {line.calendar.step} calendar",
            f"'auto', None or a number of harmonics up to {most}",
            "Use 'auto'",
        )
    span = int(np.ptp(line.step[line.known])) + 1
    if span < _FULL_SEASONS * line.calendar.season:
        raise DataError(
            f"{span} {line.calendar.step}s, less than two seasons",
            f"{_FULL_SEASONS * line.calendar.season} or more to tell a season",
            "Leave the season out",
        )
    return harmonics
