"""What points at one person: NHS numbers, postcodes, dates of birth, addresses of e-mail, telephones, names.

A report needs none of them. A number of ten digits is taken for an NHS number if its check digit fits (Modulus 11,
NHS Data Dictionary), which one in eleven of any such numbers does; a postcode has one of the United Kingdom's areas
and both of its halves; a date is one of birth if it says so; a name is a title and a word with a capital. Whoever
says what was found shows it masked, because messages end up in logs.

In the tables of a project they are refused, unless ``data/identifiers.toml`` says why a column may hold them.

An exception names the kind, the table and the column, a reason and the role that decided it::

    [[allow]]
    kind = "nhs-number"          # or postcode, date-of-birth, e-mail, telephone, name
    table = "pathways"           # or the file, such as "notice.md"
    column = "referral_id"       # no column for a file of words
    reason = "Numbers of the booking system, one in eleven of which passes the check digit"
    author = "Information Manager"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from nhs_number import calculate_checksum

from sutg_analysis.arrays import Flags
from sutg_analysis.catalogue.cells import read_numbers
from sutg_analysis.catalogue.definitions import Table
from sutg_analysis.catalogue.settings import CLOSED, Expect, Fault, SettingsError, one_of, read_settings
from sutg_analysis.errors import Problem

_AREAS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX "
    "FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG "
    "NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW "
    "UB W WA WC WD WF WN WR WS WV YO ZE"
)
"""Postcode areas, Royal Mail, and those of the Crown dependencies."""

_INWARD = "[0-9][ABD-HJLNP-UW-Z]{2}"
_OUTWARD = f"(?:{_AREAS.replace(' ', '|')})[0-9](?:[0-9]|[A-Z])?"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    rf"(?:\d{{1,2}}[ ./-]{{1,2}}\d{{1,2}}[ ./-]{{1,2}}\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH}[ ,-]{{1,2}}\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}|\d{{8}})"
)
_BORN = r"(?:\bd\.?o\.?b\b\.?|\bdate[ _]of[ _]birth\b|\bbirth[ _-]?(?:date|day)\b|\bborn\b)"
_PLACES = "Hospital|Ward|Unit|Centre|Center|House|Wing|Clinic|Surgery|Practice|Lodge|Court|Suite|Street|Road"
_TITLE = "Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Revd?|Sir|Dame"
_LATIN = "".join(map(chr, range(0xC0, 0x250)))
_UPPER = "A-Z" + "".join(filter(str.isupper, _LATIN))
_LOWER = "a-z" + "".join(filter(str.islower, _LATIN))
_WORD = (
    rf"[{_UPPER}](?:[{_LOWER}]+|['’][{_UPPER}][{_LOWER}]+)(?:[{_UPPER}][{_LOWER}]+)?"
    rf"(?:[-’'][{_UPPER}{_LOWER}]+)*"
)
_GAP = r"[\s./_-]{0,3}"


@dataclass(frozen=True)
class Kind:
    """One kind of identifier: its name, what it is called, how it is found, tested and masked.

    ``rough`` is what every text that holds one matches, for a search of many texts at once.
    """

    name: str
    words: str
    rough: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = bool
    shown: int = 0


def _check_digit_fits(text: str) -> bool:
    digits = re.sub(r"\D", "", text)[:10]
    return calculate_checksum(digits[:9]) == int(digits[9])


def _is_postcode(text: str) -> bool:
    """Say whether letters are all capitals or all small, and the end is not an ordinal, such as 1st."""
    return text == text.upper() or (text == text.lower() and not re.search(r"(?:st|nd|rd|th)$", text))


def _is_telephone(text: str) -> bool:
    national = re.sub(r"\D", "", re.sub(r"^(?:\+|00)44|^44(?=7)|\(0\)", "", text)).lstrip("0")
    return len(national) == 10 or (len(national) == 9 and national[0] in "18")


KINDS = (
    Kind(
        "nhs-number",
        "an NHS number",
        rf"[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}",
        re.compile(rf"(?<!\d)(?<!\d[.,])\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}(?!\d|[.,]\d*[1-9])"),
        _check_digit_fits,
        shown=3,
    ),
    Kind(
        "postcode",
        "a postcode",
        r"(?i)[a-z][0-9][0-9a-z]?[ ]{0,2}[0-9][a-z]{2}",
        re.compile(rf"\b(?:GIR ?0AA|{_OUTWARD}[ ]{{0,2}}{_INWARD})\b", re.IGNORECASE),
        _is_postcode,
        shown=1,
    ),
    Kind(
        "date-of-birth",
        "a date of birth",
        r"(?i)d\.?o\.?b|birth|born",
        re.compile(
            rf"{_BORN}[\s:=(-]*(?:is |was |on |the )*{_DATE}(?!\d|\s*(?:to|until|and|-)\s)"
            rf"|\b{_DATE}[\s,(-]*{_BORN}",
            re.IGNORECASE,
        ),
    ),
    Kind(
        "e-mail",
        "an e-mail address",
        "@",
        # Begun at the start of a word alone, or a word of ten thousand letters is read from each of them.
        re.compile(r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
        shown=1,
    ),
    Kind(
        "telephone",
        "a telephone number",
        r"(?:\+|00)44|447[0-9]{9}|0[ ().-]{0,2}[12378](?:[ .()-]{0,2}[0-9]){8}",
        re.compile(
            r"(?<![\w.+/-])(?:(?:\+|00)44[ .-]?(?:\(0\)[ .-]?)?|\(?0)[12378](?:[ .()-]{0,2}\d){8,9}(?![\d/])"
            r"|(?<![\w.+/-])447\d{9}(?![\d/])"
        ),
        _is_telephone,
        shown=3,
    ),
    Kind(
        "name",
        "a person's name",
        r"\b(?:Dr|Mr|Ms|Mis|Mx|Prof|Rev|Sir|Dame|DR|MR|MRS|PROF)",
        re.compile(
            rf"\b(?:{_TITLE})\b\.? +(?!{_WORD}(?: +{_WORD})? +(?:{_PLACES})\b)(?:[A-Z]\b\.? *)*{_WORD}(?: +{_WORD}){{0,3}}"
            r"|\b(?:DR|MRS|PROF)\b\.? +(?:[A-Z]\b\.? *)*[A-Z]{2,}"
        ),
    ),
)

NAMES = {kind.name: kind for kind in KINDS}

_ROUGH = "|".join(
    f"(?:{kind.rough})" if not kind.rough.startswith("(?i)") else f"(?i:{kind.rough[4:]})" for kind in KINDS
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True)
class Found:
    """One identifier in a text: its kind, and itself, masked."""

    kind: Kind
    text: str
    masked: str


def find(text: str) -> tuple[Found, ...]:
    """Return the identifiers in a text.

    Examples
    --------
    >>> [(one.kind.name, one.masked) for one in find("Seen: 943 476 5919, LE1 5WW, born 3 April 1961")]
    [('nhs-number', '943 ••• ••••'), ('postcode', 'L•• •••'), ('date-of-birth', '(a date of birth)')]
    """
    plain = _plain(text)
    return tuple(one for kind in KINDS for one in _of_kind(kind, plain))


def _of_kind(kind: Kind, plain: str) -> Iterator[Found]:
    for match in kind.pattern.finditer(plain):
        if kind.holds(match[0]):
            yield Found(kind, match[0], _masked(kind, match[0]))


def mask(text: str) -> str:
    """Return a text with the identifiers in it masked.

    Examples
    --------
    >>> mask("Ring Mrs A. Patel on 0116 496 0123"), mask("Ward 3")
    ("Ring (a person's name) on 011• ••• ••••", 'Ward 3')
    """
    found = find(text)
    plain = _plain(text) if found else text
    for one in sorted(found, key=lambda one: -len(one.text)):
        plain = plain.replace(one.text, one.masked)
    return plain


def _suspects(cells: pa.Array, rough: str) -> Flags:
    """Return which texts may hold an identifier: all that do, and some that do not; those missing do not.

    Searched by Arrow, which takes 10 milliseconds for 70,000 cells where Python takes 200.
    """
    odd = pc.invert(pc.string_is_ascii(cells))
    found = pc.or_(pc.match_substring_regex(cells, rough), odd)
    return np.asarray(pc.fill_null(found, False), dtype=bool)


def found_in(texts: pd.Series) -> Iterator[tuple[int, Found]]:
    """Return the identifiers in many texts, each with the whole number that labels its text in the index.

    Examples
    --------
    >>> texts = pd.Series(["Ward 3", "ring 07700 900123"], index=[2, 3])
    >>> [(row, one.masked) for row, one in found_in(texts)]
    [(3, '077•• ••••••')]
    """
    texts = texts[_suspects(pa.array(texts, type=pa.large_string(), from_pandas=True), _ROUGH)]
    cells = pa.array(texts, type=pa.large_string(), from_pandas=True)
    for kind in KINDS if len(texts) else ():
        for label, text in texts[_suspects(cells, kind.rough)].items():
            for one in _of_kind(kind, _plain(text)):
                yield int(label), one


def _plain(text: str) -> str:
    """Return a text with one kind of space, dash and digit."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_DASHES)


def _masked(kind: Kind, text: str) -> str:
    if not kind.shown:
        return f"({kind.words})"
    return text[: kind.shown] + re.sub(r"[^\W_]", "•", text[kind.shown :])


_PERSONAL = {
    "NHS numbers": r"nhs_?(?:no|num|number|id)",
    "hospital numbers": r"(?:hospital|patient|unit|case|district|local_patient)_?(?:no|num|number|identifier)|mrn|rio_(?:no|number|id)",
    "patients": r"patients?|patient_?id|service_user(?:_id)?|client(?:_id)?|next_of_kin|carer",
    "names of people": r"(?:patient|service_user|client|full|staff|person|gp|carer)?_?names?"
    r"|(?:fore|first|given|sur|last|family|middle|maiden|known_as)_?names?|initials|title_and_name|surnames?",
    "dates of birth": r"dob|d_o_b|(?:date|day|year|month)_of_birth|birth_?(?:date|day|year|month)?|born",
    "addresses": r"(?:home_|patient_|postal_|street_)?address(?:_?(?:line_?)?\d*)?|street|house_?(?:no|number|name)|town",
    "postcodes": r"(?:home_|patient_)?post_?code|pcd[s2]?|zip(?:_?code)?|uprn",
    "e-mail addresses": r"e_?mail(?:_address)?s?",
    "telephone numbers": r"(?:home_|work_|contact_|mobile_)?(?:tele)?phone(?:_?(?:no|number))?|mobile(?:_?(?:no|number))?|tel",
    "GPs": r"gp|gps|gp_?(?:practice|code|surgery)|general_practitioner|consultant|clinician|key_?worker|care_?coordinator",
    "national insurance numbers": r"ni_?(?:no|number)|nino|national_insurance(?:_?(?:no|number))?",
}


def personal_column(name: str) -> str:
    """Return what the column of that name would hold of people; empty if it is not one for people.

    Examples
    --------
    >>> personal_column("NHS Number"), personal_column("Date of birth"), personal_column("numerator")
    ('NHS numbers', 'dates of birth', '')
    """
    slug = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(name)).lower()).strip("_")
    return next((what for what, pattern in _PERSONAL.items() if re.fullmatch(pattern, slug)), "")


_COMMON = (
    "adam ahmed aisha alan alice alison amanda amy andrea andrew angela ann anna anne anthony barbara ben "
    "benjamin brian carol caroline catherine charlotte chris christine christopher claire colin craig "
    "daniel darren david deborah debbie denise diane donna dorothy edward elizabeth ella emily emma eric "
    "fatima fiona frank gareth gary gemma geoffrey george gillian gordon graham hannah harry heather "
    "helen ian irene jack jacqueline james jane janet jason jean jennifer jessica joan joanna joanne john "
    "jonathan joseph joyce judith julia julie karen katherine kathleen keith kelly kenneth kevin kim "
    "laura lauren lee leslie linda lisa louise lucy lynn malcolm margaret maria marie martin mary matthew "
    "maureen michael michelle mohammad mohammed muhammad natalie neil nicholas nicola nigel olivia pamela "
    "patricia patrick paul pauline peter philip phillip priya rachel raj rebecca richard robert roger "
    "ronald rosemary ruth ryan sally samantha samuel sandra sara sarah sharon sheila simon sophie "
    "stephanie stephen steve steven stuart susan suzanne tanya terence teresa thomas timothy tracey tracy "
    "trevor valerie victoria vincent wayne wendy william yasmin yvonne zoe"
)
_GIVEN = frozenset(_COMMON.split(" "))
"""Given names that are common in the United Kingdom."""


def names_a_person(text: str) -> bool:
    """Say whether a text that should be a role is a person's name, without a title too.

    Examples
    --------
    >>> names_a_person("Jane Smith"), names_a_person("J. Smith"), names_a_person("Director of Nursing")
    (True, True, False)
    """
    plain = _plain(text).strip()
    if re.fullmatch(rf"(?:[A-Z]\. ?){{1,3}}{_WORD}|[A-Z] {_WORD}|{_WORD}, ?[A-Z][.a-z]*", plain):
        return True
    words = plain.split()
    proper = len(words) in (2, 3) and all(re.fullmatch(rf"{_WORD}|[A-Z]\.?", word) for word in words)
    return proper and words[0].lower() in _GIVEN


EXCEPTIONS = "identifiers.toml"
TEXTS = ("notice.md", "governance.toml", "clocks.toml")
"""Files of words in ``data/`` that reach pages."""

_KEYS = ("kind", "table", "column", "reason", "author")
_ROLES = ("owner", "lead", "author", "role")
_LISTED = 10
"""Cells that are named, of one kind and column; a column of a thousand numbers is one mistake."""


def _of_role(text: str) -> bool:
    return names_a_person(text) or any(one.kind.name == "name" for one in find(text))


def _said(key: str) -> Expect:
    remedy = f"Say the {key}: an exception stands with its reason"
    return Expect(f"the keys {', '.join(_KEYS)}", str.strip, remedy)


@dataclass(frozen=True)
class Allowed:
    """One exception: the kind of identifier, the table and the column that may hold it, and why."""

    __pydantic_config__ = CLOSED
    kind: Annotated[str, one_of(*NAMES, remedy="Correct the kind")]
    table: Annotated[str, _said("table")]
    reason: Annotated[str, _said("reason")]
    author: Annotated[str, _said("author")]
    column: str = ""


@dataclass(frozen=True)
class _Exceptions:
    __pydantic_config__ = CLOSED
    allow: tuple[Allowed, ...] = ()


def read_allowed(folder: Path) -> tuple[tuple[Allowed, ...], list[Problem]]:
    """Read the exceptions of a project's ``data`` folder, if there are any, and list what is wrong with them."""
    path = folder / EXCEPTIONS
    if not path.is_file():
        return (), []
    try:
        allowed = read_settings(path, _Exceptions, name=EXCEPTIONS).allow
    except SettingsError as error:
        faults = [(_found(fault), fault.expected, fault.remedy + fault.guess) for fault in error.faults]
        return (), [Problem(EXCEPTIONS, None, None, *fault) for fault in faults]
    faults = []
    for number, entry in enumerate(allowed, 1):
        if not entry.column.strip() and entry.table not in TEXTS:
            column = _said("column")
            faults.append((f"allow {number}: no column", column.words, column.remedy))
        if _of_role(entry.author):
            found = f"allow {number}: an author that is a person's name"
            faults.append((found, "a role", "Write the role, such as Information Manager"))
    return () if faults else allowed, [Problem(EXCEPTIONS, None, None, *fault) for fault in faults]


def _found(fault: Fault) -> str:
    if len(fault.keys) < 3:
        return fault.found(EXCEPTIONS)
    _, number, key = fault.keys
    stated = f"{key} {fault.value!r}" if str(fault.value or "").strip() else f"no {key}"
    return f"allow {int(number) + 1}: {f'{key}, an unknown key' if fault.kind == 'unknown' else stated}"


def identified(
    raw: pd.DataFrame, table: Table, *, file: str, allowed: Collection[Allowed] = ()
) -> list[Problem]:
    """List the identifiers in the cells of one table as read, each masked.

    A number may be one of the NHS, and a date is none of birth by itself.

    Examples
    --------
    >>> from sutg_analysis.catalogue.definitions import Column
    >>> table = Table("events", (Column("label"),))
    >>> print(identified(pd.DataFrame({"label": ["See 943 476 5919"]}, index=[2]), table, file="events.csv")[0])
    events.csv, row 2, column label: found '943 ••• ••••'; expected no NHS number. Take it out: a page must not \
point at one person. If it is none, or may stand here, say why in data/identifiers.toml.
    """
    problems = []
    for column in table.columns:
        if column.name not in raw or column.kind == "date":
            continue
        cells = raw[column.name]
        if column.kind == "number":  # only those of ten digits, however they are written
            numbers = read_numbers(cells, plain=True)
            long = numbers[(numbers >= 1e9) & (numbers < 1e10) & (numbers % 1 == 0)]
            texts = long.map("{:.0f}".format).astype("str")
        else:
            texts = cells if cells.dtype == "str" else cells.astype("str").where(cells.notna())
        may = {entry.kind for entry in allowed if (entry.table, entry.column) == (table.name, column.name)}
        found = [(row, one) for row, one in found_in(texts) if one.kind.name not in may]
        if column.name in _ROLES and "name" not in may:
            known = {row for row, one in found if one.kind.name == "name"}
            alike = texts.dropna().drop_duplicates()
            people = texts.index[texts.isin(alike[alike.map(names_a_person).astype(bool)])]
            name = Found(NAMES["name"], "", f"({NAMES['name'].words})")
            found += [(int(row), name) for row in people if int(row) not in known]
        problems += _problems(found, file=file, column=column.name)
    return problems


def identified_words(folder: Path, *, allowed: Collection[Allowed] = ()) -> list[Problem]:
    """List the identifiers in the files of words of a ``data`` folder, by line."""
    problems: list[Problem] = []
    for path in (folder / name for name in TEXTS if (folder / name).is_file()):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        may = {entry.kind for entry in allowed if entry.table == path.name}
        found = [(number, one) for number, line in enumerate(lines, 1) for one in find(line)]
        found = [(number, one) for number, one in found if one.kind.name not in may]
        problems += _problems(found, file=path.name, column=None)
    return problems


def _problems(found: list[tuple[int, Found]], *, file: str, column: str | None) -> list[Problem]:
    problems = []
    for kind in dict.fromkeys(one.kind for _, one in found):
        ones = [(row, one) for row, one in found if one.kind == kind]
        first, nobody = "Take it out", "If it is none, or may stand here, say why"
        if kind.name == "name":
            first, nobody = "Write the role, or take it out", "If it is nobody's, say so"
        remedy = f"{first}: a page must not point at one person. {nobody} in data/{EXCEPTIONS}"
        more = f" ({len(ones) - _LISTED} more in this column)" if len(ones) > _LISTED else ""
        for place, (row, one) in enumerate(ones[:_LISTED], start=1):
            expected, last = f"no {kind.words.split(' ', 1)[1]}", place == _LISTED
            problems.append(Problem(file, row, column, one.masked, expected, remedy + more * last))
    return problems


def without_identifiers(problem: Problem) -> Problem:
    """Return a problem that shows no identifier, wherever in it one stood."""
    value = mask(problem.value) if isinstance(problem.value, str) else problem.value
    column = mask(problem.column) if problem.column else problem.column
    expected, remedy = mask(problem.expected), mask(problem.remedy)
    return replace(problem, column=column, value=value, expected=expected, remedy=remedy)
