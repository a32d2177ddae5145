"""When a wait begins and ends: the clock rules of each service, as a small file says them.

A clock starts at one date and stops at the first of several, or at the latest of several, all of which must have
happened (the community mental health four-week wait: first contact, a baseline outcome measure and a care plan).
Referrals of one person may be joined into a spell across short gaps. ``data/clocks.toml``::

    [default]
    target_weeks = 18
    standard = 0.92

    [services.community-mental-health]
    stops = ["first_contact", "outcome_measure", "care_plan"]
    stop_rule = "latest"
    join_days = 5
    target_weeks = 4

    [services.neurodevelopmental.trajectory]  # how many are planned to wait, from each date on
    2023-09-30 = 1600
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sutg_analysis.errors import ArgumentError, DataError


@dataclass(frozen=True)
class ClockRule:
    """The clock of one service.

    Parameters
    ----------
    start
        The column in which the wait begins.
    stops
        The columns that end it by being seen.
    stop_rule
        ``"first"``: whichever comes first; ``"latest"``: when all have happened, at the latest of them.
    join_days
        Join referrals of one person that follow within so many days; none are joined without it.
    target_weeks
        The wait that should not be exceeded.
    standard
        The share of people who should not exceed it.
    judged
        Whose waits the standard is of: ``"waiting"``, those on the list at the end of the month, or ``"seen"``, those
        seen in it.
    trajectory
        The size planned for the list, from each date on until the next.
    """

    start: str = "referred"
    stops: tuple[str, ...] = ("seen",)
    stop_rule: Literal["first", "latest"] = "first"
    join_days: int | None = None
    target_weeks: float = 18
    standard: float = 0.92
    judged: Literal["waiting", "seen"] = "waiting"
    trajectory: tuple[tuple[date, float], ...] = ()

    @property
    def target_days(self) -> int:
        """The longest wait in time, in whole days: 18 weeks are 126 days."""
        return round(self.target_weeks * 7)


Rules = Mapping[str, ClockRule]
"""Rules by service; ``"*"`` stands for every other service."""


def read_rules(source: str | Path | Mapping[str, Any]) -> dict[str, ClockRule]:
    """Read clock rules from a TOML file, or from a table of the same shape.

    Parameters
    ----------
    source
        A file, or a mapping with ``default`` and ``services``; its ``standards`` are read by
        :func:`sutg_analysis.waiting.standards.read_standards`.

    Returns
    -------
    dict of str to ClockRule
        By service, with ``"*"`` for the default.

    Raises
    ------
    DataError
        If the file cannot be read as TOML.
    ArgumentError
        If a rule has a setting that there is not, or a value that cannot be.

    Examples
    --------
    >>> rules = read_rules({"services": {"continence": {"target_weeks": 6}}})
    >>> rules["continence"].target_days, rules["*"].target_days
    (42, 126)
    """
    table = read_toml(source)
    strange = sorted(set(table) - {"default", "services", "standards"})
    if strange:
        raise ArgumentError(
            f"{strange[0]!r} among clock rules",
            "default, services or standards",
            "Write it under [services.NAME]",
        )
    default = dict(table.get("default", {}))
    rules = {"*": _rule("default", default)}
    for name, settings in table.get("services", {}).items():
        rules[name] = _rule(name, default | dict(settings))
    return rules


def rule_of(rules: Rules, service: str) -> ClockRule:
    """Return the rule of a service: its own, the default's, or the usual 18 weeks.

    Examples
    --------
    >>> rule_of({}, "continence").target_weeks
    18
    """
    return rules.get(service, rules.get("*", ClockRule()))


def read_toml(source: str | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a TOML file as a table; a table as it is.

    Raises
    ------
    DataError
        If the file cannot be read as TOML.
    """
    if isinstance(source, Mapping):
        return source
    path = Path(source)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: {error}", "a TOML file", "Correct the line it names") from None


def _rule(name: str, settings: dict[str, Any]) -> ClockRule:
    known = [field.name for field in fields(ClockRule)]
    strange = sorted(set(settings) - set(known))
    if strange:
        raise ArgumentError(
            f"the setting {strange[0]!r} of the clock of {name}",
            f"one of {', '.join(known)}",
            "Correct its name",
        )
    stops = settings.get("stops", ("seen",))
    given = {**settings, "stops": (stops,) if isinstance(stops, str) else tuple(stops)}
    rule = ClockRule(**{**given, "trajectory": _trajectory(name, settings.get("trajectory", {}))})
    _check(name, rule)
    return rule


def _trajectory(name: str, sizes: Any) -> tuple[tuple[date, float], ...]:
    """Return planned sizes in the order of their dates."""
    try:
        return tuple(sorted((date.fromisoformat(str(day)), float(size)) for day, size in sizes.items()))
    except (AttributeError, TypeError, ValueError):
        raise ArgumentError(
            f"trajectory = {sizes!r} of the clock of {name}",
            "a size for each date, such as 2024-03-31 = 250",
            "Correct it",
        ) from None


def _check(name: str, rule: ClockRule) -> None:
    wrong = {
        "stop_rule": (rule.stop_rule not in ("first", "latest"), "first or latest"),
        "judged": (rule.judged not in ("waiting", "seen"), "waiting or seen"),
        "trajectory": (any(size < 0 for _, size in rule.trajectory), "sizes of 0 or more"),
        "stops": (not rule.stops, "at least one column"),
        "join_days": (rule.join_days is not None and rule.join_days < 0, "0 days or more"),
        "target_weeks": (not rule.target_weeks > 0, "more than 0 weeks"),
        "standard": (not 0 < rule.standard <= 1, "a share above 0 and up to 1"),
    }
    for setting, (bad, expected) in wrong.items():
        if bad:
            raise ArgumentError(
                f"{setting} = {getattr(rule, setting)!r} of the clock of {name}", expected, "Correct it"
            )
