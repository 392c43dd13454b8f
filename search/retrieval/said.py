"""Days and months as articles write them: what says that it is about a time is of it, whenever it came out."""

from __future__ import annotations

import calendar
from datetime import timedelta
from typing import TYPE_CHECKING

from search.index.lexical import any_of, bm25, words_of
from search.retrieval.spans import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.content.article import Article
    from search.index.filters import Condition
    from search.index.opened import Index
    from search.retrieval.period import Period

# What more articles than this say tells them apart no better than their dates do. By eye.
_MOST = 400
_ONE_DAY = timedelta(days=1)
_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def ways_to_say(period: Period) -> list[str]:
    """Return how articles write the day, or the month of a year, that a query names, as words with spaces between.

    A day of which the query says no year is written without one. None for longer and open times, and for yesterday.

    Examples:
        ``30 june 2021`` for the day: ``30 june 2021``, ``june 30 2021``, ``30th june 2021``, ``30 jun 2021`` …
    """
    if period.since is None or period.until is None:
        return []
    first, length = period.since.date(), period.until - period.since
    names = [name for name, number in MONTHS.items() if number == first.month]
    said = period.words.lower()
    has_year = str(first.year) in said
    if length == _ONE_DAY and (has_year or any(name in said for name in names)):
        year = f" {first.year}" if has_year else ""
        days = (f"{first.day}", f"{first.day}{_SUFFIXES.get(first.day, 'th')}")
        return [f"{way}{year}" for name in names for day in days for way in (f"{day} {name}", f"{name} {day}")]
    days_of_month = calendar.monthrange(first.year, first.month)[1]
    if has_year and first.day == 1 and length == timedelta(days=days_of_month):
        return [f"{name} {first.year}" for name in names]
    return []


def rows_that_say(index: Index, periods: Iterable[Period], where: Condition) -> frozenset[int]:
    """Return the rows of articles that pass a condition and write one of some times; of none that very many write."""
    rows: set[int] = set()
    for one in periods:
        found = bm25(index.connection, any_of(ways_to_say(one)), where, _MOST + 1)
        if len(found) <= _MOST:
            rows.update(row for row, _ in found)
    return frozenset(rows)


def says(article: Article, period: Period) -> bool:
    """Return whether the text of an article writes a time."""
    text = f" {' '.join(words_of(f'{article.title} {article.excerpt}'))} "
    return any(f" {way} " in text for way in ways_to_say(period))
