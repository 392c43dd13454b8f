"""A time in whole days, and arithmetic with months and years."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date

Span = tuple[date, date]
"""The first day, and the day after the last."""

Reader = Callable[[re.Match[str], str, date], Iterator[Span]]
"""Yields the days that a match of a form names (``forms.py``), given what stands before it, and today."""

# As POSIX reads years of two digits, but for what is far to come.
_LARGEST_SHORT, _SHORT_PIVOT = 99, 50


def year_of(said: str) -> int:
    """Return the year that is said: ``'21`` is of this century, as far as it has come by half, ``'87`` of the last."""
    year = int(said.lstrip("'’"))
    return year if year > _LARGEST_SHORT else year + (2000 if year < _SHORT_PIVOT else 1900)


def whole_months(year: int, month: int, count: int) -> Span:
    """Return some whole months; the month 0 is December of the year before."""
    first = year * 12 + month - 1
    end = first + count
    return date(first // 12, first % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)


def months_on(first: date, count: int) -> date:
    """Return the first day of a month so many months after another, or before it."""
    return whole_months(first.year, first.month + count, 1)[0]


def latest_such(month: int, day: int, today: date) -> date:
    """Return the latest day of this name that is not to come; ValueError where no year has it."""
    year = today.year - ((month, day) > (today.month, today.day))
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return date(year, month, day)


def latest_month(month: int, today: date) -> Span:
    """Return the latest month of this name that has begun."""
    span = whole_months(today.year, month, 1)
    return span if span[0] <= today else whole_months(today.year - 1, month, 1)
