"""Times as articles write them: what says that it is about a time is of it, whenever it came out."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from search.times.names import MONTHS, OF_A_NUMBER, ORDINALS
from search.times.span import months_on

if TYPE_CHECKING:
    from search.times.period import Period

_ONE_DAY = timedelta(days=1)
_QUARTER_MONTHS = 3
_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_ANY_YEAR = r"(?:1[89]|20)\d\d"
# No day of a month: June 30,000 fans, May 3 million.
_NO_NUMBER = rf"(?![.,]?\d|\s*(?:{OF_A_NUMBER}|m\b))"
_SAYS_QUARTER = re.compile(r"\bq[1-4]\b|\bquarter\b")


@dataclass(frozen=True, slots=True)
class Ways:
    """How articles write a time.

    Attributes:
        phrases: The words side by side that an article has which writes it, and few others have.
        pattern: What finds it in a text.
    """

    phrases: list[str]
    pattern: re.Pattern[str]


def ways_to_write(period: Period, *, years: bool = False) -> Ways | None:
    """Return how articles write a time that a query names; None for one that is seldom written as such.

    ``30 June 2021``, ``June 30th, 2021``, ``Jun. 2021``, ``2021-06-30``, ``Q2 2021``: a day, or a month or a quarter of
    a year. A day is named by its month, or by a year; yesterday is not.

    Args:
        period: The time.
        years: Whether a year alone counts too: many articles look back on one that has been.
    """
    if period.since is None or period.until is None:
        return None
    first, length = period.since.date(), period.until - period.since
    said = period.words.lower()
    has_year = re.search(rf"\b{first.year}|['’]{first.year % 100:02}\b", said) is not None
    if length == _ONE_DAY and (has_year or any(name in said for name in _names(first.month))):
        return _day(first, has_year=has_year)
    if not has_year or first.day != 1:
        return None
    if length == timedelta(days=calendar.monthrange(first.year, first.month)[1]):
        return _month(first)
    end = period.until.date()
    if _SAYS_QUARTER.search(said) and end == months_on(first, _QUARTER_MONTHS):
        return _quarter(first)
    return _year(first.year) if years and end == date(first.year + 1, first.month, 1) and first.month == 1 else None


def _names(month: int) -> list[str]:
    return [name for name, number in MONTHS.items() if number == month]


def _large(month: int) -> str:
    """Return what finds the name of a month that is written large."""
    return "|".join(way for name in _names(month) for way in (name.title(), name.upper()))


@lru_cache(maxsize=64)
def _day(first: date, *, has_year: bool) -> Ways:
    """Return how a day is written: with its month written large, and no other year behind it."""
    names, year = _names(first.month), f" {first.year}" if has_year else ""
    days = dict.fromkeys((f"{first.day}", f"{first.day:02}", f"{first.day}{_SUFFIXES.get(first.day, 'th')}"))
    phrases = [f"{way}{year}" for name in names for day in days for way in (f"{day} {name}", f"{name} {day}")]
    phrases += [f"{day} of {name}{year}" for name in names for day in days]
    phrases.append(f"{first:%Y %m %d}")
    day, name = rf"0?{first.day}(?:st|nd|rd|th)?\b", _large(first.month)
    behind = rf",?\s+{first.year}\b"
    rest = behind if has_year else rf"(?:{behind}|(?!,?\s+{_ANY_YEAR}\b){_NO_NUMBER})"
    return Ways(
        phrases,
        re.compile(
            rf"(?<![\w.,/:$£€-])(?:{day}(?:\s+of)?\s+(?:{name})\b\.?|(?:{name})\b\.?\s+{day}){rest}"
            rf"|\b{first:%Y-%m-%d}(?![\w-])"
        ),
    )


@lru_cache(maxsize=64)
def _month(first: date) -> Ways:
    phrases = [f"{name} {first.year}" for name in _names(first.month)]
    return Ways(phrases, re.compile(rf"\b(?:{_large(first.month)})\b\.?,?(?:\s+of)?\s+{first.year}\b"))


@lru_cache(maxsize=64)
def _quarter(first: date) -> Ways:
    """Return how a quarter is written: that of a company may be of other months, and is meant all the same."""
    number, year = (first.month - 1) // _QUARTER_MONTHS + 1, first.year
    name = ORDINALS[0][number - 1]
    phrases = [f"q{number} {year}", f"{year} q{number}", f"{name} quarter {year}", f"{name} quarter of {year}"]
    phrases += [f"{name} quarter of fiscal {year}", f"{name} quarter fiscal {year}"]
    quarter = rf"(?:Q{number}|{name}[\s-]quarter)"
    pattern = rf"\b{quarter},?(?:\s+of)?(?:\s+fiscal)?[\s-]+{year}\b|\b{year},?[\s-]+Q{number}\b"
    return Ways(phrases, re.compile(pattern, re.IGNORECASE))


@lru_cache(maxsize=64)
def _year(year: int) -> Ways:
    return Ways([str(year)], re.compile(rf"(?<![\w.,/$£€-]){year}(?![\w-]|[.,]\d)"))
