"""What a measure counts in a register, in few words: ``harm = falls``, ``seen within 18 weeks``, ``night registered fill``.

A measure says in ``from`` which register its numbers come from and in ``rule`` what is counted there:

==========  =======================================================================================================
incidents   ``harm = falls``, ``harm = falls or slips``, ``any harm``; then ``level = severe`` or ``level from moderate``;
            then ``of WARD or WARD``; then ``per bed days`` (of the SITREP) or ``per MEASURE`` (its numerators);
            ``days between`` before it all
pathways    ``seen within 18 weeks``, ``waiting within 18 weeks``, ``waiting over 52 weeks``, ``list size``, ``joined``,
            ``seen``, ``left``; each may end in ``of SERVICE`` or ``of SERVICE or SERVICE``
sitrep      ``registered fill``, ``unregistered fill``, ``fill``, each after the name of a shift if one is meant;
            ``occupancy``, ``leave``, ``bed days``
feedback    ``positive``, ``negative``, ``responses``
==========  =======================================================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sutg_analysis.errors import ArgumentError

TYPED = "observations"
REGISTERS = ("incidents", "pathways", "sitrep", "feedback")
BED_DAYS = "bed days"
_LEVELS = ("none", "low", "moderate", "severe", "death")
_EXAMPLES = {
    "incidents": "'harm = falls', 'harm = falls, level from moderate, per bed days' or 'days between harm = death'",
    "pathways": "'seen within 18 weeks', 'waiting within 18 weeks', 'waiting over 52 weeks', 'list size', 'joined' or 'left'",
    "sitrep": "'registered fill', 'night registered fill', 'occupancy', 'leave' or 'bed days'",
    "feedback": "'positive', 'negative' or 'responses'",
}
_INCIDENTS = re.compile(
    r"(?P<gaps>days between )?(?:any harm|harm = (?P<harms>[\w-]+(?: or [\w-]+)*))"
    r"(?:,? level (?P<bound>=|from|>=) (?P<level>\w+)(?: or worse)?)?"
    r"(?:,? of (?P<units>[\w-]+(?: or [\w-]+)*))?(?:,? per (?P<per>[\w -]+))?",
    re.IGNORECASE,
)
_PATHWAYS = re.compile(
    r"(?:(?P<whose>seen|waiting) (?P<side>within|over) (?P<weeks>\d+(?:\.\d+)?) weeks?"
    r"|(?P<flow>list size|joined|seen|left))(?:,? of (?P<units>[\w-]+(?: or [\w-]+)*))?",
    re.IGNORECASE,
)
_SITREP = re.compile(
    r"(?:(?P<shift>[\w-]+) )??(?:(?P<role>registered|unregistered) )?(?P<what>fill|occupancy|leave|bed days)"
)
_FEEDBACK = re.compile(r"(?P<what>positive|negative|responses)")


@dataclass(frozen=True)
class Rule:
    """What is counted of a register.

    Parameters
    ----------
    register
        One of ``REGISTERS``.
    what
        ``count`` or ``gaps`` of incidents; ``seen``, ``waiting``, ``list size``, ``joined``, ``left`` of pathways;
        ``fill``, ``occupancy``, ``leave``, ``bed days`` of the SITREP; ``positive``, ``negative``, ``responses``.
    harms, levels
        Of incidents: those counted; empty for all.
    per
        ``bed days``, a measure whose numerators are the denominators, or empty for none.
    weeks, over
        Of pathways: how long, and whether longer waits are counted rather than those within; None for a flow.
    units
        The wards or services counted; empty for all.
    role, shift
        Of the SITREP: ``registered`` or ``unregistered``, and one shift; empty for all.
    words
        The rule as it was written.
    """

    register: str
    what: str
    harms: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    per: str = ""
    weeks: float | None = None
    over: bool = False
    units: tuple[str, ...] = ()
    role: str = ""
    shift: str = ""
    words: str = ""


def read_rule(register: str, text: str) -> Rule:
    """Read a rule of a register.

    Raises
    ------
    ArgumentError
        It is no rule of that register.

    Examples
    --------
    >>> rule = read_rule("incidents", "harm = falls, level from severe, per bed days")
    >>> rule.harms, rule.levels, rule.per
    (('falls',), ('severe', 'death'), 'bed days')
    >>> read_rule("pathways", "seen within 18 weeks").weeks
    18.0
    >>> read_rule("sitrep", "Night registered fill").shift
    'night'
    """
    plain = re.sub(r"\s*(>=|=)\s*", r" \1 ", " ".join(str(text).split()))
    pattern = {
        "incidents": _INCIDENTS,
        "pathways": _PATHWAYS,
        "sitrep": _SITREP,
        "feedback": _FEEDBACK,
    }[register]
    found = re.fullmatch(pattern, plain if register in ("incidents", "pathways") else plain.lower())
    parts = found.groupdict() if found else {}
    if not found or (parts.get("level") and parts["level"] not in _LEVELS):
        raise ArgumentError(f"rule={text!r} of {register}", _EXAMPLES[register], "Write it as one of these")
    return replace(_RULES[register](parts), words=" ".join(str(text).split()))


def _of_incidents(parts: dict[str, str | None]) -> Rule:
    level = parts["level"]
    at = _LEVELS.index(level) if level else 0
    levels = () if not level else _LEVELS[at : at + 1] if parts["bound"] == "=" else _LEVELS[at:]
    per = (parts["per"] or "").strip()
    return Rule(
        "incidents",
        "gaps" if parts["gaps"] else "count",
        _names(parts["harms"]),
        levels,
        BED_DAYS if per in ("bed days", "occupied bed days") else per,
        units=_names(parts["units"]),
    )


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(" or ")) if text else ()


def _of_pathways(parts: dict[str, str | None]) -> Rule:
    units = _names(parts["units"])
    if parts["flow"]:
        return Rule("pathways", parts["flow"].lower(), units=units)
    weeks, over = float(str(parts["weeks"])), str(parts["side"]).lower() == "over"
    return Rule("pathways", str(parts["whose"]).lower(), weeks=weeks, over=over, units=units)


def _of_sitrep(parts: dict[str, str | None]) -> Rule:
    return Rule("sitrep", str(parts["what"]), role=parts["role"] or "", shift=parts["shift"] or "")


def _of_feedback(parts: dict[str, str | None]) -> Rule:
    return Rule("feedback", str(parts["what"]))


_RULES = {
    "incidents": _of_incidents,
    "pathways": _of_pathways,
    "sitrep": _of_sitrep,
    "feedback": _of_feedback,
}
