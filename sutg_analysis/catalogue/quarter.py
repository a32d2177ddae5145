"""Quarters and financial years as the NHS counts them.

A financial year runs from 1 April to 31 March and is named by both its calendar years: 2023/24. Its first
quarter is April to June, so ``2023-24-q2`` is July to September 2023. The slug sorts as text in the order of
time and is safe in a path or an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sutg_analysis.errors import ArgumentError

# Written out, because calendar.month_name follows the machine's language.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SLUG = re.compile(r"([0-9]{4})-([0-9]{2})-q([1-4])", re.ASCII)
_EXAMPLE = "Write it as 2023-24-q2, which is July to September 2023"


def financial_year(day: date) -> int:
    """Return the calendar year in which the financial year of a day starts: of the 1 April on or before it.

    Examples
    --------
    >>> financial_year(date(2024, 3, 31)), financial_year(date(2024, 4, 1))
    (2023, 2024)
    """
    return day.year - (day.month < 4)


def financial_year_label(start: int) -> str:
    """Return the usual name of the financial year that starts in a calendar year.

    Examples
    --------
    >>> financial_year_label(1999)
    '1999/00'
    """
    return f"{start}/{(start + 1) % 100:02d}"


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a financial year; quarters compare in the order of time.

    Parameters
    ----------
    financial_year
        The calendar year in which the financial year starts, 1900 to 2999.
    number
        1 (April to June) to 4 (January to March).

    Raises
    ------
    ArgumentError
        If there is no such quarter.

    Examples
    --------
    >>> quarter = Quarter(2023, 2)
    >>> quarter.label, quarter.title, quarter.end.isoformat()
    ('Q2 2023/24', 'July to September 2023', '2023-09-30')
    >>> str(quarter.next), quarter < quarter.next
    ('2023-24-q3', True)
    """

    financial_year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4) or not 1900 <= self.financial_year <= 2999:
            raise ArgumentError(
                f"quarter {self.number} of {self.financial_year}",
                expected="a quarter from 1 to 4 of a financial year from 1900 to 2999",
                remedy="Correct the number or the year",
            )

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read a quarter from its slug, such as ``2023-24-q2``; nothing else is accepted.

        Raises
        ------
        ArgumentError
            If the text is no quarter, or its two years do not follow each other.

        Examples
        --------
        >>> Quarter.parse("2023-24-q2")
        Quarter(financial_year=2023, number=2)
        """
        match = _SLUG.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ArgumentError(f"quarter {text!r}", "a financial year and a quarter from q1 to q4", _EXAMPLE)
        quarter = cls(int(match[1]), int(match[3]))
        if quarter.slug != text:
            raise ArgumentError(f"quarter {text!r}", "two years that follow each other", _EXAMPLE)
        return quarter

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter in which a day falls; a ``datetime`` or a pandas ``Timestamp`` will do.

        Examples
        --------
        >>> str(Quarter.of(date(2024, 1, 31)))
        '2023-24-q4'
        """
        return cls(financial_year(day), (day.month - 4) % 12 // 3 + 1)

    @property
    def slug(self) -> str:
        """The name in paths and commands, such as ``2023-24-q2``."""
        return f"{self.year_label.replace('/', '-')}-q{self.number}"

    @property
    def label(self) -> str:
        """The name in headings, such as ``Q2 2023/24``."""
        return f"Q{self.number} {self.year_label}"

    @property
    def title(self) -> str:
        """The name in words, such as ``July to September 2023``."""
        first, last = self.start, self.end
        return f"{MONTHS[first.month - 1]} to {MONTHS[last.month - 1]} {last.year}"

    @property
    def start(self) -> date:
        """The first day."""
        return self.months[0]

    @property
    def end(self) -> date:
        """The last day."""
        return self.next.start - timedelta(days=1)

    @property
    def months(self) -> tuple[date, date, date]:
        """The first days of the three months."""
        year, month = self.financial_year + self.number // 4, (self.number * 3) % 12 + 1
        return date(year, month, 1), date(year, month + 1, 1), date(year, month + 2, 1)

    @property
    def next(self) -> Quarter:
        """The quarter after this one."""
        return Quarter(self.financial_year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> Quarter:
        """The quarter before this one."""
        return Quarter(self.financial_year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def year_label(self) -> str:
        """The financial year, such as ``2023/24``."""
        return financial_year_label(self.financial_year)

    def until(self, last: Quarter) -> Iterator[Quarter]:
        """Yield this quarter and those after it, up to and with another; nothing up to an earlier one.

        Examples
        --------
        >>> [quarter.label for quarter in Quarter(2022, 4).until(Quarter(2023, 1))]
        ['Q4 2022/23', 'Q1 2023/24']
        """
        quarter = self
        while quarter <= last:
            yield quarter
            quarter = quarter.next
