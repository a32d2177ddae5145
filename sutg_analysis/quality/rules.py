"""The rules of the governance reports, as ``data/governance.toml`` states them and as every page shows them.

A rule that the file does not state has the value written here, so that a project needs no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from sutg_analysis.catalogue.settings import CLOSED, Expect, read_settings

_NUMBER = Expect("a number of 0 or more", lambda number: number >= 0, "Correct the number")
_WHOLE = Expect("a number of 0 or more, and whole", lambda number: number >= 0, "Correct the number")
_Number = Annotated[float, _NUMBER]
_Whole = Annotated[int, _WHOLE]


@dataclass(frozen=True)
class SitrepRules:
    """When a shift is an exception: percent of planned hours, percent of beds; and days a report looks back."""

    __pydantic_config__ = CLOSED
    registered_fill_below: _Number = 80
    unregistered_fill_below: _Number = 80
    occupancy_above: _Number = 100
    report_days: _Whole = 7


@dataclass(frozen=True)
class EscalationRules:
    """When a programme is escalated, by metrics of concern and actions overdue, and after what calm it is not."""

    __pydantic_config__ = CLOSED
    escalate_concerns: _Whole = 3
    escalate_overdue: _Whole = 3
    calm_concerns: _Whole = 1
    calm_overdue: _Whole = 1
    calm_months: _Whole = 2

    def words(self) -> str:
        """Return the rules as sentences."""
        return (
            f"Escalate when {self.escalate_concerns} or more metrics signal concern in one month, or "
            f"{self.escalate_overdue} or more actions are overdue at its end. De-escalate after "
            f"{self.calm_months} months in a row with at most {self.calm_concerns} metric of concern and at most "
            f"{self.calm_overdue} action overdue."
        )


@dataclass(frozen=True)
class QualityRules:
    """When data are good, fair or poor: months looked at, percent complete, months until stale."""

    __pydantic_config__ = CLOSED
    months: _Whole = 12
    good_completeness: _Number = 100
    fair_completeness: _Number = 90
    stale_months: _Whole = 2


@dataclass(frozen=True)
class Governance:
    """All rules of a project, and the front sheets of its quarters."""

    __pydantic_config__ = CLOSED
    sitrep: SitrepRules = field(default_factory=SitrepRules)
    escalation: EscalationRules = field(default_factory=EscalationRules)
    quality: QualityRules = field(default_factory=QualityRules)
    front_sheet: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def read_governance(project: str | Path) -> Governance:
    """Read ``data/governance.toml`` of a project.

    Raises
    ------
    DataError
        The file is not TOML, or states a rule that there is not, or one that is no number of 0 or more.

    Examples
    --------
    >>> from sutg_analysis.project import shipped
    >>> read_governance(shipped()).sitrep.registered_fill_below
    80
    """
    path, name = Path(project) / "data" / "governance.toml", "data/governance.toml"
    return read_settings(path, Governance, name=name) if path.is_file() else Governance()
