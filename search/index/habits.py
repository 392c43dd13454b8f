"""What a site's own content shows of its habits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.index.rows import microseconds, row_list

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

# Fewer items or articles than this show no habit.
_MIN_HABIT: Final = 50
# Tags that say in which collection a file is, not what it is about. Those that the tag pages of Eleventy's own starter
# leave out (https://github.com/11ty/eleventy-base-blog), and what else sites call all of their articles. That a whole
# folder has a tag of its own name shows no such thing: so has a folder of articles on dengue.
_COLLECTIONS: Final = frozenset({"all", "nav", "post", "posts", "blog", "article", "articles", "news"})


def common_topics(connection: sqlite3.Connection, articles: int) -> frozenset[str]:
    """Return topics, in lower case, that say nothing when they are shared.

    At least half of all articles have them, or they name the collection that an article is in.
    """
    found = connection.execute("SELECT name FROM topic GROUP BY name HAVING COUNT(*) * 2 >= ?", (articles,))
    return _COLLECTIONS.union(name.casefold() for (name,) in found)


def has_lists(connection: sqlite3.Connection) -> bool:
    """Return whether articles list enough others for a habit."""
    return bool(connection.execute("SELECT TOTAL(items) FROM listed_type").fetchone()[0] >= _MIN_HABIT)


def lists_unpublished(connection: sqlite3.Connection) -> bool:
    """Return whether most of what published articles list is unpublished: then copies are meant to stand alone.

    An article without the flag counts as published. What stands in lists only says nothing of it. One real site has
    1,754 such items in 290 lists, and not one that is published.
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


def scheduled(connection: sqlite3.Connection, after: datetime) -> list[int]:
    """Return the rows of the site's own articles that are dated later than a moment, ascending."""
    # sorted here: SQLite would rather read all articles in the order of rows than few by date
    found = connection.execute(
        "SELECT row FROM article WHERE published_at > ? AND origin = 'file'", (microseconds(after),)
    )
    return sorted(row for (row,) in found)


def holds_scheduled_back(connection: sqlite3.Connection, after: datetime) -> bool:
    """Return whether what is dated later than a moment is no suggestion yet, as ``holds_drafts_back`` of drafts.

    It is one at a calendar of events: where most articles are dated so, or most of what the others list.
    """
    # what costs more is counted only where it can decide: this is asked for every article that has suggestions
    later = scheduled(connection, after)
    if 2 * len(later) > _MIN_HABIT:
        (articles,) = connection.execute("SELECT COUNT(*) FROM article WHERE origin = 'file'").fetchone()
        if articles >= _MIN_HABIT and len(later) > articles / 2:
            return False
    by_others = "JOIN article AS subject ON subject.id = curated.path AND subject.published_at <= ?"
    moment = microseconds(after)
    (listed,) = connection.execute(
        f"SELECT COUNT(*) FROM json_each(?) JOIN address ON address.row = value "
        f"JOIN curated ON curated.target = address.url {by_others}",
        (row_list(later), moment),
    ).fetchone()
    if listed < _MIN_HABIT:
        return True
    (items,) = connection.execute(f"SELECT COUNT(*) FROM curated {by_others}", (moment,)).fetchone()
    return bool(listed <= items / 2)
