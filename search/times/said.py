"""Days and months as articles write them: what says that it is about a time is of it, whenever it came out."""

from __future__ import annotations

import calendar
import re
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from search.index.lexical import any_of
from search.times.names import MONTHS

if TYPE_CHECKING:
    from datetime import date

    from search.index.filters import Condition
    from search.index.opened import Index
    from search.times.period import Period

# What more articles than this write tells them apart no better than their dates do. By eye.
_MOST = 400
_ONE_DAY = timedelta(days=1)
_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_ANY_YEAR = r"(?:1[89]|20)\d\d"
# No day of a month: June 30,000 fans, May 3 million.
_COUNTS = r"(?![.,]?\d|\s*(?:%|per\s?cent\b|thousand\b|million\b|billion\b|bn\b|m\b))"


def rows_that_write(index: Index, period: Period, where: Condition) -> frozenset[int]:
    """Return the rows of the articles that pass a condition and write a time in title or excerpt.

    ``30 June 2021``, ``June 30th, 2021``, ``Jun. 2021``, ``2021-06-30``: a day, or a month of a year. Nobody writes
    what is longer, open, or said of today; and none are told where a great many write it.
    """
    days = _named(period)
    if days is None:
        return frozenset()
    first, is_day, has_year = days
    found = index.connection.execute(
        "SELECT a.row, words.title, words.excerpt FROM words JOIN article AS a ON a.row = words.rowid "
        f"WHERE words MATCH ? AND {where.sql} LIMIT ?",
        (any_of(_phrases(first, is_day=is_day, has_year=has_year)), *where.values, _MOST + 1),
    ).fetchall()
    if len(found) > _MOST:
        return frozenset()
    writes = _pattern(first, is_day=is_day, has_year=has_year)
    return frozenset(row for row, *texts in found if any(writes.search(text) for text in texts))


def ways_to_write(period: Period) -> list[str]:
    """Return how articles write the day or the month of a year that a period is, as phrases; none for other times."""
    named = _named(period)
    return _phrases(named[0], is_day=named[1], has_year=named[2]) if named else []


def _named(period: Period) -> tuple[date, bool, bool] | None:
    """Return the first day, whether it is the only one, and whether the query says its year; None if it names neither.

    The day is named by its month, or by a year; yesterday is not.
    """
    if period.since is None or period.until is None:
        return None
    first, length = period.since.date(), period.until - period.since
    said = period.words.lower()
    has_year = re.search(rf"\b{first.year}|['’]{first.year % 100:02}\b", said) is not None
    if length == _ONE_DAY and (has_year or any(name in said for name in _names(first.month))):
        return first, True, has_year
    is_month = first.day == 1 and length == timedelta(days=calendar.monthrange(first.year, first.month)[1])
    return (first, False, True) if has_year and is_month else None


def _names(month: int) -> list[str]:
    return [name for name, number in MONTHS.items() if number == month]


def _phrases(first: date, *, is_day: bool, has_year: bool) -> list[str]:
    """Return the words side by side that an article has which writes a day or a month, and few others have."""
    names, year = _names(first.month), f" {first.year}" if has_year else ""
    if not is_day:
        return [f"{name}{year}" for name in names]
    days = dict.fromkeys((f"{first.day}", f"{first.day:02}", f"{first.day}{_SUFFIXES.get(first.day, 'th')}"))
    ways = [f"{way}{year}" for name in names for day in days for way in (f"{day} {name}", f"{name} {day}")]
    ways += [f"{day} of {name}{year}" for name in names for day in days]
    return [*ways, f"{first:%Y %m %d}"]


@lru_cache(maxsize=64)
def _pattern(first: date, *, is_day: bool, has_year: bool) -> re.Pattern[str]:
    """Return what finds a day or a month in a text: with its name written large, and no other year behind it."""
    name = "|".join(way for name in _names(first.month) for way in (name.title(), name.upper()))
    if not is_day:
        return re.compile(rf"\b(?:{name})\b\.?,?(?:\s+of)?\s+{first.year}\b")
    day = rf"0?{first.day}(?:st|nd|rd|th)?\b"
    year = rf",?\s+{first.year}\b"
    rest = year if has_year else rf"(?:{year}|(?!,?\s+{_ANY_YEAR}\b){_COUNTS})"
    return re.compile(
        rf"(?<![\w.,/:$£€-])(?:{day}(?:\s+of)?\s+(?:{name})\b\.?|(?:{name})\b\.?\s+{day}){rest}|\b{first:%Y-%m-%d}(?![\w-])"
    )
