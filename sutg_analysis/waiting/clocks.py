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

The access standards of a mental health and community trust stand in the same file: the national ones are those of NHS
England's guidance; local ones are what trusts list beside them. A standard is told by the measure, or else the service,
that carries its id, or that the file names::

    [standards.rtt-18-weeks]
    measure = "waits-18-weeks"

    [standards.wheelchairs]  # one of the project's own
    title = "Wheelchairs handed over within 18 weeks"
    service = "wheelchair-service"

A standard that neither tells has no data, and that is all that is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from sutg_analysis.catalogue.catalogue import Catalogue
from sutg_analysis.catalogue.settings import CLOSED, Expect, Fault, SettingsError, read_settings, read_toml
from sutg_analysis.errors import ArgumentError, DataError, did_you_mean

_STOPS = Expect("at least one column", len, read=lambda stops: [stops] if isinstance(stops, str) else stops)
_SHARE = Expect("a share above 0 and up to 1", lambda share: 0 < share <= 1)
_SIZES = Expect(
    "a size of 0 or more for each date, such as 2024-03-31 = 250",
    lambda sizes: all(size >= 0 for _, size in sizes),
    read=lambda sizes: sorted(sizes.items()),
)
_PERCENTAGE = Expect("a percentage above 0, up to 100", lambda percent: 0 < percent <= 100)


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

    __pydantic_config__ = CLOSED
    start: str = "referred"
    stops: Annotated[tuple[str, ...], _STOPS] = ("seen",)
    stop_rule: Annotated[Literal["first", "latest"], Expect("first or latest")] = "first"
    join_days: Annotated[int, Expect("0 days or more", lambda days: days >= 0)] | None = None
    target_weeks: Annotated[float, Expect("more than 0 weeks", lambda weeks: weeks > 0)] = 18
    standard: Annotated[float, _SHARE] = 0.92
    judged: Annotated[Literal["waiting", "seen"], Expect("waiting or seen")] = "waiting"
    trajectory: Annotated[tuple[tuple[date, float], ...], _SIZES] = ()

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
    clocks = _read(source)
    return {"*": clocks.default, **clocks.services}


def rule_of(rules: Rules, service: str) -> ClockRule:
    """Return the rule of a service: its own, the default's, or the usual 18 weeks.

    Examples
    --------
    >>> rule_of({}, "continence").target_weeks
    18
    """
    return rules.get(service, rules.get("*", ClockRule()))


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
    usual = {standard.id: standard for standard in ACCESS_STANDARDS}
    for name, changed in ({} if source is None else _read(source).standards).items():
        known = usual.get(name, Standard(name, name.replace("-", " ").capitalize()))
        usual[name] = replace(
            known, **{key: value for key, value in vars(changed).items() if value is not None}
        )
    return tuple(usual.values())


@dataclass(frozen=True)
class _StandardChanges:
    """What a file may change of a standard, or state of one of the project's own."""

    __pydantic_config__ = CLOSED
    title: str | None = None
    kind: Annotated[Literal["national", "local"], Expect("national or local")] | None = None
    target: Annotated[float, _PERCENTAGE] | None = None
    measure: str | None = None
    service: str | None = None


@dataclass(frozen=True)
class _Clocks:
    __pydantic_config__ = CLOSED
    default: ClockRule = field(default_factory=ClockRule)
    services: Mapping[str, ClockRule] = field(default_factory=dict)
    standards: Mapping[str, _StandardChanges] = field(default_factory=dict)


def _read(source: str | Path | Mapping[str, Any]) -> _Clocks:
    """Read a file of clock rules and standards; what a service does not state is as the default has it."""
    stated = source if isinstance(source, Mapping) else read_toml(Path(source), name=Path(source).name)
    default, services = stated.get("default", {}), stated.get("services", {})
    if isinstance(default, Mapping) and isinstance(services, Mapping):
        own = {
            name: {**default, **rule} if isinstance(rule, Mapping) else rule
            for name, rule in services.items()
        }
        stated = {**stated, "services": own}
    try:
        return read_settings(stated, _Clocks, name=CLOCKS)
    except SettingsError as error:
        raise _refused(error.faults[0]) from None


def _refused(fault: Fault) -> ArgumentError:
    *section, key = map(str, fault.keys)
    if not section:
        expected, remedy = "default, services or standards", "Write it under [services.NAME]"
        return ArgumentError(f"{key!r} among clock rules", expected, remedy)
    owner = "standard" if section[0] == "standards" else "clock of"
    if fault.kind == "unknown":
        found = f"the setting {key!r} of the {owner} {section[-1]}"
        return ArgumentError(found, fault.expected, f"Correct its name{fault.guess}")
    if len(section) == 1 and section[0] != "default":  # the whole of a standard or a service
        return ArgumentError(
            f"the setting {fault.value!r} of the {owner} {key}", fault.expected, fault.remedy
        )
    return ArgumentError(
        f"{key} = {fault.value!r} of the {owner} {section[-1]}", fault.expected, fault.remedy
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
    named = {standard.measure for standard in standards if standard.measure}
    _check_known(named, measures, "measure", "measure_id of data/measures")
    return rules, standards


def _check_known(names: set[str], known: list[str], what: str, expected: str) -> None:
    for name in sorted(names - set(known)):
        found, remedy = f"data/{CLOCKS} names the {what} {name!r}", f"Correct it{did_you_mean(name, known)}"
        raise DataError(found, f"a {expected}", remedy)
