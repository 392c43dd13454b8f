"""Forms of times in English, and the days that each names: ``15 march 2021``, ``winter 2020/21``, ``two weeks ago``.

A time is of whole days: the last twelve hours may reach into yesterday, and are read as both days.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Reader = Callable[[re.Match[str], str, date], Iterator["Span"]]

Span = tuple[date, date]
"""The first day, and the day after the last."""

_MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    "sept": 9,
}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON_MONTHS = 3
_QUARTERS = {"q1": 1, "q2": 4, "q3": 7, "q4": 10, "first": 1, "second": 4, "third": 7, "fourth": 10}
_HALVES = {"h1": 1, "h2": 7, "first": 1, "second": 7}
_HALF_MONTHS = 6
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNTS = {"a": 1, "an": 1, **{name: number for number, name in enumerate(_NUMBERS, start=1)}}
_UNITS = {"hour": 0, "day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_WEEK, _DAY_HOURS = 7, 24


def _any(names: dict[str, int], group: str) -> str:
    return rf"(?P<{group}>{'|'.join(sorted(names, key=len, reverse=True))})"


_MONTH, _FIRST_MONTH = _any(_MONTHS, "month"), _any(_MONTHS, "first_month")
_SEASON = _any(SEASONS, "season")
_YEAR = r"(?P<year>1[89]\d\d|20\d\d)"
_FIRST_YEAR = _YEAR.replace("year", "first_year")
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_FIRST_DAY = _DAY.replace("day", "first_day")
# No day of a month: since june 20% of them, since june 2.5 million.
_NO_DAY = r"(?!\s*(?:%|per\s?cent\b|thousand\b|million\b|billion\b|bn\b)|[.,:/-]\d)"
_OF = r"(?:\s+of)?"
_COUNT = rf"(?P<count>[1-9]\d?|{'|'.join(_COUNTS)})"
_UNIT = rf"(?P<unit>{'|'.join(_UNITS)})s?"
# What may stand between two times that are the ends of one.
TO = r"\s*(?:\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b|-|–|/|\.\.)\s*"


def _on_day(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    day = date(int(match["year"]), _MONTHS[match["month"]], int(match["day"]))
    yield day, day + timedelta(days=1)


def _day_to_day(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """10 to 12 March 2025, from March 10 to April 2: one year is that of both, unless the days run on into the next.

    Without a year they are the latest that have begun. With two each day is read by itself, and so is a list.
    """
    groups = match.groupdict()
    first_year, year, is_list = groups.get("first_year"), match["year"], bool(re.search(r"\band\b", match[0]))
    if (first_year and year) or ("first_month" in groups and is_list and opening != "between"):
        return
    month, day = _MONTHS[match["month"]], int(match["day"])
    first_month, first_day = _MONTHS[groups.get("first_month") or match["month"]], int(match["first_day"])
    runs_on = (first_month, first_day) > (month, day)
    if runs_on and first_month == month:
        return
    if year or first_year:
        last = date(int(year) if year else int(first_year or 0) + runs_on, month, day)
    elif opening in {"from", "between"}:
        first = _latest_such(first_month, first_day, today)
        last = date(first.year + runs_on, month, day)
    else:
        return
    yield date(last.year - runs_on, first_month, first_day), last + timedelta(days=1)


def _latest_day(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since 20 November: the latest that is not to come. ``September 11`` by itself may be what happened then."""
    if opening in {"since", "after", "before", "until", "till", "from", "on", "last", "this"}:
        day = _latest_such(_MONTHS[match["month"]], int(match["day"]), today)
        yield day, day + timedelta(days=1)


def _latest_such(month: int, day: int, today: date) -> date:
    """Return the latest day of this name that is not to come; ValueError where no year has it."""
    year = today.year - ((month, day) > (today.month, today.day))
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return date(year, month, day)


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
    year, month = int(match["year"]), SEASONS[match["season"]]
    yield _months(year, month, _SEASON_MONTHS)
    if month == SEASONS["winter"]:
        yield _months(year - 1, month, _SEASON_MONTHS)


def _season_of_two(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """Winter 2020/21, and 2020/21 alone."""
    year = int(match["year"])
    if int(match["next"]) % 100 != (year + 1) % 100:
        return
    if match["season"]:
        yield _months(year, SEASONS[match["season"]], _SEASON_MONTHS)
    else:
        yield _months(year, 1, 24)


def _in_quarter(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), _QUARTERS[match["quarter"]], 3)


def _in_half(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), _HALVES[match["half"]], _HALF_MONTHS)


def _in_year(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), 1, 12)


def _latest(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since June: the latest that has begun; last summer: the latest that is over.

    ``after the fall`` names no season.
    """
    may_be = opening == "this" and match["month"] == "may"  # this may be so
    if opening in {"", "of", "on"} or may_be or (match["season"] and opening in {"after", "before", "from"}):
        return
    month, length = (_MONTHS[match["month"]], 1) if match["month"] else (SEASONS[match["season"]], _SEASON_MONTHS)
    span = _months(today.year, month, length)
    is_past = span[1] <= today if opening == "last" else span[0] <= today
    yield span if is_past else _months(today.year - 1, month, length)


def _latest_weekday(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """On Monday, last Monday: the latest before today."""
    if opening in {"last", "this", "since", "on"}:
        back = (today.weekday() - _WEEKDAYS[match["weekday"]] - 1) % _WEEK + 1
        yield today - timedelta(days=back), today - timedelta(days=back - 1)


def _ago(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """Two weeks ago: within half a week of it."""
    half = _UNITS[match["unit"]] // 2
    most, least = _days_back(match)
    yield today - timedelta(days=most + half), today - timedelta(days=least - half - 1)


def _days_back(match: re.Match[str]) -> tuple[int, int]:
    """Return how many days it is at most since so many hours, days or weeks ago, and at least."""
    count = _COUNTS.get(match["count"]) or int(match["count"])
    if match["unit"] == "hour":
        return -(-count // _DAY_HOURS), count // _DAY_HOURS
    return count * _UNITS[match["unit"]], count * _UNITS[match["unit"]]


def _today_or_yesterday(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    day = today - timedelta(days=match[0].startswith("yesterday"))
    yield day, day + timedelta(days=1)


def _up_to_now(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """The last three weeks, the past month, last week, this year; the last day is the last of something."""
    if opening not in {"last", "past", "this"} or (match["unit"] in {"hour", "day"} and not match["count"]):
        return
    tomorrow = today + timedelta(days=1)
    if match["count"]:
        yield tomorrow - timedelta(days=_days_back(match)[0] + (match["unit"] == "hour")), tomorrow
    elif opening == "past" or match["unit"] == "fortnight":
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


# What reads a time that has no year as the latest of its name.
LATEST: frozenset[Reader] = frozenset({_day_to_day, _latest_day, _latest_months, _latest})

# A number beside a slash, a point or a dash is part of something else.
ALONE = re.compile(rf"(?<![\w./])(?<!\d-){_YEAR}\b(?![-/.]\d)")
TODAY = re.compile(r"\btoday\b(?:['’]s\b)?")
# No form does without one of these; most queries have none.
_ANY = re.compile(rf"\d|{'|'.join([*_MONTHS, *SEASONS, *_WEEKDAYS, *_UNITS, 'yesterday', 'today'])}")


def forms_in(text: str) -> Sequence[tuple[re.Pattern[str], Reader]]:
    """Return patterns over lower-case text that may match, each with what gives its days.

    That is called with a match, with what stands before it, and with today.
    """
    return _forms() if _ANY.search(text) else ()


@cache
def _forms() -> tuple[tuple[re.Pattern[str], Reader], ...]:
    """Return all patterns, the longer forms first: what they take is not read again. Compiled when they are needed."""
    forms: tuple[tuple[str | re.Pattern[str], Reader], ...] = (
        (rf"{_YEAR}-(?P<number>\d\d)(?:-(?P<day>\d\d))?(?:t\d[\d:.]*z?)?", _in_iso),
        (
            rf"{_FIRST_DAY}{_OF}\s+{_FIRST_MONTH}\.?(?:,?\s+{_FIRST_YEAR})?{TO}{_DAY}{_OF}\s+{_MONTH}(?:\.?,?\s+{_YEAR})?",
            _day_to_day,
        ),
        (
            rf"{_FIRST_MONTH}\.?\s+{_FIRST_DAY}(?:,?\s+{_FIRST_YEAR})?{TO}{_MONTH}\.?\s+{_DAY}\b(?:,?\s+{_YEAR})?",
            _day_to_day,
        ),
        (rf"{_FIRST_DAY}{TO}{_DAY}{_OF}\s+{_MONTH}(?:\.?,?\s+{_YEAR})?", _day_to_day),
        (rf"{_MONTH}\.?\s+{_FIRST_DAY}{TO}{_DAY}\b(?:,?\s+{_YEAR})?", _day_to_day),
        (rf"{_DAY}{_OF}\s+{_MONTH}\.?,?\s+{_YEAR}", _on_day),
        (rf"{_MONTH}\.?\s+{_DAY},?\s+{_YEAR}", _on_day),
        (rf"{_FIRST_MONTH}\.?{TO}{_MONTH}\.?,?{_OF}\s+{_YEAR}", _month_to_month),
        (rf"{_FIRST_MONTH}\.?,?{_OF}\s+{_YEAR}{TO}{_MONTH}(?!\.?,?\s+\d)", _month_to_month),
        (rf"{_MONTH}\.?,?{_OF}\s+{_YEAR}", _in_month),
        (rf"{_DAY}{_OF}\s+{_MONTH}", _latest_day),
        (rf"{_MONTH}\.?\s+{_DAY}\b{_NO_DAY}", _latest_day),
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
        (rf"(?:{_MONTH}|{_SEASON}(?!\s+of\b))", _latest),
        (_any(_WEEKDAYS, "weekday"), _latest_weekday),
        (r"yesterday", _today_or_yesterday),
        (TODAY, _today_or_yesterday),
        (ALONE, _in_year),
    )
    return tuple(
        (form if isinstance(form, re.Pattern) else re.compile(rf"(?<![\w/.])(?:{form})\b(?:['’]s\b)?"), read)
        for form, read in forms
    )
