"""Forms of times in English, each with what reads its days (``dated.py``, ``relative.py``)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from search.times import dated, names, relative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.times.span import Reader


def _any(names: dict[str, int], group: str) -> str:
    return rf"(?P<{group}>{'|'.join(sorted(names, key=len, reverse=True))})"


_MONTH, _FIRST_MONTH = _any(names.MONTHS, "month"), _any(names.MONTHS, "first_month")
_SEASON = _any(names.SEASONS, "season")
_YEAR = r"(?P<year>1[89]\d\d|20\d\d)"
# Beside a month or a season.
_ANY_YEAR = r"(?P<year>1[89]\d\d|20\d\d|['’]\d\d)"
_FIRST_YEAR = _YEAR.replace("year", "first_year")
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_FIRST_DAY = _DAY.replace("day", "first_day")
_DAY_OF_LIST = r"\d\d?(?:st|nd|rd|th)?"
# No day of a month: since june 20% of them, since june 2.5 million.
_NO_DAY = rf"(?!\s*(?:{names.OF_A_NUMBER})|[.,:/-]\d)"
_FISCAL = r"(?:\s+fiscal)?(?:\s+year)?"
_OF = r"(?:\s+of)?"
# Dashes join more than days: telephone and part numbers.
_NO_CODE = r"(?<!\w-)(?<!\$)"
# No day: covid-19 march 2020, 2-1 in may, £20 june.
_NO_SCORE = r"(?<![-–$£€])"
_COUNT = rf"(?P<count>[1-9]\d?|{'|'.join(names.COUNTS)})"
_UNIT = rf"(?P<unit>{'|'.join(names.UNITS)})s?"
# What may stand between two times that are the ends of one.
TO = r"\s*(?:\bto\b|\band\b|\bor\b|\buntil\b|\btill\b|\bthrough\b|-|–|/|\.\.)\s*"


# What reads a time that has no year as the latest of its name.
WITHOUT_YEAR: frozenset[Reader] = frozenset(
    {dated.day_to_day, dated.days_listed, relative.latest_day, relative.latest_months, relative.latest_of_name}
)
# A weekday before a day says nothing more: Tuesday, 11 May 2021.
WEEKDAY = re.compile(
    rf"\b(?:{'|'.join([*names.WEEKDAYS, 'mon', 'tues?', 'wed', 'thu(?:rs?)?', 'fri'])})\b[.,]*\s+(?:the\s+)?$"
)
# What ends in our days has no end.
UNTIL_NOW = re.compile(r"\s*(?:until|till|up\s+to|to|-|–)\s*(?:now|date|the\s+present|present)\b")
# Two weeks before a day is not all that was before it.
SOME_TIME = re.compile(
    rf"\b(?:{_COUNT}\s+{_UNIT}|(?:the|a)\s+(?:day|week|month|year)|immediately|just|long|right|shortly|soon)\s+$"
)

# A number beside a slash, a point or a dash is part of something else.
ALONE = re.compile(rf"(?<![\w./])(?<!\d-){_YEAR}\b(?![-/.]\d)")
TODAY = re.compile(r"\btoday\b(?:['’]s\b)?")
# No form does without one of these; most queries have none.
_ANY = re.compile(
    rf"\d|{'|'.join([*names.MONTHS, *names.SEASONS, *names.WEEKDAYS, *names.UNITS, 'yesterday', 'today'])}"
)


def forms_in(text: str) -> Sequence[tuple[re.Pattern[str], Reader]]:
    """Return patterns over lower-case text that may match, each with what gives its days.

    That is called with a match, with what stands before it, and with today.
    """
    return _forms() if _ANY.search(text) else ()


@cache
def _forms() -> tuple[tuple[re.Pattern[str], Reader], ...]:
    """Return all patterns, the longer forms first: what they take is not read again. Compiled when they are needed."""
    forms: tuple[tuple[str | re.Pattern[str], Reader], ...] = (
        (rf"{_YEAR}-(?P<number>\d\d)(?:-(?P<day>\d\d))?(?:t\d[\d:.]*z?)?", dated.in_iso),
        (rf"{_YEAR}/(?P<number>\d\d)/(?P<day>\d\d)(?![./]\w|-(?!\d{{4}}/)\w)", dated.in_iso),
        (
            rf"(?P<days>(?:{_DAY_OF_LIST},\s*){{1,9}}{_DAY_OF_LIST},?\s+(?:and|or)\s+\d\d?){_OF}\s+{_MONTH}(?:\.?,?\s+{_YEAR})?",
            dated.days_listed,
        ),
        (
            rf"{_FIRST_DAY}{_OF}\s+{_FIRST_MONTH}\.?(?:,?\s+{_FIRST_YEAR})?{TO}{_DAY}{_OF}\s+{_MONTH}(?:\.?,?\s+{_YEAR})?",
            dated.day_to_day,
        ),
        (
            rf"{_FIRST_MONTH}\.?\s+{_FIRST_DAY}(?:,?\s+{_FIRST_YEAR})?{TO}{_MONTH}\.?\s+{_DAY}\b(?:,?\s+{_YEAR}|{_NO_DAY})",
            dated.day_to_day,
        ),
        (rf"{_FIRST_DAY}{TO}{_DAY}{_OF}\s+{_MONTH}(?:\.?,?\s+{_YEAR})?", dated.day_to_day),
        (rf"{_MONTH}\.?\s+{_FIRST_DAY}{TO}{_DAY}\b(?:,?\s+{_YEAR}|{_NO_DAY})", dated.day_to_day),
        (rf"{_NO_SCORE}{_DAY}{_OF}\s+{_MONTH}\.?,?\s+{_ANY_YEAR}", dated.on_day),
        (rf"{_MONTH}\.?\s+{_DAY},?\s+{_ANY_YEAR}", dated.on_day),
        (r"(?P<year>20\d\d)(?P<number>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])", dated.in_iso),
        (rf"{_NO_CODE}{_DAY}-{_MONTH}-{_YEAR}(?![-/]\w)", dated.on_day),
        (rf"{_FIRST_MONTH}\.?{TO}{_MONTH}\.?,?{_OF}\s+{_YEAR}", dated.month_to_month),
        (rf"{_FIRST_MONTH}\.?,?{_OF}\s+{_YEAR}{TO}{_MONTH}(?!\.?,?\s+\d)", dated.month_to_month),
        (rf"{_MONTH}(?:\.?,?{_OF}\s+|-){_ANY_YEAR}(?![-/.]\d)", dated.in_month),
        (rf"{_NO_SCORE}{_DAY}{_OF}\s+{_MONTH}", relative.latest_day),
        (rf"{_MONTH}\.?\s+{_DAY}\b{_NO_DAY}", relative.latest_day),
        (rf"(?P<first>[0-3]?\d)(?P<mark>[./])(?P<second>[0-3]?\d)(?P=mark){_YEAR}(?!\.\w|-[a-z])", dated.in_digits),
        (r"(?P<first>[0-3]?\d)(?P<mark>/)(?P<second>[0-3]?\d)/(?P<year>\d\d)(?![./]\w|-\w)", dated.in_digits),
        (rf"{_NO_CODE}(?P<first>[0-3]\d)(?P<mark>-)(?P<second>[0-3]\d)-{_YEAR}(?![-/.:]\w)", dated.in_digits),
        (rf"{_FIRST_MONTH}\.?{TO}{_MONTH}", relative.latest_months),
        (rf"{_MONTH}{_OF}\s+(?P<which>last|this)\s+year", relative.month_of_year),
        (rf"(?P<number>0[1-9]|1[0-2]|[1-9](?=/))(?P<day>)[/.]{_YEAR}(?!\.\w)", dated.in_iso),
        (rf"(?:{_SEASON}{_OF}\s+)?{_YEAR}\s*[/–-]\s*(?P<next>\d\d|20\d\d)", dated.season_of_two),
        (rf"{_YEAR}/(?P<number>0?[1-9]|1[0-2])(?P<day>)(?![./-]\w)", dated.in_iso),
        (rf"{_SEASON},?{_OF}\s+{_ANY_YEAR}", dated.in_season),
        (rf"(?P<quarter>q[1-4]),?(?:{_OF}\s+|-){_YEAR}", dated.in_quarter),
        (rf"{_YEAR},?[\s-]+(?P<quarter>q[1-4])", dated.in_quarter),
        (
            rf"{_any(names.QUARTERS, 'quarter')}[\s-]+quarter,?{_OF}(?:\s+fiscal)?(?:\s+year)?\s+{_YEAR}",
            dated.in_quarter,
        ),
        (rf"(?P<half>(?:first|second)(?=\s+half)|h[12])(?:\s+half)?,?{_OF}\s+{_YEAR}", dated.in_half),
        (rf"{_COUNT}\s+{_UNIT}\s+ago", relative.ago),
        (rf"(?:{_MONTH}|{_SEASON}(?!\s+of\b))", relative.latest_of_name),
        (rf"(?:{_COUNT}\s+)?{_UNIT}", relative.up_to_now),
        (_any(names.WEEKDAYS, "weekday"), relative.latest_weekday),
        (r"(?:over\s+(?:the|this|last)\s+)?weekend", relative.latest_weekend),
        (r"day\s+before\s+yesterday", relative.day_before_yesterday),
        (r"yesterday", relative.today_or_yesterday),
        (TODAY, relative.today_or_yesterday),
        (ALONE, dated.in_year),
    )
    return tuple(
        (form if isinstance(form, re.Pattern) else re.compile(rf"(?<![\w/.])(?:{form})\b(?:['’]s\b)?"), read)
        for form, read in forms
    )
