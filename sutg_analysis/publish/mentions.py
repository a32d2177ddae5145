"""Hidden counts in the words of a finished site: sentences, alternative texts, descriptions of drawings, JSON.

A sentence tells a hidden count if it holds that number and its month, and names the measure and the unit or stands on a
page or in a figure of theirs. The number must stand as the site itself puts it, ``4 in August 2023``, or in few words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.publish.site_files import of_html, pieces_of
from sutg_analysis.publish.subjects import MONTH, Names, Seen, Subject, month_of, parts_of

_FEW_WORDS = 6
"""How many words a sentence may have beside the names, the month and the number to be taken for telling it."""
_LEAST_ID = 2
"""A unit whose id is one letter is known in a sentence by its name alone."""
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|code|data|em|i|mark|q|s|small|span|strong|sub|sup|time|u|var)\b"
    r"(?![^>]*\b(?:alt|title|aria-label)=)[^>]*>"
)
_SENTENCE = re.compile(r"[.!?](?=\s|$)|[\n|]")
_NUMBER = r"(?<![\w.,-])(\d[\d,]*(?:\.\d+)?)(?![\w,]*\d)"
_MONTH, _NAME = "\x01", "\x02"
_AT = re.compile(rf"{_NUMBER}%?(?:\s+[\w{_NAME}]+){{0,3}}?\s+in\s+{_MONTH}")

Key = tuple[str, str, pd.Timestamp]


@dataclass(frozen=True)
class Secret:
    """The small counts of one measure, unit and month, and the value made of them."""

    counts: frozenset[int]
    value: float

    def is_told_by(self, number: str) -> bool:
        """Say whether a number as it is written is one of them, rounded to as many decimals."""
        shown, places = float(number.replace(",", "")), len(number.partition(".")[2])
        return shown > 0 and (shown in self.counts or abs(round(self.value, places) - shown) < 10**-9)


@dataclass(frozen=True, eq=False)
class SentenceReader:
    """Reads sentences for secrets, by the names of a project."""

    names: Names
    secrets: Mapping[Key, Secret]

    @cached_property
    def _known(self) -> re.Pattern[str]:
        units = [name for name in self.names.units if len(name) >= _LEAST_ID]
        every = sorted({*units, *self.names.measures}, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, every))})(?![\w-])")

    def mentions(self, name: str, path: Path) -> list[Seen]:
        """Return the hidden counts that the words of a file tell."""
        texts = dict.fromkeys(texts_of(path, self.names))
        return [
            Seen(name, *key, number)
            for subject, text in texts
            for sentence in _SENTENCE.split(text)
            for key, number in self.counts_in(sentence, subject)
        ]

    def counts_in(self, sentence: str, subject: Subject) -> Iterator[tuple[Key, float]]:
        """Yield the hidden counts that one sentence tells."""
        months = [month for found in MONTH.finditer(sentence) if (month := month_of(found)) is not None]
        if not months:
            return
        plain = MONTH.sub(f" {_MONTH} ", sentence)
        named = self._known.findall(plain)
        plain = self._known.sub(f" {_NAME} ", plain)
        measures = {self.names.measures[name] for name in named if name in self.names.measures}
        units = {self.names.units[name] for name in named if name in self.names.units}
        for number, month in _pairs(plain, months, named=bool(named)):
            for measure in measures or {subject.measure or ""}:
                for unit in units or {subject.unit or self.names.top or ""}:
                    key = (measure, unit, month)
                    if key in self.secrets and self.secrets[key].is_told_by(number):
                        yield key, float(number.replace(",", ""))


def _pairs(plain: str, months: list[pd.Timestamp], *, named: bool) -> set[tuple[str, pd.Timestamp]]:
    """Return the numbers of a sentence, each with the month that it is of."""
    found = {(at[1], months[plain.count(_MONTH, 0, at.end()) - 1]) for at in _AT.finditer(plain)}
    numbers = re.findall(_NUMBER, plain)
    words = len(re.findall(r"[^\W\d]\w*", plain))
    if named and len(set(months)) == 1 and words <= _FEW_WORDS:
        found |= {(number, months[0]) for number in numbers}
    return found


def texts_of(path: Path, names: Names) -> Iterator[tuple[Subject, str]]:
    """Yield every text of a file that a reader, a screen reader or a program is given, with what it is about."""
    subject = names.subject(path)
    if path.suffix in (".html", ".svg"):
        text = _INLINE.sub("", path.read_text(encoding="utf-8", errors="replace"))
        parts = parts_of(text, path, names=names)
        yield from ((about, one.text) for about, part in parts for one in of_html(part) if one.kind == "text")
    elif path.suffix in (".txt", ".md"):
        yield subject, path.read_text(encoding="utf-8", errors="replace")
    elif path.suffix in (".csv", ".json", ".xlsx", ".ipynb", ".xml"):
        yield from ((subject, one.text) for one in pieces_of(path) if one.kind in ("text", "cell"))
    if path.suffix == ".json" and path.name != "search.json":
        content = json.loads(path.read_text(encoding="utf-8", errors="replace"))
        yield from ((subject, text) for text in _records(content, above=""))


def _records(content: object, *, above: str) -> Iterator[str]:
    """Yield the numbers of what JSON holds as sentences: each with the names above it, and with those beside it."""
    inner = content.items() if isinstance(content, dict) else ()
    single = {key: one for key, one in inner if isinstance(one, str | int | float)}
    if single:
        yield f"{above} " + " ".join(f"{key} {one}" for key, one in single.items())
    for key, one in inner:
        if isinstance(one, int | float):
            yield f"{above} {key} {one}"
        yield from _records(one, above=f"{above} {key}")
    if isinstance(content, list):
        for one in content:
            yield from _records(one, above=above)
