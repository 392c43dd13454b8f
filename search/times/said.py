"""Times as articles write them: what says that it is about a time is of it, whenever it came out."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from search.index.lexical import any_of
from search.times.names import MONTHS, ORDINALS

if TYPE_CHECKING:
    from datetime import date

    from search.index.filters import Condition
    from search.index.opened import Index
    from search.times.period import Period

# What more articles than this write tells them apart no better than their dates do. By eye.
_MOST = 400
_ONE_DAY = timedelta(days=1)
_YEAR_DAYS = 365
_QUARTER_MONTHS = 3
_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_ANY_YEAR = r"(?:1[89]|20)\d\d"
# No day of a month: June 30,000 fans, May 3 million.
_COUNTS = r"(?![.,]?\d|\s*(?:%|per\s?cent\b|thousand\b|million\b|billion\b|bn\b|m\b))"
_SAYS_QUARTER = re.compile(r"\bq[1-4]\b|\bquarter\b")


@dataclass(frozen=True, slots=True)
class _Ways:
    """How articles write a time.

    Attributes:
        phrases: The words side by side that an article has which writes it, and few others have.
        pattern: What finds it in a text.
    """

    phrases: list[str]
    pattern: re.Pattern[str]


def rows_that_write(index: Index, period: Period, where: Condition, *, years: bool = False) -> frozenset[int]:
    """Return the rows of the articles that pass a condition and write a time in title or excerpt.

    ``30 June 2021``, ``June 30th, 2021``, ``Jun. 2021``, ``2021-06-30``, ``Q2 2021``: a day, or a month or a quarter
    of a year. Nobody writes what is longer, open, or said of today; and none are told where a great many write it.

    Args:
        index: Whose articles.
        period: The time.
        where: What they have to pass.
        years: Whether a year alone counts too: many look back on those that have been.
    """
    ways = _ways(period, years=years)
    if ways is None:
        return frozenset()
    found = index.connection.execute(
        "SELECT a.row, words.title, words.excerpt FROM words JOIN article AS a ON a.row = words.rowid "
        f"WHERE words MATCH ? AND {where.sql} LIMIT ?",
        (any_of(ways.phrases), *where.values, _MOST + 1),
    ).fetchall()
    if len(found) > _MOST:
        return frozenset()
    return frozenset(row for row, *texts in found if any(ways.pattern.search(text) for text in texts))


def ways_to_write(period: Period) -> list[str]:
    """Return how articles write the day, the month or the quarter that a period is, as phrases; else none."""
    ways = _ways(period, years=False)
    return ways.phrases if ways else []


def _ways(period: Period, *, years: bool) -> _Ways | None:
    """Return how a time is written that a query names; None if it names none that is written.

    A day is named by its month, or by a year; yesterday is not.
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
    if _SAYS_QUARTER.search(said):
        return _quarter(first)
    return _year(first.year) if years and length >= timedelta(days=_YEAR_DAYS) and first.month == 1 else None


def _names(month: int) -> list[str]:
    return [name for name, number in MONTHS.items() if number == month]


def _large(month: int) -> str:
    """Return what finds the name of a month that is written large."""
    return "|".join(way for name in _names(month) for way in (name.title(), name.upper()))


@lru_cache(maxsize=64)
def _day(first: date, *, has_year: bool) -> _Ways:
    """Return how a day is written: with its month written large, and no other year behind it."""
    names, year = _names(first.month), f" {first.year}" if has_year else ""
    days = dict.fromkeys((f"{first.day}", f"{first.day:02}", f"{first.day}{_SUFFIXES.get(first.day, 'th')}"))
    phrases = [f"{way}{year}" for name in names for day in days for way in (f"{day} {name}", f"{name} {day}")]
    phrases += [f"{day} of {name}{year}" for name in names for day in days]
    phrases.append(f"{first:%Y %m %d}")
    day, name = rf"0?{first.day}(?:st|nd|rd|th)?\b", _large(first.month)
    behind = rf",?\s+{first.year}\b"
    rest = behind if has_year else rf"(?:{behind}|(?!,?\s+{_ANY_YEAR}\b){_COUNTS})"
    return _Ways(
        phrases,
        re.compile(
            rf"(?<![\w.,/:$£€-])(?:{day}(?:\s+of)?\s+(?:{name})\b\.?|(?:{name})\b\.?\s+{day}){rest}"
            rf"|\b{first:%Y-%m-%d}(?![\w-])"
        ),
    )


@lru_cache(maxsize=64)
def _month(first: date) -> _Ways:
    phrases = [f"{name} {first.year}" for name in _names(first.month)]
    return _Ways(phrases, re.compile(rf"\b(?:{_large(first.month)})\b\.?,?(?:\s+of)?\s+{first.year}\b"))


@lru_cache(maxsize=64)
def _quarter(first: date) -> _Ways:
    """Return how a quarter is written: that of a company may be of other months, and is meant all the same."""
    number, year = (first.month - 1) // _QUARTER_MONTHS + 1, first.year
    name = ORDINALS[0][number - 1]
    phrases = [f"q{number} {year}", f"{year} q{number}", f"{name} quarter {year}", f"{name} quarter of {year}"]
    phrases += [f"{name} quarter of fiscal {year}", f"{name} quarter fiscal {year}"]
    quarter = rf"(?:Q{number}|{name}[\s-]quarter)"
    pattern = rf"\b{quarter},?(?:\s+of)?(?:\s+fiscal)?[\s-]+{year}\b|\b{year},?[\s-]+Q{number}\b"
    return _Ways(phrases, re.compile(pattern, re.IGNORECASE))


@lru_cache(maxsize=64)
def _year(year: int) -> _Ways:
    return _Ways([str(year)], re.compile(rf"(?<![\w.,/$£€-]){year}(?![\w-]|[.,]\d)"))
