"""The finished control chart: tables of points, series and segments, and the caveats about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pkgutil import resolve_name
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sutg_analysis.arrays import Flags, Places
from sutg_analysis.control.profiles import Profile
from sutg_analysis.errors import ArgumentError
from sutg_analysis.result import Result

_ABOUT_POINTS = (
    "date value denominator centre lower upper lower_2sigma upper_2sigma segment excluded excluded_reason rebase "
    "rebase_reason outside shift trend two_of_three conflict variation target known_to"
)
_ABOUT_SERIES = (
    "latest latest_date first_date centre lower upper target improvement variation assurance conflict signals "
    "points segments sigma_signal runs_signal longest_run longest_run_max crossings crossings_min warnings "
    "so_far so_far_date so_far_to"
)
_ABOUT_SEGMENTS = "segment last_date useful"
RESULT_COLUMNS = frozenset(f"{_ABOUT_POINTS} {_ABOUT_SERIES} {_ABOUT_SEGMENTS}".split())
"""Names of the result's own columns, which no key column can have."""


Dates = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Caveat:
    """One doubt about some series.

    Parameters
    ----------
    code
        Which doubt: a key of ``control.caveats.WARNINGS``.
    series
        The series' rows in ``result.summary``.
    number, date, until
        What was counted in each series, and the dates that are spoken of; None where the doubt has none.
    limit
        What the number is held against.
    """

    code: str
    series: Places
    number: Places | None = None
    date: Dates | None = None
    until: Dates | None = None
    limit: float | None = None

    def of(self, chosen: Places) -> Caveat | None:
        """Return the doubt about some of the series, in order and counted anew; None where it is about none."""
        place = np.minimum(np.searchsorted(chosen, self.series), len(chosen) - 1)
        kept = chosen[place] == self.series
        number, date, until = (
            None if each is None else each[kept] for each in (self.number, self.date, self.until)
        )
        return (
            replace(self, series=place[kept], number=number, date=date, until=until) if kept.any() else None
        )

    def texts(self, template: str, *, day: Callable[[pd.Timestamp], str]) -> list[str]:
        """Return a sentence a series, made from one template."""
        none = (None,) * len(self.series)
        columns = (none if each is None else each.tolist() for each in (self.number, self.date, self.until))
        known: dict[tuple[object, ...], str] = {}
        found = []
        for key in zip(*columns, strict=True):
            if key not in known:
                number, date, until = key
                known[key] = template.format(
                    number=number,
                    points=f"{number} point{'' if number == 1 else 's'}",
                    values=f"{number} value{'' if number == 1 else 's'}",
                    are="is" if number == 1 else "are",
                    limit=self.limit,
                    date=None if date is None else day(pd.Timestamp(date)),
                    until=None if until is None else day(pd.Timestamp(until)),
                )
            found.append(known[key])
        return found


@dataclass(frozen=True, eq=False)
class About:
    """Which measure of a project a chart is of, so that it need not be told when it is shown.

    Parameters
    ----------
    series
        ``measure/unit``, by which pages say whose verdict they show; empty for several units.
    title, unit
        What is measured, and in what.
    events
        What happened to it, for the chart.
    measure
        Its row of the table of measures.
    catalogue
        The tables it was made from.
    start
        The first day of the report's period: signals from then on are told even if the latest point gives none.
    """

    series: str
    title: str
    unit: str
    events: pd.DataFrame | None
    measure: pd.Series
    catalogue: Any
    start: pd.Timestamp


@dataclass(frozen=True, eq=False)
class SpcResult(Result):
    """A finished control chart of one series or many.

    Parameters
    ----------
    points
        One row an observation (a subgroup for xbar and s), sorted by series and date: key columns, date, value,
        denominator (where given), centre, lower, upper, lower_2sigma, upper_2sigma, segment (from 1), excluded,
        excluded_reason, rebase (first point of a new segment), rebase_reason, outside, shift, trend,
        two_of_three, conflict (rules speak of improvement and of concern), variation (the point's own verdict),
        target. A reason is an empty string where there is none. Where some points are provisional, known_to: the
        day up to which each of them is known.
    summary
        One row a series: key columns, latest, latest_date, first_date, centre, lower, upper, target, improvement,
        variation, assurance, conflict, signals, points, segments, sigma_signal, runs_signal, longest_run,
        longest_run_max, crossings, crossings_min, warnings. ``latest``, limits and verdicts are those of the
        last point that has a value and is not excluded; runs belong to its segment; ``warnings`` and ``signals``
        are strings, sentences joined by ``"; "`` and rules by ``", "``, empty where there is nothing to say.
        Where some points are provisional: so_far (the value of a series' last point where that is not over), so_far_date
        and so_far_to (the day up to which it is known).
    segments
        One row a segment: key columns, segment, first_date, last_date, points, centre, lower, upper, outside,
        longest_run, longest_run_max, crossings, crossings_min, useful, sigma_signal, runs_signal. Limits that
        differ between points are missing here.
    caveats
        One item a kind of doubt, of which ``warnings`` are made: its code, the series it is about, and the numbers
        and dates it rests on.
    by
        Names of the key columns.
    chart_type, per, profile
        As the call had them.
    about
        Of a project's measure: which it is; None for a frame of one's own.
    """

    _views = "control:spc"
    _drawn = "spec"

    points: pd.DataFrame
    summary: pd.DataFrame
    segments: pd.DataFrame
    caveats: tuple[Caveat, ...]
    by: tuple[str, ...]
    chart_type: str
    per: float | str | Mapping[Hashable, float]
    profile: Profile
    about: About | None = None

    def __repr__(self) -> str:
        count = len(self.summary)
        return (
            f"<SpcResult: {self.chart_type} chart, {count} series, {len(self.points)} points, "
            f"profile {self.profile.name}>"
        )

    def _known(self) -> dict[str, object]:
        about = self.about
        return {} if about is None else {"title": about.title, "unit": about.unit, "events": about.events}

    def select(self, **keys: object) -> SpcResult:
        """Return the result of the series whose keys match (a list: any of these), limits and verdicts unchanged.

        Raises
        ------
        ArgumentError
            If a name is not a key, or no series has these keys.

        Examples
        --------
            >>> from sutg_analysis import spc
        >>> frame = pd.DataFrame({"ward": ["A"] * 3 + ["B"] * 3, "y": [1, 2, 3, 4, 5, 6],
        ...                       "month": list(pd.date_range("2024-01-01", periods=3, freq="MS")) * 2})
        >>> spc(frame, value="y", date="month", by="ward").select(ward="B").summary["centre"].tolist()
        [5.0]
        """
        for name in sorted(set(keys) - set(self.by)):
            known = ", ".join(self.by) or "no keys (one series)"
            raise ArgumentError(f"no key {name!r}", known, "Select by the keys given in by=")
        kept = np.ones(len(self.summary), dtype=bool)
        for name, value in keys.items():
            kept &= self.summary[name].isin(value if isinstance(value, list) else [value]).to_numpy()
        if not kept.any():
            wanted = ", ".join(f"{name}={value!r}" for name, value in keys.items())
            raise ArgumentError(
                f"no series with {wanted}",
                f"keys found in {', '.join(self.by)}",
                "See result.summary for them",
            )
        return self.of(kept)

    def of(self, kept: Flags) -> SpcResult:
        """Return the result of some of its series, limits and verdicts unchanged; ``kept`` says which, in order."""
        chosen = np.flatnonzero(kept)
        points, segments = (
            _of_series(table, starts, chosen)
            for table, starts in zip((self.points, self.segments), self._starts, strict=True)
        )
        summary = self.summary.iloc[chosen].reset_index(drop=True)
        caveats = tuple(filter(None, (caveat.of(chosen) for caveat in self.caveats)))
        return replace(self, points=points, summary=summary, segments=segments, caveats=caveats)

    def table(
        self,
        *,
        of: Literal["summary", "points"] = "summary",
        title: str | None = None,
        unit: str | None = None,
    ) -> Any:
        """Return the result as a table with icons, which a notebook and a page display."""
        return resolve_name("sutg_analysis.reports.tables:spc_table")(self, of=of, title=title, unit=unit)

    @cached_property
    def _starts(self) -> tuple[Places, Places]:
        """Where each series begins among the points and among the segments."""
        return series_starts(self.points, self.by), series_starts(self.segments, self.by)

    def renamed(self, *, of: str, **names: Mapping[Hashable, str] | pd.Series) -> SpcResult:
        """Return the result with one key column told by names: ``renamed(of="unit_id", unit=names_by_id)``.

        ``names`` maps a new column to a mapping or series of the old key's values; the new column stands first.
        """
        ((new, known),) = names.items()
        tables = {}
        for name in ("points", "summary", "segments"):
            table = getattr(self, name)
            tables[name] = table.drop(columns=of)
            tables[name].insert(0, new, table[of].map(known))
        return replace(self, by=tuple(new if key == of else key for key in self.by), **tables)


def series_starts(table: pd.DataFrame, by: Sequence[str]) -> Places:
    """Return the rows where a series begins, in a table sorted by series.

    Examples
    --------
    >>> series_starts(pd.DataFrame({"ward": ["A", "A", "B"]}), ("ward",)).tolist()
    [0, 2]
    """
    changed = np.zeros(len(table), dtype=bool)
    changed[:1] = True
    for name in by:
        column = table[name].to_numpy()
        changed[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changed)


def _of_series(table: pd.DataFrame, starts: Places, chosen: Places) -> pd.DataFrame:
    """Return the rows of some series; those of neighbours, as mostly asked for, are cut out in one piece."""
    ends = np.append(starts[1:], len(table))
    if len(chosen) == chosen[-1] - chosen[0] + 1:
        rows = table.iloc[starts[chosen[0]] : ends[chosen[-1]]]
    else:
        rows = table.iloc[np.concatenate([np.arange(starts[at], ends[at]) for at in chosen])]
    return rows.reset_index(drop=True)
