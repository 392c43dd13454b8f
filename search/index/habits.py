"""What a site's own content shows of its habits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from search.index.letters import folded
from search.index.rows import microseconds, row_list

if TYPE_CHECKING:
    import sqlite3

    from search.index.vectors import Rows

# Fewer items or articles than this show no habit.
_MIN_HABIT: Final = 50
# Tags that say in which collection a file is, not what it is about. Those that the tag pages of Eleventy's own starter
# leave out (https://github.com/11ty/eleventy-base-blog), and what else sites call all of their articles. That a whole
# folder has a tag of its own name shows no such thing: so has a folder of articles on dengue.
_COLLECTIONS: Final = frozenset({"all", "nav", "post", "posts", "blog", "article", "articles", "news"})


@dataclass(frozen=True, slots=True, eq=False)
class Scheduled:
    """What of a site's own articles is dated later than the beginning of a day.

    Attributes:
        day: The day, in UTC.
        rows: Their rows, ascending.
        held_back: Whether they are no suggestion yet, as ``holds_drafts_back`` of drafts. They are one at a calendar of
            events: where most articles are dated so, or most of what the others list.
    """

    day: date
    rows: Rows
    held_back: bool


class Habits:
    """What is asked of a site's habits for every suggestion: each looked up when it is first asked for.

    Args:
        connection: The catalogue.
        articles: How many there are.
    """

    def __init__(self, connection: sqlite3.Connection, articles: int) -> None:
        self._connection = connection
        self._articles = articles
        self._scheduled: Scheduled | None = None

    @cached_property
    def common_topics(self) -> frozenset[str]:
        """Topics, in lower case, that say nothing when they are shared.

        At least half of all articles have them, or they name the collection that an article is in.
        """
        found = self._connection.execute(
            "SELECT name FROM topic GROUP BY name HAVING COUNT(*) * 2 >= ?", (self._articles,)
        )
        return _COLLECTIONS.union(folded(name) for (name,) in found)

    @cached_property
    def has_lists(self) -> bool:
        """Whether articles list enough others to show what the site lists."""
        return bool(self._connection.execute("SELECT TOTAL(items) FROM listed_type").fetchone()[0] >= _MIN_HABIT)

    def listed_types(self, kind: str) -> dict[str, int]:
        """Return how many items of each type the curated lists of articles of one type hold."""
        return dict(self._connection.execute("SELECT item, items FROM listed_type WHERE type = ?", (kind,)))

    def scheduled(self, after: datetime) -> Scheduled:
        """Return what is dated later than the day of a moment begins, in UTC; looked up once a day."""
        day = after.astimezone(UTC).date()
        found = self._scheduled
        if found is None or found.day != day:
            found = self._scheduled = _scheduled_after(self._connection, day)
        return found


def lists_unpublished(connection: sqlite3.Connection) -> bool:
    """Return whether most of what published articles list is unpublished: then copies are meant to stand alone.

    An article without the flag counts as published. What stands in lists only says nothing of it. One real site has
    such lists by the hundred, and not one item in them that is published.
    """
    items, unpublished = connection.execute(
        "SELECT COUNT(*), TOTAL(target.published = 0) FROM curated "
        "JOIN article AS subject ON subject.id = curated.path AND subject.published IS NOT 0 "
        "JOIN address ON address.url = curated.target "
        "JOIN article AS target ON target.row = address.row AND (target.published = 0 OR target.origin = 'file')"
    ).fetchone()
    return bool(items >= _MIN_HABIT and unpublished > items / 2)


def holds_drafts_back(connection: sqlite3.Connection) -> bool:
    """Return whether what is not published is no suggestion.

    It is one where published articles list it, and where most articles are unpublished: there the flag says something
    else. An article without the flag counts as published, as it does for every filter; most sites write it into
    drafts alone.
    """
    articles, unpublished = connection.execute(
        "SELECT COUNT(*), TOTAL(published = 0) FROM article WHERE origin = 'file'"
    ).fetchone()
    if not unpublished:
        return False
    most_are = articles >= _MIN_HABIT and unpublished > articles / 2
    return not most_are and not lists_unpublished(connection)


def _scheduled_after(connection: sqlite3.Connection, day: date) -> Scheduled:
    moment = microseconds(datetime.combine(day, time(), UTC))
    # sorted here: SQLite would rather read all articles in the order of rows than few by date
    found = sorted(
        row
        for (row,) in connection.execute(
            "SELECT row FROM article WHERE published_at > ? AND origin = 'file'", (moment,)
        )
    )
    return Scheduled(day, np.array(found, dtype=np.int64), _holds_scheduled_back(connection, found, moment))


def _holds_scheduled_back(connection: sqlite3.Connection, later: list[int], moment: int | None) -> bool:
    # what costs more is counted only where it can decide: one who asks for one article waits for this
    if 2 * len(later) > _MIN_HABIT:
        (articles,) = connection.execute("SELECT COUNT(*) FROM article WHERE origin = 'file'").fetchone()
        if articles >= _MIN_HABIT and len(later) > articles / 2:
            return False
    by_others = "JOIN article AS subject ON subject.id = curated.path AND subject.published_at <= ?"
    (listed,) = connection.execute(
        f"SELECT COUNT(*) FROM json_each(?) JOIN address ON address.row = value "
        f"JOIN curated ON curated.target = address.url {by_others}",
        (row_list(later), moment),
    ).fetchone()
    if listed < _MIN_HABIT:
        return True
    (items,) = connection.execute(f"SELECT COUNT(*) FROM curated {by_others}", (moment,)).fetchone()
    return bool(listed <= items / 2)
