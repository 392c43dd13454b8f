"""Portions of a time: late March, the second week of May, the last three months of 2020; and the week of a day."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from search.times.names import COUNTS, ORDINALS
from search.times.span import months_on

if TYPE_CHECKING:
    from datetime import date

    from search.times.span import Span

# What stands before a time of which a portion is meant; to be given the name of a group.
PORTION = (
    r"(?P<{}>early|mid|late|(?:beginning|start|middle|end)\s+of|"
    r"(?:(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\s+(?:week(?:end)?|day)|"
    r"(?:first|second|last|1st|2nd)\s+half|"
    rf"(?:first|last)\s+(?:[1-9]\d?|{'|'.join(COUNTS)})\s+(?:days|weeks|months))\s+(?:of|in))"
)
# The week of 10 May is around a day, and of nothing else.
AROUND = re.compile(r"\b(?:the\s+)?(?P<around>week(?:end)?)\s+of\s+(?:the\s+)?$")
_ONE_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_WEEKEND, _SATURDAY = timedelta(days=2), 5
# Early today is today.
_NO_PARTS = timedelta(days=2)
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_NTH = {name: place for names in ORDINALS for place, name in enumerate(names)}


def portion_of(span: Span, said: str) -> Span:
    """Return the third, half, week or days of a time that are meant, the week around a day, or all of it.

    Args:
        span: The time.
        said: What ``PORTION`` or ``AROUND`` found before it; empty where that is nothing.
    """
    first, end = span
    which, *rest = said.split()[:-1] if said.endswith((" of", " in")) else said.split() or [""]
    if which.startswith("week"):
        return _week_of(first, which) if end - first == _ONE_DAY else span
    if not which or end - first <= _NO_PARTS:
        return span
    if which in _THIRDS:
        third, number = (end - first) / 3, _THIRDS[which]
        return first + number * third, first + (number + 1) * third
    *count, unit = rest
    if count:
        return _some_of(span, which, count[0], unit)
    return _nth_of(span, which, unit)


def _week_of(day: date, which: str) -> Span:
    """Return the week that a day is in, or the nearest weekend."""
    if which == "weekend":
        saturday = day + timedelta(days=(_SATURDAY - day.weekday() + 3) % 7 - 3)
        return saturday, saturday + _WEEKEND
    monday = day - timedelta(days=day.weekday())
    return monday, monday + _WEEK


def _some_of(span: Span, which: str, count: str, unit: str) -> Span:
    """Return the first or the last days, weeks or months of a time."""
    first, end = span
    number = COUNTS.get(count) or int(count)
    if unit == "months":
        start, stop = months_on(end, -number), months_on(first, number)
    else:
        length = number * (_WEEK if unit == "weeks" else _ONE_DAY)
        start, stop = end - length, first + length
    return (first, min(stop, end)) if which == "first" else (max(start, first), end)


def _nth_of(span: Span, which: str, unit: str) -> Span:
    """Return the first, second or last half, week or day of a time; all of it where it has none such."""
    first, end = span
    if unit == "half":
        middle = first + (end - first) // 2
        return (first, middle) if _NTH.get(which) == 0 else (middle, end)
    if unit == "weekend":
        saturdays = [first + day * _ONE_DAY for day in range((end - first).days)]
        saturdays = [day for day in saturdays if day.weekday() == _SATURDAY]
        place = -1 if which == "last" else _NTH[which]
        return (saturdays[place], saturdays[place] + _WEEKEND) if place < len(saturdays) else span
    step = _ONE_DAY if unit == "day" else _WEEK
    begins = end - step if which == "last" else first + _NTH[which] * step
    return (begins, min(begins + step, end)) if first <= begins < end else span
