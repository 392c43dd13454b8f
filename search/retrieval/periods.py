"""Times in a query's words: ``march 2021``, ``late spring 2020``, ``since June``, ``last week``.

Who writes a time wants what was published then, or soon after: news of an event are of its days, what came of it
follows. A time in words hides nothing, though (``since:2021-03`` does): it may be the time of what an article looks
back on.

Only English is read, and only what can hardly be anything else: ``may`` and ``march`` are months beside a year or
behind ``in``, ``since``, ``last`` and the like, and a year that the corpus has in a name, as in Windows Server 2019,
belongs to the name. General date parsers find dates in words that are none, give points instead of periods, and take
longer to import than a query takes.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Span = tuple[date, date]

_MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    "sept": 9,
}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON_MONTHS = 3
_QUARTERS = {"q1": 1, "q2": 4, "q3": 7, "q4": 10, "first": 1, "second": 4, "third": 7, "fourth": 10}
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_SEASON = rf"(?P<season>{'|'.join(_SEASONS)})"
_YEAR = r"(?P<year>1[89]\d\d|20\d\d)"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
# What stands before a time: which side of it is meant, or that it is a time at all, and which part of it.
_OPENING = re.compile(
    r"\b(?:(?P<opening>since|after|before|until|till|in|during|of|from|between|last|past|this)\s+)?"
    r"(?:the\s+)?(?P<part>early|mid|late|beginning\s+of|start\s+of|end\s+of)?[\s-]*$"
)
_LONGEST_OPENING = 40
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "late": 2, "end": 2}
_BETWEEN = re.compile(r"\s*(?:to|and|until|till|through|-|–)\s*")
# News go on for a while after what they are about; before it, it can only be announced.
_LEAST_AFTERMATH, _MOST_AFTERMATH = timedelta(days=14), timedelta(days=90)
_FORENOTICE = 0.5
_DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Period:
    """A time that is meant.

    Attributes:
        words: As the query has it.
        since: Its first moment; None where it has no beginning.
        until: The moment just after its last; None where it has no end.
    """

    words: str
    since: datetime | None
    until: datetime | None

    @property
    def as_filter(self) -> str:
        """The filter of the same time, to be written into a query."""
        since = [f"since:{self.since:%Y-%m-%d}"] if self.since else []
        until = [f"until:{self.until - timedelta(days=1):%Y-%m-%d}"] if self.until else []
        return " ".join(since + until)

    @property
    def aftermath(self) -> timedelta:
        """How long afterwards what is published counts but e^-1 of what was published within."""
        if self.since is None or self.until is None:
            return _LEAST_AFTERMATH
        return min(max((self.until - self.since) / 2, _LEAST_AFTERMATH), _MOST_AFTERMATH)

    def nearness(self, days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how near to it articles were published, 1 within, 0 far away or without a date.

        Args:
            days: When published, days since 1970 UTC, shape (n,); NaN when unknown.
        """
        first = self.since.timestamp() / _DAY_SECONDS if self.since else -np.inf
        end = self.until.timestamp() / _DAY_SECONDS if self.until else np.inf
        away = np.maximum(days - end, 0.0) + np.maximum(first - days, 0.0) / _FORENOTICE
        near: NDArray[np.float64] = np.exp(-np.nan_to_num(away, nan=np.inf) / (self.aftermath / timedelta(days=1)))
        return near


def nearest(periods: Iterable[Period], days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how near to any of some periods articles were published, shape (n,)."""
    near = np.zeros(len(days))
    for period in periods:
        near = np.maximum(near, period.nearness(days))
    return near


def periods_in(text: str, now: datetime, is_name: Callable[[str], bool]) -> list[Period]:
    """Return the times that a query names, in its order.

    Args:
        text: As typed, without operators.
        now: What is past, and what the last one is.
        is_name: Says of two words whether the corpus has them together.
    """
    today = now.astimezone(UTC).date()
    rest = text.lower()
    if len(rest) != len(text):  # a few letters have longer small forms, and places would be others
        rest = text
    found: list[tuple[int, int, str, list[Period]]] = []
    for form, read in _FORMS:
        for match in form.finditer(rest):
            window = max(match.start() - _LONGEST_OPENING, 0)
            before = _OPENING.search(rest, window, match.start())
            opening, part = (before["opening"] or "", before["part"] or "") if before else ("", "")
            if form is _ALONE and not opening and _is_of_a_name(rest, match, is_name):
                continue
            try:
                spans = [_part_of(span, part) for span in read(match, opening, today)]
            except (ValueError, OverflowError):  # the 31st of June; the year after the last
                continue
            if spans:
                group = "opening" if opening else "part" if part else ""
                start = before.start(group) if before and group else match.start()
                words = text[start : match.end()]
                found.append((start, match.end(), opening, [_opened(span, opening, words) for span in spans]))
                rest = rest[:start] + "\0" * (match.end() - start) + rest[match.end() :]
    return _joined(text, sorted(found, key=lambda one: one[0]))


def _joined(text: str, found: list[tuple[int, int, str, list[Period]]]) -> list[Period]:
    """Return the periods, ``from 2019 to 2021`` as one of them."""
    periods: list[Period] = []
    last_end, last_opening = 0, ""
    for start, end, opening, some in found:
        ends_it = opening in {"", "until", "till"} and len(some) == 1
        between = text[last_end:start] + opening
        if periods and last_opening in {"from", "between"} and ends_it and _BETWEEN.fullmatch(between.lower()):
            first = periods.pop()
            words = f"{first.words}{text[last_end:end]}"
            periods.append(Period(words, first.since, some[0].until))
        else:
            periods += some
        last_end, last_opening = end, opening
    return periods


def _opened(span: Span, opening: str, words: str) -> Period:
    since, until = (datetime.combine(day, time(), UTC) for day in span)
    match opening:
        case "since":
            return Period(words, since, None)
        case "after":
            return Period(words, until, None)
        case "before":
            return Period(words, None, since)
        case "until" | "till":
            return Period(words, None, until)
        case _:
            return Period(words, since, until)


def _part_of(span: Span, part: str) -> Span:
    """Return the first, second or last third of a time, or all of it."""
    if not part:
        return span
    first, end = span
    third, number = (end - first) / 3, _THIRDS[part.split(maxsplit=1)[0]]
    return first + number * third, first + (number + 1) * third


def _is_of_a_name(text: str, year: re.Match[str], is_name: Callable[[str], bool]) -> bool:
    """Return whether a year that stands alone is part of a name with the word on either side of it."""
    before, after = re.search(r"(\w+)\W*$", text[: year.start()]), re.match(r"\W*(\w+)", text[year.end() :])
    pairs = ([f"{before[1]} {year[0]}"] if before else []) + ([f"{year[0]} {after[1]}"] if after else [])
    return any(map(is_name, pairs))


def _on_day(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """15 March 2021."""
    day = date(int(match["year"]), _MONTHS[match["month"]], int(match["day"]))
    yield day, day + timedelta(days=1)


def _in_iso(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """2021-03, 2021-03-15."""
    year, month = int(match["year"]), int(match["number"])
    if match["day"]:
        day = date(year, month, int(match["day"]))
        yield day, day + timedelta(days=1)
    else:
        yield date(year, month, 1), _months(year, month, 1)[1]


def _in_month(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), _MONTHS[match["month"]], 1)


def _in_season(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    """The winter of a year is the one that begins in it and the one that ends in it."""
    year, month = int(match["year"]), _SEASONS[match["season"]]
    yield _months(year, month, _SEASON_MONTHS)
    if month == _SEASONS["winter"]:
        yield _months(year - 1, month, _SEASON_MONTHS)


def _in_quarter(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), _QUARTERS[match["quarter"]], 3)


def _in_year(match: re.Match[str], _opening: str, _today: date) -> Iterator[Span]:
    yield _months(int(match["year"]), 1, 12)


def _latest(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
    """Since June, last summer: the latest that has begun."""
    if opening in {"", "of"}:
        return
    month, length = (_MONTHS[match["month"]], 1) if match["month"] else (_SEASONS[match["season"]], _SEASON_MONTHS)
    span = _months(today.year, month, length)
    yield span if span[0] <= today else _months(today.year - 1, month, length)


def _ago(match: re.Match[str], opening: str, today: date) -> Iterator[Span]:
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
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return monday, monday + timedelta(days=7)


def _months(year: int, month: int, count: int) -> Span:
    """Return some whole months; the month 0 is December of the year before."""
    first = year * 12 + month - 1
    end = first + count
    return date(first // 12, first % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)


_ALONE = re.compile(rf"\b{_YEAR}\b(?!-\d)")
# The longer forms first: what they take is not read again.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, date], Iterator[Span]]], ...] = (
    (re.compile(rf"\b{_YEAR}-(?P<number>\d\d)(?:-(?P<day>\d\d))?\b"), _in_iso),
    (re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}\.?,?\s+{_YEAR}\b"), _on_day),
    (re.compile(rf"\b{_MONTH}\.?\s+{_DAY},?\s+{_YEAR}\b"), _on_day),
    (re.compile(rf"\b{_MONTH}\.?,?\s+(?:of\s+)?{_YEAR}\b"), _in_month),
    (re.compile(rf"\b{_SEASON},?\s+(?:of\s+)?{_YEAR}\b"), _in_season),
    (re.compile(rf"\b(?P<quarter>q[1-4]),?\s+(?:of\s+)?{_YEAR}\b"), _in_quarter),
    (re.compile(rf"\b{_YEAR},?\s+(?P<quarter>q[1-4])\b"), _in_quarter),
    (re.compile(rf"\b(?P<quarter>first|second|third|fourth)\s+quarter,?\s+(?:of\s+)?{_YEAR}\b"), _in_quarter),
    (re.compile(rf"\b(?:(?P<count>[1-9]\d?|{'|'.join(_COUNTS)})\s+)?(?P<unit>{'|'.join(_UNITS)})s?\b"), _ago),
    (re.compile(rf"\b(?:{_MONTH}|{_SEASON})\b"), _latest),
    (_ALONE, _in_year),
)
