"""The rules of the governance reports, as ``data/governance.toml`` states them and as every page shows them.

A rule that the file does not state has the value written here, so that a project needs no file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sutg_analysis.errors import DataError


@dataclass(frozen=True)
class SitrepRules:
    """When a shift is an exception: percent of planned hours, percent of beds; and days a report looks back."""

    registered_fill_below: float = 80
    unregistered_fill_below: float = 80
    occupancy_above: float = 100
    report_days: int = 7


@dataclass(frozen=True)
class EscalationRules:
    """When a programme is escalated, by metrics of concern and actions overdue, and after what calm it is not."""

    escalate_concerns: int = 3
    escalate_overdue: int = 3
    calm_concerns: int = 1
    calm_overdue: int = 1
    calm_months: int = 2

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

    months: int = 12
    good_completeness: float = 100
    fair_completeness: float = 90
    stale_months: int = 2


@dataclass(frozen=True)
class Governance:
    """All rules of a project, and the front sheets of its quarters."""

    sitrep: SitrepRules = field(default_factory=SitrepRules)
    escalation: EscalationRules = field(default_factory=EscalationRules)
    quality: QualityRules = field(default_factory=QualityRules)
    front_sheet: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


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
    path = Path(project) / "data" / "governance.toml"
    if not path.is_file():
        return Governance()
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"data/governance.toml cannot be read: {error}", "a TOML file in UTF-8", "Correct the line named"
        ) from error
    _known(stated, ("sitrep", "escalation", "quality", "front_sheet"), place="data/governance.toml")
    return Governance(
        sitrep=SitrepRules(**_numbers(stated, "sitrep", SitrepRules)),
        escalation=EscalationRules(**_numbers(stated, "escalation", EscalationRules)),
        quality=QualityRules(**_numbers(stated, "quality", QualityRules)),
        front_sheet=stated.get("front_sheet", {}),
    )


def _numbers(stated: Mapping[str, Any], name: str, rules: type) -> dict[str, Any]:
    given, place = stated.get(name, {}), f"data/governance.toml, [{name}]"
    _known(given, tuple(rule.name for rule in fields(rules)), place=place)
    for rule, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise DataError(f"{place}: {rule} = {value!r}", "a number of 0 or more", "Correct the number")
    return dict(given)


def _known(given: Mapping[str, Any], names: tuple[str, ...], *, place: str) -> None:
    for name in sorted(set(given) - set(names)):
        raise DataError(f"{place}: {name!r}", f"one of {', '.join(names)}", "Correct the name")
