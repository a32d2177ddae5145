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

The access standards of a mental health and community trust, and which measure or service of a project tells each.

The national ones are those of NHS England's guidance; local ones are what trusts list beside them. A standard is told by
the measure, or else the service, that carries its id, or that ``data/clocks.toml`` names::

    [standards.rtt-18-weeks]
    measure = "waits-18-weeks"

    [standards.wheelchairs]  # one of the project's own
    title = "Wheelchairs handed over within 18 weeks"
    service = "wheelchair-service"

A standard that neither tells has no data, and that is all that is said of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from sutg_analysis.catalogue.catalogue import Catalogue
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
        :func:`sutg_analysis.waiting.clocks.read_standards`.

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


CLOCKS = "clocks.toml"


@dataclass(frozen=True)
class Standard:
    """One standard.

    Parameters
    ----------
    id
        Its name in files.
    title
        What it asks, in words.
    kind
        ``"national"`` or ``"local"``.
    target
        The percentage of people for whom it should be kept; None where a service's own clock rule says so.
    measure, service
        What tells it: a measure_id, or a service of ``pathways``. By default either of the standard's own id.
    """

    id: str
    title: str
    kind: Literal["national", "local"] = "local"
    target: float | None = None
    measure: str | None = None
    service: str | None = None


ACCESS_STANDARDS = (
    Standard(
        "psychosis-2-weeks", "Early intervention in psychosis: treatment begun within 2 weeks", "national", 60
    ),
    Standard("talking-6-weeks", "Talking therapies: treatment begun within 6 weeks", "national", 75),
    Standard("talking-18-weeks", "Talking therapies: treatment begun within 18 weeks", "national", 95),
    Standard("rtt-18-weeks", "Referral to treatment within 18 weeks", "national", 92),
    Standard(
        "eating-disorders-urgent",
        "Children and young people's eating disorders, urgent: treatment begun within 1 week",
        "national",
        95,
    ),
    Standard(
        "eating-disorders-routine",
        "Children and young people's eating disorders, routine: treatment begun within 4 weeks",
        "national",
        95,
    ),
    Standard(
        "follow-up-72-hours", "Followed up within 72 hours of leaving a mental health ward", "national", 80
    ),
    Standard("community-response-2-hours", "Urgent community response within 2 hours", "national", 70),
    Standard("camhs", "Child and adolescent mental health services"),
    Standard("neurodevelopmental", "Neurodevelopmental assessment"),
    Standard("continence", "Continence"),
    Standard("adhd-autism", "ADHD and autism assessment of adults"),
)
"""Thresholds as published: psychosis since 2020/21, talking therapies since 2015, referral to treatment since 2012,
eating disorders since 2020/21, follow-up since 2020, community response since 2022."""


def read_standards(source: str | Path | Mapping[str, Any] | None = None) -> tuple[Standard, ...]:
    """Return the standards as a project has them: the usual ones, with what its file changes and adds.

    Parameters
    ----------
    source
        ``data/clocks.toml``, or a table of the same shape; None for the usual ones.

    Raises
    ------
    DataError
        The file cannot be read as TOML.
    ArgumentError
        A standard has a setting that there is not, or a target that is no percentage.

    Examples
    --------
    >>> mine = read_standards({"standards": {"rtt-18-weeks": {"measure": "waits-18-weeks"}}})
    >>> next(standard.measure for standard in mine if standard.id == "rtt-18-weeks")
    'waits-18-weeks'
    """
    table = {} if source is None else read_toml(source).get("standards", {})
    usual = {standard.id: standard for standard in ACCESS_STANDARDS}
    for name, settings in table.items():
        _check_standard(name, settings)
        usual[name] = replace(
            usual.get(name, Standard(name, name.replace("-", " ").capitalize())), **settings
        )
    return tuple(usual.values())


def _check_standard(name: str, settings: Any) -> None:
    known = [field.name for field in fields(Standard) if field.name != "id"]
    strange = sorted(set(settings) - set(known)) if isinstance(settings, Mapping) else [str(settings)]
    if strange:
        raise ArgumentError(
            f"the setting {strange[0]!r} of the standard {name}",
            f"one of {', '.join(known)}",
            "Correct its name",
        )
    kind, target = settings.get("kind", "local"), settings.get("target", 1)
    if kind not in ("national", "local"):
        raise ArgumentError(f"kind = {kind!r} of the standard {name}", "national or local", "Correct it")
    if not isinstance(target, int | float) or not 0 < target <= 100:
        raise ArgumentError(
            f"target = {target!r} of the standard {name}", "a percentage above 0, up to 100", "Correct it"
        )


def read_clocks(
    project: str | Path, catalogue: Catalogue
) -> tuple[Mapping[str, ClockRule], tuple[Standard, ...]]:
    """Read and check ``data/clocks.toml``: the clock rules of services, and the access standards.

    Raises
    ------
    DataError
        The file cannot be read, has a setting that there is not, or names a service or measure that is not there.
    """
    path = Path(project) / "data" / CLOCKS
    source: Path | dict[str, Any] = path if path.is_file() else {}
    try:
        rules, standards = read_rules(source), read_standards(source)
    except ArgumentError as error:
        raise DataError(f"data/{CLOCKS}: {error.found}", error.expected, error.remedy) from None
    units, measures = catalogue.units["unit_id"].tolist(), catalogue.measures["measure_id"].tolist()
    services = {standard.service for standard in standards if standard.service} | set(rules) - {"*"}
    _check_known(services, units, "service", "unit_id of data/units")
    told = {standard.measure for standard in standards if standard.measure}
    _check_known(told, measures, "measure", "measure_id of data/measures")
    return rules, standards


def _check_known(names: set[str], known: list[str], what: str, expected: str) -> None:
    for name in sorted(names - set(known)):
        close = get_close_matches(name, known, n=1)
        raise DataError(
            f"data/{CLOCKS} names the {what} {name!r}",
            expected=f"a {expected}",
            remedy=f"Correct it; did you mean {close[0]!r}?" if close else "Correct it",
        )
