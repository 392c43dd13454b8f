"""The days of times that are counted from today: ``two weeks ago``, ``last summer``, and the latest ``20 November``.

A time is of whole days: the last twelve hours may reach into yesterday, and are read as both days.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from search.times.dated import is_list
from search.times.names import COUNTS, MONTHS, SEASONS, UNITS, WEEKDAYS, WORDS_TOO
from search.times.span import latest_month, latest_such, whole_months

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.times.span import Span

_SEASON_MONTHS = 3
_WEEK, _DAY_HOURS = 7, 24
_SATURDAY, _WEEKEND = 5, 2
_GOES_ON = re.compile(r"\s*\w")
# The last three months of 2020, not of protests.
_OF_A_TIME = re.compile(rf"\s+(?:of|in)\s+(?:the\s+)?(?:{'|'.join([*MONTHS, *SEASONS])}|last|this|(?:1[89]|20)\d\d)\b")


def latest_day(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since 20 November, 20 November: the latest that is not to come; in June 5 people died."""
    if opening in {"in", "during"} and match.start("month") < match.start("day") and match[0][-1].isdigit():
        return
    day = latest_such(MONTHS[match["month"]], int(match["day"]), today)
    yield day, day + timedelta(days=1)


def latest_months(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """From November to February: the latest that have begun; in September or October: the latest of each.

    Without a word before it a list is none, and ``march to may`` is no time.
    """
    first, last = MONTHS[match["first_month"]], MONTHS[match["month"]]
    are_several = is_list(match, opening)
    are_plain = not opening and WORDS_TOO.isdisjoint(match.group("first_month", "month"))
    if are_several and opening in {"from", "between", "in", "during"}:
        if match["month"] in WORDS_TOO and _GOES_ON.match(match.string, match.end()):
            return  # in march and may fall again
        yield from (latest_month(month, today) for month in (first, last))
    elif not are_several and (are_plain or opening in {"from", "between", "in", "during"}):
        until = latest_month(last, today)
        yield whole_months(until[0].year - (first > last), first, 1)[0], until[1]


def month_of_year(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """May of last year."""
    yield whole_months(today.year - (match["which"] == "last"), MONTHS[match["month"]], 1)


def latest_of_name(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since June: the latest that has begun; last summer: the latest that is over.

    ``after the fall`` names no season.
    """
    may_be = opening == "this" and match["month"] == "may"  # this may be so
    if opening in {"", "of", "on"} or may_be or (match["season"] and opening in {"after", "before", "from"}):
        return
    month, length = (MONTHS[match["month"]], 1) if match["month"] else (SEASONS[match["season"]], _SEASON_MONTHS)
    span = whole_months(today.year, month, length)
    is_past = span[1] <= today if opening == "last" else span[0] <= today
    yield span if is_past else whole_months(today.year - 1, month, length)


def latest_weekday(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """On Monday, last Monday: the latest before today."""
    if opening in {"last", "this", "since", "on"}:
        back = (today.weekday() - WEEKDAYS[match["weekday"]] - 1) % _WEEK + 1
        yield today - timedelta(days=back), today - timedelta(days=back - 1)


def latest_weekend(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Last weekend: the latest that is over; this one, over the weekend: the latest that has begun."""
    if opening not in {"", "of"} or match[0].startswith("over"):
        is_over = opening in {"last", "past"} or re.search(r"\blast\b", match[0])
        since_saturday = (today.weekday() - _SATURDAY) % _WEEK
        back = since_saturday + (_WEEK if is_over and since_saturday < _WEEKEND else 0)
        yield today - timedelta(days=back), today - timedelta(days=back - _WEEKEND)


def day_before_yesterday(_match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """The day before yesterday."""
    yield today - timedelta(days=2), today - timedelta(days=1)


def ago(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """Two weeks ago: within half a week of it."""
    half = UNITS[match["unit"]] // 2
    most, least = _days_back(match)
    yield today - timedelta(days=most + half), today - timedelta(days=least - half - 1)


def _days_back(match: re.Match[str]) -> tuple[int, int]:
    """Return how many days it is at most since so many hours, days or weeks ago, and at least."""
    count = COUNTS.get(match["count"]) or int(match["count"])
    if match["unit"] == "hour":
        return -(-count // _DAY_HOURS), count // _DAY_HOURS
    return count * UNITS[match["unit"]], count * UNITS[match["unit"]]


def today_or_yesterday(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """Today and yesterday."""
    day = today - timedelta(days=match[0].startswith("yesterday"))
    yield day, day + timedelta(days=1)


def up_to_now(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """The last three weeks, the past month, last week, this year; the last day is the last of something."""
    if opening not in {"last", "past", "this"} or (match["unit"] in {"hour", "day"} and not match["count"]):
        return
    if _OF_A_TIME.match(match.string, match.end()):
        return
    tomorrow = today + timedelta(days=1)
    if match["count"]:
        yield tomorrow - timedelta(days=_days_back(match)[0] + (match["unit"] == "hour")), tomorrow
    elif opening == "past" or match["unit"] == "fortnight":
        yield tomorrow - timedelta(days=UNITS[match["unit"]]), tomorrow
    else:
        yield _calendar(match["unit"], today, back=opening == "last")


def _calendar(unit: str, today: date, *, back: bool) -> Span:
    """Return the week, month or year that a day is in, or the one before."""
    if unit == "year":
        return whole_months(today.year - back, 1, 12)
    if unit == "month":
        return whole_months(today.year, today.month - back, 1)
    monday = today - timedelta(days=today.weekday() + _WEEK * back)
    return monday, monday + timedelta(days=_WEEK)
