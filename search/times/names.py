"""The names of months, weekdays, seasons and units of time in English, and how numbers are said beside them."""

from __future__ import annotations

import calendar

MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    "sept": 9,
}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
ORDINALS = ("first", "second", "third", "fourth"), ("1st", "2nd", "3rd", "4th")
QUARTERS = {name: 3 * place + 1 for names in (("q1", "q2", "q3", "q4"), *ORDINALS) for place, name in enumerate(names)}
HALVES = {"h1": 1, "h2": 7, "first": 1, "second": 7}
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
COUNTS = {"a": 1, "an": 1, **{name: number for number, name in enumerate(_NUMBERS, start=1)}}
UNITS = {"hour": 0, "day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
# Behind a number of something, which is no day: june 20%, May 3 million.
OF_A_NUMBER = r"%|per\s?cent\b|thousand\b|million\b|billion\b|bn\b"
# Months that are words too.
WORDS_TOO = frozenset({"march", "may"})
