"""The access standards of a mental health and community trust, and which measure or service of a project tells each.

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

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from sutg_analysis.catalogue.load import Catalogue
from sutg_analysis.errors import ArgumentError, DataError
from sutg_analysis.waiting.clocks import ClockRule, read_rules, read_toml

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
        _check(name, settings)
        usual[name] = replace(
            usual.get(name, Standard(name, name.replace("-", " ").capitalize())), **settings
        )
    return tuple(usual.values())


def _check(name: str, settings: Any) -> None:
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
