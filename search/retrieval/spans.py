"""The days that a time in English names: ``15 march 2021``, ``winter 2020/21``, ``two weeks ago``.

Each reader is given the match of a form of ``times.py``, what stands before it, and today. A time is of whole days: the
last twelve hours may reach into yesterday, and are read as both days.
"""

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

MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    "sept": 9,
}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON_MONTHS = 3
ORDINALS = ("first", "second", "third", "fourth"), ("1st", "2nd", "3rd", "4th")
QUARTERS = {name: 3 * place + 1 for names in (("q1", "q2", "q3", "q4"), *ORDINALS) for place, name in enumerate(names)}
HALVES = {"h1": 1, "h2": 7, "first": 1, "second": 7}
_HALF_MONTHS = 6
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
COUNTS = {"a": 1, "an": 1, **{name: number for number, name in enumerate(_NUMBERS, start=1)}}
UNITS = {"hour": 0, "day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_WEEK, _DAY_HOURS, _YEAR_MONTHS = 7, 24, 12
_SATURDAY, _WEEKEND = 5, 2
_AND, _OR, _GOES_ON = re.compile(r"\band\b"), re.compile(r"\bor\b"), re.compile(r"\s*\w")
# As POSIX reads years of two digits, but for what is far to come.
_LARGEST_SHORT, _SHORT_PIVOT = 99, 50
_LISTED_DAY = re.compile(r"\d+")
# The last three months of 2020, not of protests.
_OF_A_TIME = re.compile(rf"\s+(?:of|in)\s+(?:the\s+)?(?:{'|'.join([*MONTHS, *SEASONS])}|last|this|(?:1[89]|20)\d\d)\b")
# What stands before times, and hardly before anything else.
_OF_TIMES = frozenset("after before between during from in last on since this till until".split())
# Months that are words too.
WORDS_TOO = frozenset({"march", "may"})


def _year(said: str) -> int:
    """Return the year that is said: ``'21`` is of this century, as far as it has come by half, ``'87`` of the last."""
    year = int(said.lstrip("'’"))
    return year if year > _LARGEST_SHORT else year + (2000 if year < _SHORT_PIVOT else 1900)


def on_day(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """15 March 2021."""
    day = date(_year(match["year"]), MONTHS[match["month"]], int(match["day"]))
    yield day, day + timedelta(days=1)


def day_to_day(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """10 to 12 March 2025, from March 10 to April 2: one year is that of both, unless the days run on into the next.

    Without a year they are the latest that have begun; 5-11 may by itself is no time: what children of that age may do,
    and march. With two years each day is read by itself; of a list each is one.
    """
    groups = match.groupdict()
    first_year, year = groups.get("first_year"), match["year"]
    if first_year and year:
        return
    month, day = MONTHS[match["month"]], int(match["day"])
    first_month, first_day = MONTHS[groups.get("first_month") or match["month"]], int(match["first_day"])
    runs_on = (first_month, first_day) > (month, day)
    said = _year(year) if year else _year(first_year) + runs_on if first_year else None
    if _is_list(match, opening):
        if opening or said or "first_month" in groups:
            before = first_month > month
            for one, years in (((first_month, first_day), before), ((month, day), 0)):
                span = date(said - years, *one) if said else _latest_such(*one, today)
                yield span, span + timedelta(days=1)
        return
    if runs_on and first_month == month:
        return
    if said:
        last = date(said, month, day)
    elif opening in _OF_TIMES or match["month"] not in WORDS_TOO:
        first = _latest_such(first_month, first_day, today)
        last = date(first.year + runs_on, month, day)
    else:
        return
    yield date(last.year - runs_on, first_month, first_day), last + timedelta(days=1)


def days_listed(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """5, 6 and 7 June 2021; without a year the latest ones, where what stands before says that it is a time."""
    if not (match["year"] or opening):
        return
    month = MONTHS[match["month"]]
    for said in _LISTED_DAY.findall(match["days"]):
        day = date(_year(match["year"]), month, int(said)) if match["year"] else _latest_such(month, int(said), today)
        yield day, day + timedelta(days=1)


def _is_list(match: re.Match[str], opening: str) -> bool:
    """Return whether two times are meant, and not what lies between them."""
    return bool(_OR.search(match[0]) or (opening not in {"from", "between"} and _AND.search(match[0])))


def latest_day(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since 20 November, 20 November: the latest that is not to come; in June 5 people died."""
    if opening in {"in", "during"} and match.start("month") < match.start("day") and match[0][-1].isdigit():
        return
    day = _latest_such(MONTHS[match["month"]], int(match["day"]), today)
    yield day, day + timedelta(days=1)


def _latest_such(month: int, day: int, today: date) -> date:
    """Return the latest day of this name that is not to come; ValueError where no year has it."""
    year = today.year - ((month, day) > (today.month, today.day))
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return date(year, month, day)


def in_iso(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """2021-03-15, 2021/03/15, 2021-03, 03/2021."""
    year, month = _year(match["year"]), int(match["number"])
    if match["day"]:
        day = date(year, month, int(match["day"]))
        yield day, day + timedelta(days=1)
    else:
        yield date(year, month, 1), _months(year, month, 1)[1]


def in_month(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """March 2021."""
    yield _months(_year(match["year"]), MONTHS[match["month"]], 1)


def month_to_month(match: re.Match[str], opening: str, _today: date) -> Iterator[Span]:
    """March to May 2021, March 2021 to May: the year that is said is that of both, unless the months run on into it.

    In March and May 2021 is each of them.
    """
    year, first, last = _year(match["year"]), MONTHS[match["first_month"]], MONTHS[match["month"]]
    runs_on = first > last
    if _is_list(match, opening):
        yield from (_months(year - runs_on, first, 1), _months(year, last, 1))
        return
    says_first = match.start("year") < match.start("month")
    start = _months(year if says_first or not runs_on else year - 1, first, 1)[0]
    yield start, _months(year + 1 if says_first and runs_on else year, last, 1)[1]


def in_digits(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """12.10.2026 is of October; 12/10/2026 and 12-10-2026 may be of December too, as America has it; the day first."""
    year, first, second = (int(match[name]) for name in ("year", "first", "second"))
    months = [(second, first)] if match["mark"] == "." else dict.fromkeys([(second, first), (first, second)])
    for day in [date(year, month, day) for month, day in months if month <= _YEAR_MONTHS]:
        yield day, day + timedelta(days=1)


def latest_months(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """From November to February: the latest that have begun; in September or October: the latest of each.

    Without a word before it a list is none, and ``march to may`` is no time.
    """
    first, last = MONTHS[match["first_month"]], MONTHS[match["month"]]
    is_list = _is_list(match, opening)
    are_plain = not opening and WORDS_TOO.isdisjoint(match.group("first_month", "month"))
    if is_list and opening in {"from", "between", "in", "during"}:
        if match["month"] in WORDS_TOO and _GOES_ON.match(match.string, match.end()):
            return  # in march and may fall again
        yield from (_latest_month(month, today) for month in (first, last))
    elif not is_list and (are_plain or opening in {"from", "between", "in", "during"}):
        until = _latest_month(last, today)
        yield _months(until[0].year - (first > last), first, 1)[0], until[1]


def _latest_month(month: int, today: date) -> Span:
    span = _months(today.year, month, 1)
    return span if span[0] <= today else _months(today.year - 1, month, 1)


def month_of_year(match: re.Match[str], _opening: str, today: date) -> Iterator[Span]:
    """May of last year."""
    yield _months(today.year - (match["which"] == "last"), MONTHS[match["month"]], 1)


def in_season(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """The winter of a year is the one that begins in it and the one that ends in it."""
    year, month = _year(match["year"]), SEASONS[match["season"]]
    yield _months(year, month, _SEASON_MONTHS)
    if month == SEASONS["winter"]:
        yield _months(year - 1, month, _SEASON_MONTHS)


def season_of_two(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """Winter 2020/21, and 2020/21 alone."""
    year = _year(match["year"])
    if int(match["next"]) % 100 != (year + 1) % 100:
        return
    if match["season"]:
        yield _months(year, SEASONS[match["season"]], _SEASON_MONTHS)
    else:
        yield _months(year, 1, 24)


def in_quarter(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """Q1 2021, the first quarter of 2021."""
    yield _months(_year(match["year"]), QUARTERS[match["quarter"]], 3)


def in_half(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """H1 2021, the first half of 2021."""
    yield _months(_year(match["year"]), HALVES[match["half"]], _HALF_MONTHS)


def in_year(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """2021."""
    yield _months(_year(match["year"]), 1, 12)


def latest(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since June: the latest that has begun; last summer: the latest that is over.

    ``after the fall`` names no season.
    """
    may_be = opening == "this" and match["month"] == "may"  # this may be so
    if opening in {"", "of", "on"} or may_be or (match["season"] and opening in {"after", "before", "from"}):
        return
    month, length = (MONTHS[match["month"]], 1) if match["month"] else (SEASONS[match["season"]], _SEASON_MONTHS)
    span = _months(today.year, month, length)
    is_past = span[1] <= today if opening == "last" else span[0] <= today
    yield span if is_past else _months(today.year - 1, month, length)


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
        return _months(today.year - back, 1, 12)
    if unit == "month":
        return _months(today.year, today.month - back, 1)
    monday = today - timedelta(days=today.weekday() + _WEEK * back)
    return monday, monday + timedelta(days=_WEEK)


def months_on(first: date, count: int) -> date:
    """Return the first day of a month so many months after another, or before it."""
    return _months(first.year, first.month + count, 1)[0]


def _months(year: int, month: int, count: int) -> Span:
    """Return some whole months; the month 0 is December of the year before."""
    first = year * 12 + month - 1
    end = first + count
    return date(first // 12, first % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)
