"""A project's waiting lists as at a day: its referrals, its clock rules, and what is counted of both.

What the page of a service and the summary of all services have in common. Nothing that happened later is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, did_you_mean
from sutg_analysis.waiting.clocks import ClockRule, Standard, read_clocks, rule_of
from sutg_analysis.waiting.waiting_list import WaitingListResult, waiting_list

_MONTHS = 60
"""Months of the past that are counted at most."""


@dataclass(frozen=True, eq=False)
class Lists:
    """The waiting lists of a project.

    Parameters
    ----------
    catalogue
        The tables as at a day of the quarter, with ``pathways``.
    quarter
        The quarter.
    rules
        Clock rules by service.
    standards
        The access standards.
    """

    catalogue: Catalogue
    quarter: Quarter
    rules: Mapping[str, ClockRule]
    standards: tuple[Standard, ...]

    @property
    def end(self) -> pd.Timestamp:
        """The day as at which they are counted."""
        return pd.Timestamp(self.catalogue.at.day)

    @cached_property
    def services(self) -> list[str]:
        """The services with referrals that may be counted, in the order of the units."""
        if self.catalogue.protection.hides("pathways"):
            return []
        there = set(self.catalogue.pathways["service"].unique())
        return [unit for unit in self.catalogue.units["unit_id"] if unit in there]

    def name(self, service: str) -> str:
        """Return a service's name."""
        units = self.catalogue.units
        return str(units.loc[units["unit_id"] == service, "name"].iloc[0])

    def rule(self, service: str) -> ClockRule:
        """Return the clock rule of a service."""
        return rule_of(self.rules, service)

    def planned(self, service: str) -> pd.DataFrame | None:
        """Return a list's planned sizes as dated targets of months, for ``spc(target=)``; None if there are none."""
        return planned(self.rule(service))

    def trajectory(self, service: str) -> pd.Series | None:
        """Return a list's planned sizes by their days, for a forecast; None if there are none."""
        sizes = {pd.Timestamp(date): size for date, size in self.rule(service).trajectory}
        return pd.Series(sizes, dtype=float) if sizes else None

    def plan(self, service: str) -> float:
        """Return the size planned for the day, missing if there is none."""
        return planned_at(self.rule(service), self.end)

    @cached_property
    def begin(self) -> pd.Timestamp:
        """The first month counted: before anybody left a list the table holds only who is left of it."""
        rows = self.catalogue.pathways
        ended = rows[["seen", "closed"]].min().min()
        first = rows["referred"].min() if pd.isna(ended) else ended
        earliest = self.end - pd.DateOffset(months=_MONTHS)
        return max(first, earliest + pd.Timedelta(days=1)).replace(day=1)

    def rows(self, service: str) -> pd.DataFrame:
        """Return the referrals of a service.

        Raises
        ------
        ArgumentError
            There are none.
        """
        rows = self.catalogue.pathways
        found = rows[rows["service"] == service]
        if found.empty:
            raise ArgumentError(
                f"no referrals to {service!r} up to {self.quarter.label}",
                expected=f"a service of data/pathways: {', '.join(self.services) or 'there are none'}",
                remedy=f"Correct it{did_you_mean(service, self.services)}",
            )
        return found.reset_index(drop=True)

    def counted(self, service: str) -> WaitingListResult:
        """Return the list of a service, month by month; ``known_to`` is the day where the last month is not over."""
        return waiting_list(
            self.rows(service),
            by=None,
            first=self.begin,
            last=self.end,
            latest=self.end,
            rules={service: self.rule(service)},
        )


def waiting_lists(at: Catalogue, *, project: str | Path) -> Lists:
    """Return the waiting lists of a project, which know their services, clock rules and plans.

    Parameters
    ----------
    at
        The project's tables as at a day, ``pathways`` among them.
    project
        Its folder, for ``data/clocks.toml``.

    Returns
    -------
    sutg_analysis.waiting.project.Lists
        ``services``; for one of them ``name``, ``rule``, ``rows`` (its referrals), ``counted`` (month by month),
        ``planned``, ``plan`` and ``trajectory``; ``begin`` and ``end`` of what is counted.

    Raises
    ------
    DataError
        ``data/clocks.toml`` is at fault.

    Examples
    --------
    >>> from sutg_analysis import load
    >>> from sutg_analysis.project import shipped
    >>> at = load(shipped(), tables=["pathways"], quarter="2023-24-q2")
    >>> lists = waiting_lists(at, project=shipped())
    >>> lists.rule("continence").target_weeks, lists.plan("continence")
    (18, 450.0)
    """
    return Lists(at, at.at.quarter, *read_clocks(project, at))


def planned(rule: ClockRule) -> pd.DataFrame | None:
    """Return planned sizes as dated targets of months: start, end, target; None if there are none.

    A month has the size planned for its last day.
    """
    if not rule.trajectory:
        return None
    dates = pd.to_datetime([date for date, _ in rule.trajectory])
    starts = dates.to_period("M").to_timestamp()
    ends = [*(starts[1:] - pd.Timedelta(days=1)), pd.NaT]
    return pd.DataFrame({"start": starts, "end": ends, "target": [size for _, size in rule.trajectory]})


def planned_at(rule: ClockRule, day: pd.Timestamp) -> float:
    """Return the size planned for a day, missing if there is none."""
    sizes = [size for date, size in rule.trajectory if pd.Timestamp(date) <= day]
    return float(sizes[-1]) if sizes else float("nan")
