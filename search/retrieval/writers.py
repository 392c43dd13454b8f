"""Which articles write a time: what says that it is about a day or a year is of it, whenever it came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.index.lexical import any_of
from search.times.written import ways_to_write

if TYPE_CHECKING:
    from search.index.filters import Condition
    from search.index.opened import Index
    from search.times.period import Period

# What more articles than this write tells them apart no better than their dates do. By eye.
_MOST = 400


def rows_that_write(index: Index, period: Period, where: Condition, *, years: bool = False) -> frozenset[int] | None:
    """Return the rows of the articles that pass a condition and write a time in title or excerpt.

    Args:
        index: Whose articles.
        period: The time.
        where: What they have to pass.
        years: Whether a year alone counts too (``ways_to_write``).

    Returns:
        None where a great many write it.
    """
    ways = ways_to_write(period, years=years)
    if ways is None:
        return frozenset()
    found = index.connection.execute(
        "SELECT a.row, words.title, words.excerpt FROM words JOIN article AS a ON a.row = words.rowid "
        f"WHERE words MATCH ? AND {where.sql} LIMIT ?",
        (any_of(ways.phrases), *where.values, _MOST + 1),
    ).fetchall()
    if len(found) > _MOST:
        return None
    return frozenset(row for row, *texts in found if any(ways.pattern.search(text) for text in texts))
