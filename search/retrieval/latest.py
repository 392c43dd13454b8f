"""Whether a query asks for what is newest, of a subject that goes on."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple

from search.index.rows import microseconds, moment_of
from search.times.periods import MOST_WORDS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import date, datetime

# By eye: a site that has published nothing for this long is an archive.
_SILENCE = timedelta(days=90)
_LATEST = re.compile(r"\b(?:the\s+)?(?:(?:very\s+)?latest|newest|(?:most[\s-]+)?recent(?:ly)?)\b", re.IGNORECASE)


class Latest(NamedTuple):
    """What asks for the newest.

    Attributes:
        words: As the query has it.
        place: Where these begin and end in it.
        now: What is dated later has not come out.
    """

    words: str
    place: tuple[int, int]
    now: datetime


def latest_in(text: str, phrases: Sequence[str], now: datetime) -> Latest | None:
    """Return what asks for the newest in a query's text; what stands in an exact phrase is exact.

    In a text as long as a paragraph it is somebody else's word.
    """
    found = _LATEST.search(text) if len(text.split()) <= MOST_WORDS else None
    return Latest(found[0], found.span(), now) if found and not any(map(_LATEST.search, phrases)) else None


def newest_day(connection: sqlite3.Connection, now: datetime) -> date | None:
    """Return the day, in UTC, of the newest article that has come out; None where none has a date."""
    (newest,) = connection.execute(
        "SELECT MAX(published_at) FROM article WHERE published_at <= ?", (microseconds(now),)
    ).fetchone()
    last = moment_of(newest)
    return last and last.date()


def ended_on(connection: sqlite3.Connection, now: datetime) -> date | None:
    """Return the day of the newest article, where nothing has come for long: then the corpus goes on no longer."""
    newest = newest_day(connection, now)
    return newest if newest and now.astimezone(UTC).date() - newest > _SILENCE else None
