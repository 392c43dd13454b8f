"""Forms of times in English, and the days that each names: ``15 march 2021``, ``winter 2020/21``, ``two weeks ago``."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Reader = Callable[[re.Match[str], str, date], Iterator["Span"]]

Span = tuple[date, date]
"""The first day, and the day after the last."""

_MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    "sept": 9,
}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON_MONTHS = 3
_QUARTERS = {"q1": 1, "q2": 4, "q3": 7, "q4": 10, "first": 1, "second": 4, "third": 7, "fourth": 10}
_HALVES = {"h1": 1, "h2": 7, "first": 1, "second": 7}
_HALF_MONTHS = 6
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_WEEK = 7


def _any(names: dict[str, int], group: str) -> str:
    return rf"(?P<{group}>{'|'.join(sorted(names, key=len, reverse=True))})"


_MONTH, _FIRST_MONTH = _any(_MONTHS, "month"), _any(_MONTHS, "first_month")
_SEASON = _any(_SEASONS, "season")
_YEAR = r"(?P<year>1[89]\d\d|20\d\d)"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_OF = r"(?:\s+of)?"
_COUNT = rf"(?P<count>[1-9]\d?|{'|'.join(_COUNTS)})"
_UNIT = rf"(?P<unit>{'|'.join(_UNITS)})s?"
# What may stand between two times that are the ends of one.
TO = r"\s*(?:\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b|-|–|/|\.\.)\s*"


def _on_day(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    day = date(int(match["year"]), _MONTHS[match["month"]], int(match["day"]))
    yield day, day + timedelta(days=1)


def _days_of_month(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    year, month = int(match["year"]), _MONTHS[match["month"]]
    yield date(year, month, int(match["first_day"])), date(year, month, int(match["day"])) + timedelta(days=1)


def _in_iso(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    year, month = int(match["year"]), int(match["number"])
    if match["day"]:
        day = date(year, month, int(match["day"]))
        yield day, day + timedelta(days=1)
    else:
        yield date(year, month, 1), _months(year, month, 1)[1]


def _in_month(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), _MONTHS[match["month"]], 1)


def _month_to_month(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """March to May 2021, March 2021 to May: the year that is said is that of both, unless the months run on into it."""
    year, first, last = int(match["year"]), _MONTHS[match["first_month"]], _MONTHS[match["month"]]
    says_first = match.start("year") < match.start("month")
    runs_on = first > last
    start = _months(year if says_first or not runs_on else year - 1, first, 1)[0]
    yield start, _months(year + 1 if says_first and runs_on else year, last, 1)[1]


def _latest_months(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """From November to February: the latest that have begun."""
    if opening in {"from", "between"}:
        first, last = _MONTHS[match["first_month"]], _MONTHS[match["month"]]
        year = today.year - (_months(today.year, last, 1)[0] > today)
        yield _months(year - (first > last), first, 1)[0], _months(year, last, 1)[1]


def _month_of_year(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """May of last year."""
    yield _months(today.year - (match["which"] == "last"), _MONTHS[match["month"]], 1)


def _in_season(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """The winter of a year is the one that begins in it and the one that ends in it."""
    year, month = int(match["year"]), _SEASONS[match["season"]]
    yield _months(year, month, _SEASON_MONTHS)
    if month == _SEASONS["winter"]:
        yield _months(year - 1, month, _SEASON_MONTHS)


def _season_of_two(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """Winter 2020/21, and 2020/21 alone."""
    year = int(match["year"])
    if int(match["next"]) % 100 != (year + 1) % 100:
        return
    if match["season"]:
        yield _months(year, _SEASONS[match["season"]], _SEASON_MONTHS)
    else:
        yield _months(year, 1, 24)


def _in_quarter(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), _QUARTERS[match["quarter"]], 3)


def _in_half(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), _HALVES[match["half"]], _HALF_MONTHS)


def _in_year(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), 1, 12)


def _latest(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since June, last summer, on Monday: the latest that has begun. ``after the fall`` names no season."""
    if match["weekday"]:
        if opening in {"last", "this", "since", "on"}:
            back = (today.weekday() - _WEEKDAYS[match["weekday"]] - 1) % _WEEK + 1
            yield today - timedelta(days=back), today - timedelta(days=back - 1)
        return
    may_be = opening == "this" and match["month"] == "may"  # this may be so
    if opening in {"", "of", "on"} or may_be or (match["season"] and opening in {"after", "before", "from"}):
        return
    month, length = (_MONTHS[match["month"]], 1) if match["month"] else (_SEASONS[match["season"]], _SEASON_MONTHS)
    span = _months(today.year, month, length)
    yield span if span[0] <= today else _months(today.year - 1, month, length)


def _ago(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """Two weeks ago: within half a week of it."""
    unit = _UNITS[match["unit"]]
    day = today - timedelta(days=(_COUNTS.get(match["count"]) or int(match["count"])) * unit)
    yield day - timedelta(days=unit // 2), day + timedelta(days=unit // 2 + 1)


def _yesterday(_match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    yield today - timedelta(days=1), today


def _up_to_now(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """The last three weeks, the past month, last week, this year; the last day is the last of something."""
    if opening not in {"last", "past", "this"} or (match["unit"] == "day" and not match["count"]):
        return
    tomorrow = today + timedelta(days=1)
    if match["count"]:
        days = (_COUNTS.get(match["count"]) or int(match["count"])) * _UNITS[match["unit"]]
        yield tomorrow - timedelta(days=days), tomorrow
    elif opening == "past":
        yield tomorrow - timedelta(days=_UNITS[match["unit"]]), tomorrow
    else:
        yield _calendar(match["unit"], today, back=opening == "last")


def _calendar(unit: str, today: date, *, back: bool) -> Span:
    """Return the week, month or year that a day is in, or the one before."""
    if unit == "year":
        return _months(today.year - back, 1, 12)
    if unit == "month":
        return _months(today.year, today.month - back, 1)
    monday = today - timedelta(days=today.weekday() + _WEEK * back)
    return monday, monday + timedelta(days=_WEEK)


def _months(year: int, month: int, count: int) -> Span:
    """Return some whole months; the month 0 is December of the year before."""
    first = year * 12 + month - 1
    end = first + count
    return date(first // 12, first % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)


# A number beside a slash, a point or a dash is part of something else.
ALONE = re.compile(rf"(?<![\w./])(?<!\d-){_YEAR}\b(?![-/.]\d)")
# The longer forms first: what they take is not read again.
FORMS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (form if isinstance(form, re.Pattern) else re.compile(rf"(?<![\w/.])(?:{form})\b"), read)
    for form, read in (
        (rf"{_YEAR}-(?P<number>\d\d)(?:-(?P<day>\d\d))?(?:t\d[\d:.]*z?)?", _in_iso),
        (rf"(?P<first_day>\d\d?)(?:st|nd|rd|th)?{TO}{_DAY}{_OF}\s+{_MONTH}\.?,?\s+{_YEAR}", _days_of_month),
        (rf"{_DAY}{_OF}\s+{_MONTH}\.?,?\s+{_YEAR}", _on_day),
        (rf"{_MONTH}\.?\s+{_DAY},?\s+{_YEAR}", _on_day),
        (rf"{_FIRST_MONTH}\.?{TO}{_MONTH}\.?,?{_OF}\s+{_YEAR}", _month_to_month),
        (rf"{_FIRST_MONTH}\.?,?{_OF}\s+{_YEAR}{TO}{_MONTH}(?!\.?,?\s+\d)", _month_to_month),
        (rf"{_MONTH}\.?,?{_OF}\s+{_YEAR}", _in_month),
        (rf"{_FIRST_MONTH}{TO}{_MONTH}", _latest_months),
        (rf"{_MONTH}{_OF}\s+(?P<which>last|this)\s+year", _month_of_year),
        (rf"(?P<number>0?[1-9]|1[0-2])(?P<day>)/{_YEAR}", _in_iso),
        (rf"(?:{_SEASON}{_OF}\s+)?{_YEAR}\s*[/–-]\s*(?P<next>\d\d|20\d\d)", _season_of_two),
        (rf"{_SEASON},?{_OF}\s+{_YEAR}", _in_season),
        (rf"(?P<quarter>q[1-4]),?(?:{_OF}\s+|-){_YEAR}", _in_quarter),
        (rf"{_YEAR},?[\s-]+(?P<quarter>q[1-4])", _in_quarter),
        (rf"(?P<quarter>first|second|third|fourth)\s+quarter,?{_OF}\s+{_YEAR}", _in_quarter),
        (rf"(?P<half>(?:first|second)(?=\s+half)|h[12])(?:\s+half)?,?{_OF}\s+{_YEAR}", _in_half),
        (rf"{_COUNT}\s+{_UNIT}\s+ago", _ago),
        (rf"(?:{_COUNT}\s+)?{_UNIT}", _up_to_now),
        (rf"(?:{_MONTH}|{_SEASON}(?!\s+of\b)|{_any(_WEEKDAYS, 'weekday')})", _latest),
        (r"yesterday", _yesterday),
        (ALONE, _in_year),
    )
)
"""Patterns over lower-case text, each with what gives its days: of a match, what stands before it, and today."""
