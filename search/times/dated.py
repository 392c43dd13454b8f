"""The days of times that say their year, and of lists and ranges of days: ``15 march 2021``, ``winter 2020/21``."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from search.times.names import HALVES, MONTHS, QUARTERS, SEASONS, WORDS_TOO
from search.times.span import latest_such, whole_months, year_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.times.span import Span

_SEASON_MONTHS = 3
_HALF_MONTHS = 6
_YEAR_MONTHS = 12
_AND, _OR = re.compile(r"\band\b"), re.compile(r"\bor\b")
_LISTED_DAY = re.compile(r"\d+")
# What stands before times, and hardly before anything else.
_OF_TIMES = frozenset("after before between during from in last on since this till until".split())


def on_day(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """15 March 2021."""
    day = date(year_of(match["year"]), MONTHS[match["month"]], int(match["day"]))
    yield day, day + timedelta(days=1)


def day_to_day(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """10 to 12 March 2025, from March 10 to April 2: one year is that of both, unless the days run on into the next.

    Without a year they are the latest that have begun; 5-11 may by itself is no time: what children of that age may do,
    and march. March 5-11 is one. With two years each day is read by itself; of a list each is one.
    """
    groups = match.groupdict()
    first_year, year = groups.get("first_year"), match["year"]
    if first_year and year:
        return
    month, day = MONTHS[match["month"]], int(match["day"])
    first_month, first_day = MONTHS[groups.get("first_month") or match["month"]], int(match["first_day"])
    runs_on = (first_month, first_day) > (month, day)
    said = year_of(year) if year else year_of(first_year) + runs_on if first_year else None
    if is_list(match, opening):
        if opening or said or "first_month" in groups:
            before = first_month > month
            for one, years in (((first_month, first_day), before), ((month, day), 0)):
                span = date(said - years, *one) if said else latest_such(*one, today)
                yield span, span + timedelta(days=1)
        return
    if runs_on and first_month == month:
        return
    if said:
        last = date(said, month, day)
    elif opening in _OF_TIMES or match["month"] not in WORDS_TOO or not match[0][0].isdigit():
        first = latest_such(first_month, first_day, today)
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
        day = date(year_of(match["year"]), month, int(said)) if match["year"] else latest_such(month, int(said), today)
        yield day, day + timedelta(days=1)


def in_iso(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """2021-03-15, 2021/03/15, 2021-03, 03/2021."""
    year, month = year_of(match["year"]), int(match["number"])
    if match["day"]:
        day = date(year, month, int(match["day"]))
        yield day, day + timedelta(days=1)
    else:
        yield date(year, month, 1), whole_months(year, month, 1)[1]


def in_month(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """March 2021."""
    yield whole_months(year_of(match["year"]), MONTHS[match["month"]], 1)


def month_to_month(match: re.Match[str], opening: str, _today: date) -> Iterator[Span]:
    """March to May 2021, March 2021 to May: the year that is said is that of both, unless the months run on into it.

    In March and May 2021 is each of them.
    """
    year, first, last = year_of(match["year"]), MONTHS[match["first_month"]], MONTHS[match["month"]]
    runs_on = first > last
    if is_list(match, opening):
        yield from (whole_months(year - runs_on, first, 1), whole_months(year, last, 1))
        return
    says_first = match.start("year") < match.start("month")
    start = whole_months(year if says_first or not runs_on else year - 1, first, 1)[0]
    yield start, whole_months(year + 1 if says_first and runs_on else year, last, 1)[1]


def in_digits(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """12.10.2026 is of October; 12/10/2026, 12/10/26 and 12-10-2026 may be of December too, as America has it."""
    year, first, second = year_of(match["year"]), int(match["first"]), int(match["second"])
    months = [(second, first)] if match["mark"] == "." else dict.fromkeys([(second, first), (first, second)])
    for day in [date(year, month, day) for month, day in months if month <= _YEAR_MONTHS]:
        yield day, day + timedelta(days=1)


def in_season(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """The winter of a year is the one that begins in it and the one that ends in it."""
    year, month = year_of(match["year"]), SEASONS[match["season"]]
    yield whole_months(year, month, _SEASON_MONTHS)
    if month == SEASONS["winter"]:
        yield whole_months(year - 1, month, _SEASON_MONTHS)


def season_of_two(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """Winter 2020/21, and 2020/21 alone."""
    year = year_of(match["year"])
    if int(match["next"]) % 100 != (year + 1) % 100:
        return
    if match["season"]:
        yield whole_months(year, SEASONS[match["season"]], _SEASON_MONTHS)
    else:
        yield whole_months(year, 1, 24)


def in_quarter(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """Q1 2021, the first quarter of 2021."""
    yield whole_months(year_of(match["year"]), QUARTERS[match["quarter"]], 3)


def in_half(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """H1 2021, the first half of 2021."""
    yield whole_months(year_of(match["year"]), HALVES[match["half"]], _HALF_MONTHS)


def in_year(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """2021."""
    yield whole_months(year_of(match["year"]), 1, 12)


def is_list(match: re.Match[str], opening: str) -> bool:
    """Return whether two times are meant, and not what lies between them."""
    return bool(_OR.search(match[0]) or (opening not in {"from", "between"} and _AND.search(match[0])))
